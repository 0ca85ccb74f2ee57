//! How claims are read and written: structs whose fields are claims, with room for every other one.
//!
//! Reading is lenient: almost everything is null in the answers of this service, and a value of an unexpected type is no
//! reason to fail. It stays among the other claims.

use serde_json::Value;

use crate::JsonObject;
use crate::model::user::Gender;

/// A type that a claim has, on the wire and here.
pub(super) trait Claim: Sized {
    /// Takes the claim out of the others. What cannot be understood stays there, and counts as absent.
    fn take(claims: &mut JsonObject, name: &str) -> Self;

    /// Puts it back.
    fn put(&self, name: &str, claims: &mut JsonObject);
}

/// Makes a struct readable from an object, a claim for each field, and writable as one.
macro_rules! claims {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* pub $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $name {
            /// Takes the claims out of an object.
            pub(super) fn read(mut claims: JsonObject) -> Self {
                Self {
                    $( $field: $crate::protocol::claim::Claim::take(&mut claims, stringify!($field)), )*
                }
            }

            /// Puts the claims into an object.
            pub(super) fn write(&self, claims: &mut JsonObject) {
                $( $crate::protocol::claim::Claim::put(&self.$field, stringify!($field), claims); )*
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                JsonObject::deserialize(deserializer).map(Self::read)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                let mut claims = JsonObject::new();
                self.write(&mut claims);
                claims.serialize(serializer)
            }
        }
    };
}

pub(super) use claims;

/// A moment in seconds since 1970. JSON has one kind of number, so a fraction is possible; it is cut off.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        #[allow(clippy::cast_possible_truncation)] // Within these bounds an i64 holds it.
        value
            .as_f64()
            .map(f64::floor)
            .filter(|number| number.abs() < 9.0e15)
            .map(|number| number as i64)
    })
}

/// A text; a number or boolean in its place becomes one.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Takes a claim out if it can be read. Absent and null are the same.
fn take<T>(claims: &mut JsonObject, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
    let value = claims.get(name)?;
    let read = read(value);
    if read.is_some() || value.is_null() {
        claims.remove(name);
    }
    read
}

fn put(claims: &mut JsonObject, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        claims.insert(name.to_owned(), value);
    }
}

impl Claim for String {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        take(claims, name, text_of).unwrap_or_default()
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, Some(Value::String(self.clone())));
    }
}

impl Claim for Option<String> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        take(claims, name, |value| match value {
            // Words separated by blanks, in the spelling of some issuers.
            Value::Array(items) if name == "scope" => {
                Some(items.iter().filter_map(text_of).collect::<Vec<_>>().join(" "))
            }
            value => text_of(value),
        })
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.clone().map(Value::String));
    }
}

/// A list, or one item of it.
impl Claim for Vec<String> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        let items = take(claims, name, |value| match value {
            Value::Array(items) => Some(items.iter().filter_map(text_of).collect()),
            value => text_of(value).map(|item| vec![item]),
        });
        items.unwrap_or_default()
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        let items = self.iter().cloned().map(Value::String).collect();
        put(claims, name, Some(Value::Array(items)));
    }
}

impl Claim for i64 {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        <Option<Self> as Claim>::take(claims, name).unwrap_or_default()
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, Some((*self).into()));
    }
}

/// A number, also as a text.
impl Claim for Option<i64> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        take(claims, name, |value| match value {
            Value::String(text) => text.trim().parse().ok(),
            value => seconds(value),
        })
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.map(Value::from));
    }
}

/// A boolean, also as a text.
impl Claim for Option<bool> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        take(claims, name, |value| match value {
            Value::Bool(boolean) => Some(*boolean),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.map(Value::Bool));
    }
}

impl Claim for Option<Gender> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        take(claims, name, text_of).map(|text| Gender::from(text.as_str()))
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.as_ref().map(|gender| gender.as_str().into()));
    }
}

/// Anything but null.
impl Claim for Option<Value> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        claims.remove(name).filter(|value| !value.is_null())
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.clone());
    }
}

/// Everything that no other field took: stands last.
impl Claim for JsonObject {
    fn take(claims: &mut JsonObject, _: &str) -> Self {
        std::mem::take(claims)
    }

    fn put(&self, _: &str, claims: &mut JsonObject) {
        for (name, value) in self {
            claims.insert(name.clone(), value.clone());
        }
    }
}
