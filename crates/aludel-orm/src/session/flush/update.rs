//! Steps that update, and rows that another writer changed.

use super::key_change::KeyChange;
use super::pipeline::Then;
use super::post_update::parked;
use super::{Flush, fetch};
use crate::by_key::find_command;
use crate::errors::stale;
use crate::links::Links;
use crate::model::meta::RelationKind;
use crate::model::slot::By;
use crate::session::arena::pick;
use crate::session::flush_plan::Plan;
use crate::session::renamed::Follows;
use crate::session::statements::{self, RowChange};
use crate::session::unique::identity;
use crate::session::unit_of_work::{Cell, Place, UpdateRow};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

impl Flush<'_> {
    pub(super) async fn update(&mut self, plan: &Plan, table: usize, rows: &[usize]) -> Result<()> {
        let updates = &self.work.tables[table].updates;
        let cells = rows.iter().flat_map(|row| &updates[*row].set);
        let targets = cells.filter_map(|(_, cell)| match cell {
            Cell::KeyOf { target, by, .. } => Some((*target, *by)),
            _ => None,
        });
        let targets: Vec<(Place, By)> = targets.collect();
        self.know(targets.into_iter()).await?;
        self.leave_joins(table, rows).await?;
        let meta = self.work.tables[table].meta;
        // Rows of the same columns go together; those with expressions, alone.
        let mut groups: BTreeMap<Vec<usize>, Vec<(usize, RowChange)>> = BTreeMap::new();
        let mut alone: Vec<usize> = Vec::new();
        for row in rows {
            let update = &self.work.tables[table].updates[*row];
            if update
                .set
                .iter()
                .any(|(_, cell)| matches!(cell, Cell::Expression(_)))
            {
                alone.push(*row);
                continue;
            }
            let put_off = plan.put_off(table, *row);
            let parked = if put_off.parked {
                parked(meta, update)
            } else {
                vec![]
            };
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (at, cell) in &update.set {
                if parked.contains(at) {
                    continue;
                }
                if put_off.vacated.contains(at) {
                    columns.push(*at);
                    values.push(Value::Null);
                } else if !put_off.columns.contains(at) {
                    columns.push(*at);
                    values.push(self.value(cell)?);
                }
            }
            for at in parked {
                columns.push(at);
                values.push(self.park(meta, at, update.slot)?);
            }
            if columns.is_empty() {
                continue;
            }
            let change = RowChange {
                key: update.key.clone(),
                version: update.version.clone(),
                values,
            };
            groups.entry(columns).or_default().push((*row, change));
        }
        for (columns, changes) in groups {
            if self.is_followed(table, &columns) {
                for (row, change) in changes {
                    self.send_followed(table, &columns, row, change).await?;
                }
                continue;
            }
            let (rows, changes): (Vec<usize>, Vec<RowChange>) = changes.into_iter().unzip();
            if self.changes_key(table, &columns) {
                for (row, change) in rows.iter().zip(&changes) {
                    let change = self.key_change(table, *row, &columns, change);
                    self.follow_kinds(&change).await?;
                }
            }
            self.send_updates(table, &columns, rows, changes).await?;
        }
        for row in alone {
            self.update_by_expressions(plan, table, row).await?;
        }
        for row in rows {
            if self.settle_update(plan, table, *row)? {
                let new = &self.work.tables[table].updates[*row].new;
                let key = meta.key.iter().map(|at| new[*at].clone()).collect();
                let command = find_command(meta, key, self.target, self.site)?;
                let then = Then::Reread { table, row: *row };
                let sink = self.arenas.at(table).sink();
                self.send_to(command, sink, then).await?;
            }
        }
        Ok(())
    }

    /// Notes what an update does; returns whether the row has to be read again.
    fn settle_update(&mut self, plan: &Plan, table: usize, row: usize) -> Result<bool> {
        let meta = self.work.tables[table].meta;
        let update = &self.work.tables[table].updates[row];
        let put_off = plan.put_off(table, row);
        let mut known = Vec::new();
        for (at, cell) in &update.set {
            if let Cell::KeyOf { target, .. } = cell
                && (!put_off.columns.contains(at) || self.keys.contains_key(target))
            {
                known.push((*at, self.value(cell)?));
            }
        }
        for (at, value) in known {
            self.work.tables[table].updates[row].new[at] = value;
        }
        let read = self.is_read_again(table, row);
        let update = &self.work.tables[table].updates[row];
        let new = &update.new;
        let is_late = put_off.parked || !put_off.columns.is_empty();
        let parked = if put_off.parked {
            parked(meta, update)
        } else {
            vec![]
        };
        if meta.key.iter().any(|at| parked.contains(at)) {
            let mut temporary = Vec::new();
            for at in &meta.key {
                temporary.push(if parked.contains(at) {
                    self.park(meta, *at, update.slot)?
                } else {
                    new[*at].clone()
                });
            }
            let place = (table, update.slot);
            self.parked_keys.insert(place, temporary);
        }
        let (slot, becomes) = (update.slot, update.becomes);
        let is_led = |(_, cell): &(usize, Cell)| matches!(cell, Cell::KeyOf { .. });
        if Follows::any(meta) || !meta.polymorphic.is_empty() || update.set.iter().any(is_led) {
            let set = update.set.iter().map(|(at, _)| *at).collect();
            self.done.set.insert((table, slot), set);
        }
        if self.alternates.contains(&table) && !read {
            self.rows.insert((table, slot), new.clone());
        }
        if self.linked.contains(&table) {
            let key: Vec<Value> = meta.key.iter().map(|at| new[*at].clone()).collect();
            self.keys.insert((table, slot), key.clone());
            if let Some(slot) = becomes {
                self.keys.insert((table, slot), key);
            }
        }
        self.done.report.count_updated(meta, 1);
        if !read {
            if is_late {
                let at = self.done.updated.len();
                self.late_updated.insert((table, slot), at);
            }
            self.done.updated.push((table, slot, new.clone()));
        }
        // What is set later is read later.
        Ok(read && !is_late)
    }

    /// Whether an updated row gets values that only the database knows.
    pub(super) fn is_read_again(&self, table: usize, row: usize) -> bool {
        let work = &self.work.tables[table];
        let update = &work.updates[row];
        let mut cells = update.set.iter().map(|(_, cell)| cell);
        update.becomes.is_some()
            || cells.any(|cell| matches!(cell, Cell::Expression(_)))
            || work
                .meta
                .fields
                .iter()
                .any(|field| field.generated.is_some())
    }

    /// Notes the values of an updated row that was read again.
    pub(super) fn reread(
        &mut self,
        table: usize,
        row: usize,
        sink: Box<dyn Any + Send>,
    ) -> Result<()> {
        let update = &self.work.tables[table].updates[row];
        if self.alternates.contains(&table)
            && let Some(values) = self.arenas.at(table).values(&*sink)?.pop()
        {
            let slot = update.becomes.unwrap_or(update.slot);
            self.rows.insert((table, slot), values);
        }
        match update.becomes {
            Some(pending) => {
                let removed = update.removed.unwrap_or((table, update.slot));
                let replaced = (table, pending, removed, sink);
                self.done.replaced.push(replaced);
            }
            None => {
                let values = self.arenas.at(table).values(&*sink)?.into_iter().next();
                let values = values.ok_or_else(|| self.stale(table, &[row]))?;
                self.done.updated.push((table, update.slot, values));
            }
        }
        Ok(())
    }

    /// Updates a row whose key changes, and the references to it.
    async fn send_followed(
        &mut self,
        table: usize,
        columns: &[usize],
        row: usize,
        change: RowChange,
    ) -> Result<()> {
        let key = self.key_change(table, row, columns, &change);
        let let_go = self.let_go(&key).await?;
        self.send_updates(table, columns, vec![row], vec![change])
            .await?;
        self.take_up(let_go, &key).await?;
        self.follow_kinds(&key).await
    }

    fn key_change(
        &self,
        table: usize,
        row: usize,
        columns: &[usize],
        change: &RowChange,
    ) -> KeyChange {
        let work = &self.work.tables[table];
        let values = change.values.iter().cloned().map(Some);
        let set = columns.iter().copied().zip(values);
        KeyChange::new(work.meta, &work.updates[row].old, set)
    }

    async fn send_updates(
        &mut self,
        table: usize,
        columns: &[usize],
        rows: Vec<usize>,
        changes: Vec<RowChange>,
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let statements = statements::updates(meta, columns, changes, dialect, self.site)?;
        let rows: Arc<[usize]> = rows.into();
        let mut from = 0;
        for statement in statements {
            let then = Then::Updated {
                table,
                rows: Arc::clone(&rows),
                part: from..from + statement.rows,
            };
            from += statement.rows;
            self.send(statement.command, then).await?;
        }
        Ok(())
    }

    /// Deletes the join-table rows of replaced rows: the new row does not take them over.
    async fn leave_joins(&mut self, table: usize, rows: &[usize]) -> Result<()> {
        let work = &self.work.tables[table];
        let becoming = rows.iter().map(|row| &work.updates[*row]);
        let becoming: Vec<&UpdateRow> = becoming.filter(|row| row.becomes.is_some()).collect();
        if becoming.is_empty() {
            return Ok(());
        }
        let dialect = self.target.database().dialect();
        let mut statements = Vec::new();
        for relation in &work.meta.relations {
            if relation.kind != RelationKind::ManyToMany || relation.join_model().is_some() {
                continue;
            }
            let path = relation.join_path(work.meta);
            let path = path.map_err(Error::invalid_query)?;
            let Some((join, pairs)) = path.through else {
                continue;
            };
            let (own, columns): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let rows = becoming.iter().map(|row| pick(work.meta, &row.old, &own));
            let rows = rows.collect();
            let links = Links {
                table: &join,
                columns: &columns,
                model: None,
                dialect,
                site: self.site,
            };
            statements.extend(links.remove(rows)?);
        }
        for statement in statements {
            self.send(statement, Then::Joined(None)).await?;
        }
        Ok(())
    }

    async fn update_by_expressions(&mut self, plan: &Plan, table: usize, row: usize) -> Result<()> {
        let put_off = plan.put_off(table, row);
        let meta = self.work.tables[table].meta;
        let update = &self.work.tables[table].updates[row];
        let parked = if put_off.parked {
            parked(meta, update)
        } else {
            vec![]
        };
        let mut assignments = Vec::new();
        for (at, cell) in &update.set {
            if parked.contains(at) {
                continue;
            }
            let node = match cell {
                _ if put_off.vacated.contains(at) => Node::Value(Value::Null),
                _ if put_off.columns.contains(at) => continue,
                Cell::Expression(node) => node.clone(),
                other => Node::Value(self.value(other)?),
            };
            assignments.push((*at, node));
        }
        for at in parked {
            let value = self.park(meta, at, update.slot)?;
            assignments.push((at, Node::Value(value)));
        }
        if assignments.is_empty() {
            return Ok(());
        }
        let columns: Vec<usize> = assignments.iter().map(|(at, _)| *at).collect();
        let is_followed = self.is_followed(table, &columns) || self.changes_key(table, &columns);
        let followed = is_followed.then(|| {
            let set = assignments.iter().map(|(at, node)| (*at, node));
            KeyChange::of_nodes(meta, &update.old, set)
        });
        let statement = statements::update_expressions(
            meta,
            assignments,
            update.key.clone(),
            update.version.clone(),
            self.target.database().dialect(),
            self.site,
        )?;
        let then = Then::Updated {
            table,
            rows: [row].into(),
            part: 0..1,
        };
        let Some(change) = followed else {
            return self.send(statement.command, then).await;
        };
        let let_go = self.let_go(&change).await?;
        self.send(statement.command, then).await?;
        self.take_up(let_go, &change).await?;
        self.follow_kinds(&change).await
    }

    /// The error that names which of these rows another writer changed.
    pub(super) async fn find_stale(&mut self, table: usize, rows: &[usize]) -> Error {
        match self.search_stale(table, rows).await {
            Ok(stale) => {
                let slots: Vec<u32> = stale
                    .iter()
                    .map(|row| self.work.tables[table].updates[*row].slot)
                    .collect();
                let error = self.stale(table, &stale);
                self.blame(error, table, &slots[..slots.len().min(1)])
            }
            Err(error) => error,
        }
    }

    async fn search_stale(&mut self, table: usize, rows: &[usize]) -> Result<Vec<usize>> {
        let arena = self.arenas.at(table);
        let meta = arena.meta();
        let work = &self.work.tables[table];
        let new_key = |row: &usize| -> Vec<Value> {
            let new = &work.updates[*row].new;
            meta.key.iter().map(|at| new[*at].clone()).collect()
        };
        let old = rows.iter().map(|row| work.updates[*row].key.clone());
        let mut keys: Vec<Vec<Value>> = old.chain(rows.iter().map(new_key)).collect();
        keys.dedup();
        let dialect = self.target.database().dialect();
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for command in statements::selects(meta, &meta.key, keys, dialect, self.site)? {
            let sink = fetch(self.target, command, arena.sink()).await?;
            for values in arena.values(&*sink)? {
                let key: Vec<Value> = meta.key.iter().map(|at| values[*at].clone()).collect();
                found.insert(identity(&key), values);
            }
        }
        // A row is as it was before this flush, or as the flush left it; otherwise another writer changed it.
        let fits = |row: &usize| {
            let update = &work.updates[*row];
            let before = found
                .get(&identity(&update.key))
                .is_some_and(|values| meta.version.is_none_or(|at| values[at] == update.old[at]));
            let after = found.get(&identity(&new_key(row))).is_some_and(|values| {
                update.set.iter().all(|(at, cell)| match cell {
                    Cell::Value(value) => *value == values[*at],
                    _ => true,
                })
            });
            before || after
        };
        let stale: Vec<usize> = rows.iter().copied().filter(|row| !fits(row)).collect();
        Ok(if stale.is_empty() {
            rows.to_vec()
        } else {
            stale
        })
    }

    pub(super) fn stale(&self, table: usize, rows: &[usize]) -> Error {
        let work = &self.work.tables[table];
        let keys: Vec<Vec<Value>> = rows
            .iter()
            .map(|row| work.updates[*row].key.clone())
            .collect();
        stale(work.meta, &keys)
    }
}
