//! HTTP: accepting connections, reading requests, finding the route, writing answers.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::{MethodFilter, on};
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::area;
use crate::area::{control, management};
use crate::clock::system_time;
use crate::events;
use crate::failure::{Answer, Failure, Later, Reply, coded};
use crate::fault::Fault;
use crate::html::{alert, page};
use crate::random;
use crate::record::RecordedRequest;
use crate::route::{Call, Caller, FilePart, Route, Session};
use crate::state::World;
use crate::validate::{check, read_pairs, refuse_unknown};

/// The largest request body that is taken.
const BODY_LIMIT: usize = 32 * 1024 * 1024;
/// How much of a larger one is read, and thrown away, so that the client gets to see the answer.
const DRAIN_LIMIT: u64 = 256 * 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// The paths of the emulator's own endpoints begin so.
pub(crate) const CONTROL: &str = "/_emulator";

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
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Shared,
    mut stop: oneshot::Receiver<()>,
    tls: Option<crate::tls::Acceptor>,
) {
    let router = router(&shared);
    loop {
        tokio::select! {
            _ = &mut stop => return,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    // Answers are small and often come in two writes.
                    let _ = stream.set_nodelay(true);
                    let (router, shared, tls) = (router.clone(), shared.clone(), tls.clone());
                    tokio::spawn(async move {
                        match tls {
                            None => connection(stream, router, shared).await,
                            Some(tls) => {
                                // Whoever does not finish the handshake is no client.
                                if let Ok(stream) = tls.accept(stream).await {
                                    connection(stream, router, shared).await;
                                }
                            }
                        }
                    });
                }
            }
        }
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, router: Router, shared: Shared) {
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
    let (body, length) = read_body(&parts, Body::new(body)).await?;
    let path = parts.uri.path();
    let control = path == CONTROL || path.starts_with("/_emulator/");
    let fault = if control {
        None
    } else {
        let mut world = shared.lock();
        let now = world.now();
        let kept = body.clone().unwrap_or_default();
        world.requests.add(RecordedRequest::new(&parts, &kept, length, now));
        world.faults.next(path)
    };
    match fault {
        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
        Some(Fault::Hang) => std::future::pending().await,
        Some(fault) => return misbehave(&fault),
        None => {}
    }
    let origin = parts
        .headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let allowed = origin.filter(|origin| shared.lock().settings.rules.allows_origin(origin));
    let preflight =
        parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match body {
        None => too_large(&parts),
        Some(_) if preflight && allowed.is_some() => preflight_answer(&parts),
        Some(_) if control && is_from_elsewhere(&parts, allowed.is_some()) => {
            let failure = Failure::forbidden("another site may not steer the emulator");
            respond_to_control(Err(failure), false)
        }
        Some(body) => router
            .oneshot(Request::from_parts(parts, Body::from(body)))
            .await
            .unwrap_or_else(|never: Infallible| match never {}),
    };
    let headers = response.headers_mut();
    if let Some(origin) = allowed.and_then(|origin| HeaderValue::try_from(origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    // The clock that clients compare their own with is the emulator's.
    let now = httpdate::fmt_http_date(system_time(shared.lock().now()));
    if let Ok(date) = HeaderValue::try_from(now) {
        headers.insert(header::DATE, date);
    }
    Ok(response)
}

/// The body and its length; no body, if it is too large.
async fn read_body(parts: &Parts, body: Body) -> io::Result<(Option<Bytes>, usize)> {
    let declared = parts.headers.get(header::CONTENT_LENGTH);
    let declared: Option<u64> = declared.and_then(|value| value.to_str().ok()?.parse().ok());
    let waits = parts.headers.contains_key(header::EXPECT);
    let limit = u64::try_from(BODY_LIMIT).unwrap_or(u64::MAX);
    if let Some(length) = declared.filter(|length| *length > DRAIN_LIMIT || (*length > limit && waits)) {
        return Ok((None, usize::try_from(length).unwrap_or(usize::MAX)));
    }
    let (mut stream, mut whole, mut length) = (body.into_data_stream(), Vec::new(), 0_usize);
    while length <= BODY_LIMIT {
        let Some(chunk) = stream.next().await else {
            return Ok((Some(whole.into()), length));
        };
        let chunk = chunk.map_err(io::Error::other)?;
        length += chunk.len();
        whole.extend_from_slice(&chunk);
    }
    drop(whole);
    let drain = async {
        while let Some(Ok(chunk)) = stream.next().await {
            length += chunk.len();
            if u64::try_from(length).is_ok_and(|length| length > DRAIN_LIMIT) {
                return;
            }
        }
    };
    // Where it does not end, the answer is given nevertheless.
    let _ = tokio::time::timeout(DRAIN_TIME, drain).await;
    Ok((None, length))
}

fn too_large(parts: &Parts) -> Response<Body> {
    let message = format!("The body of {} is larger than {BODY_LIMIT} bytes", parts.uri.path());
    let body = json!({ "statusCode": 413, "message": message, "requestId": random::uuid() });
    let mut response = json_response(StatusCode::PAYLOAD_TOO_LARGE, &body);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// What a browser asks before it lets a page of another origin call.
fn preflight_answer(parts: &Parts) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let asked = parts.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("GET, POST, PUT, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Some(asked) = asked {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    response
}

/// Whether a page of another site makes a browser send this.
fn is_from_elsewhere(parts: &Parts, allowed: bool) -> bool {
    let text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let own = origin.split_once("://").map(|(_, host)| host);
    !allowed && (own.is_none() || own != text(header::HOST))
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
        // The last two are no answers; they do not come here.
        Fault::Reset | Fault::Delay(_) | Fault::Hang => return Err(io::ErrorKind::ConnectionReset.into()),
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
        Ok(Reply::Later(_)) => respond(Err(Failure::internal("the work was not done"))),
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
            if let Some(body) = body.as_object_mut() {
                body.extend(failure.api_code.map(|code| ("apiCode".to_owned(), json!(code))));
                body.extend(failure.data.map(|data| ("data".to_owned(), data)));
            }
            json_response(StatusCode::OK, &body)
        }
    }
}

/// The same for the emulator's own endpoints: a failure has its status in HTTP too, and a form on the page leads back to the
/// page.
fn respond_to_control(answer: Answer, from_page: bool) -> Response<Body> {
    let status = answer.as_ref().err().map(|failure| failure.status_code);
    match (answer, from_page) {
        (Ok(Reply::Bare(_)), true) => {
            let mut response = response(StatusCode::SEE_OTHER, "text/plain", Vec::new());
            let page = HeaderValue::from_static(CONTROL);
            response.headers_mut().insert(header::LOCATION, page);
            response
        }
        (Err(failure), true) => {
            let status = StatusCode::from_u16(failure.status_code).unwrap_or(StatusCode::BAD_REQUEST);
            let back = "<p><a href=\"/_emulator\">Back</a></p>";
            respond(Ok(page(status, &format!("{}{back}", alert(&failure.message)))))
        }
        (answer, _) => {
            let mut response = respond(answer);
            if let Some(status) = status {
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            }
            response
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
            if !route.path.starts_with(CONTROL) {
                return respond(answer(route, &shared, path, request).await);
            }
            let from_page = route.method != "GET" && accepts_html(request.headers());
            respond_to_control(answer(route, &shared, path, request).await, from_page)
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

/// Whether a browser shows the answer to somebody.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
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
    let (input, files) = read_input(route, &parts, body.clone()).await?;
    let answer = handle(route, shared, path, (&parts, &body), input, files)?;
    let Reply::Later(Later(work)) = answer else {
        return Ok(answer);
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::internal("the work was not done")))
}

fn handle(
    route: &Route,
    shared: &Shared,
    path: Vec<(String, String)>,
    (parts, body): (&Parts, &[u8]),
    input: Map<String, Value>,
    files: Vec<FilePart>,
) -> Answer {
    let mut world = shared.lock();
    let now = world.now();
    let mut call = Call {
        world: &mut world,
        now,
        input,
        files,
        path,
        headers: &parts.headers,
        session: None,
    };
    if route.caller == Caller::Management {
        management::admit(&mut call, parts, body)?;
    }
    admit(route, &mut call)?;
    if route.path.starts_with(CONTROL) && !control::reads_all(route.path) {
        refuse_unknown(route.fields, &call.input)?;
    }
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
async fn read_input(route: &Route, parts: &Parts, body: Bytes) -> Result<(Map<String, Value>, Vec<FilePart>), Failure> {
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let query = read_pairs(route.fields, &pairs(parts.uri.query().unwrap_or_default().as_bytes()));
    if body.is_empty() {
        return Ok((query, Vec::new()));
    }
    let mut files = Vec::new();
    let content_type = content_type(&parts.headers);
    let mut input = match content_type.as_str() {
        "multipart/form-data" => read_multipart(&parts.headers, body, &mut files).await?,
        "application/x-www-form-urlencoded" if !body.starts_with(b"{") => read_pairs(route.fields, &pairs(&body)),
        _ => match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => object,
            _ => return Err(Failure::invalid("The body is not a JSON object")),
        },
    };
    for (name, value) in query {
        input.entry(name).or_insert(value);
    }
    Ok((input, files))
}

fn content_type(headers: &HeaderMap) -> String {
    let whole = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parts of a form: a text each, and a file as `{fileName, contentType}`, with its content among the files.
async fn read_multipart(
    headers: &HeaderMap,
    body: Bytes,
    files: &mut Vec<FilePart>,
) -> Result<Map<String, Value>, Failure> {
    let malformed = || Failure::invalid("The multipart body is malformed");
    let mut request = Request::new(Body::from(body));
    *request.headers_mut() = headers.clone();
    // The body has come through the limit already.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut input = Map::new();
    while let Some(part) = form.next_field().await.map_err(|_| malformed())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let content = part.bytes().await.map_err(|_| malformed())?;
        let value = match file_name {
            Some(file_name) => {
                let name = name.clone();
                files.push(FilePart { name, content });
                json!({ "fileName": file_name, "contentType": content_type })
            }
            None => Value::String(String::from_utf8_lossy(&content).into_owned()),
        };
        input.insert(name, value);
    }
    Ok(input)
}
