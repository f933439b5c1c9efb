//! Whom an audience knows by their address.

use page_model::{Key, Site, access::Way, body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, PAGE, Read, TestOrigin, at};

const AUDIENCE: &str = "audience0001";

async fn with_audience() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let new = json!({"id": AUDIENCE, "name": "Customers"});
    origin.post(&at("audiences"), new).await.expect(201);
    origin
}

fn members(rest: &str) -> String {
    at(&format!("audiences/{AUDIENCE}/members{rest}"))
}

async fn put(origin: &TestOrigin, address: &str) -> Read {
    let path = members(&format!("/{address}"));
    origin.send(Method::PUT, &path, ADMIN, &[], None).await
}

async fn csv(origin: &TestOrigin, query: &str, file: &str) -> Read {
    let csv = [("content-type", "text/csv")];
    let path = members(&format!(".csv{query}"));
    origin
        .send_as(Method::POST, &path, ADMIN, &csv, Some(file.to_owned()))
        .await
}

async fn listed(origin: &TestOrigin) -> Vec<String> {
    let list = origin.get(&members("?limit=100")).await.expect(200);
    let items = list["items"].as_array().expect("a list").iter();
    items
        .map(|item| item["email"].as_str().expect("an address").to_owned())
        .collect()
}

#[tokio::test]
async fn rules_are_kept_in_one_spelling() {
    let origin = with_audience().await;
    let path = at(&format!("audiences/{AUDIENCE}"));
    assert_eq!(origin.get(&path).await.expect(200)["emails"], json!([]));
    let emails = json!(["Ada@Example.com", "B\u{fc}ro.example", "*.example.org"]);
    let changed = origin.patch(&path, json!({"emails": emails})).await.expect(200);
    let spelled = json!(["ada@example.com", "xn--bro-hoa.example", "*.example.org"]);
    assert_eq!(changed["emails"], spelled);
    let named = origin.patch(&path, json!({"name": "Partners"})).await.expect(200);
    assert_eq!(named["emails"], spelled, "they stay where nobody speaks of them");
}

#[tokio::test]
async fn a_rule_that_is_none_is_named() {
    let origin = with_audience().await;
    let path = at(&format!("audiences/{AUDIENCE}"));
    let many: Vec<String> = (0..201).map(|number| format!("a{number}.example")).collect();
    let patch =
        |emails: Value, field: &'static str| (Method::PATCH, path.clone(), json!({"emails": emails}), 422, field);
    origin
        .refuses(vec![
            patch(json!(["a.example", "b.example", "c.example", "com"]), "emails[3]"),
            patch(json!(["a.example", "x@a.example\r\nBcc: y@b.example"]), "emails[1]"),
            patch(json!(["a.example", "A.example"]), "emails[1]"),
            patch(json!([7]), "emails[0]"),
            patch(Value::Null, "emails"),
            patch(json!(many), "emails"),
            (
                Method::POST,
                at("audiences"),
                json!({"name": "x", "emails": ["*.com"]}),
                422,
                "emails[0]",
            ),
        ])
        .await;
    assert_eq!(origin.get(&path).await.expect(200)["emails"], json!([]));
}

#[tokio::test]
async fn members_come_and_go_one_by_one() {
    let origin = with_audience().await;
    let first = put(&origin, "Ada@Example.com").await.expect(200);
    assert_eq!(first["email"], "ada@example.com");
    assert_eq!(
        put(&origin, "ada@example.com").await.expect(200),
        first,
        "once is enough"
    );
    put(&origin, "bob%2Bstatus@example.com").await.expect(200);
    assert_eq!(listed(&origin).await, ["ada@example.com", "bob+status@example.com"]);
    assert_eq!(origin.get(&members("/ADA@example.com")).await.expect(200), first);
    let piece = origin.get(&members("?limit=1")).await.expect(200);
    let next = piece["next"].as_str().expect("more");
    let rest = origin
        .get(&members(&format!("?limit=1&after={next}")))
        .await
        .expect(200);
    assert_eq!(rest["items"][0]["email"], "bob+status@example.com");
    origin.delete(&members("/ada@example.com")).await.expect(204);
    origin.delete(&members("/ada@example.com")).await.expect(404);
    origin.get(&members("/ada@example.com")).await.expect(404);
    assert_eq!(listed(&origin).await, ["bob+status@example.com"]);
    let wrong = put(&origin, "ada").await.expect(422);
    assert_eq!(wrong["field"], "address");
    let nowhere = at("audiences/audience0009/members");
    origin.get(&nowhere).await.expect(404);
    let path = format!("{nowhere}/ada@example.com");
    origin.send(Method::PUT, &path, ADMIN, &[], None).await.expect(404);
    origin.delete(&at(&format!("audiences/{AUDIENCE}"))).await.expect(204);
    let again = json!({"id": AUDIENCE, "name": "Customers"});
    origin.post(&at("audiences"), again).await.expect(201);
    assert!(listed(&origin).await.is_empty(), "they went with their audience");
}

#[tokio::test]
async fn a_file_says_who_is_a_member_and_who_is_not() {
    let origin = with_audience().await;
    put(&origin, "ada@example.com").await.expect(200);
    put(&origin, "bob@example.com").await.expect(200);
    let file = "email\nbob@example.com\nCem@example.com\r\ncem@example.com\n";
    let expected = json!({"added": 1, "removed": 1, "unchanged": 1});
    let tried = csv(&origin, "?dry_run=true", file).await.expect(200);
    assert_eq!(tried, expected);
    assert_eq!(
        listed(&origin).await,
        ["ada@example.com", "bob@example.com"],
        "it was only asked"
    );
    assert_eq!(csv(&origin, "", file).await.expect(200), expected);
    assert_eq!(listed(&origin).await, ["bob@example.com", "cem@example.com"]);
    for (wrong, field) in [
        ("", "line 1"),
        ("bob@example.com\n", "line 1"),
        ("email\nbob@example.com\nbob\n", "line 3"),
    ] {
        let refused = csv(&origin, "", wrong).await.expect(422);
        assert_eq!(refused["field"], field, "{wrong:?}");
    }
    csv(&origin, "?dry_run=maybe", file).await.expect(422);
    csv(&origin, "", &format!("email\n{}", "\n".repeat(4 << 20)))
        .await
        .expect(413);
    assert_eq!(listed(&origin).await, ["bob@example.com", "cem@example.com"]);
    let many: String = (0..50_000)
        .map(|number| format!("person.{number}@example.com\n"))
        .collect();
    let all = csv(&origin, "", &format!("email\n{many}")).await.expect(200);
    assert_eq!(all, json!({"added": 50_000, "removed": 2, "unchanged": 0}));
    put(&origin, "one.more@example.com").await.expect(409);
}

/// Sessions of those who may have lost what they were let in by are looked at again; nobody is asked without need.
#[tokio::test]
async fn only_who_goes_is_asked_again() {
    let origin = with_audience().await;
    let private = json!({"visibility": "private"});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let path = at(&format!("audiences/{AUDIENCE}"));
    let mut last = revision(&origin).await;
    let mut is_raised = async || {
        let (before, now) = (last, revision(&origin).await);
        last = now;
        now > before
    };
    origin.patch(&path, json!({"emails": ["a.example"]})).await.expect(200);
    put(&origin, "ada@example.com").await.expect(200);
    csv(&origin, "", "email\nada@example.com\nbob@example.com\n")
        .await
        .expect(200);
    assert!(!is_raised().await, "nobody went");
    origin
        .patch(&path, json!({"emails": ["b.example", "a.example"]}))
        .await
        .expect(200);
    assert!(!is_raised().await, "nobody went");
    origin.patch(&path, json!({"emails": ["b.example"]})).await.expect(200);
    assert!(is_raised().await, "a rule is gone");
    csv(&origin, "", "email\nbob@example.com\n").await.expect(200);
    assert!(is_raised().await, "a file named one less");
    origin.delete(&members("/bob@example.com")).await.expect(204);
    assert!(is_raised().await, "a member is gone");
}

/// The door of a page offers what lets somebody in.
#[tokio::test]
async fn door_offers_mail_where_somebody_is_known() {
    let origin = with_audience().await;
    let private = json!({"visibility": "private"});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    assert_eq!(ways(&origin).await, []);
    put(&origin, "ada@example.com").await.expect(200);
    assert_eq!(ways(&origin).await, [Way::Mail]);
    origin.delete(&members("/ada@example.com")).await.expect(204);
    assert_eq!(ways(&origin).await, []);
    let path = at(&format!("audiences/{AUDIENCE}"));
    let both = json!({"emails": ["example.com"], "password": "correct horse"});
    origin.patch(&path, both).await.expect(200);
    assert_eq!(ways(&origin).await, [Way::Password, Way::Mail]);
}

async fn ways(origin: &TestOrigin) -> Vec<Way> {
    access(origin).await.ways
}

async fn revision(origin: &TestOrigin) -> u64 {
    access(origin).await.revision
}

async fn access(origin: &TestOrigin) -> page_model::access::Access {
    let records = origin.records(PAGE, 0).await;
    let site = records.iter().find(|record| matches!(record.key, Key::Site(_)));
    match body::decode(&site.expect("a site").body) {
        Ok(Site::Page(page)) => *page.access.expect("an access"),
        other => unreachable!("{other:?}"),
    }
}
