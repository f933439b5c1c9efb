//! The renderer in the visitor's browser: completes a skeleton from the snapshot, byte for byte as the edge would.
//!
//! A visitor who gets the skeleton need not wait for the edge to finish the page: `complete.js` of `page-render` fetches
//! this crate, compiled by wasm-bindgen, and the snapshot, and puts the page in the skeleton's place.

use page_model::{Language, body};
use page_render::RenderOptions;

/// The page's HTML; `None` where the bytes are no snapshot that this build can read.
pub fn complete(snapshot: &[u8], language: &str, keeps_language: bool) -> Option<String> {
    let options = RenderOptions {
        keeps_language,
        ..RenderOptions::new(Language::parse(language)?)
    };
    page_render::index(&body::decode_compressed(snapshot).ok()?, options).ok()
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod browser {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    pub fn complete(snapshot: &[u8], language: &str, keeps_language: bool) -> Option<String> {
        super::complete(snapshot, language, keeps_language)
    }
}

#[cfg(test)]
mod tests {
    use page_model::Snapshot;

    use super::*;

    /// That it is the edge's page, byte for byte, a journey tests with the module itself in a browser.
    #[test]
    fn draws_the_page_in_the_language_that_is_asked_for() {
        let snapshot: Snapshot = body::decode(GOLDEN).expect("a snapshot");
        let bytes = body::encode_compressed(&snapshot);
        for (tag, dir) in [("de", "ltr"), ("ar", "rtl")] {
            let page = complete(&bytes, tag, false).expect("a page");
            assert!(page.contains(&format!("<html lang=\"{tag}\" dir=\"{dir}\">")), "{page}");
            let components = snapshot.groups.iter().flat_map(|group| &group.components);
            for component in components {
                assert!(page.contains(&component.name), "{tag}: no {:?}", component.name);
            }
        }
        let kept = complete(&bytes, "de", true).expect("a page");
        assert!(
            kept.contains("?lang=de\"")
                && !complete(&bytes, "de", false)
                    .expect("a page")
                    .contains("/history?lang=de")
        );
    }

    #[test]
    fn returns_nothing_for_unreadable_input() {
        assert_eq!(complete(GOLDEN, "en", false), None);
        assert_eq!(complete(b"", "en", false), None);
        assert_eq!(complete(&body::encode_compressed(&1), "tlh", true), None);
    }

    const GOLDEN: &[u8] = include_bytes!("../../model/tests/golden/snapshot.cbor");
}
