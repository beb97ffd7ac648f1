//! Reflection of MariaDB and MySQL, from `information_schema`.

mod columns;
mod indexes;

use crate::error::Result;
use crate::execute::Executor;
use crate::sql::{Sql, sql};
use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Check, Deferrability, ForeignKey, Schema, Table, TokenKind, Trigger, Unmanaged, View,
    canonical, closing, tokens,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

pub(super) async fn inspect(db: &dyn Executor) -> Result<Schema> {
    let mut schema = Schema::default();
    tables(db, &mut schema).await?;
    columns::columns(db, &mut schema).await?;
    foreign_keys(db, &mut schema).await?;
    indexes::indexes(db, &mut schema).await?;
    checks(db, &mut schema).await?;
    schema.views = views(db).await?;
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
    schema.unmanaged.extend(unmanaged(db).await?);
    schema.unmanaged.sort();
    Ok(schema)
}

/// Name, type, engine, what was said when it was made, collation, comment.
type TableRow = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
);

async fn tables(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let rows: Vec<TableRow> = sql(
        "SELECT table_name, table_type, engine, create_options, table_collation, table_comment \
         FROM information_schema.tables WHERE table_schema = database() \
         AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE') ORDER BY table_name",
    )
    .all(db)
    .await?;
    let usual = db.dialect().capabilities().binary_collation;
    for (name, kind, engine, created, collation, comment) in rows {
        if kind == "SEQUENCE" {
            schema.unmanaged.push(Unmanaged::new("sequence", name));
            continue;
        }
        let mut options: Vec<String> = Vec::new();
        if let Some(engine) = engine.filter(|engine| !engine.eq_ignore_ascii_case("innodb")) {
            options.push(format!("ENGINE={engine}"));
        }
        if let Some(collation) = collation.filter(|collation| collation != usual) {
            options.push(format!("COLLATE={collation}"));
        }
        let created = created.unwrap_or_default();
        let words = { created.split_whitespace() }
            .filter(|word| !matches!(*word, "partitioned" | "transactional=1"));
        options.extend(words.map(str::to_string));
        if kind == "SYSTEM VERSIONED" {
            options.push("WITH SYSTEM VERSIONING".into());
        }
        if created.contains("partitioned") || kind == "SYSTEM VERSIONED" {
            let text = show_create(db, &name).await?;
            if let Some(at) = partitions(&text, db.dialect()) {
                options.push(text[at..].split_whitespace().collect::<Vec<_>>().join(" "));
            }
            if text.contains("PERIOD FOR ") {
                let what = format!("of {name}");
                schema.unmanaged.push(Unmanaged::new("period", what));
            }
        }
        schema.tables.push(Table {
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            options: Some(options.join(" ")).filter(|text| !text.is_empty()),
            ..Table::new(name)
        });
    }
    Ok(())
}

/// What SHOW CREATE TABLE prints for a table.
async fn show_create(db: &dyn Executor, name: &str) -> Result<String> {
    let text = format!("SHOW CREATE TABLE `{}`", name.replace('`', "``"));
    let (_, text): (String, String) = Sql::trusted(text).one(db).await?;
    Ok(text)
}

/// Where PARTITION BY begins in the text of SHOW CREATE TABLE, after the columns.
fn partitions(text: &str, dialect: &'static dyn Dialect) -> Option<usize> {
    let all = tokens(text, dialect);
    let open = all.iter().position(|token| token.is_mark("("))?;
    let end = closing(&all, open);
    let found = { all[end..].windows(2) }
        .find(|pair| pair[0].is_word("partition") && pair[1].is_word("by"));
    found.map(|pair| pair[0].span.start)
}

/// Whether the text of a table has `PERIOD FOR` this name.
fn is_period(text: &str, name: &str, dialect: &'static dyn Dialect) -> bool {
    let all = tokens(text, dialect);
    all.windows(3).any(|three| {
        three[0].is_word("period") && three[1].is_word("for") && three[2].name() == Some(name)
    })
}

/// Whether it is MariaDB, whose catalog says more than MySQL's.
fn is_mariadb(dialect: &dyn Dialect) -> bool {
    dialect.kind() == Some(DialectKind::Mariadb)
}

async fn views(db: &dyn Executor) -> Result<Vec<View>> {
    let algorithm = match is_mariadb(db.dialect()) {
        true => "algorithm",
        false => "'UNDEFINED'",
    };
    let rows: Vec<(String, String, String, String, String)> = Sql::trusted(format!(
        "SELECT table_name, view_definition, {algorithm}, security_type, check_option \
         FROM information_schema.views WHERE table_schema = database() ORDER BY table_name"
    ))
    .all(db)
    .await?;
    let database: String = sql("SELECT database()").one(db).await?;
    Ok(rows
        .into_iter()
        .map(|(name, query, algorithm, security, check)| {
            let mut options = Vec::new();
            if algorithm != "UNDEFINED" {
                options.push(format!("ALGORITHM={algorithm}"));
            }
            if security != "DEFINER" {
                options.push(format!("SQL SECURITY {security}"));
            }
            if check != "NONE" {
                options.push(format!("WITH {check} CHECK OPTION"));
            }
            View {
                options: Some(options.join(" ")).filter(|text| !text.is_empty()),
                ..View::new(name, without_database(&query, &database, db.dialect()))
            }
        })
        .collect())
}

/// What neither models nor migrations can express, by kind and name.
async fn unmanaged(db: &dyn Executor) -> Result<Vec<Unmanaged>> {
    let rows: Vec<(String, String)> = sql(
        "SELECT 'trigger', CONCAT(trigger_name, ' on ', event_object_table) FROM information_schema.triggers \
         WHERE trigger_schema = database() \
         UNION ALL SELECT LOWER(routine_type), routine_name FROM information_schema.routines WHERE routine_schema = database() \
         UNION ALL SELECT 'event', event_name FROM information_schema.events WHERE event_schema = database()",
    )
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, name)| Unmanaged::new(kind, name))
        .collect())
}

/// A view's query without the name of its own database: in another one it would still read the first one's rows.
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
                options: None,
            }),
        }
    }
    Ok(())
}

/// RESTRICT and NO ACTION are the same here.
fn action(rule: &str) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

async fn checks(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let dialect = db.dialect();
    let query = if is_mariadb(dialect) {
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
        // The server lists a period as a CHECK: its begin is before its end.
        if let [_, less, _] = tokens(&clause, dialect).as_slice()
            && less.is_mark("<")
            && is_mariadb(dialect)
        {
            let text = show_create(db, &of).await?;
            if is_period(&text, &name, dialect) {
                let what = format!("{name} of {of}");
                schema.unmanaged.push(Unmanaged::new("period", what));
                if text.contains("WITHOUT OVERLAPS") {
                    let what = format!("in a key of {of}");
                    schema
                        .unmanaged
                        .push(Unmanaged::new("WITHOUT OVERLAPS", what));
                }
                continue;
            }
        }
        let Some(table) = table(schema, of) else {
            continue;
        };
        // JSON is text with this CHECK on MariaDB.
        let json = canonical(&format!("json_valid(`{name}`)"), dialect);
        if canonical(&clause, dialect) == json
            && let Some(column) = table.columns.iter_mut().find(|column| column.name == name)
            && column.sql_type == SqlType::Text
        {
            column.sql_type = SqlType::Json;
            column.collation = None;
            continue;
        }
        table.checks.push(Check {
            name,
            condition: Node::Raw(vec![clause.into()], Vec::new()),
            options: None,
        });
    }
    Ok(())
}
