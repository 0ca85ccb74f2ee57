//! The API, one file per section: a table of its routes, then their handlers.

// Every handler has the same type, also where it cannot fail.
#![allow(clippy::unnecessary_wraps)]

pub(crate) mod account_linking;
pub(crate) mod approvals;
pub(crate) mod authorization;
pub(crate) mod authorize;
pub(crate) mod captcha;
pub(crate) mod cas;
pub(crate) mod control;
pub(crate) mod devices;
pub(crate) mod invitations;
pub(crate) mod management;
pub(crate) mod messages;
pub(crate) mod mfa;
pub(crate) mod my_resources;
pub(crate) mod oidc;
pub(crate) mod profile;
pub(crate) mod public_info;
pub(crate) mod push;
pub(crate) mod qr_code;
pub(crate) mod sign_in;
pub(crate) mod sign_in_page;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
pub(crate) mod social;
pub(crate) mod token;
pub(crate) mod uploads;
pub(crate) mod webauthn;

use crate::route::Route;

/// The whole routing table.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    [
        account_linking::ROUTES,
        approvals::ROUTES,
        authorization::ROUTES,
        authorize::ROUTES,
        captcha::ROUTES,
        cas::ROUTES,
        devices::ROUTES,
        invitations::ROUTES,
        messages::ROUTES,
        management::ROUTES,
        mfa::ROUTES,
        my_resources::ROUTES,
        oidc::ROUTES,
        profile::ROUTES,
        public_info::ROUTES,
        push::ROUTES,
        qr_code::ROUTES,
        sign_in::ROUTES,
        sign_in_page::ROUTES,
        sign_out::ROUTES,
        sign_up::ROUTES,
        social::ROUTES,
        token::ROUTES,
        uploads::ROUTES,
        webauthn::ROUTES,
    ]
    .into_iter()
    .flatten()
    .chain(control::routes())
}
