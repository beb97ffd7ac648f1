//! The struct and its attributes, as the expansion needs them.

use crate::attributes::{Item, items};
use crate::names;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Data, DeriveInput, Error, Fields, GenericArgument, Ident, PathArguments, Result, Type,
    Visibility,
};

pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) table: String,
    pub(crate) schema: Option<String>,
    pub(crate) new: Ident,
    pub(crate) patch: Ident,
    pub(crate) comment: Option<String>,
    pub(crate) consts: bool,
    /// Whether the model implements `Hooks`.
    pub(crate) hooks: bool,
    pub(crate) new_derive: TokenStream,
    pub(crate) patch_derive: TokenStream,
    /// `.index(..)`, `.unique(..)`, `.check(..)` calls on the builder.
    pub(crate) extras: Vec<TokenStream>,
    pub(crate) fields: Vec<Field>,
    /// The enum in whose table its rows are.
    pub(crate) variant_of: Option<Type>,
}

pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) column: String,
    /// Whether the column's name was given.
    named: bool,
    pub(crate) primary_key: bool,
    pub(crate) identity: bool,
    /// Whether others may refer to its row by it.
    pub(crate) alternate_key: bool,
    /// Whether a key named `id` is given by the program after all.
    given: bool,
    pub(crate) generated: bool,
    pub(crate) has_default: bool,
    pub(crate) default_with: Option<TokenStream>,
    /// Calls on the builder of the column or relation.
    calls: Vec<TokenStream>,
    pub(crate) inverse: Option<Ident>,
    /// Whether rows that are removed from it are deleted.
    pub(crate) orphans: bool,
    /// Of each rule, whether it can be a CHECK.
    enforceable: Vec<bool>,
    pub(crate) join_table: Option<String>,
    pub(crate) through: Option<TokenStream>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Column,
    Embedded {
        prefix: bool,
    },
    BelongsTo {
        target: Type,
        by: Option<Type>,
        nullable: bool,
    },
    HasOne {
        target: Type,
    },
    HasMany {
        target: Type,
    },
    ManyToMany {
        target: Type,
    },
}

const MODEL_ITEMS: &str = "table, schema, variant_of, new, patch, comment, scope, validate, index(..), unique(..), check(..), new_derive(..), patch_derive(..), hooks, no_consts";
const FIELD_ITEMS: &str = "primary_key, auto, given, column, unique, alternate_key, index, max_length, decimal(..), sql_type, default, default_with, generated, virtual, check, comment, embedded, flatten, on_delete, deferrable, deferred, inverse, orphans, version, created, updated, soft_delete, min, max, length(..), email, url, regex, one_of(..), validate, enforce, table, through";

impl Model {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Model> {
        if !input.generics.params.is_empty() {
            return Err(Error::new_spanned(
                &input.generics,
                "a model has no type parameters or lifetimes: its rows own what they hold",
            ));
        }
        let ident = input.ident.clone();
        let mut model = Model {
            table: names::table(&ident.to_string()),
            schema: None,
            new: format_ident!("New{}", ident),
            patch: format_ident!("{}Patch", ident),
            vis: input.vis.clone(),
            ident,
            comment: None,
            consts: true,
            hooks: false,
            new_derive: TokenStream::new(),
            patch_derive: TokenStream::new(),
            extras: Vec::new(),
            fields: parse_fields(input)?,
            variant_of: None,
        };
        for item in items(&input.attrs, "model")? {
            model.item(&item)?;
        }
        model.find_key()?;
        Ok(model)
    }

    fn item(&mut self, item: &Item) -> Result<()> {
        match item.name.as_str() {
            "table" => self.table = item.string()?,
            "schema" => self.schema = Some(item.string()?),
            "new" => self.new = item.ident()?,
            "patch" => self.patch = item.ident()?,
            "comment" => self.comment = Some(item.string()?),
            "hooks" => {
                item.flag()?;
                self.hooks = true;
            }
            "variant_of" => self.variant_of = Some(item.parsed()?),
            "no_consts" => {
                item.flag()?;
                self.consts = false;
            }
            "new_derive" => self.new_derive = item.list()?,
            "patch_derive" => self.patch_derive = item.list()?,
            "index" => self.index(item)?,
            "validate" => {
                let (check, ident) = (item.tokens()?, &self.ident);
                self.extras.push(quote!(.validate::<#ident>(#check)));
            }
            "scope" => {
                let (condition, ident) = (item.tokens()?, &self.ident);
                self.extras
                    .push(quote!(.scope(::aludel::__private::node::<#ident, bool>(#condition))));
            }
            "unique" => {
                let fields = self.named_fields(&item.items()?)?;
                self.extras.push(quote!(.unique(&[#(#fields),*])));
            }
            "check" => {
                for check in item.items()? {
                    let (name, condition) = (&check.name, check.tokens()?);
                    let ident = &self.ident;
                    self.extras
                        .push(quote!(.check(#name, ::aludel::__private::node::<#ident, bool>(#condition))));
                }
            }
            _ => return Err(item.unknown("model", MODEL_ITEMS)),
        }
        Ok(())
    }

    fn index(&mut self, item: &Item) -> Result<()> {
        let mut parts = Vec::new();
        let mut unique = false;
        let mut calls = Vec::new();
        for part in item.items()? {
            // A word alone is a field, whatever it is called; options have a value.
            if part.flag().is_ok() && part.name != "unique" {
                parts.push(part);
                continue;
            }
            match part.name.as_str() {
                "unique" => unique = true,
                "name" => {
                    let name = part.string()?;
                    calls.push(quote!(index.name = #name.into();));
                }
                "using" => {
                    let method = part.string()?;
                    calls.push(quote!(index.method = Some(#method.into());));
                }
                "filter" => {
                    let (condition, ident) = (part.tokens()?, &self.ident);
                    calls.push(quote!(index.condition =
                        Some(::aludel::__private::node::<#ident, bool>(#condition));));
                }
                _ => {
                    return Err(part.unknown(
                        "index",
                        "fields, unique, name = \"…\", using = \"…\", filter = condition",
                    ));
                }
            }
        }
        let fields = self.named_fields(&parts)?;
        let describe = if calls.is_empty() {
            quote!(|index| index)
        } else {
            quote!(|mut index| { #(#calls)* index })
        };
        self.extras
            .push(quote!(.index(&[#(#fields),*], #unique, #describe)));
        Ok(())
    }

    /// The names of fields in an index or unique constraint, each of which exists.
    fn named_fields(&self, items: &[Item]) -> Result<Vec<String>> {
        items
            .iter()
            .map(|item| {
                let name = item.name.trim_start_matches('-');
                let stored = self.fields.iter().find(|field| field.name() == name);
                match stored {
                    Some(field) if field.is_stored() => Ok(item.name.clone()),
                    Some(_) => Err(item.error(format!("`{name}` has no column in this table"))),
                    None => Err(item.error(format!(
                        "`{}` has no field `{name}`; it has {}",
                        self.ident,
                        self.fields
                            .iter()
                            .map(Field::name)
                            .collect::<Vec<_>>()
                            .join(", ")
                    ))),
                }
            })
            .collect()
    }

    /// The fields of the primary key: those marked, or the one named `id`.
    fn find_key(&mut self) -> Result<()> {
        if !self.fields.iter().any(|field| field.primary_key) {
            match self.fields.iter_mut().find(|field| field.ident == "id") {
                Some(field) => field.primary_key = true,
                None => {
                    return Err(Error::new_spanned(
                        &self.ident,
                        "a model needs a primary key: a field `id`, or `#[field(primary_key)]` on one or more fields",
                    ));
                }
            }
        }
        let keys = self.fields.iter().filter(|field| field.primary_key).count();
        for field in self.fields.iter_mut().filter(|field| field.primary_key) {
            field.check_key()?;
            let numbered = keys == 1 && field.ident == "id" && is_integer(&field.ty);
            field.identity |=
                numbered && !field.has_default && field.default_with.is_none() && !field.given;
            if field.is_column() {
                field.calls.push(quote!(.primary_key()));
                if field.identity {
                    field.calls.push(quote!(.identity()));
                }
            } else {
                field.calls.push(quote!(.primary_key()));
            }
        }
        if keys > 4 {
            return Err(Error::new_spanned(
                &self.ident,
                "a primary key has at most four fields",
            ));
        }
        Ok(())
    }
}

/// The fields of a struct with named fields.
pub(crate) fn parse_fields(input: &DeriveInput) -> Result<Vec<Field>> {
    let named = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields,
            _ => {
                return Err(Error::new_spanned(
                    &input.ident,
                    "this needs a struct with named fields: each is a column or a relation",
                ));
            }
        },
        _ => {
            return Err(Error::new_spanned(
                &input.ident,
                "this needs a struct with named fields; for an enum of labels derive DbEnum, for an enum of models Model",
            ));
        }
    };
    named.named.iter().map(Field::parse).collect()
}

impl Field {
    pub(crate) fn parse(field: &syn::Field) -> Result<Field> {
        let ident = field
            .ident
            .clone()
            .ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
        let mut parsed = Field {
            column: ident.to_string().trim_start_matches("r#").to_string(),
            kind: Kind::of(&field.ty),
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            ident,
            named: false,
            primary_key: false,
            identity: false,
            alternate_key: false,
            given: false,
            generated: false,
            has_default: false,
            default_with: None,
            calls: Vec::new(),
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
                item.flag()?;
                only(column, "columns")?;
                self.identity = true;
                self.calls.push(quote!(.identity()));
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
            "alternate_key" => {
                item.flag()?;
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
                self.calls.push(quote!(.max_length(#most)));
            }
            "decimal" => {
                only(column, "columns of exact numbers")?;
                let digits = item.list()?;
                self.calls.push(quote!(.decimal(#digits)));
            }
            "sql_type" => {
                only(column, "columns")?;
                let words = item.string()?;
                self.calls.push(quote!(.sql_type(#words)));
            }
            "default" => {
                only(column, "columns")?;
                let (value, ty) = (item.tokens()?, &self.ty);
                self.has_default = true;
                self.calls.push(quote!(.default::<#ty>(#value)));
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
                    .push(quote!(.check(::aludel::__private::node::<_, bool>(#condition))));
            }
            "comment" => {
                only(stored, "columns and BelongsTo")?;
                let text = item.string()?;
                self.calls.push(quote!(.comment(#text)));
            }
            "on_delete" => {
                only(
                    relation,
                    "BelongsTo: the row that refers says what happens to it",
                )?;
                let call = self.on_delete(item)?;
                self.calls.push(call);
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
                self.has_default = true;
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
                self.calls.push(quote!(.version()));
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

    /// The call that says what happens when the row referred to is deleted.
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
        let action = match inner.unwrap_or(&text) {
            "cascade" => quote!(Cascade),
            "restrict" => quote!(Restrict),
            "set_null" => {
                if matches!(
                    self.kind,
                    Kind::BelongsTo {
                        nullable: false,
                        ..
                    }
                ) {
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

    fn check_key(&self) -> Result<()> {
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

    /// Whether the table has columns of it, and they are known by its name.
    pub(crate) fn is_stored(&self) -> bool {
        matches!(
            self.kind,
            Kind::Column | Kind::BelongsTo { .. } | Kind::Embedded { prefix: true }
        )
    }

    /// The calls on its builder.
    pub(crate) fn described(&self) -> TokenStream {
        let calls = &self.calls;
        quote!(#(#calls)*)
    }

    /// The name of a `BelongsTo`'s column, where it was given.
    pub(crate) fn given_column(&self) -> TokenStream {
        if self.named {
            let column = &self.column;
            quote!(Some(&[#column]))
        } else {
            quote!(None)
        }
    }
}

impl Kind {
    /// What a field is, by the name of its type.
    fn of(ty: &Type) -> Kind {
        let Some((name, inner, second)) = generics(ty) else {
            return Kind::Column;
        };
        if name == "BelongsTo" {
            return Kind::BelongsTo {
                target: inner,
                by: second,
                nullable: false,
            };
        }
        if second.is_some() {
            return Kind::Column;
        }
        match name.as_str() {
            "HasOne" => Kind::HasOne { target: inner },
            "HasMany" => Kind::HasMany { target: inner },
            "ManyToMany" => Kind::ManyToMany { target: inner },
            "Option" => match generics(&inner) {
                Some((name, target, by)) if name == "BelongsTo" => Kind::BelongsTo {
                    target,
                    by,
                    nullable: true,
                },
                _ => Kind::Column,
            },
            _ => Kind::Column,
        }
    }
}

/// `Name<First>` → (`Name`, `First`, none), `Name<First, Second>` → (`Name`, `First`, `Second`).
fn generics(ty: &Type) -> Option<(String, Type, Option<Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    let (first, second) = (types.next()??, types.next());
    let second = match second {
        None => None,
        Some(second) => Some(second?),
    };
    (types.next().is_none()).then(|| (last.ident.to_string(), first, second))
}

/// `Name<Inner>` → (`Name`, `Inner`).
fn generic(ty: &Type) -> Option<(String, Type)> {
    match generics(ty)? {
        (name, inner, None) => Some((name, inner)),
        _ => None,
    }
}

fn is_integer(ty: &Type) -> bool {
    let name = ty.to_token_stream().to_string();
    matches!(name.as_str(), "i16" | "i32" | "i64" | "u16" | "u32")
}

/// Whether the type is an `Option`.
pub(crate) fn is_option(ty: &Type) -> bool {
    matches!(generic(ty), Some((name, _)) if name == "Option")
}

/// The type inside an `Option`, or the type itself.
pub(crate) fn without_option(ty: &Type) -> Type {
    match generic(ty) {
        Some((name, inner)) if name == "Option" => inner,
        _ => ty.clone(),
    }
}
