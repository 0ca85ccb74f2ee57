//! The user.

use serde::Deserialize;
use serde_json::Value;

use crate::dto::wire::open_enum;
use crate::model::identity::IdentityDto;

open_enum! {
    /// State of a user account.
    pub enum UserStatus {
        /// Suspended: out of use for the time being.
        Suspended = "Suspended",
        /// The person has left the organisation.
        Resigned = "Resigned",
        /// In normal use.
        Activated = "Activated",
        /// Archived.
        Archived = "Archived",
        /// Disabled.
        Deactivated = "Deactivated",
    }
}

open_enum! {
    /// Employment state of a user.
    pub enum WorkStatus {
        /// No longer working.
        Closed = "Closed",
        /// Working.
        Active = "Active",
    }
}

open_enum! {
    /// Gender of a user.
    pub enum Gender {
        /// Male.
        Male = "M",
        /// Female.
        Female = "F",
        /// Not known.
        Unknown = "U",
    }
}

open_enum! {
    /// How a user came into the user pool.
    pub enum UserSourceType {
        /// Imported from a spreadsheet.
        Excel = "excel",
        /// Registered by the user's own sign-up.
        Register = "register",
        /// Created by an administrator, in the console or through the management API.
        AdminCreated = "adminCreated",
        /// Brought in by a synchronisation task.
        Sync = "sync",
    }
}

/// A user with the profile fields the caller may see.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserDto {
    /// Unique id of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// When the user was created, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When the user was last changed, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Whether the account is in use, suspended, disabled and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
    /// Whether the person is still working for the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_status: Option<WorkStatus>,
    /// Id of the user in another system of yours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// E-mail address; upper and lower case do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number without the calling code, which is in `phone_country_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Country calling code of `phone` with its plus sign, such as `+86`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
    /// User name, unique within the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Full name; not unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Nickname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// URL of the profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// How many times the user has signed in so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logins_count: Option<i64>,
    /// When the user last signed in, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login: Option<String>,
    /// IP address of the last sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_ip: Option<String>,
    /// Gender, unknown unless the user stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Whether the e-mail address has been verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// Whether the phone number has been verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_verified: Option<bool>,
    /// When the password was last set, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_last_set_at: Option<String>,
    /// Date of birth, normally a plain date such as `2022-06-03`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Country, for example as the two-letter code `CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Province or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Address as one text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Street and house number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// User-Agent text of the browser at the latest sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Kind of device of the latest sign-in, such as `iOS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// The `profile` claim of OpenID Connect; the service describes it like `preferred_username`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Name the user prefers to be called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// URL of the user's own website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Time zone, such as `GMT-08:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Language code, such as `af`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Complete postal address, formatted for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Region the user lives in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the user came into the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_source_type: Option<UserSourceType>,
    /// Id of the application or synchronisation task the user came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_source_id: Option<String>,
    /// Id of the application of the last sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_app: Option<String>,
    /// Id of the user's main department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_department_id: Option<String>,
    /// When the user last passed an MFA check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_mfa_time: Option<String>,
    /// Strength of the password as a level number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_security_level: Option<i64>,
    /// Whether the user must choose a new password at the next sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_password_on_next_login: Option<bool>,
    /// Ways the user was registered.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub register_source: Vec<String>,
    /// Ids of the user's departments; `get_profile` includes them on request only.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub department_ids: Vec<String>,
    /// Accounts at external identity providers linked to the user; `get_profile` includes them on request only.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub identities: Vec<IdentityDto>,
    /// Number of the user's identity card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_number: Option<String>,
    /// Values of the custom fields defined in the user pool, by key; `get_profile` includes them on request only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<Value>,
    /// Ids, going by the name, of the user's posts; the vendor's text speaks of departments.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub post_id_list: Vec<String>,
    /// When `status` last changed, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_changed_at: Option<String>,
    /// Id of the tenant the user belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// Values of the extension fields of the user's data object; sent by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_source: Option<Value>,
    /// When the user registered; sent by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_up: Option<String>,
    /// Ids of all tenants the user belongs to; sent by newer servers only.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub tenant_ids: Vec<String>,
}
