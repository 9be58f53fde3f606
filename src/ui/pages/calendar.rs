//! The calendar: a day or a week by the hours, or a list of what is to come. The address says which.

use std::ops::RangeInclusive;
use std::time::Duration;

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::{self, Date, DateTime};
use protocol::{Kind, Record};
use view::View;
use view::agenda::{EventSearch, Lane, Occurrence, lanes};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, PointerEvent};

use crate::store::Store;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::chip::{self, Standing, Tone};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::intl::Now;
use crate::ui::like::SearchEverything;
use crate::ui::move_event::{self, Asked, MoveDialog};
use crate::ui::pages::account::state;
use crate::ui::{intl, name, occasion, title, trail, words};

/// How the calendar is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Look {
    #[default]
    Day,
    Week,
    List,
}

impl Look {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Day, "day", words::VIEW_DAY),
        (Self::Week, "week", words::VIEW_WEEK),
        (Self::List, "list", words::VIEW_LIST),
    ];

    fn read(word: Option<&str>) -> Self {
        Self::ALL
            .iter()
            .find(|(_, known, _)| Some(*known) == word)
            .map(|(look, ..)| *look)
            .unwrap_or_default()
    }

    fn href(self, day: Date) -> String {
        let word = Self::ALL.iter().find(|(look, ..)| *look == self).map_or("", |(_, word, _)| word);
        format!("/calendar?view={word}&day={day}")
    }

    /// How many days are seen at once.
    const fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::List => 30,
        }
    }

    /// The days that are seen with this one.
    fn around(self, day: Date) -> Vec<Date> {
        let into_week = match self {
            Self::Week => u32::from(day.weekday().to_monday_zero_offset().unsigned_abs()),
            _ => 0,
        };
        let first = day.checked_sub(days(into_week)).unwrap_or(day);
        (0..self.days()).filter_map(|n| first.checked_add(days(n)).ok()).collect()
    }

    const fn nothing(self) -> &'static str {
        match self {
            Self::Day => words::NOTHING_ON_DAY,
            Self::Week => words::NOTHING_IN_WEEK,
            Self::List => words::NOTHING_IN_MONTH,
        }
    }
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 24 * 60 * 60)
}

/// An occurrence as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    at: Option<Occurrence>,
    href: String,
    name: String,
    line: String,
    /// Its account, unless it is known by it.
    account: Option<String>,
    /// What came of it; none while it is planned.
    status: Option<(String, Tone, Icon)>,
    is_off: bool,
    place: Place,
}

impl Item {
    fn read(view: &View, record: &Record, at: Option<Occurrence>) -> Self {
        let status = record.fields.text("status").filter(|status| *status != "planned");
        let look = |status| match status {
            "done" => (Tone::Calm, Icon::Check),
            _ => (Tone::Waiting, Icon::Close),
        };
        let told = |status: &str| {
            let outcome = record.fields.text("outcome").map(|outcome| words::value("outcome", outcome));
            words::dotted([Some(words::value("status", status)), outcome])
        };
        let account = view.account_of(record).and_then(|id| view.record(id)).map(|account| name(account));
        Self {
            at,
            href: at.map_or_else(|| crate::ui::address(Kind::Event, record.id), |at| occasion::address(&at)),
            name: name(record),
            line: crate::ui::line(view, record),
            account: account.filter(|account| *account != name(record)),
            status: status.map(|status| (told(status), look(status).0, look(status).1)),
            is_off: matches!(status, Some("cancelled" | "missed")),
            place: view.place(record.id),
        }
    }

    fn of(view: &View, at: Occurrence) -> Option<Self> {
        Some(Self::read(view, view.record(at.event)?, Some(at)))
    }

    fn is_on(&self, day: Date) -> bool {
        self.at.is_some_and(|at| at.minutes_on(day).is_some())
    }
}

/// The page.
#[component]
pub(crate) fn Calendar(store: Store) -> impl IntoView {
    title(|| words::CALENDAR.to_owned());
    let ticks = Now::start();
    let now = Memo::new(move |_| {
        ticks.since(0);
        intl::clock().now
    });
    let query = use_query_map();
    let look = Memo::new(move |_| query.with(|query| Look::read(query.get("view").as_deref())));
    let asked_day = move || query.with(|query| query.get("day").and_then(|day| schema::day(&day)));
    let day = Memo::new(move |_| asked_day().unwrap_or_else(|| now.get().date()));
    let seen = Memo::new(move |_| look.get().around(day.get()));
    let items = Memo::new(move |_| {
        let seen = seen.get();
        let (Some(from), Some(to)) = (seen.first(), seen.last()) else { return Vec::new() };
        store.with_view(|view| {
            view.agenda(*from, *to).into_iter().filter_map(|at| Item::of(view, at)).collect::<Vec<_>>()
        })
    });
    let sought = RwSignal::new(String::new());
    let is_search = Memo::new(move |_| sought.with(|sought| !sought.trim().is_empty()));
    let asked = RwSignal::new(None::<Asked>);
    let new = move || format!("/events/new?day={}", day.get());
    let body = move || match (is_search.get(), look.get()) {
        (true, _) => view! { <Found store sought /> }.into_any(),
        (false, Look::Day) => view! { <Grid store seen items now asked /> }.into_any(),
        (false, Look::Week) => view! {
            <div class="calendar__wide">
                <Grid store seen items now asked />
            </div>
            <div class="calendar__narrow">
                <Days seen items now every=true />
            </div>
        }
        .into_any(),
        (false, Look::List) => view! {
            <Days seen items now every=false />
            <Undated store />
        }
        .into_any(),
    };
    let is_empty = Memo::new(move |_| !is_search.get() && items.with(Vec::is_empty));
    view! {
        <div class="page calendar" class:calendar--week=move || look.get() == Look::Week>
            <PageHead title=Signal::stored(words::CALENDAR.to_owned())>
                <a class="button button--main" href=new>
                    <Drawing icon=Icon::Plus />
                    {words::NEW_EVENT}
                </a>
            </PageHead>
            <div class="page__body">
                <Steer look day now sought />
                <Show when=move || !is_search.get()>
                    <h2 class="calendar__title" aria-live="polite">
                        {move || span(&seen.get())}
                    </h2>
                </Show>
                <Show when=move || is_empty.get()>
                    <Nothing store look seen />
                </Show>
                {body}
            </div>
            <MoveDialog store asked on_moved=Callback::new(|_| ()) />
        </div>
    }
}

/// The days that are seen, in words.
fn span(seen: &[Date]) -> String {
    match seen {
        [day] => intl::full_day(*day),
        [first, .., last] => words::from_to(&intl::day_of_year(*first), Some(&intl::day_of_year(*last))),
        [] => String::new(),
    }
}

/// Which days, how they are looked at, and the search.
#[component]
fn Steer(look: Memo<Look>, day: Memo<Date>, now: Memo<DateTime>, sought: RwSignal<String>) -> impl IntoView {
    let segment = move |(place, _, label): &'static (Look, &'static str, &'static str)| {
        let href = move || place.href(day.get());
        let current = move || (look.get() == *place).then_some("page");
        view! { <a class="segments__link" href=href aria-current=current>{*label}</a> }
    };
    let step = move |ahead: bool| {
        move || {
            let (look, day) = (look.get(), day.get());
            let there =
                if ahead { day.checked_add(days(look.days())) } else { day.checked_sub(days(look.days())) };
            look.href(there.unwrap_or(day))
        }
    };
    let today = move || look.get().href(now.get().date());
    let navigate = use_navigate();
    let go = move |text: String| {
        if let Some(day) = schema::day(&text) {
            navigate(&look.get_untracked().href(day), trail::onward());
        }
    };
    let arrow = |href, label, icon| {
        view! {
            <a class="button button--bare" href=href title=label>
                <Drawing icon />
                <span class="button__label">{label}</span>
            </a>
        }
    };
    view! {
        <nav class="segments" aria-label=words::VIEWS>
            {Look::ALL.iter().map(segment).collect_view()}
        </nav>
        <div class="calendar__steer">
            <div class="calendar__days">
                {arrow(Signal::derive(step(false)), words::EARLIER, Icon::Back)}
                <a class="button" href=today>
                    {words::TODAY}
                </a>
                {arrow(Signal::derive(step(true)), words::LATER, Icon::Forward)}
            </div>
            <label class="hidden" for="calendar-day">
                {words::GO_TO_DAY}
            </label>
            <input
                class="field__input calendar__pick"
                id="calendar-day"
                type="date"
                prop:value=move || day.get().to_string()
                on:change:target=move |event| go(event.target().value())
            />
            <label class="hidden" for="calendar-search">
                {words::SEARCH_EVENTS}
            </label>
            <input
                class="field__input calendar__search"
                id="calendar-search"
                type="search"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                placeholder=words::SEARCH_EVENTS_HINT
                prop:value=move || sought.get()
                on:input:target=move |event| sought.set(event.target().value())
            />
        </div>
    }
}

/// Nothing on these days, and the way to the next ones with something.
#[component]
fn Nothing(store: Store, look: Memo<Look>, seen: Memo<Vec<Date>>) -> impl IntoView {
    let next = Memo::new(move |_| {
        let last = seen.with(|seen| seen.last().copied())?;
        store.with_view(|view| view.next_day(last.tomorrow().ok()?))
    });
    view! {
        <div class="empty">
            <Drawing icon=Icon::Calendar />
            <p class="empty__title">{move || look.get().nothing()}</p>
            {move || {
                next.get()
                    .map(|day| {
                        let text = words::dotted([Some(words::NEXT_EVENT.to_owned()), Some(intl::day(day))]);
                        view! {
                            <div class="empty__do">
                                <a class="button" href=look.get().href(day)>
                                    {text}
                                </a>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// Days below each other, each with what is on it.
#[component]
fn Days(
    seen: Memo<Vec<Date>>,
    items: Memo<Vec<Item>>,
    now: Memo<DateTime>,
    /// Whether days with nothing on them are named too.
    every: bool,
) -> impl IntoView {
    let today = Memo::new(move |_| now.get().date());
    let section = move |day: Date| {
        let on: Vec<Item> =
            items.with(|items| items.iter().filter(|item| item.is_on(day)).cloned().collect());
        if on.is_empty() && !every {
            return None;
        }
        let is_today = today.get() == day;
        let label = words::dotted([is_today.then(|| words::TODAY.to_owned()), Some(intl::full_day(day))]);
        let nothing = on.is_empty().then(|| view! { <p class="card__nothing">{words::NOTHING_ON_DAY}</p> });
        Some(view! {
            <section class="card" class:calendar__today=is_today>
                <h3 class="card__title">
                    <a class="calendar__to-day" href=Look::Day.href(day)>
                        {label.clone()}
                    </a>
                </h3>
                {nothing}
                <ul role="list" aria-label=label class="calendar__list">
                    {on.into_iter().map(row).collect_view()}
                </ul>
            </section>
        })
    };
    let is_open = RwSignal::new(false);
    // A week that has begun is read from today on.
    let before = move || {
        let past = seen.with(|seen| seen.iter().filter(|day| **day < today.get()).count());
        if every && seen.with(|seen| past < seen.len()) { past } else { 0 }
    };
    move || {
        let (before, seen) = (before(), seen.get());
        let days = |of: &[Date]| of.iter().copied().filter_map(section).collect_view();
        let earlier = (before > 0).then(|| {
            view! {
                <details
                    class="form__more"
                    open=is_open.get_untracked()
                    on:toggle:target=move |event| is_open.set(event.target().open())
                >
                    <summary class="form__more-head">{words::EARLIER_IN_WEEK}</summary>
                    <div class="calendar__earlier">{days(&seen[..before])}</div>
                </details>
            }
        });
        view! {
            {earlier}
            {days(&seen[before..])}
        }
    }
}

/// An event in a line.
fn row(item: Item) -> impl IntoView {
    let Item { at, href, name, line, status, is_off, place, .. } = item;
    let hours = at.as_ref().map(occasion::hours);
    let standing = status.map(|(text, tone, icon)| view! { <Standing text tone icon /> });
    let mark = (place != Place::Web).then(|| state(place));
    view! {
        <li>
            <a class="card__line calendar__row" class:calendar__row--off=is_off href=href>
                <span class="calendar__hours">{hours}</span>
                <span class="card__words card__person">
                    <span class="card__value calendar__name" dir="auto">
                        {name}
                    </span>
                    <span class="card__name" dir="auto">
                        {standing}
                        {line}
                    </span>
                </span>
                {mark}
            </a>
        </li>
    }
}

/// What a search found across all days.
#[component]
fn Found(store: Store, sought: RwSignal<String>) -> impl IntoView {
    let search = StoredValue::new(EventSearch::default());
    let found = Memo::new(move |_| {
        store.with_view(|view| {
            let today = intl::today();
            let find = |search: &mut EventSearch| sought.with(|sought| search.find(view, sought, today));
            let ids = search.try_update_value(find).unwrap_or_default();
            let next = |id| view.next_of(id, today);
            let records = ids.iter().take(FOUND_MAX).filter_map(|id| view.record(*id));
            (records.map(|record| Item::read(view, record, next(record.id))).collect::<Vec<_>>(), ids.len())
        })
    });
    let line =
        move || found.with(|(shown, count)| words::events_found(*count, &intl::number(*count), shown.len()));
    let on_day = |item: Item| {
        let day =
            item.at.map_or_else(|| words::NO_DAY_YET.to_owned(), |at| intl::day_of_year(at.start.date()));
        let line = words::dotted([Some(day), Some(item.line)]);
        row(Item { line, ..item })
    };
    let is_empty = Memo::new(move |_| found.with(|(shown, _)| shown.is_empty()));
    let no_match = Signal::derive(move || words::no_event_matches(&sought.get()));
    view! {
        <p class="list-head__count" role="status">
            {line}
        </p>
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                view! {
                    <Empty title=no_match text=words::NO_MATCH_TEXT>
                        <SearchEverything query=sought />
                    </Empty>
                }
            }
        >
            <section class="card">
                <ul role="list" aria-label=words::EVENTS_FOUND class="calendar__list">
                    {move || found.get().0.into_iter().map(on_day).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

/// Events that have no day yet.
#[component]
fn Undated(store: Store) -> impl IntoView {
    let items = Memo::new(move |_| {
        store.with_view(|view| {
            let open = view.undated().filter(|event| view::timeline::is_open(event));
            open.map(|event| Item::read(view, event, None)).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || !items.with(Vec::is_empty)>
            <section class="card">
                <h3 class="card__title">{words::NO_DAY_YET}</h3>
                <ul role="list" aria-label=words::NO_DAY_YET class="calendar__list">
                    {move || items.get().into_iter().map(row).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

/// Something that the pointer has taken hold of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Drag {
    at: Occurrence,
    /// The day in whose column it was taken.
    day: Date,
    from: (i32, i32),
    by: (i32, i32),
}

impl Drag {
    /// Whether it has gone farther than a hand trembles.
    fn is_moved(&self) -> bool {
        self.by.0.abs().max(self.by.1.abs()) > TREMBLE_PX
    }

    /// Where it lies, in a column of this size that shows so many minutes.
    fn to(&self, width: i32, height: i32, minutes: i32) -> Option<Occurrence> {
        let over = |by: i32, one: i32| (f64::from(by) / f64::from(one.max(1))).round() as i32;
        let columns = i64::from(over(self.by.0, width));
        let steps = i64::from(over(self.by.1 * minutes / STEP_MINUTES, height));
        let by = columns * 24 * 60 + steps * i64::from(STEP_MINUTES);
        let far = Duration::from_secs(by.unsigned_abs() * 60);
        let start = self.at.start;
        let start = if by < 0 { start.checked_sub(far) } else { start.checked_add(far) };
        self.at.moved_to(start.ok()?).filter(|to| to != &self.at)
    }
}

/// Days side by side, by the hours.
#[component]
fn Grid(
    store: Store,
    seen: Memo<Vec<Date>>,
    items: Memo<Vec<Item>>,
    now: Memo<DateTime>,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let drag = RwSignal::new(None::<Drag>);
    let hours = Memo::new(move |_| items.with(|items| seen.with(|seen| hours(items, seen))));
    let has_all_day =
        Memo::new(move |_| items.with(|items| items.iter().any(|it| it.at.is_some_and(|at| at.all_day))));
    let is_week = Memo::new(move |_| seen.with(|seen| seen.len() > 1));
    let count = move || seen.with(Vec::len).to_string();
    let heads = move || {
        let head = |day: Date| {
            let current = (now.get().date() == day).then_some("date");
            view! {
                <a class="calendar__head" href=Look::Day.href(day) aria-current=current>
                    {intl::weekday(day)}
                </a>
            }
        };
        is_week.get().then(|| {
            view! {
                <div class="calendar__heads">
                    <span></span>
                    {seen.get().into_iter().map(head).collect_view()}
                </div>
            }
        })
    };
    let all_day = move || {
        let on = |day: Date| {
            let found = items.with(|items| {
                let whole = |item: &&Item| item.at.is_some_and(|at| at.all_day) && item.is_on(day);
                items.iter().filter(whole).cloned().collect::<Vec<_>>()
            });
            let block = |item: Item| {
                let mark = item.status.clone().map(|(_, _, icon)| view! { <Drawing icon /> });
                view! {
                    <li>
                        <a class="calendar__whole" class:calendar__block--off=item.is_off href=item.href>
                            {mark}
                            <span class="calendar__name" dir="auto">
                                {item.name}
                            </span>
                        </a>
                    </li>
                }
            };
            let label = words::dotted([Some(words::ALL_DAY.to_owned()), Some(intl::full_day(day))]);
            view! {
                <ul role="list" aria-label=label class="calendar__wholes">
                    {found.into_iter().map(block).collect_view()}
                </ul>
            }
        };
        has_all_day.get().then(|| {
            view! {
                <div class="calendar__heads">
                    <span class="calendar__hour">{words::ALL_DAY}</span>
                    {seen.get().into_iter().map(on).collect_view()}
                </div>
            }
        })
    };
    let scale = move || {
        let hour = |hour: i32| {
            view! { <span class="calendar__hour">{intl::time_of_day(hour as i8, 0)}</span> }
        };
        hours.get().map(hour).collect_view()
    };
    let columns = move || {
        let hours = hours.get();
        let column = |day: Date| column(store, day, &items.get(), hours.clone(), now, drag, asked);
        seen.get().into_iter().map(column).collect_view()
    };
    view! {
        <div class="calendar__grid" class:calendar__grid--week=move || is_week.get() style:--days=count>
            {heads}
            {all_day}
            <div class="calendar__body">
                <div class="calendar__scale" aria-hidden="true">
                    {scale}
                </div>
                {columns}
            </div>
        </div>
    }
}

/// The hours that are shown: those of a working day, and what begins earlier or ends later.
fn hours(items: &[Item], seen: &[Date]) -> RangeInclusive<i32> {
    let spans = items.iter().filter_map(|item| item.at.filter(|at| !at.all_day));
    let spans = spans.flat_map(|at| seen.iter().filter_map(move |day| at.minutes_on(*day)));
    let (from, to) = spans.fold(WORK_MINUTES, |(from, to), (begin, end)| {
        (from.min(begin), to.max(end.max(begin + LEAST_MINUTES).min(24 * 60)))
    });
    from / 60..=(to - 1) / 60
}

/// How many lines of text are read in so many minutes.
fn lines(minutes: i32) -> String {
    let room = f64::from(minutes) / 60.0 * HOUR_REM - FRAME_REM;
    ((room / LINE_REM) as i32).max(1).to_string()
}

/// One day of the grid.
fn column(
    store: Store,
    day: Date,
    items: &[Item],
    hours: RangeInclusive<i32>,
    now: Memo<DateTime>,
    drag: RwSignal<Option<Drag>>,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView + use<> {
    let (first, count) = (*hours.start(), hours.end() - hours.start() + 1);
    let rem = move |minutes: i32| format!("{}rem", f64::from(minutes) / 60.0 * HOUR_REM);
    let top = move |minute: i32| rem(minute - first * 60);
    let timed = items.iter().filter_map(|item| {
        let at = item.at.filter(|at| !at.all_day)?;
        let (from, to) = at.minutes_on(day)?;
        // One that is too short to be read takes the room of a longer one.
        let from = from.min(24 * 60 - LEAST_MINUTES);
        Some((item.clone(), at, (from, to.max(from + LEAST_MINUTES))))
    });
    let mut timed: Vec<(Item, Occurrence, (i32, i32))> = timed.collect();
    timed.sort_by_key(|(_, _, span)| *span);
    let spans: Vec<(i32, i32)> = timed.iter().map(|(_, _, span)| *span).collect();
    let block = move |((item, at, (from, to)), lane): ((Item, Occurrence, (i32, i32)), Lane)| {
        let mine = move || drag.get().filter(|drag| drag.at == at && drag.day == day && drag.is_moved());
        let shift = move || mine().map(|drag| format!("translate({}px, {}px)", drag.by.0, drag.by.1));
        let share = |part: usize| format!("{}%", part as f64 * 100.0 / lane.of as f64);
        let on_down = move |event: PointerEvent| {
            // A finger scrolls; it moves an event by the button on the event's page.
            if event.pointer_type() == "mouse" && event.button() == 0 {
                drag.set(Some(Drag { at, day, from: (event.client_x(), event.client_y()), by: (0, 0) }));
            }
        };
        let on_move = move |event: PointerEvent| {
            let Some(mut held) = drag.get_untracked() else { return };
            // It was let go where this does not see it.
            if event.buttons() & 1 == 0 {
                return drag.set(None);
            }
            held.by = (event.client_x() - held.from.0, event.client_y() - held.from.1);
            if held.is_moved() {
                let target = event.current_target().and_then(|it| it.dyn_into::<HtmlElement>().ok());
                // Without the capture the event follows only while the pointer is on it.
                target.map(|it| it.set_pointer_capture(event.pointer_id()));
            }
            drag.set(Some(held));
        };
        let on_up = move |event: PointerEvent| {
            let Some(held) = drag.get_untracked().filter(Drag::is_moved) else { return drag.set(None) };
            let target = event.current_target().and_then(|it| it.dyn_into::<HtmlElement>().ok());
            let parent =
                target.and_then(|it| it.offset_parent()).and_then(|it| it.dyn_into::<HtmlElement>().ok());
            let to = parent.and_then(|it| held.to(it.offset_width(), it.offset_height(), count * 60));
            // The click that ends a drag still comes, and is none.
            let let_go = move || {
                drag.try_set(None);
            };
            set_timeout(let_go, Duration::ZERO);
            if let Some(to) = to {
                move_event::dropped(store, asked, held.at, to);
            }
        };
        let on_click = move |event: web_sys::MouseEvent| {
            if drag.get_untracked().is_some_and(|drag| drag.is_moved()) {
                event.prevent_default();
                event.stop_propagation();
            }
        };
        let place = (item.place != Place::Web)
            .then(|| (words::place(item.place).to_owned(), chip::look(item.place).1));
        let marks: Vec<(String, Icon)> =
            item.status.into_iter().map(|(text, _, icon)| (text, icon)).chain(place).collect();
        let icons = marks.iter().map(|(_, icon)| view! { <Drawing icon=*icon /> }).collect_view();
        // Last is what may be cut off where there is no room.
        let after = |text: String| {
            view! {
                <span class="calendar__after" dir="auto">
                    {text}
                </span>
            }
        };
        let after = item.account.into_iter().chain(marks.into_iter().map(|(text, _)| text)).map(after);
        // In a narrow column nothing of the hours but when it begins: the scale tells the half of the day.
        let hours = occasion::hours(&at);
        let (start, _) = hours.split_once(char::is_whitespace).unwrap_or((&hours, ""));
        let (start, end) = (start.to_owned(), hours[start.len()..].to_owned());
        view! {
            <li
                class="calendar__block"
                class:calendar__block--off=item.is_off
                class:calendar__block--held=move || mine().is_some()
                style:top=top(from)
                style:height=rem(to - from)
                style:left=share(lane.at)
                style:width=share(1)
                style:transform=move || shift().unwrap_or_default()
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:pointercancel=move |_| drag.set(None)
            >
                <a class="calendar__event" href=item.href draggable="false" on:click=on_click>
                    <span class="calendar__words" style:--lines=lines(to - from)>
                        {icons}
                        <span class="calendar__at">{start}<span class="calendar__end">{end}</span></span>
                        " "
                        <span class="calendar__name" dir="auto">
                            {item.name}
                        </span>
                        {after.collect_view()}
                    </span>
                </a>
            </li>
        }
    };
    let blocks = timed.into_iter().zip(lanes(&spans)).map(block).collect_view();
    let line = move || {
        let now = now.get();
        let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
        let is_seen = now.date() == day && hours.contains(&(minute / 60));
        is_seen.then(|| view! { <div class="calendar__now" style:top=top(minute) title=words::NOW></div> })
    };
    view! {
        <section class="calendar__day" aria-label=intl::full_day(day) style:height=rem(count * 60)>
            <ul role="list" class="calendar__blocks" aria-label=intl::full_day(day)>
                {blocks}
            </ul>
            {line}
        </section>
    }
}

/// As many as a thumb looks through.
const FOUND_MAX: usize = 50;
/// How high an hour is; as the lines of calendar.css are.
const HOUR_REM: f64 = 4.0;
/// What stands above and below the text of an event, and how high one of its lines is, as in calendar.css.
const FRAME_REM: f64 = 0.25;
const LINE_REM: f64 = 0.9;
/// What is shorter is drawn as if it were so long: a thumb must hit it.
const LEAST_MINUTES: i32 = 45;
const WORK_MINUTES: (i32, i32) = (7 * 60, 19 * 60);
/// What is dragged lies on these.
const STEP_MINUTES: i32 = 15;
const TREMBLE_PX: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        schema::day(text).expect("a day")
    }

    #[test]
    fn a_week_begins_on_monday_and_a_list_with_its_day() {
        for (look, of, first, last) in [
            (Look::Day, "2026-11-25", "2026-11-25", "2026-11-25"),
            (Look::Week, "2026-11-25", "2026-11-23", "2026-11-29"),
            (Look::Week, "2026-11-29", "2026-11-23", "2026-11-29"),
            (Look::Week, "2026-11-30", "2026-11-30", "2026-12-06"),
            (Look::List, "2026-11-25", "2026-11-25", "2026-12-24"),
        ] {
            let seen = look.around(day(of));
            assert_eq!((seen.first(), seen.last()), (Some(&day(first)), Some(&day(last))), "{look:?} {of}");
        }
    }

    #[test]
    fn an_event_shows_whole_lines_and_at_least_one() {
        assert_eq!([0, LEAST_MINUTES, 60, 120].map(lines), ["1", "3", "4", "8"]);
    }

    #[test]
    fn the_address_says_which_days_and_how() {
        assert_eq!(Look::Week.href(day("2026-11-25")), "/calendar?view=week&day=2026-11-25");
        for (look, word, _) in Look::ALL {
            assert_eq!(Look::read(Some(word)), look);
        }
        assert_eq!((Look::read(None), Look::read(Some("year"))), (Look::Day, Look::Day));
    }
}
