use std::collections::{BTreeMap, BTreeSet};

use origin_engine::outward::Outward;
use origin_http::{router::router, state::Origin};
use origin_store::Store;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::harness::{ADMIN, TestOrigin};

#[tokio::test]
async fn openapi_document_and_router_have_the_same_routes() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let paths: BTreeSet<String> = documented(&document).into_keys().collect();
    assert_eq!(paths, routed().await);
}

/// The router is asked too: an undocumented method is refused with the documented ones.
#[tokio::test]
async fn server_allows_the_documented_methods() {
    let origin = TestOrigin::start().await;
    let document = origin.get("/openapi.json").await.expect(200);
    for (path, methods) in documented(&document) {
        let refused = origin.send(Method::TRACE, &filled(&path), ADMIN, &[], None).await;
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
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            for (field, schema) in fields {
                asked += 1;
                let body = json!({ field: null });
                let read = origin
                    .send(verb.clone(), &filled(&path), ADMIN, &[], Some(body.to_string()))
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

/// The path with an id for each parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/');
    let filled: Vec<&str> = parts
        .map(|part| if part.starts_with('{') { "aaaaaaaaaaaa" } else { part })
        .collect();
    filled.join("/")
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

/// The paths that the router itself names when it is printed, without those that are not of the push API.
async fn routed() -> BTreeSet<String> {
    let folder = TempDir::new().expect("a temporary folder");
    let (store, _writer) = Store::open(folder.path()).await.expect("a database");
    let printed = format!(
        "{:?}",
        router(Origin::new(store, None, "", "", Outward::default(), CancellationToken::new()).expect("threads"))
    );
    let named = printed.split('"').filter(|part| part.starts_with('/'));
    let foreign = ["/openapi.json", "/sync/", "/{*__private__", "/\0"];
    let push = named.filter(|path| *path != "/" && !foreign.iter().any(|foreign| path.starts_with(foreign)));
    push.map(str::to_owned).collect()
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
