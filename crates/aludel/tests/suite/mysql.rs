//! MySQL's ways, tried on MariaDB by `?flavor=mysql`: no RETURNING, no reading of the table that is changed. What MySQL
//! itself says was not tried.

use crate::harness::{Backend, run};
use crate::models::{NewTag, Post, Tag, User, UserPatch, people, user};
use aludel::prelude::*;

#[test]
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
#[test]
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
