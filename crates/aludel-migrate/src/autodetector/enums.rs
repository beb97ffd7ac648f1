//! Enum types and their values.

use super::{Answer, Phase, Question, Work};
use crate::operation::Operation;
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::schema::enum_of;
use aludel_sql::value::EnumType;

impl Work<'_> {
    pub(super) fn enums(&mut self) -> Result<()> {
        let to = self.to;
        for kind in &to.schema.enums {
            match self.state.schema.enum_type(kind.name) {
                Some(old) => self.values(old, *kind)?,
                None => self.new_enum(*kind)?,
            }
        }
        let gone: Vec<String> = { self.state.schema.enums.iter() }
            .filter(|kind| to.schema.enum_type(kind.name).is_none())
            .map(|kind| kind.name.to_string())
            .collect();
        for name in gone {
            self.push(Phase::DropEnums, Operation::DropEnum(name));
        }
        Ok(())
    }

    /// A new type with the same values as a removed one is a rename: nothing is lost either way.
    fn new_enum(&mut self, kind: EnumType) -> Result<()> {
        let renamed = { self.state.schema.enums.iter() }
            .find(|old| old.labels == kind.labels && self.to.schema.enum_type(old.name).is_none())
            .map(|old| old.name.to_string());
        match renamed {
            Some(from) => self.now(
                Phase::Rename,
                Operation::RenameEnum {
                    from,
                    to: kind.name.to_string(),
                },
            ),
            None => self.now(Phase::CreateEnums, Operation::CreateEnum(kind)),
        }
    }

    fn values(&mut self, old: EnumType, new: EnumType) -> Result<()> {
        if old.labels == new.labels {
            return Ok(());
        }
        let name = new.name.to_string();
        let mut labels: Vec<&'static str> = old.labels.to_vec();
        let gone: Vec<&'static str> = { old.labels.iter().copied() }
            .filter(|label| !new.labels.contains(label))
            .collect();
        let came: Vec<&'static str> = { new.labels.iter().copied() }
            .filter(|label| !old.labels.contains(label))
            .collect();
        // Renames that were given come first; the others are paired by position.
        let given = self.decide.given_renames();
        let said = |from: &str, to: &str| {
            let pair = (format!("{name}.{from}"), format!("{name}.{to}"));
            given.contains(&pair)
        };
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for from in &gone {
            // The first is renamed to the new value; the others are later replaced by one that exists.
            let free = |to: &&&str| said(from, to) && !pairs.iter().any(|pair| pair.1 == **to);
            if let Some(to) = came.iter().find(free) {
                pairs.push((from, to));
            }
        }
        let left =
            |all: &[&'static str], of: &dyn Fn(&(&str, &str), &str) -> bool| -> Vec<&'static str> {
                all.iter()
                    .copied()
                    .filter(|label| !pairs.iter().any(|pair| of(pair, label)))
                    .collect()
            };
        // A value that is given as replaced by one that stays was not renamed.
        let gone: Vec<&'static str> = { gone.iter().copied() }
            .filter(|from| {
                !{ new.labels.iter() }.any(|to| said(from, to))
                    || pairs.iter().any(|pair| pair.0 == *from)
            })
            .collect();
        let (gone, came) = (
            left(&gone, &|pair, label| pair.0 == label),
            left(&came, &|pair, label| pair.1 == label),
        );
        pairs.extend(gone.iter().copied().zip(came.iter().copied()));
        for (from, to) in &pairs {
            let question = Question::RenameValue {
                name: name.clone(),
                from: (*from).to_string(),
                to: (*to).to_string(),
            };
            if let Some(Answer::Yes) = self.ask(question) {
                self.now(
                    Phase::CreateEnums,
                    Operation::RenameEnumValue {
                        name: name.clone(),
                        from: (*from).to_string(),
                        to: (*to).to_string(),
                    },
                )?;
                let at = labels.iter().position(|label| label == from);
                if let Some(at) = at {
                    labels[at] = to;
                }
            }
        }
        // Values that are added among others, which stay in their order, are added one by one.
        let stay: Vec<&str> = { new.labels.iter().copied() }
            .filter(|label| labels.contains(label))
            .collect();
        if stay == labels {
            for (at, label) in new.labels.iter().enumerate() {
                if labels.contains(label) {
                    continue;
                }
                let before = { new.labels[at + 1..].iter() }
                    .find(|other| labels.contains(other))
                    .map(ToString::to_string);
                let place = match &before {
                    Some(before) => labels.iter().position(|known| known == before),
                    None => None,
                };
                labels.insert(place.unwrap_or(labels.len()), label);
                self.now(
                    Phase::CreateEnums,
                    Operation::AddEnumValue {
                        name: name.clone(),
                        value: (*label).to_string(),
                        before,
                    },
                )?;
            }
            return Ok(());
        }
        // Removed values, with the ones that stay and replace them.
        let becomes: Vec<(String, String)> = { given.iter() }
            .filter_map(|(from, to)| {
                let of = |text: &str| Some(text.strip_prefix(&format!("{name}."))?.to_string());
                let (from, to) = (of(from)?, of(to)?);
                let has = |all: &[&str], label: &str| all.contains(&label);
                let fits = has(&labels, &from) && !has(new.labels, &from) && has(new.labels, &to);
                fits.then_some((from, to))
            })
            .collect();
        // A new value that is a default has to exist before the old ones are removed.
        let is_default = |label: &str| {
            { self.to.schema.tables.iter() }
                .flat_map(|table| &table.columns)
                .filter(|column| enum_of(&column.sql_type).is_some_and(|kind| kind.name == name))
                .any(|column| {
                    matches!(&column.default, Some(Node::Value(value)) if value.as_str() == Some(label))
                })
        };
        let first: Vec<&str> = { new.labels.iter().copied() }
            .filter(|label| !labels.contains(label) && is_default(label))
            .collect();
        for label in first {
            labels.push(label);
            self.now(
                Phase::CreateEnums,
                Operation::AddEnumValue {
                    name: name.clone(),
                    value: label.to_string(),
                    before: None,
                },
            )?;
        }
        let set = Operation::SetEnumValues {
            name,
            values: new.labels.iter().map(ToString::to_string).collect(),
            becomes: becomes.clone(),
        };
        let is_lost = |label: &&str| {
            !new.labels.contains(label) && !becomes.iter().any(|(gone, _)| gone == label)
        };
        if labels.iter().any(is_lost) {
            self.ask(Question::Destroy(set.clone()));
        }
        self.now(Phase::ShrinkEnums, set)
    }
}
