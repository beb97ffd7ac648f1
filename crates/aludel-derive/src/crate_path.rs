//! `#[aludel(crate = path::to::aludel)]`: the path of the crate that the derives refer to, if a program has renamed it or
//! gets it from another crate.

use crate::attributes::items;
use proc_macro2::{Group, Literal, Spacing, TokenStream, TokenTree};
use syn::{DeriveInput, Error, Path, Result};

/// The path, if one is given.
pub(crate) fn given(input: &DeriveInput) -> Result<Option<Path>> {
    let mut path = None;
    for item in items(&input.attrs, "aludel")? {
        match item.name.as_str() {
            "crate" => path = Some(syn::parse2(item.tokens()?)?),
            _ => return Err(item.unknown("aludel", "crate = path::to::aludel")),
        }
    }
    if let Some(path) = &path
        && path_has_arguments(path)
    {
        return Err(Error::new_spanned(
            path,
            "a path to a crate or module is wanted",
        ));
    }
    Ok(path)
}

fn path_has_arguments(path: &Path) -> bool {
    path.segments
        .iter()
        .any(|segment| !segment.arguments.is_none())
}

/// Replaces `::aludel` by `path` in an expansion.
pub(crate) fn replaced(tokens: TokenStream, path: &Path) -> TokenStream {
    let path: TokenStream = quote::quote!(#path);
    let text = path.to_string().replace(' ', "");
    replace(tokens, &path, &text)
}

fn replace(tokens: TokenStream, path: &TokenStream, text: &str) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while at < tokens.len() {
        // `mine::aludel` is another path; `as ::aludel` and `'static ::aludel` are not.
        let is_inside = match &tokens[..at] {
            [.., TokenTree::Punct(mark), TokenTree::Ident(_)] if mark.as_char() == '\'' => false,
            [.., TokenTree::Ident(name)] => !is_keyword(&name.to_string()),
            _ => false,
        };
        if !is_inside && is_crate(&tokens[at..]) {
            out.extend(path.clone());
            at += 3;
            continue;
        }
        let token = match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = replace(group.stream(), path, text);
                let mut made = Group::new(group.delimiter(), inner);
                made.set_span(group.span());
                TokenTree::Group(made)
            }
            TokenTree::Literal(literal) => TokenTree::Literal(in_literal(literal, text)),
            other => other.clone(),
        };
        out.extend([token]);
        at += 1;
    }
    out
}

fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 14] = [
        "as", "const", "dyn", "else", "for", "if", "impl", "in", "match", "move", "mut", "return",
        "use", "where",
    ];
    KEYWORDS.contains(&name)
}

/// `::aludel`
fn is_crate(tokens: &[TokenTree]) -> bool {
    let [
        TokenTree::Punct(first),
        TokenTree::Punct(second),
        TokenTree::Ident(name),
        ..,
    ] = tokens
    else {
        return false;
    };
    (first.as_char(), first.spacing(), second.as_char()) == (':', Spacing::Joint, ':')
        && name == "aludel"
}

/// serde takes paths as strings.
fn in_literal(literal: &Literal, text: &str) -> Literal {
    let shown = literal.to_string();
    let Some(inner) = shown
        .strip_prefix("\"::aludel::")
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return literal.clone();
    };
    let mut made = Literal::string(&format!("{text}::{inner}"));
    made.set_span(literal.span());
    made
}

#[cfg(test)]
mod tests {
    use super::{given, replaced};

    #[test]
    fn nothing_of_the_crates_own_name_is_left() {
        let source = r#"
            #[aludel(crate = crate::db::orm)]
            #[model(new_derive(Deserialize), index(author))]
            pub struct Post { pub id: i64, pub title: String, pub author: BelongsTo<User>, pub tags: ManyToMany<Tag> }
        "#;
        let input: syn::DeriveInput = syn::parse_str(source).expect("Rust");
        let path = given(&input).expect("an attribute").expect("a path");
        let expanded = crate::model::derive(input).expect("a model");
        assert!(expanded.to_string().contains(":: aludel"));
        let replaced = replaced(expanded, &path).to_string();
        assert!(
            !replaced.contains(":: aludel ") && !replaced.contains("aludel::"),
            "{replaced}"
        );
        assert!(replaced.contains("crate :: db :: orm :: __private"));
        syn::parse_str::<syn::File>(&replaced).expect("Rust again");
    }

    #[test]
    fn another_attribute_is_told() {
        let input = syn::parse_str("#[aludel(path = x)] struct A { id: i64 }").expect("Rust");
        let error = given(&input).err().expect("refused").to_string();
        assert!(error.contains("crate = path::to::aludel"), "{error}");
    }
}
