//! Cases of columns.

use super::{Case, author, case, mood, posts, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
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
