//! HTTP: accepting connections, reading requests, finding the route, writing answers.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::{MethodFilter, on};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::area;
use crate::area::management;
use crate::events;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::fault::{Fault, RecordedRequest};
use crate::random;
use crate::route::{Call, Caller, Route, Session};
use crate::state::World;
use crate::validate::{check, read_pairs};

/// The largest request body that is read.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// The state, shared by the server and the test.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until the sender of `stop` goes away.
pub(crate) async fn serve(listener: TcpListener, shared: Shared, mut stop: oneshot::Receiver<()>) {
    let router = router(&shared);
    loop {
        tokio::select! {
            _ = &mut stop => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(connection(stream, router.clone(), shared.clone()));
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router, shared: Shared) {
    // Answers are small and often come in two writes.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| exchange(request, router.clone(), shared.clone()));
    // A failure here is the client's going away, or a `Fault::Reset`.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

/// One request and its answer; an error closes the connection.
async fn exchange(request: hyper::Request<Incoming>, router: Router, shared: Shared) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_LIMIT).await.map_err(io::Error::other)?;
    if !parts.uri.path().starts_with("/_emulator/") {
        let fault = {
            let mut world = shared.lock();
            world.requests.push(record(&parts, &body));
            world.faults.next()
        };
        if let Some(fault) = fault {
            return misbehave(&fault);
        }
    }
    router
        .oneshot(Request::from_parts(parts, Body::from(body)))
        .await
        .map_err(|never: Infallible| match never {})
}

fn record(parts: &Parts, body: &Bytes) -> RecordedRequest {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    RecordedRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.to_vec(),
    }
}

fn misbehave(fault: &Fault) -> io::Result<Response<Body>> {
    Ok(match fault {
        Fault::RateLimited => {
            let body = json!({ "statusCode": 429, "message": "Too many requests, try again later" });
            let mut response = json_response(StatusCode::TOO_MANY_REQUESTS, &body);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        Fault::Status(status) => {
            let body =
                json!({ "statusCode": status, "message": "The server was told to fail", "requestId": random::uuid() });
            json_response(
                StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                &body,
            )
        }
        Fault::Html => {
            let page =
                "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";
            response(StatusCode::BAD_GATEWAY, "text/html", page.into())
        }
        Fault::Truncated => {
            let body = format!(
                r#"{{"statusCode":200,"message":"","requestId":"{}","data":{{"us"#,
                random::uuid()
            );
            response(StatusCode::OK, JSON, body.into())
        }
        Fault::Empty => response(StatusCode::OK, JSON, Vec::new()),
        Fault::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
        Fault::Business { status_code, api_code } => {
            let mut failure = Failure::new(*status_code, "The server was told to fail");
            failure.api_code = *api_code;
            respond(Err(failure))
        }
    })
}

const JSON: &str = "application/json; charset=utf-8";

fn response(status: StatusCode, content_type: &str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_str(content_type);
    let content_type = content_type.unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    response(status, JSON, body.to_string().into_bytes())
}

/// Writes what a handler answered.
fn respond(answer: Answer) -> Response<Body> {
    let request_id = random::uuid();
    match answer {
        Ok(Reply::Data(data)) => {
            let body = json!({ "statusCode": 200, "message": "", "requestId": request_id, "data": data });
            json_response(StatusCode::OK, &body)
        }
        Ok(Reply::Done) => json_response(
            StatusCode::OK,
            &json!({ "statusCode": 200, "message": "", "requestId": request_id }),
        ),
        Ok(Reply::Bare(value)) => json_response(StatusCode::OK, &value),
        Ok(Reply::Document { content_type, body }) => response(StatusCode::OK, &content_type, body),
        Ok(Reply::Http(whole)) => whole.map(Body::from),
        Ok(Reply::Redirect(location)) => match HeaderValue::try_from(location) {
            Ok(location) => {
                let mut redirect = response(StatusCode::FOUND, "text/plain", Vec::new());
                redirect.headers_mut().insert(header::LOCATION, location);
                redirect
            }
            Err(_) => respond(Err(Failure::invalid("the address to redirect to is malformed"))),
        },
        Err(failure) => {
            let mut body = json!({
                "statusCode": failure.status_code,
                "message": failure.message,
                "requestId": request_id,
            });
            if let (Some(api_code), Some(body)) = (failure.api_code, body.as_object_mut()) {
                body.insert("apiCode".to_owned(), json!(api_code));
            }
            json_response(StatusCode::OK, &body)
        }
    }
}

/// The routing table as a router.
fn router(shared: &Shared) -> Router {
    let mut router = Router::new();
    for route in area::all() {
        let filter = match route.method {
            "GET" => MethodFilter::GET,
            "PUT" => MethodFilter::PUT,
            "DELETE" => MethodFilter::DELETE,
            _ => MethodFilter::POST,
        };
        let shared = shared.clone();
        let handler = move |path: RawPathParams, request: Request| async move {
            let path = path
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            respond(answer(route, &shared, path, request).await)
        };
        router = router.route(route.path, on(filter, handler));
    }
    for (path, audience) in events::SOCKETS {
        let shared = shared.clone();
        let handler = move |request: Request| async move {
            events::subscribe(&shared, request, *audience)
                .unwrap_or_else(|refused| response(refused, "text/plain", Vec::new()))
        };
        router = router.route(path, on(MethodFilter::GET, handler));
    }
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

async fn unknown(method: Method, request: Request) -> Response<Body> {
    let message = format!("Cannot {method} {}", request.uri().path());
    json_response(
        StatusCode::NOT_FOUND,
        &json!({ "statusCode": 404, "message": message, "requestId": random::uuid() }),
    )
}

/// Reads the request as the route's table says, and runs its handler.
async fn answer(route: &Route, shared: &Shared, path: Vec<(String, String)>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Failure::new(413, "The body is too large"))?;
    let input = read_input(route, &parts, body.clone()).await?;
    let mut world = shared.lock();
    let now = world.now();
    let mut call = Call {
        world: &mut world,
        now,
        input,
        path,
        headers: &parts.headers,
        session: None,
    };
    if route.caller == Caller::Management {
        management::admit(&mut call, &parts, &body)?;
    }
    admit(route, &mut call)?;
    check(route.fields, &mut call.input)?;
    (route.run)(&mut call)
}

/// Finds out who calls, and whether they may.
fn admit(route: &Route, call: &mut Call<'_>) -> Result<(), Failure> {
    if matches!(route.caller, Caller::Anyone | Caller::Management) {
        return Ok(());
    }
    match call.service_header("app-id") {
        Some(app_id) if app_id == call.world.settings.app_id => {}
        None if route.caller == Caller::User => {}
        _ => return Err(coded::UNKNOWN_APP),
    }
    if call
        .service_header("userpool-id")
        .is_some_and(|id| !id.is_empty() && id != call.world.settings.user_pool_id)
    {
        return Err(coded::UNKNOWN_USER_POOL);
    }
    if route.caller == Caller::App {
        return Ok(());
    }
    call.session = call
        .bearer()
        .and_then(|token| call.world.tokens.access(token, call.now))
        .and_then(|grant| grant.authorization.user_id.clone())
        .map(|user_id| Session { user_id });
    if route.caller == Caller::User {
        call.user().map(|_| ())
    } else {
        Ok(())
    }
}

/// The fields of the request, from wherever its content type puts them.
async fn read_input(route: &Route, parts: &Parts, body: Bytes) -> Result<Map<String, Value>, Failure> {
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let query = read_pairs(route.fields, &pairs(parts.uri.query().unwrap_or_default().as_bytes()));
    if body.is_empty() {
        return Ok(query);
    }
    let content_type = content_type(&parts.headers);
    let mut input = match content_type.as_str() {
        "multipart/form-data" => read_multipart(&parts.headers, body).await?,
        "application/x-www-form-urlencoded" if !body.starts_with(b"{") => read_pairs(route.fields, &pairs(&body)),
        _ => match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => object,
            _ => return Err(Failure::invalid("The body is not a JSON object")),
        },
    };
    for (name, value) in query {
        input.entry(name).or_insert(value);
    }
    Ok(input)
}

fn content_type(headers: &HeaderMap) -> String {
    let whole = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parts of a form: a text each, and a file as `{fileName, contentType, content}` with its content in Base64.
async fn read_multipart(headers: &HeaderMap, body: Bytes) -> Result<Map<String, Value>, Failure> {
    let malformed = || Failure::invalid("The multipart body is malformed");
    let mut request = Request::new(Body::from(body));
    *request.headers_mut() = headers.clone();
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut input = Map::new();
    while let Some(part) = form.next_field().await.map_err(|_| malformed())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let content = part.bytes().await.map_err(|_| malformed())?;
        let value = match file_name {
            Some(file_name) => json!({
                "fileName": file_name,
                "contentType": content_type,
                "content": data_encoding::BASE64.encode(&content),
            }),
            None => Value::String(String::from_utf8_lossy(&content).into_owned()),
        };
        input.insert(name, value);
    }
    Ok(input)
}
