//! A field and its attributes.

use super::{Field, Kind, is_option, without_option};
use crate::attributes::items;
use crate::model::attributes::{FIELD, read};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Error, Result, Type};

impl Field {
    pub(crate) fn parse(field: &syn::Field) -> Result<Field> {
        let ident = field
            .ident
            .clone()
            .ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
        no_unsigned(&field.ty)?;
        let span = field.ty.span();
        let mut parsed = Field {
            column: ident.to_string().trim_start_matches("r#").to_string(),
            kind: Kind::of(&field.ty),
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            span,
            place: Span::call_site().located_at(span),
            ident,
            docs: field
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("doc"))
                .cloned()
                .collect(),
            named: false,
            primary_key: false,
            identity: false,
            always: false,
            alternate_key: false,
            key_name: None,
            given: false,
            generated: false,
            expression: None,
            is_virtual: false,
            has_default: false,
            default_with: None,
            version: false,
            stamped: false,
            soft_delete: false,
            new_attrs: Vec::new(),
            patch_attrs: Vec::new(),
            calls: Vec::new(),
            type_calls: Vec::new(),
            follows: Vec::new(),
            inverse: None,
            orphans: false,
            enforceable: Vec::new(),
            join_table: None,
            through: None,
        };
        for item in items(&field.attrs, "field")? {
            let entries = FIELD.iter().flat_map(|(_, entries)| entries.iter());
            read(&mut parsed, &item, "field", entries)?;
        }
        if let Some(expression) = &parsed.expression {
            parsed.generated = true;
            let (ty, stored) = (&parsed.ty, !parsed.is_virtual);
            parsed
                .calls
                .push(quote!(.generated(__aludel::node::<_, #ty>(#expression), #stored)));
        }
        Ok(parsed)
    }

    pub(super) fn check_key(&self) -> Result<()> {
        let why = match &self.kind {
            Kind::BelongsTo { nullable: true, .. } => "a primary key can't be NULL",
            Kind::Column if is_option(&self.ty) => "a primary key can't be NULL",
            Kind::BelongsTo { by: Some(_), .. } if !self.named => {
                "a primary key that refers to an alternate key needs a name: `#[field(column = \"…\")]`"
            }
            Kind::Column | Kind::BelongsTo { .. } => return Ok(()),
            Kind::Embedded { .. } => {
                "an embedded value can't be a primary key; mark columns of the model"
            }
            _ => "a to-many relation can't be a primary key",
        };
        Err(Error::new_spanned(&self.ty, why))
    }

    pub(crate) fn name(&self) -> String {
        self.ident.to_string().trim_start_matches("r#").to_string()
    }

    /// Whether only the database numbers it.
    pub(crate) fn is_numbered(&self) -> bool {
        self.identity && !self.given
    }

    pub(crate) fn is_column(&self) -> bool {
        matches!(self.kind, Kind::Column)
    }

    /// Whether it is a relation whose keys are in other tables.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(
            self.kind,
            Kind::HasOne { .. } | Kind::HasMany { .. } | Kind::ManyToMany { .. }
        )
    }

    /// Whether the table has columns for it that are known by its name.
    pub(crate) fn is_stored(&self) -> bool {
        matches!(
            self.kind,
            Kind::Column | Kind::BelongsTo { .. } | Kind::Embedded { prefix: true }
        )
    }

    /// Whether its attributes say more of its column's type than its Rust type does.
    pub(crate) fn has_type(&self) -> bool {
        !self.type_calls.is_empty()
    }

    /// The calls on its builder that set its column's type.
    pub(crate) fn typed(&self) -> TokenStream {
        let types = &self.type_calls;
        quote!(#(#types)*)
    }

    /// The calls on its builder.
    pub(crate) fn described(&self) -> TokenStream {
        let (types, calls) = (&self.type_calls, &self.calls);
        quote!(#(#types)* #(#calls)*)
    }

    /// The name of a `BelongsTo`'s column, if it was given.
    pub(crate) fn first_column(&self) -> Option<&str> {
        self.named.then_some(self.column.as_str())
    }

    /// The names of a `BelongsTo`'s columns, if they were given, as code.
    pub(crate) fn given_column(&self) -> TokenStream {
        if self.named {
            let column = &self.column;
            quote!(Some(&[#column]))
        } else {
            quote!(None)
        }
    }
}

/// Refuses Rust types that no database has, and suggests another.
fn no_unsigned(ty: &Type) -> Result<()> {
    let Type::Path(path) = without_option(ty) else {
        return Ok(());
    };
    let Some(name) = path.path.get_ident().map(ToString::to_string) else {
        return Ok(());
    };
    let instead = match name.as_str() {
        "u64" | "usize" | "isize" => "`i64`, or `Decimal` beyond its range",
        "u128" | "i128" => "`Decimal`, or `String`",
        "char" => "`String`",
        _ => return Ok(()),
    };
    Err(Error::new_spanned(
        ty,
        format!("no database has a column of type `{name}`; use {instead}"),
    ))
}
