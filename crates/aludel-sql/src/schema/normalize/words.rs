//! The words of queries: how views are compared.

use crate::dialect::Dialect;
use crate::schema::lexer::{Kind, Token, tokens};

/// The words of a query, for comparing views with a live database: without blanks, parentheses, casts, the tables before
/// columns, and names after AS that only repeat what is before.
pub fn words(text: &str, dialect: &dyn Dialect) -> String {
    let all = tokens(text, dialect);
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        at += 1;
        let next_is = |mark: &str| all.get(at).is_some_and(|next| next.is_mark(mark));
        match &token.kind {
            Kind::Mark("(" | ")" | ";" | "]") => {}
            Kind::Mark("::") => at = cast_end(&all, at),
            Kind::Mark("=") if all.get(at).is_some_and(|next| next.is_word("any")) => {
                out.push("in".into());
                at += 1;
            }
            Kind::Mark("[") => {}
            Kind::Word(word) if word.eq_ignore_ascii_case("array") && next_is("[") => {}
            Kind::Word(_) | Kind::Quoted(_) if next_is(".") => at += 1,
            Kind::Word(word) if word.eq_ignore_ascii_case("as") => {
                let repeated = all.get(at).and_then(Token::name).is_some_and(|name| {
                    // MariaDB names an unnamed column by its text.
                    let text = name.chars().any(|c| !(c.is_alphanumeric() || c == '_'));
                    text || name_before(&all, at - 1)
                        .is_some_and(|before| before.eq_ignore_ascii_case(name))
                });
                at += usize::from(repeated);
            }
            Kind::Word(word) => match word.to_ascii_lowercase().as_str() {
                "inner" | "outer" => {}
                "true" => out.push("1".into()),
                "false" => out.push("0".into()),
                other => out.push(other.to_string()),
            },
            Kind::Quoted(name) => out.push(name.clone()),
            Kind::Text(text) => out.push(format!("'{text}'")),
            Kind::Hex(digits) => out.push(format!("x'{digits}'")),
            // MariaDB prints `count(*)` as `count(0)`.
            Kind::Number(number)
                if number == "0" && out.last().is_some_and(|last| last == "count") =>
            {
                out.push("*".into());
            }
            Kind::Number(number) => out.push(number.clone()),
            Kind::Mark("!=") => out.push("<>".into()),
            Kind::Mark("~~") => out.push("like".into()),
            Kind::Mark(mark) => out.push((*mark).to_string()),
            Kind::Other(c) => out.push(c.to_string()),
        }
    }
    out.join(" ")
}

/// The name of the column or function that ends before a token.
fn name_before(tokens: &[Token], at: usize) -> Option<&str> {
    let mut end = at.checked_sub(1)?;
    while tokens[end].is_mark(")") {
        let (mut open, mut depth) = (end, 0_usize);
        loop {
            if tokens[open].is_mark(")") {
                depth += 1;
            } else if tokens[open].is_mark("(") {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            open = open.checked_sub(1)?;
        }
        // A function's name is before the parenthesis; else what is in the parentheses counts.
        match open.checked_sub(1).and_then(|before| tokens[before].name()) {
            Some(name) if !["select", "and", "or", "not"].contains(&name) => return Some(name),
            _ => end -= 1,
        }
    }
    tokens[end].name()
}

/// The position after a cast's type.
pub(super) fn cast_end(tokens: &[Token], mut at: usize) -> usize {
    let words = |at: usize| tokens.get(at).and_then(Token::name);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(word));
    if words(at).is_none() {
        return at;
    }
    let first = words(at).unwrap_or("").to_ascii_lowercase();
    at += 1;
    while tokens.get(at).is_some_and(|token| token.is_mark(".")) {
        at += 2;
    }
    match first.as_str() {
        "character" if is(at, "varying") => at += 1,
        "double" if is(at, "precision") => at += 1,
        _ => {}
    }
    if tokens.get(at).is_some_and(|token| token.is_mark("(")) {
        at = crate::schema::lexer::closing(tokens, at);
    }
    if is(at, "with") || is(at, "without") {
        at += 3;
    }
    while tokens.get(at).is_some_and(|token| token.is_mark("[")) {
        at += 2;
    }
    at
}
