//! Questions, answered by the command line, or at a terminal by a person.

use crate::Context;
use crate::arguments::Makemigrations;
use crate::literal::literal;
use aludel_engine::{Error, Result};
use aludel_migrate::autodetector::{Answer, Answers, Decide, Question};
use aludel_migrate::spi::type_of;
use aludel_sql::expr::Node;
use aludel_sql::schema::Column;
use aludel_sql::statement::TableName;
use std::io::Write;

pub(crate) struct Asked {
    given: Answers,
    fills: Vec<(String, String)>,
    asks: bool,
    person: Box<dyn Person>,
    /// Whether the person chose to stop.
    stopped: bool,
    /// A value that does not fit its column's type.
    wrong: Option<String>,
    /// The columns for which values were asked, and the renames that were asked about.
    asked: Vec<String>,
}

impl Asked {
    pub(crate) fn new(context: &Context<'_>, words: &Makemigrations) -> Result<Asked> {
        let pairs = |all: &[String], form: &str| -> Result<Vec<(String, String)>> {
            { all.iter() }
                .map(|text| match text.split_once('=') {
                    Some((old, new)) => Ok((old.to_string(), new.to_string())),
                    None => Err(Error::migration(format!("write {text:?} as {form}"))),
                })
                .collect()
        };
        Ok(Asked {
            given: Answers {
                renames: pairs(&words.rename, "OLD=NEW")?,
                replaced: pairs(&words.replace, "OLD=NEW")?,
                fills: Vec::new(),
                allow_destructive: words.allow_destructive,
            },
            fills: pairs(&words.fill, "TABLE.COLUMN=VALUE")?,
            asks: context.asks,
            person: Box::new(Terminal),
            stopped: false,
            wrong: None,
            asked: Vec::new(),
        })
    }

    /// Whether the person chose to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Refuses unused answers on the command line: invalid values, and those that no question asked for.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(wrong) = &self.wrong {
            return Err(Error::migration(wrong.clone()));
        }
        let is_asked = |name: &String| self.asked.contains(name);
        if let Some((name, value)) = self.fills.iter().find(|(name, _)| !is_asked(name)) {
            let columns: Vec<&str> = { self.asked.iter() }
                .filter(|name| !name.contains('='))
                .map(String::as_str)
                .collect();
            let others = match columns.is_empty() {
                true => "no column needs one".to_string(),
                false => format!("what needs one is {}", columns.join(", ")),
            };
            return Err(Error::migration(format!(
                "`--fill {name}={value}`: {name} needs no value for rows that are there; {others}"
            )));
        }
        let told = |(old, new): &(String, String)| format!("{old}={new}");
        if let Some(name) = { self.given.replaced.iter() }
            .map(told)
            .find(|name| !is_asked(name))
        {
            return Err(Error::migration(format!(
                "`--replace {name}`: nothing may have been renamed so; write tables as `old=new`, columns as `table.old=table.new`, values of enums as `enum.old=enum.new`"
            )));
        }
        Ok(())
    }

    fn ask(&mut self, question: &Question) -> Option<Answer> {
        let person = &mut *self.person;
        let renamed = |person: &mut dyn Person, prompt: String| {
            let yes = person.yes_or_no(&prompt)?;
            Some(if yes { Answer::Yes } else { Answer::No })
        };
        match question {
            Question::RenameTable { from, to } => {
                renamed(person, format!("Was the table {from} renamed to {to}?"))
            }
            Question::RenameColumn { table, from, to } => renamed(
                person,
                format!(
                    "Was the column {} renamed to {}?",
                    told(table, from),
                    told(table, to)
                ),
            ),
            Question::RenameValue { name, from, to } => renamed(
                person,
                format!("Was the value {from:?} of the enum {name} renamed to {to:?}?"),
            ),
            Question::Fill { table, column } => {
                let prompt = format!(
                    "The column {} takes no NULL and has no default, and there may be rows.",
                    told(table, column)
                );
                let choices = [
                    "give the rows that are there a value once",
                    "the same in three operations: add nullable, fill, set NOT NULL",
                    "stop here; the field gets a default",
                ];
                match person.choose(&prompt, &choices)? {
                    0 => Some(Answer::Fill(value_for(person, table, column)?)),
                    1 => Some(Answer::Split(value_for(person, table, column)?)),
                    _ => None,
                }
            }
            Question::NotNull { table, column } => {
                let prompt = format!("The column {} takes no NULL any more.", told(table, column));
                let choices = [
                    "give rows that have NULL a value once",
                    "no row has NULL (else the migration fails)",
                    "stop here",
                ];
                match person.choose(&prompt, &choices)? {
                    0 => Some(Answer::Fill(value_for(person, table, column)?)),
                    1 => Some(Answer::No),
                    _ => None,
                }
            }
            Question::Destroy(operation) => {
                let prompt = format!("\"{operation}\" loses what is there. Is that meant?");
                person.yes_or_no(&prompt)?.then_some(Answer::Yes)
            }
            // It is printed as a question without an answer.
            _ => None,
        }
    }
}

/// A person at a terminal.
trait Person {
    /// A line in answer to a prompt; `None` when the input has ended.
    fn line(&mut self, prompt: &str) -> Option<String>;
    fn say(&mut self, text: &str);
}

impl dyn Person + '_ {
    /// Asks until the answer is yes or no: there is no default. `None` means to stop.
    fn yes_or_no(&mut self, prompt: &str) -> Option<bool> {
        loop {
            match self.line(&format!("{prompt} [y/n, s stops] "))?.trim() {
                "y" | "Y" | "yes" => return Some(true),
                "n" | "N" | "no" => return Some(false),
                "s" | "S" | "stop" => return None,
                _ => self.say("Answer y for yes, n for no, or s to stop; nothing is written then."),
            }
        }
    }

    /// The index of the chosen choice. `None` means to stop.
    fn choose(&mut self, prompt: &str, choices: &[&str]) -> Option<usize> {
        self.say(prompt);
        for (at, choice) in choices.iter().enumerate() {
            self.say(&format!("  {}  {choice}", at + 1));
        }
        loop {
            let said = self.line(&format!("1 to {}: ", choices.len()))?;
            match said.trim().parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Some(number - 1),
                _ => self.say(&format!(
                    "Answer with a number from 1 to {}.",
                    choices.len()
                )),
            }
        }
    }
}

/// Lines as typed: the terminal edits them, and Ctrl-C ends the program and leaves the terminal as it was.
struct Terminal;

impl Person for Terminal {
    fn line(&mut self, prompt: &str) -> Option<String> {
        let mut out = std::io::stderr();
        write!(out, "{prompt}").and_then(|()| out.flush()).ok()?;
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(0) | Err(_) => {
                self.say("");
                None
            }
            Ok(_) => Some(line),
        }
    }
    fn say(&mut self, text: &str) {
        drop(writeln!(std::io::stderr(), "{text}"));
    }
}

impl Decide for Asked {
    fn given_renames(&self) -> Vec<(String, String)> {
        self.given.renames.clone()
    }

    fn decide(&mut self, question: &Question) -> Option<Answer> {
        self.asked.extend(question.said_as());
        if let Question::Fill { table, column } | Question::NotNull { table, column } = question {
            let name = format!("{table}.{}", column.name);
            if let Some((_, text)) = self.fills.iter().find(|(of, _)| *of == name) {
                return match literal(text, &column.sql_type) {
                    Ok(node) => Some(Answer::Fill(node)),
                    Err(why) => {
                        self.wrong = Some(format!(
                            "`--fill {name}={text}`: {} takes no such value: {why}",
                            told(table, column)
                        ));
                        None
                    }
                };
            }
        }
        match self.given.decide(question) {
            None if self.asks && !self.stopped => {
                let answer = self.ask(question);
                self.stopped = answer.is_none();
                answer
            }
            given => given,
        }
    }
}

/// A column as questions show it: `users.name (varchar(40))`.
fn told(table: &TableName, column: &Column) -> String {
    format!("{table}.{} ({})", column.name, type_of(&column.sql_type))
}

/// Asks until the answer is a value of the type.
fn value_for(person: &mut dyn Person, table: &TableName, column: &Column) -> Option<Node> {
    loop {
        let text = person.line(&format!("Value for {}: ", told(table, column)))?;
        match literal(text.trim_end_matches(['\r', '\n']), &column.sql_type) {
            Ok(node) => return Some(node),
            Err(why) => person.say(&format!("No such value: {why}.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aludel_migrate::State;
    use aludel_migrate::autodetector::{Undecided, detect};
    use aludel_migrate::dsl::{big_int, boolean, column, varchar};
    use aludel_sql::schema::{Schema, Table};
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::rc::Rc;

    /// Says what it was told to say, and keeps what it was asked.
    struct Script(VecDeque<&'static str>, Rc<RefCell<Vec<String>>>);

    impl Person for Script {
        fn line(&mut self, prompt: &str) -> Option<String> {
            self.1.borrow_mut().push(prompt.into());
            self.0.pop_front().map(|line| format!("{line}\n"))
        }
        fn say(&mut self, text: &str) {
            self.1.borrow_mut().push(text.into());
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

    fn asked(script: &[&'static str]) -> (Asked, Rc<RefCell<Vec<String>>>) {
        let said = Rc::default();
        let script = Script(script.iter().copied().collect(), Rc::clone(&said));
        let asked = Asked {
            given: Answers::default(),
            fills: Vec::new(),
            asks: true,
            person: Box::new(script),
            stopped: false,
            wrong: None,
            asked: Vec::new(),
        };
        (asked, said)
    }

    fn answered(script: &[&'static str]) -> Result<Vec<String>, Undecided> {
        detected(&mut asked(script).0)
    }

    fn detected(asked: &mut Asked) -> Result<Vec<String>, Undecided> {
        let from = users([
            column("name", varchar(40)),
            column("live", boolean()).nullable(),
        ]);
        let to = users([column("full_name", varchar(40)), column("age", big_int())]);
        let all = detect(&from, &to, &Default::default(), asked)?;
        Ok(all
            .iter()
            .map(|(_, operation)| aludel_migrate::codegen::operation(operation))
            .collect())
    }

    #[test]
    fn rule_4_what_is_answered_at_a_terminal_is_written_into_the_migration() {
        let all = answered(&["y", "1", "many", "18", "yes"]).unwrap();
        assert_eq!(
            all,
            [
                ".rename_column(\"users\", \"name\", \"full_name\")",
                ".add_column_with(\"users\", column(\"age\", big_int()), 18)",
                ".drop_column(\"users\", \"live\")",
            ]
        );
        let split = answered(&["yes", "2", "0", "y"]).unwrap();
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
            &["y", "3", "y"][..],
            &["y", "1", "18", "n"],
            &["s", "y"],
            &["y", "1"],
            &[],
        ] {
            let (mut asked, _) = asked(script);
            let undecided = detected(&mut asked).unwrap_err();
            assert!(matches!(undecided, Undecided::Questions(_)), "{undecided}");
            assert!(asked.is_stopped());
        }
        // Nothing more is asked.
        let (mut asked, said) = asked(&["s", "y", "y"]);
        assert!(detected(&mut asked).is_err());
        assert_eq!(said.borrow().len(), 1);
    }

    /// What is asked names table, column and type; nothing but an answer is one; a wrong value says why (C6).
    #[test]
    fn rule_4_prompts_take_nothing_for_granted() {
        let (mut asked, said) =
            asked(&["", "maybe", "y", "", "9", "1", "many", "9e3", "18", "", "y"]);
        detected(&mut asked).expect("it is answered in the end");
        let said = said.borrow().join("\n");
        for part in [
            "Was the column users.name (varchar(40)) renamed to users.full_name (varchar(40))? [y/n, s stops]",
            "Answer y for yes, n for no, or s to stop",
            "The column users.age (big_int) takes no NULL and has no default",
            "  3  stop here; the field gets a default",
            "Answer with a number from 1 to 3.",
            "Value for users.age (big_int): ",
            "No such value: \"many\" is no integer.",
            "\"drop column users.live\" loses what is there. Is that meant? [y/n, s stops]",
        ] {
            assert!(said.contains(part), "{part:?} in {said}");
        }
    }

    /// What is said on the command line and answers nothing is refused (C6).
    #[test]
    fn rule_4_values_that_nothing_asks_for_are_refused() {
        for (fill, says) in [
            (("users.age", "18"), ""),
            (
                ("users.aeg", "18"),
                "users.aeg needs no value for rows that are there; what needs one is users.age",
            ),
            (("users.live", "true"), "users.live needs no value"),
            (
                ("users.age", "old"),
                "users.age (big_int) takes no such value: \"old\" is no integer",
            ),
        ] {
            let (mut asked, _) = asked(&["y", "1", "18", "y"]);
            asked.fills = vec![(fill.0.to_string(), fill.1.to_string())];
            if fill.0 == "users.age" {
                asked.person = Box::new(Script(["y", "y"].into(), Rc::default()));
            }
            let made = detected(&mut asked);
            match asked.check() {
                Ok(()) => assert!(says.is_empty() && made.is_ok(), "{fill:?}"),
                Err(error) => {
                    assert!(
                        !says.is_empty() && error.to_string().contains(says),
                        "{fill:?}: {error}"
                    );
                }
            }
        }
        for (replaced, is_used) in [
            (("users.name", "users.full_name"), true),
            (("users.name", "users.x"), false),
        ] {
            let (mut asked, _) = asked(&["y", "1", "18", "y", "y"]);
            asked.given.replaced = vec![(replaced.0.to_string(), replaced.1.to_string())];
            drop(detected(&mut asked));
            assert_eq!(asked.check().is_ok(), is_used, "{replaced:?}");
        }
    }
}
