//! Cases: how modules declare them, and how a program runs them.

use crate::harness::{Backend, Body, Host, named, run_on};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use std::sync::Arc;

/// A case of the suite.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its path, which ends with the rule that it shows: `aludel_suite::writes::violations_name_fields`.
    pub path: &'static str,
    /// What is run.
    pub run: Run,
}

/// What a case runs.
#[derive(Clone, Copy)]
pub enum Run {
    /// A body, on every host whose backend fits.
    On {
        /// Whether a backend fits.
        requires: fn(Backend) -> bool,
        /// The body.
        body: Body,
    },
    /// A function that needs no database, or makes its own.
    Alone(fn()),
}

impl Case {
    /// `writes::violations_name_fields`
    fn path(self) -> &'static str {
        self.path.split_once("::").map_or("", |(_, rest)| rest)
    }

    /// What the runner runs for it.
    fn trials(self, hosts: &[Arc<dyn Host>], with_alone: bool) -> Vec<Trial> {
        let path = self.path();
        match self.run {
            Run::Alone(run) if with_alone => vec![Trial::test(path, move || {
                named(path);
                run();
                Ok(())
            })],
            Run::Alone(_) => Vec::new(),
            Run::On { requires, body } => hosts
                .iter()
                .filter(|host| requires(host.backend()))
                .map(|host| {
                    let (name, host) = (format!("{path}::{}", host.name()), host.clone());
                    Trial::test(name.clone(), move || {
                        named(&name);
                        run_on(&*host, body);
                        Ok(())
                    })
                })
                .collect(),
        }
    }
}

/// Runs the cases on these hosts, and, if asked, the cases that need none of them. Takes the arguments of Rust's own test
/// programs: a part of a name, `--skip`, `--exact`, `--list`, `--test-threads`.
pub(crate) fn run(cases: Vec<Case>, hosts: &[Arc<dyn Host>], with_alone: bool) -> ExitCode {
    let trials = cases
        .into_iter()
        .flat_map(|case| case.trials(hosts, with_alone))
        .collect();
    // Hints about repeated statements are for programs: with a subscriber, they do not go to standard error.
    drop(tracing::subscriber::set_global_default(
        tracing::subscriber::NoSubscriber::default(),
    ));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Declares the cases of a module that run on every database: `on_every_database! { async fn rule_in_words(fixture) { … } }`.
/// One that only some databases can run begins with the question that they answer with yes:
/// `requires(Backend::is_server) async fn …`. A module has one such list, and its folder names it in `cases_of!`.
macro_rules! on_every_database {
    ($($(#[doc = $doc:literal])* $(requires($requires:path))? async fn $name:ident($fixture:ident) $body:block)+) => {
        #[deny(dead_code)]
        pub(crate) const CASES: &[$crate::case::Case] = &[$($name::CASE),+];
        $(
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                $(#[doc = $doc])*
                #[allow(clippy::large_futures)]
                async fn body($fixture: &$crate::harness::Fixture) -> aludel::Result<()> {
                    $body
                    Ok(())
                }

                pub(super) const CASE: $crate::case::Case = $crate::case::Case {
                    path: module_path!(),
                    run: $crate::case::Run::On {
                        requires: required!($($requires)?),
                        body: |fixture| Box::pin(body(fixture)),
                    },
                };
            }
        )+
    };
}

/// What a case requires of a backend: nothing, if it says nothing.
macro_rules! required {
    () => {
        |_| true
    };
    ($requires:path) => {
        $requires
    };
}

/// Declares the cases of a module that need no database, or make their own: `alone! { fn rule_in_words() { … } }`.
macro_rules! alone {
    ($($(#[doc = $doc:literal])* fn $name:ident() $body:block)+) => {
        #[deny(dead_code)]
        pub(crate) const ALONE: &[$crate::case::Case] = &[$($crate::case::Case {
            path: concat!(module_path!(), "::", stringify!($name)),
            run: $crate::case::Run::Alone($name),
        }),+];
        $($(#[doc = $doc])* fn $name() $body)+
    };
}

/// Names the modules of a folder that have cases: by `on_every_database!`, by `alone!`, and folders of more of them.
macro_rules! cases_of {
    (
        $(cases: $($module:ident),+;)?
        $(alone: $($alone:ident),+;)?
        $(folders: $($folder:ident),+;)?
    ) => {
        pub(crate) fn cases() -> Vec<$crate::case::Case> {
            let mut all = Vec::new();
            $($(all.extend_from_slice($module::CASES);)+)?
            $($(all.extend_from_slice($alone::ALONE);)+)?
            $($(all.extend($folder::cases());)+)?
            all
        }
    };
}
