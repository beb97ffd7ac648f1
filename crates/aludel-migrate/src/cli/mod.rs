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
//! With `--no-input`, or if standard input is no terminal, no question is asked. Every command is also a function of this
//! crate: [`make`](crate::autogenerate::make), [`Migrator`](crate::Migrator), [`squash`](crate::squash::squash),
//! [`merge`](crate::merge), [`rebase`](crate::rebase), [`lint`](crate::lint::lint), [`models`](crate::codegen::models).

mod arguments;
mod ask;
mod completions;
mod history;
mod inspect;
mod literal;
mod make;
mod migrate;
mod output;

use crate::app::App;
use aludel_engine::{Database, DatabaseUrl, Error, Result};
use aludel_sql::dialect::DialectKind;
use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use output::Output;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

/// How long connecting may take before a message is printed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The outcome of a command.
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

/// Runs a command with these arguments, the first of which is the program's name, and returns the exit code. Output goes to
/// standard output and standard error.
pub fn main_with<S: Into<OsString> + Clone>(app: &App, words: impl IntoIterator<Item = S>) -> u8 {
    run(app, words, Output::standard())
}

/// Runs a command with these arguments, and returns the exit code and what it printed on both outputs, without colours.
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
    run_words(app, words.into_iter().map(Into::into).collect(), output)
}

fn run_words(app: &App, words: Vec<OsString>, output: Output) -> u8 {
    let program = { words.first() }
        .and_then(|word| std::path::Path::new(word).file_stem()?.to_str())
        .unwrap_or("manage")
        .to_string();
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are not errors.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            output.usage(&error);
            return code;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(command(app, &arguments, &program, &output)),
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

async fn command(
    app: &App,
    arguments: &Arguments,
    program: &str,
    output: &Output,
) -> Result<Outcome> {
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
            output.print(&completions::script(app, *shell, program));
            Ok(Outcome::Done)
        }
        Command::Help { command } => {
            output.print(&help(program, command.as_deref()));
            Ok(Outcome::Done)
        }
    }
}

/// The help of a command, or of all.
fn help(program: &str, command: Option<&str>) -> String {
    let mut all = Arguments::command().bin_name(program);
    all.build();
    let help = match command.and_then(|name| all.find_subcommand_mut(name)) {
        Some(one) => one.render_long_help(),
        None => all.render_long_help(),
    };
    help.to_string()
}

/// What every command needs.
pub(crate) struct Context<'a> {
    app: &'a App,
    url: Option<String>,
    asks: bool,
    output: &'a Output,
}

impl Context<'_> {
    /// The URL: from the command line, the environment or the program.
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

    /// Connects, and prints what it is waiting for if that takes long.
    async fn connect(&self) -> Result<Database> {
        let url = self.url()?;
        let mut connecting = std::pin::pin!(Database::connect(&url));
        if let Ok(connected) = tokio::time::timeout(PATIENCE, &mut connecting).await {
            return connected;
        }
        let shown = DatabaseUrl::parse(&url)?;
        self.output.aside(&format!("waiting for {shown}"));
        connecting.await
    }

    /// The dialect with that name, or that of the URL.
    fn dialect(&self, name: Option<&str>) -> Result<&'static dyn aludel_sql::dialect::Dialect> {
        let name = match name {
            Some(name) => name.to_string(),
            None => {
                let url = self.url().unwrap_or_default();
                url.split(':').next().unwrap_or("").to_string()
            }
        };
        if name.is_empty() {
            return Ok(DialectKind::Sqlite.dialect());
        }
        match DialectKind::from_name(&name) {
            Some(kind) => Ok(kind.dialect()),
            None => Err(Error::migration(format!(
                "there is no dialect {name:?}; there is {}",
                DialectKind::ALL.map(DialectKind::name).join(", ")
            ))),
        }
    }
}
