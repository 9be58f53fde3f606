//! Why patients were not admitted, and what of it the agency could change.

use leptos::prelude::*;
use view::figures::{Reason, refused, rolling_from};

use super::Counted;
use crate::ui::components::chart::{Cell, Figure, Fill, Line, Lines, Table};
use crate::ui::counted::{address, count_cell, number_cell};
use crate::ui::{intl, words};

/// The most frequent reasons first.
#[component]
pub(super) fn WhyNot(counted: Memo<Counted>) -> impl IntoView {
    let sum = |counted: &Counted, is_meant: fn(&Reason) -> bool| -> usize {
        counted.reasons.iter().filter(|reason| is_meant(reason)).map(|reason| reason.count).sum()
    };
    let summary = Signal::derive(move || {
        counted.with(|counted| words::reasons_told(sum(counted, |_| true), sum(counted, |it| it.fixable)))
    });
    let hands = Signal::derive(move || {
        counted.with(|counted| {
            let (from, to) = (rolling_from(counted.today), counted.today);
            let all = sum(counted, |_| true);
            let line = |(label, count, fixable): (&str, usize, bool)| Line {
                label: label.to_owned(),
                text: String::new(),
                number: words::of_all(&intl::number(count), &intl::number(all)),
                share: count * 100 / all.max(1),
                fill: fill(fixable),
                href: (count > 0).then(|| address(&refused(from, to, fixable))),
            };
            let ours = (words::FIXABLE, sum(counted, |it| it.fixable), true);
            let others = (words::NOT_FIXABLE, sum(counted, |it| !it.fixable), false);
            if all == 0 { Vec::new() } else { [ours, others].map(line).to_vec() }
        })
    });
    let lines = Signal::derive(move || {
        counted.with(|counted| {
            let (from, to) = (rolling_from(counted.today), counted.today);
            let most = counted.reasons.first().map_or(1, |reason| reason.count);
            let line = |reason: &Reason| Line {
                label: words::reason_said(&reason.reason),
                text: words::reason_share(reason.so_far, reason.fixable),
                number: intl::number(reason.count),
                share: reason.count * 100 / most,
                fill: fill(reason.fixable),
                href: Some(address(&reason.which(from, to))),
            };
            counted.reasons.iter().map(line).collect::<Vec<_>>()
        })
    });
    let rows = Signal::derive(move || {
        counted.with(|counted| {
            let (from, to) = (rolling_from(counted.today), counted.today);
            let row = |reason: &Reason| {
                let ours = if reason.fixable { words::YES_WORD } else { words::NO_WORD };
                vec![
                    Cell::said(words::reason_said(&reason.reason)),
                    count_cell(reason.count, &reason.which(from, to)),
                    number_cell(reason.so_far),
                    Cell::said(ours),
                ]
            };
            counted.reasons.iter().map(row).collect::<Vec<_>>()
        })
    });
    let head = Signal::stored(vec![words::REASON, words::COUNT, words::SO_FAR, words::WHOSE_HANDS]);
    view! {
        <Figure title=words::WHY_NOT_ADMITTED summary note=words::WHY_NOT_NOTE>
            <Lines label=words::IN_WHOSE_HANDS lines=hands />
            <Lines label=words::WHY_NOT_ADMITTED lines />
            <Table words=&words::TABLE caption=words::WHY_NOT_ADMITTED head rows />
        </Figure>
    }
}

const fn fill(fixable: bool) -> Fill {
    if fixable { Fill::Full } else { Fill::Empty }
}
