//! Which referrals are meant. A figure says it of those it has counted, so that the list shows the same ones.

use std::collections::BTreeSet;

use protocol::schema::{Date, day};
use protocol::{Kind, RecordId};

use super::{BECAME, Became, Case, is_fixable, rep_of};
use crate::{View, fold};

/// Which referrals are meant: those of which all that is asked for is true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Came on this day or later.
    pub from: Option<Date>,
    /// Came on this day or earlier.
    pub to: Option<Date>,
    /// Whether the days are those on which care began, and not those on which the referrals came.
    pub by_start: bool,
    /// What became of them.
    pub became: Option<Became>,
    /// Why they were not admitted; empty where nobody said.
    pub reason: Option<String>,
    /// Whether the agency itself could do something about the reason.
    pub fixable: Option<bool>,
    /// Who pays; empty where nobody said.
    pub payer: Option<String>,
    /// The physician.
    pub physician: Option<String>,
    /// Whose they are, as [`rep_of`] says; empty where nobody is named.
    pub rep: Option<String>,
    /// The account or the person they speak of.
    pub about: Option<RecordId>,
    /// Whether they name no account.
    pub placeless: bool,
}

impl Which {
    /// Whether all are meant.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// As an address carries it.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let flag = |set: bool, text: &str| set.then(|| text.to_owned());
        let pairs = [
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("days", flag(self.by_start, START)),
            ("became", self.became.map(|became| became.name().to_owned())),
            ("reason", self.reason.clone()),
            ("fixable", self.fixable.map(|fixable| if fixable { YES } else { NO }.to_owned())),
            ("payer", self.payer.clone()),
            ("physician", self.physician.clone()),
            ("rep", self.rep.clone()),
            ("about", self.about.map(|id| id.0.to_string())),
            ("account", flag(self.placeless, NONE)),
        ];
        pairs.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
    }

    /// Out of an address. What does not read is left out.
    pub fn of_pairs(text: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name, word| text(name).is_some_and(|text| text == word);
        Self {
            from: text("from").as_deref().and_then(day),
            to: text("to").as_deref().and_then(day),
            by_start: is("days", START),
            became: text("became").and_then(|name| BECAME.into_iter().find(|became| became.name() == name)),
            reason: text("reason"),
            fixable: is("fixable", YES).then_some(true).or_else(|| is("fixable", NO).then_some(false)),
            payer: text("payer"),
            physician: text("physician"),
            rep: text("rep"),
            about: text("about").and_then(|id| id.parse().ok()).map(RecordId),
            placeless: is("account", NONE),
        }
    }

    /// Whether it is meant, as far as it says so itself.
    pub(crate) fn takes(&self, case: &Case) -> bool {
        let text = |name| case.record.fields.text(name).unwrap_or_default();
        let says =
            |wanted: &Option<String>, name| wanted.as_ref().is_none_or(|it| alike(it) == alike(text(name)));
        let is_within =
            |day: Date| self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day <= to);
        let day = if self.by_start { case.began() } else { Some(case.referred) };
        day.is_some_and(is_within)
            && self.became.is_none_or(|became| case.became == became)
            && self.reason.as_ref().is_none_or(|wanted| *wanted == text("reason"))
            && self.fixable.is_none_or(|wanted| wanted == is_fixable(text("reason")))
            && says(&self.payer, "payer")
            && says(&self.physician, "physician")
    }

    /// Those that are meant and found.
    pub fn choose(&self, view: &View, mut cases: Vec<Case>, query: &str) -> Vec<Case> {
        let about: Option<BTreeSet<RecordId>> =
            self.about.map(|id| view.about(id, Kind::Referral).iter().map(|record| record.id).collect());
        let rep = self.rep.as_deref().map(alike);
        let query = fold(query);
        let words: Vec<&str> = query.split_whitespace().collect();
        cases.retain(|case| {
            about.as_ref().is_none_or(|about| about.contains(&case.record.id))
                && self.takes(case)
                && !(self.placeless && view.account_of(&case.record).is_some())
                && rep
                    .as_ref()
                    .is_none_or(|rep| *rep == alike(rep_of(view, &case.record).unwrap_or_default()))
                && (words.is_empty() || case.is_found(view, &words))
        });
        cases
    }
}

/// What two people typed for the same name is one name.
pub(crate) fn alike(typed: &str) -> String {
    fold(&typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

const START: &str = "start";
const YES: &str = "yes";
const NO: &str = "no";
const NONE: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{cases, cases_of};
    use crate::testing::{account, id, shown};
    use crate::timeline::Clock;

    fn clock() -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), 0)
    }

    #[test]
    fn those_that_are_meant_are_chosen_and_an_address_carries_which() {
        let place = id(1).0.to_string();
        let person = id(2).0.to_string();
        let referral =
            |n, fields: &[(&str, &str)]| shown(Kind::Referral, n, &[&[("patient", "J.D.")], fields].concat());
        let ids = |cases: &[Case]| cases.iter().map(|case| case.record.id.0.as_u128()).collect::<Vec<_>>();
        let mut view = View::default();
        view.apply(&[
            account(1, &[("name", "Oak House"), ("owner", "Ana Ruiz")]),
            shown(Kind::Contact, 2, &[("name", "Ana Patel"), ("account", &place)]),
            referral(10, &[("referred", "2026-11-20"), ("account", &place), ("physician", "Dr. Ode")]),
            referral(
                11,
                &[
                    ("referred", "2026-11-21"),
                    ("stage", "nonadmit"),
                    ("reason", "staffing"),
                    ("payer", "Medicare"),
                ],
            ),
            referral(
                12,
                &[
                    ("referred", "2026-11-22"),
                    ("stage", "admitted"),
                    ("contact", &person),
                    ("soc", "2026-11-24"),
                ],
            ),
            referral(13, &[("referred", "2026-11-23"), ("stage", "nonadmit"), ("owner", "Ben")]),
        ]);
        let of = |pairs: &[(&str, &str)]| {
            let find = |name: &str| pairs.iter().find(|(key, _)| *key == name);
            Which::of_pairs(|name| find(name).map(|(_, text)| (*text).to_owned()))
        };
        for (pairs, query, found) in [
            (vec![], "", vec![10, 11, 12, 13]),
            (vec![("from", "2026-11-21"), ("to", "2026-11-22")], "", vec![11, 12]),
            (vec![("became", "waiting")], "", vec![10]),
            (vec![("became", "nonadmit"), ("reason", "")], "", vec![13]),
            (vec![("reason", "staffing")], "", vec![11]),
            (vec![("fixable", "yes")], "", vec![11]),
            (vec![("fixable", "no"), ("became", "nonadmit")], "", vec![13]),
            (vec![("fixable", "perhaps")], "", vec![10, 11, 12, 13]),
            (vec![("payer", " MEDICARE ")], "", vec![11]),
            (vec![("payer", "")], "", vec![10, 12, 13]),
            (vec![("physician", "dr.  ode")], "", vec![10]),
            (vec![("rep", "ana ruiz")], "", vec![10]),
            (vec![("rep", "Ben")], "", vec![13]),
            (vec![("rep", "")], "", vec![11, 12]),
            (vec![("account", "none")], "", vec![11, 12, 13]),
            (vec![("account", &*place)], "", vec![10, 11, 12, 13]),
            (vec![("days", "start")], "", vec![12]),
            (vec![("days", "start"), ("from", "2026-11-24"), ("to", "2026-11-24")], "", vec![12]),
            (vec![("days", "start"), ("to", "2026-11-23")], "", vec![]),
            (vec![("about", &*place)], "", vec![10]),
            (vec![("about", &*person)], "", vec![12]),
            (vec![("from", "soon"), ("became", "rich")], "", vec![10, 11, 12, 13]),
            (vec![], "oak", vec![10]),
            (vec![], "jd ode", vec![10]),
            (vec![], "j.d. PATEL", vec![12]),
            (vec![("became", "admitted")], "oak", vec![]),
        ] {
            let which = of(&pairs);
            assert_eq!(ids(&which.choose(&view, cases(&view, clock()), query)), found, "{pairs:?} {query}");
            let carried: Vec<_> = which.to_pairs();
            let again = of(&carried.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
            assert_eq!(again, which);
            assert_eq!(which.is_all(), carried.is_empty());
        }
        for about in [id(1), id(2)] {
            let which = Which { about: Some(about), ..Which::default() };
            let chosen = which.choose(&view, cases(&view, clock()), "");
            assert_eq!(ids(&cases_of(&view, about, clock())), ids(&chosen));
        }
    }
}
