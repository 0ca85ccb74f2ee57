//! Devices and the history of sign-ins.

use std::collections::HashMap;

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
#[derive(Debug, Clone, Default)]
pub(crate) struct Sessions {
    devices: HashMap<String, Vec<Device>>,
    pub(crate) logins: Vec<Login>,
    /// The positions of each user's attempts.
    logins_of: HashMap<String, Vec<usize>>,
}

impl Sessions {
    /// Notes a successful sign-in and answers the device; the same user agent is the same device.
    pub(crate) fn enter(&mut self, user_id: &str, visit: &Visit, now: Millis) -> String {
        self.note(Login {
            user_id: user_id.to_owned(),
            at: now,
            success: true,
            visit: visit.clone(),
            error: None,
        });
        let own = self.devices.entry(user_id.to_owned()).or_default();
        if let Some(device) = own.iter_mut().find(|device| device.user_agent == visit.user_agent) {
            device.last_login = now;
            device.last_ip.clone_from(&visit.ip);
            return device.id.clone();
        }
        let id = random::object_id();
        own.push(Device {
            id: id.clone(),
            user_agent: visit.user_agent.clone(),
            last_ip: visit.ip.clone(),
            last_login: now,
        });
        id
    }

    pub(crate) fn refuse(&mut self, user_id: &str, visit: Visit, error: &str, now: Millis) {
        self.note(Login {
            user_id: user_id.to_owned(),
            at: now,
            success: false,
            visit,
            error: Some(error.to_owned()),
        });
    }

    fn note(&mut self, login: Login) {
        let own = self.logins_of.entry(login.user_id.clone()).or_default();
        own.push(self.logins.len());
        self.logins.push(login);
    }

    /// The user's attempts, the oldest first.
    pub(crate) fn logins_of(&self, user_id: &str) -> impl DoubleEndedIterator<Item = &Login> {
        let positions = self.logins_of.get(user_id).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|position| self.logins.get(*position))
    }

    pub(crate) fn devices_of(&self, user_id: &str) -> &[Device] {
        self.devices.get(user_id).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn device(&self, user_id: &str, device_id: &str) -> Option<&Device> {
        self.devices_of(user_id).iter().find(|device| device.id == device_id)
    }

    pub(crate) fn forget_device(&mut self, user_id: &str, device_id: &str) {
        if let Some(own) = self.devices.get_mut(user_id) {
            own.retain(|device| device.id != device_id);
        }
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
