//! Default scopes, rows that are only marked as deleted, and moments that columns keep by themselves.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shop {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub closed_at: Option<Timestamp>,
    pub articles: HasMany<Article>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(scope = Article::hidden.eq(false))]
pub struct Article {
    pub id: i64,
    pub name: String,
    #[field(default = false)]
    pub hidden: bool,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(updated)]
    pub updated_at: Timestamp,
    #[field(version)]
    pub version: i32,
    #[field(on_delete = cascade)]
    pub shop: BelongsTo<Shop>,
    pub reviews: HasMany<Review>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Review {
    pub id: i64,
    pub stars: i32,
    #[field(on_delete = cascade)]
    pub article: BelongsTo<Article>,
}

fn article(name: &str, shop: &Shop) -> NewArticle {
    NewArticle {
        name: name.into(),
        hidden: None,
        deleted_at: None,
        created_at: None,
        updated_at: None,
        version: None,
        shop: shop.into(),
    }
}

async fn shop(db: &Database) -> aludel::Result<(Shop, Vec<Article>)> {
    db.create_all(&models![Shop, Article, Review]).await?;
    let shop = NewShop {
        name: "corner".into(),
        closed_at: None,
    }
    .insert(db)
    .await?;
    let articles = Article::insert_many([
        article("tea", &shop),
        article("milk", &shop),
        NewArticle {
            hidden: Some(true),
            ..article("poison", &shop)
        },
    ])
    .all(db)
    .await?;
    Review::insert_many(articles.iter().map(|article| NewReview {
        stars: 3,
        article: article.into(),
    }))
    .execute(db)
    .await?;
    Ok((shop, articles))
}

async fn names(query: aludel::Query<Article>, db: &dyn Executor) -> aludel::Result<Vec<String>> {
    query
        .order_by(Article::id)
        .select(Article::name)
        .all(db)
        .await
}

on_every_database! {
    async fn a_scope_applies_to_every_query_unless_it_is_lifted(fixture) {
        let db = &fixture.db;
        let (shop, articles) = shop(db).await?;
        let poison = articles[2].id;
        assert_eq!(names(Article::query(), db).await?, ["tea", "milk"]);
        assert_eq!(names(Article::query().unscoped(), db).await?, ["tea", "milk", "poison"]);
        assert_eq!((Article::query().count(db).await?, Article::filter(Article::name.eq("poison")).exists(db).await?), (2, false));
        // By key.
        assert_eq!(Article::get(poison, db).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(Article::find(poison, db).await?.is_none());
        assert!(Article::filter(Article::id.eq(poison)).optional(db).await?.is_none());
        assert_eq!(Article::filter(Article::id.eq(poison)).unscoped().one(db).await?.name, "poison");
        // Joins, questions and loads.
        assert_eq!(Review::filter(Review::article.name.is_not_null()).count(db).await?, 2);
        assert_eq!(Review::filter(Review::article.name.is_not_null()).unscoped().count(db).await?, 3);
        let counted = |query: aludel::Query<Shop>| query.select(Shop::articles.count());
        assert_eq!(counted(Shop::query()).one(db).await?, 2);
        assert_eq!(counted(Shop::query().unscoped()).one(db).await?, 3);
        assert_eq!(Shop::filter(Shop::articles.any(Article::name.eq("poison"))).count(db).await?, 0);
        let loaded = Shop::query().with(Shop::articles).one(db).await?;
        assert_eq!(loaded.articles.loaded()?.len(), 2);
        let loaded = Shop::query().with(Shop::articles.unscoped()).one(db).await?;
        assert_eq!(loaded.articles.loaded()?.len(), 3);
        // Updates and deletes.
        assert_eq!(Article::query().unfiltered().update(Article::name.set("x")).execute(db).await?, 2);
        assert_eq!(Article::query().unfiltered().erase().execute(db).await?, 2);
        assert_eq!(names(Article::query().unscoped(), db).await?, ["poison"]);
        assert_eq!(Article::filter(Article::shop.is(&shop)).unscoped().erase().execute(db).await?, 1);
    }

    async fn a_soft_delete_marks_the_row(fixture) {
        let db = &fixture.db;
        let (shop, articles) = shop(db).await?;
        articles[0].clone().delete(db).await?;
        assert_eq!(names(Article::query(), db).await?, ["milk"]);
        let marked = Article::filter(Article::deleted_at.is_not_null()).unscoped().one(db).await?;
        assert_eq!((marked.id, marked.version), (articles[0].id, 2));
        assert!(marked.deleted_at.expect("a moment") >= articles[0].created_at);
        // What refers to it stays.
        assert_eq!(Review::query().count(db).await?, 3);
        // By query, and brought back.
        assert_eq!(Article::query().unfiltered().delete().execute(db).await?, 1);
        assert!(names(Article::query(), db).await?.is_empty());
        let deleted = Article::filter(Article::deleted_at.is_not_null()).unscoped();
        assert_eq!(deleted.clone().update(Article::deleted_at.set(None::<Timestamp>)).execute(db).await?, 2);
        assert_eq!(names(Article::query(), db).await?, ["tea", "milk"]);
        // For good.
        let milk = Article::filter(Article::name.eq("milk")).one(db).await?;
        milk.erase(db).await?;
        assert_eq!(Article::query().unscoped().count(db).await?, 2);
        assert_eq!(Review::query().count(db).await?, 2);
        // A session does as well; what can't be marked stays.
        let mut session = db.session();
        let key = session.get::<Shop>(shop.id).await?;
        let tea = session.one(Article::filter(Article::name.eq("tea"))).await?;
        session.remove(key)?;
        session.commit().await?;
        assert!(session.row(key).is_err() && session.row(tea).is_err());
        assert_eq!((Shop::query().count(db).await?, Shop::query().unscoped().count(db).await?), (0, 1));
        assert!(names(Article::query(), db).await?.is_empty());
        assert_eq!((Article::query().unscoped().count(db).await?, Review::query().count(db).await?), (2, 2));
        assert!(session.find::<Shop>(shop.id).await?.is_none());
    }

    async fn moments_are_kept_by_every_way_of_writing(fixture) {
        let db = &fixture.db;
        let (_, articles) = shop(db).await?;
        let mut tea = articles[0].clone();
        assert!((tea.created_at.as_second() - Timestamp::now().as_second()).abs() < 60);
        let long_ago: Timestamp = "2001-01-01T00:00:00Z".parse().expect("a moment");
        let set_back = sql("update articles set updated_at = ").bind(long_ago);
        let fresh = |article: &Article| article.updated_at > long_ago && article.created_at == articles[0].created_at;
        set_back.execute(db).await?;
        let mut tea_now = Article::get(tea.id, db).await?;
        assert_eq!((tea_now.updated_at, tea_now.version), (long_ago, 1));
        tea_now.name = "green tea".into();
        tea_now.save(db).await?;
        assert!(fresh(&tea_now) && tea_now.version == 2);
        assert_eq!(Article::get(tea.id, db).await?, tea_now);
        set_back.execute(db).await?;
        tea = Article::get(tea.id, db).await?;
        tea = tea.patch(ArticlePatch { name: Some("tea".into()), ..Default::default() }, db).await?;
        assert!(fresh(&tea));
        set_back.execute(db).await?;
        Article::filter(Article::id.eq(tea.id)).update(Article::name.set("black tea")).execute(db).await?;
        assert!(fresh(&Article::get(tea.id, db).await?));
        set_back.execute(db).await?;
        let mut session = db.session();
        let key = session.get::<Article>(tea.id).await?;
        session[key].name = "tea".into();
        session.commit().await?;
        assert!(fresh(&session[key]));
        assert_eq!(Article::get(tea.id, db).await?, session[key]);
        // Nothing changed, nothing written.
        let watch = db.watch();
        session.commit().await?;
        assert_eq!(watch.statements(), 0);
    }
}
