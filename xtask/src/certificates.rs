//! Certificates for the throw-away servers, and the authority that vouches for them.

use crate::Result;
use crate::scratch::Folder;
use crate::server::User;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::{Path, PathBuf};

/// An authority of this run's own.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// Its certificate, for clients.
    pub(crate) file: PathBuf,
}

/// A server's certificate and key.
pub(crate) struct Identity {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) fn new(folder: &Folder) -> Result<Authority> {
        let mut params = CertificateParams::new(Vec::new()).map_err(text)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(text)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(text)?;
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, issuer.pem()).map_err(text)?;
        Ok(Authority { issuer, file })
    }

    /// A certificate for the loopback address, readable by the user that the server runs as.
    pub(crate) fn identity(&self, user: &Option<User>, home: &Path) -> Result<Identity> {
        let names = vec!["127.0.0.1".to_string()];
        let key = KeyPair::generate().map_err(text)?;
        let certificate = CertificateParams::new(names)
            .and_then(|params| params.signed_by(&key, &self.issuer))
            .map_err(text)?;
        let identity = Identity {
            certificate: home.join("server.pem"),
            key: home.join("server.key"),
        };
        std::fs::write(&identity.certificate, certificate.pem()).map_err(text)?;
        User::secret(user, &identity.key, &key.serialize_pem())?;
        Ok(identity)
    }
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}
