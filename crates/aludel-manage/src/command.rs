//! [`Command`]: a command that a program adds to its command line.

use crate::Context;
use aludel_engine::Result;
use clap::ArgMatches;
use std::future::Future;
use std::pin::Pin;

/// How a command ended, if it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done: exit code 0.
    Done,
    /// A question has no answer: exit code 3.
    Undecided,
    /// It looked for something, and found it: exit code 4.
    Found,
}

impl Outcome {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::Undecided => 3,
            Outcome::Found => 4,
        }
    }
}

/// A command that runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

/// A command of a program's own.
///
/// ```
/// use aludel_manage::clap::{self, Arg, ArgMatches};
/// use aludel_manage::{Command, Context, Manage, Outcome, Running};
/// use aludel_migrate::App;
///
/// struct Greet;
///
/// impl Command for Greet {
///     fn arguments(&self) -> clap::Command {
///         clap::Command::new("greet")
///             .about("Greet somebody")
///             .arg(Arg::new("name").default_value("world"))
///     }
///
///     fn run<'a>(&'a self, words: &'a ArgMatches, context: &'a Context<'a>) -> Running<'a> {
///         Box::pin(async move {
///             let name = words.get_one::<String>("name").map_or("", |name| name);
///             context.print(&format!("Hello, {name}!"));
///             Ok(Outcome::Done)
///         })
///     }
/// }
///
/// let manage = Manage::new(App::default()).command(Greet);
/// assert_eq!(manage.captured(["manage", "greet", "Ann"]), (0, "Hello, Ann!\n".to_string()));
/// assert!(manage.captured(["manage", "help"]).1.contains("Greet somebody"));
/// ```
pub trait Command: Send + Sync {
    /// Its name, its help, and what may follow its name.
    fn arguments(&self) -> clap::Command;

    /// Runs it with what followed its name.
    fn run<'a>(&'a self, words: &'a ArgMatches, context: &'a Context<'a>) -> Running<'a>;
}
