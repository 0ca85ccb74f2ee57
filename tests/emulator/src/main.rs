//! The emulator as a program: it prints one JSON line when it is ready and serves until it is ended.

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, thread};

use genauth_emulator::{Builder, ClientAuthentication, Emulator, IdTokenAlgorithm, RefreshRotation};

const HELP: &str = "An in-process GenAuth server for tests and offline work.

  --port N                    the port on 127.0.0.1 (0 takes a free one, and is the default)
  --code-length N             digits of a pass code (6)
  --app-id ID                 the application's id (random)
  --app-secret SECRET         the application's secret (random)
  --client-authentication M   client_secret_post (default), client_secret_basic or none; and the same, by themselves:
  --introspection-authentication M
  --revocation-authentication M
  --redirect-uri URI          an address that browsers may be sent back to; those of this machine need not be registered.
                              Can be given more than once
  --id-token-algorithm ALG    HS256 (default), RS256 or ES256
  --refresh-rotation R        what comes back for a refresh token: rotate (a new one; default), keep (the same) or omit

When it is ready it prints one line of JSON with url, appId, appSecret, userPoolId, accessKeyId, accessKeySecret
and webhookSecret.
GET /_emulator/outbox lists the codes that were sent, POST /_emulator/advance {\"seconds\":n} moves the clock,
POST /_emulator/faults {\"fault\":\"reset\",\"count\":1} makes calls fail, POST /_emulator/users adds a user,
POST /_emulator/invitations {\"email\":..} invites one.
The OpenID provider's issuer is /oidc; whoever was added by POST /_emulator/users can sign in on its page.
";

fn main() -> ExitCode {
    match read_arguments(env::args().skip(1)) {
        Ok(Some(builder)) => match serve(builder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
        Ok(None) => {
            let _ = io::stdout().write_all(HELP.as_bytes());
            ExitCode::SUCCESS
        }
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "genauth-emulator: {message}");
    ExitCode::FAILURE
}

/// The settings; nothing if only help is wanted.
fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Option<Builder>, String> {
    let mut builder = Emulator::builder();
    while let Some(option) = arguments.next() {
        if option == "--help" || option == "-h" {
            return Ok(None);
        }
        let (option, value) = match option.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (option, arguments.next()),
        };
        let value = value.ok_or_else(|| format!("{option} needs a value"))?;
        let unfit = || format!("{value} does not fit {option}");
        builder = match option.as_str() {
            "--port" => builder.port(value.parse().map_err(|_| unfit())?),
            "--code-length" => builder.code_length(value.parse().map_err(|_| unfit())?),
            "--app-id" => builder.app_id(value),
            "--app-secret" => builder.app_secret(value),
            "--client-authentication" => builder.client_authentication(method(&value).ok_or_else(unfit)?),
            "--introspection-authentication" => builder.introspection_authentication(method(&value).ok_or_else(unfit)?),
            "--revocation-authentication" => builder.revocation_authentication(method(&value).ok_or_else(unfit)?),
            "--redirect-uri" => builder.redirect_uri(value),
            "--id-token-algorithm" => builder.id_token_algorithm(match value.as_str() {
                "HS256" => IdTokenAlgorithm::Hs256,
                "RS256" => IdTokenAlgorithm::Rs256,
                "ES256" => IdTokenAlgorithm::Es256,
                _ => return Err(unfit()),
            }),
            "--refresh-rotation" => builder.refresh_rotation(match value.as_str() {
                "rotate" => RefreshRotation::Rotate,
                "keep" => RefreshRotation::Keep,
                "omit" => RefreshRotation::Omit,
                _ => return Err(unfit()),
            }),
            _ => return Err(format!("{option} is not an option; see --help")),
        };
    }
    Ok(Some(builder))
}

fn method(name: &str) -> Option<ClientAuthentication> {
    match name {
        "client_secret_post" => Some(ClientAuthentication::SecretPost),
        "client_secret_basic" => Some(ClientAuthentication::SecretBasic),
        "none" => Some(ClientAuthentication::None),
        _ => None,
    }
}

fn serve(builder: Builder) -> io::Result<()> {
    let emulator = builder.start()?;
    let ready = serde_json::json!({
        "url": emulator.url(),
        "appId": emulator.app_id(),
        "appSecret": emulator.app_secret(),
        "userPoolId": emulator.user_pool_id(),
        "accessKeyId": emulator.access_key_id(),
        "accessKeySecret": emulator.access_key_secret(),
        "webhookSecret": emulator.webhook_secret(),
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    loop {
        thread::park();
    }
}
