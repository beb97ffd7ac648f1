//! Indexes: their parts from the catalog, and what else belongs to them from their printed definitions.

use super::{OURS, SCHEMA, name};
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::Sql;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Index, IndexPart, Schema, Token, TokenKind, closing, tokens};

/// Schema, table, name, method, unique, condition, how many parts are indexed, the printed definition, and of each part its
/// text as in the definition, its pretty-printed text, and its column.
type IndexRow = (
    Option<String>,
    String,
    String,
    String,
    bool,
    Option<String>,
    i32,
    String,
    Vec<String>,
    Vec<String>,
    Vec<String>,
);

pub(super) async fn indexes(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let rows: Vec<IndexRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, i.relname::text, m.amname::text, x.indisunique, \
         pg_get_expr(x.indpred, x.indrelid), x.indnkeyatts::int, pg_get_indexdef(x.indexrelid), \
         (SELECT array_agg(pg_get_indexdef(x.indexrelid, g, false) ORDER BY g) FROM generate_series(1, x.indnatts::int) g), \
         (SELECT array_agg(pg_get_indexdef(x.indexrelid, g, true) ORDER BY g) FROM generate_series(1, x.indnatts::int) g), \
         (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY g) FROM generate_series(1, x.indnatts::int) g \
          LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[g - 1] AND a.attnum <> 0) \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = i.relam \
         WHERE x.indisvalid AND {OURS} AND NOT EXISTS \
         (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')) \
         ORDER BY x.indrelid, i.relname"
    ))
    .all(db)
    .await?;
    for row in rows {
        let (
            in_schema,
            table,
            index,
            method,
            unique,
            condition,
            keys,
            definition,
            texts,
            pretty,
            names,
        ) = row;
        let Some(table) = schema.table_mut(&name(in_schema, table)) else {
            continue;
        };
        let keys = usize::try_from(keys).unwrap_or(0);
        let printed = Printed::read(&definition);
        let parts = texts.iter().zip(pretty).zip(&names).take(keys).enumerate();
        table.indexes.push(Index {
            name: index,
            parts: parts
                .map(|(at, ((text, pretty), column))| {
                    let mut part = match column.is_empty() {
                        true => IndexPart::of(Node::Raw(vec![bare(&pretty).into()], Vec::new())),
                        false => IndexPart::column(column),
                    };
                    let words = { printed.parts.get(at) }
                        .map_or("", |part| part.strip_prefix(&**text).unwrap_or(part));
                    (part.options, part.descending) = direction(words);
                    part
                })
                .collect(),
            unique,
            condition: condition.map(|text| Node::Raw(vec![text.into()], Vec::new())),
            method: Some(method).filter(|method| method != "btree"),
            include: names.into_iter().skip(keys).collect(),
            options: printed.options.map(str::to_string),
        });
    }
    Ok(())
}

/// An expression without parentheses around it.
fn bare(text: &str) -> String {
    let all = tokens(text, &POSTGRES);
    let whole =
        all.first().is_some_and(|token| token.is_mark("(")) && closing(&all, 0) == all.len();
    match whole {
        true => text[1..text.len() - 1].to_string(),
        false => text.to_string(),
    }
}

/// What `CREATE INDEX … USING method (parts) INCLUDE (…) options WHERE …` says.
struct Printed<'a> {
    parts: Vec<&'a str>,
    options: Option<&'a str>,
}

impl<'a> Printed<'a> {
    fn read(text: &'a str) -> Printed<'a> {
        let all = tokens(text, &POSTGRES);
        let mut printed = Printed {
            parts: Vec::new(),
            options: None,
        };
        let Some(open) = all.iter().position(|token| token.is_mark("(")) else {
            return printed;
        };
        let end = closing(&all, open);
        let mut at = open + 1;
        while at < end - 1 {
            let to = next_at(&all, at, end - 1, |token| token.is_mark(","));
            printed
                .parts
                .push(&text[all[at].span.start..all[to - 1].span.end]);
            at = to + 1;
        }
        let mut from = end;
        if all.get(from).is_some_and(|token| token.is_word("include")) {
            from = closing(&all, from + 1);
        }
        let to = next_at(&all, from, all.len(), |token| token.is_word("where"));
        if from < to {
            printed.options = Some(&text[all[from].span.start..all[to - 1].span.end]);
        }
        printed
    }
}

/// The next token of a kind outside of parentheses.
fn next_at(all: &[Token], from: usize, end: usize, is: impl Fn(&Token) -> bool) -> usize {
    let mut at = from;
    while at < end && !is(&all[at]) {
        at = if all[at].is_mark("(") {
            closing(all, at)
        } else {
            at + 1
        };
    }
    at.min(end)
}

/// What follows a part's column or expression: its options, and whether it is descending.
fn direction(words: &str) -> (Option<String>, bool) {
    let all = tokens(words, &POSTGRES);
    let at = all.iter().position(
        |token| matches!(&token.kind, TokenKind::Word(word) if word == "DESC" || word == "ASC"),
    );
    let (before, descending, after) = match at {
        Some(at) => (
            &words[..all[at].span.start],
            all[at].is_word("desc"),
            &words[all[at].span.end..],
        ),
        None => (words, false, ""),
    };
    let options = format!("{} {}", before.trim(), after.trim());
    let options = options.trim();
    (
        (!options.is_empty()).then(|| options.to_string()),
        descending,
    )
}
