//! Tokens, credentials, passwords, webhooks and events: what the core checks, signs and encrypts.

// Tests say what they expect by panicking, also in their helpers; and they may use threads.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod access_tokens;
mod bearer;
mod event_handshakes;
mod id_tokens;
mod key_source;
mod kinds;
mod management_credential;
mod passwords;
mod request_signatures;
mod support;
mod webhook_deliveries;
