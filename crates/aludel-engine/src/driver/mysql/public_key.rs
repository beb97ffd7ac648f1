//! Encrypts a password with the server's public key.
//!
//! The key comes from the network. It is checked here first, because the cipher panics if it is not a key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mysql_common::crypto;

/// A longer text is not a key.
const LONGEST: usize = 8 * 1024;
/// How many bytes a modulus may have.
const MODULUS: std::ops::RangeInclusive<usize> = 64..=1024;
/// How many bytes of a block the padding (OAEP) takes.
const PADDING: usize = 42;

/// Encrypts a secret. `None` if this is no RSA key, or one too small for the secret.
pub(super) fn encrypt(secret: &[u8], pem: &[u8]) -> Option<Vec<u8>> {
    let (key, kind) = decode(pem)?;
    let modulus = match kind {
        Kind::Public => {
            let mut info = Der(&key).take(SEQUENCE)?;
            info.take(SEQUENCE)?;
            // No bits are left over.
            let bits = info.take(BITS)?.0.strip_prefix(&[0])?;
            modulus(bits)?
        }
        Kind::Rsa => modulus(&key)?,
    };
    if !MODULUS.contains(&modulus) || secret.len() + PADDING > modulus {
        return None;
    }
    // The key as it was parsed here.
    let label = kind.label();
    let body = STANDARD.encode(&key);
    let pem = format!("-----BEGIN {label}-----{body}-----END {label}-----");
    Some(crypto::encrypt(secret, pem.as_bytes()))
}

#[derive(Clone, Copy)]
enum Kind {
    Public,
    Rsa,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Kind::Public => "PUBLIC KEY",
            Kind::Rsa => "RSA PUBLIC KEY",
        }
    }
}

/// The bytes of a PEM text.
fn decode(pem: &[u8]) -> Option<(Vec<u8>, Kind)> {
    let text = std::str::from_utf8(pem.get(..pem.len().min(LONGEST))?).ok()?;
    let body = |kind: Kind| {
        let label = kind.label();
        let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
        let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
        let body: String = body.split_ascii_whitespace().collect();
        Some((STANDARD.decode(body).ok()?, kind))
    };
    body(Kind::Public).or_else(|| body(Kind::Rsa))
}

/// How many bytes the modulus of a PKCS#1 key has.
fn modulus(key: &[u8]) -> Option<usize> {
    let mut key = Der(key).take(SEQUENCE)?;
    let (modulus, exponent) = (key.take(INTEGER)?.0, key.take(INTEGER)?.0);
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let is_number = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
    let is_key = is_number(modulus) && is_number(exponent) && exponent.len() <= 8;
    // A modulus that begins with 0 is shorter than it says; for one that begins with 1, the cipher takes a byte too few.
    (is_key && modulus[0] > 1).then_some(modulus.len())
}

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// A reader of ASN.1 in its distinguished encoding.
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    /// The content of the next element, if it has this tag.
    fn take(&mut self, tag: u8) -> Option<Der<'d>> {
        let [found, first, rest @ ..] = self.0 else {
            return None;
        };
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            0x81 => (usize::from(*rest.first()?), &rest[1..]),
            0x82 => {
                let length: &[u8; 2] = rest.first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), &rest[2..])
            }
            _ => return None,
        };
        if *found != tag || length > rest.len() {
            return None;
        }
        let (content, after) = rest.split_at(length);
        self.0 = after;
        Some(Der(content))
    }
}

#[cfg(test)]
mod tests {
    use super::encrypt;

    /// A key that was made for this test.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEm4eODg7gIdsn/RTRLtDseOaB\n\
        9FNrEjv3DXAh4/qzz9zwXv5vhYljEpm7e56OShKjgQoA44FSaz+GNlXuYUFDcKab\n\
        5ySKUbfuleONwTyMOC8of7KEOmRCfGXLz0be659LJI8/xd4SBMo4vNllhIu4HK3S\n\
        KDVvOZvna4R++z2LYwIDAQAB\n-----END PUBLIC KEY-----\n";

    #[test]
    fn a_key_takes_as_much_as_it_has_room_for() {
        assert_eq!(
            encrypt(&[7; 86], KEY.as_bytes()).map(|bytes| bytes.len()),
            Some(128)
        );
        assert!(encrypt(&[7; 87], KEY.as_bytes()).is_none());
    }

    /// Whatever a server says is a key or none: nothing panics, which `panic = "abort"` would make an end of.
    #[test]
    fn what_is_no_key_is_none() {
        let body: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
        let wrap = |body: &str| format!("-----BEGIN PUBLIC KEY-----{body}-----END PUBLIC KEY-----");
        for text in [
            "",
            "?",
            "-----BEGIN",
            "-----BEGIN PUBLIC KEY-----",
            &wrap(""),
            &wrap("?"),
            &wrap("AAAA"),
        ] {
            assert!(encrypt(b"herring", text.as_bytes()).is_none(), "{text}");
        }
        let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &body)
            .expect("base64");
        // The cipher takes such a number for one of a byte less.
        let modulus = der
            .iter()
            .position(|byte| *byte == 0xc4)
            .expect("its first byte");
        let mut short = der.clone();
        short[modulus] = 1;
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &short);
        assert!(encrypt(&[7; 86], wrap(&text).as_bytes()).is_none());
        let mut keys = 0;
        for at in 0..der.len() {
            for change in [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff] {
                let mut changed = der.clone();
                changed[at] = change;
                let text =
                    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &changed);
                keys += usize::from(encrypt(b"herring", wrap(&text).as_bytes()).is_some());
            }
            let text =
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &der[..at]);
            assert!(
                encrypt(b"herring", wrap(&text).as_bytes()).is_none(),
                "cut at {at}"
            );
        }
        // Most changes are of the number itself.
        assert!(keys > 0);
    }
}
