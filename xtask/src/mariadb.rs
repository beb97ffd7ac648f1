//! A throw-away MariaDB.

use crate::Result;
use crate::certificates::Authority;
use crate::install::Programs;
use crate::scratch::Folder;
use crate::server::{Server, User, free_port, run};

pub(crate) fn start(programs: &Programs, folder: &Folder, authority: &Authority) -> Result<Server> {
    let user = User::other_than_root(&["mysql", "nobody"])?;
    let home = folder.path().join("mariadb");
    User::folder(&user, &home)?;
    let data = home.join("data");
    User::folder(&user, &data)?;
    let mut init = User::command(&user, &programs.mariadb_install_db, &home);
    init.arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    run(init)?;
    let setup = home.join("setup.sql");
    std::fs::write(
        &setup,
        "CREATE USER 'aludel'@'%' IDENTIFIED BY 'aludel';\nGRANT ALL ON *.* TO 'aludel'@'%' WITH GRANT OPTION;\nCREATE DATABASE aludel;\n",
    )
    .map_err(|cause| cause.to_string())?;
    let identity = authority.identity(&user, &home)?;
    let port = free_port()?;
    let mut server = User::command(&user, &programs.mariadbd, &home);
    server
        .arg("--no-defaults")
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--port={port}"))
        .arg(format!("--socket={}", home.join("socket").display()))
        .arg(format!("--pid-file={}", home.join("pid").display()))
        .arg(format!("--init-file={}", setup.display()))
        .arg(format!("--ssl-cert={}", identity.certificate.display()))
        .arg(format!("--ssl-key={}", identity.key.display()))
        .args([
            "--bind-address=127.0.0.1",
            "--max-connections=400",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--skip-log-bin",
            "--skip-name-resolve",
            "--max-allowed-packet=67108864",
        ]);
    let url = format!("mariadb://aludel:aludel@127.0.0.1:{port}/aludel");
    Server::start(server, &folder.path().join("mariadb.log"), port, url)
}
