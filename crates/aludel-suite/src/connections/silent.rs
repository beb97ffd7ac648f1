//! A server that falls silent: its connections stay open, and nothing comes any more.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Passes everything on between a client and a server, until the test silences it.
pub(super) struct Way {
    pub(super) url: String,
    silent: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
}

impl Way {
    /// A way to the server of this URL, and the URL that leads over it.
    pub(super) fn to(url: &str) -> Way {
        Way::editing(url, |_| {})
    }

    /// One that changes what the server sends.
    pub(super) fn editing(url: &str, edit: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Way {
        let edit: Arc<dyn Fn(&mut [u8]) + Send + Sync> = Arc::new(edit);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (before, behind) = url
            .split_once("@127.0.0.1:")
            .expect("a URL of this machine");
        let (server, path) = behind.split_once('/').expect("a URL with a database");
        let server: u16 = server.parse().expect("a port");
        let silent = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(AtomicUsize::new(0));
        let (quiet, count) = (Arc::clone(&silent), Arc::clone(&connections));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                count.fetch_add(1, Ordering::Relaxed);
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).expect("a server");
                for (from, to, of_server) in [(&client, &server, false), (&server, &client, true)] {
                    let (mut from, mut to) = (
                        from.try_clone().expect("a socket"),
                        to.try_clone().expect("a socket"),
                    );
                    let quiet = Arc::clone(&quiet);
                    let edit = of_server.then(|| Arc::clone(&edit));
                    std::thread::spawn(move || {
                        let mut bytes = [0; 4096];
                        loop {
                            let read = from.read(&mut bytes).unwrap_or(0);
                            if read == 0 {
                                drop(to.shutdown(Shutdown::Both));
                                return;
                            }
                            if let Some(edit) = &edit {
                                edit(&mut bytes[..read]);
                            }
                            if !quiet.load(Ordering::Relaxed)
                                && to.write_all(&bytes[..read]).is_err()
                            {
                                drop(from.shutdown(Shutdown::Both));
                                return;
                            }
                        }
                    });
                }
            }
        });
        Way {
            url: format!("{before}@127.0.0.1:{port}/{path}"),
            silent,
            connections,
        }
    }

    /// From now on nothing comes through.
    pub(super) fn be_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// How many connections were made over it.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}
