//! Cases of views.

use super::{Case, case, users};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
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
        case(
            "a materialized view comes",
            [users()],
            [users()],
            ["create view names"],
        )
        .new_view(names().materialized())
        .finds("select count(*) from names", "3"),
        case(
            "a materialized view changes",
            [users()],
            [users()],
            ["drop view names", "create view names"],
        )
        .old_view(names().materialized())
        .new_view(View::new("names", "SELECT name FROM users").materialized()),
    ]
}
