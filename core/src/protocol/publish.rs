//! Publishing the user pool's own events. Receiving them needs a connection that stays open, and is no
//! matter of this table.

use serde::{Deserialize, Serialize};
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
    PUB_EVENT = pub_event "pubEvent": BearerInput,
        POST "/api/v3/pub-event", PubPoolEventDto => PubEventRespDataDto;
}

/// Input of `pub_user_event`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PubEventDto {
    /// Code of the event.
    pub event_type: String,
    /// What the event says: any JSON. The official clients disagree (an object, a text, an object written as a text); the
    /// documentation has an object.
    pub event_data: Value,
    /// Who publishes it, such as a program's name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl PubEventDto {
    /// With everything that is required.
    pub fn new(event_type: impl Into<String>, event_data: impl Into<Value>) -> Self {
        Self {
            event_type: event_type.into(),
            event_data: event_data.into(),
            source: None,
        }
    }

    /// Sets [`source`](Self::source).
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// Input of `publish`; goes onto the wire as a [`PubEventDto`].
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(Deserialize))]
#[serde(rename_all = "camelCase", into = "PubEventDto")]
#[non_exhaustive]
pub struct Publish {
    /// Code of the event.
    pub event_name: String,
    /// What the event says: any JSON.
    pub data: Value,
}

impl Publish {
    /// With everything that is required.
    pub fn new(event_name: impl Into<String>, data: impl Into<Value>) -> Self {
        Self {
            event_name: event_name.into(),
            data: data.into(),
        }
    }
}

impl From<Publish> for PubEventDto {
    fn from(it: Publish) -> Self {
        Self::new(it.event_name, it.data)
    }
}

/// Input of `pub_event`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PubPoolEventDto {
    /// The token of the management API. Travels in the authorization header.
    #[serde(rename = "access_token", alias = "accessToken")]
    pub access_token: Secret,
    /// Code of the event.
    pub event_type: String,
    /// What the event says: any JSON.
    pub event_data: Value,
    /// Who publishes it, such as a program's name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl PubPoolEventDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>, event_type: impl Into<String>, event_data: impl Into<Value>) -> Self {
        Self {
            access_token: access_token.into(),
            event_type: event_type.into(),
            event_data: event_data.into(),
            source: None,
        }
    }

    /// Sets [`source`](Self::source).
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// What became of a published event.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PubEventRespDataDto {
    /// Whether it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// Why it was not sent. Documented as a boolean, which it can hardly be: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err_msg: Option<Value>,
}

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
