//! What is composed of a lifelike page, and that it is composed alike every time.

use std::collections::HashMap;

use jiff::civil::date;
use origin_objects::audiences::Audiences;
use page_model::{
    Archive, Host, Id, Key, Language, PageId, Record, Site, Snapshot,
    asset::{AssetKind, AssetName},
    body,
    key::IdInitial,
    limits::{BODY_BYTES_MAX, KV_VALUE_BYTES_MAX, UPTIME_DAYS},
    site::Visibility,
    snapshot::{Announcement, Branding, GroupDisplay, Touched},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

use crate::{
    affected::Affected,
    compose::compose,
    rows::{
        AudienceSet, CancelledMaintenance, Component, Group, HostClaim, Incident, LinkedEvent, LivePage, Maintenance,
        Month, PageRows, Update,
    },
};

/// 2026-11-22T12:00:00Z.
const NOON_MS: i64 = 1_795_348_800_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

#[test]
fn composes_a_lifelike_page() {
    let records = compose(&lifelike());
    insta::assert_yaml_snapshot!("lifelike_snapshot", snapshot(&records));
    insta::assert_yaml_snapshot!("lifelike_site", site(&records));
    let archive: Archive = body::decode_compressed(&records[0].body).expect("an archive");
    insta::assert_yaml_snapshot!("lifelike_archive", archive);
    let keys: Vec<String> = records.iter().map(|record| record.key.to_string()).collect();
    insta::assert_yaml_snapshot!("lifelike_keys", keys);
}

#[test]
fn same_rows_give_the_same_bytes() {
    let bytes = |loaded: &PageRows| compose(loaded).iter().map(Record::to_bytes).collect::<Vec<_>>();
    let shuffled = {
        let mut loaded = lifelike();
        let live = loaded.live.as_mut().expect("a live page");
        // A map filled in another order.
        live.changes = live.changes.drain().collect::<Vec<_>>().into_iter().rev().collect();
        loaded
    };
    assert_eq!(bytes(&lifelike()), bytes(&shuffled));
}

#[test]
fn deleted_page_gives_only_tombstones() {
    let records = compose(&PageRows {
        live: None,
        permalinks: vec![(IdInitial::of(&id("incident0001")), Vec::new())],
        assets: Vec::new(),
        ..lifelike()
    });
    assert_eq!(records.len(), 4);
    assert!(
        records
            .iter()
            .all(|record| record.is_tombstone() && record.version == 912)
    );
}

#[test]
fn largest_page_fits_in_a_record() {
    let mut loaded = lifelike();
    let live = loaded.live.as_mut().expect("a live page");
    let pattern = live.components[0].clone();
    live.components = (0..5_000).map(|n| numbered(&pattern, n)).collect();
    let bad = |n: i64| {
        vec![
            (NOON_MS - n * HOUR_MS, Status::PartialOutage),
            (NOON_MS - (n - 1) * HOUR_MS, Status::Operational),
        ]
    };
    live.changes = live
        .components
        .iter()
        .zip(1..)
        .map(|(one, n)| (one.id.clone(), bad(1 + n % 2_000)))
        .collect();
    let records = compose(&loaded);
    assert_eq!(snapshot(&records).status.components_total, 5_000);
    fits(&records);
}

#[test]
fn incident_of_any_length_fits_in_a_record() {
    let mut loaded = lifelike();
    let live = loaded.live.as_mut().expect("a live page");
    let mut random = 1_u64;
    live.incidents[0].updates = (0..1_000)
        .map(|n| Update {
            body_html: (0..2_500).map(|_| noise(&mut random)).collect(),
            ..update(n, IncidentStatus::Identified, NOON_MS - n)
        })
        .collect();
    let records = compose(&loaded);
    fits(&records);
    let updates = snapshot(&records).incidents[0].updates.clone();
    assert_eq!(
        (updates.len(), updates[0].at.at_ms),
        (100, NOON_MS),
        "the newest are kept"
    );
}

#[test]
fn what_is_over_stands_on_each_day_that_it_touched() {
    let mut loaded = lifelike();
    let live = loaded.live.as_mut().expect("a live page");
    // It is noon of 22 November in UTC, and 13:00 on the page's clock.
    let midnight_ms = NOON_MS - 13 * HOUR_MS;
    live.incidents = vec![
        incident(
            "longer000001",
            "Longer than the days",
            NOON_MS - 20 * DAY_MS,
            Some(NOON_MS - HOUR_MS),
        ),
        incident(
            "midnight0001",
            "Until midnight",
            midnight_ms - 30 * HOUR_MS,
            Some(midnight_ms),
        ),
        incident("goeson000001", "Goes on", NOON_MS - 3 * DAY_MS, None),
    ];
    let mut early = maintenance("early0000001", MaintenanceStatus::Completed, NOON_MS + DAY_MS);
    early.began_at_ms = Some(midnight_ms - HOUR_MS);
    early.completed_at_ms = Some(midnight_ms + HOUR_MS);
    live.maintenances = vec![early];
    let past = snapshot(&compose(&loaded)).past;
    let days = |name: &str| -> Vec<usize> {
        let lists = past.iter().enumerate();
        let with = lists.filter(|(_, day)| day.incidents.contains(&id(name)) || day.maintenances.contains(&id(name)));
        with.map(|(ago, _)| ago).collect()
    };
    assert_eq!(days("longer000001"), (0..14).collect::<Vec<_>>());
    assert_eq!(
        days("midnight0001"),
        [1, 2],
        "the day that begins at its end is not touched"
    );
    assert_eq!(days("early0000001"), [0, 1], "filed by what happened");
    assert_eq!(
        days("goeson000001"),
        [0_usize; 0],
        "the page tells what goes on by itself"
    );
}

#[test]
fn only_a_component_without_any_outage_has_the_whole_uptime() {
    for (began_ms, status, whole) in [
        // At this very moment, as when an incident has just been told.
        (NOON_MS, Status::PartialOutage, false),
        (NOON_MS, Status::MajorOutage, false),
        (NOON_MS - 1_000, Status::PartialOutage, false),
        (NOON_MS - HOUR_MS, Status::DegradedPerformance, true),
        (NOON_MS, Status::UnderMaintenance, true),
    ] {
        let mut loaded = lifelike();
        let live = loaded.live.as_mut().expect("a live page");
        let component = live.components[0].id.clone();
        live.changes = [(component.clone(), vec![(began_ms, status)])].into();
        let groups = snapshot(&compose(&loaded)).groups;
        let mut components = groups.into_iter().flat_map(|group| group.components);
        let component = components.find(|one| one.id == component).expect("it is there");
        let uptime = component.uptime.expect("a history");
        let shares = [uptime.up_millionths, uptime.up_60_millionths, uptime.up_30_millionths];
        assert_eq!(
            shares.map(|share| share == 1_000_000),
            [whole; 3],
            "{status:?} {shares:?}"
        );
        assert!(shares.iter().all(|share| *share >= 999_000), "{shares:?}");
    }
}

fn fits(records: &[Record]) {
    for record in records {
        assert!(
            record.to_bytes().len() <= KV_VALUE_BYTES_MAX,
            "{}: {} bytes",
            record.key,
            record.to_bytes().len()
        );
        assert!(BODY_BYTES_MAX > record.body.len());
    }
}

pub(crate) fn snapshot(records: &[Record]) -> Snapshot {
    let record = records
        .iter()
        .find(|record| matches!(record.key, Key::Snapshot(..)))
        .expect("a snapshot");
    body::decode_compressed(&record.body).expect("it decodes")
}

fn site(records: &[Record]) -> Site {
    let record = records
        .iter()
        .find(|record| matches!(record.key, Key::Site(_)))
        .expect("a site");
    body::decode(&record.body).expect("it decodes")
}

/// Two groups and a component alone, an open incident, a past one, a maintenance to come and one that is over.
pub(crate) fn lifelike() -> PageRows {
    let open = incident("incident0001", "Webhooks are delayed", NOON_MS - HOUR_MS, None);
    let past = incident(
        "incident0002",
        "Slow pages",
        NOON_MS - 3 * DAY_MS,
        Some(NOON_MS - 3 * DAY_MS + 2 * HOUR_MS),
    );
    PageRows {
        former_sets: Vec::new(),
        page: PageId::parse("page00000001").expect("an id"),
        seq: 912,
        as_of_ms: NOON_MS,
        hosts_moved: Vec::new(),
        hosts_gone: vec![claim("old.acme.com")],
        months: vec![Month {
            month: "2026-11".into(),
            filled: true,
            incidents: vec![open.clone(), past.clone()],
            maintenances: Vec::new(),
        }],
        assets: vec![
            (AssetName::of(b"a picture", AssetKind::Png), Some(b"a picture".into())),
            (AssetName::of(b"gone", AssetKind::Svg), None),
        ],
        permalinks: vec![
            (
                IdInitial::of(&id("incident0001")),
                vec![linked("incident0001"), linked("incident0002")],
            ),
            (IdInitial::of(&id("zncident0001")), Vec::new()),
        ],
        live: Some(live(open, past)),
    }
}

fn live(open: Incident, past: Incident) -> LivePage {
    LivePage {
        visibility: Visibility::Public,
        sets: vec![AudienceSet::public()],
        access: None,
        name: "Acme".into(),
        description: "How we are doing.".into(),
        description_html: "<p>How we are doing.</p>".into(),
        language: Language::De,
        branding: Branding {
            style: ":root{--accent:#123456}".into(),
            ..Branding::default()
        },
        announcement: Some(Announcement {
            body: "We move *soon*.".into(),
            body_html: "<p>We move <em>soon</em>.</p>".into(),
        }),
        announcement_audiences: Audiences::default(),
        website: Some("https://acme.com".into()),
        time_zone: "Europe/Berlin".into(),
        hosts: vec![claim("status.acme.com")],
        first_host: None,
        groups: vec![group("group0000001", "Europe", 2), group("group0000002", "Empty", 1)],
        components: vec![
            component("comp00000001", "Webhooks", None, 1, Status::PartialOutage),
            component("comp00000002", "API", Some("group0000001"), 1, Status::Operational),
            component(
                "comp00000003",
                "Pages",
                Some("group0000001"),
                2,
                Status::DegradedPerformance,
            ),
        ],
        gone_components: Vec::new(),
        changes: HashMap::from([
            (id("comp00000001"), vec![(NOON_MS - HOUR_MS, Status::PartialOutage)]),
            (
                id("comp00000003"),
                vec![(NOON_MS - 30 * DAY_MS, Status::DegradedPerformance)],
            ),
        ]),
        incidents: vec![open, past],
        maintenances: vec![
            maintenance("maint0000003", MaintenanceStatus::InProgress, NOON_MS + 2 * DAY_MS),
            maintenance("maint0000002", MaintenanceStatus::Scheduled, NOON_MS + DAY_MS),
            maintenance("maint0000001", MaintenanceStatus::Completed, NOON_MS - DAY_MS),
        ],
        cancelled: vec![CancelledMaintenance {
            id: id("maint0000004"),
            audiences: Audiences::default(),
            name: "Not needed".into(),
            starts_at_ms: NOON_MS + DAY_MS,
            ends_at_ms: NOON_MS + DAY_MS + HOUR_MS,
            cancelled_at_ms: NOON_MS - HOUR_MS,
            revision: 2,
        }],
        metrics: Vec::new(),
        archive_months: vec!["2026-09".into(), "2026-11".into()],
        traces: None,
    }
}

fn incident(name_id: &str, name: &str, at_ms: i64, resolved_at_ms: Option<i64>) -> Incident {
    let over = resolved_at_ms.map(|at_ms| update(2, IncidentStatus::Resolved, at_ms));
    Incident {
        id: id(name_id),
        audiences: Audiences::default(),
        ordinal: at_ms / HOUR_MS,
        name: name.into(),
        status: if over.is_some() {
            IncidentStatus::Resolved
        } else {
            IncidentStatus::Investigating
        },
        impact: Impact::Major,
        impact_is_given: true,
        started_at_ms: at_ms,
        monitoring_at_ms: resolved_at_ms.map(|at_ms| at_ms - HOUR_MS),
        resolved_at_ms,
        updated_at_ms: None,
        components: ["comp00000002", "comp00000001", "comp00000009"].map(told).into(),
        updates: over
            .into_iter()
            .chain([update(1, IncidentStatus::Investigating, at_ms)])
            .collect(),
    }
}

fn maintenance(name_id: &str, status: MaintenanceStatus, starts_at_ms: i64) -> Maintenance {
    Maintenance {
        id: id(name_id),
        audiences: Audiences::default(),
        ordinal: starts_at_ms / HOUR_MS,
        name: "A move".into(),
        status,
        announced_at_ms: starts_at_ms - DAY_MS,
        starts_at_ms,
        ends_at_ms: starts_at_ms + HOUR_MS,
        began_at_ms: (status != MaintenanceStatus::Scheduled).then_some(starts_at_ms),
        updated_at_ms: None,
        completed_at_ms: status.is_over().then_some(starts_at_ms + HOUR_MS),
        revision: 1,
        series: None,
        reminder_minutes: vec![60],
        components: vec![told("comp00000002")],
        updates: vec![update(1, status, starts_at_ms - DAY_MS)],
    }
}

fn linked(event: &str) -> LinkedEvent {
    LinkedEvent {
        id: id(event),
        month: "2026-11".into(),
        audiences: Audiences::default(),
        components: Vec::new(),
    }
}

/// A component by the name that it had once.
fn told(component: &str) -> Touched {
    Touched {
        id: id(component),
        name: format!("Old {}", &component[11..]),
    }
}

fn update<S>(n: i64, status: S, at_ms: i64) -> Update<S> {
    Update {
        audiences: Audiences::default(),
        id: id(&format!("update{n:06}")),
        status,
        at_ms,
        displayed_at_ms: None,
        updated_at_ms: None,
        body: "We look.".into(),
        body_html: "<p>We look.</p>".into(),
        affected: (n == 1).then(|| {
            let reported = |component: &str| Affected {
                component: id(component),
                name: told(component).name,
                old_status: Status::Operational,
                new_status: Status::PartialOutage,
            };
            vec![
                reported("comp00000002"),
                reported("comp00000001"),
                reported("comp00000009"),
            ]
        }),
    }
}

fn group(name_id: &str, name: &str, position: i32) -> Group {
    Group {
        id: id(name_id),
        audiences: Audiences::default(),
        name: name.into(),
        description: String::new(),
        description_html: String::new(),
        display: GroupDisplay::Collapsed,
        position,
        ordinal: i64::from(position),
        created_at_ms: NOON_MS - 90 * DAY_MS,
        updated_at_ms: NOON_MS - DAY_MS,
    }
}

fn component(name_id: &str, name: &str, group: Option<&str>, position: i32, status: Status) -> Component {
    Component {
        id: id(name_id),
        audiences: Audiences::default(),
        group_id: group.map(id),
        name: name.into(),
        description: "Does *things*.".into(),
        description_html: "<p>Does <em>things</em>.</p>".into(),
        position,
        ordinal: i64::from(position),
        status,
        show_uptime: true,
        only_show_if_degraded: group.is_some(),
        started_on: (position == 1).then(|| date(2026, 9, 1)),
        created_at_ms: NOON_MS - 60 * DAY_MS,
        updated_at_ms: NOON_MS - DAY_MS,
        before: Status::Operational,
    }
}

fn numbered(pattern: &Component, n: i32) -> Component {
    Component {
        id: id(&format!("comp{n:08}")),
        name: format!("Component number {n}"),
        position: n,
        started_on: Some(date(2020, 1, 1)),
        ..pattern.clone()
    }
}

/// Letters that do not compress, from a seed.
fn noise(seed: &mut u64) -> char {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(UPTIME_DAYS as u64);
    char::from(b'!' + ((*seed >> 33) % 90) as u8)
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

fn claim(host: &str) -> HostClaim {
    HostClaim {
        host: Host::parse(host).expect("a host"),
        since_seq: 3,
    }
}
