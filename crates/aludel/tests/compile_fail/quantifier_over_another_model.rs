include!("models.inc");

fn main() {
    let _ = User::posts.any(User::email.eq("x"));
}
