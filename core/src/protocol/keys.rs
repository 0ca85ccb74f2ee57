//! The keys that tokens are signed with: what a JWKS holds ([`KeySet`]), how long it is good ([`KeyCache`]), and where it
//! comes from ([`JwksSource`]).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Uri;
use serde_json::Value;

pub use super::key_set::KeySet;
use super::oidc::{JWKS, JWKS_OF_APP, OPENID_CONFIGURATION};
use super::verify::{AccessToken, AccessTokenVerifier, Expected, IdToken, IdTokenVerifier, VerifyError};
use crate::App;
use crate::client::refreshing::{Refreshing, Step, Ticket, Validity};
use crate::client::{AuthenticationClient, System};
use crate::error::text::OneLine;
use crate::error::{Error, RequestError};

/// Fetched keys, and how long they are good, without any I/O: [`next_step`](Self::next_step) says what to do at a given time.
/// [`JwksSource`] does it; who has a transport of another kind fetches keys themselves.
///
/// All clones share the same keys. Times are seconds since 1970.
///
/// - Keys are used for 15 minutes ([`with_lifetime`](Self::with_lifetime)), then fetched again, by one; the others go on with
///   the old ones meanwhile.
/// - Where that fails, the old ones are used for another day at the most ([`with_longest_stale`](Self::with_longest_stale)),
///   and it is tried again after the cool-down ([`with_cool_down`](Self::with_cool_down), 60 s; where there are no keys at
///   all after 10 s), or when the service wants to be asked again.
/// - A token that no known key has signed brings a fetch, for its key may be new ([`next_step_past`](Self::next_step_past)):
///   the first one at once, another one after a twelfth of the cool-down, and then one in each quarter of it. So forged
///   tokens cannot make the service be asked again and again, and cannot keep a new key from being found either.
#[derive(Debug, Clone)]
pub struct KeyCache {
    lifetime: Duration,
    cool_down: Duration,
    longest_stale: Duration,
    refreshing: Refreshing<Arc<KeySet>>,
    strangers: Arc<Mutex<Strangers>>,
}

/// How often keys were fetched for the sake of tokens that no known key has signed.
#[derive(Debug, Default)]
struct Strangers {
    /// When they were fetched last, for whatever reason.
    fetched: Option<Duration>,
    /// When they were fetched last for such a token.
    asked: Option<Duration>,
    /// From when on there would be nothing to catch up with.
    spent_until: Duration,
}

impl Strangers {
    /// Whether keys may be fetched now. A yes counts.
    fn may_fetch(&mut self, now: Duration, cool_down: Duration, kid_is_known: bool) -> bool {
        let (gap, period) = (cool_down / 12, cool_down / 4);
        let is_recent = |time: &Duration| now >= *time && now.saturating_sub(*time) < gap;
        if self.asked.is_some_and(|asked| now < asked) {
            // The clock was set back.
            self.spent_until = Duration::ZERO;
        }
        // The key of a known id has hardly changed since a moment ago.
        let recent = self.asked.as_ref().is_some_and(is_recent)
            || (kid_is_known && self.fetched.as_ref().is_some_and(is_recent));
        if recent || now.saturating_add(period) < self.spent_until {
            return false;
        }
        self.asked = Some(now);
        self.spent_until = self.spent_until.max(now).saturating_add(period);
        true
    }
}

/// How long a failed fetch is not tried again where there are no keys at all.
const COOL_DOWN_WITHOUT_KEYS: Duration = Duration::from_secs(10);

/// What to do to get keys.
#[derive(Debug)]
#[non_exhaustive]
pub enum NextStep {
    /// Use these.
    Use(Arc<KeySet>),
    /// Fetch them: it is yours alone to do.
    Fetch(KeyFetch),
    /// Somebody else is fetching them. Ask again when that has ended.
    Wait,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(15 * 60),
            cool_down: Duration::from_secs(60),
            longest_stale: Duration::from_secs(24 * 60 * 60),
            refreshing: Refreshing::empty(),
            strangers: Arc::default(),
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

    /// Sets the time between two attempts after a failed one; the time between two fetches for the sake of unknown keys goes
    /// by it, too.
    pub fn with_cool_down(mut self, cool_down: Duration) -> Self {
        self.cool_down = cool_down;
        self
    }

    /// Sets for how long after their lifetime keys are used while new ones cannot be fetched.
    pub fn with_longest_stale(mut self, longest_stale: Duration) -> Self {
        self.longest_stale = longest_stale;
        self
    }

    /// What to do to get keys.
    ///
    /// Fails where there are none, the last attempt to fetch them has failed, and it is too early for another.
    pub fn next_step(&self, now_unix: u64) -> Result<NextStep, Error> {
        self.told(self.refreshing.step(Duration::from_secs(now_unix)))
    }

    /// What to do where a token was refused with [`UnknownKey`](VerifyError::UnknownKey) or
    /// [`SignatureInvalid`](VerifyError::SignatureInvalid) by the keys that were `seen`: its key may be newer than they are.
    /// `None` where there are no newer ones and it is too early to ask for some: then the token is bad.
    pub fn next_step_past(&self, seen: &Arc<KeySet>, why: &VerifyError, now_unix: u64) -> Option<NextStep> {
        let step = self.step_past(seen, why, Duration::from_secs(now_unix))?;
        self.told(step).ok()
    }

    fn step_past(&self, seen: &Arc<KeySet>, why: &VerifyError, now: Duration) -> Option<Step<Arc<KeySet>>> {
        let kid_is_known = match why {
            VerifyError::UnknownKey { .. } => false,
            VerifyError::SignatureInvalid => true,
            _ => return None,
        };
        self.refreshing.step_past(
            now,
            |kept| Arc::ptr_eq(kept, seen),
            || lock(&self.strangers).may_fetch(now, self.cool_down, kid_is_known),
        )
    }

    fn told(&self, step: Step<Arc<KeySet>>) -> Result<NextStep, Error> {
        Ok(match step {
            Step::Use(keys) => NextStep::Use(keys),
            Step::Wait(_) => NextStep::Wait,
            Step::Failed(error) => return Err(error),
            Step::Fetch(ticket) => NextStep::Fetch(self.fetch(ticket)),
        })
    }

    fn fetch(&self, ticket: Ticket<Arc<KeySet>>) -> KeyFetch {
        KeyFetch {
            cache: self.clone(),
            ticket,
        }
    }
}

/// A fetch of keys that has begun. Only one is under way at a time: until this one has ended, or was dropped, others are told
/// to use the present keys or to wait.
#[must_use = "others wait until it has ended"]
pub struct KeyFetch {
    cache: KeyCache,
    ticket: Ticket<Arc<KeySet>>,
}

impl KeyFetch {
    /// The keys were fetched.
    pub fn fetched(self, keys: KeySet) -> Arc<KeySet> {
        let begun = self.ticket.begun();
        lock(&self.cache.strangers).fetched = Some(begun);
        let validity = Validity::lifetime(begun, self.cache.lifetime, Duration::ZERO);
        self.ticket
            .fetched(Arc::new(keys), validity.with_stale(self.cache.longest_stale))
    }

    /// The keys could not be fetched, at a time given in seconds since 1970. Gives the present ones as long as they are good.
    pub fn failed(self, error: Error, now_unix: u64) -> Result<Arc<KeySet>, Error> {
        self.end(Err(error), Duration::from_secs(now_unix))
    }

    fn end(self, result: Result<KeySet, Error>, now: Duration) -> Result<Arc<KeySet>, Error> {
        let error = match result {
            Ok(keys) => return Ok(self.fetched(keys)),
            Err(error) => error,
        };
        let cool_down = if self.ticket.has_usable(now) {
            self.cache.cool_down
        } else {
            self.cache.cool_down.min(COOL_DOWN_WITHOUT_KEYS)
        };
        let asked = Duration::from_secs(error.retry_after().unwrap_or_default());
        self.ticket.failed(error, now, Some(cool_down.max(asked)))
    }
}

impl fmt::Debug for KeyFetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFetch").finish_non_exhaustive()
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
    /// Where the discovery document says (`jwks_uri`), provided that it is on the application's own host and the document's
    /// `issuer` is the application's own ([`App::issuer`]).
    Discovery,
}

/// Fetches keys, keeps them, and checks tokens with them.
///
/// Cheap to clone, and to be shared: all clones have the same keys, and of many threads that want them one fetches. See
/// [`KeyCache`] for when that is. The client needs a [clock](AuthenticationClient::with_system).
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
/// let app = App::new("https://example.genauth.ai", "APP_ID")?;
/// let client = AuthenticationClient::new(app, transport).with_system(system);
/// let verifier = AccessTokenVerifier::new(client.app());
/// let keys = JwksSource::new(&client);
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
    location: KeyLocation,
    cache: KeyCache,
}

impl JwksSource {
    /// The keys of this client's application.
    pub fn new(client: &AuthenticationClient) -> Self {
        Self::with_settings(client, KeyLocation::default(), KeyCache::default())
    }

    /// The same, with the place of the keys and the rules of their keeping.
    pub fn with_settings(client: &AuthenticationClient, location: KeyLocation, cache: KeyCache) -> Self {
        Self(Arc::new(Inner {
            client: client.clone(),
            location,
            cache,
        }))
    }

    /// Checks an ID token. Keys are fetched where the verifier needs them, and the token is not bad in itself.
    pub fn verify_id_token(
        &self,
        verifier: &IdTokenVerifier,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<IdToken, Error> {
        let now = self.unix_time()?;
        if !verifier.needs_keys() {
            return Ok(verifier.verify(token, &KeySet::default(), now, expected)?);
        }
        verifier.precheck(token, now, expected)?;
        self.verify(&|keys, now| verifier.verify(token, keys, now, expected))
    }

    /// Checks an access token. Keys are fetched where there are none yet or they are too old, and the token is not bad in
    /// itself.
    pub fn verify_access_token(&self, verifier: &AccessTokenVerifier, token: &str) -> Result<AccessToken, Error> {
        verifier.precheck(token, self.unix_time()?)?;
        self.verify(&|keys, now| verifier.verify(token, keys, now))
    }

    /// Runs a check with the keys and the time of day (in seconds since 1970); and again with newer keys, where no key fits
    /// and newer ones can be had.
    fn verify<T>(&self, check: &dyn Fn(&KeySet, u64) -> Result<T, VerifyError>) -> Result<T, Error> {
        let keys = self.keys()?;
        let refused = match check(&keys, self.unix_time()?) {
            Ok(token) => return Ok(token),
            Err(refused) => refused,
        };
        match self.newer_than(&keys, &refused)? {
            Some(keys) => Ok(check(&keys, self.unix_time()?)?),
            None => Err(refused.into()),
        }
    }

    /// The keys: kept ones where they are good, else fetched.
    pub fn keys(&self) -> Result<Arc<KeySet>, Error> {
        let patience = self.0.client.patience()?;
        self.0
            .cache
            .refreshing
            .get(patience, &mut |ticket| self.0.fetch(ticket, patience.system))
    }

    /// Keys that are newer than these, by which a token was refused. `None` where there are none and it is too early to ask.
    fn newer_than(&self, seen: &Arc<KeySet>, why: &VerifyError) -> Result<Option<Arc<KeySet>>, Error> {
        let cache = &self.0.cache;
        let patience = self.0.client.patience()?;
        let mut fetch = |ticket| {
            let fetch = cache.fetch(ticket);
            let keys = self.0.download();
            let failure = keys.as_ref().err().map(Error::echo);
            let kept = fetch.end(keys, patience.system.unix_time());
            match failure {
                None => kept,
                // What the known keys say of a signature holds while no others can be had.
                Some(_) if *why == VerifyError::SignatureInvalid => Ok(Arc::clone(seen)),
                Some(error) => Err(error),
            }
        };
        let newer = cache
            .refreshing
            .drive(patience, &mut |now| cache.step_past(seen, why, now), &mut fetch)?;
        Ok(newer.filter(|keys| !Arc::ptr_eq(keys, seen)))
    }

    fn unix_time(&self) -> Result<u64, Error> {
        Ok(self.0.client.system()?.unix_time().as_secs())
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
    fn fetch(&self, ticket: Ticket<Arc<KeySet>>, system: &dyn System) -> Result<Arc<KeySet>, Error> {
        let fetch = self.cache.fetch(ticket);
        let keys = self.download();
        fetch.end(keys, system.unix_time())
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
                // Another issuer's document names another issuer's keys.
                let issuer = metadata.get("issuer").and_then(Value::as_str).unwrap_or_default();
                if issuer != app.issuer() {
                    return Err(VerifyError::WrongIssuer {
                        expected: app.issuer(),
                        found: OneLine(issuer).to_string(),
                    }
                    .into());
                }
                let place = metadata.get("jwks_uri").and_then(Value::as_str).unwrap_or_default();
                let mut request = jwks.request(app, &())?;
                *request.uri_mut() = on_own_host(app, place)?;
                self.client
                    .send(request, jwks.info(), &mut |response| jwks.reply(response))?
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
