//! Events over web sockets: against the emulator, and over TLS against a server that is made here.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use genauth::client::System;
use genauth::events::{EventClient, Events};
use genauth::protocol::events::{EventHost, ReconnectPolicy};
use genauth::protocol::publish::PubEventDto;
use genauth::protocol::signature::RequestSigner;
use genauth::transport::TransportErrorKind;
use genauth::ureq::UreqTransport;
use genauth::{App, AuthenticationClient, Error, OsSystem, Secret};
use genauth_emulator::{Emulator, UserSeed};
use serde_json::{Value, json};

/// The operating system's, without the waiting; counts how long that would have been.
#[derive(Clone, Default)]
struct Hasty(Arc<AtomicUsize>);

impl System for Hasty {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_time(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, time: Duration) {
        let milliseconds = usize::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
        std::thread::yield_now();
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        OsSystem::new().random(bytes)
    }
}

struct Setup {
    emulator: Emulator,
    user_id: String,
    token: String,
    system: Hasty,
}

fn setup() -> Setup {
    let emulator = Emulator::start().unwrap();
    let user_id = emulator.add_user(UserSeed::default()).unwrap();
    let token = emulator.access_token(&user_id).unwrap();
    Setup {
        emulator,
        user_id,
        token,
        system: Hasty::default(),
    }
}

impl Setup {
    fn client(&self) -> EventClient {
        EventClient::new(EventHost::new(self.emulator.url()).unwrap()).with_system(self.system.clone())
    }

    fn subscribe(&self) -> Events {
        self.client().user_events("my.event", self.token.as_str()).unwrap()
    }
}

fn data(event: Option<Result<genauth::protocol::events::Event, Error>>) -> Value {
    let event: Value = event.unwrap().unwrap().parse().unwrap();
    event["eventData"].clone()
}

#[test]
fn a_user_hears_of_what_is_published() {
    let it = setup();
    let mut events = it.subscribe();
    let app = App::new(it.emulator.url(), it.emulator.app_id()).unwrap();
    let client = AuthenticationClient::new(app, UreqTransport::new());
    let user = client.signed_in(it.token.as_str()).unwrap();
    for number in 0..3 {
        user.pub_user_event(&PubEventDto::new("my.event", json!({ "number": number })))
            .unwrap();
    }
    user.pub_user_event(&PubEventDto::new("other.event", json!({})))
        .unwrap();
    user.pub_user_event(&PubEventDto::new("my.event", json!({ "number": 3 })))
        .unwrap();
    for number in 0..4 {
        assert_eq!(data(events.next()), json!({ "number": number }));
    }
}

#[test]
fn an_administrator_hears_of_everybodys() {
    let it = setup();
    let signer = RequestSigner::new(it.emulator.access_key_id(), it.emulator.access_key_secret());
    let mut events = it.client().user_pool_events("my.event", signer).unwrap();
    it.emulator.publish_event("my.event", Some(&it.user_id), json!(1));
    it.emulator.publish_event("my.event", None, json!(2));
    assert_eq!(data(events.next()), json!(1));
    assert_eq!(data(events.next()), json!(2));

    let wrong = RequestSigner::new(it.emulator.access_key_id(), "another");
    let refused = it.client().user_pool_events("my.event", wrong).unwrap_err();
    assert!(refused.needs_sign_in(), "{refused}");
}

#[test]
fn a_connection_that_ends_is_made_again() {
    let it = setup();
    let mut events = it.subscribe();
    let (sender, received) = mpsc::channel();
    std::thread::scope(|scope| {
        let closer = events.closer();
        scope.spawn(move || {
            for event in &mut events {
                sender
                    .send(event.unwrap().parse::<Value>().unwrap()["eventData"].clone())
                    .unwrap();
            }
        });
        for round in 0..3 {
            // Nobody hears of it until the connection stands again.
            while it.emulator.publish_event("my.event", Some(&it.user_id), json!(round)) == 0 {
                std::thread::yield_now();
            }
            assert_eq!(received.recv().unwrap(), json!(round));
            it.emulator.drop_event_connections();
        }
        closer.close();
    });
    // One wait after each event that came: the count started anew, and each was the first.
    let waited = it.system.0.load(Ordering::SeqCst);
    assert!((1000..=3000).contains(&waited), "{waited}");
}

#[test]
fn the_token_is_asked_for_each_time() {
    let it = setup();
    let (first, second) = (it.token.clone(), it.emulator.access_token(&it.user_id).unwrap());
    let mut tokens = vec![second, first];
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let token = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(Secret::from(tokens.pop().unwrap()))
    };
    let mut events = it.client().user_events_with("my.event", token).unwrap();
    it.emulator.drop_event_connections();
    std::thread::scope(|scope| {
        let listener = scope.spawn(|| data(events.next()));
        while it.emulator.publish_event("my.event", Some(&it.user_id), json!(1)) == 0 {
            std::thread::yield_now();
        }
        assert_eq!(listener.join().unwrap(), json!(1));
    });
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_wrong_from_the_start_shows_at_once() {
    let it = setup();
    let refused = it.client().user_events("my.event", "no token").unwrap_err();
    assert!(refused.needs_sign_in(), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains("no token") && !format!("{refused:?}").contains("no%20token"));
    assert!(matches!(
        it.client().user_events("", it.token.as_str()),
        Err(Error::Request(_))
    ));

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = EventClient::new(EventHost::new(&format!("ws://{free}")).unwrap());
    let Err(Error::Transport(error)) = nobody.user_events("x", "T") else {
        panic!()
    };
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert_eq!(it.system.0.load(Ordering::SeqCst), 0);
}

#[test]
fn it_is_given_up_as_the_policy_says() {
    let it = setup();
    let policy = ReconnectPolicy::default().with_attempts(3);
    let mut events = it
        .client()
        .with_reconnect(policy)
        .user_events("my.event", it.token.as_str())
        .unwrap();
    drop(it.emulator);
    let error = events.next().unwrap().unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert!(events.next().is_none() && events.next().is_none());
    // Up to 1, 2 and 4 seconds.
    let waited = it.system.0.load(Ordering::SeqCst);
    assert!((3500..=7000).contains(&waited), "{waited}");
}

#[test]
fn a_token_that_is_no_longer_good_ends_the_events() {
    let it = setup();
    let mut events = it.subscribe();
    it.emulator.revoke_tokens(&it.user_id).unwrap();
    it.emulator.drop_event_connections();
    assert!(events.next().unwrap().unwrap_err().needs_sign_in());
    assert!(events.next().is_none());
}

#[test]
fn closing_ends_the_waiting() {
    let it = setup();
    let mut events = it.subscribe();
    let closer = events.closer();
    std::thread::scope(|scope| {
        let listener = scope.spawn(|| events.next().is_none());
        closer.close();
        assert!(listener.join().unwrap());
    });
    assert!(events.next().is_none());
    closer.close();

    // Also while it waits to connect again: for ever, by this policy.
    let it = setup();
    let mut events = it.subscribe();
    let closer = events.closer();
    drop(it.emulator);
    std::thread::scope(|scope| {
        let listener = scope.spawn(|| events.next().is_none());
        while it.system.0.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        closer.close();
        assert!(listener.join().unwrap());
    });
}

#[test]
fn dropping_ends_the_connection() {
    let it = setup();
    let events = it.subscribe();
    assert_eq!(it.emulator.event_connections(), 1);
    drop(events);
    while it.emulator.event_connections() > 0 {
        std::thread::yield_now();
    }
}

/// A server that does this with each connection, one after the other.
fn serve(listener: TcpListener, mut with: impl FnMut(TcpStream) + Send + 'static) {
    std::thread::spawn(move || {
        while let Ok((tcp, _)) = listener.accept() {
            with(tcp);
        }
    });
}

#[test]
fn tls_is_verified() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = EventHost::new(&format!("wss://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
    let config = Arc::new(config);
    serve(listener, move |tcp| {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        if let Ok(mut socket) = tungstenite::accept(rustls::StreamOwned::new(connection, tcp)) {
            socket.send("hello".into()).unwrap();
        }
    });

    let Err(Error::Transport(error)) = EventClient::new(host.clone()).user_events("x", "T") else {
        panic!()
    };
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    for client in [
        EventClient::new(host.clone())
            .add_root_certificate(pem.as_bytes())
            .unwrap(),
        EventClient::new(host.clone())
            .only_root_certificates(pem.as_bytes())
            .unwrap(),
    ] {
        let mut events = client.user_events("x", "T").unwrap();
        assert_eq!(events.next().unwrap().unwrap().text(), "hello");
    }
    for pem in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let refused = EventClient::new(host.clone()).add_root_certificate(pem.as_bytes());
        assert!(matches!(refused, Err(Error::Request(_))), "{pem}");
    }
}

#[test]
fn a_silent_connection_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = EventHost::new(&format!("ws://{}", listener.local_addr().unwrap())).unwrap();
    let (mut number, mut held) = (0, Vec::new());
    serve(listener, move |tcp| {
        number += 1;
        let mut socket = tungstenite::accept(tcp).unwrap();
        if number > 1 {
            socket.send("second".into()).unwrap();
        }
        // Says nothing more, and answers no ping.
        held.push(socket);
    });
    let client = EventClient::new(host)
        .with_system(Hasty::default())
        .with_silence(Duration::from_millis(20));
    let mut events = client.user_events("x", "T").unwrap();
    assert_eq!(events.next().unwrap().unwrap().text(), "second");
}

#[test]
fn silence_is_broken_by_asking() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = EventHost::new(&format!("ws://{}", listener.local_addr().unwrap())).unwrap();
    serve(listener, move |tcp| {
        let mut socket = tungstenite::accept(tcp).unwrap();
        // Says nothing by itself, and something once it is asked.
        if socket.read().is_ok_and(|message| message.is_ping()) {
            let _ = socket.send("here".into());
            let _ = socket.read();
        }
    });
    let client = EventClient::new(host).with_silence(Duration::from_millis(100));
    let mut events = client.user_events("x", "T").unwrap();
    assert_eq!(events.next().unwrap().unwrap().text(), "here");
}

#[test]
fn other_servers_are_no_event_hosts() {
    for (answer, status) in [
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Some(404)),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://x/\r\ncontent-length: 0\r\n\r\n",
            Some(302),
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some(200)),
        (
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: AAAA\r\n\r\n",
            None,
        ),
        ("SSH-2.0-x\r\n\r\n", None),
        ("", None),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = EventHost::new(&format!("ws://{}", listener.local_addr().unwrap())).unwrap();
        serve(listener, move |mut tcp| {
            use std::io::{Read as _, Write as _};
            let mut request = [0; 4096];
            let _ = tcp.read(&mut request).unwrap();
            tcp.write_all(answer.as_bytes()).unwrap();
        });
        let error = EventClient::new(host).user_events("x", "TOKEN-1").unwrap_err();
        assert_eq!(
            error.http_status().map(|status| status.as_u16()),
            status,
            "{answer}: {error}"
        );
        assert!(!format!("{error:?}").contains("TOKEN-1"), "{error:?}");
    }
}

#[test]
fn an_event_that_is_too_long_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = EventHost::new(&format!("ws://{}", listener.local_addr().unwrap())).unwrap();
    let mut number = 0;
    serve(listener, move |tcp| {
        number += 1;
        let mut socket = tungstenite::accept(tcp).unwrap();
        let _ = socket.send("x".repeat(if number == 1 { 1001 } else { 1000 }).into());
        let _ = socket.read();
    });
    let client = EventClient::new(host)
        .with_system(Hasty::default())
        .with_event_limit(1000);
    let mut events = client.user_events("x", "T").unwrap();
    assert_eq!(events.next().unwrap().unwrap().text().len(), 1000);
}
