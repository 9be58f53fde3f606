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
            Op::Create(_) => schema::fields(self.kind).first().copied(),
            Op::Patch | Op::Delete | Op::Restore => None,
        };
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
