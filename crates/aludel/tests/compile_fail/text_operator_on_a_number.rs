include!("models.inc");

fn main() {
    let _ = Post::views.contains("1");
}
