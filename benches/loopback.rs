//! A whole bind-email call over loopback, through each transport and by hand on the bare library.
//!
//! `cargo bench --all-features --bench loopback` times them in one run. `scripts/instructions` counts the instructions of the
//! client alone: it starts `loopback serve` and runs `loopback CASE ADDRESS COUNT` under callgrind.

#![allow(missing_docs, clippy::print_stdout, clippy::expect_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use genauth::authentication::profile::BindEmailDto;
use genauth::{App, AuthenticationClient};

const CASES: &[&str] = &["genauth-ureq", "bare ureq", "genauth-isahc", "bare isahc"];

type AnyError = Box<dyn std::error::Error>;

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve"] => {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            println!("{}", listener.local_addr()?);
            serve(&listener);
        }
        ["cases"] => println!("{}", CASES.join("\n")),
        [case, address, count] => {
            let mut call = case_of(case, address)?;
            (0..count.parse()?).try_for_each(|_| call())?;
        }
        _ => compare()?,
    }
    Ok(())
}

/// Times the cases in turn, so that a busy machine is unfair to none of them.
fn compare() -> Result<(), AnyError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || serve(&listener));
    let mut calls = CASES
        .iter()
        .map(|case| case_of(case, &address))
        .collect::<Result<Vec<_>, _>>()?;
    let mut times = vec![Vec::new(); CASES.len()];
    for round in 0..40 {
        for (call, times) in calls.iter_mut().zip(&mut times) {
            let start = Instant::now();
            (0..100).try_for_each(|_| call())?;
            if round > 0 {
                times.push(start.elapsed() / 100);
            }
        }
    }
    for (case, times) in CASES.iter().zip(&mut times) {
        times.sort();
        println!(
            "{:>8.1} µs  {case}",
            times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1e6
        );
    }
    Ok(())
}

type Call = Box<dyn FnMut() -> Result<(), AnyError>>;

fn case_of(case: &str, address: &str) -> Result<Call, AnyError> {
    let host = format!("http://{address}");
    let input = BindEmailDto::new("test@qq.com", "123456");
    let body = br#"{"email":"test@qq.com","passCode":"123456"}"#;
    let request = move |host: &str| {
        genauth::http::Request::post(format!("{host}/api/v3/bind-email"))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("user-agent", "genauth-rust/0.1.0")
            .header("x-authing-app-id", "app")
            .header("x-authing-request-from", "rust-sdk")
            .header("x-authing-sdk-version", "genauth-rust:0.1.0")
            .header("authorization", "Bearer token")
            .body(body.to_vec())
    };
    let ours = |client: AuthenticationClient| -> Result<Call, AnyError> {
        let user = client.signed_in("token")?;
        Ok(Box::new(move || Ok(user.bind_email(&input)?)))
    };
    match case {
        "genauth-ureq" => ours(AuthenticationClient::new(
            App::new(&host, "app")?,
            genauth::ureq::UreqTransport::new(),
        )),
        "genauth-isahc" => ours(AuthenticationClient::new(
            App::new(&host, "app")?,
            genauth::isahc::IsahcTransport::new()?,
        )),
        "bare ureq" => {
            let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
            Ok(Box::new(move || {
                let mut answer = agent.run(request(&host)?)?;
                understood(&answer.body_mut().read_to_vec()?)
            }))
        }
        "bare isahc" => {
            let client = isahc::HttpClient::new()?;
            Ok(Box::new(move || {
                let mut body = Vec::new();
                client.send(request(&host)?)?.body_mut().read_to_end(&mut body)?;
                understood(&body)
            }))
        }
        other => Err(format!("there is no case `{other}`").into()),
    }
}

/// Reads the answer as code by hand would.
fn understood(body: &[u8]) -> Result<(), AnyError> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        status_code: i64,
    }
    match serde_json::from_slice::<Answer>(body)?.status_code {
        200 => Ok(()),
        code => Err(format!("the service answered {code}").into()),
    }
}

/// Answers every request with the same success, for ever.
fn serve(listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(&stream));
    }
}

fn answer(stream: &TcpStream) -> Option<()> {
    const BODY: &str =
        r#"{"statusCode":200,"message":"Operation successful","requestId":"934108e5-9fbf-4d24-8da1-c330328abd6c"}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok()?;
            }
            if line.to_ascii_lowercase().starts_with("expect:") {
                let mut stream = stream;
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        let mut stream = stream;
        stream.write_all(answer.as_bytes()).ok()?;
    }
}
