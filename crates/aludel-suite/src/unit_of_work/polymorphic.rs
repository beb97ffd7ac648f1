//! Rule 29: references to one of several models lead to pending rows, are inserted behind them, and follow when the row is
//! deleted, as they declare.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(referred_by(Comment::subject, Pin::place, Badge::of, Seal::of))]
pub struct Picture {
    pub id: i64,
    pub url: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(referred_by(Comment::subject, Pin::place, Badge::of, Seal::of))]
pub struct Movie {
    pub id: i64,
    pub title: String,
    /// Leads back: rows of both models can be a circle.
    pub best: Option<BelongsTo<Pin>>,
}

#[derive(Polymorphic, Debug, Clone, PartialEq)]
pub enum Thing {
    Picture(Picture),
    #[polymorphic(kind = "film")]
    Movie(Movie),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kind_comments")]
pub struct Comment {
    pub id: i64,
    pub text: String,
    #[field(embedded, on_delete = cascade)]
    pub subject: ThingRef,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kind_pins")]
pub struct Pin {
    pub id: i64,
    #[field(embedded, on_delete = set_null)]
    pub place: Option<ThingRef>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Badge {
    pub id: i64,
    #[field(embedded, on_delete = protect)]
    pub of: ThingRef,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Seal {
    pub id: i64,
    #[field(embedded, on_delete = restrict)]
    pub of: ThingRef,
}

fn comment(text: &str, subject: ThingRef) -> NewComment {
    NewComment {
        text: text.into(),
        subject,
    }
}

fn picture() -> NewPicture {
    NewPicture { url: "p".into() }
}

fn movie() -> NewMovie {
    NewMovie {
        title: "m".into(),
        best: None,
    }
}

async fn create(db: &Database) -> aludel::Result<()> {
    let models = models![Picture, Movie, Comment, Pin, Badge, Seal];
    db.create_all(&models).await
}

on_every_database! {
    async fn a_reference_to_a_pending_row_is_inserted_behind_it(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        // What refers is added first, and its table comes first by name.
        let (mut comments, mut pictures) = (Vec::new(), Vec::new());
        for n in 0..3 {
            let picture = session.add(picture());
            comments.push(session.add(comment(&n.to_string(), picture.into())));
            pictures.push(picture);
        }
        let film = session.add(movie());
        let about = session.add(comment("film", film.into()));
        let pin = session.add(NewPin { place: Some(film.into()) });
        let watch = db.watch();
        session.commit().await?;
        let texts = watch.texts();
        let inserts = texts.iter().filter(|text| text.contains("INSERT INTO") || text.starts_with("COPY")).count();
        assert!(inserts <= 4, "one statement a table: {texts:?}");
        for (comment, picture) in comments.iter().zip(&pictures) {
            let id = session[*picture].id;
            assert_eq!(session[*comment].subject, ThingRef::Picture(id));
            assert_eq!(Comment::get(session[*comment].id, db).await?.subject, ThingRef::Picture(id));
        }
        assert_eq!(session[about].subject, ThingRef::Movie(session[film].id));
        assert_eq!(Pin::get(session[pin].id, db).await?.place, Some(ThingRef::Movie(session[film].id)));
        // A row that is there is led to a pending one, and to one that is there, by their keys.
        let other = session.add(picture());
        session[about].subject = other.into();
        session[pin].place = Some(pictures[0].into());
        session.commit().await?;
        assert_eq!(Comment::get(session[about].id, db).await?.subject, ThingRef::Picture(session[other].id));
        assert_eq!(Pin::get(session[pin].id, db).await?.place, Some(ThingRef::Picture(session[pictures[0]].id)));
        assert_eq!(session[about].subject, ThingRef::Picture(session[other].id));
    }

    async fn a_circle_of_rows_is_closed_by_the_reference_that_may_be_missing(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let film = session.add(movie());
        let pin = session.add(NewPin { place: Some(film.into()) });
        session.draft_mut(film)?.best = Some(pin.into());
        session.commit().await?;
        let (film, pin) = (session[film].clone(), session[pin].clone());
        assert_eq!(Pin::get(pin.id, db).await?.place, Some(ThingRef::Movie(film.id)));
        assert_eq!(Movie::get(film.id, db).await?.best.map(|best| best.key()), Some(pin.id));
        assert_eq!(pin.place, Some(ThingRef::Movie(film.id)));
    }

    async fn a_flush_that_fails_or_is_rolled_back_leaves_the_reference_to_the_pending_row(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let first = session.add(picture());
        let about = session.add(comment("a", first.into()));
        session.flush().await?;
        session.rollback().await?;
        session.commit().await?;
        assert_eq!(Comment::get(session[about].id, db).await?.subject, ThingRef::Picture(session[first].id));
        let second = session.add(picture());
        session[about].subject = second.into();
        session.remove(second)?;
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("Comment::subject of Comment"), "{error}");
        session[about].subject = first.into();
        session.commit().await?;
        assert_eq!(Comment::query().count(db).await?, 1);
    }

    async fn a_deletion_follows_what_references_declare(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let doomed = session.add(picture());
        let stays = session.add(movie());
        session.add(comment("goes", doomed.into()));
        session.add(comment("stays", stays.into()));
        let pin = session.add(NewPin { place: Some(doomed.into()) });
        session.commit().await?;
        // The same key, and another kind: nothing of it is touched.
        assert_eq!(session[doomed].id, session[stays].id);
        let id = session[doomed].id;
        // A session that knows nothing of what refers to the row.
        let mut fresh = db.session();
        let key: Key<Picture> = fresh.get(id).await?;
        let told = fresh.deletion(key).await?;
        assert_eq!(told.len(), 3, "{told:?}");
        fresh.remove(key)?;
        fresh.commit().await?;
        let left = Comment::query().select(Comment::text).all(db).await?;
        assert_eq!(left, ["stays"]);
        assert_eq!(Pin::get(session[pin].id, db).await?.place, None);
    }

    async fn a_reference_protects_and_restricts(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let first = session.add(picture());
        session.add(NewBadge { of: first.into() });
        let second = session.add(movie());
        session.add(NewSeal { of: second.into() });
        session.commit().await?;
        session.remove(first)?;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
        assert!(error.to_string().contains("Badge::of, which is `on_delete = protect`"), "{error}");
        let mut session = db.session();
        let second: Key<Movie> = session.get(1).await?;
        let seal: Key<Seal> = session.one(Seal::filter(Seal::of.is_a::<Movie>())).await?;
        session.remove(second)?;
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("Seal::of, which is `on_delete = restrict`"), "{error}");
        // What restricts may go in the same flush.
        session.remove(seal)?;
        session.commit().await?;
        assert_eq!(Movie::query().count(db).await?, 0);
    }

    async fn outside_of_its_session_it_is_an_error(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let picture = session.add(picture());
        let reference = ThingRef::from(picture);
        assert!(matches!(reference, ThingRef::Unflushed(_)));
        let error = comment("a", reference.clone()).insert(db).await.unwrap_err();
        assert!(error.to_string().contains("session's key of a Picture"), "{error}");
        let error = Thing::get(reference.clone(), db).await.unwrap_err();
        assert!(error.to_string().contains("flush the session before"), "{error}");
        assert!(Thing::load([reference.clone()], db).await.is_err());
        assert!(Comment::filter(Comment::subject.is(reference)).all(db).await.is_err());
    }
}

#[derive(Polymorphic, Debug)]
pub enum Silent {
    Quiet(Quiet),
}

/// It does not say that it is referred to.
#[derive(Model, Debug, Clone)]
pub struct Quiet {
    pub id: i64,
}

#[derive(Model, Debug, Clone)]
pub struct Listener {
    pub id: i64,
    #[field(embedded, on_delete = cascade)]
    pub to: SilentRef,
}

alone! {
    fn a_model_that_does_not_declare_who_refers_to_it_is_an_error_of_the_registry() {
        let error = models![Quiet, Listener].check().unwrap_err().to_string();
        assert!(
            error.contains("add `#[model(referred_by(Listener::to))]` to Quiet"),
            "{error}"
        );
    }
}
