//! Signing in by agreeing on a device that is signed in.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::area::sign_in::{add_custom_data, tokens_for};
use crate::clock::{Millis, millis};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::state::Account;
use crate::validate::Kind::{Any, Map as AnyMap, Object, OneOf, Text};
use crate::validate::{Field, may, need};

const LIFETIME: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pushed,
    Authorized,
    Cancelled,
}

#[derive(Debug, Clone)]
struct Push {
    user_id: String,
    scope: String,
    /// For the user's own, once the sign-in is done.
    custom_data: Map<String, Value>,
    created_at: Millis,
    status: Status,
}

impl Push {
    fn has_expired(&self, now: Millis) -> bool {
        self.status == Status::Pushed && now >= self.created_at.saturating_add(millis(LIFETIME))
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Pushes(HashMap<String, Push>);

const CHANGE: &[Field] = &[need("pushCodeId", Text), need("action", OneOf(&["CONFIRM", "CANCEL"]))];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/signin-by-push",
        Caller::App,
        &[
            need("account", Text),
            may(
                "options",
                Object(&[may("scope", Text), may("context", Any), may("customData", AnyMap)]),
            ),
        ],
        push,
    ),
    get(
        "/api/v3/check-pushcode-status",
        Caller::App,
        &[need("pushCodeId", Text)],
        check,
    ),
    post("/api/v3/change-pushcode-status", Caller::User, CHANGE, change),
    post("/api/v3/set-pushcode-status", Caller::User, CHANGE, set),
    post(
        "/api/v3/get-pushlogin-relation-apps",
        Caller::App,
        &[need("pushCodeId", Text), need("appId", Text)],
        relation_apps,
    ),
];

fn push(call: &mut Call<'_>) -> Answer {
    let (account, now) = (call.text("account"), call.now);
    let scope = crate::area::sign_in::scope(call)?;
    let user = call
        .world
        .user_with(&Account::Any(account))
        .ok_or(coded::USER_NOT_FOUND)?;
    let user_id = user.id.clone();
    let id = random::token();
    let custom_data = call.value("options.customData").and_then(Value::as_object);
    let push = Push {
        user_id,
        scope,
        custom_data: custom_data.cloned().unwrap_or_default(),
        created_at: now,
        status: Status::Pushed,
    };
    call.world.pushes.0.insert(id.clone(), push);
    Ok(Reply::Data(
        json!({ "pushCodeId": id, "expireTime": LIFETIME.as_secs() }),
    ))
}

/// A push that nobody asked for has the status `ERROR`.
fn check(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.text("pushCodeId"), call.now);
    let Some(push) = call.world.pushes.0.get_mut(&id) else {
        return Ok(Reply::Data(json!({ "status": "ERROR" })));
    };
    let (user_id, scope, expired) = (push.user_id.clone(), push.scope.clone(), push.has_expired(now));
    Ok(Reply::Data(match push.status {
        _ if expired => json!({ "status": "EXPIRED" }),
        Status::Pushed => json!({ "status": "PUSHED" }),
        Status::Cancelled => json!({ "status": "CANCELLED" }),
        Status::Authorized => {
            let custom = std::mem::take(&mut push.custom_data);
            add_custom_data(call, &user_id, custom)?;
            let set = tokens_for(call, &user_id, &scope, "loginByPush")?;
            json!({ "status": "AUTHORIZED", "tokenSet": Value::Object(set) })
        }
    }))
}

fn change(call: &mut Call<'_>) -> Answer {
    step(call)?;
    Ok(Reply::Done)
}

fn set(call: &mut Call<'_>) -> Answer {
    step(call)?;
    Ok(Reply::success())
}

fn step(call: &mut Call<'_>) -> Result<(), Failure> {
    let (id, user_id, now) = (call.text("pushCodeId"), call.user_id()?, call.now);
    let confirmed = call.text("action") == "CONFIRM";
    let push = call.world.pushes.0.get_mut(&id);
    let push = push.ok_or_else(|| Failure::not_found("There is no such push"))?;
    if push.user_id != user_id {
        return Err(Failure::forbidden("The push went to another user"));
    }
    if push.status != Status::Pushed || push.has_expired(now) {
        return Err(Failure::refused("The push is not waiting for an answer"));
    }
    push.status = if confirmed {
        Status::Authorized
    } else {
        Status::Cancelled
    };
    Ok(())
}

fn relation_apps(call: &mut Call<'_>) -> Answer {
    let id = call.text("pushCodeId");
    if !call.world.pushes.0.contains_key(&id) {
        return Err(Failure::not_found("There is no such push"));
    }
    Ok(Reply::Data(json!({ "appIds": [call.world.settings.app_id] })))
}
