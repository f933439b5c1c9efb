//! Whatever is in a snapshot, the page is well-formed, and what is not marked as HTML is text.

mod fixture;
mod random;
mod tags;

use fixture::{AS_OF, options, states, stress};
use page_model::{Language, Snapshot, Stamp};
use page_render::{
    Events, RenderOptions, earlier_results, embed, group, history, incident, index, maintenance, month, search, uptime,
    uptime_of,
};
use proptest::{prelude::*, sample::select};

#[test]
fn no_page_has_to_be_mended() {
    let pages = states::small_pages().unwrap().into_iter();
    for (name, page) in pages.chain(states::languages().unwrap()) {
        assert_eq!(tags::mistakes(&page), Vec::<String>::new(), "{name}");
    }
    for (size, page) in states::sizes().unwrap() {
        assert_eq!(tags::mistakes(&page), Vec::<String>::new(), "{size} components");
    }
}

#[test]
fn what_is_broken_has_to_be_mended() {
    let page = index(&stress::hostile(), options(Some(AS_OF), None)).unwrap();
    for (right, wrong) in [
        ("</section>", ""),
        ("</h1>", ""),
        ("<h1", "<b><h1"),
        ("</body>", "</i></body>"),
        ("<html ", "<html x\"y "),
    ] {
        let broken = page.replacen(right, wrong, 1);
        assert_ne!(broken, page, "the page has {right}");
        assert_ne!(tags::mistakes(&broken), Vec::<String>::new(), "{right} as {wrong}");
    }
}

#[test]
fn hostile_names_are_escaped() {
    let mut hostile = stress::hostile();
    let page = index(&hostile, options(Some(AS_OF), None)).unwrap();
    hostile.status.incident = hostile.incidents.first().map(|incident| incident.id.clone());
    hostile.status.headline = "<img src=x onerror=alert(1)>\"'</h1><b>bold".to_owned();
    let skeleton = states::skeleton_of(&hostile, Language::En);
    for page in [page, skeleton] {
        assert_eq!(page.matches("<script").count(), 1, "only our own");
        for hostile in ["javascript:", "<img", "<b>bold", "</title></svg><", "49 "] {
            assert!(!page.contains(hostile), "{hostile}");
        }
    }
}

/// The first of the page.
fn random_component(snapshot: &Snapshot) -> Option<&page_model::Id> {
    let mut components = snapshot.groups.iter().flat_map(|group| &group.components);
    components.next().map(|component| &component.id)
}

/// Every page that shows a snapshot.
fn all_pages(snapshot: &Snapshot, query: &str, options: RenderOptions) -> Vec<String> {
    let archive = random::archive(snapshot.clone(), query.to_owned());
    let mut pages = vec![
        index(snapshot, options),
        history(snapshot, None, options),
        uptime(snapshot, options),
        uptime_of(snapshot, random_component(snapshot), options),
        search(snapshot, query, options),
        earlier_results(std::slice::from_ref(&archive), query, options),
        embed(snapshot, None, options),
        month(&archive, None, options),
    ];
    let named = snapshot.groups.iter().filter_map(|one| one.named.as_ref());
    pages.extend(named.filter_map(|named| group(snapshot, &named.id, options)));
    pages.extend(
        snapshot
            .incidents
            .iter()
            .map(|one| incident(&Events::of_snapshot(snapshot), one, options)),
    );
    pages.extend(
        snapshot
            .maintenances
            .iter()
            .map(|one| maintenance(&Events::of_snapshot(snapshot), one, options)),
    );
    pages
        .into_iter()
        .map(|page| page.expect("without fuel every page is drawn"))
        .collect()
}

fn any_options() -> impl Strategy<Value = RenderOptions> {
    let language = select(Language::ALL.to_vec());
    (language, any::<bool>(), random::delay()).prop_map(
        |(language, keeps_language, delayed_since): (_, _, Option<Stamp>)| RenderOptions {
            keeps_language,
            delayed_since,
            ..RenderOptions::new(language)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_random_page_has_to_be_mended_or_has_foreign_scripts(snapshot in random::snapshot(), query in random::text(), options in any_options()) {
        for page in all_pages(&snapshot, &query, options) {
            // The origin takes no text with it.
            let page = page.replace('\0', "");
            prop_assert_eq!(tags::mistakes(&page), Vec::<String>::new());
            prop_assert!(page.matches("<script").count() <= 1);
        }
    }

    #[test]
    fn fuel_never_changes_what_is_drawn(snapshot in random::snapshot(), fuel in 0u64..20_000) {
        if let Ok(page) = index(&snapshot, options(None, Some(fuel))) {
            prop_assert_eq!(page, index(&snapshot, options(None, None)).unwrap());
        }
    }
}
