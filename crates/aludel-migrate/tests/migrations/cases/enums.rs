//! Cases of enums.

use super::{Case, case, mood, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
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
            "a value goes, and another that comes is the default",
            [users().column(column("m", mood(&["a", "b", "c"])).default("a"))],
            [users().column(column("m", mood(&["b", "c", "d"])).default("d"))],
            [
                "add value \"d\" to enum mood",
                "alter column users.m",
                "set values of enum mood to b, c, d; \"a\" becomes \"b\"",
            ],
        )
        .renames_value("mood.a", "mood.b")
        .no_return(),
        case(
            "a value goes, and its rows get another",
            [users()
                .column(column("m", mood(&["a", "b", "c"])).default("c"))
                .column(column("n", mood(&["a", "b", "c"])).nullable())],
            [users()
                .column(column("m", mood(&["b", "c"])).default("c"))
                .column(column("n", mood(&["b", "c"])).nullable())],
            ["set values of enum mood to b, c; \"a\" becomes \"c\""],
        )
        .renames_value("mood.a", "mood.c")
        .no_return(),
        case(
            "two values become one that is new",
            [users().column(column("m", mood(&["a", "b"])))],
            [users().column(column("m", mood(&["d"])))],
            [
                "rename value \"a\" of enum mood to \"d\"",
                "set values of enum mood to d; \"b\" becomes \"d\"",
            ],
        )
        .renames_value("mood.a", "mood.d")
        .renames_value("mood.b", "mood.d")
        .no_return(),
        case(
            "two values become one that stays, and one of them was the default",
            [users().column(column("m", mood(&["a", "b", "c"])).default("b"))],
            [users().column(column("m", mood(&["c"])).default("c"))],
            ["set values of enum mood to c; \"a\" becomes \"c\"; \"b\" becomes \"c\""],
        )
        .renames_value("mood.a", "mood.c")
        .renames_value("mood.b", "mood.c")
        .no_return(),
        case(
            "a value goes of a key that is referred to",
            [
                users()
                    .column(column("m", mood(&["a", "b"])).nullable())
                    .foreign_key(foreign_key("fk_users_m", ["m"]).references("moods", ["m"])),
                new_table("moods")
                    .column(column("m", mood(&["a", "b"])))
                    .primary_key(["m"]),
            ],
            [
                users()
                    .column(column("m", mood(&["b"])).nullable())
                    .foreign_key(foreign_key("fk_users_m", ["m"]).references("moods", ["m"])),
                new_table("moods")
                    .column(column("m", mood(&["b"])))
                    .primary_key(["m"]),
            ],
            ["set values of enum mood to b; \"a\" becomes \"b\""],
        )
        .renames_value("mood.a", "mood.b")
        .no_rows()
        .row("insert into moods (m) values ('a')")
        .row("insert into users (id, name, m) values (1, 'x', 'a')")
        .finds(
            "select count(*) from users, moods where users.m = moods.m and users.m = 'b'",
            "1",
        )
        .no_return(),
        case(
            "a value goes under a computed column that keys and constraints have",
            [users()
                .column(column("m", mood(&["a", "b"])))
                .column(
                    column("c", varchar(1))
                        .generated(raw("(CASE WHEN m = 'b' THEN 'x' ELSE 'y' END)")),
                )
                .unique(unique("uq_users_c", ["c"]))
                .check(check("ck_users_c", col("c").ne("z")))
                .index(index("ix_users_c", ["c", "id"]))],
            [users()
                .column(column("m", mood(&["b"])))
                .column(
                    column("c", varchar(1))
                        .generated(raw("(CASE WHEN m = 'b' THEN 'x' ELSE 'y' END)")),
                )
                .unique(unique("uq_users_c", ["c"]))
                .check(check("ck_users_c", col("c").ne("z")))
                .index(index("ix_users_c", ["c", "id"]))],
            ["set values of enum mood to b"],
        )
        .destroys()
        .no_rows(),
        case(
            "a value that an index of some rows names is renamed",
            [users()
                .column(column("m", mood(&["a", "sad"])))
                .index(index("ix", ["name"]).filter(col("m").eq("sad")))],
            [users()
                .column(column("m", mood(&["a", "blue"])))
                .index(index("ix", ["name"]).filter(col("m").eq("blue")))],
            [
                "drop index ix of users",
                "rename value \"sad\" of enum mood to \"blue\"",
                "add index ix of users",
            ],
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
