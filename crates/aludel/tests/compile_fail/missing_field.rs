include!("models.inc");

fn main() {
    let _ = NewUser { age: None };
}
