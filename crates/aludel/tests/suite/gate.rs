//! A gate before a PostgreSQL server: it holds answers back until so many statements have been sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What was sent through the gate.
#[derive(Default)]
struct Seen {
    /// Statements that the client asked to be executed, since the gate was shut.
    executed: usize,
    /// No answer passes after the first of so many, until the last has come.
    together: usize,
    /// The last did not come: the client waits for an answer in between.
    starved: bool,
}

/// A listener that passes bytes on to a server.
pub struct Gate {
    pub url: String,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Gate {
    /// Before the server of this URL.
    pub fn before(url: &str) -> Gate {
        let (login, rest) = url.rsplit_once('@').expect("a user");
        let (server, database) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        let (server, known) = (server.to_string(), Arc::clone(&seen));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).expect("the server listens");
                pass(client, server, Arc::clone(&known));
            }
        });
        Gate {
            url: format!("{login}@127.0.0.1:{port}/{database}?sslmode=disable"),
            seen,
        }
    }

    /// From now on the first answer waits until this many statements were sent.
    pub fn shut_until(&self, together: usize) {
        let mut seen = self.seen.0.lock().expect("no panic");
        *seen = Seen {
            together,
            ..Seen::default()
        };
    }

    /// Opens it; whether as many statements as were asked for came before the first answer.
    pub fn open(&self) -> bool {
        let mut seen = self.seen.0.lock().expect("no panic");
        let came = !seen.starved && seen.executed >= seen.together;
        *seen = Seen::default();
        came
    }
}

fn pass(client: TcpStream, server: TcpStream, seen: Arc<(Mutex<Seen>, Condvar)>) {
    let (mut from, mut to) = (
        client.try_clone().expect("a socket"),
        server.try_clone().expect("a socket"),
    );
    let counted = Arc::clone(&seen);
    std::thread::spawn(move || {
        let mut frames = Frames::default();
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            let executed = frames.count(&bytes[..read]);
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
            counted.0.lock().expect("no panic").executed += executed;
            counted.1.notify_all();
        }
        drop(to.shutdown(std::net::Shutdown::Both));
    });
    std::thread::spawn(move || {
        let (mut from, mut to) = (server, client);
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            let held = seen.0.lock().expect("no panic");
            let is_held = |seen: &mut Seen| seen.executed > 0 && seen.executed < seen.together;
            let limit = Duration::from_secs(10);
            let (mut held, late) = seen
                .1
                .wait_timeout_while(held, limit, is_held)
                .expect("no panic");
            if late.timed_out() {
                *held = Seen {
                    starved: true,
                    together: held.together,
                    executed: held.together,
                };
            }
            drop(held);
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
    });
}

/// Finds the messages in what a client sends.
#[derive(Default)]
struct Frames {
    rest: Vec<u8>,
    started: bool,
}

impl Frames {
    /// How many statements end in these bytes: what is bound to a name. BEGIN has none, and goes with whatever is first.
    fn count(&mut self, bytes: &[u8]) -> usize {
        self.rest.extend_from_slice(bytes);
        let mut count = 0;
        loop {
            // The first message has a length only.
            let head = usize::from(self.started);
            let Some(length) = self.rest.get(head..head + 4) else {
                return count;
            };
            let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
            if self.rest.len() < head + length {
                return count;
            }
            // Behind the length stands the portal's name, which is empty, and then the statement's.
            let is_bind = self.started && self.rest[0] == b'B';
            count += usize::from(is_bind && self.rest.get(6).is_some_and(|byte| *byte != 0));
            self.rest.drain(..head + length);
            self.started = true;
        }
    }
}
