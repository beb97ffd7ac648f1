//! Checks JSON text without building a tree: whether it is JSON, how deep it nests, and whether it contains a NUL.
//! Databases differ in what they accept of these.

/// The deepest nesting of arrays and objects that can be read: the limit of serde_json.
pub const MOST_LEVELS: usize = 127;

/// A JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonText {
    /// How many arrays and objects are around its innermost value, or are that value.
    pub depth: usize,
    /// Whether some text in it has a NUL character (`\u0000`).
    pub has_nul: bool,
}

/// Reads a document; `None` if the text is not JSON. It does not recurse, however deep the document is.
pub fn read(text: &str) -> Option<JsonText> {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        has_nul: false,
    };
    // The closing brackets of the open arrays and objects.
    let mut open: Vec<u8> = Vec::new();
    let mut depth = 0;
    loop {
        if let Some(end) = reader.value()? {
            open.push(end);
            depth = depth.max(open.len());
            if !reader.take(end) {
                if end == b'}' {
                    reader.name()?;
                }
                continue;
            }
            open.pop();
        }
        // After a value: the next one, or the end of an open array or object.
        loop {
            let Some(end) = open.last().copied() else {
                reader.space();
                let has_nul = reader.has_nul;
                return (reader.at == reader.bytes.len()).then_some(JsonText { depth, has_nul });
            };
            if reader.take(end) {
                open.pop();
            } else if reader.take(b',') {
                if end == b'}' {
                    reader.name()?;
                }
                break;
            } else {
                return None;
            }
        }
    }
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    has_nul: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Consumes this byte if it is next, after white space; returns whether it was.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads a scalar, or the start of an array or object and returns its closing bracket.
    fn value(&mut self) -> Option<Option<u8>> {
        self.space();
        match self.next()? {
            b'[' => return Some(Some(b']')),
            b'{' => return Some(Some(b'}')),
            b'"' => self.string()?,
            b't' => self.word(b"rue")?,
            b'f' => self.word(b"alse")?,
            b'n' => self.word(b"ull")?,
            b'-' => {
                let first = self.next()?;
                self.number(first)?;
            }
            first => self.number(first)?,
        }
        Some(None)
    }

    /// Reads the key of an object's value, and the colon.
    fn name(&mut self) -> Option<()> {
        if !self.take(b'"') {
            return None;
        }
        self.string()?;
        self.take(b':').then_some(())
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        let found = self.bytes.get(self.at..self.at + rest.len())?;
        self.at += rest.len();
        (found == rest).then_some(())
    }

    /// Reads a number without its sign, after its first digit.
    fn number(&mut self, first: u8) -> Option<()> {
        match first {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        self.skip_digits();
        (self.at > start).then_some(())
    }

    fn skip_digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    /// Reads a string, after its opening quote.
    fn string(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'u' => {
                        let digits = self.bytes.get(self.at..self.at + 4)?;
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return None;
                        }
                        self.has_nul |= digits == b"0000";
                        self.at += 4;
                    }
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    _ => return None,
                },
                0..=0x1f => return None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents() {
        for (text, depth, has_nul) in [
            ("1", 0, false),
            (" -0.5e+10 ", 0, false),
            ("true", 0, false),
            ("null", 0, false),
            (r#""a\"b\\""#, 0, false),
            (r#""a\u0000b""#, 0, true),
            (r#""a\\u0000b""#, 0, false),
            (r#"{"\u0000": 1}"#, 1, true),
            ("[]", 1, false),
            ("{ }", 1, false),
            ("[[], {}]", 2, false),
            (r#"{"a": [1, {"b": "]"}], "c": false}"#, 3, false),
        ] {
            assert_eq!(read(text), Some(JsonText { depth, has_nul }), "{text}");
        }
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(read(&deep).map(|json| json.depth), Some(100_000));
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            " ",
            "{nope",
            "nope",
            "tru",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "-",
            "NaN",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{a: 1}",
            "{\"a\": 1,}",
            "[1}",
            "[",
            "]",
            "\"a",
            "\"\\x\"",
            "\"\\u00g0\"",
            "\"a\nb\"",
            "1 1",
            "'a'",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
