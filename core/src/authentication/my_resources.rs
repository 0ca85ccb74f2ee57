//! What belongs to the signed-in user: applications, tenants, roles, groups, departments, resources.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::JsonObject;
use crate::client::paged;
use crate::dto::open_enum;
use crate::model::language::LangObject;
use crate::model::outcome::SortOrder;
use crate::model::user::UserDto;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "my-resources";

    /// Lists the sign-in attempts of the signed-in user, one page at a time.
    ///
    /// Successful and failed attempts of all applications are answered unless a filter narrows them. The period is
    /// bounded by `start` and `end` in milliseconds, whereas the entries carry `login_at` as ISO 8601 text. Fails with
    /// 2020 when nobody is signed in.
    GET_LOGIN_HISTORY = get_login_history "getLoginHistory": User,
        GET "/api/v3/get-my-login-history", GetMyLoginHistoryDto => LoginHistoryPaginatedRespDto;

    /// Lists the applications the signed-in user has signed in to.
    ///
    /// The list is not paged. An application can be listed without a current session: look at `active`. For the
    /// applications the user may open, use `get_accessible_apps`.
    GET_LOGGED_IN_APPS = get_logged_in_apps "getLoggedInApps": User,
        GET "/api/v3/get-my-logged-in-apps", => Vec<LoggedInAppsDto>;

    /// Lists the applications the signed-in user is allowed to open.
    ///
    /// The list is not paged: `data` is a bare array. The applications the user really signed in to come from
    /// `get_logged_in_apps`.
    GET_ACCESSIBLE_APPS = get_accessible_apps "getAccessibleApps": User,
        GET "/api/v3/get-my-accessible-apps", => Vec<AccessibleAppsDto>;

    /// Lists the tenants the signed-in user belongs to.
    ///
    /// The list is not paged. A `tenant_id` from here can be used to sign in to that tenant; a user who is not allowed
    /// in gets 2120008 or 2130010 there.
    GET_TENANT_LIST = get_tenant_list "getTenantList": User,
        GET "/api/v3/get-my-tenant-list", => Vec<UserTenantListDto>;

    /// Lists the roles held by the signed-in user in one permission space.
    ///
    /// Without `namespace` the default permission space is meant, not all of them, so ask once per space.
    GET_ROLE_LIST = get_role_list "getRoleList": User,
        GET "/api/v3/get-my-role-list", GetMyRoleListDto => Vec<RoleDto>;

    /// Lists the groups the signed-in user is a member of.
    ///
    /// Takes no parameters and is not paged.
    GET_GROUP_LIST = get_group_list "getGroupList": User,
        GET "/api/v3/get-my-group-list", => Vec<GroupDto>;

    /// Lists the departments the signed-in user belongs to, one page at a time.
    ///
    /// The order is chosen with `sort_by` and `order_by`; the default is the latest joined department first. Custom
    /// data of the departments comes only with `with_custom_data`.
    GET_DEPARTMENT_LIST = get_department_list "getDepartmentList": User,
        GET "/api/v3/get-my-department-list", GetMyDepartmentListDto => UserDepartmentPagingDto;

    /// Lists the resources granted to the signed-in user in one permission space.
    ///
    /// Without `namespace` the default permission space is used. The answer is a list with a total, but no page
    /// parameters are documented. An entry can also be a refusal: check `effect` before using `actions`. For data
    /// resources (tree, string, array) see `get_user_authorized_resources_list`.
    GET_AUTHORIZED_RESOURCES = get_authorized_resources "getAuthorizedResources": User,
        GET "/api/v3/get-my-authorized-resources", GetMyAuthorizedResourcesDto => AuthorizedResourcePagingDto;

    /// Lists application authorizations that have the signed-in user as subject.
    ///
    /// This is a V2 endpoint known only by name and path. The vendor describes neither the request body nor the
    /// answer: treat both as free-form JSON.
    LIST_SUBJECT_AUTH = list_subject_auth "listSubjectAuth": User,
        POST "/api/v2/applications/subject/person/list", JsonObject => Value as either;
}

paged! {
    GetMyLoginHistoryDto { page, limit } => LoginHistoryPaginatedRespDto { LoginHistoryDto };
    GetMyDepartmentListDto { page, limit } => UserDepartmentPagingDto { UserDepartmentRespDto };
}

open_enum! {
    /// What a list of departments is sorted by.
    pub enum DepartmentSortBy {
        /// The date the department was created.
        DepartmentCreatedAt = "DepartmentCreatedAt",
        /// The date the user joined the department.
        JoinDepartmentAt = "JoinDepartmentAt",
        /// The name of the department.
        DepartmentName = "DepartmentName",
        /// The code of the department; the value on the wire is misspelled `DepartmemtCode`.
        DepartmentCode = "DepartmemtCode",
    }
}

open_enum! {
    /// Kind of a resource that permissions are granted on.
    pub enum ResourceType {
        /// A data resource.
        Data = "DATA",
        /// An API, identified by its URL.
        Api = "API",
        /// A menu entry of a user interface.
        Menu = "MENU",
        /// A button of a user interface.
        Button = "BUTTON",
        /// Another part of a user interface.
        Ui = "UI",
    }
}

open_enum! {
    /// Whether a policy grants or refuses.
    pub enum PolicyEffect {
        /// The actions are granted.
        Allow = "ALLOW",
        /// The actions are refused.
        Deny = "DENY",
    }
}

open_enum! {
    /// Property of the request that a policy condition looks at.
    pub enum PolicyConditionParam {
        /// ID of the user pool.
        UserPoolId = "UserPoolId",
        /// ID of the application.
        AppId = "AppId",
        /// Where the request comes from.
        RequestFrom = "RequestFrom",
        /// ID of the user.
        UserId = "UserId",
        /// Resource name (ARN) of the user.
        UserArn = "UserArn",
        /// Time of the request, as a date.
        CurrentTime = "CurrentTime",
        /// Time of the request, as a Unix timestamp.
        EpochTime = "EpochTime",
        /// IP address the request comes from.
        SourceIp = "SourceIp",
        /// The user.
        User = "User",
        /// Whether a second factor was used.
        MultiFactorAuthPresent = "MultiFactorAuthPresent",
        /// Time passed since the second factor was used.
        MultiFactorAuthAge = "MultiFactorAuthAge",
        /// User agent of the client.
        UserAgent = "UserAgent",
        /// Referring page of the request.
        Referer = "Referer",
        /// Device of the client.
        Device = "Device",
        /// Operating system of the client.
        Os = "OS",
        /// Country the request comes from.
        Country = "Country",
        /// Province the request comes from.
        Province = "Province",
        /// City the request comes from.
        City = "City",
        /// Whether the user has changed to another device.
        DeviceChanged = "DeviceChanged",
        /// Whether the device is not trusted.
        DeviceUntrusted = "DeviceUntrusted",
        /// Whether the request came through an untrusted proxy.
        ProxyUntrusted = "ProxyUntrusted",
        /// Applications the user is signed in to.
        LoggedInApps = "LoggedInApps",
        /// Permission space of the resource.
        Namespace = "Namespace",
    }
}

open_enum! {
    /// How a policy condition compares the property with its value.
    pub enum PolicyConditionOperator {
        /// The boolean is the one given.
        Bool = "Bool",
        /// The date is the one given.
        DateEquals = "DateEquals",
        /// The date is another than the one given.
        DateNotEquals = "DateNotEquals",
        /// The date is earlier.
        DateLessThan = "DateLessThan",
        /// The date is earlier or the same.
        DateLessThanEquals = "DateLessThanEquals",
        /// The date is later.
        DateGreaterThan = "DateGreaterThan",
        /// The date is later or the same.
        DateGreaterThanEquals = "DateGreaterThanEquals",
        /// The IP address matches.
        IpAddress = "IpAddress",
        /// The IP address does not match.
        NotIpAddress = "NotIpAddress",
        /// The number is equal.
        NumericEquals = "NumericEquals",
        /// The number is not equal.
        NumericNotEquals = "NumericNotEquals",
        /// The number is smaller.
        NumericLessThan = "NumericLessThan",
        /// The number is smaller or equal.
        NumericLessThanEquals = "NumericLessThanEquals",
        /// The number is greater.
        NumericGreaterThan = "NumericGreaterThan",
        /// The number is greater or equal.
        NumericGreaterThanEquals = "NumericGreaterThanEquals",
        /// The text is the same, upper and lower case counting.
        StringEquals = "StringEquals",
        /// The text differs, upper and lower case counting.
        StringNotEquals = "StringNotEquals",
        /// The text is the same apart from upper and lower case.
        StringEqualsIgnoreCase = "StringEqualsIgnoreCase",
        /// The text differs by more than upper and lower case.
        StringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase",
        /// The text matches a pattern.
        StringLike = "StringLike",
        /// The text does not match a pattern.
        StringNotLike = "StringNotLike",
        /// The list contains the value.
        ListContains = "ListContains",
    }
}

input!(
    /// Input of `get_login_history`.
    pub struct GetMyLoginHistoryDto {
        /// Keeps only attempts at the application with this ID; all applications when left out.
        pub app_id: Option<String>,
        /// Keeps only attempts made from this IP address; all addresses when left out.
        pub client_ip: Option<String>,
        /// Whether to list successful (`true`) or failed (`false`) attempts only; both when left out.
        pub success: Option<bool>,
        /// Start of the period, in milliseconds since the Unix epoch.
        pub start: Option<i64>,
        /// End of the period, in milliseconds since the Unix epoch.
        pub end: Option<i64>,
        /// Page number, starting at 1, which is also the default.
        pub page: Option<i64>,
        /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
        pub limit: Option<i64>,
    }
);

answer!(
    /// One page of sign-in attempts.
    pub struct LoginHistoryPaginatedRespDto {
        /// Number of attempts that match, on all pages.
        pub total_count: Option<i64>,
        /// The attempts of this page.
        pub list: Vec<LoginHistoryDto>,
    }
);

answer!(
    /// One sign-in attempt.
    pub struct LoginHistoryDto {
        /// ID of the user.
        pub user_id: Option<String>,
        /// ID of the application.
        pub app_id: Option<String>,
        /// Name of the application.
        pub app_name: Option<String>,
        /// Address of the application's sign-in page.
        pub app_login_url: Option<String>,
        /// Address of the application's logo.
        pub app_logo: Option<String>,
        /// Time of the attempt, ISO 8601 text.
        pub login_at: Option<String>,
        /// IP address the attempt came from.
        pub client_ip: Option<String>,
        /// Whether the attempt succeeded.
        pub success: Option<bool>,
        /// Reason of a failed attempt, as text.
        pub error_message: Option<String>,
        /// User agent of the client, as sent.
        pub user_agent: Option<String>,
        /// User agent taken apart.
        pub parsed_user_agent: Option<ParsedUserAgent>,
        /// Way of signing in, such as `loginByEmail`.
        pub login_method: Option<String>,
        /// Place the IP address was traced to.
        pub geoip: Option<GeoIp>,
        /// ID of the tenant signed in to, if any.
        pub tenant_id: Option<String>,
    }
);

answer!(
    /// The parts read from a user agent.
    pub struct ParsedUserAgent {
        /// Kind of device, such as `Desktop`.
        pub device: Option<String>,
        /// Name of the browser as older servers send it; see `name`.
        pub browser: Option<String>,
        /// Operating system, such as `Windows`.
        pub os: Option<String>,
        /// Name of the browser as newer servers send it; see `browser`.
        pub name: Option<String>,
    }
);

answer!(
    /// The place an IP address was traced to.
    pub struct GeoIp {
        /// Coordinates of the place.
        pub location: Option<GeoIpLocation>,
        /// Name of the country.
        #[wire = "country_name"]
        pub country_name: Option<String>,
        /// Two-letter code of the country, such as `CN`.
        #[wire = "country_code2"]
        pub country_code2: Option<String>,
        /// Second country code; named for three letters, though the vendor's sample holds two.
        #[wire = "country_code3"]
        pub country_code3: Option<String>,
        /// Name of the region or province.
        #[wire = "region_name"]
        pub region_name: Option<String>,
        /// Code of the region, such as `BJ`.
        #[wire = "region_code"]
        pub region_code: Option<String>,
        /// Name of the city.
        #[wire = "city_name"]
        pub city_name: Option<String>,
        /// Two-letter code of the continent, such as `AS`.
        #[wire = "continent_code"]
        pub continent_code: Option<String>,
        /// Time zone by its IANA name, such as `Asia/Shanghai`.
        pub timezone: Option<String>,
    }
);

answer!(
    /// A point on the globe.
    pub struct GeoIpLocation {
        /// Longitude in degrees.
        pub lon: Option<f64>,
        /// Latitude in degrees.
        pub lat: Option<f64>,
    }
);

answer!(
    /// An application the user has signed in to.
    pub struct LoggedInAppsDto {
        /// ID of the application.
        pub app_id: Option<String>,
        /// Name of the application.
        pub app_name: Option<String>,
        /// Address of the application's sign-in page.
        pub app_login_url: Option<String>,
        /// Address of the application's logo.
        pub app_logo: Option<String>,
        /// Whether the user is signed in to it at present.
        pub active: Option<bool>,
    }
);

answer!(
    /// An application the user may open.
    pub struct AccessibleAppsDto {
        /// ID of the application.
        pub app_id: Option<String>,
        /// Name of the application.
        pub app_name: Option<String>,
        /// Address of the application's sign-in page.
        pub app_login_url: Option<String>,
        /// Address of the application's logo.
        pub app_logo: Option<String>,
        /// Whether the user is signed in to it at present.
        pub active: Option<bool>,
    }
);

answer!(
    /// A tenant the user belongs to.
    pub struct UserTenantListDto {
        /// ID of the tenant.
        pub tenant_id: Option<String>,
        /// Name of the tenant.
        pub tenant_name: Option<String>,
        /// Time the user joined the tenant.
        pub join_at: Option<String>,
    }
);

input!(
    /// Input of `get_role_list`.
    pub struct GetMyRoleListDto {
        /// Code of the permission space to look in; the default space when left out.
        pub namespace: Option<String>,
    }
);

answer!(
    /// A role in a permission space.
    pub struct RoleDto {
        /// ID of the role.
        pub id: Option<String>,
        /// Code of the role, unique within its permission space.
        pub code: Option<String>,
        /// Name of the role.
        pub name: Option<String>,
        /// Description of the role.
        pub description: Option<String>,
        /// Code of the permission space the role belongs to.
        pub namespace: Option<String>,
        /// Name of that permission space.
        pub namespace_name: Option<String>,
        /// State of the role: `ENABLE` when in force, `DISABLE` when switched off.
        pub status: Option<String>,
        /// Time the role is switched off by itself, in milliseconds since the Unix epoch; none when it stays for good.
        pub disable_time: Option<i64>,
        /// Whether users may request the role; this takes effect only if its application has single sign-on and is set to
        /// be shown to users without access.
        pub enable_permission_apply: Option<bool>,
    }
);

answer!(
    /// A group of users.
    pub struct GroupDto {
        /// ID of the group.
        pub id: Option<String>,
        /// Code of the group.
        pub code: Option<String>,
        /// Name of the group.
        pub name: Option<String>,
        /// Description of the group.
        pub description: Option<String>,
        /// Kind of the group, such as `static`.
        pub r#type: Option<String>,
        /// Metadata of the group.
        pub metadata_source: Vec<String>,
        /// Users in the group.
        pub members: Vec<UserDto>,
    }
);

input!(
    /// Input of `get_department_list`.
    pub struct GetMyDepartmentListDto {
        /// Page number, starting at 1, which is also the default.
        pub page: Option<i64>,
        /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
        pub limit: Option<i64>,
        /// Whether to answer the custom data of each department as well.
        pub with_custom_data: Option<bool>,
        /// What to sort by; the date the user joined the department by default.
        pub sort_by: Option<DepartmentSortBy>,
        /// Direction of the order, descending by default.
        pub order_by: Option<SortOrder>,
    }
);

answer!(
    /// One page of the user's departments.
    pub struct UserDepartmentPagingDto {
        /// Number of departments on all pages.
        pub total_count: Option<i64>,
        /// The departments of this page.
        pub list: Vec<UserDepartmentRespDto>,
    }
);

answer!(
    /// A department together with the user's place in it.
    pub struct UserDepartmentRespDto {
        /// Code of the organization the department belongs to.
        pub organization_code: Option<String>,
        /// ID of the department.
        pub department_id: Option<String>,
        /// Whether it is the root department of the organization.
        pub is_root: Option<bool>,
        /// Time the department was created, ISO 8601 text.
        pub created_at: Option<String>,
        /// Name of the department.
        pub name: Option<String>,
        /// Description of the department.
        pub description: Option<String>,
        /// ID given by the customer, for instance that of the system the department comes from.
        pub open_department_id: Option<String>,
        /// Whether the user leads the department.
        pub is_leader: Option<bool>,
        /// Code of the department.
        pub code: Option<String>,
        /// Whether it is the user's main department.
        pub is_main_department: Option<bool>,
        /// Time the user joined the department, ISO 8601 text.
        pub joined_at: Option<String>,
        /// Whether the department is a virtual one.
        pub is_virtual_node: Option<bool>,
        /// Name in several languages.
        pub i18n: Option<DepartmentI18nDto>,
        /// Custom fields of the department by name, if asked for with `with_custom_data`.
        pub custom_data: Option<Value>,
        /// IDs of the departments on the way to this one.
        pub department_id_path: Vec<String>,
        /// Codes of the departments on the way to this one.
        pub department_code_path: Vec<String>,
        /// Names of the departments on the way to this one.
        pub department_name_path: Vec<String>,
    }
);

answer!(
    /// Texts of a department in several languages.
    pub struct DepartmentI18nDto {
        /// Name of the department in each language.
        pub name: Option<LangObject>,
    }
);

input!(
    /// Input of `get_authorized_resources`.
    pub struct GetMyAuthorizedResourcesDto {
        /// Code of the permission space to look in; the default space when left out.
        pub namespace: Option<String>,
        /// Keeps only resources of this type; all types when left out.
        pub resource_type: Option<ResourceType>,
    }
);

answer!(
    /// Resources granted to the user, with their number.
    pub struct AuthorizedResourcePagingDto {
        /// Number of resources in all.
        pub total_count: Option<i64>,
        /// The resources.
        pub list: Vec<AuthorizedResourceDto>,
    }
);

answer!(
    /// A resource with the actions granted or refused on it.
    pub struct AuthorizedResourceDto {
        /// Code of the resource, such as `ecs:1`.
        pub resource_code: Option<String>,
        /// Description of the resource.
        pub description: Option<String>,
        /// Conditions under which the policy applies.
        pub condition: Vec<PolicyCondition>,
        /// Kind of the resource.
        pub resource_type: Option<ResourceType>,
        /// URL of the API, for a resource of type `API`.
        pub api_identifier: Option<String>,
        /// Actions the entry is about, such as `ecs:Start`.
        pub actions: Vec<String>,
        /// Whether the actions are granted or refused; granted by default.
        pub effect: Option<PolicyEffect>,
    }
);

answer!(
    /// One condition a policy depends on.
    pub struct PolicyCondition {
        /// Property that is looked at.
        pub param: Option<PolicyConditionParam>,
        /// Comparison that is made.
        pub operator: Option<PolicyConditionOperator>,
        /// Text form of the value to compare with.
        pub value: Option<String>,
    }
);
