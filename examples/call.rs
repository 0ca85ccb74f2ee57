//! Calls any operation by its documented name, with JSON in and JSON out: for people and for checks.
//!
//! ```text
//! call --list
//! call AuthenticationClient.bindEmail '{"email":"test@qq.com","passCode":"123456"}'
//! call --batch < lines.jsonl
//! ```
//!
//! Settings come from the environment: `GENAUTH_APP_HOST`, `GENAUTH_APP_ID`, `GENAUTH_APP_SECRET`, `GENAUTH_ACCESS_TOKEN`,
//! and `GENAUTH_TRANSPORT` (`ureq` or `isahc`).

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use genauth::access::{Access, AccessKind, Anyone, Grants, SignedIn};
use genauth::client::RetryPolicy;
use genauth::transport::Transport;
use genauth::{App, AuthenticationClient, Error, Operation, OperationVisitor, OsSystem, Reply};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--list"] => list(),
        ["--batch"] => batch(),
        [name] if !name.starts_with('-') => single(name, "{}"),
        [name, params] if !name.starts_with('-') => single(name, params),
        _ => {
            eprintln!("usage: call --list | call --batch | call NAME [JSON]");
            ExitCode::from(2)
        }
    }
}

/// Prints each operation as a line of JSON.
fn list() -> ExitCode {
    let mut out = std::io::stdout().lock();
    for info in genauth::all_operations() {
        let line = json!({
            "method": info.name,
            "http": info.verb.as_str(),
            "path": info.path_template(),
            "access": access(info.access),
            "section": info.section,
        });
        if writeln!(out, "{line}").is_err() {
            // The reader has had enough.
            break;
        }
    }
    ExitCode::SUCCESS
}

/// Who may call it, in the word of the operation tables.
fn access(kind: AccessKind) -> &'static str {
    match kind {
        AccessKind::User => "user",
        AccessKind::Administrator => "administrator",
        _ => "anyone",
    }
}

fn single(name: &str, params: &str) -> ExitCode {
    let outcome = match serde_json::from_str(params) {
        Ok(params) => Caller::new().call(name, params),
        Err(error) => Err(refusal("invalid-params", error)),
    };
    let (text, code) = match outcome {
        Ok(answer) => (answer, ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    println!("{text:#}");
    code
}

#[derive(Deserialize)]
struct Line {
    method: String,
    #[serde(default)]
    params: Value,
}

/// Answers each line of the input with one of the output.
fn batch() -> ExitCode {
    let caller = Caller::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return ExitCode::FAILURE };
        if line.trim().is_empty() {
            continue;
        }
        let (method, outcome) = match serde_json::from_str::<Line>(&line) {
            Ok(Line { method, params }) => {
                let outcome = caller.call(&method, params);
                (Value::String(method), outcome)
            }
            Err(error) => (Value::Null, Err(refusal("invalid-params", error))),
        };
        let answer = match outcome {
            Ok(answer) => json!({ "method": method, "ok": answer }),
            Err(error) => json!({ "method": method, "error": error }),
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

type Outcome = Result<Value, Value>;
type Run = Box<dyn Fn(&Settings, Value) -> Outcome>;

/// Every operation by its name, and what it runs with.
struct Caller {
    operations: BTreeMap<&'static str, Run>,
    settings: Result<Settings, Error>,
}

struct Settings {
    client: AuthenticationClient,
    user: Option<AuthenticationClient<SignedIn>>,
}

impl Caller {
    fn new() -> Self {
        let mut operations = Operations(BTreeMap::new());
        genauth::visit_operations(&mut operations);
        Self {
            operations: operations.0,
            settings: Settings::from_environment(),
        }
    }

    fn call(&self, name: &str, params: Value) -> Outcome {
        let Some(run) = self.operations.get(name) else {
            return Err(refusal(
                "unknown-operation",
                format_args!("there is no operation `{name}`; try --list"),
            ));
        };
        let settings = self.settings.as_ref().map_err(error_json)?;
        // Nothing given is nothing set.
        run(settings, if params.is_null() { json!({}) } else { params })
    }
}

impl Settings {
    fn from_environment() -> Result<Self, Error> {
        let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let host = setting("GENAUTH_APP_HOST").unwrap_or_default();
        let mut app = App::new(&host, setting("GENAUTH_APP_ID").unwrap_or_default())?;
        if let Some(secret) = setting("GENAUTH_APP_SECRET") {
            app = app.with_secret(secret)?;
        }
        let transport = transport(setting("GENAUTH_TRANSPORT").as_deref())?;
        let client = AuthenticationClient::new(app, transport)
            .with_system(OsSystem::new())
            .with_retry(RetryPolicy::default());
        let user = setting("GENAUTH_ACCESS_TOKEN")
            .map(|token| client.signed_in(token))
            .transpose()?;
        Ok(Self { client, user })
    }
}

fn transport(name: Option<&str>) -> Result<Arc<dyn Transport>, Error> {
    match name {
        #[cfg(feature = "ureq")]
        None | Some("ureq") => Ok(Arc::new(genauth::ureq::UreqTransport::new())),
        #[cfg(all(feature = "isahc", not(feature = "ureq")))]
        None => Ok(Arc::new(genauth::isahc::IsahcTransport::new()?)),
        #[cfg(feature = "isahc")]
        Some("isahc") => Ok(Arc::new(genauth::isahc::IsahcTransport::new()?)),
        _ => Err(genauth::error::RequestError::new("GENAUTH_TRANSPORT names no transport that was built in").into()),
    }
}

struct Operations(BTreeMap<&'static str, Run>);

impl OperationVisitor for Operations {
    fn visit<Q, R, A>(&mut self, operation: Operation<Q, R, A>)
    where
        Q: Serialize + DeserializeOwned + 'static,
        R: Serialize + DeserializeOwned + 'static,
        A: Access,
        SignedIn: Grants<A>,
    {
        let run = move |settings: &Settings, params: Value| run(settings, &operation, params);
        self.0.insert(operation.info().name, Box::new(run));
    }
}

/// Calls one operation. What `Q` and `R` do not hold is neither sent nor printed.
fn run<Q, R, A>(settings: &Settings, operation: &Operation<Q, R, A>, params: Value) -> Outcome
where
    Q: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
    A: Access,
    SignedIn: Grants<A>,
{
    // An operation without input takes no notice of what is given.
    let input: Q = match serde_json::from_value(if size_of::<Q>() == 0 { Value::Null } else { params }) {
        Ok(input) => input,
        Err(error) => return Err(refusal("invalid-params", error)),
    };
    let reply = match (&settings.user, operation.info().access) {
        (Some(user), _) => user.call_for_reply(operation, &input),
        (None, AccessKind::User) => {
            return Err(refusal(
                "request",
                "this operation needs a signed-in user: set GENAUTH_ACCESS_TOKEN",
            ));
        }
        // What the operation needs is known only now, so it is checked here and not by the compiler.
        (None, _) => settings
            .client
            .call_for_reply(&operation.with_access::<Anyone>(), &input),
    };
    let reply = reply.map_err(|error| error_json(&error))?;
    answer_json(&reply).map_err(|error| refusal("reply", error))
}

/// The whole answer, in the shape in which it came.
fn answer_json<R: Serialize>(reply: &Reply<R>) -> Result<Value, serde_json::Error> {
    let data = serde_json::to_value(&reply.data)?;
    let Some(status_code) = reply.status_code else {
        return Ok(data);
    };
    let mut answer = serde_json::Map::new();
    answer.insert("statusCode".to_owned(), status_code.into());
    if let Some(message) = &reply.message {
        answer.insert("message".to_owned(), message.as_str().into());
    }
    if let Some(api_code) = reply.api_code {
        answer.insert("apiCode".to_owned(), api_code.as_i64().into());
    }
    if let Some(request_id) = &reply.request_id {
        answer.insert("requestId".to_owned(), request_id.as_str().into());
    }
    match data {
        Value::Null => {}
        data => {
            answer.insert("data".to_owned(), data);
        }
    }
    Ok(Value::Object(answer))
}

fn refusal(kind: &str, message: impl std::fmt::Display) -> Value {
    json!({ "kind": kind, "message": message.to_string() })
}

fn error_json(error: &Error) -> Value {
    let kind = match error {
        Error::Api(_) => "api",
        Error::OAuth(_) => "oauth",
        Error::Transport(_) => "transport",
        Error::Request(_) => "request",
        _ => "reply",
    };
    let mut json = refusal(kind, error);
    let fields = [
        (
            "statusCode",
            if let Error::Api(error) = error {
                Some(error.status_code.into())
            } else {
                None
            },
        ),
        ("apiCode", error.api_code().map(|code| code.as_i64().into())),
        ("requestId", error.request_id().map(Into::into)),
        ("httpStatus", error.http_status().map(|status| status.as_u16().into())),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            json[name] = value;
        }
    }
    json
}
