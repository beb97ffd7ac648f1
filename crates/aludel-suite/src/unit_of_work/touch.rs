//! Rule 30: `touch` counts a version up without any other change.

use super::models::{Author, author, create};
use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Folder {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub name: String,
    #[field(updated)]
    pub touched: Timestamp,
    #[field(version)]
    pub version: i32,
    pub sheets: HasMany<Sheet>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sheet {
    pub id: i64,
    pub text: String,
    #[field(on_delete = cascade)]
    pub folder: BelongsTo<Folder>,
}

fn folder(name: &str) -> NewFolder {
    NewFolder {
        name: name.into(),
        touched: None,
        version: None,
    }
}

on_every_database! {
    async fn a_touch_counts_the_version_and_keeps_the_moment(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Folder, Sheet]).await?;
        let row = folder("a").insert(db).await?;
        let mut session = db.session();
        let key = session.get::<Folder>(row.id).await?;
        session.touch(key)?;
        assert!(session.is_dirty(key)?);
        assert_eq!(session.dirty_keys::<Folder>(), [key]);
        let watch = db.watch();
        session.commit().await?;
        assert_eq!(watch.statements(), 1, "{:?}", watch.texts());
        let stored = Folder::get(row.id, db).await?;
        assert_eq!((stored.version, &stored.name), (row.version + 1, &row.name));
        assert!(stored.touched >= row.touched);
        assert_eq!(session[key], stored);
        // It is done, and not done again.
        assert!(!session.is_dirty(key)?);
        session.commit().await?;
        assert_eq!(Folder::get(row.id, db).await?, stored);
        // Beside a change it counts once.
        session[key].name = "b".into();
        session.touch(key)?;
        session.commit().await?;
        assert_eq!(Folder::get(row.id, db).await?.version, stored.version + 1);
    }

    async fn a_touch_is_forgotten_or_kept_as_any_change(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Folder, Sheet]).await?;
        let row = folder("a").insert(db).await?;
        let mut session = db.session();
        let key = session.get::<Folder>(row.id).await?;
        session.touch(key)?;
        session.rollback().await?;
        session.commit().await?;
        assert_eq!(Folder::get(row.id, db).await?, row);
        // A savepoint that is rolled back.
        let mut inside = session.savepoint().await?;
        inside.touch(key)?;
        inside.flush().await?;
        assert_eq!(inside[key].version, row.version + 1);
        inside.rollback().await?;
        assert_eq!(session[key].version, row.version);
        session.commit().await?;
        assert_eq!(Folder::get(row.id, db).await?, row);
        // A flush that fails keeps it, in what it sent and in what it did not.
        session.touch(key)?;
        let twice = session.add(folder("a"));
        assert!(session.commit().await.unwrap_err().is_unique_violation());
        assert!(session.is_dirty(key)?);
        session.remove(twice)?;
        session.commit().await?;
        assert_eq!(Folder::get(row.id, db).await?.version, row.version + 1);
    }

    async fn a_parent_that_is_touched_stands_for_its_children(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Folder, Sheet]).await?;
        let row = folder("a").insert(db).await?;
        let (mut one, mut other) = (db.session(), db.session());
        for session in [&mut one, &mut other] {
            let key = session.get::<Folder>(row.id).await?;
            session.add(NewSheet { text: "s".into(), folder: key.into() });
            session.touch(key)?;
        }
        one.commit().await?;
        let error = other.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData);
        assert_eq!(Sheet::query().count(db).await?, 1);
    }

    async fn what_can_be_touched(fixture) {
        let db = &fixture.db;
        create(db).await?;
        db.create_all(&models![Folder, Sheet]).await?;
        let (mut session, mut other) = (db.session(), db.session());
        // What has nothing to count.
        let ann = session.add(author("ann"));
        session.commit().await?;
        let error = session.touch(ann).unwrap_err();
        assert!(error.to_string().contains("Author") && error.to_string().contains("field(version)"), "{error}");
        assert_eq!(Author::query().count(db).await?, 1);
        // A pending row begins with its first version.
        let new = session.add(folder("new"));
        session.touch(new)?;
        session.commit().await?;
        assert_eq!(session[new].version, 1);
        // Another session's, and one that is gone.
        let error = other.touch(new).unwrap_err();
        assert!(error.to_string().contains("another session"), "{error}");
        session.remove(new)?;
        session.commit().await?;
        assert_eq!(session.touch(new).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
