//! OpenID Connect: tokens for a code, a refresh token or credentials, what a token is worth, who the user is, and the
//! service's own description. The URL that starts a sign-in in the browser is [`App::authorize_url`]; the whole sign-in is
//! `protocol::flow`.

use std::time::Duration;

use serde_json::Value;

use crate::JsonObject;
use crate::app::access::Anyone;
use crate::authentication::sign_in::ResponseType;
use crate::dto::macros::{fields, written};
use crate::dto::{answer, input, open_enum, record, shorthand};
use crate::error::RequestError;
use crate::model::user::Gender;
use crate::operation::table::operations;
use crate::protocol::claim::{Claim, claims};
use crate::protocol::token_parameters::add_token_parameter;
use crate::{App, Error, Operation, Secret, Verb};

operations! {
    AuthenticationClient, "oidc";

    /// Trades a code, a refresh token or credentials for tokens: the raw token endpoint, with every grant.
    ///
    /// Nothing that comes back is checked. To sign a user in through the browser, use `protocol::flow`, which
    /// checks state, nonce and ID token. A wrong or used code or refresh token fails with `invalid_grant`, a client that
    /// proves itself in another way than the console says with `invalid_client`.
    EXCHANGE_TOKEN = exchange_token "exchangeToken": Client,
        POST form "/oidc/token", TokenEndPointParams => OidcTokenResponse as bare;

    /// Trades the code of a browser sign-in for tokens, without checking anything.
    ///
    /// Use `protocol::flow` instead where you can: it checks state, nonce and ID token. A code lives ten
    /// minutes and can be used once; afterwards it fails with `invalid_grant`.
    GET_ACCESS_TOKEN_BY_CODE = get_access_token_by_code "getAccessTokenByCode": Client,
        POST form "/oidc/token", GetAccessTokenByCode => OidcTokenResponse as bare;

    /// Trades a refresh token for a new access token.
    ///
    /// Mostly a new refresh token comes along and the old one is void; where none comes, the old one stays good. A
    /// [`TokenSet`](crate::protocol::token_set::TokenSet) takes care of both. A refresh token that is used up or revoked
    /// fails with `invalid_grant`: the user has to sign in again.
    GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN = get_new_access_token_by_refresh_token "getNewAccessTokenByRefreshToken": Client,
        POST form "/oidc/token", GetNewAccessTokenByRefreshToken => OidcTokenResponse as bare;

    /// Gets an access token for a machine: a programmatic account with its own key and secret.
    ///
    /// Only these two are sent, in the body, never the application's own.
    GET_ACCESS_TOKEN_BY_CLIENT_CREDENTIALS = get_access_token_by_client_credentials "getAccessTokenByClientCredentials": Client,
        POST form "/oidc/token", GetAccessTokenByClientCredentials => OidcTokenResponse as bare;

    /// Asks what an access token or refresh token is worth.
    ///
    /// For a token that is not valid (any more), or that belongs to another application, the answer says no more than that
    /// it is not active. ID tokens cannot be asked about.
    INTROSPECT_TOKEN = introspect_token "introspectToken": IntrospectionClient,
        POST form repeatable "/oidc/token/introspection", TokenIntrospectEndpointParams => TokenIntrospectResponse as bare;

    /// Revokes an access token or refresh token.
    ///
    /// A token that is not valid (any more) is revoked just as well: the service does not tell the difference.
    REVOKE_TOKEN = revoke_token "revokeToken": RevocationClient,
        POST form repeatable "/oidc/token/revocation", TokenRevocationEndpointParams => () as empty;

    /// Gets the claims of the signed-in user, as far as the token's scope goes.
    USER_INFO = user_info "userInfo": User,
        GET "/oidc/me", => OidcUserInfo as bare;

    /// Gets the claims of the signed-in user, as far as the token's scope goes; the same as `user_info` with another verb.
    USER_INFO_POST = user_info_post "userInfoPost": User,
        POST form repeatable "/oidc/me", => OidcUserInfo as bare;

    /// Gets the claims of the user whose access token this is: for a server that is handed the tokens of many users.
    ///
    /// The token travels in the authorization header, never in the URL.
    GET_USER_INFO_BY_ACCESS_TOKEN = get_user_info_by_access_token "getUserInfoByAccessToken": Input,
        GET "/oidc/me", GetUserInfoByAccessToken => OidcUserInfo as bare;

    /// Gets the service's description of itself: endpoints, scopes, algorithms.
    ///
    /// It does not say which algorithm signs this application's ID tokens: HS256 with the application's secret is the
    /// default, whatever is listed.
    OPENID_CONFIGURATION = openid_configuration "openidConfiguration": None,
        GET "/oidc/.well-known/openid-configuration", => OidcDiscoveryMetadata as bare;

    /// Gets the public keys that tokens are signed with.
    JWKS = fetch_jwks "jwks": None,
        GET "/oidc/.well-known/jwks.json", => JwksResponse as bare;

    /// Gets the public keys that the tokens of one application are signed with.
    JWKS_OF_APP = fetch_jwks_of_app "jwksOfApp": None,
        GET "/{appId}/oidc/.well-known/jwks.json", JwksOfAppDto => JwksResponse as bare;

    /// Asks the older endpoint for the claims of an access token or ID token.
    ///
    /// The token travels in the URL, where proxies and logs see it. A bad token fails with 400.
    #[deprecated = "use `introspect_token`, or verify the token here with `protocol::verify`"]
    VALIDATE_TOKEN = validate_token "validateToken": None,
        GET "/api/v2/oidc/validate_token", ValidateTokenDto => ValidateTokenRespDto as bare;

    /// Checks the format of a key for encrypting ID tokens.
    ///
    /// Made for the service's console; what goes in and out is not documented.
    #[deprecated = "made for the service's console, and not documented"]
    VALIDATE_PEM_KEY = validate_pem_key "validatePEMKey": Application,
        POST "/api/v2/oidc/validate_pem_key", JsonObject => Value as either;
}

open_enum! {
    /// What is traded for tokens.
    pub enum GrantType {
        /// The code of a sign-in in the browser.
        AuthorizationCode = "authorization_code",
        /// A refresh token.
        RefreshToken = "refresh_token",
        /// The credentials of a programmatic account.
        ClientCredentials = "client_credentials",
        /// A user's name and password. The service's documentation advises against it.
        Password = "password",
        /// A token of the older API. The service's documentation advises against it.
        AuthingToken = "http://authing.cn/oidc/grant_type/authing_token",
        /// The same, as newer deployments spell it.
        GenauthToken = "http://genauth.ai/oidc/grant_type/genauth_token",
    }
}

record!(
    /// Input of the token endpoints. The constructors set what each grant needs.
    pub struct TokenEndPointParams {
        /// What is traded for tokens.
        #[wire = "grant_type"]
        pub grant_type: GrantType,
        /// The code; for [`AuthorizationCode`](GrantType::AuthorizationCode).
        pub code: Option<Secret>,
        /// The same call-back URL as in the authorise request; for [`AuthorizationCode`](GrantType::AuthorizationCode).
        #[wire = "redirect_uri"]
        pub redirect_uri: Option<String>,
        /// The PKCE verifier whose challenge was in the authorise request; for
        /// [`AuthorizationCode`](GrantType::AuthorizationCode).
        #[wire = "code_verifier"]
        pub code_verifier: Option<Secret>,
        /// The refresh token; for [`RefreshToken`](GrantType::RefreshToken).
        #[wire = "refresh_token"]
        pub refresh_token: Option<Secret>,
        /// Scopes, separated by blanks. Needed for [`ClientCredentials`](GrantType::ClientCredentials).
        pub scope: Option<String>,
        /// The user's name; for [`Password`](GrantType::Password).
        pub username: Option<String>,
        /// The user's password; for [`Password`](GrantType::Password).
        pub password: Option<Secret>,
        /// The token of the older API; for [`AuthingToken`](GrantType::AuthingToken).
        pub token: Option<Secret>,
        /// Who asks. Left empty, the [`App`] proves itself as it is configured; for
        /// [`ClientCredentials`](GrantType::ClientCredentials) it is the programmatic account's key.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// The secret that belongs to [`client_id`](Self::client_id).
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
        /// Further parameters, such as `resource` (RFC 8707); they stand beside the rest in the form.
        #[wire = "*"]
        pub other: JsonObject,
    }
);

impl TokenEndPointParams {
    /// With a grant and nothing else: for grants that have no constructor of their own here.
    pub fn new(grant_type: impl Into<GrantType>) -> Self {
        Self {
            grant_type: grant_type.into(),
            code: None,
            redirect_uri: None,
            code_verifier: None,
            refresh_token: None,
            scope: None,
            username: None,
            password: None,
            token: None,
            client_id: None,
            client_secret: None,
            other: JsonObject::new(),
        }
    }

    /// A code for tokens. With PKCE, add [`code_verifier`](Self::code_verifier()).
    pub fn authorization_code(code: impl Into<Secret>, redirect_uri: impl Into<String>) -> Self {
        Self {
            code: Some(code.into()),
            redirect_uri: Some(redirect_uri.into()),
            ..Self::new(GrantType::AuthorizationCode)
        }
    }

    /// A refresh token for new tokens.
    pub fn refresh_token(refresh_token: impl Into<Secret>) -> Self {
        Self {
            refresh_token: Some(refresh_token.into()),
            ..Self::new(GrantType::RefreshToken)
        }
    }

    /// The key and secret of a programmatic account for an access token.
    pub fn client_credentials(
        access_key: impl Into<String>,
        access_secret: impl Into<Secret>,
        scope: impl Into<String>,
    ) -> Self {
        Self {
            client_id: Some(access_key.into()),
            client_secret: Some(access_secret.into()),
            scope: Some(scope.into()),
            ..Self::new(GrantType::ClientCredentials)
        }
    }

    /// A user's name and password for tokens.
    pub fn password(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            username: Some(username.into()),
            password: Some(password.into()),
            ..Self::new(GrantType::Password)
        }
    }

    /// A token of the older API for tokens of this one.
    pub fn authing_token(token: impl Into<Secret>) -> Self {
        Self {
            token: Some(token.into()),
            ..Self::new(GrantType::AuthingToken)
        }
    }

    /// Sets [`code_verifier`](Self::code_verifier).
    pub fn code_verifier(mut self, code_verifier: impl Into<Secret>) -> Self {
        self.code_verifier = Some(code_verifier.into());
        self
    }

    /// Sets [`scope`](Self::scope).
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets [`client_id`](Self::client_id) and [`client_secret`](Self::client_secret).
    pub fn client(mut self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.client_id = Some(client_id.into());
        self.client_secret = Some(client_secret.into());
        self
    }

    /// Adds one of the [further parameters](Self::other); the same name again makes a list.
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        add_token_parameter(&mut self.other, name, value.into());
        self
    }
}

shorthand!(
    /// Input of `get_access_token_by_code`.
    pub struct GetAccessTokenByCode {
        /// The code of the call-back.
        pub code: Secret,
        /// The same call-back URL as in the authorise request, which always has one.
        pub redirect_uri: String,
        /// The PKCE verifier whose challenge was in the authorise request.
        pub code_verifier: Option<Secret>,
    }

    type Wire = TokenEndPointParams;
);

impl From<GetAccessTokenByCode> for TokenEndPointParams {
    fn from(it: GetAccessTokenByCode) -> Self {
        Self {
            code: Some(it.code),
            redirect_uri: Some(it.redirect_uri),
            code_verifier: it.code_verifier,
            ..Self::new(GrantType::AuthorizationCode)
        }
    }
}

shorthand!(
    /// Input of `get_new_access_token_by_refresh_token`.
    pub struct GetNewAccessTokenByRefreshToken {
        /// The refresh token.
        pub refresh_token: Secret,
    }

    type Wire = TokenEndPointParams;
);

impl From<GetNewAccessTokenByRefreshToken> for TokenEndPointParams {
    fn from(it: GetNewAccessTokenByRefreshToken) -> Self {
        Self::refresh_token(it.refresh_token)
    }
}

shorthand!(
    /// Input of `get_access_token_by_client_credentials`.
    pub struct GetAccessTokenByClientCredentials {
        /// Scopes, separated by blanks.
        pub scope: String,
        /// The key of a programmatic account.
        pub access_key: String,
        /// The secret of that account.
        pub access_secret: Secret,
    }

    type Wire = TokenEndPointParams;
);

impl From<GetAccessTokenByClientCredentials> for TokenEndPointParams {
    fn from(it: GetAccessTokenByClientCredentials) -> Self {
        Self::client_credentials(it.access_key, it.access_secret, it.scope)
    }
}

answer!(
    /// The tokens of the token endpoint.
    pub struct OidcTokenResponse {
        /// Access token, to call APIs with.
        #[wire = "access_token"]
        pub access_token: Option<Secret>,
        /// ID token, a JWT that tells who the user is; unchecked. Absent for client credentials.
        #[wire = "id_token"]
        pub id_token: Option<Secret>,
        /// Token to get new access tokens with; only when the scope held `offline_access`.
        #[wire = "refresh_token"]
        pub refresh_token: Option<Secret>,
        /// Lifetime of the access token in seconds. See [`lifetime`](Self::lifetime) for whichever spelling came.
        #[wire = "expires_in"]
        pub expires_in: Option<i64>,
        /// Lifetime of the access token in seconds, in the spelling of the vendor's documentation.
        #[wire = "expire_in"]
        pub expire_in: Option<i64>,
        /// Kind of the access token: `Bearer`, in upper or lower case.
        #[wire = "token_type"]
        pub token_type: Option<String>,
        /// Scopes granted to the access token, separated by blanks.
        pub scope: Option<String>,
    }
);

impl OidcTokenResponse {
    /// How long the access token lives, in whichever of the two spellings the service said it. A life that is over before
    /// it began is none, not an endless one.
    pub fn lifetime(&self) -> Option<Duration> {
        let seconds = self.expires_in.or(self.expire_in)?;
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
    }
}

open_enum! {
    /// What kind of token it is, so that the service finds it faster.
    pub enum TokenTypeHint {
        /// An access token.
        AccessToken = "access_token",
        /// A refresh token.
        RefreshToken = "refresh_token",
    }
}

input!(
    /// Input of `introspect_token`.
    pub struct TokenIntrospectEndpointParams {
        /// The access token or refresh token.
        pub token: Secret,
        /// What kind of token it is; the service finds it without as well.
        #[wire = "token_type_hint"]
        pub token_type_hint: Option<TokenTypeHint>,
        /// Whether the user is looked at too: the token of a user who was deleted, deactivated or archived, or who has
        /// resigned, counts as not active then, even within its lifetime.
        pub strict: Option<bool>,
        /// Who asks. Left empty, the [`App`] proves itself as it is configured for introspection.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// The secret that belongs to [`client_id`](Self::client_id).
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
    }
);

impl TokenIntrospectEndpointParams {
    /// Sets who asks, where it is not the caller's own application.
    pub fn client(mut self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.client_id = Some(client_id.into());
        self.client_secret = Some(client_secret.into());
        self
    }
}

claims!(
    /// What a token is worth.
    ///
    /// Read from a free-form object and written as one: the claims that a pipeline or the console adds stand beside the
    /// documented ones, and what is of another type than documented is kept there too.
    #[must_use = "only an active token is worth something"]
    pub struct TokenIntrospectResponse {
        /// Whether the token is valid. See [`is_active`](Self::is_active).
        pub active: Option<bool>,
        /// The user's id. Absent where no user is involved.
        pub sub: Option<String>,
        /// The application that the token was issued to.
        pub client_id: Option<String>,
        /// When the token ends, in seconds since 1970.
        pub exp: Option<i64>,
        /// When the token was issued, in seconds since 1970.
        pub iat: Option<i64>,
        /// Who issued it.
        pub iss: Option<String>,
        /// Id of the token.
        pub jti: Option<String>,
        /// The scopes, separated by blanks.
        pub scope: Option<String>,
        /// Kind of the token: `Bearer`.
        pub token_type: Option<String>,
        /// Everything else that was said: flattened, because it stands beside the rest on the wire.
        pub other: JsonObject,
    }
);

impl TokenIntrospectResponse {
    /// Whether the token is valid: only a clear yes is one.
    pub fn is_active(&self) -> bool {
        self.active == Some(true)
    }
}

input!(
    /// Input of `revoke_token`.
    pub struct TokenRevocationEndpointParams {
        /// The access token or refresh token.
        pub token: Secret,
        /// What kind of token it is; the service finds it without as well.
        #[wire = "token_type_hint"]
        pub token_type_hint: Option<TokenTypeHint>,
        /// Who asks. Left empty, the [`App`] proves itself as it is configured for revocation.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// The secret that belongs to [`client_id`](Self::client_id).
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
    }
);

impl TokenRevocationEndpointParams {
    /// Sets who asks, where it is not the caller's own application.
    pub fn client(mut self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.client_id = Some(client_id.into());
        self.client_secret = Some(client_secret.into());
        self
    }
}

/// Input of `get_user_info_by_access_token`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GetUserInfoByAccessToken {
    /// The user's access token.
    pub access_token: Secret,
}

fields!(GetUserInfoByAccessToken: access_token ("access_token"),);
written!(GetUserInfoByAccessToken);

/// The documented name is another one than that on the wire; both are read.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for GetUserInfoByAccessToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = JsonObject::deserialize(deserializer)?;
        match one_of_two(&mut fields, "access_token", "accessToken") {
            Some(access_token) => Ok(Self { access_token }),
            None => Err(serde::de::Error::missing_field("accessToken")),
        }
    }
}

/// A token by either of its names.
#[cfg(feature = "full-serde")]
fn one_of_two(fields: &mut JsonObject, name: &str, other: &str) -> Option<Secret> {
    match fields.remove(name).or_else(|| fields.remove(other)) {
        Some(Value::String(token)) => Some(token.into()),
        _ => None,
    }
}

impl GetUserInfoByAccessToken {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
        }
    }
}

claims!(
    /// The claims of a user.
    ///
    /// Read from a free-form object and written as one: the claims that a pipeline or the console adds stand beside the
    /// documented ones, and what is of another type than documented is kept there too.
    pub struct OidcUserInfo {
        /// The user's id.
        pub sub: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Nickname.
        pub nickname: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Date of birth.
        pub birthdate: Option<String>,
        /// Gender.
        pub gender: Option<Gender>,
        /// URL of the user's page.
        pub profile: Option<String>,
        /// URL of the user's picture.
        pub picture: Option<String>,
        /// URL of the user's own website.
        pub website: Option<String>,
        /// When the user was last changed. This service sends ISO 8601 text where the standard has a number; a number becomes
        /// its digits.
        pub updated_at: Option<String>,
        /// Time zone.
        pub zoneinfo: Option<String>,
        /// Name the user prefers to be called by.
        pub preferred_username: Option<String>,
        /// Language.
        pub locale: Option<String>,
        /// E-mail address; with the scope `email`. Look at [`email_verified`](Self::email_verified) before relying on it.
        pub email: Option<String>,
        /// Whether the e-mail address has been verified.
        pub email_verified: Option<bool>,
        /// Phone number; with the scope `phone`.
        pub phone_number: Option<String>,
        /// Whether the phone number has been verified.
        pub phone_number_verified: Option<bool>,
        /// Postal address with its parts (`formatted`, `street_address`, `locality`, `region`, `postal_code`, `country`); with
        /// the scope `address`.
        pub address: Option<Value>,
        /// Everything else that was said, custom claims above all: flattened, because they stand beside the rest on the wire.
        pub other: JsonObject,
    }
);

/// In the place of all other claims.
impl Claim for OidcUserInfo {
    fn take(claims: &mut JsonObject, _: &str) -> Self {
        Self::read(std::mem::take(claims))
    }

    fn put(&self, _: &str, claims: &mut JsonObject) {
        self.write(claims);
    }
}

answer!(
    /// The service's description of itself.
    pub struct OidcDiscoveryMetadata {
        /// Who issues the tokens: the `iss` of each.
        pub issuer: Option<String>,
        /// Where a sign-in in the browser starts.
        #[wire = "authorization_endpoint"]
        pub authorization_endpoint: Option<String>,
        /// Where tokens are handed out.
        #[wire = "token_endpoint"]
        pub token_endpoint: Option<String>,
        /// Where the claims of a user are.
        #[wire = "userinfo_endpoint"]
        pub userinfo_endpoint: Option<String>,
        /// Where the public keys are.
        #[wire = "jwks_uri"]
        pub jwks_uri: Option<String>,
        /// The scopes there are.
        #[wire = "scopes_supported"]
        pub scopes_supported: Vec<String>,
        /// The response types there are.
        #[wire = "response_types_supported"]
        pub response_types_supported: Vec<String>,
        /// The response modes there are.
        #[wire = "response_modes_supported"]
        pub response_modes_supported: Vec<String>,
        /// The grants there are.
        #[wire = "grant_types_supported"]
        pub grant_types_supported: Vec<String>,
        /// The algorithms that sign ID tokens. They say nothing about one application: see
        /// [`OPENID_CONFIGURATION`].
        #[wire = "id_token_signing_alg_values_supported"]
        pub id_token_signing_alg_values_supported: Vec<String>,
        /// The algorithms that encrypt the keys of ID tokens.
        #[wire = "id_token_encryption_alg_values_supported"]
        pub id_token_encryption_alg_values_supported: Vec<String>,
        /// The algorithms that encrypt the contents of ID tokens.
        #[wire = "id_token_encryption_enc_values_supported"]
        pub id_token_encryption_enc_values_supported: Vec<String>,
        /// The algorithms that sign the claims of a user.
        #[wire = "userinfo_signing_alg_values_supported"]
        pub userinfo_signing_alg_values_supported: Vec<String>,
        /// The algorithms that encrypt the keys of a user's claims.
        #[wire = "userinfo_encryption_alg_values_supported"]
        pub userinfo_encryption_alg_values_supported: Vec<String>,
        /// The algorithms that encrypt a user's claims.
        #[wire = "userinfo_encryption_enc_values_supported"]
        pub userinfo_encryption_enc_values_supported: Vec<String>,
        /// The ways in which an application may prove itself to get tokens.
        #[wire = "token_endpoint_auth_methods_supported"]
        pub token_endpoint_auth_methods_supported: Vec<String>,
        /// The kinds of claims there are.
        #[wire = "claim_types_supported"]
        pub claim_types_supported: Vec<String>,
        /// The claims there are.
        #[wire = "claims_supported"]
        pub claims_supported: Vec<String>,
        /// The kinds of PKCE there are.
        #[wire = "code_challenge_methods_supported"]
        pub code_challenge_methods_supported: Vec<String>,
        /// Where the browser signs out.
        #[wire = "end_session_endpoint"]
        pub end_session_endpoint: Option<String>,
        /// Where an application asks what a token is worth.
        #[wire = "introspection_endpoint"]
        pub introspection_endpoint: Option<String>,
        /// The ways in which an application may prove itself there.
        #[wire = "introspection_endpoint_auth_methods_supported"]
        pub introspection_endpoint_auth_methods_supported: Vec<String>,
        /// Where an application revokes a token.
        #[wire = "revocation_endpoint"]
        pub revocation_endpoint: Option<String>,
        /// The ways in which an application may prove itself there.
        #[wire = "revocation_endpoint_auth_methods_supported"]
        pub revocation_endpoint_auth_methods_supported: Vec<String>,
    }
);

answer!(
    /// Anyone keys as they are served (RFC 7517), unread.
    pub struct JwksResponse {
        /// The keys.
        pub keys: Vec<JsonObject>,
    }
);

input!(
    /// Input of `fetch_jwks_of_app`.
    pub struct JwksOfAppDto {
        /// Id of the application. Left empty, the [`App`] fills its own in.
        pub app_id: Option<String>,
    }
);

/// Input of `validate_token`: exactly one token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ValidateTokenDto {
    /// An access token.
    pub access_token: Option<Secret>,
    /// An ID token.
    pub id_token: Option<Secret>,
}

fields!(ValidateTokenDto: access_token ("access_token"), id_token ("id_token"),);
written!(ValidateTokenDto);

/// The documented names are others than those on the wire; both are read.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for ValidateTokenDto {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = JsonObject::deserialize(deserializer)?;
        Ok(Self {
            access_token: one_of_two(&mut fields, "access_token", "accessToken"),
            id_token: one_of_two(&mut fields, "id_token", "idToken"),
        })
    }
}

impl ValidateTokenDto {
    /// With an access token.
    pub fn access_token(token: impl Into<Secret>) -> Self {
        Self {
            access_token: Some(token.into()),
            id_token: None,
        }
    }

    /// With an ID token.
    pub fn id_token(token: impl Into<Secret>) -> Self {
        Self {
            access_token: None,
            id_token: Some(token.into()),
        }
    }
}

claims!(
    /// The claims of a token: those of the user where it is an ID token, the rest in both.
    ///
    /// Read from a free-form object and written as one, for the same reasons as [`OidcUserInfo`].
    pub struct ValidateTokenRespDto {
        /// Whom it is for: the application's id.
        pub aud: Option<String>,
        /// When it ends, in seconds since 1970.
        pub exp: Option<i64>,
        /// When it was issued, in seconds since 1970.
        pub iat: Option<i64>,
        /// Who issued it.
        pub iss: Option<String>,
        /// Id of the token.
        pub jti: Option<String>,
        /// The scopes, separated by blanks.
        pub scope: Option<String>,
        /// The nonce of the sign-in that an ID token answers.
        pub nonce: Option<String>,
        /// Half of the access token's hash, in an ID token.
        pub at_hash: Option<String>,
        /// The claims of the user, and everything else: flattened, because they stand beside the rest on the wire.
        pub user: OidcUserInfo,
    }
);

open_enum! {
    /// How the answer of an authorise request comes back.
    pub enum ResponseMode {
        /// In the query of the call-back URL.
        Query = "query",
        /// In the fragment of the call-back URL.
        Fragment = "fragment",
        /// In a form that the browser posts to the call-back URL.
        FormPost = "form_post",
        /// In a message from a window or frame.
        WebMessage = "web_message",
    }
}

open_enum! {
    /// How far the service may bother the user.
    pub enum Prompt {
        /// Not at all: sign in without a page, or fail.
        None = "none",
        /// Sign in again, even where there is a session.
        Login = "login",
        /// Ask for consent again. The service hands out refresh tokens only with consent.
        Consent = "consent",
        /// Let the user choose an account.
        SelectAccount = "select_account",
    }
}

open_enum! {
    /// How a PKCE challenge is made of its verifier.
    pub enum CodeChallengeMethod {
        /// Its SHA-256.
        S256 = "S256",
        /// The verifier itself: protects nothing.
        Plain = "plain",
    }
}

record!(
    /// What stands in the URL that starts a sign-in in the browser. See [`App::authorize_url`].
    pub struct AuthorizeParams {
        /// Id of the application. Left empty, the [`App`] fills its own in.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// The call-back URL; has to be registered for the application.
        #[wire = "redirect_uri"]
        pub redirect_uri: String,
        /// What the call-back is answered with; a code unless told otherwise.
        #[wire = "response_type"]
        pub response_type: ResponseType,
        /// How the answer comes back; the service's default depends on the response type.
        #[wire = "response_mode"]
        pub response_mode: Option<ResponseMode>,
        /// The scopes, separated by blanks; must hold `openid`. `openid profile` unless told otherwise.
        pub scope: String,
        /// What comes back unchanged; nobody else may be able to guess it.
        pub state: String,
        /// What comes back in the ID token; nobody else may be able to guess it.
        pub nonce: Option<String>,
        /// How far the service may bother the user. With the scope `offline_access` it is `consent` unless told otherwise,
        /// because there is no refresh token without.
        pub prompt: Option<Prompt>,
        /// Id of the tenant whose sign-in page is shown.
        #[wire = "tenant_id"]
        pub tenant_id: Option<String>,
        /// The PKCE challenge: see `protocol::pkce`.
        #[wire = "code_challenge"]
        pub code_challenge: Option<String>,
        /// How the challenge was made.
        #[wire = "code_challenge_method"]
        pub code_challenge_method: Option<CodeChallengeMethod>,
        /// More for the sign-in page.
        #[wire = "login_page_context"]
        pub login_page_context: Option<String>,
        /// Id of the connection to an external identity provider that is gone to at once.
        #[wire = "ext_idp_conn_id"]
        pub ext_idp_conn_id: Option<String>,
        /// The device's own id.
        #[wire = "deviceId"]
        pub device_id: Option<String>,
        /// Further parameters, such as `login_hint` or `max_age`: flattened, because they stand beside the rest in the URL.
        #[wire = "*"]
        pub other: JsonObject,
    }
);

impl AuthorizeParams {
    /// For a code, with everything that is required.
    pub fn new(redirect_uri: impl Into<String>, state: impl Into<String>) -> Self {
        Self {
            client_id: None,
            redirect_uri: redirect_uri.into(),
            response_type: ResponseType::Code,
            response_mode: None,
            scope: "openid profile".to_owned(),
            state: state.into(),
            nonce: None,
            prompt: None,
            tenant_id: None,
            code_challenge: None,
            code_challenge_method: None,
            login_page_context: None,
            ext_idp_conn_id: None,
            device_id: None,
            other: JsonObject::new(),
        }
    }

    /// Sets [`response_type`](Self::response_type).
    pub fn response_type(mut self, response_type: impl Into<ResponseType>) -> Self {
        self.response_type = response_type.into();
        self
    }

    /// Sets [`response_mode`](Self::response_mode).
    pub fn response_mode(mut self, response_mode: impl Into<ResponseMode>) -> Self {
        self.response_mode = Some(response_mode.into());
        self
    }

    /// Sets [`scope`](Self::scope).
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Sets [`nonce`](Self::nonce).
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// Sets [`prompt`](Self::prompt).
    pub fn prompt(mut self, prompt: impl Into<Prompt>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Sets [`tenant_id`](Self::tenant_id).
    pub fn tenant_id(mut self, tenant_id: impl Into<String>) -> Self {
        self.tenant_id = Some(tenant_id.into());
        self
    }

    /// Sets [`code_challenge`](Self::code_challenge), made with SHA-256.
    pub fn code_challenge(mut self, code_challenge: impl Into<String>) -> Self {
        self.code_challenge = Some(code_challenge.into());
        self.code_challenge_method = Some(CodeChallengeMethod::S256);
        self
    }

    /// Sets [`login_page_context`](Self::login_page_context).
    pub fn login_page_context(mut self, login_page_context: impl Into<String>) -> Self {
        self.login_page_context = Some(login_page_context.into());
        self
    }

    /// Sets [`ext_idp_conn_id`](Self::ext_idp_conn_id).
    pub fn ext_idp_conn_id(mut self, ext_idp_conn_id: impl Into<String>) -> Self {
        self.ext_idp_conn_id = Some(ext_idp_conn_id.into());
        self
    }

    /// Sets [`device_id`](Self::device_id).
    pub fn device_id(mut self, device_id: impl Into<String>) -> Self {
        self.device_id = Some(device_id.into());
        self
    }

    /// Adds one of the [further parameters](Self::other).
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.other.insert(name.into(), Value::String(value.into()));
        self
    }
}

/// The names that [`AuthorizeParams`] has fields for.
pub(super) const AUTHORIZE_PARAMETERS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "tenant_id",
    "code_challenge",
    "code_challenge_method",
    "login_page_context",
    "ext_idp_conn_id",
    "deviceId",
];

/// A link, not a request: it has no row in the table.
const AUTHORIZE: Operation<AuthorizeParams, (), Anyone> =
    Operation::new("AuthenticationClient.authorize", Verb::Get, "/oidc/auth");

/// Whether a list of scopes, separated by blanks, holds this one.
pub(super) fn holds_scope(scopes: &str, scope: &str) -> bool {
    scopes.split_ascii_whitespace().any(|one| one == scope)
}

impl App {
    /// The URL that starts an OpenID Connect sign-in in the browser.
    ///
    /// This is the bare link, for any response type; state and nonce are the caller's care, and so is every check
    /// afterwards. `PendingSignIn` in `protocol::flow` makes the link together with the checks.
    ///
    /// Refuses ([`Error::Request`]) a scope without `openid`, and a further parameter that has a field of its own.
    ///
    /// ```
    /// use genauth_core::App;
    /// use genauth_core::protocol::oidc::AuthorizeParams;
    ///
    /// let app = App::new("https://example.genauth.ai", "APP_ID")?;
    /// let url = app.authorize_url(&AuthorizeParams::new("https://app.example/cb", "STATE"))?;
    /// assert!(url.starts_with("https://example.genauth.ai/oidc/auth?client_id=APP_ID&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&"));
    /// # Ok::<(), genauth_core::Error>(())
    /// ```
    #[doc(alias = "buildAuthorizeUrl")]
    pub fn authorize_url(&self, parameters: &AuthorizeParams) -> Result<String, Error> {
        if !holds_scope(&parameters.scope, "openid") {
            return Err(RequestError::new("the scope has to hold `openid`").into());
        }
        if let Some(name) = AUTHORIZE_PARAMETERS
            .iter()
            .find(|name| parameters.other.contains_key(**name))
        {
            return Err(RequestError::new(format!("the parameter `{name}` has a field of its own")).into());
        }
        let mut parameters = parameters.clone();
        parameters.client_id.get_or_insert_with(|| self.id().to_owned());
        if holds_scope(&parameters.scope, "offline_access") {
            parameters.prompt.get_or_insert(Prompt::Consent);
        }
        Ok(AUTHORIZE.request(self, &parameters)?.uri().to_string())
    }
}

#[cfg(test)]
mod tests;
