//! A Galera cluster of three MariaDB nodes, which `cargo xtask test` starts.

use crate::harness::{unique_name, url_of};
use aludel::{Database, Options, Sql, sql};
use std::future::Future;
use std::time::Duration;

/// A database of the test's own, by each of the nodes.
pub struct Cluster {
    name: String,
    pub nodes: Vec<Database>,
    pub urls: Vec<String>,
}

impl Cluster {
    pub async fn new() -> Cluster {
        Cluster::with(Options::default().max_connections(6)).await
    }

    pub async fn with(options: Options) -> Cluster {
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
    pub async fn settled(&self) -> aludel::Result<&Database> {
        for node in &self.nodes {
            let connection = node.acquire().await?;
            sql("set session wsrep_sync_wait = 15")
                .execute(&connection)
                .await?;
            sql("select 1").rows(&connection).await?;
        }
        Ok(&self.nodes[0])
    }

    pub async fn drop(self) {
        let gone = Sql::trusted(format!("drop database {}", self.name))
            .execute(&self.nodes[0])
            .await;
        gone.expect("drops");
        self.nodes.iter().for_each(Database::close);
    }
}

/// One test at a time: what one does to a node, the others would see.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Runs a test of a cluster.
pub fn on_a_cluster(body: impl Future<Output = aludel::Result<()>>) {
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
