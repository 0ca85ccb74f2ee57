//! Enums that keep the values which this version does not know.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Visitor};

use super::table::TakeText;

/// An enum that keeps the values which this version does not know; written by [`open_enum!`].
pub trait OpenEnum: Sized {
    /// The value of this text.
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

        impl $crate::dto::open_enum::OpenEnum for $name {
            fn from_text(text: &str) -> Self {
                match text {
                    $( $text => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                <Self as $crate::dto::open_enum::OpenEnum>::from_text(text)
            }
        }

        impl $crate::dto::table::Kind for $name {
            fn view(&self) -> $crate::dto::table::View<'_> {
                $crate::dto::table::View::Text(self.as_str())
            }

            fn slot(place: &mut Option<Self>) -> $crate::dto::table::Slot<'_> {
                $crate::dto::table::Slot::Open(place)
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
                $crate::dto::open_enum::read_open_enum(deserializer)
            }
        }
    };
}

pub(crate) use open_enum;

impl<E: OpenEnum> TakeText for Option<E> {
    fn take(&mut self, text: &str) {
        *self = Some(E::from_text(text));
    }

    fn clear(&mut self) {
        *self = None;
    }
}
