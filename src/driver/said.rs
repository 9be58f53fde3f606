//! What the windows of one browser say to each other: a line of JSON, and rows of bytes beside it.

use engine::{Batch, FORMAT, Live, News};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::local::Mark;

/// One thing said.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// Somebody has signed in or out on this phone.
    Who,
    /// Does a window lead? `hint`: the connection may be back, or the asking window has come to the front.
    Ask { user: Uuid, hint: bool },
    /// What a window has committed, and what it knows if it leads.
    Told(Box<Told>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) user: Uuid,
    /// The last commit that the window has seen.
    pub(super) mark: Mark,
    /// That very commit, if it is being told now.
    pub(super) batch: Option<Keys>,
    /// From the window that leads.
    pub(super) live: Option<Live>,
    /// Whether the window is in front.
    pub(super) visible: bool,
    pub(super) news: Option<News>,
}

/// A batch without the bytes of its rows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Keys {
    meta: bool,
    append: Vec<u64>,
    delete_upto: Option<u64>,
    outbox_put: Vec<u64>,
    outbox_delete: Vec<u64>,
}

/// Why what another window says is not for this one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A newer version of the app speaks.
    Newer,
    /// An older version, or one whose words are others.
    Other,
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    /// The row format of the app that speaks.
    format: u32,
    said: T,
}

impl Said {
    pub(super) fn write(&self) -> String {
        let envelope = Envelope { format: FORMAT, said: self };
        serde_json::to_string(&envelope).expect("our own words have text keys")
    }

    /// What was said, if it is said in this version's words.
    pub(super) fn read(text: &str) -> Result<Self, Foreign> {
        let other = |_| Foreign::Other;
        // The format alone first: a newer version's words may not read at all.
        let Envelope { format, .. } = serde_json::from_str::<Envelope<IgnoredAny>>(text).map_err(other)?;
        match format {
            FORMAT => serde_json::from_str(text).map(|Envelope { said, .. }| said).map_err(other),
            newer if newer > FORMAT => Err(Foreign::Newer),
            _ => Err(Foreign::Other),
        }
    }
}

impl Keys {
    /// None for a batch whose rows are so many bytes that every window had better read them from disk.
    pub(super) fn of(batch: &Batch) -> Option<Self> {
        let bytes: usize = rows(batch).map(<[u8]>::len).sum();
        let keys = |rows: &[(u64, Vec<u8>)]| rows.iter().map(|(key, _)| *key).collect();
        (bytes <= SAID_BYTES_MAX).then(|| Self {
            meta: batch.meta.is_some(),
            append: keys(&batch.append),
            delete_upto: batch.delete_upto,
            outbox_put: keys(&batch.outbox_put),
            outbox_delete: batch.outbox_delete.clone(),
        })
    }

    /// The batch again. None if the rows are not those that were counted.
    pub(super) fn with(self, rows: Vec<Vec<u8>>) -> Option<Batch> {
        let count = usize::from(self.meta) + self.append.len() + self.outbox_put.len();
        if rows.len() != count {
            return None;
        }
        let mut rows = rows.into_iter();
        Some(Batch {
            meta: if self.meta { rows.next() } else { None },
            append: self.append.into_iter().zip(rows.by_ref()).collect(),
            outbox_put: self.outbox_put.into_iter().zip(rows).collect(),
            delete_upto: self.delete_upto,
            outbox_delete: self.outbox_delete,
            ..Batch::default()
        })
    }
}

/// The bytes of a batch's rows, in the order in which [`Keys::with`] takes them.
pub(super) fn rows(batch: &Batch) -> impl Iterator<Item = &[u8]> {
    let numbered = batch.append.iter().chain(&batch.outbox_put).map(|(_, row)| row);
    batch.meta.iter().chain(numbered).map(Vec::as_slice)
}

/// A page of a pull is about half a megabyte; a log written afresh may be fifty.
const SAID_BYTES_MAX: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_arrives_as_it_was_committed() {
        let batch = Batch {
            meta: Some(vec![1]),
            append: vec![(4, vec![2]), (5, vec![3, 3])],
            delete_upto: Some(3),
            outbox_put: vec![(7, vec![])],
            outbox_delete: vec![6],
            ..Batch::default()
        };
        for batch in [batch, Batch { outbox_put: vec![(1, vec![9])], ..Batch::default() }, Batch::default()] {
            let keys = Keys::of(&batch).expect("it is small");
            assert_eq!(keys.with(rows(&batch).map(<[u8]>::to_vec).collect()), Some(batch));
        }
    }

    #[test]
    fn too_much_is_not_said() {
        let batch = Batch { append: vec![(1, vec![0; SAID_BYTES_MAX + 1])], ..Batch::default() };
        assert!(Keys::of(&batch).is_none());
    }

    #[test]
    fn a_newer_version_is_known_by_its_format_alone() {
        let newer = format!("{{\"format\":{},\"said\":{{\"Sung\":1}}}}", FORMAT + 1);
        assert_eq!(Said::read(&newer).err(), Some(Foreign::Newer));
        assert!(matches!(Said::read(&Said::Who.write()), Ok(Said::Who)));
        let same = format!("{{\"format\":{FORMAT},\"said\":{{\"Sung\":1}}}}");
        for foreign in ["", "{}", "{\"format\":0,\"said\":\"Who\"}", &same] {
            assert_eq!(Said::read(foreign).err(), Some(Foreign::Other), "{foreign}");
        }
    }
}
