//! The items of a model.

use super::{Entry, Model};
use crate::attributes::Item;
use crate::names;
use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{LitStr, Result, Token, Type};

pub(super) const ITEMS: &[Entry<Model>] = &[
    Entry {
        name: "table",
        written: "table = \"…\"",
        meaning: "The table's name; without, it is the plural of the struct's, in snake_case.",
        example: "#[model(table = \"people\")]\nstruct Person {\n    id: i64,\n}",
        read: |model, item| {
            model.table = item.string()?;
            Ok(())
        },
    },
    Entry {
        name: "schema",
        written: "schema = \"…\"",
        meaning: "The table's schema (PostgreSQL).",
        example: "#[model(schema = \"shop\")]\nstruct Item {\n    id: i64,\n}",
        read: |model, item| {
            model.schema = Some(item.string()?);
            Ok(())
        },
    },
    Entry {
        name: "renamed_from",
        written: "renamed_from = \"…\"",
        meaning: "What the table was called before, for migrations.",
        example: "#[model(renamed_from = \"persons\")]\nstruct Person {\n    id: i64,\n}",
        read: |model, item| {
            let from = item.string()?;
            model.extras.push(quote!(.renamed_from(#from)));
            Ok(())
        },
    },
    Entry {
        name: "variant_of",
        written: "variant_of = Enum",
        meaning: "Its rows are in the table of an enum of models.",
        example: "#[model(variant_of = Payment)]\nstruct Transfer {\n    id: i64,\n    iban: String,\n}\n\n#[derive(Model, Debug, Clone)]\n#[model(common(id: i64))]\nenum Payment {\n    Transfer(Transfer),\n}",
        read: |model, item| {
            model.variant_of = Some(item.parsed()?);
            Ok(())
        },
    },
    Entry {
        name: "new",
        written: "new = Name",
        meaning: "Another name for `New…`.",
        example: "#[model(new = Registration)]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.new = item.ident()?;
            Ok(())
        },
    },
    Entry {
        name: "patch",
        written: "patch = Name",
        meaning: "Another name for `…Patch`.",
        example: "#[model(patch = UserChange)]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.patch = item.ident()?;
            Ok(())
        },
    },
    Entry {
        name: "comment",
        written: "comment = \"…\"",
        meaning: "The table's comment in the database.",
        example: "#[model(comment = \"who may sign in\")]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.comment = Some(item.string()?);
            Ok(())
        },
    },
    Entry {
        name: "scope",
        written: "scope = condition",
        meaning: "A default scope: queries find no other rows, unless they are `unscoped`.",
        example: "#[model(scope = Draft::is_hidden.eq(false))]\nstruct Draft {\n    id: i64,\n    is_hidden: bool,\n}",
        read: |model, item| {
            model.scoped = true;
            let (condition, ident) = (item.tokens()?, &model.ident);
            model
                .extras
                .push(quote!(.scope(__aludel::condition::<#ident>(#condition))));
            Ok(())
        },
    },
    Entry {
        name: "referred_by",
        written: "referred_by(field, ..)",
        meaning: "Rows that refer to it by a reference to one of several models; they follow it when it is deleted.",
        example: "#[model(referred_by(Comment::subject))]\nstruct Photo {\n    id: i64,\n}\n\n#[derive(Polymorphic, Debug, Clone)]\nenum Subject {\n    Photo(Photo),\n}\n\n#[derive(Model, Debug, Clone)]\nstruct Comment {\n    id: i64,\n    #[field(embedded, on_delete = cascade)]\n    subject: SubjectRef,\n}",
        read: |model, item| {
            let ident = &model.ident;
            let fields = Punctuated::<Type, Token![,]>::parse_terminated;
            for field in fields.parse2(item.list()?)? {
                model
                    .extras
                    .push(quote_spanned!(names::at(&field)=> .referred_by::<#ident, _, _>(#field)));
            }
            Ok(())
        },
    },
    Entry {
        name: "validate",
        written: "validate = function",
        meaning: "A rule of the whole row: the function says what is wrong with it.",
        example: "#[model(validate = ends_after_it_begins)]\nstruct Booking {\n    id: i64,\n    begins: i64,\n    ends: i64,\n}\n\nfn ends_after_it_begins(booking: &mut aludel::validate::Checked<'_, Booking>) {\n    if booking.get(Booking::ends) <= booking.get(Booking::begins) {\n        booking.error(Booking::ends, \"is before it begins\");\n    }\n}",
        read: |model, item| {
            let (check, ident) = (item.tokens()?, &model.ident);
            model.extras.push(quote!(.validate::<#ident>(#check)));
            Ok(())
        },
    },
    Entry {
        name: "index",
        written: "index(field, -field, ..)",
        meaning: "An index; `-` is from the greatest down. Also in it: `unique`, `on = expression`, `name = \"…\"`, `using = \"…\"`, \
                  `include(fields)`, `filter = condition`, `options = \"…\"`; `field(\"…\")` and `on(expression, \"…\")` add what belongs \
                  to a part, in the database's own words.",
        example: "#[model(index(author, -written, name = \"newest\"), index(unique, on = Post::title.lower()))]\nstruct Post {\n    id: i64,\n    author: i64,\n    title: String,\n    written: i64,\n}",
        read: index,
    },
    Entry {
        name: "unique",
        written: "unique(field, ..)",
        meaning: "A unique constraint of several fields; `name = \"…\"` names it.",
        example: "#[model(unique(room, day))]\nstruct Booking {\n    id: i64,\n    room: i64,\n    day: i64,\n}",
        read: unique,
    },
    Entry {
        name: "check",
        written: "check(name = condition)",
        meaning: "A CHECK of the table.",
        example: "#[model(check(ends_later = Booking::ends.gt(Booking::begins)))]\nstruct Booking {\n    id: i64,\n    begins: i64,\n    ends: i64,\n}",
        read: |model, item| {
            let ident = &model.ident;
            for check in item.items()? {
                let (name, condition) = (&check.name, check.tokens()?);
                model
                    .extras
                    .push(quote!(.check(#name, __aludel::condition::<#ident>(#condition))));
            }
            Ok(())
        },
    },
    Entry {
        name: "named_check",
        written: "named_check(name = \"…\", that = condition)",
        meaning: "A CHECK whose name is no word of Rust; `options = \"…\"` follows it in the database's own words.",
        example: "#[model(named_check(name = \"ends later\", that = Booking::ends.gt(Booking::begins)))]\nstruct Booking {\n    id: i64,\n    begins: i64,\n    ends: i64,\n}",
        read: named_check,
    },
    Entry {
        name: "constraint",
        written: "constraint(name = \"…\", raw = \"…\")",
        meaning: "A constraint in the database's own words.",
        example: "#[model(constraint(name = \"one_at_a_time\", raw = \"EXCLUDE USING gist (during WITH &&)\"))]\nstruct Booking {\n    id: i64,\n    #[field(sql_type = \"tstzrange\")]\n    during: String,\n}",
        read: constraint,
    },
    Entry {
        name: "primary_key",
        written: "primary_key(field, ..)",
        meaning: "The fields of the primary key, in the order of its columns.",
        example: "#[model(primary_key(order, line))]\nstruct OrderLine {\n    line: i64,\n    order: i64,\n}",
        read: primary_key,
    },
    Entry {
        name: "options",
        written: "options = \"…\"",
        meaning: "What follows the table's columns in CREATE TABLE, in the database's own words.",
        example: "#[model(options = \"WITH (fillfactor = 70)\")]\nstruct Event {\n    id: i64,\n}",
        read: |model, item| {
            let text = item.string()?;
            model.extras.push(quote!(.options(#text)));
            Ok(())
        },
    },
    Entry {
        name: "foreign_key",
        written: "foreign_key = key",
        meaning: "A foreign key without a relation.",
        example: "#[model(foreign_key = aludel::schema::ForeignKey::on(\"fk_city_country\", [\"country\"]).references(\"countries\", [\"code\"]))]\nstruct City {\n    id: i64,\n    country: String,\n}",
        read: |model, item| {
            let key = item.tokens()?;
            model.extras.push(quote!(.foreign_key(#key)));
            Ok(())
        },
    },
    Entry {
        name: "new_derive",
        written: "new_derive(..)",
        meaning: "Further derives of `New…`.",
        example: "#[model(new_derive(PartialEq))]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.new_derive = item.list()?;
            Ok(())
        },
    },
    Entry {
        name: "patch_derive",
        written: "patch_derive(..)",
        meaning: "Further derives of `…Patch`.",
        example: "#[model(patch_derive(PartialEq))]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.patch_derive = item.list()?;
            Ok(())
        },
    },
    Entry {
        name: "new_attr",
        written: "new_attr(..)",
        meaning: "An attribute of `New…`.",
        example: "#[model(new_attr(allow(dead_code)))]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.new_attrs.push(item.list()?);
            Ok(())
        },
    },
    Entry {
        name: "patch_attr",
        written: "patch_attr(..)",
        meaning: "An attribute of `…Patch`.",
        example: "#[model(patch_attr(allow(dead_code)))]\nstruct User {\n    id: i64,\n}",
        read: |model, item| {
            model.patch_attrs.push(item.list()?);
            Ok(())
        },
    },
    Entry {
        name: "hooks",
        written: "hooks",
        meaning: "The model implements `Hooks`.",
        example: "#[model(hooks)]\nstruct User {\n    id: i64,\n}\n\nimpl aludel::hooks::Hooks for User {}",
        read: |model, item| {
            item.flag()?;
            model.hooks = true;
            Ok(())
        },
    },
    Entry {
        name: "no_consts",
        written: "no_consts",
        meaning: "No constants for its fields: write `Model::columns()`.",
        example: "#[model(no_consts)]\nstruct Search {\n    id: i64,\n    query: String,\n}",
        read: |model, item| {
            item.flag()?;
            model.consts = false;
            Ok(())
        },
    },
];

fn unique(model: &mut Model, item: &Item) -> Result<()> {
    let (named, parts): (Vec<Item>, Vec<Item>) = item
        .items()?
        .into_iter()
        .partition(|part| part.name == "name" && part.flag().is_err());
    let fields = model.named_fields(&parts)?;
    model.extras.push(quote!(.unique(&[#(#fields),*])));
    for name in named {
        let name = name.string()?;
        model.extras.push(quote!(.unique_name(#name)));
    }
    Ok(())
}

fn constraint(model: &mut Model, item: &Item) -> Result<()> {
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
        return Err(item.error("write `constraint(name = \"…\", raw = \"EXCLUDE USING …\")`"));
    };
    model.extras.push(quote!(.constraint(#name, #definition)));
    Ok(())
}

fn primary_key(model: &mut Model, item: &Item) -> Result<()> {
    let fields = model.named_fields(&item.items()?)?;
    for field in model.fields.iter_mut() {
        field.primary_key |= fields.contains(&field.name().to_string());
    }
    let marked = model
        .fields
        .iter()
        .filter(|field| field.primary_key)
        .count();
    if marked != fields.len() {
        return Err(item.error(
            "`primary_key(…)` names all fields of the key, in the order of its columns; a field that is not named here is marked `#[field(primary_key)]`",
        ));
    }
    model.extras.push(quote!(.key_order(&[#(#fields),*])));
    Ok(())
}

fn named_check(model: &mut Model, item: &Item) -> Result<()> {
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
    let ident = &model.ident;
    let options = options.map(|text| quote!(.check_options(#text)));
    model
        .extras
        .push(quote!(.named_check(#name, __aludel::condition::<#ident>(#condition)) #options));
    Ok(())
}

fn index(model: &mut Model, item: &Item) -> Result<()> {
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
        if let (Ok(words), false) = (part.list(), matches!(&*part.name, "include" | "on" | "-on")) {
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
                let (ident, descending) = (&model.ident, part.name.starts_with('-'));
                let options = match options {
                    Some(text) => quote!(Some(#text)),
                    None => quote!(None),
                };
                behind.push(quote!(.index_expression_with(
                    __aludel::any_node::<#ident, _>(#expression), #descending, #options)));
            }
            "using" => {
                let method = part.string()?;
                calls.push(quote!(index.method = Some(#method.into());));
            }
            "on" => {
                let (expression, ident) = (part.tokens()?, &model.ident);
                behind.push(quote!(.index_expression(
                    __aludel::any_node::<#ident, _>(#expression))));
            }
            "include" => {
                let fields = model.named_fields(&part.items()?)?;
                behind.push(quote!(.index_include(&[#(#fields),*])));
            }
            "filter" => {
                let (condition, ident) = (part.tokens()?, &model.ident);
                calls.push(quote!(index.condition =
                    Some(__aludel::condition::<#ident>(#condition));));
            }
            _ => {
                return Err(part.unknown(
                    "index",
                    "(names of fields), (field)(\"options\"), unique, on = expression, on(expression, \"options\"), name = \"…\", using = \"…\", include(fields), filter = condition, options = \"…\"",
                ));
            }
        }
    }
    let fields = model.named_fields(&parts)?;
    let describe = if calls.is_empty() {
        quote!(|index| index)
    } else {
        quote!(|mut index| { #(#calls)* index })
    };
    model
        .extras
        .push(quote!(.index(&[#(#fields),*], #unique, #describe) #(#behind)*));
    Ok(())
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
