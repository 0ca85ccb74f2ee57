//! Values of the wire that mean more than their text: secrets, patches, files, encodings.

pub(crate) mod encode;
pub(crate) mod file;
pub(crate) mod patch;
pub(crate) mod secret;

/// A free-form JSON object.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
