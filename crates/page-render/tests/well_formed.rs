//! Whatever a snapshot says, the page is well-formed, and what is not marked as HTML is text.

mod fixture;
mod random;
mod tags;

use fixture::{AS_OF, ask, states, stress};
use page_render::{index, month};
use proptest::prelude::*;

#[test]
fn every_state_is_balanced() {
    for (name, page) in states::moods().unwrap() {
        tags::check(&page).unwrap_or_else(|mistake| panic!("{name}: {mistake}"));
    }
    for (size, page) in states::sizes().unwrap() {
        tags::check(&page).unwrap_or_else(|mistake| panic!("{size} components: {mistake}"));
    }
}

#[test]
fn hostile_names_stay_text() {
    let page = index(&stress::hostile(), ask(Some(AS_OF), None)).unwrap();
    assert_eq!(page.matches("<script").count(), 1, "only our own");
    for hostile in ["javascript:", "<img", "<b>bold", "</title></svg><", "49 "] {
        assert!(!page.contains(hostile), "{hostile}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_pages_are_balanced_and_escaped(snapshot in random::snapshot(), delayed in random::delay()) {
        let page = index(&snapshot, ask(delayed, None)).unwrap();
        prop_assert_eq!(tags::check(&page), Ok(()));
        prop_assert_eq!(page.matches("<script").count(), 1);
    }

    #[test]
    fn random_archives_are_balanced_and_escaped(snapshot in random::snapshot(), name in random::text()) {
        let archive = random::archive(snapshot, name);
        let page = month(&archive, ask(None, None)).unwrap();
        prop_assert_eq!(tags::check(&page), Ok(()));
        prop_assert_eq!(page.matches("<script").count(), 1);
    }

    #[test]
    fn fuel_never_changes_what_is_drawn(snapshot in random::snapshot(), fuel in 0u64..20_000) {
        if let Ok(page) = index(&snapshot, ask(None, Some(fuel))) {
            prop_assert_eq!(page, index(&snapshot, ask(None, None)).unwrap());
        }
    }
}
