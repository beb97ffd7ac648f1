//! Rows by a cursor over the bytes that have come: no message objects, no ranges, no types looked up for each cell.

pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

/// Takes the complete messages off the front; a row becomes a struct, or is passed over. Answers how many bytes that were,
/// and whether the answer has come to its end.
pub fn take(bytes: &[u8], users: &mut Vec<User>, decode: bool) -> (usize, bool) {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 5) {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let Some(body) = bytes.get(at + 5..at + 1 + length) else { break };
        at += 1 + length;
        match head[0] {
            b'D' if decode => users.push(user(&body[2..])),
            b'Z' => return (at, true),
            b'E' => panic!("the server complains"),
            _ => {}
        }
    }
    (at, false)
}

fn user(mut body: &[u8]) -> User {
    let mut cell = || {
        let (length, rest) = body.split_first_chunk::<4>().expect("a length");
        let length = i32::from_be_bytes(*length);
        body = rest;
        (length >= 0).then(|| {
            let (cell, rest) = body.split_at(length as usize);
            body = rest;
            cell
        })
    };
    let text = |cell: &[u8]| std::str::from_utf8(cell).expect("UTF-8").to_owned();
    let id = cell().expect("a key");
    User {
        id: i64::from_be_bytes(id.try_into().expect("eight bytes")),
        name: cell().map(text).expect("a name"),
        hair_color: cell().map(text),
    }
}
