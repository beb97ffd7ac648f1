//! [`Bounds`]: what a column can hold, so that no expression writes a value that is cut or can't be read back.

use super::SqlType;

/// The numbers, or the text, that a column can hold. Only the database knows the result of an expression, and not every
/// database checks it: SQLite stores any number in any column, and no server knows that a `u8` is read from a `smallint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// Whole numbers, from the first to the second: those of the column's type.
    Whole(i64, i64),
    /// Whole numbers, from the first to the second: fewer than the column's type holds.
    Narrow(i64, i64),
    /// Floats of 32 bits.
    Single,
    /// Exact numbers: digits in all, digits after the point.
    Digits(u32, u32),
    /// Text of at most that many characters.
    Length(u32),
}

impl Bounds {
    /// What a column of this type can hold, if its Rust type reads the whole numbers in `range` (`None`: all).
    pub fn of(sql_type: &SqlType, range: Option<(i64, i64)>) -> Option<Bounds> {
        let (least, most) = match sql_type {
            SqlType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
            SqlType::Integer => (i32::MIN.into(), i32::MAX.into()),
            SqlType::BigInt => (i64::MIN, i64::MAX),
            SqlType::Real => return Some(Bounds::Single),
            SqlType::Varchar(most) => return Some(Bounds::Length(*most)),
            SqlType::Decimal(precision, scale) => {
                return Some(Bounds::Digits(*precision, *scale));
            }
            SqlType::Bool
            | SqlType::Double
            | SqlType::Text
            | SqlType::Bytes
            | SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp
            | SqlType::Uuid
            | SqlType::Json
            | SqlType::Array(_)
            | SqlType::Enum(_)
            | SqlType::Custom(_) => return None,
        };
        Some(match range {
            Some((from, to)) if from > least || to < most => {
                Bounds::Narrow(from.max(least), to.min(most))
            }
            _ => Bounds::Whole(least, most),
        })
    }

    /// Whether these bounds include all that the other's do.
    pub fn hold(self, other: Bounds) -> bool {
        match (self, other) {
            (Bounds::Length(most), Bounds::Length(others)) => others <= most,
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rust_type_may_be_narrower_than_its_column() {
        for (sql_type, range, bounds) in [
            (
                SqlType::SmallInt,
                None,
                Some(Bounds::Whole(-32_768, 32_767)),
            ),
            (
                SqlType::SmallInt,
                Some((-32_768, 32_767)),
                Some(Bounds::Whole(-32_768, 32_767)),
            ),
            (
                SqlType::SmallInt,
                Some((0, 255)),
                Some(Bounds::Narrow(0, 255)),
            ),
            (
                SqlType::BigInt,
                Some((0, i64::MAX)),
                Some(Bounds::Narrow(0, i64::MAX)),
            ),
            (SqlType::Real, None, Some(Bounds::Single)),
            (SqlType::Decimal(8, 3), None, Some(Bounds::Digits(8, 3))),
            (SqlType::Varchar(5), None, Some(Bounds::Length(5))),
            (SqlType::Text, None, None),
            (SqlType::Custom("tinyint".into()), Some((0, 255)), None),
        ] {
            assert_eq!(Bounds::of(&sql_type, range), bounds, "{sql_type:?}");
        }
    }
}
