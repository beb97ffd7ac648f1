//! The rows that polymorphic references lead to.

use super::Query;
use crate::model::Model;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::{Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::{Expr, InList, Node};
use aludel_sql::types::ColumnType;

/// The rows of a model by their keys, as the enum.
pub fn rows<M, E>(
    keys: Vec<M::Key>,
    into: fn(M) -> E,
    db: &dyn Executor,
) -> BoxFuture<'_, Result<Vec<E>>>
where
    M: Model,
    M::Key: ColumnType,
    E: Send + 'static,
{
    /// More keys make a statement long, not fast.
    const MOST: usize = 5_000;
    Box::pin(async move {
        let mut found = Vec::new();
        let meta = M::meta();
        let field = &meta.fields[meta.key[0]];
        let values: Vec<Value> = keys.into_iter().map(ColumnType::into_value).collect();
        let mut values = values.into_iter();
        while values.len() > 0 {
            let among = Node::InList(Box::new(InList {
                operand: Node::Root(field.column.clone().into()),
                values: values.by_ref().take(MOST).collect(),
                element: field.sql_type.clone(),
                negated: false,
            }));
            let query = Query::<M>::new().filter(Expr::<_, bool>::from_node(among));
            found.extend(query.all(db).await?.into_iter().map(into));
        }
        Ok(found)
    })
}
