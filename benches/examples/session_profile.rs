//! A loop to be profiled: `session_profile load|session|add|change N`.
use aludel::prelude::*;
use aludel_benches::blog::{Author, Post, create, fill, new_authors};
fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let n: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(100);
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    rt.block_on(async {
        let db = Database::connect("sqlite::memory:").await.expect("connects");
        create(&db).await.expect("tables");
        fill(&db).await.expect("rows");
        let begun = std::time::Instant::now();
        for _ in 0..n {
            match what.as_str() {
                "load" => drop(Author::query().order_by(Author::id).with(Author::posts.then(Post::comments)).all(&db).await.expect("rows")),
                "session" => {
                    let mut session = db.session();
                    drop(session.all(Author::query().order_by(Author::id).with(Author::posts.then(Post::comments))).await.expect("rows"));
                }
                "change" => {
                    let mut session = db.session();
                    for key in session.all(Post::query()).await.expect("rows") {
                        session[key].title.push('x');
                    }
                    session.flush().await.expect("a flush");
                    session.rollback().await.expect("a rollback");
                }
                _ => {
                    let mut session = db.session();
                    session.add_all(new_authors(10_000));
                    session.flush().await.expect("a flush");
                    std::mem::forget(session.rollback().await);
                }
            }
        }
        eprintln!("{:?} each", begun.elapsed() / n as u32);
    });
}
