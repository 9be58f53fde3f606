//! The states and territories of the United States, as files write them: `TX`, `Texas`, `TEXAS (TX)`.

/// A state, or what has two letters as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(&'static str);

impl State {
    /// The state of these letters or this name.
    ///
    /// # Errors
    /// A sentence when there is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::of(text).ok_or_else(|| {
            format!("“{text}” is no state. Give its two letters or its name, as in --states VT,\"New York\".")
        })
    }

    /// What a cell of a file names, if that is a state at all. In parentheses files only say it again.
    pub(super) fn of(cell: &str) -> Option<Self> {
        let text = cell.split('(').next().unwrap_or_default().replace('.', "").to_uppercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let state = STATES.iter().find(|(letters, name)| *letters == text || *name == text);
        state.map(|(letters, _)| Self(letters))
    }
}

/// Two letters and the name, as the Postal Service has them (Publication 28, appendix B), its military ones among them.
const STATES: [(&str, &str); 62] = [
    ("AL", "ALABAMA"),
    ("AK", "ALASKA"),
    ("AS", "AMERICAN SAMOA"),
    ("AZ", "ARIZONA"),
    ("AR", "ARKANSAS"),
    ("CA", "CALIFORNIA"),
    ("CO", "COLORADO"),
    ("CT", "CONNECTICUT"),
    ("DE", "DELAWARE"),
    ("DC", "DISTRICT OF COLUMBIA"),
    ("FM", "FEDERATED STATES OF MICRONESIA"),
    ("FL", "FLORIDA"),
    ("GA", "GEORGIA"),
    ("GU", "GUAM"),
    ("HI", "HAWAII"),
    ("ID", "IDAHO"),
    ("IL", "ILLINOIS"),
    ("IN", "INDIANA"),
    ("IA", "IOWA"),
    ("KS", "KANSAS"),
    ("KY", "KENTUCKY"),
    ("LA", "LOUISIANA"),
    ("ME", "MAINE"),
    ("MH", "MARSHALL ISLANDS"),
    ("MD", "MARYLAND"),
    ("MA", "MASSACHUSETTS"),
    ("MI", "MICHIGAN"),
    ("MN", "MINNESOTA"),
    ("MS", "MISSISSIPPI"),
    ("MO", "MISSOURI"),
    ("MT", "MONTANA"),
    ("NE", "NEBRASKA"),
    ("NV", "NEVADA"),
    ("NH", "NEW HAMPSHIRE"),
    ("NJ", "NEW JERSEY"),
    ("NM", "NEW MEXICO"),
    ("NY", "NEW YORK"),
    ("NC", "NORTH CAROLINA"),
    ("ND", "NORTH DAKOTA"),
    ("MP", "NORTHERN MARIANA ISLANDS"),
    ("OH", "OHIO"),
    ("OK", "OKLAHOMA"),
    ("OR", "OREGON"),
    ("PW", "PALAU"),
    ("PA", "PENNSYLVANIA"),
    ("PR", "PUERTO RICO"),
    ("RI", "RHODE ISLAND"),
    ("SC", "SOUTH CAROLINA"),
    ("SD", "SOUTH DAKOTA"),
    ("TN", "TENNESSEE"),
    ("TX", "TEXAS"),
    ("UT", "UTAH"),
    ("VT", "VERMONT"),
    ("VI", "VIRGIN ISLANDS"),
    ("VA", "VIRGINIA"),
    ("WA", "WASHINGTON"),
    ("WV", "WEST VIRGINIA"),
    ("WI", "WISCONSIN"),
    ("WY", "WYOMING"),
    ("AA", "ARMED FORCES AMERICAS"),
    ("AE", "ARMED FORCES EUROPE"),
    ("AP", "ARMED FORCES PACIFIC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_one_however_a_file_writes_it() {
        let cases = [
            ("TX", Some("TX")),
            ("tx", Some("TX")),
            ("TEXAS", Some("TX")),
            ("Texas", Some("TX")),
            ("TEXAS (TX)", Some("TX")),
            ("TX (Texas)", Some("TX")),
            ("WESTERN AUSTRALIA (WA)", None),
            (" New  York ", Some("NY")),
            ("N.Y.", Some("NY")),
            ("D.C.", Some("DC")),
            ("PUERTO RICO", Some("PR")),
            ("QUEENSLAND", None),
            ("TEX", None),
            ("()", None),
            ("", None),
        ];
        for (cell, expected) in cases {
            assert_eq!(State::of(cell), expected.map(State), "{cell}");
        }
    }

    #[test]
    fn no_letters_and_no_name_stand_for_two() {
        let all: Vec<_> = STATES.iter().flat_map(|(letters, name)| [letters, name]).collect();
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert!(STATES.iter().all(|(letters, name)| letters.len() == 2 && name.len() > 3));
    }

    #[test]
    fn what_is_no_state_is_refused_in_a_sentence() {
        let sentence = State::parse("TEXS").expect_err("a slip");
        assert!(sentence.starts_with("“TEXS” is no state.") && sentence.ends_with('.'), "{sentence}");
    }
}
