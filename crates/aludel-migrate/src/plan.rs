//! [`Target`] and [`Plan`]: what a run has to do.

use crate::graph::{Graph, Seen};
use crate::id::MigrationId;
use aludel_engine::{Error, Result};
use std::fmt;

/// The target of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All migrations of all modules.
    Latest,
    /// All migrations of a module, and their ancestors.
    Module(String),
    /// A migration and its ancestors; of its module nothing that comes after it.
    To(MigrationId),
    /// Nothing of a module: all its migrations are undone.
    Zero(String),
    /// This many migrations forwards, or backwards.
    Relative(i64),
}

/// The direction in which a migration is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Applied.
    #[default]
    Forward,
    /// Undone.
    Backward,
}

/// What a run has to do, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Migrations, each with its direction.
    pub steps: Vec<(MigrationId, Direction)>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, direction) in &self.steps {
            let word = match direction {
                Direction::Forward => "apply",
                Direction::Backward => "undo",
            };
            writeln!(f, "{word} {id}")?;
        }
        Ok(())
    }
}

impl Target {
    /// Parses a target from the command line: nothing, a module, a name or the beginning of one, `module/name`, `zero`,
    /// `module/zero`, `+1`, `-1`.
    ///
    /// # Errors
    /// A text that matches no migration, or several; the error lists them.
    pub fn parse(text: Option<&str>, seen: &Seen) -> Result<Target> {
        let Some(text) = text else {
            return Ok(Target::Latest);
        };
        if let Some(steps) = text.strip_prefix(['+', '-'])
            && let Ok(steps) = steps.parse::<i64>()
        {
            return Ok(Target::Relative(if text.starts_with('-') {
                -steps
            } else {
                steps
            }));
        }
        let modules: Vec<&str> = seen.order.iter().map(|id| id.module.as_str()).collect();
        let (module, name) = match text.split_once('/') {
            Some((module, name)) => (Some(module), name),
            None => (None, text),
        };
        if module.is_none() && modules.contains(&name) && !name.is_empty() {
            return Ok(Target::Module(name.to_string()));
        }
        if name == "zero" {
            // Without a module name, the only module is meant.
            let mut names = modules.clone();
            names.sort_unstable();
            names.dedup();
            return match (module, names.as_slice()) {
                (Some(module), _) if names.contains(&module) => {
                    Ok(Target::Zero(module.to_string()))
                }
                (None, [] | [""]) => Ok(Target::Zero(String::new())),
                (None, [only]) => Ok(Target::Zero((*only).to_string())),
                (None, names) if names.contains(&"") => Ok(Target::Zero(String::new())),
                (_, names) => Err(Error::migration(format!(
                    "of which module? Say {}",
                    { names.iter() }
                        .map(|name| format!("`{name}/zero`"))
                        .collect::<Vec<_>>()
                        .join(" or ")
                ))),
            };
        }
        let fits = |id: &&MigrationId| module.is_none_or(|module| id.module == module);
        let exact: Vec<&MigrationId> = { seen.order.iter() }
            .filter(|id| fits(id) && id.name == name)
            .collect();
        let found: Vec<&MigrationId> = if exact.is_empty() {
            { seen.order.iter() }
                .filter(|id| fits(id) && id.name.starts_with(name))
                .collect()
        } else {
            exact
        };
        match found.as_slice() {
            [only] => Ok(Target::To((*only).clone())),
            [] => {
                let known: Vec<String> = seen.order.iter().map(ToString::to_string).collect();
                Err(Error::migration(format!(
                    "there is no migration {text:?}; there is {}",
                    if known.is_empty() {
                        "none".into()
                    } else {
                        known.join(", ")
                    }
                )))
            }
            several => {
                let names: Vec<String> = several.iter().map(ToString::to_string).collect();
                Err(Error::migration(format!(
                    "{text:?} is the beginning of several migrations: {}; write more of it",
                    names.join(", ")
                )))
            }
        }
    }

    /// The plan that leads from what is applied to the target. It undoes no more than necessary.
    ///
    /// # Errors
    /// Two heads, with the operations that conflict; a history that is inconsistent.
    pub fn plan(&self, graph: &Graph, seen: &Seen) -> Result<Plan> {
        seen.check_history()?;
        let forward = |wanted: &dyn Fn(&MigrationId) -> bool| -> Plan {
            let steps = { seen.order.iter() }
                .filter(|id| wanted(id) && !seen.applied.contains(id))
                .map(|id| (id.clone(), Direction::Forward));
            Plan {
                steps: steps.collect(),
            }
        };
        let backward = |undone: &dyn Fn(&MigrationId) -> bool| -> Plan {
            let steps = { seen.order.iter().rev() }
                .filter(|id| undone(id) && seen.applied.contains(id))
                .map(|id| (id.clone(), Direction::Backward));
            Plan {
                steps: steps.collect(),
            }
        };
        match self {
            Target::Latest => {
                one_head_each(graph, seen)?;
                Ok(forward(&|_| true))
            }
            Target::Module(module) => {
                one_head(graph, seen, module)?;
                let heads = seen.heads(module);
                let wanted: Vec<_> = heads.iter().map(|id| seen.with_ancestors(id)).collect();
                Ok(forward(&|id| wanted.iter().any(|all| all.contains(id))))
            }
            Target::To(target) => {
                // In its own module, all its descendants are undone, and whatever depends on those.
                let after: Vec<MigrationId> = { seen.order.iter() }
                    .filter(|id| id.module == target.module && seen.parents(id).contains(target))
                    .cloned()
                    .collect();
                let gone: Vec<_> = after.iter().map(|id| seen.with_descendants(id)).collect();
                let mut plan = backward(&|id| gone.iter().any(|all| all.contains(id)));
                let wanted = seen.with_ancestors(target);
                plan.steps.extend(forward(&|id| wanted.contains(id)).steps);
                Ok(plan)
            }
            Target::Zero(module) => {
                let gone: Vec<_> = { seen.order.iter() }
                    .filter(|id| id.module == *module)
                    .map(|id| seen.with_descendants(id))
                    .collect();
                Ok(backward(&|id| gone.iter().any(|all| all.contains(id))))
            }
            Target::Relative(steps) => {
                let (mut plan, way) = if *steps >= 0 {
                    one_head_each(graph, seen)?;
                    (forward(&|_| true), "apply")
                } else {
                    (backward(&|_| true), "undo")
                };
                let wanted = usize::try_from(steps.unsigned_abs()).unwrap_or(usize::MAX);
                if plan.steps.len() < wanted {
                    let there = plan.steps.len();
                    return Err(Error::migration(format!(
                        "{steps:+} is too far: {there} left to {way}"
                    )));
                }
                plan.steps.truncate(wanted);
                Ok(plan)
            }
        }
    }
}

fn one_head_each(graph: &Graph, seen: &Seen) -> Result<()> {
    let mut modules: Vec<&str> = seen.order.iter().map(|id| id.module.as_str()).collect();
    modules.sort_unstable();
    modules.dedup();
    modules
        .into_iter()
        .try_for_each(|module| one_head(graph, seen, module))
}

fn one_head(graph: &Graph, seen: &Seen, module: &str) -> Result<()> {
    let heads = seen.heads(module);
    let [a, b, ..] = heads.as_slice() else {
        return Ok(());
    };
    let advice = match graph.conflict(a, b)? {
        Some(conflict) => format!(
            "their order matters: {conflict}; move one after the other with `rebase {}`",
            b.name
        ),
        None => format!(
            "they do not conflict: `makemigrations --merge` writes the merge, or move one after the other with `rebase {}`",
            b.name
        ),
    };
    Err(Error::migration(format!(
        "there are two heads, {a} and {b}; {advice}"
    )))
}
