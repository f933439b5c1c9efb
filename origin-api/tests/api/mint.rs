//! Sessions that the operator makes at the origin's machine.

use std::time::Duration;

use origin_api::{MintedSession, mint_session};
use page_model::{AudienceId, Host, Id, PageId};
use serde_json::json;

use crate::{
    harness::{PAGE, TestOrigin, at},
    sign_in::{AUDIENCE, opened, private, renewed},
};

fn wanted(host: &str, audience: &str, hours: u64) -> MintedSession {
    MintedSession {
        page: PageId::parse(PAGE).expect("an id"),
        host: Host::parse(host).expect("a host"),
        audience: Id::parse(audience).expect("an id"),
        lasts: Duration::from_secs(hours * 3_600),
    }
}

async fn mint(origin: &TestOrigin, wanted: &MintedSession) -> Result<String, String> {
    let folder = origin.folder.path().join("data");
    mint_session(&folder, wanted)
        .await
        .map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn operator_makes_a_session_which_is_told() {
    let origin = private().await;
    let text = mint(&origin, &wanted("status.acme.com", AUDIENCE, 1))
        .await
        .expect("a session");
    let session = opened(&origin, &text).await;
    assert_eq!(session.audience, AudienceId::of_set(&[]));
    assert_eq!(session.expires_ms - session.began_ms, 60 * 60 * 1_000);
    let log = origin.get(&at("audit?kind=session")).await.expect(200);
    let entry = &log["items"][0];
    assert_eq!(
        (&entry["action"], &entry["by"]),
        (&json!("minted"), &json!({"kind": "operator"}))
    );
    let told = json!({"audience": AUDIENCE, "host": "status.acme.com", "minutes": 60});
    assert_eq!(entry["changed"], told);
    // The origin goes on writing, and looks at it again as at every other.
    origin
        .patch(&at(&format!("audiences/{AUDIENCE}")), json!({"name": "New"}))
        .await
        .expect(200);
    assert!(renewed(&origin, &text).await.is_some());
    origin.delete(&at(&format!("audiences/{AUDIENCE}"))).await.expect(204);
    assert!(renewed(&origin, &text).await.is_none());
}

#[tokio::test]
async fn session_is_not_made_of_what_is_not_there() {
    let origin = private().await;
    for (wanted, why) in [
        (wanted("other.acme.com", AUDIENCE, 1), "is no host of page"),
        (wanted("status.acme.com", "audience0009", 1), "has no audience"),
        (wanted("status.acme.com", AUDIENCE, 25), "at most 24 hours"),
        (wanted("status.acme.com", AUDIENCE, 0), "at most 24 hours"),
    ] {
        let refused = mint(&origin, &wanted).await.expect_err(why);
        assert!(refused.contains(why), "{refused}");
    }
    let log = origin.get(&at("audit?kind=session")).await.expect(200);
    assert_eq!(log["items"], json!([]));
    origin
        .patch(&format!("/v1/pages/{PAGE}"), json!({"visibility": "public"}))
        .await
        .expect(200);
    assert!(mint(&origin, &wanted("status.acme.com", AUDIENCE, 1)).await.is_err());
}
