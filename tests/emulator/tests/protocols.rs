//! CAS, the older endpoints, management credentials, events and webhooks.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, SystemTime};

use common::{Answer, Caller, fails, ok};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use genauth_emulator::{Emulator, UserSeed};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

const SERVICE: &str = "http://127.0.0.1:9/app";

fn get(emulator: &Emulator, path: &str) -> Answer {
    Caller::new(emulator).send("GET", path, &[], b"").unwrap()
}

#[test]
fn a_ticket_of_cas_is_good_once_and_for_its_service() {
    let emulator = Emulator::start().unwrap();
    let bob = emulator
        .add_user(UserSeed::new().username("bob").field("givenName", "B & B"))
        .unwrap();
    let base = format!("/cas-idp/{}", emulator.app_id());
    let ticket = || {
        let link = format!("{}{base}?service={SERVICE}", emulator.url());
        let back = emulator.authorize(&link, &bob).unwrap();
        back.strip_prefix("http://127.0.0.1:9/app?ticket=").unwrap().to_owned()
    };
    let check = |kind: &str, ticket: &str, rest: &str| {
        get(
            &emulator,
            &format!("{base}/{kind}?service={SERVICE}&ticket={ticket}{rest}"),
        )
    };
    let one = ticket();
    assert!(one.starts_with("ST-"));
    assert_eq!(check("validate", &one, "").text, "yes\nbob\n");
    assert_eq!(check("validate", &one, "").text, "no\n\n");

    let whole = check("serviceValidate", &ticket(), "&format=JSON").json();
    let success = &whole["serviceResponse"]["authenticationSuccess"];
    assert_eq!(
        (&success["user"], &success["attributes"]["given_name"]),
        (&json!("bob"), &json!("B & B"))
    );
    assert_eq!(success["attributes"]["family_name"], Value::Null);
    let xml = check("serviceValidate", &ticket(), "&format=XML");
    assert!(xml.header("content-type").starts_with("application/xml"));
    assert!(
        xml.text.contains("<cas:given_name>B &amp; B</cas:given_name>"),
        "{}",
        xml.text
    );

    let failure = |answer: Answer| answer.json()["serviceResponse"]["authenticationFailure"]["code"].clone();
    assert_eq!(failure(check("serviceValidate", "ST-made-up", "")), "INVALID_TICKET");
    let other = format!(
        "{base}/serviceValidate?service=http://127.0.0.1:9/other&ticket={}",
        ticket()
    );
    assert_eq!(failure(get(&emulator, &other)), "INVALID_SERVICE");
    assert_eq!(
        failure(get(&emulator, &format!("{base}/serviceValidate"))),
        "INVALID_REQUEST"
    );
    let late = ticket();
    emulator.advance(Duration::from_secs(60));
    assert!(
        check("serviceValidate", &late, "&format=xml")
            .text
            .contains("code=\"INVALID_TICKET\"")
    );

    let attacker = format!("{}{base}?service=https://attacker.example/", emulator.url());
    assert!(emulator.authorize(&attacker, &bob).is_err());
    assert_eq!(
        get(&emulator, &format!("{base}?service=https://attacker.example/")).status,
        400
    );
    let page = get(&emulator, &format!("{base}/login?service={SERVICE}"));
    assert!(page.status == 200 && page.text.contains("name=\"password\""));
}

#[test]
fn links_that_sign_out_lead_back() {
    let emulator = Emulator::start().unwrap();
    for (path, parameter) in [("/cas-idp/logout", "url"), ("/login/profile/logout", "redirect_uri")] {
        let out = get(&emulator, &format!("{path}?{parameter}={SERVICE}"));
        assert_eq!((out.status, out.header("location")), (302, SERVICE));
        assert_eq!(get(&emulator, path).status, 200);
        assert_eq!(
            get(&emulator, &format!("{path}?{parameter}=https://attacker.example/")).status,
            400
        );
    }
    let saml = get(&emulator, &format!("/api/v2/saml-idp/{}", emulator.app_id()));
    assert!(saml.text.contains("SAML"));
    fails(&get(&emulator, "/api/v2/saml-idp/other").json(), 404, 2011);
}

#[test]
fn the_older_endpoint_reads_tokens() {
    let emulator = Emulator::start().unwrap();
    let bob = emulator.add_user(UserSeed::new().username("bob")).unwrap();
    let token = emulator.access_token(&bob).unwrap();
    let check = |query: &str| get(&emulator, &format!("/api/v2/oidc/validate_token{query}")).json();
    assert_eq!(check(&format!("?access_token={token}"))["sub"], bob.as_str());
    for query in [
        String::new(),
        format!("?access_token={token}&id_token={token}"),
        format!("?id_token={token}"),
        "?access_token=malformed".to_owned(),
    ] {
        let answer = check(&query);
        assert_eq!(answer["code"], 400, "{query}: {answer}");
        assert!(answer["message"].is_string());
    }
    emulator.revoke_tokens(&bob).unwrap();
    assert_eq!(check(&format!("?access_token={token}"))["code"], 400);
    let pem = Caller::new(&emulator).post(
        "/api/v2/oidc/validate_pem_key",
        &json!({ "key": "-----BEGIN PUBLIC KEY" }),
    );
    assert_eq!(pem["data"]["valid"], true);
}

fn sign(secret: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

#[test]
fn a_management_token_opens_the_management_api_for_two_hours() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let get_token = |secret: &str| {
        let body = json!({ "accessKeyId": emulator.access_key_id(), "accessKeySecret": secret });
        caller.post("/api/v3/get-management-token", &body)
    };
    fails(&get_token("wrong"), 401, 0);
    let data = ok(&get_token(emulator.access_key_secret()));
    assert_eq!(data["expires_in"], 7200);
    let token = data["access_token"].as_str().unwrap();
    let payload = BASE64URL_NOPAD
        .decode(token.split('.').nth(1).unwrap().as_bytes())
        .unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims["scoped_userpool_id"], emulator.user_pool_id());

    let publish = |authorization: &str, pool: &str, event: &str| {
        let body = json!({ "eventType": event, "eventData": {} }).to_string();
        let headers = [("authorization", authorization), ("x-authing-userpool-id", pool)];
        let answer = caller.send("POST", "/api/v3/pub-event", &headers, body.as_bytes());
        answer.unwrap().json()
    };
    let pool = emulator.user_pool_id();
    for authorization in [token.to_owned(), format!("Bearer {token}")] {
        assert_eq!(
            ok(&publish(&authorization, pool, "mine.happened")),
            json!({ "success": true })
        );
    }
    fails(&publish(token, "another-pool", "mine.happened"), 404, 2224);
    fails(&publish(token, pool, "authing.user.login"), 400, 0);
    fails(&publish("", pool, "mine.happened"), 401, 2020);
    fails(&publish("Bearer made.up.token", pool, "mine.happened"), 401, 2020);
    let bob = emulator.add_user(UserSeed::new()).unwrap();
    fails(
        &publish(&emulator.access_token(&bob).unwrap(), pool, "mine.happened"),
        401,
        2020,
    );
    emulator.advance(Duration::from_secs(7200));
    fails(&publish(token, pool, "mine.happened"), 401, 2020);
    let next = ok(&get_token(emulator.access_key_secret()));
    emulator.revoke_management_tokens();
    fails(
        &publish(next["access_token"].as_str().unwrap(), pool, "mine.happened"),
        401,
        2020,
    );
}

#[test]
fn signatures_are_checked() {
    let emulator = Emulator::start().unwrap();
    // Members in an order that is not that of the alphabet, which counts inside of them.
    let body = r#"{"eventType":"mine","eventData":{"b":[1.50,null],"a":"ü & ="},"source":"x"}"#;
    let resource = r#"/api/v3/pub-event?eventData={"b":[1.50,null],"a":"ü & ="}&eventType=mine&source=x"#;
    let now = |offset: i64| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        (i64::try_from(now.as_millis()).unwrap() + offset * 1000).to_string()
    };
    let publish = |brand: &str, scheme: &str, [method, version, nonce]: [&str; 3], date: Option<&str>, body: &str| {
        let mut signed = vec![
            (format!("x-{brand}-signature-method"), method),
            (format!("x-{brand}-signature-nonce"), nonce),
            (format!("x-{brand}-signature-version"), version),
        ];
        signed.extend(date.map(|date| ("date".to_owned(), date)));
        signed.sort();
        let lines: Vec<_> = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let lines = lines.concat();
        // The client of these tests sends one signed header of its own.
        let own = format!("x-{brand}-app-id:{}\n", emulator.app_id());
        let at = lines.find(&format!("x-{brand}-signature")).unwrap();
        let text = format!("POST\n{}{own}{}{resource}", &lines[..at], &lines[at..]);
        let signature = sign(emulator.access_key_secret(), &text);
        let authorization = format!("{scheme} {}:{signature}", emulator.access_key_id());
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
        ];
        headers.extend(signed.iter().map(|(name, value)| (name.as_str(), *value)));
        let prefix = if brand == "authing" { "x-authing-" } else { "x-genauth-" };
        let caller = Caller::new(&emulator).with_prefix(prefix);
        let answer = caller.send("POST", "/api/v3/pub-event", &headers, body.as_bytes());
        answer.unwrap().json()
    };
    let good = ["HMAC-SHA1", "1.0", "n1"];
    let at = now(0);
    ok(&publish("authing", "authing", good, Some(&at), body));
    fails(&publish("authing", "authing", good, Some(&at), body), 403, 1306);
    ok(&publish(
        "genauth",
        "GenAuth",
        ["HMAC-SHA1", "1.0", "n2"],
        Some(&at),
        body,
    ));
    let fresh = ["HMAC-SHA1", "1.0", "n3"];
    let send = |parts, date: Option<&str>, body| publish("authing", "authing", parts, date, body);
    let changed = body.replace("mine", "yours");
    fails(&send(fresh, Some(&at), &changed), 403, 1300);
    fails(&send(["HMAC-SHA256", "1.0", "n3"], Some(&at), body), 400, 1301);
    fails(&send(["HMAC-SHA1", "2.0", "n3"], Some(&at), body), 400, 1302);
    fails(&send(fresh, Some("yesterday"), body), 400, 1303);
    fails(&send(fresh, None, body), 400, 1304);
    fails(&send(fresh, Some(&now(-901)), body), 403, 1305);
    fails(&send(fresh, Some(&now(960)), body), 403, 1305);
    // A date of HTTP is read too: this one is old, and not malformed.
    fails(&send(fresh, Some("Sun, 06 Nov 1994 08:49:37 GMT"), body), 403, 1305);
    ok(&send(fresh, Some(&now(-890)), body));
}

fn connect(emulator: &Emulator, path: &str, authorization: Option<&str>) -> Result<WebSocket<TcpStream>, u16> {
    let address = emulator.url().replace("http://", "");
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    if let Some(authorization) = authorization {
        request
            .headers_mut()
            .insert("authorization", authorization.parse().unwrap());
    }
    match tungstenite::client(request, TcpStream::connect(&address).unwrap()) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(response))) => {
            Err(response.status().as_u16())
        }
        Err(other) => panic!("{other}"),
    }
}

fn next(socket: &mut WebSocket<TcpStream>) -> Value {
    serde_json::from_str(socket.read().unwrap().to_text().unwrap()).unwrap()
}

#[test]
fn events_reach_those_whom_they_concern() {
    let emulator = Emulator::start().unwrap();
    let [bob, eve] = ["bob", "eve"].map(|name| emulator.add_user(UserSeed::new().username(name)).unwrap());
    let token = emulator.access_token(&bob).unwrap();
    let own = format!("/events/v1/authentication/sub?code=mine.happened&token={token}");
    let signature = sign(emulator.access_key_secret(), "websocket\n");
    let signed = format!("authing {}:{signature}", emulator.access_key_id());
    let all = "/events/v1/management/sub?code=mine.happened";

    assert_eq!(
        connect(&emulator, "/events/v1/authentication/sub?code=x&token=y", None).unwrap_err(),
        401
    );
    assert_eq!(
        connect(&emulator, "/events/v1/authentication/sub?token=y", None).unwrap_err(),
        400
    );
    assert_eq!(connect(&emulator, all, None).unwrap_err(), 401);
    assert_eq!(connect(&emulator, all, Some("authing a:b")).unwrap_err(), 401);
    assert_eq!(get(&emulator, all).status, 426);
    assert_eq!(emulator.event_connections(), 0);

    let mut users = connect(&emulator, &own, None).unwrap();
    let mut admins = connect(&emulator, all, Some(&signed)).unwrap();
    assert_eq!(emulator.event_connections(), 2);
    assert_eq!(emulator.publish_event("other.happened", Some(&bob), json!(0)), 0);
    assert_eq!(emulator.publish_event("mine.happened", Some(&eve), json!(1)), 1);
    assert_eq!(emulator.publish_event("mine.happened", None, json!(2)), 1);
    let body = json!({ "eventType": "mine.happened", "eventData": { "n": 3 }, "source": "test" });
    ok(&Caller::new(&emulator)
        .with_token(&token)
        .post("/api/v3/pub-userEvent", &body));
    let event = next(&mut users);
    assert_eq!(
        (&event["eventData"], &event["source"]),
        (&json!({ "n": 3 }), &json!("test"))
    );
    let seen: Vec<_> = (0..3).map(|_| next(&mut admins)["eventData"].clone()).collect();
    assert_eq!(seen, [json!(1), json!(2), json!({ "n": 3 })]);

    // A ping is answered, a goodbye too.
    users.send(Message::Ping(vec![1].into())).unwrap();
    assert_eq!(users.read().unwrap(), Message::Pong(vec![1].into()));
    users.close(None).unwrap();
    assert!(matches!(users.read(), Ok(Message::Close(_))));
    while emulator.event_connections() == 2 {
        thread::yield_now();
    }
    emulator.drop_event_connections();
    assert!(admins.read().is_err());
    assert_eq!(emulator.event_connections(), 0);
}

#[test]
fn a_sign_in_is_an_event() {
    let emulator = Emulator::start().unwrap();
    let bob = emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd"))
        .unwrap();
    let token = emulator.access_token(&bob).unwrap();
    let path = format!("/events/v1/authentication/sub?code=authing.user.login&token={token}");
    let mut socket = connect(&emulator, &path, None).unwrap();
    ok(&Caller::new(&emulator).sign_in("bob", "passw0rd"));
    let event = next(&mut socket);
    assert_eq!(
        (&event["eventType"], &event["eventData"]["userId"]),
        (&json!("authing.user.login"), &json!(bob))
    );
}

/// Answers one request with 204 and hands back its headers, in lower case, and its body.
fn receive(listener: &TcpListener) -> (String, String) {
    let mut reader = BufReader::new(listener.accept().unwrap().0);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let head = head.to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[test]
fn webhooks_carry_the_secret() {
    let emulator = Emulator::builder().webhook_secret("the-secret").start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    thread::scope(|scope| {
        let receiver = scope.spawn(|| [receive(&listener), receive(&listener)]);
        assert_eq!(
            emulator.send_webhook(&url, "user:created", json!({ "id": 1 })).unwrap(),
            204
        );
        assert_eq!(
            emulator
                .send_webhook_form(&url, "user:created", json!({ "id": 1 }))
                .unwrap(),
            204
        );
        let [json, form] = receiver.join().unwrap();
        for (head, kind) in [
            (&json.0, "application/json"),
            (&form.0, "application/x-www-form-urlencoded"),
        ] {
            for line in [
                "post /hook http/1.1",
                "user-agent: authing-webhook@2.0",
                "x-authing-webhook-secret: the-secret",
                &format!("x-authing-userpool-id: {}", emulator.user_pool_id()),
                &format!("content-type: {kind}"),
            ] {
                assert!(head.lines().any(|found| found == line), "{line} is not in {head}");
            }
        }
        assert_eq!(
            serde_json::from_str::<Value>(&json.1).unwrap(),
            json!({ "eventName": "user:created", "data": { "id": 1 } })
        );
        assert_eq!(form.1, "eventName=user%3Acreated&data=%7B%22id%22%3A1%7D");
    });
    assert_eq!(emulator.webhook_secret(), "the-secret");
    drop(listener);
    assert!(emulator.send_webhook(&url, "user:created", json!({})).is_err());
}
