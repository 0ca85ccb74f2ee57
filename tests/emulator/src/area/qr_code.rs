//! Signing in by scanning a picture with an application that is signed in.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::area::sign_in::{add_custom_data, authenticate_client, finish, tokens_for};
use crate::clock::{Millis, millis};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Flag, Map as AnyMap, Object, OneOf, Text};
use crate::validate::{Field, may, need};

const LIFETIME: Duration = Duration::from_secs(120);
const TICKET_LIFETIME: Duration = Duration::from_secs(300);
const SCOPE: &str = "openid profile";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Pending,
    Scanned,
    Authorized,
    Cancelled,
    Expired,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Scanned => "SCANNED",
            Self::Authorized => "AUTHORIZED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// Which way the sign-in goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// A web page shows the picture, and the user of the mobile application lets it in.
    Web,
    /// A signed-in web page shows the picture, and lets the mobile application in.
    MobileApp,
}

#[derive(Debug, Clone)]
struct QrCode {
    direction: Direction,
    created_at: Millis,
    status: Status,
    user_id: Option<String>,
    /// Handed out once the user has agreed.
    ticket: Option<String>,
    ticket_expires_at: Millis,
    /// For the user's own, once the user has agreed.
    custom_data: Map<String, Value>,
}

impl QrCode {
    fn status(&self, now: Millis) -> Status {
        let open = matches!(self.status, Status::Pending | Status::Scanned);
        if open && now >= self.created_at.saturating_add(millis(LIFETIME)) {
            Status::Expired
        } else {
            self.status
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct QrCodes {
    codes: HashMap<String, QrCode>,
    /// The code of each ticket.
    tickets: HashMap<String, String>,
}

impl QrCodes {
    fn add(
        &mut self,
        direction: Direction,
        user_id: Option<String>,
        custom_data: Map<String, Value>,
        now: Millis,
    ) -> String {
        let id = random::token();
        let code = QrCode {
            direction,
            created_at: now,
            status: Status::Pending,
            user_id,
            ticket: None,
            ticket_expires_at: 0,
            custom_data,
        };
        self.codes.insert(id.clone(), code);
        id
    }

    fn get(&self, id: &str, direction: Direction) -> Option<&QrCode> {
        self.codes.get(id).filter(|code| code.direction == direction)
    }

    fn get_mut(&mut self, id: &str, direction: Direction) -> Option<&mut QrCode> {
        self.codes.get_mut(id).filter(|code| code.direction == direction)
    }

    /// The user who agreed; the ticket is good for one use.
    fn redeem(&mut self, ticket: &str, now: Millis) -> Option<String> {
        let code = self.codes.get_mut(&self.tickets.remove(ticket)?)?;
        code.ticket = None;
        if now < code.ticket_expires_at {
            code.user_id.clone()
        } else {
            None
        }
    }
}

const BY_ID: &[Field] = &[need("qrcodeId", Text)];
const CHANGE: &[Field] = &[
    need("qrcodeId", Text),
    need("action", OneOf(&["SCAN", "CONFIRM", "CANCEL"])),
];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/gene-qrcode",
        Caller::App,
        &[
            need(
                "type",
                OneOf(&["MOBILE_APP", "WECHAT_MINIPROGRAM", "WECHAT_OFFICIAL_ACCOUNT"]),
            ),
            may("extIdpConnId", Text),
            may("customData", AnyMap),
            may("context", AnyMap),
            may("autoMergeQrCode", Flag),
        ],
        generate,
    ),
    get("/qrcode/{name}", Caller::Anyone, &[], picture),
    get("/api/v3/check-qrcode-status", Caller::App, BY_ID, status),
    get("/api/v3/get-qrcode-status", Caller::App, BY_ID, status),
    get(
        "/api/v3/get-app-login-qrcode-status",
        Caller::App,
        BY_ID,
        app_login_status,
    ),
    post(
        "/api/v3/exchange-tokenset-with-qrcode-ticket",
        Caller::App,
        &[need("ticket", Text), may("client_id", Text), may("client_secret", Text)],
        exchange,
    ),
    post("/api/v3/change-qrcode-status", Caller::User, CHANGE, change),
    post("/api/v3/set-qrcode-status", Caller::User, CHANGE, set),
    post(
        "/api/v3/qrcode-app-login",
        Caller::App,
        &[need("qrcodeId", Text), need("action", OneOf(&["APP_LOGIN"]))],
        app_login,
    ),
    post(
        "/api/v3/gene-fastpass-qrcode-info",
        Caller::User,
        &[may(
            "options",
            Object(&[may("scope", Text), may("context", AnyMap), may("customData", AnyMap)]),
        )],
        generate_fastpass,
    ),
    get(
        "/api/v3/get-fastpass-client-apps",
        Caller::AppOrUser,
        &[need("qrcodeId", Text), need("appId", Text)],
        fastpass_apps,
    ),
];

fn generate(call: &mut Call<'_>) -> Answer {
    let now = call.now;
    let mobile = call.text("type") == "MOBILE_APP";
    let custom_data = custom_data(call, "customData").filter(|_| mobile);
    let id = call
        .world
        .qr_codes
        .add(Direction::Web, None, custom_data.unwrap_or_default(), now);
    let url = format!("{}/qrcode/{id}.svg", call.world.url);
    Ok(Reply::Data(
        json!({ "qrcodeId": id, "url": url, "customLogoUrl": Value::Null }),
    ))
}

fn custom_data(call: &Call<'_>, name: &str) -> Option<Map<String, Value>> {
    call.value(name).and_then(Value::as_object).cloned()
}

/// The picture that the web page shows. What it says is for the mobile application: the scene and the code's id.
fn picture(call: &mut Call<'_>) -> Answer {
    let name = call.variable("name");
    let id = name.strip_suffix(".svg").unwrap_or_default();
    if call.world.qr_codes.get(id, Direction::Web).is_none() {
        return Err(Failure::not_found("There is no such QR code"));
    }
    let text = json!({ "scene": "WEB_LOGIN", "qrcodeId": id, "apiHost": call.world.url }).to_string();
    Ok(Reply::Document {
        content_type: "image/svg+xml".into(),
        body: draw(&text)?.into_bytes(),
    })
}

/// A picture that says this.
pub(crate) fn draw(text: &str) -> Result<String, Failure> {
    let code = qrcode::QrCode::new(text).map_err(|_| Failure::internal("the text is too long for a picture"))?;
    Ok(code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build())
}

fn status(call: &mut Call<'_>) -> Answer {
    show(call, Direction::Web)
}

fn app_login_status(call: &mut Call<'_>) -> Answer {
    show(call, Direction::MobileApp)
}

/// A code that nobody made has the status `ERROR`.
fn show(call: &mut Call<'_>, direction: Direction) -> Answer {
    let Some(code) = call.world.qr_codes.get(&call.text("qrcodeId"), direction) else {
        return Ok(Reply::Data(json!({ "status": "ERROR" })));
    };
    let status = code.status(call.now);
    let (ticket, user_id) = (code.ticket.clone(), code.user_id.clone());
    let mut data = json!({ "status": status.name() });
    let Some(members) = data.as_object_mut() else {
        return Ok(Reply::Data(data));
    };
    let user = user_id.as_deref().and_then(|id| call.world.user(id));
    if let Some(user) = user
        && matches!(status, Status::Scanned | Status::Authorized | Status::Cancelled)
    {
        members.insert(
            "briefUserInfo".to_owned(),
            json!({ "displayName": user.display_name(), "photo": user.photo() }),
        );
    }
    if let (Some(ticket), Some(user_id), Status::Authorized) = (ticket, user_id, status) {
        members.insert("ticket".to_owned(), json!(ticket));
        if call.world.settings.qr_code_tokens {
            let set = tokens_for(call, &user_id, SCOPE, "loginByQRCode")?;
            members.insert("tokenSet".to_owned(), Value::Object(set));
        }
    }
    Ok(Reply::Data(data))
}

fn change(call: &mut Call<'_>) -> Answer {
    step(call)?;
    Ok(Reply::Done)
}

fn set(call: &mut Call<'_>) -> Answer {
    step(call)?;
    Ok(Reply::success())
}

/// The code has to be scanned before it can be confirmed or cancelled, by the same user.
fn step(call: &mut Call<'_>) -> Result<(), Failure> {
    let (id, action, user_id, now) = (call.text("qrcodeId"), call.text("action"), call.user_id()?, call.now);
    let code = call.world.qr_codes.get_mut(&id, Direction::Web);
    let code = code.ok_or_else(|| Failure::not_found("There is no such QR code"))?;
    let own = code.user_id.as_ref().is_none_or(|owner| *owner == user_id);
    let (mut custom, mut ticket) = (Map::new(), None);
    code.status = match (code.status(now), action.as_str()) {
        (Status::Expired, _) => return Err(Failure::refused("The QR code has expired")),
        (Status::Pending, "SCAN") => Status::Scanned,
        (Status::Scanned, _) if !own => return Err(Failure::forbidden("Another user scanned this QR code")),
        (Status::Scanned, "CONFIRM") => {
            custom = std::mem::take(&mut code.custom_data);
            let new = random::token();
            code.ticket = Some(new.clone());
            ticket = Some(new);
            code.ticket_expires_at = now.saturating_add(millis(TICKET_LIFETIME));
            Status::Authorized
        }
        (Status::Scanned, "CANCEL") => Status::Cancelled,
        (Status::Pending, _) => return Err(Failure::refused("The QR code has not been scanned yet")),
        _ => return Err(Failure::refused("The QR code is not waiting for this")),
    };
    code.user_id = Some(user_id.clone());
    if let Some(ticket) = ticket {
        call.world.qr_codes.tickets.insert(ticket, id);
    }
    add_custom_data(call, &user_id, custom)
}

fn exchange(call: &mut Call<'_>) -> Answer {
    authenticate_client(call)?;
    let (ticket, now) = (call.text("ticket"), call.now);
    let user_id = call.world.qr_codes.redeem(&ticket, now);
    let user_id = user_id.ok_or_else(|| Failure::invalid("ticket is wrong, was used or has expired"))?;
    finish(call, &user_id, SCOPE, "loginByQRCode")
}

fn generate_fastpass(call: &mut Call<'_>) -> Answer {
    let (user_id, now) = (call.user_id()?, call.now);
    let custom_data = custom_data(call, "options.customData").unwrap_or_default();
    let id = call
        .world
        .qr_codes
        .add(Direction::MobileApp, Some(user_id.clone()), custom_data, now);
    let user = call.user()?;
    let settings = &call.world.settings;
    Ok(Reply::Data(json!({
        "scene": "APP_LOGIN",
        "qrcodeId": id,
        "apiHost": call.world.url,
        "user": { "id": user_id, "displayName": user.display_name(), "photo": user.photo() },
        "appId": settings.app_id,
        "userpool": { "id": settings.user_pool_id, "displayName": "emulator", "photo": "" },
    })))
}

/// The mobile application reads this after scanning, so the code counts as scanned from here on.
fn fastpass_apps(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.text("qrcodeId"), call.now);
    if call.text("appId") != call.world.settings.app_id {
        return Err(coded::UNKNOWN_APP);
    }
    let code = open_app_login(call, &id, now)?;
    if code.status == Status::Pending {
        code.status = Status::Scanned;
    }
    let app_id = &call.world.settings.app_id;
    Ok(Reply::Data(
        json!({ "relationApps": [{ "id": app_id, "name": "emulator", "logo": "" }] }),
    ))
}

fn app_login(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.text("qrcodeId"), call.now);
    let code = open_app_login(call, &id, now)?;
    code.status = Status::Authorized;
    let (user_id, custom) = (
        code.user_id.clone().unwrap_or_default(),
        std::mem::take(&mut code.custom_data),
    );
    add_custom_data(call, &user_id, custom)?;
    finish(call, &user_id, SCOPE, "loginByQRCode")
}

fn open_app_login<'a>(call: &'a mut Call<'_>, id: &str, now: Millis) -> Result<&'a mut QrCode, Failure> {
    let code = call.world.qr_codes.get_mut(id, Direction::MobileApp);
    let code = code.ok_or_else(|| Failure::not_found("There is no such QR code"))?;
    match code.status(now) {
        Status::Pending | Status::Scanned => Ok(code),
        Status::Expired => Err(Failure::refused("The QR code has expired")),
        _ => Err(Failure::refused("The QR code was used")),
    }
}
