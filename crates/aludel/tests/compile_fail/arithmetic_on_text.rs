include!("models.inc");

fn main() {
    let _ = User::email + 1;
}
