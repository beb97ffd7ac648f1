//! Cases through the dynamic layer. What it learns next goes here and into [`Lookup`].

use super::case::{Ask, Lookup};
use super::models::{Author, Book, Publisher, Tag};
use super::tree::{Cmp, Field, Match};
use super::typed::plain;
use aludel::dynamic::{self, DynQuery};
use aludel::prelude::*;
use aludel::{Scalar, value};

/// The query that the lookups make, in its order and then by key.
pub fn query(
    lookups: &[Lookup],
    order: &[(&'static Field, bool)],
    limit: Option<u64>,
) -> aludel::Result<DynQuery> {
    let registry = models![Author, Publisher, Tag, Book];
    let mut query = DynQuery::new(registry.model("Book")?);
    for lookup in lookups {
        let path = match lookup.over {
            Some(relation) => format!("{}.{}", relation.path(), lookup.field.path),
            None => lookup.field.path.to_string(),
        };
        let (by, value) = asked(lookup);
        query = if lookup.excludes {
            query.exclude(&path, by, value)?
        } else {
            query.filter(&path, by, value)?
        };
    }
    for (field, descending) in order {
        let sign = if *descending { "-" } else { "" };
        query = query.order_by(&format!("{sign}{}", field.path))?;
    }
    query = query.order_by("id")?;
    Ok(match limit {
        Some(limit) => query.limit(limit),
        None => query,
    })
}

fn asked(lookup: &Lookup) -> (dynamic::Lookup, Value) {
    match &lookup.ask {
        Ask::Compare(cmp, value) => {
            let by = match cmp {
                Cmp::Eq => dynamic::Lookup::Equal,
                Cmp::Ne => dynamic::Lookup::NotEqual,
                Cmp::Lt => dynamic::Lookup::Less,
                Cmp::Le => dynamic::Lookup::LessOrEqual,
                Cmp::Gt => dynamic::Lookup::Greater,
                Cmp::Ge => dynamic::Lookup::GreaterOrEqual,
                Cmp::Same | Cmp::Distinct => panic!("no lookup for {cmp:?}"),
            };
            (by, plain(value))
        }
        Ask::In(values) => {
            let array = value::Array {
                element: by_kind!(lookup.field.kind, T => T::sql_type()),
                items: values.iter().map(plain).collect(),
            };
            (dynamic::Lookup::In, Value::Array(Box::new(array)))
        }
        Ask::IsNull(holds) => (dynamic::Lookup::IsNull, Value::Bool(*holds)),
        Ask::Text(how, insensitive, pattern) => {
            let by = match (how, insensitive) {
                (Match::Contains, true) => dynamic::Lookup::IContains,
                (Match::Contains, false) => dynamic::Lookup::Contains,
                (Match::StartsWith, _) => dynamic::Lookup::StartsWith,
                (Match::EndsWith, _) => dynamic::Lookup::EndsWith,
                (Match::Like, _) => dynamic::Lookup::Like,
            };
            (by, Value::Text(pattern.clone()))
        }
    }
}

/// The keys of its rows.
pub async fn keys(query: &DynQuery, db: &dyn Executor) -> aludel::Result<Vec<i64>> {
    let rows = query.all(db).await?;
    let keys = rows.iter().map(|row| match row.get("id") {
        Some(Value::I64(id)) => *id,
        other => panic!("a key, not {other:?}"),
    });
    Ok(keys.collect())
}
