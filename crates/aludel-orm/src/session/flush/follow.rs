//! Keys that change, and what refers to them where the database changes nothing along with them: polymorphic references,
//! which have no foreign key, and references of a table to itself on a database that refuses to cascade those.

use super::pipeline::Then;
use super::{Flush, fetch};
use crate::dynamic::AllValues;
use crate::meta::{PolymorphicMeta, RelationKind, RelationMeta};
use crate::session::same;
use crate::session::statements::{self, RowChange, show_key};
use aludel_engine::command::Collect;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::BTreeMap;

/// Rows that refer to a row of their own table, and let it go while its key changes.
pub(super) struct LetGo {
    /// The columns that are NULL meanwhile.
    columns: Vec<usize>,
    /// What they refer to afterwards.
    to: Vec<Value>,
    /// Their primary keys.
    keys: Vec<Vec<Value>>,
}

impl Flush<'_> {
    /// Whether rows of a table are referred to by what does not follow by itself when these columns change.
    pub(super) fn is_followed(&self, table: usize, columns: &[usize]) -> bool {
        let meta = self.work.tables[table].meta;
        let is_key = |at: &usize| meta.key.contains(at);
        !meta.referred.is_empty() && columns.iter().any(is_key)
            || self
                .own_references(table)
                .any(|(_, to)| to.iter().any(|at| columns.contains(at)))
    }

    /// The references of a table to itself that the session has to lead after changed keys, with the positions of the
    /// columns that they refer to.
    fn own_references(
        &self,
        table: usize,
    ) -> impl Iterator<Item = (&'static RelationMeta, Vec<usize>)> + use<> {
        let meta = self.work.tables[table].meta;
        let cascades = self.target.database().dialect().capabilities().self_cascade;
        let relations = meta.relations.iter().filter(move |relation| {
            !cascades
                && relation.kind == RelationKind::BelongsTo
                && relation.on_update == Action::Cascade
                && (relation.target)().table == meta.table
        });
        relations.map(|relation| {
            let position = |column: &String| {
                let mut fields = meta.fields.iter();
                fields.position(|field| field.column == *column)
            };
            let to = relation.target_columns();
            (relation, to.iter().filter_map(position).collect())
        })
    }

    /// Makes rows of the same table let go a row whose key is about to change: `old` are its values, `set` what changes.
    pub(super) async fn let_go(
        &mut self,
        table: usize,
        old: &[Value],
        set: &BTreeMap<usize, Option<Value>>,
    ) -> Result<Vec<LetGo>> {
        let meta = self.work.tables[table].meta;
        let references: Vec<_> = self.own_references(table).collect();
        let targets: Vec<usize> = { references.iter() }
            .flat_map(|(_, to)| to.clone())
            .collect();
        let mut all = Vec::new();
        for (relation, to) in references {
            let changes = |at: &usize| match set.get(at) {
                Some(Some(new)) => !same(new, &old[*at]),
                Some(None) => true,
                None => false,
            };
            let from: Vec<Value> = to.iter().map(|at| old[*at].clone()).collect();
            if !to.iter().any(changes) || from.iter().any(Value::is_null) {
                continue;
            }
            let own = meta.positions(relation);
            let columns: Vec<usize> = { own.iter().copied() }
                .filter(|at| meta.fields[*at].nullable && !targets.contains(at))
                .collect();
            let unknown = to.iter().any(|at| matches!(set.get(at), Some(None)));
            if columns.is_empty() || unknown || own.iter().any(|at| targets.contains(at)) {
                return Err(self.cannot_follow(relation, columns.is_empty()));
            }
            self.drain().await?;
            let mut keys = Vec::new();
            let dialect = self.target.database().dialect();
            let found = statements::selects_locked(meta, &own, vec![from], dialect, self.site)?;
            for command in found {
                let arena = self.arenas.at(table);
                let sink = fetch(self.target, command, arena.sink()).await?;
                for values in arena.values(&*sink)? {
                    let key = meta.key.iter().map(|at| values[*at].clone());
                    keys.push(key.collect::<Vec<Value>>());
                }
            }
            if keys.is_empty() {
                continue;
            }
            let after = |at: usize| match set.get(&at) {
                Some(Some(new)) => new.clone(),
                _ => old[at].clone(),
            };
            let pairs = own.iter().zip(&to);
            let led = pairs.filter(|(at, _)| columns.contains(at));
            let known = LetGo {
                to: led.map(|(_, to)| after(*to)).collect(),
                columns,
                keys,
            };
            let nothing = vec![Value::Null; known.columns.len()];
            self.lead_rows(table, &known.columns, &nothing, known.keys.clone())
                .await?;
            all.push(known);
        }
        Ok(all)
    }

    /// Leads rows to a row that they let go, under its new key.
    pub(super) async fn take_up(
        &mut self,
        table: usize,
        let_go: Vec<LetGo>,
        old: &[Value],
        set: &BTreeMap<usize, Option<Value>>,
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let before: Vec<Value> = meta.key.iter().map(|at| old[*at].clone()).collect();
        for mut known in let_go {
            // A row that refers to itself has another key by now.
            for key in &mut known.keys {
                if key.iter().zip(&before).all(|(a, b)| same(a, b)) {
                    for (part, at) in key.iter_mut().zip(&meta.key) {
                        if let Some(Some(new)) = set.get(at) {
                            *part = new.clone();
                        }
                    }
                }
            }
            self.lead_rows(table, &known.columns, &known.to, known.keys)
                .await?;
        }
        Ok(())
    }

    async fn lead_rows(
        &mut self,
        table: usize,
        columns: &[usize],
        to: &[Value],
        keys: Vec<Vec<Value>>,
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let change = |key| RowChange {
            key,
            version: None,
            values: to.to_vec(),
        };
        let changes = keys.into_iter().map(change).collect();
        for statement in statements::updates(meta, columns, changes, dialect, self.site)? {
            self.send(statement.command, Then::Joined(None)).await?;
        }
        Ok(())
    }

    /// A row got another key: leads polymorphic references after it, or notes that none may be left.
    pub(super) async fn follow_kinds(
        &mut self,
        table: usize,
        old: &[Value],
        set: &BTreeMap<usize, Option<Value>>,
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        // A reference to one of several models is to a key of one column.
        let [at] = meta.key.as_slice() else {
            return Ok(());
        };
        let Some(Some(new)) = set.get(at).filter(|new| !same_as(new, &old[*at])) else {
            return Ok(());
        };
        for referred in &meta.referred {
            let Some(reference) = referred.reference() else {
                continue;
            };
            let child = (referred.model)();
            let from = vec![Value::Text(referred.label.to_owned()), old[*at].clone()];
            if reference.on_update == Action::Cascade {
                let columns = reference.positions(child);
                let to = (columns[1], new.clone());
                let command = statements::lead(child, &columns, from, to, dialect, self.site)?;
                self.send(command, Then::Joined(None)).await?;
            } else {
                self.left_behind.push((table, child, reference, from));
            }
        }
        Ok(())
    }

    /// Fails if a row still refers to a key that is gone.
    pub(super) async fn check_left_behind(&mut self) -> Result<()> {
        let dialect = self.target.database().dialect();
        for (table, child, reference, from) in std::mem::take(&mut self.left_behind) {
            let columns = reference.positions(child);
            let key = from[1..].to_vec();
            let found = statements::any_key(child, &columns, from, dialect, self.site)?;
            let collect = Collect::<AllValues>::all();
            let (found, _) = self.target.fetch(found, collect).await?;
            if let Some(row) = found.rows.first() {
                let owner = self.work.tables[table].meta;
                return Err(in_the_way(owner.name, &key, child.name, &row.0, reference));
            }
        }
        Ok(())
    }

    fn cannot_follow(&self, relation: &RelationMeta, is_required: bool) -> Error {
        let meta = (relation.target)();
        let (name, backend) = (relation.name, self.target.database().dialect().name());
        let why = match is_required {
            true => "and it can't be NULL meanwhile; make it an Option",
            false => {
                "and it changes keys in turn, or the new key is an expression; set the key to a value, row by row"
            }
        };
        Error::new(
            ErrorKind::Unsupported,
            format!(
                "{backend} changes no references of a table to itself along with a key: {0}::{name} refers to {0}, {why}",
                meta.name
            ),
        )
    }
}

fn same_as(new: &Option<Value>, old: &Value) -> bool {
    new.as_ref().is_some_and(|new| same(new, old))
}

fn in_the_way(
    owner: &str,
    key: &[Value],
    child: &str,
    row: &[Value],
    reference: &PolymorphicMeta,
) -> Error {
    let name = format!("{owner} {}", show_key(key));
    Error::new(
        ErrorKind::ForeignKeyViolation,
        format!(
            "{name} can't get another key: {child} {} refers to it by {child}::{}; say `on_update = cascade` there, or lead it elsewhere first",
            show_key(row),
            reference.name,
        ),
    )
    .with_row(name)
}
