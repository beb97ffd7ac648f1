include!("models.inc");

fn main() {
    let _ = User::email.eq(5);
}
