//! Applying for permissions, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::paged;
use crate::dto::wire::open_enum;
use crate::model::outcome::IsSuccessDto;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "approvals";

    /// Lists the applications the signed-in user can request access to.
    ///
    /// The list is not paged. Take an `app_id` from it to file a request with `create_approval`, or to look for roles
    /// with `get_enable_permission_apply_role_list`.
    GET_ENABLE_PERMISSION_APPLY_APPLICATION_LIST = get_enable_permission_apply_application_list "getEnablePermissionApplyApplicationList": User,
        GET "/api/v3/applications-permission-applicable", ApplicationsPermissionApplicableDto => EnablePermissionApplyApplicationList;

    /// Lists the roles of one application that the signed-in user can request, one page at a time.
    ///
    /// The `role_id` of an entry is the object to name in `create_approval` or `batch_create_approval`.
    GET_ENABLE_PERMISSION_APPLY_ROLE_LIST = get_enable_permission_apply_role_list "getEnablePermissionApplyRoleList": User,
        GET "/api/v3/roles-permission-applicable", RolesPermissionApplicableDto => EnablePermissionApplyRolePageList;

    /// Files a request for access to one application or for one role.
    ///
    /// The objects that can be requested come from `get_enable_permission_apply_application_list` and
    /// `get_enable_permission_apply_role_list`. The answered `number` is what `get_approval_detail` asks for. Several
    /// objects at once: `batch_create_approval`.
    CREATE_APPROVAL = create_approval "createApproval": User,
        POST "/api/v3/approval", CreateApprovalReq => CreateApprovalDto;

    /// Reads one access request by its number.
    ///
    /// The number is answered by `create_approval` and listed by `list_initiated_approvals`.
    GET_APPROVAL_DETAIL = get_approval_detail "getDetail": User,
        GET "/api/v3/approval", GetApprovalDto => ApprovalDetailDto;

    /// Files requests for several applications or several roles at once.
    ///
    /// All objects of one call are of the same type. Only success or failure is answered, no numbers: find the new
    /// requests with `list_initiated_approvals`. For one object use `create_approval`.
    BATCH_CREATE_APPROVAL = batch_create_approval "batchCreateApproval": User,
        POST "/api/v3/approval-batch", BatchCreateApprovalReq => IsSuccessDto;

    /// Lists the access requests filed by the signed-in user, one page at a time.
    ///
    /// Unlike most lists, paging uses `page_no` and `page_size`. The vendor does not document an order.
    LIST_INITIATED_APPROVALS = list_initiated_approvals "initiatedList": User,
        GET "/api/v3/approval-initiated-list", ApprovalInitiatedListDto => InitiatedApprovalPageList;
}

paged! {
    RolesPermissionApplicableDto { page, limit } => EnablePermissionApplyRolePageList { EnablePermissionApplyRole };
    ApprovalInitiatedListDto { page_no, page_size } => InitiatedApprovalPageList { InitiatedApproval };
}

open_enum! {
    /// Kind of an application.
    pub enum ApplicationType {
        /// A web application with a server side.
        Web = "web",
        /// A single-page web application.
        Spa = "spa",
        /// An application installed on a device.
        Native = "native",
        /// An API or back end without users.
        Api = "api",
        /// An application used for multi-factor checks only.
        Mfa = "mfa",
        /// A mini program inside another application.
        MiniProgram = "mini-program",
        /// An application behind the gateway.
        GatewayApp = "gateway-app",
        /// An agent of the gateway.
        GatewayAgent = "gateway-agent",
    }
}

open_enum! {
    /// What an access request asks for.
    pub enum ApprovalObjectType {
        /// Access to an application.
        AppPermission = "APP_PERMISSION_APPLY",
        /// A role.
        RolePermission = "ROLE_PERMISSION_APPLY",
    }
}

open_enum! {
    /// State of an access request.
    pub enum ApprovalStatus {
        /// Not decided yet.
        Pending = "PENDING",
        /// Granted.
        Agreed = "AGREED",
        /// Turned down.
        Refused = "REFUSED",
    }
}

/// Input of `get_enable_permission_apply_application_list`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApplicationsPermissionApplicableDto {
    /// Text to look for in application names; part of a name is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_name: Option<String>,
}

impl ApplicationsPermissionApplicableDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`app_name`](Self::app_name).
    pub fn with_app_name(mut self, app_name: impl Into<String>) -> Self {
        self.app_name = Some(app_name.into());
        self
    }
}

/// The applications that can be requested.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnablePermissionApplyApplicationList {
    /// The applications.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub list: Vec<EnablePermissionApplyApplication>,
}

/// An application that can be requested.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnablePermissionApplyApplication {
    /// ID of the application, to be used as `object_id` of a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// Name of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_name: Option<String>,
    /// Address of the logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Kind of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_type: Option<ApplicationType>,
    /// Template of an integrated application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// Input of `get_enable_permission_apply_role_list`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RolesPermissionApplicableDto {
    /// Page number, starting at 1, which is also the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Text to look for in role codes and names; part of either is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyword: Option<String>,
    /// ID of the application whose roles are listed.
    pub app_id: String,
}

impl RolesPermissionApplicableDto {
    /// With everything that is required.
    pub fn new(app_id: impl Into<String>) -> Self {
        Self {
            page: None,
            limit: None,
            keyword: None,
            app_id: app_id.into(),
        }
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

    /// Sets [`keyword`](Self::keyword).
    pub fn with_keyword(mut self, keyword: impl Into<String>) -> Self {
        self.keyword = Some(keyword.into());
        self
    }
}

/// One page of roles that can be requested.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnablePermissionApplyRolePageList {
    /// The roles of this page.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub list: Vec<EnablePermissionApplyRole>,
    /// Number of roles on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
}

/// A role that can be requested.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnablePermissionApplyRole {
    /// ID of the role, to be used as `object_id` of a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_id: Option<String>,
    /// Code of the role, unique within the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Name of the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description of the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A request for one application or role.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateApprovalReq {
    /// Whether an application or a role is requested.
    pub object_type: ApprovalObjectType,
    /// ID of the application or the role, matching `object_type`.
    pub object_id: String,
    /// Period the role is wanted for; used for roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_params: Option<ExtraParams>,
}

impl CreateApprovalReq {
    /// With everything that is required.
    pub fn new(object_type: impl Into<ApprovalObjectType>, object_id: impl Into<String>) -> Self {
        Self {
            object_type: object_type.into(),
            object_id: object_id.into(),
            extra_params: None,
        }
    }

    /// Sets [`extra_params`](Self::extra_params).
    pub fn with_extra_params(mut self, extra_params: impl Into<ExtraParams>) -> Self {
        self.extra_params = Some(extra_params.into());
        self
    }
}

/// Period a role is requested for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExtraParams {
    /// Time the role ends, in milliseconds since the Unix epoch; no end when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<i64>,
    /// Time the role begins, in milliseconds since the Unix epoch; at once when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_time: Option<i64>,
}

impl ExtraParams {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`end_time`](Self::end_time).
    pub fn with_end_time(mut self, end_time: i64) -> Self {
        self.end_time = Some(end_time);
        self
    }

    /// Sets [`enable_time`](Self::enable_time).
    pub fn with_enable_time(mut self, enable_time: i64) -> Self {
        self.enable_time = Some(enable_time);
        self
    }
}

/// The request that was filed.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateApprovalDto {
    /// Internal ID of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<i64>,
    /// Number of the request, to be used with `get_approval_detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// Input of `get_approval_detail`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetApprovalDto {
    /// Number of the request, as answered by `create_approval` or `list_initiated_approvals`.
    pub number: String,
}

impl GetApprovalDto {
    /// With everything that is required.
    pub fn new(number: impl Into<String>) -> Self {
        Self { number: number.into() }
    }
}

/// A request in detail.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApprovalDetailDto {
    /// Internal ID of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<i64>,
    /// Number of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// State of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ApprovalStatus>,
    /// Time the request was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit_time: Option<String>,
    /// Time the request was closed; none while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_time: Option<String>,
    /// Whether an application or a role is requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<ApprovalObjectType>,
    /// What is requested, applications or roles after `object_type`; declared as one object but named and described as
    /// a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_object_list: Option<Value>,
    /// Period the role is wanted for; used for roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_params: Option<ExtraParams>,
}

/// Requests for several applications or roles.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchCreateApprovalReq {
    /// Whether applications or roles are requested.
    pub object_type: ApprovalObjectType,
    /// IDs of the applications or the roles, matching `object_type`.
    pub object_ids: Vec<String>,
    /// Period the roles are wanted for; used for roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_params: Option<ExtraParams>,
}

impl BatchCreateApprovalReq {
    /// With everything that is required.
    pub fn new(
        object_type: impl Into<ApprovalObjectType>,
        object_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            object_type: object_type.into(),
            object_ids: object_ids.into_iter().map(Into::into).collect(),
            extra_params: None,
        }
    }

    /// Sets [`extra_params`](Self::extra_params).
    pub fn with_extra_params(mut self, extra_params: impl Into<ExtraParams>) -> Self {
        self.extra_params = Some(extra_params.into());
        self
    }
}

/// Input of `list_initiated_approvals`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApprovalInitiatedListDto {
    /// Page number, starting at 1, which is also the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_no: Option<i64>,
    /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
    /// Keeps only requests for this type of object; both types when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<ApprovalObjectType>,
    /// Text to look for in request numbers and requester names; part of either is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyword: Option<String>,
}

impl ApprovalInitiatedListDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`page_no`](Self::page_no).
    pub fn with_page_no(mut self, page_no: i64) -> Self {
        self.page_no = Some(page_no);
        self
    }

    /// Sets [`page_size`](Self::page_size).
    pub fn with_page_size(mut self, page_size: i64) -> Self {
        self.page_size = Some(page_size);
        self
    }

    /// Sets [`object_type`](Self::object_type).
    pub fn with_object_type(mut self, object_type: impl Into<ApprovalObjectType>) -> Self {
        self.object_type = Some(object_type.into());
        self
    }

    /// Sets [`keyword`](Self::keyword).
    pub fn with_keyword(mut self, keyword: impl Into<String>) -> Self {
        self.keyword = Some(keyword.into());
        self
    }
}

/// One page of the requests filed by the user.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InitiatedApprovalPageList {
    /// The requests of this page.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub list: Vec<InitiatedApproval>,
    /// Number of requests on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<i64>,
}

/// A request filed by the user.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InitiatedApproval {
    /// Internal ID of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<i64>,
    /// Number of the request, to be used with `get_approval_detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// State of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ApprovalStatus>,
    /// Time the request was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit_time: Option<String>,
    /// Time the request was closed; none while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_time: Option<String>,
    /// Whether an application or a role is requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<ApprovalObjectType>,
    /// What is requested, applications or roles after `object_type`; declared as one object but named and described as
    /// a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_object_list: Option<Value>,
    /// Period the role is wanted for; used for roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_params: Option<ExtraParams>,
}
