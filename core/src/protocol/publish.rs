//! Publishing the user pool's own events. Receiving them needs a connection that stays open, and is no
//! matter of this table.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::Secret;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "events";

    /// Publishes an event for the signed-in user.
    ///
    /// Only events that the user pool has defined itself can be published.
    PUB_USER_EVENT = pub_user_event "pubUserEvent": User,
        POST "/api/v3/pub-userEvent", PubEventDto => PubEventRespDataDto;

    /// Publishes an event for the signed-in user; the same as `pub_user_event`, under the name and with the fields of the
    /// official clients' own method.
    PUBLISH = publish "pub": User,
        POST "/api/v3/pub-userEvent", Publish => PubEventRespDataDto;

    /// Publishes an event for the user pool, with a token of the management API.
    ///
    /// The token comes from `get_management_token`. Where the service wants the user pool named as well, add its header to
    /// the application with [`with_header`](crate::App::with_header). Only events that the user pool has defined itself can
    /// be published.
    PUB_EVENT = pub_event "pubEvent": Input,
        POST "/api/v3/pub-event", PubPoolEventDto => PubEventRespDataDto;
}

input!(
    /// Input of `pub_user_event`.
    pub struct PubEventDto {
        /// Code of the event.
        pub event_type: String,
        /// What the event says: any JSON. The official clients disagree (an object, a text, an object written as a text); the
        /// documentation has an object.
        pub event_data: Value,
        /// Who publishes it, such as a program's name and version.
        pub source: Option<String>,
    }
);

input!(
    /// Input of `publish`; goes onto the wire as a [`PubEventDto`].
    pub struct Publish {
        /// Code of the event.
        pub event_name: String,
        /// What the event says: any JSON.
        pub data: Value,
    }
);

impl From<Publish> for PubEventDto {
    fn from(it: Publish) -> Self {
        Self::new(it.event_name, it.data)
    }
}

input!(
    /// Input of `pub_event`.
    pub struct PubPoolEventDto {
        /// The token of the management API. Travels in the authorization header.
        #[wire = "access_token"]
        pub access_token: Secret,
        /// Code of the event.
        pub event_type: String,
        /// What the event says: any JSON.
        pub event_data: Value,
        /// Who publishes it, such as a program's name and version.
        pub source: Option<String>,
    }
);

answer!(
    /// What became of a published event.
    pub struct PubEventRespDataDto {
        /// Whether it was sent.
        pub success: Option<bool>,
        /// Why it was not sent. Documented as a boolean, which it can hardly be: any JSON.
        pub err_msg: Option<Value>,
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::App;

    #[test]
    fn the_management_token_travels_in_the_header_alone() {
        let app = App::new("https://example.genauth.ai", "app").unwrap();
        let input = PubPoolEventDto::new("TOKEN", "custom.event", serde_json::json!({ "a": 1 }));
        let request = PUB_EVENT.request(&app, &input).unwrap();
        assert_eq!(request.uri().path_and_query().unwrap(), "/api/v3/pub-event");
        assert_eq!(request.headers()["authorization"], "Bearer TOKEN");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({ "eventType": "custom.event", "eventData": { "a": 1 } })
        );
    }
}
