include!("models.inc");

fn main() {
    let _ = Post::views.is_in(["a", "b"]);
}
