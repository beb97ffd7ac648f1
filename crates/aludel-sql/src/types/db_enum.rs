//! [`DbEnum`]: enums without data as labels.

use super::Scalar;
use crate::row::{CellResult, Cells};
use crate::value::EnumType;

/// An enum whose variants are labels of a column: `#[derive(DbEnum)]`. A native enum type on PostgreSQL, text with a
/// CHECK elsewhere.
pub trait DbEnum: Scalar + Copy {
    /// The type and its labels, in declared order.
    const TYPE: EnumType;
    /// The variants, in declared order.
    const VARIANTS: &'static [Self];

    /// The variant's label.
    fn label(self) -> &'static str;

    /// The variant of a label.
    fn from_label(label: &str) -> Option<Self> {
        let at = Self::TYPE.labels.iter().position(|known| *known == label)?;
        Self::VARIANTS.get(at).copied()
    }

    /// Reads a label.
    ///
    /// # Errors
    /// Something other than text, or a label that the enum does not have.
    fn decode_label(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        match cells.text(at)? {
            None => Ok(None),
            Some(label) => match Self::from_label(label) {
                Some(variant) => Ok(Some(variant)),
                None => Err(format!("a label that {} has not", Self::TYPE.name)),
            },
        }
    }
}
