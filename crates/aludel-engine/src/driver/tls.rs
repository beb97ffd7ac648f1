//! TLS by rustls, with the roots that browsers trust.

use crate::error::{Error, ErrorKind, Result};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// TLS for PostgreSQL.
pub(super) fn connector() -> Result<MakeRustlsConnect> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|cause| {
            Error::new(ErrorKind::ConnectionFailed, "TLS can't be set up").with_source(cause)
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
