//! Columns and their types.

use super::super::expression;
use super::table;
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::sql;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Generated, Identity, Schema};
use aludel_sql::types::SqlType;

/// Table, column, type, nullable, default, extra, expression, comment, collation.
type ColumnRow = (
    String,
    String,
    String,
    String,
    Option<String>,
    String,
    Option<String>,
    String,
    Option<String>,
);

/// A type's text, and its options if it has any: `varchar(9) /*M!100301 COMPRESSED*/`.
fn bare_type(text: &str) -> (&str, Option<&str>) {
    match text.split_once("/*M!") {
        Some((bare, rest)) => {
            let words = rest
                .trim_end_matches("*/")
                .trim_start_matches(|c: char| c.is_ascii_digit());
            (bare.trim(), Some(words.trim()))
        }
        None => (text, None),
    }
}

/// What the database knows of a column and Aludel does not, in the database's words.
fn options(extra: &str, type_words: Option<&str>) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    if let Some((_, rest)) = extra.split_once("on update ") {
        let moment = rest.split([',', ' ']).next().unwrap_or_default();
        found.push(format!("ON UPDATE {moment}"));
    }
    if extra.contains("invisible") {
        found.push("INVISIBLE".into());
    }
    if extra.contains("without system versioning") {
        found.push("WITHOUT SYSTEM VERSIONING".into());
    }
    found.extend(type_words.map(str::to_string));
    (!found.is_empty()).then(|| found.join(" "))
}

pub(super) async fn columns(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let dialect = db.dialect();
    let rows: Vec<ColumnRow> = sql(
        "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, \
         column_comment, collation_name FROM information_schema.columns WHERE table_schema = database() \
         ORDER BY table_name, ordinal_position",
    )
    .all(db)
    .await?;
    let database: String = sql("SELECT database()").one(db).await?;
    for (of, name, type_text, nullable, default, extra, generated, comment, collation) in rows {
        let Some(table) = table(schema, of) else {
            continue;
        };
        let extra = extra.to_ascii_lowercase();
        let (bare, words) = bare_type(&type_text);
        let usual = dialect.capabilities().binary_collation;
        let mut column = Column {
            nullable: nullable == "YES",
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            collation: collation.filter(|name| name != usual),
            options: options(&extra, words),
            ..Column::new(name, sql_type(bare))
        };
        if bare == "json" || column.sql_type == SqlType::Json {
            column.collation = None;
        }
        if extra.contains("auto_increment") {
            column.identity = Some(Identity::ByDefault);
        }
        if let Some(text) = generated.filter(|text| !text.is_empty()) {
            column.generated = Some(Generated {
                expression: Node::Raw(vec![text.into()], Vec::new()),
                stored: extra.contains("stored") || extra.contains("persistent"),
            });
        } else if let Some(text) = default.filter(|text| text != "NULL") {
            // A sequence's name includes its database's.
            let text = match text.contains("nextval(") {
                true => super::without_database(&text, &database, dialect),
                false => text,
            };
            column.default = Some(default_node(&text, &extra, &column.sql_type, dialect));
        }
        table.columns.push(column);
    }
    Ok(())
}

/// MySQL prints literals without quotes, and marks expressions.
fn default_node(
    text: &str,
    extra: &str,
    sql_type: &SqlType,
    dialect: &'static dyn Dialect,
) -> Node {
    let node = if !super::is_mariadb(dialect) && !extra.contains("default_generated") {
        match text.parse::<i64>() {
            Ok(n) => Node::Value(Value::I64(n)),
            Err(_) => Node::Value(Value::Text(text.to_string())),
        }
    } else {
        expression::node(text, dialect)
    };
    match (node, sql_type) {
        (Node::Value(Value::I64(n @ (0 | 1))), SqlType::Bool) => Node::Value(Value::Bool(n == 1)),
        (node, _) => node,
    }
}

fn sql_type(text: &str) -> SqlType {
    let (word, rest) = match text.split_once('(') {
        Some((word, rest)) => (word, rest),
        None => (text, ""),
    };
    let sizes: Vec<u32> = rest
        .split(')')
        .next()
        .unwrap_or("")
        .split(',')
        .filter_map(|n| n.trim().parse().ok())
        .collect();
    if text.contains("unsigned") {
        return SqlType::Custom(text.to_string().into());
    }
    match (word, sizes.as_slice()) {
        ("tinyint", [1]) => SqlType::Bool,
        ("smallint", _) => SqlType::SmallInt,
        ("int", _) => SqlType::Integer,
        ("bigint", _) => SqlType::BigInt,
        ("float", []) => SqlType::Real,
        ("double", []) => SqlType::Double,
        ("longtext", _) => SqlType::Text,
        ("varchar", [length]) => SqlType::Varchar(*length),
        ("longblob", _) => SqlType::Bytes,
        ("decimal", [precision, scale]) => SqlType::Decimal(*precision, *scale),
        ("date", _) => SqlType::Date,
        ("time", [6]) => SqlType::Time,
        ("datetime", [6]) => SqlType::DateTime,
        ("binary", [16]) => SqlType::Uuid,
        ("json", _) => SqlType::Json,
        _ => SqlType::Custom(text.to_string().into()),
    }
}
