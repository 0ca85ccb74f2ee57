//! An object in whose place a text may stand.

use serde::de::{Deserialize, Deserializer};
#[cfg(feature = "full-serde")]
use serde::ser::{Serialize, Serializer};

use super::read;
use super::table::{Field, Fill, Kind, Make, MakeOrText, Name, Object, Slot, View};

/// An object in whose place the service was seen to send a text.
#[derive(Debug, Clone)]
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

impl<T: Fill + Kind + Default> Kind for OrText<T> {
    fn view(&self) -> View<'_> {
        match self {
            Self::Value(value) => value.view(),
            Self::Text(text) => View::Text(text),
        }
    }

    fn slot(place: &mut Option<Self>) -> Slot<'_> {
        Slot::ObjectOrText(place)
    }
}

/// The place of an object that may be a text.
impl<T: Fill + Default> Make for Option<OrText<T>> {
    fn name(&self) -> &'static str {
        T::default().name()
    }

    fn make(&mut self) -> &mut dyn Fill {
        self.insert(OrText::Value(T::default()))
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Fill + Default> MakeOrText for Option<OrText<T>> {
    fn keep(&mut self, text: &str) {
        *self = Some(OrText::Text(text.to_owned()));
    }
}

impl<T: Object> Object for OrText<T> {
    fn name(&self) -> &'static str {
        self.value().map_or("OrText", Object::name)
    }

    fn names(&self) -> &'static [Name] {
        self.value().map_or(&[], Object::names)
    }

    fn each(&self, see: &mut dyn FnMut(&[&dyn Field])) {
        match self.value() {
            Some(value) => value.each(see),
            None => see(&[]),
        }
    }
}

impl<T: Fill> Fill for OrText<T> {
    fn each_mut(&mut self, see: &mut dyn FnMut(&mut [&mut dyn Field])) {
        match self {
            Self::Value(value) => value.each_mut(see),
            Self::Text(_) => see(&mut []),
        }
    }
}

impl<'de, T: Fill + Kind + Default> Deserialize<'de> for OrText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::one(deserializer)
    }
}

#[cfg(feature = "full-serde")]
impl<T: Fill + Kind + Default> Serialize for OrText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Kind::view(self).serialize(serializer)
    }
}
