//! Rows of join tables: the statements that add and remove pairs. If the join table belongs to a model, its rows are treated
//! like any other rows: those with soft delete are marked, rows out of scope are left alone, and each write increments the
//! version.

mod lists;

use crate::model::meta::ModelMeta;
use crate::query::{Change, QuerySpec, State};
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Name, Node, UnaryOp};
use aludel_sql::render::Writer;
use aludel_sql::statement::{
    Assignment, Conflict, ConflictAction, Delete, Insert, InsertSource, TableName,
};
use std::panic::Location;
use std::sync::Arc;

/// More rows make statements longer, not faster.
const MOST_ROWS: usize = 5_000;

/// The most rows in a statement that spells out each of them.
const MOST_SPELLED: usize = 500;

/// A join table, and its columns with the keys of the rows that it joins.
#[derive(Clone, Copy)]
pub(crate) struct Links<'a> {
    pub(crate) table: &'a TableName,
    pub(crate) columns: &'a [String],
    /// The model of the table, if it has one.
    pub(crate) model: Option<&'static ModelMeta>,
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) site: &'static Location<'static>,
}

impl Links<'_> {
    /// Adds pairs; existing ones stay, and those that are marked as deleted are restored.
    ///
    /// # Errors
    /// A model with a default that is computed in Rust, which a pair has no value for.
    pub(crate) fn add(self, pairs: Vec<Vec<Value>>) -> Result<Vec<Command>> {
        self.check_defaults()?;
        let mut commands = Vec::new();
        if let Some(model) = self.model.filter(|model| self.is_unique(model)) {
            for chunk in pairs.chunks(MOST_SPELLED) {
                commands.extend(self.bring_back(model, chunk)?);
            }
        }
        let most =
            (self.dialect.capabilities().max_binds / self.columns.len().max(1)).min(MOST_ROWS);
        let mut pairs = pairs.into_iter().peekable();
        while pairs.peek().is_some() {
            let chunk = pairs.by_ref().take(most);
            let mut w = Writer::new(self.dialect);
            w.insert(&Insert {
                table: self.table.clone(),
                columns: self.columns.iter().cloned().map(Name::Owned).collect(),
                source: InsertSource::Rows(
                    chunk
                        .map(|row| row.into_iter().map(Node::Value).collect())
                        .collect(),
                ),
                conflict: Some(Conflict {
                    columns: Vec::new(),
                    action: ConflictAction::Nothing,
                }),
                returning: vec![],
            })?;
            commands.push(Command::new(w.finish()?, Access::Write).at(self.site));
        }
        Ok(commands)
    }

    /// Removes pairs.
    pub(crate) fn remove(self, pairs: Vec<Vec<Value>>) -> Result<Vec<Command>> {
        let conditions = lists::conditions(self.columns, pairs);
        conditions
            .into_iter()
            .map(|condition| self.remove_where(condition))
            .collect()
    }

    /// Removes the rows that fulfil a condition.
    pub(crate) fn remove_where(self, condition: Node) -> Result<Command> {
        if let Some(model) = self.model {
            let rows = part(model, |state| state.and_filter(condition));
            return Change::delete(rows, false).command(self.dialect, self.site);
        }
        let mut w = Writer::new(self.dialect);
        w.delete(&Delete {
            table: self.table.clone(),
            filter: Some(condition),
            returning: vec![],
        })?;
        Ok(Command::new(w.finish()?, Access::Write).at(self.site))
    }

    /// Restores pairs that are marked as deleted, if the model has soft delete.
    fn bring_back(
        self,
        model: &'static ModelMeta,
        pairs: &[Vec<Value>],
    ) -> Result<Option<Command>> {
        let Some(mark) = model.soft_delete else {
            return Ok(None);
        };
        let mark: Name = model.fields[mark].column.clone().into();
        let is_marked = Node::Unary(UnaryOp::IsNotNull, Box::new(Node::Root(mark.clone())));
        let rows = part(model, |state| {
            state.set_unscoped();
            state.and_filter(lists::any(self.columns, pairs));
            state.and_filter(is_marked);
        });
        let unmark = Assignment {
            column: mark,
            value: Node::Value(Value::Null),
        };
        let change = Change::update(rows, vec![unmark]);
        change.command(self.dialect, self.site).map(Some)
    }

    /// Whether a pair has at most one row, marked or not. If it may have several, the marked ones are history.
    fn is_unique(self, model: &ModelMeta) -> bool {
        let is_of_pair = |column: &str| self.columns.iter().any(|own| own == column);
        let mut uniques = model.uniques.iter();
        model.key_columns().all(is_of_pair)
            || uniques.any(|unique| unique.columns.iter().all(|column| is_of_pair(column)))
    }

    fn check_defaults(self) -> Result<()> {
        let Some(model) = self.model else {
            return Ok(());
        };
        let is_given = |column: &String| self.columns.contains(column);
        let mut made = model.fields.iter().filter(|field| field.default_in_rust);
        match made.find(|field| !is_given(&field.column)) {
            None => Ok(()),
            Some(field) => Err(Error::invalid_query(format!(
                "a {0} is made for each pair here, and {0}::{1} has a default that is made in Rust; insert each {0} by itself",
                model.name, field.name
            ))),
        }
    }
}

fn part(meta: &'static ModelMeta, state: impl FnOnce(&mut State)) -> QuerySpec {
    let all = QuerySpec {
        meta,
        state: Arc::default(),
    };
    all.with(state)
}
