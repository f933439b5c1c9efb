//! What somebody who is worried asks of a page: how bad is it and since when, does it hit me, is it true now, what was before.

mod fixture;
mod tags;

use fixture::{AS_OF, id, minutes_ago, northwind, options, stress};
use page_model::{
    Language, Snapshot, Stamp,
    snapshot::{Incident, Touched},
    status::{Impact, IncidentStatus, Status},
};
use page_render::{Events, RenderOptions, embed, group, history, incident, index, maintenance, month, search, uptime};
use tags::{between, words};

const DAY: i64 = 1_440;

fn drawn(snapshot: &Snapshot) -> String {
    index(snapshot, options(None, None)).expect("a page")
}

fn late(snapshot: &Snapshot) -> String {
    index(snapshot, options(Some(minutes_ago(-40)), None)).expect("a page")
}

/// What stands above the headline and in it, as it is read.
fn head(page: &str) -> String {
    words(between(page, "<div class=\"headline\">", "</h1>"))
}

/// An open incident of the outage, the critical one.
fn outage_of(impact: Impact, started: i64) -> Incident {
    let mut incident = northwind::outage().incidents.remove(0);
    incident.impact = impact;
    incident.started_at = minutes_ago(started);
    incident
}

#[test]
fn every_page_has_the_same_navigation() {
    let snapshot = northwind::full();
    let events = Events::of_snapshot(&snapshot);
    let named = snapshot.groups.iter().find_map(|one| one.named.as_ref());
    for language in Language::ALL {
        for keeps_language in [false, true] {
            let options = RenderOptions {
                keeps_language,
                ..RenderOptions::new(language)
            };
            let lang = if keeps_language {
                format!("?lang={}", language.tag())
            } else {
                String::new()
            };
            let pages = [
                ("/", index(&snapshot, options)),
                (
                    "",
                    group(&snapshot, &named.expect("a group").id, options).expect("it is shown"),
                ),
                ("/history", history(&snapshot, None, options)),
                ("", month(&northwind::archive(), None, options)),
                ("/uptime", uptime(&snapshot, options)),
                ("", search(&snapshot, "api", options)),
                ("", incident(&events, &snapshot.incidents[0], options)),
                ("", maintenance(&events, &snapshot.maintenances[0], options)),
                ("/history", history(&northwind::empty(), None, options)),
            ];
            for (path, page) in pages {
                let page = page.expect("a page");
                let top = between(&page, "<header class=\"top\">", "</header>");
                let links: Vec<&str> = top
                    .split("href=\"")
                    .skip(1)
                    .map(|rest| rest.split('"').next().expect("an address"))
                    .collect();
                let own = [
                    "/",
                    "/history",
                    "/uptime",
                    "/history.rss",
                    "/history.atom",
                    "/calendar.ics",
                ];
                for address in own.map(|address| format!("{address}{lang}")) {
                    assert_eq!(
                        links.iter().filter(|link| **link == address).count(),
                        1,
                        "{address} in {top}"
                    );
                }
                let current = top
                    .split("href=\"")
                    .skip(1)
                    .find(|rest| rest.contains("aria-current=\"page\""));
                let current = current.map_or("", |rest| rest.split(['"', '?']).next().expect("an address"));
                assert_eq!(current, path, "{top}");
            }
        }
    }
}

#[test]
fn an_incident_leads_to_those_before_and_after_it() {
    let mut snapshot = northwind::outage();
    snapshot.incidents = (0..60)
        .map(|nth| Incident {
            id: id(300 + nth),
            name: format!("Incident {nth:02}"),
            ..outage_of(Impact::Minor, 60 * nth as i64)
        })
        .collect();
    let events = Events::of_snapshot(&snapshot);
    let pager = |nth: usize| {
        let page = incident(&events, &snapshot.incidents[nth], options(None, None)).expect("a page");
        words(between(&page, "<nav class=\"pager\"", "</nav>"))
    };
    assert!(
        pager(1).contains("Previous incident Incident 02") && pager(1).contains("Next incident Incident 00"),
        "{}",
        pager(1)
    );
    assert!(!pager(0).contains("Next incident"));
    // From the fiftieth on a snapshot has those only that were told last: others may stand between them.
    assert!(pager(48).contains("Incident 49") && !pager(49).contains("Previous incident"));
    assert!(!pager(55).contains("incident"), "{}", pager(55));

    let mut archive = northwind::archive();
    archive.incidents = [(1, 2 * DAY), (2, 5 * DAY), (3, 40 * DAY)]
        .map(|(nth, started)| Incident {
            id: id(300 + nth),
            name: format!("Incident {nth:02}"),
            ..outage_of(Impact::Minor, started)
        })
        .to_vec();
    let events = Events::of_archive(&archive);
    let page = incident(&events, &archive.incidents[1], options(None, None)).expect("a page");
    let pager = words(between(&page, "<nav class=\"pager\"", "</nav>"));
    assert!(
        pager.contains("Next incident Incident 01") && !pager.contains("Incident 03"),
        "{pager}"
    );
}

/// A page is read long after the last change: what it says of a length of time is the least.
#[test]
fn the_headline_says_how_bad_it_is_and_since_when() {
    let mut snapshot = northwind::outage();
    let page = |incidents: Vec<Incident>, snapshot: &mut Snapshot| {
        snapshot.incidents = incidents;
        head(&drawn(&fixture::assessed(snapshot.clone())))
    };
    let said = page(vec![outage_of(Impact::Critical, 9 * 60 + 25)], &mut snapshot);
    assert!(
        said.starts_with("Critical impact ongoing for over 9 h started 05:07 UTC"),
        "{said}"
    );
    let said = page(vec![outage_of(Impact::Major, 3 * DAY + 120)], &mut snapshot);
    assert!(
        said.starts_with("Major impact ongoing for over 3 days started 19 Nov, 12:32 UTC"),
        "{said}"
    );
    let said = page(vec![outage_of(Impact::Minor, 59)], &mut snapshot);
    assert!(said.starts_with("Minor impact ongoing for over 59 min"), "{said}");
    let said = page(vec![outage_of(Impact::None, 0)], &mut snapshot);
    assert!(said.starts_with("ongoing started 14:32 UTC"), "{said}");
    let said = page(
        vec![outage_of(Impact::Minor, 300), outage_of(Impact::Critical, 10)],
        &mut snapshot,
    );
    assert!(
        said.starts_with("Critical impact 2 open incidents ongoing for over 5 h started 09:32 UTC"),
        "{said}"
    );
    assert!(!head(&drawn(&northwind::calm())).contains("ongoing"));
}

#[test]
fn open_incidents_stand_by_severity_and_then_by_time() {
    let mut snapshot = northwind::outage();
    let told = [
        (Impact::Minor, 1),
        (Impact::Critical, 500),
        (Impact::Major, 20),
        (Impact::Critical, 10),
        (Impact::None, 0),
    ];
    snapshot.incidents = told
        .iter()
        .zip(0..)
        .map(|((impact, started), nth)| Incident {
            id: id(300 + nth),
            ..outage_of(*impact, *started)
        })
        .collect();
    let page = drawn(&fixture::assessed(snapshot));
    let order: Vec<&str> = page
        .split("<article class=\"card report ")
        .skip(1)
        .take(5)
        .map(|card| &card[..card.find("</h2>").expect("a title")])
        .collect();
    let ids: Vec<&str> = order.iter().map(|card| between(card, "id=\"", "\"")).collect();
    assert_eq!(
        ids,
        [303, 301, 302, 300, 304].map(|number| id(number).to_string()),
        "{order:?}"
    );
    for (card, tone) in order.iter().zip(["down", "down", "partial", "slow", "planned"]) {
        assert!(
            card.starts_with(&format!("{tone}\"")) && card.contains("<h2><i></i><a"),
            "{card}"
        );
    }
}

/// In every list a shape stands before the name, and only what goes on has a colour.
#[test]
fn what_is_open_never_looks_like_what_is_over() {
    let mut snapshot = northwind::calm();
    snapshot.incidents.insert(
        0,
        Incident {
            components: Vec::new(),
            ..outage_of(Impact::Critical, 2 * DAY)
        },
    );
    let page = drawn(&fixture::assessed(snapshot.clone()));
    let past = page.split("id=\"past\"").nth(1).expect("the last days");
    assert_eq!(
        past.matches("<p class=\"down\"><i></i><b>Ongoing:</b> <a").count(),
        3,
        "{past}"
    );
    assert_eq!(past.matches("class=\"report partial over\"").count(), 1, "{past}");
    assert_eq!(past.matches("<h4><i></i><a").count(), past.matches("<h4>").count());
    let found = search(&snapshot, "e", options(None, None)).expect("a page");
    assert!(
        found.contains("<article class=\"card report down\"")
            && found.contains("<article class=\"card report slow over\"")
    );
}

#[test]
fn affected_components_stand_with_their_state_the_worst_first() {
    let page = drawn(&northwind::outage());
    let card = between(&page, "<article class=\"card report down\"", "</article>");
    let list = between(card, "<ul class=\"touched\"", "</ul>");
    assert_eq!(
        words(&format!("<ul{list}</ul>")),
        "API Platform Major outage Frankfurt Regions Partial outage"
    );
    for number in [1, 5] {
        assert!(list.contains(&format!("href=\"#{}\"", id(number))), "{list}");
        assert!(page.contains(&format!("<li id=\"{}\">", id(number))));
    }
    // On its own page the address names the page that has the component.
    let outage = northwind::outage();
    let own = incident(&Events::of_snapshot(&outage), &outage.incidents[0], options(None, None)).expect("a page");
    assert!(own.contains(&format!("href=\"/#{}\"", id(5))), "{own}");
    // What is over says nothing of how its components are at present.
    let calm = northwind::calm();
    let over = incident(&Events::of_snapshot(&calm), &calm.incidents[0], options(None, None)).expect("a page");
    assert!(!over.contains("class=\"touched\"") && over.contains("Integrations - Slack"));
}

#[test]
fn a_component_that_is_gone_keeps_its_name_and_many_are_counted() {
    let mut snapshot = stress::sized(320);
    let all = snapshot.groups.iter().flat_map(|group| &group.components);
    let mut touched: Vec<Touched> = all
        .map(|one| Touched {
            id: one.id.clone(),
            name: one.name.clone(),
        })
        .collect();
    touched.insert(
        0,
        Touched {
            id: id(77_777),
            name: "Gone - Long ago".to_owned(),
        },
    );
    touched.push(touched[5].clone());
    snapshot.incidents = vec![Incident {
        components: touched.clone(),
        ..outage_of(Impact::Major, 60)
    }];
    let snapshot = fixture::assessed(snapshot);
    let page = drawn(&snapshot);
    let list = between(&page, "<ul class=\"touched\"", "</ul>");
    assert_eq!(
        list.matches("<li").count(),
        13,
        "twelve and the number of the others: {list}"
    );
    assert!(list.contains("309 more"), "{list}");
    // A group of a large page in which all is well has a page of its own.
    let own = incident(
        &Events::of_snapshot(&snapshot),
        &snapshot.incidents[0],
        options(None, None),
    )
    .expect("a page");
    let list = between(&own, "<ul class=\"touched\"", "</ul>");
    assert_eq!(list.matches("<li").count(), 321);
    assert!(list.contains("Gone - Long ago") && list.contains("href=\"/groups/"));
}

#[test]
fn a_late_page_shows_neither_a_tick_nor_another_verdict() {
    for language in Language::ALL {
        for snapshot in [northwind::calm(), northwind::outage(), northwind::maintenance()] {
            let options = RenderOptions {
                delayed_since: Some(minutes_ago(-40)),
                ..RenderOptions::new(language)
            };
            for page in [index(&snapshot, options), embed(&snapshot, None, options)] {
                let page = page.expect("a page");
                let icon = page
                    .split("rel=\"icon\" href=\"")
                    .nth(1)
                    .map(|rest| rest.split('"').next().expect("an address"));
                assert!(page.contains("class=\"unknown\""), "{page}");
                assert!(!between(&page, "<h1", "</h1>").contains("fine"));
                assert!(icon.is_none_or(|icon| icon.contains("%23868d95")), "{icon:?}");
            }
        }
    }
    let page = late(&northwind::calm());
    assert!(
        head(&page).starts_with("Last known state 22 Nov, 15:12 UTC All systems operational"),
        "{}",
        head(&page)
    );
    assert!(page.contains("<title>Last known state: All systems operational"));
    assert!(page.contains("Updates to this page are delayed."));
}

/// When something changed last and whether that still holds are two facts.
#[test]
fn a_timely_page_says_when_it_changed_and_that_it_was_checked() {
    let mut snapshot = northwind::calm();
    snapshot.as_of = Stamp {
        at_ms: AS_OF.at_ms - 77 * 60_000,
        ..AS_OF
    };
    let tally = words(between(
        &drawn(&snapshot),
        "<summary class=\"tally ago\">",
        "</summary>",
    ));
    assert_eq!(
        tally,
        "11 of 11 components operational Last change 22 Nov, 13:15 UTC checked on loading"
    );
    let tally = words(between(&late(&snapshot), "<summary class=\"tally ago\">", "</summary>"));
    assert!(!tally.contains("checked"), "{tally}");
}

#[test]
fn what_is_over_stays_over_on_a_late_page_and_what_is_open_is_not_judged() {
    let snapshot = northwind::outage();
    let events = Events::of_snapshot(&snapshot);
    let late = options(Some(AS_OF), None);
    for one in &snapshot.incidents {
        let page = incident(&events, one, late).expect("a page");
        let tone = if one.status.is_over() { "fine" } else { "unknown" };
        assert!(page.contains(&format!("<h1 class=\"{tone}\" id=")), "{page}");
    }
    assert!(
        snapshot
            .incidents
            .iter()
            .any(|one| one.status == IncidentStatus::Resolved)
    );
    let named = snapshot.groups[2].named.as_ref().expect("a group");
    assert_eq!(snapshot.groups[2].status, Status::UnderMaintenance);
    let page = group(&snapshot, &named.id, late).expect("it is shown").expect("a page");
    assert!(page.contains("<h1 class=\"unknown\" id="));
}
