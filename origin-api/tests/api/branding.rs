use page_model::{ContentHash, Key, Language, Site, body, snapshot::EmbedPosition};
use serde_json::{Value, json};

use crate::harness::{PAGE, TestOrigin};

fn page() -> String {
    format!("/v1/pages/{PAGE}")
}

#[tokio::test]
async fn branding_is_stored_and_shown() {
    let origin = TestOrigin::with_sample_page().await;
    let bare = origin.snapshot(PAGE).await.page;
    assert_eq!((bare.language, bare.branding.style.as_str()), (Language::En, ""));
    let branding = json!({
        "title": "Acme, live", "accent_color": "#0B5FFF", "custom_css": ".card { border: 0 }",
        "links": [{"text": "Help", "url": "https://help.acme.com"}, {"text": "Mail", "url": "mailto:ops@acme.com"}],
        "embed": {"position": "top_left", "always": true}
    });
    let patch = json!({"language": "de", "branding": branding});
    let changed = origin.patch(&page(), patch).await.expect(200);
    assert_eq!(changed["branding"]["accent_color"], "#0b5fff");
    assert_eq!(changed["language"], "de");

    let records = origin.records(PAGE, 0).await;
    let snapshot = origin.snapshot(PAGE).await;
    let shown = snapshot.page.branding;
    assert_eq!(snapshot.page.language, Language::De);
    assert_eq!(shown.title.as_deref(), Some("Acme, live"));
    assert!(
        shown
            .style
            .starts_with(":root{--accent:#0b5fff}@media (prefers-color-scheme:dark){:root{--accent:#")
    );
    assert!(shown.style.ends_with(".card { border: 0 }"));
    assert_eq!(
        (shown.links.len(), shown.links[1].url.as_str()),
        (2, "mailto:ops@acme.com")
    );
    assert_eq!(
        (shown.embed.position, shown.embed.always),
        (EmbedPosition::TopLeft, true)
    );
    let site = records
        .iter()
        .find(|record| matches!(record.key, Key::Site(_)))
        .expect("a site");
    let Site::Page(site) = body::decode(&site.body).expect("it decodes") else {
        panic!("a page")
    };
    assert_eq!(site.style, Some(ContentHash::of(shown.style.as_bytes())));
    assert_eq!(site.language, Language::De);
}

#[tokio::test]
async fn patch_changes_only_named_branding_fields() {
    let origin = TestOrigin::start().await;
    let new = json!({
        "id": PAGE, "name": "Acme", "language": "ja",
        "branding": {"title": "T", "custom_css": "a { color: red }", "embed": {"always": true}}
    });
    let made = origin.post("/v1/pages", new).await.expect(201);
    assert_eq!(
        (&made["language"], &made["branding"]["embed"]["position"]),
        (&json!("ja"), &json!("bottom_right"))
    );
    let patched = async |branding: Value| {
        let changed = origin.patch(&page(), json!({"branding": branding})).await.expect(200);
        changed["branding"].clone()
    };
    let changed = patched(json!({"embed": {"position": "top_right"}})).await;
    assert_eq!(changed["embed"], json!({"position": "top_right", "always": true}));
    assert_eq!(
        (&changed["title"], &changed["custom_css"]),
        (&json!("T"), &json!("a { color: red }"))
    );
    let changed = patched(json!({"title": null, "custom_css": ""})).await;
    assert_eq!((&changed["title"], &changed["custom_css"]), (&json!(null), &json!("")));
    assert_eq!(changed["embed"]["position"], "top_right");
}

#[tokio::test]
async fn low_contrast_colour_is_refused_with_a_suggestion() {
    let origin = TestOrigin::with_sample_page().await;
    let patch = json!({"branding": {"accent_color": "#ffcc00"}});
    let problem = origin.patch(&page(), patch).await.expect(422);
    assert_eq!(problem["field"], "branding.accent_color");
    let detail = problem["detail"].as_str().expect("words");
    assert!(detail.contains("1.42:1") && detail.contains("4.5:1"), "{detail}");
    let suggested = detail.rsplit(' ').next().expect("a colour");
    let patch = json!({"branding": {"accent_color": suggested}});
    origin.patch(&page(), patch).await.expect(200);
}

#[tokio::test]
async fn refuses_unsafe_css_with_its_line() {
    let origin = TestOrigin::with_sample_page().await;
    let css = "a { color: red }\n\n@import url(https://x.example/x.css);";
    let problem = origin
        .patch(&page(), json!({"branding": {"custom_css": css}}))
        .await
        .expect(422);
    assert_eq!(problem["field"], "branding.custom_css");
    let detail = problem["detail"].as_str().expect("words");
    assert!(detail.starts_with("line 3: @import is not allowed"), "{detail}");
    assert_eq!(origin.snapshot(PAGE).await.page.branding.style, "");
}
