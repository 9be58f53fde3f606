//! Laying an edit over a record: the same pure function on the server, where it decides, and on the device, where it
//! shows the rep's own save at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::{Class, class};
use crate::{DeviceId, Edit, Fields, RecordId};

/// A value that lost: replaced by this change, or set aside by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clash {
    /// The record.
    pub record: RecordId,
    /// The field.
    pub field: String,
    /// What the web held.
    pub theirs: Option<String>,
    /// Who wrote `theirs`, by the name that colleagues see.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The version that holds `theirs`: whoever decides for `mine` has seen as much.
    #[serde(default)]
    pub version: u64,
    /// What the rep saved.
    pub mine: Option<String>,
    /// True when `theirs` still stands and `mine` waits for a person; false when `mine` replaced `theirs`.
    pub parked: bool,
}

/// Who set each field last, and in which version. A field not named was last set at version 1.
pub type FieldVersions = BTreeMap<String, SetBy>;

/// The version that last set a field, and who set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetBy {
    /// The record's version.
    pub version: u64,
    /// The device; a device has always seen what it wrote itself, even before it pulls it back.
    pub device: DeviceId,
    /// The author's name.
    #[serde(default)]
    pub by: String,
}

/// What laying an edit over a record gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The record's new values.
    pub fields: Fields,
    /// Fields whose value this edit set; each now belongs to the new version.
    pub applied: Vec<String>,
    /// Values that lost.
    pub clashes: Vec<Clash>,
    /// Whether another device set any field after the version this edit was based on.
    pub stale: bool,
}

/// Lays the edit's fields over the record's, field by field (PROTOCOL B.7).
///
/// A field nobody set after `edit.base`, or that already has the new value, is applied. One that somebody else set
/// since is settled by its [`Class`]. Deletion is not decided here.
pub fn merge(fields: &Fields, set_at: &FieldVersions, edit: &Edit, device: DeviceId) -> Merged {
    let unseen = |by: &SetBy| by.version > edit.base && by.device != device;
    let stale = set_at.values().any(unseen);
    let mut merged = Merged { fields: fields.clone(), applied: Vec::new(), clashes: Vec::new(), stale };
    for (name, mine) in &edit.set {
        let mine = mine.as_deref().filter(|text| !text.is_empty());
        let theirs = fields.text(name);
        let untouched = !set_at.get(name).is_some_and(unseen);
        let parked = class(name) == Class::Parked;
        if mine == theirs {
            continue;
        }
        if !untouched {
            merged.clashes.push(Clash {
                record: edit.id,
                field: name.clone(),
                theirs: theirs.map(str::to_owned),
                by: set_at.get(name).map(|by| by.by.clone()).unwrap_or_default(),
                version: set_at.get(name).map_or(0, |by| by.version),
                mine: mine.map(str::to_owned),
                parked,
            });
        }
        if untouched || !parked {
            merged.fields.set(name, mine);
            merged.applied.push(name.clone());
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Op};
    use uuid::Uuid;

    /// Every pair of two edits of one field, from the same version, in both classes: nothing is dropped in silence.
    #[test]
    fn every_pair_of_edits_keeps_or_tells_both_values() {
        let id = RecordId(Uuid::from_u128(7));
        let values = [None, Some("a"), Some("b")];
        for field in ["phone", "owner"] {
            for start in values {
                for theirs in values {
                    for mine in values {
                        let mut fields = Fields::new();
                        fields.set(field, theirs);
                        let device = DeviceId(Uuid::from_u128(2));
                        let by = SetBy { version: 2, device, by: "Ana".to_owned() };
                        let set_at = if start == theirs {
                            FieldVersions::new()
                        } else {
                            [(field.to_owned(), by)].into()
                        };
                        let set = [(field.to_owned(), mine.map(str::to_owned))].into();
                        let edit = Edit { id, kind: Kind::Account, op: Op::Patch, base: 1, set };
                        let merged = merge(&fields, &set_at, &edit, DeviceId(Uuid::from_u128(1)));
                        let now = merged.fields.text(field);
                        let both_changed = start != theirs && theirs != mine;
                        assert_eq!(
                            merged.clashes.len(),
                            usize::from(both_changed),
                            "{field} {start:?} {theirs:?} {mine:?}"
                        );
                        let expected = if both_changed && field == "owner" { theirs } else { mine };
                        assert_eq!(now, expected, "{field} {start:?} {theirs:?} {mine:?}");
                        assert_eq!(merged.applied.is_empty(), now == theirs);
                    }
                }
            }
        }
    }

    #[test]
    fn a_clash_tells_all_there_is_to_know_of_both_values() {
        let id = RecordId(Uuid::from_u128(7));
        let by = |version: u64| SetBy { version, device: DeviceId(Uuid::from_u128(2)), by: "Ana".to_owned() };
        let fields: Fields = [("phone", "1"), ("owner", "Ana"), ("city", "Reno")].into_iter().collect();
        let set_at =
            FieldVersions::from([("phone".into(), by(4)), ("owner".into(), by(5)), ("zip".into(), by(3))]);
        let text = |text: &str| Some(text.to_owned());
        let set = [("phone", text("2")), ("owner", None), ("city", text("")), ("zip", text("9"))];
        let set = set.map(|(name, text)| (name.to_owned(), text)).into();
        let edit = Edit { id, kind: Kind::Account, op: Op::Patch, base: 3, set };
        let merged = merge(&fields, &set_at, &edit, DeviceId(Uuid::from_u128(1)));
        let clash = |field: &str, theirs, version, mine, parked| Clash {
            record: id,
            field: field.to_owned(),
            theirs: text(theirs),
            by: "Ana".to_owned(),
            version,
            mine,
            parked,
        };
        let clashes = vec![clash("owner", "Ana", 5, None, true), clash("phone", "1", 4, text("2"), false)];
        let fields = [("owner", "Ana"), ("phone", "2"), ("zip", "9")].into_iter().collect();
        let applied = ["city", "phone", "zip"].map(str::to_owned).into();
        assert_eq!(merged, Merged { fields, applied, clashes, stale: true });
    }

    #[test]
    fn fields_not_in_the_edit_are_never_changed() {
        let fields: Fields = [("city", "Reno"), ("name", "A"), ("later_field", "x")].into_iter().collect();
        let set = [("name".to_owned(), Some("B".to_owned()))].into();
        let edit = Edit { id: RecordId(Uuid::nil()), kind: Kind::Account, op: Op::Patch, base: 1, set };
        let by = SetBy { version: 5, device: DeviceId(Uuid::from_u128(2)), by: String::new() };
        let merged =
            merge(&fields, &FieldVersions::from([("city".into(), by)]), &edit, DeviceId(Uuid::from_u128(1)));
        assert_eq!(
            merged.fields,
            [("city", "Reno"), ("name", "B"), ("later_field", "x")].into_iter().collect()
        );
        assert!(merged.stale && merged.clashes.is_empty());
    }

    #[test]
    fn a_device_never_clashes_with_itself() {
        let own = DeviceId(Uuid::from_u128(1));
        let fields: Fields = [("owner", "Ana"), ("name", "A")].into_iter().collect();
        let set = [("owner".to_owned(), Some("Ben".to_owned()))].into();
        let edit = Edit { id: RecordId(Uuid::nil()), kind: Kind::Account, op: Op::Patch, base: 1, set };
        let by = SetBy { version: 2, device: own, by: String::new() };
        let merged = merge(&fields, &[("owner".into(), by)].into(), &edit, own);
        assert_eq!(
            (merged.fields.text("owner"), merged.clashes.len(), merged.stale),
            (Some("Ben"), 0, false)
        );
    }
}
