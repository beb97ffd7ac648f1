//! Rule 29: a reference by a key of several columns may be part of a primary key, to which others refer in turn.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
pub struct Order {
    #[field(primary_key)]
    pub shop: i64,
    #[field(primary_key)]
    pub number: i64,
    pub buyer: String,
    pub lines: HasMany<Line>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "order_lines")]
pub struct Line {
    #[field(primary_key, on_delete = cascade, on_update = cascade)]
    pub order: BelongsTo<Order>,
    #[field(primary_key)]
    pub place: i32,
    pub item: String,
    pub returns: HasMany<Return>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "order_returns")]
pub struct Return {
    pub id: i64,
    pub why: String,
    #[field(on_delete = cascade, on_update = cascade)]
    pub line: BelongsTo<Line>,
}

fn order(shop: i64, number: i64) -> NewOrder {
    NewOrder {
        shop,
        number,
        buyer: "Ann".into(),
    }
}

fn line(order: impl Into<Ref<Order>>, place: i32) -> NewLine {
    NewLine {
        order: order.into(),
        place,
        item: format!("item {place}"),
    }
}

on_every_database! {
    async fn keys_within_keys_are_written_and_read(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Order, Line, Return]).await?;
        let first = order(1, 7).insert(db).await?;
        let row = line(&first, 1).insert(db).await?;
        assert_eq!(row.key(), ((1, 7), 1));
        assert_eq!(Line::get(((1, 7), 1), db).await?, row);
        assert!(Line::find(((1, 7), 2), db).await?.is_none());
        let back = NewReturn { why: "broken".into(), line: (&row).into() }.insert(db).await?;
        assert_eq!(back.line.key(), ((1, 7), 1));
        let loaded = Return::query().with(Return::line).one(db).await?;
        assert_eq!(loaded.line.row().item, "item 1");
        let orders = Order::query().with(Order::lines.then(Line::returns)).all(db).await?;
        assert_eq!(orders[0].lines.all()[0].returns.all().len(), 1);
        assert_eq!(Return::filter(Return::line.order.buyer.eq("Ann")).count(db).await?, 1);
        let row = row.patch(LinePatch { item: Some("other".into()), ..Default::default() }, db).await?;
        assert_eq!(row.reload(db).await?.item, "other");
    }

    async fn a_session_writes_keys_within_keys(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Order, Line, Return]).await?;
        let mut session = db.session();
        // All pending, and referred to by their slots.
        let of = session.add(order(2, 3));
        let lines = [session.add(line(of, 1)), session.add(line(of, 2))];
        let back = session.add(NewReturn { why: "late".into(), line: lines[1].into() });
        session.commit().await?;
        assert_eq!(session[lines[1]].key(), ((2, 3), 2));
        assert_eq!(session[back].line.key(), ((2, 3), 2));
        assert_eq!(session.get::<Line>(((2, 3), 1)).await?, lines[0]);
        session[lines[0]].item = "changed".into();
        // The order gets another number, and everything below it follows.
        session.commit().await?;
        session[of].number = 4;
        session.commit().await?;
        assert_eq!((session[lines[0]].key(), session[back].line.key()), (((2, 4), 1), ((2, 4), 2)));
        assert_eq!(session.get::<Line>(((2, 4), 1)).await?, lines[0]);
        assert_eq!(Line::get(((2, 4), 1), db).await?.item, "changed");
        // Removed and added again under its key, a row is updated.
        session.remove(lines[1])?;
        let again = session.add(NewLine { item: "again".into(), ..line(Ref::<Order>::key((2, 4)), 2) });
        let report = session.commit().await?;
        assert_eq!((report.updated(), report.deleted()), (1, 1), "what refers to a removed row goes along");
        assert_eq!(session[again].item, "again");
        session.remove(of)?;
        assert_eq!(session.commit().await?.deleted(), 3);
        assert_eq!(Line::query().count(db).await?, 0);
    }
}

alone! {
    fn the_columns_of_a_key_are_named_behind_the_references_that_bring_them() {
        assert_eq!(Line::KEY_COLUMNS, ["order_shop", "order_number", "place"]);
        let meta = Line::meta();
        assert!(meta.key_columns().eq(Line::KEY_COLUMNS.iter().copied()));
        let table = Return::meta().table();
        let key = &table.foreign_keys[0];
        assert_eq!(
            key.columns,
            ["line_order_shop", "line_order_number", "line_place"]
        );
        assert_eq!(key.target_columns, Line::KEY_COLUMNS);
    }
}
