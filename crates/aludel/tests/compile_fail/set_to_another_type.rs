include!("models.inc");

fn main() {
    let _ = Post::views.set("many");
}
