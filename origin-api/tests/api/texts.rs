//! What becomes of names, addresses and texts that a publisher sends.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, COMPONENT, GROUP, INCIDENT, MAINTENANCE, PAGE, TestOrigin, at};

/// Nobody could tell them from no name.
const INVISIBLE: [&str; 10] = [
    "\u{200b}",
    " \u{feff}\u{200d} ",
    "\u{2060}\u{ad}",
    "\u{3164}",
    "\u{115f}\u{1160}",
    "\u{2800}",
    "\u{301}",
    "\u{e0001}\u{fe0f}",
    "\u{202e}",
    "\u{a0}\u{2003}",
];

#[tokio::test]
async fn a_name_that_nobody_sees_is_refused_and_named() {
    let origin = TestOrigin::with_sample_page().await;
    for name in INVISIBLE {
        let page = format!("/v1/pages/{PAGE}");
        for (method, path, body, field) in [
            (Method::POST, "/v1/pages".to_owned(), json!({"name": name}), "name"),
            (Method::PATCH, page.clone(), json!({"name": name}), "name"),
            (
                Method::PATCH,
                page,
                json!({"branding": {"title": name}}),
                "branding.title",
            ),
            (Method::POST, at("components"), json!({"name": name}), "name"),
            (
                Method::PATCH,
                at(&format!("components/{COMPONENT}")),
                json!({"name": name}),
                "name",
            ),
            (
                Method::PATCH,
                at(&format!("groups/{GROUP}")),
                json!({"name": name}),
                "name",
            ),
            (
                Method::PATCH,
                at(&format!("incidents/{INCIDENT}")),
                json!({"name": name}),
                "name",
            ),
            (
                Method::PATCH,
                at(&format!("maintenances/{MAINTENANCE}")),
                json!({"name": name}),
                "name",
            ),
            (Method::PUT, at("announcement"), json!({"body": name}), "body"),
        ] {
            let refused = origin.send(method, &path, ADMIN, &[], Some(body.to_string())).await;
            let problem = refused.expect(422);
            assert_eq!(problem["field"], field, "{name:?} at {path}: {problem}");
        }
    }
    for name in ["é", "e\u{301}", "👨\u{200d}👩", "عربي", "می\u{200c}خواهم", "."] {
        origin.post("/v1/pages", json!({"name": name})).await.expect(201);
    }
}

#[tokio::test]
async fn names_lose_the_blanks_around_them() {
    let origin = TestOrigin::with_sample_page().await;
    let page = origin
        .post("/v1/pages", json!({"name": " \u{a0}Acme Inc. "}))
        .await
        .expect(201);
    assert_eq!(page["name"], "Acme Inc.");
    let component = json!({"name": "\u{3000}API  v2 "});
    let component = origin.post(&at("components"), component).await.expect(201);
    assert_eq!(component["name"], "API  v2");
    let longest = format!(" {} ", "a".repeat(200));
    origin.post("/v1/pages", json!({"name": longest})).await.expect(201);
    for (letters, size) in [(201, "201 characters"), (900, "900 bytes"), (9_000, "9000 bytes")] {
        let refused = origin.post("/v1/pages", json!({"name": "a".repeat(letters)})).await;
        let problem = refused.expect(422);
        assert_eq!(problem["field"], "name");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.ends_with(&format!("a name has at most 200 characters; this one has {size}")),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn an_address_may_have_the_letters_of_its_language() {
    let origin = TestOrigin::with_sample_page().await;
    for (sent, kept) in [
        ("https://münchen.example", "https://münchen.example"),
        (
            "https://例え.example/ステータス?a=é#b",
            "https://例え.example/ステータス?a=é#b",
        ),
        (" HTTPS://acme.com/A ", "https://acme.com/A"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
    ] {
        let changes = json!({"website": sent, "branding": {"links": [{"text": "Help", "url": sent}]}});
        let page = origin.patch(&format!("/v1/pages/{PAGE}"), changes).await.expect(200);
        assert_eq!(page["website"], kept);
        assert_eq!(page["branding"]["links"][0]["url"], kept);
    }
}

#[tokio::test]
async fn an_address_with_a_password_or_without_a_host_is_refused() {
    let origin = TestOrigin::with_sample_page().await;
    for address in [
        "https://user:pw@acme.com",
        "https://user@acme.com/",
        "https://:pw@acme.com",
        "https://",
        "https:///path",
        "https:acme.com",
        "https://a b.example",
        "https://acme.com/a b",
        "https://acme.com/\u{202e}",
        "https://acme.com:99999",
        "https://xn--a.example",
        "ftp://acme.com",
    ] {
        for (body, field) in [
            (json!({"website": address}), "website"),
            (
                json!({"branding": {"links": [{"text": "Help", "url": address}]}}),
                "branding.links[0].url",
            ),
        ] {
            let refused = origin.patch(&format!("/v1/pages/{PAGE}"), body).await;
            let problem = refused.expect(422);
            assert_eq!(problem["field"], field, "{address}: {problem}");
            let detail = problem["detail"].as_str().unwrap_or_default();
            assert!(!address.contains("pw") || detail.contains("password"), "{detail}");
        }
    }
    let page = origin.get(&format!("/v1/pages/{PAGE}")).await.expect(200);
    assert_eq!(page["website"], Value::Null, "nothing is stored");
}
