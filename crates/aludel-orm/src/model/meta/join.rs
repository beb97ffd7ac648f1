//! How relations join tables: by foreign keys, or over a join table, generated or a model's.

use super::{ModelMeta, RelationKind, RelationMeta};
use aludel_sql::expr::Name;
use aludel_sql::schema::{Action, Column, Deferrability, ForeignKey, Index, Table};
use aludel_sql::statement::TableName;
use aludel_sql::types::{ColumnKinds, Kind};

/// How two tables are joined: pairs of columns, with or without a join table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinPath {
    /// The join table, with pairs (owner's column, join table's column).
    pub through: Option<(TableName, Vec<(String, String)>)>,
    /// The other table.
    pub target: TableName,
    /// Pairs (column of the owner or of the join table, column of the target).
    pub pairs: Vec<(String, String)>,
}

impl RelationMeta {
    /// The columns of this model's table that it consists of (`BelongsTo`).
    pub fn local_columns(&self) -> Vec<Name> {
        self.columns
            .iter()
            .map(|column| Name::Owned(column.clone()))
            .collect()
    }

    /// The columns of the other table that its own refer to (`BelongsTo`): its primary key, or an alternate key.
    pub fn target_columns(&self) -> Vec<String> {
        match self.by {
            Some(columns) => columns.iter().map(|name| (*name).to_owned()).collect(),
            None => (self.target)().key_columns().map(str::to_owned).collect(),
        }
    }

    /// How it joins `owner`'s table with its target's.
    ///
    /// # Errors
    /// An inverse that does not exist or does not fit; the message names both fields.
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
                pairs: self
                    .columns
                    .iter()
                    .cloned()
                    .zip(self.target_columns())
                    .collect(),
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
                    pairs: inverse
                        .target_columns()
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

    /// The model whose table the join table is, if it is not generated (`ManyToMany`).
    pub(crate) fn join_model(&self) -> Option<&'static ModelMeta> {
        let model = |relation: &RelationMeta| relation.through.as_ref()?.model.map(|meta| meta());
        model(self).or_else(|| model((self.target)().relation(self.inverse?)?))
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
        // Both sides must produce the same table, so the order does not depend on the side.
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
        // Two models with the same name in different schemas must be told apart, like a model that is related to itself.
        let (owner_side, target_side) = match (itself, owner.name == target.name) {
            (true, _) => ("from_", "to_"),
            (false, false) => ("", ""),
            (false, true) if std::ptr::eq(first, owner) => ("from_", "to_"),
            (false, true) => ("to_", "from_"),
        };
        let columns = |side: &str, model: &ModelMeta| -> Vec<String> {
            // The rows are those of the enum's table, whichever of its models is given.
            let whole = model.variant_of.map(|of| (of.whole)().name);
            let name = snake(whole.unwrap_or(model.name));
            model
                .key_columns()
                .map(|column| format!("{side}{name}_{column}"))
                .collect()
        };
        let owner_columns = columns(owner_side, owner);
        let target_columns = columns(target_side, target);
        Ok(JoinTable {
            name: TableName {
                schema: first.table.schema.clone(),
                name: aludel_sql::schema::truncate(&name).into(),
                kinds: key_kinds(&[(&owner_columns, owner), (&target_columns, target)]),
            },
            owner_columns,
            target_columns,
            made: true,
        })
    }
}

/// The kinds of columns with the keys of models, if some have types in the database's own SQL: values are cast to those.
fn key_kinds(sides: &[(&Vec<String>, &ModelMeta)]) -> ColumnKinds {
    let mut kinds = Vec::new();
    for (columns, model) in sides {
        for (column, at) in columns.iter().zip(&model.key) {
            kinds.push((column.as_str(), model.fields[*at].kind()));
        }
    }
    match kinds.iter().any(|(_, kind)| matches!(kind, Kind::Own(_))) {
        true => ColumnKinds::new(kinds),
        false => ColumnKinds::default(),
    }
}

/// A join table, seen from one side.
pub(crate) struct JoinTable {
    pub(crate) name: TableName,
    pub(crate) owner_columns: Vec<String>,
    pub(crate) target_columns: Vec<String>,
    /// Whether it is generated, and has no model.
    pub(crate) made: bool,
}

impl JoinTable {
    /// The table of a relation without a `through` model.
    pub(crate) fn table(&self, owner: &ModelMeta, target: &ModelMeta) -> Table {
        let mut table = Table::new(self.name.clone());
        for (columns, model) in [(&self.owner_columns, owner), (&self.target_columns, target)] {
            for (column, at) in columns.iter().zip(&model.key) {
                let field = &model.fields[*at];
                table.columns.push(Column {
                    collation: field.collation.map(str::to_owned),
                    ..Column::new(column, field.sql_type.clone())
                });
            }
            let keys: Vec<String> = model.key_columns().map(str::to_owned).collect();
            let (columns, target_columns) = model.in_key_order(columns, &keys);
            table.foreign_keys.push(ForeignKey {
                name: String::new(),
                columns,
                target: model.table.clone(),
                target_columns,
                on_delete: Action::Cascade,
                on_update: follows(model),
                deferrable: Deferrability::Not,
                options: None,
            });
        }
        table.primary_key = [self.owner_columns.clone(), self.target_columns.clone()].concat();
        table.indexes.push(Index::on(&self.target_columns));
        // Both sides must produce the same table.
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.primary_key.sort();
        table.foreign_keys.sort_by(|a, b| a.columns.cmp(&b.columns));
        let second = table.foreign_keys[1].columns.clone();
        table.indexes = vec![Index::on(&second)];
        table.apply_naming(&Default::default());
        table
    }
}

/// What a generated join table does when a row of a side gets another key. No field can declare it, and its rows mean
/// nothing without both sides: they follow. A key that the database numbers does not change.
fn follows(side: &ModelMeta) -> Action {
    let is_numbered = side
        .key
        .iter()
        .all(|at| side.fields[*at].identity.is_some());
    match is_numbered {
        true => Action::NoAction,
        false => Action::Cascade,
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
