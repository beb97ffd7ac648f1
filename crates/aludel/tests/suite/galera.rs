//! A Galera cluster of three MariaDB nodes, written to from all of them at once (scale.md, rules 15 to 18; E14).

use crate::harness::{unique_name, url_of};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Patience, Target};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, Options, Sql};
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

/// A database of the test's own, by each of the nodes.
struct Cluster {
    name: String,
    nodes: Vec<Database>,
    urls: Vec<String>,
}

impl Cluster {
    async fn new() -> Cluster {
        Cluster::with(Options::default().max_connections(6)).await
    }

    async fn with(options: Options) -> Cluster {
        let given = std::env::var("ALUDEL_GALERA_URLS").expect("run by `cargo xtask test`");
        let servers: Vec<&str> = given.split(',').collect();
        let name = unique_name();
        let admin = Database::connect(servers[0]).await.expect("a node answers");
        let made = Sql::trusted(format!("create database {name}"))
            .execute(&admin)
            .await;
        made.expect("a database");
        let urls: Vec<String> = servers.iter().map(|server| url_of(server, &name)).collect();
        let mut nodes = Vec::new();
        for url in &urls {
            // What the first node has done may still be on its way.
            let mut tried = 0;
            nodes.push(loop {
                match options.clone().connect(url).await {
                    Ok(db) => break db,
                    Err(error) => assert!(tried < 100, "{error}"),
                }
                tried += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            });
        }
        Cluster { name, nodes, urls }
    }

    /// The first node, once each node has what all have written.
    async fn settled(&self) -> aludel::Result<&Database> {
        for node in &self.nodes {
            let connection = node.acquire().await?;
            sql("set session wsrep_sync_wait = 15")
                .execute(&connection)
                .await?;
            sql("select 1").rows(&connection).await?;
        }
        Ok(&self.nodes[0])
    }

    async fn drop(self) {
        let gone = Sql::trusted(format!("drop database {}", self.name))
            .execute(&self.nodes[0])
            .await;
        gone.expect("drops");
        self.nodes.iter().for_each(Database::close);
    }
}

/// One test at a time: what one does to a node, the others would see.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn run(body: impl Future<Output = aludel::Result<()>>) {
    let _turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build();
    if let Err(error) = runtime.expect("a runtime").block_on(body) {
        panic!("{error}\n{error:?}");
    }
}

fn parent(name: String) -> NewParent {
    NewParent { name, n: 0 }
}

#[test]
fn scale_15_keys_are_read_back_and_never_counted_mariadb() {
    run(async {
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

#[test]
fn scale_16_single_statements_are_tried_again_mariadb() {
    run(async {
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

#[test]
fn scale_16_get_or_create_makes_one_row_from_three_nodes_mariadb() {
    run(async {
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

#[test]
fn scale_16_a_commit_that_loses_is_a_deadlock_mariadb() {
    run(async {
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

fn migrations() -> App {
    let first = Migration::new("0001_initial")
        .create_table(new_table("counted").id().column(column("n", integer())))
        .run_sql("insert into counted (n) values (0)");
    let second = Migration::new("0002_add")
        .depends_on("0001_initial")
        .run_sql("update counted set n = n + 25")
        .add_column("counted", column("m", integer()).nullable());
    App::new(Default::default(), vec![first, second])
}

#[test]
fn scale_17_each_migration_is_applied_once_from_three_nodes_at_once_mariadb() {
    run(async {
        let cluster = Cluster::new().await;
        let mut tasks = Vec::new();
        for n in 0..8 {
            let url = cluster.urls[n % 3].clone();
            tasks.push(tokio::spawn(async move {
                let db = Database::connect(&url).await?;
                let app = migrations();
                let done = Migrator::new(&db, &app)?.migrate(&Target::Latest).await?;
                db.close();
                Ok::<_, Error>(done.steps.len())
            }));
        }
        let mut applied = 0;
        for task in tasks {
            applied += task.await.expect("it does not panic")?;
        }
        assert_eq!(applied, 2);
        let db = cluster.settled().await?;
        assert_eq!(sql("select n from counted").all::<i32>(db).await?, [25]);
        assert_eq!(
            sql("select count(*) from aludel_migration_lock")
                .one::<i64>(db)
                .await?,
            0
        );
        cluster.drop().await;
        Ok(())
    });
}

/// A run that died has left its row; whoever comes next takes it over after three silent heartbeats, and not before.
#[test]
fn scale_17_a_run_that_died_is_followed_by_another_mariadb() {
    run(async {
        let cluster = Cluster::new().await;
        let db = &cluster.nodes[0];
        sql("create table aludel_migration_lock (id int primary key, owner varchar(80) not null, node varchar(200) not null, beat bigint not null)")
            .execute(db)
            .await?;
        sql("insert into aludel_migration_lock values (1, 'somebody', 'node1', 7)")
            .execute(db)
            .await?;
        let begun = std::time::Instant::now();
        let app = migrations();
        let patience = Patience {
            other_run: Duration::from_secs(20),
            ..Patience::default()
        };
        let done = Migrator::new(&cluster.nodes[1], &app)?
            .patience(patience)
            .migrate(&Target::Latest)
            .await?;
        assert_eq!(done.steps.len(), 2);
        assert!(
            begun.elapsed() > Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
        cluster.drop().await;
        Ok(())
    });
}

#[test]
fn scale_18_a_node_that_left_its_cluster_is_a_lost_connection_mariadb() {
    run(async {
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
