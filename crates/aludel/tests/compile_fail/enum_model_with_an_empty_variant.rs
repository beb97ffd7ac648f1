use aludel::prelude::*;

#[derive(Model)]
enum Shape {
    Circle,
}

fn main() {}
