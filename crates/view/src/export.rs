//! Everything on this phone as files for other programs. A file comes line by line, so that nobody needs room for all
//! of it at once.
//!
//! `csv` is for spreadsheets and says things as the screen does; `vcard` is for address books; `ics` is for
//! calendars; `json` is for programs and leaves nothing out; `zip` puts several files into one.

mod csv;
mod ics;
mod vcard;
mod zip;

use std::time::Duration;

use engine::Place;
use protocol::schema::{self, DateTime};
use protocol::{Kind, Record, RecordId};

use crate::View;

pub use csv::{csv, table};
pub use ics::ics;
pub use vcard::vcard;
pub use zip::{Sum, Zip};

/// The kinds that a file is made of, in the order in which they are offered.
pub const KINDS: [Kind; 5] = [Kind::Account, Kind::Contact, Kind::Referral, Kind::Event, Kind::Note];

/// What the files say in the rep's own language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The head of a column: of a field, or of one of [`csv`]'s own.
    pub head: fn(&str) -> String,
    /// A value of this field as it is read.
    pub value: fn(&str, &str) -> String,
    /// Where a record's newest words are.
    pub place: fn(Place) -> &'static str,
    /// What stands first on the card of somebody who asked not to be contacted.
    pub do_not_contact: &'static str,
}

/// Every record as the web writes it, one JSON object a line: for programs. Kinds and fields of a newer version are in
/// it as well.
pub fn json(view: &View) -> impl Iterator<Item = String> {
    let records =
        KINDS.into_iter().chain([Kind::SavedView, Kind::Unknown]).flat_map(|kind| view.of_kind(kind));
    records.filter_map(|record| Some(serde_json::to_string(record.as_ref()).ok()? + "\n"))
}

/// What a rep knows a record by, in one line.
fn known_by(record: &Record) -> &str {
    let first = schema::fields(record.kind).first().and_then(|field| record.fields.text(field.name));
    let line = first.and_then(|text| text.lines().next()).unwrap_or_default();
    line.char_indices().nth(KNOWN_BY_CHARS).map_or(line, |(end, _)| &line[..end])
}

/// The record that a link leads to: of an account the one that stands for it now.
fn target(view: &View, kind: Kind, text: &str) -> Option<RecordId> {
    let id = RecordId(text.parse().ok()?);
    Some(if kind == Kind::Account { view.survivor(id) } else { id })
}

/// A moment of the server's clock; none for a record that it has not seen.
fn moment(ms: i64) -> Option<DateTime> {
    let since = Duration::from_secs(u64::try_from(ms / 1_000).ok().filter(|seconds| *seconds > 0)?);
    EPOCH.checked_add(since).ok()
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// As long as names get; a note that is linked to is known by how it begins.
const KNOWN_BY_CHARS: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{id, shown};
    use engine::Shown;
    use expect_test::expect;

    #[test]
    fn json_leaves_nothing_out() {
        let mut view = View::default();
        let text = id(1).0.to_string();
        view.apply(&[
            shown(Kind::Unknown, 9, &[("what", "of a newer version")]),
            shown(Kind::Note, 2, &[("text", "two\nlines “é”"), ("account", &text), ("zz_new", "1")]),
            Shown { place: Place::Phone, ..shown(Kind::Account, 1, &[("name", "A")]) },
        ]);
        let lines: Vec<String> = json(&view).collect();
        let read: Vec<Record> =
            lines.iter().map(|line| serde_json::from_str(line).expect("a record")).collect();
        assert_eq!(read, [1, 2, 9].map(|n| Record::clone(view.record(id(n)).expect("is here"))));
        expect![[r#"
            {"id":"00000000-0000-0000-0000-000000000002","kind":"note","territory":"north","version":1,"at":0,"fields":{"account":"00000000-0000-0000-0000-000000000001","text":"two\nlines “é”","zz_new":"1"}}
        "#]]
        .assert_eq(&lines[1]);
    }

    #[test]
    fn a_moment_is_in_utc_and_a_record_that_was_never_on_the_web_has_none() {
        assert_eq!(
            moment(1_795_690_996_123).map(|at| at.to_string()).as_deref(),
            Some("2026-11-26T11:03:16")
        );
        assert_eq!((moment(0), moment(-5), moment(i64::MAX)), (None, None, None));
    }
}

#[cfg(test)]
mod testing {
    //! Texts that a file may choke on: the same at every run.

    use super::Words;

    pub(super) const WORDS: Words = Words {
        head: str::to_uppercase,
        value: |_, value| format!("<{value}>"),
        place: |place| match place {
            engine::Place::Web => "web",
            engine::Place::Phone => "phone",
            engine::Place::NeedsYou => "needs you",
        },
        do_not_contact: "Do not contact.",
    };

    /// So many texts out of the pieces that have a meaning somewhere.
    pub(super) fn nasty(count: usize) -> impl Iterator<Item = String> {
        let mut state = 7_u64;
        let mut below = move |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % limit
        };
        (0..count).map(move |_| (0..below(90)).map(|_| PIECES[below(PIECES.len())]).collect())
    }

    const PIECES: [&str; 29] = [
        "a",
        "b ",
        "=1+1",
        "+",
        "-",
        "@",
        "'",
        "\"",
        "\"\"",
        ",",
        ";",
        ":",
        "\\",
        "\\n",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "=",
        "\u{ff1d}",
        "é",
        "مستشفى",
        "👩\u{200d}⚕️",
        "\u{feff}",
        "BEGIN:VCARD",
        "0",
        "-12.5",
        " ",
        "|",
    ];
}
