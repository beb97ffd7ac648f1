//! One spelling for expressions that mean the same: databases print a CHECK differently from how it was declared.
//!
//! PostgreSQL writes `IN` as `= ANY (ARRAY[…])` and casts everything, MariaDB names `lower` `lcase` and pulls NOT inwards.
//! [`canonical`] parses an expression in a dialect and prints it so that both spellings come out alike. It is for comparing
//! only: casts are left out, since databases add their own.

mod words;

use words::cast_end;
pub use words::words;

use super::lexer::{Kind, Token, tokens};
use crate::dialect::Dialect;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Name(String),
    Text(String),
    Number(String),
    Op(String, Vec<Tree>),
}

/// One spelling of an expression of this dialect. Text that can't be parsed becomes its words.
pub fn canonical(text: &str, dialect: &dyn Dialect) -> String {
    let tokens = tokens(text, dialect);
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        length_in_bytes: dialect.capabilities().length_in_bytes,
        now_rounds: dialect.capabilities().now_rounds,
    };
    match reader.expression(0) {
        Some(tree) if reader.at == tokens.len() => {
            let mut out = String::new();
            print(&simplify(tree), &mut out);
            out
        }
        _ => words(text, dialect),
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// `length` counts bytes, so `octet_length` is the same function.
    length_in_bytes: bool,
    now_rounds: bool,
}

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const CONCAT: u8 = 5;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const UNARY: u8 = 8;

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.peek().is_some_and(|token| token.is_mark(mark))
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    fn eat_mark(&mut self, mark: &str) -> bool {
        let hit = self.is_mark(mark);
        self.at += usize::from(hit);
        hit
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let hit = self.is_word(word);
        self.at += usize::from(hit);
        hit
    }

    fn expression(&mut self, least: u8) -> Option<Tree> {
        let mut left = self.prefix()?;
        while let Some(next) = self.infix(&left, least) {
            left = next?;
        }
        Some(left)
    }

    fn prefix(&mut self) -> Option<Tree> {
        let token = self.peek()?;
        self.at += 1;
        let tree = match &token.kind {
            Kind::Text(text) => Tree::Text(text.clone()),
            Kind::Hex(digits) => Tree::Text(format!("\\x{digits}")),
            Kind::Number(number) => Tree::Number(number.clone()),
            Kind::Mark("(") => {
                let mut all = self.list(")")?;
                match all.len() {
                    1 => all.remove(0),
                    _ => Tree::Op("row".into(), all),
                }
            }
            Kind::Mark("!") => negate(self.expression(UNARY)?),
            Kind::Mark("-") => Tree::Op("negate".into(), vec![self.expression(UNARY)?]),
            Kind::Mark("+") => self.expression(UNARY)?,
            Kind::Mark("*") => Tree::Name("*".into()),
            Kind::Quoted(name) => self.name(name.clone(), true)?,
            Kind::Word(word) => self.word(word)?,
            _ => return None,
        };
        Some(self.behind(tree))
    }

    /// Casts and collations, which bind tightest.
    fn behind(&mut self, mut tree: Tree) -> Tree {
        loop {
            if self.eat_mark("::") {
                let first = self.peek().and_then(Token::name).unwrap_or("");
                let number = matches!(
                    first.to_ascii_lowercase().as_str(),
                    "integer" | "bigint" | "smallint" | "numeric" | "double" | "real" | "int"
                );
                self.at = cast_end(self.tokens, self.at);
                if let (true, Tree::Text(text)) = (number, &tree) {
                    tree = Tree::Number(text.clone());
                }
            } else if self.eat_word("collate") {
                let name = self.peek().and_then(Token::name).unwrap_or("").to_string();
                self.at += 1;
                tree = Tree::Op(
                    "collate".into(),
                    vec![tree, Tree::Name(name.to_ascii_lowercase())],
                );
            } else {
                return tree;
            }
        }
    }

    fn list(&mut self, end: &str) -> Option<Vec<Tree>> {
        let mut all = Vec::new();
        if self.eat_mark(end) {
            return Some(all);
        }
        loop {
            all.push(self.expression(0)?);
            if self.eat_mark(end) {
                return Some(all);
            }
            if !self.eat_mark(",") {
                return None;
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<Tree> {
        let lower = word.to_ascii_lowercase();
        Some(match lower.as_str() {
            "not" => Tree::Op("not".into(), vec![self.expression(NOT)?]),
            "true" => Tree::Number("1".into()),
            "false" => Tree::Number("0".into()),
            "null" => Tree::Name("null".into()),
            "case" => self.case()?,
            "array" if self.eat_mark("[") => Tree::Op("array".into(), self.list("]")?),
            "cast" if self.eat_mark("(") => {
                let inner = self.expression(0)?;
                if !self.eat_word("as") {
                    return None;
                }
                let mut depth = 1;
                while depth > 0 {
                    let token = self.peek()?;
                    self.at += 1;
                    depth += i32::from(token.is_mark("(")) - i32::from(token.is_mark(")"));
                }
                inner
            }
            // A string's character set (MariaDB).
            set if set.starts_with("_utf8") || set == "_latin1" || set == "_binary" => {
                self.prefix()?
            }
            "interval" | "date" | "timestamp" | "time"
                if matches!(self.peek()?.kind, Kind::Text(_)) =>
            {
                self.prefix()?
            }
            _ => self.name(word.to_string(), false)?,
        })
    }

    /// A column, perhaps of a table, or a function.
    fn name(&mut self, mut name: String, mut quoted: bool) -> Option<Tree> {
        while self.eat_mark(".") {
            let token = self.peek()?;
            self.at += 1;
            quoted = matches!(token.kind, Kind::Quoted(_));
            name = match token.name() {
                Some(name) => name.to_string(),
                None if token.is_mark("*") => "*".into(),
                None => return None,
            };
        }
        if self.eat_mark("(") {
            return self.call(&name);
        }
        if quoted {
            return Some(Tree::Name(name));
        }
        Some(Tree::Name(match name.to_ascii_lowercase().as_str() {
            "current_timestamp" | "localtimestamp" => {
                return Some(Tree::Op("now".into(), vec![]));
            }
            "current_date" => return Some(Tree::Op("curdate".into(), vec![])),
            other => other.to_string(),
        }))
    }

    fn call(&mut self, name: &str) -> Option<Tree> {
        let mut name = name.to_ascii_lowercase();
        let mut all = Vec::new();
        self.eat_word("distinct");
        for (word, other) in [
            ("both", "btrim"),
            ("leading", "ltrim"),
            ("trailing", "rtrim"),
        ] {
            if name == "trim" && self.eat_word(word) {
                name = other.into();
            }
        }
        while !self.eat_mark(")") {
            // EXTRACT(year FROM x), SUBSTRING(x FROM 1 FOR 2), TRIM(BOTH FROM x).
            if self.eat_mark(",") || self.eat_word("from") || self.eat_word("for") {
                continue;
            }
            all.push(self.expression(0)?);
        }
        let name = match name.as_str() {
            "octet_length" if self.length_in_bytes => "length",
            "lcase" => "lower",
            "ucase" => "upper",
            "trim" => "btrim",
            "substring" => "substr",
            "ceiling" => "ceil",
            "character_length" => "char_length",
            "current_timestamp" | "localtimestamp" => "now",
            "current_date" => "curdate",
            "extract" | "date_part" => "extract",
            "like_escape" => return all.into_iter().next(),
            "concat" => {
                let mut parts = all.into_iter();
                let first = parts.next()?;
                return Some(parts.fold(first, |left, right| {
                    Tree::Op("||".into(), vec![left, right])
                }));
            }
            "rand" => "random",
            other => other,
        };
        // The column's type decides the clock's precision; but PostgreSQL rounds CURRENT_TIMESTAMP(3).
        if name == "now" && !self.now_rounds {
            all.clear();
        }
        if let ("extract", Some(Tree::Text(field) | Tree::Name(field))) = (name, all.first()) {
            all[0] = Tree::Name(field.to_ascii_lowercase());
        }
        Some(Tree::Op(name.to_string(), all))
    }

    fn case(&mut self) -> Option<Tree> {
        let mut parts = Vec::new();
        if !self.is_word("when") {
            parts.push(self.expression(0)?);
        }
        loop {
            if self.eat_word("when") {
                parts.push(self.expression(0)?);
                if !self.eat_word("then") {
                    return None;
                }
                parts.push(self.expression(0)?);
            } else if self.eat_word("else") {
                let otherwise = self.expression(0)?;
                // A CASE without ELSE is printed with ELSE NULL.
                if otherwise != Tree::Name("null".into()) {
                    parts.push(otherwise);
                }
            } else if self.eat_word("end") {
                return Some(Tree::Op("case".into(), parts));
            } else {
                return None;
            }
        }
    }

    /// The operator after `left`, if it binds tightly enough; `Some(None)` when it can't be parsed.
    #[allow(clippy::option_option)]
    fn infix(&mut self, left: &Tree, least: u8) -> Option<Option<Tree>> {
        let token = self.peek()?;
        let word = match &token.kind {
            Kind::Word(word) => word.to_ascii_lowercase(),
            Kind::Mark(mark) => (*mark).to_string(),
            _ => return None,
        };
        let binding = match word.as_str() {
            "or" => OR,
            "and" => AND,
            "=" | "==" | "<>" | "!=" | "<" | "<=" | ">" | ">=" | "<=>" | "is" | "in"
            | "between" | "like" | "ilike" | "not" | "~~" | "!~~" | "~~*" | "!~~*" | "isnull"
            | "notnull" | "@>" | "<@" | "~" | "~*" | "!~" | "!~*" | "regexp" => COMPARE,
            "||" | "->" | "->>" | "#>" | "#>>" | "&&" | "<<" | ">>" => CONCAT,
            "+" | "-" => SUM,
            "*" | "/" | "%" | "div" | "mod" => PRODUCT,
            _ => return None,
        };
        if binding < least || (binding == least && binding != OR && binding != AND) {
            return None;
        }
        self.at += 1;
        Some(self.operator(&word, binding, left.clone()))
    }

    fn operator(&mut self, word: &str, binding: u8, left: Tree) -> Option<Tree> {
        let negated = word == "not";
        let word = if negated {
            let next = self.peek()?.name()?.to_ascii_lowercase();
            self.at += 1;
            next
        } else {
            word.to_string()
        };
        let tree = match word.as_str() {
            "is" => return self.is(left),
            "isnull" => Tree::Op("is null".into(), vec![left]),
            "notnull" => negate(Tree::Op("is null".into(), vec![left])),
            "in" => {
                if !self.eat_mark("(") {
                    return None;
                }
                let mut all = vec![left];
                all.extend(self.list(")")?);
                Tree::Op("in".into(), all)
            }
            "between" => {
                let low = self.expression(CONCAT - 1)?;
                if !self.eat_word("and") {
                    return None;
                }
                let high = self.expression(CONCAT - 1)?;
                Tree::Op(
                    "and".into(),
                    vec![
                        Tree::Op(">=".into(), vec![left.clone(), low]),
                        Tree::Op("<=".into(), vec![left, high]),
                    ],
                )
            }
            "like" | "ilike" | "~~" | "~~*" | "!~~" | "!~~*" => {
                let pattern = self.expression(binding)?;
                if self.eat_word("escape") {
                    self.prefix()?;
                }
                let op = if matches!(word.as_str(), "ilike" | "~~*" | "!~~*") {
                    "ilike"
                } else {
                    "like"
                };
                let tree = Tree::Op(op.into(), vec![left, pattern]);
                if word.starts_with('!') {
                    negate(tree)
                } else {
                    tree
                }
            }
            _ => self.plain(&word, binding, left)?,
        };
        Some(if negated { negate(tree) } else { tree })
    }

    fn plain(&mut self, word: &str, binding: u8, left: Tree) -> Option<Tree> {
        let word = match word {
            "!=" => "<>",
            "==" => "=",
            "mod" => "%",
            other => other,
        };
        // `= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])` are lists (PostgreSQL).
        let any = word == "=" && self.is_word("any");
        let all = word == "<>" && self.is_word("all");
        if (any || all) && self.tokens.get(self.at + 1)?.is_mark("(") {
            self.at += 2;
            let list = self.expression(0)?;
            if !self.eat_mark(")") {
                return None;
            }
            if let Tree::Op(name, items) = &list
                && name == "array"
            {
                let mut parts = vec![left];
                parts.extend(items.iter().cloned());
                let tree = Tree::Op("in".into(), parts);
                return Some(if all { negate(tree) } else { tree });
            }
            return Some(Tree::Op(format!("{word} any"), vec![left, list]));
        }
        // Left-associative, except for AND and OR, which are flattened anyway.
        let right = self.expression(binding)?;
        Some(Tree::Op(word.to_string(), vec![left, right]))
    }

    fn is(&mut self, left: Tree) -> Option<Tree> {
        let negated = self.eat_word("not");
        let tree = if self.eat_word("null") {
            Tree::Op("is null".into(), vec![left])
        } else if self.eat_word("true") {
            Tree::Op("is true".into(), vec![left])
        } else if self.eat_word("false") {
            Tree::Op("is false".into(), vec![left])
        } else if self.eat_word("distinct") {
            if !self.eat_word("from") {
                return None;
            }
            negate(Tree::Op(
                "<=>".into(),
                vec![left, self.expression(COMPARE)?],
            ))
        } else {
            // SQLite's IS between any two operands.
            Tree::Op("<=>".into(), vec![left, self.expression(COMPARE)?])
        };
        Some(if negated { negate(tree) } else { tree })
    }
}

fn negate(tree: Tree) -> Tree {
    Tree::Op("not".into(), vec![tree])
}

/// Flat junctions, NOT as far in as it goes, literals in one form.
fn simplify(tree: Tree) -> Tree {
    match tree {
        Tree::Text(text) => Tree::Text(literal(&text)),
        Tree::Number(number) => Tree::Number(match number.parse::<f64>() {
            Ok(value) if number.contains(['.', 'e', 'E']) => format!("{value}"),
            _ => number.trim_start_matches('+').to_string(),
        }),
        Tree::Name(name) => Tree::Name(name),
        Tree::Op(op, all) => {
            let mut all: Vec<Tree> = all.into_iter().map(simplify).collect();
            match (op.as_str(), all.len()) {
                ("not", 1) => not(all.remove(0)),
                ("negate", 1) => match all.remove(0) {
                    Tree::Number(number) => Tree::Number(format!("-{number}")),
                    other => Tree::Op(op, vec![other]),
                },
                ("in", 2) => Tree::Op("=".into(), all),
                ("and" | "or", _) => {
                    let mut flat = Vec::new();
                    for one in all {
                        match one {
                            Tree::Op(inner, parts) if inner == op => flat.extend(parts),
                            other => flat.push(other),
                        }
                    }
                    Tree::Op(op, flat)
                }
                _ => Tree::Op(op, all),
            }
        }
    }
}

fn not(tree: Tree) -> Tree {
    let Tree::Op(op, mut all) = tree else {
        return negate(tree);
    };
    let opposite = match op.as_str() {
        "not" if all.len() == 1 => return all.remove(0),
        "and" | "or" => {
            let other = if op == "and" { "or" } else { "and" };
            return simplify(Tree::Op(other.into(), all.into_iter().map(not).collect()));
        }
        "=" => "<>",
        "<>" => "=",
        "<" => ">=",
        ">=" => "<",
        ">" => "<=",
        "<=" => ">",
        _ => return negate(Tree::Op(op, all)),
    };
    Tree::Op(opposite.into(), all)
}

/// A literal's text, for dates, UUIDs and JSON in one form.
fn literal(text: &str) -> String {
    let bytes = text.as_bytes();
    let dated = bytes.len() >= 19
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b' ' | b'T')
        && bytes[13] == b':';
    if dated {
        let text = text.trim_end_matches("+00");
        return match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
            false => text.to_string(),
        };
    }
    // Bytes that MariaDB prints as they are.
    if text.chars().any(|c| c.is_control()) {
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        return format!("\\x{digits}");
    }
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    if hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit()) {
        return hex.to_ascii_lowercase();
    }
    if text.starts_with(['{', '[']) {
        return text.chars().filter(|c| !c.is_whitespace()).collect();
    }
    text.to_string()
}

fn print(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Name(name) => out.push_str(name),
        Tree::Number(number) => out.push_str(number),
        Tree::Text(text) => {
            out.push('\'');
            out.push_str(text);
            out.push('\'');
        }
        Tree::Op(op, all) => {
            out.push('(');
            out.push_str(op);
            for one in all {
                out.push(' ');
                print(one, out);
            }
            out.push(')');
        }
    }
}

#[cfg(test)]
mod tests;
