//! TLS to PostgreSQL, by rustls.
//!
//! `sslmode=require` verifies the server: against the roots that browsers trust, or those of `sslrootcert`.
//! `sslmode=prefer`, the default, is what it is in PostgreSQL's own client: encrypted where the server can, whoever it
//! is.

use crate::error::{Error, ErrorKind, Result};
use crate::url::{Server, TlsMode};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};

/// TLS as the URL asks for it.
pub(super) fn connector(server: &Server) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|cause| failed("TLS can't be set up").with_source(cause))?;
    let config = match (&server.root_cert, server.tls) {
        (None, TlsMode::Prefer) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            .with_no_client_auth(),
        (path, _) => builder
            .with_root_certificates(roots(path.as_deref())?)
            .with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ConnectionFailed, message)
}

fn roots(path: Option<&str>) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    let Some(path) = path else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(store);
    };
    let unreadable = |cause: &dyn std::fmt::Display| {
        failed(format!(
            "sslrootcert={path:?} can't be read as certificates in PEM: {cause}"
        ))
    };
    let found = CertificateDer::pem_file_iter(path).map_err(|cause| unreadable(&cause))?;
    for certificate in found {
        let certificate = certificate.map_err(|cause| unreadable(&cause))?;
        store.add(certificate).map_err(|cause| unreadable(&cause))?;
    }
    if store.is_empty() {
        return Err(unreadable(&"there is none in it"));
    }
    Ok(store)
}

/// Takes whoever answers: the connection is encrypted, and nothing more was asked.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
