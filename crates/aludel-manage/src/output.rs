//! Output and its colours.

use aludel_migrate::State;
use aludel_migrate::{Mark, Operation};
use anstyle::{AnsiColor, Style};
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Where output goes.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    captured: Option<Arc<Mutex<String>>>,
    /// Whether standard output has colours (and `error_colours` for standard error).
    colours: bool,
    error_colours: bool,
}

/// Whether a stream is coloured: it is a terminal with colours, and `NO_COLOR` is not set.
fn has_colours(is_terminal: bool) -> bool {
    let says = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_terminal && !is_dumb() && !says("NO_COLOR")
}

/// Whether the terminal, if there is one, can only show text.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

impl Output {
    pub(crate) fn standard() -> Output {
        Output {
            captured: None,
            colours: has_colours(std::io::stdout().is_terminal()),
            error_colours: has_colours(std::io::stderr().is_terminal()),
        }
    }

    pub(crate) fn captured() -> Output {
        Output {
            captured: Some(Arc::default()),
            colours: false,
            error_colours: false,
        }
    }

    pub(crate) fn is_captured(&self) -> bool {
        self.captured.is_some()
    }

    pub(crate) fn text(&self) -> String {
        self.captured.as_ref().map_or(String::new(), |text| {
            text.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    fn keep(&self, text: &str) -> bool {
        let Some(kept) = &self.captured else {
            return false;
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_str(text);
        if !text.ends_with('\n') {
            kept.push('\n');
        }
        true
    }

    /// Prints a line, or several.
    pub(crate) fn print(&self, text: &str) {
        if !self.keep(text) {
            // A reader that has stopped reading is no reason to fail.
            drop(writeln!(
                std::io::stdout(),
                "{}",
                text.trim_end_matches('\n')
            ));
        }
    }

    /// Prints an error.
    pub(crate) fn error(&self, text: &str) {
        let of_errors = Output {
            colours: self.error_colours,
            ..self.clone()
        };
        let word = of_errors.painted("error:", Some(AnsiColor::Red));
        let text = format!("{word} {text}");
        if !self.keep(&text) {
            drop(writeln!(std::io::stderr(), "{text}"));
        }
    }

    /// Prints a side message on standard error.
    pub(crate) fn aside(&self, text: &str) {
        if !self.keep(text) {
            drop(writeln!(std::io::stderr(), "{text}"));
        }
    }

    pub(crate) fn usage(&self, error: &clap::Error) {
        if !self.keep(&error.to_string()) {
            drop(error.print());
        }
    }

    fn painted(&self, text: &str, colour: Option<AnsiColor>) -> String {
        match colour {
            Some(colour) if self.colours => {
                let style = Style::new().fg_color(Some(colour.into())).bold();
                format!("{style}{text}{style:#}")
            }
            _ => text.to_string(),
        }
    }

    /// Text about something done, in its colour.
    pub(crate) fn good(&self, text: &str) -> String {
        self.painted(text, Some(AnsiColor::Green))
    }

    /// Text that needs attention, in its colour.
    pub(crate) fn notable(&self, text: &str) -> String {
        self.painted(text, Some(AnsiColor::Yellow))
    }

    /// An operation as a line of a diff.
    pub(crate) fn operation(&self, operation: &Operation) -> String {
        let (mark, colour) = match operation.mark() {
            Mark::Adds => ("+", AnsiColor::Green),
            Mark::Removes => ("-", AnsiColor::Red),
            Mark::Changes => ("~", AnsiColor::Yellow),
            Mark::Runs => (">", AnsiColor::Cyan),
        };
        self.painted(&format!("  {mark} {operation}"), Some(colour))
    }

    /// The same, with the changes in a schema: `~ alter column users.name: varchar(50) → varchar(80), not null`.
    pub(crate) fn operation_on(&self, operation: &Operation, before: &State) -> String {
        let line = self.operation(operation);
        match operation.changes(before) {
            Some(changes) => format!("{line}: {changes}"),
            None => line,
        }
    }
}
