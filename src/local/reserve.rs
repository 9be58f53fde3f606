//! Room kept for the rep's words: a row of noise that is deleted when the browser gives a save no more room. Noise,
//! because some browsers compress what they store.

use indexed_db_futures::KeyRange;
use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::schema::META;
use super::{LocalError, finish, put, writing};

/// Puts the noise in its place, unless it is there. Without room it stays away, and nobody misses it before then.
pub(super) async fn fill(database: &Database) -> Result<(), LocalError> {
    if is_there(database).await? {
        return Ok(());
    }
    let noise = noise();
    let transaction = writing(database, false)?;
    put(&transaction.object_store(META)?, &JsValue::from_str(RESERVE), &noise)?;
    finish(transaction).await
}

/// Gives its room back. Answers whether there was any.
pub(super) async fn release(database: &Database) -> Result<bool, LocalError> {
    if !is_there(database).await? {
        return Ok(false);
    }
    let transaction = writing(database, false)?;
    let only = KeyRange::Only(JsValue::from_str(RESERVE));
    transaction.object_store(META)?.delete::<JsValue, _>(only).primitive()?;
    finish(transaction).await?;
    Ok(true)
}

async fn is_there(database: &Database) -> Result<bool, LocalError> {
    let transaction = database.transaction(META).build()?;
    let store = transaction.object_store(META)?;
    let only = KeyRange::Only(JsValue::from_str(RESERVE));
    Ok(store.count().with_query::<JsValue, _>(only).primitive()?.await? > 0)
}

fn noise() -> Uint8Array {
    let mut state = 1_u32;
    let bytes: Vec<u8> = (0..RESERVE_BYTES / 4)
        .flat_map(|_| {
            // xorshift32 (Marsaglia 2003).
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()
        })
        .collect();
    Uint8Array::from(&*bytes)
}

const RESERVE: &str = "reserve";
/// Room for some hundred notes of usual length, or for several of the longest.
const RESERVE_BYTES: usize = 512 * 1024;
