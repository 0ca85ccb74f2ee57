//! Passkeys and security keys (WebAuthn).

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::dto::open_enum;
use crate::model::outcome::IsSuccessDto;
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::table::operations;
use crate::{JsonObject, Secret};

operations! {
    AuthenticationClient, "webauthn";

    /// Starts a sign-in with a WebAuthn authenticator: answers the challenge and a ticket.
    ///
    /// Give `authentication_options` to the authenticator (in a browser `navigator.credentials.get`), after decoding
    /// the base64url values it needs as bytes, then hand its result and the `ticket` to `verify_authentication` within
    /// `timeout` milliseconds. The passkey endpoints starting with `webauthn_login_initialize` are a second family for
    /// the same purpose; do not mix them.
    INIT_AUTHENTICATION_OPTIONS = init_authentication_options "initAuthenticationOptions": Application,
        GET "/api/v3/webauthn/authentication", => AuthenticationOptionsDto;

    /// Finishes a sign-in with a WebAuthn authenticator and answers tokens.
    ///
    /// Needs the `ticket` of `init_authentication_options` and the assertion made by the authenticator. A failed check
    /// can arrive as a success with `verified` false: only when it is true are tokens present. A refresh token is
    /// issued only with the scope `offline_access`.
    VERIFY_AUTHENTICATION = verify_authentication "verifyAuthentication": Application,
        POST "/api/v3/webauthn/authentication", VerifyAuthenticationDto => VerifyAuthenticationResultDto;

    /// Starts binding a WebAuthn authenticator to the signed-in user: answers the challenge and a ticket.
    ///
    /// Give `registration_options` to the authenticator (in a browser `navigator.credentials.create`), after decoding
    /// the base64url values it needs as bytes, then hand its result and the `ticket` to `verify_register`.
    /// `exclude_credentials` names what is bound already, so that one authenticator is not registered twice.
    INIT_REGISTER_OPTIONS = init_register_options "initRegisterOptions": User,
        GET "/api/v3/webauthn/registration", => RegistrationOptionsDto;

    /// Binds a WebAuthn authenticator to the signed-in user.
    ///
    /// Needs the `ticket` of `init_register_options` and the credential made by the authenticator. Check `verified` in
    /// the answer: a refused credential is not necessarily an error.
    VERIFY_REGISTER = verify_register "verifyRegister": User,
        POST "/api/v3/webauthn/registration", VerifyRegistrationDto => VerifyRegistrationResultDto;

    /// Lists the authenticator devices bound to the signed-in user.
    ///
    /// The fields of the request body are not documented, so paging parameters have to be tried. The declared answer
    /// has no envelope, though the server probably sends one.
    LIST_CREDENTIALS_BY_PAGE = list_credentials_by_page "listCredentialsByPage": User,
        POST repeatable "/api/v3/webauthn/page-authenticator-device", JsonObject => ListWebAuthnAuthenticatorDeviceDataDto as either;

    /// Checks which of the given WebAuthn credentials are still valid.
    ///
    /// The fields of the request body are not documented; by its name the call takes credential ids.
    CHECK_VALID_CREDENTIALS_BY_CRED_IDS = check_valid_credentials_by_cred_ids "checkValidCredentialsByCredIds": UserOptional,
        POST repeatable "/api/v3/webauthn/check-valid-credentials-by-credIds", JsonObject => Vec<Value>;

    /// Removes the WebAuthn credentials of the signed-in user that carry one authenticator code.
    ///
    /// Despite its name, the path tells that only credentials of one code are removed (`fingerprint`, `face` or
    /// `other`, as set by `verify_register`). The fields of the request body are not documented. For a single
    /// credential use `remove_credential`.
    REMOVE_ALL_CREDENTIALS = remove_all_credentials "removeAllCredentials": User,
        POST "/api/v3/webauthn/remove-credentials-by-authenticator-code", JsonObject => IsSuccessDto;

    /// Removes one WebAuthn credential of the signed-in user.
    ///
    /// The credential is named in the path; the fields of the body are not documented. Passkeys of the newer family
    /// are removed with `delete_webauthn_credential`.
    REMOVE_CREDENTIAL = remove_credential "removeCredential": User,
        POST "/api/v3/webauthn/remove-credential/{credentialID}", RemoveCredentialDto => IsSuccessDto;

    /// Starts registering a passkey on behalf of another user, as an administrator.
    ///
    /// Followed by `webauthn_admin_register_finalize`. That it acts for others is read from its path. The vendor
    /// describes neither the request body nor the answer: treat both as free-form JSON.
    WEBAUTHN_ADMIN_INITIALIZE = webauthn_admin_initialize "webAuthnAdminInitialize": User,
        POST "/api/v3/webauthn/admin/initialize", JsonObject => Value as either;

    /// Finishes registering a passkey on behalf of another user, as an administrator.
    ///
    /// Preceded by `webauthn_admin_initialize`. The vendor describes neither the request body nor the answer: treat
    /// both as free-form JSON.
    WEBAUTHN_ADMIN_REGISTER_FINALIZE = webauthn_admin_register_finalize "webAuthnAdminRegisterFinalize": User,
        POST "/api/v3/webauthn/admin/registration/finalize", JsonObject => Value as either;

    /// Renames a passkey of any user, as an administrator.
    ///
    /// The credential ids of a user are listed by `list_webauthn_person_credentials`. The vendor does not describe the
    /// answer: treat it as free-form JSON.
    UPDATE_WEBAUTHN_ADMIN_CREDENTIAL = update_webauthn_admin_credential "updateWebAuthnAdminCredential": User,
        PUT "/api/v3/webauthn/admin/credentials/{credentialId}", UpdateWebAuthnAdminCredentialDto => Value as either;

    /// Deletes a passkey of a given user in a given application, as an administrator.
    ///
    /// Credential, user and application are all named in the path; the credential ids are listed by
    /// `list_webauthn_person_credentials`. The vendor does not describe the answer: treat it as free-form JSON.
    DELETE_WEBAUTHN_ADMIN_CREDENTIAL = delete_webauthn_admin_credential "deleteWebAuthnAdminCredential": User,
        DELETE "/api/v3/webauthn/admin/credentials/{credentialId}/{userId}/{appId}", DeleteWebAuthnAdminCredentialDto => Value as either;

    /// Lists the passkeys of a given user, one page at a time.
    ///
    /// The counterpart of `list_webauthn_credentials` for administrators. The vendor does not describe the answer:
    /// treat it as free-form JSON.
    LIST_WEBAUTHN_PERSON_CREDENTIALS = list_webauthn_person_credentials "listWebAuthnPersonCredentials": User,
        GET "/api/v3/webauthn/person/credentials", ListWebAuthnPersonCredentialsDto => Value as either;

    /// Starts a sign-in with a passkey: answers the parameters for the authenticator.
    ///
    /// Their result goes to `webauthn_login_finalize`, together with the ticket of this answer. The odd spelling is
    /// the vendor's. The vendor describes neither body nor answer; expect something like the answer of
    /// `init_authentication_options`.
    WEBAUTHN_LOGIN_INITIALIZE = webauthn_login_initialize "webAuthnLoginInitalize": Application,
        POST "/api/v3/webauthn/login/initialize", JsonObject => Value as either;

    /// Finishes a sign-in with a passkey.
    ///
    /// Needs the ticket of `webauthn_login_initialize` and the assertion made by the authenticator. The vendor does
    /// not describe the answer; tokens as in `verify_authentication` are to be expected, with a refresh token only for
    /// the scope `offline_access`.
    WEBAUTHN_LOGIN_FINALIZE = webauthn_login_finalize "webAuthnLoginFinalize": Application,
        POST "/api/v3/webauthn/login/finalize", FinalizeWebAuthnLoginDto => Value as either;

    /// Starts binding a passkey to the signed-in user: answers the parameters for the authenticator.
    ///
    /// Their result goes to `webauthn_register_finalize`. The odd spelling is the vendor's. The vendor describes
    /// neither body nor answer; expect something like the answer of `init_register_options`.
    WEBAUTHN_REGISTER_INITIALIZE = webauthn_register_initialize "webAuthnRegisterInitalize": User,
        POST "/api/v3/webauthn/registration/initialize", JsonObject => Value as either;

    /// Starts binding a passkey as a second factor: answers the parameters for the authenticator.
    ///
    /// It can be called without an access token, since a multi-factor step may come before tokens are issued. No
    /// matching finishing call is documented. The vendor describes neither the request body nor the answer: treat both
    /// as free-form JSON.
    WEBAUTHN_MFA_BIND_INITIALIZE = webauthn_mfa_bind_initialize "webAuthnMfaBindInitialize": UserOptional,
        POST "/api/v3/webauthn/mfa-bind/initialize", JsonObject => Value as either;

    /// Starts a second-factor check with a passkey: answers the parameters for the authenticator.
    ///
    /// It can be called without an access token, since a multi-factor step may come before tokens are issued. No
    /// matching finishing call is documented; the odd spelling is the vendor's. The vendor describes neither the
    /// request body nor the answer: treat both as free-form JSON.
    WEBAUTHN_MFA_VERIFY_INITIALIZE = webauthn_mfa_verify_initialize "webAuthnMfaVerifyInitalize": UserOptional,
        POST "/api/v3/webauthn/mfa-verify/initialize", JsonObject => Value as either;

    /// Binds a passkey to the signed-in user.
    ///
    /// Preceded by `webauthn_register_initialize`. The vendor describes neither body nor answer; a ticket and the
    /// credential made by the authenticator, as in `verify_register`, are to be expected.
    WEBAUTHN_REGISTER_FINALIZE = webauthn_register_finalize "webAuthnRegisterFinalize": User,
        POST "/api/v3/webauthn/registration/finalize", JsonObject => Value as either;

    /// Lists the passkeys of the signed-in user, one page at a time.
    ///
    /// The vendor does not describe the answer: treat it as free-form JSON.
    LIST_WEBAUTHN_CREDENTIALS = list_webauthn_credentials "listWebAuthnCredentials": User,
        GET "/api/v3/webauthn/credentials", ListWebAuthnCredentialsDto => Value as either;

    /// Renames a passkey of the signed-in user.
    ///
    /// Only the display name can be changed. The ids are listed by `list_webauthn_credentials`.
    UPDATE_WEBAUTHN_CREDENTIAL = update_webauthn_credential "updateWebAuthnCredential": User,
        PUT "/api/v3/webauthn/credentials/{credentialId}", UpdateWebAuthnCredentialDto => IsSuccessDto;

    /// Deletes a passkey of the signed-in user.
    ///
    /// The ids are listed by `list_webauthn_credentials`. The vendor does not describe the answer: treat it as
    /// free-form JSON.
    DELETE_WEBAUTHN_CREDENTIAL = delete_webauthn_credential "deleteWebAuthnCredential": User,
        DELETE "/api/v3/webauthn/credentials/{credentialId}", DeleteWebAuthnCredentialDto => Value as either;
}

open_enum! {
    /// How an authenticator recognises its owner.
    pub enum AuthenticatorCode {
        /// By fingerprint.
        Fingerprint = "fingerprint",
        /// By face.
        Face = "face",
        /// In another way; `other` on the wire.
        AnotherMethod = "other",
    }
}

answer!(
    /// The start of a sign-in with WebAuthn.
    pub struct AuthenticationOptionsDto {
        /// Options to hand to the authenticator.
        pub authentication_options: Option<PublicKeyCredentialRequestOptionsDto>,
        /// Ticket to give back to `verify_authentication`.
        pub ticket: Option<Secret>,
    }
);

answer!(
    /// What an authenticator needs to prove who signs in.
    pub struct PublicKeyCredentialRequestOptionsDto {
        /// Random challenge, base64url.
        pub challenge: Option<String>,
        /// Credentials that may be used; any when left out.
        pub allow_credentials: Vec<PublicKeyCredentialDescriptorDto>,
        /// Relying party ID, the same as at registration.
        pub rp_id: Option<String>,
        /// Time allowed for the user, in milliseconds.
        pub timeout: Option<i64>,
    }
);

answer!(
    /// A credential the authenticator may use or must not register again.
    pub struct PublicKeyCredentialDescriptorDto {
        /// ID of the credential.
        pub id: Option<String>,
        /// Ways to reach the authenticator: `usb`, `nfc`, `ble`, or `internal` for one built into the device.
        pub transports: Vec<String>,
        /// Kind of credential, always `public-key`.
        pub r#type: Option<String>,
    }
);

input!(
    /// The end of a sign-in with WebAuthn.
    pub struct VerifyAuthenticationDto {
        /// What the authenticator answered.
        pub authentication_credential: AuthenticationCredentialDto,
        /// Ticket of `init_authentication_options`.
        pub ticket: Secret,
        /// Scope and other options of the sign-in.
        pub options: Option<SignInByWebAuthnOptionsDto>,
    }
);

input!(
    /// What an authenticator answers at sign-in.
    pub struct AuthenticationCredentialDto {
        /// ID of the credential, base64url.
        pub id: String,
        /// ID of the credential in its raw form.
        pub raw_id: String,
        /// The proof itself.
        pub response: AuthenticatorAssertionResponseDto,
        /// Kind of credential, always `public-key`.
        pub r#type: String,
    }
);

input!(
    /// The proof an authenticator gives at sign-in.
    pub struct AuthenticatorAssertionResponseDto {
        /// Data of the authenticator, among them flags and the signature counter.
        pub authenticator_data: String,
        /// Data of the client, among them origin and challenge.
        #[wire = "clientDataJSON"]
        pub client_data_json: String,
        /// Signature of the authenticator.
        pub signature: String,
        /// ID of the user the credential was made for.
        pub user_handle: String,
    }
);

input!(
    /// Options of a sign-in with WebAuthn.
    pub struct SignInByWebAuthnOptionsDto {
        /// Scopes wanted, separated by spaces; `openid` has to be among them, `offline_access` brings a refresh token, and
        /// `email`, `phone`, `username`, `profile`, `roles`, `external_id`, `extended_fields` or `tenant_id` add claims to
        /// the ID token.
        pub scope: Option<String>,
        /// Values handed to the pipeline functions that run before and after the sign-in.
        pub context: Option<JsonObject>,
        /// Custom fields to set on the user; they have to be defined in the user pool, with less than 1024 characters in
        /// all.
        pub custom_data: Option<JsonObject>,
    }
);

answer!(
    /// Outcome of a sign-in with WebAuthn.
    pub struct VerifyAuthenticationResultDto {
        /// Whether the assertion was accepted.
        pub verified: Option<bool>,
        /// Tokens of the user, present only when `verified` is true.
        pub token_set: Option<LoginTokenResponseDataDto>,
    }
);

answer!(
    /// The start of binding a WebAuthn authenticator.
    pub struct RegistrationOptionsDto {
        /// Options to hand to the authenticator.
        pub registration_options: Option<PublicKeyCredentialCreationOptionsDto>,
        /// Ticket to give back to `verify_register`.
        pub ticket: Option<Secret>,
    }
);

answer!(
    /// What an authenticator needs to make a credential.
    pub struct PublicKeyCredentialCreationOptionsDto {
        /// Random challenge, base64url.
        pub challenge: Option<String>,
        /// Credentials bound already, so that one authenticator is not registered twice.
        pub exclude_credentials: Vec<PublicKeyCredentialDescriptorDto>,
        /// Signature algorithms that are accepted.
        pub pub_key_cred_params: Vec<PublicKeyCredentialParametersDto>,
        /// The relying party.
        pub rp: Option<PublicKeyCredentialRpEntityDto>,
        /// Time allowed for the user, in milliseconds.
        pub timeout: Option<i64>,
        /// The user the credential is made for.
        pub user: Option<PublicKeyCredentialUserEntityDto>,
    }
);

answer!(
    /// A signature algorithm that is accepted.
    pub struct PublicKeyCredentialParametersDto {
        /// COSE number of the algorithm, a negative one such as -7.
        pub alg: Option<i64>,
        /// Kind of credential, always `public-key`.
        pub r#type: Option<String>,
    }
);

answer!(
    /// The relying party a credential is made for.
    pub struct PublicKeyCredentialRpEntityDto {
        /// Domain of the relying party, such as `example.com`.
        pub id: Option<String>,
        /// Name of the relying party.
        pub name: Option<String>,
    }
);

answer!(
    /// The user a credential is made for.
    pub struct PublicKeyCredentialUserEntityDto {
        /// ID of the user.
        pub id: Option<String>,
        /// User name.
        pub name: Option<String>,
        /// Name to show for the user.
        pub display_name: Option<String>,
    }
);

input!(
    /// The end of binding a WebAuthn authenticator.
    pub struct VerifyRegistrationDto {
        /// What the authenticator answered.
        pub registration_credential: RegistrationCredentialDto,
        /// Ticket of `init_register_options`.
        pub ticket: Secret,
        /// How the authenticator recognises its owner.
        pub authenticator_code: Option<AuthenticatorCode>,
    }
);

input!(
    /// What an authenticator answers when it makes a credential.
    pub struct RegistrationCredentialDto {
        /// ID of the credential, base64url.
        pub id: String,
        /// ID of the credential in its raw form.
        pub raw_id: String,
        /// The credential and its attestation.
        pub response: AuthenticatorAttestationResponseDto,
        /// Ways to reach the authenticator: `usb`, `nfc`, `ble`, or `internal` for one built into the device.
        pub transports: Option<Vec<String>>,
        /// Kind of credential, always `public-key`.
        pub r#type: String,
    }
);

input!(
    /// The new credential as the authenticator describes it.
    pub struct AuthenticatorAttestationResponseDto {
        /// CBOR data of the authenticator, with public key, credential ID, signature and counter.
        pub attestation_object: String,
        /// Data of the client, among them origin and challenge.
        #[wire = "clientDataJSON"]
        pub client_data_json: String,
    }
);

answer!(
    /// Outcome of binding a WebAuthn authenticator.
    pub struct VerifyRegistrationResultDto {
        /// Whether the credential was accepted and bound.
        pub verified: Option<bool>,
    }
);

answer!(
    /// A list of authenticator devices.
    pub struct ListWebAuthnAuthenticatorDeviceDataDto {
        /// Number of devices in all.
        pub total_count: Option<i64>,
        /// The devices; their fields are not documented.
        pub list: Vec<Value>,
    }
);

input!(
    /// Input of `remove_credential`.
    pub struct RemoveCredentialDto {
        /// Id of the credential, as the list of credentials tells it.
        #[wire = "credentialID"]
        pub credential_id: String,
    }
);

input!(
    /// Input of `update_webauthn_admin_credential`.
    pub struct UpdateWebAuthnAdminCredentialDto {
        /// Id of the credential, as the list of credentials tells it.
        pub credential_id: String,
        /// Name to show for the passkey.
        pub name: String,
    }
);

input!(
    /// Input of `delete_webauthn_admin_credential`.
    pub struct DeleteWebAuthnAdminCredentialDto {
        /// Id of the credential, as the list of credentials tells it.
        pub credential_id: String,
        /// Id of the user who owns the credential.
        pub user_id: String,
        /// Id of the application that the credential was made for.
        pub app_id: String,
    }
);

input!(
    /// Input of `list_webauthn_person_credentials`.
    pub struct ListWebAuthnPersonCredentialsDto {
        /// Page number, starting at 1, which is also the default.
        pub page: Option<i64>,
        /// Entries per page, 10 by default.
        pub limit: Option<i64>,
        /// ID of the user whose passkeys are listed.
        pub user_id: String,
        /// ID of an application, to list only the passkeys made for it.
        pub app_id: Option<String>,
    }
);

input!(
    /// The end of a sign-in with a passkey.
    pub struct FinalizeWebAuthnLoginDto {
        /// Ticket of `webauthn_login_initialize`.
        pub ticket: Secret,
        /// What the authenticator answered.
        pub credential: AuthenticationCredentialDto,
        /// Scope and other options of the sign-in.
        pub options: Option<SignInByWebAuthnOptionsDto>,
    }
);

input!(
    /// Input of `list_webauthn_credentials`.
    pub struct ListWebAuthnCredentialsDto {
        /// Page number, starting at 1, which is also the default.
        pub page: Option<i64>,
        /// Entries per page, 10 by default.
        pub limit: Option<i64>,
    }
);

input!(
    /// Input of `update_webauthn_credential`.
    pub struct UpdateWebAuthnCredentialDto {
        /// Id of the credential, as the list of credentials tells it.
        pub credential_id: String,
        /// Name to show for the passkey.
        pub name: String,
    }
);

input!(
    /// Input of `delete_webauthn_credential`.
    pub struct DeleteWebAuthnCredentialDto {
        /// Id of the credential, as the list of credentials tells it.
        pub credential_id: String,
    }
);
