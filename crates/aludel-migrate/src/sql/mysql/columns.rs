//! Columns that can't be redefined in one statement: computed ones, and those whose values are recomputed.

use super::{Alter, add_index, drop_column, modify};
use crate::sql::{Probe, Steps, check_clause, unique_clause};
use crate::state::{index_mentions, mentions};
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::schema::with_collation;
use aludel_sql::schema::{Column, Table};

/// Drops and re-creates a computed column that can't be redefined; if it becomes a plain column, it keeps the computed values.
pub(super) fn again(
    steps: &mut Steps,
    (before, after): (&Table, &Table),
    (old, new): (&Column, &Column),
) -> Result<()> {
    let name = &after.name;
    let kept = new
        .generated
        .is_none()
        .then(|| format!("aludel_{}", new.name));
    if let Some(kept) = &kept {
        let copy = Column {
            name: kept.clone(),
            generated: None,
            default: None,
            nullable: true,
            ..old.clone()
        };
        let copy = with_collation(&copy, steps.dialect);
        let text = steps.alter(name, |w| {
            w.push("ADD COLUMN ");
            Ok(w.column(after, &copy, false)?)
        })?;
        steps.schema(text, Probe::Column(name.clone(), kept.clone(), true));
        let from = Node::Root(new.name.clone().into());
        steps.fill(name, kept, &from, false)?;
    }
    let mut without = before.clone();
    without.columns.retain(|column| column.name != new.name);
    without
        .uniques
        .retain(|unique| !unique.columns.contains(&new.name));
    without
        .indexes
        .retain(|index| !index_mentions(index, &new.name));
    without
        .checks
        .retain(|check| !mentions(&check.condition, &new.name));
    drop_column(steps, before, &without, &new.name)?;
    if let Some(step) = steps.all.last_mut() {
        step.remakes = Some(Box::new((before.clone(), new.name.clone())));
    }
    let open = Column {
        nullable: new.nullable || kept.is_some(),
        ..new.clone()
    };
    let open = with_collation(&open, steps.dialect);
    let mut alter = Alter::new(steps, &without, after).push(|w| {
        w.push("ADD COLUMN ");
        Ok(w.column(after, &open, false)?)
    })?;
    for unique in { after.uniques.iter() }.filter(|unique| unique.columns.contains(&new.name)) {
        alter = alter.push(|w| {
            w.push("ADD ");
            unique_clause(w, unique)
        })?;
    }
    for index in { after.indexes.iter() }.filter(|index| index_mentions(index, &new.name)) {
        alter = alter.push(|w| add_index(w, index))?;
    }
    for check in { after.checks.iter() }.filter(|check| mentions(&check.condition, &new.name)) {
        alter = alter.push(|w| {
            w.push("ADD ");
            check_clause(w, check)
        })?;
    }
    alter.finish(Probe::Column(name.clone(), new.name.clone(), true))?;
    if let Some(kept) = kept {
        let from = Node::Root(kept.clone().into());
        steps.fill(name, &new.name, &from, false)?;
        if !new.nullable {
            modify(steps, after, new)?;
        }
        let text = steps.alter(name, |w| {
            w.push("DROP COLUMN ");
            Ok(w.checked_identifier(&kept)?)
        })?;
        steps.schema(text, Probe::Column(name.clone(), kept, false));
    }
    Ok(())
}

/// Converts a column by an expression over its old values, by way of a helper column.
pub(super) fn convert(
    steps: &mut Steps,
    (before, after): (&Table, &Table),
    (old, new): (&Column, &Column),
    using: &Node,
) -> Result<()> {
    let name = &after.name;
    if before.primary_key.contains(&new.name) {
        return Err(crate::sql::unsupported(
            steps.dialect,
            "way to compute a column of a primary key anew",
            "add a column, fill it, and set another primary key",
        ));
    }
    let beside = format!("aludel_{}", new.name);
    let bare = |column: &Column, name: &str| Column {
        name: name.to_string(),
        nullable: true,
        default: None,
        comment: None,
        ..column.clone()
    };
    let helper = with_collation(&bare(new, &beside), steps.dialect);
    let text = steps.alter(name, |w| {
        w.push("ADD COLUMN ");
        Ok(w.column(after, &helper, false)?)
    })?;
    steps.schema(text, Probe::Column(name.clone(), beside.clone(), true));
    steps.fill(name, &beside, using, false)?;
    // The old values might not be convertible, so they are cleared before the type changes.
    modify(steps, before, &bare(old, &old.name))?;
    steps.fill(
        name,
        &new.name,
        &Node::Value(aludel_sql::Value::Null),
        false,
    )?;
    modify(steps, after, &bare(new, &new.name))?;
    steps.fill(name, &new.name, &Node::Root(beside.clone().into()), false)?;
    modify(steps, after, new)?;
    let text = steps.alter(name, |w| {
        w.push("DROP COLUMN ");
        Ok(w.checked_identifier(&beside)?)
    })?;
    steps.schema(text, Probe::Column(name.clone(), beside, false));
    Ok(())
}
