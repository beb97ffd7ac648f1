//! Migrations of a Galera cluster, from all of its nodes at once (scale.md, rule 17; E14).

use crate::cluster::{Cluster, on_a_cluster};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Patience, Target};
use aludel::{Database, Error, sql};
use std::time::Duration;

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
    on_a_cluster(async {
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
    on_a_cluster(async {
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
