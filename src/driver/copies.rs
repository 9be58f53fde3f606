//! The second copy of every unsent save, outside the database: written behind each commit, dropped once the web has
//! answered, looked for at every start.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Batch, Engine};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::channel::oneshot;
use protocol::ChangeId;
use wasm_bindgen_futures::spawn_local;

use super::{Driver, Event, disk, tell};
use crate::device::storage;
use crate::local::{self, Rescue};
use crate::store::Notice;

/// Writes copies, one after another, in the order of the commits.
pub(super) struct Copies {
    queue: UnboundedSender<Work>,
    /// Which change each number of the outbox is, of those that have a copy.
    held: BTreeMap<u64, ChangeId>,
}

enum Work {
    Keep(ChangeId, Vec<u8>),
    Drop(ChangeId),
    /// Drop all, and say when that is done.
    Clear(oneshot::Sender<()>),
}

impl Copies {
    /// The copies that belong to the databases of that name.
    pub(super) fn of(name: &str) -> Self {
        let (queue, mut work) = unbounded();
        let rescue = Rescue::of(name);
        spawn_local(async move {
            while let Some(work) = work.next().await {
                match work {
                    // A copy that cannot be written is missed only if the database is lost too.
                    Work::Keep(change, row) => drop(rescue.keep(&change.0.to_string(), &row).await),
                    Work::Drop(change) => rescue.drop_row(&change.0.to_string()).await,
                    Work::Clear(done) => {
                        rescue.clear().await;
                        let _ = done.send(());
                    }
                }
            }
        });
        Self { queue, held: BTreeMap::new() }
    }

    /// What a batch has made durable gets its copies, and what the web has answered loses them.
    pub(super) fn follow(&mut self, batch: &Batch) {
        let gone: Vec<ChangeId> =
            batch.outbox_delete.iter().filter_map(|number| self.held.remove(number)).collect();
        let mut put = BTreeSet::new();
        for (number, row) in &batch.outbox_put {
            let Some(facts) = engine::row_facts(row) else { continue };
            put.insert(facts.change);
            if facts.is_unsent {
                self.held.insert(*number, facts.change);
                self.put(Work::Keep(facts.change, row.clone()));
            } else {
                self.held.remove(number);
                self.put(Work::Drop(facts.change));
            }
        }
        gone.into_iter()
            .filter(|change| !put.contains(change))
            .for_each(|change| self.put(Work::Drop(change)));
    }

    /// Makes the copies those of the engine's unsent saves; `found` are those that are there.
    fn settle(&mut self, engine: &Engine, found: &BTreeSet<String>) {
        let mut wanted = BTreeSet::new();
        for (number, change, row) in engine.unsent_rows() {
            let key = change.0.to_string();
            self.held.insert(number, change);
            if !found.contains(&key) {
                self.put(Work::Keep(change, row));
            }
            wanted.insert(key);
        }
        for change in found.difference(&wanted).filter_map(|key| key.parse().ok()).map(ChangeId) {
            // One that this window has not heard of yet is another window's newest save.
            if engine.knows(change) {
                self.put(Work::Drop(change));
            }
        }
    }

    /// Drops every copy; nothing that was committed before comes back.
    pub(super) async fn clear(&self) {
        let (done, cleared) = oneshot::channel();
        self.put(Work::Clear(done));
        let _ = cleared.await;
    }

    fn put(&self, work: Work) {
        // The writer ends only with the page.
        drop(self.queue.unbounded_send(work));
    }
}

/// What was found outside the database that is in use.
#[derive(Default)]
pub(super) struct Found {
    /// The names of the copies.
    keys: BTreeSet<String>,
    rows: Vec<Vec<u8>>,
    /// Keys under which the directory notes that an older database was looked through.
    looked: Vec<String>,
}

impl Driver {
    /// Looks through the copies, and through older databases, without holding up the start.
    pub(super) async fn look_elsewhere(&self, name: String, generation: u32) {
        let (events, since) = (self.events.clone(), self.life);
        let older = disk::older(&name, generation, self.directory.as_ref()).await;
        spawn_local(async move {
            let mut found = Found::default();
            for generation in older {
                if let Some(old) = local::salvage(&disk::name_of(&name, generation)).await {
                    found.rows.extend(old.outbox);
                    found.looked.push(disk::looked_key(&name, generation));
                }
            }
            for (key, row) in Rescue::of(&name).rows().await {
                found.keys.insert(key);
                found.rows.push(row);
            }
            tell(&events, Event::Found(since, found));
        });
    }

    /// What there is outside the database: a save that it does not know is taken in.
    pub(super) async fn on_found(&mut self, since: u64, found: Found) {
        if self.at_work().is_none_or(|open| open.since != since) {
            return;
        }
        if self.is_missing(&found.rows) {
            // What seems to be missing may have been committed by another window a moment ago.
            self.lead().await;
            let mut missing = 0;
            self.act(|engine, now| {
                let (step, taken) = engine.take_in(&found.rows, now);
                missing = taken.saves;
                step
            })
            .await;
            if missing > 0 {
                self.store.set_notice(Some(Notice::Rescued(missing)));
            }
        }
        let Some(open) = self.at_work() else { return };
        open.copies.settle(&open.engine, &found.keys);
        for key in found.looked {
            if let Some(directory) = &self.directory {
                // Looked through once more at the next start, should this not be written.
                drop(directory.keep_draft(&key, "1").await);
            }
        }
    }

    fn is_missing(&self, rows: &[Vec<u8>]) -> bool {
        let Some(open) = &self.open else { return false };
        let unsent = rows.iter().filter_map(|row| engine::row_facts(row)).filter(|facts| facts.is_unsent);
        unsent.into_iter().any(|facts| !open.engine.knows(facts.change))
    }
}

/// Leaves a mark outside all databases: this user has data here, and so many saves are unsent.
pub(super) fn leave_mark(user: &str, engine: &Engine) {
    let unsent = engine.unsent();
    if storage::mark(user) != Some(unsent) {
        storage::leave_mark(user, unsent);
    }
}
