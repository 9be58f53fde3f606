//! Correcting a save that the web did not take: its words in a form, to be saved in its place.

use engine::NeedsYou;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Fields, How};

use crate::store::{Draft, Store};
use crate::ui::choice;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::icon::Icon;
use crate::ui::form::{Form, Touched};
use crate::ui::form_frame::FormFrame;
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::{self, record_field};
use crate::ui::{title, trail, words};

/// The page of the save with this number.
#[component]
pub(crate) fn Mend(store: Store, number: u64) -> impl IntoView {
    title(|| words::MEND.to_owned());
    let status = store.status();
    let form = StoredValue::new(None::<OpenForm>);
    let found = Memo::new(move |before: Option<&Option<(Fields, NeedsYou)>>| {
        // A form made anew meanwhile would offer once more what was refused, and the correction is stored already.
        if form.get_value().is_some_and(OpenForm::is_on_its_way) {
            return before.cloned().flatten();
        }
        let saves = status.with(|status| status.needs_you.clone());
        let save = saves.into_iter().find(|save| save.number == number && save.edits.len() == 1)?;
        let edit = &save.edits[0];
        // What is shown of the record is what was pulled, with the save laid over it.
        let pulled = |view: &view::View| view.record(edit.id).map(|record| record.fields.clone());
        // Of one that is not here any more there are the save's own words.
        let own = || edit.set.iter().filter_map(|(name, text)| Some((&**name, text.as_deref()?))).collect();
        let fields = store.with_view(pulled).unwrap_or_else(own);
        Some((fields, save))
    });
    move || match found.get() {
        Some((fields, save)) => view! { <MendForm store fields save shown=form /> }.into_any(),
        None => view! {
            <div class="page">
                <PageHead title=words::MEND_GONE back=(OUTBOX.to_owned(), words::OUTBOX) />
                <Empty text=words::MEND_GONE_TEXT />
            </div>
        }
        .into_any(),
    }
}

#[component]
fn MendForm(
    store: Store,
    /// What the record holds with the save.
    fields: Fields,
    save: NeedsYou,
    /// Where the page finds the form that it shows.
    shown: StoredValue<Option<OpenForm>>,
) -> impl IntoView {
    let edit = save.edits[0].clone();
    let names = record_field::typed(edit.kind);
    let form = Form::again(edit.kind, &fields, &names, &edit.set);
    let open = OpenForm::new(store, choice::draft_key(save.number), form);
    shown.set_value(Some(open));
    let navigate = use_navigate();
    let number = save.number;
    let (kind, why) = (edit.kind, words::reason(&save.receipt));
    let on_save = move || {
        let edit = edit.clone();
        let draft = move |set: Touched, key| {
            let mut mended = choice::again(&edit);
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
                <p class="form__hint">{why.clone()}</p>
                <p class="form__hint">{words::MEND_NEWS}</p>
                <Button label=words::SYNC_NOW icon=Icon::Sync on_press=move || store.sync_now() />
                {fields()}
            </FormFrame>
        </div>
    }
}

const OUTBOX: &str = "/more/outbox";
