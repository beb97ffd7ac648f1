//! Conditions of very many parts mean what short ones mean, though some databases are given them in another form.

use crate::harness::Backend;
use aludel::expr::Condition;
use aludel::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "long_items", index(name, id))]
struct Item {
    id: i64,
    #[field(unique)]
    number: i64,
    #[field(max_length = 40)]
    name: Option<String>,
    #[field(decimal(10, 2))]
    price: Decimal,
}

/// Twelve items, each third without a name.
async fn items(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Item]).await?;
    let new = |n: i64| NewItem {
        number: n,
        name: (n % 3 != 0).then(|| format!("item {n}")),
        price: Decimal::new(n * 150, 2),
    };
    Item::insert_many((0..12).map(new)).execute(db).await?;
    Ok(())
}

async fn numbers(condition: impl Condition<Item>, db: &Database) -> aludel::Result<Vec<i64>> {
    Item::filter(condition)
        .order_by(Item::number)
        .select(Item::number)
        .all(db)
        .await
}

type Case = (&'static str, fn(i64) -> Expr<Item, Option<bool>>);

on_every_database! {
    async fn rule_21_very_many_conditions_mean_what_a_few_mean(fixture) {
        let db = &fixture.db;
        items(db).await?;
        let cases: [Case; 6] = [
            ("one equality", |n| Item::name.eq(format!("item {n}"))),
            ("two equalities", |n| Item::number.eq(n) & Item::name.eq(format!("item {n}"))),
            ("a range and an equality", |n| Item::number.ge(n) & Item::name.eq(format!("item {}", n + 1))),
            ("a decimal", |n| Item::price.eq(Decimal::new(n * 150, 2)) & Item::name.is_not_null() & Item::name.ne("item 1")),
            ("patterns", |n| Item::name.contains(format!("m {n}")) & Item::number.lt(9)),
            ("nested", |n| Item::number.eq(n) & (Item::name.eq("item 4") | Item::name.eq(format!("item {n}")))),
        ];
        for (name, case) in cases {
            // The first twelve decide; the others are of no row.
            let any = |n: i64| (0..n).map(|n| if n < 12 { case(n) } else { case(n + 1_000) }).reduce(|all, one| all | one).expect("some");
            let few = numbers(any(12), db).await?;
            assert!(!few.is_empty() && few.len() < 12, "{name}: {few:?}");
            assert_eq!(numbers(any(600), db).await?, few, "{name}");
            let others = numbers(!any(12), db).await?;
            assert_eq!(numbers(!any(600), db).await?, others, "not {name}");
            assert_eq!(numbers(any(600) & Item::number.gt(4), db).await?, few.iter().copied().filter(|n| *n > 4).collect::<Vec<_>>(), "{name}, and");
            let deleted = db.begin().await?;
            let gone = Item::filter(any(600)).delete().execute(&deleted).await?;
            assert_eq!(gone as usize, few.len(), "{name}, deleted");
            deleted.rollback().await?;
        }
        let mut query = Item::query();
        for n in 0..600 {
            query = query.filter(Item::number.ne(n * 2));
        }
        assert_eq!(query.order_by(Item::number).select(Item::number).all(db).await?, [1, 3, 5, 7, 9, 11]);
    }

    /// The first comparison of each branch is looked up in an index, however many branches there are.
    async fn rule_21_very_many_branches_use_an_index(fixture) {
        let db = &fixture.db;
        items(db).await?;
        Item::insert_many((100..3_000).map(|n| NewItem { number: n, name: None, price: Decimal::ONE })).execute(db).await?;
        if fixture.backend == Backend::Mariadb {
            sql("ANALYZE TABLE long_items").rows(db).await?;
        } else {
            sql("ANALYZE").execute(db).await?;
        }
        let any = (0..300).map(|n| Item::number.eq(n) & Item::name.eq(format!("item {n}"))).reduce(|all, one| all | one).expect("some");
        let plan = Item::filter(any).explain(db).await?;
        let scan = match fixture.backend {
            Backend::Sqlite => "SCAN long_items",
            Backend::Postgres => "Seq Scan",
            Backend::Mariadb => "| ALL",
        };
        assert!(!plan.contains(scan), "{}", plan.chars().take(2_000).collect::<String>());
    }
}
