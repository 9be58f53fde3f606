//! What people do with the app: accounts, contacts, referrals, events and notes come, change and go.

use std::collections::BTreeMap;

use protocol::{Edit, Kind, Op, Record, RecordId, TerritoryId};

use crate::check::Verdict;
use crate::faults::Fault;
use crate::input::Input;
use crate::world::World;

/// Field names with what the rep typed; nothing takes a value away.
type Typed = BTreeMap<String, Option<String>>;

impl World {
    /// The rep saves something, sometimes several things at once.
    pub(crate) fn save(&mut self, index: usize) -> Verdict {
        let Some(window) = self.devices[index].front() else { return self.at_front(index, Input::Hint) };
        let territories: Vec<TerritoryId> =
            window.engine.status().territories.into_iter().map(|(id, _)| id).collect();
        let shown: Vec<Known> = window.screen.values().map(|(record, _)| Known::of(record)).collect();
        let accounts: Vec<&Known> = shown.iter().filter(|known| known.kind == Kind::Account).collect();
        let roll = self.dice.below(100);
        let edits = if self.strikes(Fault::DeadSave) {
            self.about_the_dead()
        } else if accounts.is_empty() || roll < 18 {
            if territories.is_empty() {
                return Ok(());
            }
            let territory = self.dice.one(&territories).clone();
            self.new_account(territory, roll % 3 == 0)
        } else if roll < 45 {
            let account = (*self.dice.one(&accounts)).clone();
            vec![self.new_child(&account)]
        } else if roll < 55 {
            let account = (*self.dice.one(&accounts)).clone();
            self.visit(&account, &shown)
        } else {
            let known = self.dice.one(&shown).clone();
            let delete = roll > 92;
            vec![if delete { edit(known.id, known.kind, Op::Delete, Typed::new()) } else { self.patch(&known) }]
        };
        if edits.is_empty() { Ok(()) } else { self.save_edits(index, edits) }
    }

    fn new_account(&mut self, territory: TerritoryId, with_note: bool) -> Vec<Edit> {
        let id = RecordId(self.dice.uuid());
        let mut set = typed(&[("name", &self.word()), ("city", "Reno")]);
        if self.strikes(Fault::BadSave) {
            set.insert("name".to_owned(), Some(" ".to_owned()));
        }
        let account = edit(id, Kind::Account, Op::Create(territory.clone()), set);
        let note = with_note.then(|| self.new_child(&Known { id, kind: Kind::Account, territory }));
        std::iter::once(account).chain(note).collect()
    }

    fn new_child(&mut self, account: &Known) -> Edit {
        let id = RecordId(self.dice.uuid());
        let of = account.id.0.to_string();
        let word = self.word();
        let (kind, set) = match self.dice.below(4) {
            0 => (Kind::Contact, typed(&[("name", &word), ("account", &of)])),
            1 => (Kind::Referral, typed(&[("patient", &word), ("account", &of), ("stage", "new")])),
            2 => (Kind::Event, typed(&[("subject", &word), ("account", &of), ("start", "2026-11-25")])),
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
            Kind::Note | Kind::Unknown => &["text"],
        };
        let mut set = Typed::new();
        for _ in 0..=self.dice.below(2) {
            let name = *self.dice.one(names);
            let word = (name == names[0] || self.dice.percent(85)).then(|| self.word());
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
        vec![if about { self.new_child(&known) } else { self.patch(&known) }]
    }

    /// Few words, so that people often type the same.
    fn word(&mut self) -> String {
        format!("{:x}", self.dice.below(5))
    }
}

/// What a rep knows of a record on the screen.
#[derive(Clone)]
struct Known {
    id: RecordId,
    kind: Kind,
    territory: TerritoryId,
}

impl Known {
    fn of(record: &Record) -> Self {
        Self { id: record.id, kind: record.kind, territory: record.territory.clone() }
    }
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect()
}

fn edit(id: RecordId, kind: Kind, op: Op, set: Typed) -> Edit {
    Edit { id, kind, op, base: 0, set }
}
