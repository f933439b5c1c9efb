//! The languages of the interface; what publishers write stays as they wrote it.

use serde::{Deserialize, Deserializer, Serialize};

macro_rules! languages {
    ($($(#[$attribute:meta])* $name:ident = $tag:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        pub enum Language {
            $($(#[$attribute])* #[serde(rename = $tag)] $name),+
        }

        impl Language {
            pub const ALL: [Self; [$($tag),+].len()] = [$(Self::$name),+];

            /// The tag as it stands in `lang`, in a URL and in a key (RFC 5646).
            pub fn tag(self) -> &'static str {
                match self { $(Self::$name => $tag),+ }
            }
        }
    };
}

// Each has a file of its tag in `page/render/locales/`.
languages! {
    #[default]
    En = "en",
    De = "de",
    Fr = "fr",
    Es = "es",
    Pt = "pt",
    Ja = "ja",
    Ar = "ar",
}

/// As an edge reads it that may be older than the origin: a language that it does not speak is the default.
pub fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
    let tag = String::deserialize(deserializer)?;
    Ok(Language::parse(&tag).unwrap_or_default())
}

impl Language {
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language of a longer tag, such as `pt-BR`.
    pub fn of_range(range: &str) -> Option<Self> {
        let primary = range.split('-').next().unwrap_or(range);
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    pub fn is_right_to_left(self) -> bool {
        // All that anybody may add, so that a new language is one value above.
        matches!(self.tag(), "ar" | "fa" | "he" | "ur")
    }
}
