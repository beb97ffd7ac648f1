//! Pages with loaded relations, typed and by names.

use super::dynamic_loads::{Thing, names, things};
use aludel::ErrorKind;
use aludel::dynamic::DynQuery;
use aludel::prelude::*;

on_every_database! {
    /// A page by place has the relations of its rows, however they are loaded, on the way there and back.
    async fn rule_22_pages_have_the_relations_of_their_rows(fixture) {
        let db = &fixture.db;
        let registry = things(db).await?;
        let query = || Thing::query().order_by(Thing::price);
        let seen = |row: &Thing| {
            let second = row.second.as_ref().map(|second| second.loaded().map(|owner| owner.name.clone()).map_err(|error| error.kind()));
            (row.name.clone(), second)
        };
        let wanted = [("a".to_string(), None), ("b".to_string(), Some(Ok("live".to_string()))), ("c".to_string(), Some(Err(ErrorKind::OutOfScope)))];
        for (way, query) in [
            ("select-in", query().with(Thing::second)),
            ("joined", query().with(Thing::second.joined())),
            ("both", query().with((Thing::owner.joined(), Thing::second))),
        ] {
            assert_eq!(query.all(db).await?.iter().map(seen).collect::<Vec<_>>(), wanted, "{way}");
            let (mut at, mut found, mut last) = (None, Vec::new(), None);
            loop {
                let page = query.keyset(at, 1, db).await?;
                found.extend(page.items.iter().map(seen));
                last = page.previous.or(last);
                match page.next {
                    Some(next) => at = Some(next),
                    None => break,
                }
            }
            assert_eq!(found, wanted, "{way}");
            let back = query.keyset(last, 5, db).await?;
            assert_eq!(back.items.iter().map(seen).collect::<Vec<_>>(), wanted[..2], "{way}, back");
            assert_eq!((query.exists(db).await?, query.count_up_to(2, db).await?), (true, 2), "{way}");
            let none = query.filter(Thing::id.is_in(Vec::<i64>::new()));
            assert!(!none.exists(db).await? && none.keyset(None, 1, db).await?.items.is_empty(), "{way}");
        }
        let by_name = DynQuery::new(registry.model("Thing")?).order_by("price")?.with("owner")?;
        let page = by_name.keyset(None, 2, db).await?;
        let rows: Vec<_> = page.items.iter().map(|object| object.row().clone()).collect();
        assert_eq!(names(&rows), "ab");
        assert!(page.items[0].one("owner")?.is_some());
    }
}
