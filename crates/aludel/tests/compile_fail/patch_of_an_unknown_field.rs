include!("models.inc");

fn main() {
    let _ = UserPatch { nonsense: None, ..Default::default() };
}
