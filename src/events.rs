//! A blocking client for the events of a user pool, over web sockets.
//!
//! ```no_run
//! use genauth::events::EventClient;
//! use genauth::protocol::events::EventHost;
//!
//! let client = EventClient::new(EventHost::new("wss://openevent.genauth.ai")?);
//! let events = client.user_events("authing.user.updated", "the user's access token")?;
//! let closer = events.closer();
//! let listener = std::thread::spawn(move || {
//!     for event in events {
//!         match event {
//!             Ok(event) => println!("{}", event.text()),
//!             Err(error) => println!("given up: {error}"),
//!         }
//!     }
//! });
//! // Later, from any thread:
//! closer.close();
//! listener.join().expect("the listener does not panic");
//! # Ok::<(), genauth::Error>(())
//! ```
//!
//! # What it does unless told otherwise
//!
//! | Setting             | Default                                         | Change it with                                 |
//! |---------------------|-------------------------------------------------|------------------------------------------------|
//! | a connection ends   | connects again, for ever: see [`ReconnectPolicy`] | [`with_reconnect`](EventClient::with_reconnect) |
//! | time to connect     | 10 s (each address; TLS and handshake together) | [`with_connect_timeout`](EventClient::with_connect_timeout) |
//! | silence             | asked after 30 s whether the other side is there, given up after 60 s | [`with_silence`](EventClient::with_silence) |
//! | size of an event    | 1 MiB                                           | [`with_event_limit`](EventClient::with_event_limit) |
//! | TLS                 | 1.2 and 1.3, certificates verified              |                                                |
//! | trusted roots       | Mozilla's, bundled; the system's are not read   | [`add_root_certificate`](EventClient::add_root_certificate), [`only_root_certificates`](EventClient::only_root_certificates) |
//! | proxy               | none: proxies of the environment are not used   |                                                |
//!
//! Delivery is at most once: what happens while no connection stands is not heard of. To publish an event, call
//! [`pub_user_event`](crate::AuthenticationClient::pub_user_event).

use std::fmt;
use std::io::{self, Read, Write};
use std::iter::FusedIterator;
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use genauth_core::client::System;
use genauth_core::error::RequestError;
use genauth_core::protocol::events::{Event, EventHost, Handshake, ReconnectPolicy};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{Error, Secret};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tungstenite::handshake::HandshakeError;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

use crate::OsSystem;

/// Subscribes to events. Cheap to clone.
#[derive(Clone)]
pub struct EventClient {
    host: EventHost,
    system: Arc<dyn System>,
    reconnect: ReconnectPolicy,
    connect_timeout: Duration,
    silence: Duration,
    event_limit: usize,
    /// `None`: the default ones.
    roots: Option<Arc<RootCertStore>>,
}

/// A time that nobody waits for, and that every operating system takes.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const SHORTEST: Duration = Duration::from_millis(1);

impl EventClient {
    /// A client for the events of this host.
    pub fn new(host: EventHost) -> Self {
        Self {
            host,
            system: Arc::new(OsSystem::new()),
            reconnect: ReconnectPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            event_limit: 1 << 20,
            roots: None,
        }
    }

    /// Sets when to connect again.
    pub fn with_reconnect(mut self, policy: ReconnectPolicy) -> Self {
        self.reconnect = policy;
        self
    }

    /// Sets how long connecting to one address may take, and then TLS and the handshake together.
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.clamp(SHORTEST, LONGEST);
        self
    }

    /// Sets after how long a silence the other side is asked whether it is still there. After as long again without a sign
    /// of life, the connection is given up.
    pub fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence.clamp(SHORTEST, LONGEST);
        self
    }

    /// Sets how many bytes an event may have. A longer one ends the connection.
    pub fn with_event_limit(mut self, bytes: usize) -> Self {
        self.event_limit = bytes;
        self
    }

    /// Sets the clock, the sleep and the random source; the operating system's until then.
    pub fn with_system(mut self, system: impl System + 'static) -> Self {
        self.system = Arc::new(system);
        self
    }

    /// Trusts the certificates in this PEM text as well as those trusted so far: at first, the default roots.
    pub fn add_root_certificate(mut self, pem: &[u8]) -> Result<Self, Error> {
        let mut roots = match &self.roots {
            Some(roots) => RootCertStore::clone(roots),
            None => default_roots(),
        };
        read_roots(&mut roots, pem)?;
        self.roots = Some(Arc::new(roots));
        Ok(self)
    }

    /// Trusts the certificates in this PEM text and no others: the default roots and what has been added so far no more.
    pub fn only_root_certificates(mut self, pem: &[u8]) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        read_roots(&mut roots, pem)?;
        self.roots = Some(Arc::new(roots));
        Ok(self)
    }

    /// Subscribes to an event of the user with this access token. Once this returns, no event is missed until the connection
    /// ends.
    ///
    /// The token ends some day, and then connecting again fails: for longer subscriptions, see
    /// [`user_events_with`](Self::user_events_with).
    pub fn user_events(&self, event: &str, access_token: impl Into<Secret>) -> Result<Events, Error> {
        let access_token = access_token.into();
        self.user_events_with(event, move || Ok(access_token.clone()))
    }

    /// The same with an access token that is asked for each time a connection is made, for instance of a
    /// [`TokenSet`](crate::protocol::token_set::TokenSet).
    pub fn user_events_with(
        &self,
        event: &str,
        mut access_token: impl FnMut() -> Result<Secret, Error> + Send + 'static,
    ) -> Result<Events, Error> {
        let (host, event) = (self.host.clone(), event.to_owned());
        self.subscribe(Box::new(move |key| {
            Handshake::of_user(&host, &event, access_token()?, key)
        }))
    }

    /// Subscribes to an event of the user pool, as the administrator whose access key signs. Once this returns, no event is
    /// missed until the connection ends.
    #[cfg(feature = "management")]
    pub fn user_pool_events(
        &self,
        event: &str,
        signer: genauth_core::protocol::signature::RequestSigner,
    ) -> Result<Events, Error> {
        let (host, event) = (self.host.clone(), event.to_owned());
        self.subscribe(Box::new(move |key| {
            Handshake::of_user_pool(&host, &event, &signer, key)
        }))
    }

    /// Makes the first connection. It is tried once, so that what is wrong from the start shows at once.
    fn subscribe(&self, handshake: MakeHandshake) -> Result<Events, Error> {
        let mut events = Events {
            client: self.clone(),
            handshake,
            shared: Arc::default(),
            socket: None,
            failures: 0,
            asked: false,
            over: false,
        };
        events.connect()?;
        Ok(events)
    }

    /// TCP, as far as one of the addresses answers.
    fn open(&self) -> Result<TcpStream, Error> {
        let failed =
            |error: io::Error| transport_error(TransportErrorKind::Connect, "connecting to the event host", error);
        let addresses = (self.host.name(), self.host.port()).to_socket_addrs().map_err(failed)?;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, self.connect_timeout) {
                Ok(tcp) => return Ok(tcp),
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }

    /// TLS, where the host wants it.
    fn secure(&self, wire: Wire) -> Result<Stream, Error> {
        if !self.host.is_secure() {
            return Ok(Stream::Plain(wire));
        }
        let failed =
            |error: rustls::Error| TransportError::new(TransportErrorKind::Tls, "setting up TLS").with_source(error);
        let roots = self.roots.clone().unwrap_or_else(|| Arc::new(default_roots()));
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.host.name().to_owned())
            .map_err(|_| RequestError::new("the event host's name is not one that a certificate can have"))?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(failed)?;
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, wire))))
    }
}

impl fmt::Debug for EventClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventClient")
            .field("host", &self.host)
            .field("reconnect", &self.reconnect)
            .finish_non_exhaustive()
    }
}

fn default_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    roots
}

fn read_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), Error> {
    let unusable = || RequestError::new("the PEM text is no list of root certificates");
    let before = roots.len();
    for root in CertificateDer::pem_slice_iter(pem) {
        roots.add(root.map_err(|_| unusable())?).map_err(|_| unusable())?;
    }
    if roots.len() == before {
        return Err(unusable().into());
    }
    Ok(())
}

type MakeHandshake = Box<dyn FnMut([u8; 16]) -> Result<Handshake, Error> + Send>;

/// The events of one subscription, one after the other; [`next`](Iterator::next) waits for the next.
///
/// A connection that ends is made again. An error comes only when that is given up, and is the last item. After
/// [`Closer::close`], the events end without one.
pub struct Events {
    client: EventClient,
    handshake: MakeHandshake,
    shared: Arc<Shared>,
    socket: Option<WebSocket<Stream>>,
    /// How many connections in a row have failed, or ended before anything came.
    failures: u32,
    /// The other side was asked whether it is there, and has not answered yet.
    asked: bool,
    over: bool,
}

#[derive(Default)]
struct Shared {
    closed: AtomicBool,
    /// The connection that stands or is being made.
    tcp: Mutex<Option<TcpStream>>,
}

impl Shared {
    fn tcp(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.tcp.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

/// Ends the events of a subscription from anywhere. Cheap to clone.
#[derive(Clone)]
pub struct Closer(Arc<Shared>);

impl Closer {
    /// Ends the events: whoever waits for the next gets none, at once unless a connection to the host is just being opened.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        if let Some(tcp) = self.0.tcp().take() {
            // The connection may have ended by itself.
            let _ = tcp.shutdown(Shutdown::Both);
        }
    }
}

impl fmt::Debug for Closer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closer")
            .field("closed", &self.0.is_closed())
            .finish_non_exhaustive()
    }
}

impl Events {
    /// What ends these events from another thread.
    pub fn closer(&self) -> Closer {
        Closer(Arc::clone(&self.shared))
    }

    fn connect(&mut self) -> Result<(), Error> {
        let mut key = [0; 16];
        self.client.system.random(&mut key)?;
        let handshake = (self.handshake)(key)?;

        let io_failed = |error| {
            transport_error(
                TransportErrorKind::Other,
                "setting up the connection of the events",
                error,
            )
        };
        let tcp = self.client.open()?;
        tcp.set_nodelay(true).map_err(io_failed)?;
        tcp.set_write_timeout(Some(self.client.connect_timeout))
            .map_err(io_failed)?;
        *self.shared.tcp() = Some(tcp.try_clone().map_err(io_failed)?);
        // Whoever closes from now on finds the connection; whoever has closed before is seen here.
        if self.shared.is_closed() {
            return Err(TransportError::new(TransportErrorKind::Cancelled, "the events were closed").into());
        }

        let until = self.client.system.now().saturating_add(self.client.connect_timeout);
        let wire = Wire {
            tcp,
            until: Some((Arc::clone(&self.client.system), until)),
        };
        let stream = self.client.secure(wire)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(self.client.event_limit))
            .max_frame_size(Some(self.client.event_limit));
        let (mut socket, _) = tungstenite::client::client_with_config(handshake.into_request(), stream, Some(config))
            .map_err(handshake_error)?;
        let wire = socket.get_mut().wire();
        wire.until = None;
        wire.tcp
            .set_read_timeout(Some(self.client.silence))
            .map_err(io_failed)?;
        self.socket = Some(socket);
        self.asked = false;
        Ok(())
    }

    /// The next event of the connection that stands.
    fn read(&mut self) -> Result<Event, Error> {
        let ended = |error: tungstenite::Error| {
            let error = match error {
                tungstenite::Error::Io(error) => {
                    return transport_error(TransportErrorKind::Other, "reading events", error);
                }
                error => error,
            };
            TransportError::new(TransportErrorKind::Other, "reading events")
                .with_source(error)
                .into()
        };
        loop {
            let Some(socket) = &mut self.socket else {
                return Err(TransportError::new(TransportErrorKind::Other, "there is no connection").into());
            };
            match socket.read() {
                Ok(message) => {
                    self.failures = 0;
                    self.asked = false;
                    match message {
                        Message::Text(text) => return Ok(Event::new(text.as_str())),
                        Message::Binary(bytes) => {
                            if let Ok(text) = std::str::from_utf8(&bytes) {
                                return Ok(Event::new(text));
                            }
                        }
                        // The library answers pings and goodbyes; after a goodbye, the next read ends.
                        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
                    }
                }
                Err(tungstenite::Error::Io(error)) if is_timeout(&error) && !self.asked => {
                    self.asked = true;
                    socket.send(Message::Ping(tungstenite::Bytes::new())).map_err(ended)?;
                }
                Err(error) => return Err(ended(error)),
            }
        }
    }

    /// Waits before the next connection; fails where there is to be none.
    fn wait(&mut self, error: Error) -> Result<(), Error> {
        self.failures = self.failures.saturating_add(1);
        let mut chance = [0; 4];
        // Without randomness the wait is half as long as it may be: no secret depends on it.
        let _ = self.client.system.random(&mut chance);
        let chance = u32::from_le_bytes(chance);
        let Some(mut wait) = self.client.reconnect.wait(self.failures, &error, chance) else {
            return Err(error);
        };
        // In steps, so that closing need not wait long.
        while !wait.is_zero() && !self.shared.is_closed() {
            let step = wait.min(Duration::from_millis(100));
            self.client.system.sleep(step);
            wait -= step;
        }
        Ok(())
    }

    fn disconnect(&mut self) {
        self.socket = None;
        *self.shared.tcp() = None;
    }
}

impl Iterator for Events {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over && !self.shared.is_closed() {
            let result = match self.socket {
                Some(_) => self.read().map(Some),
                None => self.connect().map(|()| None),
            };
            let error = match result {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => continue,
                Err(error) => error,
            };
            self.disconnect();
            if self.shared.is_closed() {
                break;
            }
            if let Err(error) = self.wait(error) {
                self.over = true;
                return Some(Err(error));
            }
        }
        self.over = true;
        self.disconnect();
        None
    }
}

impl FusedIterator for Events {}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(socket) = &mut self.socket {
            // A goodbye, where that can be said; the connection ends either way.
            let _ = socket.close(None);
            let _ = socket.flush();
        }
        self.closer().close();
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("client", &self.client)
            .field("connected", &self.socket.is_some())
            .finish_non_exhaustive()
    }
}

/// TCP with a moment at which reading ends, however slowly the other side sends.
struct Wire {
    tcp: TcpStream,
    until: Option<(Arc<dyn System>, Duration)>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((system, until)) = &self.until {
            let left = until.saturating_sub(system.now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.tcp.set_read_timeout(Some(left))?;
        }
        self.tcp.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.tcp.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

enum Stream {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Stream {
    fn wire(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn transport_error(kind: TransportErrorKind, what: &str, error: io::Error) -> Error {
    let kind = if is_timeout(&error) {
        TransportErrorKind::Timeout
    } else if error
        .get_ref()
        .and_then(|source| source.downcast_ref::<rustls::Error>())
        .is_some()
    {
        TransportErrorKind::Tls
    } else {
        kind
    };
    TransportError::new(kind, what).with_source(error).into()
}

fn handshake_error<R: tungstenite::handshake::HandshakeRole>(error: HandshakeError<R>) -> Error {
    const WHAT: &str = "the handshake of the events";
    match error {
        HandshakeError::Failure(tungstenite::Error::Http(response)) => Handshake::refusal(&response),
        HandshakeError::Failure(tungstenite::Error::Io(error)) => {
            transport_error(TransportErrorKind::Other, WHAT, error)
        }
        // The library's other errors may tell of the URL, which may hold a token.
        HandshakeError::Failure(_) => TransportError::new(TransportErrorKind::Other, WHAT).into(),
        HandshakeError::Interrupted(_) => TransportError::new(TransportErrorKind::Timeout, WHAT).into(),
    }
}
