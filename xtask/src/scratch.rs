//! What is left behind is nothing: a folder that goes when it is dropped, and a list of processes that end with us.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What a signal has to clean up.
#[derive(Default)]
struct Left {
    processes: Vec<u32>,
    folders: Vec<PathBuf>,
}

static LEFT: Mutex<Left> = Mutex::new(Left {
    processes: Vec::new(),
    folders: Vec::new(),
});

fn left() -> std::sync::MutexGuard<'static, Left> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cleans up on Ctrl-C, on a terminal that closes, and on `kill`.
pub(crate) fn on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        clean_up();
        std::process::exit(130);
    })
    .map_err(|cause| cause.to_string())
}

/// Ends every process that was started, and removes every folder.
fn clean_up() {
    let gone = std::mem::take(&mut *left());
    for process in gone.processes {
        end(process);
    }
    for folder in gone.folders {
        remove(&folder);
    }
}

/// Remembers a process that was started here.
pub(crate) fn started(process: u32) {
    left().processes.push(process);
}

/// Ends one of them.
pub(crate) fn end(process: u32) {
    left().processes.retain(|known| *known != process);
    let quick = Command::new("kill")
        .args(["-QUIT", &process.to_string()])
        .stderr(Stdio::null())
        .status();
    drop(quick);
    let hard = Command::new("kill")
        .args(["-TERM", &process.to_string()])
        .stderr(Stdio::null())
        .status();
    drop(hard);
}

/// Asks one of them to end.
pub(crate) fn end_softly(process: u32) {
    left().processes.retain(|known| *known != process);
    let soft = Command::new("kill")
        .args(["-TERM", &process.to_string()])
        .stderr(Stdio::null())
        .status();
    drop(soft);
}

/// A folder that is removed when it is dropped.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A folder on a disk, as what is measured needs it.
    pub(crate) fn on_disk() -> Result<Folder> {
        Folder::within(std::env::temp_dir())
    }

    /// A folder in memory, where that has room for it.
    pub(crate) fn in_memory() -> Result<Folder> {
        Folder::within(in_memory())
    }

    /// A folder in `home` whose name no earlier run had.
    pub(crate) fn of_one_run(home: &Path) -> Result<Folder> {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(|cause| format!("the clock is wrong: {cause}"))?;
        Folder::at(home.join(format!("run-{}-{}", std::process::id(), now.as_nanos())))
    }

    fn at(path: PathBuf) -> Result<Folder> {
        std::fs::create_dir_all(&path).map_err(|cause| format!("can't make {path:?}: {cause}"))?;
        left().folders.push(path.clone());
        Ok(Folder { path })
    }

    fn within(home: PathBuf) -> Result<Folder> {
        let folder = Folder::at(home.join(format!("aludel-{}", std::process::id())))?;
        // Servers run as users of their own, and must be able to pass.
        let mut mode = Command::new("chmod");
        mode.arg("1777").arg(folder.path());
        drop(mode.status());
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        left().folders.retain(|folder| *folder != self.path);
        remove(&self.path);
    }
}

/// Where files go that are thrown away: in memory, if there is room; among temporary files otherwise.
fn in_memory() -> PathBuf {
    /// Kilobytes that the servers and the tests' files take at most, twice.
    const ENOUGH: u64 = 6 * 1024 * 1024;
    let memory = Path::new("/dev/shm");
    let room = || -> Option<u64> {
        let mut df = Command::new("df");
        let output = df
            .args(["-k", "--output=avail"])
            .arg(memory)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.trim().parse().ok()
    };
    let free = || -> Option<u64> {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let has_room = room()
        .min(free())
        .is_some_and(|kilobytes| kilobytes >= ENOUGH);
    match std::env::var_os("TMPDIR").is_none() && has_room {
        true => memory.to_path_buf(),
        false => std::env::temp_dir(),
    }
}

/// Removes a folder. What a server writes while it ends may be in the way for a moment.
fn remove(folder: &Path) {
    for _ in 0..50 {
        if std::fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
