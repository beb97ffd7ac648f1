//! Models: the verbs of plain objects, keys, embedded values, defaults, generated columns, every kind of relation.

use crate::models::{NewTag, Post, Tag, User, UserPatch, people, user};
use aludel::prelude::*;
use aludel::{ErrorKind, schema};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Embedded, Debug, Clone, PartialEq)]
pub struct Address {
    pub street: String,
    #[field(max_length = 80)]
    pub city: String,
    pub zip: Option<String>,
}

#[derive(Embedded, Debug, Clone, PartialEq)]
pub struct Stamps {
    pub made_by: String,
    pub note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(comment = "who buys; it's \"theirs\"", check(adult = Customer::age.ge(18)), unique(name, age), index(-age, name, name = "customers_by_age"))]
pub struct Customer {
    pub id: i64,
    #[field(max_length = 100, comment = "as on the card")]
    pub name: String,
    #[field(default = 30)]
    pub age: i32,
    #[field(embedded)]
    pub home: Address,
    #[field(flatten)]
    pub stamps: Stamps,
    #[field(default_with = || "web".to_string())]
    pub source: String,
    #[field(generated = Customer::age + 1)]
    pub next_age: i32,
    #[field(column = "select")]
    pub reserved: Option<i64>,
    pub card: HasOne<Card>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Card {
    #[field(primary_key, max_length = 20)]
    pub number: String,
    #[field(unique, on_delete = cascade)]
    pub customer: BelongsTo<Customer>,
}

/// Names that the derive's own functions have.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Namesake {
    pub id: i64,
    pub describe: String,
    pub own: String,
    pub reference: String,
    pub any_meta: i32,
    pub swap: i32,
}

impl Namesake {
    pub fn meta(&self) -> i32 {
        self.any_meta
    }
}

/// A default that counts how often it is asked for.
static ASKED: AtomicU32 = AtomicU32::new(0);

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Ticking {
    pub id: i64,
    #[field(default_with = || ASKED.fetch_add(1, Ordering::Relaxed).to_string())]
    pub tick: String,
}

impl Ticking {
    pub fn describe(&self) -> &str {
        &self.tick
    }
}

/// A composite key, and a key that is a reference.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "order lines", new = LineNew)]
pub struct OrderLine {
    #[field(primary_key)]
    pub order_no: i32,
    #[field(primary_key)]
    pub line: i16,
    pub amount: i64,
    pub notes: HasMany<LineNote>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct LineNote {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub line: BelongsTo<OrderLine>,
    pub text: String,
}

/// A tree, and several relations between the same two models.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "categories")]
pub struct Category {
    pub id: i64,
    pub name: String,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Category>>,
    pub children: HasMany<Category>,
    pub related: ManyToMany<Category>,
    #[field(inverse = related)]
    pub related_to: ManyToMany<Category>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Review {
    pub id: i64,
    pub author: BelongsTo<Person>,
    pub editor: Option<BelongsTo<Person>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Person {
    pub id: i64,
    pub name: String,
    #[field(inverse = author)]
    pub written: HasMany<Review>,
    #[field(inverse = editor)]
    pub edited: HasMany<Review>,
    #[field(through = Membership)]
    pub groups: ManyToMany<Group>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "group")]
pub struct Group {
    pub id: i64,
    pub name: String,
    #[field(through = Membership)]
    pub people: ManyToMany<Person>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(person, group))]
pub struct Membership {
    pub id: i64,
    pub person: BelongsTo<Person>,
    pub group: BelongsTo<Group>,
    #[field(default = "member")]
    pub role: String,
}

/// Two tables that refer to each other.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Team {
    pub id: i64,
    pub captain: Option<BelongsTo<Player>>,
    pub players: HasMany<Player>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Player {
    pub id: i64,
    pub team: BelongsTo<Team>,
}

fn customer(name: &str) -> NewCustomer {
    NewCustomer {
        name: name.into(),
        age: None,
        home: Address {
            street: "Main St".into(),
            city: "Oslo".into(),
            zip: None,
        },
        stamps: Stamps {
            made_by: "test".into(),
            note: Some("n".into()),
        },
        source: None,
        reserved: None,
    }
}

on_every_database! {
    async fn names_of_a_model_may_be_those_of_the_derive(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Namesake]).await?;
        let new = NewNamesake { describe: "a".into(), own: "b".into(), reference: "c".into(), any_meta: 1, swap: 2 };
        let mut row = new.insert(db).await?;
        assert_eq!((row.describe.as_str(), row.meta()), ("a", 1));
        row.swap = 3;
        row.save(db).await?;
        assert_eq!(Namesake::filter(Namesake::describe.eq("a")).one(db).await?, row);
        let mut session = db.session();
        let key = session.get::<Namesake>(row.id).await?;
        session[key].reference = "d".into();
        session.commit().await?;
        assert_eq!(Namesake::get(row.id, db).await?.reference, "d");
    }

    async fn nothing_of_an_insert_happens_before_it_is_awaited(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ticking]).await?;
        // Other databases count at the same time.
        let own = |row: &Ticking| row.describe().parse::<u32>().expect("it is a number");
        let first = own(&NewTicking::default().insert(db).await?);
        let unheard = NewTicking::default().insert(db);
        let later = ASKED.load(Ordering::Relaxed);
        drop(unheard);
        let waits = NewTicking::default().insert(db);
        assert!(own(&NewTicking::default().insert(db).await?) >= later);
        let before = ASKED.load(Ordering::Relaxed);
        assert!(own(&waits.await?) >= before, "its default was asked for when it was awaited");
        assert!(first < later);
        assert_eq!(Ticking::query().count(db).await?, 3);
    }

    async fn the_verbs_of_plain_objects(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let mut changed = ann.clone();
        changed.name = Some("Ann Lee".into());
        changed.save(db).await?;
        assert_eq!(ann.reload(db).await?.name.as_deref(), Some("Ann Lee"));
        assert_eq!(User::get(ann.id, db).await?, changed);
        let watch = db.watch();
        let same = changed.clone().patch(UserPatch::default(), db).await?;
        assert_eq!((same, watch.statements()), (changed, 0));
        let patched = ann.patch(UserPatch { age: Some(None), company: Some(None), ..Default::default() }, db).await?;
        assert_eq!((patched.age, patched.company.is_none(), patched.name.as_deref()), (None, true, Some("Ann Lee")));
        let moved = bob.patch(UserPatch { age: Some(Some(5)), ..Default::default() }, db).await?;
        assert_eq!(moved.age, Some(5));
        let gone = moved.clone();
        Post::filter(Post::author.is(&gone)).delete().execute(db).await?;
        moved.delete(db).await?;
        assert!(User::find(gone.id, db).await?.is_none());
        for error in [
            User::get(gone.id, db).await.unwrap_err(),
            gone.reload(db).await.unwrap_err(),
            gone.clone().save(db).await.unwrap_err(),
            gone.clone().patch(UserPatch { age: Some(Some(1)), ..Default::default() }, db).await.unwrap_err(),
            gone.delete(db).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.to_string().contains("User"), "{error}");
        }
    }

    async fn defaults_embedded_values_and_generated_columns(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Customer, Card]).await?;
        let row = customer("Ada").insert(db).await?;
        assert_eq!((row.age, row.next_age, row.source.as_str()), (30, 31, "web"));
        assert_eq!(row.home, Address { street: "Main St".into(), city: "Oslo".into(), zip: None });
        assert_eq!(row.stamps.note.as_deref(), Some("n"));
        assert_eq!(Customer::filter(Customer::home.city.eq("Oslo") & Customer::stamps.made_by.eq("test")).count(db).await?, 1);
        let moved = Customer::filter(Customer::id.eq(row.id)).update((Customer::home.city.set("Rome"), Customer::reserved.set(7)));
        assert_eq!(moved.execute(db).await?, 1);
        let mut row = row.reload(db).await?;
        assert_eq!((row.home.city.as_str(), row.reserved), ("Rome", Some(7)));
        row.age = 50;
        row.save(db).await?;
        assert_eq!(row.next_age, 51);
        let home = Address { street: "x".into(), city: "y".into(), zip: Some("z".into()) };
        let row = row.patch(CustomerPatch { home: Some(home.clone()), age: Some(20), ..Default::default() }, db).await?;
        assert_eq!((&row.home, row.next_age), (&home, 21));
        let minor = NewCustomer { age: Some(17), ..customer("Kid") }.insert(db).await.unwrap_err();
        assert!(minor.is_check_violation(), "{minor}");
        assert_eq!(minor.constraint().and_then(|found| found.name.as_deref()), Some("ck_customers_adult"));
        let twice = NewCustomer { age: Some(20), ..customer("Ada") }.insert(db).await.unwrap_err();
        assert_eq!(twice.constraint().expect("a constraint").columns, ["name", "age"]);

        let card = NewCard { number: "4711".into(), customer: (&row_of(db).await?).into() }.insert(db).await?;
        assert_eq!(Card::get("4711", db).await?, card);
        assert_eq!(Customer::filter(Customer::card.number.eq("4711")).count(db).await?, 1);
        assert_eq!(Customer::query().select(Customer::card.number).all(db).await?, [Some("4711".to_string())]);
        let column: Vec<Option<i64>> = sql("select ").identifier("select").push(" from customers").all(db).await?;
        assert_eq!(column, [Some(7)]);
    }

    async fn composite_keys(fixture) {
        let db = &fixture.db;
        db.create_all(&models![OrderLine, LineNote]).await?;
        let lines: Vec<OrderLine> = OrderLine::insert_many((1..=3).map(|line| LineNew { order_no: 1, line, amount: 10 })).all(db).await?;
        let line = OrderLine::get((1, 2_i16), db).await?;
        assert_eq!(line, lines[1]);
        assert_eq!(line.key(), (1, 2));
        let note = NewLineNote { line: (&line).into(), text: "a".into() }.insert(db).await?;
        assert_eq!(note.line.key(), (1, 2));
        assert_eq!(LineNote::filter(LineNote::line.amount.eq(10) & LineNote::line.order_no.eq(1)).count(db).await?, 1);
        assert_eq!(OrderLine::filter(OrderLine::notes.any(LineNote::text.eq("a"))).one(db).await?, line);
        assert_eq!(OrderLine::notes.of(&line).count(db).await?, 1);
        let wrong = NewLineNote { line: Ref::key((9, 9_i16)), text: "b".into() }.insert(db).await.unwrap_err();
        assert!(wrong.is_foreign_key_violation());
        let two = OrderLine::query().unfiltered().order_by(OrderLine::line.desc()).limit(2).update(OrderLine::amount.set(0));
        assert_eq!(two.execute(db).await?, 2);
        assert_eq!(OrderLine::query().order_by(OrderLine::line).select(OrderLine::amount).all(db).await?, [10, 0, 0]);
        line.delete(db).await?;
        assert_eq!(LineNote::query().count(db).await?, 0);
    }

    async fn relations_to_itself_and_several_to_one_model(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Category, Review, Person, Group, Membership]).await?;
        let make = async |name: &str, parent: Option<&Category>| {
            NewCategory { name: name.into(), parent: parent.map(Into::into) }.insert(db).await
        };
        let root = make("root", None).await?;
        let rust = make("rust", Some(&root)).await?;
        let async_ = make("async", Some(&rust)).await?;
        assert_eq!(Category::filter(Category::parent.parent.name.eq("root")).one(db).await?, async_);
        assert_eq!(Category::filter(Category::children.any(Category::children.any(Category::name.eq("async")))).one(db).await?, root);
        assert_eq!(Category::filter(Category::parent.is_null()).one(db).await?, root);
        let upward = Category::query().order_by(Category::id).select((Category::name, Category::parent.name)).all(db).await?;
        assert_eq!(upward[0], ("root".into(), None));
        assert_eq!(upward[2], ("async".into(), Some("rust".into())));
        Category::related.of(&rust).add([&async_, &root], db).await?;
        assert_eq!(Category::filter(Category::related_to.any(Category::name.eq("rust"))).count(db).await?, 2);
        assert_eq!(Category::filter(Category::related.any(Category::name.eq("rust"))).count(db).await?, 0);
        let renamed = Category::filter(Category::parent.name.eq("root")).update(Category::name.set(Category::parent.name.or_else("?")));
        assert_eq!(renamed.execute(db).await?, 1);
        assert_eq!(rust.reload(db).await?.name, "root");
        root.delete(db).await?;
        assert!(rust.reload(db).await?.parent.is_none());

        let (ann, bob) = (NewPerson { name: "Ann".into() }.insert(db).await?, NewPerson { name: "Bob".into() }.insert(db).await?);
        NewReview { author: (&ann).into(), editor: Some((&bob).into()) }.insert(db).await?;
        NewReview { author: (&bob).into(), editor: None }.insert(db).await?;
        assert_eq!(Person::filter(Person::edited.exists()).one(db).await?, bob);
        assert_eq!(Review::filter(Review::editor.name.eq("Bob") & Review::author.name.eq("Ann")).count(db).await?, 1);
        assert_eq!(Review::exclude(Review::editor.name.eq("Bob")).count(db).await?, 1);
        assert_eq!(Review::filter(Review::editor.id.eq(bob.id)).count(db).await?, 1);
        let cleared = Review::filter(Review::editor.is(&bob)).update(Review::editor.set(Ref::default()));
        assert_eq!(cleared.execute(db).await?, 1);

        let staff = NewGroup { name: "staff".into() }.insert(db).await?;
        Person::groups.of(&ann).add([&staff], db).await?;
        assert_eq!(Membership::query().one(db).await?.role, "member");
        assert_eq!(Group::filter(Group::people.any(Person::name.eq("Ann"))).one(db).await?, staff);
    }

    async fn related_sets_are_read_and_changed(fixture) {
        let db = &fixture.db;
        let [ann, bob, cid] = people(db).await?;
        let post = Post::query().first(db).await?.expect("a post");
        let mut tags = Vec::new();
        for name in ["a", "b", "c"] {
            tags.push(NewTag { name: name.into() }.insert(db).await?);
        }
        let of = || Post::tags.of(&post);
        let watch = db.watch();
        of().add([&tags[0], &tags[1], &tags[0]], db).await?;
        of().add([&tags[1]], db).await?;
        assert_eq!(watch.statements(), 2);
        assert_eq!(of().count(db).await?, 2);
        assert!(of().contains(&tags[0], db).await? && !of().contains(&tags[2], db).await?);
        of().set([&tags[1], &tags[2]], db).await?;
        let names: Vec<String> = of().query()?.order_by(Tag::name).select(Tag::name).all(db).await?;
        assert_eq!(names, ["b", "c"]);
        of().remove([&tags[1]], db).await?;
        assert_eq!(of().count(db).await?, 1);
        of().clear(db).await?;
        assert_eq!(of().count(db).await?, 0);
        of().add(Vec::<&Tag>::new(), db).await?;

        let company = crate::models::Company::query().one(db).await?;
        let users = || crate::models::Company::users.of(&company);
        users().add([&cid], db).await?;
        assert_eq!(users().count(db).await?, 3);
        users().set([&ann], db).await?;
        assert_eq!(users().query()?.one(db).await?.id, ann.id);
        users().clear(db).await?;
        assert_eq!(users().count(db).await?, 0);
        let required = User::posts.of(&bob).clear(db).await.unwrap_err();
        assert!(required.to_string().contains("must belong to one User"), "{required}");
    }

    async fn tables_that_refer_to_each_other(fixture) {
        let db = &fixture.db;
        let set = models![Team, Player];
        db.create_all(&set).await?;
        let team = NewTeam { captain: None }.insert(db).await?;
        let player = NewPlayer { team: (&team).into() }.insert(db).await?;
        let team = team.patch(TeamPatch { captain: Some(Some((&player).into())) }, db).await?;
        assert_eq!(team.captain.as_ref().map(|captain| captain.key()), Some(player.id));
        assert!(NewPlayer { team: Ref::key(99) }.insert(db).await.unwrap_err().is_foreign_key_violation());
        db.drop_all(&set).await?;
        db.create_all(&set).await?;
        assert_eq!(Team::query().count(db).await?, 0);
        let again = db.create_all(&set).await;
        assert!(again.is_err());
    }

    async fn a_relation_that_was_not_loaded_says_so(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let error = ann.posts.loaded().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoaded);
        assert!(error.to_string().contains(".with(") && error.to_string().contains("User::posts"), "{error}");
        assert!(ann.company.as_ref().expect("a company").loaded().is_err());
    }

    async fn rows_are_locked(fixture) {
        let db = &fixture.db;
        let [ann, ..] = people(db).await?;
        let query = User::filter(User::id.eq(ann.id)).for_update();
        let tx = db.begin().await?;
        if !db.dialect().capabilities().row_locks {
            assert_eq!(query.one(&tx).await.unwrap_err().kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        query.one(&tx).await?;
        let other = db.begin().await?;
        assert_eq!(User::query().for_update().skip_locked().count_rows(&other).await?, 2);
        assert_eq!(query.clone().nowait().one(&other).await.unwrap_err().kind(), ErrorKind::LockTimeout);
        drop(other);
        tx.commit().await?;
        assert_eq!(User::query().for_share().all(db).await?.len(), 3);
    }
}

/// `Query::all` under a lock, counted here: `count` itself drops locks.
trait CountRows {
    async fn count_rows(&self, db: &dyn Executor) -> aludel::Result<usize>;
}

impl CountRows for Query<User> {
    async fn count_rows(&self, db: &dyn Executor) -> aludel::Result<usize> {
        Ok(self.all(db).await?.len())
    }
}

async fn row_of(db: &dyn Executor) -> aludel::Result<Customer> {
    Customer::query().one(db).await
}

alone! {
    /// What makes a table a table, in one place.
    fn a_model_is_a_table_as_data() {
        let table = Customer::meta().table();
        assert_eq!(table.name.to_string(), "customers");
        assert_eq!(table.comment.as_deref(), Some("who buys; it's \"theirs\""));
        let columns: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(
            columns,
            [
                "id",
                "name",
                "age",
                "home_street",
                "home_city",
                "home_zip",
                "made_by",
                "note",
                "source",
                "next_age",
                "select"
            ]
        );
        assert_eq!(table.uniques[0].name, "uq_customers_name_age");
        assert_eq!(table.indexes[0].name, "customers_by_age");
        assert!(table.indexes[0].parts[0].descending);
        assert_eq!(table.checks[0].name, "ck_customers_adult");
        assert_eq!(
            Card::meta().table().foreign_keys[0].on_delete,
            schema::Action::Cascade
        );
        assert_eq!(user("x").email, "x");
    }
}
