//! The emulator's own endpoints, for clients in other languages. They see no faults and are not recorded.

use std::time::Duration;

use serde_json::{Value, json};

use crate::area::authorize::directly;
use crate::failure::{Answer, Failure, Reply};
use crate::fault::Fault;
use crate::outbox::Message;
use crate::route::{Call, Caller, Route, delete, get, post};
use crate::user::UserSeed;
use crate::validate::Kind::{Any, Flag, Integer, Map, OneOf, Text};
use crate::validate::{may, need};

const FAULTS: &[&str] = &[
    "rateLimited",
    "status",
    "html",
    "truncated",
    "empty",
    "reset",
    "business",
];

pub(crate) const ROUTES: &[Route] = &[
    get("/_emulator/outbox", Caller::Anyone, &[], outbox),
    post(
        "/_emulator/advance",
        Caller::Anyone,
        &[need("seconds", Integer)],
        advance,
    ),
    post(
        "/_emulator/faults",
        Caller::Anyone,
        &[
            may("rateLimit", Flag),
            may("fault", OneOf(FAULTS)),
            may("count", Integer),
            may("status", Integer),
            may("statusCode", Integer),
            may("apiCode", Integer),
            may("clear", Flag),
        ],
        faults,
    ),
    post(
        "/_emulator/users",
        Caller::Anyone,
        &[may("password", Text), may("fields", Map), may("customData", Map)],
        add_user,
    ),
    post("/_emulator/invitations", Caller::Anyone, &[need("email", Text)], invite),
    post(
        "/_emulator/authorize",
        Caller::Anyone,
        &[need("url", Text), need("userId", Text)],
        authorize,
    ),
    post("/_emulator/keys", Caller::Anyone, &[may("forget", Flag)], rotate_keys),
    post(
        "/_emulator/events",
        Caller::Anyone,
        &[need("eventType", Text), may("userId", Text), may("eventData", Any)],
        publish,
    ),
    delete("/_emulator/events", Caller::Anyone, &[], drop_events),
];

fn outbox(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(call.world.outbox.iter().map(Message::to_json).collect()))
}

fn advance(call: &mut Call<'_>) -> Answer {
    let seconds = call.value("seconds").and_then(Value::as_u64);
    let seconds = seconds.ok_or_else(|| Failure::invalid("seconds must not be less than 0"))?;
    call.world.clock.advance(Duration::from_secs(seconds));
    Ok(Reply::Bare(json!({ "now": crate::clock::iso8601(call.world.now()) })))
}

/// `{"rateLimit": bool}` switches the limit; `{"fault": name, "count": n}` queues faults; `{"clear": true}` ends all.
fn faults(call: &mut Call<'_>) -> Answer {
    let number = |name: &str| call.value(name).and_then(Value::as_u64);
    let small = |name: &str| number(name).and_then(|value| u16::try_from(value).ok());
    let fault = call.maybe("fault").map(|name| match name.as_str() {
        "rateLimited" => Fault::RateLimited,
        "status" => Fault::Status(small("status").unwrap_or(500)),
        "html" => Fault::Html,
        "truncated" => Fault::Truncated,
        "empty" => Fault::Empty,
        "reset" => Fault::Reset,
        _ => Fault::Business {
            status_code: small("statusCode").unwrap_or(500),
            api_code: number("apiCode").and_then(|code| u32::try_from(code).ok()),
        },
    });
    let count = number("count")
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(1);
    let rate_limit = call.value("rateLimit").and_then(Value::as_bool);
    let clear = call.flag("clear");
    let switches = &mut call.world.faults;
    if clear {
        switches.clear();
    }
    if let Some(on) = rate_limit {
        switches.rate_limited = on;
    }
    if let Some(fault) = fault {
        switches.add(count.min(10_000), fault);
    }
    Ok(Reply::Bare(json!({})))
}

/// Adds a user from `{"password": .., "fields": {profile members}, "customData": {..}}`.
fn add_user(call: &mut Call<'_>) -> Answer {
    let map = |name: &str| call.value(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let seed = UserSeed {
        fields: map("fields"),
        password: call.maybe("password"),
        custom_data: map("customData"),
    };
    let id = call.world.add_user(seed);
    Ok(Reply::Bare(json!({ "userId": id })))
}

/// Invites an address as an administrator would.
fn invite(call: &mut Call<'_>) -> Answer {
    let email = call.text("email");
    let (identifier, signature) = call.world.invitations.invite(&email);
    Ok(Reply::Bare(json!({ "identifier": identifier, "signature": signature })))
}

/// Signs a user in for a link to the sign-in page, without the page; answers where the browser would be sent.
fn authorize(call: &mut Call<'_>) -> Answer {
    let (url, user_id) = (call.text("url"), call.text("userId"));
    let location = directly(call.world, &url, &user_id).map_err(|error| Failure::invalid(error.to_string()))?;
    Ok(Reply::Bare(json!({ "location": location })))
}

/// Signs tokens with new keys; with `{"forget": true}` the key set loses the old ones.
fn rotate_keys(call: &mut Call<'_>) -> Answer {
    let forget = call.flag("forget");
    call.world.tokens.rotate(forget)?;
    Ok(Reply::Bare(json!({})))
}

/// Publishes an event, of a user or of nobody.
fn publish(call: &mut Call<'_>) -> Answer {
    let (code, user_id, now) = (call.text("eventType"), call.maybe("userId"), call.now);
    let data = call.value("eventData").cloned().unwrap_or_default();
    let events = &mut call.world.events;
    let reached = events.publish(&code, user_id.as_deref(), &data, None, now);
    Ok(Reply::Bare(json!({ "subscribers": reached })))
}

/// Cuts the connection of every event socket.
fn drop_events(call: &mut Call<'_>) -> Answer {
    call.world.events.drop_all();
    Ok(Reply::Bare(json!({})))
}
