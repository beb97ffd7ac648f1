//! The struct and its attributes, as the expansion needs them.

mod field;

use crate::attributes::{Item, items};
use crate::names;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    Data, DeriveInput, Error, Fields, GenericArgument, Ident, LitStr, PathArguments, Result, Token,
    Type, Visibility,
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
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) column: String,
    /// Whether the column's name was given.
    named: bool,
    pub(crate) primary_key: bool,
    pub(crate) identity: bool,
    /// Whether the database numbers it always (`auto(always)`).
    pub(crate) always: bool,
    /// Whether others may refer to its row by it.
    pub(crate) alternate_key: bool,
    /// The name of its marker, if the program gives it.
    pub(crate) key_name: Option<Ident>,
    /// Whether the program gives the key named `id` itself; for an `auto` key, whether it may.
    given: bool,
    pub(crate) generated: bool,
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
    calls: Vec<TokenStream>,
    /// The calls that set the column's type, which columns that refer to it have as well.
    type_calls: Vec<TokenStream>,
    /// The calls for what an embedded reference does when its row is deleted, or gets another key.
    pub(crate) follows: Vec<TokenStream>,
    pub(crate) inverse: Option<Ident>,
    /// Whether rows that are removed from it are deleted.
    pub(crate) orphans: bool,
    /// For each rule, whether it can be a CHECK.
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

const MODEL_ITEMS: &str = "table, schema, renamed_from, variant_of, new, patch, comment, scope, referred_by(..), validate, index(..), unique(..), check(..), named_check(..), constraint(..), primary_key(..), options, foreign_key, new_derive(..), patch_derive(..), new_attr(..), patch_attr(..), hooks, no_consts";

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
            model.item(&item)?;
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

    fn item(&mut self, item: &Item) -> Result<()> {
        match item.name.as_str() {
            "table" => self.table = item.string()?,
            "schema" => self.schema = Some(item.string()?),
            "new" => self.new = item.ident()?,
            "patch" => self.patch = item.ident()?,
            "comment" => self.comment = Some(item.string()?),
            "renamed_from" => {
                let from = item.string()?;
                self.extras.push(quote!(.renamed_from(#from)));
            }
            "hooks" => {
                item.flag()?;
                self.hooks = true;
            }
            "referred_by" => {
                let ident = &self.ident;
                let fields = Punctuated::<Type, Token![,]>::parse_terminated;
                for field in fields.parse2(item.list()?)? {
                    self.extras.push(
                        quote_spanned!(names::at(&field)=> .referred_by::<#ident, _, _>(#field)),
                    );
                }
            }
            "variant_of" => self.variant_of = Some(item.parsed()?),
            "no_consts" => {
                item.flag()?;
                self.consts = false;
            }
            "new_derive" => self.new_derive = item.list()?,
            "patch_derive" => self.patch_derive = item.list()?,
            "new_attr" => self.new_attrs.push(item.list()?),
            "patch_attr" => self.patch_attrs.push(item.list()?),
            "index" => self.index(item)?,
            "validate" => {
                let (check, ident) = (item.tokens()?, &self.ident);
                self.extras.push(quote!(.validate::<#ident>(#check)));
            }
            "scope" => {
                self.scoped = true;
                let (condition, ident) = (item.tokens()?, &self.ident);
                self.extras
                    .push(quote!(.scope(::aludel::__private::condition::<#ident>(#condition))));
            }
            "unique" => {
                let (named, parts): (Vec<Item>, Vec<Item>) = item
                    .items()?
                    .into_iter()
                    .partition(|part| part.name == "name" && part.flag().is_err());
                let fields = self.named_fields(&parts)?;
                self.extras.push(quote!(.unique(&[#(#fields),*])));
                for name in named {
                    let name = name.string()?;
                    self.extras.push(quote!(.unique_name(#name)));
                }
            }
            "options" => {
                let text = item.string()?;
                self.extras.push(quote!(.options(#text)));
            }
            "constraint" => {
                let (mut name, mut definition) = (None, None);
                for part in item.items()? {
                    match part.name.as_str() {
                        "name" => name = Some(part.string()?),
                        "raw" => definition = Some(part.string()?),
                        _ => {
                            return Err(part.unknown("constraint", "name = \"…\", raw = \"…\""));
                        }
                    }
                }
                let (Some(name), Some(definition)) = (name, definition) else {
                    return Err(
                        item.error("write `constraint(name = \"…\", raw = \"EXCLUDE USING …\")`")
                    );
                };
                self.extras.push(quote!(.constraint(#name, #definition)));
            }
            "primary_key" => {
                let fields = self.named_fields(&item.items()?)?;
                for field in self.fields.iter_mut() {
                    field.primary_key |= fields.contains(&field.name().to_string());
                }
                let marked = self.fields.iter().filter(|field| field.primary_key).count();
                if marked != fields.len() {
                    return Err(item.error(
                        "`primary_key(…)` names all fields of the key, in the order of its columns; a field that is not named here is marked `#[field(primary_key)]`",
                    ));
                }
                self.extras.push(quote!(.key_order(&[#(#fields),*])));
            }
            "foreign_key" => {
                let key = item.tokens()?;
                self.extras.push(quote!(.foreign_key(#key)));
            }
            "named_check" => {
                let (mut name, mut condition, mut options) = (None, None, None);
                for part in item.items()? {
                    match part.name.as_str() {
                        "name" => name = Some(part.string()?),
                        "that" => condition = Some(part.tokens()?),
                        "options" => options = Some(part.string()?),
                        _ => {
                            return Err(part.unknown(
                                "named_check",
                                "name = \"…\", that = condition, options = \"…\"",
                            ));
                        }
                    }
                }
                let (Some(name), Some(condition)) = (name, condition) else {
                    return Err(item.error("write `named_check(name = \"…\", that = condition)`"));
                };
                let ident = &self.ident;
                let options = options.map(|text| quote!(.check_options(#text)));
                self.extras
                    .push(quote!(.named_check(#name, ::aludel::__private::condition::<#ident>(#condition)) #options));
            }
            "check" => {
                for check in item.items()? {
                    let (name, condition) = (&check.name, check.tokens()?);
                    let ident = &self.ident;
                    self.extras.push(
                        quote!(.check(#name, ::aludel::__private::condition::<#ident>(#condition))),
                    );
                }
            }
            _ => return Err(item.unknown("model", MODEL_ITEMS)),
        }
        Ok(())
    }

    fn index(&mut self, item: &Item) -> Result<()> {
        let mut parts = Vec::new();
        let mut unique = false;
        let (mut calls, mut behind) = (Vec::new(), Vec::new());
        for part in item.items()? {
            // A word alone is a field, whatever its name; options have a value.
            if part.flag().is_ok() && part.name != "unique" {
                parts.push(part);
                continue;
            }
            // A field with further options: `title("(10)")`.
            if let (Ok(words), false) =
                (part.list(), matches!(&*part.name, "include" | "on" | "-on"))
            {
                let options: LitStr = syn::parse2(words).map_err(|_| {
                    part.error(format!("write `{}(\"…\")`: what belongs to it in the index, in the database's own words", part.name))
                })?;
                let name = part.name.clone();
                behind.push(quote!(.index_part_options(#name, #options)));
                parts.push(part);
                continue;
            }
            match part.name.as_str() {
                "unique" => unique = true,
                "name" => {
                    let name = part.string()?;
                    calls.push(quote!(index.name = #name.into();));
                }
                "options" => {
                    let text = part.string()?;
                    calls.push(quote!(index.options = Some(#text.into());));
                }
                "on" | "-on" if part.list().is_ok() => {
                    let (expression, options) = with_options(part.list()?);
                    let (ident, descending) = (&self.ident, part.name.starts_with('-'));
                    let options = match options {
                        Some(text) => quote!(Some(#text)),
                        None => quote!(None),
                    };
                    behind.push(quote!(.index_expression_with(
                        ::aludel::__private::any_node::<#ident, _>(#expression), #descending, #options)));
                }
                "using" => {
                    let method = part.string()?;
                    calls.push(quote!(index.method = Some(#method.into());));
                }
                "on" => {
                    let (expression, ident) = (part.tokens()?, &self.ident);
                    behind.push(quote!(.index_expression(
                        ::aludel::__private::any_node::<#ident, _>(#expression))));
                }
                "include" => {
                    let fields = self.named_fields(&part.items()?)?;
                    behind.push(quote!(.index_include(&[#(#fields),*])));
                }
                "filter" => {
                    let (condition, ident) = (part.tokens()?, &self.ident);
                    calls.push(quote!(index.condition =
                        Some(::aludel::__private::condition::<#ident>(#condition));));
                }
                _ => {
                    return Err(part.unknown(
                        "index",
                        "fields, field(\"options\"), unique, on = expression, on(expression, \"options\"), name = \"…\", using = \"…\", include(fields), filter = condition, options = \"…\"",
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
            .push(quote!(.index(&[#(#fields),*], #unique, #describe) #(#behind)*));
        Ok(())
    }

    /// The names of fields in an index or unique constraint; each must exist.
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

/// An expression, and the text after its last comma.
fn with_options(tokens: TokenStream) -> (TokenStream, Option<LitStr>) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    if let [
        before @ ..,
        TokenTree::Punct(comma),
        TokenTree::Literal(last),
    ] = &all[..]
        && comma.as_char() == ','
        && let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(last.clone()).into())
    {
        return (before.iter().cloned().collect(), Some(text));
    }
    (all.into_iter().collect(), None)
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

fn is_integer(ty: &Type) -> bool {
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
