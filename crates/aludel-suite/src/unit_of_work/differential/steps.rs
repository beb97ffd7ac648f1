//! Operations on accounts, and on the session itself; each in the session and in the world.

use super::check::compare;
use super::details::{of_labels, of_settings};
use super::models::{Account, Country, NewAccount, Setting};
use super::more_steps::{bulk, of_links, of_places};
use super::operations::{Op, SLUGS, TEXTS};
use super::world::{AccountData, Entry, Snapshot, Status, World, living};
use super::{Checked, Wrong, equal};
use aludel::prelude::*;
use jiff::Timestamp;
use std::collections::HashSet;
use std::pin::Pin;

pub fn text(at: Option<usize>) -> Option<String> {
    at.map(|at| TEXTS[at].to_string())
}

/// Changes one of the entries that are there in the world; which one.
pub fn edit<M: Model, D: Clone + PartialEq>(
    entries: &mut [Entry<M, D>],
    nth: usize,
    change: impl FnOnce(&mut D),
) -> Option<usize> {
    let at = living(entries, nth)?;
    change(&mut entries[at].data);
    Some(at)
}

/// Brings memory to what the world has.
pub fn put_account(session: &mut Session, entry: &Entry<Account, AccountData>) -> Checked {
    let AccountData {
        slug,
        code,
        note,
        closed,
    } = entry.data.clone();
    if entry.is_pending() {
        let draft = session.draft_mut(entry.key)?;
        (draft.slug, draft.code, draft.note) = (slug, code, note);
        draft.deleted_at = closed;
    } else {
        let row = &mut session[entry.key];
        (row.slug, row.code, row.note) = (slug, code, note);
        row.deleted_at = closed;
    }
    Ok(())
}

/// Flushes, or commits. Where something is wrong with the rows it fails, changes nothing, and is mended.
async fn write(session: &mut Session, world: &mut World, commits: bool) -> Checked {
    loop {
        let along = world.cascade();
        let violations = world.violations();
        if violations.is_empty() {
            break;
        }
        let result = match commits {
            true => session.commit().await,
            false => session.flush().await,
        };
        let Err(error) = result else {
            return Err(Wrong(format!("{violations:?} were written")));
        };
        if !violations.iter().any(|of| of.kind() == error.kind()) {
            let why = format!("{:?}: {error}, expected {violations:?}", error.kind());
            return Err(Wrong(why));
        }
        world.stay(&along);
        compare(session, world).await?;
        for violation in violations {
            world.mend(session, violation)?;
        }
    }
    let before = world.accounts.iter().enumerate();
    let before = before.filter(|(_, entry)| entry.status == Status::Stored && !entry.removed);
    let before = before.map(|(at, entry)| {
        let is_written = entry.touched || entry.data != entry.stored;
        (at, entry.version, is_written)
    });
    let before: Vec<(usize, i64, bool)> = before.collect();
    match commits {
        true => session.commit().await?,
        false => session.flush().await?,
    };
    world.flushed();
    if commits {
        world.committed();
    }
    compare(session, world).await?;
    for (at, version, is_written) in before {
        let counted = world.accounts[at].version > version;
        equal(
            counted,
            is_written,
            format_args!("account {at} was written"),
        )?;
    }
    Ok(())
}

async fn flush(session: &mut Session, world: &mut World) -> Checked {
    write(session, world, false).await
}

async fn commit(session: &mut Session, world: &mut World, base: &mut Snapshot) -> Checked {
    write(session, world, true).await?;
    *base = world.snapshot();
    Ok(())
}

/// All of the operations, and a commit.
pub async fn whole(ops: &[Op], session: &mut Session, world: &mut World) -> Checked {
    let mut base = world.snapshot();
    run(ops, session, world, &mut base).await?;
    commit(session, world, &mut base).await
}

fn run<'a>(
    ops: &'a [Op],
    session: &'a mut Session,
    world: &'a mut World,
    base: &'a mut Snapshot,
) -> Pin<Box<dyn Future<Output = Checked> + 'a>> {
    Box::pin(async move {
        for op in ops {
            step(op, session, world, base).await?;
        }
        Ok(())
    })
}

async fn step(op: &Op, session: &mut Session, world: &mut World, base: &mut Snapshot) -> Checked {
    match op {
        Op::Flush => flush(session, world).await,
        Op::Commit => commit(session, world, base).await,
        Op::Rollback => {
            session.rollback().await?;
            world.rollback(base);
            compare(session, world).await
        }
        Op::Savepoint(ops, keep) => {
            flush(session, world).await?;
            let (back, mut within) = (world.snapshot(), world.snapshot());
            let mut savepoint = session.savepoint().await?;
            run(ops, &mut savepoint, world, &mut within).await?;
            if *keep {
                flush(&mut savepoint, world).await?;
                savepoint.commit().await?;
            } else {
                savepoint.rollback().await?;
                world.rollback(&back);
            }
            compare(session, world).await
        }
        Op::Read => read(session, world).await,
        Op::Restore(nth) => restore(*nth, session, world, base).await,
        Op::RemoveAccount(nth) => remove_account(*nth, session, world).await,
        Op::AddAccount(..) | Op::Slug(..) | Op::Code(..) | Op::Note(..) | Op::Close(..) => {
            of_accounts(op, session, world)
        }
        Op::Touch(nth) => {
            if let Some(at) = living(&world.accounts, *nth) {
                let entry = &mut world.accounts[at];
                session.touch(entry.key)?;
                entry.touched |= !entry.is_pending();
            }
            Ok(())
        }
        Op::AddSetting(..)
        | Op::RenameSetting(..)
        | Op::SetSetting(..)
        | Op::RemoveSetting(..)
        | Op::ReplaceSetting(..) => of_settings(op, session, world),
        Op::AddLabel(..) | Op::NameLabel(..) | Op::RemoveLabel(..) | Op::Tie { .. } => {
            of_labels(op, session, world)
        }
        Op::AddLink(..)
        | Op::InsertLink(..)
        | Op::UnchainLink(..)
        | Op::Lead(..)
        | Op::RemoveLink(..) => of_links(op, session, world),
        Op::BulkNote(..)
        | Op::BulkRemove(..)
        | Op::BulkLevel(..)
        | Op::BulkClear(..)
        | Op::BulkRename(..)
        | Op::BulkDropCountry(..)
        | Op::BulkDropLink(..) => {
            flush(session, world).await?;
            bulk(op, session, world).await?;
            compare(session, world).await
        }
        _ => of_places(op, session, world),
    }
}

fn of_accounts(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    let accounts = &mut world.accounts;
    let edited = match *op {
        Op::AddAccount(slug, code, note) => {
            let data = AccountData {
                slug: SLUGS[slug].into(),
                code,
                note: text(note),
                closed: None,
            };
            let key = session.add(NewAccount {
                slug: data.slug.clone(),
                code,
                note: data.note.clone(),
                deleted_at: None,
                version: None,
            });
            accounts.push(Entry::new(key, data));
            None
        }
        Op::Slug(nth, slug) => edit(accounts, nth, |data| data.slug = SLUGS[slug].into()),
        Op::Code(nth, code) => edit(accounts, nth, |data| data.code = code),
        Op::Note(nth, note) => edit(accounts, nth, |data| data.note = text(note)),
        Op::Close(nth, false) => edit(accounts, nth, |data| data.closed = None),
        Op::Close(nth, true) => edit(accounts, nth, |data| {
            let moment = Timestamp::from_second(1_714_978_489).expect("a moment");
            data.closed.get_or_insert(moment);
        }),
        _ => None,
    };
    match edited {
        Some(at) => put_account(session, &accounts[at]),
        None => Ok(()),
    }
}

async fn remove_account(nth: usize, session: &mut Session, world: &mut World) -> Checked {
    let Some(at) = living(&world.accounts, nth) else {
        return Ok(());
    };
    let is_pending = world.accounts[at].is_pending();
    // A row that is only marked as deleted keeps its labels, and whether changes of them are still written is not said.
    if !is_pending && world.changed_pairs.iter().any(|pair| pair.0 == at) {
        flush(session, world).await?;
    }
    for setting in &mut world.settings {
        if setting.is_pending() && setting.data.account == at {
            setting.remove(session)?;
        }
    }
    world.accounts[at].remove(session)?;
    if is_pending {
        world.pairs.retain(|pair| pair.0 != at);
        world.changed_pairs.retain(|pair| pair.0 != at);
    }
    Ok(())
}

async fn restore(
    nth: usize,
    session: &mut Session,
    world: &mut World,
    base: &mut Snapshot,
) -> Checked {
    commit(session, world, base).await?;
    let accounts = world.accounts.iter().enumerate();
    let kept = accounts.filter(|(_, entry)| entry.status == Status::Gone && entry.kept);
    let kept: Vec<usize> = kept.map(|(at, _)| at).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let entry = &mut world.accounts[kept[nth % kept.len()]];
    let query = Account::filter(Account::id.eq(entry.id)).unscoped();
    entry.key = session.one(query).await?;
    let row = &session[entry.key];
    (entry.version, entry.stored.closed) = (row.version, row.deleted_at);
    equal(
        row.deleted_at.is_some(),
        true,
        "a removed account is marked",
    )?;
    (entry.status, entry.kept) = (Status::Stored, false);
    entry.data = entry.stored.clone();
    entry.data.closed = None;
    put_account(session, entry)?;
    *base = world.snapshot();
    Ok(())
}

/// What is read are the rows that the session knows.
async fn read(session: &mut Session, world: &mut World) -> Checked {
    flush(session, world).await?;
    let found = session.all(Account::query()).await?;
    let found: HashSet<Key<Account>> = found.into_iter().collect();
    let open = world.accounts.iter();
    let open = open.filter(|entry| entry.lives() && entry.data.closed.is_none());
    let open: HashSet<Key<Account>> = open.map(|entry| entry.key).collect();
    equal(found, open, "the accounts that a query finds")?;
    for entry in &world.accounts {
        if entry.status == Status::Deleted {
            let found = session.find::<Account>(entry.id).await?;
            equal(found, None, "a removed account that was looked for")?;
        }
    }
    for entry in world.settings.iter().filter(|entry| entry.lives()) {
        let account = world.accounts[entry.data.account].id;
        let key = (account, entry.data.name.clone());
        let found = session.get::<Setting>(key).await?;
        equal(found, entry.key, "a setting by its key")?;
    }
    for entry in world.countries.iter().filter(|entry| entry.lives()) {
        let found = session.get::<Country>(entry.data.code.clone()).await?;
        equal(found, entry.key, "a country by its key")?;
    }
    compare(session, world).await
}
