//! What an application does for its users, end to end: the SDK over both transports against the emulator.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth::access::SignedIn;
use genauth::authentication::messages::{EmailChannel, SendEmailDto, SendSMSDto, SmsChannel};
use genauth::authentication::mfa::{EnrollFactorDto, MfaOtpVerifyDto, SendEnrollFactorRequestDto};
use genauth::authentication::my_resources::{GET_LOGIN_HISTORY, GetMyLoginHistoryDto};
use genauth::authentication::profile::{
    BindEmailDto, BindPhoneDto, DeleteAccountByEmailPassCodeDto, DeleteAccountDto, GetProfileDto,
    ResetPasswordByEmailPassCodeDto, ResetPasswordDto, UnbindEmailDto, UpdateEmailByEmailPassCodeDto, UpdateEmailDto,
    UpdatePasswordDto, UpdatePhoneByPhonePassCodeDto, UpdatePhoneDto, UpdateUserProfileDto,
    VerifyDeleteAccountRequestDto, VerifyResetPasswordRequestDto, VerifyUpdateEmailRequestDto,
    VerifyUpdatePhoneRequestDto,
};
use genauth::authentication::sign_in::scan::{
    ChangeQRCodeStatusDto, ExchangeTokenSetWithQRcodeTicketDto, GenerateQrcodeDto, QrCodeAction, QrCodeStatus,
    QrCodeType,
};
use genauth::authentication::sign_in::{CaptchaCodeDto, SignInByEmailPassCode, SignInByUsernamePassword};
use genauth::authentication::sign_up::{SignUpByEmailCode, SignUpByUsernamePassword};
use genauth::authentication::uploads::UploadDto;
use genauth::client::{Polling, RetryPolicy, System};
use genauth::transport::{Transport, TransportErrorKind};
use genauth::{ApiCode, App, AuthenticationClient, Error, Patch};
use genauth_emulator::{Emulator, Fault, UserSeed};

const PASSWORD: &str = "correct horse battery staple";

fn client(emulator: &Emulator, transport: Arc<dyn Transport>) -> AuthenticationClient {
    let app = App::new(emulator.url(), emulator.app_id())
        .unwrap()
        .with_secret(emulator.app_secret())
        .unwrap();
    AuthenticationClient::new(app, transport)
}

/// A new user, signed in.
fn user(client: &AuthenticationClient, name: &str) -> AuthenticationClient<SignedIn> {
    client
        .sign_up_by_username_password(&SignUpByUsernamePassword::new(name, PASSWORD))
        .unwrap();
    let tokens = client
        .sign_in_by_username_password(&SignInByUsernamePassword::new(name, PASSWORD))
        .unwrap();
    assert!(tokens.lifetime().unwrap() > Duration::from_secs(60));
    client.signed_in(tokens.access_token.unwrap()).unwrap()
}

fn api_code(result: Result<impl std::fmt::Debug, Error>) -> Option<ApiCode> {
    result.unwrap_err().api_code()
}

fn an_email_address_is_bound_changed_and_unbound(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let user = user(&client(&emulator, transport), "bob");
    let send = |email: &str, channel: EmailChannel| {
        user.send_email(&SendEmailDto::new(email, channel.clone())).unwrap();
        emulator.last_code(email, channel.as_str().parse().unwrap()).unwrap()
    };
    let address = || user.get_profile(&GetProfileDto::new()).unwrap().email;

    let code = send("bob@example.com", EmailChannel::BindEmail);
    // The address is spelt as it is, and a plus sign is no blank.
    assert_eq!(
        api_code(user.bind_email(&BindEmailDto::new("bob+a@example.com", code.as_str()))),
        Some(ApiCode::PassCodeInvalid)
    );
    user.bind_email(&BindEmailDto::new("bob@example.com", code.as_str()))
        .unwrap();
    assert_eq!(address().as_deref(), Some("bob@example.com"));

    let proof =
        UpdateEmailByEmailPassCodeDto::new("new@example.com", send("new@example.com", EmailChannel::UpdateEmail))
            .old_email("bob@example.com")
            .old_email_pass_code(send("bob@example.com", EmailChannel::UpdateEmail));
    let proven = user
        .verify_update_email_request(&VerifyUpdateEmailRequestDto::new(proof))
        .unwrap();
    assert_eq!(proven.token_expires_in, Some(60));
    let token = proven.update_email_token.unwrap();
    assert!(user.update_email(&UpdateEmailDto::new(&token)).unwrap().is_success());
    assert_eq!(address().as_deref(), Some("new@example.com"));
    assert!(
        user.update_email(&UpdateEmailDto::new(&token)).is_err(),
        "a token is for one change"
    );

    user.unbind_email(&UnbindEmailDto::new(send("new@example.com", EmailChannel::UnbindEmail)))
        .unwrap();
    assert_eq!(address(), None);
}

fn a_proof_expires(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let user = user(&client(&emulator, transport), "bob");
    let send = |phone: &str, channel: SmsChannel| {
        user.send_sms(&SendSMSDto::new(phone, channel.clone())).unwrap();
        emulator
            .last_code(phone, channel.as_str().parse().unwrap())
            .or_else(|| emulator.last_code(&format!("+86{phone}"), channel.as_str().parse().unwrap()))
            .unwrap()
    };
    user.bind_phone(&BindPhoneDto::new(
        "13800000000",
        send("13800000000", SmsChannel::BindPhone),
    ))
    .unwrap();
    emulator.advance(Duration::from_secs(61));
    let proof = UpdatePhoneByPhonePassCodeDto::new("13900000000", send("13900000000", SmsChannel::BindPhone))
        .old_phone_number("13800000000")
        .old_phone_pass_code(send("13800000000", SmsChannel::UnbindPhone));
    let proven = user
        .verify_update_phone_request(&VerifyUpdatePhoneRequestDto::new(proof))
        .unwrap();
    emulator.advance(Duration::from_secs(61));
    assert!(
        user.update_phone(&UpdatePhoneDto::new(proven.update_phone_token.unwrap()))
            .is_err()
    );
}

fn a_forgotten_password_is_reset_and_the_account_deleted(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator, transport);
    let send = |email: &str, channel: EmailChannel| {
        client.send_email(&SendEmailDto::new(email, channel.clone())).unwrap();
        emulator.last_code(email, channel.as_str().parse().unwrap()).unwrap()
    };
    let email = "carol@example.com";
    client
        .sign_up_by_email_code(&SignUpByEmailCode::new(email, send(email, EmailChannel::Register)))
        .unwrap();
    let proof = ResetPasswordByEmailPassCodeDto::new(send(email, EmailChannel::ResetPassword)).email(email);
    let proven = client
        .verify_reset_password_request(&VerifyResetPasswordRequestDto::new(proof))
        .unwrap();
    let reset = ResetPasswordDto::new(proven.password_reset_token.unwrap(), PASSWORD);
    assert!(client.reset_password(&reset).unwrap().is_success());

    let sign_in = SignInByEmailPassCode::new(email, send(email, EmailChannel::Login));
    let tokens = client.sign_in_by_email_pass_code(&sign_in).unwrap();
    assert_eq!(
        api_code(client.sign_in_by_email_pass_code(&sign_in)),
        Some(ApiCode::PassCodeInvalid)
    );
    let user = client.signed_in(tokens.access_token.unwrap()).unwrap();
    user.update_password(&UpdatePasswordDto::new("another one").old_password(PASSWORD))
        .unwrap();

    let proof = DeleteAccountByEmailPassCodeDto::new(send(email, EmailChannel::DeleteAccount)).email(email);
    let proven = user
        .verify_delete_account_request(&VerifyDeleteAccountRequestDto::new(proof))
        .unwrap();
    assert!(
        user.delete_account(&DeleteAccountDto::new(proven.delete_account_token.unwrap()))
            .unwrap()
            .is_success()
    );
    assert!(user.get_profile(&GetProfileDto::new()).unwrap_err().needs_sign_in());
}

fn a_field_is_set_cleared_and_left_alone(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let user = user(&client(&emulator, transport), "bob");
    user.update_profile(&UpdateUserProfileDto::new().nickname("Bobby").company("Example & Sons"))
        .unwrap();
    let profile = user
        .update_profile(&UpdateUserProfileDto::new().nickname(Patch::Clear))
        .unwrap();
    assert_eq!(
        (profile.nickname, profile.company.as_deref()),
        (None, Some("Example & Sons"))
    );
}

fn a_second_factor_is_enrolled_and_used(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let user = user(&client(&emulator, transport), "bob");
    let begun = user
        .send_enroll_factor_request(&SendEnrollFactorRequestDto::otp())
        .unwrap();
    let uri = begun.otp_data.unwrap().qr_code_uri.unwrap();
    let code = emulator.totp_code(uri.expose()).unwrap();
    user.enroll_factor(&EnrollFactorDto::otp(begun.enrollment_token.unwrap(), code))
        .unwrap();
    assert_eq!(user.list_enrolled_factors().unwrap().len(), 1);

    emulator.advance(Duration::from_secs(90));
    let code = emulator.totp_code(uri.expose()).unwrap();
    assert_eq!(
        user.mfa_otp_verify(&MfaOtpVerifyDto::new(code)).unwrap().verified,
        Some(true)
    );
    assert_eq!(
        api_code(user.mfa_otp_verify(&MfaOtpVerifyDto::new("000000"))),
        Some(ApiCode::TotpWrong)
    );
}

/// The emulator's clock: sleeping moves it, and whoever shares the code does something meanwhile.
struct EmulatorTime {
    emulator: Arc<Emulator>,
    now: Mutex<Duration>,
    meanwhile: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl System for EmulatorTime {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }
    fn unix_time(&self) -> Duration {
        self.now()
    }
    fn sleep(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
        self.emulator.advance(time);
        let next = self.meanwhile.lock().unwrap().pop();
        if let Some(next) = next {
            next();
        }
    }
    fn random(&self, _: &mut [u8]) -> Result<(), Error> {
        Ok(())
    }
}

fn a_qr_code_signs_in(transport: Arc<dyn Transport>) {
    let emulator = Arc::new(Emulator::start().unwrap());
    let client = client(&emulator, transport);
    let phone = user(&client, "bob");
    let code = client
        .gene_qr_code(&GenerateQrcodeDto::new(QrCodeType::MobileApp))
        .unwrap();
    let id = code.qrcode_id.unwrap();
    let act = |action: QrCodeAction| {
        let (phone, id) = (phone.clone(), id.clone());
        Box::new(move || {
            assert!(
                phone
                    .set_qr_code_status(&ChangeQRCodeStatusDto::new(id, action))
                    .unwrap()
                    .is_success()
            );
        }) as Box<dyn FnOnce() + Send>
    };
    let time = EmulatorTime {
        emulator: Arc::clone(&emulator),
        now: Mutex::default(),
        meanwhile: Mutex::new(vec![act(QrCodeAction::Confirm), act(QrCodeAction::Scan)]),
    };
    let status = client
        .with_system(time)
        .wait_for_qr_code(&id, &Polling::default())
        .unwrap();
    assert_eq!(status.status, Some(QrCodeStatus::Authorized));
    let exchange = ExchangeTokenSetWithQRcodeTicketDto::new(status.ticket.unwrap());
    let tokens = client.exchange_token_set_with_qr_code_ticket(&exchange).unwrap();
    let user = client.signed_in(tokens.access_token.unwrap()).unwrap();
    assert_eq!(
        user.get_profile(&GetProfileDto::new()).unwrap().username.as_deref(),
        Some("bob")
    );
}

fn a_qr_code_expires(transport: Arc<dyn Transport>) {
    let emulator = Arc::new(Emulator::start().unwrap());
    let client = client(&emulator, transport);
    let code = client
        .gene_qr_code(&GenerateQrcodeDto::new(QrCodeType::MobileApp))
        .unwrap();
    let time = EmulatorTime {
        emulator: Arc::clone(&emulator),
        now: Mutex::default(),
        meanwhile: Mutex::default(),
    };
    let polling = Polling::default().with_deadline(Duration::from_secs(300));
    let status = client
        .with_system(time)
        .wait_for_qr_code(&code.qrcode_id.unwrap(), &polling)
        .unwrap();
    assert_eq!(status.status, Some(QrCodeStatus::Expired));
}

fn a_list_is_walked(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator, transport);
    let user = user(&client, "bob");
    for _ in 0..4 {
        client
            .sign_in_by_username_password(&SignInByUsernamePassword::new("bob", PASSWORD))
            .unwrap();
    }
    let page = GetMyLoginHistoryDto::new().limit(2);
    let entries: Result<Vec<_>, _> = user.items(&GET_LOGIN_HISTORY, page).collect();
    assert_eq!(entries.unwrap().len(), 5);
}

fn what_is_not_json_is_understood(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator, transport);
    let captcha = client.gene_captcha_code(&CaptchaCodeDto::new()).unwrap();
    assert!(captcha.text().unwrap().contains("<svg") && captcha.content_type.unwrap().starts_with("image/svg+xml"));
    let picture: Vec<u8> = (0..=255).collect();
    let file = UploadDto::new(picture.clone())
        .file_name("a \"b\".png")
        .file_type("image/png")
        .folder("photos");
    user(&client, "bob").upload_file(&file).unwrap();
    let request = emulator.requests().pop().unwrap();
    let body = request.body;
    assert!(
        body.windows(picture.len()).any(|window| window == picture),
        "the bytes arrive as they are"
    );
}

fn failures_are_told_apart(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let user = user(&client(&emulator, transport), "bob");
    let fail = |fault| {
        emulator.fail_next(1, fault);
        user.get_profile(&GetProfileDto::new()).unwrap_err()
    };
    let error = fail(Fault::RateLimited);
    assert!(error.is_rate_limited() && error.retry_after() == Some(1), "{error}");
    assert!(
        fail(Fault::Business {
            status_code: 403,
            api_code: Some(1636)
        })
        .needs_next_step()
    );
    for (fault, word) in [
        (Fault::Html, "web page"),
        (Fault::Truncated, "cut off"),
        (Fault::Empty, "empty"),
    ] {
        let error = fail(fault);
        assert!(
            matches!(&error, Error::Reply(reply) if reply.problem.contains(word)),
            "{error}"
        );
    }
    // A GET may be sent again behind our back, a POST must not be.
    emulator.fail_next(1, Fault::Reset);
    let error = user
        .update_profile(&UpdateUserProfileDto::new().nickname("Bobby"))
        .unwrap_err();
    assert!(
        matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Other),
        "{error}"
    );
    assert!(error.may_have_taken_effect());
    user.get_profile(&GetProfileDto::new()).unwrap();
}

fn a_passing_failure_is_repeated_where_that_is_safe(transport: Arc<dyn Transport>) {
    let emulator = Arc::new(Emulator::start().unwrap());
    let time = EmulatorTime {
        emulator: Arc::clone(&emulator),
        now: Mutex::default(),
        meanwhile: Mutex::default(),
    };
    let user = user(&client(&emulator, transport), "bob")
        .with_system(time)
        .with_retry(RetryPolicy::default());
    emulator.fail_next(2, Fault::Status(503));
    user.get_profile(&GetProfileDto::new()).unwrap();
    // What was refused had no effect, so that it can be sent again; what broke down may have had one.
    let message = SendEmailDto::new("bob@example.com", EmailChannel::BindEmail);
    emulator.fail_next(1, Fault::RateLimited);
    user.send_email(&message).unwrap();
    assert_eq!(emulator.outbox().len(), 1);
    emulator.fail_next(1, Fault::Status(503));
    assert!(user.send_email(&message).unwrap_err().may_have_taken_effect());
    assert_eq!(emulator.outbox().len(), 1);
}

fn two_users_never_swap_tokens(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator, transport);
    let users: Vec<_> = ["ann", "ben"].map(|name| (name, user(&client, name))).into();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (name, user) = &users[thread % 2];
            scope.spawn(move || {
                for _ in 0..10 {
                    assert_eq!(
                        user.get_profile(&GetProfileDto::new()).unwrap().username.as_deref(),
                        Some(*name)
                    );
                }
            });
        }
    });
}

fn either_spelling_of_the_headers_works(transport: Arc<dyn Transport>) {
    let emulator = Emulator::start().unwrap();
    let id = emulator
        .add_user(UserSeed::new().username("bob").password(PASSWORD))
        .unwrap();
    let token = emulator.access_token(&id).unwrap();
    let app = App::new(emulator.url(), emulator.app_id()).unwrap();
    for app in [app.clone(), app.with_genauth_headers()] {
        let client = AuthenticationClient::new(app, Arc::clone(&transport))
            .signed_in(token.as_str())
            .unwrap();
        client.get_profile(&GetProfileDto::new()).unwrap();
    }
    let unknown = App::new(emulator.url(), "nobody").unwrap();
    let sign_in = SignInByUsernamePassword::new("bob", PASSWORD);
    let error = AuthenticationClient::new(unknown, transport)
        .sign_in_by_username_password(&sign_in)
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

macro_rules! over_both_transports {
    ($( $flow:ident )*) => {
        mod ureq {
            $( #[test] fn $flow() { super::$flow(super::Arc::new(genauth_ureq::UreqTransport::new())); } )*
        }
        mod isahc {
            $( #[test] fn $flow() { super::$flow(super::Arc::new(genauth_isahc::IsahcTransport::new().unwrap())); } )*
        }
    };
}

over_both_transports! {
    an_email_address_is_bound_changed_and_unbound
    a_proof_expires
    a_forgotten_password_is_reset_and_the_account_deleted
    a_field_is_set_cleared_and_left_alone
    a_second_factor_is_enrolled_and_used
    a_qr_code_signs_in
    a_qr_code_expires
    a_list_is_walked
    what_is_not_json_is_understood
    failures_are_told_apart
    a_passing_failure_is_repeated_where_that_is_safe
    two_users_never_swap_tokens
    either_spelling_of_the_headers_works
}
