//! The settings of an emulator that is to be started.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::area::authorize::CODE_LIFETIME;
use crate::codes::CodeRules;
use crate::emulator::Emulator;
use crate::keys::{self, KeySource};
use crate::record;
use crate::rules::Rules;
use crate::seed::Seed;
use crate::server::{self, Shared};
use crate::state::{ClientAuthentication, Settings, World};
use crate::tokens::{IdTokenAlgorithm, RefreshRotation};
use crate::{random, tls};

/// How long a pass code may be.
const CODE_LENGTHS: std::ops::RangeInclusive<usize> = 1..=32;

/// The settings of an emulator that is to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    host: IpAddr,
    port: u16,
    public_url: Option<String>,
    signing_key_pem: Option<String>,
    tls: bool,
    settings: Settings,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            public_url: None,
            signing_key_pem: None,
            tls: false,
            settings: Settings {
                app_id: random::object_id(),
                app_secret: random::secret(),
                user_pool_id: random::object_id(),
                access_key_id: random::object_id(),
                access_key_secret: random::secret(),
                client_authentication: ClientAuthentication::default(),
                introspection_authentication: ClientAuthentication::default(),
                revocation_authentication: ClientAuthentication::default(),
                redirect_uris: Vec::new(),
                id_token_algorithm: IdTokenAlgorithm::default(),
                refresh_rotation: RefreshRotation::default(),
                webhook_secret: random::secret(),
                codes: CodeRules::default(),
                token_lifetime: None,
                refresh_lifetime: Duration::from_secs(30 * 24 * 3600),
                registration: true,
                verify_old_contact: true,
                qr_code_tokens: false,
                authorization_code_lifetime: CODE_LIFETIME,
                rules: Rules::default(),
                keys: KeySource::salted(random::secret()),
                seed: Seed::default(),
                record_limit: record::USUAL_LIMIT,
            },
        }
    }
}

impl Builder {
    /// The address to listen on; 127.0.0.1 unless told otherwise. `0.0.0.0` lets other machines in: anybody there can read
    /// and change everything.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// The port to listen on; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The base URL by which clients reach the emulator, if it is not the address that it listens on: behind a name of a
    /// container, for instance `http://genauth:3000`. Tokens have it in `iss`.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Speaks HTTPS, with a certificate that is made for this start. Clients have to trust
    /// [`Emulator::root_certificate`].
    #[cfg(feature = "tls")]
    pub fn tls(mut self, on: bool) -> Self {
        self.tls = on;
        self
    }

    /// Makes all ids, secrets and key names the same at each start, so that they can stand in configuration files and
    /// recorded answers. What is set by other methods stays as set, if they are called afterwards.
    ///
    /// ```
    /// use genauth_emulator::Emulator;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let emulator = Emulator::builder().fixed().start()?;
    /// assert_eq!(emulator.app_id(), "0000000000000000000000a1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn fixed(mut self) -> Self {
        let settings = &mut self.settings;
        for (id, last) in [
            (&mut settings.app_id, 'a'),
            (&mut settings.user_pool_id, 'b'),
            (&mut settings.access_key_id, 'c'),
        ] {
            *id = format!("{}{last}1", "0".repeat(22));
        }
        for (secret, last) in [
            (&mut settings.app_secret, 'a'),
            (&mut settings.access_key_secret, 'c'),
            (&mut settings.webhook_secret, 'd'),
        ] {
            *secret = format!("{}{last}2", "0".repeat(30));
        }
        settings.keys.salt = String::new();
        self
    }

    /// An own RSA key (PEM, PKCS#8, at least 2048 bits) that signs tokens until the first rotation, in place of one of the
    /// keys that the crate brings along.
    pub fn signing_key_pem(mut self, pem: impl Into<String>) -> Self {
        self.signing_key_pem = Some(pem.into());
        self
    }

    /// What is there from the beginning.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Rules that are switched on from the beginning.
    pub fn rules(mut self, rules: Rules) -> Self {
        self.settings.rules = rules;
        self
    }

    /// How many requests [`Emulator::requests`] goes back; 1000 unless told otherwise. Of all bodies together, 16 MiB are
    /// kept.
    pub fn record_limit(mut self, requests: usize) -> Self {
        self.settings.record_limit = requests;
        self
    }

    /// How many digits a pass code has, from 1 to 32; 6 unless told otherwise.
    pub fn code_length(mut self, digits: usize) -> Self {
        self.settings.codes.length = digits;
        self
    }

    /// How long a pass code lives that goes to a phone; 60 seconds unless told otherwise.
    pub fn sms_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.codes.sms_lifetime = lifetime;
        self
    }

    /// How long a pass code lives that goes to an e-mail address; 300 seconds unless told otherwise.
    pub fn email_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.codes.email_lifetime = lifetime;
        self
    }

    /// How many wrong tries make a pass code void; 1 unless told otherwise.
    pub fn code_attempts(mut self, attempts: u32) -> Self {
        self.settings.codes.max_attempts = attempts;
        self
    }

    /// The id of the application; random unless told otherwise.
    pub fn app_id(mut self, id: impl Into<String>) -> Self {
        self.settings.app_id = id.into();
        self
    }

    /// The application's secret; random unless told otherwise.
    pub fn app_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.app_secret = secret.into();
        self
    }

    /// How the application proves itself when it asks for tokens; with the secret in the body unless told otherwise. A
    /// public application has to use PKCE.
    pub fn client_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.client_authentication = method;
        self
    }

    /// How the application proves itself when it asks what a token is worth; with the secret in the body unless told
    /// otherwise.
    pub fn introspection_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.introspection_authentication = method;
        self
    }

    /// How the application proves itself when it revokes a token; with the secret in the body unless told otherwise.
    pub fn revocation_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.revocation_authentication = method;
        self
    }

    /// Registers an address to which browsers may be sent back after a sign-in or sign-out, with or without a query. Every
    /// address on this machine (`127.0.0.1`, `localhost`, `[::1]`) is good without.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.redirect_uris.push(uri.into());
        self
    }

    /// How ID tokens are signed; with the application's secret (HS256) unless told otherwise. Access tokens are always
    /// signed with RS256.
    pub fn id_token_algorithm(mut self, algorithm: IdTokenAlgorithm) -> Self {
        self.settings.id_token_algorithm = algorithm;
        self
    }

    /// What comes back for a refresh token; a new one unless told otherwise.
    pub fn refresh_rotation(mut self, rotation: RefreshRotation) -> Self {
        self.settings.refresh_rotation = rotation;
        self
    }

    /// The secret that webhooks carry; random unless told otherwise.
    pub fn webhook_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.webhook_secret = secret.into();
        self
    }

    /// How long access and ID tokens live. Unless told otherwise, it is an hour for those of a sign-in in the browser and
    /// of machines, and 14 days for the others.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = Some(lifetime);
        self
    }

    /// How long refresh tokens live; 30 days unless told otherwise.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.refresh_lifetime = lifetime;
        self
    }

    /// Whether the application lets users register; on unless told otherwise.
    pub fn registration(mut self, allowed: bool) -> Self {
        self.settings.registration = allowed;
        self
    }

    /// Whether changing an e-mail address or phone number needs a code from the old one too; on unless told otherwise.
    pub fn verify_old_contact(mut self, needed: bool) -> Self {
        self.settings.verify_old_contact = needed;
        self
    }

    /// Whether the status of an authorised QR code answers the tokens themselves and not only a ticket; off unless told
    /// otherwise.
    pub fn qr_code_tokens(mut self, shown: bool) -> Self {
        self.settings.qr_code_tokens = shown;
        self
    }

    /// How long an authorisation code lives; ten minutes unless told otherwise.
    pub fn authorization_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.authorization_code_lifetime = lifetime;
        self
    }

    /// Starts the server. Fails with [`io::ErrorKind::InvalidInput`] if a setting does not fit, for instance the seed.
    pub fn start(mut self) -> io::Result<Emulator> {
        let unfit = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        if !CODE_LENGTHS.contains(&self.settings.codes.length) {
            return Err(unfit(format!(
                "a pass code has {} to {} digits",
                CODE_LENGTHS.start(),
                CODE_LENGTHS.end()
            )));
        }
        if let Some(pem) = &self.signing_key_pem {
            let der = keys::read_rsa_pem(pem);
            let der = der.ok_or_else(|| unfit("the signing key is no RSA key in PEM (PKCS#8)".to_owned()))?;
            self.settings.keys.first_rsa = Some(der);
        }
        let listener = std::net::TcpListener::bind((self.host, self.port))?;
        listener.set_nonblocking(true)?;
        let url = self.url(listener.local_addr()?.port());
        let (tls, root_certificate) = self.make_tls()?.unzip();
        let mut world = World::new(self.settings.clone(), url.clone());
        world
            .plant(&self.settings.seed)
            .map_err(|error| unfit(format!("the seed is refused: {error}")))?;
        let shared = Shared::new(world);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = shared.clone();
        let thread = thread::Builder::new()
            .name("genauth-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    if let Ok(listener) = TcpListener::from_std(listener) {
                        server::serve(listener, served, stopped, tls).await;
                    }
                });
            })?;
        Ok(Emulator::new(
            url,
            self.settings,
            shared,
            root_certificate,
            stop,
            thread,
        ))
    }

    /// How clients reach the server.
    fn url(&self, port: u16) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.tls { "https" } else { "http" };
        match self.host {
            IpAddr::V4(host) if host.is_unspecified() => format!("{scheme}://{}:{port}", Ipv4Addr::LOCALHOST),
            IpAddr::V4(host) => format!("{scheme}://{host}:{port}"),
            IpAddr::V6(host) if host.is_unspecified() => format!("{scheme}://[{}]:{port}", Ipv6Addr::LOCALHOST),
            IpAddr::V6(host) => format!("{scheme}://[{host}]:{port}"),
        }
    }

    #[cfg(feature = "tls")]
    fn make_tls(&self) -> io::Result<Option<(tls::Acceptor, String)>> {
        if !self.tls {
            return Ok(None);
        }
        let name = self
            .public_url
            .as_ref()
            .and_then(|url| url.parse::<axum::http::Uri>().ok());
        let name = name.and_then(|uri| uri.host().map(|host| host.trim_matches(['[', ']']).to_owned()));
        tls::make(self.host, &name.into_iter().collect::<Vec<_>>()).map(Some)
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    fn make_tls(&self) -> io::Result<Option<(tls::Acceptor, String)>> {
        Ok(None)
    }
}
