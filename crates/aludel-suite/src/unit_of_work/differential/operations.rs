//! What is done to a session, at random.

use super::BY_KEY;

pub const SLUGS: [&str; 4] = ["ann", "bob", "cid", "dan"];
pub const NAMES: [&str; 3] = ["theme", "lang", "zone"];
pub const CODES: [&str; 5] = ["AA", "BB", "CC", "DD", "EE"];
/// Some of them are the same in small letters.
pub const LABELS: [&str; 5] = ["red", "Red", "RED", "blue", "Blue"];
pub const TEXTS: [&str; 3] = ["one", "two", ""];

/// The columns of a setting that may be left out.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    pub value: Option<usize>,
    pub unit: Option<i64>,
    pub level: Option<i64>,
}

/// An operation. Rows are named by numbers: each is one of those that are there, whatever their count.
#[derive(Debug, Clone)]
pub enum Op {
    AddAccount(usize, Option<i64>, Option<usize>),
    Slug(usize, usize),
    Code(usize, Option<i64>),
    Note(usize, Option<usize>),
    /// Sets `deleted_at`, to a moment or to NULL.
    Close(usize, bool),
    RemoveAccount(usize),
    /// Reads a row that was removed and committed, and sets its `deleted_at` to NULL.
    Restore(usize),
    Touch(usize),
    AddSetting(usize, usize, Given),
    RenameSetting(usize, usize),
    SetSetting(usize, Given),
    RemoveSetting(usize),
    /// Removes a row and adds another under its key.
    ReplaceSetting(usize, Given),
    AddCountry(usize, Option<usize>),
    NameCountry(usize, Option<usize>),
    RenameCountry(usize, usize),
    SwapCountries(usize, usize),
    RemoveCountry(usize),
    ReplaceCountry(usize, Option<usize>),
    AddCity(usize),
    /// By the code of a country, whether it is there or not.
    AddCityIn(usize),
    MoveCity(usize, usize),
    NameCity(usize),
    RemoveCity(usize),
    AddLink(Option<usize>),
    /// A new one behind another.
    InsertLink(usize),
    /// Takes one out of its chain, and closes that.
    UnchainLink(usize),
    Lead(usize, Option<usize>),
    RemoveLink(usize),
    AddLabel(usize),
    NameLabel(usize, usize),
    RemoveLabel(usize),
    Tie {
        account: usize,
        label: usize,
        add: bool,
        of_account: bool,
    },
    /// Statements by query: from here on they are flushed before.
    BulkNote(usize, usize),
    BulkRemove(usize),
    BulkLevel(usize),
    BulkClear(usize),
    BulkRename(usize, usize),
    BulkDropCountry(usize),
    BulkDropLink(usize),
    Read,
    Flush,
    Commit,
    Rollback,
    /// Operations in a savepoint, and whether it is kept.
    Savepoint(Vec<Op>, bool),
}

/// Makes operations at random, the same ones for the same seed.
pub struct Generator {
    state: u64,
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator { state: seed }
    }

    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.random() >> 33) % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn row(&mut self) -> usize {
        self.below(12)
    }

    fn perhaps(&mut self, end: usize) -> Option<usize> {
        let is_given = self.chance(50);
        is_given.then(|| self.below(end))
    }

    fn number(&mut self, end: usize) -> Option<i64> {
        self.perhaps(end).map(|number| number as i64)
    }

    fn given(&mut self) -> Given {
        Given {
            value: self.perhaps(TEXTS.len()),
            unit: self.number(3),
            level: self.number(3),
        }
    }

    /// The operations of a case.
    pub fn operations(&mut self) -> Vec<Op> {
        let count = 3 + self.below(45);
        (0..count).map(|_| self.outer()).collect()
    }

    fn outer(&mut self) -> Op {
        match self.below(32) {
            0 | 1 => Op::Commit,
            2 => Op::Rollback,
            3 => Op::Restore(self.row()),
            4 | 5 => {
                let mut ops = self.several(8);
                if self.chance(30) {
                    let inner = self.several(6);
                    ops.push(Op::Savepoint(inner, self.chance(50)));
                    ops.extend(self.several(3));
                }
                Op::Savepoint(ops, self.chance(40))
            }
            _ => self.op(),
        }
    }

    fn several(&mut self, most: usize) -> Vec<Op> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.op()).collect()
    }

    fn op(&mut self) -> Op {
        match self.below(20) {
            0..5 => self.of_accounts(),
            5..8 => self.of_settings(),
            8..12 => self.of_places(),
            12..15 => self.of_links(),
            15..17 => self.of_labels(),
            17 => self.bulk(),
            18 => Op::Flush,
            _ if self.chance(30) => Op::Read,
            _ => Op::Flush,
        }
    }

    fn of_accounts(&mut self) -> Op {
        match self.below(12) {
            0..3 => {
                let slug = self.below(SLUGS.len());
                Op::AddAccount(slug, self.number(3), self.perhaps(TEXTS.len()))
            }
            3 | 4 => Op::Slug(self.row(), self.below(SLUGS.len())),
            5 | 6 => Op::Code(self.row(), self.number(3)),
            7 => Op::Note(self.row(), self.perhaps(TEXTS.len())),
            8 => Op::Close(self.row(), self.chance(50)),
            9 | 10 => Op::RemoveAccount(self.row()),
            _ => Op::Touch(self.row()),
        }
    }

    fn of_settings(&mut self) -> Op {
        match self.below(10) {
            0..4 => Op::AddSetting(self.row(), self.below(NAMES.len()), self.given()),
            4 => Op::RenameSetting(self.row(), self.below(NAMES.len())),
            5 => Op::SetSetting(self.row(), self.given()),
            6 => Op::RemoveSetting(self.row()),
            _ => Op::ReplaceSetting(self.row(), self.given()),
        }
    }

    fn of_places(&mut self) -> Op {
        match self.below(15) {
            0..3 => Op::AddCountry(self.below(CODES.len()), self.perhaps(TEXTS.len())),
            3 => Op::NameCountry(self.row(), self.perhaps(TEXTS.len())),
            4 | 5 => Op::RenameCountry(self.row(), self.below(CODES.len())),
            6 => Op::SwapCountries(self.row(), self.row()),
            7 => Op::RemoveCountry(self.row()),
            8 => Op::ReplaceCountry(self.row(), self.perhaps(TEXTS.len())),
            9 if BY_KEY => Op::AddCityIn(self.below(CODES.len())),
            12 => Op::MoveCity(self.row(), self.row()),
            13 => Op::NameCity(self.row()),
            14 => Op::RemoveCity(self.row()),
            _ => Op::AddCity(self.row()),
        }
    }

    fn of_links(&mut self) -> Op {
        match self.below(8) {
            0 => Op::AddLink(self.perhaps(12)),
            1..4 => Op::InsertLink(self.row()),
            4 => Op::UnchainLink(self.row()),
            5 | 6 => Op::Lead(self.row(), self.perhaps(12)),
            _ => Op::RemoveLink(self.row()),
        }
    }

    fn of_labels(&mut self) -> Op {
        match self.below(8) {
            0 | 1 => Op::AddLabel(self.below(LABELS.len())),
            2 => Op::NameLabel(self.row(), self.below(LABELS.len())),
            3 => Op::RemoveLabel(self.row()),
            _ => Op::Tie {
                account: self.row(),
                label: self.row(),
                add: self.chance(65),
                of_account: self.chance(50),
            },
        }
    }

    fn bulk(&mut self) -> Op {
        match self.below(7) {
            0 => Op::BulkNote(self.below(SLUGS.len()), self.below(TEXTS.len())),
            1 => Op::BulkRemove(self.below(SLUGS.len())),
            2 => Op::BulkLevel(self.below(NAMES.len())),
            3 => Op::BulkClear(self.below(NAMES.len())),
            4 => Op::BulkRename(self.row(), self.below(CODES.len())),
            5 => Op::BulkDropCountry(self.row()),
            _ => Op::BulkDropLink(self.row()),
        }
    }
}

/// Lists that are this one with something less: the shortest first.
pub fn smaller(ops: &[Op]) -> Vec<Vec<Op>> {
    let mut lists = Vec::new();
    let mut chunk = ops.len().div_ceil(2);
    while chunk > 0 {
        for start in (0..ops.len()).step_by(chunk) {
            let mut fewer = ops.to_vec();
            fewer.drain(start..(start + chunk).min(ops.len()));
            lists.push(fewer);
        }
        chunk /= 2;
    }
    for (at, op) in ops.iter().enumerate() {
        let Op::Savepoint(inner, keep) = op else {
            continue;
        };
        let mut without = ops.to_vec();
        without.splice(at..=at, inner.iter().cloned());
        lists.push(without);
        for inner in smaller(inner) {
            let mut fewer = ops.to_vec();
            fewer[at] = Op::Savepoint(inner, *keep);
            lists.push(fewer);
        }
    }
    lists
}
