//! Numbers and JSON as text.

use crate::error::{Error, Result};
use crate::expr::JsonStep;
use crate::render::far_year;
use crate::value::Value;

/// A JSON path: `$."key"[0]`. Keys are quoted and escaped as JSON strings are.
pub(in crate::dialect) fn json_path(path: &[JsonStep]) -> String {
    let mut out = String::from("$");
    for step in path {
        match step {
            JsonStep::Key(key) => {
                out.push('.');
                json_string(key, &mut out);
            }
            JsonStep::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

/// A JSON string literal.
pub(in crate::dialect) fn json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The values as a JSON array; bytes and UUIDs as hexadecimal text.
pub(in crate::dialect) fn json_list(values: &[Value]) -> Result<String> {
    let mut out = String::with_capacity(values.len() * 8 + 2);
    out.push('[');
    for (n, value) in values.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        json_value(value, &mut out)?;
    }
    out.push(']');
    Ok(out)
}

fn json_value(value: &Value, out: &mut String) -> Result<()> {
    use std::fmt::Write;
    let text = |text: Option<String>, out: &mut String| {
        json_string(&text.ok_or_else(far_year)?, out);
        Ok(())
    };
    let hex = |bytes: &[u8], out: &mut String| {
        out.push('"');
        push_hex(bytes, out);
        out.push('"');
    };
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(holds) => out.push(if *holds { '1' } else { '0' }),
        Value::I16(n) => push_integer((*n).into(), out),
        Value::I32(n) => push_integer((*n).into(), out),
        Value::I64(n) => push_integer(*n, out),
        Value::F32(n) if n.is_finite() => {
            let _ = write!(out, "{:?}", f64::from(*n));
        }
        Value::F64(n) if n.is_finite() => {
            let _ = write!(out, "{n:?}");
        }
        // JSON has no infinities, but numbers that are read as infinities.
        Value::F32(n) if n.is_infinite() => out.push_str(infinity(n.is_sign_negative())),
        Value::F64(n) if n.is_infinite() => out.push_str(infinity(n.is_sign_negative())),
        Value::F32(_) | Value::F64(_) => return Err(Error::invalid("NaN can't be in a list")),
        Value::Text(text) | Value::Json(text) => json_string(text, out),
        Value::Enum(_, label) => json_string(label, out),
        Value::Bytes(bytes) => hex(bytes, out),
        Value::Uuid(bytes) => hex(bytes, out),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => json_string(&n.to_string(), out),
        Value::Date(date) => text(date.to_text(), out)?,
        Value::Time(time) => text(Some(time.to_text()), out)?,
        Value::DateTime(time) => text(time.to_text(), out)?,
        Value::Timestamp(time) => text(time.to_text(), out)?,
        Value::Array(_) | Value::Invalid(_) => {
            return Err(Error::invalid("an array can't be in a list"));
        }
    }
    Ok(())
}

fn infinity(is_negative: bool) -> &'static str {
    if is_negative { "-9e999" } else { "9e999" }
}

fn push_integer(n: i64, out: &mut String) {
    use std::fmt::Write;
    let _ = write!(out, "{n}");
}

pub(in crate::dialect) fn push_number(n: usize, out: &mut String) {
    if n < 10 {
        out.push((b'0' + n as u8) as char);
    } else {
        push_integer(n as i64, out);
    }
}

/// Bytes as hexadecimal digits.
pub(in crate::dialect) fn push_hex(bytes: &[u8], out: &mut String) {
    use std::fmt::Write;
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
}
