//! User functions that run in a migration.

use crate::historical::Historical;
use aludel_engine::Result;
use aludel_engine::spi::command::BoxFuture;
use std::fmt;
use std::sync::Arc;

/// A function that runs in a migration's transaction.
#[derive(Clone)]
pub struct Code {
    path: &'static str,
    function: Arc<dyn Fn(Historical) -> BoxFuture<'static, Result<()>> + Send + Sync>,
}

impl Code {
    /// Boxes the function. It keeps its path.
    pub fn new<F, Fut>(function: F) -> Code
    where
        F: Fn(Historical) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        Code {
            path: std::any::type_name::<F>(),
            function: Arc::new(move |historical| Box::pin(function(historical))),
        }
    }

    /// Its path, as the compiler writes it: `blog::migrations::m0002_stars::fill`. That of a closure ends in `{{closure}}`.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The last part of its path that has a name.
    pub fn name(&self) -> &'static str {
        let path = self.path.trim_end_matches("::{{closure}}");
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Calls it.
    pub(crate) fn call(&self, historical: Historical) -> BoxFuture<'static, Result<()>> {
        (self.function)(historical)
    }

    /// Whether both are the same function, not only equal.
    pub(crate) fn is(&self, other: &Code) -> bool {
        Arc::ptr_eq(&self.function, &other.function)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

/// A user's Rust function, forwards and optionally backwards.
#[derive(Debug, Clone)]
pub struct RunCode {
    /// The function's name.
    pub name: String,
    /// The function that applies it.
    pub forward: Code,
    /// The function that undoes it, if there is one.
    pub backward: Option<Code>,
}
