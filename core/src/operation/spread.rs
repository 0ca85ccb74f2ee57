//! Spreads the fields of an input over the places of a request, while the input is serialised: nothing is built of it first.

use std::fmt::Display;

use serde::ser::{self, Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::value::encode;

type Error = serde_json::Error;
/// Takes a value as text or bytes.
type Emit<'a> = &'a mut dyn FnMut(&[u8]);

/// Decides where a field goes.
pub(crate) trait Places {
    /// The place of the field of this name.
    fn place(&mut self, name: &str) -> Place<'_>;
}

/// Where a field goes.
pub(crate) enum Place<'a> {
    /// Into a query or form, as a pair for each item of a list.
    Pairs(&'a mut String),
    /// Into a multipart body, as a part for each item of a list.
    Parts(&'a mut Vec<Part>),
    /// To a place of its own, as text or bytes.
    Own(&'a mut Option<Vec<u8>>),
    /// Into a JSON object.
    Json(&'a mut JsonWriter),
}

/// A part of a multipart body.
#[derive(Hash)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A JSON object that is being written.
#[derive(Default)]
pub(crate) struct JsonWriter(Vec<u8>);

impl JsonWriter {
    pub(crate) fn entry<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        let before = self.0.len();
        self.0.push(if before == 0 { b'{' } else { b',' });
        let written = serde_json::to_writer(&mut self.0, name).and_then(|()| {
            self.0.push(b':');
            serde_json::to_writer(&mut self.0, value)
        });
        if written.is_err() {
            self.0.truncate(before);
        }
        written
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The whole object.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.0.is_empty() {
            self.0.push(b'{');
        }
        self.0.push(b'}');
        self.0
    }
}

/// Spreads an input.
pub(crate) fn spread<T: Serialize + ?Sized>(input: &T, places: &mut dyn Places) -> Result<(), Error> {
    input.serialize(Spread(places))
}

#[cold]
fn no_object() -> Error {
    Error::custom("the input is not an object")
}

struct Spread<'a>(&'a mut dyn Places);

impl Spread<'_> {
    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        match self.0.place(name) {
            Place::Pairs(pairs) => value.serialize(Values(&mut |bytes| encode::push_pair(pairs, name, bytes))),
            Place::Parts(parts) => value.serialize(Values(&mut |bytes| {
                parts.push(Part {
                    name: name.to_owned(),
                    bytes: bytes.to_vec(),
                });
            })),
            Place::Own(place) => value.serialize(Values(&mut |bytes| *place = Some(bytes.to_vec()))),
            Place::Json(object) => object.entry(name, value),
        }
    }
}

/// What is neither an object nor nothing cannot be spread.
macro_rules! refuse {
    ($($name:ident($($type:ty),*);)*) => { $(
        fn $name(self, $(_: $type),*) -> Result<(), Error> {
            Err(no_object())
        }
    )* };
}

impl<'a> Serializer for Spread<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = SpreadMap<'a>;
    type SerializeStruct = Spread<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    refuse! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(no_object())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(no_object())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(no_object())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(no_object())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Ok(SpreadMap {
            spread: self,
            name: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(no_object())
    }
}

impl SerializeStruct for Spread<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

struct SpreadMap<'a> {
    spread: Spread<'a>,
    name: String,
}

impl SerializeMap for SpreadMap<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name.clear();
        let name = &mut self.name;
        key.serialize(Values(&mut |text| {
            if let Ok(text) = std::str::from_utf8(text) {
                name.push_str(text);
            }
        }))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.spread.field(&self.name, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// Hands on a value as text: without quotes where it is text already. A list hands on each item, nothing hands on nothing,
/// an object is JSON.
struct Values<'a>(Emit<'a>);

impl Values<'_> {
    fn show(self, value: impl Display) {
        (self.0)(value.to_string().as_bytes());
    }
}

macro_rules! show {
    ($($name:ident($type:ty);)*) => { $(
        fn $name(self, value: $type) -> Result<(), Error> {
            self.show(value);
            Ok(())
        }
    )* };
}

impl<'a> Serializer for Values<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Inner<'a>;
    type SerializeStruct = Inner<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    show! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_char(char);
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        (self.0)(&serde_json::to_vec(&value)?);
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        (self.0)(text.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        (self.0)(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = JsonWriter::default();
        object.entry(variant, value)?;
        (self.0)(&object.finish());
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        Ok(Items(self.0))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Error> {
        Ok(Items(self.0))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Error> {
        Ok(Items(self.0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom("a value of this shape has no place in a query or form"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inner<'a>, Error> {
        Ok(Inner {
            emit: self.0,
            object: JsonWriter::default(),
            name: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Inner<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom("a value of this shape has no place in a query or form"))
    }
}

/// The items of a list; one that is a list itself is JSON.
struct Items<'a>(Emit<'a>);

impl Items<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let mut count = 0;
        let mut one = Vec::new();
        item.serialize(Values(&mut |bytes| {
            count += 1;
            one = bytes.to_vec();
        }))?;
        match count {
            0 => {}
            1 => (self.0)(&one),
            _ => (self.0)(&serde_json::to_vec(item)?),
        }
        Ok(())
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.item(item)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl ser::SerializeTuple for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.item(item)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl ser::SerializeTupleStruct for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.item(item)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// An object inside a value: JSON.
struct Inner<'a> {
    emit: Emit<'a>,
    object: JsonWriter,
    name: String,
}

impl SerializeMap for Inner<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name.clear();
        let name = &mut self.name;
        key.serialize(Values(&mut |text| {
            if let Ok(text) = std::str::from_utf8(text) {
                name.push_str(text);
            }
        }))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.object.entry(&self.name, value)
    }

    fn end(self) -> Result<(), Error> {
        (self.emit)(&self.object.finish());
        Ok(())
    }
}

impl SerializeStruct for Inner<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.object.entry(name, value)
    }

    fn end(self) -> Result<(), Error> {
        (self.emit)(&self.object.finish());
        Ok(())
    }
}
