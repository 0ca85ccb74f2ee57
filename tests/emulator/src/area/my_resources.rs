//! What the signed-in user has: applications, tenants, roles, groups, departments, a history.

use serde_json::{Value, json};

use crate::directory::{Belonging, Role};
use crate::failure::{Answer, Reply};
use crate::route::{Call, Caller, Route, get, post};
use crate::session::Login;
use crate::validate::Kind::{Flag, Integer, Limit, OneOf, Page, Text};
use crate::validate::may;

const RESOURCE_TYPES: &[&str] = &["DATA", "API", "MENU", "BUTTON", "UI"];
const DEPARTMENT_SORT: &[&str] = &[
    "DepartmentCreatedAt",
    "JoinDepartmentAt",
    "DepartmentName",
    "DepartmemtCode",
];

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/get-my-login-history",
        Caller::User,
        &[
            may("appId", Text),
            may("clientIp", Text),
            may("success", Flag),
            may("start", Integer),
            may("end", Integer),
            may("page", Page),
            may("limit", Limit),
        ],
        login_history,
    ),
    get("/api/v3/get-my-logged-in-apps", Caller::User, &[], apps),
    get("/api/v3/get-my-accessible-apps", Caller::User, &[], apps),
    get("/api/v3/get-my-tenant-list", Caller::User, &[], tenants),
    get(
        "/api/v3/get-my-role-list",
        Caller::User,
        &[may("namespace", Text)],
        roles,
    ),
    get("/api/v3/get-my-group-list", Caller::User, &[], groups),
    get(
        "/api/v3/get-my-department-list",
        Caller::User,
        &[
            may("page", Page),
            may("limit", Limit),
            may("withCustomData", Flag),
            may("sortBy", OneOf(DEPARTMENT_SORT)),
            may("orderBy", OneOf(&["Asc", "Desc"])),
        ],
        departments,
    ),
    get(
        "/api/v3/get-my-authorized-resources",
        Caller::User,
        &[may("namespace", Text), may("resourceType", OneOf(RESOURCE_TYPES))],
        authorized_resources,
    ),
    post(
        "/api/v2/applications/subject/person/list",
        Caller::User,
        &[],
        subject_apps,
    ),
];

/// The one application as lists show it.
pub(crate) fn app_json(call: &Call<'_>) -> Value {
    json!({
        "appId": call.world.settings.app_id,
        "appName": "emulator",
        "appLoginUrl": format!("{}/login", call.world.url),
        "appLogo": "https://files.authing.co/authing-console/default-app-logo.png",
        "active": true,
    })
}

fn login_history(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    let moment = |name: &str| call.value(name).and_then(Value::as_u64);
    let (start, end, client_ip) = (moment("start"), moment("end"), call.maybe("clientIp"));
    let success = call.value("success").and_then(Value::as_bool);
    let other_app = call.maybe("appId").is_some_and(|id| id != call.world.settings.app_id);
    let wanted = |login: &&Login| {
        !other_app
            && start.is_none_or(|start| login.at >= start)
            && end.is_none_or(|end| login.at <= end)
            && client_ip.as_ref().is_none_or(|ip| login.visit.ip == *ip)
            && success.is_none_or(|success| login.success == success)
    };
    let app = app_json(call);
    let newest_first = call.world.sessions.logins_of(&user_id).rev().filter(wanted);
    let shown = newest_first.map(|login| login.to_json(&app)).collect();
    Ok(call.paged(shown))
}

fn apps(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(json!([app_json(call)])))
}

fn subject_apps(call: &mut Call<'_>) -> Answer {
    let app = app_json(call);
    Ok(Reply::Data(json!({ "totalCount": 1, "list": [app] })))
}

fn tenants(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(
        call.world
            .directory
            .belongings(&call.user_id()?, Belonging::Tenant)
            .into(),
    ))
}

fn groups(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(
        call.world
            .directory
            .belongings(&call.user_id()?, Belonging::Group)
            .into(),
    ))
}

fn departments(call: &mut Call<'_>) -> Answer {
    let list = call.world.directory.belongings(&call.user_id()?, Belonging::Department);
    Ok(call.paged(list))
}

fn roles(call: &mut Call<'_>) -> Answer {
    let (user_id, namespace) = (call.user_id()?, call.maybe("namespace"));
    let roles = call.world.directory.roles_of(&user_id);
    let wanted = roles.filter(|role| namespace.as_ref().is_none_or(|namespace| role.namespace == *namespace));
    Ok(Reply::Data(wanted.map(Role::to_json).collect()))
}

/// The user's permissions, each as a resource of the type `DATA`; all of them on one page.
fn authorized_resources(call: &mut Call<'_>) -> Answer {
    let (user_id, namespace, kind) = (call.user_id()?, call.maybe("namespace"), call.maybe("resourceType"));
    let permissions = call.world.directory.permissions_of(&user_id);
    let wanted = permissions.filter(|(found, _)| namespace.as_ref().is_none_or(|wanted| wanted == found));
    let list: Vec<Value> = wanted
        .filter(|_| kind.as_ref().is_none_or(|kind| kind == "DATA"))
        .map(|(_, permission)| {
            json!({
                "resourceCode": permission.resource,
                "description": "",
                "condition": [],
                "resourceType": "DATA",
                "apiIdentifier": "",
                "actions": permission.actions,
                "effect": "ALLOW",
            })
        })
        .collect();
    Ok(Reply::Data(json!({ "totalCount": list.len(), "list": list })))
}
