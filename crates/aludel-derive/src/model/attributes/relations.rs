//! The items of a relation.

use super::{Entry, Field, Kind, is_option, is_relation, only};
use crate::attributes::Item;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Result;

pub(super) const ITEMS: &[Entry<Field>] = &[
    Entry {
        name: "on_delete",
        written: "on_delete = cascade | restrict | protect | set_null | set_default | no_action | database(..)",
        meaning: "What happens to this row when the one that it belongs to is deleted. In a session the session does it; with \
                  `database(cascade)` the database does.",
        example: "#[field(on_delete = cascade)]\nteam: BelongsTo<Team>,",
        read: |field, item| {
            follows_or_belongs(field, item)?;
            let call = on_delete(field, item)?;
            follow(field, call);
            Ok(())
        },
    },
    Entry {
        name: "on_update",
        written: "on_update = cascade | restrict | no_action",
        meaning: "What happens when the other row's key changes.",
        example: "#[field(on_update = cascade)]\nteam: BelongsTo<Team>,",
        read: |field, item| {
            follows_or_belongs(field, item)?;
            let action = match item.ident()?.to_string().as_str() {
                "cascade" => quote!(Cascade),
                "restrict" => quote!(Restrict),
                "no_action" => quote!(NoAction),
                _ => return Err(item.error("`on_update` is cascade, restrict or no_action")),
            };
            follow(field, quote!(.on_update(__aludel::Action::#action)));
            Ok(())
        },
    },
    Entry {
        name: "deferrable",
        written: "deferrable",
        meaning: "A transaction may have the foreign key checked at its commit.",
        example: "#[field(deferrable)]\nteam: BelongsTo<Team>,",
        read: |field, item| deferrability(field, item, quote!(Immediate)),
    },
    Entry {
        name: "deferred",
        written: "deferred",
        meaning: "The foreign key is checked at the commit.",
        example: "#[field(deferred)]\nteam: BelongsTo<Team>,",
        read: |field, item| deferrability(field, item, quote!(Deferred)),
    },
    Entry {
        name: "inverse",
        written: "inverse = field",
        meaning: "The field at the other end of a `HasOne`, `HasMany` or `ManyToMany`, where there are several.",
        example: "#[field(inverse = team)]\nplayers: HasMany<Player>,",
        read: |field, item| {
            only(
                field.is_collection(),
                item,
                "HasOne, HasMany and ManyToMany",
            )?;
            field.inverse = Some(item.ident()?);
            Ok(())
        },
    },
    Entry {
        name: "orphans",
        written: "orphans = delete",
        meaning: "Rows that are removed from a `HasOne` or `HasMany` are deleted.",
        example: "#[field(inverse = team, orphans = delete)]\nplayers: HasMany<Player>,",
        read: |field, item| {
            let fits = matches!(field.kind, Kind::HasOne { .. } | Kind::HasMany { .. });
            only(fits, item, "HasOne and HasMany")?;
            if item.ident()? != "delete" {
                return Err(item.error("`orphans` is delete"));
            }
            field.orphans = true;
            Ok(())
        },
    },
    Entry {
        name: "table",
        written: "table = \"…\"",
        meaning: "The name of a `ManyToMany`'s join table.",
        example: "#[field(table = \"players_tags\")]\ntags: ManyToMany<Tag>,",
        read: |field, item| {
            let fits = matches!(field.kind, Kind::ManyToMany { .. });
            only(fits, item, "ManyToMany")?;
            field.join_table = Some(item.string()?);
            Ok(())
        },
    },
    Entry {
        name: "through",
        written: "through = Model",
        meaning: "The model that is a `ManyToMany`'s join table.",
        example: "#[field(through = Tagging)]\ntags: ManyToMany<Tag>,",
        read: |field, item| {
            let fits = matches!(field.kind, Kind::ManyToMany { .. });
            only(fits, item, "ManyToMany")?;
            field.through = Some(item.tokens()?);
            Ok(())
        },
    },
];

fn is_embedded(field: &Field) -> bool {
    matches!(field.kind, Kind::Embedded { .. })
}

fn follows_or_belongs(field: &Field, item: &Item) -> Result<()> {
    only(
        is_relation(field) || is_embedded(field),
        item,
        "BelongsTo, and for references to one of several models behind `embedded`: the row that refers says what happens to it",
    )
}

fn follow(field: &mut Field, call: TokenStream) {
    match is_embedded(field) {
        true => field.follows.push(call),
        false => field.calls.push(call),
    }
}

fn deferrability(field: &mut Field, item: &Item, when: TokenStream) -> Result<()> {
    item.flag()?;
    only(is_relation(field), item, "BelongsTo")?;
    field
        .calls
        .push(quote!(.deferrable(__aludel::Deferrability::#when)));
    Ok(())
}

/// The builder call for what happens when the row referred to is deleted.
fn on_delete(field: &Field, item: &Item) -> Result<TokenStream> {
    const KNOWN: &str = "`on_delete` is cascade, restrict, protect, set_null, set_default, no_action, or database(one of them)";
    let tokens = item.tokens()?;
    let text = tokens.to_string().replace(' ', "");
    if text == "protect" {
        return Ok(quote!(.protect()));
    }
    let inner = text
        .strip_prefix("database(")
        .and_then(|rest| rest.strip_suffix(')'));
    let embedded = is_embedded(field);
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
                field.kind,
                Kind::BelongsTo {
                    nullable: false,
                    ..
                }
            );
            if required || embedded && !is_option(&field.ty) {
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
        Some(_) => quote!(.on_delete_by_database(__aludel::Action::#action)),
        None => quote!(.on_delete(__aludel::Action::#action)),
    })
}
