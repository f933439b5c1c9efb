//! What a region asks for a visitor, as a region does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use page_model::{
    AudienceId, Host, Key, Site,
    access::{Access, Session},
    body, session,
    sign_in::{self, Answer, Asked, HEADER_REGION, HEADER_SIGNATURE, HEADER_TIME, Question},
};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{PAGE, REGION, TestOrigin, at, region_key};

pub const HOST: &str = "status.acme.com";
pub const AUDIENCE: &str = "audience0001";

#[tokio::test]
async fn right_password_lets_in() {
    let origin = private().await;
    let session = let_in(&origin, "correct horse").await;
    assert_eq!((session.page.as_str(), session.host.as_str()), (PAGE, HOST));
    assert_eq!(session.audience, AudienceId::of_set(&[]));
    let access = access(&origin).await;
    assert_eq!((session.revision, session.epoch), (access.revision, access.epoch));
    assert_eq!(session.expires_ms - session.began_ms, 14 * 24 * 60 * 60 * 1_000);
    assert_eq!(session.renew_ms - session.began_ms, 60 * 60 * 1_000);
    let other = let_in(&origin, "correct horse").await;
    assert_ne!(session.id, other.id, "each sign-in has a session of its own");
    for wrong in ["correct hors", "", "Correct horse", &"x".repeat(5_000)] {
        assert_eq!(ask(&origin, password(wrong)).await, Answer::Refused, "{wrong:.20}");
    }
}

#[tokio::test]
async fn what_is_no_private_page_lets_nobody_in() {
    let origin = private().await;
    let elsewhere = Question {
        host: Host::parse("elsewhere.example").expect("a host"),
        ..password("correct horse")
    };
    assert_eq!(ask(&origin, elsewhere).await, Answer::NoWay);
    origin
        .patch(&at(&format!("audiences/{AUDIENCE}")), json!({"password": null}))
        .await
        .expect(200);
    assert_eq!(ask(&origin, password("correct horse")).await, Answer::NoWay);
    let origin = private().await;
    origin
        .patch(&format!("/v1/pages/{PAGE}"), json!({"visibility": "public"}))
        .await
        .expect(200);
    assert_eq!(ask(&origin, password("correct horse")).await, Answer::NoWay);
}

#[tokio::test]
async fn session_is_renewed_while_what_it_stands_on_holds() {
    let origin = private().await;
    let text = sign_in_with(&origin, "correct horse").await;
    let first = opened(&origin, &text).await;
    let renewed = renewed(&origin, &text).await.expect("renewed");
    assert_eq!(
        (&renewed.id, renewed.began_ms, renewed.expires_ms),
        (&first.id, first.began_ms, first.expires_ms)
    );
    assert!(renewed.renew_ms >= first.renew_ms);
    // Another audience's password is nothing to it, and what is raised is in the new one.
    let other = json!({"id": "audience0002", "name": "Partners", "password": "battery staple"});
    origin.post(&at("audiences"), other).await.expect(201);
    origin.delete(&at("audiences/audience0002")).await.expect(204);
    let after = self::renewed(&origin, &text).await.expect("renewed");
    assert!(after.revision > renewed.revision);
    // Its own is.
    let path = at(&format!("audiences/{AUDIENCE}"));
    origin
        .patch(&path, json!({"password": "battery staple"}))
        .await
        .expect(200);
    assert_eq!(self::renewed(&origin, &text).await, None);
    // And the former password does not bring it back.
    origin
        .patch(&path, json!({"password": "correct horse"}))
        .await
        .expect(200);
    assert_eq!(self::renewed(&origin, &text).await, None);
}

#[tokio::test]
async fn session_that_ended_is_not_renewed() {
    let origin = private().await;
    let text = sign_in_with(&origin, "correct horse").await;
    let elsewhere = Question {
        host: Host::parse("other.acme.com").expect("a host"),
        ..renew(&text)
    };
    let hosts = json!({"hosts": [HOST, "other.acme.com"]});
    origin.patch(&format!("/v1/pages/{PAGE}"), hosts).await.expect(200);
    assert_eq!(ask(&origin, elsewhere).await, Answer::Refused, "it is of one host");
    for garbled in ["", "a.b", &text[1..], &format!("{text}x")] {
        assert_eq!(ask(&origin, renew(garbled)).await, Answer::Refused, "{garbled:.20}");
    }
    origin.delete(&format!("/v1/pages/{PAGE}/sessions")).await.expect(204);
    assert_eq!(renewed(&origin, &text).await, None);
    let text = sign_in_with(&origin, "correct horse").await;
    assert!(renewed(&origin, &text).await.is_some(), "who signs in anew is in");
}

#[tokio::test]
async fn only_a_region_is_listened_to() {
    let origin = private().await;
    let question = password("correct horse").to_bytes();
    let now_ms = Timestamp::now().as_millisecond().unsigned_abs();
    let stranger = SigningKey::from_bytes(&[8; 32]);
    let status = async |key: &SigningKey, region: &str, time_ms: u64, signed: &[u8], sent: &[u8]| {
        send(&origin, key, region, time_ms, signed, sent).await.0
    };
    let forbidden = StatusCode::FORBIDDEN;
    assert_eq!(status(&stranger, REGION, now_ms, &question, &question).await, forbidden);
    assert_eq!(
        status(&region_key(), "us-1", now_ms, &question, &question).await,
        forbidden
    );
    assert_eq!(
        status(&region_key(), REGION, now_ms - 61_000, &question, &question).await,
        forbidden
    );
    assert_eq!(
        status(&region_key(), REGION, now_ms, b"another", &question).await,
        forbidden
    );
    assert_eq!(
        status(&region_key(), REGION, now_ms, &question, &question).await,
        StatusCode::OK
    );
    let again = status(&region_key(), REGION, now_ms, &question, &question).await;
    assert_eq!(again, StatusCode::CONFLICT, "what was sent once does not count again");
    let garbled = status(&region_key(), REGION, now_ms, b"\xff", b"\xff").await;
    assert_eq!(garbled, StatusCode::BAD_REQUEST);
    let url = format!("{}{}", origin.visitors, sign_in::PATH);
    let unsigned = origin
        .client
        .post(&url)
        .body(question.clone())
        .send()
        .await
        .expect("an answer");
    assert_eq!(unsigned.status(), forbidden);
    let large = origin
        .client
        .post(&url)
        // What is refused before it is read is refused with its connection.
        .header("connection", "close")
        .body(vec![0; 100_000])
        .send()
        .await
        .expect("an answer");
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // Neither does this listener know the push API, nor that one this.
    for url in [
        format!("{}/v1/pages", origin.visitors),
        format!("{}{}", origin.api, sign_in::PATH),
    ] {
        let elsewhere = origin
            .client
            .post(&url)
            .body(question.clone())
            .send()
            .await
            .expect("an answer");
        assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND, "{url}");
    }
}

/// Who tries passwords waits; the same page lets others in meanwhile.
#[tokio::test]
async fn who_tries_passwords_waits_alone() {
    let origin = private().await;
    let from = |client: &str, typed: &str| Question {
        client: client.parse().ok(),
        ..password(typed)
    };
    let mut refused = 0;
    while ask(&origin, from("192.0.2.7", "a wrong one")).await == Answer::Refused {
        refused += 1;
        assert!(refused < 50, "it may try for ever");
    }
    assert_eq!(refused, 10);
    let right = ask(&origin, from("192.0.2.7", "correct horse")).await;
    assert!(matches!(right, Answer::Busy { .. }), "{right:?}");
    let other = ask(&origin, from("192.0.2.8", "correct horse")).await;
    assert!(matches!(other, Answer::Session { .. }), "{other:?}");
}

pub async fn private() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let private = json!({"visibility": "private"});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let new = json!({"id": AUDIENCE, "name": "Customers", "password": "correct horse"});
    origin.post(&at("audiences"), new).await.expect(201);
    origin
}

pub async fn let_in(origin: &TestOrigin, typed: &str) -> Session {
    let text = sign_in_with(origin, typed).await;
    opened(origin, &text).await
}

pub async fn sign_in_with(origin: &TestOrigin, typed: &str) -> String {
    match ask(origin, password(typed)).await {
        Answer::Session { session } => session,
        other => unreachable!("{other:?}"),
    }
}

pub async fn renewed(origin: &TestOrigin, text: &str) -> Option<Session> {
    match ask(origin, renew(text)).await {
        Answer::Session { session } => Some(opened(origin, &session).await),
        Answer::Refused => None,
        other => unreachable!("{other:?}"),
    }
}

/// As an edge opens it, with what the regions have.
pub async fn opened(origin: &TestOrigin, text: &str) -> Session {
    session::open(text, &access(origin).await.keys).expect("a session").0
}

pub async fn access(origin: &TestOrigin) -> Access {
    let records = origin.records(PAGE, 0).await;
    let site = records.iter().find(|record| matches!(record.key, Key::Site(_)));
    match body::decode(&site.expect("a site").body) {
        Ok(Site::Page(page)) => *page.access.expect("an access"),
        other => unreachable!("{other:?}"),
    }
}

pub fn password(typed: &str) -> Question {
    let password = typed.to_owned();
    of(Asked::Password { password })
}

pub fn renew(text: &str) -> Question {
    let session = text.to_owned();
    of(Asked::Renew { session })
}

pub fn of(asked: Asked) -> Question {
    Question {
        host: Host::parse(HOST).expect("a host"),
        client: None,
        asked,
    }
}

pub async fn ask(origin: &TestOrigin, question: Question) -> Answer {
    let question = question.to_bytes();
    // No two questions of one moment are the same.
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    let now_ms = Timestamp::now().as_millisecond().unsigned_abs();
    let (status, answer) = send(origin, &region_key(), REGION, now_ms, &question, &question).await;
    assert_eq!(status, StatusCode::OK);
    Answer::from_bytes(&answer).expect("an answer")
}

async fn send(
    origin: &TestOrigin,
    key: &SigningKey,
    region: &str,
    time_ms: u64,
    signed: &[u8],
    sent: &[u8],
) -> (StatusCode, Vec<u8>) {
    let signature = URL_SAFE_NO_PAD.encode(sign_in::sign(key, region, time_ms, signed));
    let request = origin.client.post(format!("{}{}", origin.visitors, sign_in::PATH));
    let request = request
        .header(HEADER_REGION, region)
        .header(HEADER_TIME, time_ms.to_string())
        .header(HEADER_SIGNATURE, signature);
    let response = request.body(sent.to_vec()).send().await.expect("an answer");
    let status = response.status();
    (status, response.bytes().await.expect("a body").to_vec())
}
