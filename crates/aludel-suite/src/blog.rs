//! The reading contract: a whole program in Aludel's API. It is to compile as written (deviations are argued in the
//! closing note) and to pass on SQLite, PostgreSQL and MariaDB: `blog(&Database::connect(url).await?)`.
use aludel::prelude::*;
use jiff::Timestamp;

/// A person who writes.
#[derive(Model, Debug, Clone)]
#[model(table = "users", new = NewUser, patch = UserPatch)]
pub struct User {
    pub id: i64,
    #[field(unique, max_length = 254)]
    pub email: String,
    pub name: Option<String>,
    #[field(default = now())]
    pub created_at: Timestamp,
    pub posts: HasMany<Post>,
}

/// Something that a person wrote.
#[derive(Model, Debug, Clone)]
#[model(table = "posts", new = NewPost, patch = PostPatch)]
pub struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    #[field(on_delete = cascade)]
    pub author: BelongsTo<User>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "tags", new = NewTag)]
pub struct Tag {
    pub id: i64,
    #[field(unique, max_length = 50)]
    pub name: String,
    pub posts: ManyToMany<Post>,
}

/// A custom query set is an extension trait.
trait PostQueries {
    fn popular(self) -> Self;
}

impl PostQueries for Query<Post> {
    fn popular(self) -> Self {
        self.filter(Post::views.ge(200))
    }
}

pub async fn blog(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![User, Post, Tag]).await?;

    // ---- plain objects: a `User` in hand is a row that exists ---------------------------------------------
    let ann = NewUser {
        email: "ann@example.com".into(),
        name: None,
        created_at: None,
    }
    .insert(db)
    .await?;
    let bob = NewUser {
        email: "bob@example.com".into(),
        name: Some("Bob".into()),
        created_at: None,
    }
    .insert(db)
    .await?;
    assert!(ann.id != bob.id && ann.name.is_none());

    let taken = NewUser {
        email: "ann@example.com".into(),
        name: None,
        created_at: None,
    }
    .insert(db)
    .await
    .unwrap_err();
    assert!(taken.is_unique_violation());
    assert_eq!(
        taken
            .constraint()
            .and_then(|c| c.columns.first().cloned())
            .as_deref(),
        Some("email")
    );

    // one statement, answers in the order of the inputs
    let posts = Post::insert_many((1..=40).map(|n| NewPost {
        title: format!("Post {n}"),
        views: Some(n * 10),
        author: if n % 2 == 0 {
            (&ann).into()
        } else {
            (&bob).into()
        },
    }))
    .all(db)
    .await?;
    assert_eq!(posts[6].title, "Post 7");
    assert_eq!(posts[6].author.key(), bob.id);

    // ---- lazy queries, typed columns, paths ----------------------------------------------------------------
    let by_ann = Post::filter(Post::author.email.eq("ann@example.com"))
        .popular()
        .order_by(Post::views.desc());
    assert_eq!(by_ann.count(db).await?, 11);
    let top: Vec<(String, i64)> = by_ann
        .clone()
        .limit(2)
        .select((Post::title, Post::views))
        .all(db)
        .await?;
    assert_eq!(
        top,
        [("Post 40".to_string(), 400), ("Post 38".to_string(), 380)]
    );

    let readers_choice = User::filter(User::posts.any(Post::views.gt(395)))
        .all(db)
        .await?;
    assert_eq!(readers_choice.len(), 1);
    assert_eq!(
        User::query()
            .exclude(User::name.eq("Bob"))
            .count(db)
            .await?,
        1
    ); // Ann has no name, and is kept

    // ---- relations: loaded for everyone at once, never behind your back --------------------------------------
    let watch = db.watch();
    let users = User::query()
        .with(User::posts.order_by(Post::views.desc()).limit(3))
        .order_by(User::id)
        .all(db)
        .await?;
    assert_eq!(watch.statements(), 2);
    assert_eq!(
        users[0]
            .posts
            .loaded()?
            .iter()
            .map(|p| p.views)
            .collect::<Vec<_>>(),
        [400, 380, 360]
    );
    assert!(users[0].posts.loaded()?[0].tags.loaded().is_err()); // says what to add to the query

    // ---- writing ---------------------------------------------------------------------------------------------
    let moved = Post::filter(Post::id.eq(posts[0].id))
        .update(Post::views.set(Post::views + 1))
        .execute(db)
        .await?;
    assert_eq!(moved, 1);
    let ann = ann
        .patch(
            UserPatch {
                name: Some(Some("Ann".into())),
                ..Default::default()
            },
            db,
        )
        .await?;
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let (rust, created) = Tag::get_or_create(
        Tag::name.eq("rust"),
        || NewTag {
            name: "rust".into(),
        },
        db,
    )
    .await?;
    assert!(created);
    Post::tags.of(&posts[0]).add([&rust], db).await?;
    assert_eq!(
        Tag::filter(Tag::posts.any(Post::author.id.eq(bob.id)))
            .one(db)
            .await?
            .name,
        "rust"
    );

    // ---- a unit of work ----------------------------------------------------------------------------------------
    let mut session = db.session();
    let key = session
        .one(User::filter(User::email.eq("bob@example.com")))
        .await?;
    assert_eq!(session.get::<User>(bob.id).await?, key); // one row, one slot
    session[key].name = Some("Robert".into());
    let cid = session.add(NewUser {
        email: "cid@example.com".into(),
        name: None,
        created_at: None,
    });
    let hello = session.add(NewPost {
        title: "Hello".into(),
        views: None,
        author: cid.into(),
    });
    let watch = db.watch();
    session.commit().await?;
    assert_eq!(watch.statements(), 3); // BEGIN and COMMIT are not counted: UPDATE users, INSERT users, INSERT posts
    assert_eq!(session[hello].author.key(), session[cid].id);
    assert_eq!(session[hello].views, 0); // what the database filled in is there

    // ---- transactions --------------------------------------------------------------------------------------------
    let failed: aludel::Result<()> = db
        .transaction(|tx| async move {
            Post::query().unfiltered().delete().execute(&tx).await?;
            Err(aludel::Error::rollback("second thoughts"))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(Post::query().count(db).await?, 41);

    // ---- the expression language, and SQL itself --------------------------------------------------------------------
    let per_author: Vec<(String, i64, Option<i64>)> = Post::query()
        .group_by(Post::author.email)
        .having(count().gt(1))
        .order_by(Post::author.email)
        .select((Post::author.email, count(), Post::views.sum()))
        .all(db)
        .await?;
    assert_eq!(per_author.len(), 2);
    let (views,): (i64,) = sql("select max(views) from posts where views < ")
        .bind(395)
        .one(db)
        .await?;
    assert_eq!(views, 390);

    // ---- deleting follows on_delete -------------------------------------------------------------------------------------
    ann.delete(db).await?;
    assert_eq!(Post::query().count(db).await?, 21);
    Ok(())
}
