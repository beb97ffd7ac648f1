//! Primary keys, unique constraints, foreign keys, CHECKs, and constraints of other kinds.

use super::{OURS, SCHEMA, name};
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::Sql;
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Check, Constraint, Deferrability, ForeignKey, Schema, Unique, Unmanaged,
};

/// Schema, table, name, kind, columns, target's schema, table and columns, deferrable, condition, and in the database's own
/// codes and words: ON DELETE and whether it is deferred, ON UPDATE, options, definition.
type ConstraintRow = (
    Option<String>,
    String,
    String,
    String,
    Option<Vec<String>>,
    Option<String>,
    Option<String>,
    Option<Vec<String>>,
    bool,
    Option<String>,
    Vec<String>,
);

pub(super) async fn constraints(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let names = |relation: &str, keys: &str| {
        format!(
            "(SELECT array_agg(a.attname::text ORDER BY x.place) FROM unnest(k.{keys}) WITH ORDINALITY AS x(number, place) \
             JOIN pg_attribute a ON a.attrelid = k.{relation} AND a.attnum = x.number)"
        )
    };
    let rows: Vec<ConstraintRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, k.conname::text, k.contype::text, {}, \
         CASE WHEN fn.nspname <> current_schema() THEN fn.nspname::text END, f.relname::text, {}, \
         k.condeferrable, pg_get_expr(k.conbin, k.conrelid), \
         ARRAY[k.confdeltype::text || CASE WHEN k.condeferred THEN 'd' ELSE '' END, k.confupdtype::text, concat_ws(' ', CASE k.confmatchtype WHEN 'f' THEN 'MATCH FULL' WHEN 'p' THEN 'MATCH PARTIAL' END, \
         CASE WHEN k.contype = 'c' AND k.connoinherit THEN 'NO INHERIT' END, \
         CASE WHEN k.contype IN ('c', 'f') AND NOT k.convalidated THEN 'NOT VALID' END), pg_get_constraintdef(k.oid)] \
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace \
         WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND {OURS} ORDER BY k.conrelid, k.conname",
        names("conrelid", "conkey"),
        names("confrelid", "confkey"),
    ))
    .all(db)
    .await?;
    for row in rows {
        let (
            in_schema,
            table,
            constraint,
            kind,
            columns,
            target_schema,
            target,
            targets,
            deferrable,
            condition,
            words,
        ) = row;
        let [on_delete, on_update, options, definition] =
            <[String; 4]>::try_from(words).unwrap_or_default();
        let table_name = name(in_schema, table);
        let Some(table) = schema.table_mut(&table_name) else {
            continue;
        };
        let columns = columns.unwrap_or_default();
        let options = Some(options).filter(|options| !options.is_empty());
        match kind.as_str() {
            "p" => {
                table.primary_key = columns;
                if !is_plain(&definition) {
                    let what = format!("{constraint} of {table_name}: {definition}");
                    schema
                        .unmanaged
                        .push(Unmanaged::new("primary key's options", what));
                }
            }
            // A key with more to it than columns; below, a foreign key that sets only some of its columns.
            "u" if !is_plain(&definition) => {
                table
                    .constraints
                    .push(Constraint::new(constraint, definition));
            }
            "x" => table
                .constraints
                .push(Constraint::new(constraint, definition)),
            "f" if definition.contains(" SET NULL (") || definition.contains(" SET DEFAULT (") => {
                table
                    .constraints
                    .push(Constraint::new(constraint, definition));
            }
            "u" => table.uniques.push(Unique {
                name: constraint,
                columns,
            }),
            "c" => table.checks.push(Check {
                name: constraint,
                condition: Node::Raw(vec![condition.unwrap_or_default().into()], Vec::new()),
                options,
            }),
            _ => table.foreign_keys.push(ForeignKey {
                name: constraint,
                columns,
                target: name(target_schema, target.unwrap_or_default()),
                target_columns: targets.unwrap_or_default(),
                on_delete: action(&on_delete),
                on_update: action(&on_update),
                deferrable: match (deferrable, on_delete.len() > 1) {
                    (false, _) => Deferrability::Not,
                    (true, false) => Deferrability::Immediate,
                    (true, true) => Deferrability::Deferred,
                },
                options,
            }),
        }
    }
    Ok(())
}

fn action(letter: &str) -> Action {
    match letter.chars().next() {
        Some('r') => Action::Restrict,
        Some('c') => Action::Cascade,
        Some('n') => Action::SetNull,
        Some('d') => Action::SetDefault,
        _ => Action::NoAction,
    }
}

/// Whether a key's definition is `UNIQUE (columns)` and nothing else.
fn is_plain(definition: &str) -> bool {
    ["UNIQUE (", "PRIMARY KEY ("]
        .iter()
        .any(|word| definition.starts_with(word))
        && definition.find(')') == Some(definition.len() - 1)
}
