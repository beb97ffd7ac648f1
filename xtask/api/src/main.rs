//! Prints the public API that a JSON file of rustdoc describes, an item a line.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    let Some(file) = std::env::args_os().nth(1) else {
        eprintln!("usage: api FILE.json");
        return std::process::ExitCode::from(2);
    };
    let built = public_api::Builder::from_rustdoc_json(&file)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    match built {
        Ok(api) => {
            print!("{api}");
            std::process::ExitCode::SUCCESS
        }
        Err(cause) => {
            eprintln!("can't read {}: {cause}", file.display());
            std::process::ExitCode::FAILURE
        }
    }
}
