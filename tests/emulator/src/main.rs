//! The emulator as a program: it prints one JSON line when it is ready and serves until it is ended.

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, thread};

use genauth_emulator::{Builder, ClientAuthentication, Emulator};

const HELP: &str = "An in-process GenAuth server for tests and offline work.

  --port N                    the port on 127.0.0.1 (0 takes a free one, and is the default)
  --code-length N             digits of a pass code (6)
  --app-id ID                 the application's id (random)
  --app-secret SECRET         the application's secret (random)
  --client-authentication M   client_secret_post (default), client_secret_basic or none

When it is ready it prints one line of JSON with url, appId, appSecret, userPoolId, accessKeyId and accessKeySecret.
GET /_emulator/outbox lists the codes that were sent, POST /_emulator/advance {\"seconds\":n} moves the clock,
POST /_emulator/faults {\"fault\":\"reset\",\"count\":1} makes calls fail, POST /_emulator/users adds a user,
POST /_emulator/invitations {\"email\":..} invites one.
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
            "--client-authentication" => builder.client_authentication(match value.as_str() {
                "client_secret_post" => ClientAuthentication::SecretPost,
                "client_secret_basic" => ClientAuthentication::SecretBasic,
                "none" => ClientAuthentication::None,
                _ => return Err(unfit()),
            }),
            _ => return Err(format!("{option} is not an option; see --help")),
        };
    }
    Ok(Some(builder))
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
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    loop {
        thread::park();
    }
}
