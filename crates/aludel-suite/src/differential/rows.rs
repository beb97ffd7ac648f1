//! The generator's seed, values, and the rows of a world. Numbers stay small, floats are quarters and decimals have ten
//! digits after the point at most, so that all arithmetic is exact.

use super::models::{AuthorRow, BookRow, Level, PublisherRow, TagRow, World};
use super::tree::{Kind, V};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::json;

/// Blanks, wildcards, quotes, cases beyond ASCII, text that sorts by code point alone.
pub const TEXTS: &[&str] = &[
    "", "a", "A", "ab", "aB", "Ab%", "%", "_", "\\", "a_b", "50% \\_", "Gärten", "GÄRTEN", "é",
    "O'Brien", " b ", "b", "日本", "zz", "12",
];

const MICROSECONDS: &[i64] = &[
    0,
    -1,
    951_782_400_000_000,
    1_709_164_799_999_999,
    1_709_164_800_000_000,
    1_709_208_000_250_000,
    1_735_689_599_500_000,
];

/// Makes things at random, the same ones for the same seed.
pub struct Generator {
    state: u64,
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        let mixed = (seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Generator { state: mixed | 1 }
    }

    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((self.random() >> 33) % end as u64) as usize
    }

    /// Whether something happens that does so in so many cases of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub fn maybe<T>(
        &mut self,
        percent: usize,
        make: impl FnOnce(&mut Generator) -> T,
    ) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    pub fn several<T>(&mut self, most: usize, mut make: impl FnMut(&mut Generator) -> T) -> Vec<T> {
        let count = self.below(most + 1);
        (0..count).map(|_| make(self)).collect()
    }

    fn text(&mut self) -> String {
        self.pick(TEXTS).to_string()
    }

    fn level(&mut self) -> Level {
        self.pick(&[Level::Low, Level::Medium, Level::High])
    }

    fn date(&mut self) -> Date {
        self.pick(&[
            date(1969, 12, 31),
            date(2000, 2, 29),
            date(2023, 1, 31),
            date(2024, 2, 28),
            date(2024, 2, 29),
            date(2024, 3, 1),
            date(2024, 12, 31),
        ])
    }

    fn decimal(&mut self) -> Decimal {
        let (number, scale) = self.pick(&[
            (0, 0),
            (1, 0),
            (-2, 0),
            (25, 1),
            (250, 2),
            (-25, 1),
            (5, 1),
            (15, 1),
            (10, 0),
            (9, 0),
            (1, 10),
            (-333_333_333_333_333, 10),
            (999_999_999_999_999, 10),
            (12_345, 3),
        ]);
        Decimal::new(number, scale)
    }

    fn float(&mut self) -> f64 {
        (self.below(33) as f64 - 16.0) / 4.0
    }

    /// Documents that lack what is asked of others, or have it in another form.
    fn doc(&mut self) -> serde_json::Value {
        let kind = self.pick(&["novel", "", "Gärten", "true", "a%"]);
        match self.below(7) {
            0 => json!({ "kind": kind, "n": 3, "ok": true }),
            1 => json!({ "kind": null, "n": -2, "ok": false, "tags": [kind, 7, null] }),
            2 => json!({ "kind": kind, "in": { "x": kind, "n": 1.5 } }),
            3 => json!({ "n": "3", "tags": [], "in": [kind] }),
            4 => json!([kind, { "kind": kind }]),
            5 => json!({ "kind": [kind], "ok": 1, "tags": [[1], { "x": true }] }),
            _ => json!({}),
        }
    }

    /// Rows of all models, without keys.
    pub fn world(&mut self) -> World {
        let authors = (0..6).map(|_| AuthorRow {
            id: 0,
            name: self.text(),
            city: self.maybe(60, Generator::text),
            level: self.level(),
            born: self.maybe(70, Generator::date),
        });
        let authors: Vec<AuthorRow> = authors.collect();
        let publishers = [false, true, false].map(|closed| PublisherRow {
            name: self.text(),
            closed,
        });
        let tags = (0..5).map(|_| TagRow {
            id: 0,
            label: self.text(),
            weight: self.maybe(70, |make| make.below(6) as i32 - 2),
        });
        let tags: Vec<TagRow> = tags.collect();
        // The last author has no books, the last tag is not used.
        let books = (0..28).map(|_| BookRow {
            id: 0,
            title: self.text(),
            price: self.decimal(),
            discount: self.maybe(60, Generator::decimal),
            pages: self.maybe(75, |make| make.pick(&[-7, 0, 1, 2, 3, 100, 100, 365])),
            rating: self.float(),
            published: self.date(),
            at: self.moment(),
            doc: self.doc(),
            active: self.chance(50),
            hidden: self.chance(12),
            deleted: self.chance(12),
            author: self.below(5),
            editor: self.maybe(60, |make| make.below(5)),
            publisher: self.below(3),
            tags: (0..4).filter(|_| self.chance(35)).collect(),
        });
        let books = books.collect();
        World {
            authors,
            publishers: publishers.into(),
            books,
            tags,
            nulls_last: false,
        }
    }

    fn moment(&mut self) -> Timestamp {
        let microseconds = self.pick(MICROSECONDS);
        Timestamp::from_microsecond(microseconds).expect("a moment")
    }

    /// A value that is not NULL.
    pub fn value(&mut self, kind: Kind) -> V {
        match kind {
            Kind::Bool => V::Bool(self.chance(50)),
            Kind::Int => V::Int(self.pick(&[-3, -1, 0, 1, 2, 3, 4, 7, 29, 100, 2024])),
            Kind::Float => V::Float(self.float()),
            Kind::Dec => V::Dec(self.decimal()),
            Kind::Text => V::Text(self.text()),
            Kind::Date => V::Date(self.date()),
            Kind::Moment => V::Moment(self.moment()),
            Kind::Level => V::Level(self.level()),
        }
    }
}
