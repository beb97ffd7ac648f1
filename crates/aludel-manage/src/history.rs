//! `showmigrations`, `sqlmigrate`, `squashmigrations`, `rebase`, `lint`.

use crate::arguments::{Lint, Rebase, Showmigrations, Sqlmigrate, Squash};
use crate::{Context, Outcome};
use aludel_engine::{Error, Result};
use aludel_migrate::MigrationId;
use aludel_migrate::Migrator;
use aludel_migrate::State;
use aludel_migrate::Target;
use aludel_migrate::codegen::path_of;
use aludel_migrate::sql::{compile, compile_back};
use aludel_migrate::{Graph, Seen};
use std::collections::BTreeSet;

pub(crate) async fn showmigrations(
    context: &Context<'_>,
    words: &Showmigrations,
) -> Result<Outcome> {
    let output = context.output;
    let db = context.connect().await?;
    let migrator = Migrator::new(&db, context.app)?;
    let status = migrator.status().await?;
    for module in context.app.modules() {
        if !module.name().is_empty() {
            output.print(module.name());
        }
        let of_module = status
            .seen
            .order
            .iter()
            .filter(|id| id.module == module.name());
        for id in of_module {
            let applied = status.seen.applied.contains(id);
            let mark = if applied {
                output.good("[x]")
            } else {
                "[ ]".into()
            };
            let mut line = format!(" {mark} {}", id.name);
            if status.changed.contains(id) {
                line.push_str(&output.notable(" (changed since it was applied)"));
            }
            if let Some(unfinished) = status.unfinished.as_ref().filter(|row| row.id == *id) {
                let text = format!(
                    " (half done: {} steps {})",
                    unfinished.done, unfinished.direction
                );
                line.push_str(&output.notable(&text));
            }
            if words.graph {
                let parents: Vec<String> = { status.seen.parents(id).iter() }
                    .map(|parent| parent.seen_from(&id.module))
                    .collect();
                if !parents.is_empty() {
                    line.push_str(&format!(" <- {}", parents.join(", ")));
                }
            }
            output.print(&line);
        }
        if words.graph
            && let heads @ [_, _, ..] = status.seen.heads(module.name()).as_slice()
        {
            let names: Vec<&str> = heads.iter().map(|id| id.name.as_str()).collect();
            output.print(&output.notable(&format!(" heads: {}", names.join(", "))));
        }
    }
    for id in &status.unknown {
        output.print(&output.notable(&format!(" [x] {id} (not in this program)")));
    }
    Ok(Outcome::Done)
}

/// The migration with a name, or with a name that begins so.
fn find(text: &str, seen: &Seen) -> Result<MigrationId> {
    match Target::parse(Some(text), seen)? {
        Target::To(id) => Ok(id),
        _ => Err(Error::migration(format!(
            "{text:?} is the name of no migration"
        ))),
    }
}

/// The state before a migration, if everything before it is applied.
fn before(graph: &Graph, seen: &Seen, id: &MigrationId) -> Result<State> {
    let mut state = State::default();
    let earlier = seen.order.iter().take_while(|other| *other != id);
    graph.fold(earlier, &mut state)?;
    Ok(state)
}

pub(crate) fn sqlmigrate(context: &Context<'_>, words: &Sqlmigrate) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let id = find(&words.name, &seen)?;
    let dialect = context.dialect(words.dialect.as_deref())?;
    let mut state = before(&graph, &seen, &id)?;
    let Some(migration) = graph.get(&id) else {
        return Err(Error::migration(format!("there is no migration {id}")));
    };
    let steps = if words.backwards {
        compile_back(migration.operations(), &state, &id.module, dialect)?
    } else {
        compile(migration.operations(), &mut state, &id.module, dialect)?
    };
    for text in aludel_migrate::sql::script(&steps, migration.is_atomic(), None, dialect) {
        context.output.print(&text);
    }
    Ok(Outcome::Done)
}

pub(crate) fn squashmigrations(context: &Context<'_>, words: &Squash) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let last = find(&words.last, &seen)?;
    let first = words
        .from
        .as_deref()
        .map(|text| find(text, &seen))
        .transpose()?;
    let module = context.app.find(&last.module)?;
    let squashed = aludel_migrate::squash::squash(&graph, first.as_ref(), &last)?;
    let file = squashed.file(&graph, module.path())?;
    let path = path_of(module.path(), &file.name);
    context.output.print(&format!(
        "{}: {} operations for those of {} migrations",
        context.output.good(&path.display().to_string()),
        squashed.migration.operations().len(),
        squashed.migration.replaced().len()
    ));
    if words.dry_run {
        context.output.print(&file.text);
        return Ok(Outcome::Done);
    }
    squashed.write(&graph, module)?;
    Ok(Outcome::Done)
}

pub(crate) fn rebase(context: &Context<'_>, words: &Rebase) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let head = find(&words.head, &seen)?;
    let moved = aludel_migrate::rebase(&graph, &head)?;
    for one in &moved {
        context.output.print(&format!(
            "{} becomes {}",
            one.from,
            context.output.good(&one.to.name)
        ));
    }
    if words.dry_run {
        return Ok(Outcome::Done);
    }
    aludel_migrate::write_moved(context.app, &moved)?;
    let parents: Vec<String> = { seen.parents(&moved[0].from).iter() }
        .map(ToString::to_string)
        .collect();
    context.output.print(&format!(
        "Where the branch is applied already, undo it before you build the program again: `migrate {}`.",
        parents.first().map_or("zero", String::as_str)
    ));
    Ok(Outcome::Done)
}

pub(crate) fn lint(context: &Context<'_>, words: &Lint) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let dialect = context.dialect(words.dialect.as_deref())?;
    let wanted: Vec<MigrationId> = words
        .names
        .iter()
        .map(|name| find(name, &seen))
        .collect::<Result<_>>()?;
    let mut found = false;
    let mut state = State::default();
    for id in &seen.order {
        let Some(migration) = graph.get(id) else {
            continue;
        };
        if wanted.is_empty() || wanted.contains(id) {
            for finding in aludel_migrate::lint::lint(id, migration, &state, dialect)? {
                found = true;
                context.output.print(&finding.to_string());
            }
        }
        migration.apply(&mut state, &id.module)?;
    }
    if !found {
        context
            .output
            .print(&format!("Nothing to worry about on {}.", dialect.name()));
    }
    Ok(if found { Outcome::Found } else { Outcome::Done })
}
