//! States as their words. serde alone would take `{"operational": null}` too.

use page_model::status::{Impact, IncidentStatus, MaintenanceStatus, Status};
use serde::{Deserialize, Deserializer, de::Error};

/// The families of states of `page-model`, read alike from requests and from rows.
pub trait Word: Sized + 'static {
    fn of(text: &str) -> Option<Self>;
    fn all() -> Vec<&'static str>;
}

macro_rules! words {
    ($($name:ident),+) => {
        $(impl Word for $name {
            fn of(text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn all() -> Vec<&'static str> {
                Self::ALL.iter().map(|state| state.as_str()).collect()
            }
        })+
    };
}

words!(Status, IncidentStatus, MaintenanceStatus, Impact);

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

fn parsed<T: Word, E: Error>(text: &str) -> Result<T, E> {
    let shown: String = text.chars().take(40).collect();
    T::of(text).ok_or_else(|| E::custom(format!("{shown:?} is not one of {}", T::all().join(", "))))
}
