//! Signing in by agreeing on a device that is signed in.

use std::time::Duration;

use serde_json::{Value, json};

use crate::area::sign_in::tokens_for;
use crate::clock::{Millis, millis};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Any, Map, Object, OneOf, Text};
use crate::validate::{Field, may, need};

const LIFETIME: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pushed,
    Authorized,
    Cancelled,
}

#[derive(Debug)]
struct Push {
    id: String,
    user_id: String,
    scope: String,
    created_at: Millis,
    status: Status,
}

impl Push {
    fn has_expired(&self, now: Millis) -> bool {
        self.status == Status::Pushed && now >= self.created_at.saturating_add(millis(LIFETIME))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Pushes(Vec<Push>);

const CHANGE: &[Field] = &[need("pushCodeId", Text), need("action", OneOf(&["CONFIRM", "CANCEL"]))];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/signin-by-push",
        Caller::App,
        &[
            need("account", Text),
            may(
                "options",
                Object(&[may("scope", Text), may("context", Any), may("customData", Map)]),
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
        .user_where(|user| user.has_account(&account))
        .ok_or(coded::USER_NOT_FOUND)?;
    let user_id = user.id.clone();
    let id = random::token();
    call.world.pushes.0.push(Push {
        id: id.clone(),
        user_id,
        scope,
        created_at: now,
        status: Status::Pushed,
    });
    Ok(Reply::Data(
        json!({ "pushCodeId": id, "expireTime": LIFETIME.as_secs() }),
    ))
}

/// A push that nobody asked for has the status `ERROR`.
fn check(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.text("pushCodeId"), call.now);
    let Some(push) = call.world.pushes.0.iter().find(|push| push.id == id) else {
        return Ok(Reply::Data(json!({ "status": "ERROR" })));
    };
    let (user_id, scope) = (push.user_id.clone(), push.scope.clone());
    Ok(Reply::Data(match push.status {
        _ if push.has_expired(now) => json!({ "status": "EXPIRED" }),
        Status::Pushed => json!({ "status": "PUSHED" }),
        Status::Cancelled => json!({ "status": "CANCELLED" }),
        Status::Authorized => {
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
    let push = call.world.pushes.0.iter_mut().find(|push| push.id == id);
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
    if !call.world.pushes.0.iter().any(|push| push.id == id) {
        return Err(Failure::not_found("There is no such push"));
    }
    Ok(Reply::Data(json!({ "appIds": [call.world.settings.app_id] })))
}
