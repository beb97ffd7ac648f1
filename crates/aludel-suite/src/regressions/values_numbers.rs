//! Numbers that expressions come to: drawn once, in 64 bits, exact where they are exact, and never none.

use aludel::expr::{Node, Operand, Window};
use aludel::prelude::*;
use aludel::query::Assignment;
use aludel::statement::OrderTerm;
use aludel::{Error, ErrorKind};
use rust_decimal::Decimal;
use std::fmt::Debug;

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "counted_samples")]
struct Sample {
    id: i64,
    most: i64,
    least: i64,
    whole: i32,
    small: i16,
    port: u16,
    byte: u8,
    huge: f64,
    #[field(max_length = 5)]
    code: String,
    price: Decimal,
    discount: Option<Decimal>,
}

fn sample(price: &str, discount: Option<&str>) -> NewSample {
    NewSample {
        most: i64::MAX,
        least: i64::MIN,
        whole: i32::MAX,
        small: i16::MAX,
        port: u16::MAX,
        byte: 5,
        huge: 1e300,
        code: "abc".into(),
        price: dec(price),
        discount: discount.map(dec),
    }
}

async fn samples(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Sample]).await?;
    let rows = [("9", None), ("10.50", Some("2")), ("100", Some("11"))];
    Sample::insert_many(rows.map(|(price, discount)| sample(price, discount)))
        .execute(db)
        .await?;
    Ok(())
}

/// What came of a verb: the value, or the kind of the error and the column that it is about.
fn told<T: Debug>(result: aludel::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?} {}", error.kind(), error.column().unwrap_or_default())
            .trim_end()
            .to_owned(),
    }
}

fn check(found: impl IntoIterator<Item = (&'static str, String, &'static str)>) {
    let wrong: Vec<_> = found
        .into_iter()
        .filter(|(_, found, right)| found != right)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

on_every_database! {
    /// A whole number that 64 bits do not hold is an error, selected, compared and written; within them it is the number,
    /// however narrow the columns are that it is made of.
    async fn whole_numbers_are_counted_in_64_bits(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let first = || Sample::query().order_by(Sample::id).limit(1);
        macro_rules! selected {
            ($($item:expr => $right:literal),+ $(,)?) => {
                check([$((stringify!($item), told(first().select($item).one(db).await), $right)),+])
            };
        }
        selected! {
            Sample::most + 1 => "OutOfRange",
            Sample::least - 1 => "OutOfRange",
            Sample::most * 2 => "OutOfRange",
            -Sample::least => "OutOfRange",
            Sample::least / -1 => "OutOfRange",
            Sample::least.abs() => "OutOfRange",
            Sample::huge * 1e300 => "OutOfRange",
            Sample::most - 1 => "9223372036854775806",
            Sample::least + Sample::most => "-1",
        }
        // Read as what the columns are.
        for result in [
            told(first().select(Sample::whole + 1).one(db).await),
            told(first().select(Sample::small + 1).one(db).await),
            told(Sample::query().select(Sample::most.sum()).one(db).await),
        ] {
            assert!(result.starts_with("OutOfRange"), "{result}");
        }
        let all = |condition: Expr<Sample, bool>| Sample::filter(condition).count(db);
        check([
            ("64 bits", told(all((Sample::most + 1).gt(0)).await), "OutOfRange"),
            ("64 bits, the least", told(all((-Sample::least).gt(0)).await), "OutOfRange"),
            ("floats", told(all((Sample::huge * 1e300).gt(0.0)).await), "OutOfRange"),
            ("32 bits", told(all((Sample::whole + 1).gt(0)).await), "3"),
            ("32 bits, a product", told(all((Sample::whole * Sample::whole).gt(0)).await), "3"),
            ("16 bits", told(all((Sample::small + 30_000_i16).gt(0)).await), "3"),
            ("16 bits, another sign", told(all((-(Sample::small + 1_i16)).lt(0)).await), "3"),
            ("16 bits without a sign", told(all((Sample::port * 60_000_u16).gt(0)).await), "3"),
            ("8 bits", told(all((Sample::byte - 10_u8).lt(0_u8)).await), "3"),
            ("a function by its name", told(all(func("abs").arg(Sample::small - 1_i16).returns::<i16>().gt(0)).await), "3"),
        ]);
        let set = |assignment: Assignment<Sample>| Sample::query().unfiltered().update(assignment).execute(db);
        check([
            ("set 64 bits", told(set(Sample::most.set(Sample::most + 1)).await), "OutOfRange most"),
            ("set 32 bits", told(set(Sample::whole.set(Sample::whole + 1)).await), "OutOfRange whole"),
            ("set 16 bits", told(set(Sample::small.set(Sample::small + 1_i16)).await), "OutOfRange small"),
            ("set less", told(set(Sample::small.set(Sample::small - 1_i16)).await), "3"),
        ]);
    }

    /// A value that differs each time it is computed is looked at and written as one, or refused before anything is sent.
    async fn what_is_drawn_is_drawn_once(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let id = Sample::query().order_by(Sample::id).limit(1).select(Sample::id).one(db).await?;
        let this = || Sample::filter(Sample::id.eq(id));
        let once = db.dialect().capabilities().numbered_placeholders;
        for _ in 0..100 {
            let drawn = (random::<Sample>() * 600.0).cast::<u8>();
            match this().update(Sample::byte.set(drawn)).execute(db).await {
                Err(error) if once => assert_eq!(error.kind(), ErrorKind::OutOfRange),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
                Ok(done) => assert!(once && done == 1),
            }
            let read = this().one(db).await;
            assert!(read.is_ok(), "a row that can't be read back: {read:?}");
        }
        // What fits whichever it is, is drawn on any.
        this().update(Sample::huge.set(random() * 600.0)).execute(db).await?;
    }

    /// What is no number is never written into an exact column.
    async fn exact_columns_refuse_what_is_no_number(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let first = || Sample::filter(Sample::price.eq(dec("9")));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            for (column, set) in [
                ("price", Sample::price.set(Sample::huge.cast::<Decimal>())),
                ("discount", Sample::discount.set(Sample::huge.cast::<Decimal>())),
            ] {
                // Not every database has these floats.
                if first().update(Sample::huge.set(bad)).execute(db).await.is_err() {
                    continue;
                }
                let done = first().update(set).execute(db).await;
                assert_eq!(told(done), format!("OutOfRange {column}"), "{column} from {bad}");
                let row = first().one(db).await?;
                assert_eq!((row.price, row.discount), (dec("9"), None), "{column} after {bad}");
            }
        }
    }

    /// Exact numbers compare and sort as numbers, also where a function, an aggregate or a window is called by its name, or
    /// the expression is in SQL's own words.
    async fn decimals_that_are_called_by_name_are_numbers(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let by_name = |other: &str| func("coalesce").arg(Sample::discount).arg(dec(other)).returns::<Decimal>();
        let found = |condition: Expr<Sample, bool>| Sample::filter(condition).select(Sample::price).all(db);
        check([
            ("compared", told(found(by_name("0").gt(dec("10"))).await), "[100.0000000000]"),
            ("in a list", told(found(by_name("0").is_in([dec("11.00")])).await), "[100.0000000000]"),
            ("the greater", told(found(greatest(by_name("0"), dec("3")).gt(dec("10"))).await), "[100.0000000000]"),
            ("in SQL", told(found(raw_sql::<Sample, Decimal>("coalesce(discount, price)").gt(dec("10"))).await), "[100.0000000000]"),
        ]);
        let price = || Sample::price.into_operand();
        let first_value: Expr<Sample, Decimal> = Expr::from_node(Node::Window(Box::new(Window {
            function: func("first_value").arg(Sample::price).returns::<Decimal>().into_node(),
            partition_by: vec![Sample::id.into_operand()],
            order_by: vec![OrderTerm { node: price(), descending: false, nulls: None }],
            frame: None,
        })));
        let whole = |query: aludel::Query<Sample>| async move {
            let prices = query.select(Sample::price).all(db).await?;
            Ok::<_, Error>(prices.iter().map(|price| price.normalize().to_string()).collect::<Vec<_>>().join(" "))
        };
        check([
            ("sorted by a window", told(whole(Sample::query().order_by(first_value)).await), "\"9 10.5 100\""),
            ("sorted", told(whole(Sample::query().order_by(by_name("10"))).await), "\"10.5 9 100\""),
            ("sorted by SQL", told(whole(Sample::query().order_by(raw_sql::<Sample, Decimal>("price"))).await), "\"9 10.5 100\""),
        ]);
        let grouped = |condition: Expr<Sample, Option<bool>>| {
            Sample::query().group_by(Sample::code).having(condition).select(Sample::code).all(db)
        };
        let extreme = |name: &'static str| func(name).arg(Sample::price).returns::<Option<Decimal>>();
        check([
            ("a group", told(grouped(extreme("max").gt(dec("9.9"))).await), "[\"abc\"]"),
            ("another", told(grouped(extreme("min").lt(dec("10"))).await), "[\"abc\"]"),
            ("none", told(grouped(extreme("max").lt(dec("99"))).await), "[]"),
        ]);
    }

    /// A condition compares products and sums with all their digits, however many those are.
    async fn products_of_many_digits_are_compared(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let big = dec("900719925474099301.0000000001");
        Sample::filter(Sample::price.eq(dec("9"))).update(Sample::price.set(big)).execute(db).await?;
        let count = |condition: Expr<Sample, bool>| Sample::filter(condition).count(db);
        let square = || Sample::price * Sample::price;
        check([
            ("a square", told(count(square().gt(Sample::price * dec("900719925474099301"))).await), "1"),
            ("a square of less", told(count(square().gt(dec("79228162514264337593543950335"))).await), "1"),
            ("its half", told(count((square() - square() + Sample::price).eq(Sample::price)).await), "3"),
            ("its sign", told(count((-square()).lt(dec("-79228162514264337593543950335"))).await), "1"),
        ]);
        // What Rust has no room for can't be read, or written.
        let first = || Sample::filter(Sample::price.eq(big));
        assert!(first().select(square()).one(db).await.is_err());
        check([("written", told(first().update(Sample::price.set(square())).execute(db).await), "OutOfRange price")]);
        assert_eq!(first().count(db).await?, 1);
    }
}
