//! The emulator as a program: it prints one JSON line when it is ready and serves until it is ended.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, thread};

use genauth_emulator::{Builder, ClientAuthentication, Emulator, IdTokenAlgorithm, RefreshRotation, Rules, Seed};

const HELP: &str = "A GenAuth server for tests and offline work, in memory.

Where it listens
  --host ADDRESS              the address to listen on (127.0.0.1); 0.0.0.0 lets other machines in
  --port N                    the port (0 takes a free one, and is the default)
  --public-url URL            how clients reach it, if not by that address; tokens have it in `iss`
  --tls                       HTTPS, with a certificate that is made at the start; its root is in the printed line
  --root-certificate FILE     and is written to this file

What is there
  --seed FILE                 users, roles and identity sources from the beginning, as JSON (see the README)
  --fixed                     the same ids, secrets and names of keys at each start
  --app-id ID                 the application's id (random)
  --app-secret SECRET         the application's secret (random)
  --webhook-secret SECRET     the secret that webhooks carry (random)
  --signing-key FILE          an own RSA key (PEM, PKCS#8) that signs tokens

How it behaves
  --code-length N             digits of a pass code, 1 to 32 (6)
  --code-attempts N           wrong tries that make a pass code void (1)
  --sms-code-lifetime S       seconds (60)
  --email-code-lifetime S     seconds (300)
  --token-lifetime S          seconds that access and ID tokens live (an hour, or 14 days for those of the API)
  --refresh-token-lifetime S  seconds (30 days)
  --authorization-code-lifetime S  seconds (600)
  --no-registration           nobody can register
  --client-authentication M   client_secret_post (default), client_secret_basic or none; and the same, by themselves:
  --introspection-authentication M
  --revocation-authentication M
  --redirect-uri URI          an address that browsers may be sent back to; those of this machine need not be registered.
                              Can be given more than once
  --allow-origin ORIGIN       an origin whose pages may call (CORS). Can be given more than once
  --id-token-algorithm ALG    HS256 (default), RS256 or ES256
  --refresh-rotation R        what comes back for a refresh token: rotate (a new one; default), keep (the same) or omit

How it ends
  --exit-with-stdin           when its standard input is closed, so also when the program ends that started it with a pipe

When it is ready it prints one line of JSON with url, appId, appSecret, userPoolId, accessKeyId, accessKeySecret,
webhookSecret, and rootCertificate with --tls.
GET /_emulator lists what can be done with it over HTTP; in a browser it is a page.
The OpenID provider's issuer is /oidc.
";

/// What the arguments ask for.
struct Wishes {
    builder: Builder,
    rules: Rules,
    root_certificate_file: Option<String>,
    exit_with_stdin: bool,
}

fn main() -> ExitCode {
    match read_arguments(env::args().skip(1)) {
        Ok(Some(wishes)) => match serve(wishes) {
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

/// What is asked for; nothing if only help is.
fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wishes>, String> {
    let mut builder = Emulator::builder();
    let mut rules = Rules::new();
    let (mut root_certificate_file, mut exit_with_stdin) = (None, false);
    // The others change what `--fixed` has set, wherever it stands.
    let mut given: Vec<(String, Option<String>)> = Vec::new();
    while let Some(option) = arguments.next() {
        match option.as_str() {
            "--help" | "-h" => return Ok(None),
            "--fixed" => builder = builder.fixed(),
            "--tls" | "--no-registration" | "--exit-with-stdin" => given.push((option, None)),
            _ => {
                let (option, value) = if let Some((option, value)) = option.split_once('=') {
                    (option.to_owned(), Some(value.to_owned()))
                } else {
                    (option, arguments.next())
                };
                given.push((option, value));
            }
        }
    }
    for (option, value) in given {
        match option.as_str() {
            "--tls" => {
                builder = with_tls(builder)?;
                continue;
            }
            "--no-registration" => {
                builder = builder.registration(false);
                continue;
            }
            "--exit-with-stdin" => {
                exit_with_stdin = true;
                continue;
            }
            _ => {}
        }
        let value = value.ok_or_else(|| format!("{option} needs a value, or is not an option; see --help"))?;
        let unfit = || format!("{value} does not fit {option}");
        let seconds = || value.parse().map(Duration::from_secs).map_err(|_| unfit());
        builder = match option.as_str() {
            "--host" => builder.host(value.parse().map_err(|_| unfit())?),
            "--port" => builder.port(value.parse().map_err(|_| unfit())?),
            "--public-url" => builder.public_url(value),
            "--seed" => {
                let seed = Seed::from_json(&read_file(&value)?).map_err(|error| format!("{value}: {error}"))?;
                builder.seed(seed)
            }
            "--signing-key" => builder.signing_key_pem(read_file(&value)?),
            "--root-certificate" => {
                root_certificate_file = Some(value);
                builder
            }
            "--code-length" => {
                let length = value.parse().ok().filter(|length| (1..=32).contains(length));
                builder.code_length(length.ok_or_else(unfit)?)
            }
            "--code-attempts" => {
                let attempts = value.parse().ok().filter(|attempts| *attempts > 0);
                builder.code_attempts(attempts.ok_or_else(unfit)?)
            }
            "--sms-code-lifetime" => builder.sms_code_lifetime(seconds()?),
            "--email-code-lifetime" => builder.email_code_lifetime(seconds()?),
            "--token-lifetime" => builder.token_lifetime(seconds()?),
            "--refresh-token-lifetime" => builder.refresh_token_lifetime(seconds()?),
            "--authorization-code-lifetime" => builder.authorization_code_lifetime(seconds()?),
            "--app-id" => builder.app_id(value),
            "--app-secret" => builder.app_secret(value),
            "--webhook-secret" => builder.webhook_secret(value),
            "--client-authentication" => builder.client_authentication(method(&value).ok_or_else(unfit)?),
            "--introspection-authentication" => builder.introspection_authentication(method(&value).ok_or_else(unfit)?),
            "--revocation-authentication" => builder.revocation_authentication(method(&value).ok_or_else(unfit)?),
            "--redirect-uri" => builder.redirect_uri(value),
            "--allow-origin" => {
                rules = rules.allow_origin(value);
                builder
            }
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
    Ok(Some(Wishes {
        builder,
        rules,
        root_certificate_file,
        exit_with_stdin,
    }))
}

fn read_file(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

#[cfg(feature = "tls")]
#[allow(clippy::unnecessary_wraps)]
fn with_tls(builder: Builder) -> Result<Builder, String> {
    Ok(builder.tls(true))
}

#[cfg(not(feature = "tls"))]
fn with_tls(_: Builder) -> Result<Builder, String> {
    Err("this program was built without the feature `tls`".to_owned())
}

fn method(name: &str) -> Option<ClientAuthentication> {
    match name {
        "client_secret_post" => Some(ClientAuthentication::SecretPost),
        "client_secret_basic" => Some(ClientAuthentication::SecretBasic),
        "none" => Some(ClientAuthentication::None),
        _ => None,
    }
}

fn serve(wishes: Wishes) -> io::Result<()> {
    let emulator = wishes.builder.rules(wishes.rules).start()?;
    let mut ready = serde_json::json!({
        "url": emulator.url(),
        "appId": emulator.app_id(),
        "appSecret": emulator.app_secret(),
        "userPoolId": emulator.user_pool_id(),
        "accessKeyId": emulator.access_key_id(),
        "accessKeySecret": emulator.access_key_secret(),
        "webhookSecret": emulator.webhook_secret(),
    });
    if let (Some(root), Some(ready)) = (emulator.root_certificate(), ready.as_object_mut()) {
        ready.insert("rootCertificate".to_owned(), root.into());
    }
    if let Some(path) = wishes.root_certificate_file {
        let root = emulator.root_certificate();
        let missing = || io::Error::new(io::ErrorKind::InvalidInput, "--root-certificate needs --tls");
        fs::write(path, root.ok_or_else(missing)?)?;
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    if wishes.exit_with_stdin {
        let mut ignored = [0; 1024];
        while io::stdin().read(&mut ignored)? > 0 {}
        return Ok(());
    }
    loop {
        thread::park();
    }
}
