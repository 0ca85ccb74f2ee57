//! The fuzz targets of the protocols, over some thousand inputs that are the same each time.

use crate::smoke::run;

#[path = "../../fuzz/protocol.rs"]
#[allow(unreachable_pub, clippy::pedantic)] // The fuzz targets see them as another crate would.
mod protocol;

/// Each seed once for every way in which the target reads it.
fn run_modes(modes: u8, seeds: &[&[u8]], rounds: usize, target: fn(&[u8])) {
    let seeds: Vec<Vec<u8>> = (0..modes)
        .flat_map(|mode| seeds.iter().map(move |seed| [&[mode], *seed].concat()))
        .collect();
    run(&seeds, rounds, target);
}

fn run_plain(seeds: &[&[u8]], rounds: usize, target: fn(&[u8])) {
    run(
        &seeds.iter().map(|seed| seed.to_vec()).collect::<Vec<_>>(),
        rounds,
        target,
    );
}

#[test]
fn callbacks() {
    let seeds: [&[u8]; 4] = [
        b"code=C&state=STATE",
        b"https://a.example/cb?code=C&state=STATE&iss=https%3A%2F%2Fexample.com%2Foidc#x",
        b"error=access_denied&error_description=no&state=STATE",
        b"&code=D&state=STATE&state=%53TATE",
    ];
    run_modes(4, &seeds, 3_000, protocol::callback);
}

#[test]
fn tokens() {
    let seeds: [&[u8]; 5] = [
        br#"{"iss":"https://example.com/oidc","aud":"app-1","exp":1700000100,"iat":1700000000,"sub":"s","nonce":"N"}"#,
        br#"{"alg":"HS256","crit":["x"]}"#,
        br#""aud":["app-1","b"],"azp":"app-1""#,
        br#""aud":"app-1","exp":1700000100.5,"iat":1.7e9"#,
        b"eyJhbGciOiJub25lIn0.e30.",
    ];
    run_modes(5, &seeds, 3_000, protocol::token);
}

#[test]
fn key_sets() {
    let n = "z".repeat(342);
    let rsa = format!(r#"{{"keys":[{{"kty":"RSA","kid":"k","use":"sig","alg":"RS256","n":"{n}","e":"AQAB"}}]}}"#);
    let ec = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"k","x":"{}","y":"{}"}},{{"kty":"oct","k":"AAAA"}}]}}"#,
        "a".repeat(43),
        "b".repeat(43)
    );
    run_plain(
        &[rsa.as_bytes(), ec.as_bytes(), br#"{"keys":[]}"#],
        1_500,
        protocol::keys,
    );
    let discovery: &[u8] = br#"{"issuer":"https://example.com/oidc","jwks_uri":"https://example.com/oidc/jwks"}"#;
    let foreign: &[u8] = br#"{"issuer":"https://example.com/oidc","jwks_uri":"https://evil.example/jwks"}"#;
    let both = |discovery: &[u8], keys: &[u8]| [discovery, b"\xFF", keys].concat();
    let seeds = [
        both(discovery, rsa.as_bytes()),
        both(foreign, rsa.as_bytes()),
        both(b"", b""),
    ];
    run(&seeds, 1_500, protocol::key_source);
}

#[test]
fn cas_answers() {
    let seeds: [&[u8]; 5] = [
        b"<serviceResponse><authenticationSuccess><user>a</user><attributes><b>c</b><b>d</b></attributes>\
          </authenticationSuccess></serviceResponse>",
        b"<x:authenticationFailure code='INVALID_TICKET' xmlns:x='y'>used</x:authenticationFailure>",
        br#"{"authenticationSuccess":{"user":"a","attributes":{"b":[1,null]}}}"#,
        br#"{"serviceResponse":{"authenticationFailure":{"code":"X"}}}"#,
        b"yes\nada\n",
    ];
    run_modes(3, &seeds, 3_000, protocol::cas);
}

#[test]
fn deliveries() {
    let seeds: [&[u8]; 3] = [
        br#"{"eventName":"login","data":{"user":{"id":"1"},"password":"x"}}"#,
        b"eventName=login&data%5Buser%5D%5Bid%5D=1&data[a][]=b",
        b"payload=%7B%22eventName%22%3A%22login%22%7D",
    ];
    run_modes(4, &seeds, 2_000, protocol::webhook);
    run_plain(
        &[b"{\"a\":1}", b"wss://localhost:3000/x", b"https://example.com"],
        2_000,
        protocol::events,
    );
}

#[test]
fn excerpts() {
    let seeds: [&[u8]; 3] = [b"\0a\xFF\"b\xFFc", b"\x05</\xFF\\\xFF>", b"\x0A%\xFF%25\xFF&amp;"];
    for mode in 0..16 {
        let seeds: Vec<Vec<u8>> = seeds
            .iter()
            .map(|seed| [&[seed[0], mode], &seed[1..]].concat())
            .collect();
        run(&seeds, 250, protocol::excerpt);
    }
}

#[test]
fn links() {
    let seeds: [&[u8]; 3] = [
        b"https://a.example/cb\xFFstate\xFFlogin_hint\xFFa@b.c",
        b"wss://localhost:1\xFF\xC3\xA9 &=#\xFFx\xFF",
        b"\xFF\xFF\xFF",
    ];
    run_plain(&seeds, 2_000, protocol::links);
}

#[test]
fn answers_read_by_others_too() {
    let seeds: [&[u8]; 3] = [
        br#"{"text":"a","number":5,"float":0.5,"flag":true,"list":["a"],"any":{"b":[]},"inner":{"text":null},"inners":[{}]}"#,
        br#"{"number":"5","list":"a","inner":"{}","text":7,"code":400,"message":"no"}"#,
        b"null",
    ];
    run_plain(&seeds, 4_000, protocol::lenient);
    run_plain(
        &[b"60\xFFtext/html\xFFr-1\xFF/x", b"Wed, 21 Oct 2026 07:28:00 GMT"],
        2_000,
        protocol::headers,
    );
}

#[test]
fn credentials() {
    let seeds: [&[u8]; 3] = [
        b"a b&c\xFFapp-1\xFF{\"b\":\"1\",\"a\":[1, 2]}",
        b"\xFFa\tb\xFF",
        b"x\xFF\xC3\xA9\xFF{\"a\":null,\"\\u0061\":1}",
    ];
    run_modes(2, &seeds, 2_000, protocol::signature);
    let seeds: [&[u8]; 3] = [
        br#"{"statusCode":200,"message":"","data":{"access_token":"A.e30.c","expires_in":7200}}"#,
        br#"{"scoped_userpool_id":"pool-1"}"#,
        br#""expires_in":"60","access_token":null"#,
    ];
    run_modes(3, &seeds, 2_000, protocol::management_token);
    let seeds: [&[u8]; 3] = [
        br#"{"access_token":"A","refresh_token":"R","expires_at":1}"#,
        b"\xFF{\"access_token\":\"B\",\"refresh_token\":\"R2\",\"expires_in\":100}",
        b"{\"access_token\":\"A\",\"expires_at\":18446744073709551615,\"lifetime\":0}\xFF{\"error\":\"invalid_grant\"}",
    ];
    run_plain(&seeds, 2_000, protocol::token_set);
}

#[test]
fn keys_for_passwords() {
    let seeds: [&[u8]; 3] = [
        b"-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ==\n-----END PUBLIC KEY-----",
        b"04aabbcc",
        // A key of PKCS#1 with 1024 bits.
        &[
            [0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00].as_slice(),
            &[0xC5; 128],
            &[0x02, 0x03, 1, 0, 1],
        ]
        .concat(),
    ];
    run_modes(4, &seeds, 1_000, protocol::password);
}
