//! MySQL's ways, tried on MariaDB by `?flavor=mysql`: no RETURNING, no reading of the table that is changed. What MySQL
//! itself says was not tried.

use crate::harness::{Backend, run};
use crate::models::{NewTag, Post, Tag, User, UserPatch, people, user};
use aludel::prelude::*;

#[derive(Model, Debug, PartialEq)]
struct Line {
    id: i64,
    text: String,
}

alone! {
    fn mariadb_as_mysql_reads_rows_back() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                // Tables are made by MariaDB's dialect: MySQL's collation has another name.
                let [ann, bob, _] = people(&fixture.db).await?;
                let url = format!("{}?flavor=mysql", fixture.url);
                let db = &Database::connect(&url).await?;
                assert_eq!(db.dialect().name(), "mysql");

                let dan = user("dan@example.com").insert(db).await?;
                assert!(dan.id > bob.id && dan.created_at.as_second() > 0);
                let many = User::insert_many(["eve@example.com", "fay@example.com"].map(user))
                    .all(db)
                    .await?;
                assert_eq!(
                    many.iter()
                        .map(|user| user.email.as_str())
                        .collect::<Vec<_>>(),
                    ["eve@example.com", "fay@example.com"]
                );
                assert_eq!(many[1].id, many[0].id + 1);

                let patched = dan
                    .patch(
                        UserPatch {
                            age: Some(Some(50)),
                            ..Default::default()
                        },
                        db,
                    )
                    .await?;
                assert_eq!(patched.age, Some(50));
                let (found, made) = User::get_or_create(
                    User::email.eq("fay@example.com"),
                    || user("fay@example.com"),
                    db,
                )
                .await?;
                assert!(!made && found.id == many[1].id);
                let (gus, made) = User::get_or_create(
                    User::email.eq("gus@example.com"),
                    || user("gus@example.com"),
                    db,
                )
                .await?;
                assert!(made && gus.email == "gus@example.com");

                NewTag { name: "a".into() }.insert(db).await?;
                let again = Tag::insert_many(["a", "b"].map(|name| NewTag { name: name.into() }));
                assert_eq!(
                    again
                        .on_conflict((Tag::name,))
                        .do_nothing()
                        .execute(db)
                        .await?,
                    1
                );
                assert_eq!(Tag::query().count(db).await?, 2);

                // The table that is changed is read through a copy.
                let elders = User::filter(User::company.users.any(User::age.ge(40)));
                assert!(elders.clone().count(db).await? > 0);
                let before = elders.count(db).await?;
                assert_eq!(
                    elders.update(User::name.set("elder")).execute(db).await?,
                    before as u64
                );
                let limited = User::filter(User::id.gt(0))
                    .order_by(User::id.desc())
                    .limit(1)
                    .delete()
                    .execute(db)
                    .await?;
                assert_eq!((limited, User::find(gus.id, db).await?), (1, None));

                let refused = Post::filter(Post::views.gt(0))
                    .delete()
                    .returning(Post::id)
                    .all(db)
                    .await
                    .unwrap_err();
                assert!(refused.is_unsupported(), "{refused}");
                assert_eq!(Post::filter(Post::author.is(&ann)).count(db).await?, 2);
                db.close();
                Ok(())
            })
        });
    }

    /// A session where there is no RETURNING: rows are inserted one by one and read back.
    fn mariadb_as_mysql_flushes_sessions() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let [ann, ..] = people(&fixture.db).await?;
                let url = format!("{}?flavor=mysql", fixture.url);
                let db = &Database::connect(&url).await?;
                let mut session = db.session();
                let key = session.get::<User>(ann.id).await?;
                session[key].name = Some("Ann Lee".into());
                let new = session.add_all(["gil@example.com", "hal@example.com"].map(user));
                session[key].posts.push(crate::models::NewPost {
                    author: Ref::default(),
                    ..crate::models::post("pushed", 1, &ann)
                });
                let tag = session.add(NewTag {
                    name: "news".into(),
                });
                session.commit().await?;
                assert_eq!(session[new[1]].email, "hal@example.com");
                assert!(session[new[0]].id < session[new[1]].id);
                let post = session.one(Post::filter(Post::title.eq("pushed"))).await?;
                session[post].tags.add(tag);
                session.set(post, Post::views.set(Post::views + 41))?;
                session.commit().await?;
                assert_eq!(session[post].views, 42);
                assert_eq!(
                    Post::filter(Post::tags.any(Tag::name.eq("news")))
                        .count(db)
                        .await?,
                    1
                );
                session.remove(key)?;
                session.commit().await?;
                assert_eq!(Post::filter(Post::author.is(&ann)).count(db).await?, 0);
                db.close();
                Ok(())
            })
        });
    }

    /// A procedure answers several results: the first has rows, the others are passed over, and the connection goes on.
    fn a_procedure_of_mariadb_with_several_results_gives_the_first() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let db = fixture
                    .connect(Database::options().max_connections(1))
                    .await;
                let body = "create procedure numbers() begin select 1 as n union select 2; select 'text' as word; end";
                aludel::Sql::trusted(body).execute(&db).await?;
                for _ in 0..3 {
                    assert_eq!(sql("call numbers()").all::<i64>(&db).await?, [1, 2]);
                    assert_eq!(sql("call numbers()").first::<i64>(&db).await?, Some(1));
                    let wrong = sql("call numbers()").all::<bool>(&db).await.unwrap_err();
                    assert_eq!(wrong.kind(), aludel::ErrorKind::Decode);
                }
                assert_eq!(sql("select ").bind(5_i64).one::<i64>(&db).await?, 5);
                db.close();
                Ok(())
            })
        });
    }

    /// What the server takes at a time is known before it is sent, so that the connection is not lost by it.
    fn what_mariadb_does_not_take_is_refused_before_it_is_sent() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let db = fixture
                    .connect(Database::options().max_connections(1))
                    .await;
                let most: i64 = sql("select @@max_allowed_packet").one(&db).await?;
                let id: i64 = sql("select connection_id()").one(&db).await?;
                let long = "x".repeat(most as usize);
                let error = sql("select length(")
                    .bind(long.clone())
                    .push(")")
                    .one::<i64>(&db)
                    .await
                    .unwrap_err();
                assert_eq!(error.kind(), aludel::ErrorKind::ValueTooLong, "{error}");
                assert!(error.to_string().contains("max_allowed_packet"), "{error}");
                // Several values may be longer together.
                let half = &long[..most as usize / 3];
                let lengths = sql("select length(")
                    .bind(half.to_string())
                    .push(") + length(")
                    .bind(half.to_string())
                    .push(") + length(")
                    .bind(half.to_string())
                    .push(") + ")
                    .bind(3_i64);
                assert_eq!(lengths.one::<i64>(&db).await?, most / 3 * 3 + 3);
                assert_eq!(sql("select connection_id()").one::<i64>(&db).await?, id);
                db.close();
                Ok(())
            })
        });
    }

    /// Who an account is, is proved in the way that the account asks for; a way that is not known is named.
    fn accounts_of_mariadb_are_proved_in_their_own_way() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let name = fixture.url.rsplit_once('/').expect("a database").1;
                let account = |kind: &str| format!("'{name}_{kind}'@'%'");
                let ways = [
                    (
                        "native",
                        "IDENTIFIED VIA mysql_native_password USING PASSWORD('pass')",
                    ),
                    ("empty", "IDENTIFIED BY ''"),
                    ("socket", "IDENTIFIED VIA unix_socket"),
                ];
                for (kind, way) in ways {
                    let made = format!("CREATE USER {} {way}", account(kind));
                    aludel::Sql::trusted(made).execute(&fixture.db).await?;
                    let granted = format!("GRANT SELECT ON {name}.* TO {}", account(kind));
                    aludel::Sql::trusted(granted).execute(&fixture.db).await?;
                }
                let connect = async |kind: &str, password: &str| {
                    let who = format!("{name}_{kind}{password}@");
                    let db = Database::connect(&fixture.url.replace("aludel:aludel@", &who)).await?;
                    let one: i64 = sql("select ").bind(1_i64).one(&db).await?;
                    db.close();
                    Ok::<i64, aludel::Error>(one)
                };
                let denied = aludel::ErrorKind::AuthenticationFailed;
                assert_eq!(connect("native", ":pass").await?, 1);
                assert_eq!(
                    connect("native", ":other").await.unwrap_err().kind(),
                    denied
                );
                assert_eq!(connect("native", "").await.unwrap_err().kind(), denied);
                assert_eq!(connect("empty", "").await?, 1);
                assert_eq!(connect("empty", ":").await?, 1);
                let unknown = connect("socket", ":pass").await.unwrap_err();
                assert_eq!(unknown.kind(), denied, "{unknown}");
                for (kind, _) in ways {
                    let gone = format!("DROP USER {}", account(kind));
                    aludel::Sql::trusted(gone).execute(&fixture.db).await?;
                }
                Ok(())
            })
        });
    }

    /// A connection that a procedure left in a transaction is not given to the next one.
    fn a_transaction_that_a_procedure_of_mariadb_leaves_open_is_rolled_back() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let db = fixture
                    .connect(Database::options().max_connections(1))
                    .await;
                crate::models::create(&db).await?;
                let body = "create procedure opens() begin start transaction; insert into tags (name) values ('a'); end";
                aludel::Sql::trusted(body).execute(&db).await?;
                let left_open = sql("call opens()").execute(&db).await.unwrap_err();
                assert_eq!(
                    left_open.kind(),
                    aludel::ErrorKind::TransactionState,
                    "{left_open}"
                );
                NewTag { name: "b".into() }.insert(&db).await?;
                let tags = Tag::query().all(&fixture.db).await?;
                assert_eq!(tags.len(), 1);
                assert_eq!(tags[0].name, "b");
                db.close();
                Ok(())
            })
        });
    }

    /// A row that is longer than a packet goes in several.
    fn long_rows_are_sent_to_mariadb_as_a_file_too() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                let options = Database::options().max_connections(1).local_infile(true);
                let db = fixture.connect(options).await;
                db.create_all(&models![Line]).await?;
                let long = |n: usize| if n % 5_000 == 7 { 20_000_000 } else { n % 7 };
                let lines = (0..10_000).map(|n| NewLine {
                    text: "x".repeat(long(n)),
                });
                let watch = db.watch();
                assert_eq!(Line::insert_many(lines).execute(&db).await?, 10_000);
                let texts = watch.texts();
                assert!(texts.iter().any(|text| text.starts_with("LOAD DATA")));
                let lengths: Vec<i64> = sql("select length(text) from `lines` order by id")
                    .all(&db)
                    .await?;
                assert_eq!(lengths.len(), 10_000);
                for (n, length) in lengths.into_iter().enumerate() {
                    assert_eq!(length, long(n) as i64);
                }
                db.close();
                Ok(())
            })
        });
    }

    /// A server may begin a transaction with each statement of a new connection, and commit none.
    fn mariadb_writes_are_kept_where_the_server_does_not_commit_by_itself() {
        run(Backend::Mariadb, |fixture| {
            Box::pin(async move {
                fixture.db.create_all(&models![Line]).await?;
                sql("set global autocommit = 0")
                    .execute(&fixture.db)
                    .await?;
                let db = fixture
                    .connect(Database::options().max_connections(1))
                    .await;
                let set = sql("set global autocommit = 1").execute(&fixture.db).await;
                let kept = NewLine {
                    text: "kept".into(),
                }
                .insert(&db)
                .await?;
                db.close();
                set?;
                assert_eq!(Line::get(kept.id, &fixture.db).await?, kept);
                Ok(())
            })
        });
    }
}
