//! Operations on countries, cities and chains, and statements by query.

use super::models::{Account, Country, Link, NewCity, NewCountry, NewLink, Setting};
use super::operations::{CODES, NAMES, Op, SLUGS, TEXTS};
use super::steps::{edit, text};
use super::world::{CityData, CountryData, Entry, Home, LinkData, Status, World, living};
use super::{Checked, equal};
use aludel::prelude::*;

pub fn put_country(session: &mut Session, entry: &Entry<Country, CountryData>) -> Checked {
    let CountryData { code, name } = entry.data.clone();
    if entry.is_pending() {
        let draft = session.draft_mut(entry.key)?;
        (draft.code, draft.name) = (code, name);
    } else {
        let row = &mut session[entry.key];
        (row.code, row.name) = (code, name);
    }
    Ok(())
}

/// What is after a link.
pub fn lead(session: &mut Session, world: &mut World, at: usize, next: Option<usize>) -> Checked {
    let to = next.map(|next| world.links[next].key);
    let entry = &mut world.links[at];
    entry.data.next = next;
    if entry.is_pending() {
        session.draft_mut(entry.key)?.next = to.map(Ref::from);
    } else {
        entry.linked = true;
        session[entry.key].next = to.map(BelongsTo::from);
    }
    Ok(())
}

pub fn of_places(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    match *op {
        Op::AddCountry(code, name) => add_country(session, world, CODES[code].into(), name),
        Op::NameCountry(nth, name) => {
            if let Some(at) = edit(&mut world.countries, nth, |data| data.name = text(name)) {
                put_country(session, &world.countries[at])?;
            }
        }
        Op::RenameCountry(nth, code) => {
            let rename = |data: &mut CountryData| data.code = CODES[code].into();
            if let Some(at) = edit(&mut world.countries, nth, rename) {
                put_country(session, &world.countries[at])?;
            }
        }
        Op::SwapCountries(one, other) => {
            let one = living(&world.countries, one);
            let (Some(one), Some(other)) = (one, living(&world.countries, other)) else {
                return Ok(());
            };
            let codes = [one, other].map(|at| world.countries[at].data.code.clone());
            for (at, code) in [other, one].into_iter().zip(codes) {
                world.countries[at].data.code = code;
                put_country(session, &world.countries[at])?;
            }
        }
        Op::RemoveCountry(nth) => {
            if let Some(at) = living(&world.countries, nth) {
                remove_country(session, world, at)?;
            }
        }
        Op::ReplaceCountry(nth, name) => {
            if let Some(at) = living(&world.countries, nth) {
                let code = world.countries[at].stored.code.clone();
                remove_country(session, world, at)?;
                add_country(session, world, code, name);
            }
        }
        Op::AddCity(country) => {
            if let Some(at) = living(&world.countries, country) {
                let country = world.countries[at].key.into();
                add_city(session, world, Home::In(at), country);
            }
        }
        Op::AddCityIn(code) => {
            let code = CODES[code];
            // With a country that is being removed it would go.
            let goes = world.countries.iter().any(|country| {
                let codes = [&country.stored.code, &country.data.code];
                country.removed && codes.into_iter().any(|known| known == code)
            });
            if !goes {
                add_city(session, world, Home::Code(code.into()), Ref::key(code));
            }
        }
        Op::MoveCity(city, country) => {
            let Some(country) = living(&world.countries, country) else {
                return Ok(());
            };
            let to = |data: &mut CityData| data.home = Home::In(country);
            let Some(at) = edit(&mut world.cities, city, to) else {
                return Ok(());
            };
            let (entry, key) = (&mut world.cities[at], world.countries[country].key);
            if entry.is_pending() {
                session.draft_mut(entry.key)?.country = key.into();
            } else {
                entry.linked = true;
                session[entry.key].country = key.into();
            }
        }
        Op::NameCity(nth) => {
            let name = format!("city {}", world.fresh());
            if let Some(at) = edit(&mut world.cities, nth, |data| data.name.clone_from(&name)) {
                let entry = &world.cities[at];
                if entry.is_pending() {
                    session.draft_mut(entry.key)?.name = name;
                } else {
                    session[entry.key].name = name;
                }
            }
        }
        Op::RemoveCity(nth) => {
            if let Some(at) = living(&world.cities, nth) {
                world.cities[at].remove(session)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn add_country(session: &mut Session, world: &mut World, code: String, name: Option<usize>) {
    let data = CountryData {
        code,
        name: text(name),
    };
    let key = session.add(NewCountry {
        code: data.code.clone(),
        name: data.name.clone(),
    });
    world.countries.push(Entry::new(key, data));
}

/// The session finds the cities of a country in the database, and removes them; those that it can't find there go by hand.
fn remove_country(session: &mut Session, world: &mut World, at: usize) -> Checked {
    let country = &mut world.countries[at];
    for city in world.cities.iter_mut().filter(|city| city.lives()) {
        let goes = match &city.data.home {
            Home::In(home) => *home == at && (city.is_pending() || city.linked),
            Home::Code(code) => [&country.stored.code, &country.data.code].contains(&code),
        };
        if goes {
            city.remove(session)?;
        }
    }
    country.remove(session)?;
    Ok(())
}

fn add_city(session: &mut Session, world: &mut World, home: Home, country: Ref<Country>) {
    let name = format!("city {}", world.fresh());
    let key = session.add(NewCity {
        name: name.clone(),
        country,
    });
    world.cities.push(Entry::new(key, CityData { name, home }));
}

fn add_link(session: &mut Session, world: &mut World, next: Option<usize>) -> usize {
    let to = next.map(|next| world.links[next].key);
    let key = session.add(NewLink {
        next: to.map(Ref::from),
    });
    world.links.push(Entry::new(key, LinkData { next }));
    world.links.len() - 1
}

pub fn of_links(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    match *op {
        Op::AddLink(next) => {
            let next = next.and_then(|next| living(&world.links, next));
            add_link(session, world, next);
        }
        Op::InsertLink(nth) => {
            if let Some(at) = living(&world.links, nth) {
                let next = world.next(at);
                let new = add_link(session, world, next);
                lead(session, world, at, Some(new))?;
            }
        }
        Op::Lead(nth, next) => {
            if let Some(at) = living(&world.links, nth) {
                let next = next.and_then(|next| living(&world.links, next));
                lead(session, world, at, next)?;
            }
        }
        Op::UnchainLink(nth) => {
            if let Some(at) = living(&world.links, nth) {
                let next = world.next(at).filter(|next| *next != at);
                for before in before(world, at) {
                    lead(session, world, before, next)?;
                }
                world.links[at].remove(session)?;
            }
        }
        Op::RemoveLink(nth) => {
            let Some(at) = living(&world.links, nth) else {
                return Ok(());
            };
            for before in before(world, at) {
                let entry = &world.links[before];
                // References that are stored are let go by the database; others can't lead to what is removed.
                if entry.is_pending() || entry.linked {
                    lead(session, world, before, None)?;
                }
            }
            world.links[at].remove(session)?;
        }
        _ => {}
    }
    Ok(())
}

/// The other links that lead to one.
fn before(world: &World, at: usize) -> Vec<usize> {
    let links = world.links.iter().enumerate();
    let leads = links.filter(|(n, link)| *n != at && link.lives() && link.data.next == Some(at));
    leads.map(|(n, _)| n).collect()
}

/// The accounts of a slug that a query finds.
fn open(world: &World, slug: &str) -> Vec<usize> {
    let accounts = world.accounts.iter().enumerate();
    let open = accounts.filter(|(_, entry)| {
        let data = &entry.stored;
        entry.lives() && data.closed.is_none() && data.slug == slug
    });
    open.map(|(at, _)| at).collect()
}

/// The settings of a name.
fn named(world: &World, name: &str) -> Vec<usize> {
    let settings = world.settings.iter().enumerate();
    let named = settings.filter(|(_, entry)| entry.lives() && entry.stored.name == name);
    named.map(|(at, _)| at).collect()
}

/// A statement by query, after a flush.
pub async fn bulk(op: &Op, session: &mut Session, world: &mut World) -> Checked {
    let (affected, expected) = match *op {
        Op::BulkNote(slug, note) => {
            let (slug, note) = (SLUGS[slug], TEXTS[note]);
            let open = open(world, slug);
            for at in &open {
                world.accounts[*at].both(|data| data.note = Some(note.into()));
            }
            let query = Account::filter(Account::slug.eq(slug));
            let query = query.update(Account::note.set(note));
            (session.execute(query).await?, open.len())
        }
        Op::BulkRemove(slug) => {
            let slug = SLUGS[slug];
            let open = open(world, slug);
            for at in &open {
                world.accounts[*at].status = Status::Deleted;
            }
            let query = Account::filter(Account::slug.eq(slug));
            (session.execute(query.delete()).await?, open.len())
        }
        Op::BulkLevel(name) => {
            let name = NAMES[name];
            let named = named(world, name);
            for at in &named {
                world.settings[*at].both(|data| data.level += 1);
            }
            let query = Setting::filter(Setting::name.eq(name));
            let query = query.update(Setting::level.set(Setting::level + 1));
            (session.execute(query).await?, named.len())
        }
        Op::BulkClear(name) => {
            let name = NAMES[name];
            let named = named(world, name);
            for at in &named {
                world.settings[*at].status = Status::Deleted;
            }
            let query = Setting::filter(Setting::name.eq(name));
            (session.execute(query.delete()).await?, named.len())
        }
        Op::BulkRename(nth, code) => {
            let code = CODES[code];
            let mut countries = world.countries.iter();
            let is_taken = countries.any(|entry| entry.lives() && entry.data.code == code);
            let Some(at) = living(&world.countries, nth).filter(|_| !is_taken) else {
                return Ok(());
            };
            let old = world.countries[at].stored.code.clone();
            world.countries[at].both(|data| data.code = code.into());
            let query = Country::filter(Country::code.eq(old.as_str()));
            let query = query.update(Country::code.set(code));
            (session.execute(query).await?, 1)
        }
        Op::BulkDropCountry(nth) => {
            let Some(at) = living(&world.countries, nth) else {
                return Ok(());
            };
            // Its cities go with it.
            let cities = world.cities.iter_mut();
            for city in cities.filter(|city| city.lives() && city.stored.home == Home::In(at)) {
                city.status = Status::Deleted;
            }
            world.countries[at].status = Status::Deleted;
            let code = world.countries[at].stored.code.as_str();
            let query = Country::filter(Country::code.eq(code)).delete();
            (session.execute(query).await?, 1)
        }
        Op::BulkDropLink(nth) => {
            let Some(at) = living(&world.links, nth) else {
                return Ok(());
            };
            for before in before(world, at) {
                world.links[before].both(|data| data.next = None);
            }
            world.links[at].status = Status::Deleted;
            let query = Link::filter(Link::id.eq(world.links[at].id)).delete();
            (session.execute(query).await?, 1)
        }
        _ => (0, 0),
    };
    equal(affected, expected as u64, "rows affected")
}
