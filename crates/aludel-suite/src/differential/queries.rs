//! From conditions and cases to typed queries.

use super::case::{Case, Target};
use super::models::Book;
use super::tree::{Cmp, Cond, Field, Match, Sort, Sub, Term};
use super::typed::{Typed, here, term};
use aludel::expr::Order;
use aludel::prelude::*;
use aludel::query::Assignment;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A condition.
pub fn cond<S>(of: &Cond) -> Expr<S, bool> {
    match of {
        Cond::Truth(of) => here(term::<S, bool>(of)),
        Cond::Compare(cmp, left, right) => by_kind!(left.kind(), T => {
            let (left, right) = (term::<S, T>(left), term::<S, T>(right));
            match cmp {
                Cmp::Eq => left.eq(right).typed(),
                Cmp::Ne => left.ne(right).typed(),
                Cmp::Lt => left.lt(right).typed(),
                Cmp::Le => left.le(right).typed(),
                Cmp::Gt => left.gt(right).typed(),
                Cmp::Ge => left.ge(right).typed(),
                Cmp::Same => left.is_not_distinct_from(right),
                Cmp::Distinct => left.is_distinct_from(right),
            }
        }),
        Cond::IsNull(of) => by_kind!(of.kind(), T => term::<S, T>(of).is_null()),
        Cond::IsNotNull(of) => by_kind!(of.kind(), T => term::<S, T>(of).is_not_null()),
        Cond::Between(of) => by_kind!(of.0.kind(), T => {
            term::<S, T>(&of.0).between(term::<S, T>(&of.1), term::<S, T>(&of.2)).typed()
        }),
        Cond::In(of, values) => by_kind!(of.kind(), T => {
            term::<S, T>(of).is_in(values.iter().map(T::of)).typed()
        }),
        Cond::NotIn(of, values) => by_kind!(of.kind(), T => {
            term::<S, T>(of).not_in(values.iter().map(T::of)).typed()
        }),
        Cond::InQuery(of, sub) => by_kind!(of.kind(), T => {
            term::<S, T>(of).is_in_query(listed::<T>(sub)).typed()
        }),
        Cond::NotInQuery(of, sub) => by_kind!(of.kind(), T => {
            term::<S, T>(of).not_in_query(listed::<T>(sub)).typed()
        }),
        Cond::Text(how, insensitive, of, pattern) => {
            let of = term::<S, String>(of);
            let pattern = term::<S, String>(pattern).typed::<String>();
            match (how, insensitive) {
                (Match::Contains, false) => of.contains(pattern).typed(),
                (Match::Contains, true) => of.icontains(pattern).typed(),
                (Match::StartsWith, false) => of.starts_with(pattern).typed(),
                (Match::StartsWith, true) => of.istarts_with(pattern).typed(),
                (Match::EndsWith, false) => of.ends_with(pattern).typed(),
                (Match::EndsWith, true) => of.iends_with(pattern).typed(),
                (Match::Like, false) => of.like(pattern).typed(),
                (Match::Like, true) => of.ilike(pattern).typed(),
            }
        }
        Cond::And(all) => joined(all, true, |left, right| left & right),
        Cond::Or(any) => joined(any, false, |left, right| left | right),
        Cond::Not(of) => !cond::<S>(of),
        Cond::Any(relation, of) => {
            by_relation!(relation, r: Target => here(r.any(cond::<Target>(of))))
        }
        Cond::All(relation, of) => {
            by_relation!(relation, r: Target => here(r.all(cond::<Target>(of))))
        }
        Cond::None(relation, of) => {
            by_relation!(relation, r: Target => here(r.none(cond::<Target>(of))))
        }
    }
}

fn joined<S>(
    of: &[Cond],
    empty: bool,
    join: fn(Expr<S, bool>, Expr<S, bool>) -> Expr<S, bool>,
) -> Expr<S, bool> {
    let all = of.iter().map(cond::<S>).reduce(join);
    all.unwrap_or_else(|| literal(empty))
}

/// The values that a subquery lists.
fn listed<T: Typed>(sub: &Sub) -> Query<Book, Option<T>> {
    let mut query = Book::query();
    if let Some(filter) = &sub.filter {
        query = query.filter(cond(filter));
    }
    if let Some(limit) = sub.limit {
        for by in &sub.order {
            query = query.order_by(sort::<Book>(by));
        }
        query = query.order_by(Book::id).limit(limit);
    }
    query.select(term::<Book, T>(&sub.select))
}

/// A term of an order; where NULLs go is always said.
pub fn sort<S>(by: &Sort) -> Order<S> {
    by_kind!(by.term.kind(), T => {
        let of = term::<S, T>(&by.term);
        let order = if by.descending { of.desc() } else { of.asc() };
        if by.nulls_first {
            order.nulls_first()
        } else {
            order.nulls_last()
        }
    })
}

/// What narrows the case's query, and its order.
pub fn query(case: &Case) -> Query<Book> {
    let mut query = Book::query();
    if case.unscoped {
        query = query.unscoped();
    }
    for filter in &case.filter {
        query = query.filter(cond(filter));
    }
    for exclude in &case.exclude {
        query = query.exclude(cond(exclude));
    }
    for by in &case.order {
        query = query.order_by(sort::<Book>(by));
    }
    query
}

/// The query in groups.
pub fn grouped(query: Query<Book>, by: &[&'static Field], having: Option<&Cond>) -> Query<Book> {
    let mut query = query.unordered();
    for field in by {
        // What type a column has is no matter where it only groups.
        query = query.group_by(Expr::<Book, i64>::from_node((field.node)()));
    }
    match having {
        Some(having) => query.having(cond(having)),
        None => query,
    }
}

/// `target = to`; a column that takes no NULL keeps what it has instead.
pub fn assignment(target: Target, to: &Term) -> Assignment<Book> {
    match target {
        Target::Title => Book::title.set(term::<Book, String>(to).or_else(Book::title)),
        Target::Price => Book::price.set(term::<Book, Decimal>(to).or_else(Book::price)),
        Target::Discount => Book::discount.set(term::<Book, Decimal>(to)),
        Target::Pages => Book::pages.set(term::<Book, i64>(to).typed::<Option<i32>>()),
        Target::Rating => Book::rating.set(term::<Book, f64>(to).or_else(Book::rating)),
        Target::Published => Book::published.set(term::<Book, Date>(to).or_else(Book::published)),
    }
}
