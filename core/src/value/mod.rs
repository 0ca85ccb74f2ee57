//! Values of the wire that mean more than their text: secrets, patches, encodings.

pub(crate) mod encode;
pub(crate) mod patch;
pub(crate) mod secret;
