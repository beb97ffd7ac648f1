//! Runs in processes of their own: killed at every statement, and eight at once (rule 6).

use crate::harness::{Backend, Fixture};
use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, MigrationId, Migrator, Progress, Target};
use aludel::schema::{Schema, differences};
use aludel::{Database, Event, Options};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

const ROWS: i64 = 50;

fn users() -> aludel::migrate::NewTable {
    new_table("users")
        .id()
        .column(column("mail", varchar(60)))
        .column(column("age", integer()).nullable())
}

fn posts() -> aludel::migrate::NewTable {
    new_table("posts")
        .id()
        .column(column("title", varchar(80)))
        .column(column("author_id", big_int()))
        .foreign_key(
            foreign_key("fk_posts_author_id", ["author_id"])
                .references("users", ["id"])
                .on_delete(Action::Cascade),
        )
        .index(index("ix_posts_author_id", ["author_id"]))
}

async fn shout(historical: Historical) -> Result<()> {
    let posts = historical.table("posts")?;
    posts
        .batches(20, async |batch, posts| {
            for row in batch {
                let title = row.get("title").and_then(Value::as_str).unwrap_or_default();
                posts
                    .update_row(row, [("slug", Value::Text(title.to_uppercase()))])
                    .await?;
            }
            Ok(())
        })
        .await
}

fn first() -> Migration {
    Migration::new("0001_initial")
        .create_table(users())
        .create_table(posts())
}

/// Ten operations, rows and functions among them.
fn ten() -> Migration {
    Migration::new("0002_ten")
        .depends_on("0001_initial")
        .rename_column("users", "mail", "email")
        .add_column_with("users", column("city", varchar(30)), "nowhere")
        .add_unique("users", unique("uq_users_email", ["email"]))
        .create_table(
            new_table("tags")
                .id()
                .column(column("name", varchar(20)).unique()),
        )
        .add_column("posts", column("slug", varchar(80)).nullable())
        .run(shout, nothing)
        .alter_column_with("users", column("age", big_int()).default(1), 18)
        .add_check("posts", check("ck_posts_title", col("title").ne("")))
        .run_sql_both("insert into tags (name) values ('one')", "delete from tags")
        .rename_table("posts", "articles")
}

fn app() -> App {
    App::new(Default::default(), vec![first(), ten()])
}

/// The same, each statement by itself on every database.
fn apart() -> App {
    App::new(Default::default(), vec![first(), ten().atomic(false)])
}

async fn note(historical: Historical) -> Result<()> {
    historical
        .table("notes")?
        .insert([("text", Value::Text("once".into()))])
        .await
}

/// Five migrations, each of which leaves a row behind.
fn racing() -> App {
    let mut all = vec![
        Migration::new("0001_notes")
            .create_table(new_table("notes").id().column(column("text", text())))
            .run(note, nothing),
    ];
    for n in 2..=5 {
        let before = all[n - 2].name().to_string();
        all.push(
            Migration::new(format!("000{n}_more"))
                .depends_on(before)
                .add_column(
                    "notes",
                    column(format!("c{n}"), integer()).default(n as i32),
                )
                .run(note, nothing),
        );
    }
    App::new(Default::default(), all)
}

fn kill_myself() {
    let killed = Command::new("kill")
        .args(["-9", &std::process::id().to_string()])
        .status();
    drop(killed);
    std::thread::sleep(std::time::Duration::from_secs(60));
}

/// What a process of its own runs: nothing, unless it is told.
#[test]
fn child() {
    let Ok(url) = std::env::var("ALUDEL_CHILD_URL") else {
        return;
    };
    let at: usize = std::env::var("ALUDEL_CHILD_DIES_AT")
        .ok()
        .and_then(|at| at.parse().ok())
        .unwrap_or(usize::MAX);
    let told = |name: &str| std::env::var(name).is_ok();
    let statements = told("ALUDEL_CHILD_COUNTS_STATEMENTS");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let result: Result<()> = runtime.block_on(async {
        let ended = AtomicUsize::new(0);
        let options = Options::default().on_event(move |event| {
            if matches!(event, Event::Statement { .. })
                && statements
                && ended.fetch_add(1, Ordering::Relaxed) == at
            {
                kill_myself();
            }
        });
        let db = options.connect(&url).await?;
        let app = match (told("ALUDEL_CHILD_RACES"), told("ALUDEL_CHILD_APART")) {
            (true, _) => racing(),
            (_, true) => apart(),
            _ => app(),
        };
        let events = AtomicUsize::new(0);
        let migrator = Migrator::new(&db, &app)?.report(move |progress| {
            if matches!(progress, Progress::Step { .. } | Progress::Done { .. })
                && !statements
                && events.fetch_add(1, Ordering::Relaxed) == at
            {
                kill_myself();
            }
        });
        let target = if told("ALUDEL_CHILD_GOES_BACK") {
            Target::To(MigrationId::new("", "0001_initial"))
        } else {
            Target::Latest
        };
        migrator.migrate(&target).await.map(drop)
    });
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn spawn(fixture: &Fixture) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["processes::child", "--exact", "--nocapture"])
        .env("ALUDEL_CHILD_URL", &fixture.url)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

async fn seed(db: &Database) -> Result<()> {
    let tx = db.begin().await?;
    for n in 1..=ROWS {
        sql("insert into users (mail, age) values (")
            .bind(format!("u{n}@example.com"))
            .push(", ")
            .bind((n % 2 == 0).then_some(n))
            .push(")")
            .execute(&tx)
            .await?;
        sql("insert into posts (title, author_id) values (")
            .bind(format!("Post {n}"))
            .push(", ")
            .bind(n)
            .push(")")
            .execute(&tx)
            .await?;
    }
    tx.commit().await
}

async fn number(db: &Database, query: &'static str) -> Result<i64> {
    Sql::trusted(query).one(db).await
}

fn wrong(expected: &Schema, found: Schema, db: &Database) -> String {
    let all = differences(
        expected,
        &aludel::migrate::without_records(found),
        db.dialect(),
    );
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

async fn clear(db: &Database) -> Result<()> {
    let found = db.inspect().await?;
    db.drop_all(&found.tables).await
}

async fn everything_is_there(db: &Database) -> Result<()> {
    assert_eq!(number(db, "select count(*) from users").await?, ROWS);
    assert_eq!(
        number(
            db,
            "select count(*) from users where city = 'nowhere' and age is not null"
        )
        .await?,
        ROWS
    );
    assert_eq!(
        number(db, "select count(*) from users where age = 18").await?,
        ROWS / 2 + 1
    );
    assert_eq!(number(db, "select count(*) from articles join users on users.id = articles.author_id where slug like 'POST %'").await?, ROWS);
    assert_eq!(number(db, "select count(*) from tags").await?, 1);
    assert_eq!(
        number(db, "select count(*) from aludel_migrations").await?,
        2
    );
    assert_eq!(
        number(db, "select count(*) from aludel_migration_journal").await?,
        0
    );
    Ok(())
}

/// Whether the child was killed at this point, or ended well before it.
fn dies(fixture: &Fixture, at: usize, told: &[&str]) -> bool {
    let mut child = spawn(fixture);
    for name in told {
        child.env(name, "1");
    }
    let status = child
        .env("ALUDEL_CHILD_DIES_AT", at.to_string())
        .status()
        .expect("a process");
    if !status.success() {
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(9)
        );
    }
    !status.success()
}

/// Kills a child at each point in turn, goes on with what it has begun, and looks at every row; how often.
async fn kill_everywhere(fixture: &Fixture, app: &App, told: &[&str]) -> aludel::Result<usize> {
    let db = &fixture.db;
    let migrator = Migrator::new(db, app)?;
    let state = migrator.graph().state()?;
    for at in 0.. {
        clear(db).await?;
        migrator
            .migrate(&Target::To(MigrationId::new("", "0001_initial")))
            .await?;
        seed(db).await?;
        let died = dies(fixture, at, told);
        if died {
            migrator.migrate(&Target::Latest).await?;
        }
        assert_eq!(
            wrong(&state.schema, db.inspect().await?, db),
            "",
            "killed at {at}"
        );
        everything_is_there(db).await?;
        if !died {
            return Ok(at);
        }
    }
    unreachable!("a run has an end")
}

on_every_database! {
    /// Rule 6: a run that is killed at any statement, before or after it, is gone on with by the next one.
    async fn rule_6_a_run_that_is_killed_at_any_statement_is_gone_on_with(fixture) {
        let kills = kill_everywhere(fixture, &app(), &[]).await?;
        assert!(kills >= 18, "{kills}");
    }

    /// Rule 6: … and so is one whose statements are no transaction by choice.
    async fn rule_6_a_run_that_is_no_transaction_and_is_killed_is_gone_on_with(fixture) {
        let kills = kill_everywhere(fixture, &apart(), &["ALUDEL_CHILD_APART"]).await?;
        assert!(kills >= 18, "{kills}");
    }

    /// Rule 6: … whichever statement is the last one: of the migration, of its record, of the journal, of the lock.
    async fn rule_6_a_run_that_is_killed_after_any_statement_of_its_own_is_gone_on_with(fixture) {
        let kills = kill_everywhere(fixture, &app(), &["ALUDEL_CHILD_COUNTS_STATEMENTS"]).await?;
        assert!(kills >= 100, "{kills}");
    }

    /// Rule 6: … and on the way back.
    async fn rule_6_a_run_back_that_is_killed_is_gone_on_with(fixture) {
        let db = &fixture.db;
        let migrator = Migrator::new(db, &app())?;
        let first = Target::To(MigrationId::new("", "0001_initial"));
        let mut at = 0;
        loop {
            clear(db).await?;
            migrator.migrate(&first).await?;
            seed(db).await?;
            migrator.migrate(&Target::Latest).await?;
            let died = dies(fixture, at, &["ALUDEL_CHILD_GOES_BACK"]);
            if died {
                migrator.migrate(&first).await?;
            }
            let mut state = aludel::migrate::State::default();
            crate::processes::first().apply(&mut state, "")?;
            assert_eq!(wrong(&state.schema, db.inspect().await?, db), "", "killed at {at}");
            assert_eq!(number(db, "select count(*) from users where mail like 'u%'").await?, ROWS);
            assert_eq!(number(db, "select count(*) from posts join users on users.id = posts.author_id").await?, ROWS);
            assert_eq!(number(db, "select count(*) from aludel_migrations").await?, 1);
            assert_eq!(number(db, "select count(*) from aludel_migration_journal").await?, 0);
            if !died {
                break;
            }
            at += 1;
        }
        assert!(at >= 18, "{at}");
    }

    /// Rule 6: … or is undone.
    async fn rule_6_a_run_that_is_killed_can_be_undone(fixture) {
        let db = &fixture.db;
        let migrator = Migrator::new(db, &app())?;
        let first = Target::To(MigrationId::new("", "0001_initial"));
        for at in [0, 1, 4, 7, 12] {
            clear(db).await?;
            migrator.migrate(&first).await?;
            seed(db).await?;
            assert!(dies(fixture, at, &[]));
            match migrator.undo_unfinished().await {
                Ok(undone) => assert_eq!(undone.is_some(), fixture.backend == Backend::Mariadb),
                // In the middle of an operation there is only the way forward.
                Err(error) => {
                    assert!(error.to_string().contains("half done"), "{error}");
                    migrator.migrate(&Target::Latest).await?;
                    migrator.migrate(&first).await?;
                }
            }
            let mut state = aludel::migrate::State::default();
            crate::processes::first().apply(&mut state, "")?;
            assert_eq!(wrong(&state.schema, db.inspect().await?, db), "", "killed at {at}");
            assert_eq!(number(db, "select count(*) from users").await?, ROWS);
            assert_eq!(number(db, "select count(*) from posts").await?, ROWS);
            assert_eq!(number(db, "select count(*) from aludel_migration_journal").await?, 0);
        }
    }

    /// Rules 6 and 16: one lock for each database, also behind a pooler, so each migration is applied once. (A cluster has it in
    /// the suite.)
    async fn rule_16_eight_runs_at_once_apply_each_migration_once(fixture) {
        let db = &fixture.db;
        for _ in 0..3 {
            clear(db).await?;
            let children: Vec<_> = (0..8).map(|_| spawn(fixture).env("ALUDEL_CHILD_RACES", "1").spawn().expect("a process")).collect();
            for mut child in children {
                assert!(child.wait().expect("its end").success());
            }
            assert_eq!(number(db, "select count(*) from notes").await?, 5);
            assert_eq!(number(db, "select count(*) from aludel_migrations").await?, 5);
            let state = Migrator::new(db, &racing())?.graph().state()?;
            assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
        }
    }
}
