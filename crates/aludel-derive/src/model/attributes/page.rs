//! The guide's page of attributes, made of the tables.

use super::{ENUM, Entry, FIELD, MODEL};
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Attributes of the derives

`#[model(..)]` and `#[field(..)]` take lists of items, and may occur several times. `#[aludel(crate = path)]` beside any derive says
where the crate is, if a program has renamed it or gets it from another one.
";

const JOINED: &str = "\
#[derive(Model, Debug, Clone)]
struct Person {
    id: i64,
    name: String,
    pilot: HasOne<Pilot>,
}

#[derive(Model, Debug, Clone)]
struct Pilot {
    #[field(primary_key, on_delete = cascade)]
    person: BelongsTo<Person>,
    hours: i64,
}

#[derive(Model, Debug, Clone)]
#[model(joined = Person)]
enum Crew {
    Pilot(Pilot),
}
";

const END: &str = "
## Other derives

`#[db_enum(name = \"…\")]` names an enum's type, and `#[db_enum(label = \"…\")]` a variant's label; without, names are in snake_case.
`#[polymorphic(reference = Name)]` names the reference of a `Polymorphic`, and `#[polymorphic(kind = \"…\")]` a variant's kind.
`#[field(column = \"…\")]` in a `FromRow` names the column to read.

A variant of an enum of models has
`#[model(label = \"…\")]`: what the discriminator says of its rows.
";

/// An example as a program, whose hidden lines begin with `#`.
fn block(page: &mut String, hidden: &str, shown: &str, end: &str) {
    let write = |page: &mut String, text: &str, before: &str| {
        for line in text.lines() {
            writeln!(page, "{before}{line}").expect("writes to memory");
        }
    };
    page.push_str("\n```\n");
    write(page, "use aludel::prelude::*;", "# ");
    write(page, hidden, "# ");
    write(page, shown, "");
    write(page, end, "# ");
    page.push_str("```\n");
}

/// What the example of a field needs around it: models before it, and the name of its own.
fn around(example: &str) -> (&'static str, &'static str) {
    match example {
        _ if example.contains("HasMany<Player>") => (
            "#[derive(Model, Debug, Clone)]\nstruct Player { id: i64, team: BelongsTo<Team> }\n",
            "Team",
        ),
        _ if example.contains("Tagging") => (
            "#[derive(Model, Debug, Clone)]\nstruct Tag { id: i64 }\n#[derive(Model, Debug, Clone)]\nstruct Tagging { id: i64, player: BelongsTo<Player>, tag: BelongsTo<Tag> }\n",
            "Player",
        ),
        _ if example.contains("ManyToMany") => (
            "#[derive(Model, Debug, Clone)]\nstruct Tag { id: i64 }\n",
            "Player",
        ),
        _ if example.contains("BelongsTo<Team>") => (
            "#[derive(Model, Debug, Clone)]\nstruct Team { id: i64 }\n",
            "Player",
        ),
        _ if example.contains("Address") => (
            "#[derive(Embedded, Debug, Clone)]\nstruct Address { city: String }\n",
            "Example",
        ),
        _ => ("", "Example"),
    }
}

fn heading<T>(page: &mut String, entry: &Entry<T>) {
    let Entry {
        written, meaning, ..
    } = entry;
    write!(page, "\n### `{written}`\n\n{meaning}\n").expect("writes to memory");
}

fn page() -> String {
    let mut page = INTRODUCTION.to_string();
    page.push_str("\n## `#[model(..)]` on a struct\n");
    for entry in MODEL {
        heading(&mut page, entry);
        let derive = "#[derive(Model, Debug, Clone)]\n";
        block(&mut page, "", &format!("{derive}{}", entry.example), "");
    }
    page.push_str("\n## `#[model(..)]` on an enum of models\n");
    for entry in ENUM {
        heading(&mut page, entry);
        if entry.name == "joined" {
            block(&mut page, "", JOINED, "");
            continue;
        }
        let card = "#[derive(Model, Debug, Clone)]\n#[model(variant_of = Payment)]\nstruct Card { id: i64, amount: i64 }\n";
        let shown = format!(
            "#[derive(Model, Debug, Clone)]\n{}\nenum Payment {{\n    Card(Card),\n}}",
            entry.example
        );
        block(&mut page, card, &shown, "");
    }
    for (what, entries) in FIELD {
        write!(page, "\n## `#[field(..)]`: {what}\n").expect("writes to memory");
        for entry in entries {
            heading(&mut page, entry);
            let (before, name) = around(entry.example);
            let has_key = ["id:", "primary_key"].map(|word| entry.example.contains(word));
            let key = if has_key.contains(&true) {
                ""
            } else {
                "    id: i64,\n"
            };
            let hidden = format!("{before}#[derive(Model, Debug, Clone)]\nstruct {name} {{\n{key}");
            block(&mut page, &hidden, entry.example, "}");
        }
    }
    page.push_str(END);
    page
}

/// `ALUDEL_BLESS=1` writes the page.
#[test]
fn the_page_of_attributes_is_made_of_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../aludel/docs/attributes.md");
    if std::env::var_os("ALUDEL_BLESS").is_some() {
        std::fs::write(path, page()).expect("writes the page");
    }
    let known = std::fs::read_to_string(path).expect("reads the page");
    assert!(
        known == page(),
        "run this test with ALUDEL_BLESS=1 to write {path}"
    );
}

#[test]
fn every_item_is_in_one_table_once_and_says_what_it_does() {
    fn check<T: 'static>(entries: impl Iterator<Item = &'static Entry<T>>) {
        let mut names = std::collections::BTreeSet::new();
        for entry in entries {
            assert!(names.insert(entry.name), "{} is there twice", entry.name);
            assert!(entry.written.starts_with(entry.name), "{}", entry.name);
            let example = match entry.example {
                "" => JOINED,
                example => example,
            };
            assert!(example.contains(entry.name), "{}", entry.name);
            assert!(entry.meaning.ends_with('.'), "{}", entry.name);
        }
    }
    check(MODEL.iter());
    check(ENUM.iter());
    check(FIELD.iter().flat_map(|(_, entries)| entries.iter()));
}
