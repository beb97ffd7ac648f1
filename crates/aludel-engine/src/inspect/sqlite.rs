//! Reflection of SQLite, from the texts in `sqlite_master`, which it keeps as they were written.

use super::expression;
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::sql;
use aludel_sql::dialect::SQLITE;
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Check, Column, Deferrability, ForeignKey, Generated, Identity, Index, IndexPart,
    Schema, Table, Token, TokenKind, Trigger, Unique, Unmanaged, View, canonical, closing, tokens,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

pub(super) async fn inspect(db: &dyn Executor) -> Result<Schema> {
    let rows: Vec<(String, String, String, String)> =
        sql("SELECT type, name, tbl_name, sql FROM sqlite_master \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
        .all(db)
        .await?;
    // The tables in which a virtual one (FTS5, R*Tree) stores its rows belong to it.
    let kinds: Vec<(String, String)> =
        sql("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')")
            .all(db)
            .await?;
    let mut schema = Schema::default();
    for (name, _) in kinds.iter().filter(|(_, kind)| kind == "virtual") {
        schema.unmanaged.push(Unmanaged::new("virtual table", name));
    }
    for (_, name, _, text) in rows.iter().filter(|row| row.0 == "table") {
        if kinds.iter().any(|(known, _)| known == name) {
            continue;
        }
        schema.unmanaged.extend(unmanaged_in(name, text));
        match table(name, text) {
            Some(table) => schema.tables.push(table),
            None => schema.unmanaged.push(Unmanaged::new("table", name)),
        }
    }
    for (kind, name, of, text) in rows {
        match kind.as_str() {
            "index" => {
                if let (Some(table), Some(index)) =
                    (schema.table_mut(&TableName::new(of)), index(&name, &text))
                {
                    table.indexes.push(index);
                }
            }
            "view" => schema.views.push(view(name, &text)),
            "trigger" => {
                let what = format!("{name} on {of}");
                schema.unmanaged.push(Unmanaged::new("trigger", what));
                schema.triggers.push(Trigger {
                    name,
                    table: of.into(),
                    statement: text,
                });
            }
            _ => {}
        }
    }
    name_targets(&mut schema);
    schema.unmanaged.sort();
    Ok(schema)
}

/// The parts of a table's definition that the metadata of a table can't express.
fn unmanaged_in(name: &str, text: &str) -> Vec<Unmanaged> {
    let all = tokens(text, &SQLITE);
    let mut depth = 0;
    let mut found = Vec::new();
    for pair in all.windows(2) {
        depth += i32::from(pair[0].is_mark("(")) - i32::from(pair[0].is_mark(")"));
        if pair[0].is_word("on") && pair[1].is_word("conflict") {
            found.push(Unmanaged::new("ON CONFLICT", format!("of {name}")));
        }
        // Of a key or a CHECK; a column's own is part of the column.
        if depth > 1 && pair[0].is_word("collate") && !pair[1].is_word("decimal") {
            found.push(Unmanaged::new(
                "collation",
                format!("in a key or CHECK of {name}"),
            ));
        }
    }
    found.dedup();
    found
}

/// A foreign key that names no columns refers to the primary key.
fn name_targets(schema: &mut Schema) {
    let keys: Vec<(TableName, Vec<String>)> = schema
        .tables
        .iter()
        .map(|table| (table.name.clone(), table.primary_key.clone()))
        .collect();
    for key in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.foreign_keys)
    {
        if key.target_columns.is_empty()
            && let Some((_, columns)) = keys.iter().find(|(name, _)| *name == key.target)
        {
            key.target_columns.clone_from(columns);
        }
    }
}

/// Reads tokens one after the other.
struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    fn eat(&mut self, word: &str) -> bool {
        let hit = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(hit);
        hit
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.peek().is_some_and(|token| token.is_mark(mark))
    }

    fn name(&mut self) -> Option<String> {
        match &self.next()?.kind {
            TokenKind::Word(name) | TokenKind::Quoted(name) | TokenKind::Text(name) => {
                Some(name.clone())
            }
            _ => None,
        }
    }

    /// The text in the parentheses that open here.
    fn parenthesized(&mut self) -> Option<&'a str> {
        if !self.is_mark("(") {
            return None;
        }
        let end = closing(self.tokens, self.at);
        let from = self.tokens[self.at].span.end;
        let to = self.tokens[end - 1].span.start;
        self.at = end;
        Some(self.text[from..to.max(from)].trim())
    }

    /// The names in the parentheses that open here.
    fn names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        if !self.is_mark("(") {
            return names;
        }
        let end = closing(self.tokens, self.at);
        self.at += 1;
        while self.at < end - 1 {
            if let Some(name) = self.name() {
                names.push(name);
            }
            // A key has no direction or collation: they are skipped.
            while self.at < end - 1 && !self.is_mark(",") {
                self.at += 1;
            }
            self.at += 1;
        }
        self.at = end;
        names
    }
}

fn raw(text: &str) -> Node {
    Node::Raw(vec![text.to_string().into()], Vec::new())
}

fn table(name: &str, text: &str) -> Option<Table> {
    let all = tokens(text, &SQLITE);
    // Virtual tables have no columns that we could know.
    if all.get(1).is_some_and(|token| token.is_word("virtual")) {
        return None;
    }
    let open = all.iter().position(|token| token.is_mark("("))?;
    let end = closing(&all, open) - 1;
    let mut table = Table::new(name.to_string());
    let tail = text[all[end].span.end..].trim().trim_end_matches(';');
    table.options = Some(tail.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|options| !options.is_empty());
    let mut at = open + 1;
    while at < end {
        let mut to = at;
        while to < end && !all[to].is_mark(",") {
            to = if all[to].is_mark("(") {
                closing(&all, to)
            } else {
                to + 1
            };
        }
        let reader = Reader {
            text,
            tokens: &all[at..to.min(end)],
            at: 0,
        };
        part(&mut table, reader);
        at = to + 1;
    }
    finish(&mut table);
    Some(table)
}

fn part(table: &mut Table, mut reader: Reader<'_>) {
    const CONSTRAINTS: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];
    let constraint = reader
        .peek()
        .is_some_and(|token| CONSTRAINTS.iter().any(|word| token.is_word(word)));
    let column = if constraint {
        None
    } else {
        let Some(name) = reader.name() else { return };
        let sql_type = column_type(&mut reader);
        let mut column = Column::new(name.clone(), sql_type);
        column.nullable = true;
        table.columns.push(column);
        Some(name)
    };
    constraints(table, column.as_deref(), &mut reader);
}

fn column_type(reader: &mut Reader<'_>) -> SqlType {
    const ENDS: [&str; 10] = [
        "constraint",
        "primary",
        "not",
        "null",
        "unique",
        "check",
        "default",
        "references",
        "generated",
        "as",
    ];
    let start = reader.at;
    while let Some(token) = reader.peek() {
        // The collation of decimals is a part of their type.
        let next = reader.tokens.get(reader.at + 1);
        let is_own = next.is_some_and(|next| next.is_word("decimal"));
        let ends = ENDS.iter().any(|word| token.is_word(word));
        if ends || token.is_word("collate") && !is_own {
            break;
        }
        reader.at = if token.is_mark("(") {
            closing(reader.tokens, reader.at)
        } else {
            reader.at + 1
        };
    }
    let words = &reader.tokens[start..reader.at];
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return SqlType::Custom("".into());
    };
    sql_type(&reader.text[first.span.start..last.span.end])
}

fn sql_type(text: &str) -> SqlType {
    let upper = text.to_ascii_uppercase();
    if let Some(length) = upper
        .strip_prefix("VARCHAR(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|length| length.trim().parse().ok())
    {
        return SqlType::Varchar(length);
    }
    match upper.as_str() {
        "INTEGER" => SqlType::BigInt,
        "BOOLEAN" => SqlType::Bool,
        "REAL" => SqlType::Double,
        "BLOB" => SqlType::Bytes,
        "TEXT" => SqlType::Text,
        // Precision and scale are not stored.
        "TEXT COLLATE DECIMAL" => SqlType::Decimal(28, 10),
        _ => SqlType::Custom(text.to_string().into()),
    }
}

/// Constraints of a column, or of the table.
fn constraints(table: &mut Table, column: Option<&str>, reader: &mut Reader<'_>) {
    let mut name = String::new();
    let own = |given: Vec<String>| match column {
        Some(column) => vec![column.to_string()],
        None => given,
    };
    while reader.peek().is_some() {
        if reader.eat("constraint") {
            name = reader.name().unwrap_or_default();
            continue;
        }
        let given = std::mem::take(&mut name);
        if reader.eat("primary") {
            reader.eat("key");
            table.primary_key = own(reader.names());
        } else if reader.eat("unique") {
            let columns = own(reader.names());
            table.uniques.push(Unique {
                name: given,
                columns,
            });
        } else if reader.eat("check") {
            if let Some(text) = reader.parenthesized() {
                table.checks.push(Check {
                    name: given,
                    condition: raw(text),
                    options: None,
                });
            }
        } else if reader.eat("foreign") {
            reader.eat("key");
            let columns = reader.names();
            reader.eat("references");
            table.foreign_keys.push(foreign_key(given, columns, reader));
        } else if reader.eat("references") {
            let key = foreign_key(given, own(Vec::new()), reader);
            table.foreign_keys.push(key);
        } else if let (Some(_), Some(found)) = (column, table.columns.last_mut()) {
            column_constraint(found, reader);
        } else {
            reader.next();
        }
    }
}

fn column_constraint(column: &mut Column, reader: &mut Reader<'_>) {
    if reader.eat("not") {
        reader.eat("null");
        column.nullable = false;
    } else if reader.eat("default") {
        let text = match reader.parenthesized() {
            Some(text) => text,
            None => {
                let start = reader.at;
                if reader.is_mark("-") || reader.is_mark("+") {
                    reader.at += 1;
                }
                reader.next();
                let words = &reader.tokens[start..reader.at];
                let (Some(first), Some(last)) = (words.first(), words.last()) else {
                    return;
                };
                &reader.text[first.span.start..last.span.end]
            }
        };
        if !text.eq_ignore_ascii_case("null") {
            column.default = Some(expression::node(text, &SQLITE));
        }
    } else if reader.eat("generated") || reader.eat("as") {
        reader.eat("always");
        reader.eat("as");
        if let Some(text) = reader.parenthesized() {
            let expression = raw(text);
            let stored = reader.eat("stored");
            reader.eat("virtual");
            column.generated = Some(Generated { expression, stored });
        }
    } else if reader.eat("collate") {
        let name = reader.name();
        column.collation = name.filter(|name| !name.eq_ignore_ascii_case("binary"));
    } else if reader.eat("autoincrement") {
        column.options = Some("AUTOINCREMENT".into());
    } else {
        // ASC, ON CONFLICT and the like.
        reader.next();
    }
}

fn foreign_key(name: String, columns: Vec<String>, reader: &mut Reader<'_>) -> ForeignKey {
    let mut key = ForeignKey::on(name, columns);
    key.target = TableName::new(reader.name().unwrap_or_default());
    key.target_columns = reader.names();
    loop {
        if reader.eat("on") {
            let delete = reader.eat("delete");
            if !delete {
                reader.eat("update");
            }
            let action = if reader.eat("cascade") {
                Action::Cascade
            } else if reader.eat("restrict") {
                Action::Restrict
            } else if reader.eat("set") {
                if reader.eat("null") {
                    Action::SetNull
                } else {
                    reader.eat("default");
                    Action::SetDefault
                }
            } else {
                reader.eat("no");
                reader.eat("action");
                Action::NoAction
            };
            if delete {
                key.on_delete = action;
            } else {
                key.on_update = action;
            }
        } else if reader.eat("deferrable") {
            key.deferrable = Deferrability::Immediate;
        } else if reader.eat("initially") {
            if reader.eat("deferred") {
                key.deferrable = Deferrability::Deferred;
            } else {
                reader.eat("immediate");
            }
        } else if reader.eat("match") {
            reader.next();
        } else {
            return key;
        }
    }
}

fn finish(table: &mut Table) {
    if let [only] = table.primary_key.as_slice()
        && let Some(column) = table.columns.iter_mut().find(|column| column.name == *only)
        && column.sql_type == SqlType::BigInt
    {
        column.identity = Some(Identity::ByDefault);
    }
    for name in &table.primary_key {
        if let Some(column) = table.columns.iter_mut().find(|column| column.name == *name) {
            column.nullable = false;
        }
    }
    // The length of a VARCHAR is in its CHECK, which keeps its name when table or column are renamed.
    let lengths: Vec<String> = { table.columns.iter() }
        .filter_map(|column| match column.sql_type {
            SqlType::Varchar(length) => {
                let name = column.name.replace('"', "\"\"");
                Some(canonical(
                    &format!("length(\"{name}\") <= {length}"),
                    &SQLITE,
                ))
            }
            _ => None,
        })
        .collect();
    table.checks.retain(|check| {
        let Node::Raw(texts, _) = &check.condition else {
            return true;
        };
        !(check.name.contains("_max_length")
            && lengths.contains(&canonical(&texts.concat(), &SQLITE)))
    });
}

fn index(name: &str, text: &str) -> Option<Index> {
    let all = tokens(text, &SQLITE);
    let mut index = Index::on(Vec::<String>::new()).named(name);
    index.unique = all.get(1).is_some_and(|token| token.is_word("unique"));
    let open = all.iter().position(|token| token.is_mark("("))?;
    let end = closing(&all, open);
    let mut at = open + 1;
    while at < end - 1 {
        let mut to = at;
        while to < end - 1 && !all[to].is_mark(",") {
            to = if all[to].is_mark("(") {
                closing(&all, to)
            } else {
                to + 1
            };
        }
        index.parts.push(index_part(text, &all[at..to]));
        at = to + 1;
    }
    if let Some(condition) = all.get(end).filter(|token| token.is_word("where")) {
        index.condition = Some(raw(text[condition.span.end..].trim()));
    }
    Some(index)
}

fn index_part(text: &str, mut tokens: &[Token]) -> IndexPart {
    let mut descending = false;
    if let Some((last, rest)) = tokens.split_last() {
        descending = last.is_word("desc");
        if descending || last.is_word("asc") {
            tokens = rest;
        }
    }
    let at = { tokens.iter() }.rposition(|token| token.is_word("collate"));
    let mut options = None;
    // `a || b COLLATE NOCASE` is `a || (b COLLATE NOCASE)`: only after a name, a call or parentheses is it the part's own.
    let is_whole = |at: &usize| {
        let open = { tokens[..*at].iter() }.position(|token| token.is_mark("("));
        *at + 2 == tokens.len()
            && match open {
                None => *at == 1,
                Some(open) => open <= 1 && closing(tokens, open) == *at,
            }
    };
    if let (Some(at), Some(last)) = (at.filter(is_whole), tokens.last()) {
        options = Some(text[tokens[at].span.start..last.span.end].to_string());
        tokens = &tokens[..at];
    }
    let node = match tokens {
        [only] if only.name().is_some() => {
            Node::Root(only.name().unwrap_or_default().to_string().into())
        }
        [first, .., last] => raw(&text[first.span.start..last.span.end]),
        _ => raw(""),
    };
    IndexPart {
        node,
        descending,
        options,
    }
}

/// The query after AS, and the names of columns before it.
fn view(name: String, text: &str) -> View {
    let all = tokens(text, &SQLITE);
    let open = all.iter().position(|token| token.is_mark("("));
    let query = all.iter().position(|token| token.is_word("as"));
    let (Some(query), open) = (query, open) else {
        return View::new(name, text);
    };
    let view = View::new(name, text[all[query].span.end..].trim());
    match open.filter(|open| *open < query) {
        None => view,
        Some(open) => view.options(text[all[open].span.start..all[query].span.start].trim()),
    }
}
