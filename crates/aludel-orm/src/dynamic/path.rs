//! Paths as text. Their names are looked up in the metadata and never written into SQL.

use super::field;
use crate::model::meta::{FieldMeta, ModelMeta, RelationKind, RelationMeta};
use crate::model::path::{relation_of, unscoped_hop};
use aludel_engine::{Error, Result};
use aludel_sql::expr::{Function, JsonGet, JsonStep, Name, Node, Path};
use aludel_sql::types::SqlType;

/// Maximum number of steps in a path: it may come from a request, and each relation in it is a join or a subquery.
const MOST_STEPS: usize = 16;
/// Maximum length of a path in bytes; errors repeat the path.
const MOST_BYTES: usize = 1024;

/// The target of a path: an expression and the type of its values.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) node: Node,
    pub(super) sql_type: SqlType,
    /// Whether its column accepts NULL.
    pub(super) nullable: bool,
    /// Its name in errors: `Post.views`.
    pub(super) name: String,
    /// Whether it is the text of a scalar in a JSON document.
    pub(super) in_json: bool,
}

impl Place {
    pub(super) fn new(node: Node, sql_type: SqlType, name: String) -> Place {
        Place {
            node,
            sql_type,
            nullable: false,
            name,
            in_json: false,
        }
    }

    /// A part of its date or time.
    pub(super) fn moment(self, part: Function) -> Result<Place> {
        let date = matches!(part, Function::Year | Function::Month | Function::Day);
        let fits = match self.sql_type {
            SqlType::Date => date,
            SqlType::Time => !date,
            SqlType::DateTime | SqlType::Timestamp => true,
            _ => false,
        };
        if !fits {
            return Err(Error::invalid_query(format!(
                "{}: a column of type {:?} has no {part:?}",
                self.name, self.sql_type
            )));
        }
        Ok(Place {
            node: Node::Function(part, vec![self.node]),
            sql_type: SqlType::BigInt,
            ..self
        })
    }
}

/// Checks that a path is short enough.
pub(super) fn checked(meta: &ModelMeta, path: &str) -> Result<()> {
    let steps = path.matches('.').count();
    if steps > MOST_STEPS {
        return Err(Error::invalid_query(format!(
            "a path from {} follows {steps} relations, and {MOST_STEPS} are the most; ask for what is nearer, or write the query in Rust",
            meta.name
        )));
    }
    if path.len() > MOST_BYTES {
        return Err(Error::invalid_query(format!(
            "a path from {} has {} bytes, and {MOST_BYTES} are the most",
            meta.name,
            path.len()
        )));
    }
    Ok(())
}

/// The to-one relations that a path begins with, and the rest of the path.
pub(super) struct Walk<'p> {
    pub(super) hops: Vec<Name>,
    pub(super) model: &'static ModelMeta,
    pub(super) rest: &'p str,
}

/// Follows to-one relations as far as the path names them.
pub(super) fn walk<'p>(meta: &'static ModelMeta, path: &'p str) -> Result<Walk<'p>> {
    checked(meta, path)?;
    let mut walk = Walk {
        hops: Vec::new(),
        model: meta,
        rest: path,
    };
    while let Some((head, tail)) = walk.rest.split_once('.') {
        match walk.model.relation(head) {
            Some(relation) if is_to_one(relation) => {
                walk.hops.push(Name::Borrowed(relation.name));
                walk.model = (relation.target)();
                walk.rest = tail;
            }
            _ => break,
        }
    }
    Ok(walk)
}

pub(super) fn is_to_one(relation: &RelationMeta) -> bool {
    matches!(
        relation.kind,
        RelationKind::BelongsTo | RelationKind::HasOne
    )
}

/// The column at the end of a path over to-one relations, or a part of its value.
pub(super) fn place(meta: &'static ModelMeta, path: &str) -> Result<Place> {
    let Walk { hops, model, rest } = walk(meta, path)?;
    if let Some(found) = model.field(rest) {
        return Ok(column(hops, model, found));
    }
    if let Some(found) = reference(model, rest)? {
        return Ok(column(hops, model, found));
    }
    if let Some(found) = inside(&hops, model, rest)? {
        return Ok(found);
    }
    let head = rest.split_once('.').map_or(rest, |(head, _)| head);
    if let Some(relation) = model.relation(head) {
        return Err(Error::invalid_query(format!(
            "{}::{} leads to rows of {}, which only conditions ask about; name a column of {0} or behind a to-one relation",
            model.name,
            relation.name,
            (relation.target)().name
        )));
    }
    Ok(column(hops, model, field(model, rest)?))
}

fn column(hops: Vec<Name>, model: &ModelMeta, field: &FieldMeta) -> Place {
    let column = Name::Owned(field.column.clone());
    let node = if hops.is_empty() {
        Node::Root(column)
    } else {
        Node::Path(Box::new(Path { hops, column }))
    };
    Place {
        node,
        sql_type: field.sql_type.clone(),
        nullable: field.nullable,
        name: format!("{}.{}", model.name, field.name),
        in_json: false,
    }
}

/// The column of a `BelongsTo`, by its field's name.
pub(super) fn reference(
    model: &'static ModelMeta,
    name: &str,
) -> Result<Option<&'static FieldMeta>> {
    let Some(relation) = model.relation(name) else {
        return Ok(None);
    };
    match &relation.columns[..] {
        [column] => Ok(model.field_of_column(column)),
        [] => Ok(None),
        columns => Err(Error::invalid_query(format!(
            "{}::{name} refers to a key of {} columns; name one of them: {}",
            model.name,
            columns.len(),
            columns.join(", ")
        ))),
    }
}

/// A part of a column's value: a scalar of a document, a part of a date.
fn inside(hops: &[Name], model: &ModelMeta, rest: &str) -> Result<Option<Place>> {
    let tail_of = |field: &FieldMeta| {
        let tail = rest.strip_prefix(field.name.as_str())?;
        tail.starts_with(['.', '[']).then(|| tail.to_owned())
    };
    let fields = model.fields.iter();
    let longest = fields
        .filter_map(|field| Some((field, tail_of(field)?)))
        .max_by_key(|(field, _)| field.name.len());
    let Some((field, tail)) = longest else {
        return Ok(None);
    };
    let place = column(hops.to_vec(), model, field);
    if field.sql_type == SqlType::Json {
        let Some(path) = steps(&tail) else {
            return Err(Error::invalid_query(format!(
                "{}: {tail:?} is no way into a document; write keys and positions as in .items[0].name, at most {MOST_STEPS} of them",
                place.name
            )));
        };
        return Ok(Some(Place {
            node: Node::Json(Box::new(JsonGet {
                document: place.node,
                path,
            })),
            sql_type: SqlType::Text,
            nullable: true,
            name: format!("{}{tail}", place.name),
            in_json: true,
        }));
    }
    let part = match tail.as_str() {
        ".year" => Function::Year,
        ".month" => Function::Month,
        ".day" => Function::Day,
        ".hour" => Function::Hour,
        ".minute" => Function::Minute,
        ".second" => Function::Second,
        _ => return Ok(None),
    };
    place.moment(part).map(Some)
}

/// `.items[0].name` as steps into a document.
fn steps(mut tail: &str) -> Option<Vec<JsonStep>> {
    let mut steps = Vec::new();
    while !tail.is_empty() && steps.len() < MOST_STEPS {
        if let Some(position) = tail.strip_prefix('[') {
            let (position, rest) = position.split_once(']')?;
            steps.push(JsonStep::Index(position.parse().ok()?));
            tail = rest;
        } else {
            let key = tail.strip_prefix('.')?;
            let (key, rest) = key.split_at(key.find(['.', '[']).unwrap_or(key.len()));
            if key.is_empty() {
                return None;
            }
            steps.push(JsonStep::Key(key.to_owned()));
            tail = rest;
        }
    }
    tail.is_empty().then_some(steps)
}

/// The relation at the end of a path over to-one relations.
pub(super) fn relation(
    meta: &'static ModelMeta,
    path: &str,
) -> Result<(Vec<Name>, &'static RelationMeta)> {
    let Walk { hops, model, rest } = walk(meta, path)?;
    Ok((hops, named_relation(model, rest)?))
}

pub(super) fn named_relation(
    model: &'static ModelMeta,
    name: &str,
) -> Result<&'static RelationMeta> {
    model.relation(name).ok_or_else(|| {
        let known: Vec<&str> = model.relations.iter().map(|known| known.name).collect();
        let known = match &known[..] {
            [] => "none".to_string(),
            some => some.join(", "),
        };
        Error::invalid_query(format!(
            "{} has no relation {name:?}; it has {known}",
            model.name
        ))
    })
}

/// A path over to-one relations, of which the last ignores the default scope of its model.
pub(super) fn unscoped(meta: &'static ModelMeta, path: &str) -> Result<Vec<Name>> {
    let (mut hops, last) = relation(meta, path)?;
    if !is_to_one(last) {
        return Err(Error::invalid_query(format!(
            "{}::{path} leads to many rows; ask for those out of scope in a query of {}",
            meta.name,
            (last.target)().name
        )));
    }
    hops.push(Name::Borrowed(last.name));
    Ok(hops)
}

/// Makes the paths in an expression that begin with these hops ignore the default scope of the last hop's model.
/// Conditions on related rows have paths of their own.
pub(super) fn lift(node: &mut Node, way: &[Name]) {
    let lifted = |hops: &mut Vec<Name>| {
        let begins = hops.len() >= way.len() && { hops.iter().zip(way) }
            .all(|(hop, name)| relation_of(hop).0 == name);
        if begins && let Some(at) = way.len().checked_sub(1) {
            hops[at] = unscoped_hop(&way[at]);
        }
    };
    match node {
        Node::Path(path) => lifted(&mut path.hops),
        Node::Quantified(asked) => lifted(&mut asked.hops),
        other => other.children_mut(&mut |child| lift(child, way)),
    }
}

#[cfg(test)]
mod tests {
    use super::steps;
    use aludel_sql::expr::JsonStep::{Index, Key};

    #[test]
    fn ways_into_a_document() {
        let key = |key: &str| Key(key.into());
        for (text, made) in [
            (".a", vec![key("a")]),
            (
                ".a.b[0][1].c",
                vec![key("a"), key("b"), Index(0), Index(1), key("c")],
            ),
            ("[7]", vec![Index(7)]),
            (".it's \"quoted\"", vec![key("it's \"quoted\"")]),
        ] {
            assert_eq!(steps(text), Some(made), "{text}");
        }
        for text in [
            ".",
            "a",
            ".a.",
            ".a[",
            ".a[x]",
            ".a[-1]",
            ".a[0]b",
            "[99999999999]",
        ] {
            assert_eq!(steps(text), None, "{text}");
        }
        assert_eq!(steps(&"[0]".repeat(17)), None);
    }
}
