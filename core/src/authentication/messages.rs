//! Pass codes by e-mail and SMS.

use crate::dto::answer;
use crate::dto::input;

use crate::Secret;
use crate::dto::{open_enum, tagged_payload};
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "messages";

    /// Sends a pass code by SMS.
    ///
    /// The channel says what the code is for, and the code is good only for that. It works once, for one minute by
    /// default; length (6 digits by default) and the number of wrong tries allowed (1 by default) are settings of the
    /// user pool. Each number gets at most one message per minute and channel. Fails with 4004 when that minute is not
    /// over.
    SEND_SMS = send_sms "sendSms": UserOptional,
        POST "/api/v3/send-sms", SendSMSDto => ();

    /// Sends a pass code by e-mail.
    ///
    /// The channel says what the code is for, and the code is good only for that. It works once, for five minutes by
    /// default; length (6 digits by default) and the number of wrong tries allowed (1 by default) are settings of the
    /// user pool. Each address gets at most one message per minute and channel. Fails with 2080 when that minute is
    /// not over, and with 3103 when the message could not be sent.
    SEND_EMAIL = send_email "sendEmail": UserOptional,
        POST "/api/v3/send-email", SendEmailDto => ();

    /// Tells whether a pass code is right, without using it up.
    ///
    /// The code stays valid for the operation it was sent for. A wrong or expired code is not an error of this call:
    /// look at `is_valid`.
    PRE_CHECK_CODE = pre_check_code "preCheckCode": UserOptional,
        POST repeatable "/api/v3/pre-check-code", PreCheckCodeDto => PreCheckCodeDataDto;
}

open_enum! {
    /// What a pass code sent by SMS is for.
    pub enum SmsChannel {
        /// Signing in.
        Login = "CHANNEL_LOGIN",
        /// Registering.
        Register = "CHANNEL_REGISTER",
        /// Replacing a forgotten password, with `verify_reset_password_request`.
        ResetPassword = "CHANNEL_RESET_PASSWORD",
        /// Binding a phone number; also for the new number in `verify_update_phone_request`.
        BindPhone = "CHANNEL_BIND_PHONE",
        /// Removing a phone number; also for the old number in `verify_update_phone_request`.
        UnbindPhone = "CHANNEL_UNBIND_PHONE",
        /// Setting up the SMS factor of MFA.
        BindMfa = "CHANNEL_BIND_MFA",
        /// Passing an MFA check.
        VerifyMfa = "CHANNEL_VERIFY_MFA",
        /// Removing the SMS factor of MFA.
        UnbindMfa = "CHANNEL_UNBIND_MFA",
        /// Adding a phone number while registering or signing in.
        CompletePhone = "CHANNEL_COMPLETE_PHONE",
        /// Verifying the user's real name.
        IdentityVerification = "CHANNEL_IDENTITY_VERIFICATION",
        /// Deleting the account, with `verify_delete_account_request`.
        DeleteAccount = "CHANNEL_DELETE_ACCOUNT",
    }
}

open_enum! {
    /// What a pass code sent by e-mail is for.
    pub enum EmailChannel {
        /// Signing in.
        Login = "CHANNEL_LOGIN",
        /// Registering.
        Register = "CHANNEL_REGISTER",
        /// Replacing a forgotten password, with `verify_reset_password_request`.
        ResetPassword = "CHANNEL_RESET_PASSWORD",
        /// Verifying an e-mail address.
        VerifyEmailLink = "CHANNEL_VERIFY_EMAIL_LINK",
        /// Changing the e-mail address, for the old one and the new one in `verify_update_email_request`.
        UpdateEmail = "CHANNEL_UPDATE_EMAIL",
        /// Binding an e-mail address.
        BindEmail = "CHANNEL_BIND_EMAIL",
        /// Removing the e-mail address.
        UnbindEmail = "CHANNEL_UNBIND_EMAIL",
        /// Passing an MFA check.
        VerifyMfa = "CHANNEL_VERIFY_MFA",
        /// Unlocking one's own account.
        UnlockAccount = "CHANNEL_UNLOCK_ACCOUNT",
        /// Adding an e-mail address while registering or signing in.
        CompleteEmail = "CHANNEL_COMPLETE_EMAIL",
        /// Deleting the account, with `verify_delete_account_request`.
        DeleteAccount = "CHANNEL_DELETE_ACCOUNT",
    }
}

input!(
    /// A request for a pass code by SMS.
    pub struct SendSMSDto {
        /// Number to send the code to, without the calling code.
        pub phone_number: String,
        /// What the code is for; it is refused for anything else.
        pub channel: SmsChannel,
        /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
        /// provider for them set up in the user pool.
        pub phone_country_code: Option<String>,
    }
);

input!(
    /// A request for a pass code by e-mail.
    pub struct SendEmailDto {
        /// Address to send the code to; upper and lower case do not matter.
        pub email: String,
        /// What the code is for; it is refused for anything else.
        pub channel: EmailChannel,
    }
);

tagged_payload! {
    /// A pass code and how it was sent, with the one payload that belongs to it.
    pub enum CodeToCheck by "codeType" {
        /// Sent by SMS.
        Sms(PreCheckSmsCodeDto) = "SMS", "smsCodePayload";
        /// Sent by e-mail.
        Email(PreCheckEmailCodeDto) = "EMAIL", "emailCodePayload";
    }
}

input!(
    /// A pass code to check without using it up.
    pub struct PreCheckCodeDto {
        /// The code. Flattened: tag and payload are the whole request.
        #[wire = "*"]
        pub code: CodeToCheck,
    }
);

input!(
    /// A pass code sent by SMS, to check in advance.
    pub struct PreCheckSmsCodeDto {
        /// Number the code was sent to, without the calling code.
        pub phone: String,
        /// Code to check.
        pub pass_code: Secret,
        /// Country calling code with its plus sign, `+86` when left out; numbers outside mainland China need an SMS
        /// provider for them set up in the user pool.
        pub phone_country_code: Option<String>,
        /// Channel the code was sent over.
        pub channel: SmsChannel,
    }
);

input!(
    /// A pass code sent by e-mail, to check in advance.
    pub struct PreCheckEmailCodeDto {
        /// Address the code was sent to; upper and lower case do not matter.
        pub email: String,
        /// Code to check.
        pub pass_code: Secret,
        /// Channel the code was sent over.
        pub channel: EmailChannel,
    }
);

answer!(
    /// Result of checking a pass code in advance.
    pub struct PreCheckCodeDataDto {
        /// Whether the code is right and has not expired.
        pub is_valid: Option<bool>,
        /// Reason for a code that is not valid.
        pub message: Option<String>,
    }
);
