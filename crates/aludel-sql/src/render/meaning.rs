//! Refuses casts, orders and date parts that do not have the same meaning on every database, before anything is sent, as far
//! as the kinds are known.

use super::Writer;
use crate::dialect::plain_cast;
use crate::error::{Error, Result};
use crate::expr::{Function, Node};
use crate::types::{Kind, SqlType};

/// Whether a value of one kind can be cast to another. If PostgreSQL has the cast, it defines the meaning; text of dates is
/// in the order of ISO 8601.
fn has_meaning(from: Kind, to: Kind) -> bool {
    use Kind::{
        Array, Bool, Date, DateTime, Decimal, Enum, Float, Integer, Own, Text, Time, Timestamp,
        Uuid,
    };
    match (from, to) {
        (Bool, Integer | Float | Decimal | Text)
        | (Integer, Bool | Float | Decimal | Text)
        | (Float, Integer | Decimal | Text)
        | (Decimal, Integer | Float | Text)
        | (
            Text,
            Bool | Integer | Float | Decimal | Date | Time | DateTime | Timestamp | Uuid | Enum(_),
        )
        | (Date, DateTime | Timestamp | Text)
        | (DateTime | Timestamp, Date | Time | DateTime | Timestamp | Text)
        | (Time | Uuid | Enum(_), Text)
        | (Array, Array) => true,
        // Database-specific types: only the database knows.
        (Kind::Unknown | Own(_), _) | (_, Kind::Unknown | Own(_)) => true,
        (from, to) => from == to,
    }
}

impl Writer {
    /// `CAST(operand AS type)`.
    pub(super) fn cast(&mut self, operand: &Node, sql_type: &SqlType) -> Result<()> {
        let dialect = self.dialect();
        let (from, to) = (self.kind(operand), Kind::of(sql_type));
        if !has_meaning(from, to) {
            return Err(Error::unsupported(
                format!("cast of {} to {}", named(from), named(to)),
                dialect.name(),
                "what it would be differs between databases; read the value, and convert it in Rust",
            ));
        }
        match (from, to) {
            (Kind::Unknown | Kind::Own(_), _) | (_, Kind::Unknown | Kind::Own(_)) => {
                plain_cast(dialect, self, sql_type, |w| w.node(operand))
            }
            _ => dialect.cast(self, operand, sql_type),
        }
    }

    /// Refuses to order JSON documents: PostgreSQL has an order of its own for them, and elsewhere they are text.
    pub(super) fn check_order<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n Node>,
    ) -> Result<()> {
        for node in nodes {
            if self.kind(node) == Kind::Json {
                return Err(Error::unsupported(
                    "order of JSON documents that others have, too",
                    self.dialect().name(),
                    "compare and sort by what is in them: json_key(..), and a cast",
                ));
            }
        }
        Ok(())
    }

    /// Refuses date and time parts that the kind does not have.
    pub(super) fn check_part(&mut self, function: Function, arguments: &[Node]) -> Result<()> {
        let missing = match function {
            Function::Year | Function::Month | Function::Day => Kind::Time,
            Function::Hour | Function::Minute | Function::Second => Kind::Date,
            _ => return Ok(()),
        };
        match arguments {
            [time] if self.kind(time) == missing => Err(Error::unsupported(
                match missing {
                    Kind::Time => "year, month or day of a time",
                    _ => "hour, minute or second of a date",
                },
                self.dialect().name(),
                "only a date-time has all of them",
            )),
            _ => Ok(()),
        }
    }
}

fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Unknown | Kind::Own(_) => "a type of the database's own",
        Kind::Bool => "a truth value",
        Kind::Integer => "a whole number",
        Kind::Float => "a float",
        Kind::Decimal => "an exact number",
        Kind::Text => "text",
        Kind::Bytes => "bytes",
        Kind::Date => "a date",
        Kind::Time => "a time",
        Kind::DateTime => "a date-time",
        Kind::Timestamp => "an instant",
        Kind::Uuid => "a UUID",
        Kind::Json => "JSON",
        Kind::Enum(_) => "an enum",
        Kind::Array => "an array",
    }
}
