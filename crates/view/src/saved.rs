//! A view that somebody has saved: a name for what is wanted of the list of accounts.

use protocol::Kind;
use protocol::schema::{self, Invalid};
use serde_json::{Value, json};

use crate::filter::Wanted;
use crate::fold;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// What the rep calls it.
    pub name: String,
    /// What it shows.
    pub wanted: Wanted,
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
    /// What names one view, whatever the case and the accents.
    pub fn key(&self) -> String {
        key(&self.name)
    }

    /// As it is kept.
    pub fn to_row(&self) -> String {
        json!({ "name": self.name, "wanted": self.wanted.to_pairs() }).to_string()
    }

    /// As it was kept; none for what a later version may have written.
    pub fn of_row(row: &str) -> Option<Self> {
        let row: Value = serde_json::from_str(row).ok()?;
        let name = row["name"].as_str()?.to_owned();
        let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
        let pairs: Vec<(String, String)> = row["wanted"].as_array()?.iter().filter_map(pair).collect();
        let texts =
            |name: &str| pairs.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect();
        Some(Self { name, wanted: Wanted::of_pairs(texts) })
    }
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
        // What is shown under a name is checked as an account's is.
        _ if schema::check(Kind::Account, "name", Some(&name)) == Err(Invalid::Unprintable) => {
            Err(BadName::Unprintable)
        }
        _ if key(&name).is_empty() => Err(BadName::Unprintable),
        _ => Ok(name),
    }
}

/// The view of this name among these.
pub fn of_name<'a>(views: &'a [SavedView], name: &str) -> Option<&'a SavedView> {
    let key = key(name);
    views.iter().find(|view| view.key() == key)
}

/// Sorts views as a list of names is read; one name stands once.
pub fn sort(views: &mut Vec<SavedView>) {
    views.sort_by_cached_key(SavedView::key);
    views.dedup_by_key(|view| view.key());
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

    #[test]
    fn a_view_is_kept_as_it_is_and_what_does_not_read_is_none() {
        let wanted = Wanted::of_pairs(|name| match name {
            "show" => vec!["overdue".to_owned()],
            "city" => vec!["Elko".to_owned(), "Winston & \"Salem\"=1".to_owned()],
            "rating" => vec![String::new()],
            "sort" => vec!["longest".to_owned()],
            _ => Vec::new(),
        });
        let view = SavedView { name: "Caf\u{e9} \"run\"".to_owned(), wanted };
        assert_eq!(SavedView::of_row(&view.to_row()), Some(view));
        for row in ["", "{}", "[]", "{\"name\":1,\"wanted\":[]}", "{\"name\":\"x\"}"] {
            assert_eq!(SavedView::of_row(row), None, "{row}");
        }
        let later = "{\"name\":\"x\",\"wanted\":[[\"colour\",\"red\"],[\"rating\",\"A\"],7],\"more\":true}";
        let read = SavedView::of_row(later).expect("what it knows");
        assert_eq!(read.wanted.to_pairs(), [("rating", "A".to_owned())]);
    }

    #[test]
    fn names_are_one_whatever_their_case_and_accents() {
        let view = |name: &str| SavedView { name: name.to_owned(), wanted: Wanted::default() };
        let mut views = vec![view("Tuesday"), view("caf\u{e9}"), view("Elko"), view("CAFE")];
        sort(&mut views);
        let names: Vec<&str> = views.iter().map(|view| &*view.name).collect();
        assert_eq!(names, ["caf\u{e9}", "Elko", "Tuesday"]);
        assert_eq!(of_name(&views, " CAF\u{c9} ").map(|view| &*view.name), Some("caf\u{e9}"));
        assert_eq!(of_name(&views, "Ely"), None);
    }
}
