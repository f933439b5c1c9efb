//! What publishers wrote, on pages in another language and wider than a screen; and which address stands for which page.

mod fixture;

use fixture::{northwind, options};
use page_model::{
    Language, Snapshot,
    asset::{Asset, AssetKind, AssetName},
};
use page_render::{Events, RenderOptions, incident, index};

fn drawn(page: &Snapshot, options: RenderOptions) -> String {
    index(page, options).expect("a page")
}

#[test]
fn texts_of_publishers_name_their_language_where_the_page_speaks_another() {
    let full = northwind::full();
    let own = drawn(&full, options(None, None));
    assert!(
        !own.contains("prose\" lang="),
        "the page speaks the language of the texts"
    );
    let german = drawn(&full, RenderOptions::new(Language::De));
    let texts = german.matches("prose\"").count();
    let named = german.matches("prose\" lang=\"en\" dir=\"auto\"").count()
        + german
            .matches("aria-label=\"Ankündigung\" lang=\"en\" dir=\"auto\"")
            .count();
    assert!(texts > 3 && named == texts, "{named} of {texts} texts");
    let events = Events::of_snapshot(&full);
    let page = incident(&events, &full.incidents[0], RenderOptions::new(Language::Ja)).expect("a page");
    assert!(page.contains("class=\"prose\" lang=\"en\""));
}

#[test]
fn what_may_be_wider_than_the_screen_takes_the_focus() {
    let mut page = northwind::incident();
    page.incidents[0].updates[0].body_html =
        "<pre><code>x</code></pre><table><tbody><tr><td>1</td></tr></tbody></table>".to_owned();
    let page = drawn(&page, options(None, None));
    assert!(page.contains("<pre tabindex=\"0\"><code>") && page.contains("<table tabindex=\"0\"><tbody>"));
}

/// A page in a language of its own is no copy of the one in the owner's.
#[test]
fn each_language_is_canonical_for_itself() {
    let page = northwind::incident();
    let canonical = |page: &str| {
        let (_, rest) = page
            .split_once("rel=\"canonical\" href=\"")
            .expect("a canonical address");
        rest.split('"').next().expect("it ends").to_owned()
    };
    assert_eq!(
        canonical(&drawn(&page, options(None, None))),
        "https://status.northwind.example/"
    );
    let german = RenderOptions {
        keeps_language: true,
        ..RenderOptions::new(Language::De)
    };
    let german = drawn(&page, german);
    let address = canonical(&german);
    assert_eq!(address, "https://status.northwind.example/?lang=de");
    assert!(german.contains(&format!("hreflang=\"de\" href=\"{address}\"")));
}

#[test]
fn a_dark_logo_stands_in_for_the_logo_by_night() {
    let mut page = northwind::full();
    let plain = drawn(&page, options(None, None));
    assert!(plain.contains("<img src=\"/assets/") && !plain.contains("<picture>"));
    let dark = AssetName::of(b"dark", AssetKind::Png);
    page.page.branding.logo_dark = Some(Asset {
        name: dark.clone(),
        width: 64,
        height: 32,
    });
    let both = drawn(&page, options(None, None));
    let source = format!(
        "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"/assets/{dark}\" width=\"64\" height=\"32\"><img src=\"/assets/"
    );
    assert!(both.contains(&source), "{both}");
    // Without a logo there is none that it could stand for.
    page.page.branding.logo = None;
    assert!(!drawn(&page, options(None, None)).contains("<picture>"));
}
