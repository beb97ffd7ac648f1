//! diesel-async: a bare connection, or deadpool's pool where there are several tasks.

use measure::{Job, Sampler, Store};

pub fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.store {
        Store::Sqlite => sqlite::run(job, sampler),
        Store::Postgres => postgres::run(job, sampler),
        Store::Mariadb => mysql::run(job, sampler),
    }
    true
}

/// By TCP as all others: mysql_async would ask the server for its socket.
fn url(job: &Job) -> String {
    match job.store {
        Store::Mariadb => format!("{}?prefer_socket=false", job.url),
        _ => job.url.clone(),
    }
}

/// Many rows in one statement.
macro_rules! together {
    ($db:ident, $rows:ident) => {
        diesel::insert_into(users::table).values($rows).execute($db).await?
    };
}

/// On SQLite diesel-async takes one row a statement.
macro_rules! one_by_one {
    ($db:ident, $rows:ident) => {
        for row in $rows {
            diesel::insert_into(users::table).values(row).execute($db).await?;
        }
    };
}

/// The same on each backend.
macro_rules! cases {
    ($module:ident, $connection:ty, $send:ident) => {
        mod $module {
            use crate::schema::{Comment, MOST, New, Post, User, nest, new_users, posts, users};
            use diesel::prelude::{BelongingToDsl, ExpressionMethods, QueryDsl};
            use diesel_async::pooled_connection::deadpool::Pool;
            use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
            use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
            use futures_util::TryStreamExt;
            use measure::{Job, Sampler, Store, What, shade};
            use std::hint::black_box;
            use std::time::Instant;

            type Conn = $connection;

            const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = normal";

            pub fn run(job: &Job, sampler: &mut Sampler) {
                match job.case.what {
                    What::GetPooled => measure::for_tasks(job.store).block_on(pooled(job, sampler)),
                    _ => measure::one_thread().block_on(alone(job, sampler)),
                }
            }

            async fn connect(job: &Job) -> Conn {
                let mut db = Conn::establish(&super::url(job)).await.expect("connects");
                if job.store == Store::Sqlite {
                    db.batch_execute(PRAGMAS).await.expect("set");
                }
                for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
                    db.batch_execute(statement).await.expect(statement);
                }
                db
            }

            async fn insert(db: &mut Conn, rows: Vec<New>) {
                let all = async move |db: &mut Conn| {
                    let mut rows = rows.into_iter().peekable();
                    while rows.peek().is_some() {
                        let chunk: Vec<New> = rows.by_ref().take(MOST).collect();
                        $send!(db, chunk);
                    }
                    diesel::QueryResult::Ok(())
                };
                db.transaction(all).await.expect("inserts");
            }

            async fn change(db: &mut Conn, round: u64) {
                let all = async move |db: &mut Conn| {
                    let found: Vec<User> = users::table.load(db).await?;
                    for (at, user) in found.into_iter().enumerate() {
                        let update = diesel::update(users::table.find(user.id)).set(users::hair_color.eq(shade(at, round)));
                        update.execute(db).await?;
                    }
                    diesel::QueryResult::Ok(())
                };
                db.transaction(all).await.expect("updates");
            }

            async fn alone(job: &Job, sampler: &mut Sampler) {
                let db = &mut connect(job).await;
                let n = job.case.n;
                let mut round = 0;
                while let Some(times) = sampler.next() {
                    match job.case.what {
                        What::All | What::LargeResultsets => {
                            let started = Instant::now();
                            for _ in 0..times {
                                black_box(users::table.load::<User>(db).await.expect("rows"));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Join => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let pairs = users::table
                                    .left_join(posts::table)
                                    .filter(users::hair_color.eq("black"))
                                    .order_by(users::id);
                                black_box(pairs.load::<(User, Option<Post>)>(db).await.expect("rows"));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Nested => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let all: Vec<User> = users::table.load(db).await.expect("rows");
                                let posts: Vec<Post> = Post::belonging_to(&all).load(db).await.expect("rows");
                                let comments: Vec<Comment> = Comment::belonging_to(&posts).load(db).await.expect("rows");
                                black_box(nest(all, posts, comments));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Insert | What::Load | What::BulkInserts => {
                            let inputs: Vec<Vec<New>> = (0..times).map(|_| new_users(n)).collect();
                            let started = Instant::now();
                            for rows in inputs {
                                insert(db, rows).await;
                            }
                            sampler.took(started.elapsed());
                            db.batch_execute(job.clear()).await.expect("clears");
                        }
                        What::Change => {
                            let started = Instant::now();
                            for _ in 0..times {
                                round += 1;
                                change(db, round).await;
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Get => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let user: User = users::table.find(black_box(500_i64)).get_result(db).await.expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::ShortSelects => {
                            let started = Instant::now();
                            for at in 0..n * times as usize {
                                let key = (at % 1000) as i64 + 1;
                                let user: User = users::table.find(key).get_result(db).await.expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::InsertOne | What::SingleInserts => {
                            let inputs = new_users(n * times as usize);
                            let started = Instant::now();
                            for row in inputs {
                                diesel::insert_into(users::table)
                                    .values(row)
                                    .execute(db)
                                    .await
                                    .expect("inserts");
                            }
                            sampler.took(started.elapsed());
                            db.batch_execute(job.clear()).await.expect("clears");
                        }
                        What::Stream => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let mut rows = users::table.load_stream::<User>(db).await.expect("rows");
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
                let mut config = ManagerConfig::default();
                config.recycling_method = RecyclingMethod::Fast;
                let manager = AsyncDieselConnectionManager::<Conn>::new_with_config(super::url(job), config);
                let pool = Pool::builder(manager).max_size(8).build().expect("connects");
                while let Some(times) = sampler.next() {
                    let each = job.case.n * times as usize / 8;
                    let started = Instant::now();
                    let tasks: Vec<_> = (0..8)
                        .map(|_| {
                            let pool = pool.clone();
                            tokio::spawn(async move {
                                for at in 0..each {
                                    let mut db = pool.get().await.expect("a connection");
                                    let key = (at % 1000) as i64 + 1;
                                    let user: User = users::table.find(key).get_result(&mut db).await.expect("a row");
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
    diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
    one_by_one
);
cases!(postgres, diesel_async::AsyncPgConnection, together);
cases!(mysql, diesel_async::AsyncMysqlConnection, together);
