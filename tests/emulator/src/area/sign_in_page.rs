//! The sign-in page: name and password, then what the rules demand.

use std::time::Duration;

use axum::http::StatusCode;
use data_encoding::BASE64;

use crate::area::authorize::{Wish, begin_session, continue_as, session};
use crate::area::mfa::Proof;
use crate::area::sign_in::{check_password, needs_captcha, needs_first_password, redeem_captcha};
use crate::area::{captcha, mfa};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::html::{alert, complaint, escape, page};
use crate::random;
use crate::route::{Call, Caller, Route, post};
use crate::state::Account;
use crate::totp;

/// How long somebody may look at the page.
const PAGE_LIFETIME: Duration = Duration::from_secs(3600);

pub(crate) const ROUTES: &[Route] = &[
    post("/interaction/oidc/{interactionKey}/login", Caller::Anyone, &[], log_in),
    post(
        "/interaction/oidc/{interactionKey}/password",
        Caller::Anyone,
        &[],
        set_first_password,
    ),
    post(
        "/interaction/oidc/{interactionKey}/factor",
        Caller::Anyone,
        &[],
        show_factor,
    ),
    post("/interaction/oidc/{interactionKey}/end", Caller::Anyone, &[], go_on),
    post("/interaction/oidc/{interactionKey}/confirm", Caller::Anyone, &[], go_on),
    post("/interaction/oidc/{interactionKey}/abort", Caller::Anyone, &[], abort),
];

/// A sign-in on the page: what it is for, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    wish: Wish,
    step: Step,
}

#[derive(Debug, Clone)]
enum Step {
    /// Name and password.
    Credentials,
    /// A new password of this user.
    FirstPassword(String),
    /// The second factor of this user.
    SecondFactor(String, Proof),
}

/// Shows the sign-in page.
pub(crate) fn ask(call: &mut Call<'_>, wish: Wish) -> Reply {
    let account = match &wish {
        Wish::Authorize(request) => request.login_hint.clone(),
        Wish::Cas { .. } => None,
    };
    let (now, account) = (call.now, account.unwrap_or_default());
    let step = Step::Credentials;
    let key = call
        .world
        .browsers
        .pages
        .issue_for(Page { wish, step }, now, PAGE_LIFETIME);
    let form = credentials_form(call, &key, &account, "");
    page(StatusCode::OK, &form)
}

fn current(call: &Call<'_>) -> Option<(String, Page)> {
    let key = call.variable("interactionKey");
    let page = call.world.browsers.pages.peek(&key, call.now).cloned()?;
    Some((key, page))
}

fn gone() -> Reply {
    page(
        StatusCode::BAD_REQUEST,
        &complaint("This sign-in has ended already, or never began."),
    )
}

/// What the form posts: a name, address or number, and the password; the letters of a picture where they are asked for.
fn log_in(call: &mut Call<'_>) -> Answer {
    let Some((key, Page { wish, .. })) = current(call) else {
        return Ok(gone());
    };
    let typed = call.text("account");
    let account = Account::Any(typed.clone());
    let outcome = check_letters(call, &account).and_then(|()| {
        let password = call.text("password");
        let user_id = check_password(call, &account, &password)?;
        call.world.check_may_enter(&user_id)?;
        Ok(user_id)
    });
    match outcome {
        Ok(user_id) => next_step(call, &key, wish, user_id),
        Err(failure) => {
            let form = credentials_form(call, &key, &typed, &failure.message);
            Ok(page(StatusCode::FORBIDDEN, &form))
        }
    }
}

fn check_letters(call: &mut Call<'_>, account: &Account) -> Result<(), Failure> {
    if !needs_captcha(call, account) {
        return Ok(());
    }
    let (token, letters, now) = (call.text("captchaToken"), call.text("captchaCode"), call.now);
    redeem_captcha(call, &token, &letters, now)
}

/// Asks for what this user still has to do, or ends the sign-in.
fn next_step(call: &mut Call<'_>, key: &str, wish: Wish, user_id: String) -> Answer {
    if needs_first_password(call, &user_id) {
        return Ok(show(call, key, wish, Step::FirstPassword(user_id), ""));
    }
    if mfa::demanded(call.world, &user_id).is_none() {
        return finish(call, key, &wish, &user_id);
    }
    let Some(proof) = mfa::proof(call.world, &user_id) else {
        let why = "A second factor is needed, and this account has none and no address for a code.";
        return Ok(page(StatusCode::FORBIDDEN, &complaint(why)));
    };
    let mut trouble = String::new();
    if let Proof::Code(contact) = &proof
        && let Err(failure) = call.world.send_code(&contact.target(), "CHANNEL_VERIFY_MFA")
    {
        // The code before is still good.
        trouble = failure.message.into_owned();
    }
    Ok(show(call, key, wish, Step::SecondFactor(user_id, proof), &trouble))
}

/// Notes the step and shows its form.
fn show(call: &mut Call<'_>, key: &str, wish: Wish, step: Step, trouble: &str) -> Reply {
    let action = format!("/interaction/oidc/{}", escape(key));
    let form = match &step {
        Step::Credentials => String::new(),
        Step::FirstPassword(_) => first_password_form(&action, trouble),
        Step::SecondFactor(_, proof) => factor_form(&action, proof, trouble),
    };
    if let Some(current) = call.world.browsers.pages.peek_mut(key, call.now) {
        *current = Page { wish, step };
    }
    let status = if trouble.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::FORBIDDEN
    };
    page(status, &form)
}

fn finish(call: &mut Call<'_>, key: &str, wish: &Wish, user_id: &str) -> Answer {
    let visit = call.visit("loginByPassword");
    match begin_session(call.world, user_id, &visit) {
        Ok((cookie, session)) => {
            call.world.browsers.pages.redeem(key, call.now);
            continue_as(call, wish, &session, Some(cookie))
        }
        Err(failure) => Ok(page(StatusCode::FORBIDDEN, &complaint(&failure.message))),
    }
}

/// What the form for the first password posts.
fn set_first_password(call: &mut Call<'_>) -> Answer {
    let Some((key, Page { wish, step })) = current(call) else {
        return Ok(gone());
    };
    let Step::FirstPassword(user_id) = step else {
        return Ok(gone());
    };
    let (password, now) = (call.text("password"), call.now);
    let outcome = call.world.read_new_password(None, &password).and_then(|password| {
        let user = call.world.user_mut(&user_id).ok_or(coded::USER_NOT_FOUND)?;
        if user.password.as_ref() == Some(&password) {
            return Err(coded::SAME_PASSWORD);
        }
        user.set_password(password, now);
        user.set("resetPasswordOnNextLogin", false);
        Ok(())
    });
    match outcome {
        Ok(()) => next_step(call, &key, wish, user_id),
        Err(failure) => Ok(show(call, &key, wish, Step::FirstPassword(user_id), &failure.message)),
    }
}

/// What the form for the second factor posts.
fn show_factor(call: &mut Call<'_>) -> Answer {
    let Some((key, Page { wish, step })) = current(call) else {
        return Ok(gone());
    };
    let Step::SecondFactor(user_id, proof) = step else {
        return Ok(gone());
    };
    let code = call.text("code");
    let outcome = match &proof {
        Proof::Code(contact) => call
            .world
            .redeem_codes(&[contact.presented("CHANNEL_VERIFY_MFA", &code)]),
        Proof::OneTimePassword => {
            let secret = call.world.mfa.totp_secret(&user_id);
            if secret.is_some_and(|secret| totp::accepts(secret, &code, call.now)) {
                Ok(())
            } else {
                Err(coded::TOTP_WRONG)
            }
        }
    };
    match outcome {
        Ok(()) => finish(call, &key, &wish, &user_id),
        Err(failure) => {
            let step = Step::SecondFactor(user_id, proof);
            Ok(show(call, &key, wish, step, &failure.message))
        }
    }
}

/// Once the browser has a session there is nothing more to ask.
fn go_on(call: &mut Call<'_>) -> Answer {
    let (Some((key, Page { wish, .. })), Some(session)) = (current(call), session(call)) else {
        return Ok(gone());
    };
    call.world.browsers.pages.redeem(&key, call.now);
    continue_as(call, &wish, &session, None)
}

fn abort(call: &mut Call<'_>) -> Answer {
    let key = call.variable("interactionKey");
    let page_before = call.world.browsers.pages.redeem(&key, call.now);
    Ok(match page_before.map(|page| page.wish) {
        Some(Wish::Authorize(request)) => request.give_up(),
        Some(Wish::Cas { .. }) => page(StatusCode::OK, &complaint("The sign-in was given up.")),
        None => gone(),
    })
}

fn credentials_form(call: &mut Call<'_>, key: &str, account: &str, trouble: &str) -> String {
    let action = format!("/interaction/oidc/{}", escape(key));
    let letters = if needs_captcha(call, &Account::Any(account.to_owned())) {
        let code = random::digits(call.world.settings.codes.length);
        let picture = BASE64.encode(captcha::draw(&code).as_bytes());
        let now = call.now;
        let token = call.world.captchas.issue_for(code, now, PAGE_LIFETIME);
        format!(
            "<p><img alt=\"Letters to type\" src=\"data:image/svg+xml;base64,{picture}\"></p>\n\
             <input name=\"captchaToken\" type=\"hidden\" value=\"{}\">\n\
             <label>Letters of the picture <input name=\"captchaCode\" autocomplete=\"off\" required></label>\n",
            escape(&token)
        )
    } else {
        String::new()
    };
    format!(
        "<h1>Sign in</h1>\n{}<form method=\"post\" action=\"{action}/login\">\n\
         <label>Account <input name=\"account\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" \
         required></label>\n\
         <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
         </label>\n{letters}<button>Sign in</button>\n</form>\n{}",
        alert(trouble),
        escape(account),
        cancel(&action),
    )
}

fn cancel(action: &str) -> String {
    format!("<form method=\"post\" action=\"{action}/abort\"><button class=\"plain\">Cancel</button></form>")
}

fn first_password_form(action: &str, trouble: &str) -> String {
    format!(
        "<h1>Choose a new password</h1>\n<p class=\"soft\">The one that you were given is good for this once.</p>\n{}\
         <form method=\"post\" action=\"{action}/password\">\n<label>New password <input name=\"password\" \
         type=\"password\" autocomplete=\"new-password\" required></label>\n<button>Continue</button>\n</form>\n{}",
        alert(trouble),
        cancel(action),
    )
}

fn factor_form(action: &str, proof: &Proof, trouble: &str) -> String {
    let whence = match proof {
        Proof::OneTimePassword => "Type the code that your authenticator shows.".to_owned(),
        Proof::Code(contact) => format!("A code was sent to {}.", contact.target().shown),
    };
    format!(
        "<h1>Second step</h1>\n<p class=\"soft\">{}</p>\n{}<form method=\"post\" action=\"{action}/factor\">\n\
         <label>Code <input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" required></label>\n\
         <button>Continue</button>\n</form>\n{}",
        escape(&whence),
        alert(trouble),
        cancel(action),
    )
}
