//! Questions, answered by the command line, and at a terminal by a person.

use super::Context;
use super::arguments::Makemigrations;
use crate::detect::{Answer, Answers, Decide, Question};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::{Function, Node};
use aludel_sql::types::SqlType;
use dialoguer::{Confirm, Input, Select};

pub(super) struct Asked {
    given: Answers,
    fills: Vec<(String, String)>,
    asks: bool,
    /// A value that is none of its column's type.
    wrong: Option<String>,
}

impl Asked {
    pub(super) fn new(context: &Context<'_>, words: &Makemigrations) -> Result<Asked> {
        let pairs = |all: &[String]| -> Result<Vec<(String, String)>> {
            { all.iter() }
                .map(|text| match text.split_once('=') {
                    Some((old, new)) => Ok((old.to_string(), new.to_string())),
                    None => Err(Error::migration(format!("write {text:?} as OLD=NEW"))),
                })
                .collect()
        };
        Ok(Asked {
            given: Answers {
                renames: pairs(&words.rename)?,
                replaced: pairs(&words.replace)?,
                fills: Vec::new(),
                allow_destructive: words.allow_destructive,
            },
            fills: pairs(&words.fill)?,
            asks: context.asks,
            wrong: None,
        })
    }

    /// Refuses values that were given and are none.
    pub(super) fn check(&self) -> Result<()> {
        match &self.wrong {
            Some(wrong) => Err(Error::migration(wrong.clone())),
            None => Ok(()),
        }
    }

    fn ask(&self, question: &Question) -> Option<Answer> {
        match question {
            Question::RenameTable { from, to } => {
                yes_or_no(&format!("Was the table {from} renamed to {to}?"))
            }
            Question::RenameColumn { table, from, to } => {
                yes_or_no(&format!("Was the column {table}.{from} renamed to {to}?"))
            }
            Question::RenameValue { name, from, to } => yes_or_no(&format!(
                "Was the value {from:?} of enum {name} renamed to {to:?}?"
            )),
            Question::Fill { table, column } => {
                let choices = [
                    "give the rows that are there a value once".to_string(),
                    "the same in three operations: add nullable, fill, set NOT NULL".into(),
                    "stop here; the field gets a default".into(),
                ];
                let prompt = format!(
                    "{table}.{} takes no NULL and has no default, and there may be rows",
                    column.name
                );
                match Select::new()
                    .with_prompt(prompt)
                    .items(choices)
                    .default(0)
                    .interact()
                    .ok()?
                {
                    0 => Some(Answer::Fill(value_for(&column.sql_type)?)),
                    1 => Some(Answer::Split(value_for(&column.sql_type)?)),
                    _ => None,
                }
            }
            Question::NotNull { table, column } => {
                let choices = [
                    "give rows that have NULL a value once".to_string(),
                    "no row has NULL (else the migration fails)".into(),
                    "stop here".into(),
                ];
                let prompt = format!("{table}.{} takes no NULL any more", column.name);
                match Select::new()
                    .with_prompt(prompt)
                    .items(choices)
                    .default(0)
                    .interact()
                    .ok()?
                {
                    0 => Some(Answer::Fill(value_for(&column.sql_type)?)),
                    1 => Some(Answer::No),
                    _ => None,
                }
            }
            Question::Destroy(operation) => {
                let prompt = format!("\"{operation}\" loses what is there. Is that meant?");
                let meant = Confirm::new()
                    .with_prompt(prompt)
                    .default(false)
                    .interact()
                    .ok()?;
                meant.then_some(Answer::Yes)
            }
        }
    }
}

impl Decide for Asked {
    fn given_renames(&self) -> Vec<(String, String)> {
        self.given.renames.clone()
    }

    fn decide(&mut self, question: &Question) -> Option<Answer> {
        if let Question::Fill { table, column } | Question::NotNull { table, column } = question {
            let name = format!("{table}.{}", column.name);
            if let Some((_, text)) = self.fills.iter().find(|(of, _)| *of == name) {
                return match literal(text, &column.sql_type) {
                    Some(node) => Some(Answer::Fill(node)),
                    None => {
                        self.wrong = Some(format!("{text:?} is no value for {name}"));
                        None
                    }
                };
            }
        }
        { self.given.decide(question) }.or_else(|| self.asks.then(|| self.ask(question)).flatten())
    }
}

fn yes_or_no(prompt: &str) -> Option<Answer> {
    let yes = Confirm::new()
        .with_prompt(prompt)
        .default(true)
        .interact()
        .ok()?;
    Some(if yes { Answer::Yes } else { Answer::No })
}

fn value_for(of: &SqlType) -> Option<Node> {
    loop {
        let text: String = Input::new()
            .with_prompt("value")
            .allow_empty(true)
            .interact_text()
            .ok()?;
        if let Some(node) = literal(&text, of) {
            return Some(node);
        }
    }
}

/// A value as it is written on the command line.
fn literal(text: &str, of: &SqlType) -> Option<Node> {
    if text == "now()" {
        return Some(Node::Function(Function::Now, Vec::new()));
    }
    let value = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => text.parse().ok().map(Value::I64),
        SqlType::Real | SqlType::Double => text.parse().ok().map(Value::F64),
        SqlType::Bool => match text {
            "true" | "1" | "yes" => Some(Value::Bool(true)),
            "false" | "0" | "no" => Some(Value::Bool(false)),
            _ => None,
        },
        SqlType::Enum(kind) => {
            { kind.labels.contains(&text) }.then(|| Value::Text(text.to_string()))
        }
        _ => Some(Value::Text(text.to_string())),
    };
    value.map(Node::Value)
}
