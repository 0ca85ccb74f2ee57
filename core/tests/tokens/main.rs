//! Tokens, credentials, passwords, webhooks and events: what the core checks, signs and encrypts.

mod access_tokens;
mod event_handshakes;
mod id_tokens;
mod key_source;
mod management_credential;
mod passwords;
mod request_signatures;
mod support;
mod webhook_deliveries;
