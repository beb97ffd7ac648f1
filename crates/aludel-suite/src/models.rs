//! Models that several tests share.

use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
pub struct User {
    pub id: i64,
    #[field(unique, max_length = 254)]
    pub email: String,
    pub name: Option<String>,
    pub age: Option<i32>,
    #[field(default = now())]
    pub created_at: Timestamp,
    pub company: Option<BelongsTo<Company>>,
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Company {
    pub id: i64,
    pub name: String,
    pub city: Option<String>,
    pub users: HasMany<User>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(author, views))]
pub struct Post {
    pub id: i64,
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    pub rating: Option<f64>,
    #[field(on_delete = cascade)]
    pub author: BelongsTo<User>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tag {
    pub id: i64,
    #[field(unique, max_length = 50)]
    pub name: String,
    pub posts: ManyToMany<Post>,
}

pub fn user(email: &str) -> NewUser {
    NewUser {
        email: email.into(),
        name: None,
        age: None,
        created_at: None,
        company: None,
    }
}

pub fn post(title: &str, views: i64, author: &User) -> NewPost {
    NewPost {
        title: title.into(),
        views: Some(views),
        rating: None,
        author: author.into(),
    }
}

pub async fn create(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![User, Company, Post, Tag]).await
}

/// Ann (Acme, Paris; 2 posts: 10 and 30 views), Bob (Acme; 1 post: 20 views), Cid (no company, no posts).
pub async fn people(db: &Database) -> aludel::Result<[User; 3]> {
    create(db).await?;
    let acme = NewCompany {
        name: "Acme".into(),
        city: Some("Paris".into()),
    }
    .insert(db)
    .await?;
    let ann = NewUser {
        name: Some("Ann".into()),
        age: Some(40),
        company: Some((&acme).into()),
        ..user("ann@example.com")
    };
    let bob = NewUser {
        name: Some("Bob".into()),
        age: Some(30),
        company: Some((&acme).into()),
        ..user("bob@example.com")
    };
    let cid = user("cid@example.org");
    let users: Vec<User> = User::insert_many([ann, bob, cid]).all(db).await?;
    let [ann, bob, cid] = <[User; 3]>::try_from(users).expect("three users");
    Post::insert_many([
        post("Rust 100%", 10, &ann),
        post("rust_guide", 30, &ann),
        post("Gärten", 20, &bob),
    ])
    .execute(db)
    .await?;
    Ok([ann, bob, cid])
}
