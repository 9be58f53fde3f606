//! How often a referral led to an admission: over time, and by account, payer and rep.

use leptos::prelude::*;
use view::figures::{CONVERSION_TARGET, Rate};
use view::pipeline::Became;

use super::{Counted, LINES_MAX, Named, more};
use crate::ui::components::chart::{Cell, Figure, Fill, Line, Lines, Point, Rates, Table};
use crate::ui::components::filters::Filters;
use crate::ui::counted::{address, count_cell, day_cell, ends, link};
use crate::ui::{intl, words};

/// The rate over time.
#[component]
pub(super) fn Conversion(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        let last = counted.with(|counted| counted.rates.last().copied());
        last.map(|it| words::conversion_told(it.referred, it.accepted, it.admitted, it.percent()))
            .unwrap_or_default()
    });
    let points = Signal::derive(move || {
        let point = |it: &Rate| {
            let number = intl::number(it.referred);
            let percent = it.percent();
            let name =
                words::rate_point(&intl::day(it.to), percent.unwrap_or_default(), it.referred, &number);
            Point { rate: percent, link: link(it.referred, &it.which(None), name) }
        };
        counted.with(|counted| counted.rates.iter().map(point).collect())
    });
    let ends = Signal::derive(move || counted.with(|counted| ends(counted.rates.iter().map(|it| it.to))));
    let rows = Signal::derive(move || {
        let row = |it: &Rate| {
            vec![
                day_cell(it.to),
                count_cell(it.referred, &it.which(None)),
                Cell::said(intl::number(it.accepted)),
                count_cell(it.admitted, &it.which(Some(Became::Admitted))),
                percent_cell(it),
            ]
        };
        counted.with(|counted| counted.rates.iter().rev().map(row).collect::<Vec<_>>())
    });
    let head = Signal::stored([&[words::UNTIL], COUNTS].concat());
    view! {
        <Figure title=words::CONVERSION summary note=words::CONVERSION_NOTE>
            <Rates told=summary points target=(CONVERSION_TARGET, words::TARGET) ends />
            <Table words=&words::TABLE caption=words::CONVERSION head rows />
        </Figure>
    }
}

/// The same rate, by whose the referrals are.
#[component]
pub(super) fn ConversionBy(counted: Memo<Counted>) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let groups = Memo::new(move |_| {
        let at = chosen.get();
        counted.with(|counted| counted.conversions.get(at).cloned().unwrap_or_default())
    });
    let title = Signal::derive(move || {
        words::CONVERSION_BY.get(chosen.get()).copied().unwrap_or_default().to_owned()
    });
    let summary = Signal::derive(move || {
        let none = groups.with(Vec::is_empty).then(|| words::conversion_told(0, 0, 0, None));
        none.unwrap_or_default()
    });
    let lines = Signal::derive(move || {
        let line = |Named { name, group }: &Named| Line {
            label: name.clone(),
            text: words::rate_line(group.rate.admitted, group.rate.referred),
            number: percent(&group.rate),
            share: group.rate.percent().unwrap_or_default(),
            fill: Fill::Full,
            href: Some(address(&group.which(None))),
        };
        groups.with(|groups| groups.iter().take(LINES_MAX).map(line).collect::<Vec<_>>())
    });
    let rows = Signal::derive(move || {
        let row = |Named { name, group }: &Named| {
            vec![
                Cell::said(name).leading(Some(address(&group.which(None)))),
                count_cell(group.rate.referred, &group.which(None)),
                Cell::said(intl::number(group.rate.accepted)),
                count_cell(group.rate.admitted, &group.which(Some(Became::Admitted))),
                percent_cell(&group.rate),
            ]
        };
        groups.with(|groups| groups.iter().map(row).collect::<Vec<_>>())
    });
    let head = Signal::derive(move || {
        let by = words::BY_HEADS.get(chosen.get()).copied().unwrap_or_default();
        [&[by], COUNTS].concat()
    });
    let choices = words::BY.map(|word| Signal::stored(word.to_owned())).to_vec();
    let on_choose = Callback::new(move |at| chosen.set(at));
    view! {
        <Figure title summary note=words::CONVERSION_BY_NOTE>
            <Filters label=words::BY_WHAT name="conversion-by" choices chosen on_choose />
            <Lines label=title lines aim=CONVERSION_TARGET />
            {move || more(groups.with(Vec::len))}
            <Table words=&words::TABLE caption=title head rows />
        </Figure>
    }
}

fn percent(rate: &Rate) -> String {
    rate.percent().map(|percent| format!("{percent}%")).unwrap_or_default()
}

fn percent_cell(rate: &Rate) -> Cell {
    Cell::said(percent(rate))
}

const COUNTS: &[&str] =
    &[words::REFERRED_COUNT, words::ACCEPTED_COUNT, words::ADMITTED_COUNT, words::PERCENT];
