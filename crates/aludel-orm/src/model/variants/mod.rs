//! Models that are enums: structs whose rows are in one table, told apart by a column (single-table inheritance).
//!
//! ```text
//! enum Employee { Manager(Manager), Engineer(Engineer) }    one table `employees`, with all columns and `kind`
//! struct Manager { id, name, budget }                       its rows of kind 'manager'
//! struct Engineer { id, name, language }                    its rows of kind 'engineer'
//! ```
//!
//! Each struct is a model of its own, whose statements all say `kind = '…'`. The enum is a model, too: it selects the
//! columns of all variants, of which each row's variant reads its own.

use crate::model::column::ColumnSet;
use crate::model::meta::ModelBuilder;
use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::path::MaybeHere;
use crate::model::slot::Link;
use crate::model::values::{Decoded, NewRow, Values};
use crate::model::{Model, NewModel};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Name, Node};
use aludel_sql::row::{DecodeError, Row};

/// An enum of models that are in one table: `#[derive(Model)] enum Employee { Manager(Manager), … }`.
pub trait Variants: Model {
    /// The table's schema.
    const SCHEMA: Option<&'static str>;
    /// The table.
    const TABLE: &'static str;
    /// The column that says which variant a row is.
    const DISCRIMINATOR: &'static str;
}

/// A struct whose rows are some of those of an enum's table: `#[model(variant_of = Employee)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model in the table of an enum",
    label = "a variant of an enum model has to say so",
    note = "say `#[model(variant_of = TheEnum)]` on the struct `{Self}`"
)]
pub trait Variant: Model {
    /// The enum.
    type Enum: Variants;
}

/// The discriminator's value for a struct's rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a variant of `{Enum}`",
    label = "`{Enum}` has no such variant",
    note = "add it to the enum: `{Self}({Self})`"
)]
pub trait Labelled<Enum> {
    /// The label.
    const LABEL: &'static str;
    /// Reads the label of a row, which must be this one.
    ///
    /// # Errors
    /// Another variant's label.
    fn read_label(row: &mut Row<'_>) -> Decoded<()>
    where
        Self: Variant<Enum = Enum>,
        Enum: Variants,
    {
        read_label(row, Self::NAME, Enum::DISCRIMINATOR, Self::LABEL)
    }
    /// Describes that the struct's rows are some of those of the enum's table.
    fn describe(builder: ModelBuilder) -> ModelBuilder
    where
        Enum: Variants,
    {
        builder.variant_of::<Enum>(Self::LABEL)
    }
}

/// The models of an enum's table.
#[derive(Debug)]
pub struct VariantsMeta {
    /// Position of the column that tells them apart.
    pub discriminator: usize,
    /// The models.
    pub variants: Vec<VariantMeta>,
}

/// One model of an enum's table.
#[derive(Debug)]
pub struct VariantMeta {
    /// The discriminator's value for its rows.
    pub label: &'static str,
    /// The model.
    pub meta: fn() -> &'static ModelMeta,
    /// The position of each of its columns among the table's.
    pub(crate) positions: Vec<usize>,
}

/// For a model in an enum's table: the enum, and how its own rows are recognized.
#[derive(Debug, Clone, Copy)]
pub struct VariantOf {
    /// The enum.
    pub whole: fn() -> &'static ModelMeta,
    /// Position of the column that tells rows apart.
    pub discriminator: usize,
    /// The discriminator's value for this model's rows.
    pub label: &'static str,
}

/// The condition on a variant's rows. Labels are plain words, so the text is the same for all dialects.
pub(crate) fn condition(column: &str, label: &str) -> Node {
    Node::binary(
        BinaryOp::Equal,
        Node::Root(Name::Owned(column.to_owned())),
        Node::Raw(vec![Name::Owned(format!("'{label}'"))], Vec::new()),
    )
}

/// Converts the values of a row in an enum's table from one of its models to another; `None` if the row is of another kind.
pub(crate) fn as_other(from: &ModelMeta, to: &ModelMeta, values: &[Value]) -> Option<Vec<Value>> {
    match (&from.variants, &to.variants) {
        (None, Some(of)) => {
            let label = from.variant_of?.label;
            let variant = of.variants.iter().find(|known| known.label == label)?;
            let mut all = vec![Value::Null; to.fields.len()];
            for (value, at) in values.iter().zip(&variant.positions) {
                all[*at] = value.clone();
            }
            Some(all)
        }
        (Some(of), None) => {
            let label = to.variant_of?.label;
            let variant = of.variants.iter().find(|known| known.label == label)?;
            let is_of_it = values[of.discriminator].as_str() == Some(label);
            let own = variant.positions.iter().map(|at| values[*at].clone());
            is_of_it.then(|| own.collect())
        }
        _ => None,
    }
}

/// The numbers that both types can read.
fn both(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some((from, to)), Some((least, most))) => Some((from.max(least), to.min(most))),
        (one, other) => one.or(other),
    }
}

/// Merges a variant's columns into those of the table; returns their positions.
pub(crate) fn merge(into: &mut ModelMeta, variant: &ModelMeta) -> Vec<usize> {
    let is_first = into.fields.is_empty();
    let mut positions = Vec::with_capacity(variant.fields.len());
    for field in &variant.fields {
        let known = into
            .fields
            .iter()
            .position(|known| known.column == field.column);
        positions.push(known.unwrap_or(into.fields.len()));
        match known {
            Some(at) => {
                let known = &mut into.fields[at];
                known.nullable |= field.nullable;
                known.range = both(known.range, field.range);
            }
            None => into.fields.push(FieldMeta {
                nullable: field.nullable || !is_first,
                ..field.clone()
            }),
        }
    }
    for (at, field) in into.fields.iter_mut().enumerate() {
        field.nullable |= !positions.contains(&at);
    }
    for relation in &variant.relations {
        let columns = variant.positions(relation);
        let nullable = columns
            .iter()
            .any(|at| into.fields[positions[*at]].nullable);
        match into
            .relations
            .iter_mut()
            .find(|known| known.name == relation.name)
        {
            Some(known) => known.nullable |= nullable,
            None => {
                let mut relation = relation.clone();
                relation.nullable |= nullable;
                into.relations.push(relation);
            }
        }
    }
    for reference in &variant.polymorphic {
        let mut known = into.polymorphic.iter();
        if !known.any(|known| known.name == reference.name) {
            into.polymorphic.push(reference.clone());
        }
    }
    into.referred.extend(variant.referred.iter().cloned());
    let label = variant.variant_of.map(|of| of.label).unwrap_or_default();
    for check in &variant.checks {
        let discriminator = variant.variant_of.map_or(0, |of| of.discriminator);
        let column = &variant.fields[discriminator].column;
        let others = condition(column, label).negated();
        let mut check = check.clone();
        check.condition = others.or(check.condition);
        into.checks.push(check);
    }
    let unique = |known: &[aludel_sql::schema::Unique], columns: &[String]| {
        known.iter().any(|known| known.columns == columns)
    };
    for one in &variant.uniques {
        if !unique(&into.uniques, &one.columns) {
            into.uniques.push(one.clone());
        }
    }
    for key in &variant.foreign_keys {
        if !into.foreign_keys.contains(key) {
            into.foreign_keys.push(key.clone());
        }
    }
    for index in &variant.indexes {
        if !into.indexes.contains(index) {
            into.indexes.push(index.clone());
        }
    }
    positions
}

/// Reads a row of an enum's table: finds its variant, and has that read it.
///
/// # Errors
/// A label that no variant has, and what the variant's columns can't be read as.
pub fn read<E: Variants>(
    row: &mut Row<'_>,
    read: impl FnOnce(usize, &mut Row<'_>) -> Decoded<E>,
) -> Decoded<E> {
    let meta = E::meta();
    let Some(of) = &meta.variants else {
        return Err(unknown(meta, "", 0));
    };
    let label = row.peek_text(of.discriminator)?;
    let variants = of.variants.iter();
    match { variants }.position(|variant| variant.label == label) {
        Some(n) => row.part(meta.fields.len(), &of.variants[n].positions, |row| {
            read(n, row)
        }),
        None => {
            let label = label.to_owned();
            Err(unknown(meta, &label, of.discriminator))
        }
    }
}

#[cold]
fn unknown(meta: &ModelMeta, label: &str, position: usize) -> DecodeError {
    let variants = meta.variants.iter().flat_map(|of| &of.variants);
    let labels: Vec<String> = variants
        .map(|variant| format!("{:?}", variant.label))
        .collect();
    DecodeError {
        position,
        wanted: meta.name,
        found: format!(
            "{label:?}, which is no variant of {}; its variants are {}",
            meta.name,
            labels.join(", ")
        ),
    }
}

fn read_label(
    row: &mut Row<'_>,
    wanted: &'static str,
    discriminator: &str,
    own: &str,
) -> Decoded<()> {
    let label = row.peek_text(0)?;
    if label != own {
        return Err(DecodeError {
            position: 0,
            wanted,
            found: format!("a row of another kind: {discriminator} is {label:?}, not {own:?}"),
        });
    }
    row.skip(1);
    Ok(())
}

/// The columns of an enum's table, of a row that may be missing.
///
/// # Errors
/// Same as [`read`].
pub fn read_nullable<E: Variants>(row: &mut Row<'_>) -> Decoded<Option<E>> {
    let width = E::meta().fields.len();
    if row.all_null(width) {
        row.skip(width);
        return Ok(None);
    }
    E::from_row(row).map(Some)
}

impl NewRow {
    /// The discriminator.
    pub fn label(&mut self, label: &'static str) {
        self.given(label.to_owned());
    }

    /// The columns of a variant's new row, and those of the others left out.
    pub fn variant<E: Variants, N: NewModel>(&mut self, n: usize, new: N) {
        let mut own = NewRow::default();
        new.write(&mut own);
        let meta = E::meta();
        let Some(variant) = meta.variants.as_ref().map(|of| &of.variants[n]) else {
            return;
        };
        // Where each column's value begins among those that were given.
        let mut starts = Vec::with_capacity(own.given.len());
        let mut count = 0;
        for given in &own.given {
            starts.push(count);
            count += usize::from(*given);
        }
        let base = self.values.len();
        let mut moved = vec![0; count];
        for at in 0..meta.fields.len() {
            let local = variant.positions.iter().position(|known| *known == at);
            match local.filter(|local| own.given[*local]) {
                Some(local) => {
                    moved[starts[local]] = self.values.len() - base;
                    let value = std::mem::replace(&mut own.values[starts[local]], Value::Null);
                    self.values.push(value);
                    self.given.push(true);
                }
                None => self.skip(),
            }
        }
        for link in own.links {
            self.links.push(Link {
                at: base + moved[link.at],
                ..link
            });
        }
        self.link_names.extend(own.link_names);
    }
}

impl Values {
    /// The discriminator.
    pub fn label(&mut self, label: &'static str) {
        self.values.push(Value::Text(label.to_owned()));
    }

    /// The columns of a variant's row, and NULL for those of the others.
    pub fn variant<E: Variants, V: Model>(&mut self, n: usize, row: &V) {
        let mut own = Values::default();
        row.write_values(&mut own);
        let meta = E::meta();
        let Some(variant) = meta.variants.as_ref().map(|of| &of.variants[n]) else {
            return;
        };
        let base = self.values.len();
        self.values.resize(base + meta.fields.len(), Value::Null);
        for (value, at) in own.values.into_iter().zip(&variant.positions) {
            self.values[base + at] = value;
        }
        for link in own.links {
            self.links.push(Link {
                at: base + variant.positions[link.at],
                ..link
            });
        }
        self.changed.extend(own.changed);
    }
}

/// The columns of the variant `V` over the path `Q` to its enum.
pub type VariantColumns<Q, V> = <V as Model>::Columns<MaybeHere<Q>>;

/// The columns of a variant, as a const.
pub const fn columns<C: ColumnSet>() -> &'static C {
    C::REF
}
