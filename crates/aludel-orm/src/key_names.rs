//! The names of a key's columns, built at compile time: a reference has as many columns as the key that it refers to, and
//! their names follow its own.

/// A reference and the columns that it refers to; or no name, and columns of the model's own.
pub type KeyPart = (&'static str, &'static [&'static str]);

/// How many columns the parts have.
pub const fn key_width(parts: &[KeyPart]) -> usize {
    let (mut part, mut width) = (0, 0);
    while part < parts.len() {
        width += parts[part].1.len();
        part += 1;
    }
    width
}

/// How long their names are together.
pub const fn key_length(parts: &[KeyPart]) -> usize {
    let (mut part, mut length) = (0, 0);
    while part < parts.len() {
        let (field, columns) = parts[part];
        let mut n = 0;
        while n < columns.len() {
            length += before(field) + columns[n].len();
            n += 1;
        }
        part += 1;
    }
    length
}

/// Their names, one after another.
pub const fn key_text<const L: usize>(parts: &[KeyPart]) -> [u8; L] {
    let mut text = [0; L];
    let (mut part, mut at) = (0, 0);
    while part < parts.len() {
        let (field, columns) = parts[part];
        let mut n = 0;
        while n < columns.len() {
            if !field.is_empty() {
                at = put(&mut text, at, field.as_bytes());
                at = put(&mut text, at, b"_");
            }
            at = put(&mut text, at, columns[n].as_bytes());
            n += 1;
        }
        part += 1;
    }
    text
}

/// Each of the names, out of that text.
pub const fn key_names<const N: usize>(
    parts: &[KeyPart],
    text: &'static [u8],
) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut part, mut name, mut rest) = (0, 0, text);
    while part < parts.len() {
        let (field, columns) = parts[part];
        let mut n = 0;
        while n < columns.len() {
            let (own, after) = rest.split_at(before(field) + columns[n].len());
            rest = after;
            if let Ok(own) = std::str::from_utf8(own) {
                names[name] = own;
            }
            name += 1;
            n += 1;
        }
        part += 1;
    }
    names
}

/// The prefix of a column: the reference's name and `_`.
const fn before(field: &str) -> usize {
    if field.is_empty() { 0 } else { field.len() + 1 }
}

const fn put(text: &mut [u8], from: usize, bytes: &[u8]) -> usize {
    let mut n = 0;
    while n < bytes.len() {
        text[from + n] = bytes[n];
        n += 1;
    }
    from + bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{KeyPart, key_length, key_names, key_text, key_width};

    #[test]
    fn names_are_put_together_in_order() {
        const PARTS: &[KeyPart] = &[("order", &["shop", "number"]), ("", &["line"])];
        const TEXT: [u8; key_length(PARTS)] = key_text(PARTS);
        const NAMES: [&str; key_width(PARTS)] = key_names(PARTS, &TEXT);
        assert_eq!(NAMES, ["order_shop", "order_number", "line"]);
    }
}
