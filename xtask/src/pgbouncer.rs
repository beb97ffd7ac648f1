//! A throw-away PgBouncer in front of PostgreSQL, which gives each transaction another connection of the server's.

use crate::Result;
use crate::install::Programs;
use crate::scratch::Folder;
use crate::server::{Server, User, free_port};

pub(crate) fn start(programs: &Programs, folder: &Folder, postgres: &Server) -> Result<Server> {
    let user = User::other_than_root(&["postgres", "nobody"])?;
    let home = folder.path().join("pgbouncer");
    User::folder(&user, &home)?;
    let (users, config) = (home.join("users.txt"), home.join("pgbouncer.ini"));
    User::secret(&user, &users, "\"aludel\" \"aludel\"\n")?;
    let port = free_port()?;
    let settings = format!(
        "[databases]\n\
         * = host=127.0.0.1 port={server}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = scram-sha-256\n\
         auth_file = {users}\n\
         pool_mode = transaction\n\
         max_client_conn = 2000\n\
         default_pool_size = 20\n\
         server_idle_timeout = 5\n\
         server_tls_sslmode = disable\n\
         log_connections = 0\n\
         log_disconnections = 0\n",
        server = postgres.port,
        users = users.display(),
    );
    User::secret(&user, &config, &settings)?;
    let mut server = User::command(&user, &programs.pgbouncer, &home);
    server.arg(&config);
    let url = format!("postgres://aludel:aludel@127.0.0.1:{port}/postgres?pooler=transaction");
    Server::start(server, &folder.path().join("pgbouncer.log"), port, url)
}
