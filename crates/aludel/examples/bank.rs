//! Two writers move money between the same accounts, 10,000 times in all, and no cent is lost: version columns find out
//! what the other one changed in between, and the transfer is done again.
//!
//! `cargo run --example bank` uses an SQLite file of its own; `cargo run --example bank --all-features -- postgres://…`
//! any database by its URL. The table `accounts` is made there, and dropped at the end.
#![allow(missing_docs)]

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(check(covered = Account::balance.ge(0)))]
pub struct Account {
    pub id: i64,
    #[field(max_length = 40)]
    pub owner: String,
    pub balance: i64,
    #[field(version)]
    pub version: i64,
}

/// A small generator of numbers that look random, the same ones each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Moves money once; tries again while somebody else is faster.
async fn transfer(db: &Database, from: i64, to: i64, amount: i64) -> aludel::Result<usize> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut session = db.session();
        let giver = session.get::<Account>(from).await?;
        let taker = session.get::<Account>(to).await?;
        if session[giver].balance < amount {
            return Ok(tries);
        }
        session[giver].balance -= amount;
        session[taker].balance += amount;
        match session.commit().await {
            Ok(_) => return Ok(tries),
            Err(error) if error.is_stale() || error.is_retryable() => {
                tokio::task::yield_now().await
            }
            Err(error) => return Err(error),
        }
    }
}

/// What came of it.
pub struct Outcome {
    pub transfers: usize,
    pub tries: usize,
    pub before: i64,
    pub after: i64,
}

/// Lets two writers transfer at the same time.
pub async fn bank(db: &Database, transfers: usize) -> aludel::Result<Outcome> {
    const ACCOUNTS: u64 = 8;
    db.create_all(&models![Account]).await?;
    let opened = (0..ACCOUNTS).map(|n| NewAccount {
        owner: format!("customer {n}"),
        balance: 1000,
        version: None,
    });
    let accounts: Vec<i64> = Account::insert_many(opened)
        .all(db)
        .await?
        .iter()
        .map(|account| account.id)
        .collect();
    let sum = async || {
        Account::query()
            .select(Account::balance.sum())
            .one(db)
            .await
    };
    let before = sum().await?.unwrap_or(0);
    let mut writers = Vec::new();
    for writer in 0..2 {
        let (db, accounts) = (db.clone(), accounts.clone());
        writers.push(tokio::spawn(async move {
            let mut numbers = Numbers(writer + 1);
            let mut tries = 0;
            for _ in 0..transfers / 2 {
                let from = numbers.below(ACCOUNTS) as usize;
                let to = (from + 1 + numbers.below(ACCOUNTS - 1) as usize) % accounts.len();
                let amount = 1 + numbers.below(50) as i64;
                tries += transfer(&db, accounts[from], accounts[to], amount).await?;
            }
            Ok::<usize, aludel::Error>(tries)
        }));
    }
    let mut tries = 0;
    for writer in writers {
        tries += writer
            .await
            .map_err(|error| aludel::Error::rollback(error.to_string()))??;
    }
    let after = sum().await?.unwrap_or(0);
    db.drop_all(&models![Account]).await?;
    Ok(Outcome {
        transfers,
        tries,
        before,
        after,
    })
}

#[tokio::main]
#[allow(dead_code)]
async fn main() -> aludel::Result<()> {
    let file = std::env::temp_dir().join(format!("aludel_bank_{}.sqlite", std::process::id()));
    let own = format!("sqlite:{}", file.display());
    let url = std::env::args().nth(1).unwrap_or(own);
    let db = Database::connect(&url).await?;
    let done = bank(&db, 10_000).await?;
    println!(
        "{} transfers in {} tries; {} before, {} after",
        done.transfers, done.tries, done.before, done.after
    );
    assert_eq!(done.before, done.after);
    db.close();
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
    Ok(())
}
