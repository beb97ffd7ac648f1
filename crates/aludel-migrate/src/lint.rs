//! [`lint`]: finds operations that lock a table in use, or break running code, by database, with the safe recipe.

use crate::id::MigrationId;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::Result;
use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Table};
use std::collections::BTreeSet;
use std::fmt;

/// Something that a migration should not do to a table in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The migration.
    pub migration: MigrationId,
    /// The operation, in words.
    pub operation: String,
    /// The rule's stable name, such as `index-locks-writes`.
    pub rule: &'static str,
    /// The effect on other programs, in words.
    pub what: &'static str,
    /// What to do instead.
    pub recipe: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} [{}]\n    {}\n    instead: {}",
            self.migration, self.operation, self.rule, self.what, self.recipe
        )
    }
}

/// Finds what a migration does to other programs while and after it runs, given the state before it. Tables that it creates
/// itself have no rows, and nobody else uses them.
///
/// # Errors
/// Operations that are invalid in the state.
pub fn lint(
    id: &MigrationId,
    migration: &Migration,
    before: &State,
    dialect: &'static dyn Dialect,
) -> Result<Vec<Finding>> {
    let mut state = before.clone();
    let mut fresh = BTreeSet::new();
    let mut found = Vec::new();
    let mut data = false;
    let mut schema = false;
    for operation in migration.operations() {
        if let Operation::CreateTable(table) = operation {
            fresh.insert(table.name.clone());
        }
        let ours = operation.table().is_some_and(|table| fresh.contains(table));
        data |= operation.is_opaque();
        schema |= !operation.is_opaque() && !ours;
        // Operations that only the database runs count too.
        let inner = match operation {
            Operation::Separate { database, .. } => database.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut between = state.clone();
        for operation in inner {
            let made = operation.table().is_some_and(|table| fresh.contains(table));
            let hit = rule(operation, &between, dialect)
                .or_else(|| rebuilds(operation, &between, dialect));
            if !made && let Some((rule, what, recipe)) = hit {
                found.push(Finding {
                    migration: id.clone(),
                    operation: operation.to_string(),
                    rule,
                    what,
                    recipe,
                });
            }
            // What only the state knows may be missing here.
            drop(operation.apply(&mut between, &id.module));
        }
        operation.apply(&mut state, &id.module)?;
    }
    if data && schema && dialect.capabilities().transactional_ddl {
        found.push(Finding {
            migration: id.clone(),
            operation: "the whole migration".into(),
            rule: "data-under-schema-lock",
            what: "rows are worked through while the locks of the schema changes before them are held",
            recipe: "move the data operations into a migration of their own",
        });
    }
    Ok(found)
}

/// Operations for which SQLite rebuilds the table.
fn rebuilds(operation: &Operation, state: &State, dialect: &'static dyn Dialect) -> Option<Rule> {
    if dialect.kind() != Some(DialectKind::Sqlite) || operation.is_opaque() {
        return None;
    }
    let steps = crate::sql::compile(
        std::slice::from_ref(operation),
        &mut state.clone(),
        "",
        dialect,
    )
    .ok()?;
    steps
        .iter()
        .any(|step| matches!(step.work, crate::sql::Work::Rebuild(_)))
        .then_some((
            "rewrites-table",
            "the table is rebuilt, row by row, while nobody can write to the database",
            "do this when the database is little used; several changes of one table in a row are one rebuild",
        ))
}

type Rule = (&'static str, &'static str, &'static str);

fn rule(operation: &Operation, state: &State, dialect: &dyn Dialect) -> Option<Rule> {
    let postgres = dialect.kind() == Some(DialectKind::Postgres);
    let sqlite = dialect.kind() == Some(DialectKind::Sqlite);
    let column_before =
        |of: &aludel_sql::statement::TableName, name: &str| -> Option<(&Table, &Column)> {
            let table = state.schema.table(of)?;
            Some((table, table.column(name)?))
        };
    match operation {
        Operation::DropTable(_) => Some((
            "drop-table-breaks-code",
            "programs that still run and read the table fail",
            "deploy a program that does not use it first; drop it in the next release",
        )),
        Operation::RenameTable { .. } => Some((
            "rename-breaks-code",
            "programs that still run know the table by its old name",
            "keep the table and give the model `#[model(table = \"…\")]`; or make the new table, write to both, copy, switch over, and drop the old one",
        )),
        Operation::RenameColumn { .. } => Some((
            "rename-breaks-code",
            "programs that still run know the column by its old name",
            "keep the column and give the field `#[field(column = \"…\")]`; or add the new column, write to both, copy, switch over, and drop the old one",
        )),
        Operation::DropColumn { .. } => Some((
            "drop-column-breaks-code",
            "programs that still run select and insert the column by name",
            "deploy a program that does not use it first (nullable, or with a default, so that its inserts work); drop it in the next release",
        )),
        Operation::AddColumn { column, fill, .. } => {
            let volatile = matches!(&column.default, Some(node) if !matches!(node, Node::Value(_) | Node::Function(..)));
            if !column.nullable
                && column.default.is_none()
                && column.identity.is_none()
                && column.generated.is_none()
            {
                return Some((
                    "required-column-breaks-code",
                    "programs that still run insert rows without the column",
                    "give it a default in the database for the time of the change; drop the default in the next release",
                ));
            }
            if column
                .generated
                .as_ref()
                .is_some_and(|generated| generated.stored)
                || column.identity.is_some()
            {
                return Some((
                    "rewrites-table",
                    "every row is written anew while the table is locked",
                    "add a plain column, fill it in batches, and switch over",
                ));
            }
            if volatile && postgres || matches!(fill, Some(node) if !matches!(node, Node::Value(_)))
            {
                return Some((
                    "rewrites-table",
                    "every row is written anew while the table is locked",
                    "add the column nullable, fill it in batches in a migration of its own, then set NOT NULL",
                ));
            }
            None
        }
        Operation::AlterColumn { table, column, .. } => {
            let (_, old) = column_before(table, &column.name)?;
            if old.sql_type != column.sql_type {
                let wider = matches!(
                    (&old.sql_type, &column.sql_type),
                    (aludel_sql::types::SqlType::Varchar(a), aludel_sql::types::SqlType::Varchar(b)) if b >= a
                ) || matches!(
                    (&old.sql_type, &column.sql_type),
                    (
                        aludel_sql::types::SqlType::Varchar(_),
                        aludel_sql::types::SqlType::Text
                    )
                );
                if wider && postgres {
                    return None;
                }
                return Some((
                    "rewrites-table",
                    "every row is written anew while nobody can read or write the table",
                    "add a column of the new type, write to both, copy in batches, switch over, and drop the old one",
                ));
            }
            if old.nullable && !column.nullable {
                return Some((
                    "set-not-null-scans",
                    "all rows are looked at while nobody can write (and programs that still write NULL fail)",
                    if postgres {
                        "first `ALTER TABLE … ADD CHECK (c IS NOT NULL) NOT VALID` and `VALIDATE CONSTRAINT` with `run_sql`; then set NOT NULL, which needs no scan any more, and drop the CHECK"
                    } else {
                        "fill the NULLs in batches first, and do this when the table is little used"
                    },
                ));
            }
            None
        }
        Operation::AddIndex { concurrently, .. } if postgres && !concurrently => Some((
            "index-locks-writes",
            "nobody can write to the table while the index is built",
            "use `add_index_concurrently`; the migration is not one transaction then",
        )),
        Operation::DropIndex { concurrently, .. } if postgres && !concurrently => Some((
            "index-locks-writes",
            "the table is locked for readers and writers until the transaction ends",
            "use `drop_index_concurrently`",
        )),
        Operation::AddUnique { .. } if postgres => Some((
            "index-locks-writes",
            "nobody can read or write the table while its index is built",
            "build a unique index with `add_index_concurrently`, and make it the constraint with `ALTER TABLE … ADD CONSTRAINT … UNIQUE USING INDEX`",
        )),
        Operation::AddForeignKey { .. } if !sqlite => Some((
            "validates-under-lock",
            "all rows are checked while both tables are locked for writing",
            if postgres {
                "add it NOT VALID and VALIDATE CONSTRAINT in a second migration, with `separate`"
            } else {
                "do this when the tables are little used; `SET foreign_key_checks = 0` skips the check of rows that are there"
            },
        )),
        Operation::AddCheck { .. } if !postgres && !sqlite => Some((
            "rewrites-table",
            "the table is copied while nobody can write to it",
            "do this when the table is little used",
        )),
        Operation::AddCheck { .. } if postgres => Some((
            "validates-under-lock",
            "all rows are checked while nobody can read or write the table",
            "add it NOT VALID and VALIDATE CONSTRAINT in a second migration, with `separate`",
        )),
        Operation::SetPrimaryKey { .. } => Some((
            "rewrites-table",
            "the index of the key is built while nobody can read or write the table",
            "build a unique index first, and make it the key when the table is little used",
        )),
        Operation::SetEnumValues { .. } => Some((
            "rewrites-table",
            "every row with the enum is written anew while the table is locked",
            "only add values (`add_enum_value`), which costs nothing on PostgreSQL",
        )),
        Operation::RenameEnumValue { .. } => Some((
            "rename-breaks-code",
            "programs that still run know the value by its old name",
            "add the new value, write it, change the rows, and drop the old one later",
        )),
        Operation::RunSql(run) if !dialect.capabilities().transactional_ddl => {
            let ddl = { run.forward.iter() }.any(|(_, text)| {
                let all = aludel_sql::schema::tokens(text, dialect);
                let first = { all.iter() }.find_map(|token| token.name()).unwrap_or("");
                let changes = ["create", "alter", "drop", "rename"];
                let says = |word: &str| all.iter().any(|token| token.is_word(word));
                changes.iter().any(|word| first.eq_ignore_ascii_case(word))
                    && !(says("if") && says("exists"))
            });
            ddl.then_some((
                "not-repeatable",
                "if the run is killed right then, nobody knows whether the statement took effect; it is run again",
                "write it so that it can be run twice: IF EXISTS, IF NOT EXISTS",
            ))
        }
        _ => None,
    }
}
