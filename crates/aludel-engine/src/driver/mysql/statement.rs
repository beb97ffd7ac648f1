//! Prepared statements: their parameters and columns, cached by text.

use super::MysqlLink;
use super::errors::{ServerError, wire};
use super::packet::{ERROR, OK, Packet, Reader, ask, damaged, write};
use crate::error::Result;
use crate::statement_text::Text;
use bytes::BufMut;
use mysql_common::constants::{ColumnFlags, ColumnType};
use std::io;
use std::sync::Arc;

/// A prepared statement of one connection.
pub(super) struct Statement {
    pub(super) id: u32,
    /// How many binds it takes.
    pub(super) parameters: usize,
    /// The columns of its result, as far as they are known.
    pub(super) columns: Vec<Column>,
}

/// A column of a result.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnType,
    pub(super) unsigned: bool,
    pub(super) room: Room,
}

/// The room that a value takes in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// So many bytes.
    Fixed(u8),
    /// A byte says how many: dates and times.
    Short,
    /// A number says how many.
    Long,
}

impl Column {
    /// From a column definition.
    pub(super) fn read(payload: &[u8]) -> io::Result<Column> {
        use ColumnType as Ty;
        let mut reader = Reader(payload);
        // Catalog, schema, table, and the table's own name.
        for _ in 0..4 {
            reader.bytes()?;
        }
        let name = String::from_utf8_lossy(reader.bytes()?).into_owned();
        reader.bytes()?;
        // The length of what follows, the character set, the width.
        reader.skip(1 + 2 + 4)?;
        // An unknown type is length-prefixed, like a text.
        let kind = ColumnType::try_from(reader.u8()?).unwrap_or(Ty::MYSQL_TYPE_STRING);
        let flags = ColumnFlags::from_bits_truncate(reader.u16()?);
        let unsigned = flags.contains(ColumnFlags::UNSIGNED_FLAG);
        Ok(Column::of(name, kind, unsigned))
    }

    /// A column of a type, and the room of its values.
    fn of(name: String, kind: ColumnType, unsigned: bool) -> Column {
        use ColumnType as Ty;
        let room = match kind {
            Ty::MYSQL_TYPE_NULL => Room::Fixed(0),
            Ty::MYSQL_TYPE_TINY => Room::Fixed(1),
            Ty::MYSQL_TYPE_SHORT | Ty::MYSQL_TYPE_YEAR => Room::Fixed(2),
            Ty::MYSQL_TYPE_LONG | Ty::MYSQL_TYPE_INT24 | Ty::MYSQL_TYPE_FLOAT => Room::Fixed(4),
            Ty::MYSQL_TYPE_LONGLONG | Ty::MYSQL_TYPE_DOUBLE => Room::Fixed(8),
            Ty::MYSQL_TYPE_DATE
            | Ty::MYSQL_TYPE_DATETIME
            | Ty::MYSQL_TYPE_TIMESTAMP
            | Ty::MYSQL_TYPE_TIME => Room::Short,
            _ => Room::Long,
        };
        Column {
            name,
            kind,
            unsigned,
            room,
        }
    }

    #[cfg(all(
        any(test, feature = "fuzzing"),
        feature = "postgres",
        feature = "mysql"
    ))]
    pub(super) fn of_kind(byte: u8) -> Option<Column> {
        let kind = ColumnType::try_from(byte & 0x7f).ok()?;
        Some(Column::of(String::new(), kind, byte >= 0x80))
    }
}

impl MysqlLink {
    /// The statement of a text, prepared if it is not yet.
    pub(super) async fn prepared(&mut self, text: &Text) -> Result<Arc<Statement>> {
        if let Some(statement) = self.cache.get(text, |()| true) {
            return Ok(statement);
        }
        self.ask(ask::PREPARE, text)?;
        self.flush().await?;
        let packet = self.packet().await?;
        let payload = self.socket.payload(&packet);
        let mut reader = Reader(payload);
        match reader.u8().map_err(wire)? {
            OK => {}
            ERROR => return Err(self.refused(&packet)?.into()),
            _ => return Err(wire(damaged())),
        }
        let (id, columns, parameters) = {
            let mut numbers = || io::Result::Ok((reader.u32()?, reader.u16()?, reader.u16()?));
            numbers().map_err(wire)?
        };
        // Servers know next to nothing about parameters.
        self.definitions(parameters.into(), |_| Ok(())).await?;
        let mut known = Vec::with_capacity(columns.into());
        self.definitions(columns.into(), |payload| {
            known.push(Column::read(payload)?);
            Ok(())
        })
        .await?;
        self.awaited = 0;
        let statement = Arc::new(Statement {
            id,
            parameters: parameters.into(),
            columns: known,
        });
        self.cache.insert(text, (), Arc::clone(&statement));
        Ok(statement)
    }

    /// Reads definitions of columns, and what ends them.
    pub(super) async fn definitions(
        &mut self,
        count: usize,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<()> {
        for _ in 0..count {
            let packet = self.packet().await?;
            let payload = self.socket.payload(&packet);
            if payload.first() == Some(&ERROR) {
                return Err(self.refused(&packet)?.into());
            }
            each(payload).map_err(wire)?;
        }
        if count > 0 && !self.ends_by_ok {
            self.packet().await?;
        }
        Ok(())
    }

    /// Reads the server's error.
    pub(super) fn refused(&mut self, packet: &Packet) -> Result<ServerError> {
        let error = ServerError::read(self.socket.payload(packet)).map_err(wire)?;
        self.awaited = 0;
        self.lost |= error.ends_the_connection();
        Ok(error)
    }

    /// Has the server forget statements that were forgotten here, with the next request.
    pub(super) fn close_forgotten(&mut self) {
        for statement in self.cache.take_left() {
            write(&mut self.socket.out, 0, |out| {
                out.put_u8(ask::CLOSE);
                out.put_u32_le(statement.id);
            });
        }
    }
}
