use aludel::prelude::*;

#[derive(DbEnum, Clone, Copy)]
pub enum Mood {
    Happy,
    Sad(u8),
}

fn main() {}
