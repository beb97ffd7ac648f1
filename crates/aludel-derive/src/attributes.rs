//! Attributes as lists of items: `key`, `key = tokens`, `key(items)`.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Error, Ident, LitInt, LitStr, Result};

/// One item of an attribute.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What follows an item's name.
#[derive(Clone)]
pub(crate) enum Value {
    Nothing,
    Tokens(TokenStream),
    List(TokenStream),
}

impl Item {
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(self.span, message)
    }

    /// The tokens after `=`.
    pub(crate) fn tokens(&self) -> Result<TokenStream> {
        match &self.value {
            Value::Tokens(tokens) if !tokens.is_empty() => Ok(tokens.clone()),
            _ => Err(self.error(format!("write `{} = …`", self.name))),
        }
    }

    /// The string after `=`.
    pub(crate) fn string(&self) -> Result<String> {
        let literal: LitStr = syn::parse2(self.tokens()?)
            .map_err(|_| self.error(format!("write `{} = \"…\"`", self.name)))?;
        Ok(literal.value())
    }

    /// The name after `=`.
    pub(crate) fn ident(&self) -> Result<Ident> {
        syn::parse2(self.tokens()?).map_err(|_| self.error(format!("write `{} = name`", self.name)))
    }

    /// What is after `=`, parsed.
    pub(crate) fn parsed<T: syn::parse::Parse>(&self) -> Result<T> {
        syn::parse2(self.tokens()?)
    }

    /// The number after `=`.
    pub(crate) fn number(&self) -> Result<u32> {
        let literal: LitInt = syn::parse2(self.tokens()?)
            .map_err(|_| self.error(format!("write `{} = 100`", self.name)))?;
        literal.base10_parse()
    }

    /// The tokens in parentheses.
    pub(crate) fn list(&self) -> Result<TokenStream> {
        match &self.value {
            Value::List(tokens) => Ok(tokens.clone()),
            _ => Err(self.error(format!("write `{}(…)`", self.name))),
        }
    }

    /// The items in parentheses.
    pub(crate) fn items(&self) -> Result<Vec<Item>> {
        parse(self.list()?)
    }

    /// Checks that nothing follows the name.
    pub(crate) fn flag(&self) -> Result<()> {
        match self.value {
            Value::Nothing => Ok(()),
            _ => Err(self.error(format!("`{}` stands alone", self.name))),
        }
    }

    /// The error for an item that is unknown here.
    pub(crate) fn unknown(&self, attribute: &str, known: &str) -> Error {
        let name = &self.name;
        // The first word of each part: what follows it is what it takes.
        let parts = known.split(", ").map(|part| part.trim_start());
        let end = |part: &str| part.find(|c: char| !c.is_alphanumeric() && c != '_');
        let words = parts.map(|part| &part[..end(part).unwrap_or(part.len())]);
        let near = words.filter(|word| !word.is_empty() && is_near(word, name));
        let near = near.min_by_key(|word| word.len().abs_diff(name.len()));
        let meant = near.map_or(String::new(), |word| format!("; did you mean `{word}`?"));
        let it = if meant.is_empty() { "; it" } else { " It" };
        self.error(format!(
            "`{attribute}` has no `{name}`{meant}{it} has {known}"
        ))
    }
}

/// Whether two names differ by no more than a letter that is missing, added, another one, or swapped with its neighbour.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let before = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[before..], &b[before..]);
    match (a, b) {
        ([_, rest @ ..], _) if rest == b => true,
        (_, [_, rest @ ..]) if rest == a => true,
        ([_, of_a @ ..], [_, of_b @ ..]) if of_a == of_b => true,
        ([a1, a2, of_a @ ..], [b1, b2, of_b @ ..]) => a1 == b2 && a2 == b1 && of_a == of_b,
        _ => false,
    }
}

/// The items of all attributes with a given name.
pub(crate) fn items(attributes: &[Attribute], name: &str) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident(name) {
            items.extend(parse(attribute.meta.require_list()?.tokens.clone())?);
        }
    }
    Ok(items)
}

/// Splits tokens at commas into items. A leading `-` belongs to the name (a descending index part).
fn parse(tokens: TokenStream) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let mut prefix = "";
        let token = match token {
            TokenTree::Punct(minus) if minus.as_char() == '-' => {
                prefix = "-";
                match tokens.next() {
                    Some(next) => next,
                    None => return Err(Error::new(minus.span(), "a name is missing after `-`")),
                }
            }
            other => other,
        };
        let TokenTree::Ident(name) = token else {
            return Err(Error::new(token.span(), "expected a name"));
        };
        let value = match tokens.peek() {
            Some(TokenTree::Punct(equal)) if equal.as_char() == '=' => {
                tokens.next();
                let mut value = TokenStream::new();
                let mut angles = 0_usize;
                while let Some(token) = tokens.next_if(|token| {
                    !matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',' && angles == 0)
                }) {
                    // Commas inside a turbofish do not separate items.
                    if let TokenTree::Punct(punct) = &token {
                        match punct.as_char() {
                            '<' if ends_with_colons(&value) => angles += 1,
                            '<' if angles > 0 => angles += 1,
                            '>' if angles > 0 && punct.spacing() == Spacing::Alone => angles -= 1,
                            '>' if angles > 0 => angles -= 1,
                            _ => {}
                        }
                    }
                    value.extend([token]);
                }
                Value::Tokens(value)
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                let list = group.stream();
                tokens.next();
                Value::List(list)
            }
            _ => Value::Nothing,
        };
        items.push(Item {
            name: format!("{prefix}{}", name.to_string().trim_start_matches("r#")),
            span: name.span(),
            value,
        });
        match tokens.next() {
            None => break,
            Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => {}
            Some(other) => return Err(Error::new(other.span(), "expected a comma")),
        }
    }
    Ok(items)
}

fn ends_with_colons(tokens: &TokenStream) -> bool {
    let last = tokens.clone().into_iter().last();
    matches!(last, Some(TokenTree::Punct(colon)) if colon.as_char() == ':')
}

/// A doc attribute with the text.
pub(crate) fn doc(text: &str) -> TokenStream {
    quote!(#[doc = #text])
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn near_names_differ_by_one_letter() {
        for (a, b, expected) in [
            ("unique", "uniqe", true),
            ("uniqe", "unique", true),
            ("index", "indes", true),
            ("index", "inedx", true),
            ("index", "index", false),
            ("index", "idx", false),
            ("max", "min", false),
            ("", "", false),
        ] {
            assert_eq!(is_near(a, b), expected, "{a} {b}");
        }
    }
}
