//! Schemas: what the metadata says is what the server has, under names of every kind; and the statements of the tree
//! that no model makes yet.

use crate::harness::Backend;
use aludel::Sql;
use aludel::expr::Node;
use aludel::prelude::*;
use aludel::schema::{Column, Index, Table};
use aludel::statement::{
    Compound, Cte, Join, JoinKind, OrderTerm, Projection, Select, SelectItem, SetOperation, Source,
    Statement,
};
use aludel::types::SqlType;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(slug, unique, filter = Page::live.eq(true), name = "one_live_page"))]
struct Page {
    id: i64,
    #[field(max_length = 30)]
    slug: String,
    live: bool,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(schema = "library")]
struct Shelf {
    id: i64,
    name: String,
    books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(schema = "library", index(title))]
struct Book {
    id: i64,
    #[field(max_length = 30)]
    title: String,
    shelf: BelongsTo<Shelf>,
    readers: ManyToMany<Reader>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Reader {
    id: i64,
    name: String,
    books: ManyToMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "or\"der `x`; drop", index(select, name = "ix \"1\" `2`"))]
struct Hostile {
    #[field(column = "gr`ou\"p")]
    id: i64,
    #[field(column = "select", max_length = 20)]
    select: String,
    #[field(column = "ü . ; -- 漢")]
    text: Option<String>,
    parent: Option<BelongsTo<Hostile>>,
    children: HasMany<Hostile>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "a_very_long_name_of_a_table_that_somebody_thought_of")]
struct Long {
    id: i64,
    #[field(unique)]
    a_column_that_is_hardly_shorter_than_its_table: i64,
    another_reference_of_quite_some_length: Option<BelongsTo<Long>>,
    #[field(inverse = another_reference_of_quite_some_length)]
    back: HasMany<Long>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Knot {
    id: i64,
    #[field(deferred)]
    next: BelongsTo<Knot>,
    #[field(inverse = next)]
    before: HasMany<Knot>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(comment = "it's a \"table\" \\ with 'quotes'")]
struct Commented {
    id: i64,
    #[field(comment = "50% \\ it's")]
    name: Option<String>,
}

fn items<const N: usize>(nodes: [Node; N]) -> Projection {
    Projection::Items(nodes.map(|node| SelectItem { node, alias: None }).to_vec())
}

fn root(name: &'static str) -> Node {
    Node::Root(name.into())
}

/// The numbers that a SELECT of one column finds.
async fn numbers(select: Select, db: &Database) -> aludel::Result<Vec<Option<i64>>> {
    Sql::from(Statement::Select(select)).all(db).await
}

async fn two_tables(db: &Database) -> aludel::Result<()> {
    for name in ["lefts", "rights"] {
        let table = Table {
            columns: vec![Column::new("n", SqlType::BigInt)],
            ..Table::new(name)
        };
        db.create_all(&vec![table]).await?;
    }
    sql("insert into lefts values (1), (2), (3)")
        .execute(db)
        .await?;
    sql("insert into rights values (2), (3), (4), (4)")
        .execute(db)
        .await?;
    Ok(())
}

fn lefts() -> Select {
    Select {
        projection: items([Node::column("lefts", "n")]),
        from: Some(Source::table("lefts")),
        order_by: vec![OrderTerm {
            node: root("n"),
            descending: false,
            nulls: None,
        }],
        ..Select::default()
    }
}

on_every_database! {
    async fn a_partial_index_covers_some_rows(fixture) {
        let db = &fixture.db;
        let watch = db.watch();
        if fixture.backend == Backend::Mariadb {
            let error = db.create_all(&models![Page]).await.unwrap_err();
            assert!(error.is_unsupported() && error.to_string().contains("partial indexes"), "{error}");
            assert_eq!(watch.statements(), 0);
            return Ok(());
        }
        db.create_all(&models![Page]).await?;
        let page = |live| NewPage { slug: "home".into(), live };
        page(false).insert(db).await?;
        page(false).insert(db).await?;
        page(true).insert(db).await?;
        let twice = page(true).insert(db).await.unwrap_err();
        assert!(twice.is_unique_violation(), "{twice}");
        let constraint = twice.constraint().expect("a constraint");
        assert_eq!(constraint.columns, ["slug"]);
        if fixture.backend == Backend::Postgres {
            assert_eq!(constraint.name.as_deref(), Some("one_live_page"));
        }
    }

    async fn indexes_have_expressions_and_methods_where_they_can(fixture) {
        let db = &fixture.db;
        let table = |name: &'static str, index| Table {
            columns: vec![Column::new("name", SqlType::Varchar(20))],
            indexes: vec![index],
            ..Table::new(name)
        };
        let mut lower = Index { unique: true, name: "ix_lower".into(), ..Index::on(["name"]) };
        lower.parts[0].node = Node::Function(aludel::expr::Function::Lower, vec![root("name")]);
        let by_hash = Index { method: Some("hash".into()), name: "ix_hash".into(), ..Index::on(["name"]) };
        let (lower, by_hash) = (db.create_all(&vec![table("lowers", lower)]).await, db.create_all(&vec![table("hashes", by_hash)]).await);
        if fixture.backend == Backend::Mariadb {
            assert!(lower.unwrap_err().is_unsupported());
        } else {
            lower?;
            sql("insert into lowers values ('Ännchen')").execute(db).await?;
            let twice = sql("insert into lowers values ('äNNCHEN')").execute(db).await.unwrap_err();
            assert!(twice.is_unique_violation(), "{twice}");
        }
        match fixture.backend {
            Backend::Postgres => {
                by_hash?;
                let definition: String = sql("select indexdef from pg_indexes where indexname = 'ix_hash'").one(db).await?;
                assert!(definition.contains("USING hash"), "{definition}");
            }
            _ => assert!(by_hash.unwrap_err().is_unsupported()),
        }
    }

    async fn tables_live_in_schemas_where_there_are_some(fixture) {
        let db = &fixture.db;
        let set = models![Shelf, Book, Reader];
        if fixture.backend != Backend::Postgres {
            let watch = db.watch();
            assert!(db.create_all(&set).await.unwrap_err().is_unsupported());
            assert!(Shelf::query().all(db).await.unwrap_err().is_unsupported());
            assert_eq!(watch.statements(), 0);
            return Ok(());
        }
        db.create_all(&set).await?;
        assert_eq!(sql("select count(*) from library.books").one::<i64>(db).await?, 0);
        let shelf = NewShelf { name: "a".into() }.insert(db).await?;
        let book = NewBook { title: "one".into(), shelf: (&shelf).into() }.insert(db).await?;
        let reader = NewReader { name: "ann".into() }.insert(db).await?;
        Book::readers.of(&book).add([&reader], db).await?;
        assert_eq!(Book::filter(Book::shelf.name.eq("a") & Book::readers.any(Reader::name.eq("ann"))).count(db).await?, 1);
        assert_eq!(Reader::filter(Reader::books.any(Book::shelf.name.eq("a"))).count(db).await?, 1);
        assert_eq!(Shelf::filter(Shelf::books.count().eq(1)).update(Shelf::name.set("b")).execute(db).await?, 1);
        // The rows of the join table go with it.
        assert_eq!(Book::filter(Book::shelf.name.eq("b")).delete().execute(db).await?, 1);
        assert_eq!(sql("select count(*) from library.books_readers").one::<i64>(db).await?, 0);
        db.drop_all(&set).await?;
        db.create_all(&set).await?;
    }

    async fn names_may_be_anything(fixture) {
        let db = &fixture.db;
        let set = models![Hostile];
        db.create_all(&set).await?;
        let top = NewHostile { select: "a".into(), text: Some("x".into()), parent: None }.insert(db).await?;
        let below = NewHostile { select: "b".into(), text: None, parent: Some((&top).into()) }.insert(db).await?;
        let found = Hostile::filter(Hostile::parent.select.eq("a")).all(db).await?;
        assert_eq!(found, std::slice::from_ref(&below));
        assert_eq!(Hostile::filter(Hostile::children.any(Hostile::select.eq("b"))).one(db).await?.id, top.id);
        let changed = below.patch(HostilePatch { text: Some(Some("y".into())), ..Default::default() }, db).await?;
        assert_eq!(changed.text.as_deref(), Some("y"));
        assert_eq!(Hostile::filter(Hostile::parent.text.eq("x")).update(Hostile::text.set("z")).execute(db).await?, 1);
        let groups: Vec<(Option<i64>, i64)> = Hostile::query().group_by(Hostile::parent.id).order_by(Hostile::parent.id).select((Hostile::parent.id, count())).all(db).await?;
        assert_eq!(groups.len(), 2);
        db.drop_all(&set).await?;
    }

    async fn long_names_are_cut_the_same_way_each_time(fixture) {
        let db = &fixture.db;
        let set = models![Long];
        db.create_all(&set).await?;
        let new = |n, to: Option<&Long>| NewLong { a_column_that_is_hardly_shorter_than_its_table: n, another_reference_of_quite_some_length: to.map(Into::into) };
        let one = new(1, None).insert(db).await?;
        new(2, Some(&one)).insert(db).await?;
        let twice = new(1, None).insert(db).await.unwrap_err();
        let constraint = twice.constraint().expect("a constraint");
        assert_eq!(constraint.columns, ["a_column_that_is_hardly_shorter_than_its_table"]);
        let meta = Long::meta();
        if let Some(name) = &constraint.name {
            assert!(meta.table().uniques.iter().any(|unique| unique.name == *name) && name.len() <= 63, "{name}");
        }
        assert!(one.delete(db).await.unwrap_err().is_foreign_key_violation());
        db.drop_all(&set).await?;
    }

    async fn deferred_foreign_keys_are_checked_at_the_end(fixture) {
        let db = &fixture.db;
        let set = models![Knot];
        if fixture.backend == Backend::Mariadb {
            assert!(db.create_all(&set).await.unwrap_err().is_unsupported());
            return Ok(());
        }
        db.create_all(&set).await?;
        db.transaction(|tx| async move {
            let first = NewKnot { next: Ref::key(2) }.insert(&tx).await?;
            let second = NewKnot { next: (&first).into() }.insert(&tx).await?;
            assert_eq!((first.id, second.id), (1, 2));
            Ok(())
        })
        .await?;
        let dangling: aludel::Result<()> = db.transaction(|tx| async move { NewKnot { next: Ref::key(99) }.insert(&tx).await.map(drop) }).await;
        assert!(dangling.unwrap_err().is_foreign_key_violation());
        assert_eq!(Knot::query().count(db).await?, 2);
    }

    async fn comments_are_kept_where_there_are_some(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Commented]).await?;
        let (table, column) = match fixture.backend {
            Backend::Sqlite => return Ok(()),
            Backend::Postgres => (
                "select obj_description('commenteds'::regclass)",
                "select col_description('commenteds'::regclass, 2)",
            ),
            Backend::Mariadb => (
                "select table_comment from information_schema.tables where table_schema = database() and table_name = 'commenteds'",
                "select column_comment from information_schema.columns where table_schema = database() and table_name = 'commenteds' and column_name = 'name'",
            ),
        };
        assert_eq!(Sql::trusted(table).one::<String>(db).await?, "it's a \"table\" \\ with 'quotes'");
        assert_eq!(Sql::trusted(column).one::<String>(db).await?, "50% \\ it's");
    }

    async fn dropping_passes_over_what_is_not_there(fixture) {
        let db = &fixture.db;
        let set = models![crate::objects::Team, crate::objects::Player];
        db.drop_all(&set).await?;
        db.create_all(&set).await?;
        db.drop_all(&set).await?;
        db.drop_all(&set).await?;
    }

    async fn joins_of_every_kind(fixture) {
        let db = &fixture.db;
        two_tables(db).await?;
        let join = |kind| {
            let on = Node::binary(aludel::expr::BinaryOp::Equal, Node::column("lefts", "n"), Node::column("r", "n"));
            let right = Source::Table { name: "rights".into(), alias: Some("r".into()) };
            let joins = vec![Join { kind, source: right, on: (kind != JoinKind::Cross).then_some(on) }];
            Select { joins, order_by: vec![], ..lefts() }
        };
        for (kind, rows) in [(JoinKind::Inner, 2), (JoinKind::Left, 3), (JoinKind::Right, 4), (JoinKind::Cross, 12)] {
            assert_eq!(numbers(join(kind), db).await?.len(), rows, "{kind:?}");
        }
        match numbers(join(JoinKind::Full), db).await {
            Ok(rows) => assert_eq!(rows.len(), 5),
            Err(error) => assert!(error.is_unsupported() && fixture.backend == Backend::Mariadb, "{error}"),
        }
    }

    async fn set_operations_and_common_table_expressions(fixture) {
        let db = &fixture.db;
        two_tables(db).await?;
        let with = |operation| {
            let query = Select { projection: items([root("n")]), from: Some(Source::table("rights")), ..Select::default() };
            Select { compounds: vec![Compound { operation, query }], projection: items([root("n")]), ..lefts() }
        };
        let found = |numbers: &[i64]| numbers.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(numbers(with(SetOperation::Union), db).await?, found(&[1, 2, 3, 4]));
        assert_eq!(numbers(with(SetOperation::UnionAll), db).await?, found(&[1, 2, 2, 3, 3, 4, 4]));
        assert_eq!(numbers(with(SetOperation::Intersect), db).await?, found(&[2, 3]));
        assert_eq!(numbers(with(SetOperation::Except), db).await?, found(&[1]));
        let small = Select { projection: items([root("n")]), from: Some(Source::table("lefts")), limit: Some(2), ..lefts() };
        let from_cte = Select {
            with: vec![Cte { name: "small".into(), columns: vec!["m".into()], query: small, recursive: false }],
            projection: items([root("m")]),
            from: Some(Source::table("small")),
            order_by: vec![],
            ..Select::default()
        };
        assert_eq!(numbers(from_cte, db).await?, found(&[1, 2]));
    }
}
