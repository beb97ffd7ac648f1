//! Unique constraints, indexes, checks and foreign keys in the source of a model.

use super::Model;
use crate::literals::quoted;

use aludel_sql::expr::Node;
use aludel_sql::schema::{Action, Check, Deferrability, ForeignKey, Index, NamingConvention};

impl Model<'_> {
    pub(super) fn is_unique_by_field(&self, column: &str) -> bool {
        self.table.uniques.iter().any(|unique| {
            unique.columns.len() == 1 && unique.columns[0] == column && self.is_field_unique(unique)
        })
    }

    pub(super) fn is_field_unique(&self, unique: &aludel_sql::schema::Unique) -> bool {
        let convention = NamingConvention::default();
        unique.columns.len() == 1
            && (unique.name.is_empty()
                || unique.name == convention.unique(&self.table.name.name, &unique.columns))
    }

    pub(super) fn comes_with_a_relation(&self, index: &Index) -> bool {
        let convention = NamingConvention::default();
        let [part] = index.parts.as_slice() else {
            return false;
        };
        let Node::Root(column) = &part.node else {
            return false;
        };
        let columns = [column.to_string()];
        let first = { self.table.indexes.iter() }
            .find(|other| {
                matches!(other.parts.first().map(|part| &part.node), Some(Node::Root(name)) if name == column)
                    && other.condition.is_none()
            })
            .is_some_and(|other| other.name == index.name);
        let covered = { self.table.uniques.iter() }
            .any(|unique| unique.columns.first().is_some_and(|name| name == column));
        self.relation(column).is_some()
            && first
            && !covered
            && !index.unique
            && !part.descending
            && index.method.is_none()
            && index.include.is_empty()
            && index.condition.is_none()
            && index.options.is_none()
            && part.options.is_none()
            && index.name == convention.index(&self.table.name.name, &columns)
    }

    pub(super) fn index_source(
        &self,
        index: &Index,
        name_of: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let mut parts = Vec::new();
        let mut expressions = false;
        for part in &index.parts {
            let minus = if part.descending { "-" } else { "" };
            let options = part.options.as_deref().map(quoted);
            match (&part.node, options) {
                (Node::Root(name), None) if !expressions => {
                    parts.push(format!("{minus}{}", name_of(name)?));
                }
                // These names are keywords of the attribute.
                (Node::Root(name), Some(options))
                    if !expressions && !matches!(&*name_of(name)?, "include" | "on") =>
                {
                    parts.push(format!("{minus}{}({options})", name_of(name)?));
                }
                // After an expression, a column is written as an expression too.
                (other, None) if !part.descending => {
                    expressions = true;
                    parts.push(format!("on = {}", self.raw(other, "String")));
                }
                (other, options) => {
                    expressions = true;
                    let options = options.map_or(String::new(), |text| format!(", {text}"));
                    parts.push(format!("{minus}on({}{options})", self.raw(other, "String")));
                }
            }
        }
        if index.unique {
            parts.push("unique".into());
        }
        parts.push(format!("name = {}", quoted(&index.name)));
        if let Some(method) = &index.method {
            parts.push(format!("using = {}", quoted(method)));
        }
        if !index.include.is_empty() {
            let columns: Option<Vec<String>> = index.include.iter().map(|c| name_of(c)).collect();
            parts.push(format!("include({})", columns?.join(", ")));
        }
        if let Some(filter) = &index.condition {
            parts.push(format!("filter = {}", self.raw(filter, "bool")));
        }
        if let Some(options) = &index.options {
            parts.push(format!("options = {}", quoted(options)));
        }
        Some(format!("index({})", parts.join(", ")))
    }

    pub(super) fn check_source(&self, check: &Check) -> String {
        let options = { check.options.as_deref() }.map_or(String::new(), |text| {
            format!(", options = {}", quoted(text))
        });
        format!(
            "named_check(name = {}, that = {}{options})",
            quoted(&check.name),
            self.raw(&check.condition, "bool")
        )
    }

    pub(super) fn foreign_key_source(&self, key: &ForeignKey) -> String {
        let list = |names: &[String]| -> String {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            names.join(", ")
        };
        let mut text = format!(
            "foreign_key = aludel::schema::ForeignKey::on({}, [{}]).references({}, [{}])",
            quoted(&key.name),
            list(&key.columns),
            crate::source::operations::table_name(&key.target),
            list(&key.target_columns)
        );
        for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
            if action != Action::NoAction {
                text.push_str(&format!(".{word}(aludel::schema::Action::{action:?})"));
            }
        }
        if key.deferrable != Deferrability::Not {
            text.push_str(&format!(
                ".deferrable(aludel::schema::Deferrability::{:?})",
                key.deferrable
            ));
        }
        if let Some(options) = &key.options {
            text.push_str(&format!(".options({})", quoted(options)));
        }
        text
    }
}
