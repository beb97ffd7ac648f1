//! Expressions as databases print them: literals become values, the rest stays text.

use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Function, Node};
use aludel_sql::schema::{TokenKind, canonical, rendered, tokens};

/// The node of a printed expression.
#[allow(dead_code)]
pub(super) fn node(text: &str, dialect: &'static dyn Dialect) -> Node {
    let text = bare(text);
    literal(text, dialect).unwrap_or_else(|| {
        let now = Node::Function(Function::Now, Vec::new());
        match rendered(&now, dialect) {
            // `localtimestamp` (PostgreSQL), the same moment without its zone, stays as it was written.
            Ok(known)
                if canonical(&known, dialect) == canonical(text, dialect)
                    && !text.eq_ignore_ascii_case("localtimestamp") =>
            {
                now
            }
            _ => Node::Raw(vec![text.to_string().into()], Vec::new()),
        }
    })
}

/// The text without the parentheses around all of it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    else {
        return text;
    };
    let mut depth = 0_i32;
    let mut quoted = false;
    for c in inner.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    bare(inner)
}

/// The value of a literal, perhaps with a cast after it (PostgreSQL).
fn literal(text: &str, dialect: &dyn Dialect) -> Option<Node> {
    let all = tokens(text, dialect);
    let (sign, rest) = match all.as_slice() {
        [minus, rest @ ..] if minus.is_mark("-") => ("-", rest),
        all => ("", all),
    };
    let (first, rest) = rest.split_first()?;
    let cast = rest.first().is_some_and(|token| token.is_mark("::"));
    // What follows a cast to a type is an operator: `'S'::text || nextval(…)` is no literal.
    let is_of_type = |token: &aludel_sql::schema::Token| {
        token.name().is_some()
            || matches!(token.kind, TokenKind::Number(_))
            || ["::", ".", "(", ")", "[", "]", ","]
                .iter()
                .any(|mark| token.is_mark(mark))
    };
    let is_operator = |token: &aludel_sql::schema::Token| {
        [
            "and", "or", "not", "is", "in", "like", "ilike", "between", "collate", "at", "similar",
            "overlaps",
        ]
        .iter()
        .any(|word| token.is_word(word))
    };
    let is_cast = cast
        && rest
            .iter()
            .all(|token| is_of_type(token) && !is_operator(token));
    if !(rest.is_empty() || is_cast) {
        return None;
    }
    let target: Vec<&str> = rest.iter().filter_map(|token| token.name()).collect();
    let number = |digits: &str| {
        let digits = format!("{sign}{digits}");
        if let Ok(n) = digits.parse::<i64>() {
            return Some(Node::Value(Value::I64(n)));
        }
        // An exact number would lose digits as a float.
        Some(Node::Raw(vec![digits.into()], Vec::new()))
    };
    match &first.kind {
        TokenKind::Number(digits) => number(digits),
        TokenKind::Text(digits)
            if matches!(target.first(), Some(&("integer" | "bigint" | "smallint")))
                && !rest.iter().any(|token| token.is_mark("[")) =>
        {
            number(digits)
        }
        TokenKind::Text(value)
            if sign.is_empty()
                && (rest.is_empty()
                    || matches!(target.first(), Some(&("text" | "character" | "bpchar")))) =>
        {
            Some(Node::Value(Value::Text(value.clone())))
        }
        TokenKind::Word(word) if sign.is_empty() && rest.is_empty() => {
            match word.to_ascii_lowercase().as_str() {
                "true" => Some(Node::Value(Value::Bool(true))),
                "false" => Some(Node::Value(Value::Bool(false))),
                _ => None,
            }
        }
        _ => None,
    }
}
