//! The devices and sessions of the signed-in user.

use crate::dto::answer;
use crate::dto::input;

use crate::client::paged;
use crate::dto::open_enum;
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

input!(
    /// Input of `list_my_devices`.
    pub struct ListMyDevicesDto {
        /// Page to fetch, counted from 1, which is the default.
        pub page: Option<i64>,
        /// Devices per page: 10 by default, 50 at most.
        pub limit: Option<i64>,
    }
);

answer!(
    /// A device with its last sign-in.
    pub struct TerminalSessionDto {
        /// The device.
        pub device: Option<DeviceInfo>,
        /// When the user last signed in on it, as ISO 8601 text.
        pub last_login_time: Option<String>,
        /// IP address of that sign-in.
        pub last_ip: Option<String>,
        /// Whether the device is online at present.
        pub online: Option<bool>,
    }
);

answer!(
    /// A device a user has signed in on.
    pub struct DeviceInfo {
        /// Unique id of the device.
        pub device_id: Option<String>,
        /// Name of the device.
        pub name: Option<String>,
        /// Version of the operating system, such as `Android 1.0`.
        pub version: Option<String>,
        /// Kind of device.
        pub r#type: Option<DeviceType>,
        /// Model or module of the device.
        pub r#mod: Option<String>,
        /// Operating system, such as `iOS`.
        pub os: Option<String>,
        /// State of the device, `activated` by default.
        pub status: Option<DeviceStatus>,
        /// User-Agent text of the client.
        pub user_agent: Option<String>,
    }
);

input!(
    /// The device to remove.
    pub struct UnbindDeviceDto {
        /// Id of the device, from `list_my_devices`.
        pub device_id: String,
    }
);

input!(
    /// The device to sign out on.
    pub struct RevokeDeviceSessionDto {
        /// Id of the device, from `list_my_devices`.
        pub device_id: String,
    }
);
