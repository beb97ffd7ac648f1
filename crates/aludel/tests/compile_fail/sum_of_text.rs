include!("models.inc");

fn main() {
    let _ = User::email.sum();
}
