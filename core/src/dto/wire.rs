//! How values look on the wire: open enums, lenient lists, and a tag with its payload.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

/// A free-form JSON object.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// The content of a file to upload.
///
/// On its way through JSON each byte is one character, so that any bytes pass; read from JSON (with the feature
/// `full-serde`), it is the file's text.
#[derive(Clone)]
pub struct FileBytes(Vec<u8>);

impl FileBytes {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Vec<u8>>> From<T> for FileBytes {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for FileBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iter().copied().map(char::from).collect::<String>())
    }
}

#[cfg(feature = "full-serde")]
impl<'de> Deserialize<'de> for FileBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into_bytes()))
    }
}

/// An object in whose place the service was seen to send a text.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum OrText<T> {
    /// The object.
    Value(T),
    /// The text that came instead.
    Text(String),
}

impl<T> OrText<T> {
    /// The object, if it is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Text(_) => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OrText<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a text")
            }

            fn visit_str<X>(self, text: &str) -> Result<OrText<T>, X> {
                Ok(OrText::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OrText<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(OrText::Value)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// A missing or null list is an empty one.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An enum that keeps the values which this version does not know; written by [`open_enum!`].
pub(crate) trait OpenEnum: Sized {
    fn from_text(text: &str) -> Self;
}

/// Reads any open enum: the one serde path that all of them share.
pub(crate) fn read_open_enum<'de, D: Deserializer<'de>, E: OpenEnum>(deserializer: D) -> Result<E, D::Error> {
    struct Text<E>(PhantomData<E>);

    impl<E: OpenEnum> Visitor<'_> for Text<E> {
        type Value = E;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<X>(self, text: &str) -> Result<E, X> {
            Ok(E::from_text(text))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// Declares an open enum: one variant for each documented value, and `Other` for those that come later.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )*
        }
    ) => {
        $(#[$meta])*
        ///
        /// Open: a value that this version does not know is kept as `Other`, and goes back onto the wire as it came.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("\n\n`", $text, "` on the wire.")]
                $variant,
            )*
            /// A value that this version does not know.
            Other(String),
        }

        impl $name {
            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )*
                    Self::Other(text) => text,
                }
            }
        }

        impl $crate::dto::wire::OpenEnum for $name {
            fn from_text(text: &str) -> Self {
                match text {
                    $( $text => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                <Self as $crate::dto::wire::OpenEnum>::from_text(text)
            }
        }

        /// Two values are the same when they are the same on the wire.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::dto::wire::read_open_enum(deserializer)
            }
        }
    };
}

/// Declares an enum whose variant decides a tag and the one payload that belongs to it, which stand beside each other in
/// the request: `{"connection": "PASSWORD", "passwordPayload": {..}}`. To be flattened into the request that holds it.
macro_rules! tagged_payload {
    (
        $(#[$meta:meta])*
        pub enum $name:ident by $tag:literal {
            $( $(#[$variant_meta:meta])* $variant:ident($payload:ty) = $text:literal, $key:literal; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("\n\n`", $tag, "` is `", $text, "`, the payload stands in `", $key, "`.")]
                $variant($payload),
            )*
        }

        impl $name {
            /// The value of the tag on the wire.
            pub fn tag(&self) -> &'static str {
                match self {
                    $( Self::$variant(_) => $text, )*
                }
            }
        }

        $(
            impl From<$payload> for $name {
                fn from(payload: $payload) -> Self {
                    Self::$variant(payload)
                }
            }
        )*

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry($tag, self.tag())?;
                match self {
                    $( Self::$variant(payload) => map.serialize_entry($key, payload)?, )*
                }
                map.end()
            }
        }

        #[cfg(feature = "full-serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = $crate::dto::wire::TaggedFields::read(
                    deserializer,
                    $tag,
                    &[$( ($text, $key), )*],
                )?;
                match fields.tag() {
                    $( $text => Ok(Self::$variant(fields.payload($key)?)), )*
                    _ => Err(fields.unknown()),
                }
            }
        }
    };
}

pub(crate) use {open_enum, tagged_payload};

/// Reads the one field of several of which the service wants exactly one: its name, its text, and the other fields.
#[cfg(feature = "full-serde")]
pub(crate) fn one_of<'de, D: Deserializer<'de>>(
    deserializer: D,
    names: &'static [&'static str],
) -> Result<(&'static str, String, JsonObject), D::Error> {
    use serde::de::Error as _;
    let mut fields = JsonObject::deserialize(deserializer)?;
    fields.retain(|_, value| !value.is_null());
    let mut given = names.iter().filter(|name| fields.contains_key(**name));
    let (Some(name), None) = (given.next(), given.next()) else {
        return Err(D::Error::custom(format_args!(
            "exactly one is wanted of: {}",
            names.join(", ")
        )));
    };
    match fields.remove(*name) {
        Some(serde_json::Value::String(text)) => Ok((*name, text, fields)),
        _ => Err(D::Error::custom(format_args!("`{name}` is no text"))),
    }
}

/// The reading side of [`tagged_payload!`].
#[cfg(feature = "full-serde")]
pub(crate) struct TaggedFields {
    tag_key: &'static str,
    tag: String,
    fields: JsonObject,
}

#[cfg(feature = "full-serde")]
impl TaggedFields {
    /// Reads the fields and refuses a payload that does not belong to the tag.
    pub(crate) fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        tag_key: &'static str,
        pairs: &[(&'static str, &'static str)],
    ) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let fields = JsonObject::deserialize(deserializer)?;
        let Some(serde_json::Value::String(tag)) = fields.get(tag_key) else {
            return Err(D::Error::missing_field(tag_key));
        };
        let own = pairs.iter().find(|(text, _)| text == tag).map(|(_, key)| *key);
        for (_, key) in pairs {
            if Some(*key) != own && fields.get(*key).is_some_and(|value| !value.is_null()) {
                return Err(D::Error::custom(format_args!(
                    "`{key}` does not go with {tag_key} `{tag}`"
                )));
            }
        }
        Ok(Self {
            tag_key,
            tag: tag.clone(),
            fields,
        })
    }

    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    pub(crate) fn payload<T: serde::de::DeserializeOwned, X: serde::de::Error>(
        &mut self,
        key: &'static str,
    ) -> Result<T, X> {
        let payload = self.fields.remove(key).ok_or_else(|| X::missing_field(key))?;
        serde_json::from_value(payload).map_err(|error| X::custom(format_args!("{key}: {error}")))
    }

    pub(crate) fn unknown<X: serde::de::Error>(&self) -> X {
        X::custom(format_args!("unknown {} `{}`", self.tag_key, self.tag))
    }
}
