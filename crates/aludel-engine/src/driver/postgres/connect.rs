//! From an address to a connection that takes statements: the socket, TLS, and who we are.

use super::Config;
use super::errors::{ServerError, connect as failed, unexpected, wire};
use super::frame::Message;
use super::message::Reader;
use crate::driver::socket::{Socket, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Server;
#[cfg(feature = "tls")]
use crate::url::TlsMode;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{
    ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};
use postgres_protocol::message::frontend;
use std::io;
use tokio::net::TcpStream;

/// What is needed to stop what a connection runs, from another one.
#[derive(Clone, Copy)]
pub(super) struct CancelKey {
    process: i32,
    secret: i32,
}

/// A connection that takes statements.
pub(super) struct Connected {
    pub(super) socket: Socket,
    pub(super) cancel: CancelKey,
}

/// Connects.
pub(super) async fn connect(config: &Config) -> Result<Connected> {
    let server = &config.server;
    let (mut socket, binding) = reach(config).await?;
    let parameters = [
        ("client_encoding", "UTF8"),
        ("user", &server.user),
        ("database", &server.database),
        ("application_name", "aludel"),
        // Instants are UTC on every database.
        ("options", "-c TimeZone=UTC -c DateStyle=ISO"),
    ];
    frontend::startup_message(parameters, &mut socket.out).map_err(wire)?;
    authenticate(&mut socket, server, binding).await?;
    let mut cancel = CancelKey {
        process: 0,
        secret: 0,
    };
    loop {
        let message = answer(&mut socket).await?;
        let mut body = Reader(socket.body(&message));
        match message.kind {
            b'K' => {
                cancel.process = body.i32().map_err(wire)?;
                cancel.secret = body.i32().map_err(wire)?;
            }
            b'Z' => return Ok(Connected { socket, cancel }),
            // Notices, and settings that the server reports.
            _ => {}
        }
    }
}

/// Asks the server to stop what a connection runs. It answers nothing.
pub(super) async fn cancel(config: &Config, key: CancelKey) -> Result<()> {
    let (mut socket, _) = reach(config).await?;
    frontend::cancel_request(key.process, key.secret, &mut socket.out);
    socket.flush().await.map_err(wire)?;
    while socket.fill().await.is_ok() {}
    Ok(())
}

/// The socket, encrypted if that is wanted, and what ties a password to its certificate.
async fn reach(config: &Config) -> Result<(Socket, Option<Vec<u8>>)> {
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    #[cfg(unix)]
    if server.host.starts_with('/') {
        let path = format!("{}/.s.PGSQL.{}", server.host, server.port);
        let stream = tokio::net::UnixStream::connect(path).await.map_err(told)?;
        return Ok((Socket::new(Stream::Unix(stream)), None));
    }
    let stream = TcpStream::connect((server.host.as_str(), server.port));
    let stream = stream.await.map_err(told)?;
    // What a statement sends is sent at once, and a server that has vanished is noticed in the end.
    stream.set_nodelay(true).map_err(told)?;
    let alive = socket2::SockRef::from(&stream).set_keepalive(true);
    alive.map_err(told)?;
    let socket = Socket::new(Stream::Tcp(stream));
    #[cfg(feature = "tls")]
    if server.tls != TlsMode::Disable {
        return encrypt(config, socket).await;
    }
    Ok((socket, None))
}

#[cfg(feature = "tls")]
async fn encrypt(config: &Config, mut socket: Socket) -> Result<(Socket, Option<Vec<u8>>)> {
    use crate::driver::tls;
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    frontend::ssl_request(&mut socket.out);
    socket.flush().await.map_err(told)?;
    let can = socket.byte().await.map_err(told)?;
    // Whatever came unencrypted behind the answer is not the server's.
    let is_alone = socket.is_empty();
    match (can, socket.stream) {
        (b'S', Stream::Tcp(stream)) if is_alone => {
            let (stream, binding) =
                tls::encrypt(config.tls.connector(server)?, server, stream).await?;
            Ok((Socket::new(Stream::Tls(Box::new(stream))), binding))
        }
        (b'N', stream) if server.tls == TlsMode::Prefer => Ok((Socket::new(stream), None)),
        (b'N', _) => Err(failed(
            &io::Error::other("the server has no TLS, and the URL requires it"),
            &server.host,
            server.port,
        )),
        (other, _) => Err(unexpected(other)),
    }
}

/// Sends what is to be sent, and waits for a message; an error of the server's is an error.
async fn answer(socket: &mut Socket) -> Result<Message> {
    socket.flush().await.map_err(wire)?;
    let message = socket.message().await.map_err(wire)?;
    if message.kind == b'E' {
        return Err(ServerError::read(socket.body(&message))
            .map_err(wire)?
            .into());
    }
    Ok(message)
}

async fn authenticate(
    socket: &mut Socket,
    server: &Server,
    binding: Option<Vec<u8>>,
) -> Result<()> {
    let mut scram: Option<ScramSha256> = None;
    let mut binding = Some(binding);
    loop {
        let message = answer(socket).await?;
        if message.kind == b'N' {
            continue;
        }
        if message.kind != b'R' {
            return Err(unexpected(message.kind));
        }
        let mut body = Reader(socket.body(&message));
        let asked = body.u32().map_err(wire)?;
        if asked == 0 {
            return Ok(());
        }
        let password = server.password.as_deref().ok_or_else(|| {
            denied("the server asks for a password, and the URL has none; write postgres://user:password@…")
        })?;
        match (asked, &mut scram) {
            (3, _) => frontend::password_message(password.as_bytes(), &mut socket.out),
            (5, _) => {
                let salt = body.u32().map_err(wire)?.to_be_bytes();
                let hash = md5_hash(server.user.as_bytes(), password.as_bytes(), salt);
                frontend::password_message(hash.as_bytes(), &mut socket.out)
            }
            (10, None) => {
                let (mechanism, binding) = mechanism(body, binding.take().flatten())?;
                let begun = ScramSha256::new(password.as_bytes(), binding);
                let begun = scram.insert(begun);
                frontend::sasl_initial_response(mechanism, begun.message(), &mut socket.out)
            }
            (11, Some(scram)) => {
                scram.update(body.0).map_err(denied)?;
                frontend::sasl_response(scram.message(), &mut socket.out)
            }
            // The server proves that it knows the password, too.
            (12, Some(scram)) => scram.finish(body.0),
            _ => {
                return Err(denied(format!(
                    "the server asks for a way of authentication (number {asked}) that is none of password, md5 and scram-sha-256"
                )));
            }
        }
        .map_err(denied)?;
    }
}

/// The best of the ways to prove a password that the server offers, tied to its certificate where there is one.
fn mechanism(
    mut offered: Reader<'_>,
    binding: Option<Vec<u8>>,
) -> Result<(&'static str, ChannelBinding)> {
    let (mut plain, mut bound) = (false, false);
    loop {
        match offered.text().map_err(wire)? {
            "" => break,
            SCRAM_SHA_256 => plain = true,
            SCRAM_SHA_256_PLUS => bound = true,
            _ => {}
        }
    }
    match (bound, plain, binding) {
        (true, _, Some(binding)) => Ok((
            SCRAM_SHA_256_PLUS,
            ChannelBinding::tls_server_end_point(binding),
        )),
        (false, true, Some(_)) => Ok((SCRAM_SHA_256, ChannelBinding::unrequested())),
        (_, true, _) => Ok((SCRAM_SHA_256, ChannelBinding::unsupported())),
        _ => Err(denied("the server offers no SCRAM-SHA-256")),
    }
}

fn denied(why: impl ToString) -> Error {
    Error::new(ErrorKind::AuthenticationFailed, why.to_string())
}
