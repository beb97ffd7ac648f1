//! Packets: three bytes for the length, a sequence number, the payload; and the parts of payloads.

use crate::driver::socket::Socket;
use bytes::{BufMut, BytesMut};
use std::io::{Error, ErrorKind, Result};
use std::ops::Range;

/// A packet of this many bytes is continued in the next one.
const MOST: usize = 0xff_ffff;
const HEADER: usize = 4;

/// The first bytes of payloads that are no rows.
pub(super) const OK: u8 = 0;
pub(super) const MORE: u8 = 1;
pub(super) const FILE: u8 = 0xfb;
pub(super) const END: u8 = 0xfe;
pub(super) const ERROR: u8 = 0xff;

/// The commands of a client.
pub(super) mod ask {
    pub(in crate::driver) const QUIT: u8 = 0x01;
    pub(in crate::driver) const DATABASE: u8 = 0x02;
    pub(in crate::driver) const QUERY: u8 = 0x03;
    pub(in crate::driver) const PING: u8 = 0x0e;
    pub(in crate::driver) const RESET: u8 = 0x1f;
    pub(in crate::driver) const PREPARE: u8 = 0x16;
    pub(in crate::driver) const EXECUTE: u8 = 0x17;
    pub(in crate::driver) const LONG_DATA: u8 = 0x18;
    pub(in crate::driver) const CLOSE: u8 = 0x19;
}

/// A server packet: where its payload is until more is read.
pub(super) struct Packet {
    pub(super) payload: Range<usize>,
    /// Its sequence number.
    pub(super) number: u8,
}

impl Socket {
    /// A packet's payload, valid until more is read.
    #[inline]
    pub(super) fn payload(&self, packet: &Packet) -> &[u8] {
        self.input.get(packet.payload.clone()).unwrap_or_default()
    }

    /// The next packet, if all of it has come.
    #[inline]
    pub(super) fn next_packet(&mut self) -> Option<Packet> {
        let (length, number) = self.header(self.taken)?;
        if length == MOST {
            return self.next_of_parts();
        }
        let begin = self.taken + HEADER;
        let end = begin + length;
        if end > self.filled {
            return None;
        }
        self.taken = end;
        Some(Packet {
            payload: begin..end,
            number,
        })
    }

    #[inline]
    fn header(&self, at: usize) -> Option<(usize, u8)> {
        let [a, b, c, number] = *self.input[..self.filled].get(at..)?.first_chunk()?;
        Some((u32::from_le_bytes([a, b, c, 0]) as usize, number))
    }

    /// A packet in several parts, which are moved together.
    #[cold]
    fn next_of_parts(&mut self) -> Option<Packet> {
        let mut parts = Vec::new();
        let mut at = self.taken;
        let number = loop {
            let (length, number) = self.header(at)?;
            let part = at + HEADER..at + HEADER + length;
            if part.end > self.filled {
                return None;
            }
            at = part.end;
            parts.push(part);
            if length < MOST {
                break number;
            }
        };
        let begin = self.taken + HEADER;
        let mut end = begin;
        for part in parts {
            let length = part.len();
            self.input.copy_within(part, end);
            end += length;
        }
        self.taken = at;
        Some(Packet {
            payload: begin..end,
            number,
        })
    }

    /// The next packet.
    ///
    /// # Errors
    /// A connection that has ended.
    pub(super) async fn packet(&mut self) -> Result<Packet> {
        loop {
            if let Some(packet) = self.next_packet() {
                return Ok(packet);
            }
            self.fill().await?;
        }
    }

    /// Whether all input has been read.
    pub(super) fn is_quiet(&self) -> bool {
        self.taken == self.filled
    }
}

/// Writes a packet, or as many as its payload takes; returns the payload's length.
pub(super) fn write(out: &mut BytesMut, number: u8, payload: impl FnOnce(&mut BytesMut)) -> usize {
    let begin = out.len();
    out.put_bytes(0, HEADER);
    payload(out);
    let length = out.len() - begin - HEADER;
    if length < MOST {
        let header = (length as u32 | u32::from(number) << 24).to_le_bytes();
        out[begin..begin + HEADER].copy_from_slice(&header);
        return length;
    }
    let whole = out.split_off(begin);
    let mut number = number;
    let mut rest = &whole[HEADER..];
    loop {
        let part = rest.len().min(MOST);
        out.put_uint_le(part as u64, 3);
        out.put_u8(number);
        out.put_slice(&rest[..part]);
        rest = &rest[part..];
        number = number.wrapping_add(1);
        if part < MOST {
            return length;
        }
    }
}

/// Writes a length-encoded number.
pub(super) fn put_length(out: &mut BytesMut, length: usize) {
    match length {
        0..=0xfa => out.put_u8(length as u8),
        0xfb..=0xffff => {
            out.put_u8(0xfc);
            out.put_u16_le(length as u16);
        }
        0x1_0000..=0xff_ffff => {
            out.put_u8(0xfd);
            out.put_uint_le(length as u64, 3);
        }
        _ => {
            out.put_u8(0xfe);
            out.put_u64_le(length as u64);
        }
    }
}

/// Reads a payload from its front.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// A length-encoded number.
    #[inline]
    pub(super) fn length(&mut self) -> Result<u64> {
        Ok(match self.u8()? {
            0xfc => self.u16()?.into(),
            0xfd => {
                let [a, b, c] = self.take()?;
                u32::from_le_bytes([a, b, c, 0]).into()
            }
            0xfe => u64::from_le_bytes(self.take()?),
            short @ 0..=0xfa => short.into(),
            0xfb | 0xff => return Err(damaged()),
        })
    }

    /// Bytes after their length.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.length()?).map_err(|_| damaged())?;
        self.skip(length)
    }

    /// The next bytes.
    #[inline]
    pub(super) fn skip(&mut self, length: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(bytes)
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cold]
pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::InvalidData, "the server sent what is no answer")
}

/// The end of a statement, or of one of its results.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) affected: u64,
    pub(super) last_id: u64,
    pub(super) warnings: u16,
    /// Another result follows.
    pub(super) more: bool,
    /// A transaction is open.
    pub(super) is_open: bool,
    /// `Rows matched: 3  Changed: 1  Warnings: 0`: an UPDATE counts rows it found, as on the other databases.
    pub(super) matched: Option<u64>,
}

/// Flags of the server's status.
const IN_TRANSACTION: u16 = 1;
const AUTOCOMMIT: u16 = 2;
const MORE_RESULTS: u16 = 8;
/// Status flags that no write sets: a cursor, its last row, a procedure's parameters, a read-only transaction.
const OF_NO_WRITE: u16 = 0x40 | 0x80 | 0x1000 | 0x2000;

impl Ended {
    /// Parses an OK packet; one that ends rows has no counts.
    pub(super) fn read(payload: &[u8]) -> Result<Ended> {
        let mut reader = Reader(payload);
        let ends_rows = reader.u8()? == END;
        let (affected, last_id) = (reader.length()?, reader.length()?);
        let status = reader.u16()?;
        let mut ended = Ended {
            warnings: reader.u16()?,
            more: status & MORE_RESULTS != 0,
            is_open: status & IN_TRANSACTION != 0,
            ..Ended::default()
        };
        if !ends_rows {
            (ended.affected, ended.last_id) = (affected, last_id);
            ended.matched = reader.bytes().ok().and_then(matched);
        }
        Ok(ended)
    }

    /// Whether this is a whole OK packet of a connection like ours, and nothing else that starts with the same byte.
    pub(super) fn is_whole(payload: &[u8]) -> bool {
        let read = || {
            let mut reader = Reader(payload);
            reader.u8()?;
            reader.length()?;
            reader.length()?;
            let status = reader.u16()?;
            reader.u16()?;
            let is_plausible = status & (IN_TRANSACTION | AUTOCOMMIT) != 0
                && status & (MORE_RESULTS | OF_NO_WRITE) == 0;
            if !reader.0.is_empty() {
                reader.bytes()?;
            }
            Ok::<_, Error>(is_plausible && reader.0.is_empty())
        };
        read().unwrap_or(false)
    }

    /// Parses the packet that ends rows or columns on servers that do not use OK packets for that.
    pub(super) fn read_old(payload: &[u8]) -> Result<Ended> {
        let mut reader = Reader(payload);
        reader.u8()?;
        let (warnings, status) = (reader.u16()?, reader.u16()?);
        Ok(Ended {
            warnings,
            more: status & MORE_RESULTS != 0,
            is_open: status & IN_TRANSACTION != 0,
            ..Ended::default()
        })
    }
}

fn matched(info: &[u8]) -> Option<u64> {
    let rest = std::str::from_utf8(info)
        .ok()?
        .strip_prefix("Rows matched: ")?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Ended, MOST, Reader, put_length, write};
    use crate::driver::socket::{Socket, Stream};
    use bytes::{BufMut, BytesMut};
    use std::io::Write;
    use tokio::net::TcpStream;

    async fn pair() -> (Socket, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let ours = TcpStream::connect(address).await.expect("connects");
        let theirs = listener.accept().expect("accepts").0;
        (Socket::new(Stream::Tcp(ours)), theirs)
    }

    #[test]
    fn an_ok_packet_is_whole_to_its_last_byte() {
        for (payload, is_whole) in [
            (&b"\0\x01\x07\x02\0\0\0"[..], true),
            (b"\0\x01\x07\x03\0\x01\0", true),
            (b"\0\x01\xfc\x07\x08\x02\0\0\0", true),
            (b"\0\x01\0\x02\0\0\0\x02ab", true),
            // No transaction of any kind; another result; too short; too long.
            (b"\0\x01\x07\x20\0\0\0", false),
            (b"\0\x01\x07\x0a\0\0\0", false),
            (b"\0\x01\x07\x02\0\0", false),
            (b"\0\x01\0\x02\0\0\0\x02abc", false),
            (b"\0\x01\0\x02\0\0\0\x03ab", false),
            // Rows of a key and a text, cut short.
            (b"\0\0\x01\0\0\0\x09ab", false),
            (b"\0\0\xc8four", false),
            (b"\0\0\xc8FOUR", false),
            (b"\0\0\xc81234", false),
            (b"\0\0\xc8longer", false),
            (b"", false),
        ] {
            assert_eq!(Ended::is_whole(payload), is_whole, "{payload:?}");
        }
    }

    #[tokio::test]
    async fn a_packet_is_given_out_whole_however_it_comes_and_however_long() {
        let (mut socket, mut server) = pair().await;
        socket.trust();
        let lengths = [3, 0, 70_000, MOST - 1, MOST, MOST + 1, 2 * MOST, 5];
        let sender = std::thread::spawn(move || {
            let mut out = BytesMut::new();
            write(&mut out, 7, |out| out.put_slice(b"abc"));
            for byte in &out {
                server.write_all(&[*byte]).expect("sends");
            }
            for length in &lengths[1..] {
                out.clear();
                write(&mut out, 0, |out| out.extend((0..*length).map(|n| n as u8)));
                server.write_all(&out).expect("sends");
            }
        });
        for (at, length) in lengths.into_iter().enumerate() {
            let packet = socket.packet().await.expect("a packet");
            let payload = socket.payload(&packet);
            assert_eq!(payload.len(), length);
            if at == 0 {
                assert_eq!((payload, packet.number), (&b"abc"[..], 7));
            } else {
                assert!(payload.iter().enumerate().all(|(n, byte)| *byte == n as u8));
            }
        }
        sender.join().expect("sent");
        assert!(socket.packet().await.is_err(), "an end is an error");
    }

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for length in [
            0,
            250,
            251,
            65_535,
            65_536,
            0xff_ffff,
            0x100_0000,
            usize::MAX,
        ] {
            let mut out = BytesMut::new();
            put_length(&mut out, length);
            let mut reader = Reader(&out);
            assert_eq!(reader.length().expect("a length"), length as u64);
            assert!(reader.0.is_empty() && reader.u8().is_err());
        }
        assert!(Reader(&[0xfb]).length().is_err());
        assert!(Reader(&[5, 1, 2]).bytes().is_err());
    }

    #[test]
    fn ends_say_what_was_done() {
        let mut payload = vec![0, 2, 9, 8, 0, 1, 0, 40];
        payload.extend_from_slice(b"Rows matched: 3  Changed: 1  Warnings: 0");
        let ended = Ended::read(&payload).expect("an end");
        assert_eq!((ended.affected, ended.last_id), (2, 9));
        assert_eq!(
            (ended.more, ended.warnings, ended.matched),
            (true, 1, Some(3))
        );
        assert!(Ended::read(&[0, 1]).is_err());
    }
}
