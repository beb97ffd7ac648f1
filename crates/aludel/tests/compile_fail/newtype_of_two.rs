use aludel::prelude::*;

#[derive(DbNewtype)]
pub struct Pair(String, String);

fn main() {}
