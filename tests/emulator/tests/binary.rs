//! The emulator as a program.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

#[test]
fn prints_one_line_and_serves() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_genauth-emulator"))
        .args(["--port", "0", "--app-id=my-app", "--code-length", "4"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    for name in [
        "url",
        "appId",
        "appSecret",
        "userPoolId",
        "accessKeyId",
        "accessKeySecret",
    ] {
        assert!(
            ready[name].as_str().is_some_and(|text| !text.is_empty()),
            "{name}: {ready}"
        );
    }
    let url = ready["url"].as_str().unwrap();
    let answer = common::agent()
        .post(format!("{url}/api/v3/send-email"))
        .header("x-authing-app-id", "my-app")
        .send(json!({ "email": "bob@example.com", "channel": "CHANNEL_LOGIN" }).to_string());
    let outbox = common::agent().get(format!("{url}/_emulator/outbox")).call();
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(answer.unwrap().status(), 200);
    let outbox: Value = serde_json::from_str(&outbox.unwrap().body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(outbox[0]["passCode"].as_str().unwrap().len(), 4);
}

#[test]
fn refuses_options_that_it_does_not_know() {
    for arguments in [
        &["--magic", "1"][..],
        &["--port", "x"],
        &["--port"],
        &["--client-authentication", "x"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_genauth-emulator"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success());
        assert!(output.stdout.is_empty());
    }
}
