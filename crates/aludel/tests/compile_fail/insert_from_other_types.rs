include!("models.inc");

fn main() {
    let _ = Post::insert_from((Post::views,), User::query().select((User::email,)));
}
