//! Looks names up where a connection is made, and tells errors of connecting, when nothing of the request has been sent,
//! from later ones.
//!
//! ureq asks its resolver before it looks into its pool, and with a time limit it starts a thread for that: a kept
//! connection would cost a look-up that nobody needs. So [`LateResolver`] answers with a placeholder, and
//! [`LateConnector`], which is asked only where there is no kept connection, looks the name up within the time to connect.
//! Everything else is ureq's own connector and resolver.
//!
//! Of ureq's `unversioned` interfaces, which may change with a minor version of ureq, this file implements `Resolver` and
//! `Connector`, and `builder.rs` hands them to `Agent::with_parts`; nothing else uses them.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};
use ureq::{Error, Proxy, ProxyProtocol};

use crate::error::is_tls;

/// Stands for the addresses that are looked up when a connection is made. Nothing listens on it.
const LATER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// An error from before the request was sent.
#[derive(Debug)]
pub(crate) struct NotSent {
    pub(crate) step: Step,
    pub(crate) error: Error,
}

/// Where on the way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Looking the server's name up.
    Name,
    /// Looking the proxy's name up, connecting to it, TLS with it.
    ReachingProxy,
    /// Whatever the proxy is asked to do.
    ThroughProxy,
    /// Connecting to the server without a proxy, and TLS with it also through one.
    Server,
}

impl NotSent {
    fn at(step: Step, error: Error) -> Error {
        match error {
            // A connection to a proxy comes by here twice.
            Error::Other(inner) if inner.is::<Self>() => Error::Other(inner),
            error => Error::Other(Box::new(Self { step, error })),
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for NotSent {}

/// Puts the look-up of a server's name off. A proxy's is made: ureq asks for it only where it connects.
#[derive(Debug)]
pub(crate) struct LateResolver<R>(pub(crate) Arc<R>);

impl<R: Resolver> Resolver for LateResolver<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        if config.proxy().is_some_and(|proxy| proxy.uri() == uri) {
            return look_up(&*self.0, uri, config, timeout).map_err(|error| NotSent::at(Step::ReachingProxy, error));
        }
        Ok(self.one(LATER))
    }
}

/// ureq's connector, with the addresses that [`LateResolver`] has put off, and its errors as [`NotSent`].
#[derive(Debug)]
pub(crate) struct LateConnector<R> {
    connector: DefaultConnector,
    resolver: Arc<R>,
}

impl<R: Resolver> LateConnector<R> {
    pub(crate) fn new(resolver: Arc<R>) -> Self {
        Self {
            connector: DefaultConnector::new(),
            resolver,
        }
    }

    /// Looks the name up and connects, both in the time that there is for connecting.
    fn connect_by_name(&self, details: &ConnectionDetails<'_>) -> Result<Option<Box<dyn Transport>>, Error> {
        let clock = Clock(Instant::now(), details.timeout);
        let addresses = look_up(&*self.resolver, details.uri, details.config, details.timeout)
            .map_err(|error| NotSent::at(Step::Name, error))?;
        // Here, the proxy is one that leaves the look-up to us, and ureq tells it one address only.
        let Some(proxy) = proxy_of(details).filter(|proxy| is_socks(proxy)) else {
            return self.connector.connect(&clock.after_lookup(details, addresses)?, None);
        };
        let only_ipv4 = proxy.protocol() == ProxyProtocol::Socks4;
        let mut usable = addresses
            .iter()
            .copied()
            .filter(|address| address.is_ipv4() || !only_ipv4)
            .peekable();
        while let Some(address) = usable.next() {
            let details = clock.after_lookup(details, self.resolver.one(address))?;
            match self.connector.connect(&details, None) {
                Err(error) if usable.peek().is_some() && is_refusal(&error) => {}
                result => return result,
            }
        }
        Err(NotSent::at(Step::Name, Error::HostNotFound))
    }
}

impl<R: Resolver> Connector<()> for LateConnector<R> {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        let connected = if details.addrs.iter().eq([&LATER]) {
            self.connect_by_name(details)
        } else {
            self.connector.connect(details, chained)
        };
        connected.map_err(|error| match error {
            // Behind a proxy this is the connection to the proxy, which has come by here already.
            Error::Other(inner) => match inner.downcast::<NotSent>() {
                Ok(not_sent) if not_sent.step == Step::Server && proxy_of(details).is_some() => {
                    NotSent::at(Step::ReachingProxy, not_sent.error)
                }
                Ok(not_sent) => Error::Other(not_sent),
                Err(inner) => NotSent::at(Step::Server, Error::Other(inner)),
            },
            error if proxy_of(details).is_some() && !is_tls(&error) => NotSent::at(Step::ThroughProxy, error),
            error => NotSent::at(Step::Server, error),
        })
    }
}

/// The time for connecting, from where the look-up began.
struct Clock(Instant, NextTimeout);

impl Clock {
    /// The same connection with these addresses and the time that is left.
    fn after_lookup<'a>(
        &self,
        details: &ConnectionDetails<'a>,
        addrs: ResolvedSocketAddrs,
    ) -> Result<ConnectionDetails<'a>, Error> {
        let Self(started, mut timeout) = *self;
        if let Duration::Exact(time) = timeout.after {
            let left = time.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            timeout.after = Duration::Exact(left);
        }
        Ok(ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: (details.current_time)(),
            timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        })
    }
}

/// The proxy that this connection goes through.
fn proxy_of<'a>(details: &ConnectionDetails<'a>) -> Option<&'a Proxy> {
    details.config.proxy().filter(|proxy| !proxy.is_no_proxy(details.uri))
}

fn is_socks(proxy: &Proxy) -> bool {
    use ProxyProtocol::{Socks4, Socks4A, Socks5, Socks5h};
    matches!(proxy.protocol(), Socks4 | Socks4A | Socks5 | Socks5h)
}

/// Whether a SOCKS proxy has answered, and not with a connection.
fn is_refusal(error: &Error) -> bool {
    !is_tls(error) && matches!(error, Error::Io(cause) if cause.raw_os_error().is_none())
}

/// The addresses of a URL's host. ureq starts a thread for a look-up in time, so there is none where nothing is to be
/// looked up.
fn look_up(
    resolver: &impl Resolver,
    uri: &Uri,
    config: &Config,
    timeout: NextTimeout,
) -> Result<ResolvedSocketAddrs, Error> {
    match literal_address(uri) {
        Some(address) => Ok(resolver.one(address)),
        None => resolver.resolve(uri, config, timeout),
    }
}

trait One: Resolver {
    /// This one address.
    fn one(&self, address: SocketAddr) -> ResolvedSocketAddrs {
        let mut addresses = self.empty();
        addresses.push(address);
        addresses
    }
}

impl<R: Resolver + ?Sized> One for R {}

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
        "socks4" | "socks4a" | "socks5" | "socks5h" | "socks" => Some(1080),
        _ => None,
    })?;
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests;
