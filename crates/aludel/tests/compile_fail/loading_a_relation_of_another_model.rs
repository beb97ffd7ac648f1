include!("models.inc");

fn main() {
    let _ = Post::query().with(User::posts);
}
