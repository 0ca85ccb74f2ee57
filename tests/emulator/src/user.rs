//! Users, as the emulator keeps and shows them.

use serde_json::{Map, Value, json};

use crate::clock::{Millis, iso8601};
use crate::codes::normal_country_code;
use crate::password::strength;
use crate::random;
use crate::setup_error::SetupError;

/// The picture of users who have none.
pub(crate) const DEFAULT_PHOTO: &str = "https://files.authing.co/authing-console/default-user-avatar.png";

/// Members of a profile that are `null` until they are set.
const OPTIONAL: &[&str] = &[
    "externalId",
    "email",
    "phone",
    "phoneCountryCode",
    "username",
    "name",
    "nickname",
    "lastLogin",
    "lastIp",
    "birthdate",
    "country",
    "province",
    "city",
    "address",
    "streetAddress",
    "postalCode",
    "company",
    "browser",
    "device",
    "givenName",
    "familyName",
    "middleName",
    "profile",
    "preferredUsername",
    "website",
    "zoneinfo",
    "locale",
    "formatted",
    "region",
    "userSourceId",
    "lastLoginApp",
    "mainDepartmentId",
    "lastMfaTime",
    "passwordLastSetAt",
    "identityNumber",
    "statusChangedAt",
    "tenantId",
    "metadataSource",
    "signedUp",
    "passwordSecurityLevel",
];

/// A user to put into the emulator before a test begins.
///
/// ```
/// let seed = genauth_emulator::UserSeed::new().username("bob").password("passw0rd").email("bob@example.com");
/// ```
#[derive(Debug, Clone, Default)]
pub struct UserSeed {
    pub(crate) id: Option<String>,
    pub(crate) fields: Map<String, Value>,
    pub(crate) password: Option<String>,
    pub(crate) custom_data: Map<String, Value>,
}

impl UserSeed {
    /// A user without any way to sign in.
    pub fn new() -> Self {
        Self::default()
    }

    /// The user's id; random unless told otherwise.
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// The user name.
    pub fn username(self, username: &str) -> Self {
        self.field("username", username)
    }

    /// The password, in plain text.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// A verified e-mail address.
    pub fn email(self, email: &str) -> Self {
        self.field("email", email).field("emailVerified", true)
    }

    /// A verified phone number of mainland China (+86).
    pub fn phone(self, phone: &str) -> Self {
        self.phone_abroad("+86", phone)
    }

    /// A verified phone number with its country code.
    pub fn phone_abroad(self, country_code: &str, phone: &str) -> Self {
        self.field("phone", phone)
            .field("phoneCountryCode", normal_country_code(Some(country_code)))
            .field("phoneVerified", true)
    }

    /// Any member of the profile by its name on the wire, for instance `name` or `status`. A name that no profile has is
    /// refused when the user is added.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// One custom field.
    pub fn custom(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.custom_data.insert(name.to_owned(), value.into());
        self
    }
}

/// Members that hold `true` or `false`.
const FLAGS: &[&str] = &["emailVerified", "phoneVerified", "resetPasswordOnNextLogin"];
/// Members that hold a number.
const NUMBERS: &[&str] = &["loginsCount", "passwordSecurityLevel"];
/// Members that hold something else than these or text, or that have no default.
const OTHERS: &[&str] = &["registerSource", "metadataSource", "signedUp"];
/// Members that hold text and are not `null` by default, or not shown unless they are set.
const TEXTS: &[&str] = &["status", "workStatus", "gender", "photo", "userSourceType", "locality"];

/// Refuses a member that no profile has, and a value of another kind than the member's.
pub(crate) fn check_member(name: &str, value: &Value) -> Result<(), SetupError> {
    let fits = if OTHERS.contains(&name) {
        true
    } else if FLAGS.contains(&name) {
        value.is_boolean()
    } else if NUMBERS.contains(&name) {
        value.is_u64()
    } else if TEXTS.contains(&name) || OPTIONAL.contains(&name) {
        value.is_string() || value.is_null()
    } else {
        return Err(SetupError::UnknownMember(name.to_owned()));
    };
    if fits {
        Ok(())
    } else {
        Err(SetupError::Malformed(format!("{name} does not have a value that fits")))
    }
}

/// A text of a profile; absent, null and empty are the same.
pub(crate) fn text_of<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = fields.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

impl UserSeed {
    pub(crate) fn check(&self) -> Result<(), SetupError> {
        self.fields
            .iter()
            .try_for_each(|(name, value)| check_member(name, value))
    }
}

/// A user of the pool.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) password: Option<String>,
    pub(crate) fields: Map<String, Value>,
    pub(crate) custom_data: Map<String, Value>,
    pub(crate) identities: Vec<Value>,
    created_at: Millis,
    pub(crate) updated_at: Millis,
}

impl User {
    pub(crate) fn new(seed: UserSeed, now: Millis) -> Self {
        let mut user = Self {
            id: seed.id.unwrap_or_else(random::object_id),
            password: None,
            fields: seed.fields,
            custom_data: seed.custom_data,
            identities: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        for (name, value) in [
            ("status", json!("Activated")),
            ("workStatus", json!("Active")),
            ("gender", json!("U")),
            ("photo", json!(DEFAULT_PHOTO)),
            ("emailVerified", json!(false)),
            ("phoneVerified", json!(false)),
            ("userSourceType", json!("register")),
            ("loginsCount", json!(0)),
            ("resetPasswordOnNextLogin", json!(false)),
            ("registerSource", json!(["basic:api"])),
        ] {
            user.fields.entry(name).or_insert(value);
        }
        if let Some(password) = seed.password {
            user.set_password(password, now);
        }
        user
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        text_of(&self.fields, name)
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    pub(crate) fn set_password(&mut self, password: String, now: Millis) {
        self.set("passwordSecurityLevel", strength(&password));
        self.set("passwordLastSetAt", iso8601(now));
        self.password = Some(password);
    }

    /// Counts a sign-in.
    pub(crate) fn note_login(&mut self, ip: &str, app_id: &str, now: Millis) {
        let count = self
            .fields
            .get("loginsCount")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        self.set("loginsCount", count.saturating_add(1));
        self.set("lastLogin", iso8601(now));
        self.set("lastIp", ip);
        self.set("lastLoginApp", app_id);
    }

    pub(crate) fn has_email(&self, email: &str) -> bool {
        self.text("email")
            .is_some_and(|own| own.eq_ignore_ascii_case(email.trim()))
    }

    pub(crate) fn has_phone(&self, country_code: Option<&str>, number: &str) -> bool {
        self.text("phone") == Some(number.trim())
            && normal_country_code(self.text("phoneCountryCode")) == normal_country_code(country_code)
    }

    /// The name to show to others.
    pub(crate) fn display_name(&self) -> String {
        let named = ["name", "nickname", "username", "email", "phone"]
            .iter()
            .find_map(|field| self.text(field));
        named.unwrap_or(&self.id).to_owned()
    }

    pub(crate) fn photo(&self) -> &str {
        self.text("photo").unwrap_or(DEFAULT_PHOTO)
    }

    /// Whether there is a way to sign in apart from the named contact.
    pub(crate) fn can_sign_in_without(&self, contact: &str) -> bool {
        let other_contact = ["email", "phone"]
            .iter()
            .any(|field| *field != contact && self.text(field).is_some());
        let by_name = self.text("username").is_some() && self.password.is_some();
        other_contact || by_name || !self.identities.is_empty()
    }

    /// The profile, with nearly all members present and `null` where nothing is known.
    pub(crate) fn profile(&self) -> Map<String, Value> {
        let mut profile: Map<String, Value> = OPTIONAL.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        profile.extend(self.fields.clone());
        profile.insert("userId".to_owned(), json!(self.id));
        profile.insert("createdAt".to_owned(), json!(iso8601(self.created_at)));
        profile.insert("updatedAt".to_owned(), json!(iso8601(self.updated_at)));
        profile
    }
}
