//! The steps of a sign-in in the browser, as the service's own sign-in page takes them, with its cookies. An application
//! that brings a sign-in page of its own may need them; what goes in and out is not documented.

use crate::dto::input;
use crate::dto::record;

use crate::JsonObject;
use crate::operation::reply::HttpReply;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "interaction";

    /// Continues a sign-in in the browser with what the user entered.
    INTERACTION_LOGIN = interaction_login "interactionLogin": Application,
        POST "/interaction/oidc/{interactionKey}/login?tenant_id", FinishLoginParams => HttpReply as http;

    /// Ends the sign-in step of a sign-in in the browser.
    INTERACTION_END = interaction_end "interactionEnd": Application,
        POST "/interaction/oidc/{interactionKey}/end?tenant_id", FinishLoginParams => HttpReply as http;

    /// Continues a sign-in in the browser after the user has given consent.
    INTERACTION_CONFIRM = interaction_confirm "interactionConfirm": Application,
        POST "/interaction/oidc/{interactionKey}/confirm", InteractionParams => HttpReply as http;

    /// Gives up a sign-in in the browser.
    INTERACTION_ABORT = interaction_abort "interactionAbort": Application,
        POST "/interaction/oidc/{interactionKey}/abort", InteractionParams => HttpReply as http;
}

record!(
    /// Input of `interaction_login` and `interaction_end`.
    pub struct FinishLoginParams {
        /// Key of the sign-in, from the URL of the sign-in page.
        #[wire = "interactionKey"]
        pub interaction_key: String,
        /// Id of the tenant.
        #[wire = "tenant_id"]
        pub tenant_id: Option<String>,
        /// The body. It is not documented, and so it is free: flattened, because on the wire it is the body itself.
        #[wire = "*"]
        pub body: JsonObject,
    }
);

impl FinishLoginParams {
    /// With everything that is required.
    pub fn new(interaction_key: impl Into<String>, tenant_id: impl Into<String>) -> Self {
        Self {
            interaction_key: interaction_key.into(),
            tenant_id: Some(tenant_id.into()),
            body: JsonObject::new(),
        }
    }

    /// Sets [`body`](Self::body).
    pub fn body(mut self, body: JsonObject) -> Self {
        self.body = body;
        self
    }
}

input!(
    /// Input of `interaction_confirm` and `interaction_abort`.
    pub struct InteractionParams {
        /// Key of the sign-in, from the URL of the sign-in page.
        #[wire = "interactionKey"]
        pub interaction_key: String,
    }
);
