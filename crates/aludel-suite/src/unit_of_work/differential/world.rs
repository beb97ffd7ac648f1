//! What the session's memory and the database have to hold.

use super::models::{Account, City, Country, Label, Link, Setting};
use aludel::prelude::*;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Stored,
    /// Deleted in this transaction.
    Deleted,
    Gone,
}

/// A row, or what will be one.
pub struct Entry<M: Model, D> {
    pub key: Key<M>,
    pub status: Status,
    /// Removed and not flushed.
    pub removed: bool,
    /// What memory has.
    pub data: D,
    /// What the database has, in this transaction.
    pub stored: D,
    /// What a rollback of the insert brings back.
    pub draft: D,
    /// Its reference was set since the last flush.
    pub linked: bool,
    pub touched: bool,
    /// Whether it is gone and, if its model keeps deleted rows, still in the database.
    pub kept: bool,
    /// What the database numbers, as it was last seen.
    pub id: i64,
    pub version: i64,
}

impl<M: Model, D: Clone + PartialEq> Entry<M, D> {
    pub fn new(key: Key<M>, data: D) -> Self {
        Entry {
            key,
            status: Status::Pending,
            removed: false,
            data: data.clone(),
            stored: data.clone(),
            draft: data,
            linked: false,
            touched: false,
            kept: false,
            id: 0,
            version: 0,
        }
    }

    pub fn lives(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Stored) && !self.removed
    }

    pub fn is_pending(&self) -> bool {
        self.status == Status::Pending
    }

    pub fn remove(&mut self, session: &mut Session) -> aludel::Result<()> {
        session.remove(self.key)?;
        if self.is_pending() {
            self.status = Status::Gone;
        } else {
            self.removed = true;
        }
        Ok(())
    }

    /// Sets what memory and the database have.
    pub fn both(&mut self, change: impl Fn(&mut D)) {
        change(&mut self.data);
        change(&mut self.stored);
    }

    /// What a flush does to it.
    fn flush(&mut self) {
        (self.linked, self.touched) = (false, false);
        match self.status {
            Status::Pending => {
                self.status = Status::Stored;
                self.draft = self.data.clone();
            }
            Status::Stored if self.removed => {
                self.status = Status::Deleted;
                self.removed = false;
                return;
            }
            Status::Stored => {}
            Status::Deleted | Status::Gone => return,
        }
        self.stored = self.data.clone();
    }

    fn commit(&mut self) {
        if self.status == Status::Deleted {
            self.status = Status::Gone;
            self.kept = true;
        }
    }

    fn rollback(&mut self, before: Option<&(Status, D)>) {
        (self.linked, self.touched, self.removed) = (false, false, false);
        match (before, self.status) {
            (Some((Status::Deleted, _)), _) => self.status = Status::Deleted,
            (Some((_, data)), _) => {
                self.status = Status::Stored;
                self.data = data.clone();
                self.stored = data.clone();
            }
            (None, Status::Stored | Status::Deleted) => {
                self.status = Status::Pending;
                self.data = self.draft.clone();
            }
            (None, Status::Pending | Status::Gone) => {}
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct AccountData {
    pub slug: String,
    pub code: Option<i64>,
    pub note: Option<String>,
    /// Marked as deleted by the program.
    pub closed: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SettingData {
    pub account: usize,
    pub name: String,
    pub value: Option<String>,
    pub unit: Option<i64>,
    pub level: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CountryData {
    pub code: String,
    pub name: Option<String>,
}

/// Where a city is.
#[derive(Debug, Clone, PartialEq)]
pub enum Home {
    In(usize),
    /// In whatever country has this code in the end; until it is flushed.
    Code(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct CityData {
    pub name: String,
    pub home: Home,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LinkData {
    pub next: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LabelData {
    pub name: String,
}

/// Rows are named by their positions; none leaves its list.
#[derive(Default)]
pub struct World {
    pub accounts: Vec<Entry<Account, AccountData>>,
    pub settings: Vec<Entry<Setting, SettingData>>,
    pub countries: Vec<Entry<Country, CountryData>>,
    pub cities: Vec<Entry<City, CityData>>,
    pub links: Vec<Entry<Link, LinkData>>,
    pub labels: Vec<Entry<Label, LabelData>>,
    /// Accounts and their labels: in memory, in the database, and those that were changed since the last flush.
    pub pairs: BTreeSet<(usize, usize)>,
    pub stored_pairs: BTreeSet<(usize, usize)>,
    pub changed_pairs: BTreeSet<(usize, usize)>,
    fresh: i64,
}

type Before<D> = BTreeMap<usize, (Status, D)>;

/// What the database had at some point.
#[derive(Clone)]
pub struct Snapshot {
    accounts: Before<AccountData>,
    settings: Before<SettingData>,
    countries: Before<CountryData>,
    cities: Before<CityData>,
    links: Before<LinkData>,
    labels: Before<LabelData>,
    pairs: BTreeSet<(usize, usize)>,
}

/// One of the entries that are there.
pub fn living<M: Model, D: Clone + PartialEq>(
    entries: &[Entry<M, D>],
    nth: usize,
) -> Option<usize> {
    let alive = (0..entries.len()).filter(|at| entries[*at].lives());
    let alive: Vec<usize> = alive.collect();
    (!alive.is_empty()).then(|| alive[nth % alive.len()])
}

fn stored<M: Model, D: Clone + PartialEq>(entries: &[Entry<M, D>]) -> Before<D> {
    let all = entries.iter().enumerate();
    let there = all.filter(|(_, entry)| matches!(entry.status, Status::Stored | Status::Deleted));
    there
        .map(|(at, entry)| (at, (entry.status, entry.stored.clone())))
        .collect()
}

fn back<M: Model, D: Clone + PartialEq>(entries: &mut [Entry<M, D>], to: &Before<D>) {
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.rollback(to.get(&at));
    }
}

impl World {
    /// A number that nothing else has.
    pub fn fresh(&mut self) -> i64 {
        self.fresh += 1;
        self.fresh
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            accounts: stored(&self.accounts),
            settings: stored(&self.settings),
            countries: stored(&self.countries),
            cities: stored(&self.cities),
            links: stored(&self.links),
            labels: stored(&self.labels),
            pairs: self.stored_pairs.clone(),
        }
    }

    pub fn rollback(&mut self, to: &Snapshot) {
        back(&mut self.accounts, &to.accounts);
        back(&mut self.settings, &to.settings);
        back(&mut self.countries, &to.countries);
        back(&mut self.cities, &to.cities);
        back(&mut self.links, &to.links);
        back(&mut self.labels, &to.labels);
        self.pairs = to.pairs.clone();
        self.stored_pairs = to.pairs.clone();
        self.changed_pairs.clear();
    }

    /// What a flush removes along with countries, if it succeeds.
    pub fn cascade(&mut self) -> Vec<usize> {
        let mut along = Vec::new();
        for (at, city) in self.cities.iter_mut().enumerate() {
            if let Home::In(country) = city.data.home
                && city.lives()
                && self.countries[country].removed
            {
                city.removed = true;
                along.push(at);
            }
        }
        along
    }

    /// The flush failed: what only went along is there again.
    pub fn stay(&mut self, along: &[usize]) {
        for at in along {
            self.cities[*at].removed = false;
        }
    }

    /// What is after a link once all is written: the database lets go of links that are deleted.
    pub fn next(&self, link: usize) -> Option<usize> {
        let next = self.links[link].data.next?;
        (!self.links[next].removed).then_some(next)
    }

    /// A flush succeeded.
    pub fn flushed(&mut self) {
        for at in 0..self.links.len() {
            if self.links[at].lives() {
                self.links[at].data.next = self.next(at);
            }
        }
        self.accounts.iter_mut().for_each(Entry::flush);
        self.settings.iter_mut().for_each(Entry::flush);
        self.countries.iter_mut().for_each(Entry::flush);
        self.cities.iter_mut().for_each(Entry::flush);
        self.links.iter_mut().for_each(Entry::flush);
        self.labels.iter_mut().for_each(Entry::flush);
        for city in self.cities.iter_mut().filter(|city| city.lives()) {
            if let Home::Code(code) = city.data.home.clone() {
                let mut countries = self.countries.iter();
                let home = countries.position(|known| known.lives() && known.data.code == code);
                let home = Home::In(home.expect("a country of that code"));
                city.both(|data| data.home = home.clone());
            }
        }
        self.stored_pairs = self.pairs.clone();
        self.changed_pairs.clear();
    }

    /// A commit succeeded.
    pub fn committed(&mut self) {
        self.accounts.iter_mut().for_each(Entry::commit);
        self.settings.iter_mut().for_each(Entry::commit);
        self.countries.iter_mut().for_each(Entry::commit);
        self.cities.iter_mut().for_each(Entry::commit);
        self.links.iter_mut().for_each(Entry::commit);
        self.labels.iter_mut().for_each(Entry::commit);
    }
}
