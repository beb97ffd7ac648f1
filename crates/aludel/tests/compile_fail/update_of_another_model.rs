include!("models.inc");

fn main() {
    let _ = User::query().update(Post::views.set(1));
}
