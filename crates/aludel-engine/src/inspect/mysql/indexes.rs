//! Primary keys, unique constraints and indexes.

use super::{is_mariadb, table};
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::Sql;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Index, IndexPart, Schema, Table, Unique, Unmanaged};
use aludel_sql::types::SqlType;

/// Table, index, whether equal entries are allowed, column, expression, direction, length, method, whether it is ignored,
/// comment.
type IndexRow = (
    String,
    String,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    String,
    String,
    String,
);

fn is_in_memory(table: &Table) -> bool {
    { table.options.as_deref() }.is_some_and(|options| options.contains("ENGINE=MEMORY"))
}

pub(super) async fn indexes(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let (expression, ignored) = match is_mariadb(db.dialect()) {
        true => (
            "CAST(NULL AS CHAR)",
            "CASE ignored WHEN 'YES' THEN 'IGNORED' ELSE '' END",
        ),
        false => (
            "expression",
            "CASE is_visible WHEN 'NO' THEN 'INVISIBLE' ELSE '' END",
        ),
    };
    let rows: Vec<IndexRow> = Sql::trusted(format!(
        "SELECT table_name, index_name, CAST(non_unique AS SIGNED), column_name, {expression}, collation, \
         CAST(sub_part AS SIGNED), index_type, {ignored}, index_comment \
         FROM information_schema.statistics WHERE table_schema = database() \
         ORDER BY table_name, index_name, seq_in_index"
    ))
    .all(db)
    .await?;
    let mut unmanaged = Vec::new();
    for (of, name, non_unique, column, expression, collation, length, method, ignored, comment) in
        rows
    {
        let Some(table) = table(schema, of) else {
            continue;
        };
        let column = column.unwrap_or_default();
        if name == "PRIMARY" {
            table.primary_key.push(column.clone());
            if let Some(length) = length {
                let what = format!("{column}({length}) of {}", table.name);
                unmanaged.push(Unmanaged::new("primary key's length", what));
            }
            continue;
        }
        let method = method.to_ascii_lowercase();
        // MEMORY tables have hash indexes unless they say otherwise.
        if method == "btree" && is_in_memory(table) {
            let what = format!("{name} of {}", table.name);
            let thing = Unmanaged::new("USING BTREE", what);
            unmanaged.extend(Some(thing).filter(|thing| !unmanaged.contains(thing)));
        }
        // A unique key of a long text is a hash by default, and its column is not the bounded one that a key has otherwise.
        if method == "hash"
            && let Some(found) = table.columns.iter_mut().find(|found| found.name == column)
            && matches!(found.sql_type, SqlType::Text | SqlType::Bytes)
        {
            let words = match found.sql_type {
                SqlType::Text => "longtext",
                _ => "longblob",
            };
            found.sql_type = SqlType::Custom(words.into());
        }
        let has_own_kind = !matches!(&*method, "btree" | "hash" | "rtree");
        let node = match expression {
            Some(text) => Node::Raw(vec![text.into()], Vec::new()),
            None => Node::Root(column.into()),
        };
        let part = IndexPart {
            node,
            descending: collation.as_deref() == Some("D"),
            // FULLTEXT and SPATIAL have lengths of their own.
            options: length
                .filter(|_| !has_own_kind)
                .map(|length| format!("({length})")),
        };
        let mut options = vec![ignored];
        if !comment.is_empty() {
            options.push(format!("COMMENT '{}'", comment.replace('\'', "''")));
        }
        let options = options.join(" ").trim().to_string();
        match table.indexes.last_mut() {
            Some(index) if index.name == name => index.parts.push(part),
            _ => table.indexes.push(Index {
                name,
                parts: vec![part],
                unique: non_unique == 0,
                condition: None,
                method: has_own_kind.then_some(method),
                include: Vec::new(),
                options: Some(options).filter(|options| !options.is_empty()),
            }),
        }
    }
    schema.unmanaged.extend(unmanaged);
    for table in &mut schema.tables {
        // An index that the server made for a foreign key has the key's name.
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
                    let plain = |part: &IndexPart| {
                        !part.descending
                            && part.options.is_none()
                            && matches!(part.node, Node::Root(_))
                    };
                    index.unique
                        && index.method.is_none()
                        && index.options.is_none()
                        && index.parts.iter().all(plain)
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
