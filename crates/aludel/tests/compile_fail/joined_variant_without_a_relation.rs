use aludel::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
}

#[derive(Model)]
struct Manager {
    #[field(primary_key)]
    person: BelongsTo<Person>,
}

#[derive(Model)]
#[model(joined = Person)]
enum Employee {
    Manager(Manager),
}

fn main() {}
