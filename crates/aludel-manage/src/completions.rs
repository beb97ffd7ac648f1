//! Completions for shells, with the migrations and modules of the program that prints them.

use aludel_migrate::App;
use clap::Command;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

/// The script for a shell, for a program of this name.
pub(crate) fn script(command: Command, app: &App, shell: Shell, program: &str) -> String {
    let mut names: Vec<String> = { app.migrations() }.map(|(id, _)| id.to_string()).collect();
    let modules: Vec<String> = { app.modules().iter() }
        .map(|module| module.name().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let mut command = command;
    for (name, argument) in [
        ("sqlmigrate", "name"),
        ("squashmigrations", "last"),
        ("squashmigrations", "from"),
        ("rebase", "head"),
        ("lint", "names"),
    ] {
        command = with_values(command, name, argument, &names);
    }
    command = with_values(command, "makemigrations", "module", &modules);
    names.push("zero".into());
    names.extend(modules);
    command = with_values(command, "migrate", "target", &names);
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The command line whose argument completes these values, if it has that argument: a program may have put another command in
/// the place of ours.
fn with_values(command: Command, name: &str, argument: &str, values: &[String]) -> Command {
    let has = |command: &Command| command.get_arguments().any(|arg| arg.get_id() == argument);
    if values.is_empty() || !command.find_subcommand(name).is_some_and(has) {
        return command;
    }
    let parser = PossibleValuesParser::new(values.to_vec());
    let argument = argument.to_string();
    command.mut_subcommand(name, |command| {
        command.mut_arg(argument, |arg| arg.value_parser(parser))
    })
}
