//! A region's KV made of named things, and batches to put into it.

#![allow(dead_code, reason = "each test uses its part")]

pub mod guarded;

use std::{cell::RefCell, collections::BTreeMap, net::IpAddr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use edge_worker::gateway::{self, Edge, Forms, PutKeys, Renderer, Seen, Step, Visit};
use http::{Request, Response};
use page_model::{
    Archive, AudienceId, ContentHash, Host, Id, Key, Language, PageId, Permalinks, Record, Site, Snapshot, Stamp,
    asset::{Asset, AssetBody, AssetKind, AssetName},
    body,
    key::{IdInitial, Month, View},
    put::{self, Batch, Cursor},
    sign_in::{Answer, Question},
    site::{Current, Outline, SitePage, Visibility},
    snapshot::{Branding, Component, Group, GroupDisplay, Incident, Maintenance, NamedGroup, Page, PageStatus},
    status::{Impact, IncidentStatus, Indicator, MaintenanceStatus, Status},
};

/// 2026-11-22T14:32:00Z
pub const NOW_MS: u64 = 1_795_357_920_000;
const HOST: &str = "status.acme.example";
const REGION: &str = "eu-1";
const CANARY: &str = "canary";
const CANARY_PICTURE: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><title>canary</title></svg>";
const OLDER: &str = "Northwind, as it was";
/// No page has such a component.
const NOT_THERE: &str = "/components/nothing00001/history.rss";
const LOGO: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><title>Northwind</title></svg>";

/// Its records, what its origin answers for a visitor, if it is there, and what it was asked last.
pub struct Region(
    BTreeMap<String, Vec<u8>>,
    pub Option<Answer>,
    pub RefCell<Option<Question>>,
);

impl Region {
    pub fn with(things: &[String]) -> Self {
        let mut region = Self(BTreeMap::new(), None, RefCell::default());
        for thing in things {
            for (key, bytes) in region.thing(thing) {
                region.0.insert(key, bytes);
            }
        }
        region
    }

    pub fn edge(&self) -> Edge {
        let public_half = URL_SAFE_NO_PAD.encode(signing_key().verifying_key().to_bytes());
        Edge {
            region: REGION.to_owned(),
            put_keys: PutKeys::parse(&public_half),
            forms: Forms::compressed,
            kv_lag_ms_max: 0,
            served_ms_max: 0,
            counts_puts: false,
            renderer: Some(Renderer {
                script: GZIPPED,
                module: GZIPPED,
            }),
        }
    }

    pub fn read(&self, key: &Key) -> Option<Vec<u8>> {
        self.0.get(&key.to_string()).cloned()
    }

    /// The reply to a request, driven as a shell would; `reads` is told each key that is asked for. Nothing is written.
    pub fn answer(&self, request: Request<Bytes>, reads: &mut impl FnMut(&Key)) -> Response<Bytes> {
        self.answer_from(&self.edge(), request, reads)
    }

    /// The same from an edge that knows something else of itself.
    pub fn answer_from(&self, edge: &Edge, request: Request<Bytes>, reads: &mut impl FnMut(&Key)) -> Response<Bytes> {
        let visit = Visit {
            request,
            now_ms: NOW_MS,
            client: None,
        };
        self.answer_visit(edge, visit, reads)
    }

    /// The same to somebody whose address is known.
    pub fn answer_to(&self, client: Option<IpAddr>, request: Request<Bytes>) -> Response<Bytes> {
        let visit = Visit {
            request,
            now_ms: NOW_MS,
            client,
        };
        self.answer_visit(&self.edge(), visit, &mut |_| {})
    }

    fn answer_visit(&self, edge: &Edge, visit: Visit, reads: &mut impl FnMut(&Key)) -> Response<Bytes> {
        let mut step = gateway::open(edge, visit);
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    keys.iter().for_each(&mut *reads);
                    let seen = keys
                        .iter()
                        .map(|key| self.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into())));
                    next.resume(seen.collect())
                }
                Step::Write(records, next) => next.resume(vec![true; records.len()]),
                Step::Forward(forward, next) => {
                    self.2.replace(Question::from_bytes(&forward.question));
                    let answer = self.1.as_ref().map(Answer::to_bytes);
                    next.resume(answer.as_deref())
                }
                Step::Reply(reply, _) => return reply.response,
                Step::Done => unreachable!("a visit gets a reply"),
            };
        }
    }

    pub fn write(&mut self, records: impl Iterator<Item = (Key, Vec<u8>)>) {
        self.0.extend(records.map(|(key, bytes)| (key.to_string(), bytes)));
    }

    pub fn put_things(&mut self, things: &[&str]) {
        for thing in things {
            self.0.extend(self.thing(thing));
        }
    }

    fn thing(&self, thing: &str) -> Vec<(String, Vec<u8>)> {
        let cursor = |ago_ms| {
            body::encode(&Cursor {
                seq: 9,
                at_ms: NOW_MS - ago_ms,
                ..Cursor::default()
            })
        };
        let one = |key: Key, bytes| vec![(key.to_string(), bytes)];
        match thing {
            "cursor" => one(Key::Cursor, cursor(1_000)),
            "cursor of a later database" => one(Key::Cursor, cursor_of(10, false)),
            "cursor while filling" => one(Key::Cursor, cursor_of(0, true)),
            "cursor silent for ten minutes" => one(Key::Cursor, cursor(600_000)),
            "site" => one(site_key(), site(9, &snapshot("Northwind"), 11, Visibility::Public)),
            "older site" => one(site_key(), site(8, &snapshot(OLDER), 11, Visibility::Public)),
            "site with 5000 components" => one(site_key(), site(9, &snapshot("Northwind"), 5_000, Visibility::Public)),
            "private site" => one(site_key(), site(9, &snapshot("Northwind"), 11, Visibility::Private)),
            "site that moved" => one(site_key(), moved()),
            "site tombstone" => one(site_key(), Record::tombstone(site_key(), page(), 9).to_bytes()),
            "site of garbage" => one(site_key(), b"\xff\x00garbage".to_vec()),
            "snapshot" => one(snapshot_key(), snapshot_record(9, "Northwind").to_bytes()),
            "older snapshot" => one(snapshot_key(), snapshot_record(8, OLDER).to_bytes()),
            "snapshot of garbage" => one(snapshot_key(), b"\xa1\x61".to_vec()),
            "snapshot of another page" => one(snapshot_key(), other_snapshot().to_bytes()),
            "snapshot with a favicon" => one(snapshot_key(), with_favicon().to_bytes()),
            "site with a favicon" => one(site_key(), site(9, &with_favicon().hash, 11, Visibility::Public)),
            "canary site" => one(site_key(), site(9, &snapshot(CANARY), 11, Visibility::Public)),
            "private canary site" => one(site_key(), site(10, &snapshot(CANARY), 11, Visibility::Private)),
            "canary snapshot" => one(snapshot_key(), snapshot_record(9, CANARY).to_bytes()),
            "canary archive" => one(archive_key(), archive_of(CANARY).to_bytes()),
            "canary asset" => vec![
                (canary_asset_key().to_string(), canary_asset_record().to_bytes()),
                (preview_key().to_string(), preview_record(CANARY_PICTURE).to_bytes()),
            ],
            "site in German" => one(site_key(), site_in(Language::De, 11)),
            "site with 5000 components in German" => one(site_key(), site_in(Language::De, 5_000)),
            "archive" => one(archive_key(), archive_record().to_bytes()),
            "archive of July" => one(archive_key_of("2026-07"), archive_record_of("2026-07").to_bytes()),
            "permalinks" => one(permalinks_key(), permalinks_record().to_bytes()),
            "permalinks of garbage" => one(permalinks_key(), b"\xa1".to_vec()),
            "asset" => one(asset_key(), asset_record().to_bytes()),
            "preview" => one(preview_key(), preview_record(b"pixels").to_bytes()),
            "html" => finished(&["site", "snapshot", "cursor"], "/", &html_key()),
            "older html" => finished(&["older site", "older snapshot", "cursor"], "/", &html_key()),
            "html of incident0008" => {
                let html = finished(&["site", "snapshot", "cursor"], "/", &html_key());
                renamed(html, "incident.incident0008.en")
            }
            "listing" => finished(&["site", "snapshot", "cursor"], NOT_THERE, &listing_key()),
            "older listing" => finished(&["older site", "older snapshot", "cursor"], NOT_THERE, &listing_key()),
            "html of garbage" => one(html_key(), b"not cbor".to_vec()),
            other => unreachable!("no thing is called {other:?}"),
        }
    }
}

/// The ETag of a variant of the current page in brotli.
pub fn etag(variant: &str) -> String {
    let hash = snapshot("Northwind").short();
    format!("\"{hash}-{}-{variant}-br\"", page_render::TEMPLATE_BUILD)
}

/// Texts that change with every build of the templates and every change of the model, and what they stand for.
pub fn redactions() -> Vec<(String, &'static str)> {
    vec![
        (page_render::TEMPLATE_BUILD.to_owned(), "BUILD"),
        (snapshot("Northwind").short(), "CURRENT"),
        (snapshot(OLDER).short(), "OLDER"),
        (with_favicon().hash.short(), "WITH-FAVICON"),
        (archive_record().hash.short(), "ARCHIVE"),
    ]
}

/// The name of the asset in the region.
pub fn asset() -> AssetName {
    AssetName::of(LOGO, AssetKind::Svg)
}

fn cursor_of(floor: u64, filling: bool) -> Vec<u8> {
    body::encode(&Cursor {
        seq: 20,
        at_ms: NOW_MS,
        floor,
        filling,
        ..Cursor::default()
    })
}

/// A well-signed batch with these versions of the page's records, and a cursor.
pub fn put_of_versions(versions: &[(usize, u64)], cursor: u64) -> (Vec<(String, String)>, Vec<u8>) {
    let records = versions.iter().map(|(which, version)| {
        let name = format!("Northwind {version}");
        let body = match which {
            0 => snapshot_record(*version, &name).body,
            1 => archive_of(&name).body,
            2 => permalinks_record().body,
            3 => asset_record().body,
            _ => return site(*version, &snapshot(&name), 11, Visibility::Public).into(),
        };
        let key = versioned_keys().swap_remove(*which);
        Record::new(key, page(), *version, body).to_bytes().into()
    });
    let batch = Batch {
        records: records.collect(),
        cursor: Some(Cursor {
            seq: cursor,
            at_ms: NOW_MS,
            ..Cursor::default()
        }),
        ..Batch::default()
    };
    let bytes = body::encode(&batch);
    (signed(&signing_key(), REGION, NOW_MS, &bytes), bytes)
}

/// One key of each kind that is put.
pub fn versioned_keys() -> Vec<Key> {
    vec![snapshot_key(), archive_key(), permalinks_key(), asset_key(), site_key()]
}

/// A request that puts: its headers and its body.
pub fn put(name: &str) -> (Vec<(String, String)>, Vec<u8>) {
    let records = match name {
        "older version" => vec![snapshot_record(7, "Older").to_bytes()],
        "garbage record" => vec![b"\xff\xff".to_vec()],
        "record of another page" => vec![wrong_page()],
        "html record" => vec![Record::new(html_key(), page(), 10, b"<b>".to_vec()).to_bytes()],
        "twice the same key" => vec![snapshot_record(10, "A").to_bytes(), snapshot_record(11, "B").to_bytes()],
        "nothing" => vec![],
        _ => vec![
            snapshot_record(10, "Northwind, new").to_bytes(),
            site(10, &snapshot("Northwind, new"), 11, Visibility::Public),
        ],
    };
    let cursor = (name != "nothing").then_some(Cursor {
        seq: 10,
        at_ms: NOW_MS,
        ..Cursor::default()
    });
    let mut bytes = body::encode(&Batch {
        records: records.into_iter().map(serde_bytes::ByteBuf::from).collect(),
        cursor,
        ..Batch::default()
    });
    if name == "not a batch" {
        bytes = b"\x9f\x9f\x9f\x9f".to_vec();
    }
    let region = if name == "for another region" { "us-1" } else { REGION };
    let time_ms = if name == "an hour old" {
        NOW_MS - 3_600_000
    } else {
        NOW_MS
    };
    let key = match name {
        "signed by a stranger" => SigningKey::from_bytes(&[9; 32]),
        _ => signing_key(),
    };
    let mut headers = signed(&key, region, time_ms, &bytes);
    if name == "changed on the way" {
        bytes.push(0);
    }
    if name == "unsigned" {
        headers.clear();
    }
    (headers, bytes)
}

fn signed(key: &SigningKey, region: &str, time_ms: u64, bytes: &[u8]) -> Vec<(String, String)> {
    let signature = put::sign(key, region, time_ms, bytes);
    let headers = [
        (put::HEADER_REGION, region.to_owned()),
        (put::HEADER_TIME, time_ms.to_string()),
        (put::HEADER_SIGNATURE, URL_SAFE_NO_PAD.encode(signature)),
    ];
    headers.map(|(name, value)| (name.to_owned(), value)).into()
}

/// What the gateway itself stores under the key after a visit to a region with these things.
fn finished(things: &[&str], path: &str, key: &Key) -> Vec<(String, Vec<u8>)> {
    let things: Vec<String> = things.iter().map(|thing| (*thing).to_owned()).collect();
    let mut region = Region::with(&things);
    region.look_at(path);
    let key = key.to_string();
    let bytes = region.0.remove(&key).expect("what is made from a snapshot");
    vec![(key, bytes)]
}

/// A finished page under the key of another view.
fn renamed(finished: Vec<(String, Vec<u8>)>, view: &str) -> Vec<(String, Vec<u8>)> {
    let key = Key::Html(host(), AudienceId::public(), View::parse(view).expect("a view")).to_string();
    finished.into_iter().map(|(_, bytes)| (key.clone(), bytes)).collect()
}

impl Region {
    /// The keys of all that it has.
    pub fn keys(&self) -> Vec<Key> {
        self.0.keys().filter_map(|key| Key::parse(key)).collect()
    }

    /// The keys of finished pages.
    pub fn finished(&self) -> Vec<String> {
        self.0.keys().filter(|key| key.starts_with("html/")).cloned().collect()
    }

    /// A visit with all that comes after it.
    pub fn look_at(&mut self, path: &str) {
        self.look_at_with(path, &[]);
    }

    pub fn look_at_with(&mut self, path: &str, headers: &[(&str, &str)]) {
        let mut request = Request::get(format!("http://{HOST}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::new()).expect("a request");
        let mut step = gateway::open(
            &self.edge(),
            Visit {
                request,
                now_ms: NOW_MS,
                client: None,
            },
        );
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = keys
                        .iter()
                        .map(|key| self.read(key).map_or(Seen::Absent, |bytes| Seen::Found(bytes.into())));
                    next.resume(seen.collect())
                }
                Step::Write(records, next) => {
                    let stored = vec![true; records.len()];
                    self.write(records.into_iter());
                    next.resume(stored)
                }
                Step::Reply(_, Some(work)) => work.begin(&self.edge()),
                Step::Reply(_, None) | Step::Forward(..) | Step::Done => return,
            };
        }
    }
}

/// Every address, with ids that the region has.
pub fn paths() -> Vec<String> {
    let path = |pattern: &str| {
        let id = match pattern {
            pattern if pattern.starts_with("/maintenances/") => "maintenance1",
            pattern if pattern.starts_with("/components/") => "component001",
            pattern if pattern.starts_with("/groups/") => "group0000001",
            _ => "incident0001",
        };
        let path = pattern
            .replace("{id}", id)
            .replace("{month}", "2026-10")
            .replace("{asset}", &canary_asset().to_string());
        assert!(
            !path.contains('{'),
            "{pattern}: this test does not know what to ask for"
        );
        if path == "/oembed.json" {
            return format!("{path}?url=https://status.acme.example/");
        }
        path
    };
    gateway::addresses().map(path).collect()
}

fn page() -> PageId {
    PageId::parse("northwind001").expect("a page id")
}

fn host() -> Host {
    Host::parse(HOST).expect("a host")
}

fn site_key() -> Key {
    Key::Site(host())
}

pub fn snapshot_key() -> Key {
    Key::Snapshot(page(), AudienceId::public())
}

fn archive_key() -> Key {
    archive_key_of("2026-10")
}

fn archive_key_of(month: &str) -> Key {
    Key::Archive(page(), AudienceId::public(), Month::parse(month).expect("a month"))
}

fn archive_record_of(month: &str) -> Record {
    let archive = Archive {
        page: described("Northwind"),
        month: month.to_owned(),
        incidents: vec![],
        maintenances: vec![],
        older: None,
        newer: None,
    };
    Record::new(archive_key_of(month), page(), 9, body::encode_compressed(&archive))
}

fn permalinks_key() -> Key {
    let initial = IdInitial::parse("i").expect("an initial");
    Key::Permalinks(page(), AudienceId::public(), initial)
}

fn asset_key() -> Key {
    Key::Asset(page(), asset())
}

fn permalinks_record() -> Record {
    let months = ["incident0001", "incident0009"].map(|id| {
        let month = if id == "incident0009" { "2026-10" } else { "2026-11" };
        (Id::parse(id).expect("an id"), month.to_owned())
    });
    let permalinks = Permalinks { months: months.into() };
    Record::new(permalinks_key(), page(), 9, body::encode(&permalinks))
}

pub fn canary_asset() -> AssetName {
    AssetName::of(CANARY_PICTURE, AssetKind::Svg)
}

/// What a snapshot's bytes hold.
pub fn inflated(bytes: &[u8]) -> Vec<u8> {
    let snapshot: Snapshot = body::decode_compressed(bytes).expect("a snapshot");
    format!("{snapshot:?}").into_bytes()
}

fn canary_asset_key() -> Key {
    Key::Asset(page(), canary_asset())
}

fn canary_asset_record() -> Record {
    let bytes = CANARY_PICTURE.to_vec();
    Record::new(canary_asset_key(), page(), 9, body::encode(&AssetBody { bytes }))
}

pub fn preview_key() -> Key {
    Key::Asset(page(), AssetName::preview())
}

pub fn preview_record(picture: &[u8]) -> Record {
    let bytes = picture.to_vec();
    Record::new(preview_key(), page(), 9, body::encode(&AssetBody { bytes }))
}

fn asset_record() -> Record {
    let asset = AssetBody { bytes: LOGO.to_vec() };
    Record::new(asset_key(), page(), 9, body::encode(&asset))
}

fn listing_key() -> Key {
    Key::Html(host(), AudienceId::public(), View::parse("objects").expect("a view"))
}

fn html_key() -> Key {
    Key::Html(host(), AudienceId::public(), View::parse("index.en").expect("a view"))
}

fn site(version: u64, hash: &ContentHash, components: u32, visibility: Visibility) -> Vec<u8> {
    site_record(version, site_page(version, hash, components, visibility))
}

fn site_in(language: Language, components: u32) -> Vec<u8> {
    let page = site_page(9, &snapshot("Northwind"), components, Visibility::Public);
    site_record(9, SitePage { language, ..page })
}

fn site_record(version: u64, site: SitePage) -> Vec<u8> {
    Record::new(site_key(), page(), version, body::encode(&Site::Page(site))).to_bytes()
}

fn site_page(version: u64, hash: &ContentHash, components: u32, visibility: Visibility) -> SitePage {
    SitePage {
        page: page(),
        name: if *hash == snapshot(CANARY) { CANARY } else { "Northwind" }.to_owned(),
        visibility,
        language: Language::En,
        style: None,
        audiences: vec![Current {
            audience: AudienceId::public(),
            version,
            hash: *hash,
            as_of: stamp(),
            status: status(),
            outline: Outline {
                components,
                incidents: 0,
                groups: vec![i32::try_from(components).expect("a few components")],
            },
        }],
        access: None,
    }
}

fn status() -> PageStatus {
    PageStatus {
        level: Status::Operational,
        calm: true,
        headline: "All systems operational".to_owned(),
        incident: None,
        incident_status: None,
        open_incidents: 0,
        components_operational: 1,
        components_total: 1,
        indicator: Indicator::None,
        description: "All Systems Operational".to_owned(),
    }
}

fn moved() -> Vec<u8> {
    let to = Host::parse("status.northwind.example").expect("a host");
    Record::new(site_key(), page(), 9, body::encode(&Site::Moved { to })).to_bytes()
}

/// The content hash of a snapshot, as a site record names it.
fn snapshot(name: &str) -> ContentHash {
    snapshot_record(9, name).hash
}

fn snapshot_record(version: u64, name: &str) -> Record {
    Record::new(
        snapshot_key(),
        page(),
        version,
        body::encode_compressed(&composed(name)),
    )
}

fn composed(name: &str) -> Snapshot {
    Snapshot {
        page: described(name),
        as_of: stamp(),
        status: status(),
        announcement: None,
        incidents: vec![incident("incident0001", name)],
        maintenances: vec![maintenance(name)],
        cancelled: vec![],
        groups: vec![group(name), ungrouped(name)],
        metrics: vec![],
        past: vec![],
        archive_months: vec!["2026-10".to_owned()],
    }
}

fn group(name: &str) -> Group {
    Group {
        named: Some(NamedGroup {
            id: Id::parse("group0000001").expect("an id"),
            name: format!("{name} abroad"),
            description: String::new(),
            description_html: String::new(),
            display: GroupDisplay::Open,
            position: 1,
            created_at: stamp(),
            updated_at: stamp(),
        }),
        status: Status::Operational,
        components: vec![component("component002", name)],
    }
}

fn ungrouped(name: &str) -> Group {
    Group {
        named: None,
        status: Status::Operational,
        components: vec![component("component001", name)],
    }
}

fn with_favicon() -> Record {
    let mut snapshot = composed("Northwind");
    snapshot.page.branding.favicon = Some(Asset {
        name: asset(),
        width: 32,
        height: 32,
    });
    Record::new(snapshot_key(), page(), 9, body::encode_compressed(&snapshot))
}

fn incident(id: &str, name: &str) -> Incident {
    Incident {
        id: Id::parse(id).expect("an id"),
        number: 1,
        name: format!("{name} was slow"),
        status: IncidentStatus::Resolved,
        impact: Impact::Minor,
        started_at: stamp(),
        monitoring_at: None,
        resolved_at: Some(stamp()),
        updated_at: None,
        components: vec![],
        updates: vec![],
    }
}

fn maintenance(name: &str) -> Maintenance {
    Maintenance {
        id: Id::parse("maintenance1").expect("an id"),
        number: 2,
        name: format!("{name} moves"),
        status: MaintenanceStatus::Scheduled,
        created_at: stamp(),
        starts_at: stamp(),
        ends_at: stamp(),
        began_at: None,
        updated_at: None,
        completed_at: None,
        revision: 0,
        series: None,
        reminder_minutes: vec![],
        components: vec![],
        updates: vec![],
    }
}

fn component(id: &str, name: &str) -> Component {
    Component {
        id: Id::parse(id).expect("an id"),
        name: format!("{name} API"),
        description: String::new(),
        description_html: String::new(),
        status: Status::Operational,
        only_show_if_degraded: false,
        position: 1,
        start_date: None,
        created_at: stamp(),
        updated_at: stamp(),
        uptime: None,
    }
}

fn archive_record() -> Record {
    archive_of("Northwind")
}

fn archive_of(name: &str) -> Record {
    let archive = Archive {
        page: described(name),
        month: "2026-10".to_owned(),
        incidents: vec![incident("incident0009", name)],
        maintenances: vec![],
        older: None,
        newer: None,
    };
    Record::new(archive_key(), page(), 9, body::encode_compressed(&archive))
}

fn described(name: &str) -> Page {
    Page {
        id: page(),
        name: name.to_owned(),
        description_html: String::new(),
        description: String::new(),
        host: Some(host()),
        first_host: None,
        website: None,
        time_zone: "Etc/UTC".to_owned(),
        language: Language::En,
        branding: Branding::default(),
    }
}

/// A record whose envelope names a page that its key does not: what a confused or hostile sender could make.
fn wrong_page() -> Vec<u8> {
    let honest = snapshot_record(10, "Northwind").to_bytes();
    replaced(&honest, b"snapshot/northwind001", b"snapshot/southwind001")
}

/// A record of another page under this page's key.
fn other_snapshot() -> Record {
    Record {
        key: Key::Snapshot(PageId::parse("southwind001").expect("a page id"), AudienceId::public()),
        page: PageId::parse("southwind001").expect("a page id"),
        ..snapshot_record(9, "Southwind")
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(from.len())
        .position(|window| window == from)
        .expect("it is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn stamp() -> Stamp {
    Stamp::utc(i64::try_from(NOW_MS).expect("a time") - 60_000)
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// `hello` as gzip writes it without compression.
const GZIPPED: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 5, 0, 0xfa, 0xff, b'h', b'e', b'l', b'l', b'o', 0x86, 0xa6, 0x10, 0x36,
    5, 0, 0, 0,
];
