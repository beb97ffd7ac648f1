//! The database, as the session's transaction sees it, the session's memory and the world are the same.

use super::models::{Account, City, Country, Label, Link, Setting};
use super::world::{AccountData, Entry, Home, Status, World};
use super::{Checked, Wrong, equal};
use aludel::prelude::*;
use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;

/// The rows of one model.
struct Rows<'a, M: Model, D> {
    session: &'a Session,
    entries: &'a [Entry<M, D>],
    /// What the database has.
    found: &'a [M],
}

impl<M: Model + Debug, D: Clone + PartialEq + Debug> Rows<'_, M, D> {
    fn keys(&self, is: fn(&Entry<M, D>) -> bool) -> Vec<Key<M>> {
        let entries = self.entries.iter().filter(|entry| is(entry));
        entries.map(|entry| entry.key).collect()
    }

    /// Compares what can be seen of rows, of what the world has, and of drafts. `is_row` finds the row in the database of
    /// an entry and its row in memory.
    fn same<V: PartialEq + Debug>(
        &self,
        is_row: impl Fn(&M, &M, &Entry<M, D>) -> bool,
        of_row: impl Fn(&M) -> V,
        of_data: impl Fn(&D) -> V,
        of_draft: impl Fn(&M::New) -> V,
    ) -> Checked {
        let mut there = 0;
        for (at, entry) in self.entries.iter().enumerate() {
            let name = format!("{} {at}", M::NAME);
            let (session, key) = (self.session, entry.key);
            match entry.status {
                Status::Pending => {
                    let draft = of_draft(session.draft(key)?);
                    equal(draft, of_data(&entry.data), format_args!("{name}'s draft"))?;
                }
                Status::Stored => {
                    there += 1;
                    let row = session.row(key)?;
                    let found = self.found.iter().find(|found| is_row(found, row, entry));
                    let found =
                        found.ok_or_else(|| {
                            let (rows, data) = (self.found, &entry.stored);
                            Wrong(format!("{name} is not in the database: {data:?}, in memory {row:?}, in the database {rows:?}"))
                        })?;
                    let (stored, known) = (of_data(&entry.stored), of_data(&entry.data));
                    equal(
                        of_row(found),
                        stored,
                        format_args!("{name} in the database"),
                    )?;
                    equal(of_row(row), known, format_args!("{name} in memory"))?;
                    let is_changed = entry.data != entry.stored || entry.touched;
                    // A reference may be led away and back.
                    if !entry.removed && (is_changed || !entry.linked) {
                        let is_dirty = session.is_dirty(key)?;
                        equal(is_dirty, is_changed, format_args!("{name} is dirty"))?;
                    }
                }
                Status::Deleted | Status::Gone => {
                    let is_gone = session.row(key).is_err();
                    equal(is_gone, true, format_args!("{name} is gone from memory"))?;
                }
            }
        }
        let name = M::NAME;
        equal(self.found.len(), there, format_args!("rows of {name}"))?;
        let new = self.keys(Entry::is_pending);
        equal(self.session.new_keys::<M>(), new, "new keys")?;
        let deleted: HashSet<Key<M>> = self.session.deleted_keys::<M>().into_iter().collect();
        let removed = self.keys(|entry| entry.removed).into_iter().collect();
        equal(deleted, removed, "keys to be deleted")
    }
}

/// Notes what the database numbered.
fn learn<M: Model, D: Clone + PartialEq>(
    session: &Session,
    entries: &mut [Entry<M, D>],
    numbers: impl Fn(&M) -> (i64, i64),
) -> Checked {
    for entry in entries {
        if entry.status == Status::Stored {
            (entry.id, entry.version) = numbers(session.row(entry.key)?);
        }
    }
    Ok(())
}

/// Compares all of it. Nothing is flushed for that.
pub async fn compare(session: &mut Session, world: &mut World) -> Checked {
    // What a rollback or a statement left in doubt is read again.
    session
        .without_autoflush(async |session| {
            session.all(City::query()).await?;
            session.all(Link::query()).await
        })
        .await?;
    let session = &*session;
    learn(session, &mut world.accounts, |row| (row.id, row.version))?;
    learn(session, &mut world.links, |row| (row.id, 0))?;
    learn(session, &mut world.labels, |row| (row.id, 0))?;
    accounts(session, world).await?;
    settings(session, world).await?;
    places(session, world).await?;
    links(session, world).await?;
    let labels = Label::query().all(session.executor()).await?;
    let rows = Rows {
        session,
        entries: &world.labels,
        found: &labels,
    };
    rows.same(
        |found, row, _| found.id == row.id,
        |row| row.name.clone(),
        |data| data.name.clone(),
        |draft| draft.name.clone(),
    )
}

async fn accounts(session: &Session, world: &World) -> Checked {
    let db = session.executor();
    let all = Account::query().unscoped().with(Account::labels);
    let all = all.all(db).await?;
    let mut pairs = BTreeSet::new();
    for row in &all {
        pairs.extend(row.labels.loaded()?.iter().map(|label| (row.id, label.id)));
    }
    let stored = world.stored_pairs.iter();
    let stored =
        stored.map(|(account, label)| (world.accounts[*account].id, world.labels[*label].id));
    equal(pairs, stored.collect(), "accounts and labels")?;
    let is_kept = |entry: &&Entry<Account, AccountData>| match entry.status {
        Status::Deleted => true,
        Status::Gone => entry.kept,
        Status::Pending | Status::Stored => false,
    };
    let mut marked = HashSet::new();
    for entry in world.accounts.iter().filter(is_kept) {
        marked.insert(entry.id);
        let row = all.iter().find(|row| row.id == entry.id);
        let row = row.map(|row| (row.slug.as_str(), row.code, row.deleted_at.is_some()));
        let stored = &entry.stored;
        let stored = Some((stored.slug.as_str(), stored.code, true));
        equal(
            row,
            stored,
            format_args!("the removed account {}", entry.id),
        )?;
    }
    let found = all.into_iter().filter(|row| !marked.contains(&row.id));
    let found: Vec<Account> = found.collect();
    let rows = Rows {
        session,
        entries: &world.accounts,
        found: &found,
    };
    rows.same(
        |found, row, _| found.id == row.id,
        |row| (row.slug.clone(), row.code, row.note.clone(), row.deleted_at),
        |data| (data.slug.clone(), data.code, data.note.clone(), data.closed),
        |draft| {
            let slug = draft.slug.clone();
            (slug, draft.code, draft.note.clone(), draft.deleted_at)
        },
    )?;
    for entry in &world.accounts {
        if entry.status == Status::Stored
            && let Some(found) = found.iter().find(|found| found.id == entry.id)
        {
            equal(entry.version, found.version, "a version in memory")?;
        }
    }
    Ok(())
}

async fn settings(session: &Session, world: &World) -> Checked {
    let found = Setting::query().all(session.executor()).await?;
    let rows = Rows {
        session,
        entries: &world.settings,
        found: &found,
    };
    rows.same(
        |found, row, entry| {
            let account = world.accounts[entry.stored.account].id;
            let is_same = row.account.get() == Some(account);
            is_same && found.account.key() == account && found.name == entry.stored.name
        },
        |row| (row.name.clone(), row.value.clone(), row.unit, row.level),
        |data| (data.name.clone(), data.value.clone(), data.unit, data.level),
        |draft| {
            let level = draft.level.unwrap_or(3);
            (draft.name.clone(), draft.value.clone(), draft.unit, level)
        },
    )
}

async fn places(session: &Session, world: &World) -> Checked {
    let db = session.executor();
    let countries = Country::query().all(db).await?;
    let rows = Rows {
        session,
        entries: &world.countries,
        found: &countries,
    };
    rows.same(
        |found, _, entry| found.code == entry.stored.code,
        |row| (row.code.clone(), row.name.clone()),
        |data| (data.code.clone(), data.name.clone()),
        |draft| (draft.code.clone(), draft.name.clone()),
    )?;
    let cities = City::query().all(db).await?;
    let rows = Rows {
        session,
        entries: &world.cities,
        found: &cities,
    };
    rows.same(
        |found, row, entry| {
            let Home::In(home) = entry.stored.home else {
                return false;
            };
            let code = &world.countries[home].stored.code;
            let is_unset = !entry.linked && !entry.removed;
            let is_same = !is_unset || row.country.get() == Some(code.clone());
            found.id == row.id && is_same && found.country.key() == *code
        },
        |row| row.name.clone(),
        |data| data.name.clone(),
        |draft| draft.name.clone(),
    )
}

async fn links(session: &Session, world: &World) -> Checked {
    let found = Link::query().all(session.executor()).await?;
    let rows = Rows {
        session,
        entries: &world.links,
        found: &found,
    };
    rows.same(
        |found, row, entry| {
            let next = entry.stored.next.map(|next| world.links[next].id);
            let known = row.next.as_ref().and_then(|next| next.get());
            let is_same = entry.linked || known == next;
            let stored = found.next.as_ref().map(BelongsTo::key);
            found.id == row.id && is_same && stored == next
        },
        |row| row.next.is_some(),
        |data| data.next.is_some(),
        |draft| draft.next.is_some(),
    )
}
