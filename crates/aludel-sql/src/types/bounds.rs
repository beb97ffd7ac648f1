//! [`Bounds`]: what a column may hold, so that an expression never writes what can't be read back, or is cut.

use super::SqlType;

/// The numbers, or the text, that a column may hold. What an expression comes to is known to the database alone, and not each of them
/// looks: SQLite keeps any number in any column, and no server knows that a `u8` is read from a `smallint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// Whole numbers, from one to another: those of the column's type.
    Whole(i64, i64),
    /// Whole numbers, from one to another: fewer than the column's type holds.
    Narrow(i64, i64),
    /// Floats of 32 bits.
    Single,
    /// Exact numbers of so many digits, so many of them after the point.
    Digits(u32, u32),
    /// Text of so many characters.
    Length(u32),
}

impl Bounds {
    /// What a column of this type holds, where its Rust type reads these whole numbers (or all).
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
            _ => return None,
        };
        Some(match range {
            Some((from, to)) if from > least || to < most => {
                Bounds::Narrow(from.max(least), to.min(most))
            }
            _ => Bounds::Whole(least, most),
        })
    }

    /// Whether all that the other holds is held.
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
