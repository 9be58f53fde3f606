//! The device's disk, against the browser's real IndexedDB: `wasm-pack test --headless --chrome`.

use engine::Batch;
use satchel::device::identity;
use satchel::local::{Local, LocalError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

// Listens to what the browser is asked for, without changing it.
#[wasm_bindgen(inline_js = "
const asked = [];
const original = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  const transaction = original.call(this, stores, mode, options);
  if (mode === 'readwrite') asked.push(transaction.durability);
  return transaction;
};
export function last_durability() { return asked.at(-1); }

// What a newer version of the app does when it is opened in another window; it must not have to wait.
export function upgrade(name) {
  return new Promise((done, fail) => {
    const request = indexedDB.open(name, 1_000);
    request.onblocked = () => fail(new Error('the older window holds up the newer one'));
    request.onerror = () => fail(request.error);
    request.onsuccess = () => done(request.result.close());
  });
}
")]
extern "C" {
    fn last_durability() -> String;
    async fn upgrade(name: &str);
}

#[wasm_bindgen_test]
async fn a_batch_comes_back_in_order() {
    let (name, mut disk) = fresh().await;
    let append = (0..150u64).map(|key| (key, vec![key as u8; 3])).collect();
    let batch =
        Batch { meta: Some(b"m".to_vec()), append, outbox_put: vec![(2, vec![2]), (1, vec![1])], ..strict() };
    disk.commit(&batch).await.expect("stored");
    disk.close();
    let mut disk = Local::open(&name, "second").await.expect("opens again");
    let snapshot = disk.load().await.expect("reads");
    assert_eq!(snapshot.meta, Some(b"m".to_vec()));
    assert_eq!(snapshot.log.len(), 150);
    assert!(
        snapshot
            .log
            .iter()
            .enumerate()
            .all(|(at, (key, row))| *key == at as u64 && *row == vec![at as u8; 3])
    );
    assert_eq!(snapshot.outbox, [(1, vec![1]), (2, vec![2])]);
}

#[wasm_bindgen_test]
async fn deleting_comes_before_writing() {
    let (_, mut disk) = fresh().await;
    let first =
        Batch { append: vec![(1, vec![1]), (2, vec![2])], outbox_put: vec![(1, vec![1])], ..strict() };
    disk.commit(&first).await.expect("stored");
    let second = Batch {
        append: vec![(3, vec![3])],
        delete_upto: Some(2),
        outbox_delete: vec![1],
        outbox_put: vec![(1, vec![9])],
        ..strict()
    };
    disk.commit(&second).await.expect("stored");
    let snapshot = disk.load().await.expect("reads");
    assert_eq!((snapshot.log, snapshot.outbox), (vec![(3, vec![3])], vec![(1, vec![9])]));
}

#[wasm_bindgen_test]
async fn a_window_that_is_behind_writes_nothing() {
    let (name, mut first) = fresh().await;
    let mut second = Local::open(&name, "second").await.expect("opens beside");
    let save = |number| Batch { outbox_put: vec![(number, vec![1])], meta: Some(vec![1]), ..strict() };
    first.commit(&save(1)).await.expect("the first to write");
    assert_eq!(second.is_current().await, Ok(false));
    assert_eq!(second.commit(&save(2)).await, Err(LocalError::Behind));
    assert_eq!(second.erase().await, Err(LocalError::Behind));
    assert_eq!(second.load().await.expect("reads").outbox, [(1, vec![1])]);
    second.commit(&save(2)).await.expect("it has seen the first save");
    assert_eq!(first.commit(&save(3)).await, Err(LocalError::Behind));
    // What the other window said of its commit counts as seen.
    first.saw(second.seen().clone());
    first.commit(&save(3)).await.expect("it has seen the second save");
    assert_eq!(first.load().await.expect("reads").outbox.len(), 3);
}

#[wasm_bindgen_test]
async fn erased_rows_are_not_written_again_by_a_window_that_still_has_them() {
    let (name, mut first) = fresh().await;
    first.commit(&Batch { outbox_put: vec![(1, vec![1])], ..strict() }).await.expect("stored");
    let mut second = Local::open(&name, "second").await.expect("opens beside");
    second.load().await.expect("reads");
    second.erase().await.expect("erased");
    let again = Batch { outbox_put: vec![(1, vec![1])], ..strict() };
    assert_eq!(first.commit(&again).await, Err(LocalError::Behind));
    assert_eq!(second.load().await.expect("reads").outbox, []);
}

#[wasm_bindgen_test]
async fn a_newer_version_takes_the_database_and_the_older_one_says_so() {
    let (name, mut old) = fresh().await;
    old.commit(&Batch { outbox_put: vec![(1, vec![1])], ..strict() }).await.expect("stored");
    upgrade(&name).await;
    let save = Batch { outbox_put: vec![(2, vec![2])], ..strict() };
    assert_eq!(old.commit(&save).await, Err(LocalError::Newer));
    assert_eq!(old.load().await, Err(LocalError::Newer));
    assert_eq!(Local::open(&name, "second").await.err(), Some(LocalError::Newer));
}

#[wasm_bindgen_test]
async fn a_save_asks_for_strict_durability_and_a_page_does_not() {
    let (_, mut disk) = fresh().await;
    disk.commit(&Batch { outbox_put: vec![(1, vec![1])], ..strict() }).await.expect("stored");
    assert_eq!(last_durability(), "strict");
    disk.commit(&Batch { append: vec![(1, vec![1])], ..Batch::default() }).await.expect("stored");
    assert_eq!(last_durability(), "relaxed");
}

#[wasm_bindgen_test]
async fn a_draft_stays_until_its_save() {
    let (name, disk) = fresh().await;
    disk.keep_draft("note:1", "half a sentence").await.expect("stored");
    disk.keep_draft("note:2", "gone").await.expect("stored");
    disk.keep_draft("note:2", "").await.expect("cleared");
    disk.close();
    let mut disk = Local::open(&name, "second").await.expect("opens again");
    disk.load().await.expect("reads");
    assert_eq!(disk.draft("note:1").await, Ok(Some("half a sentence".to_owned())));
    assert_eq!(disk.drafts().await, Ok(vec!["note:1".to_owned()]));
    let save = Batch { outbox_put: vec![(1, vec![1])], draft_delete: Some("note:1".to_owned()), ..strict() };
    disk.commit(&save).await.expect("stored");
    assert_eq!(disk.drafts().await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_closed_connection_is_opened_again() {
    let (name, mut disk) = fresh().await;
    // What a phone does to an app in the background.
    disk.close_connection();
    disk.commit(&Batch { outbox_put: vec![(7, vec![7])], ..strict() })
        .await
        .expect("stored after opening again");
    let mut disk = Local::open(&name, "second").await.expect("opens again");
    assert_eq!(disk.load().await.expect("reads").outbox, [(7, vec![7])]);
}

#[wasm_bindgen_test]
async fn erasing_leaves_nothing() {
    let (_, mut disk) = fresh().await;
    disk.commit(&Batch { append: vec![(1, vec![1])], outbox_put: vec![(1, vec![1])], ..strict() })
        .await
        .expect("stored");
    disk.keep_draft("note:1", "text").await.expect("stored");
    disk.erase().await.expect("erased");
    let snapshot = disk.load().await.expect("reads");
    assert_eq!((snapshot.log, snapshot.outbox, disk.drafts().await), (vec![], vec![], Ok(vec![])));
}

async fn fresh() -> (String, Local) {
    let name = format!("test:{}", identity::name());
    let disk = Local::open(&name, "first").await.expect("a fresh database opens");
    (name, disk)
}

fn strict() -> Batch {
    Batch { strict: true, ..Batch::default() }
}
