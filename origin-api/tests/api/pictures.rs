use page_model::{
    Key, Record,
    asset::{AssetBody, AssetName},
    body,
};
use serde_json::json;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::harness::{PAGE, TestOrigin, at};

/// As they are stored: cleaned, so that cleaning changes nothing.
const RED: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 120 40\">\n  <path d=\"M0 0h9v9z\" fill=\"red\"/>\n</svg>";
const BLUE: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">\n  <path d=\"M0 0h9v9z\" fill=\"blue\"/>\n</svg>";
const SVG: &str = "image/svg+xml";

/// The page's asset records: key and bytes, none for a tombstone.
async fn assets(origin: &TestOrigin, after: u64) -> Vec<(String, Option<Vec<u8>>)> {
    let records = origin.records(PAGE, after).await;
    let site = records.iter().position(|record| matches!(record.key, Key::Site(_)));
    let assets = records.iter().enumerate().filter_map(|(place, record)| {
        let Key::Asset(_, name) = &record.key else { return None };
        if *name == AssetName::preview() {
            return None;
        }
        assert!(Some(place) < site, "content comes before the site record that names it");
        let bytes = (!record.is_tombstone()).then(|| body::decode::<AssetBody>(&record.body).expect("an asset").bytes);
        Some((name.to_string(), bytes))
    });
    assets.collect()
}

#[tokio::test]
async fn puts_shows_sends_and_deletes_logo() {
    let origin = TestOrigin::with_sample_page().await;
    let logo = at("logo");
    origin.get(&logo).await.expect(404);
    let put = origin.put_bytes(&logo, SVG, RED).await.expect(200);
    assert_eq!((&put["width"], &put["height"]), (&json!(120), &json!(40)));
    let name = put["name"].as_str().expect("a name").to_owned();
    assert!(name.ends_with(".svg"), "{name}");
    assert_eq!(origin.get(&format!("/v1/pages/{PAGE}")).await.expect(200)["logo"], put);
    let (read, bytes) = origin.get_bytes(&logo).await;
    assert_eq!(
        (read["content-type"].as_bytes(), bytes.as_slice()),
        (SVG.as_bytes(), RED)
    );
    assert_eq!(read["content-security-policy"], "default-src 'none'; sandbox");

    let shown = origin.snapshot(PAGE).await.page.branding.logo.expect("a logo");
    assert_eq!(
        (shown.name.to_string(), shown.width, shown.height),
        (name.clone(), 120, 40)
    );
    assert_eq!(assets(&origin, 0).await, [(name.clone(), Some(RED.to_vec()))]);
    let seq = origin.records(PAGE, 0).await[0].version;
    origin.put_bytes(&logo, SVG, RED).await.expect(200);
    assert_eq!(assets(&origin, seq).await, [], "the regions have it");

    origin.delete(&logo).await.expect(204);
    origin.delete(&logo).await.expect(404);
    assert_eq!(origin.snapshot(PAGE).await.page.branding.logo, None);
    assert_eq!(
        assets(&origin, 0).await,
        [(name, Some(RED.to_vec()))],
        "open pages still show it for a day"
    );
}

#[tokio::test]
async fn a_dark_logo_is_kept_beside_the_logo() {
    let origin = TestOrigin::with_sample_page().await;
    let logo = origin.put_bytes(&at("logo"), SVG, RED).await.expect(200);
    let dark = origin.put_bytes(&at("logo-dark"), SVG, BLUE).await.expect(200);
    let page = origin.get(&format!("/v1/pages/{PAGE}")).await.expect(200);
    assert_eq!((&page["logo"], &page["logo_dark"]), (&logo, &dark));
    let named = async || {
        let branding = origin.snapshot(PAGE).await.page.branding;
        [branding.logo, branding.logo_dark].map(|asset| asset.map(|asset| asset.name.to_string()))
    };
    let name = |picture: &serde_json::Value| picture["name"].as_str().map(str::to_owned);
    assert_eq!(named().await, [name(&logo), name(&dark)]);
    let (_, bytes) = origin.get_bytes(&at("logo-dark")).await;
    assert_eq!(bytes.as_slice(), BLUE);
    // Neither takes the other's place.
    age(&origin).await;
    origin.put_bytes(&at("logo"), SVG, RED).await.expect(200);
    assert!(assets(&origin, 0).await.iter().all(|(_, bytes)| bytes.is_some()));

    origin
        .put_bytes(&at("logo-dark"), "image/gif", b"GIF89a")
        .await
        .expect(415);
    origin.delete(&at("logo-dark")).await.expect(204);
    origin.delete(&at("logo-dark")).await.expect(404);
    assert_eq!(named().await, [name(&logo), None]);
}

#[tokio::test]
async fn replaced_picture_is_removed_after_a_day() {
    let origin = TestOrigin::with_sample_page().await;
    for path in ["logo", "favicon"] {
        origin.put_bytes(&at(path), SVG, RED).await.expect(200);
    }
    let red = assets(&origin, 0).await.remove(0).0;
    origin.put_bytes(&at("logo"), SVG, BLUE).await.expect(200);
    assert_eq!(assets(&origin, 0).await.len(), 2);
    age(&origin).await;
    origin.put_bytes(&at("logo"), SVG, BLUE).await.expect(200);
    assert!(
        assets(&origin, 0).await.iter().all(|(_, bytes)| bytes.is_some()),
        "the favicon is still red"
    );

    origin.delete(&at("favicon")).await.expect(204);
    age(&origin).await;
    origin.put_bytes(&at("logo"), SVG, BLUE).await.expect(200);
    let gone: Vec<_> = assets(&origin, 0)
        .await
        .into_iter()
        .filter(|(_, bytes)| bytes.is_none())
        .collect();
    assert_eq!(gone, [(red.clone(), None)]);
    origin.put_bytes(&at("favicon"), SVG, RED).await.expect(200);
    assert!(
        assets(&origin, 0).await.contains(&(red, Some(RED.to_vec()))),
        "it may come back"
    );

    origin.delete(&format!("/v1/pages/{PAGE}")).await.expect(204);
    let all = origin.records(PAGE, 0).await;
    let assets: Vec<_> = all
        .iter()
        .filter(|record| matches!(record.key, Key::Asset(..)))
        .collect();
    // The picture for links among them.
    assert!(assets.len() == 3 && assets.iter().all(|record| record.is_tombstone()));
}

#[tokio::test]
async fn keeps_only_the_last_replaced_pictures() {
    let origin = TestOrigin::with_sample_page().await;
    for n in 0..20 {
        let drawing = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} 9'/>", n + 1);
        origin.put_bytes(&at("logo"), SVG, drawing.as_bytes()).await.expect(200);
    }
    let kept = assets(&origin, 0)
        .await
        .into_iter()
        .filter(|(_, bytes)| bytes.is_some());
    assert_eq!(kept.count(), 9, "eight and the one that is named");
}

#[tokio::test]
async fn stores_drawings_without_what_acts() {
    let origin = TestOrigin::with_sample_page().await;
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40' onload='x()'><!-- made by hand -->\
                   <script>x()</script><path fill='red' d='M0 0h9v9z'/></svg>";
    let put = origin.put_bytes(&at("logo"), SVG, drawing.as_bytes()).await.expect(200);
    let (_, bytes) = origin.get_bytes(&at("logo")).await;
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(RED));
    let again = origin.put_bytes(&at("favicon"), SVG, RED).await.expect(200);
    assert_eq!(put["name"], again["name"], "the name is that of what is stored");
}

#[tokio::test]
async fn refuses_invalid_pictures() {
    let origin = TestOrigin::with_sample_page().await;
    let before = origin.stored().await;
    let large = vec![b' '; 256 * 1024 + 1];
    let elsewhere =
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><style><g/>@import 'x.css';</style></svg>";
    for (media_type, bytes, status, field) in [
        (SVG, &elsewhere[..], 422, "body"),
        (SVG, b"", 422, "body"),
        ("image/png", RED, 422, "body"),
        ("image/gif", b"GIF89a", 415, "content-type"),
        ("application/json", b"{}", 415, "content-type"),
        (SVG, &large, 413, ""),
    ] {
        let read = origin.put_bytes(&at("logo"), media_type, bytes).await;
        assert_eq!(read.status.as_u16(), status, "{media_type}: {}", read.body);
        assert_eq!(read.body["field"].as_str().unwrap_or_default(), field, "{}", read.body);
    }
    origin
        .put_bytes("/v1/pages/page00000009/logo", SVG, RED)
        .await
        .expect(404);
    origin.delete(&at("logo")).await.expect(404);
    assert_eq!(origin.stored().await, before);
}

/// Two days go by for what was replaced.
async fn age(origin: &TestOrigin) {
    let file = origin.folder.path().join("data/origin.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut db = options.connect().await.expect("the database opens");
    let query = sqlx::query("UPDATE assets SET replaced_at_ms = replaced_at_ms - 2 * 86400000");
    query.execute(&mut db).await.expect("it is written");
    db.close().await.expect("it closes");
}

/// The record of the page's picture for links, if the regions get one.
async fn preview(origin: &TestOrigin, after: u64) -> Option<Record> {
    let mut records = origin.records(PAGE, after).await.into_iter();
    records.find(|record| matches!(&record.key, Key::Asset(_, name) if *name == AssetName::preview()))
}

fn pixels(record: &Record) -> Vec<u8> {
    let AssetBody { bytes } = body::decode(&record.body).expect("an asset");
    assert!(
        bytes.starts_with(b"\x89PNG") && bytes[16..24] == [0, 0, 4, 176, 0, 0, 2, 118],
        "1200 by 630"
    );
    bytes
}

#[tokio::test]
async fn picture_for_links_travels_when_it_shows_something_else() {
    let origin = TestOrigin::with_sample_page().await;
    let calm = preview(&origin, 0).await.expect("a picture");
    let calm_pixels = pixels(&calm);
    assert!(origin.snapshot(PAGE).await.page.branding.previewed);
    // What alters no headline draws nothing.
    let link = json!({ "description": "Something that the picture does not show." });
    origin.patch(&format!("/v1/pages/{PAGE}"), link).await.expect(200);
    assert_eq!(preview(&origin, calm.version).await, None);
    let again = preview(&origin, 0).await.expect("for a region that may not have it");
    assert_eq!(pixels(&again), calm_pixels);

    let incident = json!({ "name": "Webhooks are late", "impact": "major", "body": "We look." });
    origin.post(&at("incidents"), incident).await.expect(201);
    let open = preview(&origin, again.version).await.expect("another picture");
    assert_ne!(pixels(&open), calm_pixels);
}

#[tokio::test]
async fn nobody_has_a_picture_of_what_strangers_do_not_see() {
    let origin = TestOrigin::with_sample_page().await;
    let public = preview(&origin, 0).await.expect("a picture");
    let private = json!({ "visibility": "private" });
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let gone = preview(&origin, public.version).await.expect("it is taken back");
    assert!(gone.is_tombstone());
    for record in origin.records(PAGE, 0).await {
        if matches!(record.key, Key::Snapshot(..)) && !record.is_tombstone() {
            let snapshot: page_model::Snapshot = body::decode_compressed(&record.body).expect("a snapshot");
            assert!(!snapshot.page.branding.previewed);
        }
    }
}
