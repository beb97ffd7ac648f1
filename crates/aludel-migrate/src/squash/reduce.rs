//! Pairs of operations that reduce to fewer: [`reduce`].

use crate::operation::Operation;
use crate::state::State;

/// Reduces operations with their neighbours, across those that commute, until nothing more reduces: a column that is added and
/// altered is added in its final form; a table that is created and dropped disappears. SQL and Rust of the user's own stay
/// where they are.
pub fn reduce(operations: &[Operation]) -> Vec<Operation> {
    let mut all = operations.to_vec();
    while let Some((at, with, instead)) = next_pair(&all) {
        all.remove(with);
        all.splice(at..=at, instead);
    }
    all
}

/// The first two operations that reduce, and what replaces them.
fn next_pair(all: &[Operation]) -> Option<(usize, usize, Vec<Operation>)> {
    for (at, first) in all.iter().enumerate() {
        for (with, second) in all.iter().enumerate().skip(at + 1) {
            if second.is_opaque() {
                break;
            }
            if let Some(instead) = pair(first, second)
                && all[at + 1..with]
                    .iter()
                    .all(|between| between.commutes(second))
            {
                return Some((at, with, instead));
            }
        }
    }
    None
}

/// What two consecutive operations reduce to.
fn pair(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    match (first, second) {
        (O::CreateTable(table), O::DropTable(name)) if table.name == *name => Some(Vec::new()),
        (O::CreateTable(table), O::RenameTable { from, to }) if table.name == *from => {
            let mut table = table.clone();
            for key in &mut table.foreign_keys {
                if key.target == *from {
                    key.target = to.clone();
                }
            }
            table.name = to.clone();
            Some(vec![O::CreateTable(table)])
        }
        (O::CreateTable(table), O::SetOwner { table: name, .. }) if table.name == *name => None,
        (O::CreateTable(table), O::AddForeignKey { table: of, key })
            if table.name == *of && key.target != *of =>
        {
            // The table that it refers to may have been created in between.
            let mut table = table.clone();
            table.foreign_keys.push(key.clone());
            Some(vec![O::CreateTable(table)])
        }
        (O::CreateTable(table), other) if other.table() == Some(&table.name) => {
            within(table, other)
        }
        (O::CreateEnum(kind), O::DropEnum(name)) if kind.name == *name => Some(Vec::new()),
        (
            O::CreateEnum(kind),
            O::AddEnumValue { name, .. }
            | O::RenameEnumValue { name, .. }
            | O::SetEnumValues { name, .. }
            | O::RenameEnum { from: name, .. },
        ) if kind.name == *name => {
            let mut state = State::default();
            state.schema.enums.push(*kind);
            second.apply(&mut state, "").ok()?;
            Some(vec![O::CreateEnum(*state.schema.enums.first()?)])
        }
        (O::CreateView(view), O::DropView(name)) if view.name == *name => Some(Vec::new()),
        (O::CreateExtension(a), O::DropExtension(b)) if a == b => Some(Vec::new()),
        (O::AddUnique { table: a, unique }, O::DropUnique { table: b, name })
            if a == b && unique.name == *name =>
        {
            Some(Vec::new())
        }
        (
            O::AddConstraint {
                table: a,
                constraint,
            },
            O::DropConstraint { table: b, name },
        ) if a == b && constraint.name == *name => Some(Vec::new()),
        (O::SetOptions { table: a, .. }, O::SetOptions { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        (O::AddCheck { table: a, check }, O::DropCheck { table: b, name })
            if a == b && check.name == *name =>
        {
            Some(Vec::new())
        }
        (O::AddForeignKey { table: a, key }, O::DropForeignKey { table: b, name })
            if a == b && key.name == *name =>
        {
            Some(Vec::new())
        }
        (
            O::AddIndex {
                table: a, index, ..
            },
            O::DropIndex { table: b, name, .. },
        ) if a == b && index.name == *name => Some(Vec::new()),
        (
            O::AddColumn {
                table: a,
                column,
                fill,
            },
            second,
        ) if second.table() == Some(a) => of_new_column(column, fill.as_ref(), second),
        (
            O::AlterColumn {
                table: a,
                column,
                using: None,
                fill: None,
            },
            second,
        ) if second.table() == Some(a) => match second {
            O::AlterColumn {
                column: next,
                using: None,
                fill: None,
                ..
            } if next.name == column.name && next.generated == column.generated => {
                Some(vec![second.clone()])
            }
            O::DropColumn { column: name, .. } if *name == column.name => {
                Some(vec![second.clone()])
            }
            _ => None,
        },
        (
            O::RenameColumn { table: a, from, to },
            O::RenameColumn {
                table: b,
                from: next,
                to: last,
            },
        ) if a == b && to == next => Some(if from == last {
            Vec::new()
        } else {
            vec![O::RenameColumn {
                table: a.clone(),
                from: from.clone(),
                to: last.clone(),
            }]
        }),
        (
            O::RenameTable { from, to },
            O::RenameTable {
                from: next,
                to: last,
            },
        ) if to == next => Some(if from == last {
            Vec::new()
        } else {
            vec![O::RenameTable {
                from: from.clone(),
                to: last.clone(),
            }]
        }),
        (O::SetComment { table: a, .. }, O::SetComment { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        (O::SetPrimaryKey { table: a, .. }, O::SetPrimaryKey { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        _ => None,
    }
}

/// Applies a change to a table that was just created, to create it that way.
fn within(table: &aludel_sql::schema::Table, change: &Operation) -> Option<Vec<Operation>> {
    if matches!(
        change,
        Operation::AddIndex {
            concurrently: true,
            ..
        }
    ) {
        return None;
    }
    let mut state = State::default();
    // The enum types of its columns exist, or the history would be invalid.
    let mut kinds = table.columns.clone();
    if let Operation::AddColumn { column, .. } | Operation::AlterColumn { column, .. } = change {
        kinds.push((**column).clone());
    }
    for column in &kinds {
        if let Some(kind) = aludel_sql::schema::enum_of(&column.sql_type)
            && state.schema.enum_type(kind.name).is_none()
        {
            state.schema.enums.push(kind);
        }
    }
    state.schema.tables.push(table.clone());
    change.apply(&mut state, "").ok()?;
    let table = state.schema.tables.pop()?;
    Some(vec![Operation::CreateTable(Box::new(table))])
}

fn of_new_column(
    column: &aludel_sql::schema::Column,
    fill: Option<&aludel_sql::expr::Node>,
    second: &Operation,
) -> Option<Vec<Operation>> {
    let table = second.table()?.clone();
    match second {
        Operation::DropColumn { column: name, .. } if *name == column.name => Some(Vec::new()),
        Operation::RenameColumn { from, to, .. } if *from == column.name => {
            let mut column = column.clone();
            column.name.clone_from(to);
            Some(vec![Operation::AddColumn {
                table,
                column: Box::new(column),
                fill: fill.cloned(),
            }])
        }
        Operation::AlterColumn {
            column: next,
            using: None,
            fill: later,
            ..
        } if next.name == column.name
            && next.generated == column.generated
            && next.identity == column.identity =>
        {
            // Existing rows have the value that they were given first.
            let first = fill.or(column.default.as_ref());
            Some(vec![Operation::AddColumn {
                table,
                column: next.clone(),
                fill: first.or(later.as_ref()).cloned(),
            }])
        }
        _ => None,
    }
}
