//! How a connection is encrypted, and how each side proves who it is.

use super::wrong;
use crate::error::Result;

/// How PostgreSQL authenticates a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// The password, in clear text.
    Password,
    /// The password's MD5 hash.
    Md5,
    /// SCRAM: both sides prove that they know the password.
    Scram,
    /// Not at all (`trust`).
    None,
}

impl AuthMethod {
    /// As `require_auth` names them.
    pub(crate) const ALL: [(&str, AuthMethod); 4] = [
        ("password", AuthMethod::Password),
        ("md5", AuthMethod::Md5),
        ("scram-sha-256", AuthMethod::Scram),
        ("none", AuthMethod::None),
    ];

    #[cfg(feature = "postgres")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            AuthMethod::Password => "password",
            AuthMethod::Md5 => "md5",
            AuthMethod::Scram => "scram-sha-256",
            AuthMethod::None => "none",
        }
    }
}

/// The methods that are accepted, or all but these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequireAuth {
    methods: Vec<AuthMethod>,
    is_negated: bool,
}

impl RequireAuth {
    /// As libpq reads it: `scram-sha-256,md5`, or `!password,!md5`.
    pub(super) fn parse(text: &str) -> Result<RequireAuth> {
        let words: Vec<&str> = text.split(',').map(str::trim).collect();
        let is_negated = words.iter().all(|word| word.starts_with('!'));
        let method = |word: &&str| {
            let word = if is_negated { &word[1..] } else { word };
            let known = AuthMethod::ALL.into_iter().find(|(name, _)| *name == word);
            known.map(|(_, method)| method).ok_or_else(|| {
                wrong(format!(
                    "require_auth={text:?} is not known; there are password, md5, scram-sha-256 and none, or all of them with a ! before"
                ))
            })
        };
        Ok(RequireAuth {
            methods: words.iter().map(method).collect::<Result<_>>()?,
            is_negated,
        })
    }

    /// Whether it names a method as one that is accepted.
    #[cfg(feature = "postgres")]
    pub(crate) fn names(&self, method: AuthMethod) -> bool {
        !self.is_negated && self.methods.contains(&method)
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn allows(&self, method: AuthMethod) -> bool {
        self.methods.contains(&method) != self.is_negated
    }
}

/// Where a server's public key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// There is none: the password is sent over TLS only.
    None,
    /// The server may send it, whoever it is (`?allow_public_key_retrieval=true`).
    Retrieved,
    /// A file (PEM, `?server_public_key=PATH`).
    File(String),
}

/// Whether TLS is used, and what of the server's certificate is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    Disable,
    /// Not encrypted, unless the server wants it.
    Allow,
    /// Encrypted where the server can; nothing is verified.
    Prefer,
    /// The certificate is trusted; it may have another host's name.
    VerifyCa,
    /// The certificate is trusted, and has the host's name.
    VerifyFull,
}

impl TlsMode {
    /// As `sslmode` (PostgreSQL) and `ssl-mode` (MariaDB, MySQL) name them.
    pub(super) fn parse(name: &str) -> Option<TlsMode> {
        Some(match name.to_ascii_lowercase().as_str() {
            "disable" | "disabled" => TlsMode::Disable,
            "allow" => TlsMode::Allow,
            "prefer" | "preferred" => TlsMode::Prefer,
            "verify-ca" | "verify_ca" => TlsMode::VerifyCa,
            "require" | "required" | "verify-full" | "verify_identity" => TlsMode::VerifyFull,
            _ => return None,
        })
    }

    /// Whether the server must encrypt and prove who it is.
    pub(crate) fn is_verified(self) -> bool {
        matches!(self, TlsMode::VerifyCa | TlsMode::VerifyFull)
    }
}
