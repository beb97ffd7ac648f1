include!("models.inc");

async fn run() {
    let _ = User::query().all(&5).await;
}

fn main() {
    let _ = run();
}
