//! The kind of values an expression has, derived from the leaves of the tree up.

use super::Writer;
use crate::expr::{AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Function, Name};
use crate::expr::{Node, NumberKind, UnaryOp};
use crate::statement::{Projection, Select, SelectItem, Source, TableName};
use crate::types::{Bounds, ColumnKinds, Kind};

/// The sources that a statement or subquery sees, the root first.
#[derive(Default)]
pub(super) struct Scope {
    /// How columns of the root are qualified.
    root: Option<Name>,
    sources: Vec<(Name, ColumnKinds)>,
}

impl Scope {
    /// Whether a source has columns of database-specific types.
    pub(super) fn has_own_types(&self) -> bool {
        self.sources.iter().any(|(_, kinds)| kinds.has_own_types())
    }
}

impl Writer {
    /// Runs `write` with the root's columns qualified by `root`; nothing is known of their kinds.
    ///
    /// # Errors
    /// Errors of `write`.
    pub fn with_root<T>(
        &mut self,
        root: Option<Name>,
        write: impl FnOnce(&mut Writer) -> crate::error::Result<T>,
    ) -> crate::error::Result<T> {
        self.within(
            Scope {
                root,
                sources: Vec::new(),
            },
            write,
        )
    }

    /// Runs `write` for the rows of a table, whose columns are qualified by its name or not at all.
    ///
    /// # Errors
    /// Errors of `write`.
    pub fn with_table<T>(
        &mut self,
        table: &TableName,
        qualified: bool,
        write: impl FnOnce(&mut Writer) -> crate::error::Result<T>,
    ) -> crate::error::Result<T> {
        let scope = Scope {
            root: qualified.then(|| table.name.clone()),
            sources: vec![(table.name.clone(), table.kinds.clone())],
        };
        self.within(scope, write)
    }

    /// Runs `write` for a SELECT, whose root is qualified or not.
    pub(super) fn with_sources<T>(
        &mut self,
        select: &Select,
        root: Option<Name>,
        write: impl FnOnce(&mut Writer) -> crate::error::Result<T>,
    ) -> crate::error::Result<T> {
        let scope = self.scope_of(select, root);
        self.within(scope, write)
    }

    fn within<T>(
        &mut self,
        scope: Scope,
        write: impl FnOnce(&mut Writer) -> crate::error::Result<T>,
    ) -> crate::error::Result<T> {
        self.scopes.push(scope);
        let result = write(self);
        self.scopes.pop();
        result
    }

    /// Runs `write` with columns of the root unqualified.
    pub(super) fn unqualified<T>(&mut self, write: impl FnOnce(&mut Writer) -> T) -> T {
        let root = self.scopes.last_mut().and_then(|scope| scope.root.take());
        let result = write(self);
        if let Some(scope) = self.scopes.last_mut() {
            scope.root = root;
        }
        result
    }

    /// Whether the current statement is inside another one.
    pub(super) fn is_nested(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// How deep the current SELECT is nested.
    pub(super) fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// How columns of the root are qualified here.
    pub(super) fn root_name(&self) -> Option<Name> {
        self.scopes.last().and_then(|scope| scope.root.clone())
    }

    fn scope_of(&mut self, select: &Select, root: Option<Name>) -> Scope {
        let mut scope = Scope {
            root,
            sources: Vec::new(),
        };
        let joined = select.joins.iter().map(|join| &join.source);
        for source in select.from.iter().chain(joined) {
            let kinds = match source {
                Source::Table { name, .. } => self.table_kinds(name),
                Source::Query { query, .. } => self.select_kinds(query),
            };
            scope.sources.push((source.alias().clone(), kinds));
        }
        scope
    }

    fn table_kinds(&self, table: &TableName) -> ColumnKinds {
        let named = self.ctes.iter().rev().find(|(name, _)| *name == table.name);
        match named {
            Some((_, kinds)) if table.schema.is_none() => kinds.clone(),
            _ => table.kinds.clone(),
        }
    }

    /// The kinds of a query's columns.
    pub(super) fn select_kinds(&mut self, select: &Select) -> ColumnKinds {
        let scope = self.scope_of(select, None);
        let Projection::Items(items) = &select.projection else {
            return match scope.sources.into_iter().next() {
                Some((_, kinds)) => kinds,
                None => ColumnKinds::default(),
            };
        };
        if let [
            SelectItem {
                node: Node::Star, ..
            },
        ] = &items[..]
        {
            return match scope.sources.into_iter().next() {
                Some((_, kinds)) => kinds,
                None => ColumnKinds::default(),
            };
        }
        self.scopes.push(scope);
        let mut columns: Vec<(Box<str>, Kind)> = Vec::with_capacity(items.len());
        for item in items {
            let kind = self.kind(&item.node);
            if let Some(name) = column_name(item) {
                columns.push((name.as_ref().into(), kind));
            }
        }
        self.scopes.pop();
        ColumnKinds::new(columns)
    }

    /// The kind of values an expression has, as far as the tree tells.
    pub fn kind(&mut self, node: &Node) -> Kind {
        match node {
            Node::Value(value) => Kind::of_value(value),
            Node::Root(name) | Node::Excluded(name) => self.root_kind(name),
            Node::Path(path) if path.hops.is_empty() => self.root_kind(&path.column),
            Node::Column(column) => match &column.table {
                Some(table) => self.column_kind(table, &column.name),
                None => self.root_kind(&column.name),
            },
            Node::Unary(UnaryOp::Negate, operand) => self.kind(operand),
            Node::Binary(BinaryOp::Concat, _) => Kind::Text,
            Node::Unary(..)
            | Node::Binary(..)
            | Node::And(_)
            | Node::Or(_)
            | Node::Between(_)
            | Node::InList(_)
            | Node::InQuery(_)
            | Node::Text(_)
            | Node::Keyset(_)
            | Node::Exists(_) => Kind::Bool,
            Node::Arithmetic(op, number, pair) => self.arithmetic_kind(*op, *number, pair),
            Node::Case(case) => {
                let results = case.branches.iter().map(|(_, result)| result);
                self.first_kind(results.chain(&case.otherwise))
            }
            Node::Cast(typed) | Node::Typed(typed) => Kind::of(&typed.1),
            Node::Collate(collate) => self.kind(&collate.0),
            Node::Function(function, arguments) => self.function_kind(*function, arguments),
            Node::Aggregate(aggregate) => match aggregate.answer {
                _ if aggregate.function == AggregateFunction::Count => Kind::Integer,
                AggregateType::Integer => Kind::Integer,
                AggregateType::Double => Kind::Float,
                AggregateType::Decimal => Kind::Decimal,
                AggregateType::Own => self.first_kind(&aggregate.argument),
            },
            Node::Window(window) => match &window.function {
                // The value of another row.
                Node::Call(name, arguments) if is_of_another_row(name) => {
                    self.first_kind(arguments.first())
                }
                function => self.kind(function),
            },
            Node::Subquery(select) => {
                let Projection::Items(items) = &select.projection else {
                    return Kind::Unknown;
                };
                let Some(item) = items.first() else {
                    return Kind::Unknown;
                };
                let scope = self.scope_of(select, None);
                self.scopes.push(scope);
                let kind = self.kind(&item.node);
                self.scopes.pop();
                kind
            }
            Node::Json(_) => Kind::Text,
            Node::Call(..)
            | Node::AggregateCall(..)
            | Node::Star
            | Node::Tuple(_)
            | Node::Quantified(_)
            | Node::Path(_)
            | Node::Default
            | Node::Refused(_)
            | Node::Raw(..) => Kind::Unknown,
        }
    }

    /// The kind of the first of these that is known.
    pub(crate) fn first_kind<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) -> Kind {
        let mut first = Kind::Unknown;
        for node in nodes {
            match self.kind(node) {
                // The type that text next to it is cast to.
                own @ Kind::Own(_) => return own,
                kind if first == Kind::Unknown => first = kind,
                _ => {}
            }
        }
        first
    }

    pub(super) fn root_kind(&self, name: &str) -> Kind {
        let root = self.scopes.last().and_then(|scope| scope.sources.first());
        root.map(|(_, kinds)| kinds.get(name)).unwrap_or_default()
    }

    /// What a column of the current table can hold.
    pub(super) fn root_bounds(&self, name: &str) -> Option<Bounds> {
        let root = self.scopes.last().and_then(|scope| scope.sources.first());
        root.and_then(|(_, kinds)| kinds.bounds(name))
    }

    /// What a column can hold, if this is one.
    pub(crate) fn bounds(&self, node: &Node) -> Option<Bounds> {
        match node {
            Node::Root(name) => self.root_bounds(name),
            Node::Path(path) if path.hops.is_empty() => self.root_bounds(&path.column),
            Node::Column(column) => match &column.table {
                Some(table) => self.source_kinds(table)?.bounds(&column.name),
                None => self.root_bounds(&column.name),
            },
            _ => None,
        }
    }

    fn column_kind(&self, table: &str, name: &str) -> Kind {
        let kinds = self.source_kinds(table);
        kinds.map(|kinds| kinds.get(name)).unwrap_or_default()
    }

    /// The kinds of the columns of the source of that name.
    pub(super) fn source_kinds(&self, table: &str) -> Option<&ColumnKinds> {
        let mut sources = self.scopes.iter().rev().flat_map(|scope| &scope.sources);
        let found = sources.find(|(alias, _)| *alias == table);
        found.map(|(_, kinds)| kinds)
    }

    fn arithmetic_kind(
        &mut self,
        _: ArithmeticOp,
        number: NumberKind,
        pair: &(Node, Node),
    ) -> Kind {
        match number {
            NumberKind::Integer => Kind::Integer,
            NumberKind::Float => Kind::Float,
            NumberKind::Decimal => Kind::Decimal,
            NumberKind::Unknown => match (self.kind(&pair.0), self.kind(&pair.1)) {
                (Kind::Float, _) | (_, Kind::Float) => Kind::Float,
                (Kind::Decimal, _) | (_, Kind::Decimal) => Kind::Decimal,
                (Kind::Integer, Kind::Integer) => Kind::Integer,
                _ => Kind::Unknown,
            },
        }
    }

    fn function_kind(&mut self, function: Function, arguments: &[Node]) -> Kind {
        match function {
            Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::TrimStart
            | Function::TrimEnd
            | Function::Substring
            | Function::Replace => Kind::Text,
            Function::Length
            | Function::Year
            | Function::Month
            | Function::Day
            | Function::Hour
            | Function::Minute
            | Function::Second => Kind::Integer,
            Function::Coalesce
            | Function::Greatest
            | Function::Least
            | Function::NullIf
            | Function::Abs
            | Function::Round
            | Function::RoundTo
            | Function::Floor
            | Function::Ceil => self.first_kind(arguments),
            Function::Random => Kind::Float,
            Function::Now => Kind::Timestamp,
            Function::Today => Kind::Date,
        }
    }
}

fn is_of_another_row(name: &str) -> bool {
    const NAMES: [&str; 5] = ["first_value", "last_value", "nth_value", "lag", "lead"];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The name of a selected column.
pub(super) fn column_name(item: &SelectItem) -> Option<&Name> {
    match (&item.alias, &item.node) {
        (Some(alias), _) => Some(alias),
        (None, Node::Root(name)) => Some(name),
        (None, Node::Path(path)) if path.hops.is_empty() => Some(&path.column),
        (None, Node::Column(column)) => Some(&column.name),
        _ => None,
    }
}
