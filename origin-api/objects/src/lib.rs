//! What travels over the push API: each object once, as it is read (`Component`), created (`NewComponent`) and changed
//! (`ComponentPatch`). Parsing is strict and happens here; what stands in these types is within its limits.

pub mod announcement;
pub mod branding;
pub mod component;
pub mod delivery;
pub mod event;
pub mod fault;
pub mod group;
pub mod incident;
pub mod incident_template;
pub mod maintenance;
pub mod maintenance_series;
pub mod markdown;
pub mod metric;
pub mod moment;
pub mod page;
pub mod picture;
pub mod reminder;
pub mod schema;
pub mod text;
pub mod token;
pub mod update;
pub mod word;

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::fault::Fault;

/// What the types of single fields cannot say: how the fields of one object fit together.
pub trait Check {
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
}

/// For a patch: an absent field stays `None`, a field that is there must hold a value (`null` only where `T` takes it).
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A JSON object and nothing else: serde would take a struct from an array of its fields too.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// For a patch: an object if it is there.
fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Object::deserialize(from).map(|Object(object)| Some(object))
}

/// The place of the first entry that repeats an earlier one.
fn repeated<T: PartialEq>(entries: &[T]) -> Option<usize> {
    (1..entries.len()).find(|&index| entries[..index].contains(&entries[index]))
}
