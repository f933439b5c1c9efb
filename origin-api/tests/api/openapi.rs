use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, TestOrigin};

const ROUTER: &str = include_str!("../../http/src/router.rs");

#[tokio::test]
async fn openapi_document_and_router_have_the_same_routes() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    assert_eq!(documented(&document), routed());
}

/// The router is asked too: an undocumented method is refused with the documented ones.
#[tokio::test]
async fn server_allows_the_documented_methods() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    for (path, methods) in documented(&document) {
        let path: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "aaaaaaaaaaaa" } else { part })
            .collect();
        let refused = origin.send(Method::TRACE, &path.join("/"), ADMIN, &[], None).await;
        let allowed: BTreeSet<String> = refused.header("allow").split(',').map(str::to_lowercase).collect();
        let allowed: BTreeSet<String> = allowed.into_iter().filter(|method| method != "head").collect();
        assert_eq!(allowed, methods, "{path:?}");
    }
}

#[tokio::test]
async fn every_openapi_reference_resolves() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

/// A program that was made from the document sends null where the document lets it, and nowhere else.
#[tokio::test]
async fn null_is_taken_where_the_document_says() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    let (mut differ, mut asked) = (Vec::new(), 0);
    for (path, methods) in documented(&document) {
        for method in methods {
            let operation = &document["paths"][&path][&method];
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(fields) = resolved(&document, body)["properties"].as_object() else {
                continue;
            };
            let filled: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "aaaaaaaaaaaa" } else { part })
                .collect();
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            for (field, schema) in fields {
                asked += 1;
                let body = json!({ field: null });
                let read = origin
                    .send(verb.clone(), &filled.join("/"), ADMIN, &[], Some(body.to_string()))
                    .await;
                let detail = read.body["detail"].as_str().unwrap_or_default();
                let is_refused = read.body["field"] == **field && !detail.starts_with("missing field");
                if is_refused == takes_null(&document, schema) {
                    differ.push(format!("{method} {path}: {field}"));
                }
            }
        }
    }
    assert!(asked > 80, "{asked} fields");
    assert_eq!(differ, Vec::<String>::new());
}

fn takes_null(document: &Value, schema: &Value) -> bool {
    let schema = resolved(document, schema);
    let kinds = ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|kind| schema[kind].as_array());
    let has_null = |kind: &Value| kind == "null" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
    has_null(&schema["type"]) || kinds.flatten().any(|kind| takes_null(document, kind))
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'));
    reference
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(schema)
}

fn documented(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let paths = document["paths"].as_object().expect("paths");
    let methods = |item: &Value| item.as_object().expect("an item").keys().cloned().collect();
    paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

/// The routes of the push API as they stand in the router's source.
fn routed() -> BTreeMap<String, BTreeSet<String>> {
    let lines = ROUTER
        .lines()
        .filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("\", "));
    let push = lines.filter(|(path, _)| path.starts_with("/v1/"));
    let named: [(&str, &[&str]); 7] = [
        ("collection", &["get", "post"]),
        ("object", &["get", "patch", "delete"]),
        ("get(", &["get"]),
        ("post(", &["post"]),
        ("patch(", &["patch"]),
        ("delete(", &["delete"]),
        ("put(", &["put"]),
    ];
    let methods = |handlers: &str| {
        let named = named.iter().filter(|(name, _)| handlers.contains(name));
        named
            .flat_map(|(_, methods)| *methods)
            .map(|name| (*name).to_owned())
            .collect()
    };
    push.map(|(path, handlers)| (path.to_owned(), methods(handlers)))
        .collect()
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
