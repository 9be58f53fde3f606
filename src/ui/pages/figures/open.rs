//! How long open referrals wait, and each of them with who works on it and what is next.

use leptos::prelude::*;
use protocol::Kind;
use view::figures::Age;

use super::{Counted, Open};
use crate::ui::components::chart::{Cell, Figure, Fill, Line, Lines, Table};
use crate::ui::counted::{address, count_cell};
use crate::ui::{intl, words};

/// The bars, and below them the list.
#[component]
pub(super) fn Waiting(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        counted
            .with(|counted| words::aging_told(counted.open.len(), counted.open.first().map(|one| one.days)))
    });
    let lines = Signal::derive(move || {
        counted.with(|counted| {
            let most = counted.ages.iter().map(|age| age.count).max().unwrap_or(0).max(1);
            let line = |age: &Age| Line {
                label: words::days_waited(age.least, age.most),
                text: String::new(),
                number: intl::number(age.count),
                share: age.count * 100 / most,
                fill: Fill::Full,
                href: (age.count > 0).then(|| address(&age.which())),
            };
            counted.ages.iter().map(line).collect::<Vec<_>>()
        })
    });
    let rows = Signal::derive(move || {
        let row = |age: &Age| {
            vec![Cell::said(words::days_waited(age.least, age.most)), count_cell(age.count, &age.which())]
        };
        counted.with(|counted| counted.ages.iter().map(row).collect::<Vec<_>>())
    });
    let each = Signal::derive(move || {
        let row = |open: &Open| {
            let href = crate::ui::address(Kind::Referral, open.id);
            vec![
                Cell::said(&open.patient).leading(Some(href)),
                Cell { text: words::waited(open.days), plain: open.days.to_string(), href: None },
                Cell::said(&open.account),
                Cell::said(&open.rep),
                Cell::said(&open.next),
            ]
        };
        counted.with(|counted| counted.open.iter().map(row).collect::<Vec<_>>())
    });
    let has_open = Memo::new(move |_| counted.with(|counted| !counted.open.is_empty()));
    view! {
        <Figure title=words::OPEN_BY_AGE summary note=words::OPEN_BY_AGE_NOTE>
            <Lines label=words::OPEN_BY_AGE lines />
            <div>
                <Table
                    words=&words::TABLE
                    caption=words::OPEN_BY_AGE
                    head=Signal::stored(vec![words::WAITED, words::OPEN_COUNT])
                    rows
                />
                <Show when=move || has_open.get()>
                    <Table
                        words=&words::EACH_OPEN_TABLE
                        caption=words::EACH_OPEN
                        head=Signal::stored(EACH.to_vec())
                        rows=each
                    />
                </Show>
            </div>
        </Figure>
    }
}

const EACH: [&str; 5] =
    [words::PATIENT, words::WAITED_DAYS, words::FROM_ACCOUNT, words::REP, words::NEXT_STEP];
