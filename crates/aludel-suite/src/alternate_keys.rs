//! References to rows by a unique column that is not their primary key.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Account {
    pub id: i64,
    #[field(alternate_key, max_length = 50)]
    pub email: String,
    #[field(default = 0)]
    pub points: i64,
    pub letters: HasMany<Letter>,
    pub badge: HasOne<Badge>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Letter {
    pub id: i64,
    pub text: String,
    #[field(on_delete = cascade)]
    pub sender: BelongsTo<Account, AccountEmail>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Badge {
    pub id: i64,
    #[field(unique, column = "owner")]
    pub account: Option<BelongsTo<Account, AccountEmail>>,
}

fn account(email: &str) -> NewAccount {
    NewAccount {
        email: email.into(),
        points: None,
    }
}

fn letter(text: &str, sender: impl Into<Ref<Account, AccountEmail>>) -> NewLetter {
    NewLetter {
        text: text.into(),
        sender: sender.into(),
    }
}

async fn post(db: &Database) -> aludel::Result<[Account; 2]> {
    db.create_all(&models![Account, Letter, Badge]).await?;
    // So that ids and their order do not tell who is meant.
    Account::insert_many([account("gone"), account("ann"), account("bob")])
        .execute(db)
        .await?;
    Account::filter(Account::email.eq("gone"))
        .delete()
        .execute(db)
        .await?;
    let [ann, bob] =
        <[Account; 2]>::try_from(Account::query().order_by(Account::email).all(db).await?)
            .expect("two");
    Letter::insert_many([
        letter("a", &ann),
        letter("b", &bob),
        letter("c", Ref::key("ann")),
    ])
    .execute(db)
    .await?;
    NewBadge {
        account: Some((&bob).into()),
    }
    .insert(db)
    .await?;
    Ok([ann, bob])
}

on_every_database! {
    async fn a_reference_by_an_alternate_key_has_its_value_and_joins_by_it(fixture) {
        let db = &fixture.db;
        let [ann, bob] = post(db).await?;
        let letters = Letter::query().order_by(Letter::text).all(db).await?;
        assert_eq!(letters[0].sender.key(), "ann");
        assert_eq!(sql("SELECT sender_email FROM letters WHERE text = 'b'").one::<String>(db).await?, "bob");
        assert_eq!(sql("SELECT owner FROM badges").one::<String>(db).await?, "bob");
        let error = letter("x", Ref::key("nobody")).insert(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "the foreign key is to the unique column");
        // Its own value needs no join; another column does.
        let watch = db.watch();
        assert_eq!(Letter::filter(Letter::sender.email.eq("ann")).count(db).await?, 2);
        assert!(!watch.texts()[0].contains("JOIN"), "{:?}", watch.texts());
        assert_eq!(Letter::filter(Letter::sender.id.eq(bob.id)).count(db).await?, 1);
        assert_eq!(Letter::filter(Letter::sender.is(&ann)).count(db).await?, 2);
        assert_eq!(Account::filter(Account::letters.any(Letter::text.eq("b"))).one(db).await?.id, bob.id);
        assert_eq!(Account::filter(Account::badge.id.is_not_null()).one(db).await?.id, bob.id);
        assert_eq!(Account::query().order_by(Account::email).select(Account::letters.count()).all(db).await?, [2, 1]);
        Letter::filter(Letter::text.eq("c")).update(Letter::sender.set(&bob)).execute(db).await?;
        assert_eq!(Letter::filter(Letter::sender.is(&bob)).count(db).await?, 2);
    }

    async fn relations_by_an_alternate_key_are_loaded_from_both_sides(fixture) {
        let db = &fixture.db;
        let [ann, bob] = post(db).await?;
        let watch = db.watch();
        let letters = Letter::query().with(Letter::sender).order_by(Letter::text).all(db).await?;
        assert_eq!(watch.statements(), 2);
        assert_eq!((letters[0].sender.row().id, letters[1].sender.row().id), (ann.id, bob.id));
        let joined = Letter::query().with(Letter::sender.joined()).order_by(Letter::text).all(db).await?;
        assert_eq!(joined[1].sender.row().id, bob.id);
        let mut accounts = Account::query().with(Account::letters.then(Letter::sender)).with(Account::badge).order_by(Account::email).all(db).await?;
        assert_eq!((accounts[0].letters.all().len(), accounts[1].letters.all().len()), (2, 1));
        assert_eq!(accounts[0].letters.all()[0].sender.row().id, ann.id);
        assert!(accounts[0].badge.row().is_none() && accounts[1].badge.row().is_some());
        Account::letters.load(&mut accounts, db).await?;
        let of = Account::letters.of(&ann);
        assert_eq!(of.count(db).await?, 2);
        of.add([&letters[1]], db).await?;
        assert_eq!(of.count(db).await?, 3);
    }

    async fn a_session_fills_in_alternate_keys(fixture) {
        let db = &fixture.db;
        let [ann, bob] = post(db).await?;
        let mut session = db.session();
        let new = session.add(account("cid"));
        let letter = session.add(letter("d", new));
        let ann = session.get::<Account>(ann.id).await?;
        let bob = session.get::<Account>(bob.id).await?;
        let b = session.one(Letter::filter(Letter::text.eq("b"))).await?;
        session[b].sender = ann.into();
        session.commit().await?;
        assert_eq!((session[letter].sender.key(), session[b].sender.key()), ("cid".into(), "ann".into()));
        assert_eq!(Letter::get(session[b].id, db).await?.sender.key(), "ann");
        // Where a reference leads, from both sides.
        session.load(b, Letter::sender).await?;
        assert_eq!(session.related(b, Letter::sender)?, Some(ann));
        session.load(ann, Account::letters).await?;
        assert_eq!(session.related(ann, Account::letters)?.len(), 3);
        // Moved by the collection of another.
        session[bob].letters.add(b);
        session.commit().await?;
        assert_eq!(Letter::get(session[b].id, db).await?.sender.key(), "bob");
        assert_eq!(session.related(ann, Account::letters)?.len(), 2);
        // A value that is set in the same flush.
        let dan = session.add(account("dan"));
        session.commit().await?;
        session[dan].email = "don".into();
        session[b].sender = dan.into();
        session.commit().await?;
        assert_eq!(Letter::get(session[b].id, db).await?.sender.key(), "don");
        // What refers to a row by its alternate key follows its deletion.
        let doomed = session.deletion(dan).await?;
        assert_eq!(doomed.len(), 2, "{doomed:?}");
        session.remove(dan)?;
        session.remove(new)?;
        session.commit().await?;
        assert_eq!(Letter::query().count(db).await?, 2);
    }
}
