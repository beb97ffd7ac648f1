//! Many rows by `LOAD DATA LOCAL INFILE`, if the program allowed it: the rows are sent in place of a file.
//!
//! The server can't stop a client that sends a file, so it turns errors into warnings, skips rows and cuts values.
//! Therefore a load that is not wholly clean is undone, and the rows go in by INSERTs, which report what is wrong.
//! That needs a transaction around it.

use super::MysqlLink;
use super::errors::{ServerError, wire};
use super::packet::{ERROR, FILE, OK, ask, damaged, write};
use crate::command::{Command, Copying, Discard, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::statement_text::Text;
use aludel_sql::Value;
use bytes::{BufMut, BytesMut};
use std::fmt::Write as _;

/// Bytes that are sent at a time.
const FULL: usize = 256 * 1024;
/// Rows, and binds, of an INSERT of those that could not be loaded.
const MOST_ROWS: usize = 1_000;
const MOST_BINDS: usize = 65_535;

/// The server's errors if it accepts no files.
const REFUSED: [u16; 3] = [1148, 3948, 4166];
/// Errors that the rows did not cause: locks, deadlocks, statements that were stopped or took too long.
const NOT_OF_ROWS: [u16; 6] = [1020, 1205, 1213, 1317, 1969, 3024];
/// The server's warning that a table takes part in no transaction.
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

    /// Loads the rows; `true` if all are there, as they were given. If not, none is.
    async fn load_cleanly(&mut self, command: &Command, copy: &Copying) -> Result<bool> {
        self.say("SAVEPOINT aludel_load", command).await?;
        let sent = self.send_rows(command, copy.columns.len()).await;
        match sent.map_err(|error| error.with_statement(&command.text))? {
            Ok((affected, warnings)) => {
                let rows = command.binds.len() / copy.columns.len();
                if affected == rows as u64 && warnings == 0 {
                    self.say("RELEASE SAVEPOINT aludel_load", command).await?;
                    return Ok(true);
                }
            }
            Err(said) if REFUSED.contains(&said.code) => self.takes_files = false,
            // The INSERTs report better what is wrong with the rows.
            Err(said) if !NOT_OF_ROWS.contains(&said.code) => {}
            Err(said) => {
                let error = Error::from(said).with_statement(&command.text);
                return Err(self.explained(error, command).await);
            }
        }
        let undone = self.say("ROLLBACK TO SAVEPOINT aludel_load", command);
        if undone.await? > 0 {
            let warnings = self.texts("SHOW WARNINGS").await.unwrap_or_default();
            let code = NOT_UNDONE.to_string();
            let is_it = |row: &Vec<Option<String>>| row.get(1) == Some(&Some(code.clone()));
            if warnings.iter().any(is_it) {
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

    /// Sends the statement, and the rows if the server asks for them. Returns the number of rows that are there now, and of
    /// warnings; or the server's error.
    async fn send_rows(
        &mut self,
        command: &Command,
        width: usize,
    ) -> Result<Result<(u64, u16), ServerError>> {
        self.ask(ask::QUERY, &command.text)?;
        self.flush().await?;
        loop {
            let packet = self.packet().await?;
            match self.socket.payload(&packet).first() {
                Some(&OK) => {
                    let ended = self.ended(&packet)?;
                    self.awaited = 0;
                    return Ok(Ok((ended.affected, ended.warnings)));
                }
                Some(&ERROR) => return self.refused(&packet).map(Err),
                Some(&FILE) => {
                    let mut number = packet.number;
                    let mut rows = Rows::new(&command.binds, width);
                    let most = FULL.min(self.largest / 2).max(1);
                    while let Some(piece) = rows.next() {
                        // A row may be longer than a packet.
                        for part in piece.chunks(most) {
                            number = number.wrapping_add(1);
                            write(&mut self.socket.out, number, |out| out.put_slice(part));
                            self.flush().await?;
                        }
                    }
                    number = number.wrapping_add(1);
                    write(&mut self.socket.out, number, |_| {});
                    self.flush().await?;
                }
                _ => return Err(wire(damaged())),
            }
        }
    }

    async fn insert_instead(&mut self, command: &Command, copy: &Copying) -> Result<Outcome> {
        let width = copy.columns.len();
        let most = MOST_ROWS.min(MOST_BINDS / width).max(1);
        let row = format!("({})", vec!["?"; width].join(", "));
        let mut affected = 0;
        for rows in command.binds.chunks(most * width) {
            let places = vec![row.as_str(); rows.len() / width].join(", ");
            let text = format!("{}{places}", &*copy.otherwise);
            match self.insert_rows(text.into(), rows).await {
                Ok(inserted) => affected += inserted.affected,
                Err(error) => {
                    let error = error.with_statement(&command.text);
                    return Err(self.explained(error, command).await);
                }
            }
        }
        Ok(Outcome {
            affected,
            last_id: None,
        })
    }

    async fn insert_rows(&mut self, text: Text, rows: &[Value]) -> Result<Outcome> {
        let mut once_more = true;
        loop {
            let statement = self.prepared(&text).await?;
            self.send(&statement, rows).await?;
            self.flush().await?;
            match self.answer(statement, &text, true, &mut Discard).await {
                // Not run: the server does not know the statement any more.
                Err(error) if once_more && error.kind() == ErrorKind::SchemaChanged => {
                    once_more = false;
                    self.cache.forget(&text);
                }
                answered => return answered,
            }
        }
    }

    /// Runs a text, and returns the number of warnings.
    async fn say(&mut self, text: &str, command: &Command) -> Result<u16> {
        let said = self.simple(text).await;
        said.map_err(|error| error.with_statement(&command.text))
    }
}

/// Rows as lines with tabs between the cells, a piece at a time.
struct Rows<'a> {
    rows: std::slice::ChunksExact<'a, Value>,
    piece: BytesMut,
}

impl<'a> Rows<'a> {
    fn new(values: &'a [Value], width: usize) -> Rows<'a> {
        Rows {
            rows: values.chunks_exact(width),
            piece: BytesMut::with_capacity(FULL + 4096),
        }
    }

    fn next(&mut self) -> Option<&[u8]> {
        self.piece.clear();
        while self.piece.len() < FULL {
            let Some(row) = self.rows.next() else { break };
            for (at, value) in row.iter().enumerate() {
                if at > 0 {
                    self.piece.put_u8(b'\t');
                }
                write_value(value, &mut self.piece);
            }
            self.piece.put_u8(b'\n');
        }
        (!self.piece.is_empty()).then_some(&*self.piece)
    }
}

/// A value as text; bytes as hexadecimal digits, which the statement decodes.
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
        // As many digits as give the same number back; a negative zero becomes zero, as in a bind.
        Value::F32(n) => write!(out, "{:e}", n + 0.0),
        Value::F64(n) => write!(out, "{:e}", n + 0.0),
        Value::Bool(holds) => write!(out, "{}", u8::from(*holds)),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => write!(out, "{n}"),
        Value::Date(date) => write!(out, "{}", date.to_text().unwrap_or_default()),
        Value::Time(time) => write!(out, "{}", time.to_text()),
        Value::DateTime(time) => write!(out, "{}", time.to_text().unwrap_or_default()),
        Value::Timestamp(time) => write!(out, "{}", time.to_text().unwrap_or_default()),
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

#[cfg(test)]
mod tests {
    use super::{Rows, write_value};
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
        let mut rows = Rows::new(&values, 2);
        assert_eq!(rows.next(), Some(&b"1\t1\n2\t\\N\n"[..]));
        assert_eq!(rows.next(), None);
    }
}
