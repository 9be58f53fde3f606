//! What people do with the app: accounts, contacts, referrals, events and notes come, change and go.

use std::collections::BTreeMap;

use engine::Place;
use protocol::message::Outcome;
use protocol::{Edit, How, Kind, Op, Record, RecordId, TerritoryId};

use crate::check::Verdict;
use crate::faults::Fault;
use crate::input::Input;
use crate::world::World;

/// Field names with what the rep typed; nothing takes a value away.
pub(crate) type Typed = BTreeMap<String, Option<String>>;

impl World {
    /// The rep saves something, sometimes several things at once.
    pub(crate) fn save(&mut self, index: usize) -> Verdict {
        let Some(window) = self.looked_at(index)?.and_then(|life| self.devices[index].window(life)) else {
            return self.at_front(index, Input::Hint);
        };
        let status = window.engine.status();
        let territories: Vec<TerritoryId> =
            status.territories.into_iter().map(|(id, _)| id).chain(status.own).collect();
        let shown: Vec<Known> = window.screen.values().map(|(record, _)| Known::of(record)).collect();
        let insists = self.plan.insists;
        let needs_you = window.screen.values().filter(|(_, place)| insists && *place == Place::NeedsYou);
        let open: Vec<Known> = needs_you.map(|(record, _)| Known::of(record)).collect();
        let accounts: Vec<&Known> = shown.iter().filter(|known| known.kind == Kind::Account).collect();
        let roll = self.dice.below(100);
        let edits = if (ACTS..ACTS_END).contains(&roll) {
            self.further(index, roll, &shown)
        } else if self.strikes(Fault::DeadSave) {
            self.about_the_dead()
        } else if accounts.is_empty() || roll < 18 {
            if territories.is_empty() {
                return Ok(());
            }
            let territory = self.dice.one(&territories).clone();
            self.new_account(territory, roll.is_multiple_of(3))
        } else if roll < 45 {
            let account = (*self.dice.one(&accounts)).clone();
            vec![self.new_child(&account)]
        } else if roll < 55 {
            let account = (*self.dice.one(&accounts)).clone();
            self.visit(&account, &shown)
        } else {
            let known = self.dice.one(if open.is_empty() { &shown } else { &open }).clone();
            let delete = roll > 92;
            vec![if delete {
                edit(known.id, known.kind, Op::Delete, Typed::new())
            } else {
                self.patch(&known)
            }]
        };
        let deleted = edits.iter().filter(|edit| edit.op == Op::Delete).map(|edit| (edit.id, edit.kind));
        self.devices[index].deleted.extend(deleted);
        if edits.is_empty() { Ok(()) } else { self.save_edits(index, edits, Vec::new()) }
    }

    /// The rep looks at what needs a person: lets it be, does it anew, or asks the office.
    pub(crate) fn decide(&mut self, index: usize) -> Verdict {
        let Some(window) = self.devices[index].front() else { return Ok(()) };
        let (life, status) = (window.life, window.engine.status());
        let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
        if let Some(replaced) = status.replaced.first() {
            self.count("rep looked at what was replaced");
            let number = replaced.number;
            return self.act(index, life, Input::Seen(number));
        }
        if status.needs_you.is_empty() {
            return self.next_event();
        }
        let chosen = self.dice.one(&status.needs_you).clone();
        if !refused(&chosen.receipt.outcome) && self.dice.percent(50) {
            self.count("rep let the web's value stand");
            return self.act(index, life, Input::Seen(chosen.number));
        }
        let (edits, how) = match self.dice.below(3) {
            0 => (Vec::new(), How::Ask),
            1 => (Vec::new(), How::Done),
            _ => (chosen.edits.into_iter().map(|edit| self.fixed(edit)).collect(), How::Done),
        };
        self.count(match (how, edits.is_empty()) {
            (How::Ask, _) => "rep asked the office",
            (How::Done, true) => "rep let a save go",
            (How::Done, false) => "rep saved it anew",
        });
        self.save_edits(index, edits, vec![(chosen.number, how)])
    }

    /// The same edit without what broke a rule.
    fn fixed(&mut self, mut edit: Edit) -> Edit {
        // Of a merge that was taken back nobody types what it was merged into.
        for (name, text) in edit.set.iter_mut().filter(|(name, _)| *name != "merged_into") {
            if text.as_deref().is_none_or(|text| text.trim().is_empty()) {
                *text = Some(self.value(edit.kind, name));
            }
        }
        if edit.kind == Kind::Referral && edit.set.contains_key("stage") {
            edit.set.insert("reason".to_owned(), Some("staffing".to_owned()));
        }
        if edit.kind == Kind::Event && edit.set.contains_key("end") {
            edit.set.insert("start".to_owned(), Some("2026-11-20".to_owned()));
            edit.set.insert("end".to_owned(), Some("2026-11-20T18:00".to_owned()));
        }
        if edit.op == Op::Patch && self.dice.percent(30) {
            edit.op = Op::Restore;
        }
        edit
    }

    fn new_account(&mut self, territory: TerritoryId, with_note: bool) -> Vec<Edit> {
        let id = RecordId(self.dice.uuid());
        let mut set = typed(&[("name", &self.word()), ("city", "Reno")]);
        if self.strikes(Fault::BadSave) {
            set.insert("name".to_owned(), Some(" ".to_owned()));
        }
        let account = edit(id, Kind::Account, Op::Create(territory.clone()), set);
        let note = with_note.then(|| {
            self.new_child(&Known { id, kind: Kind::Account, territory, merged: false, account: None })
        });
        std::iter::once(account).chain(note).collect()
    }

    pub(crate) fn new_child(&mut self, account: &Known) -> Edit {
        let id = RecordId(self.dice.uuid());
        let of = account.id.0.to_string();
        let word = self.word();
        let (kind, set) = match self.dice.below(4) {
            0 => (Kind::Contact, typed(&[("name", &word), ("account", &of)])),
            1 => (Kind::Referral, typed(&[("patient", &word), ("account", &of), ("stage", "new")])),
            2 => (Kind::Event, typed(&[("subject", &word), ("account", &of), ("start", "2026-11-24")])),
            _ => (Kind::Note, typed(&[("text", &word), ("account", &of)])),
        };
        edit(id, kind, Op::Create(account.territory.clone()), set)
    }

    /// A visit done: the account is corrected, a note is written, a follow-up planned, in one save.
    fn visit(&mut self, account: &Known, shown: &[Known]) -> Vec<Edit> {
        let mut edits = vec![self.patch(account), self.new_child(account)];
        let events: Vec<&Known> = shown.iter().filter(|known| known.kind == Kind::Event).collect();
        if !events.is_empty() {
            let event = (*self.dice.one(&events)).clone();
            edits.push(self.patch(&event));
        }
        edits
    }

    fn patch(&mut self, known: &Known) -> Edit {
        let names: &[&str] = match known.kind {
            Kind::Account => &["name", "city", "phone", "owner", "owner"],
            Kind::Contact => &["name", "phone", "email"],
            Kind::Referral => &["patient", "stage", "stage"],
            Kind::Event => &["subject", "start", "end"],
            Kind::SavedView => &["name", "shows"],
            Kind::Note | Kind::Unknown => &["text"],
        };
        let mut set = Typed::new();
        for _ in 0..=self.dice.below(2) {
            let name = *self.dice.one(names);
            let word = (name == names[0] || self.dice.percent(85)).then(|| self.value(known.kind, name));
            set.insert(name.to_owned(), word);
        }
        if self.strikes(Fault::BadSave) {
            set.insert(names[0].to_owned(), None);
        }
        if self.strikes(Fault::NewerApp) {
            set.insert("zz_later".to_owned(), Some(self.word()));
        }
        edit(known.id, known.kind, Op::Patch, set)
    }

    /// A form that was open since before its record went away.
    fn about_the_dead(&mut self) -> Vec<Edit> {
        let records = self.ledger.records(self.organisation).unwrap_or_default();
        let dead: Vec<Known> = records.iter().filter(|it| it.deleted).map(Known::of).collect();
        if dead.is_empty() {
            return Vec::new();
        }
        let known = self.dice.one(&dead).clone();
        let about = known.kind == Kind::Account && self.dice.percent(50);
        let mut edit = if about { self.new_child(&known) } else { self.patch(&known) };
        if !about && self.dice.percent(50) {
            edit.op = Op::Restore;
        }
        vec![edit]
    }

    /// What is typed into this field: few values, so that people often type the same, and some that do not go together.
    fn value(&mut self, kind: Kind, name: &str) -> String {
        let number = self.dice.below(5);
        match (kind, name) {
            (_, "email") => format!("{number}@clinic.example"),
            (_, "phone") => format!("555-010{number}"),
            (Kind::Referral, "stage") => {
                ["new", "review", "scheduled", "admitted", "nonadmit"][number as usize].to_owned()
            }
            (Kind::Event, "start") => format!("2026-11-2{number}"),
            (Kind::Event, "end") => format!("2026-11-2{}T0{number}:30", number + 3),
            _ => format!("{number:x}"),
        }
    }

    /// Few words, so that people often type the same.
    pub(crate) fn word(&mut self) -> String {
        format!("{:x}", self.dice.below(5))
    }
}

/// What a rep knows of a record on the screen.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    pub(crate) territory: TerritoryId,
    /// Whether another account stands for it.
    pub(crate) merged: bool,
    /// The account it belongs to.
    pub(crate) account: Option<RecordId>,
}

impl Known {
    fn of(record: &Record) -> Self {
        let merged = record.fields.text("merged_into").is_some();
        let account = record.fields.text("account").and_then(|text| text.parse().ok()).map(RecordId);
        Self { id: record.id, kind: record.kind, territory: record.territory.clone(), merged, account }
    }
}

pub(crate) fn typed(pairs: &[(&str, &str)]) -> Typed {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect()
}

pub(crate) fn edit(id: RecordId, kind: Kind, op: Op, set: Typed) -> Edit {
    Edit { id, kind, op, base: 0, set }
}

/// Of a hundred saves, those that are acts of [`crate::acts`].
const ACTS: u64 = 76;
const ACTS_END: u64 = 93;
