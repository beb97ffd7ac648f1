//! A chart for a place: a row for each case, a dot for each peer, how many times the raw driver's time to the right.

use crate::plan::{PEERS, Place, cases, describe};
use crate::results::Results;
use std::fmt::Write;

const LEFT: f64 = 270.0;
const WIDTH: f64 = 560.0;
const ROW: f64 = 26.0;
const TOP: f64 = 64.0;
/// From a quarter of the floor to a thousand times it.
const LEAST: f64 = 0.25;
const MOST: f64 = 1000.0;

fn color(peer: &str) -> &'static str {
    match peer {
        "aludel" => "#c2410c",
        "diesel" => "#1d4ed8",
        "diesel-async" => "#60a5fa",
        "sqlx" => "#047857",
        "sea-orm" => "#7c3aed",
        "toasty" => "#be185d",
        _ => "#9ca3af",
    }
}

fn place_of(ratio: f64) -> f64 {
    let ratio = ratio.clamp(LEAST, MOST);
    LEFT + WIDTH * (ratio / LEAST).ln() / (MOST / LEAST).ln()
}

/// The chart, as SVG.
pub fn draw(results: &Results, place: Place) -> String {
    let name = place.name();
    let rows: Vec<_> = cases(place, results.quick)
        .into_iter()
        .filter(|case| results.figure(&name, *case, "raw").is_some())
        .collect();
    let height = TOP + ROW * rows.len() as f64 + 34.0;
    let mut svg = String::new();
    let mut put = |text: std::fmt::Arguments<'_>| writeln!(svg, "{text}").expect("memory");
    put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" font-size=\"12\">",
        LEFT + WIDTH + 30.0
    ));
    put(format_args!("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"));
    put(format_args!(
        "<text x=\"12\" y=\"20\" font-size=\"15\" font-weight=\"bold\">{}</text>",
        place.title()
    ));
    let mut x = 12.0;
    for peer in PEERS.iter().filter(|peer| peer.serves(place) && peer.name != "raw" && !peer.python) {
        put(format_args!("<circle cx=\"{x}\" cy=\"40\" r=\"5\" fill=\"{}\"/>", color(peer.name)));
        put(format_args!("<text x=\"{}\" y=\"44\">{}</text>", x + 9.0, peer.name));
        x += 34.0 + 7.0 * peer.name.len() as f64;
    }
    if PEERS.iter().any(|peer| peer.python && peer.serves(place)) {
        put(format_args!("<circle cx=\"{x}\" cy=\"40\" r=\"3.5\" fill=\"{}\"/>", color("")));
        put(format_args!("<text x=\"{}\" y=\"44\">in Python</text>", x + 9.0));
    }
    for (ratio, label) in [
        (0.5, "½"),
        (1.0, "raw"),
        (2.0, "2×"),
        (5.0, "5×"),
        (10.0, "10×"),
        (30.0, "30×"),
        (100.0, "100×"),
        (1000.0, "1000×"),
    ] {
        let (x, bottom) = (place_of(ratio), height - 26.0);
        let stroke = if ratio == 1.0 { "#111827" } else { "#e5e7eb" };
        put(format_args!(
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"{stroke}\"/>"
        ));
        put(format_args!(
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            bottom + 16.0
        ));
    }
    for (at, case) in rows.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        put(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            y + 4.0,
            describe(*case).replace('`', "")
        ));
        // Aludel last: on top.
        for peer in PEERS.iter().rev().filter(|peer| peer.serves(place) && peer.name != "raw") {
            let Some(figure) = results.figure(&name, *case, peer.name).filter(|figure| figure.failed.is_none()) else {
                continue;
            };
            let radius = if peer.python { 3.5 } else { 5.0 };
            let (x, fill) = (place_of(figure.ratio), color(peer.name));
            put(format_args!(
                "<circle cx=\"{x:.1}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"><title>{}: {:.2}×</title></circle>",
                peer.name, figure.ratio
            ));
        }
    }
    put(format_args!("</svg>"));
    svg
}
