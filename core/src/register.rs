//! The register of all operations.

use crate::OperationInfo;
#[cfg(feature = "full-serde")]
use crate::OperationVisitor;

/// Every operation of the API, by section. Compare, count or list them; the types stand in the constants.
pub fn all_operations() -> impl Iterator<Item = &'static OperationInfo> {
    crate::authentication::REGISTERS
        .iter()
        .chain(crate::protocol::REGISTERS)
        .copied()
        .flatten()
}

/// Shows every operation to the visitor.
#[cfg(feature = "full-serde")]
pub fn visit_operations<V: OperationVisitor>(visitor: &mut V) {
    crate::authentication::visit(visitor);
    crate::protocol::visit(visitor);
}
