//! Time, faults, rules, the record, and the state as a whole.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::done;
use crate::channel::Channel;
use crate::clock::{Millis, iso8601, read_iso8601};
use crate::failure::{Answer, Failure, Later, Reply};
use crate::fault::Fault;
use crate::outbox::Message;
use crate::random;
use crate::record::RecordedRequest;
use crate::route::Call;
use crate::setup_error::SetupError;
use crate::webhook;

pub(super) const FAULTS: &[&str] = &[
    "rateLimited",
    "status",
    "html",
    "truncated",
    "empty",
    "reset",
    "business",
    "delay",
    "hang",
];

fn number(call: &Call<'_>, name: &str) -> Result<Option<u64>, Failure> {
    match call.value(name) {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(Failure::invalid(format!("{name} must not be less than 0"))),
        },
    }
}

// Time.

pub(super) fn clock(call: &mut Call<'_>) -> Answer {
    let now = call.world.now();
    Ok(Reply::Bare(json!({
        "now": iso8601(now),
        "unixMilliseconds": now,
        "held": call.world.clock.is_held(),
    })))
}

pub(super) fn set_clock(call: &mut Call<'_>) -> Answer {
    let moment: Option<Millis> = match call.value("now") {
        None => None,
        Some(value) => {
            let moment = value.as_u64().or_else(|| value.as_str().and_then(read_iso8601));
            let unfit = || Failure::invalid("now must be a date in ISO 8601 (UTC), or milliseconds since 1970");
            Some(moment.ok_or_else(unfit)?)
        }
    };
    let by = number(call, "advanceMilliseconds")?;
    let hold = call.value("hold").and_then(Value::as_bool);
    let clock = &mut call.world.clock;
    match hold {
        Some(true) => clock.hold(),
        Some(false) => clock.release(),
        None => {}
    }
    if let Some(moment) = moment {
        clock.set(moment);
    }
    if let Some(by) = by {
        clock.advance(Duration::from_millis(by));
    }
    self::clock(call)
}

pub(super) fn advance(call: &mut Call<'_>) -> Answer {
    let seconds = number(call, "seconds")?.unwrap_or_default();
    call.world.clock.advance(Duration::from_secs(seconds));
    clock(call)
}

// What was sent.

pub(super) fn outbox(call: &mut Call<'_>) -> Answer {
    let channel: Option<Channel> = match call.maybe("channel") {
        None => None,
        Some(name) => Some(name.parse().map_err(|error| Failure::invalid(format!("{error}")))?),
    };
    let to = call.maybe("to");
    let messages = call.world.outbox.of(to.as_deref(), channel);
    Ok(Reply::Bare(messages.map(Message::to_json).collect()))
}

pub(super) fn requests(call: &mut Call<'_>) -> Answer {
    let path = call.maybe("path");
    let record = &call.world.requests;
    let wanted = record
        .iter()
        .filter(|one| path.as_ref().is_none_or(|path| one.path == *path));
    let list: Vec<Value> = wanted.map(RecordedRequest::to_json).collect();
    Ok(Reply::Bare(json!({ "totalCount": record.total, "list": list })))
}

pub(super) fn take_requests(call: &mut Call<'_>) -> Answer {
    let path = call.maybe("path");
    let taken = call.world.requests.take(path.as_deref());
    let list: Vec<Value> = taken.iter().map(RecordedRequest::to_json).collect();
    Ok(Reply::Bare(
        json!({ "totalCount": call.world.requests.total, "list": list }),
    ))
}

pub(super) fn uploads(call: &mut Call<'_>) -> Answer {
    let url = &call.world.url;
    Ok(Reply::Bare(
        call.world.uploads.iter().map(|file| file.to_json(url)).collect(),
    ))
}

// What goes wrong.

pub(super) fn show_faults(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(call.world.faults.to_json()))
}

pub(super) fn faults(call: &mut Call<'_>) -> Answer {
    let status = number(call, "status")?.unwrap_or(500);
    let status_code = number(call, "statusCode")?.unwrap_or(500);
    let (api_code, milliseconds) = (number(call, "apiCode")?, number(call, "milliseconds")?);
    let fits = |name: &str, fits: bool| {
        if fits {
            Ok(())
        } else {
            Err(Failure::invalid(format!("{name} does not have a value that fits")))
        }
    };
    fits("status", (200..=599).contains(&status))?;
    fits("statusCode", status_code <= 999)?;
    fits("apiCode", api_code.is_none_or(|code| u32::try_from(code).is_ok()))?;
    let small = |number: u64| u16::try_from(number).unwrap_or(500);
    let fault = match call.maybe("fault").as_deref() {
        None => None,
        Some("rateLimited") => Some(Fault::RateLimited),
        Some("status") => Some(Fault::Status(small(status))),
        Some("html") => Some(Fault::Html),
        Some("truncated") => Some(Fault::Truncated),
        Some("empty") => Some(Fault::Empty),
        Some("reset") => Some(Fault::Reset),
        Some("delay") => {
            let needed = || Failure::invalid("delay needs milliseconds");
            Some(Fault::Delay(Duration::from_millis(milliseconds.ok_or_else(needed)?)))
        }
        Some("hang") => Some(Fault::Hang),
        Some(_) => Some(Fault::Business {
            status_code: small(status_code),
            api_code: api_code.and_then(|code| u32::try_from(code).ok()),
        }),
    };
    let always = call.flag("always");
    let count = number(call, "count")?.unwrap_or(1);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let (path, rate_limit, clear) = (
        call.maybe("path"),
        call.value("rateLimit").and_then(Value::as_bool),
        call.flag("clear"),
    );
    fits("path", path.is_none() || fault.is_some())?;
    let faults = &mut call.world.faults;
    if clear {
        faults.clear();
    }
    if let Some(on) = rate_limit {
        faults.rate_limited = on;
    }
    if let Some(fault) = fault {
        faults.add(fault, path, (!always).then_some(count));
    }
    show_faults(call)
}

// Rules.

pub(super) fn show_rules(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(call.world.settings.rules.to_json()))
}

pub(super) fn change_rules(call: &mut Call<'_>) -> Answer {
    call.world.settings.rules = call.world.settings.rules.changed(&call.input)?;
    show_rules(call)
}

// The whole.

pub(super) fn reset(call: &mut Call<'_>) -> Answer {
    call.world.reset()?;
    done()
}

pub(super) fn snapshots(call: &mut Call<'_>) -> Answer {
    let ids: Vec<_> = call.world.snapshots.taken.keys().collect();
    Ok(Reply::Bare(json!(ids)))
}

pub(super) fn take_snapshot(call: &mut Call<'_>) -> Answer {
    let (id, snapshot) = (random::object_id(), call.world.snapshot());
    call.world.snapshots.taken.insert(id.clone(), snapshot);
    Ok(Reply::Bare(json!({ "id": id })))
}

pub(super) fn restore_snapshot(call: &mut Call<'_>) -> Answer {
    let id = call.variable("id");
    let snapshot = call.world.snapshots.taken.get(&id).cloned();
    call.world.restore(&snapshot.ok_or(SetupError::Unknown(id))?)?;
    done()
}

pub(super) fn drop_snapshot(call: &mut Call<'_>) -> Answer {
    let id = call.variable("id");
    match call.world.snapshots.taken.remove(&id) {
        Some(_) => done(),
        None => Err(SetupError::Unknown(id).into()),
    }
}

pub(super) fn rotate_keys(call: &mut Call<'_>) -> Answer {
    let forget = call.flag("forget");
    call.world.tokens.rotate(forget)?;
    done()
}

// Events.

pub(super) fn event_connections(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(json!({ "connections": call.world.events.connections() })))
}

pub(super) fn publish(call: &mut Call<'_>) -> Answer {
    let (code, user_id, now) = (call.text("eventType"), call.maybe("userId"), call.now);
    let data = call.value("eventData").cloned().unwrap_or_default();
    let events = &mut call.world.events;
    let reached = events.publish(&code, user_id.as_deref(), &data, None, now);
    Ok(Reply::Bare(json!({ "subscribers": reached })))
}

pub(super) fn drop_events(call: &mut Call<'_>) -> Answer {
    call.world.events.drop_all();
    done()
}

pub(super) fn send_webhook(call: &mut Call<'_>) -> Answer {
    let (settings, url, event_name) = (call.world.settings.clone(), call.text("url"), call.text("eventName"));
    let data = call.value("data").cloned().unwrap_or_else(|| Value::Object(Map::new()));
    let (content_type, body) = if call.flag("form") {
        ("application/x-www-form-urlencoded", webhook::form(&event_name, &data))
    } else {
        let body = json!({ "eventName": event_name, "data": data });
        ("application/json", body.to_string())
    };
    Ok(Reply::Later(Later(Box::new(move || {
        match webhook::deliver(&settings, &url, content_type, &body) {
            Ok(status) => Ok(Reply::Bare(json!({ "status": status }))),
            Err(error) => Err(Failure::new(502, error.to_string())),
        }
    }))))
}
