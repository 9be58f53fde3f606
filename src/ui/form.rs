//! A form's text as plain data: what the record held, what the rep typed, and what that makes of a save.

use std::collections::{BTreeMap, BTreeSet};

use protocol::schema::{self, AT, Invalid, WITH};
use protocol::{Fields, Kind, Record};
use view::agenda;

/// The text of a form. Only what differs from the record counts as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    kind: Kind,
    names: Vec<&'static str>,
    /// What the record holds; of a new one, what the form was opened with.
    before: BTreeMap<String, String>,
    typed: BTreeMap<String, String>,
    create: bool,
    /// What a save sets whether the rep touched it or not.
    always: BTreeSet<String>,
}

/// The fields that a press of Save sets.
pub(crate) type Touched = BTreeMap<String, Option<String>>;

impl Form {
    /// A form for a new record, with these fields.
    pub(crate) fn create(kind: Kind, names: &[&'static str]) -> Self {
        let (before, typed, always) = Default::default();
        Self { kind, names: names.to_vec(), before, typed, create: true, always }
    }

    /// The same with what is known beforehand, such as the account; it is saved, and nobody typed it. An empty text is
    /// nothing.
    pub(crate) fn with(mut self, name: &str, text: &str) -> Self {
        if !text.is_empty() {
            self.before.insert(name.to_owned(), text.to_owned());
            self.always.insert(name.to_owned());
        }
        self
    }

    /// A form for changing these fields of a record.
    pub(crate) fn patch(record: &Record, names: &[&'static str]) -> Self {
        Self::again(record.kind, &record.fields, names, &Touched::new())
    }

    /// A form for a save that is to be made once more: what the record holds with it, and what it sets.
    pub(crate) fn again(kind: Kind, fields: &Fields, names: &[&'static str], set: &Touched) -> Self {
        let before = fields.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let always = set.keys().cloned().collect();
        Self { kind, names: names.to_vec(), before, typed: BTreeMap::new(), create: false, always }
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

    /// The fields of their own that stand in the form for people or places that were chosen, by name, with their text.
    pub(crate) fn chosen(&self, prefix: &str) -> Vec<(String, String)> {
        let names: BTreeSet<&String> =
            self.before.keys().chain(self.typed.keys()).filter(|name| name.starts_with(prefix)).collect();
        let pairs = names.into_iter().map(|name| (name.clone(), self.text(name).to_owned()));
        pairs.filter(|(_, text)| !text.is_empty()).collect()
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
        // What a new record was opened with belongs to it: its form may be opened again from elsewhere.
        let mut kept = if self.create { self.before.clone() } else { BTreeMap::new() };
        kept.extend(self.typed.clone());
        serde_json::to_string(&kept).expect("a map of strings is always JSON")
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
        let mut set = Touched::new();
        let mut wrong = Vec::new();
        for name in self.names.iter().copied() {
            let given = self.always.contains(name);
            let touched = given || self.typed.contains_key(name);
            let must = self.create && schema::field(self.kind, name).is_some_and(|field| field.required);
            if !touched && !must {
                continue;
            }
            let text = Some(self.text(name).trim()).filter(|text| !text.is_empty());
            match schema::check(self.kind, name, text) {
                Ok(()) if !given && text == self.before.get(name).map(String::as_str) => {}
                Ok(()) => {
                    set.insert(name.to_owned(), text.map(str::to_owned));
                }
                Err(invalid) => wrong.push((name, invalid)),
            }
        }
        // One field for each person or place that was chosen, so that their names are known only now.
        let given = self.before.iter();
        let given = given.filter(|(name, _)| self.always.contains(*name) && !self.typed.contains_key(*name));
        let chosen =
            given.chain(&self.typed).filter(|(name, _)| name.starts_with(WITH) || name.starts_with(AT));
        set.extend(chosen.map(|(name, text)| (name.clone(), Some(text.clone()).filter(|it| !it.is_empty()))));
        if wrong.is_empty() {
            wrong.extend(self.check_whole(&set).err());
        }
        if wrong.is_empty() { Ok(set) } else { Err(wrong) }
    }

    fn check_whole(&self, set: &Touched) -> Result<(), (&'static str, Invalid)> {
        let mut after: Fields = self.before.iter().map(|(name, text)| (&**name, &**text)).collect();
        set.iter().for_each(|(name, text)| after.set(name, text.as_deref()));
        schema::check_whole(self.kind, &after)?;
        // The web takes it; but the rep would find it nowhere.
        let is_on_no_day = self.kind == Kind::Event && agenda::is_on_no_day(&after);
        if is_on_no_day { Err(("until", Invalid::Order)) } else { Ok(()) }
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
    fn what_a_new_record_was_opened_with_is_kept_with_what_was_typed() {
        let mut form = Form::create(Kind::Account, NAMES).with("city", "Reno");
        assert_eq!(form.to_kept(), "");
        form.put("name", "Oak House".to_owned());
        let mut elsewhere = Form::create(Kind::Account, NAMES).with("city", "Elko");
        assert!(elsewhere.restore(&form.to_kept()));
        let set = elsewhere.parse().expect("valid");
        let pair = |name: &str, text: &str| (name.to_owned(), Some(text.to_owned()));
        assert_eq!(set, [pair("city", "Reno"), pair("name", "Oak House")].into());
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
    fn what_a_new_record_is_opened_with_is_saved_and_not_typed() {
        let mut form = Form::create(Kind::Contact, &["name", "account"]).with("account", ID).with("name", "");
        assert!(!form.is_touched());
        form.put("name", "Ana".to_owned());
        let set = form.parse().expect("valid");
        assert_eq!(set.get("account"), Some(&Some(ID.to_owned())));
        form.put("account", String::new());
        assert_eq!(form.parse().expect("valid").get("account"), Some(&None));
    }

    #[test]
    fn people_that_were_chosen_are_fields_of_their_own() {
        let with = format!("with:{ID}");
        let mut form = Form::create(Kind::Note, &["text"]);
        form.put("text", "Hello".to_owned());
        form.put(&with, "yes".to_owned());
        assert_eq!(form.parse().expect("valid").get(&with), Some(&Some("yes".to_owned())));
        assert_eq!(form.chosen(WITH), [(with.clone(), "yes".to_owned())]);
        form.put(&with, String::new());
        assert!(form.chosen(WITH).is_empty());
    }

    #[test]
    fn a_save_once_more_sets_what_it_set_and_what_was_corrected() {
        let held = |name: &str| (name.to_owned(), record().fields.text(name).map(str::to_owned));
        let set: Touched = [held("phone"), held("city")].into();
        let mut form = Form::again(Kind::Account, &record().fields, NAMES, &set);
        assert!(!form.is_touched());
        assert_eq!(form.parse(), Ok(set));
        form.put("phone", "2".to_owned());
        form.put("name", "Elm House".to_owned());
        let pair = |name: &str, text: &str| (name.to_owned(), Some(text.to_owned()));
        let wanted = [pair("phone", "2"), pair("name", "Elm House"), ("city".to_owned(), None)].into();
        assert_eq!(form.parse(), Ok(wanted));
    }

    #[test]
    fn a_tick_is_kept_with_what_was_typed_and_is_no_field_of_the_record() {
        let mut form = Form::create(Kind::Note, &["text"]);
        form.put(&format!("kept:{ID}"), "yes".to_owned());
        assert!(form.is_touched());
        let mut again = Form::create(Kind::Note, &["text"]);
        assert!(again.restore(&form.to_kept()));
        assert_eq!(again.chosen("kept:"), [(format!("kept:{ID}"), "yes".to_owned())]);
        again.put("text", "Hello".to_owned());
        assert_eq!(again.parse(), Ok([("text".to_owned(), Some("Hello".to_owned()))].into()));
    }

    #[test]
    fn what_does_not_hold_together_stands_beside_its_field() {
        for (name, text, wrong) in [
            ("end", "2026-11-25T09:00", Some("end")),
            ("until", "2026-11-24", Some("until")),
            ("until", "2026-11-25", None),
        ] {
            let mut form = Form::create(Kind::Event, &["subject", "start", "end", "repeat", "until"]);
            let more = [("subject", "x"), ("start", "2026-11-25T10:00"), ("repeat", "weekly"), (name, text)];
            more.into_iter().for_each(|(name, text)| form.put(name, text.to_owned()));
            let wrong = wrong.map(|name| vec![(name, Invalid::Order)]);
            assert_eq!(form.parse().err(), wrong, "{name} {text}");
        }
    }

    const ID: &str = "019ac0de-0000-7000-8000-000000000001";

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
