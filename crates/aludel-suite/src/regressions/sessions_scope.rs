//! Rule 25 of queries: a reference to a row out of scope says so in sessions, too, and how to lift the scope.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "writers")]
pub struct Writer {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
}

/// Only the open ones are seen.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "crates", scope = Crate::is_open.eq(true))]
pub struct Crate {
    pub id: i64,
    pub is_open: bool,
    pub lid: HasOne<Lid>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lids")]
pub struct Lid {
    pub id: i64,
    #[field(unique)]
    pub on: BelongsTo<Crate>,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "letters")]
pub struct Letter {
    pub id: i64,
    pub text: String,
    pub writer: Option<BelongsTo<Writer>>,
    pub kept_in: BelongsTo<Crate>,
}

on_every_database! {
    async fn a_reference_to_a_row_out_of_scope_says_so(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Writer, Crate, Lid, Letter]).await?;
        let mut session = db.session();
        let writer = session.add(NewWriter { name: "Ann".into(), deleted_at: None });
        let other = session.add(NewWriter { name: "Bea".into(), deleted_at: None });
        let shut = session.add(NewCrate { is_open: false });
        let open = session.add(NewCrate { is_open: true });
        let lid = session.add(NewLid { on: shut.into(), deleted_at: None });
        session.add(NewLid { on: open.into(), deleted_at: None });
        let one = session.add(NewLetter { text: "one".into(), writer: Some(writer.into()), kept_in: shut.into() });
        let two = session.add(NewLetter { text: "two".into(), writer: Some(other.into()), kept_in: open.into() });
        let three = session.add(NewLetter { text: "three".into(), writer: None, kept_in: open.into() });
        session.commit().await?;
        Writer::query().filter(Writer::id.eq(session[writer].id)).delete().execute(db).await?;
        let ids = [one, two, three].map(|key| session[key].id);
        let (lid, open_box) = (session[lid].id, session[open].id);
        drop(session);

        let mut session = db.session();
        let mut letters = Vec::new();
        for id in ids {
            letters.push(session.get::<Letter>(id).await?);
        }
        let [one, two, three] = letters[..] else { panic!("three") };
        assert_eq!(session.related(one, Letter::writer).unwrap_err().kind(), ErrorKind::NotLoaded);
        for _ in 0..2 {
            session.load(one, Letter::writer).await?;
            session.load(two, Letter::writer).await?;
            session.load(three, Letter::writer).await?;
            session.load(one, Letter::kept_in).await?;
            session.load(two, Letter::kept_in).await?;
            let hidden = session.related(one, Letter::writer).unwrap_err();
            assert_eq!(hidden.kind(), ErrorKind::OutOfScope, "{hidden}");
            assert!(hidden.to_string().contains("Letter::writer.unscoped()"), "{hidden}");
            let closed = session.related(one, Letter::kept_in).unwrap_err();
            assert_eq!(closed.kind(), ErrorKind::OutOfScope, "{closed}");
            assert!(closed.to_string().contains("Letter::kept_in"), "{closed}");
            assert!(session.related(two, Letter::writer)?.is_some());
            assert_eq!(session.related(three, Letter::writer)?, None);
            let known = session.related(two, Letter::kept_in)?.expect("open");
            assert_eq!(session[known].id, open_box);
        }
        // By the query's own loads, too.
        let mut again = db.session();
        let found = again.all(Letter::query().with(Letter::writer).order_by(Letter::id)).await?;
        assert_eq!(again.related(found[0], Letter::writer).unwrap_err().kind(), ErrorKind::OutOfScope);
        assert!(again.related(found[1], Letter::writer)?.is_some());
        // Lifted.
        session.load(one, Letter::writer.unscoped()).await?;
        session.load(one, Letter::kept_in.unscoped()).await?;
        let writer = session.related(one, Letter::writer)?.expect("marked, and there");
        assert_eq!(session[writer].name, "Ann");
        let shut = session.related(one, Letter::kept_in)?.expect("shut, and there");
        assert!(!session[shut].is_open);
        // A row that belongs to this one and is out of scope is as one that is not there.
        session.load(shut, Crate::lid).await?;
        let found = session.related(shut, Crate::lid)?.expect("a lid");
        assert_eq!(session[found].id, lid);
        session.remove(found)?;
        session.commit().await?;
        session.load(shut, Crate::lid).await?;
        assert_eq!(session.related(shut, Crate::lid)?, None);
    }
}
