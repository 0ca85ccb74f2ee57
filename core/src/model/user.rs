//! The user.

use crate::dto::answer;
use serde_json::Value;

use crate::dto::open_enum;
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

answer!(
    /// A user with the profile fields the caller may see.
    pub struct UserDto {
        /// Unique id of the user.
        pub user_id: Option<String>,
        /// When the user was created, as ISO 8601 text.
        pub created_at: Option<String>,
        /// When the user was last changed, as ISO 8601 text.
        pub updated_at: Option<String>,
        /// Whether the account is in use, suspended, disabled and so on.
        pub status: Option<UserStatus>,
        /// Whether the person is still working for the organisation.
        pub work_status: Option<WorkStatus>,
        /// Id of the user in another system of yours.
        pub external_id: Option<String>,
        /// E-mail address; upper and lower case do not matter.
        pub email: Option<String>,
        /// Phone number without the calling code, which is in `phone_country_code`.
        pub phone: Option<String>,
        /// Country calling code of `phone` with its plus sign, such as `+86`.
        pub phone_country_code: Option<String>,
        /// User name, unique within the user pool.
        pub username: Option<String>,
        /// Full name; not unique.
        pub name: Option<String>,
        /// Nickname.
        pub nickname: Option<String>,
        /// URL of the profile picture.
        pub photo: Option<String>,
        /// How many times the user has signed in so far.
        pub logins_count: Option<i64>,
        /// When the user last signed in, as ISO 8601 text.
        pub last_login: Option<String>,
        /// IP address of the last sign-in.
        pub last_ip: Option<String>,
        /// Gender, unknown unless the user stated it.
        pub gender: Option<Gender>,
        /// Whether the e-mail address has been verified.
        pub email_verified: Option<bool>,
        /// Whether the phone number has been verified.
        pub phone_verified: Option<bool>,
        /// When the password was last set, as ISO 8601 text.
        pub password_last_set_at: Option<String>,
        /// Date of birth, normally a plain date such as `2022-06-03`.
        pub birthdate: Option<String>,
        /// Country, for example as the two-letter code `CN`.
        pub country: Option<String>,
        /// Province or state.
        pub province: Option<String>,
        /// City.
        pub city: Option<String>,
        /// Address as one text.
        pub address: Option<String>,
        /// Street and house number.
        pub street_address: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// Company.
        pub company: Option<String>,
        /// User-Agent text of the browser at the latest sign-in.
        pub browser: Option<String>,
        /// Kind of device of the latest sign-in, such as `iOS`.
        pub device: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// The `profile` claim of OpenID Connect; the service describes it like `preferred_username`.
        pub profile: Option<String>,
        /// Name the user prefers to be called by.
        pub preferred_username: Option<String>,
        /// URL of the user's own website.
        pub website: Option<String>,
        /// Time zone, such as `GMT-08:00`.
        pub zoneinfo: Option<String>,
        /// Language code, such as `af`.
        pub locale: Option<String>,
        /// Complete postal address, formatted for display.
        pub formatted: Option<String>,
        /// Region the user lives in.
        pub region: Option<String>,
        /// How the user came into the user pool.
        pub user_source_type: Option<UserSourceType>,
        /// Id of the application or synchronisation task the user came from.
        pub user_source_id: Option<String>,
        /// Id of the application of the last sign-in.
        pub last_login_app: Option<String>,
        /// Id of the user's main department.
        pub main_department_id: Option<String>,
        /// When the user last passed an MFA check.
        pub last_mfa_time: Option<String>,
        /// Strength of the password as a level number.
        pub password_security_level: Option<i64>,
        /// Whether the user must choose a new password at the next sign-in.
        pub reset_password_on_next_login: Option<bool>,
        /// Ways the user was registered.
        pub register_source: Vec<String>,
        /// Ids of the user's departments; `get_profile` includes them on request only.
        pub department_ids: Vec<String>,
        /// Accounts at external identity providers linked to the user; `get_profile` includes them on request only.
        pub identities: Vec<IdentityDto>,
        /// Number of the user's identity card.
        pub identity_number: Option<String>,
        /// Values of the custom fields defined in the user pool, by key; `get_profile` includes them on request only.
        pub custom_data: Option<Value>,
        /// Ids, going by the name, of the user's posts; the vendor's text speaks of departments.
        pub post_id_list: Vec<String>,
        /// When `status` last changed, as ISO 8601 text.
        pub status_changed_at: Option<String>,
        /// Id of the tenant the user belongs to.
        pub tenant_id: Option<String>,
        /// Values of the extension fields of the user's data object; sent by newer servers only.
        pub metadata_source: Option<Value>,
        /// When the user registered; sent by newer servers only.
        pub signed_up: Option<String>,
        /// Ids of all tenants the user belongs to; sent by newer servers only.
        pub tenant_ids: Vec<String>,
    }
);
