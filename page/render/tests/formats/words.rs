//! What publishers write, where no markup is shown: words in one piece, names as names, numbers as people write them.

use page_model::{
    Language, Snapshot,
    snapshot::{Link, Update},
};
use page_render::{
    RenderOptions,
    formats::{self, Feed},
    index,
};
use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::{fixture::northwind, ics, page};

/// A text as the origin renders it, and its words.
const HTML: &str = "<h3>Plan</h3>\n<p>We <strong>move</strong> &lt;db&gt; &amp; more.<br>\nSee <a href=\"https://a.example/x\" \
                    rel=\"nofollow noopener\">the plan</a>.</p>\n<ul>\n<li>eu</li>\n<li>us</li>\n</ul>";
const MARKDOWN: &str = "# Plan\nWe **move** <db> &amp; more.\nSee [the plan](https://a.example/x).\n\n- eu\n- us";
const LINES: [&str; 5] = [
    "Plan",
    "We move <db> & more.",
    "See the plan (https://a.example/x).",
    "- eu",
    "- us",
];

#[test]
fn the_calendar_describes_in_words() {
    let calendar = ics::parse(&formats::calendar(&written(), &page::requested_host(), Language::En));
    let event = calendar.events()["000000000105@0123456789ab"];
    let description = ics::unescaped(event.get("DESCRIPTION").expect("a description"));
    let expected = "Plan\n\nWe move <db> & more.\nSee the plan (https://a.example/x).\n\n- eu\n- us\n\nComponents: ";
    assert!(description.starts_with(expected), "{description}");
}

#[test]
fn the_text_for_terminals_tells_in_words() {
    let text = formats::text(&written(), &page::requested_host(), RenderOptions::new(Language::En));
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    assert!(lines.windows(LINES.len()).any(|lines| lines == LINES), "{text}");
    assert!(!text.contains("**") && !text.contains("]("), "{text}");
}

#[test]
fn previews_describe_the_page_in_words_of_one_line() {
    let page = index(&written(), RenderOptions::new(Language::En)).expect("a page");
    let expected =
        "content=\"Plan We move &lt;db&gt; &amp; more. See the plan (https:&#x2f;&#x2f;a.example&#x2f;x). - eu - us\"";
    for name in ["name=\"description\"", "property=\"og:description\""] {
        assert!(page.contains(&format!("<meta {name} {expected}>")), "{name}: {page}");
    }
}

/// The names of Markdown's own marks, as names.
#[test]
fn names_stay_names_in_markdown() {
    for name in [
        "1. Frontend",
        "2) b",
        "- minus",
        "+ plus",
        "* star",
        "# x",
        "> y",
        "```",
        "---",
        "&amp;",
        "a\\",
        "<b>",
        "1.",
    ] {
        assert_eq!(components(&called(name)), [name, name], "{}", markdown(&called(name)));
    }
}

#[test]
fn a_component_after_a_group_is_none_of_it_in_markdown() {
    let mut snapshot = northwind::calm();
    snapshot.groups.truncate(2);
    snapshot.groups[1].named = None;
    let group = snapshot.groups[0].named.as_ref().expect("a group").name.clone();
    let text = markdown(&snapshot);
    let mut inside = vec![];
    let mut of: Vec<(String, Vec<String>)> = Vec::new();
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::Item) => inside.push(String::new()),
            Event::Text(text) if !inside.is_empty() => {
                inside.last_mut().expect("an item").push_str(&text);
                let path: Vec<String> = inside
                    .iter()
                    .map(|item| item.split(": ").next().unwrap_or_default().to_owned())
                    .collect();
                match path.split_last() {
                    Some((own, above)) if of.last().is_none_or(|(last, _)| !own.starts_with(last)) => {
                        of.push((own.clone(), above.to_vec()));
                    }
                    Some((own, above)) => *of.last_mut().expect("one") = (own.clone(), above.to_vec()),
                    None => {}
                }
            }
            Event::End(TagEnd::Item) => drop(inside.pop()),
            _ => {}
        }
    }
    let above = |name: &str| of.iter().find(|(own, _)| own == name).map(|(_, above)| above.clone());
    for component in &snapshot.groups[0].components {
        assert_eq!(above(&component.name), Some(vec![group.clone()]), "{text}");
    }
    for component in &snapshot.groups[1].components {
        assert_eq!(above(&component.name), Some(vec![]), "{text}");
    }
}

#[test]
fn nothing_is_less_than_zero_that_is_shown_as_zero() {
    for (number, decimals, shown) in [
        (-0.4, 0, "0"),
        (-0.001, 2, "0.00"),
        (-0.0, 1, "0.0"),
        (-0.6, 0, "-1"),
        (-0.05, 2, "-0.05"),
    ] {
        let mut snapshot = northwind::calm();
        snapshot.metrics = crate::fixture::metrics::all();
        snapshot.metrics.truncate(1);
        let metric = &mut snapshot.metrics[0];
        (metric.decimals, metric.suffix) = (decimals, "°C".to_owned());
        for series in [&mut metric.day, &mut metric.week, &mut metric.month] {
            series.points.fill(Some(number));
            (series.average, series.latest) = (Some(number), Some(number));
        }
        for language in Language::ALL {
            let page = index(&snapshot, RenderOptions::new(language)).expect("a page");
            let page = page.replace(['\u{2068}', '\u{2069}'], "");
            let seen: Vec<&str> = page.split("\u{a0}°C").collect();
            assert!(seen.len() > 4, "{number} in {}", language.tag());
            for before in &seen[..seen.len() - 1] {
                let value = before
                    .rsplit(|c: char| !(c.is_ascii_digit() || ".,٫-−".contains(c)))
                    .next()
                    .unwrap_or_default();
                let value = value.replace([',', '٫'], ".");
                assert_eq!(value.trim_start_matches('.'), shown, "{number} in {}", language.tag());
            }
        }
    }
}

/// Nothing ends the mark there, so all that follows it would be turned around.
#[test]
fn no_place_of_one_line_is_turned_around() {
    let turned = ['\u{202a}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}'];
    let name = "Acme \u{202e}gnp.exe\u{2067}\nx";
    let mut snapshot = called(name);
    snapshot.page.name = name.to_owned();
    snapshot.page.description_html = format!("<p>{name}</p>");
    snapshot.status.headline = name.to_owned();
    for incident in &mut snapshot.incidents {
        incident.name = name.to_owned();
    }
    for maintenance in &mut snapshot.maintenances {
        maintenance.name = name.to_owned();
    }
    let options = RenderOptions::new(Language::En);
    let mut places = Vec::new();
    let mut pages = vec![index(&snapshot, options).expect("a page")];
    pages.extend(
        snapshot.incidents.iter().map(|one| {
            page_render::incident(&page_render::Events::of_snapshot(&snapshot), one, options).expect("a page")
        }),
    );
    for page in &pages {
        let head = page.split("</head>").next().expect("a head");
        places.extend(
            head.lines()
                .filter(|line| line.contains("<title>") || line.contains("<meta"))
                .map(str::to_owned),
        );
    }
    let host = page::requested_host();
    let feed = Feed::of_page(&snapshot, &host);
    for feed in [formats::rss(&feed), formats::atom(&feed)] {
        let document = roxmltree::Document::parse(&feed).expect("XML");
        let titles = document.descendants().filter(|node| {
            node.has_tag_name("title") || node.tag_name().name() == "title" || node.tag_name().name() == "name"
        });
        places.extend(titles.map(|node| node.text().unwrap_or_default().to_owned()));
    }
    places.push(formats::oembed(&snapshot.page.name, &host, None, None, None));
    places.push(formats::banner(&snapshot, Language::En));
    places.push(formats::shield(&snapshot, Language::En));
    places.push(formats::badge(&snapshot, Language::En));
    places.push(formats::preview(&snapshot, &host, Language::En));
    places.push(formats::text(&snapshot, &host, options));
    assert!(
        places.iter().any(|place| place.contains("<title>Acme gnp.exe x")),
        "{places:?}"
    );
    for place in places {
        assert!(!place.contains(turned), "{place:?}");
    }
}

#[test]
fn no_page_tells_a_password() {
    let mut snapshot = northwind::calm();
    for (address, is_linked) in [
        ("https://user:pw@acme.example/", false),
        ("https://acme.example/@user", true),
    ] {
        snapshot.page.website = Some(address.to_owned());
        snapshot.page.branding.links = vec![Link {
            text: "Help".to_owned(),
            url: address.to_owned(),
        }];
        let page = index(&snapshot, RenderOptions::new(Language::En)).expect("a page");
        assert_eq!(
            page.matches("acme.example").count(),
            if is_linked { 2 } else { 0 },
            "{address}"
        );
    }
}

proptest! {
    #[test]
    fn any_name_stays_a_name_in_markdown(begins in "([0-9]{1,3}[.)]|[-+*#>=]|```)? ?", rest in "[-+*#>_`~|=0-9.)(\\[\\]!<&;:\\\\ a-z]{1,12}") {
        let name = begins + &rest;
        let snapshot = called(&name);
        let shown = name.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(components(&snapshot), [shown.clone(), shown], "{}", markdown(&snapshot));
    }
}

/// The page with a text that has all kinds of markup.
fn written() -> Snapshot {
    let mut snapshot = page::full();
    snapshot.page.description = MARKDOWN.to_owned();
    snapshot.page.description_html = HTML.to_owned();
    for incident in &mut snapshot.incidents {
        incident.updates.iter_mut().for_each(write);
    }
    for maintenance in &mut snapshot.maintenances {
        maintenance.updates.iter_mut().for_each(write);
    }
    snapshot
}

fn write<S>(update: &mut Update<S>) {
    (update.body, update.body_html) = (MARKDOWN.to_owned(), HTML.to_owned());
}

/// A page of two components that are called so, one in a group.
fn called(name: &str) -> Snapshot {
    let mut snapshot = northwind::calm();
    snapshot.groups.truncate(2);
    snapshot.groups[1].named = None;
    for group in &mut snapshot.groups {
        group.components.truncate(1);
        group.components[0].name = name.to_owned();
        group.components[0].uptime = None;
    }
    snapshot.groups[0].named.as_mut().expect("a group").name = "Group".to_owned();
    snapshot
}

fn markdown(snapshot: &Snapshot) -> String {
    formats::markdown(snapshot, &page::requested_host(), RenderOptions::new(Language::En))
}

/// The names of a page's components, as a reader of Markdown sees them.
fn components(snapshot: &Snapshot) -> Vec<String> {
    let text = markdown(snapshot);
    let mut seen = String::new();
    for event in Parser::new(&text) {
        match event {
            Event::Text(text) | Event::Code(text) => seen.push_str(&text),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) | Event::Start(Tag::List(_)) => {
                seen.push('\n')
            }
            _ => {}
        }
    }
    let lines = seen.lines().filter_map(|line| line.strip_suffix(": Operational"));
    lines.filter(|name| *name != "Group").map(str::to_owned).collect()
}
