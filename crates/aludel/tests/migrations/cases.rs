//! Old models, new models, and the operations between them: one row a case.

use aludel::migrate::detect::Answers;
use aludel::migrate::prelude::*;
use aludel::migrate::{NewTable, Renames};
use aludel::schema::{Schema, Table};

/// One case.
pub struct Case {
    pub name: &'static str,
    pub old: Schema,
    pub new: Schema,
    pub operations: Vec<&'static str>,
    pub renames: Renames,
    pub answers: Answers,
    /// What is run on the old schema, beside the rows that every table gets.
    pub rows: Vec<&'static str>,
    /// A query on the new schema, and the text that it answers.
    pub finds: Vec<(&'static str, &'static str)>,
    /// Whether generated rows are inserted.
    pub fills: bool,
    /// Whether the way back keeps the rows too.
    pub returns: bool,
}

impl Case {
    fn renames_table(mut self, from: &'static str, to: &'static str) -> Case {
        self.renames.tables.push((from.into(), to.into()));
        self
    }
    fn renames_column(mut self, table: &'static str, from: &str, to: &str) -> Case {
        self.renames
            .columns
            .push((table.into(), from.into(), to.into()));
        self
    }
    fn renames_value(mut self, from: &str, to: &str) -> Case {
        self.answers.renames.push((from.into(), to.into()));
        self
    }
    fn fills(mut self, column: &str, value: impl aludel::expr::IntoExpr<AdHoc, Dyn>) -> Case {
        self.answers.fills.push((column.into(), value.into_expr()));
        self
    }
    fn destroys(mut self) -> Case {
        self.answers.allow_destructive = true;
        self
    }
    fn replaces(mut self, from: &str, to: &str) -> Case {
        self.answers.replaced.push((from.into(), to.into()));
        self.answers.allow_destructive = true;
        self
    }
    fn row(mut self, text: &'static str) -> Case {
        self.rows.push(text);
        self
    }
    fn no_rows(mut self) -> Case {
        self.fills = false;
        self
    }
    fn finds(mut self, query: &'static str, answer: &'static str) -> Case {
        self.finds.push((query, answer));
        self
    }
    /// The way back meets rows that do not fit, and is tried on empty tables.
    fn no_return(mut self) -> Case {
        self.returns = false;
        self
    }
    fn old_view(mut self, view: View) -> Case {
        self.old.views.push(view);
        self
    }
    fn new_view(mut self, view: View) -> Case {
        self.new.views.push(view);
        self
    }
}

fn case<const A: usize, const B: usize, const C: usize>(
    name: &'static str,
    old: [NewTable; A],
    new: [NewTable; B],
    operations: [&'static str; C],
) -> Case {
    let schema = |tables: Vec<Table>| Schema::of(tables);
    Case {
        name,
        old: schema(old.into_iter().map(Into::into).collect()),
        new: schema(new.into_iter().map(Into::into).collect()),
        operations: operations.to_vec(),
        renames: Renames::default(),
        answers: Answers::default(),
        rows: Vec::new(),
        finds: Vec::new(),
        fills: true,
        returns: true,
    }
}

/// `users (id, name)`, and what a case adds.
fn users() -> NewTable {
    new_table("users").id().column(column("name", varchar(40)))
}

fn posts() -> NewTable {
    new_table("posts")
        .id()
        .column(column("title", varchar(80)))
        .column(column("author_id", big_int()))
}

fn author() -> aludel::schema::ForeignKey {
    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"])
}

fn mood(values: &[&str]) -> aludel::types::SqlType {
    one_of("mood", values)
}

/// One column `c` of a type, which changes into another.
fn retyped(name: &'static str, from: aludel::types::SqlType, to: aludel::types::SqlType) -> Case {
    case(
        name,
        [users().column(column("c", from))],
        [users().column(column("c", to))],
        ["alter column users.c"],
    )
}

fn tables() -> Vec<Case> {
    vec![
        case(
            "nothing changes",
            [users(), posts().foreign_key(author())],
            [users(), posts().foreign_key(author())],
            [],
        ),
        case(
            "a table comes",
            [users()],
            [users(), new_table("tags").id()],
            ["create table tags"],
        ),
        case(
            "a table comes that refers to one that is there",
            [users()],
            [users(), posts().foreign_key(author())],
            ["create table posts"],
        ),
        case(
            "tables come in the order of their references",
            [],
            [posts().foreign_key(author()), users()],
            ["create table users", "create table posts"],
        ),
        case(
            "tables come that refer to each other",
            [],
            [
                new_table("a")
                    .id()
                    .column(column("b_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"])),
                new_table("b")
                    .id()
                    .column(column("a_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
            ],
            [
                "create table a",
                "create table b",
                "add foreign key fk_a of a to b",
            ],
        ),
        case(
            "a table that refers to itself comes",
            [],
            [new_table("nodes")
                .id()
                .column(column("up", big_int()).nullable())
                .foreign_key(foreign_key("fk_up", ["up"]).references("nodes", ["id"]))],
            ["create table nodes"],
        ),
        case(
            "a table with everything comes",
            [users()],
            [
                users(),
                new_table("all_of_it")
                    .id()
                    .column(column("a", varchar(20)).default("x").comment("a text"))
                    .column(column("b", big_int()).nullable())
                    .unique(unique("uq_a", ["a"]))
                    .check(check("ck_b", col("b").gt(0)))
                    .index(index("ix_b", ["b", "a"]))
                    .comment("a table"),
            ],
            ["create table all_of_it"],
        ),
        case(
            "a table goes",
            [users(), new_table("tags").id()],
            [users()],
            ["drop table tags"],
        )
        .destroys(),
        case(
            "tables go in the order of their references",
            [users(), posts().foreign_key(author())],
            [],
            ["drop table posts", "drop table users"],
        )
        .destroys(),
        case(
            "tables that refer to each other go",
            [
                new_table("a")
                    .id()
                    .column(column("b_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"])),
                new_table("b")
                    .id()
                    .column(column("a_id", big_int()).nullable())
                    .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"])),
            ],
            [],
            ["drop foreign key fk_a of a", "drop table b", "drop table a"],
        )
        .destroys()
        .no_rows(),
        case(
            "a table that another refers to goes, and the reference with it",
            [users(), posts().foreign_key(author())],
            [posts()],
            [
                "drop foreign key fk_posts_author_id of posts",
                "drop table users",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a table is renamed",
            [users()],
            [new_table("people").id().column(column("name", varchar(40)))],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a table that others refer to is renamed",
            [users(), posts().foreign_key(author())],
            [
                new_table("people").id().column(column("name", varchar(40))),
                posts().foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("people", ["id"]),
                ),
            ],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a renamed table's constraints are called by its new name",
            [users()
                .unique(unique("uq_users_name", ["name"]))
                .index(index("ix_users_name", ["name", "id"]))],
            [new_table("people")
                .id()
                .column(column("name", varchar(40)))
                .unique(unique("uq_people_name", ["name"]))
                .index(index("ix_people_name", ["name", "id"]))],
            [
                "rename table users to people",
                "rename uq_users_name of people to uq_people_name",
                "rename ix_users_name of people to ix_people_name",
            ],
        )
        .renames_table("users", "people"),
        case(
            "a table is renamed and changed",
            [users()],
            [new_table("people")
                .id()
                .column(column("name", varchar(40)))
                .column(column("age", integer()).default(0))],
            ["rename table users to people", "add column people.age"],
        )
        .renames_table("users", "people"),
        case(
            "a like table is another one",
            [users()],
            [new_table("people").id().column(column("name", varchar(40)))],
            ["create table people", "drop table users"],
        )
        .replaces("users", "people"),
        case(
            "a table that has an enum is renamed",
            [new_table("users")
                .id()
                .column(column("m", mood(&["glad", "sad"])))],
            [new_table("people")
                .id()
                .column(column("m", mood(&["glad", "sad"])))],
            ["rename table users to people"],
        )
        .renames_table("users", "people"),
        case(
            "a table without a key",
            [new_table("logs").column(column("line", text()))],
            [new_table("logs")
                .column(column("line", text()))
                .column(column("n", integer()).nullable())],
            ["add column logs.n"],
        ),
        case(
            "a table is renamed, and another one takes its name",
            [users()],
            [
                new_table("people").id().column(column("name", varchar(40))),
                new_table("users").id().column(column("login", text())),
            ],
            ["rename table users to people", "create table users"],
        )
        .renames_table("users", "people"),
        case(
            "a comment comes",
            [users()],
            [users().comment("people")],
            ["comment on users"],
        ),
        case(
            "a comment changes",
            [users().comment("people")],
            [users().comment("it's people")],
            ["comment on users"],
        ),
        case(
            "a comment goes",
            [users().comment("people")],
            [users()],
            ["comment on users"],
        ),
    ]
}

fn columns() -> Vec<Case> {
    let mut all = vec![
        case(
            "a nullable column comes",
            [users()],
            [users().column(column("nick", varchar(20)).nullable())],
            ["add column users.nick"],
        ),
        case(
            "a column with a default comes",
            [users()],
            [users().column(column("age", integer()).default(18))],
            ["add column users.age"],
        )
        .finds("select max(age) from users", "18"),
        case(
            "a column with an expression as its default comes",
            [users()],
            [users().column(column("at", timestamp()).default(now()))],
            ["add column users.at"],
        ),
        case(
            "a column comes, and rows get a value once",
            [users()],
            [users().column(column("age", integer()))],
            ["add column users.age"],
        )
        .fills("users.age", 7)
        .finds("select min(age) from users", "7"),
        case(
            "a column comes, and rows get another column's value",
            [users()],
            [users().column(column("nick", varchar(40)))],
            ["add column users.nick"],
        )
        .fills("users.nick", col("name"))
        .finds("select count(*) from users where nick = name", "3"),
        case(
            "a unique column comes",
            [users()],
            [users()
                .column(column("email", varchar(90)).nullable())
                .unique(unique("uq_users_email", ["email"]))],
            [
                "add column users.email",
                "add unique uq_users_email of users",
            ],
        ),
        case(
            "an indexed column comes",
            [users()],
            [users()
                .column(column("age", integer()).default(1))
                .index(index("ix_users_age", ["age"]))],
            ["add column users.age", "add index ix_users_age of users"],
        ),
        case(
            "a reference comes",
            [users(), new_table("posts").id()],
            [
                users(),
                new_table("posts")
                    .id()
                    .column(column("author_id", big_int()).nullable())
                    .foreign_key(author())
                    .index(index("ix_posts_author_id", ["author_id"])),
            ],
            [
                "add column posts.author_id",
                "add index ix_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a column with a comment comes",
            [users()],
            [users().column(
                column("nick", varchar(20))
                    .nullable()
                    .comment("what friends say"),
            )],
            ["add column users.nick"],
        ),
        case(
            "several columns come",
            [users()],
            [users()
                .column(column("a", integer()).default(1))
                .column(column("b", text()).nullable())
                .column(column("c", boolean()).default(true))],
            [
                "add column users.a",
                "add column users.b",
                "add column users.c",
            ],
        ),
        case(
            "a column goes",
            [users().column(column("age", integer()))],
            [users()],
            ["drop column users.age"],
        )
        .destroys(),
        case(
            "a column goes with its index",
            [users()
                .column(column("age", integer()))
                .index(index("ix_users_age", ["age"]))],
            [users()],
            ["drop index ix_users_age of users", "drop column users.age"],
        )
        .destroys(),
        case(
            "a column goes with its unique constraint",
            [users()
                .column(column("age", integer()))
                .unique(unique("uq_users_age", ["age"]))],
            [users()],
            ["drop unique uq_users_age of users", "drop column users.age"],
        )
        .destroys()
        .no_return(),
        case(
            "a column goes with its CHECK",
            [users()
                .column(column("age", integer()))
                .check(check("ck_users_age", col("age").ge(0)))],
            [users()],
            ["drop check ck_users_age of users", "drop column users.age"],
        )
        .destroys(),
        case(
            "a reference goes",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_posts_author_id", ["author_id"])),
            ],
            [
                users(),
                new_table("posts").id().column(column("title", varchar(80))),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "drop index ix_posts_author_id of posts",
                "drop column posts.author_id",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a column is renamed",
            [users()],
            [new_table("users")
                .id()
                .column(column("full_name", varchar(40)))],
            ["rename column users.name to full_name"],
        )
        .renames_column("users", "name", "full_name"),
        case(
            "a column that is in everything is renamed",
            [users()
                .unique(unique("uq", ["name"]))
                .check(check("ck", col("name").ne("")))
                .index(index("ix", ["name", "id"]))],
            [new_table("users")
                .id()
                .column(column("full_name", varchar(40)))
                .unique(unique("uq", ["full_name"]))
                .check(check("ck", col("full_name").ne("")))
                .index(index("ix", ["full_name", "id"]))],
            ["rename column users.name to full_name"],
        )
        .renames_column("users", "name", "full_name"),
        case(
            "a column is renamed and its type widened",
            [users()],
            [new_table("users")
                .id()
                .column(column("full_name", varchar(80)))],
            [
                "rename column users.name to full_name",
                "alter column users.full_name",
            ],
        )
        .renames_column("users", "name", "full_name")
        .no_return(),
        case(
            "a key that others refer to is renamed",
            [users(), posts().foreign_key(author())],
            [
                new_table("users")
                    .column(column("uid", big_int()).identity())
                    .primary_key(["uid"])
                    .column(column("name", varchar(40))),
                posts().foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["uid"]),
                ),
            ],
            ["rename column users.id to uid"],
        )
        .renames_column("users", "id", "uid"),
        case(
            "a column of an enum is renamed",
            [users().column(column("m", mood(&["glad", "sad"])))],
            [users().column(column("feels", mood(&["glad", "sad"])))],
            ["rename column users.m to feels"],
        )
        .renames_column("users", "m", "feels"),
        case(
            "columns are renamed in a chain",
            [new_table("users")
                .id()
                .column(column("a", varchar(9)))
                .column(column("b", varchar(9)))],
            [new_table("users")
                .id()
                .column(column("b", varchar(9)))
                .column(column("c", varchar(9)))],
            ["rename column users.b to c", "rename column users.a to b"],
        )
        .renames_column("users", "a", "b")
        .renames_column("users", "b", "c"),
        case(
            "a column is renamed and its type changes",
            [users().column(column("age", integer()))],
            [users().column(column("years", big_int()))],
            [
                "rename column users.age to years",
                "alter column users.years",
            ],
        )
        .renames_column("users", "age", "years"),
        case(
            "a like column is another one",
            [users()],
            [new_table("users")
                .id()
                .column(column("motto", varchar(40)).nullable())],
            ["add column users.motto", "drop column users.name"],
        )
        .replaces("users.name", "users.motto"),
        case(
            "a column may be NULL",
            [users()],
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).nullable())],
            ["alter column users.name"],
        ),
        case(
            "a column may not be NULL any more",
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).nullable())],
            [users()],
            ["alter column users.name"],
        )
        .destroys(),
        case(
            "a column may not be NULL any more, and rows get a value",
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).nullable())],
            [users()],
            ["alter column users.name"],
        )
        .fills("users.name", "nobody")
        .row("insert into users (name) values (null)")
        .finds("select count(*) from users where name = 'nobody'", "1"),
        case(
            "a default comes",
            [users()],
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).default("x"))],
            ["alter column users.name"],
        ),
        case(
            "a default changes",
            [users().column(column("n", integer()).default(1))],
            [users().column(column("n", integer()).default(2))],
            ["alter column users.n"],
        ),
        case(
            "a default goes",
            [users().column(column("n", integer()).default(1))],
            [users().column(column("n", integer()))],
            ["alter column users.n"],
        ),
        case(
            "a default becomes an expression",
            [users()
                .column(column("at", timestamp()).default(value(instant("2020-01-01 00:00:00"))))],
            [users().column(column("at", timestamp()).default(now()))],
            ["alter column users.at"],
        ),
        case(
            "a column's comment comes",
            [users()],
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).comment("it's a name"))],
            ["alter column users.name"],
        ),
        case(
            "a column's comment goes",
            [new_table("users")
                .id()
                .column(column("name", varchar(40)).comment("a name"))],
            [users()],
            ["alter column users.name"],
        ),
        case(
            "everything about a column changes",
            [users().column(column("n", integer()).nullable().comment("x"))],
            [users().column(column("n", big_int()).default(5).comment("y"))],
            ["alter column users.n"],
        )
        .fills("users.n", 4),
    ];
    for (name, of) in [
        ("a bool comes", boolean()),
        ("a small integer comes", small_int()),
        ("an integer comes", integer()),
        ("a big integer comes", big_int()),
        ("a real comes", real()),
        ("a double comes", double()),
        ("a text comes", text()),
        ("a varchar comes", varchar(10)),
        ("bytes come", bytes()),
        ("a decimal comes", decimal(8, 2)),
        ("a date comes", date()),
        ("a time comes", time()),
        ("a date with a time comes", date_time()),
        ("an instant comes", timestamp()),
        ("a UUID comes", uuid()),
        ("JSON comes", json()),
    ] {
        all.push(case(
            name,
            [users()],
            [users().column(column("c", of).nullable())],
            ["add column users.c"],
        ));
    }
    all
}

fn types() -> Vec<Case> {
    vec![
        retyped("an integer grows", integer(), big_int()),
        retyped("a small integer grows", small_int(), integer()),
        retyped("an integer shrinks", big_int(), integer()).destroys(),
        retyped("a varchar grows", varchar(10), varchar(30)),
        retyped("a varchar shrinks", varchar(30), varchar(10)).destroys(),
        retyped("a varchar becomes a text", varchar(30), text()).no_return(),
        retyped("a text becomes a varchar", text(), varchar(30)).destroys(),
        retyped("an integer becomes a text", integer(), text()),
        retyped("a text becomes an integer", text(), integer())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '41')")
            .finds("select c + 1 from users", "42"),
        retyped("a bool becomes an integer", boolean(), integer()),
        retyped("an integer becomes a bool", integer(), boolean())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', 1)")
            .finds("select count(*) from users where c", "1"),
        retyped("a big integer becomes a bool", big_int(), boolean())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', 1)"),
        retyped("a real grows", real(), double()),
        retyped("an integer becomes a double", integer(), double()),
        retyped("a decimal grows", decimal(8, 2), decimal(12, 4)),
        retyped("a moment becomes a day", timestamp(), date())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '2020-02-29 12:30:00')")
            .finds("select count(*) from users where c = '2020-02-29'", "1"),
        retyped("a day becomes a moment", date(), date_time()),
        case(
            "a real becomes an integer that takes no NULL",
            [users().column(column("c", double()).nullable())],
            [users().column(column("c", big_int()))],
            ["alter column users.c"],
        )
        .fills("users.c", 0)
        .destroys()
        .no_rows()
        .row("insert into users (name, c) values ('a', 2.0)")
        .finds("select sum(c) from users", "2"),
        retyped("a text becomes JSON", text(), json())
            .destroys()
            .no_rows()
            .row("insert into users (name, c) values ('a', '{\"x\": 1}')"),
        case(
            "a text becomes an enum",
            [users().column(column("c", text()))],
            [users().column(column("c", mood(&["glad", "sad"])))],
            ["create enum mood", "alter column users.c"],
        )
        .destroys()
        .no_rows()
        .row("insert into users (name, c) values ('a', 'sad')")
        .finds("select count(*) from users where c = 'sad'", "1"),
        case(
            "an enum becomes a text",
            [users().column(column("c", mood(&["glad", "sad"])))],
            [users().column(column("c", text()))],
            ["alter column users.c", "drop enum mood"],
        ),
        case(
            "a key grows, and what refers to it",
            [
                new_table("users")
                    .column(column("id", integer()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", integer()))
                    .foreign_key(author()),
            ],
            [
                new_table("users")
                    .column(column("id", big_int()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", big_int()))
                    .foreign_key(author()),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column users.id",
                "alter column posts.author_id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "an indexed text becomes a varchar",
            [users()
                .column(column("c", text()))
                .index(index("ix_c", ["c"]))],
            [users()
                .column(column("c", varchar(60)))
                .index(index("ix_c", ["c"]))],
            ["alter column users.c"],
        )
        .destroys(),
        case(
            "a type with a default changes",
            [users().column(column("c", integer()).default(1))],
            [users().column(column("c", text()).default("one"))],
            ["alter column users.c"],
        ),
    ]
}

fn keys() -> Vec<Case> {
    let pair = || {
        new_table("pairs")
            .column(column("a", big_int()))
            .column(column("b", big_int()))
            .column(column("c", big_int()))
    };
    vec![
        case(
            "a key gets a column more",
            [pair().primary_key(["a"])],
            [pair().primary_key(["a", "b"])],
            ["set primary key of pairs to (a, b)"],
        ),
        case(
            "a key loses a column",
            [pair().primary_key(["a", "b"])],
            [pair().primary_key(["b"])],
            ["set primary key of pairs to (b)"],
        ),
        case(
            "a key changes its order",
            [pair().primary_key(["a", "b"])],
            [pair().primary_key(["b", "a"])],
            ["set primary key of pairs to (b, a)"],
        ),
        case(
            "a key comes",
            [pair()],
            [pair().primary_key(["a"])],
            ["set primary key of pairs to (a)"],
        ),
        case(
            "a key goes",
            [pair().primary_key(["a"])],
            [pair()],
            ["set primary key of pairs to ()"],
        ),
        case(
            "a key changes that a reference needed as its index",
            [
                users(),
                new_table("pairs")
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .primary_key(["a", "b"])
                    .foreign_key(foreign_key("fk_a", ["a"]).references("users", ["id"])),
            ],
            [
                users(),
                new_table("pairs")
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .primary_key(["b"])
                    .foreign_key(foreign_key("fk_a", ["a"]).references("users", ["id"])),
            ],
            ["set primary key of pairs to (b)"],
        ),
        case(
            "a composite key that others refer to changes",
            [
                pair().primary_key(["a", "b"]),
                new_table("of")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .foreign_key(foreign_key("fk_of", ["a", "b"]).references("pairs", ["a", "b"])),
            ],
            [
                pair().primary_key(["b", "a"]),
                new_table("of")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("b", big_int()))
                    .foreign_key(foreign_key("fk_of", ["b", "a"]).references("pairs", ["b", "a"])),
            ],
            [
                "drop foreign key fk_of of of",
                "set primary key of pairs to (b, a)",
                "add foreign key fk_of of of to pairs",
            ],
        ),
        case(
            "a number becomes the key of a join table",
            [
                users(),
                new_table("tags").id(),
                new_table("users_tags")
                    .column(column("user_id", big_int()))
                    .column(column("tag_id", big_int()))
                    .primary_key(["user_id", "tag_id"])
                    .foreign_key(
                        foreign_key("fk_u", ["user_id"])
                            .references("users", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .foreign_key(
                        foreign_key("fk_t", ["tag_id"])
                            .references("tags", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .index(index("ix_t", ["tag_id"])),
            ],
            [
                users(),
                new_table("tags").id(),
                new_table("users_tags")
                    .id()
                    .column(column("user_id", big_int()))
                    .column(column("tag_id", big_int()))
                    .column(column("note", text()).nullable())
                    .foreign_key(
                        foreign_key("fk_u", ["user_id"])
                            .references("users", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .foreign_key(
                        foreign_key("fk_t", ["tag_id"])
                            .references("tags", ["id"])
                            .on_delete(Action::Cascade),
                    )
                    .index(index("ix_t", ["tag_id"]))
                    .index(index("ix_u", ["user_id"])),
            ],
            [
                "add column users_tags.id",
                "add column users_tags.note",
                "add index ix_u of users_tags",
                "set primary key of users_tags to (id)",
            ],
        ),
        case(
            "a numbered key is numbered no more",
            [users()],
            [new_table("users")
                .column(column("id", big_int()))
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            ["alter column users.id"],
        ),
        case(
            "a key is numbered",
            [new_table("users")
                .column(column("id", big_int()))
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            [users()],
            ["alter column users.id"],
        )
        .no_return(),
        case(
            "a numbered key is always numbered",
            [users()],
            [new_table("users")
                .column(column("id", big_int()).identity_always())
                .primary_key(["id"])
                .column(column("name", varchar(40)))],
            ["alter column users.id"],
        ),
        case(
            "a unique constraint comes",
            [users()],
            [users().unique(unique("uq_users_name", ["name"]))],
            ["add unique uq_users_name of users"],
        ),
        case(
            "a unique constraint goes",
            [users().unique(unique("uq_users_name", ["name"]))],
            [users()],
            ["drop unique uq_users_name of users"],
        ),
        case(
            "a unique constraint gets a column more",
            [users().unique(unique("uq", ["name"]))],
            [users().unique(unique("uq", ["name", "id"]))],
            ["drop unique uq of users", "add unique uq of users"],
        ),
        case(
            "a unique constraint is called otherwise",
            [users().unique(unique("uq_1", ["name"]))],
            [users().unique(unique("uq_2", ["name"]))],
            ["rename uq_1 of users to uq_2"],
        ),
        case(
            "a unique constraint becomes an index",
            [users().unique(unique("uq", ["name"]))],
            [users().index(index("uq", ["name"]))],
            ["drop unique uq of users", "add index uq of users"],
        ),
        case(
            "a CHECK comes",
            [users()],
            [users().check(check("ck", col("name").ne("")))],
            ["add check ck of users"],
        ),
        case(
            "a CHECK goes",
            [users().check(check("ck", col("name").ne("")))],
            [users()],
            ["drop check ck of users"],
        ),
        case(
            "a CHECK changes",
            [users().check(check("ck", col("name").ne("")))],
            [users().check(check("ck", col("name").ne("z")))],
            ["drop check ck of users", "add check ck of users"],
        ),
        case(
            "a CHECK is called otherwise",
            [users().check(check("ck_1", col("name").ne("")))],
            [users().check(check("ck_2", col("name").ne("")))],
            ["rename ck_1 of users to ck_2"],
        ),
        case(
            "a CHECK is written otherwise and says the same",
            [users()
                .column(column("n", integer()))
                .check(check("ck", col("n").gt(0_i64)))],
            [users()
                .column(column("n", integer()))
                .check(check("ck", col("n").gt(0_i32)))],
            [],
        ),
        case(
            "CHECKs of every kind come",
            [users().column(column("n", integer()))],
            [users()
                .column(column("n", integer()))
                .check(check(
                    "ck_1",
                    col("name").is_in(["v1", "v2", "v3"]) | col("n").between(1, 9),
                ))
                .check(check(
                    "ck_2",
                    not(col("name").like("a%")) & length(col("name")).le(9),
                ))],
            ["add check ck_1 of users", "add check ck_2 of users"],
        ),
        case(
            "an index comes",
            [users()],
            [users().index(index("ix", ["name"]))],
            ["add index ix of users"],
        ),
        case(
            "an index goes",
            [users().index(index("ix", ["name"]))],
            [users()],
            ["drop index ix of users"],
        ),
        case(
            "an index gets a column more",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name", "id"]))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index turns around",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", [] as [&str; 0]).descending("name"))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index becomes unique",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).unique())],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index is called otherwise",
            [users().index(index("ix_1", ["name"]))],
            [users().index(index("ix_2", ["name"]))],
            ["rename ix_1 of users to ix_2"],
        ),
        case(
            "an index of an expression comes",
            [users()],
            [users().index(index("ix", [] as [&str; 0]).expression(col("name").lower()))],
            ["add index ix of users"],
        ),
        case(
            "an index of some rows comes",
            [users()],
            [users().index(index("ix", ["name"]).filter(col("id").gt(1)))],
            ["add index ix of users"],
        ),
        case(
            "an index of some rows covers others",
            [users().index(index("ix", ["name"]).filter(col("id").gt(1)))],
            [users().index(index("ix", ["name"]).filter(col("id").gt(2)))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index gets a method",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).using("hash"))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index keeps further columns",
            [users().index(index("ix", ["name"]))],
            [users().index(index("ix", ["name"]).include(["id"]))],
            ["drop index ix of users", "add index ix of users"],
        ),
        case(
            "an index of a text comes",
            [users().column(column("body", text()))],
            [users()
                .column(column("body", text()))
                .index(index("ix", ["body"]))],
            ["add index ix of users"],
        ),
        case(
            "an index of a text goes",
            [users()
                .column(column("body", text()))
                .index(index("ix", ["body"]))],
            [users().column(column("body", text()))],
            ["drop index ix of users"],
        ),
    ]
}

fn references() -> Vec<Case> {
    vec![
        case(
            "a foreign key comes",
            [users(), posts()],
            [users(), posts().foreign_key(author())],
            ["add foreign key fk_posts_author_id of posts to users"],
        ),
        case(
            "a foreign key goes",
            [users(), posts().foreign_key(author())],
            [users(), posts()],
            ["drop foreign key fk_posts_author_id of posts"],
        ),
        case(
            "a foreign key cascades",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(author().on_delete(Action::Cascade)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key is deferred",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(author().deferrable(Deferrability::Deferred)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key sets NULL",
            [users(), posts().foreign_key(author())],
            [
                users(),
                new_table("posts")
                    .id()
                    .column(column("title", varchar(80)))
                    .column(column("author_id", big_int()).nullable())
                    .foreign_key(author().on_delete(Action::SetNull)),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column posts.author_id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a foreign key leads elsewhere",
            [
                users(),
                new_table("people").id(),
                posts().foreign_key(author()),
            ],
            [
                users(),
                new_table("people").id(),
                posts().foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"]).references("people", ["id"]),
                ),
            ],
            [
                "drop foreign key fk_posts_author_id of posts",
                "add foreign key fk_posts_author_id of posts to people",
            ],
        ),
        case(
            "a foreign key is called otherwise",
            [users(), posts().foreign_key(author())],
            [
                users(),
                posts().foreign_key(aludel::schema::ForeignKey {
                    name: "fk_2".into(),
                    ..author()
                }),
            ],
            ["rename fk_posts_author_id of posts to fk_2"],
        ),
        case(
            "an index goes that a reference needs",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [users(), posts().foreign_key(author())],
            ["drop index ix_1 of posts"],
        ),
        case(
            "an index that a reference needs turns to another column",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["title"])),
            ],
            ["drop index ix_1 of posts", "add index ix_1 of posts"],
        ),
        case(
            "a column goes that shares an index with a reference",
            [
                users(),
                posts()
                    .column(column("n", integer()))
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id", "n"])),
            ],
            [users(), posts().foreign_key(author())],
            ["drop index ix_1 of posts", "drop column posts.n"],
        )
        .destroys(),
        case(
            "two references share a column, and one goes",
            [
                users().unique(unique("uq", ["id", "name"])),
                new_table("posts")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("n", varchar(40)))
                    .foreign_key(
                        foreign_key("fk_1", ["a", "n"]).references("users", ["id", "name"]),
                    )
                    .foreign_key(foreign_key("fk_2", ["a"]).references("users", ["id"])),
            ],
            [
                users().unique(unique("uq", ["id", "name"])),
                new_table("posts")
                    .id()
                    .column(column("a", big_int()))
                    .column(column("n", varchar(40)))
                    .foreign_key(foreign_key("fk_2", ["a"]).references("users", ["id"])),
            ],
            ["drop foreign key fk_1 of posts"],
        ),
        case(
            "a new table refers to a new unique column",
            [users()],
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("user_code", varchar(9)).nullable())
                    .foreign_key(
                        foreign_key("fk_code", ["user_code"]).references("users", ["code"]),
                    ),
            ],
            [
                "create table badges",
                "add column users.code",
                "add unique uq_code of users",
                "add foreign key fk_code of badges to users",
            ],
        ),
        case(
            "a new table refers to a key that grows",
            [new_table("users")
                .column(column("id", integer()).identity())
                .primary_key(["id"])],
            [new_table("users").id(), posts().foreign_key(author())],
            [
                "create table posts",
                "alter column users.id",
                "add foreign key fk_posts_author_id of posts to users",
            ],
        ),
        case(
            "a table goes, and the unique column that it referred to",
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("user_code", varchar(9)).nullable())
                    .foreign_key(
                        foreign_key("fk_code", ["user_code"]).references("users", ["code"]),
                    ),
            ],
            [users()],
            [
                "drop foreign key fk_code of badges",
                "drop unique uq_code of users",
                "drop column users.code",
                "drop table badges",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a table goes, and the key that it referred to grows",
            [
                new_table("users")
                    .column(column("id", integer()).identity())
                    .primary_key(["id"]),
                new_table("posts")
                    .id()
                    .column(column("author_id", integer()))
                    .foreign_key(author()),
            ],
            [new_table("users").id()],
            [
                "drop foreign key fk_posts_author_id of posts",
                "alter column users.id",
                "drop table posts",
            ],
        )
        .destroys()
        .no_return(),
        case(
            "a unique constraint that is referred to becomes an index",
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .unique(unique("uq_code", ["code"])),
                new_table("badges")
                    .id()
                    .column(column("c", varchar(9)).nullable())
                    .foreign_key(foreign_key("fk_code", ["c"]).references("users", ["code"])),
            ],
            [
                users()
                    .column(column("code", varchar(9)).nullable())
                    .index(index("ux_code", ["code"]).unique()),
                new_table("badges")
                    .id()
                    .column(column("c", varchar(9)).nullable())
                    .foreign_key(foreign_key("fk_code", ["c"]).references("users", ["code"])),
            ],
            [
                "drop foreign key fk_code of badges",
                "add index ux_code of users",
                "drop unique uq_code of users",
                "add foreign key fk_code of badges to users",
            ],
        ),
        case(
            "an index moves to another table under its name",
            [
                new_table("a")
                    .id()
                    .column(column("slug", varchar(9)))
                    .index(index("ix_slug", ["slug"])),
                new_table("b").id().column(column("slug", varchar(9))),
            ],
            [
                new_table("a").id().column(column("slug", varchar(9))),
                new_table("b")
                    .id()
                    .column(column("slug", varchar(9)))
                    .index(index("ix_slug", ["slug"])),
            ],
            ["drop index ix_slug of a", "add index ix_slug of b"],
        ),
        case(
            "a table goes, and its index's name is another's",
            [new_table("drafts")
                .id()
                .column(column("x", varchar(9)))
                .column(column("y", varchar(9)))
                .column(column("z", varchar(9)))
                .index(index("ix_slug", ["x"]))],
            [new_table("articles")
                .id()
                .column(column("slug", varchar(9)))
                .index(index("ix_slug", ["slug"]))],
            [
                "create table articles",
                "drop index ix_slug of drafts",
                "add index ix_slug of articles",
                "drop table drafts",
            ],
        )
        .destroys(),
        case(
            "an index takes over for a foreign key's own",
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_1", ["author_id"])),
            ],
            [
                users(),
                posts()
                    .foreign_key(author())
                    .index(index("ix_2", ["author_id", "title"])),
            ],
            ["add index ix_2 of posts", "drop index ix_1 of posts"],
        ),
    ]
}

fn enums() -> Vec<Case> {
    let with = |values: &[&str]| users().column(column("m", mood(values)).default(values[0]));
    vec![
        case(
            "an enum comes",
            [users()],
            [with(&["glad", "sad"])],
            ["create enum mood", "add column users.m"],
        ),
        case(
            "an enum goes",
            [with(&["glad", "sad"])],
            [users()],
            ["drop column users.m", "drop enum mood"],
        )
        .destroys(),
        case(
            "a value comes at the end",
            [with(&["glad", "sad"])],
            [with(&["glad", "sad", "blue"])],
            ["add value \"blue\" to enum mood"],
        ),
        case(
            "a value comes in between",
            [with(&["glad", "sad"])],
            [with(&["glad", "so", "sad"])],
            ["add value \"so\" to enum mood"],
        ),
        case(
            "several values come",
            [with(&["glad", "sad"])],
            [with(&["glad", "a", "sad", "b", "c"])],
            [
                "add value \"a\" to enum mood",
                "add value \"b\" to enum mood",
                "add value \"c\" to enum mood",
            ],
        ),
        case(
            "a value comes and is the default",
            [users().column(column("m", mood(&["glad"])).default("glad"))],
            [users().column(column("m", mood(&["glad", "sad"])).default("sad"))],
            ["add value \"sad\" to enum mood", "alter column users.m"],
        ),
        case(
            "the value that was the default goes",
            [users().column(column("m", mood(&["a", "b"])).default("b"))],
            [users().column(column("m", mood(&["a"])).default("a"))],
            ["alter column users.m", "set values of enum mood to a"],
        )
        .destroys()
        .no_return(),
        case(
            "the value that is the default is renamed",
            [users().column(column("m", mood(&["a", "sad"])).default("sad"))],
            [users().column(column("m", mood(&["a", "blue"])).default("blue"))],
            ["rename value \"sad\" of enum mood to \"blue\""],
        )
        .renames_value("mood.sad", "mood.blue"),
        case(
            "values go, and CHECKs, indexes and computed columns stay",
            [users()
                .column(column("m", mood(&["a", "b", "c"])))
                .check(check("ck", col("m").ne("b")))
                .index(index("ix", ["m"]))],
            [users()
                .column(column("m", mood(&["a", "b"])))
                .check(check("ck", col("m").ne("b")))
                .index(index("ix", ["m"]))],
            ["set values of enum mood to a, b"],
        )
        .destroys(),
        case(
            "a value goes under an index of some rows",
            [users()
                .column(column("m", mood(&["a", "c"])))
                .index(index("ix", ["name"]).filter(col("m").eq("a")))],
            [users()
                .column(column("m", mood(&["a"])))
                .index(index("ix", ["name"]).filter(col("m").eq("a")))],
            ["set values of enum mood to a"],
        )
        .destroys(),
        case(
            "a value that a CHECK lists is renamed",
            [users()
                .column(column("m", mood(&["a", "sad"])))
                .check(check("ck", col("m").is_in(["a", "sad"])))],
            [users()
                .column(column("m", mood(&["a", "blue"])))
                .check(check("ck", col("m").is_in(["a", "blue"])))],
            [
                "drop check ck of users",
                "rename value \"sad\" of enum mood to \"blue\"",
                "add check ck of users",
            ],
        )
        .renames_value("mood.sad", "mood.blue"),
        case(
            "a value goes of two columns that a CHECK and an index compare",
            [users()
                .column(column("m", mood(&["a", "b", "c"])))
                .column(column("n", mood(&["a", "b", "c"])).nullable())
                .check(check("ck", col("m").ne(col("n"))))
                .index(index("ix", ["m", "n"]))],
            [users()
                .column(column("m", mood(&["a", "b"])))
                .column(column("n", mood(&["a", "b"])).nullable())
                .check(check("ck", col("m").ne(col("n"))))
                .index(index("ix", ["m", "n"]))],
            ["set values of enum mood to a, b"],
        )
        .destroys()
        .no_rows(),
        case(
            "a value goes under views on views",
            [users().column(column("m", mood(&["a", "c"])))],
            [users().column(column("m", mood(&["a"])))],
            ["set values of enum mood to a"],
        )
        .destroys()
        .old_view(View::new("moods", "SELECT id, m FROM users"))
        .old_view(View::new("ids", "SELECT id FROM moods"))
        .new_view(View::new("moods", "SELECT id, m FROM users"))
        .new_view(View::new("ids", "SELECT id FROM moods")),
        case(
            "a column is renamed that is called like a function of a CHECK",
            [users()
                .column(column("length", integer()))
                .check(check("ck", raw("length(name) <= 30 and length >= 0")))],
            [users()
                .column(column("size", integer()))
                .check(check("ck", raw("length(name) <= 30 and size >= 0")))],
            ["rename column users.length to size"],
        )
        .renames_column("users", "length", "size"),
        case(
            "a value goes under a view",
            [users().column(column("m", mood(&["a", "c"])))],
            [users().column(column("m", mood(&["a"])))],
            ["set values of enum mood to a"],
        )
        .destroys()
        .old_view(View::new("names", "SELECT id, m FROM users"))
        .new_view(View::new("names", "SELECT id, m FROM users")),
        case(
            "a value goes",
            [with(&["glad", "sad", "blue"])],
            [with(&["glad", "sad"])],
            ["set values of enum mood to glad, sad"],
        )
        .destroys(),
        case(
            "a value is renamed",
            [with(&["glad", "sad"])],
            [with(&["glad", "blue"])],
            ["rename value \"sad\" of enum mood to \"blue\""],
        )
        .renames_value("mood.sad", "mood.blue")
        .row("update users set m = 'sad' where id = 2")
        .finds("select count(*) from users where m = 'blue'", "1"),
        case(
            "values change their order",
            [with(&["glad", "sad"])],
            [users().column(column("m", mood(&["sad", "glad"])).default("glad"))],
            ["set values of enum mood to sad, glad"],
        ),
        case(
            "an enum is called otherwise",
            [users().column(column("m", mood(&["glad", "sad"])))],
            [users().column(column("m", one_of("feeling", ["glad", "sad"])))],
            ["rename enum mood to feeling"],
        ),
        case(
            "two columns of an enum get a value more",
            [
                users()
                    .column(column("m", mood(&["a"])))
                    .column(column("n", mood(&["a"])).nullable()),
                new_table("more").id().column(column("m", mood(&["a"]))),
            ],
            [
                users()
                    .column(column("m", mood(&["a", "b"])))
                    .column(column("n", mood(&["a", "b"])).nullable()),
                new_table("more")
                    .id()
                    .column(column("m", mood(&["a", "b"]))),
            ],
            ["add value \"b\" to enum mood"],
        ),
        case(
            "an array of an enum comes",
            [users()],
            [users().column(column("m", array(mood(&["a"]))).nullable())],
            ["create enum mood", "add column users.m"],
        ),
    ]
}

fn computed() -> Vec<Case> {
    let base = || {
        new_table("boxes")
            .id()
            .column(column("w", big_int()))
            .column(column("h", big_int()))
    };
    let area = || column("area", big_int()).nullable();
    vec![
        case(
            "a computed column comes",
            [base()],
            [base().column(area().generated(col("w") * col("h")))],
            ["add column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a computed column that is not stored comes",
            [base()],
            [base().column(area().computed(col("w") * col("h")))],
            ["add column boxes.area"],
        ),
        case(
            "a computed column goes",
            [base().column(area().generated(col("w") * col("h")))],
            [base()],
            ["drop column boxes.area"],
        ),
        case(
            "a computed column is computed otherwise",
            [base().column(area().generated(col("w") * col("h")))],
            [base().column(area().generated(col("w") + col("h")))],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w - h) from boxes", "0"),
        case(
            "a computed column becomes a plain one",
            [base().column(area().generated(col("w") * col("h")))],
            [base().column(area())],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a plain column becomes a computed one",
            [base().column(area())],
            [base().column(area().generated(col("w") * col("h")))],
            ["alter column boxes.area"],
        )
        .destroys()
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a computed column with an index is computed otherwise",
            [base()
                .column(area().generated(col("w") * col("h")))
                .index(index("ix_area", ["area"]))],
            [base()
                .column(area().generated(col("w") + 1))
                .index(index("ix_area", ["area"]))],
            ["alter column boxes.area"],
        ),
        case(
            "what a column is computed from grows",
            [new_table("boxes")
                .id()
                .column(column("w", integer()))
                .column(area().generated(col("w") * 2))],
            [new_table("boxes")
                .id()
                .column(column("w", big_int()))
                .column(area().generated(col("w") * 2))],
            [
                "drop column boxes.area",
                "alter column boxes.w",
                "add column boxes.area",
            ],
        ),
        case(
            "what a computed column with constraints is computed from grows",
            [new_table("boxes")
                .id()
                .column(column("w", integer()))
                .column(area().generated(col("w") * 2))
                .check(check("ck", col("area").ge(0)))
                .index(index("ix", ["area"]))],
            [new_table("boxes")
                .id()
                .column(column("w", big_int()))
                .column(area().generated(col("w") * 2))
                .check(check("ck", col("area").ge(0)))
                .index(index("ix", ["area", "w"]))],
            [
                "drop column boxes.area",
                "alter column boxes.w",
                "add column boxes.area",
                "add index ix of boxes",
                "add check ck of boxes",
            ],
        ),
        case(
            "a computed column becomes a plain one of another type",
            [base().column(
                column("area", integer())
                    .nullable()
                    .generated(col("w") * col("h")),
            )],
            [base().column(area())],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a column is renamed that another is computed from",
            [base().column(area().generated(col("w") * col("h")))],
            [new_table("boxes")
                .id()
                .column(column("width", big_int()))
                .column(column("h", big_int()))
                .column(area().generated(col("width") * col("h")))],
            ["rename column boxes.w to width"],
        )
        .renames_column("boxes", "w", "width"),
    ]
}

fn views() -> Vec<Case> {
    let names = || View::new("names", "SELECT id, name FROM users");
    vec![
        case("a view comes", [users()], [users()], ["create view names"])
            .new_view(names())
            .finds("select count(*) from names", "3"),
        case("a view goes", [users()], [users()], ["drop view names"]).old_view(names()),
        case(
            "a view changes",
            [users()],
            [users()],
            ["drop view names", "create view names"],
        )
        .old_view(names())
        .new_view(View::new("names", "SELECT name FROM users")),
        case(
            "a view stands on a column that changes",
            [users()],
            [new_table("users").id().column(column("name", varchar(90)))],
            [
                "drop view names",
                "alter column users.name",
                "create view names",
            ],
        )
        .old_view(names())
        .new_view(names())
        .no_return(),
        case(
            "a view stands on a column that goes",
            [users().column(column("age", integer()))],
            [users()],
            [
                "drop view names",
                "drop column users.age",
                "create view names",
            ],
        )
        .destroys()
        .old_view(View::new("names", "SELECT name, age FROM users"))
        .new_view(View::new("names", "SELECT name FROM users")),
        case(
            "views stand on views",
            [users()],
            [new_table("users")
                .id()
                .column(column("full_name", varchar(40)))],
            [
                "drop view first_names",
                "drop view names",
                "rename column users.name to full_name",
                "create view names",
                "create view first_names",
            ],
        )
        .renames_column("users", "name", "full_name")
        .old_view(View::new(
            "first_names",
            "SELECT name FROM names WHERE id > 0",
        ))
        .old_view(names())
        .new_view(View::new(
            "first_names",
            "SELECT name FROM names WHERE id > 0",
        ))
        .new_view(View::new(
            "names",
            "SELECT id, full_name AS name FROM users",
        )),
        case(
            "a view comes with its table",
            [],
            [users()],
            ["create table users", "create view names"],
        )
        .new_view(names()),
    ]
}

fn together() -> Vec<Case> {
    vec![
        case(
            "much changes at once",
            [
                users()
                    .column(column("age", small_int()))
                    .index(index("ix_age", ["age"])),
                posts().foreign_key(author()),
                new_table("old").column(column("x", integer())),
            ],
            [
                new_table("people")
                    .id()
                    .column(column("full_name", varchar(80)))
                    .column(column("age", integer()).default(1))
                    .column(column("m", mood(&["glad"])).default("glad"))
                    .index(index("ix_age", ["age", "full_name"])),
                new_table("posts")
                    .id()
                    .column(column("title", varchar(80)))
                    .column(column("author_id", big_int()).nullable())
                    .column(column("slug", varchar(80)).nullable())
                    .unique(unique("uq_slug", ["slug"]))
                    .foreign_key(
                        foreign_key("fk_posts_author_id", ["author_id"])
                            .references("people", ["id"])
                            .on_delete(Action::SetNull),
                    ),
                new_table("tags").id().column(column("name", varchar(20))),
            ],
            [
                "rename table users to people",
                "rename column people.name to full_name",
                "drop foreign key fk_posts_author_id of posts",
                "create enum mood",
                "create table tags",
                "add column people.m",
                "add column posts.slug",
                "alter column people.full_name",
                "alter column people.age",
                "alter column posts.author_id",
                "drop index ix_age of people",
                "add index ix_age of people",
                "add unique uq_slug of posts",
                "add foreign key fk_posts_author_id of posts to people",
                "drop table old",
            ],
        )
        .renames_table("users", "people")
        .renames_column("people", "name", "full_name")
        .destroys()
        .no_return(),
        case(
            "hostile names change",
            [new_table("or\"der `x`")
                .id()
                .column(column("sel\"ect", varchar(20)))],
            [new_table("or\"der `x`")
                .id()
                .column(column("gr`oup", varchar(20)))
                .column(column("it's", integer()).default(1))
                .index(index("ix \"1\"", ["it's"]))
                .check(check("ck 'x'", col("gr`oup").ne("'\"`")))],
            [
                "rename column or\"der `x`.sel\"ect to gr`oup",
                "add column or\"der `x`.it's",
                "add index ix \"1\" of or\"der `x`",
                "add check ck 'x' of or\"der `x`",
            ],
        )
        .renames_column("or\"der `x`", "sel\"ect", "gr`oup"),
        case(
            "two columns exchange their places in an index and a constraint",
            [users()
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .index(index("ix", ["a"]))
                .unique(unique("uq", ["b"]))],
            [users()
                .column(column("a", big_int()))
                .column(column("b", big_int()))
                .index(index("ix", ["b"]))
                .unique(unique("uq", ["a"]))],
            [
                "drop unique uq of users",
                "drop index ix of users",
                "add unique uq of users",
                "add index ix of users",
            ],
        ),
    ]
}

/// All cases, by what they are about.
pub fn groups() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("tables", tables()),
        ("columns", columns()),
        ("types", types()),
        ("keys", keys()),
        ("references", references()),
        ("enums", enums()),
        ("computed", computed()),
        ("views", views()),
        ("together", together()),
    ]
}

/// All cases.
pub fn all() -> Vec<Case> {
    groups().into_iter().flat_map(|(_, cases)| cases).collect()
}
