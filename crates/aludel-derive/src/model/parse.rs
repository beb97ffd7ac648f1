//! The struct and its attributes, as the expansion needs them.

mod field;

use crate::attributes::{Item, items};
use crate::model::attributes::{MODEL, read};
use crate::names;
use proc_macro2::{Span, TokenStream};
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
    /// Attributes of `New…` and of `…Patch`.
    pub(crate) new_attrs: Vec<TokenStream>,
    pub(crate) patch_attrs: Vec<TokenStream>,
    /// `.index(..)`, `.unique(..)`, `.check(..)` calls on the builder.
    pub(crate) extras: Vec<TokenStream>,
    pub(crate) fields: Vec<Field>,
    /// The enum whose table has its rows.
    pub(crate) variant_of: Option<Type>,
    /// Whether a default scope leaves rows out.
    pub(crate) scoped: bool,
}

pub(crate) struct Field {
    /// Whether it marks its row as deleted.
    pub(crate) soft_delete: bool,
    pub(crate) ident: Ident,
    /// Its documentation, which `New…` and `…Patch` have, too.
    pub(crate) docs: Vec<syn::Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    /// The type's span, which takes some time to find out, and the same with the macro's own names.
    pub(crate) span: Span,
    pub(crate) place: Span,
    pub(crate) kind: Kind,
    pub(crate) column: String,
    /// Whether the column's name was given.
    pub(crate) named: bool,
    pub(crate) primary_key: bool,
    pub(crate) identity: bool,
    /// Whether the database numbers it always (`auto(always)`).
    pub(crate) always: bool,
    /// Whether others may refer to its row by it.
    pub(crate) alternate_key: bool,
    /// The name of its marker, if the program gives it.
    pub(crate) key_name: Option<Ident>,
    /// Whether the program gives the key named `id` itself; for an `auto` key, whether it may.
    pub(crate) given: bool,
    pub(crate) generated: bool,
    /// What a generated column is computed from, and whether it is not stored.
    pub(crate) expression: Option<TokenStream>,
    pub(crate) is_virtual: bool,
    pub(crate) has_default: bool,
    pub(crate) default_with: Option<TokenStream>,
    /// Whether the model counts the row's changes in it.
    pub(crate) version: bool,
    /// Whether the model stores the row's time of creation or update in it.
    pub(crate) stamped: bool,
    /// Its attributes in `New…` and in `…Patch`.
    pub(crate) new_attrs: Vec<TokenStream>,
    pub(crate) patch_attrs: Vec<TokenStream>,
    /// Calls on the builder of the column or relation.
    pub(crate) calls: Vec<TokenStream>,
    /// The calls that set the column's type, which columns that refer to it have as well.
    pub(crate) type_calls: Vec<TokenStream>,
    /// The calls for what an embedded reference does when its row is deleted, or gets another key.
    pub(crate) follows: Vec<TokenStream>,
    pub(crate) inverse: Option<Ident>,
    /// Whether rows that are removed from it are deleted.
    pub(crate) orphans: bool,
    /// For each rule, whether it can be a CHECK.
    pub(crate) enforceable: Vec<bool>,
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
            new_attrs: Vec::new(),
            patch_attrs: Vec::new(),
            extras: Vec::new(),
            fields: parse_fields(input)?,
            variant_of: None,
            scoped: false,
        };
        for item in items(&input.attrs, "model")? {
            read(&mut model, &item, "model", MODEL.iter())?;
        }
        model.find_key()?;
        model.hide_nothing()?;
        Ok(model)
    }

    /// Refuses field names that hide a function: the field's constant would replace it, as in `Post::query()`.
    fn hide_nothing(&self) -> Result<()> {
        const FUNCTIONS: [&str; 10] = [
            "query",
            "filter",
            "exclude",
            "get",
            "find",
            "insert_many",
            "insert_from",
            "get_or_create",
            "update_or_create",
            "columns",
        ];
        if !self.consts {
            return Ok(());
        }
        for field in &self.fields {
            let name = field.ident.to_string();
            if FUNCTIONS.contains(&&*name) {
                let model = &self.ident;
                return Err(Error::new_spanned(
                    &field.ident,
                    format!(
                        "a field `{name}` would hide the function `{model}::{name}`: give it another name, and its column this \
                         one (`#[field(column = \"{name}\")]`), or write `#[model(no_consts)]` and `{model}::columns().{name}`"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// The names of fields in an index or unique constraint; each must exist.
    pub(crate) fn named_fields(&self, items: &[Item]) -> Result<Vec<String>> {
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
                if field.identity && !field.always {
                    let or_given = field.given.then(|| quote!(.or_given()));
                    field.calls.push(quote!(.identity() #or_given));
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

pub(crate) fn is_integer(ty: &Type) -> bool {
    let name = ty.to_token_stream().to_string();
    matches!(name.as_str(), "i16" | "i32" | "i64" | "u16" | "u32")
}

/// Whether the type is an `Option`.
pub(crate) fn is_option(ty: &Type) -> bool {
    matches!(generic(ty), Some((name, _)) if name == "Option")
}

/// Whether the type is text.
pub(crate) fn is_text(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "String")
}

/// The type inside an `Option`, or the type itself.
pub(crate) fn without_option(ty: &Type) -> Type {
    match generic(ty) {
        Some((name, inner)) if name == "Option" => inner,
        _ => ty.clone(),
    }
}
