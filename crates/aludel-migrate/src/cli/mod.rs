//! The command line that a program embeds: `manage`.
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     aludel::cli::main(App::new(models![User, Post], migrations::all()))
//! }
//! ```
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | failed; the reason is on standard error |
//! | 2 | the words on the command line are not understood |
//! | 3 | a question has no answer: declare it at the models, say it on the command line, or run it at a terminal |
//! | 4 | `check`, `lint` or `--check` has found something |
//!
//! With `--no-input`, and where standard input is no terminal, nothing is asked. Every command is a function of this crate
//! too: [`make`](crate::make::make), [`Migrator`](crate::Migrator), [`squash`](crate::squash::squash),
//! [`merge`](crate::merge), [`rebase`](crate::rebase), [`lint`](crate::lint::lint), [`models`](crate::source::models).

mod arguments;
mod ask;
mod history;
mod inspect;
mod make;
mod migrate;
mod output;

use crate::app::App;
use aludel_engine::{Database, Error, Result};
use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use output::Output;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Undecided,
    Found,
}

/// Runs the command that the program was started with.
pub fn main(app: App) -> ExitCode {
    ExitCode::from(run(&app, std::env::args_os(), Output::standard()))
}

/// Runs a command of these words, the first of which is the program's name, and answers the exit code. What it prints goes to
/// standard output and standard error.
pub fn main_with<S: Into<OsString> + Clone>(app: &App, words: impl IntoIterator<Item = S>) -> u8 {
    run(app, words, Output::standard())
}

/// Runs a command of these words, and answers the exit code and what it printed on both outputs, without colours.
pub fn captured<S: Into<OsString> + Clone>(
    app: &App,
    words: impl IntoIterator<Item = S>,
) -> (u8, String) {
    let output = Output::captured();
    let code = run(app, words, output.clone());
    (code, output.text())
}

fn run<S: Into<OsString> + Clone>(
    app: &App,
    words: impl IntoIterator<Item = S>,
    output: Output,
) -> u8 {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            output.usage(&error);
            return code;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(command(app, &arguments, &output)),
        Err(error) => Err(Error::migration(format!("no runtime: {error}"))),
    };
    match result {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Undecided) => 3,
        Ok(Outcome::Found) => 4,
        Err(error) => {
            output.error(&error.detailed());
            1
        }
    }
}

async fn command(app: &App, arguments: &Arguments, output: &Output) -> Result<Outcome> {
    let context = Context {
        app,
        url: arguments.database.clone(),
        asks: !arguments.no_input && std::io::stdin().is_terminal() && !output.is_captured(),
        output,
    };
    match &arguments.command {
        Command::Makemigrations(words) => make::makemigrations(&context, words),
        Command::Migrate(words) => migrate::migrate(&context, words).await,
        Command::Showmigrations(words) => history::showmigrations(&context, words).await,
        Command::Sqlmigrate(words) => history::sqlmigrate(&context, words),
        Command::Squashmigrations(words) => history::squashmigrations(&context, words),
        Command::Rebase(words) => history::rebase(&context, words),
        Command::Check(words) => inspect::check(&context, words).await,
        Command::Lint(words) => history::lint(&context, words),
        Command::Inspectdb(words) => inspect::inspectdb(&context, words).await,
        Command::Baseline(words) => inspect::baseline(&context, words).await,
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            let name = command.get_name().to_string();
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut command, name, &mut text);
            output.print(&String::from_utf8_lossy(&text));
            Ok(Outcome::Done)
        }
    }
}

/// What commands stand on.
pub(crate) struct Context<'a> {
    app: &'a App,
    url: Option<String>,
    asks: bool,
    output: &'a Output,
}

impl Context<'_> {
    /// The URL: of the command line, the environment, the program.
    fn url(&self) -> Result<String> {
        { self.url.clone() }
            .or_else(|| std::env::var("DATABASE_URL").ok())
            .or_else(|| self.app.url.clone())
            .ok_or_else(|| {
                Error::migration(
                    "which database? Say `--database URL`, or set DATABASE_URL: sqlite:app.db, postgres://…, mariadb://…",
                )
            })
    }

    async fn connect(&self) -> Result<Database> {
        Database::connect(&self.url()?).await
    }

    /// The dialect of a name, or of the URL.
    fn dialect(&self, name: Option<&str>) -> Result<&'static dyn aludel_sql::dialect::Dialect> {
        use aludel_sql::dialect::{MARIADB, MYSQL, POSTGRES, SQLITE};
        let name = match name {
            Some(name) => name.to_string(),
            None => {
                let url = self.url().unwrap_or_default();
                url.split(':').next().unwrap_or("").to_string()
            }
        };
        match name.as_str() {
            "sqlite" | "" => Ok(&SQLITE),
            "postgres" | "postgresql" => Ok(&POSTGRES),
            "mariadb" => Ok(&MARIADB),
            "mysql" => Ok(&MYSQL),
            other => Err(Error::migration(format!(
                "there is no dialect {other:?}; there is sqlite, postgres, mariadb, mysql"
            ))),
        }
    }
}
