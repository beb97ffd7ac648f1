//! Columns of types in the database's own words; collations; and labels of enums where nothing around them says what they
//! are.

use crate::harness::Backend;
use crate::models::{NewTag, Tag, create};
use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "hosts")]
pub struct Host {
    pub id: i64,
    #[field(sql_type = "inet", unique)]
    pub ip: String,
    #[field(sql_type = "interval")]
    pub lease: Option<String>,
    #[field(sql_type = "int4range")]
    pub ports: Option<String>,
    #[field(sql_type = "bit(3)")]
    pub flags: Option<String>,
    #[field(sql_type = "money")]
    pub price: Option<String>,
    #[field(sql_type = "varchar(4)")]
    pub tag: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "accounts")]
pub struct Account {
    pub id: i64,
    #[field(sql_type = "citext", unique)]
    pub email: String,
    #[field(sql_type = "hstore")]
    pub extra: Option<String>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "urgency")]
pub enum Urgency {
    Low,
    Medium,
    High,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tasks")]
pub struct Task {
    pub id: i64,
    pub size: i64,
    pub urgency: Urgency,
    pub before: Option<Urgency>,
}

/// The same, without a type of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "text_tasks")]
pub struct TextTask {
    pub id: i64,
    pub size: i64,
    #[field(sql_type = "varchar(10)")]
    pub urgency: Urgency,
}

fn host(n: usize) -> NewHost {
    NewHost {
        ip: format!("10.0.0.{n}"),
        lease: Some(format!("{n} days")),
        ports: Some(format!("[{n},100000)")),
        flags: Some("101".into()),
        price: Some("1234".into()),
        tag: Some("abcd".into()),
    }
}

fn ips(found: &[Host]) -> Vec<&str> {
    found.iter().map(|host| host.ip.as_str()).collect()
}

on_every_database! {
    requires(Backend::is_postgres) async fn types_in_the_databases_own_words_are_written_compared_and_read(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Host]).await?;
        let first = host(2).insert(db).await?;
        let wanted = (Some("2 days"), Some("[2,100000)"), Some("101"), Some("abcd"));
        assert_eq!((first.lease.as_deref(), first.ports.as_deref(), first.flags.as_deref(), first.tag.as_deref()), wanted);
        assert_eq!(first.ip, "10.0.0.2");
        assert!(first.price.as_deref().is_some_and(|price| price.contains("234")));
        let many = Host::insert_many((10..40).map(host)).all(db).await?;
        assert_eq!(many[0].ip, "10.0.0.10");
        let all = || Host::query().order_by(Host::ip);
        // Addresses sort as addresses: 2 before 10.
        assert_eq!(ips(&all().limit(2).all(db).await?), ["10.0.0.2", "10.0.0.10"]);
        for (query, rows) in [
            (Host::filter(Host::ip.eq("10.0.0.2/32")), 1),
            (Host::filter(Host::ip.ne("10.0.0.2")), 30),
            (Host::filter(Host::ip.lt("10.0.0.10")), 1),
            (Host::filter(Host::ip.between("10.0.0.2", "10.0.0.11")), 3),
            (Host::filter(Host::ip.is_in(["10.0.0.2", "10.0.0.39", "10.0.0.99"])), 2),
            (Host::filter(Host::ip.not_in(["10.0.0.2"])), 30),
            (Host::filter(Host::ip.contains("0.1")), 10),
            (Host::filter(Host::lease.gt("38 days")), 1),
            (Host::filter(Host::lease.is_not_distinct_from("48 hours")), 1),
            (Host::filter(Host::lease.eq("2 days")), 1),
            (Host::filter(Host::ports.eq("[2,100000)")), 1),
            (Host::filter(Host::flags.eq("101")), 31),
            (Host::filter(Host::price.eq("1234")), 31),
            (Host::filter(Host::tag.eq("abcd")), 31),
        ] {
            assert_eq!(query.count(db).await?, rows, "{:?}", query.to_sql(db.dialect())?.text);
        }
        Host::filter(Host::id.eq(first.id)).update(Host::ip.set("10.0.0.1")).execute(db).await?;
        assert_eq!(ips(&all().limit(1).all(db).await?), ["10.0.0.1"]);
        let least: Option<String> = Host::query().select(Host::ip.min()).one(db).await?;
        assert_eq!(least.as_deref(), Some("10.0.0.1"));

        let mut session = db.session();
        let key = session.one(Host::filter(Host::ip.eq("10.0.0.1"))).await?;
        session[key].ip = "10.0.0.200".into();
        session[key].lease = None;
        session.add(host(201));
        session.commit().await?;
        drop(session);
        let last = Host::query().order_by(Host::ip.desc()).limit(2).all(db).await?;
        assert_eq!(ips(&last), ["10.0.0.201", "10.0.0.200"]);
        let leases = Host::filter(Host::id.eq(first.id)).select(Host::lease.or_else("1 hour")).all(db).await?;
        assert_eq!(leases, ["01:00:00"]);

        // What does not fit is an error of the column, not cut.
        let long = NewHost { tag: Some("abcde".into()), ..host(250) };
        assert_eq!(long.insert(db).await.unwrap_err().kind(), ErrorKind::ValueTooLong);
        let wide = NewHost { flags: Some("1011".into()), ..host(250) };
        assert!(wide.insert(db).await.is_err());
        assert_eq!(Host::filter(Host::ip.eq("10.0.0.250")).count(db).await?, 0);
    }

    requires(Backend::is_postgres) async fn extensions_have_types_too(fixture) {
        let db = &fixture.db;
        let there = "select count(*) from pg_available_extensions where name in ('citext', 'hstore')";
        if sql(there).one::<i64>(db).await? < 2 {
            return Ok(());
        }
        for extension in ["create extension citext", "create extension hstore"] {
            sql(extension).execute(db).await?;
        }
        db.create_all(&models![Account]).await?;
        let new = NewAccount { email: "Ann@Example.com".into(), extra: Some("a=>1".into()) };
        let account = new.insert(db).await?;
        assert_eq!((&*account.email, account.extra.as_deref()), ("Ann@Example.com", Some("\"a\"=>\"1\"")));
        // Case does not count, as the type has it; in text patterns it counts, as everywhere.
        assert_eq!(Account::filter(Account::email.eq("ann@example.com")).count(db).await?, 1);
        assert_eq!(Account::filter(Account::email.is_in(["ANN@EXAMPLE.COM"])).count(db).await?, 1);
        assert_eq!(Account::filter(Account::email.contains("ann")).count(db).await?, 0);
        assert_eq!(Account::filter(Account::email.icontains("ann")).count(db).await?, 1);
        let again = NewAccount { email: "ANN@example.com".into(), extra: None };
        assert!(again.insert(db).await.unwrap_err().is_unique_violation());
    }

    /// A collation's name is the database's own, in its own case.
    async fn collations_keep_their_names(fixture) {
        let db = &fixture.db;
        create(db).await?;
        for name in ["b", "A", "a", "B"] {
            NewTag { name: name.into() }.insert(db).await?;
        }
        let bytewise = match fixture.backend {
            Backend::Sqlite => "Binary",
            Backend::Postgres => "C",
            Backend::Mariadb => "UTF8MB4_bin",
        };
        let names = Tag::query().order_by(Tag::name.collate(bytewise).asc()).select(Tag::name).all(db).await?;
        assert_eq!(names, ["A", "B", "a", "b"]);
    }

    async fn labels_stand_where_nothing_says_what_they_are(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Task, TextTask]).await?;
        for (size, urgency) in [(1, Urgency::Low), (9, Urgency::High), (10, Urgency::Low)] {
            NewTask { size, urgency, before: None }.insert(db).await?;
            NewTextTask { size, urgency }.insert(db).await?;
        }
        let fitting = when::<_, Urgency>(Task::size.gt(5), Urgency::High).otherwise(Urgency::Low);
        assert_eq!(Task::filter(Task::urgency.eq(fitting.clone())).count(db).await?, 2);
        assert_eq!(Task::query().order_by(Task::id).select(fitting.clone()).all(db).await?, [Urgency::Low, Urgency::High, Urgency::High]);
        assert_eq!(Task::filter(Task::before.or_else(Urgency::Low).eq(Task::urgency)).count(db).await?, 2);
        Task::filter(Task::size.eq(10)).update(Task::urgency.set(fitting)).execute(db).await?;
        assert_eq!(Task::filter(Task::urgency.eq(Urgency::High)).count(db).await?, 2);

        let fitting = when::<_, Urgency>(TextTask::size.gt(5), Urgency::High).otherwise(Urgency::Low);
        assert_eq!(TextTask::filter(TextTask::urgency.eq(fitting.clone())).count(db).await?, 2);
        TextTask::filter(TextTask::size.eq(10)).update(TextTask::urgency.set(fitting)).execute(db).await?;
        assert_eq!(TextTask::filter(TextTask::urgency.eq(Urgency::High)).count(db).await?, 2);
    }
}
