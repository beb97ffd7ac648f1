//! DDL.

use super::Writer;
use crate::dialect::Comments;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::schema::{
    Action, Check, Column, Constraint, Deferrability, ForeignKey, Identity, Table, View,
    index_in_table, numbered_without_key,
};
use crate::statement::Ddl;
use crate::types::SqlType;
use crate::value::EnumType;

impl Writer {
    /// A DDL statement; values are written as literals.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn ddl(&mut self, ddl: &Ddl) -> Result<()> {
        self.inlined(|w| w.ddl_inline(ddl))
    }

    fn ddl_inline(&mut self, ddl: &Ddl) -> Result<()> {
        self.check_possible(ddl)?;
        match ddl {
            Ddl::CreateSchema(name) => {
                self.push("CREATE SCHEMA IF NOT EXISTS ");
                self.checked_identifier(name)
            }
            Ddl::CreateEnum(kind) => self.create_enum(kind),
            Ddl::DropEnum(kind) => {
                self.push("DROP TYPE IF EXISTS ");
                self.checked_identifier(kind.name)
            }
            Ddl::CreateTable(table, deferred) => self.create_table(table, deferred),
            Ddl::DropTable(name) => {
                self.push("DROP TABLE IF EXISTS ");
                self.table(name)
            }
            Ddl::CreateIndex(table, index) => self.create_index(table, index),
            Ddl::CreateView(view) => self.create_view(view),
            Ddl::AddForeignKey(table, key) => {
                self.push("ALTER TABLE ");
                self.table(table)?;
                self.push(" ADD ");
                self.foreign_key(key)
            }
            Ddl::DropForeignKey(table, name) => {
                let caps = self.dialect().capabilities();
                let if_exists = if caps.alter_if_exists {
                    "IF EXISTS "
                } else {
                    ""
                };
                self.push("ALTER TABLE ");
                self.push(if_exists);
                self.table(table)?;
                self.push(" ");
                self.push(caps.drop_foreign_key);
                self.push(" ");
                self.push(if_exists);
                self.checked_identifier(name)
            }
            Ddl::Comment(table, column, text) => {
                match column {
                    None => {
                        self.push("COMMENT ON TABLE ");
                        self.table(table)?;
                    }
                    Some(column) => {
                        self.push("COMMENT ON COLUMN ");
                        self.table(table)?;
                        self.push(".");
                        self.checked_identifier(column)?;
                    }
                }
                self.push(" IS ");
                self.text_literal(text)
            }
        }
    }

    fn check_possible(&self, ddl: &Ddl) -> Result<()> {
        let caps = self.dialect().capabilities();
        let (possible, feature, way_out) = match ddl {
            Ddl::CreateSchema(_) => (caps.schemas, "schemas", "leave the schema out"),
            Ddl::CreateEnum(_) | Ddl::DropEnum(_) => (
                caps.native_enums,
                "enum types",
                "a column of an enum has a CHECK here",
            ),
            Ddl::AddForeignKey(..) | Ddl::DropForeignKey(..) => (
                caps.alter_foreign_keys,
                "ALTER TABLE for foreign keys",
                "declare them in CREATE TABLE",
            ),
            Ddl::Comment(..) => (
                caps.comments == Comments::Statements,
                "COMMENT ON",
                "MariaDB and MySQL have comments in CREATE TABLE, SQLite has none",
            ),
            Ddl::CreateView(view) => (
                caps.materialized_views || !view.materialized,
                "materialized views",
                "make it a view",
            ),
            Ddl::CreateTable(..) | Ddl::DropTable(_) | Ddl::CreateIndex(..) => return Ok(()),
        };
        if possible {
            return Ok(());
        }
        Err(Error::unsupported(feature, self.dialect().name(), way_out))
    }

    /// Text as a literal.
    ///
    /// # Errors
    /// A NUL character, if the database does not allow it in text.
    pub fn text_literal(&mut self, text: &str) -> Result<()> {
        let dialect = self.dialect();
        dialect.text_literal(text, &mut self.text)
    }

    fn create_enum(&mut self, kind: &EnumType) -> Result<()> {
        self.push("CREATE TYPE ");
        self.checked_identifier(kind.name)?;
        self.push(" AS ENUM (");
        for (n, label) in kind.labels.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.text_literal(label)?;
        }
        self.push(")");
        Ok(())
    }

    fn create_table(&mut self, table: &Table, deferred: &[usize]) -> Result<()> {
        if table.columns.is_empty() {
            return Err(Error::invalid(format!(
                "the table {} has no columns",
                table.name
            )));
        }
        self.push("CREATE TABLE ");
        self.table(&table.name)?;
        self.push(" (");
        let sole_key = match table.primary_key.as_slice() {
            [only] => table
                .column(only)
                .filter(|column| column.identity.is_some())
                .map(|column| column.name.as_str()),
            _ => None,
        };
        for (n, column) in table.columns.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            let is_sole_key = sole_key == Some(&column.name);
            match says_collation(table.options.as_deref()) {
                true => {
                    let column = crate::schema::with_collation(column, self.dialect());
                    self.column(table, &column, is_sole_key)?;
                }
                false => self.column(table, column, is_sole_key)?,
            }
        }
        let in_column =
            sole_key.is_some() && self.dialect().identity(false, true).contains("PRIMARY KEY");
        if !table.primary_key.is_empty() && !in_column {
            self.push(", PRIMARY KEY (");
            self.identifiers(&table.primary_key);
            self.push(")");
        }
        for unique in &table.uniques {
            self.push(", ");
            self.constraint(&unique.name)?;
            self.push("UNIQUE (");
            self.identifiers(&unique.columns);
            self.push(")");
        }
        if let Some(column) = numbered_without_key(table, self.dialect()) {
            let Some(index) = index_in_table(table, self.dialect()) else {
                return Err(Error::unsupported(
                    format!(
                        "numbers in {}.{}, which begins no key,",
                        table.name, column.name
                    ),
                    self.dialect().name(),
                    "put it first in the primary key, or give the table an index that begins with it",
                ));
            };
            self.push(", ");
            self.index_kind(index)?;
            self.checked_identifier(&index.name)?;
            self.index_body(index)?;
        }
        for check in &table.checks {
            self.check_is_possible(table, check)?;
            self.push(", ");
            self.constraint(&check.name)?;
            self.push("CHECK (");
            self.with_root(None, |w| w.condition(&check.condition))?;
            self.push(")");
            self.options(check.options.as_deref());
        }
        for constraint in &table.constraints {
            self.push(", ");
            self.raw_constraint(constraint)?;
        }
        for (n, key) in table.foreign_keys.iter().enumerate() {
            if !deferred.contains(&n) {
                self.push(", ");
                self.foreign_key(key)?;
            }
        }
        self.push(")");
        self.own_options(table.options.as_deref());
        if let (Some(comment), true) = (
            &table.comment,
            self.dialect().capabilities().comments == Comments::Clauses,
        ) {
            self.push(" COMMENT ");
            self.text_literal(comment)?;
        }
        // PARTITION BY comes last.
        self.options(table.options.as_deref());
        Ok(())
    }

    /// Refuses a CHECK that the database would refuse.
    ///
    /// # Errors
    /// A CHECK of a column that numbers its rows, which MariaDB and MySQL do not support.
    pub fn check_is_possible(&self, table: &Table, check: &Check) -> Result<()> {
        let numbers = |node: &Node| match node {
            Node::Root(name) => {
                { table.column(name) }.is_some_and(|found| found.identity.is_some())
            }
            Node::Path(path) => {
                { table.column(&path.column) }.is_some_and(|found| found.identity.is_some())
            }
            _ => false,
        };
        let dialect = self.dialect();
        if !dialect.capabilities().check_of_numbers
            && check.condition.any(&mut |node| numbers(node))
        {
            return Err(Error::unsupported(
                format!(
                    "CHECK of a column that numbers its rows, and {:?} is one",
                    check.name
                ),
                dialect.name(),
                "leave it out; the numbers are positive anyway",
            ));
        }
        Ok(())
    }

    fn create_view(&mut self, view: &View) -> Result<()> {
        let caps = self.dialect().capabilities();
        let options = view.options.as_deref().unwrap_or_default();
        // `WITH CASCADED CHECK OPTION` ends the statement.
        let lower = options.to_ascii_lowercase();
        let at = match lower.contains("check option") {
            true => lower.rfind("with ").unwrap_or(options.len()),
            false => options.len(),
        };
        let (words, check) = (options[..at].trim(), options[at..].trim());
        self.push("CREATE ");
        // MariaDB and MySQL have the options before VIEW, PostgreSQL after the name.
        // SQLite has the names of the columns there: `(id, name)`.
        let behind = caps.options_after_type || words.starts_with('(');
        if !words.is_empty() && !behind {
            self.push(words);
            self.push(" ");
        }
        self.push(if view.materialized {
            "MATERIALIZED VIEW "
        } else {
            "VIEW "
        });
        self.table(&view.name)?;
        if !words.is_empty() && behind {
            self.options(Some(words));
        }
        self.push(" AS ");
        self.push(&view.query);
        self.options(Some(check).filter(|check| !check.is_empty()));
        Ok(())
    }

    /// The dialect's default options after a table's columns, unless the table names a collation or character set.
    fn own_options(&mut self, own: Option<&str>) {
        if !says_collation(own) {
            self.push(self.dialect().table_options());
        }
    }

    /// Options as raw SQL.
    pub fn options(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.push(" ");
            self.push(text);
        }
    }

    /// `CONSTRAINT name EXCLUDE …`: a constraint as raw SQL.
    ///
    /// # Errors
    /// An invalid name.
    pub fn raw_constraint(&mut self, constraint: &Constraint) -> Result<()> {
        self.constraint(&constraint.name)?;
        self.push(&constraint.definition);
        Ok(())
    }

    /// `CONSTRAINT name `, or nothing without a name.
    ///
    /// # Errors
    /// An invalid name.
    pub fn constraint(&mut self, name: &str) -> Result<()> {
        if !name.is_empty() {
            self.push("CONSTRAINT ");
            self.checked_identifier(name)?;
            self.push(" ");
        }
        Ok(())
    }

    /// A column as in CREATE TABLE and ALTER TABLE; `sole_key` when it numbers the rows and is the whole primary key.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn column(&mut self, table: &Table, column: &Column, sole_key: bool) -> Result<()> {
        let dialect = self.dialect();
        let caps = dialect.capabilities();
        self.checked_identifier(&column.name)?;
        self.push(" ");
        dialect.column_type(
            &column.sql_type,
            is_keyed(table, &column.name),
            &mut self.text,
        )?;
        if caps.options_after_type {
            self.options(column.options.as_deref());
        }
        self.collation(column)?;
        if let Some(generated) = &column.generated {
            self.push(" GENERATED ALWAYS AS (");
            self.with_root(None, |w| w.node(&generated.expression))?;
            let stored = generated.stored || !caps.virtual_columns;
            self.push(if stored { ") STORED" } else { ") VIRTUAL" });
        }
        let bare = column.generated.is_some() && !caps.generated_not_null;
        if !(column.nullable || bare) {
            self.push(" NOT NULL");
        }
        if let Some(identity) = column.identity {
            self.push(dialect.identity(identity == Identity::Always, sole_key));
        }
        if !caps.options_after_type {
            self.options(column.options.as_deref());
        }
        if let Some(default) = &column.default {
            self.push(" DEFAULT ");
            self.default_value(column, default)?;
        }
        self.column_checks(table, column)?;
        if let (Some(comment), true) = (&column.comment, caps.comments == Comments::Clauses) {
            self.push(" COMMENT ");
            self.text_literal(comment)?;
        }
        Ok(())
    }

    /// The column's collation, if it has one: a name, or one in a schema (`shop."name"`).
    ///
    /// # Errors
    /// Invalid names.
    pub fn collation(&mut self, column: &Column) -> Result<()> {
        let Some(name) = &column.collation else {
            return Ok(());
        };
        self.push(" COLLATE ");
        match name
            .strip_suffix('"')
            .and_then(|name| name.split_once(".\""))
        {
            Some((schema, name)) => {
                self.checked_identifier(schema)?;
                self.push(".");
                self.checked_identifier(name)
            }
            None => self.checked_identifier(name),
        }
    }

    /// The expression after DEFAULT.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn default_value(&mut self, column: &Column, default: &Node) -> Result<()> {
        let large = matches!(
            column.sql_type,
            SqlType::Text | SqlType::Bytes | SqlType::Json
        );
        let parentheses = large && self.dialect().capabilities().default_parentheses;
        let plain = matches!(default, Node::Value(_)) && !parentheses;
        self.push(if plain { "" } else { "(" });
        self.with_root(None, |w| w.node(default))?;
        self.push(if plain { "" } else { ")" });
        Ok(())
    }

    /// CHECKs for what a type guarantees and the database does not enforce by itself: lengths on SQLite, labels of enums.
    ///
    /// # Errors
    /// Invalid names.
    pub fn column_checks(&mut self, table: &Table, column: &Column) -> Result<()> {
        match &column.sql_type {
            SqlType::Varchar(length) if !self.dialect().capabilities().enforces_length => {
                self.push(" ");
                self.constraint(&crate::schema::truncate(&format!(
                    "ck_{}_{}_max_length",
                    table.name.name, column.name
                )))?;
                self.push("CHECK (length(");
                self.identifier(&column.name);
                self.push(&format!(") <= {length})"));
            }
            SqlType::Enum(kind) if !self.dialect().capabilities().native_enums => {
                self.push(" ");
                if self.dialect().capabilities().column_check_names {
                    self.constraint(&crate::schema::truncate(&format!(
                        "ck_{}_{}",
                        table.name.name, column.name
                    )))?;
                }
                self.push("CHECK (");
                self.identifier(&column.name);
                self.push(" IN (");
                for (n, label) in kind.labels.iter().enumerate() {
                    if n > 0 {
                        self.push(", ");
                    }
                    self.text_literal(label)?;
                }
                self.push("))");
            }
            _ => {}
        }
        Ok(())
    }

    /// `CONSTRAINT … FOREIGN KEY … REFERENCES …`.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn foreign_key(&mut self, key: &ForeignKey) -> Result<()> {
        let dialect = self.dialect();
        let caps = dialect.capabilities();
        self.constraint(&key.name)?;
        self.push("FOREIGN KEY (");
        self.identifiers(&key.columns);
        self.push(") REFERENCES ");
        self.table(&key.target)?;
        self.push(" (");
        self.identifiers(&key.target_columns);
        self.push(")");
        let (matched, options) = key_options(key.options.as_deref().unwrap_or(""));
        self.options(Some(matched).filter(|text| !text.is_empty()));
        for (word, action) in [(" ON DELETE", key.on_delete), (" ON UPDATE", key.on_update)] {
            let action = match action {
                Action::NoAction => continue,
                Action::Restrict => " RESTRICT",
                Action::Cascade => " CASCADE",
                Action::SetNull => " SET NULL",
                Action::SetDefault if !caps.set_default => {
                    return Err(Error::unsupported(
                        "SET DEFAULT on foreign keys",
                        dialect.name(),
                        "use SET NULL or CASCADE",
                    ));
                }
                Action::SetDefault => " SET DEFAULT",
            };
            self.push(word);
            self.push(action);
        }
        if key.deferrable != Deferrability::Not {
            if !caps.deferrable {
                return Err(Error::unsupported(
                    "deferrable foreign keys",
                    dialect.name(),
                    "insert the referred rows first",
                ));
            }
            self.push(match key.deferrable {
                Deferrability::Deferred => " DEFERRABLE INITIALLY DEFERRED",
                _ => " DEFERRABLE",
            });
        }
        self.options(Some(options).filter(|text| !text.is_empty()));
        Ok(())
    }
}

/// Splits a foreign key's options: MATCH, which is before its actions, and the rest, which is after them.
fn key_options(text: &str) -> (&str, &str) {
    let text = text.trim();
    let is_match = { text.get(..6) }.is_some_and(|word| word.eq_ignore_ascii_case("match "));
    match is_match {
        true => {
            let end = text[6..].find(' ').map_or(text.len(), |at| at + 6);
            (&text[..end], text[end..].trim())
        }
        false => ("", text),
    }
}

/// Whether a key, unique, foreign key or index has the column, so that its type must be bounded (MariaDB/MySQL).
pub fn is_keyed(table: &Table, column: &str) -> bool {
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    has(&table.primary_key)
        || table.uniques.iter().any(|unique| has(&unique.columns))
        || table.foreign_keys.iter().any(|key| has(&key.columns))
        || table.indexes.iter().any(|index| {
            // A special index (FULLTEXT), or one of a column's first characters, takes columns of any length.
            index.method.is_none() && { index.parts.iter() }.any(|part| {
                !part.is_prefix() && matches!(&part.node, Node::Root(name) if name == column)
            })
        })
}

/// Whether a table's options name a collation or a character set.
fn says_collation(options: Option<&str>) -> bool {
    options.is_some_and(|options| {
        let options = options.to_ascii_lowercase();
        ["collate", "charset", "character set"]
            .iter()
            .any(|word| options.contains(word))
    })
}
