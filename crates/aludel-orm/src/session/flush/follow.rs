//! Updates references to changed keys where the database does not: polymorphic references, which have no foreign key, and
//! references of a table to itself on a database that refuses to cascade those.

use super::Flush;
use super::key_change::{KeyChange, changes_key, is_followed, own_joins, own_references};
use super::pipeline::Then;
use crate::errors::show_key;
use crate::links::Links;
use crate::model::meta::{ModelMeta, PolymorphicMeta, RelationMeta};
use crate::model::values::same;
use crate::read::AllValues;
use crate::session::by_value::ByValue;
use crate::session::statements::{self, RowChange};
use crate::session::unique::position;
use crate::session::unit_of_work::Place;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Collect, Command, Discard, Mapping};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::schema::Action;
use aludel_sql::statement::TableName;
use std::collections::HashSet;

/// References that were removed while a row's key changes.
pub(super) enum LetGo {
    /// Rows of its own table.
    Rows {
        /// The columns that are NULL meanwhile, and the columns of the row to which they refer.
        columns: Vec<usize>,
        to: Vec<usize>,
        /// Their primary keys.
        keys: Vec<Vec<Value>>,
    },
    /// The row of a join table that joins the row with itself; it is deleted meanwhile.
    Joined(OwnJoin),
}

/// A table that joins rows of one table, with its columns and those that they refer to.
pub(super) struct OwnJoin {
    table: TableName,
    columns: Vec<String>,
    to: Vec<usize>,
}

/// Keys that are gone, and a reference that must not have one of them any more.
pub(super) struct LeftBehind {
    owner: &'static ModelMeta,
    child: &'static ModelMeta,
    reference: &'static PolymorphicMeta,
    /// The label of the model in the reference, and the key.
    keys: Vec<Vec<Value>>,
}

impl Flush<'_> {
    /// Whether changes of these columns require updating references to the rows, row by row.
    pub(super) fn is_followed(&self, table: usize, columns: &[usize]) -> bool {
        is_followed(self.work.tables[table].meta, columns, self.dialect())
    }

    /// Whether rows get new keys, and others may refer to them without a foreign key.
    pub(super) fn changes_key(&self, table: usize, columns: &[usize]) -> bool {
        changes_key(self.work.tables[table].meta, columns)
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.target.database().dialect()
    }

    /// Clears the references to a row whose key is about to change: in its own table, and in tables that join it with itself.
    pub(super) async fn let_go(&mut self, change: &KeyChange) -> Result<Vec<LetGo>> {
        let references: Vec<_> = own_references(change.meta, self.dialect()).collect();
        let targets: Vec<usize> = { references.iter() }
            .flat_map(|(_, to)| to.clone())
            .collect();
        let mut all = Vec::new();
        for (relation, to) in references {
            let from = change.old_values(&to);
            if !to.iter().any(|at| change.changes(*at)) || from.iter().any(Value::is_null) {
                continue;
            }
            let own = change.meta.positions(relation);
            let pairs = own.iter().copied().zip(to.iter().copied());
            let (columns, led): (Vec<usize>, Vec<usize>) = pairs
                .filter(|(at, _)| change.meta.fields[*at].nullable && !targets.contains(at))
                .unzip();
            let unknown = to.iter().any(|at| change.is_unknown(*at));
            if columns.is_empty() || unknown || own.iter().any(|at| targets.contains(at)) {
                return Err(self.cannot_follow(change.meta, relation, columns.is_empty()));
            }
            let keys = self.rows_of(change.meta, &own, from).await?;
            if keys.is_empty() {
                continue;
            }
            let nothing = vec![Value::Null; columns.len()];
            self.lead_rows(change.meta, &columns, &nothing, keys.clone())
                .await?;
            all.push(LetGo::Rows {
                columns,
                to: led,
                keys,
            });
        }
        if change.meta.key.iter().any(|at| change.changes(*at)) {
            for relation in own_joins(change.meta, self.dialect()) {
                all.extend(self.part(change, relation).await?);
            }
        }
        Ok(all)
    }

    /// The primary keys of the rows that have these values in these columns.
    async fn rows_of(
        &mut self,
        meta: &'static ModelMeta,
        columns: &[usize],
        values: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>> {
        self.drain().await?;
        let mut keys = Vec::new();
        let all: Vec<usize> = (0..meta.fields.len()).collect();
        let found =
            statements::selects_locked(meta, columns, vec![values], self.dialect(), self.site)?;
        for command in found {
            for row in typed_rows(self.target, command, meta, &all).await? {
                keys.push(meta.key.iter().map(|at| row[*at].clone()).collect());
            }
        }
        Ok(keys)
    }

    /// Deletes the row of a join table that joins a row with itself, if there is one.
    async fn part(
        &mut self,
        change: &KeyChange,
        relation: &'static RelationMeta,
    ) -> Result<Option<LetGo>> {
        let path = relation
            .join_path(change.meta)
            .map_err(Error::invalid_query)?;
        let Some((table, own)) = path.through else {
            return Ok(None);
        };
        let pairs = own
            .into_iter()
            .chain(path.pairs.into_iter().map(|(a, b)| (b, a)));
        let (to, columns): (Vec<String>, Vec<String>) = pairs.unzip();
        let to = to.iter().filter_map(|column| position(change.meta, column));
        let join = OwnJoin {
            table,
            columns,
            to: to.collect(),
        };
        self.drain().await?;
        let mut parted = 0;
        for command in self
            .links(&join)
            .remove(vec![change.old_values(&join.to)])?
        {
            let (_, outcome) = self.target.fetch(command, Discard).await?;
            parted += outcome.affected;
        }
        if parted == 0 {
            return Ok(None);
        }
        match join.to.iter().any(|at| change.is_unknown(*at)) {
            true => Err(self.cannot_follow(change.meta, relation, false)),
            false => Ok(Some(LetGo::Joined(join))),
        }
    }

    fn links<'l>(&self, join: &'l OwnJoin) -> Links<'l> {
        Links {
            table: &join.table,
            columns: &join.columns,
            model: None,
            dialect: self.dialect(),
            site: self.site,
        }
    }

    /// Restores the cleared references to a row, under its new key.
    pub(super) async fn take_up(&mut self, let_go: Vec<LetGo>, change: &KeyChange) -> Result<()> {
        let key = &change.meta.key;
        let before = change.old_values(key);
        for known in let_go {
            let (columns, to, mut keys) = match known {
                LetGo::Rows { columns, to, keys } => (columns, to, keys),
                LetGo::Joined(join) => {
                    let pair = change.new_values(&join.to);
                    for command in self.links(&join).add(vec![pair])? {
                        self.send(command, Then::Joined(None)).await?;
                    }
                    continue;
                }
            };
            // A row that refers to itself has its new key by now; if the update sets the reference, that value stays.
            let itself = |key: &Vec<Value>| key.iter().zip(&before).all(|(a, b)| same(a, b));
            if columns.iter().any(|at| change.sets(*at)) {
                keys.retain(|key| !itself(key));
            }
            for own in keys.iter_mut().filter(|key| itself(key)) {
                *own = change.new_values(key);
            }
            if keys.is_empty() {
                continue;
            }
            let to = change.new_values(&to);
            self.lead_rows(change.meta, &columns, &to, keys).await?;
        }
        Ok(())
    }

    async fn lead_rows(
        &mut self,
        meta: &'static ModelMeta,
        columns: &[usize],
        to: &[Value],
        keys: Vec<Vec<Value>>,
    ) -> Result<()> {
        let change = |key| RowChange {
            key,
            version: None,
            values: to.to_vec(),
        };
        let changes = keys.into_iter().map(change).collect();
        for statement in statements::updates(meta, columns, changes, self.dialect(), self.site)? {
            self.send(statement.command, Then::Joined(None)).await?;
        }
        Ok(())
    }

    /// After a row got a new key: updates polymorphic references, or notes that none may be left.
    pub(super) async fn follow_kinds(&mut self, change: &KeyChange) -> Result<()> {
        let meta = change.meta;
        let dialect = self.dialect();
        // A reference to one of several models refers to a key of one column.
        let [at] = meta.key.as_slice() else {
            return Ok(());
        };
        if !change.changes(*at) || change.is_unknown(*at) {
            return Ok(());
        }
        let (old, new) = (change.old[*at].clone(), change.new_value(*at));
        for referred in &meta.referred {
            let Some(reference) = referred.reference() else {
                continue;
            };
            let child = (referred.model)();
            let from = vec![Value::Text(referred.label.to_owned()), old.clone()];
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

    /// Fails if a row still refers to a key that is gone. Rows that this flush has written are correct, even if another row had
    /// that key before.
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
                let shown: Vec<usize> = child.key.iter().chain(columns.last()).copied().collect();
                let found = typed_rows(self.target, found, child, &shown).await?;
                let mut others = found.into_iter().filter(|row| {
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

    /// The primary keys of a model's rows that this flush inserted, or in which it set one of these columns.
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

    fn cannot_follow(&self, meta: &ModelMeta, relation: &RelationMeta, is_required: bool) -> Error {
        let (name, backend) = (relation.name, self.dialect().name());
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

/// The rows of a statement that selects these columns of a model, converted to the types of the model: other values would not
/// be equal to the model's.
async fn typed_rows(
    target: Target<'_>,
    command: Command,
    meta: &ModelMeta,
    columns: &[usize],
) -> Result<Vec<Vec<Value>>> {
    let types = columns.iter().map(|at| meta.fields[*at].sql_type.clone());
    let collect = Collect::<AllValues>::most(usize::MAX, Mapping::Typed(types.collect()));
    let (found, _) = target.fetch(command, collect).await?;
    Ok(found.rows.into_iter().map(|row| row.0).collect())
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
