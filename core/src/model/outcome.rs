//! Whether something was done.

use serde::Deserialize;

use crate::dto::wire::open_enum;

open_enum! {
    /// Direction of a sorted list.
    pub enum SortOrder {
        /// Ascending, smallest or oldest first.
        Asc = "Asc",
        /// Descending, largest or latest first.
        Desc = "Desc",
    }
}

/// Outcome of an operation that has nothing else to report.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[must_use = "the service may answer that nothing was done"]
pub struct IsSuccessDto {
    /// Whether the operation succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
}

impl IsSuccessDto {
    /// Whether it was done. A service that does not say so has done it: its failures are errors.
    pub fn is_success(&self) -> bool {
        self.success.unwrap_or(true)
    }
}
