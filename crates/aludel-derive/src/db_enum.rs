//! `#[derive(DbEnum)]`.

use crate::attributes::items;
use crate::names;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "a DbEnum is an enum; for a struct around one value derive DbNewtype",
        ));
    };
    if data.variants.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an enum without variants has no values to store",
        ));
    }
    let name = &input.ident;
    let mut sql_name = names::snake(&name.to_string());
    for item in items(&input.attrs, "db_enum")? {
        match item.name.as_str() {
            "name" => sql_name = item.string()?,
            _ => return Err(item.unknown("db_enum", "name")),
        }
    }
    let mut labels = Vec::new();
    let mut variants = Vec::new();
    for variant in &data.variants {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(
                variant,
                "a variant with data is no label; store it as JSON (`Json<T>`) or in columns of its own",
            ));
        }
        let mut label = names::snake(&variant.ident.to_string());
        for item in items(&variant.attrs, "db_enum")? {
            match item.name.as_str() {
                "label" => label = item.string()?,
                _ => return Err(item.unknown("db_enum", "label (on a variant)")),
            }
        }
        if labels.contains(&label) {
            return Err(Error::new_spanned(
                variant,
                format!("the label {label:?} is another variant's already"),
            ));
        }
        labels.push(label);
        variants.push(&variant.ident);
    }
    Ok(quote! {
        impl ::aludel::__private::DbEnum for #name {
            const TYPE: ::aludel::__private::EnumType =
                ::aludel::__private::EnumType { name: #sql_name, labels: &[#(#labels),*] };
            const VARIANTS: &'static [Self] = &[#(#name::#variants),*];
            fn label(self) -> &'static str {
                match self { #(#name::#variants => #labels),* }
            }
        }
        impl ::aludel::__private::Element for #name {}
        impl ::aludel::__private::Scalar for #name {
            fn sql_type() -> ::aludel::__private::SqlType {
                ::aludel::__private::SqlType::Enum(<Self as ::aludel::__private::DbEnum>::TYPE)
            }
            fn encode(self) -> ::aludel::__private::Value {
                static TYPE: ::aludel::__private::EnumType = <#name as ::aludel::__private::DbEnum>::TYPE;
                ::aludel::__private::Value::Enum(&TYPE, ::aludel::__private::DbEnum::label(self))
            }
            fn decode(cells: &mut dyn ::aludel::__private::Cells, at: usize) -> ::aludel::__private::CellResult<Self> {
                ::aludel::__private::DbEnum::decode_label(cells, at)
            }
        }
    })
}
