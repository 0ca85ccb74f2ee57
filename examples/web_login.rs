//! A small web application that signs its users in through the browser, and shows what the verified ID token says.
//!
//! `cargo run --example web_login --features oidc` starts the emulator, and an application that uses it; open the address
//! that is printed. It ends after the sign-out, or with Ctrl-C. With `--self-test` it plays the browser itself, once. With
//! these settings it runs on a real tenant:
//!
//! | variable | meaning |
//! |---|---|
//! | `GENAUTH_APP_HOST` | the application's host, such as `https://example.genauth.ai` |
//! | `GENAUTH_APP_ID`, `GENAUTH_APP_SECRET` | the application |
//! | `GENAUTH_ID_TOKEN_ALGORITHM` | how the console says that ID tokens are signed: `HS256` (the default), `RS256` or `ES256` |
//!
//! The console has to have `http://127.0.0.1:8080/callback` among the call-back URLs of the sign-in, and
//! `http://127.0.0.1:8080/bye` among those of the sign-out.

#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::thread;

use genauth::client::System as _;
use genauth::http::StatusCode;
use genauth::protocol::flow::{PendingSignIn, SignInOptions, SignedInTokens};
use genauth::protocol::keys::JwksSource;
use genauth::protocol::sign_out::EndSessionParams;
use genauth::protocol::verify::IdTokenVerifier;
use genauth::ureq::UreqTransport;
use genauth::{App, AuthenticationClient, OsSystem};
use genauth_emulator::{Emulator, UserSeed};
use tiny_http::{Header, Method, Request, Response, Server};

/// The port of the application where it runs on a real tenant, which has to know it.
const PORT: u16 = 8080;
const ACCOUNT: &str = "ada";
const PASSWORD: &str = "correct horse battery staple";

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let self_test = std::env::args().any(|argument| argument == "--self-test");
    let tenant = Tenant::from_environment()?;
    let port = if tenant.emulator.is_some() { 0 } else { PORT };
    let server = Server::http(("127.0.0.1", port))?;
    let url = format!("http://{}", server.server_addr());
    let mut application = Application::new(&tenant, url.clone());

    if !self_test {
        println!("Open {url} in a browser.");
        if tenant.emulator.is_some() {
            println!("The user is {ACCOUNT}, the password: {PASSWORD}");
        }
        return application.serve(&server);
    }
    if tenant.emulator.is_none() {
        return Err("the self-test needs the emulator: unset GENAUTH_APP_HOST".into());
    }
    let browser = thread::spawn(move || browse(&url));
    application.serve_until(&server, || browser.is_finished())?;
    browser.join().map_err(|_| "the browser broke off")??;
    println!("The user was signed in and out again.");
    Ok(())
}

/// The service, and what is configured there.
struct Tenant {
    emulator: Option<Emulator>,
    app: App,
    verifier: IdTokenVerifier,
}

impl Tenant {
    fn from_environment() -> Result<Self, Failure> {
        let setting = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let (emulator, app) = if let Ok(host) = setting("GENAUTH_APP_HOST") {
            let app = App::new(&host, setting("GENAUTH_APP_ID")?)?;
            (None, app.with_secret(setting("GENAUTH_APP_SECRET")?)?)
        } else {
            let emulator = Emulator::start()?;
            let ada = UserSeed::new().username(ACCOUNT).password(PASSWORD);
            emulator.add_user(ada.email("ada@example.com").field("name", "Ada <Lovelace>"))?;
            let app = App::new(emulator.url(), emulator.app_id())?.with_secret(emulator.app_secret())?;
            (Some(emulator), app)
        };
        let verifier = IdTokenVerifier::new(&app);
        // Chosen here, never taken from the token.
        let verifier = match setting("GENAUTH_ID_TOKEN_ALGORITHM").as_deref() {
            Err(_) | Ok("HS256") => verifier,
            Ok("RS256") => verifier.rs256(),
            Ok("ES256") => verifier.es256(),
            Ok(other) => return Err(format!("{other} is no algorithm for ID tokens").into()),
        };
        Ok(Self {
            emulator,
            app,
            verifier,
        })
    }
}

/// What the application knows of one browser. It stays on the server: the browser has its name only, in a cookie.
enum Session {
    /// The browser is at the sign-in page.
    Away(Box<PendingSignIn>),
    /// The user has signed in.
    In(Box<SignedInTokens>),
}

/// The name of the cookie. Cookies do not tell ports apart.
const COOKIE: &str = "web_login_session";

struct Application {
    url: String,
    client: AuthenticationClient,
    verifier: IdTokenVerifier,
    /// Fetches keys where the verifier needs some, and keeps them: one for the whole application.
    keys: JwksSource,
    sessions: HashMap<String, Session>,
    /// The user has signed out and come back.
    over: bool,
}

/// A page, or a redirect, and the cookie that goes with it.
struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
    cookie: Option<String>,
}

impl Answer {
    fn page(status: StatusCode, body: impl Into<String>) -> Self {
        Self {
            status,
            location: None,
            body: body.into(),
            cookie: None,
        }
    }

    fn redirect(location: impl Into<String>) -> Self {
        Self {
            location: Some(location.into()),
            ..Self::page(StatusCode::SEE_OTHER, "")
        }
    }

    /// Sets the cookie; an empty one ends it. Scripts do not get to see it, and other sites' forms do not send it.
    fn with_session(mut self, id: &str) -> Self {
        let age = if id.is_empty() { "; Max-Age=0" } else { "" };
        // Behind HTTPS, add `; Secure`.
        self.cookie = Some(format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax{age}"));
        self
    }
}

impl Application {
    fn new(tenant: &Tenant, url: String) -> Self {
        let client = AuthenticationClient::new(tenant.app.clone(), UreqTransport::new()).with_system(OsSystem::new());
        Self {
            url,
            keys: JwksSource::new(&client),
            client,
            verifier: tenant.verifier.clone(),
            sessions: HashMap::new(),
            over: false,
        }
    }

    fn serve(&mut self, server: &Server) -> Result<(), Failure> {
        while !self.over {
            self.respond(server.recv()?)?;
        }
        Ok(())
    }

    /// The same, and also until the browser is gone.
    fn serve_until(&mut self, server: &Server, gone: impl Fn() -> bool) -> Result<(), Failure> {
        while !self.over && !gone() {
            if let Some(request) = server.recv_timeout(std::time::Duration::from_millis(50))? {
                self.respond(request)?;
            }
        }
        Ok(())
    }

    fn respond(&mut self, request: Request) -> Result<(), Failure> {
        let answer = self.answer(&request).unwrap_or_else(|error| {
            // The SDK's errors hold no secrets. Still, a real application would log this and show less.
            Answer::page(
                StatusCode::BAD_REQUEST,
                paragraph(&format!("That did not work: {error}")),
            )
        });
        let html = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>web_login</title>{}",
            answer.body
        );
        let mut response = Response::from_string(html).with_status_code(answer.status.as_u16());
        let headers = [
            ("content-type", Some("text/html; charset=utf-8".to_owned())),
            ("cache-control", Some("no-store".to_owned())),
            // The call-back's URL holds a code, which is nobody else's business.
            ("referrer-policy", Some("no-referrer".to_owned())),
            ("location", answer.location),
            ("set-cookie", answer.cookie),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                response.add_header(Header::from_bytes(name, value).map_err(|()| "this cannot be a header")?);
            }
        }
        // The browser may have gone away.
        let _ = request.respond(response);
        Ok(())
    }

    fn answer(&mut self, request: &Request) -> Result<Answer, Failure> {
        let session = cookie(request);
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        match (request.method(), path) {
            (Method::Get, "/") => Ok(self.home(session.as_deref())),
            // What changes something is posted, so that no link of another site can do it.
            (Method::Post, "/login") => self.log_in(),
            (Method::Get, "/callback") => self.callback(session.as_deref(), query),
            (Method::Post, "/logout") => self.log_out(session.as_deref()),
            (Method::Get, "/bye") => {
                self.over = true;
                Ok(Answer::page(StatusCode::OK, paragraph("You have signed out.")))
            }
            _ => Ok(Answer::page(StatusCode::NOT_FOUND, paragraph("There is nothing here."))),
        }
    }

    fn home(&self, session: Option<&str>) -> Answer {
        let Some(Session::In(user)) = session.and_then(|id| self.sessions.get(id)) else {
            let form = "<h1>Hello</h1><form method=\"post\" action=\"/login\"><button>Sign in</button></form>";
            return Answer::page(StatusCode::OK, form);
        };
        let claims = user.claims();
        let mut rows = String::new();
        let mut row = |name: &str, value: Option<&str>| {
            let value = value.unwrap_or("(nothing)");
            // Writing to a string does not fail.
            let _ = write!(rows, "<tr><th>{}<td>{}", escape(name), escape(value));
        };
        row("issuer", Some(&claims.iss));
        row("user", Some(&claims.sub));
        row("name", claims.name.as_deref());
        row("email", claims.email.as_deref());
        row("signed with", Some(user.id_token().algorithm().as_str()));
        row("valid until (Unix time)", Some(&claims.exp.to_string()));
        for (name, value) in &claims.custom {
            row(name, Some(&value.to_string()));
        }
        let form = "<form method=\"post\" action=\"/logout\"><button>Sign out</button></form>";
        Answer::page(
            StatusCode::OK,
            format!("<h1>You are signed in</h1><table>{rows}</table>{form}"),
        )
    }

    /// Begins a sign-in, keeps it for this browser, and sends the browser away.
    fn log_in(&mut self) -> Result<Answer, Failure> {
        let options = SignInOptions::new(format!("{}/callback", self.url)).with_scope("openid profile email");
        let pending = self.client.begin_sign_in(&options)?;
        let answer = Answer::redirect(pending.url());
        let id = self.keep(Session::Away(Box::new(pending)))?;
        Ok(answer.with_session(&id))
    }

    /// The browser is back. Its session is taken out, so that a sign-in ends once, well or badly; a new one gets a new name,
    /// which nobody can have known before.
    fn callback(&mut self, session: Option<&str>, query: &str) -> Result<Answer, Failure> {
        let away = |id: &&str| matches!(self.sessions.get(*id), Some(Session::Away(_)));
        let taken = session.filter(away).and_then(|id| self.sessions.remove(id));
        let Some(Session::Away(pending)) = taken else {
            return Err("this browser has not begun to sign in".into());
        };
        let signed_in = self
            .client
            .finish_sign_in(*pending, query, &self.verifier, &self.keys)?;
        let id = self.keep(Session::In(Box::new(signed_in)))?;
        Ok(Answer::redirect("/").with_session(&id))
    }

    /// Ends the session here, and then the one at the service.
    fn log_out(&mut self, session: Option<&str>) -> Result<Answer, Failure> {
        let Some(Session::In(user)) = session.and_then(|id| self.sessions.remove(id)) else {
            return Ok(Answer::redirect("/"));
        };
        let back = EndSessionParams::redirecting(user.id_token().token(), format!("{}/bye", self.url));
        let url = self.client.app().end_session_url(&back)?;
        Ok(Answer::redirect(url).with_session(""))
    }

    /// Keeps a session under a name that nobody can guess. A real application would also end old ones.
    fn keep(&mut self, session: Session) -> Result<String, Failure> {
        let mut random = [0; 16];
        OsSystem::new().random(&mut random)?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        self.sessions.insert(id.clone(), session);
        Ok(id)
    }
}

/// The session's name that the browser sends.
fn cookie(request: &Request) -> Option<String> {
    let cookies = request.headers().iter().filter(|header| header.field.equiv("cookie"));
    cookies
        .flat_map(|header| header.value.as_str().split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p><p><a href=\"/\">Home</a></p>", escape(text))
}

/// Whatever comes from outside goes through here before it stands in a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The self-test: what a browser does, step by step.
fn browse(url: &str) -> Result<(), Failure> {
    let mut browser = Browser::default();
    let page = browser.get(url)?;
    check(
        page.body.contains("action=\"/login\""),
        "the home page offers to sign in",
    )?;

    let away = browser.post(&format!("{url}/login"), "")?;
    let sign_in_page = browser.get(&away.location)?;
    let (_, action) = sign_in_page.body.split_once("action=\"").ok_or("there is no form")?;
    let (action, _) = action.split_once('"').ok_or("the form leads nowhere")?;
    let host = away.location.split("/oidc/").next().unwrap_or_default();
    let form = format!("account={ACCOUNT}&password={}", PASSWORD.replace(' ', "+"));
    let back = browser.post(&format!("{host}{action}"), &form)?;
    check(
        back.location.contains("/callback?code="),
        "the browser comes back with a code",
    )?;

    let stranger = Browser::default().get(&back.location)?;
    check(stranger.status == 400, "another browser cannot use the code")?;
    let forged = Browser {
        cookies: browser.cookies.clone(),
    }
    .get(&format!("{url}/callback?code=x&state=guessed"))?;
    check(forged.status == 400, "a state that was guessed is refused")?;

    // That has ended the sign-in; the service knows the browser by now and asks nothing.
    let away = browser.post(&format!("{url}/login"), "")?;
    let back = browser.get(&away.location)?;
    let home = browser.get(&back.location)?;
    check(home.location == "/", "the sign-in succeeds")?;
    let page = browser.get(url)?;
    check(page.body.contains("ada@example.com"), "the page shows the claims")?;
    check(page.body.contains("Ada &lt;Lovelace&gt;"), "the page escapes them")?;
    let again = browser.get(&back.location)?;
    check(again.status == 400, "a call-back is good once")?;

    let out = browser.post(&format!("{url}/logout"), "")?;
    let bye = browser.get(&out.location)?;
    check(
        bye.location == format!("{url}/bye"),
        "the service sends the browser back",
    )?;
    check(
        browser.get(url)?.body.contains("action=\"/login\""),
        "the session is over",
    )?;
    let page = browser.get(&bye.location)?;
    check(page.body.contains("signed out"), "the application says goodbye")
}

fn check(is: bool, what: &str) -> Result<(), Failure> {
    println!("  {what} ... {}", if is { "yes" } else { "no" });
    if is { Ok(()) } else { Err(what.into()) }
}

/// A browser that follows nothing by itself.
#[derive(Default)]
struct Browser {
    cookies: HashMap<String, String>,
}

struct Seen {
    status: u16,
    location: String,
    body: String,
}

impl Browser {
    fn get(&mut self, url: &str) -> Result<Seen, Failure> {
        self.send("GET", url, "")
    }

    fn post(&mut self, url: &str, form: &str) -> Result<Seen, Failure> {
        self.send("POST", url, form)
    }

    fn send(&mut self, method: &str, url: &str, form: &str) -> Result<Seen, Failure> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = genauth::http::Request::builder()
            .method(method)
            .uri(url)
            .header("cookie", cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())?;
        let mut response = agent.run(request)?;
        let header = |name| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let (location, cookie) = (header("location"), header("set-cookie"));
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(Seen {
            status: response.status().as_u16(),
            location,
            body: response.body_mut().read_to_string()?,
        })
    }
}
