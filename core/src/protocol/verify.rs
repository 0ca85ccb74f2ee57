//! Whether a token is good: ID tokens ([`IdTokenVerifier`]) and access tokens ([`AccessTokenVerifier`]).
//!
//! Nothing here does I/O: keys and time are arguments. [`JwksSource`](super::keys::JwksSource) brings both, where that is
//! wanted.
//!
//! The algorithm is the one that the verifier is configured with, never the one that a token names, and a verifier has
//! exactly one. Everything is checked that can be: signature, issuer, audience, authorised party, times, nonce and hashes.
//! Keys and addresses that a token's header brings along are not looked at. HS256, RS256, PS256 and ES256 are what the service
//! signs with, and what the libraries below bring along; ES384 and `EdDSA` would each need one more, for nobody.
//!
//! No token is both an ID token and an access token (RFC 8725, 3.12). What only one of the two kinds has decides:
//!
//! | | ID token | access token |
//! |---|---|---|
//! | `typ` in the header | none or `JWT` | none, `JWT` or `at+jwt` |
//! | `scope` | never | this, `jti` or `at+jwt` must be there |
//! | `jti` | only beside `nonce` or a hash | as above |
//! | `nonce`, `at_hash`, `c_hash`, `s_hash` | yes | never |
//! | `events` (a logout token's) | never | never |
//!
//! ```
//! use genauth_core::App;
//! use genauth_core::protocol::keys::KeySet;
//! use genauth_core::protocol::verify::{Expected, IdTokenVerifier, VerifyError};
//!
//! let app = App::new("https://example.genauth.ai", "APP_ID")?.with_secret("APP_SECRET")?;
//! let verifier = IdTokenVerifier::new(&app);
//!
//! // `{"alg":"none"}` and no signature: the verifier wants HS256, whatever the token says.
//! let forged = "eyJhbGciOiJub25lIn0.e30.";
//! let refused = verifier.verify(forged, &KeySet::default(), 1_700_000_000, &Expected::default());
//! assert!(matches!(refused, Err(VerifyError::AlgorithmNotAllowed { .. })));
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::claim;
use super::claims::{self, AccessTokenClaims, IdTokenClaims};
use super::key_set::KeySet;
use super::token_answer::unchecked_claims;
use crate::JsonObject;
use crate::app::App;
use crate::error::text::OneLine;
pub use crate::error::{Algorithm, VerifyError};
use crate::value::secret::Secret;

/// What an ID token has to answer to, apart from the verifier's settings.
///
/// ```
/// use genauth_core::protocol::verify::Expected;
///
/// let expected = Expected::default().nonce("NONCE").access_token("ACCESS_TOKEN");
/// ```
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct Expected<'a> {
    /// The nonce that the sign-in was begun with. Where it is set, the token must have the same.
    pub nonce: Option<&'a str>,
    /// The access token that came with the ID token. It is compared where the ID token has the claim `at_hash`: tokens
    /// that this service issues through its API have none.
    pub access_token: Option<&'a str>,
    /// The authorisation code that came with the ID token. It is compared where the ID token has the claim `c_hash`.
    pub code: Option<&'a str>,
}

impl<'a> Expected<'a> {
    /// Nothing apart from the verifier's settings; the same as the default.
    pub const NOTHING: Self = Self {
        nonce: None,
        access_token: None,
        code: None,
    };

    /// Sets the nonce that the sign-in was begun with.
    pub fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Sets the access token that came with the ID token.
    pub fn access_token(mut self, access_token: &'a str) -> Self {
        self.access_token = Some(access_token);
        self
    }

    /// Sets the authorisation code that came with the ID token.
    pub fn code(mut self, code: &'a str) -> Self {
        self.code = Some(code);
        self
    }
}

impl fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: Option<&str>| value.map(|_| Secret::default());
        f.debug_struct("Expected")
            .field("nonce", &shown(self.nonce))
            .field("access_token", &shown(self.access_token))
            .field("code", &shown(self.code))
            .finish()
    }
}

/// An ID token that has passed every check. There is no other way to make one than to check it, or to keep one that was
/// checked (with the [`SignedInTokens`](super::flow::SignedInTokens) that it belongs to).
#[derive(Debug, Clone)]
pub struct IdToken {
    token: Secret,
    algorithm: Algorithm,
    claims: IdTokenClaims,
}

impl IdToken {
    /// One that was checked before it was kept.
    pub(super) fn kept(token: Secret, algorithm: Algorithm) -> Option<Self> {
        let claims = IdTokenClaims::read(unchecked_claims(token.expose())?);
        Some(Self {
            token,
            algorithm,
            claims,
        })
    }

    /// What it says.
    pub fn claims(&self) -> &IdTokenClaims {
        &self.claims
    }

    /// What it says, for keeping.
    pub fn into_claims(self) -> IdTokenClaims {
        self.claims
    }

    /// How it is signed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The token as it came; signing out wants it (`id_token_hint`).
    pub fn token(&self) -> &Secret {
        &self.token
    }
}

/// An access token that has passed every check, here or at the service. There is no other way to make one.
#[derive(Debug, Clone)]
pub struct AccessToken {
    token: Secret,
    claims: AccessTokenClaims,
}

impl AccessToken {
    /// What it says.
    pub fn claims(&self) -> &AccessTokenClaims {
        &self.claims
    }

    /// What it says, for keeping.
    pub fn into_claims(self) -> AccessTokenClaims {
        self.claims
    }

    /// The token as it came.
    pub fn token(&self) -> &Secret {
        &self.token
    }
}

const LEEWAY: Duration = Duration::from_secs(60);
const LONGEST: usize = 16 * 1024;

/// What both kinds of verifier have in common.
#[derive(Debug, Clone)]
struct Rules {
    algorithm: Algorithm,
    issuer: String,
    audience: String,
    leeway: Duration,
    longest: usize,
}

impl Rules {
    fn new(app: &App, algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            issuer: app.issuer(),
            audience: app.id().to_owned(),
            leeway: LEEWAY,
            longest: LONGEST,
        }
    }
}

/// The settings that both kinds of verifier have.
macro_rules! common_settings {
    () => {
        /// Sets who must have issued the token; the default is [`App::issuer`]. The comparison is exact.
        pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
            self.rules.issuer = issuer.into();
            self
        }

        /// Sets how far the clocks of issuer and checker may be apart; 60 s by default.
        ///
        /// A token is valid while `now < exp + leeway` and `now + leeway >= nbf`, and it may say that it is issued up to
        /// `now + leeway`. Only whole seconds count.
        pub fn with_leeway(mut self, leeway: Duration) -> Self {
            self.rules.leeway = leeway;
            self
        }

        /// Sets how long a token may be, in bytes; 16 KiB by default. A longer one is refused before anything is read.
        pub fn with_longest_token(mut self, bytes: usize) -> Self {
            self.rules.longest = bytes;
            self
        }

        /// How the tokens have to be signed.
        pub fn algorithm(&self) -> Algorithm {
            self.rules.algorithm
        }
    };
}

/// Checks ID tokens of one application.
///
/// HS256 with the application's secret is what this service signs with by default; [`rs256`](Self::rs256),
/// [`ps256`](Self::ps256) and [`es256`](Self::es256) are for applications that are configured so.
#[derive(Debug, Clone)]
pub struct IdTokenVerifier {
    rules: Rules,
    secret: Option<Secret>,
    max_age: Option<Duration>,
}

impl IdTokenVerifier {
    /// A verifier for the ID tokens of this application, signed with HS256 and its secret.
    pub fn new(app: &App) -> Self {
        Self {
            rules: Rules::new(app, Algorithm::Hs256),
            secret: app.secret().cloned(),
            max_age: None,
        }
    }

    /// The tokens are signed with RS256 and a key of the JWKS.
    pub fn rs256(mut self) -> Self {
        self.rules.algorithm = Algorithm::Rs256;
        self
    }

    /// The tokens are signed with PS256 and a key of the JWKS.
    pub fn ps256(mut self) -> Self {
        self.rules.algorithm = Algorithm::Ps256;
        self
    }

    /// The tokens are signed with ES256 and a key of the JWKS.
    pub fn es256(mut self) -> Self {
        self.rules.algorithm = Algorithm::Es256;
        self
    }

    common_settings!();

    /// Sets how long ago the user may have signed in; without it, any time. Goes together with `max_age` of the authorise
    /// request: the token must then have the claim `auth_time`.
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The same for the ID tokens of renewals: they tell of the first sign-in, however long ago that was.
    pub(super) fn for_renewals(&self) -> Self {
        Self {
            max_age: None,
            ..self.clone()
        }
    }

    /// Whether it needs keys of the JWKS; HS256 does not.
    pub fn needs_keys(&self) -> bool {
        self.rules.algorithm != Algorithm::Hs256
    }

    /// Checks a token at a time given in seconds since 1970.
    ///
    /// With HS256 the keys are not looked at: pass an empty set. Where no key fits ([`VerifyError::UnknownKey`]), the keys
    /// may be out of date.
    pub fn verify(
        &self,
        token: &str,
        keys: &KeySet,
        now_unix: u64,
        expected: &Expected<'_>,
    ) -> Result<IdToken, VerifyError> {
        let signed = self.read(token)?;
        signed.check_signature(&self.rules, self.secret.as_ref(), keys)?;
        let claims = signed.claims()?;
        self.check(&claims, now_unix, expected)?;
        Ok(IdToken {
            token: Secret::from(token),
            algorithm: self.rules.algorithm,
            claims: IdTokenClaims::read(claims),
        })
    }

    /// Everything but the signature: what fails here is not worth fetching keys for. What passes is not good yet.
    pub(super) fn precheck(&self, token: &str, now_unix: u64, expected: &Expected<'_>) -> Result<(), VerifyError> {
        self.check(&self.read(token)?.claims()?, now_unix, expected)
    }

    fn read<'a>(&self, token: &'a str) -> Result<Signed<'a>, VerifyError> {
        let signed = Signed::read(token, &self.rules)?;
        signed.check_type(&[JWT])?;
        Ok(signed)
    }

    fn check(&self, claims: &JsonObject, now_unix: u64, expected: &Expected<'_>) -> Result<(), VerifyError> {
        let rules = &self.rules;
        let has_mark = has_any(claims, OF_ID_TOKENS);
        if has_any(claims, &["scope", "events"]) || (has_any(claims, &["jti"]) && !has_mark) {
            return Err(VerifyError::WrongType);
        }
        check_issuer(claims, rules)?;
        check_audience(claims, rules)?;
        // Whoever is addressed together with others must be the one who asked.
        let azp = text(claims, "azp")?;
        let alone = match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.len() == 1,
            _ => true,
        };
        match azp {
            Some(azp) if azp == rules.audience => {}
            Some(_) => return Err(VerifyError::WrongAuthorizedParty),
            None if alone => {}
            None => return Err(VerifyError::MissingClaim("azp")),
        }
        let iat = moment(claims, "iat")?.ok_or(VerifyError::MissingClaim("iat"))?;
        check_ends(claims)?;
        check_times(claims, Some(iat), now_unix, rules.leeway)?;
        if let Some(max_age) = self.max_age {
            let auth_time = moment(claims, "auth_time")?.ok_or(VerifyError::MissingClaim("auth_time"))?;
            if i128::from(auth_time) > i128::from(now_unix) + whole_seconds(rules.leeway) {
                return Err(VerifyError::SignedInInFuture {
                    auth_time,
                    now: now_unix,
                });
            }
            let latest = i128::from(auth_time) + whole_seconds(max_age) + whole_seconds(rules.leeway);
            if i128::from(now_unix) > latest {
                return Err(VerifyError::TooOld { max_age });
            }
        }
        if text(claims, "sub")?.is_none_or(str::is_empty) {
            return Err(VerifyError::MissingClaim("sub"));
        }
        let nonce = text(claims, "nonce")?;
        if let Some(expected) = expected.nonce {
            let nonce = nonce.ok_or(VerifyError::MissingClaim("nonce"))?;
            if !same(nonce.as_bytes(), expected.as_bytes()) {
                return Err(VerifyError::WrongNonce);
            }
        }
        let at_hash = text(claims, "at_hash")?;
        if let (Some(hash), Some(access_token)) = (at_hash, expected.access_token)
            && !same(hash.as_bytes(), half_hash(access_token).as_bytes())
        {
            return Err(VerifyError::WrongAccessTokenHash);
        }
        let c_hash = text(claims, "c_hash")?;
        if let (Some(hash), Some(code)) = (c_hash, expected.code)
            && !same(hash.as_bytes(), half_hash(code).as_bytes())
        {
            return Err(VerifyError::WrongCodeHash);
        }
        Ok(())
    }
}

/// Checks access tokens that this service issues as JWTs, for an API that is called with them.
///
/// Access tokens are signed with RS256 and a key of the JWKS. A token that is withdrawn stays good here until it ends;
/// where that matters, ask the service (introspection). Which scopes a call needs is the API's own affair: see
/// [`AccessTokenClaims::has_scope`].
#[derive(Debug, Clone)]
pub struct AccessTokenVerifier {
    rules: Rules,
    authorized_party: Option<String>,
}

impl AccessTokenVerifier {
    /// A verifier for access tokens that are meant for this application, signed with RS256.
    pub fn new(app: &App) -> Self {
        Self {
            rules: Rules::new(app, Algorithm::Rs256),
            authorized_party: None,
        }
    }

    /// The tokens are signed with PS256.
    pub fn ps256(mut self) -> Self {
        self.rules.algorithm = Algorithm::Ps256;
        self
    }

    /// The tokens are signed with ES256.
    pub fn es256(mut self) -> Self {
        self.rules.algorithm = Algorithm::Es256;
        self
    }

    common_settings!();

    /// Sets whom the token must be meant for. The default is the application's id; a token for machines (client
    /// credentials) names the application of the resource.
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.rules.audience = audience.into();
        self
    }

    /// Sets who must have asked for the token (`azp`): with client credentials, the access key. Without it, anybody may.
    pub fn with_authorized_party(mut self, party: impl Into<String>) -> Self {
        self.authorized_party = Some(party.into());
        self
    }

    /// Checks a token at a time given in seconds since 1970.
    ///
    /// Where no key fits ([`VerifyError::UnknownKey`]), the keys may be out of date.
    pub fn verify(&self, token: &str, keys: &KeySet, now_unix: u64) -> Result<AccessToken, VerifyError> {
        let signed = self.read(token)?;
        signed.check_signature(&self.rules, None, keys)?;
        let claims = signed.claims()?;
        self.check(&signed, &claims, now_unix)?;
        Ok(AccessToken {
            token: Secret::from(token),
            claims: AccessTokenClaims::read(claims),
        })
    }

    /// Everything but the signature: what fails here is not worth fetching keys for. What passes is not good yet.
    pub(super) fn precheck(&self, token: &str, now_unix: u64) -> Result<(), VerifyError> {
        let signed = self.read(token)?;
        self.check(&signed, &signed.claims()?, now_unix)
    }

    /// Whether the token is short enough to be looked at.
    pub(super) fn check_length(&self, token: &str) -> Result<(), VerifyError> {
        check_length(token, &self.rules)
    }

    /// Checks what the service says of a token: its signature is the service's own affair.
    pub(super) fn introspected(
        &self,
        token: &Secret,
        mut claims: JsonObject,
        now_unix: u64,
    ) -> Result<AccessToken, VerifyError> {
        let rules = &self.rules;
        if claims.remove("active") != Some(Value::Bool(true)) {
            return Err(VerifyError::NotActive);
        }
        // Refresh tokens are active, too, and of no type.
        match claims.remove("token_type") {
            Some(Value::String(token_type)) if token_type.eq_ignore_ascii_case("bearer") => {}
            _ => return Err(VerifyError::WrongType),
        }
        if text(&claims, "iss")?.is_some() {
            check_issuer(&claims, rules)?;
        }
        let asked_by = match text(&claims, "azp")? {
            Some(azp) => Some(azp),
            None => text(&claims, "client_id")?,
        };
        let is_wrong_party = |expected: &String| asked_by != Some(expected);
        if self.authorized_party.as_ref().is_some_and(is_wrong_party) {
            return Err(VerifyError::WrongAuthorizedParty);
        }
        match claims.get("aud") {
            Some(aud) if !aud.is_null() => check_audience(&claims, rules)?,
            // The service names the application that asked for it; where that is to be another one, it was compared.
            _ if self.authorized_party.is_some() || asked_by == Some(&rules.audience) => {}
            _ => {
                return Err(VerifyError::WrongAudience {
                    expected: rules.audience.clone(),
                });
            }
        }
        check_times(&claims, moment(&claims, "iat")?, now_unix, rules.leeway)?;
        text(&claims, "sub")?;
        Ok(AccessToken {
            token: token.clone(),
            claims: AccessTokenClaims::read(claims),
        })
    }

    fn read<'a>(&self, token: &'a str) -> Result<Signed<'a>, VerifyError> {
        let signed = Signed::read(token, &self.rules)?;
        signed.check_type(&[JWT, ACCESS_TOKEN])?;
        Ok(signed)
    }

    fn check(&self, signed: &Signed<'_>, claims: &JsonObject, now_unix: u64) -> Result<(), VerifyError> {
        let rules = &self.rules;
        // The claims that only ID tokens have, and those that they never have: they are addressed to the same application
        // and pass everything else.
        let is_access_token = signed.typ.as_deref() == Some(ACCESS_TOKEN) || has_any(claims, &["scope", "jti"]);
        if !is_access_token || has_any(claims, OF_ID_TOKENS) || has_any(claims, &["events"]) {
            return Err(VerifyError::WrongType);
        }
        check_issuer(claims, rules)?;
        check_audience(claims, rules)?;
        let azp = text(claims, "azp")?;
        if let Some(expected) = &self.authorized_party {
            let azp = azp.ok_or(VerifyError::MissingClaim("azp"))?;
            if azp != expected {
                return Err(VerifyError::WrongAuthorizedParty);
            }
        }
        check_ends(claims)?;
        check_times(claims, moment(claims, "iat")?, now_unix, rules.leeway)?;
        text(claims, "sub")?;
        Ok(())
    }
}

/// The type of a token that does not tell more.
const JWT: &str = "jwt";
/// The type of an access token (RFC 9068).
const ACCESS_TOKEN: &str = "at+jwt";
/// The claims that only ID tokens have.
const OF_ID_TOKENS: &[&str] = &["nonce", "at_hash", "c_hash", "s_hash"];

fn has_any(claims: &JsonObject, names: &[&str]) -> bool {
    names
        .iter()
        .any(|name| claims.get(*name).is_some_and(|value| !value.is_null()))
}

/// A token taken apart, with a header that is acceptable and a signature that nobody has looked at yet.
struct Signed<'a> {
    kid: Option<String>,
    /// The header's type, where there is one, in lower case and without `application/`.
    typ: Option<String>,
    claims: &'a str,
    signature: Vec<u8>,
    /// What is signed.
    message: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(token: &'a str, rules: &Rules) -> Result<Self, VerifyError> {
        check_length(token, rules)?;
        let parts = || VerifyError::Malformed("it has not the three parts of a signed token");
        let (message, signature) = token.rsplit_once('.').ok_or_else(parts)?;
        let (header, claims) = message.split_once('.').ok_or_else(parts)?;
        if claims.contains('.') {
            return Err(parts());
        }
        let bad_header = || VerifyError::Malformed("its header is not what a header must be");
        let UniqueNames(mut header) = serde_json::from_slice(&decode(header)?).map_err(|_| bad_header())?;
        let mut text = |name| match header.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(bad_header()),
        };
        let alg = text("alg")?.ok_or_else(bad_header)?;
        let (kid, typ) = (text("kid")?, text("typ")?);
        if alg != rules.algorithm.as_str() {
            return Err(VerifyError::AlgorithmNotAllowed {
                expected: rules.algorithm,
                found: OneLine(&alg).to_string(),
            });
        }
        if header.contains_key("crit") {
            return Err(VerifyError::UnknownExtension);
        }
        // The standard writes types in any case, and with or without `application/`.
        let typ = typ.map(|typ| typ.to_ascii_lowercase());
        Ok(Self {
            kid,
            typ: typ.map(|typ| typ.strip_prefix("application/").unwrap_or(&typ).to_owned()),
            claims,
            signature: decode(signature)?,
            message: message.as_bytes(),
        })
    }

    /// Whether the header's type, where there is one, is one of these.
    fn check_type(&self, types: &[&str]) -> Result<(), VerifyError> {
        match &self.typ {
            Some(typ) if !types.contains(&typ.as_str()) => Err(VerifyError::WrongType),
            _ => Ok(()),
        }
    }

    fn check_signature(&self, rules: &Rules, secret: Option<&Secret>, keys: &KeySet) -> Result<(), VerifyError> {
        if rules.algorithm == Algorithm::Hs256 {
            let secret = secret.map(Secret::expose).filter(|secret| !secret.is_empty());
            let secret = secret.ok_or(VerifyError::MissingSecret)?;
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| VerifyError::MissingSecret)?;
            return mac
                .chain_update(self.message)
                .verify_slice(&self.signature)
                .map_err(|_| VerifyError::SignatureInvalid);
        }
        let key = keys.find(rules.algorithm, self.kid.as_deref())?;
        key.verify(rules.algorithm, self.message, &self.signature)
    }

    fn claims(&self) -> Result<JsonObject, VerifyError> {
        serde_json::from_slice(&decode(self.claims)?)
            .map(|UniqueNames(claims)| claims)
            .map_err(|_| VerifyError::Malformed("its claims are not what claims must be"))
    }
}

/// Base64url as tokens have it: no padding, no blanks, and only the one way of writing the last character.
fn decode(text: &str) -> Result<Vec<u8>, VerifyError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| VerifyError::Malformed("a part of it is not base64url"))
}

/// An object in which no name stands twice: of two values, each reader might take another one.
struct UniqueNames(JsonObject);

impl<'de> Deserialize<'de> for UniqueNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = UniqueNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueNames, A::Error> {
                let mut object = JsonObject::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if object.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("a name stands twice"));
                    }
                }
                Ok(UniqueNames(object))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A claim that is a text where it is there.
fn text<'a>(claims: &'a JsonObject, name: &'static str) -> Result<Option<&'a str>, VerifyError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(VerifyError::WrongClaimType(name)),
    }
}

/// A claim that is a moment where it is there.
fn moment(claims: &JsonObject, name: &'static str) -> Result<Option<i64>, VerifyError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => claim::seconds(value).map(Some).ok_or(VerifyError::WrongClaimType(name)),
    }
}

fn check_length(token: &str, rules: &Rules) -> Result<(), VerifyError> {
    if token.len() > rules.longest {
        return Err(VerifyError::TooLarge {
            length: token.len(),
            limit: rules.longest,
        });
    }
    Ok(())
}

fn check_issuer(claims: &JsonObject, rules: &Rules) -> Result<(), VerifyError> {
    let iss = text(claims, "iss")?.ok_or(VerifyError::MissingClaim("iss"))?;
    if iss != rules.issuer {
        return Err(VerifyError::WrongIssuer {
            expected: rules.issuer.clone(),
            found: OneLine(iss).to_string(),
        });
    }
    Ok(())
}

fn check_audience(claims: &JsonObject, rules: &Rules) -> Result<(), VerifyError> {
    let aud = match claims.get("aud") {
        None | Some(Value::Null) => return Err(VerifyError::MissingClaim("aud")),
        Some(aud) => claims::texts(aud.clone()).ok_or(VerifyError::WrongClaimType("aud"))?,
    };
    if !aud.contains(&rules.audience) {
        return Err(VerifyError::WrongAudience {
            expected: rules.audience.clone(),
        });
    }
    Ok(())
}

/// Refuses a token that never ends.
fn check_ends(claims: &JsonObject) -> Result<(), VerifyError> {
    moment(claims, "exp")?.map(drop).ok_or(VerifyError::MissingClaim("exp"))
}

fn check_times(claims: &JsonObject, iat: Option<i64>, now: u64, leeway: Duration) -> Result<(), VerifyError> {
    let exp = moment(claims, "exp")?;
    let nbf = moment(claims, "nbf")?;
    let (time, leeway) = (i128::from(now), whole_seconds(leeway));
    if let Some(exp) = exp.filter(|exp| time >= i128::from(*exp) + leeway) {
        return Err(VerifyError::Expired { exp, now });
    }
    if let Some(nbf) = nbf.filter(|nbf| time + leeway < i128::from(*nbf)) {
        return Err(VerifyError::NotYetValid { nbf, now });
    }
    if let Some(iat) = iat.filter(|iat| time + leeway < i128::from(*iat)) {
        return Err(VerifyError::IssuedInFuture { iat, now });
    }
    Ok(())
}

fn whole_seconds(duration: Duration) -> i128 {
    i128::from(duration.as_secs())
}

/// The left half of a text's SHA-256, as `at_hash` and `c_hash` have it. All of the algorithms go with SHA-256.
fn half_hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let (half, _) = hash.split_at(hash.len() / 2);
    URL_SAFE_NO_PAD.encode(half)
}

/// Whether two values are the same, in a time that does not tell where they differ.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
