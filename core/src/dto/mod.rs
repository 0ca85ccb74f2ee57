//! The DTOs: what their macros make of them, and the one way in which all of them are read and written.
//!
//! A DTO is a struct as Rust writes it, in the parentheses of [`input!`], [`answer!`] or [`both!`] (parentheses and not
//! braces, for then rustfmt formats it). The macro adds the derives, `new` and the setters, and a table: the names of the
//! fields, and the fields as trait objects. What reads and writes goes by that table, so that it is compiled once for all
//! DTOs and not once for each.
//!
//! On the wire a field has its name in camelCase, or what `#[wire = "..."]` says.

#[cfg(feature = "full-serde")]
pub(crate) mod given;
pub(crate) mod macros;
pub(crate) mod open_enum;
pub(crate) mod or_text;
pub(crate) mod read;
pub(crate) mod reader;
pub(crate) mod table;
pub(crate) mod tagged;
pub(crate) mod write;

pub(crate) use macros::{answer, both, input, record, shorthand};
pub(crate) use open_enum::open_enum;
pub(crate) use tagged::{one_of, tagged_payload};
