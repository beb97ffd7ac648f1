//! TLS to servers, by rustls.
//!
//! `sslmode=verify-full` (`require`) verifies the server: against the roots that browsers trust, or those of `sslrootcert`.
//! `verify-ca` does so too, but takes a certificate of another name. `prefer`, PostgreSQL's default, is what it is in
//! PostgreSQL's own client: encrypted where the server can, whoever it is.

use crate::error::{Error, ErrorKind, Result};
use crate::url::{Server, TlsMode};
use ::ring::digest;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
    SignatureScheme,
};

/// What the connections of a database share: made for the first one.
#[derive(Default)]
pub(super) struct Shared(OnceLock<TlsConnector>);

impl Shared {
    pub(super) fn connector(&self, server: &Server) -> Result<TlsConnector> {
        if let Some(tls) = self.0.get() {
            return Ok(tls.clone());
        }
        let tls = connector(server)?;
        Ok(self.0.get_or_init(|| tls).clone())
    }
}

/// TLS as the URL asks for it.
fn connector(server: &Server) -> Result<TlsConnector> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|cause| failed("TLS can't be set up").with_source(cause))?;
    let roots = || roots(server.root_cert.as_deref());
    let config = match server.tls {
        TlsMode::VerifyFull => builder.with_root_certificates(roots()?),
        mode => {
            let chain = match mode {
                TlsMode::VerifyCa => {
                    let made = WebPkiServerVerifier::builder_with_provider(
                        Arc::new(roots()?),
                        Arc::clone(&provider),
                    );
                    let made = made.build();
                    Some(made.map_err(|cause| failed("TLS can't be set up").with_source(cause))?)
                }
                _ => None,
            };
            let verifier = AnyName { chain, provider };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}

/// Encrypts a connection. Also returns the channel binding, which ties a password to the server's certificate
/// (`tls-server-end-point`, RFC 5929), if it is defined for the certificate.
pub(super) async fn encrypt(
    connector: TlsConnector,
    server: &Server,
    stream: TcpStream,
) -> Result<(TlsStream<TcpStream>, Option<Vec<u8>>)> {
    let (host, port) = (&server.host, server.port);
    let name = ServerName::try_from(host.clone())
        .map_err(|_| failed(format!("{host:?} can't be the name in a certificate")))?;
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(|cause| failed(format!("no TLS with {host}:{port}: {cause}")))?;
    let certificates = stream.get_ref().1.peer_certificates();
    let binding = certificates
        .and_then(|certificates| certificates.first())
        .and_then(|certificate| end_point(certificate));
    Ok((stream, binding))
}

/// The certificate's hash, by the hash function that its own signature uses, if that is one of SHA-2's; SHA-256 replaces
/// weaker ones.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    const SHA256: [&[u8]; 4] = [
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b],
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
        // Of RSA with MD5 and with SHA-1.
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
    ];
    const SHA384: [&[u8]; 2] = [
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c],
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
    ];
    const SHA512: [&[u8]; 2] = [
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d],
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
    ];
    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }
    let (inside, _) = der(certificate)?;
    let (_, rest) = der(inside)?;
    let (algorithm, _) = der(rest)?;
    let (oid, _) = der(algorithm)?;
    let function = match oid {
        oid if SHA256.contains(&oid) => &digest::SHA256,
        oid if SHA384.contains(&oid) => &digest::SHA384,
        oid if SHA512.contains(&oid) => &digest::SHA512,
        _ => return None,
    };
    Some(digest::digest(function, certificate).as_ref().to_vec())
}

/// The contents of the first element, and the bytes after it.
fn der(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, mut rest) = bytes.get(1..)?.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, behind) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        length = digits
            .iter()
            .fold(0, |length, digit| (length << 8) | usize::from(*digit));
        rest = behind;
    }
    rest.split_at_checked(length)
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

/// Accepts a server of any name: one with a trusted certificate, or any server at all. The connection is then encrypted, and
/// nothing more was asked.
#[derive(Debug)]
struct AnyName {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(certificate, others, name, ocsp, now) {
            // The name is checked last.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
