//! Checks that the values of a row fit their columns, before it is sent: the same for every verb, the session and the
//! dynamic layer. Models whose columns have no limits are skipped.

use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::values::count;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::statement::Assignment;
use aludel_sql::types::{SqlType, Unfit, check_fit, pad};

/// Checks that a field's column can hold the value.
///
/// # Errors
/// [`ErrorKind::ValueTooLong`] and [`ErrorKind::OutOfRange`], with the column's name.
pub(crate) fn check(meta: &ModelMeta, field: &FieldMeta, value: &Value) -> Result<()> {
    check_fit(value, &field.sql_type).map_err(|unfit| refused(meta, field, unfit))
}

/// The error for a value that its field's column can't hold.
#[cold]
pub(crate) fn refused(meta: &ModelMeta, field: &FieldMeta, unfit: Unfit) -> Error {
    let (kind, why) = match unfit {
        Unfit::TooLong(why) => (ErrorKind::ValueTooLong, why),
        Unfit::OutOfRange(why) => (ErrorKind::OutOfRange, why),
    };
    Error::new(kind, format!("{}.{}: {why}", meta.name, field.name)).with_column(&field.column)
}

/// Checks the value, and pads it as the field's column does.
pub(crate) fn fit(meta: &ModelMeta, field: &FieldMeta, value: &mut Value) -> Result<()> {
    check(meta, field, value)?;
    pad(value, &field.sql_type);
    Ok(())
}

/// Checks that the columns can hold a row's values: those that are given, in order.
pub(crate) fn check_row(meta: &ModelMeta, given: &[bool], values: &[Value]) -> Result<()> {
    for at in meta.bounded() {
        if given[*at] {
            check(meta, &meta.fields[*at], &values[count(&given[..*at])])?;
        }
    }
    Ok(())
}

/// Pads a row's values as the columns do; they must fit.
pub(crate) fn pad_row(meta: &ModelMeta, given: &[bool], values: &mut [Value]) {
    for at in meta.bounded() {
        if given[*at] {
            pad(
                &mut values[count(&given[..*at])],
                &meta.fields[*at].sql_type,
            );
        }
    }
}

/// Checks the values of a whole row, and pads them as the columns do.
pub(crate) fn fit_all(meta: &ModelMeta, values: &mut [Value]) -> Result<()> {
    for at in meta.bounded() {
        fit(meta, &meta.fields[*at], &mut values[*at])?;
    }
    Ok(())
}

/// Pads the values of a whole row as the columns do; they must fit.
pub(crate) fn pad_all(meta: &ModelMeta, values: &mut [Value]) {
    for at in meta.bounded() {
        pad(&mut values[*at], &meta.fields[*at].sql_type);
    }
}

/// Whether a row in memory may differ from what its columns store: fractions of a microsecond, digits after the point.
pub(crate) fn is_cut(meta: &ModelMeta) -> bool {
    fn cuts(sql_type: &SqlType) -> bool {
        match sql_type {
            SqlType::Time | SqlType::DateTime | SqlType::Timestamp | SqlType::Decimal(..) => true,
            SqlType::Array(element) => cuts(element),
            SqlType::Bool
            | SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Real
            | SqlType::Double
            | SqlType::Text
            | SqlType::Varchar(_)
            | SqlType::Bytes
            | SqlType::Date
            | SqlType::Uuid
            | SqlType::Json
            | SqlType::Enum(_)
            | SqlType::Custom(_) => false,
        }
    }
    meta.fields.iter().any(|field| cuts(&field.sql_type))
}

/// Checks the changes of a row, and pads them as the columns do.
pub(crate) fn fit_changes(meta: &ModelMeta, changes: &mut [(usize, Value)]) -> Result<()> {
    if meta.bounded().is_empty() {
        return Ok(());
    }
    for (at, value) in changes {
        fit(meta, &meta.fields[*at], value)?;
    }
    Ok(())
}

/// Checks that the columns can hold the values assigned to them. Only the database knows the result of an expression.
pub(crate) fn check_assigned(meta: &ModelMeta, assignments: &[Assignment]) -> Result<()> {
    if meta.bounded().is_empty() {
        return Ok(());
    }
    for assignment in assignments {
        if let Node::Value(value) = &assignment.value
            && let Some(field) = meta.field_of_column(&assignment.column)
        {
            check(meta, field, value)?;
        }
    }
    Ok(())
}

/// Pads the values assigned to columns as the columns do. Those that do not fit stay: [`check_assigned`] reports them.
pub(crate) fn pad_assigned(meta: &ModelMeta, assignments: &mut [Assignment]) {
    if meta.bounded().is_empty() {
        return;
    }
    for assignment in assignments {
        if let Node::Value(value) = &mut assignment.value
            && let Some(field) = meta.field_of_column(&assignment.column)
            && check_fit(value, &field.sql_type).is_ok()
        {
            pad(value, &field.sql_type);
        }
    }
}
