//! Rule 28: a cast means the same on every database, or there is none.

use super::meanings::{Level, NO, Sample, dec, is_refusal, meanings, samples};
use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

on_every_database! {
    /// A cast has one meaning, or there is none: `Unsupported`, and for values that are no such thing an error of the value.
    async fn rule_28_a_cast_means_the_same_or_is_refused(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        meanings! { db:
            "7 as a truth value" => bool, Sample::seven.cast::<bool>() => "true";
            "a UUID as text" => String, Sample::uuid.cast::<String>() => "\"00000000-0000-0000-0000-000000000102\"";
            "text as a UUID" => Uuid, Sample::uuid.cast::<String>().cast::<Uuid>() => "00000000-0000-0000-0000-000000000102";
            "a word as a UUID" => Uuid, Sample::alpha.cast::<Uuid>() => NO;
            "bytes as text" => String, Sample::bytes.cast::<String>() => NO;
            "text as bytes" => Bytes, Sample::alpha.cast::<Bytes>() => NO;
            "a document as text" => String, Sample::doc.cast::<String>() => NO;
            "7.0 as text" => String, (Sample::half + 4.5).cast::<String>() => "\"7\"";
            "a third as text" => String, Sample::third.cast::<String>() => "\"0.3333333333333333\"";
            "a great float as text" => String, Sample::huge.cast::<String>() => "\"1e+300\"";
            "a small float as text" => String, Sample::tiny.cast::<String>() => "\"1.5e-07\"";
            "a small negative float as text" => String, (-(Sample::tiny * 2.0)).cast::<String>() => "\"-3e-07\"";
            "0.1 of 32 bits as text" => String, Sample::single.cast::<String>() => "\"0.1\"";
            "the greatest number, exact" => Decimal, Sample::most.cast::<Decimal>() => "9223372036854775807";
            "a float, exact" => Decimal, Sample::third.cast::<Decimal>() => "0.3333333333";
            "a float that no exact number is" => Decimal, Sample::huge.cast::<Decimal>() => NO;
            "a float as a whole number that there is not" => i64, Sample::huge.cast::<i64>() => NO;
            "a float of 64 bits in 32" => f32, Sample::third.cast::<f32>() => "0.33333334";
            "an exact number that is too great" => i64, (Sample::exact * dec("10000000000000000000")).cast::<i64>() => NO;
            "a whole number that is too great" => i32, Sample::most.cast::<i32>() => NO;
            "a whole number that fits" => i32, Sample::seven.cast::<i32>() => "7";
            "16 bits" => i16, (Sample::seven - 32_775).cast::<i16>() => "-32768";
            "more than 16 bits" => i16, (Sample::seven - 32_776).cast::<i16>() => NO;
            "a float in 16 bits" => i16, (Sample::half * 100_000.0).cast::<i16>() => NO;
            "a word as a number" => i64, Sample::alpha.cast::<i64>() => NO;
            "seven apples" => i64, Sample::apples.cast::<i64>() => NO;
            "seven apples, a float" => f64, Sample::apples.cast::<f64>() => NO;
            "seven apples, exact" => Decimal, Sample::apples.cast::<Decimal>() => NO;
            "a number as it is written" => f64, Sample::written.cast::<f64>() => "-12.5";
            "a number as it is written, whole" => i64, Sample::written.cast::<i64>() => NO;
            "a number as it is written, exact" => bool, Sample::written.cast::<Decimal>().eq(dec("-12.5")) => "true";
            "a word as a truth value" => bool, Sample::alpha.cast::<bool>() => NO;
            "the word true" => bool, Sample::yes.cast::<String>().cast::<bool>() => "true";
            "a word as a day" => Date, Sample::alpha.cast::<Date>() => NO;
            "a day as text, and back" => Date, Sample::born.cast::<String>().cast::<Date>() => "2024-02-29";
            "a day that there is not" => Date, literal("2023-02-29").cast::<Date>() => NO;
            "a time as text, and back" => Time, Sample::clock.cast::<String>().cast::<Time>() => "01:02:03.5";
            "an hour that there is not" => Time, literal("25:00:00").cast::<Time>() => NO;
            "a moment as text, and back" => Timestamp, Sample::moment.cast::<String>().cast::<Timestamp>() => "2024-02-29T23:59:59.123456Z";
            "a moment in UTC" => Timestamp, literal("2024-02-29T23:59:59Z").cast::<Timestamp>() => "2024-02-29T23:59:59Z";
            "a moment without a zone" => DateTime, literal("2024-02-29 23:59").cast::<DateTime>() => "2024-02-29T23:59:00";
            "a word as a level" => Level, Sample::alpha.cast::<Level>() => NO;
            "a level as text, and back" => Level, Sample::level.cast::<String>().cast::<Level>() => "Middle";
            "a day as a number" => i64, Sample::born.cast::<i64>() => NO;
            "a moment as a number" => i64, Sample::moment.cast::<i64>() => NO;
            "a number as a day" => Date, Sample::seven.cast::<Date>() => NO;
            "a time as a day" => Date, Sample::clock.cast::<Date>() => NO;
            "a time as a number" => f64, Sample::clock.cast::<f64>() => NO;
            "a level as a number" => i64, Sample::level.cast::<i64>() => NO;
            "a truth value as a float" => f64, Sample::yes.cast::<f64>() => "1.0";
            "a truth value, exact" => Decimal, Sample::yes.cast::<Decimal>() => "1";
            "a float as a truth value" => bool, Sample::half.cast::<bool>() => NO;
        }
    }

    /// An offset is minded, or refused: it is not left out.
    async fn rule_28_an_offset_in_a_text_is_not_left_out(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let found: aludel::Result<Timestamp> = Sample::query().select(literal("2024-02-29T12:00:00+02:00").cast::<Timestamp>()).one(db).await;
        match found {
            Ok(moment) => assert_eq!(moment, "2024-02-29T10:00:00Z".parse().expect("a moment")),
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidValue),
        }
    }

    /// What is cast in a condition is as strict; NULL stays NULL, whatever it is cast to.
    async fn rule_28_casts_in_conditions_and_of_null(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        for (name, condition) in [
            ("too great", Sample::most.cast::<i32>().gt(0)),
            ("no number", Sample::apples.cast::<i64>().gt(0)),
            ("no day", Sample::alpha.cast::<Date>().is_not_null()),
        ] {
            let found = Sample::filter(condition).count(db).await;
            assert!(found.as_ref().is_err_and(is_refusal), "{name}: {found:?}");
        }
        meanings! { db:
            "a whole number" => Option<i64>, Sample::no_text.cast::<i64>() => "None";
            "a float" => Option<f64>, Sample::no_text.cast::<f64>() => "None";
            "an exact number" => Option<Decimal>, Sample::no_text.cast::<Decimal>() => "None";
            "a truth value" => Option<bool>, Sample::no_text.cast::<bool>() => "None";
            "a day" => Option<Date>, Sample::no_text.cast::<Date>() => "None";
            "a moment" => Option<Timestamp>, Sample::no_text.cast::<Timestamp>() => "None";
            "a UUID" => Option<Uuid>, Sample::no_text.cast::<Uuid>() => "None";
            "a level" => Option<Level>, Sample::no_text.cast::<Level>() => "None";
            "text" => Option<String>, Sample::nothing.cast::<String>() => "None";
            "fewer bits" => Option<i16>, Sample::nothing.cast::<i16>() => "None";
            "a float as text" => Option<String>, Sample::nothing.cast::<f64>().cast::<String>() => "None";
        }
    }
}
