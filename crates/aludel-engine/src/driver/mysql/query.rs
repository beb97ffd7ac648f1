//! Running prepared statements: what is sent, and the rows that come back.

use super::MysqlLink;
use super::bind;
use super::cells::{MyCells, find};
use super::errors::wire;
use super::packet::{END, ERROR, Ended, FILE, OK, Packet, Reader, ask, damaged, write};
use super::statement::{Column, Statement};
use crate::command::{Access, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::statement_text::Text;
use aludel_sql::Value;
use bytes::{BufMut, BytesMut};
use std::sync::Arc;

/// The most unwanted rows that are read and discarded; if there are more, the connection is discarded.
const FEW: usize = 1000;

/// No result has more columns.
const MOST_COLUMNS: usize = 4096;

/// The longest request that goes in one piece, and the pieces of a longer one.
const WHOLE: usize = 0xff_ffff - 1024;
const PIECE: usize = 1024 * 1024;

impl MysqlLink {
    /// Runs a command.
    pub(super) async fn execute(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        if let Some(copy) = &command.copy {
            return self.load(command, copy).await;
        }
        let ran = self.run_prepared(command, sink).await;
        match ran {
            Err(error) => Err(self
                .explained(error.with_statement(&command.text), command)
                .await),
            ran => ran,
        }
    }

    pub(super) async fn run_prepared(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let to_its_end = command.pinned || command.may_write();
        let mut once_more = true;
        loop {
            let statement = self.prepared(&command.text).await?;
            let lent = command.times.and_then(|_| sink.binds(0));
            self.send(&statement, lent.unwrap_or(&command.binds))
                .await?;
            self.flush().await?;
            let answered = self
                .answer(statement, &command.text, to_its_end, sink)
                .await;
            match answered {
                // Not run, and the server's errors abort no transaction: it is prepared again, and run once more.
                Err(error) if error.kind() == ErrorKind::SchemaChanged => {
                    self.cache.forget(&command.text);
                    if !once_more || may_be_midway(command) || !sink.restart() {
                        return Err(error);
                    }
                    once_more = false;
                }
                answered => return answered,
            }
        }
    }

    /// Writes a statement's binds, for the next flush.
    pub(super) async fn send(&mut self, statement: &Statement, binds: &[Value]) -> Result<()> {
        if statement.parameters != binds.len() {
            return Err(Error::invalid_query(format!(
                "the statement has {} placeholders and {} binds",
                statement.parameters,
                binds.len()
            )));
        }
        self.is_free()?;
        self.close_forgotten();
        let bytes = binds.iter().filter_map(bind::bytes).map(<[u8]>::len);
        let most = WHOLE.min(self.largest.saturating_sub(1));
        let begin = self.socket.out.len();
        if bytes.clone().sum::<usize>() <= most {
            let length = put_execute(&mut self.socket.out, statement, binds, false);
            if length <= most {
                self.awaited = 1;
                return Ok(());
            }
            self.socket.out.truncate(begin);
        }
        let too_long = |length: usize| {
            Error::new(
                ErrorKind::ValueTooLong,
                format!(
                    "{length} bytes of values, and the server takes {} at a time (max_allowed_packet)",
                    self.largest
                ),
            )
        };
        let mut rest = BytesMut::new();
        let length = put_execute(&mut rest, statement, binds, true);
        let longest = bytes.max().unwrap_or(0).max(length);
        if longest >= self.largest {
            return Err(too_long(longest));
        }
        self.awaited = 1;
        self.send_pieces(statement, binds).await?;
        self.socket.out.extend_from_slice(&rest);
        Ok(())
    }

    /// Sends texts and bytes before the statement that they are binds of.
    async fn send_pieces(&mut self, statement: &Statement, binds: &[Value]) -> Result<()> {
        let most = PIECE.min(self.largest / 2).max(1);
        for (at, value) in binds.iter().enumerate() {
            let Some(bytes) = bind::bytes(value) else {
                continue;
            };
            let mut rest = bytes;
            loop {
                let (part, behind) = rest.split_at(rest.len().min(most));
                write(&mut self.socket.out, 0, |out| {
                    out.put_u8(ask::LONG_DATA);
                    out.put_u32_le(statement.id);
                    out.put_u16_le(at as u16);
                    out.put_slice(part);
                });
                if self.socket.out.len() >= PIECE {
                    self.flush().await?;
                }
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads a statement's answer, passing its rows to the sink.
    ///
    /// With `to_its_end`, unwanted rows are read as well, because the connection is kept.
    pub(super) async fn answer(
        &mut self,
        mut statement: Arc<Statement>,
        text: &Text,
        to_its_end: bool,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut places = std::mem::take(&mut self.places);
        let mut failed: Option<Error> = None;
        let mut outcome = Outcome::default();
        let mut is_first = true;
        loop {
            let packet = self.packet().await?;
            let ended = match self.socket.payload(&packet).first() {
                Some(&OK) => {
                    if is_first && sink.wants_columns() {
                        // There are none.
                        if let Err(error) = sink.columns(Vec::new()) {
                            failed.get_or_insert(Error::decode(&error, None));
                        }
                    }
                    self.ended(&packet)?
                }
                Some(&ERROR) => return Err(self.refused(&packet)?.into()),
                Some(&FILE) => {
                    self.send_no_file(&packet).await?;
                    failed = Some(Error::invalid_query(NO_FILE));
                    continue;
                }
                _ if !is_first => self.pass_over(&packet).await?,
                _ => {
                    if let Some(columns) = self.told_columns(&packet).await? {
                        statement = Arc::new(Statement {
                            columns,
                            ..*statement
                        });
                        if self.keeps_columns {
                            // They have changed, and are not sent again.
                            self.cache.replace(text, Arc::clone(&statement));
                        }
                    }
                    let columns = &statement.columns;
                    if sink.wants_columns() {
                        let names = columns.iter().map(|column| column.name.clone());
                        if let Err(error) = sink.columns(names.collect()) {
                            failed.get_or_insert(Error::decode(&error, None));
                        }
                    }
                    let mut passed = failed.is_some().then_some(0);
                    loop {
                        let Some(packet) = self.socket.next_packet() else {
                            self.fill().await?;
                            continue;
                        };
                        let payload = self.socket.payload(&packet);
                        match payload.first() {
                            Some(&OK) => {}
                            Some(&END) => break self.ended(&packet)?,
                            // The statement failed: that matters more than a decode error.
                            Some(&ERROR) => return Err(self.refused(&packet)?.into()),
                            _ => return Err(wire(damaged())),
                        }
                        let found = find(payload, columns, &mut places);
                        // A node of a Galera cluster that had to run the statement a second time says OK where rows end.
                        if found.is_err() && is_replayed(text) && Ended::is_whole(payload) {
                            break self.ended(&packet)?;
                        }
                        if let Some(passed) = &mut passed {
                            *passed += 1;
                            if *passed > FEW && !to_its_end {
                                // Not worth reading: the connection is discarded instead.
                                self.places = places;
                                return match failed {
                                    Some(error) => Err(error),
                                    None => Ok(outcome),
                                };
                            }
                            continue;
                        }
                        found.map_err(wire)?;
                        match sink.row(&mut MyCells::new(columns, payload, &places)) {
                            Ok(true) => {}
                            Ok(false) => passed = Some(0),
                            Err(error) => {
                                let column = columns.get(error.position);
                                let name = column.map(|column| column.name.as_str());
                                failed = Some(Error::decode(&error, name));
                                passed = Some(0);
                            }
                        }
                        if passed.is_none() && sink.is_full() && !self.socket.hand_over(sink).await
                        {
                            passed = Some(0);
                        }
                    }
                }
            };
            is_first = false;
            outcome = Outcome {
                affected: ended.matched.unwrap_or(ended.affected),
                last_id: i64::try_from(ended.last_id).ok().filter(|id| *id != 0),
            };
            if !ended.more {
                break;
            }
        }
        self.awaited = 0;
        self.places = places;
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome),
        }
    }

    /// The columns of a result, if the server sends them.
    pub(super) async fn told_columns(&mut self, packet: &Packet) -> Result<Option<Vec<Column>>> {
        let mut reader = Reader(self.socket.payload(packet));
        let count = usize::try_from(reader.length().map_err(wire)?).unwrap_or(usize::MAX);
        if count > MOST_COLUMNS {
            self.lost = true;
            return Err(wire(damaged()));
        }
        if self.keeps_columns && reader.u8().map_err(wire)? == 0 {
            return Ok(None);
        }
        let mut columns = Vec::with_capacity(count);
        self.definitions(count, |payload| {
            columns.push(Column::read(payload)?);
            Ok(())
        })
        .await?;
        Ok(Some(columns))
    }

    /// Reads an unwanted result to its end.
    pub(super) async fn pass_over(&mut self, packet: &Packet) -> Result<Ended> {
        self.told_columns(packet).await?;
        loop {
            let packet = self.packet().await?;
            let payload = self.socket.payload(&packet);
            match payload.first() {
                Some(&ERROR) => return Err(self.refused(&packet)?.into()),
                // A row of texts may begin like this, too, but is longer then.
                Some(&END) if payload.len() < 0xff_ffff => return self.ended(&packet),
                _ => {}
            }
        }
    }

    /// Parses the packet that ends a result.
    pub(super) fn ended(&mut self, packet: &Packet) -> Result<Ended> {
        let payload = self.socket.payload(packet);
        let ended = match payload.first() {
            Some(&END) if !self.ends_by_ok => Ended::read_old(payload),
            _ => Ended::read(payload),
        };
        let ended = ended.map_err(wire)?;
        self.is_open = ended.is_open;
        Ok(ended)
    }

    /// Sends an empty file if the server asks for one.
    pub(super) async fn send_no_file(&mut self, packet: &Packet) -> Result<()> {
        write(&mut self.socket.out, packet.number.wrapping_add(1), |_| {});
        self.flush().await
    }
}

/// Whether a prepared statement that the server does not know may be one inside of this one, after others that ran: in a
/// procedure, or a block.
fn may_be_midway(command: &Command) -> bool {
    if command.access != Access::Unknown {
        return false;
    }
    let plain = [
        "select", "insert", "update", "delete", "replace", "with", "values", "show", "explain",
    ];
    !begins_with(&command.text, &plain)
}

/// Whether a node of a cluster may run the statement a second time by itself: it writes, in a transaction of its own.
fn is_replayed(text: &str) -> bool {
    begins_with(text, &["insert", "update", "delete", "replace"])
}

fn begins_with(text: &str, words: &[&str]) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let first = text.split(|c: char| !c.is_ascii_alphabetic()).next();
    first.is_some_and(|first| words.iter().any(|word| first.eq_ignore_ascii_case(word)))
}

pub(super) const NO_FILE: &str =
    "a file of the client goes another way: insert_many with Options::local_infile";

/// Writes the request to run a statement; returns the length of its payload.
fn put_execute(
    out: &mut BytesMut,
    statement: &Statement,
    binds: &[Value],
    in_pieces: bool,
) -> usize {
    write(out, 0, |out| {
        out.put_u8(ask::EXECUTE);
        out.put_u32_le(statement.id);
        // No cursor; once.
        out.put_slice(&[0, 1, 0, 0, 0]);
        if !binds.is_empty() {
            put_binds(out, binds, in_pieces);
        }
    })
}

/// Which binds are NULL, what they are, and those that were not sent before.
fn put_binds(out: &mut BytesMut, binds: &[Value], in_pieces: bool) {
    let nulls = out.len();
    out.put_bytes(0, binds.len().div_ceil(8));
    out.put_u8(1);
    for (at, value) in binds.iter().enumerate() {
        let kind = bind::kind(value);
        if kind == bind::NULL {
            out[nulls + at / 8] |= 1 << (at % 8);
        }
        out.put_slice(&[kind, 0]);
    }
    for value in binds {
        if !(in_pieces && bind::bytes(value).is_some()) {
            bind::write(value, out);
        }
    }
}
