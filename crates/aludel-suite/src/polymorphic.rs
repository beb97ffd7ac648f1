//! References to rows of several models.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Photo {
    pub id: i64,
    pub url: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Video {
    pub id: i64,
    pub seconds: i32,
}

/// What a remark is about.
#[derive(Polymorphic, Debug, Clone, PartialEq)]
pub enum Subject {
    Photo(Photo),
    #[polymorphic(kind = "film")]
    Video(Video),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(subject))]
pub struct Remark {
    pub id: i64,
    pub text: String,
    #[field(embedded)]
    pub subject: SubjectRef,
    #[field(embedded)]
    pub answers: Option<SubjectRef>,
}

async fn gallery(db: &Database) -> aludel::Result<(Photo, Video)> {
    db.create_all(&models![Photo, Video, Remark]).await?;
    let photo = NewPhoto { url: "p".into() }.insert(db).await?;
    let video = NewVideo { seconds: 9 }.insert(db).await?;
    let remark = |text: &str, subject: SubjectRef| NewRemark {
        text: text.into(),
        subject,
        answers: None,
    };
    let remarks = [
        remark("a", (&photo).into()),
        remark("b", (&video).into()),
        NewRemark {
            answers: Some(SubjectRef::Video(video.id)),
            ..remark("c", SubjectRef::Photo(photo.id))
        },
    ];
    Remark::insert_many(remarks).execute(db).await?;
    Ok((photo, video))
}

on_every_database! {
    async fn a_reference_is_a_value_that_can_be_matched(fixture) {
        let db = &fixture.db;
        let (photo, video) = gallery(db).await?;
        let remarks = Remark::query().order_by(Remark::text).all(db).await?;
        assert_eq!(remarks[0].subject, SubjectRef::Photo(photo.id));
        assert_eq!(remarks[1].subject, (&video).into());
        assert_eq!((remarks[1].answers.clone(), remarks[2].answers.clone()), (None, Some(SubjectRef::Video(video.id))));
        let kinds = Remark::query().order_by(Remark::text).select((Remark::subject.kind, Remark::answers.kind)).all(db).await?;
        assert_eq!(kinds[1], ("film".to_string(), None));
        assert_eq!(kinds[2], ("photo".to_string(), Some("film".to_string())));
    }

    async fn rows_are_loaded_by_one_statement_for_each_kind(fixture) {
        let db = &fixture.db;
        let (photo, video) = gallery(db).await?;
        let remarks = Remark::query().all(db).await?;
        let watch = db.watch();
        let subjects = Subject::load(remarks.iter().map(|remark| remark.subject.clone()), db).await?;
        assert_eq!(watch.statements(), 2);
        assert_eq!(subjects[&SubjectRef::Photo(photo.id)], photo.clone().into());
        assert_eq!(subjects[&SubjectRef::Video(video.id)].reference(), SubjectRef::Video(video.id));
        assert_eq!(Subject::get(&video, db).await?, Subject::Video(video.clone()));
        // It has no foreign key: a row that is gone is missing.
        video.clone().delete(db).await?;
        let error = Subject::get(&video, db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains(r#"no "film" of that key"#), "{error}");
        let subjects = Subject::load(remarks.into_iter().map(|remark| remark.subject), db).await?;
        assert_eq!(subjects.len(), 1);
        assert!(Subject::load([], db).await?.is_empty());
    }

    async fn conditions_speak_of_the_row_or_of_its_kind(fixture) {
        let db = &fixture.db;
        let (photo, video) = gallery(db).await?;
        let texts = |query: Query<Remark>| async move { query.order_by(Remark::text).select(Remark::text).all(db).await };
        assert_eq!(texts(Remark::filter(Remark::subject.is(&photo))).await?, ["a", "c"]);
        assert_eq!(texts(Remark::filter(Remark::subject.is(SubjectRef::Photo(photo.id + 1)))).await?, [""; 0]);
        assert_eq!(texts(Remark::filter(Remark::subject.is_a::<Video>())).await?, ["b"]);
        assert_eq!(texts(Remark::filter(Remark::answers.is(&video))).await?, ["c"]);
        assert_eq!(texts(Remark::filter(Remark::answers.id.is_null())).await?, ["a", "b"]);
    }

    async fn a_session_writes_references(fixture) {
        let db = &fixture.db;
        let (photo, video) = gallery(db).await?;
        let mut session = db.session();
        let key = session.one(Remark::filter(Remark::text.eq("a"))).await?;
        session[key].subject = (&video).into();
        session[key].answers = Some(SubjectRef::Photo(photo.id));
        session.commit().await?;
        let row = Remark::get(session[key].id, db).await?;
        assert_eq!((row.subject, row.answers), (SubjectRef::Video(video.id), Some(SubjectRef::Photo(photo.id))));
        session[key].answers = None;
        session.commit().await?;
        assert_eq!(Remark::filter(Remark::answers.kind.is_null()).count(db).await?, 2);
    }

    async fn an_unknown_kind_is_an_error_that_names_it(fixture) {
        let db = &fixture.db;
        gallery(db).await?;
        sql("INSERT INTO remarks (text, subject_kind, subject_id) VALUES ('x', 'song', 1)").execute(db).await?;
        let error = Remark::query().all(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let text = error.to_string();
        assert!(text.contains(r#""song", which is no kind of row that it may refer to; there are photo, film"#), "{text}");
    }
}

alone! {
    fn a_reference_can_be_indexed_as_a_whole() {
        let table = models![Remark].model("Remark").expect("there").table();
        let columns: Vec<String> = table
            .indexes
            .iter()
            .map(|index| format!("{:?}", index.parts))
            .collect();
        assert!(
            columns[0].contains("subject_kind") && columns[0].contains("subject_id"),
            "{columns:?}"
        );
    }
}
