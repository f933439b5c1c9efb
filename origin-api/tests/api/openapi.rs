use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

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
