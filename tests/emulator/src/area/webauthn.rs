//! Passkeys, at the level of stored credentials: ceremonies are checked for their challenge and credential, signatures are
//! not.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::area::sign_in::tokens_for;
use crate::clock::{Millis, iso8601};
use crate::failure::{Answer, Failure, Reply};
use crate::one_time::OneTime;
use crate::random;
use crate::route::{Call, Caller, Route, delete, get, post, put};
use crate::validate::Kind::{Limit, Map, Object, OneOf, Page, Text, Texts};
use crate::validate::{Field, may, need};

#[derive(Debug, Clone)]
struct Credential {
    id: String,
    user_id: String,
    name: String,
    authenticator_code: String,
    created_at: Millis,
    last_used_at: Option<Millis>,
}

impl Credential {
    fn to_json(&self, app_id: &str) -> Value {
        json!({
            "credentialId": self.id,
            "userId": self.user_id,
            "appId": app_id,
            "name": self.name,
            "authenticatorCode": self.authenticator_code,
            "createdAt": iso8601(self.created_at),
            "lastUsedAt": self.last_used_at.map(iso8601),
        })
    }
}

/// A ceremony that has begun.
#[derive(Debug, Clone)]
struct Ceremony {
    challenge: String,
    /// Whose credential is made; nobody's while somebody signs in.
    user_id: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct WebAuthnState {
    credentials: Vec<Credential>,
    ceremonies: OneTime<Ceremony>,
}

const AUTHENTICATORS: &[&str] = &["fingerprint", "face", "other"];
const ASSERTION: &[Field] = &[
    need("id", Text),
    need("rawId", Text),
    need(
        "response",
        Object(&[
            need("authenticatorData", Text),
            need("clientDataJSON", Text),
            need("signature", Text),
            may("userHandle", Text),
        ]),
    ),
    need("type", Text),
];
const ATTESTATION: &[Field] = &[
    need("id", Text),
    need("rawId", Text),
    need(
        "response",
        Object(&[need("attestationObject", Text), need("clientDataJSON", Text)]),
    ),
    may("transports", Texts),
    need("type", Text),
];
const SIGN_IN_OPTIONS: &[Field] = &[may("scope", Text), may("context", Map), may("customData", Map)];
const LIST: &[Field] = &[may("page", Page), may("limit", Limit)];
const RENAME: &[Field] = &[need("name", Text)];
/// The documentation does not name the fields of this body.
const REGISTRATION: &[Field] = &[
    may("registrationCredential", Object(ATTESTATION)),
    may("credential", Object(ATTESTATION)),
    need("ticket", Text),
    may("authenticatorCode", OneOf(AUTHENTICATORS)),
];

pub(crate) const ROUTES: &[Route] = &[
    get("/api/v3/webauthn/authentication", Caller::App, &[], begin_sign_in),
    post(
        "/api/v3/webauthn/authentication",
        Caller::App,
        &[
            need("authenticationCredential", Object(ASSERTION)),
            need("ticket", Text),
            may("options", Object(SIGN_IN_OPTIONS)),
        ],
        finish_sign_in,
    ),
    get("/api/v3/webauthn/registration", Caller::User, &[], begin_registration),
    post(
        "/api/v3/webauthn/registration",
        Caller::User,
        &[
            need("registrationCredential", Object(ATTESTATION)),
            need("ticket", Text),
            may("authenticatorCode", OneOf(AUTHENTICATORS)),
        ],
        finish_registration,
    ),
    post("/api/v3/webauthn/page-authenticator-device", Caller::User, LIST, list),
    post(
        "/api/v3/webauthn/check-valid-credentials-by-credIds",
        Caller::AppOrUser,
        &[may("credentialIds", Texts), may("credIds", Texts)],
        check_valid,
    ),
    post(
        "/api/v3/webauthn/remove-credentials-by-authenticator-code",
        Caller::User,
        &[may("authenticatorCode", OneOf(AUTHENTICATORS))],
        remove_all,
    ),
    post(
        "/api/v3/webauthn/remove-credential/{credentialID}",
        Caller::User,
        &[],
        remove,
    ),
    post("/api/v3/webauthn/login/initialize", Caller::App, &[], begin_sign_in),
    post(
        "/api/v3/webauthn/login/finalize",
        Caller::App,
        &[
            need("ticket", Text),
            need("credential", Object(ASSERTION)),
            may("options", Object(SIGN_IN_OPTIONS)),
        ],
        finish_sign_in,
    ),
    post(
        "/api/v3/webauthn/registration/initialize",
        Caller::User,
        &[],
        begin_registration,
    ),
    post(
        "/api/v3/webauthn/registration/finalize",
        Caller::User,
        REGISTRATION,
        finish_registration,
    ),
    post(
        "/api/v3/webauthn/mfa-bind/initialize",
        Caller::User,
        &[],
        begin_registration,
    ),
    post(
        "/api/v3/webauthn/mfa-verify/initialize",
        Caller::AppOrUser,
        &[],
        begin_sign_in,
    ),
    get("/api/v3/webauthn/credentials", Caller::User, LIST, list),
    put(
        "/api/v3/webauthn/credentials/{credentialId}",
        Caller::User,
        RENAME,
        rename,
    ),
    delete("/api/v3/webauthn/credentials/{credentialId}", Caller::User, &[], remove),
    get(
        "/api/v3/webauthn/person/credentials",
        Caller::User,
        &[
            may("page", Page),
            may("limit", Limit),
            need("userId", Text),
            may("appId", Text),
        ],
        list,
    ),
    post(
        "/api/v3/webauthn/admin/initialize",
        Caller::User,
        &[],
        begin_registration,
    ),
    post(
        "/api/v3/webauthn/admin/registration/finalize",
        Caller::User,
        REGISTRATION,
        finish_registration,
    ),
    put(
        "/api/v3/webauthn/admin/credentials/{credentialId}",
        Caller::User,
        RENAME,
        rename,
    ),
    delete(
        "/api/v3/webauthn/admin/credentials/{credentialId}/{userId}/{appId}",
        Caller::User,
        &[],
        remove,
    ),
];

fn begin(call: &mut Call<'_>, user_id: Option<String>) -> (String, String) {
    let (challenge, now) = (random::token(), call.now);
    let ceremony = Ceremony {
        challenge: challenge.clone(),
        user_id,
    };
    (challenge, call.world.webauthn.ceremonies.issue(ceremony, now))
}

fn begin_sign_in(call: &mut Call<'_>) -> Answer {
    let (challenge, ticket) = begin(call, None);
    Ok(Reply::Data(json!({
        "authenticationOptions": {
            "challenge": challenge,
            "allowCredentials": [],
            "rpId": "127.0.0.1",
            "timeout": 60_000,
        },
        "ticket": ticket,
    })))
}

fn begin_registration(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let (id, name) = (user.id.clone(), user.display_name());
    let own = call
        .world
        .webauthn
        .credentials
        .iter()
        .filter(|credential| credential.user_id == id);
    let exclude: Vec<Value> = own
        .map(|credential| json!({ "id": credential.id, "transports": ["internal"], "type": "public-key" }))
        .collect();
    let (challenge, ticket) = begin(call, Some(id.clone()));
    Ok(Reply::Data(json!({
        "registrationOptions": {
            "challenge": challenge,
            "excludeCredentials": exclude,
            "pubKeyCredParams": [{ "alg": -7, "type": "public-key" }, { "alg": -257, "type": "public-key" }],
            "rp": { "id": "127.0.0.1", "name": "emulator" },
            "timeout": 60_000,
            "user": { "id": id, "name": name, "displayName": name },
        },
        "ticket": ticket,
    })))
}

/// Ends a ceremony: its ticket must be fresh, and the client data must name its challenge and its purpose.
fn end(call: &mut Call<'_>, credential: &str, purpose: &str) -> Result<Option<Ceremony>, Failure> {
    let (ticket, now) = (call.text("ticket"), call.now);
    let ceremony = call.world.webauthn.ceremonies.redeem(&ticket, now);
    let ceremony = ceremony.ok_or_else(|| Failure::invalid("ticket is wrong, was used or has expired"))?;
    let client_data = call.text(&format!("{credential}.response.clientDataJSON"));
    let client_data = BASE64URL_NOPAD
        .decode(client_data.trim_end_matches('=').as_bytes())
        .ok();
    let client_data: Value = client_data
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let says = |name: &str, expected: &str| client_data.get(name).and_then(Value::as_str) == Some(expected);
    Ok((says("challenge", &ceremony.challenge) && says("type", purpose)).then_some(ceremony))
}

fn finish_registration(call: &mut Call<'_>) -> Answer {
    let name = ["registrationCredential", "credential"]
        .into_iter()
        .find(|name| call.value(name).is_some());
    let name = name.ok_or_else(|| Failure::invalid("registrationCredential should not be empty"))?;
    let (user_id, now) = (call.user_id()?, call.now);
    let id = call.text(&format!("{name}.id"));
    let ceremony = end(call, name, "webauthn.create")?;
    let verified = ceremony.is_some_and(|ceremony| ceremony.user_id.as_ref() == Some(&user_id));
    let credentials = &call.world.webauthn.credentials;
    if !verified || credentials.iter().any(|credential| credential.id == id) {
        return Ok(Reply::Data(json!({ "verified": false })));
    }
    let authenticator_code = call.maybe("authenticatorCode").unwrap_or_else(|| "other".to_owned());
    let name = format!("{}'s passkey", call.user()?.display_name());
    call.world.webauthn.credentials.push(Credential {
        id,
        user_id,
        name,
        authenticator_code,
        created_at: now,
        last_used_at: None,
    });
    Ok(Reply::Data(json!({ "verified": true })))
}

fn finish_sign_in(call: &mut Call<'_>) -> Answer {
    let name = if call.value("credential").is_some() {
        "credential"
    } else {
        "authenticationCredential"
    };
    let (id, now, scope) = (
        call.text(&format!("{name}.id")),
        call.now,
        crate::area::sign_in::scope(call)?,
    );
    let verified = end(call, name, "webauthn.get")?.is_some_and(|ceremony| ceremony.user_id.is_none());
    let mut credentials = call.world.webauthn.credentials.iter_mut();
    let Some(credential) = credentials.find(|credential| credential.id == id).filter(|_| verified) else {
        return Ok(Reply::Data(json!({ "verified": false })));
    };
    credential.last_used_at = Some(now);
    let user_id = credential.user_id.clone();
    let set = tokens_for(call, &user_id, &scope, "loginByWebAuthn")?;
    Ok(Reply::Data(json!({ "verified": true, "tokenSet": Value::Object(set) })))
}

/// The signed-in user's own credentials.
fn list(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    if call.maybe("userId").is_some_and(|id| id != user_id) {
        return Err(Failure::forbidden("These are the credentials of another user"));
    }
    let own = call
        .world
        .webauthn
        .credentials
        .iter()
        .filter(|credential| credential.user_id == user_id);
    let shown = own
        .map(|credential| credential.to_json(&call.world.settings.app_id))
        .collect();
    Ok(call.paged(shown))
}

fn check_valid(call: &mut Call<'_>) -> Answer {
    let wanted = [call.texts("credentialIds"), call.texts("credIds")].concat();
    let known = call
        .world
        .webauthn
        .credentials
        .iter()
        .filter(|credential| wanted.contains(&credential.id));
    let shown = known
        .map(|credential| json!({ "credentialId": credential.id, "authenticatorCode": credential.authenticator_code }));
    Ok(Reply::Data(shown.collect()))
}

fn remove_all(call: &mut Call<'_>) -> Answer {
    let (user_id, code) = (call.user_id()?, call.maybe("authenticatorCode"));
    call.world.webauthn.credentials.retain(|credential| {
        credential.user_id != user_id || code.as_ref().is_some_and(|code| credential.authenticator_code != *code)
    });
    Ok(Reply::success())
}

/// The name of the path's variable is written in two ways.
fn credential_id(call: &Call<'_>) -> String {
    let id = call.variable("credentialId");
    if id.is_empty() {
        call.variable("credentialID")
    } else {
        id
    }
}

fn no_credential() -> Failure {
    Failure::not_found("There is no such credential")
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (user_id, id) = (call.user_id()?, credential_id(call));
    let credentials = &mut call.world.webauthn.credentials;
    let before = credentials.len();
    credentials.retain(|credential| !(credential.user_id == user_id && credential.id == id));
    if credentials.len() < before {
        Ok(Reply::success())
    } else {
        Err(no_credential())
    }
}

fn rename(call: &mut Call<'_>) -> Answer {
    let (user_id, id, name) = (call.user_id()?, credential_id(call), call.text("name"));
    let mut credentials = call.world.webauthn.credentials.iter_mut();
    let found = credentials.find(|credential| credential.user_id == user_id && credential.id == id);
    found.ok_or_else(no_credential)?.name = name;
    Ok(Reply::success())
}
