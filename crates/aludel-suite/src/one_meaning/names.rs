//! Rule 2: generated names collide with nothing.

/// The names that aliases have, and others that statements make.
macro_rules! named {
    ($($module:ident $table:literal $kids:literal $tags:literal;)+) => {$(
        mod $module {
            use aludel::prelude::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $table)]
            pub struct Parent {
                pub id: i64,
                #[field(unique, max_length = 20)]
                pub name: String,
                pub boss: Option<BelongsTo<Parent>>,
                #[field(inverse = parent)]
                pub kids: HasMany<Kid>,
                pub tags: ManyToMany<Tag>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $kids)]
            pub struct Kid {
                pub id: i64,
                pub age: i64,
                #[field(on_delete = cascade)]
                pub parent: BelongsTo<Parent>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $tags)]
            pub struct Tag {
                pub id: i64,
                pub parents: ManyToMany<Parent>,
            }

            pub async fn check(db: &Database) -> aludel::Result<()> {
                db.create_all(&models![Parent, Kid, Tag]).await?;
                let new = |name: &str, boss: Option<&Parent>| NewParent { name: name.into(), boss: boss.map(Into::into) };
                let ann = new("ann", None).insert(db).await?;
                let bob = new("bob", Some(&ann)).insert(db).await?;
                let cid = new("cid", Some(&bob)).insert(db).await?;
                NewKid { age: 3, parent: (&ann).into() }.insert(db).await?;
                let kid = NewKid { age: 9, parent: (&cid).into() }.insert(db).await?;
                let tag = NewTag {}.insert(db).await?;
                Parent::tags.of(&cid).add([&tag], db).await?;
                let named = async |query: aludel::Query<Parent>| query.order_by(Parent::id).select(Parent::name).all(db).await;
                assert_eq!(named(Parent::filter(Parent::kids.any(Kid::age.gt(5)))).await?, ["cid"]);
                assert_eq!(named(Parent::filter(Parent::boss.boss.name.eq("ann"))).await?, ["cid"]);
                assert_eq!(named(Parent::filter(Parent::boss.kids.count().eq(1))).await?, ["bob"]);
                assert_eq!(named(Parent::filter(Parent::tags.exists())).await?, ["cid"]);
                let subquery = Parent::filter(Parent::kids.exists()).order_by(Parent::id).limit(1).select(Parent::id);
                assert_eq!(named(Parent::filter(Parent::id.is_in_query(subquery.clone()))).await?, ["ann"]);
                assert_eq!(named(Parent::filter(Parent::id.not_in_query(subquery))).await?, ["bob", "cid"]);
                assert_eq!(Kid::filter(Kid::parent.boss.boss.name.eq("ann")).all(db).await?, [kid]);
                // Loads, over the join table, too.
                let rows = Parent::query().order_by(Parent::id).with(Parent::kids).with(Parent::tags.order_by(Tag::id).limit(1)).all(db).await?;
                assert_eq!((rows[0].kids.all().len(), rows[2].tags.all().len()), (1, 1));
                let rows = Tag::query().with(Tag::parents.then(Parent::boss)).all(db).await?;
                assert_eq!(rows[0].parents.all()[0].name, "cid");
                // Upserts.
                let upsert = Parent::insert_many([new("ann", Some(&cid))])
                    .on_conflict(Parent::name)
                    .do_update(Parent::name.set(Parent::name.concat("x")));
                upsert.execute(db).await?;
                assert_eq!(named(Parent::query()).await?, ["annx", "bob", "cid"]);
                // As many as are sent as arrays.
                let many = || (0..20).map(|n| new(&format!("n{n}"), None));
                Parent::insert_many(many()).execute(db).await?;
                let upsert = Parent::insert_many(many())
                    .on_conflict(Parent::name)
                    .do_update(Parent::name.set(excluded(Parent::name).concat(Parent::name)));
                upsert.execute(db).await?;
                let twice = Parent::filter(Parent::name.is_in((0..20).map(|n| format!("n{n}n{n}"))));
                assert_eq!(twice.delete().execute(db).await?, 20);
                // Changes.
                let raised = Kid::filter(Kid::parent.boss.is_not_null()).update(Kid::age.set(Kid::age + 1)).execute(db).await?;
                assert_eq!(raised, 1);
                Parent::filter(Parent::id.eq(cid.id)).update(Parent::boss.set(None::<aludel::Ref<Parent>>.unwrap_or_default())).execute(db).await.ok();
                Parent::tags.of(&cid).clear(db).await?;
                assert_eq!(Parent::filter(Parent::kids.any(Kid::age.eq(10))).delete().execute(db).await?, 1);
                assert_eq!(named(Parent::query()).await?, ["annx", "bob"]);
                Ok(())
            }
        }
    )+};
}

named! {
    first "t1" "t2" "t3";
    upper "T1" "T2" "T4";
    through "through" "numbered" "listed";
    excluded "excluded" "counted" "chosen";
    member "member" "c1" "value1";
}

on_every_database! {
    async fn rule_02_generated_names_collide_with_no_table(fixture) {
        let db = &fixture.db;
        first::check(db).await?;
        through::check(db).await?;
        excluded::check(db).await?;
        member::check(db).await?;
    }

    /// Where names differ by case only, they may be the same to a database.
    async fn rule_02_generated_names_collide_with_no_table_in_capitals(fixture) {
        upper::check(&fixture.db).await?;
    }
}
