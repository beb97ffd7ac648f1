//! Many rows by `LOAD DATA LOCAL INFILE`, where the program allowed it: the file is none, but the rows themselves.
//!
//! The server can't stop a client that sends a file, so it makes warnings of what would be errors, leaves rows out and
//! cuts values. Therefore whatever is not wholly clean is undone, and the rows go in by INSERTs, which say what is wrong.
//! That needs a transaction around it.

use super::{MysqlLink, bind};
use crate::command::{Command, Copying, Outcome};
use crate::error::{Error, ErrorKind, Result};
use aludel_sql::Value;
use bytes::{BufMut, Bytes, BytesMut};
use futures_core::Stream;
use mysql_async::prelude::Queryable;
use mysql_async::{InfileData, LocalInfileError, Params};
use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Bytes that are sent at a time.
const FULL: usize = 256 * 1024;
/// Rows, and binds, of an INSERT of those that could not be loaded.
const MOST_ROWS: usize = 1_000;
const MOST_BINDS: usize = 65_535;

/// The server's words for that it takes no files.
const REFUSED: [u16; 2] = [1148, 3948];
/// … and for errors that are not the rows': locks, deadlocks, statements that were stopped or took too long.
const NOT_OF_ROWS: [u16; 6] = [1020, 1205, 1213, 1317, 1969, 3024];
/// … and for that a table takes part in no transaction.
const NOT_UNDONE: u16 = 1196;

impl MysqlLink {
    /// Loads the rows, or else inserts them.
    pub(super) async fn load(&mut self, command: &Command, copy: &Copying) -> Result<Outcome> {
        if self.takes_files && self.load_cleanly(command, copy).await? {
            let rows = command.binds.len() / copy.columns.len();
            return Ok(Outcome {
                affected: rows as u64,
                last_id: None,
            });
        }
        self.insert_instead(command, copy).await
    }

    /// Whether all rows are there, as they were given; if not, none is.
    async fn load_cleanly(&mut self, command: &Command, copy: &Copying) -> Result<bool> {
        self.say("SAVEPOINT aludel_load", command).await?;
        let width = copy.columns.len();
        let pieces = pieces(&command.binds, width);
        self.connection.set_infile_handler(async move {
            let pieces: InfileData = Box::pin(Pieces(pieces.into_iter()));
            Ok(pieces)
        });
        let loaded = match self.connection.query_iter(&*command.text).await {
            Ok(result) => {
                let (affected, warnings) = (result.affected_rows(), result.warnings());
                if let Err(cause) = result.drop_result().await {
                    return Err(self.failed(cause, command).await);
                }
                affected == (command.binds.len() / width) as u64 && warnings == 0
            }
            Err(mysql_async::Error::Server(said)) if REFUSED.contains(&said.code) => {
                self.takes_files = false;
                false
            }
            // What is wrong with the rows, the INSERTs say better.
            Err(mysql_async::Error::Server(said)) if !NOT_OF_ROWS.contains(&said.code) => false,
            Err(cause) => {
                self.forget_pieces();
                return Err(self.failed(cause, command).await);
            }
        };
        if loaded {
            self.say("RELEASE SAVEPOINT aludel_load", command).await?;
            return Ok(true);
        }
        self.forget_pieces();
        self.say("ROLLBACK TO SAVEPOINT aludel_load", command)
            .await?;
        if self.connection.get_warnings() > 0 {
            let warnings = self
                .connection
                .query::<(String, u16, String), _>("SHOW WARNINGS");
            let warnings = warnings.await.unwrap_or_default();
            if warnings.iter().any(|(_, code, _)| *code == NOT_UNDONE) {
                return Err(Error::new(
                    ErrorKind::Database,
                    format!(
                        "some of the rows were loaded, and {} takes part in no transaction, so that this can't be undone; \
                         insert into it without Options::local_infile",
                        copy.table
                    ),
                )
                .with_statement(&command.text));
            }
        }
        Ok(false)
    }

    /// A server that did not ask for the rows must not get them later.
    fn forget_pieces(&mut self) {
        self.connection
            .set_infile_handler(async { Err(LocalInfileError::NoHandler.into()) });
    }

    async fn insert_instead(&mut self, command: &Command, copy: &Copying) -> Result<Outcome> {
        let width = copy.columns.len();
        let most = MOST_ROWS.min(MOST_BINDS / width).max(1);
        let row = format!("({})", vec!["?"; width].join(", "));
        let mut affected = 0;
        for rows in command.binds.chunks(most * width) {
            let places = vec![row.as_str(); rows.len() / width].join(", ");
            let text = format!("{}{places}", &*copy.otherwise);
            let binds = Params::Positional(rows.iter().map(bind).collect());
            let inserted = match self.connection.exec_iter(text, binds).await {
                Ok(result) => result.drop_result().await,
                Err(cause) => Err(cause),
            };
            if let Err(cause) = inserted {
                return Err(self.failed(cause, command).await);
            }
            affected += self.connection.affected_rows();
        }
        Ok(Outcome {
            affected,
            last_id: None,
        })
    }

    async fn say(&mut self, text: &str, command: &Command) -> Result<()> {
        match self.connection.query_drop(text).await {
            Ok(()) => Ok(()),
            Err(cause) => Err(self.failed(cause, command).await),
        }
    }
}

/// Rows as lines, their cells with tabs between.
fn pieces(values: &[Value], width: usize) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut out = BytesMut::with_capacity(FULL + 4096);
    for row in values.chunks_exact(width) {
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                out.put_u8(b'\t');
            }
            write_value(value, &mut out);
        }
        out.put_u8(b'\n');
        if out.len() >= FULL {
            pieces.push(out.split().freeze());
            out.reserve(FULL + 4096);
        }
    }
    pieces.push(out.freeze());
    pieces
}

/// A value as text; bytes by hexadecimal digits, which the statement takes apart.
fn write_value(value: &Value, out: &mut BytesMut) {
    // Writing to memory can't fail.
    let _ = match value {
        Value::Text(text) | Value::Json(text) => return escape(text.as_bytes(), out),
        Value::Enum(_, label) => return escape(label.as_bytes(), out),
        Value::Bytes(bytes) => return hexadecimal(bytes, out),
        Value::Uuid(bytes) => return hexadecimal(bytes, out),
        Value::I16(n) => write!(out, "{n}"),
        Value::I32(n) => write!(out, "{n}"),
        Value::I64(n) => write!(out, "{n}"),
        // As many digits as make the same number.
        Value::F32(n) => write!(out, "{n:e}"),
        Value::F64(n) => write!(out, "{n:e}"),
        Value::Bool(holds) => write!(out, "{}", u8::from(*holds)),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => write!(out, "{n}"),
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Timestamp(_) => {
            write!(out, "{}", bind(value).as_sql(true).trim_matches('\''))
        }
        Value::Null | Value::Array(_) | Value::Invalid(_) => write!(out, "\\N"),
    };
}

fn escape(text: &[u8], out: &mut BytesMut) {
    let is_special = |byte: &u8| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r' | 0);
    let mut rest = text;
    while let Some(at) = rest.iter().position(is_special) {
        out.put_slice(&rest[..at]);
        out.put_u8(b'\\');
        out.put_u8(match rest[at] {
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            0 => b'0',
            other => other,
        });
        rest = &rest[at + 1..];
    }
    out.put_slice(rest);
}

fn hexadecimal(bytes: &[u8], out: &mut BytesMut) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        out.put_u8(DIGITS[usize::from(byte >> 4)]);
        out.put_u8(DIGITS[usize::from(byte & 15)]);
    }
}

struct Pieces(std::vec::IntoIter<Bytes>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::{pieces, write_value};
    use aludel_sql::Value;
    use bytes::BytesMut;

    fn written(value: Value) -> String {
        let mut out = BytesMut::new();
        write_value(&value, &mut out);
        String::from_utf8(out.to_vec()).expect("text")
    }

    #[test]
    fn what_parts_cells_and_lines_is_escaped() {
        assert_eq!(
            written(Value::Text("a\tb\nc\\d\0\r".into())),
            "a\\tb\\nc\\\\d\\0\\r"
        );
        assert_eq!(written(Value::Text("\\N".into())), "\\\\N");
        assert_eq!(written(Value::Null), "\\N");
        assert_eq!(written(Value::Bytes(vec![0, 255])), "00FF");
        assert_eq!(written(Value::F64(0.1)), "1e-1");
    }

    #[test]
    fn rows_are_lines() {
        let values = [Value::I32(1), Value::Bool(true), Value::I32(2), Value::Null];
        assert_eq!(pieces(&values, 2).concat(), b"1\t1\n2\t\\N\n");
    }
}
