//! Diesel: a bare connection, or r2d2's pool where there are several threads.

use measure::{Job, Sampler, Store};

pub fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.store {
        Store::Sqlite => sqlite::run(job, sampler),
        Store::Postgres => postgres::run(job, sampler),
        Store::Mariadb => mysql::run(job, sampler),
    }
    true
}

/// The same on each of Diesel's backends, whose connections have types of their own.
macro_rules! cases {
    ($module:ident, $connection:ty, $mode:ty, $load:item) => {
        mod $module {
            use crate::schema::{Comment, MOST, New, Post, User, nest, new_users, posts, users};
            use diesel::connection::{Connection, SimpleConnection};
            use diesel::prelude::*;
            use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
            use measure::{Job, Sampler, Store, What, shade};
            use std::hint::black_box;
            use std::time::Instant;

            type Conn = $connection;

            const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = normal";

            fn connect(job: &Job) -> Conn {
                let mut db = Conn::establish(&job.url).expect("connects");
                if job.store == Store::Sqlite {
                    db.batch_execute(PRAGMAS).expect("set");
                }
                for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
                    db.batch_execute(statement).expect(statement);
                }
                db
            }

            fn insert(db: &mut Conn, rows: &[New]) {
                let all = |db: &mut Conn| {
                    for chunk in rows.chunks(MOST) {
                        diesel::insert_into(users::table).values(chunk).execute(db)?;
                    }
                    diesel::QueryResult::Ok(())
                };
                db.transaction(all).expect("inserts");
            }

            $load

            pub fn run(job: &Job, sampler: &mut Sampler) {
                if job.case.what == What::GetPooled {
                    return pooled(job, sampler);
                }
                let db = &mut connect(job);
                let n = job.case.n;
                let mut round = 0;
                while let Some(times) = sampler.next() {
                    match job.case.what {
                        What::All | What::LargeResultsets => {
                            let started = Instant::now();
                            for _ in 0..times {
                                black_box(users::table.load::<User>(db).expect("rows"));
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
                                black_box(pairs.load::<(User, Option<Post>)>(db).expect("rows"));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Nested => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let all = users::table.load::<User>(db).expect("rows");
                                let posts = Post::belonging_to(&all).load::<Post>(db).expect("rows");
                                let comments = Comment::belonging_to(&posts).load::<Comment>(db).expect("rows");
                                black_box(nest(all, posts, comments));
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Insert | What::Load | What::BulkInserts => {
                            let inputs: Vec<Vec<New>> = (0..times).map(|_| new_users(n)).collect();
                            let started = Instant::now();
                            // By value: what is inserted is freed in the time that is taken, as by all the others.
                            for rows in inputs {
                                match job.case.what {
                                    What::Insert => insert(db, &rows),
                                    _ => load(db, &rows),
                                }
                            }
                            sampler.took(started.elapsed());
                            db.batch_execute(job.clear()).expect("clears");
                        }
                        What::Change => {
                            let started = Instant::now();
                            for _ in 0..times {
                                round += 1;
                                let change = |db: &mut Conn| {
                                    for (at, user) in users::table.load::<User>(db)?.iter().enumerate() {
                                        let update = diesel::update(user).set(users::hair_color.eq(shade(at, round)));
                                        update.execute(db)?;
                                    }
                                    diesel::QueryResult::Ok(())
                                };
                                db.transaction(change).expect("updates");
                            }
                            sampler.took(started.elapsed());
                        }
                        What::Get => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let user: User = users::table.find(black_box(500_i64)).get_result(db).expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::ShortSelects => {
                            let started = Instant::now();
                            for at in 0..n * times as usize {
                                let user: User = users::table.find((at % 1000) as i64 + 1).get_result(db).expect("a row");
                                black_box(user);
                            }
                            sampler.took(started.elapsed());
                        }
                        What::InsertOne | What::SingleInserts => {
                            let inputs = new_users(n * times as usize);
                            let started = Instant::now();
                            for row in inputs {
                                diesel::insert_into(users::table).values(&row).execute(db).expect("inserts");
                            }
                            sampler.took(started.elapsed());
                            db.batch_execute(job.clear()).expect("clears");
                        }
                        What::Stream => {
                            let started = Instant::now();
                            for _ in 0..times {
                                let rows = users::table.load_iter::<User, $mode>(db).expect("rows");
                                black_box(rows.map(|row| row.expect("a row").name.len()).sum::<usize>());
                            }
                            sampler.took(started.elapsed());
                        }
                        What::GetPooled => {}
                    }
                }
            }

            #[derive(Debug)]
            struct Pragmas(Store);

            impl CustomizeConnection<Conn, diesel::r2d2::Error> for Pragmas {
                fn on_acquire(&self, connection: &mut Conn) -> Result<(), diesel::r2d2::Error> {
                    if self.0 == Store::Sqlite {
                        connection.batch_execute(PRAGMAS).map_err(diesel::r2d2::Error::QueryError)?;
                    }
                    Ok(())
                }
            }

            fn pooled(job: &Job, sampler: &mut Sampler) {
                let pool = Pool::builder()
                    .max_size(8)
                    .test_on_check_out(false)
                    .connection_customizer(Box::new(Pragmas(job.store)))
                    .build(ConnectionManager::<Conn>::new(&job.url))
                    .expect("connects");
                while let Some(times) = sampler.next() {
                    let each = job.case.n * times as usize / 8;
                    let started = Instant::now();
                    std::thread::scope(|scope| {
                        for _ in 0..8 {
                            scope.spawn(|| {
                                for at in 0..each {
                                    let mut db = pool.get().expect("a connection");
                                    let key = (at % 1000) as i64 + 1;
                                    let user: User = users::table.find(key).get_result(&mut *db).expect("a row");
                                    black_box(user);
                                }
                            });
                        }
                    });
                    sampler.took(started.elapsed());
                }
            }
        }
    };
}

cases!(
    sqlite,
    diesel::SqliteConnection,
    diesel::connection::DefaultLoadingMode,
    fn load(db: &mut Conn, rows: &[New]) {
        insert(db, rows);
    }
);
cases!(
    postgres,
    diesel::PgConnection,
    diesel::pg::PgRowByRowLoadingMode,
    /// By COPY.
    fn load(db: &mut Conn, rows: &[New]) {
        diesel::copy_from(users::table).from_insertable(rows).execute(db).expect("copies");
    }
);
cases!(
    mysql,
    diesel::MysqlConnection,
    diesel::connection::DefaultLoadingMode,
    fn load(db: &mut Conn, rows: &[New]) {
        insert(db, rows);
    }
);
