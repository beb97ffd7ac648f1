//! Values in PostgreSQL's binary format, on their way to the server.

use super::is_inferred;
use aludel_sql::Value;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDateTime, Instant};
use bytes::{BufMut, BytesMut};
use postgres_protocol::IsNull;
use postgres_types::{Kind, Type};
use std::error::Error as StdError;

/// Microseconds from 1970 to 2000, where PostgreSQL counts from.
pub(super) const EPOCH: i64 = 946_684_800_000_000;
/// Days from 1970 to 2000.
pub(super) const EPOCH_DAYS: i32 = 10_957;

/// The type that a bind is declared with; `unknown` lets the server infer it.
pub(super) fn bind_type(value: &Value) -> Type {
    match value {
        value if is_inferred(value) => Type::UNKNOWN,
        Value::Bool(_) => Type::BOOL,
        Value::I16(_) => Type::INT2,
        Value::I32(_) => Type::INT4,
        Value::I64(_) => Type::INT8,
        Value::F32(_) => Type::FLOAT4,
        Value::F64(_) => Type::FLOAT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => Type::NUMERIC,
        Value::Date(_) => Type::DATE,
        Value::Time(_) => Type::TIME,
        Value::DateTime(_) => Type::TIMESTAMP,
        Value::Timestamp(_) => Type::TIMESTAMPTZ,
        Value::Uuid(_) => Type::UUID,
        Value::Json(_) => Type::JSONB,
        Value::Array(array) => array_type(&array.element),
        Value::Null | Value::Enum(..) | Value::Invalid(_) => Type::UNKNOWN,
    }
}

#[cfg(feature = "decimal")]
fn decimal_bytes(
    n: &rust_decimal::Decimal,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, Fault> {
    use postgres_types::ToSql;
    n.to_sql(ty, out).map(|_| IsNull::No)
}

fn array_type(element: &SqlType) -> Type {
    match element {
        SqlType::Bool => Type::BOOL_ARRAY,
        SqlType::SmallInt => Type::INT2_ARRAY,
        SqlType::Integer => Type::INT4_ARRAY,
        SqlType::BigInt => Type::INT8_ARRAY,
        SqlType::Real => Type::FLOAT4_ARRAY,
        SqlType::Double => Type::FLOAT8_ARRAY,
        SqlType::Text | SqlType::Varchar(_) => Type::TEXT_ARRAY,
        SqlType::Bytes => Type::BYTEA_ARRAY,
        SqlType::Decimal(..) => Type::NUMERIC_ARRAY,
        SqlType::Date => Type::DATE_ARRAY,
        SqlType::Time => Type::TIME_ARRAY,
        SqlType::DateTime => Type::TIMESTAMP_ARRAY,
        SqlType::Timestamp => Type::TIMESTAMPTZ_ARRAY,
        SqlType::Uuid => Type::UUID_ARRAY,
        SqlType::Json => Type::JSONB_ARRAY,
        SqlType::Array(_) | SqlType::Enum(_) | SqlType::Custom(_) => Type::UNKNOWN,
    }
}

type Fault = Box<dyn StdError + Sync + Send>;

/// Writes a value as PostgreSQL takes it.
pub(super) fn encode(value: &Value, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
    match value {
        Value::Null | Value::Invalid(_) => return Ok(IsNull::Yes),
        Value::Bool(holds) => out.put_u8((*holds).into()),
        Value::I16(n) => out.put_i16(*n),
        Value::I32(n) => out.put_i32(*n),
        Value::I64(n) => out.put_i64(*n),
        Value::F32(n) => out.put_f32(*n),
        Value::F64(n) => out.put_f64(*n),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Enum(_, label) => out.put_slice(label.as_bytes()),
        Value::Bytes(bytes) => out.put_slice(bytes),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => return decimal_bytes(n, ty, out),
        Value::Date(date) => out.put_i32(
            date.0
                .checked_sub(EPOCH_DAYS)
                .ok_or("a date out of range")?,
        ),
        Value::Time(time) => out.put_i64(time.0),
        Value::DateTime(CivilDateTime(micros)) | Value::Timestamp(Instant(micros)) => {
            out.put_i64(micros.checked_sub(EPOCH).ok_or("a time out of range")?);
        }
        Value::Uuid(bytes) => out.put_slice(bytes),
        Value::Json(text) => {
            if *ty != Type::JSON {
                out.put_u8(1);
            }
            out.put_slice(text.as_bytes());
        }
        Value::Array(array) => {
            let element = match ty.kind() {
                Kind::Array(element) => element.clone(),
                _ => return Err("an array where none is wanted".into()),
            };
            out.put_i32(i32::from(!array.items.is_empty()));
            out.put_i32(i32::from(array.items.iter().any(Value::is_null)));
            out.put_u32(element.oid());
            if !array.items.is_empty() {
                out.put_i32(i32::try_from(array.items.len())?);
                out.put_i32(1);
            }
            for item in &array.items {
                let start = out.len();
                out.put_i32(-1);
                if let IsNull::No = encode(item, &element, out)? {
                    let length = i32::try_from(out.len() - start - 4)?;
                    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
                }
            }
        }
    }
    Ok(IsNull::No)
}
