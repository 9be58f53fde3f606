//! The network between phones and server, and the server's door: what is lost, late, doubled, cut or refused before the
//! ledger sees it.

use engine::{LinkError, Outgoing, Reply, Request};
use protocol::limits::REQUEST_MS_MAX;
use protocol::message::{Outcome, PushRequest, Receipt};
use protocol::{Change, ChangeId, DeviceId, Edit, Op, TerritoryId};
use server::ledger::LedgerError;

use crate::check::Verdict;
use crate::device::Link;
use crate::faults::Fault;
use crate::input::Input;
use crate::planted::Planted;
use crate::windows::Told;
use crate::world::{BUSY_MS_MAX, World};

/// Something under way.
pub struct Message {
    pub(crate) at: i64,
    pub(crate) device: usize,
    /// The window it is from or for.
    pub(crate) life: u64,
    pub(crate) token: u64,
    pub(crate) body: Body,
}

/// What is under way.
#[allow(clippy::large_enum_variant, reason = "a world has a dozen messages at a time")]
pub enum Body {
    /// A request, with whose session the browser sent it.
    Request(Request, Option<usize>),
    /// What the window will make of it.
    Answer(Result<Reply, LinkError>),
    /// What another window of the same device says.
    Told(Told),
}

impl World {
    /// A window sends.
    pub(crate) fn send(&mut self, device: usize, life: u64, outgoing: Outgoing) {
        let Outgoing { token, mut request } = outgoing;
        self.saboteur.on_request(&mut request, &mut self.dice);
        if let Some(batch) = self.saboteur.forgets(&request) {
            self.devices[device].disk.commit(&batch, false);
        }
        let phone = &mut self.phones[self.devices[device].phone];
        if phone.link_until < self.now && !self.healing {
            phone.link = Link::Fine;
        }
        let (link, session) = (phone.link, phone.session);
        let at = self.now + self.delay();
        let message = |at, life, body| Message { at, device, life, token, body };
        let no_answer = || Body::Answer(Err(LinkError::NoAnswer));
        if matches!(link, Link::Offline | Link::Portal) {
            self.count(if link == Link::Portal { "portal answered" } else { "no connection" });
            self.wire.push(message(at, life, no_answer()));
            return;
        }
        if self.strikes(Fault::RequestLost) {
            let body = self.saboteur.forge(&request).map_or_else(no_answer, |reply| Body::Answer(Ok(reply)));
            self.wire.push(message(self.now + i64::from(REQUEST_MS_MAX), life, body));
            return;
        }
        if self.strikes(Fault::RequestTwice) {
            // The second copy's answer goes nowhere: it is of no life.
            let again = self.now + self.delay();
            self.wire.push(message(again, 0, Body::Request(request.clone(), session)));
        }
        self.wire.push(message(at, life, Body::Request(request, session)));
    }

    fn delay(&mut self) -> i64 {
        let slow = self.strikes(Fault::Slow);
        if slow { self.dice.below(90_000) as i64 } else { self.dice.below(400) as i64 }
    }

    /// A message arrives.
    pub(crate) fn deliver(&mut self, message: Message) -> Verdict {
        let Message { device, life, token, body, .. } = message;
        match body {
            Body::Request(request, session) => {
                let answer = self.serve(device, request, session)?;
                self.answer(device, life, token, answer);
                Ok(())
            }
            Body::Told(told) => self.on_told(device, told),
            Body::Answer(answer) => {
                let now = self.now;
                match self.devices[device].window(life) {
                    None => Ok(()),
                    Some(window) if window.frozen => {
                        // It waits in the browser until the window is let go on.
                        let body = Body::Answer(answer);
                        self.wire.push(Message { at: now + 120_000, device, life, token, body });
                        Ok(())
                    }
                    Some(_) => {
                        let fresh = self.fresh();
                        self.act(device, life, Input::Reply(token, answer, fresh))
                    }
                }
            }
        }
    }

    fn answer(&mut self, device: usize, life: u64, token: u64, answer: Result<Reply, LinkError>) {
        let at = self.now + self.delay();
        let too_late = self.now + i64::from(REQUEST_MS_MAX);
        let half_open = self.phones[self.devices[device].phone].link == Link::HalfOpen;
        let message = |at, token, answer| Message { at, device, life, token, body: Body::Answer(answer) };
        if half_open || self.strikes(Fault::AnswerLost) {
            self.wire.push(message(too_late, token, Err(LinkError::NoAnswer)));
            return;
        }
        if self.strikes(Fault::AnswerCut) {
            // What is left does not parse, or does not carry the mark.
            self.wire.push(message(at, token, Err(LinkError::NoAnswer)));
            return;
        }
        if self.strikes(Fault::AnswerLate) {
            self.wire.push(message(too_late, token, Err(LinkError::NoAnswer)));
            self.wire.push(message(too_late + 900, token, answer));
            return;
        }
        if self.strikes(Fault::AnswerTwice)
            && let Ok(reply) = &answer
        {
            // Half of them come under the next request's token: a page twice must be as good as once.
            let token = token + self.dice.below(2);
            self.wire.push(message(at + 600, token, Ok(reply.clone())));
        }
        self.wire.push(message(at, token, answer));
    }

    /// The server's door: who asks, and whether the server can answer at all.
    fn serve(
        &mut self,
        device: usize,
        request: Request,
        session: Option<usize>,
    ) -> Result<Result<Reply, LinkError>, String> {
        if self.strikes(Fault::Busy) {
            let wait = self.dice.percent(50).then(|| self.dice.below(BUSY_MS_MAX as u64) as i64);
            return Ok(Err(LinkError::Busy(wait)));
        }
        if self.strikes(Fault::Failed) {
            return Ok(Err(LinkError::Failed));
        }
        let owner = self.devices[device].user;
        // A session of somebody else is none for this window.
        let any = self.saboteur.is(Planted::SessionOfAnotherUser);
        let session = if self.healing { Some(owner) } else { session.filter(|user| any || *user == owner) };
        let now = self.now;
        let said = |error: LedgerError| match error {
            LedgerError::OtherDevice => Ok(Err(LinkError::Denied)),
            error => Err(format!("P24: the ledger failed: {error:?}")),
        };
        let Some(user) = session.map(|user| self.users[user].0) else {
            self.count("answered: sign in first");
            return match request {
                Request::Pulse => self.ledger.pulse(None, now).map(|it| Ok(Reply::Pulse(it))).or_else(said),
                Request::Push(_) | Request::Pull(_) => Ok(Err(LinkError::SignedOut)),
            };
        };
        match request {
            Request::Push(push) => self.serve_push(user, push),
            Request::Pull(mut pull) => {
                self.count("pull");
                pull.limit = if self.dice.percent(30) { 0 } else { 1 + self.dice.below(5) as usize };
                let mut reply = match self.ledger.pull(user, &pull, now) {
                    Ok(reply) => reply,
                    Err(error) => return said(error),
                };
                self.tell(|| {
                    let feeds = reply.feeds.iter().map(|it| {
                        let records: Vec<_> = it.records.iter().map(|it| (it.id.0, it.version)).collect();
                        format!("{} to {}: {records:?} left {:?}", it.territory, it.cursor, it.left)
                    });
                    let feeds: Vec<String> = feeds.collect();
                    format!("  server: page, {} remain; {}", reply.remaining, feeds.join("; "))
                });
                self.judge.on_decided(&reply.decided);
                let windows = self.devices[device].windows.iter();
                let base =
                    windows.filter(|window| window.leads).take(1).flat_map(|window| window.engine.base());
                self.saboteur.on_pull(&mut reply, base, &mut self.dice);
                let wire = serde_json::to_vec(&reply).expect("a reply is JSON");
                Ok(Ok(Reply::Pull(reply, wire)))
            }
            Request::Pulse => self.ledger.pulse(Some(user), now).map(|it| Ok(Reply::Pulse(it))).or_else(said),
        }
    }

    fn serve_push(
        &mut self,
        user: uuid::Uuid,
        mut push: PushRequest,
    ) -> Result<Result<Reply, LinkError>, String> {
        let poisoned = push.changes.iter().any(|change| self.fails_on(change.id));
        if poisoned && !(push.suspect && push.changes.len() == 1) {
            self.count(Fault::Poison.name());
            return Ok(Err(LinkError::Failed));
        }
        let crowded = push.changes.len() > 1 && self.strikes(Fault::TooLarge);
        if crowded {
            return Ok(Err(LinkError::TooLarge));
        }
        self.count("push");
        self.saboteur.on_push(&mut push);
        let before = self.saboteur.is(Planted::ServerForgets).then(|| crate::spare::copy(&self.ledger));
        let mut edits = push.changes.iter().flat_map(|change| &change.edits);
        let anywhere = self.saboteur.is(Planted::DeletedAnywhere) && edits.all(|edit| edit.op == Op::Delete);
        let lent = if anywhere { self.lend_all(user) } else { Vec::new() };
        let taken = if poisoned {
            self.count("change set aside unread");
            self.ledger.set_aside(user, &push, self.now)
        } else {
            self.ledger.push(user, &push, self.now)
        };
        for territory in lent {
            self.ledger.unassign(user, &territory, self.now).map_err(|error| format!("{error:?}"))?;
        }
        let mut reply = match taken {
            Ok(reply) => reply,
            Err(LedgerError::OtherDevice) => return Ok(Err(LinkError::Denied)),
            Err(error) => return Err(format!("P24: the ledger failed: {error:?}")),
        };
        if let Some(problem) = reply.problem {
            self.count(if problem == protocol::message::PushProblem::Forked {
                "answered: two devices, one image"
            } else {
                "answered: the server lives anew"
            });
        }
        for receipt in &reply.receipts {
            self.count(outcome_name(&receipt.outcome));
            self.tell(|| {
                let Receipt { change, outcome, at, clashes, .. } = receipt;
                format!("  server: {} {outcome:?} {at:?} {clashes:?}", change.0)
            });
        }
        if let Some(before) = before.filter(|_| self.dice.percent(5)) {
            self.ledger.spoil();
            self.ledger.become_copy_of(&before).map_err(|error| format!("{error:?}"))?;
        }
        self.saboteur.cuts_answer(&mut reply);
        self.judge.on_pushed(&mut self.ledger, self.organisation, &push, &reply)?;
        let late = self.judge.take_late();
        (0..late.taken).for_each(|_| self.count("visit taken late"));
        late.refused.into_iter().try_for_each(|note| self.is_unwelcome(user, note))?;
        self.saboteur.on_receipts(&mut reply);
        if reply.receipts.iter().any(|receipt| matches!(receipt.outcome, Outcome::Refused(_))) {
            self.look_at_refused()?;
        }
        Ok(Ok(Reply::Push(reply)))
    }
}

impl World {
    /// P22: of a visit that was refused because its account is out of reach, the note alone is refused as well.
    fn is_unwelcome(&mut self, user: uuid::Uuid, note: Edit) -> Verdict {
        self.count("visit refused as too late");
        let name = note.id.0;
        let change = Change::new(ChangeId(name), 1, self.now, vec![note]);
        let push = PushRequest::new(DeviceId(name), 0, vec![change]);
        let reply = crate::spare::copy(&self.ledger).push(user, &push, self.now);
        let reply = reply.map_err(|error| format!("P24: the ledger failed: {error:?}"))?;
        let refused = |receipt: &Receipt| matches!(receipt.outcome, Outcome::Refused(_));
        if reply.receipts.iter().all(refused) {
            return Ok(());
        }
        Err(format!("P22: a visit was refused, of which the note {name} alone is welcome"))
    }

    /// Gives the user every territory, for a planted bug; answers those that are new to him.
    fn lend_all(&mut self, user: uuid::Uuid) -> Vec<TerritoryId> {
        let at = self.users.iter().position(|(id, _)| *id == user).expect("a user of this world");
        let (judge, all) = (&self.judge, &self.territories);
        let lent: Vec<TerritoryId> = all.iter().filter(|it| !judge.is_member(at, it)).cloned().collect();
        for territory in &lent {
            self.ledger.assign(user, territory).expect("a known territory");
        }
        lent
    }

    /// Whether the server fails on this change: once it has answered one, it does not look into it again, whatever
    /// comes with it.
    pub(crate) fn fails_on(&mut self, change: ChangeId) -> bool {
        self.poison.contains(&change) && self.ledger.answered(self.organisation, change) != Ok(true)
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    use protocol::message::Refusal;
    match outcome {
        Outcome::Accepted => "receipt: accepted",
        Outcome::Merged => "receipt: merged",
        Outcome::Conflicted => "receipt: set aside in part",
        Outcome::Refused(Refusal::Invalid(_)) => "receipt: refused, breaks a rule",
        Outcome::Refused(Refusal::Denied) => "receipt: refused, not in the territories",
        Outcome::Refused(Refusal::Gone) => "receipt: refused, deleted",
        Outcome::Refused(Refusal::Held) => "receipt: held",
        Outcome::Refused(Refusal::Failed) => "receipt: refused, the server fails on it",
    }
}
