//! Indexes.

use super::Writer;
use crate::dialect::IndexMethods;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::schema::{Index, IndexPart};
use crate::statement::TableName;

impl Writer {
    pub(super) fn create_index(&mut self, table: &TableName, index: &Index) -> Result<()> {
        self.push("CREATE ");
        self.index_kind(index)?;
        self.checked_identifier(&index.name)?;
        self.push(" ON ");
        self.table(table)?;
        self.index_body(index)
    }

    /// `UNIQUE INDEX `, `FULLTEXT INDEX `.
    ///
    /// # Errors
    /// A method that the database does not have.
    pub fn index_kind(&mut self, index: &Index) -> Result<()> {
        let dialect = self.dialect();
        if index.unique {
            self.push("UNIQUE ");
        }
        if let Some(method) = &index.method {
            let kinds = match dialect.capabilities().index_methods {
                IndexMethods::Using => None,
                IndexMethods::One => Some(&[][..]),
                IndexMethods::Kinds(kinds) => Some(kinds),
            };
            if let Some(kinds) = kinds {
                let Some(kind) = kinds.iter().find(|kind| kind.eq_ignore_ascii_case(method)) else {
                    return Err(Error::unsupported(
                        format!("index method {method:?}"),
                        dialect.name(),
                        "leave the method out",
                    ));
                };
                self.push(&kind.to_ascii_uppercase());
                self.push(" ");
            }
        }
        self.push("INDEX ");
        Ok(())
    }

    /// What follows the table in CREATE INDEX: ` USING gin (a, b) INCLUDE (c) WHERE d`.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn index_body(&mut self, index: &Index) -> Result<()> {
        let dialect = self.dialect();
        let caps = dialect.capabilities();
        if let (Some(method), IndexMethods::Using) = (&index.method, caps.index_methods) {
            self.push(" USING ");
            self.checked_identifier(method)?;
        }
        self.push(" (");
        for (n, part) in index.parts.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.index_part(part)?;
        }
        self.push(")");
        if !index.include.is_empty() {
            if !caps.index_include {
                return Err(Error::unsupported(
                    "columns kept in an index (INCLUDE)",
                    dialect.name(),
                    "index them as further columns",
                ));
            }
            self.push(" INCLUDE (");
            self.identifiers(&index.include);
            self.push(")");
        }
        if let Some(options) = &index.options {
            self.push(" ");
            self.push(options);
        }
        if let Some(condition) = &index.condition {
            if !caps.partial_indexes {
                return Err(Error::unsupported(
                    "partial indexes",
                    dialect.name(),
                    "index all rows",
                ));
            }
            self.push(" WHERE ");
            self.with_root(None, |w| w.condition(condition))?;
        }
        Ok(())
    }

    fn index_part(&mut self, part: &IndexPart) -> Result<()> {
        let dialect = self.dialect();
        if let Node::Root(name) = &part.node {
            self.checked_identifier(name)?;
        } else {
            if !dialect.capabilities().expression_indexes {
                return Err(Error::unsupported(
                    "indexes on expressions",
                    dialect.name(),
                    "index a generated column",
                ));
            }
            self.push("(");
            self.with_root(None, |w| w.node(&part.node))?;
            self.push(")");
        }
        let (before, nulls) = part_options(part.options.as_deref().unwrap_or(""));
        if !before.is_empty() {
            // A prefix length follows its column without a blank.
            self.push(if part.is_prefix() { "" } else { " " });
            self.push(before);
        }
        if part.descending {
            self.push(" DESC");
        }
        if !nulls.is_empty() {
            self.push(" ");
            self.push(nulls);
        }
        Ok(())
    }
}

/// The options of an index's part that precede its direction, and its NULLS FIRST or LAST, which follows it.
fn part_options(text: &str) -> (&str, &str) {
    let lower = text.to_ascii_lowercase();
    let at = ["nulls first", "nulls last"]
        .iter()
        .find_map(|nulls| lower.rfind(nulls))
        .unwrap_or(text.len());
    (text[..at].trim(), text[at..].trim())
}
