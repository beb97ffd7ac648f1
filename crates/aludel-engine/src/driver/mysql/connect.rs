//! From an address to a connection that takes statements: the socket, TLS, and authentication.

use super::Config;
use super::errors::{ServerError, connect as failed, wire};
use super::packet::{END, ERROR, MORE, OK, Packet, damaged, write};
use super::public_key::encrypt as encrypt_by_key;
use crate::driver::socket::{self, Socket, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::url::{PublicKey, Server, TlsMode};
use bytes::BufMut;
use mysql_common::constants::{CapabilityFlags, MariadbCapabilities};
use mysql_common::io::ParseBuf;
use mysql_common::packets::{
    AuthPlugin, AuthSwitchRequest, HandshakePacket, HandshakeResponse, SslRequest,
};
use mysql_common::proto::MySerialize;
use std::collections::HashMap;
use std::io;

/// A connection that takes statements.
pub(super) struct Connected {
    pub(super) socket: Socket,
    /// Its id on the server.
    pub(super) id: u32,
    /// Whether rows are ended by OK packets.
    pub(super) ends_by_ok: bool,
    /// Whether the server sends a prepared statement's columns only when they have changed.
    pub(super) keeps_columns: bool,
}

/// The server's greeting.
struct Greeting {
    id: u32,
    capabilities: CapabilityFlags,
    extended: MariadbCapabilities,
    nonce: Vec<u8>,
    plugin: AuthPlugin<'static>,
}

/// The largest packet that this side accepts: what the protocol allows.
const LARGEST: u32 = 1 << 30;

/// Connects.
pub(super) async fn connect(config: &Config) -> Result<Connected> {
    let server = &config.server;
    let connected = reach(config).await;
    connected.map_err(|error| match error.kind() {
        ErrorKind::ConnectionLost => failed(
            &io::Error::other(error.to_string()),
            &server.host,
            server.port,
        ),
        _ => error,
    })
}

async fn reach(config: &Config) -> Result<Connected> {
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    let stream = socket::connect(server).await.map_err(told)?;
    shake(config, Socket::new(Stream::Tcp(stream))).await
}

/// Authenticates, until the server takes statements.
pub(super) async fn shake(config: &Config, mut socket: Socket) -> Result<Connected> {
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    let packet = socket.packet().await.map_err(told)?;
    let greeting = greeting(socket.payload(&packet)).map_err(told)?;
    let mut greeting = greeting.map_err(Error::from)?;
    let mut number = packet.number.wrapping_add(1);
    let (mut capabilities, extended) = capabilities(config, &greeting);
    let has_tls = greeting.capabilities.contains(CapabilityFlags::CLIENT_SSL);
    if server.tls.is_verified() || server.tls == TlsMode::Prefer && has_tls && cfg!(feature = "tls")
    {
        if !has_tls {
            return Err(told(io::Error::other(
                "the server has no TLS, and the URL requires it",
            )));
        }
        // Whatever came unencrypted after the greeting is not the server's.
        if !socket.is_quiet() {
            return Err(told(damaged()));
        }
        capabilities |= CapabilityFlags::CLIENT_SSL;
        let request = SslRequest::new(capabilities, LARGEST, COLLATION);
        let request = request.with_mariadb_capabilities(extended);
        send(&mut socket, number, &request).await?;
        number = number.wrapping_add(1);
        socket = encrypt(config, socket).await?;
    }
    let data = greeting
        .plugin
        .gen_data(server.password.as_deref(), &greeting.nonce);
    let response = HandshakeResponse::new(
        data.as_deref(),
        // From here on, servers know utf8mb4.
        (5, 5, 3),
        Some(server.user.as_bytes()),
        Some(server.database.as_bytes()).filter(|database| !database.is_empty()),
        Some(greeting.plugin.borrow()),
        capabilities,
        Some(attributes(server)),
        LARGEST,
    )
    .with_mariadb_ext_capabilities(extended);
    send(&mut socket, number, &response).await?;
    authenticate(&mut socket, server, &mut greeting).await?;
    Ok(Connected {
        socket,
        id: greeting.id,
        ends_by_ok: capabilities.contains(CapabilityFlags::CLIENT_DEPRECATE_EOF),
        keeps_columns: extended.contains(MariadbCapabilities::MARIADB_CLIENT_CACHE_METADATA),
    })
}

/// What the server shows of the client (`performance_schema.session_connect_attrs`).
fn attributes(server: &Server) -> HashMap<String, String> {
    let mut attributes: HashMap<String, String> =
        [("_client_name".to_string(), "aludel".to_string())].into();
    if let Some(name) = &server.application_name {
        attributes.insert("program_name".into(), name.clone());
    }
    attributes
}

/// utf8mb4_general_ci, until the session sets its own.
const COLLATION: u8 = 45;

fn greeting(payload: &[u8]) -> io::Result<Result<Greeting, ServerError>> {
    if payload.first() == Some(&ERROR) {
        return ServerError::read(payload).map(Err);
    }
    // The nonce's length is here; mysql_common relies on it.
    let version = payload
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(payload.len());
    if payload
        .get(version + 21)
        .is_some_and(|length| *length > 127)
    {
        return Err(damaged());
    }
    let shake: HandshakePacket<'_> = ParseBuf(payload).parse(())?;
    let mut plugin = shake
        .auth_plugin()
        .map_or(AuthPlugin::MysqlNativePassword, AuthPlugin::into_owned);
    if check(&plugin).is_err() {
        // The server asks for the account's own plugin if it is another one.
        plugin = AuthPlugin::MysqlNativePassword;
    }
    Ok(Ok(Greeting {
        id: shake.connection_id(),
        capabilities: shake.capabilities(),
        extended: shake.mariadb_ext_capabilities(),
        nonce: shake.nonce(),
        plugin,
    }))
}

/// The capabilities that both sides have, and want.
fn capabilities(config: &Config, greeting: &Greeting) -> (CapabilityFlags, MariadbCapabilities) {
    use CapabilityFlags as Can;
    let mut wanted = Can::CLIENT_PROTOCOL_41
        | Can::CLIENT_LONG_FLAG
        | Can::CLIENT_TRANSACTIONS
        | Can::CLIENT_SECURE_CONNECTION
        | Can::CLIENT_MULTI_RESULTS
        | Can::CLIENT_PS_MULTI_RESULTS
        | Can::CLIENT_PLUGIN_AUTH
        | Can::CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA
        | Can::CLIENT_CONNECT_WITH_DB
        | Can::CLIENT_CONNECT_ATTRS
        | Can::CLIENT_DEPRECATE_EOF;
    if config.local_infile {
        wanted |= Can::CLIENT_LOCAL_FILES;
    }
    let both = wanted & greeting.capabilities;
    // MariaDB tells that it has these by leaving this flag out.
    let is_extended = !greeting.capabilities.contains(Can::CLIENT_LONG_PASSWORD)
        && both.contains(Can::CLIENT_DEPRECATE_EOF);
    let extended = match is_extended {
        true => MariadbCapabilities::MARIADB_CLIENT_CACHE_METADATA & greeting.extended,
        false => MariadbCapabilities::empty(),
    };
    (both, extended)
}

async fn send(socket: &mut Socket, number: u8, packet: &impl MySerialize) -> Result<()> {
    let mut payload = Vec::new();
    packet.serialize(&mut payload);
    reply(socket, number, &payload).await
}

async fn reply(socket: &mut Socket, number: u8, payload: &[u8]) -> Result<()> {
    write(&mut socket.out, number, |out| out.put_slice(payload));
    socket.flush().await.map_err(wire)
}

#[cfg(feature = "tls")]
async fn encrypt(config: &Config, socket: Socket) -> Result<Socket> {
    use crate::driver::tls;
    let server = &config.server;
    let Stream::Tcp(stream) = socket.stream else {
        return Err(wire(damaged()));
    };
    let (stream, _) = tls::encrypt(config.tls.connector(server)?, server, stream).await?;
    Ok(Socket::new(Stream::Tls(Box::new(stream))))
}

#[cfg(not(feature = "tls"))]
async fn encrypt(_: &Config, _: Socket) -> Result<Socket> {
    Err(Error::new(
        ErrorKind::ConnectionFailed,
        "the URL requires TLS; enable the feature `tls`",
    ))
}

/// Authenticates with the plugin that the account asks for.
async fn authenticate(socket: &mut Socket, server: &Server, greeting: &mut Greeting) -> Result<()> {
    loop {
        let packet = socket.packet().await.map_err(wire)?;
        let number = packet.number.wrapping_add(1);
        let payload = socket.payload(&packet);
        match *payload {
            [OK, ..] => return Ok(()),
            [ERROR, ..] => return Err(ServerError::read(payload).map_err(wire)?.into()),
            [END] => return Err(unknown(server, "mysql_old_password")),
            [END, ..] => {
                let switch: AuthSwitchRequest<'_> = ParseBuf(payload).parse(()).map_err(wire)?;
                let plugin = switch.auth_plugin();
                check(&plugin).map_err(|name| unknown(server, &name))?;
                greeting.nonce = switch.plugin_data().to_vec();
                if greeting.nonce.last() == Some(&0) {
                    greeting.nonce.pop();
                }
                let data = plugin.gen_data(server.password.as_deref(), &greeting.nonce);
                let data = data.map(|data| data.to_vec()).unwrap_or_default();
                reply(socket, number, &data).await?;
            }
            // The server has seen the password before.
            [MORE, 3, ..] => {}
            [MORE, 4, ..] => prove(socket, server, &greeting.nonce, &packet).await?,
            _ => return Err(wire(damaged())),
        }
    }
}

/// Fails, with a plugin's name, if it is not supported.
fn check(plugin: &AuthPlugin<'_>) -> Result<(), String> {
    match plugin {
        AuthPlugin::MysqlNativePassword | AuthPlugin::CachingSha2Password => Ok(()),
        other => Err(String::from_utf8_lossy(other.as_bytes()).into_owned()),
    }
}

fn unknown(server: &Server, plugin: &str) -> Error {
    Error::new(
        ErrorKind::AuthenticationFailed,
        format!(
            "the account {:?} proves who it is by the plugin {plugin:?}, which is none of mysql_native_password and \
             caching_sha2_password; give the account one of those (ALTER USER … IDENTIFIED VIA …)",
            server.user
        ),
    )
}

/// Sends the password for `caching_sha2_password`: in clear text over TLS, else encrypted with the server's key.
async fn prove(socket: &mut Socket, server: &Server, nonce: &[u8], packet: &Packet) -> Result<()> {
    let number = packet.number.wrapping_add(1);
    let mut password = server
        .password
        .as_deref()
        .unwrap_or_default()
        .as_bytes()
        .to_vec();
    password.push(0);
    if socket.stream.is_encrypted() && server.tls.is_verified() {
        return reply(socket, number, &password).await;
    }
    for (byte, mask) in password.iter_mut().zip(nonce.iter().cycle()) {
        *byte ^= mask;
    }
    match &server.public_key {
        PublicKey::None => Err(Error::new(
            ErrorKind::AuthenticationFailed,
            "the server asks for the password, and the connection is not encrypted to a server that was verified; set ssl=true in the URL, or \
             server_public_key=PATH, or allow_public_key_retrieval=true if you trust whoever answers",
        )),
        PublicKey::File(path) => {
            let key = std::fs::read(path).map_err(|cause| {
                let why = format!("the server's public key {path:?} can't be read: {cause}");
                Error::new(ErrorKind::ConnectionFailed, why)
            })?;
            let secret = encrypt_by_key(&password, &key).ok_or_else(|| {
                let why =
                    format!("{path:?} is no RSA public key (PEM), or too small for the password");
                Error::new(ErrorKind::AuthenticationFailed, why)
            })?;
            reply(socket, number, &secret).await
        }
        PublicKey::Retrieved => {
            reply(socket, number, &[2]).await?;
            let packet = socket.packet().await.map_err(wire)?;
            let secret = match socket.payload(&packet) {
                [MORE, key @ ..] => encrypt_by_key(&password, key).ok_or_else(no_key)?,
                payload @ [ERROR, ..] => {
                    return Err(ServerError::read(payload).map_err(wire)?.into());
                }
                _ => return Err(wire(damaged())),
            };
            reply(socket, packet.number.wrapping_add(1), &secret).await
        }
    }
}

fn no_key() -> Error {
    wire(io::Error::other(
        "the server's public key is none, or too small for the password",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::super::packet::{ERROR, MORE, OK, write};
    use super::{Error, connect};
    use crate::error::{ErrorKind, Result};
    use crate::url::{Backend, DatabaseUrl, PublicKey};
    use bytes::{BufMut, BytesMut};
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    /// A key that was made for this test.
    const KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----\n\
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEm4eODg7gIdsn/RTRLtDseOaB\n\
        9FNrEjv3DXAh4/qzz9zwXv5vhYljEpm7e56OShKjgQoA44FSaz+GNlXuYUFDcKab\n\
        5ySKUbfuleONwTyMOC8of7KEOmRCfGXLz0be659LJI8/xd4SBMo4vNllhIu4HK3S\n\
        KDVvOZvna4R++z2LYwIDAQAB\n-----END PUBLIC KEY-----\n";

    fn send(stream: &mut TcpStream, number: u8, payload: &[u8]) {
        let mut out = BytesMut::new();
        write(&mut out, number, |out| out.put_slice(payload));
        stream.write_all(&out).expect("sends");
    }

    fn receive(stream: &mut TcpStream) -> (u8, Vec<u8>) {
        let mut header = [0; 4];
        stream.read_exact(&mut header).expect("a header");
        let length = u32::from_le_bytes([header[0], header[1], header[2], 0]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).expect("a payload");
        (header[3], payload)
    }

    /// MySQL 8, as it greets.
    fn greet(stream: &mut TcpStream) -> Vec<u8> {
        let mut greeting = b"\x0a8.4.0\0\x07\0\0\0abcdefgh\0".to_vec();
        greeting.extend_from_slice(&[0xff, 0xff, 255, 2, 0, 0xff, 0xdf, 21]);
        greeting.extend_from_slice(&[0; 10]);
        greeting.extend_from_slice(b"ijklmnopqrst\0caching_sha2_password\0");
        send(stream, 0, &greeting);
        let (number, response) = receive(stream);
        assert_eq!(number, 1);
        response
    }

    /// Connects to a server that says what the script says, and may send a key.
    async fn connected(script: impl FnOnce(&mut TcpStream) + Send + 'static) -> Result<()> {
        connected_by(PublicKey::Retrieved, script).await
    }

    async fn connected_by(
        public_key: PublicKey,
        script: impl FnOnce(&mut TcpStream) + Send + 'static,
    ) -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url = format!("mysql://ann:herring@127.0.0.1:{port}/there");
        let Backend::Mysql(mut server) = DatabaseUrl::parse(&url)?.backend else {
            panic!("not MySQL")
        };
        server.public_key = public_key;
        let talk = std::thread::spawn(move || script(&mut listener.accept().expect("accepts").0));
        let config = Config::new(server, 10, false, None);
        let done = connect(&config).await.map(drop);
        talk.join().expect("the script is kept to");
        done
    }

    #[tokio::test]
    async fn a_password_that_the_server_has_seen_before_is_hashed() -> Result<(), Error> {
        connected(|stream| {
            let response = greet(stream);
            let has = |part: &[u8]| response.windows(part.len()).any(|window| window == part);
            assert!(
                has(b"ann\0")
                    && has(b"there\0")
                    && has(b"caching_sha2_password\0")
                    && !has(b"herring")
            );
            send(stream, 2, &[MORE, 3]);
            send(stream, 3, &[OK, 0, 0, 2, 0, 0, 0]);
        })
        .await
    }

    #[tokio::test]
    async fn one_that_it_has_not_seen_is_encrypted_by_its_key() -> Result<(), Error> {
        connected(|stream| {
            greet(stream);
            send(stream, 2, &[MORE, 4]);
            assert_eq!(receive(stream), (3, vec![2]));
            send(stream, 4, &[&[MORE], KEY].concat());
            let (number, secret) = receive(stream);
            assert_eq!((number, secret.len()), (5, 128));
            send(stream, 6, &[OK, 0, 0, 2, 0, 0, 0]);
        })
        .await
    }

    /// Anybody on the way could send a key of its own, and read the password.
    #[tokio::test]
    async fn no_password_goes_over_a_connection_that_is_not_encrypted_unless_the_url_says_so() {
        let error = connected_by(PublicKey::None, |stream| {
            greet(stream);
            send(stream, 2, &[MORE, 4]);
            // Nothing more comes.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).expect("reads");
            assert_eq!(rest, b"");
        });
        let error = error.await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::AuthenticationFailed, "{error}");
        assert!(error.to_string().contains("server_public_key"), "{error}");
    }

    #[tokio::test]
    async fn a_key_from_a_file_needs_no_word_of_the_server() -> Result<(), Error> {
        let path = std::env::temp_dir().join(format!("aludel-key-{}.pem", std::process::id()));
        std::fs::write(&path, KEY).expect("writes");
        let connected = connected_by(PublicKey::File(path.display().to_string()), |stream| {
            greet(stream);
            send(stream, 2, &[MORE, 4]);
            let (number, secret) = receive(stream);
            assert_eq!((number, secret.len()), (3, 128));
            send(stream, 4, &[OK, 0, 0, 2, 0, 0, 0]);
        });
        let connected = connected.await;
        drop(std::fs::remove_file(&path));
        connected
    }

    #[tokio::test]
    async fn what_is_no_key_is_an_error() {
        let error = connected(|stream| {
            greet(stream);
            send(stream, 2, &[MORE, 4]);
            receive(stream);
            send(stream, 4, &[MORE, b'?']);
        });
        let error = error.await.expect_err("no key");
        assert!(error.to_string().contains("public key"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_takes_nobody_in_says_why() {
        let error = connected(|stream| {
            let full = [&[ERROR, 0x10, 4][..], b"Too many connections"].concat();
            send(stream, 0, &full);
        });
        let error = error.await.expect_err("full");
        assert_eq!(error.kind(), ErrorKind::ConnectionFailed, "{error}");
        assert!(error.to_string().contains("Too many"), "{error}");
    }

    #[tokio::test]
    async fn nonsense_is_an_error() {
        for nonsense in [&b""[..], b"\x0a", b"\x0a8.4\0", &[7; 40]] {
            let error = connected(move |stream| send(stream, 0, nonsense));
            assert!(error.await.is_err());
        }
    }
}
