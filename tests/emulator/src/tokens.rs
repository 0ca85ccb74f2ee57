//! Access, ID and refresh tokens.

use std::collections::HashMap;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use rsa::sha2::Sha256;
use serde_json::{Map, Value, json};

use crate::clock::{Millis, iso8601, millis};
use crate::failure::Failure;
use crate::keys::TokenKey;
use crate::random;
use crate::user::User;

/// What an access token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) user_id: String,
    pub(crate) scope: String,
    pub(crate) expires_at: Millis,
    /// The device that signed in, to which the token belongs.
    pub(crate) device_id: String,
}

/// The tokens that are valid now.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    keys: Vec<TokenKey>,
    access: HashMap<String, Grant>,
    refresh: HashMap<String, Grant>,
    /// ID tokens, which some links carry to say who the user is.
    identity: HashMap<String, Grant>,
}

/// What tokens are made for.
pub(crate) struct Wish<'a> {
    pub(crate) user: &'a User,
    pub(crate) scope: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) app_id: &'a str,
    pub(crate) app_secret: &'a str,
    pub(crate) roles: &'a [String],
    pub(crate) device_id: &'a str,
    pub(crate) now: Millis,
    pub(crate) lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
}

impl Tokens {
    /// The set that sign-in answers: an access token (RS256) and an ID token (HS256 with the application's secret), and a
    /// refresh token if the scope has `offline_access`.
    pub(crate) fn issue(&mut self, wish: &Wish<'_>) -> Result<Map<String, Value>, Failure> {
        let (issued, expires) = (wish.now / 1000, (wish.now.saturating_add(millis(wish.lifetime))) / 1000);
        let claims = json!({
            "jti": random::token().get(..21),
            "sub": wish.user.id,
            "iat": issued,
            "exp": expires,
            "scope": wish.scope,
            "iss": wish.issuer,
            "aud": wish.app_id,
        });
        let key = self.signing_key()?;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid });
        let unsigned = unsigned(&header, &claims);
        let access_token = format!("{unsigned}.{}", BASE64URL_NOPAD.encode(&key.sign(unsigned.as_bytes())?));
        let id_token = id_token(wish, issued, expires);

        let grant = Grant {
            user_id: wish.user.id.clone(),
            scope: wish.scope.to_owned(),
            expires_at: wish.now.saturating_add(millis(wish.lifetime)),
            device_id: wish.device_id.to_owned(),
        };
        self.identity.insert(id_token.clone(), grant.clone());
        let mut set = Map::new();
        set.insert("access_token".to_owned(), json!(access_token));
        set.insert("id_token".to_owned(), json!(id_token));
        if wish.scope.split_whitespace().any(|scope| scope == "offline_access") {
            let refresh_token = random::token();
            let expires_at = wish.now.saturating_add(millis(wish.refresh_lifetime));
            self.refresh.insert(
                refresh_token.clone(),
                Grant {
                    expires_at,
                    ..grant.clone()
                },
            );
            set.insert("refresh_token".to_owned(), json!(refresh_token));
        }
        self.access.insert(access_token, grant);
        set.insert("token_type".to_owned(), json!("Bearer"));
        set.insert("expires_in".to_owned(), json!(wish.lifetime.as_secs()));
        set.insert("scope".to_owned(), json!(wish.scope));
        Ok(set)
    }

    /// Who presents this access token.
    pub(crate) fn access(&self, token: &str, now: Millis) -> Option<&Grant> {
        self.access.get(token).filter(|grant| now < grant.expires_at)
    }

    /// Whom this ID token is about.
    pub(crate) fn id_token(&self, token: &str, now: Millis) -> Option<&Grant> {
        self.identity.get(token).filter(|grant| now < grant.expires_at)
    }

    /// Whether the device holds a valid token.
    pub(crate) fn is_online(&self, device_id: &str, now: Millis) -> bool {
        self.access
            .values()
            .any(|grant| grant.device_id == device_id && now < grant.expires_at)
    }

    pub(crate) fn revoke_user(&mut self, user_id: &str) {
        self.revoke(|grant| grant.user_id == user_id);
    }

    pub(crate) fn revoke_device(&mut self, user_id: &str, device_id: &str) {
        self.revoke(|grant| grant.user_id == user_id && grant.device_id == device_id);
    }

    fn revoke(&mut self, revoked: impl Fn(&Grant) -> bool) {
        self.access.retain(|_, grant| !revoked(grant));
        self.refresh.retain(|_, grant| !revoked(grant));
        self.identity.retain(|_, grant| !revoked(grant));
    }

    /// All public keys, the newest last.
    pub(crate) fn key_set(&mut self) -> Result<Vec<Value>, Failure> {
        self.signing_key()?;
        Ok(self.keys.iter().map(TokenKey::jwk).collect())
    }

    /// Signs with a new key from now on; the old ones stay in the key set, unless they are to be forgotten.
    pub(crate) fn rotate(&mut self, forget: bool) -> Result<(), Failure> {
        let key = TokenKey::fresh()?;
        if forget {
            self.keys.clear();
        }
        self.keys.push(key);
        Ok(())
    }

    /// The newest key, made when the first token is.
    fn signing_key(&mut self) -> Result<&TokenKey, Failure> {
        if self.keys.is_empty() {
            self.keys.push(TokenKey::first()?);
        }
        self.keys
            .last()
            .ok_or_else(|| Failure::internal("no RSA key could be generated"))
    }
}

/// Header and claims, ready to be signed.
fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
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

fn id_token(wish: &Wish<'_>, issued: u64, expires: u64) -> String {
    let mut claims = user_claims(wish.user, wish.scope, wish.roles);
    for (name, value) in [
        ("aud", json!(wish.app_id)),
        ("iat", json!(issued)),
        ("exp", json!(expires)),
        ("iss", json!(wish.issuer)),
    ] {
        claims.insert(name.to_owned(), value);
    }
    hs256(wish.app_secret, &Value::Object(claims))
}

/// What the scopes reveal of a user; members without a value are `null`.
pub(crate) fn user_claims(user: &User, scope: &str, roles: &[String]) -> Map<String, Value> {
    let granted = |name: &str| scope.split_whitespace().any(|granted| granted == name);
    let field = |name: &str| user.fields.get(name).cloned().unwrap_or_default();
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    add("sub", json!(user.id));
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
