//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `views`.
pub fn migration() -> Migration {
    Migration::new("views")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .drop_view("names")
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .drop_view("names")
        .create_view(View::new("names", "SELECT name FROM users"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .drop_view("names")
        .alter_column("users", column("name", varchar(90)))
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .column(column("age", integer()))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT name, age FROM users"))
        .drop_view("names")
        .drop_column("users", "age")
        .create_view(View::new("names", "SELECT name FROM users"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .create_view(View::new(
            "first_names",
            "SELECT name FROM names WHERE id > 0",
        ))
        .drop_view("first_names")
        .drop_view("names")
        .rename_column("users", "name", "full_name")
        .create_view(View::new(
            "names",
            "SELECT id, full_name AS name FROM users",
        ))
        .create_view(View::new(
            "first_names",
            "SELECT name FROM names WHERE id > 0",
        ))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users"))
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users").materialized())
        .create_table(
            new_table("users")
                .column(column("id", big_int()).identity())
                .column(column("name", varchar(40)))
                .primary_key(["id"]),
        )
        .create_view(View::new("names", "SELECT id, name FROM users").materialized())
        .drop_view("names")
        .create_view(View::new("names", "SELECT name FROM users").materialized())
}
