//! `migrate`.

use crate::arguments::Migrate;
use crate::{Context, Outcome};
use aludel_engine::Result;
use aludel_migrate::Progress;
use aludel_migrate::State;
use aludel_migrate::spi::recorder;
use aludel_migrate::{Direction, Plan, Target};
use aludel_migrate::{Migrator, Patience};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) async fn migrate(context: &Context<'_>, words: &Migrate) -> Result<Outcome> {
    let output = context.output;
    let db = context.connect().await?;
    let migrator = Migrator::new(&db, context.app)?
        .allow_newer(words.allow_newer)
        .patience(Patience {
            lock_timeout: Duration::from_secs(words.lock_timeout.max(1)),
            ..Patience::default()
        });
    if words.accept_changes {
        for id in migrator.accept_changes().await? {
            output.print(&format!("{id} is taken as it is now"));
        }
        return Ok(Outcome::Done);
    }
    if words.skip_begun {
        match migrator.skip_begun().await? {
            Some(id) => output.print(&format!("{id} goes on behind the statement that was begun")),
            None => output.print("No statement was begun and not done."),
        }
        return Ok(Outcome::Done);
    }
    if words.undo_unfinished {
        match migrator.undo_unfinished().await? {
            Some(id) => output.print(&format!("{id} is undone")),
            None => output.print("Nothing is unfinished."),
        }
        return Ok(Outcome::Done);
    }
    let migrator = reported(migrator, context);
    let status = migrator.status().await?;
    let target = Target::parse(words.target.as_deref(), &status.seen)?;
    if words.plan || words.sql {
        status.check_known(words.allow_newer)?;
        let plan = target.plan(migrator.graph(), &status.seen)?;
        if let Some(unfinished) = &status.unfinished {
            output.print(&format!(
                "go on with {} ({})",
                unfinished.id, unfinished.direction
            ));
        }
        if plan.steps.is_empty() {
            output.print("Nothing to do.");
        }
        if words.sql && !plan.steps.is_empty() {
            for text in recorder::prepare_texts(db.dialect())? {
                output.print(&format!("{text};"));
            }
        }
        let mut state = State::default();
        let applied = { status.seen.order.iter() }.filter(|id| status.seen.applied.contains(id));
        migrator.graph().fold(applied, &mut state)?;
        for (id, direction, steps) in migrator.steps(&plan, &status.seen, db.dialect())? {
            let word = if direction == Direction::Forward {
                "apply"
            } else {
                "undo"
            };
            if words.sql {
                output.print(&format!("-- {word} {id}"));
                let migration = migrator.graph().get(&id);
                let atomic = migration.is_some_and(aludel_migrate::Migration::is_atomic);
                let hash = migration
                    .map(aludel_migrate::Migration::hash)
                    .unwrap_or_default();
                let recorded = match direction {
                    Direction::Forward => recorder::add_text(&id, &hash, db.dialect())?,
                    Direction::Backward => recorder::remove_text(&id, db.dialect())?,
                };
                for text in
                    aludel_migrate::sql::script(&steps, atomic, Some(recorded), db.dialect())
                {
                    output.print(&text);
                }
            } else {
                output.print(&format!("{word} {id}"));
                if let (Direction::Forward, Some(migration)) =
                    (direction, migrator.graph().get(&id))
                {
                    for operation in migration.operations() {
                        output.print(&output.operation_on(operation, &state));
                        operation.apply(&mut state, &id.module)?;
                    }
                }
            }
        }
        return Ok(Outcome::Done);
    }
    let plan = if words.fake {
        migrator.fake(&target).await?
    } else if words.fake_initial {
        migrator.fake_initial(&target).await?
    } else {
        // Each is printed as soon as it is done: later ones may fail.
        let plan = migrator.migrate(&target).await?;
        if plan.steps.is_empty() {
            output.print("Nothing to do.");
            // `check` reports models that contradict each other.
            if target == Target::Latest
                && !aludel_migrate::autogenerate::check(context.app).is_ok_and(|all| all.is_empty())
            {
                output.print(&output.notable(
                    "The models have changes that no migration has yet: `check` names them, `makemigrations` writes them.",
                ));
            }
        }
        return Ok(Outcome::Done);
    };
    tell(context, &plan, words.fake);
    Ok(Outcome::Done)
}

fn tell(context: &Context<'_>, plan: &Plan, fake: bool) {
    let output = context.output;
    if plan.steps.is_empty() {
        output.print("Nothing to do.");
    }
    for (id, direction) in &plan.steps {
        let word = match (direction, fake) {
            (Direction::Forward, false) => "applied",
            (Direction::Backward, false) => "undone",
            (Direction::Forward, true) => "recorded as applied",
            (Direction::Backward, true) => "recorded as not applied",
        };
        output.print(&format!("{id} {}", output.good(word)));
    }
}

/// Prints each migration as soon as it is done; long work shows a bar, on a terminal.
fn reported(migrator: Migrator, context: &Context<'_>) -> Migrator {
    let output = context.output.clone();
    // A bar moves the cursor, which a dumb terminal does not.
    let target = match output.is_captured() || super::output::is_dumb() {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    };
    let bar = ProgressBar::with_draw_target(None, target);
    let undoes = AtomicBool::new(false);
    if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    migrator.report(move |progress| match progress {
        Progress::Started { id, backwards, .. } => {
            undoes.store(backwards, Ordering::Relaxed);
            // A bar that was cleared stays hidden until it is reset.
            bar.reset();
            bar.set_message("");
            bar.set_prefix(format!("{} {id}", if backwards { "undo" } else { "apply" }));
        }
        Progress::Step {
            place: (n, of),
            text,
        } => {
            bar.set_length(of as u64);
            bar.set_position(n.saturating_sub(1) as u64);
            bar.set_message(text.chars().take(60).collect::<String>());
        }
        Progress::Done { place: (n, _) } => bar.set_position(n as u64),
        Progress::Waiting { tries, .. } => bar.set_message(format!("waits for a lock ({tries})")),
        Progress::Rows { table, done, total } => {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(format!("rows of {table}"));
        }
        Progress::Finished { id } => {
            bar.finish_and_clear();
            let word = match undoes.load(Ordering::Relaxed) {
                true => "undone",
                false => "applied",
            };
            output.print(&format!("{id} {}", output.good(word)));
        }
        Progress::Skipped { .. } => bar.finish_and_clear(),
        // What is only progress needs no line.
        _ => {}
    })
}
