//! States as their words. serde alone would take `{"operational": null}` too.

use page_model::{
    Language,
    snapshot::{EmbedPosition, GroupDisplay},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// The families of states of `page-model`, read alike from requests and from rows.
pub trait Word: Sized + 'static {
    fn of(text: &str) -> Option<Self>;
    fn text(&self) -> &'static str;
    fn all() -> Vec<&'static str>;
}

macro_rules! words {
    ($($name:ident),+) => {
        $(impl Word for $name {
            fn of(text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn text(&self) -> &'static str {
                self.as_str()
            }

            fn all() -> Vec<&'static str> {
                Self::ALL.iter().map(|state| state.as_str()).collect()
            }
        })+
    };
    ($name:ident { $($variant:ident = $text:literal),+ }) => {
        impl Word for $name {
            fn of(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn text(&self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            fn all() -> Vec<&'static str> {
                vec![$($text),+]
            }
        }
    };
}

words!(Status, IncidentStatus, MaintenanceStatus, Impact);
words!(Language {
    En = "en",
    De = "de",
    Fr = "fr",
    Es = "es",
    Pt = "pt",
    Ja = "ja",
    Ar = "ar"
});
words!(EmbedPosition {
    BottomRight = "bottom_right",
    BottomLeft = "bottom_left",
    TopRight = "top_right",
    TopLeft = "top_left"
});
words!(GroupDisplay {
    Open = "open",
    Collapsed = "collapsed",
    OnlyWhenDegraded = "only_when_degraded"
});

pub fn word<'de, T: Word, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    parsed(&String::deserialize(from)?)
}

/// A word or nothing.
pub fn optional<'de, T: Word, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::<String>::deserialize(from)?
        .map(|text| parsed(&text))
        .transpose()
}

/// For a patch: if the field is there, it holds a word.
pub fn present<'de, T: Word, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    word(from).map(Some)
}

pub fn written<T: Word, S: Serializer>(word: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(word.text())
}

fn parsed<T: Word, E: Error>(text: &str) -> Result<T, E> {
    let shown: String = text.chars().take(40).collect();
    T::of(text).ok_or_else(|| E::custom(format!("{shown:?} is not one of {}", T::all().join(", "))))
}
