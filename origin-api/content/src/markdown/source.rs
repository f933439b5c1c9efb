//! The parser's HTML, before anybody has looked whether it is safe.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::tags::{TAGS, TOP_HEADINGS};

pub fn html(markdown: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut source = Source::default();
    for event in Parser::new_ext(markdown, options) {
        source.take(event);
    }
    let mut raw = String::with_capacity(2 * markdown.len());
    html::push_html(&mut raw, source.finish().into_iter());
    raw
}

#[derive(Default)]
struct Source<'a> {
    text: Vec<Event<'a>>,
    /// By their numbers, which start at 1.
    notes: Vec<Vec<Event<'a>>>,
    numbers: HashMap<CowStr<'a>, usize>,
    /// The notes that are being read; the text goes to the innermost.
    open_notes: Vec<usize>,
    links: usize,
    /// For each picture that is open, whether it became a link.
    pictures: Vec<bool>,
}

impl<'a> Source<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            // Publishers write `/repos/<owner>` and mean those words: inside a sentence, a tag that is not allowed is text.
            Event::InlineHtml(tag) if !is_allowed(&tag) => self.push(Event::Text(tag)),
            Event::SoftBreak => self.line_break(),
            Event::Start(Tag::Image { dest_url, title, .. }) => self.picture(dest_url, title),
            Event::End(TagEnd::Image) => self.picture_ends(),
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let number = self.number(label);
                self.open_notes.push(number);
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                self.open_notes.pop();
            }
            Event::FootnoteReference(label) => {
                let number = self.number(label);
                self.push(mark(number, ""));
            }
            event => {
                match event {
                    Event::Start(Tag::Link { .. }) => self.links += 1,
                    Event::End(TagEnd::Link) => self.links = self.links.saturating_sub(1),
                    _ => {}
                }
                self.push(event);
            }
        }
    }

    /// The text, and its notes below it in the order in which they are first named.
    fn finish(mut self) -> Vec<Event<'a>> {
        for (index, note) in self.notes.into_iter().enumerate() {
            let mut note = note.into_iter().peekable();
            if note.peek().is_none() {
                continue;
            }
            let begins = note.next_if(|event| matches!(event, Event::Start(Tag::Paragraph)));
            let is_apart = begins.is_none();
            self.text.push(begins.unwrap_or(Event::Start(Tag::Paragraph)));
            self.text.push(mark(index + 1, " "));
            if is_apart {
                self.text.push(Event::End(TagEnd::Paragraph));
            }
            self.text.extend(note);
        }
        self.text
    }

    fn push(&mut self, event: Event<'a>) {
        self.place().push(event);
    }

    fn place(&mut self) -> &mut Vec<Event<'a>> {
        match self.open_notes.last().and_then(|number| self.notes.get_mut(number - 1)) {
            Some(note) => note,
            None => &mut self.text,
        }
    }

    /// A line that was broken stays broken; HTML that breaks it already is HTML of somebody's editor.
    fn line_break(&mut self) {
        let is_broken = matches!(self.place().last(), Some(Event::InlineHtml(tag)) if name_of(tag) == "br");
        self.push(if is_broken { Event::SoftBreak } else { Event::HardBreak });
    }

    /// No page loads a picture from elsewhere, so its text leads there.
    fn picture(&mut self, address: CowStr<'a>, title: CowStr<'a>) {
        let becomes_link = self.links == 0;
        self.pictures.push(becomes_link);
        if becomes_link {
            self.links += 1;
            self.push(Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url: address,
                title,
                id: CowStr::Borrowed(""),
            }));
        }
    }

    fn picture_ends(&mut self) {
        if self.pictures.pop() != Some(true) {
            return;
        }
        self.links = self.links.saturating_sub(1);
        let without_text = match self.place().last() {
            Some(Event::Start(Tag::Link { dest_url, .. })) => Some(dest_url.clone()),
            _ => None,
        };
        if let Some(address) = without_text {
            self.push(Event::Text(address));
        }
        self.push(Event::End(TagEnd::Link));
    }

    fn number(&mut self, label: CowStr<'a>) -> usize {
        let next = self.notes.len() + 1;
        let number = *self.numbers.entry(label).or_insert(next);
        if number == next {
            self.notes.push(Vec::new());
        }
        number
    }
}

/// `[1]`, at the place of a note and before it. Without a link: a page has many texts, and ids must be unique on it.
fn mark<'a>(number: usize, behind: &str) -> Event<'a> {
    Event::InlineHtml(format!("<sup>[{number}]</sup>{behind}").into())
}

fn is_allowed(tag: &str) -> bool {
    let name = name_of(tag);
    // A comment has no name; the sanitiser drops it.
    name.is_empty() || TAGS.contains(&name.as_str()) || TOP_HEADINGS.contains(&name.as_str())
}

fn name_of(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    name[..end].to_ascii_lowercase()
}
