//! What a rep saves: accounts, notes about them, and changes to both, every value one that nobody else writes, so that
//! the judge can tell each save from every other.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::Save;
use protocol::{ChangeId, Edit, Kind, Op, Record, RecordId, TerritoryId};

use crate::dice::Dice;

/// A rep, and the accounts made since the app was started.
#[derive(Debug)]
pub(crate) struct Rep {
    made: Vec<(RecordId, TerritoryId)>,
    saves: usize,
    saves_max: usize,
}

impl Rep {
    /// One who saves so often at most.
    pub(crate) const fn new(saves_max: usize) -> Self {
        Self { made: Vec::new(), saves: 0, saves_max }
    }

    /// The next save; none before the first pull has said which territories there are, or when it is enough.
    pub(crate) fn save(
        &mut self,
        id: ChangeId,
        territories: &[(TerritoryId, String)],
        base: &[Rc<Record>],
        dice: &mut Dice,
    ) -> Option<Save> {
        if territories.is_empty() || self.saves >= self.saves_max {
            return None;
        }
        self.saves += 1;
        let (territory, _) = dice.one(territories).clone();
        let text = id.0.to_string();
        let edits = match dice.below(10) {
            0..2 => vec![self.account(territory, &text, dice)],
            2 => {
                let account = self.account(territory.clone(), &text, dice);
                let note = note(account.id, territory, &text, dice);
                vec![account, note]
            }
            3..6 => {
                let (account, territory) = self.some_account(base, dice)?;
                vec![note(account, territory, &text, dice)]
            }
            6 => {
                let (account, territory) = self.some_account(base, dice)?;
                vec![note(account, territory, &text, dice), patched(account, Kind::Account, "phone", &text)]
            }
            7 => {
                let notes: Vec<_> = base.iter().filter(|record| record.kind == Kind::Note).collect();
                if notes.is_empty() {
                    return None;
                }
                vec![patched(dice.one(&notes).id, Kind::Note, "text", &text)]
            }
            _ => {
                let (account, _) = self.some_account(base, dice)?;
                let field = *dice.one(&["phone", "address", "city", "county"]);
                vec![patched(account, Kind::Account, field, &text)]
            }
        };
        Some(Save { id, edits, settles: Vec::new(), draft: None })
    }

    fn account(&mut self, territory: TerritoryId, text: &str, dice: &mut Dice) -> Edit {
        let id = RecordId(dice.uuid());
        self.made.push((id, territory.clone()));
        let set = [("name", format!("Account {text}")), ("city", "Montpelier".to_owned())];
        created(id, Kind::Account, territory, set)
    }

    /// One of the web, or one that may still be in the outbox.
    fn some_account(&self, base: &[Rc<Record>], dice: &mut Dice) -> Option<(RecordId, TerritoryId)> {
        let base = base.iter().filter(|record| record.kind == Kind::Account);
        let mut known: Vec<_> = base.map(|record| (record.id, record.territory.clone())).collect();
        known.extend(self.made.iter().rev().take(10).cloned());
        if known.is_empty() { None } else { Some(dice.one(&known).clone()) }
    }
}

/// A note, now and then a long one, so that a push takes more than one piece on the wire.
fn note(account: RecordId, territory: TerritoryId, text: &str, dice: &mut Dice) -> Edit {
    let words = if dice.percent(8) { 400 } else { 4 };
    let text = format!("{text} {}", "and so on ".repeat(words));
    created(
        RecordId(dice.uuid()),
        Kind::Note,
        territory,
        [("account", account.0.to_string()), ("text", text)],
    )
}

fn created<const N: usize>(
    id: RecordId,
    kind: Kind,
    territory: TerritoryId,
    set: [(&str, String); N],
) -> Edit {
    let set: BTreeMap<_, _> = set.into_iter().map(|(name, text)| (name.to_owned(), Some(text))).collect();
    Edit { id, kind, op: Op::Create(territory), base: 0, set }
}

fn patched(id: RecordId, kind: Kind, field: &str, text: &str) -> Edit {
    let set = BTreeMap::from([(field.to_owned(), Some(text.to_owned()))]);
    Edit { id, kind, op: Op::Patch, base: 0, set }
}
