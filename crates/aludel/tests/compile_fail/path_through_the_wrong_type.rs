include!("models.inc");

fn main() {
    let _ = Post::author.title;
}
