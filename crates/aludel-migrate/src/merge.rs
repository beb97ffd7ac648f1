//! Two branches: [`merge`] if they commute, [`rebase`] to move one on top of the other.

use crate::app::App;
use crate::autogenerate::{check_folder, of_file, write_file, write_list};
use crate::files::{MigrationFile, path_of};
use crate::graph::Graph;
use crate::id::MigrationId;
use crate::migration::Migration;
use crate::state::State;
use aludel_engine::{Error, Result};

/// A merge migration for the heads of a module; none if there is only one head.
///
/// # Errors
/// Two operations whose order matters; the error names them and their migrations.
pub fn merge(graph: &Graph, module: &str) -> Result<Option<Migration>> {
    let seen = graph.seen(&Default::default())?;
    let heads = seen.heads(module);
    let [first, others @ ..] = heads.as_slice() else {
        return Ok(None);
    };
    if others.is_empty() {
        return Ok(None);
    }
    for (n, a) in heads.iter().enumerate() {
        for b in &heads[n + 1..] {
            if let Some(conflict) = graph.conflict(a, b)? {
                return Err(Error::migration(format!(
                    "{a} and {b} can't be merged, their order matters: {conflict}; move one after the other with `rebase {}`",
                    b.name
                )));
            }
            if let Some(why) = differ(graph, &seen, a, b) {
                return Err(Error::migration(format!(
                    "{a} and {b} can't be merged, their order matters: {why}; move one after the other with `rebase {}`",
                    b.name
                )));
            }
        }
    }
    let number = crate::files::next_number(&seen, module);
    let names: Vec<String> = heads.iter().map(|head| short(&head.name)).collect();
    let name = crate::files::file_name(&format!("merge_{}", names.join("_and_")));
    let mut migration = Migration::new(format!("{number:04}_{name}")).depends_on(&first.name);
    for other in others {
        migration = migration.depends_on(&other.name);
    }
    Ok(Some(migration))
}

/// Why two heads lead to different results in the two orders, if they do.
fn differ(
    graph: &Graph,
    seen: &crate::graph::Seen,
    a: &MigrationId,
    b: &MigrationId,
) -> Option<String> {
    let (of_a, of_b) = (seen.with_ancestors(a), seen.with_ancestors(b));
    let way = |first: &std::collections::BTreeSet<MigrationId>,
               then: &std::collections::BTreeSet<MigrationId>| {
        let mut state = State::default();
        let start = seen.order.iter().filter(|id| first.contains(id));
        let rest = seen
            .order
            .iter()
            .filter(|id| then.contains(id) && !first.contains(id));
        graph.fold(start.chain(rest), &mut state).map(|()| state)
    };
    match (way(&of_a, &of_b), way(&of_b, &of_a)) {
        (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
        (Ok(one), Ok(other)) => (!crate::squash::same_schema(&one.schema, &other.schema))
            .then(|| "they lead to different schemas".to_string()),
    }
}

/// A name without its number.
fn short(name: &str) -> String {
    name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_')
        .to_string()
}

/// A migration of a branch that is moved on top of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its current name.
    pub from: MigrationId,
    /// Its new name.
    pub to: MigrationId,
    /// Names in its file that have to be replaced.
    pub names: Vec<(String, String)>,
}

/// Moves the branch that ends in `head` on top of the other head of its module: its migrations get the next numbers, and the
/// first of them depends on the other head. The files have to be changed as [`Moved`] says; see [`MigrationFile::moved`].
///
/// # Errors
/// A module that does not have two heads; a branch that is invalid on top of the other one.
pub fn rebase(graph: &Graph, head: &MigrationId) -> Result<Vec<Moved>> {
    let seen = graph.seen(&Default::default())?;
    let heads = seen.heads(&head.module);
    if !heads.contains(head) {
        let known: Vec<String> = heads.iter().map(ToString::to_string).collect();
        return Err(Error::migration(format!(
            "{head} is no head; the heads are {}",
            known.join(", ")
        )));
    }
    let others: Vec<&MigrationId> = heads.iter().filter(|other| *other != head).collect();
    let [onto] = others.as_slice() else {
        return Err(Error::migration(if others.is_empty() {
            format!("{head} is the only head; there is nothing to put it behind")
        } else {
            "there are more than two heads; merge or rebase two of them first".into()
        }));
    };
    let (mine, theirs) = (seen.with_ancestors(head), seen.with_ancestors(onto));
    let branch: Vec<&MigrationId> = { seen.order.iter() }
        .filter(|id| mine.contains(id) && !theirs.contains(id))
        .collect();
    // The branch is tried on top of the other one before any file is touched.
    let mut state = State::default();
    let rest = seen.order.iter().filter(|id| theirs.contains(id));
    graph
        .fold(rest.chain(branch.iter().copied()), &mut state)
        .map_err(|error| Error::migration(format!("{head} can't follow {onto}: {error}")))?;
    let mut number = { theirs.iter() }
        .filter(|id| id.module == head.module)
        .filter_map(|id| id.name.get(..4)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    let mut names: Vec<(String, String)> = Vec::new();
    let mut moved: Vec<Moved> = Vec::new();
    for id in branch {
        let mut own = names.clone();
        for parent in seen.parents(id) {
            if theirs.contains(parent) && parent.module == id.module {
                own.push((parent.name.clone(), onto.name.clone()));
                own.push((parent.to_string(), onto.to_string()));
            }
        }
        let to = if id.module == head.module {
            number += 1;
            MigrationId::new(&id.module, format!("{number:04}_{}", short(&id.name)))
        } else {
            id.clone()
        };
        // As its own module writes it, and as other modules do.
        for (old, new) in [
            (id.name.clone(), to.name.clone()),
            (id.to_string(), to.to_string()),
        ] {
            names.push((old.clone(), new.clone()));
            own.push((old, new));
        }
        moved.push(Moved {
            from: id.clone(),
            to,
            names: own,
        });
    }
    // Other migrations that depend on the branch have to use its new names.
    for id in &seen.order {
        let known = moved.iter().any(|one| one.from == *id);
        let after = seen.parents(id).iter().any(|parent| {
            moved
                .iter()
                .any(|one| one.from == *parent && one.from != one.to)
        });
        if !known && after {
            moved.push(Moved {
                from: id.clone(),
                to: id.clone(),
                names: names.clone(),
            });
        }
    }
    Ok(moved)
}

/// Changes the files of a branch as [`rebase`] says, and rewrites the lists of their modules.
///
/// # Errors
/// A folder whose files differ from those that are compiled into the program; file system errors.
pub fn write_moved(app: &App, moved: &[Moved]) -> Result<()> {
    // All files are read before one is written.
    let mut files = Vec::new();
    for one in moved {
        let module = app.find(&one.from.module)?;
        check_folder(module)?;
        let path = path_of(&module.folder, &one.from.name);
        let text = std::fs::read_to_string(&path).map_err(|error| of_file(&path, &error))?;
        let text = crate::source::format(&MigrationFile::moved(&text, one));
        files.push((path, path_of(&module.folder, &one.to.name), text));
    }
    for (_, to, text) in &files {
        write_file(to, text)?;
    }
    for (from, ..) in
        { files.iter() }.filter(|(from, ..)| !files.iter().any(|(_, to, _)| to == from))
    {
        std::fs::remove_file(from).map_err(|error| of_file(from, &error))?;
    }
    let mut folders: Vec<_> = files.iter().filter_map(|(_, to, _)| to.parent()).collect();
    folders.dedup();
    for folder in folders {
        write_list(folder)?;
    }
    Ok(())
}

impl MigrationFile {
    /// A file's text with names replaced, as [`rebase`] says.
    pub fn moved(text: &str, moved: &Moved) -> String {
        let mut text = text.to_string();
        // By way of unused placeholders, so that no name is replaced twice.
        for (n, (from, _)) in moved.names.iter().enumerate() {
            text = text.replace(&format!("\"{from}\""), &format!("\"\u{1}{n}\u{1}\""));
        }
        for (n, (_, to)) in moved.names.iter().enumerate() {
            text = text.replace(&format!("\"\u{1}{n}\u{1}\""), &format!("\"{to}\""));
        }
        text
    }
}
