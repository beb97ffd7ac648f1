//! Rules 1, 11 and 28: a row of an enum's table is one row, whether it is reached as the enum or as its variant.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "assets", common(title: String))]
pub enum Asset {
    Laptop(Laptop),
    Phone(Phone),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Asset)]
pub struct Laptop {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub title: String,
    #[field(unique, max_length = 20)]
    pub serial: Option<String>,
    #[field(version)]
    pub version: i64,
    pub inches: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Asset)]
pub struct Phone {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    pub title: String,
    #[field(unique, max_length = 20)]
    pub serial: Option<String>,
    #[field(version)]
    pub version: i64,
    pub number: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Loan {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub asset: BelongsTo<Asset>,
}

fn laptop(code: &str, serial: Option<&str>) -> NewLaptop {
    NewLaptop {
        code: code.into(),
        title: "laptop".into(),
        serial: serial.map(Into::into),
        version: None,
        inches: 14,
    }
}

fn phone(code: &str, serial: Option<&str>) -> NewPhone {
    NewPhone {
        code: code.into(),
        title: "phone".into(),
        serial: serial.map(Into::into),
        version: None,
        number: "1".into(),
    }
}

fn loan(code: &str) -> NewLoan {
    NewLoan {
        asset: Ref::key(code.to_string()),
    }
}

async fn stock(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Asset, Loan]).await?;
    laptop("a", Some("s-a")).insert(db).await?;
    phone("b", Some("s-b")).insert(db).await?;
    loan("a").insert(db).await?;
    Ok(())
}

fn as_laptop(session: &Session, key: Key<Asset>) -> &Laptop {
    match &session[key] {
        Asset::Laptop(row) => row,
        Asset::Phone(row) => panic!("{row:?}"),
    }
}

on_every_database! {
    async fn what_is_changed_as_one_is_read_as_the_other(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        let mut session = db.session();
        let (asset, own) = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
        session[own].inches = 15;
        // A look at the row flushes first.
        assert_eq!(session.get::<Asset>("a").await?, asset);
        assert_eq!((as_laptop(&session, asset).inches, as_laptop(&session, asset).version), (15, 2));
        let Asset::Laptop(row) = &mut session[asset] else { panic!("a laptop") };
        row.title = "mine".into();
        session.flush().await?;
        assert_eq!((session[own].title.as_str(), session[own].version), ("mine", 3));
        // Neither of them is stale.
        session[own].inches = 16;
        session.flush().await?;
        session.rollback().await?;
        assert_eq!((session[own].title.as_str(), session[own].inches, session[own].version), ("laptop", 14, 1));
        assert_eq!(as_laptop(&session, asset), &session[own]);
        session[own].inches = 17;
        session.commit().await?;
        assert_eq!((as_laptop(&session, asset).inches, as_laptop(&session, asset).version), (17, 2));
        // What another writer wrote is read by both, once one is read again.
        Laptop::filter(Laptop::code.eq("a")).update(Laptop::inches.set(18)).execute(db).await?;
        assert_eq!(session.one(Asset::filter(Asset::laptop.inches.eq(18))).await?, asset);
        assert_eq!(session[own].inches, 17, "what is loaded stays");
        session.refresh(own).await?;
        assert_eq!((session[own].inches, as_laptop(&session, asset).inches), (18, 18));
        Laptop::filter(Laptop::code.eq("a")).update(Laptop::inches.set(19)).execute(db).await?;
        session.expire(asset)?;
        assert_eq!(session.get::<Laptop>("a").await?, own);
        assert_eq!((session[own].inches, as_laptop(&session, asset).inches), (19, 19));
    }

    async fn changes_of_both_are_one_update(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        let mut session = db.session();
        let (asset, own) = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
        session[own].inches = 15;
        let Asset::Laptop(row) = &mut session[asset] else { panic!("a laptop") };
        (row.title, row.serial) = ("mine".into(), None);
        assert_eq!(session.flush().await?.updated(), 1);
        let expected = Laptop { code: "a".into(), title: "mine".into(), serial: None, version: 2, inches: 15 };
        assert_eq!((as_laptop(&session, asset), &session[own]), (&expected, &expected));
        // Two values for one column are one too many; the same value is not.
        session[own].inches = 16;
        let Asset::Laptop(row) = &mut session[asset] else { panic!("a laptop") };
        row.inches = 17;
        let error = session.flush().await.unwrap_err().to_string();
        assert!(error.contains(r#""inches" of the row "a" of"#) && error.contains("one as Asset and one as Laptop"), "{error}");
        session[own].inches = 17;
        session.commit().await?;
        assert_eq!(Laptop::get("a", db).await?, Laptop { version: 3, inches: 17, ..expected });
    }

    async fn a_row_that_is_removed_as_one_is_gone_as_the_other(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        // As the variant, as the enum, and as both.
        for (as_variant, as_enum) in [(true, false), (false, true), (true, true)] {
            let mut session = db.session();
            let (asset, own) = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
            let lent = session.one(Loan::query()).await?;
            session[own].inches += i32::from(!as_variant);
            if as_variant {
                session.remove(own)?;
            }
            if as_enum {
                session.remove(asset)?;
            }
            assert!(session.find::<Asset>("a").await?.is_none() && session.find::<Laptop>("a").await?.is_none());
            assert_eq!(session.flush().await?.deleted(), 0, "the look flushed");
            assert!(session.row(asset).is_err() && session.row(own).is_err());
            assert!(session.row(lent).is_err(), "what refers to it as the enum goes along");
            session.rollback().await?;
            assert_eq!((session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?), (asset, own));
            assert_eq!(session.one(Loan::query()).await?, lent);
        }
        // Marked, and not flushed.
        let mut session = db.session();
        session.set_autoflush(false);
        let own = session.get::<Laptop>("a").await?;
        session.remove(own)?;
        assert!(session.find::<Asset>("a").await?.is_none());
    }

    async fn a_row_that_is_removed_as_one_and_added_as_the_other_is_updated(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        for as_enum in [false, true] {
            let mut session = db.session();
            let old = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
            let new = laptop("a", Some("new"));
            let added = if as_enum {
                session.remove(old.1)?;
                Err(session.add(NewAsset::Laptop(new)))
            } else {
                session.remove(old.0)?;
                Ok(session.add(new))
            };
            session.add(phone("c", None));
            let report = session.flush().await?;
            assert_eq!((report.updated(), report.inserted(), report.deleted()), (1, 1, 0), "{as_enum}");
            let row = match added {
                Ok(key) => &session[key],
                Err(key) => as_laptop(&session, key),
            };
            assert_eq!((row.serial.as_deref(), row.version), (Some("new"), 2));
            // A reference to the row stays.
            assert_eq!(Loan::query().count(session.executor()).await?, 1);
            session.rollback().await?;
            assert_eq!((session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?), old);
            assert_eq!(session[old.1].serial.as_deref(), Some("s-a"));
            assert_eq!(session.new_keys::<Laptop>().len() + session.new_keys::<Asset>().len(), 1);
        }
        // Of another kind: it is deleted, and a new row inserted.
        let mut session = db.session();
        let old = session.get::<Laptop>("a").await?;
        session.remove(old)?;
        let new = session.add(phone("a", Some("s-a")));
        session.commit().await?;
        assert_eq!(session[new].serial.as_deref(), Some("s-a"));
        assert!(matches!(Asset::get("a", db).await?, Asset::Phone(_)));
        assert!(session.find::<Laptop>("a").await?.is_none());
    }

    async fn a_unique_value_changes_hands_between_kinds(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        let mut session = db.session();
        let (own, other) = (session.get::<Laptop>("a").await?, session.get::<Phone>("b").await?);
        // By a deletion, and by a change.
        session.remove(own)?;
        session[other].serial = Some("s-a".into());
        session.add(NewAsset::Laptop(laptop("c", Some("s-b"))));
        session.commit().await?;
        let serials = Asset::query().order_by(Asset::title).all(db).await?;
        assert_eq!(serials.len(), 2);
        assert_eq!(Phone::get("b", db).await?.serial.as_deref(), Some("s-a"));
        assert_eq!(Laptop::get("c", db).await?.serial.as_deref(), Some("s-b"));
    }

    async fn statements_beside_the_session_are_followed_by_both(fixture) {
        let db = &fixture.db;
        stock(db).await?;
        let mut session = db.session();
        let (asset, own) = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
        session.execute(Laptop::filter(Laptop::inches.gt(10)).update(Laptop::inches.set(20))).await?;
        assert_eq!((session[own].inches, as_laptop(&session, asset).inches), (20, 20));
        session.execute(Asset::filter(Asset::title.eq("laptop")).update(Asset::title.set("x"))).await?;
        assert_eq!((session[own].title.as_str(), as_laptop(&session, asset).title.as_str()), ("x", "x"));
        let lent = session.one(Loan::query()).await?;
        session.execute(Laptop::filter(Laptop::inches.gt(10)).delete()).await?;
        assert!(session.find::<Asset>("a").await?.is_none() && session.find::<Laptop>("a").await?.is_none());
        assert!(session.row(lent).is_err());
        session.rollback().await?;
        assert_eq!(session.get::<Asset>("a").await?, asset);
        assert_eq!(as_laptop(&session, asset).inches, 14);
    }
}
