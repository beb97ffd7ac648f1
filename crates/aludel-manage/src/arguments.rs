//! The words of the command line.

use aludel_sql::dialect::DialectKind;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueHint};

const ABOUT_ALL: &str = "\
Examples:
  manage makemigrations           write what has changed in the models
  manage migrate                  apply what is not applied yet
  manage migrate -1               undo the last one
  manage check --against-db       compare models, history and database
  manage help migrate             all that `migrate` can do

Exit codes:
  0  done
  1  failed; the reason is on standard error
  2  the words on the command line are not understood
  3  a question has no answer: declare it at the models, say it on the command
     line, or run it at a terminal
  4  `check`, `lint` or `--check` has found something";

/// Migrations of this program's database.
#[derive(Debug, Parser)]
#[command(
    name = "manage",
    version = concat!("(Aludel ", env!("CARGO_PKG_VERSION"), ")"),
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 80,
    after_help = ABOUT_ALL
)]
pub(crate) struct Arguments {
    /// The database; else DATABASE_URL, else what the program says.
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
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
    #[command(after_help = "\
Examples:
  manage makemigrations --dry-run
  manage makemigrations --rename users.name=users.full_name
  manage makemigrations --fill users.age=0 --no-input
  manage makemigrations --empty --name copy_names")]
    Makemigrations(Makemigrations),
    /// Apply migrations, or undo them.
    #[command(after_help = "\
Examples:
  manage migrate               all that is not applied
  manage migrate 0003          up to 0003, or back to it
  manage migrate -1            undo the last one
  manage migrate zero          undo all
  manage migrate --plan        what would be done
  manage migrate --sql         the SQL of it, for somebody else to run")]
    Migrate(Migrate),
    /// Show the migrations, and which are applied.
    #[command(after_help = "\
Examples:
  manage showmigrations --graph
  manage showmigrations --database postgres://localhost/shop")]
    Showmigrations(Showmigrations),
    /// Print the SQL of a migration.
    #[command(after_help = "\
Examples:
  manage sqlmigrate 0002
  manage sqlmigrate 0002 --backwards --dialect mariadb")]
    Sqlmigrate(Sqlmigrate),
    /// Write one migration that stands for several.
    #[command(after_help = "\
Examples:
  manage squashmigrations 0009
  manage squashmigrations 0009 --from 0004 --dry-run")]
    Squashmigrations(Squash),
    /// Move a branch after the other head.
    #[command(after_help = "\
Example:
  manage rebase 0002_rename_notes --dry-run")]
    Rebase(Rebase),
    /// Look for what is wrong: with the history, the models, the database.
    #[command(after_help = "\
Examples:
  manage check                 the history and the models, without a connection
  manage check --against-db    and the database")]
    Check(Check),
    /// Look for operations that lock or break what is in use.
    #[command(after_help = "\
Examples:
  manage lint
  manage lint 0007 --dialect postgres")]
    Lint(Lint),
    /// Print models of a live database.
    #[command(after_help = "\
Examples:
  manage inspectdb > src/models.rs
  manage inspectdb users posts --ignore 'django_*'")]
    Inspectdb(Inspectdb),
    /// Take a database that is like the history already as migrated.
    #[command(after_help = "\
Example:
  manage baseline --database postgres://localhost/shop")]
    Baseline(Baseline),
    /// Print completions for a shell.
    #[command(after_help = "\
Examples:
  source <(manage completions bash)
  manage completions fish > ~/.config/fish/completions/manage.fish

They are for the name that this program was called by, and know the migrations
of the program that printed them.")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Explain a command.
    Help {
        /// The command; without it, all of them in short.
        command: Option<String>,
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
    #[arg(allow_negative_numbers = true)]
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
    /// Of which database; else that of the URL.
    #[arg(long, value_parser = PossibleValuesParser::new(DialectKind::ALL.map(DialectKind::name)))]
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
    /// Of which database; else that of the URL.
    #[arg(long, value_parser = PossibleValuesParser::new(DialectKind::ALL.map(DialectKind::name)))]
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
