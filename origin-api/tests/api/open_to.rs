//! Networks and links that let in without signing in: what is taken, what is refused, and what edges are told.

use page_model::{
    AudienceId,
    access::Access,
    capability::{Capability, Formats, hash},
    network::Network,
    sign_in::{Answer, Asked},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{ADMIN, COMPONENT, OTHER_COMPONENT, PAGE, TestOrigin, at},
    private_pages::site,
    sessions::list,
    sign_in::{ask, of, opened, renewed},
};

const OFFICE: &str = "audience0001";
const FLOOR: &str = "audience0002";
const LINK: &str = "link00000001";

/// A private page of which something is for each of two audiences.
async fn origin() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let page = format!("/v1/pages/{PAGE}");
    origin.patch(&page, json!({"visibility": "private"})).await.expect(200);
    for (audience, component) in [(OFFICE, COMPONENT), (FLOOR, OTHER_COMPONENT)] {
        let new = json!({"id": audience, "name": audience});
        origin.post(&at("audiences"), new).await.expect(201);
        let path = at(&format!("components/{component}"));
        origin.patch(&path, json!({"audiences": [audience]})).await.expect(200);
    }
    origin
}

async fn access(origin: &TestOrigin) -> Access {
    *site(&origin.records(PAGE, 0).await).access.expect("an access")
}

/// What somebody sees who comes from there.
async fn seen_from(origin: &TestOrigin, client: &str) -> Option<AudienceId> {
    let access = access(origin).await;
    let network = Network::around(&access.ranges, client.parse().expect("an address"));
    network.map(|network| network.audience.clone())
}

fn set(audiences: &[&str]) -> AudienceId {
    let audiences = audiences
        .iter()
        .map(|text| AudienceId::parse(text).expect("an audience"));
    AudienceId::of_set(&audiences.collect::<Vec<_>>())
}

fn link(formats: &str) -> Value {
    json!({"id": LINK, "name": "Feed reader", "audiences": [OFFICE], "formats": formats})
}

/// Whether there is content for those who are in both audiences.
async fn has_content_of_both(origin: &TestOrigin) -> bool {
    let sets = site(&origin.records(PAGE, 0).await).audiences;
    sets.iter().any(|current| current.audience == set(&[OFFICE, FLOOR]))
}

#[tokio::test]
async fn network_within_another_is_in_the_audiences_of_both() {
    let origin = origin().await;
    let office = json!({"ranges": ["10.0.0.0/8", "2001:db8::/32"]});
    let changed = origin
        .patch(&at(&format!("audiences/{OFFICE}")), office.clone())
        .await
        .expect(200);
    assert_eq!(changed["ranges"], office["ranges"]);
    let floor = json!({"ranges": ["10.1.0.0/16", "192.0.2.0/24"]});
    origin
        .patch(&at(&format!("audiences/{FLOOR}")), floor)
        .await
        .expect(200);
    for (client, seen) in [
        ("10.2.0.1", Some(set(&[OFFICE]))),
        ("10.1.0.1", Some(set(&[OFFICE, FLOOR]))),
        ("192.0.2.1", Some(set(&[FLOOR]))),
        ("2001:db8::1", Some(set(&[OFFICE]))),
        ("198.51.100.1", None),
    ] {
        assert_eq!(seen_from(&origin, client).await, seen, "{client}");
    }
    assert!(
        has_content_of_both(&origin).await,
        "both together see something of their own"
    );
    let none = json!({"ranges": []});
    origin
        .patch(&at(&format!("audiences/{OFFICE}")), none)
        .await
        .expect(200);
    assert_eq!(seen_from(&origin, "10.1.0.1").await, Some(set(&[FLOOR])));
    assert_eq!(seen_from(&origin, "10.2.0.1").await, None);
    assert!(!has_content_of_both(&origin).await, "nobody sees it any longer");
    let path = at(&format!("components/{OTHER_COMPONENT}"));
    origin.patch(&path, json!({"audiences": ["public"]})).await.expect(200);
    assert_eq!(
        seen_from(&origin, "10.1.0.1").await,
        Some(set(&[])),
        "nothing is for them alone"
    );
    let public = json!({"visibility": "public"});
    origin.patch(&format!("/v1/pages/{PAGE}"), public).await.expect(200);
    assert_eq!(site(&origin.records(PAGE, 0).await).access, None);
}

#[tokio::test]
async fn secret_of_a_link_is_told_once_and_kept_as_a_hash() {
    let origin = origin().await;
    let send = async || {
        let headers = [("idempotency-key", "one")];
        let body = link("machine").to_string();
        origin
            .send(Method::POST, &at("links"), ADMIN, &headers, Some(body))
            .await
    };
    let created = send().await.expect(201);
    let secret = created["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(secret.len(), 22);
    assert_eq!(send().await.expect(201)["secret"], Value::Null, "it is told once");
    let path = at(&format!("links/{LINK}"));
    let read = origin.get(&path).await.expect(200);
    assert_eq!(read["secret"], Value::Null);
    assert_eq!(origin.get(&at("links")).await.expect(200)["items"], json!([read]));
    let expected = Capability {
        hash: hash(&secret).to_vec(),
        audience: set(&[OFFICE]),
        formats: Formats::Machine,
        expires_ms: None,
    };
    assert_eq!(access(&origin).await.capabilities, std::slice::from_ref(&expected));
    let both = json!({"audiences": [OFFICE, FLOOR], "expires_at": "2090-01-01T00:00:00Z"});
    origin.patch(&path, both).await.expect(200);
    let changed = Capability {
        audience: set(&[OFFICE, FLOOR]),
        expires_ms: Some(3_786_912_000_000),
        ..expected
    };
    assert_eq!(access(&origin).await.capabilities, [changed]);
    origin
        .patch(&path, json!({"expires_at": null, "name": "Reader"}))
        .await
        .expect(200);
    origin.delete(&path).await.expect(204);
    assert_eq!(access(&origin).await.capabilities, []);
    let folder = origin.stop().await;
    let files = std::fs::read_dir(folder.path().join("data")).expect("a folder");
    for file in files {
        let path = file.expect("a file").path();
        let bytes = if path.is_file() {
            std::fs::read(&path).expect("bytes")
        } else {
            Vec::new()
        };
        assert!(
            !bytes.windows(22).any(|window| window == secret.as_bytes()),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn audience_that_a_link_shows_is_not_deleted() {
    let origin = origin().await;
    let component = at(&format!("components/{COMPONENT}"));
    origin
        .patch(&component, json!({"audiences": ["public"]}))
        .await
        .expect(200);
    origin.post(&at("links"), link("embed")).await.expect(201);
    let path = at(&format!("audiences/{OFFICE}"));
    let refused = origin.delete(&path).await;
    let detail = refused.expect(409)["detail"].to_string();
    assert!(detail.contains(&format!("link {LINK}")), "{detail}");
    let link = at(&format!("links/{LINK}"));
    origin.patch(&link, json!({"audiences": ["public"]})).await.expect(200);
    origin.delete(&path).await.expect(204);
    assert_eq!(access(&origin).await.capabilities[0].audience, set(&[]));
}

#[tokio::test]
async fn what_is_no_range_and_no_link_is_refused_by_its_field() {
    let origin = origin().await;
    let audience = at(&format!("audiences/{OFFICE}"));
    let many: Vec<String> = (0..101).map(|at| format!("10.0.{at}.0/24")).collect();
    let ranges = |ranges: Value| (Method::PATCH, audience.clone(), json!({"ranges": ranges}));
    let link_with = |field: &str, value: Value| {
        let mut link = link("machine");
        link[field] = value;
        (Method::POST, at("links"), link)
    };
    let cases = [
        (
            ranges(json!(["10.0.0.0/8", "192.0.2.0/24", "192.0.2.1/24"])),
            422,
            "ranges[2]",
        ),
        (ranges(json!(["0.0.0.0/0"])), 422, "ranges[0]"),
        (ranges(json!(["10.0.0.0/8", "::/0"])), 422, "ranges[1]"),
        (ranges(json!(["::ffff:10.0.0.0/104"])), 422, "ranges[0]"),
        (ranges(json!(["office"])), 422, "ranges[0]"),
        (ranges(json!(["10.0.0.0/8", "10.0.0.0/8"])), 422, "ranges[1]"),
        (ranges(json!([8])), 422, "ranges[0]"),
        (ranges(json!("10.0.0.0/8")), 422, "ranges"),
        (ranges(json!(null)), 422, "ranges"),
        (ranges(json!(many)), 422, "ranges"),
        (link_with("audiences", json!([])), 422, "audiences"),
        (link_with("audiences", json!(["audience0009"])), 422, "audiences"),
        (link_with("formats", json!("html")), 422, "formats"),
        (link_with("formats", json!("unknown")), 422, "formats"),
        (
            link_with("expires_at", json!("2020-01-01T00:00:00Z")),
            422,
            "expires_at",
        ),
        (link_with("expires_at", json!("soon")), 422, "expires_at"),
        (link_with("secret", json!("AAAAAAAAAAAAAAAAAAAAAA")), 422, "secret"),
        (link_with("hash", json!([1])), 422, "hash"),
        (link_with("name", json!("")), 422, "name"),
    ];
    let cases = cases.map(|((method, path, body), status, field)| (method, path, body, status, field));
    origin.refuses(cases.into()).await;
}

#[tokio::test]
async fn page_has_so_many_ranges_and_links_and_no_more() {
    let origin = origin().await;
    let ranges = |third: u8, count: usize| {
        let ranges: Vec<String> = (0..count).map(|at| format!("10.{third}.{at}.0/24")).collect();
        json!({"ranges": ranges})
    };
    origin
        .patch(&at(&format!("audiences/{OFFICE}")), ranges(1, 60))
        .await
        .expect(200);
    let floor = at(&format!("audiences/{FLOOR}"));
    origin.patch(&floor, ranges(2, 40)).await.expect(200);
    origin
        .refuses(vec![(Method::PATCH, floor.clone(), ranges(2, 41), 409, "ranges")])
        .await;
    for number in 0..200 {
        let link = json!({"name": format!("{number}"), "audiences": [FLOOR], "formats": "machine"});
        origin.post(&at("links"), link).await.expect(201);
    }
    let more = json!({"name": "one more", "audiences": [FLOOR], "formats": "machine"});
    origin.refuses(vec![(Method::POST, at("links"), more, 409, "")]).await;
    let site = origin.records(PAGE, 0).await;
    let site = site.iter().find(|record| record.key.to_string().starts_with("site/"));
    assert!(site.expect("a site").body.len() < 24_000, "every visit reads it");
}

/// A link for a screen is exchanged for a session, which goes on for as long as the link counts and is no way in for anything else.
#[tokio::test]
async fn screen_is_let_in_by_its_link_and_stays_in() {
    let origin = origin().await;
    let created = origin.post(&at("links"), link("kiosk")).await.expect(201);
    let secret = created["secret"].as_str().expect("a secret").to_owned();
    assert!(
        access(&origin).await.capabilities.is_empty(),
        "edges have nothing to open with it"
    );
    let opened_by = async |secret: &str| {
        let token = secret.to_owned();
        match ask(&origin, of(Asked::Link { token })).await {
            Answer::LetIn { session, return_to } => Some((session, return_to)),
            Answer::Refused => None,
            other => unreachable!("{other:?}"),
        }
    };
    let (text, return_to) = opened_by(&secret).await.expect("let in");
    let session = opened(&origin, &text).await;
    assert_eq!((session.audience.clone(), &*return_to), (set(&[OFFICE]), "/"));
    assert_eq!(session.person.as_deref(), Some("Feed reader"));
    assert!(opened_by(&secret).await.is_some(), "each of several screens");
    assert_eq!(opened_by(&"x".repeat(22)).await, None);
    let listed = &list(&origin, "").await[0];
    assert_eq!(
        (&listed["way"], &listed["person"]),
        (&json!("link"), &json!("Feed reader"))
    );
    // A renewal is as good as a new beginning: nobody stands there to sign in.
    let again = renewed(&origin, &text).await.expect("renewed");
    assert!(again.expires_ms > session.expires_ms && again.id == session.id);
    // It shows what the link is for now.
    let path = at(&format!("links/{LINK}"));
    let other = json!({"audiences": [FLOOR]});
    origin.patch(&path, other).await.expect(200);
    assert!(
        access(&origin).await.revision > session.revision,
        "screens are asked again"
    );
    assert_eq!(renewed(&origin, &text).await.expect("renewed").audience, set(&[FLOOR]));
    let public = json!({"audiences": ["public"]});
    origin.patch(&path, public).await.expect(200);
    assert_eq!(renewed(&origin, &text).await.expect("renewed").audience, set(&[]));
    let before = access(&origin).await.revision;
    origin.patch(&path, json!({"name": "Lobby"})).await.expect(200);
    assert_eq!(access(&origin).await.revision, before, "a name is nothing to them");
    origin.delete(&path).await.expect(204);
    assert!(access(&origin).await.revision > before);
    assert_eq!(renewed(&origin, &text).await, None);
    assert_eq!(opened_by(&secret).await, None);
    // A link for programs opens no screen.
    let created = origin.post(&at("links"), link("machine")).await.expect(201);
    assert_eq!(opened_by(created["secret"].as_str().expect("a secret")).await, None);
}

#[tokio::test]
async fn screen_goes_when_its_link_expires() {
    let origin = origin().await;
    let mut new = link("kiosk");
    new["expires_at"] = json!((jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string());
    let created = origin.post(&at("links"), new).await.expect(201);
    let token = created["secret"].as_str().expect("a secret").to_owned();
    let asked = || of(Asked::Link { token: token.clone() });
    let Answer::LetIn { session, .. } = ask(&origin, asked()).await else {
        unreachable!("it counts still");
    };
    assert!(renewed(&origin, &session).await.is_some());
    origin
        .execute("UPDATE links SET expires_at_ms = expires_at_ms - 3600000")
        .await;
    assert_eq!(renewed(&origin, &session).await, None);
    assert_eq!(ask(&origin, asked()).await, Answer::Refused);
}
