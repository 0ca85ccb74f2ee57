//! Events, and the web sockets over which they go out. Who is not connected misses them, as with the service.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::area::management;
use crate::clock::{Millis, iso8601};
use crate::random;
use crate::server::Shared;

/// Who listens at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    Users,
    Administrators,
}

/// The sockets' paths.
pub(crate) const SOCKETS: &[(&str, Audience)] = &[
    ("/events/v1/authentication/sub", Audience::Users),
    ("/events/v1/management/sub", Audience::Administrators),
];

/// One open socket.
#[derive(Debug, Clone)]
struct Subscriber {
    /// The event that it wants to hear of.
    code: String,
    /// A user, who hears of nothing but their own; otherwise an administrator.
    user_id: Option<String>,
    sender: UnboundedSender<String>,
}

/// The open sockets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    subscribers: Vec<Subscriber>,
}

impl Events {
    /// Sends an event to whom it concerns, and answers to how many that is.
    pub(crate) fn publish(
        &mut self,
        code: &str,
        user_id: Option<&str>,
        data: &Value,
        source: Option<&str>,
        now: Millis,
    ) -> usize {
        let frame = json!({
            "eventId": random::uuid(),
            "eventType": code,
            "eventTime": iso8601(now),
            "source": source.unwrap_or("genauth-emulator"),
            "eventData": data,
        })
        .to_string();
        self.subscribers
            .iter()
            .filter(|one| one.code == code)
            .filter(|one| one.user_id.is_none() || one.user_id.as_deref() == user_id)
            .filter(|one| one.sender.send(frame.clone()).is_ok())
            .count()
    }

    fn subscribe(&mut self, code: String, user_id: Option<String>) -> UnboundedReceiver<String> {
        let (sender, receiver) = unbounded_channel();
        self.subscribers.retain(|one| !one.sender.is_closed());
        self.subscribers.push(Subscriber { code, user_id, sender });
        receiver
    }

    pub(crate) fn connections(&self) -> usize {
        self.subscribers.iter().filter(|one| !one.sender.is_closed()).count()
    }

    /// The sockets' tasks end when their sender goes away.
    pub(crate) fn drop_all(&mut self) {
        self.subscribers.clear();
    }
}

/// Answers the handshake of a socket. Once the client has read the answer, it misses nothing more.
pub(crate) fn subscribe(
    shared: &Shared,
    mut request: Request,
    audience: Audience,
) -> Result<Response<Body>, StatusCode> {
    let header = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let is = |name, value: &str| header(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
    let key = header(header::SEC_WEBSOCKET_KEY).filter(|_| is(header::UPGRADE, "websocket"));
    let key = key.ok_or(StatusCode::UPGRADE_REQUIRED)?;

    let parameters: Vec<_> = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).collect();
    let parameter = |wanted: &str| {
        let found = parameters.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.clone().into_owned())
            .filter(|value| !value.is_empty())
    };
    let code = parameter("code").ok_or(StatusCode::BAD_REQUEST)?;
    let receiver = {
        let mut world = shared.lock();
        let user_id = match audience {
            Audience::Administrators => {
                let authorization = header(header::AUTHORIZATION).unwrap_or_default();
                let signed = management::signs_socket(&world.settings, &authorization);
                signed.then_some(None).ok_or(StatusCode::UNAUTHORIZED)?
            }
            Audience::Users => {
                let token = parameter("token").unwrap_or_default();
                let grant = world.tokens.access(&token, world.now());
                let user_id = grant.and_then(|grant| grant.authorization.user_id.clone());
                Some(user_id.ok_or(StatusCode::UNAUTHORIZED)?)
            }
        };
        world.events.subscribe(code, user_id)
    };

    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(connection) = upgrade.await {
            deliver(connection, receiver).await;
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| StatusCode::BAD_REQUEST)?;
    for (name, value) in [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ] {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Until the client goes away, or is dropped.
async fn deliver(connection: Upgraded, mut events: UnboundedReceiver<String>) {
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(connection), Role::Server, None).await;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => {
                    if socket.send(Message::text(event)).await.is_err() {
                        return;
                    }
                }
                None => return,
            },
            // Reading also answers pings and goodbyes.
            message = socket.next() => if !matches!(message, Some(Ok(_))) {
                return;
            },
        }
    }
}
