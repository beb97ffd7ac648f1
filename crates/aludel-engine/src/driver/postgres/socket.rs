//! Bytes to the server and back, in the task that waits for them: no task between, no channel, no copy of a message.

use bytes::BytesMut;
use std::future::poll_fn;
use std::io::{Error, ErrorKind, Result};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Room for what comes, at first; it doubles while the server fills it, up to `ROOM`, and beyond for one message.
const LITTLE_ROOM: usize = 8 * 1024;
const ROOM: usize = 64 * 1024;
/// What a buffer keeps when it is empty.
const KEPT: usize = 1024 * 1024;

/// The ways to a server.
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

trait Duplex: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl Stream {
    fn duplex(&mut self) -> Pin<&mut dyn Duplex> {
        match self {
            Stream::Tcp(stream) => Pin::new(stream),
            #[cfg(unix)]
            Stream::Unix(stream) => Pin::new(stream),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => Pin::new(&mut **stream),
        }
    }
}

/// A message of the server's: its kind, and where its body is until more is read.
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Range<usize>,
}

/// A connection's bytes.
pub(super) struct Socket {
    pub(super) stream: Stream,
    /// What has come is in `taken..filled`.
    input: Vec<u8>,
    taken: usize,
    filled: usize,
    /// What goes with the next [`flush`](Socket::flush).
    pub(super) out: BytesMut,
    sent: usize,
}

impl Socket {
    pub(super) fn new(stream: Stream) -> Socket {
        Socket {
            stream,
            input: vec![0; LITTLE_ROOM],
            taken: 0,
            filled: 0,
            out: BytesMut::with_capacity(1024),
            sent: 0,
        }
    }

    /// A message's body. Only until more is read.
    #[inline]
    pub(super) fn body(&self, message: &Message) -> &[u8] {
        self.input.get(message.body.clone()).unwrap_or_default()
    }

    /// The next message, if all of it has come.
    ///
    /// # Errors
    /// Bytes that are none.
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

    /// Whether everything that came has been looked at.
    #[cfg(feature = "tls")]
    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.filled
    }

    /// The kind of the next message, of which all or a part has come.
    pub(super) fn next_kind(&self) -> Option<u8> {
        self.input[self.taken..self.filled].first().copied()
    }

    /// Reads more. Bodies of messages are no longer there.
    pub(super) async fn fill(&mut self) -> Result<()> {
        poll_fn(|cx| self.poll_fill(cx)).await
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.make_room();
        let mut room = ReadBuf::new(&mut self.input[self.filled..]);
        ready!(self.stream.duplex().poll_read(cx, &mut room))?;
        let read = room.filled().len();
        if read == 0 {
            let closed = Error::new(ErrorKind::UnexpectedEof, "the server closed the connection");
            return Poll::Ready(Err(closed));
        }
        self.filled += read;
        Poll::Ready(Ok(()))
    }

    fn make_room(&mut self) {
        if self.taken == self.filled {
            let was_full = self.filled == self.input.len();
            (self.taken, self.filled) = (0, 0);
            if self.input.len() > KEPT {
                self.input = vec![0; ROOM];
            } else if was_full && self.input.len() < ROOM {
                let room = self.input.len() * 2;
                self.input.resize(room, 0);
            }
        } else if self.filled == self.input.len() {
            let waiting = self.filled - self.taken;
            if waiting > self.input.len() / 2 {
                // Most of it is one message that has only begun.
                let room = self.input.len() * 2;
                self.input.resize(room, 0);
            }
            self.input.copy_within(self.taken..self.filled, 0);
            (self.taken, self.filled) = (0, waiting);
            if self.input.len() < ROOM {
                let room = self.input.len() * 2;
                self.input.resize(room, 0);
            }
        }
    }

    /// Sends what is to be sent. What the server says meanwhile is read, so that neither waits for the other.
    pub(super) async fn flush(&mut self) -> Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while self.sent < self.out.len() {
            match self.stream.duplex().poll_write(cx, &self.out[self.sent..]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.sent += written,
                Poll::Ready(Err(cause)) => return Poll::Ready(Err(cause)),
                Poll::Pending => ready!(self.poll_fill(cx))?,
            }
        }
        if self.out.capacity() > KEPT {
            self.out = BytesMut::with_capacity(1024);
        } else {
            self.out.clear();
        }
        self.sent = 0;
        // TLS has a buffer of its own.
        loop {
            match self.stream.duplex().poll_flush(cx) {
                Poll::Pending => ready!(self.poll_fill(cx))?,
                flushed => return flushed,
            }
        }
    }

    /// Reads what has come unasked, without waiting; `false` when the connection has ended.
    pub(super) fn look(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            match self.poll_fill(&mut cx) {
                Poll::Pending => return true,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return false,
            }
        }
    }

    /// Sends what is to be sent as far as that needs no waiting: a farewell.
    pub(super) fn flush_now(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        drop(self.poll_flush(&mut cx));
    }
}

#[cfg(test)]
mod tests {
    use super::{ROOM, Socket, Stream};
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
