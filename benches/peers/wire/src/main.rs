//! PostgreSQL taken apart: the same query by a blocking socket, in the task itself, and by tokio-postgres, whose socket is
//! another task's; with rows decoded and passed over.

mod connect;
mod rows;

use connect::{connect, execute};
use futures_util::{StreamExt, pin_mut};
use measure::{Job, Sampler, Store, What};
use rows::{User, take};
use std::hint::black_box;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_postgres::{NoTls, Row};

/// Bytes that are asked for at a time.
const ROOM: usize = 64 * 1024;

fn main() -> ExitCode {
    measure::main(&[
        ("blocking, rows passed over", |job, sampler| {
            run(job, sampler, |job, sampler| blocking(job, sampler, false))
        }),
        ("blocking", |job, sampler| {
            run(job, sampler, |job, sampler| blocking(job, sampler, true))
        }),
        ("in the task, rows passed over", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::one_thread().block_on(in_task(job, sampler, false))
            })
        }),
        ("in the task", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::one_thread().block_on(in_task(job, sampler, true))
            })
        }),
        ("in the task, two threads", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::threads(2).block_on(in_task(job, sampler, true))
            })
        }),
        ("tokio-postgres, rows passed over", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::one_thread().block_on(driver(job, sampler, false))
            })
        }),
        ("tokio-postgres", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::one_thread().block_on(driver(job, sampler, true))
            })
        }),
        ("tokio-postgres, two threads", |job, sampler| {
            run(job, sampler, |job, sampler| {
                measure::threads(2).block_on(driver(job, sampler, true))
            })
        }),
    ])
}

fn run(job: &Job, sampler: &mut Sampler, work: impl Fn(&Job, &mut Sampler)) -> bool {
    let can = job.store == Store::Postgres && matches!(job.case.what, What::All | What::Get);
    if can {
        work(job, sampler);
    }
    can
}

fn statement(job: &Job) -> &'static str {
    match job.case.what {
        What::Get => "select id, name, hair_color from users where id = $1",
        _ => "select id, name, hair_color from users",
    }
}

fn key(job: &Job) -> Option<i64> {
    (job.case.what == What::Get).then_some(500)
}

fn blocking(job: &Job, sampler: &mut Sampler, decode: bool) {
    let mut server = connect(&job.url, statement(job));
    let mut buffer = vec![0; ROOM * 2];
    while let Some(times) = sampler.next() {
        let started = Instant::now();
        for _ in 0..times {
            server.write_all(&execute(key(job))).expect("writes");
            let (mut users, mut filled) = (Vec::<User>::new(), 0);
            loop {
                filled += server.read(&mut buffer[filled..]).expect("reads");
                let (taken, done) = take(&buffer[..filled], &mut users, decode);
                buffer.copy_within(taken..filled, 0);
                filled -= taken;
                if done {
                    break;
                }
            }
            black_box(users.iter().map(|user| (user.id, &user.name, &user.hair_color)).last());
        }
        sampler.took(started.elapsed());
    }
}

async fn in_task(job: &Job, sampler: &mut Sampler, decode: bool) {
    let server = connect(&job.url, statement(job));
    server.set_nonblocking(true).expect("set");
    let mut server = tokio::net::TcpStream::from_std(server).expect("a socket");
    let mut buffer = vec![0; ROOM * 2];
    while let Some(times) = sampler.next() {
        let started = Instant::now();
        for _ in 0..times {
            server.write_all(&execute(key(job))).await.expect("writes");
            let (mut users, mut filled) = (Vec::<User>::new(), 0);
            loop {
                filled += server.read(&mut buffer[filled..]).await.expect("reads");
                let (taken, done) = take(&buffer[..filled], &mut users, decode);
                buffer.copy_within(taken..filled, 0);
                filled -= taken;
                if done {
                    break;
                }
            }
            black_box(users);
        }
        sampler.took(started.elapsed());
    }
}

async fn driver(job: &Job, sampler: &mut Sampler, decode: bool) {
    let (client, connection) = tokio_postgres::connect(&job.url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    let prepared = client.prepare(statement(job)).await.expect("prepares");
    let user = |row: &Row| User {
        id: row.get(0),
        name: row.get(1),
        hair_color: row.get(2),
    };
    while let Some(times) = sampler.next() {
        let started = Instant::now();
        for _ in 0..times {
            let rows = client.query_raw(&prepared, key(job)).await.expect("rows");
            pin_mut!(rows);
            let mut users = Vec::new();
            while let Some(row) = rows.next().await {
                let row = row.expect("a row");
                if decode {
                    users.push(user(&row));
                }
            }
            black_box(users);
        }
        sampler.took(started.elapsed());
    }
}
