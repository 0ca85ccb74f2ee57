//! The authentication API: what an application does for its users, one module for each section.
//!
//! A module reads from top to bottom: the table of its operations, then their types.

pub mod account_linking;
pub mod approvals;
pub mod authorization;
pub mod devices;
pub mod douyin;
pub mod invitations;
pub mod messages;
pub mod mfa;
pub mod my_resources;
pub mod profile;
pub mod public_info;
pub mod sign_in;
pub mod sign_up;
pub mod uploads;
pub mod webauthn;
pub mod wechat;

use crate::OperationInfo;

/// The rows of every section.
pub(crate) const REGISTERS: &[&[OperationInfo]] = &[
    account_linking::REGISTER,
    approvals::REGISTER,
    authorization::REGISTER,
    devices::REGISTER,
    douyin::REGISTER,
    invitations::REGISTER,
    messages::REGISTER,
    mfa::REGISTER,
    my_resources::REGISTER,
    profile::REGISTER,
    public_info::REGISTER,
    sign_in::REGISTER,
    sign_up::REGISTER,
    uploads::REGISTER,
    webauthn::REGISTER,
    wechat::REGISTER,
];

/// Shows each operation, with its types.
#[cfg(feature = "full-serde")]
pub(crate) fn visit<V: crate::OperationVisitor>(visitor: &mut V) {
    account_linking::visit(visitor);
    approvals::visit(visitor);
    authorization::visit(visitor);
    devices::visit(visitor);
    douyin::visit(visitor);
    invitations::visit(visitor);
    messages::visit(visitor);
    mfa::visit(visitor);
    my_resources::visit(visitor);
    profile::visit(visitor);
    public_info::visit(visitor);
    sign_in::visit(visitor);
    sign_up::visit(visitor);
    uploads::visit(visitor);
    webauthn::visit(visitor);
    wechat::visit(visitor);
}
