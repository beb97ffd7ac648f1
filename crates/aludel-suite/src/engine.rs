//! The engine: pool, errors, raw SQL, streams, watching; and bad input of every kind.

use crate::harness::Backend;
use crate::models::{NewPost, NewTag, Post, Tag, people, post, user};
use aludel::prelude::*;
use aludel::{DatabaseUrl, ErrorKind, Event, Sql};
use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(FromRow, Debug, PartialEq)]
struct NameAndViews {
    #[field(column = "title")]
    name: String,
    views: i64,
}

on_every_database! {
    async fn raw_sql_into_tuples_structs_models_and_dynamic_rows(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tuple: (i64, String) = sql("select views, title from posts where views > ").bind(20).one(db).await?;
        assert_eq!(tuple, (30, "rust_guide".into()));
        // By name, in whatever order the columns come.
        let found: Vec<NameAndViews> = sql("select views, id, title from posts where views in (").bind(10).push(", ").bind(30_i64).push(") order by views").all(db).await?;
        assert_eq!(found[0], NameAndViews { name: "Rust 100%".into(), views: 10 });
        let models: Vec<Post> = sql("select * from posts order by id").all(db).await?;
        assert_eq!(models, Post::query().order_by(Post::id).all(db).await?);
        let rows = sql("select title, views, rating from posts order by id").rows(db).await?;
        assert_eq!(rows[2].get("title"), Some(&Value::Text("Gärten".into())));
        assert_eq!((rows[2].get("views"), rows[2].get("rating")), (Some(&Value::I64(20)), Some(&Value::Null)));
        let missing = sql("select title from posts").all::<NameAndViews>(db).await.unwrap_err();
        assert!(missing.kind() == ErrorKind::Decode && missing.to_string().contains("\"views\""), "{missing}");
        let short = sql("select title from posts").all::<(String, i64)>(db).await.unwrap_err();
        assert!(short.to_string().contains("only 1 columns"), "{short}");
        assert_eq!(sql("update posts set views = views + ").bind(1).execute(db).await?, 3);
        let name = "we\"ird `na.me` ü select";
        Sql::trusted("create table ").identifier(name).push(" (").identifier("or\"der").push(" integer)").execute(db).await?;
        Sql::trusted("insert into ").identifier(name).push(" values (").bind(1).push(")").execute(db).await?;
        assert_eq!(Sql::trusted("select ").identifier("or\"der").push(" from ").identifier(name).one::<i32>(db).await?, 1);
        let t = table(name);
        assert_eq!(Sql::from(t.select(t.column("or\"der")).filter(t.column("or\"der").gt(0))).all::<i32>(db).await?, [1]);
        assert_eq!(sql("select 1 where 1 = ").bind(2).optional::<i32>(db).await?, None);
        assert_eq!(sql("select title from posts").one::<String>(db).await.unwrap_err().kind(), ErrorKind::ManyFound);
        assert!(sql("select title from posts where id = ").bind(1).push(" and id = 2 ").first::<String>(db).await?.is_none());
    }

    async fn wrong_statements_and_binds_are_told(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let unknown = sql("select nonsense from posts").all::<i64>(db).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::InvalidStatement, "{unknown}");
        assert!(unknown.statement().is_some_and(|text| text.contains("nonsense")) && unknown.source().is_some());
        assert_eq!(sql("selec 1").all::<i64>(db).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        assert_eq!(sql("select * from nowhere").all::<i64>(db).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        let placeholder = match fixture.backend { Backend::Postgres => "select $1::int", _ => "select ?" };
        let unbound = sql(placeholder).all::<i64>(db).await.unwrap_err();
        assert!(unbound.kind() == ErrorKind::InvalidQuery && unbound.to_string().contains("1 placeholders and 0 binds"), "{unbound}");
        assert!(sql("select 1; drop table posts").all::<i64>(db).await.is_err());
        assert_eq!(Post::query().count(db).await?, 3);
    }

    /// Violations name the constraint, its table and its columns.
    async fn violations_name_the_constraint(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let unique = user("ann@example.com").insert(db).await.unwrap_err();
        let constraint = unique.constraint().expect("a constraint").clone();
        assert!(unique.is_unique_violation());
        assert_eq!((constraint.table.as_deref(), constraint.columns.as_slice()), (Some("users"), &["email".to_string()][..]));
        if fixture.backend != Backend::Sqlite {
            assert_eq!(constraint.name.as_deref(), Some("uq_users_email"));
        }
        for text in [unique.to_string(), format!("{unique:?}"), unique.source().expect("a source").to_string()] {
            assert!(!text.contains("ann@example.com"), "{text}");
        }
        // What clients may see has no SQL in it.
        assert!(!unique.to_string().contains("INSERT INTO"));
        for text in [unique.detailed(), format!("{unique:?}"), unique.statement().expect("a statement").to_string()] {
            assert!(text.contains("INSERT INTO"), "{text}");
        }

        let missing = NewPost { author: Ref::key(12345), ..post("x", 1, &ann) }.insert(db).await.unwrap_err();
        assert!(missing.is_foreign_key_violation(), "{missing}");
        if fixture.backend != Backend::Sqlite {
            let constraint = missing.constraint().expect("a constraint");
            assert_eq!((constraint.table.as_deref(), constraint.columns.as_slice()), (Some("posts"), &["author_id".to_string()][..]));
            assert_eq!(constraint.name.as_deref(), Some("fk_posts_author_id"));
        }
        let null = sql("insert into tags (name) values (null)").execute(db).await.unwrap_err();
        assert!(null.is_not_null_violation());
        assert_eq!(null.constraint().expect("a constraint").columns, ["name"]);
        let unset = NewPost { author: Ref::default(), ..post("x", 1, &ann) }.insert(db).await.unwrap_err();
        assert!(unset.to_string().contains("Post::author is not set"), "{unset}");
        // Its posts go with a user; a company stays while users refer to it.
        let company = ann.company.clone().expect("a company").key();
        let held = crate::models::Company::get(company, db).await?.delete(db).await.unwrap_err();
        assert!(held.is_foreign_key_violation());
        ann.delete(db).await?;
        assert_eq!(Post::query().count(db).await?, 1);
    }

    /// What takes text takes any text.
    async fn injections_come_to_nothing(fixture) {
        let db = &fixture.db;
        people(db).await?;
        for evil in ["'; drop table posts; --", "\" or 1=1 --", "` or 1=1 #", "\\' or 1=1 --", "%_\\%", "$1", "?", ":x", "{}", "/* */"] {
            let tag = NewTag { name: evil.into() }.insert(db).await?;
            assert_eq!(Tag::filter(Tag::name.eq(evil)).one(db).await?, tag);
            assert_eq!(Tag::filter(Tag::name.contains(evil)).count(db).await?, 1);
            assert_eq!(Tag::filter(Tag::name.is_in([evil])).count(db).await?, 1);
            assert_eq!(Tag::filter(Tag::name.like(evil.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))).count(db).await?, 1);
            let t = table(evil.to_string());
            assert_eq!(Sql::from(t.select(t.column(evil))).rows(db).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
            let aliased = table("tags").alias(evil);
            assert_eq!(Sql::from(aliased.select(aliased.column("name")).filter(aliased.column("name").eq(evil))).one::<String>(db).await?, evil);
            assert!(Tag::query().select(func(evil.leak_static()).arg(Tag::name).returns::<String>()).all(db).await.is_err());
        }
        assert_eq!(Post::query().count(db).await?, 3);
        let nul = Sql::trusted("select ").identifier("a\0b").execute(db).await.unwrap_err();
        assert_eq!(nul.kind(), ErrorKind::InvalidQuery);
    }

    async fn a_pool_that_is_exhausted_names_who_holds_it(fixture) {
        let db = fixture.connect(Database::options().max_connections(1).acquire_timeout(Duration::from_millis(50))).await;
        let held = db.begin().await?;
        sql("select 41 + 1").first::<Option<i64>>(&held).await.ok();
        let error = db.begin().await.err().expect("no connection is free");
        assert_eq!(error.kind(), ErrorKind::PoolTimeout);
        let holder = error.holders().first().expect("a holder");
        assert!(holder.site.file().ends_with("engine.rs"));
        let (text, detailed) = (error.to_string(), error.detailed());
        assert!(text.contains("engine.rs:") && !text.contains("select 41 + 1"), "{text}");
        assert!(detailed.contains("engine.rs:") && detailed.contains("select 41 + 1"), "{detailed}");
        assert_eq!(db.pool_status().holders.len(), 1);
        drop(held);
        db.begin().await?.commit().await?;
        db.close();
        assert_eq!(sql("select 1").execute(&db).await.unwrap_err().kind(), ErrorKind::Closed);
    }

    async fn waiting_is_fair(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let order: Arc<Mutex<Vec<usize>>> = Arc::default();
        let held = db.begin().await?;
        let mut tasks = Vec::new();
        for n in 0..10 {
            let (db, order) = (db.clone(), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let tx = db.begin().await?;
                order.lock().expect("not poisoned").push(n);
                tx.commit().await
            }));
            while fixture_waiting(&held, n + 1).await {}
        }
        drop(held);
        for task in tasks {
            task.await.expect("no panic")?;
        }
        assert_eq!(*order.lock().expect("not poisoned"), (0..10).collect::<Vec<_>>());
        db.close();
    }

    async fn watch_counts_and_hooks_see(fixture) {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&seen);
        let options = Database::options().repeat_threshold(5).slow_statement(Duration::ZERO).on_event(move |event| {
            let line = match event {
                Event::Repeated { times, site, .. } => format!("repeated {times} {}", site.file()),
                Event::Slow { .. } => "slow".into(),
                Event::Statement { text, error, control, .. } => format!("{} {control} {}", error.is_some(), text.split(' ').next().unwrap_or_default()),
                _ => String::new(),
            };
            log.lock().expect("not poisoned").push(line);
        });
        let db = fixture.connect(options).await;
        crate::models::create(&db).await?;
        let watch = db.watch();
        let tx = db.begin().await?;
        NewTag { name: "a".into() }.insert(&tx).await?;
        tx.commit().await?;
        assert_eq!(watch.statements(), 1);
        assert!(watch.texts()[0].starts_with("INSERT INTO"));
        for _ in 0..7 {
            Tag::find(1, &db).await?;
        }
        assert_eq!(watch.statements(), 8);
        drop(sql("select nonsense").execute(&db).await);
        let seen = seen.lock().expect("not poisoned");
        assert_eq!(seen.iter().filter(|line| line.starts_with("repeated 5")).count(), 1, "{seen:?}");
        assert!(seen.iter().any(|line| line.starts_with("repeated") && line.ends_with("engine.rs")));
        assert!(seen.contains(&"slow".to_string()) && seen.contains(&"true false select".to_string()));
        assert!(seen.iter().any(|line| line.contains("true COMMIT")));
        db.close();
    }

    async fn streams_give_every_row_in_order(fixture) {
        let db = &fixture.db;
        crate::models::create(db).await?;
        Tag::insert_many((0..3000).map(|n| NewTag { name: format!("{n:05}") })).execute(db).await?;
        let mut stream = Tag::query().order_by(Tag::name).stream(db)?;
        let mut n = 0;
        while let Some(tag) = stream.next().await {
            assert_eq!(tag?.name, format!("{n:05}"));
            n += 1;
        }
        assert_eq!(n, 3000);
        let mut broken = sql("select name from nowhere").stream::<String>(db)?;
        assert!(broken.next().await.expect("an error").is_err());
        assert!(broken.next().await.is_none());
        // Writing while reading works, but for a database that is one connection.
        let mut stream = Tag::query().order_by(Tag::id).stream(db)?;
        let first = stream.next().await.expect("a row")?;
        first.delete(db).await?;
        assert!(stream.next().await.is_some());
    }

    /// A slow read does not block the task's thread for long: it moves to the blocking pool, and is remembered.
    async fn slow_reads_leave_the_task(fixture) {
        let db = &fixture.db;
        let slow = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select count(*) from n a, n b where a.i % 7 = b.i % 11";
        for _ in 0..2 {
            let done = AtomicBool::new(false);
            let query = async {
                let found = sql(slow).one::<i64>(db).await;
                done.store(true, Ordering::Relaxed);
                found
            };
            let others = async {
                let mut turns = 0;
                while !done.load(Ordering::Relaxed) {
                    turns += 1;
                    tokio::task::yield_now().await;
                }
                turns
            };
            // Both are one task: if the query ran inline, the others would get a turn or two.
            let (found, turns) = tokio::join!(query, others);
            assert!(found? > 0 && turns > 100, "{turns} turns");
        }
        assert!(sql(slow).offload().one::<i64>(db).await? > 0);
        sql("create table after_slow (n integer)").execute(db).await?;
        let tx = db.begin().await?;
        assert!(sql(slow).one::<i64>(&tx).await? > 0);
        sql("update after_slow set n = 1").execute(&tx).await?;
        tx.commit().await?;
    }

    async fn a_wrong_address_or_password_is_told_and_not_shown(fixture) {
        let (unreachable, wrong) = match fixture.backend {
            Backend::Sqlite => ("sqlite:/nowhere/at/all.db".to_string(), "sqlite:/nowhere/at/all.db?mode=rw".to_string()),
            _ => (
                format!("{}://aludel:hunter2@127.0.0.1:1/x", fixture.url.split(':').next().expect("a scheme")),
                fixture.url.replace("aludel:aludel", "aludel:hunter2"),
            ),
        };
        let refused = Database::connect(&unreachable).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionFailed, "{refused}");
        let denied = Database::connect(&wrong).await.unwrap_err();
        if fixture.backend != Backend::Sqlite {
            assert_eq!(denied.kind(), ErrorKind::AuthenticationFailed, "{denied}");
        }
        for error in [refused, denied] {
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        assert!(!format!("{:?}", fixture.db).contains(":aludel@"));
        assert_eq!(DatabaseUrl::parse("nonsense").unwrap_err().kind(), ErrorKind::InvalidUrl);
        assert_eq!(Database::connect("foo://x").await.unwrap_err().kind(), ErrorKind::InvalidUrl);
    }

    /// What a server says unasked is no answer: notices, settings that change. What can't be asked is refused, and the
    /// connection goes on.
    async fn only_answers_are_taken_for_answers(fixture) {
        if fixture.backend != Backend::Postgres || fixture.is_pooled() {
            return Ok(());
        }
        let one = fixture.connect(Database::options().max_connections(1)).await;
        let db = one.acquire().await?;
        let me = sql("select pg_backend_pid()").one::<i64>(&db).await?;
        sql("do $$ begin raise notice 'by the way'; end $$").execute(&db).await?;
        sql("set application_name to 'another'").execute(&db).await?;
        assert_eq!(sql("show application_name").one::<String>(&db).await?, "another");
        assert_eq!(sql("").execute(&db).await?, 0);
        sql("create temporary table copied (n integer)").execute(&db).await?;
        for copy in ["copy copied from stdin", "copy copied to stdout"] {
            let refused = sql(copy).execute(&db).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidQuery, "{refused}");
        }
        let wide: String = sql("select repeat('x', 3000000)").one(&db).await?;
        assert_eq!(wide.len(), 3_000_000);
        assert_eq!(sql("select length(").bind(wide).push("::text)").one::<i64>(&db).await?, 3_000_000);
        assert_eq!(sql("select pg_backend_pid()").one::<i64>(&db).await?, me);
    }

    /// Types that the database made are known by what they are made of.
    requires(Backend::is_postgres) async fn types_of_the_databases_own_are_read(fixture) {
        let db = &fixture.db;
        for statement in [
            "create type mood as enum ('sad', 'fine')",
            "create domain short as varchar(10) check (value <> '')",
            "create domain shorter as short",
            "create table felt (m mood, ms mood[], d shorter, ds short[])",
            "insert into felt values ('fine', '{sad,NULL,fine}', 'a', '{b,c}')",
        ] {
            sql(statement.leak_static()).execute(db).await?;
        }
        let row = sql("select m, ms, d, ds from felt").one::<(String, Vec<Option<String>>, String, Vec<String>)>(db).await?;
        let moods = vec![Some("sad".to_string()), None, Some("fine".to_string())];
        assert_eq!(row, ("fine".into(), moods, "a".into(), vec!["b".into(), "c".into()]));
        let found = sql("select count(*) from felt where m = ").bind("fine").push("::mood and d = ").bind("a");
        assert_eq!(found.one::<i64>(db).await?, 1);
    }

    /// A transaction is begun with its first statement: one in which nothing is asked costs nothing.
    requires(Backend::is_postgres) async fn a_transaction_begins_with_its_first_statement(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let state = |pid: i64| sql("select state from pg_stat_activity where pid = ").bind(pid as i32);
        let me = sql("select pg_backend_pid()").one::<i64>(&db).await?;
        let tx = db.begin().await?;
        assert_eq!(state(me).one::<String>(&fixture.db).await?, "idle");
        assert_eq!(sql("select pg_backend_pid()").one::<i64>(&tx).await?, me);
        assert_eq!(state(me).one::<String>(&fixture.db).await?, "idle in transaction");
        let nested = tx.begin().await?;
        sql("create temporary table kept (n integer)").execute(&nested).await?;
        nested.rollback().await?;
        assert!(sql("select * from kept").execute(&tx).await.is_err());
        // Aborted: what is begun inside is refused at once, and COMMIT says that there is nothing to commit.
        assert_eq!(tx.begin().await.map(drop).unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        for commit in [true, false] {
            let empty = db.begin().await?;
            if commit { empty.commit().await? } else { empty.rollback().await? }
        }
        drop(db.begin().await?);
        assert_eq!(sql("select pg_backend_pid()").one::<i64>(&db).await?, me);
        assert_eq!(state(me).one::<String>(&fixture.db).await?, "idle");
    }

    /// A nested transaction that was begun and asked nothing is given up with the one around it, on every database.
    async fn what_was_begun_and_dropped_leaves_nothing_open(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1)).await;
        sql("create table left_open (n integer)").execute(&db).await?;
        let tx = db.begin().await?;
        sql("insert into left_open values (1)").execute(&tx).await?;
        let nested = tx.begin().await?;
        drop(nested);
        drop(tx);
        assert_eq!(sql("select count(*) from left_open").one::<i64>(&db).await?, 0);
        sql("insert into left_open values (2)").execute(&db).await?;
        // The same on a connection that is kept, whose handles are dropped from the outside in.
        let connection = db.acquire().await?;
        let tx = connection.begin().await?;
        sql("insert into left_open values (3)").execute(&tx).await?;
        let nested = tx.begin().await?;
        drop(tx);
        drop(nested);
        assert_eq!(sql("select count(*) from left_open").one::<i64>(&connection).await?, 1);
        drop(connection);
        if fixture.backend == Backend::Postgres {
            let idle = sql("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'");
            assert_eq!(idle.one::<i64>(&fixture.db).await?, 0);
        }
        assert_eq!(sql("select n from left_open").all::<i64>(&db).await?, [2]);
    }

    /// What a server says of another database or another server does not end this connection.
    async fn an_error_about_another_connection_keeps_this_one(fixture) {
        if fixture.backend != Backend::Postgres || fixture.is_pooled() {
            return Ok(());
        }
        let one = fixture.connect(Database::options().max_connections(1)).await;
        let db = one.acquire().await?;
        let me = sql("select pg_backend_pid()").one::<i64>(&db).await?;
        let error = sql("drop database that_is_not_there").execute(&db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
        let error = sql("do $$ begin raise sqlstate '08006'; end $$").execute(&db).await.unwrap_err();
        assert!(!error.is_connection_error(), "{error}");
        assert_eq!(sql("select pg_backend_pid()").one::<i64>(&db).await?, me);
    }

    /// Statements that the cache lets go of, the server forgets, too.
    requires(Backend::is_postgres) async fn the_server_forgets_statements_that_are_not_kept(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1).statement_cache(8)).await;
        for n in 0..40 {
            assert_eq!(Sql::trusted(format!("select {n}")).one::<i64>(&db).await?, n);
        }
        let kept = sql("select count(*) from pg_prepared_statements").one::<i64>(&db).await?;
        assert!((1..=9).contains(&kept), "{kept} statements");
    }

    /// A host that is a path is the folder of a socket.
    async fn a_socket_in_the_file_system_is_a_way_to_the_server(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        if fixture.backend != Backend::Postgres || !cfg!(unix) {
            return Ok(());
        }
        let folder: String = sql("show unix_socket_directories").one(&fixture.db).await?;
        let (user, rest) = fixture.url.rsplit_once('@').expect("a user");
        let (address, database) = rest.split_once('/').expect("a database");
        let port = address.rsplit_once(':').expect("a port").1;
        let url = format!("{user}@{}:{port}/{database}", folder.replace('/', "%2F"));
        let db = Database::connect(&url).await?;
        let address: Option<String> = sql("select inet_client_addr()::text").one(&db).await?;
        assert_eq!(address, None);
    }

    /// A connection that the server has ended is an error for whoever uses it then, and replaced for the next.
    async fn a_server_that_is_gone_is_told_and_the_pool_recovers(fixture) {
        if fixture.backend == Backend::Sqlite {
            // There is no server; a database file that was closed stays closed.
            let db = fixture.connect(Database::options()).await;
            db.close();
            assert_eq!(sql("select 1").execute(&db).await.unwrap_err().kind(), ErrorKind::Closed);
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let killer = &fixture.db;
        let me = match fixture.backend { Backend::Postgres => "select pg_backend_pid()", _ => "select cast(connection_id() as signed)" };
        let kill = async |id: i64| match fixture.backend {
            Backend::Postgres => sql("select pg_terminate_backend(").bind(id as i32).push(")").execute(killer).await,
            _ => Sql::trusted(format!("kill {id}")).execute(killer).await,
        };
        // Between two statements of a transaction.
        let tx = db.begin().await?;
        let id = sql(me).one::<i64>(&tx).await?;
        kill(id).await?;
        let error = loop {
            match sql(me).one::<i64>(&tx).await {
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        assert!(error.is_connection_error(), "{error:?}");
        assert!(!error.is_outcome_unknown(), "nothing of the transaction was committed");
        drop(tx);
        assert_ne!(sql(me).one::<i64>(&db).await?, id);
        // Before it is committed: whether that was carried out, only a look at the database tells.
        let tx = db.begin().await?;
        let id = sql(me).one::<i64>(&tx).await?;
        kill(id).await?;
        let error = tx.commit().await.expect_err("nobody answers");
        assert!(error.is_connection_error() && error.is_outcome_unknown(), "{error:?}");
        assert!(error.to_string().contains("look before you try again"), "{error}");
        // In the middle of a statement that is a transaction of its own: nobody knows what became of it.
        sql("create table naps (n varchar(20))").execute(&db).await?;
        let naps = match fixture.backend {
            Backend::Postgres => ["select pg_sleep(20)::text", "insert into naps select pg_sleep(20)::text"],
            _ => ["select sleep(20)", "insert into naps select sleep(20)"],
        };
        for nap in naps {
            let sleeping = db.clone();
            let id = sql(me).one::<i64>(&db).await?;
            let task = tokio::spawn(async move { sql(nap).execute(&sleeping).await });
            while db.pool_status().holders.is_empty() {
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            kill(id).await?;
            let ended = task.await.expect("no panic").unwrap_err();
            assert!(ended.is_connection_error() && ended.is_outcome_unknown(), "{ended:?}");
            assert_ne!(sql(me).one::<i64>(&db).await?, id);
        }
        db.close();
    }
}

/// Waits until so many tasks wait for the pool.
async fn fixture_waiting(held: &Transaction, tasks: usize) -> bool {
    let waiting = held.target().database().pool_status().waiting;
    if waiting < tasks {
        tokio::task::yield_now().await;
        return true;
    }
    false
}

/// Names of functions are part of a program; here they are not.
trait LeakStatic {
    fn leak_static(&self) -> &'static str;
}

impl LeakStatic for str {
    fn leak_static(&self) -> &'static str {
        Box::leak(self.to_string().into_boxed_str())
    }
}
