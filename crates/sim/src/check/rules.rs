//! What a record must be, and what may be refused, said once more and in other words than protocol and ledger do.

use std::collections::BTreeMap;

use protocol::{Edit, Fields, Kind, Op, Record, RecordId};

/// Whether a record holds together.
pub(super) fn holds(kind: Kind, fields: &Fields) -> bool {
    let is = |name: &str, word: &str| fields.text(name).is_some_and(|text| text == word);
    let has = |name: &str| fields.text(name).is_some();
    match kind {
        Kind::Referral => !is("stage", "nonadmit") && !is("decision", "declined") || has("reason"),
        Kind::Event => !has("end") || has("start") && fields.text("start") <= fields.text("end"),
        _ => true,
    }
}

/// Whether a rule may speak against this edit: an empty first field, a shape that is none, another account, or a field
/// that must go with others.
pub(super) fn may_be_refused(edit: &Edit) -> bool {
    let text = |name: &str| edit.set.get(name).map(|text| text.as_deref().unwrap_or_default());
    let first = match edit.kind {
        Kind::Account | Kind::Contact | Kind::SavedView => "name",
        Kind::Referral => "patient",
        Kind::Event => "subject",
        Kind::Note => "text",
        Kind::Unknown => return true,
    };
    let made = matches!(edit.op, Op::Create(_));
    let nameless = text(first).map_or(made, |text| text.trim().is_empty());
    let shapeless = |(name, text): (&String, &Option<String>)| {
        let text = text.as_deref().unwrap_or_default();
        let days = || text.len() == 10 && text.chars().filter(|c| *c == '-').count() == 2;
        !text.is_empty()
            && match name.as_str() {
                "email" => !text.contains('@'),
                "until" | "series_day" | "due" | "referred" | "decided" => !days(),
                "patient" => text.len() > 4,
                _ => false,
            }
    };
    let together = ["start", "end", "stage", "decision", "reason", "account"];
    nameless || edit.set.iter().any(shapeless) || together.into_iter().any(|name| edit.set.contains_key(name))
}

/// The account that a record belongs to, as it says itself.
pub(super) fn account_of(record: &Record) -> Option<RecordId> {
    let of_account = !matches!(record.kind, Kind::Account | Kind::SavedView | Kind::Unknown);
    let text = record.fields.text("account").filter(|_| of_account && !record.deleted)?;
    text.parse().ok().map(RecordId)
}

/// P12: what belongs to an account that is there is where the account is.
///
/// # Errors
/// Names the record.
pub(super) fn is_at_home(record: &Record, account: &Record) -> super::Verdict {
    let there = account.kind == Kind::Account && !account.deleted;
    if there && account.territory != record.territory {
        let (id, own, its) = (record.id.0, &record.territory, &account.territory);
        return Err(format!("P12: {id} is in {own}, its account in {its}"));
    }
    Ok(())
}

/// P12 of all records.
///
/// # Errors
/// Names the first that is elsewhere.
pub(super) fn all_are_at_home(records: &[Record]) -> super::Verdict {
    let by_id: BTreeMap<RecordId, &Record> = records.iter().map(|record| (record.id, record)).collect();
    for record in records {
        if let Some(account) = account_of(record).and_then(|account| by_id.get(&account)) {
            is_at_home(record, account)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_torn_does_not_hold() {
        let holds = |kind, pairs: &[(&str, &str)]| holds(kind, &pairs.iter().copied().collect());
        assert!(!holds(Kind::Referral, &[("stage", "nonadmit")]));
        assert!(!holds(Kind::Referral, &[("decision", "declined"), ("stage", "new")]));
        assert!(holds(Kind::Referral, &[("stage", "nonadmit"), ("reason", "staffing")]));
        assert!(!holds(Kind::Event, &[("end", "2026-11-25")]));
        assert!(!holds(Kind::Event, &[("start", "2026-11-26"), ("end", "2026-11-25")]));
        assert!(holds(Kind::Event, &[("start", "2026-11-25"), ("end", "2026-11-25T10:00")]));
        assert!(holds(Kind::Account, &[("stage", "nonadmit")]));
    }
}
