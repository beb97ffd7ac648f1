//! Keys that change, and what refers to them where the database changes nothing along with them: polymorphic references,
//! which have no foreign key, and references of a table to itself on a database that refuses to cascade those.

use super::pipeline::Then;
use super::{Flush, fetch};
use crate::dynamic::AllValues;
use crate::meta::{ModelMeta, PolymorphicMeta, ReferredMeta, RelationKind, RelationMeta};
use crate::session::by_value::ByValue;
use crate::session::same;
use crate::session::statements::{self, RowChange, show_key};
use crate::session::work::Place;
use aludel_engine::command::Collect;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::{BTreeMap, HashSet};

/// Rows that refer to a row of their own table, and let it go while its key changes.
pub(super) struct LetGo {
    /// The columns that are NULL meanwhile.
    columns: Vec<usize>,
    /// What they refer to afterwards.
    to: Vec<Value>,
    /// Their primary keys.
    keys: Vec<Vec<Value>>,
}

/// Keys that are gone, and a reference that must not be left with one of them.
pub(super) struct LeftBehind {
    owner: &'static ModelMeta,
    child: &'static ModelMeta,
    reference: &'static PolymorphicMeta,
    /// What it calls the model, and the key.
    keys: Vec<Vec<Value>>,
}

impl Flush<'_> {
    /// Whether rows of a table are referred to by what the session leads after them, row by row, when these columns change.
    pub(super) fn is_followed(&self, table: usize, columns: &[usize]) -> bool {
        let meta = self.work.tables[table].meta;
        let mut kinds = meta.referred.iter().filter_map(ReferredMeta::reference);
        self.changes_key(table, columns) && kinds.any(|of| of.on_update == Action::Cascade)
            || self
                .own_references(table)
                .any(|(_, to)| to.iter().any(|at| columns.contains(at)))
    }

    /// Whether rows of a table get other keys, and others may refer to them without a foreign key.
    pub(super) fn changes_key(&self, table: usize, columns: &[usize]) -> bool {
        let meta = self.work.tables[table].meta;
        !meta.referred.is_empty() && columns.iter().any(|at| meta.key.contains(at))
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
            // A row that refers to itself has another key by now, and refers to what it was led to.
            let itself = |key: &Vec<Value>| key.iter().zip(&before).all(|(a, b)| same(a, b));
            if known.columns.iter().any(|at| set.contains_key(at)) {
                known.keys.retain(|key| !itself(key));
            }
            for key in known.keys.iter_mut().filter(|key| itself(key)) {
                for (part, at) in key.iter_mut().zip(&meta.key) {
                    if let Some(Some(new)) = set.get(at) {
                        *part = new.clone();
                    }
                }
            }
            if known.keys.is_empty() {
                continue;
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
                self.leave_behind(meta, child, reference, from);
            }
        }
        Ok(())
    }

    fn leave_behind(
        &mut self,
        owner: &'static ModelMeta,
        child: &'static ModelMeta,
        reference: &'static PolymorphicMeta,
        from: Vec<Value>,
    ) {
        let is_same = |known: &&mut LeftBehind| {
            std::ptr::eq(known.owner, owner) && std::ptr::eq(known.reference, reference)
        };
        match self.left_behind.iter_mut().find(is_same) {
            Some(known) => known.keys.push(from),
            None => self.left_behind.push(LeftBehind {
                owner,
                child,
                reference,
                keys: vec![from],
            }),
        }
    }

    /// Fails if a row still refers to a key that is gone. What this flush has written refers to what it was led to, whoever
    /// had that key before.
    pub(super) async fn check_left_behind(&mut self) -> Result<()> {
        for behind in std::mem::take(&mut self.left_behind) {
            let (child, columns) = (behind.child, behind.reference.positions(behind.child));
            let written = self.written_of(child, &columns);
            let mut keys = behind.keys.into_iter().peekable();
            while keys.peek().is_some() {
                let chunk: Vec<Vec<Value>> = keys.by_ref().take(statements::MOST_SPELLED).collect();
                let most = written.len() as u64 + 1;
                let dialect = self.target.database().dialect();
                let found = statements::some_of(child, &columns, chunk, most, dialect, self.site)?;
                let collect = Collect::<AllValues>::all();
                let (found, _) = self.target.fetch(found, collect).await?;
                let mut others = found.rows.into_iter().map(|row| row.0).filter(|row| {
                    let key = row[..child.key.len()].to_vec();
                    !written.contains(&ByValue(key))
                });
                if let Some(row) = others.next() {
                    let (key, id) = row.split_at(child.key.len());
                    return Err(in_the_way(
                        behind.owner.name,
                        id,
                        child.name,
                        key,
                        behind.reference,
                    ));
                }
            }
        }
        Ok(())
    }

    /// The primary keys of a model's rows that this flush has inserted, or of which it has set one of these columns.
    fn written_of(&self, meta: &'static ModelMeta, columns: &[usize]) -> HashSet<ByValue> {
        let is_it = |table: &usize| self.arenas.at(*table).meta().shares_rows_with(meta);
        let inserted = self.done.inserted.iter().filter(|(table, ..)| is_it(table));
        let inserted = inserted.flat_map(|(table, _, sink)| self.arenas.at(*table).keys(&**sink));
        let is_led = |place: &Place| {
            let set = self.done.set.get(place);
            set.is_some_and(|set| set.iter().any(|at| columns.contains(at)))
        };
        let updated = self.done.updated.iter();
        let updated = updated
            .filter(|(table, slot, _)| is_it(table) && is_led(&(*table, *slot)))
            .map(|(table, _, new)| {
                let key = &self.arenas.at(*table).meta().key;
                key.iter().map(|at| new[*at].clone()).collect()
            });
        inserted.chain(updated).map(ByValue).collect()
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
