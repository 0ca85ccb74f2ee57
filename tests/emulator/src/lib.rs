//! An in-process GenAuth server for tests and offline work.
//!
//! It is a real HTTP server on the loopback interface with its state in memory. It follows the rules that the service
//! documents or was seen to follow: pass codes are good for one use, one channel and one minute; proof tokens live for 60
//! seconds; business failures come with HTTP 200. Time moves when a test says so, so nothing needs to wait. It needs no SDK:
//! whatever speaks HTTP can be tested with it.
//!
//! ```
//! use std::time::Duration;
//! use genauth_emulator::{Channel, Emulator, UserSeed};
//! use serde_json::{Value, json};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::start()?;
//! let bob = emulator.add_user(UserSeed::new().username("bob").password("passw0rd"))?;
//! let token = emulator.access_token(&bob)?;
//!
//! // What is tested: any client. This one asks for a code, and binds the address with it.
//! let call = |path: &str, body: Value| -> Result<Value, Box<dyn std::error::Error>> {
//!     let answer = ureq::post(format!("{}{path}", emulator.url()))
//!         .header("x-genauth-app-id", emulator.app_id())
//!         .header("authorization", &token)
//!         .header("content-type", "application/json")
//!         .send(body.to_string())?
//!         .body_mut()
//!         .read_to_string()?;
//!     Ok(serde_json::from_str(&answer)?)
//! };
//! let email = "bob@example.com";
//! call("/api/v3/send-email", json!({ "email": email, "channel": "CHANNEL_BIND_EMAIL" }))?;
//! let code = emulator.last_code(email, Channel::BindEmail).ok_or("no code was sent")?;
//!
//! // Five minutes later it is too late.
//! emulator.advance(Duration::from_secs(300));
//! let late = call("/api/v3/bind-email", json!({ "email": email, "passCode": code }))?;
//! assert_eq!(late["apiCode"], 2300);
//!
//! call("/api/v3/send-email", json!({ "email": email, "channel": "CHANNEL_BIND_EMAIL" }))?;
//! let code = emulator.last_code(email, Channel::BindEmail).ok_or("no code was sent")?;
//! let bound = call("/api/v3/bind-email", json!({ "email": email, "passCode": code }))?;
//! assert_eq!(bound["statusCode"], 200);
//! assert!(emulator.user(&bob).is_some_and(|user| user["email"] == email));
//! # Ok(())
//! # }
//! ```
//!
//! - It is also a small OpenID provider: [`Emulator::authorize`] does what the sign-in page does, and the page itself is
//!   there for browsers. Events go out over web sockets and webhooks.
//! - What an administrator would set up (users, roles, permissions, departments, identity sources, invitations) is done by
//!   methods here, or comes from a [`Seed`]. A misspelt member and a name that is taken are errors, not surprises.
//! - What goes wrong in real life is a [`Fault`], for all calls or for one path: rate limits, proxies, cut answers, closed,
//!   slow and hanging connections. [`Emulator::requests`] tells what a client really sent.
//! - [`Rules`] switch on what a strict tenant has: a password policy, locked accounts, captchas, second factors, registered
//!   redirect URIs, CORS.
//! - [`Emulator::clock`] is the time for whoever has to live by it, [`Emulator::snapshot`] a state to return to.
//!
//! Everything here can be done over HTTP too; `GET /_emulator` on a running emulator lists how, and shows a page in a
//! browser. The program `genauth-emulator` of this crate runs one for tests in other languages; the README has examples with
//! the vendor's SDKs for Node and Python.
//!
//! Each emulator is independent of every other, so tests can run in parallel. Dropping it stops the server.
//!
//! # Features
//!
//! - `tls` (on by default): HTTPS with a certificate that is made at the start (`Builder::tls`).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod area;
mod builder;
mod channel;
mod client_authentication;
mod clock;
mod codes;
mod directory;
mod emulator;
mod events;
mod failure;
mod fault;
mod html;
mod keys;
mod one_time;
mod outbox;
mod password;
mod random;
mod record;
mod route;
mod rules;
mod seed;
mod server;
mod session;
mod setup;
mod setup_error;
mod snapshot;
mod state;
mod tls;
mod tokens;
mod totp;
mod user;
mod users;
mod validate;
mod webhook;

pub use crate::area::authorize::AuthorizeError;
pub use crate::area::uploads::UploadedFile;
pub use crate::builder::Builder;
pub use crate::channel::{Channel, UnknownChannel};
pub use crate::directory::Permission;
pub use crate::emulator::{Decision, Emulator, EmulatorClock, Invitation};
pub use crate::fault::Fault;
pub use crate::outbox::Message;
pub use crate::record::RecordedRequest;
pub use crate::rules::{Captcha, PasswordPolicy, Rules, SecondFactor};
pub use crate::seed::Seed;
pub use crate::setup_error::SetupError;
pub use crate::snapshot::Snapshot;
pub use crate::state::ClientAuthentication;
pub use crate::tokens::{IdTokenAlgorithm, RefreshRotation};
pub use crate::user::UserSeed;

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Emulator>();
        shared::<Builder>();
        shared::<EmulatorClock>();
        shared::<Snapshot>();
    }

    #[test]
    fn has_one_route_for_each_verb_and_path() {
        let mut known: Vec<_> = area::all().map(|route| (route.path, route.method)).collect();
        let before = known.len();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), before);
    }
}
