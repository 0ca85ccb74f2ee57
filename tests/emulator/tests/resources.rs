//! What a user has and may do: identities, devices, permissions, requests for access, invitations, files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, agent, fails, ok};
use genauth_emulator::{Decision, Emulator, Permission, UserSeed};
use serde_json::{Value, json};

fn bob() -> UserSeed {
    UserSeed::new().username("bob").password("passw0rd")
}

fn signed_in<'a>(emulator: &'a Emulator, id: &str) -> Caller<'a> {
    Caller::new(emulator).with_token(emulator.access_token(id).unwrap())
}

#[test]
fn knows_what_a_user_belongs_to() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    emulator.grant_role(&id, "default", "editor").unwrap();
    emulator.grant_role(&id, "shop", "seller").unwrap();
    emulator.add_to_group(&id, "friends").unwrap();
    emulator.add_to_tenant(&id, "acme").unwrap();
    let departments: Vec<_> = (0..12)
        .map(|n| emulator.add_to_department(&id, &format!("department {n}")).unwrap())
        .collect();
    let caller = signed_in(&emulator, &id);
    assert_eq!(ok(&caller.get("/api/v3/get-my-role-list")).as_array().unwrap().len(), 2);
    let roles = ok(&caller.get("/api/v3/get-my-role-list?namespace=shop"));
    assert_eq!((&roles[0]["code"], &roles[1]), (&json!("seller"), &Value::Null));
    assert_eq!(ok(&caller.get("/api/v3/get-my-group-list"))[0]["code"], "friends");
    assert_eq!(ok(&caller.get("/api/v3/get-my-tenant-list"))[0]["tenantName"], "acme");
    assert_eq!(
        ok(&caller.get("/api/v3/get-my-logged-in-apps"))[0]["appId"],
        json!(emulator.app_id())
    );
    assert_eq!(ok(&caller.get("/api/v3/get-my-accessible-apps"))[0]["active"], true);
    ok(&caller.post("/api/v2/applications/subject/person/list", &json!({})));

    let page = |query: &str| caller.get(&format!("/api/v3/get-my-department-list{query}"));
    let first = ok(&page(""));
    assert_eq!(
        (&first["totalCount"], first["list"].as_array().unwrap().len()),
        (&json!(12), 10)
    );
    assert_eq!(ok(&page("?page=2"))["list"][1]["departmentId"], json!(departments[11]));
    assert_eq!(ok(&page("?page=9&limit=50"))["list"], json!([]));
    assert_eq!(page("?limit=51")["message"], "limit must not be greater than 50");
    fails(&page("?page=0"), 400, 0);
    fails(&page("?page=x"), 400, 0);
    let profile = ok(&caller.get("/api/v3/get-profile?withDepartmentIds=true"));
    assert_eq!(profile["departmentIds"].as_array().unwrap().len(), 12);
}

#[test]
fn checks_permissions() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    emulator.grant_role(&id, "shop", "seller").unwrap();
    emulator.allow("shop", "seller", Permission::on_text("motto", "be brief", &["read"]));
    emulator.allow(
        "shop",
        "seller",
        Permission::on_list("colours", &["red", "green"], &["read", "paint"]),
    );
    emulator.allow(
        "shop",
        "seller",
        Permission::on_tree("files", &["home/docs", "home/music"], &["open"]),
    );
    emulator.allow("shop", "owner", Permission::on_text("till", "open", &["read"]));
    let caller = signed_in(&emulator, &id);
    let check = |kind: &str, action: &str, resources: Value| {
        let body = json!({ "action": action, "resources": resources });
        let answer = ok(&caller.post(&format!("/api/v3/check-permission-{kind}-resource"), &body));
        let list = answer["checkResultList"].as_array().unwrap().clone();
        list.iter()
            .map(|result| result["enabled"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        check("string", "read", json!(["motto", "till", "colours", "none"])),
        [true, false, false, false]
    );
    assert_eq!(check("string", "write", json!(["motto"])), [false]);
    assert_eq!(check("array", "paint", json!(["colours"])), [true]);
    assert_eq!(
        check("tree", "open", json!(["files", "files/home/docs", "files/home"])),
        [true, true, false]
    );
    let empty = json!({ "action": "read", "resources": [] });
    let answer = caller.post("/api/v3/check-permission-string-resource", &empty);
    assert_eq!(
        answer["message"],
        "resources must contain at least 1 elements,resources should not be empty"
    );

    let all = ok(&caller.get("/api/v3/get-user-auth-resource-list"));
    assert_eq!(all["userPermissionList"][0]["namespaceCode"], "shop");
    assert_eq!(
        all["userPermissionList"][0]["resourceList"].as_array().unwrap().len(),
        3
    );
    let body = json!({ "resources": ["colours", "till"] });
    let list = ok(&caller.post("/api/v3/get-user-auth-resource-permission-list", &body));
    assert_eq!(
        list["permissionList"],
        json!([{ "namespaceCode": "shop", "resource": "colours", "actions": ["read", "paint"] }])
    );
    let structure = |resource: &str| {
        caller.post(
            "/api/v3/get-user-auth-resource-struct",
            &json!({ "resource": resource }),
        )
    };
    let tree = &ok(&structure("files"))["treeResourceAuthAction"]["nodeAuthActionList"];
    assert_eq!((&tree[0]["code"], &tree[0]["actions"]), (&json!("home"), &json!([])));
    assert_eq!(tree[0]["children"][1]["actions"], json!(["open"]));
    assert_eq!(ok(&structure("motto"))["strResourceAuthAction"]["value"], "be brief");
    fails(&structure("till"), 404, 0);
    assert_eq!(ok(&caller.get("/api/v3/get-my-authorized-resources"))["totalCount"], 3);
    assert_eq!(
        ok(&caller.get("/api/v3/get-my-authorized-resources?resourceType=API"))["totalCount"],
        0
    );
}

#[test]
fn remembers_devices_and_sign_ins() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(bob()).unwrap();
    let anybody = Caller::new(&emulator);
    let body = anybody.credentials("bob", "passw0rd").to_string();
    let enter = |user_agent: &str| {
        let headers = [("user-agent", user_agent)];
        let answer = anybody
            .send("POST", "/api/v3/signin", &headers, body.as_bytes())
            .unwrap()
            .json();
        let token = ok(&answer)["access_token"].as_str().unwrap().to_owned();
        Caller::new(&emulator).with_token(token)
    };
    let (laptop, phone) = (
        enter("Mozilla/5.0 (Windows) Firefox"),
        enter("Mozilla/5.0 (iPhone) Safari"),
    );
    enter("Mozilla/5.0 (Windows) Firefox");
    fails(&anybody.sign_in("bob", "wrong1"), 403, 2006);
    let devices = ok(&laptop.get("/api/v3/mydevices/list"));
    assert_eq!(devices.as_array().unwrap().len(), 2);
    assert_eq!(
        (&devices[1]["device"]["os"], &devices[1]["online"]),
        (&json!("iPhone"), &json!(true))
    );
    let device = json!({ "deviceId": devices[1]["device"]["deviceId"] });
    ok(&laptop.post("/api/v3/mydevices/revoke-session", &device));
    fails(&phone.get("/api/v3/get-profile"), 401, 2020);
    assert_eq!(ok(&laptop.get("/api/v3/mydevices/list"))[1]["online"], false);
    ok(&laptop.post("/api/v3/mydevices/unbind", &device));
    fails(&laptop.post("/api/v3/mydevices/unbind", &device), 404, 0);

    let history = |query: &str| ok(&laptop.get(&format!("/api/v3/get-my-login-history{query}")));
    let all = history("");
    assert_eq!(
        (&all["totalCount"], &all["list"][0]["success"]),
        (&json!(4), &json!(false))
    );
    assert_eq!(history("?success=true&limit=2")["totalCount"], 3);
    assert_eq!(history("?appId=other")["totalCount"], 0);
    assert_eq!(history("?end=1000")["totalCount"], 0);
    assert_eq!(ok(&laptop.get("/api/v3/get-profile"))["loginsCount"], 3);
}

#[test]
fn signs_in_with_accounts_elsewhere() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let enter = |code: &str, connection: &str| {
        let mut body = caller.credentials("", "");
        body["connection"] = json!("wechat");
        body["extIdpConnidentifier"] = json!(connection);
        body["wechatPayload"] = json!({ "code": code });
        caller.post("/api/v3/signin-by-mobile", &body)
    };
    fails(&enter("me", "unknown"), 404, 0);
    fails(&enter("", "my-wechat"), 400, 0);
    let token = ok(&enter("me", "my-wechat"))["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let me = Caller::new(&emulator).with_token(token);
    let user_id = ok(&me.get("/api/v3/get-profile"))["userId"]
        .as_str()
        .unwrap()
        .to_owned();
    let identities = ok(&me.get("/api/v3/get-identities"));
    assert_eq!(
        (&identities[0]["provider"], &identities[0]["userIdInIdp"]),
        (&json!("wechat"), &json!("me"))
    );
    ok(&enter("me", "my-wechat"));
    assert_eq!(emulator.user(&user_id).unwrap()["loginsCount"], 2);

    // The only way to sign in stays.
    let unlink = json!({ "extIdpId": identities[0]["extIdpId"] });
    fails(&me.post("/api/v3/unlink-extidp", &unlink), 422, 0);
    emulator.set_user_field(&user_id, "email", "me@example.com").unwrap();
    ok(&me.post("/api/v3/unlink-extidp", &unlink));
    fails(&me.post("/api/v3/unlink-extidp", &unlink), 404, 0);

    emulator.add_ext_idp("my-github", "github").unwrap();
    emulator.link_identity(&user_id, "my-github", "octocat").unwrap();
    assert_eq!(ok(&me.get("/api/v3/get-identities"))[0]["provider"], "github");
    let enabled = ok(&me.get("/api/v3/get-application-enabled-extidps"));
    assert_eq!(enabled[1]["identifier"], "my-github");
}

#[test]
fn sends_browsers_away() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    let path = |client_id: &str| {
        format!(
            "/api/v3/signin-by-extidp?client_id={client_id}&ext_idp_conn_id=my-wechat&response_type=code\
             &redirect_uri=https%3A%2F%2Fapp.example.com&scope=openid&state=xyz"
        )
    };
    let answer = caller.send("GET", &path(emulator.app_id()), &[], b"").unwrap();
    assert_eq!(answer.status, 302);
    assert!(
        answer
            .header("location")
            .starts_with("https://wechat.example.com/authorize?")
    );
    assert!(answer.header("location").contains("state=xyz"));
    fails(&caller.get(&path("other")), 404, 2011);

    let set = ok(&caller.sign_in("bob", "passw0rd"));
    let link = |id_token: &str| {
        let app_id = emulator.app_id();
        caller.get(&format!(
            "/api/v3/generate-link-extidp-url?ext_idp_conn_identifier=my-wechat&app_id={app_id}&id_token={id_token}"
        ))
    };
    fails(&link("none"), 401, 2020);
    let url = ok(&link(set["id_token"].as_str().unwrap()))["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = url.strip_prefix(emulator.url()).unwrap();
    assert_eq!(caller.send("GET", path, &[], b"").unwrap().status, 302);
}

#[test]
fn asks_strangers_from_wechat_who_they_are() {
    let emulator = Emulator::start().unwrap();
    let bob = emulator.add_user(bob().email("bob@example.com")).unwrap();
    let caller = Caller::new(&emulator);
    let base = "/api/v2/ecConn/wechatMobile";
    let arrive = |code: &str| caller.post(&format!("{base}/authByCodeIdentity"), &json!({ "code": code }));
    let question = arrive("stranger");
    assert_eq!(question["statusCode"], 301);
    let body = |code: &str| {
        json!({
            "email": "bob@example.com",
            "code": code,
            "action": "bind-identity-by-email-code",
            "key": question["data"]["key"],
        })
    };
    let code = caller.email_code("bob@example.com", "LOGIN");
    let set = caller.post(&format!("{base}/byEmailCode"), &body(&code));
    assert!(set["access_token"].is_string() && set.get("statusCode").is_none());
    assert_eq!(arrive("stranger")["token_type"], "Bearer");
    assert_eq!(
        ok(&signed_in(&emulator, &bob).get("/api/v3/get-identities"))[0]["userIdInIdp"],
        "stranger"
    );
    emulator.advance(Duration::from_secs(60));
    let code = caller.email_code("bob@example.com", "LOGIN");
    fails(&caller.post(&format!("{base}/byEmailCode"), &body(&code)), 400, 0);

    let key = arrive("other")["data"]["key"].clone();
    let body = json!({ "account": "bob", "password": "passw0rd", "action": "bind-identity-by-password", "key": key });
    assert!(caller.post(&format!("{base}/byAccount"), &body)["access_token"].is_string());
    let key = arrive("third")["data"]["key"].clone();
    let body = json!({ "action": "create-federation-account", "key": key });
    assert!(caller.post(&format!("{base}/register"), &body)["id_token"].is_string());
    let key = arrive("fourth")["data"]["key"].clone();
    let body = json!({ "accountId": bob, "action": "bind-identity-by-account-id", "key": key });
    assert!(caller.post(&format!("{base}/byAccountId"), &body)["id_token"].is_string());
    assert!(ok(&caller.post(&format!("{base}/authByCode"), &json!({ "code": "fourth" })))["id_token"].is_string());
}

#[test]
fn asks_for_access() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let role = emulator.add_role("default", "editor");
    let caller = signed_in(&emulator, &id);
    let roles = || {
        ok(&caller.get(&format!(
            "/api/v3/roles-permission-applicable?appId={}",
            emulator.app_id()
        )))
    };
    assert_eq!(roles()["list"][0]["roleId"], json!(role));
    let apps = ok(&caller.get("/api/v3/applications-permission-applicable"));
    assert_eq!(apps["list"][0]["appType"], "web");
    let ask = |id: &str| json!({ "objectType": "ROLE_PERMISSION_APPLY", "objectId": id });
    fails(&caller.post("/api/v3/approval", &ask("unknown")), 404, 0);
    let created = ok(&caller.post("/api/v3/approval", &ask(&role)));
    let number = created["number"].as_str().unwrap();
    let detail = || ok(&caller.get(&format!("/api/v3/approval?number={number}")));
    assert_eq!(
        (&detail()["status"], &detail()["closedTime"]),
        (&json!("PENDING"), &Value::Null)
    );
    emulator.decide_approval(number, Decision::Agree).unwrap();
    assert!(emulator.decide_approval(number, Decision::Agree).is_err());
    assert_eq!(detail()["status"], "AGREED");
    assert_eq!(ok(&caller.get("/api/v3/get-my-role-list"))[0]["code"], "editor");
    assert_eq!(roles()["totalCount"], 0);

    let batch = json!({ "objectType": "APP_PERMISSION_APPLY", "objectIds": [emulator.app_id(), emulator.app_id()] });
    ok(&caller.post("/api/v3/approval-batch", &batch));
    let list = ok(&caller.get("/api/v3/approval-initiated-list?pageNo=2&pageSize=1"));
    assert_eq!(
        (&list["totalCount"], list["list"].as_array().unwrap().len()),
        (&json!(3), 1)
    );
    let apps = ok(&caller.get("/api/v3/approval-initiated-list?objectType=APP_PERMISSION_APPLY"));
    assert_eq!(apps["totalCount"], 2);
}

#[test]
fn lets_invited_people_in() {
    let emulator = Emulator::start().unwrap();
    let member = Caller::signed_in(&emulator, bob());
    let guest = Caller::new(&emulator);
    let make = json!({});
    let link = ok(&member.post("/api/v3/generate-universal-invitation-link-by-member", &make))["link"].clone();
    let identifier = link.as_str().unwrap().rsplit_once('=').unwrap().1;
    let config = format!("/api/v3/get-universal-invitation-public-config?identifier={identifier}");
    assert_eq!(ok(&guest.get(&config))["inviter"]["displayName"], "bob");
    let code = guest.email_code("ann@example.com", "REGISTER");
    let profile = json!({ "name": "Ann", "email": "ann@example.com" });
    let body = json!({ "emailCode": code, "identifier": identifier, "profile": profile });
    assert_eq!(
        ok(&guest.post("/api/v3/signup-by-invitation", &body))["status"],
        "PASSED"
    );
    fails(&guest.post("/api/v3/signup-by-invitation", &body), 409, 2026);
    ok(&member.post("/api/v3/clear-my-all-invitation-links", &json!({})));
    fails(&guest.get(&config), 404, 0);

    let invitation = emulator.invite("joe@example.com");
    let (identifier, signature) = (invitation.identifier, invitation.signature);
    let body = |signature: &str| json!({ "identifier": identifier, "signature": signature });
    fails(
        &guest.post("/api/v3/generate-policy-invitation-token", &body("wrong")),
        404,
        0,
    );
    let token = ok(&guest.post("/api/v3/generate-policy-invitation-token", &body(&signature)))["token"].clone();
    let context = format!(
        "/api/v3/get-policy-invitation-context?token={}",
        token.as_str().unwrap()
    );
    assert_eq!(ok(&guest.get(&context))["email"], "joe@example.com");
    let code = guest.email_code("joe@example.com", "REGISTER");
    let body = json!({ "receiverType": "emailCode", "code": code, "token": token });
    assert_eq!(ok(&guest.post("/api/v3/verify-invite-code", &body))["success"], true);
    let body = json!({ "token": token, "code": code, "profile": { "username": "joe" } });
    assert_eq!(ok(&guest.post("/api/v3/join-by-invitation", &body))["success"], true);
    fails(&guest.get(&context), 404, 0);
}

#[test]
fn keeps_files() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let form = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"me.png\"\r\n\
                content-type: image/png\r\n\r\nPNG\u{0}!\r\n--edge--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=edge")];
    let answer = caller
        .send(
            "POST",
            "/api/v2/upload?folder=photos&private=true",
            &headers,
            form.as_bytes(),
        )
        .unwrap()
        .json();
    assert_eq!((&answer["code"], &answer["statusCode"]), (&json!(200), &json!(200)));
    let url = answer["data"]["url"].as_str().unwrap();
    let mut file = agent().get(url).call().unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(file.body_mut().read_to_string().unwrap(), "PNG\u{0}!");
    assert_eq!(emulator.uploads()[0].content.len(), 5);
    fails(&caller.post("/api/v2/upload", &json!({ "folder": "photos" })), 400, 0);
}

#[test]
fn draws_pictures_of_codes() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    let picture = caller.send("GET", "/api/v3/captcha-code?r=1", &[], b"").unwrap();
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.text.starts_with("<svg"));
    let data = ok(&caller.get("/api/v3/get-captcha-code"));
    let svg = data["captchaCodeSvg"].as_str().unwrap();
    let code = svg.split_once("</text>").unwrap().0.rsplit_once('>').unwrap().1;
    let enter = |code: &str| {
        let mut body = caller.credentials("bob", "passw0rd");
        body["options"] = json!({ "captchaCode": code, "captchaToken": data["captchaToken"] });
        caller.post("/api/v3/signin", &body)
    };
    ok(&enter(code));
    fails(&enter(code), 400, 2000);
}

#[test]
fn checks_passwords_without_signing_in() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().email("bob@example.com"));
    let check = |body: Value| caller.post("/api/v3/validate-password", &body);
    assert_eq!(
        ok(&check(json!({ "email": "bob@example.com", "password": "passw0rd" })))["valid"],
        true
    );
    assert_eq!(
        ok(&check(json!({ "username": "bob", "password": "wrong" })))["valid"],
        false
    );
    assert_eq!(ok(&check(json!({ "password": "passw0rd" })))["valid"], true);
    fails(
        &check(json!({ "phone": "18800000000", "password": "passw0rd" })),
        404,
        2004,
    );
}

#[test]
fn plays_the_other_services() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let wechat = json!({ "extIdpConnidentifier": "my-wechat", "encryptedData": "x", "iv": "x", "code": "me" });
    assert_eq!(
        ok(&caller.post("/api/v3/decrypt-wechat-miniprogram-data", &wechat))["nickName"],
        "me"
    );
    ok(&caller.post("/api/v3/decrypt-douyin-miniprogram-data", &wechat));
    assert_eq!(
        ok(&caller.post("/api/v3/get-wechat-miniprogram-phone", &wechat))["countryCode"],
        "86"
    );
    for path in [
        "/api/v3/get-wechat-access-token",
        "/api/v3/get-wechat-access-token-info",
    ] {
        let token = ok(&caller.post(path, &json!({ "appId": "a", "appSecret": "s" })));
        assert!(token["expiresAt"].as_str().unwrap().parse::<u64>().is_ok());
    }
    let info = ok(&caller.get("/api/v3/get-alipay-authinfo?extIdpConnidentifier=my-wechat"));
    assert!(info["authInfo"].as_str().unwrap().contains("auth_type=AUTHACCOUNT"));
    fails(
        &caller.get("/api/v3/get-alipay-authinfo?extIdpConnidentifier=none"),
        404,
        0,
    );
}
