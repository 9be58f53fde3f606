//! A form's text as plain data: what the record held, what the rep typed, and what that makes of a save.

use std::collections::BTreeMap;

use protocol::schema::{self, Invalid};
use protocol::{Kind, Record};

/// The text of a form. Only what differs from the record counts as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    kind: Kind,
    names: &'static [&'static str],
    before: BTreeMap<String, String>,
    typed: BTreeMap<String, String>,
    create: bool,
}

/// The fields that a press of Save sets.
pub(crate) type Touched = BTreeMap<String, Option<String>>;

impl Form {
    /// A form for a new record, with these fields.
    pub(crate) fn create(kind: Kind, names: &'static [&'static str]) -> Self {
        Self { kind, names, before: BTreeMap::new(), typed: BTreeMap::new(), create: true }
    }

    /// A form for changing these fields of a record.
    pub(crate) fn patch(record: &Record, names: &'static [&'static str]) -> Self {
        let before = record.fields.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        Self { kind: record.kind, names, before, typed: BTreeMap::new(), create: false }
    }

    /// The field's text as it stands in the form.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.typed.get(name).or_else(|| self.before.get(name)).map_or("", String::as_str)
    }

    /// The rep typed; typing back what the record holds is no change.
    pub(crate) fn put(&mut self, name: &str, text: String) {
        if self.before.get(name).map_or("", String::as_str) == text {
            self.typed.remove(name);
        } else {
            self.typed.insert(name.to_owned(), text);
        }
    }

    /// Whether there is anything that could be lost.
    pub(crate) fn is_touched(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Forgets what was typed.
    pub(crate) fn clear(&mut self) {
        self.typed.clear();
    }

    /// What is kept on disk while the form is open; empty when nothing was typed.
    pub(crate) fn to_kept(&self) -> String {
        if self.typed.is_empty() {
            return String::new();
        }
        serde_json::to_string(&self.typed).expect("a map of strings is always JSON")
    }

    /// Takes back what was kept, and says whether that made a difference. Kept text that does not read is ignored.
    pub(crate) fn restore(&mut self, kept: &str) -> bool {
        let typed: BTreeMap<String, String> = serde_json::from_str(kept).unwrap_or_default();
        for (name, text) in typed {
            self.put(&name, text);
        }
        self.is_touched()
    }

    /// The fields a save sets: only those the rep touched. Nothing is checked again after this.
    ///
    /// # Errors
    /// Every field that is not acceptable, in the form's order.
    pub(crate) fn parse(&self) -> Result<Touched, Vec<(&'static str, Invalid)>> {
        let required = schema::fields(self.kind).first().copied();
        let mut set = Touched::new();
        let mut wrong = Vec::new();
        for name in self.names {
            let touched = self.typed.contains_key(*name);
            let must = self.create && required == Some(*name);
            if !touched && !must {
                continue;
            }
            let text = Some(self.text(name).trim()).filter(|text| !text.is_empty());
            match schema::check(self.kind, name, text) {
                Ok(()) if text == self.before.get(*name).map(String::as_str) => {}
                Ok(()) => {
                    set.insert((*name).to_owned(), text.map(str::to_owned));
                }
                Err(invalid) => wrong.push((*name, invalid)),
            }
        }
        if wrong.is_empty() { Ok(set) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{RecordId, TerritoryId};

    const NAMES: &[&str] = &["name", "city", "phone"];

    fn record() -> Record {
        Record {
            id: RecordId(uuid::Uuid::from_u128(1)),
            kind: Kind::Account,
            territory: TerritoryId::new("north"),
            version: 3,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: [("name", "Oak House"), ("phone", "1")].into_iter().collect(),
        }
    }

    #[test]
    fn only_touched_fields_are_set() {
        let mut form = Form::patch(&record(), NAMES);
        form.put("city", " Reno ".to_owned());
        form.put("phone", String::new());
        form.put("name", "x".to_owned());
        form.put("name", "Oak House".to_owned());
        let set = form.parse().expect("valid");
        assert_eq!(set, [("city".to_owned(), Some("Reno".to_owned())), ("phone".to_owned(), None)].into());
    }

    #[test]
    fn a_blank_where_there_was_nothing_is_no_change() {
        let mut form = Form::patch(&record(), NAMES);
        form.put("city", "  ".to_owned());
        assert_eq!(form.parse(), Ok(Touched::new()));
    }

    #[test]
    fn a_new_record_needs_its_first_field() {
        let form = Form::create(Kind::Account, NAMES);
        assert_eq!(form.parse(), Err(vec![("name", Invalid::Missing)]));
        let mut form = Form::patch(&record(), NAMES);
        form.put("name", " ".to_owned());
        assert_eq!(form.parse(), Err(vec![("name", Invalid::Missing)]));
    }

    #[test]
    fn what_was_kept_comes_back_and_an_untouched_form_keeps_nothing() {
        let mut form = Form::create(Kind::Account, NAMES);
        assert_eq!(form.to_kept(), "");
        form.put("name", "Oak \"House\"\n".to_owned());
        let mut again = Form::create(Kind::Account, NAMES);
        assert!(again.restore(&form.to_kept()));
        assert_eq!(again, form);
        assert!(!Form::create(Kind::Account, NAMES).restore("not JSON"));
    }
}
