//! What is wrong with the rows that a flush would leave, and how it is mended.

use super::Checked;
use super::details::{put_label, put_setting};
use super::more_steps::{lead, put_country};
use super::steps::put_account;
use super::world::{Home, Status, World};
use aludel::ErrorKind;
use aludel::prelude::*;
use std::collections::HashSet;

/// A row that takes what another has, or refers to what is not there.
#[derive(Debug, Clone, Copy)]
pub enum Violation {
    Slug(usize),
    Code(usize),
    Setting(usize),
    Country(usize),
    City(usize),
    Link(usize),
    Label(usize),
}

impl Violation {
    pub fn kind(self) -> ErrorKind {
        match self {
            Violation::City(_) => ErrorKind::ForeignKeyViolation,
            _ => ErrorKind::UniqueViolation,
        }
    }
}

impl World {
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut slugs = HashSet::new();
        // Rows that are only marked as deleted keep their codes.
        let mut codes: HashSet<i64> = HashSet::new();
        for entry in self.accounts.iter().filter(|entry| !entry.lives()) {
            let is_there = match entry.status {
                Status::Stored | Status::Deleted => true,
                Status::Pending => false,
                Status::Gone => entry.kept,
            };
            codes.extend(entry.stored.code.filter(|_| is_there));
        }
        for (at, entry) in self.accounts.iter().enumerate() {
            let data = &entry.data;
            if !entry.lives() {
                continue;
            }
            if data.closed.is_none() && !slugs.insert(&data.slug) {
                found.push(Violation::Slug(at));
            }
            if data.code.is_some_and(|code| !codes.insert(code)) {
                found.push(Violation::Code(at));
            }
        }
        let mut keys = HashSet::new();
        for (at, entry) in self.settings.iter().enumerate() {
            if entry.lives() && !keys.insert((entry.data.account, &entry.data.name)) {
                found.push(Violation::Setting(at));
            }
        }
        let mut countries = HashSet::new();
        for (at, entry) in self.countries.iter().enumerate() {
            if entry.lives() && !countries.insert(&entry.data.code) {
                found.push(Violation::Country(at));
            }
        }
        for (at, entry) in self.cities.iter().enumerate() {
            if let (true, Home::Code(code)) = (entry.lives(), &entry.data.home)
                && !countries.contains(code)
            {
                found.push(Violation::City(at));
            }
        }
        let mut nexts = HashSet::new();
        for (at, entry) in self.links.iter().enumerate() {
            let next = self.next(at).filter(|_| entry.lives());
            if next.is_some_and(|next| !nexts.insert(next)) {
                found.push(Violation::Link(at));
            }
        }
        let mut labels = HashSet::new();
        for (at, entry) in self.labels.iter().enumerate() {
            if entry.lives() && !labels.insert(entry.data.name.to_lowercase()) {
                found.push(Violation::Label(at));
            }
        }
        found
    }

    /// Gives the row something of its own.
    pub fn mend(&mut self, session: &mut Session, violation: Violation) -> Checked {
        let fresh = format!("fresh {}", self.fresh());
        match violation {
            Violation::Slug(at) => {
                self.accounts[at].data.slug = fresh;
                put_account(session, &self.accounts[at])?;
            }
            Violation::Code(at) => {
                self.accounts[at].data.code = None;
                put_account(session, &self.accounts[at])?;
            }
            Violation::Setting(at) => {
                self.settings[at].data.name = fresh;
                put_setting(session, &self.settings[at])?;
            }
            Violation::Country(at) => {
                self.countries[at].data.code = fresh;
                put_country(session, &self.countries[at])?;
            }
            Violation::City(at) => self.cities[at].remove(session)?,
            Violation::Link(at) => lead(session, self, at, None)?,
            Violation::Label(at) => {
                self.labels[at].data.name = fresh;
                put_label(session, &self.labels[at])?;
            }
        }
        Ok(())
    }
}
