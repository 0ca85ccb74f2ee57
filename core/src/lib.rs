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

pub mod access;
pub mod api_code;
pub mod app;
pub mod authentication;
pub mod client;
mod encode;
pub mod error;
mod excerpt;
mod lenient;
pub mod model;
mod operation;
mod patch;
pub mod protocol;
mod register;
pub mod reply;
mod request;
mod secret;
pub mod transport;
mod wire;

pub use api_code::ApiCode;
pub use app::App;
pub use client::AuthenticationClient;
pub use error::Error;
pub use operation::{BodyFormat, Operation, OperationInfo, ReplyFormat, Verb};
pub use patch::Patch;
pub use register::all_operations;
#[cfg(feature = "full-serde")]
pub use register::{OperationVisitor, visit_operations};
pub use reply::Reply;
pub use secret::Secret;
pub use wire::{FileBytes, JsonObject, OrText};
