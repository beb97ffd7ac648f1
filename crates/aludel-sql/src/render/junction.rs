//! AND and OR of any number of conditions.

use super::Writer;
use crate::error::Result;
use crate::expr::Node;

/// The most conditions written in a row. More are halved, in parentheses: SQLite parses `a OR b OR c` as a tree that is as
/// deep as the list is long, and refuses one deeper than 1,000.
const LONGEST_RUN: usize = 64;

/// From this many conditions on, they are written so that the database plans them in time linear in their number, not
/// quadratic.
const VERY_MANY: usize = 256;

/// With more branches, a database that combines their ranges is given only one comparison of each to look up. Fewer are
/// planned fast enough, with all columns of an index: lists of composite keys come in chunks of 500.
const MOST_COMBINED: usize = 512;

/// What combines conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Junction {
    And,
    Or,
}

impl Junction {
    fn word(self) -> &'static str {
        match self {
            Junction::And => " AND ",
            Junction::Or => " OR ",
        }
    }
}

/// The position in a condition of very many parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// In a part of an AND, or anywhere else.
    Parts,
    /// In a branch of an OR.
    Branches,
}

impl Writer {
    /// Conditions joined by AND or OR.
    ///
    /// # Errors
    /// Errors of the conditions.
    pub(super) fn junction(&mut self, nodes: &[Node], junction: Junction) -> Result<()> {
        match nodes {
            [] => self.truth(junction == Junction::And),
            [only] => self.condition(only),
            _ if nodes.len() >= VERY_MANY && self.among_many.is_none() => {
                self.among_many = Some(match junction {
                    Junction::Or if nodes.len() > MOST_COMBINED => Among::Branches,
                    Junction::And | Junction::Or => Among::Parts,
                });
                let written = self.halves(nodes, junction.word());
                self.among_many = None;
                written
            }
            _ if junction == Junction::And && self.among_many == Some(Among::Branches) => {
                self.branch(nodes)
            }
            _ => self.halves(nodes, junction.word()),
        }
    }

    fn halves(&mut self, nodes: &[Node], word: &str) -> Result<()> {
        if nodes.len() > LONGEST_RUN {
            let (left, right) = nodes.split_at(nodes.len() / 2);
            self.push("(");
            self.halves(left, word)?;
            self.push(")");
            self.push(word);
            self.push("(");
            self.halves(right, word)?;
            self.push(")");
            return Ok(());
        }
        for (n, node) in nodes.iter().enumerate() {
            if n > 0 {
                self.push(word);
            }
            self.part(node)?;
        }
        Ok(())
    }

    /// `a = x AND b = y` in a very long OR: the database may look up the first comparison, and none of the others.
    fn branch(&mut self, nodes: &[Node]) -> Result<()> {
        let Some((before, behind)) = self.dialect().capabilities().comparison_among_many else {
            return self.halves(nodes, Junction::And.word());
        };
        for (n, node) in nodes.iter().enumerate() {
            if n == 0 {
                self.part(node)?;
                continue;
            }
            self.push(Junction::And.word());
            self.push(before);
            self.condition(node)?;
            self.push(behind);
        }
        Ok(())
    }

    fn part(&mut self, node: &Node) -> Result<()> {
        if matches!(
            node,
            Node::And(_)
                | Node::Or(_)
                | Node::Raw(..)
                | Node::Typed(_)
                | Node::Between(_)
                | Node::Keyset(_)
        ) {
            self.condition_operand(node)
        } else {
            self.condition(node)
        }
    }
}
