//! Contacts as cards for an address book: vCard 4.0, RFC 6350.
//!
//! A name is kept as one text and is not taken apart: an address book shows it as it was written.

use protocol::schema;
use protocol::{Kind, Record};

use super::{Words, known_by, moment};
use crate::View;

/// The cards, one a contact.
pub fn vcard<'a>(view: &'a View, words: &'a Words) -> impl Iterator<Item = String> + 'a {
    view.of_kind(Kind::Contact).map(|contact| card(view, contact, words))
}

fn card(view: &View, contact: &Record, words: &Words) -> String {
    let text = |name| contact.fields.text(name).unwrap_or_default();
    let account = view.account_of(contact).and_then(|id| view.record(id));
    let mut card = Card("BEGIN:VCARD\r\nVERSION:4.0\r\n".to_owned());
    card.line(&format!("UID:urn:uuid:{}", contact.id.0));
    card.texts("FN", &[known_by(contact)], ';');
    card.texts("N", &["", known_by(contact), "", "", text("credentials")], ';');
    card.texts("ORG", &[account.map(|account| known_by(account)).unwrap_or_default()], ';');
    card.texts("TITLE", &[text("title")], ';');
    card.texts("ROLE", &[text("type")], ';');
    card.texts("TEL;TYPE=work,voice", &[text("phone")], ';');
    card.texts("TEL;TYPE=cell", &[text("mobile")], ';');
    card.texts("TEL;TYPE=work,fax", &[text("fax")], ';');
    card.texts("EMAIL;TYPE=work", &[text("email")], ';');
    // Of their own place if that is known, of the account otherwise: never the street of one in the town of the other.
    let place = [Some(contact), account.map(AsRef::as_ref)].into_iter().flatten().map(place);
    let place = place.into_iter().find(|place| place.iter().any(|part| !part.is_empty())).unwrap_or_default();
    card.texts("ADR;TYPE=work", &["", "", place[0], place[1], place[2], place[3], ""], ';');
    match schema::day(text("birthday")) {
        Some(day) => card.line(&format!("BDAY:{}", day.to_string().replace('-', ""))),
        None => card.texts("BDAY;VALUE=text", &[text("birthday")], ';'),
    }
    let asked_not = if text("do_not_contact").is_empty() { "" } else { words.do_not_contact };
    let note = [asked_not, text("matters"), text("about")];
    let note: Vec<&str> = note.into_iter().filter(|part| !part.is_empty()).collect();
    card.texts("NOTE", &[&note.join("\n\n")], ';');
    let tags: Vec<&str> = text("tags").split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    card.texts("CATEGORIES", &tags, ',');
    if let Some(at) = moment(contact.at) {
        card.line(&format!("REV:{}Z", at.to_string().replace(['-', ':'], "")));
    }
    card.line("END:VCARD");
    card.0
}

fn place(record: &Record) -> [&str; 4] {
    ["address", "city", "state", "zip"].map(|name| record.fields.text(name).unwrap_or_default())
}

/// Properties below each other, as RFC 5545 and RFC 6350 write them.
pub(super) struct Card(pub(super) String);

impl Card {
    /// A property of one or more texts; none where all of them are empty.
    pub(super) fn texts(&mut self, name: &str, texts: &[&str], between: char) {
        if texts.iter().any(|text| !text.is_empty()) {
            let escaped: Vec<String> = texts.iter().map(|text| escaped(text)).collect();
            self.line(&format!("{name}:{}", escaped.join(&between.to_string())));
        }
    }

    /// A line, folded so that none is longer than the most; never within a letter.
    pub(super) fn line(&mut self, line: &str) {
        let mut octets = 0;
        for letter in line.chars() {
            if octets + letter.len_utf8() > OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\n' | '\r' => escaped.push_str("\\n"),
            ',' | ';' | '\\' => escaped.extend(['\\', letter]),
            // No other control character may stand in a card.
            control if control.is_ascii_control() && control != '\t' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Without the line end.
const OCTETS_MAX: usize = 75;

#[cfg(test)]
mod tests {
    use super::super::testing::{WORDS, nasty};
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use expect_test::{Expect, expect};

    fn cards(shown: &[Shown]) -> String {
        let mut view = View::default();
        view.apply(shown);
        vcard(&view, &WORDS).collect()
    }

    fn check(shown: &[Shown], expect: Expect) {
        expect.assert_eq(&cards(shown).replace("\r\n", "\n"));
    }

    /// The texts of the first property of that name, as RFC 6350 reads them.
    fn read(card: &str, name: &str) -> Option<Vec<String>> {
        let unfolded = card.replace("\r\n ", "");
        let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}:")))?;
        let mut texts = vec![String::new()];
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            let text = texts.last_mut().expect("a text");
            match letter {
                '\\' => match letters.next().expect("something is escaped") {
                    'n' => text.push('\n'),
                    letter => text.push(letter),
                },
                ';' => texts.push(String::new()),
                letter => text.push(letter),
            }
        }
        Some(texts)
    }

    #[test]
    fn a_card_says_who_it_is_and_how_to_reach_them() {
        let place = id(1).0.to_string();
        let elm = account(
            1,
            &[
                ("name", "Elm; House, The"),
                ("address", "1 Elm St"),
                ("city", "Reno"),
                ("state", "NV"),
                ("zip", "89501"),
            ],
        );
        let ana = [
            ("name", "Ana Patel"),
            ("account", &*place),
            ("type", "Case manager"),
            ("title", "Director, discharge"),
            ("credentials", "RN, MSN"),
            ("phone", "7755550134"),
            ("mobile", "+1 775 555 0135"),
            ("fax", "7755550136"),
            ("email", "ana@elm.example"),
            ("birthday", "1985-04-12"),
            ("do_not_contact", "yes"),
            ("matters", "Weekend admits;\nfast answers"),
            ("about", "Back\\slash"),
            ("tags", "north, key  contact,"),
        ];
        check(
            &[elm, shown(Kind::Contact, 7, &ana)],
            expect![[r#"
                BEGIN:VCARD
                VERSION:4.0
                UID:urn:uuid:00000000-0000-0000-0000-000000000007
                FN:Ana Patel
                N:;Ana Patel;;;RN\, MSN
                ORG:Elm\; House\, The
                TITLE:Director\, discharge
                ROLE:Case manager
                TEL;TYPE=work,voice:7755550134
                TEL;TYPE=cell:+1 775 555 0135
                TEL;TYPE=work,fax:7755550136
                EMAIL;TYPE=work:ana@elm.example
                ADR;TYPE=work:;;1 Elm St;Reno;NV;89501;
                BDAY:19850412
                NOTE:Do not contact.\n\nWeekend admits\;\nfast answers\n\nBack\\slash
                CATEGORIES:north,key  contact
                END:VCARD
            "#]],
        );
    }

    #[test]
    fn their_own_address_goes_before_the_accounts_and_an_odd_birthday_is_a_text() {
        let place = id(1).0.to_string();
        let elm = account(1, &[("name", "Elm"), ("address", "1 Elm St"), ("city", "Reno")]);
        let ben = shown(
            Kind::Contact,
            7,
            &[("name", "Ben"), ("account", &place), ("city", "Elko"), ("birthday", "May, the 4th")],
        );
        check(
            &[elm, ben],
            expect![[r#"
                BEGIN:VCARD
                VERSION:4.0
                UID:urn:uuid:00000000-0000-0000-0000-000000000007
                FN:Ben
                N:;Ben;;;
                ORG:Elm
                ADR;TYPE=work:;;;Elko;;;
                BDAY;VALUE=text:May\, the 4th
                END:VCARD
            "#]],
        );
    }

    #[test]
    fn a_card_tells_when_the_web_took_it() {
        let mut contact = shown(Kind::Contact, 7, &[("name", "Ben")]);
        let record = contact.record.as_mut().and_then(std::rc::Rc::get_mut).expect("its own");
        record.at = 1_795_690_996_123;
        assert!(cards(&[contact]).contains("\r\nREV:20261126T110316Z\r\n"));
    }

    #[test]
    fn whatever_was_written_is_read_again_from_short_lines() {
        for text in nasty(4_000) {
            let card =
                cards(&[shown(Kind::Contact, 7, &[("name", "Ben"), ("about", &text), ("title", &text)])]);
            let written = text.replace("\r\n", "\n").replace('\r', "\n");
            let expected = (!text.is_empty()).then(|| vec![written]);
            assert_eq!(read(&card, "NOTE"), expected, "{text:?}");
            assert_eq!(read(&card, "TITLE"), expected, "{text:?}");
            let lines: Vec<&str> = card.split("\r\n").collect();
            assert!(
                lines.iter().all(|line| line.len() <= OCTETS_MAX && !line.contains(['\n', '\r'])),
                "{card}"
            );
            assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VCARD").count(), 1, "{card}");
        }
    }

    #[test]
    fn a_card_holds_no_control_character() {
        assert_eq!(escaped("a\u{0}b\u{1b}c\td"), "a b c\td");
    }
}
