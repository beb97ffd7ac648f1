//! What errors of writes say, and what they do not.

use super::writes_notes::*;
use super::writes_ways::{named, text};
use crate::harness::Backend;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{SqlType, value};
use jiff::Timestamp;

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(Box::new(value::Array {
        element: SqlType::Text,
        items: items.into_iter().collect(),
    }))
}

on_every_database! {
    /// What an error says to everybody has neither SQL nor values in it.
    async fn an_error_shows_neither_sql_nor_values(fixture) {
        let db = &fixture.db;
        let secret = "s3cret";
        let row = note(secret, db).await?;
        let writer = row.writer.key();
        let new = || NewNote::new(secret, 1, Ref::key(writer));
        let mut session = db.session();
        session.add(new());
        let long = secret.repeat(9);
        let mut errors = vec![
            ("unique, insert", new().insert(db).await.err()),
            ("unique, many", Note::insert_many([new()]).execute(db).await.err()),
            ("unique, session", session.commit().await.err()),
            ("unique, update", Note::insert_many([NewNote::new("other", 1, Ref::key(writer))]).all(db).await.err().or(Note::filter(Note::title.eq("other")).update(Note::title.set(secret)).execute(db).await.err())),
            ("unique, raw", sql("update names_notes set title = ").bind(secret).execute(db).await.err()),
            ("check", NewWriter::new("check").insert(db).await.err()),
            ("too long", NewNote::new(long.as_str(), 1, Ref::key(writer)).insert(db).await.err()),
            ("not SQL", sql("selekt 's3cret'").execute(db).await.err()),
            ("no table", sql("select 's3cret' from nowhere").execute(db).await.err()),
            ("decode", sql("select ").bind(secret).one::<uuid::Uuid>(db).await.err()),
            ("decode a number", sql("select ").bind(secret).one::<i64>(db).await.err()),
            ("decode a moment", sql("select ").bind(secret).one::<Timestamp>(db).await.err()),
            ("foreign key", NewNote::new("third", 1, Ref::key(123_456_789_i64)).insert(db).await.err()),
            ("dynamic", dynamic::insert(Note::meta(), named([("title", text(&long)), ("words", text(secret)), ("stars", text(secret))]), db).await.err()),
            ("dynamic filter", DynQuery::new(Note::meta()).filter("words", Lookup::Equal, text(secret)).err()),
            ("dynamic list", DynQuery::new(Note::meta()).filter("words", Lookup::In, list([text(secret)])).err()),
        ];
        if fixture.backend != Backend::Sqlite {
            errors.push(("too long, raw", sql("update names_notes set title = ").bind(long.as_str()).execute(db).await.err()));
        }
        if fixture.backend == Backend::Postgres {
            errors.push(("a cast", sql("select cast(").bind(secret).push(" as text)::integer").execute(db).await.err()));
            errors.push(("a document", sql("select ('s3cret {' || '')::json").execute(db).await.err()));
        }
        let mut faults = Vec::new();
        for (way, error) in errors {
            let Some(error) = error else {
                faults.push(format!("{way} is no error"));
                continue;
            };
            let shown = error.to_string();
            let lower = shown.to_lowercase();
            let leaks = ["s3cret", "123456789", "insert into", "select ", "update names", "selekt", "where "];
            for leak in leaks.iter().filter(|leak| lower.contains(**leak)) {
                faults.push(format!("{way} shows {leak:?}: {shown}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Violations name the fields of the model, whichever constraint and whichever verb.
    async fn violations_of_every_kind_name_fields(fixture) {
        let db = &fixture.db;
        let row = note("a", db).await?;
        let other = NewNote::new("b", 1, &row.writer).insert(db).await?;
        let writer = row.writer.key();
        let twin = || NewNote::new("a", 1, Ref::key(writer));
        let orphan = || NewNote::new("c", 1, Ref::key(999_i64));
        let mut session = db.session();
        session.add(twin());
        let mut changed = db.session();
        let key = changed.get::<Note>(other.id).await?;
        changed[key].title = "a".into();
        let mut renamed = other.clone();
        renamed.title = "a".into();
        let from = Note::filter(Note::id.eq(row.id)).select((Note::title, Note::words, Note::writer.id));
        let unique = vec![
            ("insert", twin().insert(db).await.err()),
            ("insert_many", Note::insert_many([twin()]).execute(db).await.err()),
            ("insert_many that answers", Note::insert_many([twin()]).all(db).await.err()),
            ("insert_from", Note::insert_from((Note::title, Note::words, Note::writer), from).execute(db).await.err()),
            ("a session's new row", session.commit().await.err()),
            ("a session's row", changed.commit().await.err()),
            ("save", renamed.save(db).await.err()),
            ("patch", other.clone().patch(NotePatch { title: Some("a".into()), ..Default::default() }, db).await.err()),
            ("update", Note::filter(Note::id.eq(other.id)).update(Note::title.set("a")).execute(db).await.err()),
            ("dynamic", dynamic::update(Note::meta(), vec![Value::I64(other.id)], named([("title", text("a"))]), db).await.err()),
            ("dynamic by query", DynQuery::new(Note::meta()).filter("id", Lookup::Equal, Value::I64(other.id))?.update(named([("title", text("a"))]))?.execute(db).await.err()),
        ];
        let foreign = vec![
            ("insert", orphan().insert(db).await.err()),
            ("insert_many", Note::insert_many([orphan()]).execute(db).await.err()),
            ("update", Note::filter(Note::id.eq(other.id)).update(Note::writer.set(Ref::<Writer>::key(999_i64))).execute(db).await.err()),
            ("dynamic", dynamic::update(Note::meta(), vec![Value::I64(other.id)], named([("writer", Value::I64(999))]), db).await.err()),
            ("a related set", Writer::notes.of(&Writer { id: 999, ..Writer::get(writer, db).await? }).add([&other], db).await.err()),
        ];
        let mut faults = Vec::new();
        for (wanted, errors) in [("title", unique), ("writer", foreign)] {
            for (way, error) in errors {
                let Some(error) = error else {
                    faults.push(format!("{way} writes {wanted}"));
                    continue;
                };
                let is_right = match wanted {
                    "title" => error.is_unique_violation(),
                    _ => error.is_foreign_key_violation(),
                };
                let fields = error.constraint().map(|constraint| constraint.fields.clone()).unwrap_or_default();
                // SQLite does not say which foreign key it was.
                let is_told = wanted == "title" || fixture.backend != Backend::Sqlite;
                if !is_right || is_told && fields != [wanted] {
                    faults.push(format!("{way}: fields {fields:?} instead of {wanted}: {error}"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
