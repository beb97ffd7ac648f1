include!("models.inc");

fn main() {
    let _ = User::filter(Post::views.gt(1));
}
