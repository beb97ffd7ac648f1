//! What the cases work on, and rows of it.

use aludel::prelude::*;

/// A unique number that moves about, and an order to page through.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_tags", index(name, id))]
pub struct Tag {
    pub id: i64,
    #[field(unique)]
    pub number: i64,
    #[field(max_length = 40)]
    pub name: String,
    pub posts: ManyToMany<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_posts")]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_parents")]
pub struct Parent {
    pub id: i64,
    pub name: String,
    pub children: HasMany<Child>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_children")]
pub struct Child {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub parent: BelongsTo<Parent>,
    pub toys: HasMany<Toy>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_toys")]
pub struct Toy {
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub child: BelongsTo<Child>,
}

/// A key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_cells")]
pub struct Cell {
    #[field(primary_key)]
    pub x: i32,
    #[field(primary_key)]
    pub y: i32,
    pub label: String,
}

/// What refers to such a key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "linear_marks")]
pub struct Mark {
    pub id: i64,
    pub cell: BelongsTo<Cell>,
}

/// Empty tables, whatever the run before left in them.
pub async fn renew(db: &Database) -> aludel::Result<()> {
    let all = models![Tag, Post, Parent, Child, Toy, Cell, Mark];
    db.drop_all(&all).await?;
    db.create_all(&all).await
}

pub fn new_tag(number: i64) -> NewTag {
    NewTag {
        number,
        name: format!("tag {number:06}"),
    }
}

pub fn new_tags(count: usize) -> impl Iterator<Item = NewTag> {
    (0..count as i64).map(new_tag)
}

pub async fn tags(db: &Database, count: usize) -> aludel::Result<Vec<Tag>> {
    Tag::insert_many(new_tags(count)).all(db).await
}

pub async fn post(db: &Database) -> aludel::Result<Post> {
    let new = NewPost {
        title: "post".into(),
    };
    new.insert(db).await
}

pub fn new_parent() -> NewParent {
    NewParent {
        name: "parent".into(),
    }
}

pub fn new_child(parent: Ref<Parent>) -> NewChild {
    NewChild {
        name: "child".into(),
        parent,
    }
}

/// A parent with so many children.
pub async fn family(db: &Database, count: usize) -> aludel::Result<(Parent, Vec<Child>)> {
    let parent = new_parent().insert(db).await?;
    let children = (0..count).map(|_| new_child((&parent).into()));
    let children = Child::insert_many(children).all(db).await?;
    Ok((parent, children))
}

/// So many parents with a child each.
pub async fn families(db: &Database, count: usize) -> aludel::Result<()> {
    let parents = (0..count).map(|_| new_parent());
    let parents = Parent::insert_many(parents).all(db).await?;
    let children = parents.iter().map(|parent| new_child(parent.into()));
    Child::insert_many(children).execute(db).await?;
    Ok(())
}

/// So many cells, in rows of a hundred.
pub async fn cells(db: &Database, count: usize) -> aludel::Result<Vec<Cell>> {
    let new = (0..count as i32).map(|n| NewCell {
        x: n / 100,
        y: n % 100,
        label: n.to_string(),
    });
    Cell::insert_many(new).all(db).await
}
