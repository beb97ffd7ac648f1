//! The behaviour suite on the databases of this project.

fn main() -> std::process::ExitCode {
    aludel_suite::run_all()
}
