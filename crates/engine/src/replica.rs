//! The base: what was last pulled, and the pages of a pull that is not complete yet.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use protocol::digest::Digest;
use protocol::limits::PULL_RECORDS_MAX;
use protocol::message::{Diverged, FeedPage, PullReply};
use protocol::{Record, RecordId, TerritoryId};

/// The device's copy of its territories at one moment of the server's.
#[derive(Debug, Default)]
pub(crate) struct Replica {
    base: BTreeMap<RecordId, Rc<Record>>,
    feeds: BTreeMap<TerritoryId, Feed>,
    staged: Vec<PullReply>,
    /// Territories of which pages are in the log, though their pull may never have been published.
    logged: BTreeSet<TerritoryId>,
    /// Feeds that this pull reads from the start.
    restarted: BTreeSet<TerritoryId>,
    /// Whether any pull was ever published.
    pulled: bool,
    /// The life of the server that the base was read in.
    epoch: u64,
    /// Whether the server has begun another life since.
    outlived: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Feed {
    name: String,
    own: bool,
    cursor: u64,
    digest: Digest,
}

/// What a published pull made different.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) new: Vec<RecordId>,
    pub(crate) changed: Vec<RecordId>,
    pub(crate) gone: Vec<RecordId>,
    /// Whether the user has lost sight of records, so that no byte of them may stay on this device.
    pub(crate) lost: bool,
}

/// A complete pull, checked against the server's digests and ready to become the base.
#[derive(Debug)]
pub(crate) struct Cut {
    after: BTreeMap<RecordId, Option<Rc<Record>>>,
    feeds: BTreeMap<TerritoryId, Feed>,
    lost: bool,
}

impl Replica {
    pub(crate) fn record(&self, id: RecordId) -> Option<&Rc<Record>> {
        self.base.get(&id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.base.keys().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.base.len()
    }

    /// The territories that others may have too.
    pub(crate) fn territories(&self) -> impl Iterator<Item = (&TerritoryId, &str)> {
        self.feeds.iter().filter(|(_, feed)| !feed.own).map(|(id, feed)| (id, &*feed.name))
    }

    /// The territory that only this user has.
    pub(crate) fn own(&self) -> Option<&TerritoryId> {
        self.feeds.iter().find(|(_, feed)| feed.own).map(|(id, _)| id)
    }

    /// How far the shown data reads each feed.
    pub(crate) fn cursors(&self) -> BTreeMap<TerritoryId, u64> {
        self.feeds.iter().map(|(id, feed)| (id.clone(), feed.cursor)).collect()
    }

    /// How far the shown data reads a feed; `None` for a territory that is not held.
    pub(crate) fn cursor(&self, territory: &TerritoryId) -> Option<u64> {
        self.feeds.get(territory).map(|feed| feed.cursor)
    }

    /// Whether the base shows what the server had written when it gave this number out. A territory that a pull has
    /// taken away has nothing more to show; numbers of another life of the server say nothing.
    pub(crate) fn covers(&self, territory: &TerritoryId, at: u64) -> bool {
        match self.feeds.get(territory) {
            Some(feed) => feed.cursor >= at && !self.outlived,
            None => self.pulled,
        }
    }

    /// The server's life number as it is now: the base may have been read in another.
    pub(crate) const fn meet_epoch(&mut self, epoch: u64) {
        self.outlived = self.epoch != epoch;
    }

    /// Where the next page continues: after the staged pages if there are any.
    pub(crate) fn next_cursors(&self) -> BTreeMap<TerritoryId, u64> {
        match self.staged.last() {
            Some(page) => page.feeds.iter().map(|feed| (feed.territory.clone(), feed.cursor)).collect(),
            None => self.held_cursors(),
        }
    }

    fn held_cursors(&self) -> BTreeMap<TerritoryId, u64> {
        let kept = self.feeds.iter().filter(|(territory, _)| !self.restarted.contains(*territory));
        kept.map(|(territory, feed)| (territory.clone(), feed.cursor)).collect()
    }

    pub(crate) fn has_staged(&self) -> bool {
        !self.staged.is_empty()
    }

    pub(crate) fn staged_records(&self) -> u64 {
        self.staged.iter().map(|page| page.feeds.iter().map(entries).sum::<u64>()).sum()
    }

    pub(crate) fn staged_epoch(&self) -> Option<u64> {
        self.staged.first().map(|page| page.epoch)
    }

    pub(crate) fn restarted(&self) -> Vec<TerritoryId> {
        self.restarted.iter().cloned().collect()
    }

    /// Reads these feeds from the start at the next pull, beside the old data.
    pub(crate) fn restart(&mut self, territories: impl IntoIterator<Item = TerritoryId>) {
        self.staged.clear();
        self.restarted.extend(territories);
    }

    pub(crate) fn restart_all(&mut self) {
        self.restart(self.feeds.keys().cloned().collect::<Vec<_>>());
    }

    /// The leading window reads these feeds from the start; with `all`, the disk says that every one must be.
    pub(crate) fn set_restarted(&mut self, territories: Vec<TerritoryId>, all: bool) {
        let held = self.feeds.keys().filter(|_| all).cloned();
        self.restarted = held.chain(territories).collect();
    }

    pub(crate) fn discard(&mut self) {
        self.staged.clear();
    }

    pub(crate) fn stage(&mut self, page: PullReply) {
        self.logged.extend(page.feeds.iter().map(|feed| feed.territory.clone()));
        self.staged.push(page);
    }

    /// Whether the staged pages say nothing that the base does not hold.
    pub(crate) fn staged_is_empty(&self) -> bool {
        let held: Vec<_> = self.feeds.iter().map(|(id, feed)| (id, &feed.name, feed.cursor)).collect();
        self.restarted.is_empty()
            && self.staged.iter().all(|page| {
                let said: Vec<_> =
                    page.feeds.iter().map(|feed| (&feed.territory, &feed.name, feed.cursor)).collect();
                page.feeds.iter().all(|feed| entries(feed) == 0) && said == held
            })
    }

    /// Looks at the staged pages as a whole.
    ///
    /// # Errors
    /// The territories whose digest is not the server's, and what they add up to here: they must be read again from
    /// the start.
    pub(crate) fn cut(&self) -> Result<Cut, Vec<Diverged>> {
        let cut = self.fold(&self.restarted.iter().collect());
        let last = self.staged.last().map_or(&[][..], |page| &page.feeds);
        let differs = |said: &FeedPage| {
            let Feed { cursor, digest, .. } = cut.feeds[&said.territory];
            let same = said.live == digest.live && u64::from_str_radix(&said.digest, 16) == Ok(digest.sum);
            let (territory, live) = (said.territory.clone(), digest.live);
            (!same).then(|| Diverged { territory, cursor, live, digest: format!("{:x}", digest.sum) })
        };
        let wrong: Vec<Diverged> = last.iter().filter_map(differs).collect();
        if wrong.is_empty() { Ok(cut) } else { Err(wrong) }
    }

    /// Makes a checked cut the base: one act, after which nothing is staged.
    pub(crate) fn publish(&mut self, cut: Cut) -> Published {
        let mut published = Published { lost: cut.lost, ..Published::default() };
        for (id, record) in cut.after {
            match record {
                Some(record) => match self.base.insert(id, Rc::clone(&record)) {
                    None => published.new.push(id),
                    Some(old) if old != record => published.changed.push(id),
                    Some(_) => {}
                },
                None => {
                    if self.base.remove(&id).is_some() {
                        published.gone.push(id);
                    }
                }
            }
        }
        self.feeds = cut.feeds;
        self.logged = self.feeds.keys().cloned().collect();
        self.pulled = true;
        (self.epoch, self.outlived) = (self.staged_epoch().unwrap_or(self.epoch), false);
        self.staged.clear();
        self.restarted.clear();
        published
    }

    /// What the log says: the staged pages became the base, these feeds having been read from the start.
    pub(crate) fn replay_cut(&mut self, restarted: &[TerritoryId]) -> Published {
        let cut = self.fold(&restarted.iter().collect());
        self.publish(cut)
    }

    fn fold(&self, restarted: &BTreeSet<&TerritoryId>) -> Cut {
        let mut after: BTreeMap<RecordId, Option<Rc<Record>>> = BTreeMap::new();
        let mut feeds: BTreeMap<TerritoryId, Feed> = BTreeMap::new();
        for feed in self.staged.last().map_or(&[][..], |page| &page.feeds) {
            let held = self.feeds.get(&feed.territory).filter(|_| !restarted.contains(&feed.territory));
            let digest = held.map(|held| held.digest).unwrap_or_default();
            feeds.insert(
                feed.territory.clone(),
                Feed { name: feed.name.clone(), own: feed.own, cursor: feed.cursor, digest },
            );
        }
        let held: BTreeSet<TerritoryId> = feeds.keys().cloned().collect();
        let kept = |territory: &TerritoryId| held.contains(territory) && !restarted.contains(territory);
        let mut lost = !self.logged.is_subset(&held);
        if self.feeds.keys().any(|territory| !kept(territory)) {
            let dropped = self.base.values().filter(|record| !kept(&record.territory));
            after.extend(dropped.map(|record| (record.id, None)));
        }
        for feed in self.staged.iter().flat_map(|page| &page.feeds) {
            for id in &feed.left {
                let now = after.get(id).map_or_else(|| self.base.get(id), Option::as_ref);
                if now.is_some_and(|record| record.territory == feed.territory) {
                    after.insert(*id, None);
                    lost = true;
                }
            }
            for record in &feed.records {
                let lives = !record.deleted && held.contains(&record.territory);
                after.insert(record.id, lives.then(|| Rc::new(record.clone())));
            }
        }
        for (id, record) in &after {
            if let Some(old) = self.base.get(id).filter(|old| kept(&old.territory)) {
                let feed = feeds.get_mut(&old.territory).expect("a kept territory is in feeds");
                feed.digest.remove(*id, old.version);
            }
            if let Some(new) = record {
                let feed = feeds.get_mut(&new.territory).expect("a living record's territory is in feeds");
                feed.digest.add(*id, new.version);
            }
        }
        Cut { after, feeds, lost }
    }

    /// The base as pages, to write the log afresh.
    pub(crate) fn pages(&self) -> Vec<PullReply> {
        let mut lists: BTreeMap<&TerritoryId, Vec<Record>> =
            self.feeds.keys().map(|id| (id, Vec::new())).collect();
        for record in self.base.values() {
            lists
                .get_mut(&record.territory)
                .expect("the base holds records of held territories")
                .push((**record).clone());
        }
        let page = |feeds: Vec<FeedPage>| PullReply::new(self.epoch, 0, feeds, 0);
        let bare = || self.feeds.iter().map(|(id, feed)| feed.page(id, Vec::new())).collect::<Vec<_>>();
        let mut pages = vec![page(bare())];
        for (id, list) in lists {
            for chunk in list.chunks(PULL_RECORDS_MAX) {
                let mut feeds = bare();
                let at = feeds.iter().position(|feed| feed.territory == *id).expect("bare lists every feed");
                feeds[at].records = chunk.to_vec();
                pages.push(page(feeds));
            }
        }
        pages
    }
}

impl Feed {
    fn page(&self, territory: &TerritoryId, records: Vec<Record>) -> FeedPage {
        FeedPage {
            territory: territory.clone(),
            name: self.name.clone(),
            own: self.own,
            cursor: self.cursor,
            live: self.digest.live,
            digest: format!("{:x}", self.digest.sum),
            records,
            left: Vec::new(),
        }
    }
}

fn entries(feed: &FeedPage) -> u64 {
    (feed.records.len() + feed.left.len()) as u64
}
