//! [`Context`]: what every command needs.

use crate::output::Output;
use aludel_engine::{Database, DatabaseUrl, Error, Result};
use aludel_migrate::App;
use aludel_sql::dialect::{Dialect, DialectKind};
use std::time::Duration;

/// How long connecting may take before a message is printed.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a command runs with: the program's modules, its database, and where output goes.
pub struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) url: Option<String>,
    pub(crate) asks: bool,
    pub(crate) output: &'a Output,
}

impl Context<'_> {
    /// The program's modules.
    pub fn app(&self) -> &App {
        self.app
    }

    /// Whether somebody is there to answer questions: no `--no-input`, and standard input is a terminal.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// Prints a line, or several, on standard output.
    pub fn print(&self, text: &str) {
        self.output.print(text);
    }

    /// Prints a line on standard error: progress, a hint.
    pub fn aside(&self, text: &str) {
        self.output.aside(text);
    }

    /// The URL: from the command line, the environment or the program.
    ///
    /// # Errors
    /// None of them says one.
    pub fn url(&self) -> Result<String> {
        { self.url.clone() }
            .or_else(|| std::env::var("DATABASE_URL").ok())
            .or_else(|| self.app.default_url().map(str::to_string))
            .ok_or_else(|| {
                Error::migration(
                    "which database? Say `--database URL`, or set DATABASE_URL: sqlite:app.db, postgres://…, mariadb://…",
                )
            })
    }

    /// Connects, and prints what it is waiting for if that takes long.
    ///
    /// # Errors
    /// No URL; whatever connecting fails with.
    pub async fn connect(&self) -> Result<Database> {
        let url = self.url()?;
        let mut connecting = std::pin::pin!(Database::connect(&url));
        if let Ok(connected) = tokio::time::timeout(PATIENCE, &mut connecting).await {
            return connected;
        }
        let shown = DatabaseUrl::parse(&url)?;
        self.output.aside(&format!("waiting for {shown}"));
        connecting.await
    }

    /// The dialect with that name, or that of the URL.
    pub(crate) fn dialect(&self, name: Option<&str>) -> Result<&'static dyn Dialect> {
        let name = match name {
            Some(name) => name.to_string(),
            None => {
                let url = self.url().unwrap_or_default();
                url.split(':').next().unwrap_or("").to_string()
            }
        };
        if name.is_empty() {
            return Ok(DialectKind::Sqlite.dialect());
        }
        match DialectKind::from_name(&name) {
            Some(kind) => Ok(kind.dialect()),
            None => Err(Error::migration(format!(
                "there is no dialect {name:?}; there is {}",
                DialectKind::ALL.map(DialectKind::name).join(", ")
            ))),
        }
    }
}
