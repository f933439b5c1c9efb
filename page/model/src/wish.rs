//! What a visitor asks for beside the path. Caches and the gateway read it with the same eyes, so that a reply never
//! answers another wish.

use crate::language::Language;

/// The part of a request's headers that chooses between the representations of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wish {
    /// The best language that the interface speaks; `None` where the visitor names none of them.
    pub language: Option<Language>,
    /// Whether Markdown is liked better than HTML, as terminals and agents do.
    pub markdown: bool,
}

impl Wish {
    /// Reads the values of `accept-language` and `accept`.
    pub fn of(accept_language: &str, accept: &str) -> Self {
        Self {
            language: language(accept_language),
            markdown: markdown(accept),
        }
    }
}

/// The items of a weighted list with their weights (RFC 9110, section 12.4.2), in lower case only where they were.
pub fn weighted(list: &str) -> impl Iterator<Item = (&str, f64)> {
    list.split(',').map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or("");
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
        (name, weight.unwrap_or(1.0))
    })
}

/// The first of the best.
fn language(list: &str) -> Option<Language> {
    let mut best: Option<(Language, f64)> = None;
    for (range, weight) in weighted(list) {
        let Some(language) = Language::of_range(range) else {
            continue;
        };
        if weight > best.map_or(0.0, |(_, best)| best) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

fn markdown(list: &str) -> bool {
    let weight = |wanted: &str| {
        let weights = weighted(list)
            .filter(|(name, _)| *name == wanted)
            .map(|(_, weight)| weight);
        weights.fold(0.0, f64::max)
    };
    weight("text/markdown") > weight("text/html")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_best_language_wins() {
        for (list, expected) in [
            ("", None),
            ("de", Some(Language::De)),
            ("pt-BR,pt;q=0.9,en;q=0.8", Some(Language::Pt)),
            ("nl, fr;q=0.3, ja;q=0.7", Some(Language::Ja)),
            ("DE-at", Some(Language::De)),
            ("en, de", Some(Language::En)),
            ("de;q=0", None),
            ("*", None),
            ("tlh", None),
        ] {
            assert_eq!(Wish::of(list, "").language, expected, "{list:?}");
        }
    }

    #[test]
    fn markdown_must_be_liked_better_than_html() {
        for (list, expected) in [
            ("", false),
            ("*/*", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
            ("text/markdown", true),
            ("text/markdown, text/html;q=0.9", true),
            ("text/markdown;q=0.5, text/html", false),
            ("text/markdown, */*", true),
        ] {
            assert_eq!(Wish::of("", list).markdown, expected, "{list:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(language in ".{0,80}", accept in ".{0,80}") {
            let _ = Wish::of(&language, &accept);
        }
    }
}
