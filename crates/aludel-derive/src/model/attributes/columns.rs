//! The items of a column.

use super::{Entry, Field, Kind, column, is_option, only, stored};
use crate::attributes::Item;
use crate::model::parse::is_integer;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Result;

pub(super) const ITEMS: &[Entry<Field>] = &[
    Entry {
        name: "primary_key",
        written: "primary_key",
        meaning: "Part of the primary key. Without one, the field `id` is the key.",
        example: "#[field(primary_key)]\ncode: String,",
        read: |field, item| {
            item.flag()?;
            stored(field, item)?;
            field.primary_key = true;
            Ok(())
        },
    },
    Entry {
        name: "auto",
        written: "auto, auto(always)",
        meaning: "The database numbers it; `always`: even if a row gives a number (PostgreSQL). An integer `id` that is the whole key is \
                  `auto`.",
        example: "#[field(auto)]\nnumber: i64,",
        read: auto,
    },
    Entry {
        name: "given",
        written: "given",
        meaning: "The program gives the key named `id`; with `auto`, it may.",
        example: "#[field(given)]\nid: i64,",
        read: |field, item| {
            item.flag()?;
            column(field, item)?;
            field.given = true;
            Ok(())
        },
    },
    Entry {
        name: "column",
        written: "column = \"…\"",
        meaning: "The column's name. Without, it is the field's.",
        example: "#[field(column = \"family_name\")]\nname: String,",
        read: |field, item| {
            stored(field, item)?;
            field.column = item.string()?;
            field.named = true;
            Ok(())
        },
    },
    Entry {
        name: "renamed_from",
        written: "renamed_from = \"…\"",
        meaning: "The column's name before, for migrations.",
        example: "#[field(renamed_from = \"mail\")]\nemail: String,",
        read: |field, item| {
            stored(field, item)?;
            let from = item.string()?;
            field.calls.push(quote!(.renamed_from(#from)));
            Ok(())
        },
    },
    Entry {
        name: "unique",
        written: "unique",
        meaning: "No two rows have the same value.",
        example: "#[field(unique)]\nemail: String,",
        read: |field, item| {
            item.flag()?;
            stored(field, item)?;
            field.calls.push(quote!(.unique()));
            Ok(())
        },
    },
    Entry {
        name: "alternate_key",
        written: "alternate_key, alternate_key = Name",
        meaning: "Unique, and others may refer to the row by it: `BelongsTo<User, UserEmail>`. The name is that of the marker.",
        example: "#[field(alternate_key)]\nemail: String,",
        read: |field, item| {
            if item.flag().is_err() {
                field.key_name = Some(item.ident()?);
            }
            let fits = field.is_column() && !is_option(&field.ty);
            only(fits, item, "columns that are not nullable")?;
            field.alternate_key = true;
            field.calls.push(quote!(.alternate_key()));
            Ok(())
        },
    },
    Entry {
        name: "index",
        written: "index",
        meaning: "An index of this column alone.",
        example: "#[field(index)]\nname: String,",
        read: |field, item| {
            item.flag()?;
            let what = "columns (a BelongsTo has an index anyway)";
            only(field.is_column(), item, what)?;
            field.calls.push(quote!(.index()));
            Ok(())
        },
    },
    Entry {
        name: "max_length",
        written: "max_length = n",
        meaning: "Text of at most so many characters.",
        example: "#[field(max_length = 80)]\ntitle: String,",
        read: |field, item| {
            only(field.is_column(), item, "columns of text")?;
            let most = item.number()?;
            field.type_calls.push(quote!(.max_length(#most)));
            Ok(())
        },
    },
    Entry {
        name: "decimal",
        written: "decimal(p, s)",
        meaning: "Exact numbers of `p` digits, `s` of them after the point.",
        example: "#[field(decimal(10, 2))]\nprice: aludel::rust_decimal::Decimal,",
        read: |field, item| {
            only(field.is_column(), item, "columns of exact numbers")?;
            let digits = item.list()?;
            field.type_calls.push(quote!(.decimal(#digits)));
            Ok(())
        },
    },
    Entry {
        name: "sql_type",
        written: "sql_type = \"…\"",
        meaning: "The column's type in the database's own words.",
        example: "#[field(sql_type = \"citext\")]\nname: String,",
        read: |field, item| {
            column(field, item)?;
            let words = item.string()?;
            field.type_calls.push(quote!(.sql_type(#words)));
            Ok(())
        },
    },
    Entry {
        name: "default",
        written: "default = expression",
        meaning: "A default of the table: a value or an SQL expression.",
        example: "#[field(default = false)]\nis_done: bool,",
        read: default,
    },
    Entry {
        name: "default_with",
        written: "default_with = function",
        meaning: "A default that is made in Rust, for each new row.",
        example: "#[field(default_with = String::new)]\nnote: String,",
        read: |field, item| {
            column(field, item)?;
            field.default_with = Some(item.tokens()?);
            field.calls.push(quote!(.default_in_rust()));
            Ok(())
        },
    },
    Entry {
        name: "generated",
        written: "generated = expression",
        meaning: "A generated column: the database computes it from the row's other columns.",
        example: "width: i64,\n#[field(generated = Example::width * 2)]\ntwice: i64,",
        read: |field, item| {
            field.expression = Some(item.tokens()?);
            Ok(())
        },
    },
    Entry {
        name: "virtual",
        written: "virtual",
        meaning: "With `generated`: it is computed when it is read, and not stored.",
        example: "width: i64,\n#[field(generated = Example::width * 2, virtual)]\ntwice: i64,",
        read: |field, item| {
            item.flag()?;
            field.is_virtual = true;
            Ok(())
        },
    },
    Entry {
        name: "check",
        written: "check = condition",
        meaning: "A CHECK of this column.",
        example: "#[field(check = Example::age.ge(0))]\nage: i32,",
        read: |field, item| {
            column(field, item)?;
            let condition = item.tokens()?;
            field
                .calls
                .push(quote!(.check(__aludel::condition::<_>(#condition))));
            Ok(())
        },
    },
    Entry {
        name: "comment",
        written: "comment = \"…\"",
        meaning: "The column's comment in the database.",
        example: "#[field(comment = \"as on the invoice\")]\nname: String,",
        read: |field, item| {
            stored(field, item)?;
            let text = item.string()?;
            field.calls.push(quote!(.comment(#text)));
            Ok(())
        },
    },
    Entry {
        name: "collation",
        written: "collation = \"…\"",
        meaning: "How the column's texts compare, by the database's own name for it.",
        example: "#[field(collation = \"NOCASE\")]\nname: String,",
        read: words,
    },
    Entry {
        name: "options",
        written: "options = \"…\"",
        meaning: "What else the database is to know of the column, in its own words.",
        example: "#[field(options = \"ON UPDATE current_timestamp(6)\")]\nname: String,",
        read: words,
    },
    Entry {
        name: "embedded",
        written: "embedded",
        meaning: "The columns of an `Embedded` value, with the field's name before theirs.",
        example: "#[field(embedded)]\nhome: Address,",
        read: embedded,
    },
    Entry {
        name: "flatten",
        written: "flatten",
        meaning: "The columns of an `Embedded` value, under their own names.",
        example: "#[field(flatten)]\nhome: Address,",
        read: embedded,
    },
    Entry {
        name: "version",
        written: "version",
        meaning: "Counts the row's changes; sessions, `save` and patches compare it.",
        example: "#[field(version)]\nversion: i32,",
        read: |field, item| {
            item.flag()?;
            let fits = field.is_column() && is_integer(&field.ty);
            only(fits, item, "a column of i16, i32 or i64")?;
            field.has_default = true;
            field.version = true;
            field.calls.push(quote!(.version()));
            Ok(())
        },
    },
    Entry {
        name: "created",
        written: "created",
        meaning: "When the row was inserted; the model sets it.",
        example: "#[field(created)]\ncreated_at: aludel::jiff::Timestamp,",
        read: |field, item| stamp(field, item, quote!(Created)),
    },
    Entry {
        name: "updated",
        written: "updated",
        meaning: "When the row was last changed; the model sets it.",
        example: "#[field(updated)]\nupdated_at: aludel::jiff::Timestamp,",
        read: |field, item| stamp(field, item, quote!(Updated)),
    },
    Entry {
        name: "soft_delete",
        written: "soft_delete",
        meaning: "When the row was deleted: `delete` marks it, and queries leave it out. NULL is alive.",
        example: "#[field(soft_delete)]\ndeleted_at: Option<aludel::jiff::Timestamp>,",
        read: |field, item| {
            if field.is_column() && !is_option(&field.ty) {
                item.flag()?;
                return Err(item.error("`soft_delete` needs an `Option`: None is alive"));
            }
            stamp(field, item, quote!(Deleted))?;
            field.soft_delete = true;
            Ok(())
        },
    },
    Entry {
        name: "new_attr",
        written: "new_attr(..)",
        meaning: "An attribute of the field in `New…`.",
        example: "#[field(new_attr(allow(dead_code)))]\nname: String,",
        read: |field, item| {
            only(
                !field.is_collection(),
                item,
                "fields that are in `New…` and `…Patch`",
            )?;
            field.new_attrs.push(item.list()?);
            Ok(())
        },
    },
    Entry {
        name: "patch_attr",
        written: "patch_attr(..)",
        meaning: "An attribute of the field in `…Patch`.",
        example: "#[field(patch_attr(allow(dead_code)))]\nname: String,",
        read: |field, item| {
            only(
                !field.is_collection(),
                item,
                "fields that are in `New…` and `…Patch`",
            )?;
            field.patch_attrs.push(item.list()?);
            Ok(())
        },
    },
];

fn auto(field: &mut Field, item: &Item) -> Result<()> {
    column(field, item)?;
    field.identity = true;
    field.always = match item.list() {
        Ok(words) if words.to_string() == "always" => true,
        Ok(_) => return Err(item.error("write `auto` or `auto(always)`")),
        Err(_) => {
            item.flag()?;
            false
        }
    };
    field.calls.push(match field.always {
        true => quote!(.identity_always()),
        false => quote!(.identity()),
    });
    Ok(())
}

fn default(field: &mut Field, item: &Item) -> Result<()> {
    stored(field, item)?;
    let value = item.tokens()?;
    field.has_default = true;
    let call = match &field.kind {
        Kind::BelongsTo { target, by, .. } => {
            let by = match by {
                Some(by) => quote!(#by),
                None => quote!(__aludel::Primary),
            };
            quote!(.default::<<#target as __aludel::RelatedBy<#by>>::By>(#value))
        }
        _ => {
            let ty = &field.ty;
            quote!(.default::<#ty>(#value))
        }
    };
    field.calls.push(call);
    Ok(())
}

/// `collation` and `options`: a verb of the builder, with a text.
fn words(field: &mut Field, item: &Item) -> Result<()> {
    stored(field, item)?;
    let (verb, text) = (format_ident!("{}", item.name), item.string()?);
    field.calls.push(quote!(.#verb(#text)));
    Ok(())
}

fn embedded(field: &mut Field, item: &Item) -> Result<()> {
    item.flag()?;
    let what = "a field of a type that derives Embedded";
    only(field.is_column(), item, what)?;
    field.kind = Kind::Embedded {
        prefix: item.name == "embedded",
    };
    Ok(())
}

/// A moment that the model keeps.
fn stamp(field: &mut Field, item: &Item, stamp: TokenStream) -> Result<()> {
    item.flag()?;
    only(field.is_column(), item, "a column of a date and time")?;
    if field.stamped {
        return Err(item.error("a field is one of created, updated and soft_delete"));
    }
    field.has_default = true;
    field.stamped = true;
    field.calls.push(quote!(.stamp(__aludel::Stamp::#stamp)));
    Ok(())
}
