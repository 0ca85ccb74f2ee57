//! Reading inputs, for generic tools: by way of loose JSON, for speed does not matter there.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::Value;

use super::table::{Kind, Name};
use crate::{JsonObject, Patch};

/// The fields of an input that are given.
pub(crate) struct Fields(JsonObject);

impl Fields {
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonObject::deserialize(deserializer).map(Self)
    }

    /// The field of this name; one without a name is made of all that are given.
    pub(crate) fn take<T: Given, E: Error>(&mut self, name: &Name) -> Result<T, E> {
        let wire = name.as_str();
        let value = if name.is_flat() {
            Some(Value::Object(self.0.clone()))
        } else {
            self.0.remove(wire)
        };
        match T::given(value) {
            None => Err(E::custom(format_args!("missing field `{wire}`"))),
            Some(Err(error)) if name.is_flat() => Err(E::custom(error)),
            Some(value) => value.map_err(|error| E::custom(format_args!("{wire}: {error}"))),
        }
    }
}

/// What a field becomes that is given or not; `None` where it must be given.
pub(crate) trait Given: Sized {
    fn given(value: Option<Value>) -> Option<serde_json::Result<Self>>;
}

impl<T: Kind + DeserializeOwned> Given for T {
    fn given(value: Option<Value>) -> Option<serde_json::Result<Self>> {
        value.map(serde_json::from_value)
    }
}

impl<T: DeserializeOwned> Given for Option<T> {
    fn given(value: Option<Value>) -> Option<serde_json::Result<Self>> {
        Some(value.map_or(Ok(None), serde_json::from_value))
    }
}

impl<T: DeserializeOwned> Given for Patch<T> {
    fn given(value: Option<Value>) -> Option<serde_json::Result<Self>> {
        Some(value.map_or(Ok(Self::Keep), serde_json::from_value))
    }
}
