//! Serde attributes of `New…` and `…Patch`, if they derive serde's traits.

use super::parse::Field;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

/// Which of serde's traits are derived.
pub(super) struct Derived {
    serialize: bool,
    deserialize: bool,
}

impl Derived {
    pub(super) fn of(derives: &TokenStream) -> Derived {
        let paths = Punctuated::<Path, Token![,]>::parse_terminated.parse2(derives.clone());
        let paths = paths.unwrap_or_default();
        Derived {
            serialize: paths.iter().any(|path| is_serdes(path, "Serialize")),
            deserialize: paths.iter().any(|path| is_serdes(path, "Deserialize")),
        }
    }

    /// The attributes of a field of `New…`. Fields that the model fills in by itself are not deserialized, unless the field has
    /// serde attributes of its own.
    pub(super) fn new_field(&self, field: &Field) -> TokenStream {
        let own = &field.new_attrs;
        let filled_in = field.stamped || field.version || field.identity;
        let closed = self.deserialize && filled_in && !has(own, &["serde"]);
        let skip = closed.then(|| quote!(#[serde(skip_deserializing)]));
        quote!(#(#[#own])* #skip)
    }

    /// The attributes of a field of `…Patch`, which tells an absent field from a null one. A document may contain a version:
    /// it is the one that the row must have.
    pub(super) fn patch_field(&self, field: &Field) -> TokenStream {
        const READ: [&str; 5] = [
            "default",
            "deserialize_with",
            "with",
            "skip",
            "skip_deserializing",
        ];
        const WRITTEN: [&str; 3] = ["skip", "skip_serializing", "skip_serializing_if"];
        let own = &field.patch_attrs;
        let read = if !self.deserialize || has(own, &READ) {
            None
        } else if field.stamped && !has(own, &["serde"]) {
            Some(quote!(#[serde(skip_deserializing)]))
        } else {
            Some(quote!(#[serde(default, deserialize_with = "::aludel::__private::given")]))
        };
        let written = (self.serialize && !has(own, &WRITTEN))
            .then(|| quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")]));
        quote!(#(#[#own])* #read #written)
    }
}

/// Whether this is serde's trait: `Serialize`, `serde::Serialize`. Other crates have traits of that name, too.
fn is_serdes(path: &Path, name: &str) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == name)
        && segments.next().is_none_or(|before| before.ident == "serde")
}

/// Whether one of these words is in the attributes.
fn has(attributes: &[TokenStream], words: &[&str]) -> bool {
    attributes.iter().any(|tokens| is_in(tokens, words))
}

fn is_in(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Group(group) => is_in(&group.stream(), words),
        _ => false,
    })
}
