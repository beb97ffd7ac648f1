//! The impls of a model. Everything that can be a library function is one: here are only names and calls.

mod columns;
mod describe;
mod draft;
mod patch;
mod relations;

use super::parse::{Field, Kind, Model};
use crate::names::{self, at};
use columns::{columns, consts};
use describe::{built, describe, key_types};
use draft::new_struct;
use patch::patch_struct;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use relations::{by, markers};
use syn::spanned::Spanned;
use syn::{Ident, Type};

pub(crate) fn expand(model: &Model) -> TokenStream {
    let (new, draft) = new_struct(model);
    let (patch, changes) = patch_struct(model);
    let (keys, markers) = markers(model);
    let impls = [
        draft,
        changes,
        markers,
        columns(model),
        consts(model),
        from_row(model),
        model_impl(model),
    ];
    let impls = names::in_block(quote!(#(#impls)*));
    quote!(#new #patch #keys #impls)
}

fn from_row(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let mut widths = Vec::new();
    let mut reads = Vec::new();
    for field in &model.fields {
        let (name, ty) = (&field.ident, &field.ty);
        // Reading a relation that was not loaded is an error that states its name.
        let known_as = format!("{ident}::{}", field.name());
        match &field.kind {
            Kind::HasOne { .. } | Kind::HasMany { .. } | Kind::ManyToMany { .. } => {
                reads.push(quote!(#name: <#ty>::unread(&#known_as)));
            }
            Kind::BelongsTo {
                target, nullable, ..
            } => {
                let related = related(field, target);
                let read = match nullable {
                    true => quote!(from_nullable),
                    false => quote!(from_row),
                };
                widths.push(quote!(+ #related::BY_WIDTH));
                reads.push(quote!(#name: #related::#read(row, &#known_as)?));
            }
            Kind::Column => {
                let column = column(field);
                widths.push(quote!(+ #column::WIDTH));
                reads.push(quote!(#name: #column::from_row(row)?));
            }
            _ => {
                widths.push(quote_spanned!(field.place=> + <#ty as __aludel::FromRow>::WIDTH));
                reads.push(quote_spanned!(field.place=> #name: __aludel::FromRow::from_row(row)?));
            }
        }
    }
    let read = match &model.variant_of {
        None => quote!(Ok(#ident { #(#reads),* })),
        Some(whole) => {
            widths.push(quote!(+ 1));
            let labelled = labelled(ident, whole);
            quote! {
                let read = #ident { #(#reads),* };
                #labelled::read_label(row)?;
                Ok(read)
            }
        }
    };
    let functions = quote! {
            fn names() -> ::std::option::Option<::std::vec::Vec<&'static str>> {
                __aludel::column_names::<Self>()
            }
            fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                #read
            }
    };
    quote_spanned! {ident.span()=>
        #[diagnostic::do_not_recommend]
        impl __aludel::FromRow for #ident {
            #[allow(clippy::identity_op)]
            const WIDTH: usize = 0 #(#widths)*;
            #functions
        }
    }
}

fn model_impl(model: &Model) -> TokenStream {
    let (ident, new, patch) = (&model.ident, &model.new, &model.patch);
    let columns = names::columns(ident);
    let name = ident.to_string();
    let (schema, table) = table(model);
    let built = built();
    let variant_of = model.variant_of.iter().map(|whole| {
        let labelled = labelled(ident, whole);
        quote!(let #built = #labelled::describe(#built);)
    });
    let comment = model.comment.iter().map(|text| quote!(.comment(#text)));
    let described = model.fields.iter().map(|field| describe(model, field));
    let extras = &model.extras;
    let (key_type, key_value, key_columns) = key(model);
    let values = model.fields.iter().map(|field| {
        let name = &field.ident;
        match &field.kind {
            Kind::Column => {
                let column = column(field);
                quote!(#column::push(&self.#name, values);)
            }
            Kind::Embedded { .. } => {
                quote_spanned!(field.place=> values.embedded(&self.#name);)
            }
            Kind::BelongsTo {
                target, nullable, ..
            } => {
                let related = related(field, target);
                let reference = match nullable {
                    true => quote!(self.#name.as_ref()),
                    false => quote!(::std::option::Option::Some(&self.#name)),
                };
                quote!(#related::push(#reference, values);)
            }
            _ => {
                let known_as = field.name();
                quote!(values.collection(#known_as, &self.#name);)
            }
        }
    });
    let labelled = label(model).map(|label| quote!(values.label(#label);));
    let stored = model.fields.iter().filter(|field| !field.is_collection());
    // Field by field: `swap` of the whole row would be compiled for each model.
    let swapped = stored.map(|field| {
        let name = &field.ident;
        quote!(__aludel::swap(&mut self.#name, &mut other.#name);)
    });
    let copied = model.fields.iter().map(|field| {
        let (name, ty) = (&field.ident, &field.ty);
        let known_as = format!("{ident}::{}", field.name());
        if field.is_collection() {
            quote!(#name: <#ty>::unread(&#known_as))
        } else {
            quote_spanned!(field.place=> #name: __aludel::Clone::clone(&self.#name))
        }
    });
    let collections = model.fields.iter().filter(|field| field.is_collection());
    let drained = collections.map(|field| {
        let (name, known_as) = (&field.ident, field.name());
        quote!(taken.take(#known_as, &mut self.#name);)
    });
    let drained: Vec<_> = drained.collect();
    let take_collections = (!drained.is_empty()).then(|| {
        quote! {
            fn take_collections(&mut self, taken: &mut __aludel::Taken) {
                #(#drained)*
            }
        }
    });
    let meta = quote_spanned! {ident.span()=>
        fn meta() -> &'static __aludel::ModelMeta {
                static META: __aludel::OnceLock<__aludel::ModelMeta> =
                    __aludel::OnceLock::new();
                __aludel::meta_in(&META, <Self as __aludel::Model>::describe)
            }
            fn describe() -> __aludel::ModelMeta {
                let #built = __aludel::ModelBuilder::new(#name, #schema, #table);
                #(#described)* #(#variant_of)*
                #built #(#extras)* #(#comment)*
                    .build_as(<Self as __aludel::AsAnyModel>::ANY)
            }
    };
    let collections = model.fields.iter().filter(|field| field.is_collection());
    let swapped_collections = collections.map(|field| {
        let name = &field.ident;
        quote!(__aludel::swap(&mut self.#name, &mut other.#name);)
    });
    let swapped_collections: Vec<_> = swapped_collections.collect();
    let swapped_collections = (!swapped_collections.is_empty()).then(|| {
        quote! {
            if part == __aludel::Part::All {
                #(#swapped_collections)*
            }
        }
    });
    let reference = reference(model, Side::Row);
    let hooks = model.hooks.then(|| {
        quote! {
            const HOOKED: bool = true;
            fn on(moment: __aludel::Moment<'_, Self>) -> __aludel::Result<()> {
                __aludel::dispatch(moment)
            }
        }
    });
    let functions = quote! {
        fn key(&self) -> Self::Key { #key_value }
            fn copy_columns(&self) -> Self {
                #ident { #(#copied),* }
            }
            #hooks
    };
    let row = quote! {
        fn any_meta(&self) -> &'static __aludel::ModelMeta {
            <Self as __aludel::Model>::meta()
        }
        fn any_key_values(&self) -> ::std::vec::Vec<__aludel::Value> {
            __aludel::PrimaryKey::into_values(__aludel::Model::key(self))
        }
        fn write_values(&self, values: &mut __aludel::Values) {
            #(#values)*
            #labelled
        }
        #reference
        #take_collections
        #[allow(unused_variables)]
        fn any_swap(&mut self, other: &mut dyn __aludel::Any, part: __aludel::Part) -> bool {
            let ::std::option::Option::Some(other) = other.downcast_mut::<Self>() else {
                return false;
            };
            #(#swapped)*
            #swapped_collections
            true
        }
    };
    let variant = model.variant_of.iter().map(|whole| {
        quote_spanned! {at(whole)=>
            impl __aludel::Variant for #ident {
                type Enum = #whole;
            }
        }
    });
    let (in_scope, key_types) = (in_scope(model), key_types(model));
    // In a crate of many models, the compiler would list them all next to the one type that is not a model.
    quote_spanned! {ident.span()=>
        #[diagnostic::do_not_recommend]
        impl __aludel::Model for #ident {
            type Key = #key_type;
            type Columns<Q: __aludel::Path> = #columns<Q>;
            type New = #new;
            type Patch = #patch;
            type InScope = #in_scope;
            const NAME: &'static str = #name;
            const KEY_COLUMNS: &'static [&'static str] = #key_columns;
            #meta
            #key_types
            #functions
        }
        impl __aludel::AnyRow for #ident {
            #row
        }
        #(#variant)*
    }
}

/// Whether every row is in the default scope: the model's, and soft deletes of embedded groups of columns. A row of an enum's
/// table may be of another variant.
fn in_scope(model: &Model) -> TokenStream {
    if model.scoped
        || model.variant_of.is_some()
        || model.fields.iter().any(|field| field.soft_delete)
    {
        return quote!(__aludel::Maybe);
    }
    let always = quote!(__aludel::Always);
    model
        .fields
        .iter()
        .fold(always, |so_far, field| match field.kind {
            Kind::Embedded { .. } => {
                let ty = &field.ty;
                quote_spanned! {field.place=>
                    <<#ty as __aludel::Embedded>::InScope as __aludel::Nullability>::Or<#so_far>
                }
            }
            _ => so_far,
        })
}

/// The schema and the table: a variant has its enum's.
fn table(model: &Model) -> (TokenStream, TokenStream) {
    if let Some(whole) = &model.variant_of {
        return (
            quote_spanned!(at(whole)=> <#whole as __aludel::Variants>::SCHEMA),
            quote_spanned!(at(whole)=> <#whole as __aludel::Variants>::TABLE),
        );
    }
    let table = &model.table;
    match &model.schema {
        Some(schema) => (quote!(Some(#schema)), quote!(#table)),
        None => (quote!(None), quote!(#table)),
    }
}

/// The discriminator's value in a variant's rows.
fn label(model: &Model) -> Option<TokenStream> {
    let (ident, whole) = (&model.ident, model.variant_of.as_ref()?);
    let labelled = labelled(ident, whole);
    Some(quote!(#labelled::LABEL))
}

/// The struct as a variant of its enum, with one span like [`column`].
fn labelled(ident: &Ident, whole: &Type) -> TokenStream {
    quote_spanned!(ident.span()=> <#ident as __aludel::Labelled<#whole>>)
}

/// Where a reference is.
#[derive(Clone, Copy)]
enum Side {
    Row,
    Draft,
}

/// The reference with a given name, in a row or in a draft; nothing if there are none.
fn reference(model: &Model, side: Side) -> Option<TokenStream> {
    // Some embedded values are references to one of several models.
    let references = model
        .fields
        .iter()
        .filter(|field| matches!(field.kind, Kind::BelongsTo { .. } | Kind::Embedded { .. }));
    let arms = references.map(|field| {
        let (name, known_as) = (&field.ident, field.name());
        let Kind::BelongsTo {
            target, nullable, ..
        } = &field.kind
        else {
            return quote!(#known_as => ::std::option::Option::Some(&mut self.#name),);
        };
        let related = related(field, target);
        let erased = match (side, *nullable) {
            (Side::Row, false) => quote!(of_row),
            (Side::Row, true) => quote!(of_row_nullable),
            (Side::Draft, false) if !field.has_default => quote!(of_draft),
            (Side::Draft, _) => quote!(of_draft_nullable),
        };
        quote!(#known_as => ::std::option::Option::Some(#related::#erased(&mut self.#name)),)
    });
    let arms: Vec<_> = arms.collect();
    (!arms.is_empty()).then(|| quote! {
        fn reference(&mut self, relation: &str) -> ::std::option::Option<&mut dyn __aludel::Reference> {
            match relation {
                #(#arms)*
                _ => ::std::option::Option::None,
            }
        }
    })
}

/// The type as a column. Each use has the span of the type, so that all errors about it become one.
pub(super) fn column(field: &Field) -> TokenStream {
    let ty = &field.ty;
    quote_spanned!(field.span=> <#ty as __aludel::FieldType>)
}

/// The model that a relation leads to, with one span like [`column`].
pub(super) fn related(field: &Field, target: &Type) -> TokenStream {
    let by = by(field);
    quote_spanned!(target.span()=> <#target as __aludel::RelatedBy<#by>>)
}

/// What a draft or a patch holds for a `BelongsTo`.
fn reference_type(field: &Field) -> TokenStream {
    let Kind::BelongsTo {
        target,
        by,
        nullable,
    } = &field.kind
    else {
        return TokenStream::new();
    };
    let (by, place) = (by.iter(), field.place);
    let reference = quote_spanned!(place=> ::aludel::__private::Ref<#target #(, #by)*>);
    match nullable {
        true => quote_spanned!(place=> ::std::option::Option<#reference>),
        false => reference,
    }
}

/// The key's type, its value in a row, and the names of its columns.
fn key(model: &Model) -> (TokenStream, TokenStream, TokenStream) {
    let mut types = Vec::new();
    let mut values = Vec::new();
    let mut columns = Vec::new();
    let mut parts = Vec::new();
    let mut refers = false;
    for field in model.fields.iter().filter(|field| field.primary_key) {
        let (name, ty, column) = (&field.ident, &field.ty, &field.column);
        let mut part = quote!(("", &[#column]));
        match &field.kind {
            Kind::BelongsTo { target, .. } => {
                let related = related(field, target);
                types.push(quote!(#related::By));
                values.push(quote!(#related::key(&self.#name)));
                if field.given_column().to_string() == "None" {
                    // Only the compiler knows how many columns the other key has, and their names.
                    let name = field.name();
                    part = quote!((#name, #related::BY_COLUMNS));
                    refers = true;
                }
            }
            _ => {
                types.push(quote!(#ty));
                values.push(quote!(__aludel::Clone::clone(&self.#name)));
            }
        }
        columns.push(column.clone());
        parts.push(part);
    }
    let names = if refers {
        quote! {{
            const PARTS: &[__aludel::KeyPart] = &[#(#parts),*];
            const TEXT: [u8; __aludel::key_length(PARTS)] =
                __aludel::key_text(PARTS);
            const NAMES: [&str; __aludel::key_width(PARTS)] =
                __aludel::key_names(PARTS, &TEXT);
            &NAMES
        }}
    } else {
        quote!(&[#(#columns),*])
    };
    match (types.as_slice(), values.as_slice()) {
        ([ty], [value]) => (quote!(#ty), quote!(#value), names),
        _ => (quote!((#(#types),*)), quote!((#(#values),*)), names),
    }
}
