//! A Galera cluster of three MariaDB nodes, written to from all of them at once (scale.md, rules 15, 16 and 18; E14).

use crate::cluster::{Cluster, on_a_cluster};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, Sql};
use std::time::Duration;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cluster_parents")]
struct Parent {
    id: i64,
    #[field(unique, max_length = 80)]
    name: String,
    n: i64,
    children: HasMany<Child>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cluster_children")]
struct Child {
    id: i64,
    #[field(max_length = 80)]
    name: String,
    parent: BelongsTo<Parent>,
}

fn parent(name: String) -> NewParent {
    NewParent { name, n: 0 }
}

alone! {
    fn scale_15_keys_are_read_back_and_never_counted_mariadb() {
        on_a_cluster(async {
            let cluster = Cluster::new().await;
            cluster.nodes[0].create_all(&models![Parent, Child]).await?;
            cluster.settled().await?;
            let mut tasks = Vec::new();
            for (node, db) in cluster.nodes.iter().enumerate() {
                let db = db.clone();
                tasks.push(tokio::spawn(async move {
                    for round in 0..5 {
                        // A transaction of several statements is the caller's to try again.
                        db.session_retrying(20, move |mut session| async move {
                            for n in 0..20 {
                                let name = format!("{node} {round} {n}");
                                let key = session.add(parent(name.clone()));
                                session.add(NewChild {
                                    name,
                                    parent: key.into(),
                                });
                            }
                            aludel::Result::Ok(())
                        })
                        .await?;
                        let many = (0..20).map(|n| parent(format!("many {node} {round} {n}")));
                        for (n, made) in Parent::insert_many(many)
                            .all(&db)
                            .await?
                            .into_iter()
                            .enumerate()
                        {
                            assert_eq!(made.name, format!("many {node} {round} {n}"));
                        }
                    }
                    Ok::<_, Error>(())
                }));
            }
            for task in tasks {
                task.await.expect("it does not panic")?;
            }
            let db = cluster.settled().await?;
            let pairs: Vec<(String, String)> =
                sql("select c.name, p.name from cluster_children c join cluster_parents p on p.id = c.parent_id").all(db).await?;
            assert_eq!(pairs.len(), 300);
            assert!(pairs.iter().all(|(child, parent)| child == parent));
            cluster.drop().await;
            Ok(())
        });
    }

    fn scale_16_single_statements_are_tried_again_mariadb() {
        on_a_cluster(async {
            let cluster = Cluster::new().await;
            cluster.nodes[0].create_all(&models![Parent, Child]).await?;
            let hot = parent("hot".into()).insert(&cluster.nodes[0]).await?;
            cluster.settled().await?;
            let mut tasks = Vec::new();
            for db in &cluster.nodes {
                let db = db.clone();
                let id = hot.id;
                tasks.push(tokio::spawn(async move {
                    for _ in 0..200 {
                        let one = Parent::filter(Parent::id.eq(id))
                            .update(Parent::n.set(Parent::n + 1))
                            .execute(&db)
                            .await?;
                        assert_eq!(one, 1);
                    }
                    Ok::<_, Error>(())
                }));
            }
            for task in tasks {
                task.await.expect("it does not panic")?;
            }
            let db = cluster.settled().await?;
            assert_eq!(Parent::get(hot.id, db).await?.n, 600);
            cluster.drop().await;
            Ok(())
        });
    }

    fn scale_16_get_or_create_makes_one_row_from_three_nodes_mariadb() {
        on_a_cluster(async {
            let cluster = Cluster::new().await;
            cluster.nodes[0].create_all(&models![Parent, Child]).await?;
            cluster.settled().await?;
            for round in 0..40 {
                let name = format!("one {round}");
                let mut tasks = Vec::new();
                for db in &cluster.nodes {
                    let (db, name) = (db.clone(), name.clone());
                    tasks.push(tokio::spawn(async move {
                        let found =
                            Parent::get_or_create(Parent::name.eq(name.clone()), || parent(name), &db)
                                .await?;
                        Ok::<_, Error>(found.0.id)
                    }));
                }
                let mut keys = Vec::new();
                for task in tasks {
                    keys.push(task.await.expect("it does not panic")?);
                }
                keys.dedup();
                assert_eq!(keys.len(), 1, "{name}: {keys:?}");
            }
            let db = cluster.settled().await?;
            assert_eq!(Parent::query().count(db).await?, 40);
            cluster.drop().await;
            Ok(())
        });
    }

    fn scale_16_a_commit_that_loses_is_a_deadlock_mariadb() {
        on_a_cluster(async {
            let cluster = Cluster::new().await;
            cluster.nodes[0].create_all(&models![Parent, Child]).await?;
            let row = parent("contended".into()).insert(&cluster.nodes[0]).await?;
            cluster.settled().await?;
            let mut lost = 0;
            for round in 0..10 {
                let (first, second) = (
                    cluster.nodes[0].begin().await?,
                    cluster.nodes[1].begin().await?,
                );
                let set = |n: i64| Parent::filter(Parent::id.eq(row.id)).update(Parent::n.set(n));
                let mut results = vec![
                    set(round).execute(&first).await.map(drop),
                    set(-round - 1).execute(&second).await.map(drop),
                ];
                results.push(first.commit().await);
                results.push(second.commit().await);
                for error in results.into_iter().filter_map(Result::err) {
                    assert!(
                        matches!(
                            error.kind(),
                            ErrorKind::Deadlock
                                | ErrorKind::SerializationFailure
                                | ErrorKind::TransactionAborted
                        ),
                        "{error:?}"
                    );
                    lost += usize::from(error.is_retryable());
                }
            }
            assert!(lost > 0, "two nodes changed one row, and both were right");
            cluster.drop().await;
            Ok(())
        });
    }

    fn scale_18_a_node_that_left_its_cluster_is_a_lost_connection_mariadb() {
        on_a_cluster(async {
            let cluster = Cluster::new().await;
            cluster.nodes[0].create_all(&models![Parent, Child]).await?;
            cluster.settled().await?;
            let last = &cluster.nodes[2];
            let isolate = |on: u8| {
                Sql::trusted(format!(
                    "set global wsrep_provider_options = 'gmcast.isolate={on}'"
                ))
            };
            isolate(1).execute(last).await?;
            let mut error = None;
            for n in 0..200 {
                match parent(format!("to nobody {n}")).insert(last).await {
                    Ok(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    Err(found) => {
                        error = Some(found);
                        break;
                    }
                }
            }
            isolate(0).execute(last).await?;
            let error = error.expect("the node has left");
            assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
            // It comes back.
            let mut back = Parent::query().count(last).await;
            for _ in 0..200 {
                if back.is_ok() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                back = Parent::query().count(last).await;
            }
            back?;
            cluster.drop().await;
            Ok(())
        });
    }
}
