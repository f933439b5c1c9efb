//! What lists hold when there is more than fits, and what is told of what happened when.

mod fixture;
mod tags;

use page_model::{
    Archive, Host, Id, Language, Snapshot, Stamp,
    snapshot::{Announcement, GroupDisplay, Incident, Maintenance, Update},
    status::{IncidentStatus, MaintenanceStatus},
};
use page_render::{
    Events, RenderOptions,
    formats::{Feed, atom, markdown, rss, text, v2},
};
use serde_json::Value;
use tags::between;

use fixture::{AS_OF, id, minutes_ago, northwind, options};

const DAY: i64 = 1_440;

fn host() -> Host {
    Host::parse("edge.example").expect("a host")
}

/// Nothing is open and nothing is planned.
fn quiet() -> Snapshot {
    let mut snapshot = northwind::calm();
    snapshot.incidents.clear();
    snapshot.maintenances.clear();
    for day in &mut snapshot.past {
        day.incidents.clear();
        day.maintenances.clear();
    }
    snapshot
}

/// An incident that is over unless `ended` is `None`, told of at its ends.
fn incident(number: usize, name: &str, started: i64, ended: Option<i64>) -> Incident {
    let mut incident = northwind::incident().incidents.remove(0);
    incident.id = id(number);
    incident.number = number as u64;
    incident.name = name.to_owned();
    incident.started_at = minutes_ago(started);
    incident.resolved_at = ended.map(minutes_ago);
    let update = |number: usize, status, at, body: &str| Update {
        id: id(number),
        status,
        at: minutes_ago(at),
        displayed_at: None,
        updated_at: None,
        body: body.to_owned(),
        body_html: format!("<p>{body}</p>"),
        affected: None,
    };
    incident.status = IncidentStatus::Investigating;
    incident.updates = vec![update(
        10_000 + number,
        IncidentStatus::Investigating,
        started,
        "Looking.",
    )];
    if let Some(ended) = ended {
        incident.status = IncidentStatus::Resolved;
        incident
            .updates
            .insert(0, update(20_000 + number, IncidentStatus::Resolved, ended, "Over."));
    }
    incident
}

/// In minutes from now; announced a day ago.
fn maintenance(number: usize, name: &str, status: MaintenanceStatus, starts_in: i64) -> Maintenance {
    let mut maintenance = northwind::incident().maintenances.remove(0);
    maintenance.id = id(number);
    maintenance.number = number as u64;
    maintenance.name = name.to_owned();
    maintenance.status = status;
    maintenance.created_at = minutes_ago(DAY);
    maintenance.starts_at = minutes_ago(-starts_in);
    maintenance.ends_at = minutes_ago(-starts_in - 60);
    maintenance.began_at = status.is_under_way().then_some(maintenance.starts_at);
    maintenance.completed_at = None;
    maintenance.updates.truncate(1);
    maintenance.updates[0].at = match status {
        MaintenanceStatus::Scheduled => maintenance.created_at,
        _ => maintenance.starts_at,
    };
    maintenance.updates[0].status = status;
    maintenance
}

/// One open incident, one maintenance that runs, and two that recur daily for thirty days.
fn busy() -> Snapshot {
    let mut snapshot = quiet();
    snapshot.incidents = vec![incident(1, "Everything is down", 120, None)];
    snapshot.maintenances = (0..60)
        .rev()
        .map(|nth| {
            let starts_in = (nth as i64 / 2 + 1) * DAY + (nth as i64 % 2) * 60;
            maintenance(
                100 + nth,
                &format!("Daily {nth:02}"),
                MaintenanceStatus::Scheduled,
                starts_in,
            )
        })
        .collect();
    snapshot
        .maintenances
        .push(maintenance(99, "Disks", MaintenanceStatus::InProgress, -5));
    snapshot
}

fn titles(xml: &str) -> Vec<String> {
    let entries = xml
        .split(if xml.contains("<item>") { "<item>" } else { "<entry>" })
        .skip(1);
    entries
        .map(|entry| between(entry, "<title>", "</title>").to_owned())
        .collect()
}

/// A date of RSS in UTC, in a form that has the order of time.
fn sortable(date: &str) -> String {
    let parts: Vec<&str> = date.split_whitespace().collect();
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(parts[2]).expect("a month") / 3 + 1;
    assert_eq!(parts[5], "+0000", "{date}");
    format!("{}-{month:02}-{} {}", parts[3], parts[1], parts[4])
}

#[test]
fn feeds_hold_what_is_open_and_what_runs_before_what_is_planned() {
    let snapshot = busy();
    let host = host();
    let component = snapshot.incidents[0].components[0].id.clone();
    let mut touching = snapshot.clone();
    for maintenance in &mut touching.maintenances {
        maintenance.components = snapshot.incidents[0].components.clone();
    }
    touching.groups[0].components[2].id = component.clone();
    for feed in [
        Feed::of_page(&snapshot, &host),
        Feed::of_component(&touching, &host, &component).expect("the page has it"),
    ] {
        for xml in [rss(&feed), atom(&feed)] {
            let titles = titles(&xml);
            assert_eq!(titles.len(), 25);
            for name in ["Everything is down", "Disks", "Daily 00", "Daily 01", "Daily 22"] {
                assert!(titles.iter().any(|title| title == name), "{name} is not in {titles:?}");
            }
            assert!(!titles.iter().any(|title| title == "Daily 59"), "{titles:?}");
        }
    }
}

#[test]
fn a_planned_maintenance_is_in_a_feed_however_long_the_past_is() {
    let mut snapshot = quiet();
    snapshot.incidents = (0..50)
        .map(|nth| {
            incident(
                nth + 1,
                &format!("Past {nth:02}"),
                100 + nth as i64 * 60,
                Some(70 + nth as i64 * 60),
            )
        })
        .collect();
    let planned = |number, name, series, starts_in| {
        let mut one = maintenance(number, name, MaintenanceStatus::Scheduled, starts_in);
        one.series = series;
        one
    };
    snapshot.maintenances = (0..30)
        .map(|nth| planned(100 + nth, "Daily", Some(id(7)), (nth as i64 + 1) * DAY))
        .collect();
    snapshot.maintenances.push(planned(99, "The big move", None, 20 * DAY));
    let titles = titles(&rss(&Feed::of_page(&snapshot, &host())));
    assert!(titles.iter().any(|title| title == "The big move"), "{titles:?}");
    let of_series = titles.iter().filter(|title| *title == "Daily").count();
    assert_eq!((titles.len(), of_series), (25, 4));
    assert!(titles.iter().any(|title| title == "Past 19") && !titles.iter().any(|title| title == "Past 20"));
}

#[test]
fn an_incident_that_lasts_is_in_the_feed_and_so_is_its_end() {
    let younger = |ended: bool| {
        let mut snapshot = quiet();
        snapshot.incidents = (0..25)
            .map(|nth| {
                incident(
                    nth + 2,
                    "Younger",
                    1_000 + nth as i64 * 100,
                    Some(990 + nth as i64 * 100),
                )
            })
            .collect();
        snapshot
            .incidents
            .push(incident(1, "Lasts", 30 * DAY, ended.then_some(3)));
        snapshot
    };
    for (ended, place) in [(false, 24), (true, 0)] {
        let snapshot = younger(ended);
        let host = host();
        let feed = Feed::of_page(&snapshot, &host);
        for xml in [rss(&feed), atom(&feed)] {
            let titles = titles(&xml);
            assert_eq!((titles.len(), titles[place].as_str()), (25, "Lasts"), "{titles:?}");
        }
    }
}

#[test]
fn an_rss_item_has_the_moment_when_it_was_last_told() {
    let snapshot = busy();
    let xml = rss(&Feed::of_page(&snapshot, &host()));
    let items = xml.split("<item>").skip(1);
    let dates: Vec<String> = items
        .map(|item| sortable(between(item, "<pubDate>", "</pubDate>")))
        .collect();
    assert!(dates.is_sorted_by(|one, next| one >= next), "{dates:?}");
    assert!(dates[0].as_str() <= "2026-11-22 14:32:00", "{}", dates[0]);
    let planned = xml
        .split("<item>")
        .find(|item| item.contains("Daily 00"))
        .expect("it is there");
    assert!(
        planned.contains("<pubDate>Sat, 21 Nov 2026 14:32:00 +0000</pubDate>"),
        "when it was announced"
    );
    assert!(planned.contains("<maintenanceEndDate>Mon, 23 Nov 2026 15:32:00 +0000</maintenanceEndDate>"));

    let mut moved = busy();
    let first = moved
        .maintenances
        .iter_mut()
        .find(|one| one.name == "Daily 00")
        .expect("it is there");
    first.updated_at = Some(minutes_ago(2));
    assert_eq!(
        titles(&rss(&Feed::of_page(&moved, &host())))[0],
        "Daily 00",
        "new times are news"
    );
}

fn names(text: &str, key: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(text).expect("JSON");
    let events = document[key].as_array().expect("an array").iter();
    events
        .map(|event| event["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn v2_documents_hold_the_next_maintenances_and_those_that_run() {
    let (snapshot, host) = (busy(), host());
    let next: Vec<String> = (0..50).map(|nth| format!("Daily {nth:02}")).collect();
    let key = "scheduled_maintenances";
    let summary = names(&v2::summary(&snapshot, &host), key);
    assert_eq!(summary[..50], next);
    assert_eq!(summary[50..], ["Disks"]);
    assert_eq!(names(&v2::upcoming_maintenances(&snapshot, &host), key), next);
    assert_eq!(names(&v2::active_maintenances(&snapshot, &host), key), ["Disks"]);
    let all = names(&v2::scheduled_maintenances(&snapshot, &host), key);
    assert_eq!(
        (all.len(), all[0].as_str(), all[49].as_str()),
        (50, "Daily 48", "Disks")
    );
}

#[test]
fn v2_keeps_an_open_incident_among_many_younger_ones() {
    let mut snapshot = quiet();
    snapshot.incidents = (0..60)
        .map(|nth| {
            incident(
                nth + 2,
                &format!("Younger {nth:02}"),
                1_000 + nth as i64 * 100,
                Some(990 + nth as i64 * 100),
            )
        })
        .collect();
    snapshot.incidents.push(incident(1, "Lasts", 30 * DAY, None));
    let names = names(&v2::incidents(&snapshot, &host()), "incidents");
    assert_eq!(
        (names.len(), names[0].as_str(), names[48].as_str()),
        (50, "Younger 00", "Younger 48")
    );
    assert_eq!(names[49], "Lasts", "the newest start first, as clients know it");
}

fn index(snapshot: &Snapshot) -> String {
    page_render::index(snapshot, options(None, None)).expect("it renders")
}

fn section<'a>(page: &'a str, id: &str) -> &'a str {
    between(page, &format!("<section aria-labelledby=\"{id}\">"), "</section>")
}

#[test]
fn a_page_shows_the_next_maintenances_and_unfolds_the_rest() {
    let page = index(&busy());
    let upcoming = section(&page, "upcoming");
    let (open, folded) = upcoming.split_once("<details>").expect("the rest is folded");
    for name in ["Daily 00", "Daily 01", "Daily 02"] {
        assert!(open.contains(name), "{name}");
    }
    assert!(!open.contains("Daily 03") && !open.contains("Daily 59"), "{open}");
    assert!(folded.contains("57 more"), "{folded}");
    for nth in 3..60 {
        assert!(folded.contains(&format!("/maintenances/{}", id(100 + nth))), "{nth}");
    }
    let few = section(&index(&northwind::incident()), "upcoming").to_owned();
    assert!(!few.contains("<details><summary>0"), "{few}");
}

fn search(snapshot: &Snapshot, query: &str) -> String {
    page_render::search(snapshot, query, options(None, None)).expect("it renders")
}

fn with_hidden() -> Snapshot {
    let mut snapshot = quiet();
    snapshot.groups[0].components[0].name = "Hidden one".to_owned();
    snapshot.groups[0].components[0].only_show_if_degraded = true;
    snapshot.groups[1].named.as_mut().expect("a group").name = "Hidden group".to_owned();
    snapshot.groups[1].named.as_mut().expect("a group").display = GroupDisplay::OnlyWhenDegraded;
    snapshot.groups[2].components[0].name = "Shown, not hidden".to_owned();
    snapshot.announcement = Some(Announcement {
        body: "The old API ends on **1 December**.".to_owned(),
        body_html: "<p>The old API ends on <strong>1 December</strong>.</p>".to_owned(),
    });
    snapshot
}

#[test]
fn hidden_components_stay_hidden_and_the_announcement_stands_everywhere() {
    let (snapshot, host) = (with_hidden(), host());
    let plain = RenderOptions::new(Language::En);
    for (page, which) in [
        (search(&snapshot, "hidden"), "search"),
        (markdown(&snapshot, &host, plain), "status.md"),
        (text(&snapshot, &host, plain), "status.txt"),
    ] {
        assert!(
            !page.contains("Hidden one") && !page.contains("Frankfurt"),
            "{which}: {page}"
        );
        assert!(!page.contains("Hidden group"), "{which}: {page}");
        assert!(page.contains("Shown, not hidden"), "{which}: {page}");
        assert!(page.contains("The old API ends on"), "{which}: {page}");
    }
}

#[test]
fn search_holds_what_is_open_before_what_is_over_and_what_is_planned() {
    let mut snapshot = busy();
    snapshot.incidents = (0..60)
        .map(|nth| {
            incident(
                1_000 + nth,
                "Works: over",
                1_000 + nth as i64 * 100,
                Some(990 + nth as i64 * 100),
            )
        })
        .collect();
    snapshot.incidents.push(incident(1, "Works: open", 30 * DAY, None));
    for maintenance in &mut snapshot.maintenances {
        maintenance.name = format!("Works: {}", maintenance.name);
    }
    let page = search(&snapshot, "works");
    let open = page.find("Works: open").expect("the open one is there");
    let runs = page.find("Works: Disks").expect("the one that runs is there");
    assert!(open < page.find("Works: over").expect("others too") && runs < page.find("Works: over").expect("others"));
    let planned = page.find("Works: Daily 00").expect("the next one is there");
    assert!(planned > runs && !page.contains("Works: Daily 59"));
}

/// Resolved, explained, and updated once more without a new state.
fn explained() -> Incident {
    let mut incident = northwind::with_postmortem();
    let mut later = incident.updates[0].clone();
    later.id = id(19);
    later.at = minutes_ago(60);
    later.body_html = "<p>A credit was issued.</p>".to_owned();
    incident.updates.insert(0, later);
    incident
}

#[test]
fn an_update_after_the_postmortem_hides_nothing() {
    let incident = explained();
    let mut snapshot = quiet();
    let page =
        page_render::incident(&Events::of_snapshot(&snapshot), &incident, options(None, None)).expect("it renders");
    let postmortem = between(&page, "<article class=\"postmortem\"", "</article>");
    assert!(postmortem.contains("A certificate had expired"), "{postmortem}");
    assert!(
        page.contains("A credit was issued"),
        "the later update stands among the updates"
    );

    let archive = Archive {
        incidents: vec![incident.clone()],
        maintenances: Vec::new(),
        ..northwind::archive()
    };
    snapshot.past[3].incidents = vec![incident.id.clone()];
    snapshot.incidents = vec![incident.clone()];
    for page in [
        index(&snapshot),
        page_render::month(&archive, None, options(None, None)).expect("it renders"),
        search(&snapshot, &incident.name),
    ] {
        assert!(page.contains("A credit was issued"), "the newest words stand open");
        assert!(page.contains("#postmortem"), "and the postmortem is one click away");
    }
}

/// The words of each past day, newest first.
fn days(page: &str) -> Vec<String> {
    let past = between(page, "<section aria-labelledby=\"past\">", "</main>");
    let days = past.split("class=\"day\"").skip(1);
    days.map(|day| tags::text(&format!("<p {day}")).replace('\u{a0}', " "))
        .collect()
}

#[test]
fn what_is_open_stands_on_each_day() {
    let mut snapshot = quiet();
    snapshot.incidents = vec![incident(1, "Lasts", 20 * DAY, None)];
    let days = days(&index(&snapshot));
    assert_eq!(days.len(), 14, "{days:#?}");
    assert!(days.iter().all(|day| day.contains("Lasts")), "{days:#?}");
}

#[test]
fn what_is_over_stands_on_each_day_that_it_touched() {
    let mut snapshot = quiet();
    // From 19 November, 14:32, to 22 November, 14:02.
    let over = incident(501, "Three days", 3 * DAY, Some(30));
    for day in &mut snapshot.past[0..4] {
        day.incidents = vec![over.id.clone()];
    }
    snapshot.incidents = vec![over];
    let page = index(&snapshot);
    let days = days(&page);
    assert_eq!(days.len(), 5, "{days:#?}");
    assert!(days[..4].iter().all(|day| day.contains("Three days")), "{days:#?}");
    assert!(
        days[0].contains("Over.") && !days[1].contains("Over."),
        "its end is told where it ended: {days:#?}"
    );
    assert_eq!(
        page.matches(&format!("id=\"{}\"", id(501))).count(),
        1,
        "an id stands once"
    );
}

fn months(month: &str, incidents: Vec<Incident>, maintenances: Vec<Maintenance>) -> String {
    let archive = Archive {
        month: month.to_owned(),
        incidents,
        maintenances,
        ..northwind::archive()
    };
    page_render::month(&archive, None, options(None, None)).expect("it renders")
}

#[test]
fn a_month_shows_the_days_of_it_that_an_event_touched() {
    // From 31 October, 22:00, to 2 November, 01:00.
    let mut over = incident(1, "Over the month", 0, Some(0));
    over.started_at = Stamp::utc(1_793_484_000_000);
    over.resolved_at = Some(Stamp::utc(1_793_581_200_000));
    let days_of = |month| {
        let page = months(month, vec![over.clone()], Vec::new());
        let days = page.split("<h3><time datetime=\"").skip(1);
        days.map(|day| day.split_once('"').expect("it ends").0.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(days_of("2026-10"), ["2026-10-31"]);
    assert_eq!(days_of("2026-11"), ["2026-11-02", "2026-11-01"]);
}

fn maintenance_page(maintenance: &Maintenance) -> String {
    let page =
        page_render::maintenance(&Events::of_snapshot(&quiet()), maintenance, options(None, None)).expect("it renders");
    tags::text(between(&page, "<dl class=\"card\">", "</dl>")).replace('\u{a0}', " ")
}

#[test]
fn a_maintenance_that_ran_at_other_times_tells_both() {
    let mut early = maintenance(9, "Early", MaintenanceStatus::Completed, 180);
    early.began_at = Some(minutes_ago(30));
    early.completed_at = Some(minutes_ago(10));
    early.updates[0].at = minutes_ago(10);
    let words = maintenance_page(&early);
    assert!(
        words.contains("Planned\n22 November 2026, 17:32 UTC\n–\n22 November 2026, 18:32 UTC"),
        "{words}"
    );
    assert!(words.contains("Start\n22 November 2026, 14:02 UTC"), "{words}");
    assert!(words.contains("End\n22 November 2026, 14:22 UTC"), "{words}");
    assert!(words.contains("Duration\n20 min"), "{words}");

    let mut as_planned = early.clone();
    as_planned.starts_at = minutes_ago(30);
    as_planned.ends_at = minutes_ago(10);
    assert!(
        !maintenance_page(&as_planned).contains("Planned"),
        "told once where both are the same"
    );

    let mut late = maintenance(9, "Late", MaintenanceStatus::InProgress, -50);
    late.began_at = Some(minutes_ago(20));
    let words = maintenance_page(&late);
    assert!(words.contains("Start\n22 November 2026, 14:12 UTC"), "{words}");
    assert!(words.contains("Planned end\n22 November 2026, 14:42 UTC"), "{words}");
    assert!(words.contains("Planned\n22 November 2026, 13:42 UTC"), "{words}");

    let page = months("2026-11", Vec::new(), vec![early]);
    assert!(page.contains("14:02"), "filed by what happened");
}

#[test]
fn what_took_seconds_took_less_than_a_minute() {
    for (language, words) in [
        (Language::En, "less than a minute"),
        (Language::De, "weniger als eine Minute"),
        (Language::Fr, "moins d’une minute"),
        (Language::Es, "menos de un minuto"),
        (Language::Pt, "menos de um minuto"),
        (Language::Ja, "1分未満"),
        (Language::Ar, "أقل من دقيقة"),
    ] {
        let mut short = incident(1, "Short", 10, Some(9));
        short.resolved_at = Some(Stamp::utc(minutes_ago(10).at_ms + 59_000));
        let options = RenderOptions::new(language);
        let page = page_render::incident(&Events::of_snapshot(&quiet()), &short, options).expect("it renders");
        assert!(page.replace('\u{a0}', " ").contains(words), "{words}");
    }
}

#[test]
fn a_time_in_utc_has_its_date_where_the_days_differ() {
    let mut late = incident(1, "Late", 0, Some(0));
    // 23 November 2026, 01:30 in Kolkata is 22 November, 20:00 in UTC.
    let kolkata = |at_ms| Stamp {
        at_ms,
        offset_minutes: 330,
    };
    late.started_at = kolkata(1_795_377_600_000);
    late.resolved_at = Some(kolkata(1_795_377_600_000 + 36_000_000));
    let page = page_render::incident(&Events::of_snapshot(&quiet()), &late, options(None, None)).expect("it renders");
    let page = page.replace('\u{a0}', " ");
    assert!(
        page.contains("<small>22 Nov, 20:00 UTC</small>"),
        "the date of another day"
    );
    assert!(page.contains("<small>06:00 UTC</small>"), "none on the same day");
}

#[test]
fn a_range_over_a_change_of_the_clock_names_both_zones() {
    let stamp = |at_ms, offset_minutes| Stamp { at_ms, offset_minutes };
    // New York, 1 November 2026, 00:30 UTC-4 to 01:30 UTC-5: two hours.
    let (from, to) = (stamp(1_793_507_400_000, -240), stamp(1_793_514_600_000, -300));
    let mut fall = maintenance(9, "Fall", MaintenanceStatus::Completed, 0);
    (fall.starts_at, fall.ends_at) = (from, to);
    (fall.began_at, fall.completed_at) = (Some(from), Some(to));
    let page = months("2026-11", Vec::new(), vec![fall.clone()]).replace('\u{a0}', " ");
    assert!(
        page.contains("00:30 UTC−4</time> – ") && page.contains("01:30 UTC−5</time>"),
        "{page}"
    );

    let mut snapshot = quiet();
    fall.status = MaintenanceStatus::Scheduled;
    fall.completed_at = None;
    snapshot.maintenances = vec![fall];
    let xml = rss(&Feed::of_page(&snapshot, &host()));
    let window = between(&xml, "THIS IS A SCHEDULED EVENT", "&lt;/strong&gt;");
    assert!(window.contains("UTC-4 - ") && window.ends_with("UTC-5"), "{window}");
}

#[test]
fn as_of_is_the_clock_of_these_tests() {
    assert_eq!(sortable("Sun, 22 Nov 2026 14:32:00 +0000"), "2026-11-22 14:32:00");
    assert_eq!(AS_OF.at_ms, 1_795_357_920_000);
    let _ = Id::parse("000000000001").expect("an id");
}
