//! Whether something was done.

use crate::dto::answer;

use crate::dto::open_enum;

open_enum! {
    /// Direction of a sorted list.
    pub enum SortOrder {
        /// Ascending, smallest or oldest first.
        Asc = "Asc",
        /// Descending, largest or latest first.
        Desc = "Desc",
    }
}

answer!(
    /// Outcome of an operation that has nothing else to report.
    #[must_use = "the service may answer that nothing was done"]
    pub struct IsSuccessDto {
        /// Whether the operation succeeded.
        pub success: Option<bool>,
    }
);

impl IsSuccessDto {
    /// Whether it was done. A service that does not say so has done it: its failures are errors.
    pub fn is_success(&self) -> bool {
        self.success.unwrap_or(true)
    }
}
