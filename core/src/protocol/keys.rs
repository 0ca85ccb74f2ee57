//! The keys that tokens are signed with: what a JWKS holds ([`KeySet`]), how long it is good ([`KeyCache`]), and where it
//! comes from ([`JwksSource`]).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use p256::ecdsa::signature::Verifier as _;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::oidc::{JWKS, JWKS_OF_APP, OPENID_CONFIGURATION};
use super::verify::{
    AccessToken, AccessTokenVerifier, Algorithm, Expected, IdToken, IdTokenVerifier, VerifyError, short,
};
use crate::App;
use crate::client::{AuthenticationClient, System};
use crate::error::{Error, RequestError};

/// The shortest and the longest RSA key that is used, in bits: shorter ones are not safe, longer ones only cost time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The public keys of an issuer: a JWKS, as far as this SDK can use it.
///
/// Keys of other kinds, for other uses or with mistakes are left out; they are no reason to do without the rest.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone)]
pub(super) struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Rsa(RsaPublicKey),
    /// An RSA key that is too short, with its length: known, so that the error can say so.
    ShortRsa(usize),
    P256(p256::ecdsa::VerifyingKey),
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a JWKS: `{"keys": [..]}`.
    ///
    /// Fails where it is no JWKS at all; a key that cannot be used is left out.
    pub fn from_json(json: &[u8]) -> Result<Self, VerifyError> {
        serde_json::from_slice(json)
            .map(Self::from_jwks)
            .map_err(|_| VerifyError::Malformed("the keys are no JWKS"))
    }

    /// The same from JSON that is read already.
    pub fn from_value(json: Value) -> Result<Self, VerifyError> {
        serde_json::from_value(json)
            .map(Self::from_jwks)
            .map_err(|_| VerifyError::Malformed("the keys are no JWKS"))
    }

    fn from_jwks(jwks: Jwks) -> Self {
        let keys = jwks
            .keys
            .into_iter()
            .filter_map(|key| Key::read(serde_json::from_value(key).ok()?));
        Self { keys: keys.collect() }
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The one key for an algorithm with this id, or the only one for the algorithm where a token names none.
    pub(super) fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<&Key, VerifyError> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm && (kid.is_none() || key.kid.as_deref() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(VerifyError::UnknownKey { kid: kid.map(short) }),
            (Some(_), Some(_)) => Err(VerifyError::AmbiguousKey { kid: kid.map(short) }),
        }
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| (key.algorithm, key.kid.as_deref())))
            .finish()
    }
}

impl Key {
    /// The key, unless it is of an unknown kind, for another use, or wrong in itself.
    fn read(jwk: Jwk) -> Option<Self> {
        if jwk.usage.is_some_and(|usage| usage != "sig")
            || jwk.key_ops.is_some_and(|ops| !ops.iter().any(|op| op == "verify"))
        {
            return None;
        }
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let (algorithm, material) = match jwk.kty.as_str() {
            "RSA" => {
                let (n, e) = (
                    BigUint::from_bytes_be(&bytes(jwk.n)?),
                    BigUint::from_bytes_be(&bytes(jwk.e)?),
                );
                let bits = n.bits();
                let material = if bits < *RSA_BITS.start() {
                    Material::ShortRsa(bits)
                } else {
                    Material::Rsa(RsaPublicKey::new_with_max_size(n, e, *RSA_BITS.end()).ok()?)
                };
                (Algorithm::Rs256, material)
            }
            "EC" if jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (coordinate(&bytes(jwk.x)?)?, coordinate(&bytes(jwk.y)?)?);
                let point = p256::EncodedPoint::from_affine_coordinates(&x, &y, false);
                // Refuses a point that is not on the curve.
                let key = p256::ecdsa::VerifyingKey::from_encoded_point(&point).ok()?;
                (Algorithm::Es256, Material::P256(key))
            }
            _ => return None,
        };
        // A key says which algorithm it is for, or does not care.
        if jwk.alg.is_some_and(|alg| alg != algorithm.as_str()) {
            return None;
        }
        Some(Self {
            kid: jwk.kid,
            algorithm,
            material,
        })
    }

    /// Whether this key signed the message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        match &self.material {
            Material::ShortRsa(bits) => return Err(VerifyError::WeakKey { bits: *bits }),
            Material::Rsa(key) => key
                .verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature)
                .ok(),
            Material::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .ok()
                .and_then(|signature| key.verify(message, &signature).ok()),
        }
        .ok_or(VerifyError::SignatureInvalid)
    }
}

/// A coordinate of P-256: 32 bytes, leading zeros included.
fn coordinate(bytes: &[u8]) -> Option<p256::FieldBytes> {
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Some(bytes.into())
}

/// How long fetched keys are good, without any I/O: what to do at a given time, told by [`JwksSource`] or by whoever fetches
/// keys themselves.
///
/// Times are those of a clock that never goes backwards, such as [`System::now`].
///
/// - Keys are used for 15 minutes ([`with_lifetime`](Self::with_lifetime)), then fetched again.
/// - Where that fails, the old ones are used for another day at the most ([`with_longest_stale`](Self::with_longest_stale)),
///   and it is tried again once per cool-down.
/// - A token whose key is unknown brings one fetch per cool-down ([`with_cool_down`](Self::with_cool_down), 60 s): forged
///   tokens cannot make the service be asked again and again, and a new key is found at once.
#[derive(Debug, Clone)]
pub struct KeyCache {
    lifetime: Duration,
    cool_down: Duration,
    longest_stale: Duration,
    fetched: Option<Fetched>,
    failed_at: Option<Duration>,
    asked_again_at: Option<Duration>,
    /// How many fetches have ended.
    fetches: u64,
}

#[derive(Debug, Clone)]
struct Fetched {
    keys: Arc<KeySet>,
    at: Duration,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(15 * 60),
            cool_down: Duration::from_secs(60),
            longest_stale: Duration::from_secs(24 * 60 * 60),
            fetched: None,
            failed_at: None,
            asked_again_at: None,
            fetches: 0,
        }
    }
}

impl KeyCache {
    /// Sets how long keys are used before they are fetched again. That is also how long a key that the service withdraws
    /// may still be trusted.
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets the time between two fetches for the sake of unknown keys, and between two attempts after a failed one.
    pub fn with_cool_down(mut self, cool_down: Duration) -> Self {
        self.cool_down = cool_down;
        self
    }

    /// Sets for how long after their lifetime keys are used while new ones cannot be fetched.
    pub fn with_longest_stale(mut self, longest_stale: Duration) -> Self {
        self.longest_stale = longest_stale;
        self
    }

    /// The keys to use now, or `None` where they have to be fetched.
    pub fn keys(&self, now: Duration) -> Option<Arc<KeySet>> {
        let fetched = self.fetched.as_ref()?;
        let fresh = now.saturating_sub(fetched.at) < self.lifetime;
        let cooling = self.failed_at.is_some_and(|at| now.saturating_sub(at) < self.cool_down);
        if fresh {
            Some(Arc::clone(&fetched.keys))
        } else if cooling {
            self.stale(now)
        } else {
            None
        }
    }

    /// Whether the keys may be fetched now because a token names one that is not among them. A yes counts: the next comes
    /// after the cool-down.
    pub fn ask_again(&mut self, now: Duration) -> bool {
        let cooling = self
            .asked_again_at
            .is_some_and(|at| now.saturating_sub(at) < self.cool_down);
        if !cooling {
            self.asked_again_at = Some(now);
        }
        !cooling
    }

    /// Keys were fetched.
    pub fn fetched(&mut self, keys: KeySet, now: Duration) -> Arc<KeySet> {
        let keys = Arc::new(keys);
        self.fetched = Some(Fetched {
            keys: Arc::clone(&keys),
            at: now,
        });
        self.failed_at = None;
        self.fetches += 1;
        keys
    }

    /// Keys could not be fetched. Answers the old ones, where they will still do.
    pub fn failed(&mut self, now: Duration) -> Option<Arc<KeySet>> {
        self.failed_at = Some(now);
        self.fetches += 1;
        self.stale(now)
    }

    fn stale(&self, now: Duration) -> Option<Arc<KeySet>> {
        self.fetched
            .as_ref()
            .filter(|fetched| now.saturating_sub(fetched.at) < self.lifetime.saturating_add(self.longest_stale))
            .map(|fetched| Arc::clone(&fetched.keys))
    }
}

/// Where an application's keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum KeyLocation {
    /// `/oidc/.well-known/jwks.json`.
    #[default]
    Issuer,
    /// `/{appId}/oidc/.well-known/jwks.json`.
    Application,
    /// Where the discovery document says (`jwks_uri`), provided that it is on the application's own host.
    Discovery,
}

/// Fetches keys, keeps them, and checks tokens with them.
///
/// Cheap to clone, and to be shared: all clones have the same keys, and of many threads that want them one fetches while the
/// others wait. See [`KeyCache`] for when that is.
///
/// ```
/// # use std::time::Duration;
/// # use genauth_core::transport::TransportError;
/// # struct Clock;
/// # impl genauth_core::client::System for Clock {
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn unix_time(&self) -> Duration { Duration::from_secs(1_700_000_000) }
/// #     fn sleep(&self, _: Duration) {}
/// #     fn random(&self, _: &mut [u8]) -> Result<(), genauth_core::Error> { Ok(()) }
/// # }
/// # let transport = |_: http::Request<Vec<u8>>| -> Result<_, TransportError> {
/// #     Ok(http::Response::new(br#"{"keys":[]}"#.to_vec()))
/// # };
/// # let system = Clock;
/// use genauth_core::protocol::keys::JwksSource;
/// use genauth_core::protocol::verify::AccessTokenVerifier;
/// use genauth_core::{App, AuthenticationClient};
///
/// let client = AuthenticationClient::new(App::new("https://example.genauth.ai", "APP_ID")?, transport);
/// let verifier = AccessTokenVerifier::new(client.app());
/// let keys = JwksSource::new(&client, system);
/// match keys.verify_access_token(&verifier, "what came in the authorization header") {
///     Ok(token) if token.claims().has_scope("profile") => println!("hello {:?}", token.claims().sub),
///     Ok(_) => println!("the token does not allow this"),
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), genauth_core::Error>(())
/// ```
#[derive(Clone)]
pub struct JwksSource(Arc<Inner>);

struct Inner {
    client: AuthenticationClient,
    system: Arc<dyn System>,
    location: KeyLocation,
    state: Mutex<State>,
    /// Held by whoever fetches.
    flight: Mutex<()>,
}

struct State {
    cache: KeyCache,
    /// Why the last fetch failed, for those who waited for it.
    failure: Option<Error>,
}

impl JwksSource {
    /// The keys of this client's application. Time comes from `system`.
    pub fn new(client: &AuthenticationClient, system: impl System + 'static) -> Self {
        Self::with_settings(client, system, KeyLocation::default(), KeyCache::default())
    }

    /// The same, with the place of the keys and the rules of their keeping.
    pub fn with_settings(
        client: &AuthenticationClient,
        system: impl System + 'static,
        location: KeyLocation,
        cache: KeyCache,
    ) -> Self {
        Self(Arc::new(Inner {
            client: client.clone(),
            system: Arc::new(system),
            location,
            state: Mutex::new(State { cache, failure: None }),
            flight: Mutex::new(()),
        }))
    }

    /// Checks an ID token. Keys are fetched where the verifier needs them.
    pub fn verify_id_token(
        &self,
        verifier: &IdTokenVerifier,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<IdToken, Error> {
        if !verifier.needs_keys() {
            return Ok(verifier.verify(token, &KeySet::default(), self.0.unix_time(), expected)?);
        }
        self.verify(|keys, now| verifier.verify(token, keys, now, expected))
    }

    /// Checks an access token. Keys are fetched where there are none yet or they are too old.
    pub fn verify_access_token(&self, verifier: &AccessTokenVerifier, token: &str) -> Result<AccessToken, Error> {
        self.verify(|keys, now| verifier.verify(token, keys, now))
    }

    /// Runs a check with the keys and the time of day (in seconds since 1970); and again with newer keys, where no key fits
    /// and newer ones can be had.
    fn verify<T>(&self, check: impl Fn(&KeySet, u64) -> Result<T, VerifyError>) -> Result<T, Error> {
        let keys = self.keys()?;
        match check(&keys, self.0.unix_time()) {
            Err(unknown @ VerifyError::UnknownKey { .. }) => match self.0.newer_than(&keys)? {
                Some(keys) => Ok(check(&keys, self.0.unix_time())?),
                None => Err(unknown.into()),
            },
            result => Ok(result?),
        }
    }

    /// The keys: kept ones where they are good, else fetched.
    pub fn keys(&self) -> Result<Arc<KeySet>, Error> {
        let inner = &*self.0;
        let fetches = {
            let cache = &inner.state().cache;
            if let Some(keys) = cache.keys(inner.system.now()) {
                return Ok(keys);
            }
            cache.fetches
        };
        let _flight = lock(&inner.flight);
        {
            let state = inner.state();
            if state.cache.fetches != fetches {
                // Somebody fetched while this thread waited. If it failed, it fails for all who waited.
                let now = inner.system.now();
                if let Some(keys) = state.cache.keys(now).or_else(|| state.cache.stale(now)) {
                    return Ok(keys);
                }
                if let Some(error) = &state.failure {
                    return Err(error.echo());
                }
            }
        }
        inner.fetch().or_else(|error| {
            let stale = inner.state().cache.stale(inner.system.now());
            stale.ok_or(error)
        })
    }
}

impl fmt::Debug for JwksSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksSource")
            .field("client", &self.0.client)
            .field("location", &self.0.location)
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn unix_time(&self) -> u64 {
        self.system.unix_time().as_secs()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Keys that are newer than these, which lack one. `None` where there are none and it is too early to ask again.
    fn newer_than(&self, seen: &Arc<KeySet>) -> Result<Option<Arc<KeySet>>, Error> {
        let _flight = lock(&self.flight);
        {
            let cache = &mut self.state().cache;
            if let Some(current) = cache
                .fetched
                .as_ref()
                .filter(|fetched| !Arc::ptr_eq(&fetched.keys, seen))
            {
                return Ok(Some(Arc::clone(&current.keys)));
            }
            if !cache.ask_again(self.system.now()) {
                return Ok(None);
            }
        }
        self.fetch().map(Some)
    }

    /// Fetches the keys and keeps them. To be called by whoever holds `flight`.
    fn fetch(&self) -> Result<Arc<KeySet>, Error> {
        let result = self.download();
        let mut state = self.state();
        let now = self.system.now();
        match result {
            Ok(keys) => {
                state.failure = None;
                Ok(state.cache.fetched(keys, now))
            }
            Err(error) => {
                state.failure = Some(error.echo());
                state.cache.failed(now);
                Err(error)
            }
        }
    }

    fn download(&self) -> Result<KeySet, Error> {
        let jwks = JWKS.reply_as::<Value>();
        let app = self.client.app();
        let json = match self.location {
            KeyLocation::Issuer => self.client.call(&jwks, &())?,
            KeyLocation::Application => {
                let input = serde_json::json!({ "appId": app.id() });
                self.client
                    .call(&JWKS_OF_APP.input_as::<Value>().reply_as::<Value>(), &input)?
            }
            KeyLocation::Discovery => {
                let metadata = self.client.call(&OPENID_CONFIGURATION.reply_as::<Value>(), &())?;
                let place = metadata.get("jwks_uri").and_then(Value::as_str).unwrap_or_default();
                let mut request = jwks.request(app, &())?;
                *request.uri_mut() = on_own_host(app, place)?;
                self.client.exchange(request, &mut |response| jwks.reply(response))?
            }
        };
        Ok(KeySet::from_value(json)?)
    }
}

/// The URL, if it is on the application's own host: keys from anywhere else would let that place sign tokens.
fn on_own_host(app: &App, url: &str) -> Result<Uri, Error> {
    let url: Uri = url
        .parse()
        .map_err(|_| RequestError::new("the discovery document has no usable `jwks_uri`"))?;
    let origin = match (url.scheme_str(), url.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
        _ => String::new(),
    };
    if origin.eq_ignore_ascii_case(&app.origin()) {
        Ok(url)
    } else {
        Err(RequestError::new("the discovery document's `jwks_uri` is not on the application's own host").into())
    }
}

/// A lock whose holder panicked is no worse for it: no state is left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
