use aludel::prelude::*;

#[derive(Model)]
enum Shape {
    Circle(Circle),
}

#[derive(Model)]
#[model(variant_of = Shape)]
struct Circle {
    id: i64,
}

#[derive(Model)]
#[model(variant_of = Shape)]
struct Square {
    id: i64,
}

fn main() {}
