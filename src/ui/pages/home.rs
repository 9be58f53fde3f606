//! Home: where to go next and what to know before it, what else this day asks for, and how this phone stands.

use engine::NeedsYou;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::{Kind, RecordId};
use view::View;
use view::brief::{self, Counts};

use crate::store::Store;
use crate::ui::as_of::{self, Pulling};
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, Empty, Leads, PageHead};
use crate::ui::components::chip::{Mark, Tone};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::disk::NotKept;
use crate::ui::intl::{self, Now};
use crate::ui::log_it::{LogIt, Taken};
use crate::ui::reach::Reach;
use crate::ui::saved_views::SavedLinks;
use crate::ui::today::{DueLine, NextStop, Promise, SHOWN, StopLine, Today};
use crate::ui::trend::Trend;
use crate::ui::{choice, title, words};

/// The page.
#[component]
pub(crate) fn Home(store: Store, now: Now) -> impl IntoView {
    title(|| words::HOME.to_owned());
    let status = store.status();
    let is_first_run =
        Memo::new(move |_| status.with(|status| status.records == 0 && status.pulled_at.is_none()));
    let is_idle = Memo::new(move |_| status.with(|status| status.pulling.is_none()));
    let records = move || intl::number(store.with_view(View::len));
    let today = Memo::new(move |_| {
        // What is past moves on with the clock.
        now.tick();
        let me = crate::ui::me(store);
        store.with_view(|view| {
            let clock = intl::clock();
            (!view.is_empty()).then(|| Today::read(view, &brief::day_of(view, &me, clock), clock))
        })
    });
    let has_views = Memo::new(move |_| store.with_view(|view| view.count(Kind::SavedView) > 0));
    let has_records = Memo::new(move |_| today.with(Option::is_some));
    let today = Memo::new(move |_| today.get().unwrap_or_default());
    view! {
        <div class="page">
            <PageHead title=words::HOME>
                <Show when=move || has_records.get()>
                    <a href="/notes/new" class="button">
                        <Drawing icon=Icon::Note />
                        {words::NEW_NOTE}
                    </a>
                </Show>
            </PageHead>
            <div class="page__body home">
                <div class="home__part home__part--side">
                    <NotKept store />
                    <Warnings store />
                    <SyncNow store now />
                    <Show when=move || is_first_run.get() && is_idle.get()>
                        <Card>
                            <Empty icon=Icon::Satchel title=words::FIRST_RUN text=words::FIRST_RUN_TEXT />
                        </Card>
                    </Show>
                    <ForYou store />
                </div>
                <div class="home__part home__part--day">
                    <Show when=move || has_records.get()>
                        <Next today />
                        <Stops today />
                    </Show>
                    <Unfinished store />
                    <Unfiled today />
                    <Show when=move || has_records.get()>
                        <Promises store today />
                        <DueVisits today />
                    </Show>
                    <Show when=move || has_views.get()>
                        <Card title=words::YOUR_VIEWS>
                            <SavedLinks store />
                        </Card>
                    </Show>
                </div>
                <div class="home__part home__part--rest">
                    <Show when=move || has_records.get()>
                        <Trend store />
                    </Show>
                    <Card title=words::THIS_PHONE>
                        <Show when=move || !is_first_run.get()>
                            <p class="card__pair">
                                <span class="card__name">{words::ON_THIS_PHONE}</span>
                                <span class="card__value">{records}</span>
                            </p>
                        </Show>
                        <Waiting store />
                    </Card>
                </div>
            </div>
        </div>
    }
}

/// Where to go next, and what to know before it.
#[component]
fn Next(today: Memo<Today>) -> impl IntoView {
    let next = Memo::new(move |_| today.get().next);
    move || match next.get() {
        Some(next) => view! { <NextCard next /> }.into_any(),
        None => view! {
            <Card title=words::NEXT_STOP>
                <Empty icon=Icon::Calendar title=words::NO_STOP text=words::NO_STOP_TEXT>
                    <a href="/events/new" class="button">
                        <Drawing icon=Icon::Calendar />
                        {words::NEW_EVENT}
                    </a>
                    <a href="/accounts" class="button">
                        <Drawing icon=Icon::Accounts />
                        {words::ACCOUNTS}
                    </a>
                </Empty>
            </Card>
        }
        .into_any(),
    }
}

#[component]
fn NextCard(next: NextStop) -> impl IntoView {
    let NextStop { when, name, href, what, account, ways, facts, note, due } = next;
    let taken = Taken::none();
    let fact = |(icon, text, urgent): (Icon, String, bool)| {
        view! {
            <li class="next-stop__fact" class:next-stop__fact--urgent=urgent>
                <Drawing icon />
                <span dir="auto">{text}</span>
            </li>
        }
    };
    view! {
        <section class="card next-stop">
            <h2 class="card__title">{words::NEXT_STOP}</h2>
            <p class="next-stop__when">
                <span>{when}</span>
                {due.map(|(text, tone, icon)| view! { <Mark text tone icon /> })}
            </p>
            <p class="next-stop__name" dir="auto">
                <a href=href>{name}</a>
            </p>
            {(!what.is_empty()).then(|| view! { <p class="card__name" dir="auto">{what}</p> })}
            <ul role="list" class="next-stop__facts">{facts.into_iter().map(fact).collect_view()}</ul>
            <Reach ways=Signal::stored(ways) on_taken=taken.on_taken() />
            <LogIt taken account=Signal::stored(account) />
            <div class="page__do">
                <a href=note class="button button--main">
                    <Drawing icon=Icon::Note />
                    {words::ADD_NOTE}
                </a>
            </div>
        </section>
    }
}

/// What the calendar has for today, and what nobody logged.
#[component]
fn Stops(today: Memo<Today>) -> impl IntoView {
    let stops = Memo::new(move |_| today.get().stops);
    let left = Memo::new(move |_| today.with(|today| today.stops_left));
    let not_logged = Memo::new(move |_| today.get().not_logged);
    view! {
        <Show when=move || !stops.with(Vec::is_empty)>
            <Card title=words::TODAY>
                <ul role="list" class="stops" aria-label=words::TODAY>
                    <For each=move || stops.get() key=Clone::clone let:line>
                        {stop(line)}
                    </For>
                </ul>
                <Left left href="/calendar" icon=Icon::Calendar />
            </Card>
        </Show>
        {unfolding(words::NOT_LOGGED_YET, not_logged, stop)}
    }
}

/// A list that no other page has: the first of it, and all of it when that is asked for.
fn unfolding<T, V>(
    title: &'static str,
    lines: Memo<Vec<T>>,
    line: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Eq + std::hash::Hash + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let is_whole = RwSignal::new(false);
    let shown = move || {
        let most = if is_whole.get() { usize::MAX } else { SHOWN };
        lines.with(|lines| lines.iter().take(most).cloned().collect::<Vec<_>>())
    };
    let left = Memo::new(move |_| lines.with(Vec::len).saturating_sub(SHOWN));
    let more = move || words::more_of(&intl::number(left.get()));
    view! {
        <Show when=move || !lines.with(Vec::is_empty)>
            <Card title>
                <ul role="list" class="stops" aria-label=title>
                    <For each=shown key=Clone::clone children=line />
                </ul>
                <Show when=move || { left.get() > 0 }>
                    <button
                        type="button"
                        class="button"
                        aria-expanded=move || if is_whole.get() { "true" } else { "false" }
                        on:click=move |_| is_whole.update(|whole| *whole = !*whole)
                    >
                        <span class="button__label">
                            {move || if is_whole.get() { words::SHOW_LESS.to_owned() } else { more() }}
                        </span>
                    </button>
                </Show>
            </Card>
        </Show>
    }
}

fn stop(line: StopLine) -> impl IntoView {
    let StopLine { href, when, name, what, mark, note, .. } = line;
    view! {
        <li class="stops__line">
            <a href=href class="card__line">
                <span class="stops__when">{when}</span>
                <span class="card__words card__person">
                    <span class="card__value" dir="auto">{name}</span>
                    <span class="card__name" dir="auto">{what}</span>
                    {mark.map(|(text, tone, icon)| view! { <Mark text tone icon /> })}
                </span>
                <Drawing icon=Icon::Forward />
            </a>
            {note
                .map(|note| {
                    view! {
                        <a href=note class="button">
                            <Drawing icon=Icon::Note />
                            {words::ADD_NOTE}
                        </a>
                    }
                })}
        </li>
    }
}

/// What was promised and is due.
#[component]
fn Promises(store: Store, today: Memo<Today>) -> impl IntoView {
    let promises = Memo::new(move |_| today.get().promises);
    let line = move |promise: Promise| {
        let Promise { event, href, when, subject, who, late } = promise;
        let told = subject.clone();
        view! {
            <li class="stops__line">
                <a href=href class="card__line">
                    <span class="stops__when" class:stops__late=late>
                        {when}
                    </span>
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{subject}</span>
                        <span class="card__name" dir="auto">{who}</span>
                        {late
                            .then(|| {
                                let text = words::OVERDUE.to_owned();
                                view! { <Mark text tone=Tone::Urgent icon=Icon::Alert /> }
                            })}
                    </span>
                    <Drawing icon=Icon::Forward />
                </a>
                <Button
                    label=words::DONE
                    icon=Icon::Check
                    on_press=move || super::note::keep_promise(store, event, &told)
                />
            </li>
        }
    };
    unfolding(words::PROMISES, promises, line)
}

/// Who waits for a visit, and how all stand.
#[component]
fn DueVisits(today: Memo<Today>) -> impl IntoView {
    let due = Memo::new(move |_| today.get().due);
    let counts = Memo::new(move |_| today.with(|today| today.counts));
    let left = Memo::new(move |_| today.with(|today| today.due_left));
    let chips = move || {
        let Counts { overdue, never, follow_up, on_track } = counts.get();
        let chips = [
            (overdue, words::OVERDUE, Tone::Urgent, Icon::Alert),
            (follow_up, words::SOON, Tone::Waiting, Icon::Waiting),
            (never, words::NEVER_VISITED, Tone::News, Icon::Pin),
            (on_track, words::ON_TRACK, Tone::Calm, Icon::Check),
        ];
        let chip = |(count, word, tone, icon): (usize, &str, Tone, Icon)| {
            let text = format!("{word} {}", intl::number(count));
            (count > 0).then(|| view! { <li><Mark text tone icon /></li> })
        };
        chips.into_iter().map(chip).collect_view()
    };
    let line = |line: DueLine| {
        let DueLine { href, name, what, mark: (text, tone, icon), .. } = line;
        view! {
            <li>
                <a href=href class="card__line">
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{name}</span>
                        <span class="card__name" dir="auto">{what}</span>
                        <Mark text tone icon />
                    </span>
                    <Drawing icon=Icon::Forward />
                </a>
            </li>
        }
    };
    let nothing = move || if counts.get() == Counts::default() { words::NO_GOALS } else { words::NONE_DUE };
    view! {
        <Card title=words::DUE_VISITS>
            <Show when=move || counts.get() != Counts::default()>
                <ul role="list" class="due-counts">{chips}</ul>
            </Show>
            <Show
                when=move || !due.with(Vec::is_empty)
                fallback=move || view! { <p class="card__nothing">{nothing}</p> }
            >
                <ul role="list" class="stops" aria-label=words::DUE_VISITS>
                    <For each=move || due.get() key=Clone::clone let:account>
                        {line(account)}
                    </For>
                </ul>
                <Left left href="/accounts?show=due" icon=Icon::Accounts />
            </Show>
        </Card>
    }
}

/// The way to those that are not shown.
#[component]
fn Left(left: Memo<usize>, href: &'static str, icon: Icon) -> impl IntoView {
    view! {
        <Show when=move || { left.get() > 0 }>
            <Leads href icon text=Signal::derive(move || words::more_of(&intl::number(left.get()))) />
        </Show>
    }
}

/// Notes about nobody.
#[component]
fn Unfiled(today: Memo<Today>) -> impl IntoView {
    let count = Memo::new(move |_| today.with(|today| today.unfiled));
    view! {
        <Show when=move || { count.get() > 0 }>
            <Card>
                <Leads
                    href="/unfiled"
                    icon=Icon::Note
                    text=Signal::derive(move || words::unfiled_count(count.get()))
                />
            </Card>
        </Show>
    }
}

/// The sync icon with its word, and when the data shown was pulled; a bar while a pull is under way.
#[component]
fn SyncNow(store: Store, now: Now) -> impl IntoView {
    let is_busy = Memo::new(move |_| store.status().with(|status| status.pulling.is_some()));
    let as_of = as_of::as_of(store, now);
    view! {
        <div class="sync">
            <button
                type="button"
                class="button"
                class:sync__button--busy=move || is_busy.get()
                on:click=move |_| store.sync_now()
            >
                <Drawing icon=Icon::Sync />
                <span class="button__label">{words::SYNC_NOW}</span>
            </button>
            <div class="sync__said">
                <p class="sync__as-of">{as_of}</p>
                <News store />
            </div>
        </div>
        <Pulling store />
        <Show when=move || store.status().with(|status| status.let_go)>
            <p class="sync__news" role="status">{words::LET_GO}</p>
        </Show>
    }
}

/// What the last pull brought. The toast reads it out; this stays.
#[component]
fn News(store: Store) -> impl IntoView {
    let is_pulling = move || store.status().with(|status| status.pulling.is_some());
    let line = move || {
        let news = store.news().get().filter(|_| !is_pulling());
        news.map(|news| view! { <p class="sync__news">{words::news(&news, intl::number)}</p> })
    };
    view! { {line} }
}

/// The saves that need a person and of which this is so.
fn count_needs_you(store: Store, is_meant: fn(&NeedsYou) -> bool) -> usize {
    store.status().with(|status| status.needs_you.iter().filter(|save| is_meant(save)).count())
}

/// What the rep must look at of the saves, if anything.
#[component]
fn ForYou(store: Store) -> impl IntoView {
    let open = Memo::new(move |_| count_needs_you(store, choice::is_for_rep));
    let replaced = Memo::new(move |_| store.status().with(|status| status.replaced.len()));
    view! {
        <Show when=move || { open.get() + replaced.get() > 0 }>
            <Card>
                {counted(open, Icon::Alert, true, words::need_you)}
                {counted(replaced, Icon::Pencil, false, words::replaced_count)}
            </Card>
        </Show>
    }
}

/// What waits for the office, and what for the web.
#[component]
fn Waiting(store: Store) -> impl IntoView {
    let asked = Memo::new(move |_| count_needs_you(store, |save| save.asked));
    let held = move || count_needs_you(store, |save| !save.asked && !choice::is_for_rep(save));
    let waiting = Memo::new(move |_| store.status().with(|status| status.waiting.len()) + held());
    view! {
        {counted(asked, Icon::Waiting, false, words::asked_count)}
        <Leads href=OUTBOX icon=Icon::Outbox text=Signal::derive(move || words::wait_here(waiting.get())) />
    }
}

/// A way to the outbox that says how many there are, where there are any.
fn counted(count: Memo<usize>, icon: Icon, urgent: bool, text: fn(usize) -> String) -> impl IntoView {
    view! {
        <Show when=move || { count.get() > 0 }>
            <Leads href=OUTBOX icon urgent text=Signal::derive(move || text(count.get())) />
        </Show>
    }
}

/// What is wrong with this phone, though nothing is lost by it.
#[component]
fn Warnings(store: Store) -> impl IntoView {
    let clock_off = Memo::new(move |_| store.status().with(|status| status.clock_off.map(words::clock_off)));
    let too_old = Memo::new(move |_| store.status().with(|status| status.too_old));
    let lines = move || {
        let too_old = too_old.get().then(|| words::TOO_OLD.to_owned());
        let lines = [clock_off.get(), too_old].into_iter().flatten();
        lines
            .map(|line| view! { <p class="card__warning"><Drawing icon=Icon::Alert />{line}</p> })
            .collect_view()
    };
    view! { <div class="page__warnings" role="status">{lines}</div> }
}

/// Forms that hold text nobody saved.
#[component]
fn Unfinished(store: Store) -> impl IntoView {
    let keys = RwSignal::new(Vec::<String>::new());
    spawn_local(async move {
        let found = store.drafts().await;
        keys.try_set(found);
    });
    let lines = move || {
        let line = |key: String| {
            let href = address(&key)?;
            let name = account_of(&key)
                .and_then(|id| store.with_view(|view| Some(crate::ui::name(view.record(id)?))));
            let text = words::unfinished(&key, name.as_deref());
            Some(view! { <Leads href icon=Icon::Pencil text=Signal::stored(text) /> })
        };
        keys.get().into_iter().filter_map(line).collect_view()
    };
    view! {
        <Show when=move || keys.with(|keys| !keys.is_empty())>
            <Card title=words::UNFINISHED>{lines}</Card>
        </Show>
    }
}

/// Where the form of a key is; none for a key of another version of the app.
fn address(key: &str) -> Option<String> {
    match key.split_once(':')? {
        ("account", "new") => Some("/accounts/new".to_owned()),
        ("account", id) => Some(format!("/accounts/{id}/edit")),
        ("contact", "new") => Some("/contacts/new".to_owned()),
        ("contact", id) => Some(format!("/contacts/{id}/edit")),
        ("note", "new") => Some("/notes/new".to_owned()),
        ("note", about) => Some(match about.split_once(':') {
            Some(("edit", id)) => format!("/notes/{id}/edit"),
            Some(("event", of)) => match of.split_once(':') {
                Some((id, day)) => format!("/notes/new?event={id}&day={day}"),
                None => format!("/notes/new?event={of}"),
            },
            Some((what, id)) => format!("/notes/new?{what}={id}"),
            None => format!("/accounts/{about}/note"),
        }),
        ("referral", "new:") => Some("/referrals/new".to_owned()),
        ("referral", id) => Some(match id.strip_prefix("new:") {
            Some(account) => format!("/referrals/new?account={account}"),
            None => format!("/referrals/{id}/edit"),
        }),
        ("event", "new") => Some("/events/new".to_owned()),
        ("event", of) => Some(match of.split_once(':') {
            Some((series, day)) => format!("/events/{series}/edit?day={day}"),
            None => format!("/events/{of}/edit"),
        }),
        ("mend", change) => Some(format!("/more/outbox/{change}")),
        _ => None,
    }
}

fn account_of(key: &str) -> Option<RecordId> {
    key.split(':').find_map(|part| part.parse().ok()).map(RecordId)
}

const OUTBOX: &str = "/more/outbox";
