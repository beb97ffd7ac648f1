//! A database's own types: enums, domains, and arrays of them. Each is looked up once per connection.

use super::PostgresLink;
use crate::command::{Access, Collect, Command, Mapping};
use crate::error::Result;
use crate::statement_text::Text;
use aludel_sql::Value;
use postgres_types::{Kind, Type};

/// A type's name, schema, kind (`e` of an enum, `d` of a domain), and the type that it is an array or a domain of.
const ONE: &str = "SELECT t.typname::text, n.nspname::text, t.typtype::text, \
     CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END::int8 \
     FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = $1::int8::oid";

/// The deepest nesting of domains; a type that is nested deeper is read as unknown.
const DEEPEST: usize = 32;

/// Looks up a type, and those that it is made of.
pub(super) async fn learn(link: &mut PostgresLink, oid: u32) -> Result<Type> {
    let mut found: Vec<(u32, String, String, String)> = Vec::new();
    let mut next = oid;
    let mut inner = None;
    while inner.is_none() {
        let binds = vec![Value::I64(next.into())];
        let command = Command::with_text(Text::Static(ONE), binds, Access::Read);
        let mut sink: Collect<(String, String, String, i64)> = Collect::most(1, Mapping::Position);
        link.ask(&command, &mut sink).await?;
        let Some((name, schema, kind, of)) = sink.rows.pop() else {
            break;
        };
        found.push((next, name, schema, kind));
        if found.len() > DEEPEST {
            return Ok(Type::UNKNOWN);
        }
        if of == 0 {
            break;
        }
        next = of as u32;
        inner = Type::from_oid(next).or_else(|| link.types.get(&next).cloned());
    }
    let mut ty = inner;
    for (oid, name, schema, kind) in found.into_iter().rev() {
        let kind = match (kind.as_str(), ty.take()) {
            ("d", Some(inner)) => Kind::Domain(inner),
            // Which labels it has does not matter here.
            ("e", _) => Kind::Enum(Vec::new()),
            (_, Some(inner)) => Kind::Array(inner),
            (_, None) => Kind::Simple,
        };
        let made = Type::new(name, oid, kind, schema);
        link.types.insert(oid, made.clone());
        ty = Some(made);
    }
    // A type that is gone since stays unknown.
    Ok(ty.unwrap_or(Type::UNKNOWN))
}
