//! Models for an existing schema: what `inspectdb` prints.
//!
//! Models are written so that the autodetector finds no difference: columns with their types; keys, constraints and indexes
//! with their names. What a model can't express is a comment in its place.

mod constraints;
mod names;
mod types;

use super::survey::Survey;
use crate::literals::quoted;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::schema::{
    Action, Column, Deferrability, ForeignKey, Index, NamingConvention, Schema, Table, enum_of,
};
use names::{Names, enum_source, field_name};
use std::collections::BTreeSet;
use types::{is_integer, rust_type};

/// Models of all tables of a schema, and the enums of their columns.
pub fn models(schema: &Schema, dialect: &'static dyn Dialect) -> String {
    models_read(schema, dialect, &Survey::default())
}

/// As [`models`], but with columns typed according to a survey of their rows.
pub fn models_read(schema: &Schema, dialect: &'static dyn Dialect, survey: &Survey) -> String {
    let names = Names::new(schema);
    let mut out = String::from(
        "//! Models of a database, as `inspectdb` has read them.\n\nuse aludel::prelude::*;\n\n",
    );
    let mut enums: BTreeSet<&str> = BTreeSet::new();
    for kind in &schema.enums {
        enums.insert(kind.name);
        out.push_str(&enum_source(kind));
    }
    for table in &schema.tables {
        for column in &table.columns {
            if let Some(kind) = enum_of(&column.sql_type)
                && enums.insert(kind.name)
            {
                out.push_str(&enum_source(&kind));
            }
        }
        let mut model = Model::new(table, schema, &names, dialect);
        model.survey = Some(survey);
        out.push_str(&model.source());
    }
    for view in &schema.views {
        let code = format!("App::view({})", super::operations::view(view));
        let lines = super::lines::folded(&code).replace('\n', "\n// ");
        out.push_str(&format!("// Beside the models: {lines}\n"));
    }
    for name in &schema.extensions {
        out.push_str(&format!(
            "// Beside the models: App::extension({})\n",
            quoted(name)
        ));
    }
    for thing in &schema.unmanaged {
        out.push_str(&format!(
            "// Not managed: {}\n",
            one_line(&thing.to_string())
        ));
    }
    let keyless: Vec<String> = { schema.tables.iter() }
        .filter(|table| table.primary_key.is_empty())
        .map(|table| format!("{}.into()", super::operations::table_source(table)))
        .collect();
    if !keyless.is_empty() {
        out.push_str(&format!(
            "/// Tables without a primary key, which a model needs: `App::tables(tables())`.\npub fn tables() -> Vec<aludel::schema::Table> {{\n    use aludel::migrate::prelude::*;\n    vec![{}]\n}}\n\n",
            keyless.join(", ")
        ));
    }
    let all: Vec<&str> = { schema.tables.iter() }
        .filter(|table| !table.primary_key.is_empty())
        .filter_map(|table| names.of(table))
        .collect();
    out.push_str(&format!(
        "/// All of the models.\npub fn registry() -> aludel::Registry {{\n    models![{}]\n}}\n",
        all.join(", ")
    ));
    super::format::generated(&out)
}

struct Model<'a> {
    table: &'a Table,
    schema: &'a Schema,
    names: &'a Names,
    dialect: &'static dyn Dialect,
    survey: Option<&'a Survey>,
    /// The names of the fields, by column.
    fields: Vec<(String, String)>,
}

impl<'a> Model<'a> {
    fn new(
        table: &'a Table,
        schema: &'a Schema,
        names: &'a Names,
        dialect: &'static dyn Dialect,
    ) -> Model<'a> {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let fields = { table.columns.iter() }
            .map(|column| {
                let mut name = field_name(&column.name);
                while !taken.insert(name.clone()) {
                    name.push('_');
                }
                (column.name.clone(), name)
            })
            .collect();
        Model {
            table,
            schema,
            names,
            dialect,
            survey: None,
            fields,
        }
    }

    fn field(&self, column: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == column);
        found.map_or("", |(_, field)| field.as_str())
    }

    fn name(&self) -> &str {
        self.names.of(self.table).unwrap_or("Unnamed")
    }

    /// The foreign key that makes a column a relation: it has only this column, refers to a primary key, is named by the
    /// convention, and is indexed as a relation needs.
    fn relation(&self, column: &str) -> Option<&'a ForeignKey> {
        let convention = NamingConvention::default();
        let of_column = |key: &&ForeignKey| key.columns.len() == 1 && key.columns[0] == column;
        let mut keys = self.table.foreign_keys.iter().filter(of_column);
        let key = keys.next()?;
        if keys.next().is_some() || self.table.primary_key.iter().any(|name| name == column) {
            return None;
        }
        let target = self.schema.table(&key.target)?;
        let fits = target.primary_key == key.target_columns
            && !target.primary_key.is_empty()
            && (key.name.is_empty()
                || key.name == convention.foreign_key(&self.table.name.name, &key.columns))
            && matches!(key.on_update, Action::NoAction | Action::Cascade)
            && key.on_delete != Action::SetDefault
            && key.options.is_none()
            && self.brings_index(&key.columns);
        let here = self.table.column(column)?;
        let plain = here.default.is_none() && here.generated.is_none() && here.identity.is_none();
        let same = target.column(&key.target_columns[0])?.sql_type == here.sql_type;
        // Rows may have a text where the other table's key is a number.
        let reading = |table: &Table, column: &str| self.survey?.of(&table.name, column);
        let found = reading(self.table, column);
        let read = found.is_none() || found == reading(target, &key.target_columns[0]);
        (fits && plain && same && read && self.relation_is_clean(column)).then_some(key)
    }

    /// Whether a key or index begins with the column: otherwise a relation would add one.
    fn brings_index(&self, columns: &[String]) -> bool {
        let covered = self.table.primary_key.starts_with(columns)
            || self
                .table
                .uniques
                .iter()
                .any(|unique| unique.columns.starts_with(columns));
        let starts = |index: &Index| {
            index.condition.is_none()
                && matches!(index.parts.first().map(|part| &part.node), Some(Node::Root(name)) if *name == columns[0])
        };
        covered || self.table.indexes.iter().any(starts)
    }

    /// Whether no CHECK and no computed column mentions the column: its SQL needs it as a plain column.
    fn relation_is_clean(&self, column: &str) -> bool {
        let no_check = { self.table.checks.iter() }
            .all(|check| !crate::state::mentions(&check.condition, column));
        no_check && { self.table.columns.iter() }
            .all(|other| !crate::state::computed_from(other, column))
    }

    /// The field name of a relation: `author` for `author_id`.
    fn relation_field(&self, column: &str, key: &ForeignKey) -> (String, bool) {
        let end = format!("_{}", key.target_columns[0]);
        if let Some(stem) = column.strip_suffix(&end)
            && field_name(stem) == stem
            && !self.fields.iter().any(|(_, field)| field == stem)
        {
            return (stem.to_string(), false);
        }
        (self.field(column).to_string(), true)
    }

    fn source(&self) -> String {
        let table = self.table;
        if table.primary_key.is_empty() {
            return String::new();
        }
        let mut attributes = vec![format!("table = {}", quoted(&table.name.name))];
        if let Some(schema) = &table.name.schema {
            attributes.push(format!("schema = {}", quoted(schema)));
        }
        if let Some(comment) = &table.comment {
            attributes.push(format!("comment = {}", quoted(comment)));
        }
        if let Some(options) = &table.options {
            attributes.push(format!("options = {}", quoted(options)));
        }
        let in_order: Vec<&String> = { table.columns.iter() }
            .map(|column| &column.name)
            .filter(|name| table.primary_key.contains(name))
            .collect();
        if !in_order.into_iter().eq(&table.primary_key) {
            let fields: Vec<&str> = { table.primary_key.iter() }
                .map(|column| self.field(column))
                .collect();
            attributes.push(format!("primary_key({})", fields.join(", ")));
        }
        let mut notes = Vec::new();
        let mut fields = String::new();
        let mut renamed: Vec<(String, String)> = self.fields.clone();
        for column in &table.columns {
            if let Some(key) = self.relation(&column.name) {
                let (field, named) = self.relation_field(&column.name, key);
                if let Some(entry) = renamed.iter_mut().find(|(known, _)| *known == column.name) {
                    entry.1.clone_from(&field);
                }
                fields.push_str(&self.relation_source(column, key, &field, named));
            } else {
                fields.push_str(&self.column_source(column));
            }
        }
        let name_of = |column: &str| -> Option<String> {
            let found = renamed.iter().find(|(known, _)| known == column);
            found.map(|(_, field)| field.clone())
        };
        for unique in { table.uniques.iter() }.filter(|unique| !self.is_field_unique(unique)) {
            let columns: Option<Vec<String>> = unique.columns.iter().map(|c| name_of(c)).collect();
            match columns {
                Some(columns) if unique.name.is_empty() => {
                    attributes.push(format!("unique({})", columns.join(", ")));
                }
                Some(columns) => attributes.push(format!(
                    "unique({}, name = {})",
                    columns.join(", "),
                    quoted(&unique.name)
                )),
                None => notes.push(format!("the unique constraint {:?}", unique.name)),
            }
        }
        for index in { table.indexes.iter() }.filter(|index| !self.comes_with_a_relation(index)) {
            match self.index_source(index, &name_of) {
                Some(text) => attributes.push(text),
                None => notes.push(format!("the index {:?}", index.name)),
            }
        }
        for (n, check) in table.checks.iter().enumerate() {
            let mut check = check.clone();
            if check.name.is_empty() {
                let convention = NamingConvention::default();
                check.name = convention.check(&table.name.name, &(n + 1).to_string());
            }
            attributes.push(self.check_source(&check));
        }
        for constraint in &table.constraints {
            attributes.push(format!(
                "constraint(name = {}, raw = {})",
                quoted(&constraint.name),
                quoted(&constraint.definition)
            ));
        }
        for key in { table.foreign_keys.iter() }
            .filter(|key| key.columns.len() != 1 || self.relation(&key.columns[0]).is_none())
        {
            attributes.push(self.foreign_key_source(key));
        }
        let mut out = String::new();
        if let Some(why) = self.survey.and_then(|survey| survey.failure(&table.name)) {
            let why = why.lines().next().unwrap_or_default();
            out.push_str(&format!(
                "// Its rows could not be looked through: columns are read as they are declared.\n// {why}\n"
            ));
        }
        for note in notes {
            out.push_str(&format!("// A model can't say {note}.\n"));
        }
        out.push_str(&format!(
            "#[derive(Model, Debug, Clone)]\n#[model({})]\npub struct {} {{\n{fields}}}\n\n",
            in_lines(&attributes, ""),
            self.name()
        ));
        out
    }

    fn relation_source(
        &self,
        column: &Column,
        key: &ForeignKey,
        field: &str,
        named: bool,
    ) -> String {
        let mut items = Vec::new();
        if named {
            items.push(format!("column = {}", quoted(&column.name)));
        }
        match key.on_delete {
            Action::Cascade => items.push("on_delete = cascade".into()),
            Action::SetNull => items.push("on_delete = set_null".into()),
            Action::Restrict => items.push("on_delete = restrict".into()),
            _ => {}
        }
        if key.on_update == Action::Cascade {
            items.push("on_update = cascade".into());
        }
        match key.deferrable {
            Deferrability::Not => {}
            Deferrability::Immediate => items.push("deferrable".into()),
            Deferrability::Deferred => items.push("deferred".into()),
        }
        if self.is_unique_by_field(&column.name) {
            items.push("unique".into());
        }
        if let Some(collation) = &column.collation {
            items.push(format!("collation = {}", quoted(collation)));
        }
        if let Some(options) = &column.options {
            items.push(format!("options = {}", quoted(options)));
        }
        if let Some(comment) = &column.comment {
            items.push(format!("comment = {}", quoted(comment)));
        }
        let target = self.names.of_name(&key.target).unwrap_or("Unnamed");
        let kind = if column.nullable {
            format!("Option<BelongsTo<{target}>>")
        } else {
            format!("BelongsTo<{target}>")
        };
        attributed(&items, field, &kind)
    }

    fn column_source(&self, column: &Column) -> String {
        let table = self.table;
        let field = self.field(&column.name);
        let mut items = Vec::new();
        if field != column.name {
            items.push(format!("column = {}", quoted(&column.name)));
        }
        let in_key = table.primary_key.contains(&column.name);
        let sole_id = table.primary_key.len() == 1 && field == "id";
        if in_key && !sole_id {
            items.push("primary_key".into());
        }
        let numbered = column.identity.is_some();
        let reading = self
            .survey
            .and_then(|survey| survey.of(&table.name, &column.name));
        let kind = rust_type(&column.sql_type, reading, self.dialect, &mut items);
        let integer_key = in_key && table.primary_key.len() == 1 && is_integer(&kind);
        // A field named `id` is numbered unless the model says otherwise; any other field only if the model says so.
        let by_itself = sole_id && integer_key;
        let always = matches!(column.identity, Some(aludel_sql::schema::Identity::Always));
        match (numbered, by_itself) {
            _ if always => items.push("auto(always)".into()),
            (true, false) => items.push("auto".into()),
            (false, true) => items.push("given".into()),
            _ => {}
        }
        if let Some(generated) = &column.generated {
            items.push(format!(
                "generated = {}",
                self.raw(&generated.expression, &optional(&kind, column.nullable))
            ));
            if !generated.stored {
                items.push("virtual".into());
            }
        } else if let Some(default) = &column.default {
            items.push(format!(
                "default = {}",
                self.default_source(column, default, &kind)
            ));
        }
        if self.is_unique_by_field(&column.name) {
            items.push("unique".into());
        }
        if let Some(collation) = &column.collation {
            items.push(format!("collation = {}", quoted(collation)));
        }
        if let Some(options) = &column.options {
            items.push(format!("options = {}", quoted(options)));
        }
        if let Some(comment) = &column.comment {
            items.push(format!("comment = {}", quoted(comment)));
        }
        attributed(&items, field, &optional(&kind, column.nullable))
    }

    /// An expression in the SQL of the database that it was read from.
    fn raw(&self, node: &Node, kind: &str) -> String {
        self.raw_in(self.name(), node, kind)
    }

    fn raw_in(&self, scope: &str, node: &Node, kind: &str) -> String {
        // Functions without arguments, such as the clock, exist on every database.
        if let Node::Function(function, arguments) = node
            && arguments.is_empty()
        {
            return format!(
                "aludel::expr::Expr::<{scope}, {kind}>::from_node(aludel::expr::Node::Function(aludel::expr::Function::{function:?}, vec![]))"
            );
        }
        match aludel_sql::schema::rendered(node, self.dialect) {
            Ok(text) => format!("raw_sql::<{scope}, {kind}>({})", quoted(&text)),
            Err(error) => format!("compile_error!({:?})", error.to_string()),
        }
    }

    fn default_source(&self, column: &Column, default: &Node, kind: &str) -> String {
        use aludel_sql::Value;
        use aludel_sql::expr::Function;
        match default {
            Node::Value(Value::I64(n)) if is_integer(kind) && !column.nullable => n.to_string(),
            Node::Value(Value::Text(text)) if kind == "String" && !column.nullable => quoted(text),
            Node::Value(Value::Bool(value)) if kind == "bool" && !column.nullable => {
                value.to_string()
            }
            Node::Function(Function::Now, _) if kind == "jiff::Timestamp" && !column.nullable => {
                "now()".into()
            }
            Node::Value(Value::Bool(value)) => format!(
                "aludel::expr::Expr::<(), {}>::from_node(aludel::expr::Node::Value(aludel::Value::Bool({value})))",
                optional(kind, column.nullable)
            ),
            // A default mentions no model.
            other => self.raw_in("()", other, &optional(kind, column.nullable)),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attributed(items: &[String], field: &str, kind: &str) -> String {
    if items.is_empty() {
        return format!("    pub {field}: {kind},\n");
    }
    format!(
        "    #[field({})]\n    pub {field}: {kind},\n",
        in_lines(items, "    ")
    )
}

/// The items of an attribute, one per line if they don't fit on one: rustfmt leaves attributes with expressions as they are.
fn in_lines(items: &[String], indent: &str) -> String {
    let width = items.iter().map(|item| item.len() + 2).sum::<usize>();
    if width + indent.len() <= 90 {
        return items.join(", ");
    }
    let lines: String = { items.iter() }
        .map(|item| format!("{indent}    {item},\n"))
        .collect();
    format!("\n{}\n{indent}", lines.trim_end_matches(",\n"))
}

fn optional(kind: &str, nullable: bool) -> String {
    if nullable {
        format!("Option<{kind}>")
    } else {
        kind.to_string()
    }
}
