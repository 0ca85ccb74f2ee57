#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use genauth_core::*;

#[cfg(feature = "events")]
pub mod events;
mod system;

pub use system::OsSystem;

/// The transport on ureq, and clients over it.
#[cfg(feature = "ureq")]
pub mod ureq {
    pub use genauth_ureq::*;

    use crate::{App, AuthenticationClient, Error};

    /// A client of this application over ureq, with the transport's defaults, the operating system's clock and the default
    /// [`RetryPolicy`](crate::client::RetryPolicy).
    ///
    /// Fails where the transport cannot be set up.
    pub fn client(app: App) -> Result<AuthenticationClient, Error> {
        Ok(super::client_over(app, UreqTransport::builder().build()?))
    }
}

/// The transport on isahc, and clients over it.
#[cfg(feature = "isahc")]
pub mod isahc {
    pub use genauth_isahc::*;

    use crate::{App, AuthenticationClient, Error};

    /// A client of this application over isahc, with the transport's defaults, the operating system's clock and the default
    /// [`RetryPolicy`](crate::client::RetryPolicy).
    ///
    /// Fails where the transport cannot be set up.
    pub fn client(app: App) -> Result<AuthenticationClient, Error> {
        Ok(super::client_over(app, IsahcTransport::builder().build()?))
    }
}

#[cfg(any(feature = "ureq", feature = "isahc"))]
fn client_over(app: App, transport: impl transport::Transport + 'static) -> AuthenticationClient {
    AuthenticationClient::new(app, transport)
        .with_system(OsSystem::new())
        .with_retry(client::RetryPolicy::default())
}
