//! Documents, references and versions: what a new row and a patch may say.

use super::writes_ways::{named, text};
use aludel::ErrorKind;
use aludel::dynamic;
use aludel::hooks::{BeforeUpdate, On};
use aludel::prelude::*;
use jiff::Timestamp;

/// What a model fills in by itself, without any attribute of serde.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "names_notes",
    new_derive(serde::Deserialize),
    patch_derive(serde::Deserialize)
)]
pub struct Note {
    pub id: i64,
    #[field(unique, max_length = 40)]
    pub title: String,
    pub body: Option<String>,
    #[field(default = 5)]
    pub stars: Option<i64>,
    #[field(generated = Note::words * 2)]
    pub twice: i64,
    pub words: i64,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(updated)]
    pub updated_at: Timestamp,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(version)]
    pub version: i64,
    pub writer: BelongsTo<Writer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "names_writers",
    new_derive(serde::Deserialize),
    patch_derive(serde::Deserialize),
    new_attr(serde(deny_unknown_fields, rename_all = "camelCase")),
    patch_attr(serde(deny_unknown_fields, rename_all = "camelCase"))
)]
pub struct Writer {
    pub id: i64,
    #[field(check = Writer::pen_name.ne("check"), max_length = 40)]
    pub pen_name: String,
    #[field(new_attr(serde(skip)), patch_attr(serde(skip)))]
    pub is_admin: Option<bool>,
    #[field(inverse = writer)]
    pub notes: HasMany<Note>,
}

pub(super) async fn note(title: &str, db: &Database) -> aludel::Result<Note> {
    db.create_all(&models![Note, Writer]).await?;
    let writer = NewWriter::new("Kim").insert(db).await?;
    NewNote::new(title, 3, &writer).insert(db).await
}

on_every_database! {
    /// What a model keeps by itself is never read from a document, into a new row or a patch.
    async fn a_document_sets_nothing_that_the_model_keeps(fixture) {
        let db = &fixture.db;
        let row = note("a", db).await?;
        let own = r#""id": 77, "twice": 77, "created_at": "1999-01-01T00:00:00Z", "updated_at": "1999-01-01T00:00:00Z", "deleted_at": "1999-01-01T00:00:00Z""#;
        let new = format!(r#"{{"title": "b", "words": 1, "writer": {}, "version": 77, "nonsense": 1, {own}}}"#, row.writer.key());
        let made = serde_json::from_str::<NewNote>(&new).expect("a draft").insert(db).await?;
        assert!(made.created_at.as_second() > 1_000_000_000 && made.updated_at.as_second() > 1_000_000_000, "{made:?}");
        assert_eq!((made.version, made.twice, made.deleted_at, made.stars), (1, 2, None, Some(5)), "{made:?}");
        assert_ne!(made.id, 77);
        let patch: NotePatch = serde_json::from_str(&format!(r#"{{"words": 4, {own}}}"#)).expect("a patch");
        let patched = row.clone().patch(patch, db).await?;
        assert_eq!((patched.id, patched.created_at, patched.deleted_at, patched.version, patched.twice), (row.id, row.created_at, None, 2, 8));
        assert!(patched.updated_at >= row.updated_at);
        // Unknown fields, fields that are skipped, and renamed ones.
        for (json, said) in [
            (r#"{"penName": "x", "id": 1}"#, "id"),
            (r#"{"penName": "x", "isAdmin": true}"#, "isAdmin"),
            (r#"{"penName": "x", "notes": []}"#, "notes"),
            (r#"{"pen_name": "x"}"#, "pen_name"),
        ] {
            let new = serde_json::from_str::<NewWriter>(json).expect_err(json).to_string();
            let patch = serde_json::from_str::<WriterPatch>(json).expect_err(json).to_string();
            assert!(new.contains(said) && patch.contains(said), "{json}: {new}; {patch}");
        }
        let patch: WriterPatch = serde_json::from_str(r#"{"penName": "Lou"}"#).expect("a patch");
        assert_eq!(Writer::get(row.writer.key(), db).await?.patch(patch, db).await?.pen_name, "Lou");
    }

    /// Absent, null and a value are three things, also of a column that has a default.
    async fn null_absent_and_a_value_are_three_things(fixture) {
        let db = &fixture.db;
        let row = note("a", db).await?;
        for (json, stars, body) in [
            (r#"{"body": "x"}"#, Some(5), Some("x")),
            ("{}", Some(5), Some("x")),
            (r#"{"stars": null}"#, None, Some("x")),
            (r#"{"stars": 7, "body": null}"#, Some(7), None),
            (r#"{"body": ""}"#, Some(7), Some("")),
        ] {
            let patch: NotePatch = serde_json::from_str(json).expect(json);
            let patched = row.reload(db).await?.patch(patch, db).await?;
            assert_eq!((patched.stars, patched.body.as_deref()), (stars, body), "{json}");
            assert_eq!(patched, row.reload(db).await?);
        }
        for json in [r#"{"title": null}"#, r#"{"words": null}"#, r#"{"writer": null}"#, r#"{"version": null}"#] {
            let error = serde_json::from_str::<NotePatch>(json).expect_err(json).to_string();
            assert!(error.contains("null"), "{json}: {error}");
        }
        for json in ["{}", r#"{"title": "x", "words": 1}"#, r#"{"title": "x", "words": 1, "writer": null}"#, r#"{"title": null, "words": 1, "writer": 1}"#] {
            assert!(serde_json::from_str::<NewNote>(json).is_err(), "{json}");
        }
    }

    /// A reference that was not set is named, whoever inserts the row, before anything is sent.
    async fn a_reference_that_is_missing_is_named(fixture) {
        let db = &fixture.db;
        note("a", db).await?;
        let new = || NewNote::new("b", 1, Ref::default());
        let watch = db.watch();
        let mut session = db.session();
        session.add(new());
        let by_name = || named([("title", text("b")), ("words", Value::I64(1))]);
        let null = || [by_name(), named([("writer", Value::Null)])].concat();
        let registry = models![Note, Writer];
        let mut other = db.session();
        for (way, error) in [
            ("insert", new().insert(db).await.err()),
            ("insert_many", Note::insert_many([new()]).execute(db).await.err()),
            ("insert_many that answers", Note::insert_many([new()]).all(db).await.err()),
            ("an upsert", Note::insert_many([new()]).on_conflict(Note::title).do_nothing().execute(db).await.err()),
            ("get_or_create", Note::get_or_create(Note::title.eq("b"), new, db).await.err()),
            ("a session", session.commit().await.err()),
            ("dynamic insert", dynamic::insert(Note::meta(), by_name(), db).await.err()),
            ("dynamic insert of NULL", dynamic::insert(Note::meta(), null(), db).await.err()),
            ("a dynamic session", other.dynamic(&registry).add("Note", by_name()).err()),
        ] {
            let error = error.unwrap_or_else(|| panic!("{way} inserts it"));
            let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_str()).collect();
            assert_eq!(error.kind(), ErrorKind::Validation, "{way}: {error}");
            assert!(fields.first().is_some_and(|field| field.starts_with("writer")), "{way}: {fields:?} of {error}");
        }
        assert!(!watch.texts().iter().any(|text| text.contains("INSERT")), "{:?}", watch.texts());
    }

    /// Queries rule 26: a patch that carries a version has it in its WHERE, whichever verb it goes through.
    async fn rule_26_a_version_of_a_patch_is_compared(fixture) {
        let db = &fixture.db;
        let row = note("a", db).await?;
        let patch = |version: i64| NotePatch { words: Some(9), version: Some(version), ..Default::default() };
        for hooked in [false, true] {
            if hooked {
                db.on::<BeforeUpdate<Note>>(|_| Ok(()));
            }
            let now = row.reload(db).await?;
            let version = now.version;
            for wrong in [version - 1, version + 1, i64::MAX, -1] {
                let new = || NewNote::new("a", 3, &now.writer);
                for (way, done) in [
                    ("patch", now.clone().patch(patch(wrong), db).await.map(drop)),
                    ("update_or_create", Note::update_or_create(Note::title.eq("a"), patch(wrong), new, db).await.map(drop)),
                    ("dynamic", dynamic::update(Note::meta(), vec![Value::I64(row.id)], named([("words", Value::I64(9)), ("version", Value::I64(wrong))]), db).await.map(drop)),
                    ("dynamic, alone", dynamic::update(Note::meta(), vec![Value::I64(row.id)], named([("version", Value::I64(wrong))]), db).await.map(drop)),
                ] {
                    assert_eq!(done.map_err(|error| error.kind()), Err(ErrorKind::StaleData), "{way}, {wrong} of {version}, hooks: {hooked}");
                }
            }
            assert_eq!(row.reload(db).await?, now);
            // An old row at hand, and a patch that knows better.
            let old = Note { version: version - 1, ..now.clone() };
            assert_eq!(old.patch(patch(version), db).await?.version, version + 1);
            let new = || NewNote::new("a", 3, &now.writer);
            let (updated, made) = Note::update_or_create(Note::title.eq("a"), patch(version + 1), new, db).await?;
            assert_eq!((updated.version, made), (version + 2, false));
        }
    }
}
