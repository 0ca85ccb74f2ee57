//! What the signed-in user may do with which resource.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::dto::open_enum;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "authorization";

    /// Checks whether the signed-in user may do one action on one or more string resources.
    ///
    /// Each resource gets its own entry in `check_result_list`, so a refusal is not an error: look at `enabled`. Only
    /// data resources of the string kind belong here; see `check_permission_by_array_resource` and
    /// `check_permission_by_tree_resource` for the others.
    CHECK_PERMISSION_BY_STRING_RESOURCE = check_permission_by_string_resource "checkPermissionByStringResource": User,
        POST repeatable "/api/v3/check-permission-string-resource", CheckPermissionStringResourceDto => CheckResourcePermissionDataDto;

    /// Checks whether the signed-in user may do one action on one or more array resources.
    ///
    /// Each resource gets its own entry in `check_result_list`, so a refusal is not an error: look at `enabled`.
    /// Resources of the other kinds are checked with `check_permission_by_string_resource` and
    /// `check_permission_by_tree_resource`.
    CHECK_PERMISSION_BY_ARRAY_RESOURCE = check_permission_by_array_resource "checkPermissionByArrayResource": User,
        POST repeatable "/api/v3/check-permission-array-resource", CheckPermissionArrayResourceDto => CheckResourcePermissionDataDto;

    /// Checks whether the signed-in user may do one action on one or more nodes of tree resources.
    ///
    /// A node is named by its path: the resource code, then the node codes, joined by slashes, such as
    /// `treeCode/nodeCode/childCode`. Each path gets its own entry in `check_result_list`, so a refusal is not an
    /// error: look at `enabled`.
    CHECK_PERMISSION_BY_TREE_RESOURCE = check_permission_by_tree_resource "checkPermissionByTreeResource": User,
        POST repeatable "/api/v3/check-permission-tree-resource", CheckPermissionTreeResourceDto => CheckResourcePermissionDataDto;

    /// Lists all data resources granted to the signed-in user under the application signed in to.
    ///
    /// The answer has one entry per permission space, with values and actions of every resource. It takes no filter;
    /// use `get_user_auth_resource_permission_list` for the actions on chosen resources or
    /// `get_user_auth_resource_struct` for a single one.
    GET_USER_AUTHORIZED_RESOURCES_LIST = get_user_authorized_resources_list "getUserAuthorizedResourcesList": User,
        GET "/api/v3/get-user-auth-resource-list", => GetUserAuthResourceListDataDto;

    /// Lists the actions the signed-in user may do on given data resources.
    ///
    /// String and array resources are named by their code. A tree resource has to be given down to the node, as a path
    /// joined by slashes.
    GET_USER_AUTH_RESOURCE_PERMISSION_LIST = get_user_auth_resource_permission_list "getUserAuthResourcePermissionList": User,
        POST repeatable "/api/v3/get-user-auth-resource-permission-list", GetUserAuthResourcePermissionListDto => GetUserAuthResourcePermissionListDataDto;

    /// Reads the part of one data resource that is granted to the signed-in user, in the shape of the resource.
    ///
    /// Exactly one of the three authorization members is to be expected in the answer; `resource_type` says which.
    GET_USER_AUTH_RESOURCE_STRUCT = get_user_auth_resource_struct "getUserAuthResourceStruct": User,
        POST repeatable "/api/v3/get-user-auth-resource-struct", GetUserAuthResourceStructDto => GetUserAuthResourceStructDataDto;
}

open_enum! {
    /// Shape of a data resource.
    pub enum DataResourceType {
        /// A tree of nodes, each with a value and actions.
        Tree = "TREE",
        /// A single text.
        String = "STRING",
        /// A list of texts.
        Array = "ARRAY",
    }
}

input!(
    /// A permission check on string resources.
    pub struct CheckPermissionStringResourceDto {
        /// Action to check, such as `get` or `write`.
        pub action: String,
        /// Codes of the string resources.
        pub resources: Vec<String>,
    }
);

answer!(
    /// The results of a permission check.
    pub struct CheckResourcePermissionDataDto {
        /// One result per resource.
        pub check_result_list: Vec<CheckResourcePermissionRespDto>,
    }
);

answer!(
    /// Whether one action on one resource is allowed.
    pub struct CheckResourcePermissionRespDto {
        /// Code of the permission space.
        pub namespace_code: Option<String>,
        /// Action that was checked.
        pub action: Option<String>,
        /// Resource or path that was checked.
        pub resource: Option<String>,
        /// Whether the user may do it.
        pub enabled: Option<bool>,
    }
);

input!(
    /// A permission check on array resources.
    pub struct CheckPermissionArrayResourceDto {
        /// Action to check, such as `get` or `write`.
        pub action: String,
        /// Codes of the array resources.
        pub resources: Vec<String>,
    }
);

input!(
    /// A permission check on nodes of tree resources.
    pub struct CheckPermissionTreeResourceDto {
        /// Action to check, such as `get` or `write`.
        pub action: String,
        /// Paths of the nodes, such as `treeCode/nodeCode/childCode`.
        pub resources: Vec<String>,
    }
);

answer!(
    /// All data resources granted to the user.
    pub struct GetUserAuthResourceListDataDto {
        /// One entry per permission space.
        pub user_permission_list: Vec<UserAuthResourceListDto>,
    }
);

answer!(
    /// The data resources granted to a user in one permission space.
    pub struct UserAuthResourceListDto {
        /// ID of the user.
        pub user_id: Option<String>,
        /// Code of the permission space.
        pub namespace_code: Option<String>,
        /// The resources.
        pub resource_list: Vec<OpenResource>,
    }
);

answer!(
    /// A data resource granted to the user, in one of three shapes.
    pub struct OpenResource {
        /// Code of the resource.
        pub resource_code: Option<String>,
        /// Shape of the resource, which tells the member to read.
        pub resource_type: Option<DataResourceType>,
        /// What is granted, when it is a string.
        pub str_authorize: Option<StrAuthorize>,
        /// What is granted, when it is an array.
        pub arr_authorize: Option<ArrayAuthorize>,
        /// What is granted, when it is a tree.
        pub tree_authorize: Option<TreeAuthorize>,
    }
);

answer!(
    /// What is granted on a string resource.
    pub struct StrAuthorize {
        /// Value of the resource.
        pub value: Option<String>,
        /// Actions granted on it.
        pub actions: Vec<String>,
    }
);

answer!(
    /// What is granted on an array resource.
    pub struct ArrayAuthorize {
        /// Values of the resource.
        pub values: Vec<String>,
        /// Actions granted on it.
        pub actions: Vec<String>,
    }
);

answer!(
    /// What is granted on a tree resource.
    pub struct TreeAuthorize {
        /// The granted nodes.
        pub auth_list: Vec<TreeAuthBo>,
    }
);

answer!(
    /// A node of a tree resource with the actions granted on it.
    pub struct TreeAuthBo {
        /// Path of the node, such as `/treeCode1/treeCode11`.
        pub node_path: Option<String>,
        /// Name of the node.
        pub node_name: Option<String>,
        /// Actions granted on the node.
        pub node_actions: Vec<String>,
        /// Value of the node.
        pub node_value: Option<String>,
        /// Custom fields of the node by name; answered by newer servers only.
        pub node_extend_field_value: Option<Value>,
    }
);

input!(
    /// The resources to list the granted actions of.
    pub struct GetUserAuthResourcePermissionListDto {
        /// Codes of the resources; for a tree the path of a node, such as `treeCode/nodeCode`.
        pub resources: Vec<String>,
    }
);

answer!(
    /// The actions granted on the resources asked for.
    pub struct GetUserAuthResourcePermissionListDataDto {
        /// One entry per resource.
        pub permission_list: Vec<GetUserAuthResourcePermissionList>,
    }
);

answer!(
    /// The actions granted on one resource.
    pub struct GetUserAuthResourcePermissionList {
        /// Code of the permission space; for the space of an application this is the application ID.
        pub namespace_code: Option<String>,
        /// Actions the user may do.
        pub actions: Vec<String>,
        /// Resource or path the entry is about.
        pub resource: Option<String>,
    }
);

input!(
    /// The data resource to read the granted part of.
    pub struct GetUserAuthResourceStructDto {
        /// Code of the resource.
        pub resource: String,
    }
);

answer!(
    /// The granted part of a data resource, in one of three shapes.
    pub struct GetUserAuthResourceStructDataDto {
        /// Code of the permission space.
        pub namespace_code: Option<String>,
        /// Code of the resource.
        pub resource_code: Option<String>,
        /// Shape of the resource, which tells the member to read.
        pub resource_type: Option<DataResourceType>,
        /// What is granted, when it is a string.
        pub str_resource_auth_action: Option<StrResourceAuthAction>,
        /// What is granted, when it is an array.
        pub arr_resource_auth_action: Option<ArrResourceAuthAction>,
        /// What is granted, when it is a tree.
        pub tree_resource_auth_action: Option<TreeResourceAuthAction>,
    }
);

answer!(
    /// What is granted on a string resource.
    pub struct StrResourceAuthAction {
        /// Value of the resource.
        pub value: Option<String>,
        /// Actions granted on it.
        pub actions: Vec<String>,
    }
);

answer!(
    /// What is granted on an array resource.
    pub struct ArrResourceAuthAction {
        /// Values of the resource.
        pub values: Vec<String>,
        /// Actions granted on it.
        pub actions: Vec<String>,
    }
);

answer!(
    /// What is granted on a tree resource.
    pub struct TreeResourceAuthAction {
        /// The top nodes that are granted, with their children.
        pub node_auth_action_list: Vec<TreeStructs>,
    }
);

answer!(
    /// A node of a tree resource, with the nodes below it.
    pub struct TreeStructs {
        /// Code of the node, unique among its siblings; at most 50 characters.
        pub code: Option<String>,
        /// Name of the node, unique among its siblings; at most 50 characters.
        pub name: Option<String>,
        /// Value of the node; at most 1000 characters.
        pub value: Option<String>,
        /// Actions granted on the node.
        pub actions: Vec<String>,
        /// Nodes below; a tree is at most five levels deep.
        pub children: Vec<TreeStructs>,
        /// Custom fields of the node by name; not answered by every server.
        pub extend_field_value: Option<Value>,
    }
);
