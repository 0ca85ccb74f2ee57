//! The profile of the signed-in user: e-mail address, phone, password, deletion of the account.

use serde::{Deserialize, Serialize};

use crate::dto::wire::{open_enum, tagged_payload};
use crate::model::outcome::IsSuccessDto;
use crate::model::password::PasswordEncryptType;
use crate::model::user::{Gender, UserDto};
use crate::operation::table::operations;
use crate::{JsonObject, Patch, Secret};

operations! {
    AuthenticationClient, "profile";

    /// Fetches the profile of the signed-in user.
    ///
    /// The scopes of the access token decide which fields come back. Custom data, identities and departments are added
    /// only when asked for. Fails with 2020 when the access token is missing or expired.
    GET_PROFILE = get_profile "getProfile": User,
        GET "/api/v3/get-profile", GetProfileDto => UserDto;

    /// Changes profile fields and custom data of the signed-in user, and answers the new profile.
    ///
    /// Only the fields to change need to be given. E-mail address, phone number and password cannot be changed here:
    /// use `update_email`, `update_phone` and `update_password`.
    UPDATE_PROFILE = update_profile "updateProfile": User,
        POST "/api/v3/update-profile", UpdateUserProfileDto => UserDto;

    /// Binds an e-mail address to the signed-in user.
    ///
    /// Works only while the user has no e-mail address; afterwards change it with `verify_update_email_request` and
    /// `update_email`. First call `send_email` with channel `CHANNEL_BIND_EMAIL`: a code sent over another channel is
    /// refused. Fails with 2200 when the address is already bound, and with 500, 2001 or 2300 when the code is wrong
    /// or expired.
    BIND_EMAIL = bind_email "bindEmail": User,
        POST "/api/v3/bind-email", BindEmailDto => ();

    /// Removes the e-mail address from the signed-in user.
    ///
    /// First call `send_email` with channel `CHANNEL_UNBIND_EMAIL` for the bound address. Fails when the user would be
    /// left without a way to sign in, such as a phone number or a linked social account (older servers answer
    /// 1320009), and with 500, 2001 or 2300 when the code is wrong or expired.
    UNBIND_EMAIL = unbind_email "unbindEmail": User,
        POST "/api/v3/unbind-email", UnbindEmailDto => ();

    /// Binds a phone number to the signed-in user.
    ///
    /// Works only while the user has no phone number; afterwards change it with `verify_update_phone_request` and
    /// `update_phone`. First call `send_sms` with channel `CHANNEL_BIND_PHONE`: a code sent over another channel is
    /// refused. Fails with 2035 when the number is already bound, and with 500, 2001 or 2300 when the code is wrong or
    /// expired.
    BIND_PHONE = bind_phone "bindPhone": User,
        POST "/api/v3/bind-phone", BindPhoneDto => ();

    /// Removes the phone number from the signed-in user.
    ///
    /// First call `send_sms` with channel `CHANNEL_UNBIND_PHONE` for the bound number. Fails when the user would be
    /// left without a way to sign in, such as an e-mail address or a linked social account (older servers answer
    /// 1320005), and with 500, 2001 or 2300 when the code is wrong or expired.
    UNBIND_PHONE = unbind_phone "unbindPhone": User,
        POST "/api/v3/unbind-phone", UnbindPhoneDto => ();

    /// Answers how well the account of the signed-in user is protected.
    ///
    /// The answer holds a score, the strength of the password, and whether password, e-mail address, phone number and
    /// MFA are set up.
    GET_SECURITY_LEVEL = get_security_level "getSecurityLevel": User,
        GET "/api/v3/get-security-info", => GetSecurityInfoDto;

    /// Changes the password of the user.
    ///
    /// Once a password exists, the old one has to be given; both values are encrypted the way `password_encrypt_type`
    /// says. With a `password_reset_token` from `verify_reset_password_request` the call works without a signed-in
    /// user (newer servers only). Users who forgot their password go through `verify_reset_password_request` and
    /// `reset_password`. Fails with 2203 when the old password is wrong, with 2059 when the new one equals it and with
    /// 2029 when it has fewer than 6 characters.
    UPDATE_PASSWORD = update_password "updatePassword": UserOptional,
        POST "/api/v3/update-password", UpdatePasswordDto => ();

    /// Checks the pass codes for a change of e-mail address and answers a token for the change.
    ///
    /// First call `send_email` with channel `CHANNEL_UPDATE_EMAIL` for the new address and, when the user pool wants
    /// the old address verified as well (the default), for the old one too. The `update_email_token` works once, for
    /// 60 seconds, in `update_email`. Fails with 2037 when the old address is not the one on record, with 2229 when
    /// both addresses are the same, and with 500, 2001 or 2300 when a code is wrong or expired.
    VERIFY_UPDATE_EMAIL_REQUEST = verify_update_email_request "verifyUpdateEmailRequest": User,
        POST "/api/v3/verify-update-email-request", VerifyUpdateEmailRequestDto => VerifyUpdateEmailRequestData;

    /// Replaces the e-mail address of the signed-in user.
    ///
    /// The new address is the one that was checked by `verify_update_email_request`, whose token has to be handed over
    /// within 60 seconds and works once. Older servers answer without data.
    UPDATE_EMAIL = update_email "updateEmail": User,
        POST "/api/v3/update-email", UpdateEmailDto => IsSuccessDto;

    /// Checks the pass codes for a change of phone number and answers a token for the change.
    ///
    /// There is no channel of its own: call `send_sms` with `CHANNEL_BIND_PHONE` for the new number and, when the user
    /// pool wants the old number verified as well, with `CHANNEL_UNBIND_PHONE` for the old one. Then use the
    /// `update_phone_token` in `update_phone`. Fails with 2038 when the old number is not the one on record, with 2230
    /// when both numbers are the same, and with 500, 2001 or 2300 when a code is wrong or expired.
    VERIFY_UPDATE_PHONE_REQUEST = verify_update_phone_request "verifyUpdatePhoneRequest": User,
        POST "/api/v3/verify-update-phone-request", VerifyUpdatePhoneRequestDto => VerifyUpdatePhoneRequestData;

    /// Replaces the phone number of the signed-in user.
    ///
    /// The new number is the one that was checked by `verify_update_phone_request`, whose token has to be handed over
    /// before it expires and works once. Older servers answer without data.
    UPDATE_PHONE = update_phone "updatePhone": User,
        POST "/api/v3/update-phone", UpdatePhoneDto => IsSuccessDto;

    /// Checks the pass code of a user who forgot the password and answers a token for the reset.
    ///
    /// First call `send_email` or `send_sms` with channel `CHANNEL_RESET_PASSWORD` for the address or number of the
    /// account. Pass the `password_reset_token` on to `reset_password` before its lifetime, given in
    /// `token_expires_in`, is over. Fails with 2004 when there is no such user, and with 500, 2001 or 2300 when the
    /// code is wrong or expired.
    VERIFY_RESET_PASSWORD_REQUEST = verify_reset_password_request "verifyResetPasswordRequest": Application,
        POST "/api/v3/verify-reset-password-request", VerifyResetPasswordRequestDto => ResetPasswordVerify;

    /// Sets a new password for a user who forgot the old one.
    ///
    /// The user is identified by the token of `verify_reset_password_request` alone, so nobody needs to be signed in.
    /// Fails when that token has expired, and with 2029 when the password has fewer than 6 characters.
    RESET_PASSWORD = reset_password "resetPassword": Application,
        POST "/api/v3/reset-password", ResetPasswordDto => IsSuccessDto;

    /// Checks that the signed-in user may close the account and answers a token for doing so.
    ///
    /// For a pass code call `send_email` or `send_sms` with channel `CHANNEL_DELETE_ACCOUNT` first; the password is
    /// meant for users with neither an e-mail address nor a phone number. Nothing is deleted yet: pass the
    /// `delete_account_token`, which lives 60 seconds, to `delete_account`. Fails with 500, 2001 or 2300 when the code
    /// is wrong or expired.
    VERIFY_DELETE_ACCOUNT_REQUEST = verify_delete_account_request "verifyDeleteAccountRequest": User,
        POST "/api/v3/verify-delete-account-request", VerifyDeleteAccountRequestDto => VerifyDeleteAccountRequestDataDto;

    /// Deletes the account of the signed-in user.
    ///
    /// Needs a token from `verify_delete_account_request`, at most 60 seconds old.
    DELETE_ACCOUNT = delete_account "deleteAccount": User,
        POST "/api/v3/delete-account", DeleteAccountDto => IsSuccessDto;

    /// Lists the public accounts the signed-in user can switch to.
    ///
    /// A public account can be used by several users. When there is none to switch to, the list is empty.
    LIST_PUBLIC_ACCOUNTS_FOR_SWITCH_LOGGED_IN = list_public_accounts_for_switch_logged_in "listPublicAccountsForSwitchLoggedIn": User,
        GET "/api/v3/get-user-select-login-public-accounts", GetUserSelectLoginPublicAccountsDto => Vec<GetUserSelectLoginPublicAccountsDataDto>;
}

tagged_payload! {
    /// How a change of e-mail address is proved, with the one payload that belongs to it.
    pub enum UpdateEmailMethod by "verifyMethod" {
        /// By codes sent to both addresses.
        EmailPassCode(UpdateEmailByEmailPassCodeDto) = "EMAIL_PASSCODE", "emailPassCodePayload";
    }
}

tagged_payload! {
    /// How a change of phone number is proved, with the one payload that belongs to it.
    pub enum UpdatePhoneMethod by "verifyMethod" {
        /// By codes sent to both phones.
        PhonePassCode(UpdatePhoneByPhonePassCodeDto) = "PHONE_PASSCODE", "phonePassCodePayload";
    }
}

open_enum! {
    /// Whether an account belongs to one person.
    pub enum PublicAccountUserType {
        /// The account of one person.
        Individual = "1",
        /// A public account.
        PublicAccount = "2",
    }
}

/// Input of `get_profile`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetProfileDto {
    /// Whether the answer includes `custom_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_custom_data: Option<bool>,
    /// Whether the answer includes `identities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_identities: Option<bool>,
    /// Whether the answer includes `department_ids`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_department_ids: Option<bool>,
}

impl GetProfileDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`with_custom_data`](Self::with_custom_data).
    pub fn with_custom_data(mut self, with_custom_data: bool) -> Self {
        self.with_custom_data = Some(with_custom_data);
        self
    }

    /// Sets [`with_identities`](Self::with_identities).
    pub fn with_identities(mut self, with_identities: bool) -> Self {
        self.with_identities = Some(with_identities);
        self
    }

    /// Sets [`with_department_ids`](Self::with_department_ids).
    pub fn with_department_ids(mut self, with_department_ids: bool) -> Self {
        self.with_department_ids = Some(with_department_ids);
        self
    }
}

/// Profile fields to change; all are optional.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdateUserProfileDto {
    /// Full name; need not be unique.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// Nickname.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub nickname: Patch<String>,
    /// URL of the profile picture.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub photo: Patch<String>,
    /// Id of the user in another system of yours.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub external_id: Patch<String>,
    /// Date of birth, such as `2022-06-03`.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub birthdate: Patch<String>,
    /// Country, for example as the two-letter code `CN`.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub country: Patch<String>,
    /// Province or state.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub province: Patch<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub city: Patch<String>,
    /// Address as one text.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub address: Patch<String>,
    /// Street and house number.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub street_address: Patch<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub postal_code: Patch<String>,
    /// Gender, `U` (unknown) by default.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub gender: Patch<Gender>,
    /// User name; must not be taken by another user of the pool.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub username: Patch<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub company: Patch<String>,
    /// Values of custom fields, by key; each key must be defined in the user pool beforehand.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub custom_data: Patch<JsonObject>,
    /// Number of the user's identity card.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub identity_number: Patch<String>,
}

impl UpdateUserProfileDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets or clears [`name`](Self::name).
    pub fn with_name(mut self, name: impl Into<Patch<String>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets or clears [`nickname`](Self::nickname).
    pub fn with_nickname(mut self, nickname: impl Into<Patch<String>>) -> Self {
        self.nickname = nickname.into();
        self
    }

    /// Sets or clears [`photo`](Self::photo).
    pub fn with_photo(mut self, photo: impl Into<Patch<String>>) -> Self {
        self.photo = photo.into();
        self
    }

    /// Sets or clears [`external_id`](Self::external_id).
    pub fn with_external_id(mut self, external_id: impl Into<Patch<String>>) -> Self {
        self.external_id = external_id.into();
        self
    }

    /// Sets or clears [`birthdate`](Self::birthdate).
    pub fn with_birthdate(mut self, birthdate: impl Into<Patch<String>>) -> Self {
        self.birthdate = birthdate.into();
        self
    }

    /// Sets or clears [`country`](Self::country).
    pub fn with_country(mut self, country: impl Into<Patch<String>>) -> Self {
        self.country = country.into();
        self
    }

    /// Sets or clears [`province`](Self::province).
    pub fn with_province(mut self, province: impl Into<Patch<String>>) -> Self {
        self.province = province.into();
        self
    }

    /// Sets or clears [`city`](Self::city).
    pub fn with_city(mut self, city: impl Into<Patch<String>>) -> Self {
        self.city = city.into();
        self
    }

    /// Sets or clears [`address`](Self::address).
    pub fn with_address(mut self, address: impl Into<Patch<String>>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets or clears [`street_address`](Self::street_address).
    pub fn with_street_address(mut self, street_address: impl Into<Patch<String>>) -> Self {
        self.street_address = street_address.into();
        self
    }

    /// Sets or clears [`postal_code`](Self::postal_code).
    pub fn with_postal_code(mut self, postal_code: impl Into<Patch<String>>) -> Self {
        self.postal_code = postal_code.into();
        self
    }

    /// Sets or clears [`gender`](Self::gender).
    pub fn with_gender(mut self, gender: impl Into<Patch<Gender>>) -> Self {
        self.gender = gender.into();
        self
    }

    /// Sets or clears [`username`](Self::username).
    pub fn with_username(mut self, username: impl Into<Patch<String>>) -> Self {
        self.username = username.into();
        self
    }

    /// Sets or clears [`company`](Self::company).
    pub fn with_company(mut self, company: impl Into<Patch<String>>) -> Self {
        self.company = company.into();
        self
    }

    /// Sets or clears [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: impl Into<Patch<JsonObject>>) -> Self {
        self.custom_data = custom_data.into();
        self
    }

    /// Sets or clears [`identity_number`](Self::identity_number).
    pub fn with_identity_number(mut self, identity_number: impl Into<Patch<String>>) -> Self {
        self.identity_number = identity_number.into();
        self
    }
}

/// An e-mail address to bind, with the code sent to it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindEmailDto {
    /// Address to bind; upper and lower case do not matter.
    pub email: String,
    /// Code sent to the address by `send_email` with `CHANNEL_BIND_EMAIL`; works once.
    pub pass_code: Secret,
}

impl BindEmailDto {
    /// With everything that is required.
    pub fn new(email: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            email: email.into(),
            pass_code: pass_code.into(),
        }
    }
}

/// Confirmation that the e-mail address may be removed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnbindEmailDto {
    /// Code sent to the bound address by `send_email` with `CHANNEL_UNBIND_EMAIL`.
    pub pass_code: Secret,
}

impl UnbindEmailDto {
    /// With everything that is required.
    pub fn new(pass_code: impl Into<Secret>) -> Self {
        Self {
            pass_code: pass_code.into(),
        }
    }
}

/// A phone number to bind, with the code sent to it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindPhoneDto {
    /// Number to bind, without the calling code.
    pub phone_number: String,
    /// Code sent to the number by `send_sms` with `CHANNEL_BIND_PHONE`; works once.
    pub pass_code: Secret,
    /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
    /// provider for them set up in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
}

impl BindPhoneDto {
    /// With everything that is required.
    pub fn new(phone_number: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            phone_number: phone_number.into(),
            pass_code: pass_code.into(),
            phone_country_code: None,
        }
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }
}

/// Confirmation that the phone number may be removed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnbindPhoneDto {
    /// Code sent to the bound number by `send_sms` with `CHANNEL_UNBIND_PHONE`.
    pub pass_code: Secret,
}

impl UnbindPhoneDto {
    /// With everything that is required.
    pub fn new(pass_code: impl Into<Secret>) -> Self {
        Self {
            pass_code: pass_code.into(),
        }
    }
}

/// How well an account is protected.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetSecurityInfoDto {
    /// Strength of the password as a level number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_security_level: Option<i64>,
    /// Whether MFA is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_enrolled: Option<bool>,
    /// Whether the user has a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_set: Option<bool>,
    /// Whether an e-mail address is bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_binded: Option<bool>,
    /// Whether a phone number is bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_binded: Option<bool>,
    /// Overall score of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_score: Option<f64>,
}

/// A change of password.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdatePasswordDto {
    /// New password, encrypted as `password_encrypt_type` says.
    pub new_password: Secret,
    /// Current password, encrypted in the same way; needed once the user has a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_password: Option<Secret>,
    /// How both passwords are encrypted before they are sent: in clear (`none`, the default), with the server's RSA
    /// key or with its SM2 key; the keys come from `get_system_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_encrypt_type: Option<PasswordEncryptType>,
    /// Token of `verify_reset_password_request`, in place of a signed-in user; understood by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reset_token: Option<Secret>,
}

impl UpdatePasswordDto {
    /// With everything that is required.
    pub fn new(new_password: impl Into<Secret>) -> Self {
        Self {
            new_password: new_password.into(),
            old_password: None,
            password_encrypt_type: None,
            password_reset_token: None,
        }
    }

    /// Sets [`old_password`](Self::old_password).
    pub fn with_old_password(mut self, old_password: impl Into<Secret>) -> Self {
        self.old_password = Some(old_password.into());
        self
    }

    /// Sets [`password_encrypt_type`](Self::password_encrypt_type).
    pub fn with_password_encrypt_type(mut self, password_encrypt_type: impl Into<PasswordEncryptType>) -> Self {
        self.password_encrypt_type = Some(password_encrypt_type.into());
        self
    }

    /// Sets [`password_reset_token`](Self::password_reset_token).
    pub fn with_password_reset_token(mut self, password_reset_token: impl Into<Secret>) -> Self {
        self.password_reset_token = Some(password_reset_token.into());
        self
    }
}

/// Proof that the e-mail address of a user may be changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyUpdateEmailRequestDto {
    /// How it is proved. Flattened: tag and payload are the whole request.
    #[serde(flatten)]
    pub method: UpdateEmailMethod,
}

impl VerifyUpdateEmailRequestDto {
    /// With one of the payloads, which decides the method.
    pub fn new(method: impl Into<UpdateEmailMethod>) -> Self {
        Self { method: method.into() }
    }
}

/// New and old e-mail address, each with its pass code.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdateEmailByEmailPassCodeDto {
    /// New address.
    pub new_email: String,
    /// Code sent to the new address by `send_email` with `CHANNEL_UPDATE_EMAIL`.
    pub new_email_pass_code: Secret,
    /// Current address; needed when the user has one and the user pool wants it verified, which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_email: Option<String>,
    /// Code sent to the current address over the same channel; needed together with `old_email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_email_pass_code: Option<Secret>,
}

impl UpdateEmailByEmailPassCodeDto {
    /// With everything that is required.
    pub fn new(new_email: impl Into<String>, new_email_pass_code: impl Into<Secret>) -> Self {
        Self {
            new_email: new_email.into(),
            new_email_pass_code: new_email_pass_code.into(),
            old_email: None,
            old_email_pass_code: None,
        }
    }

    /// Sets [`old_email`](Self::old_email).
    pub fn with_old_email(mut self, old_email: impl Into<String>) -> Self {
        self.old_email = Some(old_email.into());
        self
    }

    /// Sets [`old_email_pass_code`](Self::old_email_pass_code).
    pub fn with_old_email_pass_code(mut self, old_email_pass_code: impl Into<Secret>) -> Self {
        self.old_email_pass_code = Some(old_email_pass_code.into());
        self
    }
}

/// Permission to change an e-mail address.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyUpdateEmailRequestData {
    /// One-time token for `update_email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_email_token: Option<Secret>,
    /// Lifetime of the token in seconds, normally 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires_in: Option<i64>,
}

/// The token that completes a change of e-mail address.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdateEmailDto {
    /// One-time token answered by `verify_update_email_request`.
    pub update_email_token: Secret,
}

impl UpdateEmailDto {
    /// With everything that is required.
    pub fn new(update_email_token: impl Into<Secret>) -> Self {
        Self {
            update_email_token: update_email_token.into(),
        }
    }
}

/// Proof that the phone number of a user may be changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyUpdatePhoneRequestDto {
    /// How it is proved. Flattened: tag and payload are the whole request.
    #[serde(flatten)]
    pub method: UpdatePhoneMethod,
}

impl VerifyUpdatePhoneRequestDto {
    /// With one of the payloads, which decides the method.
    pub fn new(method: impl Into<UpdatePhoneMethod>) -> Self {
        Self { method: method.into() }
    }
}

/// New and old phone number, each with its pass code.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdatePhoneByPhonePassCodeDto {
    /// New number, without the calling code.
    pub new_phone_number: String,
    /// Code sent to the new number by `send_sms` with `CHANNEL_BIND_PHONE`.
    pub new_phone_pass_code: Secret,
    /// For the new number. Country calling code with its plus sign, `+86` when left out; numbers outside mainland
    /// China need an SMS provider for them set up in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_phone_country_code: Option<String>,
    /// Current number, without the calling code; needed when the user has one and the user pool wants it verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_phone_number: Option<String>,
    /// Code sent to the current number by `send_sms` with `CHANNEL_UNBIND_PHONE`; needed together with
    /// `old_phone_number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_phone_pass_code: Option<Secret>,
    /// Country calling code of the current number with its plus sign, `+86` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_phone_country_code: Option<String>,
}

impl UpdatePhoneByPhonePassCodeDto {
    /// With everything that is required.
    pub fn new(new_phone_number: impl Into<String>, new_phone_pass_code: impl Into<Secret>) -> Self {
        Self {
            new_phone_number: new_phone_number.into(),
            new_phone_pass_code: new_phone_pass_code.into(),
            new_phone_country_code: None,
            old_phone_number: None,
            old_phone_pass_code: None,
            old_phone_country_code: None,
        }
    }

    /// Sets [`new_phone_country_code`](Self::new_phone_country_code).
    pub fn with_new_phone_country_code(mut self, new_phone_country_code: impl Into<String>) -> Self {
        self.new_phone_country_code = Some(new_phone_country_code.into());
        self
    }

    /// Sets [`old_phone_number`](Self::old_phone_number).
    pub fn with_old_phone_number(mut self, old_phone_number: impl Into<String>) -> Self {
        self.old_phone_number = Some(old_phone_number.into());
        self
    }

    /// Sets [`old_phone_pass_code`](Self::old_phone_pass_code).
    pub fn with_old_phone_pass_code(mut self, old_phone_pass_code: impl Into<Secret>) -> Self {
        self.old_phone_pass_code = Some(old_phone_pass_code.into());
        self
    }

    /// Sets [`old_phone_country_code`](Self::old_phone_country_code).
    pub fn with_old_phone_country_code(mut self, old_phone_country_code: impl Into<String>) -> Self {
        self.old_phone_country_code = Some(old_phone_country_code.into());
        self
    }
}

/// Permission to change a phone number.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyUpdatePhoneRequestData {
    /// One-time token for `update_phone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_phone_token: Option<Secret>,
    /// Lifetime of the token in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires_in: Option<i64>,
}

/// The token that completes a change of phone number.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdatePhoneDto {
    /// One-time token answered by `verify_update_phone_request`.
    pub update_phone_token: Secret,
}

impl UpdatePhoneDto {
    /// With everything that is required.
    pub fn new(update_phone_token: impl Into<Secret>) -> Self {
        Self {
            update_phone_token: update_phone_token.into(),
        }
    }
}

tagged_payload! {
    /// How a user who forgot the password is recognised, with the one payload that belongs to it.
    pub enum ResetPasswordMethod by "verifyMethod" {
        /// By a code sent to the e-mail address.
        Email(ResetPasswordByEmailPassCodeDto) = "EMAIL_PASSCODE", "emailPassCodePayload";
        /// By a code sent to the phone.
        Phone(ResetPasswordByPhonePassCodeDto) = "PHONE_PASSCODE", "phonePassCodePayload";
    }
}

/// Proof that the user may set a new password.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct VerifyResetPasswordRequestDto {
    /// How the user is recognised. Flattened: tag and payload are the whole request.
    #[serde(flatten)]
    pub method: ResetPasswordMethod,
}

impl VerifyResetPasswordRequestDto {
    /// With one of the payloads, which decides the method.
    pub fn new(method: impl Into<ResetPasswordMethod>) -> Self {
        Self { method: method.into() }
    }
}

/// A pass code sent by SMS, to reset a password with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResetPasswordByPhonePassCodeDto {
    /// Number bound to the account, without the calling code.
    pub phone_number: String,
    /// Code sent by `send_sms` with `CHANNEL_RESET_PASSWORD`; works once and for one minute.
    pub pass_code: Secret,
    /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
    /// provider for them set up in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
}

impl ResetPasswordByPhonePassCodeDto {
    /// With everything that is required.
    pub fn new(phone_number: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            phone_number: phone_number.into(),
            pass_code: pass_code.into(),
            phone_country_code: None,
        }
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }
}

/// A pass code sent by e-mail, to reset a password with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResetPasswordByEmailPassCodeDto {
    /// Address bound to the account; upper and lower case do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Code sent by `send_email` with `CHANNEL_RESET_PASSWORD`; works once and, by default, for five minutes.
    pub pass_code: Secret,
}

impl ResetPasswordByEmailPassCodeDto {
    /// With everything that is required.
    pub fn new(pass_code: impl Into<Secret>) -> Self {
        Self {
            email: None,
            pass_code: pass_code.into(),
        }
    }

    /// Sets [`email`](Self::email).
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }
}

/// Permission to set a new password.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResetPasswordVerify {
    /// Token for `reset_password`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reset_token: Option<Secret>,
    /// Lifetime of the token in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires_in: Option<i64>,
}

/// A new password in place of a forgotten one.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResetPasswordDto {
    /// Token answered by `verify_reset_password_request`; fails once expired.
    pub password_reset_token: Secret,
    /// New password, encrypted as `password_encrypt_type` says.
    pub password: Secret,
    /// How the password in this object is encrypted before it is sent: in clear (`none`, the default), with the
    /// server's RSA key or with its SM2 key; the keys come from `get_system_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_encrypt_type: Option<PasswordEncryptType>,
}

impl ResetPasswordDto {
    /// With everything that is required.
    pub fn new(password_reset_token: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self {
            password_reset_token: password_reset_token.into(),
            password: password.into(),
            password_encrypt_type: None,
        }
    }

    /// Sets [`password_encrypt_type`](Self::password_encrypt_type).
    pub fn with_password_encrypt_type(mut self, password_encrypt_type: impl Into<PasswordEncryptType>) -> Self {
        self.password_encrypt_type = Some(password_encrypt_type.into());
        self
    }
}

tagged_payload! {
    /// How a user who wants to leave proves it, with the one payload that belongs to it.
    pub enum DeleteAccountMethod by "verifyMethod" {
        /// By a code sent to the phone.
        Phone(DeleteAccountByPhonePassCodeDto) = "PHONE_PASSCODE", "phonePassCodePayload";
        /// By a code sent to the e-mail address.
        Email(DeleteAccountByEmailPassCodeDto) = "EMAIL_PASSCODE", "emailPassCodePayload";
        /// By the password; for users who have neither phone nor e-mail.
        Password(DeleteAccountByPasswordDto) = "PASSWORD", "passwordPayload";
    }
}

/// Proof that the user may delete the account.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct VerifyDeleteAccountRequestDto {
    /// How the user proves it. Flattened: tag and payload are the whole request.
    #[serde(flatten)]
    pub method: DeleteAccountMethod,
}

impl VerifyDeleteAccountRequestDto {
    /// With one of the payloads, which decides the method.
    pub fn new(method: impl Into<DeleteAccountMethod>) -> Self {
        Self { method: method.into() }
    }
}

/// A pass code sent by SMS, to delete an account with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteAccountByPhonePassCodeDto {
    /// Number bound to the account, without the calling code.
    pub phone_number: String,
    /// Code sent by `send_sms` with `CHANNEL_DELETE_ACCOUNT`; works once and for one minute.
    pub pass_code: Secret,
    /// Country calling code with its plus sign, `+86` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
}

impl DeleteAccountByPhonePassCodeDto {
    /// With everything that is required.
    pub fn new(phone_number: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            phone_number: phone_number.into(),
            pass_code: pass_code.into(),
            phone_country_code: None,
        }
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }
}

/// A pass code sent by e-mail, to delete an account with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteAccountByEmailPassCodeDto {
    /// Address bound to the account; upper and lower case do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Code sent by `send_email` with `CHANNEL_DELETE_ACCOUNT`; works once and, by default, for five minutes.
    pub pass_code: Secret,
}

impl DeleteAccountByEmailPassCodeDto {
    /// With everything that is required.
    pub fn new(pass_code: impl Into<Secret>) -> Self {
        Self {
            email: None,
            pass_code: pass_code.into(),
        }
    }

    /// Sets [`email`](Self::email).
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }
}

/// A password, to delete an account with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteAccountByPasswordDto {
    /// Current password, encrypted as `password_encrypt_type` says.
    pub password: Secret,
    /// How the password in this object is encrypted before it is sent: in clear (`none`, the default), with the
    /// server's RSA key or with its SM2 key; the keys come from `get_system_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_encrypt_type: Option<PasswordEncryptType>,
}

impl DeleteAccountByPasswordDto {
    /// With everything that is required.
    pub fn new(password: impl Into<Secret>) -> Self {
        Self {
            password: password.into(),
            password_encrypt_type: None,
        }
    }

    /// Sets [`password_encrypt_type`](Self::password_encrypt_type).
    pub fn with_password_encrypt_type(mut self, password_encrypt_type: impl Into<PasswordEncryptType>) -> Self {
        self.password_encrypt_type = Some(password_encrypt_type.into());
        self
    }
}

/// Permission to delete an account.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyDeleteAccountRequestDataDto {
    /// Token for `delete_account`, which does the deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_account_token: Option<Secret>,
    /// Lifetime of the token in seconds, 60 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires_in: Option<i64>,
}

/// The token that completes the deletion of an account.
#[doc(alias = "DeleteAccounDto")]
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteAccountDto {
    /// Token answered by `verify_delete_account_request`.
    pub delete_account_token: Secret,
}

impl DeleteAccountDto {
    /// With everything that is required.
    pub fn new(delete_account_token: impl Into<Secret>) -> Self {
        Self {
            delete_account_token: delete_account_token.into(),
        }
    }
}

/// Input of `list_public_accounts_for_switch_logged_in`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserSelectLoginPublicAccountsDto {
    /// Whether the answer also describes the user's own, personal account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_origin_user: Option<bool>,
}

impl GetUserSelectLoginPublicAccountsDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`with_origin_user`](Self::with_origin_user).
    pub fn with_origin_user(mut self, with_origin_user: bool) -> Self {
        self.with_origin_user = Some(with_origin_user);
        self
    }
}

/// The accounts a user can switch to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserSelectLoginPublicAccountsDataDto {
    /// Public accounts; empty when there are none.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub public_accounts: Vec<ListPublicAccountDataDto>,
    /// The user's own account, sent when `with_origin_user` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_user: Option<GetUserSelectLoginPublicAccountsOriginUserDto>,
}

/// A public account a user can switch to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListPublicAccountDataDto {
    /// Id of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// URL of the profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is a personal or a public account.
    #[doc(alias = "usertype")]
    #[serde(rename = "usertype", skip_serializing_if = "Option::is_none")]
    pub user_type: Option<PublicAccountUserType>,
}

/// The personal account behind a public account.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserSelectLoginPublicAccountsOriginUserDto {
    /// Id of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// URL of the profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is a personal or a public account.
    #[doc(alias = "usertype")]
    #[serde(rename = "usertype", skip_serializing_if = "Option::is_none")]
    pub user_type: Option<PublicAccountUserType>,
}
