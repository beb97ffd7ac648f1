//! Keys, constraints and indexes that are added, dropped, changed and renamed.

use super::{Phase, Work};
use crate::compare::{same_expression, same_optional};
use crate::operation::Operation;
use aludel_sql::schema::{Check, Constraint, ForeignKey, Index, Table, Unique, same_words};
use aludel_sql::statement::TableName;

/// What is added, dropped and renamed.
struct Split<T> {
    added: Vec<T>,
    dropped: Vec<T>,
    renamed: Vec<(String, String)>,
}

fn split<T: Clone>(
    old: &[T],
    new: &[T],
    name: impl Fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> Split<T> {
    let kept = |a: &T, all: &[T]| all.iter().any(|b| name(a) == name(b) && same(a, b));
    let mut dropped: Vec<T> = old.iter().filter(|a| !kept(a, new)).cloned().collect();
    let mut added: Vec<T> = new.iter().filter(|b| !kept(b, old)).cloned().collect();
    let mut renamed = Vec::new();
    added.retain(|b| {
        // A name that is used by another one, before or after, is no rename.
        let free = !old.iter().any(|a| name(a) == name(b));
        let like = |a: &T| same(a, b) && !new.iter().any(|other| name(other) == name(a));
        match dropped.iter().position(like) {
            Some(at) if free => {
                renamed.push((name(&dropped.remove(at)).to_string(), name(b).to_string()));
                false
            }
            _ => true,
        }
    });
    Split {
        added,
        dropped,
        renamed,
    }
}

pub(crate) fn same_index(a: &Index, b: &Index) -> bool {
    a.unique == b.unique
        && a.method == b.method
        && a.include == b.include
        && same_optional(a.condition.as_ref(), b.condition.as_ref())
        && a.parts.len() == b.parts.len()
        && { a.parts.iter() }.zip(&b.parts).all(|(a, b)| {
            a.descending == b.descending
                && same_words(a.options.as_deref(), b.options.as_deref())
                && same_expression(&a.node, &b.node)
        })
        && same_words(a.options.as_deref(), b.options.as_deref())
}

fn same_key(a: &ForeignKey, b: &ForeignKey) -> bool {
    let unnamed = |key: &ForeignKey| ForeignKey {
        name: String::new(),
        options: None,
        ..key.clone()
    };
    unnamed(a) == unnamed(b) && same_words(a.options.as_deref(), b.options.as_deref())
}

impl Work<'_> {
    pub(super) fn constraints(&mut self, old: &Table, new: &Table) {
        let table = &new.name;
        let checks = split(
            &old.checks,
            &new.checks,
            |check| &check.name,
            |a: &Check, b: &Check| {
                same_expression(&a.condition, &b.condition)
                    && same_words(a.options.as_deref(), b.options.as_deref())
            },
        );
        for check in checks.dropped {
            // Dropping a column drops a CHECK on only that column, but the drop is written out all the same.
            self.push(
                Phase::DropChecks,
                Operation::DropCheck {
                    table: table.clone(),
                    name: check.name,
                },
            );
        }
        for check in checks.added {
            self.push(
                Phase::AddChecks,
                Operation::AddCheck {
                    table: table.clone(),
                    check,
                },
            );
        }
        self.renamed(table, checks.renamed);
        let raw = split(
            &old.constraints,
            &new.constraints,
            |constraint| &constraint.name,
            |a: &Constraint, b: &Constraint| same_words(Some(&a.definition), Some(&b.definition)),
        );
        for constraint in raw.dropped {
            self.push(
                Phase::DropChecks,
                Operation::DropConstraint {
                    table: table.clone(),
                    name: constraint.name,
                },
            );
        }
        for constraint in raw.added {
            self.push(
                Phase::AddChecks,
                Operation::AddConstraint {
                    table: table.clone(),
                    constraint,
                },
            );
        }
        self.renamed(table, raw.renamed);
        let uniques = split(
            &old.uniques,
            &new.uniques,
            |unique| &unique.name,
            |a: &Unique, b: &Unique| a.columns == b.columns,
        );
        for unique in uniques.dropped {
            let replaced = self.is_wanted(&unique.name);
            // A foreign key that refers to it needs another key, and is re-created.
            let columns = unique.columns.iter();
            self.keys
                .extend(columns.map(|column| (table.clone(), column.clone())));
            self.push(
                if replaced {
                    Phase::ReplaceKeys
                } else {
                    Phase::DropKeys
                },
                Operation::DropUnique {
                    table: table.clone(),
                    name: unique.name,
                },
            );
        }
        for unique in uniques.added {
            self.push(
                Phase::AddKeys,
                Operation::AddUnique {
                    table: table.clone(),
                    unique,
                },
            );
        }
        self.renamed(table, uniques.renamed);
        let indexes = split(&old.indexes, &new.indexes, |index| &index.name, same_index);
        for index in indexes.dropped {
            let replaced = self.is_wanted(&index.name);
            if index.unique {
                for part in &index.parts {
                    if let aludel_sql::expr::Node::Root(column) = &part.node {
                        self.keys.push((table.clone(), column.to_string()));
                    }
                }
            }
            self.push(
                // The condition of a partial index may mention an enum value that is renamed.
                if index.condition.is_some() {
                    Phase::DropChecks
                } else if replaced {
                    Phase::ReplaceKeys
                } else {
                    Phase::DropKeys
                },
                Operation::DropIndex {
                    table: table.clone(),
                    name: index.name,
                    concurrently: false,
                },
            );
        }
        for index in indexes.added {
            self.push(
                Phase::AddKeys,
                Operation::AddIndex {
                    table: table.clone(),
                    index,
                    concurrently: false,
                },
            );
        }
        self.renamed(table, indexes.renamed);
    }

    /// Whether any table of the models has a key or index with that name.
    fn is_wanted(&self, name: &str) -> bool {
        self.to.schema.tables.iter().any(|table| {
            table.indexes.iter().any(|index| index.name == name)
                || table.uniques.iter().any(|unique| unique.name == name)
        })
    }

    fn renamed(&mut self, table: &TableName, all: Vec<(String, String)>) {
        for (from, to) in all {
            self.push(
                Phase::RenameConstraints,
                Operation::RenameConstraint {
                    table: table.clone(),
                    from,
                    to,
                },
            );
        }
    }

    /// Compares the foreign keys of all tables, once it is known for which columns they have to be re-created.
    pub(super) fn foreign_keys(&mut self) {
        let to = self.to;
        let loose = std::mem::take(&mut self.loose);
        let keys_changed = std::mem::take(&mut self.keys);
        let is_loose = |table: &TableName, key: &ForeignKey| {
            let refers = |(of, column): &(TableName, String)| {
                *of == key.target && key.target_columns.contains(column)
            };
            let has =
                |(of, column): &(TableName, String)| of == table && key.columns.contains(column);
            loose.iter().any(|one| has(one) || refers(one)) || keys_changed.iter().any(refers)
        };
        for old in self.state.schema.tables.clone() {
            let table = old.name.clone();
            let new = to.schema.table(&table);
            let of_new = new.map_or(&[][..], |new| &new.foreign_keys);
            let gone = new.is_none();
            let keys = split(&old.foreign_keys, of_new, |key| &key.name, same_key);
            for key in &old.foreign_keys {
                let dropped = keys.dropped.iter().any(|other| other.name == key.name);
                let held = is_loose(&table, key);
                // It is dropped with its table, unless its target stays and is changed.
                let target = to.schema.table(&key.target);
                let lets_go = gone
                    && target
                        .is_some_and(|target| held || !super::is_key(target, &key.target_columns));
                if (dropped && !gone) || (held && !dropped) || lets_go {
                    self.push(
                        Phase::DropForeignKeys,
                        Operation::DropForeignKey {
                            table: table.clone(),
                            name: key.name.clone(),
                        },
                    );
                }
            }
            let mut renamed = keys.renamed;
            for key in of_new {
                let added = keys.added.iter().any(|other| other.name == key.name);
                let before = renamed.iter().position(|(_, to)| *to == key.name);
                let held = is_loose(&table, key);
                if held && let Some(at) = before {
                    // Dropped under its old name, added under the new one.
                    let _ = renamed.remove(at);
                }
                if added || held {
                    self.push(
                        Phase::AddForeignKeys,
                        Operation::AddForeignKey {
                            table: table.clone(),
                            key: key.clone(),
                        },
                    );
                }
            }
            self.renamed(&table, renamed);
        }
    }
}
