//! Binds an e-mail address to a user and changes it, step by step, over real HTTP.
//!
//! `cargo run --example change_email` starts the emulator and runs on it. With these settings it runs on a real tenant, and
//! asks at the terminal for the codes that arrive by mail:
//!
//! | variable | meaning |
//! |---|---|
//! | `GENAUTH_APP_HOST` | the application's host, such as `https://example.genauth.ai` |
//! | `GENAUTH_APP_ID`, `GENAUTH_APP_SECRET` | the application |
//! | `GENAUTH_ACCOUNT`, `GENAUTH_PASSWORD` | a user of it who has no e-mail address bound |
//! | `GENAUTH_EMAIL`, `GENAUTH_NEW_EMAIL` | the address to bind, and the one to change it to |

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::Write as _;

use genauth::authentication::messages::{EmailChannel, SendEmailDto};
use genauth::authentication::profile::{
    BindEmailDto, GetProfileDto, UpdateEmailByEmailPassCodeDto, UpdateEmailDto, VerifyUpdateEmailRequestDto,
};
use genauth::authentication::sign_in::{SignInByAccountPassword, SignInByEmailPassCode};
use genauth::authentication::sign_up::SignUpByUsernamePassword;
use genauth::client::RetryPolicy;
use genauth::ureq::UreqTransport;
use genauth::{App, AuthenticationClient, OsSystem};
use genauth_emulator::Emulator;

fn main() -> Result<(), Box<dyn Error>> {
    let tenant = Tenant::from_environment()?;
    let client = AuthenticationClient::new(tenant.app.clone(), UreqTransport::new())
        .with_system(OsSystem::new())
        .with_retry(RetryPolicy::default());

    if tenant.emulator.is_some() {
        step("Sign up, for the emulator knows nobody yet");
        let user = client.sign_up_by_username_password(&SignUpByUsernamePassword::new(
            tenant.account.as_str(),
            tenant.password.as_str(),
        ))?;
        println!("  user {}", user.user_id.unwrap_or_default());
    }

    step("Sign in");
    let tokens = client.sign_in_by_account_password(&SignInByAccountPassword::new(
        tenant.account.as_str(),
        tenant.password.as_str(),
    ))?;
    println!(
        "  the access token lives {} s",
        tokens.lifetime().unwrap_or_default().as_secs()
    );
    let user = client.signed_in(tokens.access_token.ok_or("the sign-in answered no access token")?)?;

    step("Send a code to the address that is to be bound");
    let send_code = |email: &str, channel| user.send_email(&SendEmailDto::new(email, channel));
    send_code(&tenant.email, EmailChannel::BindEmail)?;
    let code = tenant.code(&tenant.email, &EmailChannel::BindEmail)?;

    step("Bind the address");
    user.bind_email(&BindEmailDto::new(tenant.email.as_str(), code))?;
    println!("  {} is bound", tenant.email);

    step("Prove that both addresses belong to the user");
    send_code(&tenant.email, EmailChannel::UpdateEmail)?;
    send_code(&tenant.new_email, EmailChannel::UpdateEmail)?;
    let proof = UpdateEmailByEmailPassCodeDto::new(
        tenant.new_email.as_str(),
        tenant.code(&tenant.new_email, &EmailChannel::UpdateEmail)?,
    )
    .old_email(tenant.email.as_str())
    .old_email_pass_code(tenant.code(&tenant.email, &EmailChannel::UpdateEmail)?);
    let proven = user.verify_update_email_request(&VerifyUpdateEmailRequestDto::new(proof))?;
    println!(
        "  there are {} s to change it",
        proven.token_expires_in.unwrap_or_default()
    );

    step("Change the address");
    let token = proven.update_email_token.ok_or("the proof answered no token")?;
    if !user.update_email(&UpdateEmailDto::new(token))?.is_success() {
        return Err("the service did not change the address".into());
    }

    step("Read the profile");
    let profile = user.get_profile(&GetProfileDto::new())?;
    println!("  the address is now {}", profile.email.unwrap_or_default());

    step("Sign in with a code, twice: the second time must fail");
    client.send_email(&SendEmailDto::new(tenant.new_email.as_str(), EmailChannel::Login))?;
    let code = tenant.code(&tenant.new_email, &EmailChannel::Login)?;
    let sign_in = SignInByEmailPassCode::new(tenant.new_email.as_str(), code);
    client.sign_in_by_email_pass_code(&sign_in)?;
    match client.sign_in_by_email_pass_code(&sign_in) {
        Ok(_) => return Err("a used code was accepted".into()),
        Err(error) => {
            println!("  {error}");
            println!("  {error:?}");
        }
    }
    Ok(())
}

fn step(what: &str) {
    println!("{what} ...");
}

/// Where the example runs, and as whom.
struct Tenant {
    emulator: Option<Emulator>,
    app: App,
    account: String,
    password: String,
    email: String,
    new_email: String,
}

impl Tenant {
    fn from_environment() -> Result<Self, Box<dyn Error>> {
        let setting = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let Ok(host) = std::env::var("GENAUTH_APP_HOST") else {
            let emulator = Emulator::start()?;
            println!("The emulator listens at {}", emulator.url());
            return Ok(Self {
                app: App::new(emulator.url(), emulator.app_id())?.with_secret(emulator.app_secret())?,
                emulator: Some(emulator),
                account: "ada".to_owned(),
                password: "correct horse battery staple".to_owned(),
                email: "ada@example.com".to_owned(),
                new_email: "ada.new@example.com".to_owned(),
            });
        };
        Ok(Self {
            emulator: None,
            app: App::new(&host, setting("GENAUTH_APP_ID")?)?.with_secret(setting("GENAUTH_APP_SECRET")?)?,
            account: setting("GENAUTH_ACCOUNT")?,
            password: setting("GENAUTH_PASSWORD")?,
            email: setting("GENAUTH_EMAIL")?,
            new_email: setting("GENAUTH_NEW_EMAIL")?,
        })
    }

    /// The code that was sent: from the emulator's outbox, or from somebody who reads the mail.
    fn code(&self, email: &str, channel: &EmailChannel) -> Result<String, Box<dyn Error>> {
        if let Some(emulator) = &self.emulator {
            let code = emulator
                .last_code(email, channel.as_str().parse()?)
                .ok_or("no code was sent")?;
            println!("  the code for {email} is {code}");
            return Ok(code);
        }
        print!("  the code that was sent to {email}: ");
        std::io::stdout().flush()?;
        let mut code = String::new();
        std::io::stdin().read_line(&mut code)?;
        Ok(code.trim().to_owned())
    }
}
