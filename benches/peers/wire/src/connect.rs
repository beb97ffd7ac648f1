//! A connection made by hand: the start, SCRAM, and a prepared statement.

use bytes::{Bytes, BytesMut};
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::{backend, frontend};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A connection on which the statement `s` is prepared.
pub fn connect(url: &str, statement: &str) -> TcpStream {
    let (user, rest) = url.split_once("://").expect("a URL").1.split_once(':').expect("a user");
    let (password, rest) = rest.split_once('@').expect("a password");
    let (address, database) = rest.split_once('/').expect("a database");
    let mut server = TcpStream::connect(address).expect("connects");
    server.set_nodelay(true).expect("set");
    let mut input = BytesMut::new();
    let mut out = BytesMut::new();
    frontend::startup_message([("user", user), ("database", database)], &mut out).expect("encodes");
    send(&mut server, &mut out);
    let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
    loop {
        match next(&mut server, &mut input) {
            backend::Message::AuthenticationSasl(_) => {
                frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut out).expect("encodes");
            }
            backend::Message::AuthenticationSaslContinue(body) => {
                scram.update(body.data()).expect("a server that knows the password");
                frontend::sasl_response(scram.message(), &mut out).expect("encodes");
            }
            backend::Message::AuthenticationSaslFinal(body) => scram.finish(body.data()).expect("a server that knows the password"),
            backend::Message::ReadyForQuery(_) => break,
            _ => {}
        }
        send(&mut server, &mut out);
    }
    frontend::parse("s", statement, [], &mut out).expect("encodes");
    frontend::sync(&mut out);
    send(&mut server, &mut out);
    loop {
        match next(&mut server, &mut input) {
            backend::Message::ErrorResponse(_) => panic!("the server refuses {statement}"),
            backend::Message::ReadyForQuery(_) => return server,
            _ => {}
        }
    }
}

fn send(server: &mut TcpStream, out: &mut BytesMut) {
    server.write_all(out).expect("writes");
    out.clear();
}

fn next(server: &mut TcpStream, input: &mut BytesMut) -> backend::Message {
    let mut chunk = [0; 8192];
    loop {
        if let Some(message) = backend::Message::parse(input).expect("a message") {
            return message;
        }
        let read = server.read(&mut chunk).expect("reads");
        assert!(read > 0, "the server has gone");
        input.extend_from_slice(&chunk[..read]);
    }
}

/// Bind, Execute and Sync of the prepared statement.
pub fn execute(key: Option<i64>) -> Bytes {
    let mut out = BytesMut::new();
    let bind = |key: i64, out: &mut BytesMut| {
        out.extend_from_slice(&key.to_be_bytes());
        Ok(postgres_protocol::IsNull::No)
    };
    frontend::bind("", "s", [1_i16], key, bind, [1_i16], &mut out).unwrap_or_else(|_| panic!("encodes"));
    frontend::execute("", 0, &mut out).expect("encodes");
    frontend::sync(&mut out);
    out.freeze()
}
