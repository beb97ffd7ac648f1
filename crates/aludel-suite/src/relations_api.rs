//! What a relation can be asked without its model's key: by a row or by its key, without a join; and what was loaded of it,
//! as a list.

use crate::models::{Company, Post, Tag, User, people, post};
use aludel::prelude::*;
use std::panic::AssertUnwindSafe;

async fn titles(query: Query<Post>, db: &Database) -> aludel::Result<Vec<String>> {
    let query = query.order_by(Post::title);
    let sql = query.to_sql(db.dialect())?.text;
    assert!(!sql.contains("JOIN"), "{sql}");
    query.select(Post::title).all(db).await
}

mod documents {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone, serde::Serialize)]
    pub struct Band {
        pub id: i64,
        pub name: String,
        pub albums: HasMany<Album>,
        pub label: HasOne<Label>,
    }

    #[derive(Model, Debug, Clone, serde::Serialize)]
    pub struct Album {
        pub id: i64,
        pub title: String,
        pub band: BelongsTo<Band>,
        #[serde(skip)]
        pub genres: ManyToMany<Genre>,
    }

    #[derive(Model, Debug, Clone, serde::Serialize)]
    pub struct Label {
        pub id: i64,
        #[field(unique)]
        pub band: BelongsTo<Band>,
    }

    #[derive(Model, Debug, Clone, serde::Serialize)]
    pub struct Genre {
        pub id: i64,
        pub albums: ManyToMany<Album>,
    }
}

on_every_database! {
    async fn a_relation_is_compared_with_a_row_or_its_key_without_a_join(fixture) {
        let db = &fixture.db;
        let [ann, bob, cid] = people(db).await?;
        Post::query().unfiltered().delete().execute(db).await?;
        for (title, author) in [("a", &ann), ("b", &ann), ("c", &bob)] {
            post(title, 1, author).insert(db).await?;
        }
        let by_row = titles(Post::filter(Post::author.eq(&ann)), db).await?;
        assert_eq!(by_row, ["a", "b"]);
        assert_eq!(titles(Post::filter(Post::author.eq(ann.id)), db).await?, by_row);
        assert_eq!(titles(Post::filter(Post::author.eq(ann.id) & Post::author.eq(1)), db).await?, by_row);
        assert_eq!(titles(Post::filter(Post::author.ne(&ann)), db).await?, ["c"]);
        assert_eq!(titles(Post::filter(Post::author.ne(bob.id)), db).await?, ["a", "b"]);
        let both = ["a", "b", "c"];
        assert_eq!(titles(Post::filter(Post::author.is_in([ann.id, bob.id])), db).await?, both);
        assert_eq!(titles(Post::filter(Post::author.is_in([1, 2])), db).await?, both);
        assert_eq!(titles(Post::filter(Post::author.is_in([&bob, &cid])), db).await?, ["c"]);
        assert_eq!(titles(Post::filter(Post::author.is_in(Vec::<i64>::new())), db).await?, [""; 0]);
        assert_eq!(titles(Post::filter(Post::author.not_in([&bob])), db).await?, ["a", "b"]);
        // Over a relation, the key of the next one is in its row: one join, and no second one.
        let acme = ann.company.as_ref().expect("Ann has one").key();
        let query = Post::filter(Post::author.company.eq(acme));
        assert_eq!(query.to_sql(db.dialect())?.text.matches("JOIN").count(), 1);
        assert_eq!(query.count(db).await?, 3);
    }

    async fn none_is_unknown_to_ne_and_not_in(fixture) {
        let db = &fixture.db;
        let [ann, _, cid] = people(db).await?;
        assert!(cid.company.is_none());
        let acme = Company::get(ann.company.as_ref().expect("Ann has one").key(), db).await?;
        assert_eq!(User::filter(User::company.ne(&acme)).count(db).await?, 0);
        assert_eq!(User::filter(User::company.not_in([&acme])).count(db).await?, 0);
        assert_eq!(User::filter(User::company.eq(&acme)).count(db).await?, 2);
        assert_eq!(User::exclude(User::company.eq(&acme)).count(db).await?, 1);
        assert_eq!(User::filter(User::company.is_in([acme.id])).count(db).await?, 2);
    }

    async fn a_sessions_key_is_an_error_where_it_is_bound(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let mut session = db.session();
        let key: Key<User> = session.get(ann.id).await?;
        for query in [
            Post::filter(Post::author.eq(key)),
            Post::filter(Post::author.ne(key)),
            Post::filter(Post::author.is_in([key])),
            Post::filter(Post::author.not_in([key, key])),
        ] {
            let error = query.all(db).await.unwrap_err().to_string();
            assert!(error.contains("session's key of a User"), "{error}");
        }
    }

    async fn loaded_rows_are_a_list_and_several_relations_load_at_once(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let watch = db.watch();
        let users = User::query().order_by(User::id).with((User::posts.order_by(Post::id), User::company)).all(db).await?;
        assert_eq!(watch.statements(), 3);
        let mut seen = Vec::new();
        for post in &users[0].posts {
            seen.push(post.author.key());
        }
        assert_eq!(seen, [ann.id, ann.id]);
        assert_eq!((users[0].posts.len(), users[1].posts.len(), users[2].posts.len()), (2, 1, 0));
        assert!(users[2].posts.is_empty() && !users[1].posts.is_empty());
        assert_eq!(users[1].posts.iter().map(|post| post.author.key()).collect::<Vec<_>>(), [bob.id]);
        assert_eq!(users[1].company.as_ref().map(|company| company.row().name.clone()).as_deref(), Some("Acme"));
        // Many-to-many, and a tuple in a relation and behind another one.
        let posts = Post::query().with((Post::author.then((User::company, User::posts)), Post::tags)).all(db).await?;
        assert!(posts.iter().all(|post| post.tags.len() == post.tags.iter().count()));
        assert!(posts.iter().all(|post| !post.author.row().posts.is_empty()));
        let mut session = db.session();
        let key: Key<Post> = session.get(posts[0].id).await?;
        session.load(key, (Post::author, Post::tags)).await?;
        assert!(session.related(key, Post::tags).is_ok());
    }

    /// `Post::author_id` is the column of the reference, as a column of the model: no join, no scope.
    async fn the_key_column_of_a_reference_has_a_constant(fixture) {
        let db = &fixture.db;
        let [ann, bob, cid] = people(db).await?;
        Post::query().unfiltered().delete().execute(db).await?;
        for (title, author) in [("a", &ann), ("b", &ann), ("c", &bob)] {
            post(title, 1, author).insert(db).await?;
        }
        assert_eq!(titles(Post::filter(Post::author_id.eq(ann.id)), db).await?, ["a", "b"]);
        assert_eq!(titles(Post::filter(Post::author_id.gt(ann.id)), db).await?, ["c"]);
        let pairs: Vec<(i64, i64)> = Post::query()
            .group_by(Post::author_id)
            .order_by(Post::author_id)
            .select((Post::author_id, count()))
            .all(db)
            .await?;
        assert_eq!(pairs, [(ann.id, 2), (bob.id, 1)]);
        Post::filter(Post::title.eq("c")).update(Post::author_id.set(cid.id)).execute(db).await?;
        assert_eq!(titles(Post::filter(Post::author.eq(&cid)), db).await?, ["c"]);
        // One that may be missing is an `Option`; over a path it is a column of the path.
        let companies: Vec<Option<i64>> = User::query().order_by(User::id).select(User::company_id).all(db).await?;
        assert_eq!(companies, [Some(1), Some(1), None]);
        let query = Post::filter(Post::author.company_id.is_null());
        assert_eq!(query.to_sql(db.dialect())?.text.matches("JOIN").count(), 1);
        assert_eq!(query.select(Post::title).all(db).await?, ["c"]);
    }

    async fn lists_are_moved_out_and_a_relation_alone_may_be_a_tuple(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let users = User::query().order_by(User::id).with((User::posts,)).all(db).await?;
        let copy = users.clone();
        let mut titles = Vec::new();
        for user in users {
            for post in user.posts {
                titles.push(post.title);
            }
        }
        // The copy shares the rows, and still has them.
        let of_copy: Vec<String> = copy.into_iter().flat_map(|user| user.posts).map(|post| post.title).collect();
        assert_eq!(titles, of_copy);
        assert_eq!(titles.len(), 3);
    }

    async fn rows_with_relations_are_documents(fixture) {
        use documents::{Album, Band, Genre, Label, NewAlbum, NewBand};
        let db = &fixture.db;
        db.create_all(&models![Band, Album, Label, Genre]).await?;
        let band = NewBand { name: "Low".into() }.insert(db).await?;
        NewAlbum { title: "C'mon".into(), band: (&band).into() }.insert(db).await?;
        let loaded = Band::query().with((Band::albums, Band::label)).one(db).await?;
        let document = serde_json::to_value(&loaded).expect("a document");
        let expected = serde_json::json!({
            "id": 1, "name": "Low", "label": null,
            "albums": [{"id": 1, "title": "C'mon", "band": 1}],
        });
        assert_eq!(document, expected);
        // A list that was not loaded is an error, not an empty list.
        let error = serde_json::to_string(&band).unwrap_err().to_string();
        assert!(error.contains("`.with(Band::albums)`"), "{error}");
    }
}

alone! {
    fn a_list_that_was_not_loaded_says_how_it_is() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let ann = runtime.block_on(async {
            let db = Database::connect("sqlite::memory:").await.expect("opens");
            let [ann, ..] = people(&db).await.expect("three");
            assert_eq!(Tag::query().count(&db).await.expect("counts"), 0);
            User::get(ann.id, &db).await.expect("there")
        });
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| ann.posts.len()));
        let told = read.expect_err("it was not loaded");
        let told = told.downcast_ref::<String>().expect("a text");
        assert!(
            told.contains("User::posts was read, but no query has loaded it"),
            "{told}"
        );
    }
}
