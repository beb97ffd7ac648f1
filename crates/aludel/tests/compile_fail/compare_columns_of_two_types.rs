include!("models.inc");

fn main() {
    let _ = Post::title.eq(Post::views);
}
