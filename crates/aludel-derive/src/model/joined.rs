//! `#[derive(Model)] #[model(joined = Base)]` on an enum: models whose rows each belong to a row of a base.

use super::variants::Variant;
use crate::attributes::items;
use crate::names;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Result, Type};

/// The base, if the enum has one.
pub(crate) fn base(input: &DeriveInput) -> Result<Option<Type>> {
    let mut base = None;
    let all = items(&input.attrs, "model")?;
    for item in &all {
        if item.name == "joined" {
            if all.len() > 1 {
                return Err(
                    item.error("an enum with a base has no table, so `joined` stands alone")
                );
            }
            base = Some(item.parsed()?);
        }
    }
    Ok(base)
}

pub(crate) fn derive(input: &DeriveInput, base: &Type) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "this needs an enum"));
    };
    let variants = data.variants.iter().map(Variant::parse);
    let variants = variants.collect::<Result<Vec<_>>>()?;
    let ident = &input.ident;
    let (mut nodes, mut reads, mut names, mut rows, mut deletes) =
        (vec![], vec![], vec![], vec![], vec![]);
    for variant in &variants {
        let (name, ty) = (&variant.ident, &variant.ty);
        let key = names::hash(&variant.field.to_string());
        let relation = quote_spanned!(names::at(ty)=>
            <#base as __aludel::RelationNamed<#key>>::Relation);
        let inverse = quote_spanned!(names::at(ty)=>
            <#ty as __aludel::BelongsToOne<#base>>::Relation);
        nodes.push(quote!(__aludel::joined_nodes::<#relation>(&mut nodes);));
        reads.push(quote_spanned! {names::at(ty)=>
            <#ty as __aludel::FromRow>::from_nullable(row)?.map(|mut row| {
                <#relation as __aludel::Relation>::set_owner(&mut row, &base);
                #ident::#name(row)
            })
        });
        names.push(name.to_string());
        rows.push(
            quote!(#ident::#name(row) => <#inverse as __aludel::Relation>::field(row).row(),),
        );
        deletes.push(
            quote!(#ident::#name(row) => __aludel::delete_joined(row, base, target, site).await,),
        );
    }
    let widths = variants.iter().map(|variant| {
        let ty = &variant.ty;
        quote!(+ <#ty as __aludel::FromRow>::WIDTH)
    });
    let labels = variants.iter().map(|variant| {
        let (name, ty) = (&variant.ident, &variant.ty);
        quote! {
            impl ::std::convert::From<#ty> for #ident {
                fn from(row: #ty) -> Self { #ident::#name(row) }
            }
        }
    });
    Ok(crate::names::in_block(quote! {
        #(#labels)*
        #[diagnostic::do_not_recommend]
        impl __aludel::FromRow for #ident {
            const WIDTH: usize = <#base as __aludel::FromRow>::WIDTH #(#widths)*;
            fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                let base = __aludel::Shared::new(<#base as __aludel::FromRow>::from_row(row)?);
                let found = [#(#reads),*];
                __aludel::joined_only(found, &[#(#names),*])
            }
        }
        impl __aludel::JoinedVariants for #ident {
            type Base = #base;
            fn nodes() -> ::std::vec::Vec<__aludel::Node> {
                let mut nodes = ::std::vec::Vec::new();
                #(#nodes)*
                nodes
            }
            fn base(&self) -> &#base {
                match self { #(#rows)* }
            }
            #[track_caller]
            fn delete(
                self,
                db: &dyn __aludel::Executor,
            ) -> impl ::std::future::Future<Output = __aludel::Result<()>> + Send {
                let (target, site) = (db.target(), ::std::panic::Location::caller());
                let base = __aludel::Model::copy_columns(__aludel::JoinedVariants::base(&self));
                async move { match self { #(#deletes)* } }
            }
        }
    }))
}
