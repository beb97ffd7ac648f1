//! Validation: rules of fields and of whole rows, before anything is sent, on every way of writing.

use aludel::prelude::*;
use aludel::validate::Checked;
use aludel::{Error, ErrorKind};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(validate = ends_after_it_begins)]
pub struct Event {
    pub id: i64,
    #[field(length(min = 2, max = 20))]
    pub name: String,
    #[field(min = 0, max = 1000, default = 0)]
    pub seats: i32,
    #[field(email)]
    pub contact: Option<String>,
    #[field(url)]
    pub home: Option<String>,
    #[field(regex = "^[a-z-]+$")]
    pub slug: String,
    #[field(one_of("draft", "public"), max_length = 20)]
    pub state: String,
    #[field(validate = not_reserved)]
    pub host: String,
    pub begins: i64,
    pub ends: Option<i64>,
}

fn not_reserved(host: &str) -> Result<(), String> {
    match host {
        "root" => Err("is reserved".into()),
        _ => Ok(()),
    }
}

fn ends_after_it_begins(event: &mut Checked<'_, Event>) {
    if let (Some(begins), Some(Some(ends))) = (event.get(Event::begins), event.get(Event::ends))
        && ends < begins
    {
        event.error(Event::ends, "is before it begins");
    }
}

/// Rules that the table checks, too.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Grade {
    pub id: i64,
    #[field(min = 1, max = 6, enforce)]
    pub value: i32,
    #[field(length(min = 1, max = 3), enforce, max_length = 30)]
    pub mark: Option<String>,
    #[field(one_of("oral", "written"), enforce, max_length = 20)]
    pub kind: String,
}

fn event(name: &str) -> NewEvent {
    NewEvent {
        name: name.into(),
        seats: None,
        contact: None,
        home: None,
        slug: "slug".into(),
        state: "draft".into(),
        host: "ann".into(),
        begins: 10,
        ends: None,
    }
}

fn wrong() -> NewEvent {
    NewEvent {
        seats: Some(-1),
        contact: Some("ann at home".into()),
        home: Some("www.example.org".into()),
        slug: "No!".into(),
        state: "secret".into(),
        host: "root".into(),
        ends: Some(3),
        ..event("x")
    }
}

fn fields(error: &Error) -> Vec<&str> {
    assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    error
        .fields()
        .iter()
        .map(|field| field.field.as_str())
        .collect()
}

on_every_database! {
    async fn all_that_is_wrong_is_told_by_field_before_anything_is_sent(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Event]).await?;
        let watch = db.watch();
        let error = wrong().insert(db).await.unwrap_err();
        assert_eq!(fields(&error), ["name", "seats", "contact", "home", "slug", "state", "host", "ends"]);
        let text = error.to_string();
        for expected in [
            "name must have 2 to 20 characters",
            "seats must be at least 0",
            "contact is no e-mail address",
            "home is no URL",
            "slug must be of the form ^[a-z-]+$",
            "state must be one of draft, public",
            "host is reserved",
            "ends is before it begins",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert!(!text.contains("ann at home") && !text.contains("secret"), "values are not shown: {text}");
        let error = Event::insert_many([event("right"), wrong()]).execute(db).await.unwrap_err();
        assert_eq!(error.row(), Some("Event (number 2 of those inserted)"));
        assert_eq!(watch.statements(), 0);
        // What is right, and what is not given, passes; so does everything when it is asked to.
        let right = NewEvent { contact: Some("ann@example.org".into()), home: Some("https://example.org/x".into()), ends: Some(10), ..event("right") };
        let mut row = right.insert(db).await?;
        assert_eq!(Event::insert_many([wrong()]).unvalidated().execute(db).await?, 1);
        watch.reset();
        row.seats = 1001;
        row.ends = Some(0);
        assert_eq!(fields(&row.save(db).await.unwrap_err()), ["seats", "ends"]);
        // A patch looks at what it changes, and at the whole.
        let bad = Event::filter(Event::name.eq("x")).one(db).await?;
        watch.reset();
        let patch = EventPatch { slug: Some("NO".into()), ..Default::default() };
        assert_eq!(fields(&bad.clone().patch(patch, db).await.unwrap_err()), ["slug", "ends"]);
        let patch = EventPatch { ends: Some(Some(20)), ..Default::default() };
        assert_eq!(watch.statements(), 0);
        assert_eq!(bad.patch(patch, db).await?.ends, Some(20));
    }

    async fn a_flush_looks_at_rows_and_names_the_one_that_is_wrong(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Event]).await?;
        let mut session = db.session();
        let good = session.add(event("good"));
        let bad = session.add(wrong());
        let watch = db.watch();
        let error = session.commit().await.unwrap_err();
        assert_eq!(fields(&error).len(), 8);
        assert_eq!(error.row(), Some("Event (pending, number 2 of those added)"));
        assert_eq!(session.failed(), Some(bad));
        assert_eq!(watch.statements(), 0);
        *session.draft_mut(bad)? = event("mended");
        session.commit().await?;
        session[good].name = "x".into();
        session[bad].state = "?".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!((fields(&error), session.failed()), (vec!["name"], Some(good)));
        session[good].name = "good".into();
        assert_eq!(fields(&session.commit().await.unwrap_err()), ["state"]);
        // Switched off.
        session.set_validation(false);
        session.commit().await?;
        assert_eq!(Event::filter(Event::state.eq("?")).count(db).await?, 1);
    }

    async fn an_enforced_rule_is_a_check_of_the_table(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Grade]).await?;
        let grade = |value: i32, mark: Option<&str>, kind: &str| NewGrade { value, mark: mark.map(Into::into), kind: kind.into() };
        let unchecked = |new: NewGrade| Grade::insert_many([new]).unvalidated();
        assert_eq!(unchecked(grade(6, Some("F"), "oral")).execute(db).await?, 1);
        assert_eq!(unchecked(grade(1, None, "written")).execute(db).await?, 1);
        for wrong in [grade(7, None, "oral"), grade(0, None, "oral"), grade(1, Some("long"), "oral"), grade(1, Some(""), "oral"), grade(1, None, "sung")] {
            let error = unchecked(wrong.clone()).execute(db).await.unwrap_err();
            assert!(error.is_check_violation(), "{error}");
            assert_eq!(wrong.insert(db).await.unwrap_err().kind(), ErrorKind::Validation);
        }
    }
}
