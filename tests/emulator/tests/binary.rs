//! The emulator as a program.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The program, ended with the test.
struct Program {
    child: Child,
    ready: Value,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_genauth-emulator"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {}", self.ready))
    }

    fn get(&self, path: &str) -> Value {
        let mut answer = common::agent()
            .get(format!("{}{path}", self.text("url")))
            .call()
            .unwrap();
        assert_eq!(answer.status(), 200);
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn prints_one_line_and_serves() {
    let program = Program::start(&["--port", "0", "--app-id=my-app", "--code-length", "4"]);
    for name in [
        "appSecret",
        "userPoolId",
        "accessKeyId",
        "accessKeySecret",
        "webhookSecret",
    ] {
        assert!(!program.text(name).is_empty());
    }
    assert_eq!(program.text("appId"), "my-app");
    let answer = common::agent()
        .post(format!("{}/api/v3/send-email", program.text("url")))
        .header("x-authing-app-id", "my-app")
        .send(json!({ "email": "bob@example.com", "channel": "CHANNEL_LOGIN" }).to_string());
    assert_eq!(answer.unwrap().status(), 200);
    let outbox = program.get("/_emulator/outbox");
    assert_eq!(outbox[0]["passCode"].as_str().unwrap().len(), 4);
}

#[test]
fn ends_when_its_standard_input_is_closed() {
    let mut program = Program::start(&["--exit-with-stdin"]);
    program.get("/_emulator");
    drop(program.child.stdin.take());
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn is_the_same_at_each_start_if_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    std::fs::write(&seed, r#"{"users":[{"userId":"bob","username":"bob"}]}"#).unwrap();
    let start = || {
        Program::start(&[
            "--fixed",
            "--app-secret",
            "my-secret",
            "--seed",
            seed.to_str().unwrap(),
            "--token-lifetime=1",
            "--public-url",
            "http://genauth:3000/",
            "--allow-origin",
            "https://app.example.com",
        ])
    };
    let program = start();
    assert_eq!(program.ready, start().ready);
    assert_eq!(
        (program.text("url"), program.text("appId"), program.text("appSecret")),
        ("http://genauth:3000", "0000000000000000000000a1", "my-secret")
    );
}

#[test]
fn refuses_options_that_it_does_not_know_or_that_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    std::fs::write(&seed, r#"{"users":[{"usernam":"bob"}]}"#).unwrap();
    for arguments in [
        &["--magic", "1"][..],
        &["--magic"],
        &["--port", "x"],
        &["--port"],
        &["--client-authentication", "x"],
        &["--code-length", "0"],
        &["--code-length", "33"],
        &["--code-attempts", "0"],
        &["--host", "nowhere"],
        &["--token-lifetime", "-1"],
        &["--signing-key", "no such file"],
        &["--seed", "no such file"],
        &["--seed", seed.to_str().unwrap()],
        &["--root-certificate", "no such folder/root.pem"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_genauth-emulator"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_genauth-emulator"))
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success() && help.stdout.starts_with(b"A GenAuth server"));
}
