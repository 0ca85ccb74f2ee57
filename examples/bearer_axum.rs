//! The caller of a service as an extractor of axum: a handler that takes a [`Caller`] is called with good tokens only.
//!
//! `cargo run --example bearer_axum --features oidc` starts the emulator and the service, and makes some calls.

#![allow(clippy::print_stdout)]

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use genauth::http::request::Parts;
use genauth::http::{HeaderMap, StatusCode};
use genauth::protocol::bearer::{BearerCheck, Refusal};
use genauth::protocol::keys::JwksSource;
use genauth::protocol::verify::{AccessToken, AccessTokenVerifier};
use genauth::ureq::UreqTransport;
use genauth::{App, AuthenticationClient, OsSystem};
use genauth_emulator::{Emulator, UserSeed};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What the service has to check its callers.
struct Access {
    check: BearerCheck,
    keys: JwksSource,
}

type State = Arc<Access>;

/// Whoever calls, with a token that has passed every check.
struct Caller(AccessToken);

impl FromRequestParts<State> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, access: &State) -> Result<Self, Response> {
        let (headers, access) = (parts.headers.clone(), Arc::clone(access));
        let check = move || access.check.check_with(&headers, &access.keys);
        // Keys are fetched now and then, and that blocks.
        match tokio::task::spawn_blocking(check).await {
            Ok(Ok(token)) => Ok(Self(token)),
            Ok(Err(refusal)) => Err(refuse(&refusal)),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        }
    }
}

fn refuse(refusal: &Refusal) -> Response {
    // Why a token is bad stands in the log, not in the answer.
    println!("  (log) {refusal}");
    refusal.response()
}

async fn hello(Caller(token): Caller) -> String {
    format!("hello {}", token.claims().sub.as_deref().unwrap_or("machine"))
}

/// Needs more than every call does.
async fn orders(axum::extract::State(access): axum::extract::State<State>, Caller(token): Caller) -> Response {
    match access.check.require_scope(&token, "orders.read") {
        Ok(()) => "no orders".into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let emulator = Emulator::start()?;
    let ada = emulator.add_user(UserSeed::new().username("ada"))?;
    let token = emulator.access_token(&ada)?;

    let app = App::new(emulator.url(), emulator.app_id())?;
    let client = AuthenticationClient::new(app, UreqTransport::new()).with_system(OsSystem::new());
    let access = Access {
        check: BearerCheck::new(AccessTokenVerifier::new(client.app())).with_scope("openid"),
        keys: JwksSource::new(&client),
    };
    let router = Router::new().route("/hello", get(hello)).route("/orders", get(orders));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, router.with_state(Arc::new(access))).into_future());

    let http = reqwest::Client::new();
    for (path, token, expected) in [
        ("/hello", Some(token.as_str()), StatusCode::OK),
        ("/hello", None, StatusCode::UNAUTHORIZED),
        ("/hello", Some("forged"), StatusCode::UNAUTHORIZED),
        ("/orders", Some(&token), StatusCode::FORBIDDEN),
    ] {
        let mut request = http.get(format!("{url}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        let challenge = |headers: &HeaderMap| headers.get("www-authenticate").cloned();
        println!("{path}: {} {:?}", answer.status(), challenge(answer.headers()));
        if answer.status() != expected {
            return Err(format!("{path} was to answer {expected}").into());
        }
    }
    Ok(())
}
