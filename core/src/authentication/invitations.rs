//! Invitations: by link, by policy, by member.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::dto::open_enum;
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

input!(
    /// Input of `get_universal_invitation_public_config`.
    pub struct GetUniversalInvitationPublicConfigDto {
        /// Identifier of the invitation, taken from its link.
        pub identifier: String,
    }
);

answer!(
    /// What a universal invitation shows to everybody.
    pub struct UniversalInvitationPublicConfigDto {
        /// User pool that is joined.
        pub user_pool: Option<UserPoolPublicConfigDto>,
        /// Person who invites, if the link belongs to somebody.
        pub inviter: Option<InviterDetailDto>,
    }
);

answer!(
    /// What a user pool shows to everybody.
    pub struct UserPoolPublicConfigDto {
        /// Name of the user pool.
        pub name: Option<String>,
        /// Logo of the user pool.
        pub logo: Option<String>,
        /// Description of the user pool.
        pub description: Option<String>,
    }
);

answer!(
    /// The person who invites.
    pub struct InviterDetailDto {
        /// Name to show for the inviter.
        pub display_name: Option<String>,
    }
);

input!(
    /// A request to join through a universal invitation.
    pub struct UniversalInvitationUserJoinDto {
        /// Code received by e-mail.
        pub email_code: String,
        /// Identifier of the invitation, taken from its link.
        pub identifier: String,
        /// Name and address of the applicant.
        pub profile: Option<UniversalInviteeProfileDto>,
    }
);

input!(
    /// What somebody tells about themselves when asking to join.
    pub struct UniversalInviteeProfileDto {
        /// Name of the applicant.
        pub name: String,
        /// E-mail address of the applicant, the one the code was sent to.
        pub email: String,
    }
);

answer!(
    /// Outcome of asking to join through a universal invitation.
    pub struct UniversalInvitationJoinRespDto {
        /// Whether the user has joined or waits for approval.
        pub status: Option<InvitationJoinStatus>,
    }
);

input!(
    /// The parts of a policy invitation link.
    pub struct InvitationLinkDto {
        /// Signature carried by the link.
        pub signature: String,
        /// Identifier of the invitation, taken from the link.
        pub identifier: String,
        /// Whether to answer what is known of the invitee.
        pub with_invitee_info: Option<bool>,
        /// Whether to answer the public settings of the invitation.
        pub with_invitation_settings: Option<bool>,
    }
);

answer!(
    /// A token for an invitee, with the invitation if asked for.
    pub struct GenerateInviteeTokenDto {
        /// Token to read the invitation and to join with.
        pub token: Option<Secret>,
        /// The invitation and its invitee, as far as asked for.
        pub invitation_context: Option<InviteeContextDto>,
    }
);

answer!(
    /// Settings of a policy invitation and what is known of the invitee.
    pub struct InviteeContextDto {
        /// Whether the invitee has to confirm their identity with a code.
        pub enabled_identifier_verify: Option<bool>,
        /// Way preferred for sending that code.
        pub send_verify_code_method: Option<VerifyCodePriority>,
        /// Whether the invitee has to fill in profile fields.
        pub enabled_info_fill: Option<bool>,
        /// Text to show above the fields.
        pub register_info_fill_msg: Option<String>,
        /// Fields to fill in.
        pub extends_fields: Vec<ExtendsFieldDto>,
        /// Texts of the fields in several languages; the shape is not documented.
        pub extends_fields_i18n: Option<Value>,
        /// Further data on the fields; the shape is not documented.
        pub extends_fields_options: Vec<Value>,
        /// E-mail address of the invitee.
        pub email: Option<String>,
        /// Phone number of the invitee, without the country code.
        pub phone: Option<String>,
        /// Country calling code of `phone`, such as `+86`.
        pub phone_country_code: Option<String>,
        /// Name of the invitee.
        pub invitee_name: Option<String>,
        /// Number of wrong codes that are put up with.
        pub verify_code_max_err_count: Option<i64>,
    }
);

answer!(
    /// A profile field an invitee is asked to fill in.
    pub struct ExtendsFieldDto {
        /// Whether it is a built-in or a custom field.
        pub r#type: Option<ExtendsFieldType>,
        /// ID of the field, present for custom fields.
        pub id: Option<String>,
        /// Name of the field.
        pub name: Option<String>,
        /// Label to show beside the input.
        pub label: Option<String>,
        /// Whether the field is shown.
        pub show: Option<bool>,
        /// Whether the user may overwrite a value that exists already.
        pub allow_rewrite: Option<bool>,
        /// Kind of input the field takes.
        pub input_type: Option<ExtendsFieldInputType>,
        /// Whether the field has to be filled in.
        pub required: Option<bool>,
        /// Rule the input is checked by.
        pub validate_rules: Option<AppValidateRuleDto>,
        /// Whether the field was preset or added by hand.
        pub source: Option<ExtendsFieldSource>,
        /// Label in several languages.
        pub i18n: Option<CustomFieldI18n>,
    }
);

answer!(
    /// A rule that checks the input of a field.
    pub struct AppValidateRuleDto {
        /// Kind of the check.
        pub r#type: Option<ValidationRule>,
        /// Regular expression to match when `type` is `regExp`; the vendor also declares the values of `type` for it,
        /// probably by mistake.
        pub content: Option<String>,
        /// Message to show when the check fails.
        pub error_message: Option<String>,
        /// That message in several languages.
        pub i18n: Option<ErrMsgI18nDto>,
    }
);

answer!(
    /// An error message in several languages.
    pub struct ErrMsgI18nDto {
        /// The message in each language.
        pub error_message: Option<LangUnit>,
    }
);

answer!(
    /// Texts of a profile field in several languages.
    pub struct CustomFieldI18n {
        /// Label of the field in each language.
        pub label: Option<LangObject>,
    }
);

input!(
    /// Input of `get_invite_code_context`.
    pub struct GetPolicyInvitationContextDto {
        /// Invitee token answered by `generate_invite_token`.
        pub token: Secret,
    }
);

input!(
    /// An identity code of an invitee, to be checked.
    pub struct VerifyInviteCodeDto {
        /// Way the code was received.
        pub receiver_type: InviteCodeReceiver,
        /// The code.
        pub code: Secret,
        /// Invitee token answered by `generate_invite_token`.
        pub token: Secret,
    }
);

input!(
    /// A request to join through a policy invitation.
    pub struct PolicyInviteeJoinedDto {
        /// Invitee token answered by `generate_invite_token`.
        pub token: Secret,
        /// Identity code, when the invitation demands one.
        pub code: Option<Secret>,
        /// Way the code was received.
        pub receiver_type: Option<InviteCodeReceiver>,
        /// Profile fields filled in by the invitee.
        pub profile: Option<InviteeProfileDto>,
        /// Codes that prove the contact data in `profile`.
        pub options: Option<PolicyInviteJoinedOptionsDto>,
    }
);

input!(
    /// The profile an invitee joins with.
    pub struct InviteeProfileDto {
        /// User name.
        pub username: Option<String>,
        /// Nickname.
        pub nickname: Option<String>,
        /// Company the user works for.
        pub company: Option<String>,
        /// Address of the profile picture.
        pub photo: Option<String>,
        /// Device of the user.
        pub device: Option<String>,
        /// Browser of the user.
        pub browser: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// Profile page or text, as in the OpenID Connect claim of that name.
        pub profile: Option<String>,
        /// Name the user would like to be called by.
        pub preferred_username: Option<String>,
        /// Address of a personal website.
        pub website: Option<String>,
        /// Gender: `F` female, `M` male, `U` unknown.
        pub gender: Option<Gender>,
        /// Date of birth.
        pub birthdate: Option<String>,
        /// Time zone.
        pub zoneinfo: Option<String>,
        /// Language and region, such as `en-US`.
        pub locale: Option<String>,
        /// Postal address.
        pub address: Option<String>,
        /// Postal address as one formatted text.
        pub formatted: Option<String>,
        /// Street and house number.
        pub street_address: Option<String>,
        /// Town or city.
        pub locality: Option<String>,
        /// Province or state.
        pub region: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// Country.
        pub country: Option<String>,
        /// E-mail address; its code goes into the options.
        pub email: Option<String>,
        /// Phone number without the country code; its code goes into the options.
        pub phone: Option<String>,
        /// Country calling code of `phone`, such as `+86`.
        pub phone_country_code: Option<String>,
        /// Custom fields of the user pool by name; less than 1024 characters in all.
        pub custom_data: Option<JsonObject>,
    }
);

input!(
    /// Codes that prove the contact data an invitee fills in.
    pub struct PolicyInviteJoinedOptionsDto {
        /// SMS code (channel `COMPLETE_PHONE`) that proves the phone number in the profile.
        pub phone_pass_code_for_information_completion: Option<Secret>,
        /// E-mail code (channel `COMPLETE_EMAIL`) that proves the address in the profile.
        pub email_pass_code_for_information_completion: Option<Secret>,
    }
);

answer!(
    /// An invitation link.
    pub struct GenerateInvitationLinkDto {
        /// Address to pass on.
        pub link: Option<String>,
    }
);
