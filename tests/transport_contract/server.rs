//! A web server that does exactly what a check tells it to, right or wrong, over TCP or TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as it came in over the wire.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The number of the connection, from 1.
    pub connection: usize,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Seen {
    /// The values of this header, in order.
    pub fn header(&self, name: &str) -> Vec<&[u8]> {
        let named = self
            .headers
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice()).collect()
    }
}

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    accepted: AtomicUsize,
    seen: Mutex<Vec<Seen>>,
}

/// Serves until it is dropped.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Runs this for each connection, each in its own thread.
    pub fn start(run: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        Self::listen("http", run, |tcp| Some(Box::new(tcp)))
    }

    /// The same over TLS.
    pub fn start_tls(config: Arc<ServerConfig>, run: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        Self::listen("https", run, move |mut tcp| {
            let mut tls = ServerConnection::new(config.clone()).unwrap();
            // A client that refuses the certificate ends the handshake, as it should.
            tls.complete_io(&mut tcp).ok()?;
            Some(Box::new(StreamOwned::new(tls, tcp)))
        })
    }

    /// Answers every request with this.
    pub fn answering(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(move |connection| connection.answer_each(&answer))
    }

    fn listen(
        scheme: &'static str,
        run: impl Fn(&mut Connection) + Send + Sync + 'static,
        secure: impl Fn(TcpStream) -> Option<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let for_all = Arc::new((run, secure, shared.clone()));
        let accepting = thread::spawn(move || {
            for tcp in listener.incoming() {
                let for_all = for_all.clone();
                if for_all.2.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(tcp) = tcp else { continue };
                let number = for_all.2.accepted.fetch_add(1, Ordering::SeqCst) + 1;
                thread::spawn(move || {
                    let (run, secure, shared) = &*for_all;
                    // No check takes as long as this; it is for the threads to end.
                    tcp.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                    tcp.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
                    let raw = tcp.try_clone().unwrap();
                    if let Some(stream) = secure(tcp) {
                        run(&mut Connection {
                            stream,
                            raw,
                            number,
                            shared: shared.clone(),
                        });
                    }
                });
            }
        });
        Self {
            address,
            scheme,
            shared,
            accepting: Some(accepting),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path_and_query: &str) -> String {
        format!("{}://{}{path_and_query}", self.scheme, self.address)
    }

    /// How many connections have been made.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The request, of which there must be one.
    pub fn seen_once(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// One connection, in the hands of a check.
pub struct Connection {
    stream: Box<dyn Stream>,
    raw: TcpStream,
    /// The number of the connection, from 1.
    pub number: usize,
    shared: Arc<Shared>,
}

impl Connection {
    /// The next request; `None` when the client has closed the connection.
    pub fn request(&mut self) -> Option<Seen> {
        let mut seen = self.request_head()?;
        if let Some(length) = seen.header("content-length").first() {
            let length: usize = str::from_utf8(length).unwrap().parse().unwrap();
            seen.body.resize(length, 0);
            self.stream.read_exact(&mut seen.body).ok()?;
        }
        assert!(
            seen.header("transfer-encoding").is_empty(),
            "the length of the body is known"
        );
        self.shared.seen.lock().unwrap().push(seen.clone());
        Some(seen)
    }

    /// The next request without its body, which stays unread.
    pub fn request_head(&mut self) -> Option<Seen> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let mut lines = head
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let request_line = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
        let mut words = request_line.split(' ').map(str::to_owned);
        let headers = lines.filter(|line| !line.is_empty()).map(|line| {
            let colon = line.iter().position(|byte| *byte == b':').unwrap();
            (
                String::from_utf8(line[..colon].to_vec()).unwrap(),
                line[colon + 1..].trim_ascii().to_vec(),
            )
        });
        Some(Seen {
            connection: self.number,
            method: words.next().unwrap(),
            target: words.next().unwrap(),
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    /// Sends this. An error means that the client has gone, which some checks want it to do.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Sends what is to be sent for each request, until the client closes the connection.
    pub fn answer_each(&mut self, answer: impl Fn(&Seen) -> Vec<u8>) {
        while let Some(seen) = self.request() {
            if self.send(&answer(&seen)).is_err() {
                break;
            }
        }
    }

    /// Waits until the client closes the connection.
    pub fn wait_for_the_end(&mut self) {
        let _ = io::copy(&mut self.stream, &mut io::sink());
    }

    /// Closes the connection. The client's system knows when this returns.
    pub fn close(&mut self) {
        let _ = self.raw.shutdown(Shutdown::Both);
    }
}

/// An answer with a `Content-Length`, as bytes.
pub fn answer(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} Whatever\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    if status == 204 || status == 304 {
        bytes.extend_from_slice(b"\r\n");
    } else {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
    }
    bytes
}

/// A 200 with this body, as bytes.
pub fn ok(body: &[u8]) -> Vec<u8> {
    answer(200, &[], body)
}
