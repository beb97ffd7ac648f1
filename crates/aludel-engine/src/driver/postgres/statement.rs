//! Statements that are prepared: what they take and give, kept by text and types of binds.

use super::binary::{as_label, bind_type, is_read};
use super::errors::{ServerError, unexpected, wire};
use super::{PostgresLink, message, types};
use crate::command::Command;
use crate::error::{Error, Result};
use crate::text::Text;
use aludel_sql::value::Binds;
use postgres_protocol::message::frontend;
use postgres_types::Type;
use std::hash::BuildHasher;
use std::sync::Arc;

/// A prepared statement of one connection.
pub(super) struct Statement {
    pub(super) name: String,
    /// What it takes.
    pub(super) parameters: Vec<Type>,
    /// What it gives.
    pub(super) columns: Vec<Column>,
    /// The formats that its columns are asked for in: one for all, or one for each.
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
}

/// A column of a result.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// A statement as the server describes it, its types by number.
struct Described {
    name: String,
    parameters: Vec<u32>,
    columns: Vec<(String, u32)>,
}

/// What names of statements begin with on one connection. A pooler may lend one connection of the server's to many clients:
/// a name must not mean a statement of another one.
pub(super) fn unique_prefix() -> String {
    let random = || std::hash::RandomState::new().hash_one(std::process::id());
    format!("s{:016x}{:016x}_", random(), random())
}

impl PostgresLink {
    /// The statement of a command, prepared if it is not yet.
    pub(super) async fn prepared(&mut self, text: &Text, binds: &Binds) -> Result<Prepared> {
        if let Some(statement) = self.cache.get(text, |types| {
            binds.iter().map(bind_type).eq(types.iter().cloned())
        }) {
            return Ok(Prepared {
                statement,
                is_old: true,
            });
        }
        let types: Vec<Type> = binds.iter().map(bind_type).collect();
        let name = self.parse(text, &types)?;
        self.flush().await?;
        let described = self.described(name).await?;
        Ok(Prepared {
            statement: self.keep(text, types, described).await?,
            is_old: false,
        })
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

    /// Has a statement prepared and described, when it is flushed.
    fn parse(&mut self, text: &Text, types: &[Type]) -> Result<String> {
        self.names += 1;
        let name = format!("{}{}", self.prefix, self.names);
        let oids = types.iter().map(|ty| match *ty {
            // Zero lets the server find out.
            Type::UNKNOWN => 0,
            ref ty => ty.oid(),
        });
        let out = &mut self.socket.out;
        let start = out.len();
        let written = frontend::parse(&name, text, oids, out)
            .and_then(|()| frontend::describe(b'S', &name, out));
        if let Err(cause) = written {
            out.truncate(start);
            return Err(Error::invalid_query(format!(
                "the statement can't be sent: {cause}"
            )));
        }
        frontend::sync(out);
        self.unread += 1;
        Ok(name)
    }

    /// What the server says of a statement that it was to prepare.
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
            columns.push(Column { name, ty });
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

#[cfg(test)]
mod tests {
    use super::unique_prefix;
    use std::collections::HashSet;

    #[test]
    fn no_two_connections_name_their_statements_alike() {
        let all: HashSet<String> = (0..1_000).map(|_| unique_prefix()).collect();
        assert_eq!(all.len(), 1_000);
        // PostgreSQL cuts longer names.
        assert!(all.iter().all(|prefix| prefix.len() + 20 <= 63));
    }
}
