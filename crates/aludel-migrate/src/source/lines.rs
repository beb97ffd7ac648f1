//! Breaks generated code into short lines before rustfmt: rustfmt leaves a whole call chain on one line if a part of it, such
//! as a long string, does not fit.

/// Lines are broken after this many characters, where possible.
const WIDTH: usize = 90;

/// The code with long lines broken: after commas, before methods of a chain, and within long strings, with a backslash at the
/// end of the line. Comments stay as they are.
pub(super) fn folded(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + code.len() / 20);
    for (n, line) in code.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        fold(line, &format!("\n{}", " ".repeat(indent + 4)), &mut out);
    }
    out
}

fn fold(line: &str, next: &str, out: &mut String) {
    let mut width = 0;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                out.push(c);
                width += 1;
                string(&mut rest, next, out, &mut width);
            }
            '/' if rest.peek() == Some(&'/') => {
                out.push(c);
                out.extend(rest.by_ref());
            }
            ' ' if width > WIDTH && out.ends_with(',') => {
                out.push_str(next);
                width = next.len();
            }
            '.' if width > WIDTH && out.ends_with(')') => {
                out.push_str(next);
                out.push('.');
                width = next.len();
            }
            c => {
                out.push(c);
                width += 1;
            }
        }
    }
}

/// Copies the rest of a string literal, with its quote. A line may be broken after a blank or an escaped line break, unless a
/// blank follows: blanks at the beginning of the next line are not part of the string.
fn string(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    next: &str,
    out: &mut String,
    width: &mut usize,
) {
    let mut length = 0;
    while let Some(c) = rest.next() {
        out.push(c);
        length += 1;
        *width += 1;
        let mut ends = c == ' ';
        match c {
            '"' => return,
            '\\' => {
                let Some(escaped) = rest.next() else { return };
                out.push(escaped);
                length += 1;
                *width += 1;
                // A line break in the text is a place to break the line.
                ends = escaped == 'n';
            }
            _ => {}
        }
        let follows = |c: Option<&char>| !matches!(c, None | Some(' ' | '"'));
        if ends && length > WIDTH && follows(rest.peek()) {
            out.push('\\');
            out.push_str(next);
            length = 0;
            *width = next.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_and_say_the_same() {
        let words = r#"SELECT a, b,\n  c FROM t WHERE x = \"it's\" AND y = '\\' -- no comment, "#
            .repeat(40);
        let columns = r#".column(column("n", big_int()).default(1))"#.repeat(60);
        let code = format!(
            "// A comment that is longer than any line should be, but which nobody breaks {}\nfn f() {{ t(\"{words}\"){columns}.list([{}]) }}",
            "x ".repeat(80),
            "\"name\", ".repeat(100)
        );
        let folded = folded(&code);
        for line in folded.lines().skip(1) {
            assert!(line.chars().count() <= 140, "{line}");
        }
        // A line that goes on is the same string, and other line breaks are blanks at most.
        let mut joined = folded;
        for (broken, whole) in [("\\\n    ", ""), (",\n    ", ", "), (")\n    .", ").")] {
            joined = joined.replace(broken, whole);
        }
        assert_eq!(joined, code);
    }

    #[test]
    fn short_code_stays_as_it_is() {
        let code = "fn f() -> Migration { Migration::new(\"a b\").add_column(\"t\", column(\"n\", text())) }\n";
        assert_eq!(folded(code), code);
    }

    #[test]
    fn strings_without_a_place_to_break_stay_whole() {
        let code = format!("f(\"{}\")", "x".repeat(500));
        assert_eq!(folded(&code), code);
        // No blank is lost: the next line may not begin with one.
        let code = format!("f(\"{}\")", "a   ".repeat(200));
        let folded = folded(&code);
        assert!(
            folded.contains('\n') && !folded.contains("\\\n     "),
            "{folded}"
        );
        assert_eq!(folded.replace("\\\n    ", ""), code);
    }
}
