//! What a row in memory is once it was written: what the database has of it (rule 17 of the queries), with nothing read for
//! that; and which columns a write is of.

use aludel::hooks::{AfterInsert, On};
use aludel::prelude::*;
use aludel::row::{CellResult, Cells};
use aludel::{ErrorKind, Scalar, SqlType};
use jiff::{Timestamp, civil};
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Owner {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Receipt {
    pub id: i64,
    pub title: String,
    #[field(max_length = 8)]
    pub code: String,
    #[field(decimal(10, 3))]
    pub price: Decimal,
    #[field(decimal(10, 2))]
    pub discount: Option<Decimal>,
    pub at: Timestamp,
    pub clock: civil::Time,
    pub moment: Option<civil::DateTime>,
    pub doc: serde_json::Value,
    pub owner: BelongsTo<Owner>,
}

/// Every write of it is counted, and leaves its moment.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Counted {
    pub id: i64,
    pub name: String,
    pub size: i64,
    #[field(version)]
    pub version: i64,
    #[field(updated)]
    pub updated: Timestamp,
    #[field(generated = Counted::size + 1)]
    pub more: i64,
}

fn exact(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn fine() -> (Timestamp, civil::Time) {
    let at = "2026-01-02T03:04:05.123456789Z"
        .parse()
        .expect("an instant");
    (at, civil::time(1, 2, 3, 123_456_789))
}

/// A row whose values are all as fine as Rust's types are.
fn new(owner: &Owner) -> NewReceipt {
    let (at, clock) = fine();
    let doc = serde_json::json!({"n": 1});
    NewReceipt::new("a", "ab  ", exact("1.5"), at, clock, doc, owner)
}

fn make_fine(row: &mut Receipt) {
    let (at, clock) = fine();
    row.title = "b".into();
    row.code = "abc   ".into();
    row.price = exact("7");
    row.discount = Some(exact("0.5000"));
    (row.at, row.clock) = (at, clock);
    row.moment = Some(civil::date(2026, 1, 2).at(3, 4, 5, 999_999_999));
}

/// Two rows, to the last digit.
fn assert_same(memory: &Receipt, stored: &Receipt, what: &str) {
    assert_eq!(memory, stored, "{what}");
    let digits = |row: &Receipt| (row.price.to_string(), row.discount.map(|n| n.to_string()));
    assert_eq!(digits(memory), digits(stored), "{what}");
}

async fn owner(db: &Database) -> aludel::Result<Owner> {
    db.create_all(&models![Owner, Receipt, Counted]).await?;
    NewOwner::new("Ann").insert(db).await
}

/// A number that is written as it is, and read only if it is small.
#[derive(Debug, Clone, PartialEq)]
pub struct Small(i64);

impl Scalar for Small {
    fn sql_type() -> SqlType {
        i64::sql_type()
    }
    fn encode(self) -> Value {
        self.0.encode()
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Small> {
        match i64::decode(cells, at)? {
            Some(n) if n > 9 => Err("a number above 9".into()),
            n => Ok(n.map(Small)),
        }
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Picky {
    pub id: i64,
    pub n: Small,
    pub note: Option<String>,
}

on_every_database! {
    async fn memory_is_what_the_database_has_after_every_write(fixture) {
        let db = &fixture.db;
        let owner = owner(db).await?;
        let row = new(&owner).insert(db).await?;
        assert_same(&row, &row.reload(db).await?, "insert");

        let mut row = Receipt::query().with(Receipt::owner).one(db).await?;
        make_fine(&mut row);
        let watch = db.watch();
        row.save(db).await?;
        assert_eq!(watch.statements(), 1, "nothing is read back");
        assert_eq!(row.owner.loaded()?.name, "Ann", "what was loaded stays");
        assert_same(&row, &row.reload(db).await?, "save");

        let before = row.clone();
        row.price = exact("8");
        row.save_changed(&before, db).await?;
        assert_same(&row, &row.reload(db).await?, "save_changed");

        let mut session = db.session();
        let key = session.one(Receipt::query()).await?;
        make_fine(&mut session[key]);
        let other = session.add(new(&owner));
        session.commit().await?;
        assert_same(&session[key], &Receipt::get(row.id, db).await?, "a changed row of a session");
        assert_same(&session[other], &Receipt::get(session[other].id, db).await?, "a new row of a session");

        // What is finer than the columns keep is no change, and does not stay in memory.
        make_fine(&mut session[key]);
        session[key].price = exact("7.000000");
        let watch = db.watch();
        session.commit().await?;
        assert_eq!(watch.statements(), 0);
        assert_same(&session[key], &Receipt::get(row.id, db).await?, "a row that did not change");
    }

    async fn versions_moments_and_computed_columns_are_those_of_the_database(fixture) {
        let db = &fixture.db;
        owner(db).await?;
        let mut row = NewCounted::new("a", 1).insert(db).await?;
        assert_eq!(row, row.reload(db).await?);
        let before = row.clone();
        row.size = 2;
        row.save_changed(&before, db).await?;
        assert_eq!(row, row.reload(db).await?);
        assert_eq!((row.version, row.more), (before.version + 1, 3));
        // The version is a condition, as it is of `save`.
        let mut late = before.clone();
        late.name = "late".into();
        assert!(late.save_changed(&before, db).await.unwrap_err().is_stale());
    }

    /// A plain row does not know what it was: `save` writes all of it, `save_changed` what differs from a copy.
    async fn columns_that_were_not_changed_are_not_written(fixture) {
        let db = &fixture.db;
        let owner = owner(db).await?;
        let id = new(&owner).insert(db).await?.id;
        let mine = Receipt::get(id, db).await?;
        Receipt::filter(Receipt::id.eq(id)).update(Receipt::title.set("theirs")).execute(db).await?;

        let mut changed = mine.clone();
        changed.code = "new".into();
        let watch = db.watch();
        changed.save_changed(&mine, db).await?;
        let texts = watch.texts();
        let [text] = &texts[..] else { panic!("{texts:?}") };
        assert!(text.contains("code") && !text.contains("title") && !text.contains("doc"), "{text}");
        let stored = Receipt::get(id, db).await?;
        assert_eq!((stored.title.as_str(), stored.code.as_str()), ("theirs", "new"));

        let same = changed.clone();
        let watch = db.watch();
        changed.save_changed(&same, db).await?;
        assert_eq!(watch.statements(), 0, "nothing is written where nothing changed");

        let other = new(&owner).insert(db).await?;
        let error = changed.save_changed(&other, db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
        changed.save(db).await?;
        assert_eq!(Receipt::get(id, db).await?.title, "a");
    }

    /// Digits that `f64` has not are lost when a document is read, and so not by a write that leaves it alone.
    async fn a_document_that_is_not_changed_keeps_its_digits(fixture) {
        let db = &fixture.db;
        let owner = owner(db).await?;
        let id = new(&owner).insert(db).await?.id;
        let digits = "12345678901234567890123";
        let document = format!("update receipts set doc = '{{\"n\": {digits}}}' where id = {id}");
        aludel::Sql::trusted(document).execute(db).await?;
        let kept = async || {
            let text = match db.dialect().name() {
                "postgres" => "select doc::text from receipts where id = ",
                _ => "select doc from receipts where id = ",
            };
            let text: String = sql(text).bind(id).one(db).await?;
            Ok::<_, aludel::Error>(text.contains(digits))
        };
        let before = Receipt::get(id, db).await?;
        let mut row = before.clone();
        row.title = "c".into();
        row.save_changed(&before, db).await?;
        assert!(kept().await?, "save_changed");
        let mut session = db.session();
        let key = session.one(Receipt::filter(Receipt::id.eq(id))).await?;
        session[key].title = "d".into();
        session.commit().await?;
        assert!(kept().await?, "a session");
        let patch = ReceiptPatch { title: Some("e".into()), ..Default::default() };
        row.patch(patch, db).await?;
        assert!(kept().await?, "patch");
    }

    /// An error of reading says whether the row is there: trying again would write it twice.
    async fn a_row_that_is_written_and_can_t_be_read_is_told(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Picky]).await?;
        let count = async || Picky::query().count(db).await;
        let error = NewPicky::new(Small(10)).insert(db).await.unwrap_err();
        assert_eq!((error.kind(), error.is_written(), count().await?), (ErrorKind::Decode, true, 1), "{error}");
        assert!(error.to_string().contains("the row is written"), "{error}");

        // What a transaction of the verb's own has undone is not there.
        let many = (0..3).map(|n| NewPicky::new(Small(9 + n)));
        let found = Picky::insert_many(many).all(db).await;
        let error = found.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let there = match error.is_written() {
            true => 4,
            false => 1,
        };
        assert_eq!(count().await?, there, "{error}");
        let tx = db.begin().await?;
        let nested = Picky::get_or_create(Picky::n.eq(Small(50)), || NewPicky::new(Small(50)), &tx).await;
        let error = nested.unwrap_err();
        assert!(!error.is_written(), "its savepoint is rolled back: {error}");
        tx.rollback().await?;

        let error = Picky::filter(Picky::n.eq(Small(77))).one(db).await.unwrap_err();
        assert!(error.is_not_found() && !error.is_written());

        // With hooks the insert is a transaction, which the error rolls back.
        db.on::<AfterInsert<Picky>>(|_| Ok(()));
        let before = count().await?;
        let error = NewPicky::new(Small(10)).insert(db).await.unwrap_err();
        assert_eq!((error.kind(), error.is_written(), count().await?), (ErrorKind::Decode, false, before), "{error}");
    }

    /// A value that no database takes is refused with the name of its column, whichever verb writes it.
    async fn a_value_that_can_t_be_sent_names_its_column(fixture) {
        let db = &fixture.db;
        let owner = owner(db).await?;
        let mut row = new(&owner).insert(db).await?;
        let moment = || Some(civil::date(-43, 3, 15).at(1, 2, 3, 0));
        let bad = || NewReceipt { moment: moment(), ..new(&owner) };
        let mut errors = vec![bad().insert(db).await.unwrap_err()];
        for many in [2, 20, 600] {
            errors.push(Receipt::insert_many((0..many).map(|_| bad())).execute(db).await.unwrap_err());
        }
        errors.push(Receipt::insert_many([new(&owner), bad()]).all(db).await.unwrap_err());
        let this = || Receipt::filter(Receipt::id.eq(row.id));
        errors.push(this().update(Receipt::moment.set(moment())).execute(db).await.unwrap_err());
        let patch = ReceiptPatch { moment: Some(moment()), ..Default::default() };
        errors.push(row.clone().patch(patch, db).await.unwrap_err());
        let mut session = db.session();
        session.add(bad());
        errors.push(session.commit().await.unwrap_err());
        let other = new(&owner).insert(db).await?;
        for several in [false, true] {
            let mut session = db.session();
            let mine = session.get::<Receipt>(row.id).await?;
            let other = session.get::<Receipt>(other.id).await?;
            session[mine].moment = moment();
            if several {
                session[other].moment = Some(civil::date(1, 1, 1).at(0, 0, 0, 0));
            }
            errors.push(session.commit().await.unwrap_err());
        }
        row.moment = moment();
        errors.push(row.save(db).await.unwrap_err());
        for error in errors {
            assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidQuery, Some("moment")), "{error}");
            assert!(error.to_string().contains("year") && error.to_string().contains("moment"), "{error}");
        }
    }
}
