//! `#[derive(Model)]` on an enum: models whose rows are in one table, distinguished by a column.

use super::attributes::{ENUM, read};
use super::parse::Field;
use crate::attributes::{doc, items};
use crate::names;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Error, Fields, Ident, Result, Type, Visibility};

pub(crate) struct Enum {
    ident: Ident,
    vis: Visibility,
    pub(crate) table: String,
    pub(crate) schema: Option<String>,
    pub(crate) discriminator: String,
    pub(crate) new: Ident,
    pub(crate) patch: Ident,
    pub(crate) comment: Option<String>,
    /// The columns that all variants have.
    pub(crate) common: Vec<Field>,
    variants: Vec<Variant>,
}

/// A variant: it holds one model.
pub(super) struct Variant {
    pub(super) ident: Ident,
    /// The variant's name among the columns and relations.
    pub(super) field: Ident,
    pub(super) ty: Type,
    label: String,
}

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let parsed = Enum::parse(input)?;
    let (new, draft) = parsed.new_enum();
    let (patch, changes) = parsed.patch_struct();
    let (common, in_common) = parsed.common_struct();
    let impls = [
        parsed.traits(),
        draft,
        changes,
        parsed.columns(),
        in_common,
        parsed.from_row(),
        parsed.model(),
    ];
    let impls = names::in_block(quote!(#(#impls)*));
    Ok(quote!(#new #patch #common #impls))
}

impl Enum {
    fn parse(input: &DeriveInput) -> Result<Enum> {
        if !input.generics.params.is_empty() {
            return Err(Error::new_spanned(
                &input.generics,
                "a model has no type parameters or lifetimes: its rows own what they hold",
            ));
        }
        let Data::Enum(data) = &input.data else {
            return Err(Error::new_spanned(&input.ident, "this needs an enum"));
        };
        let ident = input.ident.clone();
        let variants = data.variants.iter().map(Variant::parse);
        let mut parsed = Enum {
            vis: input.vis.clone(),
            table: names::table(&ident.to_string()),
            schema: None,
            discriminator: "kind".into(),
            new: format_ident!("New{}", ident),
            patch: format_ident!("{}Patch", ident),
            comment: None,
            common: Vec::new(),
            variants: variants.collect::<Result<_>>()?,
            ident,
        };
        if parsed.variants.is_empty() {
            return Err(Error::new_spanned(
                &parsed.ident,
                "an enum without variants has no rows",
            ));
        }
        for (n, variant) in parsed.variants.iter().enumerate() {
            let earlier = &parsed.variants[..n];
            if earlier.iter().any(|other| other.label == variant.label) {
                return Err(Error::new_spanned(
                    &variant.ident,
                    format!("the label {:?} is another variant's already", variant.label),
                ));
            }
        }
        for item in items(&input.attrs, "model")? {
            read(&mut parsed, &item, "model", ENUM.iter())?;
        }
        Ok(parsed)
    }

    /// The impls that the variants' derives need from the enum.
    fn traits(&self) -> TokenStream {
        let (ident, table, discriminator) = (&self.ident, &self.table, &self.discriminator);
        let schema = match &self.schema {
            Some(schema) => quote!(Some(#schema)),
            None => quote!(None),
        };
        let labelled = self.variants.iter().map(|variant| {
            let (variant, ty, label) = (&variant.ident, &variant.ty, &variant.label);
            quote! {
                impl __aludel::Labelled<#ident> for #ty {
                    const LABEL: &'static str = #label;
                }
                impl ::std::convert::From<#ty> for #ident {
                    fn from(row: #ty) -> Self { #ident::#variant(row) }
                }
            }
        });
        quote! {
            impl __aludel::Variants for #ident {
                const SCHEMA: ::std::option::Option<&'static str> = #schema;
                const TABLE: &'static str = #table;
                const DISCRIMINATOR: &'static str = #discriminator;
            }
            #(#labelled)*
        }
    }

    /// One arm for each variant: `Employee::Manager(row) => …`.
    fn arms(&self, of: &Ident, arm: impl Fn(usize, &Variant) -> TokenStream) -> Vec<TokenStream> {
        let arms = self.variants.iter().enumerate().map(|(n, variant)| {
            let (name, arm) = (&variant.ident, arm(n, variant));
            quote!(#of::#name(row) => #arm)
        });
        arms.collect()
    }

    /// `NewEmployee`, what is inserted, of one variant, and its impls.
    fn new_enum(&self) -> (TokenStream, TokenStream) {
        let (ident, new, vis) = (&self.ident, &self.new, &self.vis);
        let about = doc(&format!(
            "What is inserted to make an [`{ident}`](enum@{ident}), of one of its variants."
        ));
        let variants = self.variants.iter().map(|variant| {
            let (name, ty) = (&variant.ident, &variant.ty);
            let about = doc(&format!("A new [`{name}`]({ident}::{name})."));
            quote!(#about #name(<#ty as ::aludel::__private::Model>::New))
        });
        let from = self.variants.iter().map(|variant| {
            let (name, ty) = (&variant.ident, &variant.ty);
            quote! {
                impl ::std::convert::From<<#ty as __aludel::Model>::New> for #new {
                    fn from(new: <#ty as __aludel::Model>::New) -> Self { #new::#name(new) }
                }
            }
        });
        let written = self.arms(new, |n, _| quote!(out.variant::<#ident, _>(#n, row),));
        let references = self.arms(new, |_, _| {
            quote!(__aludel::AnyDraft::reference(row, relation),)
        });
        let inserted = self.arms(new, |_, variant| {
            let name = &variant.ident;
            quote!(__aludel::insert_new(row, target, site).await.map(#ident::#name),)
        });
        let declared = quote! {
            #about
            #[allow(dead_code)]
            #[derive(Debug, Clone)]
            #vis enum #new { #(#variants),* }
        };
        let impls = quote! {
            #(#from)*
            #[diagnostic::do_not_recommend]
            impl __aludel::NewModel for #new {
                type Model = #ident;
                fn write(self, out: &mut __aludel::NewRow) {
                    match self { #(#written)* }
                }
                #[track_caller]
                fn insert(
                    self,
                    db: &dyn __aludel::Executor,
                ) -> impl ::std::future::Future<Output = __aludel::Result<#ident>> + Send {
                    let (target, site) = (db.target(), ::std::panic::Location::caller());
                    async move {
                        match self { #(#inserted)* }
                    }
                }
            }
            impl __aludel::AnyDraft for #new {
                fn write_copy(&self, row: &mut __aludel::NewRow) {
                    __aludel::NewModel::write(__aludel::Clone::clone(self), row)
                }
                fn reference(&mut self, relation: &str) -> ::std::option::Option<&mut dyn __aludel::Reference> {
                    match self { #(#references)* }
                }
            }
        };
        (declared, impls)
    }

    /// `EmployeePatch`, the columns that all variants have, and its impls.
    fn patch_struct(&self) -> (TokenStream, TokenStream) {
        let (ident, patch, vis) = (&self.ident, &self.patch, &self.vis);
        let about = doc(&format!(
            "What is changed in an [`{ident}`](enum@{ident}) of any variant. `None` leaves a column as it is."
        ));
        let fields = self.common.iter().filter(|field| field.ident != "id");
        let (mut declared, mut changed) = (Vec::new(), Vec::new());
        for field in fields {
            let (name, ty, column) = (&field.ident, &field.ty, &field.column);
            declared.push(quote!(#[allow(missing_docs)] pub #name: ::std::option::Option<#ty>));
            changed.push(quote!(changes.named::<#ident, #ty>(#column, self.#name);));
        }
        let declared = quote! {
            #about
            #[allow(dead_code)]
            #[derive(Debug, Clone, Default)]
            #vis struct #patch { #(#declared),* }
        };
        let impls = quote! {
            #[diagnostic::do_not_recommend]
            impl __aludel::PatchModel for #patch {
                type Model = #ident;
                fn into_changes(self) -> ::std::vec::Vec<(usize, __aludel::Value)> {
                    let mut changes = __aludel::Changes::default();
                    #(#changed)*
                    changes.finish()
                }
            }
        };
        (declared, impls)
    }

    /// `__EmployeeColumns<Q>`, and the same as consts: the common columns, and each variant's.
    fn columns(&self) -> TokenStream {
        let (ident, vis) = (&self.ident, &self.vis);
        let name = names::columns(ident);
        let root = quote!(__aludel::Root<#ident>);
        let (mut items, mut consts) = (Vec::new(), Vec::new());
        for field in &self.common {
            let (name, ty, column) = (&field.ident, &field.ty, &field.column);
            let value = quote!(__aludel::Column::new(#column));
            items.push((name, quote!(__aludel::Column<Q, #ty>), value.clone()));
            consts.push(quote!(pub const #name: __aludel::Column<#root, #ty> = #value;));
        }
        for variant in &self.variants {
            let (name, ty) = (&variant.field, &variant.ty);
            let of = |path: &TokenStream| quote!(&'static __aludel::VariantColumns<#path, #ty>);
            let value = quote!(__aludel::columns());
            let (over, at_root) = (of(&quote!(Q)), of(&root));
            items.push((name, over, value.clone()));
            consts.push(quote!(pub const #name: #at_root = #value;));
        }
        let idents: Vec<_> = items.iter().map(|item| item.0).collect();
        let types = items.iter().map(|item| &item.1);
        let values = items.iter().map(|item| &item.2);
        quote_spanned! {ident.span()=>
            #[doc(hidden)]
            #[allow(dead_code, missing_docs)]
            #vis struct #name<Q: __aludel::Path> { #(pub #idents: #types),* }
            impl<Q: __aludel::Path> __aludel::ColumnSet for #name<Q> {
                const REF: &'static Self = &#name { #(#idents: #values),* };
            }
            #[allow(dead_code, non_upper_case_globals, missing_docs)]
            impl #ident { #(#consts)* }
        }
    }

    /// `EmployeeCommon`, what all variants have, of a row, and the function that returns it.
    fn common_struct(&self) -> (TokenStream, TokenStream) {
        if self.common.is_empty() {
            return Default::default();
        }
        let (ident, vis) = (&self.ident, &self.vis);
        let name = format_ident!("{}Common", ident);
        let about = doc(&format!(
            "What all variants of [`{ident}`](enum@{ident}) have, of a row."
        ));
        let (names, types): (Vec<_>, Vec<_>) = self
            .common
            .iter()
            .map(|field| (&field.ident, &field.ty))
            .unzip();
        let fields: Vec<_> = self
            .common
            .iter()
            .map(|field| {
                let name = &field.ident;
                quote_spanned!(names::at(&field.ty)=> #name: &row.#name)
            })
            .collect();
        let arms = self.arms(ident, |_, _| quote!(#name { #(#fields),* },));
        let declared = quote_spanned! {ident.span()=>
            #about
            #[allow(dead_code, missing_docs)]
            #[derive(Debug, Clone, Copy)]
            #vis struct #name<'a> { #(pub #names: &'a #types),* }
        };
        let impls = quote_spanned! {ident.span()=>
            #[allow(dead_code)]
            impl #ident {
                /// What all variants have.
                #vis fn common(&self) -> #name<'_> {
                    match self { #(#arms)* }
                }
            }
        };
        (declared, impls)
    }

    fn from_row(&self) -> TokenStream {
        let ident = &self.ident;
        let arms = self.variants.iter().enumerate().map(|(n, variant)| {
            let (name, ty) = (&variant.ident, &variant.ty);
            let read = quote!(<#ty as __aludel::FromRow>::from_row(row).map(#ident::#name));
            if n + 1 == self.variants.len() {
                quote!(_ => #read,)
            } else {
                quote!(#n => #read,)
            }
        });
        quote! {
            #[diagnostic::do_not_recommend]
            impl __aludel::FromRow for #ident {
                // Known at run time: see `from_nullable`.
                const WIDTH: usize = 0;
                fn names() -> ::std::option::Option<::std::vec::Vec<&'static str>> {
                    __aludel::column_names::<Self>()
                }
                fn from_row(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<Self> {
                    __aludel::read_variant::<Self>(row, |n, row| match n { #(#arms)* })
                }
                fn from_nullable(row: &mut __aludel::Row<'_>) -> __aludel::Decoded<::std::option::Option<Self>> {
                    __aludel::read_nullable_variant(row)
                }
            }
        }
    }

    fn model(&self) -> TokenStream {
        let (ident, new, patch) = (&self.ident, &self.new, &self.patch);
        let name = ident.to_string();
        let columns = names::columns(ident);
        let model = quote!(__aludel::Model);
        let first = &self.variants[0].ty;
        let (key, key_columns) = (
            quote!(<#first as #model>::Key),
            quote!(<#first as #model>::KEY_COLUMNS),
        );
        let variants = self.variants.iter().map(|variant| {
            let ty = &variant.ty;
            quote_spanned!(names::at(ty)=> .variant::<#ident, #ty>())
        });
        let comment = self.comment.iter().map(|text| quote!(.comment(#text)));
        let row = quote!(__aludel::AnyRow);
        let keys = self.arms(ident, |_, _| quote!(#model::key(row),));
        let key_values = self.arms(ident, |_, _| quote!(#row::any_key_values(row),));
        let values = self.arms(ident, |n, _| quote!(values.variant::<#ident, _>(#n, row),));
        let swapped = self.variants.iter().map(|variant| {
            let name = &variant.ident;
            quote!((#ident::#name(row), #ident::#name(other)) => #row::any_swap(row, other, part),)
        });
        let copied = self.arms(ident, |_, variant| {
            let name = &variant.ident;
            quote!(#ident::#name(#model::copy_columns(row)),)
        });
        let collections = self.arms(ident, |_, _| quote!(#row::take_collections(row, taken),));
        let references = self.arms(ident, |_, _| quote!(#row::reference(row, relation),));
        let hooked = self.variants.iter().map(|variant| {
            let ty = &variant.ty;
            quote!(|| <#ty as #model>::HOOKED)
        });
        let moments = self.moments();
        let own = self.arms(ident, |_, _| quote!(row,));
        let own_mut = self.arms(ident, |_, _| quote!(row,));
        quote_spanned! {ident.span()=>
            #[diagnostic::do_not_recommend]
            impl #model for #ident {
                type Key = #key;
                type Columns<Q: __aludel::Path> = #columns<Q>;
                type New = #new;
                type Patch = #patch;
                type InScope = __aludel::Always;
                const NAME: &'static str = #name;
                const KEY_COLUMNS: &'static [&'static str] = #key_columns;
                fn key_types() -> ::std::vec::Vec<__aludel::KeyType> {
                    <#first as #model>::key_types()
                }
                fn meta() -> &'static __aludel::ModelMeta {
                    static META: __aludel::OnceLock<__aludel::ModelMeta> =
                        __aludel::OnceLock::new();
                    __aludel::meta_in(&META, <Self as __aludel::Model>::describe)
                }
                fn describe() -> __aludel::ModelMeta {
                    __aludel::ModelBuilder::new(#name,
                        <#ident as __aludel::Variants>::SCHEMA,
                        <#ident as __aludel::Variants>::TABLE)
                        #(#variants)* #(#comment)*
                        .build_as(<Self as __aludel::AsAnyModel>::ANY)
                }
                fn key(&self) -> Self::Key {
                    match self { #(#keys)* }
                }
                fn copy_columns(&self) -> Self {
                    match self { #(#copied)* }
                }
                const HOOKED: bool = false #(#hooked)*;
                fn on(moment: __aludel::Moment<'_, Self>) -> __aludel::Result<()> {
                    match moment { #(#moments)* }
                }
                fn any_own(&self) -> &dyn #row {
                    match self { #(#own)* }
                }
                fn any_own_mut(&mut self) -> &mut dyn #row {
                    match self { #(#own_mut)* }
                }
            }
            impl #row for #ident {
                fn any_meta(&self) -> &'static __aludel::ModelMeta {
                    <Self as #model>::meta()
                }
                fn any_key_values(&self) -> ::std::vec::Vec<__aludel::Value> {
                    match self { #(#key_values)* }
                }
                fn write_values(&self, values: &mut __aludel::Values) {
                    match self { #(#values)* }
                }
                fn reference(&mut self, relation: &str) -> ::std::option::Option<&mut dyn __aludel::Reference> {
                    match self { #(#references)* }
                }
                fn take_collections(&mut self, taken: &mut __aludel::Taken) {
                    match self { #(#collections)* }
                }
                fn any_swap(&mut self, other: &mut dyn __aludel::Any, part: __aludel::Part) -> bool {
                    let ::std::option::Option::Some(other) = other.downcast_mut::<Self>() else {
                        return false;
                    };
                    match (self, other) {
                        #(#swapped)*
                        #[allow(unreachable_patterns)]
                        (row, other) => {
                            ::std::mem::swap(row, other);
                            true
                        }
                    }
                }
            }
        }
    }

    /// The hooks of each variant.
    fn moments(&self) -> Vec<TokenStream> {
        let moments = [
            ("BeforeInsert", &self.new),
            ("AfterInsert", &self.ident),
            ("BeforeUpdate", &self.ident),
            ("AfterUpdate", &self.ident),
            ("BeforeDelete", &self.ident),
            ("AfterDelete", &self.ident),
        ];
        let arms = moments.iter().flat_map(|(moment, of)| {
            let moment = format_ident!("{moment}");
            self.variants.iter().map(move |variant| {
                let (name, ty) = (&variant.ident, &variant.ty);
                quote! {
                    __aludel::Moment::#moment(#of::#name(row)) =>
                        <#ty as __aludel::Model>::on(__aludel::Moment::#moment(row)),
                }
            })
        });
        arms.collect()
    }
}

impl Variant {
    pub(super) fn parse(variant: &syn::Variant) -> Result<Variant> {
        let ty = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            _ => {
                return Err(Error::new_spanned(
                    variant,
                    "a variant holds one model: `Manager(Manager)`",
                ));
            }
        };
        let field = names::snake(&variant.ident.to_string());
        let mut label = field.clone();
        for item in items(&variant.attrs, "model")? {
            match item.name.as_str() {
                "label" => label = item.string()?,
                _ => return Err(item.unknown("model", "label (on a variant)")),
            }
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
        if label.is_empty() || label.len() > 100 || !label.chars().all(plain) {
            return Err(Error::new_spanned(
                &variant.ident,
                "a label is at most 100 letters, digits, blanks and `_-.` of ASCII",
            ));
        }
        Ok(Variant {
            field: Ident::new(&field, variant.ident.span()),
            ident: variant.ident.clone(),
            ty: ty.clone(),
            label,
        })
    }
}
