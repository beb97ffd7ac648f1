//! Many rows by COPY, in the binary format: no text is parsed and no bind described.
//!
//! It takes the columns' own types and casts nothing, so the table's types are looked up first. If a value needs a cast, or
//! COPY can't write the table (a view, a table with rules or row security), the rows go in as an INSERT of arrays.
//!
//! So they do behind a pooler. A server that refuses a row is ready at once, while the rest of the rows is on its way. PgBouncer
//! then gives the server connection to somebody else, and the rest of a message goes there, or nowhere: up to 1.25 it mixes
//! connections up, or keeps one for ever. So rows are copied only to the server process that greeted this connection.

use super::encode::{bind_type, encode};
use super::errors::{ServerError, unexpected, wire};
use super::{PostgresLink, is_aside, message};
use crate::command::{Access, Collect, Command, Copying, Mapping, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::statement_text::Text;
use crate::url::Pooler;
use aludel_sql::Value;
use aludel_sql::types::SqlType;
use aludel_sql::value::Array;
use bytes::{BufMut, BytesMut};
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend;
use postgres_types::Type;

/// What every stream begins with: a signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// No table has more columns.
const MOST_COLUMNS: usize = 1_600;

/// Bytes that are sent at a time.
const FULL: usize = 64 * 1024;

/// The columns' types, where COPY can write the table, and the server process that says so.
const TYPES: &str = "SELECT a.attname::text, a.atttypid::int8, pg_catalog.pg_backend_pid() FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p') AND NOT c.relhasrules AND NOT c.relrowsecurity";

impl PostgresLink {
    /// Sends the rows by COPY; `None` if they have to go in another way.
    pub(super) async fn copy(
        &mut self,
        command: &Command,
        copy: &Copying,
        sink: &mut dyn Sink,
    ) -> Result<Option<Outcome>> {
        if self.server.server.is_pooled() {
            return Ok(None);
        }
        let Some(types) = self.column_types(copy).await? else {
            return Ok(None);
        };
        let keys = copy.keys.as_deref();
        let rows = Rows {
            keys,
            values: values_of(command, copy, sink),
            key: &types[..usize::from(keys.is_some())],
            types: &types[usize::from(keys.is_some())..],
        };
        let width = rows.types.len();
        let fits = |(at, value): (usize, &Value)| takes(&rows.types[at % width], value);
        if !rows.values.iter().enumerate().all(fits) {
            return Ok(None);
        }
        let copied = self.copy_rows(command, &rows).await;
        copied
            .map(Some)
            .map_err(|error| error.with_statement(&command.text))
    }

    async fn copy_rows(&mut self, command: &Command, rows: &Rows<'_>) -> Result<Outcome> {
        frontend::query(&command.text, &mut self.socket.out).map_err(wire)?;
        self.unread += 1;
        self.flush().await?;
        let mut failed = None;
        let mut outcome = Outcome::default();
        loop {
            let message = match self.message().await {
                Ok(message) => message,
                Err(error) => return Err(failed.unwrap_or(error)),
            };
            let body = self.socket.body(&message);
            match message.kind {
                b'G' => failed = self.send_rows(rows).await?,
                b'C' => outcome.affected = message::affected(body),
                b'E' => {
                    let error = ServerError::read(body).map_err(wire)?;
                    // A row that could not be written comes back as a server error.
                    failed.get_or_insert(error.into());
                }
                b'Z' => break,
                other => return Err(unexpected(other)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome),
        }
    }

    /// Sends rows in pieces, until all are sent or the server stops. Returns why not all could be written.
    async fn send_rows(&mut self, rows: &Rows<'_>) -> Result<Option<Error>> {
        let mut left = rows.values.chunks_exact(rows.types.len());
        let mut keys = rows.keys.unwrap_or_default().iter();
        let mut head = HEADER;
        loop {
            let out = &mut self.socket.out;
            let start = out.len();
            out.put_u8(b'd');
            out.put_i32(0);
            out.put_slice(std::mem::take(&mut head));
            let mut is_end = false;
            while out.len() - start < FULL && !is_end {
                let Some(row) = left.next() else {
                    out.put_i16(-1);
                    is_end = true;
                    continue;
                };
                let key = keys.next().copied();
                if let Err(error) = rows.write(key, row, out) {
                    out.truncate(start);
                    frontend::copy_fail("a row can't be written", out).map_err(wire)?;
                    self.flush().await?;
                    return Ok(Some(error));
                }
            }
            let length = (out.len() - start - 1) as i32;
            out[start + 1..start + 5].copy_from_slice(&length.to_be_bytes());
            if is_end {
                frontend::copy_done(out);
            }
            self.flush().await?;
            // A message that comes while rows are sent is a notice or an error: after an error, the rest would be for nothing.
            while self.socket.next_kind().is_some_and(is_aside) {
                if self.socket.next().map_err(wire)?.is_none() {
                    break;
                }
            }
            let complains = self.socket.next_kind().is_some_and(|kind| !is_aside(kind));
            if is_end || complains {
                return Ok(None);
            }
        }
    }

    /// The types of the columns, in their order; `None` if the table can't be written or lacks one of them, or if there is a
    /// pooler.
    async fn column_types(&mut self, copy: &Copying) -> Result<Option<Vec<Type>>> {
        let binds = vec![Value::Text(copy.table.clone())];
        let ask = Command::with_text(Text::Static(TYPES), binds, Access::Read);
        let mut known: Collect<(String, i64, i32)> = Collect::most(MOST_COLUMNS, Mapping::Position);
        self.ask(&ask, &mut known).await?;
        let is_pooled = |row: &(_, _, i32)| row.2 != self.cancel.process;
        if self.server.server.pooler == Pooler::Unknown && known.rows.iter().any(is_pooled) {
            return Ok(None);
        }
        let find = |name: &String| {
            let (_, oid, _) = known.rows.iter().find(|(known, ..)| known == name)?;
            Type::from_oid(u32::try_from(*oid).ok()?)
        };
        Ok(copy.columns.iter().map(|(name, _)| find(name)).collect())
    }
}

/// Whether a column of this type takes the value's bytes as they are.
fn takes(column: &Type, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::I16(_) | Value::I32(_) | Value::I64(_) => widened(column, value).is_some(),
        Value::Text(_) => matches!(*column, Type::TEXT | Type::VARCHAR | Type::BPCHAR),
        Value::Json(_) => matches!(*column, Type::JSON | Type::JSONB),
        // The server converts these from a text or an array.
        Value::Enum(..) | Value::Array(_) | Value::Invalid(_) => false,
        value => bind_type(value) == *column,
    }
}

/// A whole number as wide as the column, if it is no narrower than the number's type.
fn widened(column: &Type, value: &Value) -> Option<Value> {
    let number = value.as_i64()?;
    match (column, value) {
        (&Type::INT8, _) => Some(Value::I64(number)),
        (&Type::INT4, Value::I16(_) | Value::I32(_)) => Some(Value::I32(number as i32)),
        (&Type::INT2, Value::I16(_)) => Some(value.clone()),
        _ => None,
    }
}

/// The rows to send: the values row after row, and the keys if they are separate.
struct Rows<'r> {
    keys: Option<&'r [i64]>,
    values: &'r [Value],
    /// The key's type, if it is separate, and those of the values.
    key: &'r [Type],
    types: &'r [Type],
}

impl Rows<'_> {
    fn write(&self, key: Option<i64>, row: &[Value], out: &mut BytesMut) -> Result<()> {
        out.put_i16((self.key.len() + row.len()) as i16);
        if let (Some(key), [column]) = (key, self.key) {
            match *column {
                Type::INT2 => {
                    out.put_i32(2);
                    out.put_i16(i16::try_from(key).map_err(|_| too_large(key))?);
                }
                Type::INT4 => {
                    out.put_i32(4);
                    out.put_i32(i32::try_from(key).map_err(|_| too_large(key))?);
                }
                _ => {
                    out.put_i32(8);
                    out.put_i64(key);
                }
            }
        }
        write_values(row, self.types, out)
    }
}

fn too_large(key: i64) -> Error {
    let error = format!("the key {key} is too large for its column");
    Error::new(ErrorKind::OutOfRange, error)
}

fn write_values(row: &[Value], types: &[Type], out: &mut BytesMut) -> Result<()> {
    for (value, column) in row.iter().zip(types) {
        let start = out.len();
        out.put_i32(-1);
        let wide = match value {
            Value::I16(_) | Value::I32(_) | Value::I64(_) => widened(column, value),
            _ => None,
        };
        let written = encode(wide.as_ref().unwrap_or(value), column, out);
        let written = written.map_err(|cause| {
            Error::new(
                ErrorKind::InvalidValue,
                format!("a value can't be sent: {cause}"),
            )
        })?;
        if let IsNull::No = written {
            let length = (out.len() - start - 4) as i32;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}

/// The same rows as an INSERT that takes an array for each column.
pub(super) fn as_arrays(command: &Command, copy: &Copying, sink: &dyn Sink) -> Result<Command> {
    let values = values_of(command, copy, sink);
    let array = |element: &SqlType, items| {
        let element = element.clone();
        Value::Array(Box::new(Array { element, items }))
    };
    let (keys, columns) = copy
        .columns
        .split_at(usize::from(copy.keys.is_some()).min(copy.columns.len()));
    let mut binds = Vec::with_capacity(copy.columns.len());
    if let (Some(given), [(_, element)]) = (&copy.keys, keys) {
        let key = |key: &i64| match element {
            SqlType::SmallInt => i16::try_from(*key).map(Value::I16),
            SqlType::Integer => i32::try_from(*key).map(Value::I32),
            _ => Ok(Value::I64(*key)),
        };
        let key = |given: &i64| key(given).map_err(|_| too_large(*given));
        binds.push(array(
            element,
            given.iter().map(key).collect::<Result<_>>()?,
        ));
    }
    binds.extend(columns.iter().enumerate().map(|(at, (_, element))| {
        let items = values.iter().skip(at).step_by(columns.len());
        array(element, items.cloned().collect())
    }));
    let mut insert = Command::with_text(copy.otherwise.clone(), binds, command.access);
    insert.pinned = command.pinned;
    Ok(insert.at(command.site))
}

/// The values of rows, without their keys if those are separate.
fn values_of<'v>(command: &'v Command, copy: &Copying, sink: &'v dyn Sink) -> &'v [Value] {
    sink.binds(0)
        .filter(|_| copy.keys.is_some())
        .unwrap_or(&command.binds)
}
