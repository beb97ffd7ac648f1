//! From model paths to SQL: turns a tree with paths and quantifiers into one with columns, joins and subqueries.
//!
//! A path is joined once, however often it is named. In a statement that cannot join (UPDATE, DELETE) a path becomes
//! a scalar subquery. A quantifier becomes a correlated EXISTS or scalar subquery, in a scope of its own.

use crate::model::meta::{JoinPath, ModelMeta, RelationKind, RelationMeta};
use crate::model::path::{relation_of, without_read};
use aludel_engine::{Error, Result};
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Aggregate, BinaryOp, Name, Node, Path, Quantified, Quantifier, UnaryOp};
use aludel_sql::statement::{Join, JoinKind, Projection, Select, SelectItem, Source, TableName};

/// Assigns aliases, and knows what the statement may read.
pub(crate) struct Resolver {
    aliases: usize,
    /// The name of the statement's own table, which no alias may have.
    taken: Name,
    /// Whether default scopes are ignored.
    unscoped: bool,
    /// The table that the statement changes, if it may not be read in a subquery (MySQL).
    changed: Option<TableName>,
}

/// One SELECT's, UPDATE's or DELETE's view: its root, and the joins made so far.
pub(crate) struct Scope {
    meta: &'static ModelMeta,
    /// The name that qualifies the root's columns.
    alias: Name,
    /// Whether paths may be joined.
    joins_allowed: bool,
    joins: Vec<Join>,
    joined: Vec<(Vec<Name>, Reached)>,
    /// Whether its expressions are compared with each other: it is grouped or distinct.
    compares: bool,
    /// The quantifiers that it has resolved, and their results, if it compares.
    asked: Vec<(Quantified, Node)>,
}

/// A model reached over hops.
#[derive(Clone)]
struct Reached {
    meta: &'static ModelMeta,
    alias: Name,
    nullable: bool,
}

impl Scope {
    /// The scope of a SELECT from the model's table.
    pub(crate) fn select(meta: &'static ModelMeta) -> Scope {
        Scope {
            meta,
            alias: meta.table.name.clone(),
            joins_allowed: true,
            joins: Vec::new(),
            joined: Vec::new(),
            compares: false,
            asked: Vec::new(),
        }
    }

    /// The scope of a SELECT whose expressions are compared with each other: what is equal in the tree is equal in SQL.
    pub(crate) fn comparing(self) -> Scope {
        Scope {
            compares: true,
            ..self
        }
    }

    /// The scope of an UPDATE or DELETE of the model's table.
    pub(crate) fn change(meta: &'static ModelMeta) -> Scope {
        Scope {
            joins_allowed: false,
            ..Scope::select(meta)
        }
    }

    /// The joins that its paths need.
    pub(crate) fn into_joins(self) -> Vec<Join> {
        self.joins
    }

    fn root(&self) -> Reached {
        Reached {
            meta: self.meta,
            alias: self.alias.clone(),
            nullable: false,
        }
    }
}

impl Resolver {
    /// A resolver for one statement.
    pub(crate) fn new(table: &TableName, unscoped: bool) -> Resolver {
        Resolver {
            aliases: 0,
            taken: table.name.clone(),
            unscoped,
            changed: None,
        }
    }

    /// A resolver for a statement that changes a table.
    pub(crate) fn changing(
        dialect: &'static dyn Dialect,
        table: &TableName,
        unscoped: bool,
    ) -> Resolver {
        Resolver {
            changed: (!dialect.capabilities().self_subquery).then(|| table.clone()),
            ..Resolver::new(table, unscoped)
        }
    }

    /// An alias that no other name in the statement has. All tables but its own have aliases of their own.
    fn alias(&mut self) -> Name {
        loop {
            self.aliases += 1;
            let alias = format!("t{}", self.aliases);
            if !alias.eq_ignore_ascii_case(&self.taken) {
                return Name::Owned(alias);
            }
        }
    }

    /// Resolves a tree in place.
    pub(crate) fn resolve(&mut self, node: &mut Node, scope: &mut Scope) -> Result<()> {
        match node {
            Node::Path(path) => {
                let path = std::mem::replace(
                    path,
                    Box::new(Path {
                        hops: Vec::new(),
                        column: Name::Borrowed(""),
                    }),
                );
                *node = self.path(*path, scope)?;
                Ok(())
            }
            Node::Quantified(quantified) => {
                let asked = (**quantified).clone();
                *node = self.asked(asked, scope)?;
                Ok(())
            }
            Node::InQuery(query) if query.negated => {
                self.resolve(&mut query.operand, scope)?;
                without_nulls(&mut query.query);
                Ok(())
            }
            Node::Root(_) | Node::Value(_) | Node::Column(_) => Ok(()),
            other => {
                let mut result = Ok(());
                other.children_mut(&mut |child| {
                    if result.is_ok() {
                        result = self.resolve(child, scope);
                    }
                });
                result
            }
        }
    }

    /// A column over to-one relations.
    fn path(&mut self, mut path: Path, scope: &mut Scope) -> Result<Node> {
        let whole = path.hops.last().and_then(|last| without_read(last));
        let whole = whole.map(|last| Name::Owned(last.to_owned()));
        let is_read = whole.is_some();
        if let (Some(last), Some(hop)) = (whole, path.hops.last_mut()) {
            *hop = last;
        }
        let (last, before) = match path.hops.split_last() {
            None => return Ok(Node::Root(path.column)),
            Some(split) => split,
        };
        if !scope.joins_allowed {
            return self.path_subquery(path, scope);
        }
        let owner = self.reach(before, scope)?;
        let relation = to_one(owner.meta, last)?;
        // The target's key is here already, as the foreign key: no join.
        if relation.kind == RelationKind::BelongsTo
            && !is_read
            && let Some(at) = relation
                .target_columns()
                .iter()
                .position(|key| *key == path.column)
        {
            let column = Name::Owned(relation.columns[at].clone());
            return Ok(
                if before.is_empty() && scope.alias == scope.meta.table.name {
                    Node::Root(column)
                } else {
                    Node::column(owner.alias, column)
                },
            );
        }
        let reached = self.reach(&path.hops, scope)?;
        Ok(Node::column(reached.alias, path.column))
    }

    /// The model after these hops, joined.
    fn reach(&mut self, hops: &[Name], scope: &mut Scope) -> Result<Reached> {
        let Some((last, before)) = hops.split_last() else {
            return Ok(scope.root());
        };
        if let Some((_, reached)) = scope.joined.iter().find(|(path, _)| path == hops) {
            return Ok(reached.clone());
        }
        let owner = self.reach(before, scope)?;
        let relation = to_one(owner.meta, last)?;
        let target = (relation.target)();
        // A row out of scope counts as missing: it never removes the root's row.
        let nullable = owner.nullable
            || relation.nullable
            || relation.kind == RelationKind::HasOne
            || target.has_scope(self.lifts(last));
        let alias = self.alias();
        let join = relation
            .join_path(owner.meta)
            .map_err(Error::invalid_query)?;
        let on = pairs(&join.pairs, &owner.alias, &alias);
        let on = self.scoped(target, &alias, on, self.lifts(last))?;
        scope.joins.push(Join {
            kind: if nullable {
                JoinKind::Left
            } else {
                JoinKind::Inner
            },
            source: self.table(target, &alias),
            on: Some(on),
        });
        let reached = Reached {
            meta: target,
            alias,
            nullable,
        };
        scope.joined.push((hops.to_vec(), reached.clone()));
        Ok(reached)
    }

    /// A path where nothing can be joined: `(SELECT column FROM target JOIN … WHERE target.key = root.key)`.
    fn path_subquery(&mut self, path: Path, scope: &Scope) -> Result<Node> {
        let relation = to_one(scope.meta, &path.hops[0])?;
        let target = (relation.target)();
        if path.hops.len() == 1
            && relation.kind == RelationKind::BelongsTo
            && let Some(at) = relation
                .target_columns()
                .iter()
                .position(|key| *key == path.column)
        {
            return Ok(Node::Root(relation.columns[at].clone().into()));
        }
        let alias = self.alias();
        let join = relation
            .join_path(scope.meta)
            .map_err(Error::invalid_query)?;
        let mut inner = Scope {
            alias: alias.clone(),
            ..Scope::select(target)
        };
        let first = path.hops[0].clone();
        let rest = Path {
            hops: path.hops[1..].to_vec(),
            column: path.column,
        };
        let mut item = match self.path(rest, &mut inner)? {
            Node::Root(column) => Node::column(alias.clone(), column),
            other => other,
        };
        self.resolve(&mut item, &mut inner)?;
        Ok(Node::Subquery(Box::new(Select {
            projection: Projection::Items(vec![SelectItem {
                node: item,
                alias: None,
            }]),
            from: Some(self.table(target, &alias)),
            joins: inner.into_joins(),
            filter: Some(self.scoped(
                target,
                &alias,
                pairs(&join.pairs, &scope.alias, &alias),
                self.lifts(&first),
            )?),
            ..Select::default()
        })))
    }

    /// A quantifier. Where expressions are compared, a quantifier that occurs twice becomes the same subquery both times, down
    /// to its aliases, which PostgreSQL compares too.
    fn asked(&mut self, asked: Quantified, scope: &mut Scope) -> Result<Node> {
        if !scope.compares {
            return self.quantified(asked, scope);
        }
        if let Some((_, node)) = scope.asked.iter().find(|(known, _)| *known == asked) {
            return Ok(node.clone());
        }
        let node = self.quantified(asked.clone(), scope)?;
        scope.asked.push((asked, node.clone()));
        Ok(node)
    }

    /// Replaces columns of the model after these hops, in a join condition, with the columns that refer to them: only those may
    /// be grouped.
    fn referring(
        &mut self,
        tie: &mut Node,
        owner: &Name,
        hops: &[Name],
        scope: &mut Scope,
    ) -> Result<()> {
        if let Node::Column(column) = tie {
            if column.table.as_ref() == Some(owner) {
                let path = Path {
                    hops: hops.to_vec(),
                    column: column.name.clone(),
                };
                *tie = match self.path(path, scope)? {
                    Node::Root(column) => Node::column(scope.alias.clone(), column),
                    other => other,
                };
            }
            return Ok(());
        }
        let mut result = Ok(());
        tie.children_mut(&mut |child| {
            if result.is_ok() {
                result = self.referring(child, owner, hops, scope);
            }
        });
        result
    }

    /// A quantifier over a to-many relation, as a correlated subquery.
    fn quantified(&mut self, asked: Quantified, scope: &mut Scope) -> Result<Node> {
        let (owner, chain) = match asked.hops.split_first() {
            Some((first, rest)) if !scope.joins_allowed => self.chain(first, rest, scope)?,
            _ => (self.reach(&asked.hops, scope)?, Vec::new()),
        };
        let relation = owner.meta.relation(&asked.relation).ok_or_else(|| {
            Error::invalid_query(format!(
                "{} has no relation {:?}",
                owner.meta.name, asked.relation
            ))
        })?;
        let target = (relation.target)();
        let join = relation
            .join_path(owner.meta)
            .map_err(Error::invalid_query)?;
        let alias = self.alias();
        let mut inner = Scope {
            alias: alias.clone(),
            ..Scope::select(target)
        };
        let mut condition = asked.condition;
        let mut argument = asked.argument;
        for node in condition.iter_mut().chain(argument.iter_mut()) {
            self.resolve(node, &mut inner)?;
        }
        if let (Quantifier::All, Some(condition)) = (asked.quantifier, condition.as_mut()) {
            // All rows fulfil it if none fails it; unknown counts as failed.
            let whole = std::mem::replace(condition, Node::Star);
            *condition = Node::Unary(UnaryOp::IsNotTrue, Box::new(whole));
        }
        let model = relation.join_model();
        let (from, mut joins, mut link) =
            self.related(&join, model, target, &owner.alias, &alias)?;
        if scope.compares && !asked.hops.is_empty() && !owner.meta.has_scope(self.unscoped) {
            self.referring(&mut link, &owner.alias, &asked.hops, scope)?;
        }
        let link = self.scoped(target, &alias, link, self.unscoped)?;
        joins.extend(chain);
        joins.extend(inner.into_joins());
        let select = |projection| Select {
            projection,
            from: Some(from),
            joins,
            filter: Some(match condition {
                Some(condition) => link.and(condition),
                None => link,
            }),
            ..Select::default()
        };
        Ok(match asked.quantifier {
            Quantifier::Any => Node::Exists(Box::new(select(Projection::default()))),
            Quantifier::All | Quantifier::None => Node::Unary(
                UnaryOp::Not,
                Box::new(Node::Exists(Box::new(select(Projection::default())))),
            ),
            Quantifier::Aggregate(function, answer) => {
                let aggregate = Node::Aggregate(Box::new(Aggregate {
                    function,
                    argument,
                    distinct: asked.distinct,
                    filter: None,
                    answer,
                }));
                Node::Subquery(Box::new(select(Projection::Items(vec![SelectItem {
                    node: aggregate,
                    alias: None,
                }]))))
            }
        })
    }

    /// The model after these to-one hops and the joins that lead there, for a subquery of a statement that can't join.
    fn chain(
        &mut self,
        first: &Name,
        rest: &[Name],
        scope: &Scope,
    ) -> Result<(Reached, Vec<Join>)> {
        let relation = to_one(scope.meta, first)?;
        let target = (relation.target)();
        let alias = self.alias();
        let join = relation
            .join_path(scope.meta)
            .map_err(Error::invalid_query)?;
        let mut inner = Scope {
            alias: alias.clone(),
            ..Scope::select(target)
        };
        let owner = self.reach(rest, &mut inner)?;
        let mut joins = vec![Join {
            kind: JoinKind::Inner,
            source: self.table(target, &alias),
            on: Some(self.scoped(
                target,
                &alias,
                pairs(&join.pairs, &scope.alias, &alias),
                self.lifts(first),
            )?),
        }];
        joins.extend(inner.into_joins());
        Ok((owner, joins))
    }

    /// Whether default scopes are ignored at a hop.
    fn lifts(&self, hop: &str) -> bool {
        self.unscoped || relation_of(hop).1
    }

    /// A condition, with the default scope of a model under an alias, unless the scope is ignored.
    fn scoped(
        &self,
        meta: &ModelMeta,
        alias: &Name,
        condition: Node,
        unscoped: bool,
    ) -> Result<Node> {
        Ok(match scope_under(meta, alias, unscoped)? {
            Some(scope) => condition.and(scope),
            None => condition,
        })
    }

    /// The sources of a subquery over related rows, and the condition that ties them to the outer row.
    fn related(
        &mut self,
        join: &JoinPath,
        join_model: Option<&'static ModelMeta>,
        target: &'static ModelMeta,
        outer: &Name,
        alias: &Name,
    ) -> Result<(Source, Vec<Join>, Node)> {
        let source = self.table(target, alias);
        Ok(match &join.through {
            None => (source, Vec::new(), pairs(&join.pairs, outer, alias)),
            Some((table, to_owner)) => {
                let through = self.alias();
                let mut on = pairs(&join.pairs, &through, alias);
                if let Some(model) = join_model {
                    on = self.scoped(model, &through, on, self.unscoped)?;
                }
                let link = Join {
                    kind: JoinKind::Inner,
                    source: self.named(table, &through),
                    on: Some(on),
                };
                (source, vec![link], pairs(to_owner, outer, &through))
            }
        })
    }

    fn table(&self, meta: &ModelMeta, alias: &Name) -> Source {
        self.named(&meta.table, alias)
    }

    /// A table under an alias; the table that MySQL is changing, as a copy that it may read.
    fn named(&self, table: &TableName, alias: &Name) -> Source {
        if self.changed.as_ref() == Some(table) {
            return Source::Query {
                query: Box::new(Select {
                    projection: Projection::Items(vec![SelectItem {
                        node: Node::Star,
                        alias: None,
                    }]),
                    from: Some(Source::table(table.clone())),
                    ..Select::default()
                }),
                alias: alias.clone(),
                lateral: false,
            };
        }
        Source::Table {
            name: table.clone(),
            alias: Some(alias.clone()),
        }
    }
}

/// The condition that every query of a model adds, for a model under an alias.
///
/// # Errors
/// A scope that reads another model.
pub(crate) fn scope_under(meta: &ModelMeta, alias: &Name, unscoped: bool) -> Result<Option<Node>> {
    let Some(mut scope) = meta.scope(unscoped) else {
        return Ok(None);
    };
    if scope.any(&mut |node| matches!(node, Node::Path(_) | Node::Quantified(_))) {
        return Err(Error::invalid_query(format!(
            "the default scope of {} reads another model, so that queries of others can't join it; say .unscoped()",
            meta.name
        )));
    }
    under(&mut scope, alias);
    Ok(Some(scope))
}

/// Columns of the root, as columns of an alias.
fn under(node: &mut Node, alias: &Name) {
    match node {
        Node::Root(column) => *node = Node::column(alias.clone(), column.clone()),
        other => other.children_mut(&mut |child| under(child, alias)),
    }
}

/// `left.a = right.b AND …`.
fn pairs(pairs: &[(String, String)], left: &Name, right: &Name) -> Node {
    pairs
        .iter()
        .map(|(a, b)| {
            Node::binary(
                BinaryOp::Equal,
                Node::column(right.clone(), b.clone()),
                Node::column(left.clone(), a.clone()),
            )
        })
        .reduce(Node::and)
        .unwrap_or(Node::Star)
}

fn to_one<'m>(meta: &'m ModelMeta, hop: &str) -> Result<&'m RelationMeta> {
    let (name, _) = relation_of(hop);
    match meta.relation(name) {
        Some(relation)
            if matches!(
                relation.kind,
                RelationKind::BelongsTo | RelationKind::HasOne
            ) =>
        {
            Ok(relation)
        }
        Some(_) => Err(Error::invalid_query(format!(
            "{}::{name} leads to many rows; ask it with any(..), all(..), none(..) or count()",
            meta.name
        ))),
        None => Err(Error::invalid_query(format!(
            "{} has no relation {name:?}",
            meta.name
        ))),
    }
}

/// `NOT IN` over rows without NULLs: a single NULL among them would make every result unknown.
fn without_nulls(query: &mut Select) {
    let mut inner = std::mem::take(query);
    let Projection::Items(items) = &mut inner.projection else {
        *query = inner;
        return;
    };
    let mut names = Vec::new();
    for (n, item) in items.iter_mut().enumerate() {
        let name = Name::Owned(format!("value{}", n + 1));
        item.alias = Some(name.clone());
        names.push(name);
    }
    *query = Select {
        projection: Projection::Items(
            names
                .iter()
                .map(|name| SelectItem {
                    node: Node::Root(name.clone()),
                    alias: None,
                })
                .collect(),
        ),
        from: Some(Source::Query {
            query: Box::new(inner),
            alias: Name::Borrowed("listed"),
            lateral: false,
        }),
        filter: names
            .into_iter()
            .map(|name| Node::Unary(UnaryOp::IsNotNull, Box::new(Node::Root(name))))
            .reduce(Node::and),
        ..Select::default()
    };
}
