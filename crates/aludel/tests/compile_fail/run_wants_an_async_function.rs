use aludel::migrate::prelude::*;

fn fill(_: Historical) {}

fn main() {
    let _ = Migration::new("0001_fill").run(fill, nothing);
}
