//! What is in the emulator, for people.

use serde_json::Value;

use crate::clock::iso8601;
use crate::failure::Reply;
use crate::html::{escape, wide_page};
use crate::route::Call;

/// How many rows a table shows.
const ROWS: usize = 25;

pub(super) fn overview(call: &Call<'_>) -> Reply {
    let world = &*call.world;
    let settings = &world.settings;
    let held = if world.clock.is_held() { ", held still" } else { "" };
    let facts = list(&[
        ("Address", &world.url),
        ("Application", &settings.app_id),
        ("User pool", &settings.user_pool_id),
        ("Clock", &format!("{}{held}", iso8601(call.now))),
    ]);
    let users = world.users.iter().rev().take(ROWS).map(|user| {
        let text = |name: &str| user.text(name).unwrap_or("-").to_owned();
        vec![
            user.id.clone(),
            text("username"),
            text("email"),
            text("phone"),
            text("status"),
        ]
    });
    let messages = world.outbox.iter().rev().take(ROWS).map(|message| {
        let sent = message.to_json();
        let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        vec![text("sentAt"), text("to"), text("channel"), text("passCode")]
    });
    let requests = world.requests.iter().rev().take(ROWS).map(|request| {
        let received = request.to_json();
        let at = received
            .get("receivedAt")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        vec![
            at,
            request.method.clone(),
            request.path.clone(),
            request.body_length.to_string(),
        ]
    });
    let faults = world.faults.to_json();
    let waiting = faults.get("waiting").and_then(Value::as_array).into_iter().flatten();
    let waiting = waiting.map(|fault| {
        let text = |name: &str, none: &str| match fault.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => none.to_owned(),
        };
        vec![text("fault", ""), text("path", "all"), text("left", "always")]
    });
    let limited = if world.faults.rate_limited {
        "<p role=\"alert\">The rate is limited: every call answers HTTP 429.</p>\n"
    } else {
        ""
    };
    let rules: Vec<(String, String)> = match settings.rules.to_json() {
        Value::Object(rules) => rules
            .into_iter()
            .map(|(name, value)| (name, value.to_string()))
            .collect(),
        _ => Vec::new(),
    };
    let rules: Vec<(&str, &String)> = rules.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let count = |total: usize| {
        if total > ROWS {
            format!(" <span class=\"soft\">the latest {ROWS} of {total}</span>")
        } else {
            String::new()
        }
    };
    let body = [
        format!("<h1>GenAuth emulator</h1>\n{facts}"),
        forms(world.clock.is_held()),
        format!("<h2>Users{}</h2>", count(world.users.len())),
        table(
            &["Id", "Name", "E-mail", "Phone", "Status"],
            users,
            "There are no users yet.",
        ),
        "<h2>Outbox</h2>".to_owned(),
        table(&["Sent", "To", "Channel", "Code"], messages, "Nothing was sent yet."),
        format!(
            "<h2>Requests <span class=\"soft\">{} so far</span></h2>",
            world.requests.total
        ),
        table(
            &["Received", "Verb", "Path", "Bytes of body"],
            requests,
            "Nothing came in yet.",
        ),
        format!("<h2>Faults</h2>\n{limited}"),
        table(&["Fault", "Path", "Left"], waiting, "No fault is waiting."),
        format!("<h2>Rules</h2>\n{}", list(&rules)),
        "<p class=\"soft\">All of this and more over HTTP: <code>curl ".to_owned()
            + &escape(&world.url)
            + "/_emulator</code> lists the endpoints.</p>",
    ];
    wide_page(&body.join("\n"))
}

fn list(pairs: &[(&str, &String)]) -> String {
    let rows: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd><code>{}</code></dd>", escape(name), escape(value)))
        .collect();
    format!("<dl>{}</dl>", rows.concat())
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>, none: &str) -> String {
    let rows: Vec<String> = rows
        .map(|cells| {
            let cells: Vec<_> = cells.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            format!("<tr>{}</tr>\n", cells.concat())
        })
        .collect();
    if rows.is_empty() {
        return format!("<p class=\"soft\">{none}</p>");
    }
    let heads: Vec<_> = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{head}</th>"))
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>",
        heads.concat(),
        rows.concat()
    )
}

/// What can be done with a click; each leads back to the page.
fn forms(held: bool) -> String {
    let (wanted, label) = if held {
        ("false", "Let the clock go on")
    } else {
        ("true", "Hold the clock")
    };
    format!(
        "<h2>Do</h2>\n<div class=\"row\">\n\
         <form method=\"post\" action=\"/_emulator/advance\"><label>Seconds <input name=\"seconds\" value=\"60\" \
         inputmode=\"numeric\" required></label><button>Advance</button></form>\n\
         <form method=\"post\" action=\"/_emulator/clock\"><input type=\"hidden\" name=\"hold\" value=\"{wanted}\">\
         <button>{label}</button></form>\n\
         <form method=\"post\" action=\"/_emulator/users\"><label>User name <input name=\"username\" autocomplete=\"off\" \
         required></label><label>Password <input name=\"password\" autocomplete=\"off\" required></label>\
         <button>Add user</button></form>\n\
         <form method=\"post\" action=\"/_emulator/faults\"><input type=\"hidden\" name=\"clear\" value=\"true\">\
         <button>Clear faults</button></form>\n\
         <form method=\"post\" action=\"/_emulator/reset\"><button>Reset everything</button></form>\n\
         <form method=\"get\" action=\"/_emulator\"><button>Refresh</button></form>\n</div>"
    )
}
