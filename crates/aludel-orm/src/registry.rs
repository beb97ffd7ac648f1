//! [`Registry`]: a set of models, checked as a whole, with relations seen from both sides.

use crate::model::meta::{JoinTable, ModelMeta, PolymorphicMeta, RelationKind, RelationMeta};
use aludel_engine::{Error, Result, Tables};
use aludel_sql::schema::{Action, Table};
use std::collections::BTreeSet;

/// A set of models: `models![User, Post, Tag]`.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    models: Vec<&'static ModelMeta>,
}

/// A relation seen from the model that it leads to.
#[derive(Debug, Clone, Copy)]
pub struct Reverse {
    /// The model that has the field.
    pub owner: &'static ModelMeta,
    /// The relation.
    pub relation: &'static RelationMeta,
}

impl Registry {
    /// A registry of these models; `models!` makes one.
    pub fn new(models: impl IntoIterator<Item = &'static ModelMeta>) -> Registry {
        let mut registry = Registry::default();
        for model in models {
            if !registry
                .models
                .iter()
                .any(|known| std::ptr::eq(*known, model))
            {
                registry.models.push(model);
            }
        }
        registry
    }

    /// The models, in the order given.
    pub fn models(&self) -> impl Iterator<Item = &'static ModelMeta> + '_ {
        self.models.iter().copied()
    }

    /// The model of that name.
    ///
    /// # Errors
    /// A name that no model has (the error lists those there are), or that two have.
    pub fn model(&self, name: &str) -> Result<&'static ModelMeta> {
        let mut found = self.models().filter(|model| model.name == name);
        match (found.next(), found.next()) {
            (Some(model), None) => Ok(model),
            (Some(model), Some(other)) => Err(one_name(model, other)),
            (None, _) => {
                let known: Vec<&str> = self.models().map(|model| model.name).collect();
                Err(Error::invalid_query(format!(
                    "there is no model {name:?} in this registry; it has {}",
                    known.join(", ")
                )))
            }
        }
    }

    /// The relations of other models (and its own) that lead to this model.
    pub fn reverse(&self, model: &ModelMeta) -> Vec<Reverse> {
        self.models()
            .flat_map(|owner| {
                owner
                    .relations
                    .iter()
                    .map(move |relation| Reverse { owner, relation })
            })
            .filter(|reverse| (reverse.relation.target)().table == model.table)
            .collect()
    }

    /// Checks that models and tables have unique names, and that relations lead to models of this registry and fit their inverse.
    ///
    /// # Errors
    /// The first fault; the message names the models and fields.
    pub fn check(&self) -> Result<()> {
        for (n, model) in self.models.iter().enumerate() {
            if let Some(other) = self.models[..n]
                .iter()
                .find(|other| other.name == model.name)
            {
                return Err(one_name(other, model));
            }
            if let Some(other) = self.models[..n]
                .iter()
                .find(|other| other.table == model.table && !share_a_table(other, model))
            {
                return Err(Error::invalid_model(format!(
                    "{} and {} both are the table {}; give one `#[model(table = \"…\")]`",
                    other.name, model.name, model.table
                )));
            }
            if let Some(of) = &model.variant_of
                && !self
                    .models
                    .iter()
                    .any(|known| std::ptr::eq(*known, (of.whole)()))
            {
                return Err(Error::invalid_model(format!(
                    "{0} is a variant of {1}, which is not in this registry; add {1} to models![..]",
                    model.name,
                    (of.whole)().name
                )));
            }
            variants_fit(model)?;
            for relation in &model.relations {
                let target = (relation.target)();
                if !self.models.iter().any(|known| known.table == target.table) {
                    return Err(Error::invalid_model(format!(
                        "{}::{} leads to {}, which is not in this registry; add it to models![..]",
                        model.name, relation.name, target.name
                    )));
                }
                relation.join_path(model).map_err(Error::invalid_query)?;
            }
            one_table_each(model)?;
            declared(model)?;
        }
        Ok(())
    }
}

/// A polymorphic reference follows the rows that it refers to only if their models declare who refers to them.
fn declared(model: &ModelMeta) -> Result<()> {
    let follows = |known: &&PolymorphicMeta| {
        known.on_delete != Action::NoAction || known.on_update != Action::NoAction
    };
    for reference in model.polymorphic.iter().filter(follows) {
        for target in reference.kinds.iter().map(|kind| (kind.meta)()) {
            let declares = target.referred.iter().any(|referred| {
                referred.column == reference.kind && model.shares_rows_with((referred.model)())
            });
            if !declares {
                return Err(Error::invalid_model(format!(
                    "{0}::{1} says what happens when a {2} is deleted or gets another key, and {2} does not say that it is referred to; add `#[model(referred_by({0}::{1}))]` to {2}",
                    model.name, reference.name, target.name
                )));
            }
        }
    }
    Ok(())
}

/// The error for two models of one name: the second could not be found by it.
#[cold]
fn one_name(a: &ModelMeta, b: &ModelMeta) -> Error {
    Error::invalid_model(format!(
        "two models of this registry are called {}: that of the table {} and that of the table {}; rename one of the structs (`#[model(table = \"…\")]` keeps its table)",
        a.name, a.table, b.table
    ))
}

/// A variant and its enum, or two variants of one.
fn share_a_table(a: &ModelMeta, b: &ModelMeta) -> bool {
    let whole = |model: &ModelMeta| match &model.variant_of {
        Some(of) => (of.whole)().name,
        None => model.name,
    };
    (a.variant_of.is_some() || b.variant_of.is_some()) && whole(a) == whole(b)
}

/// Columns of one name are one column, and relations of one name one relation.
fn variants_fit(model: &ModelMeta) -> Result<()> {
    if let (Some(variants), Some(_)) = (&model.variants, model.soft_delete) {
        let kept_not = variants.variants.iter().map(|variant| (variant.meta)());
        if let Some(variant) = { kept_not }.find(|variant| variant.soft_delete.is_none()) {
            return Err(Error::invalid_model(format!(
                "deleted rows of {0} are kept (`soft_delete`), and those of its variant {1} are not; give {1} the column as well, or none of them",
                model.name, variant.name
            )));
        }
    }
    let variants = model.variants.iter().flat_map(|of| &of.variants);
    for variant in { variants }.map(|variant| (variant.meta)()) {
        for field in &variant.fields {
            if let Some(known) = model.field_of_column(&field.column)
                && (known.sql_type != field.sql_type || known.primary_key != field.primary_key)
            {
                return Err(Error::invalid_model(format!(
                    "{}::{} does not fit the column {:?} that other variants of {} have; give it another one: `#[field(column = \"…\")]`",
                    variant.name, field.name, field.column, model.name
                )));
            }
        }
        for relation in &variant.relations {
            if let Some(known) = model.relation(relation.name)
                && (known.columns != relation.columns
                    || !std::ptr::eq((known.target)(), (relation.target)()))
            {
                return Err(Error::invalid_model(format!(
                    "{}::{} is another relation than the one that other variants of {} have by this name; rename it",
                    variant.name, relation.name, model.name
                )));
            }
        }
    }
    Ok(())
}

/// Rejects two many-to-many relations of a model that would share one generated join table.
fn one_table_each(model: &ModelMeta) -> Result<()> {
    let mut seen: Vec<(&RelationMeta, JoinTable)> = Vec::new();
    for relation in &model.relations {
        if relation.kind != RelationKind::ManyToMany {
            continue;
        }
        let table = relation.join_table(model).map_err(Error::invalid_query)?;
        if let Some((other, _)) = seen.iter().find(|(_, known)| {
            table.made && known.name == table.name && known.owner_columns == table.owner_columns
        }) {
            return Err(Error::invalid_model(format!(
                "{0}::{1} and {0}::{2} would both be kept in the table {3}; give one `#[field(table = \"…\")]`, here and on its other side",
                model.name, other.name, relation.name, table.name
            )));
        }
        seen.push((relation, table));
    }
    Ok(())
}

impl Tables for Registry {
    fn tables(&self) -> Result<Vec<Table>> {
        self.check()?;
        // A variant's rows are in its enum's table.
        let own = self.models().filter(|model| model.variant_of.is_none());
        let mut tables: Vec<Table> = own.map(ModelMeta::table).collect();
        for owner in self.models() {
            for relation in &owner.relations {
                if relation.kind != RelationKind::ManyToMany {
                    continue;
                }
                let target = (relation.target)();
                let join = relation.join_table(owner).map_err(Error::invalid_query)?;
                if !join.made {
                    continue;
                }
                let table = join.table(owner, target);
                match tables.iter().find(|known| known.name == table.name) {
                    Some(known) => check_same(known, &table, owner, relation)?,
                    None => tables.push(table),
                }
            }
        }
        Ok(tables)
    }
}

/// Checks that a table of this name has the join table's columns too, so that two relations can share it.
fn check_same(
    known: &Table,
    own: &Table,
    owner: &ModelMeta,
    relation: &RelationMeta,
) -> Result<()> {
    let columns = |table: &Table| -> BTreeSet<String> {
        table
            .columns
            .iter()
            .map(|column| column.name.to_string())
            .collect()
    };
    if columns(known).is_superset(&columns(own)) {
        return Ok(());
    }
    Err(Error::invalid_model(format!(
        "{}::{} makes the table {:?} with other columns than what has that name already; give the relation another one (`through = \"…\"`), or say of which relation it is the inverse",
        owner.name, relation.name, own.name.name
    )))
}

/// A [`Registry`] of models: `models![User, Post, Tag]`.
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        $crate::Registry::new([$(<$model as $crate::Model>::meta()),*])
    };
}
