//! Drafts that were sent and came to nothing are what they were, whatever their columns are.

use super::models::{Author, Book, Genre, author};
use crate::cancellation::polled;
use crate::objects::Address;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Piece {
    pub id: i64,
    #[field(unique, max_length = 40)]
    pub name: String,
    pub size: Option<i64>,
    #[field(default = 3)]
    pub level: i16,
    #[field(default_with = || "web".to_string())]
    pub source: String,
    #[field(default_with = || Some("none".to_string()))]
    pub memo: Option<String>,
    #[field(embedded)]
    pub home: Address,
    pub maker: BelongsTo<Author>,
    pub helper: Option<BelongsTo<Author>>,
    #[field(created)]
    pub made: Timestamp,
    pub weight: f64,
    pub label: Vec<u8>,
}

/// A number that is written as it is, and not read if it is below zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shy(i64);

impl aludel::Scalar for Shy {
    fn sql_type() -> aludel::SqlType {
        aludel::SqlType::BigInt
    }
    fn encode(self) -> Value {
        self.0.encode()
    }
    fn decode(cells: &mut dyn aludel::row::Cells, at: usize) -> aludel::row::CellResult<Shy> {
        match i64::decode(cells, at)? {
            Some(..0) => Err("below zero".into()),
            read => Ok(read.map(Shy)),
        }
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shell {
    pub id: i64,
    pub name: String,
    pub depth: Shy,
}

/// Which drafts give what they may leave to the database.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    All,
    Some,
    None,
}

const EACH: [Given; 3] = [Given::All, Given::Some, Given::None];

fn pieces(maker: &Author, given: Given) -> Vec<NewPiece> {
    let is_given = |n: i64| given == Given::All || given == Given::Some && n % 3 == 0;
    let piece = |n: i64, given: bool| NewPiece {
        name: format!("piece {n}"),
        size: given.then_some(n),
        level: given.then_some(5),
        source: given.then(|| "shop".into()),
        memo: given.then(|| "kept".into()),
        home: Address {
            street: "1, High Street".into(),
            city: format!("city {n}"),
            zip: (n % 2 == 0).then(|| "12345".into()),
        },
        maker: maker.into(),
        helper: given.then(|| maker.into()),
        made: given.then_some(Timestamp::UNIX_EPOCH),
        weight: 0.5,
        label: vec![1, 2],
    };
    (0..70).map(|n| piece(n, is_given(n))).collect()
}

fn shown(session: &Session, keys: &[Key<Piece>]) -> aludel::Result<String> {
    let drafts = keys.iter().map(|key| session.draft(*key));
    let drafts: Vec<&NewPiece> = drafts.collect::<aludel::Result<_>>()?;
    Ok(format!("{drafts:?}"))
}

async fn maker(db: &Database) -> aludel::Result<Author> {
    db.create_all(&models![Author, Book, Genre, Piece]).await?;
    author("maker").insert(db).await
}

on_every_database! {
    async fn after_a_flush_that_fails(fixture) {
        let db = &fixture.db;
        let maker = maker(db).await?;
        let taken = pieces(&maker, Given::All).remove(60).insert(db).await?;
        for given in EACH {
            let mut session = db.session();
            let keys = session.add_all(pieces(&maker, given));
            let before = shown(&session, &keys)?;
            let error = session.flush().await.expect_err("a name that is taken");
            assert!(error.is_unique_violation(), "{error}");
            assert_eq!(session.failed(), Some(keys[60]));
            assert_eq!(shown(&session, &keys)?, before);
            // Mended, they go in; and their keys are those of the rows.
            session.draft_mut(keys[60])?.name = "another".into();
            session.flush().await?;
            for key in &keys {
                let row = &session[*key];
                assert!(row.source == "shop" && row.level == 5 || row.source == "web" && row.level == 3, "{row:?}");
                assert_ne!(row.id, taken.id);
            }
            session.rollback().await?;
        }
    }

    async fn after_a_rollback(fixture) {
        let db = &fixture.db;
        let maker = maker(db).await?;
        for given in EACH {
            let mut session = db.session();
            let keys = session.add_all(pieces(&maker, given));
            let before = shown(&session, &keys)?;
            session.flush().await?;
            // What happens to the row does not happen to the draft.
            session[keys[1]].name = "changed".into();
            session.flush().await?;
            let third = session[keys[3]].id;
            Piece::filter(Piece::id.eq(third)).update(Piece::size.set(Some(99))).execute(session.executor()).await?;
            session.refresh(keys[3]).await?;
            assert_eq!(session[keys[3]].size, Some(99));
            session[keys[3]].size = Some(100);
            session.rollback().await?;
            assert_eq!(shown(&session, &keys)?, before);
            assert_eq!(Piece::query().count(db).await?, 0);
            session.commit().await?;
            assert_eq!(Piece::query().count(db).await?, 70);
            for key in keys {
                session.remove(key)?;
            }
            session.commit().await?;
        }
    }

    async fn after_a_commit_that_fails(fixture) {
        let db = &fixture.db;
        let maker = maker(db).await?;
        crate::unit_of_work::rules_together::parcels(fixture).await?;
        let mut session = db.session();
        let keys = session.add_all(pieces(&maker, Given::All));
        let before = shown(&session, &keys)?;
        session.flush().await?;
        let third = session[keys[3]].id;
        Piece::filter(Piece::id.eq(third)).update(Piece::size.set(Some(99))).execute(session.executor()).await?;
        session.refresh(keys[3]).await?;
        session[keys[3]].level = 9;
        crate::unit_of_work::rules_together::broken_commit(fixture, &mut session).await?;
        assert_eq!(shown(&session, &keys)?, before);
        session.commit().await?;
        // What the program changed is written again, what others did is not.
        assert_eq!((session[keys[3]].size, session[keys[3]].level), (Some(3), 9));
        assert_eq!(session[keys[3]], Piece::get(session[keys[3]].id, db).await?);
    }

    async fn after_a_savepoint_and_removed_ones(fixture) {
        let db = &fixture.db;
        let maker = maker(db).await?;
        let mut session = db.session();
        let mut keys = session.add_all(pieces(&maker, Given::All));
        let gone = keys.pop().expect("a last one");
        let before = shown(&session, &keys)?;
        let mut savepoint = session.savepoint().await?;
        assert_eq!(savepoint[keys[0]].name, "piece 0");
        savepoint.remove(gone)?;
        savepoint.flush().await?;
        savepoint.rollback().await?;
        // They were inserted before it.
        assert_eq!(session[keys[69 - 1]].name, "piece 68");
        assert_eq!(session[gone].name, "piece 69");
        session.remove(gone)?;
        session.rollback().await?;
        assert_eq!(shown(&session, &keys)?, before);
    }

    async fn after_a_future_that_is_dropped(fixture) {
        let db = &fixture.db;
        let maker = maker(db).await?;
        for polls in 1.. {
            let mut session = db.session();
            let keys = session.add_all(pieces(&maker, EACH[polls % 3]));
            let before = shown(&session, &keys)?;
            let done = polled(polls, session.flush()).await.is_some();
            if done {
                break;
            }
            assert_eq!(shown(&session, &keys)?, before);
            session.commit().await?;
            assert_eq!(Piece::query().count(db).await?, 70);
            Piece::filter(Piece::id.gt(0)).delete().execute(db).await?;
        }
    }

    /// Rule: a draft whose value can be written and not read is kept, to be mended, and so are all others.
    async fn drafts_of_a_type_that_does_not_read_what_it_writes_are_kept(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shell]).await?;
        for rows in [10_i64, 6_000] {
            let mut session = db.session();
            let depth = |n: i64| Shy(if n == rows / 2 { -1 } else { n });
            let keys = session.add_all((0..rows).map(|n| NewShell { name: format!("shell {n}"), depth: depth(n) }));
            let shy = keys[rows as usize / 2];
            session.flush().await.expect_err("a value that can't be read");
            for (n, key) in keys.iter().enumerate() {
                assert_eq!(session.draft(*key)?.depth, depth(n as i64));
            }
            session.draft_mut(shy)?.depth = Shy(7);
            session.commit().await?;
            assert_eq!(Shell::query().count(db).await?, rows as u64);
            assert_eq!((session[shy].depth, session[shy].name.clone()), (Shy(7), format!("shell {}", rows / 2)));
            Shell::query().unfiltered().delete().execute(db).await?;
        }
    }

    /// The changes of one row come back after its second insert, and can't be read; the other rows of that insert are drafts again.
    async fn a_change_that_cannot_be_repeated_loses_no_other_draft(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shell]).await?;
        let mut session = db.session();
        let keys = session.add_all((0..4).map(|n| NewShell { name: format!("shell {n}"), depth: Shy(n) }));
        session.flush().await?;
        session[keys[1]].depth = Shy(-1);
        for _ in 0..3 {
            session.commit().await.expect_err("a value that can't be read");
            for n in [0, 2, 3] {
                assert_eq!(session.draft(keys[n])?.depth, Shy(n as i64));
            }
        }
        session.remove(keys[1])?;
        session.commit().await?;
        let kept: Vec<String> = Shell::query().order_by(Shell::name).select(Shell::name).all(db).await?;
        assert_eq!(kept, ["shell 0", "shell 2", "shell 3"]);
        assert_eq!(session[keys[3]].depth, Shy(3));
    }
}
