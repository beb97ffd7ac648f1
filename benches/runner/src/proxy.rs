//! Latency between a client and a server: a proxy on loopback that holds back every byte for half a round trip.
//!
//! A thread reads and stamps, another waits and writes, for each direction of each connection: bytes that follow one
//! another are late together, as on a real line, and only what waits for an answer pays for each.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Starts a proxy to a server on this machine; it runs as long as the process. Answers its port.
pub fn start(server: u16, round_trip: Duration) -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A connection that can't be made is the client's to notice.
            drop(join(client, server, round_trip / 2));
        }
    });
    Ok(port)
}

fn join(client: TcpStream, server: u16, late: Duration) -> std::io::Result<()> {
    let upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    carry(client.try_clone()?, upstream.try_clone()?, late);
    carry(upstream, client, late);
    Ok(())
}

fn carry(mut from: TcpStream, mut to: TcpStream, late: Duration) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if sender.send((Instant::now() + late, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (due, bytes) in receiver {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Write));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_takes_as_long_as_was_asked_for_and_bytes_sent_together_wait_once() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("binds");
        let port = server.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            let (mut client, _) = server.accept().expect("a client");
            let mut byte = [0];
            while client.read_exact(&mut byte).is_ok() {
                client.write_all(&byte).expect("writes");
            }
        });
        let late = Duration::from_millis(20);
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, start(port, late).expect("starts"))).expect("connects");
        let started = Instant::now();
        client.write_all(b"abc").expect("writes");
        let mut echo = [0; 3];
        client.read_exact(&mut echo).expect("reads");
        assert_eq!(&echo, b"abc");
        assert!(started.elapsed() >= late);
        // Three round trips in a row would take this long.
        assert!(started.elapsed() < late * 3);
    }
}
