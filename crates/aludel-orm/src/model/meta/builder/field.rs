//! [`FieldBuilder`]: describes one column.

use crate::model::meta::{FieldMeta, Stamp};
use crate::model::validate::Rule;
use aludel_sql::Value;
use aludel_sql::expr::{Function, IntoExpr, Node};
use aludel_sql::row::{DecodeError, Row, ValueCells};
use aludel_sql::schema::{Generated, Identity};
use aludel_sql::types::{ColumnType, PrimaryKey, Scalar, SqlType};
use std::any::TypeId;

/// Whether a type always reads back what it wrote. Times do not: a database has no nanoseconds.
pub(super) fn is_lossless<T: 'static>() -> bool {
    let known = [
        TypeId::of::<bool>(),
        TypeId::of::<i16>(),
        TypeId::of::<i32>(),
        TypeId::of::<i64>(),
        TypeId::of::<f64>(),
        TypeId::of::<String>(),
        TypeId::of::<Vec<u8>>(),
    ];
    known.contains(&TypeId::of::<T>())
}

/// The type of a column of a key. Columns that refer to it have the same type, with its length, precision and scale.
#[derive(Debug, Clone)]
pub struct KeyType {
    pub(super) sql_type: SqlType,
    pub(super) own_type: Option<&'static str>,
    pub(super) range: Option<(i64, i64)>,
}

impl KeyType {
    /// The type of a described column.
    pub fn of(built: &FieldBuilder) -> KeyType {
        KeyType {
            sql_type: built.field.sql_type.clone(),
            own_type: built.field.own_type,
            range: built.field.range,
        }
    }

    /// The types of a key's columns, by its Rust type alone.
    pub(crate) fn all_of<K: PrimaryKey>() -> Vec<KeyType> {
        let types = K::sql_types().into_iter();
        let plain = types.map(|sql_type| KeyType {
            sql_type,
            own_type: None,
            range: None,
        });
        plain.collect()
    }
}

/// Checks that a type accepts a value.
fn reads<T: ColumnType>(value: &Value) -> Result<(), DecodeError> {
    T::from_row(&mut Row::new(&mut ValueCells(std::slice::from_ref(value)))).map(drop)
}

/// Checks that a key's type accepts a value of a reference, which may be NULL.
pub(super) fn reads_key<K: PrimaryKey>(value: &Value) -> Result<(), DecodeError> {
    match value.is_null() {
        true => Ok(()),
        false => K::from_row(&mut Row::new(&mut ValueCells(std::slice::from_ref(value)))).map(drop),
    }
}

/// Describes one column.
pub struct FieldBuilder {
    pub(super) field: FieldMeta,
}

impl FieldBuilder {
    pub(super) fn new(
        name: impl Into<String>,
        column: impl Into<String>,
        sql_type: SqlType,
        nullable: bool,
    ) -> FieldBuilder {
        FieldBuilder {
            field: FieldMeta {
                name: name.into(),
                column: column.into(),
                renamed_from: None,
                sql_type,
                own_type: None,
                nullable,
                lossless: false,
                range: None,
                reads: None,
                default: None,
                default_in_rust: false,
                identity: None,
                given: false,
                generated: None,
                unique: false,
                alternate_key: false,
                index: false,
                primary_key: false,
                version: false,
                stamp: None,
                rules: Vec::new(),
                enforced: false,
                comment: None,
                collation: None,
                options: None,
                check: None,
            },
        }
    }

    /// A column of an embedded value, described outside a model.
    pub fn standalone<T: ColumnType>(
        name: &'static str,
        column: &'static str,
        describe: fn(FieldBuilder) -> FieldBuilder,
    ) -> FieldMeta {
        describe(FieldBuilder::of::<T>(name, column)).field
    }

    /// A column of this type.
    pub(crate) fn of<T: ColumnType>(name: &'static str, column: &'static str) -> FieldBuilder {
        let sql_type = T::Base::sql_type();
        let mut built = FieldBuilder::new(name, column, sql_type, T::NULLABLE);
        built.field.lossless = is_lossless::<T::Base>();
        built.field.range = T::Base::range();
        built.field.reads = Some(reads::<T>);
        built
    }

    /// What the column was called before.
    #[must_use]
    pub fn renamed_from(mut self, column: &'static str) -> Self {
        self.field.renamed_from = Some(column);
        self
    }

    /// Part of the primary key.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.field.primary_key = true;
        self
    }

    /// Counts the changes of its row, from 1.
    #[must_use]
    pub fn version(mut self) -> Self {
        self.field.version = true;
        self.field.default = Some(Node::Value(Value::I64(1)));
        self
    }

    /// Adds a rule that its values must fulfil.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.field.rules.push(rule);
        self
    }

    /// Makes the table check the rules, too.
    #[must_use]
    pub fn enforce(mut self) -> Self {
        self.field.enforced = true;
        self
    }

    /// Records a moment of its row's life.
    #[must_use]
    pub fn stamp(mut self, stamp: Stamp) -> Self {
        self.field.stamp = Some(stamp);
        if stamp != Stamp::Deleted {
            self.field.default = Some(Node::Function(Function::Now, Vec::new()));
        }
        self
    }

    /// Numbered by the database.
    #[must_use]
    pub fn identity(mut self) -> Self {
        self.field.identity = Some(Identity::ByDefault);
        self
    }

    /// The database numbers the rows, always.
    #[must_use]
    pub fn identity_always(mut self) -> Self {
        self.field.identity = Some(Identity::Always);
        self
    }

    /// A new row may give the number, too.
    #[must_use]
    pub fn or_given(mut self) -> Self {
        self.field.given = true;
        self
    }

    /// Values are unique.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.field.unique = true;
        self
    }

    /// Values are unique, and others may refer to the row by them.
    #[must_use]
    pub fn alternate_key(mut self) -> Self {
        self.field.alternate_key = true;
        self.unique()
    }

    /// Indexed.
    #[must_use]
    pub fn index(mut self) -> Self {
        self.field.index = true;
        self
    }

    /// Text of at most this many characters.
    #[must_use]
    pub fn max_length(mut self, most: u32) -> Self {
        self.field.sql_type = SqlType::Varchar(most);
        self
    }

    /// Exact numbers (DECIMAL): digits in all, digits after the point.
    #[must_use]
    pub fn decimal(mut self, precision: u32, scale: u32) -> Self {
        self.field.sql_type = SqlType::Decimal(precision, scale);
        self
    }

    /// A type in the database's own SQL.
    #[must_use]
    pub fn sql_type(mut self, words: &'static str) -> Self {
        let is_text = |sql_type: &SqlType| matches!(sql_type, SqlType::Text | SqlType::Varchar(_));
        let keeps_text = match &self.field.sql_type {
            SqlType::Array(element) => is_text(element),
            // A text that is given a custom type twice is still a text.
            SqlType::Custom(_) => self.field.own_type.is_some(),
            other => is_text(other),
        };
        self.field.own_type = keeps_text.then_some(words);
        self.field.sql_type = SqlType::Custom(words.into());
        self
    }

    /// Filled in by the database: an expression or a value of the column's type.
    #[must_use]
    pub fn default<T>(mut self, value: impl IntoExpr<(), T>) -> Self {
        self.field.default = Some(value.into_expr().plain());
        self
    }

    /// Filled in by Rust.
    #[must_use]
    pub fn default_in_rust(mut self) -> Self {
        self.field.default_in_rust = true;
        self
    }

    /// Computed by the database from the row.
    #[must_use]
    pub fn generated(mut self, expression: Node, stored: bool) -> Self {
        let expression = expression.plain();
        self.field.generated = Some(Generated { expression, stored });
        self
    }

    /// A CHECK on it.
    #[must_use]
    pub fn check(mut self, condition: Node) -> Self {
        self.field.check = Some(condition.plain());
        self
    }

    /// The collation of its texts.
    #[must_use]
    pub fn collation(mut self, name: &'static str) -> Self {
        self.field.collation = Some(name);
        self
    }

    /// Further options of the column, in the database's own SQL.
    #[must_use]
    pub fn options(mut self, text: &'static str) -> Self {
        self.field.options = Some(text);
        self
    }

    /// Its comment in the database.
    #[must_use]
    pub fn comment(mut self, comment: &'static str) -> Self {
        self.field.comment = Some(comment);
        self
    }
}
