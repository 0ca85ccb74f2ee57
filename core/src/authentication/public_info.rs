//! What anybody may know: keys for encrypting passwords, countries.

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::model::language::LangObject;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "public-info";

    /// Fetches public facts about the server: encryption keys, versions and outgoing IP addresses.
    ///
    /// The RSA and SM2 keys are the ones to encrypt passwords with. The answer normally comes bare, without the usual
    /// `statusCode` envelope.
    GET_SYSTEM_INFO = get_system_info "getSystemInfo": Public,
        GET "/api/v3/system", => SystemInfoResp as either;

    /// Lists countries with their calling codes and flags.
    ///
    /// Meant for the country picker of a sign-in page or phone number field. Names come in Chinese and English only.
    GET_COUNTRY_LIST = get_country_list "getCountryList": Public,
        GET "/api/v3/get-country-list", => Vec<CountryDetailInfo>;

    /// Tells whether an application id and its secret belong together.
    ///
    /// A wrong pair is not an error of this call: look at `valid`. The operation is not in the published API
    /// description; only the vendor's Go client uses it, when it starts up.
    CHECK_APP_ID_SECRET = check_app_id_secret "checkAppIdSecret": Application,
        POST repeatable "/api/v3/check-app-id-secret", CheckAppIdSecretDto => CheckAppIdSecretDataDto;
}

/// Public facts about the server.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SystemInfoResp {
    /// RSA key for passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rsa: Option<SystmeInfoRSAConfig>,
    /// SM2 key for passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm2: Option<SystmeInfoSM2Config>,
    /// Versions of the parts of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<SystmeInfoVersion>,
    /// IP addresses of the service as seen from outside.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub public_ips: Vec<String>,
}

/// The RSA key passwords can be encrypted with.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SystmeInfoRSAConfig {
    /// Public key as SPKI in PEM, with 1024 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// The SM2 key passwords can be encrypted with.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SystmeInfoSM2Config {
    /// Public key as an uncompressed point in hexadecimal, starting with `04`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// Versions of the parts of the server.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SystmeInfoVersion {
    /// Version of the core service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Version of the administration console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// Version of the hosted sign-in page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// A country with its codes and names.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CountryDetailInfo {
    /// Two-letter code of ISO 3166-1, such as `CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha2: Option<String>,
    /// Three-letter code of ISO 3166-1, such as `CHN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha3: Option<String>,
    /// Country calling code with its plus sign, such as `+86`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
    /// Flag as an emoji.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// Name of the country in Chinese and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<LangObject>,
}

/// An application id and a secret to check against each other.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckAppIdSecretDto {
    /// Id of the application.
    pub app_id: String,
    /// Secret of the application.
    pub app_secret: Secret,
}

impl CheckAppIdSecretDto {
    /// With everything that is required.
    pub fn new(app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        Self {
            app_id: app_id.into(),
            app_secret: app_secret.into(),
        }
    }
}

/// Whether an application id and its secret belong together.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckAppIdSecretDataDto {
    /// Whether the pair is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
    /// Message that comes with the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
