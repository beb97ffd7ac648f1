//! The statement that reads related rows.

use crate::model::meta::{JoinPath, ModelMeta, RelationKind, RelationMeta};
use crate::query::{QuerySpec, State, scope_under};
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, InList, Name, Node, Window};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Join, JoinKind, OrderTerm, Projection, Select, SelectItem, Source};
use aludel_sql::types::{PrimaryKey, SqlType};
use std::panic::Location;
use std::sync::Arc;

/// What to load, untyped.
pub(crate) struct Plan {
    pub(super) meta: &'static ModelMeta,
    pub(super) state: Arc<State>,
    pub(super) limit: Option<u64>,
    pub(super) offset: u64,
    pub(super) join: JoinPath,
    /// The join table's model, if it has one.
    pub(super) join_model: Option<&'static ModelMeta>,
    /// Whether the relating key is the target's own (`BelongsTo`), not the owner's.
    pub(crate) by_target: bool,
}

impl Plan {
    /// The plan for a relation.
    pub(crate) fn of(
        owner: &ModelMeta,
        relation: &RelationMeta,
        state: Arc<State>,
        limit: Option<u64>,
    ) -> Result<Plan> {
        Ok(Plan {
            meta: (relation.target)(),
            state,
            limit,
            offset: 0,
            join: relation.join_path(owner).map_err(Error::invalid_query)?,
            join_model: relation.join_model(),
            by_target: relation.kind == RelationKind::BelongsTo,
        })
    }

    /// The columns of the owner that hold the relating key.
    pub(crate) fn owner_columns(&self) -> impl Iterator<Item = &str> {
        let pairs = match &self.join.through {
            Some((_, pairs)) => pairs,
            None => &self.join.pairs,
        };
        pairs.iter().map(|(own, _)| own.as_str())
    }

    /// Whether the relating key is the target's primary key.
    pub(crate) fn is_by_primary_key(&self) -> bool {
        let columns = self.join.pairs.iter().map(|(_, column)| column.as_str());
        self.by_target && columns.eq(self.meta.key_columns())
    }

    /// Whether only some of the rows of each key are read, by row number.
    fn is_cut(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// How many keys go into one statement.
    pub(crate) fn most_keys(&self, width: usize, dialect: &'static dyn Dialect) -> usize {
        /// More make statements long, not fast.
        const MOST: usize = 10_000;
        // Lists of single values are one bind on SQLite and PostgreSQL; tuples are a bind each.
        let each = if width == 1 { MOST } else { 500 };
        each.min(dialect.capabilities().max_binds / 2)
    }

    /// The values of keys, as many as go into one statement at a time.
    pub(super) fn portions<K: PrimaryKey>(
        &self,
        keys: Vec<K>,
        width: usize,
        dialect: &'static dyn Dialect,
    ) -> Vec<Vec<Value>> {
        let most = self.most_keys(width, dialect);
        let mut keys = keys.into_iter().peekable();
        let mut portions = Vec::new();
        while keys.peek().is_some() {
            let mut values = Vec::with_capacity(most.min(keys.len()) * width);
            keys.by_ref()
                .take(most)
                .for_each(|key| key.push_values(&mut values));
            portions.push(values);
        }
        portions
    }

    /// The join table's name in the statement; the other model's table keeps its name.
    fn through(&self) -> Name {
        let taken = self.meta.table.name.eq_ignore_ascii_case("through");
        Name::Borrowed(if taken { "through_2" } else { "through" })
    }

    /// The columns of the relating key, as they are called in the statement.
    fn key_nodes(&self) -> Vec<Node> {
        match (&self.join.through, self.by_target) {
            (Some((_, pairs)), _) => pairs
                .iter()
                .map(|(_, column)| Node::column(self.through(), Name::Owned(column.clone())))
                .collect(),
            (None, _) => self
                .join
                .pairs
                .iter()
                .map(|(_, column)| Node::Root(Name::Owned(column.clone())))
                .collect(),
        }
    }

    /// Positions of the relating key among the target's columns, if it need not be selected beside them.
    pub(crate) fn within(&self) -> Option<Vec<usize>> {
        if self.join.through.is_some() || self.is_cut() {
            return None;
        }
        let at = |name: &str| {
            self.meta
                .fields
                .iter()
                .position(|field| field.column == name)
        };
        self.join
            .pairs
            .iter()
            .map(|(_, column)| at(column))
            .collect()
    }

    /// Whether rows without an explicit order are sorted by their keys here: keys that are one number almost always come in
    /// order, while a database would sort them all to be sure.
    pub(super) fn sorts_here(&self) -> bool {
        let [key] = self.meta.key[..] else {
            return false;
        };
        let number = &self.meta.fields[key].sql_type;
        !self.is_cut()
            && self.state.order_terms().is_empty()
            && matches!(
                number,
                SqlType::SmallInt | SqlType::Integer | SqlType::BigInt
            )
    }

    /// Whether the order of the rows does not matter.
    pub(crate) fn is_unordered(&self) -> bool {
        self.by_target && !self.is_cut() || self.sorts_here()
    }

    /// `SELECT target.*, key FROM target … WHERE key IN (keys) …`; with a limit, numbered and cut for each key.
    pub(crate) fn command(
        &self,
        keys: Vec<Value>,
        ordered: bool,
        types: &[SqlType],
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let key = self.key_nodes();
        let mut part = QuerySpec {
            meta: self.meta,
            state: Arc::clone(&self.state),
        };
        if ordered {
            part = part.totally_ordered();
        }
        let order = part.state.order_terms().to_vec();
        let mut items = key.clone();
        if self.is_cut() {
            items.push(Node::Window(Box::new(Window {
                function: Node::Call("row_number".into(), Vec::new()),
                partition_by: key.clone(),
                order_by: order,
                frame: None,
            })));
        }
        let limited = self.is_cut();
        let beside = self.within().is_none();
        let among = among(&key, keys, types);
        part = part.with(|state| {
            state.and_filter(among);
            if beside {
                state.select_beside(items);
            }
            if limited || !ordered {
                state.clear_order();
            }
        });
        let mut select = part.select(Some(dialect))?;
        if let Some((table, _)) = &self.join.through {
            let on = self.join.pairs.iter().map(|(through, column)| {
                Node::binary(
                    BinaryOp::Equal,
                    Node::column(self.through(), Name::Owned(through.clone())),
                    Node::column(self.meta.table.name.clone(), Name::Owned(column.clone())),
                )
            });
            let scope = match self.join_model {
                Some(model) => scope_under(model, &self.through(), self.state.is_unscoped())?,
                None => None,
            };
            let join = Join {
                kind: JoinKind::Inner,
                source: Source::Table {
                    name: table.clone(),
                    alias: Some(self.through()),
                },
                on: on.chain(scope).reduce(Node::and),
            };
            select.joins.insert(0, join);
        }
        if limited {
            select = numbered(select, self.offset, self.limit);
        }
        let mut w = Writer::new(dialect);
        w.select(&select)?;
        Ok(Command::new(w.finish()?, Access::Read).at(site))
    }
}

/// The rows whose number, the last column, is after the offset and within the limit.
fn numbered(mut inner: Select, offset: u64, limit: Option<u64>) -> Select {
    let mut names: Vec<Name> = Vec::new();
    if let Projection::Items(items) = &mut inner.projection {
        for (n, item) in items.iter_mut().enumerate() {
            let name = Name::Owned(format!("c{}", n + 1));
            item.alias = Some(name.clone());
            names.push(name);
        }
    }
    let number = Node::Root(names.pop().unwrap_or_default());
    let bound = |op, rows: u64| {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        Node::binary(op, number.clone(), Node::Value(Value::I64(rows)))
    };
    let first = (offset > 0).then(|| bound(BinaryOp::Greater, offset));
    let last = limit.map(|limit| bound(BinaryOp::LessOrEqual, offset.saturating_add(limit)));
    let item = |name| SelectItem {
        node: Node::Root(name),
        alias: None,
    };
    Select {
        projection: Projection::Items(names.into_iter().map(item).collect()),
        from: Some(Source::Query {
            query: Box::new(inner),
            alias: "numbered".into(),
            lateral: false,
        }),
        filter: first.into_iter().chain(last).reduce(Node::and),
        order_by: vec![OrderTerm {
            node: number,
            descending: false,
            nulls: None,
        }],
        ..Select::default()
    }
}

/// The condition that the key is one of these (a flat list of values).
fn among(key: &[Node], keys: Vec<Value>, types: &[SqlType]) -> Node {
    if let ([operand], [element]) = (key, types) {
        return Node::InList(Box::new(InList {
            operand: operand.clone(),
            values: keys,
            element: element.clone(),
            negated: false,
        }));
    }
    keys.chunks(types.len())
        .map(|values| {
            let equal = key.iter().zip(values).map(|(column, value)| {
                Node::binary(BinaryOp::Equal, column.clone(), Node::Value(value.clone()))
            });
            equal
                .reduce(Node::and)
                .unwrap_or(Node::Value(Value::Bool(true)))
        })
        .reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)))
}
