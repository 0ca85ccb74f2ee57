//! Signing up.

use crate::dto::input;
use crate::dto::shorthand;

use crate::dto::{one_of, tagged_payload};
use crate::model::account::PassCodeReceiver;
use crate::model::password::PasswordEncryptType;
use crate::model::user::{Gender, UserDto};
use crate::operation::table::operations;
use crate::{JsonObject, Secret};

operations! {
    AuthenticationClient, "sign-up";

    /// Registers a new user and answers the profile.
    ///
    /// With `PASSWORD`, give a user name or an e-mail address and a password; with `PASSCODE`, an e-mail address or
    /// phone number and a code sent before with `send_email` or `send_sms` over `CHANNEL_REGISTER`. No tokens are
    /// issued: sign in afterwards. Users of social and enterprise identity providers are not registered here but
    /// created at their first sign-in. Fails with 2026 when the user exists, 2031 when the application does not allow
    /// registration, 2034 when the user name is taken, 2029 when the password has fewer than 6 characters, 2100 when
    /// there were too many registrations, and 500, 2001 or 2300 when the code is wrong or expired.
    SIGN_UP = sign_up "signUp": Application,
        POST "/api/v3/signup", SignUpDto => UserDto;

    /// Registers a user with e-mail address and password.
    ///
    /// Shorthand for `sign_up` with connection `PASSWORD`. Answers the profile, not tokens. Fails with 2026 when the
    /// user exists.
    SIGN_UP_BY_EMAIL_PASSWORD = sign_up_by_email_password "signUpByEmailPassword": Application,
        POST "/api/v3/signup", SignUpByEmailPassword => UserDto;

    /// Registers a user with user name and password.
    ///
    /// Shorthand for `sign_up` with connection `PASSWORD`. Answers the profile, not tokens. Fails with 2034 when the
    /// user name is taken, or with 2026.
    SIGN_UP_BY_USERNAME_PASSWORD = sign_up_by_username_password "signUpByUsernamePassword": Application,
        POST "/api/v3/signup", SignUpByUsernamePassword => UserDto;

    /// Registers a user with a pass code sent by e-mail.
    ///
    /// Shorthand for `sign_up` with connection `PASSCODE`; get the code with `send_email` over `CHANNEL_REGISTER`.
    /// Answers the profile, not tokens. Fails with 2026 when the user exists.
    SIGN_UP_BY_EMAIL_CODE = sign_up_by_email_code "signUpByEmailCode": Application,
        POST "/api/v3/signup", SignUpByEmailCode => UserDto;

    /// Registers a user with a pass code sent by SMS.
    ///
    /// Shorthand for `sign_up` with connection `PASSCODE`; get the code with `send_sms` over `CHANNEL_REGISTER`. The
    /// calling code is `+86` unless another one is given. Answers the profile, not tokens. Fails with 2026 when the
    /// user exists.
    SIGN_UP_BY_PHONE_CODE = sign_up_by_phone_code "signUpByPhoneCode": Application,
        POST "/api/v3/signup", SignUpByPhoneCode => UserDto;
}

tagged_payload! {
    /// How somebody signs up, with the one payload that belongs to it.
    pub enum SignUpCredentials by "connection" {
        /// With a password.
        Password(SignUpByPasswordDto) = "PASSWORD", "passwordPayload";
        /// With a pass code that was sent by e-mail or SMS.
        PassCode(SignUpByPassCodeDto) = "PASSCODE", "passCodePayload";
    }
}

input!(
    /// A new account.
    pub struct SignUpDto {
        /// How somebody signs up. Flattened: tag and payload stand beside the other fields.
        #[wire = "*"]
        pub credentials: SignUpCredentials,
        /// What is known about the user.
        pub profile: Option<SignUpProfileDto>,
        /// Client address, password encryption and more.
        pub options: Option<SignUpOptionsDto>,
    }
);

one_of! {
    /// The name of a new account: one of the two with which a password can be given.
    pub enum SignUpName {
        /// A user name, unique in the user pool.
        Username = "username",
        /// An e-mail address, upper and lower case alike.
        Email = "email",
    }
}

input!(
    /// The name of a new account and its password.
    pub struct SignUpByPasswordDto {
        /// The name. Flattened: the service wants exactly one of `username` and `email`.
        #[wire = "*"]
        pub name: SignUpName,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
    }
);

input!(
    /// A pass code and where it was sent.
    pub struct SignUpByPassCodeDto {
        /// Where the code was sent. Flattened: the service wants exactly one of `email` and `phone`.
        #[wire = "*"]
        pub receiver: PassCodeReceiver,
        /// The code that was sent on the channel for signing up.
        pub pass_code: Secret,
    }
);

input!(
    /// Profile fields of a user who registers.
    pub struct SignUpProfileDto {
        /// Nickname.
        pub nickname: Option<String>,
        /// Company.
        pub company: Option<String>,
        /// URL of the profile picture.
        pub photo: Option<String>,
        /// Kind of device, such as `iOS`.
        pub device: Option<String>,
        /// Browser, such as `Edge`.
        pub browser: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// Free text about the user.
        pub profile: Option<String>,
        /// Name the user prefers to be called by.
        pub preferred_username: Option<String>,
        /// URL of the user's own website.
        pub website: Option<String>,
        /// Gender.
        pub gender: Option<Gender>,
        /// Date of birth; a plain date such as `2020-02-02` is safest, as no format is laid down.
        pub birthdate: Option<String>,
        /// Time zone.
        pub zoneinfo: Option<String>,
        /// Language code, such as `EN-US`.
        pub locale: Option<String>,
        /// Address as one text.
        pub address: Option<String>,
        /// Complete postal address, formatted for display.
        pub formatted: Option<String>,
        /// Street and house number.
        pub street_address: Option<String>,
        /// Town or district.
        pub locality: Option<String>,
        /// State, province or region.
        pub region: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// Country.
        pub country: Option<String>,
        /// E-mail address to add; needs `email_pass_code_for_information_completion` in the options.
        pub email: Option<String>,
        /// Phone number to add; needs `phone_pass_code_for_information_completion` in the options.
        pub phone: Option<String>,
        /// Values of the custom fields defined in the user pool, by key.
        pub custom_data: Option<JsonObject>,
        /// Country calling code of `phone` with its plus sign; understood by newer servers only.
        pub phone_country_code: Option<String>,
    }
);

input!(
    /// Further settings of a registration.
    pub struct SignUpOptionsDto {
        /// IP address of the end user.
        pub client_ip: Option<String>,
        /// Code sent by `send_sms` with `CHANNEL_COMPLETE_PHONE`, needed when the profile sets `phone`.
        pub phone_pass_code_for_information_completion: Option<Secret>,
        /// Code sent by `send_email` with `CHANNEL_COMPLETE_EMAIL`, needed when the profile sets `email`.
        pub email_pass_code_for_information_completion: Option<Secret>,
        /// Extra values to keep in the custom fields of the user; clients that leave it out have been seen to work,
        /// although it is declared as required.
        pub context: Option<JsonObject>,
        /// How the password is encrypted before it is sent: in clear (`none`, the default), with the server's RSA key or
        /// with its SM2 key; the keys come from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
        /// Password to set when registering with a code sent by SMS; understood by newer servers only.
        pub password_for_phone_pass_code: Option<Secret>,
    }
);

shorthand!(
    /// Input of `sign_up_by_email_password`; goes onto the wire as a [`SignUpDto`].
    pub struct SignUpByEmailPassword {
        /// The e-mail address, upper and lower case alike.
        pub email: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// What is known about the user.
        pub profile: Option<SignUpProfileDto>,
        /// Client address, password encryption and more.
        pub options: Option<SignUpOptionsDto>,
    }

    type Wire = SignUpDto;
);

impl From<SignUpByEmailPassword> for SignUpDto {
    fn from(it: SignUpByEmailPassword) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPasswordDto::new(SignUpName::Email(it.email), it.password))
        }
    }
}

shorthand!(
    /// Input of `sign_up_by_username_password`; goes onto the wire as a [`SignUpDto`].
    pub struct SignUpByUsernamePassword {
        /// The user name, unique in the user pool.
        pub username: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// What is known about the user.
        pub profile: Option<SignUpProfileDto>,
        /// Client address, password encryption and more.
        pub options: Option<SignUpOptionsDto>,
    }

    type Wire = SignUpDto;
);

impl From<SignUpByUsernamePassword> for SignUpDto {
    fn from(it: SignUpByUsernamePassword) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPasswordDto::new(SignUpName::Username(it.username), it.password))
        }
    }
}

shorthand!(
    /// Input of `sign_up_by_email_code`; goes onto the wire as a [`SignUpDto`].
    pub struct SignUpByEmailCode {
        /// The e-mail address, upper and lower case alike.
        pub email: String,
        /// The code that was sent on the channel for signing up.
        pub pass_code: Secret,
        /// What is known about the user.
        pub profile: Option<SignUpProfileDto>,
        /// Client address, password encryption and more.
        pub options: Option<SignUpOptionsDto>,
    }

    type Wire = SignUpDto;
);

impl From<SignUpByEmailCode> for SignUpDto {
    fn from(it: SignUpByEmailCode) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPassCodeDto::new(
                PassCodeReceiver::Email { email: it.email },
                it.pass_code,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_up_by_phone_code`; goes onto the wire as a [`SignUpDto`].
    pub struct SignUpByPhoneCode {
        /// The phone number, without the country code.
        pub phone: String,
        /// The code that was sent on the channel for signing up.
        pub pass_code: Secret,
        /// The country code of the phone, `+86` unless set.
        pub phone_country_code: Option<String>,
        /// What is known about the user.
        pub profile: Option<SignUpProfileDto>,
        /// Client address, password encryption and more.
        pub options: Option<SignUpOptionsDto>,
    }

    type Wire = SignUpDto;
);

impl From<SignUpByPhoneCode> for SignUpDto {
    fn from(it: SignUpByPhoneCode) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPassCodeDto::new(
                PassCodeReceiver::Phone {
                    phone: it.phone,
                    phone_country_code: it.phone_country_code,
                },
                it.pass_code,
            ))
        }
    }
}
