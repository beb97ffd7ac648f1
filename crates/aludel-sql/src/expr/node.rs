//! [`Node`]: the untyped expression tree. It can be walked, compared and printed; the typed layer over it is
//! [`Expr`](crate::expr::Expr).

use super::depth::joined;
use crate::statement::{Nulls, OrderTerm, Select};
use crate::types::SqlType;
use crate::value::Value;
use std::borrow::Cow;

/// A name in the tree: mostly `&'static`, owned where it was computed.
pub type Name = Cow<'static, str>;

/// One node of an expression.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Node {
    /// A value, sent as a bind.
    Value(Value),
    /// A column of a table or alias, or of the statement's only table.
    Column(ColumnRef),
    /// A model's column, reached over to-one relations. The model layer resolves the hops into joins; without hops it
    /// is a column of the statement's root.
    Path(Box<Path>),
    /// A column of the statement's root, by name.
    Root(Name),
    /// `*`.
    Star,
    /// An operator before or after one operand.
    Unary(UnaryOp, Box<Node>),
    /// An operator between two operands.
    Binary(BinaryOp, Box<(Node, Node)>),
    /// Arithmetic.
    Arithmetic(ArithmeticOp, NumberKind, Box<(Node, Node)>),
    /// All of the conditions (AND).
    And(Vec<Node>),
    /// Any of the conditions (OR).
    Or(Vec<Node>),
    /// `operand BETWEEN low AND high`.
    Between(Box<(Node, Node, Node)>),
    /// Membership in a list of values.
    InList(Box<InList>),
    /// Membership in a query's rows.
    InQuery(Box<InQuery>),
    /// A text pattern.
    Text(Box<TextMatch>),
    /// CASE.
    Case(Box<Case>),
    /// CAST.
    Cast(Box<(Node, SqlType)>),
    /// `operand COLLATE name`.
    Collate(Box<(Node, Name)>),
    /// A function of the portable set.
    Function(Function, Vec<Node>),
    /// A function by its name in the database.
    Call(Name, Vec<Node>),
    /// An aggregate by its name in the database, where the name alone does not tell that it is one.
    AggregateCall(Name, Vec<Node>),
    /// An aggregate.
    Aggregate(Box<Aggregate>),
    /// A window function.
    Window(Box<Window>),
    /// `EXISTS (…)`.
    Exists(Box<Select>),
    /// A scalar subquery.
    Subquery(Box<Select>),
    /// `(a, b, …)`.
    Tuple(Vec<Node>),
    /// A value inside a JSON document.
    Json(Box<JsonGet>),
    /// A condition on a to-many relation, or an aggregate over it; the model layer resolves it into a subquery.
    Quantified(Box<Quantified>),
    /// The rows after or before a position in an order.
    Keyset(Box<Keyset>),
    /// In an upsert: the value that the insert had for a column.
    Excluded(Name),
    /// The column's default, in an insert or update.
    Default,
    /// SQL text with nodes between: `texts[0] nodes[0] texts[1] …`.
    Raw(Vec<Name>, Vec<Node>),
    /// A call or raw SQL, and the type that the program declares for it.
    Typed(Box<(Node, SqlType)>),
    /// An expression that was refused when it was made, and why: rendering it is an error.
    Refused(Name),
}

/// A column of a table or alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The table's name or alias, if needed.
    pub table: Option<Name>,
    /// The column.
    pub name: Name,
}

/// A model's column, reached over to-one relations.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The relations to follow, by field name.
    pub hops: Vec<Name>,
    /// The column in the last model's table.
    pub column: Name,
}

/// Operators of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `NOT x`.
    Not,
    /// `-x`.
    Negate,
    /// `x IS NULL`.
    IsNull,
    /// `x IS NOT NULL`.
    IsNotNull,
    /// `x IS NOT TRUE`: false or unknown.
    IsNotTrue,
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `=`.
    Equal,
    /// `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// NULL-safe equality: `IS NOT DISTINCT FROM`.
    Same,
    /// NULL-safe inequality: `IS DISTINCT FROM`.
    Distinct,
    /// Text concatenation.
    Concat,
}

/// Operators of arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}

/// The kind of numbers in arithmetic, where databases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// Integers, which divide to integers on every database.
    Integer,
    /// Floats.
    Float,
    /// Exact numbers; never through a float.
    Decimal,
    /// Unknown: left to the database.
    Unknown,
}

/// `operand [NOT] IN (values)`; its SQL does not depend on the number of values.
#[derive(Debug, Clone, PartialEq)]
pub struct InList {
    /// The operand to look for.
    pub operand: Node,
    /// The values to look in.
    pub values: Vec<Value>,
    /// The values' type.
    pub element: SqlType,
    /// Whether it is NOT IN.
    pub negated: bool,
}

/// `operand [NOT] IN (SELECT …)`. NULLs among the query's rows are left out, so that NOT IN works as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct InQuery {
    /// The operand to look for: one node, or a tuple.
    pub operand: Node,
    /// The query whose rows to look in.
    pub query: Select,
    /// Whether it is NOT IN.
    pub negated: bool,
}

/// How text is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextOp {
    /// The pattern occurs somewhere.
    Contains,
    /// The text begins with it.
    StartsWith,
    /// The text ends with it.
    EndsWith,
    /// LIKE: `%` and `_` are wildcards, `\` escapes them.
    Like,
}

/// A text pattern. Case counts on every database unless `insensitive`.
#[derive(Debug, Clone, PartialEq)]
pub struct TextMatch {
    /// How to match.
    pub op: TextOp,
    /// Whether case is ignored.
    pub insensitive: bool,
    /// The text.
    pub operand: Node,
    /// The pattern; literal except for `Like`.
    pub pattern: Node,
}

/// `CASE WHEN … THEN … ELSE … END`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Conditions with their results.
    pub branches: Vec<(Node, Node)>,
    /// The ELSE result; NULL without one.
    pub otherwise: Option<Node>,
}

/// Functions that every database has, each in its own syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// Lower case, beyond ASCII too.
    Lower,
    /// Upper case, beyond ASCII too.
    Upper,
    /// Length in characters.
    Length,
    /// Trims blanks at both ends.
    Trim,
    /// Trims blanks at the start.
    TrimStart,
    /// Trims blanks at the end.
    TrimEnd,
    /// `substr(text, from 1, count)`.
    Substring,
    /// `replace(text, what, with)`.
    Replace,
    /// The first that is not NULL.
    Coalesce,
    /// NULL if both are equal.
    NullIf,
    /// The absolute value.
    Abs,
    /// Rounded, half away from zero.
    Round,
    /// `round(x, digits)`: to that many digits after the point, half away from zero.
    RoundTo,
    /// The next whole number below.
    Floor,
    /// The next whole number above.
    Ceil,
    /// The greatest; NULL if one is NULL.
    Greatest,
    /// The least; NULL if one is NULL.
    Least,
    /// A float between 0 and 1.
    Random,
    /// The statement's instant, UTC.
    Now,
    /// Today's date, UTC.
    Today,
    /// The year of a date or time.
    Year,
    /// The month, 1–12.
    Month,
    /// The day of the month.
    Day,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
    /// The second, whole.
    Second,
}

/// The aggregates of the portable set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// How many rows, or values that are not NULL.
    Count,
    /// The sum; NULL over no rows.
    Sum,
    /// The mean.
    Average,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// The type that an aggregate returns, where databases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateType {
    /// The database's own.
    Own,
    /// A 64-bit integer (PostgreSQL would return NUMERIC); an overflow is an error.
    Integer,
    /// A 64-bit float.
    Double,
    /// An exact number.
    Decimal,
}

/// `function([DISTINCT] argument) [FILTER (WHERE filter)]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The function.
    pub function: AggregateFunction,
    /// The argument; `None` is `*`.
    pub argument: Option<Node>,
    /// Whether duplicate values count once (DISTINCT).
    pub distinct: bool,
    /// Which rows count.
    pub filter: Option<Node>,
    /// The type of the result.
    pub answer: AggregateType,
}

/// `function OVER (PARTITION BY … ORDER BY … frame)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The function or aggregate.
    pub function: Node,
    /// The partition.
    pub partition_by: Vec<Node>,
    /// The order inside it.
    pub order_by: Vec<OrderTerm>,
    /// The frame, in SQL's words, such as `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`.
    pub frame: Option<&'static str>,
}

/// One step into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JsonStep {
    /// A key of an object.
    Key(String),
    /// A position in an array, from 0.
    Index(u32),
}

/// The text of the scalar at a path in a JSON document; NULL where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonGet {
    /// The document.
    pub document: Node,
    /// The path to the value.
    pub path: Vec<JsonStep>,
}

/// What to ask of a to-many relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// Some related row fulfils the condition.
    Any,
    /// Every related row does.
    All,
    /// No related row does.
    None,
    /// An aggregate over the related rows.
    Aggregate(AggregateFunction, AggregateType),
}

/// A condition on, or an aggregate over, a to-many relation of the root, or of the model that `hops` lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantified {
    /// To-one relations on the way, by field name.
    pub hops: Vec<Name>,
    /// The to-many relation, by field name.
    pub relation: Name,
    /// What to ask.
    pub quantifier: Quantifier,
    /// The condition, in the scope of the related model.
    pub condition: Option<Node>,
    /// The expression to aggregate, in the scope of the related model.
    pub argument: Option<Node>,
    /// Whether duplicate values count once (DISTINCT).
    pub distinct: bool,
}

/// The rows after a position in an order, or before it. The dialect decides where NULLs sort.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyset {
    /// The terms of the order, and the position.
    pub terms: Vec<KeysetTerm>,
    /// Whether to select the rows before the position.
    pub backwards: bool,
    /// Whether the row at the position is one of them.
    pub inclusive: bool,
}

/// One term of an order, and the position in it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeysetTerm {
    /// What to order by.
    pub node: Node,
    /// Its value at the position.
    pub value: Value,
    /// Descending.
    pub descending: bool,
    /// Where NULLs sort; `None` is the database's default.
    pub nulls: Option<Nulls>,
    /// Whether it can be NULL.
    pub nullable: bool,
}

impl Node {
    /// Marks the expression with this type, if databases need to know it (decimals).
    pub(crate) fn typed(self, sql_type: SqlType) -> Node {
        match sql_type {
            SqlType::Decimal(..) => Node::Typed(Box::new((self, sql_type))),
            _ => self,
        }
    }

    /// The expression without the [declared types](Node::Typed) of its parts, as in a table's definition.
    #[must_use]
    pub fn plain(mut self) -> Node {
        if let Node::Typed(typed) = self {
            return typed.0.plain();
        }
        self.children_mut(&mut |child| {
            let plain = std::mem::replace(child, Node::Star).plain();
            *child = plain;
        });
        self
    }

    /// A column of a table or alias.
    pub fn column(table: impl Into<Name>, name: impl Into<Name>) -> Node {
        Node::Column(ColumnRef {
            table: Some(table.into()),
            name: name.into(),
        })
    }

    /// Two operands and an operator.
    pub fn binary(op: BinaryOp, left: Node, right: Node) -> Node {
        Node::Binary(op, Box::new((left, right)))
    }

    /// Both conditions; flat, so that `a & b & c` is one level. An expression nested deeper than
    /// [`MOST_LEVELS`](super::MOST_LEVELS) is refused.
    pub fn and(self, other: Node) -> Node {
        Node::And(match (self, other) {
            (Node::And(left), Node::And(right)) => joined(left, right),
            (Node::And(mut left), right) => {
                left.push(right.member());
                left
            }
            (left, Node::And(right)) => joined(vec![left.member()], right),
            (left, right) => vec![left.member(), right.member()],
        })
    }

    /// Either condition; flat, and refused if nested too deep, like [`and`](Node::and).
    pub fn or(self, other: Node) -> Node {
        Node::Or(match (self, other) {
            (Node::Or(left), Node::Or(right)) => joined(left, right),
            (Node::Or(mut left), right) => {
                left.push(right.member());
                left
            }
            (left, Node::Or(right)) => joined(vec![left.member()], right),
            (left, right) => vec![left.member(), right.member()],
        })
    }

    /// The condition's negation: unknown stays unknown. Twice negated, it is itself.
    pub fn negated(self) -> Node {
        match self {
            Node::Value(Value::Bool(value)) => Node::Value(Value::Bool(!value)),
            Node::Unary(UnaryOp::Not, inner) => *inner,
            other => Node::Unary(UnaryOp::Not, Box::new(other.member())),
        }
    }

    /// Whether the condition is known to be false without asking the database.
    pub fn is_never(&self) -> bool {
        match self {
            Node::Value(Value::Bool(false)) => true,
            Node::InList(list) => list.values.is_empty() && !list.negated,
            Node::And(all) => all.iter().any(Node::is_never),
            Node::Or(any) => !any.is_empty() && any.iter().all(Node::is_never),
            _ => false,
        }
    }
}

impl Window {
    /// What it is partitioned and ordered by.
    pub fn over(&self) -> impl Iterator<Item = &Node> {
        let terms = self.order_by.iter().map(|term| &term.node);
        self.partition_by.iter().chain(terms)
    }
}
