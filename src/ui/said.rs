//! A field and what it holds, as people say it: records by their names, days by the calendar, codes by their words.

use protocol::merge::Clash;
use protocol::schema::{self, AT, SKIP, Shape, WITH};
use protocol::{Edit, Kind, RecordId};
use view::View;
use view::saved;

use crate::ui::{account_filter, intl, name, words};

/// The field's label.
pub(crate) fn label(field: &str) -> String {
    let of_many = [(AT, words::FURTHER_PLACES), (WITH, words::WITH), (SKIP, words::LEFT_OUT)];
    let known = of_many.into_iter().find(|(start, _)| field.starts_with(start));
    known.map_or_else(|| words::field(field), |(_, label)| label.to_owned())
}

/// What the field holds; of one of many, what its name stands for.
pub(crate) fn value(view: &View, kind: Kind, field: &str, text: &str) -> String {
    let named = |id: &str| {
        let record = id.parse().ok().and_then(|id| view.record(view.survivor(RecordId(id))));
        record.map_or_else(|| words::NOT_HERE.to_owned(), |record| name(record))
    };
    if let Some(account) = field.strip_prefix(AT) {
        return words::dotted([Some(named(account)), (text != "yes").then(|| text.to_owned())]);
    }
    if let Some(contact) = field.strip_prefix(WITH) {
        return named(contact);
    }
    if let Some(day) = field.strip_prefix(SKIP) {
        return schema::day(day).map_or_else(|| day.to_owned(), intl::day);
    }
    match schema::field(kind, field).map(|field| field.shape) {
        Some(Shape::Phone) => words::phone_number(text),
        Some(Shape::Link(_)) => named(text),
        Some(Shape::Filters) => account_filter::line(&saved::wanted(text)),
        Some(Shape::Day | Shape::Wall) => moment(text).unwrap_or_else(|| text.to_owned()),
        _ => words::value(field, text),
    }
}

fn moment(text: &str) -> Option<String> {
    schema::day(text).map(intl::day).or_else(|| schema::wall_time(text).map(intl::wall))
}

/// Both values of a field that two people changed.
pub(crate) fn clash(view: &View, clash: &Clash) -> String {
    let kind = view.record(clash.record).map_or(Kind::Unknown, |record| record.kind);
    let said = |text: &Option<String>| text.as_ref().map(|text| value(view, kind, &clash.field, text));
    let said = Clash { theirs: said(&clash.theirs), mine: said(&clash.mine), ..clash.clone() };
    words::clash(&label(&clash.field), &said)
}

/// All that a save said, field by field, so that nothing of it can be lost.
pub(crate) fn save(view: &View, edits: &[Edit]) -> Vec<(String, String)> {
    let fields = edits.iter().flat_map(|edit| edit.set.iter().map(|(name, text)| (edit.kind, name, text)));
    let told = fields.filter(|(_, name, _)| !matches!(name.as_str(), "account" | "written"));
    told.map(|(kind, name, text)| (label(name), text_of(view, kind, name, text.as_deref()))).collect()
}

/// The same in lines, to be taken elsewhere.
pub(crate) fn lines(told: &[(String, String)]) -> String {
    told.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n")
}

/// What the field holds, or that it holds nothing.
pub(crate) fn text_of(view: &View, kind: Kind, field: &str, text: Option<&str>) -> String {
    let is_one_of_many = [AT, WITH, SKIP].iter().any(|start| field.starts_with(start));
    match text {
        Some(text) => value(view, kind, field, text),
        None if is_one_of_many => words::taken_away(&value(view, kind, field, "yes")),
        None => words::NOTHING_TAKEN.to_owned(),
    }
}
