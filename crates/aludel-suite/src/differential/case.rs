//! What is asked of a query: verbs, and the whole of a case.

use super::tree::{Agg, Cmp, Cond, Field, Match, Rel, Sort, Term, V};

/// What an update sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Title,
    Price,
    Discount,
    Pages,
    Rating,
    Published,
}

impl Target {
    pub fn path(self) -> &'static str {
        match self {
            Target::Title => "title",
            Target::Price => "price",
            Target::Discount => "discount",
            Target::Pages => "pages",
            Target::Rating => "rating",
            Target::Published => "published",
        }
    }

    /// Whether the column takes NULL; the others keep what they have instead.
    pub fn is_nullable(self) -> bool {
        matches!(self, Target::Discount | Target::Pages)
    }
}

/// A lookup of the dynamic layer. To extend it: a form here, what it means in [`Lookup::cond`], how it is asked for in
/// [`dynamic`](super::dynamic), and how it is made in [`cases`](super::cases).
#[derive(Debug, Clone)]
pub struct Lookup {
    pub excludes: bool,
    /// The relation that the field is behind, if any; some related row must fulfil it.
    pub over: Option<Rel>,
    pub field: &'static Field,
    pub ask: Ask,
}

#[derive(Debug, Clone)]
pub enum Ask {
    Compare(Cmp, V),
    In(Vec<V>),
    IsNull(bool),
    Text(Match, bool, String),
}

impl Lookup {
    pub fn cond(&self) -> Cond {
        let field = Term::Field(self.field);
        let cond = match &self.ask {
            Ask::Compare(cmp, value) => Cond::Compare(*cmp, field, Term::Value(value.clone())),
            Ask::In(values) => Cond::In(field, values.clone()),
            Ask::IsNull(true) => Cond::IsNull(field),
            Ask::IsNull(false) => Cond::IsNotNull(field),
            Ask::Text(how, insensitive, pattern) => {
                let pattern = Term::Value(V::Text(pattern.clone()));
                Cond::Text(*how, *insensitive, field, pattern)
            }
        };
        match self.over {
            Some(relation) => Cond::Any(relation, Box::new(cond)),
            None => cond,
        }
    }
}

#[derive(Debug, Clone)]
pub enum Verb {
    /// Rows, `first`, `count` and `exists`.
    All {
        limit: Option<u64>,
        offset: Option<u64>,
    },
    /// A column for each term.
    Values(Vec<Term>),
    /// Aggregates of all rows.
    Totals(Vec<Agg>),
    Groups {
        by: Vec<&'static Field>,
        having: Option<Cond>,
        order: Vec<Sort>,
        of: Vec<Agg>,
    },
    /// Keyset pages of a size, forwards and backwards.
    Pages(u64),
    /// What is after and before the row at this place, from 1.
    Around(u64),
    /// The first rows, where there is a limit.
    Update(Target, Term, Option<u64>),
    Delete(Option<u64>),
    /// Through the dynamic layer; sorted by columns, with NULLs where the database puts them.
    Dynamic {
        lookups: Vec<Lookup>,
        order: Vec<(&'static Field, bool)>,
        limit: Option<u64>,
    },
}

#[derive(Debug, Clone)]
pub struct Case {
    pub unscoped: bool,
    pub filter: Vec<Cond>,
    pub exclude: Vec<Cond>,
    pub order: Vec<Sort>,
    pub verb: Verb,
}
