//! Random secrets in every shape in which servers and proxies are known to send one back: none is ever shown.
//!
//! `EXCERPT_SECRETS=1000000 cargo test --release -p genauth-core --lib excerpt::shapes` tries a million of them in each
//! shape, `EXCERPT_SEED` others than the first million.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{LOOKED_AT, excerpt};

const NAMES: &[&str] = &[
    "password",
    "newPassword",
    "PASSWORD",
    "passwd",
    "pass",
    "pwd",
    "pin",
    "passCode",
    "code",
    "access_token",
    "accessToken",
    "refresh_token",
    "id_token",
    "token",
    "mfaToken",
    "client_secret",
    "clientSecret",
    "secret",
    "captcha",
    "captchaCode",
    "signature",
    "sig",
    "state",
    "nonce",
    "sid",
    "session",
    "sessionId",
    "cookie",
    "authorization",
    "ticket",
    "code_verifier",
    "otpSecret",
    "totp",
    "apiKey",
    "api_key",
    "accessKeySecret",
    "privateKey",
    "recoveryCode",
    "credential",
    "client_assertion",
    "SAMLResponse",
    "jwt",
    "x-authing-webhook-secret",
    "salt",
    "photo",
];

/// What stands before the secret and around it: the characters that readers trip over.
const PIECES: &[&str] = &[
    "a", "1", " ", "\"", "'", "\\", "&", "<", ">", "</", "/>", ";", ",", "}", "{", "[", "]", ":", "=", "\n", "%",
    "%25", "é", "+", "/", "\\u00", "&quot;", "&#", "<!--", "-->", "]]>", "?", "#", "|", "Bearer ", "basic ",
];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[usize::try_from(self.next() % all.len() as u64).unwrap()]
    }

    fn text(&mut self, all: &[&str], most: u64) -> String {
        (0..self.next() % (most + 1)).map(|_| self.of(all)).collect()
    }

    /// What may not be shown: a word that people make up, digits, what a program draws, or what base64 makes of it.
    fn mark(&mut self) -> String {
        let letters: &str = match self.next() % 5 {
            0 => "abcdefghijklmnopqrstuvwxyz",
            1 => "0123456789",
            2 => "0123456789abcdef",
            3 => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            _ => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        };
        let letters: Vec<&str> = letters.split("").filter(|letter| !letter.is_empty()).collect();
        // Long enough not to be there by chance.
        (0..8 + self.next() % 8).map(|_| self.of(&letters)).collect()
    }
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn html(text: &str, quote: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', quote)
}

/// Each shape of a body that holds the secret under its name.
#[allow(clippy::too_many_lines)]
fn shapes(name: &str, before: &str, secret: &str, filler: usize) -> Vec<(&'static str, String)> {
    let object = json!({ "a": before, name: secret, "z": 1 });
    let json = object.to_string();
    let as_text = json!({ "message": json }).to_string();
    let twice = json!({ "m": as_text, "z": 1 }).to_string();
    let form = format!("a={}&{}={}&z=1", percent(before), percent(name), percent(secret));
    let escaped_name: String = name
        .chars()
        .enumerate()
        .fold(String::new(), |mut out, (index, letter)| {
            match index % 3 {
                1 => write!(out, "\\u{:04x}", u32::from(letter)).unwrap(),
                _ => out.push(letter),
            }
            out
        });
    let encoded_name: String = name.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02x}").unwrap();
        out
    });
    let quoted = Value::from(secret);
    let xml = html(secret, "&quot;");
    let line = secret.replace(['\r', '\n'], " ");
    let filling = "word ".repeat(filler / 5);
    let all = [
        ("json", json.clone()),
        ("json pretty", serde_json::to_string_pretty(&object).unwrap()),
        (
            "json nested",
            json!({ "data": { "list": [{ "a": before, name: { "new": secret } }] } }).to_string(),
        ),
        ("json list", json!({ "a": before, name: ["a", secret] }).to_string()),
        (
            "json number",
            format!(r#"{{"a":1,"{name}":{},"z":1}}"#, secret.len() * 1_000_003 + 100_000),
        ),
        ("json, name escaped", format!(r#"{{"a":1,"{escaped_name}":{quoted}}}"#)),
        (
            "json, name percent-encoded",
            format!(r#"{{"a":1,"{encoded_name}":{quoted}}}"#),
        ),
        (
            "json, markup that eats quotes",
            format!(
                r#"{{"a":"a</","{name}":">{} {{ "}}"#,
                secret.replace(['"', '\\', '\n'], "")
            ),
        ),
        ("json as text", as_text.clone()),
        ("json as text twice", twice.clone()),
        ("json as text three times", json!({ "m": twice }).to_string()),
        ("json in text", format!("upstream said {json}")),
        ("json as text in text", format!("upstream said {as_text}")),
        ("json in html", format!("<html><pre>{json}</pre></html>")),
        (
            "json in html, escaped",
            format!("<html><pre>{}</pre></html>", html(&json, "&quot;")),
        ),
        (
            "json in html, escaped by numbers",
            format!("<html><pre>{}</pre></html>", html(&json, "&#34;")),
        ),
        (
            "json in html, escaped by hex",
            format!("<p>{}</p>", html(&as_text, "&#x22;")),
        ),
        ("json in html, escaped twice", html(&html(&json, "&quot;"), "&quot;")),
        (
            "json cut in the secret",
            json.chars().take(json.find("\"z\"").unwrap_or_default() - 3).collect(),
        ),
        ("json percent-encoded in a form", format!("q={}", percent(&json))),
        (
            "json as text percent-encoded in a form",
            format!("x=1&q={}", percent(&as_text)),
        ),
        (
            "json percent-encoded twice",
            format!("it failed: {}", percent(&percent(&json))),
        ),
        (
            "json of others, single quotes",
            format!("{{'a': 'b', '{name}': u'{secret}'}}"),
        ),
        ("json with comments", format!("/* it */ {json}")),
        ("json lines", format!("{{\"a\":1}}\n{json}")),
        ("field and value", json!({ "field": name, "given": secret }).to_string()),
        (
            "field and value, other way round",
            json!({ "what": secret, "name": name }).to_string(),
        ),
        (
            "field and value, nested",
            json!({ "errors": [{ "path": ["body", name], "context": { "x": secret } }] }).to_string(),
        ),
        ("names and values", json!([name, secret]).to_string()),
        (
            "names and values, paired",
            json!({ "raw": [["accept", "b"], [name, secret]] }).to_string(),
        ),
        (
            "message and field",
            json!({ "message": format!("{secret} is no good {name}"), "path": name }).to_string(),
        ),
        (
            "configuration",
            json!({ "config": { "data": format!("x={secret}"), "method": "post" } }).to_string(),
        ),
        ("form", form.clone()),
        ("form in html", format!("<pre>{form}</pre>")),
        ("form in json", json!({ "body": form }).to_string()),
        (
            "form in a message",
            json!({ "message": format!("cannot read {form}") }).to_string(),
        ),
        (
            "form, separator encoded",
            format!("{encoded_name}%3D{}", percent(secret)),
        ),
        ("form, name encoded", format!("a=1&{encoded_name}={}", percent(secret))),
        ("form, pretty", format!("a = 1\n{name} = {secret}")),
        (
            "multipart",
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{secret}\r\n--b--"),
        ),
        (
            "debug of rust",
            format!("Login {{ a: {before:?}, {name}: {secret:?} }}"),
        ),
        (
            "dump of php",
            format!("array(1) {{\n  [\"{name}\"]=>\n  string(9) \"{secret}\"\n}}"),
        ),
        ("print of php", format!("Array\n(\n    [{name}] => {secret}\n)")),
        ("hash of ruby", format!("{{\"a\"=>1, \"{name}\"=>{quoted}}}")),
        ("hash of ruby in text", format!("bad: {{:{name}=>{quoted}}}")),
        ("object of java", format!("Login(a=b, {name}={secret})")),
        ("map of go", format!("map[a:b {name}:{secret}]")),
        (
            "statement of sql",
            format!("UPDATE users SET {name}='{secret}' WHERE id=1"),
        ),
        ("csv", format!("user,{name}\nada,{secret}")),
        ("yaml", format!("{name}: |\n  {secret}")),
        ("yaml quoted", format!("a: b\n{name} : 'a''{secret}'")),
        ("toml", format!("[a]\n{name} = \"a\"\"{secret}\"")),
        ("log line", format!("level=error msg=\"x\" {name}=\"{secret}\"")),
        ("prose", format!("the {name} is {line}")),
        ("prose, secret first", format!("401 {line} is no good {name}")),
        (
            "prose in html",
            format!("<h1>Error</h1><p>The <b>{name}</b> {xml} is wrong"),
        ),
        ("xml", format!("<r><a>b</a><{name}>{xml}</{name}></r>")),
        ("xml nested", format!("<r><{name}><b x='y'>{xml}</b></{name}></r>")),
        ("xml, cdata", format!("<r><{name}><![CDATA[{secret}]]></{name}></r>")),
        (
            "xml, name in an attribute",
            format!("<r><string name=\"{name}\">{xml}</string></r>"),
        ),
        ("xml attribute", format!("<r {name}=\"{xml}\"/>")),
        (
            "xml in html, escaped",
            format!("<pre>{}</pre>", html(&format!("<{name}>{xml}</{name}>"), "&quot;")),
        ),
        (
            "xml in json",
            json!({ "message": format!("<{name}>{xml}</{name}>") }).to_string(),
        ),
        ("input", format!("<form><input name=\"{name}\" value=\"{xml}\">go")),
        (
            "input, value first",
            format!("<input value='{}' name={name}>", xml.replace('\'', "&#39;")),
        ),
        (
            "input without quotes",
            format!("<input name={name} value={}>", percent(secret)),
        ),
        ("text area", format!("<label>{name}</label><textarea>{xml}</textarea>")),
        ("table", format!("<tr><th>{name}</th><td>{xml}</td></tr>")),
        ("script", format!("<script>var {name}={quoted}</script>")),
        ("header", format!("{name}: {line}")),
        ("header, bearer", format!("Authorization: Bearer {line}")),
        ("header, token", format!("Authorization: Token {line}")),
        ("header, basic", format!("it sent Basic {line}")),
        (
            "header, digest",
            format!("Authorization: Digest username=\"a\", response=\"{line}\""),
        ),
        ("header, own scheme", format!("Authorization: authing id:{line}")),
        ("header, cookie", format!("Cookie: a=1; sid={line}")),
        ("header, set-cookie", format!("Set-Cookie: sid={line}; Path=/")),
        (
            "headers in json",
            json!({ "headers": { "x": line, "cookie": line } }).to_string(),
        ),
        (
            "request line",
            format!("GET /cb?{name}={}&x=1 HTTP/1.1\r\nHost: a", percent(secret)),
        ),
        (
            "request in a page",
            format!("<pre>POST /a HTTP/1.1\nHost: a\n\n{xml}</pre>"),
        ),
        ("address", format!("https://a.example/x?{name}={}", percent(secret))),
        (
            "address in a message",
            json!({ "message": format!("no route to https://a/?{name}={}", percent(secret)) }).to_string(),
        ),
        ("command", format!("curl -H 'x: y' -d '{line}' https://a.example")),
        ("wide letters", {
            let wide = |c: char| {
                if c.is_ascii_alphanumeric() {
                    char::from_u32(u32::from(c) + 0xFEE0).unwrap()
                } else {
                    c
                }
            };
            format!("{} {line}", name.chars().map(wide).collect::<String>())
        }),
        (
            "two bytes a character",
            format!("{name}={secret}")
                .chars()
                .fold(String::new(), |out, c| out + &c.to_string() + "\0"),
        ),
        ("far behind", format!("{filling}{name}={secret}")),
        ("far behind in json", json!({ "a": filling, name: secret }).to_string()),
    ];
    all.into_iter().collect()
}

#[test]
#[allow(clippy::disallowed_methods)] // How many is said from outside.
fn no_secret_is_shown() {
    let number = |name: &str, otherwise| match std::env::var(name) {
        Ok(text) => text.parse().unwrap(),
        Err(_) => otherwise,
    };
    let (count, seed) = (number("EXCERPT_SECRETS", 250), number("EXCERPT_SEED", 0));
    let mut shown = Vec::new();
    let mut bodies = 0_u64;
    for index in 0..count {
        let mut random = Random(seed << 32 | index);
        let mark = random.mark();
        let secret = format!("{}{mark}{}", random.text(PIECES, 4), random.text(PIECES, 3));
        let (name, before) = (random.of(NAMES), random.text(PIECES, 5));
        // Mostly short, so that the end of what is shown is near the secret; now and then at the end of what is looked at.
        let filler = match index % 64 {
            0 => LOOKED_AT - usize::try_from(random.next() % 64).unwrap(),
            _ => usize::try_from(random.next() % 250).unwrap(),
        };
        for (shape, body) in shapes(name, &before, &secret, filler) {
            bodies += 1;
            if excerpt(body.as_bytes()).contains(&mark) {
                shown.push(format!("{index} {shape}: {body}\n    {}", excerpt(body.as_bytes())));
            }
        }
        assert!(shown.len() < 20, "{}", shown.join("\n"));
    }
    assert!(shown.is_empty(), "{} of {bodies}: {}", shown.len(), shown.join("\n"));
    assert!(bodies >= count * 80);
}
