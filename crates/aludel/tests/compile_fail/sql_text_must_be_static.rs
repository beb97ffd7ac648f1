include!("models.inc");

fn main() {
    let table = String::from("users");
    let _ = sql(&format!("select * from {table}"));
}
