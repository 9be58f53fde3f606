//! What people do with several records at once: visits done, records filed elsewhere, accounts merged, deletions taken
//! back, referrals refused.

use protocol::schema::{AT, SKIP, WITH};
use protocol::{Edit, Kind, Op, RecordId};
use server::ledger::own_territory;

use crate::faults::Fault;
use crate::rep::{Known, Typed, edit, typed};
use crate::world::World;

impl World {
    /// One of these acts, with what is on the screen; nothing where there is nothing to do it with.
    pub(crate) fn further(&mut self, index: usize, roll: u64, shown: &[Known]) -> Vec<Edit> {
        match roll % 17 {
            0..=3 => self.visit_done(shown),
            4 => self.begin(index),
            5..=6 => self.file_elsewhere(index, shown),
            7 => self.file_no_more(index, shown),
            8..=10 => self.merge_or_part(shown),
            11..=13 => self.bring_back(index),
            14 => self.link(shown),
            _ => self.decide_referral(shown),
        }
    }

    /// The event is done, the note speaks of it, what it promises becomes an event, and what was promised before is
    /// kept: mostly all of one account.
    fn visit_done(&mut self, shown: &[Known]) -> Vec<Edit> {
        let Some(account) = self.one_of(shown, Kind::Account) else { return Vec::new() };
        let of = account.id.0.to_string();
        let of_it: Vec<Known> = shown.iter().filter(|it| it.account == Some(account.id)).cloned().collect();
        let about = if of_it.is_empty() && self.dice.percent(30) { shown } else { &of_it };
        let planned = self.one_of(about, Kind::Event);
        let kept = self.one_of(&of_it, Kind::Event).filter(|_| self.dice.percent(30));
        let kept = kept.filter(|kept| planned.as_ref().is_none_or(|planned| planned.id != kept.id));
        let (note, promise) = (RecordId(self.dice.uuid()), RecordId(self.dice.uuid()));
        let done = [("status", "done"), ("outcome", "saw")];
        let (event, first) = match planned {
            Some(known) => (known.id, edit(known.id, Kind::Event, Op::Patch, typed(&done))),
            None => {
                let id = RecordId(self.dice.uuid());
                let set =
                    [("subject", "Visit"), ("account", &of), ("status", "done"), ("start", "2026-11-24")];
                (id, edit(id, Kind::Event, Op::Create(account.territory.clone()), typed(&set)))
            }
        };
        let (about, follows, word) = (event.0.to_string(), note.0.to_string(), self.word());
        let create = Op::Create(account.territory);
        let said = [
            ("text", &*word),
            ("account", &of),
            ("event", &about),
            ("outcome", "saw"),
            ("due", "2026-11-27"),
        ];
        let promised = [
            ("subject", &*word),
            ("type", "Follow-up"),
            ("account", &of),
            ("start", "2026-11-27"),
            ("follows", &follows),
        ];
        self.count("rep noted a visit, with what follows");
        let kept = kept.map(|kept| edit(kept.id, Kind::Event, Op::Patch, typed(&done[..1])));
        let made = [
            first,
            edit(note, Kind::Note, create.clone(), typed(&said)),
            edit(promise, Kind::Event, create, typed(&promised)),
        ];
        made.into_iter().chain(kept).collect()
    }

    /// A note about nobody yet, and what it promises.
    fn begin(&mut self, index: usize) -> Vec<Edit> {
        let own = Op::Create(own_territory(self.users[self.devices[index].user].0));
        let [note, promise] = [RecordId(self.dice.uuid()), RecordId(self.dice.uuid())];
        let (follows, word) = (note.0.to_string(), self.word());
        self.count("rep began a note without an account");
        vec![
            edit(note, Kind::Note, own.clone(), typed(&[("text", &word)])),
            edit(promise, Kind::Event, own, typed(&[("subject", &word), ("follows", &follows)])),
        ]
    }

    /// What was filed last on this device is taken away from there, or anything from its account.
    fn file_no_more(&mut self, index: usize, shown: &[Known]) -> Vec<Edit> {
        let filed = self.devices[index].filed.pop();
        let any = |world: &mut Self| world.one_of(shown, Kind::Note).map(|it| (it.id, it.kind));
        let Some((id, kind)) = filed.or_else(|| any(self)) else { return Vec::new() };
        self.count("rep took a record away from its account");
        vec![edit(id, kind, Op::Patch, Typed::from([("account".to_owned(), None)]))]
    }

    /// One or two records get another account, mostly one in another territory.
    fn file_elsewhere(&mut self, index: usize, shown: &[Known]) -> Vec<Edit> {
        let Some(account) = self.one_of(shown, Kind::Account) else { return Vec::new() };
        let elsewhere = |known: &&Known| known.kind != Kind::Account && known.territory != account.territory;
        let mut movable: Vec<&Known> = shown.iter().filter(elsewhere).collect();
        if movable.is_empty() {
            movable = shown.iter().filter(|known| known.kind != Kind::Account).collect();
        }
        if movable.is_empty() {
            return Vec::new();
        }
        self.count("rep filed a record at another account");
        let of = account.id.0.to_string();
        let at = self.dice.below(movable.len() as u64) as usize;
        let count = 1 + self.dice.below(2) as usize;
        let moved = movable.iter().cycle().skip(at).take(count.min(movable.len()));
        self.devices[index].filed.extend(moved.clone().map(|known| (known.id, known.kind)));
        moved.map(|known| edit(known.id, known.kind, Op::Patch, typed(&[("account", &of)]))).collect()
    }

    /// Two accounts are found to be one, or one that was merged is parted again.
    fn merge_or_part(&mut self, shown: &[Known]) -> Vec<Edit> {
        let accounts: Vec<&Known> = shown.iter().filter(|known| known.kind == Kind::Account).collect();
        let merged: Vec<&Known> = accounts.iter().copied().filter(|known| known.merged).collect();
        if !merged.is_empty() && self.dice.percent(40) {
            self.count("rep took a merge back");
            let id = self.dice.one(&merged).id;
            return vec![edit(id, Kind::Account, Op::Patch, Typed::from([("merged_into".to_owned(), None)]))];
        }
        if accounts.len() < 2 {
            return Vec::new();
        }
        let at = self.dice.below(accounts.len() as u64) as usize;
        let (loser, winner) = (accounts[at].clone(), accounts[(at + 1) % accounts.len()].clone());
        let (into, word) = (winner.id.0.to_string(), self.word());
        let mut edits = vec![
            edit(loser.id, Kind::Account, Op::Patch, typed(&[("merged_into", &into)])),
            edit(winner.id, Kind::Account, Op::Patch, typed(&[("phone", &word)])),
        ];
        // Somebody still writes about the one that is merged.
        if self.dice.percent(30) {
            edits.push(self.new_child(&loser));
        }
        self.count("rep merged two accounts");
        edits
    }

    /// What the rep deleted last on this device comes back, whether or not the web knows of the deletion.
    fn bring_back(&mut self, index: usize) -> Vec<Edit> {
        let Some((id, kind)) = self.devices[index].deleted.pop() else { return Vec::new() };
        self.count("rep took a deletion back");
        vec![edit(id, kind, Op::Restore, Typed::new())]
    }

    /// A contact is seen at a second account, somebody takes part in an event, a series leaves out a day; or no more.
    fn link(&mut self, shown: &[Known]) -> Vec<Edit> {
        let there = self.dice.percent(70);
        let (record, name, word) = match self.dice.below(3) {
            0 => (
                self.one_of(shown, Kind::Contact),
                self.one_of(shown, Kind::Account).map(|it| (AT, it)),
                "Nurse",
            ),
            1 => (
                self.one_of(shown, Kind::Event),
                self.one_of(shown, Kind::Contact).map(|it| (WITH, it)),
                "yes",
            ),
            _ => {
                let Some(event) = self.one_of(shown, Kind::Event) else { return Vec::new() };
                let name = format!("{SKIP}2026-11-2{}", self.dice.below(5));
                let set = Typed::from([(name, there.then(|| "yes".to_owned()))]);
                return vec![edit(event.id, Kind::Event, Op::Patch, set)];
            }
        };
        let (Some(record), Some((prefix, linked))) = (record, name) else { return Vec::new() };
        self.count("rep linked two records");
        let set = Typed::from([(format!("{prefix}{}", linked.id.0), there.then(|| word.to_owned()))]);
        vec![edit(record.id, record.kind, Op::Patch, set)]
    }

    /// A referral is accepted or refused; a refusal has its reason, but for a form that forgot to ask.
    fn decide_referral(&mut self, shown: &[Known]) -> Vec<Edit> {
        let Some(referral) = self.one_of(shown, Kind::Referral) else { return Vec::new() };
        let mut set = match self.dice.below(3) {
            0 => typed(&[("stage", "admitted"), ("decision", "accepted")]),
            1 => typed(&[("stage", "nonadmit"), ("reason", "chose_other")]),
            _ => typed(&[("decision", "declined"), ("reason", "staffing"), ("decided", "2026-11-25")]),
        };
        if self.strikes(Fault::BadSave) {
            set.insert("reason".to_owned(), None);
        }
        self.count("rep decided about a referral");
        vec![edit(referral.id, Kind::Referral, Op::Patch, set)]
    }

    fn one_of(&mut self, shown: &[Known], kind: Kind) -> Option<Known> {
        let of_kind: Vec<&Known> = shown.iter().filter(|known| known.kind == kind).collect();
        (!of_kind.is_empty()).then(|| (*self.dice.one(&of_kind)).clone())
    }
}
