//! The derives in a module that has taken the usual names for itself, and beside models that are called as what a derive
//! makes might be.
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

/// Models whose names are those of a model and a field of it.
mod taken {
    use aludel::{BelongsTo, HasMany, HasOne, Model};

    #[derive(Model)]
    #[model(no_consts)]
    pub struct User {
        pub id: i64,
        #[field(alternate_key = UserByEmail, max_length = 50)]
        pub email: String,
        pub profile: HasOne<UserProfile>,
        pub columns: HasMany<UserColumns>,
        pub nick: Option<String>,
    }

    #[derive(Model)]
    pub struct UserProfile {
        pub id: i64,
        #[field(unique)]
        pub user: BelongsTo<User>,
    }

    #[derive(Model)]
    pub struct UserColumns {
        pub id: i64,
        pub owner: BelongsTo<User>,
    }

    #[derive(Model)]
    pub struct UserEmail {
        pub id: i64,
        pub user: BelongsTo<User, UserByEmail>,
    }

    /// Fields that are called as functions of `Model`: without constants they hide none.
    #[derive(Model)]
    #[model(no_consts)]
    pub struct Search {
        pub id: i64,
        pub query: String,
        pub filter: Option<String>,
        pub find: i32,
        pub key: i64,
        pub meta: i64,
        pub save: bool,
    }
}

#[tokio::test(flavor = "current_thread")]
async fn names_of_markers_and_of_functions_may_be_taken() -> aludel::Result<()> {
    use aludel::prelude::*;
    use taken::{NewSearch, NewUser, NewUserColumns, NewUserEmail, NewUserProfile};
    use taken::{Search, User, UserColumns, UserEmail, UserProfile};
    let db = Database::connect("sqlite::memory:").await?;
    db.create_all(&models![Search, User, UserColumns, UserEmail, UserProfile])
        .await?;
    // Constructors take what is required, in the order of the fields.
    let ann = NewUser::new("ann@example.com").insert(&db).await?;
    NewUserProfile::new(&ann).insert(&db).await?;
    NewUserColumns::new(&ann).insert(&db).await?;
    NewUserEmail::new(&ann).insert(&db).await?;
    let user = User::columns();
    let here = user.columns.any(UserColumns::id.gt(0)) & user.profile.id.gt(0);
    assert_eq!(User::filter(here).count(&db).await?, 1);
    let by_email = UserEmail::user.nick.is_null() & UserEmail::user.email.eq("ann@example.com");
    assert_eq!(UserEmail::filter(by_email).count(&db).await?, 1);
    assert_eq!(UserProfile::query().count(&db).await?, 1);

    let mut search = NewSearch::new("rust", 1, 2, 3, true).insert(&db).await?;
    search.find = 4;
    search.save(&db).await?;
    let column = Search::columns();
    let found = Search::filter(column.query.eq("rust") & column.find.eq(4));
    assert_eq!(found.count(&db).await?, 1);
    assert_eq!(Search::query().count(&db).await?, 1);
    Ok(())
}

/// Lints that a program may turn on do not fire in what a derive makes.
#[deny(
    missing_docs,
    non_local_definitions,
    private_bounds,
    private_interfaces,
    trivial_casts,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications
)]
mod strict {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub(super) struct Owner {
        pub(super) id: i64,
        #[field(alternate_key)]
        pub(in crate::strict) mail: String,
        dogs: HasMany<Dog>,
    }

    #[derive(Model, Debug, Clone)]
    pub(super) struct Dog {
        id: i64,
        #[field(embedded)]
        collar: Collar,
        owner: BelongsTo<Owner, OwnerMail>,
        size: Size,
    }

    #[derive(Embedded, Debug, Clone, PartialEq)]
    pub(crate) struct Collar {
        text: String,
    }

    #[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
    pub(crate) enum Size {
        Small,
        Large,
    }

    macro_rules! model {
        ($name:ident, $ty:ty) => {
            #[derive(Model, Debug, Clone)]
            struct $name {
                id: i64,
                value: $ty,
            }
        };
    }
    model!(Made, Option<String>);

    #[test]
    fn models_of_macros_and_of_functions_are_models() {
        #[derive(Model, Debug, Clone)]
        struct Local {
            id: i64,
            made: BelongsTo<Made>,
        }
        assert!(models![Owner, Dog, Made, Local].check().is_ok());
    }
}
