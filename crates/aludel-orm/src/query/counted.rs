//! Counts the rows of a query: exactly, up to a number, or as an estimate.

use super::compile::QuerySpec;
use super::run::explain;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Collect, Command};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::expr::{Aggregate, AggregateFunction, AggregateType, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Projection, Select, SelectItem, Source};
use std::panic::Location;

/// Counts the rows.
pub(crate) async fn count(
    part: QuerySpec,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<u64> {
    let dialect = target.database().dialect();
    let part = part.settled()?.with(|state| {
        if state.limit.is_none() && state.offset.is_none() {
            state.order_by.clear();
        }
        state.lock = None;
    });
    let mut select = part.select(Some(dialect))?;
    if part.is_empty() && (!part.is_grouped() || !part.state.group_by.is_empty()) {
        return Ok(0);
    }
    let star = Node::Aggregate(Box::new(Aggregate {
        function: AggregateFunction::Count,
        argument: None,
        distinct: false,
        filter: None,
        answer: AggregateType::Integer,
    }));
    let counted = Projection::Items(vec![SelectItem {
        node: star,
        alias: None,
    }]);
    let plain = select.limit.is_none()
        && select.offset.is_none()
        && !part.state.distinct
        && !part.is_grouped();
    if plain {
        select.projection = counted;
    } else {
        if let Projection::Items(items) = &mut select.projection {
            // A derived table's columns need names of their own.
            for (n, item) in items.iter_mut().enumerate() {
                item.alias = Some(format!("c{}", n + 1).into());
            }
        }
        select = Select {
            projection: counted,
            from: Some(Source::Query {
                query: Box::new(select),
                alias: "counted".into(),
                lateral: false,
            }),
            ..Select::default()
        };
    }
    scalar(select, target, site).await
}

/// Counts the rows, up to a number: no more than that are read.
///
/// ```text
/// SELECT count(*) FROM (SELECT 1 FROM "posts" WHERE … LIMIT 1001) AS "counted"
/// ```
pub(crate) async fn count_up_to(
    part: QuerySpec,
    most: u64,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<u64> {
    if part.is_one_row() {
        let counted = count(part, target, site).await?;
        return Ok(counted.min(most));
    }
    let whole_rows = !part.is_grouped() && !part.state.distinct;
    let part = part.settled()?.with(|state| {
        if state.is_unlimited() {
            state.clear_order();
        }
        state.at_most(most);
        if whole_rows {
            state.select_only(Vec::new());
        }
    });
    count(part, target, site).await
}

/// Up to this number, rows are counted even for an estimate: the statistics of small tables are often wrong.
const FEW: u64 = 1000;

/// Estimates the number of rows from the database's statistics; counts them if there are none.
pub(crate) async fn estimate(
    part: QuerySpec,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<u64> {
    let counted = count_up_to(part.clone(), FEW, target, site).await?;
    if counted < FEW {
        return Ok(counted);
    }
    match believed(&part, target, site).await? {
        Some(rows) => Ok(rows.max(counted)),
        None => count(part, target, site).await,
    }
}

async fn believed(
    part: &QuerySpec,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Option<u64>> {
    let dialect = target.database().dialect();
    if part.is_whole_table() {
        let mut w = Writer::new(dialect);
        if !dialect.estimated_rows(&mut w, &part.meta.table)? {
            return Ok(None);
        }
        let command = Command::new(w.finish()?, Access::Read).at(site);
        let found = target.fetch(command, Collect::<Option<i64>>::all()).await?;
        return Ok(found.0.rows.into_iter().next().flatten().map(known));
    }
    let Some(planned) = dialect.planned_rows() else {
        return Ok(None);
    };
    let plan = explain(part.sql(dialect), target, site).await?;
    Ok(planned(&plan).map(known))
}

async fn scalar(
    select: Select,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<u64> {
    let mut w = Writer::new(target.database().dialect());
    w.select(&select)?;
    let command = Command::new(w.finish()?, Access::Read).at(site);
    let rows = target.fetch(command, Collect::<i64>::all()).await?.0.rows;
    let counted = rows.into_iter().next().map(known);
    counted.ok_or_else(|| Error::new(ErrorKind::Internal, "a count without a row"))
}

/// A number of rows: a database sends it with a sign, and an estimate may be below zero.
fn known(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}
