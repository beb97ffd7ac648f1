//! Casts that a strict server needs: next to a column of a database-specific type (`inet`, `citext`, `interval`), text is
//! cast to that type; and an enum's label to the enum, if the server can't infer its type.

use super::Writer;
use super::kinds::Scope;
use crate::error::Result;
use crate::expr::{Case, Function, InList, Name, Node, TextMatch};
use crate::statement::TableName;
use crate::types::{Kind, SqlType};
use crate::value::{EnumType, Value};
use std::borrow::Cow;

/// A database-specific type that a value is cast to, by its SQL name.
pub(super) type OwnType = Cow<'static, str>;

impl Writer {
    /// The database-specific type that one of these has, if values next to it need a cast.
    pub(super) fn own_type<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n Node>,
    ) -> Option<OwnType> {
        // A literal takes the type of what is next to it.
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

    /// Whether this has to be cast next to a column of a database-specific type: values and text.
    pub(super) fn is_cast_beside(&mut self, node: &Node) -> bool {
        matches!(node, Node::Value(_)) || self.kind(node) == Kind::Text
    }

    /// An operand, cast if needed.
    fn cast_beside(&mut self, node: &Node, own: &OwnType) -> Node {
        match self.is_cast_beside(node) {
            true => cast(node, SqlType::Custom(own.clone())),
            false => node.clone(),
        }
    }

    /// Both sides of a comparison, cast if needed.
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

    /// A value for a column, cast to its type if that is database-specific.
    pub(super) fn value_for(&mut self, node: &Node, own: Option<&OwnType>) -> Result<()> {
        match own {
            Some(own) if self.is_cast_beside(node) => {
                self.node(&cast(node, SqlType::Custom(own.clone())))
            }
            _ => self.node(node),
        }
    }

    /// The operands of a text match, cast to text: patterns take nothing else.
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

    /// The operands of a concatenation, cast to text.
    pub(super) fn cast_joined(&mut self, left: &Node, right: &Node) -> Option<(Node, Node)> {
        self.own_type([left, right])?;
        Some((self.as_text(left), self.as_text(right)))
    }

    /// The arguments of a text function, cast to text.
    fn cast_texts(&mut self, nodes: &[Node]) -> Option<Vec<Node>> {
        self.own_type(nodes)?;
        Some(nodes.iter().map(|node| self.as_text(node)).collect())
    }

    /// The arguments of a function, cast if needed.
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

    /// A CASE, with its results cast if needed.
    pub(super) fn cast_case(&mut self, case: &Case) -> Option<Case> {
        let results = case.branches.iter().map(|(_, result)| result);
        let results: Vec<&Node> = results.chain(&case.otherwise).collect();
        let mut results = self.cast_results(&results)?.into_iter();
        let branches = case.branches.iter().map(|(condition, _)| condition.clone());
        Some(Case {
            // There are as many results as before.
            branches: branches.zip(results.by_ref()).collect(),
            otherwise: results.next(),
        })
    }

    /// Casts alternative results to one type.
    fn cast_results(&mut self, nodes: &[&Node]) -> Option<Vec<Node>> {
        let own = self.own_type(nodes.iter().copied())?;
        let nodes = nodes.iter();
        Some(nodes.map(|node| self.cast_beside(node, &own)).collect())
    }

    /// The enum that a label is cast to, if the server would take it for text.
    pub(super) fn unknown_enum(&self, node: &Node) -> Option<EnumType> {
        match node {
            Node::Value(Value::Enum(kind, _))
                if !self.inline
                    && !self.bare_labels
                    && self.dialect().capabilities().native_enums =>
            {
                Some(**kind)
            }
            _ => None,
        }
    }

    /// Runs `write` for expressions that have one type together. Labels among them are not cast if another of them has
    /// another type, such as a column of labels declared as text; or, with `inferred`, a type that is unknown here, from which
    /// the server infers theirs.
    pub(super) fn together<T>(
        &mut self,
        nodes: &[&Node],
        inferred: bool,
        write: impl FnOnce(&mut Writer) -> Result<T>,
    ) -> Result<T> {
        let native = self.dialect().capabilities().native_enums;
        if !native || !nodes.iter().any(|node| is_label(node)) {
            return write(self);
        }
        let others = nodes.iter().filter(|node| !is_label(node));
        let mut bare = self.bare_labels;
        for other in others {
            match self.kind(other) {
                Kind::Enum(_) => {
                    bare = false;
                    break;
                }
                Kind::Unknown => bare |= inferred && !matches!(other, Node::Value(_)),
                _ => bare = true,
            }
        }
        let before = std::mem::replace(&mut self.bare_labels, bare);
        let written = write(self);
        self.bare_labels = before;
        written
    }

    /// A label, cast to its enum.
    pub(super) fn cast_label(&mut self, label: &Value, kind: EnumType) -> Result<()> {
        self.push("CAST(");
        self.value(label)?;
        self.push(" AS ");
        let dialect = self.dialect();
        dialect.cast_type(&SqlType::Enum(kind), &mut self.text)?;
        self.push(")");
        Ok(())
    }
}

/// Whether this can only be a label.
fn is_label(node: &Node) -> bool {
    match node {
        Node::Value(value) => matches!(value, Value::Enum(..)),
        Node::Case(case) => {
            let results = case.branches.iter().map(|(_, result)| result);
            results.chain(&case.otherwise).all(is_label)
        }
        Node::Function(
            Function::Coalesce | Function::NullIf | Function::Greatest | Function::Least,
            arguments,
        ) => arguments.iter().all(is_label),
        _ => false,
    }
}

fn cast(node: &Node, sql_type: SqlType) -> Node {
    Node::Cast(Box::new((node.clone(), sql_type)))
}
