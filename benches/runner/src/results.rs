//! What was measured, as it is kept beside the page.

use measure::Case;
use serde::{Deserialize, Serialize};

/// Everything that one run found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Results {
    pub date: String,
    pub machine: Vec<String>,
    /// Names and versions of peers, servers and tools.
    pub versions: Vec<(String, String)>,
    pub quick: bool,
    /// Turns that every peer had for a short case.
    pub rounds: usize,
    pub figures: Vec<Figure>,
    /// A query to PostgreSQL, taken apart.
    #[serde(default)]
    pub wire: Vec<Figure>,
    pub instructions: Vec<Instructions>,
    pub build: Vec<BuildCost>,
}

/// What one peer took for one case at one place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    pub place: String,
    pub case: String,
    pub peer: String,
    /// The median of the samples of its quickest round, in nanoseconds for one operation.
    pub median: f64,
    /// That to the floor's.
    pub ratio: f64,
    /// The smallest and the largest of the rounds' ratios to the floor in the same round.
    pub between: (f64, f64),
    pub peak_kib: u64,
    /// What went wrong instead.
    pub failed: Option<String>,
}

/// Instructions that one operation takes, by callgrind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Instructions {
    pub case: String,
    pub peer: String,
    pub count: f64,
}

/// What it takes to build a program on a peer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BuildCost {
    pub peer: String,
    pub crates: usize,
    pub debug: f64,
    pub release: f64,
    /// Models, seconds of a rebuild (debug) after a literal in a query of one model changed.
    pub rebuild: Vec<(usize, f64)>,
    /// The same after a field was added to one model.
    #[serde(default)]
    pub rebuild_field: Vec<(usize, f64)>,
    /// Bytes of the release binary, stripped.
    pub binary: u64,
}

impl Results {
    pub fn of<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a Figure> {
        self.figures.iter().filter(move |figure| figure.place == place)
    }

    pub fn figure(&self, place: &str, case: Case, peer: &str) -> Option<&Figure> {
        let case = case.to_string();
        self.figures
            .iter()
            .find(|figure| figure.place == place && figure.case == case && figure.peer == peer)
    }
}

/// The middle of some numbers.
pub fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => numbers[n / 2],
        n => (numbers[n / 2 - 1] + numbers[n / 2]) / 2.0,
    }
}
