//! Records of a kind as a table, for spreadsheets.
//!
//! As RFC 4180 says it, in UTF-8 with a byte order mark, by which Excel knows it. The first line holds the heads of the
//! columns: the record's id, its fields under their labels and in the order of the form, and where the record stands.
//! A link has two columns: what the other record is known by, and its id (of an account the one that stands for it
//! now), which is found again in the other tables. The fields of which a record may have many are one column each, a
//! line a piece. What a newer version knows comes last, under its own name.
//!
//! A spreadsheet takes some texts for formulas, which may do harm wherever the file is opened. OWASP's and ASVS' advice
//! is followed for all cells, those of the heads too: every cell is in quotes, and one that begins with `=`, `+`, `-`,
//! `@`, a tab, a line end or a full-width form of these gets an apostrophe before it. So does a phone number such as
//! `+1 775…`, which a spreadsheet would add up. Only a plain number below zero, as a longitude is, stays one. A
//! text that begins with an apostrophe before such a sign gets another one, so that [`unguarded`] finds what was
//! written.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::iter;

use protocol::schema::{self, AT, Field, SKIP, Shape, WITH};
use protocol::{Kind, Record};

use super::{Words, known_by, moment, target};
use crate::View;

/// The table, line by line.
pub fn csv<'a>(view: &'a View, kind: Kind, words: &'a Words) -> impl Iterator<Item = String> + 'a {
    let columns = columns(view, kind);
    let head = line(columns.iter().map(|column| Cow::Owned(column.head(words))));
    let row = move |record: &'a std::rc::Rc<Record>| {
        line(columns.iter().map(|column| column.cell(view, record, words)))
    };
    iter::once(format!("{MARK}{head}")).chain(view.of_kind(kind).map(row))
}

/// Rows of cells as such a table; the first row holds the heads.
pub fn table(rows: &[Vec<String>]) -> String {
    let lines = rows.iter().map(|row| line(row.iter().map(|cell| Cow::Borrowed(cell.as_str()))));
    iter::once(MARK.to_string()).chain(lines).collect()
}

/// What a column tells of a record.
#[derive(Clone, Copy)]
enum Column<'a> {
    Id,
    Field(&'static Field),
    /// What the record of a link is known by.
    Name(&'static Field, Kind),
    /// The id of that record.
    Link(&'static Field, Kind),
    /// Of all fields that begin so, what the record in their name is known by, and their text if it says more.
    ManyNames(&'static str, Kind),
    /// What is in the names of these fields.
    Many(&'static str),
    /// A field of a newer version.
    Other(&'a str),
    Territory,
    Place,
    By,
    At,
}

fn columns(view: &View, kind: Kind) -> Vec<Column<'_>> {
    let mut columns = vec![Column::Id];
    for field in schema::fields(kind) {
        match field.shape {
            Shape::Link(to) => columns.extend([Column::Name(field, to), Column::Link(field, to)]),
            _ => columns.push(Column::Field(field)),
        }
    }
    let mut many = Vec::new();
    if kind == Kind::Contact {
        many.push(AT);
        columns.extend([Column::ManyNames(AT, Kind::Account), Column::Many(AT)]);
    }
    if matches!(kind, Kind::Event | Kind::Note) {
        many.push(WITH);
        columns.extend([Column::ManyNames(WITH, Kind::Contact), Column::Many(WITH)]);
    }
    if kind == Kind::Event {
        many.push(SKIP);
        columns.push(Column::Many(SKIP));
    }
    columns.extend([Column::Territory, Column::Place, Column::By, Column::At]);
    let is_other = |name: &&str| {
        schema::field(kind, name).is_none() && !many.iter().any(|prefix| name.starts_with(prefix))
    };
    let names = view.of_kind(kind).flat_map(|record| record.fields.iter().map(|(name, _)| name));
    let others: BTreeSet<&str> = names.filter(is_other).collect();
    columns.extend(others.into_iter().map(Column::Other));
    columns
}

impl<'a> Column<'a> {
    fn head(self, words: &Words) -> String {
        match self {
            Self::Id => (words.head)("id"),
            Self::Field(field) | Self::Name(field, _) => (words.head)(field.name),
            Self::Link(field, _) => (words.head)(&format!("{} id", field.name)),
            Self::ManyNames(prefix, _) => (words.head)(prefix),
            Self::Many(prefix) => (words.head)(&format!("{prefix} id")),
            Self::Other(name) => name.to_owned(),
            Self::Territory => (words.head)("territory"),
            Self::Place => (words.head)("place"),
            Self::By => (words.head)("by"),
            Self::At => (words.head)("at"),
        }
    }

    fn cell(self, view: &View, record: &'a Record, words: &Words) -> Cow<'a, str> {
        let text = |name| record.fields.text(name).unwrap_or_default();
        match self {
            Self::Id => record.id.0.to_string().into(),
            Self::Field(Field { name, shape: Shape::Choice | Shape::Yes, .. }) => match text(name) {
                "" => "".into(),
                value => (words.value)(name, value).into(),
            },
            Self::Field(field) => text(field.name).into(),
            Self::Name(field, to) => name_of(view, to, text(field.name)).into(),
            Self::Link(field, to) => match target(view, link_kind(field, to), text(field.name)) {
                Some(id) => id.0.to_string().into(),
                None => text(field.name).into(),
            },
            Self::ManyNames(prefix, to) => {
                let piece = |(id, said): (&str, &str)| match (name_of(view, to, id), said) {
                    (name, "yes") => name,
                    (name, said) => format!("{name} ({said})"),
                };
                many(record, prefix).map(piece).collect::<Vec<_>>().join("\n").into()
            }
            Self::Many(prefix) => {
                many(record, prefix).map(|(id, _)| id).collect::<Vec<_>>().join("\n").into()
            }
            Self::Other(name) => text(name).into(),
            Self::Territory => record.territory.as_str().into(),
            Self::Place => (words.place)(view.place(record.id)).into(),
            Self::By => record.by.as_str().into(),
            Self::At => moment(record.at).map(|at| format!("{at}Z")).unwrap_or_default().into(),
        }
    }
}

/// Where an account went is told as it is: its survivor may have gone on.
fn link_kind(field: &Field, to: Kind) -> Kind {
    if field.name == "merged_into" { Kind::Unknown } else { to }
}

fn name_of(view: &View, kind: Kind, id: &str) -> String {
    let record = target(view, kind, id).and_then(|id| view.record(id));
    record.map(|record| known_by(record).to_owned()).unwrap_or_default()
}

fn many<'a>(record: &'a Record, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    record.fields.iter().filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text)))
}

fn line<'a>(cells: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            line.push(',');
        }
        if !cell.is_empty() {
            line.push('"');
            line.push_str(&guarded(&cell).replace('"', "\"\""));
            line.push('"');
        }
    }
    line.push_str("\r\n");
    line
}

/// The text so that no spreadsheet takes it for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    if has_sign(text) && !is_number(text) { format!("'{text}").into() } else { text.into() }
}

/// What was written in a cell, without the apostrophe that guards it.
#[cfg(test)]
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|_| has_sign(cell)).unwrap_or(cell)
}

/// Whether it begins like a formula, behind any number of apostrophes.
fn has_sign(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(SIGNS)
}

/// A number below zero and nothing else.
fn is_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('-') else { return false };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, rest].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

const MARK: char = '\u{feff}';
const SIGNS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

#[cfg(test)]
mod tests {
    use super::super::testing::{WORDS, nasty};
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::{Place, Shown};
    use expect_test::{Expect, expect};

    /// The cells of a table, read as RFC 4180 says.
    fn read(table: &str) -> Vec<Vec<String>> {
        let mut rows = vec![vec![String::new()]];
        let mut letters = table.strip_prefix(MARK).expect("a mark").chars().peekable();
        let mut quoted = false;
        while let Some(letter) = letters.next() {
            let row = rows.last_mut().expect("a row");
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    letters.next();
                    row.last_mut().expect("a cell").push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\r' if !quoted => {
                    assert_eq!(letters.next(), Some('\n'));
                    rows.push(vec![String::new()]);
                }
                letter => {
                    assert!(quoted, "{letter:?} stands outside quotes");
                    row.last_mut().expect("a cell").push(letter);
                }
            }
        }
        assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line is ended");
        rows
    }

    #[test]
    fn any_rows_become_a_table_without_formulas() {
        let rows = [vec!["Payer", "%"], vec!["=1+1", "80%"], vec!["@ho\"me", ""]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let made = table(&rows);
        assert_eq!(made, "\u{feff}\"Payer\",\"%\"\r\n\"'=1+1\",\"80%\"\r\n\"'@ho\"\"me\",\r\n");
        assert_eq!(read(&made)[1], ["'=1+1", "80%"]);
    }

    /// The cells that say something, each with its head.
    fn check(shown: &[Shown], kind: Kind, expect: Expect) {
        let mut view = View::default();
        view.apply(shown);
        let rows = read(&csv(&view, kind, &WORDS).collect::<String>());
        let mut told = String::new();
        for row in &rows[1..] {
            assert_eq!(row.len(), rows[0].len());
            for (head, cell) in rows[0].iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                told += &format!("{head}: {}\n", cell.replace('\n', " / "));
            }
        }
        expect.assert_eq(&told);
    }

    fn text(n: u128) -> String {
        id(n).0.to_string()
    }

    #[test]
    fn a_table_has_a_head_and_a_line_for_each_record() {
        let mut view = View::default();
        view.apply(&[
            account(2, &[("name", "Oak, \"The\" House"), ("rating", "A"), ("lon", "-119.81")]),
            account(1, &[("name", "Elm"), ("targeted", "yes")]),
        ]);
        let table: String = csv(&view, Kind::Account, &WORDS).collect();
        expect![[r#"
            "ID","NAME","TYPE","SPECIALTY","PHONE","FAX","EMAIL","WEB","ADDRESS","CITY","STATE","ZIP","COUNTY","LAT","LON","HOURS","BEST_TIME","RATING","STARS","TARGETED","FREQUENCY","ADMINISTRATOR","NPI","CCN","OWNER","TAGS","ABOUT","MERGED_INTO","MERGED_INTO ID","TERRITORY","PLACE","BY","AT"
            "00000000-0000-0000-0000-000000000001","Elm",,,,,,,,,,,,,,,,,,"<yes>",,,,,,,,,,"north","web",,
            "00000000-0000-0000-0000-000000000002","Oak, ""The"" House",,,,,,,,,,,,,"-119.81",,,"<A>",,,,,,,,,,,,"north","web",,
        "#]]
        .assert_eq(&table.replace("\r\n", "\n").replace(MARK, ""));
        assert_eq!(csv(&view, Kind::Referral, &WORDS).count(), 1, "an empty table still has its head");
    }

    #[test]
    fn a_link_is_told_by_name_and_id_and_leads_to_the_account_that_stands_for_it() {
        let (first, second, gone) = (text(1), text(2), text(99));
        check(
            &[
                account(1, &[("name", "Stays")]),
                account(2, &[("name", "Merged"), ("merged_into", &first)]),
                shown(Kind::Referral, 5, &[("patient", "J.D."), ("account", &second), ("contact", &gone)]),
            ],
            Kind::Referral,
            expect![[r#"
                ID: 00000000-0000-0000-0000-000000000005
                PATIENT: J.D.
                ACCOUNT: Stays
                ACCOUNT ID: 00000000-0000-0000-0000-000000000001
                CONTACT ID: 00000000-0000-0000-0000-000000000063
                TERRITORY: north
                PLACE: web
            "#]],
        );
    }

    #[test]
    fn where_an_account_went_is_told_as_it_is() {
        let (first, second) = (text(1), text(2));
        check(
            &[
                account(3, &[("name", "Third"), ("merged_into", &second)]),
                account(2, &[("name", "Second"), ("merged_into", &first)]),
            ],
            Kind::Account,
            expect![[r#"
                ID: 00000000-0000-0000-0000-000000000002
                NAME: Second
                MERGED_INTO ID: 00000000-0000-0000-0000-000000000001
                TERRITORY: north
                PLACE: web
                ID: 00000000-0000-0000-0000-000000000003
                NAME: Third
                MERGED_INTO: Second
                MERGED_INTO ID: 00000000-0000-0000-0000-000000000002
                TERRITORY: north
                PLACE: web
            "#]],
        );
    }

    #[test]
    fn fields_of_which_there_are_many_and_those_of_a_newer_version_are_in_it() {
        let (at, far) = (format!("at:{}", text(1)), format!("at:{}", text(2)));
        let person = shown(
            Kind::Contact,
            7,
            &[("name", "Ana"), (&at, "Medical director"), (&far, "yes"), ("zz", "1")],
        );
        let places = [account(1, &[("name", "Elm")]), account(2, &[("name", "Oak")])];
        check(
            &[places.as_slice(), &[person]].concat(),
            Kind::Contact,
            expect![[r#"
                ID: 00000000-0000-0000-0000-000000000007
                NAME: Ana
                AT:: Elm (Medical director) / Oak
                AT: ID: 00000000-0000-0000-0000-000000000001 / 00000000-0000-0000-0000-000000000002
                TERRITORY: north
                PLACE: web
                zz: 1
            "#]],
        );
        let with = format!("with:{}", text(7));
        let series =
            [("subject", "Lunch"), (&*with, "yes"), ("skip:2026-12-24", "yes"), ("skip:2026-12-31", "yes")];
        let event = Shown { place: Place::Phone, ..shown(Kind::Event, 8, &series) };
        check(
            &[shown(Kind::Contact, 7, &[("name", "Ana")]), event],
            Kind::Event,
            expect![[r#"
                ID: 00000000-0000-0000-0000-000000000008
                SUBJECT: Lunch
                WITH:: Ana
                WITH: ID: 00000000-0000-0000-0000-000000000007
                SKIP: ID: 2026-12-24 / 2026-12-31
                TERRITORY: north
                PLACE: phone
            "#]],
        );
    }

    #[test]
    fn a_note_that_is_linked_to_is_known_by_how_it_begins() {
        let (long, note) = (format!("{}\nmore", "é".repeat(400)), text(3));
        let mut view = View::default();
        view.apply(&[
            shown(Kind::Note, 3, &[("text", &long)]),
            shown(Kind::Event, 4, &[("subject", "x"), ("follows", &note)]),
        ]);
        let rows = read(&csv(&view, Kind::Event, &WORDS).collect::<String>());
        assert!(rows[1].contains(&"é".repeat(300)));
    }

    #[test]
    fn no_cell_begins_like_a_formula() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+1 775 555 0134", "'+1 775 555 0134"),
            ("-1-775-555-0134", "'-1-775-555-0134"),
            ("-", "'-"),
            ("-.5", "'-.5"),
            ("-1.5", "-1.5"),
            ("-12", "-12"),
            ("-12\n", "'-12\n"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("'=1", "''=1"),
            ("'-1.5", "''-1.5"),
            ("'tis", "'tis"),
            ("7755550134", "7755550134"),
            ("a=1", "a=1"),
            ("", ""),
        ];
        for (text, cell) in cases {
            assert_eq!((guarded(text).as_ref(), unguarded(cell)), (cell, text), "{text:?}");
        }
    }

    #[test]
    fn whatever_was_written_is_read_again() {
        for text in nasty(4_000) {
            let mut view = View::default();
            view.apply(&[
                shown(Kind::Note, 1, &[("text", &text), ("=a field", &text)]),
                Shown { place: Place::NeedsYou, ..shown(Kind::Note, 2, &[("text", "after")]) },
            ]);
            let rows = read(&csv(&view, Kind::Note, &WORDS).collect::<String>());
            let cell = |row: usize, head: &str| {
                let at = rows[0].iter().position(|found| found == head).expect("a column");
                unguarded(&rows[row][at]).to_owned()
            };
            assert_eq!((rows.len(), cell(1, "TEXT"), cell(2, "TEXT")), (3, text.clone(), "after".to_owned()));
            let own = if text.is_empty() { "NEXT" } else { "'=a field" };
            assert_eq!(cell(1, own), text);
            let safe = rows.iter().flatten().all(|cell| !cell.starts_with(SIGNS) || is_number(cell));
            assert!(safe, "{rows:?}");
        }
    }
}
