//! A view that somebody has saved: a name for what is wanted of the list of accounts. It is a record like any other, in
//! a territory of the rep's own, and so on every device of theirs.

use std::collections::BTreeMap;

use protocol::schema::{self, Invalid};
use protocol::{Kind, Record, RecordId};
use serde_json::Value;

use crate::filter::Wanted;
use crate::{View, fold};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its record; more where two devices have made the same one.
    pub ids: Vec<RecordId>,
    /// What the rep calls it.
    pub name: String,
    /// What it shows.
    pub wanted: Wanted,
    /// The same as the record says it.
    pub shows: String,
}

impl View {
    /// The saved views, by name. Two devices may have made two of one name: where both show the same they are one.
    pub fn saved_views(&self) -> Vec<SavedView> {
        let mut views: Vec<SavedView> = Vec::new();
        for record in self.of_kind(Kind::SavedView) {
            let view = SavedView::of(record);
            match views.iter_mut().find(|other| other.is_same(&view)) {
                Some(same) => same.ids.extend(view.ids),
                None => views.push(view),
            }
        }
        views.sort_by_cached_key(|view| (key(&view.name), view.ids[0]));
        views
    }
}

/// Why a name cannot be a view's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Nothing was typed.
    Missing,
    /// So many characters are more than [`NAME_CHARS_MAX`].
    TooLong(usize),
    /// Holds what cannot be shown in a line.
    Unprintable,
    /// There are [`VIEWS_MAX`] already.
    TooMany,
}

impl SavedView {
    fn of(record: &Record) -> Self {
        let text = |name| record.fields.text(name).unwrap_or_default();
        let (name, shows) = (text("name").to_owned(), text("shows").to_owned());
        Self { ids: vec![record.id], name, wanted: wanted(&shows), shows }
    }

    fn is_same(&self, other: &Self) -> bool {
        key(&self.name) == key(&other.name) && self.wanted.is_same(&other.wanted)
    }
}

/// The fields of a view: its name, and what it shows.
pub fn fields(name: &str, wanted: &Wanted) -> BTreeMap<String, Option<String>> {
    let pairs = serde_json::to_string(&wanted.to_pairs()).expect("texts");
    [("name".to_owned(), Some(name.to_owned())), ("shows".to_owned(), Some(pairs))].into()
}

/// What a view shows, as its field says it. What a later version may have written beside it is left out.
pub fn wanted(shows: &str) -> Wanted {
    let pairs: Vec<(String, String)> = serde_json::from_str::<Vec<Value>>(shows)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|pair| serde_json::from_value(pair).ok())
        .collect();
    Wanted::of_pairs(|name| pairs.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect())
}

/// The fields of a view as versions before kept it, a text of the device alone; none for what does not read.
pub fn of_text(text: &str) -> Option<BTreeMap<String, Option<String>>> {
    let text: Value = serde_json::from_str(text).ok()?;
    let shows = text["wanted"].as_array().map(|_| text["wanted"].to_string())?;
    Some(fields(text["name"].as_str()?, &wanted(&shows)))
}

/// The name that was typed for a view, if it can be one.
///
/// # Errors
/// Says why not.
pub fn name(typed: &str) -> Result<String, BadName> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        _ if name.is_empty() => Err(BadName::Missing),
        chars if chars > NAME_CHARS_MAX => Err(BadName::TooLong(chars)),
        _ if schema::check(Kind::SavedView, "name", Some(&name)) == Err(Invalid::Unprintable) => {
            Err(BadName::Unprintable)
        }
        _ if key(&name).is_empty() => Err(BadName::Unprintable),
        _ => Ok(name),
    }
}

/// The view of this name among these, whatever the case and the accents.
pub fn of_name<'a>(views: &'a [SavedView], name: &str) -> Option<&'a SavedView> {
    let key = key(name);
    views.iter().find(|view| self::key(&view.name) == key)
}

fn key(name: &str) -> String {
    fold(name.trim())
}

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 60;
/// As many as somebody still finds again.
pub const VIEWS_MAX: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::shown;

    #[test]
    fn a_name_has_one_to_sixty_characters_of_one_line() {
        let long = "\u{e9}".repeat(60);
        for (typed, expected) in [
            ("Tuesday, A first", Ok("Tuesday, A first")),
            ("  Elko \n hospitals ", Ok("Elko hospitals")),
            (&*long, Ok(&*long)),
            ("", Err(BadName::Missing)),
            (" \n\t ", Err(BadName::Missing)),
            (&"x".repeat(61), Err(BadName::TooLong(61))),
            (&"x".repeat(300), Err(BadName::TooLong(300))),
            ("a\u{0}b", Err(BadName::Unprintable)),
            ("\u{200b}", Err(BadName::Unprintable)),
            ("\u{1f3e5}", Ok("\u{1f3e5}")),
            ("\u{645}\u{633}\u{62a}", Ok("\u{645}\u{633}\u{62a}")),
        ] {
            assert_eq!(name(typed), expected.map(str::to_owned), "{typed:?}");
        }
    }

    fn some() -> Wanted {
        Wanted::of_pairs(|name| match name {
            "show" => vec!["overdue".to_owned()],
            "city" => vec!["Elko".to_owned(), "Winston & \"Salem\"=1".to_owned()],
            "rating" => vec![String::new()],
            "sort" => vec!["longest".to_owned()],
            _ => Vec::new(),
        })
    }

    #[test]
    fn what_a_view_shows_is_kept_and_what_does_not_read_is_left_out() {
        let shows = fields("Run", &some())["shows"].clone().expect("it shows something");
        assert_eq!(wanted(&shows), some());
        for shows in ["", "{}", "[]", "7", "[[\"show\"]]"] {
            assert_eq!(wanted(shows), Wanted::default(), "{shows}");
        }
        let later = "[[\"colour\",\"red\"],[\"rating\",\"A\"],7,[\"rating\",[\"B\"]]]";
        assert_eq!(wanted(later).to_pairs(), [("rating", "A".to_owned())]);
    }

    #[test]
    fn what_an_earlier_version_kept_reads() {
        let kept = serde_json::json!({ "name": "Caf\u{e9}", "wanted": some().to_pairs() }).to_string();
        assert_eq!(of_text(&kept), Some(fields("Caf\u{e9}", &some())));
        for text in ["", "{}", "[]", "{\"name\":1,\"wanted\":[]}", "{\"name\":\"x\"}"] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }

    #[test]
    fn views_stand_by_name_and_one_that_two_devices_made_is_one() {
        let mut view = View::default();
        let a = "[[\"rating\",\"A\"]]";
        let made = [("Tuesday", a), ("caf\u{e9}", a), ("Elko", a), ("CAFE", "[]"), ("CAFE", a)];
        let made = made
            .iter()
            .zip(1..)
            .map(|((name, shows), n)| shown(Kind::SavedView, n, &[("name", name), ("shows", shows)]));
        view.apply(&made.collect::<Vec<_>>());
        let views = view.saved_views();
        let told: Vec<_> = views.iter().map(|view| (&*view.name, view.ids.len())).collect();
        assert_eq!(told, [("caf\u{e9}", 2), ("CAFE", 1), ("Elko", 1), ("Tuesday", 1)]);
        assert_eq!(of_name(&views, " CAF\u{c9} ").map(|view| &*view.name), Some("caf\u{e9}"));
        assert_eq!(of_name(&views, "Ely"), None);
    }
}
