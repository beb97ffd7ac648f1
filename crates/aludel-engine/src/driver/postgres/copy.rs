//! Many rows by COPY, in the binary format: no text is parsed and no bind described.
//!
//! It takes the columns' own types and casts nothing, so the table is asked first. Where a value would have to be cast, or
//! the table is none that COPY writes (a view, a table with row security), the rows go in as an INSERT of arrays.

use super::binary::{Bind, bind_type};
use super::{PostgresLink, errors};
use crate::command::{Command, Copying, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::text::Text;
use aludel_sql::Value;
use aludel_sql::value::Array;
use bytes::{BufMut, Bytes, BytesMut};
use futures_sink::Sink;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{CopyInSink, Statement};

/// What every stream begins with: a signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Bytes that are sent at a time.
const FULL: usize = 64 * 1024;

/// The columns' types, where COPY can write the table.
const TYPES: &str = "SELECT a.attname::text, a.atttypid FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity";

impl PostgresLink {
    /// Sends the rows by COPY; nothing when they have to go in another way.
    pub(super) async fn copy(
        &mut self,
        command: &Command,
        copy: &Copying,
    ) -> Result<Option<Outcome>> {
        let failed = |cause| errors::translate(cause).with_statement(&command.text);
        let Some(types) = self.column_types(copy).await.map_err(failed)? else {
            return Ok(None);
        };
        let width = types.len();
        let fits = |(at, value): (usize, &Value)| takes(&types[at % width], value);
        if !command.binds.iter().enumerate().all(fits) {
            return Ok(None);
        }
        let statement = self.copy_statement(&command.text).await.map_err(failed)?;
        let sink = self.client.copy_in::<_, Bytes>(&statement);
        let mut sink = pin!(sink.await.map_err(failed)?);
        let mut out = BytesMut::with_capacity(FULL + 4096);
        out.put_slice(HEADER);
        for row in command.binds.chunks_exact(width) {
            write_row(row, &types, &mut out)
                .map_err(|error| error.with_statement(&command.text))?;
            if out.len() >= FULL {
                let full = out.split().freeze();
                send(sink.as_mut(), full).await.map_err(failed)?;
                out.reserve(FULL + 4096);
            }
        }
        out.put_i16(-1);
        send(sink.as_mut(), out.freeze()).await.map_err(failed)?;
        let affected = sink.finish().await.map_err(failed)?;
        Ok(Some(Outcome {
            affected,
            last_id: None,
        }))
    }

    /// The types of the columns, in their order; nothing where the table can't be written, or has not all of them.
    async fn column_types(
        &mut self,
        copy: &Copying,
    ) -> Result<Option<Vec<Type>>, tokio_postgres::Error> {
        let ask = Text::Static(TYPES);
        let declared = vec![Type::TEXT];
        let statement = match self.cache.get(&ask, &declared) {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare_typed(&ask, &declared).await?;
                self.cache.insert(&ask, declared, statement.clone());
                statement
            }
        };
        let rows = self.client.query(&statement, &[&copy.table]).await?;
        let mut known: Vec<(String, u32)> = Vec::with_capacity(rows.len());
        for row in &rows {
            known.push((row.try_get(0)?, row.try_get(1)?));
        }
        let find = |name: &String| {
            let (_, oid) = known.iter().find(|(known, _)| known == name)?;
            Type::from_oid(*oid)
        };
        Ok(copy.columns.iter().map(|(name, _)| find(name)).collect())
    }

    async fn copy_statement(&mut self, text: &Text) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.cache.get(text, &[]) {
            return Ok(statement);
        }
        let statement = self.client.prepare_typed(text, &[]).await?;
        self.cache.insert(text, Vec::new(), statement.clone());
        Ok(statement)
    }
}

/// Whether a column of this type takes the value's bytes as they are.
fn takes(column: &Type, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::I16(_) | Value::I32(_) | Value::I64(_) => widened(column, value).is_some(),
        Value::Text(_) => matches!(*column, Type::TEXT | Type::VARCHAR | Type::BPCHAR),
        Value::Json(_) => matches!(*column, Type::JSON | Type::JSONB),
        // What has a type of the program's own, the server is to make of a text or an array.
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

fn write_row(row: &[Value], types: &[Type], out: &mut BytesMut) -> Result<()> {
    out.put_i16(row.len() as i16);
    for (value, column) in row.iter().zip(types) {
        let start = out.len();
        out.put_i32(-1);
        let wide = match value {
            Value::I16(_) | Value::I32(_) | Value::I64(_) => widened(column, value),
            _ => None,
        };
        let written = Bind(wide.as_ref().unwrap_or(value)).to_sql(column, out);
        let written = written.map_err(|cause| {
            Error::new(
                ErrorKind::InvalidQuery,
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

async fn send(
    mut sink: Pin<&mut CopyInSink<Bytes>>,
    bytes: Bytes,
) -> Result<(), tokio_postgres::Error> {
    poll_fn(|cx| sink.as_mut().poll_ready(cx)).await?;
    sink.start_send(bytes)
}

/// The same rows as an INSERT that takes an array for each column.
pub(super) fn as_arrays(command: &Command, copy: &Copying) -> Command {
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
    insert.at(command.site)
}
