//! Splits SQL into tokens, in the syntax of each database. Reading schemas back is built on it.

use crate::dialect::Dialect;
use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A word without quotes, as written.
    Word(String),
    /// A quoted name, without its quotes.
    Quoted(String),
    /// A string, without its quotes.
    Text(String),
    /// Bytes: the digits of `x'00ff'`, in lower case.
    Hex(String),
    /// A number, as written.
    Number(String),
    /// An operator or punctuation.
    Mark(&'static str),
    /// Something else.
    Other(char),
}

/// A token and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its byte range in the text.
    pub span: Range<usize>,
}

impl Token {
    /// Whether it is this word, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Whether it is this mark.
    pub fn is_mark(&self, mark: &str) -> bool {
        matches!(&self.kind, Kind::Mark(found) if *found == mark)
    }

    /// The name that it is: a word or a quoted name.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(name) | Kind::Quoted(name) => Some(name),
            _ => None,
        }
    }
}

/// Operators and punctuation, longest first.
const MARKS: [&str; 41] = [
    "!~~*", "!~~", "~~*", "->>", "#>>", "<=>", "!~*", "->", "#>", "~~", "!~", "~*", "::", "<>",
    "!=", "<=", ">=", "||", "&&", "@>", "<@", "<<", ">>", "==", ":=", "(", ")", "[", "]", ",", ";",
    ".", "+", "-", "*", "/", "%", "<", ">", "=", "!",
];

/// The tokens of a text; comments and blanks are skipped.
pub fn tokens(text: &str, dialect: &dyn Dialect) -> Vec<Token> {
    let caps = dialect.capabilities();
    let backslash = caps.backslash_escapes;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let rest = &text[at..];
        let kind = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        } else if c == '\'' {
            let (value, length) = quoted(rest, '\'', backslash);
            at += length;
            Kind::Text(value)
        } else if matches!(c, 'x' | 'X') && rest[1..].starts_with('\'') {
            let (value, length) = quoted(&rest[1..], '\'', false);
            at += length + 1;
            Kind::Hex(value.to_ascii_lowercase())
        } else if matches!(c, 'e' | 'E') && rest[1..].starts_with('\'') && c != dialect.quote() {
            let (value, length) = quoted(&rest[1..], '\'', true);
            at += length + 1;
            Kind::Text(value)
        } else if c == '"' && backslash {
            let (value, length) = quoted(rest, '"', true);
            at += length;
            Kind::Text(value)
        } else if matches!(c, '"' | '`') {
            let (value, length) = quoted(rest, c, false);
            at += length;
            Kind::Quoted(value)
        } else if c == '[' && caps.bracket_identifiers {
            let end = rest.find(']').unwrap_or(rest.len() - 1);
            at += end + 1;
            Kind::Quoted(rest[1..end].to_string())
        } else if c.is_ascii_digit()
            || (c == '.' && rest[1..].starts_with(|next: char| next.is_ascii_digit()))
        {
            let length = number(rest);
            at += length;
            Kind::Number(rest[..length].to_string())
        } else if c.is_alphabetic() || c == '_' {
            let length = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len());
            at += length;
            Kind::Word(rest[..length].to_string())
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            at += mark.len();
            Kind::Mark(mark)
        } else {
            at += c.len_utf8();
            Kind::Other(c)
        };
        found.push(Token {
            kind,
            span: start..at,
        });
    }
    found
}

/// The quoted value at the start of a text, and its length in bytes with the quotes.
fn quoted(text: &str, quote: char, backslash: bool) -> (String, usize) {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if !matches!(chars.peek(), Some((_, next)) if *next == quote) {
                return (value, at + c.len_utf8());
            }
            chars.next();
            value.push(quote);
        } else if c == '\\' && backslash {
            match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, '0')) => value.push('\0'),
                Some((_, 'Z')) => value.push('\x1a'),
                // In patterns these stay escaped.
                Some((_, c @ ('%' | '_'))) => {
                    value.push('\\');
                    value.push(c);
                }
                Some((_, c)) => value.push(c),
                None => {}
            }
        } else {
            value.push(c);
        }
    }
    (value, text.len())
}

fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    if bytes.first() == Some(&b'0') && matches!(bytes.get(1), Some(b'x' | b'X')) {
        let hex = bytes[2..]
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        if hex > 0 {
            return 2 + hex;
        }
    }
    at = digits(at);
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(at + 1 + sign);
        if end > at + 1 + sign {
            at = end;
        }
    }
    at
}

/// The position after the parenthesis that closes the one at `open`.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is_mark("(") {
            depth += 1;
        } else if token.is_mark(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

/// Whether a text mentions a name: in quotes, or as a word that is not a function.
pub fn speaks_of(text: &str, name: &str, dialect: &dyn Dialect) -> bool {
    let all = tokens(text, dialect);
    all.iter().enumerate().any(|(at, token)| match &token.kind {
        Kind::Quoted(found) => found == name,
        Kind::Word(found) => {
            let call = all.get(at + 1).is_some_and(|next| next.is_mark("("));
            found.eq_ignore_ascii_case(name) && !call
        }
        _ => false,
    })
}

/// Renames `from` to `to` in a text, quoted as before or where needed; strings are left alone.
pub fn rename(text: &str, from: &str, to: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    let mut done = 0;
    let plain = to.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && to
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let all = tokens(text, dialect);
    for (at, token) in all.iter().enumerate() {
        // A word before a parenthesis is a function.
        let call = all.get(at + 1).is_some_and(|next| next.is_mark("("));
        let quote = match &token.kind {
            Kind::Quoted(name) if name == from => match text[token.span.start..].chars().next() {
                Some(quote @ ('"' | '`')) => Some(quote),
                _ => Some(dialect.quote()),
            },
            Kind::Word(name) if name.eq_ignore_ascii_case(from) && !call => {
                (!plain).then(|| dialect.quote())
            }
            _ => continue,
        };
        out.push_str(&text[done..token.span.start]);
        match quote {
            None => out.push_str(to),
            Some(quote) => {
                let doubled = to.replace(quote, &format!("{quote}{quote}"));
                out.push_str(&format!("{quote}{doubled}{quote}"));
            }
        }
        done = token.span.end;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{MARIADB, POSTGRES, SQLITE};

    fn kinds(text: &str, dialect: &dyn Dialect) -> Vec<Kind> {
        tokens(text, dialect)
            .into_iter()
            .map(|token| token.kind)
            .collect()
    }

    #[test]
    fn each_database_quotes_in_its_own_way() {
        assert_eq!(
            kinds(r#""a""b" 'it''s' -- no"#, &POSTGRES),
            [Kind::Quoted("a\"b".into()), Kind::Text("it's".into())]
        );
        assert_eq!(
            kinds(r"`a``b` 'it\'s' x'00FF'", &MARIADB),
            [
                Kind::Quoted("a`b".into()),
                Kind::Text("it's".into()),
                Kind::Hex("00ff".into())
            ]
        );
        assert_eq!(
            kinds("[a b]/* x */>= 1.5e3", &SQLITE),
            [
                Kind::Quoted("a b".into()),
                Kind::Mark(">="),
                Kind::Number("1.5e3".into())
            ]
        );
    }

    #[test]
    fn names_are_renamed_and_strings_are_not() {
        assert_eq!(
            rename(r#"mail <> 'mail' AND "mail" > x"#, "mail", "e", &SQLITE),
            r#"e <> 'mail' AND "e" > x"#
        );
        assert_eq!(
            rename(
                "length(length) <= 5 and tags[n]",
                "length",
                "len",
                &POSTGRES
            ),
            "length(len) <= 5 and tags[n]"
        );
        assert_eq!(rename("tags[n]", "n", "m", &POSTGRES), "tags[m]");
        assert!(speaks_of("upper(name)", "name", &POSTGRES));
        assert!(!speaks_of("upper(name)", "upper", &POSTGRES));
    }
}
