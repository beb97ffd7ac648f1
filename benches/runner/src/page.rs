//! The page: tables of medians and ratios, and the charts.

use crate::chart;
use crate::instructions::CASES;
use crate::plan::{PEERS, PLACES, Peer, Place, WIRE, WIRE_CASES, cases, describe, is_long, thousands};
use crate::programs::Result;
use crate::results::{Figure, Results};
use crate::run::FAR_OFF;
use measure::{Case, What};
use std::path::Path;

/// The figures beside the page.
pub fn read(folder: &Path) -> Result<Results> {
    let file = folder.join("results.json");
    let text = std::fs::read_to_string(&file).map_err(|cause| format!("{file:?}: {cause}"))?;
    serde_json::from_str(&text).map_err(|cause| format!("{file:?}: {cause}"))
}

/// Writes the page, its charts and its figures.
pub fn write(results: &Results, folder: &Path) -> Result<()> {
    let told = |cause: std::io::Error| format!("{folder:?}: {cause}");
    std::fs::create_dir_all(folder).map_err(told)?;
    for place in PLACES.into_iter().filter(|place| results.of(&place.name()).next().is_some()) {
        let file = format!("{}.svg", place.name().replace('+', "-"));
        std::fs::write(folder.join(file), chart::draw(results, place)).map_err(told)?;
    }
    let json = serde_json::to_string_pretty(results).map_err(|cause| cause.to_string())?;
    std::fs::write(folder.join("results.json"), json + "\n").map_err(told)?;
    std::fs::write(folder.join("README.md"), markdown(results)).map_err(told)?;
    readme(results, &folder.join("../../README.md"))
}

/// Writes the project's own table between its marks, if this is the project's own page.
fn readme(results: &Results, file: &Path) -> Result<()> {
    const BEGIN: &str = "<!-- written by `cargo xtask bench` -->\n";
    let Ok(text) = std::fs::read_to_string(file) else {
        return Ok(());
    };
    let Some((before, rest)) = text.split_once(BEGIN) else {
        return Ok(());
    };
    let Some((_, after)) = rest.split_once("<!-- end -->") else {
        return Ok(());
    };
    let text = format!("{before}{BEGIN}{}<!-- end -->{after}", summary(results));
    std::fs::write(file, text).map_err(|cause| format!("{file:?}: {cause}"))
}

/// A few rows of the page.
fn summary(results: &Results) -> String {
    const ROWS: [(&str, What, usize); 13] = [
        ("sqlite", What::Get, 1),
        ("sqlite", What::All, 10_000),
        ("sqlite", What::Nested, 100),
        ("sqlite", What::Insert, 100),
        ("sqlite", What::Change, 1000),
        ("postgres", What::Get, 1),
        ("postgres", What::All, 10_000),
        ("postgres", What::Nested, 100),
        ("postgres", What::Insert, 1000),
        ("postgres", What::Change, 1000),
        ("postgres", What::Load, 1_000_000),
        ("postgres+1ms", What::Change, 1000),
        ("mariadb", What::Change, 1000),
    ];
    let machine = results.machine.first().map(String::as_str).unwrap_or_default();
    let mut text = format!(
        "Some rows of [the page of benchmarks](docs/benchmarks/README.md) ({}; {machine}): times of the raw driver, used by hand.\n\n| | raw driver |",
        results.date
    );
    let peers: Vec<&Peer> = PEERS.iter().filter(|peer| !peer.python && peer.name != "raw").collect();
    for peer in &peers {
        text.push_str(&format!(" {} |", peer.name));
    }
    text.push_str(&format!(
        " SQLAlchemy ORM | Django |\n|---|---:|{}---:|---:|\n",
        "---:|".repeat(peers.len())
    ));
    for (place, what, n) in ROWS {
        let n = if results.quick && n >= 100_000 { n / 10 } else { n };
        let case = Case { what, n };
        let Some(floor) = results.figure(place, case, "raw") else {
            continue;
        };
        text.push_str(&format!("| {place}: {} | {} |", describe(case), time(floor.median)));
        let names = peers.iter().map(|peer| peer.name).chain(["sqlalchemy-orm", "django"]);
        for name in names {
            text.push_str(&match results.figure(place, case, name) {
                Some(figure) if figure.failed.is_none() => format!(" {} |", ratio(figure.ratio)),
                _ => " – |".into(),
            });
        }
        text.push('\n');
    }
    let cost = |peer: &str| results.build.iter().find(|cost| cost.peer == peer);
    if let Some(own) = cost("aludel") {
        let fields = own.rebuild_field.iter().map(|(_, seconds)| Some(*seconds));
        let rebuild: Vec<String> = own
            .rebuild
            .iter()
            .zip(fields.chain(std::iter::repeat(None)))
            .map(|((models, literal), field)| match field {
                Some(field) => format!("{literal:.1} and {field:.1} s with {models} models"),
                None => format!("{literal:.1} s and what was not measured with {models} models"),
            })
            .collect();
        text.push_str(&format!(
            "\nA program on SQLite: {} crates, {:.0} s for a clean debug build; a rebuild after a literal in a query changed, and after a field was added to a model, takes {}.\n",
            own.crates,
            own.debug,
            rebuild.join(", ")
        ));
    }
    text
}

/// The page's text.
pub fn markdown(results: &Results) -> String {
    let mut page = String::from("# Benchmarks\n\n");
    page.push_str(&format!(
        "One run of `cargo xtask bench{}{}` on {}: the same work by Aludel, by its peers and by the raw drivers, in turn, on one\nmachine. Written by that command; what is claimed elsewhere is a row of it.\n\n",
        if results.quick { " --quick" } else { "" },
        match results.rounds {
            3 => String::new(),
            1 if results.quick => String::new(),
            n => format!(" --rounds {n}"),
        },
        results.date
    ));
    for line in &results.machine {
        page.push_str(&format!("- {line}\n"));
    }
    let versions: Vec<String> = results.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    page.push_str(&format!("- {}\n\n", versions.join(", ")));
    let rounds = match results.rounds {
        1 => "Each peer had one turn for each case".to_string(),
        n => format!(
            "Each peer had {n} turns for each case (one where it took more than {FAR_OFF} times as long as the quickest library in Rust,\n\
             or seconds in Python), of which its quickest counts"
        ),
    };
    page.push_str(&include_str!("page/how.md").replace("ROUNDS", &rounds));
    page + &tables(results)
}

/// The tables alone.
pub fn tables(results: &Results) -> String {
    let mut page = String::new();
    for place in PLACES.into_iter().filter(|place| results.of(&place.name()).next().is_some()) {
        page.push_str(&section(results, place));
    }
    page.push_str(&wire(results));
    page.push_str(&memory(results));
    page.push_str(&instructions(results));
    page.push_str(&build(results));
    page
}

fn section(results: &Results, place: Place) -> String {
    let name = place.name();
    let mut text = format!("\n## {}\n\n![{}]({}.svg)\n\n", place.title(), place.title(), name.replace('+', "-"));
    let rust: Vec<&Peer> = PEERS
        .iter()
        .filter(|peer| !peer.python && peer.serves(place) && peer.name != "raw")
        .collect();
    let python: Vec<&Peer> = PEERS.iter().filter(|peer| peer.python && peer.serves(place)).collect();
    text.push_str(&table(results, place, &rust));
    if python.iter().any(|peer| results.of(&name).any(|figure| figure.peer == peer.name)) {
        text.push_str("\nThe same in Python, as times of the same floor in Rust:\n\n");
        text.push_str(&table(results, place, &python));
    }
    let failed: Vec<String> = results
        .of(&name)
        .filter_map(|figure| {
            figure
                .failed
                .as_ref()
                .map(|why| format!("- {}, {}: {why}\n", figure.peer, figure.case))
        })
        .collect();
    if !failed.is_empty() {
        text.push_str(&format!("\nFailed:\n\n{}", failed.concat()));
    }
    text
}

fn table(results: &Results, place: Place, peers: &[&Peer]) -> String {
    let name = place.name();
    let mut text = format!("| | {} |", place.driver());
    for peer in peers {
        text.push_str(&format!(" {} |", peer.name));
    }
    text.push_str(&format!("\n|---|---:|{}\n", "---:|".repeat(peers.len())));
    for case in cases(place, results.quick) {
        let Some(floor) = results.figure(&name, case, "raw") else {
            continue;
        };
        text.push_str(&format!("| {} | {} |", describe(case), time(floor.median)));
        let found: Vec<Option<&Figure>> = peers.iter().map(|peer| results.figure(&name, case, peer.name)).collect();
        let best = found
            .iter()
            .flatten()
            .filter(|figure| figure.failed.is_none())
            .map(|figure| figure.ratio)
            .fold(f64::INFINITY, f64::min);
        for figure in found {
            text.push_str(&match figure {
                None => " – |".to_string(),
                Some(figure) if figure.failed.is_some() => " failed |".into(),
                Some(figure) if figure.ratio <= best => format!(" **{}** |", ratio(figure.ratio)),
                Some(figure) => format!(" {} |", ratio(figure.ratio)),
            });
        }
        text.push('\n');
    }
    text
}

/// A query to PostgreSQL, taken apart.
fn wire(results: &Results) -> String {
    if results.wire.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## PostgreSQL, taken apart\n\nThe same prepared query by hand: over a blocking socket, by the task itself (Tokio, one thread), and by tokio-postgres, whose\nsocket is another task's; with rows made into structs, and passed over. In brackets, times of tokio-postgres.\n\n| |",
    );
    for case in WIRE_CASES {
        text.push_str(&format!(" {} |", describe(case)));
    }
    text.push_str("\n|---|---:|---:|---:|\n");
    for peer in WIRE {
        text.push_str(&format!("| {} |", peer.name));
        for case in WIRE_CASES {
            let case = case.to_string();
            let found = results.wire.iter().find(|figure| figure.case == case && figure.peer == peer.name);
            text.push_str(&match found {
                Some(figure) if figure.failed.is_none() => format!(" {} ({}) |", time(figure.median), ratio(figure.ratio)),
                _ => " – |".into(),
            });
        }
        text.push('\n');
    }
    text
}

/// Peak memory of the long cases.
fn memory(results: &Results) -> String {
    let mut text = String::new();
    for place in PLACES.into_iter().filter(|place| !place.far) {
        let name = place.name();
        let cases: Vec<Case> = cases(place, results.quick)
            .into_iter()
            .filter(|case| is_long(*case) && matches!(case.what, What::Stream | What::Load | What::LargeResultsets))
            .collect();
        for peer in PEERS.iter().filter(|peer| peer.serves(place)) {
            let cells: Vec<String> = cases
                .iter()
                .map(|case| match results.figure(&name, *case, peer.name) {
                    Some(figure) if figure.failed.is_none() => format!("{:.0}", figure.peak_kib as f64 / 1024.0),
                    _ => "–".into(),
                })
                .collect();
            if cells.iter().any(|cell| cell != "–") {
                let shown = if peer.name == "raw" { place.driver() } else { peer.name };
                text.push_str(&format!("| {} | {shown} | {} |\n", place.store, cells.join(" | ")));
            }
        }
    }
    match text.is_empty() {
        true => text,
        false => format!(
            "\n## Peak memory\n\nMiB that the whole process held at most (the rows to be loaded included, which are made beforehand).\n\n| | | stream | bulk load | large result sets |\n|---|---|---:|---:|---:|\n{text}"
        ),
    }
}

fn instructions(results: &Results) -> String {
    if results.instructions.is_empty() {
        return String::new();
    }
    let count = |case: Case, peer: &str| {
        let case = case.to_string();
        results
            .instructions
            .iter()
            .find(|found| found.case == case && found.peer == peer)
            .map(|found| found.count)
    };
    let peers: Vec<&Peer> = PEERS
        .iter()
        .filter(|peer| !peer.python && results.instructions.iter().any(|found| found.peer == peer.name))
        .collect();
    let mut text = String::from(
        "\n## Instructions\n\nOf one operation on SQLite in memory, by callgrind: the same on a noisy machine. In brackets, times of the floor.\n\n| |",
    );
    for peer in &peers {
        text.push_str(&format!(" {} |", if peer.name == "raw" { "rusqlite" } else { peer.name }));
    }
    text.push_str(&format!("\n|---|{}\n", "---:|".repeat(peers.len())));
    for (case, _) in CASES {
        let Some(floor) = count(case, "raw") else { continue };
        text.push_str(&format!("| {} |", describe(case)));
        for peer in &peers {
            text.push_str(&match count(case, peer.name) {
                None => " – |".to_string(),
                Some(n) if peer.name == "raw" => format!(" {} |", thousands(n as usize)),
                Some(n) => format!(" {} ({}) |", thousands(n as usize), ratio(n / floor)),
            });
        }
        text.push('\n');
    }
    text
}

fn build(results: &Results) -> String {
    if results.build.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## Building\n\nA program on SQLite with models of eight fields, a query and an insert for each. Seconds; clean builds are of five models, rebuilds\n(debug) after a literal in a query of one model changed, and after a field was added to one model. The debug profile is that of\n`aludel new`, for everyone: line tables for the program, nothing for its dependencies. The binary is stripped.\n\n| | crates | clean debug | clean release |",
    );
    let sizes: Vec<usize> = results.build[0].rebuild.iter().map(|(models, _)| *models).collect();
    for models in &sizes {
        text.push_str(&format!(" {models} models: literal | field |"));
    }
    text.push_str(&format!(
        " binary, MiB |\n|---|---:|---:|---:|{}---:|\n",
        "---:|---:|".repeat(sizes.len())
    ));
    for cost in &results.build {
        text.push_str(&format!(
            "| {} | {} | {:.1} | {:.1} |",
            cost.peer, cost.crates, cost.debug, cost.release
        ));
        for (at, (_, literal)) in cost.rebuild.iter().enumerate() {
            let field = cost.rebuild_field.get(at).map(|(_, seconds)| format!("{seconds:.2}"));
            text.push_str(&format!(" {literal:.2} | {} |", field.unwrap_or("–".into())));
        }
        text.push_str(&format!(" {:.1} |\n", cost.binary as f64 / (1 << 20) as f64));
    }
    text
}

fn ratio(ratio: f64) -> String {
    match ratio {
        ..10.0 => format!("{ratio:.2}"),
        ..100.0 => format!("{ratio:.1}"),
        _ => format!("{ratio:.0}"),
    }
}

/// Nanoseconds in a unit that fits.
fn time(nanoseconds: f64) -> String {
    let (number, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        ..1e9 => (nanoseconds / 1e6, "ms"),
        _ => (nanoseconds / 1e9, "s"),
    };
    match number {
        ..10.0 => format!("{number:.2} {unit}"),
        ..100.0 => format!("{number:.1} {unit}"),
        _ => format!("{number:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit_that_fits() {
        assert_eq!(
            [time(287.4), time(1_234.0), time(45_678_000.0), time(2.5e9)],
            ["287 ns", "1.23 µs", "45.7 ms", "2.50 s"]
        );
    }

    #[test]
    fn the_best_of_a_row_is_bold_and_what_failed_says_why() {
        let figure = |peer: &str, ratio: f64, failed: Option<&str>| Figure {
            place: "sqlite".into(),
            case: "get/1".into(),
            peer: peer.into(),
            median: 300.0 * ratio,
            ratio,
            between: (ratio, ratio),
            peak_kib: 1,
            failed: failed.map(str::to_owned),
        };
        let figures = vec![
            figure("raw", 1.0, None),
            figure("aludel", 1.25, None),
            figure("sqlx", 80.0, None),
            figure("toasty", 0.5, Some("it broke")),
        ];
        let page = markdown(&Results {
            figures,
            ..Results::default()
        });
        assert!(
            page.contains("| select by key | 300 ns | **1.25** | – | – | 80.0 | – | failed |"),
            "{page}"
        );
        assert!(page.contains("- toasty, get/1: it broke"));
        assert!(
            chart::draw(
                &Results {
                    figures: vec![figure("raw", 1.0, None), figure("aludel", 1.25, None)],
                    ..Results::default()
                },
                PLACES[0]
            )
            .contains("aludel: 1.25×")
        );
    }
}
