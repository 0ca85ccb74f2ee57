//! The service's detailed codes.

macro_rules! api_codes {
    ($( $(#[$meta:meta])* $name:ident = $value:literal, )*) => {
        /// The detailed code of a failure (`apiCode`): the documented ones, and those that were seen in practice.
        ///
        /// A code alone is not always enough: the service uses some of them for several things, so look at the operation,
        /// too.
        #[derive(Debug, Clone, Copy)]
        #[non_exhaustive]
        pub enum ApiCode {
            $(
                $(#[$meta])*
                #[doc = concat!("\n\n`", stringify!($value), "`")]
                $name,
            )*
            /// A code that this version does not know.
            Other(i64),
        }

        impl ApiCode {
            /// The number.
            pub const fn as_i64(self) -> i64 {
                match self {
                    $( Self::$name => $value, )*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<i64> for ApiCode {
            fn from(value: i64) -> Self {
                match value {
                    $( $value => Self::$name, )*
                    other => Self::Other(other),
                }
            }
        }
    };
}

api_codes! {
    /// The pass code is wrong. Observed, not documented.
    PassCodeWrong = 500,
    /// The system is busy; later may help. Observed, not documented.
    SystemBusy = 1000,
    /// The caller has no permission for this operation. Observed, not documented.
    NoPermission = 1001,
    /// The account name is taken: a federated sign-in has to pick another. Observed, not documented.
    AccountNameTaken = 1108,
    /// The signature of the access key is wrong.
    SignatureWrong = 1300,
    /// The signature method is not the one the server uses.
    SignatureMethodUnknown = 1301,
    /// The signature version is not the one the server uses.
    SignatureVersionUnknown = 1302,
    /// The time of the signature has the wrong format.
    SignatureTimeMalformed = 1303,
    /// The signed request has no `date` header.
    SignatureTimeMissing = 1304,
    /// The time of the signature is too far from the server's clock.
    SignatureTimeSkewed = 1305,
    /// The signature was used before.
    SignatureReplayed = 1306,
    /// The user may not sign in to this application. Observed, not documented.
    ApplicationForbidden = 1576,
    /// The steps behind the sign-in are done and the session stands.
    FlowFinished = 1600,
    /// A second factor is needed, one that the user has bound.
    PersonalMfaNeeded = 1635,
    /// A second factor is needed, one that the application demands.
    ApplicationMfaNeeded = 1636,
    /// First sign-in: a new password must be set, the old one is not asked for.
    FirstPasswordNeeded = 1639,
    /// A federated sign-in asks to link an existing account.
    LinkExistingAccount = 1640,
    /// A federated sign-in asks to link an account, existing or new.
    LinkOrCreateAccount = 1641,
    /// The profile has to be completed.
    ProfileCompletionNeeded = 1642,
    /// The user has to unlock the account.
    SelfUnlockNeeded = 1643,
    /// The sign-in goes on at the tenant portal. Observed, not documented.
    TenantPortalNeeded = 1644,
    /// A federated sign-in links without asking. Observed, not documented.
    LinkedSilently = 1666,
    /// The steps behind the sign-in were given up; sign in again.
    FlowAborted = 1699,
    /// No photo of the face was uploaded.
    FacePhotoMissing = 1700,
    /// There is no picture to compare the face with.
    FacePictureMissing = 1701,
    /// The face check failed.
    FaceCheckFailed = 1702,
    /// A face cannot be bound: the account has neither e-mail nor phone.
    FaceNeedsEmailOrPhone = 1703,
    /// Binding a face: the phone could not be verified.
    FacePhoneCheckFailed = 1704,
    /// Binding a face: the e-mail address could not be verified.
    FaceEmailCheckFailed = 1705,
    /// A face is bound already.
    FaceAlreadyBound = 1706,
    /// The face could not be bound.
    FaceBindingFailed = 1707,
    /// The picture captcha is missing or wrong. Observed, not documented.
    CaptchaNeeded = 2000,
    /// The pass code is wrong or has expired; ask for a new one. Observed, not documented.
    PassCodeInvalid = 2001,
    /// The e-mail address is wrong. Observed, not documented.
    EmailWrong = 2003,
    /// There is no such user.
    UserNotFound = 2004,
    /// The user is locked.
    UserLocked = 2005,
    /// The password is wrong.
    PasswordWrong = 2006,
    /// There is no such application.
    ApplicationNotFound = 2011,
    /// The caller is not signed in.
    NotSignedIn = 2020,
    /// The user exists already. Observed, not documented.
    UserExists = 2026,
    /// Neither a valid phone number nor a valid e-mail address was given. Observed, not documented.
    PhoneOrEmailNeeded = 2028,
    /// The password has fewer than 6 characters. Observed, not documented.
    PasswordTooShort = 2029,
    /// The application does not allow registration.
    RegistrationForbidden = 2031,
    /// Signing up needs a password. Observed, not documented.
    PasswordNeeded = 2032,
    /// The user name is taken. Observed, not documented.
    UsernameTaken = 2034,
    /// The phone number is bound already. Observed, not documented.
    PhoneTaken = 2035,
    /// The old e-mail address is not the one on record. Observed, not documented.
    OldEmailWrong = 2037,
    /// The old phone number is not the one on record. Observed, not documented.
    OldPhoneWrong = 2038,
    /// The domain of the application is taken.
    ApplicationDomainTaken = 2039,
    /// The domain of the user pool is taken.
    UserPoolDomainTaken = 2040,
    /// A new password must be set, and the old one is asked for.
    PasswordResetNeeded = 2058,
    /// The new password is the old one. Observed, not documented.
    PasswordUnchanged = 2059,
    /// The password is not safe: a hint. Observed, not documented.
    PasswordUnsafe = 2061,
    /// The password is not safe and must be changed. Observed, not documented.
    PasswordUnsafeResetNeeded = 2071,
    /// A code went to this e-mail address within the last minute. Observed, not documented.
    EmailCodeSentRecently = 2080,
    /// There are too many registrations; later may help. Observed, not documented.
    TooManyRegistrations = 2100,
    /// The e-mail address is bound already. Observed, not documented.
    EmailTaken = 2200,
    /// The old password is wrong. Observed, not documented.
    OldPasswordWrong = 2203,
    /// The e-mail address is malformed. Observed, not documented.
    EmailMalformed = 2204,
    /// The session has expired. Observed, not documented.
    SessionExpired = 2206,
    /// The session is not valid. Observed, not documented.
    SessionInvalid = 2207,
    /// There is no such user pool.
    UserPoolNotFound = 2224,
    /// The new e-mail address is the old one. Observed, not documented.
    EmailUnchanged = 2229,
    /// The new phone number is the old one. Observed, not documented.
    PhoneUnchanged = 2230,
    /// The pass code has expired. Observed, not documented.
    PassCodeExpired = 2300,
    /// The account or the password is wrong.
    CredentialsWrong = 2333,
    /// Active Directory: the user could not be checked. Observed, not documented.
    AdCheckFailed = 2334,
    /// Active Directory: the account or the password is wrong. Observed, not documented.
    AdCredentialsWrong = 2338,
    /// Active Directory: a restriction of the account forbids signing in. Observed, not documented.
    AdAccountRestricted = 2339,
    /// Active Directory: signing in is not allowed at this hour. Observed, not documented.
    AdHoursForbidden = 2340,
    /// Active Directory: signing in is not allowed from this workstation. Observed, not documented.
    AdWorkstationForbidden = 2341,
    /// Active Directory: the password has expired. Observed, not documented.
    AdPasswordExpired = 2342,
    /// Active Directory: the account is disabled or locked. Observed, not documented.
    AdAccountDisabled = 2343,
    /// Active Directory: the account has expired. Observed, not documented.
    AdAccountExpired = 2344,
    /// Active Directory: the password is refused and must be changed. Observed, not documented.
    AdPasswordRefused = 2345,
    /// Active Directory: the account is locked until it is unlocked. Observed, not documented.
    AdAccountLocked = 2346,
    /// Active Directory: the entry is not a leaf. Observed, not documented.
    AdNotLeaf = 2347,
    /// The user has to choose one of several accounts. Observed, not documented.
    AccountChoiceNeeded = 2921,
    /// The e-mail could not be sent. Observed, not documented.
    EmailNotSent = 3103,
    /// A code went to this phone number within the last minute. Reading a post answers it for an unknown code, too. Observed, not documented.
    SmsCodeSentRecently = 4004,
    /// Metering or billing failed.
    BillingFailed = 4021,
    /// The one-time password is wrong.
    TotpWrong = 6001,
    /// The recovery code is wrong.
    RecoveryCodeWrong = 6002,
    /// The one-time password is missing.
    TotpMissing = 6003,
    /// The recovery code is missing.
    RecoveryCodeMissing = 6004,
    /// The phone number cannot be unbound: there is no other way to sign in. Observed, not documented.
    LastSignInPhone = 1_320_005,
    /// The e-mail address cannot be unbound: there is no other way to sign in. Observed, not documented.
    LastSignInEmail = 1_320_009,
    /// The user is disabled or not a member of this tenant.
    TenantUserDisabled = 2_120_008,
    /// The user may not sign in to this tenant.
    TenantForbidden = 2_130_010,
    /// The LDAP link is not valid.
    LdapLinkInvalid = 2_820_002,
}

/// Two codes are the same when their numbers are.
impl PartialEq for ApiCode {
    fn eq(&self, other: &Self) -> bool {
        self.as_i64() == other.as_i64()
    }
}

impl Eq for ApiCode {}

impl std::hash::Hash for ApiCode {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_i64().hash(state);
    }
}

impl ApiCode {
    /// Whether it announces a step that the user has to take, the credentials being right: a second factor, a new
    /// password, completing the profile, linking or choosing an account.
    pub fn is_next_step(self) -> bool {
        matches!(
            self,
            Self::FlowFinished
                | Self::PersonalMfaNeeded
                | Self::ApplicationMfaNeeded
                | Self::FirstPasswordNeeded
                | Self::LinkExistingAccount
                | Self::LinkOrCreateAccount
                | Self::ProfileCompletionNeeded
                | Self::SelfUnlockNeeded
                | Self::TenantPortalNeeded
                | Self::FlowAborted
                | Self::PasswordResetNeeded
                | Self::PasswordUnsafeResetNeeded
                | Self::AccountChoiceNeeded
        )
    }
}
