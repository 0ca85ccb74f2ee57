//! The sans-IO core of the GenAuth SDK: it turns inputs into [`http::Request`]s and the bytes of [`http::Response`]s into
//! results, and leaves the carrying to you.
//!
//! - An [`App`] is one application of a user pool; [`App::signed_in`] adds a user's token.
//! - An [`Operation`] is one call of the API: a constant that builds the request and reads the reply.
//! - An [`AuthenticationClient`] has a method for each operation and runs it over any [`Transport`](transport::Transport).
//! - An [`Error`] says whether it was sent, answered, refused or not understood.
//!
//! The core opens no socket and no file, and has no clock, sleep or random source of its own.
//!
//! # Features
//!
//! - `full-serde`: inputs can also be read from JSON and answers be written to it.
//! - `oidc`: the sign-in through the browser, and the verification of tokens.
//! - `cas`: validates CAS tickets.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use http;

pub mod app;
pub mod authentication;
pub mod client;
mod dto;
pub mod error;
pub mod model;
pub mod operation;
pub mod protocol;
mod register;
pub mod transport;
mod value;

pub use app::App;
pub use app::access;
pub use client::AuthenticationClient;
pub use dto::or_text::OrText;
pub use error::{ApiCode, Error, api_code};
#[cfg(feature = "full-serde")]
pub use operation::table::OperationVisitor;
pub use operation::{BodyFormat, Credential, Operation, OperationInfo, Reply, ReplyFormat, Verb, reply};
pub use register::all_operations;
#[cfg(feature = "full-serde")]
pub use register::visit_operations;
pub use value::JsonObject;
pub use value::file::FileBytes;
pub use value::patch::Patch;
pub use value::secret::Secret;
