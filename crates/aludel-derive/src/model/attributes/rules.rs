//! The rules of a column.

use super::{Entry, Field, column, only};
use crate::attributes::Item;
use crate::model::parse::without_option;
use quote::{format_ident, quote};
use syn::Result;

pub(super) const ITEMS: &[Entry<Field>] = &[
    Entry {
        name: "min",
        written: "min = n",
        meaning: "No value is less.",
        example: "#[field(min = 0)]\nage: i32,",
        read: limit,
    },
    Entry {
        name: "max",
        written: "max = n",
        meaning: "No value is greater.",
        example: "#[field(max = 150)]\nage: i32,",
        read: limit,
    },
    Entry {
        name: "length",
        written: "length(min = n, max = n)",
        meaning: "How many characters a text has.",
        example: "#[field(length(min = 1, max = 80))]\ntitle: String,",
        read: length,
    },
    Entry {
        name: "email",
        written: "email",
        meaning: "A mail address.",
        example: "#[field(email)]\nemail: String,",
        read: text_rule,
    },
    Entry {
        name: "url",
        written: "url",
        meaning: "A web address.",
        example: "#[field(url)]\nhomepage: String,",
        read: text_rule,
    },
    Entry {
        name: "regex",
        written: "regex = \"…\"",
        meaning: "A text that the pattern matches.",
        example: "#[field(regex = \"^[a-z]+$\")]\nslug: String,",
        read: |field, item| {
            only(field.is_column(), item, "columns of text")?;
            let pattern = item.string()?;
            let rule = quote!(.rule(__aludel::Rule::regex(#pattern)));
            field.calls.push(rule);
            field.enforceable.push(false);
            Ok(())
        },
    },
    Entry {
        name: "one_of",
        written: "one_of(..)",
        meaning: "One of these values.",
        example: "#[field(one_of(\"draft\", \"sent\"))]\nstate: String,",
        read: |field, item| {
            column(field, item)?;
            let (values, base) = (item.list()?, without_option(&field.ty));
            field
                .calls
                .push(quote!(.rule(__aludel::Rule::one_of::<#base>(
                    [#values].map(::std::convert::Into::into)))));
            field.enforceable.push(true);
            Ok(())
        },
    },
    Entry {
        name: "validate",
        written: "validate = function",
        meaning: "A rule in Rust: it returns what is wrong with the value.",
        example: "#[field(validate = |name: &String| match name.trim() {\n    \"\" => Err(\"is blank\".into()),\n    _ => Ok(()),\n})]\nname: String,",
        read: |field, item| {
            let what = "columns; for a whole row say `#[model(validate = function)]`";
            only(field.is_column(), item, what)?;
            let (check, base) = (item.tokens()?, without_option(&field.ty));
            let rule = quote!(.rule(__aludel::Rule::custom::<#base, _>(#check)));
            field.calls.push(rule);
            field.enforceable.push(false);
            Ok(())
        },
    },
    Entry {
        name: "enforce",
        written: "enforce",
        meaning: "The rules before it are a CHECK as well (`min`, `max`, `length`, `one_of`).",
        example: "#[field(min = 0, enforce)]\nage: i32,",
        read: |field, item| {
            item.flag()?;
            if !field.enforceable.contains(&true) || field.enforceable.contains(&false) {
                return Err(item.error(
                    "`enforce` makes the rules before it a CHECK: min, max, length and one_of can be one",
                ));
            }
            field.calls.push(quote!(.enforce()));
            Ok(())
        },
    },
];

fn limit(field: &mut Field, item: &Item) -> Result<()> {
    column(field, item)?;
    let (value, base) = (item.tokens()?, without_option(&field.ty));
    let rule = format_ident!("{}", item.name);
    field
        .calls
        .push(quote!(.rule(__aludel::Rule::#rule::<#base>(#value))));
    field.enforceable.push(true);
    Ok(())
}

fn length(field: &mut Field, item: &Item) -> Result<()> {
    only(field.is_column(), item, "columns of text")?;
    let (mut least, mut most) = (quote!(0), quote!(usize::MAX));
    for limit in item.items()? {
        match limit.name.as_str() {
            "min" => least = limit.tokens()?,
            "max" => most = limit.tokens()?,
            _ => return Err(limit.unknown("length", "min, max")),
        }
    }
    field
        .calls
        .push(quote!(.rule(__aludel::Rule::length(#least, #most))));
    field.enforceable.push(true);
    Ok(())
}

fn text_rule(field: &mut Field, item: &Item) -> Result<()> {
    item.flag()?;
    only(field.is_column(), item, "columns of text")?;
    let rule = format_ident!("{}", item.name);
    field.calls.push(quote!(.rule(__aludel::Rule::#rule())));
    field.enforceable.push(false);
    Ok(())
}
