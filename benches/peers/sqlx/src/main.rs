//! sqlx: a bare connection, or its pool where there are several tasks.

mod bulk;
mod connect;
mod rows;

use measure::{Job, Sampler, Store};
use std::process::ExitCode;

fn main() -> ExitCode {
    measure::main(&[("sqlx", run)])
}

fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.store {
        Store::Sqlite => sqlite::run(job, sampler),
        Store::Postgres => postgres::run(job, sampler),
        Store::Mariadb => mysql::run(job, sampler),
    }
    true
}

/// The same for a database, whose placeholders and connections have types of their own.
macro_rules! cases {
    ($module:ident, $pool:ident, $one:literal, $two:literal, $insert:ident, $load:ident, $posts:ident, $comments:ident) => {
        mod $module {
            use crate::bulk::{self, New};
            use crate::connect;
            use crate::rows::{Pair, User, nest};
            use futures_util::TryStreamExt;
            use measure::{Job, Sampler, What, new_rows, shade};
            use sqlx::{AssertSqlSafe, Connection};
            use std::hint::black_box;
            use std::time::Instant;

            const ALL: &str = "select id, name, hair_color from users";
            const GET: &str = concat!("select id, name, hair_color from users where id = ", $one);
            const INSERT: &str = concat!("insert into users (name, hair_color) values (", $one, ", ", $two, ")");
            const UPDATE: &str = concat!("update users set hair_color = ", $one, " where id = ", $two);
            const JOIN: &str = concat!(
                "select users.id, users.name, users.hair_color, posts.id, posts.user_id, posts.title, posts.body \
                 from users left join posts on posts.user_id = users.id where users.hair_color = ",
                $one,
                " order by users.id"
            );

            pub fn run(job: &Job, sampler: &mut Sampler) {
                match job.case.what {
                    What::GetPooled => measure::for_tasks(job.store).block_on(pooled(job, sampler)),
                    _ => measure::one_thread().block_on(alone(job, sampler)),
                }
            }

            async fn alone(job: &Job, sampler: &mut Sampler) {
                let mut connection = connect::$module(job).await;
                let db = &mut connection;
                let n = job.case.n;
                let new = |count| new_rows(count, |name, color| (name, color));
                let mut round = 0;
                while let Some(times) = sampler.next() {
                    match job.case.what {
                        What::All | What::LargeResultsets => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let users: Vec<User> = sqlx::query_as(ALL).fetch_all(&mut *db).await.expect("rows");
                                black_box(users);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Join => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let pairs: Vec<Pair> = sqlx::query_as(JOIN).bind("black").fetch_all(&mut *db).await.expect("rows");
                                black_box(pairs.iter().map(|pair| (&pair.0, &pair.1)).count());
                                black_box(pairs);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Nested => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let users: Vec<User> = sqlx::query_as(ALL).fetch_all(&mut *db).await.expect("rows");
                                let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
                                let posts = bulk::$posts(db, &keys).await;
                                let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
                                let comments = bulk::$comments(db, &keys).await;
                                black_box(nest(users, posts, comments));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Insert | What::Load | What::BulkInserts => {
                            let inputs: Vec<Vec<New>> = (0..times).map(|_| new(n)).collect();
                            let started = Instant::now();
                            for rows in inputs {
                                match job.case.what {
                                    What::Insert => bulk::$insert(db, rows).await,
                                    _ => bulk::$load(db, rows).await,
                                }
                            }
                            sampler.took(started.elapsed());
                            sqlx::raw_sql(AssertSqlSafe(job.clear()))
                                .execute(&mut *db)
                                .await
                                .expect("clears");
                        }
                        What::Change => {
                            let started = Instant::now();
                            for _ in 0..times {
                                round += 1;
                                let mut tx = db.begin().await.expect("begins");
                                let users: Vec<User> = sqlx::query_as(ALL).fetch_all(&mut *tx).await.expect("rows");
                                for (at, user) in users.iter().enumerate() {
                                    let update = sqlx::query(UPDATE).bind(shade(at, round)).bind(user.id);
                                    update.execute(&mut *tx).await.expect("updates");
                                }
                                tx.commit().await.expect("commits");
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Get => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let user: User = sqlx::query_as(GET)
                                    .bind(black_box(500_i64))
                                    .fetch_one(&mut *db)
                                    .await
                                    .expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::ShortSelects => {
                            let started = Instant::now();
                            for at in 0..n * times as usize {
                                let key = (at % 1000) as i64 + 1;
                                let user: User = sqlx::query_as(GET).bind(key).fetch_one(&mut *db).await.expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::InsertOne | What::SingleInserts => {
                            let inputs: Vec<New> = new(n * times as usize);
                            let started = Instant::now();
                            for (name, color) in inputs {
                                sqlx::query(INSERT)
                                    .bind(name)
                                    .bind(color)
                                    .execute(&mut *db)
                                    .await
                                    .expect("inserts");
                            }
                            sampler.took(started.elapsed());
                            sqlx::raw_sql(AssertSqlSafe(job.clear()))
                                .execute(&mut *db)
                                .await
                                .expect("clears");
                        }
                        What::Stream => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let mut rows = sqlx::query_as::<_, User>(ALL).fetch(&mut *db);
                                let mut length = 0;
                                while let Some(user) = rows.try_next().await.expect("a row") {
                                    length += user.name.len();
                                }
                                black_box(length);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::GetPooled => {}
                    }
                }
            }

            async fn pooled(job: &Job, sampler: &mut Sampler) {
                let pool = connect::$pool(job).await;
                while let Some(times) = sampler.next() {
                    let each = job.case.n * times as usize / 8;
                    let started = Instant::now();
                    let tasks: Vec<_> = (0..8)
                        .map(|_| {
                            let pool = pool.clone();
                            tokio::spawn(async move {
                                for at in 0..each {
                                    let key = (at % 1000) as i64 + 1;
                                    let user: User = sqlx::query_as(GET).bind(key).fetch_one(&pool).await.expect("a row");
                                    black_box(user);
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.expect("ends");
                    }
                    sampler.took(started.elapsed());
                }
            }
        }
    };
}

cases!(
    sqlite,
    sqlite_pool,
    "?1",
    "?2",
    insert_sqlite,
    load_sqlite,
    posts_sqlite,
    comments_sqlite
);
cases!(
    postgres,
    postgres_pool,
    "$1",
    "$2",
    insert_postgres,
    load_postgres,
    posts_postgres,
    comments_postgres
);
cases!(mysql, mysql_pool, "?", "?", insert_mysql, load_mysql, posts_mysql, comments_mysql);
