//! Operations on the settings of accounts, and on their labels.

use super::Checked;
use super::models::{Label, NewLabel, NewSetting, Setting};
use super::operations::{Given, LABELS, NAMES, Op};
use super::steps::{edit, text};
use super::world::{Entry, LabelData, SettingData, World, living};
use aludel::prelude::*;

/// Brings memory to what the world has.
pub fn put_setting(session: &mut Session, entry: &Entry<Setting, SettingData>) -> Checked {
    let data = entry.data.clone();
    if entry.is_pending() {
        let draft = session.draft_mut(entry.key)?;
        (draft.name, draft.value, draft.unit) = (data.name, data.value, data.unit);
        // What is left out stays so.
        if draft.level.is_some() || data.level != 3 {
            draft.level = Some(data.level);
        }
    } else {
        let row = &mut session[entry.key];
        (row.name, row.value, row.unit) = (data.name, data.value, data.unit);
        row.level = data.level;
    }
    Ok(())
}

pub fn put_label(session: &mut Session, entry: &Entry<Label, LabelData>) -> Checked {
    let name = entry.data.name.clone();
    if entry.is_pending() {
        session.draft_mut(entry.key)?.name = name;
    } else {
        session[entry.key].name = name;
    }
    Ok(())
}

fn add_setting(
    session: &mut Session,
    world: &mut World,
    account: usize,
    name: String,
    given: Given,
) {
    let data = SettingData {
        account,
        name,
        value: text(given.value),
        unit: given.unit,
        level: given.level.unwrap_or(3),
    };
    let key = session.add(NewSetting {
        account: world.accounts[account].key.into(),
        name: data.name.clone(),
        value: data.value.clone(),
        unit: data.unit,
        level: given.level,
    });
    world.settings.push(Entry::new(key, data));
}

pub fn of_settings(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    let settings = &mut world.settings;
    let edited = match *op {
        Op::AddSetting(account, name, given) => {
            if let Some(account) = living(&world.accounts, account) {
                add_setting(session, world, account, NAMES[name].into(), given);
            }
            return Ok(());
        }
        Op::ReplaceSetting(nth, given) => {
            let Some(at) = living(settings, nth) else {
                return Ok(());
            };
            let account = settings[at].data.account;
            if world.accounts[account].lives() {
                // Under the key that the row has in the database.
                let name = settings[at].stored.name.clone();
                settings[at].remove(session)?;
                add_setting(session, world, account, name, given);
            }
            return Ok(());
        }
        Op::RemoveSetting(nth) => {
            if let Some(at) = living(settings, nth) {
                settings[at].remove(session)?;
            }
            return Ok(());
        }
        Op::RenameSetting(nth, name) => edit(settings, nth, |data| data.name = NAMES[name].into()),
        Op::SetSetting(nth, given) => edit(settings, nth, |data| {
            (data.value, data.unit) = (text(given.value), given.unit);
            data.level = given.level.unwrap_or(data.level);
        }),
        _ => None,
    };
    match edited {
        Some(at) => put_setting(session, &world.settings[at]),
        None => Ok(()),
    }
}

pub fn of_labels(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    match *op {
        Op::AddLabel(name) => {
            let name = LABELS[name].to_string();
            let key = session.add(NewLabel { name: name.clone() });
            world.labels.push(Entry::new(key, LabelData { name }));
        }
        Op::NameLabel(nth, name) => {
            let rename = |data: &mut LabelData| data.name = LABELS[name].into();
            if let Some(at) = edit(&mut world.labels, nth, rename) {
                put_label(session, &world.labels[at])?;
            }
        }
        Op::RemoveLabel(nth) => {
            if let Some(at) = living(&world.labels, nth) {
                world.labels[at].remove(session)?;
                world.pairs.retain(|pair| pair.1 != at);
                world.changed_pairs.retain(|pair| pair.1 != at);
            }
        }
        Op::Tie {
            account,
            label,
            add,
            of_account,
        } => {
            let account = living(&world.accounts, account);
            let (Some(account), Some(label)) = (account, living(&world.labels, label)) else {
                return Ok(());
            };
            let (of, with) = (&world.accounts[account], &world.labels[label]);
            // A draft has no relation of its own to be changed.
            if of_account && of.is_pending() || !of_account && with.is_pending() {
                return Ok(());
            }
            match (of_account, add) {
                (true, true) => session[of.key].labels.add(with.key),
                (true, false) => session[of.key].labels.remove(with.key),
                (false, true) => session[with.key].accounts.add(of.key),
                (false, false) => session[with.key].accounts.remove(of.key),
            }
            if add {
                world.pairs.insert((account, label));
            } else {
                world.pairs.remove(&(account, label));
            }
            world.changed_pairs.insert((account, label));
        }
        _ => {}
    }
    Ok(())
}
