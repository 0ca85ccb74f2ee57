//! Serialisation of what an application keeps between two calls: tokens, and a sign-in that has begun. Written and read as a
//! map, field by field; secrets are in it.

use serde::Deserialize;
use serde::de::Error;
use serde::de::value::UnitDeserializer;

/// Makes a struct serialisable by the names of its fields. One that is absent is none where it may be, and else an error.
macro_rules! kept {
    ($name:ident { $( $field:ident ),* $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                const FIELDS: &[&str] = &[$( stringify!($field) ),*];
                let mut map = serializer.serialize_map(Some(FIELDS.len()))?;
                $( map.serialize_entry(stringify!($field), &self.$field)?; )*
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a kept `", stringify!($name), "`"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        $( let mut $field = None; )*
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $( stringify!($field) => $field = Some(map.next_value()?), )*
                                _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                            }
                        }
                        Ok($name {
                            $( $field: match $field {
                                Some(value) => value,
                                None => crate::protocol::kept::absent(stringify!($field))?,
                            }, )*
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    };
}

pub(super) use kept;

/// The value of a field that is not there.
pub(super) fn absent<'de, T: Deserialize<'de>, E: Error>(name: &'static str) -> Result<T, E> {
    T::deserialize(UnitDeserializer::new()).map_err(|_: E| E::missing_field(name))
}
