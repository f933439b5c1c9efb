//! Every language has all messages that English has, with the same arguments, in words that mean the right thing.
#![expect(clippy::disallowed_methods, reason = "reads the files that translators write")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey},
    parser::parse,
};
use page_model::Language;

/// What a message is made of.
#[derive(Debug, Default, PartialEq)]
struct Message {
    arguments: BTreeSet<String>,
    text: String,
    /// The plural forms that it distinguishes, where it does.
    forms: BTreeSet<String>,
}

#[test]
fn every_language_has_the_same_messages_with_the_same_arguments() {
    let arguments = |language| -> BTreeMap<String, BTreeSet<String>> {
        let messages = read(language).into_iter();
        messages.map(|(name, message)| (name, message.arguments)).collect()
    };
    let english = arguments(Language::En);
    for language in Language::ALL {
        assert_eq!(arguments(language), english, "{}", language.tag());
    }
}

#[test]
fn a_message_that_counts_has_every_plural_form_of_its_language() {
    let counting = messages_that_count();
    assert!(counting.len() >= 10, "{counting:?}");
    for language in Language::ALL {
        let needed: &[&str] = match language {
            // Nothing changes with the number in Japanese.
            Language::Ja => &[],
            Language::Ar => &["zero", "one", "two", "few", "many", "other"],
            _ => &["one", "other"],
        };
        for (name, message) in read(language) {
            let counts = counting.contains(&name) || message.forms.contains("one") || message.forms.contains("few");
            // The tally needs no form for nothing: a page without components has none.
            let needed = needed.iter().filter(|form| name != "tally" || **form != "zero");
            let lacking: Vec<_> = needed.filter(|form| !message.forms.contains(**form)).collect();
            assert!(
                !counts || lacking.is_empty(),
                "{} {name} lacks {lacking:?}",
                language.tag()
            );
        }
    }
}

/// Messages in which more than one language tells one from many. One that does so alone has a reason of its own: French
/// writes the first of a month in another way.
fn messages_that_count() -> BTreeSet<String> {
    let mut languages_of = BTreeMap::<String, usize>::new();
    for language in [Language::En, Language::De, Language::Es, Language::Ar] {
        let counting = read(language)
            .into_iter()
            .filter(|(_, message)| message.forms.len() > 1);
        counting.for_each(|(name, _)| *languages_of.entry(name).or_default() += 1);
    }
    let shared = languages_of.into_iter().filter(|(_, languages)| *languages > 1);
    shared.map(|(name, _)| name).collect()
}

/// In many languages "all systems operational" put word for word says "all operating systems".
#[test]
fn no_message_speaks_of_operating_systems() {
    for (language, wrong) in [
        (Language::En, "operating system"),
        (Language::De, "betriebssystem"),
        (Language::Fr, "systèmes d’exploitation"),
        (Language::Es, "sistemas operativos"),
        (Language::Pt, "sistemas operacionais"),
        (Language::Ja, "オペレーティング"),
        (Language::Ar, "أنظمة التشغيل"),
    ] {
        for (name, message) in read(language) {
            let text = message.text.to_lowercase();
            assert!(!text.contains(wrong), "{} {name}: {text}", language.tag());
        }
    }
}

#[test]
fn french_has_no_break_spaces_and_typographic_apostrophes() {
    for (name, Message { text, .. }) in read(Language::Fr) {
        let letters: Vec<char> = text.chars().collect();
        for pair in letters.windows(2) {
            let is_apart = |mark, space| !":;?!»".contains(mark) || "\u{a0}\u{202f}".contains(space);
            assert!(is_apart(pair[1], pair[0]), "{name}: {text}");
            assert!(pair[0] != '«' || pair[1] == '\u{a0}', "{name}: {text}");
        }
        assert!(!text.contains('\''), "{name}: {text}");
    }
}

#[test]
fn no_message_is_empty_or_has_an_exclamation_mark() {
    for language in Language::ALL {
        for (name, message) in read(language) {
            assert!(!message.text.trim().is_empty(), "{} {name}", language.tag());
            assert!(!message.text.contains(['!', '！', '¡']), "{} {name}", language.tag());
        }
    }
}

fn read(language: Language) -> BTreeMap<String, Message> {
    let text = fs::read_to_string(format!("locales/{}.ftl", language.tag())).expect("every language has a file");
    let resource = parse(text.as_str()).expect("a file without mistakes");
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        if let Entry::Message(found) = entry {
            let mut message = Message::default();
            take(&found.value.expect("a message has a text"), &mut message);
            let before = messages.insert(found.id.name.to_owned(), message);
            assert_eq!(before, None, "{} stands there twice", found.id.name);
        }
    }
    messages
}

fn take(pattern: &Pattern<&str>, message: &mut Message) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => message.text += value,
            PatternElement::Placeable { expression } => take_expression(expression, message),
        }
    }
}

fn take_expression(expression: &Expression<&str>, message: &mut Message) {
    match expression {
        Expression::Inline(inline) => take_inline(inline, message),
        Expression::Select { selector, variants } => {
            take_inline(selector, message);
            for variant in variants {
                if let VariantKey::Identifier { name } = &variant.key {
                    message.forms.insert((*name).to_owned());
                }
                take(&variant.value, message);
            }
        }
    }
}

fn take_inline(inline: &InlineExpression<&str>, message: &mut Message) {
    match inline {
        InlineExpression::StringLiteral { value } => message.text += value,
        InlineExpression::VariableReference { id } => {
            message.text += "…";
            message.arguments.insert(id.name.to_owned());
        }
        other => assert!(
            matches!(other, InlineExpression::NumberLiteral { .. }),
            "no message needs {other:?}"
        ),
    }
}

/// The script puts the number in its place.
#[test]
fn the_number_of_watched_components_has_one_place() {
    for language in Language::ALL {
        let messages = read(language);
        let marks = |name: &str| messages[name].text.matches('#').count();
        assert_eq!(
            (marks("watched-one"), marks("watched-all")),
            (0, 1),
            "{}",
            language.tag()
        );
    }
}
