//! Invitations: by link, by policy, by member.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dto::wire::open_enum;
use crate::model::language::{LangObject, LangUnit};
use crate::model::outcome::IsSuccessDto;
use crate::model::user::Gender;
use crate::operation::table::operations;
use crate::{JsonObject, Secret};

operations! {
    AuthenticationClient, "invitations";

    /// Reads what a universal invitation link tells about itself: the inviting user pool and the inviter.
    ///
    /// No session is needed, so it can fill the page shown before somebody joins. The `identifier` is the one carried
    /// by the link; joining is done with `signup_by_universal`.
    GET_UNIVERSAL_INVITATION_PUBLIC_CONFIG = get_universal_invitation_public_config "getUniversalInvitationPublicConfig": Application,
        GET "/api/v3/get-universal-invitation-public-config", GetUniversalInvitationPublicConfigDto => UniversalInvitationPublicConfigDto;

    /// Asks to join a user pool through a universal invitation link.
    ///
    /// The address in `profile` has to receive a code first (`send_email`; which channel is not documented), and that
    /// code goes into `email_code`. The answer carries no tokens, only a status: `PASSED` when the user is in at once,
    /// `PENDING` when an administrator still has to approve.
    SIGNUP_BY_UNIVERSAL = signup_by_universal "signupByUniversal": Application,
        POST "/api/v3/signup-by-invitation", UniversalInvitationUserJoinDto => UniversalInvitationJoinRespDto;

    /// Exchanges a policy invitation link for an invitee token.
    ///
    /// Call it first when somebody opens such a link, with the `signature` and `identifier` of the link. The token is
    /// then used by `get_invite_code_context`, `verify_invite_code` and `signup_by_policy`. Its lifetime is not
    /// documented. Set `with_invitee_info` or `with_invitation_settings` to receive the context in the same answer.
    GENERATE_INVITE_TOKEN = generate_invite_token "generateInviteToken": Application,
        POST "/api/v3/generate-policy-invitation-token", InvitationLinkDto => GenerateInviteeTokenDto;

    /// Reads the settings of a policy invitation and what is known of the invitee.
    ///
    /// Needs a token of `generate_invite_token`. The answer says whether the invitee must confirm an identity code
    /// (`verify_invite_code`) and which fields have to be filled in before `signup_by_policy`.
    GET_INVITE_CODE_CONTEXT = get_invite_code_context "getInviteCodeContext": Application,
        GET "/api/v3/get-policy-invitation-context", GetPolicyInvitationContextDto => InviteeContextDto;

    /// Checks the identity code an invitee received by SMS or e-mail.
    ///
    /// Part of the policy invitation flow, between `generate_invite_token` and `signup_by_policy`; needed when
    /// `enabled_identifier_verify` is set in the context. Too many wrong codes are refused: the limit is
    /// `verify_code_max_err_count`.
    VERIFY_INVITE_CODE = verify_invite_code "verifyInviteCode": UserOptional,
        POST "/api/v3/verify-invite-code", VerifyInviteCodeDto => IsSuccessDto;

    /// Completes a policy invitation: the invitee joins the user pool.
    ///
    /// Needs the token of `generate_invite_token`, and the identity code when the invitation demands one. Fields asked
    /// for by `get_invite_code_context` go into `profile`; an e-mail address or phone number given there is proved by
    /// the codes in `options`. Answers success only, no tokens: the user signs in afterwards.
    SIGNUP_BY_POLICY = signup_by_policy "signupByPolicy": UserOptional,
        POST "/api/v3/join-by-invitation", PolicyInviteeJoinedDto => IsSuccessDto;

    /// Creates a universal invitation link in the name of the signed-in user.
    ///
    /// Takes no parameters. Whoever opens the link joins with `signup_by_universal`; links are withdrawn with
    /// `clear_my_all_universal_invitation_links`.
    GENERATE_UNIVERSAL_INVITATION_BY_MEMBER = generate_universal_invitation_by_member "generateUniversalInvitationByMember": User,
        POST "/api/v3/generate-universal-invitation-link-by-member", => GenerateInvitationLinkDto;

    /// Withdraws all universal invitation links of the signed-in user.
    ///
    /// There is no way to withdraw a single link. A new one is made with `generate_universal_invitation_by_member`.
    CLEAR_MY_ALL_UNIVERSAL_INVITATION_LINKS = clear_my_all_universal_invitation_links "clearMyAllUniversalInvitationLinks": User,
        POST "/api/v3/clear-my-all-invitation-links", => IsSuccessDto;
}

open_enum! {
    /// Outcome of asking to join through a universal invitation.
    pub enum InvitationJoinStatus {
        /// Waiting for approval.
        Pending = "PENDING",
        /// Accepted: the user has joined.
        Passed = "PASSED",
    }
}

open_enum! {
    /// Way preferred for sending identity codes to an invitee.
    pub enum VerifyCodePriority {
        /// SMS first.
        Sms = "prioritySMS",
        /// E-mail first.
        Email = "priorityEmail",
    }
}

open_enum! {
    /// Origin of a profile field that an invitee is asked for.
    pub enum ExtendsFieldType {
        /// A custom field defined by the user pool.
        User = "user",
        /// A field every user profile has.
        Internal = "internal",
    }
}

open_enum! {
    /// Kind of input a profile field takes.
    pub enum ExtendsFieldInputType {
        /// An image.
        Image = "image",
        /// A number.
        Number = "number",
        /// A date.
        Date = "date",
        /// A date with a time, spelled `dateTime` on the wire.
        DateTimeCamelCase = "dateTime",
        /// A date with a time, spelled `datetime` on the wire.
        DateTime = "datetime",
        /// One of a set of values.
        Select = "select",
        /// One entry of a drop-down list.
        Dropdown = "dropdown",
        /// Yes or no.
        Boolean = "boolean",
        /// A short text.
        String = "string",
        /// A text.
        Text = "text",
        /// A gender.
        Gender = "gender",
        /// A country.
        Country = "country",
        /// A user name.
        Username = "username",
        /// A phone number.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
    }
}

open_enum! {
    /// How a field came into the list of fields to fill in.
    pub enum ExtendsFieldSource {
        /// Part of the preset list.
        Preset = "preset",
        /// Added by an administrator.
        ManualAdd = "manual_add",
    }
}

open_enum! {
    /// How the input of a field is checked.
    pub enum ValidationRule {
        /// Not checked.
        NoCheck = "None",
        /// Has to match a regular expression.
        RegExp = "regExp",
        /// Has to be a phone number.
        Phone = "phone",
        /// Has to be an e-mail address.
        Email = "email",
        /// Has to be a number.
        IsNumber = "isNumber",
    }
}

open_enum! {
    /// Way an invitee received the identity code.
    pub enum InviteCodeReceiver {
        /// By SMS.
        Sms = "smsCode",
        /// By e-mail.
        Email = "emailCode",
    }
}

/// Input of `get_universal_invitation_public_config`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUniversalInvitationPublicConfigDto {
    /// Identifier of the invitation, taken from its link.
    pub identifier: String,
}

impl GetUniversalInvitationPublicConfigDto {
    /// With everything that is required.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
        }
    }
}

/// What a universal invitation shows to everybody.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalInvitationPublicConfigDto {
    /// User pool that is joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool: Option<UserPoolPublicConfigDto>,
    /// Person who invites, if the link belongs to somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inviter: Option<InviterDetailDto>,
}

/// What a user pool shows to everybody.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserPoolPublicConfigDto {
    /// Name of the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Logo of the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Description of the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The person who invites.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviterDetailDto {
    /// Name to show for the inviter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

/// A request to join through a universal invitation.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalInvitationUserJoinDto {
    /// Code received by e-mail.
    pub email_code: String,
    /// Identifier of the invitation, taken from its link.
    pub identifier: String,
    /// Name and address of the applicant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<UniversalInviteeProfileDto>,
}

impl UniversalInvitationUserJoinDto {
    /// With everything that is required.
    pub fn new(email_code: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self {
            email_code: email_code.into(),
            identifier: identifier.into(),
            profile: None,
        }
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<UniversalInviteeProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }
}

/// What somebody tells about themselves when asking to join.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalInviteeProfileDto {
    /// Name of the applicant.
    pub name: String,
    /// E-mail address of the applicant, the one the code was sent to.
    pub email: String,
}

impl UniversalInviteeProfileDto {
    /// With everything that is required.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
        }
    }
}

/// Outcome of asking to join through a universal invitation.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalInvitationJoinRespDto {
    /// Whether the user has joined or waits for approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<InvitationJoinStatus>,
}

/// The parts of a policy invitation link.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InvitationLinkDto {
    /// Signature carried by the link.
    pub signature: String,
    /// Identifier of the invitation, taken from the link.
    pub identifier: String,
    /// Whether to answer what is known of the invitee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_invitee_info: Option<bool>,
    /// Whether to answer the public settings of the invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_invitation_settings: Option<bool>,
}

impl InvitationLinkDto {
    /// With everything that is required.
    pub fn new(signature: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self {
            signature: signature.into(),
            identifier: identifier.into(),
            with_invitee_info: None,
            with_invitation_settings: None,
        }
    }

    /// Sets [`with_invitee_info`](Self::with_invitee_info).
    pub fn with_invitee_info(mut self, with_invitee_info: bool) -> Self {
        self.with_invitee_info = Some(with_invitee_info);
        self
    }

    /// Sets [`with_invitation_settings`](Self::with_invitation_settings).
    pub fn with_invitation_settings(mut self, with_invitation_settings: bool) -> Self {
        self.with_invitation_settings = Some(with_invitation_settings);
        self
    }
}

/// A token for an invitee, with the invitation if asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateInviteeTokenDto {
    /// Token to read the invitation and to join with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// The invitation and its invitee, as far as asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_context: Option<InviteeContextDto>,
}

/// Settings of a policy invitation and what is known of the invitee.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteeContextDto {
    /// Whether the invitee has to confirm their identity with a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled_identifier_verify: Option<bool>,
    /// Way preferred for sending that code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_verify_code_method: Option<VerifyCodePriority>,
    /// Whether the invitee has to fill in profile fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled_info_fill: Option<bool>,
    /// Text to show above the fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_info_fill_msg: Option<String>,
    /// Fields to fill in.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub extends_fields: Vec<ExtendsFieldDto>,
    /// Texts of the fields in several languages; the shape is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends_fields_i18n: Option<Value>,
    /// Further data on the fields; the shape is not documented.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub extends_fields_options: Vec<Value>,
    /// E-mail address of the invitee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number of the invitee, without the country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Country calling code of `phone`, such as `+86`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
    /// Name of the invitee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitee_name: Option<String>,
    /// Number of wrong codes that are put up with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_code_max_err_count: Option<i64>,
}

/// A profile field an invitee is asked to fill in.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExtendsFieldDto {
    /// Whether it is a built-in or a custom field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ExtendsFieldType>,
    /// ID of the field, present for custom fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Label to show beside the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether the field is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<bool>,
    /// Whether the user may overwrite a value that exists already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_rewrite: Option<bool>,
    /// Kind of input the field takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<ExtendsFieldInputType>,
    /// Whether the field has to be filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Rule the input is checked by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<AppValidateRuleDto>,
    /// Whether the field was preset or added by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ExtendsFieldSource>,
    /// Label in several languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i18n: Option<CustomFieldI18n>,
}

/// A rule that checks the input of a field.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppValidateRuleDto {
    /// Kind of the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ValidationRule>,
    /// Regular expression to match when `type` is `regExp`; the vendor also declares the values of `type` for it,
    /// probably by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Message to show when the check fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// That message in several languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub i18n: Option<ErrMsgI18nDto>,
}

/// An error message in several languages.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrMsgI18nDto {
    /// The message in each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<LangUnit>,
}

/// Texts of a profile field in several languages.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomFieldI18n {
    /// Label of the field in each language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<LangObject>,
}

/// Input of `get_invite_code_context`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetPolicyInvitationContextDto {
    /// Invitee token answered by `generate_invite_token`.
    pub token: Secret,
}

impl GetPolicyInvitationContextDto {
    /// With everything that is required.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into() }
    }
}

/// An identity code of an invitee, to be checked.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyInviteCodeDto {
    /// Way the code was received.
    pub receiver_type: InviteCodeReceiver,
    /// The code.
    pub code: Secret,
    /// Invitee token answered by `generate_invite_token`.
    pub token: Secret,
}

impl VerifyInviteCodeDto {
    /// With everything that is required.
    pub fn new(
        receiver_type: impl Into<InviteCodeReceiver>,
        code: impl Into<Secret>,
        token: impl Into<Secret>,
    ) -> Self {
        Self {
            receiver_type: receiver_type.into(),
            code: code.into(),
            token: token.into(),
        }
    }
}

/// A request to join through a policy invitation.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyInviteeJoinedDto {
    /// Invitee token answered by `generate_invite_token`.
    pub token: Secret,
    /// Identity code, when the invitation demands one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// Way the code was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_type: Option<InviteCodeReceiver>,
    /// Profile fields filled in by the invitee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<InviteeProfileDto>,
    /// Codes that prove the contact data in `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<PolicyInviteJoinedOptionsDto>,
}

impl PolicyInviteeJoinedDto {
    /// With everything that is required.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            token: token.into(),
            code: None,
            receiver_type: None,
            profile: None,
            options: None,
        }
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets [`receiver_type`](Self::receiver_type).
    pub fn with_receiver_type(mut self, receiver_type: impl Into<InviteCodeReceiver>) -> Self {
        self.receiver_type = Some(receiver_type.into());
        self
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<InviteeProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<PolicyInviteJoinedOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

/// The profile an invitee joins with.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteeProfileDto {
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Nickname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Company the user works for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Address of the profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// Device of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Browser of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Profile page or text, as in the OpenID Connect claim of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Name the user would like to be called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// Address of a personal website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Gender: `F` female, `M` male, `U` unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Language and region, such as `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Postal address as one formatted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street and house number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Town or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// Province or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// E-mail address; its code goes into the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number without the country code; its code goes into the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Country calling code of `phone`, such as `+86`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
    /// Custom fields of the user pool by name; less than 1024 characters in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
}

impl InviteeProfileDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`username`](Self::username).
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// Sets [`nickname`](Self::nickname).
    pub fn with_nickname(mut self, nickname: impl Into<String>) -> Self {
        self.nickname = Some(nickname.into());
        self
    }

    /// Sets [`company`](Self::company).
    pub fn with_company(mut self, company: impl Into<String>) -> Self {
        self.company = Some(company.into());
        self
    }

    /// Sets [`photo`](Self::photo).
    pub fn with_photo(mut self, photo: impl Into<String>) -> Self {
        self.photo = Some(photo.into());
        self
    }

    /// Sets [`device`](Self::device).
    pub fn with_device(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }

    /// Sets [`browser`](Self::browser).
    pub fn with_browser(mut self, browser: impl Into<String>) -> Self {
        self.browser = Some(browser.into());
        self
    }

    /// Sets [`name`](Self::name).
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets [`given_name`](Self::given_name).
    pub fn with_given_name(mut self, given_name: impl Into<String>) -> Self {
        self.given_name = Some(given_name.into());
        self
    }

    /// Sets [`family_name`](Self::family_name).
    pub fn with_family_name(mut self, family_name: impl Into<String>) -> Self {
        self.family_name = Some(family_name.into());
        self
    }

    /// Sets [`middle_name`](Self::middle_name).
    pub fn with_middle_name(mut self, middle_name: impl Into<String>) -> Self {
        self.middle_name = Some(middle_name.into());
        self
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`preferred_username`](Self::preferred_username).
    pub fn with_preferred_username(mut self, preferred_username: impl Into<String>) -> Self {
        self.preferred_username = Some(preferred_username.into());
        self
    }

    /// Sets [`website`](Self::website).
    pub fn with_website(mut self, website: impl Into<String>) -> Self {
        self.website = Some(website.into());
        self
    }

    /// Sets [`gender`](Self::gender).
    pub fn with_gender(mut self, gender: impl Into<Gender>) -> Self {
        self.gender = Some(gender.into());
        self
    }

    /// Sets [`birthdate`](Self::birthdate).
    pub fn with_birthdate(mut self, birthdate: impl Into<String>) -> Self {
        self.birthdate = Some(birthdate.into());
        self
    }

    /// Sets [`zoneinfo`](Self::zoneinfo).
    pub fn with_zoneinfo(mut self, zoneinfo: impl Into<String>) -> Self {
        self.zoneinfo = Some(zoneinfo.into());
        self
    }

    /// Sets [`locale`](Self::locale).
    pub fn with_locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Sets [`address`](Self::address).
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Sets [`formatted`](Self::formatted).
    pub fn with_formatted(mut self, formatted: impl Into<String>) -> Self {
        self.formatted = Some(formatted.into());
        self
    }

    /// Sets [`street_address`](Self::street_address).
    pub fn with_street_address(mut self, street_address: impl Into<String>) -> Self {
        self.street_address = Some(street_address.into());
        self
    }

    /// Sets [`locality`](Self::locality).
    pub fn with_locality(mut self, locality: impl Into<String>) -> Self {
        self.locality = Some(locality.into());
        self
    }

    /// Sets [`region`](Self::region).
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets [`postal_code`](Self::postal_code).
    pub fn with_postal_code(mut self, postal_code: impl Into<String>) -> Self {
        self.postal_code = Some(postal_code.into());
        self
    }

    /// Sets [`country`](Self::country).
    pub fn with_country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// Sets [`email`](Self::email).
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets [`phone`](Self::phone).
    pub fn with_phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }
}

/// Codes that prove the contact data an invitee fills in.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyInviteJoinedOptionsDto {
    /// SMS code (channel `COMPLETE_PHONE`) that proves the phone number in the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_pass_code_for_information_completion: Option<Secret>,
    /// E-mail code (channel `COMPLETE_EMAIL`) that proves the address in the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_pass_code_for_information_completion: Option<Secret>,
}

impl PolicyInviteJoinedOptionsDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`phone_pass_code_for_information_completion`](Self::phone_pass_code_for_information_completion).
    pub fn with_phone_pass_code_for_information_completion(
        mut self,
        phone_pass_code_for_information_completion: impl Into<Secret>,
    ) -> Self {
        self.phone_pass_code_for_information_completion = Some(phone_pass_code_for_information_completion.into());
        self
    }

    /// Sets [`email_pass_code_for_information_completion`](Self::email_pass_code_for_information_completion).
    pub fn with_email_pass_code_for_information_completion(
        mut self,
        email_pass_code_for_information_completion: impl Into<Secret>,
    ) -> Self {
        self.email_pass_code_for_information_completion = Some(email_pass_code_for_information_completion.into());
        self
    }
}

/// An invitation link.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateInvitationLinkDto {
    /// Address to pass on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}
