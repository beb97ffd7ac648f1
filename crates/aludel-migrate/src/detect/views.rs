//! Views: those that change, and those that stand on what changes.

use super::{Phase, Work};
use crate::operation::Operation;
use crate::state::State;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::{TokenKind, View, tokens};
use std::collections::BTreeSet;

/// Whether a view's query speaks of a name.
fn speaks_of(view: &View, name: &str) -> bool {
    let all = tokens(&view.query, &POSTGRES);
    all.iter().any(|token| {
        token
            .name()
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

/// Whether two queries are written alike but for blanks and the case of their words.
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

impl Work<'_> {
    pub(super) fn views(&mut self, from: &State) {
        let changed: BTreeSet<String> = { self.phases.iter().flatten() }
            .filter(|(_, operation)| {
                matches!(
                    operation,
                    Operation::RenameTable { .. }
                        | Operation::DropTable(_)
                        | Operation::RenameColumn { .. }
                        | Operation::DropColumn { .. }
                        | Operation::AlterColumn { .. }
                )
            })
            .filter_map(|(_, operation)| operation.table())
            .map(|table| table.name.to_string())
            .collect();
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
        // Once more for each view that stands on another one.
        for _ in 0..=old.len() {
            for view in old {
                let name = view.name.name.to_string();
                let stands = changed
                    .iter()
                    .chain(&dropped)
                    .any(|name| speaks_of(view, name));
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

/// Views, each after those it speaks of.
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
