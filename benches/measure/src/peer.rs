//! A peer's `main`.

use crate::{Job, Sampler, peak_kib};
use serde::{Deserialize, Serialize};
use std::process::ExitCode;

/// Does a job, timing it by the sampler. Answers false when it has no way to do that.
pub type Peer = fn(&Job, &mut Sampler) -> bool;

/// What a peer prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Nanoseconds for one operation.
    pub samples: Vec<f64>,
    /// The most memory held.
    pub peak_kib: u64,
}

/// Does the job of the command line with one of these peers, and prints the answer. Ends with 3 where the peer has no
/// way to do it.
pub fn main(peers: &[(&str, Peer)]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let job = match Job::from_arguments(&arguments) {
        Ok(job) => job,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let Some((_, run)) = peers.iter().find(|(name, _)| *name == job.peer) else {
        eprintln!("no peer here is called {:?}", job.peer);
        return ExitCode::from(2);
    };
    let each = match job.case.what {
        crate::What::GetPooled => job.case.n,
        _ => 1,
    };
    let mut sampler = match job.count {
        Some(count) => Sampler::counted(count),
        None => Sampler::timed(job.seconds, each),
    };
    if !run(&job, &mut sampler) {
        return ExitCode::from(3);
    }
    let answer = Answer {
        samples: sampler.into_samples(),
        peak_kib: peak_kib(),
    };
    println!("{}", serde_json::to_string(&answer).expect("numbers"));
    ExitCode::SUCCESS
}
