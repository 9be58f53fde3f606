//! What the list of accounts shows: what is searched for, what the filters leave, in which order, and what of it is
//! like the words where few are spelled so.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use protocol::{Kind, Record, RecordId};
use view::filter::{Asker, Show, Sort, Wanted};
use view::{Search, View};

use crate::store::{Session, Store};
use crate::ui::components::chip;
use crate::ui::components::list::Row;
use crate::ui::here::{self, Here};
use crate::ui::like::{ENOUGH, Like};
use crate::ui::saved_views::address;
use crate::ui::{due, intl, trail, words};

/// Where the rep was in the list; it outlives the page, so that coming back finds the same place.
#[derive(Clone, Copy)]
pub(crate) struct ListPlace {
    pub(super) query: RwSignal<String>,
    pub(super) scroll_top: RwSignal<f64>,
    search: StoredValue<Search>,
    pub(super) wanted: RwSignal<Wanted>,
    pub(super) here: RwSignal<Here>,
}

/// What the filters leave, in the order that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) rows: Arc<Vec<Line>>,
    /// How many there are, on the map or not.
    pub(super) matched: usize,
}

/// Positions in the list of accounts; none stands for the whole list.
pub(super) type Among = Option<Arc<Vec<u32>>>;

/// The accounts that a search may show beside what is spelled so, by id; none stands for all of them.
pub(super) type Left = Option<Arc<Vec<RecordId>>>;

/// A line of the list, with the way there in metres, if that is the order.
pub(super) type Line = (RecordId, Option<f64>);

impl ListPlace {
    /// The top of the whole list.
    pub(crate) fn new() -> Self {
        Self {
            query: RwSignal::new(String::new()),
            scroll_top: RwSignal::new(0.0),
            search: StoredValue::new(Search::default()),
            wanted: RwSignal::new(Wanted::default()),
            here: RwSignal::new(Here::Unasked),
        }
    }

    /// The rep wants something else: the list begins at its top, and the phone is asked where it is, should that be
    /// the order.
    pub(super) fn want(self, wanted: Wanted) {
        let before = self.wanted.get_untracked();
        if wanted.sort == Sort::Nearest {
            if before.sort != Sort::Nearest {
                here::ask(self.here);
            } else if before.show != wanted.show {
                self.ask_again();
            }
        }
        self.scroll_top.set(0.0);
        self.wanted.set(wanted);
    }

    /// Who has said once where the phone is may be elsewhere by now.
    fn ask_again(self) {
        if matches!(self.here.get_untracked(), Here::At(..)) {
            here::ask(self.here);
        }
    }

    /// What the search and the ready-made view leave: what the filters are laid over.
    pub(super) fn among(self, store: Store, show: Show) -> Among {
        store.with_view(|view| {
            let list = view.accounts();
            let found = self.query.with(|query| {
                let found = |search: &mut Search| list.found(search, query).to_vec();
                (!query.trim().is_empty()).then(|| self.search.try_update_value(found).unwrap_or_default())
            });
            if show != Show::All {
                let asker = asker(store);
                return Some(Arc::new(match found {
                    Some(found) => view.shown(found.into_iter(), show, &asker),
                    None => view.shown(0..list.len() as u32, show, &asker),
                }));
            }
            found.map(Arc::new)
        })
    }

    /// What the filters leave; none while the list is wanted as it is.
    pub(super) fn kept(self, store: Store, among: Memo<Among>) -> Option<Kept> {
        let wanted = self.wanted.get();
        if wanted.is_all() {
            return None;
        }
        let among = among.get();
        store.with_view(|view| {
            let list = view.accounts();
            let narrowed = match among {
                Some(among) => list.narrowed(among.iter().copied(), &wanted),
                None => list.narrowed(0..list.len() as u32, &wanted),
            };
            let mut ids: Vec<RecordId> = narrowed.into_iter().map(|at| list.id(at)).collect();
            let matched = ids.len();
            view.sort_accounts(&mut ids, wanted.sort, &asker(store));
            Some(Kept { rows: Arc::new(self.lines(view, ids, wanted.sort)), matched })
        })
    }

    /// Sorted accounts as lines; where the nearest comes first, those that are on the map.
    fn lines(self, view: &View, ids: Vec<RecordId>, sort: Sort) -> Vec<Line> {
        match (sort, self.here.get()) {
            (Sort::Nearest, Here::At(latitude, longitude)) => {
                let near = view.near(ids, (latitude, longitude)).into_iter();
                near.map(|(id, metres)| (id, Some(metres))).collect()
            }
            (Sort::Nearest, _) => Vec::new(),
            _ => ids.into_iter().map(|id| (id, None)).collect(),
        }
    }

    /// What the filters leave of the whole list, sorted by id; none stands for all of it. Nothing of it is asked for
    /// while the search finds enough.
    pub(super) fn left(self, store: Store) -> Left {
        let wanted = self.wanted.get();
        wanted.narrows().then(|| {
            store.with_view(|view| {
                let list = view.accounts();
                let shown = match wanted.show {
                    Show::All => (0..list.len() as u32).collect(),
                    show => view.shown(0..list.len() as u32, show, &asker(store)),
                };
                let left = list.narrowed(shown.into_iter(), &wanted).into_iter();
                let mut left: Vec<RecordId> = left.map(|at| list.id(at)).collect();
                left.sort_unstable();
                Arc::new(left)
            })
        })
    }

    /// Those of what the filters leave that are like what is searched for, where few are spelled so.
    pub(super) fn like(
        self,
        store: Store,
        like: Like,
        kept: Memo<Option<Kept>>,
        left: Memo<Left>,
    ) -> Vec<Line> {
        self.query.with(|query| {
            let found = |search: &mut Search| -> Vec<RecordId> {
                store.with_view(|view| view.accounts().search(search, query).take(ENOUGH).collect())
            };
            let exact = match kept.get() {
                Some(Kept { rows, .. }) => rows.iter().take(ENOUGH).map(|(id, _)| *id).collect(),
                None => self.search.try_update_value(found).unwrap_or_default(),
            };
            let asked = OnceCell::new();
            let is_left = |id| {
                let left: &Left = asked.get_or_init(|| left.get());
                left.as_ref().is_none_or(|left| left.binary_search(&id).is_ok())
            };
            let ids = like.of(Kind::Account, query, &exact, is_left);
            store.with_view(|view| self.lines(view, ids, self.wanted.with(|wanted| wanted.sort)))
        })
    }

    pub(super) fn total(self, view: &View, kept: Option<Kept>) -> usize {
        if let Some(kept) = kept {
            return kept.rows.len();
        }
        self.query.with(|query| match query.trim() {
            "" => view.accounts().len(),
            query => {
                let found = |search: &mut Search| view.accounts().search(search, query).len();
                self.search.try_update_value(found).unwrap_or_default()
            }
        })
    }

    pub(super) fn rows(
        self,
        view: &View,
        kept: Option<Kept>,
        like: &[Line],
        range: Range<usize>,
    ) -> Vec<Row> {
        let (start, len) = (range.start, range.len());
        let exact = if like.is_empty() { usize::MAX } else { self.total(view, kept.clone()) };
        let mut lines: Vec<Line> = match &kept {
            Some(Kept { rows, .. }) => rows.iter().skip(start).take(len).copied().collect(),
            None => self.spelled_so(view, range).into_iter().map(|id| (id, None)).collect(),
        };
        lines.extend(like.iter().skip(start.saturating_sub(exact)).take(len - lines.len()));
        let says_when = self.wanted.with(|wanted| wanted.sort == Sort::LongestAgo);
        let row = |((id, metres), at): (Line, usize)| {
            let mut row = row(view, view.record(id)?, at);
            let is_like = (1..=at).contains(&exact).then(|| words::LIKE_IT.to_owned());
            let there = says_when.then(|| last_there(view, id));
            // What stands before the line already is not said twice.
            let there = there.filter(|text| row.due.as_ref().is_none_or(|(due, ..)| due != text));
            row.text = words::dotted([is_like, metres.map(words::far), there, Some(row.text)]);
            Some(row)
        };
        lines.into_iter().zip(start..).filter_map(row).collect()
    }

    /// Of the whole list what is spelled as it is searched for, at these positions.
    fn spelled_so(self, view: &View, range: Range<usize>) -> Vec<RecordId> {
        self.query.with(|query| match query.trim() {
            "" => view.accounts().ids(range),
            query => {
                let found = |search: &mut Search| {
                    let found = view.accounts().search(search, query);
                    found.skip(range.start).take(range.len()).collect::<Vec<_>>()
                };
                self.search.try_update_value(found).unwrap_or_default()
            }
        })
    }
}

fn asker(store: Store) -> Asker {
    let names = store.session().with(|session| match session {
        Session::Open { who, .. } => vec![who.name.clone(), who.email.clone()],
        _ => Vec::new(),
    });
    Asker::new(intl::clock(), &names)
}

fn last_there(view: &View, account: RecordId) -> String {
    let clock = intl::clock();
    let last = view.last_visit(account, clock);
    words::last_there(last.map(|last| (clock.now.date() - last).get_days()))
}

fn row(view: &View, account: &Record, position: usize) -> Row {
    let text = |name| account.fields.text(name);
    let place = view.place(account.id);
    let mark = (place != Place::Web).then(|| {
        let (tone, icon) = chip::look(place);
        (words::place(place), tone, icon)
    });
    Row {
        position,
        href: format!("/accounts/{}", account.id.0),
        title: crate::ui::name(account),
        text: words::account_line(text("city"), text("state"), text("type")),
        due: due::mark(view.due(account.id, intl::clock())),
        mark,
    }
}

/// The address says what is wanted, so that a reload, a link and a step back show the same; an address that says
/// nothing leaves the list as it was.
pub(super) fn follow_address(place: ListPlace, opened: Memo<bool>) {
    let (asked, navigate) = (use_query_map(), use_navigate());
    Effect::new(move |before: Option<Wanted>| {
        let (wanted, is_open) = (place.wanted.get(), opened.get());
        let said = asked.with(|asked| {
            let texts = |name: &str| asked.get_all(name).unwrap_or_default();
            (*asked != ParamsMap::new()).then(|| Wanted::of_pairs(texts))
        });
        let is_news = before.as_ref().is_none_or(|before| *before == wanted);
        let is_said = said.clone().unwrap_or_default() == wanted;
        match said {
            // A chart has counted all of them, not those that were searched for last.
            Some(_) if before.is_none() && is_said && !is_open => {
                place.query.set(String::new());
                place.scroll_top.set(0.0);
            }
            _ if is_open || is_said => {}
            Some(said) if is_news => {
                // Whoever comes from elsewhere looks at the list from its beginning.
                place.query.set(String::new());
                place.scroll_top.set(0.0);
                place.wanted.set(said);
            }
            _ => {
                let navigate = navigate.clone();
                // A link's page is drawn before it is in the history: until then the entry is that of the page before.
                let say = move || {
                    if opened.try_get_untracked() == Some(false) {
                        navigate(&place.wanted.with_untracked(address), trail::instead());
                    }
                };
                set_timeout(say, Duration::ZERO);
            }
        }
        if before.is_none() && place.wanted.with_untracked(|wanted| wanted.sort == Sort::Nearest) {
            place.ask_again();
        }
        wanted
    });
}
