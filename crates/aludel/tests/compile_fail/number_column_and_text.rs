include!("models.inc");

fn main() {
    let _ = Post::views.eq("many");
}
