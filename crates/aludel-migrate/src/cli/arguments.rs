//! The words of the command line.

use clap::{Args, Parser, Subcommand};

/// Migrations of this program's database.
#[derive(Debug, Parser)]
#[command(
    name = "manage",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    /// The database; else DATABASE_URL, else what the program says.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Ask nothing, even at a terminal.
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write what differs between the history and the models as new migrations.
    Makemigrations(Makemigrations),
    /// Apply migrations, or undo them.
    Migrate(Migrate),
    /// Show the migrations, and which are applied.
    Showmigrations(Showmigrations),
    /// Print the SQL of a migration.
    Sqlmigrate(Sqlmigrate),
    /// Write one migration that stands for several.
    Squashmigrations(Squash),
    /// Put a branch behind the other head.
    Rebase(Rebase),
    /// Look for what is wrong: with the history, the models, the database.
    Check(Check),
    /// Look for operations that lock or break what is in use.
    Lint(Lint),
    /// Print models of a live database.
    Inspectdb(Inspectdb),
    /// Take a database that is like the history already as migrated.
    Baseline(Baseline),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Makemigrations {
    /// What the migration is called, without its number.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A migration without operations, for operations by hand.
    #[arg(long)]
    pub(crate) empty: bool,
    /// Of which module the empty migration or the merge is.
    #[arg(long, value_name = "MODULE")]
    pub(crate) module: Option<String>,
    /// Bring two heads together, where their operations commute.
    #[arg(long)]
    pub(crate) merge: bool,
    /// Write nothing; exit with 4 when something would be written.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; print what would be written.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Rows, values and digits may be lost.
    #[arg(long)]
    pub(crate) allow_destructive: bool,
    /// What was renamed: users=people, users.mail=users.email, mood.sad=mood.blue.
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<String>,
    /// What was not renamed: the old one goes, the new one comes.
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) replace: Vec<String>,
    /// What rows get in a column that takes no NULL: users.age=0.
    #[arg(long, value_name = "TABLE.COLUMN=VALUE")]
    pub(crate) fill: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Where to: a name or its beginning, module/name, a module, zero, +1, -1; without it, the latest.
    #[arg(allow_hyphen_values = true)]
    pub(crate) target: Option<String>,
    /// Run nothing; print what would be run.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Run nothing; print its SQL.
    #[arg(long)]
    pub(crate) sql: bool,
    /// Run nothing; record it as applied, or as not applied.
    #[arg(long)]
    pub(crate) fake: bool,
    /// Record first migrations whose tables are all there, and run the rest.
    #[arg(long)]
    pub(crate) fake_initial: bool,
    /// Leave migrations alone that the database has and this program does not know: those of a newer version.
    #[arg(long)]
    pub(crate) allow_newer: bool,
    /// Take migrations that were changed after they were applied as they are now.
    #[arg(long)]
    pub(crate) accept_changes: bool,
    /// Undo what is done of a migration that failed or was killed half way.
    #[arg(long)]
    pub(crate) undo_unfinished: bool,
    /// Take the statement that was begun when a run was killed as done.
    #[arg(long)]
    pub(crate) skip_begun: bool,
    /// How many seconds a statement waits for a lock before it is tried again.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) lock_timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Showmigrations {
    /// Show what each comes after.
    #[arg(long)]
    pub(crate) graph: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sqlmigrate {
    /// The migration: its name, or the beginning of it.
    pub(crate) name: String,
    /// The way back.
    #[arg(long)]
    pub(crate) backwards: bool,
    /// sqlite, postgres, mariadb or mysql; else that of the database.
    #[arg(long)]
    pub(crate) dialect: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Squash {
    /// The last migration that it stands for.
    pub(crate) last: String,
    /// The first one; else the first of the module.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Write nothing; print what would be written.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rebase {
    /// The head whose branch moves.
    pub(crate) head: String,
    /// Write nothing; print what would be written.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Compare the database with the history too.
    #[arg(long)]
    pub(crate) against_db: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Only these migrations.
    pub(crate) names: Vec<String>,
    /// sqlite, postgres, mariadb or mysql; else that of the database.
    #[arg(long)]
    pub(crate) dialect: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspectdb {
    /// Only these tables.
    pub(crate) tables: Vec<String>,
    /// Leave out what has such a name: `django_*`, `cron.*`. May be said several times.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) ignore: Vec<String>,
    /// Believe the types of columns, without a look at the rows for values that they don't promise.
    #[arg(long)]
    pub(crate) declared: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Baseline {
    /// Record the migrations even though the database differs.
    #[arg(long)]
    pub(crate) force: bool,
}
