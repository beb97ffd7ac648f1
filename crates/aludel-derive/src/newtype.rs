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
    let text = is_string(inner).then(|| quote!(impl ::aludel::__private::Text for #name {}));
    // A type with parameters may itself be an array.
    let is_plain = matches!(inner, Type::Path(path)
        if path.path.segments.iter().all(|segment| segment.arguments.is_none()));
    let element = is_plain.then(|| quote!(impl ::aludel::__private::Element for #name {}));
    Ok(quote! {
        #element
        impl ::aludel::__private::Scalar for #name {
            fn sql_type() -> ::aludel::__private::SqlType {
                <#inner as ::aludel::__private::Scalar>::sql_type()
            }
            fn encode(self) -> ::aludel::__private::Value {
                ::aludel::__private::Scalar::encode(self.#member)
            }
            fn decode(cells: &mut dyn ::aludel::__private::Cells, at: usize) -> ::aludel::__private::CellResult<Self> {
                let found = <#inner as ::aludel::__private::Scalar>::decode(cells, at)?;
                Ok(found.map(|value| #name { #member: value }))
            }
            fn range() -> ::std::option::Option<(i64, i64)> {
                <#inner as ::aludel::__private::Scalar>::range()
            }
        }
        #text
    })
}

fn is_string(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "String"))
}
