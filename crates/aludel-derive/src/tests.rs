//! What the derives expand to. The snapshots are for review: an expansion is names and calls, and short.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Result};

fn expansion(source: &str, derive: fn(DeriveInput) -> Result<TokenStream>) -> String {
    let input = syn::parse_str(source).expect("the test's source is Rust");
    let tokens = derive(input).expect("the derive accepts it");
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

macro_rules! expands {
    ($($name:ident: $derive:path => $source:literal;)+) => {$(
        #[test]
        fn $name() {
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(expansion($source, $derive));
            });
        }
    )+};
}

expands! {
    model_with_a_key_and_two_columns: crate::model::derive => r#"
        pub struct Tag {
            pub id: i64,
            #[field(unique, max_length = 50)]
            pub name: String,
        }
    "#;

    model_with_relations: crate::model::derive => r#"
        #[model(table = "articles", index(author, -views))]
        pub struct Post {
            pub id: i64,
            #[field(default = 0)]
            pub views: i64,
            #[field(on_delete = cascade)]
            pub author: BelongsTo<User>,
            pub editor: Option<BelongsTo<User>>,
            #[field(inverse = post)]
            pub comments: HasMany<Comment>,
            pub tags: ManyToMany<Tag>,
        }
    "#;

    model_with_a_composite_key_embedded_and_generated: crate::model::derive => r#"
        #[model(no_consts, comment = "where it is")]
        struct Place {
            #[field(primary_key)]
            country: String,
            #[field(primary_key)]
            code: i32,
            #[field(embedded)]
            address: Address,
            #[field(generated = Self::code * 2)]
            twice: i32,
            #[field(default_with = nick)]
            nick: Option<String>,
        }
    "#;

    model_with_earlier_names_and_constraints_of_its_own: crate::model::derive => r#"
        #[model(renamed_from = "person", unique(email, nick, name = "uq_both"), named_check(name = "ck_old", that = User::nick.ne("")),
            index(on = User::email.lower(), unique, name = "ux_email"), index(nick, include(email)),
            foreign_key = ForeignKey::on("fk_old", ["boss_id"]).references("users", ["id"]))]
        pub struct User {
            pub id: i64,
            #[field(renamed_from = "mail")]
            pub email: String,
            pub nick: String,
            #[field(renamed_from = "writer")]
            pub author: BelongsTo<User>,
        }
    "#;

    model_in_the_table_of_an_enum: crate::model::derive => r#"
        #[model(variant_of = Employee)]
        pub struct Manager {
            pub id: i64,
            pub budget: i64,
            pub office: BelongsTo<Office, OfficeCode>,
            #[field(alternate_key)]
            pub badge: String,
        }
    "#;

    enum_of_models: crate::model::derive => r#"
        #[model(table = "employees", common(id: i64))]
        pub enum Employee { Manager(Manager), #[model(label = "eng")] Engineer(Engineer) }
    "#;

    enum_over_a_base: crate::model::derive => r#"
        #[model(joined = Person)]
        pub enum Employee { Manager(Manager), Engineer(Engineer) }
    "#;

    polymorphic: crate::polymorphic::derive => r#"
        pub enum Subject { Post(Post), #[polymorphic(kind = "film")] Video(Video) }
    "#;

    embedded: crate::embedded::derive => r#"
        pub struct Address { pub street: String, pub zip: Option<i32> }
    "#;

    db_enum: crate::db_enum::derive => r#"
        pub enum Status { Draft, #[db_enum(label = "out")] Published }
    "#;

    db_newtype: crate::newtype::derive => "pub struct UserId(pub i64);";

    from_row: crate::from_row::derive => r#"
        struct Summary { #[field(column = "n")] count: i64, title: Option<String> }
    "#;
}

/// A field costs about as many lines as it has uses: a type and a value, read, written, described.
#[test]
fn an_expansion_is_short() {
    let fields: String = (0..20).map(|n| format!("pub f{n}: i32,")).collect();
    let long = expansion(
        &format!("pub struct Long {{ pub id: i64, {fields} }}"),
        crate::model::derive,
    );
    let short = expansion("pub struct Long { pub id: i64 }", crate::model::derive);
    let per_field = (long.lines().count() - short.lines().count()) / 20;
    assert!(per_field <= 25, "{per_field} lines for each field");
    assert!(
        short.lines().count() <= 160,
        "{} lines for a model",
        short.lines().count()
    );
}
