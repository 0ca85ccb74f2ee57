//! Signing up.

use serde::Serialize;

use crate::dto::wire::tagged_payload;
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

/// A new account.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignUpDto {
    /// How somebody signs up. Flattened: tag and payload stand beside the other fields.
    #[serde(flatten)]
    pub credentials: SignUpCredentials,
    /// What is known about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<SignUpProfileDto>,
    /// Client address, password encryption and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<SignUpOptionsDto>,
}

impl SignUpDto {
    /// With one of the payloads, which decides the connection.
    pub fn new(credentials: impl Into<SignUpCredentials>) -> Self {
        Self {
            credentials: credentials.into(),
            profile: None,
            options: None,
        }
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<SignUpProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignUpOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

/// The name of a new account: one of the two with which a password can be given.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SignUpName {
    /// A user name, unique in the user pool.
    Username(String),
    /// An e-mail address, upper and lower case alike.
    Email(String),
}

// By hand: derived, it would take the first of two names and lose the other.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for SignUpName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, text, _) = crate::dto::wire::one_of(deserializer, &["username", "email"])?;
        Ok(match name {
            "username" => Self::Username(text),
            _ => Self::Email(text),
        })
    }
}

/// The name of a new account and its password.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignUpByPasswordDto {
    /// The name. Flattened: the service wants exactly one of `username` and `email`.
    #[serde(flatten)]
    pub name: SignUpName,
    /// The password, encrypted as `options.password_encrypt_type` says.
    pub password: Secret,
}

impl SignUpByPasswordDto {
    /// With everything that is required.
    pub fn new(name: SignUpName, password: impl Into<Secret>) -> Self {
        Self {
            name,
            password: password.into(),
        }
    }
}

/// A pass code and where it was sent.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignUpByPassCodeDto {
    /// Where the code was sent. Flattened: the service wants exactly one of `email` and `phone`.
    #[serde(flatten)]
    pub receiver: PassCodeReceiver,
    /// The code that was sent on the channel for signing up.
    pub pass_code: Secret,
}

impl SignUpByPassCodeDto {
    /// With everything that is required.
    pub fn new(receiver: PassCodeReceiver, pass_code: impl Into<Secret>) -> Self {
        Self {
            receiver,
            pass_code: pass_code.into(),
        }
    }
}

/// Profile fields of a user who registers.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignUpProfileDto {
    /// Nickname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// URL of the profile picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// Kind of device, such as `iOS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Browser, such as `Edge`.
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
    /// Free text about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Name the user prefers to be called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// URL of the user's own website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Date of birth; a plain date such as `2020-02-02` is safest, as no format is laid down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Language code, such as `EN-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Address as one text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Complete postal address, formatted for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street and house number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Town or district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State, province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// E-mail address to add; needs `email_pass_code_for_information_completion` in the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number to add; needs `phone_pass_code_for_information_completion` in the options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Values of the custom fields defined in the user pool, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
    /// Country calling code of `phone` with its plus sign; understood by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
}

impl SignUpProfileDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
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

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }
}

/// Further settings of a registration.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignUpOptionsDto {
    /// IP address of the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<String>,
    /// Code sent by `send_sms` with `CHANNEL_COMPLETE_PHONE`, needed when the profile sets `phone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_pass_code_for_information_completion: Option<Secret>,
    /// Code sent by `send_email` with `CHANNEL_COMPLETE_EMAIL`, needed when the profile sets `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_pass_code_for_information_completion: Option<Secret>,
    /// Extra values to keep in the custom fields of the user; clients that leave it out have been seen to work,
    /// although it is declared as required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<JsonObject>,
    /// How the password is encrypted before it is sent: in clear (`none`, the default), with the server's RSA key or
    /// with its SM2 key; the keys come from `get_system_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_encrypt_type: Option<PasswordEncryptType>,
    /// Password to set when registering with a code sent by SMS; understood by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_for_phone_pass_code: Option<Secret>,
}

impl SignUpOptionsDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`client_ip`](Self::client_ip).
    pub fn with_client_ip(mut self, client_ip: impl Into<String>) -> Self {
        self.client_ip = Some(client_ip.into());
        self
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

    /// Sets [`context`](Self::context).
    pub fn with_context(mut self, context: JsonObject) -> Self {
        self.context = Some(context);
        self
    }

    /// Sets [`password_encrypt_type`](Self::password_encrypt_type).
    pub fn with_password_encrypt_type(mut self, password_encrypt_type: impl Into<PasswordEncryptType>) -> Self {
        self.password_encrypt_type = Some(password_encrypt_type.into());
        self
    }

    /// Sets [`password_for_phone_pass_code`](Self::password_for_phone_pass_code).
    pub fn with_password_for_phone_pass_code(mut self, password_for_phone_pass_code: impl Into<Secret>) -> Self {
        self.password_for_phone_pass_code = Some(password_for_phone_pass_code.into());
        self
    }
}

/// Input of `sign_up_by_email_password`; goes onto the wire as a [`SignUpDto`].
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", into = "SignUpDto")]
#[non_exhaustive]
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

impl SignUpByEmailPassword {
    /// With everything that is required.
    pub fn new(email: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            email: email.into(),
            password: password.into(),
            profile: None,
            options: None,
        }
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<SignUpProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignUpOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

impl From<SignUpByEmailPassword> for SignUpDto {
    fn from(it: SignUpByEmailPassword) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPasswordDto::new(SignUpName::Email(it.email), it.password))
        }
    }
}

/// Input of `sign_up_by_username_password`; goes onto the wire as a [`SignUpDto`].
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", into = "SignUpDto")]
#[non_exhaustive]
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

impl SignUpByUsernamePassword {
    /// With everything that is required.
    pub fn new(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
            profile: None,
            options: None,
        }
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<SignUpProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignUpOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

impl From<SignUpByUsernamePassword> for SignUpDto {
    fn from(it: SignUpByUsernamePassword) -> Self {
        Self {
            profile: it.profile,
            options: it.options,
            ..Self::new(SignUpByPasswordDto::new(SignUpName::Username(it.username), it.password))
        }
    }
}

/// Input of `sign_up_by_email_code`; goes onto the wire as a [`SignUpDto`].
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", into = "SignUpDto")]
#[non_exhaustive]
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

impl SignUpByEmailCode {
    /// With everything that is required.
    pub fn new(email: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            email: email.into(),
            pass_code: pass_code.into(),
            profile: None,
            options: None,
        }
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<SignUpProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignUpOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

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

/// Input of `sign_up_by_phone_code`; goes onto the wire as a [`SignUpDto`].
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", into = "SignUpDto")]
#[non_exhaustive]
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

impl SignUpByPhoneCode {
    /// With everything that is required.
    pub fn new(phone: impl Into<String>, pass_code: impl Into<Secret>) -> Self {
        Self {
            phone: phone.into(),
            pass_code: pass_code.into(),
            phone_country_code: None,
            profile: None,
            options: None,
        }
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }

    /// Sets [`profile`](Self::profile).
    pub fn with_profile(mut self, profile: impl Into<SignUpProfileDto>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignUpOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

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
