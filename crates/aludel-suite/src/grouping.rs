//! Grouped queries (query rule 16): what they may read, wherever it stands, and that all databases give the same.

use crate::models::{Company, Post, User, people};
use crate::objects::{LineNew, LineNote, OrderLine};
use aludel::ErrorKind;
use aludel::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel::expr::{Aggregate, AggregateFunction, AggregateType, BinaryOp, Node, Operand, Window};
use aludel::prelude::*;
use aludel::statement::{OrderTerm, Projection, Select, SelectItem, Source};

/// `function OVER (PARTITION BY … ORDER BY …)`.
fn over<M, T>(function: Node, partition_by: Vec<Node>, order_by: Vec<Node>) -> Expr<M, T> {
    let terms = order_by.into_iter().map(|node| OrderTerm {
        node,
        descending: false,
        nulls: None,
    });
    Expr::from_node(Node::Window(Box::new(Window {
        function,
        partition_by,
        order_by: terms.collect(),
        frame: None,
    })))
}

fn number() -> Node {
    Node::Call("row_number".into(), Vec::new())
}

/// `sum(argument)`, of whatever type the database gives it.
fn sum(argument: Node) -> Node {
    Node::Aggregate(Box::new(Aggregate {
        function: AggregateFunction::Sum,
        argument: Some(argument),
        distinct: false,
        filter: None,
        answer: AggregateType::Own,
    }))
}

type Sql = aludel::Result<aludel::render::Sql>;

fn all() -> Node {
    count::<Post>().into_operand()
}

/// `(SELECT max(t.views) FROM posts AS t WHERE t.column = posts.column)`, a subquery that reads the row outside.
fn most_views(column: &'static str) -> Expr<Post, i64> {
    let posts = Post::meta().table.name.clone();
    let same = Node::binary(
        BinaryOp::Equal,
        Node::column("t", column),
        Node::column(posts, column),
    );
    Expr::from_node(Node::Subquery(Box::new(Select {
        projection: Projection::Items(vec![SelectItem {
            node: Node::Call("max".into(), vec![Node::column("t", "views")]),
            alias: None,
        }]),
        from: Some(Source::Table {
            name: Post::meta().table.clone(),
            alias: Some("t".into()),
        }),
        filter: Some(same),
        ..Select::default()
    })))
}

on_every_database! {
    /// A group is one row when the whole key is grouped: every column of it may be read.
    async fn grouped_by_the_whole_key_every_column_may_be_read(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let titles: Vec<(String, i64)> = Post::query().group_by(Post::id).order_by(Post::id).select((Post::title, count())).all(db).await?;
        assert_eq!(titles, [("Rust 100%".to_string(), 1), ("rust_guide".to_string(), 1), ("Gärten".to_string(), 1)]);
        let sorted: Vec<i64> = Post::query().group_by(Post::id).having(Post::views.gt(15)).having(count().ge(1)).order_by(Post::views.desc()).select(Post::views).all(db).await?;
        assert_eq!(sorted, [30, 20]);
        let rows = Post::query().group_by(Post::id).order_by(Post::views).all(db).await?;
        assert_eq!(rows, Post::query().order_by(Post::views).all(db).await?);
        let counted: Vec<(User, i64)> = User::query().group_by(User::id).order_by(User::id).annotate(User::posts.count()).all(db).await?;
        assert_eq!(counted.iter().map(|(_, posts)| *posts).collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(counted[0].0, ann);
        let many: Vec<String> = User::query().group_by(User::id).having(User::posts.any(Post::views.gt(15))).order_by(User::id).select(User::email).all(db).await?;
        assert_eq!(many, [ann.email.clone(), bob.email.clone()]);
        assert_eq!(User::query().group_by(User::id).select(User::email).count(db).await?, 3);
        assert!(User::query().group_by(User::id).select(User::email).exists(db).await?);
    }

    /// Each half of a composite key has rows of several groups; both have one.
    async fn grouped_by_a_composite_key(fixture) {
        let db = &fixture.db;
        db.create_all(&models![OrderLine, LineNote]).await?;
        OrderLine::insert_many((1..=3).map(|line| LineNew { order_no: 1, line, amount: i64::from(line) * 10 })).execute(db).await?;
        let amounts: Vec<i64> = OrderLine::query().group_by((OrderLine::order_no, OrderLine::line)).order_by(OrderLine::amount).select(OrderLine::amount).all(db).await?;
        assert_eq!(amounts, [10, 20, 30]);
        let half = OrderLine::query().group_by(OrderLine::order_no).select(OrderLine::amount).all(db).await.unwrap_err();
        assert_eq!(half.kind(), ErrorKind::InvalidQuery);
    }

    /// A question about a relation needs the columns that tie it, or to be grouped itself.
    async fn questions_about_relations_in_grouped_queries(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let histogram: Vec<(i64, i64)> = User::query().group_by(User::posts.count()).order_by(User::posts.count()).select((User::posts.count(), count())).all(db).await?;
        assert_eq!(histogram, [(0, 1), (1, 1), (2, 1)]);
        let popular = || User::posts.count_where(Post::views.gt(15));
        let histogram: Vec<(i64, i64)> = User::query().group_by(popular()).order_by(popular()).select((popular(), count())).all(db).await?;
        assert_eq!(histogram, [(0, 1), (1, 2)]);
        // Over a to-one relation, whose key is the reference itself.
        let by_author: Vec<(i64, i64, i64)> = Post::query()
            .group_by(Post::author.id)
            .order_by(Post::author.id)
            .having(Post::author.posts.count().ge(1))
            .select((Post::author.id, Post::author.posts.count(), count()))
            .all(db)
            .await?;
        assert_eq!(by_author, [(ann.id, 2, 2), (bob.id, 1, 1)]);
        // What is distinct is compared, too.
        let distinct: Vec<i64> = User::query().distinct().order_by(User::posts.count()).select(User::posts.count()).all(db).await?;
        assert_eq!(distinct, [0, 1, 2]);
    }

    /// What PostgreSQL takes for equal must be written alike: expressions with values in them.
    async fn expressions_with_values_are_grouped(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let known = || User::age.is_in([30_i32, 40]);
        let by: Vec<(Option<bool>, i64)> = User::query().filter(User::age.is_not_null()).group_by(known()).select((known(), count())).all(db).await?;
        assert_eq!(by, [(Some(true), 2)]);
    }

    /// An aggregate that is called by name is one.
    async fn aggregates_by_name(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let most = || func("max").arg(Post::views).returns::<i64>();
        let by: Vec<(i64, i64)> = Post::query().group_by(Post::author.id).order_by(Post::author.id).having(most().gt(1)).select((Post::author.id, most())).all(db).await?;
        assert_eq!(by, [(ann.id, 30), (bob.id, 20)]);
        assert_eq!(Post::query().select(most()).all(db).await?, [30]);
        assert_eq!(Post::query().select(func("COUNT").arg(Post::id).returns::<i64>()).first(db).await?, Some(3));
        // One row of nothing, and not nothing.
        let none = Post::filter(Post::id.is_in(Vec::<i64>::new())).select(func("max").arg(Post::views).returns::<Option<i64>>());
        assert_eq!(none.all(db).await?, [None]);
    }

    /// A window function leaves each row as it is; over groups it sees groups.
    async fn windows(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let author = || Post::author.id.into_operand();
        let all_of_author = over::<Post, i64>(all(), vec![author()], vec![]);
        let rows: Vec<(String, i64)> = Post::query().order_by(Post::id).select((Post::title, all_of_author)).all(db).await?;
        assert_eq!(rows.iter().map(|(_, all)| *all).collect::<Vec<_>>(), [2, 2, 1]);
        let total = over::<Post, i64>(sum(Post::views.into_operand()), vec![], vec![]).cast::<i64>();
        let query = Post::query().order_by(Post::id).annotate(total);
        assert_eq!(query.count(db).await?, 3);
        let whole: Vec<(Post, i64)> = query.all(db).await?;
        assert_eq!(whole.iter().map(|(_, total)| *total).collect::<Vec<_>>(), [60, 60, 60]);
        // Over groups: their counts, and their place by their sum.
        let posts = over::<Post, i64>(sum(all()), vec![], vec![]).cast::<i64>();
        let place = over::<Post, i64>(number(), vec![], vec![sum(Post::views.into_operand())]);
        let by: Vec<(i64, i64, i64, i64)> = Post::query()
            .group_by(Post::author.id)
            .order_by(Post::author.id)
            .select((Post::author.id, count(), posts, place))
            .all(db)
            .await?;
        assert_eq!(by, [(ann.id, 2, 3, 2), (bob.id, 1, 3, 1)]);
    }

    /// A subquery may read what is grouped.
    async fn correlated_subqueries(fixture) {
        let db = &fixture.db;
        let [ann, bob, _] = people(db).await?;
        let by: Vec<(i64, i64)> = Post::query().group_by(Post::author.id).order_by(Post::author.id).select((Post::author.id, most_views("author_id"))).all(db).await?;
        assert_eq!(by, [(ann.id, 30), (bob.id, 20)]);
        let by: Vec<i64> = Post::query().group_by(Post::id).order_by(Post::id).select(most_views("title")).all(db).await?;
        assert_eq!(by, [10, 30, 20]);
    }
}

alone! {
    /// What SQL leaves open is refused before it is sent, for every database alike.
    fn what_a_group_does_not_have_one_of_is_refused() {
        let by_author = || Post::query().group_by(Post::author.id);
        let by_age = || User::query().group_by(User::age);
        let most = || func("max").arg(Post::views).returns::<i64>();
        let window = || over::<Post, i64>(number(), vec![], vec![]);
        let nested = Expr::<Post, i64>::from_node(Node::Call(
            "max".into(),
            vec![count::<Post>().into_operand()],
        ));
        let refused = |name: &str, words: &[&str], make: &dyn Fn(&'static dyn Dialect) -> Sql| {
            for dialect in [&SQLITE as &'static dyn Dialect, &POSTGRES, &MARIADB] {
                let error = make(dialect).expect_err(name);
                assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{name}: {error}");
                let text = error.to_string();
                assert!(
                    words.iter().all(|word| text.contains(word)),
                    "{name}: {text}"
                );
            }
        };
        refused("selected", &["\"title\"", "selected", "group_by"], &|d| {
            by_author().select((Post::author.id, Post::title)).to_sql(d)
        });
        refused("in an expression", &["\"views\"", "selected"], &|d| {
            by_author().select(Post::views + 1).to_sql(d)
        });
        refused("beside an aggregate", &["\"title\"", "selected"], &|d| {
            Post::query().select((Post::title, most())).to_sql(d)
        });
        refused("sorted by", &["\"views\"", "sorted by"], &|d| {
            by_author().order_by(Post::views).select(count()).to_sql(d)
        });
        refused("having", &["\"views\"", "having(..)"], &|d| {
            by_author()
                .having(Post::views.gt(1))
                .select(count())
                .to_sql(d)
        });
        refused("having alone", &["\"views\"", "having(..)"], &|d| {
            Post::query()
                .having(Post::views.gt(1))
                .select(count())
                .to_sql(d)
        });
        refused(
            "a question in having",
            &["\"posts\"", "\"id\"", "having(..)"],
            &|d| {
                by_age()
                    .having(User::posts.exists())
                    .select(User::age)
                    .to_sql(d)
            },
        );
        refused("a question that sorts", &["\"posts\"", "sorted by"], &|d| {
            by_age()
                .order_by(User::posts.count())
                .select(User::age)
                .to_sql(d)
        });
        refused(
            "a question over a relation",
            &["\"author.company.users\"", "\"author.company.id\""],
            &|d| {
                by_author()
                    .select(Post::author.company.users.count())
                    .to_sql(d)
            },
        );
        refused(
            "a question over a join table",
            &["\"tags\"", "\"id\""],
            &|d| by_author().select(Post::tags.count()).to_sql(d),
        );
        refused(
            "a column over a relation beside the key",
            &["\"author.email\"", "grouped by itself"],
            &|d| {
                Post::query()
                    .group_by(Post::id)
                    .select(Post::author.email)
                    .to_sql(d)
            },
        );
        refused("the other model's key", &["\"author.email\""], &|d| {
            by_author().select(Post::author.email).to_sql(d)
        });
        refused("whole rows", &["whole rows", "whole key"], &|d| {
            by_author().to_sql(d)
        });
        refused("whole rows by an aggregate", &["whole rows"], &|d| {
            Post::query().order_by(count()).to_sql(d)
        });
        refused("a window's partition", &["\"title\""], &|d| {
            let partition = vec![Post::title.into_operand()];
            by_author()
                .select(over::<Post, i64>(all(), partition, vec![]))
                .to_sql(d)
        });
        refused("a window's argument", &["\"views\""], &|d| {
            let views = sum(Post::views.into_operand());
            by_author()
                .select(over::<Post, i64>(views, vec![], vec![]))
                .to_sql(d)
        });
        refused(
            "a subquery's column outside",
            &["subquery", "\"title\""],
            &|d| by_author().select(most_views("title")).to_sql(d),
        );
        refused(
            "an aggregate in an aggregate",
            &["within an aggregate"],
            &|d| Post::query().select(nested.clone()).to_sql(d),
        );
        refused(
            "an aggregate in filter",
            &["filter(..)", "having(..)"],
            &|d| Post::filter(count().gt(1)).to_sql(d),
        );
        refused(
            "an aggregate by name in filter",
            &["filter(..)", "having(..)"],
            &|d| Post::filter(most().gt(1)).to_sql(d),
        );
        refused(
            "an aggregate in a delete",
            &["filter(..)", "having(..)"],
            &|d| Post::filter(count().gt(1)).delete().to_sql(d),
        );
        refused("an aggregate in an update", &["filter(..)"], &|d| {
            Post::filter(most().gt(1))
                .update(Post::views.set(1))
                .to_sql(d)
        });
        refused("a window in filter", &["window", "filter(..)"], &|d| {
            Post::filter(window().gt(1)).to_sql(d)
        });
        refused("a window in having", &["window", "having(..)"], &|d| {
            by_author().having(window().gt(1)).select(count()).to_sql(d)
        });
        refused("a window in group_by", &["window", "group_by(..)"], &|d| {
            Post::query().group_by(window()).select(count()).to_sql(d)
        });
        refused(
            "an aggregate in group_by",
            &["aggregate", "group_by(..)"],
            &|d| Post::query().group_by(count()).select(count()).to_sql(d),
        );
    }

    /// What databases don't bring with them is marked.
    fn an_aggregate_of_ones_own_is_marked() {
        let query = |marked: bool| {
            let call = func("my_median").arg(Post::views);
            let call = if marked { call.aggregate() } else { call };
            Post::query()
                .group_by(Post::author.id)
                .select((Post::author.id, call.returns::<f64>()))
        };
        let sql = query(true).to_sql(&POSTGRES).expect("it is an aggregate");
        assert!(sql.text.contains(r#"my_median("views")"#), "{}", sql.text);
        assert!(query(false).to_sql(&POSTGRES).is_err(), "a function");
        // Of two arguments, the greater: no aggregate, on SQLite.
        let greater = func("max").arg(Post::views).arg(0_i64).returns::<i64>();
        let sql = Post::query().select((Post::title, greater)).to_sql(&SQLITE);
        assert!(sql.is_ok(), "{sql:?}");
        // A relation that may be missing is a path like any other.
        let by_city = User::query()
            .group_by(User::company.city)
            .select((User::company.city, count()));
        assert!(by_city.to_sql(&SQLITE).is_ok());
        let by_name = Company::query()
            .group_by(Company::name)
            .select((Company::name, count()));
        assert!(by_name.to_sql(&MARIADB).is_ok());
    }
}
