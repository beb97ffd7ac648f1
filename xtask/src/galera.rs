//! A throw-away Galera cluster of three MariaDB nodes.
//!
//! One node runs alone for a moment and is stopped; the nodes begin as copies of its data. So nothing has to be transferred to
//! those that join but what was written since: the script that transfers a state does nothing.

use crate::Result;
use crate::install::Programs;
use crate::scratch::Folder;
use crate::server::{Server, User, free_port, run};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TRANSFER: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
    case "$1" in
        --role) role=$2; shift ;;
        --gtid) gtid=$2; shift ;;
    esac
    shift
done
if [ "$role" = donor ]; then
    echo continue
    echo "done $gtid"
else
    echo "ready 127.0.0.1:1"
    echo "STATE"
fi
"#;

/// The nodes; their URLs with commas between.
pub(crate) struct Cluster {
    pub(crate) urls: String,
    _nodes: Vec<Server>,
}

pub(crate) fn start(programs: &Programs, folder: &Folder) -> Result<Cluster> {
    let user = User::other_than_root(&["mysql", "nobody"])?;
    let home = folder.path().join("galera");
    User::folder(&user, &home)?;
    let told = |cause: std::io::Error| format!("{home:?}: {cause}");
    let first = home.join("node1");
    User::folder(&user, &first)?;
    let mut init = User::command(&user, &programs.mariadb_install_db, &home);
    init.arg("--no-defaults")
        .arg(format!("--datadir={}", first.display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    run(init)?;
    let setup = home.join("setup.sql");
    std::fs::write(
        &setup,
        "FLUSH PRIVILEGES;\nCREATE USER 'aludel'@'%' IDENTIFIED BY 'aludel';\nGRANT ALL ON *.* TO 'aludel'@'%' WITH GRANT OPTION;\nCREATE DATABASE aludel;\n",
    )
    .map_err(told)?;
    let mut boot = User::command(&user, &programs.mariadbd, &home);
    boot.arg("--no-defaults")
        .arg(format!("--datadir={}", first.display()))
        .arg("--bootstrap")
        .stdin(std::fs::File::open(&setup).map_err(told)?);
    run_with_input(boot)?;
    let mut ports = Ports::new("")?;
    let alone = node(programs, &user, &home, &first, &ports)?;
    is_ready(&programs.mariadb, ports.client, 1)?;
    alone.stop()?;
    let state = std::fs::read_to_string(first.join("grastate.dat")).map_err(told)?;
    let part = |name: &str| {
        let mut lines = state.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().unwrap_or_default().trim().to_string()
    };
    let position = format!("{}:{}", part("uuid:"), part("seqno:"));
    let script = home.join("wsrep_sst_nothing");
    std::fs::write(&script, TRANSFER.replace("STATE", &position)).map_err(told)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).map_err(told)?;
    let copies: Vec<PathBuf> = (2..=3).map(|n| home.join(format!("node{n}"))).collect();
    for data in &copies {
        let mut copy = User::command(&user, Path::new("cp"), &home);
        copy.arg("-r").arg(&first).arg(data);
        run(copy)?;
    }
    let (mut nodes, mut urls) = (Vec::new(), Vec::new());
    for (n, data) in [first].into_iter().chain(copies).enumerate() {
        if n > 0 {
            ports = Ports::new(&ports.cluster())?;
        }
        nodes.push(node(programs, &user, &home, &data, &ports)?);
        is_ready(&programs.mariadb, ports.client, n + 1)?;
        urls.push(ports.url());
    }
    Ok(Cluster {
        urls: urls.join(","),
        _nodes: nodes,
    })
}

/// Where a node is reached.
struct Ports {
    client: u16,
    group: u16,
    transfer: u16,
    /// The first node's, for those that join it.
    joins: String,
}

impl Ports {
    fn new(joins: &str) -> Result<Ports> {
        Ok(Ports {
            client: free_port()?,
            group: free_port()?,
            transfer: free_port()?,
            joins: joins.to_string(),
        })
    }

    fn cluster(&self) -> String {
        match self.joins.as_str() {
            "" => format!("127.0.0.1:{}", self.group),
            first => first.to_string(),
        }
    }

    fn url(&self) -> String {
        format!("mariadb://aludel:aludel@127.0.0.1:{}/aludel", self.client)
    }
}

/// Starts a node: the first one of a cluster, or one that joins.
fn node(
    programs: &Programs,
    user: &Option<User>,
    home: &Path,
    data: &Path,
    ports: &Ports,
) -> Result<Server> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut server = User::command(user, &programs.mariadbd, home);
    server
        .env("PATH", format!("{}:{path}", home.display()))
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--port={}", ports.client))
        .arg(format!("--socket={}", data.join("socket").display()))
        .arg(format!("--pid-file={}", data.join("pid").display()))
        .arg(format!("--wsrep-provider={}", programs.galera.display()))
        .arg(format!("--wsrep-cluster-address=gcomm://{}", ports.joins))
        .arg(format!(
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{};ist.recv_addr=127.0.0.1:{};gcache.size=32M",
            ports.group, ports.transfer
        ))
        .args([
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--binlog-format=row",
            "--innodb-autoinc-lock-mode=2",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--innodb-buffer-pool-size=64M",
            "--wsrep-on=ON",
            "--wsrep-node-address=127.0.0.1",
            "--wsrep-cluster-name=aludel",
            "--wsrep-sst-method=nothing",
        ]);
    let log = data.with_extension("log");
    Server::start(server, &log, ports.client, ports.url())
}

/// Waits until a node has joined, and there are so many.
fn is_ready(client: &Path, port: u16, size: usize) -> Result<()> {
    let begun = Instant::now();
    let question = "SELECT (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'WSREP_READY'), \
                    (SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'WSREP_CLUSTER_SIZE')";
    loop {
        let mut ask = Command::new(client);
        ask.args([
            "--no-defaults",
            "-h127.0.0.1",
            "-ualudel",
            "-paludel",
            "-N",
            "-e",
            question,
        ])
        .arg(format!("-P{port}"))
        .stdin(Stdio::null());
        let said = ask
            .output()
            .map_err(|cause| format!("can't run {client:?}: {cause}"))?;
        let said = String::from_utf8_lossy(&said.stdout).trim().to_string();
        if said == format!("ON\t{size}") {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(format!(
                "node {size} of the Galera cluster does not join: {said:?}"
            ));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn run_with_input(mut command: Command) -> Result<()> {
    let output = command
        .output()
        .map_err(|cause| format!("can't run {command:?}: {cause}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
