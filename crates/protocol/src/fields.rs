//! A record's values by field name: small, sorted, and open to names this version does not know.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema;

/// Field names with their text. An absent field has no value; there is no empty value.
///
/// Every value is text; its field's class in [`crate::schema`] says how it is read and merged. Names that the schema
/// knows are not allocated, which keeps 100,000 records in a phone's memory.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Cow<'static, str>, Box<str>)>);

impl Fields {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// The field's text, if it has any.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.position(name).ok().map(|at| &*self.0[at].1)
    }

    /// Gives the field a text; `None` or an empty text takes its value away.
    pub fn set(&mut self, name: &str, text: Option<&str>) {
        match (self.position(name), text.filter(|text| !text.is_empty())) {
            (Ok(at), Some(text)) => self.0[at].1 = text.into(),
            (Ok(at), None) => {
                self.0.remove(at);
            }
            (Err(at), Some(text)) => self.0.insert(at, (schema::intern(name), text.into())),
            (Err(_), None) => {}
        }
    }

    /// Names and texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(at, _)| (**at).cmp(name))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Fields {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let mut fields = Self::new();
        for (name, text) in pairs {
            fields.set(name, Some(text));
        }
        fields
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of field names with text")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields(Vec::with_capacity(10));
                while let Some((name, text)) = map.next_entry::<Name, Box<str>>()? {
                    match fields.0.last() {
                        Some((last, _)) if **last >= *name.0 => fields.set(&name.0, Some(&text)),
                        _ if text.is_empty() => {}
                        _ => fields.0.push((name.0, text)),
                    }
                }
                fields.0.shrink_to_fit();
                Ok(fields)
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Fields {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <std::collections::BTreeMap<String, String> as utoipa::PartialSchema>::schema()
    }
}
#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Fields {}

/// A field name on its way in; a known one costs no allocation.
struct Name(Cow<'static, str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }
            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(schema::intern(name)))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_survive_and_order_does_not_matter() {
        let fields: Fields =
            serde_json::from_str(r#"{"zz_new":"1","city":"Reno","name":"A","empty":""}"#).expect("valid");
        assert_eq!(
            serde_json::to_string(&fields).expect("plain"),
            r#"{"city":"Reno","name":"A","zz_new":"1"}"#
        );
    }

    #[test]
    fn a_value_is_set_replaced_and_taken_away_and_an_empty_one_is_none() {
        let mut fields = Fields::new();
        for (name, text) in [("name", "A"), ("city", "Reno"), ("name", "B"), ("zip", "")] {
            fields.set(name, Some(text));
        }
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("city", "Reno"), ("name", "B")]);
        assert_eq!((fields.text("name"), fields.text("zip")), (Some("B"), None));
        fields.set("city", Some(""));
        fields.set("name", None);
        fields.set("never", None);
        assert_eq!(fields, Fields::default());
    }

    #[test]
    fn what_is_not_an_object_of_texts_is_refused_in_words() {
        let list = serde_json::from_str::<Fields>("[]").expect_err("it is a list").to_string();
        assert!(list.contains("an object of field names with text"), "{list}");
        let numbered = serde::de::value::MapDeserializer::new([(1_u32, "x")].into_iter());
        let numbered: Result<Fields, serde::de::value::Error> = Fields::deserialize(numbered);
        let numbered = numbered.expect_err("a number is no name").to_string();
        assert!(numbered.contains("a field name"), "{numbered}");
    }

    #[test]
    fn names_out_of_order_and_twice_read_as_in_order() {
        let fields: Fields =
            serde_json::from_str(r#"{"zip":"1","city":"Reno","zip":"","name":"A","name":"B"}"#)
                .expect("valid");
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("city", "Reno"), ("name", "B")]);
    }

    #[test]
    fn an_empty_value_reads_as_none_in_its_place_too() {
        let fields: Fields = serde_json::from_str(r#"{"city":"","name":"A","zip":""}"#).expect("valid");
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("name", "A")]);
    }

    #[test]
    fn a_later_duplicate_wins() {
        let fields: Fields = serde_json::from_str(r#"{"name":"A","name":"B"}"#).expect("valid");
        assert_eq!(fields.text("name"), Some("B"));
    }
}
