//! New rows of which some give their keys and others are numbered: no row is given a number that another one brings.

use aludel::prelude::*;
use aludel::{ErrorKind, dynamic};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tickets")]
pub struct Ticket {
    #[field(auto, given)]
    pub id: i64,
    #[field(unique)]
    pub name: String,
    pub note: Option<String>,
}

fn tickets(ids: &[Option<i64>]) -> Vec<NewTicket> {
    let new = |(n, id): (usize, &Option<i64>)| NewTicket {
        id: *id,
        name: n.to_string(),
        note: (n % 2 == 0).then(|| "even".into()),
    };
    ids.iter().enumerate().map(new).collect()
}

/// The batches: each row's key, if it gives one.
const BATCHES: [&[Option<i64>]; 5] = [
    &[None, Some(1), None],
    &[None, None, Some(2), Some(1), None],
    &[Some(3), None, Some(4), None, Some(5)],
    &[None, None, None],
    &[None, Some(40), None, Some(41)],
];

/// What is wrong with rows that came back.
fn check(case: &str, batch: &[Option<i64>], found: &[Ticket], stored: &[Ticket]) -> Option<String> {
    let names: Vec<String> = (0..batch.len()).map(|n| n.to_string()).collect();
    let is_right = found.iter().map(|row| &row.name).eq(&names)
        && batch
            .iter()
            .zip(found)
            .all(|(id, row)| id.is_none_or(|id| id == row.id));
    let mut sorted = found.to_vec();
    sorted.sort_by_key(|row| row.id);
    (!is_right || sorted != stored).then(|| format!("{case}, {batch:?}: {found:?}, {stored:?}"))
}

on_every_database! {
    async fn given_keys_go_before_numbered_ones(fixture) {
        let db = &fixture.db;
        // A sequence knows nothing of the keys that rows bring: they are out of its way here.
        let far = if fixture.backend == crate::harness::Backend::Postgres { 1000 } else { 0 };
        let mut wrong = Vec::new();
        for batch in BATCHES {
            let batch: Vec<Option<i64>> = batch.iter().map(|id| id.map(|id| id + far)).collect();
            for way in ["session", "insert_many", "execute", "upsert", "dynamic", "dynamic session"] {
                db.create_all(&models![Ticket]).await?;
                let rows = tickets(&batch);
                let found = match way {
                    "session" => {
                        let mut session = db.session();
                        let keys = session.add_all(rows);
                        session.commit().await.map(|_| keys.iter().map(|key| session[*key].clone()).collect())
                    }
                    "insert_many" => Ticket::insert_many(rows).all(db).await,
                    "execute" => {
                        let done = Ticket::insert_many(rows).execute(db).await;
                        match done {
                            Ok(_) => {
                                let mut found = Ticket::query().all(db).await?;
                                found.sort_by(|a, b| a.name.cmp(&b.name));
                                Ok(found)
                            }
                            Err(error) => Err(error),
                        }
                    }
                    "upsert" => {
                        Ticket::insert_many(rows).on_conflict(Ticket::name).do_update(Ticket::note.set(excluded(Ticket::note))).all(db).await
                    }
                    way => {
                        let values = |row: NewTicket| -> Vec<(String, Value)> {
                            let id = row.id.map(|id| ("id".to_string(), Value::I64(id)));
                            let note = row.note.map(|note| ("note".to_string(), Value::Text(note)));
                            let name = ("name".to_string(), Value::Text(row.name));
                            id.into_iter().chain(note).chain([name]).collect()
                        };
                        let rows: Vec<_> = rows.into_iter().map(values).collect();
                        let ids = if way == "dynamic" {
                            let found = dynamic::insert_many(Ticket::meta(), rows, db).await;
                            found.map(|found| found.iter().filter_map(|row| row.get("id")?.as_i64()).collect())
                        } else {
                            let registry = models![Ticket];
                            let mut session = db.session();
                            let mut dynamic = session.dynamic(&registry);
                            let keys = rows.into_iter().map(|row| dynamic.add("Ticket", row)?.typed::<Ticket>());
                            let keys = keys.collect::<aludel::Result<Vec<_>>>()?;
                            session.commit().await.map(|_| keys.iter().map(|key| session[*key].id).collect::<Vec<_>>())
                        };
                        match ids {
                            Err(error) => Err(error),
                            Ok(ids) => {
                                let mut found = Vec::new();
                                for id in ids {
                                    found.push(Ticket::get(id, db).await?);
                                }
                                Ok(found)
                            }
                        }
                    }
                };
                match found {
                    Err(error) => wrong.push(format!("{way}, {batch:?}: {error}")),
                    Ok(found) => {
                        let stored = Ticket::query().order_by(Ticket::id).all(db).await?;
                        wrong.extend(check(way, &batch, &found, &stored));
                    }
                }
                db.drop_all(&models![Ticket]).await?;
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn a_number_that_a_row_brought_before_is_told_by_its_field(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ticket]).await?;
        let mut session = db.session();
        let keys = session.add_all(tickets(&[Some(1), None]));
        match session.commit().await {
            Ok(_) => assert_eq!(session[keys[1]].id, 2),
            Err(error) => {
                assert_eq!(fixture.backend, crate::harness::Backend::Postgres);
                assert_eq!(error.kind(), ErrorKind::UniqueViolation);
                assert!(error.to_string().contains("id"), "{error}");
            }
        }
    }
}
