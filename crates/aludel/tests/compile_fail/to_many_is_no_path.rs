include!("models.inc");

fn main() {
    let _ = User::posts.views.gt(1);
}
