//! Rules 1 to 4: how migrations are written, what makes one, and what is asked.

use aludel::migrate::autodetector::{Answers, Question, Undecided, detect};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Module, State, Target};
use aludel::prelude::{BelongsTo, HasMany, ManyToMany, Model, models};
use aludel::schema::Schema;

use super::{id, number, users, wrong};

mod before {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Person {
        pub id: i64,
        #[field(max_length = 40)]
        pub mail: String,
        pub notes: HasMany<Note>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Note {
        pub id: i64,
        pub author: BelongsTo<Person>,
    }
}

mod after {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[model(table = "humans", renamed_from = "persons", validate = |_| {}, index(on = Human::email.lower(), name = "ix_lower"))]
    #[allow(dead_code)]
    pub struct Human {
        pub id: i64,
        #[field(max_length = 40, renamed_from = "mail", email, length(min = 3))]
        pub email: String,
        pub notes: HasMany<Note>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Note {
        pub id: i64,
        #[field(renamed_from = "author")]
        pub writer: BelongsTo<Human>,
    }
}

/// A join table that nobody has a model of.
mod joined {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Post {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// The same, with a model of another name.
mod articles {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[model(renamed_from = "posts")]
    #[allow(dead_code)]
    pub struct Article {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// A model of another name, in the table that it had.
mod entries {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[model(table = "posts")]
    #[allow(dead_code)]
    pub struct Entry {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// Two relations to one other model.
mod twice {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Post {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
        #[field(table = "flags")]
        pub flags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// The same model, one of whose relations is another.
mod thrice {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Post {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
        #[field(table = "marks")]
        pub marks: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// The model that has them under another name, with join tables of other names.
mod twice_articles {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[model(renamed_from = "posts")]
    #[allow(dead_code)]
    pub struct Article {
        pub id: i64,
        pub tags: ManyToMany<Tag>,
        #[field(table = "marks")]
        pub flags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
}

/// The same table as a model, with a column of its own.
mod through {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Post {
        pub id: i64,
        #[field(through = Tagging)]
        pub tags: ManyToMany<Tag>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Tag {
        pub id: i64,
    }
    #[derive(Model, Debug, Clone)]
    #[model(renamed_from = "posts_tags")]
    #[allow(dead_code)]
    pub struct Tagging {
        #[field(primary_key, on_delete = cascade)]
        pub post: BelongsTo<Post>,
        #[field(primary_key, on_delete = cascade)]
        pub tag: BelongsTo<Tag>,
        #[field(default = 0)]
        pub weight: i64,
    }
}

fn target(models: aludel::Registry) -> State {
    App::new(models, vec![]).target().unwrap()
}

fn words(all: &[(String, Operation)]) -> Vec<String> {
    all.iter()
        .map(|(_, operation)| operation.to_string())
        .collect()
}

/// Rule 1: a migration is a module in the program; its name, parents and operations read as written.
#[test]
fn rule_1_a_migration_is_a_small_module_that_reads_as_written() {
    let migration = Migration::new("0002_user_email")
        .depends_on("0001_initial")
        .add_column("users", column("email", varchar(254)).unique());
    let file =
        aludel::migrate::codegen::MigrationFile::new(&migration, "Adds an address.", &|_| None);
    assert_eq!(file.file_name(), "m0002_user_email.rs");
    assert_eq!(
        file.text,
        r#"//! Adds an address.

use aludel::migrate::prelude::*;

/// The migration `0002_user_email`.
pub fn migration() -> Migration {
    Migration::new("0002_user_email")
        .depends_on("0001_initial")
        .add_column("users", column("email", varchar(254)))
        .add_unique("users", unique("uq_users_email", ["email"]))
}
"#
    );
    let list =
        aludel::migrate::codegen::list_of(&["0001_initial".into(), "0002_user_email".into()]);
    assert!(
        list.contains("mod m0001_initial;\nmod m0002_user_email;")
            && list.contains("m0002_user_email::migration()"),
        "{list}"
    );
}

/// Rule 2: what only the program knows makes no migration.
#[test]
fn rule_2_validators_and_other_words_of_the_program_make_no_migration() {
    #[derive(Model, Debug, Clone)]
    #[model(table = "persons", new = NewPersonToo, validate = |_| {})]
    #[allow(dead_code)]
    struct Person {
        id: i64,
        #[field(max_length = 40, email, length(min = 2))]
        mail: String,
    }
    let mut plain = target(models![before::Person, before::Note]);
    plain
        .schema
        .tables
        .retain(|table| &*table.name.name == "persons");
    let all = detect(
        &plain,
        &target(models![Person]),
        &Default::default(),
        &mut Answers::default(),
    );
    assert!(all.as_ref().is_ok_and(Vec::is_empty), "{all:?}");
}

/// Rule 4: renames are declared at the models, of tables, columns and relations.
#[test]
fn rule_4_renames_are_declared_at_the_models() {
    let from = target(models![before::Person, before::Note]);
    let app = App::new(models![after::Human, after::Note], {
        let all = detect(
            &State::default(),
            &from,
            &Default::default(),
            &mut Answers::default(),
        )
        .unwrap();
        vec![all.into_iter().fold(
            Migration::new("0001_initial"),
            |migration, (_, operation)| migration.operation(operation),
        )]
    });
    let made = aludel::migrate::autogenerate::make(&app, None, &mut Answers::default()).unwrap();
    let operations: Vec<String> = made[0]
        .migration
        .operations()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        operations,
        [
            "rename table persons to humans",
            "rename column humans.mail to email",
            "rename column notes.author_id to writer_id",
            "rename ix_notes_author_id of notes to ix_notes_writer_id",
            "rename fk_notes_author_id of notes to fk_notes_writer_id",
            "add index ix_lower of humans",
        ]
        .map(str::to_string)
    );
}

/// Rule 4: what can be read in two ways is asked, both readings printed, nothing guessed.
#[test]
fn rule_4_nothing_is_guessed_and_both_readings_are_printed() {
    let from = State {
        schema: Schema::of(vec![users().into()]),
        ..State::default()
    };
    let to = State {
        schema: Schema::of(vec![
            new_table("users")
                .id()
                .column(column("full_name", varchar(40)))
                .column(column("age", integer()))
                .into(),
        ]),
        ..State::default()
    };
    let undecided = detect(&from, &to, &Default::default(), &mut Answers::default()).unwrap_err();
    let text = undecided.to_string();
    for said in [
        "renamed_from = \"name\"",
        "--rename users.name=users.full_name",
        "--replace users.name=users.full_name",
        "--fill users.age=VALUE",
    ] {
        assert!(text.contains(said), "{text}");
    }
    let Undecided::Questions(questions) = undecided else {
        panic!("{text}")
    };
    assert!(matches!(questions[0], Question::RenameColumn { .. }));
    let unknown = detect(
        &from,
        &to,
        &Default::default(),
        &mut Answers {
            renames: vec![("users.nmae".into(), "users.full_name".into())],
            allow_destructive: true,
            fills: vec![("users.age".into(), Node::Value(Value::I64(1)))],
            ..Answers::default()
        },
    );
    assert!(unknown.unwrap_err().to_string().contains("went and"));
}

/// Rule 4: a column that takes no NULL is filled in one operation, or in three.
#[test]
fn rule_4_a_required_column_may_be_split_into_three_operations() {
    struct Splits;
    impl aludel::migrate::autodetector::Decide for Splits {
        fn decide(&mut self, _: &Question) -> Option<aludel::migrate::autodetector::Answer> {
            Some(aludel::migrate::autodetector::Answer::Split(Node::Value(
                Value::I64(7),
            )))
        }
    }
    let from = State {
        schema: Schema::of(vec![users().into()]),
        ..State::default()
    };
    let to = State {
        schema: Schema::of(vec![users().column(column("age", integer())).into()]),
        ..State::default()
    };
    let all = detect(&from, &to, &Default::default(), &mut Splits).unwrap();
    assert_eq!(
        words(&all),
        ["add column users.age", "run SQL", "alter column users.age"]
    );
}

/// Rule 3: modules that refer to each other are linked by migrations of their own.
#[test]
fn rule_3_modules_that_refer_to_each_other_get_their_links_last() {
    let a = new_table("a")
        .id()
        .column(column("b_id", big_int()))
        .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"]));
    let b = new_table("b")
        .id()
        .column(column("a_id", big_int()))
        .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"]));
    let app = App::default()
        .module(Module::new("x", Default::default(), vec![]).tables(vec![a.into()]))
        .module(Module::new("y", Default::default(), vec![]).tables(vec![b.into()]));
    let made = aludel::migrate::autogenerate::make(&app, None, &mut Answers::default()).unwrap();
    let names: Vec<String> = made
        .iter()
        .map(|made| format!("{}/{}", made.module, made.migration.name()))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[2].contains("links"), "{names:?}");
}

on_every_database! {
    /// Rule 3: a join table becomes the table of a model, and its rows stay.
    async fn rule_3_a_many_to_many_relation_gets_a_model_of_its_own(fixture) {
        let db = &fixture.db;
        let made = |app: &App| -> Vec<Migration> { aludel::migrate::autogenerate::make(app, None, &mut Answers::default()).unwrap().iter().map(|made| made.migration.clone()).collect() };
        let first = made(&App::new(models![joined::Post, joined::Tag], vec![]));
        let models = || models![through::Post, through::Tag, through::Tagging];
        let second = made(&App::new(models(), first.clone()));
        let app = App::new(models(), [first.clone(), second].concat());
        let migrator = Migrator::new(db, &app)?;
        let old = Target::To(id(first[0].name()));
        migrator.migrate(&old).await?;
        for text in ["insert into posts (id) values (1)", "insert into tags (id) values (1), (2)", "insert into posts_tags (post_id, tag_id) values (1, 1), (1, 2)"] {
            aludel::Sql::trusted(text).execute(db).await?;
        }
        for _ in 0..2 {
            migrator.migrate(&Target::Latest).await?;
            assert_eq!(wrong(&app.target()?.schema, db.inspect().await?, db), "");
            assert_eq!(number(db, "select count(*) from taggings where weight = 0").await?, 2);
            assert!(made(&app).is_empty());
            migrator.migrate(&old).await?;
            assert_eq!(number(db, "select count(*) from posts_tags").await?, 2);
        }
    }

    /// Rule 15: the join table of a model that is renamed is renamed with it, and its rows stay; nothing is asked (M11).
    async fn rule_15_renamed_models_take_their_join_tables_along(fixture) {
        let db = &fixture.db;
        let made = |app: &App| -> Vec<Migration> { aludel::migrate::autogenerate::make(app, None, &mut Answers::default()).unwrap().iter().map(|made| made.migration.clone()).collect() };
        let posts = made(&App::new(models![joined::Post, joined::Tag], vec![]));
        let articles = || models![articles::Article, articles::Tag];
        let second = made(&App::new(articles(), posts.clone()));
        assert_eq!(
            second[0].operations().iter().map(ToString::to_string).collect::<Vec<_>>()[..3],
            ["rename table posts to articles", "rename table posts_tags to articles_tags", "rename column articles_tags.post_id to article_id"]
        );
        let entries = models![entries::Entry, entries::Tag];
        let other = made(&App::new(entries, posts.clone()));
        assert_eq!(other[0].operations()[0].to_string(), "rename column posts_tags.post_id to entry_id");
        let app = App::new(articles(), [posts.clone(), second].concat());
        let migrator = Migrator::new(db, &app)?;
        let old = Target::To(id(posts[0].name()));
        migrator.migrate(&old).await?;
        for text in ["insert into posts (id) values (1)", "insert into tags (id) values (1), (2)", "insert into posts_tags (post_id, tag_id) values (1, 1), (1, 2)"] {
            aludel::Sql::trusted(text).execute(db).await?;
        }
        for _ in 0..2 {
            migrator.migrate(&Target::Latest).await?;
            assert_eq!(wrong(&app.target()?.schema, db.inspect().await?, db), "");
            assert_eq!(number(db, "select count(*) from articles_tags where article_id = 1").await?, 2);
            assert!(made(&app).is_empty());
            migrator.migrate(&old).await?;
            assert_eq!(number(db, "select count(*) from posts_tags where post_id = 1").await?, 2);
        }
    }

    /// Rule 15: which of two join tables became which is not guessed.
    async fn rule_15_two_join_tables_of_the_same_models_are_asked_for(fixture) {
        let _ = fixture;
        let made = |app: &App| aludel::migrate::autogenerate::make(app, None, &mut Answers::default());
        let first: Vec<Migration> = made(&App::new(models![twice::Post, twice::Tag], vec![])).unwrap().iter().map(|made| made.migration.clone()).collect();
        let asked = made(&App::new(models![twice_articles::Article, twice_articles::Tag], first)).unwrap_err();
        let text = asked.to_string();
        assert!(text.contains("table flags went and marks came"), "{text}");
        assert!(!text.contains("posts_tags"), "{text}");
        // A relation that went, and another one that came, of models that stayed.
        let first: Vec<Migration> = made(&App::new(models![twice::Post, twice::Tag], vec![])).unwrap().iter().map(|made| made.migration.clone()).collect();
        let asked = made(&App::new(models![thrice::Post, thrice::Tag], first)).unwrap_err();
        assert!(asked.to_string().contains("table flags went and marks came"), "{asked}");
    }

    /// Rule 2: tables of several modules, whose references lead from one to the other.
    async fn rule_3_tables_of_several_modules_refer_to_each_other_and_move(fixture) {
        let db = &fixture.db;
        let auth = || vec![new_table("users").id().into()];
        let blog = || vec![new_table("posts").id().column(column("author_id", big_int())).column(column("m", one_of("mood", ["a"]))).foreign_key(foreign_key("fk_author", ["author_id"]).references("users", ["id"])).into()];
        let made = |app: &App| aludel::migrate::autogenerate::make(app, None, &mut Answers { allow_destructive: true, ..Answers::default() }).unwrap();
        let module = |name: &str, tables: Vec<aludel::schema::Table>, migrations: Vec<Migration>| Module::new(name, Default::default(), migrations).tables(tables);
        let first = made(&App::default().module(module("blog", blog(), vec![])).module(module("auth", auth(), vec![])));
        let of = |all: &[aludel::migrate::autogenerate::Made], name: &str| -> Vec<Migration> { all.iter().filter(|made| made.module == name).map(|made| made.migration.clone()).collect() };
        assert_eq!(first.iter().map(|made| made.module.as_str()).collect::<Vec<_>>(), ["auth", "blog"]);
        assert_eq!(of(&first, "blog")[0].parents(), ["auth/0001_initial"]);
        // The posts move to another module, and the users' key changes its type under them.
        let small = || vec![new_table("users").column(column("id", integer()).identity()).primary_key(["id"]).into()];
        let other = || vec![new_table("posts").id().column(column("author_id", integer())).column(column("m", one_of("mood", ["a"]))).foreign_key(foreign_key("fk_author", ["author_id"]).references("users", ["id"])).into()];
        let app = |texts: Vec<Migration>| App::default().module(module("blog", vec![], of(&first, "blog"))).module(module("auth", small(), of(&first, "auth"))).module(module("texts", other(), texts));
        let second = made(&app(vec![]));
        let all = |name: &str| [of(&first, name), of(&second, name)].concat();
        let whole = App::default().module(module("blog", vec![], all("blog"))).module(module("auth", small(), all("auth"))).module(module("texts", other(), all("texts")));
        let migrator = Migrator::new(db, &whole)?;
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(wrong(&whole.target()?.schema, db.inspect().await?, db), "");
        assert_eq!(migrator.graph().state()?.owners[&aludel::statement::TableName::new("posts")], "texts");
        assert!(made(&whole).is_empty());
        migrator.migrate(&Target::Zero("auth".into())).await?;
    }
}
