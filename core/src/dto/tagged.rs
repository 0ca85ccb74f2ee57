//! Inputs in which exactly one of several things stands: a tag with its payload, or one of several names.

#[cfg(feature = "full-serde")]
use serde::{Deserialize, Deserializer};

#[cfg(feature = "full-serde")]
use crate::JsonObject;

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

        impl $crate::dto::table::Object for $name {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn names(&self) -> &'static [$crate::dto::table::Name] {
                match self {
                    $( Self::$variant(_) => const {
                        &[$crate::dto::table::Name::exact($tag), $crate::dto::table::Name::exact($key)]
                    }, )*
                }
            }

            fn each(&self, see: &mut dyn FnMut(&[&dyn $crate::dto::table::Field])) {
                match self {
                    $( Self::$variant(payload) => see(&[&self.tag(), payload]), )*
                }
            }
        }

        $crate::dto::macros::object!($name);
        $crate::dto::macros::written!($name);

        #[cfg(feature = "full-serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = $crate::dto::tagged::TaggedFields::read(
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

/// Declares an enum of which each variant is a text under a name of its own, where the service wants exactly one of them:
/// `{"email": ".."}` or `{"username": ".."}`.
macro_rules! one_of {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $key:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("\n\n`", $key, "` on the wire.")]
                $variant(String),
            )*
        }

        impl $crate::dto::table::Object for $name {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn names(&self) -> &'static [$crate::dto::table::Name] {
                match self {
                    $( Self::$variant(_) => const { &[$crate::dto::table::Name::exact($key)] }, )*
                }
            }

            fn each(&self, see: &mut dyn FnMut(&[&dyn $crate::dto::table::Field])) {
                match self {
                    $( Self::$variant(text) => see(&[text]), )*
                }
            }
        }

        $crate::dto::macros::object!($name);
        $crate::dto::macros::written!($name);

        #[cfg(feature = "full-serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let (name, text, _) = $crate::dto::tagged::read_one_of(deserializer, &[$( $key ),*])?;
                match name {
                    $( $key => Ok(Self::$variant(text)), )*
                    _ => Err(serde::de::Error::custom("no name is given")),
                }
            }
        }
    };
}

pub(crate) use {one_of, tagged_payload};

/// Reads the one field of several of which the service wants exactly one: its name, its text, and the other fields.
#[cfg(feature = "full-serde")]
pub(crate) fn read_one_of<'de, D: Deserializer<'de>>(
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
