//! Database objects that other programs own and that are left alone: tables, views, enum types and extensions.

use aludel_sql::schema::{Schema, enum_of};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;

/// A kind of object that a [`Pattern`] matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Tables.
    Table,
    /// Views, including materialized ones.
    View,
    /// Enum types (PostgreSQL).
    Enum,
    /// Extensions (PostgreSQL).
    Extension,
}

/// Selects database objects by name, schema, kind and owner. In names, `*` matches any text.
///
/// ```
/// use aludel_migrate::{Kind, Pattern};
///
/// let tables_of_django = Pattern::named("django_*");
/// let what_cron_has: Pattern = "cron.*".into();
/// let of_the_administrator = Pattern::named("*").kind(Kind::Extension);
/// let of_another_program = Pattern::named("*").owner("billing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    name: String,
    schema: Option<String>,
    kind: Option<Kind>,
    owner: Option<String>,
}

impl Pattern {
    /// Objects with this name, in any schema.
    pub fn named(name: impl Into<String>) -> Pattern {
        Pattern {
            name: name.into(),
            schema: None,
            kind: None,
            owner: None,
        }
    }

    /// Only objects in this schema.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Pattern {
        self.schema = Some(name.into());
        self
    }

    /// Only objects of this kind.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Pattern {
        self.kind = Some(kind);
        self
    }

    /// Only objects that this role owns (PostgreSQL; elsewhere nothing has an owner).
    #[must_use]
    pub fn owner(mut self, role: impl Into<String>) -> Pattern {
        self.owner = Some(role.into());
        self
    }

    fn matches(&self, kind: Kind, name: &TableName, owner: Option<&str>) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
            && matches_text(&self.name, &name.name)
            && { self.schema.as_deref() }.is_none_or(|wanted| {
                { name.schema.as_deref() }.is_some_and(|schema| matches_text(wanted, schema))
            })
            && { self.owner.as_deref() }.is_none_or(|wanted| owner == Some(wanted))
    }
}

/// `cron.*` is everything in a schema, `django_*` every such name in any schema.
impl From<&str> for Pattern {
    fn from(text: &str) -> Pattern {
        match text.split_once('.') {
            Some((schema, name)) => Pattern::named(name).schema(schema),
            None => Pattern::named(text),
        }
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Pattern {
        text.as_str().into()
    }
}

/// Whether a text matches a pattern, in which `*` is any text.
fn matches_text(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Which objects are managed and which are left alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exclusions {
    pub(crate) only: Vec<Pattern>,
    pub(crate) ignored: Vec<Pattern>,
}

impl Exclusions {
    /// Whether an object is left alone.
    pub(crate) fn leave_out(&self, kind: Kind, name: &TableName, owner: Option<&str>) -> bool {
        let any = |all: &[Pattern]| all.iter().any(|pattern| pattern.matches(kind, name, owner));
        // Only tables and views are listed one by one.
        let listed = matches!(kind, Kind::Table | Kind::View);
        any(&self.ignored) || listed && !self.only.is_empty() && !any(&self.only)
    }

    /// The schema without the objects that are left alone, and without enum types that only those use (or that no managed table
    /// uses, where tables are listed one by one).
    pub(crate) fn managed(&self, mut schema: Schema, external: &BTreeSet<TableName>) -> Schema {
        let out = |kind: Kind, name: &TableName| {
            let owner = schema.owners.get(name).map(String::as_str);
            external.contains(name) || self.leave_out(kind, name, owner)
        };
        let enums = |tables: &[aludel_sql::schema::Table]| -> BTreeSet<&'static str> {
            { tables.iter().flat_map(|table| &table.columns) }
                .filter_map(|column| enum_of(&column.sql_type))
                .map(|kind| kind.name)
                .collect()
        };
        let (gone, tables): (Vec<_>, Vec<_>) =
            { schema.tables.iter().cloned() }.partition(|table| out(Kind::Table, &table.name));
        let views: Vec<_> = { schema.views.iter() }
            .filter(|view| !out(Kind::View, &view.name))
            .cloned()
            .collect();
        let (used, unused) = (enums(&tables), enums(&gone));
        schema.enums.retain(|kind| {
            let name = TableName::new(kind.name);
            used.contains(kind.name)
                || !unused.contains(kind.name)
                    && self.only.is_empty()
                    && !self.leave_out(Kind::Enum, &name, None)
        });
        schema.extensions.retain(|name| {
            let name = TableName::new(name.clone());
            !self.leave_out(Kind::Extension, &name, None)
        });
        let is_gone = |name: &TableName| gone.iter().any(|table| table.name == *name);
        schema.triggers.retain(|trigger| !is_gone(&trigger.table));
        // Drop what belongs to an ignored table, and what has an ignored name itself.
        schema.unmanaged.retain(|thing| {
            let of_gone = { gone.iter() }.any(|table| {
                let name = table.name.to_string();
                [" on ", " of ", "of ", "on "]
                    .iter()
                    .any(|word| { thing.name.rsplit_once(word) }.is_some_and(|(_, of)| of == name))
            });
            let own = thing.name.split([' ', '(']).next().unwrap_or_default();
            let name = match own.split_once('.') {
                Some((schema, name)) => TableName::in_schema(schema.to_string(), name.to_string()),
                None => TableName::new(own.to_string()),
            };
            !of_gone
                && !{ self.ignored.iter() }.any(|pattern| {
                    pattern.kind.is_none()
                        && pattern.owner.is_none()
                        && pattern.matches(Kind::Table, &name, None)
                })
        });
        schema.tables = tables;
        schema.views = views;
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text, matches) in [
            ("*", "", true),
            ("*", "posts", true),
            ("posts", "posts", true),
            ("posts", "posts2", false),
            ("django_*", "django_migrations", true),
            ("django_*", "auth_user", false),
            ("*_log", "audit_log", true),
            ("*_log", "audit_log_2", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("ä*", "äpfel", true),
        ] {
            assert_eq!(matches_text(pattern, text), matches, "{pattern} {text}");
        }
    }
}
