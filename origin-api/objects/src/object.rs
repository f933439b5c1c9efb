//! How the fields of every object are read: what is absent, what must be an object, what may not repeat.

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
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
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
pub(crate) fn optional_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Object::deserialize(from).map(|Object(object)| Some(object))
}

/// A list of JSON objects.
pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(from)?;
    Ok(objects.into_iter().map(|Object(object)| object).collect())
}

/// For a patch: a list of objects if it is there.
pub(crate) fn present_objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    objects(from).map(Some)
}

/// The index of the first entry that repeats an earlier one.
pub(crate) fn repeated<T: PartialEq>(entries: &[T]) -> Option<usize> {
    (1..entries.len()).find(|&index| entries[..index].contains(&entries[index]))
}
