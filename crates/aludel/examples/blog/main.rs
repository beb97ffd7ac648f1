//! A blog whose models changed three times: `cargo run --example blog -- migrate`.
//!
//! The story of its migrations is in the guide, with a transcript.

#![allow(unreachable_pub)]

mod migrations;
mod models;

use aludel::migrate::App;
use aludel::prelude::*;
use models::{Post, Tag, User};

fn main() -> std::process::ExitCode {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/blog/migrations");
    let app = App::new(models![User, Post, Tag], migrations::all()).folder(folder);
    aludel::manage::main(app.url("sqlite:blog.sqlite"))
}
