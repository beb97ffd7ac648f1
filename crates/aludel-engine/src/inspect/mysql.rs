//! Reflection of MariaDB and MySQL, from `information_schema`.

use super::expression;
use crate::error::Result;
use crate::execute::Executor;
use crate::raw::sql;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Check, Column, Deferrability, ForeignKey, Generated, Identity, Index, IndexPart,
    Schema, Table, TokenKind, Trigger, Unique, View, canonical, tokens,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

pub(super) async fn inspect(db: &dyn Executor) -> Result<Schema> {
    let mut schema = Schema::default();
    let tables: Vec<(String, String)> = sql(
        "SELECT table_name, table_comment FROM information_schema.tables \
         WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name",
    )
    .all(db)
    .await?;
    for (name, comment) in tables {
        schema.tables.push(Table {
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            ..Table::new(name)
        });
    }
    columns(db, &mut schema).await?;
    foreign_keys(db, &mut schema).await?;
    indexes(db, &mut schema).await?;
    checks(db, &mut schema).await?;
    let views: Vec<(String, String)> = sql(
        "SELECT table_name, view_definition FROM information_schema.views \
         WHERE table_schema = database() ORDER BY table_name",
    )
    .all(db)
    .await?;
    let database: String = sql("SELECT database()").one(db).await?;
    schema.views = views
        .into_iter()
        .map(|(name, query)| View::new(name, without_database(&query, &database, db.dialect())))
        .collect();
    let triggers: Vec<(String, String, String)> = sql(
        "SELECT trigger_name, event_object_table, action_statement FROM information_schema.triggers \
         WHERE trigger_schema = database() ORDER BY trigger_name",
    )
    .all(db)
    .await?;
    schema.triggers = triggers
        .into_iter()
        .map(|(name, table, statement)| Trigger {
            name,
            table: table.into(),
            statement,
        })
        .collect();
    Ok(schema)
}

/// A view's query without the name of the database that it was made in: elsewhere it would read the rows of that one.
fn without_database(query: &str, database: &str, dialect: &'static dyn Dialect) -> String {
    let all = tokens(query, dialect);
    let mut out = String::with_capacity(query.len());
    let (mut from, mut next) = (0, 0);
    for (at, pair) in all.windows(2).enumerate() {
        let is_database = matches!(&pair[0].kind, TokenKind::Quoted(name) if name == database);
        if is_database && pair[1].is_mark(".") && at >= next {
            out.push_str(&query[from..pair[0].span.start]);
            from = pair[1].span.end;
            // What follows is a table, whatever its name.
            next = at + 3;
        }
    }
    out.push_str(&query[from..]);
    out
}

fn table(schema: &mut Schema, name: String) -> Option<&mut Table> {
    schema.table_mut(&TableName::new(name))
}

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

/// What a type's text says besides the type: `varchar(9) /*M!100301 COMPRESSED*/`.
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

async fn columns(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let dialect = db.dialect();
    let rows: Vec<ColumnRow> = sql(
        "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, \
         column_comment, collation_name FROM information_schema.columns WHERE table_schema = database() \
         ORDER BY table_name, ordinal_position",
    )
    .all(db)
    .await?;
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
            column.default = Some(default_node(&text, &extra, &column.sql_type, dialect));
        }
        table.columns.push(column);
    }
    Ok(())
}

/// MySQL prints literals without quotes, and says of expressions that they are some.
fn default_node(
    text: &str,
    extra: &str,
    sql_type: &SqlType,
    dialect: &'static dyn Dialect,
) -> Node {
    let node = if dialect.name() == "mysql" && !extra.contains("default_generated") {
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

async fn foreign_keys(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let rows: Vec<(String, String, String, String, String, String, String)> = sql(
        "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, \
         r.delete_rule, r.update_rule FROM information_schema.key_column_usage k \
         JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema \
         AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name \
         WHERE k.table_schema = database() AND k.referenced_table_name IS NOT NULL \
         ORDER BY k.table_name, k.constraint_name, k.ordinal_position",
    )
    .all(db)
    .await?;
    for (of, name, column, target, target_column, on_delete, on_update) in rows {
        let Some(table) = table(schema, of) else {
            continue;
        };
        match table.foreign_keys.last_mut() {
            Some(key) if key.name == name => {
                key.columns.push(column);
                key.target_columns.push(target_column);
            }
            _ => table.foreign_keys.push(ForeignKey {
                name,
                columns: vec![column],
                target: target.into(),
                target_columns: vec![target_column],
                on_delete: action(&on_delete),
                on_update: action(&on_update),
                deferrable: Deferrability::Not,
            }),
        }
    }
    Ok(())
}

/// RESTRICT and NO ACTION are one here.
fn action(rule: &str) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

async fn indexes(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let rows: Vec<(String, String, i64, Option<String>, Option<String>, String)> = sql(
        "SELECT table_name, index_name, CAST(non_unique AS SIGNED), column_name, collation, index_type \
         FROM information_schema.statistics WHERE table_schema = database() \
         ORDER BY table_name, index_name, seq_in_index",
    )
    .all(db)
    .await?;
    for (of, name, non_unique, column, collation, method) in rows {
        let Some(table) = table(schema, of) else {
            continue;
        };
        let column = column.unwrap_or_default();
        if name == "PRIMARY" {
            table.primary_key.push(column);
            continue;
        }
        let part = IndexPart {
            node: Node::Root(column.into()),
            descending: collation.as_deref() == Some("D"),
        };
        match table.indexes.last_mut() {
            Some(index) if index.name == name => index.parts.push(part),
            _ => table.indexes.push(Index {
                name,
                parts: vec![part],
                unique: non_unique == 0,
                condition: None,
                method: Some(method.to_ascii_lowercase()).filter(|method| method != "btree"),
                include: Vec::new(),
            }),
        }
    }
    for table in &mut schema.tables {
        // An index that a foreign key needed and found missing goes by the key's name.
        let keys: Vec<String> = table
            .foreign_keys
            .iter()
            .map(|key| key.name.clone())
            .collect();
        table.indexes.retain(|index| !keys.contains(&index.name));
        let (uniques, indexes) =
            std::mem::take(&mut table.indexes)
                .into_iter()
                .partition(|index| {
                    index.unique
                        && index.method.is_none()
                        && !index.parts.iter().any(|p| p.descending)
                });
        table.indexes = indexes;
        for index in { uniques } as Vec<Index> {
            table.uniques.push(Unique {
                name: index.name,
                columns: { index.parts }
                    .into_iter()
                    .filter_map(|part| match part.node {
                        Node::Root(name) => Some(name.into_owned()),
                        _ => None,
                    })
                    .collect(),
            });
        }
    }
    Ok(())
}

async fn checks(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let dialect = db.dialect();
    let query = if dialect.name() == "mariadb" {
        sql(
            "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints \
             WHERE constraint_schema = database() ORDER BY table_name, constraint_name",
        )
    } else {
        sql(
            "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c \
             JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema \
             AND t.constraint_name = c.constraint_name \
             WHERE c.constraint_schema = database() ORDER BY t.table_name, c.constraint_name",
        )
    };
    let rows: Vec<(String, String, String)> = query.all(db).await?;
    for (of, name, clause) in rows {
        let Some(table) = table(schema, of) else {
            continue;
        };
        // JSON is text with this CHECK on MariaDB.
        let json = canonical(&format!("json_valid(`{name}`)"), dialect);
        if canonical(&clause, dialect) == json
            && let Some(column) = table.columns.iter_mut().find(|column| column.name == name)
        {
            column.sql_type = SqlType::Json;
            column.collation = None;
            continue;
        }
        table.checks.push(Check {
            name,
            condition: Node::Raw(vec![clause.into()], Vec::new()),
        });
    }
    Ok(())
}
