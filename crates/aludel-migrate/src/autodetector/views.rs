//! Views: those that change, and those that depend on what changes.

use super::{Phase, Work};
use crate::operation::Operation;
use crate::state::State;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::{TokenKind, View, tokens};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;

/// Whether a view's query mentions a name.
fn speaks_of(view: &View, name: &str) -> bool {
    let all = tokens(&view.query, &POSTGRES);
    all.iter().any(|token| {
        token
            .name()
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

/// Whether two queries are the same except for blanks and the case of their words.
fn same_query(a: &str, b: &str) -> bool {
    let kinds = |text: &str| -> Vec<TokenKind> {
        { tokens(text, &POSTGRES).into_iter() }
            .map(|token| match token.kind {
                TokenKind::Word(word) => TokenKind::Word(word.to_ascii_lowercase()),
                other => other,
            })
            .collect()
    };
    kinds(a) == kinds(b)
}

/// A change to a table on which no view may depend.
struct Change {
    table: String,
    /// The column; `None` means all of them, as the table is dropped.
    column: Option<String>,
}

impl Change {
    fn breaks(&self, view: &View) -> bool {
        let says_column = match &self.column {
            None => true,
            Some(column) => speaks_of(view, column) || has_star(view),
        };
        says_column && speaks_of(view, &self.table)
    }
}

/// Whether a view selects all columns: `*`, but not that of `count(*)`.
fn has_star(view: &View) -> bool {
    let all = tokens(&view.query, &POSTGRES);
    let counts = |at: usize| {
        at > 0 && all[at - 1].is_mark("(") && { all.get(at + 1) }
            .is_some_and(|token| token.is_mark(")"))
    };
    { all.iter().enumerate() }.any(|(at, token)| token.is_mark("*") && !counts(at))
}

impl Work<'_> {
    /// The changes for which views have to be dropped: dropped tables and columns, and other column types. Databases keep views
    /// over a new default, NULL, a comment, and a name that nothing in the view's text mentions.
    fn changes_under_views(&self) -> Vec<Change> {
        let of = |table: &TableName, column: &str| Change {
            table: table.name.to_string(),
            column: Some(column.to_string()),
        };
        let mut all = Vec::new();
        for (_, operation) in self.phases.iter().flatten() {
            match operation {
                Operation::DropTable(table) => all.push(Change {
                    table: table.name.to_string(),
                    column: None,
                }),
                Operation::DropColumn { table, column } => all.push(of(table, column)),
                // A view that selects all columns has to show the new name.
                Operation::RenameColumn { table, from, .. } => all.push(of(table, from)),
                Operation::AlterColumn { table, column, .. } => {
                    let old = { self.state.schema.table(table) }
                        .and_then(|table| table.column(&column.name));
                    let same = old.is_some_and(|old| {
                        old.sql_type == column.sql_type
                            && old.generated == column.generated
                            && old.collation == column.collation
                    });
                    if !same {
                        all.push(of(table, &column.name));
                    }
                }
                _ => {}
            }
        }
        all
    }

    pub(super) fn views(&mut self, from: &State) {
        let changes = self.changes_under_views();
        let mut again: Vec<View> = Vec::new();
        let mut dropped: BTreeSet<String> = BTreeSet::new();
        let old = &from.schema.views;
        let kept = |view: &View, all: &[View]| {
            all.iter().any(|other| {
                other.name == view.name
                    && other.materialized == view.materialized
                    && same_query(&other.query, &view.query)
            })
        };
        // Once more for each view that depends on another one.
        for _ in 0..=old.len() {
            for view in old {
                let name = view.name.name.to_string();
                let stands = changes.iter().any(|change| change.breaks(view))
                    || dropped.iter().any(|name| speaks_of(view, name));
                if !kept(view, &self.to.schema.views) || stands {
                    dropped.insert(name);
                }
            }
        }
        for view in &self.to.schema.views {
            if dropped.contains(&*view.name.name) || !kept(view, old) {
                again.push(view.clone());
            }
        }
        for view in in_order(old).into_iter().rev() {
            if dropped.contains(&*view.name.name) {
                self.push(Phase::DropViews, Operation::DropView(view.name.clone()));
            }
        }
        for view in in_order(&again) {
            self.push(Phase::CreateViews, Operation::CreateView(view.clone()));
        }
    }
}

/// Orders views, each after those it mentions.
fn in_order(views: &[View]) -> Vec<&View> {
    let mut left: Vec<&View> = views.iter().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|view| {
            !left
                .iter()
                .any(|other| other.name != view.name && speaks_of(view, &other.name.name))
        });
        order.push(left.remove(free.unwrap_or(0)));
    }
    order
}
