//! Signing out in the browser. These are links for the browser to follow, so that the service can end its session there;
//! tokens that were handed out are ended by [`revoke_token`](crate::AuthenticationClient::revoke_token).

use crate::app::access::Anyone;
use crate::dto::record;
use crate::error::RequestError;
use crate::{App, Error, JsonObject, Operation, Secret, Verb};

record!(
    /// What stands in the URL that ends the session in the browser. See [`App::end_session_url`].
    pub struct EndSessionParams {
        /// The user's ID token, which may have ended. The service wants it together with
        /// [`post_logout_redirect_uri`](Self::post_logout_redirect_uri).
        #[wire = "id_token_hint"]
        pub id_token_hint: Option<Secret>,
        /// Where to go after the sign-out; has to be registered for the application.
        #[wire = "post_logout_redirect_uri"]
        pub post_logout_redirect_uri: Option<String>,
        /// What comes back unchanged with the redirect.
        pub state: Option<String>,
        /// Further parameters, such as `ui_locales`; they stand beside the rest in the URL.
        #[wire = "*"]
        pub other: JsonObject,
    }
);

impl EndSessionParams {
    /// Signs out and stays at the service.
    #[allow(clippy::new_without_default)] // As every input.
    pub fn new() -> Self {
        Self {
            id_token_hint: None,
            post_logout_redirect_uri: None,
            state: None,
            other: JsonObject::new(),
        }
    }

    /// Signs out and comes back.
    pub fn redirecting(id_token_hint: impl Into<Secret>, post_logout_redirect_uri: impl Into<String>) -> Self {
        Self {
            id_token_hint: Some(id_token_hint.into()),
            post_logout_redirect_uri: Some(post_logout_redirect_uri.into()),
            ..Self::new()
        }
    }

    /// Sets [`state`](Self::state).
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Adds one of the [further parameters](Self::other).
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.other.insert(name.into(), value.into().into());
        self
    }
}

/// Links, not requests: they have no rows in the table.
const END_SESSION: Operation<EndSessionParams, (), Anyone> =
    Operation::new("AuthenticationClient.endSession", Verb::Get, "/oidc/session/end");
const CAS_LOGOUT: Operation<JsonObject, (), Anyone> =
    Operation::new("AuthenticationClient.casLogout", Verb::Get, "/cas-idp/logout");
const EASY_LOGOUT: Operation<JsonObject, (), Anyone> =
    Operation::new("AuthenticationClient.easyLogout", Verb::Get, "/login/profile/logout");

impl App {
    /// The URL that ends the user's session in an OpenID Connect application.
    ///
    /// The standard puts the ID token into this URL; send the browser there by a redirect and keep it out of logs.
    ///
    /// Refuses ([`Error::Request`]) a further parameter that has a field of its own.
    #[doc(alias = "buildLogoutUrl")]
    pub fn end_session_url(&self, parameters: &EndSessionParams) -> Result<String, Error> {
        let mut own = ["id_token_hint", "post_logout_redirect_uri", "state"].into_iter();
        if let Some(name) = own.find(|name| parameters.other.contains_key(*name)) {
            return Err(RequestError::new(format!("the parameter `{name}` has a field of its own")).into());
        }
        Ok(END_SESSION.request(self, parameters)?.uri().to_string())
    }

    /// The URL that ends the user's session in a CAS application, and the place to go to afterwards.
    #[doc(alias = "buildLogoutUrl")]
    pub fn cas_logout_url(&self, url: Option<&str>) -> Result<String, Error> {
        Ok(CAS_LOGOUT.request(self, &one("url", url))?.uri().to_string())
    }

    /// The URL that ends the user's session in an OAuth 2.0 or SAML application, and the place to go to afterwards.
    #[doc(alias = "buildLogoutUrl")]
    #[doc(alias = "easyLogout")]
    pub fn logout_url(&self, redirect_uri: Option<&str>) -> Result<String, Error> {
        Ok(EASY_LOGOUT
            .request(self, &one("redirect_uri", redirect_uri))?
            .uri()
            .to_string())
    }
}

fn one(name: &str, value: Option<&str>) -> JsonObject {
    value.map(|value| (name.to_owned(), value.into())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_encoded() {
        let app = App::new("https://example.genauth.ai/base", "id/with#signs").unwrap();
        let back = "https://app.example/?a=1&b=ä#c";
        let encoded = "https%3A%2F%2Fapp.example%2F%3Fa%3D1%26b%3D%C3%A4%23c";
        let host = "https://example.genauth.ai/base";

        let parameters = EndSessionParams::redirecting("ID.TOKEN&", back).state("s t");
        assert_eq!(
            app.end_session_url(&parameters).unwrap(),
            format!("{host}/oidc/session/end?id_token_hint=ID.TOKEN%26&post_logout_redirect_uri={encoded}&state=s%20t")
        );
        let more = EndSessionParams::new().parameter("ui_locales", "de at");
        assert_eq!(
            app.end_session_url(&more).unwrap(),
            format!("{host}/oidc/session/end?ui_locales=de%20at")
        );
        assert!(app.end_session_url(&more.parameter("state", "again")).is_err());
        assert_eq!(
            app.end_session_url(&EndSessionParams::new()).unwrap(),
            format!("{host}/oidc/session/end")
        );
        assert_eq!(
            app.cas_logout_url(Some(back)).unwrap(),
            format!("{host}/cas-idp/logout?url={encoded}")
        );
        assert_eq!(app.cas_logout_url(None).unwrap(), format!("{host}/cas-idp/logout"));
        assert_eq!(
            app.logout_url(Some(back)).unwrap(),
            format!("{host}/login/profile/logout?redirect_uri={encoded}")
        );
        assert_eq!(
            app.saml_login_url().unwrap(),
            format!("{host}/api/v2/saml-idp/id%2Fwith%23signs")
        );
    }
}
