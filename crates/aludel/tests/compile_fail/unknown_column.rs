include!("models.inc");

fn main() {
    let _ = User::nonsense;
}
