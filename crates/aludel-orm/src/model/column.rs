//! Typed columns and relations as values: what `User::email`, `Post::author` and `User::posts` are.

use crate::model::Model;
use crate::model::assignment::Assignment;
use crate::model::fields::Ref;
use crate::model::path::{Nullability, Path, Root, Via, ViaUnscoped, Within};
use crate::model::relation::{
    EmbeddedField, KeyColumns, Relation, RowOrKey, ToManyRelation, ToOneRelation,
};
use aludel_sql::Value;
use aludel_sql::expr::{
    AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Branch, CoercesTo, Comparable,
    Comparand, ComparesWith, Condition, Divides, Divisor, Expr, InList, IntoExpr, Name, Node,
    Numeric, Operand, Quantified, Quantifier, Quotient, Summable, UnaryOp, divided,
};
use aludel_sql::types::PrimaryKey;
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

/// A to-one relation, which is a path: `Post::author.email`.
pub struct ToOne<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> ToOne<Q, R> {
    /// The relation `R` over the path `Q`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> ToOne<Q, R> {
        ToOne(PhantomData)
    }
}

impl<Q, R> Clone for ToOne<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for ToOne<Q, R> {}

impl<Q: Path, R: ToOneRelation> Deref for ToOne<Q, R> {
    type Target = <R::Target as Model>::Columns<Via<Q, R>>;
    fn deref(&self) -> &Self::Target {
        ColumnSet::REF
    }
}

/// A condition on the key of a relation; unknown (NULL) if there is no row.
type Related<Q, R> = Expr<<Q as Path>::Root, Follows<Q, R>>;
type Follows<Q, R> = <<<Q as Path>::Nullability as Nullability>::Or<
    <R as ToOneRelation>::Nullability,
> as Nullability>::Truth;

impl<Q: Path, R: ToOneRelation> ToOne<Q, R> {
    /// Whether it refers to that row: compares the foreign key, without a join.
    pub fn is(self, row: impl Into<Ref<R::Target, R::By>>) -> Related<Q, R> {
        let reference = row.into();
        let values = match reference.into_values() {
            Some(values) => values,
            None => return Expr::from_node(self.key_test(UnaryOp::IsNull)),
        };
        let equal = self
            .key_columns()
            .into_iter()
            .zip(values)
            .map(|(column, value)| Node::binary(BinaryOp::Equal, column, Node::Value(value)));
        Expr::from_node(all(equal))
    }

    /// Whether it refers to this row, given as a row or by its key: `Post::author.eq(&ann)`, `Post::author.eq(1)`. Like
    /// [`is`](ToOne::is), it needs no join.
    pub fn eq<How>(self, other: impl RowOrKey<R::Target, R::By, How>) -> Related<Q, R> {
        self.is(reference::<R::Target, R::By, How, _>(other))
    }

    /// Whether it refers to another row than this one, given as a row or by its key. If there is no row, the result is
    /// unknown, as for a NULL column. Compared with a reference that is not set, it tests whether there is a row.
    pub fn ne<How>(self, other: impl RowOrKey<R::Target, R::By, How>) -> Related<Q, R> {
        let other = reference::<R::Target, R::By, How, _>(other);
        let Some(values) = other.into_values() else {
            return Expr::from_node(self.key_test(UnaryOp::IsNotNull));
        };
        let mut columns = self.key_columns();
        Expr::from_node(match (columns.pop(), values.len()) {
            (Some(column), 1) => {
                let value = values.into_iter().next().unwrap_or(Value::Null);
                Node::binary(BinaryOp::NotEqual, column, Node::Value(value))
            }
            (last, _) => {
                columns.extend(last);
                key_is(&columns, values).negated()
            }
        })
    }

    /// Whether it refers to one of these rows, given as rows or by their keys: `Post::author.is_in([1, 2])`. It needs no
    /// join. References that are not set are skipped.
    pub fn is_in<I, How>(self, others: I) -> Related<Q, R>
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        Expr::from_node(self.among(others, false))
    }

    /// Whether it refers to none of these rows, given as rows or by their keys.
    pub fn not_in<I, How>(self, others: I) -> Related<Q, R>
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        Expr::from_node(self.among(others, true))
    }

    fn among<I, How>(self, others: I, negated: bool) -> Node
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        let others = others.into_iter();
        let others = others.map(reference::<R::Target, R::By, How, _>);
        let keys: Vec<Vec<Value>> = others.filter_map(Ref::into_values).collect();
        let columns = self.key_columns();
        // The key of a session's row fails with an explanation when it is bound; values of a list are not bound one by one.
        let mut values = keys.iter().flatten();
        let is_list = columns.len() == 1 && !values.any(|value| matches!(value, Value::Invalid(_)));
        let types = <<R::By as KeyColumns<R::Target>>::Key as PrimaryKey>::sql_types();
        match (columns.first(), types.into_iter().next()) {
            (Some(column), Some(element)) if is_list => Node::InList(Box::new(InList {
                operand: column.clone(),
                values: keys.into_iter().flatten().collect(),
                element,
                negated,
            })),
            _ => {
                let each = keys.into_iter().map(|key| key_is(&columns, key));
                let any = each
                    .reduce(Node::or)
                    .unwrap_or(Node::Value(Value::Bool(false)));
                if negated { any.negated() } else { any }
            }
        }
    }

    /// Whether there is none.
    pub fn is_null(self) -> Expr<Q::Root, bool> {
        Expr::from_node(self.key_test(UnaryOp::IsNull))
    }

    /// Whether there is one.
    pub fn is_not_null(self) -> Expr<Q::Root, bool> {
        Expr::from_node(self.key_test(UnaryOp::IsNotNull))
    }

    /// The foreign key's columns: those of the target's key over this path, which need no join.
    fn key_columns(self) -> Vec<Node> {
        <R::By as KeyColumns<R::Target>>::COLUMNS
            .iter()
            .map(|column| Via::<Q, R>::column(column))
            .collect()
    }

    fn key_test(self, op: UnaryOp) -> Node {
        all(self
            .key_columns()
            .into_iter()
            .map(|column| Node::Unary(op, Box::new(column))))
    }
}

/// A to-one relation that includes rows outside the default scope of their model: `Post::author.unscoped()`. It is a path
/// like the relation itself, and can be loaded.
pub struct UnscopedToOne<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> Clone for UnscopedToOne<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for UnscopedToOne<Q, R> {}

impl<Q: Path, R: ToOneRelation> Deref for UnscopedToOne<Q, R> {
    type Target = <R::Target as Model>::Columns<ViaUnscoped<Q, R>>;
    fn deref(&self) -> &Self::Target {
        ColumnSet::REF
    }
}

impl<Q: Path, R: ToOneRelation> ToOne<Q, R> {
    /// The same relation without the default scope of its model: it includes rows out of scope and rows marked as deleted,
    /// and a column over a required relation is no `Option`.
    pub fn unscoped(self) -> UnscopedToOne<Q, R> {
        UnscopedToOne(PhantomData)
    }
}

impl<M: Model, R: ToOneRelation<Owner = M>> ToOne<Root<M>, R> {
    /// The assignment of another row, for an update: `Post::author.set(&ann)`.
    pub fn set(self, row: impl Into<Ref<R::Target, R::By>>) -> Assignment<M> {
        let values = match row.into().into_values() {
            Some(values) => values,
            None => vec![Value::Null; <R::By as KeyColumns<R::Target>>::COLUMNS.len()],
        };
        Assignment::to_one(R::NAME, values)
    }
}

/// The reference that a relation is compared with.
fn reference<M, C, How, T>(other: T) -> Ref<M, C>
where
    M: Model,
    C: KeyColumns<M>,
    T: RowOrKey<M, C, How>,
{
    other.into_reference()
}

/// Whether columns are these values.
fn key_is(columns: &[Node], values: Vec<Value>) -> Node {
    let pairs = columns.iter().zip(values);
    all(pairs
        .map(|(column, value)| Node::binary(BinaryOp::Equal, column.clone(), Node::Value(value))))
}

fn all(conditions: impl Iterator<Item = Node>) -> Node {
    conditions
        .reduce(Node::and)
        .unwrap_or(Node::Value(Value::Bool(true)))
}

/// A to-many relation, which takes a quantifier: `User::posts.any(Post::views.gt(100))`.
pub struct ToMany<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> ToMany<Q, R> {
    /// The relation `R` over the path `Q`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> ToMany<Q, R> {
        ToMany(PhantomData)
    }
}

impl<Q, R> Clone for ToMany<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for ToMany<Q, R> {}

impl<Q: Path, R: ToManyRelation> ToMany<Q, R> {
    /// Some related row fulfils the condition.
    pub fn any(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::Any, Some(condition.into_condition()), None)
    }

    /// Every related row fulfils the condition; also true if there are none.
    pub fn all(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::All, Some(condition.into_condition()), None)
    }

    /// No related row fulfils the condition.
    pub fn none(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::None, Some(condition.into_condition()), None)
    }

    /// There is a related row.
    pub fn exists(self) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::Any, None, None)
    }

    /// There is no related row.
    pub fn is_empty(self) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::None, None, None)
    }

    /// How many related rows there are.
    pub fn count(self) -> Expr<Q::Root, i64> {
        let count = Quantifier::Aggregate(AggregateFunction::Count, AggregateType::Integer);
        self.ask(count, None, None)
    }

    /// How many related rows fulfil the condition.
    pub fn count_where(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, i64> {
        let count = Quantifier::Aggregate(AggregateFunction::Count, AggregateType::Integer);
        self.ask(count, Some(condition.into_condition()), None)
    }

    /// The sum over the related rows; `None` if there are none.
    pub fn sum<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as Summable>::Sum>>
    where
        O: Operand<Scope = R::Target, Type: Summable>,
    {
        let sum = Quantifier::Aggregate(AggregateFunction::Sum, <O::Type as Summable>::SUM);
        self.ask(sum, None, Some(of.into_operand()))
    }

    /// The mean over the related rows; `None` if there are none.
    pub fn avg<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as Summable>::Average>>
    where
        O: Operand<Scope = R::Target, Type: Summable>,
    {
        let mean =
            Quantifier::Aggregate(AggregateFunction::Average, <O::Type as Summable>::AVERAGE);
        self.ask(mean, None, Some(of.into_operand()))
    }

    /// The minimum over the related rows; `None` if there are none.
    pub fn min<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as ColumnType>::Base>>
    where
        O: Operand<Scope = R::Target, Type: ColumnType>,
    {
        let least = Quantifier::Aggregate(AggregateFunction::Min, AggregateType::Own);
        self.ask(least, None, Some(of.into_operand()))
    }

    /// The maximum over the related rows; `None` if there are none.
    pub fn max<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as ColumnType>::Base>>
    where
        O: Operand<Scope = R::Target, Type: ColumnType>,
    {
        let greatest = Quantifier::Aggregate(AggregateFunction::Max, AggregateType::Own);
        self.ask(greatest, None, Some(of.into_operand()))
    }

    fn ask<T>(
        self,
        quantifier: Quantifier,
        condition: Option<Node>,
        argument: Option<Node>,
    ) -> Expr<Q::Root, T> {
        let mut hops = Vec::new();
        Q::hops(&mut hops);
        Expr::from_node(Node::Quantified(Box::new(Quantified {
            hops,
            relation: Name::Borrowed(<R as Relation>::NAME),
            quantifier,
            condition,
            argument,
            distinct: false,
        })))
    }
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

impl<M: Model, R: ToOneRelation<Owner = M>> ColumnList<M> for ToOne<Root<M>, R> {
    type Row = <<R::By as KeyColumns<R::Target>>::Key as PrimaryKey>::Row;
    fn names(self) -> Vec<Name> {
        M::meta()
            .relation(R::NAME)
            .map(|relation| relation.local_columns())
            .unwrap_or_default()
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
