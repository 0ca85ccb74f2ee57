//! What every transport promises, checked over real connections on loopback: see the contract in
//! `genauth_core::transport`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a check that cannot go on has failed, and nobody else reads these modules"
)]

#[path = "transport_contract/checks.rs"]
mod checks;
#[path = "transport_contract/server.rs"]
mod server;
#[path = "transport_contract/tls.rs"]
mod tls;

/// A test of each check for each transport.
macro_rules! contract {
    ($($check:ident)+) => {
        mod ureq {
            $(#[test] fn $check() { crate::checks::$check(crate::make_ureq); })+
        }
        mod isahc {
            $(#[test] fn $check() { crate::checks::$check(crate::make_isahc); })+
        }
    };
}

contract! {
    method_target_headers_and_body_arrive
    empty_post_has_a_length
    headers_come_back
    header_that_is_not_utf8_comes_back
    header_that_is_not_utf8_is_sent_or_refused
    every_status_is_an_answer
    redirects_are_not_followed
    body_may_come_in_chunks_or_until_the_end
    gzip_is_asked_for_and_undone
    broken_gzip_is_an_error
    large_bodies_go_both_ways
    threads_share_a_transport
    connections_are_reused
    connection_closed_between_calls_is_replaced
    post_is_not_sent_twice
    refused_connection
    unknown_name
    url_that_cannot_be_requested
    connection_reset_in_the_answer
    truncated_answers
    truncated_headers
    answer_that_is_not_http
    own_timeout_holds_against_a_trickling_server
    timeout_of_the_request_holds_against_a_trickling_server
    timeout_holds_against_a_server_that_does_not_read
    timeout_on_a_reused_connection
    timeout_of_a_request_is_for_that_request
    no_time_left
    endless_times_are_no_problem
    connect_timeout_holds
    connect_timeout_includes_tls
    announced_body_over_the_limit_is_not_read
    endless_body_is_cut_off
    limit_holds_after_decompression
    body_at_the_limit_is_fine
    proxy_is_used
    proxy_that_refuses
    certificate_of_an_unknown_authority_is_refused
    roots_can_be_added
    certificate_for_another_name_is_refused
    server_without_tls_is_a_tls_error
    client_certificate_is_shown
    verification_can_be_switched_off
    timeouts_hold_over_tls
    truncated_answer_over_tls
}

use checks::Settings;
use genauth_core::transport::Transport;
use genauth_isahc::IsahcTransport;
use genauth_ureq::UreqTransport;

fn make_ureq(settings: Settings) -> Box<dyn Transport> {
    let mut builder = UreqTransport::builder().no_proxy();
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = settings.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(limit) = settings.body_limit {
        builder = builder.body_limit(limit);
    }
    if let Some(url) = settings.proxy {
        builder = builder.proxy(&url);
    }
    if let Some(pem) = settings.add_root {
        builder = builder.add_root_certificate(pem.as_bytes());
    }
    if let Some(pem) = settings.only_root {
        builder = builder.only_root_certificates(pem.as_bytes());
    }
    if let Some((chain, key)) = settings.client_certificate {
        builder = builder.client_certificate(chain.as_bytes(), key.as_bytes());
    }
    if settings.dangerous {
        builder = builder.dangerous_disable_tls_verification();
    }
    Box::new(builder.build().unwrap())
}

fn make_isahc(settings: Settings) -> Box<dyn Transport> {
    let mut builder = IsahcTransport::builder().no_proxy();
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = settings.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(limit) = settings.body_limit {
        builder = builder.body_limit(limit);
    }
    if let Some(url) = settings.proxy {
        builder = builder.proxy(&url);
    }
    if let Some(pem) = settings.add_root {
        builder = builder.add_root_certificate(pem.as_bytes());
    }
    if let Some(pem) = settings.only_root {
        builder = builder.only_root_certificates(pem.as_bytes());
    }
    let mut files = None;
    if let Some((chain, key)) = settings.client_certificate {
        let directory = tempfile::tempdir().unwrap();
        let (chain_file, key_file) = (directory.path().join("chain.pem"), directory.path().join("key.pem"));
        std::fs::write(&chain_file, chain).unwrap();
        std::fs::write(&key_file, key).unwrap();
        builder = builder.client_certificate_files(chain_file, key_file);
        files = Some(directory);
    }
    if settings.dangerous {
        builder = builder.dangerous_disable_tls_verification();
    }
    let transport = builder.build().unwrap();
    Box::new(move |request| {
        // The files are needed for as long as the transport.
        let _ = &files;
        transport.send(request)
    })
}

/// An agent or client of the caller's own keeps the contract, whatever it would do by itself.
mod own_stack {
    use std::time::Duration;

    use genauth_core::transport::Transport;
    use genauth_isahc::IsahcTransport;
    use genauth_ureq::UreqTransport;

    use crate::checks::{self, Make, Settings};

    fn own_agent(_: Settings) -> Box<dyn Transport> {
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Box::new(UreqTransport::from_agent(agent.into()))
    }

    fn own_client(_: Settings) -> Box<dyn Transport> {
        use isahc::config::{Configurable, RedirectPolicy};
        let client = isahc::HttpClient::builder()
            .proxy(None)
            .redirect_policy(RedirectPolicy::Follow)
            .automatic_decompression(false);
        Box::new(IsahcTransport::from_client(client.build().unwrap()))
    }

    #[test]
    fn keeps_the_contract() {
        for make in [own_agent as Make, own_client] {
            checks::method_target_headers_and_body_arrive(make);
            checks::every_status_is_an_answer(make);
            checks::redirects_are_not_followed(make);
            checks::gzip_is_asked_for_and_undone(make);
            checks::connections_are_reused(make);
            checks::connection_closed_between_calls_is_replaced(make);
            checks::refused_connection(make);
            checks::url_that_cannot_be_requested(make);
            checks::timeout_of_the_request_holds_against_a_trickling_server(make);
            checks::timeout_of_a_request_is_for_that_request(make);
            checks::limit_holds_after_decompression(make);
            checks::certificate_of_an_unknown_authority_is_refused(make);
        }
    }
}

/// What cannot be used is refused when the transport is built, and secrets in the settings stay there.
mod settings {
    use std::fmt::Debug;

    use genauth_core::transport::{TransportError, TransportErrorKind};
    use genauth_isahc::IsahcTransport;
    use genauth_ureq::UreqTransport;

    use crate::tls::Authority;

    #[track_caller]
    fn refused(built: Result<impl Debug, TransportError>) {
        let error = built.unwrap_err();
        assert_eq!(
            (error.kind(), error.may_have_reached_server()),
            (TransportErrorKind::Other, false),
            "{error:?}"
        );
    }

    const NO_CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    #[test]
    fn ureq_refuses() {
        for pem in [
            &b""[..],
            b"no PEM",
            b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
            NO_CERTIFICATE,
        ] {
            refused(UreqTransport::builder().add_root_certificate(pem).build());
            refused(UreqTransport::builder().only_root_certificates(pem).build());
        }
        refused(UreqTransport::builder().proxy("not a URL").build());
        refused(UreqTransport::builder().proxy("ftp://127.0.0.1").build());

        let (chain, key) = Authority::new().client_certificate();
        let (_, another_key) = Authority::new().client_certificate();
        let certificate = |chain: &str, key: &str| {
            UreqTransport::builder()
                .client_certificate(chain.as_bytes(), key.as_bytes())
                .build()
        };
        refused(certificate(&chain, &another_key));
        refused(certificate(&chain, "no PEM"));
        refused(certificate(&chain, &chain));
        refused(certificate("no PEM", &key));
        refused(certificate(&key, &key));
        certificate(&chain, &key).unwrap();
    }

    #[test]
    fn isahc_refuses() {
        for pem in [
            &b""[..],
            b"no PEM",
            b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
        ] {
            refused(IsahcTransport::builder().add_root_certificate(pem).build());
            refused(IsahcTransport::builder().only_root_certificates(pem).build());
        }
        refused(IsahcTransport::builder().proxy("not a URL").build());
        refused(
            IsahcTransport::builder()
                .client_certificate_files("/no/such/file", "/no/such/file")
                .build(),
        );
    }

    #[test]
    fn debug_shows_no_secrets() {
        let (chain, key) = Authority::new().client_certificate();
        let proxy = "http://user:s3cr3t@127.0.0.1:3128";
        let ureq = UreqTransport::builder()
            .proxy(proxy)
            .client_certificate(chain.as_bytes(), key.as_bytes());
        let isahc = IsahcTransport::builder().proxy(proxy);
        let builders = format!("{ureq:?} {isahc:?}");
        let text = format!("{builders} {:?} {:?}", ureq.build().unwrap(), isahc.build().unwrap());
        assert!(
            !text.contains("s3cr3t") && !text.to_lowercase().contains("key"),
            "{text}"
        );
    }
}
