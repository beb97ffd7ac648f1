//! Parses the server's messages: descriptions, rows, and the ends of statements.

use std::io::{Error, ErrorKind, Result};
use std::str;

/// Reads a message's body from its front.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        self.take().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32> {
        self.take().map(i32::from_be_bytes)
    }

    /// Text that ends with a NUL.
    pub(super) fn text(&mut self) -> Result<&'a str> {
        str::from_utf8(self.bytes()?).map_err(|_| damaged())
    }

    /// Bytes that end with a NUL.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == 0);
        let (bytes, rest) = self.0.split_at(end.ok_or_else(damaged)?);
        self.0 = &rest[1..];
        Ok(bytes)
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*taken)
    }
}

fn damaged() -> Error {
    Error::new(ErrorKind::InvalidData, "the server sent what is no message")
}

/// The types of a statement's parameters (`ParameterDescription`).
pub(super) fn parameters(body: &[u8]) -> Result<Vec<u32>> {
    let mut reader = Reader(body);
    (0..reader.u16()?).map(|_| reader.u32()).collect()
}

/// The names and types of a result's columns (`RowDescription`).
pub(super) fn columns(body: &[u8]) -> Result<Vec<(String, u32)>> {
    let mut reader = Reader(body);
    let mut columns = Vec::new();
    for _ in 0..reader.u16()? {
        let name = reader.text()?.to_owned();
        // The table and the place in it.
        reader.u32()?;
        reader.u16()?;
        columns.push((name, reader.u32()?));
        // The type's size, its modifier, and the format, which is asked for when it is run.
        reader.u16()?;
        reader.u32()?;
        reader.u16()?;
    }
    Ok(columns)
}

/// A cell's place in a row: `None` for NULL.
pub(super) type Place = Option<(u32, u32)>;

/// Where the cells of a row are in its body (`DataRow`).
#[inline]
pub(super) fn cells(body: &[u8], places: &mut Vec<Place>) -> Result<()> {
    places.clear();
    let mut reader = Reader(body);
    let count = reader.u16()?;
    places.reserve(count.into());
    for _ in 0..count {
        let length = reader.i32()?;
        let Ok(length) = usize::try_from(length) else {
            places.push(None);
            continue;
        };
        let start = body.len() - reader.0.len();
        reader.0 = reader.0.get(length..).ok_or_else(damaged)?;
        places.push(Some((start as u32, (start + length) as u32)));
    }
    Ok(())
}

/// How many rows a statement changed or returned, from its `CommandComplete`.
pub(super) fn affected(body: &[u8]) -> u64 {
    let digits = body
        .strip_suffix(b"\0")
        .unwrap_or(body)
        .rsplit(|byte| *byte == b' ')
        .next();
    let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Reads bytes as each of the messages.
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
pub(crate) fn read_all(bytes: &[u8]) {
    let mut places = Vec::new();
    drop((parameters(bytes), columns(bytes), cells(bytes, &mut places)));
    drop(super::errors::ServerError::read(bytes).map(crate::error::Error::from));
    let _ = affected(bytes);
}

#[cfg(test)]
mod tests {
    use super::{affected, cells, columns, parameters};

    #[test]
    fn the_number_of_rows_is_the_last_word() {
        assert_eq!(affected(b"INSERT 0 12\0"), 12);
        assert_eq!(affected(b"UPDATE 3\0"), 3);
        assert_eq!(affected(b"BEGIN\0"), 0);
        assert_eq!(affected(b""), 0);
    }

    #[test]
    fn cells_are_found_by_their_lengths() {
        let mut places = Vec::new();
        let body = [0, 3, 0, 0, 0, 1, b'x', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        cells(&body, &mut places).expect("a row");
        assert_eq!(places, [Some((6, 7)), None, Some((15, 15))]);
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        let mut places = Vec::new();
        assert!(cells(&[0, 1, 0, 0, 0, 9, b'x'], &mut places).is_err());
        assert!(columns(&[0, 1, b'a', 0, 0]).is_err());
        assert!(parameters(&[0, 2, 0, 0, 0, 23]).is_err());
    }

    #[test]
    fn columns_have_names_and_types() {
        let mut body = vec![0, 1];
        body.extend_from_slice(b"id\0\0\0\0\x01\0\x02\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0");
        assert_eq!(columns(&body).expect("columns"), [("id".to_string(), 20)]);
    }
}
