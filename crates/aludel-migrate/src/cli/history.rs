//! `showmigrations`, `sqlmigrate`, `squashmigrations`, `rebase`, `lint`.

use super::arguments::{Lint, Rebase, Showmigrations, Sqlmigrate, Squash};
use super::{Context, Outcome};
use crate::execute::Migrator;
use crate::graph::{Graph, Seen};
use crate::make::{about, check_folder, write_file, write_list};
use crate::migration::MigrationId;
use crate::operation::Operation;
use crate::plan::Target;
use crate::source::{MigrationFile, path_of};
use crate::sql::{compile, compile_back};
use crate::state::State;
use aludel_engine::{Error, Result};
use std::collections::BTreeSet;

pub(super) async fn showmigrations(
    context: &Context<'_>,
    words: &Showmigrations,
) -> Result<Outcome> {
    let output = context.output;
    let db = context.connect().await?;
    let migrator = Migrator::new(&db, context.app)?;
    let status = migrator.status().await?;
    for module in context.app.modules() {
        if !module.name.is_empty() {
            output.print(&module.name);
        }
        let of_module = status
            .seen
            .order
            .iter()
            .filter(|id| id.module == module.name);
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
            && let heads @ [_, _, ..] = status.seen.heads(&module.name).as_slice()
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

/// The migration that a name or its beginning means.
fn find(text: &str, seen: &Seen) -> Result<MigrationId> {
    match Target::parse(Some(text), seen)? {
        Target::To(id) => Ok(id),
        _ => Err(Error::migration(format!(
            "{text:?} is the name of no migration"
        ))),
    }
}

fn with_semicolon(text: &str) -> String {
    let text = text.trim_end();
    if text.starts_with("--") || text.ends_with(';') {
        text.to_string()
    } else {
        format!("{text};")
    }
}

/// The statements of a migration as a script: one transaction where it is one, and on SQLite with foreign keys off while
/// tables are made anew.
pub(super) fn script(
    steps: &[crate::sql::Step],
    atomic: bool,
    dialect: &dyn aludel_sql::dialect::Dialect,
) -> Vec<String> {
    use crate::sql::Work;
    let concurrent = steps
        .iter()
        .any(|step| matches!(step.work, Work::Concurrent(_)));
    let rebuilds = steps
        .iter()
        .any(|step| matches!(step.work, Work::Rebuild(_)));
    let one = atomic && !concurrent && dialect.capabilities().transactional_ddl;
    let mut all: Vec<String> = Vec::new();
    if rebuilds {
        all.push("PRAGMA foreign_keys = OFF;".into());
    }
    if one {
        all.push("BEGIN;".into());
    }
    let texts = steps.iter().flat_map(crate::sql::Step::texts);
    all.extend(texts.map(|text| with_semicolon(&text)));
    if rebuilds {
        all.push("PRAGMA foreign_key_check;".into());
    }
    if one {
        all.push("COMMIT;".into());
    }
    if rebuilds {
        all.push("PRAGMA foreign_keys = ON;".into());
    }
    all
}

/// The state before a migration, where all that stands before it is applied.
fn before(graph: &Graph, seen: &Seen, id: &MigrationId) -> Result<State> {
    let mut state = State::default();
    let earlier = seen.order.iter().take_while(|other| *other != id);
    graph.fold(earlier, &mut state)?;
    Ok(state)
}

pub(super) fn sqlmigrate(context: &Context<'_>, words: &Sqlmigrate) -> Result<Outcome> {
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
    for text in script(&steps, migration.is_atomic(), dialect) {
        context.output.print(&text);
    }
    Ok(Outcome::Done)
}

pub(super) fn squashmigrations(context: &Context<'_>, words: &Squash) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let last = find(&words.last, &seen)?;
    let first = words
        .from
        .as_deref()
        .map(|text| find(text, &seen))
        .transpose()?;
    let module = context.app.find(&last.module)?;
    let squashed = crate::squash::squash(&graph, first.as_ref(), &last)?;
    let place_of = |operation: &Operation| -> Option<String> {
        let (id, n) = squashed.place_of(&graph, operation)?;
        Some(format!(
            "super::m{}::migration().operations()[{n}].clone()",
            id.name
        ))
    };
    let text = format!(
        "Stands for {} migrations.\n{}",
        squashed.migration.replaced().len(),
        about(&squashed.migration)
    );
    let file = MigrationFile::new(&squashed.migration, &text, &place_of);
    let path = path_of(&module.folder, &file.name);
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
    check_folder(module)?;
    write_file(&path, &file.text)?;
    write_list(&module.folder)?;
    Ok(Outcome::Done)
}

pub(super) fn rebase(context: &Context<'_>, words: &Rebase) -> Result<Outcome> {
    let graph = Graph::new(context.app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let head = find(&words.head, &seen)?;
    let moved = crate::rebase(&graph, &head)?;
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
    // All files are read before one is written.
    let mut files = Vec::new();
    for one in &moved {
        let module = context.app.find(&one.from.module)?;
        check_folder(module)?;
        let path = path_of(&module.folder, &one.from.name);
        let text =
            std::fs::read_to_string(&path).map_err(|error| crate::make::of_file(&path, &error))?;
        let text = crate::source::format(&MigrationFile::moved(&text, one));
        files.push((path, path_of(&module.folder, &one.to.name), text));
    }
    for (_, to, text) in &files {
        write_file(to, text)?;
    }
    for (from, _, _) in
        { files.iter() }.filter(|(from, ..)| !files.iter().any(|(_, to, _)| to == from))
    {
        std::fs::remove_file(from).map_err(|error| crate::make::of_file(from, &error))?;
    }
    let mut folders: Vec<_> = files.iter().filter_map(|(_, to, _)| to.parent()).collect();
    folders.dedup();
    for folder in folders {
        write_list(folder)?;
    }
    let parents: Vec<String> = { seen.parents(&moved[0].from).iter() }
        .map(ToString::to_string)
        .collect();
    context.output.print(&format!(
        "Where the branch is applied already, undo it before you build the program again: `migrate {}`.",
        parents.first().map_or("zero", String::as_str)
    ));
    Ok(Outcome::Done)
}

pub(super) fn lint(context: &Context<'_>, words: &Lint) -> Result<Outcome> {
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
            for finding in crate::lint::lint(id, migration, &state, dialect)? {
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
