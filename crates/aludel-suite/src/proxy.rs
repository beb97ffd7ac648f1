//! A proxy before a PostgreSQL server: it holds answers back until so many statements have been sent, and counts round trips.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What was sent through the proxy.
#[derive(Default)]
struct Seen {
    /// Statements that the client asked to be executed, since the proxy was shut.
    executed: usize,
    /// No answer passes after the first of so many, until the last has come.
    together: usize,
    /// The last did not come: the client waits for an answer in between.
    starved: bool,
}

/// How often the client spoke after the server had finished, or had asked for rows to copy.
#[derive(Default)]
struct Turns {
    taken: usize,
    is_the_clients: bool,
}

impl Turns {
    fn client_speaks(&mut self) {
        self.taken += usize::from(!self.is_the_clients);
        self.is_the_clients = true;
    }
}

/// A listener that passes bytes on to a server.
pub struct Proxy {
    pub url: String,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    turns: Arc<Mutex<Turns>>,
}

impl Proxy {
    /// Before the server of this URL.
    pub fn before(url: &str) -> Proxy {
        let (login, rest) = url.rsplit_once('@').expect("a user");
        let (server, database) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        let turns = Arc::new(Mutex::new(Turns::default()));
        let (server, known, taken) = (server.to_string(), Arc::clone(&seen), Arc::clone(&turns));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).expect("the server listens");
                pass(client, server, Arc::clone(&known), Arc::clone(&taken));
            }
        });
        Proxy {
            url: format!("{login}@127.0.0.1:{port}/{database}?sslmode=disable"),
            seen,
            turns,
        }
    }

    /// The round trips since it was asked last, over all connections.
    pub fn round_trips(&self) -> usize {
        std::mem::take(&mut *self.turns.lock().expect("no panic")).taken
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

fn pass(
    client: TcpStream,
    server: TcpStream,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    turns: Arc<Mutex<Turns>>,
) {
    let (mut from, mut to) = (
        client.try_clone().expect("a socket"),
        server.try_clone().expect("a socket"),
    );
    let (counted, taken) = (Arc::clone(&seen), Arc::clone(&turns));
    std::thread::spawn(move || {
        // The first message has a length only.
        let mut frames = Frames::of(0);
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            let executed = frames.count(&bytes[..read], is_statement);
            taken.lock().expect("no panic").client_speaks();
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
        let mut frames = Frames::of(1);
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if frames.count(&bytes[..read], |message| matches!(message[0], b'Z' | b'G')) > 0 {
                turns.lock().expect("no panic").is_the_clients = false;
            }
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

/// A statement to be executed: what is bound to a name. BEGIN has none, and goes with whatever is first.
fn is_statement(message: &[u8]) -> bool {
    // Behind the length stands the portal's name, which is empty, and then the statement's.
    message[0] == b'B' && message.get(6).is_some_and(|byte| *byte != 0)
}

/// Finds the messages in what is sent.
struct Frames {
    rest: Vec<u8>,
    /// Where the length of the next message stands.
    head: usize,
}

impl Frames {
    fn of(head: usize) -> Frames {
        Frames {
            rest: Vec::new(),
            head,
        }
    }

    /// How many messages like this end in these bytes.
    fn count(&mut self, bytes: &[u8], is_like: impl Fn(&[u8]) -> bool) -> usize {
        self.rest.extend_from_slice(bytes);
        let mut count = 0;
        while let Some(length) = self.rest.get(self.head..self.head + 4) {
            let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
            let Some(message) = self.rest.get(..self.head + length) else {
                break;
            };
            count += usize::from(self.head == 1 && is_like(message));
            self.rest.drain(..self.head + length);
            self.head = 1;
        }
        count
    }
}
