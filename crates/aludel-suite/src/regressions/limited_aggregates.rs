//! Rule 21 for aggregates: a limit, an offset and a place in the order leave out the same rows of `select(count())` as of `count`.

use aludel::dynamic::{DynAggregate, DynQuery};
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "limited_notes")]
struct Note {
    id: i64,
    #[field(unique)]
    stars: i64,
    topic: String,
    pad: Option<BelongsTo<Pad>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "limited_pads")]
struct Pad {
    id: i64,
    most: i64,
    notes: HasMany<Note>,
}

/// Stars 1 to 5, of which 1, 3 and 5 are "odd".
async fn notes(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Pad, Note]).await?;
    let pad = NewPad::new(3).insert(db).await?;
    for stars in 1..=5 {
        let topic = if stars % 2 == 1 { "odd" } else { "even" };
        let new = NewNote::new(stars, topic);
        NewNote {
            pad: (stars < 3).then(|| Ref::from(&pad)),
            ..new
        }
        .insert(db)
        .await?;
    }
    Ok(())
}

on_every_database! {
    async fn aggregates_are_of_the_rows_that_a_limit_leaves(fixture) {
        let db = &fixture.db;
        notes(db).await?;
        let up = || Note::query().order_by(Note::stars);
        let down = || Note::query().order_by(Note::stars.desc());
        let cursor = up().cursor(&up().offset(1).limit(1).one(db).await?)?;
        for (label, query, sum, rows) in [
            ("a limit", up().limit(2), Some(3), 2),
            ("another order", down().limit(2), Some(9), 2),
            ("an offset", up().offset(3), Some(9), 2),
            ("both", up().offset(1).limit(2), Some(5), 2),
            ("a filter", up().filter(Note::topic.eq("odd")).limit(2), Some(4), 2),
            ("a limit of none", up().limit(0), None, 0),
            ("an offset behind all", up().offset(9), None, 0),
            ("more than there are", up().limit(9), Some(15), 5),
            ("behind a place", up().after(cursor.clone()).limit(2), Some(7), 2),
            ("before a place", up().before(cursor.clone()).limit(2), Some(1), 1),
            ("a path in the order", Note::query().order_by(Note::pad.most).order_by(Note::stars.desc()).limit(1).filter(Note::pad.most.eq(3)), Some(2), 1),
        ] {
            let found = query.clone().select((Note::stars.sum(), count())).one(db).await?;
            assert_eq!(found, (sum, rows), "{label}");
            assert_eq!(query.clone().count(db).await?, rows as u64, "{label}");
            let first = query.clone().select(count()).first(db).await?;
            assert_eq!(first, Some(rows), "{label}: first");
            assert!(query.clone().select(count()).exists(db).await?, "{label}: exists");
            assert_eq!(query.clone().select(count()).count(db).await?, 1, "{label}: counted");
        }
        let others = up().limit(4).select((Note::stars.max(), Note::stars.min(), Note::stars.avg(), Note::topic.count().distinct(), Note::pad.most.max(), Note::stars.sum().filter(Note::topic.eq("odd"))));
        assert_eq!(others.one(db).await?, (Some(4), Some(1), Some(2.5), 2, Some(3), Some(4)));
        let among = Note::filter(Note::stars.is_in_query(up().limit(2).select(Note::stars.max()))).select(Note::stars);
        assert_eq!(among.all(db).await?, [2]);
        assert!(up().limit(2).having(count().ge(3)).select(count()).all(db).await?.is_empty());
        assert!(!up().limit(2).having(count().ge(3)).select(count()).exists(db).await?);
        // The order says which rows are left, for `exists` as for the others.
        let most = || down().limit(2).having(Note::stars.sum().eq(9)).select(Note::stars.sum());
        assert_eq!((most().all(db).await?, most().exists(db).await?), (vec![Some(9)], true));
        assert!(Note::query().having(count().ge(3)).select(count()).exists(db).await?);
        assert_eq!(Note::query().having(count().ge(3)).select(count()).count_up_to(1, db).await?, 1);
        // Of groups, a limit is of the groups.
        let groups = Note::query().group_by(Note::topic).order_by(Note::topic).limit(1).select((Note::topic, count()));
        assert_eq!(groups.all(db).await?, [("even".to_owned(), 2)]);
    }

    async fn the_dynamic_layer_limits_what_it_aggregates(fixture) {
        let db = &fixture.db;
        notes(db).await?;
        let notes = || DynQuery::new(Note::meta()).order_by("stars");
        let sum = || [DynAggregate::sum("stars"), DynAggregate::rows()];
        for (label, query, found) in [
            ("a limit", notes()?.limit(2), [Value::I64(3), Value::I64(2)]),
            ("an offset", notes()?.offset(3), [Value::I64(9), Value::I64(2)]),
            ("none", notes()?.limit(0), [Value::Null, Value::I64(0)]),
        ] {
            let row = query.aggregate(sum())?.all(db).await?.swap_remove(0);
            let values = ["sum(stars)", "count"].map(|name| row.get(name).cloned().unwrap_or(Value::Null));
            assert_eq!(values, found, "{label}");
        }
    }
}
