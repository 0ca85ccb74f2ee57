//! Multi-factor authentication: enrolling, checking and removing factors.

use crate::dto::answer;
use crate::dto::input;
use crate::dto::record;
use serde_json::Value;

use crate::Secret;
use crate::dto::open_enum;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "mfa";

    /// Tells whether an MFA token is still good, and whose it is.
    ///
    /// The token goes out form-encoded and the answer has no `statusCode` envelope. For a token that is not good,
    /// everything but `active` is missing.
    VERIFY_MFA_TOKEN = verify_mfa_token "verifyMfaToken": Application,
        POST repeatable form "/mfa/token/introspection", MfaTokenIntrospectEndpointParams => MfaTokenIntrospectResponse as bare;

    /// Starts setting up an MFA factor for the signed-in user.
    ///
    /// For `SMS` and `EMAIL` the server sends the pass code itself, at most once per minute to each number or address;
    /// for `OTP` it answers the QR code and the recovery code. Finish with `enroll_factor` within one minute, the
    /// lifetime of the `enrollment_token`.
    SEND_ENROLL_FACTOR_REQUEST = send_enroll_factor_request "sendEnrollFactorRequest": User,
        POST "/api/v3/send-enroll-factor-request", SendEnrollFactorRequestDto => SendEnrollFactorRequestDataDto;

    /// Finishes setting up an MFA factor for the signed-in user.
    ///
    /// Needs the `enrollment_token` of `send_enroll_factor_request`, at most one minute old, and the proof that fits
    /// the factor. Codes 1700 to 1707 report problems with a face: 1703 when the account has neither e-mail address
    /// nor phone number, 1706 when a face is already bound.
    ENROLL_FACTOR = enroll_factor "enrollFactor": User,
        POST "/api/v3/enroll-factor", EnrollFactorDto => ();

    /// Removes an MFA factor from the signed-in user.
    ///
    /// Take the id from `list_enrolled_factors`. To use the factor again, set it up anew with
    /// `send_enroll_factor_request`.
    RESET_FACTOR = reset_factor "resetFactor": User,
        POST "/api/v3/reset-factor", ResetFactorDto => ();

    /// Lists the MFA factors the signed-in user has set up.
    ///
    /// Factors that are available but not set up yet are answered by `list_factors_to_enroll`.
    LIST_ENROLLED_FACTORS = list_enrolled_factors "listEnrolledFactors": User,
        GET "/api/v3/list-enrolled-factors", => Vec<FactorDto>;

    /// Fetches one MFA factor of the signed-in user.
    ///
    /// Take the id from `list_enrolled_factors`.
    GET_FACTOR = get_factor "getFactor": User,
        GET "/api/v3/get-factor", GetFactorDto => FactorDto;

    /// Lists the MFA factors that are enabled but not yet set up by the signed-in user.
    ///
    /// Set one up with `send_enroll_factor_request`.
    LIST_FACTORS_TO_ENROLL = list_factors_to_enroll "listFactorsToEnroll": User,
        GET "/api/v3/list-factors-to-enroll", => Vec<FactorToEnrollDto>;

    /// Checks a one-time password of the signed-in user's authenticator app.
    ///
    /// The user must have set up the `OTP` factor. Look at `verified` even when the call succeeds. Fails with 6001
    /// when the one-time password is wrong and with 6003 when it is missing.
    MFA_OTP_VERIFY = mfa_otp_verify "mfaOtpVerify": User,
        POST "/api/v3/mfa-totp-verify", MfaOtpVerifyDto => OtpVerifyRespDto;
}

open_enum! {
    /// Kind of MFA factor.
    pub enum FactorType {
        /// One-time passwords of an authenticator app.
        Otp = "OTP",
        /// Pass codes sent by SMS.
        Sms = "SMS",
        /// Pass codes sent by e-mail.
        Email = "EMAIL",
        /// Face recognition.
        Face = "FACE",
    }
}

input!(
    /// An MFA token to look into.
    pub struct MfaTokenIntrospectEndpointParams {
        /// The MFA token.
        pub token: Secret,
    }
);

answer!(
    /// What the server knows about an MFA token.
    pub struct MfaTokenIntrospectResponse {
        /// Whether the token is good.
        pub active: Option<bool>,
        /// Id of the user pool the token was issued by; only for a good token.
        pub user_pool_id: Option<String>,
        /// Id of the user the token belongs to; only for a good token.
        pub user_id: Option<String>,
        /// When the token expires, in seconds since 1970; only for a good token.
        pub exp: Option<i64>,
        /// When the token was issued, in seconds since 1970; only for a good token.
        pub iat: Option<i64>,
    }
);

record!(
    /// The start of the enrolment of a factor. Each factor has a constructor of its own, so that only valid pairs can be built.
    pub struct SendEnrollFactorRequestDto {
        factor_type: FactorType,
        profile: Option<FactorProfile>,
    }
);

impl SendEnrollFactorRequestDto {
    /// An authenticator app. The answer holds what it has to scan.
    pub fn otp() -> Self {
        Self {
            factor_type: FactorType::Otp,
            profile: None,
        }
    }

    /// A phone number, to which a code is sent. The country code is `+86` unless another is given.
    pub fn sms(phone_number: impl Into<String>, phone_country_code: Option<&str>) -> Self {
        let profile = FactorProfile {
            phone_number: Some(phone_number.into()),
            phone_country_code: phone_country_code.map(str::to_owned),
            email: None,
        };
        Self {
            factor_type: FactorType::Sms,
            profile: Some(profile),
        }
    }

    /// An e-mail address, to which a code is sent.
    pub fn email(email: impl Into<String>) -> Self {
        let profile = FactorProfile {
            phone_number: None,
            phone_country_code: None,
            email: Some(email.into()),
        };
        Self {
            factor_type: FactorType::Email,
            profile: Some(profile),
        }
    }

    /// A face.
    pub fn face() -> Self {
        Self {
            factor_type: FactorType::Face,
            profile: None,
        }
    }
}

record!(
    struct FactorProfile {
        phone_number: Option<String>,
        phone_country_code: Option<String>,
        email: Option<String>,
    }
);

answer!(
    /// Answer to the start of setting up an MFA factor.
    pub struct SendEnrollFactorRequestDataDto {
        /// Token for `enroll_factor`, valid for one minute.
        pub enrollment_token: Option<Secret>,
        /// Data for the authenticator app; only for `OTP`.
        pub otp_data: Option<SendEnrollFactorRequestOtpDataDto>,
    }
);

answer!(
    /// What an authenticator app needs to produce one-time passwords.
    pub struct SendEnrollFactorRequestOtpDataDto {
        /// The secret as an `otpauth:` URI, with SHA-1, 6 digits and 30 seconds.
        pub qr_code_uri: Option<Secret>,
        /// The same as a QR code, in a PNG `data:` URL ready to show.
        pub qr_code_data_url: Option<Secret>,
        /// Code to use in place of the authenticator app when it is lost; the user has to keep it.
        pub recovery_code: Option<Secret>,
    }
);

record!(
    /// What completes the enrolment of a factor. Each factor has a constructor of its own, so that only valid pairs can be built.
    pub struct EnrollFactorDto {
        factor_type: FactorType,
        enrollment_token: Secret,
        enrollment_data: EnrollFactorEnrollmentDataDto,
    }
);

impl EnrollFactorDto {
    /// An authenticator app, with the code that it shows.
    pub fn otp(enrollment_token: impl Into<Secret>, code: impl Into<Secret>) -> Self {
        Self::by_code(FactorType::Otp, enrollment_token.into(), code.into())
    }

    /// A phone number, with the code that `send_enroll_factor_request` sent to it.
    pub fn sms(enrollment_token: impl Into<Secret>, code: impl Into<Secret>) -> Self {
        Self::by_code(FactorType::Sms, enrollment_token.into(), code.into())
    }

    /// An e-mail address, with the code that `send_enroll_factor_request` sent to it.
    pub fn email(enrollment_token: impl Into<Secret>, code: impl Into<Secret>) -> Self {
        Self::by_code(FactorType::Email, enrollment_token.into(), code.into())
    }

    /// A face, with the link of its photo. `is_external` says that the photo was not uploaded to the service.
    pub fn face(enrollment_token: impl Into<Secret>, photo: impl Into<String>, is_external: bool) -> Self {
        Self {
            factor_type: FactorType::Face,
            enrollment_token: enrollment_token.into(),
            enrollment_data: EnrollFactorEnrollmentDataDto {
                pass_code: None,
                photo: Some(photo.into()),
                is_external_photo: Some(is_external),
            },
        }
    }

    fn by_code(factor_type: FactorType, enrollment_token: Secret, code: Secret) -> Self {
        let enrollment_data = EnrollFactorEnrollmentDataDto {
            pass_code: Some(code),
            photo: None,
            is_external_photo: None,
        };
        Self {
            factor_type,
            enrollment_token,
            enrollment_data,
        }
    }
}

record!(
    struct EnrollFactorEnrollmentDataDto {
        pass_code: Option<Secret>,
        photo: Option<String>,
        is_external_photo: Option<bool>,
    }
);

input!(
    /// The MFA factor to remove.
    pub struct ResetFactorDto {
        /// Id of the factor, from `list_enrolled_factors`.
        pub factor_id: String,
    }
);

answer!(
    /// An MFA factor a user has set up.
    pub struct FactorDto {
        /// Id of the factor.
        pub factor_id: Option<String>,
        /// Kind of factor.
        pub factor_type: Option<FactorType>,
        /// What belongs to the factor, such as `phoneNumber` and `phoneCountryCode` for `SMS`.
        pub profile: Option<Value>,
    }
);

input!(
    /// Input of `get_factor`.
    pub struct GetFactorDto {
        /// Id of the factor.
        pub factor_id: String,
    }
);

answer!(
    /// An MFA factor a user can set up.
    pub struct FactorToEnrollDto {
        /// Kind of factor.
        pub factor_type: Option<FactorType>,
    }
);

input!(
    /// A one-time password to check.
    #[doc(alias = "MfaOtpVerityDto")]
    pub struct MfaOtpVerifyDto {
        /// One-time password now shown by the authenticator app, 6 digits.
        pub totp: Secret,
    }
);

answer!(
    /// Result of checking a one-time password.
    #[doc(alias = "OtpVerityRespDto")]
    pub struct OtpVerifyRespDto {
        /// Whether the one-time password was right.
        pub verified: Option<bool>,
    }
);
