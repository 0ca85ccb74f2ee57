//! The devices and sessions of the signed-in user.

use serde::{Deserialize, Serialize};

use crate::client::paged;
use crate::dto::wire::open_enum;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "devices";

    /// Lists the devices the signed-in user has signed in on.
    ///
    /// The answer is one page as a plain list, without a total.
    LIST_MY_DEVICES = list_my_devices "list": User,
        GET "/api/v3/mydevices/list", ListMyDevicesDto => Vec<TerminalSessionDto>;

    /// Removes a device from the signed-in user's devices.
    ///
    /// To only sign out on the device, use `revoke_my_device_session`.
    UNBIND_MY_DEVICE = unbind_my_device "unbind": User,
        POST "/api/v3/mydevices/unbind", UnbindDeviceDto => ();

    /// Ends the session of the signed-in user on one device.
    ///
    /// This signs the user out there; `unbind_my_device` removes the device altogether.
    REVOKE_MY_DEVICE_SESSION = revoke_my_device_session "revoke": User,
        POST "/api/v3/mydevices/revoke-session", RevokeDeviceSessionDto => ();
}

paged! {
    ListMyDevicesDto { page, limit };
}

open_enum! {
    /// Kind of device.
    pub enum DeviceType {
        /// A web browser.
        Browser = "Browser",
        /// A mobile device.
        Mobile = "Mobile",
        /// A desktop computer.
        Desktop = "Desktop",
    }
}

open_enum! {
    /// State of a device.
    pub enum DeviceStatus {
        /// In normal use; the default.
        Activated = "activated",
        /// Suspended.
        Suspended = "suspended",
        /// Disabled.
        Deactivated = "deactivated",
    }
}

/// Input of `list_my_devices`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListMyDevicesDto {
    /// Page to fetch, counted from 1, which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// Devices per page: 10 by default, 50 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl ListMyDevicesDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`page`](Self::page).
    pub fn with_page(mut self, page: i64) -> Self {
        self.page = Some(page);
        self
    }

    /// Sets [`limit`](Self::limit).
    pub fn with_limit(mut self, limit: i64) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A device with its last sign-in.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TerminalSessionDto {
    /// The device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceInfo>,
    /// When the user last signed in on it, as ISO 8601 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_time: Option<String>,
    /// IP address of that sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_ip: Option<String>,
    /// Whether the device is online at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
}

/// A device a user has signed in on.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeviceInfo {
    /// Unique id of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Name of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Version of the operating system, such as `Android 1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Kind of device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<DeviceType>,
    /// Model or module of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#mod: Option<String>,
    /// Operating system, such as `iOS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// State of the device, `activated` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DeviceStatus>,
    /// User-Agent text of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// The device to remove.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnbindDeviceDto {
    /// Id of the device, from `list_my_devices`.
    pub device_id: String,
}

impl UnbindDeviceDto {
    /// With everything that is required.
    pub fn new(device_id: impl Into<String>) -> Self {
        Self {
            device_id: device_id.into(),
        }
    }
}

/// The device to sign out on.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RevokeDeviceSessionDto {
    /// Id of the device, from `list_my_devices`.
    pub device_id: String,
}

impl RevokeDeviceSessionDto {
    /// With everything that is required.
    pub fn new(device_id: impl Into<String>) -> Self {
        Self {
            device_id: device_id.into(),
        }
    }
}
