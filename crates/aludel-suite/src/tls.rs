//! TLS on the servers: required and verified, preferred, and refused.

use crate::harness::{Backend, Fixture};
use aludel::prelude::*;
use aludel::{ErrorKind, Sql};

/// Whether the connection is encrypted.
async fn is_encrypted(backend: Backend, db: &Database) -> aludel::Result<bool> {
    let text = match backend {
        Backend::Sqlite => return Ok(false),
        Backend::Postgres => "select ssl::int from pg_stat_ssl where pid = pg_backend_pid()",
        Backend::Mariadb => {
            "select cast(variable_value <> '' as signed) from information_schema.session_status where variable_name = 'Ssl_cipher'"
        }
    };
    Ok(Sql::trusted(text).one::<i32>(db).await? == 1)
}

async fn connect(fixture: &Fixture, query: &str) -> aludel::Result<Database> {
    Database::connect(&format!("{}?{query}", fixture.url)).await
}

on_every_database! {
    async fn a_server_is_verified_where_tls_is_required(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        if fixture.backend == Backend::Sqlite {
            let error = connect(fixture, "sslmode=require").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidUrl);
            return Ok(());
        }
        let authority = std::env::var("ALUDEL_TLS_AUTHORITY").expect("run by `cargo xtask test`");
        let db = connect(fixture, &format!("sslmode=require&sslrootcert={authority}")).await?;
        assert!(is_encrypted(fixture.backend, &db).await?);
        // A big answer, a transaction, and a query that is stopped half-way, over the encrypted connection.
        assert_eq!(sql("select repeat('ü', 300000)").one::<String>(&db).await?.chars().count(), 300_000);
        let tx = db.begin().await?;
        assert_eq!(sql("select ").bind(7_i64).one::<i64>(&tx).await?, 7);
        tx.commit().await?;
        let mut stream = sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) select a.i from n a, n b, n c").stream::<i64>(&db)?;
        stream.next().await.expect("a row")?;
        drop(stream);
        assert_eq!(sql("select ").bind(8_i64).one::<i64>(&db).await?, 8);
        db.close();

        // Nobody that browsers trust has vouched for a throw-away server.
        let stranger = connect(fixture, "sslmode=require").await.unwrap_err();
        assert_eq!(stranger.kind(), ErrorKind::ConnectionFailed);
        assert!(stranger.to_string().to_lowercase().contains("certificate"), "{stranger}");
        let missing = connect(fixture, "sslmode=require&sslrootcert=/no/such/file.pem").await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::ConnectionFailed, "{missing}");

        let plain = connect(fixture, "sslmode=disable").await?;
        assert!(!is_encrypted(fixture.backend, &plain).await?);
        plain.close();
        let preferred = connect(fixture, "sslmode=prefer").await?;
        assert!(is_encrypted(fixture.backend, &preferred).await?);
        preferred.close();
        // A certificate of another name is enough, if it is vouched for.
        let other_name = fixture.url.replace("@127.0.0.1:", "@localhost:");
        let by = |mode: &str| format!("{other_name}?sslmode={mode}&sslrootcert={authority}");
        let full = Database::connect(&by("verify-full")).await.unwrap_err();
        assert!(full.to_string().to_lowercase().contains("certificate"), "{full}");
        let vouched = Database::connect(&by("verify-ca")).await?;
        assert!(is_encrypted(fixture.backend, &vouched).await?);
        vouched.close();
        let stranger = connect(fixture, "sslmode=verify-ca").await.unwrap_err();
        assert_eq!(stranger.kind(), ErrorKind::ConnectionFailed);
        let ineffective = connect(fixture, &format!("sslrootcert={authority}")).await.unwrap_err();
        assert_eq!(ineffective.kind(), ErrorKind::InvalidUrl, "{ineffective}");
        if fixture.backend == Backend::Postgres {
            let allowed = connect(fixture, "sslmode=allow").await?;
            assert!(!is_encrypted(fixture.backend, &allowed).await?);
            allowed.close();
        }
    }
}
