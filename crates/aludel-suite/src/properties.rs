//! Conditions made at random mean on every database what they mean in Rust: filtered, excluded, counted, selected,
//! updated and deleted by. What is compared is rows; texts may be as they like.

use aludel::expr::Operand;
use aludel::expr::functions::literal;
use aludel::prelude::*;
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{TestCaseError, TestRunner};

#[derive(Model, Debug, Clone, PartialEq)]
struct Shelf {
    id: i64,
    size: i64,
    next: Option<BelongsTo<Shelf>>,
    #[field(inverse = next)]
    before: HasMany<Shelf>,
    items: HasMany<Item>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    id: i64,
    a: i64,
    b: Option<i64>,
    t: Option<String>,
    shelf: Option<BelongsTo<Shelf>>,
}

/// A number of an item.
#[derive(Debug, Clone)]
enum Number {
    A,
    B,
    ShelfSize,
    NextSize,
    Siblings(Box<Condition>),
    SiblingSum,
    Literal(i64),
    Add(Box<(Number, Number)>),
    Subtract(Box<(Number, Number)>),
    Multiply(Box<(Number, Number)>),
    Negate(Box<Number>),
    Absolute(Box<Number>),
    OrElse(Box<Number>, i64),
    Case(Box<(Condition, Number, Number)>),
}

/// A condition on an item.
#[derive(Debug, Clone)]
enum Condition {
    Compare(Comparison, Number, Number),
    Distinct(Number, Number),
    IsNull(Number),
    Between(Number, i64, i64),
    In(Number, Vec<i64>),
    NotIn(Number, Vec<i64>),
    InQuery(Number, Box<Condition>),
    NotInQuery(Number, Box<Condition>),
    Text(Match, String),
    And(Box<(Condition, Condition)>),
    Or(Box<(Condition, Condition)>),
    Not(Box<Condition>),
    /// Of the items on the same shelf.
    Any(Box<Condition>),
    All(Box<Condition>),
    None(Box<Condition>),
    /// Of the shelves before the item's shelf: whether one has an item like this.
    BeforeAny(Box<Condition>),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy)]
enum Match {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
}

fn numbers() -> BoxedStrategy<Number> {
    prop_oneof![
        Just(Number::A),
        Just(Number::B),
        Just(Number::ShelfSize),
        Just(Number::NextSize),
        Just(Number::SiblingSum),
        (-4_i64..5).prop_map(Number::Literal),
    ]
    .boxed()
}

fn conditions() -> BoxedStrategy<Condition> {
    let comparison = prop::sample::select(vec![
        Comparison::Eq,
        Comparison::Ne,
        Comparison::Lt,
        Comparison::Le,
        Comparison::Gt,
        Comparison::Ge,
    ]);
    let matching = prop::sample::select(vec![
        Match::Equals,
        Match::Contains,
        Match::StartsWith,
        Match::EndsWith,
    ]);
    let text = prop::sample::select(vec!["", "a", "A", "%", "_", "\\", "'", "ä", "a%", "\\%"]);
    let list = || prop::collection::vec(-4_i64..5, 0..4);
    let leaf = prop_oneof![
        (comparison.clone(), numbers(), numbers())
            .prop_map(|(c, l, r)| Condition::Compare(c, l, r)),
        (numbers(), numbers()).prop_map(|(l, r)| Condition::Distinct(l, r)),
        numbers().prop_map(Condition::IsNull),
        (numbers(), -4_i64..5, -4_i64..5)
            .prop_map(|(n, low, high)| Condition::Between(n, low, high)),
        (numbers(), list()).prop_map(|(n, list)| Condition::In(n, list)),
        (numbers(), list()).prop_map(|(n, list)| Condition::NotIn(n, list)),
        (matching, text).prop_map(|(kind, text)| Condition::Text(kind, text.to_string())),
    ];
    leaf.prop_recursive(4, 24, 2, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let pair = || (inner.clone(), inner.clone()).prop_map(Box::new);
        let two = || (numbers(), numbers()).prop_map(Box::new);
        let number = Union::new(vec![
            boxed().prop_map(Number::Siblings).boxed(),
            two().prop_map(Number::Add).boxed(),
            two().prop_map(Number::Subtract).boxed(),
            two().prop_map(Number::Multiply).boxed(),
            numbers().prop_map(|n| Number::Negate(Box::new(n))).boxed(),
            numbers()
                .prop_map(|n| Number::Absolute(Box::new(n)))
                .boxed(),
            (numbers(), -4_i64..5)
                .prop_map(|(n, or)| Number::OrElse(Box::new(n), or))
                .boxed(),
            (inner.clone(), numbers(), numbers())
                .prop_map(|case| Number::Case(Box::new(case)))
                .boxed(),
        ]);
        let comparison = comparison.clone();
        // Boxed one by one: a union of types has frames of hundreds of kilobytes.
        Union::new_weighted(vec![
            (3, pair().prop_map(Condition::And).boxed()),
            (3, pair().prop_map(Condition::Or).boxed()),
            (3, boxed().prop_map(Condition::Not).boxed()),
            (1, boxed().prop_map(Condition::Any).boxed()),
            (1, boxed().prop_map(Condition::All).boxed()),
            (1, boxed().prop_map(Condition::None).boxed()),
            (1, boxed().prop_map(Condition::BeforeAny).boxed()),
            (
                1,
                (numbers(), boxed())
                    .prop_map(|(n, c)| Condition::InQuery(n, c))
                    .boxed(),
            ),
            (
                1,
                (numbers(), boxed())
                    .prop_map(|(n, c)| Condition::NotInQuery(n, c))
                    .boxed(),
            ),
            (
                2,
                (comparison, number, numbers())
                    .prop_map(|(c, l, r)| Condition::Compare(c, l, r))
                    .boxed(),
            ),
        ])
    })
    .boxed()
}

type NumberExpr = Expr<Item, Option<i64>>;

fn any_number<O: Operand<Scope = Item>>(operand: O) -> NumberExpr {
    Expr::from_node(operand.into_operand())
}

impl Number {
    fn expr(&self) -> NumberExpr {
        match self {
            Number::A => any_number(Item::a),
            Number::B => any_number(Item::b),
            Number::ShelfSize => any_number(Item::shelf.size),
            Number::NextSize => any_number(Item::shelf.next.size),
            Number::Siblings(condition) => {
                any_number(Item::shelf.items.count_where(condition.expr()))
            }
            Number::SiblingSum => any_number(Item::shelf.items.sum(Item::b).cast::<Option<i64>>()),
            Number::Literal(n) => any_number(literal::<Item, i64>(*n)),
            Number::Add(of) => of.0.expr() + of.1.expr(),
            Number::Subtract(of) => of.0.expr() - of.1.expr(),
            Number::Multiply(of) => of.0.expr() * of.1.expr(),
            Number::Negate(of) => -of.expr(),
            Number::Absolute(of) => of.expr().abs(),
            Number::OrElse(of, or) => any_number(of.expr().or_else(*or)),
            Number::Case(of) => when(of.0.expr(), of.1.expr()).otherwise(of.2.expr()),
        }
    }

    fn value(&self, item: &Item, world: &World) -> Option<i64> {
        let both =
            |of: &(Number, Number)| Some((of.0.value(item, world)?, of.1.value(item, world)?));
        match self {
            Number::A => Some(item.a),
            Number::B => item.b,
            Number::ShelfSize => Some(world.shelf(item)?.size),
            Number::NextSize => {
                let next = world.shelf(item)?.next.as_ref()?.key();
                Some(world.shelves.iter().find(|shelf| shelf.id == next)?.size)
            }
            Number::Siblings(condition) => {
                let like = |other: &&Item| condition.holds(other, world) == Some(true);
                i64::try_from(world.siblings(item).filter(like).count()).ok()
            }
            Number::SiblingSum => {
                let known: Vec<i64> = world.siblings(item).filter_map(|other| other.b).collect();
                (!known.is_empty()).then(|| known.iter().sum())
            }
            Number::Literal(n) => Some(*n),
            Number::Add(of) => both(of).map(|(l, r)| l + r),
            Number::Subtract(of) => both(of).map(|(l, r)| l - r),
            Number::Multiply(of) => both(of).map(|(l, r)| l * r),
            Number::Negate(of) => of.value(item, world).map(|n| -n),
            Number::Absolute(of) => of.value(item, world).map(i64::abs),
            Number::OrElse(of, or) => of.value(item, world).or(Some(*or)),
            Number::Case(of) => match of.0.holds(item, world) {
                Some(true) => of.1.value(item, world),
                _ => of.2.value(item, world),
            },
        }
    }
}

impl Condition {
    fn expr(&self) -> Expr<Item, Option<bool>> {
        match self {
            Condition::Compare(comparison, left, right) => {
                let (left, right) = (left.expr(), right.expr());
                match comparison {
                    Comparison::Eq => left.eq(right),
                    Comparison::Ne => left.ne(right),
                    Comparison::Lt => left.lt(right),
                    Comparison::Le => left.le(right),
                    Comparison::Gt => left.gt(right),
                    Comparison::Ge => left.ge(right),
                }
            }
            Condition::Distinct(left, right) => left.expr().is_distinct_from(right.expr()).typed(),
            Condition::IsNull(of) => of.expr().is_null().typed(),
            Condition::Between(of, low, high) => of.expr().between(*low, *high),
            Condition::In(of, list) => of.expr().is_in(list.clone()),
            Condition::NotIn(of, list) => of.expr().not_in(list.clone()),
            Condition::InQuery(of, condition) => of
                .expr()
                .is_in_query(Item::filter(condition.expr()).select(Item::b)),
            Condition::NotInQuery(of, condition) => of
                .expr()
                .not_in_query(Item::filter(condition.expr()).select(Item::b)),
            Condition::Text(kind, text) => match kind {
                Match::Equals => Item::t.eq(text),
                Match::Contains => Item::t.contains(text),
                Match::StartsWith => Item::t.starts_with(text),
                Match::EndsWith => Item::t.ends_with(text),
            },
            Condition::And(of) => of.0.expr() & of.1.expr(),
            Condition::Or(of) => of.0.expr() | of.1.expr(),
            Condition::Not(of) => !of.expr(),
            Condition::Any(of) => Item::shelf.items.any(of.expr()).typed(),
            Condition::All(of) => Item::shelf.items.all(of.expr()).typed(),
            Condition::None(of) => Item::shelf.items.none(of.expr()).typed(),
            Condition::BeforeAny(of) => Item::shelf.before.any(Shelf::items.any(of.expr())).typed(),
        }
    }

    fn holds(&self, item: &Item, world: &World) -> Option<bool> {
        match self {
            Condition::Compare(comparison, left, right) => {
                let (left, right) = (left.value(item, world)?, right.value(item, world)?);
                Some(match comparison {
                    Comparison::Eq => left == right,
                    Comparison::Ne => left != right,
                    Comparison::Lt => left < right,
                    Comparison::Le => left <= right,
                    Comparison::Gt => left > right,
                    Comparison::Ge => left >= right,
                })
            }
            Condition::Distinct(left, right) => {
                Some(left.value(item, world) != right.value(item, world))
            }
            Condition::IsNull(of) => Some(of.value(item, world).is_none()),
            Condition::Between(of, low, high) => {
                of.value(item, world).map(|n| *low <= n && n <= *high)
            }
            // In an empty list nothing is, not even NULL.
            Condition::In(_, list) if list.is_empty() => Some(false),
            Condition::NotIn(_, list) if list.is_empty() => Some(true),
            Condition::In(of, list) => of.value(item, world).map(|n| list.contains(&n)),
            Condition::NotIn(of, list) => of.value(item, world).map(|n| !list.contains(&n)),
            Condition::InQuery(of, condition) => {
                let values = world.values(condition);
                match of.value(item, world) {
                    _ if values.is_empty() => Some(false),
                    Some(n) if values.contains(&Some(n)) => Some(true),
                    // It might be the unknown one.
                    Some(_) if !values.contains(&None) => Some(false),
                    _ => None,
                }
            }
            // NULL is no value that one could be in.
            Condition::NotInQuery(of, condition) => {
                let values: Vec<i64> = world.values(condition).into_iter().flatten().collect();
                match of.value(item, world) {
                    _ if values.is_empty() => Some(true),
                    known => known.map(|n| !values.contains(&n)),
                }
            }
            Condition::Text(kind, text) => item.t.as_ref().map(|t| match kind {
                Match::Equals => t == text,
                Match::Contains => t.contains(text.as_str()),
                Match::StartsWith => t.starts_with(text.as_str()),
                Match::EndsWith => t.ends_with(text.as_str()),
            }),
            Condition::And(of) => match (of.0.holds(item, world), of.1.holds(item, world)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(of) => match (of.0.holds(item, world), of.1.holds(item, world)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Condition::Not(of) => of.holds(item, world).map(|holds| !holds),
            Condition::Any(of) => Some(
                world
                    .siblings(item)
                    .any(|other| of.holds(other, world) == Some(true)),
            ),
            Condition::All(of) => Some(
                world
                    .siblings(item)
                    .all(|other| of.holds(other, world) == Some(true)),
            ),
            Condition::None(of) => Some(
                !world
                    .siblings(item)
                    .any(|other| of.holds(other, world) == Some(true)),
            ),
            Condition::BeforeAny(of) => {
                let Some(shelf) = world.shelf(item) else {
                    return Some(false);
                };
                Some(world.items.iter().any(|other| {
                    let before = world
                        .shelf(other)
                        .and_then(|of| of.next.as_ref())
                        .is_some_and(|next| next.key() == shelf.id);
                    before && of.holds(other, world) == Some(true)
                }))
            }
        }
    }
}

/// All rows, in memory.
struct World {
    shelves: Vec<Shelf>,
    items: Vec<Item>,
}

impl World {
    fn shelf(&self, item: &Item) -> Option<&Shelf> {
        let key = item.shelf.as_ref()?.key();
        self.shelves.iter().find(|shelf| shelf.id == key)
    }

    /// The items on the same shelf, itself among them.
    fn siblings<'a>(&'a self, item: &Item) -> impl Iterator<Item = &'a Item> {
        let key = item.shelf.as_ref().map(BelongsTo::key);
        self.items
            .iter()
            .filter(move |other| key.is_some() && other.shelf.as_ref().map(BelongsTo::key) == key)
    }

    /// What a query for `b` finds.
    fn values(&self, condition: &Condition) -> Vec<Option<i64>> {
        let found = self
            .items
            .iter()
            .filter(|item| condition.holds(item, self) == Some(true));
        found.map(|item| item.b).collect()
    }
}

async fn world(db: &Database) -> aludel::Result<World> {
    db.create_all(&models![Shelf, Item]).await?;
    let mut shelves: Vec<Shelf> = Vec::new();
    for (size, next) in [
        (2, None),
        (-3, Some(0)),
        (0, Some(0)),
        (4, Some(2)),
        (1, None),
    ] {
        let next = next.map(|at: usize| (&shelves[at]).into());
        shelves.push(NewShelf { size, next }.insert(db).await?);
    }
    let rows = [
        (0, None, None, None),
        (1, Some(1), Some("a"), Some(0)),
        (-2, Some(3), Some("A"), Some(0)),
        (3, None, Some("50% \\_"), Some(1)),
        (4, Some(-4), Some(""), Some(1)),
        (1, Some(0), None, Some(2)),
        (0, Some(2), Some("ä'%a"), Some(3)),
        (2, None, Some("aa"), None),
        (-1, Some(-1), Some("a_"), Some(3)),
    ];
    let new = rows.map(|(a, b, t, shelf)| NewItem {
        a,
        b,
        t: t.map(str::to_string),
        shelf: shelf.map(|at: usize| (&shelves[at]).into()),
    });
    let items = Item::insert_many(new).all(db).await?;
    Ok(World { shelves, items })
}

/// What a condition finds, against what it should find.
async fn check(condition: &Condition, world: &World, db: &Database) -> aludel::Result<()> {
    let ids = |wanted: fn(Option<bool>) -> bool| -> Vec<i64> {
        let found = world
            .items
            .iter()
            .filter(|item| wanted(condition.holds(item, world)));
        found.map(|item| item.id).collect()
    };
    let (found, others) = (
        ids(|holds| holds == Some(true)),
        ids(|holds| holds != Some(true)),
    );
    let query = Item::filter(condition.expr());
    let in_order = |query: aludel::Query<Item>| query.order_by(Item::id).select(Item::id);
    assert_eq!(in_order(query.clone()).all(db).await?, found, "filter");
    assert_eq!(
        in_order(Item::exclude(condition.expr())).all(db).await?,
        others,
        "exclude"
    );
    assert_eq!(query.count(db).await?, found.len() as u64, "count");
    assert_eq!(query.exists(db).await?, !found.is_empty(), "exists");
    let selected: Vec<(i64, Option<i64>)> = Item::query()
        .order_by(Item::id)
        .select((
            Item::id,
            when::<_, i64>(condition.expr(), 1)
                .when(!condition.expr(), 0)
                .end(),
        ))
        .all(db)
        .await?;
    let held = world
        .items
        .iter()
        .map(|item| (item.id, condition.holds(item, world).map(i64::from)));
    assert_eq!(selected, held.collect::<Vec<_>>(), "selected");
    let tx = db.begin().await?;
    let updated = query
        .clone()
        .update(Item::a.set(Item::a))
        .execute(&tx)
        .await?;
    assert_eq!(updated, found.len() as u64, "updated");
    assert_eq!(
        query.delete().execute(&tx).await?,
        found.len() as u64,
        "deleted"
    );
    let left = Item::query()
        .order_by(Item::id)
        .select(Item::id)
        .all(&tx)
        .await?;
    assert_eq!(left, others, "left");
    tx.rollback().await
}

on_every_database! {
    async fn a_condition_means_what_it_means_in_rust(fixture) {
        let db = &fixture.db;
        let world = world(db).await?;
        let config = crate::harness::cases(150);
        let mut runner = TestRunner::new(config);
        let outcome = runner.run(&conditions(), |condition| {
            tokio::task::block_in_place(|| {
                let checked = std::panic::AssertUnwindSafe(|| {
                    tokio::runtime::Handle::current().block_on(Box::pin(check(&condition, &world, db)))
                });
                match std::panic::catch_unwind(checked) {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(TestCaseError::fail(error.to_string())),
                    Err(panic) => {
                        let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                        let sql = Item::filter(condition.expr()).to_sql(db.dialect()).map(|sql| sql.text);
                        Err(TestCaseError::fail(format!("{text}\n{sql:?}")))
                    }
                }
            })
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}
