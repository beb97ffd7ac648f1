//! Each verb, compared with the evaluator.

use super::case::{Case, Lookup, Target, Verb};
use super::dynamic;
use super::evaluate::Eval;
use super::functions::compared;
use super::models::{Book, World, field};
use super::queries::{assignment, grouped, query, sort};
use super::tree::{Agg, Cond, Field, Sort, Term, V};
use super::typed::{maybe, term};
use aludel::prelude::*;
use aludel::query::Cursor;
use std::cmp::Ordering;
use std::fmt::Debug;

/// Why a case failed.
pub struct Wrong(pub String);

impl From<aludel::Error> for Wrong {
    fn from(error: aludel::Error) -> Wrong {
        Wrong(format!("{error}\n{error:?}"))
    }
}

pub type Checked = Result<(), Wrong>;

fn same<T: PartialEq + Debug>(what: &str, found: T, wanted: T) -> Checked {
    if found == wanted {
        return Ok(());
    }
    Err(Wrong(format!(
        "{what}\n  the database: {found:?}\n  in Rust:      {wanted:?}"
    )))
}

/// Runs a case's verb, and says what differs.
pub async fn check(case: &Case, world: &World, db: &Database) -> Checked {
    let mut eval = Eval::new(world, case.unscoped);
    let rows = eval.chosen(case);
    match &case.verb {
        Verb::All { limit, offset } => read(case, &eval, &rows, (*limit, *offset), db).await,
        Verb::Values(terms) => {
            for of in terms {
                let found = column(query(case).order_by(Book::id), of, db).await?;
                let wanted = rows.iter().map(|row| eval.term(of, *row)).collect();
                same("a column", found, wanted)?;
            }
            Ok(())
        }
        Verb::Totals(of) => {
            for of in of {
                let total = Term::Aggregate(Box::new(of.clone()));
                let found = column(query(case).unordered(), &total, db).await?;
                same("a total", found, vec![eval.aggregate(of, &rows)])?;
            }
            Ok(())
        }
        Verb::Groups {
            by,
            having,
            order,
            of,
        } => {
            groups(
                case,
                &eval,
                &rows,
                (&by[..], having.as_ref(), &order[..], &of[..]),
                db,
            )
            .await
        }
        Verb::Pages(size) => pages(case, &eval, rows, *size, db).await,
        Verb::Around(place) => around(case, &eval, rows, *place, db).await,
        Verb::Update(target, to, limit) => {
            update(case, &eval, &rows, (*target, to, *limit), db).await
        }
        Verb::Delete(limit) => delete(case, &eval, &rows, *limit, db).await,
        Verb::Dynamic {
            lookups,
            order,
            limit,
        } => by_name(&eval, rows, (&lookups[..], &order[..], *limit), db).await,
    }
}

fn ids(eval: &Eval<'_>, rows: &[usize]) -> Vec<i64> {
    rows.iter().map(|row| eval.book(*row).id).collect()
}

/// The first rows, if there is a limit.
fn first(rows: &[usize], limit: Option<u64>) -> &[usize] {
    let most = limit.map_or(rows.len(), |limit| rows.len().min(limit as usize));
    &rows[..most]
}

/// What one column of the query's rows has.
async fn column(query: Query<Book>, of: &Term, db: &dyn Executor) -> Result<Vec<V>, Wrong> {
    by_kind!(of.kind(), T => {
        let found: Vec<Option<T>> = query.select(term::<Book, T>(of)).all(db).await?;
        Ok(found.into_iter().map(maybe).collect())
    })
}

async fn read(
    case: &Case,
    eval: &Eval<'_>,
    rows: &[usize],
    (limit, offset): (Option<u64>, Option<u64>),
    db: &Database,
) -> Checked {
    let mut query = query(case).order_by(Book::id);
    let mut rows = rows;
    if let Some(offset) = offset {
        query = query.offset(offset);
        rows = &rows[rows.len().min(offset as usize)..];
    }
    if let Some(limit) = limit {
        query = query.limit(limit);
        rows = first(rows, Some(limit));
    }
    let wanted = ids(eval, rows);
    let found = query.all(db).await?;
    let found = found.iter().map(|book| book.id).collect();
    same("all", found, wanted.clone())?;
    let selected = query.clone().select(Book::id).all(db).await?;
    same("keys", selected, wanted.clone())?;
    same("count", query.count(db).await?, wanted.len() as u64)?;
    same("exists", query.exists(db).await?, !wanted.is_empty())?;
    let found = query.first(db).await?.map(|book| book.id);
    same("first", found, wanted.first().copied())
}

async fn groups(
    case: &Case,
    eval: &Eval<'_>,
    rows: &[usize],
    (by, having, order, of): (&[&'static Field], Option<&Cond>, &[Sort], &[Agg]),
    db: &Database,
) -> Checked {
    let mut query = grouped(query(case), by, having);
    let by_fields = by.iter().map(|field| Sort {
        term: Term::Field(field),
        descending: false,
        nulls_first: false,
    });
    let order: Vec<Sort> = order.iter().cloned().chain(by_fields).collect();
    for by in &order {
        query = query.order_by(sort::<Book>(by));
    }
    let mut groups: Vec<Eval<'_>> = Vec::new();
    for row in rows {
        let alike = |group: &&mut Eval<'_>| {
            let key = |row: usize| by.iter().map(move |field| (field.read)(eval, row));
            key(group.group[0])
                .zip(key(*row))
                .all(|(l, r)| l.is_same(&r))
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.group.push(*row),
            None => groups.push(Eval {
                group: vec![*row],
                ..Eval::new(eval.world, eval.unscoped)
            }),
        }
    }
    groups.retain(|group| {
        having.is_none_or(|having| group.cond(having, group.group[0]) == Some(true))
    });
    groups.sort_by(|l, r| {
        let terms = order.iter().map(|by| {
            let value = |group: &Eval<'_>| group.term(&by.term, group.group[0]);
            compared(&value(l), &value(r), by.descending, by.nulls_first)
        });
        terms.fold(Ordering::Equal, Ordering::then)
    });
    let fields = by.iter().map(|field| Term::Field(field));
    let aggregates = of.iter().map(|of| Term::Aggregate(Box::new(of.clone())));
    for of in fields.chain(aggregates) {
        let found = column(query.clone(), &of, db).await?;
        let wanted = groups.iter().map(|group| group.term(&of, group.group[0]));
        same("a column of groups", found, wanted.collect())?;
    }
    let counted = query.select(count::<Book>()).count(db).await?;
    same("count of groups", counted, groups.len() as u64)
}

/// A text and back.
fn reread(cursor: &Cursor) -> aludel::Result<Cursor> {
    cursor.to_string().parse()
}

/// Rows in the order of the case's keyset: the key is appended in the direction of the last term.
fn placed(case: &Case, eval: &Eval<'_>, mut rows: Vec<usize>) -> Vec<usize> {
    let mut order = case.order.clone();
    order.push(Sort {
        term: Term::Field(field("id")),
        descending: order.last().is_some_and(|by| by.descending),
        nulls_first: false,
    });
    rows.sort_unstable();
    eval.sort(&mut rows, &order);
    rows
}

async fn pages(
    case: &Case,
    eval: &Eval<'_>,
    rows: Vec<usize>,
    size: u64,
    db: &Database,
) -> Checked {
    let wanted = ids(eval, &placed(case, eval, rows));
    let query = query(case);
    let mut found: Vec<i64> = Vec::new();
    let mut cursor = None;
    let mut back = loop {
        let page = query.keyset(cursor, size, db).await?;
        found.extend(page.items.iter().map(|book| book.id));
        if found.len() > wanted.len() {
            break None;
        }
        match page.next {
            Some(next) => cursor = Some(reread(&next)?),
            None => break page.previous,
        }
    };
    same("pages forwards", found.clone(), wanted.clone())?;
    // The rows of the last page are there already.
    let last = (found.len() as u64).saturating_sub(1) % size + 1;
    let mut found = found.split_off(found.len().saturating_sub(last as usize));
    while let Some(previous) = back {
        let page = query.keyset(Some(reread(&previous)?), size, db).await?;
        let items = page.items.iter().map(|book| book.id);
        found = items.chain(found).collect();
        if found.len() > wanted.len() {
            break;
        }
        back = page.previous;
    }
    same("pages backwards", found, wanted)
}

async fn around(
    case: &Case,
    eval: &Eval<'_>,
    rows: Vec<usize>,
    place: u64,
    db: &Database,
) -> Checked {
    let rows = placed(case, eval, rows);
    let query = query(case);
    let page = query.keyset(None, place, db).await?;
    let Some(cursor) = page.next else {
        return same("rows on the only page", page.items.len(), rows.len());
    };
    let cursor = reread(&cursor)?;
    let (before, after) = rows.split_at((place as usize).min(rows.len()));
    let before = &before[..before.len().saturating_sub(1)];
    for (what, query, rows) in [
        ("after", query.clone().after(cursor.clone()), after),
        ("before", query.clone().before(cursor.clone()), before),
    ] {
        let wanted = ids(eval, rows);
        let found = query.clone().select(Book::id).all(db).await?;
        same(what, found, wanted.clone())?;
        let counted = query.count(db).await?;
        same("count there", counted, wanted.len() as u64)?;
        let exists = query.exists(db).await?;
        same("exists there", exists, !wanted.is_empty())?;
        let tx = db.begin().await?;
        let deleted = query.delete().execute(&tx).await?;
        same("deleted there", deleted, wanted.len() as u64)?;
        tx.rollback().await?;
    }
    Ok(())
}

/// The query of a change: of its first rows, if it has a limit.
fn changing(case: &Case, limit: Option<u64>) -> Query<Book> {
    let query = query(case).unfiltered();
    match limit {
        Some(limit) => query.order_by(Book::id).limit(limit),
        None => query.unordered(),
    }
}

async fn update(
    case: &Case,
    eval: &Eval<'_>,
    rows: &[usize],
    (target, to, limit): (Target, &Term, Option<u64>),
    db: &Database,
) -> Checked {
    let rows = first(rows, limit);
    let tx = db.begin().await?;
    let update = changing(case, limit).update(assignment(target, to));
    let updated = update.execute(&tx).await?;
    same("updated", updated, rows.len() as u64)?;
    let changed = Term::Field(field(target.path()));
    let books = Book::query().unscoped().order_by(Book::id);
    let found = column(books, &changed, &tx).await?;
    same(
        "rows after the update",
        found,
        eval.updated(rows, target, to),
    )?;
    tx.rollback().await?;
    Ok(())
}

async fn delete(
    case: &Case,
    eval: &Eval<'_>,
    rows: &[usize],
    limit: Option<u64>,
    db: &Database,
) -> Checked {
    let rows = first(rows, limit);
    let tx = db.begin().await?;
    let deleted = changing(case, limit).delete().execute(&tx).await?;
    same("deleted", deleted, rows.len() as u64)?;
    let mut left = Eval::new(eval.world, false).books(|_| true);
    left.retain(|row| !rows.contains(row));
    let books = Book::query().order_by(Book::id).select(Book::id);
    let found = books.all(&tx).await?;
    same("rows after the delete", found, ids(eval, &left))?;
    tx.rollback().await?;
    Ok(())
}

async fn by_name(
    eval: &Eval<'_>,
    mut rows: Vec<usize>,
    (lookups, order, limit): (&[Lookup], &[(&'static Field, bool)], Option<u64>),
    db: &Database,
) -> Checked {
    rows.retain(|row| {
        let mut lookups = lookups.iter();
        lookups.all(|lookup| (eval.cond(&lookup.cond(), *row) == Some(true)) != lookup.excludes)
    });
    let order_terms: Vec<Sort> = order
        .iter()
        .map(|(field, descending)| Sort {
            term: Term::Field(field),
            descending: *descending,
            // NULL is the greatest value, or the least.
            nulls_first: *descending == eval.world.nulls_last,
        })
        .collect();
    eval.sort(&mut rows, &order_terms);
    let wanted = ids(eval, first(&rows, limit));
    let query = dynamic::query(lookups, order, limit)?;
    let found = dynamic::keys(&query, db).await?;
    same("rows of the dynamic layer", found, wanted.clone())?;
    let counted = query.count(db).await?;
    same("count of the dynamic layer", counted, wanted.len() as u64)
}
