//! Passwords and session tokens: made, hashed and checked here and nowhere else.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use sha2::{Digest, Sha256};

pub mod limiter;

/// How long a session lives without being used: 30 days, ms.
pub const SESSION_MS: i64 = 30 * 24 * 3600 * 1000;
/// The longest password that is looked at.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// The argon2id hash of a password, with a salt of its own. Takes tens of milliseconds: not for async
/// threads.
///
/// # Panics
/// When the machine gives no random bytes; nothing is safe then.
pub fn hash_password(password: &str) -> String {
    let salt = SaltString::encode_b64(&random::<16>()).expect("16 bytes are a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the default parameters are valid").to_string()
}

/// Whether the password is the one of this hash. Without a hash it takes as long and says no, so that the
/// time does not tell which users exist.
pub fn is_password(password: &str, hash: Option<&str>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    // A closed account must not be told from an unknown one by the time it takes.
    let hash = hash.filter(|hash| !hash.is_empty());
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.get_or_init(|| hash_password("nobody")));
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    same && known
}

/// Hashes once for nobody, so that the first unknown user does not take longer.
pub fn warm_up() {
    is_password("", None);
}

/// A new session token: 256 random bits in hexadecimal.
pub fn new_token() -> String {
    random::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the ledger keeps of a token: of no use to who steals the database.
pub fn token_sha256(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A password for a new user, easy to read out: 20 letters and digits, about 100 bits.
pub fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random::<20>().iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the machine gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_only() {
        let hash = hash_password("practice");
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_password("practice", Some(&hash)));
        assert!(!is_password("Practice", Some(&hash)));
        assert!(!is_password("practice", Some("not a hash")));
        assert!(!is_password("nobody", None), "the hash for nobody opens nothing");
        assert_ne!(hash, hash_password("practice"), "each has its own salt");
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        assert_eq!(new_token().len(), 64);
        assert_ne!(new_token(), new_token());
        assert_ne!(new_password(), new_password());
    }
}
