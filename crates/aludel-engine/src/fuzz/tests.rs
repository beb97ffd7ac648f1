//! A bounded run of each target, with fixed seeds: what servers say, changed at random.

use super::{mysql_packets, mysql_session, postgres_messages, postgres_session, url};

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }
}

/// Bytes, changed in one to six places.
fn changed(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    const ENDS: [u8; 9] = [0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len());
        match dice.below(6) {
            _ if bytes.is_empty() => bytes.push(dice.roll() as u8),
            0 => bytes[at] = dice.roll() as u8,
            1 => bytes[at] = ENDS[dice.below(ENDS.len())],
            2 => bytes.truncate(at),
            3 => bytes.insert(at, ENDS[dice.below(ENDS.len())]),
            4 => {
                bytes.remove(at);
            }
            _ => {
                let length = dice.below(16).min(bytes.len() - at);
                let part = bytes[at..at + length].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

/// Runs a target on changed bytes. `ALUDEL_FUZZ_CASES` and `ALUDEL_FUZZ_SEED` try more and others.
fn fuzz(seeds: &[Vec<u8>], target: fn(&[u8])) {
    let given = |name: &str| std::env::var(name).ok()?.parse().ok();
    let cases = given("ALUDEL_FUZZ_CASES").unwrap_or(20_000);
    let mut dice = Dice(given("ALUDEL_FUZZ_SEED").unwrap_or(0x616c_7564_656c));
    seeds.iter().for_each(|seed| target(seed));
    for _ in 0..cases {
        let mut bytes = seeds[dice.below(seeds.len())].clone();
        if dice.below(4) == 0 {
            let other = &seeds[dice.below(seeds.len())];
            bytes.extend_from_slice(&other[dice.below(other.len())..]);
        }
        target(&changed(&bytes, &mut dice));
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32 + 4).to_be_bytes()[..], body].concat()
}

/// What PostgreSQL says, from the first word to the last.
fn postgres_says() -> Vec<Vec<u8>> {
    let ask = |how: u32, more: &[u8]| message(b'R', &[&how.to_be_bytes(), more].concat());
    let settings = message(b'S', b"server_version\x0015.0\0");
    let key = message(b'K', &[0, 0, 0, 7, 0, 0, 0, 9]);
    let (idle, open) = (message(b'Z', b"I"), message(b'Z', b"T"));
    let column = |name: &str, oid: u32| {
        [
            name.as_bytes(),
            b"\0\0\0\0\0\0\0",
            &oid.to_be_bytes(),
            &[0, 8, 0xff, 0xff, 0xff, 0xff, 0, 1],
        ]
        .concat()
    };
    let columns = [
        vec![0, 3],
        column("a", 20),
        column("b", 25),
        column("c", 1700),
    ]
    .concat();
    let numeric = [0, 2, 0, 0, 0, 0, 0, 2, 0, 12, 0x23, 0x28];
    let row = [
        vec![
            0, 3, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 2, b'h', b'i', 0, 0, 0, 12,
        ],
        numeric.to_vec(),
    ]
    .concat();
    let described = [
        message(b'1', &[]),
        message(b't', &[0, 1, 0, 0, 0, 20]),
        message(b'T', &columns),
    ]
    .concat();
    let ran = [
        message(b'2', &[]),
        message(b'D', &row),
        message(b'D', &row),
        message(b'C', b"SELECT 2\0"),
    ]
    .concat();
    let error = message(
        b'E',
        b"SERROR\0VERROR\0C26000\0Mno such statement\0DKey (a)=(1) exists\0\0",
    );
    let begun = [
        message(b'1', &[]),
        message(b'2', &[]),
        message(b'C', b"BEGIN\0"),
    ]
    .concat();
    let welcome = [ask(0, &[]), settings, key, idle.clone()].concat();
    let statement = [described.clone(), idle.clone(), ran.clone(), idle.clone()].concat();
    let whole = [described.clone(), ran.clone(), idle.clone()].concat();
    let transaction = [
        begun,
        ran.clone(),
        open.clone(),
        message(b'C', b"COMMIT\0"),
        idle.clone(),
    ]
    .concat();
    let first = |bytes: &[&[u8]]| [&[0][..], &bytes.concat()].concat();
    vec![
        first(&[&welcome, &statement, &transaction, &statement]),
        first(&[
            &welcome,
            &statement,
            &message(b'1', &[]),
            &error,
            &idle,
            &statement,
        ]),
        [&[1][..], &welcome, &whole, &transaction, &whole].concat(),
        [
            &[1][..],
            &welcome,
            &message(b'1', &[]),
            &message(b'n', &[]),
            &message(b'2', &[]),
            &message(b'I', &[]),
            &idle,
        ]
        .concat(),
        first(&[
            &ask(10, b"SCRAM-SHA-256\0\0"),
            &ask(11, b"r=x,s=c2FsdA==,i=4096"),
            &ask(12, b"v=AAAA"),
        ]),
        first(&[&ask(5, b"salt"), &welcome, &statement]),
        [&[2][..], &ask(3, &[]), &welcome, &statement].concat(),
        first(&[&message(b'E', b"SFATAL\0VFATAL\0C28P01\0Mno\0\0")]),
        first(&[
            &welcome,
            &message(b'N', b"SNOTICE\0Mhm\0\0"),
            &message(b'G', &[0, 0, 0]),
            &idle,
        ]),
        row,
        columns,
    ]
}

fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = (payload.len() as u32).to_le_bytes();
    header[3] = number;
    [&header[..], payload].concat()
}

/// What MariaDB says, from the first word to the last.
fn mariadb_says() -> Vec<Vec<u8>> {
    let ok = |number: u8| packet(number, &[0, 0, 0, 2, 0, 0, 0]);
    let greeting = [
        b"\x0a5.5.5-10.11.2-MariaDB\0\x07\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\xc1\x15\0\0\0\0\0\0\x1d\0\0\0".to_vec(),
        b"ijklmnopqrst\0mysql_native_password\0".to_vec(),
    ]
    .concat();
    let definition = |name: &str, kind: u8| {
        [
            b"\x03def\0\0\0".to_vec(),
            vec![name.len() as u8],
            name.as_bytes().to_vec(),
            vec![0, 0x0c, 63, 0, 20, 0, 0, 0, kind, 0x81, 0, 0, 0, 0],
        ]
        .concat()
    };
    let end = |number: u8| packet(number, &[0xfe, 0, 0, 2, 0, 0, 0]);
    let texts = |rows: &[&[u8]]| {
        let width = 2;
        let mut said = packet(1, &[width, 1]);
        said.extend(packet(2, &definition("a", 253)));
        said.extend(packet(3, &definition("b", 253)));
        rows.iter().for_each(|row| said.extend(packet(4, row)));
        said.extend(end(5));
        said
    };
    let version = texts(&[b"\x0f10.11.2-MariaDB\x0816777216"]);
    let set_up = [
        version,
        ok(1),
        texts(&[b"\x19innodb_snapshot_isolation\x02ON"]),
        ok(1),
    ]
    .concat();
    let welcome = [packet(0, &greeting), ok(2), set_up].concat();
    let prepared = [
        packet(1, &[0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]),
        packet(2, &definition("?", 8)),
        packet(3, &definition("a", 8)),
        packet(4, &definition("b", 246)),
    ]
    .concat();
    let row = [&[0, 0][..], &42_i64.to_le_bytes(), b"\x0412.5"].concat();
    let ran = [packet(1, &[2, 0]), packet(2, &row), packet(3, &row), end(4)].concat();
    let told = [
        packet(1, &[2, 1]),
        packet(2, &definition("a", 12)),
        packet(3, &definition("b", 11)),
        packet(
            4,
            &[0, 0, 7, 0xe4, 7, 2, 29, 1, 2, 3, 8, 0, 0, 0, 0, 0, 1, 2, 3],
        ),
        end(5),
    ]
    .concat();
    let error = packet(1, b"\xff\x15\x04#23000Duplicate entry '1' for key 'a'");
    let sha2 = [
        packet(0, &greeting),
        packet(2, b"\xfecaching_sha2_password\0abcdefghijklmnopqrst\0"),
        packet(4, &[1, 4]),
        packet(
            6,
            b"\x01-----BEGIN PUBLIC KEY-----\nMFww\n-----END PUBLIC KEY-----\n",
        ),
    ]
    .concat();
    vec![
        [
            &welcome[..],
            &prepared,
            &ran,
            &ok(1),
            &prepared,
            &ran,
            &ok(1),
        ]
        .concat(),
        [&welcome[..], &prepared, &told, &ok(1), &error, &ok(1)].concat(),
        [&welcome[..], &prepared, &packet(1, &[0xfb, b'x']), &ok(3)].concat(),
        sha2,
        packet(0, b"\xff\x10\x04Too many connections"),
        welcome,
        row,
        definition("a", 246),
    ]
}

#[test]
fn a_postgres_may_say_anything() {
    fuzz(&postgres_says(), postgres_session);
    fuzz(&postgres_says(), postgres_messages);
}

#[test]
fn a_mariadb_may_say_anything() {
    fuzz(&mariadb_says(), mysql_session);
    fuzz(&mariadb_says(), mysql_packets);
}

#[test]
fn a_url_may_be_anything() {
    let urls = [
        "postgres://u:p%40@[::1]:5432/d?sslmode=verify-full&options=-c%20a%3Db&keepalives_idle=5",
        "mariadb://h/d?ssl=true&flavor=mysql&tcp_user_timeout=99999999999999999999",
        "sqlite:///x%2Fy.db?mode=ro",
    ];
    fuzz(&urls.map(|url| url.as_bytes().to_vec()), url);
}

/// Conversations of which nothing was changed are understood to their rows: the seeds are worth something.
#[test]
fn the_conversations_are_understood() {
    use crate::command::{Access, Command};
    use crate::driver::{ServerLink, mysql, postgres};
    use crate::dynamic::CollectDynamic;
    use std::sync::Arc;
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        let binds = vec![aludel_sql::Value::I64(1)];
        let read = Command::with_text("select $1".into(), binds, Access::Read);
        let server = super::server("postgres://ann:herring@h/there").expect("a server");
        let config = Arc::new(postgres::Config::new(server, 8, None));
        let said = postgres_says()[0][1..].to_vec();
        let link = postgres::PostgresLink::replay(&config, said).await;
        let mut rows = CollectDynamic::new();
        let mut link = link.expect("connects");
        link.run(&read, &mut rows).await.expect("runs");
        assert_eq!(rows.rows.len(), 2);
        let server = super::server("mysql://ann:herring@h/there").expect("a server");
        let config = Arc::new(mysql::Config::new(server, 8, true, None));
        let said = mariadb_says()[0].clone();
        let link = mysql::MysqlLink::replay(&config, said).await;
        let mut rows = CollectDynamic::new();
        let mut link = link.expect("connects");
        link.run(&read, &mut rows).await.expect("runs");
        assert_eq!(rows.rows.len(), 2);
    });
}
