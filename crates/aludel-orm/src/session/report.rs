//! [`Flushed`]: what a flush wrote.

use crate::model::meta::ModelMeta;
use std::fmt;

/// The number of rows of each model that a flush or commit inserted, updated and deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flushed {
    models: Vec<Count>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    model: &'static str,
    inserted: u64,
    updated: u64,
    deleted: u64,
}

impl Flushed {
    /// Rows inserted.
    pub fn inserted(&self) -> u64 {
        self.models.iter().map(|count| count.inserted).sum()
    }

    /// Rows updated.
    pub fn updated(&self) -> u64 {
        self.models.iter().map(|count| count.updated).sum()
    }

    /// Rows deleted.
    pub fn deleted(&self) -> u64 {
        self.models.iter().map(|count| count.deleted).sum()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// For each model: its name, and the rows inserted, updated and deleted.
    pub fn models(&self) -> impl Iterator<Item = (&'static str, u64, u64, u64)> + '_ {
        self.models
            .iter()
            .map(|count| (count.model, count.inserted, count.updated, count.deleted))
    }

    fn of(&mut self, meta: &ModelMeta) -> &mut Count {
        let at = self
            .models
            .iter()
            .position(|count| count.model == meta.name);
        let at = at.unwrap_or_else(|| {
            self.models.push(Count {
                model: meta.name,
                inserted: 0,
                updated: 0,
                deleted: 0,
            });
            self.models.len() - 1
        });
        &mut self.models[at]
    }

    pub(crate) fn count_inserted(&mut self, meta: &ModelMeta, rows: usize) {
        self.of(meta).inserted += rows as u64;
    }

    pub(crate) fn count_updated(&mut self, meta: &ModelMeta, rows: usize) {
        self.of(meta).updated += rows as u64;
    }

    pub(crate) fn count_deleted(&mut self, meta: &ModelMeta, rows: usize) {
        self.of(meta).deleted += rows as u64;
    }

    pub(crate) fn add(&mut self, other: &Flushed) {
        for count in &other.models {
            let at = self
                .models
                .iter()
                .position(|known| known.model == count.model);
            match at {
                None => self.models.push(count.clone()),
                Some(at) => {
                    let known = &mut self.models[at];
                    known.inserted += count.inserted;
                    known.updated += count.updated;
                    known.deleted += count.deleted;
                }
            }
        }
    }
}

/// `User: 1 inserted, 2 updated; Post: 3 deleted`.
impl fmt::Display for Flushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.models.is_empty() {
            return f.write_str("nothing");
        }
        for (n, count) in self.models.iter().enumerate() {
            f.write_str(if n > 0 { "; " } else { "" })?;
            write!(f, "{}: ", count.model)?;
            let parts = [
                (count.inserted, "inserted"),
                (count.updated, "updated"),
                (count.deleted, "deleted"),
            ];
            let shown = parts.iter().filter(|(rows, _)| *rows > 0);
            for (m, (rows, what)) in shown.enumerate() {
                write!(f, "{}{rows} {what}", if m > 0 { ", " } else { "" })?;
            }
        }
        Ok(())
    }
}
