//! `#[derive(DbNewtype)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Member, Result, Type};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let wrong = || {
        Error::new_spanned(
            &input.ident,
            "a DbNewtype is a struct around one value: `struct Email(String);`",
        )
    };
    let Data::Struct(data) = &input.data else {
        return Err(wrong());
    };
    let field = match &data.fields {
        Fields::Unnamed(_) | Fields::Named(_) if data.fields.len() == 1 => {
            data.fields.iter().next().ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    let member = match &field.ident {
        Some(name) => Member::Named(name.clone()),
        None => Member::from(0),
    };
    let (name, inner) = (&input.ident, &field.ty);
    let text = is_string(inner).then(|| quote!(impl __aludel::Text for #name {}));
    // A type with parameters may itself be an array.
    let is_plain = matches!(inner, Type::Path(path)
        if path.path.segments.iter().all(|segment| segment.arguments.is_none()));
    let element = is_plain.then(|| quote!(impl __aludel::Element for #name {}));
    Ok(crate::names::in_block(quote! {
        #element
        impl __aludel::Scalar for #name {
            fn sql_type() -> __aludel::SqlType {
                <#inner as __aludel::Scalar>::sql_type()
            }
            fn encode(self) -> __aludel::Value {
                __aludel::Scalar::encode(self.#member)
            }
            fn decode(cells: &mut dyn __aludel::Cells, at: usize) -> __aludel::CellResult<Self> {
                let found = <#inner as __aludel::Scalar>::decode(cells, at)?;
                Ok(found.map(|value| #name { #member: value }))
            }
            fn range() -> ::std::option::Option<(i64, i64)> {
                <#inner as __aludel::Scalar>::range()
            }
        }
        #text
    }))
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "String"))
}
