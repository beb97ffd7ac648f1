use aludel::prelude::*;

#[derive(Model)]
#[model(common(id: i64, size: i32))]
enum Shape {
    Circle(Circle),
}

#[derive(Model)]
#[model(variant_of = Shape)]
struct Circle {
    id: i64,
    size: i64,
}

fn main() {}
