//! From an address to a connection that takes statements: the socket, TLS, and who we are.

use super::Config;
use super::errors::{ServerError, connect as failed, wire};
use super::packet::{END, ERROR, MORE, OK, Packet, damaged, write};
use crate::driver::socket::{Socket, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::url::{Server, TlsMode};
use bytes::BufMut;
use mysql_common::constants::{CapabilityFlags, MariadbCapabilities};
use mysql_common::crypto;
use mysql_common::io::ParseBuf;
use mysql_common::packets::{
    AuthPlugin, AuthSwitchRequest, HandshakePacket, HandshakeResponse, SslRequest,
};
use mysql_common::proto::MySerialize;
use std::io;
use tokio::net::TcpStream;

/// A connection that takes statements.
pub(super) struct Connected {
    pub(super) socket: Socket,
    /// Its number at the server.
    pub(super) id: u32,
    /// Whether rows are ended by OK packets.
    pub(super) ends_by_ok: bool,
    /// Whether the server tells a prepared statement's columns only when they have changed.
    pub(super) keeps_columns: bool,
}

/// What the server said of itself.
struct Greeting {
    id: u32,
    capabilities: CapabilityFlags,
    extended: MariadbCapabilities,
    nonce: Vec<u8>,
    plugin: AuthPlugin<'static>,
}

/// The largest packet that may come, as far as this side is concerned: what the protocol allows.
const LARGEST: u32 = 1 << 30;

/// Connects.
pub(super) async fn connect(config: &Config) -> Result<Connected> {
    let server = &config.server;
    let told = |cause: io::Error| failed(&cause, &server.host, server.port);
    let stream = TcpStream::connect((server.host.as_str(), server.port));
    let stream = stream.await.map_err(told)?;
    // What a statement sends is sent at once, and a server that has vanished is noticed in the end.
    stream.set_nodelay(true).map_err(told)?;
    let alive = socket2::SockRef::from(&stream).set_keepalive(true);
    alive.map_err(told)?;
    let mut socket = Socket::new(Stream::Tcp(stream));
    let packet = socket.packet().await.map_err(told)?;
    let greeting = greeting(socket.payload(&packet)).map_err(told)?;
    let mut greeting = greeting.map_err(Error::from)?;
    let mut number = packet.number.wrapping_add(1);
    let (mut capabilities, extended) = capabilities(config, &greeting);
    if server.tls == TlsMode::Require {
        if !greeting.capabilities.contains(CapabilityFlags::CLIENT_SSL) {
            return Err(told(io::Error::other(
                "the server has no TLS, and the URL requires it",
            )));
        }
        // Whatever came unencrypted behind the greeting is not the server's.
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
        Some([("_client_name".to_string(), "aludel".to_string())].into()),
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

/// utf8mb4_general_ci, until the session says better.
const COLLATION: u8 = 45;

fn greeting(payload: &[u8]) -> io::Result<Result<Greeting, ServerError>> {
    if payload.first() == Some(&ERROR) {
        return ServerError::read(payload).map(Err);
    }
    let shake: HandshakePacket<'_> = ParseBuf(payload).parse(())?;
    let mut plugin = shake
        .auth_plugin()
        .map_or(AuthPlugin::MysqlNativePassword, AuthPlugin::into_owned);
    if check(&plugin).is_err() {
        // The server asks for the account's own if it is another.
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

/// What both sides can do, and want.
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
    // MariaDB says so by a flag that it has not.
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

/// Says who we are, in the way that the account asks for.
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

/// Which of the ways are known here; the name of one that is not.
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

/// Tells a server of `caching_sha2_password` the password: over TLS as it is, else by the server's own key.
async fn prove(socket: &mut Socket, server: &Server, nonce: &[u8], packet: &Packet) -> Result<()> {
    let number = packet.number.wrapping_add(1);
    let mut password = server
        .password
        .as_deref()
        .unwrap_or_default()
        .as_bytes()
        .to_vec();
    password.push(0);
    if socket.stream.is_encrypted() {
        return reply(socket, number, &password).await;
    }
    reply(socket, number, &[2]).await?;
    let packet = socket.packet().await.map_err(wire)?;
    let key = match socket.payload(&packet) {
        [MORE, key @ ..] => key,
        payload @ [ERROR, ..] => return Err(ServerError::read(payload).map_err(wire)?.into()),
        _ => return Err(wire(damaged())),
    };
    for (byte, mask) in password.iter_mut().zip(nonce.iter().cycle()) {
        *byte ^= mask;
    }
    // It panics at a key that is none.
    let encrypted = std::panic::catch_unwind(|| crypto::encrypt(&password, key));
    let encrypted =
        encrypted.map_err(|_| wire(io::Error::other("the server's public key is none")))?;
    reply(socket, packet.number.wrapping_add(1), &encrypted).await
}
