//! The one seam through which all bytes pass on their way to and from the disk. Plain for now: encryption at rest will
//! live here and nowhere else, which is why both are async and why nothing readable is stored outside it.

use js_sys::Uint8Array;

/// Bytes as they go to disk.
pub(super) async fn seal(plain: &[u8]) -> Uint8Array {
    Uint8Array::from(plain)
}

/// Bytes as they were before [`seal`].
pub(super) async fn open(sealed: Vec<u8>) -> Vec<u8> {
    sealed
}
