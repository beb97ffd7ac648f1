//! Casts that a strict server needs: beside a column of a type in its own words (`inet`, `citext`, `interval`), a text is
//! cast to that type; and an enum's label to the enum, where nothing around it says which type it has.

use super::Writer;
use super::kinds::Scope;
use crate::error::Result;
use crate::expr::{Case, Function, InList, Name, Node, TextMatch};
use crate::statement::TableName;
use crate::types::{Kind, SqlType};
use crate::value::{EnumType, Value};
use std::borrow::Cow;

/// A type that a value is cast to, in the database's own words.
pub(super) type OwnType = Cow<'static, str>;

impl Writer {
    /// The type in the database's own words that one of these has, if values beside it need a cast.
    pub(super) fn own_type<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n Node>,
    ) -> Option<OwnType> {
        // A literal has the type that stands beside it.
        if self.inline || !self.scopes.iter().any(Scope::has_own_types) {
            return None;
        }
        let words = nodes.into_iter().find_map(|node| match self.kind(node) {
            Kind::Own(words) => Some(words),
            _ => None,
        })?;
        self.dialect().text_cast(words)
    }

    /// The types that values for these columns of a table are cast to; empty if there are none.
    pub(super) fn own_types(&self, table: &TableName, columns: &[Name]) -> Vec<Option<OwnType>> {
        if !table.kinds.has_own_types() {
            return Vec::new();
        }
        let cast = |column: &Name| match table.kinds.get(column) {
            Kind::Own(words) => self.dialect().text_cast(words),
            _ => None,
        };
        columns.iter().map(cast).collect()
    }

    /// Whether this has to be cast beside a column of a type in the database's own words: values, and texts.
    pub(super) fn is_cast_beside(&mut self, node: &Node) -> bool {
        matches!(node, Node::Value(_)) || self.kind(node) == Kind::Text
    }

    /// An operand, cast where it needs it.
    fn cast_beside(&mut self, node: &Node, own: &OwnType) -> Node {
        match self.is_cast_beside(node) {
            true => cast(node, SqlType::Custom(own.clone())),
            false => node.clone(),
        }
    }

    /// Both sides of a comparison, cast where they need it.
    pub(super) fn cast_pair(&mut self, left: &Node, right: &Node) -> Option<(Node, Node)> {
        let own = self.own_type([left, right])?;
        Some((self.cast_beside(left, &own), self.cast_beside(right, &own)))
    }

    /// `operand BETWEEN low AND high`, likewise.
    pub(super) fn cast_three(&mut self, three: &(Node, Node, Node)) -> Option<(Node, Node, Node)> {
        let own = self.own_type([&three.0, &three.1, &three.2])?;
        Some((
            self.cast_beside(&three.0, &own),
            self.cast_beside(&three.1, &own),
            self.cast_beside(&three.2, &own),
        ))
    }

    /// The type that the elements of a list are cast to.
    pub fn list_cast(&mut self, list: &InList) -> Option<Cow<'static, str>> {
        self.own_type([&list.operand])
    }

    /// A value for a column, cast to its type if that is in the database's own words.
    pub(super) fn value_for(&mut self, node: &Node, own: Option<&OwnType>) -> Result<()> {
        match own {
            Some(own) if self.is_cast_beside(node) => {
                self.node(&cast(node, SqlType::Custom(own.clone())))
            }
            _ => self.node(node),
        }
    }

    /// Patterns and functions of text take texts only.
    pub(super) fn cast_match(&mut self, text: &TextMatch) -> Option<TextMatch> {
        self.own_type([&text.operand, &text.pattern])?;
        Some(TextMatch {
            operand: self.as_text(&text.operand),
            pattern: self.as_text(&text.pattern),
            ..*text
        })
    }

    fn as_text(&mut self, node: &Node) -> Node {
        match self.kind(node) {
            Kind::Own(_) => cast(node, SqlType::Text),
            _ => node.clone(),
        }
    }

    /// Texts that are joined.
    pub(super) fn cast_joined(&mut self, left: &Node, right: &Node) -> Option<(Node, Node)> {
        self.own_type([left, right])?;
        Some((self.as_text(left), self.as_text(right)))
    }

    /// What a function of text takes.
    fn cast_texts(&mut self, nodes: &[Node]) -> Option<Vec<Node>> {
        self.own_type(nodes)?;
        Some(nodes.iter().map(|node| self.as_text(node)).collect())
    }

    /// The arguments of a function, cast where they need it.
    pub(super) fn cast_arguments(
        &mut self,
        function: Function,
        arguments: &[Node],
    ) -> Option<Vec<Node>> {
        match function {
            Function::Coalesce | Function::NullIf | Function::Greatest | Function::Least => {
                self.cast_results(&arguments.iter().collect::<Vec<_>>())
            }
            Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::TrimStart
            | Function::TrimEnd
            | Function::Substring
            | Function::Replace
            | Function::Length => self.cast_texts(arguments),
            _ => None,
        }
    }

    /// A CASE, its results cast where they need it.
    pub(super) fn cast_case(&mut self, case: &Case) -> Option<Case> {
        let results = case.branches.iter().map(|(_, result)| result);
        let results: Vec<&Node> = results.chain(&case.otherwise).collect();
        let mut results = self.cast_results(&results)?.into_iter();
        let branches = case.branches.iter().map(|(condition, _)| condition.clone());
        Some(Case {
            // As many as went in.
            branches: branches.zip(results.by_ref()).collect(),
            otherwise: results.next(),
        })
    }

    /// Expressions that become one: they have one type.
    fn cast_results(&mut self, nodes: &[&Node]) -> Option<Vec<Node>> {
        if let Some(own) = self.own_type(nodes.iter().copied()) {
            let nodes = nodes.iter();
            return Some(nodes.map(|node| self.cast_beside(node, &own)).collect());
        }
        // Beside a column or an expression, the server knows the type of a label.
        if !nodes.iter().all(|node| matches!(node, Node::Value(_))) {
            return None;
        }
        let kind = nodes.iter().find_map(|node| self.unknown_enum(node))?;
        let each = |node: &&Node| match node {
            Node::Value(Value::Enum(..)) => cast(node, SqlType::Enum(kind)),
            other => (*other).clone(),
        };
        Some(nodes.iter().map(each).collect())
    }

    /// The enum of a label that the server would take for a text, if it is known as a type here. (A column of such labels may
    /// be declared as a text.)
    pub(super) fn unknown_enum(&self, node: &Node) -> Option<EnumType> {
        let Node::Value(Value::Enum(kind, _)) = node else {
            return None;
        };
        if self.inline || !self.dialect().capabilities().native_enums {
            return None;
        }
        let known = Kind::Enum(**kind);
        let is_known = self.scopes.iter().any(|scope| scope.has(known))
            || self.into.as_ref().is_some_and(|into| into.has(known));
        is_known.then_some(**kind)
    }

    /// A selected expression.
    pub(super) fn selected(&mut self, node: &Node) -> Result<()> {
        match self.unknown_enum(node) {
            Some(kind) => self.node(&cast(node, SqlType::Enum(kind))),
            None => self.node(node),
        }
    }
}

fn cast(node: &Node, sql_type: SqlType) -> Node {
    Node::Cast(Box::new((node.clone(), sql_type)))
}
