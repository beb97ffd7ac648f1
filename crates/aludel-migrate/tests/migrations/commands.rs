//! Rule 7: the commands of `manage`: their flags, what they say, and their exit codes.

use crate::story::{Story, mine};
use aludel::migrate::App;
use aludel::{manage, models};

#[test]
fn rule_7_commands_answer_with_their_exit_codes() {
    let story = Story::new("codes");
    let app = story.app(models![mine::Note], vec![]);
    let run = |app: &App, words: &[&str]| {
        manage::captured(app, std::iter::once("manage").chain(words.iter().copied()))
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

/// Functions of a migration; its file keeps `check` private.
mod m0002_stars {
    use aludel::migrate::Historical;

    pub(super) async fn fill(_: Historical) -> aludel::Result<()> {
        Ok(())
    }

    pub(super) async fn check(_: Historical) -> aludel::Result<()> {
        Ok(())
    }
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
            .run(m0002_stars::fill, nothing)
            .run_forward(m0002_stars::check)
    };
    for migration in [initial(), second()] {
        std::fs::create_dir_all(story.migrations()).unwrap();
        let mut file =
            aludel::migrate::codegen::MigrationFile::new(&migration, "By hand.", &|_| None);
        if migration.name() == "0002_stars" {
            file.text.push_str("pub(super) async fn fill(_: Historical) -> Result<()> {}\nasync fn check(_: Historical) -> Result<()> {}\n");
        }
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
            && squash.contains(".run(nothing, nothing)")
            && squash.contains(".run(super::m0002_stars::fill, nothing)")
            && squash.contains("super::m0002_stars::migration().operations()[3].clone()")
            && squash.contains("With `pub(super)` before `check` of 0002_stars"),
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
    let file = aludel::migrate::codegen::MigrationFile::new(&initial, "By hand.", &|_| None);
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

/// Each migration is printed when it is done, so that one that fails does not hide those before it (C7).
#[test]
fn rule_7_a_run_that_fails_says_what_it_has_applied() {
    use aludel::migrate::prelude::*;
    let name = format!("aludel_applied_{}.sqlite", std::process::id());
    let file = std::env::temp_dir().join(name);
    let url = format!("sqlite:{}", file.display());
    let one = Migration::new("0001_one").create_table(new_table("ones").id());
    let two = Migration::new("0002_two")
        .depends_on("0001_one")
        .create_table(new_table("twos").id());
    let three = Migration::new("0003_three")
        .depends_on("0002_two")
        .run_sql("insert into nowhere values (1)");
    let app = App::new(Default::default(), vec![one, two, three]);
    let (outcome, text) = manage::captured(&app, ["manage", "migrate", "--database", &url]);
    assert_ne!(outcome, 0, "{text}");
    let applied = |name: &str| text.find(&format!("{name} applied"));
    let (first, second) = (applied("0001_one"), applied("0002_two"));
    assert!(first.is_some() && first < second, "{text}");
    let error = text.find("error:");
    assert!(second < error && text.contains("0003_three"), "{text}");
    assert!(applied("0003_three").is_none(), "{text}");
    drop(std::fs::remove_file(file));
}

/// A database file of the test's own, and its URL.
fn file(name: &str) -> (std::path::PathBuf, String) {
    let file = std::env::temp_dir().join(format!("aludel_{name}_{}.sqlite", std::process::id()));
    drop(std::fs::remove_file(&file));
    let url = format!("sqlite:{}", file.display());
    (file, url)
}

/// Rule 15: SQL that is run by hand also records what it applies; an older program may leave newer migrations alone; listings
/// say what changes.
#[test]
fn rule_15_offline_sql_records_listings_say_what_changes_and_newer_schemas_are_allowed() {
    use aludel::migrate::prelude::*;
    let one = Migration::new("0001_one").create_table(
        new_table("people")
            .id()
            .column(column("name", varchar(50)).nullable()),
    );
    let two = Migration::new("0002_two")
        .depends_on("0001_one")
        .alter_column("people", column("name", varchar(80)).default("it's"));
    let app = App::new(Default::default(), vec![one.clone(), two]);
    let old = App::new(Default::default(), vec![one]);
    let (path, url) = file("offline");
    let manage = |app: &App, words: &[&str]| {
        let all = [&["manage"], words, &["--database", &url]].concat();
        manage::captured(app, all)
    };
    let (code, plan) = manage(&app, &["migrate", "--plan"]);
    assert_eq!(code, 0, "{plan}");
    assert!(
        plan.contains(
            "alter column people.name: varchar(50) → varchar(80), not null, another default"
        ),
        "{plan}"
    );
    // What is printed is run by hand, and then there is nothing to do.
    let (code, script) = manage(&app, &["migrate", "--sql"]);
    assert_eq!(code, 0, "{script}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db = aludel::Database::connect(&url).await.expect("connects");
        let connection = db.acquire().await.expect("a connection");
        for statement in script.split(";\n").filter(|text| !text.trim().is_empty()) {
            let text: String = statement
                .lines()
                .filter(|line| !line.starts_with("--"))
                .collect::<Vec<_>>()
                .join("\n");
            if ["BEGIN", "COMMIT"].contains(&text.trim()) || text.trim().is_empty() {
                continue;
            }
            let ran = aludel::Sql::trusted(text.clone()).rows(&connection).await;
            ran.unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    });
    let (code, text) = manage(&app, &["migrate"]);
    assert!(code == 0 && text.contains("Nothing to do."), "{text}");
    // An older program on the newer schema.
    let (code, text) = manage(&old, &["migrate"]);
    assert!(code != 0 && text.contains("--allow-newer"), "{text}");
    let (code, text) = manage(&old, &["migrate", "--allow-newer"]);
    assert!(code == 0 && text.contains("Nothing to do."), "{text}");
    drop(std::fs::remove_file(path));
}

/// M11: what makes no sense is refused before anything runs, and names that differ in their case alone are other names.
#[test]
fn rule_15_migrations_that_make_no_sense_are_refused_in_the_plan() {
    use aludel::migrate::prelude::*;
    let (path, url) = file("senseless");
    let people = || Migration::new("0001_one").create_table(new_table("people").id());
    let itself = App::new(
        Default::default(),
        vec![people(), Migration::new("0002_two").depends_on("0002_two")],
    );
    let (code, text) =
        manage::captured(&itself, ["manage", "migrate", "--plan", "--database", &url]);
    assert!(
        code != 0 && text.contains("0002_two depends on itself"),
        "{text}"
    );
    let none: [&str; 0] = [];
    let of_nothing = Migration::new("0002_two")
        .depends_on("0001_one")
        .add_index("people", index("ix_none", none));
    let empty = App::new(Default::default(), vec![people(), of_nothing]);
    let (code, text) =
        manage::captured(&empty, ["manage", "migrate", "--plan", "--database", &url]);
    assert!(code != 0 && text.contains("is of no column"), "{text}");
    let renamed = Migration::new("0002_two")
        .depends_on("0001_one")
        .rename_table("people", "People");
    let renames = App::new(Default::default(), vec![people(), renamed]);
    let (code, text) = manage::captured(&renames, ["manage", "migrate", "--database", &url]);
    assert_eq!(code, 0, "{text}");
    let (code, text) =
        manage::captured(&renames, ["manage", "migrate", "0001", "--database", &url]);
    assert_eq!(code, 0, "{text}");
    drop(std::fs::remove_file(path));
}

/// The terminal (C8): mistyped words are named with what is like them, help fits a terminal, completions know the migrations.
#[test]
fn rule_7_help_and_completions_know_the_program() {
    use aludel::migrate::prelude::*;
    let one = Migration::new("0001_one").create_table(new_table("ones").id());
    let app = App::new(Default::default(), vec![one]);
    let run = |words: &[&str]| {
        manage::captured(
            &app,
            std::iter::once("/opt/shop-manage").chain(words.iter().copied()),
        )
    };
    for (words, says) in [
        (
            &["migrate", "--plann"][..],
            "a similar argument exists: '--plan'",
        ),
        (&["migrat"], "'migrate'"),
        (&["help", "migrat"], "a similar value exists: 'migrate'"),
        (
            &["lint", "--dialect", "postgre"],
            "a similar value exists: 'postgres'",
        ),
    ] {
        let (code, text) = run(words);
        assert!(code == 2 && text.contains(says), "{words:?}: {code} {text}");
    }
    let (code, text) = run(&["--version"]);
    assert!(code == 0 && text.contains("(Aludel "), "{text}");
    let (_, all) = run(&["help"]);
    let commands = { all.lines().skip_while(|line| *line != "Commands:").skip(1) }
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    let commands: Vec<String> = commands.map(str::to_string).collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in &commands {
        for words in [&["help", command.as_str()][..], &[command.as_str(), "-h"]] {
            let (code, text) = run(words);
            assert!(
                code == 0 && text.contains("Usage: shop-manage"),
                "{words:?}: {text}"
            );
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{words:?}: {line}");
            }
            let shows =
                text.contains("Example") || ["help", "completions"].contains(&command.as_str());
            assert!(shows, "{words:?}: {text}");
        }
    }
    assert!(
        all.contains("Exit codes:") && all.contains("Examples:"),
        "{all}"
    );
    for shell in ["bash", "zsh", "fish"] {
        let (code, script) = run(&["completions", shell]);
        assert_eq!(code, 0, "{script}");
        for word in ["shop-manage", "0001_one", "undo-unfinished", "mariadb"] {
            let is_said = script.contains(word) || shell == "fish" && word == "0001_one";
            assert!(is_said, "{shell}: {word}\n{script}");
        }
    }
}

/// A run that has nothing to do says so when the models have changed (C8).
#[test]
fn rule_7_models_that_no_migration_has_are_told_after_nothing_to_do() {
    use aludel::migrate::prelude::*;
    let (path, url) = file("behind");
    let one = || Migration::new("0001_one").create_table(new_table("ones").id());
    let ones = || vec![new_table("ones").id().into()];
    let more = || {
        vec![
            new_table("ones")
                .id()
                .column(column("n", big_int()).nullable())
                .into(),
        ]
    };
    let app = |tables| {
        let module = aludel::migrate::Module::new("", Default::default(), vec![one()]);
        App::default().module(module.tables(tables))
    };
    let run = |app: &App, words: &[&str]| {
        let all = [&["manage"], words, &["--database", &url]].concat();
        manage::captured(app, all)
    };
    let (code, text) = run(&app(ones()), &["migrate"]);
    assert!(code == 0 && text.contains("0001_one applied"), "{text}");
    let (code, text) = run(&app(ones()), &["migrate"]);
    assert_eq!((code, text.as_str()), (0, "Nothing to do.\n"));
    let (code, text) = run(&app(more()), &["migrate"]);
    assert!(
        code == 0 && text.contains("The models have changes that no migration has yet"),
        "{text}"
    );
    drop(std::fs::remove_file(path));
}

/// A file that may only be read is shown (C8), and what can't be done says what could be.
#[test]
fn rule_7_files_that_may_only_be_read_are_shown() {
    use aludel::migrate::prelude::*;
    let (path, url) = file("only read");
    let one = Migration::new("0001_one").create_table(new_table("ones").id());
    let app = App::new(Default::default(), vec![one]);
    let run = |words: &[&str], parameters: &str| {
        let url = format!("{url}{parameters}");
        let all = [&["manage"], words, &["--database", &url]].concat();
        manage::captured(&app, all)
    };
    assert_eq!(run(&["migrate"], "").0, 0);
    for parameters in ["?mode=ro", "?immutable=true"] {
        let (code, text) = run(&["showmigrations"], parameters);
        assert!(code == 0 && text.contains("[x] 0001_one"), "{text}");
        let (code, text) = run(&["inspectdb"], parameters);
        assert!(code == 0 && text.contains("table = \"ones\""), "{text}");
        let (code, text) = run(&["migrate"], parameters);
        assert!(code == 0 && text.contains("Nothing to do."), "{text}");
        let (code, text) = run(&["migrate", "zero"], parameters);
        assert!(
            code == 1 && text.contains("only reads are allowed"),
            "{text}"
        );
    }
    drop(std::fs::remove_file(path));
}

/// A server that is slow to answer is named (C8).
#[test]
fn rule_7_a_slow_connection_says_what_it_waits_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = App::new(Default::default(), vec![]);
    for scheme in ["postgres", "mariadb"] {
        let url = format!("{scheme}://ann:herring@{address}/shop?connect_timeout=3");
        let (code, text) = manage::captured(&app, ["manage", "showmigrations", "--database", &url]);
        assert_eq!(code, 1, "{text}");
        for part in [
            "waiting for ",
            &format!("@{address}/shop"),
            &format!("the server at {address} did not answer within 3s"),
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("herring"), "{text}");
    }
}
