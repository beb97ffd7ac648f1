//! The plain model: what memory and the database have to hold.

use super::{Club, Coded, Person, Pet};
use aludel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Stored,
    /// Deleted in this transaction.
    Deleted,
    Gone,
}

#[derive(Debug, Clone)]
pub(super) struct Entry<M, D> {
    pub(super) key: Key<M>,
    pub(super) status: Status,
    pub(super) removed: bool,
    pub(super) data: D,
    /// What the database has, in this transaction.
    pub(super) stored: D,
    pub(super) draft: D,
}

impl<M: Model, D: Clone + PartialEq> Entry<M, D> {
    pub(super) fn new(key: Key<M>, data: D) -> Self {
        Entry {
            key,
            status: Status::Pending,
            removed: false,
            data: data.clone(),
            stored: data.clone(),
            draft: data,
        }
    }
    pub(super) fn lives(&self) -> bool {
        matches!(self.status, Status::Pending | Status::Stored) && !self.removed
    }
    pub(super) fn is_dirty(&self) -> bool {
        self.status == Status::Pending || self.data != self.stored
    }
    /// What a flush does to it.
    pub(super) fn flush(&mut self) {
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
            _ => {}
        }
        self.stored = self.data.clone();
    }
    pub(super) fn rollback(&mut self, before: Option<&(Status, D)>) {
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
        self.removed = false;
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct PersonData {
    pub(super) email: i64,
    pub(super) name: Option<String>,
    pub(super) boss: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct PetData {
    pub(super) name: String,
    pub(super) owner: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CodedData {
    pub(super) code: i64,
    pub(super) note: Option<i64>,
    pub(super) level: i64,
}

pub(super) struct World {
    pub(super) people: Vec<Entry<Person, PersonData>>,
    pub(super) pets: Vec<Entry<Pet, PetData>>,
    pub(super) coded: Vec<Entry<Coded, CodedData>>,
    pub(super) clubs: Vec<Key<Club>>,
    /// Members of clubs: in memory, and flushed.
    pub(super) pairs: BTreeSet<(usize, usize)>,
    pub(super) stored_pairs: BTreeSet<(usize, usize)>,
    pub(super) fresh: i64,
}

/// What the database had at some point.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    pub(super) people: BTreeMap<usize, (Status, PersonData)>,
    pub(super) pets: BTreeMap<usize, (Status, PetData)>,
    pub(super) coded: BTreeMap<usize, (Status, CodedData)>,
    pub(super) pairs: BTreeSet<(usize, usize)>,
}

pub(super) fn living<M: Model, D: Clone + PartialEq>(
    entries: &[Entry<M, D>],
    at: usize,
) -> Option<usize> {
    let alive: Vec<usize> = (0..entries.len())
        .filter(|at| entries[*at].lives())
        .collect();
    (!alive.is_empty()).then(|| alive[at % alive.len()])
}

impl World {
    pub(super) fn snapshot(&self) -> Snapshot {
        fn stored<M: Model, D: Clone + PartialEq>(
            entries: &[Entry<M, D>],
        ) -> BTreeMap<usize, (Status, D)> {
            let there =
                |entry: &Entry<M, D>| matches!(entry.status, Status::Stored | Status::Deleted);
            let all = entries.iter().enumerate().filter(|(_, entry)| there(entry));
            all.map(|(at, entry)| (at, (entry.status, entry.stored.clone())))
                .collect()
        }
        Snapshot {
            people: stored(&self.people),
            pets: stored(&self.pets),
            coded: stored(&self.coded),
            pairs: self.stored_pairs.clone(),
        }
    }

    pub(super) fn rollback(&mut self, to: &Snapshot) {
        self.people
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.people.get(&at)));
        self.pets
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.pets.get(&at)));
        self.coded
            .iter_mut()
            .enumerate()
            .for_each(|(at, entry)| entry.rollback(to.coded.get(&at)));
        self.pairs = to.pairs.clone();
        self.stored_pairs = to.pairs.clone();
    }

    /// What a removed person takes along.
    pub(super) fn cascade(&mut self) {
        for at in 0..self.people.len() {
            if self.people[at].removed {
                for pet in self
                    .pets
                    .iter_mut()
                    .filter(|pet| pet.lives() && pet.data.owner == at)
                {
                    pet.removed = true;
                }
                for person in self
                    .people
                    .iter_mut()
                    .filter(|person| person.lives() && person.data.boss == Some(at))
                {
                    person.data.boss = None;
                }
                self.pairs.retain(|(person, _)| *person != at);
            }
        }
    }

    pub(super) fn flush(&mut self) {
        self.cascade();
        self.people.iter_mut().for_each(Entry::flush);
        self.pets.iter_mut().for_each(Entry::flush);
        self.coded.iter_mut().for_each(Entry::flush);
        self.stored_pairs = self.pairs.clone();
    }

    pub(super) fn commit(&mut self) {
        fn end<M, D>(entries: &mut [Entry<M, D>]) {
            for entry in entries
                .iter_mut()
                .filter(|entry| entry.status == Status::Deleted)
            {
                entry.status = Status::Gone;
            }
        }
        end(&mut self.people);
        end(&mut self.pets);
        end(&mut self.coded);
    }

    /// Rows that would have a unique value that another row has.
    pub(super) fn conflicts(&self) -> (Vec<usize>, Vec<usize>) {
        let mut emails = BTreeSet::new();
        let people = (0..self.people.len()).filter(|at| {
            let person = &self.people[*at];
            person.lives() && !emails.insert(person.data.email)
        });
        let (mut codes, mut notes) = (BTreeSet::new(), BTreeSet::new());
        let people: Vec<usize> = people.collect();
        let coded = (0..self.coded.len()).filter(|at| {
            let coded = &self.coded[*at];
            coded.lives()
                && (!codes.insert(coded.data.code)
                    | coded.data.note.is_some_and(|note| !notes.insert(note)))
        });
        (people, coded.collect())
    }
}
