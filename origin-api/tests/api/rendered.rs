//! HTML that earlier rules of Markdown made is made anew when an origin starts.

use futures_util::future::join_all;
use page_model::{Archive, Key, body};
use serde_json::json;

use crate::harness::{COMPONENT, GROUP, INCIDENT, MAINTENANCE, PAGE, TestOrigin, at};

const MARKDOWN: &str = "# Cause\nA disk.\nSee https://a.example";
const HTML: &str = "<h3>Cause</h3>\n<p>A disk.<br>\nSee <a href=\"https://a.example\" rel=\"nofollow noopener\">https://a.example</a></p>";
/// As it was made by the first rules.
const OUTDATED: &str = "
    UPDATE updates SET body_html = 'Cause';
    UPDATE pages SET description_html = 'Cause', announcement_html = 'Cause';
    UPDATE component_groups SET description_html = 'Cause';
    UPDATE components SET description_html = 'Cause';
    DELETE FROM rendered_texts;";

#[tokio::test]
async fn texts_of_an_older_database_are_rendered_anew_at_the_start() {
    let origin = written().await;
    origin.execute(OUTDATED).await;
    let before = origin.get(&at(&format!("incidents/{INCIDENT}"))).await;
    let tag = before.header("etag").to_owned();
    let head = origin.records(PAGE, 0).await[0].version;
    let origin = TestOrigin::start_in(origin.stop().await).await;

    let snapshot = origin.snapshot(PAGE).await;
    assert_eq!(snapshot.page.description_html, HTML);
    assert_eq!(snapshot.announcement.expect("an announcement").body_html, HTML);
    for group in &snapshot.groups {
        let named = group.named.iter().map(|named| &named.description_html);
        let components = group.components.iter().filter(|one| one.id.as_str() == COMPONENT);
        for html in named.chain(components.map(|one| &one.description_html)) {
            assert_eq!(html, HTML);
        }
    }
    assert_eq!(snapshot.incidents[0].updates[0].body_html, HTML);
    assert_eq!(snapshot.maintenances[0].updates[0].body_html, HTML);
    let records = origin.records(PAGE, head).await;
    let archive = records.iter().find(|record| matches!(record.key, Key::Archive(..)));
    let archive: Archive = body::decode_compressed(&archive.expect("it is sent again").body).expect("an archive");
    assert_eq!(archive.incidents[0].updates[0].body_html, HTML);
    assert_eq!(
        origin.get(&at(&format!("incidents/{INCIDENT}"))).await.header("etag"),
        tag,
        "nobody changed it"
    );

    let head = records[0].version;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    assert_eq!(origin.records(PAGE, 0).await[0].version, head, "once is enough");
}

#[tokio::test]
async fn a_restart_goes_on_where_rendering_stopped() {
    let origin = written().await;
    let updates = at(&format!("incidents/{INCIDENT}/updates"));
    for hundred in 0..6 {
        let posted = (100 * hundred..100 * hundred + 100).map(|n| {
            let update = json!({"id": format!("many{n:08}"), "body": "# Cause"});
            origin.post(&updates, update)
        });
        assert!(join_all(posted).await.iter().all(|read| read.status == 201));
    }
    origin.execute("UPDATE updates SET body_html = 'Cause'").await;
    origin
        .execute("UPDATE rendered_texts SET whole = FALSE, after_page = 'page00000001', after_id = 'many00000099' WHERE place = 'updates'")
        .await;
    let origin = TestOrigin::start_in(origin.stop().await).await;
    let updates = origin.snapshot(PAGE).await.incidents.remove(0).updates;
    assert!(updates.len() > 500);
    for update in updates {
        let rendered = update.id.as_str() > "many00000099";
        let html = if rendered { "<h3>Cause</h3>" } else { "Cause" };
        assert_eq!(update.body_html.split('\n').next(), Some(html), "{}", update.id);
    }
}

async fn written() -> TestOrigin {
    let origin = TestOrigin::with_sample_page().await;
    let text = json!({"description": MARKDOWN});
    origin
        .patch(&format!("/v1/pages/{PAGE}"), text.clone())
        .await
        .expect(200);
    origin
        .patch(&at(&format!("groups/{GROUP}")), text.clone())
        .await
        .expect(200);
    origin
        .patch(&at(&format!("components/{COMPONENT}")), text)
        .await
        .expect(200);
    let body = json!({"body": MARKDOWN});
    let announced = origin
        .send(
            reqwest::Method::PUT,
            &at("announcement"),
            crate::harness::ADMIN,
            &[],
            Some(body.to_string()),
        )
        .await;
    announced.expect(200);
    for update in [
        format!("incidents/{INCIDENT}/updates/update000001"),
        format!("maintenances/{MAINTENANCE}/updates/update000002"),
    ] {
        origin.patch(&at(&update), body.clone()).await.expect(200);
    }
    origin
}
