//! Who speaks of whom: the records that name another one in a field.

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::schema::{self, AT, Shape, WITH};
use protocol::{Kind, Record, RecordId};

/// By the record that is named: those that name it, by kind and id. They are held themselves: a long history is read in
/// one go, and not by thousands of looks into a large map.
#[derive(Debug, Default)]
pub(crate) struct Links(BTreeMap<RecordId, BTreeMap<(Kind, RecordId), Rc<Record>>>);

impl Links {
    /// Takes in what a record names.
    pub(crate) fn remember(&mut self, record: &Rc<Record>) {
        for target in targets(record) {
            self.0.entry(target).or_default().insert((record.kind, record.id), Rc::clone(record));
        }
    }

    /// Takes out what a record named.
    pub(crate) fn forget(&mut self, record: &Record) {
        for target in targets(record) {
            if let Some(sources) = self.0.get_mut(&target) {
                sources.remove(&(record.kind, record.id));
                if sources.is_empty() {
                    self.0.remove(&target);
                }
            }
        }
    }

    /// The records of this kind that name `target`, by id.
    pub(crate) fn of_kind(&self, target: RecordId, kind: Kind) -> impl Iterator<Item = &Rc<Record>> {
        let sources = self.0.get(&target).into_iter();
        sources.flat_map(move |sources| sources.range((kind, FIRST)..=(kind, LAST))).map(|(_, record)| record)
    }
}

/// The account that a record names as its own.
pub(crate) fn account(record: &Record) -> Option<RecordId> {
    read(record.fields.text("account").filter(|_| schema::has_account(record.kind))?)
}

/// The account that stands for this one.
pub(crate) fn merged_into(account: &Record) -> Option<RecordId> {
    read(account.fields.text("merged_into")?)
}

fn targets(record: &Record) -> impl Iterator<Item = RecordId> {
    record.fields.iter().filter_map(|(name, text)| {
        let far = name.strip_prefix(AT).or_else(|| name.strip_prefix(WITH));
        let is_link = || {
            let field = schema::field(record.kind, name)?;
            matches!(field.shape, Shape::Link(_)).then_some(text)
        };
        read(far.or_else(is_link)?)
    })
}

/// The record that a text names.
pub(crate) fn read(text: &str) -> Option<RecordId> {
    text.parse().ok().map(RecordId)
}

const FIRST: RecordId = RecordId(uuid::Uuid::nil());
const LAST: RecordId = RecordId(uuid::Uuid::max());
