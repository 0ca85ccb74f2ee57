//! Webhooks, at the receiving end: is a delivery the service's, and what does it say?
//!
//! The service sends the webhook's secret in the clear, in a header; there is no signature. So a delivery is as genuine as
//! the connection is private: receive webhooks over HTTPS only. It may come twice, late or not at all.
//!
//! ```
//! use genauth_core::protocol::webhooks::{WebhookEvent, WebhookReceiver};
//!
//! let receiver = WebhookReceiver::new("SECRET");
//!
//! // In the handler of an HTTP server:
//! let mut headers = http::HeaderMap::new();
//! headers.insert("content-type", "application/json".parse().unwrap());
//! headers.insert("x-authing-webhook-secret", "SECRET".parse().unwrap());
//! let body = br#"{"eventName":"register","data":{"id":"6064925fb31803716a9df11f","password":"HASH"}}"#;
//!
//! let delivery = receiver.receive(&headers, body)?;
//! assert!(matches!(delivery.event, Some(WebhookEvent::Register)));
//! assert_eq!(delivery.data.user_id(), Some("6064925fb31803716a9df11f"));
//! assert!(!format!("{delivery:?}").contains("HASH"));
//! # Ok::<(), genauth_core::protocol::webhooks::WebhookError>(())
//! ```

use std::borrow::Cow;
use std::fmt;

use http::header::{CONTENT_TYPE, HeaderMap};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::JsonObject;
use crate::dto::open_enum;
use crate::value::secret::Secret;

open_enum! {
    /// What happened, by its name in the console.
    pub enum WebhookEvent {
        /// A trial, sent from the console.
        Test = "test",
        /// A user has signed up.
        Register = "register",
        /// A user has signed in, or tried to.
        Login = "login",
        /// A second factor was checked; `isValid` tells the outcome.
        MfaVerified = "mfa:verified",
        /// A user was signed out by an administrator.
        Kick = "kick",
        /// An administrator created a user.
        UserCreated = "user:created",
        /// A user's password was changed.
        UserPasswordChanged = "user:password-changed",
        /// A user was changed.
        UserUpdated = "user:updated",
        /// A user's e-mail address was verified.
        UserEmailVerified = "user:email-verified",
        /// A user was archived.
        UserArchived = "user:archived",
        /// A user was taken out of the archive.
        UserUnarchived = "user:unarchived",
        /// A user was blocked.
        UserBlocked = "user:blocked",
        /// A user was unblocked.
        UserUnblocked = "user:unblocked",
        /// A user was deleted.
        UserDeleted = "user:deleted",
        /// Somebody was put on the list of those who may sign up.
        UserRegisterWhitelistAdded = "user:register-whitelist-added",
        /// Somebody was taken off the list of those who may sign up.
        UserRegisterWhitelistDeleted = "user:register-whitelist-deleted",
        /// The value of a user's custom field was changed.
        UserUdvChanged = "user:udv-changed",
        /// A user's account was linked with one elsewhere.
        UserLinkAccount = "user:link-account",
        /// A user was reminded to change the password.
        UserPasswordUpdateRemind = "user:password-update-remind",
        /// A user's departments were changed.
        UserOrganizationNodeUpdate = "user:organization-node-update",
        /// A permission was revoked.
        PermissionRevoke = "permission:revoke",
        /// A permission was granted.
        PermissionAdd = "permission:add",
        /// A resource was created.
        ResourceCreated = "resource:created",
        /// A resource was deleted.
        ResourceDelete = "resource:delete",
        /// A resource was changed.
        ResourceUpdated = "resource:updated",
        /// A role was created.
        RoleCreated = "role:created",
        /// A role was changed.
        RoleUpdated = "role:updated",
        /// A role was deleted.
        RoleDeleted = "role:deleted",
        /// A role was disabled.
        RoleDisable = "role:disable",
        /// A role was given to somebody.
        RoleAssigned = "role:assigned",
        /// A subject was removed from a role.
        SubjectRemove = "subject:remove",
        /// A role was taken from somebody.
        RoleUnassigned = "role:unassigned",
        /// The value of a role's custom field was changed.
        RoleUdvChanged = "role:udv-changed",
        /// MFA was switched on for an application.
        ApplicationMfaEnabled = "application:mfa:enabled",
        /// MFA was switched off for an application.
        ApplicationMfaDisabled = "application:mfa:disabled",
        /// A group was created.
        GroupCreated = "group:created",
        /// A group was changed.
        GroupUpdated = "group:updated",
        /// A group was deleted.
        GroupDeleted = "group:deleted",
        /// Somebody joined a group.
        GroupMemberAdded = "group:member-added",
        /// Somebody left a group.
        GroupMemberRemoved = "group:member-removed",
        /// An organisation was created.
        OrganizationCreated = "organization:created",
        /// An organisation was imported.
        OrganizationImported = "organization:imported",
        /// An organisation was deleted.
        OrganizationDeleted = "organization:deleted",
        /// A department was created.
        OrganizationNodeAdded = "organization:node-added",
        /// A department was changed.
        OrganizationNodeUpdated = "organization:node-updated",
        /// The tree of an organisation was changed.
        OrganizationTreeUpdated = "organization:tree-updated",
        /// A department was deleted.
        OrganizationNodeDeleted = "organization:node-deleted",
        /// A department was moved.
        OrganizationNodeMoved = "organization:node-moved",
        /// Somebody joined a department.
        OrganizationMemberAdded = "organization:member-added",
        /// Somebody left a department.
        OrganizationMemberRemoved = "organization:member-removed",
        /// The value of a department's custom field was changed.
        OrganizationUdvChanged = "organization:udv-changed",
        /// A permission space was created.
        PrivilegeNamespaceCreated = "privilege-namespace:created",
        /// A permission space was changed.
        PrivilegeNamespaceUpdated = "privilege-namespace:updated",
        /// A permission space was deleted.
        PrivilegeNamespaceDeleted = "privilege-namespace:deleted",
        /// The user pool got another administrator.
        UserPoolCooperatorAdded = "user-pool:cooperator-added",
        /// The user pool lost an administrator.
        UserPoolCooperatorRemoved = "user-pool:cooperator-removed",
        /// The user pool got another secret.
        UserPoolSecretRefreshed = "user-pool:secret-refreshed",
        /// The user pool was changed.
        UserPoolUpdated = "user-pool:updated",
        /// A custom field was defined.
        UserPoolUdfAdded = "user-pool:udf-added",
        /// A custom field was deleted.
        UserPoolUdfDeleted = "user-pool:udf-deleted",
        /// An environment variable was defined.
        UserPoolEnvAdded = "user-pool:env-added",
        /// An environment variable was deleted.
        UserPoolEnvDeleted = "user-pool:env-deleted",
        /// An environment variable was changed.
        UserPoolEnvUpdated = "user-pool:env-updated",
        /// An application was put on the launchpad.
        UserPoolLaunchpadAppInstalled = "user-pool:launchpad-app-installed",
        /// An application was taken off the launchpad.
        UserPoolLaunchpadAppUninstalled = "user-pool:launchpad-app-uninstalled",
        /// An application was created.
        ApplicationCreated = "application:created",
        /// An application was changed.
        ApplicationUpdated = "application:updated",
        /// An application was deleted.
        ApplicationDeleted = "application:deleted",
        /// An application got another secret.
        ApplicationSecretRefreshed = "application:secret-refreshed",
        /// A data resource was created.
        DataResourceCreated = "data-resource:created",
        /// A data resource was changed.
        DataResourceUpdated = "data-resource:updated",
        /// A data resource was deleted.
        DataResourceDeleted = "data-resource:deleted",
        /// A data policy was revoked.
        DataStrategyPermissionRevoke = "data-strategy-permission:revoke",
        /// A data policy was granted.
        DataStrategyPermissionAdd = "data-strategy-permission:add",
        /// A user has signed in from an unusual place.
        UnusualLocationLogin = "unusual-location:login",
        /// A token was refreshed.
        RefreshToken = "refresh-token",
    }
}

/// Why a delivery is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// It has no secret. Answer 401.
    MissingSecret,
    /// Its secret is not the webhook's. Answer 401.
    WrongSecret,
    /// It is the service's and cannot be read. Answer 400.
    Malformed,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingSecret => "the delivery has no secret",
            Self::WrongSecret => "the delivery's secret is not the webhook's",
            Self::Malformed => "the delivery's body is neither a JSON object nor a form",
        })
    }
}

impl std::error::Error for WebhookError {}

/// The headers in which the secret has been seen or is said to be.
const SECRET_HEADERS: [&str; 4] = [
    "x-authing-webhook-secret",
    "x-authing-token",
    "x-genauth-webhook-secret",
    "x-genauth-token",
];

/// The headers in which the user pool's id has been seen or is to be expected.
const USER_POOL_HEADERS: [&str; 2] = ["x-authing-userpool-id", "x-genauth-userpool-id"];

/// Receives the deliveries of one webhook.
#[derive(Debug, Clone)]
pub struct WebhookReceiver {
    secret: Secret,
}

impl WebhookReceiver {
    /// A receiver for the webhook with this secret, as it is set in the console. With an empty one, nothing is accepted.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self { secret: secret.into() }
    }

    /// Whether the headers carry the secret, under any of its names: `x-authing-webhook-secret`, `x-authing-token`, and the
    /// same with `genauth`. The comparison takes the same time wherever two secrets of the same length differ.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), WebhookError> {
        let secret = self.secret.expose().as_bytes();
        let (mut any, mut right) = (false, false);
        for value in SECRET_HEADERS.iter().flat_map(|name| headers.get_all(*name)) {
            any = true;
            right |= bool::from(value.as_bytes().ct_eq(secret));
        }
        match (any, right && !secret.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => Err(WebhookError::WrongSecret),
            (false, false) => Err(WebhookError::MissingSecret),
        }
    }

    /// Checks the secret and reads the delivery. How large a body may be is the HTTP server's affair.
    pub fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Delivery, WebhookError> {
        self.check(headers)?;
        Delivery::read(headers, body)
    }
}

/// One delivery of a webhook.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// What happened. Absent where the service sent the data alone, as it does when a user signs in.
    ///
    /// The service sends events whether or not what they are named after succeeded.
    pub event: Option<WebhookEvent>,
    /// What it happened to.
    pub data: WebhookData,
    /// The id of the user pool.
    pub user_pool_id: Option<String>,
}

impl Delivery {
    /// Reads a delivery whose sender was made sure of in another way than by [`WebhookReceiver`].
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, WebhookError> {
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_form = content_type
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded");
        let mut fields = if is_form {
            read_form(body).ok_or(WebhookError::Malformed)?
        } else {
            serde_json::from_slice(body).map_err(|_| WebhookError::Malformed)?
        };
        let event = match fields.get("eventName") {
            Some(Value::String(name)) => Some(WebhookEvent::from(name.as_str())),
            _ => None,
        };
        let data = if event.is_some() {
            fields.remove("data").unwrap_or_default()
        } else {
            Value::Object(fields)
        };
        let header = |name: &&str| headers.get(*name)?.to_str().ok();
        Ok(Self {
            event,
            data: WebhookData(data),
            user_pool_id: USER_POOL_HEADERS.iter().find_map(header).map(str::to_owned),
        })
    }

    /// Whether it is a trial from the console and nothing has happened.
    pub fn is_test(&self) -> bool {
        match (&self.event, &self.data.0) {
            (Some(event), _) => matches!(event, WebhookEvent::Test),
            (None, Value::Object(data)) => data.len() == 1 && data.contains_key("description"),
            (None, _) => false,
        }
    }
}

/// What a delivery says, as JSON: the documents do not describe it. It may hold password hashes, salts and session tokens;
/// `Debug` shows none of them.
#[derive(Clone, Default)]
pub struct WebhookData(Value);

impl WebhookData {
    /// The JSON as it came, secrets included.
    pub fn expose(&self) -> &Value {
        &self.0
    }

    /// The JSON as a type of yours, such as [`UserDto`](crate::model::user::UserDto) where it is a user (apart from the id,
    /// which has another name here: see [`user_id`](Self::user_id)). `None` where it is not of that type.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }

    /// The id of the user whom it is about, wherever it stands: `userId`, or the `id` or `_id` of the user.
    pub fn user_id(&self) -> Option<&str> {
        let text = |pointer: &str| self.0.pointer(pointer).and_then(Value::as_str);
        // The data of an organisation has an id, too, inside.
        ["/userId", "/user/userId", "/user/id", "/user/_id", "/id", "/_id"]
            .into_iter()
            .find_map(text)
    }
}

impl fmt::Debug for WebhookData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&redacted(&self.0), f)
    }
}

/// The same JSON without what may be secret: whatever is not null and has a suspicious name, and texts that hold JSON.
fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let value = if value.is_null() || !is_secret(name) {
                    redacted(value)
                } else {
                    Value::from("[redacted]")
                };
                (name.clone(), value)
            })
            .collect(),
        Value::Array(items) => items.iter().map(redacted).collect(),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => Value::from("[redacted]"),
        other => other.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "salt", "token", "secret", "passcode", "cookie", "credential", "privatekey"]
        .iter()
        .any(|part| name.contains(part))
        // These only sound like it.
        && !["tokenexpiredat", "passwordsecuritylevel", "passwordlastsetat"].contains(&name.as_str())
}

/// Reads a form. A value that is JSON is read as such; `data[user][id]` stands in `{"data": {"user": {"id": ..}}}`.
fn read_form(body: &[u8]) -> Option<JsonObject> {
    let body = std::str::from_utf8(body).ok()?;
    let mut fields = JsonObject::new();
    for pair in body.trim().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
        let mut place = fields.entry(first).or_insert(Value::Null);
        for part in rest.split_terminator(']').take(DEEPEST) {
            let part = part.strip_prefix('[').unwrap_or(part);
            if !place.is_object() {
                *place = Value::Object(JsonObject::new());
            }
            place = place.as_object_mut()?.entry(part).or_insert(Value::Null);
        }
        *place = match first {
            "data" => serde_json::from_str(&value).unwrap_or_else(|_| Value::from(value.as_ref())),
            _ => Value::from(value.as_ref()),
        };
    }
    (!fields.is_empty()).then_some(fields)
}

/// How deep the names of a form are taken apart.
const DEEPEST: usize = 32;

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let text: Cow<'_, str> = if text.contains('+') {
        text.replace('+', " ").into()
    } else {
        text.into()
    };
    match text {
        Cow::Borrowed(text) => percent_decode_str(text).decode_utf8().ok(),
        Cow::Owned(text) => Some(percent_decode_str(&text).decode_utf8().ok()?.into_owned().into()),
    }
}
