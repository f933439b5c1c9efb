//! Visitors who are in several audiences: what they see is made when the first of them is let in.

use page_model::{
    Archive, AudienceId, Host, Key, Language, Record, Site, Snapshot,
    access::Session,
    body,
    sign_in::{Answer, Asked, Question},
    site::SitePage,
};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    delivery::delivered,
    harness::{PAGE, SYNC, TestOrigin, at},
    mailbox::Mailbox,
    sign_in::{ask, opened, renewed},
};

const HOST: &str = "status.acme.com";
pub const GOLD: &str = "audiencegold";
pub const BLUE: &str = "audienceblue";

/// A page on which Ada is in two audiences, by her name and by her domain, and the others of her domain in one.
pub async fn with_two(visibility: &str) -> (TestOrigin, Mailbox) {
    let mailbox = Mailbox::open().await;
    let folder = TempDir::new().expect("a temporary folder");
    let origin = TestOrigin::start_with_mail(folder, &mailbox.url).await.sampled().await;
    let page = format!("/v1/pages/{PAGE}");
    origin.patch(&page, json!({"visibility": visibility})).await.expect(200);
    for (id, emails) in [(GOLD, "ada@example.com"), (BLUE, "example.com")] {
        let new = json!({"id": id, "name": id, "emails": [emails]});
        origin.post(&at("audiences"), new).await.expect(201);
        let name = id.strip_prefix("audience").expect("a colour");
        let component = json!({"id": format!("{name}comp0001"), "name": format!("{name}component"), "audiences": [id]});
        origin.post(&at("components"), component).await.expect(201);
        let past = json!({"id": format!("{name}past0001"), "name": format!("{name}incident"), "body": "b",
            "at": "2025-02-10T00:00:00Z", "status": "resolved", "audiences": [id]});
        origin.post(&at("incidents"), past).await.expect(201);
    }
    (origin, mailbox)
}

/// Signs in by mail; the text of the session too.
pub async fn let_in(origin: &TestOrigin, mailbox: &Mailbox, address: &str) -> (String, Session) {
    let of = |asked| Question {
        host: Host::parse(HOST).expect("a host"),
        client: None,
        asked,
    };
    let mails = mailbox.all().len();
    let asked = Asked::Mail {
        address: address.to_owned(),
        language: Language::En,
        port: None,
        return_to: "/".to_owned(),
    };
    ask(origin, of(asked)).await;
    let taken = mailbox.until(mails + 1).await;
    let token = taken.last().expect("a mail").token();
    match ask(origin, of(Asked::Link { token })).await {
        Answer::LetIn { session, .. } => {
            let opened = opened(origin, &session).await;
            (session, opened)
        }
        other => unreachable!("{other:?}"),
    }
}

/// The last one of the page.
async fn last_change(origin: &TestOrigin) -> Value {
    let feed = origin.send(Method::GET, "/sync/feed?wait_ms=0", SYNC, &[], None).await;
    feed.expect(200)["changes"][0]["seq"].take()
}

fn set(audiences: &[&str]) -> AudienceId {
    let ids = audiences.iter().map(|id| AudienceId::parse(id).expect("an id"));
    AudienceId::of_set(&ids.collect::<Vec<_>>())
}

async fn site(origin: &TestOrigin) -> SitePage {
    let records = origin.records(PAGE, 0).await;
    let site = records.iter().find(|record| matches!(record.key, Key::Site(_)));
    match body::decode(&site.expect("a site").body) {
        Ok(Site::Page(page)) => page,
        other => unreachable!("{other:?}"),
    }
}

async fn sets(origin: &TestOrigin) -> Vec<AudienceId> {
    let audiences = site(origin).await.audiences;
    audiences.into_iter().map(|current| current.audience).collect()
}

/// What a set has of the page and its past, as one text.
async fn text(origin: &TestOrigin, of: &AudienceId) -> String {
    let texts = origin.records(PAGE, 0).await.into_iter().filter_map(|record| {
        let body = match &record.key {
            Key::Snapshot(_, set) if set == of && !record.is_tombstone() => json::<Snapshot>(&record),
            Key::Archive(_, set, _) if set == of && !record.is_tombstone() => json::<Archive>(&record),
            Key::Permalinks(_, set, _) if set == of => String::from_utf8_lossy(&record.body).into_owned(),
            _ => return None,
        };
        Some(body)
    });
    texts.collect()
}

fn json<T: serde::Serialize + serde::de::DeserializeOwned>(record: &Record) -> String {
    let body: T = body::decode_compressed(&record.body).expect("it decodes");
    serde_json::to_string(&body).expect("JSON")
}

#[tokio::test]
async fn who_is_in_two_audiences_sees_what_is_for_either() {
    for visibility in ["private", "layered"] {
        let (origin, mailbox) = with_two(visibility).await;
        let both = set(&[GOLD, BLUE]);
        assert!(!sets(&origin).await.contains(&both), "nobody is let in yet");
        let (_, bob) = let_in(&origin, &mailbox, "bob@example.com").await;
        assert_eq!(bob.audience, set(&[BLUE]));
        let before = site(&origin).await.access.expect("access");
        let (_, ada) = let_in(&origin, &mailbox, "ada@example.com").await;
        assert_eq!(ada.audience, both);
        assert_eq!(sets(&origin).await.iter().filter(|one| **one == both).count(), 1);
        let words = [
            "goldcomponent",
            "bluecomponent",
            "goldincident",
            "blueincident",
            "goldcomp0001",
            "bluecomp0001",
            "goldpast0001",
            "bluepast0001",
        ];
        let seen = text(&origin, &both).await;
        for word in words {
            assert!(seen.contains(word), "{visibility}: {word} in {seen}");
        }
        let of_bob = text(&origin, &bob.audience).await;
        for word in words {
            assert_eq!(
                of_bob.contains(word),
                word.starts_with("blue"),
                "{visibility}: {word} in {of_bob}"
            );
        }
        assert!(!of_bob.contains(GOLD), "{visibility}: {of_bob}");
        // Others are not asked again for it.
        assert_eq!(site(&origin).await.access.expect("access"), before);
        let (_, again) = let_in(&origin, &mailbox, "ada@example.com").await;
        assert_eq!(
            (again.audience, sets(&origin).await.len()),
            (both, site(&origin).await.audiences.len())
        );
    }
}

#[tokio::test]
async fn set_falls_away_with_what_was_for_one_of_its_audiences() {
    let (origin, mailbox) = with_two("private").await;
    let (text, ada) = let_in(&origin, &mailbox, "ada@example.com").await;
    assert_eq!(ada.audience, set(&[GOLD, BLUE]));
    for path in ["components/goldcomp0001", "incidents/goldpast0001"] {
        origin.delete(&at(path)).await;
    }
    assert!(!sets(&origin).await.contains(&ada.audience));
    let records = origin.records(PAGE, 0).await;
    let taken_back = |record: &&Record| matches!(&record.key, Key::Snapshot(_, set) if *set == ada.audience);
    assert!(records.iter().find(taken_back).expect("a record").is_tombstone());
    assert!(
        site(&origin).await.access.expect("access").revision > ada.revision,
        "she is asked again"
    );
    assert_eq!(renewed(&origin, &text).await.expect("renewed").audience, set(&[BLUE]));
    // And it comes back with the next thing that is for both, when she is looked at again.
    let component = json!({"id": "goldcomp0002", "name": "other", "audiences": [GOLD]});
    origin.post(&at("components"), component).await.expect(201);
    assert_eq!(
        renewed(&origin, &text).await.expect("renewed").audience,
        set(&[GOLD, BLUE])
    );
    assert!(sets(&origin).await.contains(&set(&[GOLD, BLUE])));
}

/// A sign-in with what nobody was let in with before waits until the regions have it, and not for ever.
#[tokio::test]
async fn new_set_is_waited_for() {
    let (origin, mailbox) = with_two("private").await;
    delivered(&origin, "eu-1", 1).await;
    let began = std::time::Instant::now();
    let signing_in = let_in(&origin, &mailbox, "ada@example.com");
    let (_, ada) = tokio::time::timeout(std::time::Duration::from_secs(10), signing_in)
        .await
        .expect("it answers while a region has nothing");
    assert_eq!(ada.audience, set(&[GOLD, BLUE]));
    assert!(
        began.elapsed() >= std::time::Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let known = last_change(&origin).await;
    let_in(&origin, &mailbox, "ada@example.com").await;
    assert_eq!(
        last_change(&origin).await,
        known,
        "the set is known: nothing is waited for"
    );
}
