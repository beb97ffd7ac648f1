#![doc = include_str!("../README.md")]

mod new;

use std::process::ExitCode;

const HELP: &str = "\
aludel new NAME [--aludel PATH]
    Writes a project into the folder NAME, which must not be there yet.
    --aludel PATH   depend on the sources of Aludel in this folder, instead of the published crate
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["new", name] => new::project(name, None),
        ["new", name, "--aludel", path] | ["new", "--aludel", path, name] => {
            new::project(name, Some(path))
        }
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
