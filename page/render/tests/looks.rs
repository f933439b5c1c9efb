//! The HTML of every state, committed: a change of a template shows in the review as what it changes. And the words of every
//! page in every language, as somebody reads them who knows the language.

mod fixture;
mod tags;

use std::collections::BTreeMap;

#[test]
fn html_of_every_state_matches_its_snapshot() {
    for (name, page) in fixture::states::small_pages().unwrap() {
        insta::assert_snapshot!(name, without_style(&page));
    }
}

#[test]
fn texts_of_every_language_match_their_snapshot() {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (name, page) in fixture::states::languages().unwrap() {
        let (page_name, language) = name.rsplit_once('-').expect("a language stands behind the name");
        let text = texts.entry(language.to_owned()).or_default();
        *text += &format!("\n# {page_name}\n\n{}\n", tags::text(&page));
    }
    for (language, text) in texts {
        insta::assert_snapshot!(format!("words-{language}"), text);
    }
}

const BLOCKS: &str = "head meta title link style body header nav main section article div h1 h2 h3 h4 p ul ol li details summary form \
                      table tr footer script";

/// The style and the scripts are alike in all of them, and read better where they are written.
fn without_style(page: &str) -> String {
    let mut rest = page;
    let mut kept = String::new();
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
        while let Some((before, after)) = rest.split_once(open) {
            let (_, after) = after.split_once(close).expect("a block ends");
            kept += &format!("{before}{open}…{close}");
            rest = after;
        }
    }
    kept += rest;
    // On lines of their own for those who read what has changed.
    for tag in BLOCKS.split(' ') {
        for end in [">", " "] {
            kept = kept.replace(&format!("><{tag}{end}"), &format!(">\n<{tag}{end}"));
        }
    }
    // It changes with the style and the scripts.
    match kept.split_once(" data-code=\"") {
        Some((before, after)) => {
            let (_, after) = after.split_once('"').expect("an attribute ends");
            format!("{before}{after}")
        }
        None => kept,
    }
}
