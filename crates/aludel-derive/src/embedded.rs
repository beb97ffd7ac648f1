//! `#[derive(Embedded)]`.

use crate::model::{Field, Kind, parse_fields};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Error, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let fields = parse_fields(&input)?;
    for field in &fields {
        if !matches!(field.kind, Kind::Column) {
            return Err(Error::new(
                field.ident.span(),
                "an embedded value has plain columns only; put relations and nested values into the model",
            ));
        }
    }
    let (name, vis) = (&input.ident, &input.vis);
    let columns = crate::names::columns(name);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let names: Vec<_> = fields.iter().map(|field| &field.column).collect();
    let described = fields.iter().map(Field::described);
    let rust_names: Vec<String> = fields.iter().map(|field| field.name()).collect();
    let deletes = fields.iter().any(|field| field.soft_delete);
    let in_scope = format_ident!("{}", if deletes { "Maybe" } else { "Always" });
    Ok(crate::names::in_block(quote! {
        #[doc(hidden)]
        #[allow(missing_docs)]
        #vis struct #columns<Q> { #(pub #idents: __aludel::Column<Q, #types>),* }
        impl<Q: __aludel::Path> __aludel::ColumnSet for #columns<Q> {
            const REF: &'static Self = &#columns { #(#idents: __aludel::Column::new(#names)),* };
        }
        impl __aludel::FromRow for #name {
            const WIDTH: usize = 0 #(+ <#types as __aludel::FromRow>::WIDTH)*;
            fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                Ok(#name { #(#idents: __aludel::FromRow::from_row(row)?),* })
            }
        }
        impl __aludel::Embedded for #name {
            type Columns<Q: __aludel::Path> = #columns<Q>;
            type InScope = __aludel::#in_scope;
            fn fields() -> ::std::vec::Vec<__aludel::FieldMeta> {
                ::std::vec![#(__aludel::FieldBuilder::standalone::<#types>(#rust_names, #names, |field| field #described)),*]
            }
            fn into_values(self, out: &mut ::std::vec::Vec<__aludel::Value>) {
                #(out.push(__aludel::ColumnType::into_value(self.#idents));)*
            }
        }
    }))
}
