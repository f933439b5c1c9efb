//! What is found in months that the page no longer shows, what a component's calendar says of its days, and what is told of
//! a page beside a link.

mod fixture;
mod tags;

use fixture::{bars, id, minutes_ago, northwind, options};
use page_model::{
    Archive, Language, Snapshot,
    limits::RECENT_EVENTS_MAX,
    snapshot::{DayLevel, Incident, Run, Uptime},
    status::IncidentStatus,
};
use page_render::{RenderOptions, earlier_results, formats, index, search, uptime, uptime_of};
use serde_json::{Value, json};
use tags::{between, mistakes, words};

const DAY: i64 = 1_440;

/// Over unless `ended` is `None`; the page is of 22 November 2026.
fn incident(number: usize, name: &str, started: i64, ended: Option<i64>) -> Incident {
    let mut incident = northwind::with_postmortem();
    incident.id = id(number);
    incident.name = name.to_owned();
    incident.started_at = minutes_ago(started);
    incident.resolved_at = ended.map(minutes_ago);
    incident.status = match ended {
        Some(_) => IncidentStatus::Resolved,
        None => IncidentStatus::Identified,
    };
    incident.updates.truncate(1);
    incident.updates[0].body = format!("The **cable** number {number}x was cut.");
    incident
}

fn month(month: &str, older: Option<&str>, incidents: Vec<Incident>) -> Archive {
    Archive {
        month: month.to_owned(),
        older: older.map(str::to_owned),
        incidents,
        maintenances: Vec::new(),
        ..northwind::archive()
    }
}

fn recent(count: usize) -> Snapshot {
    let mut snapshot = northwind::calm();
    snapshot.maintenances.clear();
    // Each a day before the last one, so that the fiftieth is of 4 October.
    snapshot.incidents = (0..count as i64)
        .map(|nth| {
            incident(
                1_000 + nth as usize,
                &format!("Late mails {nth}."),
                nth * DAY,
                Some(nth * DAY - 60),
            )
        })
        .collect();
    snapshot
}

fn found(page: &str) -> Vec<String> {
    let cards = page.split("<article class=\"card report").skip(1);
    cards.map(|card| words(between(card, "<h2>", "</h2>"))).collect()
}

fn results(months: &[Archive], query: &str) -> String {
    let page = earlier_results(months, query, options(None, None)).expect("a page");
    assert_eq!(mistakes(&page), Vec::<String>::new());
    page
}

#[test]
fn search_finds_what_an_update_says() {
    let snapshot = recent(3);
    for (query, count) in [
        ("CABLE 1002x", 1),
        ("cable", 3),
        ("late cable", 3),
        ("late 1001x mails", 1),
        ("teapot", 0),
    ] {
        let page = search(&snapshot, query, options(None, None)).expect("a page");
        assert_eq!(found(&page).len(), count, "{query}");
    }
}

/// A snapshot with fewer events than it keeps whatever their age has all that ever was.
#[test]
fn search_goes_on_where_the_snapshot_ends() {
    let link = "<p class=\"more\"><a href=\"/search?month=2026-10&amp;q=late%20mails\" rel=\"next\">";
    let few = search(&recent(RECENT_EVENTS_MAX - 1), "late mails", options(None, None)).expect("a page");
    assert!(!few.contains("rel=\"next\""), "nothing is earlier");
    assert_eq!(found(&few).len(), RECENT_EVENTS_MAX - 1);

    let mut many = recent(RECENT_EVENTS_MAX + 5);
    many.incidents
        .push(incident(1, "Late mails, open for long", 80 * DAY, None));
    let page = search(&many, "late mails", options(None, None)).expect("a page");
    assert!(
        page.contains(link) && page.contains("Search earlier months: October 2026"),
        "{page}"
    );
    // What is open for longer is here as well.
    assert_eq!(found(&page)[0], "Late mails, open for long");
    let german = RenderOptions {
        keeps_language: true,
        ..RenderOptions::new(Language::De)
    };
    let page = search(&many, "late mails", german).expect("a page");
    assert!(
        page.contains("href=\"/search?lang=de&amp;month=2026-10&amp;q=late%20mails\""),
        "{page}"
    );
    let nothing = search(&many, "", options(None, None)).expect("a page");
    assert!(!nothing.contains("rel=\"next\""), "nothing is searched for");
}

#[test]
fn each_event_is_found_in_the_month_in_which_it_began() {
    let long = incident(2, "Late mails for weeks", 60 * DAY, Some(20 * DAY));
    let months = [
        month(
            "2026-10",
            Some("2026-09"),
            vec![
                incident(1, "Late mails, open for long", 40 * DAY, None),
                incident(3, "Late mails", 45 * DAY, Some(44 * DAY)),
                incident(4, "Fast mails", 45 * DAY, Some(44 * DAY)),
                long.clone(),
            ],
        ),
        month("2026-09", Some("2026-07"), vec![long]),
    ];
    let page = results(&months, "late");
    assert_eq!(found(&page), ["Late mails", "Late mails for weeks"]);
    assert!(
        words(&page).contains("2 results · September 2026 – October 2026"),
        "{}",
        words(&page)
    );
    assert!(
        page.contains("<a href=\"/search?month=2026-07&amp;q=late\" rel=\"next\">"),
        "{page}"
    );
    // Another language keeps words and month.
    assert!(page.contains("?month=2026-10&amp;q=late&amp;lang=de\""), "{page}");
    let last = results(&[month("2020-01", None, Vec::new())], "late");
    assert!(!last.contains("rel=\"next\"") && words(&last).contains("No results · January 2020"));
    let html = results(&months, "<u>\"&late");
    assert!(!html.contains("<u>") && html.contains("q=%3Cu%3E%22%26late"), "{html}");
}

/// Full months end a page, and a month that is more than full says so.
#[test]
fn a_page_of_earlier_results_ends_behind_a_month() {
    let full = |name: &str, older, days: i64, count: usize| {
        let incidents = (0..count).map(|nth| incident(nth, "Late", days * DAY + nth as i64, Some(days * DAY - 5)));
        month(name, older, incidents.collect())
    };
    let months = [
        full("2026-10", Some("2026-09"), 40, 12),
        full("2026-09", Some("2026-08"), 70, 12),
        full("2026-08", None, 100, 12),
    ];
    let page = results(&months, "late");
    assert_eq!(found(&page).len(), 24);
    assert!(page.contains("/search?month=2026-08&amp;q=late"), "{page}");
    let page = results(&[full("2026-10", None, 40, 60)], "late");
    assert_eq!(found(&page).len(), 50);
    assert!(words(&page).contains("10 more results are not shown."));
}

fn with_uptime(uptime: Uptime) -> Snapshot {
    let mut snapshot = northwind::calm();
    snapshot.incidents.clear();
    snapshot.groups[0].components[0].uptime = Some(uptime);
    snapshot
}

/// The texts of the cells of a month, a row for each week.
fn weeks(page: &str, month: &str) -> Vec<String> {
    let table = between(page, &format!("<caption>{month}</caption>"), "</table>");
    let body = between(table, "<tbody>", "</tbody>");
    let rows = body.split("<tr>").skip(1);
    let cell = |cell: &str| words(&format!("<p{cell}")).trim().to_owned();
    rows.map(|row| row.split("<td").skip(1).map(cell).collect::<Vec<_>>().join(","))
        .collect()
}

#[test]
fn a_component_has_a_calendar_of_its_days() {
    let mut days = bars::of_days(vec![
        bars::bad_day(85, DayLevel::MajorOutage, 60),
        bars::bad_day(50, DayLevel::PartialOutage, 30),
    ]);
    let first = days.runs[0];
    days.runs[0].days -= 10;
    days.runs.insert(
        0,
        Run {
            days: 10,
            level: DayLevel::NoHistory,
        },
    );
    assert!(first.days > 10);
    let mut snapshot = with_uptime(days);
    let mut told = incident(301, "Ships collide", 4 * DAY, Some(4 * DAY - 60));
    told.components[0].id = id(1);
    snapshot.incidents = vec![told];
    let page = uptime_of(&snapshot, Some(&id(1)), options(None, None)).expect("a page");
    assert_eq!(mistakes(&page), Vec::<String>::new());
    // The 22nd of November 2026, a Sunday, is the day that the page is of; weeks begin with it in English.
    assert_eq!(
        weeks(&page, "November 2026"),
        ["1,2,3,4,5,6,7", "8,9,10,11,12,13,14", "15,16,17,18,19,20,21", "22"]
    );
    assert_eq!(weeks(&page, "August 2026")[0], ",,25,26,27,28,29");
    assert!(
        page.contains("<td class=\"down\"><a href=\"#2026-11-18\">18<i></i></a>"),
        "{page}"
    );
    assert!(page.contains("<td class=\"partial\"><a href=\"#2026-10-14\">"));
    assert!(page.contains("<td>25</td>"), "nothing is known of that day");
    assert!(page.contains("<td class=\"fine\">4</td>"));
    let told = between(&page, "id=\"2026-11-18\">", "</li>");
    assert!(
        words(told).ends_with("Major outage 1 h · Ships collide"),
        "{}",
        words(told)
    );
    let german = uptime_of(&snapshot, Some(&id(1)), RenderOptions::new(Language::De)).expect("a page");
    assert_eq!(weeks(&german, "November 2026")[0], ",,,,,,1");
    for language in Language::ALL {
        let page = uptime_of(&snapshot, Some(&id(1)), RenderOptions::new(language)).expect("a page");
        let heads = between(&page, "<caption>", "</thead>")
            .matches("<th scope=\"col\">")
            .count();
        assert_eq!(heads, 7, "{language:?}");
    }
    // The rows of the others are one click away, and nobody else is on the page.
    assert!(page.contains("<a href=\"/uptime\">All components</a>") && !page.contains(&format!("#{}\"", id(2))));
    let all = uptime(&snapshot, options(None, None)).expect("a page");
    assert!(all.contains(&format!("<a href=\"/uptime?component={}\">", id(1))) && !all.contains("<caption>"));
    let unknown = uptime_of(&snapshot, Some(&id(99_999)), options(None, None)).expect("a page");
    assert_eq!(unknown, all);
}

#[test]
fn programs_read_the_same_figures() {
    let mut snapshot = with_uptime(bars::of_days(vec![bars::bad_day(85, DayLevel::MajorOutage, 60)]));
    snapshot.groups[0].components[0].name = "A \"quoted\" \\ name\n".to_owned();
    let figures = snapshot.groups[0].components[0].uptime.as_mut().expect("uptime");
    (figures.up_millionths, figures.up_60_millionths) = (999_537, 90_001);
    snapshot.groups[0].components[1].uptime = None;
    let host = snapshot.page.host.clone().expect("a host");
    let document: Value = serde_json::from_str(&formats::uptime(&snapshot, &host)).expect("JSON");
    let components = document["components"].as_array().expect("a list");
    let shown = snapshot.groups.iter().flat_map(|group| &group.components);
    assert_eq!(components.len(), shown.filter(|one| one.uptime.is_some()).count());
    assert_eq!(
        components[0],
        json!({
            "id": id(1), "name": "A \"quoted\" \\ name\n",
            "group_id": snapshot.groups[0].named.as_ref().map(|named| &named.id),
            "percent_90_days": 99.9537, "percent_60_days": 9.0001, "percent_30_days": 100.0,
            "days": [{
                "date": "2026-11-18", "major_outage_minutes": 60, "partial_outage_minutes": 0,
                "degraded_performance_minutes": 0, "under_maintenance_minutes": 0,
            }],
        })
    );
    assert_eq!(document["page"]["name"], "Northwind");
    snapshot.groups.clear();
    let empty: Value = serde_json::from_str(&formats::uptime(&snapshot, &host)).expect("JSON");
    assert_eq!(empty["components"], json!([]));
}

#[test]
fn links_are_shown_with_a_picture_only_where_strangers_see_it() {
    let mut snapshot = northwind::incident();
    let picture = format!(
        "<meta property=\"og:image\" content=\"https://status.northwind.example/preview.png?v={}\">",
        snapshot.as_of.at_ms / 1_000
    );
    let drawn = |snapshot: &Snapshot| index(snapshot, options(None, None)).expect("a page");
    let public = drawn(&snapshot);
    assert!(public.contains(&picture) && public.contains("oembed"), "{public}");
    assert!(public.contains("<meta name=\"twitter:card\" content=\"summary_large_image\">"));
    snapshot.page.branding.previewed = false;
    let private = drawn(&snapshot);
    assert!(
        !private.contains("og:") && !private.contains("oembed") && !private.contains("twitter:"),
        "{private}"
    );
}

#[test]
fn an_event_is_described_by_its_newest_update() {
    let snapshot = northwind::incident();
    let events = page_render::Events::of_snapshot(&snapshot);
    let mut told = northwind::with_postmortem();
    let described = |told: &Incident| {
        let page = page_render::incident(&events, told, options(None, None)).expect("a page");
        between(&page, "<meta property=\"og:description\" content=\"", "\">").to_owned()
    };
    told.updates[0].body_html = "<p>A &amp; <b>B</b> are back.</p>\n<ul><li>Nothing is lost</li></ul>".to_owned();
    assert_eq!(described(&told), "A &amp; B are back. - Nothing is lost");
    told.updates[0].body_html = format!("<p>{}</p>", "long ".repeat(100));
    let long = described(&told);
    assert!(long.ends_with("long…") && long.chars().count() <= 200, "{long}");
    told.updates.clear();
    assert!(described(&told).ends_with(": status, updates and affected components."));
}
