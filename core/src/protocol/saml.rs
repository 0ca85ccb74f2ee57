//! SAML: the sign-in page of an application whose protocol is SAML 2.0. Requests and responses travel through the browser,
//! between the service and the application's own SAML library.

use crate::app::access::Anyone;
use crate::{App, Error, JsonObject, Operation, Verb};

/// A link, not a request: it has no row in the table.
const LOGIN: Operation<JsonObject, (), Anyone> =
    Operation::new("AuthenticationClient.samlLogin", Verb::Get, "/api/v2/saml-idp/{appId}");

impl App {
    /// The URL of this application's SAML sign-in page.
    #[doc(alias = "buildAuthorizeUrl")]
    pub fn saml_login_url(&self) -> Result<String, Error> {
        Ok(LOGIN.request(self, &JsonObject::new())?.uri().to_string())
    }
}
