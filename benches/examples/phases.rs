use aludel::prelude::*;
use aludel_benches::blog::{create, fill, new_authors};
use std::time::{Duration, Instant};
fn main() {
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    rt.block_on(async {
        let path = std::env::temp_dir().join("phases.sqlite");
        drop(std::fs::remove_file(&path));
        let db = Database::connect(&format!("sqlite:{}", path.display())).await.expect("connects");
        create(&db).await.expect("tables");
        fill(&db).await.expect("rows");
        let (mut a, mut b, mut c, mut d) = (Duration::ZERO, Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let n = 200;
        for _ in 0..n {
            let new = new_authors(10_000);
            let t = Instant::now();
            let mut session = db.session();
            let keys = session.add_all(new);
            a += t.elapsed();
            let t = Instant::now();
            session.flush().await.expect("a flush");
            b += t.elapsed();
            let t = Instant::now();
            session.commit().await.expect("a commit");
            c += t.elapsed();
            assert!(session[keys[9_999]].id > 0);
            let t = Instant::now();
            drop(session);
            d += t.elapsed();
            sql("delete from authors where id > 100").execute(&db).await.expect("deletes");
        }
        eprintln!("add {:?} flush {:?} commit {:?} drop {:?}", a / n, b / n, c / n, d / n);
    });
}
