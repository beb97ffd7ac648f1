//! Rule 29: a natural key that changes takes along whatever refers to it: rows of its own table, of join tables, and
//! references to one of several models.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

/// A tree by names.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "topics", referred_by(Remark::subject))]
pub struct Topic {
    #[field(primary_key, max_length = 20)]
    pub name: String,
    pub text: String,
    #[field(on_update = cascade, on_delete = set_null)]
    pub parent: Option<BelongsTo<Topic>>,
    #[field(inverse = parent)]
    pub parts: HasMany<Topic>,
    pub related: ManyToMany<Topic>,
    #[field(inverse = related)]
    pub related_by: ManyToMany<Topic>,
    pub words: ManyToMany<Word>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "words", referred_by(Remark::subject, Note::about))]
pub struct Word {
    #[field(primary_key, max_length = 20)]
    pub text: String,
    pub topics: ManyToMany<Topic>,
}

#[derive(Polymorphic, Debug, Clone, PartialEq)]
pub enum Subject {
    Topic(Topic),
    Word(Word),
}

#[derive(Polymorphic, Debug, Clone, PartialEq)]
#[polymorphic(reference = AboutRef)]
pub enum About {
    #[polymorphic(kind = "a word")]
    Word(Word),
}

/// Follows.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "remarks", index(subject))]
pub struct Remark {
    pub id: i64,
    #[field(embedded, on_delete = cascade, on_update = cascade)]
    pub subject: SubjectRef,
    #[field(soft_delete)]
    pub gone: Option<Timestamp>,
}

/// Is in the way.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
pub struct Note {
    pub id: i32,
    #[field(embedded, on_delete = restrict)]
    pub about: Option<AboutRef>,
}

/// Refers to its own table by another key, which may be NULL, and to itself at the root.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nodes")]
pub struct Node {
    pub id: i64,
    #[field(alternate_key, max_length = 20)]
    pub code: String,
    #[field(on_update = cascade, column = "up")]
    pub up: Option<BelongsTo<Node, NodeCode>>,
}

fn topic(name: &str, parent: Option<Key<Topic>>) -> NewTopic {
    NewTopic {
        name: name.into(),
        text: name.to_lowercase(),
        parent: parent.map(Into::into),
    }
}

async fn tables(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Topic, Word, Remark, Note]).await
}

/// `name <parent`, in order.
async fn tree(db: &Database) -> aludel::Result<Vec<String>> {
    let all = Topic::query().order_by(Topic::name).all(db).await?;
    let shown = all.iter().map(|topic| match &topic.parent {
        Some(parent) => format!("{}<{}", topic.name, parent.key()),
        None => topic.name.clone(),
    });
    Ok(shown.collect())
}

fn remembered(session: &Session, keys: &[Key<Topic>]) -> Vec<String> {
    let keys = keys.iter().copied().filter(|key| session.row(*key).is_ok());
    let shown = keys.map(|key| match &session[key].parent {
        Some(parent) => format!("{}<{}", session[key].name, parent.key()),
        None => session[key].name.clone(),
    });
    let mut all: Vec<String> = shown.collect();
    all.sort();
    all
}

on_every_database! {
    async fn rule_29_a_key_takes_along_what_refers_to_it_in_its_own_table(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let cases: &[(&str, &[&str])] = &[
            ("one", &["B<X", "C<X", "D<C", "X"]),
            ("a chain", &["B<X", "C<X", "D<Y", "X", "Y<X"]),
            ("exchanged", &["A<C", "B<C", "C", "D<A"]),
            ("moved away", &["B", "C<X", "D<C", "X"]),
            ("moved in", &["B<X", "C<X", "D<X", "X"]),
            ("a child by name", &["B<X", "C<X", "D<C", "E<X", "X"]),
            ("a child removed", &["C<X", "D<C", "X"]),
            ("itself", &["B<X", "C<X", "D<C", "X<X"]),
            ("no more itself", &["B<X", "C<X", "D<C", "X"]),
            ("nobody known", &["B<X", "C<X", "D<C", "X"]),
        ];
        let mut wrong = Vec::new();
        for (case, expected) in cases {
            Topic::query().unfiltered().update(Topic::parent.set(Ref::default())).execute(db).await?;
            Topic::query().unfiltered().delete().execute(db).await?;
            let mut session = db.session();
            let a = session.add(topic("A", None));
            let (b, c) = (session.add(topic("B", Some(a))), session.add(topic("C", Some(a))));
            let d = session.add(topic("D", Some(c)));
            session.commit().await?;
            match *case {
                "nobody known" => {
                    session = db.session();
                    let a = session.get::<Topic>("A").await?;
                    session[a].name = "X".into();
                }
                "exchanged" => {
                    session[a].name = "C".into();
                    session[c].name = "A".into();
                }
                _ => session[a].name = "X".into(),
            }
            match *case {
                "a chain" => session[c].name = "Y".into(),
                "moved away" => session[b].parent = None,
                "moved in" => session[d].parent = Some(a.into()),
                "a child by name" => {
                    session.add(topic("E", Some(a)));
                }
                "a child removed" => session.remove(b)?,
                "itself" | "no more itself" => {
                    session[a].name = "A".into();
                    session[a].parent = Some(a.into());
                    session.commit().await?;
                    session[a].name = "X".into();
                    if *case == "no more itself" {
                        session[a].parent = None;
                    }
                }
                _ => {}
            }
            if let Err(error) = session.commit().await {
                wrong.push(format!("{case}: {error}"));
                continue;
            }
            let mut expected: Vec<String> = expected.iter().map(|shown| shown.to_string()).collect();
            if *case == "a chain" {
                expected = ["B<X", "D<Y", "X", "Y<X"].map(String::from).to_vec();
            }
            if *case == "exchanged" {
                expected = ["A<C", "B<C", "C", "D<A"].map(String::from).to_vec();
            }
            let found = tree(db).await?;
            if found != expected {
                wrong.push(format!("{case}: {found:?}, not {expected:?}"));
            }
            let known = remembered(&session, &[a, b, c, d]);
            if !["nobody known", "a child by name"].contains(case) && known != found {
                wrong.push(format!("{case}: memory has {known:?}, the database {found:?}"));
            }
            assert_eq!(session.commit().await?.updated(), 0, "{case}");
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_29_a_reference_by_another_key_follows_in_its_own_table(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Node]).await?;
        let mut session = db.session();
        let root = session.add(NewNode { code: "a".into(), up: None });
        let leaf = session.add(NewNode { code: "b".into(), up: Some(root.into()) });
        session.commit().await?;
        session[root].up = Some(root.into());
        session.commit().await?;
        session[root].code = "z".into();
        session.commit().await?;
        let ups = Node::query().order_by(Node::code).all(db).await?;
        let ups: Vec<Option<String>> = ups.iter().map(|node| node.up.as_ref().map(|up| up.key())).collect();
        assert_eq!(ups, [Some("z".to_string()), Some("z".to_string())]);
        assert_eq!(session[leaf].up.as_ref().map(|up| up.key()).as_deref(), Some("z"));
    }

    async fn rule_29_rows_of_made_join_tables_follow_a_natural_key(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut session = db.session();
        let (a, b) = (session.add(topic("A", None)), session.add(topic("B", None)));
        let word = session.add(NewWord { text: "w".into() });
        session.commit().await?;
        session[a].words.add(word);
        session[a].related.add(b);
        session[b].related.add(a);
        session.commit().await?;
        session[a].name = "X".into();
        session[b].name = "Y".into();
        session[word].text = "v".into();
        session.commit().await?;
        let (x, y) = (Topic::get("X", db).await?, Topic::get("Y", db).await?);
        assert_eq!(Topic::words.of(&x).query()?.select(Word::text).all(db).await?, ["v"]);
        assert_eq!(Topic::related.of(&x).query()?.select(Topic::name).all(db).await?, ["Y"]);
        assert_eq!(Topic::related.of(&y).query()?.select(Topic::name).all(db).await?, ["X"]);
        // By a statement, too.
        Word::filter(Word::text.eq("v")).update(Word::text.set("u")).execute(db).await?;
        assert_eq!(Topic::words.of(&x).query()?.select(Word::text).all(db).await?, ["u"]);
        // In a session, where references to one of several models would be left behind, it is refused.
        let update = Word::filter(Word::text.eq("u")).update(Word::text.set("t"));
        let error = session.execute(update).await.unwrap_err();
        assert!(error.to_string().contains("has no foreign key that would follow"), "{error}");
        session.rollback().await?;
        // What was renamed is linked, and let go, under its new key.
        let mut session = db.session();
        let (a, word) = (session.get::<Topic>("X").await?, session.get::<Word>("u").await?);
        session[word].text = "t".into();
        session.commit().await?;
        session[a].words.remove(word);
        session.commit().await?;
        assert_eq!(Topic::words.of(&x).count(db).await?, 0);
    }

    async fn rule_29_references_to_one_of_several_models_follow(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut session = db.session();
        let (a, b) = (session.add(topic("A", None)), session.add(topic("B", None)));
        let word = session.add(NewWord { text: "A".into() });
        let remark = |subject: SubjectRef| NewRemark { subject, gone: None };
        let (on_a, on_b) = (session.add(remark(a.into())), session.add(remark(b.into())));
        let on_word = session.add(remark(word.into()));
        let marked = session.add(remark(a.into()));
        session.commit().await?;
        session.remove(marked)?;
        session.commit().await?;
        // One that is not known, and one that comes with it.
        let unknown = remark(SubjectRef::Topic("A".into())).insert(db).await?;
        session[a].name = "B".into();
        session[b].name = "A".into();
        let late = session.add(remark(a.into()));
        session.commit().await?;
        let shown = |subject: &SubjectRef| match subject {
            SubjectRef::Topic(name) => format!("topic {name}"),
            SubjectRef::Word(text) => format!("word {text}"),
            _ => "unflushed".into(),
        };
        for (key, expected) in [(on_a, "topic B"), (on_b, "topic A"), (on_word, "word A"), (late, "topic B")] {
            assert_eq!(shown(&session[key].subject), expected, "in memory");
            assert_eq!(shown(&Remark::get(session[key].id, db).await?.subject), expected, "in the database");
        }
        assert_eq!(shown(&Remark::get(unknown.id, db).await?.subject), "topic B");
        let all = Remark::query().unscoped().filter(Remark::subject.kind.eq("topic") & Remark::subject.id.eq("B")).count(db).await?;
        assert_eq!(all, 4, "what is marked as deleted follows as well");
        assert!(session.commit().await?.is_empty());
        session[a].name = "Z".into();
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(shown(&session[on_a].subject), "topic B");
    }

    async fn rule_29_a_reference_that_does_not_follow_is_in_the_way(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut session = db.session();
        let (word, other) = (session.add(NewWord { text: "w".into() }), session.add(NewWord { text: "o".into() }));
        let note = session.add(NewNote { about: Some(word.into()) });
        session.commit().await?;
        session[word].text = "v".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
        for part in ["Word \"w\"", "Note", "Note::about", "on_update = cascade"] {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
        // Led elsewhere in the same flush it is not.
        session[note].about = Some(other.into());
        session.commit().await?;
        assert!(Word::find("v", db).await?.is_some());
        assert_eq!(Note::query().one(db).await?.about, Some(AboutRef::Word("o".into())));
        // … nor if it leads to the row, whatever its key is.
        session[other].text = "p".into();
        session[note].about = Some(other.into());
        session.commit().await?;
        assert_eq!(Note::query().one(db).await?.about, Some(AboutRef::Word("p".into())));
        // A key that is another row's at once: what refers to that row is not in the way.
        let again = session.add(NewWord { text: "p".into() });
        session[other].text = "q".into();
        session[note].about = Some(again.into());
        session.add(NewNote { about: Some(again.into()) });
        session.commit().await?;
        assert_eq!(Note::filter(Note::about.id.eq("p")).count(db).await?, 2);
        session[again].text = "r".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
    }

    async fn rule_29_a_reference_by_value_leads_to_the_row_that_has_the_key_in_the_end(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut session = db.session();
        let (a, b) = (session.add(topic("A", None)), session.add(topic("B", None)));
        let c = session.add(topic("C", Some(a)));
        session.commit().await?;
        session[a].name = "B".into();
        session[b].name = "A".into();
        // Text of the row shows which one it is: "a" is B now.
        let new = session.add(NewTopic { name: "D".into(), text: "d".into(), parent: Some(Ref::key("B")) });
        let remark = session.add(NewRemark { subject: SubjectRef::Topic("B".into()), gone: None });
        session.commit().await?;
        assert_eq!(tree(db).await?, ["A", "B", "C<B", "D<B"]);
        assert_eq!(session[new].parent.as_ref().map(BelongsTo::key).as_deref(), Some("B"));
        assert_eq!(Remark::get(session[remark].id, db).await?.subject, SubjectRef::Topic("B".into()));
        // A row that is led to another by the key that its own had: memory and database agree.
        session[a].name = "A".into();
        session[b].name = "B".into();
        session[c].parent = Some(b.into());
        session.commit().await?;
        assert_eq!(tree(db).await?, ["A", "B", "C<B", "D<A"]);
        assert_eq!(session[c].parent.as_ref().map(BelongsTo::key).as_deref(), Some("B"));
        assert_eq!(session[new].parent.as_ref().map(BelongsTo::key).as_deref(), Some("A"));
        assert_eq!(session[a].text, "a");
    }

    async fn rule_29_a_reference_by_value_leads_to_a_new_row_that_takes_a_key_over(fixture) {
        let db = &fixture.db;
        tables(db).await?;
        let mut session = db.session();
        let (a, b) = (session.add(NewWord { text: "a".into() }), session.add(NewWord { text: "b".into() }));
        session.commit().await?;
        // The key "a" is the new row's in the end, and the row that had it is "b" then.
        session.remove(b)?;
        session[a].text = "b".into();
        let new = session.add(NewWord { text: "a".into() });
        let note = session.add(NewNote { about: Some(AboutRef::Word("a".into())) });
        let remark = session.add(NewRemark { subject: SubjectRef::Word("a".into()), gone: None });
        session.commit().await?;
        assert_eq!(session[new].text, "a");
        assert_eq!(Note::get(session[note].id, db).await?.about, Some(AboutRef::Word("a".into())));
        assert_eq!(Remark::get(session[remark].id, db).await?.subject, SubjectRef::Word("a".into()));
        assert_eq!(session[remark].subject, SubjectRef::Word("a".into()));
    }
}
