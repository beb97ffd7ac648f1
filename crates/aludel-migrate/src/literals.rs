//! Values and types as Rust text.

use aludel_sql::types::SqlType;

/// A string literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A list of string literals.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name.as_ref())).collect();
    format!("[{}]", names.join(", "))
}

/// A type: `varchar(254)`.
pub(crate) fn sql_type(of: &SqlType) -> String {
    match of {
        SqlType::Bool => "boolean()".into(),
        SqlType::SmallInt => "small_int()".into(),
        SqlType::Integer => "integer()".into(),
        SqlType::BigInt => "big_int()".into(),
        SqlType::Real => "real()".into(),
        SqlType::Double => "double()".into(),
        SqlType::Text => "text()".into(),
        SqlType::Varchar(length) => format!("varchar({length})"),
        SqlType::Bytes => "bytes()".into(),
        SqlType::Decimal(precision, scale) => format!("decimal({precision}, {scale})"),
        SqlType::Date => "date()".into(),
        SqlType::Time => "time()".into(),
        SqlType::DateTime => "date_time()".into(),
        SqlType::Timestamp => "timestamp()".into(),
        SqlType::Uuid => "uuid()".into(),
        SqlType::Json => "json()".into(),
        SqlType::Array(element) => format!("array({})", sql_type(element)),
        SqlType::Enum(kind) => format!("one_of({}, {})", quoted(kind.name), list(kind.labels)),
        SqlType::Custom(words) => format!("custom({})", quoted(words)),
    }
}
