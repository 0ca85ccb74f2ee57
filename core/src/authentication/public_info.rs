//! What anybody may know: keys for encrypting passwords, countries.

use crate::dto::answer;
use crate::dto::input;

use crate::Secret;
use crate::model::language::LangObject;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "public-info";

    /// Fetches public facts about the server: encryption keys, versions and outgoing IP addresses.
    ///
    /// The RSA and SM2 keys are the ones to encrypt passwords with. The answer normally comes bare, without the usual
    /// `statusCode` envelope.
    GET_SYSTEM_INFO = get_system_info "getSystemInfo": None,
        GET "/api/v3/system", => SystemInfoResp as either;

    /// Lists countries with their calling codes and flags.
    ///
    /// Meant for the country picker of a sign-in page or phone number field. Names come in Chinese and English only.
    GET_COUNTRY_LIST = get_country_list "getCountryList": None,
        GET "/api/v3/get-country-list", => Vec<CountryDetailInfo>;

    /// Tells whether an application id and its secret belong together.
    ///
    /// A wrong pair is not an error of this call: look at `valid`. The operation is not in the published API
    /// description; only the vendor's Go client uses it, when it starts up.
    CHECK_APP_ID_SECRET = check_app_id_secret "checkAppIdSecret": Application,
        POST repeatable "/api/v3/check-app-id-secret", CheckAppIdSecretDto => CheckAppIdSecretDataDto;
}

answer!(
    /// Public facts about the server.
    pub struct SystemInfoResp {
        /// RSA key for passwords.
        pub rsa: Option<SystmeInfoRSAConfig>,
        /// SM2 key for passwords.
        pub sm2: Option<SystmeInfoSM2Config>,
        /// Versions of the parts of the server.
        pub version: Option<SystmeInfoVersion>,
        /// IP addresses of the service as seen from outside.
        pub public_ips: Vec<String>,
    }
);

answer!(
    /// The RSA key passwords can be encrypted with.
    pub struct SystmeInfoRSAConfig {
        /// Public key as SPKI in PEM, with 1024 bits.
        pub public_key: Option<String>,
    }
);

answer!(
    /// The SM2 key passwords can be encrypted with.
    pub struct SystmeInfoSM2Config {
        /// Public key as an uncompressed point in hexadecimal, starting with `04`.
        pub public_key: Option<String>,
    }
);

answer!(
    /// Versions of the parts of the server.
    pub struct SystmeInfoVersion {
        /// Version of the core service.
        pub server: Option<String>,
        /// Version of the administration console.
        pub console: Option<String>,
        /// Version of the hosted sign-in page.
        pub login: Option<String>,
    }
);

answer!(
    /// A country with its codes and names.
    pub struct CountryDetailInfo {
        /// Two-letter code of ISO 3166-1, such as `CN`.
        pub alpha2: Option<String>,
        /// Three-letter code of ISO 3166-1, such as `CHN`.
        pub alpha3: Option<String>,
        /// Country calling code with its plus sign, such as `+86`.
        pub phone_country_code: Option<String>,
        /// Flag as an emoji.
        pub flag: Option<String>,
        /// Name of the country in Chinese and English.
        pub name: Option<LangObject>,
    }
);

input!(
    /// An application id and a secret to check against each other.
    pub struct CheckAppIdSecretDto {
        /// Id of the application.
        pub app_id: String,
        /// Secret of the application.
        pub app_secret: Secret,
    }
);

answer!(
    /// Whether an application id and its secret belong together.
    pub struct CheckAppIdSecretDataDto {
        /// Whether the pair is right.
        pub valid: Option<bool>,
        /// Message that comes with the result.
        pub message: Option<String>,
    }
);
