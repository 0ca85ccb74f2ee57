//! What the core promises, seen from outside: one binary for all of it.

// Tests say what they expect by panicking, also in their helpers; and they may use threads, files and processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]
// A test reads better with its small types and plain numbers where they are used.
#![allow(
    clippy::items_after_statements,
    clippy::duration_suboptimal_units,
    clippy::struct_excessive_bools,
    clippy::format_push_string,
    clippy::needless_pass_by_value
)]

mod client;
mod compile_fail;
// Needs the protocols.
#[cfg(all(
    feature = "cas",
    feature = "management",
    feature = "oidc",
    feature = "password-encryption",
    feature = "webhooks"
))]
mod doors;
mod encoding;
mod errors;
mod hosts;
mod operations;
mod replies;
mod secrets;
mod smoke;
mod wire;
