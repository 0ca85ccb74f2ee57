//! Tells errors of connecting, when nothing of the request has been sent, from later ones: ureq's own errors do not say.
//!
//! This is the one place that uses ureq's `unversioned` interfaces, which may change with a minor version of ureq. It
//! hands everything on to ureq's own connector and resolver.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::Uri;
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};

/// An error from before the request was sent.
#[derive(Debug)]
pub(crate) struct NotSent(pub(crate) Error);

impl NotSent {
    fn wrap(error: Error) -> Error {
        match error {
            // A connection through a proxy comes by here twice.
            Error::Other(inner) if inner.is::<Self>() => Error::Other(inner),
            error => Error::Other(Box::new(Self(error))),
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for NotSent {}

/// ureq's connector, with its errors marked as [`NotSent`].
#[derive(Debug)]
pub(crate) struct TellingConnector(pub(crate) DefaultConnector);

impl Connector for TellingConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(NotSent::wrap)
    }
}

/// ureq's resolver, with its errors marked as [`NotSent`].
#[derive(Debug)]
pub(crate) struct TellingResolver(pub(crate) DefaultResolver);

impl Resolver for TellingResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        // ureq starts a thread for each call to keep the timeout, even where there is nothing to look up.
        if let Some(address) = literal_address(uri) {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        self.0.resolve(uri, config, timeout).map_err(NotSent::wrap)
    }
}

/// The address of a URL whose host is an IP address, such as `http://127.0.0.1:3000`.
fn literal_address(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let address: IpAddr = host.parse().ok()?;
    let port = uri.port_u16().or_else(|| match uri.scheme_str()? {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })?;
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_addresses_need_no_lookup() {
        let address = |uri: &'static str| literal_address(&Uri::from_static(uri)).map(|address| address.to_string());
        assert_eq!(address("http://127.0.0.1:3000/a?b").as_deref(), Some("127.0.0.1:3000"));
        assert_eq!(address("https://[::1]/").as_deref(), Some("[::1]:443"));
        assert_eq!(address("http://10.0.0.1").as_deref(), Some("10.0.0.1:80"));
        assert_eq!(address("socks5://10.0.0.1"), None);
        assert_eq!(address("https://example.com"), None);
        assert_eq!(address("/path"), None);
    }
}
