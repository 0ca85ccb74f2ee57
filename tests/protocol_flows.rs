//! Tokens and protocols, end to end: the SDK over both transports against the emulator.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
// Every flow gets a transport of its own.
#![allow(clippy::needless_pass_by_value)]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use genauth::app::ClientAuthentication;
use genauth::authentication::profile::GetProfileDto;
use genauth::authentication::sign_in::{SignInByUsernamePassword, SignInOptionsDto};
use genauth::client::System;
use genauth::events::EventClient;
use genauth::http::header::AUTHORIZATION;
use genauth::http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use genauth::model::password::PasswordEncryptType;
use genauth::protocol::bearer::{BearerCheck, RefusalKind};
use genauth::protocol::cas::{CasFormat, CasValidateV1Dto, CasValidateV2Dto};
use genauth::protocol::events::{EventHost, ReconnectPolicy};
use genauth::protocol::flow::{PendingSignIn, SignInError, SignInOptions, SignedInTokens};
use genauth::protocol::interaction::{FinishLoginParams, InteractionParams};
use genauth::protocol::keys::{JwksSource, KeyCache, KeyLocation};
use genauth::protocol::management_token::ManagementCredential;
use genauth::protocol::oauth::{OAUTH_USER_INFO_BY_ACCESS_TOKEN, OAuthAuthorizeParams};
use genauth::protocol::oidc::{
    AuthorizeParams, GetAccessTokenByClientCredentials, GetAccessTokenByCode, GetNewAccessTokenByRefreshToken,
    GetUserInfoByAccessToken, JwksOfAppDto, TokenEndPointParams, TokenIntrospectEndpointParams,
    TokenRevocationEndpointParams, ValidateTokenDto,
};
use genauth::protocol::password::{PasswordKeys, Sm2Form};
use genauth::protocol::pkce::Pkce;
use genauth::protocol::publish::PubEventDto;
use genauth::protocol::sign_out::EndSessionParams;
use genauth::protocol::signature::RequestSigner;
use genauth::protocol::verify::{AccessTokenVerifier, IdTokenVerifier, VerifyError};
use genauth::protocol::webhooks::{WebhookError, WebhookEvent, WebhookReceiver};
use genauth::transport::Transport;
use genauth::{App, AuthenticationClient, Error, JsonObject, OsSystem, Secret};
use genauth_emulator::{
    Builder, ClientAuthentication as Proof, Emulator, IdTokenAlgorithm, RecordedRequest, RefreshRotation, UserSeed,
};
use serde_json::{Value, json};

const BACK: &str = "http://127.0.0.1:9/back";

/// The operating system's, moved forward together with the emulator's clock. It never sleeps.
#[derive(Clone)]
struct Clock {
    os: OsSystem,
    ahead: Arc<Mutex<Duration>>,
}

impl System for Clock {
    fn now(&self) -> Duration {
        self.os.now() + *self.ahead.lock().unwrap()
    }

    fn unix_time(&self) -> Duration {
        self.os.unix_time() + *self.ahead.lock().unwrap()
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.os.random(bytes)
    }
}

/// An application, its user, and the service.
struct Stage {
    emulator: Emulator,
    transport: Arc<dyn Transport>,
    client: AuthenticationClient,
    clock: Clock,
    user: String,
}

impl Stage {
    fn new(transport: Arc<dyn Transport>) -> Self {
        Self::of(Emulator::builder(), transport)
    }

    fn of(builder: Builder, transport: Arc<dyn Transport>) -> Self {
        Self::with_app(builder, transport, |app| app)
    }

    fn with_app(builder: Builder, transport: Arc<dyn Transport>, change: impl Fn(App) -> App) -> Self {
        let emulator = builder.start().unwrap();
        let bob = UserSeed::new().username("bob").password("passw0rd");
        let user = emulator
            .add_user(bob.email("bob@example.com").custom("team", "blue"))
            .unwrap();
        let app = App::new(emulator.url(), emulator.app_id()).unwrap();
        let app = change(app.with_secret(emulator.app_secret()).unwrap());
        let clock = Clock {
            os: OsSystem::new(),
            ahead: Arc::default(),
        };
        Self {
            client: AuthenticationClient::new(app, Arc::clone(&transport)).with_system(clock.clone()),
            clock,
            emulator,
            transport,
            user,
        }
    }

    fn advance(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        self.emulator.advance(by);
        *self.clock.ahead.lock().unwrap() += by;
    }

    fn now_unix(&self) -> u64 {
        self.clock.unix_time().as_secs()
    }

    fn keys(&self) -> JwksSource {
        JwksSource::new(&self.client)
    }

    fn begin(&self, options: &SignInOptions) -> PendingSignIn {
        self.client.begin_sign_in(options).unwrap()
    }

    /// What the browser comes back with.
    fn browse(&self, pending: &PendingSignIn) -> String {
        self.emulator.authorize(pending.url(), &self.user).unwrap()
    }

    fn finish(&self, pending: PendingSignIn, callback: &str) -> Result<SignedInTokens, Error> {
        let verifier = IdTokenVerifier::new(self.client.app());
        self.client.finish_sign_in(pending, callback, &verifier, &self.keys())
    }

    fn sign_in(&self, scope: &str) -> SignedInTokens {
        let pending = self.begin(&SignInOptions::new(BACK).with_scope(scope));
        let callback = self.browse(&pending);
        self.finish(pending, &callback).unwrap()
    }

    fn is_active(&self, token: &Secret) -> bool {
        let question = TokenIntrospectEndpointParams::new(token.clone());
        self.client.introspect_token(&question).unwrap().is_active()
    }

    /// What a browser is answered that follows a link.
    fn follow(&self, link: &str) -> Response<Vec<u8>> {
        self.transport
            .send(Request::get(link).body(Vec::new()).unwrap())
            .unwrap()
    }

    fn requests_to(&self, path: &str) -> Vec<RecordedRequest> {
        let mut requests = self.emulator.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    /// Neither these nor the application's secret ever stand in a URL.
    fn assert_not_in_urls(&self, secrets: &[&Secret]) {
        let own = Secret::from(self.emulator.app_secret());
        for request in self.emulator.requests() {
            for secret in [&own].iter().chain(secrets) {
                assert!(
                    !request.query.contains(secret.expose()),
                    "{} {}",
                    request.method,
                    request.path
                );
            }
        }
    }
}

/// A part of what a sign-in keeps for itself.
fn part(pending: &PendingSignIn, name: &str) -> String {
    serde_json::to_value(pending).unwrap()[name]
        .as_str()
        .unwrap()
        .to_owned()
}

fn oauth_error(result: Result<impl Debug, Error>) -> String {
    match result {
        Err(Error::OAuth(error)) => error.error,
        other => panic!("{other:?}"),
    }
}

fn refusal(result: Result<impl Debug, Error>) -> VerifyError {
    match result {
        Err(Error::Verify(error)) => *error,
        other => panic!("{other:?}"),
    }
}

fn a_user_signs_in_through_the_browser_and_out_again(transport: Arc<dyn Transport>) {
    for algorithm in [
        IdTokenAlgorithm::Hs256,
        IdTokenAlgorithm::Rs256,
        IdTokenAlgorithm::Es256,
    ] {
        let stage = Stage::of(
            Emulator::builder().id_token_algorithm(algorithm),
            Arc::clone(&transport),
        );
        let verifier = IdTokenVerifier::new(stage.client.app());
        let verifier = match algorithm {
            IdTokenAlgorithm::Rs256 => verifier.rs256(),
            IdTokenAlgorithm::Es256 => verifier.es256(),
            _ => verifier,
        };
        let options = SignInOptions::new(BACK)
            .with_scope("openid profile email extended_fields offline_access")
            .with_max_age(Duration::from_secs(60));
        let pending = stage.begin(&options);
        let callback = stage.browse(&pending);
        // In between it lies in the web application's session.
        let kept = serde_json::to_string(&pending).unwrap();
        let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
        let verifier_of_pkce = Secret::from(part(&pending, "code_verifier"));

        let signed_in = stage
            .client
            .finish_sign_in(pending, &callback, &verifier, &stage.keys())
            .unwrap();
        let claims = signed_in.claims();
        assert_eq!(claims.sub, stage.user);
        assert_eq!(claims.email.as_deref(), Some("bob@example.com"));
        assert_eq!(claims.email_verified, Some(true));
        assert_eq!(claims.name, None);
        assert!(claims.updated_at.is_some() && claims.auth_time.is_some() && claims.at_hash.is_some());
        assert_eq!(claims.custom["extended_fields"]["team"], "blue");

        let tokens = signed_in.token_set();
        let user = tokens.signed_in(&stage.client).unwrap();
        for claims in [signed_in.user_info(&stage.client), tokens.user_info(&stage.client)] {
            assert_eq!(claims.unwrap().sub.as_deref(), Some(stage.user.as_str()));
        }
        assert_eq!(
            user.get_profile(&GetProfileDto::new()).unwrap().username.as_deref(),
            Some("bob")
        );

        let id_token = signed_in.id_token().token();
        let out = EndSessionParams::redirecting(id_token, "http://127.0.0.1:9/bye?x=1").state("s t");
        let answer = stage.follow(&stage.client.app().end_session_url(&out).unwrap());
        assert_eq!(answer.headers()["location"], "http://127.0.0.1:9/bye?x=1&state=s+t");

        // Of the tokens, only the link above has one in its URL.
        let issued = signed_in.tokens();
        stage.assert_not_in_urls(&[
            &verifier_of_pkce,
            issued.access_token.as_ref().unwrap(),
            issued.refresh_token.as_ref().unwrap(),
        ]);
        let with_hint = stage.emulator.requests();
        let with_hint = with_hint
            .iter()
            .filter(|request| request.query.contains(id_token.expose()));
        assert_eq!(
            with_hint.map(|request| request.path.as_str()).collect::<Vec<_>>(),
            ["/oidc/session/end"]
        );
    }
}

fn an_id_token_that_is_signed_in_another_way_is_refused(transport: Arc<dyn Transport>) {
    let builder = Emulator::builder().id_token_algorithm(IdTokenAlgorithm::Rs256);
    let stage = Stage::of(builder, Arc::clone(&transport));
    let pending = stage.begin(&SignInOptions::new(BACK));
    let callback = stage.browse(&pending);
    let refused = refusal(stage.finish(pending, &callback));
    assert!(
        matches!(refused, VerifyError::AlgorithmNotAllowed { .. }),
        "{refused:?}"
    );

    let stage = Stage::new(transport);
    let pending = stage.begin(&SignInOptions::new(BACK));
    let callback = stage.browse(&pending);
    let verifier = IdTokenVerifier::new(stage.client.app()).rs256();
    let refused = refusal(
        stage
            .client
            .finish_sign_in(pending, &callback, &verifier, &stage.keys()),
    );
    assert!(
        matches!(refused, VerifyError::AlgorithmNotAllowed { .. }),
        "{refused:?}"
    );
}

fn a_callback_that_is_no_answer_is_refused(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let begin = || stage.begin(&SignInOptions::new(BACK));
    let why = |pending: PendingSignIn, callback: &str| match stage.finish(pending, callback) {
        Err(Error::SignIn(error)) => *error,
        other => panic!("{other:?}"),
    };

    // An attacker makes the victim's browser come back with the attacker's code.
    let (victim, attacker) = (begin(), begin());
    let forged = stage.browse(&attacker);
    assert_eq!(why(victim, &forged), SignInError::WrongState);

    let pending = begin();
    let (before, _) = forged.split_once("&iss=").unwrap();
    let elsewhere = format!("{before}&iss=https%3A%2F%2Fattacker.example%2Foidc")
        .replace(&part(&attacker, "state"), &part(&pending, "state"));
    assert!(matches!(why(pending, &elsewhere), SignInError::WrongIssuer { .. }));
    assert!(
        stage.requests_to("/oidc/token").is_empty(),
        "a code that is not ours is not shown to anybody"
    );

    // With the state guessed, the code is bound to the verifier of the other sign-in.
    let pending = begin();
    let guessed = forged.replace(&part(&attacker, "state"), &part(&pending, "state"));
    assert_eq!(oauth_error(stage.finish(pending, &guessed)), "invalid_grant");

    // And with the verifier as well, the ID token is to the nonce.
    let pending = begin();
    let callback = stage.browse(&pending);
    let mut damaged = serde_json::to_value(&pending).unwrap();
    damaged["nonce"] = json!("another");
    let damaged = serde_json::from_value(damaged).unwrap();
    assert_eq!(refusal(stage.finish(damaged, &callback)), VerifyError::WrongNonce);

    // The user, or the service, says no.
    let silent = stage.begin(&SignInOptions::new(BACK).with_prompt("none"));
    let answer = stage.follow(silent.url());
    let location = answer.headers()["location"].to_str().unwrap();
    assert_eq!(oauth_error(stage.finish(silent, location)), "login_required");
}

fn a_service_knows_its_callers(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let signed_in = stage.sign_in("openid offline_access");
    let headers = |token: &Secret| -> HeaderMap {
        let value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).unwrap();
        [(AUTHORIZATION, value)].into_iter().collect()
    };
    let service = BearerCheck::new(AccessTokenVerifier::new(stage.client.app())).with_scope("openid");
    let keys = stage.keys();
    let access = headers(signed_in.access_token());
    for token in [
        service.check_with(&access, &keys),
        service.introspect(&access, &stage.client),
    ] {
        assert_eq!(token.unwrap().claims().sub.as_deref(), Some(stage.user.as_str()));
    }

    // What else a user has is no access token.
    let refresh = headers(signed_in.tokens().refresh_token.as_ref().unwrap());
    let id_token = headers(signed_in.id_token().token());
    for other in [&refresh, &id_token] {
        assert_eq!(
            service.check_with(other, &keys).unwrap_err().kind(),
            RefusalKind::InvalidToken
        );
        assert_eq!(
            service.introspect(other, &stage.client).unwrap_err().kind(),
            RefusalKind::InvalidToken
        );
    }
    let wider = service.clone().with_scope("orders.read");
    assert_eq!(
        wider.check_with(&access, &keys).unwrap_err().kind(),
        RefusalKind::InsufficientScope
    );

    // A token that was withdrawn is good until it ends, unless the service is asked.
    let revocation = TokenRevocationEndpointParams::new(signed_in.access_token());
    stage.client.revoke_token(&revocation).unwrap();
    service.check_with(&access, &keys).unwrap();
    assert_eq!(
        service.introspect(&access, &stage.client).unwrap_err().kind(),
        RefusalKind::InvalidToken
    );
}

fn a_code_is_good_once(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let pending = stage.begin(&SignInOptions::new(BACK));
    let callback = stage.browse(&pending);
    let (code, verifier) = {
        let (_, rest) = callback.split_once("code=").unwrap();
        (
            rest.split('&').next().unwrap().to_owned(),
            part(&pending, "code_verifier"),
        )
    };
    let signed_in = stage.finish(pending, &callback).unwrap();
    let access_token = signed_in.tokens().access_token.clone().unwrap();
    assert!(stage.is_active(&access_token));

    let again = GetAccessTokenByCode::new(code, BACK).code_verifier(verifier);
    assert_eq!(
        oauth_error(stage.client.get_access_token_by_code(&again)),
        "invalid_grant"
    );
    assert!(
        !stage.is_active(&access_token),
        "what a stolen code has brought is taken back"
    );

    let pending = stage.begin(&SignInOptions::new(BACK));
    let callback = stage.browse(&pending);
    stage.advance(600);
    assert_eq!(oauth_error(stage.finish(pending, &callback)), "invalid_grant");
}

fn a_token_set_is_renewed_once_for_all_threads(transport: Arc<dyn Transport>) {
    for rotation in [RefreshRotation::Rotate, RefreshRotation::Keep, RefreshRotation::Omit] {
        let stage = Stage::of(Emulator::builder().refresh_rotation(rotation), Arc::clone(&transport));
        let tokens = stage.sign_in("openid offline_access").token_set();
        let first = tokens.tokens();
        for round in 1..=2 {
            let old = tokens.tokens().access_token;
            // A minute before its end it is renewed, and not two.
            stage.advance(3600 - 120);
            assert_eq!(tokens.access_token(&stage.client).unwrap().expose(), old.expose());
            stage.advance(61);
            let seen: Vec<Secret> = thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| scope.spawn(|| tokens.clone().access_token(&stage.client).unwrap()))
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            // One renews it; the others go on with the old one meanwhile, for it is good for another minute.
            let new = tokens.access_token(&stage.client).unwrap();
            assert_ne!(new.expose(), old.expose());
            assert!(seen.iter().any(|token| token.expose() == new.expose()));
            assert!(
                seen.iter()
                    .all(|token| [new.expose(), old.expose()].contains(&token.expose()))
            );
            // The first is that of the code.
            assert_eq!(stage.requests_to("/oidc/token").len(), 1 + round, "{rotation:?}");
            assert_eq!(tokens.version(), round as u64);
        }
        let kept = tokens.tokens().refresh_token.unwrap();
        let same = kept.expose() == first.refresh_token.as_ref().unwrap().expose();
        assert_eq!(same, rotation != RefreshRotation::Rotate);

        // The user is thrown out.
        stage.emulator.revoke_tokens(&stage.user).unwrap();
        tokens.reject(&tokens.tokens().access_token);
        stage.advance(3600);
        assert_eq!(oauth_error(tokens.access_token(&stage.client)), "invalid_grant");
    }
}

fn a_refresh_token_that_was_used_takes_the_others_with_it(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let first = stage.sign_in("openid offline_access").tokens().clone();
    let refresh = GetNewAccessTokenByRefreshToken::new(first.refresh_token.unwrap());
    let second = stage.client.get_new_access_token_by_refresh_token(&refresh).unwrap();
    assert_eq!(second.lifetime(), Some(Duration::from_secs(3600)));
    let thief = stage.client.get_new_access_token_by_refresh_token(&refresh);
    assert_eq!(oauth_error(thief), "invalid_grant");
    for token in [second.access_token, second.refresh_token] {
        assert!(!stage.is_active(&token.unwrap()));
    }
}

fn tokens_are_introspected_and_revoked(transport: Arc<dyn Transport>) {
    use ClientAuthentication::{None, SecretBasic, SecretPost};
    // Each endpoint has another way, and each way its turn.
    for [token, introspection, revocation] in [
        [SecretPost, SecretBasic, None],
        [SecretBasic, None, SecretPost],
        [None, SecretPost, SecretBasic],
    ] {
        let proof = |way| match way {
            SecretPost => Proof::SecretPost,
            SecretBasic => Proof::SecretBasic,
            _ => Proof::None,
        };
        let builder = Emulator::builder()
            .app_secret("a secret: with & and %")
            .client_authentication(proof(token))
            .introspection_authentication(proof(introspection))
            .revocation_authentication(proof(revocation));
        let stage = Stage::with_app(builder, Arc::clone(&transport), |app| {
            app.with_client_authentication(token)
                .and_then(|app| app.with_introspection_authentication(introspection))
                .and_then(|app| app.with_revocation_authentication(revocation))
                .unwrap()
        });
        let tokens = stage.sign_in("openid profile offline_access").tokens().clone();
        let (access, refresh) = (tokens.access_token.unwrap(), tokens.refresh_token.unwrap());
        let known = TokenIntrospectEndpointParams::new(access.clone());
        let known = stage.client.introspect_token(&known).unwrap();
        assert!(known.is_active());
        assert_eq!(known.sub.as_deref(), Some(stage.user.as_str()));
        assert_eq!(known.client_id.as_deref(), Some(stage.emulator.app_id()));
        assert_eq!(known.token_type.as_deref(), Some("Bearer"));

        let revoke = |token: &Secret| {
            stage
                .client
                .revoke_token(&TokenRevocationEndpointParams::new(token.clone()))
        };
        revoke(&access).unwrap();
        assert!(!stage.is_active(&access) && stage.is_active(&refresh));
        revoke(&access).unwrap();
        revoke(&refresh).unwrap();
        assert!(!stage.is_active(&refresh));
        stage.assert_not_in_urls(&[&access, &refresh]);
    }

    let builder = Emulator::builder().introspection_authentication(Proof::SecretBasic);
    let stage = Stage::of(builder, transport);
    let refused = stage.client.introspect_token(&TokenIntrospectEndpointParams::new("T"));
    assert_eq!(oauth_error(refused), "invalid_client");
}

fn claims_come_for_a_token(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let access = stage.sign_in("openid email").tokens().access_token.clone().unwrap();
    let user = stage.client.signed_in(access.clone()).unwrap();
    let of_server = GetUserInfoByAccessToken::new(access.clone());
    for info in [
        user.user_info().unwrap(),
        user.user_info_post().unwrap(),
        stage.client.get_user_info_by_access_token(&of_server).unwrap(),
    ] {
        assert_eq!(info.email.as_deref(), Some("bob@example.com"));
        assert_eq!(info.gender, None, "that is not in the scope");
    }
    stage.assert_not_in_urls(&[&access]);
    let stranger = GetUserInfoByAccessToken::new("made up");
    let refused = stage.client.get_user_info_by_access_token(&stranger).unwrap_err();
    assert!(refused.needs_sign_in(), "{refused}");
}

fn machines_get_tokens_of_their_own(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let (id, secret) = (stage.emulator.access_key_id(), stage.emulator.access_key_secret());
    let input = GetAccessTokenByClientCredentials::new("order:read order:write", id, secret);
    let tokens = stage.client.get_access_token_by_client_credentials(&input).unwrap();
    assert!(tokens.id_token.is_none() && tokens.refresh_token.is_none());
    let verifier = AccessTokenVerifier::new(stage.client.app()).with_authorized_party(id);
    let token = tokens.access_token.unwrap();
    let token = stage.keys().verify_access_token(&verifier, token.expose()).unwrap();
    assert!(token.claims().has_scope("order:write") && !token.claims().has_scope("order"));
    assert_eq!((&token.claims().sub, token.claims().azp.as_deref()), (&None, Some(id)));

    let wrong = GetAccessTokenByClientCredentials::new("a", id, "wrong");
    let refused = stage.client.get_access_token_by_client_credentials(&wrong);
    assert_eq!(oauth_error(refused), "invalid_client");
    stage.assert_not_in_urls(&[&secret.into()]);
}

fn an_oauth_application_works_too(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let pkce = Pkce::generate(|bytes| stage.clock.random(bytes)).unwrap();
    let parameters = OAuthAuthorizeParams::new(BACK, "the-state").code_challenge(pkce.challenge());
    let link = stage.client.app().oauth_authorize_url(&parameters).unwrap();
    let callback = stage.emulator.authorize(&link, &stage.user).unwrap();
    let (_, code) = callback.split_once("code=").unwrap();
    let (code, rest) = code.split_once('&').unwrap();
    assert!(rest.starts_with("state=the-state"));
    let input = TokenEndPointParams::authorization_code(code, BACK).code_verifier(pkce.verifier().clone());
    let tokens = stage.client.oauth_exchange_token(&input).unwrap();
    let access = tokens.access_token.clone().unwrap();
    assert!(tokens.id_token.is_none() && access.expose().len() == 40);

    let user = stage.client.signed_in(access.clone()).unwrap();
    let by_token = GetUserInfoByAccessToken::new(access.clone());
    for info in [
        user.oauth_user_info().unwrap(),
        user.oauth_user_info_post().unwrap(),
        stage.client.call(&OAUTH_USER_INFO_BY_ACCESS_TOKEN, &by_token).unwrap(),
    ] {
        assert_eq!(info.sub.as_deref(), Some(stage.user.as_str()));
    }
    let set = genauth::protocol::token_set::Tokens::from_reply(&tokens, stage.now_unix()).unwrap();
    let set = genauth::protocol::token_set::TokenSet::new(set).with_oauth();
    set.reject(&access);
    let renewed = set.access_token(&stage.client).unwrap();
    assert_ne!(renewed.expose(), access.expose());

    let question = TokenIntrospectEndpointParams::new(renewed.clone());
    assert!(stage.client.oauth_introspect_token(&question).unwrap().is_active());
    let revocation = TokenRevocationEndpointParams::new(renewed);
    stage.client.oauth_revoke_token(&revocation).unwrap();
    assert!(!stage.client.oauth_introspect_token(&question).unwrap().is_active());
    let out = stage.follow(
        &stage
            .client
            .app()
            .logout_url(Some("http://127.0.0.1:9/?a=1&b=2"))
            .unwrap(),
    );
    assert_eq!(out.headers()["location"], "http://127.0.0.1:9/?a=1&b=2");
}

fn a_cas_ticket_tells_who_somebody_is(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let service = "http://127.0.0.1:9/app?from=cas&x=1";
    let ticket = || {
        let link = stage.client.app().cas_login_url(Some(service)).unwrap();
        let back = stage.emulator.authorize(&link, &stage.user).unwrap();
        back.split_once("&ticket=").unwrap().1.to_owned()
    };
    let first = CasValidateV1Dto::new(ticket(), service);
    let answer = stage.client.cas_validate_v1(&first).unwrap();
    assert_eq!((answer.valid, answer.username.as_deref()), (true, Some("bob")));
    assert!(
        !stage.client.validate_ticket_v1(&first).unwrap().valid,
        "a ticket is good once"
    );
    for format in [CasFormat::Json, CasFormat::Xml] {
        let input = CasValidateV2Dto::new(ticket(), service).format(format);
        let answer = stage.client.cas_validate_v2(&input).unwrap();
        let success = answer.success().unwrap();
        assert_eq!(success.user.as_deref(), Some("bob"));
        assert_eq!(success.attributes["email"], "bob@example.com");
        let answer = stage.client.validate_ticket_v2(&input).unwrap();
        assert_eq!(answer.failure().unwrap().code.as_deref(), Some("INVALID_TICKET"));
    }
    let elsewhere = CasValidateV2Dto::new(ticket(), "http://127.0.0.1:9/other");
    let answer = stage.client.cas_validate_v2(&elsewhere).unwrap();
    assert_eq!(answer.failure().unwrap().code.as_deref(), Some("INVALID_SERVICE"));
    let out = stage.follow(&stage.client.app().cas_logout_url(Some(service)).unwrap());
    assert_eq!(out.headers()["location"], service);
}

/// Publishes an event as an administrator; what the answer's body says.
fn publish(stage: &Stage, prepare: impl FnOnce(&mut Request<Vec<u8>>)) -> Value {
    let body = r#"{"eventType":"mine.happened","eventData":{"z":1,"a":["ü",null,1.50]},"source":"a & b"}"#;
    let mut request = Request::post(format!("{}/api/v3/pub-event", stage.emulator.url()))
        .header("content-type", "application/json")
        .header("x-authing-lang", "en-US")
        .body(body.as_bytes().to_vec())
        .unwrap();
    prepare(&mut request);
    serde_json::from_slice(stage.transport.send(request).unwrap().body()).unwrap()
}

fn a_management_token_is_shared_and_renewed(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let credential = ManagementCredential::new(stage.emulator.access_key_id(), stage.emulator.access_key_secret());
    let call = || {
        credential.with_token(&stage.client, |token| {
            let answer = publish(&stage, |request| {
                let bearer = format!("Bearer {}", token.secret().expose());
                let pool = token.user_pool_id().unwrap().to_owned();
                let headers = request.headers_mut();
                headers.insert("authorization", bearer.parse().unwrap());
                headers.insert("x-authing-userpool-id", pool.parse().unwrap());
            });
            // As the management client will read it.
            let response = Response::new(answer.to_string().into_bytes());
            genauth::protocol::publish::PUB_USER_EVENT.reply(&response)
        })
    };
    let asked = || stage.requests_to("/api/v3/get-management-token").len();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| call().unwrap())).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap().success, Some(true));
        }
    });
    assert_eq!(asked(), 1);
    let token = credential.token(&stage.client).unwrap();
    assert_eq!(token.user_pool_id(), Some(stage.emulator.user_pool_id()));

    // Ten minutes before its end it is renewed.
    stage.advance(7200 - 601);
    call().unwrap();
    assert_eq!(asked(), 1);
    stage.advance(2);
    call().unwrap();
    assert_eq!(asked(), 2);
    // And once where the service does not want it any more.
    stage.emulator.revoke_management_tokens();
    call().unwrap();
    assert_eq!(asked(), 3);

    let wrong = ManagementCredential::new(stage.emulator.access_key_id(), "wrong");
    let refused = wrong.token(&stage.client).unwrap_err();
    assert!(refused.needs_sign_in(), "{refused}");
    stage.assert_not_in_urls(&[token.secret(), &stage.emulator.access_key_secret().into()]);
}

fn a_signature_is_accepted_once(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let signer = RequestSigner::new(stage.emulator.access_key_id(), stage.emulator.access_key_secret());
    let date = |offset: i64| {
        let time = stage.clock.unix_time().as_secs().checked_add_signed(offset).unwrap();
        RequestSigner::date(Duration::from_secs(time))
    };
    let send = |date: &str, nonce: &str| publish(&stage, |request| signer.sign(request, date, nonce).unwrap());
    assert_eq!(send(&date(0), "nonce-1")["statusCode"], 200);
    assert_eq!(send(&date(0), "nonce-1")["apiCode"], 1306);
    assert_eq!(send(&date(-1000), "nonce-2")["apiCode"], 1305);
    assert_eq!(send("soon", "nonce-2")["apiCode"], 1303);
    assert_eq!(send(&date(-800), "nonce-2")["statusCode"], 200);
    let changed = publish(&stage, |request| {
        signer.sign(request, &date(0), "nonce-3").unwrap();
        request
            .headers_mut()
            .insert("x-authing-lang", HeaderValue::from_static("zh-CN"));
    });
    assert_eq!(changed["apiCode"], 1300);
    let branded = publish(&stage, |request| {
        let signer = signer.clone().with_scheme("GenAuth").with_header_prefix("x-genauth-");
        signer.sign(request, &date(0), "nonce-4").unwrap();
    });
    assert_eq!(branded["statusCode"], 200, "{branded}");
}

fn a_password_is_encrypted_on_its_way(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let keys = PasswordKeys::of(&stage.client.get_system_info().unwrap());
    let password = "pässw0rd & 密码";
    stage
        .emulator
        .add_user(UserSeed::new().username("eve").password(password))
        .unwrap();
    let sign_in = |kind: PasswordEncryptType, sent: &Secret| {
        let options = SignInOptionsDto::new().password_encrypt_type(kind);
        let input = SignInByUsernamePassword::new("eve", sent.clone()).options(options);
        stage.client.sign_in_by_username_password(&input)
    };
    let (rsa, sm2) = (PasswordEncryptType::Rsa, PasswordEncryptType::Sm2);
    for (kind, form) in [
        (&rsa, Sm2Form::default()),
        (&sm2, Sm2Form::Base64C1C2C3),
        (&sm2, Sm2Form::PlainC1C3C2),
        (&sm2, Sm2Form::PrefixedC1C3C2),
    ] {
        let keys = keys.clone().with_sm2_form(form);
        let [one, other] = [0; 2].map(|_| keys.encrypt(kind, password, &stage.clock).unwrap());
        assert_ne!(one.expose(), other.expose());
        assert!(
            sign_in(kind.clone(), &one).unwrap().access_token.is_some(),
            "{kind:?} {form:?}"
        );
        let wrong = keys.encrypt(kind, "another", &stage.clock).unwrap();
        assert!(sign_in(kind.clone(), &wrong).is_err());
    }
    for request in stage.requests_to("/api/v3/signin") {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!body.contains("ssw0rd"), "{body}");
    }
}

fn keys_are_fetched_when_they_change_and_not_for_forged_tokens(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let token = || stage.emulator.access_token(&stage.user).unwrap();
    let verifier = AccessTokenVerifier::new(stage.client.app());
    let keys = stage.keys();
    let check = |token: &str| keys.verify_access_token(&verifier, token);
    let fetches = || stage.requests_to("/oidc/.well-known/jwks.json").len();

    let old = token();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(check(&old).unwrap().claims().sub.as_deref(), Some(stage.user.as_str())));
        }
    });
    assert_eq!(fetches(), 1);

    // A new key is found at once, and the old one still good.
    stage.emulator.rotate_keys().unwrap();
    check(&token()).unwrap();
    check(&old).unwrap();
    assert_eq!(fetches(), 2);

    // Another emulator's tokens are not of this issuer: nobody has to fetch keys to see that.
    let elsewhere = Emulator::start().unwrap();
    let stranger = elsewhere.add_user(UserSeed::new()).unwrap();
    stage.advance(61);
    for _ in 0..20 {
        let forged = elsewhere.access_token(&stranger).unwrap();
        assert!(matches!(refusal(check(&forged)), VerifyError::WrongIssuer { .. }));
    }
    assert_eq!(fetches(), 2);

    // A key that is withdrawn is trusted for a quarter of an hour at the most.
    stage.emulator.replace_keys().unwrap();
    stage.advance(15 * 60);
    assert!(matches!(refusal(check(&old)), VerifyError::UnknownKey { .. }));
    check(&token()).unwrap();

    for location in [KeyLocation::Application, KeyLocation::Discovery] {
        let keys = JwksSource::with_settings(&stage.client, location, KeyCache::default());
        keys.verify_access_token(&verifier, &token()).unwrap();
    }
}

fn what_a_user_publishes_is_heard(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let access = stage.sign_in("openid").tokens().access_token.clone().unwrap();
    let host = EventHost::of(stage.client.app());
    let client = EventClient::new(host)
        .with_system(stage.clock.clone())
        .with_reconnect(ReconnectPolicy::default());
    let signer = RequestSigner::new(stage.emulator.access_key_id(), stage.emulator.access_key_secret());
    let mut own = client.user_events("mine.happened", access.clone()).unwrap();
    let mut all = client.user_pool_events("mine.happened", signer).unwrap();
    let data = |event: Option<Result<genauth::protocol::events::Event, Error>>| {
        event.unwrap().unwrap().parse::<Value>().unwrap()["eventData"].clone()
    };

    let user = stage.client.signed_in(access).unwrap();
    let event = PubEventDto::new("mine.happened", json!({ "n": 1 })).source("test");
    assert_eq!(user.pub_user_event(&event).unwrap().success, Some(true));
    assert_eq!(data(own.next()), json!({ "n": 1 }));
    assert_eq!(data(all.next()), json!({ "n": 1 }));

    // The connection breaks, and is made again while somebody waits for the next event.
    stage.emulator.drop_event_connections();
    let closer = own.closer();
    thread::scope(|scope| {
        let listener = scope.spawn(|| data(own.next()));
        while stage
            .emulator
            .publish_event("mine.happened", Some(&stage.user), json!(2))
            == 0
        {
            thread::yield_now();
        }
        assert_eq!(listener.join().unwrap(), json!(2));
    });
    closer.close();
    // What was sent meanwhile may still be there.
    assert!(own.all(|event| event.is_ok()), "it ends without an error");
    drop(all);
    while stage.emulator.event_connections() > 0 {
        thread::yield_now();
    }

    let refused = client.user_events("mine.happened", "made up").unwrap_err();
    assert!(refused.needs_sign_in(), "{refused}");
}

fn every_other_operation_is_understood(transport: Arc<dyn Transport>) {
    let stage = Stage::new(transport);
    let client = &stage.client;
    let found = client.openid_configuration().unwrap();
    assert_eq!(found.issuer.as_deref(), Some(client.app().issuer().as_str()));
    let keys = client.fetch_jwks().unwrap().keys;
    assert_eq!(keys, client.fetch_jwks_of_app(&JwksOfAppDto::new()).unwrap().keys);
    assert_eq!(keys.len(), 1);

    let access = stage.emulator.access_token(&stage.user).unwrap();
    #[allow(deprecated)]
    {
        let claims = client
            .validate_token(&ValidateTokenDto::access_token(access.as_str()))
            .unwrap();
        assert_eq!(claims.user.sub.as_deref(), Some(stage.user.as_str()));
        assert!(client.validate_token(&ValidateTokenDto::id_token("malformed")).is_err());
        let pem = JsonObject::from_iter([("key".to_owned(), json!("-----BEGIN PUBLIC KEY-----"))]);
        client.validate_pem_key(&pem).unwrap();
    }
    let password = TokenEndPointParams::password("bob", "passw0rd").scope("openid");
    assert!(client.exchange_token(&password).unwrap().id_token.is_some());
    let older = TokenEndPointParams::authing_token(access.as_str());
    assert!(client.exchange_token(&older).unwrap().access_token.is_some());
    let unknown = client.exchange_token(&TokenEndPointParams::new("magic"));
    assert_eq!(oauth_error(unknown), "unsupported_grant_type");

    // The steps of the sign-in page.
    let key = || {
        let pending = stage.begin(&SignInOptions::new(BACK));
        let page = String::from_utf8(stage.follow(pending.url()).into_body()).unwrap();
        let (_, rest) = page.split_once("/interaction/oidc/").unwrap();
        rest.split_once('/').unwrap().0.to_owned()
    };
    let form = JsonObject::from_iter([
        ("account".to_owned(), json!("bob")),
        ("password".to_owned(), json!("passw0rd")),
    ]);
    let step = FinishLoginParams::new(key(), "").body(form);
    let answer = client.interaction_login(&step).unwrap();
    assert_eq!(answer.status, 302);
    assert!(answer.location.unwrap().expose().starts_with(&format!("{BACK}?code=")));
    let answer = client.interaction_abort(&InteractionParams::new(key())).unwrap();
    assert!(answer.location.unwrap().expose().contains("error=access_denied"));
    // Without the browser's cookie there is nothing to go on with.
    let refused = client.interaction_end(&FinishLoginParams::new(key(), "")).unwrap_err();
    assert_eq!(refused.http_status().unwrap(), 400);

    let login = format!("{}/interaction/oidc/{}/login", stage.emulator.url(), key());
    let login = Request::post(login)
        .header("content-type", "application/json")
        .body(br#"{"account":"bob","password":"passw0rd"}"#.to_vec())
        .unwrap();
    let answer = stage.transport.send(login).unwrap();
    let cookie = answer.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let app = client.app().clone().with_header("cookie", cookie).unwrap();
    let browser = AuthenticationClient::new(app, Arc::clone(&stage.transport));
    for answer in [
        browser.interaction_end(&FinishLoginParams::new(key(), "")).unwrap(),
        browser.interaction_confirm(&InteractionParams::new(key())).unwrap(),
    ] {
        assert!(answer.location.unwrap().expose().starts_with(&format!("{BACK}?code=")));
    }

    let link = client
        .app()
        .authorize_url(&AuthorizeParams::new(BACK, "s").nonce("n"))
        .unwrap();
    assert!(
        stage
            .emulator
            .authorize(&link, &stage.user)
            .unwrap()
            .contains("&state=s&")
    );
    let saml = stage.follow(&client.app().saml_login_url().unwrap());
    assert_eq!(saml.status(), 200);
}

#[test]
fn a_webhook_is_received() {
    let emulator = Emulator::start().unwrap();
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", server.server_addr());
    let receive = |receiver: &WebhookReceiver| {
        let mut request = server.recv().unwrap();
        let mut headers = HeaderMap::new();
        for header in request.headers() {
            headers.insert(
                HeaderName::from_bytes(header.field.as_str().as_str().as_bytes()).unwrap(),
                HeaderValue::from_bytes(header.value.as_bytes()).unwrap(),
            );
        }
        let mut body = Vec::new();
        request.as_reader().read_to_end(&mut body).unwrap();
        let delivery = receiver.receive(&headers, &body);
        let status = match &delivery {
            Ok(_) => 204,
            Err(WebhookError::Malformed) => 400,
            Err(_) => 401,
        };
        request.respond(tiny_http::Response::empty(status)).unwrap();
        delivery
    };
    let data = json!({ "id": "u1", "password": "HASH", "token": "SESSION" });
    let right = WebhookReceiver::new(emulator.webhook_secret());
    thread::scope(|scope| {
        let (json, form) = (
            scope.spawn(|| {
                let first = receive(&right).unwrap();
                let second = receive(&right).unwrap();
                (first, second)
            }),
            (
                emulator.send_webhook(&url, "user:udv-changed", data.clone()).unwrap(),
                emulator
                    .send_webhook_form(&url, "user:udv-changed", data.clone())
                    .unwrap(),
            ),
        );
        assert_eq!(form, (204, 204));
        let (first, second) = json.join().unwrap();
        for delivery in [first, second] {
            assert_eq!(delivery.event, Some(WebhookEvent::from("user:udv-changed")));
            assert_eq!(delivery.data.user_id(), Some("u1"));
            assert_eq!(delivery.data.expose()["password"], "HASH");
            assert_eq!(delivery.user_pool_id.as_deref(), Some(emulator.user_pool_id()));
            let shown = format!("{delivery:?}");
            assert!(!shown.contains("HASH") && !shown.contains("SESSION"), "{shown}");
        }
    });
    let wrong = WebhookReceiver::new("another");
    thread::scope(|scope| {
        let refused = scope.spawn(|| receive(&wrong).unwrap_err());
        assert_eq!(emulator.send_webhook(&url, "login", data.clone()).unwrap(), 401);
        assert_eq!(refused.join().unwrap(), WebhookError::WrongSecret);
    });
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
    a_user_signs_in_through_the_browser_and_out_again
    an_id_token_that_is_signed_in_another_way_is_refused
    a_callback_that_is_no_answer_is_refused
    a_service_knows_its_callers
    a_code_is_good_once
    a_token_set_is_renewed_once_for_all_threads
    a_refresh_token_that_was_used_takes_the_others_with_it
    tokens_are_introspected_and_revoked
    claims_come_for_a_token
    machines_get_tokens_of_their_own
    an_oauth_application_works_too
    a_cas_ticket_tells_who_somebody_is
    a_management_token_is_shared_and_renewed
    a_signature_is_accepted_once
    a_password_is_encrypted_on_its_way
    keys_are_fetched_when_they_change_and_not_for_forged_tokens
    what_a_user_publishes_is_heard
    every_other_operation_is_understood
}
