//! Finding the servers' programs, or installing them from Debian's or Ubuntu's packages.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs that make and run servers.
pub(crate) struct Programs {
    pub(crate) initdb: PathBuf,
    pub(crate) postgres: PathBuf,
    pub(crate) mariadb_install_db: PathBuf,
    pub(crate) mariadbd: PathBuf,
    pub(crate) mariadb: PathBuf,
    pub(crate) galera: PathBuf,
    pub(crate) pgbouncer: PathBuf,
}

/// The programs, installed if they are missing.
pub(crate) fn programs() -> Result<Programs> {
    let missing: Vec<&str> = [
        ("postgresql", find_postgres().is_none()),
        ("mariadb-server", find_mariadb().is_none()),
        ("mariadb-client", on_path("mariadb").is_none()),
        ("galera-4", find_galera().is_none()),
        ("pgbouncer", on_path("pgbouncer").is_none()),
    ]
    .into_iter()
    .filter_map(|(package, missing)| missing.then_some(package))
    .collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    let (Some((initdb, postgres)), Some((mariadb_install_db, mariadbd))) =
        (find_postgres(), find_mariadb())
    else {
        return Err(how_to(&missing));
    };
    let (Some(mariadb), Some(galera), Some(pgbouncer)) =
        (on_path("mariadb"), find_galera(), on_path("pgbouncer"))
    else {
        return Err(how_to(&missing));
    };
    Ok(Programs {
        initdb,
        postgres,
        mariadb_install_db,
        mariadbd,
        mariadb,
        galera,
        pgbouncer,
    })
}

/// What the benchmarks' peers are linked to and counted by, installed if it is missing.
pub(crate) fn for_benchmarks() -> Result<()> {
    let has = |path: &str| Path::new(path).exists();
    let missing: Vec<&str> = [
        ("libpq-dev", has("/usr/include/postgresql/libpq-fe.h")),
        ("libmariadb-dev", has("/usr/include/mariadb/mysql.h")),
        ("pkg-config", on_path("pkg-config").is_some()),
        ("valgrind", on_path("valgrind").is_some()),
        ("python3-venv", on_path("python3").is_some()),
    ]
    .into_iter()
    .filter_map(|(package, is_there)| (!is_there).then_some(package))
    .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => install(&missing),
    }
}

fn how_to(packages: &[&str]) -> String {
    format!(
        "The tests need PostgreSQL (initdb, postgres), MariaDB (mariadb-install-db, mariadbd, mariadb, and Galera's library) and pgbouncer, and could not find or \
         install them. Install {} with your system's packages, put the programs on PATH, and try again; or run \
         `cargo xtask test --only sqlite`.",
        packages.join(" and ")
    )
}

fn find_postgres() -> Option<(PathBuf, PathBuf)> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(path());
    folders.into_iter().find_map(|folder| {
        let (initdb, postgres) = (folder.join("initdb"), folder.join("postgres"));
        (initdb.is_file() && postgres.is_file()).then_some((initdb, postgres))
    })
}

fn find_mariadb() -> Option<(PathBuf, PathBuf)> {
    Some((on_path("mariadb-install-db")?, on_path("mariadbd")?))
}

/// The library that makes a MariaDB a node of a cluster.
fn find_galera() -> Option<PathBuf> {
    let places = [
        "/usr/lib/galera/libgalera_smm.so",
        "/usr/lib/libgalera_smm.so",
        "/usr/lib64/galera-4/libgalera_smm.so",
    ];
    places
        .into_iter()
        .map(PathBuf::from)
        .find(|file| file.is_file())
}

fn on_path(name: &str) -> Option<PathBuf> {
    path()
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

fn path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders
        .into_iter()
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
}

fn install(packages: &[&str]) -> Result<()> {
    if !Path::new("/usr/bin/apt-get").is_file() {
        return Err(how_to(packages));
    }
    println!("installing {}", packages.join(" and "));
    let sudo = !crate::server::is_root();
    let apt = |arguments: &[&str]| {
        let mut command = if sudo {
            let mut command = Command::new("sudo");
            command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        } else {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        command.args(arguments).stdin(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    // The packages start servers of their own at once; what starts here is on other ports and in other folders.
    let options = ["install", "-y", "-qq", "--no-install-recommends"];
    let wanted: Vec<&str> = options.iter().chain(packages).copied().collect();
    if apt(&wanted) || (apt(&["update", "-qq"]) && apt(&wanted)) {
        return Ok(());
    }
    Err(how_to(packages))
}
