//! `check`, `inspectdb`, `baseline`.

use crate::arguments::{Baseline, Check, Inspectdb};
use crate::{Context, Outcome};
use aludel_engine::{Error, Result};
use aludel_migrate::without_records;
use aludel_migrate::{Migrator, Pattern};

pub(crate) async fn check(context: &Context<'_>, words: &Check) -> Result<Outcome> {
    let output = context.output;
    let mut found = aludel_migrate::autogenerate::check(context.app)?;
    if words.against_db {
        let db = context.connect().await?;
        let migrator = Migrator::new(&db, context.app)?;
        let status = migrator.status().await?;
        if let Err(error) = status.check() {
            found.push(error.to_string());
        }
        if let Some(unfinished) = &status.unfinished {
            found.push(format!("{} is half done; run `migrate`", unfinished.id));
        }
        for id in { status.seen.order.iter() }.filter(|id| !status.seen.applied.contains(id)) {
            found.push(format!("{id} is not applied"));
        }
        for difference in migrator.drift().await? {
            found.push(format!(
                "the database differs from the history: {difference}"
            ));
        }
        name_unmanaged(context, &migrator).await?;
    }
    for line in &found {
        output.print(&output.notable(line));
    }
    if found.is_empty() {
        output.print(&output.good("All is well."));
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Found)
}

/// Lists what the database has that neither models nor migrations can express.
async fn name_unmanaged(context: &Context<'_>, migrator: &Migrator) -> Result<()> {
    for thing in migrator.unmanaged().await? {
        context.output.print(&format!("not managed: {thing}"));
    }
    Ok(())
}

pub(crate) async fn inspectdb(context: &Context<'_>, words: &Inspectdb) -> Result<Outcome> {
    let db = context.connect().await?;
    let ignored: Vec<Pattern> = { words.ignore.iter() }
        .map(|text| text.as_str().into())
        .collect();
    let live = without_records(db.inspect().await?);
    let mut schema = context.app.owned(live, &ignored);
    if !words.tables.is_empty() {
        for name in &words.tables {
            if !schema
                .tables
                .iter()
                .any(|table| table.name.to_string() == *name)
            {
                return Err(Error::migration(format!("there is no table {name:?}")));
            }
        }
        schema
            .tables
            .retain(|table| words.tables.contains(&table.name.to_string()));
    }
    let survey = match words.declared {
        true => aludel_migrate::codegen::survey_types(&db, &schema).await?,
        false => aludel_migrate::codegen::survey(&db, &schema).await?,
    };
    context.output.print(&aludel_migrate::codegen::models_read(
        &schema,
        db.dialect(),
        &survey,
    ));
    Ok(Outcome::Done)
}

pub(crate) async fn baseline(context: &Context<'_>, words: &Baseline) -> Result<Outcome> {
    let output = context.output;
    let db = context.connect().await?;
    let migrator = Migrator::new(&db, context.app)?;
    match migrator.baseline(words.force).await? {
        Ok(plan) => {
            name_unmanaged(context, &migrator).await?;
            for (id, _) in &plan.steps {
                output.print(&format!("{id} {}", output.good("recorded as applied")));
            }
            Ok(Outcome::Done)
        }
        Err(all) => {
            for difference in &all {
                output.print(&output.notable(&difference.to_string()));
            }
            Err(Error::migration(
                "the database is not like the history; change the models until it is, or say `--force`",
            ))
        }
    }
}
