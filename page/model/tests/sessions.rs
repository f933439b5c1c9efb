//! A session counts as it was signed, and in no other way.

use ed25519_dalek::SigningKey;
use page_model::{
    AudienceId, ContentHash, Host, PageId,
    access::{Session, SessionKey},
    limits::SESSION_CHARS_MAX,
    session::{self, InvalidSession},
    sign_in,
};
use proptest::prelude::*;

#[test]
fn session_opens_with_the_key_that_sealed_it() {
    let text = session::seal(&one(), 7, &key(1));
    assert_eq!(
        session::open(&text, &[public(6, 2), public(7, 1)]),
        Ok((one(), public(7, 1)))
    );
    assert_eq!(session::open(&text, &[]), Err(InvalidSession::Key));
    assert_eq!(session::open(&text, &[public(8, 1)]), Err(InvalidSession::Key));
    assert_eq!(session::open(&text, &[public(7, 2)]), Err(InvalidSession::Signature));
    let zeros = SessionKey {
        id: 7,
        key: ContentHash([0; 32]),
    };
    assert!(session::open(&text, &[zeros]).is_err());
}

/// The longest that there is fits into a cookie.
#[test]
fn session_of_the_longest_host_is_short_enough() {
    let mut session = one();
    session.host = Host::parse(&["a"; 90].join(".")).expect("a host");
    session.proof = vec![0; 1_024];
    let text = session::seal(&session, u32::MAX, &key(1));
    assert!(text.len() < SESSION_CHARS_MAX, "{}", text.len());
}

/// What is signed for one use is nothing for another.
#[test]
fn session_is_no_question_and_a_question_no_session() {
    let text = session::seal(&one(), 7, &key(1));
    let body = text.as_bytes();
    let signature = sign_in::sign(&key(1), "eu", 1_000, body);
    let verify = |region, time_ms, body: &[u8]| {
        sign_in::verify(&key(1).verifying_key(), 1_000, region, time_ms, &signature, body)
    };
    assert_eq!(verify("eu", 1_000, body), Ok(()));
    assert_eq!(verify("us", 1_000, body), Err(sign_in::Rejected::Signature));
    assert_eq!(verify("eu", 1_001, body), Err(sign_in::Rejected::Signature));
    assert_eq!(verify("eu", 62_000, body), Err(sign_in::Rejected::Time));
    assert_eq!(verify("eu", 1_000, b"x"), Err(sign_in::Rejected::Signature));
}

#[test]
fn set_of_audiences_has_one_id() {
    let audience = |name: &str| AudienceId::parse(name).expect("an audience");
    let (a, b) = (audience("a"), audience("b"));
    let both = AudienceId::of_set(&[a.clone(), b.clone()]);
    assert_eq!(both, AudienceId::of_set(&[b.clone(), a.clone(), b.clone()]));
    assert_eq!(AudienceId::parse(both.as_str()), Ok(both.clone()));
    let ids = [
        both,
        AudienceId::of_set(&[a]),
        AudienceId::of_set(&[b]),
        AudienceId::of_set(&[]),
        AudienceId::of_set(&[audience("ab")]),
        AudienceId::public(),
    ];
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id), "{id}");
    }
}

proptest! {
    #[test]
    fn any_changed_character_is_refused(at in 0..usize::MAX, with in "[A-Za-z0-9_.-]") {
        let good = session::seal(&one(), 7, &key(1));
        let at = at % good.len();
        let changed = format!("{}{with}{}", &good[..at], &good[at + 1..]);
        let opened = session::open(&changed, &[public(7, 1)]);
        prop_assert_eq!(opened.is_ok(), changed == good);
    }

    #[test]
    fn any_text_is_a_session_or_none(text in ".{0,400}") {
        prop_assert!(session::open(&text, &[public(7, 1)]).is_err());
    }
}

fn one() -> Session {
    Session {
        page: PageId::parse("northwind001").expect("a page id"),
        host: Host::parse("status.example").expect("a host"),
        audience: AudienceId::of_set(&[]),
        id: vec![1; 16],
        revision: 2,
        epoch: 0,
        began_ms: 1_000,
        renew_ms: 2_000,
        expires_ms: 3_000,
        person: None,
        way: None,
        proof: vec![3; 12],
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(id: u32, seed: u8) -> SessionKey {
    SessionKey {
        id,
        key: ContentHash(key(seed).verifying_key().to_bytes()),
    }
}
