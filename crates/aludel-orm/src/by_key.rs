//! Statements by primary key.

use crate::model::Model;
use crate::model::meta::ModelMeta;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::render::{Sql, Writer, check_bind};
use aludel_sql::statement::{Projection, Select, Source};
use aludel_sql::value::Binds;
use std::future::Future;
use std::panic::Location;

pub(crate) fn missing(meta: &ModelMeta) -> Error {
    Error::new(ErrorKind::NotFound, format!("no {} of that key", meta.name))
}

/// `key = value AND …`, with binds in the key's order.
pub(crate) fn key_condition(meta: &ModelMeta, key: Vec<Value>) -> Node {
    let equal = meta
        .key_columns()
        .zip(key)
        .map(|(column, value)| {
            Node::binary(
                BinaryOp::Equal,
                Node::Root(column.to_owned().into()),
                Node::Value(value),
            )
        })
        .reduce(Node::and);
    equal.unwrap_or(Node::Value(Value::Bool(false)))
}

/// The row with this key.
pub(crate) fn find<'a, M: Model>(
    target: Target<'a>,
    key: Vec<Value>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
    let command = find_command(M::meta(), key, target, site);
    target.row(command, Reading::FIRST)
}

pub(crate) fn find_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    key_command(meta, key.into(), false, target, site)
}

/// The SELECT by key, with or without the model's default scope.
pub(crate) fn key_command(
    meta: &'static ModelMeta,
    key: Binds,
    scoped: bool,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    let dialect = target.database().dialect();
    if let Some(value) = key.iter().find(|value| value.is_null()) {
        return Err(Error::invalid_query(format!(
            "a key of {} is {}",
            meta.name,
            value.kind()
        )));
    }
    for value in key.iter() {
        check_bind(value, dialect)?;
    }
    if meta.has_scope(!scoped)
        && let Some(scope) = meta.scope(!scoped)
    {
        if scope.any(&mut |node| matches!(node, Node::Path(_) | Node::Quantified(_))) {
            return Err(Error::invalid_query(format!(
                "the default scope of {} reads other models, so that no row can be had by its key alone; use a query",
                meta.name
            )));
        }
        // The text of a scope with binds of its own can't be cached without them.
        if scope.any(&mut |node| matches!(node, Node::Value(_) | Node::InList(_))) {
            let sql = key_select(meta, key.into_vec(), Some(scope), dialect)?;
            return Ok(Command::new(sql, Access::Read).at(site));
        }
    }
    let text = meta.get_text(dialect, scoped, || {
        let scope = meta.scope(!scoped);
        Ok(key_select(meta, key.to_vec(), scope, dialect)?.text)
    })?;
    Ok(Command::with_text(text, key, Access::Read).at(site))
}

fn key_select(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    scope: Option<Node>,
    dialect: &'static dyn Dialect,
) -> Result<Sql> {
    let by_key = key_condition(meta, key);
    let mut w = Writer::new(dialect);
    w.select(&Select {
        projection: Projection::Rendered(meta.select_list(dialect)),
        from: Some(Source::table(meta.table.clone())),
        filter: Some(match scope {
            Some(scope) => by_key.and(scope),
            None => by_key,
        }),
        ..Select::default()
    })?;
    Ok(w.finish()?)
}
