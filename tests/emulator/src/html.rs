//! Pages for people: one frame and one style for all of them.

use axum::http::{HeaderValue, Response, StatusCode, header};

use crate::failure::Reply;
use crate::random;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d8dee6; --back: #f4f6f9; --card: #fff;
  --accent: #1f5fd0; --bad: #a4262c; --bad-back: #fdecec }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa5b4; --line: #333c48; --back: #14181e;
  --card: #1c222a; --accent: #6ea0ff; --bad: #ffb3b3; --bad-back: #4a1f22 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2rem 1rem; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 24rem; margin: 0 auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px }
main.wide { max-width: 72rem }
h1 { margin: 0 0 1rem; font-size: 1.4rem } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
p { margin: .6rem 0 } .soft { color: var(--soft) } label { display: block; margin: .8rem 0; color: var(--soft) }
input { display: block; width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit; color: var(--ink);
  background: var(--card); border: 1px solid var(--line); border-radius: 8px }
button { padding: .6rem 1rem; font: inherit; color: #fff; background: #1f5fd0; border: 0; border-radius: 8px;
  cursor: pointer } button.plain { color: var(--accent); background: none }
main:not(.wide) button { width: 100%; margin-top: .4rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { padding: .6rem .8rem; color: var(--bad); background: var(--bad-back); border-radius: 8px }
.scroll { overflow-x: auto } table { width: 100%; border-collapse: collapse; font-size: .9rem }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600 } td:first-child { white-space: nowrap } code { font: .85rem ui-monospace, monospace; overflow-wrap: anywhere }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end } .row form { display: flex; flex-wrap: wrap; gap: .4rem; align-items: end }
.row label { margin: 0 } .row input { width: 9rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 } dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }";

/// How a page is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A narrow card.
    Card,
    /// As wide as the window.
    Wide,
}

/// A page of HTML that runs no scripts.
pub(crate) fn page(status: StatusCode, body: &str) -> Reply {
    document(status, Layout::Card, body, None)
}

/// The same, as wide as the window.
pub(crate) fn wide_page(body: &str) -> Reply {
    document(StatusCode::OK, Layout::Wide, body, None)
}

/// A page whose last act is this script. It may stand in a frame: single-page applications ask in hidden ones.
pub(crate) fn page_with_script(body: &str, script: &str) -> Reply {
    document(StatusCode::OK, Layout::Card, body, Some(script))
}

fn document(status: StatusCode, layout: Layout, body: &str, script: Option<&str>) -> Reply {
    let nonce = random::hex::<16>();
    let class = if layout == Layout::Wide { " class=\"wide\"" } else { "" };
    let script_source = script.map_or(String::new(), |_| format!("; script-src 'nonce-{nonce}'"));
    let frames = if script.is_some() {
        ""
    } else {
        "; frame-ancestors 'none'"
    };
    let script = script.map_or(String::new(), |script| {
        format!("<script nonce=\"{nonce}\">{script}</script>\n")
    });
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>GenAuth emulator</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>{STYLE}</style></head>\n\
         <body>\n<main{class}>\n{body}\n</main>\n{script}</body></html>\n"
    );
    let policy =
        format!("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'{script_source}{frames}");
    let mut response = Response::new(html.into_bytes());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With less, browsers hide the origin of the page's own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Reply::Http(Box::new(response))
}

/// A paragraph for the user.
pub(crate) fn complaint(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

/// What went wrong, above a form.
pub(crate) fn alert(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("<p role=\"alert\">{}</p>\n", escape(text))
    }
}

/// Text as it may stand in HTML and XML, attributes included.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, character| {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
        safe
    })
}
