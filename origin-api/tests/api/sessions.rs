//! What publishers see of who was let in, and how they end it.

use page_model::{
    access::{Session, Way},
    limits::ENDED_SESSIONS_MAX,
    sign_in::{Answer, Asked},
};
use serde_json::{Value, json};

use crate::{
    harness::{TestOrigin, at},
    several_audiences::{let_in as by_mail, with_two},
    sign_in::{HOST, access, ask, of, opened, private, renewed, sign_in_with},
};

#[tokio::test]
async fn who_is_let_in_is_listed_and_can_be_ended() {
    let origin = private().await;
    let first = sign_in_with(&origin, "correct horse").await;
    let second = sign_in_with(&origin, "correct horse").await;
    let (one, other) = (opened(&origin, &first).await, opened(&origin, &second).await);
    let listed = list(&origin, "").await;
    assert_eq!(ids(&listed), [id(&other), id(&one)], "the newest first");
    let item = &listed[1];
    assert_eq!(
        (&item["way"], &item["person"], &item["host"]),
        (&json!("password"), &Value::Null, &json!(HOST))
    );
    assert_eq!(ids(&list(&origin, "?limit=1").await), [id(&other)]);

    // A session that was renewed is the same one.
    renewed(&origin, &first).await.expect("renewed");
    assert_eq!(list(&origin, "").await.len(), 2);

    origin.delete(&at(&format!("sessions/{}", id(&one)))).await.expect(204);
    assert_eq!(ids(&list(&origin, "").await), [id(&other)]);
    assert!(access(&origin).await.has_ended(&one) && !access(&origin).await.has_ended(&other));
    assert_eq!(renewed(&origin, &first).await, None);
    assert!(renewed(&origin, &second).await.is_some());
    for unknown in [id(&one), "0".repeat(32), "x".to_owned(), id(&other).to_uppercase()] {
        origin.delete(&at(&format!("sessions/{unknown}"))).await.expect(404);
    }
    origin.delete(&at("sessions?persn=ada")).await.expect(422);
    origin.delete(&at("sessions")).await.expect(204);
    assert!(list(&origin, "").await.is_empty(), "an epoch ends all");
    origin.get("/v1/pages/page00000009/sessions").await.expect(404);
    let elsewhere = format!("/v1/pages/page00000009/sessions/{}", id(&other));
    origin.delete(&elsewhere).await.expect(404);
}

/// Past what a record has room for, every session is proven again, and those that ended do not pass.
#[tokio::test]
async fn more_than_a_record_names_are_ended_all_the_same() {
    let origin = private().await;
    let mut texts = Vec::new();
    for _ in 0..ENDED_SESSIONS_MAX + 2 {
        texts.push(sign_in_with(&origin, "correct horse").await);
    }
    let before = access(&origin).await.revision;
    let (kept, ended) = texts.split_last().expect("some");
    for text in ended {
        let session = opened(&origin, text).await;
        origin
            .delete(&at(&format!("sessions/{}", id(&session))))
            .await
            .expect(204);
    }
    let after = access(&origin).await;
    assert!(after.revision > before && after.ended.is_empty(), "{after:?}");
    for text in ended {
        assert_eq!(renewed(&origin, text).await, None);
    }
    let renewed = renewed(&origin, kept).await.expect("renewed");
    assert_eq!(renewed.revision, after.revision);
    // Those that end from then on are named again.
    origin
        .delete(&at(&format!("sessions/{}", id(&renewed))))
        .await
        .expect(204);
    let last = access(&origin).await;
    assert_eq!(
        (last.revision, last.has_ended(&renewed), last.ended.len()),
        (after.revision, true, 16)
    );
}

/// A visitor ends what is theirs on every device; with a password that many have, that is the one that they bring.
#[tokio::test]
async fn visitor_signs_out_everywhere() {
    let out = async |origin: &TestOrigin, text: &str| {
        let session = text.to_owned();
        ask(origin, of(Asked::SignOut { session })).await
    };
    let (origin, mailbox) = with_two("private").await;
    let mut hers = Vec::new();
    for _ in 0..2 {
        hers.push(by_mail(&origin, &mailbox, "ada@example.com").await);
    }
    let (others, bob) = by_mail(&origin, &mailbox, "bob@example.com").await;
    assert_eq!(
        (bob.person.as_deref(), bob.way),
        (Some("bob@example.com"), Some(Way::Mail))
    );
    let log = origin.get(&at("audit")).await.body;
    for nothing in ["", "x", &hers[0].0[1..]] {
        assert_eq!(out(&origin, nothing).await, Answer::Refused);
    }
    assert_eq!(list(&origin, "").await.len(), 3, "who brings nothing ends nothing");
    assert_eq!(out(&origin, &hers[0].0).await, Answer::Refused);
    assert_eq!(ids(&list(&origin, "").await), [id(&bob)]);
    let told = access(&origin).await;
    assert!(hers.iter().all(|(_, session)| told.has_ended(session)) && !told.has_ended(&bob));
    for (text, _) in &hers {
        assert_eq!(renewed(&origin, text).await, None);
    }
    assert!(renewed(&origin, &others).await.is_some());
    // With one that is over, nobody ends those who came after it.
    let (_, anew) = by_mail(&origin, &mailbox, "ada@example.com").await;
    assert_eq!(out(&origin, &hers[1].0).await, Answer::Refused);
    assert!(!access(&origin).await.has_ended(&anew));
    assert_eq!(origin.get(&at("audit")).await.body, log, "visitors could fill it");

    let origin = private().await;
    let (first, second) = (
        sign_in_with(&origin, "correct horse").await,
        sign_in_with(&origin, "correct horse").await,
    );
    assert_eq!(opened(&origin, &first).await.way, Some(Way::Password));
    assert_eq!(out(&origin, &first).await, Answer::Refused);
    assert_eq!(renewed(&origin, &first).await, None);
    assert!(renewed(&origin, &second).await.is_some(), "that may be anybody's");
}

pub async fn list(origin: &TestOrigin, query: &str) -> Vec<Value> {
    let listed = origin.get(&at(&format!("sessions{query}"))).await.expect(200);
    listed["items"].as_array().expect("items").clone()
}

fn ids(listed: &[Value]) -> Vec<String> {
    let ids = listed.iter().map(|session| session["id"].as_str().expect("an id"));
    ids.map(str::to_owned).collect()
}

fn id(session: &Session) -> String {
    session.id.iter().map(|byte| format!("{byte:02x}")).collect()
}
