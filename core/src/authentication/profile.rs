//! The profile of the signed-in user: e-mail address, phone, password, deletion of the account.

use crate::dto::answer;
use crate::dto::input;

use crate::dto::{open_enum, tagged_payload};
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

input!(
    /// Input of `get_profile`.
    pub struct GetProfileDto {
        /// Whether the answer includes `custom_data`.
        pub with_custom_data: Option<bool>,
        /// Whether the answer includes `identities`.
        pub with_identities: Option<bool>,
        /// Whether the answer includes `department_ids`.
        pub with_department_ids: Option<bool>,
    }
);

input!(
    /// Profile fields to change; all are optional.
    pub struct UpdateUserProfileDto {
        /// Full name; need not be unique.
        pub name: Patch<String>,
        /// Nickname.
        pub nickname: Patch<String>,
        /// URL of the profile picture.
        pub photo: Patch<String>,
        /// Id of the user in another system of yours.
        pub external_id: Patch<String>,
        /// Date of birth, such as `2022-06-03`.
        pub birthdate: Patch<String>,
        /// Country, for example as the two-letter code `CN`.
        pub country: Patch<String>,
        /// Province or state.
        pub province: Patch<String>,
        /// City.
        pub city: Patch<String>,
        /// Address as one text.
        pub address: Patch<String>,
        /// Street and house number.
        pub street_address: Patch<String>,
        /// Postal code.
        pub postal_code: Patch<String>,
        /// Gender, `U` (unknown) by default.
        pub gender: Patch<Gender>,
        /// User name; must not be taken by another user of the pool.
        pub username: Patch<String>,
        /// Company.
        pub company: Patch<String>,
        /// Values of custom fields, by key; each key must be defined in the user pool beforehand.
        pub custom_data: Patch<JsonObject>,
        /// Number of the user's identity card.
        pub identity_number: Patch<String>,
    }
);

input!(
    /// An e-mail address to bind, with the code sent to it.
    pub struct BindEmailDto {
        /// Address to bind; upper and lower case do not matter.
        pub email: String,
        /// Code sent to the address by `send_email` with `CHANNEL_BIND_EMAIL`; works once.
        pub pass_code: Secret,
    }
);

input!(
    /// Confirmation that the e-mail address may be removed.
    pub struct UnbindEmailDto {
        /// Code sent to the bound address by `send_email` with `CHANNEL_UNBIND_EMAIL`.
        pub pass_code: Secret,
    }
);

input!(
    /// A phone number to bind, with the code sent to it.
    pub struct BindPhoneDto {
        /// Number to bind, without the calling code.
        pub phone_number: String,
        /// Code sent to the number by `send_sms` with `CHANNEL_BIND_PHONE`; works once.
        pub pass_code: Secret,
        /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
        /// provider for them set up in the user pool.
        pub phone_country_code: Option<String>,
    }
);

input!(
    /// Confirmation that the phone number may be removed.
    pub struct UnbindPhoneDto {
        /// Code sent to the bound number by `send_sms` with `CHANNEL_UNBIND_PHONE`.
        pub pass_code: Secret,
    }
);

answer!(
    /// How well an account is protected.
    pub struct GetSecurityInfoDto {
        /// Strength of the password as a level number.
        pub password_security_level: Option<i64>,
        /// Whether MFA is set up.
        pub mfa_enrolled: Option<bool>,
        /// Whether the user has a password.
        pub password_set: Option<bool>,
        /// Whether an e-mail address is bound.
        pub email_binded: Option<bool>,
        /// Whether a phone number is bound.
        pub phone_binded: Option<bool>,
        /// Overall score of the account.
        pub security_score: Option<f64>,
    }
);

input!(
    /// A change of password.
    pub struct UpdatePasswordDto {
        /// New password, encrypted as `password_encrypt_type` says.
        pub new_password: Secret,
        /// Current password, encrypted in the same way; needed once the user has a password.
        pub old_password: Option<Secret>,
        /// How both passwords are encrypted before they are sent: in clear (`none`, the default), with the server's RSA
        /// key or with its SM2 key; the keys come from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
        /// Token of `verify_reset_password_request`, in place of a signed-in user; understood by newer servers only.
        pub password_reset_token: Option<Secret>,
    }
);

input!(
    /// Proof that the e-mail address of a user may be changed.
    pub struct VerifyUpdateEmailRequestDto {
        /// How it is proved. Flattened: tag and payload are the whole request.
        #[wire = "*"]
        pub method: UpdateEmailMethod,
    }
);

input!(
    /// New and old e-mail address, each with its pass code.
    pub struct UpdateEmailByEmailPassCodeDto {
        /// New address.
        pub new_email: String,
        /// Code sent to the new address by `send_email` with `CHANNEL_UPDATE_EMAIL`.
        pub new_email_pass_code: Secret,
        /// Current address; needed when the user has one and the user pool wants it verified, which is the default.
        pub old_email: Option<String>,
        /// Code sent to the current address over the same channel; needed together with `old_email`.
        pub old_email_pass_code: Option<Secret>,
    }
);

answer!(
    /// Permission to change an e-mail address.
    pub struct VerifyUpdateEmailRequestData {
        /// One-time token for `update_email`.
        pub update_email_token: Option<Secret>,
        /// Lifetime of the token in seconds, normally 60.
        pub token_expires_in: Option<i64>,
    }
);

input!(
    /// The token that completes a change of e-mail address.
    pub struct UpdateEmailDto {
        /// One-time token answered by `verify_update_email_request`.
        pub update_email_token: Secret,
    }
);

input!(
    /// Proof that the phone number of a user may be changed.
    pub struct VerifyUpdatePhoneRequestDto {
        /// How it is proved. Flattened: tag and payload are the whole request.
        #[wire = "*"]
        pub method: UpdatePhoneMethod,
    }
);

input!(
    /// New and old phone number, each with its pass code.
    pub struct UpdatePhoneByPhonePassCodeDto {
        /// New number, without the calling code.
        pub new_phone_number: String,
        /// Code sent to the new number by `send_sms` with `CHANNEL_BIND_PHONE`.
        pub new_phone_pass_code: Secret,
        /// For the new number. Country calling code with its plus sign, `+86` when left out; numbers outside mainland
        /// China need an SMS provider for them set up in the user pool.
        pub new_phone_country_code: Option<String>,
        /// Current number, without the calling code; needed when the user has one and the user pool wants it verified.
        pub old_phone_number: Option<String>,
        /// Code sent to the current number by `send_sms` with `CHANNEL_UNBIND_PHONE`; needed together with
        /// `old_phone_number`.
        pub old_phone_pass_code: Option<Secret>,
        /// Country calling code of the current number with its plus sign, `+86` when left out.
        pub old_phone_country_code: Option<String>,
    }
);

answer!(
    /// Permission to change a phone number.
    pub struct VerifyUpdatePhoneRequestData {
        /// One-time token for `update_phone`.
        pub update_phone_token: Option<Secret>,
        /// Lifetime of the token in seconds.
        pub token_expires_in: Option<i64>,
    }
);

input!(
    /// The token that completes a change of phone number.
    pub struct UpdatePhoneDto {
        /// One-time token answered by `verify_update_phone_request`.
        pub update_phone_token: Secret,
    }
);

tagged_payload! {
    /// How a user who forgot the password is recognised, with the one payload that belongs to it.
    pub enum ResetPasswordMethod by "verifyMethod" {
        /// By a code sent to the e-mail address.
        Email(ResetPasswordByEmailPassCodeDto) = "EMAIL_PASSCODE", "emailPassCodePayload";
        /// By a code sent to the phone.
        Phone(ResetPasswordByPhonePassCodeDto) = "PHONE_PASSCODE", "phonePassCodePayload";
    }
}

input!(
    /// Proof that the user may set a new password.
    pub struct VerifyResetPasswordRequestDto {
        /// How the user is recognised. Flattened: tag and payload are the whole request.
        #[wire = "*"]
        pub method: ResetPasswordMethod,
    }
);

input!(
    /// A pass code sent by SMS, to reset a password with.
    pub struct ResetPasswordByPhonePassCodeDto {
        /// Number bound to the account, without the calling code.
        pub phone_number: String,
        /// Code sent by `send_sms` with `CHANNEL_RESET_PASSWORD`; works once and for one minute.
        pub pass_code: Secret,
        /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
        /// provider for them set up in the user pool.
        pub phone_country_code: Option<String>,
    }
);

input!(
    /// A pass code sent by e-mail, to reset a password with.
    pub struct ResetPasswordByEmailPassCodeDto {
        /// Address bound to the account; upper and lower case do not matter.
        pub email: Option<String>,
        /// Code sent by `send_email` with `CHANNEL_RESET_PASSWORD`; works once and, by default, for five minutes.
        pub pass_code: Secret,
    }
);

answer!(
    /// Permission to set a new password.
    pub struct ResetPasswordVerify {
        /// Token for `reset_password`.
        pub password_reset_token: Option<Secret>,
        /// Lifetime of the token in seconds.
        pub token_expires_in: Option<i64>,
    }
);

input!(
    /// A new password in place of a forgotten one.
    pub struct ResetPasswordDto {
        /// Token answered by `verify_reset_password_request`; fails once expired.
        pub password_reset_token: Secret,
        /// New password, encrypted as `password_encrypt_type` says.
        pub password: Secret,
        /// How the password in this object is encrypted before it is sent: in clear (`none`, the default), with the
        /// server's RSA key or with its SM2 key; the keys come from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
    }
);

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

input!(
    /// Proof that the user may delete the account.
    pub struct VerifyDeleteAccountRequestDto {
        /// How the user proves it. Flattened: tag and payload are the whole request.
        #[wire = "*"]
        pub method: DeleteAccountMethod,
    }
);

input!(
    /// A pass code sent by SMS, to delete an account with.
    pub struct DeleteAccountByPhonePassCodeDto {
        /// Number bound to the account, without the calling code.
        pub phone_number: String,
        /// Code sent by `send_sms` with `CHANNEL_DELETE_ACCOUNT`; works once and for one minute.
        pub pass_code: Secret,
        /// Country calling code with its plus sign, `+86` when left out.
        pub phone_country_code: Option<String>,
    }
);

input!(
    /// A pass code sent by e-mail, to delete an account with.
    pub struct DeleteAccountByEmailPassCodeDto {
        /// Address bound to the account; upper and lower case do not matter.
        pub email: Option<String>,
        /// Code sent by `send_email` with `CHANNEL_DELETE_ACCOUNT`; works once and, by default, for five minutes.
        pub pass_code: Secret,
    }
);

input!(
    /// A password, to delete an account with.
    pub struct DeleteAccountByPasswordDto {
        /// Current password, encrypted as `password_encrypt_type` says.
        pub password: Secret,
        /// How the password in this object is encrypted before it is sent: in clear (`none`, the default), with the
        /// server's RSA key or with its SM2 key; the keys come from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
    }
);

answer!(
    /// Permission to delete an account.
    pub struct VerifyDeleteAccountRequestDataDto {
        /// Token for `delete_account`, which does the deletion.
        pub delete_account_token: Option<Secret>,
        /// Lifetime of the token in seconds, 60 by default.
        pub token_expires_in: Option<i64>,
    }
);

input!(
    /// The token that completes the deletion of an account.
    #[doc(alias = "DeleteAccounDto")]
    pub struct DeleteAccountDto {
        /// Token answered by `verify_delete_account_request`.
        pub delete_account_token: Secret,
    }
);

input!(
    /// Input of `list_public_accounts_for_switch_logged_in`.
    pub struct GetUserSelectLoginPublicAccountsDto {
        /// Whether the answer also describes the user's own, personal account.
        pub with_origin_user: Option<bool>,
    }
);

answer!(
    /// The accounts a user can switch to.
    pub struct GetUserSelectLoginPublicAccountsDataDto {
        /// Public accounts; empty when there are none.
        pub public_accounts: Vec<ListPublicAccountDataDto>,
        /// The user's own account, sent when `with_origin_user` asks for it.
        pub origin_user: Option<GetUserSelectLoginPublicAccountsOriginUserDto>,
    }
);

answer!(
    /// A public account a user can switch to.
    pub struct ListPublicAccountDataDto {
        /// Id of the account.
        pub user_id: Option<String>,
        /// URL of the profile picture.
        pub avatar: Option<String>,
        /// Name to show.
        pub display_name: Option<String>,
        /// Whether it is a personal or a public account.
        #[alias = "usertype"]
        #[wire = "usertype"]
        pub user_type: Option<PublicAccountUserType>,
    }
);

answer!(
    /// The personal account behind a public account.
    pub struct GetUserSelectLoginPublicAccountsOriginUserDto {
        /// Id of the account.
        pub user_id: Option<String>,
        /// URL of the profile picture.
        pub avatar: Option<String>,
        /// Name to show.
        pub display_name: Option<String>,
        /// Whether it is a personal or a public account.
        #[alias = "usertype"]
        #[wire = "usertype"]
        pub user_type: Option<PublicAccountUserType>,
    }
);
