//! What a page of a pull does: it is staged until the last one is here, and then becomes the base at once.

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::message::PullReply;
use protocol::{DeviceId, Record, RecordId};

use crate::disk;
use crate::engine::{Engine, Pull};
use crate::replica::Published;
use crate::step::{LinkError, News, Step};

impl Engine {
    pub(crate) fn on_pull(
        &mut self,
        step: &mut Step,
        mut reply: PullReply,
        wire: Vec<u8>,
        fresh: DeviceId,
        now: i64,
    ) {
        let renamed = self.meet_epoch(step, reply.epoch, fresh);
        let stale = self.replica.staged_epoch().is_some_and(|epoch| epoch != reply.epoch);
        if renamed || stale {
            // The page answered cursors of another life; ask again from the start.
            self.discard(step);
            return;
        }
        if !self.pull.wanted {
            return;
        }
        if self.is_forgotten(reply.last_number) {
            self.begin_anew(step, fresh);
            if std::mem::replace(&mut self.pull.healed, true) {
                self.fail_pull(step, LinkError::Failed);
            }
            return;
        }
        self.pull.failures = 0;
        let (remaining, server_now) = (reply.remaining, reply.now);
        let decided = std::mem::take(&mut reply.decided);
        self.on_decided(step, decided, server_now);
        self.replica.stage(reply);
        self.pull.total = self.pull.total.max(self.replica.staged_records().saturating_add(remaining));
        if remaining > 0 {
            self.append(step, disk::page_row(wire));
            return;
        }
        if self.replica.staged_is_empty() && !self.log.is_empty() {
            self.replica.discard();
            self.finish_pull(step, &Published::default(), &OnScreen::new(), now, server_now);
            return;
        }
        match self.replica.cut() {
            Ok(cut) => {
                self.append(step, disk::page_row(wire));
                let restarted = self.replica.restarted();
                self.append(step, disk::cut_row(&restarted));
                let before = self.on_screen();
                let published = self.replica.publish(cut);
                self.finish_pull(step, &published, &before, now, server_now);
            }
            Err(wrong) => {
                self.discard(step);
                self.replica.restart(wrong.iter().map(|diverged| diverged.territory.clone()));
                self.diverged = wrong;
                if std::mem::replace(&mut self.pull.healed, true) {
                    self.fail_pull(step, LinkError::Failed);
                }
            }
        }
    }

    /// The records that this device's saves lie over, as they are shown.
    fn on_screen(&self) -> OnScreen {
        let shown = |id| (id, self.outbox.lay_over(id, &self.replica).0);
        self.outbox.touched().map(shown).collect()
    }

    /// What of these records is news to the rep: what comes back of the device's own saves was on the screen before.
    fn count_news(&self, published: &Published, before: &OnScreen) -> News {
        let says = |record: &Option<Rc<Record>>| record.as_ref().map(|record| record.fields.clone());
        let is_news = |id: &&RecordId| {
            before.get(id).is_none_or(|was| says(was) != says(&self.outbox.lay_over(**id, &self.replica).0))
        };
        let count = |ids: &[RecordId]| ids.iter().filter(is_news).count();
        let Published { new, changed, gone, .. } = published;
        News::Pulled { new: count(new), changed: count(changed), gone: count(gone) }
    }

    fn finish_pull(
        &mut self,
        step: &mut Step,
        published: &Published,
        before: &OnScreen,
        now: i64,
        server_now: i64,
    ) {
        self.log.add_garbage(published.changed.len() + published.gone.len());
        self.pull = Pull::default();
        self.meta.pulled_at = Some(now);
        self.meta.reread = false;
        let (mut touched, rows) = self.outbox.on_published(&self.replica);
        touched.extend(published.new.iter().chain(&published.changed).chain(&published.gone));
        let pruned = self.outbox.prune(&self.replica, server_now);
        if let Some(last) = pruned.last() {
            self.meta.next_number = self.meta.next_number.max(last + 1);
        }
        self.heads = self.replica.cursors();
        step.news = Some(self.count_news(published, before));
        step.shown.extend(self.shown(touched));
        let batch = step.commit.get_or_insert_default();
        // Strict, and with it all pages before: what was shown once is never older after the battery ran out.
        batch.strict = !batch.append.is_empty();
        batch.outbox_put.retain(|(number, _)| !rows.iter().any(|(again, _)| again == number));
        batch.outbox_put.extend(rows);
        batch.outbox_delete.extend(pruned);
        batch.meta = Some(disk::encode(&self.meta));
        if published.lost || self.log.is_wasteful(self.replica.len()) {
            self.compact(step);
        }
    }
}

/// Records as they are shown; none where nothing is.
type OnScreen = BTreeMap<RecordId, Option<Rc<Record>>>;
