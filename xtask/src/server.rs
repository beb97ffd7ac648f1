//! A server that was started here, and the user it runs as.

use crate::{Result, scratch};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropped, it ends.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) port: u16,
    child: Child,
    has_ended: bool,
}

impl Server {
    /// Starts a server and waits until it answers on its port.
    pub(crate) fn start(
        mut command: Command,
        log: &Path,
        port: u16,
        url: String,
    ) -> Result<Server> {
        let file = std::fs::File::create(log).map_err(|cause| format!("{log:?}: {cause}"))?;
        let errors = file.try_clone().map_err(|cause| cause.to_string())?;
        command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            // A Ctrl-C at the terminal is ours to handle, not the server's.
            .process_group(0);
        let mut child = command
            .spawn()
            .map_err(|cause| format!("can't start {command:?}: {cause}"))?;
        scratch::started(child.id());
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = child.try_wait().ok().flatten().is_some();
            if ended || begun.elapsed() > Duration::from_secs(60) {
                scratch::end(child.id());
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(format!("{command:?} does not answer:\n{said}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Server {
            url,
            port,
            child,
            has_ended: false,
        })
    }
}

impl Server {
    /// Ends it in good order, and waits until it has; its folder stays.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.has_ended = true;
        scratch::end_softly(self.child.id());
        self.child
            .wait()
            .map(drop)
            .map_err(|cause| cause.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        scratch::end(self.child.id());
        drop(self.child.wait());
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|cause| cause.to_string())?;
    let address = listener.local_addr().map_err(|cause| cause.to_string())?;
    Ok(address.port())
}

/// Whether this process may do anything.
pub(crate) fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The user that servers run as when this process is root, which they refuse to run as.
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// The first of these users that there is; none when this process is not root.
    pub(crate) fn other_than_root(names: &[&str]) -> Result<Option<User>> {
        if !is_root() {
            return Ok(None);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        for name in names {
            for line in passwd.lines() {
                let parts: Vec<&str> = line.split(':').collect();
                if parts.first() == Some(name)
                    && let (Some(Ok(uid)), Some(Ok(gid))) = (
                        parts.get(2).map(|n| n.parse()),
                        parts.get(3).map(|n| n.parse()),
                    )
                {
                    return Ok(Some(User { uid, gid }));
                }
            }
        }
        Err(format!(
            "servers do not run as root, and there is none of the users {}",
            names.join(", ")
        ))
    }

    /// Makes a folder that belongs to the user.
    pub(crate) fn folder(user: &Option<User>, path: &Path) -> Result<()> {
        std::fs::create_dir_all(path).map_err(|cause| format!("{path:?}: {cause}"))?;
        if let Some(user) = user {
            std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))
                .map_err(|cause| format!("{path:?}: {cause}"))?;
        }
        Ok(())
    }

    /// Writes a file that only the user reads.
    pub(crate) fn secret(user: &Option<User>, path: &Path, text: &str) -> Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let told = |cause: std::io::Error| format!("{path:?}: {cause}");
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(told)?;
        file.write_all(text.as_bytes()).map_err(told)?;
        if let Some(user) = user {
            std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid)).map_err(told)?;
        }
        Ok(())
    }

    /// A command that runs as the user.
    pub(crate) fn command(user: &Option<User>, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some(user) = user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }
}

/// Runs a command to its end; its output matters only when it fails.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| format!("can't run {command:?}: {cause}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}
