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
    Ok(crate::names::in_block(quote! {
        impl __aludel::DbEnum for #name {
            const TYPE: __aludel::EnumType =
                __aludel::EnumType { name: #sql_name, labels: &[#(#labels),*] };
            const VARIANTS: &'static [Self] = &[#(#name::#variants),*];
            fn label(self) -> &'static str {
                match self { #(#name::#variants => #labels),* }
            }
        }
        impl __aludel::Element for #name {}
        impl __aludel::Scalar for #name {
            fn sql_type() -> __aludel::SqlType {
                __aludel::SqlType::Enum(<Self as __aludel::DbEnum>::TYPE)
            }
            fn encode(self) -> __aludel::Value {
                static TYPE: __aludel::EnumType = <#name as __aludel::DbEnum>::TYPE;
                __aludel::Value::Enum(&TYPE, __aludel::DbEnum::label(self))
            }
            fn decode(cells: &mut dyn __aludel::Cells, at: usize) -> __aludel::CellResult<Self> {
                __aludel::DbEnum::decode_label(cells, at)
            }
        }
    }))
}
