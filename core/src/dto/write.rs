//! Writing: the one way in which all DTOs become JSON, or whatever a serialiser makes of them.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::table::{Name, Object, View};

/// Writes an object.
pub(crate) fn write<S: Serializer>(object: &dyn Object, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    write_fields(object, &mut map)?;
    map.end()
}

fn write_fields<M: SerializeMap>(object: &dyn Object, map: &mut M) -> Result<(), M::Error> {
    let mut result = Ok(());
    object.each(&mut |fields| {
        result = object
            .names()
            .iter()
            .zip(fields)
            .try_for_each(|(name, field)| match field.view() {
                View::Absent => Ok(()),
                View::Object(inner) if name.is_flat() => write_fields(inner, map),
                View::Map(inner) if name.is_flat() => inner
                    .iter()
                    .try_for_each(|(name, value)| map.serialize_entry(name, value)),
                view => map.serialize_entry(name, &view),
            });
    });
    result
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            // As text where it is one, for those who store inputs as JSON; what writes files takes either.
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => serializer.serialize_bytes(bytes),
            },
            Self::Json(value) => value.serialize(serializer),
            Self::Map(map) => map.serialize(serializer),
            Self::Object(object) => write(*object, serializer),
            Self::List(list) => {
                let mut items = serializer.serialize_seq(None)?;
                let mut result = Ok(());
                list.view_all(&mut |item| {
                    if result.is_ok() {
                        result = items.serialize_element(&item);
                    }
                });
                result?;
                items.end()
            }
        }
    }
}
