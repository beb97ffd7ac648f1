//! Valid Rust names for models, fields and enums.

use crate::literals::quoted;
use aludel_sql::schema::{Schema, Table};
use aludel_sql::value::EnumType;
use std::collections::BTreeSet;

/// The names of the structs.
pub(super) struct Names {
    all: Vec<(aludel_sql::statement::TableName, String)>,
}

impl Names {
    pub(super) fn new(schema: &Schema) -> Names {
        let mut all: Vec<(aludel_sql::statement::TableName, String)> = Vec::new();
        // Names that derives generate for a model are taken too, and so are the enums' names.
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for kind in &schema.enums {
            taken.insert(enum_name(kind.name));
        }
        let made = |name: &str| {
            [
                name.to_string(),
                format!("New{name}"),
                format!("{name}Patch"),
                format!("{name}Columns"),
            ]
        };
        for table in &schema.tables {
            let base = pascal(&singular(&table.name.name));
            let mut name = base.clone();
            let mut n = 2;
            while made(&name).iter().any(|name| taken.contains(name)) {
                name = format!("{base}{n}");
                n += 1;
            }
            taken.extend(made(&name));
            all.push((table.name.clone(), name));
        }
        Names { all }
    }

    pub(super) fn of(&self, table: &Table) -> Option<&str> {
        self.of_name(&table.name)
    }

    pub(super) fn of_name(&self, name: &aludel_sql::statement::TableName) -> Option<&str> {
        let found = self.all.iter().find(|(known, _)| known == name);
        found.map(|(_, name)| name.as_str())
    }
}

fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for end in ["sses", "xes", "ches", "shes"] {
        if name.ends_with(end) {
            return name[..name.len() - 2].to_string();
        }
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.is_empty() && !stem.ends_with('s') && !stem.ends_with('u') => {
            stem.to_string()
        }
        _ => name.to_string(),
    }
}

pub(super) fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|c: char| !unicode_ident::is_xid_continue(c) || c == '_') {
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    if !out.starts_with(unicode_ident::is_xid_start) {
        out.insert(0, 'T');
    }
    const TAKEN: [&str; 22] = [
        "Self",
        "Option",
        "String",
        "Vec",
        "Model",
        "Query",
        "Ref",
        "Key",
        "Session",
        "Database",
        "Value",
        "Result",
        "Some",
        "None",
        "Ok",
        "Err",
        "Expr",
        "Bytes",
        "Json",
        "Transaction",
        "Connection",
        "Box",
    ];
    if TAKEN.contains(&out.as_str()) {
        out.push_str("Row");
    }
    out
}

/// A field's name: a valid Rust identifier in lower case.
pub(super) fn field_name(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for c in name.chars() {
        let c = if unicode_ident::is_xid_continue(c) {
            c
        } else {
            '_'
        };
        if c.is_uppercase() && before.is_lowercase() {
            out.push('_');
        }
        before = c;
        out.extend(c.to_lowercase());
    }
    if !out.starts_with(|c: char| unicode_ident::is_xid_start(c) || c == '_') {
        out.insert(0, 'c');
    }
    const WORDS: [&str; 52] = [
        "abstract", "become", "box", "do", "final", "macro", "override", "priv", "typeof",
        "unsized", "virtual", "yield", "as", "break", "const", "continue", "crate", "else", "enum",
        "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
        "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
        "type", "unsafe", "use", "where", "while", "async", "await", "dyn", "gen", "try", "_",
    ];
    if WORDS.contains(&out.as_str()) {
        out.push('_');
    }
    // Names of functions that models have.
    const METHODS: [&str; 16] = [
        "exclude",
        "find",
        "insert_from",
        "update_or_create",
        "columns",
        "query",
        "filter",
        "all",
        "get",
        "insert",
        "insert_many",
        "table",
        "meta",
        "delete",
        "patch",
        "get_or_create",
    ];
    if METHODS.contains(&out.as_str()) {
        out.push_str("_field");
    }
    out
}

pub(super) fn enum_source(kind: &EnumType) -> String {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let variants: Vec<String> = { kind.labels.iter() }
        .map(|label| {
            let base = match pascal(label) {
                name if name.is_empty() || name == "T" => "Empty".to_string(),
                name => name,
            };
            let mut name = base.clone();
            let mut n = 2;
            while !seen.insert(name.clone()) {
                name = format!("{base}{n}");
                n += 1;
            }
            format!("    #[db_enum(label = {})]\n    {name},\n", quoted(label))
        })
        .collect();
    format!(
        "#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]\n#[db_enum(name = {})]\npub enum {} {{\n{}}}\n\n",
        quoted(kind.name),
        enum_name(kind.name),
        variants.concat()
    )
}

pub(super) fn enum_name(name: &str) -> String {
    format!("{}Kind", pascal(name))
}
