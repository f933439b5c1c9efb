//! What a page may weigh, spend and run.

mod fixture;

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use brotli::enc::BrotliEncoderParams;
use fixture::{metrics, northwind, options, states, stress};
use page_model::{
    ContentHash, Id, Language,
    limits::{RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT},
};
use page_render::{
    RenderError, RenderOptions, content_security_policy, embed_content_security_policy, group, index, search, uptime,
    uptime_of,
};
use sha2::{Digest, Sha256};

/// What fits into the first round trip of a TCP connection.
const PAGE_BROTLI_BYTES_MAX: usize = 14 * 1024;
/// As issue and docs say of all that a page does by itself.
const SCRIPT_BYTES_MAX: usize = 4 * 1024;

/// As docs/formats.md says.
#[test]
fn a_search_takes_two_hundred_characters() {
    let mut snapshot = northwind::full();
    let name = format!("{}{}", "a".repeat(199), "b");
    snapshot.incidents[0].name.clone_from(&name);
    let hits = |query: &str| {
        let page = search(&snapshot, query, options(None, None)).expect("it renders");
        page.contains(&format!("/incidents/{}", snapshot.incidents[0].id))
    };
    assert!(hits(&name));
    assert!(!hits(&name.replace('b', "c")), "the last character counts");
    assert!(hits(&format!("{name}c")), "what goes beyond is cut off");
    let form = search(&snapshot, "", options(None, None)).expect("it renders");
    assert!(form.contains("maxlength=\"200\""));
}

#[test]
fn a_hundred_components_fit_into_the_first_round_trip() {
    let mut snapshot = stress::sized(100);
    let northwind = northwind::full();
    snapshot.incidents = northwind.incidents;
    snapshot.maintenances = northwind.maintenances;
    snapshot.past = northwind.past;
    snapshot.announcement = northwind.announcement;
    snapshot.page.branding = northwind.page.branding;
    let mut too_large = Vec::new();
    for language in Language::ALL {
        let page = index(&snapshot, RenderOptions::new(language)).unwrap();
        assert_eq!(page.matches("<svg").count(), 100, "every component has its bar");
        let bytes = compressed(&page);
        println!("{}: {} bytes, {bytes} with brotli", language.tag(), page.len());
        if bytes > PAGE_BROTLI_BYTES_MAX {
            too_large.push((language.tag(), bytes));
        }
    }
    assert_eq!(too_large, [], "of at most {PAGE_BROTLI_BYTES_MAX} bytes");
}

#[test]
fn a_metric_adds_at_most_700_bytes() {
    let mut snapshot = stress::sized(100);
    let without = compressed(&index(&snapshot, options(None, None)).unwrap());
    snapshot.metrics = metrics::all();
    let with = compressed(&index(&snapshot, options(None, None)).unwrap());
    let each = (with - without) / snapshot.metrics.len();
    assert!(each <= 700, "{each} bytes");
}

/// As the edge compresses what it keeps.
fn compressed(page: &str) -> usize {
    let mut out = Vec::new();
    let params = BrotliEncoderParams {
        quality: 5,
        lgwin: 18,
        size_hint: page.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut page.as_bytes(), &mut out, &params).expect("memory takes what is written");
    out.len()
}

#[test]
fn largest_page_renders_within_the_fuel_of_a_visit() {
    let mut snapshot = stress::sized(RENDER_COMPONENTS_PER_VISIT_MAX as usize);
    index(&snapshot, options(None, Some(RENDER_FUEL_PER_VISIT))).unwrap();
    // Components without a group have no page of their own.
    snapshot.groups.iter_mut().for_each(|group| group.named = None);
    index(&snapshot, options(None, Some(RENDER_FUEL_PER_VISIT))).unwrap();
}

/// Groups have pages of their own, so the page hardly grows.
#[test]
fn a_page_of_thousands_of_components_stays_small() {
    let page = index(&stress::sized(5_000), options(None, None)).unwrap();
    assert!(page.len() <= 150_000, "{} bytes", page.len());
    assert!(compressed(&page) <= PAGE_BROTLI_BYTES_MAX);
}

/// What `/uptime` links to has the component, whether its group is on the page or on one of its own.
#[test]
fn uptime_links_lead_to_every_component() {
    let snapshot = stress::sized(301);
    let plain = options(None, None);
    let mut pages = HashMap::from([("/".to_owned(), index(&snapshot, plain).unwrap())]);
    for named in snapshot.groups.iter().filter_map(|one| one.named.as_ref()) {
        let page = group(&snapshot, &named.id, plain).expect("a page").unwrap();
        pages.insert(format!("/groups/{}", named.id), page);
    }
    let uptime = uptime(&snapshot, plain).unwrap();
    let ids: Vec<Id> = uptime
        .split("<a href=\"/uptime?component=")
        .filter_map(|rest| Id::parse(rest.split_once('"')?.0).ok())
        .collect();
    assert_eq!(ids.len(), 301);
    let calendars = ids.iter().map(|id| uptime_of(&snapshot, Some(id), plain).unwrap());
    let calendars: Vec<String> = calendars.collect();
    let link = |page: &'_ String| {
        let cell = page.split("<th scope=\"row\"><a href=\"").nth(1)?;
        let (path, id) = cell.split_once('"')?.0.split_once('#')?;
        Some((path.to_owned(), id.to_owned()))
    };
    let links: Vec<_> = calendars.iter().filter_map(link).collect();
    assert_eq!(links.len(), 301);
    assert!(links.iter().any(|(path, _)| *path == "/") && links.iter().any(|(path, _)| *path != "/"));
    for (path, id) in &links {
        assert!(pages[path].contains(&format!("<li id=\"{id}\">")), "{path} lacks {id}");
    }
    let unknown = Id::parse("group9999999").expect("an id");
    assert!(group(&snapshot, &unknown, plain).is_none());
}

#[test]
fn rendering_stops_when_fuel_runs_out() {
    for size in [1, 100, 5_000] {
        let snapshot = stress::sized(size);
        for fuel in [0, 100, 3_000] {
            let drawn = index(&snapshot, options(None, Some(fuel)));
            let expected = size == 1 && fuel == 3_000;
            assert_eq!(drawn.is_ok(), expected, "{size} components, {fuel} fuel");
            assert!(matches!(drawn, Ok(_) | Err(RenderError::OverBudget)));
        }
    }
}

#[test]
fn scripts_are_small_and_the_policy_names_every_inline_block() {
    let own = ContentHash::of(northwind::full().page.branding.style.as_bytes());
    for (name, page) in states::small_pages().unwrap() {
        let policy = match name.as_str() {
            "embed" => embed_content_security_policy(None),
            _ => content_security_policy(Some(&own)),
        };
        for block in blocks(&page, "style").into_iter().chain(blocks(&page, "script")) {
            let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(block)));
            assert!(policy.contains(&hash), "{name}: {block}");
        }
        let script_bytes: usize = blocks(&page, "script").iter().map(|script| script.len()).sum();
        assert!(
            script_bytes <= SCRIPT_BYTES_MAX,
            "{name}: {script_bytes} bytes of script"
        );
        assert!(!page.contains(" style="), "{name}: the policy forbids style attributes");
        assert!(!page.contains(" onclick="), "{name}: and scripts in attributes");
    }
}

#[test]
fn owner_style_is_included_unchanged_or_left_out() {
    let mut snapshot = northwind::full();
    let own = snapshot.page.branding.style.clone();
    assert!(
        index(&snapshot, options(None, None))
            .unwrap()
            .contains(&format!("<style>{own}</style>"))
    );
    snapshot.page.branding.style = "</style><script>alert(1)</script>".to_owned();
    let page = index(&snapshot, options(None, None)).unwrap();
    assert_eq!(blocks(&page, "style").len(), 1);
    assert!(!page.contains("alert"));
}

#[test]
fn pages_load_nothing_from_other_hosts() {
    for (name, page) in states::small_pages().unwrap() {
        for attribute in ["src=\"", "<link rel=\"icon\" href=\""] {
            for (at, _) in page.match_indices(attribute) {
                let target = &page[at + attribute.len()..];
                let near = target.starts_with("data:") || target.starts_with("/assets/");
                assert!(near, "{name}: {}", &target[..40]);
            }
        }
    }
}

fn blocks<'a>(page: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let inner = page.split(&open).skip(1);
    inner
        .map(|rest| rest.split(&close).next().unwrap_or_default())
        .collect()
}
