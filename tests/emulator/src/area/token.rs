//! The token endpoints of OpenID Connect and OAuth 2.0: tokens for codes, refresh tokens and credentials, what a token is
//! worth, and its end. Errors have the form of OAuth.

use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::area::authorize::{self, OAuthRefusal};
use crate::area::sign_in::check_password;
use crate::client_authentication::Credentials;
use crate::failure::{Answer, Failure, Reply};
use crate::route::{Call, Caller, Route, get, post};
use crate::state::{Account, ClientAuthentication, HOSTED_LIFETIME};
use crate::tokens::{
    Authorization, Grant, Protocol, Redeemed, Refresh, RefreshRotation, Wanted, has_scope, user_claims,
};

pub(crate) const ROUTES: &[Route] = &[
    post("/oidc/token", Caller::Anyone, &[], |call| token(call, Protocol::Oidc)),
    post("/oauth/token", Caller::Anyone, &[], |call| token(call, Protocol::OAuth)),
    post("/oidc/token/introspection", Caller::Anyone, &[], |call| {
        introspect(call, Protocol::Oidc)
    }),
    post("/oauth/token/introspection", Caller::Anyone, &[], |call| {
        introspect(call, Protocol::OAuth)
    }),
    post("/oidc/token/revocation", Caller::Anyone, &[], |call| {
        revoke(call, Protocol::Oidc)
    }),
    post("/oauth/token/revocation", Caller::Anyone, &[], |call| {
        revoke(call, Protocol::OAuth)
    }),
    get("/oidc/me", Caller::Anyone, &[], |call| user_info(call, Protocol::Oidc)),
    post("/oidc/me", Caller::Anyone, &[], |call| user_info(call, Protocol::Oidc)),
    // One official client writes it with a slash.
    get("/oidc/me/", Caller::Anyone, &[], |call| user_info(call, Protocol::Oidc)),
    get("/oauth/me", Caller::Anyone, &[], |call| {
        user_info(call, Protocol::OAuth)
    }),
    post("/oauth/me", Caller::Anyone, &[], |call| {
        user_info(call, Protocol::OAuth)
    }),
];

type Outcome<T> = Result<T, OAuthRefusal>;

impl From<Failure> for OAuthRefusal {
    fn from(failure: Failure) -> Self {
        Self::new("server_error", failure.message)
    }
}

impl OAuthRefusal {
    fn reply(&self) -> Reply {
        let (status, challenge) = match self.error {
            "invalid_client" => (StatusCode::UNAUTHORIZED, Some("Basic realm=\"oidc\"")),
            "invalid_token" => (StatusCode::UNAUTHORIZED, Some("Bearer error=\"invalid_token\"")),
            "server_error" => (StatusCode::INTERNAL_SERVER_ERROR, None),
            _ => (StatusCode::BAD_REQUEST, None),
        };
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = plain(status, "application/json; charset=utf-8", body.to_string());
        if let Some(challenge) = challenge {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        Reply::Http(Box::new(response))
    }
}

fn plain(status: StatusCode, content_type: &'static str, body: String) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into_bytes());
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn answer(outcome: Outcome<Value>) -> Answer {
    Ok(match outcome {
        Ok(body) => Reply::Http(Box::new(plain(
            StatusCode::OK,
            "application/json; charset=utf-8",
            body.to_string(),
        ))),
        Err(refusal) => refusal.reply(),
    })
}

fn needed(call: &Call<'_>, name: &str) -> Outcome<String> {
    call.maybe(name)
        .ok_or_else(|| OAuthRefusal::new("invalid_request", format!("{name} is missing")))
}

fn authenticate(call: &Call<'_>, method: ClientAuthentication) -> Outcome<()> {
    if Credentials::of(call).prove(&call.world.settings, method) {
        Ok(())
    } else {
        Err(OAuthRefusal::new("invalid_client", "client authentication failed"))
    }
}

// Tokens.

fn token(call: &mut Call<'_>, protocol: Protocol) -> Answer {
    answer(exchange(call, protocol).map(Value::Object))
}

fn exchange(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let grant_type = needed(call, "grant_type")?;
    if grant_type == "client_credentials" {
        return by_credentials(call, protocol);
    }
    authenticate(call, call.world.settings.client_authentication)?;
    match grant_type.as_str() {
        "authorization_code" => by_code(call, protocol),
        "refresh_token" => by_refresh_token(call, protocol),
        "password" => by_password(call, protocol),
        "http://authing.cn/oidc/grant_type/authing_token" | "http://genauth.ai/oidc/grant_type/genauth_token" => {
            by_access_token(call, protocol)
        }
        _ => Err(OAuthRefusal::new(
            "unsupported_grant_type",
            "this grant_type is not supported",
        )),
    }
}

fn by_code(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let (code, redirect_uri) = (needed(call, "code")?, needed(call, "redirect_uri")?);
    let verifier = call.maybe("code_verifier");
    let authorization = authorize::redeem(call.world, &code, protocol, &redirect_uri, verifier.as_deref())?;
    Ok(call.world.issue(&authorization, &Wanted::ALL)?)
}

fn by_refresh_token(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let refresh_token = needed(call, "refresh_token")?;
    let wrong = |description: &str| OAuthRefusal::new("invalid_grant", description);
    let scope = call.maybe("scope");
    let (rotation, client_id) = (call.world.settings.refresh_rotation, call.world.settings.app_id.clone());
    let known = call.world.tokens.refresh(&refresh_token, call.now);
    if let (Some(scope), Some(known)) = (&scope, known)
        && !scope.split_whitespace().all(|one| known.authorization.has(one))
    {
        return Err(OAuthRefusal::new("invalid_scope", "the scope was not granted"));
    }
    let rotate = rotation == RefreshRotation::Rotate;
    let mut authorization = match call.world.tokens.redeem(&refresh_token, &client_id, rotate, call.now) {
        Redeemed::Good(authorization) if authorization.protocol == protocol => authorization,
        Redeemed::Reused => return Err(wrong("the refresh token has been used")),
        Redeemed::Good(_) | Redeemed::Unknown => return Err(wrong("the refresh token is unknown or has ended")),
    };
    // The nonce belongs to the first ID token alone.
    authorization.nonce = None;
    let refresh = match rotation {
        RefreshRotation::Rotate => Refresh::New,
        RefreshRotation::Keep => Refresh::Same(refresh_token),
        RefreshRotation::Omit => Refresh::Omit,
    };
    let wanted = Wanted { refresh, ..Wanted::ALL };
    if let Some(narrower) = scope {
        // A new refresh token keeps the whole scope.
        let narrowed = Authorization {
            scope: narrower,
            ..authorization.clone()
        };
        let mut set = call.world.issue(
            &narrowed,
            &Wanted {
                refresh: Refresh::Omit,
                identity: narrowed.has("openid"),
                ..Wanted::ALL
            },
        )?;
        let only_refresh = Wanted {
            access: false,
            identity: false,
            ..wanted
        };
        set.extend(call.world.issue(&authorization, &only_refresh)?);
        return Ok(set);
    }
    Ok(call.world.issue(&authorization, &wanted)?)
}

/// The pair of an access key, or the application's own.
fn by_credentials(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let settings = &call.world.settings;
    let credentials = Credentials::of(call);
    let (key, secret) = (&settings.access_key_id, &settings.access_key_secret);
    // The official Node client puts the key into the body and, where that is how the application proves itself, the
    // application's own pair into the header.
    let client_id = if credentials.are(key, secret) || credentials.body_has(key, secret) {
        key.clone()
    } else {
        // A public application has nothing to prove itself with.
        if settings.client_authentication == ClientAuthentication::None {
            return Err(OAuthRefusal::new("invalid_client", "client authentication failed"));
        }
        authenticate(call, settings.client_authentication)?;
        settings.app_id.clone()
    };
    let authorization = Authorization {
        user_id: None,
        protocol,
        ..Authorization::new("", &client_id, &call.text("scope"), String::new())
    };
    let (issuer, audience, now) = (call.world.issuer(protocol), settings.app_id.clone(), call.now);
    let lifetime = settings.token_lifetime.unwrap_or(HOSTED_LIFETIME);
    Ok(call
        .world
        .tokens
        .issue_for_machine(&authorization, &audience, &issuer, now, lifetime)?)
}

fn by_password(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let (account, password) = (needed(call, "username")?, needed(call, "password")?);
    let user_id = check_password(call, &Account::Any(account), &password)
        .map_err(|failure| OAuthRefusal::new("invalid_grant", failure.message))?;
    enter(call, protocol, &user_id)
}

fn by_access_token(call: &mut Call<'_>, protocol: Protocol) -> Outcome<Map<String, Value>> {
    let token = needed(call, "token")?;
    let grant = call.world.tokens.access(&token, call.now);
    let user_id = grant.and_then(|grant| grant.authorization.user_id.clone());
    let user_id = user_id.ok_or_else(|| OAuthRefusal::new("invalid_grant", "the token is not valid"))?;
    enter(call, protocol, &user_id)
}

fn enter(call: &mut Call<'_>, protocol: Protocol, user_id: &str) -> Outcome<Map<String, Value>> {
    let refused = |failure: Failure| OAuthRefusal::new("invalid_grant", failure.message);
    call.world.check_may_enter(user_id).map_err(refused)?;
    let scope = call.maybe("scope").unwrap_or_else(|| "openid profile".to_owned());
    let visit = call.visit("loginByToken");
    let device_id = call.world.enter(user_id, &visit)?;
    let authorization = Authorization {
        protocol,
        hosted: true,
        ..Authorization::new(user_id, &call.world.settings.app_id, &scope, device_id)
    };
    let wanted = Wanted {
        identity: has_scope(&scope, "openid"),
        ..Wanted::ALL
    };
    Ok(call.world.issue(&authorization, &wanted)?)
}

// What a token is worth.

fn introspect(call: &mut Call<'_>, protocol: Protocol) -> Answer {
    answer(look_up(call, protocol))
}

fn look_up(call: &Call<'_>, protocol: Protocol) -> Outcome<Value> {
    authenticate(call, call.world.settings.introspection_authentication)?;
    let token = needed(call, "token")?;
    let of_protocol = |grant: &&Grant| grant.authorization.protocol == protocol;
    let tokens = &call.world.tokens;
    let describe = |grant: &Grant, token_type: Option<&str>| {
        let mut answer = json!({
            "active": true,
            "client_id": grant.authorization.client_id,
            "exp": grant.expires_at / 1000,
            "iat": grant.issued_at / 1000,
            "iss": grant.issuer,
            "jti": grant.jti,
            "scope": grant.authorization.scope,
        });
        let optional = [
            ("sub", grant.authorization.user_id.as_deref()),
            ("token_type", token_type),
        ];
        for (name, value) in optional {
            if let (Some(value), Some(answer)) = (value, answer.as_object_mut()) {
                answer.insert(name.to_owned(), json!(value));
            }
        }
        answer
    };
    let access = tokens.access(&token, call.now).filter(of_protocol);
    let refresh = tokens.refresh(&token, call.now).filter(of_protocol);
    Ok(match (access, refresh) {
        (Some(grant), _) => describe(grant, Some("Bearer")),
        (None, Some(grant)) => describe(grant, None),
        (None, None) => json!({ "active": false }),
    })
}

/// Also a token that is unknown is revoked now, and the answer is empty.
fn revoke(call: &mut Call<'_>, _: Protocol) -> Answer {
    let outcome =
        authenticate(call, call.world.settings.revocation_authentication).and_then(|()| needed(call, "token"));
    Ok(match outcome {
        Ok(token) => {
            call.world.tokens.revoke_token(&token);
            Reply::Http(Box::new(Response::new(Vec::new())))
        }
        Err(refusal) => refusal.reply(),
    })
}

/// The claims that the token's scopes allow.
fn user_info(call: &mut Call<'_>, protocol: Protocol) -> Answer {
    let token = call
        .bearer()
        .map(str::to_owned)
        .or_else(|| call.maybe("access_token"))
        .unwrap_or_default();
    let grant = call.world.tokens.access(&token, call.now);
    let authorization = grant.map(|grant| &grant.authorization);
    let authorization = authorization.filter(|authorization| authorization.protocol == protocol);
    let user = authorization.and_then(|it| Some((call.world.user(it.user_id.as_deref()?)?, it)));
    answer(match user {
        Some((user, authorization)) => {
            let roles = call.world.role_codes(&user.id);
            Ok(Value::Object(user_claims(user, &authorization.scope, &roles)))
        }
        None => Err(OAuthRefusal::new("invalid_token", "the access token is not valid")),
    })
}
