//! Access, ID and refresh tokens.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rsa::sha2::{Digest, Sha256};
use serde_json::{Map, Value, json};

use crate::clock::{Millis, iso8601, millis};
use crate::failure::Failure;
use crate::keys::{KeySource, TokenKey};
use crate::random;
use crate::user::User;

/// The family of protocols that a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// OpenID Connect, and the API's own sign-in.
    Oidc,
    /// Plain OAuth 2.0: opaque tokens and no ID token.
    OAuth,
}

impl Protocol {
    /// Where its endpoints live.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Oidc => "/oidc",
            Self::OAuth => "/oauth",
        }
    }
}

/// How ID tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum IdTokenAlgorithm {
    /// With the application's secret: the service's default.
    #[default]
    Hs256,
    /// With the RSA key of the key set.
    Rs256,
    /// With a key on the curve P-256, which the key set lists from then on.
    Es256,
}

impl IdTokenAlgorithm {
    /// The JWS name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// What comes back for a refresh token, besides the access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RefreshRotation {
    /// A new refresh token; the old one is void, and presenting it again revokes all that came from the sign-in.
    #[default]
    Rotate,
    /// The same refresh token.
    Keep,
    /// No refresh token; the old one stays good.
    Omit,
}

/// What somebody was allowed, once; all tokens that come from it belong together.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    /// Nobody, where a machine proved itself.
    pub(crate) user_id: Option<String>,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) protocol: Protocol,
    /// The device that signed in, to which the tokens belong.
    pub(crate) device_id: String,
    pub(crate) family: String,
    /// Signed in on the hosted page: its ID tokens say more than those of the API.
    pub(crate) hosted: bool,
    pub(crate) nonce: Option<String>,
    /// When the user signed in, if the ID token has to say so.
    pub(crate) auth_time: Option<u64>,
}

impl Authorization {
    /// Of a user, outside the hosted page.
    pub(crate) fn new(user_id: &str, client_id: &str, scope: &str, device_id: String) -> Self {
        Self {
            user_id: Some(user_id.to_owned()),
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            protocol: Protocol::Oidc,
            device_id,
            family: random::uuid(),
            hosted: false,
            nonce: None,
            auth_time: None,
        }
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        has_scope(&self.scope, scope)
    }
}

/// What a token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) authorization: Authorization,
    pub(crate) issuer: String,
    pub(crate) jti: String,
    pub(crate) issued_at: Millis,
    pub(crate) expires_at: Millis,
    /// A refresh token that another one has replaced.
    replaced: bool,
}

impl Grant {
    fn new(authorization: &Authorization, issuer: &str, now: Millis, lifetime: Duration) -> Self {
        Self {
            authorization: authorization.clone(),
            issuer: issuer.to_owned(),
            jti: random::token().get(..21).unwrap_or_default().to_owned(),
            issued_at: now,
            expires_at: now.saturating_add(millis(lifetime)),
            replaced: false,
        }
    }
}

/// What a refresh token brings.
#[derive(Debug)]
pub(crate) enum Redeemed {
    Unknown,
    /// It had been used before; all its relatives are revoked now.
    Reused,
    Good(Authorization),
}

/// The tokens that are valid now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    source: KeySource,
    keys: Vec<TokenKey>,
    access: HashMap<String, Grant>,
    refresh: HashMap<String, Grant>,
    /// ID tokens, which some links carry to say who the user is.
    identity: HashMap<String, Grant>,
    /// All ID tokens that ever were, and whom they are about: a sign-out may show an old one.
    hints: HashMap<String, String>,
    /// The tokens of each sign-in.
    families: HashMap<String, Vec<String>>,
    /// The sign-ins of each user.
    families_of: HashMap<String, HashSet<String>>,
}

/// Who makes tokens, when and for whom.
pub(crate) struct Mint<'a> {
    pub(crate) user: &'a User,
    pub(crate) roles: &'a [String],
    pub(crate) issuer: &'a str,
    pub(crate) app_secret: &'a str,
    pub(crate) algorithm: IdTokenAlgorithm,
    pub(crate) now: Millis,
    pub(crate) lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
}

/// Which tokens are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) access: bool,
    pub(crate) identity: bool,
    pub(crate) refresh: Refresh,
    /// A code that is handed out with them, whose hash the ID token has to hold.
    pub(crate) code: Option<String>,
}

/// Which refresh token goes with the others.
#[derive(Debug, Clone)]
pub(crate) enum Refresh {
    Omit,
    /// A new one, if the scope allows one at all.
    New,
    Same(String),
}

impl Wanted {
    /// What a sign-in is answered with.
    pub(crate) const ALL: Self = Self {
        access: true,
        identity: true,
        refresh: Refresh::New,
        code: None,
    };
}

impl Tokens {
    pub(crate) fn new(source: KeySource) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    /// Notes which sign-in a token comes from.
    fn note(&mut self, authorization: &Authorization, token: &str) {
        let family = self.families.entry(authorization.family.clone()).or_default();
        family.push(token.to_owned());
        if let Some(user_id) = &authorization.user_id {
            let families = self.families_of.entry(user_id.clone()).or_default();
            families.insert(authorization.family.clone());
        }
    }

    /// The answer to a sign-in: an access token (RS256, or opaque in OAuth 2.0), an ID token, and a refresh token if the
    /// scope has `offline_access`.
    pub(crate) fn issue(
        &mut self,
        authorization: &Authorization,
        mint: &Mint<'_>,
        wanted: &Wanted,
    ) -> Result<Map<String, Value>, Failure> {
        let grant = Grant::new(authorization, mint.issuer, mint.now, mint.lifetime);
        let oauth = authorization.protocol == Protocol::OAuth;
        let mut set = Map::new();
        let mut access_token = None;
        if wanted.access {
            let token = if oauth {
                random::hex::<20>()
            } else {
                self.access_jwt(&grant)?
            };
            self.note(authorization, &token);
            self.access.insert(token.clone(), grant.clone());
            set.insert("access_token".to_owned(), json!(token));
            access_token = Some(token);
        }
        if wanted.identity && !oauth {
            let id_token = self.id_token_for(&grant, mint, access_token.as_deref(), wanted.code.as_deref())?;
            self.hints.insert(id_token.clone(), mint.user.id.clone());
            self.note(authorization, &id_token);
            self.identity.insert(id_token.clone(), grant.clone());
            set.insert("id_token".to_owned(), json!(id_token));
        }
        match &wanted.refresh {
            Refresh::New if oauth || authorization.has("offline_access") => {
                let token = if oauth { random::hex::<20>() } else { random::token() };
                let grant = Grant::new(authorization, mint.issuer, mint.now, mint.refresh_lifetime);
                self.note(authorization, &token);
                self.refresh.insert(token.clone(), grant);
                set.insert("refresh_token".to_owned(), json!(token));
            }
            Refresh::Same(token) => {
                set.insert("refresh_token".to_owned(), json!(token));
            }
            Refresh::New | Refresh::Omit => {}
        }
        if wanted.access {
            set.insert("token_type".to_owned(), json!("Bearer"));
            set.insert("expires_in".to_owned(), json!(mint.lifetime.as_secs()));
            set.insert("scope".to_owned(), json!(authorization.scope));
        }
        Ok(set)
    }

    /// The token of a machine: nobody's, and with `azp`.
    pub(crate) fn issue_for_machine(
        &mut self,
        authorization: &Authorization,
        audience: &str,
        issuer: &str,
        now: Millis,
        lifetime: Duration,
    ) -> Result<Map<String, Value>, Failure> {
        let grant = Grant::new(authorization, issuer, now, lifetime);
        let token = self.jwt(&json!({
            "jti": grant.jti,
            "iat": grant.issued_at / 1000,
            "exp": grant.expires_at / 1000,
            "scope": authorization.scope,
            "iss": issuer,
            "aud": audience,
            "azp": authorization.client_id,
        }))?;
        self.access.insert(token.clone(), grant);
        let answer = json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": lifetime.as_secs(),
            "scope": authorization.scope,
        });
        Ok(answer.as_object().cloned().unwrap_or_default())
    }

    fn access_jwt(&mut self, grant: &Grant) -> Result<String, Failure> {
        self.jwt(&json!({
            "jti": grant.jti,
            "sub": grant.authorization.user_id,
            "iat": grant.issued_at / 1000,
            "exp": grant.expires_at / 1000,
            "scope": grant.authorization.scope,
            "iss": grant.issuer,
            "aud": grant.authorization.client_id,
        }))
    }

    /// A JWT signed with RS256.
    pub(crate) fn jwt(&mut self, claims: &Value) -> Result<String, Failure> {
        signed(self.signing_key(IdTokenAlgorithm::Rs256)?, claims)
    }

    fn id_token_for(
        &mut self,
        grant: &Grant,
        mint: &Mint<'_>,
        access_token: Option<&str>,
        code: Option<&str>,
    ) -> Result<String, Failure> {
        let authorization = &grant.authorization;
        let mut claims = user_claims(mint.user, &authorization.scope, mint.roles);
        let mut add = |name: &str, value: Value| {
            claims.insert(name.to_owned(), value);
        };
        add("aud", json!(authorization.client_id));
        add("iat", json!(grant.issued_at / 1000));
        add("exp", json!(grant.expires_at / 1000));
        add("iss", json!(grant.issuer));
        if let Some(nonce) = &authorization.nonce {
            add("nonce", json!(nonce));
        }
        if let Some(auth_time) = authorization.auth_time {
            add("auth_time", json!(auth_time));
        }
        if authorization.hosted {
            if let Some(access_token) = access_token {
                add("at_hash", json!(half_hash(access_token)));
            }
            if let Some(code) = code {
                add("c_hash", json!(half_hash(code)));
            }
        }
        let claims = Value::Object(claims);
        match mint.algorithm {
            IdTokenAlgorithm::Hs256 => Ok(hs256(mint.app_secret, &claims)),
            algorithm => signed(self.signing_key(algorithm)?, &claims),
        }
    }

    /// Who presents this access token.
    pub(crate) fn access(&self, token: &str, now: Millis) -> Option<&Grant> {
        self.access.get(token).filter(|grant| now < grant.expires_at)
    }

    /// What this refresh token stands for.
    pub(crate) fn refresh(&self, token: &str, now: Millis) -> Option<&Grant> {
        self.refresh
            .get(token)
            .filter(|grant| now < grant.expires_at && !grant.replaced)
    }

    /// Uses a refresh token; with `rotate` it is the last time.
    pub(crate) fn redeem(&mut self, token: &str, client_id: &str, rotate: bool, now: Millis) -> Redeemed {
        let Some(grant) = self.refresh.get_mut(token) else {
            return Redeemed::Unknown;
        };
        if grant.authorization.client_id != client_id || now >= grant.expires_at {
            return Redeemed::Unknown;
        }
        if grant.replaced {
            let family = grant.authorization.family.clone();
            self.revoke_family(&family);
            return Redeemed::Reused;
        }
        grant.replaced = rotate;
        Redeemed::Good(grant.authorization.clone())
    }

    /// Whom this ID token is about.
    pub(crate) fn id_token(&self, token: &str, now: Millis) -> Option<&Grant> {
        self.identity.get(token).filter(|grant| now < grant.expires_at)
    }

    /// Whether this is an ID token from here, however old.
    pub(crate) fn is_hint(&self, token: &str) -> bool {
        self.hints.contains_key(token)
    }

    /// Whether the user's device holds a valid token.
    pub(crate) fn is_online(&self, user_id: &str, device_id: &str, now: Millis) -> bool {
        let families = self.families_of.get(user_id).into_iter().flatten();
        families
            .filter_map(|family| self.families.get(family))
            .flatten()
            .filter_map(|token| self.access.get(token))
            .any(|grant| grant.authorization.device_id == device_id && now < grant.expires_at)
    }

    /// Revokes an access token alone, or a refresh token with all that came from the same sign-in.
    pub(crate) fn revoke_token(&mut self, token: &str) {
        self.access.remove(token);
        if let Some(grant) = self.refresh.get(token) {
            let family = grant.authorization.family.clone();
            self.revoke_family(&family);
        }
    }

    pub(crate) fn revoke_family(&mut self, family: &str) {
        for token in self.families.remove(family).unwrap_or_default() {
            for tokens in [&mut self.access, &mut self.refresh, &mut self.identity] {
                let user_id = tokens.remove(&token).and_then(|grant| grant.authorization.user_id);
                if let Some(families) = user_id.and_then(|user_id| self.families_of.get_mut(&user_id)) {
                    families.remove(family);
                }
            }
        }
    }

    pub(crate) fn revoke_user(&mut self, user_id: &str) {
        for family in self.families_of.remove(user_id).unwrap_or_default() {
            self.revoke_family(&family);
        }
    }

    pub(crate) fn revoke_device(&mut self, user_id: &str, device_id: &str) {
        let families = self.families_of.get(user_id).into_iter().flatten();
        let of_device = |family: &&String| {
            let tokens = self.families.get(*family).into_iter().flatten();
            let grants = tokens.filter_map(|token| {
                let grant = self.access.get(token).or_else(|| self.refresh.get(token));
                grant.or_else(|| self.identity.get(token))
            });
            grants
                .into_iter()
                .any(|grant| grant.authorization.device_id == device_id)
        };
        let families: Vec<String> = families.filter(of_device).cloned().collect();
        for family in families {
            self.revoke_family(&family);
        }
    }

    /// All public keys, the newest last. Keys for ID tokens are there before the first ID token is.
    pub(crate) fn key_set(&mut self, algorithm: IdTokenAlgorithm) -> Result<Vec<Value>, Failure> {
        self.signing_key(IdTokenAlgorithm::Rs256)?;
        if algorithm == IdTokenAlgorithm::Es256 {
            self.signing_key(algorithm)?;
        }
        Ok(self.keys.iter().map(TokenKey::jwk).collect())
    }

    /// Signs with new keys from now on; the old ones stay in the key set, unless they are to be forgotten.
    pub(crate) fn rotate(&mut self, forget: bool) -> Result<(), Failure> {
        // What nobody has seen yet is rotated too: the next key is another one in any case.
        self.signing_key(IdTokenAlgorithm::Rs256)?;
        let key = self.source.next(IdTokenAlgorithm::Rs256)?;
        let p256 = self.keys.iter().any(|key| key.algorithm() == "ES256");
        if forget {
            self.keys.clear();
        }
        self.keys.push(key);
        if p256 {
            let key = self.source.next(IdTokenAlgorithm::Es256)?;
            self.keys.push(key);
        }
        Ok(())
    }

    /// The newest key for this algorithm, taken into use when it is first needed.
    fn signing_key(&mut self, algorithm: IdTokenAlgorithm) -> Result<&TokenKey, Failure> {
        let name = algorithm.name();
        if !self.keys.iter().any(|key| key.algorithm() == name) {
            let key = self.source.next(algorithm)?;
            self.keys.push(key);
        }
        self.keys
            .iter()
            .rev()
            .find(|key| key.algorithm() == name)
            .ok_or_else(|| Failure::internal("there is no key for this algorithm"))
    }
}

pub(crate) fn has_scope(scopes: &str, scope: &str) -> bool {
    scopes.split_whitespace().any(|one| one == scope)
}

/// The left half of the SHA-256, as `at_hash` and `c_hash` have it.
fn half_hash(of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    BASE64URL_NOPAD.encode(digest.get(..16).unwrap_or_default())
}

/// Header and claims, ready to be signed.
fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}

/// A JWT signed with a key of the key set.
fn signed(key: &TokenKey, claims: &Value) -> Result<String, Failure> {
    let header = json!({ "alg": key.algorithm(), "typ": "JWT", "kid": key.kid });
    let unsigned = unsigned(&header, claims);
    let signature = key.sign(unsigned.as_bytes())?;
    Ok(format!("{unsigned}.{}", BASE64URL_NOPAD.encode(&signature)))
}

/// A JWT signed with HS256.
pub(crate) fn hs256(secret: &str, claims: &Value) -> String {
    let unsigned = unsigned(&json!({ "typ": "JWT", "alg": "HS256" }), claims);
    // HMAC takes a key of any length, so the error does not occur.
    let signature = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(unsigned.as_bytes());
            BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
        })
        .unwrap_or_default();
    format!("{unsigned}.{signature}")
}

/// What the scopes reveal of a user; members without a value are `null`.
pub(crate) fn user_claims(user: &User, scope: &str, roles: &[String]) -> Map<String, Value> {
    let granted = |name: &str| has_scope(scope, name);
    let field = |name: &str| user.fields.get(name).cloned().unwrap_or_default();
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    add("sub", json!(user.id));
    // The scope of OAuth 2.0, which stands for all of it.
    let whole = granted("user");
    let granted = |name: &str| granted(name) || (whole && ["profile", "email", "phone", "address"].contains(&name));
    if granted("profile") {
        for (claim, name) in [
            ("name", "name"),
            ("given_name", "givenName"),
            ("middle_name", "middleName"),
            ("family_name", "familyName"),
            ("nickname", "nickname"),
            ("preferred_username", "preferredUsername"),
            ("profile", "profile"),
            ("picture", "photo"),
            ("website", "website"),
            ("birthdate", "birthdate"),
            ("gender", "gender"),
            ("zoneinfo", "zoneinfo"),
            ("locale", "locale"),
        ] {
            add(claim, field(name));
        }
        add("updated_at", json!(iso8601(user.updated_at)));
    }
    if granted("email") {
        add("email", field("email"));
        add("email_verified", field("emailVerified"));
    }
    if granted("phone") {
        add("phone_number", field("phone"));
        add("phone_number_verified", field("phoneVerified"));
    }
    if granted("address") {
        add(
            "address",
            json!({
                "country": field("country"),
                "postal_code": field("postalCode"),
                "region": field("region"),
                "formatted": field("formatted"),
            }),
        );
    }
    if granted("username") {
        add("username", field("username"));
    }
    if granted("role") || granted("roles") {
        add("roles", json!(roles));
    }
    if granted("external_id") {
        add("external_id", field("externalId"));
    }
    if granted("extended_fields") {
        add("extended_fields", Value::Object(user.custom_data.clone()));
    }
    if granted("tenant_id") {
        add("tenant_id", field("tenantId"));
    }
    claims
}
