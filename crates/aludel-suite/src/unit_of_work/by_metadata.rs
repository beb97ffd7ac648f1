//! A session knows some models by their metadata alone: by name, or because their rows are deleted along with others. Once code
//! names the model, its rows and drafts are the same as before.

use aludel::dynamic::{DynInput, DynKey};
use aludel::prelude::*;
use aludel::row::{CellResult, Cells};
use aludel::{ErrorKind, Registry, Scalar, SqlType};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "metadata_shelves")]
pub struct Shelf {
    pub id: i64,
    #[field(unique)]
    pub name: String,
    pub volumes: HasMany<Volume>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "metadata_volumes")]
pub struct Volume {
    pub id: i64,
    pub title: String,
    pub note: Option<String>,
    #[field(on_delete = cascade)]
    pub shelf: BelongsTo<Shelf>,
}

/// A number that is read as it is stored, and of which one, as a key, is not read back from its own value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Odd(i64);

impl Scalar for Odd {
    fn sql_type() -> SqlType {
        i64::sql_type()
    }
    fn encode(self) -> Value {
        Value::I64(if self.0 == 2 { -2 } else { self.0 })
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Odd> {
        match i64::decode(cells, at)? {
            Some(n) if n < 0 => Err("a negative number".into()),
            n => Ok(n.map(Odd)),
        }
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "metadata_oddities")]
pub struct Oddity {
    #[field(auto)]
    pub id: Odd,
    pub title: String,
}

fn text(text: &str) -> DynInput {
    DynInput::Value(Value::Text(text.into()))
}

/// A shelf and two volumes, added by name.
fn add_by_name(
    session: &mut Session,
    registry: &Registry,
) -> aludel::Result<(DynKey, [DynKey; 2])> {
    let mut rows = session.dynamic(registry);
    let shelf = rows.add("Shelf", [("name".to_string(), text("top"))])?;
    let mut volume = |title: &str| {
        let title = ("title".to_string(), text(title));
        rows.add("Volume", [title, ("shelf".to_string(), shelf.into())])
    };
    let volumes = [volume("one")?, volume("two")?];
    Ok((shelf, volumes))
}

on_every_database! {
    async fn drafts_by_name_stay_drafts_for_code_that_names_the_model(fixture) {
        let (db, registry) = (&fixture.db, models![Shelf, Volume]);
        db.create_all(&registry).await?;
        let mut session = db.session();
        let (shelf, [one, two]) = add_by_name(&mut session, &registry)?;
        assert_eq!(session.draft(shelf.typed::<Shelf>()?)?.name, "top");
        session.draft_mut(two.typed::<Volume>()?)?.title = "three".into();
        session.add(NewVolume { title: "four".into(), note: None, shelf: shelf.typed::<Shelf>()?.into() });
        session.dynamic(&registry).set(one, "note", text("by name"))?;
        session.flush().await?;
        let volumes = Volume::query().order_by(Volume::id).select((Volume::title, Volume::note));
        let found: Vec<(String, Option<String>)> = volumes.all(session.executor()).await?;
        assert_eq!(found, [
            ("one".into(), Some("by name".into())),
            ("three".into(), None),
            ("four".into(), None),
        ]);
        // One row for each key, whichever way it is asked for.
        let id = session[one.typed::<Volume>()?].id;
        assert_eq!(DynKey::from(session.get::<Volume>(id).await?), one);
        assert_eq!(session.dynamic(&registry).get("Volume", vec![Value::I64(id)]).await?, one);
        session.commit().await?;
    }

    async fn rows_by_name_are_found_changed_and_flushed_by_code(fixture) {
        let (db, registry) = (&fixture.db, models![Shelf, Volume]);
        db.create_all(&registry).await?;
        let mut session = db.session();
        let (_, [one, two]) = add_by_name(&mut session, &registry)?;
        session.commit().await?;
        // Flushed while they were in boxes.
        let (one, two) = (one.typed::<Volume>()?, two.typed::<Volume>()?);
        let ids = (session[one].id, session[two].id);
        session[one].title = "changed".into();
        session.remove(two)?;
        session.commit().await?;
        assert_eq!(Volume::get(ids.0, db).await?.title, "changed");
        assert_eq!(Volume::get(ids.1, db).await.unwrap_err().kind(), ErrorKind::NotFound);
        // Read by name, changed by name, then read by code: nothing is read again, and nothing is lost.
        let mut other = db.session();
        let mut rows = other.dynamic(&registry);
        let named = rows.get("Volume", vec![Value::I64(ids.0)]).await?;
        rows.set(named, "note", text("kept"))?;
        let watch = db.watch();
        let typed = other.get::<Volume>(ids.0).await?;
        assert_eq!((DynKey::from(typed), other[typed].note.as_deref()), (named, Some("kept")));
        assert_eq!(watch.statements(), 0);
        other.commit().await?;
        assert_eq!(Volume::get(ids.0, db).await?.note.as_deref(), Some("kept"));
    }

    async fn a_rollback_brings_back_what_was_in_boxes(fixture) {
        let (db, registry) = (&fixture.db, models![Shelf, Volume]);
        db.create_all(&registry).await?;
        // Code names the model before the flush, between flush and rollback, and after the rollback.
        for named in ["before the flush", "before the rollback", "after it"] {
            let mut session = db.session();
            let (shelf, [one, _]) = add_by_name(&mut session, &registry)?;
            let volume = one.typed::<Volume>()?;
            if named == "before the flush" {
                session.draft_mut(volume)?.note = Some("named".into());
            }
            session.flush().await?;
            if named == "before the rollback" {
                session[volume].note = Some("forgotten".into());
            }
            session.rollback().await?;
            if named == "after it" {
                session.draft_mut(volume)?.note = Some("named".into());
            }
            let note = session.draft(volume)?.note.as_deref();
            assert_eq!(note, (named != "before the rollback").then_some("named"), "{named}");
            assert_eq!(session.draft(one.typed::<Volume>()?)?.title, "one", "{named}");
            assert_eq!(session.draft(shelf.typed::<Shelf>()?)?.name, "top", "{named}");
            assert_eq!(Volume::query().count(db).await?, 0, "{named}");
        }
    }

    async fn rows_deleted_along_are_rows_again_after_a_rollback(fixture) {
        let (db, registry) = (&fixture.db, models![Shelf, Volume]);
        db.create_all(&registry).await?;
        let mut session = db.session();
        let (shelf, [one, _]) = add_by_name(&mut session, &registry)?;
        session.commit().await?;
        let ids = (session[shelf.typed::<Shelf>()?].id, session[one.typed::<Volume>()?].id);
        let mut session = db.session();
        let shelf = session.get::<Shelf>(ids.0).await?;
        session.remove(shelf)?;
        session.flush().await?;
        // Only the metadata of volumes was used so far.
        let gone = session.get::<Volume>(ids.1).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
        session.rollback().await?;
        let volume = session.get::<Volume>(ids.1).await?;
        assert_eq!(session[volume].title, "one");
        session[volume].title = "still there".into();
        session.commit().await?;
        assert_eq!(Volume::get(ids.1, db).await?.title, "still there");
    }

    /// Its error loses nothing: the rows beside it are drafts with all that they had, and a retry sends no other values.
    async fn a_key_that_can_not_be_read_back_takes_nothing_from_other_rows(fixture) {
        let (db, registry) = (&fixture.db, models![Oddity]);
        // By the number of rows it depends how they are sent.
        for rows in [4, 40, 1200] {
            db.drop_all(&registry).await?;
            db.create_all(&registry).await?;
            let titles: Vec<String> = (0..rows).map(|n| format!("title {n}")).collect();
            let mut session = db.session();
            let mut keys = Vec::new();
            for title in &titles {
                keys.push(session.dynamic(&registry).add("Oddity", [("title".to_string(), text(title))])?);
            }
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{rows}: {error}");
            session.rollback().await?;
            assert_eq!(Oddity::query().count(db).await?, 0, "{rows}");
            for (key, title) in keys.iter().zip(&titles) {
                let row = session.dynamic(&registry).row(*key)?;
                assert_eq!(row.get("title"), Some(&Value::Text(title.clone())), "{rows}");
            }
            // Where numbers go on after a rollback, none is odd any more, and every row is written as it was added.
            if session.commit().await.is_ok() {
                let found = Oddity::query().order_by(Oddity::id).select(Oddity::title).all(db).await?;
                assert_eq!(found, titles, "{rows}");
            }
        }
    }
}
