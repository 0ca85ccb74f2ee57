//! Rules that can be switched on.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, fails, ok};
use genauth_emulator::{Captcha, Channel, Emulator, PasswordPolicy, Rules, SecondFactor, SetupError, UserSeed};
use serde_json::{Value, json};

fn bob() -> UserSeed {
    UserSeed::new()
        .username("bob")
        .password("passw0rd")
        .email("bob@example.com")
}

fn with(rules: Rules) -> Emulator {
    let emulator = Emulator::builder().rules(rules).start().unwrap();
    emulator.add_user(bob()).unwrap();
    emulator
}

#[test]
fn a_password_policy_holds_wherever_a_password_is_set() {
    let emulator = with(Rules::new().password_policy(PasswordPolicy::new(10, 3)));
    let caller = Caller::new(&emulator);
    let sign_up = |password: &str| {
        let payload = json!({ "username": "alice", "password": password });
        caller.post(
            "/api/v3/signup",
            &json!({ "connection": "PASSWORD", "passwordPayload": payload }),
        )
    };
    fails(&sign_up("Passw0rd"), 400, 2029);
    fails(&sign_up("passwordpassword"), 400, 2061);
    ok(&sign_up("Passw0rd-Passw0rd"));

    let id = emulator.user_ids()[0].clone();
    let bob = Caller::new(&emulator).with_token(emulator.access_token(&id).unwrap());
    let update = |new: &str| {
        bob.post(
            "/api/v3/update-password",
            &json!({ "oldPassword": "passw0rd", "newPassword": new }),
        )
    };
    fails(&update("passw0rd2"), 400, 2029);
    ok(&update("Longer-passw0rd"));
}

#[test]
fn accounts_are_locked_after_wrong_passwords() {
    let emulator = with(Rules::new().lock_out(3, Some(Duration::from_secs(600))));
    let caller = Caller::new(&emulator);
    for _ in 0..2 {
        fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    }
    // The right one counts anew.
    ok(&caller.sign_in("bob", "passw0rd"));
    for _ in 0..3 {
        fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    }
    fails(&caller.sign_in("bob", "passw0rd"), 403, 2005);
    // No other way leads in either.
    let code = caller.email_code("bob@example.com", "LOGIN");
    let mut by_code = caller.credentials("", "");
    by_code["connection"] = json!("PASSCODE");
    by_code["passCodePayload"] = json!({ "email": "bob@example.com", "passCode": code });
    fails(&caller.post("/api/v3/signin", &by_code), 403, 2005);

    emulator.advance(Duration::from_secs(600));
    fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    ok(&caller.sign_in("bob", "passw0rd"));

    // Without an end, until somebody unlocks it.
    emulator.set_rules(Rules::new().lock_out(1, None));
    fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    emulator.advance(Duration::from_secs(365 * 24 * 3600));
    fails(&caller.sign_in("bob", "passw0rd"), 403, 2005);
    emulator.unlock(&emulator.user_ids()[0]).unwrap();
    ok(&caller.sign_in("bob", "passw0rd"));
    assert!(matches!(emulator.unlock("nobody"), Err(SetupError::UnknownUser(_))));
}

#[test]
fn a_captcha_can_be_demanded() {
    let emulator = with(Rules::new().captcha(Captcha::AfterFailures(1)));
    let caller = Caller::new(&emulator);
    fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    fails(&caller.sign_in("bob", "passw0rd"), 400, 2000);
    let with_letters = || {
        let picture = ok(&caller.get("/api/v3/get-captcha-code"));
        let svg = picture["captchaCodeSvg"].as_str().unwrap();
        let letters = svg
            .split("font-size=\"24\">")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap();
        let mut body = caller.credentials("bob", "passw0rd");
        body["options"] = json!({ "captchaCode": letters, "captchaToken": picture["captchaToken"] });
        body
    };
    let mut wrong = with_letters();
    wrong["options"]["captchaCode"] = json!("none");
    fails(&caller.post("/api/v3/signin", &wrong), 400, 2000);
    ok(&caller.post("/api/v3/signin", &with_letters()));
    // A right password ends it.
    ok(&caller.sign_in("bob", "passw0rd"));

    emulator.set_rules(Rules::new().captcha(Captcha::Always));
    fails(&caller.sign_in("bob", "passw0rd"), 400, 2000);
    ok(&caller.post("/api/v3/signin", &with_letters()));
}

/// A browser on the sign-in page.
struct Page<'a> {
    caller: Caller<'a>,
    html: String,
    status: u16,
    location: String,
}

impl<'a> Page<'a> {
    fn open(emulator: &'a Emulator) -> Self {
        let caller = Caller::new(emulator);
        let link = format!(
            "/oidc/auth?response_type=code&scope=openid&client_id={}&redirect_uri=http://127.0.0.1/back&state=s",
            emulator.app_id()
        );
        let answer = caller.send("GET", &link, &[], b"").unwrap();
        Self {
            caller,
            html: answer.text,
            status: answer.status,
            location: String::new(),
        }
    }

    /// Posts the first form of the page.
    fn submit(&mut self, fields: &[(&str, &str)]) {
        let action = self
            .html
            .split("action=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = self
            .caller
            .send("POST", &action, &headers, form.finish().as_bytes())
            .unwrap();
        answer.header("location").clone_into(&mut self.location);
        self.status = answer.status;
        self.html = answer.text;
    }

    fn log_in(&mut self) {
        self.submit(&[("account", "bob"), ("password", "passw0rd")]);
    }

    #[track_caller]
    fn is_through(&self) {
        assert!(
            self.location.starts_with("http://127.0.0.1/back?code="),
            "{} {}",
            self.status,
            self.html
        );
    }
}

#[test]
fn the_page_asks_for_a_first_password() {
    let emulator = with(Rules::new().first_password(true));
    let id = emulator.user_ids()[0].clone();
    emulator.set_user_field(&id, "resetPasswordOnNextLogin", true).unwrap();
    fails(&Caller::new(&emulator).sign_in("bob", "passw0rd"), 403, 1639);

    let mut page = Page::open(&emulator);
    page.log_in();
    assert!(page.html.contains("new-password"), "{}", page.html);
    page.submit(&[("password", "passw0rd")]);
    assert_eq!(page.status, 403, "the old password is no new one");
    page.submit(&[("password", "short")]);
    assert!(page.html.contains("6 characters"), "{}", page.html);
    page.submit(&[("password", "new passw0rd")]);
    page.is_through();
    ok(&Caller::new(&emulator).sign_in("bob", "new passw0rd"));
}

#[test]
fn the_page_asks_for_a_second_factor() {
    let emulator = with(Rules::new().second_factor(SecondFactor::Enrolled));
    let id = emulator.user_ids()[0].clone();
    // Who has enrolled none is not asked.
    let mut page = Page::open(&emulator);
    page.log_in();
    page.is_through();

    let caller = Caller::new(&emulator).with_token(emulator.access_token(&id).unwrap());
    let begun = ok(&caller.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "OTP" })));
    assert!(
        begun["otpData"]["qrCodeDataUrl"]
            .as_str()
            .unwrap()
            .starts_with("data:image/svg+xml;base64,")
    );
    let code = emulator
        .totp_code(begun["otpData"]["qrCodeUri"].as_str().unwrap())
        .unwrap();
    ok(&caller.post(
        "/api/v3/enroll-factor",
        &json!({
            "factorType": "OTP",
            "enrollmentToken": begun["enrollmentToken"],
            "enrollmentData": { "passCode": code },
        }),
    ));
    let refused = Caller::new(&emulator).sign_in("bob", "passw0rd");
    fails(&refused, 403, 1635);
    assert_eq!(refused["data"]["totpMfaEnabled"], true);
    let token = refused["data"]["mfaToken"].clone();
    let introspected = caller.post("/mfa/token/introspection", &json!({ "token": token }));
    assert_eq!(
        (&introspected["active"], &introspected["userId"]),
        (&json!(true), &json!(id))
    );

    let mut page = Page::open(&emulator);
    page.log_in();
    assert!(page.html.contains("authenticator"), "{}", page.html);
    page.submit(&[("code", "none")]);
    assert_eq!(page.status, 403);
    page.submit(&[("code", &emulator.totp_code_of(&id).unwrap())]);
    page.is_through();
}

#[test]
fn everybody_can_be_asked_for_a_code() {
    let emulator = with(Rules::new().second_factor(SecondFactor::Everybody));
    fails(&Caller::new(&emulator).sign_in("bob", "passw0rd"), 403, 1636);
    let mut page = Page::open(&emulator);
    page.log_in();
    assert!(page.html.contains("bob@example.com"), "{}", page.html);
    let code = emulator.last_code("bob@example.com", Channel::VerifyMfa).unwrap();
    page.submit(&[("code", &code)]);
    page.is_through();

    emulator
        .add_user(UserSeed::new().username("eve").password("passw0rd"))
        .unwrap();
    let mut page = Page::open(&emulator);
    page.submit(&[("account", "eve"), ("password", "passw0rd")]);
    assert_eq!((page.status, page.location.as_str()), (403, ""));
}

#[test]
fn the_page_asks_for_the_letters_of_a_picture() {
    let emulator = with(Rules::new().captcha(Captcha::Always));
    let mut page = Page::open(&emulator);
    let token = page.html.split("name=\"captchaToken\"").nth(1).unwrap();
    let token = token
        .split("value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(page.html.contains("data:image/svg+xml;base64,"));
    let fields = [("account", "bob"), ("password", "passw0rd")];
    page.submit(&[fields[0], fields[1], ("captchaToken", &token), ("captchaCode", "none")]);
    assert_eq!(page.status, 403);
    let picture = page
        .html
        .split("data:image/svg+xml;base64,")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let svg = String::from_utf8(data_encoding::BASE64.decode(picture.as_bytes()).unwrap()).unwrap();
    let letters = svg
        .split("font-size=\"24\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let token = page.html.split("name=\"captchaToken\"").nth(1).unwrap();
    let token = token
        .split("value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    page.submit(&[
        fields[0],
        fields[1],
        ("captchaToken", &token),
        ("captchaCode", &letters),
    ]);
    page.is_through();
}

#[test]
fn redirect_uris_can_be_strict() {
    let emulator = Emulator::builder()
        .redirect_uri("http://127.0.0.1/registered")
        .rules(Rules::new().strict_redirect_uris(true))
        .start()
        .unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let link = |uri: &str| {
        format!(
            "{}/oidc/auth?response_type=code&scope=openid&client_id={}&redirect_uri={uri}",
            emulator.url(),
            emulator.app_id()
        )
    };
    assert!(emulator.authorize(&link("http://127.0.0.1/registered"), &id).is_ok());
    assert!(emulator.authorize(&link("http://127.0.0.1/other"), &id).is_err());
    emulator.set_rules(Rules::new());
    assert!(emulator.authorize(&link("http://127.0.0.1/other"), &id).is_ok());
}

#[test]
fn profiles_can_be_cut_to_the_scope() {
    let emulator = with(Rules::new().profile_by_scope(true));
    let caller = Caller::new(&emulator);
    let profile = |scope: &str| -> Value {
        let mut body = caller.credentials("bob", "passw0rd");
        body["options"] = json!({ "scope": scope });
        let set = ok(&caller.post("/api/v3/signin", &body));
        let caller = Caller::new(&emulator).with_token(set["access_token"].as_str().unwrap());
        ok(&caller.get("/api/v3/get-profile"))
    };
    let bare = profile("openid");
    assert!(
        bare["userId"].is_string() && bare.get("email").is_none() && bare.get("name").is_none(),
        "{bare}"
    );
    let with_email = profile("openid email");
    assert_eq!(with_email["email"], "bob@example.com");
    assert!(with_email.get("username").is_none());
    assert_eq!(profile("openid username")["username"], "bob");
}

#[test]
fn pages_of_allowed_origins_may_call() {
    let emulator = with(Rules::new().allow_origin("https://app.example.com"));
    let caller = Caller::new(&emulator);
    let preflight = |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-genauth-app-id"),
        ];
        caller.send("OPTIONS", "/api/v3/signin", &headers, b"").unwrap()
    };
    let allowed = preflight("https://app.example.com");
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.com");
    assert_eq!(allowed.header("access-control-allow-headers"), "x-genauth-app-id");
    assert!(allowed.header("access-control-allow-methods").contains("POST"));
    let refused = preflight("https://evil.example.com");
    assert_eq!(refused.header("access-control-allow-origin"), "");

    let call = |origin: &str| {
        caller
            .send("GET", "/api/v3/get-country-list", &[("origin", origin)], b"")
            .unwrap()
    };
    assert_eq!(
        call("https://app.example.com").header("access-control-allow-origin"),
        "https://app.example.com"
    );
    assert_eq!(
        call("https://evil.example.com").header("access-control-allow-origin"),
        ""
    );
}
