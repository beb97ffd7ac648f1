//! Framing of messages: a byte for the kind, four for the length, the body.

use crate::driver::socket::Socket;
use std::io::{ErrorKind, Result};
use std::ops::Range;

/// A server message: its kind, and where its body is until more is read.
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Range<usize>,
}

impl Socket {
    /// A message's body, valid until more is read.
    #[inline]
    pub(super) fn body(&self, message: &Message) -> &[u8] {
        self.input.get(message.body.clone()).unwrap_or_default()
    }

    /// The next message, if all of it has come.
    ///
    /// # Errors
    /// Bytes that are not a message.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Message>> {
        let Some(&[kind, a, b, c, d]) = self.input[self.taken..self.filled].first_chunk() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length < 4 {
            return Err(ErrorKind::InvalidData.into());
        }
        let end = self.taken + 1 + length;
        if end > self.filled {
            return Ok(None);
        }
        let body = self.taken + 5..end;
        self.taken = end;
        Ok(Some(Message { kind, body }))
    }

    /// The next message.
    ///
    /// # Errors
    /// A connection that has ended.
    pub(super) async fn message(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = self.next()? {
                return Ok(message);
            }
            self.fill().await?;
        }
    }

    /// A byte that is no message: the answer to a request for TLS.
    #[cfg(feature = "tls")]
    pub(super) async fn byte(&mut self) -> Result<u8> {
        while self.taken == self.filled {
            self.fill().await?;
        }
        self.taken += 1;
        Ok(self.input[self.taken - 1])
    }

    /// Whether all input has been read.
    #[cfg(feature = "tls")]
    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.filled
    }

    /// The kind of the next message, of which all or a part has come.
    pub(super) fn next_kind(&self) -> Option<u8> {
        self.input[self.taken..self.filled].first().copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::driver::socket::{ROOM, Socket, Stream};
    use std::io::Write;
    use tokio::net::TcpStream;

    async fn pair() -> (Socket, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let ours = TcpStream::connect(address).await.expect("connects");
        (
            Socket::new(Stream::Tcp(ours)),
            listener.accept().expect("accepts").0,
        )
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
        bytes.extend_from_slice(body);
        bytes
    }

    #[tokio::test]
    async fn a_message_is_given_out_whole_however_it_comes() {
        let (mut socket, mut server) = pair().await;
        socket.trust();
        let long = vec![7; 3 * ROOM];
        let sender = std::thread::spawn(move || {
            for byte in message(b'D', b"abc") {
                server.write_all(&[byte]).expect("sends");
            }
            server.write_all(&message(b'D', &long)).expect("sends");
            server.write_all(&message(b'Z', b"I")).expect("sends");
        });
        let mut seen = Vec::new();
        while seen.last().is_none_or(|(kind, _)| *kind != b'Z') {
            let message = socket.message().await.expect("a message");
            seen.push((message.kind, socket.body(&message).len()));
        }
        sender.join().expect("sent");
        assert_eq!(seen, [(b'D', 3), (b'D', 3 * ROOM), (b'Z', 1)]);
        assert!(socket.message().await.is_err(), "an end is an error");
    }

    #[tokio::test]
    async fn what_is_no_message_is_an_error() {
        let (mut socket, mut server) = pair().await;
        server.write_all(b"D\0\0\0\x01").expect("sends");
        assert!(socket.message().await.is_err());
    }
}
