//! A throw-away PostgreSQL.

use crate::Result;
use crate::certificates::Authority;
use crate::install::Programs;
use crate::scratch::Folder;
use crate::server::{Server, User, free_port, run};

pub(crate) fn start(programs: &Programs, folder: &Folder, authority: &Authority) -> Result<Server> {
    let user = User::other_than_root(&["postgres", "nobody"])?;
    let home = folder.path().join("postgres");
    User::folder(&user, &home)?;
    let (data, password) = (home.join("data"), home.join("password"));
    std::fs::write(&password, "aludel\n").map_err(|cause| cause.to_string())?;
    let mut init = User::command(&user, &programs.initdb, &home);
    init.arg("--pgdata")
        .arg(&data)
        .arg("--pwfile")
        .arg(&password)
        .args([
            "--username=aludel",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
    run(init)?;
    let identity = authority.identity(&user, &home)?;
    let port = free_port()?;
    let mut server = User::command(&user, &programs.postgres, &home);
    server.arg("-D").arg(&data);
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        format!("unix_socket_directories={}", home.display()),
        "ssl=on".into(),
        format!("ssl_cert_file={}", identity.certificate.display()),
        format!("ssl_key_file={}", identity.key.display()),
        "fsync=off".into(),
        "synchronous_commit=off".into(),
        "full_page_writes=off".into(),
        "max_connections=300".into(),
        "max_prepared_transactions=0".into(),
    ] {
        server.arg("-c").arg(setting);
    }
    let url = format!("postgres://aludel:aludel@127.0.0.1:{port}/postgres");
    Server::start(server, &folder.path().join("postgres.log"), port, url)
}
