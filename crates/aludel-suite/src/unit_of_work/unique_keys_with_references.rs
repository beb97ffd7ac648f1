//! Rows that trade places under a unique key of several columns, one of which refers to another row.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Column {
    pub id: i64,
    pub title: String,
    pub cards: HasMany<Card>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "board_cards", unique(column, place), unique(done, color))]
pub struct Card {
    pub id: i64,
    #[field(max_length = 40)]
    pub text: String,
    pub place: i32,
    pub column: BelongsTo<Column>,
    pub done: bool,
    #[field(max_length = 20)]
    pub color: String,
}

async fn board(db: &Database) -> aludel::Result<[Column; 2]> {
    db.create_all(&models![Column, Card]).await?;
    let todo = NewColumn {
        title: "to do".into(),
    }
    .insert(db)
    .await?;
    let done = NewColumn {
        title: "done".into(),
    }
    .insert(db)
    .await?;
    let card = |text: &str, place, column: &Column, done, color: &str| NewCard {
        text: text.into(),
        place,
        column: column.into(),
        done,
        color: color.into(),
    };
    let cards = [
        card("a", 1, &todo, false, "red"),
        card("b", 2, &todo, false, "blue"),
        card("c", 1, &done, true, "red"),
        card("d", 2, &done, true, "blue"),
    ];
    Card::insert_many(cards).execute(db).await?;
    Ok([todo, done])
}

/// `(column, place)` of the cards a to d, in the database.
async fn places(db: &Database) -> aludel::Result<Vec<(i64, i32)>> {
    let cards = Card::query().order_by(Card::text).all(db).await?;
    Ok(cards
        .iter()
        .map(|card| (card.column.key(), card.place))
        .collect())
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Holder {
    #[field(primary_key)]
    pub number: i64,
    pub name: String,
    pub passport: HasOne<Passport>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Passport {
    pub id: i64,
    pub country: String,
    #[field(unique, on_delete = cascade)]
    pub holder: BelongsTo<Holder>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Album {
    #[field(primary_key)]
    pub number: i64,
    pub name: String,
    pub tags: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Label {
    #[field(primary_key, max_length = 10)]
    pub text: String,
    pub albums: ManyToMany<Album>,
}

on_every_database! {
    async fn in_one_column_and_between_columns(fixture) {
        let db = &fixture.db;
        let [todo, done] = board(db).await?;
        let mut session = db.session();
        let keys = session.all(Card::query().order_by(Card::text)).await?;
        let [a, b, c, d] = keys[..] else { panic!("four cards") };
        // Two change places.
        session[a].place = 2;
        session[b].place = 1;
        session.commit().await?;
        assert_eq!(places(db).await?, [(todo.id, 2), (todo.id, 1), (done.id, 1), (done.id, 2)]);
        // Two change columns, and keep their places.
        session[a].column = (&done).into();
        session[d].column = (&todo).into();
        session.commit().await?;
        assert_eq!(places(db).await?, [(done.id, 2), (todo.id, 1), (done.id, 1), (todo.id, 2)]);
        // All go round.
        session[a].column = (&todo).into();
        session[d].place = 1;
        session[b].column = (&done).into();
        session[c].place = 2;
        session.commit().await?;
        assert_eq!(places(db).await?, [(todo.id, 2), (done.id, 1), (done.id, 2), (todo.id, 1)]);
        assert_eq!((session[a].column.key(), session[a].place), (todo.id, 2));
        assert!(session[d].column.get() == Some(todo.id) && session[d].place == 1);
    }

    async fn where_what_changes_has_no_other_value(fixture) {
        let db = &fixture.db;
        board(db).await?;
        let mut session = db.session();
        let keys = session.all(Card::query().order_by(Card::text)).await?;
        // A boolean is true or false: the color beside it steps aside.
        session[keys[0]].done = true;
        session[keys[2]].done = false;
        session.commit().await?;
        let colors = Card::filter(Card::done.eq(true)).order_by(Card::text).select(Card::color).all(db).await?;
        assert_eq!(colors, ["red", "blue"]);
        assert_eq!(session[keys[0]], Card::get(session[keys[0]].id, db).await?);
    }

    async fn a_parent_and_its_only_child_are_replaced(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Holder, Passport]).await?;
        let ann = NewHolder { number: 5, name: "Ann".into() }.insert(db).await?;
        NewPassport { country: "A".into(), holder: (&ann).into() }.insert(db).await?;
        let mut session = db.session();
        let old = session.get::<Holder>(5).await?;
        let child = session.one(Passport::query()).await?;
        session.remove(child)?;
        session.remove(old)?;
        let new = session.add(NewHolder { number: 5, name: "Bob".into() });
        let passport = session.add(NewPassport { country: "B".into(), holder: new.into() });
        session.commit().await?;
        assert_eq!(session[new].name, "Bob");
        let stored = Passport::query().all(db).await?;
        assert_eq!(stored, [session[passport].clone()]);
        assert_eq!((stored[0].country.as_str(), stored[0].holder.key()), ("B", 5));
    }

    async fn a_row_that_replaces_another_has_its_own_relations(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Album, Label]).await?;
        let mut session = db.session();
        let [red, blue] = ["red", "blue"].map(|text| session.add(NewLabel { text: text.into() }));
        let old = session.add(NewAlbum { number: 1, name: "old".into() });
        session.commit().await?;
        session[old].tags.add(red);
        session.commit().await?;
        session.remove(old)?;
        let new = session.add(NewAlbum { number: 1, name: "new".into() });
        session.flush().await?;
        session[new].tags.add(blue);
        session.commit().await?;
        let album = Album::query().with(Album::tags).one(db).await?;
        let texts: Vec<&str> = album.tags.loaded()?.iter().map(|label| label.text.as_str()).collect();
        assert_eq!((album.name.as_str(), texts), ("new", vec!["blue"]));
    }
}
