//! Webhooks: the service's requests to an application.

use std::io;
use std::time::Duration;

use serde_json::Value;

use crate::state::Settings;

/// Posts the body, with the secret in clear as the service does; there is no signature. Answers the HTTP status.
pub(crate) fn deliver(settings: &Settings, url: &str, content_type: &str, body: &str) -> io::Result<u16> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    agent
        .post(url)
        .header("user-agent", "authing-webhook@2.0")
        .header("content-type", content_type)
        .header("x-authing-webhook-secret", &settings.webhook_secret)
        .header("x-authing-userpool-id", &settings.user_pool_id)
        .send(body)
        .map(|response| response.status().as_u16())
        .map_err(io::Error::other)
}

/// The body of a webhook that wants a form.
pub(crate) fn form(event_name: &str, data: &Value) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("eventName", event_name)
        .append_pair("data", &data.to_string())
        .finish()
}
