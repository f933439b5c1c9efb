//! Enumerations that are written as strings. serde alone would take `{"operational": null}` too.

use page_model::{
    Language,
    access::Door,
    capability::Formats,
    site::Visibility,
    snapshot::{EmbedPosition, GroupDisplay},
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Enumerations, read in the same way from requests and from rows.
pub trait StringEnum: Sized + 'static {
    fn parse(text: &str) -> Option<Self>;
    fn as_str(&self) -> &'static str;
    fn names() -> Vec<&'static str>;
}

macro_rules! string_enums {
    ($($name:ident),+) => {
        $(impl StringEnum for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn as_str(&self) -> &'static str {
                (*self).as_str()
            }

            fn names() -> Vec<&'static str> {
                Self::ALL.iter().map(|state| state.as_str()).collect()
            }
        })+
    };
    ($name:ident { $($variant:ident = $text:literal),+ }) => {
        impl StringEnum for $name {
            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            fn names() -> Vec<&'static str> {
                vec![$($text),+]
            }
        }
    };
}

pub(crate) use string_enums;

string_enums!(Status, IncidentStatus, MaintenanceStatus, Impact);

impl StringEnum for Language {
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn as_str(&self) -> &'static str {
        self.tag()
    }

    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|language| language.tag()).collect()
    }
}

/// Publishers choose between these; what is unknown is an edge's.
impl StringEnum for Visibility {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "public" => Some(Self::Public),
            "private" => Some(Self::Private),
            "layered" => Some(Self::Layered),
            _ => None,
        }
    }

    fn as_str(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private | Self::Unknown => "private",
            Self::Layered => "layered",
        }
    }

    fn names() -> Vec<&'static str> {
        vec!["public", "private", "layered"]
    }
}

/// What is unknown is an edge's here too.
impl StringEnum for Formats {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "machine" => Some(Self::Machine),
            "embed" => Some(Self::Embed),
            _ => None,
        }
    }

    fn as_str(&self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Embed => "embed",
            Self::Unknown => "unknown",
        }
    }

    fn names() -> Vec<&'static str> {
        vec!["machine", "embed"]
    }
}

string_enums!(EmbedPosition {
    BottomRight = "bottom_right",
    BottomLeft = "bottom_left",
    TopRight = "top_right",
    TopLeft = "top_left"
});
string_enums!(Door {
    Shown = "shown",
    Hidden = "hidden"
});
string_enums!(GroupDisplay {
    Open = "open",
    Collapsed = "collapsed",
    OnlyWhenDegraded = "only_when_degraded"
});

pub fn required<'de, T: StringEnum, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    parsed(&String::deserialize(from)?)
}

/// A value or `null`.
pub fn optional<'de, T: StringEnum, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::<String>::deserialize(from)?
        .map(|text| parsed(&text))
        .transpose()
}

/// For a patch: if the field is there, it holds a value.
pub fn present<'de, T: StringEnum, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    required(from).map(Some)
}

pub fn serialize<T: StringEnum, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.as_str())
}

fn parsed<T: StringEnum, E: Error>(text: &str) -> Result<T, E> {
    let shown: String = text.chars().take(40).collect();
    T::parse(text).ok_or_else(|| E::custom(format!("{shown:?} is not one of {}", T::names().join(", "))))
}
