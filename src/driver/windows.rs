//! This window among the others of the browser. One leads: it talks to the server, and tells the others what it
//! commits and knows; they follow, and show the same. Whoever acts takes the lead without asking, since the one that
//! has it may be frozen. Nothing here is needed for two windows never to mix what they write: the disk sees to that.

use engine::{Batch, Engine, Live, News};
use futures::channel::mpsc::UnboundedSender;
use uuid::Uuid;

use super::said::{self, Foreign, Keys, Said, Told};
use super::{Driver, Event, tell};
use crate::device::tabs::Queue;
use crate::device::{clock, online};
use crate::store::Trouble;

/// This window's place among those that show the same user's records.
pub(super) struct Place {
    /// The life of the driver in which the place was taken.
    since: u64,
    queue: Option<Queue>,
    pub(super) leads: bool,
    /// Whether it has asked if a window leads, and heard nothing yet.
    asked: bool,
    /// What the others were told last of what is not on disk: what is live, and whether this window is in front.
    told: Option<(Live, bool)>,
}

impl Place {
    /// Stands in line to lead.
    pub(super) fn take(name: &str, since: u64, events: &UnboundedSender<Event>) -> Self {
        let (won, lost) = (events.clone(), events.clone());
        let won = move || tell(&won, Event::Won(since));
        let lost = move || tell(&lost, Event::Lost(since));
        let queue = Some(Queue::join(name, won, lost));
        Self { since, queue, leads: false, asked: false, told: None }
    }

    /// Leaves the line for good.
    pub(super) fn leave(&mut self) {
        self.queue = None;
        self.leads = false;
    }

    fn has_lock(&self) -> bool {
        self.queue.as_ref().is_some_and(Queue::has_lock)
    }
}

impl Driver {
    /// Whether this window talks to the server.
    pub(super) fn leads(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.place.leads)
    }

    /// Takes the lead, because the rep acts here: from now on the engine has seen every commit, and may send.
    pub(super) async fn lead(&mut self) {
        if self.leads() || self.at_work().is_none() {
            return;
        }
        self.begin_to_lead();
        let Some(open) = self.at_work() else { return };
        if !open.local.is_current().await.unwrap_or(false) {
            self.catch_up(false).await;
        }
    }

    /// Takes the lead with an engine that has just been read from disk.
    pub(super) fn begin_to_lead(&mut self) {
        let Some(open) = self.at_work() else { return };
        open.place.leads = true;
        open.place.asked = false;
        open.place.told = None;
        if let Some(queue) = &open.place.queue {
            queue.take();
        }
        open.engine.lead(clock::now());
        self.life += 1;
    }

    async fn take_over(&mut self) {
        self.lead().await;
        self.act(Engine::on_hint).await;
    }

    fn follow(&mut self) {
        let Some(open) = &mut self.open else { return };
        open.place.leads = false;
        self.life += 1;
        self.ask(false);
    }

    /// The browser gave the lock to this window, or took it away.
    pub(super) async fn on_turn(&mut self, since: u64, won: bool) {
        let leads = match &self.open {
            Some(open) if open.place.since == since && !open.newer => open.place.leads,
            _ => return,
        };
        match (won, leads) {
            (true, false) => self.take_over().await,
            (false, true) => self.follow(),
            _ => {}
        }
    }

    /// Another window committed what this one had not seen. If it has the lead by now, this one follows. A pull that
    /// was under way goes on, also if the page that could not be committed was its last.
    pub(super) async fn on_behind(&mut self, was_pulling: bool) {
        self.catch_up(was_pulling).await;
        if self.at_work().is_some_and(|open| !open.place.has_lock()) {
            self.follow();
        }
    }

    /// This window came to the front, or has a connection again: what it missed is read, and a push or a pulse tried,
    /// by this window or by the one that leads.
    pub(super) async fn look_around(&mut self) {
        let Some(open) = self.at_work() else { return };
        if open.local.is_current().await == Ok(false) {
            self.on_behind(false).await;
        }
        if self.leads() { self.act(Engine::on_hint).await } else { self.ask(true) }
    }

    /// Asks whether a window leads. One that is frozen does not answer, and then this one will.
    pub(super) fn ask(&mut self, hint: bool) {
        let Some(open) = self.at_work() else { return };
        open.place.asked = true;
        let user = open.who.user;
        self.say(&Said::Ask { user, hint });
        self.wake_in(ANSWER_MS);
    }

    /// Nothing was heard for a while. A window that nobody sees can wait until it is seen.
    pub(super) async fn on_silence(&mut self) {
        if !online::is_visible() {
            return;
        }
        match self.at_work().map(|open| open.place.asked) {
            Some(true) => self.take_over().await,
            Some(false) => self.ask(false),
            None => {}
        }
    }

    /// Tells the other windows what was committed, what the rep should hear, and what else is new since last time.
    pub(super) fn tell_others(&mut self, batch: Option<&Batch>, news: Option<News>) {
        let Some(open) = &mut self.open else { return };
        let visible = online::is_visible();
        let live = open.place.leads.then(|| open.engine.live());
        let now = live.clone().map(|live| (live, visible));
        if batch.is_none() && news.is_none() && now == open.place.told {
            return;
        }
        open.place.told = now;
        let (user, mark) = (open.who.user, open.local.seen().clone());
        let keys = batch.and_then(Keys::of);
        let rows = batch.filter(|_| keys.is_some()).into_iter().flat_map(said::rows);
        let told = Told { user, mark, batch: keys, live, visible, news };
        self.channel.say(&Said::Told(Box::new(told)).write(), rows);
    }

    pub(super) fn say(&self, said: &Said) {
        self.channel.say(&said.write(), std::iter::empty());
    }

    /// Another window said something.
    pub(super) async fn on_heard(&mut self, text: &str, rows: Vec<Vec<u8>>) {
        match Said::read(text) {
            Ok(Said::Who) => self.on_who().await,
            Ok(Said::Ask { user, hint }) => self.on_asked(user, hint).await,
            Ok(Said::Told(told)) => self.on_told(*told, rows).await,
            Err(Foreign::Newer) => self.give_up(Trouble::Newer),
            Err(Foreign::Other) => {}
        }
    }

    async fn on_asked(&mut self, user: Uuid, hint: bool) {
        let Some(open) = self.at_work().filter(|open| open.place.leads && open.who.user == user) else {
            return;
        };
        open.place.told = None;
        if hint {
            self.act(Engine::on_hint).await;
        }
        self.tell_others(None, None);
    }

    async fn on_told(&mut self, told: Told, rows: Vec<Vec<u8>>) {
        let Some(open) = self.at_work().filter(|open| open.who.user == told.user) else { return };
        let before = open.local.seen().number;
        let mut shown = Vec::new();
        if told.mark.number > before {
            let batch =
                told.batch.filter(|_| told.mark.number == before + 1).and_then(|keys| keys.with(rows));
            match batch.map(|batch| open.engine.on_batch(&batch)) {
                Some(Ok(differing)) => {
                    shown = differing;
                    open.local.saw(told.mark);
                }
                Some(Err(_)) | None => self.catch_up(false).await,
            }
        }
        // Without locks, whoever hears another one lead follows. With them, it is an old leader's last word.
        if told.live.is_some()
            && self.at_work().is_some_and(|open| open.place.leads && !open.place.has_lock())
        {
            self.follow();
        }
        if self.leads() {
            self.show(&shown, None);
            return self.act(Engine::on_wake).await;
        }
        let Some(open) = self.at_work() else { return };
        let Some(live) = told.live else { return self.show(&shown, None) };
        open.engine.on_live(live);
        open.place.asked = false;
        self.show(&shown, told.news);
        self.wake_in(QUIET_MS);
        // What nobody looks at may be frozen at any time, and its clocks are slow.
        if !told.visible && online::is_visible() {
            self.take_over().await;
        }
    }
}

/// How long a window that follows goes without a word before it asks whether any leads. Milliseconds.
const QUIET_MS: i64 = 10_000;
/// How long a window that leads may take to answer; one that is merely busy loses nothing by losing the lead.
const ANSWER_MS: i64 = 2_000;
