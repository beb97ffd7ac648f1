//! Marker types of relations, embedded values and alternate keys, and how related rows are matched.

use super::describe::key_type;
use super::related;
use crate::attributes::doc;
use crate::model::parse::{Field, Kind, Model};
use crate::names::{hash, key_marker, marker};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

/// The markers of alternate keys, and, for the block of impls, a marker type for each relation and embedded value, with the
/// impls by which other models find it.
pub(super) fn markers(model: &Model) -> (TokenStream, TokenStream) {
    let (ident, vis) = (&model.ident, &model.vis);
    let (mut keys, mut out) = (TokenStream::new(), TokenStream::new());
    for field in &model.fields {
        let (target, about) = match &field.kind {
            Kind::Column => {
                if field.alternate_key {
                    let (declared, impls) = alternate_key(model, field);
                    keys.extend(declared);
                    out.extend(impls);
                }
                continue;
            }
            Kind::Embedded { prefix } => {
                let (marker, ty) = (marker(ident, &field.ident), &field.ty);
                let prefix = if *prefix {
                    format!("{}_", field.column)
                } else {
                    String::new()
                };
                out.extend(quote_spanned! {field.place=>
                    #[doc(hidden)]
                    #[allow(non_camel_case_types)]
                    #vis struct #marker;
                    impl __aludel::EmbeddedField for #marker {
                        type Type = #ty;
                        const PREFIX: &'static str = #prefix;
                    }
                });
                continue;
            }
            Kind::BelongsTo {
                target, nullable, ..
            } => {
                let nullability = if *nullable {
                    quote!(Maybe)
                } else {
                    quote!(Always)
                };
                (target, Some((nullability, by(field))))
            }
            Kind::HasOne { target } => (target, Some((quote!(Maybe), primary()))),
            Kind::HasMany { target } | Kind::ManyToMany { target } => (target, None),
        };
        let marker = marker(ident, &field.ident);
        let (name, field_name, ty) = (field.name(), &field.ident, &field.ty);
        let key = hash(&name);
        let (tied, related) = (tied(ident, field, target), related(field, target));
        let given = is_related(field, target);
        let kind = match about {
            Some((nullability, by)) => quote! {
                impl __aludel::ToOneRelation for #marker #given {
                    type Nullability = __aludel::#nullability;
                    type By = #by;
                }
            },
            None => quote!(impl __aludel::ToManyRelation for #marker #given {}),
        };
        let column = matches!(field.kind, Kind::BelongsTo { .. }).then(|| {
            let column = key_column(field, &related);
            quote! {
                #[allow(dead_code)]
                impl #marker { #column }
            }
        });
        out.extend(quote_spanned! {field.place=>
            #[doc(hidden)]
            #[allow(non_camel_case_types)]
            #vis struct #marker;
            #column
            impl __aludel::Relation for #marker #given {
                type Owner = #ident;
                type Target = #target;
                type Field = #ty;
                const NAME: &'static str = #name;
                fn field(row: &#ident) -> &#ty { &row.#field_name }
                fn field_mut(row: &mut #ident) -> &mut #ty { &mut row.#field_name }
                #tied
            }
            #kind
            #[diagnostic::do_not_recommend]
            impl __aludel::RelationNamed<#key> for #ident #given {
                type Relation = #marker;
            }
        });
    }
    out.extend(inverses(model));
    (keys, out)
}

/// The first column of a reference.
fn key_column(field: &Field, related: &TokenStream) -> TokenStream {
    let name = field.name();
    match field.first_column() {
        Some(column) => quote!(const COLUMN: &'static str = #column;),
        None => quote! {
            const COLUMN: &'static str = {
                const PARTS: &[__aludel::KeyPart] = &[(#name, #related::BY_COLUMNS)];
                const TEXT: [u8; __aludel::key_length(PARTS)] =
                    __aludel::key_text(PARTS);
                const NAMES: [&str; __aludel::key_width(PARTS)] =
                    __aludel::key_names(PARTS, &TEXT);
                NAMES[0]
            };
        },
    }
}

/// The marker of an alternate key, which others name in `BelongsTo<User, UserEmail>`. It is the only marker that programs
/// write, so they may choose its name.
fn alternate_key(model: &Model, field: &Field) -> (TokenStream, TokenStream) {
    let (ident, vis, name, ty) = (&model.ident, &model.vis, &field.ident, &field.ty);
    let marker = match &field.key_name {
        Some(given) => given.clone(),
        None => key_marker(ident, name),
    };
    let column = &field.column;
    let about = doc(&format!("The alternate key `{ident}::{}`.", field.name()));
    let types = field.has_type().then(|| {
        let key_type = key_type(field);
        quote! {
            fn types() -> ::std::vec::Vec<__aludel::KeyType> {
                ::std::vec::Vec::from([#key_type])
            }
        }
    });
    let declared = quote_spanned! {field.place=>
        #about
        #[derive(Debug, Clone, Copy)]
        #vis struct #marker;
    };
    let impls = quote_spanned! {field.place=>
        impl __aludel::KeyColumns<#ident> for #marker {
            type Key = #ty;
            const COLUMNS: &'static [&'static str] = &[#column];
            fn key_of(row: &#ident) -> #ty { __aludel::Clone::clone(&row.#name) }
            #types
        }
    };
    (declared, impls)
}

fn primary() -> TokenStream {
    quote!(__aludel::Primary)
}

/// The condition that the relation leads to a model. If it does not, the impls do not apply, and the error about the field
/// is the only one.
fn is_related(field: &Field, target: &Type) -> TokenStream {
    let by = by(field);
    quote!(where for<'a> #target: __aludel::RelatedIn<'a, #by>)
}

/// The columns by which a `BelongsTo` refers to its row.
pub(super) fn by(field: &Field) -> TokenStream {
    match &field.kind {
        Kind::BelongsTo { by: Some(by), .. } => quote!(#by),
        _ => primary(),
    }
}

/// The value that related rows have in common.
fn tied(ident: &Ident, field: &Field, target: &Type) -> TokenStream {
    let name = &field.ident;
    match &field.kind {
        Kind::BelongsTo { nullable, .. } => {
            let related = related(field, target);
            let reference = match nullable {
                true => quote!(row.#name.as_ref()),
                false => quote!(::std::option::Option::Some(&row.#name)),
            };
            return quote! {
                type Tie = #related::By;
                fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
                    #related::known(#reference)
                }
                fn target_tie(target: &#target) -> ::std::option::Option<Self::Tie> {
                    ::std::option::Option::Some(#related::key_of(target))
                }
            };
        }
        Kind::ManyToMany { .. } => {
            return quote! {
                type Tie = <#ident as __aludel::Model>::Key;
                fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
                    ::std::option::Option::Some(__aludel::Model::key(row))
                }
            };
        }
        _ => {}
    }
    let inverse = inverse(ident, field, target);
    let inverse = quote_spanned!(target.span()=> #inverse::Relation);
    let other = quote_spanned!(target.span()=> <#inverse as __aludel::Relation>);
    quote_spanned! {target.span()=>
        type Tie = #other::Tie;
        fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
            #other::target_tie(row)
        }
        fn target_tie(target: &#target) -> ::std::option::Option<Self::Tie> {
            #other::owner_tie(target)
        }
        fn set_owner(target: &mut #target, owner: &__aludel::Shared<#ident>) {
            __aludel::set_owner::<#inverse, #ident>(target, owner)
        }
        fn inverse() -> ::std::option::Option<__aludel::TypeId> {
            ::std::option::Option::Some(__aludel::TypeId::of::<#inverse>())
        }
    }
}

/// The other model as one that has the field on the other side, with one span for all uses, so that all errors about it
/// become one.
pub(super) fn inverse(ident: &Ident, field: &Field, target: &Type) -> TokenStream {
    match &field.inverse {
        Some(name) => {
            let key = hash(&name.to_string());
            quote_spanned!(target.span()=> <#target as __aludel::RelationNamed<#key>>)
        }
        None => {
            quote_spanned!(target.span()=> <#target as __aludel::BelongsToOne<#ident>>)
        }
    }
}

/// `BelongsToOne<Parent>` for each parent that exactly one field refers to.
fn inverses(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let parents: Vec<(&Type, String, &Field)> = model
        .fields
        .iter()
        .filter_map(|field| match &field.kind {
            Kind::BelongsTo { target, .. } => {
                Some((target, target.to_token_stream().to_string(), field))
            }
            _ => None,
        })
        .collect();
    let once = parents
        .iter()
        .filter(|(_, name, _)| parents.iter().filter(|(_, other, _)| other == name).count() == 1);
    let impls = once.map(|(target, _, field)| {
        let (marker, name) = (marker(ident, &field.ident), field.name());
        let given = is_related(field, target);
        quote! {
            impl __aludel::BelongsToOne<#target> for #ident #given {
                type Relation = #marker;
                const FIELD: &'static str = #name;
            }
        }
    });
    quote!(#(#impls)*)
}
