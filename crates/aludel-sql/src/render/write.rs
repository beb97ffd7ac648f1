//! INSERT, UPDATE, DELETE.

use super::casts::OwnType;
use super::kinds::Scope;
use super::{Writer, check_bind};
use crate::error::{Error, Result};
use crate::expr::{Name, Node};
use crate::statement::{
    Assignment, Conflict, Delete, Insert, InsertSource, TableName, Update, check_once,
};
use crate::types::{Bounds, Kind};
use crate::value::Value;

impl Writer {
    /// An INSERT statement.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn insert(&mut self, insert: &Insert) -> Result<()> {
        self.insert_into(&insert.table, insert.conflict.is_some())?;
        match &insert.source {
            InsertSource::Defaults => self.push(self.dialect().default_values()),
            InsertSource::Rows(rows) => {
                self.insert_head(&insert.columns)?;
                self.push(" VALUES ");
                let own = self.own_types(&insert.table, &insert.columns);
                for (n, row) in rows.iter().enumerate() {
                    self.push(if n == 0 { "(" } else { ", (" });
                    self.insert_row(row, insert, &own)
                        .map_err(|error| self.of_column(error, &insert.columns, row))?;
                    self.push(")");
                }
            }
            InsertSource::Query(query) => {
                self.insert_head(&insert.columns)?;
                self.push(" ");
                self.received = self.received_by(insert);
                self.select(query)?;
            }
        }
        let conflict = insert.conflict.as_ref();
        self.insert_tail(&insert.table, &insert.columns, conflict, &insert.returning)
    }

    /// `INSERT INTO t`, with the alias that an upsert may need.
    pub(super) fn insert_into(&mut self, table: &TableName, is_upsert: bool) -> Result<()> {
        self.push("INSERT INTO ");
        self.table(table)?;
        if let Some(alias) = self.dialect().upsert_alias(table)
            && is_upsert
        {
            self.push(" AS ");
            self.identifier(alias);
        }
        Ok(())
    }

    /// What follows the rows of an INSERT.
    pub(super) fn insert_tail(
        &mut self,
        table: &TableName,
        columns: &[Name],
        conflict: Option<&Conflict>,
        returning: &[Node],
    ) -> Result<()> {
        if let Some(conflict) = conflict {
            self.dialect().conflict(self, table, columns, conflict)?;
        }
        if returning.is_empty() {
            return Ok(());
        }
        let can = self.dialect().capabilities().insert_returning;
        self.with_table(table, false, |w| {
            w.returning(returning, can, "INSERT … RETURNING")
        })
    }

    /// An expression for a column of an inserted row. The database checks its result.
    pub(super) fn inserted(&mut self, value: &Node, column: Option<(&str, Bounds)>) -> Result<()> {
        match (column, value) {
            (None, _) | (_, Node::Default | Node::Value(Value::Null)) => self.node(value),
            (Some((_, bounds)), Node::Root(name)) if self.root_holds_less(name, bounds) => {
                self.node(value)
            }
            (Some((column, bounds)), _) => self.dialect().within(self, value, bounds, column),
        }
    }

    /// Whether all that a column of the current table can hold is within these bounds.
    fn root_holds_less(&self, name: &str, bounds: Bounds) -> bool {
        let of_root = self.root_bounds(name);
        of_root.is_some_and(|of_root| bounds.hold(of_root))
    }

    /// A selected expression, for the column that it is inserted into.
    pub(super) fn received(&mut self, value: &Node, column: Option<&Received>) -> Result<()> {
        match column {
            Some(Received { own: Some(own), .. }) => self.value_for(value, Some(own)),
            Some(Received { name, bounds, .. }) => {
                self.inserted(value, bounds.map(|bounds| (&**name, bounds)))
            }
            None => self.node(value),
        }
    }

    /// The columns that a query is inserted into; empty if none needs a cast or check.
    fn received_by(&self, insert: &Insert) -> Vec<Received> {
        let own = self.own_types(&insert.table, &insert.columns);
        let columns = insert.columns.iter().enumerate();
        let all: Vec<Received> = columns
            .map(|(n, column)| Received {
                name: column.clone(),
                bounds: insert.table.kinds.bounds(column),
                own: own.get(n).cloned().flatten(),
            })
            .collect();
        match all.iter().any(|to| to.bounds.is_some() || to.own.is_some()) {
            true => all,
            false => Vec::new(),
        }
    }

    /// Adds to an error of a row the column whose value can't be sent.
    #[cold]
    fn of_column(&self, error: Error, columns: &[Name], row: &[Node]) -> Error {
        let refused = |node: &Node| match node {
            Node::Value(value) => check_bind(value, self.dialect()).is_err(),
            _ => false,
        };
        match row.iter().position(refused).and_then(|at| columns.get(at)) {
            Some(column) => error.of_column(&**column),
            None => error,
        }
    }

    pub(super) fn insert_head(&mut self, columns: &[Name]) -> Result<()> {
        check_once(columns.iter().map(|column| &**column))?;
        self.push(" (");
        self.identifiers(columns);
        self.push(")");
        Ok(())
    }

    /// An UPDATE statement.
    ///
    /// # Errors
    /// If the dialect does not support it, or the UPDATE sets nothing.
    pub fn update(&mut self, update: &Update) -> Result<()> {
        if update.assignments.is_empty() {
            return Err(Error::invalid(format!(
                "an UPDATE of {} sets nothing; give it a column with a value",
                update.table
            )));
        }
        self.changing = true;
        self.push("UPDATE ");
        self.table(&update.table)?;
        self.push(" SET ");
        self.with_table(&update.table, update.from.is_some(), |w| {
            w.assignments(&update.assignments)?;
            if let Some((alias, query)) = &update.from {
                if !w.dialect().capabilities().update_from {
                    return Err(Error::unsupported(
                        "UPDATE … FROM",
                        w.dialect().name(),
                        "read the values in a subquery",
                    ));
                }
                w.push(" FROM (");
                w.changing = false;
                w.select(query)?;
                w.changing = true;
                w.push(") AS ");
                w.identifier(alias);
            }
            if let Some(filter) = &update.filter {
                w.push(" WHERE ");
                w.condition(filter)?;
            }
            let can = w.dialect().capabilities().update_returning;
            w.returning(&update.returning, can, "UPDATE … RETURNING")
        })
    }

    /// `a = 1, b = 2`.
    ///
    /// # Errors
    /// Errors of the values; a column that is set twice.
    pub fn assignments(&mut self, assignments: &[Assignment]) -> Result<()> {
        check_once(assignments.iter().map(|each| &*each.column))?;
        let has_own_types = self.scopes.last().is_some_and(Scope::has_own_types);
        for (n, assignment) in assignments.iter().enumerate() {
            if n > 0 {
                self.push(", ");
                self.check_simultaneous(&assignments[..n], &assignment.value)?;
            }
            self.checked_identifier(&assignment.column)?;
            self.push(" = ");
            let kind = match has_own_types {
                true => self.root_kind(&assignment.column),
                false => Kind::Unknown,
            };
            let written = match kind {
                Kind::Own(words) => {
                    let own = self.dialect().text_cast(words);
                    self.value_for(&assignment.value, own.as_ref())
                }
                // It has the type of the column.
                _ => match &assignment.value {
                    Node::Value(value) => self.value(value),
                    expression => self.assigned(&assignment.column, expression),
                },
            };
            match &assignment.value {
                Node::Value(_) => written.map_err(|error| error.of_column(&*assignment.column))?,
                _ => written?,
            }
        }
        Ok(())
    }

    /// The new value of a column. A value was checked before; the database checks the result of an expression.
    fn assigned(&mut self, column: &str, value: &Node) -> Result<()> {
        let Some(bounds) = self.root_bounds(column) else {
            return self.node(value);
        };
        let is_within = match value {
            Node::Value(_) | Node::Default => true,
            Node::Root(name) | Node::Excluded(name) => self.root_holds_less(name, bounds),
            _ => false,
        };
        if is_within {
            return self.node(value);
        }
        self.dialect().within(self, value, bounds, column)
    }

    /// MySQL sets from left to right, so an expression would read what was just set.
    fn check_simultaneous(&self, before: &[Assignment], value: &Node) -> Result<()> {
        if self.dialect().capabilities().simultaneous_assignment {
            return Ok(());
        }
        let set = |name: &str| before.iter().any(|assignment| assignment.column == name);
        let reads = value.any(&mut |node| match node {
            Node::Root(name) => set(name),
            Node::Path(path) => path.hops.is_empty() && set(&path.column),
            Node::Column(column) => set(&column.name),
            _ => false,
        });
        if reads {
            return Err(Error::unsupported(
                "UPDATE whose expressions read a column that it has set before them",
                self.dialect().name(),
                "put that column last",
            ));
        }
        Ok(())
    }

    /// A DELETE statement.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn delete(&mut self, delete: &Delete) -> Result<()> {
        self.changing = true;
        self.push("DELETE FROM ");
        self.table(&delete.table)?;
        self.with_table(&delete.table, false, |w| {
            if let Some(filter) = &delete.filter {
                w.push(" WHERE ");
                w.condition(filter)?;
            }
            let can = w.dialect().capabilities().delete_returning;
            w.returning(&delete.returning, can, "DELETE … RETURNING")
        })
    }

    fn returning(&mut self, nodes: &[Node], can: bool, feature: &str) -> Result<()> {
        if nodes.is_empty() {
            return Ok(());
        }
        if !can {
            return Err(Error::unsupported(
                feature,
                self.dialect().name(),
                "select the rows before or after, in one transaction",
            ));
        }
        self.push(" RETURNING ");
        self.nodes(nodes)
    }
}

/// A column that a query is inserted into.
pub(super) struct Received {
    name: Name,
    /// What it can hold, if that is not all of its type.
    bounds: Option<Bounds>,
    /// The type that text is cast to for it.
    own: Option<OwnType>,
}
