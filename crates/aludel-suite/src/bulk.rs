//! Many rows at once: on PostgreSQL by COPY, elsewhere in statements of many rows. Whatever the way, the rows are the
//! same, and all or none are there.

use crate::cancellation::polled;
use crate::harness::Backend;
use aludel::prelude::*;
use aludel::{ErrorKind, Event};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Enough that PostgreSQL takes them by COPY.
const MANY: usize = 6_000;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "measurements")]
pub struct Measurement {
    pub id: i64,
    #[field(unique, max_length = 40)]
    pub label: String,
    pub note: Option<String>,
    pub small: i16,
    pub number: i32,
    pub share: f64,
    pub half: Option<f32>,
    pub holds: bool,
    pub data: Vec<u8>,
    #[field(decimal(12, 3))]
    pub price: rust_decimal::Decimal,
    pub day: chrono::NaiveDate,
    pub at: chrono::DateTime<chrono::Utc>,
    pub token: uuid::Uuid,
}

fn new(n: usize) -> NewMeasurement {
    let day =
        chrono::NaiveDate::from_ymd_opt(1990, 1, 1).expect("a day") + chrono::Days::new(n as u64);
    NewMeasurement {
        label: format!("label\t{n}\\N\n\"ü\""),
        note: (!n.is_multiple_of(3)).then(|| "\\N".to_string()),
        small: (n % 30_000) as i16 - 15_000,
        number: n as i32 - 100,
        share: n as f64 / 7.0,
        half: n.is_multiple_of(2).then_some(0.5),
        holds: n.is_multiple_of(5),
        data: vec![0, 255, (n % 256) as u8],
        price: rust_decimal::Decimal::new(n as i64 * 1001 - 500, 3),
        day,
        at: day
            .and_hms_micro_opt(1, 2, 3, 456_789)
            .expect("a time")
            .and_utc(),
        token: uuid::Uuid::from_u128(n as u128),
    }
}

fn many() -> impl Iterator<Item = NewMeasurement> {
    (0..MANY).map(new)
}

/// The names of a table's own, as a model over something else than its table.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "labels")]
pub struct Label {
    pub id: i64,
    pub label: String,
    pub number: i64,
}

fn labels() -> impl Iterator<Item = NewLabel> + Clone {
    (0..MANY).map(|n| NewLabel {
        label: format!("label {n}"),
        number: n as i64,
    })
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Glove {
    pub id: i64,
    pub side: Side,
    pub after: Option<BelongsTo<Measurement>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Slip {
    pub id: i64,
    pub number: i64,
    pub note: Option<String>,
    #[field(default = "new", max_length = 20)]
    pub state: String,
}

on_every_database! {
    /// Rule: `insert_many` chooses its way by the number of rows, and on every way every type comes back as it went in.
    async fn many_rows_come_back_as_they_went_in(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Measurement, Glove]).await?;
        let watch = db.watch();
        assert_eq!(Measurement::insert_many(many()).execute(db).await?, MANY as u64);
        if fixture.backend == Backend::Postgres {
            assert_eq!(watch.statements(), 1, "{:?}", watch.texts());
            assert!(watch.texts()[0].starts_with("COPY \"measurements\" (\"label\","), "{:?}", watch.texts());
        }
        let rows = Measurement::query().order_by(Measurement::number).all(db).await?;
        assert_eq!(rows.len(), MANY);
        for (n, row) in rows.iter().enumerate() {
            let new = new(n);
            assert_eq!(row, &Measurement {
                id: row.id,
                label: new.label,
                note: new.note,
                small: new.small,
                number: new.number,
                share: new.share,
                half: new.half,
                holds: new.holds,
                data: new.data,
                price: new.price,
                day: new.day,
                at: new.at,
                token: new.token,
            });
        }
        // Few rows, rows to be read back, and rows that may be there go another way, to the same end.
        Measurement::query().unfiltered().delete().execute(db).await?;
        let back = Measurement::insert_many(many()).all(db).await?;
        assert_eq!((back.len(), back[17].label.as_str()), (MANY, new(17).label.as_str()));
        assert_eq!(Measurement::insert_many(many()).on_conflict(Measurement::label).do_nothing().execute(db).await?, 0);
    }

    /// Rule: rows get their numbers in the order in which they were given, however many there are.
    async fn rows_are_numbered_in_their_order(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Label]).await?;
        for rows in [1, 9, 128, 129, 199, 512, 513, 1_085] {
            Label::query().unfiltered().delete().execute(db).await?;
            assert_eq!(Label::insert_many(labels().take(rows)).execute(db).await?, rows as u64);
            let stored = Label::query().order_by(Label::id).all(db).await?;
            let numbers = stored.iter().map(|row| row.number);
            assert!(numbers.eq(0..rows as i64), "{rows} rows");
            assert!(stored.iter().all(|row| row.label == format!("label {}", row.number)));
        }
    }

    /// Rule: rows may give different columns, wherever among many they stand; what they leave out is what it is in a single
    /// insert.
    async fn rows_far_apart_may_give_different_columns(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Slip]).await?;
        let note = |n: usize| (n >= 600 && n.is_multiple_of(2)).then(|| format!("note {n}"));
        let state = |n: usize| (n == 1_100 || n == 1_599).then(|| "old".to_string());
        let slips = (0..1_600).map(|n| NewSlip { number: n as i64, note: note(n), state: state(n) });
        assert_eq!(Slip::insert_many(slips).execute(db).await?, 1_600);
        let stored = Slip::query().order_by(Slip::id).all(db).await?;
        assert_eq!(stored.len(), 1_600);
        for (n, slip) in stored.into_iter().enumerate() {
            let state = state(n).unwrap_or_else(|| "new".into());
            assert_eq!((slip.number, slip.note, slip.state), (n as i64, note(n), state));
        }
    }

    /// Rule: however many statements they take, many rows are no statement that is repeated by mistake.
    async fn many_rows_are_no_repetition(fixture) {
        let repeated = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&repeated);
        let options = Database::options().repeat_threshold(3).on_event(move |event| {
            if let Event::Repeated { .. } = event {
                seen.store(true, Ordering::Relaxed);
            }
        });
        let db = fixture.connect(options).await;
        db.create_all(&models![Label]).await?;
        Label::insert_many(labels()).execute(&db).await?;
        assert!(!repeated.load(Ordering::Relaxed));
        for label in labels().take(3) {
            NewLabel { label: format!("again {}", label.label), ..label }.insert(&db).await?;
        }
        assert!(repeated.load(Ordering::Relaxed));
    }

    /// Rule: many rows may be the work of a task of its own, on any thread.
    async fn many_rows_go_in_from_another_task(fixture) {
        let db = fixture.db.clone();
        db.create_all(&models![Label]).await?;
        let task = tokio::spawn(async move { Label::insert_many(labels()).execute(&db).await });
        assert_eq!(task.await.expect("ends")?, MANY as u64);
        assert_eq!(Label::query().count(&fixture.db).await?, MANY as u64);
    }

    /// Rule: while many rows go in, other tasks of the thread go on.
    async fn many_rows_leave_time_to_others(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Label]).await?;
        let mut turns = 0;
        // Several chunks: a server may have answered one before it is asked whether it has.
        const ROWS: usize = 40_000;
        let labels = || labels().cycle().take(ROWS);
        let inserting = async { Label::insert_many(labels()).execute(db).await };
        let mut inserting = std::pin::pin!(inserting);
        std::future::poll_fn(|context| {
            turns += 1;
            inserting.as_mut().poll(context)
        })
        .await?;
        assert!(turns > 1);
        assert_eq!(Label::query().count(db).await?, ROWS as u64);
    }

    /// Rule: where the program allows it, MariaDB takes many rows as a file; what it would leave out, cut or change is told
    /// as ever, and nothing of it is there.
    async fn many_rows_sent_as_a_file_are_taken_cleanly_or_not_at_all(fixture) {
        let db = fixture.connect(Database::options().local_infile(true)).await;
        let as_file = fixture.backend == Backend::Mariadb;
        db.create_all(&models![Measurement]).await?;
        let watch = db.watch();
        assert_eq!(Measurement::insert_many(many()).execute(&db).await?, MANY as u64);
        let loads = watch.texts().iter().filter(|text| text.starts_with("LOAD DATA LOCAL INFILE")).count();
        assert_eq!(loads, usize::from(as_file), "{:?}", watch.texts());
        let mut files = Measurement::query().order_by(Measurement::number).all(&db).await?;
        Measurement::query().unfiltered().delete().execute(&db).await?;
        let plain = fixture.connect(Database::options()).await;
        Measurement::insert_many(many()).execute(&plain).await?;
        let inserted = Measurement::query().order_by(Measurement::number).all(&db).await?;
        for (file, inserted) in files.iter_mut().zip(&inserted) {
            file.id = inserted.id;
        }
        assert_eq!(files, inserted);
        // Rows that are there already.
        let error = Measurement::insert_many(many()).execute(&db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        assert_eq!(Measurement::query().count(&db).await?, MANY as u64);
        Measurement::query().unfiltered().delete().execute(&db).await?;
        // A text that is too long, which a file would have cut. (SQLite has no lengths but by CHECK.)
        let long = many().enumerate().map(|(n, mut new)| {
            if n == MANY - 1 {
                new.label = "x".repeat(41);
            }
            new
        });
        let error = Measurement::insert_many(long).unvalidated().execute(&db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ValueTooLong, "{error}");
        assert_eq!(Measurement::query().count(&db).await?, 0);
        // In a transaction that goes on.
        let tx = db.begin().await?;
        assert_eq!(Measurement::insert_many(many()).execute(&tx).await?, MANY as u64);
        tx.rollback().await?;
        assert_eq!(Measurement::query().count(&db).await?, 0);
    }

    /// Rule: what a server says while rows are sent to it is no complaint, be it as much as it likes.
    requires(Backend::is_postgres) async fn notices_do_not_end_a_copy(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Label]).await?;
        sql("create function tells() returns trigger language plpgsql as \
             $$ begin raise notice '%', repeat('so it is ', 50); return new; end $$").execute(db).await?;
        sql("create trigger tells before insert on labels for each row execute function tells()").execute(db).await?;
        let watch = db.watch();
        assert_eq!(Label::insert_many(labels()).execute(db).await?, MANY as u64);
        assert!(watch.texts()[0].starts_with("COPY"), "{:?}", watch.texts());
        assert_eq!(Label::query().count(db).await?, MANY as u64);
    }

    /// Rule: what a file left half done in a table without transactions can't be undone, and is told.
    requires(Backend::is_mariadb) async fn a_file_into_a_table_without_transactions_is_not_tried_twice(fixture) {
        let db = fixture.connect(Database::options().local_infile(true)).await;
        sql("create table labels (id bigint auto_increment primary key, label varchar(100) unique, number bigint) \
             engine = MyISAM").execute(&db).await?;
        NewLabel { label: "label 5".into(), number: 0 }.insert(&db).await?;
        let error = Label::insert_many(labels()).execute(&db).await.unwrap_err();
        assert!(error.to_string().contains("local_infile"), "{error}");
        assert_eq!(Label::query().count(&db).await?, MANY as u64);
    }

    /// Rule: all or none, alone and in a transaction, which a failure leaves as the database leaves it.
    async fn a_violation_among_many_rows_inserts_none_and_names_the_constraint(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Measurement]).await?;
        new(MANY - 1).insert(db).await?;
        let error = Measurement::insert_many(many()).execute(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        assert_eq!(Measurement::query().count(db).await?, 1);
        let tx = db.begin().await?;
        new(MANY).insert(&tx).await?;
        let error = Measurement::insert_many(many()).execute(&tx).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        tx.rollback().await?;
        assert_eq!(Measurement::query().count(db).await?, 1);
        // The connection is as good as before.
        let tx = db.begin().await?;
        let rest: Vec<NewMeasurement> = many().take(MANY - 1).collect();
        assert_eq!(Measurement::insert_many(rest).execute(&tx).await?, MANY as u64 - 1);
        tx.commit().await?;
        assert_eq!(Measurement::query().count(db).await?, MANY as u64);
    }

    /// Rule: a dropped future leaves all rows or none (the last statement may be on its way), and no connection in the
    /// middle of a COPY.
    async fn many_rows_that_are_given_up_half_way_are_all_there_or_none(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        db.create_all(&models![Measurement]).await?;
        for polls in 1..8 {
            let done = polled(polls, Measurement::insert_many(many()).execute(&db)).await;
            let found = Measurement::query().count(&db).await?;
assert!(found == MANY as u64 || found == 0 && done.is_none(), "{polls} polls: {found}");
            Measurement::query().unfiltered().delete().execute(&db).await?;
        }
    }

    /// Rule: what COPY can't write goes in all the same: columns that want a cast, types of the program's own, views.
    async fn many_rows_go_where_a_copy_can_not(fixture) {
        let db = &fixture.db;
        // A narrower column than the model's, and one of another length than text.
        let key = match fixture.backend {
            Backend::Sqlite => "integer primary key",
            Backend::Postgres => "bigint generated by default as identity primary key",
            Backend::Mariadb => "bigint auto_increment primary key",
        };
        let table = format!("create table narrow (id {key}, label varchar(20) not null, number smallint not null)");
        aludel::Sql::trusted(table).execute(db).await?;
        sql("create view labels as select id, label, number from narrow").execute(db).await?;
        if fixture.backend == Backend::Sqlite {
            // A view takes rows by a trigger there.
            sql("create trigger into_narrow instead of insert on labels begin \
                 insert into narrow (label, number) values (new.label, new.number); end").execute(db).await?;
        }
        Label::insert_many(labels()).execute(db).await?;
        assert_eq!(Label::query().count(db).await?, MANY as u64);
        assert_eq!(Label::query().select(Label::number.max()).one(db).await?, Some(MANY as i64 - 1));

        db.create_all(&models![Measurement, Glove]).await?;
        let first = new(0).insert(db).await?;
        let sides = [Side::Left, Side::Right];
        let gloves = (0..MANY).map(|n| NewGlove { side: sides[n % 2], after: n.is_multiple_of(4).then(|| (&first).into()) });
        assert_eq!(Glove::insert_many(gloves).execute(db).await?, MANY as u64);
        assert_eq!(Glove::filter(Glove::side.eq(Side::Right)).count(db).await?, MANY as u64 / 2);
        assert_eq!(Glove::filter(Glove::after.label.eq(first.label)).count(db).await?, MANY as u64 / 4);
    }

    /// Rule: in a session, new rows that differ in what is NULL go in together.
    async fn rows_of_a_session_with_and_without_nulls_are_one_statement(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Measurement]).await?;
        let mut session = db.session();
        let keys = session.add_all(many().take(200));
        let watch = db.watch();
        session.commit().await?;
        let inserts = watch.texts().iter().filter(|text| text.starts_with("INSERT")).count();
        assert!(inserts <= 2, "{:?}", watch.texts());
        for (n, key) in keys.into_iter().enumerate() {
            assert_eq!((session[key].note.clone(), session[key].half), (new(n).note, new(n).half));
        }
        // What is taken back is as it was: None is not NULL that was given.
        let mut session = db.session();
        let keys = session.add_all(many().skip(200).take(3));
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(session.draft(keys[0])?.note, new(200).note);
        assert_eq!(session.draft(keys[1])?.note, new(201).note);
        session.commit().await?;
        assert_eq!(Measurement::query().count(db).await?, 203);
    }
}

alone! {
    /// Rule: a table with rules takes no COPY, which would pass them over.
    fn many_rows_go_into_a_table_with_rules_on_postgres() {
        crate::harness::run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                let db = &fixture.db;
                db.create_all(&models![Label]).await?;
                sql("create table copies (label text)").execute(db).await?;
                sql("create rule copies as on insert to labels do also insert into copies values (new.label)")
                    .execute(db)
                    .await?;
                assert_eq!(Label::insert_many(labels()).execute(db).await?, MANY as u64);
                let copies: i64 = sql("select count(*) from copies").one(db).await?;
                assert_eq!(copies, MANY as i64);
                Ok(())
            })
        });
    }

    /// Rule: a table with row security takes no COPY, and its rows are checked one by one.
    fn many_rows_go_into_a_table_with_row_security_on_postgres() {
        crate::harness::run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                let db = &fixture.db;
                sql("create table labels (id bigint generated by default as identity primary key, label text, number bigint)").execute(db).await?;
                sql("alter table labels enable row level security")
                    .execute(db)
                    .await?;
                let watch = db.watch();
                Label::insert_many(labels()).execute(db).await?;
                assert_eq!(Label::query().count(db).await?, MANY as u64);
                assert!(watch.texts()[0].starts_with("COPY"));
                Ok(())
            })
        });
    }
}
