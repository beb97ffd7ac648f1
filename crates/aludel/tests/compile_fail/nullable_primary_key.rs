use aludel::prelude::*;

#[derive(Model)]
pub struct Thing {
    #[field(primary_key)]
    pub code: Option<String>,
}

fn main() {}
