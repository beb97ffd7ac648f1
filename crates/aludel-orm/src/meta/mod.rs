//! What a model is, as data: [`ModelMeta`]. Queries, DDL and the dynamic layer read this one value.

mod builder;

pub use builder::{FieldBuilder, ModelBuilder, RelationBuilder};

use crate::validate::{Rule, WholeCheck};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Name, Node};
use aludel_sql::schema::{
    Action, Check, Column, Deferrability, ForeignKey, Generated, Identity, Index, Table, Unique,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A model: its table, columns and relations.
#[derive(Debug)]
pub struct ModelMeta {
    /// The struct's name.
    pub name: &'static str,
    /// Its table.
    pub table: TableName,
    /// Its columns, in the order in which rows are read.
    pub fields: Vec<FieldMeta>,
    /// Its relations.
    pub relations: Vec<RelationMeta>,
    /// Positions of the primary key's columns among the fields.
    pub key: Vec<usize>,
    /// Position of the version column, which tells whether another writer changed the row.
    pub version: Option<usize>,
    /// Position of the column that says when a row was deleted, if deleted rows stay in the table.
    pub soft_delete: Option<usize>,
    /// The condition that every query adds, unless it says `unscoped()`.
    pub scope: Option<Node>,
    /// Unique constraints of several columns.
    pub uniques: Vec<Unique>,
    /// Checks of whole rows.
    pub whole_checks: Vec<WholeCheck>,
    /// CHECKs.
    pub checks: Vec<Check>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// What it is for.
    pub comment: Option<&'static str>,
    pub(crate) caches: Caches,
}

/// A column of a model.
#[derive(Debug, Clone)]
pub struct FieldMeta {
    /// The field, with the names of embedded values before it: `address.city`.
    pub name: String,
    /// The column.
    pub column: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What the database fills in.
    pub default: Option<Node>,
    /// Whether Rust fills it in.
    pub default_in_rust: bool,
    /// Whether the database numbers it.
    pub identity: Option<Identity>,
    /// What the database computes it from.
    pub generated: Option<Generated>,
    /// Whether values are unique.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// Whether it counts the changes of its row.
    pub version: bool,
    /// The moment that it keeps.
    pub stamp: Option<Stamp>,
    /// What its values must fulfil.
    pub rules: Vec<Rule>,
    /// Whether the table checks the rules, too.
    pub enforced: bool,
    /// What it is for.
    pub comment: Option<&'static str>,
    /// The field's CHECK.
    pub check: Option<Node>,
}

/// A moment in a row's life that a column keeps by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// When the row was inserted.
    Created,
    /// When it was last written.
    Updated,
    /// When it was deleted; NULL of a row that is not.
    Deleted,
}

/// The kinds of relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// This row has the other's key.
    BelongsTo,
    /// One other row has this row's key.
    HasOne,
    /// Other rows have this row's key.
    HasMany,
    /// A join table has the keys of both.
    ManyToMany,
}

/// Who sees to it that a row which refers to a deleted one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDelete {
    /// The session, which reads those rows; beyond it, the database.
    #[default]
    Session,
    /// Nobody: such a row protects the other one, whatever else goes in the same flush.
    Protect,
    /// The database alone; nothing is read.
    Database,
}

/// A relation of a model.
#[derive(Debug, Clone)]
pub struct RelationMeta {
    /// The field.
    pub name: &'static str,
    /// Its kind.
    pub kind: RelationKind,
    /// The model it leads to.
    pub target: fn() -> &'static ModelMeta,
    /// Whether the other row may be missing (`BelongsTo`); always for the others.
    pub nullable: bool,
    /// What happens when the other row is deleted (`BelongsTo`).
    pub on_delete: Action,
    /// Who sees to it (`BelongsTo`).
    pub on_delete_by: OnDelete,
    /// Whether rows that are removed from it in a session are deleted (`HasOne`, `HasMany`).
    pub orphans: bool,
    /// When the foreign key is checked (`BelongsTo`).
    pub deferrable: Deferrability,
    /// The columns of this table (`BelongsTo`).
    pub columns: Vec<String>,
    /// The other model's field (`HasOne`, `HasMany`, and `ManyToMany` declared on the other side).
    pub inverse: Option<&'static str>,
    /// The join table (`ManyToMany`).
    pub through: Option<Through>,
}

/// A join table of a many-to-many relation.
#[derive(Debug, Clone)]
pub struct Through {
    /// A model of its own, or none if the table is made.
    pub model: Option<fn() -> &'static ModelMeta>,
    /// The made table's name, if it was given one.
    pub table: Option<&'static str>,
}

/// How two tables are joined: pairs of columns, over a join table or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinPath {
    /// The join table, with pairs (owner's column, join table's column).
    pub through: Option<(TableName, Vec<(String, String)>)>,
    /// The other table.
    pub target: TableName,
    /// Pairs (column of the owner or of the join table, column of the target).
    pub pairs: Vec<(String, String)>,
}

impl ModelMeta {
    /// The relation of that field.
    pub fn relation(&self, name: &str) -> Option<&RelationMeta> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The field of that name (`email`, `address.city`).
    pub fn field(&self, name: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field of that column.
    pub fn field_of_column(&self, column: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// Whether there is anything to be looked at before a row is written.
    pub(crate) fn is_validated(&self) -> bool {
        !self.whole_checks.is_empty() || self.fields.iter().any(|field| !field.rules.is_empty())
    }

    /// What every write of a row changes beside what it is for: the version counts, the moment of the last change is now.
    pub(crate) fn touch(&self, values: &[Value]) -> Vec<(usize, Value)> {
        let stamped = self.fields.iter().enumerate();
        stamped
            .filter_map(|(at, field)| match (field.version, field.stamp) {
                (true, _) => Some((at, next_version(&values[at]))),
                (_, Some(Stamp::Updated)) => Some((at, now(&field.sql_type))),
                _ => None,
            })
            .collect()
    }

    /// Adds to the changes of a row what every write changes.
    pub(crate) fn touch_changes(&self, values: &[Value], changes: &mut Vec<(usize, Value)>) {
        for (at, value) in self.touch(values) {
            let given = changes.iter().any(|(changed, _)| *changed == at);
            if self.fields[at].version || !given {
                changes.retain(|(changed, _)| *changed != at);
                changes.push((at, value));
            }
        }
    }

    /// The moment of deletion, now: the column's position and its value.
    pub(crate) fn deletion(&self) -> Option<(usize, Value)> {
        let at = self.soft_delete?;
        Some((at, now(&self.fields[at].sql_type)))
    }

    /// Sets of columns whose values are unique, as positions: the primary key first.
    pub(crate) fn unique_sets(&self) -> Vec<Vec<usize>> {
        let at = |column: &String| self.fields.iter().position(|field| field.column == *column);
        let alone = (0..self.fields.len()).filter(|at| self.fields[*at].unique);
        let several = self
            .uniques
            .iter()
            .map(|unique| unique.columns.iter().filter_map(at).collect());
        let indexes = self.indexes.iter().filter(|index| index.unique);
        let indexed = indexes.filter_map(|index| {
            let parts = index.parts.iter().map(|part| match &part.node {
                Node::Root(name) => at(&name.to_string()),
                _ => None,
            });
            parts.collect::<Option<Vec<usize>>>()
        });
        let mut sets = vec![self.key.clone()];
        sets.extend(alone.map(|at| vec![at]).chain(several).chain(indexed));
        sets.dedup();
        sets
    }

    /// Positions of a relation's own columns.
    pub(crate) fn positions(&self, relation: &RelationMeta) -> Vec<usize> {
        let at = |column: &String| self.fields.iter().position(|field| field.column == *column);
        relation.columns.iter().filter_map(at).collect()
    }

    /// The columns of the primary key.
    pub fn key_columns(&self) -> impl Iterator<Item = &str> + Clone {
        self.key.iter().map(|at| self.fields[*at].column.as_str())
    }

    /// Every column as a node, in order.
    pub fn column_nodes(&self) -> Vec<Node> {
        self.fields
            .iter()
            .map(|field| Node::Root(field.column.clone().into()))
            .collect()
    }

    /// The names of the columns, comma-separated and quoted; written once for each dialect.
    pub(crate) fn select_list(&'static self, dialect: &'static dyn Dialect) -> &'static str {
        self.caches.select_lists[slot(dialect)].get_or_init(|| {
            let mut w = aludel_sql::render::Writer::new(dialect);
            let columns: Vec<&str> = self
                .fields
                .iter()
                .map(|field| field.column.as_str())
                .collect();
            w.identifiers(&columns);
            w.text
        })
    }

    /// The SELECT by key; written once for each dialect, for good.
    pub(crate) fn get_text(
        &'static self,
        dialect: &'static dyn Dialect,
        scoped: bool,
        write: impl FnOnce() -> aludel_engine::Result<String>,
    ) -> aludel_engine::Result<aludel_engine::Text> {
        let texts = if scoped && self.scope.is_some() {
            &self.caches.scoped_gets
        } else {
            &self.caches.gets
        };
        let text = &texts[slot(dialect)];
        if let Some(text) = text.get() {
            return Ok(aludel_engine::Text::Static(text));
        }
        let written = write()?;
        Ok(aludel_engine::Text::Static(text.get_or_init(|| written)))
    }

    /// `SELECT columns FROM table`; written once for each dialect.
    pub(crate) fn select_head(
        &'static self,
        dialect: &'static dyn Dialect,
    ) -> aludel_engine::Result<&'static str> {
        let head = &self.caches.heads[slot(dialect)];
        if let Some(head) = head.get() {
            return Ok(head);
        }
        let mut w = aludel_sql::render::Writer::new(dialect);
        w.push("SELECT ");
        w.push(self.select_list(dialect));
        w.push(" FROM ");
        w.table(&self.table)?;
        Ok(head.get_or_init(|| w.text))
    }

    /// A text that is the same for every call with this key; written once.
    pub(crate) fn cached_text(
        &'static self,
        dialect: &'static dyn Dialect,
        kind: TextKind,
        write: impl FnOnce() -> aludel_engine::Result<String>,
    ) -> aludel_engine::Result<aludel_engine::Text> {
        let key = (dialect.name(), kind);
        let mut texts = self
            .caches
            .texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(&key) {
            return Ok(text.clone());
        }
        let text = aludel_engine::Text::Shared(write()?.into());
        texts.insert(key, text.clone());
        Ok(text)
    }

    /// The table with all that belongs to it. Join tables of many-to-many relations are tables of their own: see
    /// [`Registry`](crate::Registry).
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.table.clone());
        table.comment = self.comment.map(str::to_owned);
        for field in &self.fields {
            let mut column = Column::new(&field.column, field.sql_type.clone());
            column.nullable = field.nullable;
            column.default = field.default.clone();
            column.identity = field.identity;
            column.generated = field.generated.clone();
            column.comment = field.comment.map(str::to_owned);
            table.columns.push(column);
            if field.unique {
                table.uniques.push(Unique {
                    name: String::new(),
                    columns: vec![field.column.clone()],
                });
            }
            if field.index {
                table.indexes.push(Index::on([&field.column]));
            }
            let rules = field
                .enforced
                .then(|| crate::validate::enforced(field))
                .flatten();
            let condition = match (field.check.clone(), rules) {
                (Some(check), Some(rules)) => Some(check.and(rules)),
                (check, rules) => check.or(rules),
            };
            if let Some(condition) = condition {
                table.checks.push(Check {
                    name: aludel_sql::schema::NamingConvention::default()
                        .check(&self.table.name, &field.column),
                    condition,
                });
            }
        }
        table.primary_key = self.key_columns().map(str::to_owned).collect();
        table.uniques.extend(self.uniques.clone());
        table.checks.extend(self.checks.clone());
        table.indexes.extend(self.indexes.clone());
        for relation in &self.relations {
            if relation.kind != RelationKind::BelongsTo {
                continue;
            }
            let target = (relation.target)();
            table.foreign_keys.push(ForeignKey {
                name: String::new(),
                columns: relation.columns.clone(),
                target: target.table.clone(),
                target_columns: target.key_columns().map(str::to_owned).collect(),
                on_delete: relation.on_delete,
                on_update: Action::NoAction,
                deferrable: relation.deferrable,
            });
            let covered = table.primary_key.starts_with(&relation.columns)
                || table
                    .uniques
                    .iter()
                    .any(|unique| unique.columns.starts_with(&relation.columns))
                || table
                    .indexes
                    .iter()
                    .any(|index| starts_with(index, &relation.columns));
            if !covered {
                table.indexes.push(Index::on(&relation.columns));
            }
        }
        table.apply_naming(&Default::default());
        table
    }
}

fn starts_with(index: &Index, columns: &[String]) -> bool {
    index.condition.is_none()
        && index.parts.len() >= columns.len()
        && index
            .parts
            .iter()
            .zip(columns)
            .all(|(part, column)| matches!(&part.node, Node::Root(name) if name == column))
}

impl RelationMeta {
    /// The columns of this model's table that it is made of (`BelongsTo`).
    pub fn local_columns(&self) -> Vec<Name> {
        self.columns
            .iter()
            .map(|column| Name::Owned(column.clone()))
            .collect()
    }

    /// How it joins `owner`'s table with its target's.
    ///
    /// # Errors
    /// An inverse that does not exist or does not fit, in words that name both fields.
    pub fn join_path(&self, owner: &ModelMeta) -> Result<JoinPath, String> {
        let target = (self.target)();
        let fault = |why: &str| {
            Err(format!(
                "the relation {}::{} to {} {why}",
                owner.name, self.name, target.name
            ))
        };
        let keys = |model: &ModelMeta| model.key_columns().map(str::to_owned).collect::<Vec<_>>();
        match self.kind {
            RelationKind::BelongsTo => Ok(JoinPath {
                through: None,
                target: target.table.clone(),
                pairs: self.columns.iter().cloned().zip(keys(target)).collect(),
            }),
            RelationKind::HasOne | RelationKind::HasMany => {
                let Some(inverse) = self.inverse.and_then(|name| target.relation(name)) else {
                    return fault("has no inverse");
                };
                if inverse.kind != RelationKind::BelongsTo
                    || (inverse.target)().table != owner.table
                {
                    return fault(&format!(
                        "names {}::{} as its inverse, which is not a BelongsTo<{}>",
                        target.name, inverse.name, owner.name
                    ));
                }
                Ok(JoinPath {
                    through: None,
                    target: target.table.clone(),
                    pairs: keys(owner)
                        .into_iter()
                        .zip(inverse.columns.clone())
                        .collect(),
                })
            }
            RelationKind::ManyToMany => {
                if let Some(name) = self.inverse {
                    let Some(inverse) = target.relation(name) else {
                        return fault("has no inverse");
                    };
                    let back = (inverse.target)().table == owner.table;
                    if inverse.kind != RelationKind::ManyToMany || !back {
                        return fault(&format!(
                            "names {}::{} as its inverse, which is not a ManyToMany<{}>",
                            target.name, inverse.name, owner.name
                        ));
                    }
                    if inverse.inverse == Some(self.name) {
                        return fault(&format!(
                            "and {}::{} name each other as inverse; one side, which has the table, names none",
                            target.name, inverse.name
                        ));
                    }
                }
                let table = self.join_table(owner)?;
                Ok(JoinPath {
                    through: Some((
                        table.name,
                        keys(owner).into_iter().zip(table.owner_columns).collect(),
                    )),
                    target: target.table.clone(),
                    pairs: table.target_columns.into_iter().zip(keys(target)).collect(),
                })
            }
        }
    }

    /// The join table of a many-to-many relation, seen from `owner`.
    ///
    /// # Errors
    /// A `through` model without a `BelongsTo` to both sides.
    pub(crate) fn join_table(&self, owner: &ModelMeta) -> Result<JoinTable, String> {
        let target = (self.target)();
        if let Some(name) = self.inverse
            && let Some(inverse) = target.relation(name)
            && inverse.inverse.is_none()
        {
            let seen = inverse.join_table(target)?;
            return Ok(JoinTable {
                owner_columns: seen.target_columns,
                target_columns: seen.owner_columns,
                ..seen
            });
        }
        if let Some(model) = self.through.as_ref().and_then(|through| through.model) {
            return through_model(self, owner, target, model());
        }
        let itself = owner.table == target.table;
        // Both sides must come to the same table: what is first here is first seen from there.
        let by_name = |model: &ModelMeta| (model.table.name.clone(), model.table.schema.clone());
        let (first, second) = if by_name(owner) <= by_name(target) {
            (owner, target)
        } else {
            (target, owner)
        };
        let name = match self.through.as_ref().and_then(|through| through.table) {
            Some(name) => name.to_string(),
            None if itself => format!("{}_{}", owner.table.name, self.name),
            None => format!("{}_{}", first.table.name, second.table.name),
        };
        // Two models of one name, in different schemas, need telling apart as a model and itself do.
        let (owner_side, target_side) = match (itself, owner.name == target.name) {
            (true, _) => ("from_", "to_"),
            (false, false) => ("", ""),
            (false, true) if std::ptr::eq(first, owner) => ("from_", "to_"),
            (false, true) => ("to_", "from_"),
        };
        let columns = |side: &str, model: &ModelMeta| -> Vec<String> {
            let name = snake(model.name);
            model
                .key_columns()
                .map(|column| format!("{side}{name}_{column}"))
                .collect()
        };
        Ok(JoinTable {
            name: TableName {
                schema: first.table.schema.clone(),
                name: aludel_sql::schema::truncate(&name).into(),
            },
            owner_columns: columns(owner_side, owner),
            target_columns: columns(target_side, target),
            made: true,
        })
    }
}

/// This moment, as a column of the type keeps it.
fn now(sql_type: &SqlType) -> Value {
    use aludel_sql::types::temporal::{CivilDateTime, Instant};
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    });
    match sql_type {
        SqlType::Date => Value::Date(CivilDateTime(micros).split().0),
        SqlType::DateTime => Value::DateTime(CivilDateTime(micros)),
        _ => Value::Timestamp(Instant(micros)),
    }
}

fn next_version(value: &Value) -> Value {
    match value {
        Value::I16(n) => Value::I16(n.wrapping_add(1)),
        Value::I32(n) => Value::I32(n.wrapping_add(1)),
        Value::I64(n) => Value::I64(n.wrapping_add(1)),
        other => other.clone(),
    }
}

/// A join table, seen from one side.
pub(crate) struct JoinTable {
    pub(crate) name: TableName,
    pub(crate) owner_columns: Vec<String>,
    pub(crate) target_columns: Vec<String>,
    /// Whether it has no model.
    pub(crate) made: bool,
}

impl JoinTable {
    /// The table of a relation without a `through` model.
    pub(crate) fn table(&self, owner: &ModelMeta, target: &ModelMeta) -> Table {
        let mut table = Table::new(self.name.clone());
        for (columns, model) in [(&self.owner_columns, owner), (&self.target_columns, target)] {
            for (column, at) in columns.iter().zip(&model.key) {
                let field = &model.fields[*at];
                table
                    .columns
                    .push(Column::new(column, field.sql_type.clone()));
            }
            table.foreign_keys.push(ForeignKey {
                name: String::new(),
                columns: columns.clone(),
                target: model.table.clone(),
                target_columns: model.key_columns().map(str::to_owned).collect(),
                on_delete: Action::Cascade,
                on_update: Action::NoAction,
                deferrable: Deferrability::Not,
            });
        }
        table.primary_key = [self.owner_columns.clone(), self.target_columns.clone()].concat();
        table.indexes.push(Index::on(&self.target_columns));
        // Both sides must make the same table.
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.primary_key.sort();
        table.foreign_keys.sort_by(|a, b| a.columns.cmp(&b.columns));
        let second = table.foreign_keys[1].columns.clone();
        table.indexes = vec![Index::on(&second)];
        table.apply_naming(&Default::default());
        table
    }
}

fn through_model(
    relation: &RelationMeta,
    owner: &ModelMeta,
    target: &ModelMeta,
    through: &ModelMeta,
) -> Result<JoinTable, String> {
    let itself = owner.table == target.table;
    let mut sides = through.relations.iter().filter(|side| {
        side.kind == RelationKind::BelongsTo
            && [&owner.table, &target.table].contains(&&(side.target)().table)
    });
    let mut find = |model: &ModelMeta| {
        if itself {
            sides.next()
        } else {
            through.relations.iter().find(|side| {
                side.kind == RelationKind::BelongsTo && (side.target)().table == model.table
            })
        }
    };
    match (find(owner), find(target)) {
        (Some(from), Some(to)) => Ok(JoinTable {
            name: through.table.clone(),
            owner_columns: from.columns.clone(),
            target_columns: to.columns.clone(),
            made: false,
        }),
        _ => Err(format!(
            "the relation {}::{} goes through {}, which has no BelongsTo to both {} and {}",
            owner.name, relation.name, through.name, owner.name, target.name
        )),
    }
}

/// Where a dialect's texts are kept; MariaDB and MySQL write alike.
fn slot(dialect: &'static dyn Dialect) -> usize {
    match dialect.name() {
        "sqlite" => 0,
        "postgres" => 1,
        _ => 2,
    }
}

/// `PackageVersion` → `package_version`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (n, c) in name.chars().enumerate() {
        if c.is_uppercase() && n > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Texts of statements that do not depend on values.
#[derive(Default)]
pub(crate) struct Caches {
    select_lists: [OnceLock<String>; 3],
    heads: [OnceLock<String>; 3],
    gets: [OnceLock<String>; 3],
    scoped_gets: [OnceLock<String>; 3],
    texts: Mutex<HashMap<(&'static str, TextKind), aludel_engine::Text>>,
}

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caches")
    }
}

/// Which text of a model's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TextKind {
    /// INSERT of these columns (a bit each) in so many rows; with RETURNING or without.
    Insert {
        columns: Vec<u64>,
        rows: usize,
        returning: bool,
    },
}
