//! A record and the names that point at one.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Fields;

/// A record's name for ever, made on the device that created it (UUID v7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

/// A change's name for ever. The server applies a change id at most once, whatever device number it comes under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct ChangeId(pub Uuid);

/// One installation of the app. A device numbers its changes 1, 2, 3, … for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct DeviceId(pub Uuid);

/// A territory's short name, such as `north`: lower-case letters, digits and hyphens, at most
/// [`crate::limits::TERRITORY_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct TerritoryId(pub Box<str>);

impl TerritoryId {
    /// The territory of that short name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
    /// The short name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TerritoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A physical place that a rep visits.
    Account,
    /// A person met at an account.
    Contact,
    /// A patient referred by an account.
    Referral,
    /// Something in the calendar.
    Event,
    /// What was said at a call or a visit.
    Note,
    /// What somebody wants the list of accounts to show, under a name; it stands in a territory of their own.
    #[serde(rename = "saved_view")]
    SavedView,
    /// A kind that a newer version of Satchel knows; kept and carried, not shown.
    #[serde(other)]
    Unknown,
}

/// One version of a record, as the server keeps and sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// Its name.
    pub id: RecordId,
    /// What it is about.
    pub kind: Kind,
    /// The one territory it belongs to.
    pub territory: TerritoryId,
    /// 1 when created, one more at each change. Zero only for a record the web has never seen.
    pub version: u64,
    /// True once deleted: a tombstone, kept so that every device learns of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Who wrote this version (the user's name), empty for a record that has not been on the web.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// When the server took this version, ms since 1970 UTC by the server's clock; display only, it orders nothing.
    #[serde(default)]
    pub at: i64,
    /// Its values.
    pub fields: Fields,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_territory_says_its_short_name() {
        let north = TerritoryId::new("north");
        assert_eq!((north.as_str(), north.to_string()), ("north", "north".to_owned()));
    }
}
