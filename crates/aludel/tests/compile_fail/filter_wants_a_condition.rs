include!("models.inc");

fn main() {
    let _ = User::filter(User::age);
}
