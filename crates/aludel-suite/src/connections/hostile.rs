//! Servers that are not what they seem: whatever they say before they are trusted costs little time and little memory (E8).

use super::silent::Way;
use aludel::{ErrorKind, Options};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Connects to a server that says what the script says, and tells how that ended.
fn connected(
    scheme: &str,
    parameters: &str,
    script: impl Fn(&mut TcpStream) + Send + 'static,
) -> aludel::Error {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            script(&mut stream.expect("a client"));
        }
    });
    let url = format!("{scheme}://ann:herring@127.0.0.1:{port}/there?sslmode=disable{parameters}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let options = Options::default().connect_timeout(Duration::from_secs(3));
    let error = runtime
        .block_on(options.connect(&url))
        .expect_err("it is no server");
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}: {error}",
        begun.elapsed()
    );
    assert!(!format!("{error:?}").contains("herring"));
    error
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32 + 4).to_be_bytes()[..], body].concat()
}

/// Reads what a client says first.
fn hear(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    drop(stream.read(&mut bytes));
}

/// Says the same over and over, until nobody listens.
fn babble(stream: &mut TcpStream, words: &[u8]) -> usize {
    let mut said = 0;
    while said < 1 << 31 && stream.write_all(words).is_ok() {
        said += words.len();
    }
    said
}

fn admitted() -> Vec<u8> {
    message(b'R', &[0, 0, 0, 0])
}

fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = (payload.len() as u32).to_le_bytes();
    header[3] = number;
    [&header[..], payload].concat()
}

fn greeting() -> Vec<u8> {
    let first = b"\x0a5.5.5-10.11.2-MariaDB\0\x07\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\xc1\x15\0\0\0\0\0\0\x1d\0\0\0";
    packet(
        0,
        &[&first[..], b"ijklmnopqrst\0mysql_native_password\0"].concat(),
    )
}

fn definition() -> Vec<u8> {
    b"\x03def\0\0\0\x01a\0\x0c\x3f\0\x14\0\0\0\xfd\x81\0\0\0\0".to_vec()
}

alone! {
    fn a_postgres_that_sends_too_much_before_it_is_trusted_is_left_postgres() {
        let announced = |kind: u8, length: u32| [&[kind], &length.to_be_bytes()[..]].concat();
        let scripts: [(&str, Vec<u8>, Vec<u8>); 5] = [
            (
                "a long question",
                announced(b'R', 1 << 30),
                vec![0; 1 << 16],
            ),
            (
                "a long error",
                announced(b'E', 1 << 30),
                vec![b'S'; 1 << 16],
            ),
            (
                "a long setting",
                [admitted(), announced(b'S', 1 << 30)].concat(),
                vec![b'x'; 1 << 16],
            ),
            (
                "settings without an end",
                admitted(),
                message(b'S', b"a\0b\0").repeat(1000),
            ),
            (
                "notices without an end",
                Vec::new(),
                message(b'N', b"SNOTICE\0Mhm\0\0").repeat(1000),
            ),
        ];
        for (what, first, then) in scripts {
            let error = connected("postgres", "", move |stream| {
                hear(stream);
                drop(stream.write_all(&first));
                babble(stream, &then);
            });
            assert_eq!(error.kind(), ErrorKind::ConnectionFailed, "{what}: {error}");
        }
    }

    fn a_postgres_that_asks_for_endless_work_is_left_postgres() {
        let error = connected("postgres", "", |stream| {
            hear(stream);
            let begin = [&10_u32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat();
            drop(stream.write_all(&message(b'R', &begin)));
            let mut heard = [0; 4096];
            let length = stream.read(&mut heard).unwrap_or(0);
            let text = String::from_utf8_lossy(&heard[..length]).into_owned();
            let nonce = text.split("r=").nth(1).unwrap_or_default().to_string();
            let first = format!("r={nonce}more,s=c2FsdA==,i=2147483647");
            let body = [&11_u32.to_be_bytes()[..], first.as_bytes()].concat();
            drop(stream.write_all(&message(b'R', &body)));
            hear(stream);
        });
        assert_eq!(error.kind(), ErrorKind::AuthenticationFailed, "{error}");
        assert!(error.to_string().contains("iterations"), "{error}");
    }

    fn a_mariadb_that_sends_too_much_before_it_is_trusted_is_left_mariadb() {
        let ok = packet(2, &[0, 0, 0, 2, 0, 0, 0]);
        let welcome = [greeting(), ok].concat();
        let long = |number: u8| vec![0xff, 0xff, 0xff, number];
        let two_columns = [
            packet(1, &[2, 1]),
            packet(2, &definition()),
            packet(3, &definition()),
        ]
        .concat();
        let scripts: [(&str, Vec<u8>, Vec<u8>); 6] = [
            ("a long greeting", long(0), vec![b'x'; 1 << 16]),
            (
                "a long answer to the password",
                [greeting(), long(2)].concat(),
                vec![0; 1 << 16],
            ),
            (
                "rows without an end",
                [welcome.clone(), two_columns].concat(),
                packet(4, b"\x01a\x01b").repeat(1000),
            ),
            (
                "2^63 columns",
                [
                    welcome.clone(),
                    packet(1, &[0xfe, 0, 0, 0, 0, 0, 0, 0, 0x80, 1]),
                ]
                .concat(),
                packet(2, &definition()).repeat(1000),
            ),
            (
                "5,000 columns",
                [welcome.clone(), packet(1, &[0xfc, 0x88, 0x13, 1])].concat(),
                packet(2, &definition()).repeat(1000),
            ),
            (
                "results without an end",
                welcome,
                packet(1, &[0, 0, 0, 8, 0, 0, 0]).repeat(1000),
            ),
        ];
        for (what, first, then) in scripts {
            let error = connected("mariadb", "", move |stream| {
                drop(stream.write_all(&first));
                babble(stream, &then);
            });
            let kinds = [ErrorKind::ConnectionFailed, ErrorKind::ConnectionLost];
            assert!(kinds.contains(&error.kind()), "{what}: {error}");
        }
    }

    /// Types that are made of types, over and over, are read as far as anybody needs.
    fn nested_domains_have_an_end_postgres() {
        crate::harness::run(crate::harness::Backend::Postgres, |fixture| {
            Box::pin(async move {
                let mut last = "int".to_string();
                for n in 0..60 {
                    aludel::Sql::trusted(format!("create domain d{n} as {last}"))
                        .execute(&fixture.db)
                        .await?;
                    last = format!("d{n}");
                }
                for depth in [3, 20] {
                    let text = format!("select 7::d{depth}");
                    let n: i64 = aludel::Sql::trusted(text).one(&fixture.db).await?;
                    assert_eq!(n, 7);
                }
                let deep = aludel::sql("select 7::d59").rows(&fixture.db).await?;
                assert_eq!(deep.len(), 1);
                Ok(())
            })
        });
    }

    /// A Galera node that ran a statement a second time by itself says OK where rows end. A row is never taken for that.
    fn an_ok_ends_rows_only_behind_what_writes_mariadb() {
        crate::harness::run(crate::harness::Backend::Mariadb, |fixture| {
            Box::pin(async move {
                aludel::sql("create table replayed (id bigint auto_increment primary key, name text)")
                    .execute(&fixture.db)
                    .await?;
                let insert = "insert into replayed (name) values ('marked') returning";
                // What is changed in the row `marked` and in the end behind it; what is asked; how it ends.
                let no_change: fn(&mut [u8], usize) = |_, _| {};
                let ok_for_end: fn(&mut [u8], usize) = |bytes, marked| {
                    let end = marked + "marked".len() + 4;
                    assert_eq!(bytes[end], 0xfe, "an end");
                    bytes[end] = 0;
                };
                let damaged: fn(&mut [u8], usize) = |bytes, marked| bytes[marked - 1] = 200;
                for (change, text, fails) in [
                    (no_change, format!("{insert} name"), false),
                    (ok_for_end, format!("{insert} name"), false),
                    (ok_for_end, format!("{insert} id, name"), false),
                    (ok_for_end, format!("  /* why */ {insert} name"), true),
                    (ok_for_end, "select 'marked' as x".to_string(), true),
                    (damaged, format!("{insert} name"), true),
                    (damaged, format!("{insert} id, name"), true),
                    (damaged, "select 'marked' as x".to_string(), true),
                ] {
                    let way = Way::editing(&fixture.url, move |bytes| {
                        if let Some(at) = bytes.windows(6).position(|six| six == b"marked") {
                            change(bytes, at);
                        }
                    });
                    let url = format!("{}?sslmode=disable", way.url);
                    let options = aludel::Options::default().statement_timeout(Duration::from_secs(2));
                    let db = options.connect(&url).await?;
                    let rows = aludel::Sql::trusted(text.as_str()).rows(&db).await;
                    assert_eq!(rows.is_err(), fails, "{text}: {rows:?}");
                    if let Ok(rows) = rows {
                        assert_eq!(rows.len(), 1, "{text}: {rows:?}");
                    }
                }
                Ok(())
            })
        });
    }
}
