//! What every transport must do. Each check gets a way to make the transport that is to be checked.

use std::fmt::Write as _;
use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::GzEncoder;
use genauth_core::http::{Method, Request, Response};
use genauth_core::transport::{Timeout, Transport, TransportError, TransportErrorKind as Kind};

use crate::server::{Connection, Server, answer, ok};
use crate::tls::Authority;

/// What a check wants set; the rest stays at the transport's defaults, but for a proxy: there is none.
#[derive(Default)]
pub struct Settings {
    pub connect_timeout: Option<Duration>,
    pub timeout: Option<Duration>,
    pub body_limit: Option<u64>,
    pub proxy: Option<String>,
    pub add_root: Option<String>,
    pub only_root: Option<String>,
    /// Certificate and key.
    pub client_certificate: Option<(String, String)>,
    pub dangerous: bool,
}

/// Makes a transport.
pub type Make = fn(Settings) -> Box<dyn Transport>;

/// In the query, a header and the body of every request here, and in no error.
const SECRET: &str = "s3cr3t-of-the-request";

/// Longer than any call here takes, shorter than a hanging one would.
const SOON: Duration = Duration::from_secs(10);

const SHORT: Duration = Duration::from_millis(400);

fn request(method: Method, url: &str, body: &[u8]) -> Request<Vec<u8>> {
    let joint = if url.contains('?') { '&' } else { '?' };
    let request = Request::builder()
        .method(method)
        .uri(format!("{url}{joint}code={SECRET}"));
    request
        .header("Authorization", format!("Bearer {SECRET}"))
        .body(body.to_vec())
        .unwrap()
}

fn get(url: &str) -> Request<Vec<u8>> {
    request(Method::GET, url, b"")
}

fn post(url: &str) -> Request<Vec<u8>> {
    let mut request = request(Method::POST, url, format!("{{\"passCode\":\"{SECRET}\"}}").as_bytes());
    request
        .headers_mut()
        .insert("Content-Type", "application/json".parse().unwrap());
    request
}

fn succeed(transport: &dyn Transport, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    transport
        .send(request)
        .unwrap_or_else(|error| panic!("{}", whole_text(&error)))
}

/// Sends a request that must fail soon, and whose error must not tell what was in it.
fn fail(transport: &dyn Transport, request: Request<Vec<u8>>) -> TransportError {
    let started = Instant::now();
    let error = transport.send(request).expect_err("the call must fail");
    assert!(started.elapsed() < SOON, "the call took {:?}", started.elapsed());
    let text = whole_text(&error);
    assert!(!text.contains(SECRET), "{text}");
    error
}

/// All that an error and its sources say.
fn whole_text(error: &TransportError) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        writeln!(text, "{error}\n{error:?}\n{error:#?}").unwrap();
        next = error.source();
    }
    text
}

#[track_caller]
fn assert_is(error: &TransportError, kind: Kind, may_have_reached_server: bool) {
    let told = (error.kind(), error.may_have_reached_server());
    assert_eq!(told, (kind, may_have_reached_server), "{}", whole_text(error));
}

fn gzip(bytes: impl Read) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(bytes, Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

// What is sent and what comes back

pub fn method_target_headers_and_body_arrive(make: Make) {
    let server = Server::answering(|seen| answer(200, &[], &seen.body));
    let transport = make(Settings::default());
    let bodies: [&[u8]; 2] = [b"", b"{\"a\":\"\xff\x00\"}"];
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for body in bodies {
            let mut request = request(method.clone(), &server.url("/api/v3/a%2Fb?x=1&x=%20%26"), body);
            request.headers_mut().insert("x-authing-app-id", "app".parse().unwrap());
            request
                .headers_mut()
                .insert("content-type", "application/json".parse().unwrap());
            request.headers_mut().append("x-repeated", "one".parse().unwrap());
            request.headers_mut().append("x-repeated", "two".parse().unwrap());

            assert_eq!(succeed(&*transport, request).body(), body, "{method}");

            let seen = server.seen().pop().unwrap();
            assert_eq!(seen.method, method.as_str());
            assert_eq!(seen.target, format!("/api/v3/a%2Fb?x=1&x=%20%26&code={SECRET}"));
            assert_eq!(seen.header("x-authing-app-id"), [b"app"]);
            assert_eq!(seen.header("content-type"), [b"application/json"]);
            assert_eq!(seen.header("x-repeated"), [b"one", b"two"]);
            assert_eq!(seen.header("host"), [server.address().to_string().as_bytes()]);
            assert_eq!(seen.body, body);
        }
    }
}

pub fn empty_post_has_a_length(make: Make) {
    let server = Server::answering(|_| ok(b""));
    let transport = make(Settings::default());
    for method in [Method::POST, Method::PUT, Method::PATCH] {
        succeed(&*transport, request(method, &server.url("/"), b""));
        assert_eq!(server.seen().pop().unwrap().header("content-length"), [b"0"]);
    }
    succeed(&*transport, get(&server.url("/")));
    assert!(server.seen().pop().unwrap().header("content-length").is_empty());
}

pub fn headers_come_back(make: Make) {
    let server = Server::answering(|_| {
        answer(
            200,
            &[("X-Repeated", b"1"), ("X-Repeated", b"2"), ("X-Empty", b"")],
            b"a",
        )
    });
    let answer = succeed(&*make(Settings::default()), get(&server.url("/")));
    let repeated: Vec<_> = answer.headers().get_all("x-repeated").iter().collect();
    assert_eq!(repeated, ["1", "2"]);
    assert_eq!(answer.headers()["x-empty"], "");
    assert_eq!(answer.headers()["content-length"], "1");
    // An answer can be kept.
    assert_eq!(answer.clone().body(), b"a");
}

pub fn header_that_is_not_utf8_comes_back(make: Make) {
    let server = Server::answering(|_| answer(200, &[("X-Odd", b"caf\xe9 \xff")], b"a"));
    let answer = succeed(&*make(Settings::default()), get(&server.url("/")));
    assert_eq!(answer.headers()["x-odd"].as_bytes(), b"caf\xe9 \xff");
    assert_eq!(answer.body(), b"a");
}

/// A transport whose HTTP stack cannot send it says so.
pub fn header_that_is_not_utf8_is_sent_or_refused(make: Make) {
    let server = Server::answering(|_| ok(b""));
    let transport = make(Settings::default());
    let mut request = get(&server.url("/"));
    let value = [SECRET.as_bytes(), b" caf\xe9 \xff"].concat();
    request
        .headers_mut()
        .insert("x-odd", value.as_slice().try_into().unwrap());
    if transport.send(request.clone()).is_ok() {
        assert_eq!(server.seen_once().header("x-odd"), [value]);
    } else {
        assert_is(&fail(&*transport, request), Kind::Other, false);
        assert!(server.seen().is_empty());
    }
}

pub fn every_status_is_an_answer(make: Make) {
    let server = Server::answering(|seen| {
        let status = seen.target[1..4].parse().unwrap();
        answer(
            status,
            &[("Location", b"/200"), ("WWW-Authenticate", b"Bearer")],
            format!("body of {status}").as_bytes(),
        )
    });
    let transport = make(Settings::default());
    for status in [
        200, 201, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 407, 409, 429, 500, 502, 503,
    ] {
        for request in [
            get(&server.url(&format!("/{status}"))),
            post(&server.url(&format!("/{status}"))),
        ] {
            let answer = succeed(&*transport, request);
            assert_eq!(answer.status(), status);
            let body = if status == 204 || status == 304 {
                String::new()
            } else {
                format!("body of {status}")
            };
            assert_eq!(String::from_utf8_lossy(answer.body()), body, "{status}");
        }
    }
}

pub fn redirects_are_not_followed(make: Make) {
    let target = Server::answering(|_| ok(b"secrets, please"));
    let location = target.url("/elsewhere");
    let server = Server::answering(move |_| answer(302, &[("Location", location.as_bytes())], b"over there"));
    let answer = succeed(&*make(Settings::default()), get(&server.url("/")));
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], target.url("/elsewhere"));
    assert_eq!(answer.body(), b"over there");
    assert_eq!(target.accepted(), 0);
}

pub fn body_may_come_in_chunks_or_until_the_end(make: Make) {
    let server = Server::start(|connection| {
        while let Some(seen) = connection.request() {
            if seen.target.starts_with("/chunks") {
                let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
                connection.send(chunks).unwrap();
            } else {
                connection
                    .send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde")
                    .unwrap();
                connection.close();
            }
        }
    });
    let transport = make(Settings::default());
    assert_eq!(succeed(&*transport, get(&server.url("/chunks"))).body(), b"abcde");
    assert_eq!(succeed(&*transport, get(&server.url("/end"))).body(), b"abcde");
}

pub fn gzip_is_asked_for_and_undone(make: Make) {
    let server = Server::answering(|seen| {
        assert!(String::from_utf8_lossy(seen.header("accept-encoding")[0]).contains("gzip"));
        answer(200, &[("Content-Encoding", b"gzip")], &gzip(&b"plain text"[..]))
    });
    let answer = succeed(&*make(Settings::default()), get(&server.url("/")));
    assert_eq!(answer.body(), b"plain text");
    assert!(
        !answer.headers().contains_key("content-encoding"),
        "the body is no longer encoded"
    );
    assert!(
        !answer.headers().contains_key("content-length"),
        "the body no longer has this length"
    );
}

pub fn broken_gzip_is_an_error(make: Make) {
    let server = Server::answering(|_| answer(200, &[("Content-Encoding", b"gzip")], b"this is not gzip, by no means"));
    assert_is(
        &fail(&*make(Settings::default()), get(&server.url("/"))),
        Kind::Other,
        true,
    );
}

pub fn large_bodies_go_both_ways(make: Make) {
    let server = Server::answering(|seen| ok(&seen.body));
    let large: Vec<u8> = (0_u32..768 * 1024).flat_map(u32::to_le_bytes).collect();
    let transport = make(Settings::default());
    for method in [Method::POST, Method::PUT] {
        assert!(succeed(&*transport, request(method, &server.url("/"), &large)).body() == &large);
    }
}

pub fn threads_share_a_transport(make: Make) {
    let server = Server::answering(|seen| ok(seen.target.as_bytes()));
    let transport = make(Settings::default());
    thread::scope(|scope| {
        for thread in 0..8 {
            let (transport, server) = (&transport, &server);
            scope.spawn(move || {
                for call in 0..20 {
                    let path = format!("/{thread}/{call}");
                    let answer = succeed(&**transport, post(&server.url(&path)));
                    assert_eq!(String::from_utf8_lossy(answer.body()), format!("{path}?code={SECRET}"));
                }
            });
        }
    });
    assert_eq!(server.seen().len(), 8 * 20);
}

// Connections

pub fn connections_are_reused(make: Make) {
    let server = Server::answering(|seen| match seen.target.as_bytes()[1] {
        b'0' => answer(204, &[], b""),
        b'1' => answer(200, &[("Content-Encoding", b"gzip")], &gzip(&b"text"[..])),
        b'2' => answer(500, &[], b"text"),
        b'3' => answer(302, &[("Location", b"/")], b"text"),
        _ => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n".to_vec(),
    });
    let transport = make(Settings::default());
    for call in 0..10 {
        succeed(&*transport, get(&server.url(&format!("/{}", call % 5))));
        succeed(&*transport, post(&server.url(&format!("/{}", call % 5))));
    }
    assert_eq!(server.seen().len(), 20);
    assert_eq!(server.accepted(), 1);
}

/// A server may close a connection that nobody uses.
pub fn connection_closed_between_calls_is_replaced(make: Make) {
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
        for body in [&b"{}"[..], b""] {
            replaces_closed_connections(make, &method, body);
        }
    }
}

fn replaces_closed_connections(make: Make, method: &Method, body: &[u8]) {
    let (closed, is_closed) = mpsc::channel();
    let closed = Mutex::new(closed);
    let server = Server::start(move |connection| {
        connection.request().unwrap();
        connection.send(&ok(b"fine")).unwrap();
        connection.close();
        closed.lock().unwrap().send(()).unwrap();
    });
    let transport = make(Settings::default());
    for call in 1..=4 {
        let request = request(method.clone(), &server.url("/"), body);
        assert_eq!(succeed(&*transport, request).body(), b"fine");
        is_closed.recv().unwrap();
        let seen: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
        assert_eq!(seen, (1..=call).collect::<Vec<_>>(), "each request comes once");
    }
}

/// When a server has read a request and then hangs up, nobody knows what it has done.
pub fn post_is_not_sent_twice(make: Make) {
    let server = Server::start(|connection| {
        connection.request().unwrap();
        connection.send(&ok(b"fine")).unwrap();
        connection.request();
        connection.close();
    });
    let transport = make(Settings::default());
    succeed(&*transport, post(&server.url("/")));
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::Other, true);
    assert_eq!(
        server.seen().iter().map(|seen| seen.connection).collect::<Vec<_>>(),
        [1, 1]
    );
}

// Failures on the way

pub fn refused_connection(make: Make) {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "https"] {
        let error = fail(&*make(Settings::default()), post(&format!("{scheme}://{nobody}/path")));
        assert_is(&error, Kind::Connect, false);
    }
}

pub fn unknown_name(make: Make) {
    let transport = make(Settings {
        connect_timeout: Some(Duration::from_secs(5)),
        ..Settings::default()
    });
    let error = fail(&*transport, post("http://no-such-name.invalid/path"));
    // Without a network, looking a name up may never end.
    assert!(
        matches!(error.kind(), Kind::Connect | Kind::Timeout),
        "{}",
        whole_text(&error)
    );
    assert!(!error.may_have_reached_server());
}

pub fn url_that_cannot_be_requested(make: Make) {
    let transport = make(Settings::default());
    for url in ["/only/a/path", "gopher://127.0.0.1/path"] {
        let error = fail(&*transport, get(url));
        assert!(!error.may_have_reached_server(), "{url}: {}", whole_text(&error));
    }
}

pub fn connection_reset_in_the_answer(make: Make) {
    let server = Server::start(|connection| {
        connection.request_head().unwrap();
        connection
            .send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
            .unwrap();
        // The unread body makes the system reset the connection.
    });
    assert_is(
        &fail(&*make(Settings::default()), post(&server.url("/"))),
        Kind::Other,
        true,
    );
}

pub fn truncated_answers(make: Make) {
    let answers: [&[u8]; 5] = [
        b"",
        b"HTTP/1.",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nab",
    ];
    for answer in answers {
        let server = Server::start(|connection| {
            connection.request().unwrap();
            connection.send(answer).unwrap();
            connection.close();
        });
        assert_is(
            &fail(&*make(Settings::default()), post(&server.url("/"))),
            Kind::Other,
            true,
        );
        server.seen_once();
    }
}

/// To some HTTP stacks the end of the connection is the end of the headers. Then there is at least no body.
pub fn truncated_headers(make: Make) {
    for answer in [&b"HTTP/1.1 200 OK\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Le"] {
        let server = Server::start(|connection| {
            connection.request().unwrap();
            connection.send(answer).unwrap();
            connection.close();
        });
        match make(Settings::default()).send(post(&server.url("/"))) {
            Err(error) => assert_is(&error, Kind::Other, true),
            Ok(answer) => assert_eq!(answer.body(), b""),
        }
        server.seen_once();
    }
}

pub fn answer_that_is_not_http(make: Make) {
    let server = Server::start(|connection| {
        connection.request().unwrap();
        connection.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").unwrap();
        connection.close();
    });
    assert_is(
        &fail(&*make(Settings::default()), get(&server.url("/"))),
        Kind::Other,
        true,
    );
}

// Time

/// Sends the parts with a pause after each, until the client closes the connection.
fn trickle(connection: &mut Connection, start: &[u8], byte: &[u8]) {
    connection.request().unwrap();
    let (_never, pause) = mpsc::channel::<()>();
    let mut sent = connection.send(start);
    while sent.is_ok() {
        assert_eq!(
            pause.recv_timeout(Duration::from_millis(50)),
            Err(RecvTimeoutError::Timeout)
        );
        sent = connection.send(byte);
    }
}

fn trickling_servers() -> [Server; 4] {
    let endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    [
        Server::start(|connection| trickle(connection, endless, b"a")),
        Server::start(|connection| trickle(connection, chunks, b"1\r\na\r\n")),
        Server::start(|connection| trickle(connection, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")),
        Server::start(|connection| {
            connection.request();
            connection.wait_for_the_end();
        }),
    ]
}

pub fn own_timeout_holds_against_a_trickling_server(make: Make) {
    let transport = make(Settings {
        timeout: Some(SHORT),
        ..Settings::default()
    });
    for server in trickling_servers() {
        let mut request = post(&server.url("/"));
        assert_is(&fail(&*transport, request.clone()), Kind::Timeout, true);
        // A longer time for the request does not count.
        request.extensions_mut().insert(Timeout(Duration::from_secs(60)));
        assert_is(&fail(&*transport, request), Kind::Timeout, true);
    }
}

pub fn timeout_of_the_request_holds_against_a_trickling_server(make: Make) {
    let transport = make(Settings::default());
    for server in trickling_servers() {
        let mut request = post(&server.url("/"));
        request.extensions_mut().insert(Timeout(SHORT));
        assert_is(&fail(&*transport, request), Kind::Timeout, true);
    }
}

pub fn timeout_holds_against_a_server_that_does_not_read(make: Make) {
    let (done, is_done) = mpsc::channel::<()>();
    let is_done = Mutex::new(is_done);
    let server = Server::start(move |connection| {
        connection.request_head().unwrap();
        is_done.lock().unwrap().recv().unwrap_err();
    });
    let transport = make(Settings {
        timeout: Some(SHORT),
        ..Settings::default()
    });
    let large = vec![b'a'; 32 * 1024 * 1024];
    assert_is(
        &fail(&*transport, request(Method::POST, &server.url("/"), &large)),
        Kind::Timeout,
        true,
    );
    drop(done);
}

pub fn timeout_on_a_reused_connection(make: Make) {
    let server = Server::start(|connection| {
        connection.request().unwrap();
        connection.send(&ok(b"fine")).unwrap();
        connection.request();
        connection.wait_for_the_end();
    });
    for method in [Method::GET, Method::POST] {
        let transport = make(Settings::default());
        succeed(&*transport, request(method.clone(), &server.url("/"), b"{}"));
        let mut request = request(method, &server.url("/"), b"{}");
        request.extensions_mut().insert(Timeout(SHORT));
        assert_is(&fail(&*transport, request), Kind::Timeout, true);
    }
    assert_eq!(
        server.seen().iter().map(|seen| seen.connection).collect::<Vec<_>>(),
        [1, 1, 2, 2]
    );
}

pub fn timeout_of_a_request_is_for_that_request(make: Make) {
    let server = Server::answering(|_| ok(b"fine"));
    let transport = make(Settings::default());
    for _ in 0..3 {
        for timeout in [
            Some(Timeout(Duration::from_secs(20))),
            None,
            Some(Timeout(Duration::MAX)),
        ] {
            let mut request = post(&server.url("/"));
            timeout.map(|timeout| request.extensions_mut().insert(timeout));
            assert_eq!(succeed(&*transport, request).body(), b"fine");
        }
    }
    assert_eq!(
        server.accepted(),
        1,
        "requests with a time of their own use the same connections"
    );
}

pub fn no_time_left(make: Make) {
    let server = Server::answering(|_| ok(b"fine"));
    let mut request = post(&server.url("/"));
    request.extensions_mut().insert(Timeout(Duration::ZERO));
    assert_is(&fail(&*make(Settings::default()), request), Kind::Timeout, false);
    let error = fail(
        &*make(Settings {
            timeout: Some(Duration::ZERO),
            ..Settings::default()
        }),
        post(&server.url("/")),
    );
    assert_is(&error, Kind::Timeout, false);
    assert_eq!(server.accepted(), 0);
}

pub fn endless_times_are_no_problem(make: Make) {
    let server = Server::answering(|_| ok(b"fine"));
    let times = Settings {
        connect_timeout: Some(Duration::MAX),
        timeout: Some(Duration::MAX),
        body_limit: Some(u64::MAX),
        ..Settings::default()
    };
    assert_eq!(succeed(&*make(times), post(&server.url("/"))).body(), b"fine");
}

/// Fills the queue of a listener that accepts nothing; `None` where the system queues without end.
fn unreachable_address() -> Option<(SocketAddr, TcpListener, Vec<TcpStream>)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while queued.len() < 600 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(stream) => queued.push(stream),
            Err(_) => return Some((address, listener, queued)),
        }
    }
    None
}

pub fn connect_timeout_holds(make: Make) {
    let Some((address, _listener, _queued)) = unreachable_address() else {
        return;
    };
    let transport = make(Settings {
        connect_timeout: Some(SHORT),
        ..Settings::default()
    });
    assert_is(
        &fail(&*transport, post(&format!("http://{address}/"))),
        Kind::Timeout,
        false,
    );
    assert_is(
        &fail(&*transport, post(&format!("https://{address}/"))),
        Kind::Timeout,
        false,
    );
    // The time for the whole call ends connecting, too.
    let transport = make(Settings {
        timeout: Some(SHORT),
        ..Settings::default()
    });
    assert_is(
        &fail(&*transport, post(&format!("http://{address}/"))),
        Kind::Timeout,
        false,
    );
}

pub fn connect_timeout_includes_tls(make: Make) {
    let silent = Server::start(Connection::wait_for_the_end);
    let transport = make(Settings {
        connect_timeout: Some(SHORT),
        ..Settings::default()
    });
    let error = fail(&*transport, post(&format!("https://{}/", silent.address())));
    assert_eq!(error.kind(), Kind::Timeout, "{}", whole_text(&error));
}

// Size

pub fn announced_body_over_the_limit_is_not_read(make: Make) {
    let server = Server::start(|connection| {
        connection.request().unwrap();
        connection
            .send(b"HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\na")
            .unwrap();
        connection.wait_for_the_end();
    });
    let transport = make(Settings {
        body_limit: Some(1024),
        ..Settings::default()
    });
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::BodyTooLarge, true);
}

pub fn endless_body_is_cut_off(make: Make) {
    let server = Server::start(|connection| {
        connection.request().unwrap();
        let mut sent = connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while sent.is_ok() {
            sent = connection.send(b"8\r\nabcdefgh\r\n");
        }
    });
    let transport = make(Settings {
        body_limit: Some(100_000),
        ..Settings::default()
    });
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::BodyTooLarge, true);
}

pub fn limit_holds_after_decompression(make: Make) {
    let bomb = gzip(std::io::repeat(0).take(20 * 1024 * 1024));
    assert!(bomb.len() < 200_000);
    let server = Server::answering(move |_| answer(200, &[("Content-Encoding", b"gzip")], &bomb));
    let transport = make(Settings::default());
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::BodyTooLarge, true);
    let transport = make(Settings {
        body_limit: Some(1024 * 1024),
        ..Settings::default()
    });
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::BodyTooLarge, true);
}

pub fn body_at_the_limit_is_fine(make: Make) {
    let server = Server::answering(|seen| {
        let body = [b'a'; 1024];
        match seen.target.as_bytes()[1] {
            b'g' => answer(200, &[("Content-Encoding", b"gzip")], &gzip(&body[..])),
            _ => ok(&body),
        }
    });
    let transport = make(Settings {
        body_limit: Some(1024),
        ..Settings::default()
    });
    for path in ["/plain", "/gzip", "/plain"] {
        assert_eq!(succeed(&*transport, get(&server.url(path))).body().len(), 1024);
    }
    assert_eq!(server.accepted(), 1);
    // An answer to HEAD has the length of a body and no body.
    let head = Server::start(|connection| {
        connection.request().unwrap();
        connection
            .send(b"HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n")
            .unwrap();
        connection.wait_for_the_end();
    });
    assert_eq!(
        succeed(&*transport, request(Method::HEAD, &head.url("/"), b"")).body(),
        b""
    );
}

// Proxies

pub fn proxy_is_used(make: Make) {
    let proxy = Server::start(|connection| {
        while let Some(seen) = connection.request() {
            assert_eq!(seen.header("proxy-authorization"), [b"Basic dXNlcjpwYXNz"]);
            let sent = match seen.method.as_str() {
                "CONNECT" => {
                    connection.send(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                    connection.answer_each(|_| ok(b"through the proxy"));
                    break;
                }
                _ => connection.send(&ok(b"through the proxy")),
            };
            sent.unwrap();
        }
    });
    let url = format!("http://user:pass@{}", proxy.address());
    let transport = make(Settings {
        proxy: Some(url),
        ..Settings::default()
    });
    assert_eq!(
        succeed(&*transport, get("http://service.invalid/path")).body(),
        b"through the proxy"
    );
}

pub fn proxy_that_refuses(make: Make) {
    let proxy = Server::answering(|_| answer(403, &[], b"no"));
    let transport = make(Settings {
        proxy: Some(format!("http://{}", proxy.address())),
        ..Settings::default()
    });
    let error = fail(&*transport, get("https://service.invalid/path"));
    assert!(!whole_text(&error).contains(SECRET));
    assert_eq!(proxy.seen_once().method, "CONNECT");
}

// TLS

pub fn certificate_of_an_unknown_authority_is_refused(make: Make) {
    let server = Server::start_tls(Authority::new().server("127.0.0.1"), |connection| {
        connection.answer_each(|_| ok(b""));
    });
    let transports = [
        make(Settings::default()),
        make(Settings {
            add_root: Some(Authority::new().pem()),
            ..Settings::default()
        }),
        make(Settings {
            only_root: Some(Authority::new().pem()),
            ..Settings::default()
        }),
    ];
    for transport in transports {
        assert_is(&fail(&*transport, post(&server.url("/"))), Kind::Tls, false);
    }
    assert!(server.seen().is_empty());
}

pub fn roots_can_be_added(make: Make) {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1"), |connection| {
        connection.answer_each(|seen| ok(&seen.body));
    });
    let several = format!("{}{}", Authority::new().pem(), authority.pem());
    let transports = [
        make(Settings {
            add_root: Some(authority.pem()),
            ..Settings::default()
        }),
        make(Settings {
            only_root: Some(authority.pem()),
            ..Settings::default()
        }),
        make(Settings {
            add_root: Some(several.clone()),
            ..Settings::default()
        }),
        make(Settings {
            only_root: Some(several),
            ..Settings::default()
        }),
    ];
    for (number, transport) in transports.iter().enumerate() {
        for _ in 0..3 {
            let request = post(&server.url("/"));
            let body = request.body().clone();
            assert_eq!(succeed(&**transport, request).body(), &body);
        }
        assert_eq!(server.accepted(), number + 1, "connections with TLS are reused");
    }
}

pub fn certificate_for_another_name_is_refused(make: Make) {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("other.test"), |connection| {
        connection.answer_each(|_| ok(b""));
    });
    let transport = make(Settings {
        add_root: Some(authority.pem()),
        ..Settings::default()
    });
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::Tls, false);
    assert!(server.seen().is_empty());
}

pub fn server_without_tls_is_a_tls_error(make: Make) {
    let server = Server::start(|connection| {
        let _ = connection.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        connection.wait_for_the_end();
    });
    let error = fail(
        &*make(Settings::default()),
        post(&format!("https://{}/", server.address())),
    );
    assert_is(&error, Kind::Tls, false);
}

pub fn client_certificate_is_shown(make: Make) {
    let authority = Authority::new();
    let clients = Authority::new();
    let server = Server::start_tls(authority.server_for("127.0.0.1", Some(&clients)), |connection| {
        connection.answer_each(|_| ok(b"welcome"));
    });
    let add_root = Some(authority.pem());
    let known = Settings {
        add_root: add_root.clone(),
        client_certificate: Some(clients.client_certificate()),
        ..Settings::default()
    };
    assert_eq!(succeed(&*make(known), post(&server.url("/"))).body(), b"welcome");

    let unknown = Settings {
        add_root: add_root.clone(),
        client_certificate: Some(Authority::new().client_certificate()),
        ..Settings::default()
    };
    for settings in [
        Settings {
            add_root,
            ..Settings::default()
        },
        unknown,
    ] {
        // With TLS 1.3 the client learns of the refusal when it reads the answer.
        let error = fail(&*make(settings), post(&server.url("/")));
        assert!(
            matches!(error.kind(), Kind::Tls | Kind::Other),
            "{}",
            whole_text(&error)
        );
    }
    server.seen_once();
}

pub fn verification_can_be_switched_off(make: Make) {
    let server = Server::start_tls(Authority::new().server("other.test"), |connection| {
        connection.answer_each(|_| ok(b"anyone"));
    });
    let transport = make(Settings {
        dangerous: true,
        ..Settings::default()
    });
    assert_eq!(succeed(&*transport, post(&server.url("/"))).body(), b"anyone");
}

pub fn timeouts_hold_over_tls(make: Make) {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1"), |connection| {
        trickle(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a");
    });
    let transport = make(Settings {
        add_root: Some(authority.pem()),
        timeout: Some(SHORT * 5),
        ..Settings::default()
    });
    assert_is(&fail(&*transport, post(&server.url("/"))), Kind::Timeout, true);
    let transport = make(Settings {
        add_root: Some(authority.pem()),
        ..Settings::default()
    });
    let mut request = post(&server.url("/"));
    request.extensions_mut().insert(Timeout(SHORT * 5));
    assert_is(&fail(&*transport, request), Kind::Timeout, true);
}

/// Over TLS, the end of the connection in the middle is an attack or an accident, not the end of the body.
pub fn truncated_answer_over_tls(make: Make) {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server("127.0.0.1"), |connection| {
        connection.request().unwrap();
        connection
            .send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
            .unwrap();
        connection.close();
    });
    let transport = make(Settings {
        add_root: Some(authority.pem()),
        ..Settings::default()
    });
    let error = fail(&*transport, post(&server.url("/")));
    assert!(error.may_have_reached_server());
    assert!(
        matches!(error.kind(), Kind::Tls | Kind::Other),
        "{}",
        whole_text(&error)
    );
}
