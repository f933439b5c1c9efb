//! The texts of the interface in a language, from `locales/`. A file is read once in a process, at its language's first page;
//! what has no argument is a ready text from then on.

use std::{collections::BTreeMap, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use minijinja::Value;
use page_model::Language;
use unic_langid::LanguageIdentifier;

use crate::embedded::{LANGUAGE_NAMES, LOCALES};

pub struct Locale {
    pub language: Language,
    bundle: FluentBundle<FluentResource>,
    texts: BTreeMap<String, String>,
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
        self.texts.get(message).map_or("", String::as_str)
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
        let source = of_language(LOCALES, language);
        let mut bundle = FluentBundle::new_concurrent(vec![identifier(language)]);
        // What publishers wrote is set apart by `<bdi>` and `dir=auto`, not by invisible letters.
        bundle.set_use_isolating(false);
        // What does not parse or is there twice is left out, and the tests fail then.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
        let text_of = |name: &str| {
            let mut errors = Vec::new();
            let pattern = bundle.get_message(name)?.value()?;
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            errors.is_empty().then(|| (name.to_owned(), text))
        };
        let texts: BTreeMap<String, String> = names(source).filter_map(text_of).collect();
        Self {
            language,
            table: Value::from(texts.clone()),
            texts,
            bundle,
        }
    }
}

/// What a table made of `locales/` has for the language.
fn of_language(table: &[(&str, &'static str)], language: Language) -> &'static str {
    let found = table
        .iter()
        .find(|(file, _)| file.strip_suffix(".ftl") == Some(language.tag()));
    found.map_or("", |(_, text)| text)
}

/// The messages of a file: they begin at the edge, and all else is indented.
fn names(source: &str) -> impl Iterator<Item = &str> {
    let heads = source.lines().filter_map(|line| line.split_once(" ="));
    heads
        .map(|(name, _)| name)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
}

fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().unwrap_or_default()
}

static BY_LANGUAGE: [OnceLock<Locale>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
