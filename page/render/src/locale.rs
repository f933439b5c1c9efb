//! The texts of the interface in a language, from `locales/`. A file is read once in a process, at its language's first page;
//! what has no argument is a ready text from then on.

use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use minijinja::value::{Serde, Value};
use page_model::Language;
use serde::{Serialize, Serializer};
use unic_langid::LanguageIdentifier;

use crate::{
    embedded::{LANGUAGE_NAMES, LOCALES, MESSAGES},
    sorted::sort_by_key,
};

pub struct Locale {
    pub language: Language,
    bundle: FluentBundle<FluentResource>,
    /// In the order of their names.
    texts: Vec<(String, String)>,
    table: Value,
}

impl Locale {
    pub fn of(language: Language) -> &'static Self {
        BY_LANGUAGE[language as usize].get_or_init(|| Self::new(language))
    }

    /// The language's name, as its speakers write it.
    pub fn name(language: Language) -> &'static str {
        of_language(LANGUAGE_NAMES, language)
    }

    /// A message that takes no argument.
    pub fn text(&self, message: &str) -> &str {
        let found = self.texts.binary_search_by(|(name, _)| name.as_str().cmp(message));
        found.map_or("", |at| &self.texts[at].1)
    }

    /// A message with its arguments.
    pub fn format<'a, const N: usize>(&'a self, message: &str, arguments: [(&'a str, FluentValue<'a>); N]) -> String {
        let pattern = self.bundle.get_message(message).and_then(|message| message.value());
        let arguments = FluentArgs::from_iter(arguments);
        let write = |pattern| self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        pattern.map(write).unwrap_or_default().into_owned()
    }

    /// All messages without arguments, for templates.
    pub fn table(&self) -> Value {
        self.table.clone()
    }

    pub fn direction(&self) -> &'static str {
        if self.language.is_right_to_left() { "rtl" } else { "ltr" }
    }

    fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![identifier(language)]);
        // What publishers wrote is set apart by `<bdi>` and `dir=auto`, not by invisible letters.
        bundle.set_use_isolating(false);
        // What does not parse or is there twice is left out, and the tests fail then.
        let resource = FluentResource::try_new(source(language)).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
        let text_of = |name: &str| {
            let mut errors = Vec::new();
            let pattern = bundle.get_message(name)?.value()?;
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            errors.is_empty().then(|| (name.to_owned(), text))
        };
        let mut texts: Vec<(String, String)> = MESSAGES.lines().filter_map(text_of).collect();
        sort_by_key(&mut texts, |(name, _)| name.clone());
        Self {
            language,
            table: Value::from(Serde(Table(&texts))),
            texts,
            bundle,
        }
    }
}

/// Texts as templates look them up.
struct Table<'a>(&'a [(String, String)]);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

/// What a table made of `locales/` has for the language.
fn of_language(table: &[(&str, &'static str)], language: Language) -> &'static str {
    let found = table
        .iter()
        .find(|(file, _)| file.strip_suffix(".ftl") == Some(language.tag()));
    found.map_or("", |(_, text)| text)
}

/// The language's file as Fluent reads it.
fn source(language: Language) -> String {
    let mut source = String::new();
    for (name, text) in MESSAGES.lines().zip(of_language(LOCALES, language).split('\u{1}')) {
        for part in [name, " =", text, "\n"] {
            source.push_str(part);
        }
    }
    source
}

fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().unwrap_or_default()
}

static BY_LANGUAGE: [OnceLock<Locale>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
