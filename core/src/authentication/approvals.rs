//! Applying for permissions, and what came of it.

use crate::dto::answer;
use crate::dto::both;
use crate::dto::input;
use serde_json::Value;

use crate::client::paged;
use crate::dto::open_enum;
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

input!(
    /// Input of `get_enable_permission_apply_application_list`.
    pub struct ApplicationsPermissionApplicableDto {
        /// Text to look for in application names; part of a name is enough.
        pub app_name: Option<String>,
    }
);

answer!(
    /// The applications that can be requested.
    pub struct EnablePermissionApplyApplicationList {
        /// The applications.
        pub list: Vec<EnablePermissionApplyApplication>,
    }
);

answer!(
    /// An application that can be requested.
    pub struct EnablePermissionApplyApplication {
        /// ID of the application, to be used as `object_id` of a request.
        pub app_id: Option<String>,
        /// Name of the application.
        pub app_name: Option<String>,
        /// Address of the logo.
        pub logo: Option<String>,
        /// Kind of the application.
        pub app_type: Option<ApplicationType>,
        /// Template of an integrated application.
        pub template: Option<String>,
    }
);

input!(
    /// Input of `get_enable_permission_apply_role_list`.
    pub struct RolesPermissionApplicableDto {
        /// Page number, starting at 1, which is also the default.
        pub page: Option<i64>,
        /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
        pub limit: Option<i64>,
        /// Text to look for in role codes and names; part of either is enough.
        pub keyword: Option<String>,
        /// ID of the application whose roles are listed.
        pub app_id: String,
    }
);

answer!(
    /// One page of roles that can be requested.
    pub struct EnablePermissionApplyRolePageList {
        /// The roles of this page.
        pub list: Vec<EnablePermissionApplyRole>,
        /// Number of roles on all pages.
        pub total_count: Option<i64>,
    }
);

answer!(
    /// A role that can be requested.
    pub struct EnablePermissionApplyRole {
        /// ID of the role, to be used as `object_id` of a request.
        pub role_id: Option<String>,
        /// Code of the role, unique within the application.
        pub code: Option<String>,
        /// Name of the role.
        pub name: Option<String>,
        /// Description of the role.
        pub description: Option<String>,
    }
);

input!(
    /// A request for one application or role.
    pub struct CreateApprovalReq {
        /// Whether an application or a role is requested.
        pub object_type: ApprovalObjectType,
        /// ID of the application or the role, matching `object_type`.
        pub object_id: String,
        /// Period the role is wanted for; used for roles only.
        pub extra_params: Option<ExtraParams>,
    }
);

both!(
    /// Period a role is requested for.
    pub struct ExtraParams {
        /// Time the role ends, in milliseconds since the Unix epoch; no end when left out.
        pub end_time: Option<i64>,
        /// Time the role begins, in milliseconds since the Unix epoch; at once when left out.
        pub enable_time: Option<i64>,
    }
);

answer!(
    /// The request that was filed.
    pub struct CreateApprovalDto {
        /// Internal ID of the request.
        pub approval_id: Option<i64>,
        /// Number of the request, to be used with `get_approval_detail`.
        pub number: Option<String>,
    }
);

input!(
    /// Input of `get_approval_detail`.
    pub struct GetApprovalDto {
        /// Number of the request, as answered by `create_approval` or `list_initiated_approvals`.
        pub number: String,
    }
);

answer!(
    /// A request in detail.
    pub struct ApprovalDetailDto {
        /// Internal ID of the request.
        pub approval_id: Option<i64>,
        /// Number of the request.
        pub number: Option<String>,
        /// State of the request.
        pub status: Option<ApprovalStatus>,
        /// Time the request was filed.
        pub submit_time: Option<String>,
        /// Time the request was closed; none while it is pending.
        pub closed_time: Option<String>,
        /// Whether an application or a role is requested.
        pub object_type: Option<ApprovalObjectType>,
        /// What is requested, applications or roles after `object_type`; declared as one object but named and described as
        /// a list.
        pub approval_object_list: Option<Value>,
        /// Period the role is wanted for; used for roles only.
        pub extra_params: Option<ExtraParams>,
    }
);

input!(
    /// Requests for several applications or roles.
    pub struct BatchCreateApprovalReq {
        /// Whether applications or roles are requested.
        pub object_type: ApprovalObjectType,
        /// IDs of the applications or the roles, matching `object_type`.
        pub object_ids: Vec<String>,
        /// Period the roles are wanted for; used for roles only.
        pub extra_params: Option<ExtraParams>,
    }
);

input!(
    /// Input of `list_initiated_approvals`.
    pub struct ApprovalInitiatedListDto {
        /// Page number, starting at 1, which is also the default.
        pub page_no: Option<i64>,
        /// Entries per page, 10 by default and 50 at most; more is refused with status 400.
        pub page_size: Option<i64>,
        /// Keeps only requests for this type of object; both types when left out.
        pub object_type: Option<ApprovalObjectType>,
        /// Text to look for in request numbers and requester names; part of either is enough.
        pub keyword: Option<String>,
    }
);

answer!(
    /// One page of the requests filed by the user.
    pub struct InitiatedApprovalPageList {
        /// The requests of this page.
        pub list: Vec<InitiatedApproval>,
        /// Number of requests on all pages.
        pub total_count: Option<i64>,
    }
);

answer!(
    /// A request filed by the user.
    pub struct InitiatedApproval {
        /// Internal ID of the request.
        pub approval_id: Option<i64>,
        /// Number of the request, to be used with `get_approval_detail`.
        pub number: Option<String>,
        /// State of the request.
        pub status: Option<ApprovalStatus>,
        /// Time the request was filed.
        pub submit_time: Option<String>,
        /// Time the request was closed; none while it is pending.
        pub closed_time: Option<String>,
        /// Whether an application or a role is requested.
        pub object_type: Option<ApprovalObjectType>,
        /// What is requested, applications or roles after `object_type`; declared as one object but named and described as
        /// a list.
        pub approval_object_list: Option<Value>,
        /// Period the role is wanted for; used for roles only.
        pub extra_params: Option<ExtraParams>,
    }
);
