//! What a case is made of: values, terms, conditions, verbs.

use super::evaluate::Eval;
use super::models::Level;
use aludel::expr::Node;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;

/// The sort of a term's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int,
    Float,
    Dec,
    Text,
    Date,
    Moment,
    Level,
}

/// A value of any kind.
#[derive(Debug, Clone)]
pub enum V {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Dec(Decimal),
    Text(String),
    Date(Date),
    Moment(Timestamp),
    Level(Level),
}

impl V {
    pub fn kind(&self) -> Kind {
        match self {
            V::Null => panic!("NULL has no kind"),
            V::Bool(_) => Kind::Bool,
            V::Int(_) => Kind::Int,
            V::Float(_) => Kind::Float,
            V::Dec(_) => Kind::Dec,
            V::Text(_) => Kind::Text,
            V::Date(_) => Kind::Date,
            V::Moment(_) => Kind::Moment,
            V::Level(_) => Kind::Level,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, V::Null)
    }

    /// As SQL compares: unknown where one is NULL.
    pub fn order(&self, other: &V) -> Option<Ordering> {
        match (self, other) {
            (V::Null, _) | (_, V::Null) => None,
            (V::Bool(l), V::Bool(r)) => Some(l.cmp(r)),
            (V::Int(l), V::Int(r)) => Some(l.cmp(r)),
            (V::Float(l), V::Float(r)) => l.partial_cmp(r),
            (V::Dec(l), V::Dec(r)) => Some(l.cmp(r)),
            (V::Text(l), V::Text(r)) => Some(l.cmp(r)),
            (V::Date(l), V::Date(r)) => Some(l.cmp(r)),
            (V::Moment(l), V::Moment(r)) => Some(l.cmp(r)),
            (V::Level(l), V::Level(r)) => Some(l.cmp(r)),
            (l, r) => panic!("{l:?} and {r:?} are of two kinds"),
        }
    }

    /// Whether both are the same, NULL counting as a value.
    pub fn is_same(&self, other: &V) -> bool {
        match (self, other) {
            (V::Null, V::Null) => true,
            (V::Null, _) | (_, V::Null) => false,
            (l, r) => l.order(r) == Some(Ordering::Equal),
        }
    }
}

/// As results are compared: means of floats may differ in their last digit.
impl PartialEq for V {
    fn eq(&self, other: &V) -> bool {
        match (self, other) {
            (V::Float(l), V::Float(r)) => (l - r).abs() <= 1e-9 * l.abs().max(1.0),
            (l, r) => l.is_same(r),
        }
    }
}

/// The models that terms can speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Book,
    Author,
    Tag,
}

/// A column of a model, perhaps over to-one relations.
pub struct Field {
    pub of: Of,
    pub path: &'static str,
    pub kind: Kind,
    pub node: fn() -> Node,
    pub read: fn(&Eval<'_>, usize) -> V,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.of, self.path)
    }
}

/// To-many relations, some behind to-one relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rel {
    /// `Book::tags`
    Tags,
    /// `Book::author.books`
    AuthorBooks,
    /// `Book::editor.books`
    EditorBooks,
    /// `Author::books`
    Books,
    /// `Author::edited`
    Edited,
    /// `Tag::books`
    TagBooks,
}

impl Rel {
    pub fn target(self) -> Of {
        match self {
            Rel::Tags => Of::Tag,
            _ => Of::Book,
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Rel::Tags => "tags",
            Rel::AuthorBooks => "author.books",
            Rel::EditorBooks => "editor.books",
            Rel::Books | Rel::TagBooks => "books",
            Rel::Edited => "edited",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Math {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Functions of one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Lower,
    Upper,
    Trim,
    Length,
    Abs,
    Round,
    Floor,
    Ceil,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Casts.
    ToInt,
    ToDec,
    ToText,
}

/// Functions of two arguments of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    Coalesce,
    NullIf,
    Greatest,
    Least,
}

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Count,
    Sum,
    Average,
    Min,
    Max,
}

impl Fold {
    pub fn kind(self, of: Kind) -> Kind {
        match (self, of) {
            (Fold::Count, _) => Kind::Int,
            (Fold::Average, Kind::Int) => Kind::Float,
            (_, of) => of,
        }
    }
}

/// An aggregate; of rows, where it is of nothing.
#[derive(Debug, Clone)]
pub struct Agg {
    pub fold: Fold,
    pub of: Option<Term>,
    pub distinct: bool,
    pub filter: Option<Cond>,
}

impl Agg {
    pub fn kind(&self) -> Kind {
        let of = self.of.as_ref().map_or(Kind::Int, Term::kind);
        self.fold.kind(of)
    }
}

/// A window: `row_number()` in an order that ends in the key, or an aggregate of the whole partition.
#[derive(Debug, Clone)]
pub struct Win {
    pub function: Option<Agg>,
    pub partition: Vec<&'static Field>,
    pub sort: Vec<Sort>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Key(&'static str),
    Index(u32),
}

/// What has a value for each row (or each group).
#[derive(Debug, Clone)]
pub enum Term {
    Field(&'static Field),
    /// Not NULL.
    Value(V),
    Math(Math, Box<(Term, Term)>),
    Minus(Box<Term>),
    Call(Call, Box<Term>),
    Pair(Pair, Box<(Term, Term)>),
    Concat(Box<(Term, Term)>),
    /// `substring(x, from, count)`.
    Part(Box<Term>, i32, i32),
    Replace(Box<Term>, &'static str, &'static str),
    /// In `Book::doc`.
    Json(Vec<Step>),
    /// CASE with an ELSE, and without.
    Case(Box<(Cond, Term, Term)>),
    When(Box<(Cond, Term)>),
    /// How many related rows.
    Count(Rel, Option<Box<Cond>>),
    /// An aggregate over related rows.
    Over(Fold, Rel, Box<Term>),
    /// Over the rows of a group.
    Aggregate(Box<Agg>),
    Window(Box<Win>),
}

impl Term {
    pub fn kind(&self) -> Kind {
        match self {
            Term::Field(field) => field.kind,
            Term::Value(value) => value.kind(),
            Term::Math(_, of) | Term::Pair(_, of) => of.0.kind(),
            Term::Minus(of) => of.kind(),
            Term::Call(call, of) => match call {
                Call::Length
                | Call::Year
                | Call::Month
                | Call::Day
                | Call::Hour
                | Call::Minute
                | Call::Second
                | Call::ToInt => Kind::Int,
                Call::ToDec => Kind::Dec,
                Call::ToText => Kind::Text,
                _ => of.kind(),
            },
            Term::Concat(_) | Term::Part(..) | Term::Replace(..) | Term::Json(_) => Kind::Text,
            Term::Case(of) => of.1.kind(),
            Term::When(of) => of.1.kind(),
            Term::Count(..) => Kind::Int,
            Term::Over(fold, _, of) => fold.kind(of.kind()),
            Term::Aggregate(aggregate) => aggregate.kind(),
            Term::Window(window) => window.function.as_ref().map_or(Kind::Int, Agg::kind),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// NULL counting as a value.
    Same,
    Distinct,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Contains,
    StartsWith,
    EndsWith,
    Like,
}

#[derive(Debug, Clone)]
pub enum Cond {
    /// A truth value is a condition.
    Truth(Term),
    Compare(Cmp, Term, Term),
    IsNull(Term),
    IsNotNull(Term),
    Between(Box<(Term, Term, Term)>),
    /// None of the values is NULL.
    In(Term, Vec<V>),
    NotIn(Term, Vec<V>),
    InQuery(Term, Box<Sub>),
    NotInQuery(Term, Box<Sub>),
    /// How, whether case is ignored, the text, the pattern.
    Text(Match, bool, Term, Term),
    And(Vec<Cond>),
    Or(Vec<Cond>),
    Not(Box<Cond>),
    Any(Rel, Box<Cond>),
    All(Rel, Box<Cond>),
    None(Rel, Box<Cond>),
}

/// A query of books inside a condition; its order ends in the key.
#[derive(Debug, Clone)]
pub struct Sub {
    pub select: Term,
    pub filter: Option<Cond>,
    pub order: Vec<Sort>,
    pub limit: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct Sort {
    pub term: Term,
    pub descending: bool,
    pub nulls_first: bool,
}
