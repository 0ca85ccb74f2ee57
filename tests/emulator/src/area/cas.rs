//! CAS, as far as applications speak it: the sign-in page hands out a ticket, and the ticket tells who the user is. And
//! the page of SAML, which is all there is of it.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::area::authorize::{Wish, continue_as, forget, may_return_to, redirect, session};
use crate::area::sign_in_page::ask;
use crate::failure::{Answer, Reply, coded};
use crate::html::{complaint, escape, page};
use crate::random;
use crate::route::{Call, Caller, Route, get};
use crate::state::{Settings, World};
use crate::tokens::user_claims;
use crate::user::User;

/// What the attributes of a validated ticket show.
const SCOPE: &str = "profile email phone address external_id";

pub(crate) const ROUTES: &[Route] = &[
    get("/cas-idp/logout", Caller::Anyone, &[], log_out),
    get("/cas-idp/{appId}", Caller::Anyone, &[], log_in),
    get("/cas-idp/{appId}/login", Caller::Anyone, &[], log_in),
    get("/cas-idp/{appId}/logout", Caller::Anyone, &[], log_out),
    get("/cas-idp/{appId}/validate", Caller::Anyone, &[], validate),
    get(
        "/cas-idp/{appId}/serviceValidate",
        Caller::Anyone,
        &[],
        service_validate,
    ),
    get("/api/v2/saml-idp/{appId}", Caller::Anyone, &[], saml),
];

/// What a ticket stands for.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    service: String,
    user_id: String,
}

/// The service that a link to the sign-in page names, if the link and the service are good.
pub(crate) fn service_of(settings: &Settings, path: &str, service: Option<String>) -> Option<String> {
    let app_id = path.strip_prefix("/cas-idp/")?;
    let app_id = app_id.strip_suffix("/login").unwrap_or(app_id);
    (app_id == settings.app_id)
        .then_some(service)?
        .filter(|service| may_return_to(settings, service))
}

/// Where the browser goes, with a ticket.
pub(crate) fn admit(world: &mut World, service: &str, user_id: &str) -> String {
    let ticket = Ticket {
        service: service.to_owned(),
        user_id: user_id.to_owned(),
    };
    // The protocol wants this prefix.
    let now = world.now();
    let token = world
        .browsers
        .tickets
        .issue_as(format!("ST-{}", random::token()), ticket, now);
    let mark = if service.contains('?') { '&' } else { '?' };
    format!("{service}{mark}ticket={token}")
}

fn log_in(call: &mut Call<'_>) -> Answer {
    let path = format!("/cas-idp/{}", call.variable("appId"));
    let Some(service) = service_of(&call.world.settings, &path, call.maybe("service")) else {
        let why = "The application is unknown, or the service is not registered.";
        return Ok(page(StatusCode::BAD_REQUEST, &complaint(why)));
    };
    let wish = Wish::Cas { service };
    match session(call) {
        Some(session) => continue_as(call, &wish, &session, None),
        None => Ok(ask(call, wish)),
    }
}

fn log_out(call: &mut Call<'_>) -> Answer {
    let reply = match call.maybe("url") {
        Some(url) if may_return_to(&call.world.settings, &url) => redirect(&url),
        Some(_) => page(StatusCode::BAD_REQUEST, &complaint("The address is not registered.")),
        None => page(StatusCode::OK, &complaint("You have signed out.")),
    };
    Ok(forget(call, reply))
}

/// A ticket that is not good, by the code of the protocol.
type Refused = (&'static str, &'static str);

/// Uses a ticket up.
fn redeem<'a>(call: &'a mut Call<'_>) -> Result<&'a User, Refused> {
    let (Some(ticket), Some(service)) = (call.maybe("ticket"), call.maybe("service")) else {
        return Err(("INVALID_REQUEST", "ticket or service is missing"));
    };
    let invalid = ("INVALID_TICKET", "Ticket 不合法");
    if call.variable("appId") != call.world.settings.app_id {
        return Err(invalid);
    }
    let found = call.world.browsers.tickets.redeem(&ticket, call.now).ok_or(invalid)?;
    if found.service != service {
        return Err(("INVALID_SERVICE", "the ticket was handed out for another service"));
    }
    call.world.user(&found.user_id).ok_or(invalid)
}

fn name_of(user: &User) -> &str {
    ["username", "email", "phone"]
        .iter()
        .find_map(|name| user.text(name))
        .unwrap_or(&user.id)
}

fn validate(call: &mut Call<'_>) -> Answer {
    let body = redeem(call).map_or_else(|_| "no\n\n".to_owned(), |user| format!("yes\n{}\n", name_of(user)));
    Ok(Reply::Document {
        content_type: "text/plain; charset=utf-8".into(),
        body: body.into_bytes(),
    })
}

fn service_validate(call: &mut Call<'_>) -> Answer {
    let xml = call
        .maybe("format")
        .is_some_and(|format| format.eq_ignore_ascii_case("XML"));
    let outcome = redeem(call).map(|user| (name_of(user).to_owned(), user_claims(user, SCOPE, &[])));
    if xml {
        return Ok(Reply::Document {
            content_type: "application/xml; charset=utf-8".into(),
            body: in_xml(&outcome).into_bytes(),
        });
    }
    let answer = match outcome {
        Ok((user, attributes)) => json!({ "authenticationSuccess": { "user": user, "attributes": attributes } }),
        Err((code, description)) => {
            json!({ "authenticationFailure": { "code": code, "description": description } })
        }
    };
    Ok(Reply::Bare(json!({ "serviceResponse": answer })))
}

fn in_xml(outcome: &Result<(String, Map<String, Value>), Refused>) -> String {
    let inner = match outcome {
        Ok((user, attributes)) => {
            let attributes: Vec<_> = attributes
                .iter()
                .filter_map(|(name, value)| match value {
                    Value::Null => None,
                    Value::String(text) => Some((name, text.clone())),
                    other => Some((name, other.to_string())),
                })
                .map(|(name, text)| format!("<cas:{name}>{}</cas:{name}>", escape(&text)))
                .collect();
            let attributes = attributes.concat();
            format!(
                "<cas:authenticationSuccess><cas:user>{}</cas:user><cas:attributes>{attributes}</cas:attributes>\
                 </cas:authenticationSuccess>",
                escape(user)
            )
        }
        Err((code, description)) => {
            format!("<cas:authenticationFailure code=\"{code}\">{description}</cas:authenticationFailure>")
        }
    };
    format!("<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{inner}</cas:serviceResponse>\n")
}

/// There is no SAML behind it.
fn saml(call: &mut Call<'_>) -> Answer {
    if call.variable("appId") != call.world.settings.app_id {
        return Err(coded::UNKNOWN_APP);
    }
    let text = "This is where the SAML sign-in page of the application would be; the emulator has none.";
    Ok(page(StatusCode::OK, &complaint(text)))
}
