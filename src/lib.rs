#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use genauth_core::*;

#[cfg(feature = "events")]
pub mod events;
mod system;

pub use system::OsSystem;

/// The transport on ureq.
#[cfg(feature = "ureq")]
pub mod ureq {
    pub use genauth_ureq::*;
}

/// The transport on isahc.
#[cfg(feature = "isahc")]
pub mod isahc {
    pub use genauth_isahc::*;
}

/// The one transport that is switched on.
#[cfg(all(feature = "ureq", not(feature = "isahc")))]
pub type DefaultTransport = genauth_ureq::UreqTransport;

/// The one transport that is switched on.
#[cfg(all(feature = "isahc", not(feature = "ureq")))]
pub type DefaultTransport = genauth_isahc::IsahcTransport;

/// A client of this application over the one transport that is switched on, with that transport's defaults and the
/// default [`RetryPolicy`](client::RetryPolicy).
///
/// It is there when exactly one of the features `ureq` and `isahc` is on. With both, the choice is yours:
/// [`AuthenticationClient::new`] takes any transport. A library cannot know what its users switch on, so it had better
/// take a client or a transport as an argument.
///
/// Fails where the transport cannot be set up.
#[cfg(any(
    all(feature = "ureq", not(feature = "isahc")),
    all(feature = "isahc", not(feature = "ureq"))
))]
pub fn authentication_client(app: App) -> Result<AuthenticationClient, Error> {
    let transport = DefaultTransport::builder().build()?;
    Ok(AuthenticationClient::new(app, transport).with_retry(OsSystem::new(), client::RetryPolicy::default()))
}
