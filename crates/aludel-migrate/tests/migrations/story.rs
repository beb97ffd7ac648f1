//! The guide's stories, told by the tools themselves: each transcript in the guide is what the commands print here, and the
//! files of the example `blog` are what they write.
//!
//! `ALUDEL_BLESS=1` writes the example's migrations anew and prints the transcripts.

use aludel::migrate::{App, Migration};
use aludel::{manage, models};
use std::path::{Path, PathBuf};

#[allow(dead_code)]
#[path = "../../../aludel/examples/blog/migrations/mod.rs"]
mod migrations;
#[allow(dead_code)]
#[path = "../../../aludel/examples/blog/models.rs"]
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

pub struct Story {
    pub folder: PathBuf,
    pub text: String,
}

impl Story {
    pub fn new(name: &str) -> Story {
        let folder =
            std::env::temp_dir().join(format!("aludel_story_{name}_{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        Story {
            folder,
            text: String::new(),
        }
    }

    pub fn migrations(&self) -> PathBuf {
        self.folder.join("src/migrations")
    }

    pub fn app(&self, models: aludel::Registry, migrations: Vec<Migration>) -> App {
        let url = format!("sqlite:{}", self.folder.join("blog.sqlite").display());
        App::new(models, migrations)
            .folder(self.migrations())
            .url(url)
    }

    /// Runs a command and tells of it; paths are told as they are in the project's folder.
    pub fn run(&mut self, app: &App, words: &str) -> u8 {
        let arguments: Vec<&str> = std::iter::once("manage")
            .chain(words.split_whitespace())
            .collect();
        let (code, printed) = manage::captured(app, arguments);
        let printed = printed.replace(&format!("{}/", self.folder.display()), "");
        self.text.push_str(&format!("$ manage {words}\n{printed}"));
        if code != 0 {
            self.text.push_str(&format!("(exit code {code})\n"));
        }
        code
    }

    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.migrations().join(name)).unwrap_or_default()
    }

    pub fn names(&self) -> Vec<String> {
        aludel::migrate::codegen::names_in(&self.migrations()).unwrap()
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The transcript stands in the guide.
fn is_told(story: &Story) {
    let guide = include_str!("../../../aludel/docs/migrations.md");
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
        .join("../aludel/examples/blog/migrations")
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
pub mod mine {
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
        aludel::migrate::codegen::MigrationFile::new(migration, "By hand.", &|_| None)
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
