include!("models.inc");

fn main() {
    let _ = User::query().select((User::email, Post::title));
}
