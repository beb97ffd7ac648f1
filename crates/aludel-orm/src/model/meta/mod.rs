//! What a model is, as data: [`ModelMeta`]. Queries, DDL and the dynamic layer read this one value.

mod builder;
mod caches;
mod join;
mod per_dialect;
mod reference;

pub use builder::{FieldBuilder, KeyType, ModelBuilder, ReferenceBuilder, RelationBuilder};
pub use join::JoinPath;
pub use reference::{PolymorphicMeta, ReferredMeta};

pub(crate) use join::JoinTable;
pub(crate) use reference::Refers;

use crate::model::any::AnyModel;
use crate::model::validate::{Rule, WholeCheck};
use crate::model::variants::{VariantOf, VariantsMeta};
use aludel_engine::{Error, ErrorKind};
use aludel_sql::Value;

use aludel_sql::expr::Node;
use aludel_sql::row::DecodeError;
use aludel_sql::schema::{
    Action, Check, Column, Constraint, Deferrability, ForeignKey, Generated, Identity, Index,
    Table, Unique,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::{Kind, SqlType, is_bounded};
pub(crate) use caches::{Caches, TextKind};

/// A model: its table, columns and relations.
#[derive(Debug)]
pub struct ModelMeta {
    /// The struct's name.
    pub name: &'static str,
    /// Its table.
    pub table: TableName,
    /// What the table was called before, for migrations.
    pub renamed_from: Option<&'static str>,
    /// Its columns, in the order in which rows are read.
    pub fields: Vec<FieldMeta>,
    /// Its relations.
    pub relations: Vec<RelationMeta>,
    /// Its references to rows of several models.
    pub polymorphic: Vec<PolymorphicMeta>,
    /// The models whose rows refer to its rows by such references, as it declares.
    pub referred: Vec<ReferredMeta>,
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
    /// Foreign keys without a relation.
    pub foreign_keys: Vec<ForeignKey>,
    /// Constraints in the database's own SQL.
    pub constraints: Vec<Constraint>,
    /// Further options of the table, in the database's own SQL.
    pub options: Option<&'static str>,
    /// The order of the primary key's columns, if it is not that of the fields.
    pub key_order: Vec<String>,
    /// The table's comment in the database.
    pub comment: Option<&'static str>,
    /// The models whose rows are in its table, if it is an enum.
    pub variants: Option<VariantsMeta>,
    /// The enum in whose table its rows are, if it is a variant.
    pub variant_of: Option<VariantOf>,
    /// The functions that need the model's type; `None` if it was described without one.
    pub(crate) any: Option<&'static AnyModel>,
    pub(crate) caches: Caches,
}

/// A column of a model.
#[derive(Debug, Clone)]
pub struct FieldMeta {
    /// The field, with the names of embedded values before it: `address.city`.
    pub name: String,
    /// The column.
    pub column: String,
    /// What the column was called before, for migrations.
    pub renamed_from: Option<&'static str>,
    /// Its type.
    pub sql_type: SqlType,
    /// The custom SQL type of a column that stores text.
    pub(crate) own_type: Option<&'static str>,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether its Rust type is known to read back exactly what it wrote. A user-defined type may fail to, or round.
    pub(crate) lossless: bool,
    /// The integers that its Rust type can hold, if they are fewer than the column's.
    pub(crate) range: Option<(i64, i64)>,
    /// Reads a value as its Rust type does, which may reject it.
    pub(crate) reads: Option<fn(&Value) -> Result<(), DecodeError>>,
    /// The default that the database fills in.
    pub default: Option<Node>,
    /// Whether Rust fills it in.
    pub default_in_rust: bool,
    /// Whether the database numbers it.
    pub identity: Option<Identity>,
    /// Whether drafts may give a value that the database would number.
    pub(crate) given: bool,
    /// The expression that the database computes it from.
    pub generated: Option<Generated>,
    /// Whether values are unique.
    pub unique: bool,
    /// Whether others may refer to its row by it.
    pub alternate_key: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// Whether it counts the changes of its row.
    pub version: bool,
    /// The moment that it records.
    pub stamp: Option<Stamp>,
    /// What its values must fulfil.
    pub rules: Vec<Rule>,
    /// Whether the table checks the rules, too.
    pub enforced: bool,
    /// Its comment in the database.
    pub comment: Option<&'static str>,
    /// The collation of its texts, if one is declared.
    pub collation: Option<&'static str>,
    /// Further options of its column, in the database's own SQL.
    pub options: Option<&'static str>,
    /// The field's CHECK.
    pub check: Option<Node>,
}

impl FieldMeta {
    /// The kind of its column's values.
    pub(crate) fn kind(&self) -> Kind {
        match self.own_type {
            Some(words) => Kind::Own(words),
            None => Kind::of(&self.sql_type),
        }
    }

    /// Whether the program does not write it in an existing row: the database computes it, or every write of the row sets it.
    /// (The mark of a deleted row may be removed.)
    pub(crate) fn is_own(&self) -> bool {
        let stamped = matches!(self.stamp, Some(Stamp::Created | Stamp::Updated));
        self.generated.is_some() || self.version || stamped
    }

    /// Why it can't be set by hand, for errors.
    pub(crate) fn why_own(&self) -> &'static str {
        match (&self.generated, self.version) {
            (Some(_), _) => "the database computes it",
            (None, true) => "every write of the row counts it",
            (None, false) => "it keeps a moment by itself",
        }
    }
}

/// A moment in a row's life that a column records by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// When the row was inserted.
    Created,
    /// When it was last written.
    Updated,
    /// When it was deleted; NULL if it is not.
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

/// Who enforces `on_delete` for the rows that refer to a deleted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDelete {
    /// The session, which reads those rows; outside of sessions, the database.
    #[default]
    Session,
    /// Nobody: such a row protects the other one, whatever else the same flush deletes.
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
    /// Who enforces it (`BelongsTo`).
    pub on_delete_by: OnDelete,
    /// What the database does when the other row gets another key (`BelongsTo`).
    pub on_update: Action,
    /// Whether rows that are removed from it in a session are deleted (`HasOne`, `HasMany`).
    pub orphans: bool,
    /// When the foreign key is checked (`BelongsTo`).
    pub deferrable: Deferrability,
    /// The columns of this table (`BelongsTo`).
    pub columns: Vec<String>,
    /// The columns of the other table that they refer to, if they are not its primary key (`BelongsTo`).
    pub by: Option<&'static [&'static str]>,
    /// The other model's field (`HasOne`, `HasMany`, and `ManyToMany` declared on the other side).
    pub inverse: Option<&'static str>,
    /// The join table (`ManyToMany`).
    pub through: Option<Through>,
}

/// A join table of a many-to-many relation.
#[derive(Debug, Clone)]
pub struct Through {
    /// Its model; `None` if the table is generated.
    pub model: Option<fn() -> &'static ModelMeta>,
    /// The generated table's name, if it was given one.
    pub table: Option<&'static str>,
}

impl ModelMeta {
    /// The functions that need the model's type.
    pub(crate) fn any(&self) -> &'static AnyModel {
        match self.any {
            Some(any) => any,
            None => unreachable!("every model that rows are of has a type"),
        }
    }

    /// Whether other models have rows in its table: it is an enum, or a variant of one.
    pub(crate) fn shares_table(&self) -> bool {
        self.variants.is_some() || self.variant_of.is_some()
    }

    /// Whether a row of one may be a row of the other: they are the same, or of one enum.
    pub(crate) fn shares_rows_with(&self, other: &ModelMeta) -> bool {
        std::ptr::eq(self, other)
            || self.shares_table() && other.shares_table() && self.table == other.table
    }

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

    /// The field that a column belongs to, as the model has it: `author` for `author_id`.
    pub fn field_name(&self, column: &str) -> Option<&str> {
        let mut relations = self.relations.iter();
        let relation = relations.find(|relation| relation.columns.iter().any(|own| own == column));
        match relation {
            Some(relation) => Some(relation.name),
            None => Some(self.field_of_column(column)?.name.as_str()),
        }
    }

    /// Adds to an error of a write the fields that it is about.
    #[cold]
    pub(crate) fn named(&self, error: Error) -> Error {
        let error = self.with_reference(error);
        error.with_fields_of(&self.table.name, |column| self.field_name(column))
    }

    /// Adds to an error about a reference to its rows the field that refers to them: the database names only the table and the
    /// constraint. Only the models that its own relations lead to are known.
    fn with_reference(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::ForeignKeyViolation {
            return error;
        }
        let told = error.constraint();
        let (Some(table), Some(name)) = (
            told.and_then(|told| told.table.clone()),
            told.and_then(|told| told.name.clone()),
        ) else {
            return error;
        };
        let targets = self.relations.iter().map(|relation| (relation.target)());
        let through = self.relations.iter().filter_map(|relation| {
            let model = relation.through.as_ref()?.model?;
            Some(model())
        });
        let mut known = std::iter::once(self).chain(targets).chain(through);
        let Some(meta) = known.find(|meta| meta.table.name == table) else {
            return error;
        };
        let of_table = meta.table();
        let key = of_table.foreign_keys.iter().find(|key| key.name == name);
        let columns = key.map(|key| &key.columns[..]).unwrap_or_default();
        error
            .with_columns_of_key(columns)
            .with_fields_of(&table, |column| meta.field_name(column))
    }

    /// Whether there is anything to check before a row is written.
    pub(crate) fn is_validated(&self) -> bool {
        !self.whole_checks.is_empty() || self.fields.iter().any(|field| !field.rules.is_empty())
    }

    /// Positions of the columns that hold less than their type in Rust, and are written by the program.
    pub(crate) fn bounded(&self) -> &[usize] {
        self.caches.bounded.get_or_init(|| {
            let fields = self.fields.iter().enumerate();
            let bounded = fields
                .filter(|(_, field)| field.generated.is_none() && is_bounded(&field.sql_type));
            bounded.map(|(at, _)| at).collect()
        })
    }

    /// What every write of a row also changes: it increments the version and sets the time of the last change.
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
            changes.retain(|(changed, _)| *changed != at);
            changes.push((at, value));
        }
    }

    /// Positions of columns that the program does not write in an existing row: the database computes them, or every write of
    /// the row sets them.
    pub(crate) fn own_columns(&self) -> impl Iterator<Item = usize> {
        let fields = self.fields.iter().enumerate();
        fields.filter(|(_, field)| field.is_own()).map(|(at, _)| at)
    }

    /// The moment of deletion, now: the column's position and its value.
    pub(crate) fn deletion(&self) -> Option<(usize, Value)> {
        let at = self.soft_delete?;
        Some((at, now(&self.fields[at].sql_type)))
    }

    /// Positions of a relation's own columns.
    pub(crate) fn positions(&self, relation: &RelationMeta) -> Vec<usize> {
        let at = |column: &String| self.fields.iter().position(|field| field.column == *column);
        relation.columns.iter().filter_map(at).collect()
    }

    /// The condition that every query adds: a variant's discriminator, and the default scope unless it is `unscoped`.
    pub(crate) fn scope(&self, unscoped: bool) -> Option<Node> {
        let own = self.variant_of.map(|of| {
            let column = &self.fields[of.discriminator].column;
            crate::model::variants::condition(column, of.label)
        });
        let scope = self.scope.clone().filter(|_| !unscoped);
        match (scope, own) {
            (Some(scope), Some(own)) => Some(scope.and(own)),
            (scope, own) => scope.or(own),
        }
    }

    /// Whether every query adds something.
    pub(crate) fn has_scope(&self, unscoped: bool) -> bool {
        self.variant_of.is_some() || self.scope.is_some() && !unscoped
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

    /// The collation of a column, where it has one of its own.
    pub(crate) fn collation_of(&self, column: &str) -> Option<String> {
        let field = self.fields.iter().find(|field| field.column == column)?;
        field.collation.map(str::to_owned)
    }

    /// A foreign key's columns and those of this model that they refer to, in the order of this model's key: on MariaDB a
    /// foreign key can refer to an index only in the index's order.
    pub(crate) fn in_key_order(
        &self,
        columns: &[String],
        targets: &[String],
    ) -> (Vec<String>, Vec<String>) {
        let mut pairs: Vec<(&String, &String)> = columns.iter().zip(targets).collect();
        let place = |target: &String| self.key_order.iter().position(|name| name == target);
        pairs.sort_by_key(|(_, target)| place(target));
        pairs
            .into_iter()
            .map(|(a, b)| (a.clone(), b.clone()))
            .unzip()
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
            column.collation = field.collation.map(str::to_owned);
            column.options = field.options.map(str::to_owned);
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
                .then(|| crate::model::validate::enforced(field))
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
                    options: None,
                });
            }
        }
        table.primary_key = match self.key_order.is_empty() {
            true => self.key_columns().map(str::to_owned).collect(),
            false => self.key_order.clone(),
        };
        table.constraints.clone_from(&self.constraints);
        table.options = self.options.map(str::to_owned);
        table.uniques.extend(self.uniques.clone());
        table.checks.extend(self.checks.clone());
        table.indexes.extend(self.indexes.clone());
        for relation in &self.relations {
            if relation.kind != RelationKind::BelongsTo {
                continue;
            }
            let target = (relation.target)();
            let (columns, target_columns) =
                target.in_key_order(&relation.columns, &relation.target_columns());
            // On MariaDB a foreign key must have the collation of the texts that it refers to.
            for (name, of) in columns.iter().zip(&target_columns) {
                if let Some(column) = table.columns.iter_mut().find(|column| column.name == *name)
                    && column.collation.is_none()
                {
                    column.collation = target.collation_of(of);
                }
            }
            let covered = table.primary_key.starts_with(&columns)
                || table
                    .uniques
                    .iter()
                    .any(|unique| unique.columns.starts_with(&columns))
                || table
                    .indexes
                    .iter()
                    .any(|index| starts_with(index, &columns));
            if !covered {
                table.indexes.push(Index::on(&columns));
            }
            table.foreign_keys.push(ForeignKey {
                name: String::new(),
                columns,
                target: target.table.clone(),
                target_columns,
                on_delete: relation.on_delete,
                on_update: relation.on_update,
                deferrable: relation.deferrable,
                options: None,
            });
        }
        table.foreign_keys.extend(self.foreign_keys.clone());
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

/// The current time, as a column of the type stores it.
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
