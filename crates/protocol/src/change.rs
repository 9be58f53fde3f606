//! A change: what one save did, all or nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::{CHANGE_BYTES_MAX, EDITS_MAX, FIELD_NAME_BYTES_MAX, FIELDS_MAX, SETTLES_MAX};
use crate::schema::{self, Invalid};
use crate::{ChangeId, Kind, RecordId, TerritoryId};

/// What one save did. Numbered per device, for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Its name; the server applies one id once.
    pub id: ChangeId,
    /// 1, 2, 3, … on its device.
    pub number: u64,
    /// When the rep saved, ms since 1970 UTC by the device's clock. Shown, never trusted, orders nothing.
    pub made_at: i64,
    /// At least one, unless it settles something; together all or nothing.
    pub edits: Vec<Edit>,
    /// Earlier changes of this user that were refused or set aside, and what the rep decided about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settles: Vec<Settle>,
}

/// What the rep decided about a change that was refused or set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settle {
    /// The change that is decided about.
    pub change: ChangeId,
    /// The decision.
    pub how: How,
}

/// The two decisions about a refused change that the server must know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is done with: this change stands in its place, or nothing does. What waited for it goes on.
    Done,
    /// The office is asked to accept it; it stays set aside until then.
    Ask,
}

/// What a change does to one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Edit {
    /// The record.
    pub id: RecordId,
    /// What it is about.
    pub kind: Kind,
    /// Make it, patch it, or delete it.
    pub op: Op,
    /// The version this was based on: 0 for a record made here that the device has not yet seen on the web.
    #[serde(default)]
    pub base: u64,
    /// Fields the rep changed; null takes a value away. Never a field that was not touched.
    #[serde(default)]
    pub set: BTreeMap<String, Option<String>>,
}

/// The four things an edit can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Make the record, in this territory.
    Create(TerritoryId),
    /// Change fields of a record that exists.
    Patch,
    /// Delete it; a tombstone stays.
    Delete,
    /// Bring a deleted record back with the values it had, and lay these fields over them.
    Restore,
}

/// Why a change is not acceptable in itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Nothing to do, or more than [`EDITS_MAX`] edits.
    Edits(usize),
    /// More than [`SETTLES_MAX`] decisions.
    Settles(usize),
    /// More than [`FIELDS_MAX`] fields in one edit.
    Fields(usize),
    /// A field name of no or too many bytes.
    FieldName(String),
    /// Larger than [`CHANGE_BYTES_MAX`].
    Bytes(usize),
    /// A field's value is not acceptable.
    Field(Kind, String, Invalid),
    /// A kind this version does not know cannot be checked.
    Kind,
}

impl Change {
    /// A change that settles nothing.
    pub const fn new(id: ChangeId, number: u64, made_at: i64, edits: Vec<Edit>) -> Self {
        Self { id, number, made_at, edits, settles: Vec::new() }
    }

    /// Checks what can be checked without knowing any other record. Both ends call this: the form before it saves,
    /// the server before it believes.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), Malformed> {
        if self.edits.is_empty() && self.settles.is_empty() || self.edits.len() > EDITS_MAX {
            return Err(Malformed::Edits(self.edits.len()));
        }
        if self.settles.len() > SETTLES_MAX {
            return Err(Malformed::Settles(self.settles.len()));
        }
        for edit in &self.edits {
            edit.check()?;
        }
        let bytes = self.edits.iter().map(Edit::bytes).sum();
        if bytes > CHANGE_BYTES_MAX { Err(Malformed::Bytes(bytes)) } else { Ok(()) }
    }

    /// A fingerprint of everything but the number: the same save, sent again, has the same.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = crate::digest::Fnv::new();
        hash.write(self.id.0.as_bytes());
        hash.write(&self.made_at.to_le_bytes());
        for edit in &self.edits {
            hash.write(edit.id.0.as_bytes());
            hash.write(&[edit.kind as u8]);
            match &edit.op {
                Op::Create(territory) => hash.write(territory.as_str().as_bytes()),
                Op::Patch => hash.write(&[1]),
                Op::Delete => hash.write(&[2]),
                Op::Restore => hash.write(&[3]),
            }
            hash.write(&edit.base.to_le_bytes());
            for (name, text) in &edit.set {
                hash.write(name.as_bytes());
                hash.write(&[u8::from(text.is_some())]);
                hash.write(text.as_deref().unwrap_or_default().as_bytes());
                hash.write(&[0xff]);
            }
        }
        for Settle { change, how } in &self.settles {
            hash.write(change.0.as_bytes());
            hash.write(&[*how as u8]);
        }
        hash.finish()
    }
}

impl Edit {
    fn check(&self) -> Result<(), Malformed> {
        if self.kind == Kind::Unknown {
            return Err(Malformed::Kind);
        }
        if self.set.len() > FIELDS_MAX {
            return Err(Malformed::Fields(self.set.len()));
        }
        if let Some(name) = self.set.keys().find(|name| name.is_empty() || name.len() > FIELD_NAME_BYTES_MAX)
        {
            return Err(Malformed::FieldName(name.clone()));
        }
        let required = match self.op {
            Op::Create(_) => schema::fields(self.kind).iter().find(|field| field.required),
            Op::Patch | Op::Delete | Op::Restore => None,
        };
        let required = required.map(|field| field.name);
        let missing = required.filter(|name| !self.set.contains_key(*name)).map(|name| (name, None));
        let given = self.set.iter().map(|(name, text)| (name.as_str(), text.as_deref()));
        for (name, text) in missing.into_iter().chain(given) {
            schema::check(self.kind, name, text)
                .map_err(|invalid| Malformed::Field(self.kind, name.to_owned(), invalid))?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.set.iter().map(|(name, text)| name.len() + text.as_ref().map_or(4, String::len)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn edit(op: Op, set: &[(&str, Option<&str>)]) -> Edit {
        let set = set.iter().map(|(name, text)| ((*name).to_owned(), text.map(str::to_owned))).collect();
        Edit { id: RecordId(Uuid::from_u128(7)), kind: Kind::Account, op, base: 1, set }
    }

    fn change(edits: Vec<Edit>, settles: usize) -> Change {
        let settle = Settle { change: ChangeId(Uuid::from_u128(2)), how: How::Done };
        Change { settles: vec![settle; settles], ..Change::new(ChangeId(Uuid::from_u128(1)), 1, 7, edits) }
    }

    fn patch(set: &[(&str, Option<&str>)]) -> Change {
        change(vec![edit(Op::Patch, set)], 0)
    }

    #[test]
    fn a_change_does_something_and_not_too_much() {
        let patches = |count: usize| vec![edit(Op::Patch, &[("city", Some("Reno"))]); count];
        let cases = [
            (0, 0, Err(Malformed::Edits(0))),
            (0, 1, Ok(())),
            (1, 0, Ok(())),
            (EDITS_MAX, SETTLES_MAX, Ok(())),
            (EDITS_MAX + 1, 1, Err(Malformed::Edits(EDITS_MAX + 1))),
            (1, SETTLES_MAX + 1, Err(Malformed::Settles(SETTLES_MAX + 1))),
        ];
        for (edits, settles, expected) in cases {
            assert_eq!(change(patches(edits), settles).check(), expected, "{edits} edits, {settles} settles");
        }
    }

    #[test]
    fn an_edit_has_a_known_kind_and_names_within_the_limits() {
        let unknown = Edit { kind: Kind::Unknown, ..edit(Op::Patch, &[("city", None)]) };
        assert_eq!(change(vec![unknown], 0).check(), Err(Malformed::Kind));
        let names: Vec<String> = (0..=FIELDS_MAX).map(|number| format!("f{number}")).collect();
        let fields: Vec<_> = names.iter().map(|name| (name.as_str(), Some("x"))).collect();
        assert_eq!(patch(&fields[1..]).check(), Ok(()));
        assert_eq!(patch(&fields).check(), Err(Malformed::Fields(FIELDS_MAX + 1)));
        let name = "n".repeat(FIELD_NAME_BYTES_MAX + 1);
        assert_eq!(patch(&[(&name[1..], Some("x"))]).check(), Ok(()));
        assert_eq!(patch(&[(&name, Some("x"))]).check(), Err(Malformed::FieldName(name.clone())));
        assert_eq!(patch(&[("", Some("x"))]).check(), Err(Malformed::FieldName(String::new())));
    }

    #[test]
    fn only_a_new_record_must_have_its_name_and_none_may_lose_it() {
        let missing = || Err(Malformed::Field(Kind::Account, "name".to_owned(), Invalid::Missing));
        let create = || Op::Create(TerritoryId::new("north"));
        let cases = [
            (create(), vec![("city", Some("Reno"))], missing()),
            (create(), vec![("name", Some("Mercy"))], Ok(())),
            (create(), vec![("name", None)], missing()),
            (Op::Patch, vec![("city", None)], Ok(())),
            (Op::Patch, vec![("name", None)], missing()),
            (Op::Restore, vec![], Ok(())),
            (Op::Delete, vec![], Ok(())),
        ];
        for (op, set, expected) in cases {
            assert_eq!(change(vec![edit(op.clone(), &set)], 0).check(), expected, "{op:?} {set:?}");
        }
    }

    #[test]
    fn all_names_and_values_together_have_a_limit() {
        // 63 fields of 4,096 bytes and 4 of name; the rest in one more field, and null counts as it is written.
        let names: Vec<String> = (10..73).map(|number| format!("fi{number}")).collect();
        let (full, rest) = ("x".repeat(4_096), CHANGE_BYTES_MAX - 63 * 4_100 - "gone".len() - "null".len());
        let last = "x".repeat(rest - "last".len() + 1);
        let of_size = |last: &str| {
            let mut fields: Vec<_> = names.iter().map(|name| (name.as_str(), Some(full.as_str()))).collect();
            fields.extend([("gone", None), ("last", Some(last))]);
            patch(&fields).check()
        };
        assert_eq!(of_size(&last[1..]), Ok(()));
        assert_eq!(of_size(&last), Err(Malformed::Bytes(CHANGE_BYTES_MAX + 1)));
    }

    /// The server keeps fingerprints for ever, and compares them with what comes again.
    #[test]
    fn a_fingerprint_tells_every_difference_but_the_number_and_never_changes() {
        let base = patch(&[("city", Some("Reno"))]);
        let with = |alter: &dyn Fn(&mut Change)| {
            let mut other = base.clone();
            alter(&mut other);
            other.fingerprint()
        };
        assert_eq!(base.fingerprint(), with(&|change| change.number = 9));
        let settle = |how| vec![Settle { change: ChangeId(Uuid::from_u128(2)), how }];
        let set = |name: &str, text: Option<&str>| [(name.to_owned(), text.map(str::to_owned))].into();
        let all = [
            base.fingerprint(),
            with(&|change| change.id = ChangeId(Uuid::from_u128(3))),
            with(&|change| change.made_at = 8),
            with(&|change| change.edits.clear()),
            with(&|change| change.edits[0].id = RecordId(Uuid::from_u128(8))),
            with(&|change| change.edits[0].kind = Kind::Note),
            with(&|change| change.edits[0].op = Op::Create(TerritoryId::new("north"))),
            with(&|change| change.edits[0].op = Op::Create(TerritoryId::new("south"))),
            with(&|change| change.edits[0].op = Op::Delete),
            with(&|change| change.edits[0].op = Op::Restore),
            with(&|change| change.edits[0].base = 2),
            with(&|change| change.edits[0].set = set("city", None)),
            with(&|change| change.edits[0].set = set("city", Some(""))),
            with(&|change| change.edits[0].set = set("cityR", Some("eno"))),
            with(&|change| change.edits[0].set = set("city", Some("Elko"))),
            with(&|change| change.settles = settle(How::Done)),
            with(&|change| change.settles = settle(How::Ask)),
        ];
        let different: std::collections::BTreeSet<u64> = all.into_iter().collect();
        assert_eq!(different.len(), all.len(), "{all:x?}");
        expect_test::expect!["[56ecff522fb8bb74, 5d1703f9551d59b1, 39473d35b2e5295, 8e6a28d68229ec31, fba2fe3699519d4, 11b7ebd8da49c17b, dc419be3307a4473, e1d9d3b1311464b6, 3e50c60f049bfbd9, 3c740cf64288e004, 37a415f115e7128, ef29077d755136a0, 229eaf04d1f08358, 8bc88222963438c1, 7b620373b9e03e36, 61492bf5a55337cb, a565673833472d2a]"].assert_eq(&format!("{all:x?}"));
    }
}
