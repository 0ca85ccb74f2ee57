//! The core over a transport of one's own: HTTP/1.1 on a bare socket, one connection for each call, in forty lines.
//!
//! `cargo run --example own_transport` runs it on the emulator. It knows no TLS, so it is for loopback only.

#![allow(clippy::print_stdout, clippy::indexing_slicing)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use genauth::http::{Request, Response};
use genauth::transport::{Timeout, Transport, TransportError, TransportErrorKind};
use genauth::{App, AuthenticationClient};
use genauth_emulator::Emulator;

/// HTTP/1.1 over a socket.
struct Socket;

impl Transport for Socket {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let failed = |error: std::io::Error| {
            TransportError::new(TransportErrorKind::Other, "the connection broke").with_source(error)
        };
        let malformed = || TransportError::new(TransportErrorKind::Other, "the answer is not HTTP");

        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&authority)
            .map_err(|error| TransportError::new(TransportErrorKind::Connect, "no connection").with_source(error))?;
        stream
            .set_read_timeout(request.extensions().get::<Timeout>().map(|timeout| timeout.0))
            .map_err(failed)?;

        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let mut message = Vec::new();
        write!(
            message,
            "{} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n",
            request.method()
        )
        .map_err(failed)?;
        write!(message, "content-length: {}\r\n", request.body().len()).map_err(failed)?;
        for (name, value) in request.headers() {
            write!(message, "{name}: {}\r\n", value.to_str().unwrap_or_default()).map_err(failed)?;
        }
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(request.body());
        stream.write_all(&message).map_err(failed)?;

        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(failed)?;
        let end = answer
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .ok_or_else(malformed)?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .ok_or_else(malformed)?;
        let mut response = Response::builder().status(status);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            response = response.header(name, value.trim());
        }
        response.body(answer.split_off(end + 4)).map_err(|_| malformed())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start()?;
    let client = AuthenticationClient::new(App::new(emulator.url(), emulator.app_id())?, Socket);
    let countries = client.get_country_list()?;
    println!("{} countries came over a bare socket", countries.len());
    Ok(())
}
