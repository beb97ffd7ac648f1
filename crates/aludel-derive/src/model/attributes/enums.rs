//! The items of an enum of models.

use super::{Entry, Enum, Field};
use quote::quote;
use syn::{Error, FieldsNamed, Result};

pub(super) const ITEMS: &[Entry<Enum>] = &[
    Entry {
        name: "joined",
        written: "joined = Base",
        meaning: "An enum of models that belong to a base, each with a table of its own. It stands alone.",
        example: "",
        read: |_, item| Err(item.error("`joined = Base` stands alone")),
    },
    Entry {
        name: "table",
        written: "table = \"…\"",
        meaning: "The name of the table that has the rows of all variants.",
        example: "#[model(table = \"payments\", common(id: i64))]",
        read: |all, item| {
            all.table = item.string()?;
            Ok(())
        },
    },
    Entry {
        name: "schema",
        written: "schema = \"…\"",
        meaning: "The table's schema (PostgreSQL).",
        example: "#[model(schema = \"shop\", common(id: i64))]",
        read: |all, item| {
            all.schema = Some(item.string()?);
            Ok(())
        },
    },
    Entry {
        name: "discriminator",
        written: "discriminator = \"…\"",
        meaning: "The column that says which variant a row is; without, it is `kind`.",
        example: "#[model(discriminator = \"type\", common(id: i64))]",
        read: |all, item| {
            all.discriminator = item.string()?;
            Ok(())
        },
    },
    Entry {
        name: "common",
        written: "common(field: Type, ..)",
        meaning: "The columns that all variants have: queries of the enum may use them.",
        example: "#[model(common(id: i64, amount: i64))]",
        read: |all, item| {
            let list = item.list()?;
            let fields: FieldsNamed = syn::parse2(quote!({ #list }))
                .map_err(|_| item.error("write `common(id: i64, name: String)`"))?;
            let fields = fields.named.iter().map(Field::parse);
            all.common = fields.collect::<Result<_>>()?;
            match all.common.iter().find(|field| !field.is_column()) {
                Some(field) => Err(Error::new_spanned(
                    &field.ty,
                    "`common` lists plain columns; relations are the variants' own",
                )),
                None => Ok(()),
            }
        },
    },
    Entry {
        name: "new",
        written: "new = Name",
        meaning: "Another name for the enum of new rows.",
        example: "#[model(new = FreshPayment, common(id: i64))]",
        read: |all, item| {
            all.new = item.ident()?;
            Ok(())
        },
    },
    Entry {
        name: "patch",
        written: "patch = Name",
        meaning: "Another name for the struct of changes.",
        example: "#[model(patch = PaymentChange, common(id: i64))]",
        read: |all, item| {
            all.patch = item.ident()?;
            Ok(())
        },
    },
    Entry {
        name: "comment",
        written: "comment = \"…\"",
        meaning: "The table's comment in the database.",
        example: "#[model(comment = \"what was paid\", common(id: i64))]",
        read: |all, item| {
            all.comment = Some(item.string()?);
            Ok(())
        },
    },
];
