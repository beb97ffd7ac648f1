//! Rule 29 for the database's clock: a CASE whose first result is `now()` or `today()` infers its type from the others.

use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "clock_tasks")]
struct Task {
    id: i64,
    title: String,
    done: bool,
    price: Decimal,
    begun: Timestamp,
    ended: Option<Timestamp>,
    day: Date,
}

on_every_database! {
    async fn the_clock_may_be_the_first_result_of_a_case(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Task]).await?;
        let begun: Timestamp = "2001-02-03T04:05:06Z".parse().expect("a moment");
        let day: Date = "2001-02-03".parse().expect("a day");
        let old = NewTask { title: "Old".into(), done: true, price: Decimal::ONE, begun, ended: None, day };
        let task = old.insert(db).await?;
        let one = || Task::filter(Task::id.eq(task.id));
        let late = Timestamp::now().as_second() - 60;
        let (first, second, third, fourth) = one().select((
            when(Task::done, now()).otherwise(Task::begun),
            when(!Task::done, now()).otherwise(Task::begun),
            when(Task::done, now()).when(Task::title.eq("Old"), now()).otherwise(Task::ended),
            when(!Task::done, now()).otherwise(Task::ended),
        )).one(db).await?;
        let (first, second, third, fourth): (Timestamp, Timestamp, Option<Timestamp>, Option<Timestamp>) = (first, second, third, fourth);
        assert!(first.as_second() > late && third.is_some_and(|third| third.as_second() > late), "{first} {third:?}");
        assert_eq!((second, fourth), (begun, None));
        let (date, value, chained) = one().select((
            when(!Task::done, today()).otherwise(Task::day),
            when(!Task::done, now()).otherwise(begun),
            when(!Task::done, now()).when(Task::done, Task::begun).otherwise(Task::ended),
        )).one(db).await?;
        assert_eq!((date, value, chained), (day, begun, Some(begun)));
        assert_eq!(one().filter(when(Task::done, now()).otherwise(Task::begun).gt(Task::begun)).count(db).await?, 1);
        assert_eq!(one().filter(when(Task::done, today()).otherwise(Task::day).gt(Task::day)).count(db).await?, 1);
        one().update((Task::ended.set(when(Task::done, now()).otherwise(Task::begun)), Task::day.set(when(Task::done, now()).otherwise(Task::day)))).execute(db).await?;
        let row = one().one(db).await?;
        assert!(row.ended.is_some_and(|ended| ended.as_second() > late) && row.day > day, "{row:?}");
        // Its siblings.
        let (text, lower, exact, number) = one().select((
            when(Task::done, "yes").otherwise("no"),
            when(Task::done, Task::title.lower()).otherwise("none"),
            when(Task::done, Decimal::TEN).otherwise(Task::price),
            when(Task::done, 1_i64).otherwise(2),
        )).one(db).await?;
        assert_eq!((text.as_str(), lower.as_str(), exact, number), ("yes", "old", Decimal::TEN, 1));
        let since: Timestamp = one().select(coalesce(Task::ended, now())).one(db).await?;
        let latest: Timestamp = one().select(greatest(Task::begun, now())).one(db).await?;
        assert!(since.as_second() > late && latest.as_second() > late);
    }
}
