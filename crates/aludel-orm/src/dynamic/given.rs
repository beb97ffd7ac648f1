//! Converts names and values from outside (a form, a fixture, a request) to a model's columns. The error lists everything
//! that is wrong with a row.

use crate::coerce::coerce;
use crate::fit::refused;
use crate::model::any::{AnyModel, NewValues};
use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::validate::check_fields;
use crate::model::variants::VariantMeta;
use aludel_engine::{Error, FieldError, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::statement::check_once;
use aludel_sql::types::{SqlType, Unfit, check_fit, pad};

/// A new row, and the model that it is written as: for an enum, one of its variants.
pub(crate) struct Planned {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) row: NewValues,
}

/// The model's verbs.
///
/// # Errors
/// A model that was described without a Rust type.
pub(crate) fn verbs(meta: &ModelMeta) -> Result<&'static AnyModel> {
    meta.any.ok_or_else(|| {
        Error::invalid_query(format!(
            "{} has no Rust type, so there is nothing that knows how its rows are written; write them in SQL",
            meta.name
        ))
    })
}

/// Makes a new row from these fields. The caller handles references to rows of a session: `referred` are their names.
///
/// # Errors
/// A field that the model does not have; [`aludel_engine::ErrorKind::Validation`] with all that is wrong.
pub(crate) fn new_row(
    meta: &'static ModelMeta,
    row: Vec<(String, Value)>,
    referred: &[&str],
) -> Result<Planned> {
    if meta.variants.is_some() {
        let (variant, row) = of_variant(meta, row)?;
        return new_row(variant, row, referred);
    }
    let width = meta.fields.len();
    let mut new = NewValues {
        values: vec![Value::Null; width],
        given: vec![false; width],
        extra: Vec::new(),
    };
    let mut wrong = Wrong::default();
    let mut seen = vec![false; width];
    for relation in referred.iter().filter_map(|name| meta.relation(name)) {
        for at in meta.positions(relation) {
            seen[at] = true;
        }
    }
    for (at, value) in placed(meta, row)? {
        let field = &meta.fields[at];
        seen[at] = true;
        if field.generated.is_some() {
            wrong.add(field, format!("can't be given: {}", field.why_own()));
        } else if meta.variant_of.is_some_and(|of| of.discriminator == at) {
            check_label(meta, field, &value, &mut wrong);
        } else if field.identity.is_some() && value.is_null() {
            // The database numbers it.
        } else if let Some(value) = column_value(field, value, &mut wrong) {
            let is_filled_in = field.default.is_some() || field.default_in_rust;
            match value.is_null() {
                false if field.identity.is_some() && !field.given => new.extra.push((at, value)),
                false => {
                    new.values[at] = value;
                    new.given[at] = true;
                }
                true if is_filled_in => new.extra.push((at, value)),
                true => {}
            }
        }
    }
    for (at, field) in meta.fields.iter().enumerate().filter(|(at, _)| !seen[*at]) {
        match &field.default {
            // A part of an embedded value can't be left out.
            Some(Node::Value(value)) => new.values[at] = value.clone(),
            Some(_) => {}
            None if is_filled(meta, at) => {}
            None => wrong.add(field, "is required"),
        }
    }
    wrong.finish(meta, &new.values, &new.given)?;
    Ok(Planned { meta, row: new })
}

/// Whether a column without a default may be left out.
fn is_filled(meta: &ModelMeta, at: usize) -> bool {
    let field = &meta.fields[at];
    field.nullable
        || field.default_in_rust
        || field.identity.is_some()
        || field.generated.is_some()
        || meta.variant_of.is_some_and(|of| of.discriminator == at)
}

/// Changes of a row. With `expects`, a version among them is the one that the row must have.
///
/// # Errors
/// Same as [`new_row`].
pub(crate) fn changes(
    meta: &ModelMeta,
    row: Vec<(String, Value)>,
    expects: bool,
) -> Result<Vec<(usize, Value)>> {
    let mut wrong = Wrong::default();
    let mut changes = Vec::with_capacity(row.len());
    let is_label = |at: usize| {
        let of = meta.variants.as_ref().map(|of| of.discriminator);
        of.or(meta.variant_of.map(|of| of.discriminator)) == Some(at)
    };
    for (at, value) in placed(meta, row)? {
        let field = &meta.fields[at];
        let is_expected = expects && field.version;
        if field.is_own() && !is_expected {
            wrong.add(field, format!("can't be changed: {}", field.why_own()));
        } else if field.identity.is_some() || is_label(at) {
            wrong.add(field, "can't be changed: it says which row this is");
        } else if let Some(value) = column_value(field, value, &mut wrong) {
            match field.reads.map(|reads| reads(&value)) {
                Some(Err(error)) => wrong.add(field, error.found),
                _ => changes.push((at, value)),
            }
        }
    }
    wrong.finish_changes(meta, &changes)?;
    Ok(changes)
}

/// Changes of rows that are not in memory: also rejects fields that only some variants have.
///
/// # Errors
/// Same as [`changes`].
pub(crate) fn changes_of_any(
    meta: &ModelMeta,
    row: Vec<(String, Value)>,
) -> Result<Vec<(usize, Value)>> {
    let changes = changes(meta, row, false)?;
    let mut wrong = Wrong::default();
    for (at, _) in &changes {
        let mut variants = meta.variants.iter().flat_map(|of| &of.variants);
        if let Some(other) = variants.find(|variant| !variant.positions.contains(at)) {
            let of = (other.meta)().name;
            let why = format!("is no field of a {of}; query the model whose rows have it");
            wrong.add(&meta.fields[*at], why);
        }
    }
    wrong.finish_changes(meta, &changes)?;
    Ok(changes)
}

/// The values of a key.
///
/// # Errors
/// Too few or too many values, or one that its column does not accept.
pub(crate) fn checked_key(meta: &ModelMeta, key: Vec<Value>) -> Result<Vec<Value>> {
    if key.len() != meta.key.len() {
        return Err(Error::invalid_query(format!(
            "the key of {} has {} columns, and {} values were given",
            meta.name,
            meta.key.len(),
            key.len()
        )));
    }
    let columns = meta.key.iter().map(|at| &meta.fields[*at]);
    let values = columns.zip(key).map(|(field, value)| {
        coerce(value, &field.sql_type, field.nullable)
            .map_err(|why| Error::invalid_query(format!("{}.{}: {why}", meta.name, field.name)))
    });
    values.collect()
}

/// Each value with the position of its field.
fn placed(meta: &ModelMeta, row: Vec<(String, Value)>) -> Result<Vec<(usize, Value)>> {
    let placed = row.into_iter();
    let placed = placed.map(|(name, value)| Ok((position(meta, &name)?, value)));
    let placed = placed.collect::<Result<Vec<_>>>()?;
    check_once(
        placed
            .iter()
            .map(|(at, _)| meta.fields[*at].column.as_str()),
    )?;
    Ok(placed)
}

/// The position of a field by its name, or by the name of its relation if that has one column.
pub(crate) fn position(meta: &ModelMeta, name: &str) -> Result<usize> {
    let mut fields = meta.fields.iter();
    if let Some(at) = fields.position(|field| field.name == name) {
        return Ok(at);
    }
    if let Some(relation) = meta.relation(name)
        && let [at] = meta.positions(relation)[..]
    {
        return Ok(at);
    }
    let known = meta.fields.iter().map(|field| field.name.as_str());
    let known: Vec<&str> = known.collect();
    Err(Error::invalid_query(format!(
        "{} has no field {name:?}; it has {}",
        meta.name,
        known.join(", ")
    )))
}

/// The value as the field's column stores it.
fn column_value(field: &FieldMeta, value: Value, wrong: &mut Wrong) -> Option<Value> {
    // Text that is too long has an error of its own, the same as in other verbs.
    let is_text = matches!(field.sql_type, SqlType::Varchar(_));
    if let (true, Err(unfit)) = (is_text, check_fit(&value, &field.sql_type)) {
        wrong.add_unfit(field, unfit);
        return None;
    }
    let mut value = match coerce(value, &field.sql_type, field.nullable) {
        Ok(value) => value,
        Err(why) => {
            wrong.add(field, why);
            return None;
        }
    };
    let fits = check_fit(&value, &field.sql_type).and_then(|()| check_range(field, &value));
    if let Err(unfit) = fits {
        wrong.add_unfit(field, unfit);
        return None;
    }
    pad(&mut value, &field.sql_type);
    Some(value)
}

/// Checks that the field's type accepts the number.
fn check_range(field: &FieldMeta, value: &Value) -> Result<(), Unfit> {
    match (field.range, value.as_i64()) {
        (Some((least, most)), Some(n)) if !(least..=most).contains(&n) => Err(Unfit::OutOfRange(
            format!("an integer that is out of range ({least} to {most})"),
        )),
        _ => Ok(()),
    }
}

/// What is wrong with a row.
#[derive(Default)]
struct Wrong {
    fields: Vec<FieldError>,
    /// The error that another verb would return for the field, if it is the only one.
    unfit: Option<(FieldMeta, Unfit)>,
}

impl Wrong {
    fn add(&mut self, field: &FieldMeta, message: impl Into<String>) {
        self.fields.push(FieldError {
            field: field.name.clone(),
            message: message.into(),
        });
    }

    fn add_unfit(&mut self, field: &FieldMeta, unfit: Unfit) {
        let (Unfit::TooLong(why) | Unfit::OutOfRange(why)) = &unfit;
        self.add(field, why.clone());
        self.unfit = Some((field.clone(), unfit));
    }

    /// Like [`finish`](Wrong::finish), for changes of a row.
    fn finish_changes(self, meta: &ModelMeta, changes: &[(usize, Value)]) -> Result<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let mut values = vec![Value::Null; meta.fields.len()];
        let mut given = vec![false; meta.fields.len()];
        for (at, value) in changes {
            values[*at] = value.clone();
            given[*at] = true;
        }
        self.finish(meta, &values, &given)
    }

    /// Fails with everything that is wrong, including values that break the fields' own rules.
    fn finish(mut self, meta: &ModelMeta, values: &[Value], given: &[bool]) -> Result<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let cells = values.iter().zip(given);
        let cells: Vec<Option<Value>> = cells
            .map(|(value, given)| given.then(|| value.clone()))
            .collect();
        self.fields.extend(check_fields(meta, &cells, |_| true));
        match self.unfit {
            Some((field, unfit)) if self.fields.len() == 1 => {
                Err(refused(meta, &field, unfit).with_field_errors(self.fields))
            }
            _ => Err(Error::validation(meta.name, self.fields)),
        }
    }
}

/// Checks that the label of a new row is its model's.
fn check_label(meta: &ModelMeta, field: &FieldMeta, value: &Value, wrong: &mut Wrong) {
    let label = meta.variant_of.map(|of| of.label).unwrap_or_default();
    if value.as_str() != Some(label) {
        wrong.add(field, format!("must be {label:?} of a {}", meta.name));
    }
}

/// The variant of an enum's new row, by its label, and the row by that model's names.
fn of_variant(
    meta: &'static ModelMeta,
    mut row: Vec<(String, Value)>,
) -> Result<(&'static ModelMeta, Vec<(String, Value)>)> {
    let Some(of) = &meta.variants else {
        return Ok((meta, row));
    };
    let field = &meta.fields[of.discriminator];
    let label = row.iter().position(|(name, _)| *name == field.name);
    let label = label.map(|at| row.swap_remove(at).1);
    let label = label.as_ref().and_then(Value::as_str).unwrap_or_default();
    let Some(variant) = of.variants.iter().find(|variant| variant.label == label) else {
        let labels: Vec<&str> = of.variants.iter().map(|variant| variant.label).collect();
        let mut wrong = Wrong::default();
        wrong.add(field, format!("must be one of {}", labels.join(", ")));
        return Err(Error::validation(meta.name, wrong.fields));
    };
    let places = placed(meta, row)?;
    let row = local(meta, variant, places)?;
    let own = (variant.meta)();
    let named = row
        .into_iter()
        .map(|(at, value)| (own.fields[at].name.clone(), value));
    Ok((own, named.collect()))
}

/// Maps values to the positions of a variant's own columns.
///
/// # Errors
/// Columns that other variants have.
pub(crate) fn local(
    meta: &ModelMeta,
    variant: &VariantMeta,
    row: Vec<(usize, Value)>,
) -> Result<Vec<(usize, Value)>> {
    let (own, mut wrong) = ((variant.meta)(), Wrong::default());
    let mut local = Vec::with_capacity(row.len());
    for (at, value) in row {
        match variant.positions.iter().position(|known| *known == at) {
            Some(here) => local.push((here, value)),
            None if value.is_null() => {}
            None => wrong.add(&meta.fields[at], format!("is no field of a {}", own.name)),
        }
    }
    match wrong.fields.is_empty() {
        true => Ok(local),
        false => Err(Error::validation(own.name, wrong.fields)),
    }
}
