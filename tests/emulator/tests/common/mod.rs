//! A small client for the tests: JSON in, JSON out.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing
)]

use genauth_emulator::{Emulator, UserSeed};
use serde_json::{Value, json};

/// Somebody who calls the emulator, signed in or not.
pub struct Caller<'a> {
    emulator: &'a Emulator,
    token: Option<String>,
    prefix: &'static str,
}

/// An HTTP answer with its whole body.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// An agent that reports every status and follows nothing.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into()
}

impl<'a> Caller<'a> {
    pub fn new(emulator: &'a Emulator) -> Self {
        Self {
            emulator,
            token: None,
            prefix: "x-genauth-",
        }
    }

    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    pub fn with_prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// A seeded user, signed in.
    pub fn signed_in(emulator: &'a Emulator, seed: UserSeed) -> Self {
        let id = emulator.add_user(seed).unwrap();
        Self::new(emulator).with_token(emulator.access_token(&id).unwrap())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.emulator.url()))
            .header(format!("{}app-id", self.prefix), self.emulator.app_id());
        if let Some(token) = &self.token {
            request = request.header("authorization", token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent().run(request.body(body).unwrap())?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.body_mut().read_to_string()?,
        })
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/json")];
        self.send("POST", path, &headers, body.to_string().as_bytes())
            .unwrap()
            .json()
    }

    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[], b"").unwrap().json()
    }

    pub fn email_code(&self, email: &str, channel: &str) -> String {
        ok(&self.post(
            "/api/v3/send-email",
            &json!({ "email": email, "channel": format!("CHANNEL_{channel}") }),
        ));
        self.emulator.last_code(email, channel.parse().unwrap()).unwrap()
    }

    pub fn sms_code(&self, number: &str, channel: &str) -> String {
        ok(&self.post(
            "/api/v3/send-sms",
            &json!({ "phoneNumber": number, "channel": format!("CHANNEL_{channel}") }),
        ));
        self.emulator.last_code(number, channel.parse().unwrap()).unwrap()
    }

    pub fn sign_in(&self, account: &str, password: &str) -> Value {
        self.post("/api/v3/signin", &self.credentials(account, password))
    }

    pub fn credentials(&self, account: &str, password: &str) -> Value {
        json!({
            "connection": "PASSWORD",
            "passwordPayload": { "account": account, "password": password },
            "client_id": self.emulator.app_id(),
            "client_secret": self.emulator.app_secret(),
        })
    }
}

/// The data of a success.
#[track_caller]
pub fn ok(answer: &Value) -> Value {
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["message"], "", "{answer}");
    assert_eq!(answer["requestId"].as_str().map(str::len), Some(36), "{answer}");
    assert!(answer.get("apiCode").is_none(), "{answer}");
    answer.get("data").cloned().unwrap_or_default()
}

/// A business failure with its two codes; 0 stands for no `apiCode`.
#[track_caller]
pub fn fails(answer: &Value, status_code: u16, api_code: u32) {
    assert_eq!(answer["statusCode"], status_code, "{answer}");
    let expected = if api_code == 0 { Value::Null } else { json!(api_code) };
    assert_eq!(answer.get("apiCode").cloned().unwrap_or_default(), expected, "{answer}");
    assert!(
        answer["message"].as_str().is_some_and(|text| !text.is_empty()),
        "{answer}"
    );
    assert!(answer["requestId"].is_string(), "{answer}");
}
