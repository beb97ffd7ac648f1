//! Columns that are added, dropped and changed.

use super::{Answer, Phase, Question, Work};
use crate::compare::{same_expression, same_optional};
use crate::operation::{Operation, RunSql};
use crate::state::computed_from;
use aludel_engine::Result;
use aludel_sql::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Column, Table};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

impl Work<'_> {
    /// Returns the computed columns that are re-created: the caller handles their constraints and indexes.
    pub(super) fn columns(&mut self, old: &Table, new: &Table) -> Result<Vec<String>> {
        let mut again_made = Vec::new();
        let retyped: Vec<&str> = { new.columns.iter() }
            .filter(|column| {
                { old.column(&column.name) }
                    .is_some_and(|before| before.sql_type != column.sql_type)
            })
            .map(|column| column.name.as_str())
            .collect();
        for column in &new.columns {
            let Some(before) = old.column(&column.name) else {
                self.add_column(new, column);
                continue;
            };
            // A column that is computed from one whose type changes is dropped and re-created.
            let again = column.generated.is_some()
                && before.generated.is_some()
                && retyped.iter().any(|name| computed_from(before, name));
            if again {
                self.compute_again(new, column);
                again_made.push(column.name.clone());
            } else if !same_column(before, column) {
                self.alter_column(new, before, column);
            }
        }
        for column in &old.columns {
            if new.column(&column.name).is_none() {
                let drop = Operation::DropColumn {
                    table: new.name.clone(),
                    column: column.name.clone(),
                };
                let computed = column.generated.is_some();
                if !computed {
                    self.ask(Question::Destroy(drop.clone()));
                }
                // Computed columns are dropped before the columns that they are computed from.
                self.push(
                    if computed {
                        Phase::DropComputed
                    } else {
                        Phase::DropColumns
                    },
                    drop,
                );
            }
        }
        Ok(again_made)
    }

    fn add_column(&mut self, table: &Table, column: &Column) {
        let name = &table.name;
        let phase = if column.generated.is_some() {
            Phase::AddComputed
        } else {
            Phase::AddColumns
        };
        let filled = column.nullable
            || column.default.is_some()
            || column.identity.is_some()
            || column.generated.is_some();
        let add = |column: Column, fill: Option<Node>| Operation::AddColumn {
            table: name.clone(),
            column: Box::new(column),
            fill,
        };
        if filled {
            self.push(phase, add(column.clone(), None));
            return;
        }
        let question = Question::Fill {
            table: name.clone(),
            column: Box::new(column.clone()),
        };
        match self.ask(question) {
            Some(Answer::Fill(fill)) => self.push(phase, add(column.clone(), Some(fill))),
            Some(Answer::Split(fill)) => {
                let open = Column {
                    nullable: true,
                    ..column.clone()
                };
                self.push(phase, add(open, None));
                let module = self.module_of(name);
                let texts = fill_texts(name, &column.name, &fill);
                self.phases[phase as usize].push((
                    module,
                    Operation::RunSql(RunSql {
                        forward: texts,
                        backward: Some(Vec::new()),
                    }),
                ));
                self.push(
                    Phase::AlterColumns,
                    Operation::AlterColumn {
                        table: name.clone(),
                        column: Box::new(column.clone()),
                        fill: None,
                        using: None,
                    },
                );
            }
            _ => self.push(phase, add(column.clone(), None)),
        }
    }

    fn alter_column(&mut self, table: &Table, old: &Column, new: &Column) {
        let name = &table.name;
        let mut fill = None;
        if old.nullable && !new.nullable && new.generated.is_none() {
            let question = Question::NotNull {
                table: name.clone(),
                column: Box::new(new.clone()),
            };
            if let Some(Answer::Fill(node) | Answer::Split(node)) = self.ask(question) {
                fill = Some(node);
            }
        }
        let alter = Operation::AlterColumn {
            table: name.clone(),
            column: Box::new(new.clone()),
            fill,
            using: None,
        };
        if old.sql_type != new.sql_type {
            self.loose.push((name.clone(), new.name.clone()));
            if narrows(&old.sql_type, &new.sql_type) && new.generated.is_none() {
                self.ask(Question::Destroy(alter.clone()));
            }
        }
        // The computed values replace what was written into the column.
        if old.generated.is_none() && new.generated.is_some() {
            self.ask(Question::Destroy(alter.clone()));
        }
        let phase = if new.generated.is_some() {
            Phase::AddComputed
        } else {
            Phase::AlterColumns
        };
        self.push(phase, alter);
    }

    fn compute_again(&mut self, new: &Table, column: &Column) {
        self.push(
            Phase::DropComputed,
            Operation::DropColumn {
                table: new.name.clone(),
                column: column.name.clone(),
            },
        );
        self.push(
            Phase::AddComputed,
            Operation::AddColumn {
                table: new.name.clone(),
                column: Box::new(column.clone()),
                fill: None,
            },
        );
        // Its foreign keys are dropped and re-created; everything else of it was dropped with it, and is added by name.
        self.loose.push((new.name.clone(), column.name.clone()));
    }
}

/// Writes one UPDATE for each dialect.
fn fill_texts(table: &TableName, column: &str, fill: &Node) -> Vec<(Option<String>, String)> {
    let dialects: [&'static dyn Dialect; 3] = [&SQLITE, &POSTGRES, &MARIADB];
    dialects
        .iter()
        .filter_map(|dialect| {
            let mut w = Writer::new(*dialect);
            w.inlined(|w| {
                w.push("UPDATE ");
                w.table(table)?;
                w.push(" SET ");
                w.identifier(column);
                w.push(" = ");
                w.node(fill)?;
                w.push(" WHERE ");
                w.identifier(column);
                w.push(" IS NULL");
                Ok(())
            })
            .ok()?;
            Some((Some(dialect.name().to_string()), w.text))
        })
        .collect()
}

pub(super) fn same_column(a: &Column, b: &Column) -> bool {
    let generated = match (&a.generated, &b.generated) {
        (None, None) => true,
        (Some(x), Some(y)) => x.stored == y.stored && same_expression(&x.expression, &y.expression),
        _ => false,
    };
    a.sql_type == b.sql_type
        && a.nullable == b.nullable
        && same_optional(a.default.as_ref(), b.default.as_ref())
        && a.identity == b.identity
        && generated
        && a.collation == b.collation
        && a.options == b.options
        && a.comment == b.comment
}

/// Whether a change of type may lose values.
fn narrows(from: &SqlType, to: &SqlType) -> bool {
    let to_text = matches!(to, SqlType::Text);
    match from {
        SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            let is_exact = size(from) <= Some(4) && *from != SqlType::Bool;
            match size(to) {
                Some(size_after) => Some(size_after) < size(from),
                None => !(to_text || is_exact && matches!(to, SqlType::Double)),
            }
        }
        SqlType::Real => !matches!(to, SqlType::Double),
        SqlType::Varchar(a) => match to {
            SqlType::Varchar(b) => b < a,
            _ => !to_text,
        },
        SqlType::Enum(a) => match to {
            SqlType::Enum(b) => !a.labels.iter().all(|label| b.labels.contains(label)),
            SqlType::Varchar(length) => {
                let fits = |label: &&str| label.chars().count() <= *length as usize;
                !a.labels.iter().all(fits)
            }
            _ => !to_text,
        },
        SqlType::Decimal(p, s) => match to {
            SqlType::Decimal(q, t) => !(q >= p && t >= s && q - t >= p - s),
            _ => true,
        },
        SqlType::Date => !matches!(to, SqlType::DateTime | SqlType::Timestamp),
        SqlType::Json | SqlType::Uuid => !to_text,
        SqlType::Double
        | SqlType::Text
        | SqlType::Bytes
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Array(_)
        | SqlType::Custom(_) => true,
    }
}

/// Bytes of a whole number (or a truth value).
fn size(of: &SqlType) -> Option<u8> {
    match of {
        SqlType::Bool => Some(1),
        SqlType::SmallInt => Some(2),
        SqlType::Integer => Some(4),
        SqlType::BigInt => Some(8),
        SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bytes
        | SqlType::Decimal(..)
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => None,
    }
}
