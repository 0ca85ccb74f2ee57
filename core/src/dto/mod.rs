//! The DTOs: what their macros make of them, and the one way in which all of them are read and written.

pub(crate) mod reader;
pub(crate) mod wire;
