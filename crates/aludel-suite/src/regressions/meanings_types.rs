//! Rules 24 and 29: what can be NULL has a type that says so, and no expression has to be told its type.

use super::meanings::{Level, Sample, dec, samples};
use aludel::expr::functions::{null_if, round};
use aludel::prelude::*;
use jiff::Timestamp;

on_every_database! {
    async fn rule_29_no_expression_has_to_say_its_type(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let all = Sample::query;
        for (name, condition) in [
            ("a value first", Sample::id.gt(0) & when(Sample::id.gt(100), dec("0")).otherwise(Sample::exact).gt(dec("1"))),
            ("an enum", Sample::level.eq(when(Sample::id.gt(0), Level::Middle).otherwise(Level::Zebra))),
            ("whole numbers", (Sample::id * 2 - 1).between(1, 3)),
            ("a list", (Sample::id + 1).is_in([2, 3])),
            ("the greater", greatest(Sample::id, 7).eq(7)),
            ("a rounded quotient", round(Sample::exact / dec("2")).eq(dec("1"))),
            ("a literal on the left", literal(5).gt(Sample::id)),
            ("a text on the left", literal("alpha").eq(Sample::alpha)),
            ("the clock in a CASE", when(Sample::id.gt(5), now().expr::<_, Timestamp>()).otherwise(Sample::moment).lt(now())),
            ("the clock at its end", when(Sample::id.gt(0), Sample::moment).otherwise(now()).lt(now())),
            ("otherwise a column", coalesce(Sample::no_text, Sample::no_text.or_else("q")).eq("q")),
            ("two columns that may be NULL", coalesce(Sample::no_text, Sample::no_text).or_else("q").eq("q")),
            ("a column of a query that may be NULL", Sample::seven.not_in_query(all().select(Sample::nothing))),
        ] {
            assert_eq!(all().filter(condition).count(db).await?, 1, "{name}");
        }
        assert_eq!(all().select(coalesce(null_if(Sample::exact, dec("9")), dec("0")).max()).one(db).await?, Some(dec("2.5")));
        assert_eq!(all().select(when(Sample::id.gt(0), Sample::exact).end().max()).one(db).await?, Some(dec("2.5")));
        assert_eq!(all().select(when(Sample::id.gt(5), 1).when(Sample::id.gt(3), 2).otherwise(3)).one(db).await?, 3);
        all().unfiltered().update(Sample::no_text.set(when(Sample::id.gt(0), Some("b".to_string())).otherwise(None))).execute(db).await?;
        assert_eq!(all().select(Sample::no_text).one(db).await?.as_deref(), Some("b"));
    }

    async fn rule_24_what_can_be_null_says_so(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let all = Sample::query;
        let nested = coalesce(coalesce(Sample::no_text, Sample::no_text), Sample::no_text);
        let texts = all().select((
            coalesce(Sample::no_text, Sample::no_text),
            nested.clone(),
            coalesce(nested, "end"),
            Sample::no_text.or_else(Sample::no_text),
            Sample::nothing.cast::<String>(),
            Sample::seven.cast::<Option<String>>(),
        ));
        let texts: (Option<String>, Option<String>, String, Option<String>, Option<String>, Option<String>) = texts.one(db).await?;
        assert_eq!(texts, (None, None, "end".into(), None, None, Some("7".into())));
        let chosen = all().select((
            when(Sample::id.gt(0), Some("a")).otherwise(None),
            when(Sample::id.gt(5), "a").otherwise(Sample::no_text),
            when(Sample::id.gt(5), "a").when(Sample::id.gt(0), Sample::no_text).otherwise("b"),
            when(Sample::id.gt(5), "a").when(Sample::id.gt(3), "c").otherwise("b"),
        ));
        let chosen: (Option<String>, Option<String>, Option<String>, String) = chosen.one(db).await?;
        assert_eq!(chosen, (Some("a".into()), None, None, "b".into()));
        let among = all().select((
            Sample::seven.is_in_query(all().select(Sample::nothing)),
            Sample::seven.is_in_query(all().select(Sample::seven)),
            Sample::seven.not_in_query(all().select(Sample::nothing)),
            Sample::nothing.is_in_query(all().select(Sample::nothing)),
            Sample::nothing.is_in_query(all().select(Sample::seven)),
        ));
        let among: (Option<bool>, bool, bool, Option<bool>, Option<bool>) = among.one(db).await?;
        assert_eq!(among, (None, true, true, None, None));
    }
}
