//! `cargo xtask bench`: runs every case by every peer and writes the page. The servers' URLs are in its environment.

mod build_cost;
mod chart;
mod instructions;
mod machine;
mod page;
mod plan;
mod programs;
mod proxy;
mod results;
mod run;
mod schema;

use measure::{Case, Store};
use plan::{PEERS, PLACES, Peer, Place, WIRE, WIRE_CASES};
use programs::{Folders, Result};
use results::Results;
use run::Bench;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const HELP: &str = "\
cargo xtask bench [--quick] [--rounds N] [--out FOLDER] [CASE] [PEER]
    Runs the cases whose name begins with CASE (get, all/100, wire, build, instructions; `-` for all) by the raw drivers,
    Aludel and PEER (`-` for all), and prints a table. Without CASE and PEER it runs everything, and writes the page,
    its charts and its figures into docs/benchmarks. --quick measures once and for a shorter time, and big cases at a
    tenth; otherwise every peer has three turns for a short case and two for a long one, or N.
cargo xtask bench --page
    Writes the page anew from the figures beside it.
";

struct Asked {
    quick: bool,
    rounds: usize,
    out: String,
    case: Option<String>,
    peer: Option<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match started(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn started(arguments: &[String]) -> Result<()> {
    let folders = Folders::find();
    let docs = folders.benches.join("../docs/benchmarks");
    let mut asked = Asked {
        quick: false,
        rounds: 3,
        out: docs.display().to_string(),
        case: None,
        peer: None,
    };
    let mut words = arguments.iter();
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => (asked.quick, asked.rounds) = (true, 1),
            "--rounds" => asked.rounds = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0).ok_or(HELP)?,
            "--page" => return page::write(&page::read(&docs)?, &docs),
            "--out" => asked.out = words.next().ok_or(HELP)?.clone(),
            word if word.starts_with("--") => return Err(HELP.into()),
            word => names.push(word.to_string()),
        }
    }
    let mut names = names.into_iter().map(|name| (name != "-").then_some(name));
    (asked.case, asked.peer) = (names.next().flatten(), names.next().flatten());
    if names.next().is_some() {
        return Err(HELP.into());
    }
    bench(&folders, &asked)
}

fn bench(folders: &Folders, asked: &Asked) -> Result<()> {
    let is_wanted = |name: &str| match &asked.peer {
        None => true,
        Some(peer) => name == "aludel" || name == peer,
    };
    let is_case = |name: &str| asked.case.as_ref().is_none_or(|case| name.starts_with(case.as_str()));
    // What builds cost is measured in projects of their own.
    if asked.case.as_deref() != Some("build") {
        programs::build(folders, |peer| match peer.folder {
            "wire" => is_case("wire"),
            _ => peer.name == "raw" || is_wanted(peer.name),
        })?;
    }
    let scratch = folders.target.join("scratch");
    std::fs::create_dir_all(&scratch).map_err(|cause| format!("{scratch:?}: {cause}"))?;
    let mut results = Results {
        date: machine::today(),
        machine: machine::describe(),
        versions: machine::versions(folders),
        quick: asked.quick,
        rounds: asked.rounds,
        ..Results::default()
    };
    let bench = Bench {
        folders,
        scratch: scratch.clone(),
        urls: urls()?,
        rounds: asked.rounds,
        seconds: if asked.quick { 0.15 } else { 0.3 },
    };
    for place in PLACES {
        for case in plan::cases(place, asked.quick)
            .into_iter()
            .filter(|case| is_case(&case.to_string()))
        {
            eprint!("{} {case} ", place.name());
            let serves = |peer: &&Peer| peer.serves(place) && (peer.name == "raw" || is_wanted(peer.name));
            let peers: Vec<&Peer> = PEERS.iter().filter(serves).collect();
            let figures = bench.case(place, case, &peers)?;
            eprintln!();
            results.figures.extend(figures);
        }
    }
    if is_case("wire") {
        let peers: Vec<&Peer> = WIRE.iter().collect();
        for case in WIRE_CASES {
            eprint!("wire {case} ");
            results.wire.extend(bench.case(PLACES[1], case, &peers)?);
            eprintln!();
        }
    }
    if is_case("instructions") {
        eprint!("instructions ");
        results.instructions = instructions::count(folders, &scratch, &is_wanted, &|_: Case| true)?;
        eprintln!();
    }
    if is_case("build") {
        results.build = build_cost::measure(folders, asked.quick, &is_wanted);
    }
    let whole = asked.case.is_none() && asked.peer.is_none() && !asked.quick;
    let elsewhere = asked.out != folders.benches.join("../docs/benchmarks").display().to_string();
    if whole || elsewhere {
        page::write(&results, Path::new(&asked.out))
    } else {
        println!("{}", page::tables(&results));
        Ok(())
    }
}

/// The servers of the environment, and the same behind a proxy that is a millisecond away.
fn urls() -> Result<Vec<(String, String)>> {
    let mut urls = Vec::new();
    for (store, variable) in [(Store::Postgres, "ALUDEL_POSTGRES_URL"), (Store::Mariadb, "ALUDEL_MARIADB_URL")] {
        let url = std::env::var(variable).map_err(|_| format!("{variable} is not set: use `cargo xtask bench`"))?;
        // What every peer understands.
        let url = url.replace("mariadb://", "mysql://");
        let (before, after) = url
            .split_once("127.0.0.1:")
            .ok_or_else(|| format!("{variable} is not on 127.0.0.1"))?;
        let (port, database) = after.split_once('/').ok_or_else(|| format!("{variable} names no database"))?;
        let port: u16 = port.parse().map_err(|_| format!("{variable} has no port"))?;
        let far = proxy::start(port, Duration::from_millis(1)).map_err(|cause| cause.to_string())?;
        urls.push((Place { store, far: false }.name(), url.clone()));
        urls.push((Place { store, far: true }.name(), format!("{before}127.0.0.1:{far}/{database}")));
    }
    Ok(urls)
}
