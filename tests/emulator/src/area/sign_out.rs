//! Signing out in the browser.

use axum::http::StatusCode;

use crate::area::authorize::{forget, may_return_to, redirect};
use crate::failure::{Answer, Reply};
use crate::html::{complaint, page};
use crate::route::{Call, Caller, Route, get, post};

pub(crate) const ROUTES: &[Route] = &[
    get("/oidc/session/end", Caller::Anyone, &[], end_session),
    post("/oidc/session/end", Caller::Anyone, &[], end_session),
    get("/login/profile/logout", Caller::Anyone, &[], log_out),
];

fn refuse(why: &str) -> Reply {
    page(StatusCode::BAD_REQUEST, &complaint(why))
}

/// The way back is open only to whoever shows an ID token; an old one will do.
fn end_session(call: &mut Call<'_>) -> Answer {
    let hint = call.maybe("id_token_hint");
    if hint.as_ref().is_some_and(|hint| !call.world.tokens.is_hint(hint)) {
        return Ok(refuse("id_token_hint is not an ID token of this application"));
    }
    let reply = match call.maybe("post_logout_redirect_uri") {
        None => page(StatusCode::OK, &complaint("You have signed out.")),
        Some(_) if hint.is_none() => return Ok(refuse("post_logout_redirect_uri needs id_token_hint")),
        Some(uri) if !may_return_to(&call.world.settings, &uri) => {
            return Ok(refuse("post_logout_redirect_uri is not registered"));
        }
        Some(uri) => match call.maybe("state") {
            None => redirect(&uri),
            Some(state) => {
                let mark = if uri.contains('?') { '&' } else { '?' };
                let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
                redirect(&format!("{uri}{mark}state={state}"))
            }
        },
    };
    Ok(forget(call, reply))
}

fn log_out(call: &mut Call<'_>) -> Answer {
    let reply = match call.maybe("redirect_uri") {
        None => page(StatusCode::OK, &complaint("You have signed out.")),
        Some(uri) if may_return_to(&call.world.settings, &uri) => redirect(&uri),
        Some(_) => refuse("redirect_uri is not registered"),
    };
    Ok(forget(call, reply))
}
