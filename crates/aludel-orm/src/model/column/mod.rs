//! Typed columns and relations as values: what `User::email`, `Post::author` and `User::posts` are.

mod to_many;
mod to_one;

pub use to_many::ToMany;
pub use to_one::{ToOne, UnscopedToOne};

use crate::model::Model;
use crate::model::assignment::Assignment;
use crate::model::path::{Nullability, Path, Root, Within};
use crate::model::relation::EmbeddedField;
use aludel_sql::expr::{
    ArithmeticOp, Branch, CoercesTo, Comparable, Comparand, ComparesWith, Condition, Divides,
    Divisor, Expr, IntoExpr, Name, Node, Numeric, Operand, Quotient, UnaryOp, divided,
};
use aludel_sql::types::{ColumnType, Truth};
use std::marker::PhantomData;
use std::ops::Deref;

/// A column of type `T` over the path `Q`: `User::email`, `Post::author.email`.
#[doc(alias = "F")]
pub struct Column<Q, T> {
    name: &'static str,
    typed: PhantomData<fn() -> (Q, T)>,
}

impl<Q, T> Column<Q, T> {
    /// A column by its name in the table.
    pub const fn new(name: &'static str) -> Column<Q, T> {
        Column {
            name,
            typed: PhantomData,
        }
    }

    /// Its name in the table, without the prefix of embedded values.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<Q, T> Clone for Column<Q, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, T> Copy for Column<Q, T> {}

/// `User::age == 3` would compare in Rust, which is never intended: it does not compile, and the error says what to write.
#[doc(hidden)]
impl<Q, T, V> PartialEq<V> for Column<Q, T> {
    fn eq(&self, _: &V) -> bool {
        ComparedInRust::<(Q, T, V)>::EQUAL
    }
}

/// Like `==`: `User::age < 3` does not compile.
#[doc(hidden)]
impl<Q, T, V> PartialOrd<V> for Column<Q, T> {
    fn partial_cmp(&self, _: &V) -> Option<std::cmp::Ordering> {
        ComparedInRust::<(Q, T, V)>::ORDERED
    }
}

/// Constants that fail to evaluate. They depend on the size of a type, so that the compiler evaluates them only when
/// something is compared.
struct ComparedInRust<T>(PhantomData<T>);

impl<T> ComparedInRust<T> {
    const NEVER: bool = size_of::<T>() == usize::MAX;
    const EQUAL: bool = {
        assert!(
            Self::NEVER,
            "columns are compared by `.eq(value)` and `.ne(value)`, not by `==`"
        );
        false
    };
    const ORDERED: Option<std::cmp::Ordering> = {
        assert!(
            Self::NEVER,
            "columns are compared by `.lt(value)`, `.ge(value)` and so on, not by `<`"
        );
        None
    };
}

impl<Q, T> std::fmt::Debug for Column<Q, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column({:?})", self.name)
    }
}

/// The type of a column as it is seen over its path.
pub type Seen<Q, T> = <<Q as Path>::Nullability as Nullability>::Of<T>;

impl<Q: Path, T: ColumnType> Operand for Column<Q, T> {
    type Scope = Q::Root;
    type Type = Seen<Q, T>;
    fn into_operand(self) -> Node {
        Q::column(self.name)
    }
}

impl<Q: Path, T: ColumnType, U> IntoExpr<Q::Root, U> for Column<Q, T>
where
    Seen<Q, T>: CoercesTo<U>,
{
    fn into_expr(self) -> Node {
        self.into_operand()
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Path, T: ColumnType, U> Comparand<Q::Root, U> for Column<Q, T>
where
    Seen<Q, T>: ComparesWith<U>,
{
    type Truth = <Seen<Q, T> as Comparable>::Truth;
    fn into_comparand(self) -> Node {
        self.into_operand()
    }
}

/// A boolean column is a condition: `filter(Book::active)`.
#[diagnostic::do_not_recommend]
impl<Q: Path, T: ColumnType> Condition<Q::Root> for Column<Q, T>
where
    Seen<Q, T>: Truth,
{
    type Truth = Seen<Q, T>;
    fn into_condition(self) -> Node {
        self.into_operand()
    }
}

impl<Q: Path, T: ColumnType> Branch<Q::Root> for Column<Q, T> {
    type Type = Seen<Q, T>;
    fn into_branch(self) -> Node {
        self.into_operand()
    }
}

impl<M: Model, T: ColumnType> Column<Root<M>, T> {
    /// The assignment `column = value`, for an update. The value may refer to the row's old values.
    pub fn set(self, value: impl IntoExpr<M, T>) -> Assignment<M> {
        Assignment::new(Name::Borrowed(self.name), value.into_expr())
    }
}

impl<M: Model, F: EmbeddedField, T: ColumnType> Column<Within<Root<M>, F>, T> {
    /// The assignment `column = value` of a column in an embedded value.
    pub fn set(self, value: impl IntoExpr<M, T>) -> Assignment<M> {
        let name = Name::Owned(format!("{}{}", F::PREFIX, self.name));
        Assignment::new(name, value.into_expr())
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:ident;)+) => {$(
        impl<Q: Path, T: ColumnType, R> std::ops::$trait<R> for Column<Q, T>
        where
            Seen<Q, T>: Numeric,
            R: IntoExpr<Q::Root, Seen<Q, T>>,
        {
            type Output = Expr<Q::Root, Seen<Q, T>>;
            fn $method(self, other: R) -> Self::Output {
                Expr::from_node(Node::Arithmetic(
                    ArithmeticOp::$op,
                    <Seen<Q, T> as Numeric>::KIND,
                    Box::new((self.into_operand(), other.into_expr())),
                ))
            }
        }
    )+};
}
arithmetic! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
}

#[diagnostic::do_not_recommend]
impl<Q: Path, T: ColumnType, U> Divisor<Q::Root, U> for Column<Q, T>
where
    Seen<Q, T>: Divides<U>,
{
    type Truth = <Seen<Q, T> as Divides<U>>::Truth;
    fn into_divisor(self) -> Option<Node> {
        Some(self.into_operand())
    }
}

/// Division by a column or an expression gives an `Option`: it is NULL if the divisor is zero.
impl<Q: Path, T: ColumnType, R> std::ops::Div<R> for Column<Q, T>
where
    Seen<Q, T>: Numeric + Comparable,
    R: Divisor<Q::Root, <Seen<Q, T> as Comparable>::Base>,
{
    type Output = Expr<Q::Root, Quotient<Seen<Q, T>, R::Truth>>;
    fn div(self, other: R) -> Self::Output {
        divided(
            ArithmeticOp::Divide,
            <Seen<Q, T> as Numeric>::KIND,
            self.into_operand(),
            other.into_divisor(),
        )
    }
}

impl<Q: Path, T: ColumnType> std::ops::Neg for Column<Q, T>
where
    Seen<Q, T>: Numeric,
{
    type Output = Expr<Q::Root, Seen<Q, T>>;
    fn neg(self) -> Self::Output {
        Expr::from_node(Node::Unary(UnaryOp::Negate, Box::new(self.into_operand())))
    }
}

impl<Q: Path, T: ColumnType> std::ops::Not for Column<Q, T>
where
    Seen<Q, T>: Truth,
{
    type Output = Expr<Q::Root, Seen<Q, T>>;
    fn not(self) -> Self::Output {
        Expr::from_node(self.into_operand().negated())
    }
}

impl<Q: Path, T: ColumnType, C: Condition<Q::Root>> std::ops::BitAnd<C> for Column<Q, T>
where
    Seen<Q, T>: Truth,
{
    type Output = Expr<Q::Root, <Seen<Q, T> as Truth>::And<C::Truth>>;
    fn bitand(self, other: C) -> Self::Output {
        Expr::from_node(self.into_operand().and(other.into_condition()))
    }
}

impl<Q: Path, T: ColumnType, C: Condition<Q::Root>> std::ops::BitOr<C> for Column<Q, T>
where
    Seen<Q, T>: Truth,
{
    type Output = Expr<Q::Root, <Seen<Q, T> as Truth>::And<C::Truth>>;
    fn bitor(self, other: C) -> Self::Output {
        Expr::from_node(self.into_operand().or(other.into_condition()))
    }
}

/// The columns and relations of a model over a path: what [`ToOne`] dereferences to.
pub trait ColumnSet: 'static {
    /// All of them.
    const REF: &'static Self;
}

/// An embedded value, which is a path: `User::address.city`.
pub struct Embedding<Q, F>(PhantomData<fn() -> (Q, F)>);

impl<Q, F> Embedding<Q, F> {
    /// The value of the field `F` over the path `Q`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Embedding<Q, F> {
        Embedding(PhantomData)
    }
}

impl<Q, F> Clone for Embedding<Q, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, F> Copy for Embedding<Q, F> {}

impl<Q: Path, F: EmbeddedField> Deref for Embedding<Q, F> {
    type Target = <F::Type as crate::model::embedded::Embedded>::Columns<Within<Q, F>>;
    fn deref(&self) -> &Self::Target {
        ColumnSet::REF
    }
}

/// The names of some columns of a model, with their types as a row: what upserts and `insert_from` take.
pub trait ColumnList<M> {
    /// The row of their types.
    type Row;
    /// Their names.
    fn names(self) -> Vec<Name>;
}

impl<M: Model, T: ColumnType> ColumnList<M> for Column<Root<M>, T> {
    type Row = T;
    fn names(self) -> Vec<Name> {
        vec![Name::Borrowed(self.name)]
    }
}

macro_rules! lists {
    ($($name:ident)+) => {
        impl<M: Model, $($name: ColumnList<M>),+> ColumnList<M> for ($($name,)+) {
            type Row = ($($name::Row,)+);
            #[allow(non_snake_case)]
            fn names(self) -> Vec<Name> {
                let ($($name,)+) = self;
                let mut names = Vec::new();
                $(names.extend($name.names());)+
                names
            }
        }
    };
}
lists!(A);
lists!(A B);
lists!(A B C);
lists!(A B C D);
lists!(A B C D E);
lists!(A B C D E F);
