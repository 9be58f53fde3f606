//! Proof that two ends hold the same: a sum over records that does not depend on their order.

use crate::{Record, RecordId};

/// What a set of records adds up to. Adding and taking away is one addition each, so both ends keep it up to date
/// at no cost and compare it at every pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many records, modulo 2^64: a count that was wrong before shows as a difference and stops nobody.
    pub live: u64,
    /// The sum of their fingerprints, modulo 2^64.
    pub sum: u64,
}

impl Digest {
    /// Counts a record version in.
    pub fn add(&mut self, id: RecordId, version: u64) {
        self.live = self.live.wrapping_add(1);
        self.sum = self.sum.wrapping_add(fingerprint(id, version));
    }

    /// Takes a record version out that was counted in before.
    pub fn remove(&mut self, id: RecordId, version: u64) {
        self.live = self.live.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(fingerprint(id, version));
    }

    /// What these records add up to; deleted ones do not count.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut digest = Self::default();
        for record in records.into_iter().filter(|record| !record.deleted) {
            digest.add(record.id, record.version);
        }
        digest
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo). Not for secrets: it finds accidents, not attacks.
pub(crate) struct Fnv(u64);

impl Fnv {
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    /// Finished with the mixer of splitmix64 (Steele, Lea, Flood 2014), so that sums of near-equal inputs differ.
    pub(crate) const fn finish(&self) -> u64 {
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

fn fingerprint(id: RecordId, version: u64) -> u64 {
    let mut hash = Fnv::new();
    hash.write(id.0.as_bytes());
    hash.write(&version.to_le_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_counted_out_before_it_was_counted_in_stops_nobody_and_adds_up_in_the_end() {
        let id = |number| RecordId(Uuid::from_u128(number));
        let mut digest = Digest::default();
        digest.remove(id(1), 1);
        assert_ne!(digest, Digest::default());
        digest.add(id(2), 1);
        digest.add(id(1), 1);
        let mut other = Digest::default();
        other.add(id(2), 1);
        assert_eq!((digest, digest.live), (other, 1));
    }

    /// Both ends must compute the same for ever: digests are compared between versions of the app and of the server.
    #[test]
    fn a_digest_never_changes_its_meaning() {
        let mut digest = Digest::default();
        digest.add(RecordId(Uuid::from_u128(1)), 1);
        assert_eq!(digest, Digest { live: 1, sum: 0x456d_322b_1a82_91eb });
        digest.add(RecordId(Uuid::from_u128(0xfeed_0000_0000_beef)), 258);
        assert_eq!(digest, Digest { live: 2, sum: 0x4240_edc0_3a09_8ed0 });
    }
}
