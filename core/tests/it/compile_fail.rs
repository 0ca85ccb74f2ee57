//! What must not compile, and what the compiler says where that helps a user: `tests/ui/*.rs`.
//!
//! The first lines of a file say which error is wanted: its code, and words of its text. Whole texts change with each
//! compiler, so they are not compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn what_the_types_promise() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    std::fs::create_dir_all(&package).unwrap();

    // One small package, each file a program of it.
    let mut manifest = format!(
        "[package]\nname = \"ui\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\ngenauth-core.path = {:?}\n",
        own.display().to_string()
    );
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(own.join("tests/ui")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        write!(
            manifest,
            "\n[[bin]]\nname = {name:?}\npath = {:?}\n",
            path.display().to_string()
        )
        .unwrap();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions that this build has, so that nothing is fetched.
    let lock = own
        .ancestors()
        .map(|folder| folder.join("Cargo.lock"))
        .find(|lock| lock.exists());
    std::fs::copy(lock.expect("a lock file"), package.join("Cargo.lock")).unwrap();

    let run = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--bins",
            "--message-format=json",
            "--quiet",
        ])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(package.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut compiled = Vec::new();
    for line in String::from_utf8(run.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let name = line["target"]["name"].as_str().unwrap_or_default().to_owned();
        match line["reason"].as_str() {
            Some("compiler-artifact") => compiled.push(name),
            Some("compiler-message") if line["message"]["level"] == "error" => {
                said.entry(name)
                    .or_default()
                    .push(line["message"]["rendered"].as_str().unwrap().to_owned());
            }
            _ => {}
        }
    }
    let stderr = String::from_utf8_lossy(&run.stderr);
    assert!(
        compiled
            .iter()
            .any(|name| name == "genauth_core" || name == "genauth-core"),
        "{stderr}"
    );

    assert!(files.len() > 1);
    for (name, text) in &files {
        if text.starts_with("// compiles\n") {
            assert!(compiled.contains(name), "{name} does not compile: {:?}", said.get(name));
            continue;
        }
        assert!(!compiled.contains(name), "{name} compiles");
        let errors = &said[name];
        let wanted: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("// error")).collect();
        assert!(!wanted.is_empty(), "{name} does not say what is wanted");
        for line in wanted {
            let (code, words) = line.split_once(' ').unwrap();
            let found = errors
                .iter()
                .any(|error| error.starts_with(&format!("error{code}")) && error.contains(words));
            assert!(found, "{name}: no error{code} with `{words}` in:\n{}", errors.concat());
        }
        // Nothing else is wrong with the file.
        let codes: Vec<&str> = text
            .lines()
            .map_while(|line| line.strip_prefix("// error")?.split(' ').next())
            .collect();
        let real = errors.iter().filter(|error| error.starts_with("error["));
        for error in real {
            assert!(
                codes.iter().any(|code| error.starts_with(&format!("error{code}"))),
                "{name}: {error}"
            );
        }
    }
}
