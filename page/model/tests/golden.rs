//! The wire as committed bytes: an edge may be older than the origin, so what was written once must be read for ever.
//! `UPDATE_GOLDEN=1 cargo test -p page-model` writes the files anew; a difference is a new format, not a fix.

#![expect(clippy::disallowed_methods, reason = "golden bytes are files")]

use std::{fmt::Debug, fs, net::IpAddr, path::PathBuf};

use page_model::{
    Archive, AudienceId, ContentHash, Host, Id, Key, Language, PageId, Permalinks, Record, Site, Snapshot, Stamp,
    access::{Access, Door, Session, SessionKey, Way},
    asset::{Asset, AssetBody, AssetKind, AssetName},
    body,
    capability::{self, Capability, Formats},
    limits::{PARKED_PAGES_MAX, RECORD_HEAD_BYTES_MAX},
    network::Network,
    next,
    put::{Batch, Cursor, Expects, Lineage, Outcome, Parked, PutNumber, Receipt},
    record::{FORMAT, InvalidRecord},
    site::{Current, Outline, SitePage, Visibility},
    snapshot::*,
    status::{Impact, IncidentStatus, Indicator, MaintenanceStatus, Status},
};
use serde::{Serialize, de::DeserializeOwned};

#[test]
fn bodies_encode_to_the_committed_bytes_and_back() {
    golden("site", &site());
    golden("site_private", &private_site());
    golden("site_with_ranges_and_links", &site_with_ranges_and_links());
    golden("site_with_ended_sessions", &site_with_ended_sessions());
    golden("session", &a_session());
    golden("site_moved", &Site::Moved { to: host() });
    golden("snapshot", &snapshot());
    golden("archive", &archive());
    golden("permalinks", &permalinks());
    golden(
        "asset",
        &AssetBody {
            bytes: vec![137, 80, 78, 71],
        },
    );
    golden("cursor", &cursor(912, 1_795_357_920_000));
    golden("batch", &batch());
    golden("receipt", &receipt());
    golden("cursor_of_lineage", &cursor_of_lineage());
    golden(
        "cursor_with_head",
        &Cursor {
            head: 950,
            ..cursor_of_lineage()
        },
    );
    golden(
        "batch_that_expects",
        &Batch {
            expects: Some(Expects {
                places: vec![cursor_of_lineage().place()],
                or_nothing: true,
                exactly: true,
                counted: None,
            }),
            cursor: Some(cursor_of_lineage()),
            ..batch()
        },
    );
    golden(
        "receipt_of_another_place",
        &Receipt {
            cursor: Some(cursor_of_lineage()),
            unexpected: true,
            format: Some(2),
            ..receipt()
        },
    );
}

#[test]
fn counted_puts_encode_to_the_committed_bytes_and_back() {
    golden("cursor_that_counts", &cursor_that_counts());
    golden(
        "batch_with_a_number",
        &Batch {
            expects: Some(Expects {
                places: vec![cursor_of_lineage().place()],
                counted: Some(put(6)),
                ..Expects::default()
            }),
            number: Some(put(7)),
            ..batch()
        },
    );
    golden(
        "receipt_of_an_edge_that_counts",
        &Receipt {
            cursor: Some(cursor_that_counts()),
            format: Some(2),
            counts_puts: true,
            ..receipt()
        },
    );
    golden("number_of_a_put_that_failed_in_part", &receipt().counted(put(7)));
}

/// Regions hold snapshots of older origins: floating-point numbers are not shortened there, a headline is all that is said
/// of the status, and events have no actual times.
#[test]
fn reads_a_snapshot_of_an_older_origin() {
    let older = include_bytes!("golden/snapshot_wide_numbers.cbor");
    let mut expected = snapshot();
    expected.status.incident_status = None;
    expected.status.indicator = Indicator::Minor;
    expected.incidents[0].updated_at = None;
    expected.incidents[0].updates[0].displayed_at = None;
    expected.incidents[0].updates[0].updated_at = None;
    expected.maintenances[0].began_at = None;
    expected.maintenances[0].updated_at = None;
    assert_eq!(body::decode::<Snapshot>(older).expect("a snapshot"), expected);
}

/// A newer origin may speak languages that this edge does not, and open links for what it does not have.
#[test]
fn reads_what_a_newer_origin_says_besides() {
    let written = body::encode(&site_with_ranges_and_links());
    let newer = replaced(&written, "hlanguagebpt", "hlanguagebnl");
    let Ok(Site::Page(site)) = body::decode(&newer) else {
        panic!("a site");
    };
    assert_eq!(site.language, Language::En);
    let newer = replaced(&written, "gmachine", "gmonitor");
    let Ok(Site::Page(site)) = body::decode(&newer) else {
        panic!("a site");
    };
    let access = site.access.expect("a private page");
    assert_eq!(access.capabilities[0].formats, Formats::Unknown);
    assert_eq!(access.capabilities[1].formats, Formats::Embed);
    let newer = body::encode_compressed(&snapshot());
    let newer = miniz_oxide::inflate::decompress_to_vec(&newer).expect("a snapshot");
    let newer = replaced(&newer, "hlanguagebde", "hlanguagebnl");
    assert_eq!(
        body::decode::<Snapshot>(&newer).expect("a snapshot").page.language,
        Language::En
    );
}

/// The same with one text in place of another, of equal length.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let at = bytes
        .windows(from.len())
        .position(|window| window == from)
        .expect("it is there");
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

/// An edge of before the status of a page reads the headline's fields and leaves the rest.
#[test]
fn older_edges_read_the_headline() {
    #[derive(serde::Deserialize)]
    struct Older {
        headline: Headline,
    }
    #[derive(serde::Deserialize)]
    struct Headline {
        status: Status,
        text: String,
        incident: Option<Id>,
        components_operational: u32,
        components_total: u32,
    }
    let older = body::decode::<Older>(&body::encode(&snapshot()))
        .expect("a headline")
        .headline;
    assert_eq!(
        (
            older.status,
            older.text.as_str(),
            older.incident,
            older.components_operational,
            older.components_total
        ),
        (
            Status::PartialOutage,
            "Webhooks are delayed",
            Some(id("incident0001")),
            1,
            2
        )
    );
}

#[test]
fn records_encode_to_the_committed_bytes_and_back() {
    let record = Record::new(Key::Site(host()), page_id(), 912, body::encode(&site()));
    let bytes = record.to_bytes();
    assert_eq!(bytes, committed("record", &bytes));
    assert_eq!(Record::from_untrusted(&bytes).expect("a good record"), record);
    let tombstone = Record::tombstone(Key::Snapshot(page_id(), AudienceId::public()), page_id(), 913);
    let bytes = tombstone.to_bytes();
    assert_eq!(bytes, committed("tombstone", &bytes));
    assert!(Record::from_untrusted(&bytes).expect("a good record").is_tombstone());
}

/// The next version's bytes as today's readers meet them: the same values, but for what nobody knows here.
#[test]
fn bytes_of_the_next_version_are_committed_and_read() {
    let german = |mut snapshot: Snapshot| {
        snapshot.page.language = Language::De;
        snapshot
    };
    let read = next_golden("site", &site());
    assert_eq!(body::decode::<Site>(&read).expect("a site"), site());
    let read = body::decode::<Snapshot>(&next_golden("snapshot", &german(snapshot()))).expect("a snapshot");
    let mut expected = snapshot();
    expected.page.language = Language::En;
    assert_eq!(read, expected);
    let read = body::decode::<Site>(&next_golden(
        "site_with_ranges_and_links",
        &site_with_ranges_and_links(),
    ));
    let Ok(Site::Page(read)) = read else {
        panic!("a site");
    };
    assert_eq!(
        read.access.expect("a private page").capabilities[0].formats,
        Formats::Unknown
    );
    let read = next_golden("cursor_of_lineage", &cursor_of_lineage());
    assert_eq!(body::decode::<Cursor>(&read).expect("a cursor"), cursor_of_lineage());
    assert_eq!(
        body::decode::<Batch>(&next_golden("batch", &batch())).expect("a batch"),
        batch()
    );
    assert_eq!(
        body::decode::<Receipt>(&next_golden("receipt", &receipt())).expect("a receipt"),
        receipt()
    );

    let record = Record::new(Key::Site(host()), page_id(), 912, next::written(body::encode(&site())));
    let next = Record {
        format: FORMAT + 1,
        ..record.clone()
    };
    let (here, there) = (next::written(record.to_bytes()), next::written(next.to_bytes()));
    assert_eq!(there, committed("next/record", &there));
    assert_eq!(Record::from_untrusted(&here).expect("a good record"), record);
    for read in [
        Record::from_untrusted(&there).map(drop),
        Record::version_in(&there).map(drop),
    ] {
        assert!(
            matches!(read, Err(InvalidRecord::Format(format)) if format == FORMAT + 1),
            "{read:?}"
        );
    }
    assert_eq!(
        Record::page_named(&there),
        Some(page_id()),
        "whose it is can be told all the same"
    );
}

fn next_golden<T: Serialize>(name: &str, value: &T) -> Vec<u8> {
    let today = body::encode(value);
    let bytes = next::written(today.clone());
    assert_ne!(bytes, today, "{name}");
    assert_eq!(bytes, committed(&format!("next/{name}"), &bytes), "{name}");
    bytes
}

#[test]
fn compressed_body_decodes_to_the_same_value() {
    let compressed = body::encode_compressed(&snapshot());
    assert_eq!(
        body::decode_compressed::<Snapshot>(&compressed).expect("a snapshot"),
        snapshot()
    );
}

#[test]
fn encoding_is_bounded_and_hashed_while_it_is_written() {
    let encoded = body::encode(&snapshot());
    assert_eq!(ContentHash::of_encoded(&snapshot()), ContentHash::of(&encoded));
    let within = |bytes_max| body::encode_up_to(&snapshot(), bytes_max);
    assert_eq!(within(encoded.len() - 1), None);
    assert_eq!(within(encoded.len()), Some(encoded));
}

#[test]
fn unknown_field_is_ignored_and_unknown_visibility_closes() {
    #[derive(Serialize)]
    struct Newer {
        seq: u64,
        at_ms: u64,
        from_the_future: &'static str,
    }
    let newer = body::encode(&Newer {
        seq: 1,
        at_ms: 2,
        from_the_future: "x",
    });
    assert_eq!(body::decode::<Cursor>(&newer).expect("a cursor"), cursor(1, 2));
    // What is not known closes, and offers nothing.
    let visibility = body::decode::<Visibility>(&body::encode(&"members_only"));
    assert_eq!(visibility.expect("a visibility"), Visibility::Unknown);
    assert_eq!(
        body::decode::<Door>(&body::encode(&"ajar")).expect("a door"),
        Door::Hidden
    );
    assert_eq!(
        body::decode::<Way>(&body::encode(&"iris")).expect("a way"),
        Way::Unknown
    );
}

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let bytes = body::encode(value);
    let committed = committed(name, &bytes);
    assert_eq!(
        &body::decode::<T>(&committed).expect("committed bytes decode"),
        value,
        "{name} is read differently"
    );
    assert_eq!(bytes, committed, "{name} is written differently");
}

fn committed(name: &str, bytes: &[u8]) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.cbor"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, bytes).expect("a writable golden file");
    }
    fs::read(&file).expect("a golden file")
}

fn site() -> Site {
    Site::Page(SitePage {
        page: page_id(),
        name: "Northwind".to_owned(),
        visibility: Visibility::Public,
        language: Language::Pt,
        style: Some(ContentHash([8; 32])),
        audiences: vec![Current {
            audience: AudienceId::public(),
            version: 912,
            hash: ContentHash([7; 32]),
            as_of: stamp(0),
            status: status(),
            outline: Outline {
                components: 3,
                incidents: 1,
                groups: vec![2, -1],
            },
        }],
        access: None,
    })
}

fn private_site() -> Site {
    let Site::Page(mut site) = site() else {
        unreachable!("a page");
    };
    site.visibility = Visibility::Private;
    site.audiences[0].audience = AudienceId::of_set(&[]);
    site.access = Some(Box::new(Access {
        door: Door::Shown,
        provider: None,
        ways: vec![Way::Password],
        revision: 3,
        epoch: 1,
        keys: vec![SessionKey {
            id: 1,
            key: ContentHash([9; 32]),
        }],
        ..Access::default()
    }));
    Site::Page(site)
}

fn site_with_ended_sessions() -> Site {
    let Site::Page(mut site) = private_site() else {
        unreachable!("a page");
    };
    if let Some(access) = &mut site.access {
        access.ended = [[7; 16], [8; 16]].concat();
    }
    Site::Page(site)
}

fn site_with_ranges_and_links() -> Site {
    let Site::Page(mut site) = private_site() else {
        unreachable!("a page");
    };
    let set = |name: &str| AudienceId::of_set(&[AudienceId::parse(name).expect("an audience")]);
    if let Some(access) = &mut site.access {
        access.ranges = vec![
            Network::of(IpAddr::from([10, 0, 0, 0]), 8, set("office")),
            Network::of("2001:db8::".parse().expect("an address"), 32, set("office")),
        ];
        access.capabilities = vec![
            Capability {
                hash: capability::hash("AAAAAAAAAAAAAAAAAAAAAA").to_vec(),
                audience: set("office"),
                formats: Formats::Machine,
                expires_ms: None,
            },
            Capability {
                hash: capability::hash("BBBBBBBBBBBBBBBBBBBBBB").to_vec(),
                audience: set("partners"),
                formats: Formats::Embed,
                expires_ms: Some(1_796_567_520_000),
            },
        ];
    }
    Site::Page(site)
}

fn a_session() -> Session {
    Session {
        page: page_id(),
        host: host(),
        audience: AudienceId::of_set(&[]),
        id: vec![4; 16],
        revision: 3,
        epoch: 1,
        began_ms: 1_795_357_920_000,
        renew_ms: 1_795_361_520_000,
        expires_ms: 1_796_567_520_000,
        person: None,
        way: None,
        proof: vec![5; 20],
    }
}

fn status() -> PageStatus {
    PageStatus {
        level: Status::PartialOutage,
        calm: false,
        headline: "Webhooks are delayed".to_owned(),
        incident: Some(id("incident0001")),
        incident_status: Some(IncidentStatus::Monitoring),
        open_incidents: 1,
        components_operational: 1,
        components_total: 2,
        indicator: Indicator::Minor,
        description: "Minor Service Outage".to_owned(),
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        page: page(),
        as_of: stamp(0),
        status: status(),
        announcement: Some(Announcement {
            body: "*Read* this".to_owned(),
            body_html: "<p><em>Read</em> this</p>".to_owned(),
        }),
        incidents: vec![incident()],
        maintenances: vec![maintenance()],
        cancelled: vec![Cancelled {
            id: id("cancelled001"),
            name: "Cable works".to_owned(),
            starts_at: stamp(3_600_000),
            ends_at: stamp(7_200_000),
            cancelled_at: stamp(0),
            revision: 2,
        }],
        metrics: vec![metric()],
        groups: vec![Group {
            named: Some(NamedGroup {
                id: id("group0000001"),
                name: "Platform".to_owned(),
                description: "All of *it*".to_owned(),
                description_html: "<p>All of <em>it</em></p>".to_owned(),
                display: GroupDisplay::OnlyWhenDegraded,
                position: 1,
                created_at: stamp(-9_000),
                updated_at: stamp(-8_000),
            }),
            status: Status::PartialOutage,
            components: vec![component()],
        }],
        past: vec![PastDay {
            date: "2026-11-22".to_owned(),
            incidents: vec![id("incident0001")],
            maintenances: vec![],
        }],
        archive_months: vec!["2026-11".to_owned()],
    }
}

fn archive() -> Archive {
    Archive {
        page: page(),
        month: "2026-11".to_owned(),
        incidents: vec![incident()],
        maintenances: vec![maintenance()],
        older: Some("2026-10".to_owned()),
        newer: None,
    }
}

fn batch() -> Batch {
    Batch {
        records: vec![serde_bytes::ByteBuf::from(vec![1, 2, 3])],
        cursor: Some(cursor(912, 5)),
        ..Batch::default()
    }
}

fn receipt() -> Receipt {
    Receipt {
        cursor: None,
        outcomes: vec![
            Outcome::Stored,
            Outcome::Kept { version: 3 },
            Outcome::Refused {
                reason: "why".to_owned(),
            },
            Outcome::Failed,
        ],
        ..Receipt::default()
    }
}

/// As older ones write it.
fn cursor(seq: u64, at_ms: u64) -> Cursor {
    Cursor {
        seq,
        at_ms,
        ..Cursor::default()
    }
}

fn cursor_that_counts() -> Cursor {
    let mut cursor = cursor_of_lineage();
    cursor.count(None, Some(put(6)));
    cursor
}

fn put(number: u64) -> PutNumber {
    PutNumber::new(77, number)
}

fn cursor_of_lineage() -> Cursor {
    Cursor {
        lineage: Some(Lineage {
            database: Id::parse("d4tabase0001").expect("an id"),
            format: 2,
            filling: 77,
        }),
        floor: 900,
        filling: true,
        parked: vec![Parked {
            page: page_id(),
            since: 880,
        }],
        ..cursor(912, 5)
    }
}

fn page() -> Page {
    Page {
        id: page_id(),
        name: "Northwind".to_owned(),
        description_html: "<p>Status</p>".to_owned(),
        description: "Status".to_owned(),
        host: Some(host()),
        first_host: None,
        website: Some("https://northwind.example".to_owned()),
        time_zone: "Asia/Kolkata".to_owned(),
        language: Language::De,
        branding: Branding {
            title: Some("Northwind status".to_owned()),
            logo: Some(Asset {
                name: AssetName::of(b"logo", AssetKind::Svg),
                width: 120,
                height: 40,
            }),
            logo_dark: None,
            favicon: None,
            style: ":root{--accent:#124}".to_owned(),
            links: vec![Link {
                text: "Imprint".to_owned(),
                url: "https://northwind.example/imprint".to_owned(),
            }],
            embed: Embed {
                position: EmbedPosition::TopLeft,
                always: true,
            },
            previewed: false,
        },
    }
}

fn permalinks() -> Permalinks {
    Permalinks {
        months: [(id("incident0001"), "2026-11".to_owned())].into(),
    }
}

fn metric() -> Metric {
    let series = |step_minutes| Series {
        step_minutes,
        points: vec![Some(1.5), None, Some(240.0)],
        average: Some(120.75),
        latest: Some(240.0),
    };
    Metric {
        id: id("metric000001"),
        name: "Response time".to_owned(),
        suffix: "ms".to_owned(),
        decimals: 0,
        day: series(15),
        week: series(120),
        month: series(480),
    }
}

fn component() -> Component {
    Component {
        id: id("component001"),
        name: "Webhooks".to_owned(),
        description: String::new(),
        description_html: String::new(),
        status: Status::PartialOutage,
        only_show_if_degraded: true,
        position: 2,
        start_date: Some("2026-01-01".to_owned()),
        created_at: stamp(-9_000),
        updated_at: stamp(-8_000),
        uptime: Some(Uptime {
            up_millionths: 999_400,
            up_60_millionths: 999_300,
            up_30_millionths: 999_200,
            runs: vec![
                Run {
                    days: 9,
                    level: DayLevel::NoHistory,
                },
                Run {
                    days: 80,
                    level: DayLevel::Operational,
                },
                Run {
                    days: 1,
                    level: DayLevel::PartialOutage,
                },
            ],
            days: vec![BadDay {
                day: 89,
                date: "2026-11-22".to_owned(),
                level: DayLevel::PartialOutage,
                major_minutes: 0,
                partial_minutes: 34,
                degraded_minutes: 2,
                maintenance_minutes: 0,
            }],
        }),
    }
}

fn incident() -> Incident {
    Incident {
        id: id("incident0001"),
        number: 12,
        name: "Webhooks are delayed".to_owned(),
        status: IncidentStatus::Identified,
        impact: Impact::Major,
        started_at: stamp(0),
        monitoring_at: Some(stamp(60_000)),
        resolved_at: None,
        updated_at: Some(stamp(180_000)),
        components: vec![Touched {
            id: id("component001"),
            name: "Platform - Webhooks".to_owned(),
        }],
        updates: vec![Update {
            id: id("update000001"),
            status: IncidentStatus::Identified,
            at: stamp(60_000),
            displayed_at: Some(stamp(59_000)),
            updated_at: Some(stamp(180_000)),
            body: "A queue is full.".to_owned(),
            body_html: "<p>A queue is full.</p>".to_owned(),
            affected: Some(vec![Affected {
                id: id("component001"),
                name: "Platform - Webhooks".to_owned(),
                old_status: Status::Operational,
                new_status: Status::PartialOutage,
            }]),
        }],
    }
}

fn maintenance() -> Maintenance {
    Maintenance {
        id: id("mainten00001"),
        number: 13,
        name: "Database upgrade".to_owned(),
        status: MaintenanceStatus::Scheduled,
        created_at: stamp(0),
        starts_at: stamp(3_600_000),
        ends_at: stamp(7_200_000),
        began_at: Some(stamp(3_660_000)),
        updated_at: Some(stamp(60_000)),
        completed_at: None,
        revision: 1,
        series: Some(id("series000001")),
        reminder_minutes: vec![1_440, 60],
        components: vec![],
        updates: vec![],
    }
}

fn stamp(after_ms: i64) -> Stamp {
    Stamp {
        at_ms: 1_795_357_920_000 + after_ms,
        offset_minutes: 330,
    }
}

fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

fn page_id() -> PageId {
    PageId::parse("northwind001").expect("a page id")
}

fn host() -> Host {
    Host::parse("status.northwind.example").expect("a host")
}

/// A put is told no more than the beginning of what it compares with, and must see the whole cursor.
#[test]
fn largest_cursor_fits_where_a_put_looks() {
    let parked = (0..PARKED_PAGES_MAX).map(|number| Parked {
        page: PageId::parse(&format!("page{number:08}")).expect("a page id"),
        since: u64::MAX,
    });
    let mut cursor = Cursor {
        seq: u64::MAX,
        at_ms: u64::MAX,
        head: u64::MAX,
        floor: u64::MAX,
        parked: parked.collect(),
        ..cursor_of_lineage()
    };
    for sync in 0..100 {
        let put = PutNumber {
            lacks: u64::MAX,
            ..PutNumber::new(u64::MAX - sync, u64::MAX)
        };
        cursor.count(Some(&cursor.clone()), Some(put));
    }
    assert!(body::encode(&cursor).len() < RECORD_HEAD_BYTES_MAX);
}
