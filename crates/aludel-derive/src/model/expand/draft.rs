//! `New…`: the draft of a new row.

use super::super::parse::{Field, Kind, Model, is_option, is_text, without_option};
use super::super::serde::Derived;
use super::{Side, column, label, reference, reference_type, related};
use crate::attributes::doc;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// `NewUser`, the columns that a caller may give, and its impls.
pub(super) fn new_struct(model: &Model) -> (TokenStream, TokenStream) {
    let (ident, new, vis, derives) = (&model.ident, &model.new, &model.vis, &model.new_derive);
    let (attrs, serde) = (&model.new_attrs, Derived::of(derives));
    let mut fields = Vec::new();
    let mut pushes = Vec::new();
    let mut reads = Vec::new();
    // The constructor's parameters, and the fields made from them.
    let (mut wanted, mut made) = (Vec::new(), Vec::new());
    let mut skipped = 0_usize;
    for field in &model.fields {
        let (name, field_vis, ty) = (&field.ident, &field.vis, &field.ty);
        let (given, push) = match &field.kind {
            Kind::Column if field.is_numbered() || field.generated => {
                pushes.push(quote!(row.skip();));
                skipped += 1;
                continue;
            }
            Kind::Column if field.default_with.is_some() => {
                let (inner, with) = (without_option(ty), &field.default_with);
                let column = column(field);
                let value = match is_option(ty) {
                    true => quote!(self.#name.map(Some)),
                    false => quote!(self.#name),
                };
                (
                    quote!(::std::option::Option<#inner>),
                    quote!(#column::or_default(#value, row, #with);),
                )
            }
            Kind::Column if field.has_default || field.identity || is_option(ty) => {
                let (inner, column) = (without_option(ty), column(field));
                let write = match is_option(ty) {
                    true => quote!(nullable),
                    false => quote!(optional),
                };
                (
                    quote!(::std::option::Option<#inner>),
                    quote!(#column::#write(self.#name, row);),
                )
            }
            Kind::Column => {
                let column = column(field);
                (quote!(#ty), quote!(#column::given(self.#name, row);))
            }
            Kind::Embedded { .. } => (
                quote!(#ty),
                quote_spanned!(field.place=> row.embedded(self.#name);),
            ),
            Kind::BelongsTo {
                target, nullable, ..
            } => {
                let (given, related) = (reference_type(field), related(field, target));
                let (given, value) = match (nullable, field.has_default) {
                    (true, _) => (given, quote!(self.#name)),
                    (false, true) => (quote!(::std::option::Option<#given>), quote!(self.#name)),
                    (false, false) => (given, quote!(::std::option::Option::Some(self.#name))),
                };
                (given, quote!(#related::write(#value, row);))
            }
            _ => continue,
        };
        let docs = &field.docs;
        let attributes = serde.new_field(field);
        match is_wanted(field) {
            None => made.push(quote!(#name: None)),
            Some(Wanted::Itself) => {
                wanted.push(quote_spanned!(field.place=> #name: #given));
                made.push(quote!(#name));
            }
            Some(Wanted::Into) => {
                wanted.push(quote_spanned!(field.place=> #name: impl ::std::convert::Into<#given>));
                made.push(quote!(#name: #name.into()));
            }
        }
        fields.push(quote_spanned!(field.place=> #(#docs)* #attributes #field_vis #name: #given));
        pushes.push(push);
        reads.push(read(field, std::mem::take(&mut skipped)));
    }
    pushes.extend(label(model).map(|label| quote!(row.label(#label);)));
    let default = wanted.is_empty().then(|| quote!(, Default));
    let about_constructor = doc(&format!(
        "A new [`{ident}`](struct@{ident}) of what it needs; the rest is `None`."
    ));
    let constructor = (!wanted.is_empty()).then(|| {
        quote! {
            #[allow(dead_code, private_bounds, private_interfaces, clippy::too_many_arguments)]
            impl #new {
                #about_constructor
                #vis fn new(#(#wanted),*) -> Self { Self { #(#made),* } }
            }
        }
    });
    let about = doc(&format!(
        "What is inserted to make a [`{ident}`](struct@{ident}). `None` leaves a column to the database."
    ));
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#derives)]));
    let reference = reference(model, Side::Draft);
    // Locals and their uses must have the same hygiene, also inside another macro.
    let write = quote! {
        fn write(self, row: &mut __aludel::NewRow) {
            #(#pushes)*
        }
        const READS: bool = true;
        fn read(values: &mut __aludel::Written<'_>) -> __aludel::Decoded<Self> {
            let _ = &values;
            ::std::result::Result::Ok(Self { #(#reads),* })
        }
        #[track_caller]
        fn insert(
            self,
            db: &dyn __aludel::Executor,
        ) -> impl ::std::future::Future<Output = __aludel::Result<#ident>> + Send {
            __aludel::insert_new(self, db.target(), ::std::panic::Location::caller())
        }
    };
    let draft = quote! {
        fn write_copy(&self, row: &mut __aludel::NewRow) {
            __aludel::NewModel::write(__aludel::Clone::clone(self), row)
        }
        #reference
    };
    let declared = quote_spanned! {ident.span()=>
        #about
        #[allow(dead_code, missing_docs)]
        #[derive(Debug, Clone #default)]
        #derives
        #(#[#attrs])*
        #vis struct #new { #(#fields),* }
    };
    let impls = quote_spanned! {ident.span()=>
        #constructor
        #[diagnostic::do_not_recommend]
        impl __aludel::NewModel for #new {
            type Model = #ident;
            #write
        }
        impl __aludel::AnyDraft for #new {
            #draft
        }
    };
    (declared, impls)
}

/// How the constructor of `New…` takes a field that it can't leave out.
enum Wanted {
    /// By its type: the type of a number literal can't be inferred from `impl Into<i16>`.
    Itself,
    /// Anything that converts to it: `"text"`, `&row`, a key.
    Into,
}

/// Whether, and how, the constructor of `New…` takes the field. It leaves out fields that may be NULL or have a default.
fn is_wanted(field: &Field) -> Option<Wanted> {
    match &field.kind {
        Kind::Column if field.has_default || field.default_with.is_some() => None,
        Kind::Column | Kind::Embedded { .. } if is_option(&field.ty) => None,
        Kind::Column if is_text(&field.ty) => Some(Wanted::Into),
        Kind::BelongsTo { nullable, .. } => {
            (!nullable && !field.has_default).then_some(Wanted::Into)
        }
        _ => Some(Wanted::Itself),
    }
}

/// A field of a draft, read back from the draft's values.
fn read(field: &Field, skipped: usize) -> TokenStream {
    let (name, ty) = (&field.ident, &field.ty);
    let after = (skipped > 0).then(|| quote!(.after(#skipped)));
    let values = match &after {
        Some(after) => quote!(values #after),
        None => quote!(values),
    };
    let read = match &field.kind {
        Kind::Column => {
            let column = column(field);
            match is_option(ty) {
                true if field.default_with.is_some() => {
                    quote!(#column::read_optional(#values)?.flatten())
                }
                true => quote!(#column::read_nullable(#values)?),
                false if field.default_with.is_some() || field.has_default || field.identity => {
                    quote!(#column::read_optional(#values)?)
                }
                false => quote!(#column::read_given(#values)?),
            }
        }
        Kind::BelongsTo {
            nullable, target, ..
        } => {
            let related = related(field, target);
            match *nullable || field.has_default {
                true => quote!(#related::read_nullable(#values)?),
                false => quote!(#related::read(#values)?),
            }
        }
        _ => quote_spanned!(field.place=> values #after .embedded()?),
    };
    quote_spanned!(field.place=> #name: #read)
}
