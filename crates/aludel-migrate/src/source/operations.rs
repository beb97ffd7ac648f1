//! Operations as Rust: `.add_column("users", column("email", varchar(254)))`.

use super::expression::{alone, condition};
use crate::literals::{list, quoted, sql_type};
use crate::operation::{Code, Operation, RunSql};
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Check, Column, Constraint, Deferrability, ForeignKey, Identity, Index, Table, Unique,
    View,
};
use aludel_sql::statement::TableName;

/// An operation as a method call on a [`Migration`](crate::Migration), with its dot.
pub fn operation(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable(table) => format!(".create_table({})", table_source(table)),
        Operation::DropTable(table) => format!(".drop_table({})", table_name(table)),
        Operation::RenameTable { from, to } => {
            format!(".rename_table({}, {})", table_name(from), table_name(to))
        }
        Operation::SetComment { table, comment } => match comment {
            Some(text) => format!(".set_comment({}, {})", table_name(table), quoted(text)),
            None => format!(".drop_comment({})", table_name(table)),
        },
        Operation::AddColumn {
            table,
            column,
            fill,
        } => match fill {
            None => format!(
                ".add_column({}, {})",
                table_name(table),
                column_source(column)
            ),
            Some(fill) => format!(
                ".add_column_with({}, {}, {})",
                table_name(table),
                column_source(column),
                alone(fill)
            ),
        },
        Operation::DropColumn { table, column } => {
            format!(".drop_column({}, {})", table_name(table), quoted(column))
        }
        Operation::RenameColumn { table, from, to } => {
            format!(
                ".rename_column({}, {}, {})",
                table_name(table),
                quoted(from),
                quoted(to)
            )
        }
        Operation::AlterColumn {
            table,
            column,
            fill,
            using,
        } => {
            let (verb, more) = match (fill, using) {
                (_, Some(using)) => ("alter_column_using", Some(alone(using))),
                (Some(fill), None) => ("alter_column_with", Some(alone(fill))),
                (None, None) => ("alter_column", None),
            };
            format!(
                ".{verb}({}, {}{})",
                table_name(table),
                column_source(column),
                more.map_or(String::new(), |more| format!(", {more}"))
            )
        }
        Operation::SetPrimaryKey { table, columns } => {
            let columns = if columns.is_empty() {
                "[] as [&str; 0]".to_string()
            } else {
                list(columns)
            };
            format!(".set_primary_key({}, {columns})", table_name(table))
        }
        Operation::AddForeignKey { table, key } => {
            format!(
                ".add_foreign_key({}, {})",
                table_name(table),
                foreign_key(key)
            )
        }
        Operation::DropForeignKey { table, name } => dropped("foreign_key", table, name),
        Operation::AddUnique { table, unique: of } => {
            format!(".add_unique({}, {})", table_name(table), unique(of))
        }
        Operation::DropUnique { table, name } => dropped("unique", table, name),
        Operation::AddCheck { table, check: of } => {
            format!(".add_check({}, {})", table_name(table), check(of))
        }
        Operation::DropCheck { table, name } => dropped("check", table, name),
        Operation::AddConstraint {
            table,
            constraint: of,
        } => {
            format!(".add_constraint({}, {})", table_name(table), constraint(of))
        }
        Operation::DropConstraint { table, name } => dropped("constraint", table, name),
        Operation::SetOptions { table, options } => match options {
            Some(text) => format!(".set_options({}, {})", table_name(table), quoted(text)),
            None => format!(".drop_options({})", table_name(table)),
        },
        Operation::External(name) => format!(".external({})", table_name(name)),
        Operation::AddIndex {
            table,
            index: of,
            concurrently,
        } => format!(
            ".add_index{}({}, {})",
            if *concurrently { "_concurrently" } else { "" },
            table_name(table),
            index(of)
        ),
        Operation::DropIndex {
            table,
            name,
            concurrently,
        } => {
            let verb = if *concurrently {
                "index_concurrently"
            } else {
                "index"
            };
            dropped(verb, table, name)
        }
        Operation::RenameConstraint { table, from, to } => format!(
            ".rename_constraint({}, {}, {})",
            table_name(table),
            quoted(from),
            quoted(to)
        ),
        Operation::CreateEnum(kind) => format!(
            ".create_enum(enum_type({}, {}))",
            quoted(kind.name),
            list(kind.labels)
        ),
        Operation::DropEnum(name) => format!(".drop_enum({})", quoted(name)),
        Operation::RenameEnum { from, to } => {
            format!(".rename_enum({}, {})", quoted(from), quoted(to))
        }
        Operation::AddEnumValue {
            name,
            value,
            before,
        } => match before {
            None => format!(".add_enum_value({}, {})", quoted(name), quoted(value)),
            Some(before) => format!(
                ".add_enum_value_before({}, {}, {})",
                quoted(name),
                quoted(value),
                quoted(before)
            ),
        },
        Operation::RenameEnumValue { name, from, to } => format!(
            ".rename_enum_value({}, {}, {})",
            quoted(name),
            quoted(from),
            quoted(to)
        ),
        Operation::SetEnumValues {
            name,
            values,
            becomes,
        } if becomes.is_empty() => {
            format!(".set_enum_values({}, {})", quoted(name), list(values))
        }
        Operation::SetEnumValues {
            name,
            values,
            becomes,
        } => {
            let pairs: Vec<String> = { becomes.iter() }
                .map(|(gone, instead)| format!("({}, {})", quoted(gone), quoted(instead)))
                .collect();
            format!(
                ".replace_enum_values({}, {}, [{}])",
                quoted(name),
                list(values),
                pairs.join(", ")
            )
        }
        Operation::CreateView(of) => format!(".create_view({})", view(of)),
        Operation::DropView(name) => format!(".drop_view({})", table_name(name)),
        Operation::CreateExtension(name) => format!(".create_extension({})", quoted(name)),
        Operation::DropExtension(name) => format!(".drop_extension({})", quoted(name)),
        Operation::RunSql(RunSql { forward, backward }) => match backward {
            None => format!(".run_sql({})", texts(forward)),
            Some(backward) => format!(".run_sql_both({}, {})", texts(forward), texts(backward)),
        },
        Operation::Run(run) => functions(run.forward.name(), run.backward.as_ref().map(Code::name)),
        Operation::Separate { state, database } => {
            let all = |operations: &[Operation]| -> String {
                operations.iter().map(self::operation).collect()
            };
            format!(
                ".separate(|state| state{}, |database| database{})",
                all(state),
                all(database)
            )
        }
        Operation::SetOwner { table, module } => {
            format!(".set_owner({}, {})", table_name(table), quoted(module))
        }
    }
}

fn dropped(what: &str, table: &TableName, name: &str) -> String {
    format!(".drop_{what}({}, {})", table_name(table), quoted(name))
}

/// The call that runs functions, by their paths.
pub(crate) fn functions(forward: &str, backward: Option<&str>) -> String {
    match backward {
        None => format!(".run_forward({forward})"),
        Some(backward) => format!(".run({forward}, {backward})"),
    }
}

/// A table's name: a string, or a pair with its schema.
pub(crate) fn table_name(name: &TableName) -> String {
    match &name.schema {
        None => quoted(&name.name),
        Some(schema) => format!("({}, {})", quoted(schema), quoted(&name.name)),
    }
}

fn texts(texts: &[(Option<String>, String)]) -> String {
    match texts {
        [] => "[] as [&str; 0]".into(),
        [(None, only)] => quoted(only),
        all if all.iter().all(|(dialect, _)| dialect.is_none()) => {
            let all: Vec<&String> = all.iter().map(|(_, text)| text).collect();
            list(&all)
        }
        all => {
            let all: Vec<String> = { all.iter() }
                .map(|(dialect, text)| {
                    format!(
                        "({}, {})",
                        quoted(dialect.as_deref().unwrap_or("")),
                        quoted(text)
                    )
                })
                .collect();
            format!("[{}]", all.join(", "))
        }
    }
}

fn column_source(column: &Column) -> String {
    let mut out = format!(
        "column({}, {})",
        quoted(&column.name),
        sql_type(&column.sql_type)
    );
    if column.nullable {
        out.push_str(".nullable()");
    }
    match column.identity {
        None => {}
        Some(Identity::ByDefault) => out.push_str(".identity()"),
        Some(Identity::Always) => out.push_str(".identity_always()"),
    }
    if let Some(default) = &column.default {
        out.push_str(&format!(".default({})", alone(default)));
    }
    if let Some(generated) = &column.generated {
        let verb = if generated.stored {
            "generated"
        } else {
            "computed"
        };
        out.push_str(&format!(".{verb}({})", alone(&generated.expression)));
    }
    if let Some(collation) = &column.collation {
        out.push_str(&format!(".collation({})", quoted(collation)));
    }
    if let Some(options) = &column.options {
        out.push_str(&format!(".options({})", quoted(options)));
    }
    if let Some(comment) = &column.comment {
        out.push_str(&format!(".comment({})", quoted(comment)));
    }
    out
}

pub(crate) fn table_source(table: &Table) -> String {
    let mut out = format!("new_table({})", table_name(&table.name));
    for column in &table.columns {
        out.push_str(&format!(".column({})", column_source(column)));
    }
    if !table.primary_key.is_empty() {
        out.push_str(&format!(".primary_key({})", list(&table.primary_key)));
    }
    for of in &table.uniques {
        out.push_str(&format!(".unique({})", unique(of)));
    }
    for of in &table.checks {
        out.push_str(&format!(".check({})", check(of)));
    }
    for of in &table.foreign_keys {
        out.push_str(&format!(".foreign_key({})", foreign_key(of)));
    }
    for of in &table.constraints {
        out.push_str(&format!(".constraint({})", constraint(of)));
    }
    for of in &table.indexes {
        out.push_str(&format!(".index({})", index(of)));
    }
    if let Some(options) = &table.options {
        out.push_str(&format!(".options({})", quoted(options)));
    }
    if let Some(comment) = &table.comment {
        out.push_str(&format!(".comment({})", quoted(comment)));
    }
    out
}

fn unique(of: &Unique) -> String {
    format!("unique({}, {})", quoted(&of.name), list(&of.columns))
}

fn check(of: &Check) -> String {
    format!(
        "check({}, {}){}",
        quoted(&of.name),
        condition(&of.condition),
        options(of.options.as_deref())
    )
}

fn constraint(of: &Constraint) -> String {
    format!(
        "Constraint::new({}, {})",
        quoted(&of.name),
        quoted(&of.definition)
    )
}

/// `.options("…")`, if there are any.
fn options(text: Option<&str>) -> String {
    text.map_or(String::new(), |text| format!(".options({})", quoted(text)))
}

fn foreign_key(key: &ForeignKey) -> String {
    let mut out = format!(
        "foreign_key({}, {}).references({}, {})",
        quoted(&key.name),
        list(&key.columns),
        table_name(&key.target),
        list(&key.target_columns)
    );
    for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        if action != Action::NoAction {
            out.push_str(&format!(".{word}(Action::{action:?})"));
        }
    }
    if key.deferrable != Deferrability::Not {
        out.push_str(&format!(".deferrable(Deferrability::{:?})", key.deferrable));
    }
    out.push_str(&options(key.options.as_deref()));
    out
}

fn index(of: &Index) -> String {
    // Leading plain columns are a list; after the first part that is something else, each part is a call.
    let plain: Vec<&str> = { of.parts.iter() }
        .map_while(|part| match &part.node {
            Node::Root(name) if !part.descending && part.options.is_none() => Some(name.as_ref()),
            _ => None,
        })
        .collect();
    let columns = if plain.is_empty() {
        "[] as [&str; 0]".to_string()
    } else {
        list(&plain)
    };
    let mut out = format!("index({}, {columns})", quoted(&of.name));
    for part in &of.parts[plain.len()..] {
        let call = match (&part.node, part.descending) {
            (Node::Root(name), true) => format!(".descending({})", quoted(name)),
            (Node::Root(name), false) => format!(".then({})", quoted(name)),
            (node, true) => format!(".expression_descending({})", alone(node)),
            (node, false) => format!(".expression({})", alone(node)),
        };
        out.push_str(&call);
        if let Some(text) = &part.options {
            out.push_str(&format!(".part_options({})", quoted(text)));
        }
    }
    if of.unique {
        out.push_str(".unique()");
    }
    if let Some(condition_of) = &of.condition {
        out.push_str(&format!(".filter({})", condition(condition_of)));
    }
    if let Some(method) = &of.method {
        out.push_str(&format!(".using({})", quoted(method)));
    }
    if !of.include.is_empty() {
        out.push_str(&format!(".include({})", list(&of.include)));
    }
    out.push_str(&options(of.options.as_deref()));
    out
}

pub(crate) fn view(of: &View) -> String {
    format!(
        "View::new({}, {}){}{}",
        table_name(&of.name),
        quoted(&of.query),
        if of.materialized {
            ".materialized()"
        } else {
            ""
        },
        options(of.options.as_deref())
    )
}
