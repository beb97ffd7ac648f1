//! The dynamic layer's queries mean what the typed ones do: each is asked both ways, and the answers are compared.

mod lookups;

use crate::models::{NewTag, Post, Tag, User, people};
use aludel::dynamic::{DynAggregate, DynCondition, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{DynRow, ErrorKind, SqlType, value};
use lookups::lookups;
use rust_decimal::Decimal;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "entry_level")]
pub enum Level {
    #[db_enum(label = "low")]
    Low,
    #[db_enum(label = "mid")]
    Mid,
    #[db_enum(label = "high")]
    High,
}

/// A column of each kind.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
pub struct Entry {
    pub id: i64,
    pub title: String,
    pub note: Option<String>,
    pub size: i32,
    #[field(decimal(10, 2))]
    pub price: Decimal,
    pub ratio: Option<f64>,
    pub at: jiff::Timestamp,
    pub born: Option<jiff::civil::Date>,
    pub live: bool,
    pub level: Level,
    pub doc: Option<serde_json::Value>,
    pub code: Option<uuid::Uuid>,
}

const CODE: u128 = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(Box::new(value::Array {
        element: SqlType::Text,
        items: items.into_iter().collect(),
    }))
}

fn price(hundredths: i64) -> Decimal {
    Decimal::new(hundredths, 2)
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

async fn entries(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Entry]).await?;
    Entry::insert_many([
        NewEntry {
            title: "Alpha".into(),
            note: Some("First %".into()),
            size: 1,
            price: price(150),
            ratio: Some(0.5),
            at: at("2024-02-29T23:30:00Z"),
            born: Some(jiff::civil::date(2024, 2, 29)),
            live: true,
            level: Level::Low,
            doc: Some(serde_json::json!({ "k": "v", "n": 1, "list": [true] })),
            code: Some(uuid::Uuid::from_u128(CODE)),
        },
        NewEntry {
            title: "alphabet".into(),
            note: None,
            size: 2,
            price: price(1000),
            ratio: None,
            at: at("2025-12-31T12:00:00Z"),
            born: None,
            live: false,
            level: Level::High,
            doc: Some(serde_json::json!({ "k": "w" })),
            code: None,
        },
        NewEntry {
            title: "Über_all".into(),
            note: Some("first".into()),
            size: 3,
            price: price(999),
            ratio: Some(-1.5),
            at: at("2025-01-01T00:00:00Z"),
            born: Some(jiff::civil::date(2025, 1, 1)),
            live: true,
            level: Level::Mid,
            doc: None,
            code: None,
        },
    ])
    .execute(db)
    .await?;
    Ok(())
}

fn ids(rows: &[DynRow]) -> Vec<i64> {
    let ids = rows.iter().map(|row| row.get("id").and_then(Value::as_i64));
    ids.collect::<Option<_>>().expect("a key in each row")
}

fn values(rows: &[DynRow], name: &str) -> Vec<Value> {
    let values = rows.iter().map(|row| row.get(name).cloned());
    values.collect::<Option<_>>().expect("a value in each row")
}

/// A model whose writes do more than they say.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Parcel {
    pub id: i64,
    #[field(length(min = 2, max = 20))]
    pub label: String,
    #[field(decimal(6, 2))]
    pub fee: Option<Decimal>,
    #[field(soft_delete)]
    pub gone_at: Option<jiff::Timestamp>,
    #[field(updated)]
    pub updated_at: jiff::Timestamp,
    #[field(version)]
    pub version: i32,
    pub sender: Option<BelongsTo<Depot>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Depot {
    pub id: i64,
    pub town: String,
}

fn parcel(label: &str) -> NewParcel {
    NewParcel {
        label: label.into(),
        fee: None,
        gone_at: None,
        updated_at: None,
        version: None,
        sender: None,
    }
}

on_every_database! {
    async fn every_lookup_is_a_typed_operator(fixture) {
        let db = &fixture.db;
        entries(db).await?;
        let query = DynQuery::new(Entry::meta()).order_by("id")?;
        for (path, lookup, value, typed) in lookups() {
            let typed_ids = |query: aludel::Query<Entry>| query.order_by(Entry::id).select(Entry::id);
            let kept = query.clone().filter(path, lookup, value.clone())?;
            let wanted = typed_ids(Entry::filter(typed.clone())).all(db).await?;
            assert_eq!(ids(&kept.all(db).await?), wanted, "{path} {lookup:?} {value:?}");
            assert_eq!(kept.count(db).await?, wanted.len() as u64, "{path} {lookup:?} {value:?}");
            assert_eq!(kept.exists(db).await?, !wanted.is_empty(), "{path} {lookup:?} {value:?}");
            let left = query.clone().exclude(path, lookup, value.clone())?;
            let wanted = typed_ids(Entry::exclude(typed.clone())).all(db).await?;
            assert_eq!(ids(&left.all(db).await?), wanted, "not {path} {lookup:?} {value:?}");
            // In the typed layer's query, and the other way round.
            let condition = DynCondition::new(Entry::meta(), path, lookup, value.clone())?;
            let mixed = query.clone().matching(condition.clone() & DynCondition::from(typed.clone()))?;
            let both = Entry::filter(condition.typed::<Entry>()? & typed);
            assert_eq!(mixed.count(db).await?, both.count(db).await?, "{path} {lookup:?} {value:?}");
        }
    }

    async fn conditions_are_joined_and_ask_about_related_rows(fixture) {
        let db = &fixture.db;
        let [_, bob, _] = people(db).await?;
        let first = Post::query().first(db).await?.expect("a post");
        let rust = NewTag { name: "rust".into() }.insert(db).await?;
        Post::tags.of(&first).add([&rust], db).await?;
        let (users, posts, tags) = (User::meta(), Post::meta(), Tag::meta());
        let name = |value: &str| DynCondition::new(users, "name", Lookup::Equal, text(value));
        let views = |lookup, value| DynCondition::new(posts, "views", lookup, Value::I64(value));
        let count = |lookup, value| DynCondition::count(users, "posts", None, lookup, Value::I64(value));
        let tagged = DynCondition::new(tags, "name", Lookup::Equal, text("rust"))?;
        let busy = || User::posts.any(Post::views.ge(20));
        for (dynamic, typed) in [
            (name("Ann")? | name("Bob")?, User::name.eq("Ann") | User::name.eq("Bob")),
            (!name("Ann")?, !User::name.eq("Ann")),
            (!(name("Ann")? | name("Bob")?) & !name("Cid")?, !(User::name.eq("Ann") | User::name.eq("Bob")) & !User::name.eq("Cid")),
            (DynCondition::any(users, [name("Ann")?, name("Bob")?]), User::name.is_in(["Ann", "Bob"])),
            (DynCondition::all(users, []), User::id.is_not_null().typed()),
            (DynCondition::any(users, []), User::id.is_null().typed()),
            (DynCondition::new(users, "posts.views", Lookup::GreaterOrEqual, Value::I64(20))?, busy().typed()),
            (DynCondition::some(users, "posts", views(Lookup::GreaterOrEqual, 20)?)?, busy().typed()),
            (DynCondition::some(users, "posts", views(Lookup::Equal, 10)? & views(Lookup::Equal, 30)?)?, (User::posts.any(Post::views.eq(10) & Post::views.eq(30))).typed()),
            (DynCondition::every(users, "posts", views(Lookup::GreaterOrEqual, 20)?)?, User::posts.all(Post::views.ge(20)).typed()),
            (DynCondition::none(users, "posts", views(Lookup::GreaterOrEqual, 30)?)?, User::posts.none(Post::views.ge(30)).typed()),
            (DynCondition::some(users, "posts", DynCondition::some(posts, "tags", tagged.clone())?)?, User::posts.any(Post::tags.any(Tag::name.eq("rust"))).typed()),
            (DynCondition::some(users, "company.users", name("Bob")?)?, User::company.users.any(User::name.eq("Bob")).typed()),
            (count(Lookup::Greater, 1)?, User::posts.count().gt(1).typed()),
            (DynCondition::count(users, "posts", Some(views(Lookup::Greater, 10)?), Lookup::Equal, text("1"))?, User::posts.count_where(Post::views.gt(10)).eq(1).typed()),
            (DynCondition::new(users, "posts", Lookup::IsNull, Value::Bool(true))?, User::posts.is_empty().typed()),
            (DynCondition::new(users, "posts", Lookup::IsNull, Value::Bool(false))?, User::posts.exists().typed()),
            (DynCondition::new(users, "company", Lookup::IsNull, Value::Bool(true))?, User::company.is_null().typed()),
            (DynCondition::new(users, "company.city", Lookup::Equal, text("Paris"))?, User::company.city.eq("Paris")),
            (DynCondition::new(users, "company.name", Lookup::Equal, Value::Null)?, User::company.name.is_null().typed()),
        ] {
            let asked = DynQuery::new(users).matching(dynamic.clone())?.order_by("id")?;
            let wanted = User::filter(typed.clone()).order_by(User::id).select(User::id).all(db).await?;
            assert_eq!(ids(&asked.all(db).await?), wanted, "{dynamic:?}");
            let left = DynQuery::new(users).not_matching(dynamic.clone())?;
            assert_eq!(left.count(db).await?, User::exclude(typed).count(db).await?, "not {dynamic:?}");
        }
        let by_author = DynQuery::new(posts).filter("author", Lookup::Equal, Value::I64(bob.id))?;
        assert_eq!(by_author.count(db).await?, Post::filter(Post::author.is(&bob)).count(db).await?);
        assert!(!by_author.to_sql(db.dialect())?.text.contains("JOIN"));
    }

    async fn what_does_not_fit_names_the_column(fixture) {
        let db = &fixture.db;
        entries(db).await?;
        let watch = db.watch();
        let (entry, posts, users) = (Entry::meta(), Post::meta(), User::meta());
        let asked = |path: &str, lookup, value| DynQuery::new(entry).filter(path, lookup, value).err();
        let query = || DynQuery::new(posts);
        let on_users = || DynCondition::new(users, "name", Lookup::Equal, text("Ann")).expect("a condition");
        let on_posts = || DynCondition::new(posts, "views", Lookup::Equal, Value::I64(1)).expect("a condition");
        let joined = DynQuery::new(users).matching(on_users() & on_posts())?;
        for (error, said) in [
            (asked("size", Lookup::Contains, text("1")), "Entry.size: Contains looks into text"),
            (asked("at", Lookup::ILike, text("2%")), "Entry.at: ILike looks into text"),
            (asked("title", Lookup::Contains, Value::I64(1)), "Entry.title: the lookup Contains takes no i64"),
            (asked("size", Lookup::Equal, text("many")), "Entry.size"),
            (asked("size", Lookup::In, list([text("1"), text("x")])), "Entry.size"),
            (asked("size", Lookup::In, text("1,2")), "Entry.size: the lookup In takes no text"),
            (asked("size", Lookup::Between, list([text("1")])), "Between takes an array of two values"),
            (asked("size", Lookup::IsNull, text("maybe")), "IsNull takes true or false"),
            (asked("title", Lookup::Year, Value::I64(2025)), "Entry.title"),
            (asked("born.hour", Lookup::Equal, Value::I64(1)), "Entry.born"),
            (asked("title.year", Lookup::Equal, Value::I64(1)), "Entry.title: a column of type Text has no Year"),
            (asked("doc.n", Lookup::Less, Value::I64(2)), "compare numbers as text"),
            (asked("doc.n[", Lookup::Equal, text("x")), "no way into a document"),
            (asked("x".repeat(2000).as_str(), Lookup::Equal, text("x")), "1024 are the most"),
            (query().order_by("tags.name").err(), "Post::tags leads to rows of Tag"),
            (query().columns(["tags"]).err(), "Post::tags leads to rows of Tag"),
            (query().columns(["title", "title"]).err(), "two columns by the name \"title\""),
            (query().columns(Vec::<String>::new()).err(), "names none"),
            (query().aggregate([DynAggregate::sum("title")]).err(), "Post.title: sum(title) adds up numbers"),
            (query().with("nobody").err(), "Post has no relation \"nobody\"; it has author, tags"),
            (query().columns(["title"])?.with("author").err(), "loads no relation"),
            (query().matching(on_users()).err(), "a condition on User can't stand where one on Post is wanted"),
            (DynCondition::some(users, "posts", on_users()).err(), "a condition on User can't stand where one on Post is wanted"),
            (joined.count(db).await.err(), "a condition on User is joined with one on Post"),
            (query().group_by(["title"])?.order_by("views")?.aggregate([DynAggregate::rows()])?.all(db).await.err(), "neither grouped nor aggregated"),
            (query().update([("nobody".to_string(), text("x"))]).err(), "Post has no field \"nobody\""),
            (query().update([]).err(), "changes no field"),
            (query().update([("views".to_string(), text("1")), ("views".to_string(), text("2"))]).err(), "is set twice"),
            (query().update([("views".to_string(), text("1"))])?.execute(db).await.err(), ".unfiltered()"),
            (query().delete().execute(db).await.err(), ".unfiltered()"),
        ] {
            let error = error.unwrap_or_else(|| panic!("{said}"));
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
            assert!(error.to_string().contains(said), "{error}\nshould say: {said}");
        }
        assert_eq!(watch.statements(), 0);
    }

    async fn columns_aggregates_and_groups(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let (posts, users) = (DynQuery::new(Post::meta()), DynQuery::new(User::meta()));
        // To-one paths in the same statement.
        let watch = db.watch();
        let rows = posts.clone().columns(["title", "author.email", "author.company.city"])?.order_by("-views")?.all(db).await?;
        let typed = Post::query().order_by(Post::views.desc()).select((Post::title, Post::author.email, Post::author.company.city)).all(db).await?;
        assert_eq!(watch.statements(), 2);
        for (row, (title, email, city)) in rows.iter().zip(&typed) {
            assert_eq!(row.names(), ["title", "author.email", "author.company.city"]);
            assert_eq!(row.values(), [text(title), text(email), city.as_deref().map_or(Value::Null, text)]);
        }
        let cities = users.clone().columns(["company.city"])?.distinct();
        assert_eq!(cities.count(db).await?, User::query().select(User::company.city).distinct().count(db).await?);
        assert_eq!(cities.all(db).await?.len(), 2);
        let second = users.clone().order_by("id")?.offset(1).limit(1).all(db).await?;
        assert_eq!(values(&second, "name"), [text("Bob")]);

        let all = [DynAggregate::rows(), DynAggregate::count("rating"), DynAggregate::sum("views"), DynAggregate::avg("views"), DynAggregate::min("title"), DynAggregate::max("views")];
        let one = posts.clone().aggregate(all)?.one(db).await?;
        assert_eq!(one.names(), ["count", "count(rating)", "sum(views)", "avg(views)", "min(title)", "max(views)"]);
        let typed = Post::query().select((count(), Post::rating.count(), Post::views.sum(), Post::views.avg(), Post::title.min(), Post::views.max())).one(db).await?;
        let (rows, ratings, sum, avg, min, max) = typed;
        let wanted = [Value::I64(rows), Value::I64(ratings), sum.map_or(Value::Null, Value::I64), avg.map_or(Value::Null, Value::F64), min.as_deref().map_or(Value::Null, text), max.map_or(Value::Null, Value::I64)];
        assert_eq!(one.values(), wanted);
        // Of nothing, without asking.
        let watch = db.watch();
        let nothing = posts.clone().filter("id", Lookup::In, list([]))?.aggregate([DynAggregate::rows(), DynAggregate::sum("views")])?;
        assert_eq!(nothing.one(db).await?.values(), [Value::I64(0), Value::Null]);
        assert_eq!(watch.statements(), 0);

        let popular = DynCondition::new(Post::meta(), "views", Lookup::Greater, Value::I64(10))?;
        let groups = posts
            .clone()
            .group_by(["author.email"])?
            .aggregate([DynAggregate::rows(), DynAggregate::sum("views").named("seen"), DynAggregate::rows().filter(popular).named("popular")])?
            .order_by("-seen")?;
        let typed = Post::query()
            .group_by(Post::author.email)
            .order_by(Post::views.sum().desc())
            .select((Post::author.email, count(), Post::views.sum(), count().filter(Post::views.gt(10))))
            .all(db)
            .await?;
        let rows = groups.all(db).await?;
        assert_eq!(rows.len(), typed.len());
        for (row, (email, rows, seen, popular)) in rows.iter().zip(typed) {
            assert_eq!(row.values(), [text(&email), Value::I64(rows), seen.map_or(Value::Null, Value::I64), Value::I64(popular)]);
        }
        assert_eq!(groups.count(db).await?, 2);
        let large = groups.having(DynAggregate::rows(), Lookup::Greater, text("1"))?.all(db).await?;
        assert_eq!(values(&large, "author.email"), [text("ann@example.com")]);

        entries(db).await?;
        let years = DynQuery::new(Entry::meta()).group_by(["at.year"])?.aggregate([DynAggregate::rows(), DynAggregate::sum("price"), DynAggregate::max("level")])?;
        let years = years.order_by("at.year")?.all(db).await?;
        assert_eq!(values(&years, "at.year"), [Value::I64(2024), Value::I64(2025)]);
        assert_eq!(values(&years, "count"), [Value::I64(1), Value::I64(2)]);
        assert_eq!(values(&years, "sum(price)"), [Value::Decimal(price(150)), Value::Decimal(price(1999))]);
        let greatest: Vec<Option<String>> = years.iter().map(|row| row.get("max(level)")?.as_str().map(str::to_owned)).collect();
        assert_eq!(greatest, [Some("low".into()), Some("high".into())]);
    }

    async fn relations_are_loaded_by_a_statement_each(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let posts = Post::query().order_by(Post::id).all(db).await?;
        let rust = NewTag { name: "rust".into() }.insert(db).await?;
        let green = NewTag { name: "green".into() }.insert(db).await?;
        Post::tags.of(&posts[0]).add([&rust, &green], db).await?;
        Post::tags.of(&posts[1]).add([&rust], db).await?;

        let watch = db.watch();
        let query = DynQuery::new(Post::meta()).order_by("id")?.with("author.company")?.with("tags")?.with("author")?;
        let objects = query.all(db).await?;
        assert_eq!(watch.statements(), 4, "{:?}", watch.texts());
        let typed = Post::query().order_by(Post::id).with(Post::tags).all(db).await?;
        assert_eq!(objects.len(), typed.len());
        for (object, post) in objects.iter().zip(&typed) {
            assert_eq!(object.get("title"), Some(&text(&post.title)));
            let names: Vec<Option<Value>> = object.many("tags")?.iter().map(|tag| tag.get("name").cloned()).collect();
            let wanted: Vec<Option<Value>> = post.tags.loaded()?.iter().map(|tag| Some(text(&tag.name))).collect();
            assert_eq!(names, wanted);
            let author = object.one("author")?.expect("an author");
            assert_eq!(author.get("id"), object.get("author_id"));
            assert_eq!(author.one("company")?.and_then(|company| company.get("name")), Some(&text("Acme")));
        }

        // Down again, over rows without any, and to rows that several share.
        let users = DynQuery::new(User::meta()).order_by("id")?.with("posts.tags.posts")?.with("company.users")?;
        let objects = users.all(db).await?;
        let posts: Vec<usize> = objects.iter().map(|user| user.many("posts").map(<[_]>::len)).collect::<aludel::Result<_>>()?;
        assert_eq!(posts, [2, 1, 0]);
        let tag = &objects[0].many("posts")?[1].many("tags")?[0];
        assert_eq!(tag.many("posts")?.len(), 2);
        assert!(objects[2].one("company")?.is_none());
        let colleagues = objects[1].one("company")?.expect("a company").many("users")?;
        assert_eq!(colleagues.len(), 2);
        let error = objects[0].one("posts").expect_err("many").to_string();
        assert!(error.contains("User::posts was not loaded this way") && error.contains(".with(\"posts\")"), "{error}");

        // The other verbs.
        let first = users.first(db).await?.expect("a user");
        assert_eq!(first.many("posts")?.len(), 2);
        let page = users.page(2, 2, db).await?;
        assert_eq!((page.items.len(), page.total), (1, 3));
        assert!(page.items[0].many("posts")?.is_empty());
        let page = users.keyset(None, 2, db).await?;
        assert_eq!(page.items[1].many("posts")?.len(), 1);
        let rest = users.keyset(page.next, 2, db).await?;
        assert_eq!((rest.items.len(), rest.next.is_some()), (1, false));
        let ann = users.query(|query| query.filter("name", Lookup::Equal, text("Ann")))?;
        assert_eq!(ann.one(db).await?.many("posts")?.len(), 2);
        assert_eq!(ann.count(db).await?, 1);
    }

    async fn pages_cursors_streams_and_counts(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let posts = DynQuery::new(Post::meta());
        let sorted = posts.clone().order_by("author.email")?.order_by("-views")?;
        let wanted = Post::query().order_by((Post::author.email.asc(), Post::views.desc())).select(Post::id).all(db).await?;
        let mut cursor = None;
        let mut seen = Vec::new();
        loop {
            let page = sorted.keyset(cursor.take(), 1, db).await?;
            seen.extend(ids(&page.items));
            match page.next {
                // As text, as a client would send it back.
                Some(next) => cursor = Some(next.to_string().parse()?),
                None => break,
            }
        }
        assert_eq!(seen, wanted);
        let page = sorted.page(2, 2, db).await?;
        assert_eq!((ids(&page.items), page.total), (wanted[2..].to_vec(), 3));

        let by_views = posts.clone().order_by("views")?.order_by("id")?;
        let rows = by_views.all(db).await?;
        let place = by_views.cursor(&rows[0])?;
        assert_eq!(ids(&by_views.clone().after(place.clone()).all(db).await?), ids(&rows[1..]));
        let last = by_views.cursor(&rows[2])?;
        assert_eq!(by_views.clone().before(last).count(db).await?, 2);
        let error = posts.clone().order_by("views")?.cursor(&rows[0]).expect_err("no total order");
        assert_eq!(error.kind(), ErrorKind::InvalidQuery);
        // What narrows a query narrows every verb.
        assert_eq!(by_views.clone().after(place).delete().execute(db).await?, 2);
        assert_eq!(posts.count(db).await?, 1);

        entries(db).await?;
        let all = DynQuery::new(Entry::meta()).order_by("id")?;
        let mut stream = all.stream(db)?;
        let mut streamed = Vec::new();
        while let Some(row) = stream.next().await {
            streamed.push(row?);
        }
        assert_eq!(streamed, all.all(db).await?);
        assert_eq!(all.first(db).await?.as_ref(), streamed.first());
        let by_id = |id: i64| all.clone().filter("id", Lookup::Equal, Value::I64(id));
        assert_eq!(by_id(ids(&streamed)[1])?.one(db).await?, streamed[1]);
        assert!(by_id(-1)?.optional(db).await?.is_none());
        assert_eq!(by_id(-1)?.one(db).await.expect_err("none").kind(), ErrorKind::NotFound);
        assert_eq!(all.one(db).await.expect_err("three").kind(), ErrorKind::ManyFound);

        let watch = db.watch();
        for (most, wanted) in [(0, 0), (2, 2), (3, 3), (1000, 3)] {
            assert_eq!(all.count_up_to(most, db).await?, wanted, "{most}");
            assert_eq!(Entry::query().count_up_to(most, db).await?, wanted, "{most}");
        }
        assert!(watch.texts()[0].contains("LIMIT 2"), "{:?}", watch.texts());
        assert_eq!((all.estimate(db).await?, Entry::query().estimate(db).await?), (3, 3));
        assert_eq!(all.clone().filter("size", Lookup::Greater, Value::I64(1))?.estimate(db).await?, 2);
        assert!(!all.explain(db).await?.is_empty());
    }

    /// Version, moments, soft delete, digits and rules are those of every write.
    async fn updates_and_deletes_by_query(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Parcel, Depot]).await?;
        let old = Parcel::insert_many(["aa", "bb", "cc"].map(parcel)).all(db).await?;
        let depot = NewDepot { town: "Oslo".into() }.insert(db).await?;
        let parcels = DynQuery::new(Parcel::meta());
        let two = || parcels.clone().filter("label", Lookup::In, list([text("aa"), text("bb")]));

        let changes = [("fee", text("2.5")), ("sender", Value::I64(depot.id))];
        let changes = changes.map(|(name, value)| (name.to_string(), value));
        assert_eq!(two()?.update(changes)?.execute(db).await?, 2);
        let rows = Parcel::query().order_by(Parcel::id).all(db).await?;
        assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [old[0].version + 1, old[1].version + 1, old[2].version]);
        assert!(rows[0].updated_at >= old[0].updated_at);
        assert_eq!(rows[0].fee.map(|fee| fee.to_string()).as_deref(), Some("2.50"));
        assert_eq!(Parcel::filter(Parcel::sender.is(&depot)).count(db).await?, 2);

        // A limit decides which.
        let first = parcels.clone().order_by("id")?.limit(1).unfiltered();
        assert_eq!(first.update([("label".to_string(), text("first"))])?.execute(db).await?, 1);
        assert_eq!(Parcel::filter(Parcel::label.eq("first")).one(db).await?.id, old[0].id);

        let update = |name: &str, value| two().and_then(|query| query.update([(name.to_string(), value)])).err();
        for (error, kind) in [
            (update("label", text("x")), ErrorKind::Validation),
            (update("fee", text("1.005")), ErrorKind::OutOfRange),
            (update("version", Value::I64(7)), ErrorKind::Validation),
            (update("updated_at", text("2025-01-01T00:00:00Z")), ErrorKind::Validation),
            (update("label", Value::Null), ErrorKind::Validation),
        ] {
            assert_eq!(error.expect("an error").kind(), kind);
        }

        assert_eq!(parcels.clone().filter("label", Lookup::Equal, text("bb"))?.delete().execute(db).await?, 1);
        assert_eq!(parcels.count(db).await?, 2);
        assert_eq!(parcels.clone().unscoped().count(db).await?, 3);
        let marked = Parcel::filter(Parcel::label.eq("bb")).unscoped().one(db).await?;
        assert!(marked.gone_at.is_some() && marked.version == rows[1].version + 1);
        assert_eq!(parcels.clone().unscoped().unfiltered().erase().execute(db).await?, 3);
    }
}
