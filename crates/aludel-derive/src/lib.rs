//! The derives of Aludel: [`Model`](macro@Model), [`Polymorphic`](macro@Polymorphic), [`Embedded`](macro@Embedded), [`DbEnum`](macro@DbEnum),
//! [`DbNewtype`](macro@DbNewtype), [`FromRow`](macro@FromRow). They parse, name things, and call functions; what the
//! functions do is in `aludel-orm`. The façade `aludel` documents them.

mod attributes;
mod crate_path;
mod db_enum;
mod embedded;
mod from_row;
mod model;
mod names;
mod newtype;
mod polymorphic;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

fn expand(
    input: TokenStream,
    with: fn(DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let path = crate_path::given(&input);
    let expanded = path.and_then(|path| {
        let expanded = with(input)?;
        Ok(match path {
            Some(path) => crate_path::replaced(expanded, &path),
            None => expanded,
        })
    });
    expanded
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// A struct whose values are rows of a table, or an enum of such structs. See `aludel::Model`.
///
/// On the struct, `#[model(..)]`: `table = "…"`, `schema = "…"`, `new = NewName`, `patch = PatchName`, `comment = "…"`,
/// `index(field, -field, unique, name = "…", using = "…", filter = condition)`, `unique(field, field)`,
/// `check(name = condition)`, `new_derive(..)`, `patch_derive(..)`, `no_consts`, `variant_of = Enum`.
/// `new_attr(..)` and `patch_attr(..)` add attributes to the two structs, such as `patch_attr(serde(deny_unknown_fields))`;
/// on a field, they add attributes to that field. If the structs derive serde's `Deserialize`, the patch tells a field that
/// is `null` from an absent one, and timestamps and versions that the model sets by itself are not deserialized, unless the
/// field has serde attributes of its own.
///
/// Also `renamed_from = "…"`, `scope = condition`, `validate = function`, `hooks`, `named_check(name = "…", that = condition)`,
/// `foreign_key = key`; in an index `on = expression` and `include(fields)`. The guide has tables of all attributes.
///
/// On an enum of models in one table: `table = "…"`, `schema = "…"`, `discriminator = "kind"`,
/// `common(id: i64, name: String)`, `new = NewName`, `patch = PatchName`, `comment = "…"`; on its variants
/// `label = "…"`. On an enum of models that belong to a base: `joined = Base`.
///
/// `New…` has a constructor `new` that takes the required fields, in their order; without any, it has `Default`. Names that
/// the derive generates for itself begin with `__`, so that they do not collide with those of models.
///
/// On a field, `#[field(..)]`: `primary_key`, `auto` (the database numbers it), `given` (the program does; with `auto`, it
/// may: the field is an `Option` in `New…`), `column = "…"`, `unique`, `alternate_key` (its marker is called `UserEmail`
/// for `User::email`; `alternate_key = Name` names it otherwise), `index`, `max_length = n`,
/// `decimal(p, s)`, `sql_type = "…"`, `default = expression`, `default_with = function`, `generated = expression`,
/// `virtual`, `check = condition`, `comment = "…"`, `renamed_from = "…"`, `embedded`, `flatten`, `version`, `created`, `updated`,
/// `soft_delete`, `new_attr(..)`, `patch_attr(..)`; rules: `min = n`, `max = n`, `length(min = n, max = n)`, `one_of(..)`, `email`,
/// `url`, `regex = "…"`, `validate = function`, and `enforce`; on relations `on_delete = cascade | restrict | protect |
/// set_null | set_default | no_action | database(..)`, `orphans = delete`, `on_update = cascade | restrict | no_action`, `deferrable`, `deferred`, `inverse = field`, `table = "…"`, `through = Model`.
#[proc_macro_derive(Model, attributes(model, field, aludel))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    expand(input, model::derive)
}

/// A struct that is embedded into models as a group of columns. See `aludel::Embedded`.
#[proc_macro_derive(Embedded, attributes(field, aludel))]
pub fn derive_embedded(input: TokenStream) -> TokenStream {
    expand(input, embedded::derive)
}

/// An enum without data as labels of a column. See `aludel::DbEnum`.
///
/// On the enum, `#[db_enum(name = "…")]`; on a variant, `#[db_enum(label = "…")]`. Without, names are in snake_case.
#[proc_macro_derive(DbEnum, attributes(db_enum, aludel))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    expand(input, db_enum::derive)
}

/// A struct around one value, stored as that value.
#[proc_macro_derive(DbNewtype, attributes(aludel))]
pub fn derive_db_newtype(input: TokenStream) -> TokenStream {
    expand(input, newtype::derive)
}

/// An enum of models that something may refer to, and its reference. See `aludel::Polymorphic`.
///
/// On the enum, `#[polymorphic(reference = Name)]`; on a variant, `#[polymorphic(kind = "…")]`. Without, the reference of
/// `Subject` is `SubjectRef`, and kinds are variants in snake_case.
#[proc_macro_derive(Polymorphic, attributes(polymorphic, aludel))]
pub fn derive_polymorphic(input: TokenStream) -> TokenStream {
    expand(input, polymorphic::derive)
}

/// A struct that is read from rows of raw SQL, by the names of its fields. See `aludel::FromRow`.
#[proc_macro_derive(FromRow, attributes(field, aludel))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    expand(input, from_row::derive)
}

#[cfg(test)]
mod tests;
