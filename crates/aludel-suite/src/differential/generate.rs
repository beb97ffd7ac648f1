//! Terms and conditions at random. Where databases may differ in a last digit, nothing is asked.

use super::SCOPED_PATHS;
use super::models::FIELDS;
use super::rows::Generator;
use super::tree::{
    Call, Cmp, Cond, Field, Fold, Kind, Match, Math, Of, Pair, Rel, Sort, Step, Sub,
};
use super::tree::{Term, V};
use rust_decimal::Decimal;

/// All kinds that compare by an order.
pub const ORDERED: &[Kind] = &[
    Kind::Int,
    Kind::Float,
    Kind::Dec,
    Kind::Text,
    Kind::Date,
    Kind::Moment,
    Kind::Level,
];

const CMPS: &[Cmp] = &[
    Cmp::Eq,
    Cmp::Ne,
    Cmp::Lt,
    Cmp::Le,
    Cmp::Gt,
    Cmp::Ge,
    Cmp::Same,
    Cmp::Distinct,
];

pub const MATCHES: &[Match] = &[
    Match::Contains,
    Match::StartsWith,
    Match::EndsWith,
    Match::Like,
];

impl Generator {
    pub fn field(&mut self, of: Of, kind: Option<Kind>) -> Option<&'static Field> {
        let fields = FIELDS.iter().filter(|field| {
            field.of == of
                && kind.is_none_or(|kind| field.kind == kind)
                && (SCOPED_PATHS || !field.path.starts_with("publisher"))
        });
        let fields: Vec<&'static Field> = fields.collect();
        (!fields.is_empty()).then(|| self.pick(&fields))
    }

    pub fn book_field(&mut self) -> &'static Field {
        self.field(Of::Book, None).expect("books have fields")
    }

    fn leaf(&mut self, of: Of, kind: Kind) -> Term {
        let field = if self.chance(75) {
            self.field(of, Some(kind))
        } else {
            None
        };
        match field {
            Some(field) => Term::Field(field),
            None => Term::Value(self.value(kind)),
        }
    }

    /// A term that is nested at most so deep.
    pub fn term(&mut self, of: Of, kind: Kind, depth: u32) -> Term {
        if depth == 0 || self.chance(30) {
            return self.leaf(of, kind);
        }
        let depth = depth - 1;
        let choice = self.below(10);
        let two = |make: &mut Generator| {
            Box::new((make.term(of, kind, depth), make.term(of, kind, depth)))
        };
        match choice {
            0 => {
                let (left, right) = *two(self);
                Term::Case(Box::new((self.cond(of, depth), left, right)))
            }
            1 => {
                let then = self.term(of, kind, depth);
                Term::When(Box::new((self.cond(of, depth), then)))
            }
            2 => Term::Pair(Pair::Coalesce, two(self)),
            3 => Term::Pair(Pair::NullIf, two(self)),
            4 if kind != Kind::Bool => {
                let pair = self.pick(&[Pair::Greatest, Pair::Least]);
                Term::Pair(pair, two(self))
            }
            _ => self.own(of, kind, depth),
        }
    }

    fn own(&mut self, of: Of, kind: Kind, depth: u32) -> Term {
        match kind {
            Kind::Int => self.int(of, depth),
            Kind::Float | Kind::Dec => self.number(of, kind, depth),
            Kind::Text => self.text_term(of, depth),
            Kind::Bool => self.leaf(of, kind),
            Kind::Date | Kind::Moment | Kind::Level => {
                let relation = self.relation(of);
                let fold = self.pick(&[Fold::Min, Fold::Max]);
                let inner = self.term(relation.target(), kind, depth.min(1));
                Term::Over(fold, relation, Box::new(inner))
            }
        }
    }

    fn int(&mut self, of: Of, depth: u32) -> Term {
        match self.below(7) {
            0 => Term::Call(Call::Length, Box::new(self.term(of, Kind::Text, depth))),
            1 => {
                let call = self.pick(&[Call::Year, Call::Month, Call::Day]);
                Term::Call(call, Box::new(self.term(of, Kind::Date, depth)))
            }
            2 => {
                let call = self.pick(&[
                    Call::Year,
                    Call::Month,
                    Call::Day,
                    Call::Hour,
                    Call::Minute,
                    Call::Second,
                ]);
                Term::Call(call, Box::new(self.term(of, Kind::Moment, depth)))
            }
            3 => {
                let relation = self.relation(of);
                let only = self.maybe(60, |make| Box::new(make.cond(relation.target(), depth)));
                Term::Count(relation, only)
            }
            4 => Term::Call(Call::ToInt, Box::new(self.leaf(of, Kind::Dec))),
            _ => self.number(of, Kind::Int, depth),
        }
    }

    fn number(&mut self, of: Of, kind: Kind, depth: u32) -> Term {
        let term = self.term(of, kind, depth);
        match self.below(7) {
            0 | 1 => {
                let math = self.pick(&[Math::Add, Math::Subtract]);
                Term::Math(math, Box::new((term, self.term(of, kind, depth))))
            }
            2 => {
                let (math, by) = self.factor(kind);
                Term::Math(math, Box::new((term, Term::Value(by))))
            }
            3 if kind == Kind::Int => {
                // By a column, which may be zero.
                let math = self.pick(&[Math::Divide, Math::Remainder]);
                Term::Math(math, Box::new((term, self.leaf(of, kind))))
            }
            4 => Term::Minus(Box::new(term)),
            5 => {
                let relation = self.relation(of);
                let fold = self.pick(&[Fold::Sum, Fold::Min, Fold::Max]);
                // Sums of sums would grow.
                let inner = self.leaf(relation.target(), kind);
                Term::Over(fold, relation, Box::new(inner))
            }
            6 if kind == Kind::Dec => Term::Call(Call::ToDec, Box::new(self.leaf(of, Kind::Int))),
            _ => {
                let call = self.pick(&[Call::Abs, Call::Round, Call::Floor, Call::Ceil]);
                Term::Call(call, Box::new(term))
            }
        }
    }

    /// What a number is multiplied with or divided by, so that it stays small and exact.
    fn factor(&mut self, kind: Kind) -> (Math, V) {
        let whole = self.below(7) as i64 - 3;
        match kind {
            Kind::Int => {
                let math = self.pick(&[Math::Multiply, Math::Divide, Math::Remainder]);
                (math, V::Int(whole))
            }
            Kind::Float => {
                let by = self.pick(&[0.0, 0.5, 2.0, -4.0]);
                (self.pick(&[Math::Multiply, Math::Divide]), V::Float(by))
            }
            _ => match self.pick(&[Math::Multiply, Math::Divide, Math::Remainder]) {
                Math::Divide => {
                    let by = [(3, 0), (7, 0), (-25, 1), (6, 0), (0, 0), (15, 2)];
                    let (number, scale) = self.pick(&by);
                    (Math::Divide, V::Dec(Decimal::new(number, scale)))
                }
                math => (math, V::Dec(whole.into())),
            },
        }
    }

    fn text_term(&mut self, of: Of, depth: u32) -> Term {
        match self.below(7) {
            0 | 1 => {
                let call = self.pick(&[Call::Lower, Call::Upper, Call::Trim]);
                Term::Call(call, Box::new(self.term(of, Kind::Text, depth)))
            }
            2 => Term::Concat(Box::new((
                self.term(of, Kind::Text, depth),
                self.term(of, Kind::Text, depth),
            ))),
            3 => {
                let (from, count) = (self.below(6) as i32 - 2, self.below(5) as i32 - 1);
                Term::Part(Box::new(self.term(of, Kind::Text, depth)), from, count)
            }
            4 => {
                let (what, with) = (
                    self.pick(&["a", "%", "\\", "ä"]),
                    self.pick(&["", "b", "'"]),
                );
                Term::Replace(Box::new(self.term(of, Kind::Text, depth)), what, with)
            }
            5 => Term::Call(
                Call::ToText,
                Box::new(self.term(of, Kind::Int, depth.min(1))),
            ),
            _ if of == Of::Book => Term::Json(
                self.pick(&[
                    &[Step::Key("kind")] as &[Step],
                    &[Step::Key("n")],
                    &[Step::Key("ok")],
                    &[Step::Key("tags"), Step::Index(0)],
                    &[Step::Key("tags"), Step::Index(1), Step::Key("x")],
                    &[Step::Key("in"), Step::Key("x")],
                    &[Step::Key("in"), Step::Key("n")],
                    &[Step::Key("in"), Step::Index(0)],
                    &[Step::Index(0)],
                ])
                .to_vec(),
            ),
            _ => self.leaf(of, Kind::Text),
        }
    }

    pub fn relation(&mut self, of: Of) -> Rel {
        match of {
            Of::Book => self.pick(&[Rel::Tags, Rel::AuthorBooks, Rel::EditorBooks]),
            Of::Author => self.pick(&[Rel::Books, Rel::Edited]),
            Of::Tag => Rel::TagBooks,
        }
    }

    pub fn sort(&mut self, term: Term) -> Sort {
        Sort {
            term,
            descending: self.chance(50),
            nulls_first: self.chance(50),
        }
    }

    pub fn cond(&mut self, of: Of, depth: u32) -> Cond {
        if depth == 0 {
            return self.simple(of, 0);
        }
        let depth = depth - 1;
        match self.below(12) {
            0 | 1 => Cond::And(self.conds(of, depth)),
            2 | 3 => Cond::Or(self.conds(of, depth)),
            4 => Cond::Not(Box::new(self.cond(of, depth))),
            5 => {
                let relation = self.relation(of);
                let inner = Box::new(self.cond(relation.target(), depth));
                match self.below(3) {
                    0 => Cond::Any(relation, inner),
                    1 => Cond::All(relation, inner),
                    _ => Cond::None(relation, inner),
                }
            }
            6 => self.among(of, depth),
            _ => self.simple(of, depth),
        }
    }

    fn conds(&mut self, of: Of, depth: u32) -> Vec<Cond> {
        let count = 2 + self.below(2);
        (0..count).map(|_| self.cond(of, depth)).collect()
    }

    fn among(&mut self, of: Of, depth: u32) -> Cond {
        let kind = self.pick(ORDERED);
        let term = self.term(of, kind, depth.min(1));
        if self.chance(50) {
            let values = self.several(4, |make| make.value(kind));
            return if self.chance(50) {
                Cond::In(term, values)
            } else {
                Cond::NotIn(term, values)
            };
        }
        let by = self.book_field();
        let sub = Box::new(Sub {
            select: self.term(Of::Book, kind, depth.min(1)),
            filter: self.maybe(60, |make| make.cond(Of::Book, depth.min(1))),
            order: vec![self.sort(Term::Field(by))],
            limit: self.maybe(50, |make| 1 + make.below(6) as u64),
        });
        if self.chance(50) {
            Cond::InQuery(term, sub)
        } else {
            Cond::NotInQuery(term, sub)
        }
    }

    /// A condition that has none within it, but for those in terms.
    fn simple(&mut self, of: Of, depth: u32) -> Cond {
        let kind = self.pick(ORDERED);
        match self.below(9) {
            0 => Cond::IsNull(self.term(of, kind, depth)),
            1 => Cond::IsNotNull(self.term(of, kind, depth)),
            2 => Cond::Between(Box::new((
                self.term(of, kind, depth),
                self.leaf(of, kind),
                self.leaf(of, kind),
            ))),
            3 | 4 => Cond::Text(
                self.pick(MATCHES),
                self.chance(40),
                self.term(of, Kind::Text, depth),
                self.leaf(of, Kind::Text),
            ),
            5 => match self.field(of, Some(Kind::Bool)) {
                Some(field) if self.chance(50) => Cond::Truth(Term::Field(field)),
                Some(field) => Cond::Compare(
                    self.pick(&[Cmp::Eq, Cmp::Ne, Cmp::Same, Cmp::Distinct]),
                    Term::Field(field),
                    self.term(of, Kind::Bool, depth),
                ),
                None => Cond::IsNotNull(self.leaf(of, kind)),
            },
            _ => Cond::Compare(
                self.pick(CMPS),
                self.term(of, kind, depth),
                self.term(of, kind, depth),
            ),
        }
    }
}
