//! Completions for shells, with the migrations and modules of the program that prints them.

use aludel_migrate::App;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use clap_complete::Shell;

/// The script for a shell, for a program of this name.
pub(crate) fn script(command: Command, app: &App, shell: Shell, program: &str) -> String {
    let mut names: Vec<String> = { app.migrations() }.map(|(id, _)| id.to_string()).collect();
    let modules: Vec<String> = { app.modules().iter() }
        .map(|module| module.name().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let migrations = |arg: Arg| arg.value_parser(PossibleValuesParser::new(names.clone()));
    let mut command = command
        .mut_subcommand("sqlmigrate", |command| command.mut_arg("name", migrations))
        .mut_subcommand("squashmigrations", |command| {
            { command.mut_arg("last", migrations) }.mut_arg("from", migrations)
        })
        .mut_subcommand("rebase", |command| command.mut_arg("head", migrations))
        .mut_subcommand("lint", |command| command.mut_arg("names", migrations));
    if !modules.is_empty() {
        let parser = PossibleValuesParser::new(modules.clone());
        command = command.mut_subcommand("makemigrations", |command| {
            command.mut_arg("module", |arg| arg.value_parser(parser))
        });
    }
    names.push("zero".into());
    names.extend(modules);
    let targets = |arg: Arg| arg.value_parser(PossibleValuesParser::new(names.clone()));
    command = command.mut_subcommand("migrate", |command| command.mut_arg("target", targets));
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
