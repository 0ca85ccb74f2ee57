//! The fuzz targets, over some thousand inputs that are the same each time: no fuzzer is needed to see that one of them fails.

use crate::wire::cases;

#[path = "../../fuzz/entries.rs"]
#[allow(unreachable_pub)] // The fuzz targets see them as another crate would.
mod entries;

/// A small generator (SplitMix64): the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// Pieces that parsers care about.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b":",
    b",",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"0.5",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\0",
    b"\r\n",
    b"<",
    b">",
    b"%",
    b"%2e",
    b"..",
    b"/",
    b"?",
    b"#",
    b"@",
    b"=",
    b"&",
    b"+",
    b" ",
    b"\xC3\xA9",
    b"\xE5\x90\x8D",
    b"eyJ",
    b"Bearer ",
    b"\"token\":",
    b"\\u0000",
    b"\\ud800",
    b"statusCode",
    b"200",
    b"--genauth-boundary-",
    b"localhost",
    b"127.0.0.1",
    b"http://",
    b"https://",
    b"[::1]",
    b"99999999999999999999",
    b"{\"a\":{\"b\":[",
];

/// Runs the target over mutated seeds.
pub(crate) fn run(seeds: &[Vec<u8>], rounds: usize, target: fn(&[u8])) {
    let mut random = Random(0x6765_6E61_7574_6821);
    for seed in seeds {
        target(seed);
    }
    for _ in 0..rounds {
        let mut input = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(6) {
            let at = random.below(input.len() + 1);
            match random.below(6) {
                0 => input.truncate(at),
                1 => input.insert(at, random.next().to_le_bytes()[0]),
                2 => {
                    let piece = PIECES[random.below(PIECES.len())];
                    input.splice(at..at, piece.iter().copied());
                }
                3 => {
                    let end = (at + random.below(8)).min(input.len());
                    input.drain(at..end);
                }
                4 => {
                    let end = (at + random.below(24)).min(input.len());
                    let copy = input[at..end].to_vec();
                    input.splice(at..at, copy);
                }
                _ if at < input.len() => input[at] ^= 1 << random.below(8),
                _ => {}
            }
        }
        target(&input);
    }
}

#[test]
fn replies() {
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for (operation, name) in [
        "getProfile",
        "bindEmail",
        "verifyUpdateEmailRequest",
        "getLoginHistory",
        "getGroupList",
        "getSystemInfo",
        "verifyMfaToken",
        "linkExtIdp",
        "geneCaptchaCode",
    ]
    .into_iter()
    .enumerate()
    {
        let case = cases()
            .iter()
            .find(|case| case.method.ends_with(&format!(".{name}")))
            .unwrap();
        let mut seed = vec![u8::try_from(operation).unwrap(), 0];
        seed.extend(case.served().unwrap().into_body());
        seeds.push(seed);
    }
    for body in [
        r#"{"statusCode":403,"apiCode":2333,"message":"no","requestId":"request-1"}"#,
        r#"{"error":"invalid_grant","error_description":"no"}"#,
        "<html><body><form><input name=\"token\" value=\"1\"></form></body></html>",
        "Authorization: Bearer abc\r\nCookie: a=b",
    ] {
        for operation in 0..9 {
            let mut seed = vec![operation, operation];
            seed.extend_from_slice(body.as_bytes());
            seeds.push(seed);
        }
    }
    run(&seeds, 4_000, entries::reply);
}

#[test]
fn requests() {
    let seeds = [
        &b"name\xFFvalue\xFFemail\xFFa@example.com\xFFphone\xFF+1 555"[..],
        b"a\xFF..\xFFb\xFF.\xFFc\xFF/../x\xFFd\xFF",
        b"\xFF\xFF\xFF",
    ];
    run(&seeds.map(<[u8]>::to_vec), 3_000, entries::request);
}

#[test]
fn uploads() {
    let seeds = [
        &b"photo.jpg\xFFcontent"[..],
        b"a\"b\r\nc\xFF--genauth-boundary-0000000000000000--\r\n\r\n--genauth-boundary-",
        b"\xFF",
    ];
    run(&seeds.map(<[u8]>::to_vec), 3_000, entries::upload);
}

#[test]
fn hosts() {
    let seeds = [
        "https://example.com",
        "http://localhost:3000/a/b",
        "http://127.0.0.1",
        "https://[2001:db8::1]:8443",
        "example.com:443/x",
        "https://user@example.com",
    ];
    run(&seeds.map(|seed| seed.as_bytes().to_vec()), 6_000, entries::host);
}

#[test]
fn parameters() {
    let seeds: Vec<Vec<u8>> = cases()
        .iter()
        .filter(|case| case.method.ends_with(".signInByCredentials"))
        .map(|case| case.params.to_string().into_bytes())
        .collect();
    run(&seeds, 4_000, entries::params);
}
