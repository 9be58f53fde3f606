//! Correcting a save that the web did not take: its words in a form, to be saved in its place.

use engine::NeedsYou;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Fields, How};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::choice;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::icon::Icon;
use crate::ui::form::{Form, Touched};
use crate::ui::form_frame::FormFrame;
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::{self, record_field};
use crate::ui::{said, title, trail, words};

/// The page of a save, as its address names it: by its change's id. The version before this one named it by its number,
/// and left drafts under that.
#[component]
pub(crate) fn Mend(store: Store, named: String) -> impl IntoView {
    title(|| words::MEND.to_owned());
    let status = store.status();
    let form = StoredValue::new(None::<OpenForm>);
    let found = Memo::new(move |before: Option<&Option<Mended>>| {
        // A form made anew meanwhile would offer once more what was refused, and the correction is stored already.
        if form.get_value().is_some_and(OpenForm::is_on_its_way) {
            return before.cloned().flatten();
        }
        let is_it =
            |save: &NeedsYou| save.receipt.change.0.to_string() == named || save.number.to_string() == named;
        let save = status.with(|status| status.needs_you.iter().find(|save| is_it(save)).cloned())?;
        let edit = choice::to_mend(&save)?;
        // What is shown of the record, with the save laid over it also where it was set aside; of one that is not here
        // any more there are the save's own words.
        let shown = |view: &view::View| view.record(edit.record?).map(|record| record.fields.clone());
        let mut fields = store.with_view(shown).unwrap_or_default();
        for (name, text) in &edit.set {
            fields.set(name, text.as_deref());
        }
        Some(Mended { key: choice::draft_key(&named), fields, edit, save })
    });
    move || match found.get() {
        Some(mended) => view! { <MendForm store mended shown=form /> }.into_any(),
        None => view! {
            <div class="page">
                <PageHead title=words::MEND_GONE back=(OUTBOX.to_owned(), words::OUTBOX) />
                <Empty text=words::MEND_GONE_TEXT />
            </div>
        }
        .into_any(),
    }
}

/// What is to be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mended {
    /// Where its form keeps what is typed.
    key: String,
    /// What the record holds with it.
    fields: Fields,
    edit: DraftEdit,
    save: NeedsYou,
}

#[component]
fn MendForm(
    store: Store,
    mended: Mended,
    /// Where the page finds the form that it shows.
    shown: StoredValue<Option<OpenForm>>,
) -> impl IntoView {
    let Mended { key, fields, edit, save } = mended;
    let names = record_field::typed(edit.kind);
    let form = Form::again(edit.kind, &fields, &names, &edit.set);
    let open = OpenForm::new(store, key, form);
    shown.set_value(Some(open));
    let navigate = use_navigate();
    let number = save.number;
    let kind = edit.kind;
    let parked = save.receipt.clashes.iter().filter(|clash| clash.parked);
    let parked = parked.map(|clash| untrack(|| store.with_view(|view| said::clash(view, clash))));
    let why: Vec<String> = std::iter::once(words::reason(&save.receipt)).chain(parked).collect();
    let on_save = move || {
        let edit = edit.clone();
        let draft = move |set: Touched, key| {
            let mut mended = edit.clone();
            mended.set.extend(set);
            Draft { edits: vec![mended], settles: vec![(number, How::Done)], key: Some(key) }
        };
        let navigate = navigate.clone();
        open.save(draft, move |_| trail::leave_for(OUTBOX, &navigate), || ());
    };
    let fields = move || names.iter().map(|name| record_field(open, kind, name)).collect_view();
    view! {
        <div class="page">
            <PageHead title=words::MEND back=(OUTBOX.to_owned(), words::OUTBOX) />
            <FormFrame open leave=OUTBOX.to_owned() on_save>
                {why.iter().map(|line| view! { <p class="form__hint">{line.clone()}</p> }).collect_view()}
                <p class="form__hint">{words::MEND_NEWS}</p>
                <Button label=words::SYNC_NOW icon=Icon::Sync on_press=move || store.sync_now() />
                {fields()}
            </FormFrame>
        </div>
    }
}

const OUTBOX: &str = "/more/outbox";
