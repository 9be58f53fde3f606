//! Charts of the referrals and of the visits. Every number leads to the records that it has counted.

mod conversion;
mod coverage;
mod open;
mod reasons;
mod sources;

use leptos::prelude::*;
use protocol::RecordId;
use protocol::schema::Date;
use view::View;
use view::figures::{self, Age, By, Group, Rate, Reason, Week, Whose, rolling_from, three_months};
use view::pipeline::cases;

use crate::store::Store;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::icon::Icon;
use crate::ui::trend::Weekly;
use crate::ui::{intl, open_referral, title, words};
use conversion::{Conversion, ConversionBy};
use coverage::Coverage;
use open::Waiting;
use reasons::WhyNot;
use sources::Sources;

/// All that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    today: Date,
    weeks: Vec<Week>,
    rates: Vec<Rate>,
    /// In the order of [`words::BY`].
    conversions: [Vec<Named>; 3],
    reasons: Vec<Reason>,
    ages: Vec<Age>,
    /// The longest waiting first.
    open: Vec<Open>,
    /// In the order of [`words::REFERRERS`].
    sources: [Vec<Named>; 3],
    coverage: Vec<figures::Coverage>,
    is_empty: bool,
}

/// Whose referrals, by the name that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    name: String,
    group: Group,
}

/// An open referral in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    id: RecordId,
    patient: String,
    account: String,
    days: i32,
    rep: String,
    next: String,
}

impl Counted {
    fn read(view: &View) -> Self {
        let clock = intl::clock();
        let today = clock.now.date();
        let cases = cases(view, clock);
        let by = |by, (from, to)| {
            let groups = figures::groups(view, &cases, by, from, to).into_iter();
            groups.map(|group| Named { name: name_of(view, &group.whose), group }).collect::<Vec<_>>()
        };
        let rolling = (rolling_from(today), today);
        let sources = |of| {
            let mut found = by(of, three_months(today));
            found.retain(|one| one.group.whose.is_named());
            // Many a contact is known by what they do, and only their account tells them apart.
            for Named { name, group } in &mut found {
                if let Whose::Contact(id) = group.whose {
                    *name = words::dotted([Some(std::mem::take(name)), account_of(view, id)]);
                }
            }
            found
        };
        let open = |one: figures::Pending| Open {
            id: one.case.record.id,
            patient: crate::ui::name(&one.case.record),
            account: name_of(view, &Whose::Account(view.account_of(&one.case.record))),
            days: one.case.days,
            rep: open_referral::worked_by(view, &one.case.record),
            next: open_referral::next(one.next.as_ref(), clock),
        };
        Self {
            today,
            weeks: figures::weekly(&cases, today),
            rates: figures::conversion(&cases, today),
            conversions: [By::Account, By::Payer, By::Rep].map(|of| by(of, rolling)),
            reasons: figures::reasons(&cases, rolling.0, today),
            ages: figures::aging(&cases, today),
            open: figures::pending(view, &cases, clock).into_iter().map(open).collect(),
            sources: [By::Account, By::Contact, By::Physician].map(sources),
            coverage: figures::coverage(view, clock),
            is_empty: view.is_empty(),
        }
    }
}

fn name_of(view: &View, whose: &Whose) -> String {
    let named = |id: RecordId, gone: &str| match view.record(id) {
        Some(record) => crate::ui::name(record),
        None => gone.to_owned(),
    };
    let said = |name: &str, nobody: &str| if name.is_empty() { nobody.to_owned() } else { name.to_owned() };
    match whose {
        Whose::Account(None) => words::NO_ACCOUNT_NAMED.to_owned(),
        Whose::Account(Some(id)) => named(*id, words::ACCOUNT_NOT_HERE),
        Whose::Contact(id) => named(*id, words::NOT_HERE),
        Whose::Physician(name) => name.clone(),
        Whose::Payer(name) => said(name, words::NO_PAYER),
        Whose::Rep(name) => said(name, words::NO_REP),
    }
}

fn account_of(view: &View, contact: RecordId) -> Option<String> {
    let account = view.account_of(view.record(contact)?)?;
    Some(name_of(view, &Whose::Account(Some(account))))
}

/// The page.
#[component]
pub(crate) fn Figures(store: Store) -> impl IntoView {
    title(|| words::FIGURES.to_owned());
    let counted = Memo::new(move |_| store.with_view(Counted::read));
    let is_empty = Memo::new(move |_| counted.with(|counted| counted.is_empty));
    let weeks = Memo::new(move |_| counted.with(|counted| counted.weeks.clone()));
    let all = move || {
        view! {
            <div class="figures">
                <Weekly id="weekly" weeks />
                <Conversion counted />
                <ConversionBy counted />
                <Waiting counted />
                <WhyNot counted />
                <Sources counted />
                <Coverage counted />
            </div>
        }
    };
    view! {
        <div class="page page--wide">
            <PageHead title=words::FIGURES.to_owned() back=("/referrals".to_owned(), words::REFERRALS) />
            <Show
                when=move || !is_empty.get()
                fallback=|| {
                    view! { <Empty icon=Icon::Chart title=words::NO_FIGURES text=words::NO_FIGURES_TEXT /> }
                }
            >
                {all}
            </Show>
        </div>
    }
}

/// How many are left to the table.
fn more(counted: usize) -> impl IntoView {
    words::more_in_table(counted.saturating_sub(LINES_MAX))
        .map(|text| view! { <p class="chart__text">{text}</p> })
}

/// As many lines as are looked at.
const LINES_MAX: usize = 8;
