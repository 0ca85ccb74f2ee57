//! What OpenID Connect clients need to check tokens: the keys, and who a token is about.

use serde_json::{Value, json};

use crate::failure::{Answer, Reply, coded};
use crate::route::{Call, Caller, Route, get, post};
use crate::tokens::user_claims;

pub(crate) const ROUTES: &[Route] = &[
    get("/oidc/.well-known/jwks.json", Caller::Anyone, &[], key_set),
    get(
        "/{appId}/oidc/.well-known/jwks.json",
        Caller::Anyone,
        &[],
        key_set_of_app,
    ),
    get("/oidc/me", Caller::Anyone, &[], user_info),
    post("/oidc/me", Caller::Anyone, &[], user_info),
];

fn key_set(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(json!({ "keys": call.world.tokens.key_set()? })))
}

fn key_set_of_app(call: &mut Call<'_>) -> Answer {
    if call.variable("appId") == call.world.settings.app_id {
        key_set(call)
    } else {
        Err(coded::UNKNOWN_APP)
    }
}

/// The claims that the token's scopes allow; errors have the form of OAuth here.
fn user_info(call: &mut Call<'_>) -> Answer {
    let token = call
        .bearer()
        .map(str::to_owned)
        .or_else(|| call.maybe("access_token"))
        .unwrap_or_default();
    let grant = call.world.tokens.access(&token, call.now);
    let user = grant.and_then(|grant| call.world.user(&grant.user_id).map(|user| (user, &grant.scope)));
    Ok(match user {
        Some((user, scope)) => {
            let roles = call.world.role_codes(&user.id);
            Reply::Bare(Value::Object(user_claims(user, scope, &roles)))
        }
        None => Reply::Status {
            status: 401,
            body: json!({ "error": "invalid_token", "error_description": "the access token is not valid" }),
        },
    })
}
