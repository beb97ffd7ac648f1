//! Formats generated code.

use super::lines::folded;
use std::io::Write;
use std::process::{Command, Stdio};

/// Formats generated code with rustfmt, after breaking long lines.
pub(crate) fn generated(text: &str) -> String {
    format(&folded(text))
}

/// The text formatted by rustfmt; unchanged if there is no rustfmt.
pub fn format(text: &str) -> String {
    let run = || -> Option<String> {
        let mut child = Command::new("rustfmt")
            .args(["--edition", "2024", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(text.as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).ok())?
    };
    run()
        .filter(|formatted| !formatted.is_empty())
        .unwrap_or_else(|| text.to_string())
}
