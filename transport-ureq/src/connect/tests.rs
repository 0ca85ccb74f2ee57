//! Names that have several addresses, none, or a resolver that never answers: what the system's resolver cannot be made
//! to do in a test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration as Time;

use genauth_core::transport::{Transport as _, TransportErrorKind as Kind};
use http::Request;

use super::*;
use crate::{UreqTransport, UreqTransportBuilder};

#[test]
fn literal_addresses_need_no_lookup() {
    let address = |uri: &'static str| literal_address(&Uri::from_static(uri)).map(|address| address.to_string());
    assert_eq!(address("http://127.0.0.1:3000/a?b").as_deref(), Some("127.0.0.1:3000"));
    assert_eq!(address("https://[::1]/").as_deref(), Some("[::1]:443"));
    assert_eq!(address("http://10.0.0.1").as_deref(), Some("10.0.0.1:80"));
    assert_eq!(address("socks5://10.0.0.1").as_deref(), Some("10.0.0.1:1080"));
    assert_eq!(address("gopher://10.0.0.1"), None);
    assert_eq!(address("https://example.com"), None);
    assert_eq!(address("/path"), None);
}

/// Knows one name, counts how often it is asked, and never answers where that is wanted.
#[derive(Debug, Default)]
struct Names {
    addresses: Vec<SocketAddr>,
    asked: Mutex<Vec<String>>,
    hangs: Option<Mutex<Receiver<()>>>,
}

impl Names {
    fn of(addresses: &[SocketAddr]) -> Self {
        Self {
            addresses: addresses.to_vec(),
            ..Self::default()
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        self.asked.lock().unwrap().push(uri.host().unwrap().to_owned());
        if let Some(never) = &self.hangs {
            never.lock().unwrap().recv_timeout(*timeout.after).unwrap_err();
            return Err(Error::Timeout(timeout.reason));
        }
        let mut found = self.empty();
        self.addresses.iter().for_each(|address| found.push(*address));
        if found.is_empty() {
            return Err(Error::HostNotFound);
        }
        Ok(found)
    }
}

fn transport(names: &Arc<Names>, set: impl FnOnce(UreqTransportBuilder) -> UreqTransportBuilder) -> UreqTransport {
    let builder = UreqTransport::builder().no_proxy().connect_timeout(Time::from_secs(10));
    set(builder).build_with(names).unwrap()
}

fn get(transport: &UreqTransport, url: &str) -> Result<Vec<u8>, genauth_core::transport::TransportError> {
    let request = Request::get(url).body(Vec::new()).unwrap();
    transport.send(request).map(http::Response::into_body)
}

/// Answers with its name, for ever.
fn serve(listener: TcpListener, name: &'static str) -> SocketAddr {
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer_all(stream, name));
        }
    });
    address
}

fn answer_all(mut stream: TcpStream, name: &str) -> Option<()> {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len());
    let mut seen = Vec::new();
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        seen.push(byte[0]);
        if seen.ends_with(b"\r\n\r\n") {
            stream.write_all(answer.as_bytes()).ok()?;
            seen.clear();
        }
    }
}

fn local() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// An address that refuses.
fn dead() -> SocketAddr {
    local().local_addr().unwrap()
}

#[test]
fn kept_connection_costs_no_lookup() {
    let names = Arc::new(Names::of(&[serve(local(), "it")]));
    let transport = transport(&names, |builder| builder);
    for _ in 0..5 {
        assert_eq!(get(&transport, "http://service.test/").unwrap(), b"it");
    }
    assert_eq!(names.asked(), ["service.test"]);
}

#[test]
fn address_is_not_looked_up() {
    let address = serve(local(), "it");
    let names = Arc::new(Names::default());
    let transport = transport(&names, |builder| builder);
    assert_eq!(get(&transport, &format!("http://{address}/")).unwrap(), b"it");
    if let Ok(listener) = TcpListener::bind("[::1]:0") {
        let address = serve(listener, "six");
        assert_eq!(get(&transport, &format!("http://{address}/")).unwrap(), b"six");
    }
    assert!(names.asked().is_empty());
}

#[test]
fn second_address_counts_when_the_first_is_dead() {
    let mut addresses = vec![dead()];
    if let Ok(listener) = TcpListener::bind("[::1]:0") {
        addresses.push(listener.local_addr().unwrap());
    }
    addresses.push(serve(local(), "it"));
    let names = Arc::new(Names::of(&addresses));
    assert_eq!(
        get(&transport(&names, |builder| builder), "http://service.test/").unwrap(),
        b"it"
    );
}

#[test]
fn unknown_name_has_not_reached_the_server() {
    let transport = transport(&Arc::new(Names::default()), |builder| builder);
    let error = get(&transport, "http://service.test/").unwrap_err();
    assert_eq!((error.kind(), error.may_have_reached_server()), (Kind::Connect, false));
    assert!(error.to_string().contains("name"), "{error}");
}

#[test]
fn resolver_that_hangs_does_not_outlive_the_time_to_connect() {
    let (_never, hangs) = mpsc::channel();
    let names = Arc::new(Names {
        hangs: Some(Mutex::new(hangs)),
        ..Names::default()
    });
    let transport = transport(&names, |builder| builder.connect_timeout(Time::from_millis(200)));
    let started = Instant::now();
    let error = get(&transport, "http://service.test/").unwrap_err();
    assert!(started.elapsed() < Time::from_secs(5), "{:?}", started.elapsed());
    assert_eq!((error.kind(), error.may_have_reached_server()), (Kind::Timeout, false));
}

/// Grants every wish of SOCKS 4 and 5 for one of `alive`, tells the addresses and names that it was asked for, and answers
/// as the server.
fn socks(alive: Vec<String>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = local();
    let address = listener.local_addr().unwrap();
    let wishes = Arc::new(Mutex::new(Vec::new()));
    let told = wishes.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            socks_connection(stream, &alive, &told);
        }
    });
    (address, wishes)
}

fn socks_connection(mut stream: TcpStream, alive: &[String], told: &Mutex<Vec<String>>) -> Option<()> {
    let mut bytes = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok().map(|()| bytes)
    };
    let port = |bytes: &[u8]| u16::from_be_bytes([bytes[0], bytes[1]]);
    let version = bytes(1)?[0];
    let wish = if version == 4 {
        let head = bytes(7)?;
        while bytes(1)? != [0] {}
        let mut host = format!("{}.{}.{}.{}", head[3], head[4], head[5], head[6]);
        if host == "0.0.0.1" {
            host.clear();
            loop {
                match bytes(1)?[0] {
                    0 => break,
                    letter => host.push(letter.into()),
                }
            }
        }
        format!("{host}:{}", port(&head[1..]))
    } else {
        let methods = bytes(1)?[0];
        bytes(methods.into())?;
        stream.write_all(&[5, 0]).ok()?;
        let mut bytes = |count: usize| {
            let mut bytes = vec![0; count];
            stream.read_exact(&mut bytes).ok().map(|()| bytes)
        };
        let host = match bytes(4)?[3] {
            1 => {
                let address = bytes(4)?;
                format!("{}.{}.{}.{}", address[0], address[1], address[2], address[3])
            }
            3 => {
                let length = bytes(1)?[0];
                String::from_utf8(bytes(length.into())?).ok()?
            }
            _ => {
                bytes(16)?;
                "six".to_owned()
            }
        };
        format!("{host}:{}", port(&bytes(2)?))
    };
    let granted = alive.contains(&wish);
    told.lock().unwrap().push(wish);
    let reply: &[u8] = match (version, granted) {
        (4, true) => &[0, 90, 0, 0, 0, 0, 0, 0],
        (4, false) => &[0, 91, 0, 0, 0, 0, 0, 0],
        (_, true) => &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        (_, false) => &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0],
    };
    stream.write_all(reply).ok()?;
    answer_all(stream, "behind the proxy")
}

#[test]
fn socks_proxy_gets_the_name_or_an_address_that_works() {
    let addresses: Vec<SocketAddr> = ["[2001:db8::1]:80", "192.0.2.1:80", "192.0.2.2:80"]
        .map(|address| address.parse().unwrap())
        .to_vec();
    let tried_six: &[&str] = &["six:80", "192.0.2.1:80", "192.0.2.2:80"];
    let tried_four: &[&str] = &["192.0.2.1:80", "192.0.2.2:80"];
    for (scheme, wishes, lookups) in [
        ("socks4", tried_four, 1),
        ("socks5", tried_six, 1),
        ("socks4a", &["service.test:80"], 0),
        ("socks5h", &["service.test:80"], 0),
    ] {
        let (proxy, asked) = socks(vec!["192.0.2.2:80".to_owned(), "service.test:80".to_owned()]);
        let names = Arc::new(Names::of(&addresses));
        let transport = transport(&names, |builder| builder.proxy(&format!("{scheme}://{proxy}")));
        for _ in 0..3 {
            assert_eq!(
                get(&transport, "http://service.test/").unwrap(),
                b"behind the proxy",
                "{scheme}"
            );
        }
        assert_eq!(*asked.lock().unwrap(), wishes, "{scheme}");
        assert_eq!(names.asked().len(), lookups, "{scheme}");
    }
}

#[test]
fn socks_proxy_that_refuses_every_address() {
    let (proxy, asked) = socks(Vec::new());
    let names = Arc::new(Names::of(&[
        "192.0.2.1:80".parse().unwrap(),
        "192.0.2.2:80".parse().unwrap(),
    ]));
    let transport = transport(&names, |builder| builder.proxy(&format!("socks5://{proxy}")));
    let error = get(&transport, "http://service.test/").unwrap_err();
    assert_eq!((error.kind(), error.may_have_reached_server()), (Kind::Connect, false));
    assert!(error.to_string().contains("proxy"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}
