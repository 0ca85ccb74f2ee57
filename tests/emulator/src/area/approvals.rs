//! Asking for access to an application or for a role.

use serde_json::{Value, json};

use crate::clock::{Millis, iso8601};
use crate::failure::{Answer, Failure, Reply};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Integer, Limit, Object, OneOf, Page, Text, Texts};
use crate::validate::{Field, may, need};

const OBJECT_TYPES: &[&str] = &["APP_PERMISSION_APPLY", "ROLE_PERMISSION_APPLY"];
const EXTRA: &[Field] = &[may("endTime", Integer), may("enableTime", Integer)];

/// One request for access.
#[derive(Debug, Clone)]
pub(crate) struct Approval {
    id: usize,
    pub(crate) number: String,
    pub(crate) user_id: String,
    object_type: String,
    object: Value,
    pub(crate) status: &'static str,
    submitted_at: Millis,
    pub(crate) closed_at: Option<Millis>,
    extra: Value,
}

impl Approval {
    fn to_json(&self) -> Value {
        json!({
            "approvalId": self.id,
            "number": self.number,
            "status": self.status,
            "submitTime": iso8601(self.submitted_at),
            "closedTime": self.closed_at.map(iso8601),
            "objectType": self.object_type,
            "approvalObjectList": [self.object],
            "extraParams": self.extra,
        })
    }

    /// The role that is asked for.
    pub(crate) fn role_id(&self) -> Option<&str> {
        let wanted = self.object_type == "ROLE_PERMISSION_APPLY";
        self.object.get("objectId").and_then(Value::as_str).filter(|_| wanted)
    }
}

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/applications-permission-applicable",
        Caller::User,
        &[may("appName", Text)],
        applications,
    ),
    get(
        "/api/v3/roles-permission-applicable",
        Caller::User,
        &[
            may("page", Page),
            may("limit", Limit),
            may("keyword", Text),
            need("appId", Text),
        ],
        roles,
    ),
    post(
        "/api/v3/approval",
        Caller::User,
        &[
            need("objectType", OneOf(OBJECT_TYPES)),
            need("objectId", Text),
            may("extraParams", Object(EXTRA)),
        ],
        create,
    ),
    get("/api/v3/approval", Caller::User, &[need("number", Text)], detail),
    post(
        "/api/v3/approval-batch",
        Caller::User,
        &[
            need("objectType", OneOf(OBJECT_TYPES)),
            need("objectIds", Texts),
            may("extraParams", Object(EXTRA)),
        ],
        create_batch,
    ),
    get(
        "/api/v3/approval-initiated-list",
        Caller::User,
        &[
            may("pageNo", Page),
            may("pageSize", Limit),
            may("objectType", OneOf(OBJECT_TYPES)),
            may("keyword", Text),
        ],
        initiated,
    ),
];

fn applications(call: &mut Call<'_>) -> Answer {
    let wanted = call.maybe("appName").is_none_or(|name| "emulator".contains(&name));
    let app = json!({ "appId": call.world.settings.app_id, "appName": "emulator", "logo": "", "appType": "web" });
    Ok(Reply::Data(
        json!({ "list": if wanted { vec![app] } else { Vec::new() } }),
    ))
}

/// The roles that the user does not have yet.
fn roles(call: &mut Call<'_>) -> Answer {
    let (user_id, keyword) = (call.user_id()?, call.text("keyword"));
    let open = call
        .world
        .directory
        .roles
        .iter()
        .filter(|role| !role.members.contains(&user_id));
    let shown = open
        .filter(|role| role.code.contains(&keyword))
        .map(|role| json!({ "roleId": role.id, "code": role.code, "name": role.code, "description": "" }));
    Ok(call.paged(shown.collect()))
}

fn create(call: &mut Call<'_>) -> Answer {
    let object_id = call.text("objectId");
    let approval = submit(call, &object_id)?;
    Ok(Reply::Data(json!({ "approvalId": approval.0, "number": approval.1 })))
}

/// All of them, or none if one does not exist.
fn create_batch(call: &mut Call<'_>) -> Answer {
    let ids = call.texts("objectIds");
    for id in &ids {
        describe(call, id)?;
    }
    for id in &ids {
        submit(call, id)?;
    }
    Ok(Reply::success())
}

fn submit(call: &mut Call<'_>, object_id: &str) -> Result<(usize, String), Failure> {
    let object = describe(call, object_id)?;
    let (user_id, now) = (call.user_id()?, call.now);
    let (id, number) = (call.world.approvals.len() + 1, random::digits(16));
    let approval = Approval {
        id,
        number: number.clone(),
        user_id,
        object_type: call.text("objectType"),
        object,
        status: "PENDING",
        submitted_at: now,
        closed_at: None,
        extra: call.value("extraParams").cloned().unwrap_or_default(),
    };
    call.world.approvals.push(approval);
    Ok((id, number))
}

/// What is asked for, as lists show it.
fn describe(call: &Call<'_>, object_id: &str) -> Result<Value, Failure> {
    if call.text("objectType") == "APP_PERMISSION_APPLY" {
        return if object_id == call.world.settings.app_id {
            Ok(json!({ "objectId": object_id, "objectName": "emulator", "logo": "" }))
        } else {
            Err(Failure::not_found("There is no such application"))
        };
    }
    let role = call.world.directory.roles.iter().find(|role| role.id == object_id);
    let role = role.ok_or_else(|| Failure::not_found("There is no such role"))?;
    Ok(json!({
        "objectId": role.id,
        "objectName": role.code,
        "roleCode": role.code,
        "namespaceId": 1,
        "namespaceCode": role.namespace,
    }))
}

fn detail(call: &mut Call<'_>) -> Answer {
    let (user_id, number) = (call.user_id()?, call.text("number"));
    let found = call
        .world
        .approvals
        .iter()
        .find(|one| one.user_id == user_id && one.number == number);
    found
        .map(|one| Reply::Data(one.to_json()))
        .ok_or_else(|| Failure::not_found("There is no such approval"))
}

/// Newest first; the page has names of its own here.
fn initiated(call: &mut Call<'_>) -> Answer {
    let (user_id, kind, keyword) = (call.user_id()?, call.maybe("objectType"), call.text("keyword"));
    for (theirs, ours) in [("pageNo", "page"), ("pageSize", "limit")] {
        if let Some(value) = call.input.remove(theirs) {
            call.input.insert(ours.to_owned(), value);
        }
    }
    let own = call.world.approvals.iter().rev().filter(|one| one.user_id == user_id);
    let wanted = own.filter(|one| {
        kind.as_ref().is_none_or(|kind| one.object_type == *kind)
            && (keyword.is_empty() || one.object.to_string().contains(&keyword) || one.number.contains(&keyword))
    });
    Ok(call.paged(wanted.map(Approval::to_json).collect()))
}
