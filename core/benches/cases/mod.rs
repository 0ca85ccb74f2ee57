//! What is measured: the SDK's way, and beside it code written by hand that does the same with `http` and `serde_json`.

use genauth_core::access::SignedIn;
use genauth_core::authentication::profile::{
    BIND_EMAIL, BindEmailDto, GET_PROFILE, GetProfileDto, VERIFY_UPDATE_EMAIL_REQUEST, VerifyUpdateEmailRequestData,
};
use genauth_core::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use genauth_core::http::{Method, Request, Response, Uri};
use genauth_core::model::user::UserDto;
use genauth_core::{App, Error};
use serde::{Deserialize, Serialize};

/// Everything that is made once, before anything is measured.
pub(crate) struct Cases {
    caller: SignedIn,
    headers: HeaderMap,
    authority: genauth_core::http::uri::Authority,
    bind: BindEmailDto,
    bind_reply: Response<Vec<u8>>,
    verify_reply: Response<Vec<u8>>,
    profile_reply: Response<Vec<u8>>,
}

/// The envelope as a user of `serde_json` would write it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Envelope<T> {
    #[serde(rename = "statusCode")]
    status_code: Option<i64>,
    message: Option<String>,
    #[serde(rename = "apiCode")]
    api_code: Option<i64>,
    #[serde(rename = "requestId")]
    request_id: Option<String>,
    data: Option<T>,
}

#[derive(Serialize)]
struct Bind<'a> {
    email: &'a str,
    #[serde(rename = "passCode")]
    pass_code: &'a str,
}

const HOST: &str = "https://example.genauth.ai";
const APP_ID: &str = "6229c4deb3e4d8a20b6021ff";
const TOKEN: &str = "header.payload.signature";

impl Cases {
    pub(crate) fn new() -> Result<Self, Error> {
        let app = App::new(HOST, APP_ID)?.with_secret("secret")?.with_language("en-US")?;
        let caller = app.signed_in(TOKEN)?;
        let bind = BindEmailDto::new("test@qq.com", "123456");
        let headers = BIND_EMAIL.request(&caller, &bind)?.headers().clone();
        let answer = |body: &str| Response::new(body.as_bytes().to_vec());
        let profile = include_str!("profile.json");
        Ok(Self {
            caller,
            headers,
            authority: genauth_core::http::uri::Authority::from_static("example.genauth.ai"),
            bind,
            bind_reply: answer(
                r#"{"statusCode":200,"message":"Operation successful","requestId":"934108e5-9fbf-4d24-8da1-c330328abd6c"}"#,
            ),
            verify_reply: answer(
                r#"{"statusCode":200,"message":"Operation successful","requestId":"934108e5-9fbf-4d24-8da1-c330328abd6c","data":{"updateEmailToken":"a-token-of-some-length","tokenExpiresIn":60}}"#,
            ),
            profile_reply: answer(profile),
        })
    }

    /// The names of the cases. Those that are compared stand beside each other.
    pub(crate) const NAMES: &[&str] = &[
        "request/bind_email",
        "request/bind_email/by_hand",
        "request/bind_email/by_hand_prepared_headers",
        "request/get_profile",
        "reply/bind_email",
        "reply/bind_email/by_hand",
        "reply/verify_update_email_request",
        "reply/verify_update_email_request/by_hand",
        "reply/get_profile",
        "reply/get_profile/by_hand",
    ];

    /// Runs a case once. The answer keeps the work from being optimised away.
    pub(crate) fn run(&self, name: &str) -> usize {
        match name {
            "request/bind_email" => size(&BIND_EMAIL.request(&self.caller, &self.bind)),
            "request/bind_email/by_hand" => size(&by_hand("test@qq.com", "123456")),
            "request/bind_email/by_hand_prepared_headers" => size(&self.with_prepared_headers("test@qq.com", "123456")),
            "request/get_profile" => {
                size(&GET_PROFILE.request(&self.caller, &GetProfileDto::new().with_custom_data(true)))
            }
            "reply/bind_email" => usize::from(BIND_EMAIL.reply(&self.bind_reply).is_ok()),
            "reply/bind_email/by_hand" => typed::<serde::de::IgnoredAny>(&self.bind_reply),
            "reply/verify_update_email_request" => {
                usize::from(VERIFY_UPDATE_EMAIL_REQUEST.reply(&self.verify_reply).is_ok())
            }
            "reply/verify_update_email_request/by_hand" => typed::<VerifyUpdateEmailRequestData>(&self.verify_reply),
            "reply/get_profile" => usize::from(GET_PROFILE.reply(&self.profile_reply).is_ok()),
            "reply/get_profile/by_hand" => typed::<UserDto>(&self.profile_reply),
            _ => 0,
        }
    }

    fn with_prepared_headers(&self, email: &str, pass_code: &str) -> Option<Request<Vec<u8>>> {
        let mut parts = genauth_core::http::uri::Parts::default();
        parts.scheme = Some(genauth_core::http::uri::Scheme::HTTPS);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some("/api/v3/bind-email".parse().ok()?);
        let mut request = Request::new(serde_json::to_vec(&Bind { email, pass_code }).ok()?);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_parts(parts).ok()?;
        *request.headers_mut() = self.headers.clone();
        Some(request)
    }
}

/// The request as most people would write it.
fn by_hand(email: &str, pass_code: &str) -> Option<Request<Vec<u8>>> {
    Request::builder()
        .method(Method::POST)
        .uri(format!("{HOST}/api/v3/bind-email"))
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "genauth-rust/0.1.0")
        .header(HeaderName::from_static("x-authing-app-id"), APP_ID)
        .header(HeaderName::from_static("x-authing-request-from"), "rust-sdk")
        .header(HeaderName::from_static("x-authing-sdk-version"), "genauth-rust:0.1.0")
        .header(HeaderName::from_static("x-authing-lang"), "en-US")
        .header(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {TOKEN}")).ok()?)
        .body(serde_json::to_vec(&Bind { email, pass_code }).ok()?)
        .ok()
}

fn typed<'a, T: Deserialize<'a>>(response: &'a Response<Vec<u8>>) -> usize {
    usize::from(serde_json::from_slice::<Envelope<T>>(response.body()).is_ok())
}

trait Size {
    fn size(&self) -> usize;
}

impl Size for Request<Vec<u8>> {
    fn size(&self) -> usize {
        self.body().len() + self.headers().len()
    }
}

fn size<'a, T: Size + 'a>(made: impl IntoIterator<Item = &'a T>) -> usize {
    made.into_iter().map(Size::size).sum()
}
