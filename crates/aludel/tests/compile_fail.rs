//! What the compiler refuses, and in which words. Each file beside its `.stderr` is one mistake.

#[test]
fn mistakes_do_not_compile_and_say_what_to_do() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}

#[test]
fn no_message_is_longer_than_a_screen() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compile_fail");
    let mut messages = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "stderr") {
            let text = std::fs::read_to_string(&path).expect("a text");
            // All errors that one mistake makes, without the empty lines between them.
            let lines = text.lines().filter(|line| !line.is_empty()).count();
            assert!(
                lines <= 30,
                "{} has a message of {lines} lines",
                path.display()
            );
            messages += 1;
        }
    }
    assert!(messages >= 25, "only {messages}");
}
