//! Referrals by whom they came from, who pays and who works on them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use protocol::RecordId;
use protocol::schema::Date;

use super::{Rate, between};
use crate::View;
use crate::links;
use crate::pipeline::{Became, Case, Which, alike, rep_of};

/// By what referrals are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The account they came from.
    Account,
    /// The person there who sent them.
    Contact,
    /// The physician.
    Physician,
    /// Who pays.
    Payer,
    /// Who works on them.
    Rep,
}

/// Whose referrals are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Of this account as it stands now; none for those that name no account.
    Account(Option<RecordId>),
    /// Of this person.
    Contact(RecordId),
    /// Of the physician of this name.
    Physician(String),
    /// Of this payer; empty where nobody said.
    Payer(String),
    /// Of this rep; empty where nobody is named.
    Rep(String),
}

/// Referrals that are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Whose they are.
    pub whose: Whose,
    /// What became of them.
    pub rate: Rate,
}

impl By {
    /// Whose a referral is; none where nobody is named whom a list could name.
    fn whose(self, view: &View, case: &Case) -> Option<Whose> {
        let text = |name| case.record.fields.text(name).map(str::trim).unwrap_or_default();
        match self {
            Self::Account => Some(Whose::Account(view.account_of(&case.record))),
            Self::Contact => links::read(text("contact")).map(Whose::Contact),
            Self::Physician => Some(text("physician"))
                .filter(|name| !name.is_empty())
                .map(|name| Whose::Physician(name.into())),
            Self::Payer => Some(Whose::Payer(text("payer").into())),
            Self::Rep => Some(Whose::Rep(rep_of(view, &case.record).unwrap_or_default().into())),
        }
    }
}

impl Whose {
    /// Whether somebody or something is named.
    pub fn is_named(&self) -> bool {
        match self {
            Self::Account(account) => account.is_some(),
            Self::Contact(_) => true,
            Self::Physician(name) | Self::Payer(name) | Self::Rep(name) => !name.is_empty(),
        }
    }

    /// The same for all ways in which a name was typed.
    fn key(&self) -> Self {
        match self {
            Self::Physician(name) => Self::Physician(alike(name)),
            Self::Payer(name) => Self::Payer(alike(name)),
            Self::Rep(name) => Self::Rep(alike(name)),
            Self::Account(_) | Self::Contact(_) => self.clone(),
        }
    }

    /// Those of `which` that are theirs.
    fn of(&self, which: Which) -> Which {
        match self {
            Self::Account(None) => Which { placeless: true, ..which },
            Self::Account(Some(id)) | Self::Contact(id) => Which { about: Some(*id), ..which },
            Self::Physician(name) => Which { physician: Some(name.clone()), ..which },
            Self::Payer(name) => Which { payer: Some(name.clone()), ..which },
            Self::Rep(name) => Which { rep: Some(name.clone()), ..which },
        }
    }
}

impl Group {
    /// Those it has counted: all, or those of which this became.
    pub fn which(&self, became: Option<Became>) -> Which {
        self.whose.of(self.rate.which(became))
    }
}

/// The referrals of these days, both included, by whose they are: who has most comes first.
pub fn groups(view: &View, cases: &[Case], by: By, from: Date, to: Date) -> Vec<Group> {
    let mut found = BTreeMap::<Whose, Group>::new();
    for case in between(cases, from, to) {
        let Some(whose) = by.whose(view, case) else { continue };
        let group = found.entry(whose.key()).or_insert_with(|| Group { whose, rate: Rate::none(from, to) });
        group.rate.count(case);
    }
    let mut found: Vec<Group> = found.into_values().collect();
    found.sort_by_key(|group| Reverse(group.rate.referred));
    found
}
