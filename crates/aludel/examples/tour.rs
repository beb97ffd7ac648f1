//! The tour: reads a `Cargo.lock` into two models and asks it questions.
//!
//! ```text
//! cargo run --example tour [--quiet] [--database URL] [FILE]
//! ```
//!
//! It reads this workspace's own lock file unless another is given, into SQLite in memory unless `--database` says
//! otherwise, and shows each statement it runs unless `--quiet`.

/// As the standard one, but a reader that has seen enough (`tour | head`) is no reason to fail.
macro_rules! println {
    ($($text:tt)*) => {
        drop(writeln!(std::io::stdout(), $($text)*))
    };
}

use aludel::prelude::*;
use aludel::{ErrorKind, Event};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// A package of the lock file.
#[derive(Model, Debug, Clone)]
#[model(table = "tour_packages", unique(name, version))]
struct Package {
    id: i64,
    #[field(max_length = 200)]
    name: String,
    #[field(max_length = 100)]
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    /// How often this tour has looked at it.
    #[field(default = 0)]
    looks: i64,
    #[field(through = Dependency)]
    dependencies: ManyToMany<Package>,
    #[field(inverse = dependencies)]
    dependents: ManyToMany<Package>,
}

/// One package needs another.
#[derive(Model, Debug, Clone)]
#[model(table = "tour_dependencies")]
struct Dependency {
    #[field(primary_key, on_delete = cascade)]
    package: BelongsTo<Package>,
    #[field(primary_key, on_delete = cascade)]
    needs: BelongsTo<Package>,
}

/// A custom query set is an extension trait.
trait PackageQueries {
    /// Packages that only these ones need.
    fn needed_only_by(self, ids: &[i64]) -> Self;
}

impl PackageQueries for Query<Package> {
    fn needed_only_by(self, ids: &[i64]) -> Self {
        self.filter(Package::dependents.exists())
            .filter(Package::dependents.all(Package::id.is_in(ids.iter().copied())))
    }
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

struct Arguments {
    quiet: bool,
    database: String,
    file: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match arguments() {
        Ok(arguments) => tour(&arguments).await,
        Err(message) => Err(message),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("tour: {message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments {
        quiet: false,
        database: "sqlite::memory:".into(),
        file: concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock").into(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quiet" => arguments.quiet = true,
            "--database" => {
                arguments.database = words
                    .next()
                    .ok_or("--database needs a URL, such as sqlite:tour.db")?;
            }
            "--help" => {
                return Err("cargo run --example tour [--quiet] [--database URL] [FILE]".into());
            }
            option if option.starts_with('-') => {
                return Err(format!("there is no option {option}; see --help"));
            }
            file => arguments.file = file.into(),
        }
    }
    Ok(arguments)
}

async fn tour(arguments: &Arguments) -> Result<(), String> {
    let locked = read(&arguments.file)?;
    let mut options = Database::options();
    if !arguments.quiet {
        options = options.on_event(show);
    }
    let db = options
        .connect(&arguments.database)
        .await
        .map_err(|error| error.to_string())?;
    println!("{} packages, on {}\n", locked.len(), db.url());
    let set = models![Package, Dependency];
    let result = async {
        db.drop_all(&set).await?;
        db.create_all(&set).await?;
        questions(&db, &locked).await
    }
    .await;
    // What the tour has made goes with it, on whatever database it ran.
    let gone = db.drop_all(&set).await;
    result.and(gone).map_err(|error| error.to_string())
}

fn read(file: &str) -> Result<Vec<Locked>, String> {
    let text =
        std::fs::read_to_string(file).map_err(|cause| format!("can't read {file}: {cause}"))?;
    let lock: Lock = toml::from_str(&text)
        .map_err(|cause| format!("{file} is not a lock file: {}", cause.message()))?;
    if lock.package.is_empty() {
        return Err(format!("{file} lists no packages; is it a Cargo.lock?"));
    }
    Ok(lock.package)
}

async fn questions(db: &Database, locked: &[Locked]) -> aludel::Result<()> {
    let packages = fill(db, locked).await?;

    heading("Most depended-upon");
    let most: Vec<(String, String, i64)> = Package::query()
        .order_by((Package::dependents.count().desc(), Package::name))
        .limit(8)
        .select((Package::name, Package::version, Package::dependents.count()))
        .all(db)
        .await?;
    print(
        &["package", "version", "needed by"],
        most.iter()
            .map(|(name, version, n)| vec![name.clone(), version.clone(), n.to_string()]),
    );

    heading("In several versions");
    let several: Vec<(String, i64, Option<String>, Option<String>)> = Package::query()
        .group_by(Package::name)
        .having(count().gt(1))
        .order_by(Package::name)
        .select((
            Package::name,
            count(),
            Package::version.min(),
            Package::version.max(),
        ))
        .all(db)
        .await?;
    print(
        &["package", "versions", "from", "to"],
        several.iter().map(|(name, n, least, most)| {
            vec![
                name.clone(),
                n.to_string(),
                least.clone().unwrap_or_default(),
                most.clone().unwrap_or_default(),
            ]
        }),
    );

    // The package whose removal would free most is one that itself needs many and is needed by few.
    let candidate = Package::filter(Package::source.is_not_null())
        .order_by((Package::dependencies.count().desc(), Package::name))
        .first(db)
        .await?;
    if let Some(candidate) = candidate {
        heading(&format!(
            "What the removal of {} {} would free",
            candidate.name, candidate.version
        ));
        let freed = freed_by(&candidate, db).await?;
        let shown = freed.iter().take(10);
        print(
            &["package", "version"],
            shown.map(|package| vec![package.name.clone(), package.version.clone()]),
        );
        if freed.len() > 10 {
            println!("  … and {} more", freed.len() - 10);
        }
    }

    heading("An upsert of every package again, and an update by expression");
    let again = rows(locked);
    let written = Package::insert_many(again)
        .on_conflict((Package::name, Package::version))
        .do_update((
            Package::checksum.set(excluded(Package::checksum)),
            Package::looks.set(Package::looks + 1),
        ))
        .execute(db)
        .await?;
    let looked = Package::filter(Package::dependents.any(Package::name.starts_with("aludel")))
        .update(Package::looks.set(Package::looks * 10))
        .execute(db)
        .await?;
    let totals: (i64, Option<i64>) = Package::query()
        .select((count(), Package::looks.sum()))
        .one(db)
        .await?;
    print(
        &["what", "rows"],
        [
            vec!["written again".into(), written.to_string()],
            vec![
                "needed by this workspace, looked at ten times".into(),
                looked.to_string(),
            ],
            vec!["packages, as before".into(), totals.0.to_string()],
            vec!["looks in all".into(), totals.1.unwrap_or(0).to_string()],
        ],
    );

    heading("A transaction that is rolled back");
    let left: aludel::Result<()> = db
        .transaction(|tx| async move {
            let gone = Package::query().unfiltered().delete().execute(&tx).await?;
            println!(
                "  deleted {gone} packages, {} are left inside the transaction",
                Package::query().count(&tx).await?
            );
            Err(aludel::Error::rollback("only a tour"))
        })
        .await;
    match left {
        Err(error) if error.kind() == ErrorKind::Rollback => {}
        other => return other,
    }
    println!(
        "  and {} outside, after it: {}",
        Package::query().count(db).await?,
        packages == Package::query().count(db).await?
    );
    Ok(())
}

/// Inserts the packages and what they need, in one transaction.
async fn fill(db: &Database, locked: &[Locked]) -> aludel::Result<u64> {
    heading("Reading the lock file");
    let tx = db.begin().await?;
    let packages: Vec<Package> = Package::insert_many(rows(locked)).all(&tx).await?;
    let mut by_name: HashMap<&str, Vec<&Package>> = HashMap::new();
    for package in &packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut needs: Vec<(i64, i64)> = Vec::new();
    for (package, entry) in packages.iter().zip(locked) {
        for dependency in &entry.dependencies {
            // `name`, or `name version` where there are several.
            let mut words = dependency.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next());
            let found = by_name
                .get(name)
                .into_iter()
                .flatten()
                .find(|known| version.is_none_or(|version| known.version == version));
            if let Some(found) = found {
                needs.push((package.id, found.id));
            }
        }
    }
    needs.sort_unstable();
    needs.dedup();
    let edges = needs.iter().map(|(package, needs)| NewDependency {
        package: Ref::key(*package),
        needs: Ref::key(*needs),
    });
    let edges = Dependency::insert_many(edges).execute(&tx).await?;
    tx.commit().await?;
    print(
        &["table", "rows"],
        [
            vec!["packages".into(), packages.len().to_string()],
            vec!["dependencies".into(), edges.to_string()],
        ],
    );
    Ok(packages.len() as u64)
}

fn rows(locked: &[Locked]) -> Vec<NewPackage> {
    locked
        .iter()
        .map(|entry| NewPackage {
            name: entry.name.clone(),
            version: entry.version.clone(),
            source: entry.source.clone(),
            checksum: entry.checksum.clone(),
            looks: None,
        })
        .collect()
}

/// The packages that nobody would need any more: those that only freed ones need, until there are no further.
async fn freed_by(package: &Package, db: &Database) -> aludel::Result<Vec<Package>> {
    let mut ids = vec![package.id];
    loop {
        let freed = Package::query()
            .needed_only_by(&ids)
            .order_by((Package::name, Package::version))
            .all(db)
            .await?;
        let more: Vec<i64> = freed
            .iter()
            .map(|package| package.id)
            .filter(|id| !ids.contains(id))
            .collect();
        if more.is_empty() {
            return Ok(freed);
        }
        ids.extend(more);
    }
}

fn paint(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

fn heading(text: &str) {
    println!("\n{}", paint("1", text));
}

/// Shows a statement, on one line that fits a wide screen.
fn show(event: &Event<'_>) {
    const WIDEST: usize = 150;
    if let Event::Statement { text, elapsed, .. } = event {
        let mut line: String = text.chars().take(WIDEST).collect();
        if line.len() < text.len() {
            line.push('…');
        }
        println!("{}", paint("2", &format!("  {elapsed:>9.1?}  {line}")));
    }
}

/// Prints a table; numbers stand to the right.
fn print(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    if rows.is_empty() {
        println!("  (none)");
        return;
    }
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(n, head)| {
            rows.iter()
                .map(|row| row[n].chars().count())
                .chain([head.len()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let numeric = |n: usize| {
        rows.iter()
            .all(|row| row[n].bytes().all(|byte| byte.is_ascii_digit()))
    };
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells
            .into_iter()
            .enumerate()
            .map(|(n, cell)| {
                let room = " ".repeat(widths[n].saturating_sub(cell.chars().count()));
                if numeric(n) {
                    room + &cell
                } else {
                    cell + &room
                }
            })
            .collect();
        format!("  │ {} │", cells.join(" │ "))
    };
    let rule = |left: &str, middle: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
        format!("  {left}{}{right}", parts.join(middle))
    };
    println!("{}", rule("┌", "┬", "┐"));
    println!(
        "{}",
        paint(
            "1",
            &line(heads.iter().map(|head| (*head).to_string()).collect())
        )
    );
    println!("{}", rule("├", "┼", "┤"));
    for row in &rows {
        println!("{}", line(row.clone()));
    }
    println!("{}", rule("└", "┴", "┘"));
}
