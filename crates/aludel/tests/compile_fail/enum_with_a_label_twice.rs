use aludel::prelude::*;

#[derive(DbEnum, Clone, Copy)]
pub enum Mood {
    Happy,
    #[db_enum(label = "happy")]
    Glad,
}

fn main() {}
