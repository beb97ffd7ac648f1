//! Bytes to a server and back, in the task that waits for them: no task between, no channel, no copy of a message.
//!
//! Each protocol knows what a message is: `postgres::message`, `mysql::packet`.

use crate::command::Sink;
use crate::url::Server;
use bytes::BytesMut;
use std::fmt;
use std::future::poll_fn;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Initial size of the input buffer; it doubles while the server fills it, up to `ROOM`, and beyond for one message.
const LITTLE_ROOM: usize = 8 * 1024;
pub(super) const ROOM: usize = 64 * 1024;
/// No server has a message that is longer.
const LARGEST: usize = (1 << 30) + (1 << 20);
/// The largest message of a server before it has proved who it is.
const LARGEST_OF_STRANGERS: usize = 64 * 1024;
/// The largest size that an empty buffer keeps.
const KEPT: usize = 1024 * 1024;

/// Connects to a server by TCP. Statements are sent without delay, and a server that has vanished is noticed in the end.
pub(super) async fn connect(server: &Server) -> Result<TcpStream> {
    let stream = TcpStream::connect((server.host.as_str(), server.port)).await?;
    stream.set_nodelay(true)?;
    let socket = socket2::SockRef::from(&stream);
    let alive = &server.keep_alive;
    if alive.is_on {
        let asks = socket2::TcpKeepalive::new().with_time(alive.idle);
        #[cfg(any(
            target_os = "linux",
            target_os = "macos",
            target_os = "freebsd",
            windows
        ))]
        let asks = asks.with_interval(alive.interval);
        #[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
        let asks = match alive.count {
            // The system's default.
            0 => asks,
            count => asks.with_retries(count),
        };
        socket.set_tcp_keepalive(&asks)?;
    }
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(server.tcp_user_timeout)?;
    Ok(stream)
}

/// The kinds of streams to a server.
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(all(unix, feature = "postgres"))]
    Unix(tokio::net::UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
    /// A server that sends the same bytes, whatever it is asked.
    #[cfg(all(
        any(test, feature = "fuzzing"),
        feature = "postgres",
        feature = "mysql"
    ))]
    Replay(std::io::Cursor<Vec<u8>>),
}

trait Duplex: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl Stream {
    pub(super) fn is_encrypted(&self) -> bool {
        #[cfg(feature = "tls")]
        return matches!(self, Stream::Tls(_));
        #[cfg(not(feature = "tls"))]
        false
    }

    /// Whether it stays on this machine.
    #[cfg(feature = "postgres")]
    pub(super) fn is_local(&self) -> bool {
        #[cfg(unix)]
        return matches!(self, Stream::Unix(_));
        #[cfg(not(unix))]
        false
    }

    fn duplex(&mut self) -> Pin<&mut dyn Duplex> {
        match self {
            Stream::Tcp(stream) => Pin::new(stream),
            #[cfg(all(unix, feature = "postgres"))]
            Stream::Unix(stream) => Pin::new(stream),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => Pin::new(&mut **stream),
            #[cfg(all(
                any(test, feature = "fuzzing"),
                feature = "postgres",
                feature = "mysql"
            ))]
            Stream::Replay(_) => Pin::new(self),
        }
    }
}

/// Waits for bytes to be read or written, up to a deadline.
async fn until(deadline: Option<Instant>, done: impl Future<Output = Result<()>>) -> Result<()> {
    match deadline {
        None => done.await,
        Some(deadline) => tokio::time::timeout_at(deadline, done)
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::TimedOut, StatementTimeout))),
    }
}

/// What went wrong on a connection.
pub(super) fn wire(cause: &Error) -> crate::error::Error {
    use crate::error::{Error, ErrorKind};
    let is_timeout = cause
        .get_ref()
        .is_some_and(|cause| cause.is::<StatementTimeout>());
    match is_timeout {
        true => Error::new(ErrorKind::Cancelled, cause.to_string()).and_lost(),
        false => Error::new(ErrorKind::ConnectionLost, cause.to_string()),
    }
}

#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        match &mut *self {
            Stream::Replay(said) => Pin::new(said).poll_read(cx, room),
            _ => Poll::Ready(Err(ErrorKind::Unsupported.into())),
        }
    }
}

#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A connection's bytes.
pub(super) struct Socket {
    pub(super) stream: Stream,
    /// Unread input is in `taken..filled`.
    pub(super) input: Vec<u8>,
    pub(super) taken: usize,
    pub(super) filled: usize,
    /// Output for the next [`flush`](Socket::flush).
    pub(super) out: BytesMut,
    sent: usize,
    /// The most input that is kept while a message is incomplete.
    largest: usize,
    /// When the answer must have come.
    deadline: Option<Instant>,
}

/// A server did not answer in time.
#[derive(Debug)]
pub(super) struct StatementTimeout;

impl fmt::Display for StatementTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the server did not answer within the statement_timeout, and the connection was closed",
        )
    }
}

impl std::error::Error for StatementTimeout {}

/// How much longer than the statement's own limit a server may take to say that it has ended it.
const GRACE: Duration = Duration::from_secs(1);

impl Socket {
    pub(super) fn new(stream: Stream) -> Socket {
        Socket {
            stream,
            input: vec![0; LITTLE_ROOM],
            taken: 0,
            filled: 0,
            out: BytesMut::with_capacity(1024),
            sent: 0,
            largest: LARGEST_OF_STRANGERS,
            deadline: None,
        }
    }

    /// Allows large messages: the server has proved who it is, as far as it was asked to.
    pub(super) fn trust(&mut self) {
        self.largest = LARGEST;
    }

    /// Sets the deadline for the next answer.
    pub(super) fn begin(&mut self, statement_timeout: Option<Duration>) {
        self.deadline =
            statement_timeout.and_then(|most| Instant::now().checked_add(most.checked_add(GRACE)?));
    }

    /// Hands a batch of rows over. The time that the receiver needs does not count as the server's.
    pub(super) async fn hand_over(&mut self, sink: &mut dyn Sink) -> bool {
        let Some(deadline) = self.deadline else {
            return sink.hand_over().await;
        };
        let begun = Instant::now();
        let goes_on = sink.hand_over().await;
        self.deadline = deadline.checked_add(begun.elapsed());
        goes_on
    }

    /// Reads more input. Bodies of earlier messages become invalid.
    pub(super) async fn fill(&mut self) -> Result<()> {
        let deadline = self.deadline;
        until(deadline, poll_fn(|cx| self.poll_fill(cx))).await
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.filled - self.taken > self.largest {
            let error = format!(
                "the server sent a message of more than {} bytes",
                self.largest
            );
            return Poll::Ready(Err(Error::new(ErrorKind::InvalidData, error)));
        }
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

    /// Sends the output. Input is read meanwhile, so that neither side waits for the other.
    pub(super) async fn flush(&mut self) -> Result<()> {
        let deadline = self.deadline;
        until(deadline, poll_fn(|cx| self.poll_flush(cx))).await
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

    /// Reads until the server closes the connection, and discards all of it.
    pub(super) async fn drain(&mut self) {
        self.deadline = None;
        while self.fill().await.is_ok() {
            self.taken = self.filled;
        }
    }

    /// Reads unsolicited input, without waiting; `false` if the connection has ended.
    pub(super) fn look(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        // Input that came is looked at first.
        !matches!(self.poll_fill(&mut cx), Poll::Ready(Err(_)))
    }

    /// Sends as much output as possible without waiting: a farewell.
    pub(super) fn flush_now(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        drop(self.poll_flush(&mut cx));
    }
}
