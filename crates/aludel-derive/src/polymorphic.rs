//! `#[derive(Polymorphic)]`.

use crate::attributes::{doc, items};
use crate::names;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Fields, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "this needs an enum of models: `enum Subject { Post(Post), Photo(Photo) }`",
        ));
    };
    let (ident, vis) = (&input.ident, &input.vis);
    let mut reference = format_ident!("{}Ref", ident);
    for item in items(&input.attrs, "polymorphic")? {
        match item.name.as_str() {
            "reference" => reference = item.ident()?,
            _ => return Err(item.unknown("polymorphic", "reference = Name")),
        }
    }
    let (mut variants, mut types, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &data.variants {
        let Fields::Unnamed(fields) = &variant.fields else {
            return Err(one_model(variant));
        };
        if fields.unnamed.len() != 1 {
            return Err(one_model(variant));
        }
        let mut kind = names::snake(&variant.ident.to_string());
        for item in items(&variant.attrs, "polymorphic")? {
            match item.name.as_str() {
                "kind" => kind = item.string()?,
                _ => return Err(item.unknown("polymorphic", "kind = \"…\" (on a variant)")),
            }
        }
        if kinds.contains(&kind) {
            return Err(Error::new_spanned(
                variant,
                format!("the kind {kind:?} is another variant's already"),
            ));
        }
        if variant.ident == "Unflushed" {
            return Err(Error::new_spanned(
                variant,
                "the reference has a variant of this name: a row of a session that is not flushed; rename this one",
            ));
        }
        variants.push(&variant.ident);
        types.push(&fields.unnamed[0].ty);
        kinds.push(kind);
    }
    let Some(first) = types.first() else {
        return Err(Error::new_spanned(
            ident,
            "an enum without variants has nothing to refer to",
        ));
    };
    let private = quote!(::aludel::__private);
    let numbers: Vec<usize> = (0..kinds.len()).collect();
    let last = numbers.len() - 1;
    let (others, other_numbers) = (&variants[..last], &numbers[..last]);
    let (other_types, other_kinds) = (&types[..last], &kinds[..last]);
    let last_kind = &kinds[last];
    let (last, last_type) = (&variants[last], &types[last]);
    let about = doc(&format!(
        "A reference to a row of [`{ident}`](enum@{ident}): a value of two columns, `kind` and `id`. Made of a session's key, it is `Unflushed` until the next flush."
    ));
    let each = variants
        .iter()
        .zip(&types)
        .zip(&numbers)
        .map(|((variant, ty), n)| {
            quote_spanned! {names::at(ty)=>
                impl #private::Kind<#ty> for #reference {
                    const KIND: usize = #n;
                }
                impl ::std::convert::From<#private::Key<#ty>> for #reference {
                    fn from(key: #private::Key<#ty>) -> Self {
                        #reference::Unflushed(#private::Unflushed::new(#n, key))
                    }
                }
                impl ::std::convert::From<&#ty> for #reference {
                    fn from(row: &#ty) -> Self { #reference::#variant(#private::Model::key(row)) }
                }
                impl ::std::convert::From<#ty> for #ident {
                    fn from(row: #ty) -> Self { #ident::#variant(row) }
                }
            }
        });
    let abouts = variants
        .iter()
        .map(|variant| doc(&format!("The key of a [`{variant}`]({ident}::{variant}).")));
    Ok(quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #vis enum #reference {
            #(#abouts #variants(<#types as #private::Model>::Key),)*
            /// A row of a session, whose key the next flush finds out.
            Unflushed(#private::Unflushed),
        }
        #(#each)*
        impl #private::PolymorphicRef for #reference {
            type Key = <#first as #private::Model>::Key;
            const KINDS: &'static [&'static str] = &[#(#kinds),*];
            fn into_parts(self) -> ::std::result::Result<(usize, Self::Key), #private::Unflushed> {
                match self {
                    #(#reference::#variants(key) => ::std::result::Result::Ok((#numbers, key)),)*
                    #reference::Unflushed(row) => ::std::result::Result::Err(row),
                }
            }
            fn kind_of(kind: usize) -> #private::KindOf {
                match kind {
                    #(#other_numbers => #private::KindOf::of::<#other_types>(#other_kinds),)*
                    _ => #private::KindOf::of::<#last_type>(#last_kind),
                }
            }
            fn in_session(&self) -> ::std::option::Option<#private::Unflushed> {
                match self {
                    #reference::Unflushed(row) => ::std::option::Option::Some(*row),
                    _ => ::std::option::Option::None,
                }
            }
            fn of_session(row: #private::Unflushed) -> Self { #reference::Unflushed(row) }
            fn from_parts(kind: usize, key: Self::Key) -> Self {
                match kind { #(#other_numbers => #reference::#others(key),)* _ => #reference::#last(key) }
            }
        }
        impl #private::FromRow for #reference {
            const WIDTH: usize = 2;
            fn from_row(row: &mut #private::Row<'_>) -> #private::Decoded<Self> {
                #private::read_reference(row)
            }
        }
        impl #private::Embedded for #reference {
            type Columns<Q: #private::Path> = #private::ReferenceColumns<Q, Self>;
            type InScope = ::aludel::__private::Always;
            fn fields() -> ::std::vec::Vec<#private::FieldMeta> {
                #private::reference_fields::<Self>()
            }
            fn into_values(self, out: &mut ::std::vec::Vec<#private::Value>) {
                #private::reference_values(self, out)
            }
            fn unflushed(&self) -> ::std::option::Option<(#private::Unflushed, #private::KindOf)> {
                #private::open_reference(self)
            }
            fn leads_to(&self) -> #private::Pointer { #private::reference_pointer(self) }
            fn leading_to(to: #private::Pointer) -> ::std::option::Option<Self> {
                #private::reference_leading_to(to)
            }
            fn kinds() -> ::std::vec::Vec<#private::KindOf> { #private::reference_kinds::<Self>() }
        }
        impl #private::PolymorphicField for #reference {
            type Of = Self;
        }
        impl #private::Polymorphic for #ident {
            type Reference = #reference;
            fn reference(&self) -> #reference {
                match self { #(#ident::#variants(row) => row.into()),* }
            }
            fn of_kind(
                kind: usize,
                keys: ::std::vec::Vec<<#reference as #private::PolymorphicRef>::Key>,
                db: &dyn #private::Executor,
            ) -> #private::BoxFuture<'_, #private::Result<::std::vec::Vec<Self>>> {
                match kind {
                    #(#other_numbers => #private::polymorphic_rows::<#other_types, Self>(keys, #ident::#others, db),)*
                    _ => #private::polymorphic_rows::<#last_type, Self>(keys, #ident::#last, db),
                }
            }
        }
    })
}

fn one_model(variant: &syn::Variant) -> Error {
    Error::new_spanned(variant, "a variant holds one model: `Post(Post)`")
}
