//! Dates and times without a crate: counts of days and microseconds, and their text.
//!
//! The features `jiff`, `chrono` and `time` convert their own types to these.

const DAY: i64 = 86_400_000_000;

/// 0001-01-01 to 9999-12-31: what every database stores.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// The first microsecond of the first day, and the last of the last day.
const MICROS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Days since 1970-01-01, in the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(pub i32);

/// Microseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilTime(pub i64);

/// Microseconds since 1970-01-01 00:00:00, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime(pub i64);

/// Microseconds since 1970-01-01 00:00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl CivilDate {
    /// The date of a year, month (1–12) and day (1–31). After Howard Hinnant's `days_from_civil`.
    pub fn from_ymd(year: i64, month: u32, day: u32) -> CivilDate {
        let year = year - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = i64::from(month);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
        CivilDate(
            (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as i32,
        )
    }

    /// Whether databases can store it: years 1 to 9999.
    pub fn is_storable(self) -> bool {
        DAYS.contains(&self.0)
    }

    /// Year, month (1–12) and day (1–31).
    pub fn ymd(self) -> (i64, u32, u32) {
        let days = i64::from(self.0) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        (
            year + era * 400 + i64::from(month <= 2),
            month as u32,
            (of_year - (153 * shifted + 2) / 5 + 1) as u32,
        )
    }

    /// `YYYY-MM-DD`, or `None` for years that do not fit four digits.
    pub fn to_text(self) -> Option<String> {
        let (year, month, day) = self.ymd();
        (0..=9999)
            .contains(&year)
            .then(|| format!("{year:04}-{month:02}-{day:02}"))
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<CivilDate> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let (year, month, day) = (
            digits(&bytes[..4])?,
            digits(&bytes[5..7])?,
            digits(&bytes[8..])?,
        );
        let date = CivilDate::from_ymd(year, month as u32, day as u32);
        (date.ymd() == (year, month as u32, day as u32)).then_some(date)
    }
}

impl CivilTime {
    /// `HH:MM:SS.ffffff`.
    pub fn to_text(self) -> String {
        let (seconds, micros) = (self.0 / 1_000_000, self.0 % 1_000_000);
        format!(
            "{:02}:{:02}:{:02}.{micros:06}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }

    /// Reads `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f…`.
    pub fn parse(text: &str) -> Option<CivilTime> {
        let bytes = text.as_bytes();
        if bytes.len() < 5 || bytes[2] != b':' {
            return None;
        }
        let (hour, minute) = (digits(&bytes[..2])?, digits(&bytes[3..5])?);
        let (second, micros) = match &bytes[5..] {
            [] => (0, 0),
            [b':', a, b] => (digits(&[*a, *b])?, 0),
            [b':', a, b, b'.', fraction @ ..] if !fraction.is_empty() => {
                let kept = &fraction[..fraction.len().min(6)];
                digits(fraction)?;
                (
                    digits(&[*a, *b])?,
                    digits(kept)? * 10_i64.pow(6 - kept.len() as u32),
                )
            }
            _ => return None,
        };
        (hour < 24 && minute < 60 && second < 60).then_some(CivilTime(
            ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros,
        ))
    }
}

impl CivilDateTime {
    /// Whether databases can store it: years 1 to 9999.
    pub fn is_storable(self) -> bool {
        MICROS.contains(&self.0)
    }

    /// The date and the time of day.
    pub fn split(self) -> (CivilDate, CivilTime) {
        (
            CivilDate(self.0.div_euclid(DAY) as i32),
            CivilTime(self.0.rem_euclid(DAY)),
        )
    }

    /// A date and a time of day together, saturating outside the range.
    pub fn join(date: CivilDate, time: CivilTime) -> CivilDateTime {
        let midnight = i64::from(date.0).saturating_mul(DAY);
        CivilDateTime(midnight.saturating_add(time.0))
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff`, or `None` for years beyond four digits. Such texts sort as the times do.
    pub fn to_text(self) -> Option<String> {
        let (date, time) = self.split();
        Some(format!("{} {}", date.to_text()?, time.to_text()))
    }

    /// Reads `YYYY-MM-DD HH:MM[:SS[.f…]]`, with a space or `T` between, and a bare date as midnight.
    pub fn parse(text: &str) -> Option<CivilDateTime> {
        if text.len() == 10 {
            return CivilDate::parse(text).map(|date| CivilDateTime::join(date, CivilTime(0)));
        }
        let date = CivilDate::parse(text.get(..10)?)?;
        let time = CivilTime::parse(text.get(10..)?.strip_prefix([' ', 'T'])?)?;
        Some(CivilDateTime::join(date, time))
    }
}

impl Instant {
    /// Whether databases can store it: years 1 to 9999.
    pub fn is_storable(self) -> bool {
        MICROS.contains(&self.0)
    }

    /// The instant that many nanoseconds after 1970, cut to the microsecond. It saturates outside the range.
    pub fn from_nanoseconds(nanos: i128) -> Instant {
        let micros = nanos.div_euclid(1000);
        let most = if micros < 0 { i64::MIN } else { i64::MAX };
        Instant(i64::try_from(micros).unwrap_or(most))
    }

    /// As [`CivilDateTime::to_text`], in UTC.
    pub fn to_text(self) -> Option<String> {
        CivilDateTime(self.0).to_text()
    }

    /// As [`CivilDateTime::parse`]; a trailing `Z` or offset (`+02:00`) is understood.
    pub fn parse(text: &str) -> Option<Instant> {
        if let Some(utc) = text.strip_suffix('Z') {
            return CivilDateTime::parse(utc).map(|at| Instant(at.0));
        }
        let offset = text
            .get(10..)
            .and_then(|rest| rest.rfind(['+', '-']))
            .map(|at| at + 10);
        let Some(at) = offset else {
            return CivilDateTime::parse(text).map(|at| Instant(at.0));
        };
        let (civil, offset) = text.split_at(at);
        let (sign, offset) = offset.split_at(1);
        let offset = match offset.len() {
            2 => CivilTime::parse(&format!("{offset}:00"))?,
            _ => CivilTime::parse(offset)?,
        };
        let civil = CivilDateTime::parse(civil)?.0;
        Some(Instant(if sign == "+" {
            civil - offset.0
        } else {
            civil + offset.0
        }))
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    bytes.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_before_1970_and_leap_days() {
        assert_eq!(CivilDate::from_ymd(1969, 12, 31), CivilDate(-1));
        assert_eq!(CivilDate::from_ymd(2000, 2, 29).ymd(), (2000, 2, 29));
        assert_eq!(CivilDate::parse("1900-02-29"), None);
        assert_eq!(
            CivilDate::from_ymd(0, 1, 1).to_text().as_deref(),
            Some("0000-01-01")
        );
        assert_eq!(CivilDate::from_ymd(-1, 12, 31).to_text(), None);
    }

    #[test]
    fn the_years_that_are_kept() {
        for (text, kept) in [
            ("0000-12-31", false),
            ("0001-01-01", true),
            ("9999-12-31", true),
        ] {
            let date = CivilDate::parse(text).unwrap();
            assert_eq!(date.is_storable(), kept, "{text}");
            for time in [CivilTime(0), CivilTime(DAY - 1)] {
                let at = CivilDateTime::join(date, time);
                assert_eq!(
                    (at.is_storable(), Instant(at.0).is_storable()),
                    (kept, kept),
                    "{text}"
                );
            }
        }
        let after = CivilDate::from_ymd(10_000, 1, 1);
        let after_that = CivilDateTime::join(after, CivilTime(0));
        assert!(!after.is_storable() && !after_that.is_storable());
        assert!(!CivilDateTime::join(CivilDate(i32::MAX), CivilTime(0)).is_storable());
        assert!(!Instant::from_nanoseconds(i128::MIN).is_storable());
        assert_eq!(Instant::from_nanoseconds(-1), Instant(-1));
    }

    #[test]
    fn instants_with_offsets() {
        let utc = Instant::parse("2026-01-02 03:04:05.000006").unwrap();
        assert_eq!(
            Instant::parse("2026-01-02T05:04:05.000006+02:00"),
            Some(utc)
        );
        assert_eq!(Instant::parse("2026-01-02T03:04:05.000006Z"), Some(utc));
        assert_eq!(Instant::parse("2026-01-01T22:04:05.000006-05"), Some(utc));
        assert_eq!(Instant::parse("yesterday"), None);
        assert_eq!(Instant::parse("2026-01-02 25:00"), None);
    }

    proptest! {
        #[test]
        fn every_day_comes_back(days in -719_528_i32..2_932_896) {
            let date = CivilDate(days);
            let (year, month, day) = date.ymd();
            prop_assert_eq!(CivilDate::from_ymd(year, month, day), date);
            prop_assert_eq!(CivilDate::parse(&date.to_text().unwrap()), Some(date));
        }

        #[test]
        fn every_microsecond_comes_back_and_sorts(a in -62_167_219_200_000_000_i64..253_402_300_799_999_999, b in -62_167_219_200_000_000_i64..253_402_300_799_999_999) {
            let (a, b) = (Instant(a), Instant(b));
            let (text_a, text_b) = (a.to_text().unwrap(), b.to_text().unwrap());
            prop_assert_eq!(Instant::parse(&text_a), Some(a));
            prop_assert_eq!(a.cmp(&b), text_a.cmp(&text_b));
        }
    }
}
