//! Whole cases at random.

use super::case::{Ask, Case, Lookup, Target, Verb};
use super::generate::{MATCHES, ORDERED};
use super::models::field;
use super::rows::{Generator, TEXTS};
use super::tree::{Agg, Cmp, Cond, Field, Fold, Kind, Match, Of, Sort, Term, V, Win};

const NUMBERS: &[Kind] = &[Kind::Int, Kind::Float, Kind::Dec];

const PLAIN_CMPS: &[Cmp] = &[Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge];

impl Generator {
    pub fn case(&mut self) -> Case {
        let verb = self.verb();
        let order = match &verb {
            Verb::Totals(_) | Verb::Groups { .. } | Verb::Dynamic { .. } => Vec::new(),
            // Places in an order are of columns.
            Verb::Pages(_) | Verb::Around(_) => self.several(3, |make| {
                let by = make.book_field();
                make.sort(Term::Field(by))
            }),
            Verb::Values(_) => self.several(2, |make| match make.maybe(30, Generator::window) {
                Some(window) => make.sort(window),
                None => make.any_sort(),
            }),
            _ => self.several(2, Generator::any_sort),
        };
        if let Verb::Dynamic { .. } = verb {
            return Case {
                unscoped: false,
                filter: Vec::new(),
                exclude: Vec::new(),
                order,
                verb,
            };
        }
        Case {
            unscoped: self.chance(15),
            filter: self.several(2, Generator::any_cond),
            exclude: self.several(1, Generator::any_cond),
            order,
            verb,
        }
    }

    fn any_cond(&mut self) -> Cond {
        let depth = self.below(4) as u32;
        self.cond(Of::Book, depth)
    }

    fn any_sort(&mut self) -> Sort {
        let kind = self.pick(ORDERED);
        let term = match self.term(Of::Book, kind, 2) {
            // The same for all rows.
            Term::Value(_) => Term::Field(self.book_field()),
            term => term,
        };
        self.sort(term)
    }

    fn verb(&mut self) -> Verb {
        match self.below(12) {
            0 | 1 => Verb::All {
                limit: self.maybe(40, |make| make.below(8) as u64),
                offset: self.maybe(20, |make| make.below(6) as u64),
            },
            2 | 3 => Verb::Values(vec![self.selected(), self.selected()]),
            4 => Verb::Totals(vec![self.agg(true), self.agg(true)]),
            5 | 6 => self.groups(),
            7 => Verb::Pages(1 + self.below(7) as u64),
            8 => Verb::Around(1 + self.below(7) as u64),
            9 => {
                let (target, kind) = self.pick(&[
                    (Target::Title, Kind::Text),
                    (Target::Price, Kind::Dec),
                    (Target::Discount, Kind::Dec),
                    (Target::Pages, Kind::Int),
                    (Target::Rating, Kind::Float),
                    (Target::Published, Kind::Date),
                ]);
                let to = self.term(Of::Book, kind, 2);
                Verb::Update(target, to, self.most())
            }
            10 => Verb::Delete(self.most()),
            _ => self.dynamic(),
        }
    }

    fn most(&mut self) -> Option<u64> {
        self.maybe(30, |make| make.below(6) as u64)
    }

    fn selected(&mut self) -> Term {
        match self.below(8) {
            0 => self.window(),
            1 => {
                let (relation, kind) = (self.relation(Of::Book), self.pick(NUMBERS));
                let of = self.term(relation.target(), kind, 1);
                Term::Over(Fold::Average, relation, Box::new(of))
            }
            _ => {
                let kind = self.pick(ORDERED);
                self.term(Of::Book, kind, 3)
            }
        }
    }

    fn agg(&mut self, distinct: bool) -> Agg {
        let fold = self.pick(&[Fold::Count, Fold::Sum, Fold::Average, Fold::Min, Fold::Max]);
        let kind = match fold {
            Fold::Sum | Fold::Average => self.pick(NUMBERS),
            _ => self.pick(ORDERED),
        };
        let of = match fold {
            Fold::Count if self.chance(40) => None,
            _ => Some(self.term(Of::Book, kind, 1)),
        };
        let differs = matches!(fold, Fold::Count | Fold::Sum) && of.is_some();
        Agg {
            fold,
            distinct: distinct && differs && self.chance(30),
            filter: self.maybe(30, |make| make.cond(Of::Book, 1)),
            of,
        }
    }

    fn window(&mut self) -> Term {
        // No database of the three has DISTINCT in windows.
        let function = self.maybe(40, |make| make.agg(false));
        let mut sort = Vec::new();
        if function.is_none() {
            let by = self.book_field();
            sort = vec![
                self.sort(Term::Field(by)),
                self.sort(Term::Field(field("id"))),
            ];
        }
        Term::Window(Box::new(Win {
            function,
            partition: self.several(2, Generator::book_field),
            sort,
        }))
    }

    fn groups(&mut self) -> Verb {
        let mut by: Vec<&'static Field> = vec![self.book_field()];
        let second = self.book_field();
        if self.chance(50) && second.path != by[0].path {
            by.push(second);
        }
        let having = self.maybe(40, |make| {
            let mut of = make.agg(true);
            // A mean may differ in its last digit.
            if of.fold == Fold::Average {
                of.fold = Fold::Sum;
            }
            let value = Term::Value(make.value(of.kind()));
            Cond::Compare(make.pick(PLAIN_CMPS), Term::Aggregate(Box::new(of)), value)
        });
        let order = self.several(1, |make| {
            let of = Agg {
                fold: make.pick(&[Fold::Min, Fold::Max, Fold::Count]),
                of: Some(Term::Field(make.book_field())),
                distinct: false,
                filter: None,
            };
            make.sort(Term::Aggregate(Box::new(of)))
        });
        Verb::Groups {
            by,
            having,
            order,
            of: vec![self.agg(true), self.agg(true)],
        }
    }

    fn dynamic(&mut self) -> Verb {
        let mut lookups = vec![self.lookup()];
        lookups.extend(self.several(2, Generator::lookup));
        Verb::Dynamic {
            lookups,
            order: self.several(2, |make| (make.book_field(), make.chance(50))),
            limit: self.maybe(30, |make| make.below(8) as u64),
        }
    }

    fn lookup(&mut self) -> Lookup {
        let over = self.maybe(30, |make| make.relation(Of::Book));
        let of = over.map_or(Of::Book, |relation| relation.target());
        let kind = self.pick(&[Kind::Int, Kind::Text, Kind::Text, Kind::Dec, Kind::Date]);
        let field = match self.field(of, Some(kind)) {
            Some(field) if self.chance(70) => field,
            _ => self.field(of, None).expect("every model has fields"),
        };
        let ask = match (field.kind, self.below(6)) {
            (_, 0) => Ask::IsNull(self.chance(50)),
            (Kind::Bool, _) => Ask::Compare(Cmp::Eq, self.value(Kind::Bool)),
            (kind, 1) => Ask::In(self.several(3, |make| make.value(kind))),
            (Kind::Text, 2..=4) => {
                let how = self.pick(MATCHES);
                let insensitive = how == Match::Contains && self.chance(50);
                Ask::Text(how, insensitive, self.pick(TEXTS).to_string())
            }
            (kind, _) => {
                let value: V = self.value(kind);
                Ask::Compare(self.pick(PLAIN_CMPS), value)
            }
        };
        Lookup {
            excludes: self.chance(30),
            over,
            field,
            ask,
        }
    }
}
