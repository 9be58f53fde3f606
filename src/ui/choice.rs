//! The ways out for a save that needs the rep, and what each of them saves. Plain data; it draws nothing.

use std::fmt::Display;

use engine::NeedsYou;
use protocol::message::{Outcome, Receipt, Refusal};
use protocol::{Edit, How, Kind, Op, RecordId, TerritoryId};

use crate::store::{Draft, DraftEdit};

/// A way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The rep's value stands in place of the other's.
    KeepMine,
    /// The other's value stands.
    KeepTheirs,
    /// Neither: the record is opened for a third.
    WriteNew,
    /// The record is deleted though somebody changed it meanwhile.
    DeleteAnyway,
    /// The record stays.
    KeepIt,
    /// The save is opened, to be corrected.
    Correct,
    /// The same once more.
    TryAgain,
    /// The deleted record comes back, with the save laid over it.
    BringBack,
    /// The office is asked to accept it.
    Ask,
    /// The words go to the rep's own feed.
    PrivateNote,
    /// The save never was.
    Undo,
}

/// What pressing the button of a choice does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Saves this.
    Save(Draft),
    /// Nothing is to be saved; the rep has seen it.
    Seen,
    /// A page leads on.
    Go(String),
}

/// Whether the rep has something to decide about it. Otherwise it waits: for the office, or for an earlier save.
pub(crate) fn is_for_rep(save: &NeedsYou) -> bool {
    !save.asked && save.receipt.outcome != Outcome::Refused(Refusal::Held)
}

/// Whether its receipt tells every value that it set, so that nothing of it would be told twice.
pub(crate) fn is_told_by_receipt(save: &NeedsYou) -> bool {
    let parked = |id: RecordId, field: &str| {
        let clashes = &save.receipt.clashes;
        clashes.iter().any(|clash| clash.parked && clash.record == id && clash.field == field)
    };
    save.edits.iter().all(|edit| edit.set.keys().all(|field| parked(edit.id, field)))
}

/// The ways out for a save, the likeliest first.
pub(crate) fn choices(save: &NeedsYou) -> Vec<Choice> {
    match &save.receipt.outcome {
        _ if save.asked => {
            let correct = Some(Choice::Correct).filter(|_| is_invalid(save) && to_mend(save).is_some());
            correct.into_iter().chain([Choice::PrivateNote, Choice::Undo]).collect()
        }
        Outcome::Conflicted if is_deletion(&save.receipt) => vec![Choice::KeepIt, Choice::DeleteAnyway],
        Outcome::Conflicted => {
            let third = to_mend(save).map(|_| Choice::WriteNew);
            [Choice::KeepMine, Choice::KeepTheirs].into_iter().chain(third).collect()
        }
        Outcome::Refused(Refusal::Invalid(_)) if to_mend(save).is_some() => {
            vec![Choice::Correct, Choice::Ask, Choice::PrivateNote, Choice::Undo]
        }
        Outcome::Refused(Refusal::Invalid(_) | Refusal::Failed) => {
            vec![Choice::TryAgain, Choice::PrivateNote, Choice::Undo]
        }
        Outcome::Refused(Refusal::Denied) => vec![Choice::Ask, Choice::PrivateNote, Choice::Undo],
        Outcome::Refused(Refusal::Gone) => vec![Choice::BringBack, Choice::PrivateNote, Choice::Undo],
        Outcome::Refused(Refusal::Held) => vec![Choice::Undo],
        Outcome::Accepted | Outcome::Merged => Vec::new(),
    }
}

/// What a choice does. `words` are all that the save said, `own` is the rep's own feed; without it (before the first
/// pull) there is no private note.
pub(crate) fn act(choice: Choice, save: &NeedsYou, own: Option<&TerritoryId>, words: &str) -> Option<Act> {
    // What was typed to correct it goes with the decision.
    let decide = |edits, how| {
        Act::Save(Draft {
            edits,
            settles: vec![(save.number, how)],
            key: Some(draft_key(save.receipt.change.0)),
        })
    };
    let done = |edits| decide(edits, How::Done);
    Some(match choice {
        Choice::KeepMine => done(mine(save)),
        Choice::KeepTheirs | Choice::KeepIt => Act::Seen,
        Choice::DeleteAnyway => done(save.edits.iter().map(again).collect()),
        Choice::Correct | Choice::WriteNew => Act::Go(format!("/more/outbox/{}", save.receipt.change.0)),
        Choice::TryAgain => done(save.edits.iter().map(again).collect()),
        Choice::BringBack => done(save.edits.iter().flat_map(brought_back).collect()),
        Choice::Ask => decide(Vec::new(), How::Ask),
        Choice::PrivateNote => {
            let set = [("text".to_owned(), Some(words.to_owned()))].into();
            done(vec![DraftEdit::create(Kind::Note, own?.clone(), set)])
        }
        Choice::Undo => done(Vec::new()),
    })
}

/// What the form holds that stands in the place of a save: a refused one as it was, if it is about one record; of a
/// conflict the rep's values that were set aside.
pub(crate) fn to_mend(save: &NeedsYou) -> Option<DraftEdit> {
    let mut edits = match save.receipt.outcome {
        Outcome::Conflicted if is_deletion(&save.receipt) => return None,
        Outcome::Conflicted => mine(save),
        _ => save.edits.iter().map(again).collect(),
    };
    edits.pop().filter(|_| edits.is_empty())
}

/// Whether what waits for the rep is that a record be deleted.
pub(crate) fn is_deletion(receipt: &Receipt) -> bool {
    receipt.clashes.iter().any(|clash| clash.parked && clash.field == "deleted")
}

fn is_invalid(save: &NeedsYou) -> bool {
    matches!(save.receipt.outcome, Outcome::Refused(Refusal::Invalid(_)))
}

/// Under which key the form that corrects a save keeps its text.
pub(crate) fn draft_key(save: impl Display) -> String {
    format!("mend:{save}")
}

/// The same edit once more.
pub(crate) fn again(edit: &Edit) -> DraftEdit {
    let Edit { id, kind, op, set, .. } = edit.clone();
    DraftEdit::to(id, kind, op, set)
}

/// The rep's values of the fields that were set aside.
fn mine(save: &NeedsYou) -> Vec<DraftEdit> {
    let mut edits: Vec<DraftEdit> = Vec::new();
    for clash in save.receipt.clashes.iter().filter(|clash| clash.parked) {
        let value = (clash.field.clone(), clash.mine.clone());
        match edits.iter_mut().find(|edit| edit.record == Some(clash.record)) {
            Some(edit) => edit.set.extend([value]),
            None => {
                let kind = save.edits.iter().find(|edit| edit.id == clash.record).map(|edit| edit.kind);
                let kind = kind.unwrap_or(Kind::Account);
                edits.push(DraftEdit::to(clash.record, kind, Op::Patch, [value].into()));
            }
        }
    }
    edits
}

/// The record and the account it belongs to are there again, and then the edit.
fn brought_back(edit: &Edit) -> Vec<DraftEdit> {
    let account = edit.set.get("account").cloned().flatten().and_then(|text| text.parse().ok()).map(RecordId);
    let mut edits = Vec::new();
    if let Some(account) = account {
        edits.push(DraftEdit::to(account, Kind::Account, Op::Restore, Default::default()));
    }
    let mut last = again(edit);
    if last.op == Op::Patch {
        last.op = Op::Restore;
    }
    edits.push(last);
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ChangeId;
    use protocol::merge::Clash;
    use uuid::Uuid;

    fn save(outcome: Outcome, op: Op, clashes: Vec<Clash>) -> NeedsYou {
        let set = [("owner".to_owned(), Some("Ben".to_owned()))].into();
        let edit = Edit { id: RecordId(Uuid::from_u128(1)), kind: Kind::Account, op, base: 3, set };
        let change = ChangeId(Uuid::nil());
        let receipt = Receipt { number: 4, change, outcome, at: Default::default(), clashes };
        NeedsYou { number: 4, made_at: 0, edits: vec![edit], receipt, asked: false }
    }

    fn clash(field: &str) -> Clash {
        Clash {
            record: RecordId(Uuid::from_u128(1)),
            field: field.to_owned(),
            theirs: Some("Ana".to_owned()),
            by: "Ana".to_owned(),
            version: 5,
            mine: Some("Ben".to_owned()),
            parked: true,
        }
    }

    #[test]
    fn every_outcome_that_needs_the_rep_has_a_way_out_and_each_way_leads_somewhere_and_leaves_no_draft() {
        let refusals = [
            Refusal::Invalid("x".to_owned()),
            Refusal::Denied,
            Refusal::Gone,
            Refusal::Held,
            Refusal::Failed,
        ];
        let mut saves: Vec<_> =
            refusals.map(|refusal| save(Outcome::Refused(refusal), Op::Patch, vec![])).into();
        saves.push(save(Outcome::Conflicted, Op::Patch, vec![clash("owner")]));
        saves.push(save(Outcome::Conflicted, Op::Delete, vec![clash("deleted")]));
        let own = TerritoryId::new("own-1");
        for save in saves {
            let ways = choices(&save);
            assert!(!ways.is_empty(), "{:?}", save.receipt.outcome);
            for way in ways {
                let act = act(way, &save, Some(&own), "words").unwrap_or_else(|| panic!("{way:?}"));
                if let Act::Save(draft) = act {
                    assert_eq!(
                        draft.key.as_deref(),
                        Some("mend:00000000-0000-0000-0000-000000000000"),
                        "{way:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn keeping_mine_sets_only_what_was_set_aside() {
        let save = save(Outcome::Conflicted, Op::Patch, vec![clash("owner")]);
        let Some(Act::Save(draft)) = act(Choice::KeepMine, &save, None, "") else { panic!("it saves") };
        assert_eq!(draft.settles, [(4, How::Done)]);
        assert_eq!((draft.edits.len(), &draft.edits[0].op), (1, &Op::Patch));
        assert_eq!(draft.edits[0].set, [("owner".to_owned(), Some("Ben".to_owned()))].into());
    }

    /// Of whatever kind, and whatever else the save held.
    #[test]
    fn a_third_value_is_written_in_the_form_of_the_record_that_the_conflict_is_about() {
        let mut save = save(Outcome::Conflicted, Op::Patch, vec![clash("stage")]);
        let other = Edit { id: RecordId(Uuid::from_u128(2)), kind: Kind::Note, ..save.edits[0].clone() };
        save.edits[0].kind = Kind::Referral;
        save.edits.insert(0, other);
        let edit = to_mend(&save).expect("one record");
        let set = [("stage".to_owned(), Some("Ben".to_owned()))].into();
        assert_eq!(
            (edit.record, edit.kind, edit.set),
            (Some(RecordId(Uuid::from_u128(1))), Kind::Referral, set)
        );
        let Some(Act::Go(href)) = act(Choice::WriteNew, &save, None, "") else { panic!("it leads on") };
        assert_eq!(href, "/more/outbox/00000000-0000-0000-0000-000000000000");
        save.receipt.clashes.push(Clash { record: RecordId(Uuid::from_u128(2)), ..clash("owner") });
        assert!(!choices(&save).contains(&Choice::WriteNew), "two records have two forms");
    }

    /// The office may have no other answer than the server's rules.
    #[test]
    fn what_breaks_a_rule_can_be_corrected_also_while_the_office_is_asked() {
        let mut save = save(Outcome::Refused(Refusal::Invalid("x".to_owned())), Op::Patch, vec![]);
        save.asked = true;
        assert_eq!(choices(&save)[0], Choice::Correct);
        save.receipt.outcome = Outcome::Refused(Refusal::Denied);
        assert!(!choices(&save).contains(&Choice::Correct));
    }

    #[test]
    fn bringing_a_note_back_brings_its_account_back_first() {
        let mut save = save(Outcome::Refused(Refusal::Gone), Op::Create(TerritoryId::new("north")), vec![]);
        save.edits[0].kind = Kind::Note;
        save.edits[0].set.insert("account".to_owned(), Some(Uuid::from_u128(9).to_string()));
        let Some(Act::Save(draft)) = act(Choice::BringBack, &save, None, "") else { panic!("it saves") };
        let ops: Vec<_> = draft.edits.iter().map(|edit| edit.op.clone()).collect();
        assert_eq!(ops, [Op::Restore, Op::Create(TerritoryId::new("north"))]);
        assert_eq!(draft.edits[0].record, Some(RecordId(Uuid::from_u128(9))));
    }
}
