//! Many rows by COPY, in the binary format: no text is parsed and no bind described.
//!
//! It takes the columns' own types and casts nothing, so the table's types are looked up first. If a value needs a cast, or
//! COPY can't write the table (a view, a table with row security), the rows go in as an INSERT of arrays.

use super::encode::{bind_type, encode};
use super::errors::{ServerError, unexpected, wire};
use super::{PostgresLink, is_aside, message};
use crate::command::{Access, Collect, Command, Copying, Mapping, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::statement_text::Text;
use aludel_sql::Value;
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

/// The columns' types, where COPY can write the table.
const TYPES: &str = "SELECT a.attname::text, a.atttypid::int8 FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity";

impl PostgresLink {
    /// Sends the rows by COPY; `None` if they have to go in another way.
    pub(super) async fn copy(
        &mut self,
        command: &Command,
        copy: &Copying,
        sink: &mut dyn Sink,
    ) -> Result<Option<Outcome>> {
        let Some(types) = self.column_types(copy).await? else {
            return Ok(None);
        };
        let keys = copy.keys.as_deref();
        let rows = Rows {
            keys,
            values: sink
                .binds(0)
                .filter(|_| keys.is_some())
                .unwrap_or(&command.binds),
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

    /// The types of the columns, in their order; `None` if the table can't be written, or lacks one of them.
    async fn column_types(&mut self, copy: &Copying) -> Result<Option<Vec<Type>>> {
        let binds = vec![Value::Text(copy.table.clone())];
        let ask = Command::with_text(Text::Static(TYPES), binds, Access::Read);
        let mut known: Collect<(String, i64)> = Collect::most(MOST_COLUMNS, Mapping::Position);
        self.ask(&ask, &mut known).await?;
        let find = |name: &String| {
            let (_, oid) = known.rows.iter().find(|(known, _)| known == name)?;
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
            let narrow = |_| {
                let error = format!("the key {key} is too large for its column");
                Error::new(ErrorKind::OutOfRange, error)
            };
            match *column {
                Type::INT2 => {
                    out.put_i32(2);
                    out.put_i16(i16::try_from(key).map_err(narrow)?);
                }
                Type::INT4 => {
                    out.put_i32(4);
                    out.put_i32(i32::try_from(key).map_err(narrow)?);
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
pub(super) fn as_arrays(command: &Command, copy: &Copying) -> Result<Command> {
    if copy.keys.is_some() {
        let error = format!("{} takes no COPY, which it did a moment ago", copy.table);
        return Err(Error::new(ErrorKind::Internal, error));
    }
    let width = copy.columns.len();
    let columns = copy.columns.iter().enumerate();
    let binds = columns.map(|(at, (_, element))| {
        let items = command.binds.iter().skip(at).step_by(width);
        Value::Array(Box::new(Array {
            element: element.clone(),
            items: items.cloned().collect(),
        }))
    });
    let mut insert = Command::with_text(
        copy.otherwise.clone(),
        binds.collect::<Vec<_>>(),
        command.access,
    );
    insert.pinned = command.pinned;
    Ok(insert.at(command.site))
}
