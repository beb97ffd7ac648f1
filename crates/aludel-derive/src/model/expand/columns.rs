//! The columns and relations of a model: over a path, and as consts.

use super::super::parse::{Field, Kind, Model};
use super::related;
use crate::names::{self, marker};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

/// A field of the columns over `path`: its type, and its value.
fn path_item(model: &Model, field: &Field, path: &TokenStream) -> (TokenStream, TokenStream) {
    let marker = marker(&model.ident, &field.ident);
    let (ty, column) = (&field.ty, &field.column);
    match &field.kind {
        Kind::Column => (
            quote_spanned!(field.place=> __aludel::Column<#path, #ty>),
            quote_spanned!(field.place=> __aludel::Column::new(#column)),
        ),
        Kind::Embedded { .. } => (
            quote_spanned!(field.place=> __aludel::Embedding<#path, #marker>),
            quote_spanned!(field.place=> __aludel::Embedding::new()),
        ),
        Kind::BelongsTo { .. } | Kind::HasOne { .. } => (
            quote_spanned!(field.place=> __aludel::ToOne<#path, #marker>),
            quote_spanned!(field.place=> __aludel::ToOne::new()),
        ),
        Kind::HasMany { .. } | Kind::ManyToMany { .. } => (
            quote_spanned!(field.place=> __aludel::ToMany<#path, #marker>),
            quote_spanned!(field.place=> __aludel::ToMany::new()),
        ),
    }
}

/// `author_id`, the column of a reference by a key of one column, over `path`: its name, type and value. `None` if a field
/// has that name already.
fn key_item(
    model: &Model,
    field: &Field,
    path: &TokenStream,
) -> Option<(Ident, TokenStream, TokenStream)> {
    let Kind::BelongsTo {
        target, nullable, ..
    } = &field.kind
    else {
        return None;
    };
    let place = target.span();
    let name = format_ident!("{}_id", field.name(), span = place);
    if model.fields.iter().any(|field| field.ident == name) {
        return None;
    }
    let (marker, related) = (marker(&model.ident, &field.ident), related(field, target));
    let key = quote_spanned!(place=> #related::By);
    let ty = match nullable {
        true => quote_spanned!(place=> ::std::option::Option<#key>),
        false => key,
    };
    Some((
        name,
        quote_spanned!(place=> __aludel::Column<#path, #ty>),
        quote_spanned!(place=> __aludel::Column::new(#marker::COLUMN)),
    ))
}

/// `__UserColumns<Q>`: the columns and relations over a path.
pub(super) fn columns(model: &Model) -> TokenStream {
    let (ident, vis) = (&model.ident, &model.vis);
    let name = names::columns(ident);
    let path = quote!(Q);
    let mut idents: Vec<_> = model
        .fields
        .iter()
        .map(|field| field.ident.clone())
        .collect();
    let (mut types, mut values): (Vec<_>, Vec<_>) = model
        .fields
        .iter()
        .map(|field| path_item(model, field, &path))
        .unzip();
    for (name, ty, value) in model
        .fields
        .iter()
        .filter_map(|field| key_item(model, field, &path))
    {
        idents.push(name);
        types.push(ty);
        values.push(value);
    }
    quote_spanned! {ident.span()=>
        #[doc(hidden)]
        #[allow(dead_code, missing_docs)]
        #vis struct #name<Q> { #(pub #idents: #types),* }
        impl<Q: __aludel::Path> __aludel::ColumnSet for #name<Q> {
            const REF: &'static Self = &#name { #(#idents: #values),* };
        }
    }
}

/// `User::email` and the like.
pub(super) fn consts(model: &Model) -> TokenStream {
    if !model.consts {
        return TokenStream::new();
    }
    let ident = &model.ident;
    let root = quote!(__aludel::Root<#ident>);
    let consts = model.fields.iter().map(|field| {
        let (name, vis) = (&field.ident, &field.vis);
        let (ty, value) = path_item(model, field, &root);
        quote_spanned!(field.place=> #vis const #name: #ty = #value;)
    });
    let keys = model.fields.iter().filter_map(|field| {
        let (name, ty, value) = key_item(model, field, &root)?;
        let vis = field.vis.to_token_stream().into_iter().map(|mut token| {
            token.set_span(name.span());
            token
        });
        let vis: TokenStream = vis.collect();
        Some(quote_spanned!(name.span()=> #vis const #name: #ty = #value;))
    });
    quote_spanned! {ident.span()=>
        #[allow(dead_code, non_upper_case_globals, missing_docs)]
        impl #ident { #(#consts)* #(#keys)* }
    }
}
