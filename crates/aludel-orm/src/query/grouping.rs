//! What a grouped query may read: the grouped expressions, aggregates, and what follows from the model's whole key.
//!
//! Where SQL does not say which of a group's rows is meant, some databases take any, others fail. So that all behave the
//! same, such reads are rejected before anything is sent, wherever they are: in the selection, the order, HAVING, windows,
//! conditions on relations, and correlated subqueries.
//!
//! | grouped by | may be read |
//! |---|---|
//! | an expression | the expression |
//! | a column, also over to-one relations | the column; conditions on relations that need no other column of its row |
//! | all columns of the model's primary key | every column of the model |

use super::compile::QuerySpec;
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use crate::model::path::relation_of;
use aludel_engine::{Error, Result};
use aludel_sql::expr::{Name, Node, Path, Quantified};
use aludel_sql::statement::Select;

impl QuerySpec {
    /// Whether it is grouped, by columns or (with aggregates alone) as one.
    pub(crate) fn is_grouped(&self) -> bool {
        let state = &*self.state;
        let mut nodes =
            { state.items.iter().flatten() }.chain(state.order_by.iter().map(|term| &term.node));
        !state.group_by.is_empty() || state.having.is_some() || nodes.any(Node::aggregates)
    }

    /// Whether it makes one row of all rows: it has aggregates, and no groups.
    pub(crate) fn is_one_row(&self) -> bool {
        self.state.group_by.is_empty() && self.is_grouped()
    }

    /// Rejects what SQL leaves open, and what only some databases accept.
    pub(super) fn check_grouping(&self) -> Result<()> {
        if !self.is_grouped() {
            return Ok(());
        }
        let state = &*self.state;
        for node in &state.group_by {
            check_rows(node, "group_by(..)")?;
        }
        let grouping = Grouping::of(self);
        if (state.items.is_none() || state.whole) && !grouping.whole_key {
            return Err(Error::invalid_query(format!(
                "a grouped query of {} has no whole rows; select the grouped columns and aggregates, or group by its whole key",
                self.meta.name
            )));
        }
        if let Some(having) = &state.having
            && having.any(&mut is_window)
        {
            return Err(Error::invalid_query(
                "a window function can't stand in having(..): groups are chosen before windows are made",
            ));
        }
        let selected = state.items.iter().flatten().map(|node| ("selected", node));
        let sorted = state.order_by.iter().map(|term| ("sorted by", &term.node));
        let chosen = state.having.iter().map(|node| ("read in having(..)", node));
        for (how, node) in selected.chain(sorted).chain(chosen) {
            if let Some(fault) = grouping.fault(node) {
                return Err(fault.error(how, self.meta));
            }
        }
        Ok(())
    }
}

/// Rejects aggregates and window functions where single rows are examined.
pub(super) fn check_rows(node: &Node, place: &str) -> Result<()> {
    if !node.any(&mut |node| is_window(node) || node.is_aggregate()) {
        return Ok(());
    }
    Err(Error::invalid_query(if node.aggregates() {
        format!(
            "an aggregate can't stand in {place}; put it into having(..), or ask a relation's count()"
        )
    } else {
        format!(
            "a window function can't stand in {place}: rows are chosen and grouped before windows are made"
        )
    }))
}

fn is_window(node: &Node) -> bool {
    matches!(node, Node::Window(_))
}

/// What a query is grouped by.
struct Grouping<'q> {
    meta: &'static ModelMeta,
    by: &'q [Node],
    /// The columns among them.
    columns: Vec<Place<'q>>,
    /// Whether the whole primary key is among them: then a group is one row of the model.
    whole_key: bool,
    unscoped: bool,
}

/// A column and where it is, as the statement has it.
struct Place<'q> {
    hops: &'q [Name],
    column: &'q str,
}

impl<'q> Place<'q> {
    fn of(meta: &'static ModelMeta, node: &'q Node) -> Option<Place<'q>> {
        match node {
            Node::Root(column) => Some(Place { hops: &[], column }),
            Node::Column(column) if column.table.as_ref() == Some(&meta.table.name) => {
                Some(Place {
                    hops: &[],
                    column: &column.name,
                })
            }
            Node::Path(path) => Some(Place::behind(meta, &path.hops, &path.column)),
            _ => None,
        }
    }

    /// A column of the model after these hops. The key that the last hop refers to is read as a column before that hop.
    fn behind(meta: &'static ModelMeta, hops: &'q [Name], column: &'q str) -> Place<'q> {
        referring(meta, hops, column).unwrap_or(Place { hops, column })
    }

    fn is(&self, other: &Place<'_>) -> bool {
        self.hops == other.hops && self.column == other.column
    }
}

/// The column before the last hop that has the same value as this one after it.
fn referring<'q>(meta: &'static ModelMeta, hops: &'q [Name], column: &str) -> Option<Place<'q>> {
    let (last, before) = hops.split_last()?;
    let relation: &'static RelationMeta = model(meta, before)?.relation(relation_of(last).0)?;
    if relation.kind != RelationKind::BelongsTo {
        return None;
    }
    let mut keys = relation.target_columns().into_iter();
    let at = keys.position(|key| key == column)?;
    Some(Place {
        hops: before,
        column: relation.columns.get(at)?,
    })
}

/// The model after these hops; `None` if there is no such relation, which is an error when the query is resolved.
fn model(meta: &'static ModelMeta, hops: &[Name]) -> Option<&'static ModelMeta> {
    let mut reached = meta;
    for hop in hops {
        reached = (reached.relation(relation_of(hop).0)?.target)();
    }
    Some(reached)
}

/// Why something can't be read of a group.
enum Fault {
    /// A column that is not grouped.
    Column(String),
    /// A column over a relation.
    Behind(String),
    /// A condition on a relation, and the column of the outer row that it needs.
    Question(String, String),
    /// A column of the outer row that a subquery reads.
    Subquery(String),
    /// An aggregate or window function in an aggregate.
    Nested,
}

impl<'q> Grouping<'q> {
    fn of(part: &'q QuerySpec) -> Grouping<'q> {
        let by = &part.state.group_by[..];
        let columns: Vec<Place<'q>> = by
            .iter()
            .filter_map(|node| Place::of(part.meta, node))
            .collect();
        let whole_key = { part.meta.key_columns() }.all(|column| {
            columns
                .iter()
                .any(|own| own.is(&Place { hops: &[], column }))
        });
        Grouping {
            meta: part.meta,
            by,
            columns,
            whole_key,
            unscoped: part.state.unscoped,
        }
    }

    fn allows(&self, place: &Place<'_>) -> bool {
        self.whole_key && place.hops.is_empty() || self.columns.iter().any(|own| own.is(place))
    }

    /// The first thing in the node that is neither grouped nor inside an aggregate.
    fn fault(&self, node: &Node) -> Option<Fault> {
        if self.by.contains(node) {
            return None;
        }
        if node.is_aggregate() {
            let mut nested = false;
            node.children(&mut |child| {
                nested = nested || child.any(&mut |node| is_window(node) || node.is_aggregate());
            });
            return nested.then_some(Fault::Nested);
        }
        match node {
            Node::Root(_) | Node::Column(_) | Node::Path(_) => self.column(node),
            Node::Quantified(asked) => self.question(asked),
            Node::Exists(query) | Node::Subquery(query) => self.subquery(query),
            Node::InQuery(query) => {
                let operand = self.fault(&query.operand);
                operand.or_else(|| self.subquery(&query.query))
            }
            // `sum(count(*)) OVER (..)` is a sum over groups; only what it is given has to be grouped.
            Node::Window(window) => {
                let function = self.below(&window.function);
                function.or_else(|| window.over().find_map(|node| self.fault(node)))
            }
            other => self.below(other),
        }
    }

    fn below(&self, node: &Node) -> Option<Fault> {
        let mut fault = None;
        node.children(&mut |child| {
            if fault.is_none() {
                fault = self.fault(child);
            }
        });
        fault
    }

    fn column(&self, node: &Node) -> Option<Fault> {
        let place = Place::of(self.meta, node);
        if place.as_ref().is_some_and(|place| self.allows(place)) {
            return None;
        }
        Some(match node {
            Node::Path(path) if !path.hops.is_empty() => Fault::Behind(written(path)),
            Node::Path(path) => Fault::Column(path.column.to_string()),
            Node::Column(column) => Fault::Column(column.name.to_string()),
            Node::Root(name) => Fault::Column(name.to_string()),
            _ => return None,
        })
    }

    /// A condition on a relation is a subquery that is correlated with columns of the outer row.
    fn question(&self, asked: &Quantified) -> Option<Fault> {
        let owner = model(self.meta, &asked.hops)?;
        let join = owner.relation(&asked.relation)?.join_path(owner).ok()?;
        let ties = join.through.as_ref().map_or(&join.pairs, |(_, ties)| ties);
        // A row out of scope counts as missing, whatever refers to it.
        let refers = !owner.has_scope(self.unscoped);
        let mut ties = ties.iter().map(|(column, _)| column.as_str());
        let missing = ties.find(|column| {
            let (hops, column) = (&asked.hops[..], *column);
            !self.allows(&match refers {
                true => Place::behind(self.meta, hops, column),
                false => Place { hops, column },
            })
        })?;
        let name = |column: &Name| {
            written(&Path {
                hops: asked.hops.clone(),
                column: column.clone(),
            })
        };
        let column = name(&Name::Owned(missing.to_owned()));
        Some(Fault::Question(name(&asked.relation), column))
    }

    /// What a subquery reads of the outer query.
    fn subquery(&self, query: &Select) -> Option<Fault> {
        let own = &self.meta.table.name;
        if query.sources().any(|source| source.alias() == own) {
            return None;
        }
        let mut fault = None;
        query.expressions(&mut |node| {
            if fault.is_none() {
                fault = self.outside(node);
            }
        });
        query.queries(&mut |query| {
            if fault.is_none() {
                fault = self.subquery(query);
            }
        });
        fault
    }

    /// The same for an expression in a subquery. PostgreSQL recognizes grouped expressions only outside of it.
    fn outside(&self, node: &Node) -> Option<Fault> {
        let mut fault = match node {
            Node::Column(column) if column.table.as_ref() == Some(&self.meta.table.name) => {
                let place = Place::of(self.meta, node)?;
                return (!self.allows(&place)).then(|| Fault::Subquery(column.name.to_string()));
            }
            Node::Exists(query) | Node::Subquery(query) => self.subquery(query),
            Node::InQuery(query) => self.subquery(&query.query),
            _ => None,
        };
        node.children(&mut |child| {
            if fault.is_none() {
                fault = self.outside(child);
            }
        });
        fault
    }
}

impl Fault {
    #[cold]
    fn error(self, how: &str, meta: &ModelMeta) -> Error {
        let model = meta.name;
        Error::invalid_query(match self {
            Fault::Column(column) => format!(
                "{column:?} is {how} in a grouped query, but neither grouped nor aggregated; add it to group_by(..), aggregate it, or group by the whole key of {model}"
            ),
            Fault::Behind(path) => format!(
                "{path:?} is {how} in a grouped query, but neither grouped nor aggregated; add it to group_by(..) or aggregate it (a column behind a relation is grouped by itself, even where the key of {model} is grouped)"
            ),
            Fault::Question(relation, column) => format!(
                "a question about {relation:?} is {how} in a grouped query, and needs {column:?} of the row that asks, which is not grouped; add it to group_by(..), group by the question itself, or aggregate it"
            ),
            Fault::Subquery(column) => format!(
                "a subquery that is {how} in a grouped query reads {column:?} of {model}, which is not grouped; add it to group_by(..) or group by the whole key of {model}"
            ),
            Fault::Nested => format!(
                "an aggregate or window function is {how} within an aggregate; select it in a subquery, and aggregate that"
            ),
        })
    }
}

/// `author.name`.
fn written(path: &Path) -> String {
    let mut parts: Vec<&str> = path.hops.iter().map(|hop| &**hop).collect();
    parts.push(&path.column);
    parts.join(".")
}
