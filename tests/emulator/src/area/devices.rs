//! The devices that a user is signed in with.

use crate::failure::{Answer, Failure, Reply};
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Limit, Page, Text};
use crate::validate::{may, need};

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/mydevices/list",
        Caller::User,
        &[may("page", Page), may("limit", Limit)],
        list,
    ),
    post(
        "/api/v3/mydevices/unbind",
        Caller::User,
        &[need("deviceId", Text)],
        unbind,
    ),
    post(
        "/api/v3/mydevices/revoke-session",
        Caller::User,
        &[need("deviceId", Text)],
        revoke,
    ),
];

/// A list without a count, unlike most.
fn list(call: &mut Call<'_>) -> Answer {
    let (user_id, now) = (call.user_id()?, call.now);
    let own = call.world.sessions.devices_of(&user_id).iter();
    let shown = own.map(|device| device.to_json(call.world.tokens.is_online(&user_id, &device.id, now)));
    Ok(Reply::Data(call.page_of(shown.collect()).1.into()))
}

fn unbind(call: &mut Call<'_>) -> Answer {
    let (user_id, device_id) = end_sessions(call)?;
    call.world.sessions.forget_device(&user_id, &device_id);
    Ok(Reply::Done)
}

fn revoke(call: &mut Call<'_>) -> Answer {
    end_sessions(call)?;
    Ok(Reply::Done)
}

/// Takes the device's tokens out of circulation, the caller's own included if it is the same device.
fn end_sessions(call: &mut Call<'_>) -> Result<(String, String), Failure> {
    let (user_id, device_id) = (call.user_id()?, call.text("deviceId"));
    if call.world.sessions.device(&user_id, &device_id).is_none() {
        return Err(Failure::not_found("There is no such device"));
    }
    call.world.tokens.revoke_device(&user_id, &device_id);
    Ok((user_id, device_id))
}
