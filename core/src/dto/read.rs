//! Reading: the one way in which all DTOs come out of JSON, or out of whatever a deserialiser reads.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::reader;
use super::table::{Extend, Field, Fill, Kind, Name, Slot};
use crate::{JsonObject, Secret};

/// Reads an object.
#[inline]
pub(crate) fn read<'de, T: Fill + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut object = T::default();
    fill(&mut object, deserializer)?;
    Ok(object)
}

fn fill<'de, D: Deserializer<'de>>(object: &mut dyn Fill, deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_struct(object.name(), &[], Whole(object))
}

struct Whole<'a>(&'a mut dyn Fill);

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.0.name())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let names = self.0.names();
        let mut result = Ok(());
        self.0
            .each_mut(&mut |fields| result = read_fields(names, fields, &mut map));
        result
    }
}

fn read_fields<'de, A: MapAccess<'de>>(
    names: &[Name],
    fields: &mut [&mut dyn Field],
    map: &mut A,
) -> Result<(), A::Error> {
    let mut next = 0;
    while let Some(found) = map.next_key_seed(Find { names, next })? {
        match fields.get_mut(found) {
            Some(field) => {
                map.next_value_seed(field.slot())?;
                next = found + 1;
            }
            None => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(())
}

/// Finds the field of a name. Fields mostly come in the documented order, so the one after the last is tried first.
struct Find<'a> {
    names: &'a [Name],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Find<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, text: &str) -> Result<usize, E> {
        let (before, after) = self.names.split_at(self.next.min(self.names.len()));
        Ok(match after.iter().position(|name| name.is(text)) {
            Some(index) => before.len() + index,
            None => before.iter().position(|name| name.is(text)).unwrap_or(usize::MAX),
        })
    }
}

impl Slot<'_> {
    /// Nothing came.
    fn clear(self) {
        match self {
            Self::Text(place) => *place = None,
            Self::Secret(place) => *place = None,
            Self::Integer(place) => *place = None,
            Self::Number(place) => *place = None,
            Self::Boolean(place) => *place = None,
            Self::Json(place) => *place = None,
            Self::Map(place) => *place = None,
            Self::Open(place) => place.clear(),
            Self::Object(place) => place.clear(),
            Self::ObjectOrText(place) => place.clear(),
            Self::List(list) => list.clear(),
            Self::Closed => {}
        }
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_newtype_struct(reader::SLOT, self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) | Self::Secret(_) | Self::Open(_) => f.write_str("a text"),
            Self::Integer(_) => f.write_str("a whole number"),
            Self::Number(_) => f.write_str("a number"),
            Self::Boolean(_) => f.write_str("true or false"),
            Self::Json(_) | Self::Closed => f.write_str("any value"),
            Self::Map(_) => f.write_str("an object"),
            Self::Object(place) => write!(f, "an object ({})", place.name()),
            Self::ObjectOrText(place) => write!(f, "an object ({}) or a text", place.name()),
            Self::List(_) => f.write_str("a list"),
        }
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self {
            // Null is a value here, and the one that stands for nothing.
            Self::Json(place) => {
                *place = Some(Value::deserialize(deserializer)?).filter(|value| !value.is_null());
                Ok(())
            }
            Self::Closed => deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ()),
            other => deserializer.deserialize_option(other),
        }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.clear();
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.clear();
        Ok(())
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self {
            Self::Text(_) | Self::Secret(_) | Self::Open(_) => deserializer.deserialize_str(self),
            Self::Integer(_) => deserializer.deserialize_i64(self),
            Self::Number(_) => deserializer.deserialize_f64(self),
            Self::Boolean(_) => deserializer.deserialize_bool(self),
            Self::List(_) => deserializer.deserialize_seq(self),
            Self::Map(_) => deserializer.deserialize_map(self),
            Self::Object(_) => deserializer.deserialize_struct("", &[], self),
            Self::ObjectOrText(_) => deserializer.deserialize_any(self),
            Self::Json(_) | Self::Closed => self.visit_newtype_struct(deserializer),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self {
            Self::Text(place) => *place = Some(text.to_owned()),
            Self::Secret(place) => *place = Some(Secret::from(text)),
            Self::Open(place) => place.take(text),
            Self::ObjectOrText(place) => place.keep(text),
            other => return Err(E::invalid_type(Unexpected::Other("text"), &other)),
        }
        Ok(())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        match self {
            Self::Text(place) => {
                *place = Some(text);
                Ok(())
            }
            Self::Secret(place) => {
                *place = Some(Secret::from(text));
                Ok(())
            }
            other => other.visit_str(&text),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        match self {
            Self::Integer(place) => *place = Some(number),
            #[allow(clippy::cast_precision_loss)] // A number with a fraction is wanted.
            Self::Number(place) => *place = Some(number as f64),
            other => return Err(E::invalid_type(Unexpected::Other("number"), &other)),
        }
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match (i64::try_from(number), self) {
            (Ok(number), slot) => slot.visit_i64(number),
            #[allow(clippy::cast_precision_loss)] // As above.
            (Err(_), Self::Number(place)) => {
                *place = Some(number as f64);
                Ok(())
            }
            (Err(_), other) => Err(E::invalid_type(Unexpected::Other("number"), &other)),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        match self {
            Self::Number(place) => {
                *place = Some(number);
                Ok(())
            }
            other => Err(E::invalid_type(Unexpected::Other("number with a fraction"), &other)),
        }
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<(), E> {
        match self {
            Self::Boolean(place) => {
                *place = Some(boolean);
                Ok(())
            }
            other => Err(E::invalid_type(Unexpected::Bool(boolean), &other)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self::List(list) = self else {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        };
        list.clear();
        let size = reader::item_of(list.item_size());
        while let Some(()) = items.next_element_seed(Item { list: &mut *list, size })? {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        match self {
            Self::Object(place) => Whole(place.make()).visit_map(map),
            Self::ObjectOrText(place) => Whole(place.make()).visit_map(map),
            Self::Map(place) => {
                *place = Some(JsonObject::deserialize(serde::de::value::MapAccessDeserializer::new(
                    map,
                ))?);
                Ok(())
            }
            other => Err(A::Error::invalid_type(Unexpected::Map, &other)),
        }
    }
}

/// One more item of a list.
struct Item<'a> {
    list: &'a mut dyn Extend,
    size: &'static str,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_newtype_struct(self.size, self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut deserializer = Some(deserializer);
        let mut result = Ok(());
        self.list.one_more(&mut |slot| {
            if let Some(deserializer) = deserializer.take() {
                result = slot.visit_newtype_struct(deserializer);
            }
        });
        result
    }
}

/// Reads one value of a kind.
pub(crate) fn one<'de, T: Kind, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut place = None;
    T::slot(&mut place).deserialize(deserializer)?;
    place.ok_or_else(|| D::Error::custom("nothing stands here"))
}
