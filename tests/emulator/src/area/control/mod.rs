//! The emulator's own endpoints, for tests in other languages and for people. They see no faults and are not recorded; a
//! failure has its status in HTTP too, and a member that they do not know is refused.

mod page;
mod set_up;
mod steer;

use serde_json::{Value, json};

use crate::failure::{Answer, Reply};
use crate::route::{Call, Caller, Route, delete, get, post};
use crate::server::accepts_html;
use crate::validate::Kind::{Any, Flag, Integer, OneOf, Text};
use crate::validate::{describe, may, need};

/// The endpoints, each with a sentence about it.
const ENDPOINTS: &[(Route, &str)] = &[
    (
        get("/_emulator", Caller::Anyone, &[], index),
        "This list; in a browser, a page with what is in the emulator.",
    ),
    // Time.
    (
        get("/_emulator/clock", Caller::Anyone, &[], steer::clock),
        "The time of the emulator: now (ISO 8601), unixMilliseconds, held.",
    ),
    (
        post(
            "/_emulator/clock",
            Caller::Anyone,
            &[may("now", Any), may("advanceMilliseconds", Integer), may("hold", Flag)],
            steer::set_clock,
        ),
        "Sets the clock to now (ISO 8601, or milliseconds since 1970), moves it forward, holds it still or lets it go on.",
    ),
    (
        post(
            "/_emulator/advance",
            Caller::Anyone,
            &[need("seconds", Integer)],
            steer::advance,
        ),
        "Moves the clock forward, at most to the end of the year 9999.",
    ),
    // What was sent.
    (
        get(
            "/_emulator/outbox",
            Caller::Anyone,
            &[may("to", Text), may("channel", Text)],
            steer::outbox,
        ),
        "The messages that were \"sent\", oldest first: channel, to, passCode, sentAt.",
    ),
    (
        get(
            "/_emulator/requests",
            Caller::Anyone,
            &[may("path", Text)],
            steer::requests,
        ),
        "The latest requests, oldest first, of one path or of all: {\"totalCount\": all that ever came, \"list\": [..]}.",
    ),
    (
        delete(
            "/_emulator/requests",
            Caller::Anyone,
            &[may("path", Text)],
            steer::take_requests,
        ),
        "The same, which are forgotten by this.",
    ),
    (
        get("/_emulator/uploads", Caller::Anyone, &[], steer::uploads),
        "The latest files that were uploaded: key, contentType, size, url.",
    ),
    // What goes wrong.
    (
        get("/_emulator/faults", Caller::Anyone, &[], steer::show_faults),
        "The faults that wait for their calls, and whether the rate is limited.",
    ),
    (
        post(
            "/_emulator/faults",
            Caller::Anyone,
            &[
                may("rateLimit", Flag),
                may("fault", OneOf(steer::FAULTS)),
                may("path", Text),
                may("count", Integer),
                may("always", Flag),
                may("status", Integer),
                may("statusCode", Integer),
                may("apiCode", Integer),
                may("milliseconds", Integer),
                may("clear", Flag),
            ],
            steer::faults,
        ),
        "Lets the next count calls (1), or always, fail; those of one path (ends with *: all that begin so) or of all. status \
         is for the fault status (500), statusCode and apiCode for business, milliseconds for delay. rateLimit switches \
         HTTP 429 on or off for all calls; clear takes everything back first.",
    ),
    // The whole.
    (
        get("/_emulator/rules", Caller::Anyone, &[], steer::show_rules),
        "The rules that are switched on.",
    ),
    (
        post("/_emulator/rules", Caller::Anyone, &[], steer::change_rules),
        "Changes the rules that it names (see GET): passwordPolicy {length, kinds}, lockOut {failures, seconds} or null, \
         captcha never | afterFailures (captchaFailures) | always, firstPassword, secondFactor nobody | enrolled | everybody, \
         strictRedirectUris, profileByScope, allowedOrigins [..].",
    ),
    (
        post("/_emulator/reset", Caller::Anyone, &[], steer::reset),
        "Begins anew: all is as after the start, the seed included.",
    ),
    (
        get("/_emulator/snapshots", Caller::Anyone, &[], steer::snapshots),
        "The ids of the snapshots.",
    ),
    (
        post("/_emulator/snapshots", Caller::Anyone, &[], steer::take_snapshot),
        "Takes a snapshot of the state and answers its id.",
    ),
    (
        post(
            "/_emulator/snapshots/{id}/restore",
            Caller::Anyone,
            &[],
            steer::restore_snapshot,
        ),
        "Returns to the state of a snapshot.",
    ),
    (
        delete("/_emulator/snapshots/{id}", Caller::Anyone, &[], steer::drop_snapshot),
        "Forgets a snapshot.",
    ),
    (
        post(
            "/_emulator/keys",
            Caller::Anyone,
            &[may("forget", Flag)],
            steer::rotate_keys,
        ),
        "Signs tokens with a new key; with forget, the key set loses the old ones.",
    ),
    // Users.
    (
        get("/_emulator/users", Caller::Anyone, &[], set_up::users),
        "All profiles.",
    ),
    (
        post("/_emulator/users", Caller::Anyone, &[], set_up::add_user),
        "Adds a user and answers the userId: members of the profile (username, email, emailVerified, phone, name, status ..), \
         and password, userId, customData, roles [\"namespace:code\"], groups, departments, tenants, identities \
         [{extIdp, userIdInIdp}].",
    ),
    (
        get("/_emulator/users/{userId}", Caller::Anyone, &[], set_up::user),
        "The profile of a user.",
    ),
    (
        post("/_emulator/users/{userId}", Caller::Anyone, &[], set_up::set_fields),
        "Sets members of a user's profile, for instance {\"status\": \"Suspended\"}.",
    ),
    (
        post(
            "/_emulator/users/{userId}/access-token",
            Caller::Anyone,
            &[may("scope", Text)],
            set_up::access_token,
        ),
        "Signs a user in without a question and answers accessToken.",
    ),
    (
        delete(
            "/_emulator/users/{userId}/tokens",
            Caller::Anyone,
            &[],
            set_up::revoke_tokens,
        ),
        "Revokes all tokens of a user.",
    ),
    (
        post("/_emulator/users/{userId}/unlock", Caller::Anyone, &[], set_up::unlock),
        "Unlocks an account that was locked after wrong passwords.",
    ),
    (
        post(
            "/_emulator/users/{userId}/mfa-token",
            Caller::Anyone,
            &[],
            set_up::mfa_token,
        ),
        "A token of a sign-in that waits for its second factor.",
    ),
    (
        get("/_emulator/users/{userId}/totp", Caller::Anyone, &[], set_up::totp_of),
        "The one-time password of this moment of a user who has enrolled one.",
    ),
    (
        post(
            "/_emulator/users/{userId}/roles",
            Caller::Anyone,
            &[may("namespace", Text), need("code", Text)],
            set_up::grant_role,
        ),
        "Gives a user a role, which is made if there is none, and answers its id.",
    ),
    (
        post(
            "/_emulator/users/{userId}/groups",
            Caller::Anyone,
            &[need("code", Text)],
            set_up::add_to_group,
        ),
        "Puts a user into a group.",
    ),
    (
        post(
            "/_emulator/users/{userId}/departments",
            Caller::Anyone,
            &[need("name", Text)],
            set_up::add_to_department,
        ),
        "Puts a user into a department and answers its id.",
    ),
    (
        post(
            "/_emulator/users/{userId}/tenants",
            Caller::Anyone,
            &[need("name", Text)],
            set_up::add_to_tenant,
        ),
        "Puts a user into a tenant and answers its id.",
    ),
    (
        post(
            "/_emulator/users/{userId}/public-accounts",
            Caller::Anyone,
            &[need("accountId", Text)],
            set_up::add_public_account,
        ),
        "Lets a user switch to a public account.",
    ),
    (
        post(
            "/_emulator/users/{userId}/identities",
            Caller::Anyone,
            &[need("extIdp", Text), need("userIdInIdp", Text)],
            set_up::link_identity,
        ),
        "Links a user to an account at an identity source.",
    ),
    // What an administrator would set up.
    (
        post("/_emulator/seed", Caller::Anyone, &[], set_up::plant),
        "Adds what a seed file holds: users, roles, extIdps.",
    ),
    (
        post("/_emulator/roles", Caller::Anyone, &[], set_up::add_role),
        "Makes a role or finds it, adds its permissions ({resource, actions, and one of text, list, tree}), and answers its \
         id: namespace, code, permissions [..].",
    ),
    (
        post(
            "/_emulator/ext-idps",
            Caller::Anyone,
            &[need("identifier", Text), need("provider", Text)],
            set_up::add_ext_idp,
        ),
        "Connects an identity source and answers its id.",
    ),
    (
        post(
            "/_emulator/invitations",
            Caller::Anyone,
            &[need("email", Text)],
            set_up::invite,
        ),
        "Invites an address and answers identifier and signature.",
    ),
    (
        post(
            "/_emulator/approvals/{number}",
            Caller::Anyone,
            &[need("agreed", Flag)],
            set_up::decide,
        ),
        "Decides about a request for access.",
    ),
    (
        post(
            "/_emulator/authorize",
            Caller::Anyone,
            &[need("url", Text), need("userId", Text)],
            set_up::authorize,
        ),
        "What the sign-in page does for a user: answers the location that the browser would be sent to.",
    ),
    (
        post("/_emulator/totp", Caller::Anyone, &[need("secret", Text)], set_up::totp),
        "The one-time password of this moment for a secret, or for an otpauth address.",
    ),
    (
        delete(
            "/_emulator/management-tokens",
            Caller::Anyone,
            &[],
            set_up::revoke_management_tokens,
        ),
        "Revokes all tokens of the management API.",
    ),
    // Events.
    (
        get("/_emulator/events", Caller::Anyone, &[], steer::event_connections),
        "How many event sockets are open.",
    ),
    (
        post(
            "/_emulator/events",
            Caller::Anyone,
            &[need("eventType", Text), may("userId", Text), may("eventData", Any)],
            steer::publish,
        ),
        "Publishes an event, of a user or of nobody, and answers how many subscribers it was sent to.",
    ),
    (
        delete("/_emulator/events", Caller::Anyone, &[], steer::drop_events),
        "Cuts the connection of every event socket.",
    ),
    (
        post(
            "/_emulator/webhooks",
            Caller::Anyone,
            &[
                need("url", Text),
                need("eventName", Text),
                may("data", Any),
                may("form", Flag),
            ],
            steer::send_webhook,
        ),
        "Delivers an event to a webhook, as JSON or as a form, and answers its HTTP status.",
    ),
];

pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    ENDPOINTS.iter().map(|(route, _)| route)
}

/// Whether the handler of this path looks at each member by itself.
pub(crate) fn reads_all(path: &str) -> bool {
    [
        "/_emulator/users",
        "/_emulator/users/{userId}",
        "/_emulator/seed",
        "/_emulator/roles",
        "/_emulator/rules",
    ]
    .contains(&path)
}

fn done() -> Answer {
    Ok(Reply::Bare(json!({})))
}

/// What can be done here; for people, what there is.
fn index(call: &mut Call<'_>) -> Answer {
    if accepts_html(call.headers) {
        return Ok(page::overview(call));
    }
    let endpoint = |(route, about): &(Route, &str)| json!({ "method": route.method, "path": route.path, "input": describe(route.fields), "about": about });
    let settings = &call.world.settings;
    Ok(Reply::Bare(json!({
        "name": "genauth-emulator",
        "version": env!("CARGO_PKG_VERSION"),
        "url": call.world.url,
        "appId": settings.app_id,
        "userPoolId": settings.user_pool_id,
        "now": crate::clock::iso8601(call.now),
        "about": "Input goes into the query of a GET or DELETE, and as a JSON object or a form into the body of a POST. \
                  Failures have their status in HTTP and say in `message` what is wrong.",
        "endpoints": ENDPOINTS.iter().map(endpoint).collect::<Vec<Value>>(),
    })))
}
