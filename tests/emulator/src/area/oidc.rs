//! What OpenID Connect clients want to know beforehand: where everything is, and the keys. And the older endpoint that
//! checks tokens.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::failure::{Answer, Reply, coded};
use crate::route::{Call, Caller, Route, get, post};
use crate::tokens::Protocol;

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/oidc/.well-known/openid-configuration",
        Caller::Anyone,
        &[],
        configuration,
    ),
    get(
        "/{appId}/oidc/.well-known/openid-configuration",
        Caller::Anyone,
        &[],
        |call| of_app(call, configuration),
    ),
    get("/oidc/.well-known/jwks.json", Caller::Anyone, &[], key_set),
    get("/{appId}/oidc/.well-known/jwks.json", Caller::Anyone, &[], |call| {
        of_app(call, key_set)
    }),
    get("/api/v2/oidc/validate_token", Caller::Anyone, &[], validate_token),
    post("/api/v2/oidc/validate_pem_key", Caller::App, &[], validate_pem_key),
];

fn of_app(call: &mut Call<'_>, handler: fn(&mut Call<'_>) -> Answer) -> Answer {
    if call.variable("appId") == call.world.settings.app_id {
        handler(call)
    } else {
        Err(coded::UNKNOWN_APP)
    }
}

fn key_set(call: &mut Call<'_>) -> Answer {
    let algorithm = call.world.settings.id_token_algorithm;
    Ok(Reply::Bare(json!({ "keys": call.world.tokens.key_set(algorithm)? })))
}

/// Not all that is listed is configured: which algorithm signs the ID tokens, for instance, stands nowhere here.
fn configuration(call: &mut Call<'_>) -> Answer {
    let issuer = call.world.issuer(Protocol::Oidc);
    let at = |path: &str| format!("{issuer}{path}");
    let ways = ["client_secret_post", "client_secret_basic", "none"];
    Ok(Reply::Bare(json!({
        "issuer": issuer,
        "authorization_endpoint": at("/auth"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/me"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "introspection_endpoint": at("/token/introspection"),
        "revocation_endpoint": at("/token/revocation"),
        "end_session_endpoint": at("/session/end"),
        "scopes_supported": [
            "openid", "profile", "username", "email", "phone", "address", "offline_access", "role", "roles",
            "external_id", "extended_fields", "tenant_id",
        ],
        "response_types_supported": [
            "code", "id_token", "code id_token", "code token", "id_token token", "code id_token token",
        ],
        "response_modes_supported": ["query", "fragment", "form_post", "web_message"],
        "grant_types_supported": [
            "authorization_code", "implicit", "refresh_token", "client_credentials", "password",
            "http://authing.cn/oidc/grant_type/authing_token",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "ES256"],
        "code_challenge_methods_supported": ["S256", "plain"],
        "token_endpoint_auth_methods_supported": ways,
        "introspection_endpoint_auth_methods_supported": ways,
        "revocation_endpoint_auth_methods_supported": ways,
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "nonce", "at_hash", "auth_time", "name", "given_name", "middle_name",
            "family_name", "nickname", "preferred_username", "profile", "picture", "website", "birthdate", "gender",
            "zoneinfo", "locale", "updated_at", "email", "email_verified", "phone_number", "phone_number_verified",
            "address",
        ],
    })))
}

/// The claims of a token that is good.
fn validate_token(call: &mut Call<'_>) -> Answer {
    let (access, identity) = (call.maybe("access_token"), call.maybe("id_token"));
    let tokens = &call.world.tokens;
    let (name, token, good) = match (&access, &identity) {
        (Some(token), None) => ("access_token", token, tokens.access(token, call.now).is_some()),
        (None, Some(token)) => ("id_token", token, tokens.id_token(token, call.now).is_some()),
        _ => return Ok(refused("access_token 或 id_token 缺失")),
    };
    let Some(claims) = claims_of(token) else {
        return Ok(refused(&format!("{name} 格式有误")));
    };
    Ok(if good {
        Reply::Bare(claims)
    } else {
        refused(&format!("{name} 不合法"))
    })
}

fn refused(message: &str) -> Reply {
    Reply::Bare(json!({ "code": 400, "message": message }))
}

fn claims_of(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
    serde_json::from_slice(&claims).ok()
}

/// What the console asks of a key is not documented; whatever looks like one passes.
fn validate_pem_key(call: &mut Call<'_>) -> Answer {
    let valid = call
        .input
        .values()
        .filter_map(Value::as_str)
        .any(|text| text.trim_start().starts_with("-----BEGIN"));
    Ok(Reply::Bare(
        json!({ "code": 200, "message": "", "data": { "valid": valid } }),
    ))
}
