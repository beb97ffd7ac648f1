//! `#[derive(FromRow)]`.

use crate::attributes::items;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "FromRow reads structs with named fields",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(
            &input.ident,
            "FromRow reads structs with named fields; a tuple needs no derive",
        ));
    };
    let mut names = Vec::new();
    let mut idents = Vec::new();
    let mut types = Vec::new();
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let mut column = ident.to_string().trim_start_matches("r#").to_string();
        for item in items(&field.attrs, "field")? {
            match item.name.as_str() {
                "column" => column = item.string()?,
                _ => return Err(item.unknown("field", "column (in a FromRow)")),
            }
        }
        names.push(column);
        idents.push(ident);
        types.push(&field.ty);
    }
    let name = &input.ident;
    Ok(crate::names::in_block(quote! {
        impl __aludel::FromRow for #name {
            const WIDTH: usize = 0 #(+ <#types as __aludel::FromRow>::WIDTH)*;
            fn names() -> ::std::option::Option<::std::vec::Vec<&'static str>> {
                Some(::std::vec![#(#names),*])
            }
            fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                Ok(#name { #(#idents: __aludel::FromRow::from_row(row)?),* })
            }
        }
    }))
}
