//! Marker types of relations, embedded values and alternate keys, and how related rows are tied.

use crate::attributes::doc;
use crate::model::parse::{Field, Kind, Model};
use crate::names::{at, hash, key_marker, marker};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type};

/// A marker type for each relation and embedded value, with what other models find it by.
pub(super) fn markers(model: &Model) -> TokenStream {
    let (ident, vis) = (&model.ident, &model.vis);
    let mut out = TokenStream::new();
    for field in &model.fields {
        let (target, about) = match &field.kind {
            Kind::Column => {
                if field.alternate_key {
                    out.extend(alternate_key(model, field));
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
                out.extend(quote_spanned! {at(&field.ty)=>
                    #[doc(hidden)]
                    #[allow(non_camel_case_types)]
                    #vis struct #marker;
                    impl ::aludel::__private::EmbeddedField for #marker {
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
        let tied = tied(ident, field, target);
        let kind = match about {
            Some((nullability, by)) => quote! {
                impl ::aludel::__private::ToOneRelation for #marker {
                    type Nullability = ::aludel::__private::#nullability;
                    type By = #by;
                }
            },
            None => quote!(impl ::aludel::__private::ToManyRelation for #marker {}),
        };
        out.extend(quote_spanned! {at(&field.ty)=>
            #[doc(hidden)]
            #[allow(non_camel_case_types)]
            #vis struct #marker;
            impl ::aludel::__private::Relation for #marker {
                type Owner = #ident;
                type Target = #target;
                type Field = #ty;
                const NAME: &'static str = #name;
                fn field(row: &#ident) -> &#ty { &row.#field_name }
                fn field_mut(row: &mut #ident) -> &mut #ty { &mut row.#field_name }
                #tied
            }
            #kind
            impl ::aludel::__private::RelationNamed<#key> for #ident {
                type Relation = #marker;
            }
        });
    }
    out.extend(inverses(model));
    out
}

/// The marker of an alternate key, which others name in `BelongsTo<User, UserEmail>`. It is the one marker that programs
/// write, so its name may be given.
fn alternate_key(model: &Model, field: &Field) -> TokenStream {
    let (ident, vis, name, ty) = (&model.ident, &model.vis, &field.ident, &field.ty);
    let marker = match &field.key_name {
        Some(given) => given.clone(),
        None => key_marker(ident, name),
    };
    let column = &field.column;
    let about = doc(&format!("The alternate key `{ident}::{}`.", field.name()));
    quote_spanned! {at(ty)=>
        #about
        #[derive(Debug, Clone, Copy)]
        #vis struct #marker;
        impl ::aludel::__private::KeyColumns<#ident> for #marker {
            type Key = #ty;
            const COLUMNS: &'static [&'static str] = &[#column];
            fn key_of(row: &#ident) -> #ty { ::std::clone::Clone::clone(&row.#name) }
        }
    }
}

fn primary() -> TokenStream {
    quote!(::aludel::__private::Primary)
}

/// The columns by which a `BelongsTo` refers to its row.
pub(super) fn by(field: &Field) -> TokenStream {
    match &field.kind {
        Kind::BelongsTo { by: Some(by), .. } => quote!(#by),
        _ => primary(),
    }
}

/// What related rows have in common.
fn tied(ident: &Ident, field: &Field, target: &Type) -> TokenStream {
    let (name, by) = (&field.ident, by(field));
    match &field.kind {
        Kind::BelongsTo { .. } => {
            return quote! {
                type Tie = <#by as ::aludel::__private::KeyColumns<#target>>::Key;
                fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
                    ::aludel::__private::ReferenceField::known(&row.#name)
                }
                fn target_tie(target: &#target) -> ::std::option::Option<Self::Tie> {
                    ::std::option::Option::Some(<#by as ::aludel::__private::KeyColumns<#target>>::key_of(target))
                }
            };
        }
        Kind::ManyToMany { .. } => {
            return quote! {
                type Tie = <#ident as ::aludel::__private::Model>::Key;
                fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
                    ::std::option::Option::Some(::aludel::__private::Model::key(row))
                }
            };
        }
        _ => {}
    }
    let inverse = match &field.inverse {
        Some(name) => {
            let key = hash(&name.to_string());
            quote!(<#target as ::aludel::__private::RelationNamed<#key>>::Relation)
        }
        None => quote!(<#target as ::aludel::__private::BelongsToOne<#ident>>::Relation),
    };
    quote! {
        type Tie = <#inverse as ::aludel::__private::Relation>::Tie;
        fn owner_tie(row: &#ident) -> ::std::option::Option<Self::Tie> {
            <#inverse as ::aludel::__private::Relation>::target_tie(row)
        }
        fn target_tie(target: &#target) -> ::std::option::Option<Self::Tie> {
            <#inverse as ::aludel::__private::Relation>::owner_tie(target)
        }
        fn set_owner(target: &mut #target, owner: &::aludel::__private::Shared<#ident>) {
            ::aludel::__private::set_owner::<#inverse, #ident>(target, owner)
        }
        fn inverse() -> ::std::option::Option<::aludel::__private::TypeId> {
            ::std::option::Option::Some(::aludel::__private::TypeId::of::<#inverse>())
        }
    }
}

/// `BelongsToOne<Parent>` for each parent that exactly one field refers to.
fn inverses(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let parents: Vec<(&Type, String, String)> = model
        .fields
        .iter()
        .filter_map(|field| match &field.kind {
            Kind::BelongsTo { target, .. } => {
                Some((target, target.to_token_stream().to_string(), field.name()))
            }
            _ => None,
        })
        .collect();
    let once = parents
        .iter()
        .filter(|(_, name, _)| parents.iter().filter(|(_, other, _)| other == name).count() == 1);
    let impls = once.map(|(target, _, field)| {
        let marker = marker(ident, &format_ident!("{}", field));
        quote! {
            impl ::aludel::__private::BelongsToOne<#target> for #ident {
                type Relation = #marker;
                const FIELD: &'static str = #field;
            }
        }
    });
    quote!(#(#impls)*)
}
