//! OAuth 2.0: the same endpoints as in [`oidc`](super::oidc), for applications whose protocol is OAuth 2.0. Their tokens are
//! opaque, and there is no ID token. The URL that starts a sign-in in the browser is [`App::oauth_authorize_url`].

use crate::dto::record;

use crate::Credential;
use crate::app::access::Anyone;
use crate::authentication::sign_in::ResponseType;
use crate::operation::table::operations;
use crate::protocol::oidc::{
    GetUserInfoByAccessToken, OidcTokenResponse, OidcUserInfo, TokenEndPointParams, TokenIntrospectEndpointParams,
    TokenIntrospectResponse, TokenRevocationEndpointParams,
};
use crate::{App, Error, Operation, Verb};

operations! {
    AuthenticationClient, "oauth";

    /// Trades a code, a refresh token or credentials for tokens, in an OAuth 2.0 application.
    ///
    /// A wrong or used code or refresh token fails with `invalid_grant`, a client that proves itself in another way than
    /// the console says with `invalid_client`.
    OAUTH_EXCHANGE_TOKEN = oauth_exchange_token "oauthExchangeToken": Client,
        POST form "/oauth/token", TokenEndPointParams => OidcTokenResponse as bare;

    /// Asks what an access token or refresh token is worth, in an OAuth 2.0 application.
    OAUTH_INTROSPECT_TOKEN = oauth_introspect_token "oauthIntrospectToken": IntrospectionClient,
        POST form repeatable "/oauth/token/introspection", TokenIntrospectEndpointParams => TokenIntrospectResponse as bare;

    /// Revokes an access token or refresh token, in an OAuth 2.0 application.
    ///
    /// Two of the official clients refuse to prove themselves by a header here; whether the service does is not documented.
    OAUTH_REVOKE_TOKEN = oauth_revoke_token "oauthRevokeToken": RevocationClient,
        POST form repeatable "/oauth/token/revocation", TokenRevocationEndpointParams => () as empty;

    /// Gets the claims of the signed-in user of an OAuth 2.0 application.
    OAUTH_USER_INFO = oauth_user_info "oauthUserInfo": User,
        GET "/oauth/me", => OidcUserInfo as bare;

    /// Gets the claims of the signed-in user of an OAuth 2.0 application; the same as `oauth_user_info` with another verb.
    OAUTH_USER_INFO_POST = oauth_user_info_post "oauthUserInfoPost": User,
        POST form repeatable "/oauth/me", => OidcUserInfo as bare;
}

/// The claims of the user whose access token this is, in an OAuth 2.0 application: for a server that is handed the tokens of
/// many users. The token travels in the authorization header. For
/// [`AuthenticationClient::call`](crate::AuthenticationClient::call).
pub const OAUTH_USER_INFO_BY_ACCESS_TOKEN: Operation<
    GetUserInfoByAccessToken,
    OidcUserInfo,
    crate::app::access::Anyone,
> = Operation::new("AuthenticationClient.oauthUserInfo", Verb::Get, "/oauth/me")
    .section("oauth")
    .credential(Credential::Input)
    .bare();

record!(
    /// What stands in the URL that starts a sign-in in the browser. See [`App::oauth_authorize_url`].
    pub struct OAuthAuthorizeParams {
        /// Id of the application. Left empty, the [`App`] fills its own in.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// The call-back URL; has to be registered for the application.
        #[wire = "redirect_uri"]
        pub redirect_uri: String,
        /// What the call-back is answered with: a code unless told otherwise, or a token.
        #[wire = "response_type"]
        pub response_type: ResponseType,
        /// The scopes, separated by blanks; `user` unless told otherwise.
        pub scope: String,
        /// What comes back unchanged; nobody else may be able to guess it.
        pub state: String,
        /// The PKCE challenge: see `protocol::pkce`.
        #[wire = "code_challenge"]
        pub code_challenge: Option<String>,
        /// How the challenge was made.
        #[wire = "code_challenge_method"]
        pub code_challenge_method: Option<super::oidc::CodeChallengeMethod>,
    }
);

impl OAuthAuthorizeParams {
    /// For a code, with everything that is required.
    pub fn new(redirect_uri: impl Into<String>, state: impl Into<String>) -> Self {
        Self {
            client_id: None,
            redirect_uri: redirect_uri.into(),
            response_type: ResponseType::Code,
            scope: "user".to_owned(),
            state: state.into(),
            code_challenge: None,
            code_challenge_method: None,
        }
    }

    /// Sets [`response_type`](Self::response_type).
    pub fn response_type(mut self, response_type: impl Into<ResponseType>) -> Self {
        self.response_type = response_type.into();
        self
    }

    /// Sets [`scope`](Self::scope).
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Sets [`code_challenge`](Self::code_challenge), made with SHA-256.
    pub fn code_challenge(mut self, code_challenge: impl Into<String>) -> Self {
        self.code_challenge = Some(code_challenge.into());
        self.code_challenge_method = Some(super::oidc::CodeChallengeMethod::S256);
        self
    }
}

/// A link, not a request: it has no row in the table.
const AUTHORIZE: Operation<OAuthAuthorizeParams, (), Anyone> =
    Operation::new("AuthenticationClient.oauthAuthorize", Verb::Get, "/oauth/auth");

impl App {
    /// The URL that starts an OAuth 2.0 sign-in in the browser: the bare link. The state, and comparing it afterwards, are
    /// the caller's care.
    #[doc(alias = "buildAuthorizeUrl")]
    pub fn oauth_authorize_url(&self, parameters: &OAuthAuthorizeParams) -> Result<String, Error> {
        let mut parameters = parameters.clone();
        parameters.client_id.get_or_insert_with(|| self.id().to_owned());
        Ok(AUTHORIZE.request(self, &parameters)?.uri().to_string())
    }
}
