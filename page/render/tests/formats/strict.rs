//! Whatever the names and texts of a page: every format parses, and what was put in comes out.

use page_model::{Host, Language, Snapshot, Stamp, snapshot::Cancelled, status::MaintenanceStatus};
use page_render::{
    RenderOptions,
    formats::{self, Feed, v2},
};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::{
    as_committed::every,
    fixture::{minutes_ago, stress},
    ics, page, random,
};

/// Everything that should not be a name.
const HOSTILE: [&str; 9] = [
    "\"quotes\" & 'apostrophes' <b>",
    "line\r\nBEGIN:VEVENT\r\nX:1",
    "]]></description><script>alert(1)</script>",
    "🔥👨‍👩‍👧 emoji",
    "\u{202e}\u{200f}عربي \u{2066}marks",
    "\u{0}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}",
    "a, b; c \\ d \\n",
    "${x} {{y}} %s \u{2028}\u{2029}",
    "|`*_[x](javascript:alert(1))_*`|",
];

#[test]
fn hostile_names_break_no_format() {
    let long = "W".repeat(10_000);
    for name in HOSTILE.into_iter().chain([long.as_str(), ""]) {
        let snapshot = named(page::full(), name);
        for language in Language::ALL {
            for (format, text) in every(&snapshot, language) {
                parses(format, &text).unwrap_or_else(|error| panic!("{format} of {name:?}: {error}\n{text}"));
            }
        }
    }
}

#[test]
fn names_survive_feeds_and_calendar() {
    for name in HOSTILE {
        let snapshot = named(page::full(), name);
        let events = snapshot.incidents.len() + snapshot.maintenances.len();
        let host = page::requested_host();
        let feed = Feed::of_page(&snapshot, &host);
        for (xml, entry) in [(formats::rss(&feed), "item"), (formats::atom(&feed), "entry")] {
            let titles = titles(&xml, entry);
            assert_eq!(titles.len(), events, "an {entry} for each event");
            for title in titles {
                assert_eq!(letters(&title), letters(name), "{entry} of {name:?}");
                assert!(!title.contains(['\n', '\r', '\u{202e}', '\u{2066}']), "{title:?}");
            }
        }

        let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
        let events = calendar.events();
        assert_eq!(events.len(), snapshot.maintenances.len() + snapshot.cancelled.len());
        for event in events.values() {
            let summary = ics::unescaped(event.get("SUMMARY").expect("a summary"));
            assert!(!summary.contains('\n'), "{summary:?}");
            assert_eq!(letters(&summary), letters(name));
        }
    }
}

#[test]
fn names_survive_json() {
    for name in HOSTILE {
        let snapshot = named(page::full(), name);
        let summary = v2::summary(&snapshot, &page::requested_host());
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
        assert_eq!(summary["page"]["name"], name);
        for list in ["components", "incidents", "scheduled_maintenances"] {
            let list = summary[list].as_array().expect("a list");
            assert!(!list.is_empty());
            for object in list {
                assert_eq!(object["name"], name);
            }
        }
    }
}

/// As a reader of CommonMark understands it: every name is there, as text and nothing else.
#[test]
fn names_are_text_in_markdown() {
    for name in HOSTILE {
        let mut snapshot = named(page::full(), name);
        for incident in &mut snapshot.incidents {
            incident
                .updates
                .iter_mut()
                .for_each(|update| "Fine.".clone_into(&mut update.body));
        }
        for maintenance in &mut snapshot.maintenances {
            maintenance
                .updates
                .iter_mut()
                .for_each(|update| "Fine.".clone_into(&mut update.body));
        }
        for group in &mut snapshot.groups {
            group
                .components
                .iter_mut()
                .for_each(|component| component.description.clear());
            group.named.iter_mut().for_each(|named| named.description.clear());
        }
        let options = RenderOptions::new(Language::En);
        let markdown = formats::markdown(&snapshot, &page::requested_host(), options);
        let mut text = String::new();
        for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Text(part) => text += &part,
                Event::Html(html) | Event::InlineHtml(html) => panic!("{html:?} of {name:?}"),
                Event::Code(code) => panic!("code {code:?} of {name:?}"),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    assert!(dest_url.starts_with("https://"), "{dest_url:?} of {name:?}");
                }
                _ => {}
            }
        }
        let shown = letters(&text).matches(&letters(name)).count();
        let components: usize = snapshot.groups.iter().map(|group| group.components.len()).sum();
        assert!(shown > components, "{name:?} stands there {shown} times:\n{markdown}");
    }
}

#[test]
fn the_page_of_600_components_is_drawn_in_every_format() {
    for (format, text) in every(&stress::sized(600), Language::En) {
        parses(format, &text).unwrap_or_else(|error| panic!("{format}: {error}"));
    }
}

#[test]
fn no_line_of_the_text_is_wider_than_a_terminal() {
    for name in HOSTILE {
        let text = formats::text(
            &named(page::full(), name),
            &page::requested_host(),
            RenderOptions::new(Language::En),
        );
        for line in text.lines() {
            // An address is never broken: it is there to be opened.
            let is_address = line.trim_start().starts_with("https://");
            let seen = line
                .chars()
                .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{fe0f}'));
            assert!(is_address || seen.count() <= 80, "{line:?}");
        }
    }
}

#[test]
fn calendar_has_revisions_series_alarms_and_cancelled_events() {
    let snapshot = page::full();
    let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
    assert_eq!(calendar.name, "VCALENDAR");
    let events = calendar.events();
    assert_eq!(events.len(), snapshot.maintenances.len() + snapshot.cancelled.len());
    let next = events["000000000105@0123456789ab"];
    assert_eq!(next.get("SEQUENCE"), Some("3"));
    assert_eq!(next.get("REFID"), Some("000000000300@0123456789ab"));
    let triggers: Vec<_> = next.inner.iter().filter_map(|alarm| alarm.get("TRIGGER")).collect();
    assert_eq!(triggers, ["-PT1440M", "-PT60M"]);
    let gone = events["000000000107@0123456789ab"];
    assert_eq!(gone.get("STATUS"), Some("CANCELLED"));
    assert!(gone.inner.is_empty());
}

/// A calendar program knows an event by its UID, and takes what it is told of it with a higher SEQUENCE.
#[test]
fn event_that_changes_keeps_its_uid_in_the_calendar() {
    let before = page::full();
    let mut after = before.clone();
    let moved = &mut after.maintenances[0];
    "Moved".clone_into(&mut moved.name);
    moved.starts_at.at_ms += 3_600_000;
    moved.revision += 1;
    let read = |snapshot| ics::parse(&formats::calendar(snapshot, &page::requested_host(), Language::De));
    let (before, after) = (read(&before), read(&after));
    let (before, after) = (before.events(), after.events());
    assert!(before.keys().eq(after.keys()), "{:?}", after.keys());
    let uid = "000000000105@0123456789ab";
    assert_eq!(before[uid].get("SEQUENCE"), Some("3"));
    assert_eq!(after[uid].get("SEQUENCE"), Some("4"));
    assert_eq!(after[uid].get("SUMMARY"), Some("Moved"));
    assert_ne!(before[uid].get("DTSTART"), after[uid].get("DTSTART"));
}

#[test]
fn a_calendar_of_one_maintenance_is_of_that_one() {
    let snapshot = page::full();
    let read = |id: &str| {
        let id = page_model::Id::parse(id).expect("an id");
        formats::calendar_of(&snapshot, &page::requested_host(), Language::En, &id)
    };
    let one = ics::parse(&read("000000000105").expect("it is to come"));
    let all = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
    let uid = "000000000105@0123456789ab";
    assert_eq!(one.events().len(), 1);
    for name in ["SUMMARY", "DTSTART", "DTEND", "SEQUENCE", "URL"] {
        assert_eq!(one.events()[uid].get(name), all.events()[uid].get(name), "{name}");
    }
    assert_eq!(one.get("METHOD"), Some("PUBLISH"));
    // Nothing to subscribe to.
    assert_eq!(one.get("SOURCE"), None);
    for over in snapshot.maintenances.iter().filter(|one| one.status.is_over()) {
        assert_eq!(read(over.id.as_str()), None, "it is over");
    }
    assert!(snapshot.maintenances.iter().any(|one| one.status.is_over()));
    assert_eq!(read("999999999999"), None);
}

#[test]
fn an_event_without_a_length_has_no_end() {
    let mut snapshot = page::full();
    snapshot.maintenances[0].ends_at = snapshot.maintenances[0].starts_at;
    let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
    assert_eq!(calendar.events()["000000000105@0123456789ab"].get("DTEND"), None);
}

/// RFC 5545, section 3.6: a calendar holds at least one component.
#[test]
fn an_empty_calendar_is_one_all_the_same() {
    let mut snapshot = page::full();
    snapshot.maintenances.clear();
    snapshot.cancelled.clear();
    let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
    let inner: Vec<&str> = calendar.inner.iter().map(|inner| inner.name.as_str()).collect();
    assert_eq!(inner, ["VTIMEZONE"]);
    assert_eq!(calendar.inner[0].get("TZID"), Some("Etc/UTC"));
    assert_eq!(calendar.inner[0].inner[0].name, "STANDARD");
    let full = ics::parse(&formats::calendar(&page::full(), &page::requested_host(), Language::En));
    assert!(full.inner.iter().all(|inner| inner.name == "VEVENT"));
}

#[test]
fn an_event_took_the_time_that_it_took() {
    let mut snapshot = page::full();
    let maintenance = &mut snapshot.maintenances[0];
    maintenance.status = MaintenanceStatus::Completed;
    maintenance.starts_at = minutes_ago(100);
    maintenance.ends_at = minutes_ago(40);
    for (began, completed, start, end) in [
        (None, None, 100, Some(40)),
        (Some(90), None, 90, Some(40)),
        (Some(110), Some(70), 110, Some(70)),
        (None, Some(10), 100, Some(10)),
        // It was ended before it was to begin.
        (None, Some(120), 100, None),
    ] {
        let maintenance = &mut snapshot.maintenances[0];
        maintenance.began_at = began.map(minutes_ago);
        maintenance.completed_at = completed.map(minutes_ago);
        let uid = format!("{}@{}", maintenance.id, snapshot.page.id);
        let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
        let moment = |minutes| {
            let digits: String = formats_iso(minutes_ago(minutes))
                .chars()
                .filter(|c| !"-:".contains(*c))
                .collect();
            digits
        };
        let event = calendar.events()[uid.as_str()];
        let (starts, ends) = (moment(start), end.map(moment));
        assert_eq!(event.get("DTSTART"), Some(starts.as_str()), "{began:?} {completed:?}");
        assert_eq!(event.get("DTEND"), ends.as_deref(), "{began:?} {completed:?}");
    }
}

/// The moment as RFC 3339 tells it in UTC, by its own arithmetic.
fn formats_iso(stamp: Stamp) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(stamp.at_ms / 1_000).expect("a moment");
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// What was said when, when it was corrected and what is shown are three things.
#[test]
fn corrections_move_what_says_when_something_changed() {
    let mut snapshot = page::full();
    let shown = minutes_ago(9_000);
    let (corrected, renamed) = (minutes_ago(3), minutes_ago(2));
    let update = &mut snapshot.incidents[0].updates[0];
    let said = update.at;
    update.displayed_at = Some(shown);
    update.updated_at = Some(corrected);
    snapshot.incidents[0].updated_at = Some(renamed);
    snapshot.maintenances[0].updated_at = Some(renamed);
    let document = |text: String| serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    let incidents = document(v2::incidents(&snapshot, &page::requested_host()));
    let incident = &incidents["incidents"][0];
    let told = |stamp: Stamp| formats_iso(stamp).replace('Z', ".000Z");
    assert_eq!(incident["updated_at"], told(renamed));
    let update = &incident["incident_updates"][0];
    assert_eq!(update["created_at"], told(said));
    assert_eq!(update["updated_at"], told(corrected));
    assert_eq!(update["display_at"], told(shown));
    let maintenance = snapshot.maintenances[0].id.to_string();
    let calendar = ics::parse(&formats::calendar(&snapshot, &page::requested_host(), Language::En));
    let changed: String = formats_iso(renamed).chars().filter(|c| !"-:".contains(*c)).collect();
    let event = calendar.events()[format!("{maintenance}@{}", snapshot.page.id).as_str()];
    assert_eq!(event.get("LAST-MODIFIED"), Some(changed.as_str()));
    assert_eq!(event.get("DTSTAMP"), Some(changed.as_str()));
}

/// Readers know an entry by its id: it stays when the page moves.
#[test]
fn feeds_keep_their_ids_when_the_page_moves() {
    let ids = |snapshot: &Snapshot, host: &Host| {
        let feed = Feed::of_page(snapshot, host);
        let (atom, rss) = (formats::atom(&feed), formats::rss(&feed));
        let mut ids = Vec::new();
        for (text, name) in [(&atom, "id"), (&rss, "guid")] {
            let document = roxmltree::Document::parse(text).expect("XML");
            let found = document
                .descendants()
                .filter(|node| node.has_tag_name(name) || node.tag_name().name() == name);
            ids.extend(found.map(|node| node.text().unwrap_or_default().to_owned()));
        }
        assert!(ids.len() > 4, "{ids:?}");
        ids
    };
    let host = |name: &str| Host::parse(name).expect("a host");
    let mut snapshot = page::full();
    let before = ids(&snapshot, &page::requested_host());
    snapshot.page.first_host = snapshot.page.host.replace(host("status.moved.example"));
    assert_eq!(ids(&snapshot, &page::requested_host()), before);
    assert_eq!(ids(&snapshot, &host("other.example")), before);
    let rss = formats::rss(&Feed::of_page(&snapshot, &page::requested_host()));
    assert!(
        rss.contains("<link>https://status.moved.example/incidents/"),
        "links lead to where the page is"
    );
    assert!(
        rss.contains("<guid isPermaLink=\"false\">"),
        "what leads to no page says so"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_pages_break_no_format(snapshot in random::snapshot(), name in any::<String>(), language in 0..Language::ALL.len()) {
        let snapshot = named(snapshot, &name);
        for (format, text) in every(&snapshot, Language::ALL[language]) {
            prop_assert_eq!(parses(format, &text), Ok(()), "{}", format);
        }
    }
}

/// The page with everything called by this name.
fn named(mut snapshot: Snapshot, name: &str) -> Snapshot {
    snapshot.page.name = name.to_owned();
    snapshot.page.time_zone = name.to_owned();
    snapshot.status.headline = name.to_owned();
    snapshot.archive_months.push(name.to_owned());
    for group in &mut snapshot.groups {
        if let Some(named) = &mut group.named {
            named.name = name.to_owned();
            named.description = name.to_owned();
        }
        for component in &mut group.components {
            component.name = name.to_owned();
            component.description = name.to_owned();
        }
    }
    for incident in &mut snapshot.incidents {
        incident.name = name.to_owned();
        incident
            .components
            .iter_mut()
            .for_each(|touched| touched.name = name.to_owned());
        incident
            .updates
            .iter_mut()
            .for_each(|update| (update.body, update.body_html) = (name.to_owned(), name.to_owned()));
    }
    for maintenance in &mut snapshot.maintenances {
        maintenance.name = name.to_owned();
        maintenance
            .components
            .iter_mut()
            .for_each(|touched| touched.name = name.to_owned());
        maintenance
            .updates
            .iter_mut()
            .for_each(|update| (update.body, update.body_html) = (name.to_owned(), name.to_owned()));
    }
    let stamp = snapshot.as_of;
    snapshot.cancelled = vec![Cancelled {
        id: crate::fixture::id(999),
        name: name.to_owned(),
        starts_at: stamp,
        ends_at: stamp,
        cancelled_at: stamp,
        revision: 1,
    }];
    snapshot
}

/// The title of every entry of a feed.
fn titles(xml: &str, entry: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).expect("XML");
    let entries = document.descendants().filter(|node| node.tag_name().name() == entry);
    let titles = entries.map(|entry| {
        let mut inner = entry.children().filter(|node| node.tag_name().name() == "title");
        inner.next().expect("a title").text().unwrap_or_default().to_owned()
    });
    titles.collect()
}

/// What is left of a text when it is set in one line: every letter, without spaces, control and direction marks.
fn letters(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}');
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_mark(*c))
        .collect()
}

/// Reads a format back with a strict parser.
fn parses(format: &str, text: &str) -> Result<(), String> {
    let kind = format.rsplit('.').next().unwrap_or_default();
    match kind {
        "json" => serde_json::from_str::<serde_json::Value>(text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "rss" | "atom" | "svg" | "xml" => roxmltree::Document::parse(text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "ics" => {
            ics::parse(text);
            Ok(())
        }
        _ => match text.chars().find(|c| c.is_control() && !matches!(c, '\n')) {
            Some(c) => Err(format!("{c:?} is a control character")),
            None => Ok(()),
        },
    }
}
