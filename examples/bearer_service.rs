//! A small service that is called with access tokens, with the check as a middleware in front of it: who brings a good
//! token gets in, everybody else gets what RFC 6750 has for them.
//!
//! `cargo run --example bearer_service --features oidc` starts the emulator and the service, and prints a call to try. It
//! ends with Ctrl-C; with `--self-test` it makes the calls itself, once.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::thread;
use std::time::Duration;

use genauth::http::header::AUTHORIZATION;
use genauth::http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use genauth::protocol::bearer::{BearerCheck, Refusal};
use genauth::protocol::keys::JwksSource;
use genauth::protocol::verify::{AccessToken, AccessTokenVerifier};
use genauth::transport::Transport as _;
use genauth::ureq::UreqTransport;
use genauth::{App, AuthenticationClient, OsSystem};
use genauth_emulator::{Emulator, UserSeed};
use tiny_http::{Header, Server};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let self_test = std::env::args().any(|argument| argument == "--self-test");
    let emulator = Emulator::start()?;
    let ada = emulator.add_user(UserSeed::new().username("ada"))?;
    let token = emulator.access_token(&ada)?;

    let server = Server::http("127.0.0.1:0")?;
    let url = format!("http://{}/hello", server.server_addr());
    let service = Service::new(App::new(emulator.url(), emulator.app_id())?.with_secret(emulator.app_secret())?);
    if !self_test {
        println!("curl -i -H 'Authorization: Bearer {token}' {url}");
        loop {
            service.respond(server.recv()?)?;
        }
    }
    let caller = thread::spawn(move || call(&emulator, &url, &token));
    while !caller.is_finished() {
        if let Some(request) = server.recv_timeout(Duration::from_millis(50))? {
            service.respond(request)?;
        }
    }
    caller.join().map_err(|_| "the caller broke off")?
}

struct Service {
    /// What every call needs.
    check: BearerCheck,
    /// Fetches keys now and then, and keeps them: one for the whole service.
    keys: JwksSource,
    client: AuthenticationClient,
}

impl Service {
    fn new(app: App) -> Self {
        let client = AuthenticationClient::new(app, UreqTransport::new()).with_system(OsSystem::new());
        let check = BearerCheck::new(AccessTokenVerifier::new(client.app()));
        Self {
            check: check.with_realm("hello").with_scope("openid"),
            keys: JwksSource::new(&client),
            client,
        }
    }

    /// The middleware: nothing behind it sees a call that may not be made.
    fn respond(&self, request: tiny_http::Request) -> Result<(), Failure> {
        let answer = match self.caller(&request) {
            Ok(caller) => hello(&caller),
            Err(refusal) => {
                // Why a token is bad stands in the log, not in the answer.
                println!("  (log) {refusal}");
                refusal.response()
            }
        };
        let mut response = tiny_http::Response::from_string(answer.body()).with_status_code(answer.status().as_u16());
        for (name, value) in answer.headers() {
            let header = Header::from_bytes(name.as_str(), value.as_bytes());
            response.add_header(header.map_err(|()| "this cannot be a header")?);
        }
        // The caller may have gone away.
        let _ = request.respond(response);
        Ok(())
    }

    fn caller(&self, request: &tiny_http::Request) -> Result<AccessToken, Refusal> {
        let headers = headers(request);
        if request.url() == "/hello" {
            return self.check.check_with(&headers, &self.keys);
        }
        // What cannot be undone is asked about each time: a token that was withdrawn is good for nothing.
        self.check.introspect(&headers, &self.client)
    }
}

fn hello(caller: &AccessToken) -> Response<String> {
    Response::new(format!(
        "hello {}\n",
        caller.claims().sub.as_deref().unwrap_or("machine")
    ))
}

fn headers(request: &tiny_http::Request) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for header in request.headers() {
        let name = HeaderName::from_bytes(header.field.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(header.value.as_str())) {
            headers.append(name, value);
        }
    }
    headers
}

/// The self-test.
fn call(emulator: &Emulator, url: &str, token: &str) -> Result<(), Failure> {
    let ask = |path: &str, authorization: Option<String>| -> Result<(u16, String), Failure> {
        let mut request = Request::get(url.replace("/hello", path));
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let answer = UreqTransport::new().send(request.body(Vec::new())?)?;
        let challenge = answer.headers().get("www-authenticate");
        let said = match challenge {
            Some(challenge) => challenge.to_str()?.to_owned(),
            None => String::from_utf8(answer.body().clone())?,
        };
        println!("{path}: {} {}", answer.status(), said.trim_end());
        Ok((answer.status().as_u16(), said))
    };
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let (status, said) = ask("/hello", bearer(token))?;
    check(status == 200 && said.starts_with("hello "), "a good token lets in")?;
    let (status, said) = ask("/hello", None)?;
    check(
        status == 401 && said == r#"Bearer realm="hello", scope="openid""#,
        "without a token nobody gets in",
    )?;
    let (status, _) = ask("/hello", bearer(&format!("{token}AAAA")))?;
    check(status == 401, "with a forged one neither")?;
    let (status, _) = ask("/hello", Some(format!("Bearer {token}, Bearer {token}")))?;
    check(status == 400, "two tokens are none")?;

    let (status, _) = ask("/delete", bearer(token))?;
    check(status == 200, "the service knows the token")?;
    let app = App::new(emulator.url(), emulator.app_id())?.with_secret(emulator.app_secret())?;
    let client = AuthenticationClient::new(app, UreqTransport::new());
    client.revoke_token(&genauth::protocol::oidc::TokenRevocationEndpointParams::new(token))?;
    let (status, _) = ask("/delete", bearer(token))?;
    check(status == 401, "and that it was withdrawn")
}

fn check(is: bool, what: &str) -> Result<(), Failure> {
    println!("  {what} ... {}", if is { "yes" } else { "no" });
    if is { Ok(()) } else { Err(what.into()) }
}
