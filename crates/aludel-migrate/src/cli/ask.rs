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
    person: Box<dyn Person>,
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
            person: Box::new(Terminal),
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

    fn ask(&mut self, question: &Question) -> Option<Answer> {
        let person = &mut *self.person;
        match question {
            Question::RenameTable { from, to } => {
                yes_or_no(person, &format!("Was the table {from} renamed to {to}?"))
            }
            Question::RenameColumn { table, from, to } => yes_or_no(
                person,
                &format!("Was the column {table}.{from} renamed to {to}?"),
            ),
            Question::RenameValue { name, from, to } => yes_or_no(
                person,
                &format!("Was the value {from:?} of enum {name} renamed to {to:?}?"),
            ),
            Question::Fill { table, column } => {
                let prompt = format!(
                    "{table}.{} takes no NULL and has no default, and there may be rows",
                    column.name
                );
                let choices = [
                    "give the rows that are there a value once",
                    "the same in three operations: add nullable, fill, set NOT NULL",
                    "stop here; the field gets a default",
                ];
                match person.choose(&prompt, &choices)? {
                    0 => Some(Answer::Fill(value_for(person, &column.sql_type)?)),
                    1 => Some(Answer::Split(value_for(person, &column.sql_type)?)),
                    _ => None,
                }
            }
            Question::NotNull { table, column } => {
                let prompt = format!("{table}.{} takes no NULL any more", column.name);
                let choices = [
                    "give rows that have NULL a value once",
                    "no row has NULL (else the migration fails)",
                    "stop here",
                ];
                match person.choose(&prompt, &choices)? {
                    0 => Some(Answer::Fill(value_for(person, &column.sql_type)?)),
                    1 => Some(Answer::No),
                    _ => None,
                }
            }
            Question::Destroy(operation) => {
                let prompt = format!("\"{operation}\" loses what is there. Is that meant?");
                person.confirm(&prompt, false)?.then_some(Answer::Yes)
            }
        }
    }
}

/// Somebody at a terminal. No answer: the input has ended, or was broken off.
trait Person {
    fn confirm(&mut self, prompt: &str, default: bool) -> Option<bool>;
    fn choose(&mut self, prompt: &str, choices: &[&str]) -> Option<usize>;
    fn input(&mut self, prompt: &str) -> Option<String>;
}

struct Terminal;

impl Person for Terminal {
    fn confirm(&mut self, prompt: &str, default: bool) -> Option<bool> {
        let confirm = Confirm::new().with_prompt(prompt).default(default);
        confirm.interact().ok()
    }
    fn choose(&mut self, prompt: &str, choices: &[&str]) -> Option<usize> {
        let select = Select::new().with_prompt(prompt).items(choices).default(0);
        select.interact().ok()
    }
    fn input(&mut self, prompt: &str) -> Option<String> {
        let input = Input::new().with_prompt(prompt).allow_empty(true);
        input.interact_text().ok()
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
        match self.given.decide(question) {
            None if self.asks => self.ask(question),
            given => given,
        }
    }
}

fn yes_or_no(person: &mut dyn Person, prompt: &str) -> Option<Answer> {
    let yes = person.confirm(prompt, true)?;
    Some(if yes { Answer::Yes } else { Answer::No })
}

/// Asked again until it is a value of the type.
fn value_for(person: &mut dyn Person, of: &SqlType) -> Option<Node> {
    loop {
        if let Some(node) = literal(&person.input("value")?, of) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Undecided, detect};
    use crate::state::State;
    use crate::words::{big_int, boolean, column, varchar};
    use aludel_sql::schema::{Schema, Table};
    use std::collections::VecDeque;

    /// Says what it was told to say, and keeps what it was asked.
    struct Script(VecDeque<&'static str>, Vec<String>);

    impl Person for Script {
        fn confirm(&mut self, prompt: &str, _: bool) -> Option<bool> {
            self.1.push(prompt.into());
            Some(self.0.pop_front()? == "yes")
        }
        fn choose(&mut self, prompt: &str, choices: &[&str]) -> Option<usize> {
            self.1.push(prompt.into());
            let said = self.0.pop_front()?;
            choices.iter().position(|choice| choice.starts_with(said))
        }
        fn input(&mut self, _: &str) -> Option<String> {
            self.0.pop_front().map(str::to_string)
        }
    }

    fn users(columns: [aludel_sql::schema::Column; 2]) -> State {
        let mut table = Table::new("users");
        table.columns.extend(columns);
        State {
            schema: Schema::of(vec![table]),
            ..State::default()
        }
    }

    fn answered(script: &[&'static str]) -> Result<Vec<String>, Undecided> {
        let mut asked = Asked {
            given: Answers::default(),
            fills: Vec::new(),
            asks: true,
            person: Box::new(Script(script.iter().copied().collect(), Vec::new())),
            wrong: None,
        };
        let from = users([
            column("name", varchar(40)),
            column("live", boolean()).nullable(),
        ]);
        let to = users([column("full_name", varchar(40)), column("age", big_int())]);
        let all = detect(&from, &to, &Default::default(), &mut asked)?;
        Ok(all
            .iter()
            .map(|(_, operation)| crate::source::operation(operation))
            .collect())
    }

    #[test]
    fn rule_4_what_is_answered_at_a_terminal_is_written_into_the_migration() {
        let all = answered(&["yes", "give", "many", "18", "yes"]).unwrap();
        assert_eq!(
            all,
            [
                ".rename_column(\"users\", \"name\", \"full_name\")",
                ".add_column_with(\"users\", column(\"age\", big_int()), 18)",
                ".drop_column(\"users\", \"live\")",
            ]
        );
        let split = answered(&["yes", "the same", "0", "yes"]).unwrap();
        assert!(
            split[1].starts_with(".add_column(\"users\", column(\"age\", big_int()).nullable())")
        );
        assert!(
            split
                .iter()
                .any(|operation| operation.contains(".alter_column(")),
            "{split:?}"
        );
    }

    #[test]
    fn rule_4_an_answer_that_is_not_given_stops_the_tool() {
        for script in [
            &["yes", "stop", "yes"][..],
            &["yes", "give", "18", "no"],
            &[],
        ] {
            let undecided = answered(script).unwrap_err();
            assert!(matches!(undecided, Undecided::Questions(_)), "{undecided}");
        }
    }
}
