//! What an administrator would have set up: roles with their permissions, groups, departments, tenants, identity sources.

use serde_json::{Value, json};

use crate::clock::{Millis, iso8601};
use crate::random;

/// What a role may do with a data resource.
///
/// ```
/// use genauth_emulator::Permission;
///
/// let one = Permission::on_text("motto", "be brief", &["read"]);
/// let many = Permission::on_list("colours", &["red", "green"], &["read", "paint"]);
/// let tree = Permission::on_tree("files", &["home/docs", "home/music"], &["read"]);
/// ```
#[derive(Debug, Clone)]
pub struct Permission {
    pub(crate) resource: String,
    pub(crate) content: Content,
    pub(crate) actions: Vec<String>,
}

/// The value of a data resource, by its type.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Text(String),
    List(Vec<String>),
    /// Paths of nodes, their codes joined by `/`.
    Tree(Vec<String>),
}

impl Permission {
    /// On a resource of the type `STRING`.
    pub fn on_text(resource: &str, value: &str, actions: &[&str]) -> Self {
        Self::new(resource, Content::Text(value.to_owned()), actions)
    }

    /// On a resource of the type `ARRAY`.
    pub fn on_list(resource: &str, values: &[&str], actions: &[&str]) -> Self {
        Self::new(resource, Content::List(owned(values)), actions)
    }

    /// On nodes of a resource of the type `TREE`; a node is named by the codes on the way to it, joined by `/`.
    pub fn on_tree(resource: &str, nodes: &[&str], actions: &[&str]) -> Self {
        Self::new(resource, Content::Tree(owned(nodes)), actions)
    }

    fn new(resource: &str, content: Content, actions: &[&str]) -> Self {
        Self {
            resource: resource.to_owned(),
            content,
            actions: owned(actions),
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A role, its members and its permissions.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) namespace: String,
    pub(crate) code: String,
    pub(crate) members: Vec<String>,
    pub(crate) permissions: Vec<Permission>,
}

impl Role {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "code": self.code,
            "name": self.code,
            "description": "",
            "namespace": self.namespace,
            "namespaceName": self.namespace,
            "status": "ENABLE",
            "disableTime": Value::Null,
            "enablePermissionApply": true,
        })
    }
}

/// Something that a user belongs to, as the API shows it.
#[derive(Debug, Clone)]
struct Membership {
    user_id: String,
    kind: Belonging,
    shown: Value,
}

/// What a user can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belonging {
    Group,
    Department,
    Tenant,
}

/// A connection to an external identity source.
#[derive(Debug, Clone)]
pub(crate) struct ExtIdp {
    pub(crate) id: String,
    pub(crate) conn_id: String,
    pub(crate) identifier: String,
    pub(crate) provider: String,
}

/// The set-up of the user pool.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) roles: Vec<Role>,
    pub(crate) ext_idps: Vec<ExtIdp>,
    /// Pairs of a user and a public account that this user may switch to.
    pub(crate) public_accounts: Vec<(String, String)>,
    memberships: Vec<Membership>,
}

impl Default for Directory {
    fn default() -> Self {
        let mut directory = Self {
            roles: Vec::new(),
            ext_idps: Vec::new(),
            public_accounts: Vec::new(),
            memberships: Vec::new(),
        };
        directory.add_ext_idp("my-wechat", "wechat");
        directory
    }
}

impl Directory {
    pub(crate) fn role(&mut self, namespace: &str, code: &str) -> &mut Role {
        let known = self
            .roles
            .iter()
            .position(|role| role.namespace == namespace && role.code == code);
        let position = known.unwrap_or_else(|| {
            self.roles.push(Role {
                id: random::object_id(),
                namespace: namespace.to_owned(),
                code: code.to_owned(),
                members: Vec::new(),
                permissions: Vec::new(),
            });
            self.roles.len() - 1
        });
        // The position was found or made just now.
        #[allow(clippy::indexing_slicing)]
        &mut self.roles[position]
    }

    pub(crate) fn roles_of(&self, user_id: &str) -> impl Iterator<Item = &Role> {
        self.roles
            .iter()
            .filter(move |role| role.members.iter().any(|member| member == user_id))
    }

    /// The user's permissions, each with its namespace.
    pub(crate) fn permissions_of(&self, user_id: &str) -> impl Iterator<Item = (&str, &Permission)> {
        self.roles_of(user_id).flat_map(|role| {
            role.permissions
                .iter()
                .map(|permission| (role.namespace.as_str(), permission))
        })
    }

    pub(crate) fn add_group(&mut self, user_id: &str, code: &str) {
        let shown = json!({
            "id": random::object_id(),
            "code": code,
            "name": code,
            "description": "",
            "type": "static",
            "metadataSource": [],
            "members": [],
        });
        self.join(user_id, Belonging::Group, shown);
    }

    pub(crate) fn add_department(&mut self, user_id: &str, name: &str, now: Millis) -> String {
        let id = random::object_id();
        let shown = json!({
            "organizationCode": "emulator",
            "departmentId": id,
            "isRoot": false,
            "createdAt": iso8601(now),
            "name": name,
            "description": "",
            "openDepartmentId": Value::Null,
            "isLeader": false,
            "code": name,
            "isMainDepartment": true,
            "joinedAt": iso8601(now),
            "isVirtualNode": false,
            "departmentIdPath": [id],
            "departmentCodePath": [name],
            "departmentNamePath": [name],
        });
        self.join(user_id, Belonging::Department, shown);
        id
    }

    pub(crate) fn add_tenant(&mut self, user_id: &str, name: &str, now: Millis) -> String {
        let id = random::object_id();
        self.join(
            user_id,
            Belonging::Tenant,
            json!({ "tenantId": id, "tenantName": name, "joinAt": iso8601(now) }),
        );
        id
    }

    fn join(&mut self, user_id: &str, kind: Belonging, shown: Value) {
        self.memberships.push(Membership {
            user_id: user_id.to_owned(),
            kind,
            shown,
        });
    }

    pub(crate) fn belongings(&self, user_id: &str, kind: Belonging) -> Vec<Value> {
        let own = |membership: &&Membership| membership.user_id == user_id && membership.kind == kind;
        self.memberships
            .iter()
            .filter(own)
            .map(|membership| membership.shown.clone())
            .collect()
    }

    pub(crate) fn add_ext_idp(&mut self, identifier: &str, provider: &str) -> String {
        let id = random::object_id();
        self.ext_idps.push(ExtIdp {
            id: id.clone(),
            conn_id: random::object_id(),
            identifier: identifier.to_owned(),
            provider: provider.to_owned(),
        });
        id
    }

    /// A connection by its identifier or by its id.
    pub(crate) fn ext_idp(&self, name: &str) -> Option<&ExtIdp> {
        self.ext_idps
            .iter()
            .find(|idp| idp.identifier == name || idp.conn_id == name || idp.id == name)
    }
}

impl ExtIdp {
    /// The link between a user and the account at this source.
    pub(crate) fn identity(&self, user_id_there: &str) -> Value {
        json!({
            "identityId": random::object_id(),
            "extIdpId": self.id,
            "provider": self.provider,
            "type": "openid",
            "userIdInIdp": user_id_there,
            "userInfoInIdp": {},
            "accessToken": Value::Null,
            "refreshToken": Value::Null,
            "originConnIds": [self.conn_id],
        })
    }
}
