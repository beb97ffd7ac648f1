//! `makemigrations`.

use crate::arguments::Makemigrations;
use crate::ask::Asked;
use crate::{Context, Outcome};
use aludel_engine::{Error, Result};
use aludel_migrate::Graph;
use aludel_migrate::State;
use aludel_migrate::autodetector::Undecided;
use aludel_migrate::autogenerate::{Made, make, write};
use aludel_migrate::codegen::file_name;

pub(crate) fn makemigrations(context: &Context<'_>, words: &Makemigrations) -> Result<Outcome> {
    let (app, output) = (context.app, context.output);
    for module in app.modules() {
        if !words.check && !words.dry_run {
            aludel_migrate::autogenerate::check_folder(module)?;
        }
    }
    let made = if words.merge {
        merged(context, words)?
    } else if words.empty {
        vec![aludel_migrate::autogenerate::empty(
            context.app,
            module(context, words)?,
            words.name.as_deref(),
        )?]
    } else {
        let mut asked = Asked::new(context, words)?;
        let made = make(app, words.name.as_deref(), &mut asked);
        if let Err(Undecided::Error(error)) = made {
            return Err(error);
        }
        asked.check()?;
        match made {
            Ok(made) => made,
            Err(_) if asked.is_stopped() => {
                output.error("stopped; nothing is written");
                return Ok(Outcome::Undecided);
            }
            Err(undecided) => {
                output.error(&undecided.to_string());
                return Ok(Outcome::Undecided);
            }
        }
    };
    if made.is_empty() {
        output.print(if words.merge {
            "There is one head; nothing to merge."
        } else {
            "No changes."
        });
        return Ok(Outcome::Done);
    }
    for one in &made {
        let path = one.folder.join(one.file.file_name());
        output.print(&output.good(&path.display().to_string()));
        let mut state = State::default();
        let graph = Graph::new(app)?;
        let seen = graph.seen(&Default::default())?;
        graph.fold(seen.order.iter(), &mut state)?;
        for operation in one.migration.operations() {
            output.print(&output.operation_on(operation, &state));
            // Another module's new tables may be missing here: then later changes are shown without details.
            drop(operation.apply(&mut state, &one.module));
        }
        if words.dry_run {
            output.print(&one.file.text);
        }
    }
    if words.check {
        return Ok(Outcome::Found);
    }
    if !words.dry_run {
        write(app, &made)?;
    }
    Ok(Outcome::Done)
}

/// The module that was named, or the only one.
fn module<'a>(
    context: &'a Context<'_>,
    words: &Makemigrations,
) -> Result<&'a aludel_migrate::Module> {
    match (&words.module, context.app.modules()) {
        (Some(name), _) => context.app.find(name),
        (None, [only]) => Ok(only),
        _ => Err(Error::migration(
            "there are several modules; say which: `--module NAME`",
        )),
    }
}

fn merged(context: &Context<'_>, words: &Makemigrations) -> Result<Vec<Made>> {
    let graph = Graph::new(context.app)?;
    let mut made = Vec::new();
    for module in context.app.modules() {
        if words
            .module
            .as_ref()
            .is_some_and(|name| name != module.name())
        {
            continue;
        }
        if let Some(mut migration) = aludel_migrate::merge(&graph, module.name())? {
            if let Some(name) = &words.name {
                let number = migration.name().get(..4).unwrap_or("0000").to_string();
                migration = migration.renamed(format!("{number}_{}", file_name(name)));
            }
            made.push(Made::of(module, migration));
        }
    }
    Ok(made)
}
