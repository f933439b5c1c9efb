use reqwest::Method;
use serde_json::json;

use crate::harness::{ADMIN, PAGE, TestOrigin, at};

#[tokio::test]
async fn puts_shows_and_deletes_announcement() {
    let origin = TestOrigin::with_sample_page().await;
    let path = at("announcement");
    origin.get(&path).await.expect(404);
    let put = async |body: &str| {
        let body = json!({ "body": body }).to_string();
        origin.send(Method::PUT, &path, ADMIN, &[], Some(body)).await
    };
    put("We move on *Monday*. <script>alert(1)</script>").await.expect(200);
    let shown = origin.snapshot(PAGE).await.announcement.expect("it is shown");
    assert_eq!(shown.body, "We move on *Monday*. <script>alert(1)</script>");
    assert_eq!(
        shown.body_html,
        "<p>We move on <em>Monday</em>. &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    );
    put("Not yet.").await.expect(200);
    let read = origin.get(&path).await;
    let etag = read.header("etag").to_owned();
    assert_eq!(read.expect(200)["body"], "Not yet.");
    let outdated = [("if-match", "\"1\"")];
    origin
        .send(Method::DELETE, &path, ADMIN, &outdated, None)
        .await
        .expect(412);
    let current = [("if-match", etag.as_str())];
    origin
        .send(Method::DELETE, &path, ADMIN, &current, None)
        .await
        .expect(204);
    assert_eq!(origin.snapshot(PAGE).await.announcement, None);
    origin.delete(&path).await.expect(404);
}
