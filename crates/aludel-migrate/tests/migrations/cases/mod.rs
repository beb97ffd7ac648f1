//! Old models, new models, and the operations between them: one row a case.

mod columns;
mod computed;
mod enums;
mod keys;
mod references;
mod tables;
mod together;
mod types;
mod views;

use aludel::migrate::autodetector::Answers;
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

/// All cases, by what they are about.
pub fn groups() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("tables", tables::all()),
        ("columns", columns::all()),
        ("types", types::all()),
        ("keys", keys::all()),
        ("references", references::all()),
        ("enums", enums::all()),
        ("computed", computed::all()),
        ("views", views::all()),
        ("together", together::all()),
    ]
}

/// All cases.
pub fn all() -> Vec<Case> {
    groups().into_iter().flat_map(|(_, cases)| cases).collect()
}
