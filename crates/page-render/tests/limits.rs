//! What a page may weigh, spend and run.

mod fixture;

use base64::{Engine, prelude::BASE64_STANDARD};
use brotli::enc::BrotliEncoderParams;
use fixture::{ask, states, stress};
use page_model::limits::{RENDER_COMPONENTS_PER_VISIT_MAX, RENDER_FUEL_PER_VISIT};
use page_render::{RenderError, content_security_policy, index};
use sha2::{Digest, Sha256};

/// What fits into the first round trip of a TCP connection.
const PAGE_BROTLI_BYTES_MAX: usize = 14 * 1024;
const SCRIPT_BYTES_MAX: usize = 2 * 1024;

#[test]
fn a_hundred_components_fit_into_the_first_round_trip() {
    let page = index(&stress::sized(100), ask(None, None)).unwrap();
    assert_eq!(page.matches("<svg").count(), 100, "every component has its bar");
    let mut compressed = Vec::new();
    let params = BrotliEncoderParams {
        quality: 5,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut page.as_bytes(), &mut compressed, &params).unwrap();
    assert!(compressed.len() <= PAGE_BROTLI_BYTES_MAX, "{} bytes", compressed.len());
}

#[test]
fn a_visit_affords_the_largest_page_that_it_may_draw() {
    let snapshot = stress::sized(RENDER_COMPONENTS_PER_VISIT_MAX as usize);
    index(&snapshot, ask(None, Some(RENDER_FUEL_PER_VISIT))).unwrap();
}

#[test]
fn fuel_bounds_the_work_of_a_visit() {
    for size in [1, 100, 5_000] {
        let snapshot = stress::sized(size);
        for fuel in [0, 100, 2_000] {
            let drawn = index(&snapshot, ask(None, Some(fuel)));
            let expected = size == 1 && fuel == 2_000;
            assert_eq!(drawn.is_ok(), expected, "{size} components, {fuel} fuel");
            assert!(matches!(drawn, Ok(_) | Err(RenderError::OverBudget)));
        }
    }
}

#[test]
fn scripts_are_small_and_the_policy_names_every_inline_block() {
    for (name, page) in states::moods().unwrap() {
        for block in blocks(&page, "style").into_iter().chain(blocks(&page, "script")) {
            let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(block)));
            assert!(content_security_policy(None).contains(&hash), "{name}: {block}");
        }
        let script_bytes: usize = blocks(&page, "script").iter().map(|script| script.len()).sum();
        assert!(
            script_bytes <= SCRIPT_BYTES_MAX,
            "{name}: {script_bytes} bytes of script"
        );
        assert!(!page.contains(" style="), "{name}: the policy forbids style attributes");
    }
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    for (name, page) in states::moods().unwrap() {
        for attribute in ["src=\"", "<link rel=\"icon\" href=\""] {
            for (at, _) in page.match_indices(attribute) {
                let target = &page[at + attribute.len()..];
                assert!(target.starts_with("data:"), "{name}: {}", &target[..40]);
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
