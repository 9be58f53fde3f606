//! The device's disk in trouble, against the browser's real IndexedDB: no room, no connection, rows that do not read.

use engine::Batch;
use satchel::device::identity;
use satchel::local::{Local, LocalError, Rescue, salvage};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

// A browser whose next commits find no room, and which cannot read a certain row of the outbox.
#[wasm_bindgen(inline_js = "
let full = 0;
let bad;
const { commit } = IDBTransaction.prototype;
IDBTransaction.prototype.commit = function () {
  if (full === 0) return commit.call(this);
  full -= 1;
  Object.defineProperty(this, 'error', { get: () => new DOMException('full', 'QuotaExceededError') });
  this.abort();
};
const { get } = IDBObjectStore.prototype;
IDBObjectStore.prototype.get = function (key) {
  if (this.name === 'outbox' && key === bad) throw new DOMException('lost', 'NotReadableError');
  return get.call(this, key);
};
export function fill_up(commits) { full = commits; }
export function spoil(key) { bad = key; }
export function count_reserve(name) {
  return new Promise((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const count = request.result.transaction('meta').objectStore('meta').count('reserve');
      count.onsuccess = () => done((request.result.close(), count.result));
    };
  });
}
")]
extern "C" {
    fn fill_up(commits: u32);
    fn spoil(key: f64);
    async fn count_reserve(name: &str) -> wasm_bindgen::JsValue;
}

#[wasm_bindgen_test]
async fn a_save_gets_the_room_that_was_kept_for_it() {
    let (name, mut disk) = fresh().await;
    disk.refill_reserve().await;
    assert_eq!(count_reserve(&name).await, 1);
    fill_up(1);
    disk.commit(&save(1)).await.expect("the reserve made room");
    assert_eq!(count_reserve(&name).await, 0);
    assert_eq!(disk.load().await.expect("reads").outbox.len(), 1);
    fill_up(1);
    assert_eq!(disk.commit(&save(2)).await, Err(LocalError::Quota));
    disk.refill_reserve().await;
    assert_eq!(count_reserve(&name).await, 1, "with room it is put aside again");
}

#[wasm_bindgen_test]
async fn a_page_gets_no_room_that_is_kept_for_saves() {
    let (name, mut disk) = fresh().await;
    disk.refill_reserve().await;
    fill_up(1);
    let page = Batch { append: vec![(1, vec![1])], ..Batch::default() };
    assert_eq!(disk.commit(&page).await, Err(LocalError::Quota));
    assert_eq!(count_reserve(&name).await, 1);
}

#[wasm_bindgen_test]
async fn pulled_rows_go_though_there_is_no_room_for_the_mark() {
    let (_, mut disk) = fresh().await;
    disk.commit(&Batch { append: vec![(1, vec![1]), (2, vec![2])], ..Batch::default() })
        .await
        .expect("stored");
    fill_up(1);
    disk.commit(&Batch { delete_upto: Some(2), ..Batch::default() }).await.expect("deleting needs no room");
    assert_eq!(disk.load().await.expect("reads").log, []);
    disk.commit(&save(1)).await.expect("the mark is right");
}

#[wasm_bindgen_test]
async fn whatever_is_asked_of_a_closed_connection_opens_it_again() {
    let (_, mut disk) = fresh().await;
    disk.commit(&save(1)).await.expect("stored");
    disk.close_connection();
    disk.keep_draft("note:1", "half").await.expect("a draft");
    disk.close_connection();
    assert_eq!(disk.draft("note:1").await, Ok(Some("half".to_owned())));
    disk.close_connection();
    assert_eq!(disk.drafts().await, Ok(vec!["note:1".to_owned()]));
    disk.close_connection();
    assert_eq!(disk.is_current().await, Ok(true));
    disk.close_connection();
    assert_eq!(disk.load().await.expect("reads").outbox.len(), 1);
    disk.close_connection();
    disk.erase().await.expect("erased");
    assert_eq!(disk.load().await.expect("reads").outbox, []);
}

#[wasm_bindgen_test]
async fn a_row_that_does_not_read_takes_no_other_with_it() {
    let (name, mut disk) = fresh().await;
    for number in 1..=3 {
        disk.commit(&save(number)).await.expect("stored");
    }
    disk.keep_draft("note:1", "half").await.expect("stored");
    spoil(2.0);
    let found = salvage(&name).await.expect("it opens");
    spoil(-1.0);
    assert_eq!((found.outbox, found.unreadable), (vec![vec![1], vec![3]], 1));
    assert_eq!(found.drafts, [("note:1".to_owned(), "half".to_owned())]);
}

#[wasm_bindgen_test]
async fn copies_are_kept_until_they_are_dropped() {
    let rescue = Rescue::of(&format!("test:{}", identity::name()));
    assert_eq!(rescue.rows().await, []);
    assert!(rescue.keep("one", b"first").await && rescue.keep("two", b"second").await);
    assert!(rescue.keep("one", b"first again").await);
    let mut rows = rescue.rows().await;
    rows.sort();
    assert_eq!(rows, [("one".to_owned(), b"first again".to_vec()), ("two".to_owned(), b"second".to_vec())]);
    rescue.drop_row("two").await;
    assert_eq!(rescue.rows().await.len(), 1);
    rescue.clear().await;
    assert_eq!(rescue.rows().await, []);
}

async fn fresh() -> (String, Local) {
    let name = format!("test:{}", identity::name());
    let disk = Local::open(&name, "first").await.expect("a fresh database opens");
    (name, disk)
}

fn save(number: u64) -> Batch {
    Batch { strict: true, outbox_put: vec![(number, vec![number as u8])], ..Batch::default() }
}
