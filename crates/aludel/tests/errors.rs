//! The guide's page of errors is made of the table of kinds.

use aludel::{Error, ErrorKind};
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Errors

Every function that can fail returns [`Error`](crate::Error), which is one pointer wide. `error.kind()` is its
[`ErrorKind`](crate::ErrorKind); there are predicates for what programs ask most: `is_unique_violation`, `is_not_found`,
`is_stale`, `is_retryable`, `is_connection_error`, `is_outcome_unknown`. `constraint()` names what was violated, with the model's
fields; `fields()` says what is wrong with each field of a row that breaks its model's rules; `statement()` is the text that was
sent, without values.

What `Display` writes may be shown to a service's clients: no statement and no value is in it. `Debug` and `detailed()` have the
statement.

```
use aludel::prelude::*;
use aludel::{Error, ErrorKind};

/// The status of an answer to a client.
fn status(error: &Error) -> u16 {
    match error.kind() {
        ErrorKind::NotFound => 404,
        ErrorKind::Validation => 422,
        ErrorKind::UniqueViolation | ErrorKind::StaleData => 409,
        _ if error.is_retryable() || error.is_connection_error() => 503,
        _ => 500,
    }
}
# assert_eq!(status(&Error::new(ErrorKind::NotFound, \"\")), 404);
```

| Kind | What happened | What to do |
|---|---|---|
";

fn page() -> String {
    let mut page = INTRODUCTION.to_string();
    for kind in ErrorKind::ALL {
        let (meaning, way_out) = (kind.meaning(), kind.way_out());
        writeln!(page, "| `{kind:?}` | {meaning} | {way_out} |").expect("writes to memory");
    }
    page
}

/// `ALUDEL_BLESS=1` writes the page.
#[test]
fn the_page_of_errors_is_made_of_the_kinds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    if std::env::var_os("ALUDEL_BLESS").is_some() {
        std::fs::write(path, page()).expect("writes the page");
    }
    let known = std::fs::read_to_string(path).expect("reads the page");
    assert_eq!(
        known,
        page(),
        "run this test with ALUDEL_BLESS=1 to write {path}"
    );
}

#[test]
fn every_kind_says_what_happened_and_what_to_do() {
    for kind in ErrorKind::ALL {
        for text in [kind.meaning(), kind.way_out()] {
            let is_sentence = text.ends_with('.') && !text.contains(" |") && text.len() > 15;
            assert!(is_sentence, "{kind:?}: {text:?}");
        }
        // A message begins with the kind's words, and does not say them twice.
        let shown = Error::new(*kind, "a reason").to_string();
        assert!(shown.ends_with("a reason"), "{kind:?}: {shown:?}");
    }
}
