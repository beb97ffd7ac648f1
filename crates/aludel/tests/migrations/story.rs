//! The guide's stories, told by the tools themselves: each transcript in the guide is what the commands print here, and the
//! files of the example `blog` are what they write.
//!
//! `ALUDEL_BLESS=1` writes the example's migrations anew and prints the transcripts.

use aludel::migrate::{App, Migration};
use aludel::{cli, models};
use std::path::{Path, PathBuf};

#[allow(dead_code)]
#[path = "../../examples/blog/migrations/mod.rs"]
mod migrations;
#[allow(dead_code)]
#[path = "../../examples/blog/models.rs"]
mod today;

/// The models of the first commit.
#[allow(dead_code)]
mod first {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct User {
        pub id: i64,
        #[field(unique, max_length = 254)]
        pub email: String,
        #[field(max_length = 80)]
        pub name: String,
        pub posts: HasMany<Post>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Post {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        pub body: String,
        #[field(on_delete = cascade)]
        pub author: BelongsTo<User>,
    }
}

/// The models of the second commit; the rename is not declared yet.
#[allow(dead_code)]
mod undeclared {
    use aludel::prelude::*;
    use jiff::Timestamp;

    #[derive(Model, Debug, Clone)]
    pub struct User {
        pub id: i64,
        #[field(unique, max_length = 254)]
        pub email: String,
        #[field(max_length = 80)]
        pub full_name: String,
        pub posts: HasMany<Post>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(index(author, -published_at))]
    pub struct Post {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        pub body: String,
        pub published_at: Option<Timestamp>,
        #[field(on_delete = cascade)]
        pub author: BelongsTo<User>,
    }
}

/// The models of the second commit.
#[allow(dead_code)]
mod second {
    use aludel::prelude::*;
    use jiff::Timestamp;

    #[derive(Model, Debug, Clone)]
    pub struct User {
        pub id: i64,
        #[field(unique, max_length = 254)]
        pub email: String,
        #[field(max_length = 80, renamed_from = "name")]
        pub full_name: String,
        pub posts: HasMany<Post>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(index(author, -published_at))]
    pub struct Post {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        pub body: String,
        pub published_at: Option<Timestamp>,
        #[field(on_delete = cascade)]
        pub author: BelongsTo<User>,
    }
}

struct Story {
    folder: PathBuf,
    text: String,
}

impl Story {
    fn new(name: &str) -> Story {
        let folder =
            std::env::temp_dir().join(format!("aludel_story_{name}_{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        Story {
            folder,
            text: String::new(),
        }
    }

    fn migrations(&self) -> PathBuf {
        self.folder.join("src/migrations")
    }

    fn app(&self, models: aludel::Registry, migrations: Vec<Migration>) -> App {
        let url = format!("sqlite:{}", self.folder.join("blog.sqlite").display());
        App::new(models, migrations)
            .folder(self.migrations())
            .url(url)
    }

    /// Runs a command and tells of it; paths are told as they are in the project's folder.
    fn run(&mut self, app: &App, words: &str) -> u8 {
        let arguments: Vec<&str> = std::iter::once("manage")
            .chain(words.split_whitespace())
            .collect();
        let (code, printed) = cli::captured(app, arguments);
        let printed = printed.replace(&format!("{}/", self.folder.display()), "");
        self.text.push_str(&format!("$ manage {words}\n{printed}"));
        if code != 0 {
            self.text.push_str(&format!("(exit code {code})\n"));
        }
        code
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.migrations().join(name)).unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        aludel::migrate::source::names_in(&self.migrations()).unwrap()
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The transcript stands in the guide.
fn is_told(story: &Story) {
    let guide = include_str!("../../../../docs/migrations.md");
    if std::env::var_os("ALUDEL_BLESS").is_some() {
        println!("{}", story.text);
        return;
    }
    assert!(
        guide.contains(story.text.trim()),
        "the guide does not tell what happens:\n{}",
        story.text
    );
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/blog/migrations")
        .join(name)
}

#[test]
fn rule_7_a_blog_changes_in_three_commits() {
    let bless = std::env::var_os("ALUDEL_BLESS").is_some();
    let all = migrations::all();
    let upto = |n: usize| all.iter().take(n).cloned().collect::<Vec<_>>();
    let mut story = Story::new("blog");
    let one = models![first::User, first::Post];
    assert_eq!(
        story.run(&story.app(one.clone(), vec![]), "makemigrations"),
        0
    );
    // While the example is written anew, it has fewer migrations than the story.
    if !all.is_empty() {
        assert_eq!(story.run(&story.app(one, upto(1)), "migrate"), 0);
        let unclear = story.app(models![undeclared::User, undeclared::Post], upto(1));
        assert_eq!(story.run(&unclear, "makemigrations --no-input"), 3);
        let two = models![second::User, second::Post];
        assert_eq!(
            story.run(&story.app(two.clone(), upto(1)), "makemigrations"),
            0
        );
        if all.len() > 1 {
            let app = story.app(two, upto(2));
            assert_eq!(story.run(&app, "sqlmigrate 0002"), 0);
            assert_eq!(story.run(&app, "migrate"), 0);
            let three = models![today::User, today::Post, today::Tag];
            assert_eq!(story.run(&story.app(three.clone(), upto(2)), "check"), 4);
            assert_eq!(
                story.run(
                    &story.app(three.clone(), upto(2)),
                    "makemigrations --name tags_and_status"
                ),
                0
            );
            if all.len() > 2 {
                let app = story.app(three, upto(3));
                assert_eq!(story.run(&app, "migrate --plan"), 0);
                assert_eq!(story.run(&app, "migrate"), 0);
                assert_eq!(story.run(&app, "showmigrations --graph"), 0);
                assert_eq!(story.run(&app, "check --against-db"), 0);
                assert_eq!(story.run(&app, "migrate -1"), 0);
                assert_eq!(story.run(&app, "migrate"), 0);
                assert_eq!(story.run(&app, "lint 0002 --dialect postgres"), 4);
            }
        }
    }
    assert!(bless || all.len() == 3);
    for name in story
        .names()
        .into_iter()
        .map(|name| format!("m{name}.rs"))
        .chain(["mod.rs".into()])
    {
        if bless {
            std::fs::write(example(&name), story.file(&name)).unwrap();
        } else {
            assert_eq!(
                std::fs::read_to_string(example(&name)).unwrap_or_default(),
                story.file(&name),
                "{name}"
            );
        }
    }
    is_told(&story);
}

/// The models of one branch.
#[allow(dead_code)]
mod mine {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Note {
        pub id: i64,
        pub text: String,
        #[field(default = 0)]
        pub stars: i64,
    }
}

/// The models of the other branch.
#[allow(dead_code)]
mod theirs {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(index(text))]
    pub struct Note {
        pub id: i64,
        #[field(max_length = 90)]
        pub text: String,
    }
}

/// The models of both.
#[allow(dead_code)]
mod both {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(index(text))]
    pub struct Note {
        pub id: i64,
        #[field(max_length = 90)]
        pub text: String,
        #[field(default = 0)]
        pub stars: i64,
    }
}

#[test]
fn rule_5_two_branches_each_make_a_migration_of_the_same_parent() {
    use aludel::migrate::prelude::*;
    let mut story = Story::new("branches");
    let initial = || {
        Migration::new("0001_initial")
            .create_table(new_table("notes").id().column(column("text", text())))
    };
    let file = |migration: &Migration| {
        aludel::migrate::source::MigrationFile::new(migration, "By hand.", &|_| None)
    };
    let write = |story: &Story, migration: &Migration| {
        std::fs::create_dir_all(story.migrations()).unwrap();
        let file = file(migration);
        std::fs::write(story.migrations().join(file.file_name()), file.text).unwrap();
    };
    write(&story, &initial());
    story.text.push_str("# on one branch, a column\n");
    assert_eq!(
        story.run(
            &story.app(models![mine::Note], vec![initial()]),
            "makemigrations"
        ),
        0
    );
    let stars = || {
        Migration::new("0002_add_notes_stars")
            .depends_on("0001_initial")
            .add_column("notes", column("stars", big_int()).default(0))
    };
    assert_eq!(
        story
            .file("m0002_add_notes_stars.rs")
            .lines()
            .filter(|line| !line.starts_with("//!"))
            .collect::<Vec<_>>(),
        file(&stars())
            .text
            .lines()
            .filter(|line| !line.starts_with("//!"))
            .collect::<Vec<_>>()
    );
    let mine = story.file("mod.rs");
    // The other branch has not seen that file.
    std::fs::remove_file(story.migrations().join("m0002_add_notes_stars.rs")).unwrap();
    story
        .text
        .push_str("\n# on another branch, a length and an index\n");
    assert_eq!(
        story.run(
            &story.app(models![theirs::Note], vec![initial()]),
            "makemigrations --allow-destructive"
        ),
        0
    );
    let length = || {
        Migration::new("0002_alter_notes_text")
            .depends_on("0001_initial")
            .alter_column("notes", column("text", varchar(90)))
            .add_index("notes", index("ix_notes_text", ["text"]))
    };
    assert!(
        story.names().contains(&"0002_alter_notes_text".to_string()),
        "{:?}",
        story.names()
    );
    // git merges; in mod.rs there was a conflict, and both lines stay: each branch wrote its own line at the same place.
    let theirs = story.file("mod.rs");
    let (line, ours) = { mine.lines().enumerate() }
        .find(|(n, line)| theirs.lines().nth(*n) != Some(line))
        .unwrap();
    assert_eq!(ours.trim(), "mod m0002_add_notes_stars;");
    assert_eq!(
        theirs.lines().nth(line).map(str::trim),
        Some("mod m0002_alter_notes_text;")
    );
    write(&story, &stars());
    let merged = vec![initial(), stars(), length()];
    story
        .text
        .push_str("\n# both merged: git has asked about mod.rs, and both lines were kept\n");
    let app = story.app(models![both::Note], merged.clone());
    assert_eq!(story.run(&app, "migrate"), 1);
    assert_eq!(story.run(&app, "makemigrations --merge"), 0);
    let merge = Migration::new("0003_merge_add_notes_stars_and_alter_notes_text")
        .depends_on("0002_add_notes_stars")
        .depends_on("0002_alter_notes_text");
    let app = story.app(models![both::Note], [merged.clone(), vec![merge]].concat());
    assert_eq!(story.run(&app, "migrate"), 0);
    assert_eq!(story.run(&app, "showmigrations --graph"), 0);
    assert_eq!(story.run(&app, "makemigrations --check"), 0);
    // Had they not commuted:
    std::fs::remove_file(
        story
            .migrations()
            .join("m0003_merge_add_notes_stars_and_alter_notes_text.rs"),
    )
    .unwrap();
    std::fs::remove_file(story.migrations().join("m0002_alter_notes_text.rs")).unwrap();
    let renames = || {
        Migration::new("0002_rename_notes_text_to_body")
            .depends_on("0001_initial")
            .rename_column("notes", "text", "body")
    };
    let index_of = || {
        Migration::new("0002_add_index")
            .depends_on("0001_initial")
            .add_index("notes", index("ix_notes_text", ["text"]))
    };
    std::fs::remove_file(story.migrations().join("m0002_add_notes_stars.rs")).unwrap();
    std::fs::remove_file(story.folder.join("blog.sqlite")).unwrap();
    write(&story, &renames());
    write(&story, &index_of());
    story
        .text
        .push_str("\n# two branches that do not commute\n");
    let app = story.app(models![mine::Note], vec![initial(), renames(), index_of()]);
    assert_eq!(story.run(&app, "makemigrations --merge"), 1);
    assert_eq!(story.run(&app, "rebase 0002_rename_notes_text_to_body"), 0);
    assert_eq!(
        story.names(),
        [
            "0001_initial",
            "0002_add_index",
            "0003_rename_notes_text_to_body"
        ]
    );
    assert!(
        story
            .file("m0003_rename_notes_text_to_body.rs")
            .contains(".depends_on(\"0002_add_index\")")
    );
    is_told(&story);
}

#[test]
fn rule_7_commands_answer_with_their_exit_codes() {
    let story = Story::new("codes");
    let app = story.app(models![mine::Note], vec![]);
    let run = |app: &App, words: &[&str]| {
        cli::captured(app, std::iter::once("manage").chain(words.iter().copied()))
    };
    let (code, text) = run(&app, &["--help"]);
    assert!(
        code == 0 && text.contains("makemigrations") && text.contains("squashmigrations"),
        "{code} {text}"
    );
    assert_eq!(run(&app, &["dance"]).0, 2);
    assert_eq!(run(&app, &["makemigrations", "--check"]).0, 4);
    assert!(story.names().is_empty(), "--check writes nothing");
    let (code, text) = run(&app, &["makemigrations", "--dry-run"]);
    assert!(
        code == 0 && text.contains("create_table(") && story.names().is_empty(),
        "{text}"
    );
    let (code, text) = run(&app, &["completions", "bash"]);
    assert!(code == 0 && text.contains("complete -F") && text.contains("sqlmigrate"));
    let (code, text) = run(&app, &["sqlmigrate", "0001"]);
    assert!(
        code == 1 && text.contains("there is no migration \"0001\""),
        "{text}"
    );
    let (code, text) = run(&app, &["migrate", "--database", "nonsense"]);
    assert!(code == 1 && text.starts_with("error:"), "{text}");
    let (code, text) = run(&app, &["makemigrations", "--empty", "--name", "By hand!"]);
    assert!(code == 0 && text.contains("m0001_by_hand.rs"), "{text}");
    let (code, text) = run(&app, &["makemigrations"]);
    assert!(
        code == 1 && text.contains("this program does not know it: build it again"),
        "{text}"
    );
}

#[test]
fn rule_7_a_database_is_adopted_and_its_history_squashed() {
    use aludel::migrate::prelude::*;
    let mut story = Story::new("adopted");
    let initial = || {
        Migration::new("0001_initial")
            .create_table(new_table("notes").id().column(column("text", text())))
    };
    let second = || {
        Migration::new("0002_stars")
            .depends_on("0001_initial")
            .add_column("notes", column("stars", big_int()).default(0))
            .run(nothing, nothing)
    };
    for migration in [initial(), second()] {
        std::fs::create_dir_all(story.migrations()).unwrap();
        let file = aludel::migrate::source::MigrationFile::new(&migration, "By hand.", &|_| {
            Some("super::m0002_stars::migration().operations()[1].clone()".into())
                .filter(|_| migration.name() == "none")
        });
        std::fs::write(story.migrations().join(file.file_name()), file.text).unwrap();
    }
    let app = story.app(models![mine::Note], vec![initial(), second()]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("sqlite:{}", story.folder.join("blog.sqlite").display());
    runtime.block_on(async {
        let db = aludel::Database::connect(&url).await.unwrap();
        sql("create table notes (id integer not null primary key, text text not null)")
            .execute(&db)
            .await
            .unwrap();
    });
    assert_eq!(story.run(&app, "baseline"), 1);
    assert!(
        story.text.contains("column notes.stars is missing"),
        "{}",
        story.text
    );
    runtime.block_on(async {
        let db = aludel::Database::connect(&url).await.unwrap();
        sql("alter table notes add column stars integer not null default 0")
            .execute(&db)
            .await
            .unwrap();
    });
    assert_eq!(story.run(&app, "baseline"), 0);
    assert_eq!(story.run(&app, "check --against-db"), 0);
    assert_eq!(story.run(&app, "inspectdb notes"), 0);
    assert!(story.text.contains("pub struct Note {"), "{}", story.text);
    assert_eq!(story.run(&app, "squashmigrations 0002"), 0);
    let squash = story.file("m0001_squashed_0002_stars.rs");
    assert!(
        squash.contains(".replaces([\"0001_initial\", \"0002_stars\"])")
            && squash.contains("super::m0002_stars::migration().operations()[1].clone()"),
        "{squash}"
    );
    assert!(
        story
            .file("mod.rs")
            .contains("m0001_squashed_0002_stars::migration()")
    );
}

/// The models of a shop, before a change.
#[allow(dead_code)]
mod before {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "people")]
    pub struct Person {
        pub id: i64,
        pub mail: String,
        pub nick: String,
    }
}

/// The models of a shop, after it.
#[allow(dead_code)]
mod after {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "people")]
    pub struct Person {
        pub id: i64,
        pub email: String,
        pub handle: String,
        pub age: i64,
    }
}

#[test]
fn rule_7_questions_are_answered_on_the_command_line() {
    use aludel::migrate::prelude::*;
    let mut story = Story::new("answered");
    let initial = Migration::new("0001_initial").create_table(
        new_table("people")
            .id()
            .column(column("mail", text()))
            .column(column("nick", text())),
    );
    std::fs::create_dir_all(story.migrations()).unwrap();
    let file = aludel::migrate::source::MigrationFile::new(&initial, "By hand.", &|_| None);
    std::fs::write(story.migrations().join(file.file_name()), &file.text).unwrap();
    let app = story.app(models![after::Person], vec![initial]);
    for (words, code, said) in [
        ("", 3, "mail"),
        ("--rename people.mail=people.email", 3, "nick"),
        (
            "--rename people.mail=people.email --replace people.nick=people.handle",
            3,
            "--allow-destructive",
        ),
        ("--allow-destructive", 3, "--rename"),
        (
            "--rename people.male=people.email --replace people.mail=people.email --replace people.nick=people.email --replace people.mail=people.handle --replace people.nick=people.handle --allow-destructive --fill people.age=1 --fill people.email=x --fill people.handle=x",
            1,
            "nothing was renamed",
        ),
        ("--rename people.mail", 1, "="),
    ] {
        let from = story.text.len();
        let found = story.run(&app, &format!("makemigrations --no-input {words}"));
        let printed = &story.text[from..];
        assert!(
            found == code && printed.contains(said),
            "{words}: {printed}"
        );
        assert_eq!(story.names(), ["0001_initial"], "{words}");
    }
    let all = "--rename people.mail=people.email --replace people.nick=people.handle --allow-destructive --fill people.handle=nobody --fill people.age=18";
    let code = story.run(
        &app,
        &format!("makemigrations --no-input --name shop {all}"),
    );
    assert_eq!(code, 0, "{}", story.text);
    let file = story.file("m0002_shop.rs");
    for part in [
        "rename_column(\"people\", \"mail\", \"email\")",
        "drop_column(\"people\", \"nick\")",
        "\"nobody\"",
        "18",
    ] {
        assert!(file.contains(part), "{part}: {file}");
    }
}

#[test]
fn rule_7_migrate_plans_prints_records_and_accepts() {
    use aludel::migrate::prelude::*;
    let mut story = Story::new("targets");
    let people = || {
        new_table("people")
            .id()
            .column(column("mail", text()))
            .column(column("nick", text()))
    };
    let initial = || Migration::new("0001_initial").create_table(people());
    let second = || {
        Migration::new("0002_index")
            .depends_on("0001_initial")
            .add_index("people", index("ix_people_mail", ["mail"]))
    };
    let app = story.app(models![before::Person], vec![initial(), second()]);
    let changed = story.app(
        models![before::Person],
        vec![
            Migration::new("0001_initial")
                .create_table(people().column(column("more", text()).nullable())),
            second(),
        ],
    );
    let applied = |story: &mut Story| {
        let from = story.text.len();
        assert_eq!(story.run(&app, "showmigrations"), 0);
        story.text[from..].matches("[x]").count()
    };
    let mut run = |app: &App, words: &str, code: u8, said: &[&str], after: usize| {
        let from = story.text.len();
        let found = story.run(app, words);
        let printed = story.text[from..].to_string();
        assert_eq!(found, code, "{printed}");
        for said in said {
            assert!(printed.contains(said), "{said}: {printed}");
        }
        assert_eq!(applied(&mut story), after, "{words}");
    };
    run(
        &app,
        "migrate --plan",
        0,
        &["0001_initial", "0002_index"],
        0,
    );
    run(
        &app,
        "migrate --sql",
        0,
        &["BEGIN;", "CREATE TABLE \"people\"", "COMMIT;"],
        0,
    );
    run(&app, "migrate +1", 0, &["0001_initial"], 1);
    run(
        &app,
        "migrate +5",
        1,
        &["+5 is too far: 1 left to apply"],
        1,
    );
    run(&app, "migrate --fake", 0, &["0002_index"], 2);
    run(&app, "check --against-db", 4, &["ix_people_mail"], 2);
    run(&app, "migrate 0001 --fake", 0, &["0002_index"], 1);
    run(&app, "migrate", 0, &["0002_index"], 2);
    run(&app, "migrate", 0, &[], 2);
    run(
        &app,
        "sqlmigrate 0002",
        0,
        &["CREATE INDEX \"ix_people_mail\""],
        2,
    );
    run(
        &app,
        "sqlmigrate 0002 --backwards",
        0,
        &["DROP INDEX \"ix_people_mail\""],
        2,
    );
    run(
        &app,
        "sqlmigrate 0002 --backwards --dialect mariadb",
        0,
        &["DROP INDEX `ix_people_mail`"],
        2,
    );
    run(
        &changed,
        "migrate",
        1,
        &["0001_initial was changed", "--accept-changes"],
        2,
    );
    run(
        &changed,
        "migrate --accept-changes",
        0,
        &["0001_initial"],
        2,
    );
    run(&app, "migrate --accept-changes", 0, &["0001_initial"], 2);
    run(&app, "migrate --undo-unfinished", 0, &[], 2);
    run(&app, "migrate --skip-begun", 0, &[], 2);
    run(
        &app,
        "lint --dialect postgres",
        4,
        &["index-locks-writes"],
        2,
    );
    run(&app, "lint 0001 --dialect postgres", 0, &[], 2);
    run(&app, "squashmigrations 0002 --dry-run", 0, &["replaces"], 2);
    run(&app, "migrate zero", 0, &["0002_index", "0001_initial"], 0);
    run(&app, "migrate -1", 1, &["-1 is too far: 0 left to undo"], 0);
    run(&app, "migrate --fake-initial", 0, &["0001_initial"], 2);
}
