//! Rule 5: an expression can be assigned to a column of a new row, too; the INSERT computes it, and its value is read back.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shelf {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Jar {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub label: String,
    #[field(default = 3)]
    pub grams: i64,
    pub filled: Option<Timestamp>,
    pub note: Option<String>,
    #[field(version)]
    pub version: i64,
    pub shelf: Option<BelongsTo<Shelf>>,
}

fn note(sql: &'static str) -> Expr<Jar, Option<String>> {
    raw_sql(sql)
}

fn jar(label: &str) -> NewJar {
    NewJar {
        label: label.into(),
        grams: None,
        filled: None,
        note: None,
        version: None,
        shelf: None,
    }
}

on_every_database! {
    async fn expressions_of_new_rows_are_inserted(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shelf, Jar]).await?;
        let mut session = db.session();
        let shelf = session.add(NewShelf { name: "low".into() });
        let keys = session.add_all(["a", "b", "c", "d"].map(jar));
        session.draft_mut(keys[1])?.shelf = Some(shelf.into());
        session.draft_mut(keys[3])?.note = Some("by hand".into());
        session.set(keys[1], Jar::filled.set(now()))?;
        session.set(keys[2], (Jar::grams.set(raw_sql::<Jar, i64>("3 + 4")), Jar::note.set(note("lower('SET')"))))?;
        session.set(keys[3], Jar::note.set(note("upper('loud')")))?;
        let watch = db.watch();
        session.flush().await?;
        assert!(watch.statements() <= 5, "{}", watch.statements());
        let rows: Vec<&Jar> = keys.iter().map(|key| &session[*key]).collect();
        assert!(rows[0].filled.is_none() && rows[1].filled.is_some());
        assert_eq!(rows.iter().map(|row| row.grams).collect::<Vec<_>>(), [3, 3, 7, 3]);
        let notes: Vec<Option<&str>> = rows.iter().map(|row| row.note.as_deref()).collect();
        assert_eq!(notes, [None, None, Some("set"), Some("LOUD")]);
        assert_eq!(rows.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert!(rows.iter().all(|row| row.version == 1), "nothing was written twice");
        assert_eq!(rows[1].shelf.as_ref().map(BelongsTo::key), Some(session[shelf].id));
        // Rolled back, they wait for the next flush, with their expressions.
        session.rollback().await?;
        session.commit().await?;
        assert!(session[keys[1]].filled.is_some());
        assert_eq!((session[keys[2]].grams, session[keys[3]].note.as_deref()), (7, Some("LOUD")));
        assert_eq!(Jar::get(session[keys[2]].id, db).await?, session[keys[2]]);
        // They are rows like others now.
        session[keys[2]].grams = 8;
        session.commit().await?;
        assert_eq!((session[keys[2]].grams, session[keys[2]].version), (8, 2));
    }

    async fn what_failed_keeps_its_expressions(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shelf, Jar]).await?;
        jar("a").insert(db).await?;
        let mut session = db.session();
        let (taken, gone) = (session.add(jar("a")), session.add(jar("x")));
        session.set(taken, Jar::note.set(note("upper('one')")))?;
        session.set(gone, Jar::note.set(note("upper('two')")))?;
        session.remove(gone)?;
        assert!(session.flush().await.unwrap_err().is_unique_violation());
        assert_eq!(session.failed::<Jar>(), Some(taken));
        session.draft_mut(taken)?.label = "b".into();
        session.commit().await?;
        assert_eq!(session[taken].note.as_deref(), Some("ONE"));
        let label = session.add(jar("given"));
        session.set(label, Jar::label.set(raw_sql::<Jar, String>("lower('C')")))?;
        session.remove(taken)?;
        session.commit().await?;
        assert_eq!(session[label].label, "c");
    }

    async fn what_a_new_row_can_not_be_set_to_is_an_error(fixture) {
        let db = &fixture.db;
        let mut session = db.session();
        let key = session.add(jar("a"));
        for (assignment, kind, why) in [
            (Jar::grams.set(Jar::grams + 1), ErrorKind::SessionState, "reads the row"),
            (Jar::id.set(7), ErrorKind::SessionState, "others may refer to it"),
            (Jar::version.set(7), ErrorKind::InvalidQuery, "every write of the row counts it"),
        ] {
            let error = session.set(key, assignment).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(why), "{error}");
        }
        session.remove(key)?;
        assert_eq!(session.set(key, Jar::grams.set(1)).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
