//! Snapshots as a broken origin could compose them: every text, number and order that the types allow.
#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Debug;

use page_model::{
    Archive, Id, Language, PageId, Snapshot, Stamp,
    snapshot::{
        BadDay, Branding, Component, DayLevel, Group, GroupDisplay, Incident, Maintenance, NamedGroup, Page,
        PageStatus, PastDay, Run, Touched, Update, Uptime,
    },
    status::{Impact, IncidentStatus, Indicator, MaintenanceStatus, Status},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

prop_compose! {
    pub fn snapshot()(
        names in vec(text(), 4),
        as_of in stamp(),
        status in select(Status::ALL),
        counts in any::<(u32, u32)>(),
        (calm, open_incidents) in any::<(bool, u32)>(),
        incidents in vec(incident(), 0..3),
        maintenances in vec(maintenance(), 0..3),
        groups in vec(group(), 0..4),
        past in vec(past_day(), 0..6),
        archive_months in vec(prop_oneof![text(), "[0-9]{4}-[01][0-9]"], 0..5),
    ) -> Snapshot {
        let [name, website, time_zone, headline] = <[String; 4]>::try_from(names).expect("four names");
        let host = None;
        let page = Page {
            id: page_id(),
            name,
            description_html: String::new(),
            description: String::new(),
            host,
            first_host: None,
            website: Some(website),
            time_zone,
            language: Language::En,
            branding: Branding::default(),
        };
        let incident = incidents.first().map(|incident| incident.id.clone());
        let (components_operational, components_total) = counts;
        let status = PageStatus {
            level: status,
            calm,
            headline,
            incident_status: incident.is_some().then_some(IncidentStatus::Monitoring),
            incident,
            open_incidents,
            components_operational,
            components_total,
            indicator: Indicator::Minor,
            description: "Minor Service Outage".to_owned(),
        };
        Snapshot {
            page,
            as_of,
            status,
            announcement: None,
            incidents,
            maintenances,
            cancelled: Vec::new(),
            groups,
            metrics: Vec::new(),
            past,
            archive_months,
        }
    }
}

/// The incidents and maintenances of the snapshot as an archive.
pub fn archive(snapshot: Snapshot, name: String) -> Archive {
    Archive {
        page: snapshot.page,
        month: name.clone(),
        incidents: snapshot.incidents,
        maintenances: snapshot.maintenances,
        older: Some(name),
        newer: snapshot.archive_months.into_iter().next(),
    }
}

/// Text with every letter that means something in HTML or in a template.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z<>&\"'/{}%# \u{202e}\u{0}-]{0,24}",
        any::<String>(),
        select(vec![
            "</script><script>".to_owned(),
            "</style>".to_owned(),
            "<!--".to_owned(),
            "{{ 7 }}".to_owned()
        ]),
    ]
}

pub fn delay() -> impl Strategy<Value = Option<Stamp>> {
    option::of(stamp())
}

fn stamp() -> impl Strategy<Value = Stamp> {
    let near = 1_700_000_000_000i64..1_900_000_000_000;
    (prop_oneof![near, any::<i64>()], any::<i16>()).prop_map(|(at_ms, offset_minutes)| Stamp { at_ms, offset_minutes })
}

prop_compose! {
    fn group()(
        name in option::of(text()),
        status in select(Status::ALL),
        components in vec(component(), 0..4),
    ) -> Group {
        Group { named: name.map(named), status, components }
    }
}

prop_compose! {
    fn component()(name in text(), status in select(Status::ALL), uptime in option::of(uptime())) -> Component {
        Component {
            id: id(),
            name,
            description: String::new(),
            description_html: String::new(),
            status,
            only_show_if_degraded: false,
            position: 1,
            start_date: None,
            created_at: Stamp::utc(0),
            updated_at: Stamp::utc(0),
            uptime,
        }
    }
}

prop_compose! {
    fn uptime()(
        up_millionths in any::<u32>(),
        runs in vec((any::<u16>(), level()), 0..8),
        days in vec(bad_day(), 0..4),
    ) -> Uptime {
        Uptime {
            up_millionths,
            up_60_millionths: up_millionths,
            up_30_millionths: up_millionths,
            runs: runs.into_iter().map(|(days, level)| Run { days, level }).collect(),
            days,
        }
    }
}

prop_compose! {
    fn bad_day()(day in any::<u16>(), date in date(), level in level(), minutes in any::<[u16; 4]>()) -> BadDay {
        let [major_minutes, partial_minutes, degraded_minutes, maintenance_minutes] = minutes;
        BadDay { day, date, level, major_minutes, partial_minutes, degraded_minutes, maintenance_minutes }
    }
}

prop_compose! {
    fn incident()(
        name in text(),
        status in select(IncidentStatus::ALL),
        impact in select(Impact::ALL),
        started_at in stamp(),
        resolved_at in option::of(stamp()),
        components in vec(touched(), 0..3),
        updates in vec(update(IncidentStatus::ALL), 0..8),
    ) -> Incident {
        Incident {
            id: id(),
            number: 1,
            name,
            status,
            impact,
            started_at,
            monitoring_at: None,
            resolved_at,
            updated_at: None,
            components,
            updates,
        }
    }
}

prop_compose! {
    fn maintenance()(
        name in text(),
        status in select(MaintenanceStatus::ALL),
        starts_at in stamp(),
        ends_at in stamp(),
        components in vec(touched(), 0..3),
        updates in vec(update(MaintenanceStatus::ALL), 0..3),
    ) -> Maintenance {
        Maintenance {
            id: id(),
            number: 1,
            name,
            status,
            created_at: starts_at,
            starts_at,
            ends_at,
            began_at: None,
            updated_at: None,
            completed_at: None,
            revision: 0,
            series: None,
            reminder_minutes: Vec::new(),
            components,
            updates,
        }
    }
}

fn update<S: Copy + Debug + 'static>(states: &'static [S]) -> impl Strategy<Value = Update<S>> {
    (select(states), stamp()).prop_map(|(status, at)| Update {
        id: id(),
        status,
        at,
        displayed_at: None,
        updated_at: None,
        body: "an update".to_owned(),
        body_html: "<p>an update</p>".to_owned(),
        affected: None,
    })
}

prop_compose! {
    fn past_day()(
        date in date(),
        incidents in vec(Just(id()), 0..2),
        maintenances in vec(Just(id()), 0..2),
    ) -> PastDay {
        PastDay { date, incidents, maintenances }
    }
}

fn date() -> impl Strategy<Value = String> {
    prop_oneof![text(), "20[0-9]{2}-[01][0-9]-[0-3][0-9]"]
}

fn level() -> impl Strategy<Value = DayLevel> {
    select(vec![
        DayLevel::NoHistory,
        DayLevel::Operational,
        DayLevel::UnderMaintenance,
        DayLevel::DegradedPerformance,
        DayLevel::PartialOutage,
        DayLevel::MajorOutage,
    ])
}

fn touched() -> impl Strategy<Value = Touched> {
    text().prop_map(|name| Touched { id: id(), name })
}

fn named(name: String) -> NamedGroup {
    NamedGroup {
        id: id(),
        name,
        description: "about".to_owned(),
        description_html: "<p>about</p>".to_owned(),
        display: GroupDisplay::Open,
        position: 1,
        created_at: Stamp::utc(0),
        updated_at: Stamp::utc(0),
    }
}

fn id() -> Id {
    Id::parse("000000000001").expect("twelve digits")
}

fn page_id() -> PageId {
    PageId::parse("000000000001").expect("twelve digits")
}
