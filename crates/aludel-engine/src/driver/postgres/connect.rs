//! From an address to a connection that takes statements: the socket, TLS, and authentication.

use super::Config;
use super::errors::{ServerError, connect as failed, unexpected, wire};
use super::frame::Message;
use super::message::Reader;
use crate::driver::socket::{self, Socket, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::url::{AuthMethod, RequireAuth, Server, TlsMode};
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{
    ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};
use postgres_protocol::message::frontend;
use std::io;

/// The key that cancels a connection's statement, from another connection.
#[derive(Clone, Copy)]
pub(super) struct CancelKey {
    /// The server process, as `pg_backend_pid()` says it; a pooler sends a number of its own.
    pub(super) process: i32,
    secret: i32,
}

/// A connection that takes statements.
pub(super) struct Connected {
    pub(super) socket: Socket,
    pub(super) cancel: CancelKey,
}

/// Connects.
pub(super) async fn connect(config: &Config) -> Result<Connected> {
    let connected = connect_as_asked(config).await;
    connected.map_err(|error| match error.kind() {
        ErrorKind::ConnectionLost => failed(&error, &config.server.host, config.server.port),
        _ => error,
    })
}

async fn connect_as_asked(config: &Config) -> Result<Connected> {
    if config.server.tls != TlsMode::Allow {
        return connect_by(config, config.server.tls).await;
    }
    match connect_by(config, TlsMode::Disable).await {
        // This server may refuse everybody without TLS.
        Err(error) if error.database_code().is_some() && cfg!(feature = "tls") => {
            let encrypted = connect_by(config, TlsMode::Prefer).await;
            encrypted.map_err(|_| error)
        }
        connected => connected,
    }
}

async fn connect_by(config: &Config, tls: TlsMode) -> Result<Connected> {
    let (socket, binding) = reach(config, tls).await?;
    greet(config, socket, binding).await
}

/// Authenticates and sets up the session, until the server takes statements.
pub(super) async fn greet(
    config: &Config,
    mut socket: Socket,
    binding: Option<Vec<u8>>,
) -> Result<Connected> {
    let server = &config.server;
    let timeout = config
        .statement_timeout
        .map(|most| most.as_millis().to_string());
    let name = server.application_name.as_deref().unwrap_or("aludel");
    let mut parameters = vec![
        ("client_encoding", "UTF8"),
        ("user", &server.user),
        ("database", &server.database),
        ("application_name", name),
        // Instants are UTC on every database. A pooler takes these where it refuses `options`, and keeps them for each client.
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO"),
        ("standard_conforming_strings", "on"),
    ];
    if let Some(options) = &server.options {
        parameters.push(("options", options));
    }
    // Poolers refuse it: there, only this side enforces the limit.
    if let Some(timeout) = timeout.as_deref().filter(|_| !server.is_pooled()) {
        parameters.push(("statement_timeout", timeout));
    }
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
            b'Z' => {
                socket.trust();
                return Ok(Connected { socket, cancel });
            }
            // Notices, and settings that the server reports.
            _ => {}
        }
    }
}

/// Asks the server to stop what a connection runs. The server does not answer.
pub(super) async fn cancel(config: &Config, key: CancelKey) -> Result<()> {
    let tls = match config.server.tls {
        TlsMode::Allow => TlsMode::Prefer,
        tls => tls,
    };
    let (mut socket, _) = reach(config, tls).await?;
    frontend::cancel_request(key.process, key.secret, &mut socket.out);
    socket.flush().await.map_err(wire)?;
    while socket.fill().await.is_ok() {}
    Ok(())
}

/// The socket, encrypted if that is wanted, and the channel binding of its certificate.
async fn reach(config: &Config, tls: TlsMode) -> Result<(Socket, Option<Vec<u8>>)> {
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    #[cfg(unix)]
    if server.host.starts_with('/') {
        let path = format!("{}/.s.PGSQL.{}", server.host, server.port);
        let stream = tokio::net::UnixStream::connect(path).await.map_err(told)?;
        return Ok((Socket::new(Stream::Unix(stream)), None));
    }
    let stream = socket::connect(server).await.map_err(told)?;
    let socket = Socket::new(Stream::Tcp(stream));
    #[cfg(feature = "tls")]
    if tls != TlsMode::Disable {
        return encrypt(config, tls, socket).await;
    }
    let _ = tls;
    Ok((socket, None))
}

#[cfg(feature = "tls")]
async fn encrypt(
    config: &Config,
    mode: TlsMode,
    mut socket: Socket,
) -> Result<(Socket, Option<Vec<u8>>)> {
    use crate::driver::tls;
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    frontend::ssl_request(&mut socket.out);
    socket.flush().await.map_err(told)?;
    let can = socket.byte().await.map_err(told)?;
    // Whatever came unencrypted after the answer is not the server's.
    let is_alone = socket.is_empty();
    match (can, socket.stream) {
        (b'S', Stream::Tcp(stream)) if is_alone => {
            let (stream, binding) =
                tls::encrypt(config.tls.connector(server)?, server, stream).await?;
            Ok((Socket::new(Stream::Tls(Box::new(stream))), binding))
        }
        (b'N', stream) if mode == TlsMode::Prefer => Ok((Socket::new(stream), None)),
        (b'N', _) => Err(failed(
            &io::Error::other("the server has no TLS, and the URL requires it"),
            &server.host,
            server.port,
        )),
        (other, _) => Err(unexpected(other)),
    }
}

/// Sends the output, and waits for a message; an error message is an error.
async fn answer(socket: &mut Socket) -> Result<Message> {
    socket.flush().await.map_err(wire)?;
    let message = socket.message().await.map_err(wire)?;
    if message.kind == b'E' {
        let error: Error = ServerError::read(socket.body(&message))
            .map_err(wire)?
            .into();
        return Err(match error.kind() {
            ErrorKind::ConnectionLost => error.of_kind(ErrorKind::ConnectionFailed),

            _ => error,
        });
    }
    Ok(message)
}

async fn authenticate(
    socket: &mut Socket,
    server: &Server,
    binding: Option<Vec<u8>>,
) -> Result<()> {
    let mut proof = Proof::Nothing;
    let mut binding = Some(binding);
    loop {
        let message = answer(socket).await.map_err(|error| proof.refused(error))?;
        if message.kind == b'N' {
            continue;
        }
        if message.kind != b'R' {
            return Err(unexpected(message.kind));
        }
        let mut body = Reader(socket.body(&message));
        let asked = body.u32().map_err(wire)?;
        if asked == 0 {
            return proof.admit(server);
        }
        let password = server.password.as_deref().ok_or_else(|| {
            denied("the server asks for a password, and the URL has none; write postgres://user:password@…")
        })?;
        // A state machine: a server that skips a message is not the one that knows the password.
        proof = match (asked, proof) {
            (3, Proof::Nothing) => {
                allow(AuthMethod::Password, server, socket)?;
                frontend::password_message(password.as_bytes(), &mut socket.out).map_err(denied)?;
                Proof::Sent
            }
            (5, Proof::Nothing) => {
                allow(AuthMethod::Md5, server, socket)?;
                let salt = body.u32().map_err(wire)?.to_be_bytes();
                let hash = md5_hash(server.user.as_bytes(), password.as_bytes(), salt);
                frontend::password_message(hash.as_bytes(), &mut socket.out).map_err(denied)?;
                Proof::Sent
            }
            (10, Proof::Nothing) => {
                allow(AuthMethod::Scram, server, socket)?;
                let (mechanism, binding) = mechanism(body, binding.take().flatten())?;
                let scram = ScramSha256::new(password.as_bytes(), binding);
                let sent =
                    frontend::sasl_initial_response(mechanism, scram.message(), &mut socket.out);
                sent.map_err(denied)?;
                Proof::Begun(Box::new(scram))
            }
            (11, Proof::Begun(mut scram)) => {
                check_iterations(body.0)?;
                scram.update(body.0).map_err(denied)?;
                frontend::sasl_response(scram.message(), &mut socket.out).map_err(denied)?;
                Proof::Answered(scram)
            }
            (12, Proof::Answered(mut scram)) => {
                scram.finish(body.0).map_err(denied)?;
                Proof::Mutual
            }
            (3 | 5 | 10..=12, _) => {
                return Err(denied(
                    "the server asks for another proof of the password than it began with",
                ));
            }
            _ => {
                return Err(denied(format!(
                    "the server asks for a way of authentication (number {asked}) that is none of password, md5 and scram-sha-256"
                )));
            }
        };
    }
}

/// The most hash iterations that the server may ask for: the thread does nothing else meanwhile.
const MOST_ITERATIONS: u32 = 1_000_000;

fn check_iterations(first: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(first).unwrap_or_default();
    let count = text.split(',').find_map(|part| part.strip_prefix("i="));
    match count.map(str::parse::<u32>) {
        Some(Ok(count)) if count <= MOST_ITERATIONS => Ok(()),
        Some(_) => Err(denied(format!(
            "the server asks for more than {MOST_ITERATIONS} iterations of SCRAM"
        ))),
        // The library reports an invalid message itself.
        None => Ok(()),
    }
}

/// How far authentication has come.
enum Proof {
    /// The server has asked for nothing.
    Nothing,
    /// The password was sent, or its hash.
    Sent,
    Begun(Box<ScramSha256>),
    Answered(Box<ScramSha256>),
    /// Both sides have proved that they know it.
    Mutual,
}

impl Proof {
    /// Translates a server's error while it checks the proof: poolers have no code for a wrong password.
    fn refused(&self, error: Error) -> Error {
        let is_proving = matches!(self, Proof::Sent | Proof::Begun(_) | Proof::Answered(_));
        match error.database_code() {
            Some("08P01") if is_proving => denied(&error).with_source(error),
            _ => error,
        }
    }

    /// Checks whether to believe a server that accepts us.
    fn admit(&self, server: &Server) -> Result<()> {
        match self {
            Proof::Begun(_) | Proof::Answered(_) => Err(denied(
                "the server lets us in before it has proved that it knows the password: it may be another one",
            )),
            Proof::Nothing => allow_by(server.require_auth.as_ref(), AuthMethod::None, true),
            Proof::Sent | Proof::Mutual => Ok(()),
        }
    }
}

/// Fails unless this authentication is accepted.
fn allow(method: AuthMethod, server: &Server, socket: &Socket) -> Result<()> {
    // Encryption by `prefer` verifies nobody: a man in the middle could have asked.
    let is_verified = socket.stream.is_encrypted() && server.tls.is_verified();
    let is_private = is_verified || socket.stream.is_local();
    allow_by(server.require_auth.as_ref(), method, is_private)
}

fn allow_by(required: Option<&RequireAuth>, method: AuthMethod, is_private: bool) -> Result<()> {
    let name = method.name();
    match required {
        Some(required) if !required.allows(method) => Err(denied(match method {
            AuthMethod::None => {
                "the server asks for no password, and the URL's require_auth does not allow that"
                    .to_string()
            }
            _ => format!(
                "the server asks for the password by {name:?}, and the URL's require_auth does not allow that"
            ),
        })),
        required if method == AuthMethod::Password && !is_private => {
            match required.is_some_and(|required| required.names(method)) {
                true => Ok(()),
                false => Err(denied(
                    "the server asks for the password in clear text, and the connection is not encrypted to a server that was \
                     verified; use sslmode=verify-full, an account with scram-sha-256, or accept it by require_auth=password",
                )),
            }
        }
        _ => Ok(()),
    }
}

/// The best authentication mechanism that the server offers, with channel binding if there is a certificate.
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

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::connect;
    use crate::error::{Error, ErrorKind, Result};
    use crate::url::{Backend, DatabaseUrl};
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    fn send(stream: &mut TcpStream, kind: u8, body: &[u8]) {
        let length = (body.len() as u32 + 4).to_be_bytes();
        stream
            .write_all(&[&[kind], &length[..], body].concat())
            .expect("sends");
    }

    fn ask(stream: &mut TcpStream, how: u32, more: &[u8]) {
        send(stream, b'R', &[&how.to_be_bytes(), more].concat());
    }

    fn receive(stream: &mut TcpStream, header: usize) -> Vec<u8> {
        let mut head = vec![0; header + 4];
        stream.read_exact(&mut head).expect("a header");
        let length: [u8; 4] = head[header..].try_into().expect("four bytes");
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut body).expect("a body");
        body
    }

    /// What the client says next: nothing, if it has hung up.
    fn hung_up(stream: &mut TcpStream) -> bool {
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        rest.is_empty()
    }

    fn welcome(stream: &mut TcpStream) {
        ask(stream, 0, &[]);
        send(stream, b'Z', b"I");
    }

    /// Connects to a server that says what the script says.
    async fn connected(
        parameters: &str,
        script: impl FnOnce(&mut TcpStream) + Send + 'static,
    ) -> Result<(), Error> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url =
            format!("postgres://ann:herring@127.0.0.1:{port}/there?sslmode=disable{parameters}");
        let talk = std::thread::spawn(move || {
            let mut stream = listener.accept().expect("accepts").0;
            let begun = receive(&mut stream, 0);
            let has = |part: &[u8]| begun.windows(part.len()).any(|window| window == part);
            assert!(
                has(b"TimeZone\0UTC\0") && !has(b"options\0"),
                "what poolers take"
            );
            script(&mut stream);
        });
        let Backend::Postgres(server) = DatabaseUrl::parse(&url)?.backend else {
            panic!("not PostgreSQL")
        };
        let done = connect(&Config::new(server, 10, None)).await.map(drop);
        talk.join().expect("the script is kept to");
        done
    }

    async fn refused(
        parameters: &str,
        script: impl FnOnce(&mut TcpStream) + Send + 'static,
    ) -> String {
        let error = connected(parameters, script).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::AuthenticationFailed, "{error}");
        error.to_string()
    }

    const SCRAM: &[u8] = b"SCRAM-SHA-256\0\0";

    /// A server that lets in whoever begins to prove the password does not know it.
    #[tokio::test]
    async fn a_server_that_skips_its_own_proof_is_refused() {
        let begun = refused("", |stream| {
            ask(stream, 10, SCRAM);
            receive(stream, 1);
            welcome(stream);
            assert!(hung_up(stream));
        });
        assert!(begun.await.contains("before it has proved"));
        for other in [3, 5, 10, 12] {
            let said = refused("", move |stream| {
                ask(stream, 10, SCRAM);
                receive(stream, 1);
                ask(stream, other, &[0; 12]);
                assert!(hung_up(stream));
            });
            let said = said.await;
            assert!(said.contains("another proof"), "{said}");
        }
    }

    #[tokio::test]
    async fn a_password_is_not_sent_in_clear_text_unless_the_url_says_so() {
        let said = refused("", |stream| {
            ask(stream, 3, &[]);
            assert!(hung_up(stream));
        });
        assert!(said.await.contains("in clear text"));
        let sent = connected("&require_auth=password", |stream| {
            ask(stream, 3, &[]);
            assert_eq!(receive(stream, 1), b"herring\0");
            welcome(stream);
        });
        sent.await.expect("connects");
    }

    #[tokio::test]
    async fn a_server_may_ask_only_as_the_url_allows() {
        let cases = [
            ("scram-sha-256", 5, false),
            ("scram-sha-256", 0, false),
            ("!none", 3, false),
            ("!md5", 3, false),
            ("!md5", 5, false),
            ("!md5", 0, true),
            ("md5,none", 5, true),
            ("md5,none", 0, true),
            ("!none,!password", 0, false),
        ];
        for (allowed, asked, is_allowed) in cases {
            let parameters = format!("&require_auth={allowed}");
            let done = connected(&parameters, move |stream| {
                if asked != 0 {
                    ask(stream, asked, &[1, 2, 3, 4]);
                    if !is_allowed {
                        assert!(hung_up(stream));
                        return;
                    }
                    assert!(receive(stream, 1).starts_with(b"md5"));
                }
                welcome(stream);
            });
            let done = done.await;
            assert_eq!(done.is_ok(), is_allowed, "{allowed}, {asked}: {done:?}");
        }
    }
}
