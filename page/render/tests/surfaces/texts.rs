//! The page for a terminal, and as Markdown.

use std::collections::BTreeSet;

use page_model::{Host, Language, Snapshot};
use page_render::{RenderOptions, formats};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::{
    feeds::id_of,
    html::{is_maintenance, state_of, status_of},
    moments::plain,
    said::Said,
};

pub fn read_text(page: &Snapshot, host: &Host) -> Said {
    let text = formats::text(page, host, RenderOptions::new(Language::En));
    let mut said = Said {
        headline: text.lines().nth(3).map(str::to_owned),
        open: Some(BTreeSet::new()),
        ..Said::default()
    };
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if let Some((name, status)) = dotted(line) {
            said.components.insert(name.to_owned(), status_of(status).to_owned());
        }
        let is_event = line.contains("/incidents/") || line.contains("/maintenances/");
        if !is_event || !line.trim_start().starts_with("https://") {
            continue;
        }
        // Its state stands between its name and its address.
        let before = lines[..index].iter().rev().take_while(|line| !line.is_empty());
        let state = before.filter(|line| line.starts_with("  ")).last();
        state_line(&id_of(line), state.expect("a state").trim(), &mut said);
    }
    said.text = Some(text);
    said
}

/// `  API ........ Operational`
fn dotted(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().split_once(" ..")?;
    Some((name, rest.trim_start_matches('.').trim()))
}

pub fn read_markdown(page: &Snapshot, host: &Host) -> Said {
    let markdown = formats::markdown(page, host, RenderOptions::new(Language::En));
    let mut said = Said {
        open: Some(BTreeSet::new()),
        ..Said::default()
    };
    let (mut event, mut in_heading, mut in_quote) = (None, false, false);
    let (mut paragraph, mut all) = (String::new(), String::new());
    for part in Parser::new(&markdown) {
        match part {
            Event::Start(Tag::Heading { .. }) => (event, in_heading) = (None, true),
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::Link { dest_url, .. }) if in_heading => event = Some(id_of(&dest_url)),
            Event::Start(Tag::BlockQuote(_)) => in_quote = true,
            Event::End(TagEnd::BlockQuote(_)) => in_quote = false,
            Event::Start(Tag::Paragraph) => paragraph.clear(),
            Event::Text(text) => {
                paragraph += &text;
                all += &text;
                all.push(' ');
            }
            Event::End(TagEnd::Paragraph) if !in_quote => {
                if said.headline.is_none() {
                    said.headline = Some(paragraph.clone());
                }
                // The first line below an event's name is its state, or its newest update.
                if let Some(id) = event.take() {
                    state_line(&id, &paragraph, &mut said);
                }
            }
            _ => {}
        }
    }
    said.text = Some(all);
    said
}

/// `Identified, 2026-08-22 00:46 UTC+2`, or the window of a maintenance behind its state.
fn state_line(id: &str, line: &str, said: &mut Said) {
    let (state, moments) = line.split_once(", ").expect("a state and a moment");
    said.states.insert(id.to_owned(), state_of(state).to_owned());
    if is_maintenance(id) {
        let between = [" - ", " – "].iter().find_map(|dash| moments.split_once(dash));
        let (from, to) = between.expect("a window");
        said.windows.insert(id.to_owned(), (plain(from), plain(to)));
        return;
    }
    said.updated.insert(id.to_owned(), plain(moments));
    said.open.get_or_insert_default().insert(id.to_owned());
}
