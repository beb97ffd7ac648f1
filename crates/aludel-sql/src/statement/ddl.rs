//! Statements that define the schema.

use super::TableName;
use crate::schema::{ForeignKey, Index, Table, View};
use crate::value::EnumType;

/// A statement that defines the schema.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ddl {
    /// CREATE SCHEMA (PostgreSQL).
    CreateSchema(String),
    /// CREATE TYPE … AS ENUM (PostgreSQL; nothing elsewhere).
    CreateEnum(EnumType),
    /// DROP TYPE (PostgreSQL).
    DropEnum(EnumType),
    /// CREATE TABLE, with all its constraints but the foreign keys named in the second field.
    CreateTable(Box<Table>, Vec<usize>),
    /// DROP TABLE.
    DropTable(TableName),
    /// CREATE INDEX.
    CreateIndex(TableName, Index),
    /// ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY.
    AddForeignKey(TableName, ForeignKey),
    /// ALTER TABLE … DROP CONSTRAINT, of a foreign key.
    DropForeignKey(TableName, String),
    /// CREATE VIEW.
    CreateView(View),
    /// COMMENT ON TABLE or COLUMN (PostgreSQL; MariaDB and MySQL have comments in CREATE TABLE).
    Comment(TableName, Option<String>, String),
}
