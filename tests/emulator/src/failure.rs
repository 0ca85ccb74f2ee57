//! What a handler answers, and the business failures with their documented or observed codes.

use std::borrow::Cow;
use std::fmt;

use axum::http::Response;
use serde_json::Value;

/// What a handler has to say when all went well.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The envelope with `data`.
    Data(Value),
    /// The envelope without `data`.
    Done,
    /// JSON without the envelope.
    Bare(Value),
    /// A document that is not JSON.
    Document {
        content_type: Cow<'static, str>,
        body: Vec<u8>,
    },
    /// A redirection of the browser.
    Redirect(String),
    /// A whole answer.
    Http(Box<Response<Vec<u8>>>),
    /// What takes its time, to be done when nobody else has to wait for it.
    Later(Later),
}

/// Work that is done on another thread, without the state.
pub(crate) struct Later(pub(crate) Box<dyn FnOnce() -> Answer + Send>);

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}

impl Reply {
    /// `{"success": true}` in the envelope.
    pub(crate) fn success() -> Self {
        Self::Data(serde_json::json!({ "success": true }))
    }
}

/// The outcome of a handler.
pub(crate) type Answer = Result<Reply, Failure>;

/// A business failure: HTTP 200, with these values in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status_code: u16,
    pub(crate) api_code: Option<u32>,
    pub(crate) message: Cow<'static, str>,
    /// What the next step needs.
    pub(crate) data: Option<Value>,
}

impl Failure {
    pub(crate) fn new(status_code: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status_code,
            api_code: None,
            message: message.into(),
            data: None,
        }
    }

    const fn coded(status_code: u16, api_code: u32, message: &'static str) -> Self {
        Self {
            status_code,
            api_code: Some(api_code),
            message: Cow::Borrowed(message),
            data: None,
        }
    }

    pub(crate) fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// A request parameter is malformed or missing.
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, message)
    }

    /// The caller may not do this.
    pub(crate) fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, message)
    }

    /// The thing that the request names does not exist.
    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(404, message)
    }

    /// The request is well-formed and breaks a business rule.
    pub(crate) fn refused(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(422, message)
    }

    /// The emulator itself is at fault.
    pub(crate) fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(500, message)
    }

    pub(crate) fn client_authentication() -> Self {
        Self::forbidden("client authentication failed")
    }
}

/// The failures that carry an `apiCode`.
pub(crate) mod coded {
    use super::Failure;

    pub(crate) const SIGNATURE_WRONG: Failure = Failure::coded(403, 1300, "The signature is wrong");
    pub(crate) const SIGNATURE_METHOD_UNKNOWN: Failure =
        Failure::coded(400, 1301, "The method of the signature is unknown");
    pub(crate) const SIGNATURE_VERSION_UNKNOWN: Failure =
        Failure::coded(400, 1302, "The version of the signature is unknown");
    pub(crate) const SIGNATURE_DATE_MALFORMED: Failure = Failure::coded(
        400,
        1303,
        "The time of the signature should be a Unix timestamp in milliseconds",
    );
    pub(crate) const SIGNATURE_DATE_MISSING: Failure = Failure::coded(400, 1304, "The signature needs the header date");
    pub(crate) const SIGNATURE_DATE_FAR: Failure = Failure::coded(
        403,
        1305,
        "The time of the signature is too far from the time of the server",
    );
    pub(crate) const SIGNATURE_USED: Failure = Failure::coded(403, 1306, "The signature has been used already");
    pub(crate) const OWN_FACTOR_NEEDED: Failure =
        Failure::coded(403, 1635, "The second factor that the user has enrolled is needed");
    pub(crate) const FACTOR_NEEDED: Failure = Failure::coded(403, 1636, "The application needs a second factor");
    pub(crate) const FIRST_PASSWORD: Failure =
        Failure::coded(403, 1639, "A new password has to be set at the first sign-in");
    pub(crate) const FACE_PHOTO_MISSING: Failure = Failure::coded(400, 1700, "No picture of the face was sent");
    pub(crate) const FACE_NEEDS_CONTACT: Failure = Failure::coded(
        422,
        1703,
        "A face can be bound only to an account with an e-mail address or a phone number",
    );
    pub(crate) const FACE_BOUND: Failure = Failure::coded(409, 1706, "A face is bound already");
    pub(crate) const CAPTCHA_WRONG: Failure = Failure::coded(400, 2000, "The picture code is missing or wrong");
    pub(crate) const CODE_WRONG: Failure = Failure::coded(400, 2001, "The pass code is wrong or no longer valid");
    pub(crate) const USER_NOT_FOUND: Failure = Failure::coded(404, 2004, "The user does not exist");
    pub(crate) const USER_LOCKED: Failure = Failure::coded(403, 2005, "The user is locked");
    pub(crate) const PASSWORD_WRONG: Failure = Failure::coded(403, 2006, "The password is wrong");
    pub(crate) const UNKNOWN_APP: Failure = Failure::coded(404, 2011, "The application does not exist");
    pub(crate) const NOT_SIGNED_IN: Failure = Failure::coded(401, 2020, "Not signed in, the request is refused");
    pub(crate) const USER_EXISTS: Failure = Failure::coded(409, 2026, "The user exists already");
    pub(crate) const CONTACT_MISSING: Failure =
        Failure::coded(400, 2028, "Give a valid phone number or e-mail address");
    pub(crate) const PASSWORD_TOO_SHORT: Failure =
        Failure::coded(400, 2029, "The password must have at least 6 characters");
    pub(crate) const REGISTRATION_OFF: Failure =
        Failure::coded(403, 2031, "The application does not allow registration");
    pub(crate) const USERNAME_TAKEN: Failure = Failure::coded(409, 2034, "The user name is taken");
    pub(crate) const PHONE_BOUND: Failure = Failure::coded(409, 2035, "The phone number is bound already");
    pub(crate) const OLD_EMAIL_DIFFERS: Failure =
        Failure::coded(400, 2037, "The old e-mail address is not the bound one");
    pub(crate) const OLD_PHONE_DIFFERS: Failure =
        Failure::coded(400, 2038, "The old phone number is not the bound one");
    pub(crate) const SAME_PASSWORD: Failure = Failure::coded(400, 2059, "The new password equals the old one");
    pub(crate) const PASSWORD_TOO_PLAIN: Failure =
        Failure::coded(400, 2061, "The password needs more kinds of characters");
    pub(crate) const EMAIL_TOO_SOON: Failure = Failure::coded(
        422,
        2080,
        "A code was sent to this e-mail address less than a minute ago",
    );
    pub(crate) const EMAIL_BOUND: Failure = Failure::coded(409, 2200, "The e-mail address is bound already");
    pub(crate) const OLD_PASSWORD_WRONG: Failure = Failure::coded(403, 2203, "The old password is wrong");
    pub(crate) const EMAIL_MALFORMED: Failure = Failure::coded(400, 2204, "The e-mail address is malformed");
    pub(crate) const UNKNOWN_USER_POOL: Failure = Failure::coded(404, 2224, "The user pool does not exist");
    pub(crate) const SAME_EMAIL: Failure = Failure::coded(400, 2229, "The new e-mail address equals the old one");
    pub(crate) const SAME_PHONE: Failure = Failure::coded(400, 2230, "The new phone number equals the old one");
    pub(crate) const CODE_EXPIRED: Failure = Failure::coded(400, 2300, "The pass code has expired");
    pub(crate) const LDAP_REFUSED: Failure = Failure::coded(403, 2333, "The account or the password is wrong");
    pub(crate) const AD_REFUSED: Failure = Failure::coded(403, 2338, "The AD account or the password is wrong");
    pub(crate) const PHONE_TOO_SOON: Failure =
        Failure::coded(422, 4004, "A code was sent to this phone number less than a minute ago");
    pub(crate) const TOTP_WRONG: Failure = Failure::coded(400, 6001, "The one-time password is wrong");
    pub(crate) const TOTP_MISSING: Failure = Failure::coded(400, 6003, "The one-time password is missing");
    pub(crate) const LAST_SIGN_IN_PHONE: Failure = Failure::coded(
        422,
        1_320_005,
        "The phone number is the only way to sign in and stays bound",
    );
    pub(crate) const LAST_SIGN_IN_EMAIL: Failure = Failure::coded(
        422,
        1_320_009,
        "The e-mail address is the only way to sign in and stays bound",
    );
}
