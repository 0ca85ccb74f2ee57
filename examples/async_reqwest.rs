//! The sans-IO core inside an async runtime: the SDK builds the requests and reads the replies, reqwest carries them.
//!
//! `cargo run --example async_reqwest` runs it on the emulator.

#![allow(clippy::print_stdout)]

use genauth::access::Caller;
use genauth::authentication::profile::{GET_PROFILE, GetProfileDto};
use genauth::authentication::sign_in::{SIGN_IN_BY_USERNAME_PASSWORD, SignInByUsernamePassword};
use genauth::authentication::sign_up::{SIGN_UP_BY_USERNAME_PASSWORD, SignUpByUsernamePassword};
use genauth::http::Response;
use genauth::{App, Operation, access};
use genauth_emulator::Emulator;
use serde::Serialize;
use serde::de::DeserializeOwned;

type AnyError = Box<dyn std::error::Error>;

/// Carries out any operation.
async fn call<C, Q, R, A>(
    http: &reqwest::Client,
    caller: &C,
    operation: Operation<Q, R, A>,
    input: &Q,
) -> Result<R, AnyError>
where
    C: Caller + access::Grants<A>,
    Q: Serialize,
    R: DeserializeOwned,
    A: access::Access,
{
    let request = reqwest::Request::try_from(operation.request(caller, input)?)?;
    let answer = http.execute(request).await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.extend(answer.headers().clone());
    }
    let response = response.body(answer.bytes().await?)?;
    Ok(operation.reply(&response)?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let emulator = Emulator::start()?;
    let app = App::new(emulator.url(), emulator.app_id())?.with_secret(emulator.app_secret())?;
    // Credentials must not follow a redirect to another host.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;

    let (name, password) = ("ada", "correct horse battery staple");
    call(
        &http,
        &app,
        SIGN_UP_BY_USERNAME_PASSWORD,
        &SignUpByUsernamePassword::new(name, password),
    )
    .await?;
    let tokens = call(
        &http,
        &app,
        SIGN_IN_BY_USERNAME_PASSWORD,
        &SignInByUsernamePassword::new(name, password),
    )
    .await?;
    let user = app.signed_in(tokens.access_token.ok_or("no access token came")?)?;
    let profile = call(&http, &user, GET_PROFILE, &GetProfileDto::new()).await?;
    println!("{} is signed in", profile.username.unwrap_or_default());
    Ok(())
}
