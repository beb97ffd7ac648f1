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
    let private = quote!(::aludel::__private);
    let (mut nodes, mut reads, mut names, mut rows, mut deletes) =
        (vec![], vec![], vec![], vec![], vec![]);
    for variant in &variants {
        let (name, ty) = (&variant.ident, &variant.ty);
        let key = names::hash(&variant.field.to_string());
        let relation = quote_spanned!(names::at(ty)=>
            <#base as #private::RelationNamed<#key>>::Relation);
        let inverse = quote_spanned!(names::at(ty)=>
            <#ty as #private::BelongsToOne<#base>>::Relation);
        nodes.push(quote!(#private::joined_nodes::<#relation>(&mut nodes);));
        reads.push(quote_spanned! {names::at(ty)=>
            <#ty as #private::FromRow>::from_nullable(row)?.map(|mut row| {
                <#relation as #private::Relation>::set_owner(&mut row, &base);
                #ident::#name(row)
            })
        });
        names.push(name.to_string());
        rows.push(
            quote!(#ident::#name(row) => <#inverse as #private::Relation>::field(row).row(),),
        );
        deletes.push(
            quote!(#ident::#name(row) => #private::delete_joined(row, base, target, site).await,),
        );
    }
    let widths = variants.iter().map(|variant| {
        let ty = &variant.ty;
        quote!(+ <#ty as #private::FromRow>::WIDTH)
    });
    let labels = variants.iter().map(|variant| {
        let (name, ty) = (&variant.ident, &variant.ty);
        quote! {
            impl ::std::convert::From<#ty> for #ident {
                fn from(row: #ty) -> Self { #ident::#name(row) }
            }
        }
    });
    Ok(quote! {
        #(#labels)*
        #[diagnostic::do_not_recommend]
        impl #private::FromRow for #ident {
            const WIDTH: usize = <#base as #private::FromRow>::WIDTH #(#widths)*;
            fn from_row(row: &mut #private::Row<'_>) -> #private::Decoded<Self> {
                let base = #private::Shared::new(<#base as #private::FromRow>::from_row(row)?);
                let found = [#(#reads),*];
                #private::joined_only(found, &[#(#names),*])
            }
        }
        impl #private::JoinedVariants for #ident {
            type Base = #base;
            fn nodes() -> ::std::vec::Vec<#private::Node> {
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
                db: &dyn #private::Executor,
            ) -> impl ::std::future::Future<Output = #private::Result<()>> + Send {
                let (target, site) = (db.target(), ::std::panic::Location::caller());
                let base = #private::Model::copy_columns(#private::JoinedVariants::base(&self));
                async move { match self { #(#deletes)* } }
            }
        }
    })
}
