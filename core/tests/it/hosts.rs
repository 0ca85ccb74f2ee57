//! Which hosts an application may live on: a token must never go where it was not meant to.

use genauth_core::access::Anyone;
use genauth_core::authentication::profile::{GET_PROFILE, GetProfileDto};
use genauth_core::http::HeaderName;
use genauth_core::{App, Error, Operation, Verb};

const PING: Operation<(), (), Anyone> = Operation::new("ping", Verb::Get, "/api/v3/ping");

/// The URL that a call on this host goes to.
fn url(host: &str) -> Result<String, Error> {
    Ok(PING.request(&App::new(host, "app-1")?, &())?.uri().to_string())
}

#[test]
fn good_hosts_are_taken() {
    for (host, expected) in [
        ("https://example.com", "https://example.com/api/v3/ping"),
        ("example.com", "https://example.com/api/v3/ping"),
        ("https://example.com/", "https://example.com/api/v3/ping"),
        ("https://example.com///", "https://example.com/api/v3/ping"),
        (" https://example.com\n", "https://example.com/api/v3/ping"),
        ("https://example.com:8443", "https://example.com:8443/api/v3/ping"),
        ("example.com:8443", "https://example.com:8443/api/v3/ping"),
        ("localhost:3000", "https://localhost:3000/api/v3/ping"),
        ("https://192.0.2.1", "https://192.0.2.1/api/v3/ping"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/api/v3/ping"),
        ("https://example.com/genauth", "https://example.com/genauth/api/v3/ping"),
        ("https://example.com/a/b/", "https://example.com/a/b/api/v3/ping"),
        ("example.com/genauth", "https://example.com/genauth/api/v3/ping"),
        // A name may end with the root, and its last label with digits.
        ("https://example.com.", "https://example.com./api/v3/ping"),
        ("https://example.b1", "https://example.b1/api/v3/ping"),
        ("https://1.example", "https://1.example/api/v3/ping"),
        ("https://0xg.0xg", "https://0xg.0xg/api/v3/ping"),
        ("https://192.0.2.255:1", "https://192.0.2.255:1/api/v3/ping"),
        // A name in another script, as DNS knows it.
        (
            "https://xn--mnchen-3ya.example",
            "https://xn--mnchen-3ya.example/api/v3/ping",
        ),
        // Plain http stays on this machine.
        ("http://localhost", "http://localhost/api/v3/ping"),
        ("http://LOCALHOST:3000/", "http://LOCALHOST:3000/api/v3/ping"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/api/v3/ping"),
        ("http://127.1.2.3", "http://127.1.2.3/api/v3/ping"),
        ("http://[::1]:3000", "http://[::1]:3000/api/v3/ping"),
    ] {
        match url(host) {
            Ok(url) => assert_eq!(url, expected, "{host}"),
            Err(error) => panic!("{host}: {error}"),
        }
    }
}

#[test]
fn bad_hosts_are_refused() {
    for host in [
        // No host at all.
        "",
        " ",
        "/",
        "https://",
        "https:///path",
        "://example.com",
        "https://:443",
        "https:example.com",
        "https:/example.com",
        // Another scheme.
        "ftp://example.com",
        "file:///etc/passwd",
        "javascript://example.com",
        "httpss://example.com",
        // A user: what looks like the host is not the host.
        "https://example.com@evil.example",
        "https://user:password-1@example.com",
        "https://example.com:443@evil.example",
        "user:password-1@example.com",
        "http://localhost@evil.example",
        "http://127.0.0.1:80@evil.example/",
        // Query and fragment would swallow the path.
        "https://example.com?a=b",
        "https://example.com/?a=b",
        "https://example.com/#fragment",
        "https://example.com#@evil.example",
        // Plain http to other machines.
        "http://example.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://evil.example/localhost",
        "http://evil.example/127.0.0.1",
        "http://192.168.0.1",
        "http://10.0.0.1:3000",
        "http://0.0.0.0",
        "http://[::]",
        "http://[2001:db8::1]",
        "http://169.254.169.254",
        "http://localhos",
        "http://xlocalhost",
        "http://127.evil.example",
        // Shapes that some parsers take for another host.
        "https://example.com\\@evil.example",
        "https://exam ple.com",
        "https://example.com\r\nx-admin: 1",
        "https://exam\tple.com",
        "https://example.com\0.evil.example",
        "https://example.com:port",
        "https://example.com:",
        "https://example.com:99999",
        "https://example.com:+443",
        "http://[::1]evil.example",
        "http://[::1].evil.example",
        "https://[::1]evil.example:443",
        "https://example.com%2eevil.example",
        "https://exa'mple.com",
        "https://example.com,evil.example",
        "https://example.com:443:443",
        // The last label is a number to browsers, which make an address of the whole, or refuse it.
        "https://J.1..0X",
        "https://127.1",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://192.0.2.256",
        "https://192.0.2.1.",
        "https://192.0.02.1",
        "https://1.2.3.4.5",
        "https://example.1",
        "https://example.0x",
        "https://example.0XaF",
        "https://example.1.",
        "http://127.1",
        // Labels without a letter.
        "https://.",
        "https://..",
        "https://.example.com",
        "https://example..com",
        "https://example.com..",
        "https://[::1",
        "https://::1",
        "https://ex[am]ple.com",
        "https://m\u{fc}nchen.example",
        "https://example.com/a path",
        "https://example.com/\u{e9}",
    ] {
        match url(host) {
            Ok(url) => panic!("{host:?} was taken as {url}"),
            Err(error @ Error::Request(_)) => {
                let text = error.to_string();
                assert!(!text.contains("password-1"), "{text}");
                assert!(!text.contains('\n'), "{text}");
            }
            Err(error) => panic!("{host:?}: {error:?}"),
        }
    }
}

#[test]
fn the_host_is_the_one_that_url_parsers_see() {
    for host in [
        "https://example.com",
        "https://example.com:8443/a/b",
        "https://example.com/..",
        "https://example.com/a/../../b",
        "https://example.com//evil.example",
        "https://example.com/;@evil.example",
        "https://example.com/%2e%2e",
        "https://127.0.0.1",
        "https://192.0.2.255",
        "https://example.com:0443",
        "https://EXAMPLE.com",
        "HTTPS://example.com",
        "HTTP://127.0.0.1",
    ] {
        let Ok(text) = url(host) else { continue };
        let seen = url::Url::parse(&text).unwrap_or_else(|error| panic!("{host} became {text}: {error}"));
        let meant = host.split_once("://").unwrap().1;
        let meant = &meant[..meant.find(['/', ':']).unwrap_or(meant.len())];
        assert!(seen.host_str().unwrap().eq_ignore_ascii_case(meant), "{host} is {seen}");
        assert_eq!(seen.username(), "");
        assert!(seen.path().ends_with("/api/v3/ping"), "{host} is {seen}");
    }
}

#[test]
fn schemes_may_be_in_capitals() {
    for (host, expected) in [
        ("HTTPS://example.com", "https://example.com/api/v3/ping"),
        ("HTTP://localhost:3000", "http://localhost:3000/api/v3/ping"),
    ] {
        assert_eq!(url(host).unwrap(), expected);
    }
    url("HTTP://example.com").unwrap_err();
    url("Http://example.com").unwrap_err();
}

#[test]
fn plain_http_has_to_be_asked_for() {
    let app = App::with_plain_http("http://example.internal:8080/auth/", "app-1").unwrap();
    let request = PING.request(&app, &()).unwrap();
    assert_eq!(request.uri(), "http://example.internal:8080/auth/api/v3/ping");
    for host in [
        "ftp://example.internal",
        "http://user@example.internal",
        "http://example.internal?a",
    ] {
        App::with_plain_http(host, "app-1").unwrap_err();
    }
}

#[test]
fn no_setting_can_smuggle_a_header() {
    let app = || App::new("https://example.com", "app-1").unwrap();
    for text in ["a\nb", "a\r\nx-admin: 1", "a\0b", "\u{7f}"] {
        App::new("https://example.com", text).unwrap_err();
        app().with_language(text).unwrap_err();
        app().with_tenant(text).unwrap_err();
        app().with_header("x-own", text).unwrap_err();
        app().with_header(text, "value").unwrap_err();
    }
    app().with_header("", "value").unwrap_err();
    app().with_header("x own", "value").unwrap_err();
    app().with_header("x-own:", "value").unwrap_err();
}

#[test]
fn settings_are_sent() {
    let app = App::new("https://example.com", "app-1")
        .unwrap()
        .with_language("en-US")
        .unwrap()
        .with_tenant("tenant-1")
        .unwrap()
        .with_header("X-Own", "own-1")
        .unwrap();
    let headers = |app: &App| PING.request(app, &()).unwrap().headers().clone();
    let sent = headers(&app);
    assert_eq!(sent["x-authing-app-id"], "app-1");
    assert_eq!(sent["x-authing-lang"], "en-US");
    assert_eq!(sent["x-authing-app-tenant-id"], "tenant-1");
    assert_eq!(sent["x-own"], "own-1");
    assert!(sent["x-own"].is_sensitive(), "nobody knows what it means");

    let sent = headers(&app.with_genauth_headers());
    assert_eq!(sent["x-genauth-app-id"], "app-1");
    assert_eq!(sent["x-genauth-lang"], "en-US");
    assert_eq!(sent["x-genauth-app-tenant-id"], "tenant-1");
    let ours = |name: &HeaderName| name.as_str().starts_with("x-authing-");
    assert!(!sent.keys().any(ours), "{sent:?}");

    // An own header wins, but never over the user's token.
    let own = App::new("https://example.com", "app-1")
        .unwrap()
        .with_header("user-agent", "mine/1");
    let own = own.unwrap();
    for reserved in [
        "authorization",
        "Content-Type",
        "content-length",
        "transfer-encoding",
        "host",
    ] {
        let refused = own.clone().with_header(reserved, "other").unwrap_err();
        assert!(refused.to_string().contains("set by each request itself"), "{refused}");
    }
    assert_eq!(headers(&own)["user-agent"], "mine/1");
    let user = own.signed_in("token-1").unwrap();
    let request = GET_PROFILE.request(&user, &GetProfileDto::new()).unwrap();
    let all: Vec<_> = request.headers().get_all("authorization").iter().collect();
    assert_eq!(all, ["Bearer token-1"]);
}
