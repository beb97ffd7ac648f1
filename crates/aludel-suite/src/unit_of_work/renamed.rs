//! Rule 29: keys that others refer to with `on_update = cascade` can change, and what the session knows of those follows.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "currencies")]
pub struct Currency {
    #[field(primary_key, max_length = 10)]
    pub code: String,
    pub name: String,
    pub prices: HasMany<Price>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Price {
    pub id: i64,
    pub amount: i64,
    #[field(on_update = cascade, on_delete = cascade)]
    pub currency: BelongsTo<Currency>,
}

/// Its own key is that of the currency.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sign {
    #[field(primary_key, on_update = cascade, column = "currency")]
    pub currency: BelongsTo<Currency>,
    pub text: String,
}

/// Refers to what refers.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Print {
    pub id: i64,
    #[field(on_update = cascade, column = "sign")]
    pub sign: Option<BelongsTo<Sign>>,
}

fn currency(code: &str) -> NewCurrency {
    NewCurrency {
        code: code.into(),
        name: code.to_lowercase(),
    }
}

struct Known {
    currency: Key<Currency>,
    price: Key<Price>,
    sign: Key<Sign>,
    print: Key<Print>,
}

async fn known(session: &mut Session, code: &str) -> aludel::Result<Known> {
    let currency = session.add(currency(code));
    let price = session.add(NewPrice {
        amount: 1,
        currency: currency.into(),
    });
    let sign = session.add(NewSign {
        currency: currency.into(),
        text: code.into(),
    });
    let print = session.add(NewPrint {
        sign: Some(sign.into()),
    });
    session.commit().await?;
    Ok(Known {
        currency,
        price,
        sign,
        print,
    })
}

/// What the session has, and what the database has.
async fn check(session: &Session, db: &Database, rows: &Known, code: &str) -> aludel::Result<()> {
    assert_eq!(session[rows.currency].code, code);
    assert_eq!(session[rows.price].currency.key(), code);
    assert_eq!(session[rows.sign].currency.key(), code);
    let printed = session[rows.print].sign.as_ref().map(BelongsTo::key);
    assert_eq!(printed.as_deref(), Some(code));
    let stored = Price::get(session[rows.price].id, db).await?;
    assert_eq!(stored.currency.key(), code);
    let stored = Print::get(session[rows.print].id, db).await?;
    assert_eq!(stored.sign.map(|sign| sign.key()).as_deref(), Some(code));
    Ok(())
}

on_every_database! {
    async fn what_refers_to_a_key_that_changes_follows(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Currency, Price, Sign, Print]).await?;
        let mut session = db.session();
        let (old, other) = (known(&mut session, "OLD").await?, known(&mut session, "XXX").await?);
        session[old.currency].code = "NEW".into();
        session[old.price].amount = 2;
        // Added beside it, by the slot.
        let late = session.add(NewPrice { amount: 3, currency: old.currency.into() });
        session.commit().await?;
        check(&session, db, &old, "NEW").await?;
        check(&session, db, &other, "XXX").await?;
        assert_eq!((session[old.price].amount, session[late].currency.key().as_str()), (2, "NEW"));
        assert_eq!(session.get::<Sign>("NEW").await?, old.sign);
        assert!(session.find::<Sign>("OLD").await?.is_none());
        // They are not taken for changed, and can be.
        assert_eq!(session.commit().await?.updated(), 0);
        session[old.sign].text = "n".into();
        session[old.print].sign = Some(other.sign.into());
        session.commit().await?;
        assert_eq!(Sign::get("NEW", db).await?.text, "n");
        assert_eq!(session[old.print].sign.as_ref().map(BelongsTo::key).as_deref(), Some("XXX"));
    }

    async fn a_rollback_brings_the_references_back(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Currency, Price, Sign, Print]).await?;
        let mut session = db.session();
        let rows = known(&mut session, "OLD").await?;
        session[rows.currency].code = "NEW".into();
        session.flush().await?;
        assert_eq!(session[rows.price].currency.key(), "NEW");
        session.rollback().await?;
        check(&session, db, &rows, "OLD").await?;
        assert_eq!(session.get::<Sign>("OLD").await?, rows.sign);
    }

    async fn keys_that_are_exchanged_take_their_rows_along(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Currency, Price, Sign, Print]).await?;
        let mut session = db.session();
        let (a, b) = (known(&mut session, "A").await?, known(&mut session, "B").await?);
        session[a.currency].code = "B".into();
        session[b.currency].code = "A".into();
        session.commit().await?;
        check(&session, db, &a, "B").await?;
        check(&session, db, &b, "A").await?;
    }

    async fn a_statement_that_changes_keys_makes_the_references_be_read_again(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Currency, Price, Sign, Print]).await?;
        let mut session = db.session();
        let rows = known(&mut session, "OLD").await?;
        session.execute(Currency::filter(Currency::code.eq("OLD")).update(Currency::code.set("NEW"))).await?;
        let price = session.one(Price::query()).await?;
        assert_eq!(price, rows.price);
        assert_eq!(session[price].currency.key(), "NEW");
        session.commit().await?;
        // With them in it the schema is as the models say.
        assert_eq!(session.all(Price::filter(Price::currency.code.eq("NEW"))).await?, [price]);
    }
}
