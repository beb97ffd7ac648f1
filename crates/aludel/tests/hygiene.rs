//! The derives in a module that has taken the usual names for itself.
#![allow(dead_code, missing_docs, unreachable_pub)]

mod mine {
    pub type Result<T> = std::result::Result<T, String>;
    pub struct Vec;
    pub struct Error;
    pub enum Option {}
    pub struct Value;
    pub trait Default {}
    pub trait Clone {}

    #[derive(aludel::Model)]
    pub struct Parent {
        pub id: i64,
        pub r#type: std::option::Option<String>,
        #[field(default_with = nick)]
        pub name: String,
        #[field(embedded)]
        pub place: Place,
        pub state: State,
        pub tag: Tag,
        pub children: aludel::HasMany<Child>,
    }

    #[derive(aludel::Model)]
    pub struct Child {
        pub id: i64,
        pub parent: aludel::BelongsTo<Parent>,
    }

    #[derive(aludel::Embedded, Debug, PartialEq, std::clone::Clone)]
    pub struct Place {
        pub street: String,
        pub zip: std::option::Option<i32>,
    }

    #[derive(aludel::DbEnum, Debug, Clone, Copy, PartialEq)]
    pub enum State {
        On,
        Off,
    }

    #[derive(aludel::DbNewtype, Debug, std::clone::Clone, PartialEq)]
    pub struct Tag(pub String);

    #[derive(aludel::FromRow)]
    pub struct Row {
        pub r#type: std::option::Option<String>,
    }

    fn nick() -> String {
        "nick".into()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn names_of_the_prelude_may_be_taken() -> aludel::Result<()> {
    use aludel::prelude::*;
    use mine::{Child, NewChild, NewParent, Parent, Place, State, Tag};
    let db = Database::connect("sqlite::memory:").await?;
    db.create_all(&models![Parent, Child]).await?;
    let parent = NewParent {
        r#type: Some("kind".into()),
        name: None,
        place: Place {
            street: "a".into(),
            zip: None,
        },
        state: State::On,
        tag: Tag("t".into()),
    }
    .insert(&db)
    .await?;
    assert_eq!((parent.name.as_str(), parent.state), ("nick", State::On));
    NewChild {
        parent: (&parent).into(),
    }
    .insert(&db)
    .await?;
    let found = Parent::filter(Parent::r#type.eq("kind") & Parent::children.any(Child::id.gt(0)))
        .one(&db)
        .await?;
    assert_eq!(found.place, parent.place);
    let row: mine::Row = sql("select type from parents").one(&db).await?;
    assert_eq!(row.r#type.as_deref(), Some("kind"));
    Ok(())
}
