//! What the pages of one record have in common: the page that shows it, with what is said once it is not here, and the
//! page of changes to it.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, Op, Record, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::{Card, Leads, PageHead};
use crate::ui::components::icon::Icon;
use crate::ui::form::Form;
use crate::ui::form_frame::FormFrame;
use crate::ui::left_over::LeftOver;
use crate::ui::open_form::OpenForm;
use crate::ui::{address, changes_address, title, trail, words};

/// The page that shows a record.
#[component]
pub(crate) fn RecordPage(
    /// Which record.
    #[prop(into)]
    id: Signal<Option<RecordId>>,
    /// What the record is called; none when it is not here.
    name: Memo<Option<String>>,
    /// The heading when it is not here.
    gone: &'static str,
    /// The way back: where to, and its name.
    back: (String, &'static str),
    /// The record.
    here: impl Fn() -> AnyView + Send + 'static,
    /// What is said when it is not here.
    absent: impl Fn() -> AnyView + Send + 'static,
) -> impl IntoView {
    let is_here = Memo::new(move |_| name.with(Option::is_some));
    let heading = Memo::new(move |_| name.get().unwrap_or_else(|| gone.to_owned()));
    title(move || heading.get());
    let body = move || if is_here.get() { here() } else { absent() };
    let said = Signal::stored(words::WHO_CHANGED.to_owned());
    let changes = move || id.get().filter(|_| is_here.get()).map(changes_address);
    view! {
        <article class="page">
            <PageHead title=heading back />
            {body}
            {move || {
                changes()
                    .map(|href| {
                        view! {
                            <Card>
                                <Leads href icon=Icon::Pencil text=said />
                            </Card>
                        }
                    })
            }}
        </article>
    }
}

/// The words of a page of changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EditWords {
    /// The heading.
    pub(crate) heading: &'static str,
    /// The heading when the record is not here, and what that means.
    pub(crate) gone: (&'static str, &'static str),
}

/// The page of changes to a record: the fields that were touched are saved.
#[component]
pub(crate) fn EditPage(
    store: Store,
    /// Which record.
    id: RecordId,
    kind: Kind,
    /// What its draft is kept under, before its id.
    key: &'static str,
    words: EditWords,
    /// What the form can change.
    names: Vec<&'static str>,
    /// The form's fields.
    fields: fn(OpenForm) -> AnyView,
) -> impl IntoView {
    title(move || words.heading.to_owned());
    let form = format!("{key}:{}", id.0);
    let Some(record) = read_once(store, id) else {
        return view! { <LeftOver store form gone=words.gone /> }.into_any();
    };
    let back = address(kind, id);
    let open = OpenForm::new(store, form, Form::patch(&record, &names));
    let navigate = use_navigate();
    let to = back.clone();
    let on_save = move || {
        let draft = move |set, key| Draft::of_form(DraftEdit::to(id, kind, Op::Patch, set), key);
        let (navigate, to) = (navigate.clone(), to.clone());
        let leave = move || trail::leave_for(&to, &navigate);
        let unchanged = leave.clone();
        open.save(draft, move |_| leave(), unchanged);
    };
    view! {
        <div class="page">
            <PageHead title=words.heading back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                {fields(open)}
            </FormFrame>
        </div>
    }
    .into_any()
}

/// The record as it is now: what the rep sees in a form does not change under the thumb.
fn read_once(store: Store, id: RecordId) -> Option<std::rc::Rc<Record>> {
    untrack(|| store.with_view(|view| view.record(id).cloned()))
}
