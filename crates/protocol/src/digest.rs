//! Proof that two ends hold the same: a sum over records that does not depend on their order.

use crate::{Record, RecordId};

/// What a set of records adds up to. Adding and taking away is one addition each, so both ends keep it up to date
/// at no cost and compare it at every pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many records.
    pub live: u64,
    /// The sum of their fingerprints, modulo 2^64.
    pub sum: u64,
}

impl Digest {
    /// Counts a record version in.
    pub fn add(&mut self, id: RecordId, version: u64) {
        self.live += 1;
        self.sum = self.sum.wrapping_add(fingerprint(id, version));
    }

    /// Takes a record version out that was counted in before.
    pub fn remove(&mut self, id: RecordId, version: u64) {
        self.live -= 1;
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
