//! What a model says of its fields: the calls of `ModelBuilder`.

use super::super::parse::{Field, Kind, Model};
use super::relations::inverse;
use super::{column, related};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

/// The call on the model's builder that describes a field.
pub(super) fn describe(model: &Model, field: &Field) -> TokenStream {
    let (ident, ty, column) = (&model.ident, &field.ty, &field.column);
    let (name, calls, orphans) = (field.name(), field.described(), field.orphans);
    let built = built();
    let named = |target: &Type| {
        let inverse = inverse(ident, field, target);
        quote_spanned! {target.span()=>
            <#inverse::Relation as __aludel::Relation>::NAME
        }
    };
    match &field.kind {
        Kind::Column => {
            let described = self::column(field);
            quote!(let #built = #built.described(#described::field(#name, #column) #calls);)
        }
        Kind::Embedded { prefix } => {
            let prefix = if *prefix {
                format!("{column}_")
            } else {
                String::new()
            };
            match field.follows.as_slice() {
                [] => {
                    quote_spanned!(field.place=> let #built = #built.embedded::<#ty>(#name, #prefix);)
                }
                follows => quote_spanned! {field.place=>
                    let #built = #built.reference::<#ty>(
                        #name, #prefix, |reference| reference #(#follows)*);
                },
            }
        }
        Kind::BelongsTo {
            target, nullable, ..
        } => {
            let (columns, related) = (field.given_column(), related(field, target));
            let calls = calls_of(&calls);
            quote!(let #built = #related::belongs_to(#built, #name, #nullable, #columns, #calls);)
        }
        Kind::HasOne { target } => {
            let (inverse, related) = (named(target), related(field, target));
            quote! {
                let #built = #related::has(
                    #built, __aludel::RelationKind::HasOne, #name, #inverse, #orphans);
            }
        }
        Kind::HasMany { target } => {
            let (inverse, related) = (named(target), related(field, target));
            quote! {
                let #built = #related::has(
                    #built, __aludel::RelationKind::HasMany, #name, #inverse, #orphans);
            }
        }
        Kind::ManyToMany { target } => {
            let other = match &field.inverse {
                Some(_) => {
                    let inverse = named(target);
                    quote!(Some(#inverse))
                }
                None => quote!(None),
            };
            let table = match &field.join_table {
                Some(table) => quote!(Some(#table)),
                None => quote!(None),
            };
            let through = match &field.through {
                Some(through) => quote!(Some(<#through as __aludel::Model>::meta)),
                None => quote!(None),
            };
            let related = related(field, target);
            quote! {
                let #built = #related::many_to_many(#built, #name, #other, #table, #through);
            }
        }
    }
}

/// The model that is described. Its name is the macro's own, wherever the tokens around it come from.
pub(super) fn built() -> syn::Ident {
    syn::Ident::new("model", proc_macro2::Span::mixed_site())
}

/// A function that makes these calls on a relation's builder.
fn calls_of(calls: &TokenStream) -> TokenStream {
    match calls.is_empty() {
        true => quote!(__aludel::RelationBuilder::plain),
        false => quote!(|field| field #calls),
    }
}

/// The types of the key's columns, if a field says more of them than its Rust type does.
pub(super) fn key_types(model: &Model) -> Option<TokenStream> {
    let keys: Vec<&Field> = { model.fields.iter() }
        .filter(|field| field.primary_key)
        .collect();
    if keys
        .iter()
        .all(|field| field.is_column() && !field.has_type())
    {
        return None;
    }
    let parts = keys.iter().map(|field| match &field.kind {
        Kind::BelongsTo { target, .. } => {
            let related = related(field, target);
            quote!(types.extend(#related::by_types());)
        }
        _ => {
            let key_type = key_type(field);
            quote!(types.push(#key_type);)
        }
    });
    Some(quote! {
        fn key_types() -> ::std::vec::Vec<__aludel::KeyType> {
            let mut types = ::std::vec::Vec::new();
            #(#parts)*
            types
        }
    })
}

/// The type of a key's column.
pub(super) fn key_type(field: &Field) -> TokenStream {
    let (column, calls) = (column(field), field.typed());
    quote!(__aludel::KeyType::of(&(#column::field("", "") #calls)))
}
