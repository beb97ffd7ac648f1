//! A field and its attributes.

use super::{Field, Kind, is_integer, is_option, without_option};
use crate::attributes::{Item, items};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Result, Type};

const FIELD_ITEMS: &str = "primary_key, auto, given, column, renamed_from, unique, alternate_key, index, max_length, decimal(..), sql_type, default, default_with, generated, virtual, check, comment, collation, options, embedded, flatten, on_delete, on_update, deferrable, deferred, inverse, orphans, version, created, updated, soft_delete, min, max, length(..), email, url, regex, one_of(..), validate, enforce, new_attr(..), patch_attr(..), table, through";

impl Field {
    pub(crate) fn parse(field: &syn::Field) -> Result<Field> {
        let ident = field
            .ident
            .clone()
            .ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
        no_unsigned(&field.ty)?;
        let mut parsed = Field {
            column: ident.to_string().trim_start_matches("r#").to_string(),
            kind: Kind::of(&field.ty),
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            ident,
            named: false,
            primary_key: false,
            identity: false,
            always: false,
            alternate_key: false,
            key_name: None,
            given: false,
            generated: false,
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
        let mut virtual_column = false;
        let mut generated = None;
        for item in items(&field.attrs, "field")? {
            match item.name.as_str() {
                "generated" => generated = Some(item.tokens()?),
                "virtual" => {
                    item.flag()?;
                    virtual_column = true;
                }
                _ => parsed.item(&item)?,
            }
        }
        if let Some(expression) = generated {
            parsed.generated = true;
            let (ty, stored) = (&parsed.ty, !virtual_column);
            parsed.calls.push(
                quote!(.generated(::aludel::__private::node::<_, #ty>(#expression), #stored)),
            );
        }
        Ok(parsed)
    }

    fn item(&mut self, item: &Item) -> Result<()> {
        let relation = matches!(self.kind, Kind::BelongsTo { .. });
        let to_many = self.is_collection();
        let column = self.is_column();
        let stored = column || relation;
        let only = |fits: bool, what: &str| {
            if fits {
                Ok(())
            } else {
                Err(item.error(format!("`{}` is for {what}", item.name)))
            }
        };
        match item.name.as_str() {
            "embedded" | "flatten" => {
                item.flag()?;
                only(column, "a field of a type that derives Embedded")?;
                self.kind = Kind::Embedded {
                    prefix: item.name == "embedded",
                };
            }
            "primary_key" => {
                item.flag()?;
                only(stored, "columns and BelongsTo")?;
                self.primary_key = true;
            }
            "auto" => {
                only(column, "columns")?;
                self.identity = true;
                self.always = match item.list() {
                    Ok(words) if words.to_string() == "always" => true,
                    Ok(_) => return Err(item.error("write `auto` or `auto(always)`")),
                    Err(_) => {
                        item.flag()?;
                        false
                    }
                };
                self.calls.push(match self.always {
                    true => quote!(.identity_always()),
                    false => quote!(.identity()),
                });
            }
            "given" => {
                item.flag()?;
                only(column, "columns")?;
                self.given = true;
            }
            "column" => {
                only(stored, "columns and BelongsTo")?;
                self.column = item.string()?;
                self.named = true;
            }
            "renamed_from" => {
                only(stored, "columns and BelongsTo")?;
                let from = item.string()?;
                self.calls.push(quote!(.renamed_from(#from)));
            }
            "alternate_key" => {
                if item.flag().is_err() {
                    self.key_name = Some(item.ident()?);
                }
                only(
                    column && !is_option(&self.ty),
                    "columns that are not nullable",
                )?;
                self.alternate_key = true;
                self.calls.push(quote!(.alternate_key()));
            }
            "unique" => {
                item.flag()?;
                only(stored, "columns and BelongsTo")?;
                self.calls.push(quote!(.unique()));
            }
            "index" => {
                item.flag()?;
                only(column, "columns (a BelongsTo has an index anyway)")?;
                self.calls.push(quote!(.index()));
            }
            "max_length" => {
                only(column, "columns of text")?;
                let most = item.number()?;
                self.type_calls.push(quote!(.max_length(#most)));
            }
            "decimal" => {
                only(column, "columns of exact numbers")?;
                let digits = item.list()?;
                self.type_calls.push(quote!(.decimal(#digits)));
            }
            "sql_type" => {
                only(column, "columns")?;
                let words = item.string()?;
                self.type_calls.push(quote!(.sql_type(#words)));
            }
            "default" => {
                only(stored, "columns and BelongsTo")?;
                let value = item.tokens()?;
                self.has_default = true;
                match &self.kind {
                    Kind::BelongsTo { target, by, .. } => {
                        let by = match by {
                            Some(by) => quote!(#by),
                            None => quote!(::aludel::__private::Primary),
                        };
                        self.calls.push(quote! {
                            .default::<<#target as ::aludel::__private::RelatedBy<#by>>::By>(#value)
                        });
                    }
                    _ => {
                        let ty = &self.ty;
                        self.calls.push(quote!(.default::<#ty>(#value)));
                    }
                }
            }
            "default_with" => {
                only(column, "columns")?;
                self.default_with = Some(item.tokens()?);
                self.calls.push(quote!(.default_in_rust()));
            }
            "check" => {
                only(column, "columns")?;
                let condition = item.tokens()?;
                self.calls
                    .push(quote!(.check(::aludel::__private::condition::<_>(#condition))));
            }
            "comment" => {
                only(stored, "columns and BelongsTo")?;
                let text = item.string()?;
                self.calls.push(quote!(.comment(#text)));
            }
            "collation" | "options" => {
                only(stored, "columns and BelongsTo")?;
                let (verb, text) = (format_ident!("{}", item.name), item.string()?);
                self.calls.push(quote!(.#verb(#text)));
            }
            "on_delete" => {
                let embedded = matches!(self.kind, Kind::Embedded { .. });
                only(
                    relation || embedded,
                    "BelongsTo, and for references to one of several models behind `embedded`: the row that refers says what happens to it",
                )?;
                let call = self.on_delete(item)?;
                match embedded {
                    true => self.follows.push(call),
                    false => self.calls.push(call),
                }
            }
            "on_update" => {
                let embedded = matches!(self.kind, Kind::Embedded { .. });
                only(
                    relation || embedded,
                    "BelongsTo, and for references to one of several models behind `embedded`: the row that refers says what happens to it",
                )?;
                let action = match item.ident()?.to_string().as_str() {
                    "cascade" => quote!(Cascade),
                    "restrict" => quote!(Restrict),
                    "no_action" => quote!(NoAction),
                    _ => {
                        return Err(item.error("`on_update` is cascade, restrict or no_action"));
                    }
                };
                let call = quote!(.on_update(::aludel::__private::Action::#action));
                match embedded {
                    true => self.follows.push(call),
                    false => self.calls.push(call),
                }
            }
            "orphans" => {
                only(
                    matches!(self.kind, Kind::HasOne { .. } | Kind::HasMany { .. }),
                    "HasOne and HasMany",
                )?;
                if item.ident()? != "delete" {
                    return Err(item.error("`orphans` is delete"));
                }
                self.orphans = true;
            }
            "min" | "max" => {
                only(column, "columns")?;
                let (value, base) = (item.tokens()?, without_option(&self.ty));
                let rule = quote::format_ident!("{}", item.name);
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::#rule::<#base>(#value))));
                self.enforceable.push(true);
            }
            "length" => {
                only(column, "columns of text")?;
                let (mut least, mut most) = (quote!(0), quote!(usize::MAX));
                for limit in item.items()? {
                    match limit.name.as_str() {
                        "min" => least = limit.tokens()?,
                        "max" => most = limit.tokens()?,
                        _ => return Err(limit.unknown("length", "min, max")),
                    }
                }
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::length(#least, #most))));
                self.enforceable.push(true);
            }
            "email" | "url" => {
                item.flag()?;
                only(column, "columns of text")?;
                let rule = quote::format_ident!("{}", item.name);
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::#rule())));
                self.enforceable.push(false);
            }
            "regex" => {
                only(column, "columns of text")?;
                let pattern = item.string()?;
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::regex(#pattern))));
                self.enforceable.push(false);
            }
            "one_of" => {
                only(column, "columns")?;
                let (values, base) = (item.list()?, without_option(&self.ty));
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::one_of::<#base>(
                    [#values].map(::std::convert::Into::into)))));
                self.enforceable.push(true);
            }
            "validate" => {
                only(
                    column,
                    "columns; for a whole row say `#[model(validate = function)]`",
                )?;
                let (check, base) = (item.tokens()?, without_option(&self.ty));
                self.calls
                    .push(quote!(.rule(::aludel::__private::Rule::custom::<#base, _>(#check))));
                self.enforceable.push(false);
            }
            "enforce" => {
                item.flag()?;
                if !self.enforceable.contains(&true) || self.enforceable.contains(&false) {
                    return Err(item.error(
                        "`enforce` makes the rules before it a CHECK: min, max, length and one_of can be one",
                    ));
                }
                self.calls.push(quote!(.enforce()));
            }
            "created" | "updated" | "soft_delete" => {
                item.flag()?;
                only(column, "a column of a date and time")?;
                let stamp = match item.name.as_str() {
                    "created" => quote!(Created),
                    "updated" => quote!(Updated),
                    _ if !is_option(&self.ty) => {
                        return Err(item.error("`soft_delete` needs an `Option`: None is alive"));
                    }
                    _ => quote!(Deleted),
                };
                self.soft_delete = item.name == "soft_delete";
                self.has_default = true;
                self.stamped = true;
                self.calls
                    .push(quote!(.stamp(::aludel::__private::Stamp::#stamp)));
            }
            "version" => {
                item.flag()?;
                only(
                    column && is_integer(&self.ty),
                    "a column of i16, i32 or i64",
                )?;
                self.has_default = true;
                self.version = true;
                self.calls.push(quote!(.version()));
            }
            "new_attr" | "patch_attr" => {
                only(!to_many, "fields that are in `New…` and `…Patch`")?;
                let attributes = match item.name.as_str() {
                    "new_attr" => &mut self.new_attrs,
                    _ => &mut self.patch_attrs,
                };
                attributes.push(item.list()?);
            }
            "deferrable" | "deferred" => {
                item.flag()?;
                only(relation, "BelongsTo")?;
                let when = if item.name == "deferred" {
                    quote!(Deferred)
                } else {
                    quote!(Immediate)
                };
                self.calls
                    .push(quote!(.deferrable(::aludel::__private::Deferrability::#when)));
            }
            "inverse" => {
                only(to_many, "HasOne, HasMany and ManyToMany")?;
                self.inverse = Some(item.ident()?);
            }
            "table" => {
                only(matches!(self.kind, Kind::ManyToMany { .. }), "ManyToMany")?;
                self.join_table = Some(item.string()?);
            }
            "through" => {
                only(matches!(self.kind, Kind::ManyToMany { .. }), "ManyToMany")?;
                self.through = Some(item.tokens()?);
            }
            _ => return Err(item.unknown("field", FIELD_ITEMS)),
        }
        Ok(())
    }

    /// The builder call for what happens when the row referred to is deleted.
    fn on_delete(&self, item: &Item) -> Result<TokenStream> {
        const KNOWN: &str = "`on_delete` is cascade, restrict, protect, set_null, set_default, no_action, or database(one of them)";
        let tokens = item.tokens()?;
        let text = tokens.to_string().replace(' ', "");
        if text == "protect" {
            return Ok(quote!(.protect()));
        }
        let inner = text
            .strip_prefix("database(")
            .and_then(|rest| rest.strip_suffix(')'));
        let embedded = matches!(self.kind, Kind::Embedded { .. });
        if embedded && (inner.is_some() || text == "set_default") {
            return Err(item.error(
                "a reference to one of several models has no foreign key: `on_delete` of it is cascade, restrict, protect, set_null or no_action",
            ));
        }
        let action = match inner.unwrap_or(&text) {
            "cascade" => quote!(Cascade),
            "restrict" => quote!(Restrict),
            "set_null" => {
                let required = matches!(
                    self.kind,
                    Kind::BelongsTo {
                        nullable: false,
                        ..
                    }
                );
                if required || embedded && !is_option(&self.ty) {
                    return Err(
                        item.error("`set_null` needs a nullable relation: `Option<BelongsTo<…>>`")
                    );
                }
                quote!(SetNull)
            }
            "set_default" => quote!(SetDefault),
            "no_action" => quote!(NoAction),
            _ => return Err(item.error(KNOWN)),
        };
        Ok(match inner {
            Some(_) => quote!(.on_delete_by_database(::aludel::__private::Action::#action)),
            None => quote!(.on_delete(::aludel::__private::Action::#action)),
        })
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
