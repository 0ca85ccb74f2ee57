//! What the signed-in user may do with which resource.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dto::wire::open_enum;
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

/// A permission check on string resources.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckPermissionStringResourceDto {
    /// Action to check, such as `get` or `write`.
    pub action: String,
    /// Codes of the string resources.
    pub resources: Vec<String>,
}

impl CheckPermissionStringResourceDto {
    /// With everything that is required.
    pub fn new(action: impl Into<String>, resources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            action: action.into(),
            resources: resources.into_iter().map(Into::into).collect(),
        }
    }
}

/// The results of a permission check.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckResourcePermissionDataDto {
    /// One result per resource.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub check_result_list: Vec<CheckResourcePermissionRespDto>,
}

/// Whether one action on one resource is allowed.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckResourcePermissionRespDto {
    /// Code of the permission space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_code: Option<String>,
    /// Action that was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Resource or path that was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Whether the user may do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A permission check on array resources.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckPermissionArrayResourceDto {
    /// Action to check, such as `get` or `write`.
    pub action: String,
    /// Codes of the array resources.
    pub resources: Vec<String>,
}

impl CheckPermissionArrayResourceDto {
    /// With everything that is required.
    pub fn new(action: impl Into<String>, resources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            action: action.into(),
            resources: resources.into_iter().map(Into::into).collect(),
        }
    }
}

/// A permission check on nodes of tree resources.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckPermissionTreeResourceDto {
    /// Action to check, such as `get` or `write`.
    pub action: String,
    /// Paths of the nodes, such as `treeCode/nodeCode/childCode`.
    pub resources: Vec<String>,
}

impl CheckPermissionTreeResourceDto {
    /// With everything that is required.
    pub fn new(action: impl Into<String>, resources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            action: action.into(),
            resources: resources.into_iter().map(Into::into).collect(),
        }
    }
}

/// All data resources granted to the user.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourceListDataDto {
    /// One entry per permission space.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub user_permission_list: Vec<UserAuthResourceListDto>,
}

/// The data resources granted to a user in one permission space.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserAuthResourceListDto {
    /// ID of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Code of the permission space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_code: Option<String>,
    /// The resources.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub resource_list: Vec<OpenResource>,
}

/// A data resource granted to the user, in one of three shapes.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OpenResource {
    /// Code of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_code: Option<String>,
    /// Shape of the resource, which tells the member to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<DataResourceType>,
    /// What is granted, when it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub str_authorize: Option<StrAuthorize>,
    /// What is granted, when it is an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arr_authorize: Option<ArrayAuthorize>,
    /// What is granted, when it is a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_authorize: Option<TreeAuthorize>,
}

/// What is granted on a string resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StrAuthorize {
    /// Value of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Actions granted on it.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
}

/// What is granted on an array resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ArrayAuthorize {
    /// Values of the resource.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub values: Vec<String>,
    /// Actions granted on it.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
}

/// What is granted on a tree resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TreeAuthorize {
    /// The granted nodes.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub auth_list: Vec<TreeAuthBo>,
}

/// A node of a tree resource with the actions granted on it.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TreeAuthBo {
    /// Path of the node, such as `/treeCode1/treeCode11`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_path: Option<String>,
    /// Name of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    /// Actions granted on the node.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub node_actions: Vec<String>,
    /// Value of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_value: Option<String>,
    /// Custom fields of the node by name; answered by newer servers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_extend_field_value: Option<Value>,
}

/// The resources to list the granted actions of.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourcePermissionListDto {
    /// Codes of the resources; for a tree the path of a node, such as `treeCode/nodeCode`.
    pub resources: Vec<String>,
}

impl GetUserAuthResourcePermissionListDto {
    /// With everything that is required.
    pub fn new(resources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            resources: resources.into_iter().map(Into::into).collect(),
        }
    }
}

/// The actions granted on the resources asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourcePermissionListDataDto {
    /// One entry per resource.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub permission_list: Vec<GetUserAuthResourcePermissionList>,
}

/// The actions granted on one resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourcePermissionList {
    /// Code of the permission space; for the space of an application this is the application ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_code: Option<String>,
    /// Actions the user may do.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
    /// Resource or path the entry is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// The data resource to read the granted part of.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourceStructDto {
    /// Code of the resource.
    pub resource: String,
}

impl GetUserAuthResourceStructDto {
    /// With everything that is required.
    pub fn new(resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
        }
    }
}

/// The granted part of a data resource, in one of three shapes.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetUserAuthResourceStructDataDto {
    /// Code of the permission space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_code: Option<String>,
    /// Code of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_code: Option<String>,
    /// Shape of the resource, which tells the member to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<DataResourceType>,
    /// What is granted, when it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub str_resource_auth_action: Option<StrResourceAuthAction>,
    /// What is granted, when it is an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arr_resource_auth_action: Option<ArrResourceAuthAction>,
    /// What is granted, when it is a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_resource_auth_action: Option<TreeResourceAuthAction>,
}

/// What is granted on a string resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StrResourceAuthAction {
    /// Value of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Actions granted on it.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
}

/// What is granted on an array resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ArrResourceAuthAction {
    /// Values of the resource.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub values: Vec<String>,
    /// Actions granted on it.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
}

/// What is granted on a tree resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TreeResourceAuthAction {
    /// The top nodes that are granted, with their children.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub node_auth_action_list: Vec<TreeStructs>,
}

/// A node of a tree resource, with the nodes below it.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TreeStructs {
    /// Code of the node, unique among its siblings; at most 50 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Name of the node, unique among its siblings; at most 50 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Value of the node; at most 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Actions granted on the node.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub actions: Vec<String>,
    /// Nodes below; a tree is at most five levels deep.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub children: Vec<TreeStructs>,
    /// Custom fields of the node by name; not answered by every server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extend_field_value: Option<Value>,
}
