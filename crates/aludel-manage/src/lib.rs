#![doc = include_str!("../README.md")]

mod arguments;
mod ask;
mod command;
mod completions;
mod context;
mod history;
mod inspect;
mod literal;
mod make;
mod migrate;
mod output;

pub use clap;
pub use command::{Command, Outcome, Running};
pub use context::Context;

use aludel_engine::Error;
use aludel_migrate::App;
use arguments::Arguments;
use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use output::Output;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

/// The command line of a program: its migrations, and [commands](Command) of its own.
///
/// ```no_run
/// # use aludel_migrate::App;
/// # fn app() -> App { App::default() }
/// fn main() -> std::process::ExitCode {
///     aludel_manage::Manage::new(app()).main()
/// }
/// ```
pub struct Manage {
    app: App,
    commands: Vec<Box<dyn Command>>,
}

/// What every command has, by its name and as it is said.
const RESERVED: [&str; 5] = ["database", "no_input", "no-input", "help", "version"];

impl Manage {
    /// The command line for these modules.
    pub fn new(app: App) -> Manage {
        Manage {
            app,
            commands: Vec::new(),
        }
    }

    /// Adds a command. If it is called as another one, it replaces that one.
    ///
    /// Its arguments must not be called as those that all commands have: `database`, `no_input`, `help`, `version`. If one
    /// is, every call is an error that says so.
    #[must_use]
    pub fn command(mut self, command: impl Command + 'static) -> Manage {
        self.commands.push(Box::new(command));
        self
    }

    /// Why the commands can't be told apart from what all of them have.
    fn conflict(&self) -> Option<String> {
        for command in &self.commands {
            let arguments = command.arguments();
            for arg in arguments.get_arguments() {
                let long = arg.get_long().unwrap_or_default();
                let name = arg.get_id().as_str();
                if [name, long].iter().any(|name| RESERVED.contains(name)) {
                    return Some(format!(
                        "the command `{}` has an argument `{name}`, and all commands have {}; give it another name",
                        arguments.get_name(),
                        RESERVED.join(", ")
                    ));
                }
            }
        }
        let all = self.words();
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for command in all.get_subcommands() {
            let own = command.get_name();
            for name in [own].into_iter().chain(command.get_all_aliases()) {
                if let Some(other) = seen.insert(name, own) {
                    return Some(format!(
                        "`{name}` calls two commands, `{other}` and `{own}`; give one of them another name or alias"
                    ));
                }
            }
        }
        None
    }

    /// Runs the command that the program was started with.
    pub fn main(self) -> ExitCode {
        ExitCode::from(self.run(std::env::args_os().collect(), &Output::standard()))
    }

    /// Runs a command with these arguments, the first of which is the program's name, and returns the exit code. Output goes
    /// to standard output and standard error.
    pub fn main_with<S: Into<OsString>>(&self, words: impl IntoIterator<Item = S>) -> u8 {
        let words = words.into_iter().map(Into::into).collect();
        self.run(words, &Output::standard())
    }

    /// Runs a command with these arguments, and returns the exit code and what it printed on both outputs, without colours.
    pub fn captured<S: Into<OsString>>(&self, words: impl IntoIterator<Item = S>) -> (u8, String) {
        let output = Output::captured();
        let code = self.run(words.into_iter().map(Into::into).collect(), &output);
        (code, output.text())
    }

    fn run(&self, words: Vec<OsString>, output: &Output) -> u8 {
        let program = { words.first() }
            .and_then(|word| std::path::Path::new(word).file_stem()?.to_str())
            .unwrap_or("manage")
            .to_string();
        if let Some(conflict) = self.conflict() {
            output.error(&conflict);
            return 1;
        }
        let matches = match self.words().try_get_matches_from(words) {
            Ok(matches) => matches,
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
            Ok(runtime) => runtime.block_on(self.run_matches(&matches, &program, output)),
            Err(error) => Err(Error::migration(format!("no runtime: {error}"))),
        };
        match result {
            Ok(outcome) => outcome.code(),
            Err(error) => {
                output.error(&error.detailed());
                1
            }
        }
    }

    async fn run_matches(
        &self,
        matches: &ArgMatches,
        program: &str,
        output: &Output,
    ) -> aludel_engine::Result<Outcome> {
        let said = |name: &str| matches.get_one::<String>(name).cloned();
        let no_input = matches.get_flag("no_input");
        let context = Context {
            app: &self.app,
            url: said("database"),
            asks: !no_input && std::io::stdin().is_terminal() && !output.is_captured(),
            output,
        };
        let (name, own) = matches
            .subcommand()
            .ok_or_else(|| Error::migration("no command"))?;
        if let Some(command) = self.find(name) {
            return command.run(own, &context).await;
        }
        let arguments = Arguments::from_arg_matches(matches)
            .map_err(|error| Error::migration(error.to_string()))?;
        match &arguments.command {
            arguments::Command::Makemigrations(words) => make::makemigrations(&context, words),
            arguments::Command::Migrate(words) => migrate::migrate(&context, words).await,
            arguments::Command::Showmigrations(words) => {
                history::showmigrations(&context, words).await
            }
            arguments::Command::Sqlmigrate(words) => history::sqlmigrate(&context, words),
            arguments::Command::Squashmigrations(words) => {
                history::squashmigrations(&context, words)
            }
            arguments::Command::Rebase(words) => history::rebase(&context, words),
            arguments::Command::Check(words) => inspect::check(&context, words).await,
            arguments::Command::Lint(words) => history::lint(&context, words),
            arguments::Command::Inspectdb(words) => inspect::inspectdb(&context, words).await,
            arguments::Command::Baseline(words) => inspect::baseline(&context, words).await,
            arguments::Command::Completions { shell } => {
                let script = completions::script(self.words(), &self.app, *shell, program);
                output.print(&script);
                Ok(Outcome::Done)
            }
            arguments::Command::Help { command } => {
                output.print(&self.help(program, command.as_deref()));
                Ok(Outcome::Done)
            }
        }
    }

    /// The added command of this name.
    fn find(&self, name: &str) -> Option<&dyn Command> {
        let mut all = self.commands.iter().rev();
        let found = all.find(|command| command.arguments().get_name() == name);
        found.map(|command| &**command)
    }

    /// What the command line may say.
    fn words(&self) -> clap::Command {
        let mut all = Arguments::command();
        for command in &self.commands {
            let arguments = command.arguments();
            let name = arguments.get_name().to_string();
            // Its name alone, not those that it answers to as well.
            let is_there = all.get_subcommands().any(|other| other.get_name() == name);
            all = match is_there {
                true => all.mut_subcommand(name, |_| arguments),
                false => all.subcommand(arguments),
            };
        }
        let names: Vec<String> = { all.get_subcommands() }
            .map(|command| command.get_name().to_string())
            .collect();
        match self.find("help") {
            Some(_) => all,
            None => all.mut_subcommand("help", |help| {
                help.mut_arg("command", |arg| {
                    arg.value_parser(PossibleValuesParser::new(names))
                })
            }),
        }
    }

    /// The help of a command, or of all.
    fn help(&self, program: &str, command: Option<&str>) -> String {
        let mut all = self.words().bin_name(program);
        all.build();
        let help = match command.and_then(|name| all.find_subcommand_mut(name)) {
            Some(one) => one.render_long_help(),
            None => all.render_long_help(),
        };
        help.to_string()
    }
}

/// Runs the command that the program was started with: `Manage::new(app).main()`.
pub fn main(app: App) -> ExitCode {
    Manage::new(app).main()
}

/// Runs a command of the migrations, and returns the exit code and what it printed: for tests.
pub fn captured<S: Into<OsString>>(app: &App, words: impl IntoIterator<Item = S>) -> (u8, String) {
    Manage::new(app.clone()).captured(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    struct Own(clap::Command);

    impl Command for Own {
        fn arguments(&self) -> clap::Command {
            self.0.clone()
        }
        fn run<'a>(&'a self, words: &'a ArgMatches, context: &'a Context<'a>) -> Running<'a> {
            Box::pin(async move {
                let said = words.try_get_one::<String>("what").ok().flatten();
                context.print(&format!("{}: {said:?}", self.0.get_name()));
                Ok(Outcome::Found)
            })
        }
    }

    fn manage(commands: impl IntoIterator<Item = clap::Command>) -> Manage {
        let none = Manage::new(App::default());
        { commands.into_iter() }.fold(none, |manage, command| manage.command(Own(command)))
    }

    /// Whatever a program adds, and whatever it replaces, the command line goes on working.
    #[test]
    fn commands_are_added_and_replaced() {
        let cases = [
            vec![clap::Command::new("greet").arg(Arg::new("what"))],
            vec![clap::Command::new("migrate").arg(Arg::new("what"))],
            vec![clap::Command::new("help").arg(Arg::new("what"))],
            vec![clap::Command::new("completions").arg(Arg::new("what"))],
        ];
        for commands in cases {
            let manage = manage(commands.clone());
            let Some(last) = commands.last() else {
                continue;
            };
            let name = last.get_name().to_string();
            let (code, text) = manage.captured(["manage", &name]);
            assert_eq!((code, text), (4, format!("{name}: None\n")));
            if name != "help" {
                let (code, text) = manage.captured(["manage", "help"]);
                assert!(code == 0 && text.contains(&name), "{text}");
            }
            if name != "completions" {
                let (code, text) = manage.captured(["manage", "completions", "bash"]);
                assert!(code == 0 && text.contains(&name), "{name}: {text}");
            }
        }
        let (code, text) = manage([]).captured(["manage", "migrat"]);
        assert!(code == 2 && text.contains("migrate"), "{text}");
    }

    #[test]
    fn a_name_calls_one_command() {
        let ship = clap::Command::new("ship");
        let manage = manage([clap::Command::new("deploy").alias("ship"), ship]);
        let (code, text) = manage.captured(["manage", "ship"]);
        assert!(code == 1 && text.contains("`deploy` and `ship`"), "{text}");
    }

    #[test]
    fn what_all_commands_have_is_theirs() {
        for arg in [
            Arg::new("database"),
            Arg::new("no_input"),
            Arg::new("url").long("database"),
        ] {
            let command = clap::Command::new("restore").arg(arg);
            let (code, text) = manage([command]).captured(["manage", "restore", "shop"]);
            assert!(code == 1 && text.contains("another name"), "{text}");
        }
    }
}
