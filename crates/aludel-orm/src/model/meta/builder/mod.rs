//! [`ModelBuilder`]: what a derive calls to describe a model.

mod field;
mod relation;

pub use field::{FieldBuilder, KeyType};
pub use relation::{ReferenceBuilder, RelationBuilder};

use super::{
    Caches, FieldMeta, ModelMeta, OnDelete, PolymorphicMeta, ReferredMeta, RelationKind,
    RelationMeta, Stamp, Through,
};
use crate::model::Model;
use crate::model::any::AnyModel;
use crate::model::column::Embedding;
use crate::model::embedded::Embedded;
use crate::model::path::Root;
use crate::model::polymorphic::{Kind, PolymorphicField, PolymorphicRef};
use crate::model::relation::{EmbeddedField, KeyColumns};
use crate::model::validate::{Checked, WholeCheck};
use crate::model::variants::{Labelled, Variant, VariantMeta, VariantOf, Variants, VariantsMeta};
use aludel_sql::Value;
use aludel_sql::expr::{Node, UnaryOp};
use aludel_sql::row::DecodeError;
use aludel_sql::schema::{
    Action, Check, Constraint, Deferrability, ForeignKey, Index, IndexPart, Unique,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::{Bounds, ColumnKinds, SqlType};

/// Describes a model, field by field in declared order.
pub struct ModelBuilder {
    meta: ModelMeta,
}

impl ModelBuilder {
    /// A model and its table.
    pub fn new(name: &'static str, schema: Option<&'static str>, table: &'static str) -> Self {
        ModelBuilder {
            meta: ModelMeta {
                name,
                table: TableName {
                    schema: schema.map(Into::into),
                    name: table.into(),
                    kinds: Default::default(),
                },
                renamed_from: None,
                fields: Vec::new(),
                relations: Vec::new(),
                polymorphic: Vec::new(),
                referred: Vec::new(),
                key: Vec::new(),
                version: None,
                soft_delete: None,
                scope: None,
                uniques: Vec::new(),
                whole_checks: Vec::new(),
                checks: Vec::new(),
                indexes: Vec::new(),
                foreign_keys: Vec::new(),
                constraints: Vec::new(),
                options: None,
                key_order: Vec::new(),
                comment: None,
                variants: None,
                variant_of: None,
                any: None,
                caches: Caches::default(),
            },
        }
    }

    /// A described column.
    pub fn described(mut self, built: FieldBuilder) -> Self {
        self.push(built.field);
        self
    }

    /// The columns of an embedded value.
    pub fn embedded<E: Embedded>(mut self, name: &'static str, prefix: &'static str) -> Self {
        for mut field in E::fields() {
            if !prefix.is_empty() {
                field.name = format!("{name}.{}", field.name);
            }
            field.column = format!("{prefix}{}", field.column);
            field.renamed_from = field.renamed_from.map(|from| match prefix {
                "" => from,
                prefix => Box::leak(format!("{prefix}{from}").into_boxed_str()),
            });
            self.push(field);
        }
        let kinds = E::kinds();
        if !kinds.is_empty() {
            self.meta.polymorphic.push(PolymorphicMeta {
                name,
                kind: format!("{prefix}kind"),
                id: format!("{prefix}id"),
                kinds,
                on_delete: Action::NoAction,
                on_delete_by: OnDelete::Session,
                on_update: Action::NoAction,
            });
        }
        self
    }

    /// The columns of a polymorphic reference that follows the rows it refers to.
    pub fn reference<P: PolymorphicField>(
        self,
        name: &'static str,
        prefix: &'static str,
        describe: fn(ReferenceBuilder) -> ReferenceBuilder,
    ) -> Self {
        let mut built = self.embedded::<P>(name, prefix);
        if let Some(reference) = built.meta.polymorphic.pop() {
            let described = describe(ReferenceBuilder { reference });
            built.meta.polymorphic.push(described.reference);
        }
        built
    }

    /// Rows of another model refer to rows of this one, `M`, by a polymorphic reference.
    pub fn referred_by<M, R, F>(mut self, field: Embedding<Root<R>, F>) -> Self
    where
        M: Model,
        R: Model,
        F: EmbeddedField,
        F::Type: PolymorphicField,
        <F::Type as PolymorphicField>::Of: Kind<M>,
    {
        let _ = field;
        let kind = <<F::Type as PolymorphicField>::Of as Kind<M>>::KIND;
        self.meta.referred.push(ReferredMeta {
            model: R::meta,
            column: format!("{}kind", F::PREFIX),
            label: <<F::Type as PolymorphicField>::Of as PolymorphicRef>::KINDS[kind],
        });
        self
    }

    /// A `BelongsTo<M, C>`: the columns of `M`'s key.
    pub fn belongs_to<M: Model, C: KeyColumns<M>>(
        self,
        name: &'static str,
        nullable: bool,
        columns: Option<&'static [&'static str]>,
        describe: fn(RelationBuilder) -> RelationBuilder,
    ) -> Self {
        let key = TargetKey {
            model: M::meta,
            columns: C::COLUMNS,
            types: C::types(),
            by: C::ALTERNATE,
            lossless: field::is_lossless::<C::Key>(),
            reads: field::reads_key::<C::Key>,
        };
        self.belongs_to_key(name, nullable, columns, key, describe)
    }

    fn belongs_to_key(
        mut self,
        name: &'static str,
        nullable: bool,
        columns: Option<&'static [&'static str]>,
        target: TargetKey,
        describe: fn(RelationBuilder) -> RelationBuilder,
    ) -> Self {
        let names: Vec<String> = match columns {
            Some(names) => names.iter().map(|name| (*name).to_string()).collect(),
            None => { target.columns }
                .iter()
                .map(|key| format!("{name}_{key}"))
                .collect(),
        };
        let relation = describe(RelationBuilder {
            relation: RelationMeta {
                name,
                kind: RelationKind::BelongsTo,
                target: target.model,
                nullable,
                on_delete: Action::NoAction,
                on_delete_by: OnDelete::Session,
                on_update: Action::NoAction,
                orphans: false,
                deferrable: Deferrability::Not,
                columns: names.clone(),
                by: target.by,
                inverse: None,
                through: None,
            },
            unique: false,
            primary_key: false,
            comment: None,
            collation: None,
            options: None,
            renamed_from: None,
            default: None,
        });
        let alone = names.len() == 1;
        for (column, key) in names.iter().zip(target.types) {
            let name_of = column.clone();
            let mut built = FieldBuilder::new(name_of, column.clone(), key.sql_type, nullable);
            built.field.own_type = key.own_type;
            built.field.range = key.range;
            built.field.lossless = target.lossless;
            built.field.reads = alone.then_some(target.reads);
            built.field.unique = relation.unique && alone;
            built.field.primary_key = relation.primary_key;
            built.field.comment = relation.comment;
            built.field.collation = relation.collation;
            built.field.options = relation.options;
            built.field.default = relation.default.clone().filter(|_| alone);
            built.field.renamed_from = relation.renamed_from.map(|from| {
                let key = column.strip_prefix(name).unwrap_or_default();
                // The earlier name of the field, or of the column itself.
                if key.is_empty() || from.ends_with(key) {
                    from
                } else {
                    Box::leak(format!("{from}{key}").into_boxed_str())
                }
            });
            self.push(built.field);
        }
        if relation.unique && !alone {
            self.meta.uniques.push(Unique {
                name: String::new(),
                columns: names,
            });
        }
        self.meta.relations.push(relation.relation);
        self
    }

    /// A `HasMany<M>` or `HasOne<M>`, by the other side's field.
    pub fn has<M: Model>(
        mut self,
        kind: RelationKind,
        name: &'static str,
        inverse: &'static str,
        orphans: bool,
    ) -> Self {
        self.meta.relations.push(RelationMeta {
            name,
            kind,
            target: M::meta,
            nullable: true,
            on_delete: Action::NoAction,
            on_delete_by: OnDelete::Session,
            on_update: Action::NoAction,
            orphans,
            deferrable: Deferrability::Not,
            columns: Vec::new(),
            by: None,
            inverse: Some(inverse),
            through: None,
        });
        self
    }

    /// A `ManyToMany<M>`.
    pub fn many_to_many<M: Model>(
        mut self,
        name: &'static str,
        inverse: Option<&'static str>,
        table: Option<&'static str>,
        through: Option<fn() -> &'static ModelMeta>,
    ) -> Self {
        self.meta.relations.push(RelationMeta {
            name,
            kind: RelationKind::ManyToMany,
            target: M::meta,
            nullable: true,
            on_delete: Action::NoAction,
            on_delete_by: OnDelete::Session,
            on_update: Action::NoAction,
            orphans: false,
            deferrable: Deferrability::Not,
            columns: Vec::new(),
            by: None,
            inverse,
            through: Some(Through {
                model: through,
                table,
            }),
        });
        self
    }

    /// An index on fields, by name; `-` before a name is descending.
    pub fn index(mut self, fields: &[&str], unique: bool, describe: fn(Index) -> Index) -> Self {
        let mut parts = Vec::new();
        for name in fields {
            let (name, descending) = match name.strip_prefix('-') {
                Some(name) => (name, true),
                None => (*name, false),
            };
            parts.extend(self.columns_of(name).into_iter().map(|column| IndexPart {
                descending,
                ..IndexPart::column(column)
            }));
        }
        self.meta.indexes.push(describe(Index {
            parts,
            unique,
            ..Index::on([""; 0])
        }));
        self
    }

    /// Options of a field's columns in the last index, in the database's own SQL.
    pub fn index_part_options(mut self, field: &str, options: &'static str) -> Self {
        let columns = self.columns_of(field.trim_start_matches('-'));
        let parts = { self.meta.indexes.last_mut() }.map(|index| &mut index.parts);
        for part in parts.into_iter().flatten() {
            if matches!(&part.node, Node::Root(name) if columns.iter().any(|column| *column == **name))
            {
                part.options = Some(options.into());
            }
        }
        self
    }

    /// Fields, by name, whose columns the last index stores as well (INCLUDE).
    pub fn index_include(mut self, fields: &[&str]) -> Self {
        let columns: Vec<String> = { fields.iter() }
            .flat_map(|name| self.columns_of(name))
            .collect();
        if let Some(index) = self.meta.indexes.last_mut() {
            index.include = columns;
        }
        self
    }

    /// An expression of the last index, after its fields.
    pub fn index_expression(self, node: Node) -> Self {
        self.index_expression_with(node, false, None)
    }

    /// An expression of the last index, after its fields, with its direction and options.
    pub fn index_expression_with(
        mut self,
        node: Node,
        descending: bool,
        options: Option<&'static str>,
    ) -> Self {
        if let Some(index) = self.meta.indexes.last_mut() {
            // A plain column stays a column.
            let node = match node.plain() {
                Node::Path(path) if path.hops.is_empty() => Node::Root(path.column.clone()),
                other => other,
            };
            index.parts.push(IndexPart {
                node,
                descending,
                options: options.map(Into::into),
            });
        }
        self
    }

    /// A constraint in the database's own SQL.
    pub fn constraint(mut self, name: &'static str, definition: &'static str) -> Self {
        self.meta
            .constraints
            .push(Constraint::new(name, definition));
        self
    }

    /// Further options of the table, in the database's own SQL.
    pub fn options(mut self, text: &'static str) -> Self {
        self.meta.options = Some(text);
        self
    }

    /// The order of the primary key's columns, if it is not that of the fields.
    pub fn key_order(mut self, fields: &[&str]) -> Self {
        self.meta.key_order = fields
            .iter()
            .flat_map(|name| self.columns_of(name))
            .collect();
        self
    }

    /// Further options of the last CHECK, in the database's own SQL.
    pub fn check_options(mut self, text: &'static str) -> Self {
        if let Some(check) = self.meta.checks.last_mut() {
            check.options = Some(text.into());
        }
        self
    }

    /// What the table was called before.
    pub fn renamed_from(mut self, table: &'static str) -> Self {
        self.meta.renamed_from = Some(table);
        self
    }

    /// A unique constraint on fields, by name.
    pub fn unique(mut self, fields: &[&str]) -> Self {
        let columns = fields
            .iter()
            .flat_map(|name| self.columns_of(name))
            .collect();
        self.meta.uniques.push(Unique {
            name: String::new(),
            columns,
        });
        self
    }

    /// A CHECK.
    pub fn check(mut self, name: &'static str, condition: Node) -> Self {
        self.meta.checks.push(Check {
            name: aludel_sql::schema::NamingConvention::default()
                .check(&self.meta.table.name, name),
            condition: condition.plain(),
            options: None,
        });
        self
    }

    /// A CHECK with an explicit name.
    pub fn named_check(mut self, name: &'static str, condition: Node) -> Self {
        self.meta.checks.push(Check {
            name: name.into(),
            condition: condition.plain(),
            options: None,
        });
        self
    }

    /// The name of the last unique constraint.
    pub fn unique_name(mut self, name: &'static str) -> Self {
        if let Some(unique) = self.meta.uniques.last_mut() {
            unique.name = name.into();
        }
        self
    }

    /// A foreign key without a relation.
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.meta.foreign_keys.push(key);
        self
    }

    /// A check of the whole row.
    pub fn validate<M: Model>(mut self, check: fn(&mut Checked<'_, M>)) -> Self {
        self.meta.whole_checks.push(WholeCheck::new(check));
        self
    }

    /// The default scope: a condition that every query adds, unless it says `unscoped()`.
    pub fn scope(mut self, condition: Node) -> Self {
        self.meta.scope = Some(condition);
        self
    }

    /// The table's comment in the database.
    pub fn comment(mut self, comment: &'static str) -> Self {
        self.meta.comment = Some(comment);
        self
    }

    /// Its rows are some of those of an enum's table.
    pub(crate) fn variant_of<E: Variants>(mut self, label: &'static str) -> Self {
        self.meta.variant_of = Some(VariantOf {
            whole: <E as Model>::meta,
            discriminator: self.meta.fields.len(),
            label,
        });
        let column = E::DISCRIMINATOR;
        self.push(FieldBuilder::new(column, column, SqlType::Varchar(100), false).field);
        self
    }

    /// The columns of a variant of an enum.
    pub fn variant<E: Variants, V>(mut self) -> Self
    where
        V: Variant<Enum = E> + Labelled<E> + Model<Key = E::Key>,
    {
        let positions = crate::model::variants::merge(&mut self.meta, V::meta());
        let discriminator = V::meta().variant_of.map_or(0, |of| of.discriminator);
        let of = self.meta.variants.get_or_insert_with(|| VariantsMeta {
            discriminator: positions[discriminator],
            variants: Vec::new(),
        });
        of.variants.push(VariantMeta {
            label: V::LABEL,
            meta: V::meta,
            positions,
        });
        self
    }

    /// Finishes the model.
    pub fn build(mut self) -> ModelMeta {
        self.meta.key = (0..self.meta.fields.len())
            .filter(|at| self.meta.fields[*at].primary_key)
            .collect();
        let at = |is: fn(&FieldMeta) -> bool| self.meta.fields.iter().position(is);
        // A version that only some variants have is no version for all.
        self.meta.version = at(|field| field.version && !field.nullable);
        self.meta.soft_delete = at(|field| field.stamp == Some(Stamp::Deleted));
        if let Some(at) = self.meta.soft_delete {
            let column = Node::Root(self.meta.fields[at].column.clone().into());
            let alive = Node::Unary(UnaryOp::IsNull, Box::new(column));
            self.meta.scope = Some(match self.meta.scope.take() {
                None => alive,
                Some(scope) => scope.and(alive),
            });
        }
        let columns = self.meta.fields.iter().map(|field| {
            let bounds = Bounds::of(&field.sql_type, field.range);
            (field.column.as_str(), field.kind(), bounds)
        });
        self.meta.table.kinds = ColumnKinds::bounded(columns);
        self.meta
    }

    /// Finishes the model of this type: the dynamic layer writes its rows as the typed one does.
    pub fn build_as(mut self, model: &'static AnyModel) -> ModelMeta {
        self.meta.any = Some(model);
        self.build()
    }

    fn push(&mut self, field: FieldMeta) {
        self.meta.fields.push(field);
    }

    /// The columns of a field, of a `BelongsTo` or of an embedded value.
    fn columns_of(&self, name: &str) -> Vec<String> {
        if let Some(relation) = self.meta.relation(name) {
            return relation.columns.clone();
        }
        let within = format!("{name}.");
        let embedded = self.meta.fields.iter();
        let embedded = embedded.filter(|field| field.name.starts_with(&within));
        let columns: Vec<String> = embedded.map(|field| field.column.clone()).collect();
        if !columns.is_empty() {
            return columns;
        }
        match self.meta.field(name) {
            Some(field) => vec![field.column.clone()],
            None => vec![name.to_string()],
        }
    }
}

/// The key that a `BelongsTo` refers to.
struct TargetKey {
    model: fn() -> &'static ModelMeta,
    columns: &'static [&'static str],
    types: Vec<KeyType>,
    by: Option<&'static [&'static str]>,
    lossless: bool,
    reads: fn(&Value) -> Result<(), DecodeError>,
}
