//! Devices and the history of sign-ins.

use serde_json::{Value, json};

use crate::clock::{Millis, iso8601};
use crate::random;

/// From where and how somebody signs in.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) method: &'static str,
    pub(crate) user_agent: String,
    pub(crate) ip: String,
}

/// A device that a user signed in with.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) user_id: String,
    user_agent: String,
    last_ip: String,
    last_login: Millis,
}

impl Device {
    pub(crate) fn to_json(&self, online: bool) -> Value {
        json!({
            "device": {
                "deviceId": self.id,
                "name": browser(&self.user_agent),
                "version": "1.0",
                "type": "Browser",
                "mod": "",
                "os": system(&self.user_agent),
                "status": "activated",
                "userAgent": self.user_agent,
            },
            "lastLoginTime": iso8601(self.last_login),
            "lastIp": self.last_ip,
            "online": online,
        })
    }
}

/// One attempt to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user_id: String,
    pub(crate) at: Millis,
    pub(crate) success: bool,
    pub(crate) visit: Visit,
    error: Option<String>,
}

impl Login {
    /// The entry of the login history; the place is made up.
    pub(crate) fn to_json(&self, app: &Value) -> Value {
        let app = |name: &str| app.get(name).cloned().unwrap_or_default();
        json!({
            "userId": self.user_id,
            "appId": app("appId"),
            "appName": app("appName"),
            "appLoginUrl": app("appLoginUrl"),
            "appLogo": app("appLogo"),
            "loginAt": iso8601(self.at),
            "clientIp": self.visit.ip,
            "success": self.success,
            "errorMessage": self.error,
            "userAgent": self.visit.user_agent,
            "parsedUserAgent": {
                "device": "Desktop",
                "browser": browser(&self.visit.user_agent),
                "os": system(&self.visit.user_agent),
            },
            "loginMethod": self.visit.method,
            "geoip": {
                "location": { "lon": 116.3889, "lat": 39.9288 },
                "country_name": "China",
                "country_code2": "CN",
                "country_code3": "CHN",
                "region_name": "Beijing",
                "region_code": "BJ",
                "city_name": "Beijing",
                "continent_code": "AS",
                "timezone": "Asia/Shanghai",
            },
            "tenantId": Value::Null,
        })
    }
}

/// All devices and attempts.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pub(crate) devices: Vec<Device>,
    pub(crate) logins: Vec<Login>,
}

impl Sessions {
    /// Notes a successful sign-in and answers the device; the same user agent is the same device.
    pub(crate) fn enter(&mut self, user_id: &str, visit: &Visit, now: Millis) -> String {
        self.logins.push(Login {
            user_id: user_id.to_owned(),
            at: now,
            success: true,
            visit: visit.clone(),
            error: None,
        });
        let known = |device: &&mut Device| device.user_id == user_id && device.user_agent == visit.user_agent;
        if let Some(device) = self.devices.iter_mut().find(known) {
            device.last_login = now;
            device.last_ip.clone_from(&visit.ip);
            return device.id.clone();
        }
        let id = random::object_id();
        self.devices.push(Device {
            id: id.clone(),
            user_id: user_id.to_owned(),
            user_agent: visit.user_agent.clone(),
            last_ip: visit.ip.clone(),
            last_login: now,
        });
        id
    }

    pub(crate) fn refuse(&mut self, user_id: &str, visit: Visit, error: &str, now: Millis) {
        self.logins.push(Login {
            user_id: user_id.to_owned(),
            at: now,
            success: false,
            visit,
            error: Some(error.to_owned()),
        });
    }

    pub(crate) fn device(&self, user_id: &str, device_id: &str) -> Option<&Device> {
        self.devices
            .iter()
            .find(|device| device.user_id == user_id && device.id == device_id)
    }
}

fn first_known<'a>(user_agent: &str, names: &[&'a str], otherwise: &'a str) -> &'a str {
    names
        .iter()
        .find(|name| user_agent.contains(**name))
        .unwrap_or(&otherwise)
}

fn browser(user_agent: &str) -> &str {
    first_known(user_agent, &["Edg", "Firefox", "Chrome", "Safari"], "Unknown")
}

fn system(user_agent: &str) -> &str {
    first_known(
        user_agent,
        &["Windows", "Android", "iPhone", "Mac OS X", "Linux"],
        "Unknown",
    )
}
