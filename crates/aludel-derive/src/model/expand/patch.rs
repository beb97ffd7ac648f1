//! `…Patch`: the changes of a row.

use super::super::parse::{Kind, Model};
use super::super::serde::Derived;
use super::{column, reference_type, related};
use crate::attributes::doc;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// `UserPatch`, every column optional, and its impls.
pub(super) fn patch_struct(model: &Model) -> (TokenStream, TokenStream) {
    let (ident, patch, vis, derives) =
        (&model.ident, &model.patch, &model.vis, &model.patch_derive);
    let (attrs, serde) = (&model.patch_attrs, Derived::of(derives));
    let mut fields = Vec::new();
    let mut pushes = Vec::new();
    for field in &model.fields {
        let (name, field_vis, ty) = (&field.ident, &field.vis, &field.ty);
        let (given, push) = match &field.kind {
            Kind::Column if field.identity || field.generated => {
                pushes.push(quote!(changes.skip(1);));
                continue;
            }
            Kind::Column => {
                let column = column(field);
                (
                    quote!(#ty),
                    quote!(#column::change(self.#name, &mut changes);),
                )
            }
            Kind::Embedded { .. } => (
                quote!(#ty),
                quote_spanned!(field.place=> changes.embedded(self.#name);),
            ),
            Kind::BelongsTo {
                target, nullable, ..
            } => {
                let (given, related) = (reference_type(field), related(field, target));
                let value = match nullable {
                    true => quote!(self.#name),
                    false => quote!(self.#name.map(::std::option::Option::Some)),
                };
                (given, quote!(#related::change(#value, &mut changes);))
            }
            _ => continue,
        };
        let docs = &field.docs;
        let attributes = serde.patch_field(field);
        fields.push(
            quote_spanned!(field.place=> #(#docs)* #attributes #field_vis #name: ::std::option::Option<#given>),
        );
        pushes.push(push);
    }
    let about = doc(&format!(
        "What is changed in a [`{ident}`](struct@{ident}). `None` leaves a column as it is."
    ));
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#derives)]));
    let into_changes = quote! {
        fn into_changes(self) -> ::std::vec::Vec<(usize, __aludel::Value)> {
            let mut changes = __aludel::Changes::default();
            #(#pushes)*
            changes.finish()
        }
    };
    let declared = quote_spanned! {ident.span()=>
        #about
        #[allow(dead_code, missing_docs)]
        #[derive(Debug, Clone, Default)]
        #derives
        #(#[#attrs])*
        #vis struct #patch { #(#fields),* }
    };
    let impls = quote_spanned! {ident.span()=>
        #[diagnostic::do_not_recommend]
        impl __aludel::PatchModel for #patch {
            type Model = #ident;
            #into_changes
        }
    };
    (declared, impls)
}
