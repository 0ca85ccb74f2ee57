//! What is there from the beginning, read from JSON.

use serde_json::{Map, Value};

use crate::directory::Permission;
use crate::setup_error::SetupError;
use crate::state::World;
use crate::user::UserSeed;

/// What is in the emulator from the beginning, and again after each [`reset`](crate::Emulator::reset).
///
/// ```
/// use genauth_emulator::{Emulator, Seed};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let seed = Seed::from_json(
///     r#"{
///         "users": [{
///             "userId": "6500000000000000000000aa", "username": "bob", "password": "passw0rd",
///             "email": "bob@example.com", "emailVerified": true, "customData": { "age": 7 },
///             "roles": ["default:editor"], "groups": ["staff"]
///         }],
///         "roles": [{
///             "namespace": "default", "code": "editor",
///             "permissions": [{ "resource": "colours", "list": ["red", "green"], "actions": ["paint"] }]
///         }],
///         "extIdps": [{ "identifier": "my-github", "provider": "github" }]
///     }"#,
/// )?;
/// let emulator = Emulator::builder().seed(seed).start()?;
/// assert!(emulator.user("6500000000000000000000aa").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Seed {
    users: Vec<SeededUser>,
    roles: Vec<SeededRole>,
    ext_idps: Vec<(String, String)>,
}

/// A user with what the user belongs to.
#[derive(Debug, Clone)]
pub(crate) struct SeededUser {
    user: UserSeed,
    /// Pairs of a namespace and a role.
    roles: Vec<(String, String)>,
    groups: Vec<String>,
    departments: Vec<String>,
    tenants: Vec<String>,
    /// Pairs of an identity source and an account there.
    identities: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
struct SeededRole {
    namespace: String,
    code: String,
    permissions: Vec<Permission>,
}

/// Members of an object, each of which has to be asked for.
struct Members {
    whole: &'static str,
    rest: Map<String, Value>,
}

impl Members {
    fn of(whole: &'static str, value: Value) -> Result<Self, SetupError> {
        match value {
            Value::Object(rest) => Ok(Self { whole, rest }),
            _ => Err(SetupError::Malformed(format!("{whole} must be an object"))),
        }
    }

    fn unfit(&self, name: &str) -> SetupError {
        SetupError::Malformed(format!("{} of {} does not have a value that fits", name, self.whole))
    }

    fn maybe_text(&mut self, name: &str) -> Result<Option<String>, SetupError> {
        match self.rest.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.unfit(name)),
        }
    }

    fn text(&mut self, name: &str) -> Result<String, SetupError> {
        self.maybe_text(name)?.ok_or_else(|| self.unfit(name))
    }

    fn list(&mut self, name: &str) -> Result<Vec<Value>, SetupError> {
        match self.rest.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(self.unfit(name)),
        }
    }

    fn texts(&mut self, name: &str) -> Result<Vec<String>, SetupError> {
        let list = self.list(name)?;
        list.into_iter()
            .map(|one| one.as_str().map(str::to_owned).ok_or_else(|| self.unfit(name)))
            .collect()
    }

    fn object(&mut self, name: &str) -> Result<Map<String, Value>, SetupError> {
        match self.rest.remove(name) {
            None => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(self.unfit(name)),
        }
    }

    fn end(self) -> Result<(), SetupError> {
        match self.rest.keys().next() {
            None => Ok(()),
            Some(name) => Err(SetupError::UnknownMember(format!("{name} of {}", self.whole))),
        }
    }
}

impl Seed {
    /// Reads a seed: an object with the lists `users`, `roles` and `extIdps`, each of which may be missing.
    ///
    /// A user has the members of a profile, and `password`, `userId`, `customData`, `roles` (`namespace:code`), `groups`,
    /// `departments`, `tenants` (names) and `identities` (`{"extIdp": .., "userIdInIdp": ..}`). A role has `namespace`, `code`
    /// and `permissions`: `resource`, `actions` and one of `text`, `list` and `tree`. Whatever else is in it is refused.
    pub fn from_json(text: &str) -> Result<Self, SetupError> {
        let value = serde_json::from_str(text).map_err(|error| SetupError::Malformed(format!("no JSON: {error}")))?;
        Self::read(value)
    }

    pub(crate) fn read(value: Value) -> Result<Self, SetupError> {
        let mut members = Members::of("the seed", value)?;
        let users = members
            .list("users")?
            .into_iter()
            .map(read_user)
            .collect::<Result<_, _>>()?;
        let roles = members
            .list("roles")?
            .into_iter()
            .map(read_role)
            .collect::<Result<_, _>>()?;
        let ext_idps = members.list("extIdps")?.into_iter().map(|value| {
            let mut members = Members::of("an identity source", value)?;
            let pair = (members.text("identifier")?, members.text("provider")?);
            members.end().map(|()| pair)
        });
        let ext_idps = ext_idps.collect::<Result<_, _>>()?;
        members.end()?;
        Ok(Self { users, roles, ext_idps })
    }
}

/// One user, as a seed and the control endpoint take it.
pub(crate) fn read_user(value: Value) -> Result<SeededUser, SetupError> {
    let mut members = Members::of("a user", value)?;
    let mut user = UserSeed {
        id: members.maybe_text("userId")?,
        password: members.maybe_text("password")?,
        custom_data: members.object("customData")?,
        // Members of the profile may also stand in an object of their own.
        fields: members.object("fields")?,
    };
    let roles = members.texts("roles")?.into_iter().map(|role| {
        let (namespace, code) = role.split_once(':').unwrap_or(("default", &role));
        (namespace.to_owned(), code.to_owned())
    });
    let roles = roles.collect();
    let identities = members.list("identities")?.into_iter().map(|value| {
        let mut members = Members::of("an identity", value)?;
        let pair = (members.text("extIdp")?, members.text("userIdInIdp")?);
        members.end().map(|()| pair)
    });
    let identities = identities.collect::<Result<_, _>>()?;
    let (groups, departments, tenants) = (
        members.texts("groups")?,
        members.texts("departments")?,
        members.texts("tenants")?,
    );
    user.fields.extend(members.rest);
    user.check()?;
    Ok(SeededUser {
        user,
        roles,
        groups,
        departments,
        tenants,
        identities,
    })
}

fn read_role(value: Value) -> Result<SeededRole, SetupError> {
    let mut members = Members::of("a role", value)?;
    let role = SeededRole {
        namespace: members.maybe_text("namespace")?.unwrap_or_else(|| "default".to_owned()),
        code: members.text("code")?,
        permissions: members
            .list("permissions")?
            .into_iter()
            .map(read_permission)
            .collect::<Result<_, _>>()?,
    };
    members.end().map(|()| role)
}

/// One permission, as a seed and the control endpoint take it.
pub(crate) fn read_permission(value: Value) -> Result<Permission, SetupError> {
    let mut members = Members::of("a permission", value)?;
    let (resource, actions) = (members.text("resource")?, members.texts("actions")?);
    let (list, tree) = (members.texts("list")?, members.texts("tree")?);
    let text = members.maybe_text("text")?;
    members.end()?;
    let actions = borrowed(&actions);
    match (text, list.is_empty(), tree.is_empty()) {
        (Some(text), true, true) => Ok(Permission::on_text(&resource, &text, &actions)),
        (None, false, true) => Ok(Permission::on_list(&resource, &borrowed(&list), &actions)),
        (None, true, false) => Ok(Permission::on_tree(&resource, &borrowed(&tree), &actions)),
        _ => Err(SetupError::Malformed(
            "a permission needs one of text, list and tree".to_owned(),
        )),
    }
}

fn borrowed(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl World {
    /// Puts a seed into the state.
    pub(crate) fn plant(&mut self, seed: &Seed) -> Result<(), SetupError> {
        for (identifier, provider) in &seed.ext_idps {
            self.add_ext_idp(identifier, provider)?;
        }
        for role in &seed.roles {
            let known = self.directory.role(&role.namespace, &role.code);
            known.permissions.extend(role.permissions.iter().cloned());
        }
        for user in &seed.users {
            self.plant_user(user.clone())?;
        }
        Ok(())
    }

    /// Adds a user with all that the user belongs to, and answers the id.
    pub(crate) fn plant_user(&mut self, seed: SeededUser) -> Result<String, SetupError> {
        // Looked at before anything changes.
        for (ext_idp, _) in &seed.identities {
            self.directory
                .ext_idp(ext_idp)
                .ok_or_else(|| SetupError::UnknownExtIdp(ext_idp.clone()))?;
        }
        let id = self.seed_user(seed.user)?;
        for (namespace, code) in &seed.roles {
            self.grant_role(&id, namespace, code)?;
        }
        let now = self.now();
        for code in &seed.groups {
            self.directory.add_group(&id, code);
        }
        for name in &seed.departments {
            self.directory.add_department(&id, name, now);
        }
        for name in &seed.tenants {
            self.directory.add_tenant(&id, name, now);
        }
        for (ext_idp, account_there) in &seed.identities {
            self.link_identity(&id, ext_idp, account_there)?;
        }
        Ok(id)
    }
}
