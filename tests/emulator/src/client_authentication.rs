//! How the application proves itself: with its secret in the body, in the header, or not at all.

use data_encoding::BASE64;

use crate::route::Call;
use crate::state::{ClientAuthentication, Settings};

/// What a request says about the application that sends it.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// From the body.
    id: Option<String>,
    secret: Option<String>,
    /// From the header `Authorization`, as it came and without the percent-encoding that the standard asks for: clients do
    /// either.
    basic: Option<[(String, String); 2]>,
    /// From the header `x-authing-app-id`.
    named: Option<String>,
}

impl Credentials {
    pub(crate) fn of(call: &Call<'_>) -> Self {
        let basic = call.authorization("basic").map(|encoded| {
            let plain = BASE64
                .decode(encoded.as_bytes())
                .ok()
                .and_then(|plain| String::from_utf8(plain).ok())
                .unwrap_or_default();
            let (id, secret) = plain.split_once(':').unwrap_or_default();
            [
                (id.to_owned(), secret.to_owned()),
                (form_decoded(id), form_decoded(secret)),
            ]
        });
        Self {
            id: call.maybe("client_id"),
            secret: call.maybe("client_secret"),
            basic,
            named: call.service_header("app-id").map(str::to_owned),
        }
    }

    /// Whether these are the application's, presented in this way and in no other.
    pub(crate) fn prove(&self, settings: &Settings, method: ClientAuthentication) -> bool {
        match method {
            ClientAuthentication::SecretPost => {
                self.basic.is_none() && self.are(&settings.app_id, &settings.app_secret)
            }
            ClientAuthentication::SecretBasic => {
                self.basic.is_some() && self.secret.is_none() && self.are(&settings.app_id, &settings.app_secret)
            }
            ClientAuthentication::None => {
                let named = self.id.as_ref().or(self.named.as_ref());
                self.basic.is_none() && self.secret.is_none() && named == Some(&settings.app_id)
            }
        }
    }

    /// Whether they are this pair, wherever they stand. An id in the body may repeat the one in the header.
    pub(crate) fn are(&self, id: &str, secret: &str) -> bool {
        match &self.basic {
            Some(readings) => {
                let equal = |(one, other): &(String, String)| one == id && other == secret;
                self.id.as_deref().is_none_or(|named| named == id) && readings.iter().any(equal)
            }
            None => self.body_has(id, secret),
        }
    }

    /// Whether the body has this pair, whatever the header has.
    pub(crate) fn body_has(&self, id: &str, secret: &str) -> bool {
        self.id.as_deref() == Some(id) && self.secret.as_deref() == Some(secret)
    }
}

/// `%26` is `&`, and `+` a blank.
fn form_decoded(text: &str) -> String {
    // As the name of a parameter, because nothing else is decoded by itself.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    let decoded = form_urlencoded::parse(escaped.as_bytes()).next();
    decoded.map(|(name, _)| name.into_owned()).unwrap_or_default()
}
