//! Running a case by every peer, in rounds, so that what disturbs the machine for a while disturbs all.

use crate::plan::{Peer, Place, is_long, is_on_disk};
use crate::programs::{Folders, Result};
use crate::results::{Figure, median};
use crate::schema;
use measure::{Answer, Case, Store};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where the databases are, and how long to measure.
pub struct Bench<'a> {
    pub folders: &'a Folders,
    /// For files of SQL and of SQLite.
    pub scratch: PathBuf,
    /// By place's name.
    pub urls: Vec<(String, String)>,
    pub rounds: usize,
    pub seconds: f64,
}

/// Who takes so many times as long as the quickest library in the first round is not asked again: the page's rows are decided
/// among the others. A machine of which others have a share may be half as quick in one turn as in the next; that alone is
/// not to keep anyone from another turn.
pub const FAR_OFF: f64 = 5.0;

/// A peer's time for one case may be this long, all told.
const PATIENCE: Duration = Duration::from_secs(240);

enum Ended {
    Measured(Answer),
    /// It has no way to do that.
    Unable,
    Failed(String),
}

#[derive(Default)]
struct Taken {
    /// The median of each round's samples.
    medians: Vec<f64>,
    /// Each round's, to the floor in the same round.
    ratios: Vec<f64>,
    peak_kib: u64,
    failed: Option<String>,
    unable: bool,
}

impl Bench<'_> {
    /// A case by these peers, the first of which is the floor.
    pub fn case(&self, place: Place, case: Case, peers: &[&Peer]) -> Result<Vec<Figure>> {
        let url = self.url(place, case)?;
        let setup = self.scratch.join(format!("setup_{}.sql", place.store));
        std::fs::write(&setup, schema::setup(place.store, case).join(";\n")).map_err(|cause| cause.to_string())?;
        let mut taken: Vec<Taken> = peers.iter().map(|_| Taken::default()).collect();
        let mut is_set_up = false;
        for round in 0..self.rounds {
            let mut floor = f64::NAN;
            let quickest = quickest(peers, &taken);
            for (peer, taken) in peers.iter().zip(&mut taken) {
                if taken.unable || taken.failed.is_some() || (round > 0 && peer.python && is_long(case)) {
                    continue;
                }
                if peer.name != peers[0].name && taken.ratios.first().is_some_and(|ratio| *ratio > quickest * FAR_OFF) {
                    continue;
                }
                if url != ":memory:" && !(is_set_up && case.what.only_reads()) {
                    self.set_up(place.store, case, &url, &setup)?;
                    is_set_up = true;
                }
                match self.one(peer, place.store, case, &url, &setup) {
                    Ended::Measured(answer) => {
                        let mut samples = answer.samples;
                        let middle = median(&mut samples);
                        if peer.name == peers[0].name {
                            floor = middle;
                        }
                        taken.ratios.push(middle / floor);
                        taken.medians.push(middle);
                        taken.peak_kib = taken.peak_kib.max(answer.peak_kib);
                    }
                    Ended::Unable => taken.unable = true,
                    Ended::Failed(why) => taken.failed = Some(why),
                }
            }
        }
        let floor = taken.first().map_or(f64::NAN, |floor| least(&floor.medians));
        let figures = peers.iter().zip(taken).filter(|(_, taken)| !taken.unable);
        Ok(figures.map(|(peer, taken)| figure(place, case, peer, taken, floor)).collect())
    }

    fn url(&self, place: Place, case: Case) -> Result<String> {
        if place.store == Store::Sqlite {
            let file = self.scratch.join("bench.sqlite");
            return Ok(match is_on_disk(case) {
                true => file.display().to_string(),
                false => ":memory:".into(),
            });
        }
        let name = place.name();
        let known = self.urls.iter().find(|(known, _)| *known == name);
        known.map(|(_, url)| url.clone()).ok_or_else(|| format!("no server at {name}"))
    }

    fn set_up(&self, store: Store, case: Case, url: &str, setup: &Path) -> Result<()> {
        if store == Store::Sqlite {
            for end in ["", "-wal", "-shm"] {
                drop(std::fs::remove_file(format!("{url}{end}")));
            }
        }
        let mut command = Command::new(self.folders.binary("floor"));
        arguments(&mut command, "setup", store, case, url, setup);
        let output = command.output().map_err(|cause| cause.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        output
            .status
            .success()
            .then_some(())
            .ok_or_else(|| format!("setting up {case} failed: {said}"))
    }

    fn one(&self, peer: &Peer, store: Store, case: Case, url: &str, setup: &Path) -> Ended {
        let mut command = self.folders.program(peer);
        arguments(&mut command, peer.name, store, case, url, setup);
        command.args(["--seconds", &self.seconds.to_string()]);
        let ended = finish(command);
        match &ended {
            Ended::Failed(why) => eprintln!("    {} failed: {}", peer.name, cause(why)),
            _ => eprint!("."),
        }
        ended
    }
}

/// The first ratio of the quickest library in Rust.
fn quickest(peers: &[&Peer], taken: &[Taken]) -> f64 {
    let libraries = peers.iter().zip(taken).skip(1).filter(|(peer, _)| !peer.python);
    libraries
        .filter_map(|(_, taken)| taken.ratios.first().copied())
        .fold(f64::INFINITY, f64::min)
}

fn arguments(command: &mut Command, peer: &str, store: Store, case: Case, url: &str, setup: &Path) {
    command
        .args([
            "--peer",
            peer,
            "--store",
            &store.to_string(),
            "--url",
            url,
            "--case",
            &case.to_string(),
        ])
        .arg("--setup")
        .arg(setup);
}

/// Runs a peer to its end, or ends it when it takes too long.
fn finish(mut command: Command) -> Ended {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(cause) => return Ended::Failed(cause.to_string()),
    };
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() > PATIENCE => {
                drop(child.kill());
                drop(child.wait());
                return Ended::Failed(format!("it took more than {} s", PATIENCE.as_secs()));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(cause) => return Ended::Failed(cause.to_string()),
        }
    };
    let (mut said, mut complained) = (String::new(), String::new());
    drop(child.stdout.take().map(|mut out| out.read_to_string(&mut said)));
    drop(child.stderr.take().map(|mut out| out.read_to_string(&mut complained)));
    match status.code() {
        Some(0) => match serde_json::from_str(said.lines().last().unwrap_or_default()) {
            Ok(answer) => Ended::Measured(answer),
            Err(cause) => Ended::Failed(format!("{cause}: {said}")),
        },
        Some(3) => Ended::Unable,
        _ => Ended::Failed(format!("{status}: {complained}")),
    }
}

/// The figure is that of the quickest round: what disturbs a machine makes times longer, and nothing makes them shorter.
fn figure(place: Place, case: Case, peer: &Peer, taken: Taken, floor: f64) -> Figure {
    let median = least(&taken.medians);
    let most = taken.ratios.iter().copied().fold(f64::NAN, f64::max);
    Figure {
        place: place.name(),
        case: case.to_string(),
        peer: peer.name.into(),
        median,
        ratio: median / floor,
        between: (least(&taken.ratios), most),
        peak_kib: taken.peak_kib,
        failed: taken.failed.map(|why| cause(&why).to_string()),
    }
}

/// The smallest, if there is one.
fn least(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(f64::NAN, f64::min)
}

/// Of all that a peer said before it failed, the line that tells why: of a panic its message, of Python's traces the last.
fn cause(said: &str) -> &str {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    match lines.by_ref().find(|line| line.contains("panicked at")) {
        Some(place) => lines.next().unwrap_or(place),
        None => said.trim().lines().last().unwrap_or_default().trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Taken, cause, figure};
    use crate::plan::{PEERS, PLACES};
    use measure::{Case, What};

    #[test]
    fn a_figure_is_that_of_the_quickest_round() {
        let taken = Taken {
            medians: vec![300.0, 150.0, 210.0],
            ratios: vec![1.5, 0.75, 2.1],
            ..Taken::default()
        };
        let figure = figure(PLACES[0], Case { what: What::Get, n: 1 }, &PEERS[1], taken, 100.0);
        assert_eq!((figure.median, figure.ratio, figure.between), (150.0, 1.5, (0.75, 2.1)));
    }

    #[test]
    fn why_a_peer_failed_is_found_in_what_it_said() {
        let panic = "exit status: 101: \nthread 'main' (7) panicked at src/main.rs:3:9:\nrows: no such table\n\
                     note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
        assert_eq!(cause(panic), "rows: no such table");
        assert_eq!(
            cause("Traceback (most recent call last):\n  File …\nValueError: no\n"),
            "ValueError: no"
        );
        assert_eq!(cause("it took more than 240 s"), "it took more than 240 s");
    }
}
