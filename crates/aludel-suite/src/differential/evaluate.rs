//! What a case means, over rows in memory.

use super::case::{Case, Target};
use super::functions::{all, among, calculated, called, compared, folded, matches, part, scalar};
use super::models::{AuthorRow, BookRow, TagRow, World, field};
use super::tree::{Agg, Cmp, Cond, Pair, Rel, Sort, Sub, Term, V, Win};
use std::cmp::Ordering;

/// Evaluates over the rows of a world.
pub struct Eval<'w> {
    pub world: &'w World,
    /// Whether scopes do not count.
    pub unscoped: bool,
    /// The rows that aggregates and windows are over.
    pub group: Vec<usize>,
}

impl<'w> Eval<'w> {
    pub fn new(world: &'w World, unscoped: bool) -> Eval<'w> {
        Eval {
            world,
            unscoped,
            group: Vec::new(),
        }
    }

    pub fn book(&self, row: usize) -> &'w BookRow {
        &self.world.books[row]
    }

    pub fn author(&self, row: usize) -> &'w AuthorRow {
        &self.world.authors[row]
    }

    pub fn tag(&self, row: usize) -> &'w TagRow {
        &self.world.tags[row]
    }

    /// The books that the case's query finds, in its order and then by key.
    pub fn chosen(&mut self, case: &Case) -> Vec<usize> {
        self.found(&case.filter, &case.exclude, &case.order)
    }

    fn found(&mut self, filter: &[Cond], exclude: &[Cond], order: &[Sort]) -> Vec<usize> {
        let mut rows = self.books(|_| true);
        rows.retain(|row| {
            let holds = |cond: &Cond| self.cond(cond, *row) == Some(true);
            filter.iter().all(holds) && !exclude.iter().any(holds)
        });
        // Windows are over what is left.
        self.group = rows.clone();
        self.sort(&mut rows, order);
        rows
    }

    /// Sorts rows that are in the order of their keys.
    pub fn sort(&self, rows: &mut [usize], order: &[Sort]) {
        rows.sort_by(|l, r| {
            let terms = order.iter().map(|by| {
                let values = (self.term(&by.term, *l), self.term(&by.term, *r));
                compared(&values.0, &values.1, by.descending, by.nulls_first)
            });
            terms.fold(Ordering::Equal, Ordering::then)
        });
    }

    /// The books in scope for which it holds.
    pub fn books(&self, holds: impl Fn(&BookRow) -> bool) -> Vec<usize> {
        let books = self.world.books.iter().enumerate();
        books
            .filter(|(_, book)| self.unscoped || !(book.hidden || book.deleted))
            .filter(|(_, book)| holds(book))
            .map(|(row, _)| row)
            .collect()
    }

    fn related(&self, relation: Rel, row: usize) -> Vec<usize> {
        match relation {
            Rel::Tags => self.book(row).tags.clone(),
            Rel::AuthorBooks => self.books(|book| book.author == self.book(row).author),
            Rel::EditorBooks => match self.book(row).editor {
                Some(editor) => self.books(|book| book.author == editor),
                None => Vec::new(),
            },
            Rel::Books => self.books(|book| book.author == row),
            Rel::Edited => self.books(|book| book.editor == Some(row)),
            Rel::TagBooks => self.books(|book| book.tags.contains(&row)),
        }
    }

    /// A term's value for a row of the model that it is of.
    pub fn term(&self, of: &Term, row: usize) -> V {
        match of {
            Term::Field(field) => (field.read)(self, row),
            Term::Value(value) => value.clone(),
            Term::Math(math, of) => {
                let (left, right) = (self.term(&of.0, row), self.term(&of.1, row));
                calculated(*math, &left, &right)
            }
            Term::Minus(of) => match self.term(of, row) {
                V::Int(n) => V::Int(-n),
                V::Float(n) => V::Float(-n),
                V::Dec(n) => V::Dec(-n),
                other => other,
            },
            Term::Call(call, of) => called(*call, self.term(of, row)),
            Term::Pair(pair, of) => {
                let (left, right) = (self.term(&of.0, row), self.term(&of.1, row));
                match (pair, left.order(&right)) {
                    (Pair::Coalesce, _) if left.is_null() => right,
                    (Pair::Coalesce, _) => left,
                    (Pair::NullIf, Some(Ordering::Equal)) => V::Null,
                    (Pair::NullIf, _) => left,
                    (_, None) => V::Null,
                    (Pair::Greatest, Some(Ordering::Less)) => right,
                    (Pair::Least, Some(Ordering::Greater)) => right,
                    _ => left,
                }
            }
            Term::Concat(of) => match (self.term(&of.0, row), self.term(&of.1, row)) {
                (V::Text(left), V::Text(right)) => V::Text(left + &right),
                _ => V::Null,
            },
            Term::Part(of, from, count) => match self.term(of, row) {
                V::Text(text) => V::Text(part(&text, *from, *count)),
                other => other,
            },
            Term::Replace(of, what, with) => match self.term(of, row) {
                V::Text(text) => V::Text(text.replace(what, with)),
                other => other,
            },
            Term::Json(path) => scalar(&self.book(row).doc, path),
            Term::Case(of) => match self.cond(&of.0, row) {
                Some(true) => self.term(&of.1, row),
                _ => self.term(&of.2, row),
            },
            Term::When(of) => match self.cond(&of.0, row) {
                Some(true) => self.term(&of.1, row),
                _ => V::Null,
            },
            Term::Count(relation, only) => {
                let mut rows = self.related(*relation, row);
                rows.retain(|row| {
                    only.as_ref()
                        .is_none_or(|only| self.cond(only, *row) == Some(true))
                });
                V::Int(rows.len() as i64)
            }
            Term::Over(fold, relation, of) => {
                let rows = self.related(*relation, row);
                folded(*fold, rows.iter().map(|row| self.term(of, *row)).collect())
            }
            Term::Aggregate(of) => self.aggregate(of, &self.group),
            Term::Window(window) => self.window(window, row),
        }
    }

    /// An aggregate over rows.
    pub fn aggregate(&self, of: &Agg, rows: &[usize]) -> V {
        let counted = rows.iter().filter(|row| {
            let mut filters = of.filter.iter();
            filters.all(|filter| self.cond(filter, **row) == Some(true))
        });
        let Some(argument) = &of.of else {
            return V::Int(counted.count() as i64);
        };
        let mut values: Vec<V> = Vec::new();
        for row in counted {
            let value = self.term(argument, *row);
            if !of.distinct || !values.iter().any(|other| other.is_same(&value)) {
                values.push(value);
            }
        }
        folded(of.fold, values)
    }

    fn window(&self, window: &Win, row: usize) -> V {
        let alike = |other: &usize| {
            let mut by = window.partition.iter();
            by.all(|field| (field.read)(self, *other).is_same(&(field.read)(self, row)))
        };
        let mut rows: Vec<usize> = self.group.iter().copied().filter(alike).collect();
        match &window.function {
            Some(of) => self.aggregate(of, &rows),
            None => {
                self.sort(&mut rows, &window.sort);
                let before = rows.iter().take_while(|other| **other != row);
                V::Int(before.count() as i64 + 1)
            }
        }
    }

    /// Whether a condition holds; `None` where that is unknown.
    pub fn cond(&self, of: &Cond, row: usize) -> Option<bool> {
        let not = |holds: Option<bool>| holds.map(|holds| !holds);
        match of {
            Cond::Truth(of) => match self.term(of, row) {
                V::Bool(holds) => Some(holds),
                _ => None,
            },
            Cond::Compare(cmp, left, right) => {
                let (left, right) = (self.term(left, row), self.term(right, row));
                match cmp {
                    Cmp::Same => return Some(left.is_same(&right)),
                    Cmp::Distinct => return Some(!left.is_same(&right)),
                    _ => {}
                }
                let order = left.order(&right)?;
                Some(match cmp {
                    Cmp::Eq | Cmp::Same => order.is_eq(),
                    Cmp::Ne | Cmp::Distinct => order.is_ne(),
                    Cmp::Lt => order.is_lt(),
                    Cmp::Le => order.is_le(),
                    Cmp::Gt => order.is_gt(),
                    Cmp::Ge => order.is_ge(),
                })
            }
            Cond::IsNull(of) => Some(self.term(of, row).is_null()),
            Cond::IsNotNull(of) => Some(!self.term(of, row).is_null()),
            Cond::Between(of) => {
                let value = self.term(&of.0, row);
                let low = self.term(&of.1, row).order(&value).map(Ordering::is_le);
                let high = value.order(&self.term(&of.2, row)).map(Ordering::is_le);
                all([low, high].into_iter())
            }
            Cond::In(of, values) => among(&self.term(of, row), values),
            Cond::NotIn(of, values) => not(among(&self.term(of, row), values)),
            Cond::InQuery(of, sub) => among(&self.term(of, row), &self.listed(sub)),
            Cond::NotInQuery(of, sub) => {
                let mut values = self.listed(sub);
                values.retain(|value| !value.is_null());
                not(among(&self.term(of, row), &values))
            }
            Cond::Text(how, insensitive, of, pattern) => {
                match (self.term(of, row), self.term(pattern, row)) {
                    (V::Text(text), V::Text(pattern)) if *insensitive => {
                        Some(matches(*how, &text.to_lowercase(), &pattern.to_lowercase()))
                    }
                    (V::Text(text), V::Text(pattern)) => Some(matches(*how, &text, &pattern)),
                    _ => None,
                }
            }
            Cond::And(of) => all(of.iter().map(|of| self.cond(of, row))),
            // Some holds, unless all of them do not.
            Cond::Or(of) => not(all(of.iter().map(|of| not(self.cond(of, row))))),
            Cond::Not(of) => not(self.cond(of, row)),
            Cond::Any(relation, of) => Some(self.some(*relation, of, row, true)),
            Cond::All(relation, of) => Some(!self.some(*relation, of, row, false)),
            Cond::None(relation, of) => Some(!self.some(*relation, of, row, true)),
        }
    }

    /// Whether some related row fulfils the condition, or some does not.
    fn some(&self, relation: Rel, of: &Cond, row: usize, holds: bool) -> bool {
        let mut rows = self.related(relation, row).into_iter();
        rows.any(|row| (self.cond(of, row) == Some(true)) == holds)
    }

    /// A subquery's values: a query of its own, with the scope that it has by itself.
    fn listed(&self, sub: &Sub) -> Vec<V> {
        let mut eval = Eval::new(self.world, false);
        let rows = eval.found(sub.filter.as_slice(), &[], &sub.order);
        let most = sub.limit.map_or(rows.len(), |limit| limit as usize);
        let values = rows.iter().take(most);
        values.map(|row| eval.term(&sub.select, *row)).collect()
    }

    /// The values of a column after an update of these rows; of all books, by key.
    pub fn updated(&self, rows: &[usize], target: Target, to: &Term) -> Vec<V> {
        let column = field(target.path());
        let books = 0..self.world.books.len();
        books
            .map(|row| {
                let old = (column.read)(self, row);
                if !rows.contains(&row) {
                    return old;
                }
                match self.term(to, row) {
                    V::Null if !target.is_nullable() => old,
                    new => new,
                }
            })
            .collect()
    }
}
