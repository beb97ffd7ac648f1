//! Prepared statements: their parameters and columns, cached by text and types of binds.
//!
//! A statement has a [name](super::names) on the server, or none: its text is then sent with each run, and only the server's
//! description is cached.

use super::decode::{as_label, is_read};
use super::encode::bind_type;
use super::errors::{ServerError, unexpected, wire};
use super::{PostgresLink, message, types};
use crate::command::{Access, Command};
use crate::error::{Error, Result};
use crate::statement_text::Text;
use aludel_sql::Value;
use aludel_sql::value::Binds;
use postgres_protocol::message::frontend;
use postgres_types::Type;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A prepared statement of one connection.
pub(super) struct Statement {
    /// Its name on the server; empty if its text is sent with each run.
    pub(super) name: String,
    /// The types of its parameters.
    pub(super) parameters: Vec<Type>,
    /// The columns of its result.
    pub(super) columns: Vec<Column>,
    /// The formats in which its columns are requested: one for all, or one for each.
    pub(super) formats: Vec<i16>,
}

/// The formats of values, as the protocol numbers them.
const TEXT: i16 = 0;
const BINARY: i16 = 1;

/// A statement that is prepared.
pub(super) struct Prepared {
    pub(super) statement: Arc<Statement>,
    /// Whether it was prepared before, so that the schema may have changed since.
    pub(super) is_old: bool,
    /// Whether the server has described it. An unnamed statement that only reads is described with its first run.
    pub(super) is_described: bool,
}

/// A column of a result.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: Type,
    /// The type's OID on the server: a type that is read as a text has another one here.
    oid: u32,
}

impl Column {
    #[cfg(all(
        any(test, feature = "fuzzing"),
        feature = "postgres",
        feature = "mysql"
    ))]
    pub(super) fn of(ty: Type) -> Column {
        Column {
            name: String::new(),
            oid: ty.oid(),
            ty,
        }
    }
}

/// A statement as the server describes it, its types by number.
struct Described {
    name: String,
    parameters: Vec<u32>,
    columns: Vec<(String, u32)>,
}

/// The server's new description of an unnamed statement, compared with the known one.
pub(super) enum Redescribed {
    /// The same.
    Same,
    /// Other columns.
    Changed(Statement),
    /// Columns that can't be read in the requested formats.
    Unreadable,
}

impl PostgresLink {
    /// The statement of a command, prepared if it is not yet.
    pub(super) async fn prepared(&mut self, text: &Text, binds: &Binds) -> Result<Prepared> {
        if let Some(known) = self.known(text, binds) {
            return Ok(known);
        }
        let types: Vec<Type> = binds.iter().map(bind_type).collect();
        let name = self.parse(text, &types)?;
        self.flush().await?;
        let described = self.described(name).await?;
        Ok(Prepared {
            statement: self.keep(text, types, described).await?,
            is_old: false,
            is_described: true,
        })
    }

    /// The statement of a command that is run alone: an unnamed one that only reads is described with its first run.
    pub(super) async fn prepared_for(&mut self, command: &Command) -> Result<Prepared> {
        let is_typed =
            |value: &Value| !matches!(value, Value::Array(_)) || bind_type(value) != Type::UNKNOWN;
        let can_guess = self.names.is_nameless()
            && command.access == Access::Read
            && command.binds.iter().all(is_typed);
        if !can_guess {
            return self.prepared(&command.text, &command.binds).await;
        }
        if let Some(known) = self.known(&command.text, &command.binds) {
            return Ok(known);
        }
        let statement = Statement {
            name: String::new(),
            parameters: command.binds.iter().map(bind_type).collect(),
            columns: Vec::new(),
            formats: vec![BINARY],
        };
        Ok(Prepared {
            statement: Arc::new(statement),
            is_old: false,
            is_described: false,
        })
    }

    fn known(&mut self, text: &Text, binds: &Binds) -> Option<Prepared> {
        let is_same = |types: &Vec<Type>| binds.iter().map(bind_type).eq(types.iter().cloned());
        let statement = self.cache.get(text, is_same)?;
        Some(Prepared {
            statement,
            is_old: true,
            is_described: true,
        })
    }

    /// Compares the server's description of an unnamed statement's columns with the known one.
    pub(super) fn redescribed(
        &self,
        prepared: &Prepared,
        described: Vec<(String, u32)>,
    ) -> Redescribed {
        let known = &prepared.statement;
        let is_same = |(column, (name, oid)): (&Column, &(String, u32))| {
            column.name == *name && column.oid == *oid
        };
        let count = described.len() == known.columns.len();
        if prepared.is_described && count && known.columns.iter().zip(&described).all(is_same) {
            return Redescribed::Same;
        }
        if known.formats != [BINARY] {
            // The columns were requested in formats of their own.
            return Redescribed::Unreadable;
        }
        let mut columns = Vec::with_capacity(described.len());
        for (name, oid) in described {
            let ty = Type::from_oid(oid).or_else(|| self.types.get(&oid).cloned());
            match ty.filter(is_read) {
                Some(ty) => columns.push(Column { name, ty, oid }),
                None => return Redescribed::Unreadable,
            }
        }
        Redescribed::Changed(Statement {
            name: String::new(),
            parameters: known.parameters.clone(),
            columns,
            formats: vec![BINARY],
        })
    }

    /// Caches the server's description of a statement from its first run.
    pub(super) fn keep_described(
        &mut self,
        command: &Command,
        statement: Statement,
    ) -> Arc<Statement> {
        let statement = Arc::new(statement);
        let types = command.binds.iter().map(bind_type).collect();
        self.cache.forget(&command.text);
        self.cache
            .insert(&command.text, types, Arc::clone(&statement));
        statement
    }

    /// The statements of several commands: those that are not prepared yet are prepared in one round trip.
    pub(super) async fn prepared_at_once(
        &mut self,
        commands: &[Command],
    ) -> Result<Vec<Prepared>, (usize, Error)> {
        let mut new: Vec<(usize, &Text, Vec<Type>, String)> = Vec::new();
        let mut old = Vec::with_capacity(commands.len());
        let (start, unread) = (self.socket.out.len(), self.unread);
        for (at, command) in commands.iter().enumerate() {
            let types: Vec<Type> = command.binds.iter().map(bind_type).collect();
            let is_same = |(_, text, known, _): &(usize, &Text, Vec<Type>, String)| {
                **text == command.text && *known == types
            };
            let is_known = self.cache.get(&command.text, |known| *known == types);
            old.push(is_known.is_some());
            if is_known.is_none() && !new.iter().any(is_same) {
                match self.parse(&command.text, &types) {
                    Ok(name) => new.push((at, &command.text, types, name)),
                    Err(error) => {
                        // Nothing has been sent of those before it, either.
                        self.socket.out.truncate(start);
                        self.unread = unread;
                        return Err((at, error.with_statement(&command.text)));
                    }
                }
            }
        }
        if !new.is_empty() {
            self.flush().await.map_err(|error| (0, error))?;
        }
        let mut known = Vec::with_capacity(new.len());
        let mut failed: Option<(usize, Error)> = None;
        for (at, text, types, name) in new {
            match self.described(name).await {
                Ok(described) => known.push((at, text, types, described)),
                Err(error) if failed.is_none() => failed = Some((at, error.with_statement(text))),
                Err(_) => {}
            }
        }
        if let Some(failed) = failed.take_if(|(_, error)| error.is_connection_error()) {
            return Err(failed);
        }
        for (at, text, types, described) in known {
            let kept = self.keep(text, types, described).await;
            kept.map_err(|error| (at, error.with_statement(text)))?;
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        let mut statements = Vec::with_capacity(commands.len());
        for (at, command) in commands.iter().enumerate() {
            // Known by now, unless there is more than the cache holds.
            let statement = self.prepared(&command.text, &command.binds).await;
            let statement = statement.map_err(|error| (at, error.with_statement(&command.text)));
            statements.push(Prepared {
                is_old: old[at],
                ..statement?
            });
        }
        Ok(statements)
    }

    /// Forgets a statement, here and at the server.
    pub(super) fn forget(&mut self, text: &Text) {
        self.cache.forget(text);
    }

    /// Stops giving names to statements: the server does not know one that was prepared on this connection, so a pooler switches
    /// server connections.
    pub(super) fn drop_names(&mut self) {
        self.names.drop_names();
        self.server.is_pooled.store(true, Ordering::Relaxed);
        self.cache.forget_all();
    }

    /// Writes a request to prepare and describe a statement, for the next flush.
    fn parse(&mut self, text: &Text, types: &[Type]) -> Result<String> {
        let name = self.names.next(text, types);
        self.parse_as(&name, text, types)?;
        frontend::sync(&mut self.socket.out);
        self.unread += 1;
        Ok(name)
    }

    /// Writes a statement's text, for the server to parse and describe it under this name.
    pub(super) fn parse_as(&mut self, name: &str, text: &Text, types: &[Type]) -> Result<()> {
        let oids = types.iter().map(|ty| match *ty {
            // With zero, the server infers the type.
            Type::UNKNOWN => 0,
            ref ty => ty.oid(),
        });
        let out = &mut self.socket.out;
        let start = out.len();
        let written = frontend::parse(name, text, oids, out)
            .and_then(|()| frontend::describe(b'S', name, out));
        written.map_err(|cause| {
            out.truncate(start);
            Error::invalid_query(format!("the statement can't be sent: {cause}"))
        })
    }

    /// Reads the server's description of a statement that it prepares.
    async fn described(&mut self, name: String) -> Result<Described> {
        let mut described = Described {
            name,
            parameters: Vec::new(),
            columns: Vec::new(),
        };
        let mut failed: Option<ServerError> = None;
        loop {
            let message = match self.message().await {
                Ok(message) => message,
                Err(error) => return Err(failed.map_or(error, Error::from)),
            };
            let body = self.socket.body(&message);
            match message.kind {
                // Parsed; and a statement that gives no rows.
                b'1' | b'n' => {}
                b't' => described.parameters = message::parameters(body).map_err(wire)?,
                b'T' => described.columns = message::columns(body).map_err(wire)?,
                b'E' => failed = Some(ServerError::read(body).map_err(wire)?),
                b'Z' => break,
                other => return Err(unexpected(other)),
            }
        }
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(described),
        }
    }

    async fn keep(
        &mut self,
        text: &Text,
        types: Vec<Type>,
        described: Described,
    ) -> Result<Arc<Statement>> {
        let mut parameters = Vec::with_capacity(described.parameters.len());
        for oid in described.parameters {
            parameters.push(self.type_of(oid).await?);
        }
        let mut columns = Vec::with_capacity(described.columns.len());
        let mut formats = vec![BINARY];
        for (name, oid) in described.columns {
            let mut ty = self.type_of(oid).await?;
            if !is_read(&ty) {
                formats.resize(columns.len(), BINARY);
                formats.push(TEXT);
                ty = as_label(&ty);
            }
            columns.push(Column { name, ty, oid });
        }
        if formats.contains(&TEXT) {
            formats.resize(columns.len(), BINARY);
        }
        let statement = Arc::new(Statement {
            name: described.name,
            parameters,
            columns,
            formats,
        });
        self.cache.insert(text, types, Arc::clone(&statement));
        Ok(statement)
    }

    async fn type_of(&mut self, oid: u32) -> Result<Type> {
        match Type::from_oid(oid).or_else(|| self.types.get(&oid).cloned()) {
            Some(ty) => Ok(ty),
            // It prepares a statement of its own, whose types are all known.
            None => Box::pin(types::learn(self, oid)).await,
        }
    }
}
