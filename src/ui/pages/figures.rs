//! Charts of the referrals and of the visits. Every number leads to the records that it has counted.

use leptos::prelude::*;
use leptos_router::components::A;
use protocol::{Kind, RecordId};
use view::View;
use view::figures::{self, Age, CONVERSION_TARGET, Rate, Reason, Week, rolling_from, weeks_from};
use view::pipeline::{Became, Which, cases};

use crate::store::Store;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::chart::{Cell, Figure, Line, Lines, Rates, Table};
use crate::ui::components::icon::Icon;
use crate::ui::trend::{Weekly, address};
use crate::ui::{intl, title, words};

/// All that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    weeks: Vec<Week>,
    rates: Vec<Rate>,
    reasons: Vec<Reason>,
    ages: Vec<Age>,
    oldest: Option<i32>,
    sources: Vec<Source>,
    coverage: Vec<Covered>,
    is_empty: bool,
}

/// An account with the number of its referrals.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    id: RecordId,
    name: String,
    count: usize,
}

/// The accounts of a rating.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Covered {
    rating: &'static str,
    seen: usize,
    behind: Vec<(RecordId, String)>,
    no_goal: usize,
}

impl Counted {
    fn read(view: &View) -> Self {
        let clock = intl::clock();
        let today = clock.now.date();
        let cases = cases(view, clock);
        let named = |id: RecordId| match view.record(id) {
            Some(account) => crate::ui::name(account),
            None => words::ACCOUNT_NOT_HERE.to_owned(),
        };
        let source = |(id, count)| Source { id, name: named(id), count };
        let covered = |row: figures::Coverage| {
            let mut behind: Vec<(RecordId, String)> =
                row.behind.into_iter().map(|id| (id, named(id))).collect();
            behind.sort_by_cached_key(|(id, name)| (view::fold(name), *id));
            Covered { rating: row.rating, seen: row.seen.len(), behind, no_goal: row.no_goal }
        };
        let open = cases.iter().filter(|case| case.became == Became::Waiting);
        Self {
            weeks: figures::weekly(&cases, today),
            rates: figures::conversion(&cases, today),
            reasons: figures::reasons(&cases, rolling_from(today)),
            ages: figures::aging(&cases, today),
            oldest: open.map(|case| case.days).max(),
            sources: figures::sources(view, &cases, weeks_from(today), SOURCES_MAX)
                .into_iter()
                .map(source)
                .collect(),
            coverage: figures::coverage(view, clock).into_iter().map(covered).collect(),
            is_empty: view.is_empty(),
        }
    }
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
                <Weekly id="weekly" weeks about=Signal::stored(None) />
                <Conversion counted />
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

#[component]
fn Conversion(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        let last = counted.with(|counted| counted.rates.last().copied());
        last.map(|it| words::conversion_told(it.referred, it.accepted, it.admitted, it.percent()))
            .unwrap_or_default()
    });
    let rates =
        Signal::derive(move || counted.with(|counted| counted.rates.iter().map(Rate::percent).collect()));
    let ends = Signal::derive(move || {
        counted.with(|counted| {
            let day = |rate: Option<&Rate>| rate.map(|rate| intl::day(rate.to)).unwrap_or_default();
            (day(counted.rates.first()), day(counted.rates.last()))
        })
    });
    let rows = Signal::derive(move || {
        let row = |rate: &Rate| {
            let cell = |count: usize, which: &Which| Cell {
                text: intl::number(count),
                href: (count > 0).then(|| address(which)),
            };
            let percent = rate.percent().map(|percent| format!("{percent}%")).unwrap_or_default();
            vec![
                Cell { text: intl::day(rate.to), href: None },
                cell(rate.referred, &rate.which(None)),
                cell(rate.admitted, &rate.which(Some(Became::Admitted))),
                Cell { text: percent, href: None },
            ]
        };
        counted.with(|counted| counted.rates.iter().rev().map(row).collect())
    });
    let head = vec![words::UNTIL, words::REFERRED_COUNT, words::ADMITTED_COUNT, words::PERCENT];
    view! {
        <Figure title=words::CONVERSION summary>
            <Rates told=summary rates target=(CONVERSION_TARGET, words::TARGET) ends />
            <p class="card__hint">{words::CONVERSION_NOTE}</p>
            <Table word=words::TABLE caption=words::CONVERSION head rows />
        </Figure>
    }
}

#[component]
fn Waiting(counted: Memo<Counted>) -> impl IntoView {
    let open = move || counted.with(|counted| counted.ages.iter().map(|age| age.count).sum());
    let oldest = move || counted.with(|counted| counted.oldest);
    let summary = Signal::derive(move || words::aging_told(open(), oldest()));
    let lines = Signal::derive(move || {
        counted.with(|counted| {
            let most = counted.ages.iter().map(|age| age.count).max().unwrap_or(0).max(1);
            let line = |age: &Age| Line {
                label: words::days_waited(age.least, age.most),
                text: String::new(),
                number: intl::number(age.count),
                share: age.count * 100 / most,
                href: (age.count > 0).then(|| address(&age.which())),
            };
            counted.ages.iter().map(line).collect::<Vec<_>>()
        })
    });
    view! {
        <Figure title=words::OPEN_BY_AGE summary>
            <Lines label=words::OPEN_BY_AGE lines />
        </Figure>
    }
}

#[component]
fn WhyNot(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        counted.with(|counted| {
            let sum = |fixable: bool| {
                let meant = counted.reasons.iter().filter(|reason| reason.fixable || !fixable);
                meant.map(|reason| reason.count).sum()
            };
            words::reasons_told(sum(false), sum(true))
        })
    });
    let lines = Signal::derive(move || {
        let from = rolling_from(intl::today());
        counted.with(|counted| {
            let most = counted.reasons.first().map_or(1, |reason| reason.count);
            let line = |reason: &Reason| Line {
                label: words::reason_said(&reason.reason),
                text: words::reason_share(reason.so_far, reason.fixable),
                number: intl::number(reason.count),
                share: reason.count * 100 / most,
                href: Some(address(&reason.which(from))),
            };
            counted.reasons.iter().map(line).collect::<Vec<_>>()
        })
    });
    view! {
        <Figure title=words::WHY_NOT_ADMITTED summary>
            <Lines label=words::WHY_NOT_ADMITTED lines />
        </Figure>
    }
}

#[component]
fn Sources(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        if counted.with(|counted| counted.sources.is_empty()) {
            words::NO_SOURCES.to_owned()
        } else {
            String::new()
        }
    });
    let lines = Signal::derive(move || {
        let from = Some(weeks_from(intl::today()));
        counted.with(|counted| {
            let most = counted.sources.first().map_or(1, |source| source.count);
            let line = |source: &Source| Line {
                label: source.name.clone(),
                text: String::new(),
                number: intl::number(source.count),
                share: source.count * 100 / most,
                href: Some(address(&Which { from, about: Some(source.id), ..Which::default() })),
            };
            counted.sources.iter().map(line).collect::<Vec<_>>()
        })
    });
    view! {
        <Figure title=words::TOP_SOURCES summary>
            <Lines label=words::TOP_SOURCES lines />
        </Figure>
    }
}

#[component]
fn Coverage(counted: Memo<Counted>) -> impl IntoView {
    let summary = Signal::derive(move || {
        counted.with(|counted| {
            let seen = counted.coverage.iter().map(|row| row.seen).sum();
            let behind: usize = counted.coverage.iter().map(|row| row.behind.len()).sum();
            words::coverage_told(seen, seen + behind)
        })
    });
    let lines = Signal::derive(move || {
        let line = |row: &Covered| {
            let all = row.seen + row.behind.len();
            Line {
                label: words::rated(row.rating),
                text: words::no_goal(row.no_goal),
                number: words::of_all(&intl::number(row.seen), &intl::number(all)),
                share: (row.seen * 100).checked_div(all).unwrap_or(0),
                href: None,
            }
        };
        counted.with(|counted| counted.coverage.iter().map(line).collect::<Vec<_>>())
    });
    let behind = move || {
        let row = |row: &Covered| {
            let one = |(id, name): (RecordId, String)| {
                let href = crate::ui::address(Kind::Account, id);
                view! {
                    <li>
                        <A href=href attr:class="chart__link">
                            <span dir="auto">{name}</span>
                        </A>
                    </li>
                }
            };
            let word = words::behind(row.rating, &intl::number(row.behind.len()));
            (!row.behind.is_empty()).then(|| {
                view! {
                    <details class="form__more">
                        <summary class="form__more-head">{word}</summary>
                        <ul role="list" class="chart__names">
                            {row.behind.iter().cloned().map(one).collect_view()}
                        </ul>
                    </details>
                }
            })
        };
        counted.with(|counted| counted.coverage.iter().map(row).collect_view())
    };
    view! {
        <Figure title=words::COVERAGE summary>
            <Lines label=words::COVERAGE lines />
            {behind}
        </Figure>
    }
}

/// As many accounts as are looked at.
const SOURCES_MAX: usize = 8;
