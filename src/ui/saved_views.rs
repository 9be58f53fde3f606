//! The views of the list of accounts that the rep has saved: links to them, and the dialog that names one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::params::ParamsMap;
use protocol::{Kind, Op, RecordId, schema};
use view::View;
use view::filter::Wanted;
use view::saved::{self, BadName, SavedView, VIEWS_MAX};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::{Button, Submit, Weight};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::field::{Entry, TextField};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::undo::{self, Undo};
use crate::ui::{attention, trail, words};

/// The list of accounts as somebody wants it, as an address.
pub(crate) fn address(wanted: &Wanted) -> String {
    let mut params = ParamsMap::new();
    for (name, text) in wanted.to_pairs() {
        // The map takes percent signs for escapes as it is filled, here and again when the router reads the address.
        params.insert(name, text.replace('%', "%2525"));
    }
    format!("/accounts{}", params.to_query_string())
}

/// Those of the rep, by name.
pub(crate) fn saved_views(store: Store) -> Memo<Vec<SavedView>> {
    Memo::new(move |_| store.with_view(View::saved_views))
}

/// A link to each. Where it stands beside the list, a press shows the view in place.
#[component]
pub(crate) fn SavedLinks(
    store: Store,
    /// What is shown now.
    #[prop(optional, into)]
    current: MaybeProp<Wanted>,
    /// Shows a view; without it the link leads to the list.
    #[prop(optional)]
    on_press: Option<Callback<Wanted>>,
) -> impl IntoView {
    let link = move |view: SavedView| {
        let SavedView { name, wanted, .. } = view;
        let is_current = {
            let wanted = wanted.clone();
            move || current.get().is_some_and(|current| current.is_same(&wanted)).then_some("page")
        };
        let href = address(&wanted);
        let press = move |event: web_sys::MouseEvent| {
            if let Some(on_press) = on_press.filter(|_| !trail::is_elsewhere(&event)) {
                event.prevent_default();
                on_press.run(wanted.clone());
            }
        };
        view! {
            <a class="views__link" href=href aria-current=is_current on:click=press>
                <Drawing icon=Icon::Saved />
                <span class="views__name" dir="auto">{name}</span>
            </a>
        }
    };
    let views = saved_views(store);
    let key = |view: &SavedView| (view.ids.clone(), view.name.clone(), view.shows.clone());
    view! {
        <Show when=move || views.with(|views| !views.is_empty())>
            <nav class="views__saved" aria-label=words::YOUR_VIEWS>
                <For each=move || views.get() key let:view>
                    {link(view)}
                </For>
            </nav>
        </Show>
    }
}

/// The naming of a view. A handle: copies speak of the same dialog.
#[derive(Clone, Copy)]
pub(crate) struct Naming {
    store: Store,
    asks: RwSignal<bool>,
    wanted: RwSignal<Wanted>,
    /// The one that gets another name.
    renamed: RwSignal<Option<SavedView>>,
    typed: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    /// The name of another view that this one would replace.
    twin: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Naming {
    /// Nobody asks yet.
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            asks: RwSignal::new(false),
            wanted: RwSignal::new(Wanted::default()),
            renamed: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            wrong: RwSignal::new(None),
            twin: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// Asks for a name of what is shown.
    pub(crate) fn ask(self, wanted: Wanted) {
        self.open(wanted, None);
    }

    /// Asks no more.
    pub(crate) fn close(self) {
        self.asks.set(false);
    }

    /// Asks for another name of a view.
    pub(crate) fn rename(self, view: SavedView) {
        self.open(view.wanted.clone(), Some(view));
    }

    fn open(self, wanted: Wanted, renamed: Option<SavedView>) {
        self.typed.set(renamed.as_ref().map(|view| view.name.clone()).unwrap_or_default());
        self.wanted.set(wanted);
        self.renamed.set(renamed);
        self.put_away();
        self.asks.set(true);
    }

    /// What was said of another name does not hold for this one.
    fn put_away(self) {
        self.wrong.set(None);
        self.twin.set(None);
    }

    /// Saves the view under the name that was typed. One of that name is replaced only after asking.
    fn save(self, may_replace: bool) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.put_away();
        let name = match self.typed.with_untracked(|typed| saved::name(typed)) {
            Ok(name) => name,
            Err(why) => return self.refuse(words::bad_name(why)),
        };
        let renamed = self.renamed.get_untracked();
        let mut others = untrack(|| self.store.with_view(View::saved_views));
        others.retain(|view| renamed.as_ref().is_none_or(|renamed| renamed.ids != view.ids));
        let twin = saved::of_name(&others, &name).cloned();
        if twin.is_none() && renamed.is_none() && others.len() >= VIEWS_MAX {
            return self.refuse(words::bad_name(BadName::TooMany));
        }
        if let Some(twin) = twin.as_ref().filter(|_| !may_replace) {
            self.twin.set(Some(twin.name.clone()));
            // The button that was pressed makes room for another.
            return attention::focus_once_drawn(NAME);
        }
        let fields = saved::fields(&name, &self.wanted.get_untracked());
        if schema::check(Kind::SavedView, "shows", fields["shows"].as_deref()).is_err() {
            return self.refuse(words::TOO_MANY_FILTERS.to_owned());
        }
        let own = self.store.status().with_untracked(|status| status.own.clone());
        let (text, edits, back) = match (renamed, twin, own) {
            (Some(view), twin, _) => rename(&view, name, twin.as_ref()),
            (None, Some(twin), _) => {
                let before = [("name", &twin.name), ("shows", &twin.shows)];
                let before = before.map(|(field, text)| (field.to_owned(), Some(text.clone())));
                let patch = |set| to(&twin, &Op::Patch, &set);
                (words::view_replaced(&name), patch(fields), patch(before.into()))
            }
            (None, None, Some(own)) => {
                let create = DraftEdit::create(Kind::SavedView, own, fields);
                (words::view_saved(&name), vec![create], Vec::new())
            }
            (None, None, None) => return self.refuse(words::NO_TERRITORY.to_owned()),
        };
        if may_replace {
            attention::focus_once_drawn(NAME);
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let done = self.store.save(Draft::of_press(edits)).await;
            self.is_busy.try_set(false);
            match done {
                Ok(ids) => {
                    self.asks.try_set(false);
                    // What was made has its name only now.
                    let made =
                        |id: &RecordId| DraftEdit::to(*id, Kind::SavedView, Op::Delete, BTreeMap::new());
                    let back = if back.is_empty() { ids.iter().map(made).collect() } else { back };
                    Undo::offer(text, Draft::of_press(back));
                    attention::take_up();
                }
                Err(error) => drop(self.wrong.try_set(Some(words::not_decided(&error)))),
            }
        });
    }

    fn refuse(self, why: String) {
        self.wrong.set(Some(why));
        attention::focus_once_drawn(NAME);
    }
}

/// Deletes a view, with the offer to bring it back.
pub(crate) fn delete(store: Store, view: &SavedView) {
    let press = |op| Draft::of_press(to(view, &op, &BTreeMap::new()));
    undo::press(store, press(Op::Delete), words::deleted(&view.name), press(Op::Restore), attention::take_up);
}

/// What gives a view another name, in the place of the one that had it, and what takes it back; first how it is told.
fn rename(
    view: &SavedView,
    name: String,
    twin: Option<&SavedView>,
) -> (String, Vec<DraftEdit>, Vec<DraftEdit>) {
    let twin = |op| twin.map(|twin| to(twin, &op, &BTreeMap::new())).unwrap_or_default();
    let named = |name: String| to(view, &Op::Patch, &[("name".to_owned(), Some(name))].into());
    let told = words::view_renamed(&name);
    let back = [named(view.name.clone()), twin(Op::Restore)].concat();
    (told, [named(name), twin(Op::Delete)].concat(), back)
}

/// The same is done to every record that the view has.
fn to(view: &SavedView, op: &Op, set: &BTreeMap<String, Option<String>>) -> Vec<DraftEdit> {
    view.ids.iter().map(|id| DraftEdit::to(*id, Kind::SavedView, op.clone(), set.clone())).collect()
}

/// The dialog.
#[component]
pub(crate) fn NameDialog(naming: Naming) -> impl IntoView {
    let title = Signal::derive(move || match naming.renamed.with(Option::is_some) {
        true => words::RENAME_VIEW.to_owned(),
        false => words::SAVE_VIEW.to_owned(),
    });
    let on_typed = Callback::new(move |text: String| {
        naming.typed.set(text);
        naming.put_away();
    });
    let entry = Entry {
        name: NAME,
        label: words::VIEW_NAME,
        text: naming.typed.into(),
        wrong: naming.wrong.into(),
        on_typed,
        on_left: Callback::new(|()| ()),
    };
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        naming.save(false);
    };
    let question = move || naming.twin.get().map(|name| words::replace(&name));
    let submit = move || {
        view! { <Submit label=words::SAVE busy_label=words::SAVING busy=naming.is_busy /> }
    };
    let has_twin = Memo::new(move |_| naming.twin.with(Option::is_some));
    view! {
        <Dialog open=naming.asks title id="name-of-view">
            <form class="form" novalidate on:submit=on_submit>
                <TextField entry first=true />
                <p class="views__question" role="status" dir="auto">{question}</p>
                <Show when=move || !has_twin.get()>
                    <p class="views__hint">{words::VIEW_TEXT}</p>
                </Show>
                <div class="form__do">
                    <Show when=move || has_twin.get() fallback=submit>
                        <Button label=words::REPLACE weight=Weight::Main on_press=move || naming.save(true) />
                    </Show>
                    <Button label=words::CANCEL on_press=move || naming.close() />
                </div>
            </form>
        </Dialog>
    }
}

const NAME: &str = "view-name";
