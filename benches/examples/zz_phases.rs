use aludel::prelude::*;
use aludel_benches::blog::{create, fill, new_authors};
use std::time::{Duration, Instant};
fn main() {
    let rt = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    rt.block_on(async {
        let path = std::env::temp_dir().join("zz_phases.db");
        for s in ["", "-wal", "-shm"] { let _ = std::fs::remove_file(format!("{}{s}", path.display())); }
        let db = Database::connect(&format!("sqlite:{}", path.display())).await.expect("connects");
        create(&db).await.expect("tables");
        fill(&db).await.expect("rows");
        let mut t = [Duration::ZERO; 4];
        let raw = rusqlite::Connection::open(&path).expect("opens");
        raw.execute_batch("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on").expect("set");
        let mut r = Duration::ZERO; let mut rc = Duration::ZERO;
        let n = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(300);
        for _ in 0..n {
            {
                let new = new_authors(10_000);
                let started = Instant::now();
                raw.execute_batch("begin immediate").expect("begins");
                let mut rows: Vec<aludel_benches::blog::PlainAuthor> = Vec::with_capacity(new.len());
                let mut insert = raw.prepare_cached("insert into authors (name, score) values (?1, ?2)").expect("prepares");
                for author in new {
                    insert.execute((&author.name, author.score)).expect("inserts");
                    rows.push(aludel_benches::blog::PlainAuthor { id: raw.last_insert_rowid(), name: author.name, score: author.score.unwrap_or(0), posts: Vec::new() });
                }
                r += started.elapsed();
                let started = Instant::now();
                raw.execute_batch("commit").expect("commits");
                std::hint::black_box(rows);
                rc += started.elapsed();
                raw.execute_batch("delete from authors where id > 100").expect("deletes");
            }
            }
        for _ in 0..n {
            let new = new_authors(10_000);
            let mut session = db.session();
            let s = Instant::now();
            let keys = session.add_all(new);
            t[0] += s.elapsed(); let s = Instant::now();
            session.flush().await.expect("a flush");
            t[1] += s.elapsed(); let s = Instant::now();
            session.commit().await.expect("a commit");
            t[2] += s.elapsed();
            assert!(session[keys[9_999]].id > 0);
            let s = Instant::now();
            drop(session);
            t[3] += s.elapsed();
            sql("delete from authors where id > 100").execute(&db).await.expect("deletes");
        }
        println!("raw {:?} + {:?}", r / n, rc / n);
        for (t, w) in t.iter().zip(["add", "flush", "commit", "drop"]) { println!("{w}: {:?}", *t / n); }
    });
}
