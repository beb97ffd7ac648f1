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
                impl __aludel::Kind<#ty> for #reference {
                    const KIND: usize = #n;
                }
                impl ::std::convert::From<__aludel::Key<#ty>> for #reference {
                    fn from(key: __aludel::Key<#ty>) -> Self {
                        #reference::Unflushed(__aludel::Unflushed::new(#n, key))
                    }
                }
                impl ::std::convert::From<&#ty> for #reference {
                    fn from(row: &#ty) -> Self { #reference::#variant(__aludel::Model::key(row)) }
                }
                impl ::std::convert::From<#ty> for #ident {
                    fn from(row: #ty) -> Self { #ident::#variant(row) }
                }
            }
        });
    let abouts = variants
        .iter()
        .map(|variant| doc(&format!("The key of a [`{variant}`]({ident}::{variant}).")));
    let declared = quote! {
        #about
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #vis enum #reference {
            #(#abouts #variants(<#types as ::aludel::__private::Model>::Key),)*
            /// A row of a session, whose key the next flush finds out.
            Unflushed(::aludel::__private::Unflushed),
        }
    };
    let impls = crate::names::in_block(quote! {
        #(#each)*
        impl __aludel::PolymorphicRef for #reference {
            type Key = <#first as __aludel::Model>::Key;
            const KINDS: &'static [&'static str] = &[#(#kinds),*];
            fn into_parts(self) -> ::std::result::Result<(usize, Self::Key), __aludel::Unflushed> {
                match self {
                    #(#reference::#variants(key) => ::std::result::Result::Ok((#numbers, key)),)*
                    #reference::Unflushed(row) => ::std::result::Result::Err(row),
                }
            }
            fn kind_of(kind: usize) -> __aludel::KindOf {
                match kind {
                    #(#other_numbers => __aludel::KindOf::of::<#other_types>(#other_kinds),)*
                    _ => __aludel::KindOf::of::<#last_type>(#last_kind),
                }
            }
            fn in_session(&self) -> ::std::option::Option<__aludel::Unflushed> {
                match self {
                    #reference::Unflushed(row) => ::std::option::Option::Some(*row),
                    _ => ::std::option::Option::None,
                }
            }
            fn of_session(row: __aludel::Unflushed) -> Self { #reference::Unflushed(row) }
            fn from_parts(kind: usize, key: Self::Key) -> Self {
                match kind { #(#other_numbers => #reference::#others(key),)* _ => #reference::#last(key) }
            }
        }
        impl __aludel::FromRow for #reference {
            const WIDTH: usize = 2;
            fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                __aludel::read_reference(row)
            }
        }
        impl __aludel::Embedded for #reference {
            type Columns<Q: __aludel::Path> = __aludel::ReferenceColumns<Q, Self>;
            type InScope = __aludel::Always;
            fn fields() -> ::std::vec::Vec<__aludel::FieldMeta> {
                __aludel::reference_fields::<Self>()
            }
            fn into_values(self, out: &mut ::std::vec::Vec<__aludel::Value>) {
                __aludel::reference_values(self, out)
            }
            fn unflushed(&self) -> ::std::option::Option<(__aludel::Unflushed, __aludel::KindOf)> {
                __aludel::open_reference(self)
            }
            fn leads_to(&self) -> __aludel::Pointer { __aludel::reference_pointer(self) }
            fn leading_to(to: __aludel::Pointer) -> ::std::option::Option<Self> {
                __aludel::reference_leading_to(to)
            }
            fn kinds() -> ::std::vec::Vec<__aludel::KindOf> { __aludel::reference_kinds::<Self>() }
        }
        impl __aludel::PolymorphicField for #reference {
            type Of = Self;
        }
        impl __aludel::Polymorphic for #ident {
            type Reference = #reference;
            fn reference(&self) -> #reference {
                match self { #(#ident::#variants(row) => row.into()),* }
            }
            fn of_kind(
                kind: usize,
                keys: ::std::vec::Vec<<#reference as __aludel::PolymorphicRef>::Key>,
                db: &dyn __aludel::Executor,
            ) -> __aludel::BoxFuture<'_, __aludel::Result<::std::vec::Vec<Self>>> {
                match kind {
                    #(#other_numbers => __aludel::polymorphic_rows::<#other_types, Self>(keys, #ident::#others, db),)*
                    _ => __aludel::polymorphic_rows::<#last_type, Self>(keys, #ident::#last, db),
                }
            }
        }
    });
    Ok(quote!(#declared #impls))
}

fn one_model(variant: &syn::Variant) -> Error {
    Error::new_spanned(variant, "a variant holds one model: `Post(Post)`")
}
