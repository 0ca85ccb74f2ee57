//! Pictures with letters in them.

use serde_json::json;

use crate::failure::{Answer, Reply};
use crate::random;
use crate::route::{Call, Caller, Route, get};
use crate::validate::Kind::Text;
use crate::validate::may;

pub(crate) const ROUTES: &[Route] = &[
    get("/api/v3/captcha-code", Caller::App, &[may("r", Text)], picture),
    get("/api/v3/get-captcha-code", Caller::App, &[], picture_and_token),
];

/// The code stands in the picture as plain text, so that a test can read it.
pub(crate) fn draw(code: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40"><rect width="120" height="40" fill="#eee"/><text x="12" y="28" font-size="24">{code}</text></svg>"##
    )
}

fn picture(call: &mut Call<'_>) -> Answer {
    let code = random::digits(call.world.settings.codes.length);
    Ok(Reply::Document {
        content_type: "image/svg+xml".into(),
        body: draw(&code).into_bytes(),
    })
}

fn picture_and_token(call: &mut Call<'_>) -> Answer {
    let code = random::digits(call.world.settings.codes.length);
    let (svg, now) = (draw(&code), call.now);
    let token = call.world.captchas.issue(code, now);
    Ok(Reply::Data(json!({ "captchaCodeSvg": svg, "captchaToken": token })))
}
