//! There is one write path (queries rule 26): what each verb does, as the guide's table says it.

use super::writes_ways::*;
use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;
use std::sync::atomic::Ordering;

on_every_database! {
    /// Queries rule 26: whoever inserts, the row begins with version 1, its moments and its defaults, and fits its columns.
    async fn rule_26_every_way_of_inserting(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let calls = count_hooks(db);
        let mut faults = Vec::new();
        for (n, (way, hooks, rules)) in INSERTS.into_iter().enumerate() {
            let code = |what: &str| format!("{what} {n}");
            let mut fault = |what: String| faults.push(format!("{way}: {what}"));
            calls.store(0, Ordering::Relaxed);
            match insert(way, &code("right"), "right", "1.5", db).await {
                Err(error) => fault(format!("fails: {error}")),
                Ok(()) => match stored(&code("right"), db).await? {
                    None => fault("there is no row".into()),
                    Some(row) => {
                        let age = Timestamp::now().as_second() - row.created_at.as_second();
                        if row.version != 1 || row.token != "made" || row.deleted_at.is_some() || row.hidden {
                            fault(format!("{row:?}"));
                        }
                        if age.abs() > 60 || row.updated_at.as_second() - row.created_at.as_second() > 60 {
                            fault(format!("moments of {row:?}"));
                        }
                        if row.price.to_string() != "1.50" {
                            fault(format!("the price is {}", row.price));
                        }
                    }
                },
            }
            if (calls.load(Ordering::Relaxed) > 0) != hooks {
                fault(format!("calls {} hooks", calls.load(Ordering::Relaxed)));
            }
            let broken = insert(way, &code("broken"), "x", "1.5", db).await.map_err(|error| error.kind());
            if rules && broken != Err(ErrorKind::Validation) || rules == stored(&code("broken"), db).await?.is_some() {
                fault(format!("a row that breaks a rule: {broken:?}"));
            }
            for (what, price, long) in [("digits", "1.005", false), ("size", "1000", false), ("long", "1", true)] {
                let code = match long {
                    true => "x".repeat(41),
                    false => code(what),
                };
                let refused = insert(way, &code, "right", price, db).await;
                let kind = if long { ErrorKind::ValueTooLong } else { ErrorKind::OutOfRange };
                match refused {
                    Err(error) if error.kind() == kind => {}
                    other => fault(format!("what does not fit ({what}): {:?}", other.map_err(|error| error.to_string()))),
                }
                if stored(&code, db).await?.is_some() {
                    fault(format!("what does not fit ({what}) is written"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Queries rule 26: whoever changes a row counts its version and keeps its moments.
    async fn rule_26_every_way_of_changing(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let calls = count_hooks(db);
        let mut faults = Vec::new();
        for (n, (way, hooks, rules, compares, narrows)) in CHANGES.into_iter().enumerate() {
            let code = format!("item {n}");
            let mut fault = |what: String| faults.push(format!("{way}: {what}"));
            let row = item(&code, "right", "1.5").insert(db).await?;
            let long_ago = set_back(db).await?;
            calls.store(0, Ordering::Relaxed);
            let row = Item::get(row.id, db).await?;
            let changed = change(way, row.clone(), "changed", "2.5", db).await;
            let now = Item::get(row.id, db).await?;
            match changed {
                Err(error) => fault(format!("fails: {error}")),
                Ok(()) if now.version != 2 || now.name != "changed" || now.price != exact("2.5") => fault(format!("{now:?}")),
                Ok(()) if now.updated_at == long_ago || now.created_at != long_ago || now.token != "made" => fault(format!("moments of {now:?}")),
                Ok(()) => {}
            }
            if (calls.load(Ordering::Relaxed) > 0) != hooks {
                fault(format!("calls {} hooks", calls.load(Ordering::Relaxed)));
            }
            // A row at hand that is older.
            let late = change(way, row, "late", "3.5", db).await.map_err(|error| error.kind());
            if (late == Err(ErrorKind::StaleData)) != compares {
                fault(format!("an old row: {late:?}"));
            }
            let now = Item::get(now.id, db).await?;
            let broken = change(way, now.clone(), "x", "1.5", db).await.map_err(|error| error.kind());
            let after = Item::get(now.id, db).await?;
            if (broken == Err(ErrorKind::Validation)) != rules || (after.name == "x") == rules {
                fault(format!("what breaks a rule: {broken:?}"));
            }
            let outside = change(way, after.clone(), "right", "1000", db).await;
            match outside {
                Err(error) if error.kind() == ErrorKind::OutOfRange && error.column() == Some("price") => {}
                other => fault(format!("what does not fit: {:?}", other.map_err(|error| error.to_string()))),
            }
            if Item::get(now.id, db).await? != after {
                fault("what does not fit is written".into());
            }
            // Rows that are not seen: hidden, and marked as deleted.
            for hiding in ["hidden = true", "deleted_at = updated_at"] {
                let unseen = item(&format!("{code} {hiding}"), "unseen", "1.5").insert(db).await?;
                sql("update path_items set ").push(if hiding.starts_with('h') { "hidden = true" } else { "deleted_at = updated_at" }).push(" where id = ").bind(unseen.id).execute(db).await?;
                let unseen = stored(&unseen.code, db).await?.expect("a row");
                let done = change(way, unseen.clone(), "seen", "1.5", db).await.map_err(|error| error.to_string());
                let now = stored(&unseen.code, db).await?.expect("a row");
                if (now.name == "seen") == narrows {
                    fault(format!("a row with {hiding}: {done:?}, {now:?}"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Queries rule 26: whoever deletes a row marks it where the model keeps deleted rows, and counts its version.
    async fn rule_26_every_way_of_deleting(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let calls = count_hooks(db);
        let mut faults = Vec::new();
        for (n, (way, hooks, compares, narrows, erases)) in DELETES.into_iter().enumerate() {
            let code = format!("item {n}");
            let mut fault = |what: String| faults.push(format!("{way}: {what}"));
            let row = item(&code, "right", "1.5").insert(db).await?;
            let long_ago = set_back(db).await?;
            calls.store(0, Ordering::Relaxed);
            let row = Item::get(row.id, db).await?;
            if let Err(error) = delete(way, row.clone(), db).await {
                fault(format!("fails: {error}"));
            }
            match stored(&code, db).await? {
                None if erases => {}
                None => fault("the row is gone".into()),
                Some(row) if erases => fault(format!("the row is there: {row:?}")),
                Some(row) => {
                    if row.deleted_at.is_none_or(|at| at <= long_ago) || row.version != 2 || row.updated_at == long_ago || row.created_at != long_ago {
                        fault(format!("{row:?}"));
                    }
                    if Item::query().filter(Item::id.eq(row.id)).exists(db).await? {
                        fault("queries see it".into());
                    }
                }
            }
            if (calls.load(Ordering::Relaxed) > 0) != hooks {
                fault(format!("calls {} hooks", calls.load(Ordering::Relaxed)));
            }
            let row = item(&format!("{code} old"), "right", "1.5").insert(db).await?;
            row.clone().patch(ItemPatch { name: Some("newer".into()), ..Default::default() }, db).await?;
            let late = delete(way, row.clone(), db).await.map_err(|error| error.kind());
            let there = Item::find(row.id, db).await?.is_some();
            if compares && (late != Err(ErrorKind::StaleData) || !there) || !compares && (late.is_err() || there) {
                fault(format!("an old row: {late:?}, there: {there}"));
            }
            let hidden = NewItem { hidden: Some(true), ..item(&format!("{code} hidden"), "right", "1.5") }.insert(db).await?;
            let done = delete(way, hidden.clone(), db).await.map_err(|error| error.to_string());
            let is_left = stored(&hidden.code, db).await?.is_some_and(|row| row.deleted_at.is_none());
            if is_left != narrows {
                fault(format!("a row out of scope: {done:?}, left: {is_left}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
