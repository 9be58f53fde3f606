//! Names and dice: the only randomness of the client.

use uuid::Uuid;

/// A name for a record, a change or a device; later names sort later.
pub fn name() -> Uuid {
    Uuid::now_v7()
}

/// A seed for the engine's jitter.
pub fn seed() -> u64 {
    Uuid::now_v7().as_u64_pair().1
}
