//! What the signed-in user may do with data resources, by the roles that the user has.

use serde_json::{Map, Value, json};

use crate::directory::{Content, Permission};
use crate::failure::{Answer, Failure, Reply};
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Text, Texts};
use crate::validate::{Field, need};

const CHECK: &[Field] = &[need("action", Text), need("resources", Texts)];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/check-permission-string-resource",
        Caller::User,
        CHECK,
        check_text,
    ),
    post(
        "/api/v3/check-permission-array-resource",
        Caller::User,
        CHECK,
        check_list,
    ),
    post(
        "/api/v3/check-permission-tree-resource",
        Caller::User,
        CHECK,
        check_tree,
    ),
    get("/api/v3/get-user-auth-resource-list", Caller::User, &[], resource_list),
    post(
        "/api/v3/get-user-auth-resource-permission-list",
        Caller::User,
        &[need("resources", Texts)],
        permission_list,
    ),
    post(
        "/api/v3/get-user-auth-resource-struct",
        Caller::User,
        &[need("resource", Text)],
        structure,
    ),
];

fn check_text(call: &mut Call<'_>) -> Answer {
    check(call, |permission, resource| {
        matches!(permission.content, Content::Text(_)) && permission.resource == resource
    })
}

fn check_list(call: &mut Call<'_>) -> Answer {
    check(call, |permission, resource| {
        matches!(permission.content, Content::List(_)) && permission.resource == resource
    })
}

/// The resource itself, or a node of it: `resource/node/child`.
fn check_tree(call: &mut Call<'_>) -> Answer {
    check(call, |permission, resource| {
        let Content::Tree(nodes) = &permission.content else {
            return false;
        };
        let node = resource.strip_prefix(&permission.resource);
        node.is_some_and(|node| {
            node.is_empty()
                || node
                    .strip_prefix('/')
                    .is_some_and(|node| nodes.iter().any(|known| known == node))
        })
    })
}

/// A resource that does not exist is one that may not be used.
fn check(call: &mut Call<'_>, covers: fn(&Permission, &str) -> bool) -> Answer {
    let (user_id, action) = (call.user_id()?, call.text("action"));
    let permissions: Vec<_> = call.world.directory.permissions_of(&user_id).collect();
    let results: Vec<Value> = call
        .texts("resources")
        .iter()
        .map(|resource| {
            let covering: Vec<_> = permissions
                .iter()
                .filter(|(_, permission)| covers(permission, resource))
                .collect();
            let allowing = covering
                .iter()
                .find(|(_, permission)| permission.actions.contains(&action));
            let namespace = allowing
                .or(covering.first())
                .map_or("default", |(namespace, _)| *namespace);
            json!({
                "namespaceCode": namespace,
                "action": action,
                "resource": resource,
                "enabled": allowing.is_some(),
            })
        })
        .collect();
    Ok(Reply::Data(json!({ "checkResultList": results })))
}

fn resource_list(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    let mut by_namespace: Map<String, Value> = Map::new();
    for (namespace, permission) in call.world.directory.permissions_of(&user_id) {
        let list = by_namespace.entry(namespace).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(open_resource(permission));
        }
    }
    let list: Vec<Value> = by_namespace
        .into_iter()
        .map(|(namespace, resources)| {
            json!({ "userId": user_id, "namespaceCode": namespace, "resourceList": resources })
        })
        .collect();
    Ok(Reply::Data(json!({ "userPermissionList": list })))
}

fn open_resource(permission: &Permission) -> Value {
    let (resource, actions) = (&permission.resource, &permission.actions);
    match &permission.content {
        Content::Text(value) => json!({
            "resourceCode": resource,
            "resourceType": "STRING",
            "strAuthorize": { "value": value, "actions": actions },
        }),
        Content::List(values) => json!({
            "resourceCode": resource,
            "resourceType": "ARRAY",
            "arrAuthorize": { "values": values, "actions": actions },
        }),
        Content::Tree(nodes) => {
            let nodes: Vec<Value> = nodes
                .iter()
                .map(|node| {
                    json!({
                        "nodePath": format!("/{node}"),
                        "nodeName": last_step(node),
                        "nodeActions": actions,
                        "nodeValue": node,
                    })
                })
                .collect();
            json!({ "resourceCode": resource, "resourceType": "TREE", "treeAuthorize": { "authList": nodes } })
        }
    }
}

fn last_step(node: &str) -> &str {
    node.rsplit('/').next().unwrap_or(node)
}

/// Only the resources that the user may use.
fn permission_list(call: &mut Call<'_>) -> Answer {
    let (user_id, wanted) = (call.user_id()?, call.texts("resources"));
    let permissions = call.world.directory.permissions_of(&user_id);
    let list: Vec<Value> = permissions
        .filter(|(_, permission)| wanted.contains(&permission.resource))
        .map(|(namespace, permission)| {
            json!({ "namespaceCode": namespace, "actions": permission.actions, "resource": permission.resource })
        })
        .collect();
    Ok(Reply::Data(json!({ "permissionList": list })))
}

fn structure(call: &mut Call<'_>) -> Answer {
    let (user_id, resource) = (call.user_id()?, call.text("resource"));
    let mut permissions = call.world.directory.permissions_of(&user_id);
    let found = permissions.find(|(_, permission)| permission.resource == resource);
    let (namespace, permission) = found.ok_or_else(|| Failure::not_found("There is no such resource"))?;
    let actions = &permission.actions;
    let (kind, name, content) = match &permission.content {
        Content::Text(value) => (
            "STRING",
            "strResourceAuthAction",
            json!({ "value": value, "actions": actions }),
        ),
        Content::List(values) => (
            "ARRAY",
            "arrResourceAuthAction",
            json!({ "values": values, "actions": actions }),
        ),
        Content::Tree(nodes) => {
            let mut roots = Vec::new();
            for node in nodes {
                grow(&mut roots, node, actions);
            }
            ("TREE", "treeResourceAuthAction", json!({ "nodeAuthActionList": roots }))
        }
    };
    Ok(Reply::Data(json!({
        "namespaceCode": namespace,
        "resourceCode": resource,
        "resourceType": kind,
        name: content,
    })))
}

/// Puts a node, given by its path, into the tree; the actions belong to its last step.
fn grow(siblings: &mut Vec<Value>, path: &str, actions: &[String]) {
    let (code, rest) = path
        .split_once('/')
        .map_or((path, None), |(code, rest)| (code, Some(rest)));
    let has_code = |node: &Value| node.get("code").and_then(Value::as_str) == Some(code);
    if !siblings.iter().any(has_code) {
        siblings.push(json!({ "code": code, "name": code, "value": code, "actions": [], "children": [] }));
    }
    let Some(Value::Object(node)) = siblings.iter_mut().find(|node| has_code(node)) else {
        return;
    };
    match (rest, node.get_mut("children")) {
        (Some(rest), Some(Value::Array(children))) => grow(children, rest, actions),
        _ => {
            node.insert("actions".to_owned(), json!(actions));
        }
    }
}
